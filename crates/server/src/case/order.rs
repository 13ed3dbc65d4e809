//! What an order to hand over does to each case, and answering many questions at once. The order
//! itself is made elsewhere. Nothing here moves a case without somebody's yes.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::case::{Answer, Ask, HandoverReason, NextStep, Worker};
use onedoor_domain::ids::{AgencyId, CaseId, HandoverId, PersonId, StaffId, UnitId};
use onedoor_domain::secrecy::Action;
use serde_json::json;
use uuid::Uuid;

use super::history;
use super::store::{self, Unattended};
use crate::db::Tx;
use crate::office::store as offices;
use crate::person::store::{guard, tied};
use crate::policy::{Subject, Warrant};
use crate::web::{Desk, Fault};

/// Somebody who may become a deputy, and the bits of protection that they lack.
pub type Candidate = (Worker, i64);

/// An order as far as one case is concerned.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its identifier.
    pub id: Uuid,
    /// Who gave it.
    pub by: StaffId,
    /// The agency that is asked.
    pub agency: AgencyId,
    /// The unit that is asked.
    pub unit: UnitId,
    /// What for, without a word about anybody.
    pub note: String,
    /// The last day for an answer.
    pub deadline: Date,
}

/// Asks for one case. Nothing moves: the responsible worker keeps it until the receiver says yes.
/// Gives the person, or nothing where there was nothing to ask: it is closed, a question waits
/// already, or the receiver carries it.
///
/// # Errors
/// When the database refuses.
pub async fn ask(
    tx: &mut Tx,
    warrant: &Warrant,
    order: &Order,
    case: CaseId,
    to: Option<StaffId>,
    now: Timestamp,
) -> Result<Option<PersonId>, Fault> {
    let Some(stored) = store::load(tx, warrant, case).await? else { return Ok(None) };
    if stored.closed.is_some() {
        return Ok(None);
    }
    let ask = Ask {
        id: HandoverId(crate::app::new_id()),
        by: order.by,
        to_agency: order.agency,
        to_unit: order.unit,
        to_staff: to,
        reason: HandoverReason::WorkerLeaves,
        need: order.note.clone(),
        deadline: order.deadline,
    };
    let Ok(asked) = stored.case.ask(ask, true) else { return Ok(None) };
    let person = asked.person;
    if let Some(question) = &asked.asked {
        let order = Some(order.id);
        store::add_handover(tx, warrant, (case, person), question, order, now).await?;
    }
    // Asking somebody else is the decision on what stood open.
    Unattended::settle(tx, warrant, case).await?;
    store::save_case(tx, warrant, &asked, stored.version, now).await?;
    let detail = json!({ "to_unit": order.unit.to_string(), "reason": "worker_leaves" });
    let by = Some(order.by.0);
    history::add_event(tx, warrant, (case, person), "handover_asked", by, &detail, now).await?;
    Ok(Some(person))
}

/// Takes those who leave out of a case that somebody else answers for: another deputy, and the
/// next step back to the responsible worker. Gives the person, or nothing where nobody was to be
/// taken out or no deputy is left.
///
/// # Errors
/// When the database refuses.
pub async fn relieve(
    tx: &mut Tx,
    warrant: &Warrant,
    case: CaseId,
    leaves: &(dyn Fn(StaffId) -> bool + Sync),
    deputies: &[Candidate],
    by: StaffId,
    now: Timestamp,
) -> Result<Option<PersonId>, Fault> {
    let Some(stored) = store::load(tx, warrant, case).await? else { return Ok(None) };
    let responsible = stored.case.responsible;
    if stored.closed.is_some() || leaves(responsible.id) {
        return Ok(None);
    }
    let mut now_case = stored.case.clone();
    let mut kinds = Vec::new();
    if leaves(now_case.deputy.id) {
        let guard = guard(tx, warrant, now_case.person).await?;
        let tied = tied(tx, warrant, now_case.person).await?;
        let fits = |(it, lacks): &&Candidate| {
            it.id != responsible.id
                && !leaves(it.id)
                && guard & lacks == 0
                && !tied.contains(&it.id)
        };
        if let Some((other, _)) = deputies.iter().find(fits)
            && let Ok(changed) = now_case.clone().appoint_deputy(*other)
        {
            now_case = changed;
            kinds.push("deputy");
        }
    }
    if leaves(now_case.step.owner) {
        let step = NextStep { owner: responsible.id, ..now_case.step.clone() };
        if let Ok(changed) = now_case.clone().plan(step, responsible) {
            now_case = changed;
            kinds.push("step");
        }
    }
    if kinds.is_empty() {
        return Ok(None);
    }
    store::save_case(tx, warrant, &now_case, stored.version, now).await?;
    let person = now_case.person;
    for kind in kinds {
        let detail = match kind {
            "step" => json!({
                "what": now_case.step.what, "on": now_case.step.on.to_string(),
            }),
            _ => json!({}),
        };
        let by = Some(by.0);
        history::add_event(tx, warrant, (case, person), kind, by, &detail, now).await?;
    }
    Ok(Some(person))
}

/// The caller takes one case over that they were asked for. Where they were its deputy, or its
/// deputy is off duty or among those who are `leaving`, one of `others` becomes that; a next step
/// of theirs becomes the caller's. So nobody who leaves is left behind in it. `false` where they
/// may not see it, were not asked, or no deputy is left.
///
/// # Errors
/// When the database refuses.
pub async fn take_over(
    desk: &Desk,
    tx: &mut Tx,
    case: CaseId,
    others: &[Candidate],
    leaving: &[StaffId],
) -> Result<bool, Fault> {
    let me = desk.worker()?;
    let subject = Subject::Case(case);
    let permit = desk.permit_quietly(tx, Action::AnswerHandover, subject).await?;
    let Some(permit) = permit else { return Ok(false) };
    let stored = store::read(tx, &permit).await?;
    let Some(asked) = stored.case.asked.clone() else { return Ok(false) };
    let former = stored.case.responsible.id;
    let held = stored.case.deputy;
    let goes = held.id == me.id || !held.on_duty || leaving.contains(&held.id);
    let deputy = if goes {
        let guard = guard(tx, &permit, stored.case.person).await?;
        let tied = tied(tx, &permit, stored.case.person).await?;
        let fits = |(it, lacks): &&Candidate| {
            it.id != me.id
                && it.id != former
                && !leaving.contains(&it.id)
                && guard & lacks == 0
                && !tied.contains(&it.id)
        };
        others.iter().find(fits).map(|(other, _)| *other)
    } else {
        None
    };
    let Ok(mut taken) = stored.case.accept(me, deputy) else { return Ok(false) };
    if leaving.contains(&taken.step.owner) {
        let step = NextStep { owner: me.id, ..taken.step.clone() };
        let Ok(planned) = taken.plan(step, me) else { return Ok(false) };
        taken = planned;
    }
    let who = Some(me.id);
    let now = desk.now();
    store::answer(tx, &permit, asked.ask.id, &Answer::Accepted, who, None, now).await?;
    store::save(tx, &permit, &taken, stored.version, now).await?;
    store::settle(tx, &permit).await?;
    crate::person::store::make_known(tx, &permit, me.agency, desk.today()).await?;
    let actor = desk.actor().id;
    history::event(tx, &permit, case, "handover_accepted", actor, &json!({}), now).await?;
    Ok(true)
}

/// The caller says no to one case, with what should be done instead; the joint manager gets the
/// question, and who had the case has it still (REQ-REF-04). `false` as for [`take_over`].
///
/// # Errors
/// When the database refuses.
pub async fn turn_down(
    desk: &Desk,
    tx: &mut Tx,
    case: CaseId,
    (reason, alternative): (&str, &str),
) -> Result<bool, Fault> {
    let me = desk.worker()?;
    let subject = Subject::Case(case);
    let permit = desk.permit_quietly(tx, Action::AnswerHandover, subject).await?;
    let Some(permit) = permit else { return Ok(false) };
    let stored = store::read(tx, &permit).await?;
    let Some(asked) = stored.case.asked.clone() else { return Ok(false) };
    let Ok((kept, answer)) = stored.case.refuse(me, reason, alternative) else { return Ok(false) };
    let manager = offices::office(tx, stored.office).await?.and_then(|(.., manager)| manager);
    let manager = manager.or(Some(kept.responsible.id));
    let now = desk.now();
    store::answer(tx, &permit, asked.ask.id, &answer, Some(me.id), manager, now).await?;
    store::save(tx, &permit, &kept, stored.version, now).await?;
    let detail = json!({ "alternative": alternative.trim() });
    let actor = desk.actor().id;
    history::event(tx, &permit, case, "handover_refused", actor, &detail, now).await?;
    Ok(true)
}
