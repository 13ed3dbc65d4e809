//! Figures of coming in and serving: booked times, who was told to go and ask, contacts of nobody,
//! questions between colleagues, decisions sent on, promises, whole clarifications, wrong doors,
//! contact points, and work as a focus (REQ-FRONT-10, 12, 13, 15, 16, 20, 21, 23, 26, 29,
//! REQ-REF-11, REQ-REF-15). Each has its definition, its rows, and what it does not show.

use std::collections::BTreeMap;

use axum::extract::Query;
use jiff::Timestamp;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::{Report, median};
use serde::Serialize;
use utoipa::ToSchema;

use super::behind::{self, FigureRow};
use super::period::{Asked, Period, start_of};
use super::sets::{
    bookings_of, case_is, cases_of, clarified_late, clarified_of, consulted_of, escalated_of,
    marks_of, not_said, points_of, promised_of, wrong_doors,
};
use super::telling::{Figure, Telling};
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::entry::contacts::{self, ContactCount};
use crate::office::store::OfficeLine;
use crate::policy::{Permit, Subject};
use crate::sign_in::Actor;
use crate::standard::recipients::{self, RecipientLine};
use crate::web::{Desk, Reply, Routes};
use crate::words::Words;

crate::sql! {
    BOOKINGS = concat!("select b.state, count(*), sum(case when ", not_said!("$6"), "
            then 1 else 0 end) ", bookings_of!(), " group by b.state order by b.state");
    MARKS = concat!("select m.kind, m.code, count(*) ", marks_of!(), "
        group by m.kind, m.code order by m.kind, m.code");
    CONSULTED = concat!("select coalesce(c.outcome, ''), count(*) ", consulted_of!(), "
        group by coalesce(c.outcome, '')");
    ESCALATED = concat!("select coalesce(e.return_reason, ''), count(*) ", escalated_of!(), "
        group by coalesce(e.return_reason, '')");
    PROMISED = concat!("select q.state, count(*) ", promised_of!(), " group by q.state");
    CLARIFIED = concat!("select count(*),
            sum(case when c.complete_on is not null then 1 else 0 end),
            sum(case when ", clarified_late!("$6"), " then 1 else 0 end) ", clarified_of!());
    CLARIFIED_DAYS = concat!("select c.began_on, c.complete_on ", clarified_of!(), "
            and c.complete_on is not null
        order by c.began_on desc limit 20000");
    WRONG_DOOR = concat!(wrong_doors!(), " limit 20000");
    // One row for each combination, not for each person.
    POINTS = concat!("select places, people, agencies, count(*) from (", points_of!(), ") t
        group by places, people, agencies order by places, people, agencies limit 500");
    WORK = concat!("select count(*), sum(case when ", case_is!(no_aim), " then 1 else 0 end),
            sum(case when ", case_is!(offered), " then 1 else 0 end),
            sum(case when ", case_is!(handed), " then 1 else 0 end),
            cast(sum(c.handovers) as bigint) ", cases_of!());
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ComingPage, _, _>("/figures/coming", "Figures of coming in and serving", show)
        .asking(&["office", "from", "until", "open", "after"])
}

/// A clarification open for longer than this is flagged; a setting of the product.
pub(super) const CLARIFICATION_DAYS: i64 = 21;
/// A matter that changes its lead agency in the first weeks came to the wrong door.
const WRONG_DOOR_DAYS: i64 = 42;
const DAY: i64 = 24 * 3600 * 1_000_000;
/// The same in microseconds.
pub(super) const WRONG_DOOR_MICROS: i64 = WRONG_DOOR_DAYS * DAY;

/// Wrong doors in a month, where they are enough to be told of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DoorLine {
    /// The month, `2026-11`.
    pub(crate) month: String,
    /// How many persons turned out to belong elsewhere; none where they are too few.
    pub(crate) count: Option<i64>,
    /// Days until it was right, the middle value; none where they are too few.
    pub(crate) days: Option<i64>,
}

/// How many persons had how many contact points.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContactPointLine {
    /// Places visited.
    pub(crate) places: i64,
    /// People of the staff who served.
    pub(crate) people: i64,
    /// Agencies concerned.
    pub(crate) agencies: i64,
    /// Persons, in the year that ends with the period; none where they are too few.
    pub(crate) now: Option<i64>,
    /// Persons, in the year before that; none where they are too few.
    pub(crate) before: Option<i64>,
}

/// Figures of coming in and serving.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComingPage {
    /// Who receives this report, by role (REQ-MISC-13).
    pub(crate) recipients: Vec<RecipientLine>,
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) figures: Vec<Figure>,
    pub(crate) contacts: Vec<ContactCount>,
    pub(crate) doors: Vec<DoorLine>,
    pub(crate) points: Vec<ContactPointLine>,
    /// Days to a whole clarification, the middle value; nothing where none is whole.
    pub(crate) clarified_days: Option<i64>,
    /// Whether counts are told in steps of `least` only.
    pub(crate) in_steps: bool,
    /// The smallest count that is then told.
    pub(crate) least: i64,
    /// The figure that is opened; empty where none is.
    pub(crate) opened: String,
    /// Its name.
    pub(crate) heading: String,
    /// A page of the rows that it is counted from, as far as they may be told.
    pub(crate) rows: Vec<FigureRow>,
    /// How many were counted and are told on no page: they are for another agency to tell. Nothing
    /// where the count comes in steps.
    pub(crate) untold: Option<i64>,
    /// Where the next page begins; empty on the last.
    pub(crate) next: String,
    /// Whether the rows may be opened.
    pub(crate) opens: bool,
}

impl ContactPointLine {
    /// The code under which its persons of the year, or of the year before, open.
    pub(crate) fn code(&self, year: &str) -> String {
        format!("points-{year}-{}-{}-{}", self.places, self.people, self.agencies)
    }
}

impl ComingPage {
    /// What a contact point is called, as the heading of its rows.
    pub(crate) fn points_name(&self, line: &ContactPointLine, year: &str, words: &Words) -> String {
        behind::named(*words, &line.code(year))
    }

    /// The name of the definition of the figure that is opened.
    pub(crate) fn definition(&self) -> String {
        format!("figure-def-{}", self.opened)
    }
}

crate::page!(ComingPage, "figure/pages/coming.html");

/// Counts by a code.
fn by_code(rows: Vec<Row>) -> Result<BTreeMap<String, i64>, DbError> {
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

fn of(counts: &BTreeMap<String, i64>, code: &str) -> i64 {
    counts.get(code).copied().unwrap_or(0)
}

async fn bookings(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<Figure>, DbError> {
    let (actor, now) = (desk.actor(), desk.now());
    let args = args![
        period.office,
        period.start(desk),
        period.end(desk),
        actor.lacks(),
        actor.id,
        now.as_microsecond(),
    ];
    let (mut counts, mut unsettled) = (BTreeMap::new(), 0);
    for mut row in link.rows(permit.opens(&BOOKINGS), args).await? {
        let state: String = row.get(0)?;
        if state == "booked" {
            unsettled = row.get::<Option<i64>>(2)?.unwrap_or(0);
        }
        counts.insert(state, row.get(1)?);
    }
    let over = of(&counts, "came") + of(&counts, "absent") + of(&counts, "moved") + unsettled;
    let mut figures: Vec<Figure> = ["came", "absent", "moved"]
        .iter()
        .map(|state| telling.part(&format!("booking-{state}"), of(&counts, state), over))
        .collect();
    figures.push(telling.part("booking-unsaid", unsettled, over));
    Ok(figures)
}

async fn marks(
    link: &mut Link,
    actor: &Actor,
    permit: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<Figure>, DbError> {
    let args = args![period.office, period.from, period.until, actor.lacks(), actor.id];
    let mut go_ask = 0;
    let mut guided: BTreeMap<String, i64> = BTreeMap::new();
    for mut row in link.rows(permit.opens(&MARKS), args).await? {
        let (kind, code): (String, String) = (row.get(0)?, row.get(1)?);
        match kind.as_str() {
            "go_ask" => go_ask += row.get::<i64>(2)?,
            "guidance" => {
                guided.insert(code, row.get(2)?);
            }
            _ => {}
        }
    }
    let mut figures = vec![telling.plain("go-ask", go_ask)];
    for subject in ["jobs", "qualification", "rights"] {
        figures.push(telling.plain(&format!("guidance-{subject}"), of(&guided, subject)));
    }
    Ok(figures)
}

async fn sent_on(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<Figure>, DbError> {
    let (from, until) = (period.start(desk), period.end(desk));
    let asked = by_code(link.rows(&CONSULTED, args![period.office, from, until]).await?)?;
    // By the day of the visit, as their rows are.
    let (actor, days) = (desk.actor(), (period.from, period.until));
    let args = args![period.office, days.0, days.1, actor.lacks(), actor.id];
    let all: i64 = asked.values().sum();
    let sent = by_code(link.rows(permit.opens(&ESCALATED), args).await?)?;
    let returned: i64 = sent.iter().filter(|(code, _)| !code.is_empty()).map(|(_, n)| n).sum();
    let promised = by_code(link.rows(permit.opens(&PROMISED), args).await?)?;
    let settled = of(&promised, "kept") + of(&promised, "unmet");
    Ok(vec![
        telling.plain("consulted", all),
        telling.part("consult-avoided", of(&asked, "not_a_case"), all),
        telling.part("consult-urgent", of(&asked, "urgent"), all),
        telling.plain("escalated", sent.values().sum()),
        telling.part("returned", returned, sent.values().sum()),
        telling.plain("promised", settled),
        telling.part("unmet", of(&promised, "unmet"), settled),
    ])
}

/// Whole clarifications of those that began, how many are open for too long, and the middle of
/// their days (REQ-FRONT-13).
async fn clarified(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<(Vec<Figure>, Option<i64>), DbError> {
    let actor = desk.actor();
    let before = behind::late_before(desk);
    let args = args![period.office, period.from, period.until, actor.lacks(), actor.id, before];
    let (mut all, mut whole, mut late) = (0, 0, 0);
    if let Some(mut row) = link.row(permit.opens(&CLARIFIED), args).await? {
        all = row.get(0)?;
        whole = row.get::<Option<i64>>(1)?.unwrap_or(0);
        late = row.get::<Option<i64>>(2)?.unwrap_or(0);
    }
    let between = |from: &str, until: &str| -> Option<i64> {
        let (from, until) = (from.parse().ok()?, until.parse::<jiff::civil::Date>().ok()?);
        let span = until.since::<jiff::civil::Date>(from).ok()?;
        Some(i64::from(span.get_days()))
    };
    let args = args![period.office, period.from, period.until, actor.lacks(), actor.id];
    let mut days = Vec::new();
    for mut row in link.rows(permit.opens(&CLARIFIED_DAYS), args).await? {
        let (began, complete): (String, String) = (row.get(0)?, row.get(1)?);
        days.extend(between(&began, &complete));
    }
    let figures = vec![
        telling.plain("clarification", all),
        telling.part("clarification-whole", whole, all),
        telling.part("clarification-open", all - whole, all),
        telling.part("clarification-late", late, all),
    ];
    Ok((figures, median(&days).and_then(|middle| telling.measured(middle, whole))))
}

/// Who turned out to belong elsewhere, by month; a matter that moved twice counts once, with the
/// days until it was right at last (REQ-REF-11).
async fn wrong_doors(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<DoorLine>, DbError> {
    let args = args![
        period.office,
        behind::year_before(desk, period.until),
        period.end(desk),
        desk.actor().lacks(),
        desk.actor().id,
        WRONG_DOOR_MICROS,
    ];
    let mut months: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for mut row in link.rows(permit.opens(&WRONG_DOOR), args).await? {
        let (opened, right): (i64, i64) = (row.get(1)?, row.get(2)?);
        let at = Timestamp::from_microsecond(right).unwrap_or_default();
        let month = desk.app().day(at).strftime("%Y-%m").to_string();
        months.entry(month).or_default().push((right - opened) / DAY);
    }
    let line = |(month, days): (String, Vec<i64>)| {
        let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
        let days = median(&days).and_then(|middle| telling.measured(middle, count));
        DoorLine { month, count: telling.count(count), days }
    };
    Ok(months.into_iter().map(line).collect())
}

/// How many persons had how many places, people and agencies in a year and the year before. A
/// visit in a joint office is one place, however many agencies it touches (REQ-FRONT-12).
async fn points(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<ContactPointLine>, DbError> {
    let actor = desk.actor();
    let mut all: BTreeMap<(i64, i64, i64), (i64, i64)> = BTreeMap::new();
    for now in [true, false] {
        let (from, to) = behind::year_of(period, now);
        let args = args![
            period.office,
            start_of(desk, from),
            start_of(desk, to),
            from,
            to,
            actor.lacks(),
            actor.id,
        ];
        for mut row in link.rows(permit.opens(&POINTS), args).await? {
            let key = (row.get(0)?, row.get(1)?, row.get(2)?);
            let entry = all.entry(key).or_default();
            *(if now { &mut entry.0 } else { &mut entry.1 }) += row.get::<i64>(3)?;
        }
    }
    let line = |((places, people, agencies), (now, before))| ContactPointLine {
        places,
        people,
        agencies,
        now: telling.count(now),
        before: telling.count(before),
    };
    let told = |line: &ContactPointLine| line.now.is_some() || line.before.is_some();
    Ok(all.into_iter().map(line).filter(told).collect())
}

/// Work as a focus: who is offered it, of those for whom it is an aim; those for whom it is none
/// count neither for nor against (REQ-FRONT-16). And hand-overs per matter (REQ-FRONT-29).
async fn work(
    link: &mut Link,
    actor: &Actor,
    permit: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<Figure>, DbError> {
    let args = args![period.office, actor.lacks(), actor.id];
    let Some(mut row) = link.row(permit.opens(&WORK), args).await? else { return Ok(vec![]) };
    let all: i64 = row.get(0)?;
    let mut sum =
        |at: usize| -> Result<i64, DbError> { Ok(row.get::<Option<i64>>(at)?.unwrap_or(0)) };
    let (no_aim, offered, handed, handovers) = (sum(1)?, sum(2)?, sum(3)?, sum(4)?);
    Ok(vec![
        telling.plain("work-aim", all - no_aim),
        telling.part("work-offered", offered, all - no_aim),
        telling.part("work-no-aim", no_aim, all),
        telling.part("handed", handed, all),
        telling.plain("handovers", handovers),
    ])
}

/// What was counted of a figure that is asked to open; nothing where no figure has the code.
fn counted(
    code: &str,
    figures: &[Figure],
    (doors, points): (&[DoorLine], &[ContactPointLine]),
    contacts: &[ContactCount],
) -> Option<Option<i64>> {
    if let Some(one) = figures.iter().find(|one| one.code == code) {
        return Some(one.count);
    }
    if let Some(month) = code.strip_prefix("door-") {
        return doors.iter().find(|one| one.month == month).map(|one| one.count);
    }
    if let Some((now, which)) = behind::points_in(code) {
        let of = |one: &&ContactPointLine| [one.places, one.people, one.agencies] == which;
        return points.iter().find(of).map(|one| if now { one.now } else { one.before });
    }
    let (kind, channel) = code.strip_prefix("contact-")?.split_once('-')?;
    let one = contacts.iter().find(|one| one.kind == kind && one.channel == channel)?;
    Some(Some(one.count))
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let link = &mut *conn;
    let period = Period::read(&desk, link, &asked, 30).await?;
    let telling = period.telling(&desk, link).await?;
    let of = (&period, telling);
    let actor = desk.actor();
    let mut figures = bookings(&desk, link, &permit, of).await?;
    figures.extend(marks(link, actor, &permit, of).await?);
    figures.extend(sent_on(&desk, link, &permit, of).await?);
    let (whole, clarified_days) = clarified(&desk, link, &permit, of).await?;
    figures.extend(whole);
    figures.extend(work(link, actor, &permit, of).await?);
    let contacts = contacts::counts(link, period.office, period.from, period.until).await?;
    let doors = wrong_doors(&desk, link, &permit, of).await?;
    let points = points(&desk, link, &permit, of).await?;
    let counted = counted(&asked.open, &figures, (&doors, &points), &contacts);
    let mut shown = None;
    if counted.is_some() {
        shown = behind::open(&desk, link, &permit, (&asked.open, &asked.after), &period).await?;
    }
    let opened = if shown.is_some() { asked.open } else { String::new() };
    let shown = shown.unwrap_or_default();
    desk.show(&ComingPage {
        recipients: recipients::of(link, Report::Coming).await?,
        contacts,
        doors,
        points,
        offices: period.offices,
        office: period.office.to_string(),
        from: period.from.to_string(),
        until: period.until.to_string(),
        figures,
        clarified_days,
        in_steps: !telling.exact,
        least: telling.least,
        heading: behind::heading(&desk, &opened),
        opened,
        untold: shown.untold(counted.flatten(), telling.exact),
        rows: shown.rows,
        next: shown.next,
        opens: telling.opens,
    })
}
