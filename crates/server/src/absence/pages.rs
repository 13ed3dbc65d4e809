//! The absences of an office, and noting one.

use axum::extract::Path;
use onedoor_domain::cover::absence;
use onedoor_domain::ids::StaffId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, AbsenceLine};
use crate::db::Link;
use crate::journal::Entry;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of absences.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<AbsencesPage, _, _>("/absences", "Who is away at the caller's office", list)
        .act::<AbsenceForm, _, _>("/absences", "Notes an absence", add)
        .act::<NoForm, _, _>("/absences/{id}/withdraw", "Takes an absence back", withdraw)
}

/// Nothing but the act itself.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct NoForm {}

/// Days of absence as typed into the form.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AbsenceForm {
    /// Who; empty for oneself. The joint manager may note it for anybody of the office.
    #[serde(default)]
    pub(crate) staff: String,
    /// The first day.
    #[serde(default)]
    pub(crate) first_day: String,
    /// The last day; empty for somebody who leaves.
    #[serde(default)]
    pub(crate) last_day: String,
}

/// The absences of an office.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct AbsencesPage {
    pub(crate) lines: Vec<AbsenceLine>,
    pub(crate) me: String,
    pub(crate) manages: bool,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) form: AbsenceForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AbsencesPage, "absence/pages/absences.html");

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<AbsencesPage, Fault> {
    let led = offices::led_by(link, desk.actor()).await?;
    let (mut lines, mut colleagues) = (Vec::new(), Vec::new());
    for office in &led {
        let staff = offices::staff(link, *office).await?;
        colleagues.extend(staff.into_iter().map(|it| Choice { id: it.id, name: it.name }));
        lines.extend(store::of_office(link, permit, *office, desk.today()).await?);
    }
    let own = desk.office()?;
    if !led.contains(&own) {
        lines.extend(store::of_office(link, permit, own, desk.today()).await?);
    }
    Ok(AbsencesPage {
        lines,
        me: desk.worker()?.id.to_string(),
        manages: !led.is_empty(),
        colleagues,
        form: AbsenceForm::default(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::NoteAbsence, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// Notes an act on the organisation in the journal. It concerns nobody who is served.
pub(crate) fn note(desk: &Desk, permit: &Permit, what: &str, id: impl std::fmt::Display) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "id": id.to_string() }),
    });
}

/// Everybody notes their own days; the joint manager those of the office.
async fn whose(desk: &Desk, link: &mut Link, text: &str) -> Result<Option<StaffId>, Fault> {
    let me = desk.worker()?;
    let asked = match text.trim() {
        "" => return Ok(Some(me.id)),
        text => text.parse().ok().map(StaffId),
    };
    let Some(staff) = asked else { return Ok(None) };
    if staff == me.id {
        return Ok(Some(staff));
    }
    let known = offices::worker(link, staff).await?;
    let led = offices::led_by(link, desk.actor()).await?;
    let mine = known.filter(|it| led.contains(&it.office));
    Ok(mine.map(|it| it.worker.id))
}

async fn add(desk: Desk, Input(form): Input<AbsenceForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteAbsence, Subject::Duty).await?;
    let mut faults = Faults::default();
    let staff = whose(&desk, &mut tx, &form.staff).await?;
    if staff.is_none() {
        faults.add("staff", "choose");
    }
    let first = faults.date("first_day", &form.first_day);
    let last = match form.last_day.trim() {
        "" => None,
        text => faults.date("last_day", text),
    };
    if let Some(first) = first
        && let Err(fault) = absence(first, last, desk.today())
    {
        let (field, code) = fault.field_and_code();
        faults.add(field, code);
    }
    let mut list = faults.into_list();
    if let (Some(staff), Some(first), true) = (staff, first, list.is_empty()) {
        match store::add(&mut tx, &permit, staff, (first, last), me.id, desk.now()).await {
            Ok(id) => {
                note(&desk, &permit, "absence", id);
                desk.commit(tx).await?;
                return desk.done("/absences", "absence-noted");
            }
            Err(Fault::Fields(found)) => list = found,
            Err(other) => return Err(other),
        }
    }
    let mut page = page(&desk, &mut tx, &permit).await?;
    page.form = form;
    page.faults.clone_from(&list);
    desk.again(&page, list)
}

async fn withdraw(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<NoForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteAbsence, Subject::Duty).await?;
    let (staff, office) = store::one(&mut tx, &permit, id).await?.ok_or(Fault::Hidden)?;
    let led = offices::led_by(&mut tx, desk.actor()).await?;
    if staff != me.id && !led.contains(&office) {
        return Err(Fault::Hidden);
    }
    store::withdraw(&mut tx, &permit, id, desk.now()).await?;
    note(&desk, &permit, "absence-withdrawn", id);
    desk.commit(tx).await?;
    desk.done("/absences", "absence-withdrawn")
}
