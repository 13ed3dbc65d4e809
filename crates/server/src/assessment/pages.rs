//! The assessments of a person: beginning one, its profile over time, and what changed.

use axum::extract::Path;
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::assessment::{
    self, Answer, Competence, HelpKind, Instrument, Round, agreed_by_all,
};
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::secrecy::{Action, Category, Purpose, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::instruments;
use super::profile::{ChangeLine, Chart, change_lines, charts};
use super::store::{self, Assessment, Kept, NewAssessment};
use crate::db::{Link, Tx};
use crate::need::Sieve;
use crate::office::store::Choice;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::walls::{self, Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<AssessmentsPage, _, _>(
            "/persons/{id}/assessments",
            "A person's assessments, and what changed from one to the next",
            list,
        )
        .act::<StartForm, _, _>("/persons/{id}/assessments", "Begins an assessment", start)
        .creating()
}

/// What of a person's assessments may be seen.
pub(super) struct Seen {
    pub(super) assessments: Vec<Assessment>,
    pub(super) answers: Vec<Kept>,
}

impl Seen {
    /// One that may be seen.
    pub(super) fn one(&self, id: Uuid) -> Result<&Assessment, Fault> {
        self.assessments.iter().find(|one| one.id == id).ok_or(Fault::Hidden)
    }

    /// The answers of one, in the order in which they came.
    pub(super) fn of(&self, id: Uuid) -> Vec<Answer> {
        let of = self.answers.iter().filter(|kept| kept.assessment == id);
        of.map(|kept| kept.answer.clone()).collect()
    }
}

/// Whether what was taken over from `first` may be seen: it crosses no further than from who asked.
async fn first_lets(
    link: &mut Link,
    standing: &Standing,
    first: AgencyId,
    (category, held): (Category, Held),
) -> Result<bool, Fault> {
    let giver = walls::giver_of(link, first, standing.office()).await?;
    let verdict =
        giver.and_then(|giver| standing.judge(&giver, Purpose::Coordination, category, held));
    Ok(matches!(verdict, Some(Verdict::Permit(_))))
}

/// What the walls let through of a person's assessments and answers, noted as a disclosure; end it
/// with a commit. What is held apart is not among it, also for its owner (domain.md G.2).
pub(super) async fn seen(desk: &Desk, tx: &mut Tx, permit: &Permit) -> Result<Seen, Fault> {
    let person = permit.the_person()?;
    let standing = Standing::of(desk, tx, permit).await?;
    let mut sieve = Sieve::new(&standing);
    let mut assessments = Vec::new();
    for one in store::of_person(tx, permit, person, desk.today()).await? {
        let held = Held { received: Some(one.began_on), ..Held::default() };
        if sieve.lets(tx, one.agency, Category::Case, held).await? {
            assessments.push(one);
        }
    }
    let mut answers = Vec::new();
    for kept in store::answers(tx, permit, person, desk.today()).await? {
        let own = kept.agency == standing.receiver();
        let may_cross = kept.dimension.grade().may_cross(Purpose::Coordination);
        if kept.dimension.is_apart() || !(own || may_cross) {
            continue;
        }
        let category = kept.dimension.category();
        let held = Held { received: Some(kept.answer.on), ..Held::default() };
        if let Some(first) = kept.first.filter(|_| !own)
            && !first_lets(tx, &standing, first, (category, held)).await?
        {
            continue;
        }
        if sieve.lets(tx, kept.agency, category, held).await? {
            answers.push(kept);
        }
    }
    sieve.tell(desk, permit);
    Ok(Seen { assessments, answers })
}

/// The instruments of some assessments, each read once.
pub(super) async fn instruments_of(
    link: &mut Link,
    all: &[Assessment],
) -> Result<Vec<(Uuid, Instrument)>, Fault> {
    let mut known: Vec<(Uuid, Instrument)> = Vec::new();
    for one in all {
        if !known.iter().any(|(id, _)| *id == one.instrument) {
            known.push((one.instrument, instruments::one(link, one.instrument).await?.1));
        }
    }
    Ok(known)
}

/// The mappings in their order, for charts and changes: those that are whole, and the open one
/// where it has answers. One that doubles another is for the figure of agreement alone.
pub(super) fn rounds(seen: &Seen, known: &[(Uuid, Instrument)]) -> Vec<Round> {
    let of = |one: &&Assessment| one.doubles.is_none() && one.state != "stopped";
    seen.assessments
        .iter()
        .filter(of)
        .filter_map(|one| {
            let (_, instrument) = known.iter().find(|(id, _)| *id == one.instrument)?;
            let answers = seen.of(one.id);
            (!answers.is_empty()).then(|| Round {
                on: one.completed_on.unwrap_or(one.began_on),
                after: one.after.clone(),
                lines: assessment::profile(instrument, &answers),
            })
        })
        .collect()
}

/// An assessment in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AssessmentLine {
    pub(crate) id: String,
    pub(crate) agency: String,
    /// The instrument's code and version.
    pub(crate) instrument: String,
    /// Whether that version was withdrawn since.
    pub(crate) withdrawn: bool,
    pub(crate) shared: bool,
    pub(crate) round: i64,
    pub(crate) doubles: bool,
    pub(crate) after: String,
    pub(crate) began_on: String,
    pub(crate) by: String,
    /// `open`, `completed` or `stopped`.
    pub(crate) state: String,
    pub(crate) completed_on: String,
    pub(crate) minutes: Option<i64>,
    /// How many items have an answer that may be seen.
    pub(crate) answered: usize,
}

/// An item's movement from its first answer to its last.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MovementLine {
    pub(crate) item: String,
    pub(crate) text: String,
    pub(crate) side: String,
    pub(crate) first_on: String,
    pub(crate) first: u8,
    pub(crate) last_on: String,
    pub(crate) last: u8,
}

/// The assessments of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssessmentsPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<AssessmentLine>,
    pub(crate) charts: Vec<Chart>,
    pub(crate) changes: Vec<ChangeLine>,
    /// Items that have moved by more than noise.
    pub(crate) movements: Vec<MovementLine>,
    /// The day from which a new mapping is asked for; empty without any.
    pub(crate) due_on: String,
    pub(crate) is_due: bool,
    pub(crate) may_write: bool,
    pub(crate) instruments: Vec<Choice>,
    pub(crate) competences: Vec<String>,
    pub(crate) kinds: Vec<String>,
    /// Completed assessments beside which another assessor may make one.
    pub(crate) beside: Vec<Choice>,
    pub(crate) today: String,
    pub(crate) form: StartForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AssessmentsPage, "assessment/pages/assessments.html");

/// How an assessment is begun.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct StartForm {
    /// The version of the instrument.
    #[serde(default)]
    pub(crate) instrument: String,
    /// `yes` when all agencies of the office share it.
    #[serde(default)]
    pub(crate) shared: String,
    /// The day of the first contact.
    #[serde(default)]
    pub(crate) contact_on: String,
    /// The measure that lay before it: a kind of help; empty for none.
    #[serde(default)]
    pub(crate) after: String,
    /// The professions that it needs: `social_work`, `guidance`, `medical`, `insurance`.
    #[serde(default)]
    pub(crate) needed: Vec<String>,
    /// The assessment beside which another assessor makes this one; empty for none.
    #[serde(default)]
    pub(crate) beside: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

impl StartForm {
    /// Whether a profession is chosen, for the template.
    pub(crate) fn needs(&self, code: &str) -> bool {
        self.needed.iter().any(|one| one == code)
    }
}

pub(super) fn line(one: &Assessment, seen: &Seen) -> AssessmentLine {
    let mut items: Vec<String> = seen.of(one.id).into_iter().map(|answer| answer.item).collect();
    items.sort_unstable();
    items.dedup();
    AssessmentLine {
        id: one.id.to_string(),
        agency: one.agency_name.clone(),
        instrument: format!("{} {}", one.named.0, one.named.1),
        withdrawn: one.withdrawn.is_some(),
        shared: one.shared,
        round: one.round,
        doubles: one.doubles.is_some(),
        after: one.after.clone(),
        began_on: one.began_on.to_string(),
        by: one.by.clone(),
        state: one.state.clone(),
        completed_on: one.completed_on.map(|on| on.to_string()).unwrap_or_default(),
        minutes: one.minutes,
        answered: items.len(),
    }
}

/// The day from which a new mapping is asked for: after a measure at once, else after the days of
/// the instrument (REQ-MAP-08).
fn due(seen: &Seen, known: &[(Uuid, Instrument)]) -> Option<Date> {
    let last = seen.assessments.iter().rfind(|one| one.state == "completed")?;
    let (_, instrument) = known.iter().find(|(id, _)| *id == last.instrument)?;
    last.completed_on?.checked_add(instrument.repeat_days.days()).ok()
}

async fn page(desk: &Desk, tx: &mut Tx, permit: &Permit) -> Result<AssessmentsPage, Fault> {
    let person = persons::read(tx, permit).await?;
    let seen = seen(desk, tx, permit).await?;
    let known = instruments_of(tx, &seen.assessments).await?;
    let rounds = rounds(&seen, &known);
    let language = desk.words().language();
    let all: Vec<Answer> = seen.answers.iter().map(|kept| kept.answer.clone()).collect();
    let text = |item: &str| {
        let found = known.iter().find_map(|(_, instrument)| instrument.item(item));
        found.map(|item| item.text.of(language).to_owned()).unwrap_or_default()
    };
    let movements = assessment::moved(&all).into_iter().filter(|one| one.counts);
    let movements = movements
        .map(|one| MovementLine {
            text: text(&one.item),
            item: one.item,
            side: one.side.as_str().to_owned(),
            first_on: one.first.0.to_string(),
            first: one.first.1,
            last_on: one.last.0.to_string(),
            last: one.last.1,
        })
        .collect();
    let open = instruments::all(tx).await?.into_iter().filter(|one| one.withdrawn.is_none());
    let mine = desk.actor().agency;
    let beside = seen.assessments.iter().filter(|one| {
        one.doubles.is_none() && one.state == "completed" && Some(one.agency) == mine
    });
    let due = due(&seen, &known);
    Ok(AssessmentsPage {
        person: person.id.to_string(),
        name: person.name(),
        lines: seen.assessments.iter().rev().map(|one| line(one, &seen)).collect(),
        charts: charts(&rounds),
        changes: change_lines(&rounds),
        movements,
        due_on: due.map(|on| on.to_string()).unwrap_or_default(),
        is_due: due.is_some_and(|on| on <= desk.today()),
        may_write: desk.may(tx, Action::WriteAssessment, Subject::Person(person.id)).await?,
        instruments: open
            .map(|one| Choice {
                id: one.id.to_string(),
                name: format!("{} {}", one.code, one.version),
            })
            .collect(),
        competences: Competence::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        kinds: HelpKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        beside: beside
            .map(|one| Choice {
                id: one.id.to_string(),
                name: format!("{} {}, {}", one.named.0, one.named.1, one.began_on),
            })
            .collect(),
        today: desk.today().to_string(),
        form: StartForm { contact_on: desk.today().to_string(), ..StartForm::default() },
        once: new_once(),
        faults: Vec::new(),
    })
}

fn new_once() -> String {
    crate::app::new_id().to_string()
}

async fn list(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    // What crosses is written down as a disclosure in the same commit as its journal row.
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadAssessment, Subject::Person(id)).await?;
    let page = page(&desk, &mut tx, &permit).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

/// REQ-MAP-01: whether a version may be used here, with a fault for each party that is missing.
async fn approved(
    desk: &Desk,
    link: &mut Link,
    (id, shared): (Uuid, bool),
    faults: &mut Faults,
) -> Result<(), Fault> {
    let worker = desk.worker()?;
    let approved = instruments::approved(link, id).await?;
    let parties = walls::givers(link, desk.office()?, desk.today()).await?;
    let needed: Vec<AgencyId> = match shared {
        true => parties.iter().map(|party| party.id).collect(),
        false => vec![worker.agency],
    };
    for missing in agreed_by_all(&needed, &approved) {
        let kind = parties.iter().find(|party| party.id == missing).map(|party| party.kind);
        let kind = kind.map_or("own", |kind| kind.as_str());
        faults.add("instrument", format!("instrument-missing-{kind}"));
    }
    Ok(())
}

/// Reads what another assessor doubles: a completed one of one's own agency that somebody else
/// made (REQ-MAP-09).
fn beside(
    form: &StartForm,
    seen: &Seen,
    desk: &Desk,
    faults: &mut Faults,
) -> Option<(Uuid, i64, Uuid)> {
    let id = form.beside.trim();
    if id.is_empty() {
        return None;
    }
    let found = id.parse().ok().and_then(|id: Uuid| seen.one(id).ok());
    let found = found.filter(|one| {
        one.doubles.is_none() && one.state == "completed" && Some(one.agency) == desk.actor().agency
    });
    let Some(one) = found else {
        faults.add("beside", "choose");
        return None;
    };
    if Some(one.by_id.0) == desk.actor().id {
        faults.add("beside", "assessment-same-assessor");
    }
    let doubled = seen.assessments.iter().any(|other| other.doubles == Some(one.id));
    if doubled {
        faults.add("beside", "assessment-doubled");
    }
    Some((one.id, one.round, one.instrument))
}

async fn start(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<StartForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "assessment.start", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "assessment-begun");
    }
    let seen = seen(&desk, &mut tx, &permit).await?;
    let mut faults = Faults::default();
    let shared = form.shared == "yes";
    let beside = beside(&form, &seen, &desk, &mut faults);
    let instrument = faults.id("instrument", &form.instrument);
    if let Some(instrument) = instrument {
        match instruments::one(&mut tx, instrument).await {
            Err(Fault::Hidden) => faults.add("instrument", "choose"),
            Err(fault) => return Err(fault),
            Ok((version, _)) if version.withdrawn.is_some() => {
                faults.add("instrument", "instrument-is-withdrawn");
            }
            Ok(_) => approved(&desk, &mut tx, (instrument, shared), &mut faults).await?,
        }
        if beside.is_some_and(|(_, _, same)| same != instrument) {
            faults.add("instrument", "assessment-other-instrument");
        }
    }
    let contact_on = faults.date("contact_on", &form.contact_on);
    if contact_on.is_some_and(|on| on > desk.today()) {
        faults.add("contact_on", "date-future");
    }
    let after = match form.after.trim() {
        "" => Some(String::new()),
        code => faults.choice("after", code, HelpKind::parse).map(|it| it.as_str().to_owned()),
    };
    let mut needed = Vec::new();
    for code in &form.needed {
        needed.extend(faults.choice("needed", code, Competence::parse));
    }
    let (Some(instrument), Some(contact_on), Some(after), true) =
        (instrument, contact_on, after, faults.is_empty())
    else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit).await?;
        // What crossed is kept as a disclosure here too, before the answer goes.
        desk.commit(tx).await?;
        shown.once.clone_from(&form.once);
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let new = NewAssessment {
        agency: worker.agency,
        office,
        instrument,
        shared,
        doubles: beside.map(|(id, round, _)| (id, round)),
        after,
        contact_on,
        needed,
        by: worker.id,
    };
    let stamp = (desk.now(), desk.today(), desk.app().country);
    let begun = store::start(&mut tx, &permit, &new, stamp).await?;
    let location = format!("/persons/{id}/assessments/{begun}");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "assessment-begun")
}

/// Shows the page again with what was wrong with something that was brought in.
pub(super) async fn again(
    desk: &Desk,
    mut tx: Tx,
    permit: &Permit,
    faults: Vec<FieldFault>,
) -> Reply {
    let mut shown = page(desk, &mut tx, permit).await?;
    // What crossed is kept as a disclosure here too, before the answer goes.
    desk.commit(tx).await?;
    shown.faults.clone_from(&faults);
    desk.again(&shown, faults)
}
