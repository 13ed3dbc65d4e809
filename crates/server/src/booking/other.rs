//! Booking the other agency while the person sits there (REQ-FRONT-20).

use axum::extract::{Path, RawQuery};
use jiff::Timestamp;
use onedoor_domain::booking::BookedBy;
use onedoor_domain::ids::{AgencyId, StaffId, VisitId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages::{FreeLine, read_start};
use super::store::{self, MadeLine};
use crate::db::Link;
use crate::meeting;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::reception::store as visits;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<OtherPage, _, _>("/visits/{id}/book", "Free times of a colleague elsewhere", show)
        .asking(&["with"])
        .act::<OtherForm, _, _>(
            "/visits/{id}/book",
            "Books a time with a colleague of another agency; the visit goes on",
            book,
        )
}

/// Whom to meet and when.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OtherForm {
    /// The colleague.
    #[serde(default)]
    pub(crate) with: String,
    /// When it starts, in microseconds since 1970, from the offered times.
    #[serde(default)]
    pub(crate) at: String,
    /// Where.
    #[serde(default)]
    pub(crate) place: String,
}

/// Choosing the colleague and the time.
#[derive(Serialize, ToSchema)]
pub(crate) struct OtherPage {
    pub(crate) id: String,
    pub(crate) ticket: i64,
    pub(crate) known: bool,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) times: Vec<FreeLine>,
    /// What was booked at this visit already.
    pub(crate) made: Vec<MadeLine>,
    pub(crate) form: OtherForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(OtherPage, "booking/pages/other.html");

/// A time with a colleague lasts half an hour.
const QUARTERS: i64 = 2;

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: OtherForm,
    faults: Vec<FieldFault>,
) -> Result<OtherPage, Fault> {
    let stored = visits::read_whole(link, permit).await?;
    let times = match form.with.parse::<StaffId>() {
        Ok(with) => {
            meeting::free(desk.app(), link, permit, stored.office, &[with], QUARTERS, 12).await?
        }
        Err(_) => Vec::new(),
    };
    Ok(OtherPage {
        id: stored.visit.id.to_string(),
        ticket: stored.ticket,
        known: stored.person.is_some(),
        colleagues: offices::colleagues(link, stored.office).await?,
        times: times.into_iter().map(|at| FreeLine { at: at.as_microsecond() }).collect(),
        made: store::of_visit(link, permit).await?,
        form,
        faults,
    })
}

async fn show(desk: Desk, Path(id): Path<VisitId>, RawQuery(query): RawQuery) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::BookMeeting, Subject::Visit(id)).await?;
    let form = serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

/// The colleague, who must be on duty and of another agency than the caller.
async fn colleague(
    desk: &Desk,
    link: &mut Link,
    form: &OtherForm,
    faults: &mut Faults,
) -> Result<Option<(StaffId, AgencyId)>, Fault> {
    let Some(id) = faults.id("with", &form.with).map(StaffId) else { return Ok(None) };
    let known = offices::carrier(link, id).await?.filter(|known| known.worker.on_duty);
    let Some(known) = known else {
        faults.add("with", "choose");
        return Ok(None);
    };
    if Some(known.worker.agency) == desk.actor().agency {
        faults.add("with", "booking-own-agency");
    }
    Ok(Some((known.worker.id, known.worker.agency)))
}

async fn book(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<OtherForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::BookMeeting, Subject::Visit(id)).await?;
    let stored = visits::read_whole(&mut tx, &permit).await?;
    if stored.closed_at.is_some() {
        return Err(Fault::conflict("visit-closed"));
    }
    let mut faults = Faults::default();
    if stored.person.is_none() {
        faults.add("with", "visit-needs-person");
    }
    let whom = colleague(&desk, &mut tx, &form, &mut faults).await?;
    let place = faults.line("place", &form.place);
    let quarter = |at: &Timestamp| at.as_microsecond() % (15 * 60 * 1_000_000) == 0;
    let starts = read_start(&form.at, desk.now(), &mut faults).filter(quarter);
    let (Some((with, agency)), Some(starts), true) = (whom, starts, faults.is_empty()) else {
        if faults.is_empty() {
            faults.add("at", "choose");
        }
        let list = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, list.clone()).await?;
        return desk.again(&page, list);
    };
    let booking = meeting::Booking {
        office: stored.office,
        place: &place,
        starts,
        quarters: QUARTERS,
        staff: &[with],
        by: BookedBy::Agency,
        agency: Some(agency),
        made: (worker.id, desk.now()),
    };
    meeting::book(&mut tx, &permit, &booking).await?;
    let detail = serde_json::json!({ "agency": agency.to_string() });
    visits::event(&mut tx, &permit, id, "booked", desk.actor().id, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}/book"), "booking-kept")
}
