//! Grounds that workers record: conditions of rules, and necessities.

use axum::extract::Path;
use jiff::ToSpan;
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::secrecy::{Action, Categories, Category, Effect, Purpose};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::claims::{self, NewClaim};
use super::pages::{EmptyForm, again};
use crate::db::Tx;
use crate::policy::{Permit, Subject};
use crate::walls::{self, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Reply, Routes};

/// A recorded ground holds for three months at most; who still needs it writes it again.
pub(super) const MOST_MONTHS: i64 = 3;
/// Fewest characters of a reason.
const REASON: usize = 10;

/// The routes of recorded grounds.
pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<GroundForm, _, _>("/persons/{id}/grounds", "Records a ground", record)
        .act::<AnswerForm, _, _>(
            "/persons/{id}/grounds/{ground}/answer",
            "The giver says whether it is necessary",
            answer,
        )
        .act::<EmptyForm, _, _>("/persons/{id}/grounds/{ground}/end", "Ends a ground", end)
        .see::<QuestionsPage, _, _>(
            "/grounds",
            "Questions of other agencies that wait for an answer",
            questions,
        )
}

/// A ground to be recorded.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct GroundForm {
    /// `ask` when the caller's agency would receive, `tell` when it would give.
    #[serde(default)]
    pub(crate) direction: String,
    /// The other agency.
    #[serde(default)]
    pub(crate) from_agency: String,
    /// The purpose.
    #[serde(default)]
    pub(crate) aim: String,
    /// Conditions of the policy pack that the caller says hold.
    #[serde(default)]
    pub(crate) conditions: Vec<String>,
    /// What is necessary, kind by kind; nothing is preset.
    #[serde(default)]
    pub(crate) categories: Vec<String>,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
    /// The last day.
    #[serde(default)]
    pub(crate) valid_until: String,
}

/// A recorded ground on the page.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ClaimLine {
    pub(crate) id: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) purpose: String,
    pub(crate) conditions: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) reason: String,
    pub(crate) by: String,
    pub(crate) at: i64,
    pub(crate) until: String,
    /// `asked`, `held` or `refused`.
    pub(crate) state: String,
    pub(crate) answer: Option<String>,
    pub(crate) may_answer: bool,
    pub(crate) may_end: bool,
}

pub(super) async fn lines(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    standing: &Standing,
) -> Result<Vec<ClaimLine>, Fault> {
    let language = desk.words().language();
    let pack = standing.pack();
    let name = |code: &String| {
        let entry = pack.condition(code).and_then(|one| pack.condition_entry(one));
        entry.map_or_else(|| code.clone(), |e| e.names.in_language(language).to_owned())
    };
    let mine = standing.receiver();
    let claims = claims::claims(tx, permit, mine, desk.today()).await?;
    Ok(claims
        .into_iter()
        .map(|claim| ClaimLine {
            id: claim.id.to_string(),
            conditions: claim.conditions.iter().map(name).collect(),
            categories: claim.categories.iter().map(|c| c.as_str().to_owned()).collect(),
            may_answer: claim.state == "asked" && claim.from == mine,
            may_end: claim.state != "refused",
            from: claim.from_name,
            to: claim.to_name,
            purpose: claim.purpose,
            reason: claim.reason,
            by: claim.by,
            at: claim.at.as_microsecond(),
            until: claim.until.to_string(),
            state: claim.state,
            answer: claim.answer,
        })
        .collect())
}

fn reason(faults: &mut Faults, value: &str) -> String {
    let reason = faults
        .take("reason", text::required(value, text::PARAGRAPH), |e| e.code().into())
        .unwrap_or_default();
    if !reason.is_empty() && reason.chars().count() < REASON {
        faults.add("reason", "text-too-short");
    }
    reason
}

/// REQ-INFO-05: what a rule opens under a condition, the receiver says holds and answers
/// for. A necessity is the giver's to judge: told on own initiative it holds at once, asked
/// for it waits for the giver's answer.
async fn record(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<GroundForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::RecordGround, Subject::Person(id)).await?;
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let mut faults = Faults::default();
    let purpose = faults.choice("aim", &form.aim, Purpose::parse);
    let other = faults.id("from_agency", &form.from_agency).map(AgencyId);
    let other = match other {
        Some(id) if id != worker.agency => {
            walls::giver_of(&mut tx, id, desk.actor().office).await?
        }
        _ => None,
    };
    if other.is_none() {
        faults.add("from_agency", "choose");
    }
    let mut categories = Categories::NONE;
    for code in &form.categories {
        match Category::parse(code) {
            Some(category) => categories = categories.with(category),
            None => faults.add("categories", "choose"),
        }
    }
    let why = reason(&mut faults, &form.reason);
    let until = faults.date("valid_until", &form.valid_until);
    if let Some(until) = until {
        if until < desk.today() {
            faults.add("valid_until", "date-past");
        }
        if desk.today().checked_add(MOST_MONTHS.months()).is_ok_and(|most| until > most) {
            faults.add("valid_until", "claim-too-long");
        }
    }
    let tells = form.direction == "tell";
    if let (Some(other), Some(purpose)) = (&other, purpose) {
        let me = walls::giver_of(&mut tx, worker.agency, desk.actor().office).await?;
        let me = me.ok_or(Fault::Hidden)?;
        // Seen from whoever would receive.
        let receiving = standing
            .before(if tells { other.id } else { me.id }, if tells { other.kind } else { me.kind });
        let giver = if tells { &me } else { other };
        let known = receiving.declarable(giver, purpose);
        if form.conditions.iter().any(|code| !known.contains(code)) {
            faults.add("conditions", "choose");
        }
        let letters =
            categories.iter().map(|c| receiving.letter(giver, purpose, c, &form.conditions));
        let needs: Vec<Effect> = letters.collect();
        let useful = !form.conditions.is_empty()
            || (!needs.is_empty() && needs.iter().all(|letter| *letter == Effect::Necessity));
        if !useful {
            faults.add("categories", "claim-unneeded");
        }
        if let (Some(until), true) = (until, faults.is_empty()) {
            let asks_giver = !tells && needs.contains(&Effect::Necessity);
            let new = NewClaim {
                from: giver.id,
                to: if tells { other.id } else { me.id },
                purpose,
                conditions: &form.conditions,
                // What is necessary the giver says: a receiver that nobody asked holds only
                // what it answers for itself.
                categories: if tells || asks_giver { categories } else { Categories::NONE },
                reason: &why,
                until,
                held: !asks_giver,
                by: worker.id,
            };
            claims::keep_claim(&mut tx, &permit, &new, desk.now()).await?;
            desk.commit(tx).await?;
            let path = format!("/persons/{id}/joint?purpose={}", purpose.as_str());
            if asks_giver {
                return desk.done(&path, "claim-asked");
            }
            return desk.done(&path, "claim-kept");
        }
    }
    again(&desk, tx, id, faults.into_list(), |page| page.ground = form).await
}

/// The giver's answer.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `yes` or `no`.
    #[serde(default)]
    pub(crate) answer: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
}

async fn answer(
    desk: Desk,
    Path((id, ground)): Path<(PersonId, Uuid)>,
    Input(form): Input<AnswerForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::RecordGround, Subject::Person(id)).await?;
    let it = claims::claim_parties(&mut tx, &permit, ground).await?;
    if it.from != worker.agency {
        return Err(Fault::Hidden);
    }
    if it.state != "asked" {
        return Err(Fault::conflict("claim-answered"));
    }
    let mut faults = Faults::default();
    let why = reason(&mut faults, &form.reason);
    if !matches!(form.answer.as_str(), "yes" | "no") {
        faults.add("answer", "choose");
    }
    if !faults.is_empty() {
        return again(&desk, tx, id, faults.into_list(), |page| {
            page.answered = (ground.to_string(), form.reason);
        })
        .await;
    }
    let yes = form.answer == "yes";
    claims::answer_claim(&mut tx, &permit, (ground, it.of), (yes, &why), (worker.id, desk.now()))
        .await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/joint"), "claim-answered")
}

async fn end(
    desk: Desk,
    Path((id, ground)): Path<(PersonId, Uuid)>,
    Input(_): Input<EmptyForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::RecordGround, Subject::Person(id)).await?;
    let it = claims::claim_parties(&mut tx, &permit, ground).await?;
    if it.from != worker.agency && it.to != worker.agency {
        return Err(Fault::Hidden);
    }
    claims::end_claim(&mut tx, &permit, ground, worker.id, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/joint"), "claim-ended")
}

/// Questions that wait.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuestionsPage {
    pub(crate) lines: Vec<QuestionLine>,
}

/// A question of another agency.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuestionLine {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) by: String,
    pub(crate) purpose: String,
    pub(crate) at: i64,
}

crate::page!(QuestionsPage, "record/pages/questions.html");

async fn questions(desk: Desk) -> Reply {
    let worker = desk.worker()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadDay, Subject::Duty).await?;
    let mut lines = Vec::new();
    for one in claims::questions(&mut conn, &permit, worker.agency, desk.today()).await? {
        let subject = Subject::Person(one.person);
        // Whom the worker may not know of is not on the list.
        let Some(seen) = desk.permit_quietly(&mut conn, Action::ReadRecord, subject).await? else {
            continue;
        };
        let identity = crate::person::store::read(&mut conn, &seen).await?;
        lines.push(QuestionLine {
            person: one.person.to_string(),
            name: identity.name(),
            by: one.by,
            purpose: one.purpose,
            at: one.at.as_microsecond(),
        });
    }
    desk.show(&QuestionsPage { lines })
}
