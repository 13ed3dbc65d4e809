//! What is counted of people by municipality, once a month is over and then never again. So a
//! number tells what was, not what a change of today did, and reading it costs a few rows
//! however large the country is (REQ-ORG-15, REQ-INFO-01).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::figures::Numbers;
use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Sql, Tx};
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
        from office o join visit v on v.office_id = o.id and v.day >= $1 and v.day < $2
        left join person p on p.id = v.person_id left join basic_unit b on b.code = p.basic_unit
        where ", in_counts!(), "
        group by coalesce(b.municipality, o.municipality)");
    MEETINGS_BY_PLACE = concat!("select coalesce(b.municipality, o.municipality), count(*)
        from office o join appointment a on a.office_id = o.id
            and a.starts_at >= $1 and a.starts_at < $2
        join person p on p.id = a.person_id and ", in_counts!(), "
        left join basic_unit b on b.code = p.basic_unit
        group by coalesce(b.municipality, o.municipality)");
    KEEP = "insert into place_count (month, what, municipality, number) values ($1, $2, $3, $4)
        on conflict (month, what, municipality) do nothing";
    IS_COUNTED = "select 1 from place_count where month = $1 and what = 'counted'";
    OF_MONTH = "select municipality, number from place_count where month = $1 and what = $2";
}

/// What is counted of people.
pub(super) const COUNTED: [&str; 3] = ["cases", "visits", "meetings"];

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
    _: &dyn Proof,
    month: Date,
) -> Result<[(&'static str, Numbers); 3], DbError> {
    let until = month.saturating_add(1.month());
    let instant = |day: Date| -> Timestamp { crate::app::month_of(&app.zone, day).1 };
    let (begins, ends) = (instant(month), instant(until));
    let [cases, visits, meetings] = COUNTED;
    Ok([
        (cases, numbers(link, &OPEN_CASES, args![ends]).await?),
        (visits, numbers(link, &VISITS, args![month, until]).await?),
        (meetings, numbers(link, &MEETINGS_BY_PLACE, args![begins, ends]).await?),
    ])
}

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
