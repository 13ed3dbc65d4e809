//! The one joint plan of a person (REQ-PLAN-01..16): made with them, binding those who take
//! something on, seen through the walls.
//!
//! A plan is before the walls its coordinator's agency's, each item its owner's. What the walls
//! withhold is neither shown nor counted, and neither a clash nor a missing part is told from it.
//! The person sees all of it on their own page, which is in the slice `own`.
//!
//! Other slices add items through [`add_item`].

mod adding;
pub mod booked;
pub mod careplan;
pub mod demand;
pub mod demo;
mod head_pages;
mod item_pages;
pub mod items;
mod list_pages;
pub mod lists;
mod make;
mod pages;
pub mod paper;
pub mod requests;
pub mod store;
mod text_pages;
pub mod view;
pub mod wishes;

use onedoor_domain::ids::{NeedId, PlanItemId};
use onedoor_domain::need::{NeedKind, NeedSource, SaidBy};
use onedoor_domain::plan::clash::{Duty, Hours};
use onedoor_domain::plan::item::Load;
use onedoor_domain::plan::path::Phase;
use onedoor_domain::plan::stage::Stage;
use onedoor_domain::plan::{Item, Owner};
use onedoor_domain::secrecy::Category;
use uuid::Uuid;

use crate::db::{Link, Tx};
use crate::need::{self, NewNeed, Sieve};
use crate::policy::Permit;
use crate::walls::{Held, Standing};
use crate::web::{Desk, Fault, Routes};
use store::{NewEvent, Stored};

pub(crate) use pages::{EventLine, event_lines};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
        .and(make::routes())
        .and(head_pages::routes())
        .and(text_pages::routes())
        .and(adding::routes())
        .and(item_pages::routes())
        .and(wishes::routes())
        .and(requests::routes())
        .and(list_pages::routes())
        .and(paper::routes())
        .and(careplan::routes())
}

/// The permit's person's current plan, where the walls let it through to the one who asks.
///
/// # Errors
/// When the database does not answer.
pub async fn current(
    link: &mut Link,
    permit: &Permit,
    sieve: &mut Sieve<'_>,
) -> Result<Option<Stored>, Fault> {
    let person = permit.the_person()?;
    for one in store::plans(link, permit, person).await? {
        if !one.plan.state.is_current() {
            continue;
        }
        let mine = one.apart == Some(sieve.receiver());
        if mine || sieve.lets(link, one.agency, Category::Case, Held::default()).await? {
            return Ok(Some(one));
        }
    }
    Ok(None)
}

/// An item to be added to somebody's current plan.
pub struct NewItem<'a> {
    /// What it is for: its need is noted where it does not stand yet (REQ-PLAN-08).
    pub kind: NeedKind,
    /// Who does it. An agency has promised nothing by this: it accepts the item.
    pub owner: Owner,
    /// The stage.
    pub stage: Stage,
    /// The phase of a way that is measured.
    pub phase: Option<Phase>,
    /// What is done.
    pub what: &'a str,
    /// Its first day.
    pub starts: Option<jiff::civil::Date>,
    /// The day until which it is to be done.
    pub due: Option<jiff::civil::Date>,
    /// The service of the catalogue; empty for none.
    pub service: &'a str,
    /// What it binds in a month.
    pub load: Load,
    /// What it asks of the person.
    pub duty: Duty,
    /// When in the week.
    pub hours: Option<Hours>,
    /// Minutes of way.
    pub travel: u16,
    /// Where.
    pub place: &'a str,
    /// Where it came from: `plan` or `meeting`.
    pub source: &'a str,
    /// The meeting.
    pub source_id: Option<Uuid>,
}

impl<'a> NewItem<'a> {
    /// An item with nothing but what it must have.
    #[must_use]
    pub fn plain(kind: NeedKind, owner: Owner, what: &'a str) -> Self {
        Self {
            kind,
            owner,
            stage: Stage::Settle,
            phase: None,
            what,
            starts: None,
            due: None,
            service: "",
            load: Load::default(),
            duty: Duty::Nothing,
            hours: None,
            travel: 0,
            place: "",
            source: "plan",
            source_id: None,
        }
    }
}

/// Adds an item to the person's current plan, as proposed. What it is for becomes a need if it does
/// not stand as one, so that the need stays whatever becomes of the item.
///
/// # Errors
/// A conflict where there is no plan, a field fault where the days do not fit.
pub async fn add_item(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    standing: &Standing,
    new: &NewItem<'_>,
) -> Result<PlanItemId, Fault> {
    let mut sieve = Sieve::new(standing);
    let stored = current(tx, permit, &mut sieve).await?;
    let stored = stored.ok_or(Fault::conflict("plan-none"))?;
    add_to(desk, tx, permit, standing, &stored, new).await
}

async fn need_of(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    standing: &Standing,
    new: &NewItem<'_>,
) -> Result<NeedId, Fault> {
    let worker = desk.worker()?;
    let (unit, agency) = match new.owner {
        Owner::Agency { unit, agency, .. } => (unit, agency),
        _ => (worker.unit, worker.agency),
    };
    let need = NewNeed {
        kind: new.kind,
        said_by: SaidBy::Worker,
        person_rank: None,
        worker_rank: None,
        unit,
        agency,
        words: "",
        source: if new.source == "meeting" { NeedSource::Meeting } else { NeedSource::Plan },
        source_id: new.source_id,
        on: desk.today(),
        by: Some(worker.id),
    };
    Ok(need::note(desk, tx, permit, standing, &need).await?.id())
}

pub(crate) async fn add_to(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    standing: &Standing,
    stored: &Stored,
    new: &NewItem<'_>,
) -> Result<PlanItemId, Fault> {
    let worker = desk.worker()?;
    let item = Item::propose(new.owner, new.starts, new.due)
        .map_err(|fault| Fault::field("due_on", fault.code()))?;
    let need = need_of(desk, tx, permit, standing, new).await?;
    let row = items::NewRow {
        need: Some(need),
        kind: new.kind,
        category: new.kind.category(),
        stage: new.stage,
        phase: new.phase,
        item: &item,
        service: new.service,
        what: new.what,
        load: new.load,
        duty: new.duty,
        hours: new.hours,
        travel: new.travel,
        place: new.place,
        source: new.source,
        source_id: new.source_id,
        by: Some(worker.id),
    };
    let id = items::insert(tx, permit, stored, &row, desk.now()).await?;
    let event = NewEvent {
        item: Some(id),
        kind: "item_added",
        detail: new.what,
        by: Some(worker.id),
        by_person: None,
    };
    store::happened(tx, permit, (stored.id, stored.person), &event, desk.now()).await?;
    Ok(id)
}
