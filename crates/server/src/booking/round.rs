//! What time brings: of every booking whose time is over it is known what became of it
//! (REQ-REF-15).

use onedoor_domain::booking::BookingState;

use super::store;
use crate::app::App;
use crate::policy::{Cause, Warrant};
use crate::web::Fault;

/// Gives every booking whose time is over its outcome; says how many.
///
/// # Errors
/// When the database does not answer. What somebody changes meanwhile waits for the next round.
pub async fn round(app: &App) -> Result<u32, Fault> {
    let warrant = Warrant::new(Cause::Deadline, &app.vault);
    let due = store::due(&mut *app.db.read().await?, &warrant, app.now()).await?;
    let mut done = 0;
    for (id, version, seen) in due {
        let state = BookingState::Booked.after(seen);
        let mut tx = app.db.begin().await?;
        let kept = store::settle(&mut tx, &warrant, (id, version), state, (None, None), app.now());
        match kept.await {
            Ok(()) => {
                tx.commit().await?;
                done += 1;
            }
            Err(fault) => tracing::info!(?fault, "a booking was changed meanwhile"),
        }
    }
    Ok(done)
}
