//! What a person does with their own times; the pages are of `own`.

use jiff::Timestamp;
use onedoor_domain::booking::{BookedBy, BookingState, MeetBy, Moment};
use onedoor_domain::ids::OfficeId;
use onedoor_domain::reception::Need;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, New, Stored};
use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::message::{self, Message};
use crate::policy::Permit;
use crate::web::Fault;
use crate::words::Words;

crate::sql! {
    OF_PERSON = "select b.id, b.starts_at, b.ends_at, o.name, o.address, o.phone, b.meet_by,
            b.state, b.place_no, b.version, b.booked_by, b.confirmed_at is not null
        from booking b join office o on o.id = b.office_id
        where b.person_id in (select id from person where id = $1 or merged_into = $1)
        order by b.starts_at desc limit 30";
    CONFIRM = "update booking set confirmed_at = $3, version = version + 1
        where id = $1 and version = $2 and state = 'booked'";
}

/// A time that a person wants.
pub struct Wanted<'a> {
    /// Where.
    pub office: OfficeId,
    /// When.
    pub starts: Timestamp,
    /// What for; never with which agency (REQ-FRONT-03).
    pub needs: &'a [Need],
    /// What is needed to be met on equal terms.
    pub access: &'a str,
    /// How they meet.
    pub meet_by: MeetBy,
    /// Where they can be called.
    pub phone: &'a str,
    /// The language.
    pub language: &'a str,
}

/// Keeps a time for the person whose file the permit opens, with or without a case.
///
/// # Errors
/// A conflict when it is not free any more.
pub async fn book(
    app: &App,
    tx: &mut Tx,
    permit: &Permit,
    wanted: &Wanted<'_>,
) -> Result<Uuid, Fault> {
    let new = New {
        office: wanted.office,
        starts: wanted.starts,
        person: Some(permit.the_person()?),
        spoken_name: "",
        phone: wanted.phone,
        needs: wanted.needs,
        language: wanted.language,
        access: wanted.access,
        meet_by: wanted.meet_by,
        by: BookedBy::Net,
        made_by: None,
    };
    store::keep(app, tx, permit, &new).await
}

/// What a booking becomes now.
///
/// # Errors
/// A conflict when it may not.
pub(super) fn go(app: &App, booking: &Stored, to: BookingState) -> Result<BookingState, Fault> {
    let moment = if app.now() >= booking.starts {
        Moment::Begun
    } else if app.day(booking.starts) == app.today() {
        Moment::Today
    } else {
        Moment::Later
    };
    booking.state.go(to, moment).map_err(|fault| Fault::conflict(fault.code()))
}

/// Moves a time of the reception to another.
///
/// # Errors
/// A conflict when its time is over, the new one is taken, or it is an hour of colleagues.
pub async fn move_to(
    app: &App,
    tx: &mut Tx,
    permit: &Permit,
    (booking, version): (&Stored, i64),
    starts: Timestamp,
) -> Result<Uuid, Fault> {
    if !booking.at_reception {
        return Err(Fault::conflict("booking-by-phone"));
    }
    let state = go(app, booking, BookingState::Moved)?;
    let new = New {
        office: booking.office,
        starts,
        person: booking.person,
        spoken_name: &booking.spoken_name,
        phone: &booking.phone,
        needs: &booking.needs,
        language: &booking.language,
        access: &booking.access,
        meet_by: booking.meet_by,
        by: booking.by,
        // Whoever booked it keeps it in sight.
        made_by: booking.made_by,
    };
    let next = store::keep(app, tx, permit, &new).await?;
    store::settle(tx, permit, (booking.id, version), state, (Some(next), None), app.now()).await?;
    Ok(next)
}

/// Takes a time away before it has come.
///
/// # Errors
/// A conflict when its time is over.
pub async fn cancel(
    app: &App,
    tx: &mut Tx,
    permit: &Permit,
    (booking, version): (&Stored, i64),
) -> Result<(), Fault> {
    let state = go(app, booking, BookingState::Cancelled)?;
    store::settle(tx, permit, (booking.id, version), state, (None, None), app.now()).await?;
    if let Some(appointment) = booking.appointment {
        store::give_back(tx, permit, appointment).await?;
        crate::meeting::mine::took_away(tx, permit, appointment).await?;
    }
    Ok(())
}

/// Reminds by a text message that tells nothing but the day and the office.
///
/// # Errors
/// When the message cannot be kept.
pub async fn remind(
    app: &App,
    tx: &mut Tx,
    permit: &Permit,
    (phone, language): (&str, &str),
    (starts, office): (Timestamp, &str),
) -> Result<(), Fault> {
    let words = Words::new(language.parse().unwrap_or_default());
    let when = format!("{} {}", words.date(app.day(starts)), words.time(starts, &app.zone));
    let message = Message {
        channel: "sms",
        recipient: phone.to_owned(),
        language: language.to_owned(),
        body: words.with2("booking-text", when, office),
    };
    message::send(tx, permit, &message, app.now()).await
}

/// What the journal says of an act on a booking: codes only.
#[must_use]
pub fn detail(what: &str, id: Uuid) -> serde_json::Value {
    json!({ "what": what, "booking": id.to_string() })
}

/// A booked time on the person's own page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnBooking {
    /// Its identifier.
    pub id: String,
    /// When, in microseconds.
    pub starts_at: i64,
    /// Until when.
    pub ends_at: i64,
    /// Where.
    pub office: String,
    /// The address.
    pub address: String,
    /// The telephone.
    pub phone: String,
    /// How they meet.
    pub meet_by: String,
    /// How far it has come.
    pub state: String,
    /// Whether the person may move it alone; a joint meeting is moved by telephone.
    pub at_reception: bool,
    /// As what it was booked.
    pub booked_by: String,
    /// Whether the person has said that they come.
    pub confirmed: bool,
    /// The version.
    pub version: i64,
}

/// The booked times of the person whose file the permit opens.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(link: &mut Link, permit: &Permit) -> Result<Vec<OwnBooking>, Fault> {
    let rows = link.rows(permit.opens(&OF_PERSON), args![permit.the_person()?]).await?;
    let read = |mut row: Row| -> Result<OwnBooking, DbError> {
        let id: Uuid = row.get(0)?;
        Ok(OwnBooking {
            id: id.to_string(),
            starts_at: row.get(1)?,
            ends_at: row.get(2)?,
            office: row.get(3)?,
            address: row.get(4)?,
            phone: row.get(5)?,
            meet_by: row.get(6)?,
            state: row.get(7)?,
            at_reception: row.get::<Option<i64>>(8)?.is_some(),
            version: row.get(9)?,
            booked_by: row.get(10)?,
            confirmed: row.get(11)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// Notes that the person has said yes to an invitation.
///
/// # Errors
/// A conflict when it is not there any more.
pub async fn confirm(
    tx: &mut Tx,
    permit: &Permit,
    booking: (Uuid, i64),
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run_one(permit.opens(&CONFIRM), args![booking.0, booking.1, now]).await?;
    Ok(())
}
