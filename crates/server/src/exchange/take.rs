//! Taking a file: row by row, each with its fate.

use std::collections::BTreeSet;

use onedoor_domain::exchange::file::{Refused, parse};
use onedoor_domain::exchange::{FileFault, RowFault, Tally, read_key, read_row};
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::record::kept_until;
use onedoor_domain::secrecy::Action;
use uuid::Uuid;

use super::sink::{self, NewFact, Put};
use super::store;
use crate::db::Tx;
use crate::journal::Entry;
use crate::person::read_number;
use crate::policy::{Cause, Permit, Subject, Warrant};
use crate::web::{Desk, Fault};

/// What became of a file.
pub(super) struct Taken {
    /// The run.
    pub run: Uuid,
    /// Why it was refused as a whole, where it was.
    pub fault: Option<FileFault>,
    /// The count.
    pub tally: Tally,
}

/// What a row came to.
enum Fate {
    Accepted(PersonId),
    Repeated,
}

/// One file on its way in.
struct Incoming<'a> {
    desk: &'a Desk,
    agency: AgencyId,
    /// The agency's name.
    source: String,
    run: Uuid,
    /// Keys of earlier rows.
    seen: BTreeSet<String>,
}

impl Incoming<'_> {
    /// The only person who has the number and whom the agency may write about here. Somebody
    /// whom the sender may not know of is nobody.
    async fn person(
        &self,
        tx: &mut Tx,
        seeker: &Permit,
        number: &str,
    ) -> Result<Result<Permit, RowFault>, Fault> {
        let desk = self.desk;
        let today = desk.today();
        let Ok(number) = read_number(desk.app(), number.trim(), today) else {
            return Ok(Err(RowFault::Number));
        };
        let hits = crate::person::by_number(desk, tx, seeker, &number).await?;
        let [hit] = hits.as_slice() else { return Ok(Err(RowFault::Person)) };
        let subject = Subject::Person(hit.id);
        let permit = desk.permit_quietly(tx, Action::ImportFacts, subject).await?;
        Ok(permit.ok_or(RowFault::Person))
    }

    async fn row(
        &mut self,
        tx: &mut Tx,
        seeker: &Permit,
        cells: &[String],
    ) -> Result<Result<Fate, RowFault>, Fault> {
        let desk = self.desk;
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let row = match read_row(&cells, desk.today()) {
            Ok(row) => row,
            Err(fault) => return Ok(Err(fault)),
        };
        // A key that is somebody's number would stand in lists that name nobody.
        if read_number(desk.app(), &row.key, desk.today()).is_ok() {
            return Ok(Err(RowFault::Key));
        }
        if !self.seen.insert(row.key.clone()) {
            return Ok(Err(RowFault::Duplicate));
        }
        let number = cells.get(1).copied().unwrap_or_default();
        let permit = match self.person(tx, seeker, number).await? {
            Ok(permit) => permit,
            Err(fault) => return Ok(Err(fault)),
        };
        let fact = NewFact {
            owner: self.agency,
            source: &self.source,
            key: &row.key,
            kind: row.kind,
            value: &row.value,
            known_on: row.known_on,
            kept_until: kept_until(row.kind.category(), desk.app().walls.country(), row.known_on),
            run: self.run,
            at: desk.now(),
        };
        Ok(match sink::put(tx, &permit, &fact).await? {
            Put::New => Ok(Fate::Accepted(permit.the_person()?)),
            Put::Same => Ok(Fate::Repeated),
            Put::Differs => Err(RowFault::KeyReused),
        })
    }
}

/// What stands in the list of a run for the key of a row.
fn shown_key(desk: &Desk, cells: &[String]) -> String {
    let key = cells.first().and_then(|cell| read_key(cell).ok()).unwrap_or_default();
    let number = read_number(desk.app(), &key, desk.today()).is_ok();
    if number { String::new() } else { key }
}

/// So many rows are taken in one transaction: who writes beside a file waits for a part of it.
const BATCH: usize = 100;

/// Takes a file of the actor's agency (REQ-INFO-18), some rows at a time. `permit` is for the runs
/// of the agency, `seeker` for finding persons. A file that breaks off has taken what its run
/// says, and takes the rest when it is sent again.
pub(super) async fn take(
    desk: &Desk,
    (permit, seeker): (&Permit, &Permit),
    text: &str,
) -> Result<Taken, Fault> {
    let worker = desk.worker()?;
    let agency = worker.agency;
    let mut tx = desk.begin().await?;
    let run = store::begin(&mut tx, permit, agency, "in", worker.id, desk.now()).await?;
    let own = store::key_of(&mut tx, permit, run).await?;
    let mut taken = Taken { run, fault: None, tally: Tally::default() };
    let parsed = match parse(text) {
        Ok(parsed) => parsed,
        Err(Refused { fault, sent, received }) => {
            taken.fault = Some(fault);
            taken.tally = Tally { sent, received, rejected: received, ..Tally::default() };
            store::end(&mut tx, permit, run, Some(fault.code()), taken.tally).await?;
            noted(desk, permit, &taken, BTreeSet::new());
            desk.commit(tx).await?;
            return Ok(taken);
        }
    };
    taken.tally.sent = parsed.sent;
    let source = store::agency_name(&mut tx, permit, agency).await?;
    desk.commit(tx).await?;
    // Whoever sends a file does not learn by it what another agency holds.
    let warrant = Warrant::new(Cause::Difference, &desk.app().vault);
    let mut incoming = Incoming { desk, agency, source, run, seen: BTreeSet::new() };
    let mut rows = (1_i64..).zip(&parsed.rows).peekable();
    loop {
        let mut tx = desk.begin().await?;
        let mut persons = BTreeSet::new();
        for (n, cells) in rows.by_ref().take(BATCH) {
            taken.tally.received += 1;
            let key = shown_key(desk, cells);
            let (fate, fault) = match incoming.row(&mut tx, seeker, cells).await? {
                Ok(Fate::Accepted(person)) => {
                    taken.tally.accepted += 1;
                    persons.insert(person);
                    ("accepted", None)
                }
                Ok(Fate::Repeated) => {
                    taken.tally.repeated += 1;
                    ("repeated", None)
                }
                Err(fault) => {
                    taken.tally.rejected += 1;
                    ("rejected", Some(fault))
                }
            };
            store::row(&mut tx, permit, &own, run, (n, &key), fate, fault).await?;
        }
        for person in &persons {
            crate::talking::look(&mut tx, &warrant, *person, (desk.now(), desk.today())).await?;
        }
        store::end(&mut tx, permit, run, None, taken.tally).await?;
        noted(desk, permit, &taken, persons);
        desk.commit(tx).await?;
        if rows.peek().is_none() {
            return Ok(taken);
        }
    }
}

/// The row of the journal of a part of a file, with the count so far.
fn noted(desk: &Desk, permit: &Permit, taken: &Taken, persons: BTreeSet<PersonId>) {
    desk.note(Entry {
        action: Action::ImportFacts,
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: persons.into_iter().map(|person| person.0).collect(),
        detail: serde_json::json!({
            "run": taken.run.to_string(),
            "accepted": taken.tally.accepted,
            "rejected": taken.tally.rejected,
        }),
    });
}
