//! Paper beside what happens, how offices are led, how soon the work began, the framework, and
//! services above the minimum.

use axum::extract::Query;
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use onedoor_domain::agreement::{Activity, median, paper};
use onedoor_domain::secrecy::{Action, in_steps};
use onedoor_domain::standard::Report;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::activity::{self, Span};
use super::framework::{self, ElementLine};
use super::pages::{ConflictLine, Place, at_office, conflicts, place};
use super::places;
use super::store::{self, ServiceLine};
use crate::db::Link;
use crate::office::store::Choice;
use crate::policy::{Permit, Subject};
use crate::standard::recipients::{self, RecipientLine};
use crate::web::validate::read_date;
use crate::web::{Desk, Fault, Reply, Routes};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ActivityPage, _, _>(
            "/agreements/activity",
            "Agreements beside joint activity in a period",
            show,
        )
        .asking(&["municipality", "from", "until"])
        .see::<FrameworkPage, _, _>("/frameworks", "The framework, and what goes against it", held)
        .asking(&["municipality"])
        .see::<ServicesPage, _, _>(
            "/local-services",
            "Services above the minimum on a day",
            services,
        )
        .asking(&["municipality", "on"])
}

/// A stretch of days up to and with the last one.
pub(super) fn span(desk: &Desk, from: Date, last: Date) -> Span {
    let until = last.tomorrow().unwrap_or(last);
    let zone = &desk.app().zone;
    let start = |day: Date| {
        zone.to_timestamp(day.to_datetime(Time::midnight())).unwrap_or(jiff::Timestamp::MIN)
    };
    Span { from, until, starts: start(from), ends: start(until) }
}

/// An office with its paper and what happens there.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct OfficeActivity {
    pub(crate) office: String,
    /// The agreement in force on the last day; empty where there is none.
    pub(crate) agreement: String,
    pub(crate) title: String,
    /// Counts are exact for those who may see the office's visits and for a month at least; for
    /// others they come in steps, and few are nothing (REQ-INFO-01).
    pub(crate) meetings: Option<i64>,
    pub(crate) talks: Option<i64>,
    pub(crate) plans: Option<i64>,
    /// `agreement_only`, `activity_only`, `both` or `neither`.
    pub(crate) paper: String,
    /// `single_contact`, `coordinator`, or empty where none is set.
    pub(crate) structure: String,
    pub(crate) open: Option<i64>,
    /// Open cases for each responsible worker.
    pub(crate) load: Option<i64>,
    pub(crate) handovers: Option<i64>,
}

/// Places by whether the agencies had worked together before, and how soon they began.
#[derive(Clone, Default, Serialize, ToSchema)]
pub(crate) struct StartGroup {
    /// Places with an agreement for the effort.
    pub(crate) places: i64,
    /// Of those, places that have had a joint meeting.
    pub(crate) begun: i64,
    /// Days from the agreement's first day to the first joint meeting, the middle place.
    pub(crate) median: Option<i64>,
}

/// Agreements beside joint activity.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ActivityPage {
    pub(crate) municipality: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) lines: Vec<OfficeActivity>,
    /// Places whose agencies had worked together before (REQ-ORG-49), and the others.
    pub(crate) before: StartGroup,
    pub(crate) new: StartGroup,
    pub(crate) recipients: Vec<RecipientLine>,
    /// The smallest count that is told where counts come in steps.
    pub(crate) least: i64,
}

crate::page!(ActivityPage, "agreement/pages/activity.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    municipality: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    on: String,
}

/// Fewer days that have passed are less than a month.
const MONTH: i32 = 28;
/// The most places in the figures of how soon work began.
const PLACES: i64 = 500;

/// How soon work began, places with a history of cooperation as their own group.
async fn starts(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
) -> Result<(StartGroup, StartGroup), Fault> {
    let past = places::past(link, permit, "").await?;
    let (mut before, mut new) = (StartGroup::default(), StartGroup::default());
    let (mut days_before, mut days_new) = (Vec::new(), Vec::new());
    let mut started = store::started(link, permit, "", PLACES).await?;
    started.retain(|(_, began)| *began <= desk.today());
    let since: Vec<_> = started
        .iter()
        .map(|(place, began)| (place.clone(), span(desk, *began, *began).starts))
        .collect();
    let firsts = activity::first_meetings(link, permit, &since).await?;
    for (municipality, began) in started {
        let known = past.iter().any(|it| it.municipality == municipality && it.since < began);
        let (group, days) =
            if known { (&mut before, &mut days_before) } else { (&mut new, &mut days_new) };
        group.places += 1;
        if let Some(first) = firsts.get(&municipality) {
            let day = desk.app().day(*first);
            group.begun += 1;
            days.push(i64::from(began.until(day).map_or(0, |span| span.get_days())));
        }
    }
    before.median = median(days_before);
    new.median = median(days_new);
    Ok((before, new))
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let link = &mut *conn;
    let until = read_date(&asked.until).unwrap_or_else(|| desk.today());
    let month = until.checked_sub(30.days()).unwrap_or(until);
    let from = read_date(&asked.from).unwrap_or(month).min(until);
    // Longer than a year is a figure, not a look.
    let from = from.max(until.checked_sub(1.year()).unwrap_or(from));
    let (municipality, all) = place(&desk, link, &permit, &asked.municipality).await?;
    let agreements = store::of_place(link, &permit, &municipality).await?;
    let span = span(&desk, from, until);
    let happened = activity::activity(link, &permit, &municipality, &span).await?;
    let led = activity::structures(link, &permit, &municipality, until).await?;
    let cases = activity::cases(link, &permit, &municipality).await?;
    let least = crate::walls::smallest_count(link, &desk.app().config).await?;
    let days = from.until(until.min(desk.today())).map_or(0, |span| span.get_days());
    let month = days + 1 >= MONTH;
    let mut page = ActivityPage {
        places: all,
        least,
        from: from.to_string(),
        until: until.to_string(),
        ..ActivityPage::default()
    };
    for (office, name) in places::offices_of(link, &permit, &municipality).await? {
        let held = at_office(&agreements, office, until);
        let activity: Activity = happened.get(&office).copied().unwrap_or_default();
        let own = cases.get(&office).copied().unwrap_or_default();
        let exact = month && desk.may(link, Action::ReadQueue, Subject::Office(office)).await?;
        let told = |count: i64| if exact { Some(count) } else { in_steps(count, least) };
        page.lines.push(OfficeActivity {
            office: name,
            agreement: held.map(|it| it.agreement.to_string()).unwrap_or_default(),
            title: held.map(|it| it.terms.title.clone()).unwrap_or_default(),
            meetings: told(activity.meetings),
            talks: told(activity.talks),
            plans: told(activity.plans),
            paper: paper(held.is_some(), activity).as_str().to_owned(),
            structure: led.get(&office).cloned().unwrap_or_default(),
            open: told(own.open),
            load: told(own.open.checked_div(own.workers).unwrap_or(0)),
            handovers: told(own.handovers),
        });
    }
    (page.before, page.new) = starts(&desk, link, &permit).await?;
    page.recipients = recipients::of(link, Report::Activity).await?;
    page.municipality = municipality;
    desk.show(&page)
}

/// A local agreement that goes against the framework.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct AgainstLine {
    pub(crate) agreement: String,
    pub(crate) title: String,
    pub(crate) conflicts: Vec<ConflictLine>,
}

/// The framework, and the local agreements of a municipality that go against it.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct FrameworkPage {
    pub(crate) title: String,
    pub(crate) from: String,
    pub(crate) until: Option<String>,
    pub(crate) elements: Vec<ElementLine>,
    pub(crate) remit: Vec<String>,
    pub(crate) municipality: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) against: Vec<AgainstLine>,
}

crate::page!(FrameworkPage, "agreement/pages/framework.html");

async fn held(desk: Desk, Query(asked): Query<Place>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let link = &mut *conn;
    let today = desk.today();
    let (municipality, all) = place(&desk, link, &permit, &asked.municipality).await?;
    let mut page = FrameworkPage { places: all, ..FrameworkPage::default() };
    if let Some(held) = framework::in_force(link, &permit, today).await? {
        for versions in store::of_place(link, &permit, &municipality).await? {
            let Some(shown) = store::holding(&versions, today) else { continue };
            let found = conflicts(&held, shown);
            if !found.is_empty() {
                page.against.push(AgainstLine {
                    agreement: shown.agreement.to_string(),
                    title: shown.terms.title.clone(),
                    conflicts: found,
                });
            }
        }
        page.title = held.title;
        page.from = held.from;
        page.until = held.until;
        page.elements = held.elements;
        page.remit = held.remit;
    }
    page.municipality = municipality;
    desk.show(&page)
}

/// Services above the minimum.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ServicesPage {
    pub(crate) municipality: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) on: String,
    pub(crate) lines: Vec<ServiceLine>,
}

crate::page!(ServicesPage, "agreement/pages/services.html");

async fn services(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let link = &mut *conn;
    let on = read_date(&asked.on).unwrap_or_else(|| desk.today());
    let (municipality, places) = place(&desk, link, &permit, &asked.municipality).await?;
    let lines = store::inventory(link, &permit, &municipality, on).await?;
    desk.show(&ServicesPage { municipality, places, on: on.to_string(), lines })
}
