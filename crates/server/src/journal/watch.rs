//! Unusual use: cases for the privacy owner to look at. Nothing follows by itself.

use jiff::Timestamp;
use onedoor_domain::secrecy::Action;
use onedoor_domain::secrecy::limit::Span;
use uuid::Uuid;

use super::chain::{Entry, SubjectKind};
use crate::app::App;
use crate::args;
use crate::db::{DbError, Tx};
use crate::sign_in::Actor;

crate::sql! {
    OPEN = "insert into watch_case
            (id, actor_id, day, measure, seen, expected, bound, basis, made_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) on conflict do nothing";
}

/// Something to look at.
pub(super) struct Found<'a> {
    pub(super) actor: Uuid,
    pub(super) day: jiff::civil::Date,
    pub(super) measure: &'a str,
    pub(super) seen: i64,
    pub(super) expected: i64,
    pub(super) bound: i64,
    pub(super) basis: &'a str,
}

/// Opens a case, unless that day's is there.
pub(super) async fn open(tx: &mut Tx, found: &Found<'_>, now: Timestamp) -> Result<bool, DbError> {
    let args = args![
        crate::app::new_id(),
        found.actor,
        found.day,
        found.measure,
        found.seen,
        found.expected,
        found.bound,
        found.basis,
        now,
    ];
    Ok(tx.run(&OPEN, args).await? == 1)
}

/// Somebody asked for more than a working day needs: a row in the journal, and
/// for a member of staff a case to look at.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn limit_hit(
    app: &App,
    actor: Option<&Actor>,
    kind: &str,
    span: Span,
    bound: u32,
    now: Timestamp,
) -> Result<(), DbError> {
    let system = Actor::system();
    let mut tx = app.db.begin().await?;
    if let Some(actor) = actor.filter(|actor| !actor.is_kiosk())
        && let Some(id) = actor.id
    {
        let bound = i64::from(bound);
        let found = Found {
            actor: id,
            day: app.day(now),
            measure: &format!("limit_{kind}"),
            seen: bound + 1,
            expected: bound,
            bound,
            basis: span.as_str(),
        };
        open(&mut tx, &found, now).await?;
    }
    let entry = Entry {
        action: Action::HitLimit,
        ground: None,
        subject: (SubjectKind::Nothing, None),
        persons: Vec::new(),
        detail: serde_json::json!({ "denied": ["limit"], "limit": kind, "span": span.as_str() }),
    };
    app.journal.append(&mut tx, actor.unwrap_or(&system), now, &[entry]).await?;
    tx.commit().await
}
