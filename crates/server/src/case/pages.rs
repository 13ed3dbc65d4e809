//! The case page and the acts of those who carry the case.

use axum::extract::Path;
use jiff::ToSpan;
use onedoor_domain::case::{CaseFault, CloseReason, HandoverReason, NextStep, SHUTTLE_ALARM};
use onedoor_domain::ids::{CaseId, StaffId};
use onedoor_domain::secrecy::{Action, Ground};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::store::{self, Stored};
use super::{day, handovers, opening};
use crate::db::{Link, Tx};
use crate::office::store::{self as offices, Choice};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<CasePage, _, _>("/cases/{id}", "One case", show)
        .act::<StepForm, _, _>("/cases/{id}/step", "Sets the next step", plan)
        .act::<DeputyForm, _, _>("/cases/{id}/deputy", "Names another deputy", deputy)
        .act::<SchemeForm, _, _>("/cases/{id}/scheme", "Records a change of scheme", scheme)
        .act::<CloseForm, _, _>("/cases/{id}/close", "Ends the case", close)
        .and(handovers::routes())
        .and(opening::routes())
        .and(day::routes())
}

/// A line of the history.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryLine {
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) who: String,
    pub(crate) what: String,
    /// A day that belongs to it, as ISO text.
    pub(crate) on: String,
}

/// A hand-over on the page.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandoverLine {
    pub(crate) id: String,
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) need: String,
    pub(crate) asked_at: i64,
    pub(crate) deadline: String,
    pub(crate) to: String,
    pub(crate) to_staff: String,
    pub(crate) by: String,
    pub(crate) answer_reason: Option<String>,
    pub(crate) alternative: Option<String>,
    pub(crate) answered_at: Option<i64>,
}

/// What the caller may do with the case.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct May {
    pub(crate) plan: bool,
    pub(crate) ask: bool,
    pub(crate) answer: bool,
    pub(crate) withdraw: bool,
    pub(crate) settle: bool,
    pub(crate) close: bool,
}

/// One case.
#[derive(Serialize, ToSchema)]
pub(crate) struct CasePage {
    pub(crate) id: String,
    /// How much there is to talk about at the next meeting.
    pub(crate) talking: i64,
    pub(crate) version: i64,
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) born_on: Option<String>,
    pub(crate) phone: String,
    pub(crate) language: String,
    pub(crate) may_read_person: bool,
    pub(crate) summary: String,
    pub(crate) opened_at: i64,
    pub(crate) closed_at: Option<i64>,
    pub(crate) close_reason: String,
    pub(crate) responsible: String,
    pub(crate) responsible_unit: String,
    pub(crate) agency: String,
    pub(crate) agencies: Vec<String>,
    pub(crate) deputy: String,
    pub(crate) deputy_unit: String,
    pub(crate) step_what: String,
    pub(crate) step_on: String,
    pub(crate) step_place: String,
    pub(crate) step_owner: String,
    pub(crate) handover_count: i64,
    pub(crate) shuttles: i64,
    pub(crate) alarm: bool,
    pub(crate) forced_changes: i64,
    pub(crate) last_resort: bool,
    pub(crate) waiting: bool,
    pub(crate) undecided: bool,
    pub(crate) may: May,
    pub(crate) handovers: Vec<HandoverLine>,
    pub(crate) history: Vec<HistoryLine>,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) units: Vec<Choice>,
    pub(crate) reasons: Vec<String>,
    pub(crate) close_reasons: Vec<String>,
    pub(crate) sent: Sent,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

/// What was typed into a form of the case page that was not taken.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Sent {
    pub(crate) what: String,
    pub(crate) on: String,
    pub(crate) place: String,
    pub(crate) owner: String,
    pub(crate) need: String,
    pub(crate) reason: String,
    pub(crate) to_unit: String,
    pub(crate) to_staff: String,
    pub(crate) deadline: String,
    pub(crate) scheme: String,
    pub(crate) answer_reason: String,
    pub(crate) alternative: String,
}

crate::page!(CasePage, "case/pages/case.html");

fn may(desk: &Desk, stored: &Stored, ground: Ground) -> May {
    let actor = desk.actor();
    let me = actor.id.map(StaffId);
    let carries = me.is_some_and(|id| stored.case.is_carried_by(id));
    let manages = ground == Ground::JointManagement
        || actor.role == Some(onedoor_domain::office::Role::JointManager)
            && actor.office == Some(stored.office);
    let open = stored.closed.is_none();
    let waiting = stored.case.asked.is_some();
    let asked = stored.case.asked.as_ref().is_some_and(|asked| match asked.ask.to_staff {
        Some(staff) => Some(staff) == me,
        None => Some(asked.ask.to_unit) == actor.unit,
    });
    May {
        plan: open && (carries || manages),
        ask: open && !waiting && (carries || manages),
        answer: open && asked,
        withdraw: open
            && stored.case.asked.as_ref().is_some_and(|asked| carries || Some(asked.ask.by) == me),
        settle: open && manages,
        close: open && !waiting && (carries || manages),
    }
}

async fn case_page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<CasePage, Fault> {
    let stored = store::read(link, permit).await?;
    let person = persons::read(link, permit).await?;
    let may = may(desk, &stored, permit.ground());
    let history = store::events(link, permit).await?;
    let handovers = store::handovers(link, permit).await?;
    let mut colleagues = Vec::new();
    let mut units = Vec::new();
    let office = desk.actor().office.unwrap_or(stored.office);
    if may.plan || may.answer {
        colleagues = offices::colleagues(link, office).await?;
    }
    if may.ask {
        units = offices::near_units(link, stored.office, desk.today()).await?;
    }
    let may_read_person = desk
        .permit_quietly(link, Action::ReadPerson, Subject::Person(stored.case.person))
        .await?
        .is_some();
    let undecided = handovers.iter().any(|h| matches!(h.state.as_str(), "refused" | "expired"));
    let case = &stored.case;
    let talking = crate::talking::open_points(desk, link, permit).await?;
    Ok(CasePage {
        talking,
        id: case.id.to_string(),
        version: stored.version,
        person: case.person.to_string(),
        name: person.name(),
        number: person.number,
        born_on: person.born_on,
        phone: person.phone,
        language: person.language,
        may_read_person,
        summary: stored.summary,
        opened_at: stored.opened_at.as_microsecond(),
        closed_at: stored.closed.as_ref().map(|(at, _)| at.as_microsecond()),
        close_reason: stored.closed.map(|(_, reason)| reason).unwrap_or_default(),
        responsible: stored.responsible_name,
        responsible_unit: stored.responsible_unit,
        agency: stored.agency_name,
        agencies: store::agencies(link, permit).await?,
        deputy: stored.deputy_name,
        deputy_unit: stored.deputy_unit,
        step_what: case.step.what.clone(),
        step_on: case.step.on.to_string(),
        step_place: case.step.place.clone(),
        step_owner: stored.step_owner_name,
        handover_count: i64::from(case.handovers),
        shuttles: stored.shuttles,
        alarm: stored.shuttles >= i64::from(SHUTTLE_ALARM),
        forced_changes: i64::from(case.forced_changes),
        last_resort: case.last_resort,
        waiting: case.asked.is_some(),
        undecided,
        may,
        handovers: handovers.into_iter().map(handover_line).collect(),
        history: history.into_iter().map(history_line).collect(),
        colleagues,
        units,
        reasons: HandoverReason::ALL.iter().map(|r| r.as_str().to_owned()).collect(),
        close_reasons: CloseReason::ALL.iter().map(|r| r.as_str().to_owned()).collect(),
        sent: Sent {
            deadline: desk.today().checked_add(7.days()).unwrap_or(desk.today()).to_string(),
            ..Sent::default()
        },
        faults: Vec::new(),
    })
}

fn handover_line(row: store::HandoverRow) -> HandoverLine {
    HandoverLine {
        id: row.id,
        state: row.state,
        reason: row.reason,
        need: row.need,
        asked_at: row.asked_at,
        deadline: row.deadline,
        to: row.to,
        to_staff: row.to_staff,
        by: row.by,
        answer_reason: row.answer_reason,
        alternative: row.alternative,
        answered_at: row.answered_at,
    }
}

fn history_line(row: store::Happened) -> HistoryLine {
    let what = ["what", "alternative", "to"]
        .iter()
        .find_map(|key| row.detail.get(*key).and_then(serde_json::Value::as_str))
        .unwrap_or_default()
        .to_owned();
    let on = row.detail.get("on").and_then(serde_json::Value::as_str).unwrap_or_default();
    HistoryLine { at: row.at, kind: row.kind, who: row.who, what, on: on.to_owned() }
}

async fn show(desk: Desk, Path(id): Path<CaseId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadCase, Subject::Case(id)).await?;
    let page = case_page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// Shows the case page again with what was typed and why it was not taken.
pub(super) async fn again(
    desk: &Desk,
    tx: &mut Tx,
    id: CaseId,
    sent: Sent,
    faults: Vec<FieldFault>,
) -> Reply {
    let permit = desk.permit(tx, Action::ReadCase, Subject::Case(id)).await?;
    let mut page = case_page(desk, tx, &permit).await?;
    page.sent = sent;
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

pub(super) fn refused(fault: CaseFault) -> Fault {
    match fault {
        CaseFault::RefusalReason(text) => Fault::field("reason", text.code()),
        CaseFault::RefusalAlternative(text) => Fault::field("alternative", text.code()),
        CaseFault::SamePerson | CaseFault::NotOnDuty => Fault::field("deputy", fault.code()),
        other => Fault::conflict(other.code()),
    }
}

/// Reads the case for an act, and refuses an act on a page that is out of date.
pub(super) async fn take(
    tx: &mut Tx,
    permit: &Permit,
    version: &str,
    sent: &[(&str, &str)],
) -> Result<Stored, Fault> {
    let stored = store::read(tx, permit).await?;
    if stored.closed.is_some() {
        return Err(Fault::conflict("case-closed"));
    }
    let shown: Option<i64> = version.trim().parse().ok();
    if shown.is_some_and(|shown| shown != stored.version) {
        let now = &stored.case.step;
        let mut all: Vec<(String, String)> =
            sent.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
        all.push(("now-step".into(), format!("{} {} {}", now.what, now.on, now.place)));
        all.push(("now-responsible".into(), stored.responsible_name));
        return Err(Fault::Conflict("stale", all));
    }
    Ok(stored)
}

/// Only which version of the case was shown.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct VersionForm {
    /// The version that was shown; empty to act on whatever is there.
    #[serde(default)]
    pub(crate) version: String,
}

/// A next step.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct StepForm {
    /// What happens.
    #[serde(default)]
    pub(crate) what: String,
    /// Who sees to it.
    #[serde(default)]
    pub(crate) owner: String,
    /// When.
    #[serde(default)]
    pub(crate) on: String,
    /// Where.
    #[serde(default)]
    pub(crate) place: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn plan(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<StepForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::PlanCase, Subject::Case(id)).await?;
    let sent = [("what", form.what.as_str()), ("on", &form.on), ("place", &form.place)];
    let stored = take(&mut tx, &permit, &form.version, &sent).await?;
    let mut faults = Faults::default();
    let on = faults.date("on", &form.on);
    let owner = match form.owner.trim() {
        "" => Some(stored.case.responsible.id),
        text => faults.id("owner", text).map(StaffId),
    };
    let owner = match owner {
        Some(id) => offices::carrier(&mut tx, id).await?,
        None => None,
    };
    if owner.is_none() {
        faults.add("owner", "choose");
    }
    if let Some(owner) = &owner {
        let way = (stored.case.responsible.agency, owner.worker.agency);
        if let Some(code) = super::tell(&desk, &mut tx, &permit, way).await? {
            faults.add("owner", code);
        }
    }
    let mut planned = None;
    if let (Some(on), Some(owner)) = (on, &owner) {
        match NextStep::new(&form.what, owner.worker.id, on, &form.place, desk.today()) {
            Ok(step) => match stored.case.clone().plan(step, owner.worker) {
                Ok(case) => planned = Some(case),
                Err(fault) => faults.add("owner", fault.code()),
            },
            Err(fault) => {
                let (field, code) = fault.field_and_code();
                faults.add(field, code);
            }
        }
    }
    let (Some(case), true) = (planned, faults.is_empty()) else {
        let sent = Sent {
            what: form.what,
            on: form.on,
            place: form.place,
            owner: form.owner,
            ..Sent::default()
        };
        return again(&desk, &mut tx, id, sent, faults.into_list()).await;
    };
    store::save(&mut tx, &permit, &case, stored.version, desk.now()).await?;
    let detail = json!({ "what": case.step.what, "on": case.step.on.to_string() });
    store::event(&mut tx, &permit, id, "step", desk.actor().id, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}"), "case-step")
}

/// Another deputy.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct DeputyForm {
    /// The worker.
    #[serde(default)]
    pub(crate) deputy: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn deputy(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<DeputyForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::PlanCase, Subject::Case(id)).await?;
    let stored = take(&mut tx, &permit, &form.version, &[]).await?;
    let known = match form.deputy.parse() {
        Ok(id) => offices::carrier(&mut tx, StaffId(id)).await?,
        Err(_) => None,
    };
    let carrier = stored.case.responsible.agency;
    let mut told = None;
    if let Some(known) = &known {
        told = super::tell(&desk, &mut tx, &permit, (carrier, known.worker.agency)).await?;
    }
    let appointed = known
        .ok_or("choose")
        .and_then(|known| told.map_or(Ok(known), Err))
        .and_then(|known| stored.case.clone().appoint_deputy(known.worker).map_err(|f| f.code()));
    match appointed {
        Ok(case) => {
            store::save(&mut tx, &permit, &case, stored.version, desk.now()).await?;
            store::event(&mut tx, &permit, id, "deputy", desk.actor().id, &json!({}), desk.now())
                .await?;
            desk.commit(tx).await?;
            desk.done(&format!("/cases/{id}"), "case-deputy")
        }
        Err(code) => {
            let faults = vec![FieldFault::new("deputy", code)];
            again(&desk, &mut tx, id, Sent::default(), faults).await
        }
    }
}

/// A change of scheme: rehabilitation, qualification, another benefit.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct SchemeForm {
    /// The scheme from now on, in words.
    #[serde(default)]
    pub(crate) scheme: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// REQ-FOLL-10: a change of scheme leaves the worker as they are and counts no
/// change; REQ-REF-09: who should carry it instead must accept first.
async fn scheme(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<SchemeForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::PlanCase, Subject::Case(id)).await?;
    let stored = take(&mut tx, &permit, &form.version, &[("scheme", &form.scheme)]).await?;
    let scheme = match text::required(&form.scheme, text::LINE) {
        Ok(scheme) => scheme,
        Err(fault) => {
            let faults = vec![FieldFault::new("scheme", fault.code())];
            let sent = Sent { scheme: form.scheme, ..Sent::default() };
            return again(&desk, &mut tx, id, sent, faults).await;
        }
    };
    store::save(&mut tx, &permit, &stored.case, stored.version, desk.now()).await?;
    let detail = json!({ "to": scheme });
    store::event(&mut tx, &permit, id, "scheme", desk.actor().id, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}"), "case-scheme")
}

/// The end of a case.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct CloseForm {
    /// A reason from the list.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn close(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<CloseForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::CloseCase, Subject::Case(id)).await?;
    let stored = take(&mut tx, &permit, &form.version, &[]).await?;
    let Some(reason) = CloseReason::parse(form.reason.trim()) else {
        let faults = vec![FieldFault::new("close_reason", "choose")];
        return again(&desk, &mut tx, id, Sent::default(), faults).await;
    };
    let by_manager = permit.ground() == Ground::JointManagement;
    let closed = stored.case.close(worker.id, by_manager, reason).map_err(refused)?;
    store::close(&mut tx, &permit, closed.reason, stored.version, desk.now()).await?;
    store::settle(&mut tx, &permit).await?;
    let detail = json!({ "reason": reason.as_str() });
    store::event(&mut tx, &permit, id, "closed", desk.actor().id, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}"), "case-closed")
}
