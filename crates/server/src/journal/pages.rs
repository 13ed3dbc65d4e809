//! The journal as the privacy owner reads it.

use axum::extract::Query;
use jiff::ToSpan;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, Before, Seen};
use crate::policy::{self, Subject};
use crate::web::{Desk, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<JournalPage, _, _>("/journal", "The latest rows, or those about one person", list)
        .asking(&["person", "before"])
        .see::<GroundPage, _, _>(
            "/journal/without-ground",
            "Accesses whose ground does not hold: there must be none",
            without_ground,
        )
        .asking(&["before"])
        .and(super::watch_pages::routes())
}

/// A row of the journal.
#[derive(Serialize, ToSchema)]
pub(crate) struct JournalLine {
    pub(crate) row: String,
    pub(crate) at: i64,
    pub(crate) actor: String,
    pub(crate) actor_kind: String,
    pub(crate) role: String,
    pub(crate) act: String,
    pub(crate) purpose: String,
    pub(crate) ground: String,
    pub(crate) subject: String,
    pub(crate) subject_id: String,
    pub(crate) persons: i64,
}

pub(super) fn line(seen: Seen) -> JournalLine {
    let persons = i64::try_from(seen.persons.split_whitespace().count()).unwrap_or(0);
    JournalLine {
        row: format!("{}/{}", seen.lane, seen.seq),
        at: seen.at.as_microsecond(),
        actor: seen.actor,
        actor_kind: seen.actor_kind,
        role: seen.role,
        // In a text's key a full stop has another meaning.
        act: seen.act.replace('.', "-"),
        purpose: seen.purpose,
        ground: seen.ground,
        subject: seen.subject_kind,
        subject_id: seen.subject_id.map(|id| id.to_string()).unwrap_or_default(),
        persons,
    }
}

/// Rows of the journal.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct JournalPage {
    pub(crate) person: String,
    /// How many of the staff have seen something about the person (REQ-INFO-06).
    pub(crate) seen_by: i64,
    /// Of how many agencies.
    pub(crate) seen_at: i64,
    pub(crate) lines: Vec<JournalLine>,
    pub(crate) next: Option<String>,
}

crate::page!(JournalPage, "journal/pages/journal.html");

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    person: String,
    #[serde(default)]
    before: String,
}

const PAGE: usize = 100;

/// Where a page begins: after the row that the last one ended with.
fn before(text: &str) -> Before {
    let mut parts = text.split('_').map(str::parse);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(at)), Some(Ok(lane)), Some(Ok(seq))) => Before { at, lane, seq },
        _ => Before { at: i64::MAX, lane: 0, seq: 0 },
    }
}

/// Keeps one page of rows; says where the next one begins, if there is one.
fn cut_off(seen: &mut Vec<Seen>) -> Option<String> {
    let more = seen.len() > PAGE;
    seen.truncate(PAGE);
    let last = seen.last().filter(|_| more)?;
    Some(format!("{}_{}_{}", last.at.as_microsecond(), last.lane, last.seq))
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadJournal, Subject::Duty).await?;
    let before = before(&asked.before);
    let limit = i64::try_from(PAGE + 1).unwrap_or(101);
    let person: Option<Uuid> = asked.person.parse().ok();
    // Nobody audits who looked at themselves or their own: it reads as if there were nothing.
    if let Some(person) = person
        && policy::is_barred(&desk, &mut conn, person).await?
    {
        desk.note(crate::journal::Entry {
            action: permit.action(),
            ground: None,
            subject: permit.subject(),
            persons: vec![person],
            detail: serde_json::json!({ "denied": ["protected"] }),
        });
        let person = person.to_string();
        return desk.show(&JournalPage { person, ..JournalPage::default() });
    }
    let mut seen = match person {
        Some(person) => store::about(&mut conn, person, before, limit).await?,
        None => store::latest(&mut conn, desk.actor(), before, limit).await?,
    };
    let (seen_by, seen_at) = match person {
        Some(person) => store::spread(&mut conn, person).await?,
        None => (0, 0),
    };
    let next = cut_off(&mut seen);
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: person.into_iter().collect(),
        detail: serde_json::json!({ "rows": seen.len() }),
    });
    desk.show(&JournalPage {
        person: person.map(|id| id.to_string()).unwrap_or_default(),
        seen_by,
        seen_at,
        lines: seen.into_iter().map(line).collect(),
        next,
    })
}

/// Accesses without a ground that holds.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroundPage {
    pub(crate) since: String,
    pub(crate) lines: Vec<JournalLine>,
    pub(crate) next: Option<String>,
}

crate::page!(GroundPage, "journal/pages/without_ground.html");

async fn without_ground(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadJournal, Subject::Duty).await?;
    let since = desk.now().checked_sub((24 * 30).hours()).unwrap_or(desk.now());
    let limit = i64::try_from(PAGE + 1).unwrap_or(101);
    let before = before(&asked.before);
    let mut seen = store::without_ground(&mut conn, since.as_microsecond(), before, limit).await?;
    let next = cut_off(&mut seen);
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "rows": seen.len(), "report": "without_ground" }),
    });
    desk.show(&GroundPage {
        since: desk.app().day(since).to_string(),
        lines: seen.into_iter().map(line).collect(),
        next,
    })
}
