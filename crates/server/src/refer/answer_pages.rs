//! Answering a referral: received, taken, or returned with a reason and what instead; whether the
//! person came, and what was decided (REQ-REF-02, REQ-REF-15, REQ-REF-16).

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::case::{Answer, Ask, HandoverReason, Worker};
use onedoor_domain::ids::{CaseId, HandoverId, UnitId};
use onedoor_domain::refer::{Act, Came, Reason, ReferFault, ReturnReason, State};
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::pages::concerns;
use super::store::{self, Answered, Kept};
use crate::case::store::{self as cases, Stored};
use crate::case::{history, tell};
use crate::db::Tx;
use crate::office::store as offices;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().act::<AnswerForm, _, _>(
        "/cases/{id}/referrals/{referral}",
        "Answers a referral, takes one back, decides on one, or tells what came of it",
        answer,
    )
}

/// What is done with a referral.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `receive`, `accept`, `return`, `withdraw`, `settle`, `came` or `decided`.
    #[serde(default)]
    pub(crate) act: String,
    /// Why it is returned: a code.
    #[serde(default)]
    pub(crate) return_reason: String,
    /// Why it is returned, in words; or what was decided.
    #[serde(default)]
    pub(crate) answer: String,
    /// What instead.
    #[serde(default)]
    pub(crate) instead: String,
    /// Who of a receiver outside the house said so.
    #[serde(default)]
    pub(crate) said_by: String,
    /// On which day it was said, or happened; today where it is left out.
    #[serde(default)]
    pub(crate) on: String,
    /// Whether the person came: `came`, `not_come` or `moved`.
    #[serde(default)]
    pub(crate) came: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

impl AnswerForm {
    /// An answer that came too late is shown again with all that was typed.
    fn typed(&self) -> Vec<(String, String)> {
        let all = [
            ("return_reason", &self.return_reason),
            ("answer", &self.answer),
            ("instead", &self.instead),
            ("said_by", &self.said_by),
            ("on", &self.on),
        ];
        let typed = all.into_iter().filter(|(_, text)| !text.trim().is_empty());
        typed.map(|(field, text)| (field.to_owned(), text.clone())).collect()
    }
}

/// What everybody here needs.
struct Scene<'a> {
    desk: &'a Desk,
    permit: &'a Permit,
    form: &'a AnswerForm,
    worker: Worker,
    one: Kept,
    stored: Stored,
    /// The unit for which the worker answers.
    by: UnitId,
}

impl Scene<'_> {
    fn at(&self) -> (Uuid, i64) {
        (self.one.id, self.one.version)
    }

    /// A day that is not to come, and not before the referral was sent.
    fn day(&self, faults: &mut Faults) -> Date {
        let today = self.desk.today();
        let day = faults.optional_date("on", &self.form.on).unwrap_or(today);
        if day > today || day < self.one.sent_on {
            faults.add("on", "refer-day");
        }
        day
    }

    /// Who outside the house said so: needed there, and nowhere else.
    fn said_by(&self, faults: &mut Faults) -> String {
        match self.one.receiver.is_outside() {
            true => faults.line("said_by", &self.form.said_by),
            false => String::new(),
        }
    }
}

/// The rule's refusal; whoever answers second is told what was answered, and loses nothing of what
/// they typed.
fn refused(fault: ReferFault, form: &AnswerForm) -> Fault {
    Fault::Conflict(fault.code(), form.typed())
}

async fn answer(
    desk: Desk,
    Path((id, referral)): Path<(CaseId, Uuid)>,
    Input(form): Input<AnswerForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AnswerReferral, Subject::Case(id)).await?;
    let one = store::one(&mut tx, &permit, referral).await?;
    if !concerns(&desk, &permit, &one) {
        return Err(Fault::Hidden);
    }
    let stored = cases::read(&mut tx, &permit).await?;
    // Whoever carries the case writes for the unit that sent it.
    let sends = worker.unit == one.from.1 || stored.case.is_carried_by(worker.id);
    let for_sender = one.receiver.is_outside() || form.act.trim() == "withdraw";
    let by = if sends && for_sender { one.from.1 } else { worker.unit };
    let it = Scene { desk: &desk, permit: &permit, form: &form, worker, one, stored, by };
    let done = match form.act.trim() {
        "receive" => receive(&mut tx, &it).await?,
        "accept" => accept(&mut tx, &it).await?,
        "return" => give_back(&mut tx, &it).await?,
        "withdraw" => withdraw(&mut tx, &it).await?,
        "settle" => settle(&mut tx, &it).await?,
        "came" => came(&mut tx, &it).await?,
        "decided" => decided(&mut tx, &it).await?,
        _ => return Err(Fault::field("act", "choose")),
    };
    if form.version.trim().parse() != Ok(it.one.version) {
        return Err(Fault::Conflict("stale", form.typed()));
    }
    let actor = desk.actor().id;
    history::event(&mut tx, &permit, id, done, actor, &json!({}), desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}/referrals"), "referral-answered")
}

fn all_right(faults: Faults) -> Result<(), Fault> {
    if faults.is_empty() { Ok(()) } else { Err(Fault::Fields(faults.into_list())) }
}

async fn receive(tx: &mut Tx, it: &Scene<'_>) -> Result<&'static str, Fault> {
    it.one.rule.go(Act::Receive { by: it.by }).map_err(|fault| refused(fault, it.form))?;
    let mut faults = Faults::default();
    let (on, said_by) = (it.day(&mut faults), it.said_by(&mut faults));
    all_right(faults)?;
    store::receive(tx, it.permit, it.at(), (on, &said_by)).await?;
    Ok("referral_received")
}

/// REQ-REF-01, REQ-REF-16: the case moves only here, and only where the receiver takes it over.
/// Another agency that takes a part gets a part in the case.
async fn accept(tx: &mut Tx, it: &Scene<'_>) -> Result<&'static str, Fault> {
    let after = it.one.rule.go(Act::Accept { by: it.by });
    let after = after.map_err(|fault| refused(fault, it.form))?;
    let mut faults = Faults::default();
    let (on, said_by) = (it.day(&mut faults), it.said_by(&mut faults));
    all_right(faults)?;
    let kept = Answered { said_by: &said_by, ..Answered::default() };
    let by = (on, it.worker.id);
    store::answer(tx, it.permit, it.at(), (State::Accepted, &kept), by).await?;
    if after.takes_over().is_some() {
        take_over(tx, it).await?;
    } else if let Some(agency) = it.one.to_agency {
        let now = it.desk.now();
        cases::add_agency(tx, it.permit, it.stored.case.id, agency, now).await?;
    }
    if let Some(agency) = it.one.to_agency {
        tell_sender(tx, it, agency).await?;
        let today = it.desk.today();
        crate::person::store::make_known(tx, it.permit, agency, today).await?;
    }
    Ok("referral_accepted")
}

/// Why the case is handed over, in the words of hand-overs.
fn handover_reason(reason: &str) -> HandoverReason {
    match Reason::parse(reason) {
        Some(Reason::Mandate | Reason::Decision) => HandoverReason::Mandate,
        Some(Reason::PersonAsks) => HandoverReason::PersonAsks,
        _ => HandoverReason::Competence,
    }
}

async fn take_over(tx: &mut Tx, it: &Scene<'_>) -> Result<(), Fault> {
    let (case, one) = (&it.stored.case, &it.one);
    if it.stored.closed.is_some() {
        return Err(Fault::Conflict("refer-case-closed", it.form.typed()));
    }
    if case.responsible.unit != one.from.1 {
        return Err(refused(ReferFault::Moved, it.form));
    }
    let ask = Ask {
        id: HandoverId(crate::app::new_id()),
        by: case.responsible.id,
        to_agency: it.worker.agency,
        to_unit: it.worker.unit,
        to_staff: None,
        reason: handover_reason(&one.reason),
        need: one.need.clone(),
        deadline: one.rule.deadline,
    };
    let conflict =
        |fault: onedoor_domain::case::CaseFault| Fault::Conflict(fault.code(), it.form.typed());
    let handover = ask.id;
    let asked = case.clone().ask(ask, false).map_err(conflict)?;
    let waiting = asked.asked.clone();
    let moved = asked.accept(it.worker, None).map_err(conflict)?;
    let now = it.desk.now();
    if let Some(waiting) = &waiting {
        cases::insert_handover(tx, it.permit, case.id, waiting, now).await?;
    }
    let who = Some(it.worker.id);
    cases::answer(tx, it.permit, handover, &Answer::Accepted, who, None, now).await?;
    cases::save(tx, it.permit, &moved, it.stored.version, now).await?;
    cases::settle(tx, it.permit).await?;
    Ok(())
}

/// What the receiver answers crosses to the sender as far as the walls let the case cross; where
/// they do not, the sender learns that it was answered and no word of it.
async fn tell_sender(
    tx: &mut Tx,
    it: &Scene<'_>,
    from: onedoor_domain::ids::AgencyId,
) -> Result<(), Fault> {
    if from != it.one.from.0 {
        tell(it.desk, tx, it.permit, (from, it.one.from.0)).await?;
    }
    Ok(())
}

/// REQ-REF-02: never without a reason from the list, words, and what instead; the joint manager of
/// the sender's office sees it at once (REQ-REF-04).
async fn give_back(tx: &mut Tx, it: &Scene<'_>) -> Result<&'static str, Fault> {
    it.one.rule.go(Act::Return { by: it.by }).map_err(|fault| refused(fault, it.form))?;
    let mut faults = Faults::default();
    let reason = faults.choice("return_reason", &it.form.return_reason, ReturnReason::parse);
    let words = text::required(&it.form.answer, text::PARAGRAPH);
    let words = faults.take("answer", words, |e| e.code().into()).unwrap_or_default();
    let instead = text::required(&it.form.instead, text::PARAGRAPH);
    let instead = faults.take("instead", instead, |e| e.code().into()).unwrap_or_default();
    let (on, said_by) = (it.day(&mut faults), it.said_by(&mut faults));
    all_right(faults)?;
    let manager = offices::office(tx, it.stored.office).await?.and_then(|(.., manager)| manager);
    let kept = Answered {
        reason,
        answer: &words,
        instead: &instead,
        said_by: &said_by,
        manager: manager.or(Some(it.stored.case.responsible.id)),
    };
    let by = (on, it.worker.id);
    store::answer(tx, it.permit, it.at(), (State::Returned, &kept), by).await?;
    if let Some(agency) = it.one.to_agency {
        tell_sender(tx, it, agency).await?;
    }
    Ok("referral_returned")
}

async fn withdraw(tx: &mut Tx, it: &Scene<'_>) -> Result<&'static str, Fault> {
    it.one.rule.go(Act::Withdraw { by: it.by }).map_err(|fault| refused(fault, it.form))?;
    let by = (it.desk.today(), it.worker.id);
    let kept = Answered::default();
    store::answer(tx, it.permit, it.at(), (State::Withdrawn, &kept), by).await?;
    Ok("referral_withdrawn")
}

async fn settle(tx: &mut Tx, it: &Scene<'_>) -> Result<&'static str, Fault> {
    let case = Subject::Case(it.stored.case.id);
    if !it.desk.may(tx, Action::SettleHandover, case).await? {
        return Err(Fault::Hidden);
    }
    it.one.rule.go(Act::Settle).map_err(|fault| refused(fault, it.form))?;
    store::settle(tx, it.permit, it.at()).await?;
    Ok("referral_settled")
}

/// Whether the one who writes answers for what was accepted.
fn accepted(it: &Scene<'_>) -> Result<(), Fault> {
    let receives = it.one.rule.to.unwrap_or(it.one.from.1);
    if it.one.rule.state != State::Accepted || it.by != receives {
        return Err(refused(ReferFault::NotReceiver, it.form));
    }
    Ok(())
}

async fn came(tx: &mut Tx, it: &Scene<'_>) -> Result<&'static str, Fault> {
    accepted(it)?;
    let mut faults = Faults::default();
    let came = faults.choice("came", &it.form.came, Came::parse);
    let on = it.day(&mut faults);
    all_right(faults)?;
    let came = came.ok_or_else(|| Fault::field("came", "choose"))?;
    store::note_came(tx, it.permit, it.at(), (came, on)).await?;
    Ok("referral_came")
}

async fn decided(tx: &mut Tx, it: &Scene<'_>) -> Result<&'static str, Fault> {
    accepted(it)?;
    let mut faults = Faults::default();
    let words = text::required(&it.form.answer, text::PARAGRAPH);
    let words = faults.take("answer", words, |e| e.code().into()).unwrap_or_default();
    let on = it.day(&mut faults);
    all_right(faults)?;
    store::note_decided(tx, it.permit, it.at(), (on, &words)).await?;
    Ok("referral_decided")
}
