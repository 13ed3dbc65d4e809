//! The outbox, for the administrator.

use axum::extract::Query;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{MessageLine, list};
use crate::policy::Subject;
use crate::web::{Desk, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<OutboxPage, _, _>("/outbox", "Messages that were written", outbox)
        .asking(&["after"])
}

/// The outbox.
#[derive(Serialize, ToSchema)]
pub(crate) struct OutboxPage {
    pub(crate) messages: Vec<MessageLine>,
    pub(crate) next: Option<String>,
}

crate::page!(OutboxPage, "message/pages/outbox.html");

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

const PAGE: usize = 50;

async fn outbox(desk: Desk, Query(after): Query<After>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadOutbox, Subject::Duty).await?;
    let before = after.after.parse().unwrap_or(Uuid::max());
    let mut messages = list(&mut conn, &permit, before, 51, desk.actor()).await?;
    let more = messages.len() > PAGE;
    messages.truncate(PAGE);
    let next = messages.last().filter(|_| more).map(|m| m.id.clone());
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "rows": messages.len() }),
    });
    desk.note_seen(&permit, messages.iter().filter_map(|message| message.person));
    desk.show(&OutboxPage { messages, next })
}
