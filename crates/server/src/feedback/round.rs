//! What time and arrivals bring: sendings are noticed, and their senders told. Each sending is its
//! own transaction, so that several servers may do this at once and a fault in one stops no other.

use jiff::Timestamp;
use jiff::civil::Time;
use onedoor_domain::case::{Told, feedback};
use onedoor_domain::secrecy::{Action, Ground};
use serde_json::json;
use uuid::Uuid;

use super::store::{self, Ended};
use crate::app::App;
use crate::journal::{Entry, SubjectKind};
use crate::policy::{Cause, Warrant};
use crate::sign_in::Actor;
use crate::walls::crossing::{self, Crossing, Passage};
use crate::web::Fault;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Sendings that were noticed.
    pub sent: u32,
    /// Senders who were told.
    pub told: u32,
}

/// Visits are looked through again for this long, for those whose transaction ended late.
const OVERLAP: i64 = 5 * 60 * 1_000_000;

/// One round.
///
/// # Errors
/// When the database does not answer. A single sending's fault is logged.
pub async fn round(app: &App) -> Result<Round, Fault> {
    let mut done = Round::default();
    let warrant = Warrant::new(Cause::Deadline, &app.vault);
    let (since, ended) = {
        let mut conn = app.db.read().await?;
        let since = store::looked_until(&mut conn, &warrant).await? - OVERLAP;
        (since, store::ended(&mut conn, &warrant, since).await?)
    };
    let latest = ended.iter().map(|one| one.changed_at).max();
    for one in &ended {
        match notice(app, &warrant, one).await {
            Ok(true) => done.sent += 1,
            Ok(false) => {}
            Err(fault) => tracing::error!(?fault, "a sending could not be kept"),
        }
    }
    let candidates = {
        let mut conn = app.db.read().await?;
        store::candidates(&mut conn, &warrant, since, app.now()).await?
    };
    for id in candidates {
        match tell(app, &warrant, id).await {
            Ok(true) => done.told += 1,
            Ok(false) => {}
            Err(fault) => tracing::error!(?fault, "a sender could not be told"),
        }
    }
    // Only now: what broke off is looked at again.
    let until = if ended.len() < store::MOST { None } else { latest };
    let until = until.unwrap_or(app.now().as_microsecond());
    let mut tx = app.db.begin().await?;
    store::set_looked(&mut tx, &warrant, until).await?;
    tx.commit().await?;
    Ok(done)
}

/// The end of the time that was given: of the meeting, or of the day of the next step.
fn due(app: &App, ended: &Ended) -> Option<Timestamp> {
    if let Some(ends) = ended.ends_at {
        return Some(ends);
    }
    let on: jiff::civil::Date = ended.on.as_ref()?.parse().ok()?;
    let midnight = on.tomorrow().ok()?.to_datetime(Time::midnight());
    app.zone.to_timestamp(midnight).ok()
}

/// Keeps a visit that sent the person to another agency (REQ-INFO-11).
async fn notice(app: &App, warrant: &Warrant, ended: &Ended) -> Result<bool, Fault> {
    let Some(due) = due(app, ended) else { return Ok(false) };
    let mut tx = app.db.begin().await?;
    let mut to = (ended.to != ended.from).then_some((ended.unit, ended.to, ended.office));
    if to.is_none()
        && let Some(appointment) = ended.appointment
    {
        to = store::met_by(&mut tx, warrant, appointment, ended.from).await?;
    }
    let Some(to) = to else { return Ok(false) };
    let new = store::send(&mut tx, warrant, ended, to, due).await?;
    tx.commit().await?;
    Ok(new)
}

/// Tells a sender what there is to tell, if anything.
async fn tell(app: &App, warrant: &Warrant, id: Uuid) -> Result<bool, Fault> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(sending) = store::read(&mut tx, warrant, id).await? else { return Ok(false) };
    let came = store::came(&mut tx, warrant, &sending).await?;
    let may = store::may_tell(app, &mut tx, warrant, &sending).await?;
    let Some(told) = feedback(now, sending.due_at, came, may.is_some()) else {
        return Ok(false);
    };
    if !store::tell(&mut tx, warrant, id, &sending, told, now).await? {
        return Ok(false);
    }
    // Whether they came is another agency's to tell: that it was told stands in the register,
    // and is found by a withdrawal (REQ-INFO-03, REQ-INFO-04).
    let passage = may.filter(|_| told != Told::NoAnswer);
    if let Some(passage) = &passage {
        let what = json!({ "told": told.as_str() });
        let one = passage.disclosure(Some(sending.by), what);
        let one = Crossing::each(sending.person, one);
        crossing::write(&mut tx, warrant, &[one], now).await?;
    }
    let entry = Entry {
        action: Action::TellSender,
        ground: Some(passage.as_ref().map_or(Ground::Duty, Passage::ground)),
        subject: (SubjectKind::Visit, Some(sending.visit.0)),
        persons: vec![sending.person.0],
        // Whether they came is not said here either where it may not be told.
        detail: json!({
            "by": "feedback",
            "told": told.as_str(),
            "crossed": passage.as_ref().map(Passage::detail),
        }),
    };
    app.journal.append(&mut tx, &Actor::system(), now, &[entry]).await?;
    tx.commit().await?;
    Ok(true)
}
