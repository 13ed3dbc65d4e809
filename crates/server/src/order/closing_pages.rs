//! Closing an office, or merging it into another, with everything counted before.

use axum::extract::Path;
use jiff::ToSpan;
use onedoor_domain::cover::Closing;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::closing::{self, Booked, ClosingLine, Hangs, Unit};
use super::pages::NoForm;
use super::store::{self, From, NewOrder};
use super::telling::{self, Telling};
use super::work;
use crate::db::Link;
use crate::journal::Entry;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of closings.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ClosingsPage, _, _>("/closings", "Offices that close or merge", list)
        .act_giving::<ClosingForm, ClosingsPage, _, _>(
            "/closings",
            "Closes an office or merges it into another, or tries it",
            add,
        )
        .act::<NoForm, _, _>(
            "/closings/{id}/complete",
            "Ends a closing when nothing depends on the office any more",
            complete,
        )
}

/// A closing as typed into the form.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ClosingForm {
    /// The office that goes.
    #[serde(default)]
    pub(crate) office: String,
    /// The one that takes over.
    #[serde(default)]
    pub(crate) into: String,
    /// `merge` or `close`.
    #[serde(default)]
    pub(crate) kind: String,
    /// `yes` to be told what would happen, without any of it.
    #[serde(default)]
    pub(crate) only_try: String,
}

/// A unit and what becomes of it.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct UnitFate {
    pub(crate) name: String,
    /// People whose case it carries.
    pub(crate) people: i64,
    /// The unit that is asked; empty in a merge, where the unit itself moves.
    pub(crate) to: String,
}

/// Exactly what would change, and for how many people.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ClosingPlan {
    pub(crate) kind: String,
    pub(crate) people: i64,
    pub(crate) units: Vec<UnitFate>,
    pub(crate) appointments: i64,
    /// Booked times that go along.
    pub(crate) bookings: i64,
    /// Of them, those that come when the other office has no place left.
    pub(crate) crowded: i64,
    /// People who are told by a text message where they come to now.
    pub(crate) told: i64,
    /// People who left no number and must be told otherwise.
    pub(crate) untold: i64,
    /// Meetings to come of its people, to be handed over or moved first.
    pub(crate) meetings: i64,
    pub(crate) staff: i64,
    /// Cases carried elsewhere that get another deputy.
    pub(crate) leaning: i64,
    /// Contact persons who go.
    pub(crate) contacts: i64,
    /// Shared rooms: in a merger they come along with their bookings, in a closing they end.
    pub(crate) rooms: i64,
    /// Leases that run and come along.
    pub(crate) leases: i64,
    /// Times booked in these rooms that are taken away.
    pub(crate) room_times: i64,
    /// Services that are offered in the other building from today on, or end.
    pub(crate) offers: i64,
}

/// The closings, and the form for one.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ClosingsPage {
    pub(crate) closings: Vec<ClosingLine>,
    pub(crate) offices: Vec<Choice>,
    pub(crate) kinds: Vec<String>,
    pub(crate) plan: Option<ClosingPlan>,
    pub(crate) form: ClosingForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ClosingsPage, "order/pages/closings.html");

async fn page(link: &mut Link, permit: &Permit) -> Result<ClosingsPage, Fault> {
    let all = offices::offices(link).await?;
    Ok(ClosingsPage {
        closings: closing::list(link, permit).await?,
        offices: all.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        kinds: Closing::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        ..ClosingsPage::default()
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::CloseOffice, Subject::Duty).await?;
    let page = page(&mut conn, &permit).await?;
    desk.show(&page)
}

fn fates(
    kind: Closing,
    units: &[Unit],
    hangs: Hangs,
    (booked, coming): (&Booked, &Telling),
) -> ClosingPlan {
    let [rooms, leases, offers, room_times] = hangs.place;
    ClosingPlan {
        rooms,
        leases,
        offers,
        room_times: if kind == Closing::Close { room_times } else { 0 },
        kind: kind.as_str().to_owned(),
        people: units.iter().map(|unit| unit.cases).sum(),
        units: units
            .iter()
            .map(|unit| UnitFate {
                name: unit.name.clone(),
                people: unit.cases,
                to: match kind {
                    Closing::Merge => String::new(),
                    Closing::Close => {
                        unit.to.as_ref().map(|(_, name)| name.clone()).unwrap_or_default()
                    }
                },
            })
            .collect(),
        appointments: hangs.appointments,
        bookings: i64::try_from(booked.moves.len()).unwrap_or(i64::MAX),
        crowded: booked.crowded,
        told: coming.told(),
        untold: coming.untold(),
        meetings: if kind == Closing::Close { hangs.meetings } else { 0 },
        staff: hangs.staff,
        leaning: if kind == Closing::Close { hangs.leaning } else { 0 },
        contacts: if kind == Closing::Close { hangs.contacts } else { 0 },
    }
}

/// Days that the units have for their answer.
const ANSWER: i32 = 14;

async fn add(desk: Desk, Input(form): Input<ClosingForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::CloseOffice, Subject::Duty).await?;
    let mut faults = Faults::default();
    let office = faults.id("office", &form.office).map(OfficeId);
    let into = faults.id("into", &form.into).map(OfficeId);
    let kind = faults.choice("kind", &form.kind, Closing::parse);
    if office.is_some() && office == into {
        faults.add("into", "closing-same");
    }
    closing::hold(&mut tx, &permit, [office, into], desk.today()).await?;
    for (field, id) in [("office", office), ("into", into)] {
        if let Some(id) = id
            && !offices::is_open(&mut tx, id).await?
        {
            faults.add(field, "choose");
        }
    }
    let (mut units, mut hangs, mut booked) = (Vec::new(), Hangs::default(), Booked::default());
    if let (Some(office), Some(into), Some(kind), true) = (office, into, kind, faults.is_empty()) {
        units = closing::units(&mut tx, &permit, (office, into), desk.today()).await?;
        booked = closing::booked(&mut tx, &permit, (office, into, kind), desk.now()).await?;
        // Over a border it would be chance which social services a visitor comes to.
        if kind == Closing::Merge
            && offices::municipality(&mut tx, office).await?
                != offices::municipality(&mut tx, into).await?
        {
            faults.add("into", "closing-other-place");
        }
        let when = (desk.today(), desk.now());
        hangs = closing::hangs(&mut tx, &permit, office, when).await?;
        if units.is_empty() {
            faults.add("office", "closing-empty");
        }
        if hangs.open_visits > 0 {
            faults.add("office", "closing-open-visits");
        }
        if kind == Closing::Close && units.iter().any(|it| it.cases > 0 && it.to.is_none()) {
            faults.add("into", "closing-no-unit");
        }
    }
    let (Some(office), Some(into), Some(kind), true) = (office, into, kind, faults.is_empty())
    else {
        let list = faults.into_list();
        let mut page = page(&mut tx, &permit).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let coming = telling::coming(&mut tx, &permit, office, desk.now()).await?;
    if form.only_try == "yes" {
        let mut page = page(&mut tx, &permit).await?;
        page.plan = Some(fates(kind, &units, hangs, (&booked, &coming)));
        page.form = form;
        return desk.show(&page);
    }
    let way = (office, into, kind);
    let id = match closing::insert(&mut tx, &permit, way, me.id, desk.now()).await {
        Err(crate::db::DbError::Unique { .. }) => {
            return Err(Fault::conflict("closing-under-way"));
        }
        other => other?,
    };
    let mut orders = Vec::new();
    if kind == Closing::Merge {
        let when = (desk.today(), desk.now());
        closing::merge(&mut tx, &permit, (office, into), &booked, when).await?;
        telling::tell(desk.app(), &mut tx, &permit, into, &coming).await?;
        note_moved(&desk, &permit, &booked);
    } else {
        let deadline = desk.today().checked_add(ANSWER.days()).unwrap_or(desk.today());
        for unit in &units {
            let Some((to, _)) = &unit.to else { continue };
            let note = desk.words().with("closing-need", unit.name.as_str());
            let new = NewOrder {
                from: From::Unit(unit.id),
                to_unit: *to,
                closing: Some(id),
                note: &note,
                deadline,
                by: me.id,
                receivers: &[],
            };
            orders.push(store::insert(&mut tx, &permit, &new, desk.now()).await?);
        }
    }
    note(&desk, &permit, kind.as_str(), id);
    desk.commit(tx).await?;
    for order in orders {
        // What is cut off here, a round goes on with.
        work::carry_out(desk.app(), desk.actor(), order).await?;
    }
    if kind == Closing::Close {
        work::relieve_office(desk.app(), desk.actor(), id).await?;
    }
    if kind == Closing::Merge {
        return desk.done("/closings", "office-merged");
    }
    desk.done("/closings", "office-closing")
}

fn note(desk: &Desk, permit: &Permit, what: &str, id: Uuid) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "id": id.to_string() }),
    });
}

/// Whose booked time goes to another office.
fn note_moved(desk: &Desk, permit: &Permit, booked: &Booked) {
    for (id, person, _) in &booked.moves {
        desk.note(Entry {
            action: permit.action(),
            ground: Some(permit.ground()),
            subject: permit.subject(),
            persons: person.iter().copied().collect(),
            detail: serde_json::json!({ "what": "booking", "id": id.to_string() }),
        });
    }
}

async fn complete(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<NoForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::CloseOffice, Subject::Duty).await?;
    let way = closing::read(&mut tx, &permit, id).await?.ok_or(Fault::Hidden)?;
    closing::hold(&mut tx, &permit, [Some(way.0), Some(way.1)], desk.today()).await?;
    // Whoever completed it meanwhile has done it.
    let way = closing::read(&mut tx, &permit, id).await?.ok_or(Fault::Hidden)?;
    if closing::depending(&mut tx, &permit, way.0, desk.now()).await? > 0 {
        return Err(Fault::conflict("closing-not-empty"));
    }
    let when = (desk.today(), desk.now());
    if closing::hangs(&mut tx, &permit, way.0, when).await?.open_visits > 0 {
        return Err(Fault::conflict("closing-visits"));
    }
    let booked = (way.0, way.1, Closing::Close);
    let booked = closing::booked(&mut tx, &permit, booked, desk.now()).await?;
    let coming = telling::coming(&mut tx, &permit, way.0, desk.now()).await?;
    let without = offices::without_last_resort(&mut tx, desk.today()).await?;
    closing::complete(&mut tx, &permit, id, way, &booked, when).await?;
    // REQ-REF-08: somebody on duty goes on owning what nobody accepts.
    if offices::without_last_resort(&mut tx, desk.today()).await? > without {
        return Err(Fault::conflict("closing-last-resort"));
    }
    telling::tell(desk.app(), &mut tx, &permit, way.1, &coming).await?;
    note_moved(&desk, &permit, &booked);
    note(&desk, &permit, "complete", id);
    desk.commit(tx).await?;
    desk.done("/closings", "office-closed")
}
