//! Taking a line off the worker's own list. The list itself stands on the worker's day.

use axum::extract::Path;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store;
use crate::policy::Subject;
use crate::web::{Desk, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().act::<SeenForm, _, _>(
        "/feedback/{id}/seen",
        "Takes an answer about somebody who was sent off the caller's own list",
        seen,
    )
}

/// Nothing to say.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SeenForm {}

async fn seen(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<SeenForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadDay, Subject::Duty).await?;
    store::seen(&mut tx, &permit, id, worker.id, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done("/day", "feedback-seen")
}
