//! What a receiver is told when a consent was taken back, and what it answers.

use axum::extract::Path;
use onedoor_domain::consent::Answer;
use onedoor_domain::ids::WithdrawalNoticeId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::receipts;
use super::store::{self, code_list};
use crate::db::Link;
use crate::journal::{Entry, SubjectKind};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<WithdrawalsPage, _, _>(
            "/withdrawals",
            "Withdrawals that the caller's agency has to answer",
            list,
        )
        .act::<AnswerForm, _, _>(
            "/withdrawals/{id}",
            "Answers what was done with what the agency held",
            answer,
        )
        .see::<OverduePage, _, _>(
            "/withdrawals/overdue",
            "Agencies that owe an answer to a withdrawal",
            overdue,
        )
}

/// A withdrawal to be answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct WithdrawalLine {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The measure provider that holds it; empty where it is the agency itself.
    pub(crate) provider: String,
    pub(crate) purpose: String,
    pub(crate) categories: Vec<String>,
    pub(crate) held: i64,
    pub(crate) told_at: i64,
    pub(crate) due_on: String,
    pub(crate) version: i64,
}

/// Withdrawals that the agency has to answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct WithdrawalsPage {
    pub(crate) lines: Vec<WithdrawalLine>,
    pub(crate) answers: Vec<String>,
    /// The line that a fault belongs to.
    pub(crate) at: String,
    pub(crate) form: AnswerForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(WithdrawalsPage, "consent/pages/withdrawals.html");

/// What was done with what the agency held.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `kept_by_law`, `deleted` or `returned`.
    #[serde(default)]
    pub(crate) answer: String,
    /// The duty that keeps it.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<WithdrawalsPage, Fault> {
    let actor = desk.actor();
    let mut lines = Vec::new();
    let mut seen = Vec::new();
    for one in receipts::to_answer(link, permit, actor).await? {
        let Some(name) = store::name(link, permit, one.person, actor).await? else { continue };
        seen.push(one.person.0);
        lines.push(WithdrawalLine {
            id: one.id.to_string(),
            name,
            provider: one.provider,
            purpose: one.purpose,
            categories: code_list(one.categories),
            held: one.held,
            told_at: one.told_at.as_microsecond(),
            due_on: one.due_on,
            version: one.version,
        });
    }
    desk.note_seen(permit, seen);
    Ok(WithdrawalsPage {
        lines,
        answers: Answer::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        at: String::new(),
        form: AnswerForm::default(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::AcknowledgeWithdrawal, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn answer(
    desk: Desk,
    Path(id): Path<WithdrawalNoticeId>,
    Input(form): Input<AnswerForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AcknowledgeWithdrawal, Subject::Duty).await?;
    let me = desk.worker()?;
    let (person, version) = receipts::one_to_answer(&mut tx, &permit, desk.actor(), id).await?;
    let shown: Option<i64> = form.version.trim().parse().ok();
    if shown.is_some_and(|shown| shown != version) {
        return Err(Fault::conflict("stale"));
    }
    let mut faults = Faults::default();
    let said = faults.choice("answer", &form.answer, Answer::parse);
    let reason = if said == Some(Answer::KeptByLaw) {
        faults.line("reason", &form.reason)
    } else {
        faults.optional_line("reason", &form.reason)
    };
    let (Some(said), true) = (said, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.at = id.to_string();
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let (which, what) = ((id, version), (said, reason.as_str()));
    receipts::answer(&mut tx, &permit, person, which, what, me.id, desk.now()).await?;
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: (SubjectKind::Person, Some(person.0)),
        persons: vec![person.0],
        detail: json!({ "withdrawal": id.to_string(), "answer": said.as_str() }),
    });
    desk.commit(tx).await?;
    desk.done("/withdrawals", "withdrawal-answered")
}

/// An answer that is late.
#[derive(Serialize, ToSchema)]
pub(crate) struct OverdueLine {
    pub(crate) id: String,
    pub(crate) agency: String,
    pub(crate) told_at: i64,
    pub(crate) due_on: String,
    pub(crate) held: i64,
    pub(crate) categories: Vec<String>,
}

/// Agencies that owe an answer. No person is named.
#[derive(Serialize, ToSchema)]
pub(crate) struct OverduePage {
    pub(crate) lines: Vec<OverdueLine>,
}

crate::page!(OverduePage, "consent/pages/overdue.html");

async fn overdue(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadOverdue, Subject::Duty).await?;
    let late = receipts::overdue(&mut conn, &permit, desk.today()).await?;
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: json!({ "rows": late.len() }),
    });
    desk.show(&OverduePage {
        lines: late
            .into_iter()
            .map(|one| OverdueLine {
                id: one.id.to_string(),
                agency: one.agency,
                told_at: one.told_at.as_microsecond(),
                due_on: one.due_on,
                held: one.held,
                categories: code_list(one.categories),
            })
            .collect(),
    })
}
