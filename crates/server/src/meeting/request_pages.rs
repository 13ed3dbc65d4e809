//! Asking another agency for a meeting, answering, and what lies with the management of both
//! (REQ-MEET-05).

use axum::extract::Path;
use jiff::ToSpan;
use onedoor_domain::ids::{AgencyId, OfficeId};
use onedoor_domain::meeting::{RequestAct, Topic};
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::{self, NewRequest, RequestLine};
use super::series_pages::{about_nobody, note};
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<RequestsPage, _, _>("/meeting-requests", "Requests for meetings", show)
        .act::<RequestForm, _, _>("/meeting-requests", "Asks another agency for a meeting", ask)
        .creating()
        .act::<AnswerForm, _, _>(
            "/meeting-requests/{id}",
            "Answers a request for a meeting, or takes it back",
            answer,
        )
}

/// Days that another agency has to answer, where nothing else is said.
const DAYS: i64 = 7;
/// The most days that may be given.
const MOST_DAYS: i64 = 60;

/// A request as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RequestForm {
    /// The agency that is asked.
    #[serde(default)]
    pub(crate) agency: String,
    /// The office where it is asked; empty for one's own house.
    #[serde(default)]
    pub(crate) office: String,
    /// What it is about: a code.
    #[serde(default)]
    pub(crate) topic: String,
    /// In a few words; no names of people who are served.
    #[serde(default)]
    pub(crate) about: String,
    /// By which day an answer is due, that day included.
    #[serde(default)]
    pub(crate) answer_by: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// An answer as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `accept`, `decline` or `withdraw`.
    #[serde(default)]
    pub(crate) act: String,
    /// When, or why not and what instead.
    #[serde(default)]
    pub(crate) answer: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// The requests from and to the reader's office.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestsPage {
    /// What lies with the management: nobody answered in time.
    pub(crate) escalated: Vec<RequestLine>,
    pub(crate) lines: Vec<RequestLine>,
    /// Whether the reader is of the management that it was brought to.
    pub(crate) manages: bool,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) offices: Vec<Choice>,
    pub(crate) topics: Vec<String>,
    pub(crate) form: RequestForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(RequestsPage, "meeting/pages/requests.html");

/// Whether the reader stands on one side of a request: of that agency at that office, or its
/// management.
fn stands(desk: &Desk, (agency, office): (Option<AgencyId>, Option<OfficeId>)) -> bool {
    let actor = desk.actor();
    let here = actor.office.is_some() && actor.office == office;
    here && (actor.agency == agency || actor.role == Some(Role::JointManager))
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: RequestForm,
    faults: Vec<FieldFault>,
) -> Result<RequestsPage, Fault> {
    let office = desk.office()?;
    let own = desk.worker()?.agency;
    let mut all = requests::of_office(link, permit, office).await?;
    // Both managements see what was asked in their house; others what concerns their agency.
    all.retain(|one| stands(desk, one.from_is) || stands(desk, one.to_is));
    for one in &mut all {
        let open = matches!(one.state.as_str(), "asked" | "escalated");
        one.may_answer = open && stands(desk, one.to_is);
        one.may_withdraw = open && stands(desk, one.from_is);
    }
    let (escalated, lines) = all.into_iter().partition(|one| one.state == "escalated");
    let agencies = offices::agencies(link).await?;
    let others = agencies.into_iter().filter(|one| one.id != own);
    let houses = offices::offices(link).await?;
    Ok(RequestsPage {
        escalated,
        lines,
        manages: desk.actor().role == Some(Role::JointManager),
        agencies: others.map(|one| Choice { id: one.id.to_string(), name: one.name }).collect(),
        offices: houses.into_iter().map(|one| Choice { id: one.id, name: one.name }).collect(),
        topics: Topic::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form,
        faults,
    })
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ArrangeMeeting, Subject::Duty).await?;
    let by = desk.today().checked_add(DAYS.days()).unwrap_or(desk.today());
    let form = RequestForm {
        answer_by: by.to_string(),
        office: desk.office()?.to_string(),
        once: crate::app::new_id().to_string(),
        ..RequestForm::default()
    };
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

/// A text about cooperation names nobody who is served.
fn about(faults: &mut Faults, field: &str, text: &str) -> String {
    let line = faults.line(field, text);
    about_nobody(faults, field, &line);
    line
}

async fn ask(desk: Desk, Input(form): Input<RequestForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ArrangeMeeting, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "meeting.request", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "meeting-asked");
    }
    let mut faults = Faults::default();
    let topic = faults.choice("topic", &form.topic, Topic::parse);
    let text = about(&mut faults, "about", &form.about);
    let by = faults.date("answer_by", &form.answer_by);
    let last = desk.today().checked_add(MOST_DAYS.days()).unwrap_or(desk.today());
    if by.is_some_and(|by| by < desk.today() || by > last) {
        faults.add("answer_by", "meeting-answer-day");
    }
    let wanted: OfficeId = form.office.trim().parse().unwrap_or(office);
    let there = offices::agencies_at(&mut tx, wanted, desk.today()).await?;
    let agency: Option<AgencyId> = form.agency.trim().parse().ok();
    let agency = there.iter().map(|one| one.id).find(|one| Some(*one) == agency);
    if agency.is_none_or(|agency| agency == worker.agency) {
        faults.add("agency", "choose");
    }
    let (Some(topic), Some(by), Some(agency), true) = (topic, by, agency, faults.is_empty()) else {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let new = NewRequest {
        topic: topic.as_str(),
        about: &text,
        from: (worker.agency, office),
        to: (agency, wanted),
        by: worker.id,
        answer_by: by,
    };
    let id = requests::add(&mut tx, &permit, &new, desk.now()).await?;
    note(&desk, &permit, "request", id);
    once.save(&desk, &mut tx, "/meeting-requests").await?;
    desk.commit(tx).await?;
    desk.done("/meeting-requests", "meeting-asked")
}

async fn answer(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<AnswerForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ArrangeMeeting, Subject::Duty).await?;
    let one = requests::one(&mut tx, &permit, id).await?;
    let (asker, asked) = (stands(&desk, one.from_is), stands(&desk, one.to_is));
    if !asker && !asked {
        return Err(Fault::Hidden);
    }
    let mut faults = Faults::default();
    let act = match form.act.trim() {
        "accept" if asked => Some(RequestAct::Accept),
        "decline" if asked => Some(RequestAct::Decline),
        "withdraw" if asker => Some(RequestAct::Withdraw),
        _ => None,
    };
    if act.is_none() {
        faults.add("act", "choose");
    }
    let text = match act {
        Some(RequestAct::Withdraw) => faults.optional_line("answer", &form.answer),
        _ => about(&mut faults, "answer", &form.answer),
    };
    let (Some(act), true) = (act, faults.is_empty()) else {
        return Err(Fault::Fields(faults.into_list()));
    };
    let by = one.answer_by.parse().unwrap_or(desk.today());
    let state = one.is().go(by, act).map_err(|_| Fault::conflict("meeting-request-over"))?;
    let version = form.version.trim().parse().unwrap_or_default();
    let now = (worker.id, desk.now());
    requests::answer(&mut tx, &permit, (id, version), (state, &text), now).await?;
    note(&desk, &permit, "request-answered", id);
    desk.commit(tx).await?;
    desk.done("/meeting-requests", "meeting-request-answered")
}
