//! Counting, always of one office and a stretch of days.

use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::{open_to, told_here};

crate::sql! {
    // Who is hidden from the rows is hidden from their counts.
    VISITS = concat!("select count(*), sum(case when v.track <> v.first_track then 1 else 0 end),
            sum(case when v.outcome = 'clarified' then 1 else 0 end),
            sum(case when v.outcome is null then 1 else 0 end),
            sum(case when v.told_again > 0 then 1 else 0 end),
            sum(case when v.person_id is null then 1 else 0 end)
        from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null
            and ", open_to!("$4", "$5"));
    OPEN_VISITS = concat!("select count(*) from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is null
            and ", open_to!("$4", "$5"));
    HANDOVERS = "select h.reason, count(*) from unit u join staff s on s.unit_id = u.id
        join handover h on h.asked_by = s.id and h.asked_at >= $2 and h.asked_at < $3
        where u.office_id = $1 group by h.reason order by count(*) desc, h.reason";
    CASES = "select count(*), sum(case when c.shuttles >= 2 then 1 else 0 end),
            sum(case when c.last_resort then 1 else 0 end), cast(sum(c.forced_changes) as bigint)
        from shared_case c join unit u on u.id = c.unit_id
        where u.office_id = $1 and c.closed_at is null";
    ROWS_WRONG = concat!("select v.id, v.day, v.ticket, v.first_track, v.track, v.person_id
        from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null
            and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
            and v.track <> v.first_track order by v.day desc, v.ticket desc limit 200");
    ROWS_CLARIFIED = concat!("select v.id, v.day, v.ticket, v.track, v.outcome, v.person_id
        from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null
            and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
            and v.outcome = 'clarified' order by v.day desc, v.ticket desc limit 200");
    ROWS_UNENDED = concat!("select v.id, v.day, v.ticket, v.track, v.state, v.person_id
        from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null
            and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
            and v.outcome is null order by v.day desc, v.ticket desc limit 200");
    ROWS_TOLD = concat!("select v.id, v.day, v.ticket, v.track, v.outcome, v.person_id
        from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null
            and ", open_to!("$4", "$5"), " and ", told_here!("$6", "$5", "$7"), "
            and v.told_again > 0 order by v.day desc, v.ticket desc limit 200");
}

/// A row that a figure is counted from. It names no person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FigureRow {
    /// The visit; whoever may see it can open it.
    pub id: String,
    /// The day.
    pub day: String,
    /// The ticket.
    pub ticket: i64,
    /// First fact.
    pub a: String,
    /// Second fact.
    pub b: String,
    /// Whose visit it was, for the journal.
    #[serde(skip)]
    pub person: Option<Uuid>,
}

/// What was counted of visits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct VisitCounts {
    pub(super) closed: i64,
    pub(super) wrong: i64,
    pub(super) clarified: i64,
    pub(super) unended: i64,
    pub(super) told: i64,
    pub(super) unknown: i64,
    pub(super) open: i64,
}

/// An office and a stretch of days.
pub(super) struct Span {
    pub(super) office: OfficeId,
    pub(super) from: Date,
    pub(super) until: Date,
}

fn sum(row: &mut Row, at: usize) -> Result<i64, DbError> {
    Ok(row.get::<Option<i64>>(at)?.unwrap_or(0))
}

pub(super) async fn visits(
    link: &mut Link,
    _: &Permit,
    span: &Span,
    actor: &Actor,
) -> Result<VisitCounts, DbError> {
    let args = args![span.office, span.from, span.until, actor.lacks(), actor.id];
    let mut counts = VisitCounts::default();
    if let Some(mut row) = link.row(&VISITS, args).await? {
        counts = VisitCounts {
            closed: row.get(0)?,
            wrong: sum(&mut row, 1)?,
            clarified: sum(&mut row, 2)?,
            unended: sum(&mut row, 3)?,
            told: sum(&mut row, 4)?,
            unknown: sum(&mut row, 5)?,
            open: 0,
        };
    }
    if let Some(mut row) = link.row(&OPEN_VISITS, args).await? {
        counts.open = row.get(0)?;
    }
    Ok(counts)
}

/// Hand-overs that the office's staff asked for, by reason, the commonest first.
pub(super) async fn handovers(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
    from: i64,
    until: i64,
) -> Result<Vec<(String, i64)>, DbError> {
    let rows = link.rows(&HANDOVERS, args![office, from, until]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Open cases: all, shuttling, held as last resort, forced changes of worker.
pub(super) async fn cases(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
) -> Result<(i64, i64, i64, i64), DbError> {
    match link.row(&CASES, args![office]).await? {
        Some(mut row) => Ok((row.get(0)?, sum(&mut row, 1)?, sum(&mut row, 2)?, sum(&mut row, 3)?)),
        None => Ok((0, 0, 0, 0)),
    }
}

/// The rows behind a figure of visits.
pub(super) async fn rows(
    link: &mut Link,
    permit: &Permit,
    figure: &str,
    span: &Span,
    actor: &Actor,
) -> Result<Vec<FigureRow>, DbError> {
    let statement = match figure {
        "wrong" => &ROWS_WRONG,
        "clarified" => &ROWS_CLARIFIED,
        "unended" => &ROWS_UNENDED,
        "told" => &ROWS_TOLD,
        _ => return Ok(Vec::new()),
    };
    debug_assert_eq!(permit.action(), onedoor_domain::secrecy::Action::ReadQueue);
    let args = args![
        span.office,
        span.from,
        span.until,
        actor.lacks(),
        actor.id,
        actor.agency,
        permit.counter().closed(),
    ];
    let rows = link.rows(statement, args).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(FigureRow {
                id: id.to_string(),
                day: row.get(1)?,
                ticket: row.get(2)?,
                a: row.get(3)?,
                b: row.get::<Option<String>>(4)?.unwrap_or_default(),
                person: row.get(5)?,
            })
        })
        .collect()
}
