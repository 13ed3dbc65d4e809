//! The simulation of absence, and the alarm for tomorrow.

use std::collections::BTreeMap;

use axum::extract::Query;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use onedoor_domain::cover::{Away, Depends, Matter, stops};
use onedoor_domain::ids::{OfficeId, StaffId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::lists::{self, LosesLine};
use super::store;
use crate::absence::store as absences;
use crate::db::Link;
use crate::office::calendar;
use crate::office::store::{self as offices, Choice};
use crate::policy::Subject;
use crate::web::validate::read_date;
use crate::web::{Desk, Fault, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<CoverPage, _, _>("/cover", "What stops without somebody of the office", cover)
        .asking(&["staff", "on", "after", "office"])
        .see::<TomorrowPage, _, _>("/cover/tomorrow", "Who loses their worker", tomorrow)
        .asking(&["on", "after", "office"])
}

/// What stops, and how much of it.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct StopLine {
    /// What depends on the person.
    pub(crate) matter: String,
    /// How many.
    pub(crate) count: i64,
}

/// Somebody of the office with what would stop without them.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct StaffStops {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) unit: String,
    /// Whether they are away on the day.
    pub(crate) away: bool,
    pub(crate) stops: Vec<StopLine>,
    /// All of it.
    pub(crate) sum: i64,
}

/// The simulation.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct CoverPage {
    pub(crate) on: String,
    /// The office; empty for who leads none.
    pub(crate) office: String,
    /// The offices that the reader leads.
    pub(crate) offices: Vec<Choice>,
    pub(crate) staff: String,
    pub(crate) name: String,
    pub(crate) colleagues: Vec<Choice>,
    /// What stops without the one who was asked about.
    pub(crate) stops: Vec<StopLine>,
    /// Whose cases stop, of those whom the reader may see.
    pub(crate) cases: Vec<LosesLine>,
    pub(crate) next: Option<String>,
    /// Everybody without whom something stops; the target is nobody.
    pub(crate) lines: Vec<StaffStops>,
    /// How many work at the office.
    pub(crate) all: i64,
}

crate::page!(CoverPage, "cover/pages/cover.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    staff: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    office: String,
}

/// The offices that the reader leads, wherever they sit, and of these the one that is asked for; the
/// first where none is. Who leads none sees nothing, and an office of others is not there for them
/// (REQ-ORG-46).
async fn led(
    desk: &Desk,
    link: &mut Link,
    asked: &str,
) -> Result<(Option<OfficeId>, Vec<Choice>), Fault> {
    let all = offices::led_named(link, desk.actor()).await?;
    let asked = asked.trim();
    let found = all.iter().find(|(id, _)| id.to_string() == asked);
    let sits_there = desk.actor().office.is_some_and(|id| id.to_string() == asked);
    if found.is_none() && !asked.is_empty() && !sits_there {
        return Err(Fault::Hidden);
    }
    let office = found.or_else(|| all.first()).map(|(id, _)| *id);
    let choices = all.into_iter().map(|(id, name)| Choice { id: id.to_string(), name }).collect();
    Ok((office, choices))
}

/// What stops without somebody, by what it is.
fn without(things: &[Depends], away: &Away, who: StaffId) -> Vec<StopLine> {
    let mut gone = away.clone();
    gone.insert(who);
    let mut counts: BTreeMap<Matter, i64> = BTreeMap::new();
    for it in stops(things, &gone).into_iter().filter(|it| it.holder == who) {
        *counts.entry(it.matter).or_default() += it.count;
    }
    let line = |(matter, count): (Matter, i64)| StopLine { matter: matter.as_str().into(), count };
    counts.into_iter().map(line).collect()
}

/// Cuts a list to a page; gives where the next one begins.
fn cut(lines: &mut Vec<LosesLine>) -> Option<String> {
    let page = usize::try_from(lists::PAGE).unwrap_or(50);
    let more = lines.len() > page;
    lines.truncate(page);
    lines.last().filter(|_| more).map(|line| line.id.clone())
}

/// Where a day begins, and the next one.
fn instants(desk: &Desk, on: Date) -> [Timestamp; 2] {
    let start = |day: Date| {
        let midnight = day.to_datetime(Time::midnight());
        desk.app().zone.to_timestamp(midnight).unwrap_or(Timestamp::MIN)
    };
    [start(on), start(on.tomorrow().unwrap_or(on))]
}

async fn cover(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadCover, Subject::Duty).await?;
    let link = &mut *conn;
    let (office, led) = led(&desk, link, &asked.office).await?;
    let on = read_date(&asked.on).unwrap_or_else(|| desk.today());
    let Some(office) = office else {
        return desk.show(&CoverPage { on: on.to_string(), ..CoverPage::default() });
    };
    let things =
        store::gather(desk.app(), link, &permit, office, (on, instants(&desk, on))).await?;
    let away = absences::away_anywhere(link, on).await?;
    let people = offices::staff(link, office).await?;
    let mut page = CoverPage {
        on: on.to_string(),
        office: office.to_string(),
        offices: led,
        all: i64::try_from(people.len()).unwrap_or(i64::MAX),
        ..CoverPage::default()
    };
    if let Ok(staff) = asked.staff.parse().map(StaffId) {
        let own = people.iter().find(|it| it.id == staff.to_string()).ok_or(Fault::Hidden)?;
        page.name.clone_from(&own.name);
        page.staff = staff.to_string();
        page.stops = without(&things, &away, staff);
        let after = asked.after.parse().unwrap_or_else(|_| Uuid::nil());
        (page.cases, page.next) = lists::stopped(&desk, link, &permit, (staff, on), after).await?;
        desk.note_seen(&permit, page.cases.iter().map(|line| line.person));
    }
    for it in &people {
        let Ok(id) = it.id.parse().map(StaffId) else { continue };
        let stops = without(&things, &away, id);
        let sum = stops.iter().map(|line| line.count).sum();
        if sum > 0 {
            page.lines.push(StaffStops {
                id: it.id.clone(),
                name: it.name.clone(),
                unit: it.unit.clone(),
                away: away.contains(&id),
                stops,
                sum,
            });
        }
    }
    page.lines.sort_by(|a, b| (b.away, b.sum, &a.name).cmp(&(a.away, a.sum, &b.name)));
    page.colleagues = people.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect();
    desk.show(&page)
}

/// Who loses their worker by a day on which the office opens: all who lose one since the last day on
/// which it was open (REQ-ORG-10).
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct TomorrowPage {
    pub(crate) on: String,
    /// The office; empty for who leads none.
    pub(crate) office: String,
    /// The offices that the reader leads.
    pub(crate) offices: Vec<Choice>,
    /// People who lose their worker, also those whom the reader may not see.
    pub(crate) people: i64,
    /// Of those, people for whom nobody steps in.
    pub(crate) nobody: i64,
    pub(crate) lines: Vec<LosesLine>,
    pub(crate) next: Option<String>,
    /// Cases where both are away that day.
    pub(crate) alone: Vec<LosesLine>,
}

crate::page!(TomorrowPage, "cover/pages/tomorrow.html");

async fn tomorrow(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadCover, Subject::Duty).await?;
    let link = &mut *conn;
    let (office, led) = led(&desk, link, &asked.office).await?;
    let Some(office) = office else { return desk.show(&TomorrowPage::default()) };
    let country = desk.app().country;
    let on = match read_date(&asked.on) {
        Some(day) => day,
        None => calendar::opens_after(link, office, country, desk.today()).await?,
    };
    let since = calendar::open_before(link, office, country, on).await?;
    let after = asked.after.parse().unwrap_or_else(|_| Uuid::nil());
    let actor = desk.actor();
    let (people, nobody) = crate::case::lists::leaving(link, &permit, office, (since, on)).await?;
    let mut lines = lists::loses(link, &permit, actor, (office, since, on), after).await?;
    let next = cut(&mut lines);
    let alone = lists::alone(link, &permit, actor, (office, on)).await?;
    desk.note_seen(&permit, lines.iter().chain(&alone).map(|line| line.person));
    let (on, office) = (on.to_string(), office.to_string());
    desk.show(&TomorrowPage { on, office, offices: led, people, nobody, lines, next, alone })
}
