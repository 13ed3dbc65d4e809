//! Removing the journal's oldest rows when their time is over: whole beginnings
//! of lanes, up to a checkpoint, so that what is left still checks.

use jiff::civil::Date;
use onedoor_domain::secrecy::{Action, Ground};

use super::chain::{Entry, SubjectKind};
use super::store;
use crate::app::App;
use crate::db::DbError;
use crate::sign_in::Actor;

/// Removes every row that a checkpoint of `last_due` or earlier covers. Each
/// checkpoint is one transaction. Returns how many rows went.
///
/// # Errors
/// When the database does not answer.
pub async fn cut(app: &App, last_due: Date, today: Date) -> Result<i64, DbError> {
    let mut gone = 0;
    let (checkpoints, unreadable) = {
        let mut conn = app.db.read().await?;
        store::checkpoints(&mut conn).await?
    };
    // What is not in order is evidence.
    if !unreadable.is_empty() {
        return Ok(0);
    }
    // A checkpoint of a day holds what was before that day.
    for signed in checkpoints.iter().filter(|one| one.checkpoint.day <= last_due) {
        let mut tx = app.db.begin().await?;
        let anchors = store::anchors(&mut tx).await?;
        let sent = store::sent_until(&mut tx).await?;
        let mut removed = 0;
        for head in &signed.checkpoint.heads {
            let begin = anchors.iter().find(|a| a.lane == head.lane).map_or(0, |a| a.seq);
            let unsent = app.config.siem.is_some()
                && sent.iter().find(|(lane, _)| *lane == head.lane).is_none_or(|s| s.1 < head.seq);
            if begin >= head.seq || unsent {
                continue;
            }
            let Some(hash) = store::hash_of(&mut tx, head.lane, head.seq).await? else {
                continue;
            };
            let seal = app.journal.anchor_seal(head.lane, head.seq, &hash);
            store::set_anchor(&mut tx, (head.lane, head.seq), &hash, &seal, today).await?;
            removed += store::remove_until(&mut tx, head.lane, head.seq).await?;
        }
        if removed == 0 {
            continue;
        }
        gone += removed;
        let entry = Entry {
            action: Action::CutJournal,
            ground: Some(Ground::Duty),
            subject: (SubjectKind::Nothing, None),
            persons: Vec::new(),
            detail: serde_json::json!({ "rows": removed, "checkpoint": signed.checkpoint.n }),
        };
        app.journal.append(&mut tx, &Actor::system(), app.now(), &[entry]).await?;
        tx.commit().await?;
    }
    Ok(gone)
}
