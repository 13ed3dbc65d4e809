//! The referrals of one case: what is out, what was answered, the way of the case, what was waited
//! for.

use axum::extract::Path;
use jiff::ToSpan;
use onedoor_domain::ids::{AgencyId, CaseId};
use onedoor_domain::need::NeedKind;
use onedoor_domain::refer::{Came, Reason, Receiver, ReturnReason, State, Wish, total};
use onedoor_domain::secrecy::{Action, Category, Purpose};
use serde::Serialize;
use utoipa::ToSchema;

use super::decisions::{self, DecisionLine};
use super::picture::Picture;
use super::send_pages::{ConditionLine, SendForm, declarable};
use super::store::{self, Kept};
use crate::case::store as cases;
use crate::db::Link;
use crate::need::Sieve;
use crate::office::store::{self as offices, Choice};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::provider::store as providers;
use crate::walls::{Held, Standing};
use crate::web::{Desk, Fault, FieldFault, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().see::<ReferralsPage, _, _>(
        "/cases/{id}/referrals",
        "The referrals of a case, what was answered, and what was waited for",
        show,
    )
}

pub(super) const PURPOSE: Purpose = Purpose::Coordination;
/// Days for an answer, where nothing else is said.
const DAYS: i64 = 14;

/// A referral before one reader.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReferralView {
    pub(crate) id: String,
    pub(crate) receiver: String,
    pub(crate) to: String,
    pub(crate) to_agency: String,
    pub(crate) from_unit: String,
    pub(crate) from_agency: String,
    pub(crate) sent_by: String,
    pub(crate) sent_on: String,
    pub(crate) deadline: String,
    pub(crate) wish: String,
    pub(crate) reason: String,
    /// What is needed; empty where the walls keep it from the reader.
    pub(crate) need_kind: String,
    pub(crate) need: String,
    pub(crate) conditions: String,
    pub(crate) agreed_on: String,
    pub(crate) state: String,
    pub(crate) received_on: String,
    pub(crate) answered_on: String,
    pub(crate) answered_by: String,
    pub(crate) return_reason: String,
    pub(crate) answer: String,
    pub(crate) instead: String,
    /// Who of a receiver outside the house said so.
    pub(crate) said_by: String,
    /// Whether the person came; empty while nobody has said, and where the walls keep it.
    pub(crate) came: String,
    pub(crate) came_on: String,
    pub(crate) decision: String,
    pub(crate) decided_on: String,
    /// Whether the walls keep a part of it from the reader, whether or not there is something.
    pub(crate) withheld: bool,
    /// Days over its deadline without an answer.
    pub(crate) overdue: i64,
    pub(crate) outside: bool,
    pub(crate) may_answer: bool,
    pub(crate) may_withdraw: bool,
    pub(crate) may_settle: bool,
    pub(crate) may_tell: bool,
    pub(crate) version: i64,
}

/// Days waited for one cause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WaitLine {
    pub(crate) cause: String,
    pub(crate) days: i64,
}

/// The referrals of a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReferralsPage {
    pub(crate) case: String,
    pub(crate) name: String,
    /// Who answers for the case, now and until somebody else has said yes.
    pub(crate) owner: String,
    pub(crate) lines: Vec<ReferralView>,
    pub(crate) picture: Picture,
    pub(crate) decisions: Vec<DecisionLine>,
    pub(crate) waits: Vec<WaitLine>,
    /// All days waited together.
    pub(crate) whole: i64,
    pub(crate) may_refer: bool,
    pub(crate) units: Vec<Choice>,
    pub(crate) providers: Vec<Choice>,
    pub(crate) receivers: Vec<String>,
    pub(crate) wishes: Vec<String>,
    pub(crate) reasons: Vec<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) return_reasons: Vec<String>,
    pub(crate) comings: Vec<String>,
    pub(crate) conditions: Vec<ConditionLine>,
    pub(crate) today: String,
    pub(crate) form: SendForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ReferralsPage, "refer/pages/case.html");

fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| code(*one).to_owned()).collect()
}

pub(super) fn days_over(deadline: jiff::civil::Date, today: jiff::civil::Date) -> i64 {
    let over = deadline.until((jiff::Unit::Day, today)).map_or(0, |span| span.get_days());
    i64::from(over.max(0))
}

/// Whether a referral is the reader's to see: their agency sent it or was asked, or it lies with
/// them as joint manager.
pub(super) fn concerns(desk: &Desk, permit: &Permit, one: &Kept) -> bool {
    let agency = desk.actor().agency;
    let ours = agency.is_some() && (agency == Some(one.from.0) || agency == one.to_agency);
    ours || permit.ground() == onedoor_domain::secrecy::Ground::JointManagement
}

/// A referral as the reader may see it. What one agency says of the person the other learns as far
/// as the walls let it, today: the state and the days of one's own referral are one's own.
async fn view(
    desk: &Desk,
    link: &mut Link,
    sieve: &mut Sieve<'_>,
    one: &Kept,
    may: (bool, bool),
) -> Result<ReferralView, Fault> {
    let me = sieve.receiver();
    let unit = desk.actor().unit;
    let category = one.need_kind.category();
    let held = |on| Held { received: Some(on), ..Held::default() };
    let sends = one.from.0;
    let need_open = sends == me || sieve.lets(link, sends, category, held(one.sent_on)).await?;
    let answers = one.answerer();
    let on = one.answered_on.unwrap_or(one.sent_on);
    let answer_open = answers == me || sieve.lets(link, answers, Category::Case, held(on)).await?;
    let on = one.decided_on.unwrap_or(on);
    let decision_open = answers == me || sieve.lets(link, answers, category, held(on)).await?;
    let open = one.rule.state.is_open();
    let outside = one.receiver.is_outside();
    let receives = match one.rule.to {
        Some(to) => Some(to) == unit,
        None => Some(one.from.1) == unit,
    };
    let accepted = one.rule.state == State::Accepted;
    let undecided = matches!(one.rule.state, State::Expired | State::Returned);
    let day = |day: Option<jiff::civil::Date>| day.map(|it| it.to_string()).unwrap_or_default();
    let if_open = |open: bool, text: &str| if open { text.to_owned() } else { String::new() };
    let came = one.came.map(Came::as_str).unwrap_or_default();
    let late = if open { days_over(one.rule.deadline, desk.today()) } else { 0 };
    Ok(ReferralView {
        id: one.id.to_string(),
        receiver: one.receiver.as_str().to_owned(),
        to: one.to.clone(),
        to_agency: one.to_agency_name.clone(),
        from_unit: one.from_unit.clone(),
        from_agency: one.from_agency.clone(),
        sent_by: one.sent_by.clone(),
        sent_on: one.sent_on.to_string(),
        deadline: one.rule.deadline.to_string(),
        wish: one.rule.wish.as_str().to_owned(),
        reason: one.reason.clone(),
        need_kind: if_open(need_open, one.need_kind.as_str()),
        need: if_open(need_open, &one.need),
        conditions: if_open(need_open, &one.conditions),
        agreed_on: day(one.agreed_on),
        state: one.rule.state.as_str().to_owned(),
        received_on: day(one.received_on),
        answered_on: day(one.answered_on),
        answered_by: one.answered_by.clone(),
        return_reason: one.return_reason.clone(),
        answer: if_open(answer_open, &one.answer),
        instead: if_open(answer_open, &one.instead),
        said_by: if_open(answer_open, &one.said_by),
        came: if_open(answer_open, came),
        came_on: if_open(answer_open, &day(one.came_on)),
        decision: if_open(decision_open, &one.decision),
        decided_on: if_open(decision_open, &day(one.decided_on)),
        withheld: !(need_open && answer_open && decision_open),
        overdue: late,
        outside,
        may_answer: may.0 && open && receives,
        may_withdraw: may.0 && open && Some(one.from.1) == unit,
        may_settle: may.1 && undecided,
        may_tell: may.0 && accepted && receives,
        version: one.version,
    })
}

/// The page of a case's referrals, with what was typed.
pub(super) async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: SendForm,
    faults: Vec<FieldFault>,
) -> Result<ReferralsPage, Fault> {
    let stored = cases::read(link, permit).await?;
    let case = stored.case.id;
    let may_answer = desk.may(link, Action::AnswerReferral, Subject::Case(case)).await?;
    let may_settle = desk.may(link, Action::SettleHandover, Subject::Case(case)).await?;
    let may_refer =
        stored.closed.is_none() && desk.may(link, Action::Refer, Subject::Case(case)).await?;
    let standing = Standing::of(desk, link, permit).await?;
    let mut sieve = Sieve::new(&standing);
    let (mut lines, mut waits) = (Vec::new(), Vec::new());
    for one in store::of_case(link, permit).await? {
        if concerns(desk, permit, &one) {
            waits.push(one.steps().waits(desk.today()));
            lines.push(view(desk, link, &mut sieve, &one, (may_answer, may_settle)).await?);
        }
    }
    sieve.tell(desk, permit);
    let (parts, whole) = total(&waits);
    let agencies = offices::agencies(link).await?;
    let name = |id: AgencyId| {
        agencies.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default()
    };
    let (mut units, mut given, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
    if may_refer {
        units = offices::near_units(link, stored.office, desk.today()).await?;
        given = providers::providers(link, desk.actor().agency).await?;
        given.retain(|one| one.holds(desk.today()));
        conditions = declarable(desk, link, &standing, &form).await?;
    }
    Ok(ReferralsPage {
        case: case.to_string(),
        name: persons::read(link, permit).await?.name(),
        owner: format!("{}, {}", stored.responsible_unit, stored.agency_name),
        picture: Picture::of(&stored.case.chain, name),
        decisions: decisions::of_case(link, permit).await?,
        waits: parts
            .into_iter()
            .map(|(cause, days)| WaitLine { cause: cause.as_str().to_owned(), days })
            .collect(),
        whole,
        lines,
        may_refer,
        units,
        providers: given
            .into_iter()
            .map(|one| Choice { id: one.id.to_string(), name: one.name })
            .collect(),
        receivers: codes(Receiver::ALL, Receiver::as_str),
        wishes: codes(Wish::ALL, Wish::as_str),
        reasons: codes(Reason::ALL, Reason::as_str),
        needs: codes(NeedKind::ALL, NeedKind::as_str),
        return_reasons: codes(ReturnReason::ALL, ReturnReason::as_str),
        comings: codes(Came::ALL, Came::as_str),
        conditions,
        today: desk.today().to_string(),
        form,
        faults,
    })
}

async fn show(desk: Desk, Path(id): Path<CaseId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadReferrals, Subject::Case(id)).await?;
    let by = desk.today().checked_add(DAYS.days()).unwrap_or(desk.today());
    let form = SendForm {
        deadline: by.to_string(),
        once: crate::app::new_id().to_string(),
        ..SendForm::default()
    };
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}
