//! What is planned with the person and what was decided about money, in one place and without
//! staff (REQ-FRONT-24). Payments are made by each agency's own system: what is shown here are the
//! decisions that they rest on, and who pays.

use onedoor_domain::office::Subject;
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::Action;
use onedoor_domain::secrecy::own::Matter;
use serde::Serialize;
use utoipa::ToSchema;

use super::Pass;
use super::joint::{self, OwnPlan};
use super::pass::pass;
use super::store::{self, Contact, Keys, OwnCase, OwnRuling, OwnTime};
use crate::args;
use crate::db::{DbError, Link};
use crate::keys::PROMISE_TEXT;
use crate::web::{Own, Reply, Routes};

crate::sql! {
    PROPOSED = "select t.name, i.state, v.day from proposed_item i join visit v on v.id = i.visit_id
        join service_text t on t.code = i.service_code and t.version = i.service_version
            and t.language = $2
        where v.person_id in (select id from person where id = $1 or merged_into = $1)
            and i.state <> 'declined'
        order by v.arrived_at desc, i.place limit 100";
    PROMISED = "select t.name, p.text, a.name, p.at, p.state, p.person_id from promise p
        join agency a on a.id = p.agency_id
        join service_text t on t.code = p.service_code and t.version = p.service_version
            and t.language = $2
        where p.person_id in (select id from person where id = $1 or merged_into = $1)
        order by p.at desc limit 50";
}

pub(super) fn routes() -> Routes {
    Routes::default().see::<MyPlan, _, _>(
        "/my/plan",
        "One's own plan, and decisions on money",
        plan,
    )
}

/// Help that was proposed at a visit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnProposed {
    /// What it is called.
    pub(crate) name: String,
    /// `open`, `wanted` or `started`.
    pub(crate) state: String,
    /// The day of the visit.
    pub(crate) day: String,
}

/// What somebody was promised.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnPromise {
    /// What it is called.
    pub(crate) name: String,
    /// What was said.
    pub(crate) text: String,
    /// Which agency said it.
    pub(crate) agency: String,
    /// When, in microseconds.
    pub(crate) at: i64,
    /// `open`, `kept` or `unmet`.
    pub(crate) state: String,
}

/// One's own plan.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct MyPlan {
    /// The open case with its next step, where it may be shown.
    pub(crate) case: Option<OwnCase>,
    /// Where the law keeps the agencies apart, those of the others.
    pub(crate) more_cases: Vec<OwnCase>,
    /// The joint plan; several where agencies may not know of each other's.
    pub(crate) joint: Vec<OwnPlan>,
    pub(crate) times: Vec<OwnTime>,
    pub(crate) proposed: Vec<OwnProposed>,
    pub(crate) promised: Vec<OwnPromise>,
    /// Decisions that money is paid on, with what each gave.
    pub(crate) money: Vec<OwnRuling>,
    /// Whom to ask about a payment, where there is no case with somebody responsible.
    pub(crate) offices: Vec<Contact>,
}

impl MyPlan {
    pub(crate) fn cases(&self) -> Vec<&OwnCase> {
        self.case.iter().chain(&self.more_cases).collect()
    }
}

crate::page!(MyPlan, "own/pages/plan.html");

async fn proposed(
    link: &mut Link,
    pass: &Pass,
    language: Language,
) -> Result<Vec<OwnProposed>, DbError> {
    let rows = link.rows(pass.opens(&PROPOSED), args![pass.person(), language.as_str()]).await?;
    rows.into_iter()
        .map(|mut row| Ok(OwnProposed { name: row.get(0)?, state: row.get(1)?, day: row.get(2)? }))
        .collect()
}

async fn promised(
    link: &mut Link,
    pass: &Pass,
    language: Language,
) -> Result<Vec<OwnPromise>, DbError> {
    let keys = Keys::of(link, pass).await?;
    let rows = link.rows(pass.opens(&PROMISED), args![pass.person(), language.as_str()]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(OwnPromise {
                name: row.get(0)?,
                text: keys.text(row.get(5)?, PROMISE_TEXT, row.get(1)?)?,
                agency: row.get(2)?,
                at: row.get(3)?,
                state: row.get(4)?,
            })
        })
        .collect()
}

fn is_paid(ruling: &OwnRuling) -> bool {
    ruling.kind == "decision" && Subject::parse(&ruling.subject).is_some_and(Subject::is_paid)
}

async fn plan(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    let language = own.words().language();
    let mut page = MyPlan::default();
    if pass.sight().shows(Matter::Case) {
        let mut cases = store::open_cases(&mut conn, &pass).await?.into_iter();
        page.case = cases.next();
        page.more_cases = cases.collect();
        page.joint = joint::lines(&own, &mut conn, &pass).await?;
        page.times = store::appointments(&mut conn, &pass, own.now()).await?;
        // What is told at a counter may be about anything: for who sees the whole file.
        if pass.is_sure() && pass.sees_all() {
            page.proposed = proposed(&mut conn, &pass, language).await?;
            page.promised = promised(&mut conn, &pass, language).await?;
        }
    }
    page.money = store::rulings(&mut conn, &pass).await?;
    page.money.retain(is_paid);
    if page.case.is_none() {
        page.offices = store::offices(&mut conn, &pass, own.today()).await?;
    }
    own.show(&page)
}
