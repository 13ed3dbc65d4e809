//! Unusual use: cases for the privacy owner to look at. Nothing follows by itself.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use onedoor_domain::secrecy::limit::Span;
use onedoor_domain::secrecy::unusual::{Measure, PERSON_OFFICES, judge, median, scattered};
use onedoor_domain::secrecy::{Action, Ground};
use uuid::Uuid;

use super::WITNESS;
use super::chain::{Entry, SubjectKind};
use super::watch_pages::WatchLine;
use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Personal, Row, Tx};
use crate::sign_in::Actor;
use crate::walls::unbarred;

crate::sql! {
    CASES = concat!("select w.id, w.actor_id, coalesce(s.name, ''), coalesce(s.role, 'host'),
            coalesce(u.name, ''), w.day, w.measure, w.seen, w.expected, w.bound, w.basis,
            w.outcome, w.outcome_reason, w.version, w.person_id
        from watch_case w left join staff s on s.id = w.actor_id
        left join unit u on u.id = s.unit_id left join person p on p.id = w.person_id
        where (w.person_id is null or (", unbarred!("$1", "$2"), "))
        order by case when w.outcome is null then 0 else 1 end, w.made_at desc, w.id limit 500");
    CASE = concat!("select w.id, w.actor_id, coalesce(s.name, ''), coalesce(s.role, 'host'),
            coalesce(u.name, ''), w.day, w.measure, w.seen, w.expected, w.bound, w.basis,
            w.outcome, w.outcome_reason, w.version, w.person_id
        from watch_case w left join staff s on s.id = w.actor_id
        left join unit u on u.id = s.unit_id left join person p on p.id = w.person_id
        where w.id = $3 and (w.person_id is null or (", unbarred!("$1", "$2"), "))");
    SETTLE = "update watch_case set outcome = $3, outcome_reason = $4, outcome_by = $5,
            outcome_at = $6, version = version + 1
        where id = $1 and version = $2 and outcome is null";
    LAST_SEARCHED = "select max(day) from watch_day";
    FIRST_ROW = "select min(at) from journal";
    CLAIM_DAY = "insert into watch_day (day, searched_at) values ($1, $2) on conflict do nothing";
    // Attempts that were denied count too, and a search that found the one person alone.
    PERSONS = "select d.actor_id, count(*) from (
            select distinct p.person_id, j.actor_id
            from journal j cross join journal_person p
            where p.lane = j.lane and p.seq = j.seq and j.at >= $1 and j.at < $2
            and j.actor_kind in ('staff', 'client')
            and (j.act in ('person.read', 'case.read', 'reception.read_visit', 'record.read',
                    'consent.read')
                or (j.act = 'person.search' and j.persons not like '% %'))
            ) d group by d.actor_id";
    ONLY_LOOKED = "select d.actor_id, count(*) from (
            select distinct p.person_id, j.actor_id
            from journal j cross join journal_person p
            where p.lane = j.lane and p.seq = j.seq and j.at >= $1 and j.at < $2
            and j.actor_kind in ('staff', 'client')
            and (j.act in ('person.read', 'case.read', 'reception.read_visit', 'record.read',
                    'consent.read')
                or (j.act = 'person.search' and j.persons not like '% %'))
            and not exists (select 1 from journal_person q
                join journal k on k.lane = q.lane and k.seq = q.seq
                where q.person_id = p.person_id and k.actor_id = j.actor_id
                    and k.at >= $1 and k.at < $2 and k.ground <> 'denied'
                    and k.act not in ('person.read', 'case.read', 'reception.read_visit',
                        'record.read', 'consent.read', 'list.read', 'correction.read',
                        'access.confirm', 'reception.read_queue', 'person.search', 'case.read_day',
                        'case.read_management', 'figure.read', 'journal.read',
                        'message.read_outbox'))
            ) d group by d.actor_id";
    // Who was looked at by workers of several offices. A search counts where it found the one
    // person alone: a list of many says nothing about each.
    LOOKED_AT = "select p.person_id, count(distinct u.office_id), count(*)
        from journal j join journal_person p on p.lane = j.lane and p.seq = j.seq
        join unit u on u.id = j.unit_id
        where j.at >= $1 and j.at < $2 and j.actor_kind in ('staff', 'client')
            and (j.act in ('person.read', 'case.read', 'reception.read_visit', 'record.read')
                or (j.act = 'person.search' and j.persons not like '% %'))
        group by p.person_id having count(distinct u.office_id) > 1
        order by 2 desc, 3 desc limit 500";
    OPEN_PERSON = "insert into watch_case
            (id, person_id, day, measure, seen, expected, bound, basis, made_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) on conflict do nothing";
    KEEP_MEASURE = "insert into watch_measure (actor_id, day, measure, value)
        values ($1, $2, $3, $4) on conflict do nothing";
    ALL_OFFICES = "select id from office order by id limit 2000";
    MEASURES = "select m.actor_id, s.role, m.day, m.value
        from staff s join unit u on u.id = s.unit_id
        join watch_measure m on m.actor_id = s.id and m.measure = $2
        where u.office_id = $1 and m.day >= $3 and m.day <= $4
        order by m.actor_id, m.day desc limit 100000";
    OPEN = "insert into watch_case
            (id, actor_id, day, measure, seen, expected, bound, basis, made_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) on conflict do nothing";
}

/// Something to look at.
pub(super) struct Found<'a> {
    pub(super) actor: Uuid,
    pub(super) day: jiff::civil::Date,
    pub(super) measure: &'a str,
    pub(super) seen: i64,
    pub(super) expected: i64,
    pub(super) bound: i64,
    pub(super) basis: &'a str,
}

/// Opens a case, unless that day's is there.
pub(super) async fn open(tx: &mut Tx, found: &Found<'_>, now: Timestamp) -> Result<bool, DbError> {
    let args = args![
        crate::app::new_id(),
        found.actor,
        found.day,
        found.measure,
        found.seen,
        found.expected,
        found.bound,
        found.basis,
        now,
    ];
    Ok(tx.run(WITNESS.opens(&OPEN), args).await? == 1)
}

/// Somebody asked for more than a working day needs: a row in the journal, and
/// for a member of staff a case to look at.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn limit_hit(
    app: &App,
    actor: Option<&Actor>,
    kind: &str,
    span: Span,
    bound: u32,
    now: Timestamp,
) -> Result<(), DbError> {
    let system = Actor::system();
    let mut tx = app.db.begin().await?;
    if let Some(actor) = actor.filter(|actor| !actor.is_kiosk())
        && let Some(id) = actor.id
    {
        let bound = i64::from(bound);
        let found = Found {
            actor: id,
            day: app.day(now),
            measure: &format!("limit_{kind}"),
            seen: bound + 1,
            expected: bound,
            bound,
            basis: span.as_str(),
        };
        open(&mut tx, &found, now).await?;
    }
    let entry = Entry {
        action: Action::HitLimit,
        ground: None,
        subject: (SubjectKind::Nothing, None),
        persons: Vec::new(),
        detail: serde_json::json!({ "denied": ["limit"], "limit": kind, "span": span.as_str() }),
    };
    app.journal.append(&mut tx, actor.unwrap_or(&system), now, &[entry]).await?;
    tx.commit().await
}

/// Whom a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A worker's day.
    Worker(Uuid),
    /// A person whom workers looked at.
    Person(Uuid),
}

fn read(mut row: Row) -> Result<(WatchLine, About), DbError> {
    let id: Uuid = row.get(0)?;
    let person: Option<Uuid> = row.get(14)?;
    let about = match (row.get(1)?, person) {
        (Some(actor), None) => About::Worker(actor),
        (None, Some(person)) => About::Person(person),
        _ => return Err(DbError::Other("a case of unusual use is about nobody".into())),
    };
    let line = WatchLine {
        person: person.map(|id| id.to_string()).unwrap_or_default(),
        id: id.to_string(),
        actor: row.get(2)?,
        role: row.get(3)?,
        unit: row.get(4)?,
        day: row.get(5)?,
        measure: row.get(6)?,
        seen: row.get(7)?,
        expected: row.get(8)?,
        bound: row.get(9)?,
        basis: row.get(10)?,
        outcome: row.get(11)?,
        outcome_reason: row.get(12)?,
        version: row.get(13)?,
    };
    Ok((line, about))
}

/// The cases with whom they are about, the open ones first. One about somebody whom the reader is
/// tied to or not cleared for is for another to look at (REQ-INFO-15).
pub(super) async fn cases(
    link: &mut Link,
    reader: &Actor,
) -> Result<Vec<(WatchLine, About)>, DbError> {
    let rows = link.rows(WITNESS.opens(&CASES), args![reader.lacks(), reader.id]).await?;
    rows.into_iter().map(read).collect()
}

/// One case, as [`cases`].
pub(super) async fn case(
    link: &mut Link,
    reader: &Actor,
    id: Uuid,
) -> Result<Option<(WatchLine, About)>, DbError> {
    link.row(WITNESS.opens(&CASE), args![reader.lacks(), reader.id, id])
        .await?
        .map(read)
        .transpose()
}

/// Keeps what a case was.
pub(super) async fn settle(
    tx: &mut Tx,
    (id, version): (Uuid, i64),
    outcome: &str,
    reason: &str,
    by: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run_one(WITNESS.opens(&SETTLE), args![id, version, outcome, reason, by, now]).await
}

/// How many days before a day are looked at, to find twenty-eight with work.
const PAST: i64 = 45;
/// How many working days make a past.
const WORKING_DAYS: usize = 28;

fn statement(measure: Measure) -> &'static Personal {
    match measure {
        Measure::Persons => &PERSONS,
        Measure::OnlyLooked => &ONLY_LOOKED,
    }
}

/// How many days that nobody searched are made up for, at the most.
const MISSED: i64 = 31;

/// Searches for unusual use up to yesterday, each day once; returns how many cases were opened,
/// and nothing when there was no day to search. A night on which no server was awake is made up
/// for, the first time from the first row of the journal on. Days that lie too far back are named
/// in the journal and in the log: nobody takes them for searched. Of several servers one does each
/// day.
///
/// # Errors
/// When the database does not answer.
pub async fn search(app: &App) -> Result<Option<usize>, DbError> {
    let Ok(yesterday) = app.today().yesterday() else { return Ok(None) };
    let earliest = yesterday.checked_sub((MISSED - 1).days()).unwrap_or(yesterday);
    let Some(due) = next_due(app, yesterday).await? else { return Ok(None) };
    let mut day = due.max(earliest);
    let mut skipped = (due < earliest).then_some((due, earliest));
    let mut opened = None;
    while day <= yesterday {
        if let Some(more) = search_day(app, day, skipped.take()).await? {
            opened = Some(opened.unwrap_or(0) + more);
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    Ok(opened)
}

/// The first day that nobody has searched: after the last that was, else that of the journal's first
/// row, or yesterday.
async fn next_due(app: &App, yesterday: Date) -> Result<Option<Date>, DbError> {
    let mut conn = app.db.read().await?;
    let last: Option<Date> = match conn.row(&LAST_SEARCHED, &[]).await? {
        Some(mut row) => row.get(0)?,
        None => None,
    };
    if let Some(last) = last {
        return Ok(last.tomorrow().ok());
    }
    let first: Option<i64> = match conn.row(WITNESS.opens(&FIRST_ROW), &[]).await? {
        Some(mut row) => row.get(0)?,
        None => None,
    };
    let first = first.and_then(|at| Timestamp::from_microsecond(at).ok()).map(|at| app.day(at));
    Ok(Some(first.map_or(yesterday, |day| day.min(yesterday))))
}

/// Searches one day, unless another server does. The days before it that nobody will search any more
/// (from the first of them until `day`) go into its row.
async fn search_day(
    app: &App,
    day: Date,
    skipped: Option<(Date, Date)>,
) -> Result<Option<usize>, DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if tx.run(&CLAIM_DAY, args![day, now]).await? == 0 {
        return Ok(None);
    }
    let start = |day: Date| {
        app.zone
            .to_timestamp(day.to_datetime(Time::midnight()))
            .map_or(0, Timestamp::as_microsecond)
    };
    let span = (start(day), day.tomorrow().map_or(i64::MAX, start));
    for measure in Measure::ALL {
        for mut row in tx.rows(WITNESS.opens(statement(measure)), args![span.0, span.1]).await? {
            let (actor, value): (Option<Uuid>, i64) = (row.get(0)?, row.get(1)?);
            if let Some(actor) = actor {
                tx.run(WITNESS.opens(&KEEP_MEASURE), args![actor, day, measure.as_str(), value])
                    .await?;
            }
        }
    }
    let mut opened = 0;
    for mut row in tx.rows(&ALL_OFFICES, &[]).await? {
        let office: Uuid = row.get(0)?;
        for measure in Measure::ALL {
            opened += search_office(&mut tx, office, measure, day, now).await?;
        }
    }
    opened += search_persons(&mut tx, span, day, now).await?;
    let entry = Entry {
        action: Action::Watch,
        ground: Some(Ground::Duty),
        subject: (SubjectKind::Nothing, None),
        persons: Vec::new(),
        detail: match skipped {
            None => serde_json::json!({ "day": day.to_string(), "cases": opened }),
            Some((from, until)) => {
                tracing::warn!(%from, %until, "days that nobody searched for unusual use");
                serde_json::json!({ "day": day.to_string(), "cases": opened,
                    "not_searched_from": from.to_string(), "not_searched_until": until.to_string() })
            }
        },
    };
    app.journal.append(&mut tx, &Actor::system(), now, &[entry]).await?;
    tx.commit().await?;
    Ok(Some(opened))
}

/// Looks for persons whom workers of several offices looked at; opens a case for each.
async fn search_persons(
    tx: &mut Tx,
    (from, until): (i64, i64),
    day: Date,
    now: Timestamp,
) -> Result<usize, DbError> {
    let mut opened = 0;
    for mut row in tx.rows(WITNESS.opens(&LOOKED_AT), args![from, until]).await? {
        let (person, offices, looks): (Uuid, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let Some(unusual) = scattered(offices, looks) else { continue };
        let args = args![
            crate::app::new_id(),
            person,
            day,
            PERSON_OFFICES,
            unusual.seen,
            unusual.expected,
            unusual.bound,
            unusual.basis.as_str(),
            now,
        ];
        opened += usize::from(tx.run(WITNESS.opens(&OPEN_PERSON), args).await? == 1);
    }
    Ok(opened)
}

/// A worker's role, that day's count if there is one, and the counts of their
/// working days before.
#[derive(Default)]
struct Worker {
    role: String,
    today: Option<i64>,
    past: Vec<i64>,
}

async fn search_office(
    tx: &mut Tx,
    office: Uuid,
    measure: Measure,
    day: Date,
    now: Timestamp,
) -> Result<usize, DbError> {
    let since = day.checked_sub(PAST.days()).unwrap_or(day);
    let mut workers: BTreeMap<Uuid, Worker> = BTreeMap::new();
    for mut row in
        tx.rows(WITNESS.opens(&MEASURES), args![office, measure.as_str(), since, day]).await?
    {
        let worker = workers.entry(row.get(0)?).or_default();
        worker.role = row.get(1)?;
        let on: Date = row.get(2)?;
        let value = row.get(3)?;
        if on == day {
            worker.today = Some(value);
        } else if worker.past.len() < WORKING_DAYS {
            worker.past.push(value);
        }
    }
    // What is usual for each of them; a newcomer's only day is their usual.
    let usual: Vec<(Uuid, &str, i64)> = workers
        .iter()
        .filter(|(_, worker)| !worker.past.is_empty())
        .map(|(id, worker)| (*id, worker.role.as_str(), median(&worker.past)))
        .collect();
    let mut opened = 0;
    for (id, worker) in &workers {
        let Some(seen) = worker.today else { continue };
        let peers: Vec<i64> = usual
            .iter()
            .filter(|(other, role, _)| other != id && *role == worker.role)
            .map(|(.., usual)| *usual)
            .collect();
        let Some(unusual) = judge(seen, &worker.past, &peers) else { continue };
        let found = Found {
            actor: *id,
            day,
            measure: measure.as_str(),
            seen: unusual.seen,
            expected: unusual.expected,
            bound: unusual.bound,
            basis: unusual.basis.as_str(),
        };
        opened += usize::from(open(tx, &found, now).await?);
    }
    Ok(opened)
}
