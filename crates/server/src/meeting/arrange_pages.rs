//! Calling a meeting about a person: who, when, where, whether coming is a condition; and how
//! it is told. Nobody is invited whom the walls let know nothing of the
//! person: the page says then what is missing (REQ-INFO-01).

use axum::extract::{Path, RawQuery};
use jiff::Timestamp;
use onedoor_domain::booking::{BookedBy, MeetBy};
use onedoor_domain::ids::{AgencyId, MeetingId, OfficeId, PersonId, ProviderId, StaffId};
use onedoor_domain::meeting::{Consequence, DayPart, MeetingKind, Seat, Towards, is_three_way};
use onedoor_domain::secrecy::{Action, Category, Purpose, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::groups;
use super::list_pages::{MeetingLine, in_list};
use super::slots::{self, Booking, Search};
use super::store::{self, NewMeeting};
use crate::db::{Link, Tx};
use crate::message::{self, Message};
use crate::office::store::{self as offices, Choice};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::premises;
use crate::provider::store as providers;
use crate::walls::{self, Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};
use crate::words::Words;

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<CallPage, _, _>(
            "/persons/{id}/meetings",
            "The meetings about a person, and times for another",
            show,
        )
        .asking(&["kind", "group", "with", "room", "meet_by", "quarters"])
        .act::<CallForm, _, _>("/persons/{id}/meetings", "Calls a meeting", call)
        .creating()
}

/// A meeting lasts an hour where nothing else is said.
const QUARTERS: i64 = 4;
/// How many times are offered.
const OFFERED: usize = 12;

/// A free time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FreeTime {
    /// When it starts, in microseconds since 1970.
    pub(crate) at: i64,
    /// Whether it suits what the person wishes.
    pub(crate) suits: bool,
}

/// A meeting to be called, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CallForm {
    /// What it is: `three_way`, `joint`, `next_stage` or `problem_group`.
    #[serde(default)]
    pub(crate) kind: String,
    /// The group that it is a matter of, where it is one's own; it names who is invited.
    #[serde(default)]
    pub(crate) group: String,
    /// Who of the staff is invited, besides the caller.
    #[serde(default)]
    pub(crate) with: Vec<String>,
    /// The providers that are invited.
    #[serde(default)]
    pub(crate) provider: Vec<String>,
    /// A room of the office; may be empty.
    #[serde(default)]
    pub(crate) room: String,
    /// `office`, `phone` or `video`.
    #[serde(default)]
    pub(crate) meet_by: String,
    /// At whose premises; empty for the shared house.
    #[serde(default)]
    pub(crate) premises: String,
    /// How many quarters of an hour.
    #[serde(default)]
    pub(crate) quarters: String,
    /// When it starts, in microseconds since 1970, from the offered times.
    #[serde(default)]
    pub(crate) at: String,
    /// What follows when the person does not come.
    #[serde(default)]
    pub(crate) consequence: String,
    /// Where the clarification is heading.
    #[serde(default)]
    pub(crate) towards: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The meetings about a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct CallPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<MeetingLine>,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) groups: Vec<Choice>,
    pub(crate) providers: Vec<Choice>,
    pub(crate) rooms: Vec<Choice>,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) kinds: Vec<String>,
    pub(crate) ways: Vec<String>,
    pub(crate) consequences: Vec<String>,
    pub(crate) directions: Vec<String>,
    pub(crate) times: Vec<FreeTime>,
    /// What the person wishes of the part of the day and the way of meeting.
    pub(crate) wishes_part: String,
    pub(crate) wishes_way: String,
    pub(crate) form: CallForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(CallPage, "meeting/pages/call.html");

impl CallPage {
    /// Whether a colleague is ticked.
    pub(crate) fn is_with(&self, id: &str) -> bool {
        self.form.with.iter().any(|one| one == id)
    }

    /// Whether a provider is ticked.
    pub(crate) fn is_provider(&self, id: &str) -> bool {
        self.form.provider.iter().any(|one| one == id)
    }
}

const KINDS: [MeetingKind; 4] =
    [MeetingKind::ThreeWay, MeetingKind::Joint, MeetingKind::NextStage, MeetingKind::ProblemGroup];

fn everybody(desk: &Desk, with: &[String]) -> Result<Vec<StaffId>, Fault> {
    let me = desk.worker()?.id;
    let mut staff: Vec<StaffId> =
        with.iter().take(20).filter_map(|id| id.trim().parse().ok()).chain([me]).collect();
    staff.sort_unstable();
    staff.dedup();
    Ok(staff)
}

/// Who a form invites: those who are ticked, or the members of one's own group whom the walls
/// let know of the person (REQ-MEET-09).
async fn of_form(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: &CallForm,
) -> Result<Vec<StaffId>, Fault> {
    let me = desk.worker()?.id;
    if form.kind.trim() != MeetingKind::ProblemGroup.as_str() {
        return everybody(desk, &form.with);
    }
    let Ok(group) = form.group.trim().parse::<Uuid>() else { return Ok(vec![me]) };
    if !groups::is_member(link, permit, group, me).await? {
        return Err(Fault::Hidden);
    }
    let mut staff = Vec::new();
    for (one, _, _) in groups::members(link, permit, group).await? {
        if one == me || may_be_told(desk, link, permit, one).await? {
            staff.push(one);
        }
    }
    staff.sort_unstable();
    Ok(staff)
}

fn quarters(text: &str) -> i64 {
    let typed: Option<i64> = text.trim().parse().ok();
    typed.filter(|it| onedoor_domain::meeting::QUARTERS.contains(it)).unwrap_or(QUARTERS)
}

async fn times(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: &CallForm,
) -> Result<Vec<FreeTime>, Fault> {
    let staff = of_form(desk, link, permit, form).await?;
    let wishes = store::wishes(link, permit).await?;
    let search = Search {
        office: desk.office()?,
        staff: &staff,
        room: form.room.trim().parse().ok(),
        wishes,
        count: quarters(&form.quarters),
        limit: OFFERED,
    };
    free(desk, link, permit, &search).await
}

async fn free(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    search: &Search<'_>,
) -> Result<Vec<FreeTime>, Fault> {
    let found = slots::find(desk.app(), link, permit, search).await?;
    let line = |(at, suits): (Timestamp, bool)| FreeTime { at: at.as_microsecond(), suits };
    Ok(found.into_iter().map(line).collect())
}

/// Times at which the permit's meeting could be instead, with the same people and room.
pub(super) async fn other_times(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<FreeTime>, Fault> {
    let meeting = store::read(link, permit).await?;
    let parties = store::parties(link, permit, meeting.id).await?;
    let staff: Vec<StaffId> = parties.iter().filter_map(|one| one.staff).collect();
    let search = Search {
        office: meeting.office,
        staff: &staff,
        room: meeting.room_id,
        wishes: store::wishes(link, permit).await?,
        count: meeting.quarters(),
        limit: OFFERED,
    };
    free(desk, link, permit, &search).await
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: CallForm,
    faults: Vec<FieldFault>,
) -> Result<CallPage, Fault> {
    let office = desk.office()?;
    let agency = desk.worker()?.agency;
    let wishes = store::wishes(link, permit).await?;
    let lines = store::of_person(link, permit).await?;
    // A meeting to which the own agency was not invited is not told of here.
    let mut seen = Vec::new();
    for one in &lines {
        if desk.may(link, Action::ReadMeeting, Subject::Meeting(one.id)).await? {
            seen.push(in_list(one));
        }
    }
    let mut given = providers::providers(link, Some(agency)).await?;
    given.retain(|one| one.holds(desk.today()));
    let me = desk.worker()?.id.to_string();
    let mut colleagues = offices::colleagues(link, office).await?;
    colleagues.retain(|one| one.id != me);
    let agencies = offices::agencies_at(link, office, desk.today()).await?;
    let groups = groups::of_office(link, permit, office, desk.worker()?.id).await?;
    let groups = groups.into_iter().filter(|one| one.mine);
    let asks = !form.with.is_empty() || !form.group.is_empty();
    Ok(CallPage {
        person: permit.the_person()?.to_string(),
        name: persons::read(link, permit).await?.name(),
        lines: seen,
        times: if asks { times(desk, link, permit, &form).await? } else { Vec::new() },
        colleagues,
        groups: groups.map(|one| Choice { id: one.id, name: one.name }).collect(),
        providers: given
            .into_iter()
            .map(|one| Choice { id: one.id.to_string(), name: one.name })
            .collect(),
        rooms: premises::rooms_at(link, office).await?,
        agencies: agencies
            .into_iter()
            .map(|it| Choice { id: it.id.to_string(), name: it.name })
            .collect(),
        kinds: KINDS.iter().map(|it| it.as_str().to_owned()).collect(),
        ways: MeetBy::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        consequences: Consequence::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        directions: Towards::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        wishes_part: match wishes.part {
            DayPart::Any => String::new(),
            part => part.as_str().to_owned(),
        },
        wishes_way: wishes.meet_by.map(|way| way.as_str().to_owned()).unwrap_or_default(),
        form,
        faults,
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>, RawQuery(query): RawQuery) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::CallMeeting, Subject::Person(id)).await?;
    let mut form: CallForm =
        serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    form.once = crate::app::new_id().to_string();
    if form.consequence.is_empty() {
        form.consequence = Consequence::Nothing.as_str().to_owned();
    }
    if form.towards.is_empty() {
        form.towards = Towards::Work.as_str().to_owned();
    }
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

/// REQ-INFO-01: an invitation tells who it is and that they have a matter with the agency that
/// calls. Whoever is invited is asked of the walls, worker by worker: a tie, a protection that
/// they are not marked for and an agency without a ground all bar it, and look alike.
pub(super) async fn may_be_told(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    staff: StaffId,
) -> Result<bool, Fault> {
    let person = permit.the_person()?;
    let agency = desk.worker()?.agency;
    let Some(standing) = Standing::of_told(desk.app(), link, permit, staff, person).await? else {
        return Ok(false);
    };
    let Some(me) = walls::giver_of(link, agency, standing.office()).await? else {
        return Ok(false);
    };
    Ok([Category::Id, Category::Case].into_iter().all(|category| {
        let verdict = standing.judge(&me, Purpose::Coordination, category, Held::default());
        matches!(verdict, Some(Verdict::Permit(_)))
    }))
}

/// Who of the staff is invited, each with their agency; what is wrong goes on the field `with`.
pub(super) async fn invited(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (faults, kind): (&mut Faults, Option<MeetingKind>),
    staff: &[StaffId],
) -> Result<Vec<(StaffId, AgencyId)>, Fault> {
    let me = desk.worker()?.id;
    let (mut all, mut seats) = (Vec::new(), vec![Seat::Person]);
    for one in staff {
        let known = offices::worker(link, *one).await?.filter(|known| known.worker.on_duty);
        let Some(known) = known else {
            faults.add("with", "choose");
            continue;
        };
        if permit.person().is_some() && *one != me && !may_be_told(desk, link, permit, *one).await?
        {
            faults.add("with", "meeting-walls");
        }
        seats.push(match known.role.as_str() {
            "caseworker" => Seat::Caseworker(known.worker.agency),
            _ => Seat::Staff(known.worker.agency),
        });
        all.push((*one, known.worker.agency));
    }
    if staff.len() < 2 && kind != Some(MeetingKind::ProblemGroup) {
        faults.add("with", "meeting-with");
    }
    if kind == Some(MeetingKind::ThreeWay) && !is_three_way(&seats) {
        faults.add("with", "meeting-three-way");
    }
    Ok(all)
}

/// A start that the calendar knows.
pub(super) fn start(faults: &mut Faults, text: &str, now: Timestamp) -> Option<Timestamp> {
    let at = text.trim().parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
    let quarter = 15 * 60 * 1_000_000;
    let at = at.filter(|at| *at > now && at.as_microsecond() % quarter == 0);
    if at.is_none() {
        faults.add("at", "choose");
    }
    at
}

/// When a meeting of so many quarters ends.
pub(super) fn end(starts: Timestamp, quarters: i64) -> Timestamp {
    let ends = starts.as_microsecond() + quarters * 15 * 60 * 1_000_000;
    Timestamp::from_microsecond(ends).unwrap_or(starts)
}

/// What a form says that is right.
struct Read {
    kind: MeetingKind,
    group: Option<Uuid>,
    staff: Vec<(StaffId, AgencyId)>,
    providers: Vec<ProviderId>,
    meet_by: MeetBy,
    premises: Option<AgencyId>,
    room: Option<Choice>,
    starts: Timestamp,
    consequence: Consequence,
    towards: Towards,
}

async fn read(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    form: &CallForm,
) -> Result<Result<Read, Vec<FieldFault>>, Fault> {
    let office = desk.office()?;
    let agency = desk.worker()?.agency;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, MeetingKind::parse);
    if kind.is_some_and(|kind| !KINDS.contains(&kind)) {
        faults.add("kind", "choose");
    }
    let group: Option<Uuid> = form.group.trim().parse().ok();
    let group = group.filter(|_| kind == Some(MeetingKind::ProblemGroup));
    if kind == Some(MeetingKind::ProblemGroup) && group.is_none() {
        faults.add("group", "choose");
    }
    let staff = of_form(desk, tx, permit, form).await?;
    let staff = invited(desk, tx, permit, (&mut faults, kind), &staff).await?;
    let meet_by = faults.choice("meet_by", &form.meet_by, MeetBy::parse);
    let consequence = faults.choice("consequence", &form.consequence, Consequence::parse);
    let towards = faults.choice("towards", &form.towards, Towards::parse);
    let starts = start(&mut faults, &form.at, desk.now());
    let known = providers::providers(tx, Some(agency)).await?;
    let wanted: Vec<ProviderId> =
        form.provider.iter().take(10).filter_map(|id| id.trim().parse().ok()).collect();
    let given: Vec<ProviderId> = known
        .iter()
        .filter(|one| one.holds(desk.today()) && wanted.contains(&one.id))
        .map(|one| one.id)
        .collect();
    if given.len() < form.provider.len() {
        faults.add("provider", "choose");
    }
    let mut premises = None;
    if !form.premises.trim().is_empty() {
        let here = offices::agencies_at(tx, office, desk.today()).await?;
        let wanted: Option<AgencyId> = form.premises.trim().parse().ok();
        premises = here.iter().map(|one| one.id).find(|one| Some(*one) == wanted);
        if premises.is_none() {
            faults.add("premises", "choose");
        }
    }
    let mut room = None;
    if !form.room.trim().is_empty() {
        let rooms = premises::rooms_at(tx, office).await?;
        room = rooms.into_iter().find(|one| one.id == form.room.trim());
        if room.is_none() {
            faults.add("room", "choose");
        }
    }
    let (Some(kind), Some(meet_by), Some(consequence), Some(towards), Some(starts), true) =
        (kind, meet_by, consequence, towards, starts, faults.is_empty())
    else {
        return Ok(Err(faults.into_list()));
    };
    Ok(Ok(Read {
        kind,
        group,
        staff,
        providers: given,
        meet_by,
        premises,
        room,
        starts,
        consequence,
        towards,
    }))
}

async fn call(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<CallForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::CallMeeting, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "meeting.call", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "meeting-called");
    }
    let it = match read(&desk, &mut tx, &permit, &form).await? {
        Ok(it) => it,
        Err(faults) => {
            let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
            return desk.again(&page, faults);
        }
    };
    let count = quarters(&form.quarters);
    let ends = end(it.starts, count);
    let mut room_booking = None;
    let room: Option<Uuid> = it.room.as_ref().and_then(|room| room.id.parse().ok());
    if let Some(room) = room {
        let whose = (worker.agency, worker.id);
        let booked = premises::hold_room(&mut tx, &permit, room, whose, (it.starts, ends)).await?;
        room_booking = Some(booked);
    }
    let staff: Vec<StaffId> = it.staff.iter().map(|(staff, _)| *staff).collect();
    let place = it.room.as_ref().map(|room| room.name.clone()).unwrap_or_default();
    let at = (it.starts, count);
    let appointment = book(&desk, &mut tx, &permit, office, (&place, &staff), at).await?;
    let meeting = MeetingId(crate::app::new_id());
    let new = NewMeeting {
        id: meeting,
        kind: it.kind,
        person: Some(id),
        series: None,
        group: it.group,
        appointment: Some(appointment),
        office,
        premises: it.premises,
        room,
        room_booking,
        meet_by: it.meet_by,
        starts: it.starts,
        ends,
        consequence: it.consequence,
        towards: it.towards,
        staff: &it.staff,
        providers: &it.providers,
        by: worker.id,
    };
    store::call(&mut tx, &permit, &new, desk.now()).await?;
    tell(&desk, &mut tx, &permit, office, it.starts).await?;
    let location = format!("/meetings/{meeting}");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "meeting-called")
}

/// Takes the time in everybody's calendar.
pub(super) async fn book(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    office: OfficeId,
    (place, staff): (&str, &[StaffId]),
    (starts, quarters): (Timestamp, i64),
) -> Result<Uuid, Fault> {
    let booking = Booking {
        office,
        place,
        starts,
        quarters,
        staff,
        by: BookedBy::Meeting,
        agency: None,
        made: (desk.worker()?.id, desk.now()),
    };
    Ok(slots::book(tx, permit, &booking).await?.0)
}

/// Tells the person by a text message that names nothing but the day and the office: the
/// invitation itself is on their own page.
pub(super) async fn tell(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    office: OfficeId,
    starts: Timestamp,
) -> Result<(), Fault> {
    let person = persons::read(tx, permit).await?;
    if person.phone.is_empty() {
        return Ok(());
    }
    let name = offices::offices(tx).await?;
    let id = office.to_string();
    let name = name.into_iter().find(|one| one.id == id).map(|one| one.name).unwrap_or_default();
    let app = desk.app();
    let words = Words::new(person.language.parse().unwrap_or_default());
    let when = format!("{} {}", words.date(app.day(starts)), words.time(starts, &app.zone));
    let message = Message {
        channel: "sms",
        recipient: person.phone,
        language: person.language,
        body: words.with2("meeting-text", when, name),
    };
    message::send(tx, permit, &message, desk.now()).await
}
