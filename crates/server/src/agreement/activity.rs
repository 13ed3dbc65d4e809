//! Joint activity, counted from events alone (REQ-ORG-06).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::Activity;
use onedoor_domain::ids::OfficeId;

use crate::args;
use crate::db::{DbError, Link, Value};
use crate::policy::Permit;

crate::sql! {
    MEETINGS = "select a.office_id, count(*) from office o
        join appointment a on a.office_id = o.id and a.starts_at >= $2 and a.starts_at < $3
        where o.municipality = $1 and (select count(distinct u.agency_id) from calendar_slot c
            join staff s on s.id = c.staff_id join unit u on u.id = s.unit_id
            where c.appointment_id = a.id) >= 2
        group by a.office_id";
    MEETINGS_BETWEEN = "select o.municipality, count(*) from office o
        join appointment a on a.office_id = o.id and a.starts_at >= $3 and a.starts_at < $4
        where o.municipality >= $1 and o.municipality <= $2
            and (select count(distinct u.agency_id) from calendar_slot c
                join staff s on s.id = c.staff_id join unit u on u.id = s.unit_id
                where c.appointment_id = a.id) >= 2
        group by o.municipality";
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
    // The first joint meeting of each place from its own instant on, for 25 places at once; that of
    // an office is found at the index's beginning.
    FIRSTS = "select w.place, min((select a.starts_at from appointment a
            where a.office_id = o.id and a.starts_at >= w.since
                and (select count(distinct u.agency_id) from calendar_slot c
                    join staff s on s.id = c.staff_id join unit u on u.id = s.unit_id
                    where c.appointment_id = a.id) >= 2
            order by a.starts_at limit 1))
        from (select cast($1 as text) as place, cast($2 as bigint) as since
            union all select cast($3 as text), cast($4 as bigint)
            union all select cast($5 as text), cast($6 as bigint)
            union all select cast($7 as text), cast($8 as bigint)
            union all select cast($9 as text), cast($10 as bigint)
            union all select cast($11 as text), cast($12 as bigint)
            union all select cast($13 as text), cast($14 as bigint)
            union all select cast($15 as text), cast($16 as bigint)
            union all select cast($17 as text), cast($18 as bigint)
            union all select cast($19 as text), cast($20 as bigint)
            union all select cast($21 as text), cast($22 as bigint)
            union all select cast($23 as text), cast($24 as bigint)
            union all select cast($25 as text), cast($26 as bigint)
            union all select cast($27 as text), cast($28 as bigint)
            union all select cast($29 as text), cast($30 as bigint)
            union all select cast($31 as text), cast($32 as bigint)
            union all select cast($33 as text), cast($34 as bigint)
            union all select cast($35 as text), cast($36 as bigint)
            union all select cast($37 as text), cast($38 as bigint)
            union all select cast($39 as text), cast($40 as bigint)
            union all select cast($41 as text), cast($42 as bigint)
            union all select cast($43 as text), cast($44 as bigint)
            union all select cast($45 as text), cast($46 as bigint)
            union all select cast($47 as text), cast($48 as bigint)
            union all select cast($49 as text), cast($50 as bigint)) w
        join office o on o.municipality = w.place group by w.place";
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

/// Joint meetings at the offices of each municipality from one to another.
pub(super) async fn meetings_between(
    link: &mut Link,
    permit: &Permit,
    (first, last): (&str, &str),
    span: &Span,
) -> Result<BTreeMap<String, i64>, DbError> {
    let args = args![first, last, span.starts, span.ends];
    let rows = link.rows(permit.opens(&MEETINGS_BETWEEN), args).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// What happened jointly at the offices of a municipality.
pub(super) async fn activity(
    link: &mut Link,
    permit: &Permit,
    municipality: &str,
    span: &Span,
) -> Result<BTreeMap<OfficeId, Activity>, DbError> {
    let mut all: BTreeMap<OfficeId, Activity> = BTreeMap::new();
    let instants = args![municipality, span.starts, span.ends];
    for mut row in link.rows(permit.opens(&MEETINGS), instants).await? {
        all.entry(row.get(0)?).or_default().meetings = row.get(1)?;
    }
    for mut row in
        link.rows(permit.opens(&TALKS), args![municipality, span.from, span.until]).await?
    {
        all.entry(row.get(0)?).or_default().talks = row.get(1)?;
    }
    for mut row in link.rows(permit.opens(&PLANS), instants).await? {
        all.entry(row.get(0)?).or_default().plans = row.get(1)?;
    }
    Ok(all)
}

/// So many places are asked about at once.
const AT_ONCE: usize = 25;

/// When the first joint meeting at each of these municipalities was, from an instant of its own on.
pub(super) async fn first_meetings(
    link: &mut Link,
    permit: &Permit,
    places: &[(String, Timestamp)],
) -> Result<BTreeMap<String, Timestamp>, DbError> {
    let mut firsts = BTreeMap::new();
    for some in places.chunks(AT_ONCE) {
        let mut args: Vec<Value> = Vec::with_capacity(2 * AT_ONCE);
        for n in 0..AT_ONCE {
            let (place, since) =
                some.get(n).map_or(("", Timestamp::MAX), |(place, since)| (place, *since));
            args.extend([place.into(), since.into()]);
        }
        for mut row in link.rows(permit.opens(&FIRSTS), &args).await? {
            if let Some(first) = row.get::<Option<Timestamp>>(1)? {
                firsts.insert(row.get(0)?, first);
            }
        }
    }
    Ok(firsts)
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
    permit: &Permit,
    municipality: &str,
) -> Result<BTreeMap<OfficeId, Cases>, DbError> {
    let rows = link.rows(permit.opens(&CASES), args![municipality]).await?;
    rows.into_iter()
        .map(|mut row| {
            let cases = Cases { open: row.get(1)?, workers: row.get(2)?, handovers: row.get(3)? };
            Ok((row.get(0)?, cases))
        })
        .collect()
}
