//! What the agencies hold about one: facts and notes with their source and day,
//! grounds that workers recorded, and single accesses from the day on which the
//! person is told. Internal notes are given on request.

use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::consents;
use super::pass::pass;
use super::store::{self, OwnAccess, OwnFact, OwnGround};
use crate::web::{Own, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().see::<MyHeld, _, _>("/my/held", "What the agencies hold about oneself", held)
}

/// What is held about one.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct MyHeld {
    pub(crate) shows: bool,
    pub(crate) facts: Vec<OwnFact>,
    pub(crate) grounds: Vec<OwnGround>,
    pub(crate) accesses: Vec<OwnAccess>,
}

crate::page!(MyHeld, "own/pages/held.html");

async fn held(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    // What is written down may be about anything: only who sees the whole file reads it.
    if !consents::shows(&pass) {
        return own.show(&MyHeld::default());
    }
    own.show(&MyHeld {
        shows: true,
        facts: store::facts_held(&mut conn, &pass).await?,
        grounds: store::grounds(&mut conn, &pass).await?,
        accesses: store::accesses(&mut conn, &pass, own.today()).await?,
    })
}
