//! The way to a plan: asked for, approved, or refused with a reason (REQ-PLAN-04).

use axum::extract::Path;
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::plan::Label;
use onedoor_domain::plan::request::{RefusalReason, RequestState, waited};
use onedoor_domain::secrecy::{Action, Category};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::keys::{Key, REQUEST_BODY};
use crate::need::Sieve;
use crate::policy::{Permit, Proof, Subject};
use crate::walls::Held;
use crate::web::{Desk, Fault, Input, Reply, Routes};

crate::sql! {
    OF_PERSON = "select r.id, r.agency_id, r.label, r.asked_by, r.asked_on, r.state, r.reason,
            r.body, r.answered_on, r.version, a.name
        from plan_request r join agency a on a.id = r.agency_id
        where r.person_id = $1 order by r.asked_on desc, r.id limit 50";
    INSERT = "insert into plan_request (id, person_id, agency_id, office_id, label, asked_by,
            asked_on, state, reason, body, answered_on, kept_until, noted_by, version)
        values ($1, $2, $3, $4, $5, $6, $7, 'asked', '', $8, null, $9, $10, 1)";
    ANSWER = "update plan_request set state = $4, reason = $5, body = $6, answered_on = $7,
            kept_until = $8, version = version + 1
        where id = $1 and version = $2 and person_id = $3 and state = 'asked'
            and agency_id = $9";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<RequestForm, _, _>(
            "/persons/{id}/plan/requests",
            "Notes that a plan was asked for",
            ask,
        )
        .act::<AnswerForm, _, _>(
            "/persons/{id}/plan/requests/{request}",
            "Approves a request for a plan, or refuses it with a reason",
            answer,
        )
}

/// A request as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestLine {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) agency: String,
    /// `person` or `worker`.
    pub(crate) asked_by: String,
    pub(crate) asked_on: String,
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) text: String,
    pub(crate) answered_on: String,
    /// Days until the answer, or until today.
    pub(crate) days: i64,
    pub(crate) version: i64,
    /// Whether the reader's agency answers it.
    pub(crate) own: bool,
}

struct Kept {
    agency: AgencyId,
    line: RequestLine,
}

async fn of_person(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    today: Date,
) -> Result<Vec<Kept>, DbError> {
    let rows = link.rows(proof.opens(&OF_PERSON), args![person]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(link, proof, person).await?;
    let read = |mut row: Row| {
        let id: Uuid = row.get(0)?;
        let (asked, answered): (Date, Option<Date>) = (row.get(4)?, row.get(8)?);
        Ok(Kept {
            agency: row.get(1)?,
            line: RequestLine {
                id: id.to_string(),
                label: row.get(2)?,
                asked_by: row.get(3)?,
                asked_on: asked.to_string(),
                state: row.get(5)?,
                reason: row.get(6)?,
                text: key.open(REQUEST_BODY, row.get(7)?)?,
                answered_on: answered.map(|day| day.to_string()).unwrap_or_default(),
                days: waited(asked, answered, today),
                version: row.get(9)?,
                agency: row.get(10)?,
                own: false,
            },
        })
    };
    rows.into_iter().map(read).collect()
}

/// The requests of the permit's person that the walls let through.
///
/// # Errors
/// When the database does not answer.
pub async fn lines(
    link: &mut Link,
    permit: &Permit,
    sieve: &mut Sieve<'_>,
    today: Date,
) -> Result<Vec<RequestLine>, Fault> {
    let mut lines = Vec::new();
    for one in of_person(link, permit, permit.the_person()?, today).await? {
        if sieve.lets(link, one.agency, Category::Case, Held::default()).await? {
            let own = one.agency == sieve.receiver();
            lines.push(RequestLine { own, ..one.line });
        }
    }
    Ok(lines)
}

/// A request as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RequestForm {
    /// Which plan: a name in law.
    #[serde(default)]
    pub(crate) label: String,
    /// `person` or `worker`.
    #[serde(default)]
    pub(crate) asked_by: String,
    /// In what words; may be empty.
    #[serde(default)]
    pub(crate) text: String,
}

/// An answer.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `approved`, `refused` or `withdrawn`.
    #[serde(default)]
    pub(crate) state: String,
    /// Why there is to be none: `cost`, `capacity`, `not_entitled`, `other_agency` or `no_consent`.
    #[serde(default)]
    pub(crate) reason: String,
    /// In more words; asked for with a refusal.
    #[serde(default)]
    pub(crate) text: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

fn kept_until(today: Date) -> Date {
    today.checked_add(5.years()).unwrap_or(Date::MAX)
}

async fn ask(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<RequestForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePlan, Subject::Person(id)).await?;
    let label = Label::parse(form.label.trim());
    let label = label.ok_or_else(|| Fault::field("label", "choose"))?;
    let by = match form.asked_by.trim() {
        by @ ("person" | "worker") => by,
        _ => return Err(Fault::field("asked_by", "choose")),
    };
    let words = text::optional(&form.text, text::PARAGRAPH);
    let words = words.map_err(|fault| Fault::field("text", fault.code()))?;
    let person = permit.the_person()?;
    let key = Key::look_up(&mut tx, &permit, person).await?;
    let (request, today) = (crate::app::new_id(), desk.today());
    let args = args![
        request,
        person,
        worker.agency,
        office,
        label.as_str(),
        by,
        today,
        key.seal(REQUEST_BODY, &words)?,
        kept_until(today),
        worker.id,
    ];
    tx.run_one(permit.opens(&INSERT), args).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/plan"), "plan-asked")
}

async fn answer(
    desk: Desk,
    Path((id, request)): Path<(PersonId, Uuid)>,
    Input(form): Input<AnswerForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePlan, Subject::Person(id)).await?;
    let state = RequestState::parse(form.state.trim());
    let state = state.filter(|state| *state != RequestState::Asked);
    let state = state.ok_or_else(|| Fault::field("state", "choose"))?;
    let words = text::optional(&form.text, text::PARAGRAPH);
    let words = words.map_err(|fault| Fault::field("text", fault.code()))?;
    let mut reason = "";
    if state == RequestState::Refused {
        let code = RefusalReason::parse(form.reason.trim());
        reason = code.ok_or_else(|| Fault::field("reason", "choose"))?.as_str();
        if words.is_empty() {
            return Err(Fault::field("text", "text-empty"));
        }
    }
    let person = permit.the_person()?;
    let all = of_person(&mut tx, &permit, person, desk.today()).await?;
    let found = all.iter().find(|one| one.line.id == request.to_string());
    let found = found.filter(|one| one.agency == worker.agency).ok_or(Fault::Hidden)?;
    let key = Key::look_up(&mut tx, &permit, person).await?;
    let version: i64 = form.version.trim().parse().unwrap_or_default();
    let words = if words.is_empty() { found.line.text.clone() } else { words };
    let args = args![
        request,
        version,
        person,
        state.as_str(),
        reason,
        key.seal(REQUEST_BODY, &words)?,
        desk.today(),
        kept_until(desk.today()),
        worker.agency,
    ];
    tx.run_one(permit.opens(&ANSWER), args).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/plan"), "plan-answered")
}
