//! When a month is over the server counts it by itself (REQ-ORG-15).

use jiff::ToSpan;
use jiff::civil::Date;

use super::monthly;
use crate::app::App;
use crate::db::DbError;
use crate::policy::{Cause, Warrant};

/// Months back that are counted where nobody has.
const MONTHS: i32 = 12;

/// Counts the latest month that is over and that nobody has counted. Gives the first day of the
/// month that it counted, or nothing where all of the last year are.
///
/// # Errors
/// When the database does not answer.
pub async fn count_month(app: &App) -> Result<Option<Date>, DbError> {
    let warrant = Warrant::new(Cause::Deadline, &app.vault);
    let this = app.today().first_of_month();
    for back in 1..=MONTHS {
        let month = this.saturating_sub(back.months());
        let mut conn = app.db.read().await?;
        if monthly::is_counted(&mut conn, month).await? {
            continue;
        }
        let all = monthly::count(app, &mut conn, &warrant, month).await?;
        drop(conn);
        let mut tx = app.db.begin().await?;
        monthly::keep(&mut tx, &warrant, month, &all).await?;
        tx.commit().await?;
        return Ok(Some(month));
    }
    Ok(None)
}
