//! A caseworker's day and the joint manager's table.

use axum::extract::Query;
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use onedoor_domain::case::SHUTTLE_ALARM;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::hidden;
use super::lists::{self, CaseLine};
use crate::db::Link;
use crate::feedback::FeedbackLine;
use crate::office::{calendar, store as offices};
use crate::policy::{Permit, Subject};
use crate::web::{Desk, Fault, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<DayPage, _, _>("/day", "The caller's day", day)
        .see::<MinePage, _, _>("/day/cases", "The caller's own cases, fifty at a time", more)
        .asking(&["after"])
        .see::<ManagementPage, _, _>("/management", "The joint manager's table", management)
}

/// A caseworker's day.
#[derive(Serialize, ToSchema)]
pub(crate) struct DayPage {
    pub(crate) all: i64,
    pub(crate) late: i64,
    pub(crate) today: i64,
    /// The first fifty, the nearest step first.
    pub(crate) mine: Vec<CaseLine>,
    /// What `/day/cases` takes as `after` for those that come next.
    pub(crate) next: Option<String>,
    /// Cases of people who are away, in which the worker stands in.
    pub(crate) standing_in: Vec<CaseLine>,
    /// What a joint manager who is away would decide, where the worker stands in for them.
    pub(crate) undecided: Vec<CaseLine>,
    pub(crate) steps: Vec<CaseLine>,
    pub(crate) asked_of_me: Vec<CaseLine>,
    pub(crate) asked_by_me: Vec<CaseLine>,
    pub(crate) with_others: Vec<CaseLine>,
    /// What the worker has been told about people whom they sent on.
    pub(crate) feedback: Vec<FeedbackLine>,
    /// Own cases whose deputy is away on the next day on which the office opens.
    pub(crate) uncovered: i64,
}

crate::page!(DayPage, "case/pages/day.html");

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

/// The worker's own cases after a place in their order, and the place of those that come next.
async fn own_cases(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    after: &str,
) -> Result<(Vec<CaseLine>, Option<String>), Fault> {
    let (on, id) = match after.split_once('_') {
        Some((on, id)) => (on, id.parse().unwrap_or_else(|_| Uuid::nil())),
        None => ("", Uuid::nil()),
    };
    let mut mine = lists::mine(link, permit, desk.actor(), on, id).await?;
    let page = usize::try_from(lists::PAGE).unwrap_or(50);
    let more = mine.len() > page;
    mine.truncate(page);
    let next = mine.last().filter(|_| more).map(|line| format!("{}_{}", line.on, line.id));
    Ok((mine, next))
}

/// A worker's own cases, a page of fifty.
#[derive(Serialize, ToSchema)]
pub(crate) struct MinePage {
    pub(crate) mine: Vec<CaseLine>,
    pub(crate) next: Option<String>,
}

crate::page!(MinePage, "case/pages/mine.html");

async fn more(desk: Desk, Query(after): Query<After>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadDay, Subject::Duty).await?;
    let (mine, next) = own_cases(&desk, &mut conn, &permit, &after.after).await?;
    desk.note_seen(&permit, mine.iter().map(|line| line.person));
    desk.show(&MinePage { mine, next })
}

async fn day(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadDay, Subject::Duty).await?;
    let actor = desk.actor();
    let link = &mut *conn;
    let (mine, next) = own_cases(&desk, link, &permit, "").await?;
    // A list that is whole on its page answers these by itself.
    let ((all, late, today), with_others) = if next.is_none() {
        let today = &desk.today().to_string();
        let count =
            |on: std::cmp::Ordering| mine.iter().filter(move |line| line.on.cmp(today) == on);
        let counts = (
            mine.len().try_into().unwrap_or(i64::MAX),
            count(std::cmp::Ordering::Less).count().try_into().unwrap_or(i64::MAX),
            count(std::cmp::Ordering::Equal).count().try_into().unwrap_or(i64::MAX),
        );
        let others = mine.iter().filter(|line| Some(line.owner) != actor.id).cloned().collect();
        (counts, others)
    } else {
        (
            lists::counts(link, &permit, actor, desk.today()).await?,
            lists::with_others(link, &permit, actor).await?,
        )
    };
    let next_day = match actor.office {
        Some(office) => {
            calendar::opens_after(link, office, desk.app().country, desk.today()).await?
        }
        None => desk.today().tomorrow().unwrap_or(desk.today()),
    };
    let page = DayPage {
        all,
        late,
        today,
        mine,
        next,
        standing_in: lists::standing_in(&desk, link, &permit).await?,
        undecided: lists::for_stand_in(link, &permit, actor, desk.today()).await?,
        steps: lists::steps(&desk, link, &permit).await?,
        asked_of_me: lists::asked_of(&desk, link, &permit).await?,
        asked_by_me: lists::asked_by(link, &permit, actor).await?,
        with_others,
        feedback: crate::feedback::for_worker(link, &permit, actor).await?,
        uncovered: lists::uncovered(link, &permit, actor, next_day).await?,
    };
    let seen = page
        .mine
        .iter()
        .chain(&page.standing_in)
        .chain(&page.undecided)
        .chain(&page.steps)
        .chain(&page.asked_of_me)
        .chain(&page.asked_by_me)
        .chain(&page.with_others)
        .map(|line| line.person)
        .chain(page.feedback.iter().map(|line| line.person));
    desk.note_seen(&permit, seen);
    desk.show(&page)
}

/// The joint manager's table: of every office that they lead, wherever they sit (REQ-ORG-46).
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ManagementPage {
    /// How many offices the reader leads; who leads none has nothing here.
    pub(crate) offices: usize,
    pub(crate) undecided: Vec<CaseLine>,
    /// Cases whose worker or deputy may not see the person.
    pub(crate) out_of_sight: Vec<CaseLine>,
    /// Whether there is such a case, of somebody whom the reader may not see, and nobody to ask.
    pub(crate) stuck: bool,
    pub(crate) shuttling: Vec<CaseLine>,
    pub(crate) without_adviser: Vec<CaseLine>,
    /// People who lose their worker by the next day on which their office opens (REQ-ORG-10).
    pub(crate) leaving: i64,
    /// Of those, people for whom nobody steps in.
    pub(crate) nobody: i64,
    /// Offices with booked times of earlier days of which nobody has said whether the person came.
    pub(crate) unsaid: Vec<UnsaidLine>,
}

/// Booked times of an office that nobody has said anything of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UnsaidLine {
    pub(crate) office: String,
    pub(crate) name: String,
    pub(crate) count: i64,
}

crate::page!(ManagementPage, "case/pages/management.html");

async fn management(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadManagement, Subject::Duty).await?;
    let (actor, today, country) = (desk.actor(), desk.today(), desk.app().country);
    let month = today.checked_sub(30.days()).unwrap_or(today);
    let link = &mut *conn;
    let alarm = i64::from(SHUTTLE_ALARM);
    let led = offices::led_by(link, actor).await?;
    let mut page = ManagementPage {
        offices: led.len(),
        undecided: lists::for_manager(link, &permit, actor, today).await?,
        ..ManagementPage::default()
    };
    for office in led {
        let at = (office, today);
        page.out_of_sight.extend(lists::out_of_sight(link, &permit, actor, at).await?);
        page.stuck |= hidden::stuck(link, &permit, actor, office).await?;
        page.shuttling.extend(lists::shuttling(link, &permit, actor, at, alarm).await?);
        let without = lists::without_adviser(link, &permit, actor, office, month).await?;
        page.without_adviser.extend(without);
        let next = calendar::opens_after(link, office, country, today).await?;
        let since = calendar::open_before(link, office, country, next).await?;
        let (leaving, nobody) = lists::leaving(link, &permit, office, (since, next)).await?;
        page.leaving += leaving;
        page.nobody += nobody;
        let start = |day: Date| {
            let at = desk.app().zone.to_timestamp(day.to_datetime(Time::midnight()));
            at.map_or(0, jiff::Timestamp::as_microsecond)
        };
        let count =
            lists::unsaid(link, &permit, actor, office, (start(month), start(today))).await?;
        if count > 0
            && let Some((name, ..)) = offices::office(link, office).await?
        {
            page.unsaid.push(UnsaidLine { office: office.to_string(), name, count });
        }
    }
    let seen = page
        .undecided
        .iter()
        .chain(&page.out_of_sight)
        .chain(&page.shuttling)
        .chain(&page.without_adviser)
        .map(|line| line.person);
    desk.note_seen(&permit, seen);
    desk.show(&page)
}
