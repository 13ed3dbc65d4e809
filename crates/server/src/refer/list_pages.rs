//! Referrals in lists: what waits for one's own unit, what one's agency has sent and how long it has
//! waited, what the insurance office has not answered or has turned down, and what lies with the
//! joint manager (REQ-REF-02, REQ-REF-10, REQ-REF-12).

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::refer::{ReturnReason, State, total};
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::decisions::{self, DecisionLine};
use super::pages::{WaitLine, days_over};
use super::store::{self, Listed};
use crate::db::Link;
use crate::policy::Subject;
use crate::web::{Desk, Fault, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().see::<ListsPage, _, _>(
        "/referrals",
        "Referrals to and from the reader's unit, and what became of them",
        show,
    )
}

/// A referral in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReferralLine {
    pub(crate) case: String,
    pub(crate) name: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) reason: String,
    pub(crate) need_kind: String,
    pub(crate) state: String,
    pub(crate) sent_on: String,
    pub(crate) deadline: String,
    /// Days over its deadline without an answer.
    pub(crate) overdue: i64,
    /// Why it was returned; empty where it was not.
    pub(crate) return_reason: String,
    #[serde(skip)]
    pub(crate) person: Uuid,
}

/// Referrals that came back for one reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReasonLine {
    pub(crate) reason: String,
    pub(crate) count: usize,
    pub(crate) lines: Vec<ReferralLine>,
}

/// The lists.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListsPage {
    /// At the reader's table as joint manager: nobody answered, or it came back.
    pub(crate) undecided: Vec<ReferralLine>,
    /// What waits for an answer of the reader's unit.
    pub(crate) to_us: Vec<ReferralLine>,
    /// What the reader's agency has sent and waits for.
    pub(crate) waiting: Vec<ReferralLine>,
    /// What the insurance office has not answered in time.
    pub(crate) insurance_late: Vec<ReferralLine>,
    /// Who was shut out by the insurance office, by reason.
    pub(crate) shut_out: Vec<ReasonLine>,
    /// Joint decisions that are owed.
    pub(crate) decisions: Vec<DecisionLine>,
    /// Days waited by cause over the last year.
    pub(crate) waits: Vec<WaitLine>,
    /// All of them together.
    pub(crate) whole: i64,
    /// Over how many referrals.
    pub(crate) of: i64,
    /// Whether there were more than are counted here.
    pub(crate) cut: bool,
}

crate::page!(ListsPage, "refer/pages/lists.html");

/// The most that the list of one's own holds.
const MOST: usize = 500;

fn view(one: &Listed, today: Date) -> ReferralLine {
    let late = |one: &Listed| match one.steps.state {
        State::Sent | State::Received | State::Expired => days_over(one.deadline, today),
        _ => 0,
    };
    ReferralLine {
        case: one.case.to_string(),
        name: one.name.clone(),
        to: one.to.clone(),
        from: one.from_unit.clone(),
        reason: one.reason.clone(),
        need_kind: one.need_kind.clone(),
        state: one.steps.state.as_str().to_owned(),
        sent_on: one.steps.sent.to_string(),
        deadline: one.deadline.to_string(),
        overdue: late(one),
        return_reason: one.return_reason.clone(),
        person: one.person.0,
    }
}

/// What came from another agency is there as long as the walls let the fact of the case cross
/// (REQ-INFO-03).
async fn crossing(
    desk: &Desk,
    link: &mut Link,
    all: Vec<Listed>,
) -> Result<Vec<ReferralLine>, Fault> {
    let mut seen = Vec::new();
    for one in all {
        let own = Some(one.from) == desk.actor().agency;
        if own || desk.may(link, Action::ReadReferrals, Subject::Case(one.case)).await? {
            // The need is told where the case is opened, as far as the walls let it.
            let need_kind = if own { one.need_kind.clone() } else { String::new() };
            seen.push(ReferralLine { need_kind, ..view(&one, desk.today()) });
        }
    }
    Ok(seen)
}

/// REQ-REF-12: who was shut out by the insurance office, grouped by the reason that it gave.
fn by_reason(all: &[&Listed], today: Date) -> Vec<ReasonLine> {
    let mut groups: BTreeMap<ReturnReason, Vec<ReferralLine>> = BTreeMap::new();
    for one in all {
        if let Some(reason) = ReturnReason::parse(&one.return_reason) {
            groups.entry(reason).or_default().push(view(one, today));
        }
    }
    let line = |(reason, lines): (ReturnReason, Vec<ReferralLine>)| ReasonLine {
        reason: reason.as_str().to_owned(),
        count: lines.len(),
        lines,
    };
    groups.into_iter().map(line).collect()
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadReferrals, Subject::Duty).await?;
    let (link, actor, today) = (&mut *conn, desk.actor(), desk.today());
    let since = today.checked_sub(12.months()).unwrap_or(today);
    let ours = store::ours(link, &permit, actor, since).await?;
    let to_us = store::to_unit(link, &permit, actor).await?;
    let undecided = store::of_manager(link, &permit, actor).await?;
    let insurance: Vec<&Listed> =
        ours.iter().filter(|one| one.kind == AgencyKind::Insurance.as_str()).collect();
    let late = |one: &&&Listed| {
        let unanswered = one.steps.state.is_open() || one.steps.state == State::Expired;
        unanswered && one.deadline < today
    };
    let waits: Vec<_> = ours.iter().map(|one| one.steps.waits(today)).collect();
    let (parts, whole) = total(&waits);
    let page = ListsPage {
        undecided: crossing(&desk, link, undecided).await?,
        to_us: crossing(&desk, link, to_us).await?,
        waiting: ours
            .iter()
            .filter(|one| one.steps.state.is_open())
            .map(|one| view(one, today))
            .collect(),
        insurance_late: insurance.iter().filter(late).map(|one| view(one, today)).collect(),
        shut_out: by_reason(&insurance, today),
        decisions: decisions::mine(link, &permit, actor, since).await?,
        waits: parts
            .into_iter()
            .map(|(cause, days)| WaitLine { cause: cause.as_str().to_owned(), days })
            .collect(),
        whole,
        of: i64::try_from(ours.len()).unwrap_or(i64::MAX),
        cut: ours.len() >= MOST,
    };
    let lists = [&page.undecided, &page.to_us, &page.waiting, &page.insurance_late];
    let seen = lists
        .into_iter()
        .flatten()
        .chain(page.shut_out.iter().flat_map(|one| &one.lines))
        .map(|line| line.person)
        .chain(page.decisions.iter().filter_map(|line| line.person));
    desk.note_seen(&permit, seen);
    desk.show(&page)
}
