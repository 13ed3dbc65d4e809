//! What the agencies hold about one: facts and notes with their source and day,
//! grounds that workers recorded, what measure providers were handed, and single accesses from the day on which the
//! person is told. Internal notes are given on request.

use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::pass::pass;
use super::store::{self, Keys, OwnAccess, OwnFact, OwnGround};
use super::{Pass, consents};
use crate::args;
use crate::db::{DbError, Link};
use crate::keys::HANDING_BODY;
use crate::web::{Own, Reply, Routes};

crate::sql! {
    HANDED = "select a.name, v.name, h.category, h.body, h.at, h.person_id
        from handing h join agency a on a.id = h.agency_id
        join provider v on v.id = h.provider_id
        where h.person_id in (select id from person where id = $1 or merged_into = $1)
        order by h.at desc, h.id limit 300";
}

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
    /// What measure providers were handed, word for word.
    pub(crate) handed: Vec<OwnHanded>,
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
        handed: handed(&mut conn, &pass).await?,
    })
}

/// What a measure provider was handed, word for word (REQ-INFO-16).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnHanded {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) category: String,
    pub(crate) text: String,
    pub(crate) at: i64,
}

/// What was handed to measure providers about the person.
pub(super) async fn handed(link: &mut Link, pass: &Pass) -> Result<Vec<OwnHanded>, DbError> {
    let keys = Keys::of(link, pass).await?;
    let mut list = Vec::new();
    for mut row in link.rows(pass.opens(&HANDED), args![pass.person()]).await? {
        list.push(OwnHanded {
            from: row.get(0)?,
            to: row.get(1)?,
            category: row.get(2)?,
            text: keys.text(row.get(5)?, HANDING_BODY, row.get(3)?)?,
            at: row.get(4)?,
        });
    }
    Ok(list)
}
