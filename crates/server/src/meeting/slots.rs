//! Booked times in the database: who is free, and booking so that nobody is
//! booked twice. Whoever books holds the colleagues' rows until the end, so that what is taken
//! in one of the two calendars is not taken in the other meanwhile.

use std::collections::BTreeSet;

use jiff::Timestamp;
use onedoor_domain::booking::BookedBy;
use onedoor_domain::ids::{AgencyId, AppointmentId, OfficeId, PersonId, StaffId, VisitId};
use onedoor_domain::meeting::{Wishes, free_starts, quarters};
use uuid::Uuid;

use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::keys::{APPOINTMENT_PLACE, BOOKING_NAME, BOOKING_PHONE, Key};
use crate::office::calendar;
use crate::policy::{Permit, Proof};
use crate::web::Fault;

crate::sql! {
    BUSY = "select starts_at from calendar_slot
        where staff_id = $1 and starts_at >= $2 and starts_at < $3
        union select starts_at from staff_busy
        where staff_id = $1 and starts_at >= $2 and starts_at < $3";
    ROOM_BUSY = "select starts_at from room_slot
        where room_id = $1 and starts_at >= $2 and starts_at < $3";
    PERSON_BUSY = "select starts_at, ends_at from appointment
        where person_id = $1 and ends_at > $2 and starts_at < $3 limit 200";
    // Changes nothing: it holds the row until the end, on both engines.
    HOLD_STAFF = "update staff set email = email where id = $1";
    TAKEN = "select 1 from staff_busy where staff_id = $1 and starts_at = $2
        union select 1 from calendar_slot where staff_id = $1 and starts_at = $2";
    TAKE_BUSY = "insert into staff_busy (staff_id, starts_at, meeting_id, uid)
        values ($1, $2, $3, $4) on conflict do nothing";
    FREE_BUSY = "delete from staff_busy where meeting_id = $1";
    FREE_UID = "delete from staff_busy where staff_id = $1 and uid = $2 and meeting_id is null";
    FREE_SLOTS = "delete from calendar_slot where appointment_id = $1";
    LET_GO = "update booking set state = 'cancelled', settled_at = $2, appointment_id = null,
            version = version + 1 where appointment_id = $1 and state = 'booked'";
    // A time that is over stays in the list with what became of it.
    KEPT = "select 1 from booking where appointment_id = $1
        union select 1 from trial_meeting where appointment_id = $1";
    DROP = "delete from appointment where id = $1";
    BOOK = "insert into appointment (id, person_id, office_id, place, starts_at, ends_at, subject)
        values ($1, $2, $3, $4, $5, $6, $7)";
    KEEP = "insert into booking (id, office_id, starts_at, ends_at, place_no, person_id,
            spoken_name, phone, needs, language, access, meet_by, booked_by, agency_id, visit_id,
            appointment_id, made_by, made_at, state, settled_at, confirmed_at, moved_to, version)
        values ($1, $2, $3, $4, null, $5, $6, $7, '[]', 'nb', '', 'office', $8, $9, $10, $1, $11,
            $12, 'booked', null, null, null, 1)";
    TAKE = "insert into calendar_slot (staff_id, starts_at, appointment_id) values ($1, $2, $3)";
    WITH = "select distinct s.name from calendar_slot c join staff s on s.id = c.staff_id
        where c.appointment_id = $1 order by s.name";
    STARTS = "select a.starts_at, a.place, a.person_id, k.wrapped from appointment a
        left join subject_key k on k.subject_id = a.person_id where a.id = $1";
}

/// Days ahead in which a time is looked for.
const DAYS: i32 = 21;

/// What a time is looked for.
pub(crate) struct Search<'a> {
    /// Where; the hours are those of this office.
    pub(crate) office: OfficeId,
    /// Who of the staff.
    pub(crate) staff: &'a [StaffId],
    /// The room, if one.
    pub(crate) room: Option<Uuid>,
    /// What suits the person.
    pub(crate) wishes: Wishes,
    /// How many quarters of an hour.
    pub(crate) count: i64,
    /// How many times.
    pub(crate) limit: usize,
}

/// The first times at which all of `staff` are free while the office is open
/// (REQ-FRONT-08).
///
/// # Errors
/// When the database does not answer.
pub async fn free(
    app: &App,
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    staff: &[StaffId],
    count: i64,
    limit: usize,
) -> Result<Vec<Timestamp>, DbError> {
    let wishes = Wishes::default();
    let search = Search { office, staff, room: None, wishes, count, limit };
    let found = find(app, link, permit, &search).await?;
    Ok(found.into_iter().map(|(at, _)| at).collect())
}

/// Times at which everybody, the room and the person are free, those that suit the person first;
/// with each whether it does (REQ-MEET-03).
pub(crate) async fn find(
    app: &App,
    link: &mut Link,
    permit: &Permit,
    search: &Search<'_>,
) -> Result<Vec<(Timestamp, bool)>, DbError> {
    find_for(app, link, permit, permit.person(), search).await
}

/// The same for a person whom the caller names, where the rules look and not somebody.
pub(super) async fn find_for(
    app: &App,
    link: &mut Link,
    proof: &dyn Proof,
    person: Option<PersonId>,
    search: &Search<'_>,
) -> Result<Vec<(Timestamp, bool)>, DbError> {
    let now = app.now();
    let days = calendar::open_hours(link, search.office, app.country, app.today(), i64::from(DAYS))
        .await?;
    let until = now.as_microsecond() + i64::from(DAYS) * 24 * 3600 * 1_000_000;
    let mut busy = BTreeSet::new();
    for one in search.staff {
        for mut row in link.rows(proof.opens(&BUSY), args![*one, now, until]).await? {
            busy.insert(row.get::<Timestamp>(0)?);
        }
    }
    if let Some(room) = search.room {
        for mut row in link.rows(&ROOM_BUSY, args![room, now, until]).await? {
            busy.insert(row.get::<Timestamp>(0)?);
        }
    }
    if let Some(person) = person {
        for mut row in link.rows(proof.opens(&PERSON_BUSY), args![person, now, until]).await? {
            let (starts, ends): (Timestamp, i64) = (row.get(0)?, row.get(1)?);
            let length = (ends - starts.as_microsecond()) / (15 * 60 * 1_000_000);
            busy.extend(quarters(starts, length.clamp(1, 96)));
        }
    }
    let most = if search.wishes == Wishes::default() { search.limit } else { 2000 };
    let all = free_starts(&days, &app.zone, &busy, now, search.count, most);
    let suits = |at: &Timestamp| search.wishes.suits(at.to_zoned(app.zone.clone()).datetime());
    let (first, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(suits);
    let mut found: Vec<(Timestamp, bool)> = first.into_iter().map(|at| (at, true)).collect();
    found.extend(rest.into_iter().map(|at| (at, false)));
    found.truncate(search.limit);
    Ok(found)
}

/// Holds the rows of the staff until the end of the transaction, and refuses a quarter that one
/// of them has taken.
async fn hold(
    tx: &mut Tx,
    proof: &dyn Proof,
    staff: &[StaffId],
    slots: &[Timestamp],
) -> Result<(), Fault> {
    let mut order = staff.to_vec();
    order.sort_unstable();
    for one in &order {
        tx.run(&HOLD_STAFF, args![*one]).await?;
    }
    for one in order {
        for slot in slots {
            if tx.row(proof.opens(&TAKEN), args![one, *slot]).await?.is_some() {
                return Err(Fault::conflict("meeting-taken"));
            }
        }
    }
    Ok(())
}

/// Takes the quarters of a meeting about nobody in the calendars of the staff.
///
/// # Errors
/// A conflict when somebody has been booked meanwhile.
pub(super) async fn take(
    tx: &mut Tx,
    permit: &Permit,
    meeting: Uuid,
    staff: &[StaffId],
    (starts, count): (Timestamp, i64),
) -> Result<(), Fault> {
    let slots = quarters(starts, count);
    hold(tx, permit, staff, &slots).await?;
    for one in staff {
        for slot in &slots {
            tx.run_one(&TAKE_BUSY, args![*one, *slot, meeting, ""]).await?;
        }
    }
    Ok(())
}

/// Gives the quarters of such a meeting back.
pub(super) async fn give_back(tx: &mut Tx, _: &Permit, meeting: Uuid) -> Result<(), DbError> {
    tx.run(&FREE_BUSY, args![meeting]).await.map(|_| ())
}

/// Takes what somebody's own calendar program says is busy, in place of what it said before of
/// the same entry. It keeps when, and nothing of what.
pub(super) async fn take_own(
    tx: &mut Tx,
    _: &Permit,
    staff: StaffId,
    (uid, slots): (&str, &[Timestamp]),
) -> Result<(), DbError> {
    tx.run(&FREE_UID, args![staff, uid]).await?;
    for slot in slots {
        tx.run(&TAKE_BUSY, args![staff, *slot, None::<Uuid>, uid]).await?;
    }
    Ok(())
}

/// Takes a booked joint meeting away: the hours are free, the booking says that it was called
/// off, and the person's page shows the time no more.
pub(super) async fn let_go(
    tx: &mut Tx,
    permit: &Permit,
    appointment: Uuid,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run(permit.opens(&FREE_SLOTS), args![appointment]).await?;
    tx.run(permit.opens(&LET_GO), args![appointment, now]).await?;
    if tx.row(permit.opens(&KEPT), args![appointment]).await?.is_none() {
        tx.run(permit.opens(&DROP), args![appointment]).await?;
    }
    Ok(())
}

/// A time to be booked.
pub struct Booking<'a> {
    /// Where.
    pub office: OfficeId,
    /// The room, or how.
    pub place: &'a str,
    /// When it starts.
    pub starts: Timestamp,
    /// How many quarters of an hour.
    pub quarters: i64,
    /// Who of the staff.
    pub staff: &'a [StaffId],
    /// As what it is kept in the list of booked times.
    pub by: BookedBy,
    /// The other agency, where the time is there alone (REQ-FRONT-20).
    pub agency: Option<AgencyId>,
    /// Who books, and when.
    pub made: (StaffId, Timestamp),
}

/// Books a joint meeting with the permit's person.
///
/// # Errors
/// A conflict when somebody has been booked meanwhile.
pub async fn book(
    tx: &mut Tx,
    permit: &Permit,
    booking: &Booking<'_>,
) -> Result<AppointmentId, Fault> {
    let whose = (permit.the_person()?, permit.visit().ok());
    book_for(tx, permit, whose, booking).await
}

/// The same for a person whom the caller names, at a visit where there is one.
pub(super) async fn book_for(
    tx: &mut Tx,
    proof: &dyn Proof,
    (person, visit): (PersonId, Option<VisitId>),
    booking: &Booking<'_>,
) -> Result<AppointmentId, Fault> {
    let id = AppointmentId(crate::app::new_id());
    let slots = quarters(booking.starts, booking.quarters);
    hold(tx, proof, booking.staff, &slots).await?;
    let length = booking.quarters * 15 * 60 * 1_000_000;
    let ends = booking.starts.as_microsecond() + length;
    let key = Key::look_up(tx, proof, person).await?;
    let args = args![
        id,
        person,
        booking.office,
        key.seal(APPOINTMENT_PLACE, booking.place)?,
        booking.starts,
        ends,
        "joint_meeting",
    ];
    tx.run_one(proof.opens(&BOOK), args).await?;
    // What becomes of it is known afterwards (REQ-REF-15).
    let args = args![
        id,
        booking.office,
        booking.starts,
        ends,
        person,
        key.seal(BOOKING_NAME, "")?,
        key.seal(BOOKING_PHONE, "")?,
        booking.by.as_str(),
        booking.agency,
        visit,
        booking.made.0,
        booking.made.1,
    ];
    tx.run_one(proof.opens(&KEEP), args).await?;
    for staff in booking.staff {
        for slot in &slots {
            tx.run_one(proof.opens(&TAKE), args![*staff, *slot, id]).await?;
        }
    }
    Ok(id)
}

/// Who of the staff takes part, when, and where.
///
/// # Errors
/// When the database does not answer.
pub async fn read(
    link: &mut Link,
    permit: &Permit,
    id: AppointmentId,
) -> Result<Option<(Timestamp, String, Vec<String>)>, DbError> {
    let Some(mut row) = link.row(permit.opens(&STARTS), args![id]).await? else { return Ok(None) };
    let with = link.rows(permit.opens(&WITH), args![id]).await?;
    let names = with.into_iter().map(|mut row| row.get(0)).collect::<Result<_, _>>()?;
    let person: PersonId = row.get(2)?;
    let place = Key::of(permit, person, row.get(3)?)?.open(APPOINTMENT_PLACE, row.get(1)?)?;
    Ok(Some((row.get(0)?, place, names)))
}
