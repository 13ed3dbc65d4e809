//! What crossed from one agency to another: the row of the journal with its rule, and the row of
//! the register of who holds what (REQ-INFO-04, REQ-INFO-16).
//!
//! Both are written in one transaction before the answer leaves: with the act where there is one
//! ([`Desk::commit`]), else at the edge. What stands on a consent is written only while that
//! consent is in force: a withdrawal that came first turns the answer back, and one that comes
//! after finds the row and tells its receiver (REQ-INFO-03).

use std::collections::BTreeSet;

use jiff::Timestamp;
use onedoor_domain::ids::{AgencyId, ConsentId, NecessityId, PersonId, StaffId};
use onedoor_domain::secrecy::{Categories, Category, Ground, Purpose, WallGround};
use serde_json::{Value, json};
use uuid::Uuid;

use super::journal_ground;
use super::standing::Standing;
use crate::app::new_id;
use crate::args;
use crate::db::{DbError, Tx};
use crate::journal::Entry;
use crate::policy::{Permit, Proof};
use crate::web::Desk;

crate::sql! {
    // Holds the consent as it is until the transaction ends; no row when it has ended.
    KEEP_STILL = "update consent set version = version where id = $1 and ended_at is null";
    // The same words on the same ground, to the same worker. Another ground is another row, and
    // the person is told of both.
    IS_DISCLOSED = "select 1 from disclosure where person_id = $1 and to_staff_id = $2
            and from_agency_id = $3 and to_agency_id = $4 and categories = $5 and purpose = $6
            and rule = $7 and pack = $8 and form = $9 and ground = $10
            and (consent_id = $11 or ($11 is null and consent_id is null))
            and (necessity_id = $12 or ($12 is null and necessity_id is null)) limit 1";
    DISCLOSE = "insert into disclosure (id, person_id, from_agency_id, to_agency_id, categories,
            purpose, ground, rule, pack, consent_id, necessity_id, what, form, at, by_staff_id,
            to_staff_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
}

/// In which form something was passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// Seen on a page.
    View,
    /// Sent in a message.
    Message,
    /// On a list.
    List,
    /// In a file.
    Export,
}

impl Passed {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::View, Self::Message, Self::List, Self::Export];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Message => "message",
            Self::List => "list",
            Self::Export => "export",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == code)
    }
}

/// Something that one agency learns from another (REQ-INFO-04: it names the pack
/// and the rule that it stood on).
#[derive(Clone, Debug)]
pub struct Disclosure {
    /// Who tells.
    pub from: AgencyId,
    /// Who is told.
    pub to: AgencyId,
    /// Which kinds of information.
    pub categories: Categories,
    /// What for.
    pub purpose: Purpose,
    /// The ground's code.
    pub ground: String,
    /// The rule of the pack; empty where none was asked.
    pub rule: String,
    /// The pack; empty where none was asked.
    pub pack: String,
    /// The consent it stood on.
    pub consent: Option<ConsentId>,
    /// The necessity it stood on.
    pub necessity: Option<NecessityId>,
    /// Codes and identifiers of what it was. Never the content.
    pub what: Value,
    /// In which form.
    pub form: Passed,
    /// The worker who told.
    pub by: Option<StaffId>,
    /// The worker who was told.
    pub to_staff: Option<StaffId>,
}

/// What the walls let through of one kind of information, on one ground.
#[derive(Clone, Copy, Debug)]
pub struct Crossed {
    /// Who tells.
    pub giver: AgencyId,
    /// What it tells of.
    pub category: Category,
    /// By what.
    pub ground: WallGround,
    /// How many things.
    pub rows: usize,
}

impl Crossed {
    /// Counts `one` in with what crossed on the very same ground. Each record is judged by
    /// itself, so two of one kind may stand on two rules.
    pub fn add(self, all: &mut Vec<Self>) {
        let same = |one: &&mut Self| {
            one.giver == self.giver
                && one.category == self.category
                && one.ground.rule == self.ground.rule
                && one.ground.consent == self.ground.consent
                && one.ground.necessity == self.ground.necessity
        };
        match all.iter_mut().find(same) {
            Some(one) => one.rows += self.rows,
            None => all.push(self),
        }
    }
}

/// A crossing with the names of its rule and pack, before it is noted.
#[derive(Clone, Debug)]
pub struct Passage {
    crossed: Crossed,
    purpose: Purpose,
    to: AgencyId,
    pack: String,
    rule: String,
}

impl Passage {
    /// What crossed towards the receiver of a standing.
    #[must_use]
    pub fn of(standing: &Standing, purpose: Purpose, crossed: Crossed) -> Self {
        let pack = standing.pack();
        Self {
            crossed,
            purpose,
            to: standing.receiver(),
            pack: pack.code().to_owned(),
            rule: crossed.ground.rule.map(|id| pack.rule_code(id)).unwrap_or_default().to_owned(),
        }
    }

    /// The ground that the journal names.
    #[must_use]
    pub fn ground(&self) -> Ground {
        journal_ground(&self.crossed.ground)
    }

    /// The rule, pack and ground, for the journal.
    #[must_use]
    pub fn detail(&self) -> Value {
        let ground = &self.crossed.ground;
        json!({
            "pack": self.pack,
            "rule": self.rule,
            "purpose": self.purpose.as_str(),
            "from": self.crossed.giver.to_string(),
            "category": self.crossed.category.as_str(),
            "effect": ground.effect.as_str(),
            "consent": ground.consent.map(|id| id.to_string()),
            "necessity": ground.necessity.map(|id| id.to_string()),
            "rows": self.crossed.rows,
        })
    }

    /// As a row of the register: seen by a worker.
    #[must_use]
    pub fn disclosure(&self, to_staff: Option<StaffId>, what: Value) -> Disclosure {
        Disclosure {
            from: self.crossed.giver,
            to: self.to,
            categories: Categories::only(self.crossed.category),
            purpose: self.purpose,
            ground: self.ground().as_str().to_owned(),
            rule: self.rule.clone(),
            pack: self.pack.clone(),
            consent: self.crossed.ground.consent,
            necessity: self.crossed.ground.necessity,
            what,
            form: Passed::View,
            by: None,
            to_staff,
        }
    }

    /// Notes it at the desk: the row of the journal, and the row of the register that is
    /// written with it.
    pub fn note(&self, desk: &Desk, permit: &Permit) {
        self.noted(desk, permit, json!({ "rows": self.crossed.rows }), false);
    }

    fn noted(&self, desk: &Desk, permit: &Permit, what: Value, each: bool) {
        let mut detail = self.detail();
        if let Some(detail) = detail.as_object_mut() {
            // The overlays were overcome by it; the person is told when its time comes.
            let single = permit.single().map(|single| single.id.to_string());
            detail.insert("single_access".to_owned(), json!(single));
        }
        desk.note(Entry {
            action: permit.action(),
            ground: Some(self.ground()),
            subject: permit.subject(),
            persons: permit.person().iter().map(|p| p.0).collect(),
            detail,
        });
        let Some(person) = permit.person() else { return };
        let one = self.disclosure(desk.actor().id.map(StaffId), what);
        desk.cross(Crossing { person, one, each });
    }
}

/// What crossed goes into the journal, row by row with its rule, and into the register of
/// who holds what. Who has seen it once on the same ground holds it; looking again changes
/// nothing of that.
pub fn crossed(
    desk: &Desk,
    permit: &Permit,
    standing: &Standing,
    purpose: Purpose,
    all: &[Crossed],
) {
    for one in all {
        Passage::of(standing, purpose, *one).note(desk, permit);
    }
}

/// A fact that was taken over is held by the receiver from now on: that crossed too, and each
/// one is kept, with the rule or consent that carried it.
pub fn taken_over(
    desk: &Desk,
    permit: &Permit,
    standing: &Standing,
    purpose: Purpose,
    (one, fact): (Crossed, Uuid),
) {
    let what = json!({ "rows": one.rows, "fact": fact.to_string() });
    Passage::of(standing, purpose, one).noted(desk, permit, what, true);
}

/// A row of the register that is still to be written.
#[derive(Clone, Debug)]
pub struct Crossing {
    person: PersonId,
    one: Disclosure,
    /// Whether it is kept also when the same was told before.
    each: bool,
}

impl Crossing {
    /// A row of its own, whatever was told before.
    #[must_use]
    pub fn each(person: PersonId, one: Disclosure) -> Self {
        Self { person, one, each: true }
    }
}

/// Holds a consent as it is until the transaction ends: what is told on it is told before
/// anybody takes it back.
///
/// # Errors
/// [`DbError::Busy`] when it has ended.
pub async fn keep_still(tx: &mut Tx, proof: &dyn Proof, consent: ConsentId) -> Result<(), DbError> {
    tx.run_one(proof.opens(&KEEP_STILL), args![consent]).await
}

/// Waits for whoever tells something on a consent at this moment, and holds back whoever begins
/// to: what is read of the register from here on is all that was told on it. Nothing happens
/// where it has ended.
///
/// # Errors
/// When the database does not answer.
pub async fn wait_for(tx: &mut Tx, proof: &dyn Proof, consent: ConsentId) -> Result<(), DbError> {
    tx.run(proof.opens(&KEEP_STILL), args![consent]).await?;
    Ok(())
}

/// Writes rows of the register.
///
/// # Errors
/// [`DbError::Busy`] when a consent that one stands on has ended.
pub async fn write(
    tx: &mut Tx,
    proof: &dyn Proof,
    all: &[Crossing],
    now: Timestamp,
) -> Result<(), DbError> {
    // Always in the same order: two who wait for each other would wait for ever.
    let consents: BTreeSet<ConsentId> = all.iter().filter_map(|one| one.one.consent).collect();
    for consent in consents {
        keep_still(tx, proof, consent).await?;
    }
    for Crossing { person, one, each } in all {
        let codes: Vec<&str> = one.categories.iter().map(Category::as_str).collect();
        let there = args![
            *person,
            one.to_staff,
            one.from,
            one.to,
            codes.join(" "),
            one.purpose.as_str(),
            &one.rule,
            &one.pack,
            one.form.as_str(),
            &one.ground,
            one.consent,
            one.necessity,
        ];
        if !each && tx.row(proof.opens(&IS_DISCLOSED), there).await?.is_some() {
            continue;
        }
        let args = args![
            new_id(),
            *person,
            one.from,
            one.to,
            codes.join(" "),
            one.purpose.as_str(),
            &one.ground,
            &one.rule,
            &one.pack,
            one.consent,
            one.necessity,
            one.what.to_string(),
            one.form.as_str(),
            now,
            one.by,
            one.to_staff,
        ];
        tx.run(proof.opens(&DISCLOSE), args).await?;
    }
    Ok(())
}
