//! What time brings: of every booking whose time is over it is known what became of it
//! (REQ-REF-15).

use onedoor_domain::booking::BookingState;
use onedoor_domain::secrecy::{Action, Ground};

use super::{mine, store};
use crate::app::App;
use crate::journal::{Entry, SubjectKind};
use crate::policy::{Cause, Warrant};
use crate::sign_in::Actor;
use crate::web::Fault;

/// Gives every booking whose time is over its outcome; says how many.
///
/// # Errors
/// When the database does not answer. What somebody changes meanwhile waits for the next round.
pub async fn round(app: &App) -> Result<u32, Fault> {
    let warrant = Warrant::new(Cause::Deadline, &app.vault);
    let midnight = app.today().to_datetime(jiff::civil::Time::midnight());
    let today = app.zone.to_timestamp(midnight).unwrap_or(jiff::Timestamp::MIN);
    let due = store::due(&mut *app.db.read().await?, &warrant, (app.now(), today)).await?;
    let mut done = 0;
    for one in due {
        let state = BookingState::Booked.after(one.seen);
        let mut tx = app.db.begin().await?;
        let which = (one.id, one.version);
        let kept = store::settle(&mut tx, &warrant, which, state, (None, None), app.now());
        match kept.await {
            Ok(()) => {
                let entry = Entry {
                    action: Action::Book,
                    ground: Some(Ground::Duty),
                    subject: (SubjectKind::Nothing, None),
                    persons: one.person.into_iter().collect(),
                    detail: mine::detail(state.as_str(), one.id),
                };
                app.journal.append(&mut tx, &Actor::system(), app.now(), &[entry]).await?;
                tx.commit().await?;
                done += 1;
            }
            Err(fault) => tracing::info!(?fault, "a booking was changed meanwhile"),
        }
    }
    Ok(done)
}
