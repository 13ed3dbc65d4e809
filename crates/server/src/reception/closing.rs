//! The end of a visit: its outcome, and the way of a decision home.

use std::collections::BTreeSet;

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::case::{Ask, HandoverReason, NextStep};
use onedoor_domain::ids::{AgencyId, CaseId, HandoverId, PersonId, StaffId, UnitId, VisitId};
use onedoor_domain::office::{AgencyKind, Subject as RulingSubject};
use onedoor_domain::person::{Guard, Name, NameQuery};
use onedoor_domain::reception::{CloseFault, Outcome, OutcomeKind, StepFor};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pages::{IdentifyForm, beat, current, refused};
use super::store::{self, Ending, Stored};
use super::ways::{self, NewRoute};
use crate::case::{Opening, open_case, store as cases};
use crate::db::{Link, Tx};
use crate::office::store::{self as offices, Choice};
use crate::person::finding::{self, PersonLine};
use crate::person::store::{self as persons, NewPerson};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .see::<ClosePage, _, _>("/visits/{id}/close", "The form that ends a visit", close_form)
        .act::<CloseForm, _, _>("/visits/{id}/close", "Ends a visit", close)
}

/// What came of looking for somebody without a number.
pub(super) enum Unnumbered {
    /// Registered.
    New(PersonId),
    /// These look alike; somebody must say that they are others.
    Alike(Vec<PersonLine>),
    /// The name or the date does not hold.
    Refused,
}

/// Search before create, for people without a number.
pub(super) async fn person_without_number(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (form, language): (&IdentifyForm, &str),
    faults: &mut Faults,
) -> Result<Unnumbered, Fault> {
    let name = Name::new(&form.given, &form.family);
    let name = faults.take("family", name, |fault| fault.code().to_owned());
    let born_on = faults.optional_date("born_on", &form.born_on);
    let (Some(name), true) = (name, faults.is_empty()) else { return Ok(Unnumbered::Refused) };
    if form.none_of_these != "yes"
        && let Ok(query) = NameQuery::parse(&name.full())
    {
        let seeker = desk.permit(tx, Action::SearchPerson, Subject::Duty).await?;
        let found = crate::person::search(desk, tx, &seeker, &query, None).await?;
        let lines = finding::lines(tx, &seeker, found.hits).await?;
        if !lines.is_empty() {
            desk.note_seen(&seeker, lines.iter().filter_map(|line| line.id.parse().ok()));
            return Ok(Unnumbered::Alike(lines));
        }
    }
    let new = NewPerson {
        given: name.given().to_owned(),
        family: name.family().to_owned(),
        born_on,
        number: None,
        language: language.to_owned(),
        phone: String::new(),
        email: String::new(),
        address: String::new(),
        postcode: String::new(),
        basic_unit: None,
        guard: Guard::default(),
        residence: "here",
        died_on: None,
        source: "reception".into(),
    };
    let id = persons::register(tx, permit, desk.actor(), &new, desk.today()).await?;
    Ok(Unnumbered::New(id))
}

/// How a visit ends.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CloseForm {
    /// The outcome's code.
    #[serde(default)]
    pub(crate) outcome: String,
    /// What was settled or said; of a case, what it is about.
    #[serde(default)]
    pub(crate) answer: String,
    /// Agencies that took part: `employment`, `insurance`, `social`.
    #[serde(default)]
    pub(crate) took_part: Vec<String>,
    /// Who outside, when it leads outside.
    #[serde(default)]
    pub(crate) whom: String,
    /// What happens next.
    #[serde(default)]
    pub(crate) step_what: String,
    /// When.
    #[serde(default)]
    pub(crate) step_on: String,
    /// Where.
    #[serde(default)]
    pub(crate) step_place: String,
    /// Who sees to it; the caller when empty.
    #[serde(default)]
    pub(crate) step_owner: String,
    /// The deputy, when a case is opened.
    #[serde(default)]
    pub(crate) deputy: String,
    /// That the person does not want the joint meeting, in words.
    #[serde(default)]
    pub(crate) meeting_declined: String,
    /// `yes` when the person needs an adviser of their own.
    #[serde(default)]
    pub(crate) adviser_needed: String,
    /// The subject in which a formal decision is needed, if one is.
    #[serde(default)]
    pub(crate) decision: String,
    /// An agency that the person was told to go and ask for a time, because it could not be booked
    /// from here; empty in every other case (REQ-FRONT-20: the target is nobody).
    #[serde(default)]
    pub(crate) go_ask: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// The form that ends a visit.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClosePage {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) ticket: i64,
    pub(crate) name: String,
    pub(crate) waiting: bool,
    pub(crate) known: bool,
    pub(crate) joint: bool,
    pub(crate) may_open_case: bool,
    pub(crate) outcomes: Vec<String>,
    pub(crate) kinds: Vec<String>,
    pub(crate) subjects: Vec<String>,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) form: CloseForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ClosePage, "reception/pages/close.html");

async fn close_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: CloseForm,
    faults: Vec<FieldFault>,
) -> Result<ClosePage, Fault> {
    let stored = store::read(link, permit).await?;
    let waiting = matches!(stored.visit.state, onedoor_domain::reception::VisitState::Waiting);
    let name = match permit.person() {
        Some(_) => persons::read(link, permit).await?.name(),
        None => stored.spoken_name.clone(),
    };
    let may_open_case = desk
        .actor()
        .role
        .is_some_and(|role| !onedoor_domain::secrecy::paths(role, Action::OpenCase).is_empty());
    let outcomes = OutcomeKind::ALL
        .into_iter()
        .filter(|kind| match kind {
            OutcomeKind::Left => waiting,
            // A meeting has a page of its own.
            OutcomeKind::Meeting => false,
            OutcomeKind::Case => may_open_case,
            _ => true,
        })
        .map(|kind| kind.as_str().to_owned())
        .collect();
    Ok(ClosePage {
        id: stored.visit.id.to_string(),
        version: stored.version,
        ticket: stored.ticket,
        name,
        waiting,
        known: stored.person.is_some(),
        joint: stored.visit.track == onedoor_domain::reception::Track::JointMeeting,
        may_open_case,
        outcomes,
        kinds: AgencyKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect(),
        subjects: RulingSubject::ALL.iter().map(|s| s.as_str().to_owned()).collect(),
        colleagues: offices::colleagues(link, stored.office).await?,
        form,
        faults,
    })
}

async fn close_form(desk: Desk, Path(id): Path<VisitId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::CloseVisit, Subject::Visit(id)).await?;
    let page = close_page(&desk, &mut conn, &permit, CloseForm::default(), Vec::new()).await?;
    desk.show(&page)
}

/// A step as typed, with the unit that answers for it.
async fn read_step(
    desk: &Desk,
    tx: &mut Tx,
    form: &CloseForm,
    faults: &mut Faults,
) -> Result<Option<StepFor>, Fault> {
    let me = desk.worker()?;
    let owner = match form.step_owner.trim() {
        "" => Some(me.id),
        text => faults.id("step_owner", text).map(StaffId),
    };
    let owner = match owner {
        Some(id) => offices::worker(tx, id).await?,
        None => None,
    };
    let Some(owner) = owner.filter(|known| known.worker.on_duty) else {
        faults.add("step_owner", "choose");
        return Ok(None);
    };
    let Some(on) = faults.date("step_on", &form.step_on) else { return Ok(None) };
    let step = NextStep::new(&form.step_what, owner.worker.id, on, &form.step_place, desk.today());
    match step {
        Ok(step) => Ok(Some(StepFor { step, unit: owner.worker.unit })),
        Err(fault) => {
            let (field, code) = CloseFault::Step(fault).field_and_code();
            faults.add(field, code);
            Ok(None)
        }
    }
}

struct Closing<'a> {
    desk: &'a Desk,
    permit: &'a Permit,
    stored: &'a Stored,
    form: &'a CloseForm,
}

impl Closing<'_> {
    /// The outcome that the form describes, or its faults.
    async fn outcome(&self, tx: &mut Tx, faults: &mut Faults) -> Result<Option<Outcome>, Fault> {
        let form = self.form;
        let Some(kind) = faults.choice("outcome", &form.outcome, OutcomeKind::parse) else {
            return Ok(None);
        };
        Ok(match kind {
            OutcomeKind::Left => Some(Outcome::Left),
            OutcomeKind::Informed => Some(Outcome::Informed { answer: form.answer.clone() }),
            OutcomeKind::Clarified => {
                let agencies: BTreeSet<AgencyKind> =
                    form.took_part.iter().filter_map(|code| AgencyKind::parse(code)).collect();
                Some(Outcome::Clarified { answer: form.answer.clone(), agencies })
            }
            OutcomeKind::NextStep => {
                read_step(self.desk, tx, form, faults).await?.map(Outcome::NextStep)
            }
            OutcomeKind::Outside => read_step(self.desk, tx, form, faults)
                .await?
                .map(|step| Outcome::Outside { whom: form.whom.clone(), step }),
            OutcomeKind::Case => self.case(tx, faults).await?,
            OutcomeKind::Meeting => {
                faults.add("outcome", "visit-meeting-page");
                None
            }
        })
    }

    async fn case(&self, tx: &mut Tx, faults: &mut Faults) -> Result<Option<Outcome>, Fault> {
        let Some(person) = self.stored.person else {
            faults.add("outcome", "visit-needs-person");
            return Ok(None);
        };
        let step = read_step(self.desk, tx, self.form, faults).await?;
        let deputy = faults.id("deputy", &self.form.deputy).map(StaffId);
        let (Some(step), Some(deputy)) = (step, deputy) else { return Ok(None) };
        let permit = self.desk.permit(tx, Action::OpenCase, Subject::Person(person)).await?;
        let summary = if self.form.answer.trim().is_empty() {
            self.stored.account.clone()
        } else {
            self.form.answer.clone()
        };
        let opening = Opening {
            summary,
            responsible: self.desk.worker()?.id,
            deputy,
            step_owner: step.step.owner,
            what: step.step.what.clone(),
            on: step.step.on,
            place: step.step.place.clone(),
        };
        let opened = open_case(self.desk, tx, &permit, &opening, faults).await?;
        faults.rename("summary", "answer");
        faults.rename("responsible", "step_owner");
        Ok(opened.map(|opened| Outcome::Case { case: opened.id(), step }))
    }

    /// Sends a decision home: to the unit that holds the mandate in the
    /// person's district (REQ-FRONT-02).
    async fn send_home(
        &self,
        tx: &mut Tx,
        outcome: &Outcome,
        faults: &mut Faults,
    ) -> Result<(), Fault> {
        if self.form.decision.trim().is_empty() {
            return Ok(());
        }
        let subject = faults.choice("decision", &self.form.decision, RulingSubject::parse);
        let Some(subject) = subject else { return Ok(()) };
        let Some(person) = self.stored.person else {
            faults.add("decision", "visit-needs-person");
            return Ok(());
        };
        let Some(home) = ways::home(tx, self.permit).await? else {
            faults.add("decision", "visit-needs-address");
            return Ok(());
        };
        let kind = subject.usual_agency();
        let agency = offices::agency_at(tx, self.stored.office, kind, self.desk.today()).await?;
        let Some(agency) = agency else {
            faults.add("decision", "visit-no-unit");
            return Ok(());
        };
        let today = self.desk.today();
        let competent = offices::competent(tx, agency, &home, Some(subject), today).await?;
        let Some(competent) = competent else {
            faults.add("decision", "visit-no-unit");
            return Ok(());
        };
        let route = NewRoute {
            agency,
            subject: subject.as_str(),
            unit: competent.unit,
            district: competent.district.0,
            away: competent.office != self.stored.office,
        };
        ways::route(tx, self.permit, &route, self.desk.now()).await?;
        if let Outcome::Case { case, .. } = outcome {
            self.ask_home(tx, *case, person, (agency, competent.unit), faults).await?;
        }
        Ok(())
    }

    /// Asks the home unit to take the case: the worker here stays responsible
    /// until somebody there accepts.
    async fn ask_home(
        &self,
        tx: &mut Tx,
        case: CaseId,
        person: PersonId,
        to: (AgencyId, UnitId),
        faults: &mut Faults,
    ) -> Result<(), Fault> {
        let permit = self.desk.permit_quietly(tx, Action::AskHandover, Subject::Case(case)).await?;
        let Some(permit) = permit else { return Ok(()) };
        debug_assert_eq!(permit.person(), Some(person));
        let stored = cases::read(tx, &permit).await?;
        let me = self.desk.worker()?;
        // The way home may lead to another agency, and a hand-over tells it of the person.
        let way = (stored.case.responsible.agency, to.0);
        if let Some(code) = crate::case::tell(self.desk, tx, &permit, way).await? {
            faults.add("decision", code);
            return Ok(());
        }
        let deadline: Date = self
            .desk
            .today()
            .checked_add(jiff::ToSpan::days(7))
            .unwrap_or_else(|_| self.desk.today());
        let need = if self.stored.account.trim().is_empty() {
            self.form.answer.clone()
        } else {
            self.stored.account.clone()
        };
        let ask = Ask {
            id: HandoverId(crate::app::new_id()),
            by: me.id,
            to_agency: to.0,
            to_unit: to.1,
            to_staff: None,
            reason: HandoverReason::HomeDistrict,
            need: if need.trim().is_empty() { self.form.step_what.clone() } else { need },
            deadline,
        };
        // Already at home, or already asked: there is nothing to send.
        let Ok(ask) = ask.check(self.desk.today()) else { return Ok(()) };
        let detail = json!({ "to_unit": to.1.to_string(), "reason": "home_district" });
        let Ok(asked) = stored.case.clone().ask(ask, false) else { return Ok(()) };
        if let Some(waiting) = &asked.asked {
            cases::insert_handover(tx, &permit, case, waiting, self.desk.now()).await?;
        }
        cases::save(tx, &permit, &asked, stored.version, self.desk.now()).await?;
        let actor = self.desk.actor().id;
        crate::case::history::event(
            tx,
            &permit,
            case,
            "handover_asked",
            actor,
            &detail,
            self.desk.now(),
        )
        .await?;
        Ok(())
    }
}

async fn close(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<CloseForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::CloseVisit, Subject::Visit(id)).await?;
    let sent = [("answer", form.answer.as_str()), ("step_what", &form.step_what)];
    let stored = current(&mut tx, &permit, &form.version)
        .await
        .map_err(|fault| crate::person::stale(fault, &sent))?;
    let mut faults = Faults::default();
    let closing = Closing { desk: &desk, permit: &permit, stored: &stored, form: &form };
    let mut closed = None;
    let go_ask = match form.go_ask.trim() {
        "" => None,
        code => faults.choice("go_ask", code, AgencyKind::parse),
    };
    if let Some(outcome) = closing.outcome(&mut tx, &mut faults).await? {
        closing.send_home(&mut tx, &outcome, &mut faults).await?;
        match stored.visit.clone().close(outcome, &form.meeting_declined, desk.today()) {
            Ok(visit) => closed = Some(visit),
            Err(CloseFault::Visit(fault)) => return Err(refused(fault)),
            Err(fault) => {
                let (field, code) = fault.field_and_code();
                faults.add(field, code);
            }
        }
    }
    let (Some(visit), true) = (closed, faults.is_empty()) else {
        let mut list = faults.into_list();
        list.dedup();
        drop(tx);
        let mut conn = desk.read().await?;
        let page = close_page(&desk, &mut conn, &permit, form, list.clone()).await?;
        return desk.again(&page, list);
    };
    let mut took_part = Vec::new();
    for kind in form.took_part.iter().filter_map(|code| AgencyKind::parse(code)) {
        took_part.extend(offices::agency_at(&mut tx, stored.office, kind, desk.today()).await?);
    }
    let ending = Ending { adviser_needed: form.adviser_needed == "yes", took_part: &took_part };
    let actor = desk.actor().id;
    store::close(&mut tx, &permit, &visit, &ending, actor, stored.version, desk.now()).await?;
    let detail = json!({ "outcome": form.outcome });
    store::event(&mut tx, &permit, id, "closed", actor, &detail, desk.now()).await?;
    if let Some(kind) = go_ask {
        store::mark(&mut tx, &permit, id, ("go_ask", kind.as_str()), actor, desk.now()).await?;
    }
    desk.commit(tx).await?;
    beat(&desk, &stored);
    desk.done(&format!("/visits/{id}/slip"), "visit-closed")
}
