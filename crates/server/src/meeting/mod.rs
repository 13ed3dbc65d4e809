//! Booked times in the database: who is free, and booking so that nobody is
//! booked twice.

use std::collections::BTreeSet;

use jiff::Timestamp;
use onedoor_domain::booking::BookedBy;
use onedoor_domain::ids::{AgencyId, AppointmentId, OfficeId, PersonId, StaffId};
use onedoor_domain::meeting::{free_starts, quarters};

use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::keys::{APPOINTMENT_PLACE, BOOKING_NAME, BOOKING_PHONE, Key};
use crate::office::calendar;
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    BUSY = "select starts_at from calendar_slot
        where staff_id = $1 and starts_at >= $2 and starts_at < $3";
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
    let now = app.now();
    let days =
        calendar::open_hours(link, office, app.country, app.today(), i64::from(DAYS)).await?;
    let until = now.as_microsecond() + i64::from(DAYS) * 24 * 3600 * 1_000_000;
    let mut busy = BTreeSet::new();
    for one in staff {
        for mut row in link.rows(permit.opens(&BUSY), args![*one, now, until]).await? {
            busy.insert(row.get::<Timestamp>(0)?);
        }
    }
    Ok(free_starts(&days, &app.zone, &busy, now, count, limit))
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
    let id = AppointmentId(crate::app::new_id());
    let slots = quarters(booking.starts, booking.quarters);
    let length = booking.quarters * 15 * 60 * 1_000_000;
    let ends = booking.starts.as_microsecond() + length;
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let args = args![
        id,
        person,
        booking.office,
        key.seal(APPOINTMENT_PLACE, booking.place)?,
        booking.starts,
        ends,
        "joint_meeting",
    ];
    tx.run_one(permit.opens(&BOOK), args).await?;
    // What becomes of it is known afterwards (REQ-REF-15).
    let visit = permit.visit().ok();
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
    tx.run_one(permit.opens(&KEEP), args).await?;
    for staff in booking.staff {
        for slot in &slots {
            tx.run_one(permit.opens(&TAKE), args![*staff, *slot, id]).await?;
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
