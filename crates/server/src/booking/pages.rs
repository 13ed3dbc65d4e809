//! Booking by telephone and at the desk, and what became of each time.

use axum::extract::{Path, Query};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::booking::{BookedBy, BookingState, MeetBy};
use onedoor_domain::ids::{OfficeId, PersonId, VisitId};
use onedoor_domain::person::Language;
use onedoor_domain::reception::{Mode, Need, sort};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::mine;
use super::store::{self, BookedLine, New, Stored};
use crate::db::{Link, Tx};
use crate::office::store as offices;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::reception::check_in::{CheckInForm, access_told, needs_told};
use crate::reception::store::{self as visits, Arrival};
use crate::web::validate::{Faults, read_date};
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<BookingsPage, _, _>("/bookings", "The booked times of the caller's reception", list)
        .asking(&["day", "person"])
        .act::<BookForm, _, _>("/bookings", "Books a time by telephone or at the desk", book)
        .creating()
        .see::<MinePage, _, _>("/bookings/mine", "The times that the caller has with somebody", own)
        .see::<BookingPage, _, _>("/bookings/{id}", "One booked time", show)
        .act::<ActForm, _, _>(
            "/bookings/{id}",
            "Notes who came, moves a time or takes it away",
            change,
        )
}

/// A time to choose.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FreeLine {
    /// When it starts, in microseconds since 1970.
    pub(crate) at: i64,
}

/// A time to be booked.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct BookForm {
    /// When it starts, in microseconds since 1970, from the offered times.
    #[serde(default)]
    pub(crate) at: String,
    /// What has happened in their life; may be empty.
    #[serde(default)]
    pub(crate) event: String,
    /// What they need: codes.
    #[serde(default)]
    pub(crate) need: Vec<String>,
    /// What they need to be met on equal terms.
    #[serde(default)]
    pub(crate) access: Vec<String>,
    /// A person who was found by a search; empty for anybody else.
    #[serde(default)]
    pub(crate) person: String,
    /// The name that was said; may be empty.
    #[serde(default)]
    pub(crate) name: String,
    /// Where they can be called; may be empty.
    #[serde(default)]
    pub(crate) phone: String,
    /// The language.
    #[serde(default)]
    pub(crate) language: String,
    /// `phone` or `desk`.
    #[serde(default)]
    pub(crate) by: String,
    /// `office`, `phone` or `video`.
    #[serde(default)]
    pub(crate) meet_by: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The booked times of a day and the week after it.
#[derive(Serialize, ToSchema)]
pub(crate) struct BookingsPage {
    pub(crate) day: String,
    pub(crate) lines: Vec<BookedLine>,
    /// Times of earlier days of which nobody has said what became of them; the oldest first.
    pub(crate) unsaid: Vec<BookedLine>,
    pub(crate) times: Vec<FreeLine>,
    pub(crate) needs: Vec<String>,
    pub(crate) events: Vec<String>,
    pub(crate) accesses: Vec<String>,
    pub(crate) ways: Vec<String>,
    pub(crate) found: Option<String>,
    pub(crate) form: BookForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(BookingsPage, "booking/pages/bookings.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    day: String,
    #[serde(default)]
    person: String,
}

fn start_of(desk: &Desk, day: Date) -> i64 {
    let at = desk.app().zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
    at.map_or(0, Timestamp::as_microsecond)
}

fn way_codes() -> Vec<String> {
    MeetBy::ALL.iter().map(|it| it.as_str().to_owned()).collect()
}

async fn free_lines(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
) -> Result<Vec<FreeLine>, Fault> {
    let times = store::free(desk.app(), link, permit, office, 40).await?;
    Ok(times.into_iter().map(|at| FreeLine { at: at.as_microsecond() }).collect())
}

async fn bookings_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    day: Date,
) -> Result<BookingsPage, Fault> {
    let week = day.checked_add(7.days()).unwrap_or(day);
    let span = (start_of(desk, day), start_of(desk, week));
    let mut lines = store::of_office(link, permit, span, desk.actor()).await?;
    to_say(desk, &mut lines);
    let today = start_of(desk, desk.today());
    let mut unsaid = store::unsaid(link, permit, today, desk.actor()).await?;
    to_say(desk, &mut unsaid);
    desk.note_seen(permit, lines.iter().chain(&unsaid).filter_map(|line| line.person));
    Ok(BookingsPage {
        day: day.to_string(),
        lines,
        unsaid,
        times: free_lines(desk, link, permit, permit.office()?).await?,
        needs: Need::ALL.iter().map(|need| need.as_str().to_owned()).collect(),
        events: crate::reception::event_codes(),
        accesses: crate::reception::access_codes(),
        ways: way_codes(),
        found: None,
        form: BookForm {
            by: "phone".into(),
            meet_by: "office".into(),
            once: crate::app::new_id().to_string(),
            ..BookForm::default()
        },
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let office = desk.office()?;
    let permit = desk.permit(&mut conn, Action::ReadBookings, Subject::Office(office)).await?;
    let day = read_date(&asked.day).unwrap_or_else(|| desk.today());
    let mut page = bookings_page(&desk, &mut conn, &permit, day).await?;
    if let Ok(id) = asked.person.parse::<PersonId>() {
        let reader = desk.permit(&mut conn, Action::ReadPerson, Subject::Person(id)).await?;
        page.found = Some(persons::read(&mut conn, &reader).await?.name());
        page.form.person = asked.person;
    }
    desk.show(&page)
}

/// Reads an offered start.
pub(crate) fn read_start(text: &str, now: Timestamp, faults: &mut Faults) -> Option<Timestamp> {
    let at = text.trim().parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
    let at = at.filter(|at| *at > now);
    if at.is_none() {
        faults.add("at", "choose");
    }
    at
}

/// Whom a time is booked for: somebody found, or whoever they say they are.
async fn whom(
    desk: &Desk,
    tx: &mut Tx,
    form: &BookForm,
    faults: &mut Faults,
) -> Result<Option<PersonId>, Fault> {
    let Ok(id) = form.person.parse::<PersonId>() else { return Ok(None) };
    let known = desk.permit_quietly(tx, Action::ReadPerson, Subject::Person(id)).await?;
    if known.is_none() {
        faults.add("person", "choose");
    }
    Ok(known.and_then(|permit| permit.person()))
}

/// REQ-FRONT-24: a time for anybody, by telephone or at the desk; nobody is asked which agency.
async fn book(desk: Desk, Input(form): Input<BookForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Book, Subject::Office(office)).await?;
    let once = Once::look(&desk, &mut tx, "booking", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "booking-kept");
    }
    let mut faults = Faults::default();
    let told = CheckInForm {
        need: form.need.clone(),
        event: form.event.clone(),
        ..CheckInForm::default()
    };
    let (_, needs) = needs_told(&told, &mut faults);
    let access = access_told(&form.access, &mut faults);
    let name = faults.optional_line("name", &form.name);
    let phone = faults.optional_line("phone", &form.phone);
    let by = faults.choice("by", &form.by, |code| match code {
        "" | "phone" => Some(BookedBy::Phone),
        "desk" => Some(BookedBy::Desk),
        _ => None,
    });
    let meet_by = faults.choice("meet_by", &form.meet_by, |code| match code {
        "" => Some(MeetBy::Office),
        code => MeetBy::parse(code),
    });
    let starts = read_start(&form.at, desk.now(), &mut faults);
    let person = whom(&desk, &mut tx, &form, &mut faults).await?;
    if person.is_none() && name.is_empty() && form.person.trim().is_empty() {
        faults.add("name", "booking-name");
    }
    let (Some(by), Some(meet_by), Some(starts), true) = (by, meet_by, starts, faults.is_empty())
    else {
        let list = faults.into_list();
        let reader = desk.permit(&mut tx, Action::ReadBookings, Subject::Office(office)).await?;
        let mut page = bookings_page(&desk, &mut tx, &reader, desk.today()).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let language: Language = form.language.parse().unwrap_or_default();
    let codes: Vec<&str> = access.iter().map(|one| one.as_str()).collect();
    let new = New {
        office,
        starts,
        person,
        spoken_name: &name,
        phone: &phone,
        needs: &needs,
        language: language.as_str(),
        access: &codes.join(" "),
        meet_by,
        by,
        made_by: Some(worker.id),
    };
    let id = store::keep(desk.app(), &mut tx, &permit, &new).await?;
    note(&desk, &permit, "booked", id, person);
    let location = format!("/bookings/{id}");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "booking-kept")
}

fn note(desk: &Desk, permit: &Permit, what: &str, id: Uuid, person: Option<PersonId>) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: person.iter().map(|one| one.0).collect(),
        detail: mine::detail(what, id),
    });
}

/// The caller's own times with somebody.
#[derive(Serialize, ToSchema)]
pub(crate) struct MinePage {
    pub(crate) lines: Vec<BookedLine>,
}

crate::page!(MinePage, "booking/pages/mine.html");

/// REQ-FRONT-20: whoever is booked from another agency sees it here, as the one who booked sees it
/// at the visit.
async fn own(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadDay, Subject::Duty).await?;
    let from = start_of(&desk, desk.today());
    let mut lines = store::of_worker(&mut conn, &permit, from, desk.actor()).await?;
    to_say(&desk, &mut lines);
    desk.note_seen(&permit, lines.iter().filter_map(|line| line.person));
    desk.show(&MinePage { lines })
}

/// Marks what is over and of which nobody has said what became of it.
fn to_say(desk: &Desk, lines: &mut [BookedLine]) {
    let now = desk.now().as_microsecond();
    for line in lines {
        line.to_say = line.state == BookingState::Booked.as_str() && line.ends_at <= now;
    }
}

/// What is done with a booked time.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ActForm {
    /// `came`, `absent`, `moved` or `cancelled`.
    #[serde(default)]
    pub(crate) act: String,
    /// The new start, when it is moved.
    #[serde(default)]
    pub(crate) at: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// One booked time.
#[derive(Serialize, ToSchema)]
pub(crate) struct BookingPage {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) needs: Vec<String>,
    /// Whether a need is withheld, because another agency would have to tell it.
    pub(crate) withheld: bool,
    pub(crate) language: String,
    pub(crate) access: Vec<String>,
    pub(crate) meet_by: String,
    pub(crate) booked_by: String,
    pub(crate) state: String,
    /// Whether its time has begun.
    pub(crate) begun: bool,
    pub(crate) at_reception: bool,
    pub(crate) times: Vec<FreeLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(BookingPage, "booking/pages/booking.html");

async fn booking_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    booking: &Stored,
) -> Result<BookingPage, Fault> {
    Ok(BookingPage {
        id: booking.id.to_string(),
        version: booking.version,
        starts_at: booking.starts.as_microsecond(),
        ends_at: booking.ends.as_microsecond(),
        name: booking.name.clone(),
        phone: if booking.withheld { String::new() } else { booking.phone.clone() },
        withheld: booking.withheld,
        needs: booking.told.iter().map(|need| need.as_str().to_owned()).collect(),
        language: booking.language.clone(),
        access: booking.access.split_whitespace().map(str::to_owned).collect(),
        meet_by: booking.meet_by.as_str().to_owned(),
        booked_by: booking.by.as_str().to_owned(),
        state: booking.state.as_str().to_owned(),
        begun: desk.now() >= booking.starts,
        at_reception: booking.at_reception,
        times: free_lines(desk, link, permit, booking.office).await?,
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    let office = Subject::Office(desk.office()?);
    let permit = desk.permit(&mut conn, Action::ReadBookings, office).await?;
    let booking = store::read(&mut conn, &permit, id, desk.actor()).await?;
    desk.note_seen(&permit, booking.person.map(|person| person.0));
    let page = booking_page(&desk, &mut conn, &permit, &booking).await?;
    desk.show(&page)
}

/// The visit that a booked time became, and the kinds of agency that it concerns, as bits.
struct Came {
    visit: VisitId,
    concerned: i64,
}

/// Somebody has come to their time: the visit that begins with it, with what they told when they
/// booked, so that it need not be told again (REQ-FRONT-01).
async fn arrive(desk: &Desk, tx: &mut Tx, booking: &Stored) -> Result<Came, Fault> {
    let permit = desk.permit(tx, Action::CheckIn, Subject::Office(booking.office)).await?;
    let needs = if booking.needs.is_empty() { vec![Need::Other] } else { booking.needs.clone() };
    let sorting = sort(&needs);
    let mut agencies = Vec::new();
    for kind in &sorting.agencies {
        agencies.extend(offices::agency_at(tx, booking.office, *kind, desk.today()).await?);
    }
    let arrival = Arrival {
        id: VisitId(crate::app::new_id()),
        person: booking.person,
        spoken_name: booking.spoken_name.clone(),
        language: booking.language.clone(),
        needs,
        account: String::new(),
        mode: Mode::Host,
        track: sorting.track,
        agencies,
    };
    visits::arrive(tx, &permit, &arrival, desk.today(), desk.now()).await?;
    let by = desk.actor().id;
    let detail = serde_json::json!({ "mode": "host", "booking": booking.id.to_string() });
    visits::event(tx, &permit, arrival.id, "arrived", by, &detail, desk.now()).await?;
    for code in booking.access.split_whitespace() {
        visits::mark(tx, &permit, arrival.id, ("access", code), by, desk.now()).await?;
    }
    Ok(Came { visit: arrival.id, concerned: visits::concerns(&arrival.needs) })
}

/// REQ-REF-15: what became of a time; a moved one names the new.
async fn change(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<ActForm>) -> Reply {
    desk.worker()?;
    let office = Subject::Office(desk.office()?);
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Book, office).await?;
    let booking = store::read(&mut tx, &permit, id, desk.actor()).await?;
    let mut faults = Faults::default();
    let to = faults.choice("act", &form.act, BookingState::parse);
    let to = to.filter(|to| *to != BookingState::Booked);
    let moves = to == Some(BookingState::Moved);
    let starts = if moves { read_start(&form.at, desk.now(), &mut faults) } else { None };
    let (Some(to), true) = (to, faults.is_empty()) else {
        if faults.is_empty() {
            faults.add("act", "choose");
        }
        let list = faults.into_list();
        let mut page = booking_page(&desk, &mut tx, &permit, &booking).await?;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let version = form.version.trim().parse().unwrap_or(booking.version);
    let mut location = format!("/bookings/{id}");
    let mut came = None;
    match (to, starts) {
        (BookingState::Moved, Some(starts)) => {
            let next =
                mine::move_to(desk.app(), &mut tx, &permit, (&booking, version), starts).await?;
            location = format!("/bookings/{next}");
        }
        (BookingState::Cancelled, _) => {
            mine::cancel(desk.app(), &mut tx, &permit, (&booking, version)).await?;
        }
        _ => {
            let state = mine::go(desk.app(), &booking, to)?;
            let is_here = booking.meet_by == MeetBy::Office
                && desk.app().day(booking.starts) == desk.today()
                && booking.state == BookingState::Booked
                && booking.at_reception;
            if state == BookingState::Came && is_here {
                came = Some(arrive(&desk, &mut tx, &booking).await?);
            }
            let visit = came.as_ref().map(|it| it.visit.0);
            let now = desk.now();
            store::settle(&mut tx, &permit, (id, version), state, (None, visit), now).await?;
            if let Some(visit) = visit {
                location = format!("/visits/{visit}");
            }
        }
    }
    note(&desk, &permit, to.as_str(), id, booking.person);
    desk.commit(tx).await?;
    if let Some(came) = came {
        desk.app().pulse.beat(booking.office, came.concerned, desk.now());
    }
    desk.done(&location, "booking-changed")
}
