//! Numbers by municipality that are about nobody, and who decides in front.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use onedoor_domain::ids::{OfficeId, UnitId};
use uuid::Uuid;

use crate::args;
use crate::db::{Asked, DbError, Link};
use crate::office::principal_on;
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::open_to;

crate::sql! {
    OFFICES = "select municipality, count(*) from office where ended_on is null
        group by municipality";
    PLACES = "select municipality, places from measure_places where year = $1";
    COSTS = "select municipality, cost from measure_places where year = $1";
    // Where a trial has made the municipality principal for labour-market measures.
    MUNICIPAL = "select distinct p.municipality from trial t join trial_place p on p.trial_id = t.id
        where t.measures_principal = 'municipality' and t.starts_on <= $1
            and (t.planned_end is null or t.planned_end > $1)";
    // The municipality's principal, where a trial has made it principal for measures at the place
    // of a unit.
    MEASURES_OWNER = concat!("select ", principal_on!("$2"), " from unit u join office o on o.id = u.office_id
        join trial_place p on p.municipality = o.municipality
        join trial t on t.id = p.trial_id and t.measures_principal = 'municipality'
            and t.starts_on <= $2 and (t.planned_end is null or t.planned_end > $2)
        join office n on n.municipality = o.municipality join unit w on w.office_id = n.id
        join agency a on a.id = w.agency_id and a.kind = 'social'
        where u.id = $1 order by a.code limit 1");
    // From when to when a unit has decided in a subject.
    STRETCHES = "select u.id, r.subject, min(r.at), max(r.at) from unit u cross join ruling r
        where r.unit_id = u.id and r.at >= $1 and r.at < $2
            and r.kind = 'decision' group by u.id, r.subject";
    HELD = "select unit_id, subject, valid_from, valid_until from mandate";
    IN_GAP = "select count(*) from ruling where unit_id = $1 and subject = $2
        and at >= $3 and at < $4 and kind = 'decision'";
    SET_PLACES = "insert into measure_places (municipality, year, places, cost)
        values ($1, $2, $3, $4) on conflict (municipality, year) do update
        set places = excluded.places, cost = excluded.cost";
    // A decision was taken in front when the unit that took it works in the reception.
    DECIDED = concat!("select u.office_id,
            sum(case when u.kind = 'front_office' then 1 else 0 end), count(*)
        from unit u cross join ruling r join person p on p.id = r.person_id
        where r.unit_id = u.id and r.at >= $1 and r.at < $2 and r.kind = 'decision'
            and ", open_to!("$3", "$4"), " group by u.office_id");
}

/// A number for each municipality.
pub(super) type Numbers = BTreeMap<String, i64>;

async fn numbers(
    link: &mut Link,
    sql: &Asked,
    args: &[crate::db::Value],
) -> Result<Numbers, DbError> {
    let mut numbers = Numbers::new();
    for mut row in link.rows(sql, args).await? {
        numbers.insert(row.get(0)?, row.get(1)?);
    }
    Ok(numbers)
}

/// Offices that there are.
pub(super) async fn offices(link: &mut Link) -> Result<Numbers, DbError> {
    numbers(link, &OFFICES, &[]).await
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

/// Who is principal for labour-market measures at the place of a unit on a day, where a trial has
/// made the municipality that; none where it is the unit's own agency (REQ-ORG-41).
///
/// # Errors
/// When the database does not answer.
pub async fn measures_owner(
    link: &mut Link,
    unit: UnitId,
    on: Date,
) -> Result<Option<Uuid>, DbError> {
    link.row(&MEASURES_OWNER, args![unit, on]).await?.map(|mut row| row.get(0)).transpose()
}

/// Decisions of a stretch of time that no mandate stands behind that held on their day: there should
/// be none (REQ-ORG-42).
pub(super) async fn untraced(
    link: &mut Link,
    permit: &Permit,
    (from, until): (Timestamp, Timestamp),
    zone: &TimeZone,
) -> Result<i64, DbError> {
    let begins = |day: Date| {
        let midnight = day.to_datetime(jiff::civil::Time::midnight());
        zone.to_timestamp(midnight).map_or(i64::MIN, Timestamp::as_microsecond)
    };
    let mut held: BTreeMap<(Uuid, String), Vec<(i64, i64)>> = BTreeMap::new();
    for mut row in link.rows(&HELD, &[]).await? {
        let (first, last): (Date, Option<Date>) = (row.get(2)?, row.get(3)?);
        let stretch = (begins(first), last.map_or(i64::MAX, begins));
        held.entry((row.get(0)?, row.get(1)?)).or_default().push(stretch);
    }
    let mut untraced = 0;
    for mut row in link.rows(permit.opens(&STRETCHES), args![from, until]).await? {
        let (unit, subject): (Uuid, String) = (row.get(0)?, row.get(1)?);
        let (first, last): (i64, i64) = (row.get(2)?, row.get(3)?);
        let mut stretches = held.get(&(unit, subject.clone())).cloned().unwrap_or_default();
        stretches.sort_unstable();
        for (from, until) in gaps(&stretches, first, last.saturating_add(1)) {
            if let Some(mut row) =
                link.row(permit.opens(&IN_GAP), args![unit, &subject, from, until]).await?
            {
                untraced += row.get::<i64>(0)?;
            }
        }
    }
    Ok(untraced)
}

/// What of a stretch of time lies in none of others, which are in order.
fn gaps(stretches: &[(i64, i64)], from: i64, until: i64) -> Vec<(i64, i64)> {
    let (mut gaps, mut at) = (Vec::new(), from);
    for (begins, ends) in stretches {
        if *begins > at {
            gaps.push((at, until.min(*begins)));
        }
        at = at.max(*ends);
        if at >= until {
            return gaps;
        }
    }
    gaps.push((at, until));
    gaps
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
    permit: &Permit,
    (from, until): (Timestamp, Timestamp),
    actor: &Actor,
) -> Result<BTreeMap<OfficeId, (i64, i64)>, DbError> {
    let mut decided = BTreeMap::new();
    for mut row in
        link.rows(permit.opens(&DECIDED), args![from, until, actor.lacks(), actor.id]).await?
    {
        decided.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
    }
    Ok(decided)
}
