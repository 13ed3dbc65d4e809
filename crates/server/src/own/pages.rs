//! The first page: what happens next, with whom, and what is registered.

use axum::response::{IntoResponse, Redirect};
use http::HeaderMap;
use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::Action;
use onedoor_domain::secrecy::own::{Bound, Matter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::log;
use super::mandates::{self, ActsFor};
use super::pass::pass;
use super::store::{self, Contact, OwnCase, OwnRuling, OwnTime, OwnVisit, Registered};
use crate::policy::own_file;
use crate::sign_in::act_for;
use crate::web::{Face, Fault, Input, Own, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MyPage, _, _>("/my", "One's own case, people, visits and decisions", my)
        .act::<ForForm, _, _>("/my/act-for", "Chooses whom to act for, or oneself again", choose)
}

/// One's own page.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct MyPage {
    pub(crate) registered: Registered,
    /// `guardian`, `proxy` or `parent` for somebody who acts for the person.
    pub(crate) right: String,
    /// Why less than everything is shown: `assurance`, `age`, `mandate`.
    pub(crate) bounds: Vec<String>,
    /// Whether facts about the case may be shown.
    pub(crate) shows_case: bool,
    /// The open case, where there is one.
    pub(crate) case: Option<OwnCase>,
    /// Others beside it, where each agency has its own.
    pub(crate) more_cases: Vec<OwnCase>,
    pub(crate) times: Vec<OwnTime>,
    pub(crate) visits: Vec<OwnVisit>,
    pub(crate) rulings: Vec<OwnRuling>,
    pub(crate) offices: Vec<Contact>,
    /// How many of the staff have seen something of it (REQ-INFO-06).
    pub(crate) seen_by: i64,
    /// At how many agencies.
    pub(crate) seen_at: i64,
    /// Whether the log may be shown.
    pub(crate) shows_log: bool,
    /// Whom the one who is signed in may act for.
    pub(crate) others: Vec<ActsFor>,
}

crate::page!(MyPage, "own/pages/my.html");

impl MyPage {
    pub(crate) fn cases(&self) -> Vec<&OwnCase> {
        self.case.iter().chain(&self.more_cases).collect()
    }
}

async fn my(own: Own, headers: HeaderMap) -> Reply {
    let mut conn = own.read().await?;
    let pass = match pass(&own, &mut conn, Action::ReadOwn).await {
        Ok(pass) => pass,
        // A right that has ended leads back to one's own page, not to a dead end.
        Err(Fault::Hidden) if own.resident().acts_for.is_some() && own.face() == Face::Page => {
            drop(conn);
            let mut tx = own.begin().await?;
            act_for(&mut tx, &headers, None).await?;
            own.commit(tx).await?;
            return Ok(Redirect::to("/my?done=acting-ended").into_response());
        }
        Err(fault) => return Err(fault),
    };
    let mine = own_file(&own, &mut conn, Action::ReadOwn, own.resident().person).await?;
    let sight = pass.sight();
    let mut page = MyPage {
        registered: if sight.shows(Matter::Identity) {
            store::registered(&mut conn, &pass).await?
        } else {
            Registered::default()
        },
        right: pass.right().map(|right| right.as_str().to_owned()).unwrap_or_default(),
        bounds: sight.bounds.iter().map(|bound: &Bound| bound.as_str().to_owned()).collect(),
        shows_case: sight.shows(Matter::Case),
        shows_log: log::shows(&pass),
        others: mandates::acts_for(&own, &mut conn, &mine).await?,
        ..MyPage::default()
    };
    if sight.shows(Matter::Case) || sight.shows(Matter::Identity) {
        let mut cases = store::open_cases(&mut conn, &pass).await?;
        if !page.shows_case {
            cases.iter_mut().for_each(OwnCase::tell_whom_alone);
        }
        let mut cases = cases.into_iter();
        page.case = cases.next();
        page.more_cases = cases.collect();
    }
    if page.shows_case {
        page.times = store::appointments(&mut conn, &pass, own.now()).await?;
        if pass.is_sure() {
            page.visits = store::visits(&mut conn, &pass).await?;
        }
    }
    page.rulings = store::rulings(&mut conn, &pass).await?;
    if page.shows_log {
        (page.seen_by, page.seen_at) = log::spread(&mut conn, &pass, &own).await?;
    }
    if page.case.is_none() {
        page.offices = store::offices(&mut conn, &pass, own.today()).await?;
    }
    own.show(&page)
}

/// Whom to act for.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ForForm {
    /// The person; empty for oneself.
    #[serde(default)]
    pub(crate) person: String,
}

async fn choose(own: Own, headers: HeaderMap, Input(form): Input<ForForm>) -> Reply {
    let mut tx = own.begin().await?;
    let mut chosen = None;
    if !form.person.trim().is_empty() {
        let mine = own_file(&own, &mut tx, Action::ReadOwn, own.resident().person).await?;
        let may = mandates::acts_for(&own, &mut tx, &mine).await?;
        let one = may.iter().find(|one| one.id == form.person.trim()).ok_or(Fault::Hidden)?;
        chosen = Some(one.id.parse::<PersonId>().map_err(|_| Fault::Hidden)?);
    }
    act_for(&mut tx, &headers, chosen).await?;
    own.commit(tx).await?;
    own.done("/my", if chosen.is_some() { "acting-for" } else { "acting-oneself" })
}
