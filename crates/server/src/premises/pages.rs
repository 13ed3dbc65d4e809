//! The premises of an office on one page: rooms and their bookings, area and seats; and all
//! leases on another.

use axum::extract::{Path, Query};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use onedoor_domain::ids::{AgencyId, OfficeId, UnitId};
use onedoor_domain::network::dominating;
use onedoor_domain::premises::{Area, Planning};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::leases::{self, LeaseLine, NewLease, SavingLine, SeatLine};
use super::rooms::{self, BookingLine, RoomLine};
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::office::{keeper, keeps, note};
use crate::policy::Subject;
use crate::web::validate::{Faults, read_date};
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

/// Above this share of those who sit together an agency dominates, in per cent.
const SHARE_LIMIT: i64 = 50;

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<PremisesPage, _, _>("/premises", "Rooms, area and seats of an office", show)
        .asking(&["office", "day"])
        .act::<RoomForm, _, _>("/premises/{id}/rooms", "Adds a shared room", add_room)
        .act::<BookingForm, _, _>("/premises/rooms/{id}/bookings", "Books a shared room", book)
        .creating()
        .act::<CancelForm, _, _>(
            "/premises/bookings/{id}/cancel",
            "Cancels the caller's own booking",
            cancel,
        )
        .act::<AreaForm, _, _>("/premises/{id}/areas", "Keeps the area of an agency", area)
        .act::<SeatsForm, _, _>("/premises/{id}/seats", "Plans seats for a unit", seats)
        .see::<LeasesPage, _, _>("/leases", "Leases, and what they mean for a plan", lease_list)
        .asking(&["letter", "from", "until"])
        .act::<LeaseForm, _, _>("/leases", "Registers a lease", add_lease)
        .creating()
}

/// A room, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RoomForm {
    /// Its name.
    #[serde(default)]
    pub(crate) room_name: String,
    /// How many can sit in it.
    #[serde(default)]
    pub(crate) seats: String,
    /// `yes` when a door can be closed.
    #[serde(default)]
    pub(crate) closed: String,
}

/// A booking, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct BookingForm {
    /// The day.
    #[serde(default)]
    pub(crate) day: String,
    /// From, on a quarter of an hour.
    #[serde(default)]
    pub(crate) starts: String,
    /// To, on a quarter of an hour.
    #[serde(default)]
    pub(crate) ends: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// Nothing but the wish.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CancelForm {}

/// The area of an agency, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AreaForm {
    /// Whose.
    #[serde(default)]
    pub(crate) agency: String,
    /// `before` or `after` moving together.
    #[serde(default)]
    pub(crate) phase: String,
    /// Square metres.
    #[serde(default)]
    pub(crate) square_metres: String,
    /// Staff who sit there.
    #[serde(default)]
    pub(crate) people: String,
    /// Cost in a year.
    #[serde(default)]
    pub(crate) cost: String,
    /// `yes` for open-plan space.
    #[serde(default)]
    pub(crate) open_plan: String,
}

/// Seats for a unit, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SeatsForm {
    /// The unit.
    #[serde(default)]
    pub(crate) unit: String,
    /// How many sit with the others.
    #[serde(default)]
    pub(crate) places: String,
    /// The joint tasks that they have.
    #[serde(default)]
    pub(crate) joint_tasks: String,
}

/// An agency that would dominate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DominantLine {
    pub(crate) agency: String,
    pub(crate) share: i64,
}

/// The premises of an office.
#[derive(Serialize, ToSchema)]
pub(crate) struct PremisesPage {
    pub(crate) offices: Vec<Choice>,
    pub(crate) office: String,
    pub(crate) name: String,
    pub(crate) day: String,
    pub(crate) rooms: Vec<RoomLine>,
    pub(crate) bookings: Vec<BookingLine>,
    pub(crate) savings: Vec<SavingLine>,
    pub(crate) seats: Vec<SeatLine>,
    pub(crate) dominating: Vec<DominantLine>,
    pub(crate) limit: i64,
    pub(crate) may_book: bool,
    pub(crate) keeps: bool,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) units: Vec<Choice>,
    pub(crate) room_form: RoomForm,
    pub(crate) booking_form: BookingForm,
    pub(crate) area_form: AreaForm,
    pub(crate) seats_form: SeatsForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(PremisesPage, "premises/pages/premises.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    office: String,
    #[serde(default)]
    day: String,
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    office: OfficeId,
    day: Date,
) -> Result<PremisesPage, Fault> {
    let (name, ..) = offices::office(link, office).await?.ok_or(Fault::Hidden)?;
    let span = rooms::day_of(&desk.app().zone, day)?;
    let seats = leases::seats(link, office).await?;
    let planned: Vec<(String, i64)> =
        seats.iter().map(|it| (it.agency.clone(), it.seats)).collect();
    let dominant = dominating(&planned, SHARE_LIMIT).into_iter();
    let keeps = keeps(desk, link, office).await?;
    let reader = desk.worker().ok().map(|it| it.id);
    let all = offices::offices(link).await?;
    let agencies = offices::agencies_at(link, office, desk.today()).await?;
    let units = offices::units(link, office, desk.today()).await?;
    Ok(PremisesPage {
        offices: all.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        office: office.to_string(),
        name,
        day: day.to_string(),
        rooms: rooms::rooms(link, office).await?,
        bookings: rooms::bookings(link, office, span, reader).await?,
        savings: leases::savings(link, office).await?,
        seats,
        dominating: dominant
            .map(|it| DominantLine { agency: it.agency, share: it.share })
            .collect(),
        limit: SHARE_LIMIT,
        may_book: desk.may(link, Action::BookRoom, Subject::Duty).await?,
        keeps,
        agencies: agencies
            .into_iter()
            .map(|it| Choice { id: it.id.to_string(), name: it.name })
            .collect(),
        units: units.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        room_form: RoomForm::default(),
        booking_form: BookingForm { day: day.to_string(), ..BookingForm::default() },
        area_form: AreaForm::default(),
        seats_form: SeatsForm::default(),
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let first = offices::offices(&mut conn).await?.first().and_then(|it| it.id.parse().ok());
    let office = asked.office.parse().ok().or(desk.actor().office).or(first);
    let day = read_date(&asked.day).unwrap_or_else(|| desk.today());
    let page = page(&desk, &mut conn, office.ok_or(Fault::Hidden)?, day).await?;
    desk.show(&page)
}

async fn again(
    desk: &Desk,
    link: &mut Link,
    office: OfficeId,
    faults: Faults,
    fill: impl FnOnce(&mut PremisesPage),
) -> Reply {
    let faults = faults.into_list();
    let mut page = page(desk, link, office, desk.today()).await?;
    fill(&mut page);
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

/// A whole number above zero.
fn above_zero(faults: &mut Faults, field: &str, text: &str) -> Option<i64> {
    let number = text.trim().parse::<i64>().ok().filter(|it| (1..=1_000_000_000).contains(it));
    if number.is_none() {
        faults.add(field, "whole-number");
    }
    number
}

async fn add_room(desk: Desk, Path(office): Path<OfficeId>, Input(form): Input<RoomForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let mut faults = Faults::default();
    let name = faults.line("room_name", &form.room_name);
    let seats = above_zero(&mut faults, "seats", &form.seats);
    let (Some(seats), true) = (seats, faults.is_empty()) else {
        return again(&desk, &mut tx, office, faults, |page| page.room_form = form).await;
    };
    rooms::add_room(&mut tx, &permit, office, (&name, seats, form.closed == "yes")).await?;
    note(&desk, &permit, "room", office);
    desk.commit(tx).await?;
    desk.done(&format!("/premises?office={office}"), "room-added")
}

/// A time of day on a quarter of an hour.
fn quarter(faults: &mut Faults, field: &str, text: &str) -> Option<Time> {
    let time = Time::strptime("%H:%M", text.trim().replace('.', ":")).ok();
    let time = time.filter(|it| it.minute() % 15 == 0);
    if time.is_none() {
        faults.add(field, "quarter");
    }
    time
}

async fn book(desk: Desk, Path(room): Path<Uuid>, Input(form): Input<BookingForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::BookRoom, Subject::Duty).await?;
    let office = rooms::office_of(&mut tx, room).await?;
    let once = Once::look(&desk, &mut tx, "premises.book", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "room-booked");
    }
    let mut faults = Faults::default();
    let day = faults.date("day", &form.day);
    let starts = quarter(&mut faults, "starts", &form.starts);
    let ends = quarter(&mut faults, "ends", &form.ends);
    if starts.zip(ends).is_some_and(|(starts, ends)| ends <= starts) {
        faults.add("ends", "time-order");
    }
    let (Some(day), Some(starts), Some(ends), true) = (day, starts, ends, faults.is_empty()) else {
        return again(&desk, &mut tx, office, faults, |page| {
            page.once.clone_from(&form.once);
            page.booking_form = form;
        })
        .await;
    };
    let zone = &desk.app().zone;
    let at = |time: Time| -> Result<Timestamp, Fault> {
        let zoned = day.to_datetime(time).to_zoned(zone.clone());
        zoned.map(|it| it.timestamp()).map_err(|error| Fault::Defect(error.to_string()))
    };
    let span = (at(starts)?, at(ends)?);
    let who = (worker.agency, worker.id);
    let id = rooms::book(&mut tx, &permit, room, who, span).await?;
    let location = format!("/premises?office={office}&day={day}");
    once.save(&desk, &mut tx, &location).await?;
    note(&desk, &permit, "room_booking", id);
    desk.commit(tx).await?;
    desk.done(&location, "room-booked")
}

async fn cancel(desk: Desk, Path(booking): Path<Uuid>, Input(_): Input<CancelForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::BookRoom, Subject::Duty).await?;
    rooms::cancel(&mut tx, &permit, (booking, worker.id), desk.now()).await?;
    note(&desk, &permit, "room_cancelled", booking);
    desk.commit(tx).await?;
    desk.done("/premises", "room-cancelled")
}

async fn area(desk: Desk, Path(office): Path<OfficeId>, Input(form): Input<AreaForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let mut faults = Faults::default();
    let agency = faults.id("agency", &form.agency).map(AgencyId);
    if let Some(agency) = agency
        && !offices::agencies_at(&mut tx, office, desk.today())
            .await?
            .iter()
            .any(|it| it.id == agency)
    {
        faults.add("agency", "choose");
    }
    if !matches!(form.phase.as_str(), "before" | "after") {
        faults.add("phase", "choose");
    }
    let square_metres = above_zero(&mut faults, "square_metres", &form.square_metres);
    let staff = above_zero(&mut faults, "people", &form.people);
    let cost = form.cost.trim().parse::<i64>().ok().filter(|it| *it >= 0);
    if cost.is_none() {
        faults.add("cost", "whole-number");
    }
    let all = (agency, square_metres.zip(staff), cost, faults.is_empty());
    let (Some(agency), Some((square_metres, staff)), Some(yearly_cost), true) = all else {
        return again(&desk, &mut tx, office, faults, |page| page.area_form = form).await;
    };
    let area = Area { square_metres, staff, yearly_cost };
    let open = form.open_plan == "yes";
    leases::set_area(&mut tx, &permit, (office, agency), (&form.phase, open), area).await?;
    note(&desk, &permit, "area", office);
    desk.commit(tx).await?;
    desk.done(&format!("/premises?office={office}"), "area-kept")
}

async fn seats(desk: Desk, Path(office): Path<OfficeId>, Input(form): Input<SeatsForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let mut faults = Faults::default();
    let unit = faults.id("unit", &form.unit).map(UnitId);
    if let Some(unit) = unit
        && offices::unit(&mut tx, unit).await?.is_none()
    {
        faults.add("unit", "choose");
    }
    let places = above_zero(&mut faults, "places", &form.places);
    // Who sits together is planned from the tasks, not for everybody.
    let tasks = faults.line("joint_tasks", &form.joint_tasks);
    let (Some(unit), Some(places), true) = (unit, places, faults.is_empty()) else {
        return again(&desk, &mut tx, office, faults, |page| page.seats_form = form).await;
    };
    leases::set_seats(&mut tx, &permit, (office, unit), places, &tasks).await?;
    note(&desk, &permit, "seats", office);
    desk.commit(tx).await?;
    desk.done(&format!("/premises?office={office}"), "seats-kept")
}

/// A lease, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct LeaseForm {
    /// Whose.
    #[serde(default)]
    pub(crate) agency: String,
    /// The office that it is for; empty for none.
    #[serde(default)]
    pub(crate) office: String,
    /// Where.
    #[serde(default)]
    pub(crate) address: String,
    /// The day it was signed.
    #[serde(default)]
    pub(crate) signed_on: String,
    /// First day.
    #[serde(default)]
    pub(crate) starts_on: String,
    /// First day after it.
    #[serde(default)]
    pub(crate) expires_on: String,
    /// Notice by this day; may be empty.
    #[serde(default)]
    pub(crate) notice_on: String,
    /// Can be ended early on this day; may be empty.
    #[serde(default)]
    pub(crate) break_on: String,
    /// Cost in a year.
    #[serde(default)]
    pub(crate) cost: String,
    /// What shows that the cost is inside ordinary budgets.
    #[serde(default)]
    pub(crate) within_budget: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The leases.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeasesPage {
    pub(crate) letter: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) leases: Vec<LeaseLine>,
    pub(crate) may_edit: bool,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) offices: Vec<Choice>,
    pub(crate) form: LeaseForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(LeasesPage, "premises/pages/leases.html");

#[derive(Default, Deserialize)]
struct Plan {
    #[serde(default)]
    letter: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

/// The plan that was asked about; else the next three years, with today as the letter's date.
fn planning(plan: &Plan, today: Date) -> Planning {
    let from = read_date(&plan.from).unwrap_or(today);
    let until = read_date(&plan.until);
    Planning {
        letter_on: read_date(&plan.letter).unwrap_or(today),
        from,
        until: until.unwrap_or_else(|| from.saturating_add(jiff::Span::new().years(3))),
    }
}

async fn leases_page(desk: &Desk, link: &mut Link, plan: &Plan) -> Result<LeasesPage, Fault> {
    let planning = planning(plan, desk.today());
    let agencies = offices::agencies(link).await?;
    let all = offices::offices(link).await?;
    Ok(LeasesPage {
        offices: all.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        letter: planning.letter_on.to_string(),
        from: planning.from.to_string(),
        until: planning.until.to_string(),
        leases: leases::leases(link, &planning).await?,
        may_edit: desk.may(link, Action::EditNetwork, Subject::Duty).await?,
        agencies: agencies
            .into_iter()
            .map(|it| Choice { id: it.id.to_string(), name: it.name })
            .collect(),
        form: LeaseForm::default(),
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn lease_list(desk: Desk, Query(plan): Query<Plan>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = leases_page(&desk, &mut conn, &plan).await?;
    desk.show(&page)
}

async fn add_lease(desk: Desk, Input(form): Input<LeaseForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "premises.lease", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "lease-kept");
    }
    let mut faults = Faults::default();
    let agency = faults.id("agency", &form.agency).map(AgencyId);
    if let Some(agency) = agency
        && !offices::agencies(&mut tx).await?.iter().any(|it| it.id == agency)
    {
        faults.add("agency", "choose");
    }
    let office = match form.office.trim() {
        "" => None,
        id => faults.id("office", id).map(OfficeId),
    };
    if let Some(office) = office
        && offices::office(&mut tx, office).await?.is_none()
    {
        faults.add("office", "choose");
    }
    let address = faults.line("address", &form.address);
    let signed_on = faults.date("signed_on", &form.signed_on);
    let starts_on = faults.date("starts_on", &form.starts_on);
    let expires_on = faults.date("expires_on", &form.expires_on);
    if starts_on.zip(expires_on).is_some_and(|(starts, ends)| ends <= starts) {
        faults.add("expires_on", "date-order");
    }
    let notice_on = faults.optional_date("notice_on", &form.notice_on);
    let break_on = faults.optional_date("break_on", &form.break_on);
    let cost = form.cost.trim().parse::<i64>().ok().filter(|it| *it >= 0);
    if cost.is_none() {
        faults.add("cost", "whole-number");
    }
    let within_budget = faults.optional_line("within_budget", &form.within_budget);
    let days = signed_on.zip(starts_on).zip(expires_on);
    let all = (agency, days, cost, faults.is_empty());
    let (Some(agency), Some(((signed_on, starts_on), expires_on)), Some(yearly_cost), true) = all
    else {
        let faults = faults.into_list();
        let mut page = leases_page(&desk, &mut tx, &Plan::default()).await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let new = NewLease {
        agency,
        office,
        address: &address,
        signed_on,
        starts_on,
        expires_on,
        notice_on,
        break_on,
        yearly_cost,
        within_budget: &within_budget,
    };
    let id = leases::add(&mut tx, &permit, &new, worker.id, desk.now()).await?;
    once.save(&desk, &mut tx, "/leases").await?;
    note(&desk, &permit, "lease", id);
    desk.commit(tx).await?;
    desk.done("/leases", "lease-kept")
}
