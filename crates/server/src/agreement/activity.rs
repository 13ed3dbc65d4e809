//! Joint activity, counted from events alone (REQ-ORG-06).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::Activity;
use onedoor_domain::ids::OfficeId;

use crate::args;
use crate::db::{DbError, Link};
use crate::policy::Permit;

crate::sql! {
    MEETINGS = "select a.office_id, count(*) from office o
        join appointment a on a.office_id = o.id and a.starts_at >= $2 and a.starts_at < $3
        where o.municipality = $1 and (select count(distinct u.agency_id) from calendar_slot c
            join staff s on s.id = c.staff_id join unit u on u.id = s.unit_id
            where c.appointment_id = a.id) >= 2
        group by a.office_id";
    TALKS = "select v.office_id, count(*) from office o
        join visit v on v.office_id = o.id and v.day >= $2 and v.day < $3
            and v.closed_at is not null
        where o.municipality = $1 and (select count(*) from visit_agency x
            where x.visit_id = v.id and x.took_part) >= 2
        group by v.office_id";
    PLANS = "select u.office_id, count(*) from office o join unit u on u.office_id = o.id
        join shared_case c on c.unit_id = u.id and c.opened_at < $3
            and (c.closed_at is null or c.closed_at >= $2)
        where o.municipality = $1 and (select count(*) from case_agency g
            where g.case_id = c.id and g.since < $3) >= 2
        group by u.office_id";
    // The first joint meeting of each office from an instant on: found at the index's beginning.
    FIRST = "select min(x.at) from (select (select a.starts_at from appointment a
            where a.office_id = o.id and a.starts_at >= $2
                and (select count(distinct u.agency_id) from calendar_slot c
                    join staff s on s.id = c.staff_id join unit u on u.id = s.unit_id
                    where c.appointment_id = a.id) >= 2
            order by a.starts_at limit 1) as at
        from office o where o.municipality = $1) x";
    STRUCTURE = "select x.office_id, x.structure from office_structure x
        join office o on o.id = x.office_id
        where o.municipality = $1 and x.first_day = (select max(y.first_day)
            from office_structure y where y.office_id = x.office_id and y.first_day <= $2)";
    CASES = "select u.office_id, count(*), count(distinct c.responsible_id),
            cast(coalesce(sum(c.handovers), 0) as bigint)
        from office o join unit u on u.office_id = o.id
        join shared_case c on c.unit_id = u.id and c.closed_at is null
        where o.municipality = $1 group by u.office_id";
}

/// A stretch of days, and where it begins and ends as instants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) from: Date,
    /// The first day after it.
    pub(super) until: Date,
    pub(super) starts: Timestamp,
    pub(super) ends: Timestamp,
}

/// Joint meetings at the offices of a municipality.
pub(super) async fn meetings(
    link: &mut Link,
    _: &Permit,
    municipality: &str,
    span: &Span,
) -> Result<i64, DbError> {
    let mut sum = 0;
    for mut row in link.rows(&MEETINGS, args![municipality, span.starts, span.ends]).await? {
        sum += row.get::<i64>(1)?;
    }
    Ok(sum)
}

/// What happened jointly at the offices of a municipality.
pub(super) async fn activity(
    link: &mut Link,
    _: &Permit,
    municipality: &str,
    span: &Span,
) -> Result<BTreeMap<OfficeId, Activity>, DbError> {
    let mut all: BTreeMap<OfficeId, Activity> = BTreeMap::new();
    let instants = args![municipality, span.starts, span.ends];
    for mut row in link.rows(&MEETINGS, instants).await? {
        all.entry(row.get(0)?).or_default().meetings = row.get(1)?;
    }
    for mut row in link.rows(&TALKS, args![municipality, span.from, span.until]).await? {
        all.entry(row.get(0)?).or_default().talks = row.get(1)?;
    }
    for mut row in link.rows(&PLANS, instants).await? {
        all.entry(row.get(0)?).or_default().plans = row.get(1)?;
    }
    Ok(all)
}

/// When the first joint meeting at a municipality was, from an instant on.
pub(super) async fn first_meeting(
    link: &mut Link,
    _: &Permit,
    municipality: &str,
    from: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    match link.row(&FIRST, args![municipality, from]).await? {
        Some(mut row) => row.get(0),
        None => Ok(None),
    }
}

/// How the offices of a municipality are led on a day (REQ-ORG-11).
pub(super) async fn structures(
    link: &mut Link,
    _: &Permit,
    municipality: &str,
    on: Date,
) -> Result<BTreeMap<OfficeId, String>, DbError> {
    let rows = link.rows(&STRUCTURE, args![municipality, on]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Open cases of an office, who carries them, and how often they moved.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cases {
    pub(super) open: i64,
    pub(super) workers: i64,
    pub(super) handovers: i64,
}

/// The open cases of the offices of a municipality.
pub(super) async fn cases(
    link: &mut Link,
    _: &Permit,
    municipality: &str,
) -> Result<BTreeMap<OfficeId, Cases>, DbError> {
    let rows = link.rows(&CASES, args![municipality]).await?;
    rows.into_iter()
        .map(|mut row| {
            let cases = Cases { open: row.get(1)?, workers: row.get(2)?, handovers: row.get(3)? };
            Ok((row.get(0)?, cases))
        })
        .collect()
}
