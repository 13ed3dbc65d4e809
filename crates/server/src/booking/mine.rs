//! What a person does with their own times; the pages are of `own`.

use jiff::Timestamp;
use onedoor_domain::booking::{BookedBy, BookingState, MeetBy};
use onedoor_domain::ids::OfficeId;
use onedoor_domain::reception::Need;
use serde_json::json;
use uuid::Uuid;

use super::store::{self, New, Stored};
use crate::app::App;
use crate::db::Tx;
use crate::message::{self, Message};
use crate::policy::Permit;
use crate::web::Fault;
use crate::words::Words;

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

fn go(app: &App, booking: &Stored, to: BookingState) -> Result<BookingState, Fault> {
    let begun = app.now() >= booking.starts;
    booking.state.go(to, begun).map_err(|fault| Fault::conflict(fault.code()))
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
        made_by: None,
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
    message::send(tx, permit, app.sender.as_ref(), &message, app.now()).await
}

/// What the journal says of an act on a booking: codes only.
#[must_use]
pub fn detail(what: &str, id: Uuid) -> serde_json::Value {
    json!({ "what": what, "booking": id.to_string() })
}
