//! Where facts from files go: into the record of facts, as those that workers write.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::record::FactKind;
use onedoor_domain::secrecy::Action;
use uuid::Uuid;

use crate::args;
use crate::db::Tx;
use crate::keys::{FILED_KEY, Key};
use crate::policy::{Permit, Proof};
use crate::record::store as record;
use crate::web::Fault;

crate::sql! {
    FIND = "select id, person_id from exchange_fact where agency_id = $1 and key = $2";
    PUT = "insert into exchange_fact (id, agency_id, key, sealed, person_id, run_id, received_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
}

/// A fact about the permit's person, from an agency's own system.
pub struct NewFact<'a> {
    /// The agency that owns it.
    pub owner: AgencyId,
    /// What stands as its source: the agency's name.
    pub source: &'a str,
    /// The agency's own key of it.
    pub key: &'a str,
    /// What it answers.
    pub kind: FactKind,
    /// The answer.
    pub value: &'a str,
    /// The day it was known.
    pub known_on: Date,
    /// Until when it is kept.
    pub kept_until: Date,
    /// The run that brought it.
    pub run: Uuid,
    /// When it came.
    pub at: Timestamp,
}

/// What became of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was taken.
    New,
    /// It had been taken before.
    Same,
    /// Its key was used before, for something else.
    Differs,
}

/// Takes a fact about the permit's person into the record, once: a key of an agency stands for
/// one fact for good, so that a file can be sent again.
///
/// # Errors
/// When the database refuses.
pub(super) async fn put(tx: &mut Tx, permit: &Permit, fact: &NewFact<'_>) -> Result<Put, Fault> {
    debug_assert_eq!(permit.action(), Action::ImportFacts);
    let person = permit.the_person()?;
    // What a sender calls a fact may name somebody: it is found by its blind form.
    let blind = permit.vault().filed(fact.owner, fact.key);
    if let Some(mut row) = tx.row(permit.opens(&FIND), args![fact.owner, &blind]).await? {
        let (id, whose): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
        // Another person's fact is not opened to be compared.
        if whose != person.0 {
            return Ok(Put::Differs);
        }
        // What was kept its time and deleted since is not taken again.
        let Some(held) = record::filed(tx, permit, id).await? else { return Ok(Put::Same) };
        let same =
            held.kind == fact.kind && held.received == fact.known_on && held.text == fact.value;
        return Ok(if same { Put::Same } else { Put::Differs });
    }
    let new = record::NewFact {
        agency: fact.owner,
        kind: fact.kind,
        text: fact.value,
        source: fact.source,
        received: fact.known_on,
        kept_until: fact.kept_until,
        lock: None,
        office: None,
        reused_from: None,
        by: None,
    };
    let id = record::keep_fact(tx, permit, &new, fact.at).await?;
    let sealed = Key::look_up(tx, permit, person).await?.seal(FILED_KEY, fact.key)?;
    let args = args![id, fact.owner, blind, sealed, person, fact.run, fact.at];
    tx.run_one(permit.opens(&PUT), args).await?;
    Ok(Put::New)
}
