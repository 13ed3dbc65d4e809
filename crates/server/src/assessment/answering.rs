//! One assessment: what person and worker answered beside each other, answering, completing, and
//! the early flag with what made it.

use axum::extract::Path;
use onedoor_domain::assessment::{
    self, Competence, Given, Instrument, Item, RISK_VERSION, Side, missing,
};
use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::pages::{AssessmentLine, Seen, line, seen};
use super::parts::{self, PartLine};
use super::reuse::{self, OfferLine};
use super::shown::{AnsweredLine, FlagLine, ProfileLine, answered, flag_line, profile_lines};
use super::store::{self, Assessment, NewAnswer};
use super::{agreements, instruments};
use crate::db::Tx;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<AssessmentPage, _, _>(
            "/persons/{id}/assessments/{assessment}",
            "One assessment, with both answers beside each other",
            show,
        )
        .act::<AnswersForm, _, _>(
            "/persons/{id}/assessments/{assessment}/answers",
            "Keeps answers of the person or of the worker",
            answer,
        )
        .act::<CompleteForm, _, _>(
            "/persons/{id}/assessments/{assessment}/complete",
            "Completes an assessment, or stops it",
            complete,
        )
        .act_giving::<ApartForm, ApartPage, _, _>(
            "/persons/{id}/assessments/{assessment}/apart",
            "Shows what is held apart, for a reason that is said",
            apart,
        )
        .act::<OutcomeForm, _, _>(
            "/persons/{id}/assessments/{assessment}/outcome",
            "Notes what became of a flag",
            outcome,
        )
}

/// One assessment.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssessmentPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) line: AssessmentLine,
    pub(crate) withdrawn_reason: String,
    pub(crate) items: Vec<AnsweredLine>,
    pub(crate) profile: Vec<ProfileLine>,
    /// What was answered elsewhere and need not be asked again (REQ-MAP-13).
    pub(crate) offers: Vec<OfferLine>,
    pub(crate) flag: Option<FlagLine>,
    pub(crate) parts: Vec<PartLine>,
    /// Professions that are needed and have said nothing (REQ-MAP-21).
    pub(crate) missing: Vec<String>,
    /// Whether answers can be kept: open, in a version that holds, and the caller may.
    pub(crate) may_answer: bool,
    pub(crate) may_write: bool,
    pub(crate) version: i64,
    pub(crate) today: String,
    pub(crate) form: AnswersForm,
    pub(crate) complete: CompleteForm,
    pub(crate) part: parts::PartForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AssessmentPage, "assessment/pages/assessment.html");

/// Whether the caller's agency may answer in it: it began it, or all share it.
fn is_ours(one: &Assessment, desk: &Desk) -> bool {
    one.shared || Some(one.agency) == desk.actor().agency
}

pub(super) async fn page(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
) -> Result<AssessmentPage, Fault> {
    let person = persons::read(tx, permit).await?;
    let seen = seen(desk, tx, permit).await?;
    let one = seen.one(id)?;
    let (version, instrument) = instruments::one(tx, one.instrument).await?;
    let w = desk.words();
    let may_write = desk.may(tx, Action::WriteAssessment, Subject::Person(person.id)).await?;
    let may_answer =
        may_write && one.is_open() && version.withdrawn.is_none() && is_ours(one, desk);
    let mine = Some(one.agency) == desk.actor().agency;
    let parts = parts::lines(desk, tx, permit, id).await?;
    let said: Vec<Competence> =
        parts.iter().filter_map(|part| Competence::parse(&part.competence)).collect();
    let offers = match may_answer {
        true => reuse::offers(desk, tx, permit, (one, &instrument, &seen)).await?,
        false => Vec::new(),
    };
    let items = instrument.items.iter().filter(|item| !item.dimension.is_apart());
    Ok(AssessmentPage {
        person: person.id.to_string(),
        name: person.name(),
        line: line(one, &seen),
        withdrawn_reason: version.withdrawn_reason,
        items: items.map(|item| answered(item, one, &seen, w)).collect(),
        profile: profile_lines(&instrument, &seen.of(id)),
        offers,
        // It is for those who know the answers, and for a first mapping alone.
        flag: (mine && one.round == 1 && one.doubles.is_none())
            .then(|| flag_line(one, &instrument, &seen, w)),
        missing: missing(&one.needed, &said).iter().map(|it| it.as_str().to_owned()).collect(),
        parts,
        may_answer,
        may_write,
        version: one.row_version,
        today: desk.today().to_string(),
        form: AnswersForm { on: desk.today().to_string(), ..AnswersForm::default() },
        complete: CompleteForm::default(),
        part: parts::PartForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path((id, one)): Path<(PersonId, Uuid)>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadAssessment, Subject::Person(id)).await?;
    let page = page(&desk, &mut tx, &permit, one).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

/// Shows the page again with what was wrong.
pub(super) async fn again(
    desk: &Desk,
    mut tx: Tx,
    permit: &Permit,
    id: Uuid,
    (faults, fill): (Vec<FieldFault>, impl FnOnce(&mut AssessmentPage)),
) -> Reply {
    let mut shown = page(desk, &mut tx, permit, id).await?;
    // What crossed is kept as a disclosure here too, before the answer goes.
    desk.commit(tx).await?;
    fill(&mut shown);
    shown.faults.clone_from(&faults);
    desk.again(&shown, faults)
}

/// Answers.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswersForm {
    /// What the person said, item by item: `E1:3`, `E1:0` for not asked, `E1:9` for declined.
    #[serde(default)]
    pub(crate) person: Vec<String>,
    /// What the worker answers, in the same way.
    #[serde(default)]
    pub(crate) worker: Vec<String>,
    /// Who told what the person said; the person where it is empty.
    #[serde(default)]
    pub(crate) said_by: String,
    /// The day on which it was said.
    #[serde(default)]
    pub(crate) on: String,
}

/// Reads `E1:3` for one side; what is empty is no answer. Items that are not asked of that side,
/// and those that are held apart where `apart` is not set, are faults.
pub(crate) fn read_answers<'i>(
    instrument: &'i Instrument,
    given: &[String],
    (side, apart): (Side, bool),
) -> Result<Vec<(&'i Item, Given)>, FieldFault> {
    let mut all = Vec::new();
    for text in given.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let wrong = || FieldFault::new(side.as_str(), "answer-wrong");
        let (code, step) = text.split_once(':').ok_or_else(wrong)?;
        let item = instrument.item(code).ok_or_else(wrong)?;
        let given = Given::parse(step).ok_or_else(wrong)?;
        if !item.asked().asks(side) || (item.dimension.is_apart() && !apart) {
            return Err(wrong());
        }
        all.push((item, given));
    }
    Ok(all)
}

async fn answer(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<AnswersForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let seen = seen(&desk, &mut tx, &permit).await?;
    let head = seen.one(one)?;
    let (version, instrument) = instruments::one(&mut tx, head.instrument).await?;
    if !head.is_open() || !is_ours(head, &desk) {
        return Err(Fault::conflict("assessment-closed"));
    }
    if version.withdrawn.is_some() {
        // What was answered is kept; what was typed is shown again on the page of the conflict.
        let typed = [("person", form.person.join(" ")), ("worker", form.worker.join(" "))];
        let typed = typed.into_iter().filter(|(_, text)| !text.trim().is_empty());
        let typed = typed.map(|(field, text)| (field.to_owned(), text)).collect();
        return Err(Fault::Conflict("instrument-withdrawn", typed));
    }
    let mut faults = Faults::default();
    let source = faults.optional_line("said_by", &form.said_by);
    let on = match form.on.trim() {
        "" => Some(desk.today()),
        text => faults.date("on", text),
    };
    if on.is_some_and(|on| on > desk.today()) {
        faults.add("on", "date-future");
    }
    let mut list = faults.into_list();
    let mut all = Vec::new();
    for (side, given) in [(Side::Person, &form.person), (Side::Worker, &form.worker)] {
        match read_answers(&instrument, given, (side, false)) {
            Ok(read) => all.extend(read.into_iter().map(|(item, given)| (item, side, given))),
            Err(fault) => list.push(fault),
        }
    }
    let (Some(on), true) = (on, list.is_empty()) else {
        return again(&desk, tx, &permit, one, (list, |page| page.form = form)).await;
    };
    let stamp = (desk.now(), desk.app().country);
    for (item, side, given) in all {
        // What stands there already is not written again.
        let same = seen.answers.iter().any(|kept| {
            kept.assessment == one
                && kept.answer.item == item.code
                && kept.answer.side == side
                && kept.answer.given == given
        });
        if same {
            continue;
        }
        let new = NewAnswer {
            assessment: one,
            agency: worker.agency,
            dimension: item.dimension,
            item: &item.code,
            side,
            given,
            source: if side == Side::Person { &source } else { "" },
            on,
            by: Some(worker.id),
            taken: None,
        };
        store::keep(&mut tx, &permit, id, &new, stamp).await?;
    }
    raise(&desk, &mut tx, &permit, one).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/assessments/{one}"), "answers-kept")
}

/// REQ-MAP-10: the flag is reckoned as soon as it can be raised, so that help comes early, and at
/// the latest when the mapping is complete. It decides nothing and sends nobody anywhere.
async fn raise(desk: &Desk, tx: &mut Tx, permit: &Permit, id: Uuid) -> Result<(), Fault> {
    let seen = seen(desk, tx, permit).await?;
    let head = seen.one(id)?;
    if head.round != 1 || head.doubles.is_some() || head.flag == Some(true) {
        return Ok(());
    }
    let flag = assessment::flag(&seen.of(id));
    if flag.raised {
        let person = permit.the_person()?;
        store::keep_flag(tx, permit, (id, person), &flag, (desk.today(), RISK_VERSION)).await?;
    }
    Ok(())
}

/// How an assessment ends.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CompleteForm {
    /// The minutes that it took.
    #[serde(default)]
    pub(crate) minutes: String,
    /// `yes` to stop it without completing it.
    #[serde(default)]
    pub(crate) stop: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// REQ-MAP-21: it is not completed while a profession that it needs has said nothing.
async fn complete(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<CompleteForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let seen = seen(&desk, &mut tx, &permit).await?;
    let head = seen.one(one)?;
    if !head.is_open() || Some(head.agency) != desk.actor().agency {
        return Err(Fault::conflict("assessment-closed"));
    }
    let version = form.version.trim().parse().unwrap_or(head.row_version);
    if form.stop == "yes" {
        store::end(&mut tx, &permit, (one, version), None).await?;
        desk.commit(tx).await?;
        return desk.done(&format!("/persons/{id}/assessments"), "assessment-stopped");
    }
    let mut faults = Faults::default();
    let minutes = form.minutes.trim().parse().ok().filter(|it| (1..=6000).contains(it));
    if minutes.is_none() {
        faults.add("minutes", "assessment-minutes");
    }
    let parts = parts::lines(&desk, &mut tx, &permit, one).await?;
    let said: Vec<Competence> =
        parts.iter().filter_map(|part| Competence::parse(&part.competence)).collect();
    for missing in missing(&head.needed, &said) {
        faults.add("competence", format!("competence-missing-{}", missing.as_str()));
    }
    let answers = seen.of(one);
    if answers.is_empty() {
        faults.add("person", "assessment-empty");
    }
    let (Some(minutes), true) = (minutes, faults.is_empty()) else {
        let list = faults.into_list();
        return again(&desk, tx, &permit, one, (list, |page| page.complete = form)).await;
    };
    if head.round == 1 && head.doubles.is_none() && head.flag.is_none() {
        let flag = assessment::flag(&answers);
        store::keep_flag(&mut tx, &permit, (one, id), &flag, (desk.today(), RISK_VERSION)).await?;
    }
    store::end(&mut tx, &permit, (one, version), Some((desk.today(), Some(minutes)))).await?;
    if let Some(first) = head.doubles {
        agreements::add(&desk, &mut tx, &permit, (head, &seen.of(first), &answers)).await?;
    }
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/assessments/{one}"), "assessment-completed")
}

/// Why what is held apart is opened.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ApartForm {
    /// `asked` when the person asks for help with it, `talk` when they talk about it together.
    #[serde(default)]
    pub(crate) why: String,
}

/// What is held apart.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApartPage {
    pub(crate) person: String,
    pub(crate) assessment: String,
    pub(crate) items: Vec<AnsweredLine>,
}

crate::page!(ApartPage, "assessment/pages/apart.html");

/// What is told of substance use is seen by its own agency alone, one person at a time, for a
/// reason that the journal keeps (domain.md G.2).
async fn apart(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<ApartForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadAssessment, Subject::Person(id)).await?;
    let why = form.why.trim();
    if !["asked", "talk"].contains(&why) {
        return Err(Fault::field("why", "choose"));
    }
    let seen_before = seen(&desk, &mut tx, &permit).await?;
    let head = seen_before.one(one)?.clone();
    let answers = store::answers(&mut tx, &permit, id, desk.today()).await?;
    let answers: Vec<_> = answers
        .into_iter()
        .filter(|kept| kept.dimension.is_apart() && kept.agency == worker.agency)
        .collect();
    let (_, instrument) = instruments::one(&mut tx, head.instrument).await?;
    let seen = Seen { assessments: vec![head.clone()], answers };
    let items = instrument.items.iter().filter(|item| item.dimension.is_apart());
    let items = items.map(|item| answered(item, &head, &seen, desk.words())).collect();
    desk.note(crate::journal::Entry {
        action: Action::ReadAssessment,
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: vec![id.0],
        detail: serde_json::json!({ "apart": why }),
    });
    desk.commit(tx).await?;
    desk.show(&ApartPage { person: id.to_string(), assessment: one.to_string(), items })
}

/// What became of a flag.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OutcomeForm {
    /// `long` when the person was without work for long, `work` when they came into work.
    #[serde(default)]
    pub(crate) outcome: String,
}

async fn outcome(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<OutcomeForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let seen = seen(&desk, &mut tx, &permit).await?;
    let head = seen.one(one)?;
    if Some(head.agency) != desk.actor().agency {
        return Err(Fault::Hidden);
    }
    let outcome = form.outcome.trim();
    if !["long", "work"].contains(&outcome) {
        let list = vec![FieldFault::new("outcome", "choose")];
        return again(&desk, tx, &permit, one, (list, |_| ())).await;
    }
    store::keep_outcome(&mut tx, &permit, one, outcome, desk.today()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/assessments/{one}"), "outcome-kept")
}
