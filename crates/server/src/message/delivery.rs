//! Messages on their way out: offered to the site's gateway when what they tell stands.

use jiff::ToSpan;
use uuid::Uuid;

use super::{Sender, Unsent, claim, give_back, unsent};
use crate::app::App;
use crate::db::DbError;
use crate::policy::{Cause, Warrant};

/// What has not left for so many days is not sent any more: it is news no longer.
const NEWS: i64 = 7;

/// Offers what lies in the outbox to the sender, the oldest first: everything that was written
/// in a transaction that stands, and nothing else. No connection is held while the sender works.
/// Of several servers one sends each message, and none is sent twice. Returns how many left.
///
/// # Errors
/// When the database does not answer.
pub async fn deliver(app: &App, sender: &dyn Sender) -> Result<usize, DbError> {
    if sender.only_keeps() {
        return Ok(0);
    }
    let warrant = Warrant::new(Cause::Delivery, &app.vault);
    let now = app.now();
    let since = now.checked_sub((NEWS * 24).hours()).unwrap_or(now);
    let (mut after, mut left) = (Uuid::nil(), 0);
    loop {
        let batch = unsent(&mut *app.db.read().await?, &warrant, after, since).await?;
        let Some(last) = batch.last() else { return Ok(left) };
        after = last.id;
        for Unsent { id, message } in batch {
            let Some(message) = message else { continue };
            if !claim(app, &warrant, id, now).await? {
                continue;
            }
            if sender.send(&message) {
                left += 1;
            } else {
                give_back(app, &warrant, id, now).await?;
            }
        }
    }
}
