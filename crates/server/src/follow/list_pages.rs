//! The lists of the reader's office: alarms, measures that end, whom to reach, and the load.

use jiff::ToSpan;
use onedoor_domain::follow::{TALK_DAYS, WEEK_MINUTES, is_too_much, weekly_minutes};
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::lists::{self, FollowLine};
use crate::policy::Subject;
use crate::web::{Desk, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ListsPage, _, _>("/following", "Whom the reader's office is to meet", show)
        .see::<LoadPage, _, _>("/following/load", "What each worker carries", load)
}

/// Whom the office is to meet.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListsPage {
    /// Untouched past the interval (REQ-FOLL-03).
    pub(crate) late: Vec<FollowLine>,
    /// Whose measure ends without a talk on the next stage (REQ-MEET-07).
    pub(crate) ending: Vec<FollowLine>,
    /// Whom the reader is to reach (REQ-FOLL-12).
    pub(crate) reach: Vec<FollowLine>,
    /// Days before the end of a measure within which the talk is to have been held.
    pub(crate) days: i64,
}

crate::page!(ListsPage, "follow/pages/lists.html");

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFollowLists, Subject::Duty).await?;
    let actor = desk.actor();
    let today = desk.today();
    let late = lists::late(&mut conn, &permit, actor, today).await?;
    // A talk held within the last part of the measure, and not one of long before, counts.
    let since = desk.now().checked_sub((2 * TALK_DAYS * 24).hours()).unwrap_or(desk.now());
    let until = lists::last_listed(today);
    let ending = lists::ending(&mut conn, &permit, actor, (until, since)).await?;
    let reach = lists::reach(&mut conn, &permit, actor).await?;
    let shown = late.iter().chain(&ending).chain(&reach);
    desk.note_seen(&permit, shown.filter_map(|line| line.person.parse::<Uuid>().ok()));
    desk.show(&ListsPage { late, ending, reach, days: TALK_DAYS })
}

/// What one worker carries.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoadLine {
    pub(crate) name: String,
    pub(crate) persons: i64,
    /// Minutes a week that the rhythm takes.
    pub(crate) weekly: i64,
    /// Whether that is more than the working week.
    pub(crate) too_much: bool,
}

/// How the reader used their time.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimeLine {
    pub(crate) way: String,
    /// Why follow-up at a workplace did not happen; empty where it did.
    pub(crate) missed: String,
    pub(crate) minutes: i64,
    pub(crate) times: i64,
}

/// Load and time.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoadPage {
    /// Of all workers of the agency here for their manager; of oneself for others.
    pub(crate) lines: Vec<LoadLine>,
    /// One's own time in the last four weeks.
    pub(crate) time: Vec<TimeLine>,
    /// Minutes of a working week.
    pub(crate) week: i64,
}

crate::page!(LoadPage, "follow/pages/load.html");

/// REQ-FOLL-11: a load whose contacts take more than the working hours is flagged. How a colleague
/// used the time is theirs; what somebody carries is for their manager too.
async fn load(desk: Desk) -> Reply {
    let office = desk.office()?;
    let worker = desk.worker()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFollowLists, Subject::Duty).await?;
    let manages = desk.actor().role == Some(Role::JointManager);
    let all = lists::loads(&mut conn, &permit, office).await?;
    let lines = all
        .into_iter()
        .filter(|(staff, _, _)| manages || *staff == worker.id)
        .map(|(_, name, persons)| {
            let weekly = weekly_minutes(&persons);
            LoadLine {
                name,
                persons: persons.iter().map(|(_, count)| count).sum(),
                weekly,
                too_much: is_too_much(weekly),
            }
        })
        .collect();
    let since = desk.today().checked_sub(28.days()).unwrap_or(desk.today());
    let time = lists::split(&mut conn, &permit, worker.id, since).await?;
    let line = |(way, missed, minutes, times)| TimeLine { way, missed, minutes, times };
    desk.show(&LoadPage { lines, time: time.into_iter().map(line).collect(), week: WEEK_MINUTES })
}
