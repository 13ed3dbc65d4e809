//! One's own assessments: what was answered and by whom, answering oneself, what changed over time,
//! what follows, and all of it as a paper of one's own (REQ-MAP-07, REQ-MAP-22).
//!
//! Everything that was answered is shown to the person at once and in full, also what is held apart
//! from staff. It is for who sees the whole file.

use axum::extract::Path;
use axum::response::IntoResponse;
use http::header;
use onedoor_domain::assessment::{self, Answer, Instrument, Round, Side};
use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::pass::{pass, quiet};
use super::store::Keys;
use super::{Pass, export};
use crate::assessment::judgements::{self, JudgementLine};
use crate::assessment::store::{self as mapped, Assessment, Kept, NewAnswer};
use crate::assessment::{
    ChangeLine, Chart, StepChoice, change_lines, charts, choices, instruments, read_answers,
};
use crate::db::Link;
use crate::letter;
use crate::need::store as needs;
use crate::policy::{Cause, Proof, Warrant};
use crate::web::{Fault, FieldFault, Input, Own, Reply, Routes};
use crate::words::Words;

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MyAssessments, _, _>("/my/assessments", "One's own assessments over time", list)
        .see::<MyAssessment, _, _>(
            "/my/assessments/{assessment}",
            "One of one's own assessments, and what was answered in it",
            show,
        )
        .act::<MyAnswersForm, _, _>(
            "/my/assessments/{assessment}/answers",
            "Answers in an assessment of oneself",
            answer,
        )
        .only_page("GET", "/my/assessments/paper", crate::web::Door::Own, paper)
}

/// One of one's own assessments.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnAssessment {
    pub(crate) id: String,
    pub(crate) agency: String,
    pub(crate) began_on: String,
    pub(crate) round: i64,
    /// `open`, `completed` or `stopped`.
    pub(crate) state: String,
    /// Whether one can answer in it oneself.
    pub(crate) may_answer: bool,
}

/// What one needs, with who answers for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnNeed {
    pub(crate) kind: String,
    pub(crate) unit: String,
    pub(crate) agency: String,
    pub(crate) state: String,
    pub(crate) person_rank: Option<i64>,
    pub(crate) worker_rank: Option<i64>,
}

/// One's own assessments.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct MyAssessments {
    /// Whether they may be shown to the one who looks.
    pub(crate) shows: bool,
    pub(crate) lines: Vec<OwnAssessment>,
    pub(crate) charts: Vec<Chart>,
    pub(crate) changes: Vec<ChangeLine>,
    pub(crate) needs: Vec<OwnNeed>,
    pub(crate) judgements: Vec<JudgementLine>,
}

crate::page!(MyAssessments, "own/pages/assessments.html");

/// An item with what was answered to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnItem {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) asks_me: bool,
    pub(crate) voluntary: bool,
    /// One's own answer in words; empty without one.
    pub(crate) mine: String,
    /// The worker's.
    pub(crate) worker: String,
    #[serde(skip)]
    pub(crate) choices: Vec<StepChoice>,
}

/// One of one's own assessments.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyAssessment {
    pub(crate) line: OwnAssessment,
    /// The version it is made in was withdrawn: what was answered is kept.
    pub(crate) withdrawn: bool,
    pub(crate) items: Vec<OwnItem>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MyAssessment, "own/pages/assessment.html");

/// One's answers.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MyAnswersForm {
    /// Item by item: `E1:3`, or `E1:9` for what one does not want to answer.
    #[serde(default)]
    pub(crate) answer: Vec<String>,
}

/// Everything that was mapped in a file.
struct File {
    assessments: Vec<Assessment>,
    answers: Vec<Kept>,
    instruments: Vec<(Uuid, Instrument)>,
}

impl File {
    fn one(&self, id: Uuid) -> Result<&Assessment, Fault> {
        self.assessments.iter().find(|one| one.id == id).ok_or(Fault::Hidden)
    }

    fn instrument(&self, one: &Assessment) -> Result<&Instrument, Fault> {
        let found = self.instruments.iter().find(|(id, _)| *id == one.instrument);
        found.map(|(_, instrument)| instrument).ok_or(Fault::Hidden)
    }

    fn of(&self, id: Uuid) -> Vec<Answer> {
        let of = self.answers.iter().filter(|kept| kept.assessment == id);
        of.map(|kept| kept.answer.clone()).collect()
    }

    fn said(&self, id: Uuid, item: &str, side: Side) -> String {
        let of = |kept: &&Kept| {
            kept.assessment == id && kept.answer.item == item && kept.answer.side == side
        };
        let last = self.answers.iter().rfind(of);
        last.map(|kept| kept.answer.given.code().to_string()).unwrap_or_default()
    }

    fn rounds(&self) -> Vec<Round> {
        let whole = self.assessments.iter().filter(|one| one.state != "stopped");
        let of = whole.filter(|one| one.doubles.is_none());
        of.filter_map(|one| {
            let answers = self.of(one.id);
            let instrument = self.instrument(one).ok()?;
            (!answers.is_empty()).then(|| Round {
                on: one.completed_on.unwrap_or(one.began_on),
                after: one.after.clone(),
                lines: assessment::profile(instrument, &answers),
            })
        })
        .collect()
    }
}

/// Reads everything, also of records that were joined to the person's.
async fn file(own: &Own, link: &mut Link, pass: &Pass) -> Result<File, Fault> {
    let joined = Warrant::new(Cause::Joined, pass.permit().vault());
    let (mut assessments, mut answers) = (Vec::new(), Vec::new());
    for record in Keys::of(link, pass).await?.records() {
        let proof: &dyn Proof = if record == pass.person().0 { pass.permit() } else { &joined };
        let record = PersonId(record);
        assessments.extend(mapped::of_person(link, proof, record, own.today()).await?);
        answers.extend(mapped::answers(link, proof, record, own.today()).await?);
    }
    assessments.sort_by_key(|one| one.began_on);
    answers.sort_by_key(|kept| kept.at);
    let mut known: Vec<(Uuid, Instrument)> = Vec::new();
    for one in &assessments {
        if !known.iter().any(|(id, _)| *id == one.instrument) {
            known.push((one.instrument, instruments::one(link, one.instrument).await?.1));
        }
    }
    Ok(File { assessments, answers, instruments: known })
}

/// Whether it may be shown: what somebody answers may be about anything.
fn shows(pass: &Pass) -> bool {
    pass.is_sure() && pass.sees_all()
}

fn line(one: &Assessment, pass: &Pass) -> OwnAssessment {
    OwnAssessment {
        id: one.id.to_string(),
        agency: one.agency_name.clone(),
        began_on: one.began_on.to_string(),
        round: one.round,
        state: one.state.clone(),
        // Nobody answers in somebody else's place.
        may_answer: one.is_open() && one.withdrawn.is_none() && pass.right().is_none(),
    }
}

async fn own_needs(link: &mut Link, pass: &Pass) -> Result<Vec<OwnNeed>, Fault> {
    let all = needs::of_person(link, pass.permit()).await?;
    let lines = all.into_iter().map(|kept| OwnNeed {
        kind: kept.need.kind.as_str().to_owned(),
        unit: kept.unit_name,
        agency: kept.agency_name,
        state: kept.need.state.as_str().to_owned(),
        person_rank: kept.need.person_rank,
        worker_rank: kept.need.worker_rank,
    });
    Ok(lines.collect())
}

async fn list(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    if !shows(&pass) {
        return own.show(&MyAssessments::default());
    }
    let file = file(&own, &mut conn, &pass).await?;
    let rounds = file.rounds();
    let everything = (None, own.today());
    let said = judgements::of_person(&mut conn, pass.permit(), pass.person(), everything).await?;
    let said = said.into_iter().map(|one| judgements::line(one, None, own.today()));
    own.show(&MyAssessments {
        shows: true,
        lines: file.assessments.iter().rev().map(|one| line(one, &pass)).collect(),
        charts: charts(&rounds),
        changes: change_lines(&rounds),
        needs: own_needs(&mut conn, &pass).await?,
        judgements: said.collect(),
    })
}

fn page(file: &File, pass: &Pass, id: Uuid, w: Words) -> Result<MyAssessment, Fault> {
    let one = file.one(id)?;
    let instrument = file.instrument(one)?;
    let items = instrument.items.iter().map(|item| {
        let (mine, worker) =
            (file.said(id, &item.code, Side::Person), file.said(id, &item.code, Side::Worker));
        let all = choices(item, &mine, &worker, w);
        let words = |of: fn(&StepChoice) -> bool| {
            all.iter().find(|it| of(it)).map(|it| it.text.clone()).unwrap_or_default()
        };
        OwnItem {
            code: item.code.clone(),
            text: item.text.of(w.language()).to_owned(),
            asks_me: item.asked().asks(Side::Person),
            voluntary: item.voluntary,
            mine: words(|it| it.person),
            worker: words(|it| it.worker),
            choices: all,
        }
    });
    Ok(MyAssessment {
        line: line(one, pass),
        withdrawn: one.withdrawn.is_some(),
        items: items.collect(),
        faults: Vec::new(),
    })
}

async fn show(own: Own, Path(id): Path<Uuid>) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    if !shows(&pass) {
        return Err(Fault::Hidden);
    }
    let file = file(&own, &mut conn, &pass).await?;
    own.show(&page(&file, &pass, id, own.words())?)
}

/// REQ-MAP-22: the person's own answer stands beside the worker's; neither writes over the other.
async fn answer(own: Own, Path(id): Path<Uuid>, Input(form): Input<MyAnswersForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = pass(&own, &mut tx, Action::AnswerOwnAssessment).await?;
    if !shows(&pass) || pass.right().is_some() {
        return Err(Fault::Hidden);
    }
    let file = file(&own, &mut tx, &pass).await?;
    let one = file.one(id)?;
    let instrument = file.instrument(one)?;
    if !one.is_open() {
        return Err(Fault::conflict("assessment-closed"));
    }
    if one.withdrawn.is_some() {
        return Err(Fault::conflict("instrument-withdrawn"));
    }
    let read = match read_answers(instrument, &form.answer, (Side::Person, true)) {
        Ok(read) => read,
        Err(_) => {
            let faults = vec![FieldFault::new("answer", "answer-wrong")];
            let mut shown = page(&file, &pass, id, own.words())?;
            shown.faults.clone_from(&faults);
            return own.again(&shown, faults);
        }
    };
    for (item, given) in read {
        if file.said(id, &item.code, Side::Person) == given.code().to_string() {
            continue;
        }
        let new = NewAnswer {
            assessment: id,
            agency: one.agency,
            dimension: item.dimension,
            item: &item.code,
            side: Side::Person,
            given,
            source: "",
            on: own.today(),
            by: None,
            taken: None,
        };
        let stamp = (own.now(), own.app().country);
        mapped::keep(&mut tx, pass.permit(), pass.person(), &new, stamp).await?;
    }
    own.commit(tx).await?;
    own.done(&format!("/my/assessments/{id}"), "my-answers-kept")
}

/// One answer on paper: the question, and what each said.
fn entry(item: &OwnItem, w: Words) -> Option<(String, String)> {
    let said: Vec<String> =
        [("my-assessment-mine", &item.mine), ("my-assessment-worker", &item.worker)]
            .into_iter()
            .filter(|(_, words)| !words.is_empty())
            .map(|(key, words)| format!("{}: {words}", w.t(key)))
            .collect();
    (!said.is_empty()).then(|| (item.text.clone(), said.join(". ")))
}

/// REQ-MAP-07: the result as a document of one's own, to plan by and to ask for help with
/// elsewhere. It holds what the page holds, and so nothing that the person may not see.
async fn paper(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = quiet(&own, &mut conn).await?;
    if !shows(&pass) {
        return Err(Fault::Hidden);
    }
    let w = own.words();
    let file = file(&own, &mut conn, &pass).await?;
    let mut sections = Vec::new();
    let needs = own_needs(&mut conn, &pass).await?;
    let needs = needs.into_iter().map(|need| {
        let state = w.of("need-is", &need.state);
        (
            w.of("needed", &need.kind).into_owned(),
            format!("{state}. {}, {}", need.unit, need.agency),
        )
    });
    let section = |title: String, entries: Vec<(String, String)>| {
        let pairs: Vec<(String, String)> = Vec::new();
        json!({ "title": title, "pairs": pairs, "entries": entries })
    };
    sections.push(section(w.t("my-assessment-needs").into_owned(), needs.collect()));
    for one in file.assessments.iter().rev() {
        let shown = page(&file, &pass, one.id, w)?;
        let day = w.iso(&one.began_on.to_string());
        let title = format!("{}: {day}, {}", w.with("map-round", one.round), one.agency_name);
        let entries = shown.items.iter().filter_map(|item| entry(item, w)).collect();
        sections.push(section(title, entries));
    }
    let changes = change_lines(&file.rounds()).into_iter().filter(|one| one.way != "unknown");
    let changes = changes.map(|one| {
        let head =
            format!("{} ({})", w.of("map-dimension", &one.dimension), w.of("map-side", &one.side),);
        let days = format!("{} – {}", w.iso(&one.from_on), w.iso(&one.on));
        (head, format!("{} → {} ({days})", one.from, one.to).replace('→', "-"))
    });
    sections.push(section(w.t("map-changes").into_owned(), changes.collect()));
    let data = json!({
        "lang": w.language().as_str(),
        "title": w.t("my-assessment-paper"),
        "made": w.with("export-made", w.when(own.now(), &own.app().zone)),
        "page": w.t("export-page"),
        "empty": w.t("export-empty"),
        "notes": [w.t("my-assessment-paper-about")],
        "sections": sections,
    });
    let now = own.now();
    let template = include_str!("pages/export.typ");
    let set = tokio::task::spawn_blocking(move || letter::pdf(template, data, now)).await;
    let bytes = set
        .map_err(|error| Fault::Defect(error.to_string()))?
        .map_err(|fault| Fault::Defect(fault.to_string()))?;
    own.note(pass.entry(Action::ExportOwn, json!({ "form": "pdf", "what": "assessments" })));
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, export::named(&own, "pdf")),
    ];
    Ok((headers, bytes).into_response())
}
