//! What is done about a plan as a whole: agreed, renamed, revised, rested, ended, coordinated by
//! somebody else, carried over into another scheme.

use axum::extract::Path;
use onedoor_domain::ids::{PersonId, StaffId};
use onedoor_domain::plan::{Label, Plan, PlanFault};
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::make::field_of;
use super::pages;
use super::store::{self, NewEvent, Stored};
use super::view::Seen;
use crate::assessment::views;
use crate::db::Tx;
use crate::office::store as offices;
use crate::policy::{Permit, Subject};
use crate::walls::Standing;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().act::<HeadForm, _, _>(
        "/persons/{id}/plan/head",
        "Changes a plan as a whole: agree, label, revise, rest, resume, end, ask, accept, refuse, deputy, scheme",
        act,
    )
}

/// An act on a plan.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct HeadForm {
    /// `agree`, `label`, `revise`, `rest`, `resume`, `end`, `ask`, `accept`, `refuse`, `deputy` or
    /// `scheme`.
    #[serde(default)]
    pub(crate) act: String,
    /// How the person said yes: `spoken` or `written`. On their own page they say it themselves.
    #[serde(default)]
    pub(crate) how: String,
    /// Another name in law.
    #[serde(default)]
    pub(crate) label: String,
    /// Another last day.
    #[serde(default)]
    pub(crate) until: String,
    /// The next day on which it is looked at.
    #[serde(default)]
    pub(crate) revise_on: String,
    /// Why it rests, goes on or ends.
    #[serde(default)]
    pub(crate) reason: String,
    /// Who is asked to coordinate, or who is the deputy.
    #[serde(default)]
    pub(crate) staff: String,
    /// The scheme from now on, in words.
    #[serde(default)]
    pub(crate) scheme: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// What an act made of a plan, and its words for the history.
struct Done {
    plan: Plan,
    code: &'static str,
    detail: String,
}

fn refused(faults: &mut Faults, fault: PlanFault) {
    faults.add(field_of(fault), fault.code());
}

/// What must be known before an act.
struct Scene<'a> {
    desk: &'a Desk,
    standing: &'a Standing,
    seen: &'a Seen,
}

async fn agree(
    tx: &mut Tx,
    scene: &Scene<'_>,
    form: &HeadForm,
    faults: &mut Faults,
) -> Result<Option<Done>, Fault> {
    let how = match form.how.trim() {
        how @ ("spoken" | "written") => how.to_owned(),
        _ => {
            faults.add("how", "choose");
            return Ok(None);
        }
    };
    let plan = scene.seen.stored.plan.clone();
    let missing = pages::missing(tx, scene.standing, scene.seen, plan.label).await?;
    Ok(match plan.agree(&missing, scene.desk.today()) {
        Ok(plan) => Some(Done { plan, code: "agreed", detail: how }),
        Err(fault) => {
            refused(faults, fault);
            None
        }
    })
}

async fn staff(
    tx: &mut Tx,
    form: &HeadForm,
    faults: &mut Faults,
) -> Result<Option<StaffId>, Fault> {
    let Some(id) = faults.id("staff", &form.staff).map(StaffId) else { return Ok(None) };
    if offices::carrier(tx, id).await?.is_none() {
        faults.add("staff", "choose");
        return Ok(None);
    }
    Ok(Some(id))
}

async fn done(
    tx: &mut Tx,
    scene: &Scene<'_>,
    form: &HeadForm,
    faults: &mut Faults,
) -> Result<Option<Done>, Fault> {
    let desk = scene.desk;
    let worker = desk.worker()?;
    let plan = scene.seen.stored.plan.clone();
    let reason = text::optional(&form.reason, text::LINE);
    let reason = faults.take("reason", reason, |e| e.code().into()).unwrap_or_default();
    let made = match form.act.trim() {
        "agree" => return agree(tx, scene, form, faults).await,
        "label" => {
            let Some(label) = faults.choice("label", &form.label, Label::parse) else {
                return Ok(None);
            };
            plan.relabel(label).map(|plan| (plan, "labelled", label.as_str().to_owned()))
        }
        "revise" => {
            let until = faults.date("until", &form.until);
            let on = faults.date("revise_on", &form.revise_on);
            let (Some(until), Some(on)) = (until, on) else { return Ok(None) };
            plan.revise(until, on, desk.today()).map(|plan| (plan, "revised", reason))
        }
        "rest" => plan.rest(true, &reason).map(|plan| (plan, "rested", reason)),
        "resume" => plan.rest(false, &reason).map(|plan| (plan, "resumed", reason)),
        "end" => plan.end(&reason).map(|plan| (plan, "ended", reason)),
        "ask" => {
            let Some(to) = staff(tx, form, faults).await? else { return Ok(None) };
            plan.ask(to).map(|plan| (plan, "asked", String::new()))
        }
        "accept" => plan.answer(worker.id, true).map(|plan| (plan, "taken_on", String::new())),
        "refuse" => plan.answer(worker.id, false).map(|plan| (plan, "not_taken_on", reason)),
        "deputy" => {
            let Some(deputy) = staff(tx, form, faults).await? else { return Ok(None) };
            if deputy == plan.coordinator {
                Err(PlanFault::SamePerson)
            } else {
                Ok((Plan { deputy, ..plan }, "deputy", String::new()))
            }
        }
        "scheme" => {
            let scheme = faults.line("scheme", &form.scheme);
            Ok((plan, "scheme", scheme))
        }
        _ => {
            faults.add("act", "choose");
            return Ok(None);
        }
    };
    Ok(match made {
        Ok((plan, code, detail)) => Some(Done { plan, code, detail }),
        Err(fault) => {
            refused(faults, fault);
            None
        }
    })
}

/// Writes it, with its line in the history.
async fn keep(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    mut stored: Stored,
    done: &Done,
) -> Result<(), Fault> {
    let worker = desk.worker()?;
    stored.plan = done.plan.clone();
    match done.code {
        "agreed" => stored.agreed_how.clone_from(&done.detail),
        "rested" | "ended" => stored.reason.clone_from(&done.detail),
        "resumed" => stored.reason.clear(),
        "scheme" => stored.scheme.clone_from(&done.detail),
        // REQ-PLAN-14: the plan goes with its coordinator, and nothing in it changes.
        "taken_on" => (stored.agency, stored.unit) = (worker.agency, worker.unit),
        _ => {}
    }
    store::save(tx, permit, &stored, desk.today()).await?;
    let event = NewEvent {
        item: None,
        kind: done.code,
        detail: &done.detail,
        by: Some(worker.id),
        by_person: None,
    };
    store::happened(tx, permit, (stored.id, stored.person), &event, desk.now()).await
}

async fn act(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<HeadForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePlan, Subject::Person(id)).await?;
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let seen = pages::seen(&desk, &mut tx, &permit, &standing).await?;
    let seen = seen.ok_or(Fault::conflict("plan-none"))?;
    let answers = matches!(form.act.trim(), "accept" | "refuse");
    if seen.stored.agency != worker.agency && !answers {
        return Err(Fault::conflict("plan-not-coordinator"));
    }
    if form.version.trim().parse::<i64>() != Ok(seen.stored.version) {
        return Err(Fault::conflict("stale"));
    }
    let mut faults = Faults::default();
    let scene = Scene { desk: &desk, standing: &standing, seen: &seen };
    let done = done(&mut tx, &scene, &form, &mut faults).await?;
    // REQ-MAP-24: the agencies have an agreed summary of the person, or a disagreement on record.
    if done.as_ref().is_some_and(|done| done.code == "agreed") {
        match views::settled(&mut tx, &permit, desk.today()).await {
            Err(Fault::Conflict(code, _)) => faults.add("act", code),
            other => {
                other?;
            }
        }
    }
    let (Some(done), true) = (done, faults.is_empty()) else {
        return pages::again(&desk, tx, id, faults, |_| ()).await;
    };
    keep(&desk, &mut tx, &permit, seen.stored, &done).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/plan"), "plan-changed")
}
