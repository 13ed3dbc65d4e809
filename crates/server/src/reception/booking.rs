//! The joint meeting that ends a visit: whom to meet, when everybody is free, and the booking.

use axum::extract::{Path, RawQuery};
use jiff::Timestamp;
use onedoor_domain::booking::BookedBy;
use onedoor_domain::case::NextStep;
use onedoor_domain::ids::{StaffId, VisitId};
use onedoor_domain::meeting::QUARTERS;
use onedoor_domain::reception::{CloseFault, Outcome, StepFor};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pages::{beat, current, refused};
use super::store::{self, Ending};
use crate::db::Link;
use crate::meeting;
use crate::office::store::{self as offices, Choice};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};
use crate::words::Words;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .see::<MeetingPage, _, _>(
            "/visits/{id}/meeting",
            "Times at which everybody chosen is free",
            meeting_form,
        )
        .asking(&["with", "place"])
        .act::<MeetingForm, _, _>(
            "/visits/{id}/meeting",
            "Books the joint meeting and ends the visit with it",
            book,
        )
}

/// A free time.
#[derive(Serialize, ToSchema)]
pub(crate) struct FreeTime {
    pub(crate) at: i64,
}

/// Choosing whom to meet and when.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeetingPage {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) known: bool,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) with: Vec<String>,
    pub(crate) times: Vec<FreeTime>,
    pub(crate) place: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MeetingPage, "reception/pages/meeting.html");

/// A booking of the joint meeting.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MeetingForm {
    /// Who of the staff takes part, besides the caller.
    #[serde(default)]
    pub(crate) with: Vec<String>,
    /// When it starts, in microseconds since 1970, from the offered times.
    #[serde(default)]
    pub(crate) at: String,
    /// The room.
    #[serde(default)]
    pub(crate) place: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

const MEETING_QUARTERS: i64 = 4;
const _: () = assert!(
    *QUARTERS.start() <= MEETING_QUARTERS && MEETING_QUARTERS <= *QUARTERS.end(),
    "a joint meeting has the length that the rules allow"
);

fn everybody(desk: &Desk, with: &[String]) -> Result<Vec<StaffId>, Fault> {
    let me = desk.worker()?.id;
    let mut staff: Vec<StaffId> =
        with.iter().take(20).filter_map(|id| id.parse().ok()).chain([me]).collect();
    staff.sort_unstable();
    staff.dedup();
    Ok(staff)
}

async fn meeting_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: MeetingForm,
    faults: Vec<FieldFault>,
) -> Result<MeetingPage, Fault> {
    let stored = store::read(link, permit).await?;
    let staff = everybody(desk, &form.with)?;
    let times = if form.with.is_empty() {
        Vec::new()
    } else {
        meeting::free(desk.app(), link, permit, stored.office, &staff, MEETING_QUARTERS, 8).await?
    };
    let name = match permit.person() {
        Some(_) => persons::read(link, permit).await?.name(),
        None => stored.spoken_name.clone(),
    };
    Ok(MeetingPage {
        id: stored.visit.id.to_string(),
        version: stored.version,
        name,
        known: stored.person.is_some(),
        colleagues: offices::colleagues(link, stored.office).await?,
        with: form.with,
        times: times.into_iter().map(|at| FreeTime { at: at.as_microsecond() }).collect(),
        place: if form.place.is_empty() { stored.office_name } else { form.place },
        faults,
    })
}

async fn meeting_form(desk: Desk, Path(id): Path<VisitId>, RawQuery(query): RawQuery) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::BookMeeting, Subject::Visit(id)).await?;
    let form: MeetingForm =
        serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    let page = meeting_page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

async fn book(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<MeetingForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::BookMeeting, Subject::Visit(id)).await?;
    let stored = current(&mut tx, &permit, &form.version).await?;
    let mut faults = Faults::default();
    let staff = everybody(&desk, &form.with)?;
    if staff.len() < 2 {
        faults.add("with", "meeting-with");
    }
    if stored.person.is_none() {
        faults.add("with", "visit-needs-person");
    }
    let place = faults.line("place", &form.place);
    let at = form.at.trim().parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
    let quarter = 15 * 60 * 1_000_000;
    let at = at.filter(|at| *at > desk.now() && at.as_microsecond() % quarter == 0);
    if at.is_none() {
        faults.add("at", "choose");
    }
    for one in &staff {
        if offices::worker(&mut tx, *one).await?.is_none_or(|known| !known.worker.on_duty) {
            faults.add("with", "choose");
        }
    }
    let (Some(at), true) = (at, faults.is_empty()) else {
        let list = faults.into_list();
        let page = meeting_page(&desk, &mut tx, &permit, form, list.clone()).await?;
        return desk.again(&page, list);
    };
    let booking = meeting::Booking {
        office: stored.office,
        place: &place,
        starts: at,
        quarters: MEETING_QUARTERS,
        staff: &staff,
        by: BookedBy::Meeting,
        agency: None,
        made: (worker.id, desk.now()),
    };
    let appointment = meeting::book(&mut tx, &permit, &booking).await?;
    let words = Words::new(stored.language.parse().unwrap_or_default());
    let zone = &desk.app().zone;
    let what = words.with("joint-meeting-at", words.time(at, zone));
    let on = desk.app().day(at);
    let step = NextStep::new(&what, worker.id, on, &place, desk.today())
        .map_err(|fault| Fault::field("at", fault.field_and_code().1))?;
    let outcome = Outcome::Meeting { appointment, step: StepFor { step, unit: worker.unit } };
    let visit = match stored.visit.clone().close(outcome, "", desk.today()) {
        Ok(visit) => visit,
        Err(CloseFault::Visit(fault)) => return Err(refused(fault)),
        Err(fault) => {
            let (field, code) = fault.field_and_code();
            return Err(Fault::field(field, code));
        }
    };
    let actor = desk.actor().id;
    let ending = Ending { adviser_needed: true, took_part: &[] };
    store::close(&mut tx, &permit, &visit, &ending, actor, stored.version, desk.now()).await?;
    let detail = json!({ "outcome": "meeting" });
    store::event(&mut tx, &permit, id, "closed", actor, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    beat(&desk, &stored);
    desk.done(&format!("/visits/{id}/slip"), "meeting-booked")
}
