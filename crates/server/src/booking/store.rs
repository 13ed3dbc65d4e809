//! Booked times in the database.

use std::collections::BTreeMap;

use jiff::Timestamp;
use onedoor_domain::booking::{BookedBy, BookingState, MeetBy};
use onedoor_domain::ids::{OfficeId, PersonId, StaffId};
use onedoor_domain::meeting::free_starts;
use onedoor_domain::reception::Need;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::telling::{Told, booking_concerns, concerned, needs_of, told_booking, who_meet};
use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{BOOKING_NAME, BOOKING_PHONE, Key, PERSON_FAMILY, PERSON_GIVEN, SubjectId};
use crate::office::{calendar, store as offices};
use crate::policy::{Permit, Proof};
use crate::sign_in::Actor;
use crate::walls::open_to;
use crate::web::Fault;

crate::sql! {
    PLACES = "select count(*) from staff s join unit u on u.id = s.unit_id
        where u.office_id = $1 and s.role = 'front_worker' and s.on_duty";
    TAKEN = "select starts_at, count(*) from booking
        where office_id = $1 and starts_at >= $2 and starts_at < $3 and state = 'booked'
            and place_no is not null
        group by starts_at";
    TAKEN_NUMBERS = "select place_no from booking
        where office_id = $1 and starts_at = $2 and state = 'booked' and place_no is not null";
    KEEP = "insert into booking (id, office_id, starts_at, ends_at, place_no, person_id,
            spoken_name, phone, needs, language, access, meet_by, booked_by, agency_id, visit_id,
            appointment_id, made_by, made_at, state, settled_at, confirmed_at, moved_to, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, null, null, null, $14, $15,
            'booked', null, null, null, 1)";
    // Who is hidden from the queue is hidden here.
    OF_OFFICE = concat!("select b.id, b.starts_at, b.ends_at, coalesce(p.given_name, ''),
            coalesce(p.family_name, ''), b.spoken_name, b.phone, b.needs, b.language, b.access,
            b.meet_by, b.booked_by, b.state, coalesce(a.kind, ''), b.person_id, b.version, k.wrapped,
            b.confirmed_at is not null, b.made_by, ", who_meet!(), "
        from booking b left join person p on p.id = b.person_id
        left join subject_key k on k.subject_id = coalesce(b.person_id, b.id)
        left join agency a on a.id = b.agency_id
        where b.office_id = $1 and b.starts_at >= $2 and b.starts_at < $3
            and ", open_to!("$4", "$5"), " order by b.starts_at, b.id limit 600");
    // Nobody has said what became of them, and their day is over: the oldest first.
    UNSAID = concat!("select b.id, b.starts_at, b.ends_at, coalesce(p.given_name, ''),
            coalesce(p.family_name, ''), b.spoken_name, b.phone, b.needs, b.language, b.access,
            b.meet_by, b.booked_by, b.state, coalesce(a.kind, ''), b.person_id, b.version, k.wrapped,
            b.confirmed_at is not null, b.made_by, ", who_meet!(), "
        from booking b left join person p on p.id = b.person_id
        left join subject_key k on k.subject_id = coalesce(b.person_id, b.id)
        left join agency a on a.id = b.agency_id
        where b.office_id = $1 and b.starts_at < $2 and b.state = 'booked'
            and ", open_to!("$3", "$4"), " and ", told_booking!("$4", "$5", "$6"), "
        order by b.starts_at, b.id limit 100");
    OF_VISIT = "select b.starts_at, coalesce(a.name, ''), o.name, b.state, b.booked_by from booking b
        left join agency a on a.id = b.agency_id join office o on o.id = b.office_id
        where b.visit_id = $1 order by b.starts_at limit 50";
    OF_WORKER = concat!("select b.id, b.starts_at, b.ends_at, coalesce(p.given_name, ''),
            coalesce(p.family_name, ''), b.spoken_name, b.phone, b.needs, b.language, b.access,
            b.meet_by, b.booked_by, b.state, coalesce(a.kind, ''), b.person_id, b.version, k.wrapped,
            b.confirmed_at is not null, c.staff_id, ", who_meet!(), "
        from calendar_slot c join booking b on b.appointment_id = c.appointment_id
            and b.starts_at = c.starts_at
        left join person p on p.id = b.person_id
        left join subject_key k on k.subject_id = coalesce(b.person_id, b.id)
        left join agency a on a.id = b.agency_id
        where c.staff_id = $1 and (c.starts_at >= $2 or b.state = 'booked')
            and ", open_to!("$3", "$1"), "
        order by b.starts_at, b.id limit 100");
    READ = concat!("select b.id, b.office_id, b.starts_at, b.ends_at, b.place_no, b.person_id, b.spoken_name,
            b.phone, b.needs, b.language, b.access, b.meet_by, b.booked_by, b.appointment_id,
            b.state, b.version, k.wrapped, coalesce(p.guard, 0), exists (select 1 from staff_tie t
                where t.person_id = p.id and t.staff_id = $2 and t.ended_at is null),
            coalesce(p.given_name, ''), coalesce(p.family_name, ''), b.made_by, coalesce(a.kind, ''), ",
            who_meet!(), "
        from booking b left join person p on p.id = b.person_id
        left join agency a on a.id = b.agency_id
        left join subject_key k on k.subject_id = coalesce(b.person_id, b.id) where b.id = $1");
    IS_OWN = "select 1 from booking where id = $1 and person_id = $2";
    SETTLE = "update booking set state = $3, settled_at = $4, moved_to = $5,
            visit_id = coalesce($6, visit_id), version = version + 1
        where id = $1 and version = $2";
    FREE_SLOTS = "delete from calendar_slot where appointment_id = $1";
    // A joint meeting needs no visit: those who met have until the end of the day to say what became
    // of it. Of a call nothing but what they say tells, so it waits for that however long.
    DUE = "select t.id, t.version, t.seen, t.person_id from (
            select b.id, b.version, b.ends_at, b.person_id,
                case when b.appointment_id is null then 1 else 0 end as alone,
                case when exists (select 1 from visit v
                    where v.person_id = b.person_id and v.office_id = b.office_id
                        and v.arrived_at > b.starts_at - 14400000000 and v.arrived_at < b.ends_at)
                    then 1 else 0 end as seen
            from booking b
            where b.state = 'booked' and b.ends_at <= $1 and b.meet_by = 'office') t
        where t.alone = 1 or t.seen = 1 or t.ends_at <= $2 order by t.ends_at limit 500";
}

/// Days ahead in which a time is offered.
const DAYS: i32 = 21;
/// A time at the reception lasts half an hour.
pub const QUARTERS: i64 = 2;
const MICROS: i64 = 15 * 60 * 1_000_000;

/// The first free times of a reception, on the half hour, while it is open.
///
/// # Errors
/// When the database does not answer.
pub async fn free(
    app: &App,
    link: &mut Link,
    proof: &dyn Proof,
    office: OfficeId,
    limit: usize,
) -> Result<Vec<Timestamp>, DbError> {
    let now = app.now();
    let days =
        calendar::open_hours(link, office, app.country, app.today(), i64::from(DAYS)).await?;
    let most = places(link, office).await?;
    let until = now.as_microsecond() + i64::from(DAYS) * 24 * 3600 * 1_000_000;
    let mut taken: BTreeMap<i64, i64> = BTreeMap::new();
    for mut row in link.rows(proof.opens(&TAKEN), args![office, now, until]).await? {
        taken.insert(row.get(0)?, row.get(1)?);
    }
    // Every half hour is asked for alone, so that a full one takes no other with it.
    let all =
        free_starts(&days, &app.zone, &std::collections::BTreeSet::new(), now, QUARTERS, 4096);
    let half = |at: &Timestamp| at.as_microsecond() % (2 * MICROS) == 0;
    let room = |at: &Timestamp| taken.get(&at.as_microsecond()).copied().unwrap_or(0) < most;
    Ok(all.into_iter().filter(half).filter(room).take(limit).collect())
}

async fn places(link: &mut Link, office: OfficeId) -> Result<i64, DbError> {
    let workers: i64 = match link.row(&PLACES, args![office]).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    Ok(onedoor_domain::booking::places(workers))
}

/// A time to be kept.
pub struct New<'a> {
    /// Where.
    pub office: OfficeId,
    /// When it starts.
    pub starts: Timestamp,
    /// For whom, when known.
    pub person: Option<PersonId>,
    /// The name that was said.
    pub spoken_name: &'a str,
    /// Where they can be called.
    pub phone: &'a str,
    /// What is needed.
    pub needs: &'a [Need],
    /// The language.
    pub language: &'a str,
    /// What is needed to be met on equal terms: codes with spaces between.
    pub access: &'a str,
    /// How they meet.
    pub meet_by: MeetBy,
    /// How it was booked.
    pub by: BookedBy,
    /// Which worker booked it; nobody for a person's own.
    pub made_by: Option<StaffId>,
}

/// Keeps a time of a reception. Two who book the last place at once: one of them is told.
///
/// # Errors
/// A conflict when the time is not free any more.
pub async fn keep(app: &App, tx: &mut Tx, proof: &dyn Proof, new: &New<'_>) -> Result<Uuid, Fault> {
    // An office that closes at this moment takes no time any more.
    if !offices::keep_still(tx, new.office).await?
        || !free(app, tx, proof, new.office, 4096).await?.contains(&new.starts)
    {
        return Err(Fault::conflict("booking-taken"));
    }
    let most = places(tx, new.office).await?;
    let mut numbers: Vec<i64> = Vec::new();
    for mut row in tx.rows(proof.opens(&TAKEN_NUMBERS), args![new.office, new.starts]).await? {
        numbers.push(row.get(0)?);
    }
    let place = (1..=most).find(|n| !numbers.contains(n));
    let place = place.ok_or_else(|| Fault::conflict("booking-taken"))?;
    let id = crate::app::new_id();
    let key = match new.person {
        Some(person) => Key::look_up(tx, proof, person).await?,
        None => Key::make(tx, proof, id).await?,
    };
    let codes: Vec<&str> = new.needs.iter().map(|n| n.as_str()).collect();
    let args = args![
        id,
        new.office,
        new.starts,
        new.starts.as_microsecond() + QUARTERS * MICROS,
        place,
        new.person,
        key.seal(BOOKING_NAME, new.spoken_name)?,
        key.seal(BOOKING_PHONE, new.phone)?,
        serde_json::json!(codes).to_string(),
        new.language,
        new.access,
        new.meet_by.as_str(),
        new.by.as_str(),
        new.made_by,
        app.now(),
    ];
    tx.run_one(proof.opens(&KEEP), args).await?;
    Ok(id)
}

/// A booked time in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookedLine {
    /// Its identifier.
    pub id: String,
    /// When it starts, in microseconds.
    pub starts_at: i64,
    /// When it ends.
    pub ends_at: i64,
    /// Who comes, as far as it was said.
    pub name: String,
    /// Where they can be called.
    pub phone: String,
    /// What is needed, as far as it is told here.
    pub needs: Vec<String>,
    /// Whether some of it is withheld, because another agency would have to tell it.
    pub withheld: bool,
    /// The language.
    pub language: String,
    /// What is needed to be met on equal terms.
    pub access: Vec<String>,
    /// How they meet.
    pub meet_by: String,
    /// How it was booked.
    pub booked_by: String,
    /// `booked`, `came`, `absent`, `moved` or `cancelled`.
    pub state: String,
    /// The other agency, where it is with one.
    pub agency: String,
    /// Whether the person has said that they come.
    pub confirmed: bool,
    /// Whether it is over and somebody who met has to say what became of it (REQ-REF-15).
    pub to_say: bool,
    /// The version.
    pub version: i64,
    /// Whose it is, for the journal.
    #[serde(skip)]
    pub person: Option<Uuid>,
}

fn read_needs(text: &str) -> Vec<Need> {
    let codes: Vec<String> = serde_json::from_str(text).unwrap_or_default();
    codes.iter().filter_map(|code| Need::parse(code)).collect()
}

fn codes(needs: &[Need]) -> Vec<String> {
    needs.iter().map(|need| need.as_str().to_owned()).collect()
}

fn words_of(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// A line of a list; nothing where the time is not told of at this counter.
fn line(permit: &Permit, mut row: Row) -> Result<Option<BookedLine>, DbError> {
    let (id, person): (Uuid, Option<Uuid>) = (row.get(0)?, row.get(14)?);
    let (needs, access, agency): (String, String, String) =
        (row.get(7)?, row.get(9)?, row.get(13)?);
    let needs = read_needs(&needs);
    let counter = permit.counter();
    let told = Told::of(counter, row.get(18)?, concerned(&needs, &agency, row.get(19)?));
    if !told.any {
        return Ok(None);
    }
    let (needs, withheld) = told.needs(counter, &needs);
    let key = Key::of(permit, SubjectId::from(person.unwrap_or(id)), row.get(16)?)?;
    let mut name = String::new();
    if person.is_some() {
        let given = key.open(PERSON_GIVEN, row.get(3)?)?;
        name = format!("{given} {}", key.open(PERSON_FAMILY, row.get(4)?)?).trim().to_owned();
    }
    let said = key.open(BOOKING_NAME, row.get(5)?)?;
    let phone = key.open(BOOKING_PHONE, row.get(6)?)?;
    Ok(Some(BookedLine {
        id: id.to_string(),
        starts_at: row.get(1)?,
        ends_at: row.get(2)?,
        name: if name.is_empty() { said } else { name },
        phone: if withheld { String::new() } else { phone },
        needs: codes(&needs),
        withheld,
        language: row.get(8)?,
        access: words_of(&access),
        meet_by: row.get(10)?,
        booked_by: row.get(11)?,
        state: row.get(12)?,
        agency,
        version: row.get(15)?,
        confirmed: row.get(17)?,
        to_say: false,
        person,
    }))
}

fn lines(permit: &Permit, rows: Vec<Row>) -> Result<Vec<BookedLine>, DbError> {
    rows.into_iter().filter_map(|row| line(permit, row).transpose()).collect()
}

/// The booked times of the permit's office between two instants, as far as they are told of at this
/// counter.
///
/// # Errors
/// When the database does not answer.
pub async fn of_office(
    link: &mut Link,
    permit: &Permit,
    (from, until): (i64, i64),
    actor: &Actor,
) -> Result<Vec<BookedLine>, Fault> {
    let args = args![permit.office()?, from, until, actor.lacks(), actor.id];
    Ok(lines(permit, link.rows(permit.opens(&OF_OFFICE), args).await?)?)
}

/// The booked times of the permit's office that began before an instant and of which nobody has said
/// what became of them: the oldest hundred, as far as they are told of at this counter (REQ-REF-15).
///
/// # Errors
/// When the database does not answer.
pub async fn unsaid(
    link: &mut Link,
    permit: &Permit,
    before: i64,
    actor: &Actor,
) -> Result<Vec<BookedLine>, Fault> {
    let counter = permit.counter();
    let args =
        args![permit.office()?, before, actor.lacks(), actor.id, counter.own(), counter.closed(),];
    Ok(lines(permit, link.rows(permit.opens(&UNSAID), args).await?)?)
}

/// The times that the worker has with somebody, of their own agency or booked by another
/// (REQ-FRONT-20: both see the booking).
///
/// # Errors
/// When the database does not answer.
pub async fn of_worker(
    link: &mut Link,
    permit: &Permit,
    from: i64,
    actor: &Actor,
) -> Result<Vec<BookedLine>, DbError> {
    lines(permit, link.rows(permit.opens(&OF_WORKER), args![actor.id, from, actor.lacks()]).await?)
}

/// A time that was booked at a visit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MadeLine {
    /// When, in microseconds.
    pub starts_at: i64,
    /// With which agency; empty where with several.
    pub agency: String,
    /// At which office.
    pub office: String,
    /// How far it has come.
    pub state: String,
    /// As what it was booked.
    pub booked_by: String,
}

/// The times that were booked at the permit's visit.
///
/// # Errors
/// When the database does not answer.
pub async fn of_visit(link: &mut Link, permit: &Permit) -> Result<Vec<MadeLine>, Fault> {
    let rows = link.rows(permit.opens(&OF_VISIT), args![permit.visit()?]).await?;
    let read = |mut row: Row| -> Result<MadeLine, DbError> {
        Ok(MadeLine {
            starts_at: row.get(0)?,
            agency: row.get(1)?,
            office: row.get(2)?,
            state: row.get(3)?,
            booked_by: row.get(4)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// A booking as its acts need it.
pub struct Stored {
    /// Its identifier.
    pub id: Uuid,
    /// Where.
    pub office: OfficeId,
    /// When.
    pub starts: Timestamp,
    /// Until when.
    pub ends: Timestamp,
    /// Whether it is a place of the reception and not an hour of colleagues.
    pub at_reception: bool,
    /// Whose.
    pub person: Option<PersonId>,
    /// Who comes, as far as is known.
    pub name: String,
    /// The name that was said.
    pub spoken_name: String,
    /// Where they can be called.
    pub phone: String,
    /// What is needed.
    pub needs: Vec<Need>,
    /// What of it is told to the one who asks.
    pub told: Vec<Need>,
    /// Whether some of it is withheld.
    pub withheld: bool,
    /// The language.
    pub language: String,
    /// What is needed to be met on equal terms.
    pub access: String,
    /// How they meet.
    pub meet_by: MeetBy,
    /// How it was booked.
    pub by: BookedBy,
    /// Which worker booked it; nobody for a person's own.
    pub made_by: Option<StaffId>,
    /// The colleagues' hour, where it is one.
    pub appointment: Option<Uuid>,
    /// How far it has come.
    pub state: BookingState,
    /// The version.
    pub version: i64,
}

/// Reads a booking of the office that the permit is for.
///
/// # Errors
/// [`Fault::Hidden`] when it is another office's, gone, of somebody who is hidden, or with an agency
/// of whose visitors this counter is not told.
pub async fn read(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
    actor: &Actor,
) -> Result<Stored, Fault> {
    let mut row = link.row(permit.opens(&READ), args![id, actor.id]).await?.ok_or(Fault::Hidden)?;
    let (guard, tied): (i64, bool) = (row.get(17)?, row.get(18)?);
    if guard & actor.lacks() != 0 || tied {
        return Err(Fault::Hidden);
    }
    let (made_by, agency): (Option<Uuid>, String) = (row.get(21)?, row.get(22)?);
    let meet: i64 = row.get(23)?;
    let mut stored = stored(permit, row)?;
    let counter = permit.counter();
    let told = Told::of(counter, made_by, concerned(&stored.needs, &agency, meet));
    stored.made_by = made_by.map(StaffId);
    if stored.office != permit.office()? || !told.any {
        return Err(Fault::Hidden);
    }
    (stored.told, stored.withheld) = told.needs(counter, &stored.needs);
    Ok(stored)
}

/// Reads a booking of the person whose file the proof opens.
///
/// # Errors
/// [`Fault::Hidden`] when it is somebody else's.
pub async fn read_own(link: &mut Link, proof: &Permit, id: Uuid) -> Result<Stored, Fault> {
    let mine = link.row(proof.opens(&IS_OWN), args![id, proof.the_person()?]).await?;
    mine.ok_or(Fault::Hidden)?;
    let row = link.row(proof.opens(&READ), args![id, None::<Uuid>]).await?.ok_or(Fault::Hidden)?;
    Ok(stored(proof, row)?)
}

fn stored(proof: &dyn Proof, mut row: Row) -> Result<Stored, DbError> {
    let (id, person): (Uuid, Option<PersonId>) = (row.get(0)?, row.get(5)?);
    let subject = person.map_or(SubjectId::from(id), SubjectId::from);
    let key = Key::of(proof, subject, row.get(16)?)?;
    let (needs, meet, by): (String, String, String) = (row.get(8)?, row.get(11)?, row.get(12)?);
    let state: String = row.get(14)?;
    let bad = |what: &str| DbError::Other(format!("a booking with an unknown {what}"));
    let spoken_name = key.open(BOOKING_NAME, row.get(6)?)?;
    let mut name = spoken_name.clone();
    if person.is_some() {
        let given = key.open(PERSON_GIVEN, row.get(19)?)?;
        name = format!("{given} {}", key.open(PERSON_FAMILY, row.get(20)?)?).trim().to_owned();
    }
    Ok(Stored {
        id,
        name,
        spoken_name,
        office: row.get(1)?,
        starts: row.get(2)?,
        ends: row.get(3)?,
        at_reception: row.get::<Option<i64>>(4)?.is_some(),
        person,
        phone: key.open(BOOKING_PHONE, row.get(7)?)?,
        told: read_needs(&needs),
        withheld: false,
        needs: read_needs(&needs),
        language: row.get(9)?,
        access: row.get(10)?,
        meet_by: MeetBy::parse(&meet).ok_or_else(|| bad("way"))?,
        by: BookedBy::parse(&by).ok_or_else(|| bad("origin"))?,
        made_by: row.get(21)?,
        appointment: row.get(13)?,
        state: BookingState::parse(&state).ok_or_else(|| bad("state"))?,
        version: row.get(15)?,
    })
}

/// What became of a booking, and the visit or the new time that it led to.
///
/// # Errors
/// A conflict when somebody has changed it meanwhile.
pub async fn settle(
    tx: &mut Tx,
    proof: &dyn Proof,
    booking: (Uuid, i64),
    state: BookingState,
    (moved_to, visit): (Option<Uuid>, Option<Uuid>),
    now: Timestamp,
) -> Result<(), Fault> {
    let args = args![booking.0, booking.1, state.as_str(), now, moved_to, visit];
    tx.run_one(proof.opens(&SETTLE), args).await?;
    Ok(())
}

/// Gives the colleagues' hours back, where a time with them is not kept.
///
/// # Errors
/// When the database refuses.
pub async fn give_back(tx: &mut Tx, proof: &dyn Proof, appointment: Uuid) -> Result<(), DbError> {
    tx.run(proof.opens(&FREE_SLOTS), args![appointment]).await.map(|_| ())
}

/// A booking whose time is over and of which nothing is known.
pub(super) struct Due {
    pub(super) id: Uuid,
    pub(super) version: i64,
    /// Whether the person was seen at the office around the time.
    pub(super) seen: bool,
    pub(super) person: Option<Uuid>,
}

/// Bookings whose time is over and of which nothing is known; calls and joint meetings only once
/// their day is over, which was before `today` began.
pub(super) async fn due(
    link: &mut Link,
    proof: &dyn Proof,
    (now, today): (Timestamp, Timestamp),
) -> Result<Vec<Due>, DbError> {
    let rows = link.rows(proof.opens(&DUE), args![now, today]).await?;
    rows.into_iter()
        .map(|mut row| {
            let seen: i64 = row.get(2)?;
            let (id, version) = (row.get(0)?, row.get(1)?);
            Ok(Due { id, version, seen: seen == 1, person: row.get(3)? })
        })
        .collect()
}
