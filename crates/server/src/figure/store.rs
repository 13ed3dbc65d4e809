//! Counting, always of one office and a stretch of days.

use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;

use super::sets::{case_is, cases_of, handed_of, visit_is, visits_of};
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::policy::Permit;
use crate::sign_in::Actor;

crate::sql! {
    VISITS = concat!("select sum(case when ", visit_is!(visits), " then 1 else 0 end),
            sum(case when ", visit_is!(wrong), " then 1 else 0 end),
            sum(case when ", visit_is!(clarified), " then 1 else 0 end),
            sum(case when ", visit_is!(unended), " then 1 else 0 end),
            sum(case when ", visit_is!(told), " then 1 else 0 end),
            sum(case when ", visit_is!(unknown), " then 1 else 0 end),
            sum(case when ", visit_is!(open), " then 1 else 0 end) ", visits_of!());
    HANDOVERS = concat!("select h.reason, count(*) ", handed_of!(), "
        group by h.reason order by count(*) desc, h.reason");
    CASES = concat!("select count(*), sum(case when ", case_is!(shuttling), " then 1 else 0 end),
            sum(case when ", case_is!(last_resort), " then 1 else 0 end),
            cast(sum(c.forced_changes) as bigint) ", cases_of!());
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
    permit: &Permit,
    span: &Span,
    actor: &Actor,
) -> Result<VisitCounts, DbError> {
    let args = args![span.office, span.from, span.until, actor.lacks(), actor.id];
    let mut counts = VisitCounts::default();
    if let Some(mut row) = link.row(permit.opens(&VISITS), args).await? {
        counts = VisitCounts {
            closed: sum(&mut row, 0)?,
            wrong: sum(&mut row, 1)?,
            clarified: sum(&mut row, 2)?,
            unended: sum(&mut row, 3)?,
            told: sum(&mut row, 4)?,
            unknown: sum(&mut row, 5)?,
            open: sum(&mut row, 6)?,
        };
    }
    Ok(counts)
}

/// Hand-overs that the office's staff asked for, by reason, the commonest first.
pub(super) async fn handovers(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    (from, until): (i64, i64),
    actor: &Actor,
) -> Result<Vec<(String, i64)>, DbError> {
    let args = args![office, from, until, actor.lacks(), actor.id];
    let rows = link.rows(permit.opens(&HANDOVERS), args).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Open cases: all, shuttling, held as last resort, forced changes of worker.
pub(super) async fn cases(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    actor: &Actor,
) -> Result<(i64, i64, i64, i64), DbError> {
    match link.row(permit.opens(&CASES), args![office, actor.lacks(), actor.id]).await? {
        Some(mut row) => Ok((row.get(0)?, sum(&mut row, 1)?, sum(&mut row, 2)?, sum(&mut row, 3)?)),
        None => Ok((0, 0, 0, 0)),
    }
}
