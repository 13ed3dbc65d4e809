//! Where facts from files go. The seam between the files and the record of facts.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::exchange::FactKind;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::secrecy::Action;
use uuid::Uuid;

use crate::args;
use crate::db::Tx;
use crate::keys::{EXCHANGE_VALUE, Key};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    FIND = "select person_id, kind, value, known_on from exchange_fact
        where agency_id = $1 and key = $2";
    PUT = "insert into exchange_fact (id, agency_id, key, person_id, kind, category, value,
            known_on, run_id, received_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
}

/// A fact about the permit's person, from an agency's own system.
pub struct NewFact<'a> {
    /// The agency that owns it.
    pub owner: AgencyId,
    /// The agency's own key of it.
    pub key: &'a str,
    /// What it answers.
    pub kind: FactKind,
    /// The answer.
    pub value: &'a str,
    /// The day it was known.
    pub known_on: Date,
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

/// Takes facts. A key of an agency stands for one fact for good, so that a file can be sent again.
pub trait FactSink: Send + Sync {
    /// Takes a fact about the permit's person, once.
    ///
    /// # Errors
    /// When the database refuses.
    fn put(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        fact: &NewFact<'_>,
    ) -> impl Future<Output = Result<Put, Fault>> + Send;
}

/// Keeps facts beside the record, in `exchange_fact`, sealed under the person's key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Staging;

impl FactSink for Staging {
    async fn put(&self, tx: &mut Tx, permit: &Permit, fact: &NewFact<'_>) -> Result<Put, Fault> {
        debug_assert_eq!(permit.action(), Action::ImportFacts);
        let person = permit.the_person()?;
        let key = Key::look_up(tx, permit, person).await?;
        if let Some(mut row) = tx.row(&FIND, args![fact.owner, fact.key]).await? {
            let (whose, kind): (Uuid, String) = (row.get(0)?, row.get(1)?);
            let known_on: Date = row.get(3)?;
            // Another person's fact is not opened to be compared.
            let same = whose == person.0
                && kind == fact.kind.as_str()
                && known_on == fact.known_on
                && key.open(EXCHANGE_VALUE, row.get(2)?)? == fact.value;
            return Ok(if same { Put::Same } else { Put::Differs });
        }
        let args = args![
            crate::app::new_id(),
            fact.owner,
            fact.key,
            person,
            fact.kind.as_str(),
            fact.kind.category(),
            key.seal(EXCHANGE_VALUE, fact.value)?,
            fact.known_on,
            fact.run,
            fact.at,
        ];
        tx.run_one(&PUT, args).await?;
        Ok(Put::New)
    }
}
