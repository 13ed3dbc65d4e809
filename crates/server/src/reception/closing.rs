//! The end of a visit: its outcome, the way of a decision home, the joint
//! meeting, and the slip that the person takes along.

use std::collections::BTreeSet;

use axum::extract::{Path, RawQuery};
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::booking::BookedBy;
use onedoor_domain::case::{Ask, HandoverReason, NextStep};
use onedoor_domain::ids::{AgencyId, CaseId, HandoverId, PersonId, StaffId, UnitId, VisitId};
use onedoor_domain::meeting::QUARTERS;
use onedoor_domain::office::{AgencyKind, Subject as RulingSubject};
use onedoor_domain::person::{Guard, Name, NameQuery};
use onedoor_domain::reception::{CloseFault, Outcome, OutcomeKind, StepFor};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pages::{IdentifyForm, beat, current, refused};
use super::store::{self, Ending, NewRoute, Stored};
use crate::case::{Opening, open_case, store as cases};
use crate::db::{Link, Tx};
use crate::meeting;
use crate::message::{self, Message};
use crate::office::store::{self as offices, Choice};
use crate::person::store::{self as persons, NewPerson, PersonLine};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};
use crate::words::Words;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .see::<ClosePage, _, _>("/visits/{id}/close", "The form that ends a visit", close_form)
        .act::<CloseForm, _, _>("/visits/{id}/close", "Ends a visit", close)
        .see::<MeetingPage, _, _>(
            "/visits/{id}/meeting",
            "Times at which everybody chosen is free",
            meeting_form,
        )
        .asking(&["with", "place"])
        .act::<MeetingForm, _, _>(
            "/visits/{id}/meeting",
            "Books the joint meeting and ends the visit with it",
            book,
        )
        .see::<SlipPage, _, _>("/visits/{id}/slip", "What the person takes along", slip)
        .act::<SlipForm, _, _>("/visits/{id}/slip", "Sends the slip as a text message", send_slip)
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
    let born_on =
        if form.born_on.trim().is_empty() { None } else { faults.date("born_on", &form.born_on) };
    let (Some(name), true) = (name, faults.is_empty()) else { return Ok(Unnumbered::Refused) };
    if form.none_of_these != "yes"
        && let Ok(query) = NameQuery::parse(&name.full())
    {
        let seeker = desk.permit(tx, Action::SearchPerson, Subject::Duty).await?;
        let found = crate::person::search(desk, tx, &seeker, &query, None).await?;
        let lines = persons::lines(tx, &seeker, found.hits).await?;
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
        let Some(home) = store::home(tx, self.permit).await? else {
            faults.add("decision", "visit-needs-address");
            return Ok(());
        };
        let kind = subject.usual_agency();
        let agency = offices::agency_at(tx, self.stored.office, kind).await?;
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
        store::route(tx, self.permit, &route, self.desk.now()).await?;
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
        cases::event(tx, &permit, case, "handover_asked", actor, &detail, self.desk.now()).await?;
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
        took_part.extend(offices::agency_at(&mut tx, stored.office, kind).await?);
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
    beat(&desk, stored.office);
    desk.done(&format!("/visits/{id}/slip"), "visit-closed")
}

/// A free time.
#[derive(Serialize, ToSchema)]
pub(crate) struct FreeTime {
    pub(crate) at: i64,
}

/// Choosing whom to meet and when.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeetingPage {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) known: bool,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) with: Vec<String>,
    pub(crate) times: Vec<FreeTime>,
    pub(crate) place: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MeetingPage, "reception/pages/meeting.html");

/// A booking of the joint meeting.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MeetingForm {
    /// Who of the staff takes part, besides the caller.
    #[serde(default)]
    pub(crate) with: Vec<String>,
    /// When it starts, in microseconds since 1970, from the offered times.
    #[serde(default)]
    pub(crate) at: String,
    /// The room.
    #[serde(default)]
    pub(crate) place: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

const MEETING_QUARTERS: i64 = 4;
const _: () = assert!(
    *QUARTERS.start() <= MEETING_QUARTERS && MEETING_QUARTERS <= *QUARTERS.end(),
    "a joint meeting has the length that the rules allow"
);

fn everybody(desk: &Desk, with: &[String]) -> Result<Vec<StaffId>, Fault> {
    let me = desk.worker()?.id;
    let mut staff: Vec<StaffId> =
        with.iter().take(20).filter_map(|id| id.parse().ok()).chain([me]).collect();
    staff.sort_unstable();
    staff.dedup();
    Ok(staff)
}

async fn meeting_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: MeetingForm,
    faults: Vec<FieldFault>,
) -> Result<MeetingPage, Fault> {
    let stored = store::read(link, permit).await?;
    let staff = everybody(desk, &form.with)?;
    let times = if form.with.is_empty() {
        Vec::new()
    } else {
        meeting::free(desk.app(), link, permit, stored.office, &staff, MEETING_QUARTERS, 8).await?
    };
    let name = match permit.person() {
        Some(_) => persons::read(link, permit).await?.name(),
        None => stored.spoken_name.clone(),
    };
    Ok(MeetingPage {
        id: stored.visit.id.to_string(),
        version: stored.version,
        name,
        known: stored.person.is_some(),
        colleagues: offices::colleagues(link, stored.office).await?,
        with: form.with,
        times: times.into_iter().map(|at| FreeTime { at: at.as_microsecond() }).collect(),
        place: if form.place.is_empty() { stored.office_name } else { form.place },
        faults,
    })
}

async fn meeting_form(desk: Desk, Path(id): Path<VisitId>, RawQuery(query): RawQuery) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::BookMeeting, Subject::Visit(id)).await?;
    let form: MeetingForm =
        serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    let page = meeting_page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

async fn book(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<MeetingForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::BookMeeting, Subject::Visit(id)).await?;
    let stored = current(&mut tx, &permit, &form.version).await?;
    let mut faults = Faults::default();
    let staff = everybody(&desk, &form.with)?;
    if staff.len() < 2 {
        faults.add("with", "meeting-with");
    }
    if stored.person.is_none() {
        faults.add("with", "visit-needs-person");
    }
    let place = faults.line("place", &form.place);
    let at = form.at.trim().parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
    let quarter = 15 * 60 * 1_000_000;
    let at = at.filter(|at| *at > desk.now() && at.as_microsecond() % quarter == 0);
    if at.is_none() {
        faults.add("at", "choose");
    }
    for one in &staff {
        if offices::worker(&mut tx, *one).await?.is_none_or(|known| !known.worker.on_duty) {
            faults.add("with", "choose");
        }
    }
    let (Some(at), true) = (at, faults.is_empty()) else {
        let list = faults.into_list();
        let page = meeting_page(&desk, &mut tx, &permit, form, list.clone()).await?;
        return desk.again(&page, list);
    };
    let booking = meeting::Booking {
        office: stored.office,
        place: &place,
        starts: at,
        quarters: MEETING_QUARTERS,
        staff: &staff,
        by: BookedBy::Meeting,
        agency: None,
        made: (worker.id, desk.now()),
    };
    let appointment = meeting::book(&mut tx, &permit, &booking).await?;
    let words = Words::new(stored.language.parse().unwrap_or_default());
    let zone = &desk.app().zone;
    let what = words.with("joint-meeting-at", words.time(at, zone));
    let on = desk.app().day(at);
    let step = NextStep::new(&what, worker.id, on, &place, desk.today())
        .map_err(|fault| Fault::field("at", fault.field_and_code().1))?;
    let outcome = Outcome::Meeting { appointment, step: StepFor { step, unit: worker.unit } };
    let visit = match stored.visit.clone().close(outcome, "", desk.today()) {
        Ok(visit) => visit,
        Err(CloseFault::Visit(fault)) => return Err(refused(fault)),
        Err(fault) => {
            let (field, code) = fault.field_and_code();
            return Err(Fault::field(field, code));
        }
    };
    let actor = desk.actor().id;
    let ending = Ending { adviser_needed: true, took_part: &[] };
    store::close(&mut tx, &permit, &visit, &ending, actor, stored.version, desk.now()).await?;
    let detail = json!({ "outcome": "meeting" });
    store::event(&mut tx, &permit, id, "closed", actor, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    beat(&desk, stored.office);
    desk.done(&format!("/visits/{id}/slip"), "meeting-booked")
}

/// What the person takes along, in their language.
#[derive(Serialize, ToSchema)]
pub(crate) struct SlipPage {
    pub(crate) id: String,
    pub(crate) language: String,
    pub(crate) ticket: i64,
    pub(crate) day: String,
    pub(crate) office: String,
    pub(crate) address: String,
    pub(crate) office_phone: String,
    pub(crate) outcome: String,
    pub(crate) answer: String,
    pub(crate) what: String,
    pub(crate) on: String,
    pub(crate) place: String,
    pub(crate) who: String,
    pub(crate) unit: String,
    pub(crate) adviser: String,
    pub(crate) with: Vec<String>,
    pub(crate) routed: Vec<String>,
    pub(crate) phone: String,
    pub(crate) known: bool,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

impl SlipPage {
    /// The words of the person's language, whichever language the worker reads.
    pub(crate) fn own(&self) -> Words {
        Words::new(self.language.parse().unwrap_or_default())
    }
}

crate::page!(SlipPage, "reception/pages/slip.html");

/// The case that a visit led to, where the one who asks may read it. Where another agency
/// carries it, neither the case nor who is responsible in it is told by the visit
/// (REQ-INFO-01).
pub(super) async fn readable_case(
    desk: &Desk,
    link: &mut Link,
    stored: &Stored,
) -> Result<Option<CaseId>, Fault> {
    let Some(case) = stored.case else { return Ok(None) };
    let reader = desk.permit_quietly(link, Action::ReadCase, Subject::Case(case)).await?;
    Ok(reader.map(|_| case))
}

async fn slip_page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<SlipPage, Fault> {
    let stored = store::read(link, permit).await?;
    if stored.closed_at.is_none() {
        return Err(Fault::conflict("visit-still-open"));
    }
    let adviser = match readable_case(desk, link, &stored).await? {
        Some(_) => stored.adviser,
        None => String::new(),
    };
    let with = match stored.appointment {
        Some(id) => {
            meeting::read(link, permit, id).await?.map(|(.., names)| names).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let ways = store::ways(link, permit).await?;
    let phone = match permit.person() {
        Some(_) => persons::read(link, permit).await?.phone,
        None => String::new(),
    };
    Ok(SlipPage {
        id: stored.visit.id.to_string(),
        language: stored.language,
        ticket: stored.ticket,
        day: stored.day,
        office: stored.office_name,
        address: stored.office_address,
        office_phone: stored.office_phone,
        outcome: stored.outcome.unwrap_or_default(),
        answer: stored.answer.unwrap_or_default(),
        what: stored.step_what.unwrap_or_default(),
        on: stored.step_on.unwrap_or_default(),
        place: stored.step_place.unwrap_or_default(),
        who: stored.step_owner,
        unit: stored.step_unit,
        adviser,
        with,
        routed: ways
            .into_iter()
            .filter(|way| way.5)
            .map(|(.., unit, _, office, _)| format!("{unit}, {office}"))
            .collect(),
        phone,
        known: stored.person.is_some(),
        faults: Vec::new(),
    })
}

async fn slip(desk: Desk, Path(id): Path<VisitId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::SendSlip, Subject::Visit(id)).await?;
    let page = slip_page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// Where to send the slip.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SlipForm {
    /// The telephone number.
    #[serde(default)]
    pub(crate) phone: String,
}

async fn send_slip(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<SlipForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SendSlip, Subject::Visit(id)).await?;
    let mut page = slip_page(&desk, &mut tx, &permit).await?;
    let digits = form.phone.chars().filter(char::is_ascii_digit).count();
    let shape = form.phone.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-'));
    if !(8..=15).contains(&digits) || !shape {
        let faults = vec![FieldFault::new("phone", "phone")];
        page.phone = form.phone;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    }
    let words = page.own();
    // Nothing secret stands in a text message: no need, no agency, no answer.
    let body = if page.what.is_empty() {
        words.with2("slip-text-plain", page.office.as_str(), page.office_phone.as_str())
    } else {
        words.with2("slip-text-step", words.iso(&page.on), page.office.as_str())
    };
    let message = Message {
        channel: "sms",
        recipient: form.phone.clone(),
        language: page.language.clone(),
        body,
    };
    let sender = desk.app().sender.as_ref();
    message::send(&mut tx, &permit, sender, &message, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}/slip"), "slip-sent")
}
