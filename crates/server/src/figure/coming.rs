//! Figures of coming in and serving: booked times, who was told to go and ask, contacts of nobody,
//! questions between colleagues, decisions sent on, promises, whole clarifications, wrong doors,
//! contact points, and work as a focus (REQ-FRONT-10, 12, 13, 15, 16, 20, 21, 23, 26, 29,
//! REQ-REF-11, REQ-REF-15). Each has its definition, its rows, and what it does not show.

use std::collections::BTreeMap;

use axum::extract::Query;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::{Report, median};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::period::{Asked, Period, start_of};
use super::store::FigureRow;
use super::telling::{Figure, Telling};
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::entry::contacts::{self, ContactCount};
use crate::office::store::OfficeLine;
use crate::policy::{Permit, Subject};
use crate::sign_in::Actor;
use crate::standard::recipients::{self, RecipientLine};
use crate::walls::open_to;
use crate::walls::told_here;
use crate::web::{Desk, Reply, Routes};

crate::sql! {
    // Who is hidden from the rows is hidden from their counts.
    BOOKINGS = concat!("select b.state, count(*), sum(case when b.ends_at <= $4 then 1 else 0 end)
        from booking b left join person p on p.id = b.person_id
        where b.office_id = $1 and b.starts_at >= $2 and b.starts_at < $3
            and ", open_to!("$5", "$6"), " group by b.state order by b.state");
    MARKS = concat!("select m.kind, m.code, count(*) from visit_mark m
        join visit v on v.id = m.visit_id left join person p on p.id = v.person_id
        where m.office_id = $1 and m.day >= $2 and m.day <= $3
            and ", open_to!("$4", "$5"), " group by m.kind, m.code order by m.kind, m.code");
    CONSULTED = "select coalesce(outcome, ''), count(*) from consultation
        where office_id = $1 and asked_at >= $2 and asked_at < $3 group by coalesce(outcome, '')";
    ESCALATED = concat!("select coalesce(e.return_reason, ''), count(*) from escalation e
        join visit v on v.id = e.visit_id left join person p on p.id = v.person_id
        where e.office_id = $1 and v.day >= $2 and v.day <= $3
            and ", open_to!("$4", "$5"), " group by coalesce(e.return_reason, '')");
    PROMISED = concat!("select q.state, count(*) from promise q join visit v on v.id = q.visit_id
        left join person p on p.id = v.person_id
        where q.office_id = $1 and v.day >= $2 and v.day <= $3
            and ", open_to!("$4", "$5"), " group by q.state");
    CLARIFIED = concat!("select c.began_on, coalesce(c.complete_on, '') from clarification c
        join visit v on v.id = c.visit_id left join person p on p.id = v.person_id
        where c.office_id = $1 and c.began_on >= $2 and c.began_on <= $3
            and ", open_to!("$4", "$5"), " limit 20000");
    WRONG_DOOR = concat!("select h.case_id, c.opened_at, h.answered_at from handover h
        join shared_case c on c.id = h.case_id join person p on p.id = c.person_id
        join staff s on s.id = h.asked_by join unit u on u.id = s.unit_id
        where h.state = 'accepted' and h.answered_at >= $2 and h.answered_at < $3
            and h.from_agency_id <> h.to_agency_id and h.answered_at - c.opened_at <= $4
            and u.office_id = $1 and ", open_to!("$5", "$6"), "
        order by h.answered_at limit 5000");
    // One row for each combination, not for each person.
    POINTS = concat!("select places, people, agencies, count(*) from (
            select v.person_id, count(distinct v.office_id) as places,
                count(distinct v.server_id) as people, count(distinct g.agency_id) as agencies
            from visit v left join visit_agency g on g.visit_id = v.id
            where v.arrived_at >= $2 and v.arrived_at < $3 and v.person_id in (
                select w.person_id from visit w join person p on p.id = w.person_id
                where w.office_id = $1 and w.day >= $4 and w.day < $5 and w.closed_at is not null
                    and ", open_to!("$6", "$7"), ")
            group by v.person_id) t
        group by places, people, agencies order by places, people, agencies limit 500");
    WORK = concat!("select count(*), sum(case when t.no_aim then 1 else 0 end),
            sum(case when not t.no_aim and t.offered then 1 else 0 end), sum(t.handed),
            cast(sum(t.handovers) as bigint)
        from (select exists (select 1 from work_focus f
                    where f.person_id = c.person_id and f.reason <> '') as no_aim,
                exists (select 1 from visit v
                    join visit_mark m on m.visit_id = v.id and m.kind = 'offer'
                    join service y on y.code = m.code and y.replaced_at is null
                        and y.kind = 'work'
                    where v.person_id = c.person_id) as offered,
                case when c.handovers > 0 then 1 else 0 end as handed, c.handovers as handovers
            from shared_case c join unit u on u.id = c.unit_id join person p on p.id = c.person_id
            where u.office_id = $1 and c.closed_at is null and ", open_to!("$2", "$3"), ") t");
    ROWS_GO_ASK = concat!("select v.id, v.day, v.ticket, m.code, '', v.person_id
        from visit_mark m join visit v on v.id = m.visit_id
        left join person p on p.id = v.person_id
        where m.office_id = $1 and m.day >= $2 and m.day <= $3 and m.kind = 'go_ask'
            and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
        order by v.day desc, v.ticket desc limit 200");
    ROWS_UNCLEAR = concat!("select v.id, v.day, v.ticket, c.began_on, '', v.person_id
        from clarification c join visit v on v.id = c.visit_id
        left join person p on p.id = v.person_id
        where c.office_id = $1 and c.began_on >= $2 and c.began_on <= $3 and c.complete_on is null
            and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
        order by c.began_on limit 200");
    ROWS_RETURNED = concat!("select v.id, v.day, v.ticket, e.subject, e.return_reason, v.person_id
        from escalation e join visit v on v.id = e.visit_id
        left join person p on p.id = v.person_id
        where e.office_id = $1 and v.day >= $2 and v.day <= $3 and e.returned_at is not null
            and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
        order by v.day desc, v.ticket desc limit 200");
    // What another agency promised is for the walls.
    ROWS_UNMET = concat!("select v.id, v.day, v.ticket, q.service_code, coalesce(q.result, ''), v.person_id
        from promise q join visit v on v.id = q.visit_id
        left join person p on p.id = v.person_id
        where q.office_id = $1 and v.day >= $2 and v.day <= $3 and q.state = 'unmet'
            and q.agency_id = $6 and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
        order by v.day desc, v.ticket desc limit 200");
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ComingPage, _, _>("/figures/coming", "Figures of coming in and serving", show)
        .asking(&["office", "from", "until", "open"])
}

/// A clarification open for longer than this is flagged; a setting of the product.
const CLARIFICATION_DAYS: i64 = 21;
/// A matter that changes its lead agency in the first weeks came to the wrong door.
const WRONG_DOOR_DAYS: i64 = 42;
const DAY: i64 = 24 * 3600 * 1_000_000;

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
    /// Booked times whose time is over and of which nothing is known yet.
    pub(crate) unsettled: Option<i64>,
    /// Whether counts are told in steps of `least` only.
    pub(crate) in_steps: bool,
    /// The smallest count that is then told.
    pub(crate) least: i64,
    pub(crate) opened: String,
    /// Visits that were counted and are not in the list: they are for another agency to tell, or
    /// further back than the list goes.
    pub(crate) untold: i64,
    pub(crate) rows: Vec<FigureRow>,
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
    _: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<(Vec<Figure>, i64), DbError> {
    let (actor, now) = (desk.actor(), desk.now());
    let args = args![
        period.office,
        period.start(desk),
        period.end(desk),
        now.as_microsecond(),
        actor.lacks(),
        actor.id,
    ];
    let (mut counts, mut unsettled) = (BTreeMap::new(), 0);
    for mut row in link.rows(&BOOKINGS, args).await? {
        let state: String = row.get(0)?;
        if state == "booked" {
            unsettled = row.get::<Option<i64>>(2)?.unwrap_or(0);
        }
        counts.insert(state, row.get(1)?);
    }
    let over = of(&counts, "came") + of(&counts, "absent") + of(&counts, "moved") + unsettled;
    let figures = ["came", "absent", "moved"]
        .iter()
        .map(|state| telling.part(&format!("booking-{state}"), of(&counts, state), over))
        .collect();
    Ok((figures, unsettled))
}

async fn marks(
    link: &mut Link,
    actor: &Actor,
    _: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<Figure>, DbError> {
    let args = args![period.office, period.from, period.until, actor.lacks(), actor.id];
    let mut go_ask = 0;
    let mut guided: BTreeMap<String, i64> = BTreeMap::new();
    for mut row in link.rows(&MARKS, args).await? {
        let (kind, code): (String, String) = (row.get(0)?, row.get(1)?);
        match kind.as_str() {
            "go_ask" => go_ask += row.get::<i64>(2)?,
            "guidance" => {
                guided.insert(code, row.get(2)?);
            }
            _ => {}
        }
    }
    let mut figures = vec![Figure { opens: telling.opens, ..telling.plain("go-ask", go_ask) }];
    for subject in ["jobs", "qualification", "rights"] {
        figures.push(telling.plain(&format!("guidance-{subject}"), of(&guided, subject)));
    }
    Ok(figures)
}

async fn sent_on(
    desk: &Desk,
    link: &mut Link,
    _: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<Figure>, DbError> {
    let (from, until) = (period.start(desk), period.end(desk));
    let asked = by_code(link.rows(&CONSULTED, args![period.office, from, until]).await?)?;
    // By the day of the visit, as their rows are.
    let (actor, days) = (desk.actor(), (period.from, period.until));
    let args = args![period.office, days.0, days.1, actor.lacks(), actor.id];
    let all: i64 = asked.values().sum();
    let sent = by_code(link.rows(&ESCALATED, args).await?)?;
    let returned: i64 = sent.iter().filter(|(code, _)| !code.is_empty()).map(|(_, n)| n).sum();
    let promised = by_code(link.rows(&PROMISED, args).await?)?;
    let settled = of(&promised, "kept") + of(&promised, "unmet");
    Ok(vec![
        telling.part("consult-avoided", of(&asked, "not_a_case"), all),
        telling.part("consult-urgent", of(&asked, "urgent"), all),
        telling.plain("escalated", sent.values().sum()),
        telling.share("returned", returned, sent.values().sum()),
        telling.share("unmet", of(&promised, "unmet"), settled),
    ])
}

/// Whole clarifications of those that began, how many are open for too long, and the middle of
/// their days (REQ-FRONT-13).
async fn clarified(
    desk: &Desk,
    link: &mut Link,
    _: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<(Vec<Figure>, Option<i64>), DbError> {
    let actor = desk.actor();
    let args = args![period.office, period.from, period.until, actor.lacks(), actor.id];
    let (mut all, mut late, mut days) = (0, 0, Vec::new());
    let between = |from: &str, until: &str| -> Option<i64> {
        let (from, until) = (from.parse().ok()?, until.parse::<jiff::civil::Date>().ok()?);
        let span = until.since::<jiff::civil::Date>(from).ok()?;
        Some(i64::from(span.get_days()))
    };
    let today = desk.today().to_string();
    for mut row in link.rows(&CLARIFIED, args).await? {
        let (began, complete): (String, String) = (row.get(0)?, row.get(1)?);
        all += 1;
        if complete.is_empty() {
            late += i64::from(between(&began, &today).is_some_and(|n| n > CLARIFICATION_DAYS));
        } else {
            days.extend(between(&began, &complete));
        }
    }
    let whole = i64::try_from(days.len()).unwrap_or(i64::MAX);
    let figures = vec![
        telling.part("clarification-whole", whole, all),
        telling.share("clarification-open", all - whole, all),
        telling.part("clarification-late", late, all),
    ];
    Ok((figures, median(&days).and_then(|middle| telling.measured(middle, whole))))
}

/// Who turned out to belong elsewhere, by month; a matter that moved twice counts once, with the
/// days until it was right at last (REQ-REF-11).
async fn wrong_doors(
    desk: &Desk,
    link: &mut Link,
    _: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<DoorLine>, DbError> {
    let year = period.until.checked_sub(1.year()).unwrap_or(period.until);
    let args = args![
        period.office,
        start_of(desk, year),
        period.end(desk),
        WRONG_DOOR_DAYS * DAY,
        desk.actor().lacks(),
        desk.actor().id,
    ];
    let mut cases: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for mut row in link.rows(&WRONG_DOOR, args).await? {
        let (opened, right): (i64, i64) = (row.get(1)?, row.get(2)?);
        cases.insert(row.get(0)?, (opened, right));
    }
    let mut months: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (opened, right) in cases.into_values() {
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
    _: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<ContactPointLine>, DbError> {
    let actor = desk.actor();
    let until = period.until.tomorrow().unwrap_or(period.until);
    let year = until.checked_sub(1.year()).unwrap_or(until);
    let before = year.checked_sub(1.year()).unwrap_or(year);
    let mut all: BTreeMap<(i64, i64, i64), (i64, i64)> = BTreeMap::new();
    for (from, to, now) in [(year, until, true), (before, year, false)] {
        let args = args![
            period.office,
            start_of(desk, from),
            start_of(desk, to),
            from,
            to,
            actor.lacks(),
            actor.id,
        ];
        for mut row in link.rows(&POINTS, args).await? {
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
    _: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Vec<Figure>, DbError> {
    let args = args![period.office, actor.lacks(), actor.id];
    let Some(mut row) = link.row(&WORK, args).await? else { return Ok(vec![]) };
    let all: i64 = row.get(0)?;
    let mut sum =
        |at: usize| -> Result<i64, DbError> { Ok(row.get::<Option<i64>>(at)?.unwrap_or(0)) };
    let (no_aim, offered, handed, handovers) = (sum(1)?, sum(2)?, sum(3)?, sum(4)?);
    Ok(vec![
        telling.part("work-offered", offered, all - no_aim),
        telling.part("work-no-aim", no_aim, all),
        telling.part("handed", handed, all),
        telling.plain("handovers", handovers),
    ])
}

async fn rows(
    link: &mut Link,
    permit: &Permit,
    figure: &str,
    period: &Period,
    actor: &Actor,
) -> Result<Vec<FigureRow>, DbError> {
    debug_assert_eq!(permit.action(), Action::ReadQueue);
    let statement = match figure {
        "go-ask" => &ROWS_GO_ASK,
        "clarification-open" => &ROWS_UNCLEAR,
        "returned" => &ROWS_RETURNED,
        "unmet" => &ROWS_UNMET,
        _ => return Ok(Vec::new()),
    };
    let args = args![
        period.office,
        period.from,
        period.until,
        actor.lacks(),
        actor.id,
        actor.agency,
        permit.counter().closed(),
    ];
    let read = |mut row: Row| {
        let id: Uuid = row.get(0)?;
        Ok(FigureRow {
            id: id.to_string(),
            day: row.get(1)?,
            ticket: row.get(2)?,
            a: row.get(3)?,
            b: row.get(4)?,
            person: row.get(5)?,
        })
    };
    link.rows(statement, args).await?.into_iter().map(read).collect()
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let link = &mut *conn;
    let period = Period::read(&desk, link, &asked, 30).await?;
    let telling = period.telling(&desk, link).await?;
    let of = (&period, telling);
    let actor = desk.actor();
    let (mut figures, unsettled) = bookings(&desk, link, &permit, of).await?;
    figures.extend(marks(link, actor, &permit, of).await?);
    figures.extend(sent_on(&desk, link, &permit, of).await?);
    let (whole, clarified_days) = clarified(&desk, link, &permit, of).await?;
    figures.extend(whole);
    figures.extend(work(link, actor, &permit, of).await?);
    let subject = Subject::Office(period.office);
    let opens: bool = figures.iter().any(|one| one.opens && one.code == asked.open);
    let mut lines = Vec::new();
    if opens && let Some(reader) = desk.permit_quietly(link, Action::ReadQueue, subject).await? {
        lines = rows(link, &reader, &asked.open, &period, actor).await?;
        desk.note_seen(&reader, lines.iter().filter_map(|row| row.person));
    }
    let counted = figures.iter().find(|one| opens && one.code == asked.open);
    let listed = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let untold = counted.and_then(|one| one.count).map_or(0, |all| (all - listed).max(0));
    desk.show(&ComingPage {
        untold,
        recipients: recipients::of(link, Report::Coming).await?,
        contacts: contacts::counts(link, period.office, period.from, period.until).await?,
        doors: wrong_doors(&desk, link, &permit, of).await?,
        points: points(&desk, link, &permit, of).await?,
        offices: period.offices,
        office: period.office.to_string(),
        from: period.from.to_string(),
        until: period.until.to_string(),
        figures,
        clarified_days,
        unsettled: telling.count(unsettled),
        in_steps: !telling.exact,
        least: telling.least,
        opened: if opens { asked.open } else { String::new() },
        rows: lines,
    })
}
