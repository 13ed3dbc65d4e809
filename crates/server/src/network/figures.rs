//! Numbers by municipality, and who decides in front. Counts alone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;

use crate::args;
use crate::db::{DbError, Link, Sql};
use crate::policy::Permit;

crate::sql! {
    // Each belongs to the municipality where the person lives, or else where the office is.
    OPEN_CASES = "select coalesce(b.municipality, o.municipality), count(*)
        from office o join unit u on u.office_id = o.id
        join shared_case c on c.unit_id = u.id and c.closed_at is null
        join person p on p.id = c.person_id left join basic_unit b on b.code = p.basic_unit
        group by coalesce(b.municipality, o.municipality)";
    VISITS = "select coalesce(b.municipality, o.municipality), count(*)
        from office o join visit v on v.office_id = o.id and v.day >= $1 and v.day < $2
        left join person p on p.id = v.person_id left join basic_unit b on b.code = p.basic_unit
        group by coalesce(b.municipality, o.municipality)";
    MEETINGS_BY_PLACE = "select coalesce(b.municipality, o.municipality), count(*)
        from appointment a join office o on o.id = a.office_id
        join person p on p.id = a.person_id left join basic_unit b on b.code = p.basic_unit
        where a.starts_at >= $1 and a.starts_at < $2
        group by coalesce(b.municipality, o.municipality)";
    OFFICES = "select municipality, count(*) from office group by municipality";
    PLACES = "select municipality, places from measure_places where year = $1";
    COSTS = "select municipality, cost from measure_places where year = $1";
    // Where a trial has made the municipality principal for labour-market measures.
    MUNICIPAL = "select distinct p.municipality from trial t join trial_place p on p.trial_id = t.id
        where t.measures_principal = 'municipality' and t.starts_on <= $1
            and (t.planned_end is null or t.planned_end > $1)";
    // A decision that no mandate of its unit stands behind: there should be none.
    UNTRACED = "select count(*) from unit u join ruling r on r.unit_id = u.id
            and r.at >= $1 and r.at < $2
        where r.kind = 'decision' and not exists (select 1 from mandate m
            where m.unit_id = r.unit_id and m.subject = r.subject)";
    SET_PLACES = "insert into measure_places (municipality, year, places, cost)
        values ($1, $2, $3, $4) on conflict (municipality, year) do update
        set places = excluded.places, cost = excluded.cost";
    // A decision was taken in front when the unit that took it works in the reception.
    DECIDED = "select u.office_id,
            sum(case when u.kind = 'front_office' then 1 else 0 end), count(*)
        from unit u join ruling r on r.unit_id = u.id and r.at >= $1 and r.at < $2
        where r.kind = 'decision' group by u.office_id";
}

/// A number for each municipality.
pub(super) type Numbers = BTreeMap<String, i64>;

async fn numbers(
    link: &mut Link,
    sql: &'static Sql,
    args: &[crate::db::Value],
) -> Result<Numbers, DbError> {
    let mut numbers = Numbers::new();
    for mut row in link.rows(sql, args).await? {
        numbers.insert(row.get(0)?, row.get(1)?);
    }
    Ok(numbers)
}

/// Offices.
pub(super) async fn offices(link: &mut Link) -> Result<Numbers, DbError> {
    numbers(link, &OFFICES, &[]).await
}

/// Open cases.
pub(super) async fn open_cases(link: &mut Link, _: &Permit) -> Result<Numbers, DbError> {
    numbers(link, &OPEN_CASES, &[]).await
}

/// Visits on the days from `from` until before `until`.
pub(super) async fn visits(
    link: &mut Link,
    _: &Permit,
    from: Date,
    until: Date,
) -> Result<Numbers, DbError> {
    numbers(link, &VISITS, args![from, until]).await
}

/// Joint meetings that began from `from` until before `until`.
pub(super) async fn meetings(
    link: &mut Link,
    _: &Permit,
    from: Timestamp,
    until: Timestamp,
) -> Result<Numbers, DbError> {
    numbers(link, &MEETINGS_BY_PLACE, args![from, until]).await
}

/// Places in measures in a year, and what they cost.
pub(super) async fn places(link: &mut Link, year: i64) -> Result<(Numbers, Numbers), DbError> {
    Ok((numbers(link, &PLACES, args![year]).await?, numbers(link, &COSTS, args![year]).await?))
}

/// The municipalities that are themselves principal for labour-market measures on a day
/// (REQ-ORG-41).
pub(super) async fn municipal(
    link: &mut Link,
    on: Date,
) -> Result<std::collections::BTreeSet<String>, DbError> {
    link.rows(&MUNICIPAL, args![on]).await?.into_iter().map(|mut row| row.get(0)).collect()
}

/// Decisions of a stretch of time that no mandate stands behind (REQ-ORG-42).
pub(super) async fn untraced(
    link: &mut Link,
    _: &Permit,
    from: Timestamp,
    until: Timestamp,
) -> Result<i64, DbError> {
    let row = link.row(&UNTRACED, args![from, until]).await?;
    row.map(|mut row| row.get(0)).transpose().map(Option::unwrap_or_default)
}

/// Keeps a municipality's places in measures and their cost in a year.
pub(super) async fn set_places(
    tx: &mut crate::db::Tx,
    _: &Permit,
    (number, year): (&str, i64),
    (places, cost): (i64, i64),
) -> Result<(), DbError> {
    tx.run(&SET_PLACES, args![number, year, places, cost]).await?;
    Ok(())
}

/// Decisions of a stretch of time by office: in front, and all (REQ-ORG-33).
pub(super) async fn decided(
    link: &mut Link,
    _: &Permit,
    from: Timestamp,
    until: Timestamp,
) -> Result<BTreeMap<OfficeId, (i64, i64)>, DbError> {
    let mut decided = BTreeMap::new();
    for mut row in link.rows(&DECIDED, args![from, until]).await? {
        decided.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
    }
    Ok(decided)
}
