//! Making a plan: one for a person, never a second current one (REQ-PLAN-01).

use axum::extract::Path;
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PersonId, StaffId, UnitId};
use onedoor_domain::office::AgencyKind;
use onedoor_domain::plan::label::Field;
use onedoor_domain::plan::path::Phase;
use onedoor_domain::plan::{Label, Owner, Plan, PlanFault};
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, NewEvent, NewPlan};
use super::{NewItem, add_to};
use crate::db::{Link, Tx};
use crate::need::Sieve;
use crate::office::store as offices;
use crate::policy::{Permit, Subject};
use crate::walls::Standing;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<MakeForm, _, _>("/persons/{id}/plan", "Begins a person's plan", make)
        .creating()
}

/// The template of the way from sickness to work (REQ-PLAN-15).
pub(super) const SICKNESS_TO_WORK: &str = "sickness_to_work";

/// What a plan begins with.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MakeForm {
    /// The name in law: `individual`, `action`, `activity` or `sip`.
    #[serde(default)]
    pub(crate) label: String,
    /// The person's goal, in their words; may come later.
    #[serde(default)]
    pub(crate) goal: String,
    /// Who does when the coordinator is away; the coordinator is the one who makes it.
    #[serde(default)]
    pub(crate) deputy: String,
    /// Its last day.
    #[serde(default)]
    pub(crate) until: String,
    /// When it is looked at again.
    #[serde(default)]
    pub(crate) revise_on: String,
    /// The scheme that the person is in, in words; may be empty.
    #[serde(default)]
    pub(crate) scheme: String,
    /// `sickness_to_work`, or empty for none.
    #[serde(default)]
    pub(crate) template: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The field of the form that a fault stands on.
pub(super) fn field_of(fault: PlanFault) -> &'static str {
    match fault {
        PlanFault::Period => "until",
        PlanFault::Revision => "revise_on",
        PlanFault::SamePerson => "deputy",
        PlanFault::Reason => "reason",
        PlanFault::Incomplete
        | PlanFault::Ended
        | PlanFault::State
        | PlanFault::NotAsked
        | PlanFault::Same => "act",
    }
}

/// Whether there is a current plan of the permit's person that the one who asks does not see: then
/// theirs is kept apart, and nothing tells of the other (REQ-INFO-01).
async fn hidden(link: &mut Link, permit: &Permit) -> Result<bool, Fault> {
    let all = store::plans(link, permit, permit.the_person()?).await?;
    Ok(all.iter().any(|one| one.plan.state.is_current()))
}

/// The unit of a kind of agency at the office, for an item of a template; none where there is none.
async fn unit_for(
    desk: &Desk,
    link: &mut Link,
    kind: AgencyKind,
) -> Result<Option<(UnitId, AgencyId)>, Fault> {
    let units = offices::units(link, desk.office()?, desk.today()).await?;
    let of: Vec<_> = units.iter().filter(|unit| unit.agency_kind == kind.as_str()).collect();
    let back = of.iter().find(|unit| unit.kind == "back_office").or(of.first());
    let Some(Ok(unit)) = back.map(|unit| unit.id.parse::<UnitId>()) else { return Ok(None) };
    Ok(offices::unit(link, unit).await?.map(|(_, agency, _)| (unit, agency)))
}

/// REQ-PLAN-15: one item for each phase, one after the other, with the target as its last day.
async fn sickness_to_work(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (standing, stored): (&Standing, &store::Stored),
) -> Result<(), Fault> {
    let w = desk.words();
    let mut from: Date = desk.today();
    for phase in Phase::ALL {
        let target = phase.target();
        let Some((unit, agency)) = unit_for(desk, tx, target.agency).await? else { continue };
        let until = from.checked_add(target.days.days()).unwrap_or(from);
        let what = w.of("plan-phase-what", phase.as_str());
        let owner = Owner::Agency { agency, unit, worker: None };
        let new = NewItem {
            stage: target.stage,
            phase: Some(*phase),
            starts: Some(from),
            due: Some(until),
            ..NewItem::plain(target.need, owner, &what)
        };
        add_to(desk, tx, permit, standing, stored, &new).await?;
        from = until.checked_add((target.shift + 1).days()).unwrap_or(until);
    }
    Ok(())
}

async fn make(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<MakeForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePlan, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "plan.make", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "plan-made");
    }
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let mut sieve = Sieve::new(&standing);
    // REQ-PLAN-01: the one there is, is revised.
    if super::current(&mut tx, &permit, &mut sieve).await?.is_some() {
        return Err(Fault::conflict("plan-one-current"));
    }
    let mut faults = Faults::default();
    let label = faults.choice("label", &form.label, Label::parse);
    let goal = faults
        .take("goal", text::optional(&form.goal, text::PARAGRAPH), |e| e.code().into())
        .unwrap_or_default();
    let scheme = faults.optional_line("scheme", &form.scheme);
    let until = faults.date("until", &form.until);
    let revise_on = faults.date("revise_on", &form.revise_on);
    let deputy = faults.id("deputy", &form.deputy).map(StaffId);
    let mut plan = None;
    if let (Some(label), Some(until), Some(revise_on), Some(deputy)) =
        (label, until, revise_on, deputy)
    {
        if offices::carrier(&mut tx, deputy).await?.is_none() {
            faults.add("deputy", "choose");
        } else {
            let days = (desk.today(), until, revise_on);
            match Plan::begin(label, (worker.id, deputy), days, desk.today()) {
                Ok(begun) => plan = Some(begun),
                Err(fault) => faults.add(field_of(fault), fault.code()),
            }
        }
    }
    let (Some(plan), true) = (plan, faults.is_empty()) else {
        return super::pages::again(&desk, tx, id, faults, |page| page.make = form).await;
    };
    let apart = hidden(&mut tx, &permit).await?.then_some(worker.agency);
    let new = NewPlan {
        plan: &plan,
        agency: worker.agency,
        unit: worker.unit,
        scheme: &scheme,
        apart,
        by: worker.id,
    };
    let made = store::insert(&mut tx, &permit, &new, (desk.now(), desk.today())).await?;
    let event =
        NewEvent { item: None, kind: "made", detail: "", by: Some(worker.id), by_person: None };
    let person = permit.the_person()?;
    store::happened(&mut tx, &permit, (made, person), &event, desk.now()).await?;
    let all = store::plans(&mut tx, &permit, person).await?;
    let stored = all.into_iter().find(|one| one.id == made);
    let stored = stored.ok_or_else(|| Fault::Defect("a plan that was made is not there".into()))?;
    if !goal.is_empty() {
        let written = (Field::Goal, 1, goal.as_str());
        store::add_text(&mut tx, &permit, &stored, written, (worker.id, desk.now())).await?;
    }
    if form.template.trim() == SICKNESS_TO_WORK {
        sickness_to_work(&desk, &mut tx, &permit, (&standing, &stored)).await?;
    }
    let location = format!("/persons/{id}/plan");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "plan-made")
}
