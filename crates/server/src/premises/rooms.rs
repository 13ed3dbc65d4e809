//! Shared rooms in the database. A booking holds quarters of an hour; the schema refuses a
//! quarter that is held (REQ-ORG-37).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::office::store::Choice;
use crate::policy::{Permit, Proof};
use crate::web::Fault;

crate::sql! {
    ROOMS = "select id, name, seats, closed_room from room
        where office_id = $1 and ended_on is null order by name limit 200";
    ROOM_OFFICE = "select office_id from room where id = $1 and ended_on is null";
    ADD_ROOM = "insert into room (id, office_id, name, seats, closed_room)
        values ($1, $2, $3, $4, $5)";
    BOOKINGS = "select b.id, r.name, a.name, s.name, b.starts_at, b.ends_at, b.staff_id
        from room r join room_booking b on b.room_id = r.id
        join agency a on a.id = b.agency_id join staff s on s.id = b.staff_id
        where r.office_id = $1 and b.starts_at >= $2 and b.starts_at < $3 and b.cancelled_at is null
        order by b.starts_at, r.name limit 500";
    BOOK = "insert into room_booking (id, room_id, agency_id, staff_id, starts_at, ends_at)
        values ($1, $2, $3, $4, $5, $6)";
    HOLD = "insert into room_slot (room_id, starts_at, booking_id) values ($1, $2, $3)";
    CANCEL = "update room_booking set cancelled_at = $3
        where id = $1 and staff_id = $2 and cancelled_at is null";
    LET_GO = "update room_booking set cancelled_at = $2 where id = $1 and cancelled_at is null";
    FREE = "delete from room_slot where booking_id = $1";
}

/// A shared room.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RoomLine {
    pub id: String,
    pub name: String,
    pub seats: i64,
    /// Whether a door can be closed.
    pub closed: bool,
}

/// The rooms of an office.
pub(super) async fn rooms(link: &mut Link, office: OfficeId) -> Result<Vec<RoomLine>, DbError> {
    let rows = link.rows(&ROOMS, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(RoomLine {
                id: id.to_string(),
                name: row.get(1)?,
                seats: row.get(2)?,
                closed: row.get(3)?,
            })
        })
        .collect()
}

/// The office of a room.
pub(super) async fn office_of(link: &mut Link, room: Uuid) -> Result<OfficeId, Fault> {
    let mut row = link.row(&ROOM_OFFICE, args![room]).await?.ok_or(Fault::Hidden)?;
    Ok(row.get(0)?)
}

/// Adds a room.
///
/// # Errors
/// A conflict when the office has one of that name.
pub(super) async fn add_room(
    tx: &mut Tx,
    _: &dyn Proof,
    office: OfficeId,
    (name, seats, closed): (&str, i64, bool),
) -> Result<(), Fault> {
    match tx.run_one(&ADD_ROOM, args![crate::app::new_id(), office, name, seats, closed]).await {
        Err(DbError::Unique { .. }) => Err(Fault::conflict("room-there")),
        other => Ok(other?),
    }
}

/// A booking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct BookingLine {
    pub id: String,
    pub room: String,
    pub agency: String,
    pub staff: String,
    pub starts_at: i64,
    pub ends_at: i64,
    /// Whether the reader made it.
    pub own: bool,
}

/// The bookings of an office from `from` until before `until`.
pub(super) async fn bookings(
    link: &mut Link,
    office: OfficeId,
    (from, until): (Timestamp, Timestamp),
    reader: Option<StaffId>,
) -> Result<Vec<BookingLine>, DbError> {
    let rows = link.rows(&BOOKINGS, args![office, from, until]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            let by: StaffId = row.get(6)?;
            Ok(BookingLine {
                id: id.to_string(),
                room: row.get(1)?,
                agency: row.get(2)?,
                staff: row.get(3)?,
                starts_at: row.get(4)?,
                ends_at: row.get(5)?,
                own: reader == Some(by),
            })
        })
        .collect()
}

/// Books a room: every quarter of an hour of it, or nothing.
///
/// # Errors
/// A conflict when any quarter is held, by whichever agency.
pub(super) async fn book(
    tx: &mut Tx,
    _: &dyn Proof,
    room: Uuid,
    (agency, staff): (AgencyId, StaffId),
    (from, until): (Timestamp, Timestamp),
) -> Result<Uuid, Fault> {
    let id = crate::app::new_id();
    tx.run_one(&BOOK, args![id, room, agency, staff, from, until]).await?;
    let mut quarter = from;
    while quarter < until {
        match tx.run_one(&HOLD, args![room, quarter, id]).await {
            Err(DbError::Unique { .. }) => return Err(Fault::conflict("room-taken")),
            other => other?,
        }
        quarter = quarter.checked_add(15.minutes()).map_err(|e| Fault::Defect(e.to_string()))?;
    }
    Ok(id)
}

/// Cancels one's own booking; its quarters are free at once.
///
/// # Errors
/// [`Fault::Hidden`] when it is not one's own or cancelled already.
pub(super) async fn cancel(
    tx: &mut Tx,
    _: &Permit,
    (booking, staff): (Uuid, StaffId),
    now: Timestamp,
) -> Result<(), Fault> {
    if tx.run(&CANCEL, args![booking, staff, now]).await? != 1 {
        return Err(Fault::Hidden);
    }
    tx.run(&FREE, args![booking]).await?;
    Ok(())
}

/// The rooms of an office, to choose one.
pub(crate) async fn choices_at(link: &mut Link, office: OfficeId) -> Result<Vec<Choice>, DbError> {
    let all = rooms(link, office).await?;
    Ok(all.into_iter().map(|room| Choice { id: room.id, name: room.name }).collect())
}

/// Holds a room for a meeting (REQ-ORG-37).
///
/// # Errors
/// A conflict when any quarter is held, by whichever agency.
pub(crate) async fn hold(
    tx: &mut Tx,
    permit: &Permit,
    room: Uuid,
    whose: (AgencyId, StaffId),
    when: (Timestamp, Timestamp),
) -> Result<Uuid, Fault> {
    book(tx, permit, room, whose, when).await
}

/// Gives the room of a meeting that was moved or called off back, whoever had booked it.
pub(crate) async fn free(
    tx: &mut Tx,
    _: &Permit,
    booking: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(&LET_GO, args![booking, now]).await?;
    tx.run(&FREE, args![booking]).await?;
    Ok(())
}

/// The instants of a day's beginning and end at the offices.
pub(super) fn day_of(
    zone: &jiff::tz::TimeZone,
    day: Date,
) -> Result<(Timestamp, Timestamp), Fault> {
    let at = |day: Date| {
        let zoned = day.to_zoned(zone.clone());
        zoned.map(|it| it.timestamp()).map_err(|error| Fault::Defect(error.to_string()))
    };
    Ok((at(day)?, at(day.saturating_add(1.day()))?))
}
