//! The queue of a reception as a screen shows it.

use axum::response::Response;
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::kiosk::wait_parts;
use super::waiting;
use crate::consent::flows;
use crate::office::store as offices;
use crate::policy::Subject;
use crate::web::{Desk, Fault, Reply};

/// A visit in the queue.
#[derive(Serialize, ToSchema)]
pub(crate) struct QueueLine {
    pub(crate) id: String,
    pub(crate) ticket: i64,
    pub(crate) name: String,
    pub(crate) needs: Vec<String>,
    /// Whether a need is withheld, because another agency would have to tell it.
    pub(crate) withheld: bool,
    pub(crate) track: String,
    pub(crate) state: String,
    pub(crate) arrived_at: i64,
    pub(crate) minutes: i64,
    pub(crate) server: String,
    pub(crate) language: String,
    /// The version is not in the list: acts from here take what is there.
    pub(crate) mine: bool,
}

/// The queue of a reception.
#[derive(Serialize, ToSchema)]
pub(crate) struct QueuePage {
    pub(crate) office: String,
    pub(crate) waiting: Vec<QueueLine>,
    pub(crate) serving: Vec<QueueLine>,
    pub(crate) today: i64,
    pub(crate) clarified: i64,
    pub(crate) wait: String,
    pub(crate) low: i64,
    pub(crate) high: i64,
    /// Whether the authorities at this desk are separate: then only the own agency's visitors
    /// and nobody's are listed.
    pub(crate) separate: bool,
    /// How many others wait; none when the desk is not separate, or when they are fewer than
    /// the smallest count that is shown.
    pub(crate) others: Option<i64>,
    /// The smallest count that is shown.
    pub(crate) smallest: i64,
}

crate::page!(QueuePage, "reception/pages/queue.html");

async fn queue_page(desk: &Desk) -> Result<QueuePage, Fault> {
    let mut conn = desk.read().await?;
    let office = desk.office()?;
    let permit = desk.permit(&mut conn, Action::ReadQueue, Subject::Office(office)).await?;
    let smallest = flows::smallest_left_out(&mut conn).await?;
    let mut rows = waiting::queue(&mut conn, &permit, desk.actor()).await?;
    // What a consent opens is judged visit by visit, and noted so.
    for id in waiting::perhaps(&mut conn, &permit, desk.actor(), desk.today()).await? {
        let subject = Subject::Visit(id);
        if let Some(one) = desk.permit_quietly(&mut conn, Action::ReadVisit, subject).await? {
            rows.push(waiting::in_queue(&mut conn, &one).await?);
        }
    }
    rows.sort_by_key(|row| (row.arrived_at, row.id));
    let separate = permit.counter().closed() != 0;
    let others = if separate {
        let told = rows.iter().filter(|row| row.perhaps && row.state == "waiting").count();
        let told = i64::try_from(told).unwrap_or(i64::MAX);
        let others = waiting::others(&mut conn, &permit, desk.actor()).await?.saturating_sub(told);
        Some(others).filter(|n| *n >= smallest)
    } else {
        None
    };
    desk.note_seen(&permit, rows.iter().filter_map(|row| row.person));
    let now = desk.now().as_microsecond();
    let me = desk.actor().id;
    let lines = rows.into_iter().map(|row| QueueLine {
        id: row.id.to_string(),
        ticket: row.ticket,
        name: row.name,
        needs: row.needs.iter().map(|need| need.as_str().to_owned()).collect(),
        withheld: row.withheld,
        track: row.track,
        state: row.state,
        arrived_at: row.arrived_at,
        minutes: (now - row.arrived_at).max(0) / 60_000_000,
        mine: row.server_id.is_some() && row.server_id == me,
        server: row.server,
        language: row.language,
    });
    let (waiting, serving) = lines.partition(|line| line.state == "waiting");
    let (today, _, clarified) =
        waiting::today(&mut conn, &permit, desk.today(), desk.actor()).await?;
    let now = (desk.today(), desk.now());
    let wait = waiting::wait(&mut conn, &permit, office, now, desk.actor()).await?;
    let (wait, low, high) = wait_parts(wait);
    let name = offices::office(&mut conn, office).await?.map(|(name, ..)| name);
    Ok(QueuePage {
        office: name.unwrap_or_default(),
        waiting,
        serving,
        today,
        clarified,
        wait: wait.to_owned(),
        low,
        high,
        separate,
        others,
        smallest,
    })
}

pub(super) async fn queue(desk: Desk) -> Reply {
    let page = queue_page(&desk).await?;
    desk.show(&page)
}

/// The rows alone, for a screen that was told of a change.
#[derive(Serialize)]
pub(crate) struct RowsPage(pub(crate) QueuePage);

crate::page!(RowsPage, "reception/pages/queue_rows_page.html");

pub(super) async fn rows(desk: Desk) -> Reply {
    let page = RowsPage(queue_page(&desk).await?);
    desk.show(&page)
}

pub(super) async fn live(desk: Desk) -> Result<Response, Fault> {
    let mut conn = desk.read().await?;
    let office = desk.office()?;
    let permit = desk.permit(&mut conn, Action::ReadQueue, Subject::Office(office)).await?;
    Ok(desk.app().pulse.stream(office, *permit.counter()))
}
