//! Meetings of agencies in a rhythm: setting one up, calling the next, and the alarm when one
//! lapsed, which both agencies see (REQ-MEET-04).

use axum::extract::{Path, RawQuery};
use onedoor_domain::booking::MeetBy;
use onedoor_domain::ids::{AgencyId, MeetingId, OfficeId, StaffId};
use onedoor_domain::meeting::{Consequence, MONTHS, MeetingKind, Towards};
use onedoor_domain::practice::{Sign, signs};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::arrange_pages::{FreeTime, end, invited, start};
use super::series::{self, NewSeries, SeriesLine};
use super::slots::{self, Search};
use super::store::{self, NewMeeting};
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::premises;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<SeriesPage, _, _>("/meeting-series", "Meetings of agencies in a rhythm", show)
        .asking(&["series", "with"])
        .act::<SeriesForm, _, _>("/meeting-series", "Sets up a rhythm of meetings", set_up)
        .creating()
        .act::<NextForm, _, _>("/meeting-series/{id}/meetings", "Calls the next meeting", next)
        .act::<EndForm, _, _>("/meeting-series/{id}/end", "Ends a rhythm of meetings", finish)
}

/// The quarters of a meeting of agencies.
const QUARTERS: i64 = 4;
const OFFERED: usize = 12;

/// A rhythm of meetings as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SeriesForm {
    /// What it is called; no names of people who are served.
    #[serde(default)]
    pub(crate) name: String,
    /// Every so many months.
    #[serde(default)]
    pub(crate) months: String,
    /// By which day the first is.
    #[serde(default)]
    pub(crate) first_on: String,
    /// The agencies, besides one's own.
    #[serde(default)]
    pub(crate) agency: Vec<String>,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The next meeting of a series, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct NextForm {
    /// Who of the staff, besides the caller.
    #[serde(default)]
    pub(crate) with: Vec<String>,
    /// `office`, `phone` or `video`.
    #[serde(default)]
    pub(crate) meet_by: String,
    /// At whose premises; empty for the shared house.
    #[serde(default)]
    pub(crate) premises: String,
    /// A room; may be empty.
    #[serde(default)]
    pub(crate) room: String,
    /// When it starts, in microseconds since 1970.
    #[serde(default)]
    pub(crate) at: String,
}

/// Ending a series.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EndForm {
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// The series of the reader's municipality.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeriesPage {
    pub(crate) lines: Vec<SeriesLine>,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) rooms: Vec<Choice>,
    pub(crate) ways: Vec<String>,
    pub(crate) all_months: Vec<String>,
    /// The series that times were asked for.
    pub(crate) chosen: String,
    pub(crate) times: Vec<FreeTime>,
    pub(crate) next: NextForm,
    pub(crate) form: SeriesForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(SeriesPage, "meeting/pages/series.html");

impl SeriesPage {
    /// Whether a colleague is ticked.
    pub(crate) fn is_with(&self, id: &str) -> bool {
        self.next.with.iter().any(|one| one == id)
    }

    /// How many have lapsed.
    pub(crate) fn lapsed(&self) -> usize {
        self.lines.iter().filter(|line| line.own && line.lapsed_since.is_some()).count()
    }
}

fn everybody(desk: &Desk, with: &[String]) -> Result<Vec<StaffId>, Fault> {
    let me = desk.worker()?.id;
    let mut staff: Vec<StaffId> =
        with.iter().take(20).filter_map(|id| id.trim().parse().ok()).chain([me]).collect();
    staff.sort_unstable();
    staff.dedup();
    Ok(staff)
}

async fn lines(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<Vec<SeriesLine>, Fault> {
    let place = series::place_of(link, desk.office()?).await?;
    let app = desk.app();
    let clock = (desk.now(), desk.today(), |at| app.day(at));
    series::of_place(link, permit, &place, clock).await
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (chosen, next): (String, NextForm),
    (form, faults): (SeriesForm, Vec<FieldFault>),
) -> Result<SeriesPage, Fault> {
    let office = desk.office()?;
    let worker = desk.worker()?;
    let mut times = Vec::new();
    if !next.with.is_empty() {
        let staff = everybody(desk, &next.with)?;
        let search = Search {
            office,
            staff: &staff,
            room: next.room.trim().parse().ok(),
            wishes: onedoor_domain::meeting::Wishes::default(),
            count: QUARTERS,
            limit: OFFERED,
        };
        let found = slots::find(desk.app(), link, permit, &search).await?;
        let line =
            |(at, suits): (jiff::Timestamp, bool)| FreeTime { at: at.as_microsecond(), suits };
        times = found.into_iter().map(line).collect();
    }
    let mut colleagues = offices::colleagues(link, office).await?;
    colleagues.retain(|one| one.id != worker.id.to_string());
    let agencies = offices::agencies_at(link, office, desk.today()).await?;
    let others = agencies.into_iter().filter(|it| it.id != worker.agency);
    Ok(SeriesPage {
        lines: lines(desk, link, permit).await?,
        agencies: others.map(|it| Choice { id: it.id.to_string(), name: it.name }).collect(),
        colleagues,
        rooms: premises::rooms_at(link, office).await?,
        ways: MeetBy::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        all_months: MONTHS.map(|n| n.to_string()).collect(),
        chosen,
        times,
        next,
        form,
        faults,
    })
}

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    series: String,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    meet_by: String,
    #[serde(default)]
    premises: String,
    #[serde(default)]
    room: String,
}

async fn show(desk: Desk, RawQuery(query): RawQuery) -> Reply {
    let asked: Asked = serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ArrangeMeeting, Subject::Duty).await?;
    let next = NextForm {
        with: asked.with,
        meet_by: asked.meet_by,
        premises: asked.premises,
        room: asked.room,
        at: String::new(),
    };
    let once = crate::app::new_id().to_string();
    let form = SeriesForm { once, months: "1".to_owned(), ..SeriesForm::default() };
    let page = page(&desk, &mut conn, &permit, (asked.series, next), (form, Vec::new())).await?;
    desk.show(&page)
}

async fn set_up(desk: Desk, Input(form): Input<SeriesForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ArrangeMeeting, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "meeting.series", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "meeting-series-set");
    }
    let mut faults = Faults::default();
    let name = faults.line("name", &form.name);
    about_nobody(&mut faults, "name", &name);
    let months: Option<i64> = form.months.trim().parse().ok().filter(|it| MONTHS.contains(it));
    if months.is_none() {
        faults.add("months", "choose");
    }
    let first = faults.date("first_on", &form.first_on);
    let here = offices::agencies_at(&mut tx, office, desk.today()).await?;
    let mut agencies: Vec<AgencyId> = vec![worker.agency];
    for text in &form.agency {
        match here.iter().find(|one| one.id.to_string() == text.trim()) {
            Some(one) => agencies.push(one.id),
            None => faults.add("agency", "choose"),
        }
    }
    agencies.sort_unstable();
    agencies.dedup();
    if agencies.len() < 2 {
        faults.add("agency", "meeting-two-agencies");
    }
    let (Some(months), Some(first), true) = (months, first, faults.is_empty()) else {
        let faults = faults.into_list();
        let nothing = (String::new(), NextForm::default());
        let page = page(&desk, &mut tx, &permit, nothing, (form, faults.clone())).await?;
        return desk.again(&page, faults);
    };
    let place = series::place_of(&mut tx, office).await?;
    let new = NewSeries {
        name: &name,
        municipality: &place,
        office,
        months,
        first,
        agencies: &agencies,
        by: worker.id,
    };
    let id = series::add(&mut tx, &permit, &new, desk.now()).await?;
    note(&desk, &permit, "series", id);
    once.save(&desk, &mut tx, "/meeting-series").await?;
    desk.commit(tx).await?;
    desk.done("/meeting-series", "meeting-series-set")
}

/// A text about cooperation tells of nobody who is served: a number or an address in it is refused.
/// A name may be a place's, so the form only says that none of a person belongs there.
pub(super) fn about_nobody(faults: &mut Faults, field: &str, text: &str) {
    for sign in signs(text).into_iter().filter(|sign| *sign != Sign::Name) {
        faults.add(field, sign.code());
    }
}

/// What concerns nobody is noted by the act itself.
pub(super) fn note(desk: &Desk, permit: &Permit, what: &str, id: Uuid) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "id": id.to_string() }),
    });
}

/// A series of one's own agency at one's own place that goes on.
async fn own_series(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<SeriesLine, Fault> {
    let all = lines(desk, link, permit).await?;
    let one = all.into_iter().find(|one| one.id == id.to_string() && one.own);
    one.filter(|one| one.ended_on.is_none()).ok_or(Fault::Hidden)
}

async fn next(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<NextForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ArrangeMeeting, Subject::Duty).await?;
    let line = own_series(&desk, &mut tx, &permit, id).await?;
    let office: OfficeId = desk.office()?;
    let mut faults = Faults::default();
    let staff = everybody(&desk, &form.with)?;
    let staff = invited(&desk, &mut tx, &permit, (&mut faults, None), &staff).await?;
    let meet_by = faults.choice("meet_by", &form.meet_by, MeetBy::parse);
    let starts = start(&mut faults, &form.at, desk.now());
    // Whose premises: only those of an agency that takes part.
    let wanted: Option<AgencyId> = form.premises.trim().parse().ok();
    let premises_of = line.agency_ids.iter().copied().find(|one| Some(*one) == wanted);
    if !form.premises.trim().is_empty() && premises_of.is_none() {
        faults.add("premises", "choose");
    }
    let there: Vec<AgencyId> = staff.iter().map(|(_, agency)| *agency).collect();
    if !line.agency_ids.iter().all(|agency| there.contains(agency)) {
        faults.add("with", "meeting-all-agencies");
    }
    let rooms = premises::rooms_at(&mut tx, office).await?;
    let room = rooms.iter().find(|one| one.id == form.room.trim());
    let room: Option<Uuid> = room.and_then(|one| one.id.parse().ok());
    if !form.room.trim().is_empty() && room.is_none() {
        faults.add("room", "choose");
    }
    let (Some(meet_by), Some(starts), true) = (meet_by, starts, faults.is_empty()) else {
        let faults = faults.into_list();
        let chosen = (id.to_string(), form);
        let typed = (SeriesForm::default(), faults.clone());
        let page = page(&desk, &mut tx, &permit, chosen, typed).await?;
        return desk.again(&page, faults);
    };
    let ends = end(starts, QUARTERS);
    let mut room_booking = None;
    if let Some(room) = room {
        let whose = (worker.agency, worker.id);
        room_booking =
            Some(premises::hold_room(&mut tx, &permit, room, whose, (starts, ends)).await?);
    }
    let meeting = MeetingId(crate::app::new_id());
    let new = NewMeeting {
        id: meeting,
        kind: MeetingKind::InterAgency,
        person: None,
        series: Some(id),
        group: None,
        appointment: None,
        office,
        premises: premises_of,
        room,
        room_booking,
        meet_by,
        starts,
        ends,
        consequence: Consequence::Nothing,
        towards: Towards::Work,
        staff: &staff,
        providers: &[],
        by: worker.id,
    };
    store::call(&mut tx, &permit, &new, desk.now()).await?;
    let who: Vec<StaffId> = staff.iter().map(|(staff, _)| *staff).collect();
    slots::take(&mut tx, &permit, meeting.0, &who, (starts, QUARTERS)).await?;
    note(&desk, &permit, "meeting", meeting.0);
    desk.commit(tx).await?;
    desk.done(&format!("/meetings/{meeting}"), "meeting-called")
}

async fn finish(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<EndForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ArrangeMeeting, Subject::Duty).await?;
    own_series(&desk, &mut tx, &permit, id).await?;
    let version = form.version.trim().parse().unwrap_or_default();
    series::end(&mut tx, &permit, (id, version), desk.today()).await?;
    note(&desk, &permit, "series-ended", id);
    desk.commit(tx).await?;
    desk.done("/meeting-series", "meeting-series-ended")
}
