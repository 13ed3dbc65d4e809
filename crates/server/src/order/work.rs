//! Carrying an order out: chunk by chunk, each a transaction of its own, so that an office of
//! thousands of cases holds nobody up and a server that stops goes on where it was.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use onedoor_domain::cover::{Piece, spread};
use onedoor_domain::ids::{CaseId, PersonId, StaffId, UnitId};
use onedoor_domain::secrecy::{Action, Ground};
use serde_json::json;
use uuid::Uuid;

use super::closing;
use super::store::{self, From, Someone, Stored};
use crate::app::App;
use crate::case::order::{self, Candidate};
use crate::db::{Link, Tx};
use crate::journal::{Entry, SubjectKind};
use crate::policy::{Cause, Proof, Warrant};
use crate::sign_in::Actor;
use crate::web::Fault;

/// Cases in one transaction.
const CHUNK: i64 = 200;
/// The most cases that are spread over named receivers, all in one plan.
pub(super) const MOST: i64 = 5_000;

/// Goes on with every order that has not asked for everything.
///
/// # Errors
/// When the database does not answer. A single order's fault is logged.
pub async fn round(app: &App) -> Result<u32, Fault> {
    let warrant = Warrant::new(Cause::Order, &app.vault);
    let open = {
        let mut conn = app.db.read().await?;
        store::open(&mut conn, &warrant).await?
    };
    let mut done = 0;
    for id in open {
        match carry_out(app, &Actor::system(), id).await {
            Ok(()) | Err(Fault::Conflict(..)) => done += 1,
            Err(fault) => tracing::error!(?fault, "an order could not go on"),
        }
    }
    // While an office closes, whoever says yes to a case may be left with a deputy of that office.
    let closings = {
        let mut conn = app.db.read().await?;
        closing::open(&mut conn, &warrant).await?
    };
    for id in closings {
        match relieve_office(app, &Actor::system(), id).await {
            Ok(()) | Err(Fault::Conflict(..)) => {}
            Err(fault) => tracing::error!(?fault, "nobody was relieved in an office that closes"),
        }
    }
    Ok(done)
}

/// Asks for everything of an order.
pub(super) async fn carry_out(app: &App, actor: &Actor, id: Uuid) -> Result<(), Fault> {
    let mut after = Uuid::nil();
    while let Some(next) = ask_chunk(app, actor, id, after).await? {
        after = next;
    }
    relieve_all(app, actor, id).await?;
    let warrant = Warrant::new(Cause::Order, &app.vault);
    let mut tx = app.db.begin().await?;
    store::worked(&mut tx, &warrant, id, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Who goes: the worker whose cases an order asks for, or everybody of the office that closes.
pub(super) async fn leaving(
    link: &mut Link,
    proof: &dyn Proof,
    id: Uuid,
) -> Result<Vec<StaffId>, Fault> {
    let Some(stored) = store::read(link, proof, id).await? else { return Ok(Vec::new()) };
    Ok(match (stored.from, stored.closing) {
        (From::Staff(staff), _) => vec![staff],
        (From::Unit(_), Some(_)) => closing::staff(link, proof, stored.office).await?,
        (From::Unit(_), None) => Vec::new(),
    })
}

/// Those of an order's receivers who can take something.
pub(super) async fn receivers(
    link: &mut Link,
    proof: &dyn Proof,
    ids: &[StaffId],
) -> Result<Vec<Someone>, Fault> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(someone) = store::someone(link, proof, *id).await?
            && someone.worker.on_duty
        {
            all.push(someone);
        }
    }
    Ok(all)
}

/// Who gets which case. Where nobody is named the unit as a whole is asked.
pub(super) async fn share_out(
    link: &mut Link,
    proof: &dyn Proof,
    from: From,
    mut pieces: Vec<Piece>,
    receivers: &[Someone],
) -> Result<Vec<(CaseId, Option<StaffId>)>, Fault> {
    if let From::Staff(from) = from {
        for receiver in receivers {
            let tied = store::tied(link, proof, receiver.worker.id, from).await?;
            for piece in pieces.iter_mut().filter(|piece| tied.contains(&piece.case)) {
                piece.tied.push(receiver.worker.id);
            }
        }
    }
    let loads: Vec<_> = receivers.iter().map(Someone::load).collect();
    Ok(spread(&pieces, &loads))
}

fn entry(order: Uuid, case: CaseId, person: PersonId) -> Entry {
    Entry {
        action: Action::OrderHandover,
        ground: Some(Ground::JointManagement),
        subject: (SubjectKind::Case, Some(case.0)),
        persons: vec![person.0],
        detail: json!({ "order": order.to_string() }),
    }
}

async fn ask_chunk(app: &App, actor: &Actor, id: Uuid, after: Uuid) -> Result<Option<Uuid>, Fault> {
    let warrant = Warrant::new(Cause::Order, &app.vault);
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(stored) = store::read(&mut tx, &warrant, id).await? else { return Ok(None) };
    if stored.worked {
        return Ok(None);
    }
    let pieces = store::pieces(&mut tx, &warrant, stored.from, (after, id), CHUNK).await?;
    let Some(last) = pieces.last().map(|piece| piece.case.0) else { return Ok(None) };
    let named = !stored.receivers.is_empty();
    let given = if named {
        let receivers = receivers(&mut tx, &warrant, &stored.receivers).await?;
        share_out(&mut tx, &warrant, stored.from, pieces, &receivers).await?
    } else {
        pieces.into_iter().map(|piece| (piece.case, None)).collect()
    };
    let mut entries = Vec::new();
    for (case, to) in given {
        // What none of the named may see stays, and the page of the order says so.
        if named && to.is_none() {
            continue;
        }
        let order = match to {
            Some(to) => in_unit_of(&mut tx, &warrant, &stored, to).await?,
            None => stored.order.clone(),
        };
        if let Some(person) = order::ask(&mut tx, &warrant, &order, case, to, now).await? {
            entries.push(entry(stored.order.id, case, person));
        }
    }
    app.journal.append(&mut tx, actor, now, &entries).await?;
    tx.commit().await?;
    Ok(Some(last))
}

/// The order as it is put to one worker: their unit is asked.
async fn in_unit_of(
    link: &mut Link,
    warrant: &Warrant,
    stored: &Stored,
    to: StaffId,
) -> Result<order::Order, Fault> {
    let mut order = stored.order.clone();
    if let Some(someone) = store::someone(link, warrant, to).await? {
        order.unit = someone.worker.unit;
        order.agency = someone.worker.agency;
    }
    Ok(order)
}

/// Takes those who leave out of everything that others answer for.
async fn relieve_all(app: &App, actor: &Actor, id: Uuid) -> Result<(), Fault> {
    let warrant = Warrant::new(Cause::Order, &app.vault);
    let (relief, leaving) = {
        let mut conn = app.db.read().await?;
        let Some(stored) = store::read(&mut conn, &warrant, id).await? else { return Ok(()) };
        let leaving = match (stored.from, stored.closing) {
            (From::Staff(staff), _) => vec![staff],
            // The whole office is relieved at once, with units that nobody is asked for.
            (From::Unit(_), Some(_)) => return Ok(()),
            (From::Unit(unit), None) => store::staff_of(&mut conn, &warrant, unit).await?,
        };
        (Relief { id, by: stored.order.by }, leaving)
    };
    relieve(app, actor, relief, &leaving).await
}

/// Takes everybody of an office that closes out of everything that others answer for, also those
/// whose unit has no counterpart in the other office.
pub(super) async fn relieve_office(app: &App, actor: &Actor, id: Uuid) -> Result<(), Fault> {
    let warrant = Warrant::new(Cause::Order, &app.vault);
    let (relief, leaving) = {
        let mut conn = app.db.read().await?;
        let Some((office, by)) = closing::ordered(&mut conn, &warrant, id).await? else {
            return Ok(());
        };
        // Nobody of an office that closes becomes deputy of anything.
        (Relief { id, by }, closing::staff(&mut conn, &warrant, office).await?)
    };
    relieve(app, actor, relief, &leaving).await
}

/// For which order or closing somebody is relieved, and who gave it.
#[derive(Clone, Copy)]
struct Relief {
    id: Uuid,
    by: StaffId,
}

async fn relieve(
    app: &App,
    actor: &Actor,
    relief: Relief,
    leaving: &[StaffId],
) -> Result<(), Fault> {
    for staff in leaving.iter().copied() {
        for as_deputy in [true, false] {
            let mut after = Uuid::nil();
            loop {
                let way = (staff, as_deputy, after);
                match relieve_chunk(app, actor, relief, leaving, way).await? {
                    Some(next) => after = next,
                    None => break,
                }
            }
        }
    }
    Ok(())
}

async fn relieve_chunk(
    app: &App,
    actor: &Actor,
    relief: Relief,
    leaving: &[StaffId],
    (staff, as_deputy, after): (StaffId, bool, Uuid),
) -> Result<Option<Uuid>, Fault> {
    let warrant = Warrant::new(Cause::Order, &app.vault);
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let next = store::leans_on(&mut tx, &warrant, staff, as_deputy, (after, CHUNK)).await?;
    let Some(last) = next.last().map(|(case, _)| case.0) else { return Ok(None) };
    let leaves = |id: StaffId| leaving.contains(&id);
    let mut known: BTreeMap<UnitId, Vec<Candidate>> = BTreeMap::new();
    let mut entries = Vec::new();
    for (case, unit) in next {
        let deputies = candidates(&mut tx, &warrant, &mut known, unit).await?;
        let by = relief.by;
        let person = order::relieve(&mut tx, &warrant, case, &leaves, deputies, by, now).await?;
        if let Some(person) = person {
            entries.push(entry(relief.id, case, person));
            // The next case gets the next colleague.
            if let Some(list) = known.get_mut(&unit)
                && !list.is_empty()
            {
                list.rotate_left(1);
            }
        }
    }
    app.journal.append(&mut tx, actor, now, &entries).await?;
    tx.commit().await?;
    Ok(Some(last))
}

async fn candidates<'a>(
    tx: &mut Tx,
    warrant: &Warrant,
    known: &'a mut BTreeMap<UnitId, Vec<Candidate>>,
    unit: UnitId,
) -> Result<&'a [Candidate], Fault> {
    Ok(match known.entry(unit) {
        Slot::Occupied(there) => there.into_mut(),
        Slot::Vacant(free) => free.insert(store::candidates(tx, warrant, unit).await?),
    })
}
