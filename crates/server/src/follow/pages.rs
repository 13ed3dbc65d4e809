//! One person's follow-up: taking somebody in, who leads what, contacts, appointments for
//! treatment, stage and direction.

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::follow::{Cause, Intake, Stage, Way, needs_contact, take_in};
use onedoor_domain::ids::{PersonId, ProviderId, StaffId, UnitId};
use onedoor_domain::meeting::Towards;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::{Action, Category, Purpose, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::lead_pages::first_leads;
use super::store::{self, AreaLead, Followed, NewContact, NewFollowUp};
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::provider::store as providers;
use crate::walls::{self, Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<FollowPage, _, _>("/persons/{id}/following", "How a person is followed up", show)
        .act::<IntakeForm, _, _>("/persons/{id}/following", "Takes somebody in", open)
        .act::<ContactForm, _, _>("/persons/{id}/following/contacts", "Notes a contact", contact)
        .act::<OutpatientForm, _, _>(
            "/persons/{id}/following/outpatient",
            "Notes an appointment for treatment",
            outpatient,
        )
        .act::<StageForm, _, _>("/persons/{id}/following/stage", "Sets stage and direction", stage)
        .act::<DoneForm, _, _>(
            "/persons/{id}/following/tasks/{task}",
            "Notes that the person was reached",
            reached,
        )
        .act::<CloseForm, _, _>("/persons/{id}/following/close", "Ends the follow-up", close)
}

/// The lead of an area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LeadView {
    pub(crate) area: String,
    pub(crate) lead: String,
    pub(crate) asked: String,
    pub(crate) may_ask: bool,
    pub(crate) may_answer: bool,
    pub(crate) version: i64,
}

/// A contact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContactView {
    pub(crate) on: String,
    pub(crate) way: String,
    pub(crate) minutes: i64,
    pub(crate) missed: String,
    pub(crate) by: String,
}

/// An appointment for treatment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutpatientView {
    pub(crate) on: String,
    pub(crate) missed: bool,
}

/// A task to reach the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReachView {
    pub(crate) id: String,
    pub(crate) due_on: String,
}

/// One agency's follow-up of the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FollowView {
    pub(crate) id: String,
    pub(crate) agency: String,
    pub(crate) own: bool,
    /// The named contact.
    pub(crate) contact: String,
    pub(crate) provider: String,
    pub(crate) stage: String,
    pub(crate) intake: String,
    pub(crate) towards: String,
    /// Whether it heads where insurance belongs, and insurance was never invited (REQ-MEET-08).
    pub(crate) lacks_insurance: bool,
    pub(crate) measure_until: String,
    pub(crate) last_on: String,
    pub(crate) due_on: String,
    pub(crate) late: bool,
    pub(crate) opened_on: String,
    pub(crate) leads: Vec<LeadView>,
    pub(crate) contacts: Vec<ContactView>,
    pub(crate) outpatient: Vec<OutpatientView>,
    pub(crate) tasks: Vec<ReachView>,
    pub(crate) version: i64,
}

/// How a person is followed up.
#[derive(Serialize, ToSchema)]
pub(crate) struct FollowPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<FollowView>,
    /// Whether the reader's agency follows the person up.
    pub(crate) has_own: bool,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) providers: Vec<Choice>,
    pub(crate) units: Vec<Choice>,
    pub(crate) intakes: Vec<String>,
    pub(crate) stages: Vec<String>,
    pub(crate) ways: Vec<String>,
    pub(crate) causes: Vec<String>,
    pub(crate) directions: Vec<String>,
    pub(crate) today: String,
    pub(crate) form: IntakeForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(FollowPage, "follow/pages/follow.html");

/// Somebody to be taken in, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct IntakeForm {
    /// Why: `target_group`, `outside` or `at_risk`.
    #[serde(default)]
    pub(crate) intake: String,
    /// `yes` when the person is in work; asked of who is in danger of losing it.
    #[serde(default)]
    pub(crate) in_work: String,
    /// Since when they are on sick leave; not kept.
    #[serde(default)]
    pub(crate) leave_since: String,
    /// The stage.
    #[serde(default)]
    pub(crate) stage: String,
    /// The named contact: one of the own agency's staff.
    #[serde(default)]
    pub(crate) contact: String,
    /// The provider, if one.
    #[serde(default)]
    pub(crate) provider: String,
    /// When the measure ends; may be empty.
    #[serde(default)]
    pub(crate) measure_until: String,
}

pub(super) const PURPOSE: Purpose = Purpose::Coordination;

/// Whether another agency may be told that an agency follows the person up.
async fn may_know(
    desk: &Desk,
    link: &mut Link,
    standing: &Standing,
    giver: onedoor_domain::ids::AgencyId,
) -> Result<bool, Fault> {
    let Some(giver) = walls::giver_of(link, giver, desk.actor().office).await? else {
        return Ok(false);
    };
    Ok([Category::Id, Category::Case].into_iter().all(|category| {
        let verdict = standing.judge(&giver, PURPOSE, category, Held::default());
        matches!(verdict, Some(Verdict::Permit(_)))
    }))
}

fn lead_view(one: &AreaLead, unit: UnitId) -> LeadView {
    LeadView {
        area: one.area.as_str().to_owned(),
        lead: one.name.clone(),
        asked: one.asked_name.clone(),
        may_ask: one.lead.asked.is_none() && (one.lead.holder == unit.0 || one.provider.is_some()),
        may_answer: one.lead.asked == Some(unit.0),
        version: one.version,
    }
}

async fn view(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    one: Followed,
) -> Result<FollowView, Fault> {
    let worker = desk.worker()?;
    let own = one.agency == worker.agency;
    let leads = store::leads(link, permit, one.id).await?;
    let (mut contacts, mut treated, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
    if own {
        contacts = store::contacts(link, permit, one.id).await?;
        treated = store::outpatient(link, permit, (one.id, worker.agency)).await?;
        tasks = store::tasks(link, permit, one.id).await?;
    }
    let insurance = AgencyKind::Insurance;
    let lacks = one.towards.needs_insurance()
        && !crate::meeting::was_invited(link, permit, insurance).await?;
    Ok(FollowView {
        id: one.id.to_string(),
        agency: one.agency_name,
        own,
        contact: one.contact_name,
        provider: one.provider_name,
        stage: one.stage.as_str().to_owned(),
        intake: one.intake,
        towards: one.towards.as_str().to_owned(),
        lacks_insurance: lacks,
        measure_until: one.measure_until.map(|day| day.to_string()).unwrap_or_default(),
        last_on: one.last.map(|day| day.to_string()).unwrap_or_default(),
        due_on: one.due.to_string(),
        late: onedoor_domain::follow::is_late(one.due, desk.today()),
        opened_on: one.opened.to_string(),
        leads: leads.iter().map(|lead| lead_view(lead, worker.unit)).collect(),
        contacts: contacts
            .into_iter()
            .map(|(on, way, minutes, missed, by)| ContactView { on, way, minutes, missed, by })
            .collect(),
        outpatient: treated.into_iter().map(|(on, missed)| OutpatientView { on, missed }).collect(),
        tasks: tasks.into_iter().map(|(id, due_on)| ReachView { id, due_on }).collect(),
        version: one.version,
    })
}

/// The follow-ups that the reader may know of: their own agency's, and others' as far as the
/// walls let the fact of the case cross.
pub(super) async fn seen(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<Followed>, Fault> {
    let agency = desk.worker()?.agency;
    let mut all = Vec::new();
    let open = store::open_ones(link, permit).await?;
    if open.is_empty() {
        return Ok(all);
    }
    let standing = Standing::of(desk, link, permit).await?;
    for one in open {
        if one.agency == agency || may_know(desk, link, &standing, one.agency).await? {
            all.push(one);
        }
    }
    Ok(all)
}

fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| code(*one).to_owned()).collect()
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: IntakeForm,
    faults: Vec<FieldFault>,
) -> Result<FollowPage, Fault> {
    let office = desk.office()?;
    let worker = desk.worker()?;
    let mut lines = Vec::new();
    for one in seen(desk, link, permit).await? {
        lines.push(view(desk, link, permit, one).await?);
    }
    let mut given = providers::providers(link, Some(worker.agency)).await?;
    given.retain(|one| one.holds(desk.today()));
    let units = offices::units(link, office, desk.today()).await?;
    Ok(FollowPage {
        person: permit.the_person()?.to_string(),
        name: persons::read(link, permit).await?.name(),
        has_own: lines.iter().any(|one| one.own),
        lines,
        colleagues: offices::colleagues(link, office).await?,
        providers: given
            .into_iter()
            .map(|one| Choice { id: one.id.to_string(), name: one.name })
            .collect(),
        units: units
            .into_iter()
            .map(|one| Choice { id: one.id.to_string(), name: one.name })
            .collect(),
        intakes: codes(Intake::ALL, Intake::as_str),
        stages: codes(Stage::ALL, Stage::as_str),
        ways: codes(Way::ALL, Way::as_str),
        causes: codes(Cause::ALL, Cause::as_str),
        directions: codes(Towards::ALL, Towards::as_str),
        today: desk.today().to_string(),
        form,
        faults,
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFollowUp, Subject::Person(id)).await?;
    let page = page(&desk, &mut conn, &permit, IntakeForm::default(), Vec::new()).await?;
    desk.show(&page)
}

fn optional_date(faults: &mut Faults, field: &str, text: &str) -> Option<Date> {
    if text.trim().is_empty() { None } else { faults.date(field, text) }
}

async fn open(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<IntakeForm>) -> Reply {
    let office = desk.office()?;
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::KeepFollowUp, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let intake = faults.choice("intake", &form.intake, Intake::parse);
    let stage = faults.choice("stage", &form.stage, Stage::parse);
    let leave = optional_date(&mut faults, "leave_since", &form.leave_since);
    let until = optional_date(&mut faults, "measure_until", &form.measure_until);
    // REQ-FOLL-14: a named contact, always.
    let contact: Option<StaffId> = form.contact.trim().parse().ok();
    let known = match contact {
        Some(contact) => offices::worker(&mut tx, contact).await?,
        None => None,
    };
    let contact = known
        .filter(|known| known.worker.on_duty && known.worker.agency == worker.agency)
        .map(|known| known.worker.id);
    if contact.is_none() {
        faults.add("contact", "follow-contact");
    }
    let wanted: Option<ProviderId> = form.provider.trim().parse().ok();
    let given = providers::providers(&mut tx, Some(worker.agency)).await?;
    let provider = given
        .iter()
        .find(|one| Some(one.id) == wanted && one.holds(desk.today()))
        .map(|one| one.id);
    if provider.is_none() && !form.provider.trim().is_empty() {
        faults.add("provider", "choose");
    }
    if let Some(intake) = intake {
        let everybody = store::follows_everybody(&mut tx, office, desk.today()).await?;
        let work = (form.in_work == "yes", leave);
        if let Err(fault) = take_in(intake, everybody, work, desk.today()) {
            faults.add("intake", fault.code());
        }
    }
    let (Some(intake), Some(stage), Some(contact), true) =
        (intake, stage, contact, faults.is_empty())
    else {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let leads = first_leads(&desk, &mut tx, &permit, provider).await?;
    let new = NewFollowUp {
        office,
        agency: worker.agency,
        contact,
        provider,
        stage,
        intake,
        measure_until: until,
    };
    store::open(&mut tx, &permit, &new, &leads, (desk.today(), desk.now())).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/following"), "follow-opened")
}

/// The own agency's follow-up of the permit's person.
async fn own(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<Followed, Fault> {
    let agency = desk.worker()?.agency;
    let all = store::open_ones(link, permit).await?;
    all.into_iter().find(|one| one.agency == agency).ok_or(Fault::Hidden)
}

/// A contact as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ContactForm {
    /// The day; today when empty.
    #[serde(default)]
    pub(crate) on: String,
    /// Where.
    #[serde(default)]
    pub(crate) way: String,
    /// How many minutes.
    #[serde(default)]
    pub(crate) minutes: String,
    /// Why follow-up at a workplace did not happen; empty when it did.
    #[serde(default)]
    pub(crate) missed: String,
}

/// A day that has been.
fn past(desk: &Desk, faults: &mut Faults, text: &str) -> Date {
    let on = optional_date(faults, "on", text).unwrap_or(desk.today());
    if on > desk.today() {
        faults.add("on", "date-future");
    }
    on
}

async fn contact(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<ContactForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::KeepFollowUp, Subject::Person(id)).await?;
    let one = own(&desk, &mut tx, &permit).await?;
    let mut faults = Faults::default();
    let on = past(&desk, &mut faults, &form.on);
    let way = faults.choice("way", &form.way, Way::parse);
    let minutes: Option<i64> =
        form.minutes.trim().parse().ok().filter(|it| (0..=1440).contains(it));
    if minutes.is_none() {
        faults.add("minutes", "meeting-minutes");
    }
    let missed = Cause::parse(form.missed.trim());
    if missed.is_none() != form.missed.trim().is_empty()
        || (missed.is_some() && way != Some(Way::Workplace))
    {
        faults.add("missed", "choose");
    }
    let (Some(way), Some(minutes), true) = (way, minutes, faults.is_empty()) else {
        return Err(Fault::Fields(faults.into_list()));
    };
    let new = NewContact { on, way, minutes, missed };
    let by = (worker.id, desk.now());
    store::note_contact(&mut tx, &permit, (one.id, one.stage), &new, by).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/following"), "follow-contact-noted")
}

/// An appointment for treatment, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OutpatientForm {
    /// The day; today when empty.
    #[serde(default)]
    pub(crate) on: String,
    /// `kept` or `missed`.
    #[serde(default)]
    pub(crate) outcome: String,
}

/// REQ-FOLL-12: the second missed in a row gives the named contact a task to reach the person.
async fn outpatient(
    desk: Desk,
    Path(id): Path<PersonId>,
    Input(form): Input<OutpatientForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::KeepFollowUp, Subject::Person(id)).await?;
    let one = own(&desk, &mut tx, &permit).await?;
    let mut faults = Faults::default();
    let on = past(&desk, &mut faults, &form.on);
    let missed = match form.outcome.trim() {
        "missed" => Some(true),
        "kept" => Some(false),
        _ => None,
    };
    let (Some(missed), true) = (missed, faults.is_empty()) else {
        faults.add("outcome", "choose");
        return Err(Fault::Fields(faults.into_list()));
    };
    let whose = (one.id, worker.agency);
    let by = (worker.id, desk.now());
    store::note_outpatient(&mut tx, &permit, whose, (on, missed), by).await?;
    let all = store::outpatient(&mut tx, &permit, whose).await?;
    let row: Vec<bool> = all.into_iter().map(|(_, missed)| missed).collect();
    if missed && needs_contact(&row) {
        let due = (desk.today(), desk.now());
        store::add_task(&mut tx, &permit, (one.id, one.contact), due).await?;
    }
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/following"), "follow-outpatient-noted")
}

/// Stage and direction, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct StageForm {
    /// The stage.
    #[serde(default)]
    pub(crate) stage: String,
    /// When the measure ends; may be empty.
    #[serde(default)]
    pub(crate) measure_until: String,
    /// Where the clarification is heading.
    #[serde(default)]
    pub(crate) towards: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn stage(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<StageForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::KeepFollowUp, Subject::Person(id)).await?;
    let one = own(&desk, &mut tx, &permit).await?;
    let mut faults = Faults::default();
    let stage = faults.choice("stage", &form.stage, Stage::parse);
    let towards = faults.choice("towards", &form.towards, Towards::parse);
    let until = optional_date(&mut faults, "measure_until", &form.measure_until);
    let (Some(stage), Some(towards), true) = (stage, towards, faults.is_empty()) else {
        return Err(Fault::Fields(faults.into_list()));
    };
    let version = form.version.trim().parse().unwrap_or_default();
    // The interval of the new stage counts from the last contact; nobody is late by it at once.
    let due = stage.due(one.last.unwrap_or(one.opened)).max(desk.today());
    let what = (stage, until);
    store::change(&mut tx, &permit, (one.id, version), what, (due, towards)).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/following"), "follow-changed")
}

/// Nothing but the act.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DoneForm {}

async fn reached(
    desk: Desk,
    Path((id, task)): Path<(PersonId, Uuid)>,
    Input(_): Input<DoneForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::KeepFollowUp, Subject::Person(id)).await?;
    let one = own(&desk, &mut tx, &permit).await?;
    store::task_done(&mut tx, &permit, (task, one.id), desk.today()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/following"), "follow-reached")
}

/// Ending, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CloseForm {
    /// What it led to: `work`, `study`, `benefit`, `moved` or `other`.
    #[serde(default)]
    pub(crate) outcome: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// What a follow-up leads to.
pub(super) const OUTCOMES: [&str; 5] = ["work", "study", "benefit", "moved", "other"];

async fn close(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<CloseForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::KeepFollowUp, Subject::Person(id)).await?;
    let one = own(&desk, &mut tx, &permit).await?;
    let outcome = OUTCOMES.iter().find(|code| **code == form.outcome.trim());
    let outcome = outcome.ok_or_else(|| Fault::field("outcome", "choose"))?;
    let version = form.version.trim().parse().unwrap_or_default();
    store::close(&mut tx, &permit, (one.id, version), (desk.today(), outcome)).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/following"), "follow-closed")
}
