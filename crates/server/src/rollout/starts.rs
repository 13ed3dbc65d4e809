//! How an office starts: moving in and opening, lessons of offices before it as a checklist, and
//! questions that are open with owner and date (REQ-ORG-38, REQ-MISC-07).

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, StaffId};
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link};
use crate::office::store::{self as offices, Choice};
use crate::office::{keeper, keeps, note};
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    START = "select moves_in_on, opens_on from office_start where office_id = $1";
    SET_START = "insert into office_start (office_id, moves_in_on, opens_on) values ($1, $2, $3)
        on conflict (office_id) do update set moves_in_on = excluded.moves_in_on,
            opens_on = excluded.opens_on";
    OWN_LESSONS = "select l.id, l.text, s.name, l.written_at, l.closed_at from lesson l
        join staff s on s.id = l.written_by where l.office_id = $1
        order by l.written_at desc limit 200";
    // The open lessons of offices that opened before this one.
    LESSONS_BEFORE = "select l.id, l.text, o.name, coalesce(d.done_at, 0) from lesson l
        join office o on o.id = l.office_id join office_start e on e.office_id = l.office_id
        join office_start m on m.office_id = $1
        left join lesson_done d on d.lesson_id = l.id and d.office_id = $1
        where l.closed_at is null and l.office_id <> $1 and e.opens_on < m.opens_on
        order by e.opens_on, l.written_at limit 300";
    ADD_LESSON = "insert into lesson (id, office_id, text, written_by, written_at)
        values ($1, $2, $3, $4, $5)";
    CLOSE_LESSON = "update lesson set closed_at = $3
        where id = $1 and office_id = $2 and closed_at is null";
    DO_LESSON = "insert into lesson_done (lesson_id, office_id, done_by, done_at)
        values ($1, $2, $3, $4) on conflict do nothing";
    LESSON = "select 1 from lesson where id = $1 and closed_at is null";
    QUESTIONS = "select q.id, q.text, s.name, q.due_on, q.answer, q.settled_at, q.version
        from open_question q join staff s on s.id = q.owner_id where q.office_id = $1
        order by case when q.settled_at is null then 0 else 1 end, q.due_on limit 200";
    ASK = "insert into open_question (id, office_id, text, owner_id, due_on, answer, settled_at,
            version) values ($1, $2, $3, $4, $5, '', null, 1)";
    IS_QUESTION = "select 1 from open_question where id = $1 and office_id = $2";
    SETTLE = "update open_question set answer = $4, settled_at = $5, version = version + 1
        where id = $1 and office_id = $2 and version = $3 and settled_at is null";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<OfficeStartPage, _, _>(
            "/rollout/offices/{id}",
            "How an office starts: days, lessons as a checklist, open questions",
            show,
        )
        .act::<OfficeStartForm, _, _>(
            "/rollout/offices/{id}/start",
            "Sets the days of the start",
            start,
        )
        .act::<LessonForm, _, _>("/rollout/offices/{id}/lessons", "Writes a lesson", lesson)
        .act::<TickForm, _, _>(
            "/rollout/offices/{id}/lessons/{lesson}",
            "Ticks a lesson off, or closes one of one's own",
            tick,
        )
        .act::<QuestionForm, _, _>("/rollout/offices/{id}/questions", "Asks what is open", ask)
        .act::<SettledForm, _, _>(
            "/rollout/offices/{id}/questions/{question}",
            "Settles an open question",
            settle,
        )
}

/// The days, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OfficeStartForm {
    /// Moves in; may be empty.
    #[serde(default)]
    pub(crate) moves_in_on: String,
    /// Opens.
    #[serde(default)]
    pub(crate) opens_on: String,
}

/// A lesson, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct LessonForm {
    /// What the next office should know.
    #[serde(default)]
    pub(crate) lesson: String,
}

/// What is done with a lesson.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TickForm {
    /// `done` at this office, or `close` for the office that wrote it.
    #[serde(default)]
    pub(crate) what: String,
}

/// An open question, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct QuestionForm {
    /// What is not settled.
    #[serde(default)]
    pub(crate) question: String,
    /// Who owns it.
    #[serde(default)]
    pub(crate) owner: String,
    /// By when.
    #[serde(default)]
    pub(crate) due_on: String,
}

/// An answer.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SettledForm {
    /// How it was settled.
    #[serde(default)]
    pub(crate) answer: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// A lesson of one's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LessonLine {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) by: String,
    pub(crate) at: i64,
    pub(crate) closed: bool,
}

/// A lesson of an office before, as a task here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CheckLine {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) from: String,
    pub(crate) done: bool,
}

/// A question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OpenQuestionLine {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) owner: String,
    pub(crate) due_on: String,
    pub(crate) overdue: bool,
    pub(crate) answer: String,
    pub(crate) settled: bool,
    pub(crate) version: i64,
}

/// How an office starts.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfficeStartPage {
    pub(crate) office: String,
    pub(crate) name: String,
    pub(crate) moves_in_on: Option<String>,
    pub(crate) opens_on: Option<String>,
    pub(crate) checklist: Vec<CheckLine>,
    pub(crate) lessons: Vec<LessonLine>,
    pub(crate) questions: Vec<OpenQuestionLine>,
    pub(crate) keeps: bool,
    pub(crate) staff: Vec<Choice>,
    pub(crate) start_form: OfficeStartForm,
    pub(crate) lesson_form: LessonForm,
    pub(crate) question_form: QuestionForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(OfficeStartPage, "rollout/pages/start.html");

async fn checklist(link: &mut Link, office: OfficeId) -> Result<Vec<CheckLine>, DbError> {
    let rows = link.rows(&LESSONS_BEFORE, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(CheckLine {
                id: id.to_string(),
                text: row.get(1)?,
                from: row.get(2)?,
                done: row.get::<i64>(3)? > 0,
            })
        })
        .collect()
}

async fn own_lessons(link: &mut Link, office: OfficeId) -> Result<Vec<LessonLine>, DbError> {
    let rows = link.rows(&OWN_LESSONS, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(LessonLine {
                id: id.to_string(),
                text: row.get(1)?,
                by: row.get(2)?,
                at: row.get(3)?,
                closed: row.get::<Option<i64>>(4)?.is_some(),
            })
        })
        .collect()
}

async fn questions(
    link: &mut Link,
    office: OfficeId,
    today: Date,
) -> Result<Vec<OpenQuestionLine>, DbError> {
    let rows = link.rows(&QUESTIONS, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            let due_on: String = row.get(3)?;
            let settled = row.get::<Option<i64>>(5)?.is_some();
            Ok(OpenQuestionLine {
                id: id.to_string(),
                text: row.get(1)?,
                owner: row.get(2)?,
                overdue: !settled && due_on.as_str() < today.to_string().as_str(),
                due_on,
                answer: row.get(4)?,
                settled,
                version: row.get(6)?,
            })
        })
        .collect()
}

async fn page(desk: &Desk, link: &mut Link, office: OfficeId) -> Result<OfficeStartPage, Fault> {
    let (name, ..) = offices::office(link, office).await?.ok_or(Fault::Hidden)?;
    let (moves_in_on, opens_on) = match link.row(&START, args![office]).await? {
        Some(mut row) => (row.get(0)?, Some(row.get::<String>(1)?)),
        None => (None, None),
    };
    let keeps = keeps(desk, link, office).await?;
    Ok(OfficeStartPage {
        office: office.to_string(),
        name,
        start_form: OfficeStartForm {
            moves_in_on: moves_in_on.clone().unwrap_or_default(),
            opens_on: opens_on.clone().unwrap_or_default(),
        },
        moves_in_on,
        opens_on,
        checklist: checklist(link, office).await?,
        lessons: own_lessons(link, office).await?,
        questions: questions(link, office, desk.today()).await?,
        staff: if keeps { offices::colleagues(link, office).await? } else { Vec::new() },
        keeps,
        lesson_form: LessonForm::default(),
        question_form: QuestionForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(office): Path<OfficeId>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = page(&desk, &mut conn, office).await?;
    desk.show(&page)
}

async fn again(
    desk: &Desk,
    link: &mut Link,
    office: OfficeId,
    faults: Faults,
    fill: impl FnOnce(&mut OfficeStartPage),
) -> Reply {
    let faults = faults.into_list();
    let mut page = page(desk, link, office).await?;
    fill(&mut page);
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

async fn start(
    desk: Desk,
    Path(office): Path<OfficeId>,
    Input(form): Input<OfficeStartForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let mut faults = Faults::default();
    let opens = faults.date("opens_on", &form.opens_on);
    let moves = faults.optional_date("moves_in_on", &form.moves_in_on);
    if moves.zip(opens).is_some_and(|(moves, opens)| opens < moves) {
        faults.add("opens_on", "opens-before-moving");
    }
    let (Some(opens), true) = (opens, faults.is_empty()) else {
        return again(&desk, &mut tx, office, faults, |page| page.start_form = form).await;
    };
    tx.run(&SET_START, args![office, moves, opens]).await?;
    note(&desk, &permit, "office_start", office);
    desk.commit(tx).await?;
    desk.done(&format!("/rollout/offices/{office}"), "start-kept")
}

async fn lesson(desk: Desk, Path(office): Path<OfficeId>, Input(form): Input<LessonForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let mut faults = Faults::default();
    let text = faults.line("lesson", &form.lesson);
    if !faults.is_empty() {
        return again(&desk, &mut tx, office, faults, |page| page.lesson_form = form).await;
    }
    let id = crate::app::new_id();
    tx.run_one(&ADD_LESSON, args![id, office, text, worker.id, desk.now()]).await?;
    note(&desk, &permit, "lesson", id);
    desk.commit(tx).await?;
    desk.done(&format!("/rollout/offices/{office}"), "lesson-kept")
}

async fn tick(
    desk: Desk,
    Path((office, lesson)): Path<(OfficeId, Uuid)>,
    Input(form): Input<TickForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    if form.what == "close" {
        if tx.run(&CLOSE_LESSON, args![lesson, office, desk.now()]).await? != 1 {
            return Err(Fault::Hidden);
        }
    } else {
        tx.row(&LESSON, args![lesson]).await?.ok_or(Fault::Hidden)?;
        tx.run(&DO_LESSON, args![lesson, office, worker.id, desk.now()]).await?;
    }
    note(&desk, &permit, "lesson", lesson);
    desk.commit(tx).await?;
    desk.done(&format!("/rollout/offices/{office}"), "lesson-ticked")
}

async fn ask(desk: Desk, Path(office): Path<OfficeId>, Input(form): Input<QuestionForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    let mut faults = Faults::default();
    let text = faults.line("question", &form.question);
    // A question without an owner and a date would only be put off.
    let owner = faults.id("owner", &form.owner).map(StaffId);
    if let Some(owner) = owner
        && offices::worker(&mut tx, owner).await?.is_none_or(|it| !it.worker.on_duty)
    {
        faults.add("owner", "choose");
    }
    let due = faults.date("due_on", &form.due_on);
    let (Some(owner), Some(due), true) = (owner, due, faults.is_empty()) else {
        return again(&desk, &mut tx, office, faults, |page| page.question_form = form).await;
    };
    let id = crate::app::new_id();
    tx.run_one(&ASK, args![id, office, text, owner, due]).await?;
    note(&desk, &permit, "open_question", id);
    desk.commit(tx).await?;
    desk.done(&format!("/rollout/offices/{office}"), "question-kept")
}

async fn settle(
    desk: Desk,
    Path((office, question)): Path<(OfficeId, Uuid)>,
    Input(form): Input<SettledForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = keeper(&desk, &mut tx, office).await?;
    tx.row(&IS_QUESTION, args![question, office]).await?.ok_or(Fault::Hidden)?;
    let mut faults = Faults::default();
    let answer = text::required(&form.answer, text::LINE);
    let answer = faults.take("answer", answer, |e| e.code().into()).unwrap_or_default();
    if !faults.is_empty() {
        return again(&desk, &mut tx, office, faults, |_| ()).await;
    }
    let version: i64 = form.version.trim().parse().unwrap_or_default();
    let args = args![question, office, version, answer, desk.now()];
    if tx.run(&SETTLE, args).await? != 1 {
        return Err(Fault::conflict("stale"));
    }
    note(&desk, &permit, "open_question", question);
    desk.commit(tx).await?;
    desk.done(&format!("/rollout/offices/{office}"), "question-settled")
}
