//! On the day of a merger the server carries it out by itself (REQ-MISC-02).

use jiff::civil::Date;

use super::mergers::{carry, due};
use crate::app::App;
use crate::db::DbError;
use crate::policy::{Cause, Warrant};
use crate::sign_in::Actor;

/// Carries out the mergers whose day has come: staff and open matters go along. Tells how many.
///
/// # Errors
/// When the database refuses.
pub async fn carry_due(app: &App, today: Date) -> Result<usize, DbError> {
    let warrant = Warrant::new(Cause::Deadline, &app.vault);
    let mut tx = app.db.begin().await?;
    let pairs = due(&mut tx, &warrant, today).await?;
    for pair in &pairs {
        let entries = carry(&mut tx, &warrant, *pair, app.now()).await?;
        app.journal.append(&mut tx, &Actor::system(), app.now(), &entries).await?;
    }
    tx.commit().await?;
    Ok(pairs.len())
}
