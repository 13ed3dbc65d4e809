//! The list of an agency: what persons ask about their files, and the answers.

use axum::extract::Path;
use onedoor_domain::correction::{About, Question, QuestionFault, State, Verdict};
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::corrections::{OwnQuestion, read_question};
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::journal::{Entry, SubjectKind};
use crate::keys::{CORRECTION_LONGER, CORRECTION_REASON, Key, PERSON_FAMILY, PERSON_GIVEN};
use crate::policy::{Cause, Permit, Proof, Subject, Warrant};
use crate::walls::unbarred;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    // What waits at the worker's agency, the most urgent first; nobody whom the worker may not
    // know of.
    WAITING = concat!("select c.id, c.kind, c.about, c.field, '', c.asked_on, c.due, c.extended_reason,
            c.state, c.verdict, '', c.answered_on, c.version, a.name, p.id, p.given_name,
            p.family_name
        from correction c join agency a on a.id = c.agency_id
        join person g on g.id = c.person_id
        join person p on p.id = coalesce(g.merged_into, g.id)
        where c.agency_id = $1 and c.state = 'asked' and ", unbarred!("$2", "$3"), "
            and exists (select 1 from person_agency k
                where k.person_id = p.id and k.agency_id = $1)
        order by c.due, c.id limit 200");
    // The privacy owner sees that it is asked and how late, and nobody's name.
    ALL = "select c.id, c.kind, c.about, c.field, '', c.asked_on, c.due, c.extended_reason,
            c.state, c.verdict, '', c.answered_on, c.version, a.name
        from correction c join agency a on a.id = c.agency_id
        where c.state = 'asked' order by c.due, c.id limit 200";
    WHOSE = "select coalesce(p.merged_into, p.id), c.agency_id from correction c
        join person p on p.id = c.person_id where c.id = $1";
    READ = "select c.id, c.kind, c.about, c.field, c.text, c.asked_on, c.due, c.extended_reason,
            c.state, c.verdict, c.reason, c.answered_on, c.version, a.name, p.id, p.given_name,
            p.family_name, c.person_version, p.version, j.at, j.act, coalesce(s.name, ''), c.person_id,
            c.document_id
        from correction c join agency a on a.id = c.agency_id
        join person g on g.id = c.person_id
        join person p on p.id = coalesce(g.merged_into, g.id)
        left join journal j on j.lane = c.lane and j.seq = c.seq
        left join staff s on s.id = j.actor_id
        where c.id = $1 and p.id = $2 and c.agency_id = $3";
    OWNER = "select person_id from correction where id = $1";
    ANSWER = "update correction set state = 'answered', verdict = $3, reason = $4,
            answered_at = $5, answered_on = $6, answered_by = $7, version = version + 1
        where id = $1 and version = $2 and state = 'asked'";
    EXTEND = "update correction set due = $3, extended_reason = $4, version = version + 1
        where id = $1 and version = $2 and state = 'asked'";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<WaitingPage, _, _>(
            "/corrections",
            "What persons ask of the caller's agency about their files",
            list,
        )
        .see::<AnswerPage, _, _>("/corrections/{id}", "One question", show)
        .act::<AnswerForm, _, _>("/corrections/{id}/answer", "Answers a question", answer)
        .act::<ExtendForm, _, _>(
            "/corrections/{id}/extend",
            "Says within the first month why the answer takes longer",
            extend,
        )
}

/// A question that waits.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingLine {
    pub(crate) question: OwnQuestion,
    /// Empty for the privacy owner.
    pub(crate) name: String,
}

/// What waits for an answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingPage {
    pub(crate) lines: Vec<WaitingLine>,
    pub(crate) overdue: i64,
    /// Whether the reader answers, or only sees how late it is.
    pub(crate) answers: bool,
}

crate::page!(WaitingPage, "own/pages/waiting.html");

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadCorrections, Subject::Duty).await?;
    let today = desk.today();
    let mut lines = Vec::new();
    let mut persons: Vec<Uuid> = Vec::new();
    let answers = desk.actor().role != Some(Role::PrivacyOwner);
    if answers {
        let args = args![permit.agency(), desk.actor().lacks(), desk.actor().id];
        for mut row in conn.rows(permit.opens(&WAITING), args).await? {
            // The texts of a question are for the page of that one question.
            let (question, _) = read_question(&mut row, None, today)?;
            let person: Uuid = row.get(14)?;
            let key = Key::look_up(&mut conn, &permit, person).await?;
            persons.push(person);
            lines.push(WaitingLine { question, name: name(&mut row, 15, &key)? });
        }
    } else {
        for mut row in conn.rows(permit.opens(&ALL), &[]).await? {
            let (question, _) = read_question(&mut row, None, today)?;
            lines.push(WaitingLine { question, name: String::new() });
        }
    }
    desk.note_seen(&permit, persons);
    let overdue = lines.iter().filter(|line| line.question.overdue).count();
    let overdue = i64::try_from(overdue).unwrap_or(i64::MAX);
    desk.show(&WaitingPage { lines, overdue, answers })
}

/// The name of a person: texts that people wrote are read here.
fn name(row: &mut Row, at: usize, key: &Key) -> Result<String, DbError> {
    let given = key.open(PERSON_GIVEN, row.get(at)?)?;
    let family = key.open(PERSON_FAMILY, row.get(at + 1)?)?;
    Ok(format!("{given} {family}"))
}

/// One question, with the forms to answer it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnswerPage {
    pub(crate) question: OwnQuestion,
    pub(crate) person: String,
    pub(crate) name: String,
    /// Whether the record has changed since the question was asked.
    pub(crate) changed: bool,
    /// The line of the log that it is about.
    pub(crate) line_at: Option<i64>,
    pub(crate) line_act: String,
    pub(crate) line_by: String,
    pub(crate) may_extend: bool,
    pub(crate) verdicts: Vec<String>,
    pub(crate) verdict: String,
    pub(crate) reason: String,
    pub(crate) longer: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AnswerPage, "own/pages/answer.html");

struct Found {
    page: AnswerPage,
    rule: Question,
}

/// The question, for who may answer it: a worker of the agency that it was sent
/// to, who may act for the person. For all others it is not there.
async fn find(desk: &Desk, link: &mut Link, id: Uuid) -> Result<(Found, Permit), Fault> {
    let warrant = Warrant::new(Cause::Whose, &desk.app().vault);
    let whose = link.row(warrant.opens(&WHOSE), args![id]).await?;
    let (person, agency) = match whose {
        Some(mut row) => (row.get::<PersonId>(0)?, Some(row.get::<AgencyId>(1)?)),
        None => (PersonId(Uuid::nil()), None),
    };
    let subject = Subject::Person(person);
    let permit = desk.permit(link, Action::AnswerCorrection, subject).await?;
    if agency.is_none() || permit.agency() != agency {
        return Err(Fault::Hidden);
    }
    let row = link.row(permit.opens(&READ), args![id, permit.the_person()?, agency]).await?;
    let mut row = row.ok_or(Fault::Hidden)?;
    let asked_under = key_of(link, &permit, row.get(22)?).await?;
    let (mut question, rule) = read_question(&mut row, Some(&asked_under), desk.today())?;
    question.document = row.get::<Option<Uuid>>(23)?.map(|id| id.to_string());
    let person: Uuid = row.get(14)?;
    let key = Key::look_up(link, &permit, person).await?;
    let (then, now): (i64, i64) = (row.get(17)?, row.get(18)?);
    let about_line = question.about == About::Line.as_str();
    let may_extend = rule.state() == &State::Asked
        && rule.extended().is_none()
        && !rule.is_overdue(desk.today());
    let page = AnswerPage {
        person: person.to_string(),
        name: name(&mut row, 15, &key)?,
        changed: now > then,
        line_at: if about_line { row.get(19)? } else { None },
        line_act: row.get::<Option<String>>(20)?.unwrap_or_default().replace('.', "-"),
        line_by: row.get(21)?,
        may_extend,
        verdicts: Verdict::ALL.iter().map(|verdict| verdict.as_str().to_owned()).collect(),
        verdict: String::new(),
        reason: String::new(),
        longer: String::new(),
        faults: Vec::new(),
        question,
    };
    Ok((Found { page, rule }, permit))
}

/// The key under which a question was asked: the person's, or that of a record that
/// was joined to theirs since.
async fn key_of(link: &mut Link, permit: &Permit, owner: Uuid) -> Result<Key, DbError> {
    if permit.person().is_some_and(|person| person.0 == owner) {
        return Key::look_up(link, permit, owner).await;
    }
    Key::look_up(link, &Warrant::new(Cause::Joined, permit.vault()), owner).await
}

/// The record under whose key a question stands, and that key.
async fn key_of_question(link: &mut Link, permit: &Permit, id: Uuid) -> Result<Key, Fault> {
    let mut row = link.row(permit.opens(&OWNER), args![id]).await?.ok_or(Fault::Hidden)?;
    Ok(key_of(link, permit, row.get(0)?).await?)
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    let (found, _) = find(&desk, &mut conn, id).await?;
    desk.show(&found.page)
}

/// An answer.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `corrected`, `partly` or `refused`.
    #[serde(default)]
    pub(crate) verdict: String,
    /// Why, in words for the person.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// What the form says of a rule that refused, or the conflict that it is.
fn refused(fault: QuestionFault, field: &'static str) -> Result<FieldFault, Fault> {
    match fault {
        QuestionFault::Closed => Err(Fault::conflict("correction-closed")),
        QuestionFault::NothingChanged => Ok(FieldFault::new("verdict", fault.code())),
        _ => Ok(FieldFault::new(field, fault.code())),
    }
}

async fn answer(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<AnswerForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let (Found { mut page, rule }, permit) = find(&desk, &mut tx, id).await?;
    // Only what is wrong with a field of the record must show in the record.
    let changed = page.changed || page.question.about != About::Field.as_str();
    let fault = match Verdict::parse(form.verdict.trim()) {
        None => FieldFault::new("verdict", "choose"),
        Some(verdict) => match rule.answer(verdict, &form.reason, changed, desk.today()) {
            Ok(answered) => {
                write_answer(&desk, &mut tx, (id, &permit), (&form, &page, &answered)).await?;
                noted(&desk, &permit, "answered");
                desk.commit(tx).await?;
                return desk.done("/corrections", "correction-answered");
            }
            Err(fault) => refused(fault, "reason")?,
        },
    };
    page.verdict = form.verdict;
    page.reason = form.reason;
    page.faults = vec![fault.clone()];
    desk.again(&page, vec![fault])
}

fn noted(desk: &Desk, permit: &Permit, what: &str) {
    desk.note(Entry {
        action: Action::AnswerCorrection,
        ground: Some(permit.ground()),
        subject: (SubjectKind::Person, permit.person().map(|person| person.0)),
        persons: permit.person().iter().map(|person| person.0).collect(),
        detail: serde_json::json!({ "correction": what }),
    });
}

async fn write_answer(
    desk: &Desk,
    tx: &mut Tx,
    (id, permit): (Uuid, &Permit),
    (form, page, answered): (&AnswerForm, &AnswerPage, &Question),
) -> Result<(), Fault> {
    let State::Answered { verdict, reason, on } = answered.state() else {
        return Err(Fault::Defect("an answer that is none".into()));
    };
    let version = form.version.trim().parse().unwrap_or(page.question.version);
    let worker = desk.worker()?;
    let reason = key_of_question(tx, permit, id).await?.seal(CORRECTION_REASON, reason)?;
    let args = args![id, version, verdict.as_str(), reason, desk.now(), *on, worker.id];
    match tx.run(permit.opens(&ANSWER), args).await? {
        1 => Ok(()),
        _ => Err(Fault::conflict("stale")),
    }
}

/// A longer time.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ExtendForm {
    /// Why, in words for the person.
    #[serde(default)]
    pub(crate) longer: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn extend(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<ExtendForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let (Found { mut page, rule }, permit) = find(&desk, &mut tx, id).await?;
    match rule.extend(&form.longer, desk.today()) {
        Ok(longer) => {
            let version = form.version.trim().parse().unwrap_or(page.question.version);
            let key = key_of_question(&mut tx, &permit, id).await?;
            let why = key.seal_some(CORRECTION_LONGER, longer.extended())?;
            let args = args![id, version, longer.due(), why];
            if tx.run(permit.opens(&EXTEND), args).await? != 1 {
                return Err(Fault::conflict("stale"));
            }
            noted(&desk, &permit, "extended");
            desk.commit(tx).await?;
            desk.done(&format!("/corrections/{id}"), "correction-extended")
        }
        Err(fault) => {
            let fault = refused(fault, "longer")?;
            page.longer = form.longer;
            page.faults = vec![fault.clone()];
            desk.again(&page, vec![fault])
        }
    }
}
