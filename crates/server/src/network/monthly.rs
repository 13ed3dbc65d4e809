//! What is counted of people by municipality, once a month is over and then never again. So a
//! number tells what was, not what a change of today did, and reading it costs a few rows
//! however large the country is (REQ-ORG-15, REQ-INFO-01).

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::office::Period;
use onedoor_domain::rollout::{Participation, participated};
use uuid::Uuid;

use super::figures::Numbers;
use crate::app::App;
use crate::args;
use crate::db::{Asked, DbError, Link, Tx};
use crate::policy::{Permit, Proof};
use crate::walls::in_counts;

crate::sql! {
    // Each belongs to the municipality where the person lives, or else where the office is. Who
    // is protected, or tied to anybody of the staff, is in no count, whoever reads it.
    OPEN_CASES = concat!("select coalesce(b.municipality, o.municipality), count(*)
        from office o join unit u on u.office_id = o.id
        join shared_case c on c.unit_id = u.id and c.opened_at < $1
            and (c.closed_at is null or c.closed_at >= $1)
        join person p on p.id = c.person_id and ", in_counts!(), "
        left join basic_unit b on b.code = p.basic_unit
        group by coalesce(b.municipality, o.municipality)");
    VISITS = concat!("select coalesce(b.municipality, o.municipality), count(*)
        from office o cross join visit v
        left join person p on p.id = v.person_id left join basic_unit b on b.code = p.basic_unit
        where v.office_id = o.id and v.day >= $1 and v.day < $2 and ", in_counts!(), "
        group by coalesce(b.municipality, o.municipality)");
    MEETINGS_BY_PLACE = concat!("select coalesce(b.municipality, o.municipality), count(*)
        from office o cross join appointment a
        join person p on p.id = a.person_id and ", in_counts!(), "
        left join basic_unit b on b.code = p.basic_unit
        where a.office_id = o.id and a.starts_at >= $1 and a.starts_at < $2
        group by coalesce(b.municipality, o.municipality)");
    // Who takes part in measures, each person once, also over joined records.
    PARTICIPATION = concat!("select x.municipality, coalesce(p.merged_into, p.id), x.from_day,
            coalesce(x.until_day, ''), x.day_cost, y.kind
        from measure_part x join principal y on y.id = x.payer_id
        join person p on p.id = x.person_id and ", in_counts!(), "
        where x.from_day < $2 and (x.until_day is null or x.until_day >= $1)");
    MEASURE_DECISIONS = concat!("select o.municipality, y.kind, count(*)
        from office o join unit u on u.office_id = o.id cross join ruling r
        join principal y on y.id = r.principal_id
        join person p on p.id = r.person_id and ", in_counts!(), "
        where r.unit_id = u.id and r.at >= $1 and r.at < $2
            and r.kind = 'decision' and r.subject = 'measure' group by o.municipality, y.kind");
    KEEP = "insert into place_count (month, what, municipality, number) values ($1, $2, $3, $4)
        on conflict (month, what, municipality) do nothing";
    IS_COUNTED = "select 1 from place_count where month = $1 and what = 'counted'";
    OF_MONTH = "select municipality, number from place_count where month = $1 and what = $2";
}

/// What is counted of people.
pub(super) const COUNTED: [&str; 3] = ["cases", "visits", "meetings"];

/// What is counted of labour-market measures (REQ-ORG-41): people, their days and what those cost;
/// of these the people for whom the municipality pays, and what it pays; decisions, and those of the
/// municipality.
pub(super) const MEASURED: [&str; 7] = [
    "participants",
    "participant_days",
    "participation_cost",
    "municipal_participants",
    "municipal_participation_cost",
    "measure_decisions",
    "municipal_measure_decisions",
];

/// The month of a day as it is written, `2026-11`.
fn written(month: Date) -> String {
    month.strftime("%Y-%m").to_string()
}

/// Whether a month, told by its first day, has been counted.
pub(super) async fn is_counted(link: &mut Link, month: Date) -> Result<bool, DbError> {
    Ok(link.row(&IS_COUNTED, args![written(month)]).await?.is_some())
}

/// What was counted of a month by municipality, as it is told: in whole steps, few as none.
pub(super) async fn of_month(
    link: &mut Link,
    _: &Permit,
    (month, what): (Date, &str),
    least: i64,
) -> Result<Numbers, DbError> {
    let mut numbers = Numbers::new();
    for mut row in link.rows(&OF_MONTH, args![written(month), what]).await? {
        let told = onedoor_domain::secrecy::in_steps(row.get(1)?, least);
        numbers.insert(row.get(0)?, told.unwrap_or(0));
    }
    Ok(numbers)
}

/// Counts a month, told by its first day.
pub(super) async fn count(
    app: &App,
    link: &mut Link,
    proof: &dyn Proof,
    month: Date,
) -> Result<Vec<(&'static str, Numbers)>, DbError> {
    let until = month.saturating_add(1.month());
    let instant = |day: Date| -> Timestamp { crate::app::month_of(&app.zone, day).1 };
    let (begins, ends) = (instant(month), instant(until));
    let [cases, visits, meetings] = COUNTED;
    let mut all = vec![
        (cases, numbers(link, proof.opens(&OPEN_CASES), args![ends]).await?),
        (visits, numbers(link, proof.opens(&VISITS), args![month, until]).await?),
        (meetings, numbers(link, proof.opens(&MEETINGS_BY_PLACE), args![begins, ends]).await?),
    ];
    let measured = participation(link, proof, Period { from: month, until: Some(until) }).await?;
    let decided = decisions(link, proof, (begins, ends)).await?;
    all.extend(MEASURED.into_iter().zip(measured.into_iter().chain(decided)));
    Ok(all)
}

/// The first five of [`MEASURED`].
async fn participation(
    link: &mut Link,
    proof: &dyn Proof,
    month: Period,
) -> Result<[Numbers; 5], DbError> {
    let mut rows: BTreeMap<String, Vec<Participation<Uuid>>> = BTreeMap::new();
    let until = month.until.unwrap_or(month.from);
    for mut row in link.rows(proof.opens(&PARTICIPATION), args![month.from, until]).await? {
        let (municipality, last, kind): (String, String, String) =
            (row.get(0)?, row.get(3)?, row.get(5)?);
        rows.entry(municipality).or_default().push(Participation {
            person: row.get(1)?,
            from: row.get(2)?,
            last: last.parse().ok(),
            day_cost: row.get(4)?,
            municipal: kind == "municipality",
        });
    }
    let mut all: [Numbers; 5] = Default::default();
    for (municipality, rows) in rows {
        let it = participated(&rows, month);
        let told = [it.persons, it.days, it.cost, it.municipal_persons, it.municipal_cost];
        for (numbers, number) in all.iter_mut().zip(told) {
            numbers.insert(municipality.clone(), number);
        }
    }
    Ok(all)
}

/// The last two of [`MEASURED`].
async fn decisions(
    link: &mut Link,
    proof: &dyn Proof,
    (begins, ends): (Timestamp, Timestamp),
) -> Result<[Numbers; 2], DbError> {
    let mut all: [Numbers; 2] = Default::default();
    for mut row in link.rows(proof.opens(&MEASURE_DECISIONS), args![begins, ends]).await? {
        let (municipality, kind, number): (String, String, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let [decided, own] = &mut all;
        *decided.entry(municipality.clone()).or_default() += number;
        if kind == "municipality" {
            *own.entry(municipality).or_default() += number;
        }
    }
    Ok(all)
}

/// What was counted of measures in a month, in the order of [`MEASURED`]. Of few people nothing is
/// told: neither their days nor what they cost (REQ-INFO-01).
pub(super) async fn measured(
    link: &mut Link,
    permit: &Permit,
    month: Date,
    least: i64,
) -> Result<[Numbers; 7], DbError> {
    let mut all: [Numbers; 7] = Default::default();
    for (numbers, what) in all.iter_mut().zip(MEASURED) {
        *numbers = of_month(link, permit, (month, what), least).await?;
    }
    let [people, days, cost, own, own_cost, ..] = &mut all;
    let few = |people: &Numbers, of: &str| people.get(of).copied().unwrap_or(0) == 0;
    days.retain(|of, _| !few(people, of));
    cost.retain(|of, _| !few(people, of));
    own_cost.retain(|of, _| !few(own, of));
    Ok(all)
}

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

/// Keeps what was counted of a month.
pub(super) async fn keep(
    tx: &mut Tx,
    _: &dyn Proof,
    month: Date,
    all: &[(&'static str, Numbers)],
) -> Result<(), DbError> {
    let month = written(month);
    for (what, numbers) in all {
        for (municipality, number) in numbers {
            tx.run(&KEEP, args![&month, *what, municipality, *number]).await?;
        }
    }
    tx.run(&KEEP, args![&month, "counted", "", 1]).await?;
    Ok(())
}
