//! The page of what is counted of meetings at the reader's place.

use jiff::{Timestamp, ToSpan};
use onedoor_domain::meeting::{blanks, is_one_sided};
use onedoor_domain::secrecy::{Action, in_steps};
use serde::Serialize;
use utoipa::ToSchema;

use super::{figures, requests, series};
use crate::office::store::{self as offices, AgencyLine};
use crate::policy::Subject;
use crate::walls;
use crate::web::{Desk, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().see::<MeetingFigures, _, _>(
        "/figures/meetings",
        "Where agencies meet, what they never talk about, and what it takes",
        show,
    )
}

/// Meetings at one agency's premises.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlaceLine {
    /// Empty for the shared house.
    pub(crate) agency: String,
    pub(crate) meetings: i64,
}

/// What two agencies never talked about.
#[derive(Serialize, ToSchema)]
pub(crate) struct PairLine {
    pub(crate) first: String,
    pub(crate) second: String,
    pub(crate) treated: Vec<String>,
    pub(crate) blanks: Vec<String>,
}

/// Requests for meetings to one agency.
#[derive(Serialize, ToSchema)]
pub(crate) struct AskedLine {
    pub(crate) agency: String,
    pub(crate) asked: i64,
    /// How many nobody answered until their day.
    pub(crate) escalated: i64,
    /// How many of those lie there still.
    pub(crate) open: i64,
}

/// Hours of one agency. None where they are few.
#[derive(Serialize, ToSchema)]
pub(crate) struct HoursLine {
    pub(crate) agency: String,
    /// How many persons it met, in steps of the smallest count that is shown.
    pub(crate) persons: i64,
    /// Minutes used for each, on average.
    pub(crate) minutes_each: i64,
    /// What it took on, and of that what was done: in steps.
    pub(crate) agreed: Option<i64>,
    pub(crate) done: Option<i64>,
}

/// What is counted of meetings.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeetingFigures {
    /// Since when, in microseconds; until the month began.
    pub(crate) since: i64,
    pub(crate) until: i64,
    pub(crate) places: Vec<PlaceLine>,
    /// Whether the agencies meet at one's place only (REQ-MEET-06).
    pub(crate) one_sided: bool,
    /// Meetings by telephone and by picture.
    pub(crate) away: i64,
    pub(crate) pairs: Vec<PairLine>,
    pub(crate) requests: Vec<AskedLine>,
    /// Of meetings heading to a benefit or rehabilitation, the percent at which insurance was
    /// (REQ-MEET-08); none where they are few.
    pub(crate) third_percent: Option<i64>,
    /// Of the persons' topics, the percent that entered an agreement (REQ-MEET-03).
    pub(crate) wishes_percent: Option<i64>,
    pub(crate) hours: Vec<HoursLine>,
    pub(crate) least: i64,
}

crate::page!(MeetingFigures, "meeting/pages/figures.html");

/// A share in percent, where both parts are told in steps.
fn percent(part: i64, whole: i64, least: i64) -> Option<i64> {
    let whole = in_steps(whole, least)?;
    Some((in_steps(part, least).unwrap_or(0) * 100 / whole).min(100))
}

fn pairs(
    agencies: &[AgencyLine],
    treated: &std::collections::BTreeMap<
        (onedoor_domain::ids::AgencyId, onedoor_domain::ids::AgencyId),
        std::collections::BTreeSet<onedoor_domain::meeting::Topic>,
    >,
) -> Vec<PairLine> {
    let mut all = Vec::new();
    for (at, one) in agencies.iter().enumerate() {
        for other in agencies.iter().skip(at + 1) {
            let pair = if one.id < other.id { (one.id, other.id) } else { (other.id, one.id) };
            let said = treated.get(&pair).cloned().unwrap_or_default();
            all.push(PairLine {
                first: one.name.clone(),
                second: other.name.clone(),
                treated: said.iter().map(|topic| topic.as_str().to_owned()).collect(),
                blanks: blanks(&said).iter().map(|topic| topic.as_str().to_owned()).collect(),
            });
        }
    }
    all
}

/// REQ-MEET-06, REQ-MEET-11: what is about nobody is told as it is now; what is about persons as
/// it was when the month began, and in steps.
async fn show(desk: Desk) -> Reply {
    let office = desk.office()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let place = series::place_of(&mut conn, office).await?;
    let least = walls::smallest_count(&mut conn, &desk.app().config).await?;
    let (first, month) = crate::app::month_of(&desk.app().zone, desk.today());
    let year = first.checked_sub(1.year()).unwrap_or(first);
    let since = crate::app::month_of(&desk.app().zone, year).1;
    let now = desk.now().checked_add(1.second()).unwrap_or(Timestamp::MAX);
    let agencies = offices::agencies_at(&mut conn, office, desk.today()).await?;
    let (at, away) = figures::places(&mut conn, &permit, &place, (since, now)).await?;
    // Whose premises nobody uses stands there with nothing.
    let mut places: Vec<PlaceLine> = agencies
        .iter()
        .map(|one| PlaceLine {
            agency: one.name.clone(),
            meetings: at
                .iter()
                .filter(|((whose, _), _)| *whose == Some(one.id))
                .map(|(_, count)| *count)
                .sum(),
        })
        .collect();
    let held_at: Vec<i64> = places.iter().map(|line| line.meetings).collect();
    let shared: i64 =
        at.iter().filter(|((whose, _), _)| whose.is_none()).map(|(_, count)| *count).sum();
    places.push(PlaceLine { agency: String::new(), meetings: shared });
    let treated = figures::treated(&mut conn, &permit, &place, now).await?;
    let third = figures::third(&mut conn, &permit, &place, (since, month)).await?;
    let wishes = figures::wishes(&mut conn, &permit, &place, (since, month)).await?;
    let hours = figures::hours(&mut conn, &permit, &place, (since, month)).await?;
    let asked = requests::counts(&mut conn, &permit, &place, since).await?;
    desk.show(&MeetingFigures {
        since: since.as_microsecond(),
        until: month.as_microsecond(),
        one_sided: shared == 0 && is_one_sided(&held_at),
        places,
        away,
        pairs: pairs(&agencies, &treated),
        requests: asked
            .into_iter()
            .map(|(agency, asked, escalated, open)| AskedLine { agency, asked, escalated, open })
            .collect(),
        third_percent: percent(third.1, third.0, least),
        wishes_percent: percent(wishes.1, wishes.0, least),
        hours: hours
            .into_iter()
            .filter_map(|one| {
                Some(HoursLine {
                    persons: in_steps(one.persons, least)?,
                    minutes_each: one.minutes / one.persons.max(1),
                    agreed: in_steps(one.agreed, least),
                    done: in_steps(one.done, least),
                    agency: one.agency,
                })
            })
            .collect(),
        least,
    })
}
