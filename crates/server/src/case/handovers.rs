//! Hand-overs in two phases: asked, and answered by the other side, or settled by the joint
//! manager.

use axum::extract::Path;
use onedoor_domain::case::{Answer, Ask, CaseFault, HandoverReason};
use onedoor_domain::ids::{AgencyId, CaseId, HandoverId, StaffId, UnitId};
use onedoor_domain::secrecy::{Action, Ground};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pages::{Sent, VersionForm, again, refused, take};
use super::store::{self};
use crate::db::Tx;
use crate::office::store as offices;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<AskForm, _, _>("/cases/{id}/handover", "Asks another unit to take over", ask)
        .act::<VersionForm, _, _>(
            "/cases/{id}/handover/withdraw",
            "Takes the question back",
            withdraw,
        )
        .act::<AcceptForm, _, _>("/cases/{id}/handover/accept", "Takes the case over", accept)
        .act::<RefuseForm, _, _>(
            "/cases/{id}/handover/refuse",
            "Refuses, with reason and alternative",
            refuse,
        )
        .act::<VersionForm, _, _>(
            "/cases/{id}/settle",
            "The joint manager decides that the case stays",
            settle,
        )
}

/// A hand-over asked for.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct AskForm {
    /// The unit that is asked.
    #[serde(default)]
    pub(crate) to_unit: String,
    /// The worker that is asked, when one in particular.
    #[serde(default)]
    pub(crate) to_staff: String,
    /// A reason from the list.
    #[serde(default)]
    pub(crate) reason: String,
    /// What the person needs.
    #[serde(default)]
    pub(crate) need: String,
    /// The last day for an answer.
    #[serde(default)]
    pub(crate) deadline: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn read_ask(
    desk: &Desk,
    tx: &mut Tx,
    (permit, carrier): (&Permit, AgencyId),
    form: &AskForm,
    faults: &mut Faults,
) -> Result<Option<Ask>, Fault> {
    let me = desk.worker()?;
    let mut unit = form.to_unit.trim().parse().ok().map(UnitId);
    let mut to_staff = None;
    if let Ok(staff) = form.to_staff.parse().map(StaffId) {
        match offices::carrier(tx, staff).await? {
            Some(known) => {
                to_staff = Some(staff);
                unit = Some(known.worker.unit);
            }
            None => faults.add("to_staff", "choose"),
        }
    }
    if unit.is_none() {
        faults.add("to_unit", "choose");
    }
    let reason = match HandoverReason::parse(form.reason.trim()) {
        Some(reason) => Some(reason),
        None => {
            faults.add("reason", "handover-reason");
            None
        }
    };
    let deadline = faults.date("deadline", &form.deadline);
    let found = match unit {
        Some(unit) => offices::unit(tx, unit).await?,
        None => None,
    };
    if unit.is_some() && found.is_none() {
        faults.add("to_unit", "choose");
    }
    let (Some(unit), Some((_, agency, _)), Some(reason), Some(deadline)) =
        (unit, found, reason, deadline)
    else {
        return Ok(None);
    };
    // A hand-over tells the other agency that there is a case, and why it is asked.
    if let Some(code) = super::tell(desk, tx, permit, (carrier, agency)).await? {
        faults.add("to_unit", code);
        return Ok(None);
    }
    let ask = Ask {
        id: HandoverId(crate::app::new_id()),
        by: me.id,
        to_agency: agency,
        to_unit: unit,
        to_staff,
        reason,
        need: form.need.clone(),
        deadline,
    };
    match ask.check(desk.today()) {
        Ok(ask) => Ok(Some(ask)),
        Err(fault) => {
            let (field, code) = fault.field_and_code();
            faults.add(field, code);
            Ok(None)
        }
    }
}

async fn ask(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<AskForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AskHandover, Subject::Case(id)).await?;
    let stored = take(&mut tx, &permit, &form.version, &[("need", &form.need)]).await?;
    let mut faults = Faults::default();
    let Some(ask) =
        read_ask(&desk, &mut tx, (&permit, stored.case.responsible.agency), &form, &mut faults)
            .await?
    else {
        let sent = Sent {
            need: form.need,
            reason: form.reason,
            to_unit: form.to_unit,
            to_staff: form.to_staff,
            deadline: form.deadline,
            ..Sent::default()
        };
        return again(&desk, &mut tx, id, sent, faults.into_list()).await;
    };
    let by_manager = permit.ground() == Ground::JointManagement;
    let detail = json!({ "to_unit": ask.to_unit.to_string(), "reason": ask.reason.as_str() });
    let case = stored.case.ask(ask, by_manager).map_err(refused)?;
    if let Some(asked) = &case.asked {
        store::insert_handover(&mut tx, &permit, id, asked, desk.now()).await?;
    }
    // The joint manager asking somebody else is the decision on what stood open.
    if by_manager {
        store::settle(&mut tx, &permit).await?;
    }
    store::save(&mut tx, &permit, &case, stored.version, desk.now()).await?;
    store::event(&mut tx, &permit, id, "handover_asked", desk.actor().id, &detail, desk.now())
        .await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}"), "handover-asked")
}

async fn withdraw(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<VersionForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AskHandover, Subject::Case(id)).await?;
    let stored = take(&mut tx, &permit, &form.version, &[]).await?;
    let asked = stored.case.asked.clone();
    let case = stored.case.withdraw(worker.id).map_err(refused)?;
    if let Some(asked) = asked {
        let who = Some(worker.id);
        store::answer(&mut tx, &permit, asked.ask.id, &Answer::Withdrawn, who, None, desk.now())
            .await?;
    }
    store::save(&mut tx, &permit, &case, stored.version, desk.now()).await?;
    let actor = desk.actor().id;
    store::event(&mut tx, &permit, id, "handover_withdrawn", actor, &json!({}), desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}"), "handover-withdrawn")
}

/// An acceptance.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct AcceptForm {
    /// Another deputy, if the present one should not stay.
    #[serde(default)]
    pub(crate) deputy: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn accept(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<AcceptForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AnswerHandover, Subject::Case(id)).await?;
    let stored = take(&mut tx, &permit, &form.version, &[]).await?;
    let deputy = match form.deputy.parse() {
        Ok(id) => offices::carrier(&mut tx, StaffId(id)).await?.map(|known| known.worker),
        Err(_) => None,
    };
    if let Some(deputy) = &deputy {
        let way = (worker.agency, deputy.agency);
        if let Some(code) = super::tell(&desk, &mut tx, &permit, way).await? {
            let faults = vec![FieldFault::new("accept_deputy", code)];
            return again(&desk, &mut tx, id, Sent::default(), faults).await;
        }
    }
    let asked = stored.case.asked.clone();
    let case = match stored.case.accept(worker, deputy) {
        Ok(case) => case,
        Err(fault @ (CaseFault::SamePerson | CaseFault::NotOnDuty)) => {
            let faults = vec![FieldFault::new("accept_deputy", fault.code())];
            return again(&desk, &mut tx, id, Sent::default(), faults).await;
        }
        Err(fault) => return Err(refused(fault)),
    };
    if let Some(asked) = asked {
        let who = Some(worker.id);
        store::answer(&mut tx, &permit, asked.ask.id, &Answer::Accepted, who, None, desk.now())
            .await?;
    }
    store::save(&mut tx, &permit, &case, stored.version, desk.now()).await?;
    // The question is answered: who had it before has no more to decide.
    store::settle(&mut tx, &permit).await?;
    crate::person::store::make_known(&mut tx, &permit, worker.agency, desk.today()).await?;
    let actor = desk.actor().id;
    store::event(&mut tx, &permit, id, "handover_accepted", actor, &json!({}), desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}"), "handover-accepted")
}

/// A refusal.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct RefuseForm {
    /// Why not.
    #[serde(default)]
    pub(crate) reason: String,
    /// What instead.
    #[serde(default)]
    pub(crate) alternative: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// REQ-REF-04: the person has an owner the same day, the asker, and the joint
/// manager gets the question at once.
async fn refuse(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<RefuseForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AnswerHandover, Subject::Case(id)).await?;
    let stored =
        take(&mut tx, &permit, &form.version, &[("alternative", &form.alternative)]).await?;
    let asked = stored.case.asked.clone();
    let outcome = stored.case.clone().refuse(worker, &form.reason, &form.alternative);
    let (case, answer) = match outcome {
        Ok(both) => both,
        Err(fault) => match refused(fault) {
            Fault::Fields(faults) => {
                let sent = Sent {
                    answer_reason: form.reason,
                    alternative: form.alternative,
                    ..Sent::default()
                };
                return again(&desk, &mut tx, id, sent, faults).await;
            }
            other => return Err(other),
        },
    };
    let manager = offices::office(&mut tx, stored.office).await?.and_then(|(.., m)| m);
    let manager = manager.or(Some(case.responsible.id));
    if let Some(asked) = asked {
        let who = Some(worker.id);
        store::answer(&mut tx, &permit, asked.ask.id, &answer, who, manager, desk.now()).await?;
    }
    store::save(&mut tx, &permit, &case, stored.version, desk.now()).await?;
    let detail = json!({ "alternative": form.alternative.trim() });
    let actor = desk.actor().id;
    store::event(&mut tx, &permit, id, "handover_refused", actor, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done("/day", "handover-refused")
}

async fn settle(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<VersionForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SettleHandover, Subject::Case(id)).await?;
    let stored = take(&mut tx, &permit, &form.version, &[]).await?;
    if store::settle(&mut tx, &permit).await? == 0 {
        return Err(Fault::conflict("case-nothing-asked"));
    }
    store::save(&mut tx, &permit, &stored.case, stored.version, desk.now()).await?;
    let actor = desk.actor().id;
    store::event(&mut tx, &permit, id, "settled", actor, &json!({}), desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}"), "case-settled")
}
