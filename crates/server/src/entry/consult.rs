//! "Is this a case?": a question to a colleague of another agency about no named person, and what
//! came of it (REQ-FRONT-26).

use axum::extract::{Path, Query};
use onedoor_domain::entry::Consulted;
use onedoor_domain::ids::{AgencyId, UnitId};
use onedoor_domain::practice::signs;
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::office::store::{self as offices, Choice};
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

crate::sql! {
    ASK = "insert into consultation (id, office_id, asked_by, to_agency_id, question, asked_at,
            outcome, unit_id, answer, answered_by, answered_at, version)
        values ($1, $2, $3, $4, $5, $6, null, null, '', null, null, 1)";
    // Those of one's own municipality first: a national agency is asked from the whole country.
    WAITING = "select c.id, s.name, a.name, c.question, c.asked_at, coalesce(c.outcome, ''),
            coalesce(u.name, ''), c.answer, coalesce(w.name, ''), c.answered_at, c.version,
            case when o.municipality = (select m.municipality from office m where m.id = $2)
                then 'a' else 'b' end
        from consultation c join staff s on s.id = c.asked_by join agency a on a.id = c.to_agency_id
        left join unit u on u.id = c.unit_id left join staff w on w.id = c.answered_by
        join office o on o.id = c.office_id
        where c.to_agency_id = $1 and c.outcome is null
            and (case when o.municipality = (select m.municipality from office m where m.id = $2)
                then 'a' else 'b' end, c.asked_at, c.id) > ($3, $4, $5)
        order by case when o.municipality = (select m.municipality from office m where m.id = $2)
            then 'a' else 'b' end, c.asked_at, c.id limit $6";
    MINE = "select c.id, s.name, a.name, c.question, c.asked_at, coalesce(c.outcome, ''),
            coalesce(u.name, ''), c.answer, coalesce(w.name, ''), c.answered_at, c.version
        from consultation c join staff s on s.id = c.asked_by join agency a on a.id = c.to_agency_id
        left join unit u on u.id = c.unit_id left join staff w on w.id = c.answered_by
        where c.asked_by = $1 and (c.asked_at, c.id) < ($2, $3)
        order by c.asked_at desc, c.id desc limit $4";
    READ = "select c.id, s.name, a.name, c.question, c.asked_at, coalesce(c.outcome, ''),
            coalesce(u.name, ''), c.answer, coalesce(w.name, ''), c.answered_at, c.version
        from consultation c join staff s on s.id = c.asked_by join agency a on a.id = c.to_agency_id
        left join unit u on u.id = c.unit_id left join staff w on w.id = c.answered_by
        where c.id = $1 and (c.to_agency_id = $2 or c.asked_by = $3)";
    ANSWER = "update consultation set outcome = $3, unit_id = $4, answer = $5, answered_by = $6,
            answered_at = $7, version = version + 1
        where id = $1 and version = $2 and outcome is null and to_agency_id = $8";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ConsultPage, _, _>("/consultations", "Questions between colleagues", list)
        .asking(&["after", "before"])
        .act::<ConsultAskForm, _, _>(
            "/consultations",
            "Asks a colleague of another agency about no named person",
            ask,
        )
        .creating()
        .see::<ConsultOnePage, _, _>("/consultations/{id}", "One question between colleagues", show)
        .act::<ConsultAnswerForm, _, _>("/consultations/{id}", "Answers it", answer)
}

/// A question between colleagues.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConsultLine {
    pub(crate) id: String,
    pub(crate) by: String,
    pub(crate) agency: String,
    pub(crate) question: String,
    pub(crate) asked_at: i64,
    /// `not_a_case`, `case_for` or `urgent`; empty while it waits.
    pub(crate) outcome: String,
    pub(crate) unit: String,
    pub(crate) answer: String,
    pub(crate) answered_by: String,
    pub(crate) answered_at: Option<i64>,
    pub(crate) version: i64,
}

fn line(mut row: Row) -> Result<ConsultLine, DbError> {
    let id: Uuid = row.get(0)?;
    Ok(ConsultLine {
        id: id.to_string(),
        by: row.get(1)?,
        agency: row.get(2)?,
        question: row.get(3)?,
        asked_at: row.get(4)?,
        outcome: row.get(5)?,
        unit: row.get(6)?,
        answer: row.get(7)?,
        answered_by: row.get(8)?,
        answered_at: row.get(9)?,
        version: row.get(10)?,
    })
}

/// A question as typed into the form.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ConsultAskForm {
    /// The agency whose colleagues are asked.
    #[serde(default)]
    pub(crate) agency: String,
    /// The question. It names nobody.
    #[serde(default)]
    pub(crate) question: String,
    /// `yes` when the text names nobody although it looks so.
    #[serde(default)]
    pub(crate) no_person: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// What waits for the caller's agency, and what the caller asked.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsultPage {
    /// What waits for an answer, page by page.
    pub(crate) waiting: Vec<ConsultLine>,
    /// Where the next page of it begins.
    pub(crate) next: Option<String>,
    /// What the caller asked, the latest first, page by page.
    pub(crate) mine: Vec<ConsultLine>,
    /// Where the next page of it begins.
    pub(crate) mine_next: Option<String>,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) doubtful: bool,
    pub(crate) form: ConsultAskForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ConsultPage, "entry/pages/consultations.html");

/// Questions on a page.
const PAGE: usize = 50;

#[derive(Default, Deserialize)]
struct After {
    #[serde(default)]
    after: String,
    #[serde(default)]
    before: String,
}

impl After {
    /// When the caller's own was asked, and which: the page holds those before it.
    fn own_place(&self) -> (i64, Uuid) {
        let found = self.before.split_once('_');
        let place = found.and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
        place.unwrap_or((i64::MAX, Uuid::nil()))
    }

    /// Whether near or far, when it was asked, and which.
    fn place(&self) -> (String, i64, Uuid) {
        let mut parts = self.after.splitn(3, '_');
        let (near, at, id) = (parts.next(), parts.next(), parts.next());
        let at = at.and_then(|it| it.parse().ok()).unwrap_or(0);
        let id = id.and_then(|it| it.parse().ok()).unwrap_or_else(Uuid::nil);
        (near.unwrap_or_default().to_owned(), at, id)
    }
}

async fn page(desk: &Desk, link: &mut Link, after: &After) -> Result<ConsultPage, DbError> {
    let own = desk.actor().agency;
    let (near, at, id) = after.place();
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let args = args![own, desk.actor().office, near, at, id, limit];
    let mut waiting = Vec::new();
    let mut places = Vec::new();
    for mut row in link.rows(&WAITING, args).await? {
        let near: String = row.get(11)?;
        let one = line(row)?;
        places.push(format!("{near}_{}_{}", one.asked_at, one.id));
        waiting.push(one);
    }
    let next = if waiting.len() > PAGE { places.into_iter().nth(PAGE - 1) } else { None };
    waiting.truncate(PAGE);
    let (at, id) = after.own_place();
    let rows = link.rows(&MINE, args![desk.actor().id, at, id, limit]).await?;
    let mut mine = rows.into_iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let has_more = mine.len() > PAGE;
    mine.truncate(PAGE);
    let last = mine.last().filter(|_| has_more);
    let mine_next = last.map(|one| format!("{}_{}", one.asked_at, one.id));
    let all = offices::agencies(link).await?;
    let others = all.into_iter().filter(|one| Some(one.id) != own);
    Ok(ConsultPage {
        waiting,
        next,
        mine,
        mine_next,
        agencies: others.map(|one| Choice { id: one.id.to_string(), name: one.name }).collect(),
        doubtful: false,
        form: ConsultAskForm {
            once: crate::app::new_id().to_string(),
            ..ConsultAskForm::default()
        },
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(after): Query<After>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::NoteContact, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &after).await?;
    desk.show(&page)
}

/// A text that names nobody, as far as it shows.
fn anonymous(field: &str, said: &str, sure: bool, faults: &mut Faults) -> (String, bool) {
    let read = text::required(said, text::PARAGRAPH);
    let text = faults.take(field, read, |e| e.code().into()).unwrap_or_default();
    let signs = if sure { Vec::new() } else { signs(&text) };
    for sign in &signs {
        faults.add(field, sign.code());
    }
    (text, !signs.is_empty())
}

async fn ask(desk: Desk, Input(form): Input<ConsultAskForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    desk.permit(&mut tx, Action::NoteContact, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "consult", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "consult-asked");
    }
    let mut faults = Faults::default();
    let mut shown = page(&desk, &mut tx, &After::default()).await?;
    let agency = faults.id("agency", &form.agency).map(AgencyId);
    let known = agency.filter(|id| shown.agencies.iter().any(|one| one.id == id.to_string()));
    if agency.is_some() && known.is_none() {
        faults.add("agency", "choose");
    }
    let sure = form.no_person == "yes";
    let (question, doubtful) = anonymous("question", &form.question, sure, &mut faults);
    let (Some(agency), true) = (known, faults.is_empty()) else {
        let list = faults.into_list();
        shown.form = form;
        shown.doubtful = doubtful;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let id = crate::app::new_id();
    tx.run_one(&ASK, args![id, office, worker.id, agency, question, desk.now()]).await?;
    let location = format!("/consultations/{id}");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "consult-asked")
}

/// An answer as typed into the form.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ConsultAnswerForm {
    /// `not_a_case`, `case_for` or `urgent`.
    #[serde(default)]
    pub(crate) outcome: String,
    /// The unit whose case it would be.
    #[serde(default)]
    pub(crate) unit: String,
    /// A few words. They name nobody.
    #[serde(default)]
    pub(crate) answer: String,
    /// `yes` when the text names nobody although it looks so.
    #[serde(default)]
    pub(crate) no_person: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// One question.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsultOnePage {
    pub(crate) line: ConsultLine,
    pub(crate) outcomes: Vec<String>,
    pub(crate) units: Vec<Choice>,
    pub(crate) may_answer: bool,
    pub(crate) doubtful: bool,
    pub(crate) form: ConsultAnswerForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ConsultOnePage, "entry/pages/consultation.html");

async fn one(desk: &Desk, link: &mut Link, id: Uuid) -> Result<ConsultOnePage, Fault> {
    let actor = desk.actor();
    let row = link.row(&READ, args![id, actor.agency, actor.id]).await?;
    let line = line(row.ok_or(Fault::Hidden)?)?;
    let units = match actor.office {
        Some(office) => offices::near_units(link, office, desk.today()).await?,
        None => Vec::new(),
    };
    let own = offices::agencies(link).await?;
    let own = own.into_iter().find(|one| Some(one.id) == actor.agency);
    Ok(ConsultOnePage {
        may_answer: line.outcome.is_empty() && own.is_some_and(|own| own.name == line.agency),
        line,
        outcomes: Consulted::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        units,
        doubtful: false,
        form: ConsultAnswerForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::NoteContact, Subject::Duty).await?;
    let page = one(&desk, &mut conn, id).await?;
    desk.show(&page)
}

async fn answer(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<ConsultAnswerForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    desk.permit(&mut tx, Action::NoteContact, Subject::Duty).await?;
    let mut shown = one(&desk, &mut tx, id).await?;
    if !shown.may_answer {
        return Err(Fault::conflict("consult-answered"));
    }
    let mut faults = Faults::default();
    let outcome = faults.choice("outcome", &form.outcome, Consulted::parse);
    let mut unit = None;
    if outcome == Some(Consulted::CaseFor) {
        unit = faults.id("unit", &form.unit).map(UnitId);
    }
    let sure = form.no_person == "yes";
    let (answer, doubtful) = if form.answer.trim().is_empty() {
        (String::new(), false)
    } else {
        anonymous("answer", &form.answer, sure, &mut faults)
    };
    let (Some(outcome), true) = (outcome, faults.is_empty()) else {
        let list = faults.into_list();
        shown.form = form;
        shown.doubtful = doubtful;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let version = form.version.trim().parse().unwrap_or(shown.line.version);
    let args =
        args![id, version, outcome.as_str(), unit, answer, worker.id, desk.now(), worker.agency];
    tx.run_one(&ANSWER, args).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/consultations/{id}"), "consult-answered")
}
