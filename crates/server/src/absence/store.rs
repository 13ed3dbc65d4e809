//! Absences and deputies in the database. Nothing here is about a person who is served.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::cover::Away;
use onedoor_domain::ids::{OfficeId, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::{Permit, Proof};
use crate::web::Fault;

crate::sql! {
    ADD = "insert into absence (id, staff_id, first_day, last_day, noted_by, noted_at, withdrawn_at)
        values ($1, $2, $3, $4, $5, $6, null)";
    // Changes nothing: whoever else would note an absence of theirs waits until this has ended.
    KEEP_STILL = "update staff set name = name where id = $1";
    OVERLAPS = "select 1 from absence where staff_id = $1 and withdrawn_at is null
            and (cast($3 as text) is null or first_day <= $3) and (last_day is null or last_day >= $2) limit 1";
    OF_OFFICE = "select b.id, s.id, s.name, u.name, b.first_day, b.last_day, coalesce(d.name, ''),
            case when d.id is null then 0 = 1 else exists (select 1 from absence x
                where x.staff_id = d.id and x.withdrawn_at is null
                    and (b.last_day is null or x.first_day <= b.last_day)
                    and (x.last_day is null or x.last_day >= b.first_day)) end
        from unit u join staff s on s.unit_id = u.id
        join absence b on b.staff_id = s.id and b.withdrawn_at is null
        left join staff_deputy e on e.staff_id = s.id
        left join staff d on d.id = e.deputy_id and d.on_duty
        where u.office_id = $1 and (b.last_day is null or b.last_day >= $2)
        order by b.first_day, b.id limit 300";
    ONE = "select b.staff_id, u.office_id from absence b join staff s on s.id = b.staff_id
        join unit u on u.id = s.unit_id where b.id = $1 and b.withdrawn_at is null";
    WITHDRAW = "update absence set withdrawn_at = $2 where id = $1 and withdrawn_at is null";
    AWAY_UNTIL = "select coalesce(last_day, '') from absence
        where staff_id = $1 and withdrawn_at is null and first_day <= $2
            and (last_day is null or last_day >= $2)
        order by first_day desc limit 1";
    // Who is off duty is away for good.
    AWAY_ANYWHERE = "select staff_id from absence where withdrawn_at is null and first_day <= $1
            and last_day >= $1
        union all select staff_id from absence where withdrawn_at is null and first_day <= $1
            and last_day is null
        union all select id from staff where not on_duty";
    DEPUTY = "select e.deputy_id, d.name from staff_deputy e
        join staff d on d.id = e.deputy_id and d.on_duty where e.staff_id = $1";
    SET_DEPUTY = "insert into staff_deputy (staff_id, deputy_id, since) values ($1, $2, $3)
        on conflict (staff_id) do update set deputy_id = excluded.deputy_id,
            since = excluded.since";
}

/// An absence in the list of an office.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AbsenceLine {
    /// Its identifier.
    pub id: String,
    /// Who.
    pub staff: String,
    /// Their name.
    pub name: String,
    /// Their unit.
    pub unit: String,
    /// The first day.
    pub first_day: String,
    /// The last day; nothing for somebody who leaves.
    pub last_day: Option<String>,
    /// Who steps in beside the cases.
    pub deputy: String,
    /// Whether that one is away meanwhile.
    pub deputy_away: bool,
}

/// The absences of an office that have not ended on a day.
pub(super) async fn of_office(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
    today: Date,
) -> Result<Vec<AbsenceLine>, DbError> {
    let rows = link.rows(&OF_OFFICE, args![office, today]).await?;
    rows.into_iter()
        .map(|mut row| {
            let (id, staff): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
            Ok(AbsenceLine {
                id: id.to_string(),
                staff: staff.to_string(),
                name: row.get(2)?,
                unit: row.get(3)?,
                first_day: row.get(4)?,
                last_day: row.get(5)?,
                deputy: row.get(6)?,
                deputy_away: row.get(7)?,
            })
        })
        .collect()
}

/// Notes an absence.
///
/// # Errors
/// A field fault when the worker is away on some of the days already.
pub(crate) async fn add(
    tx: &mut Tx,
    _: &dyn Proof,
    staff: StaffId,
    (first, last): (Date, Option<Date>),
    by: StaffId,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    tx.run(&KEEP_STILL, args![staff]).await?;
    if tx.row(&OVERLAPS, args![staff, first, last]).await?.is_some() {
        return Err(Fault::field("first_day", "absence-twice"));
    }
    let id = crate::app::new_id();
    tx.run_one(&ADD, args![id, staff, first, last, by, now]).await?;
    Ok(id)
}

/// Whose an absence is, and at which office they are.
pub(super) async fn one(
    link: &mut Link,
    _: &Permit,
    id: Uuid,
) -> Result<Option<(StaffId, OfficeId)>, DbError> {
    let row = link.row(&ONE, args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Takes an absence back.
pub(super) async fn withdraw(
    tx: &mut Tx,
    _: &Permit,
    id: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run_one(&WITHDRAW, args![id, now]).await
}

/// Until when somebody is away who is away that day; an empty text for good.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn away_until(
    link: &mut Link,
    staff: StaffId,
    on: Date,
) -> Result<Option<String>, DbError> {
    let row = link.row(&AWAY_UNTIL, args![staff, on]).await?;
    row.map(|mut row| row.get(0)).transpose()
}

/// Who is away on a day, wherever they work: deputies may sit at another office.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn away_anywhere(link: &mut Link, on: Date) -> Result<Away, DbError> {
    let rows = link.rows(&AWAY_ANYWHERE, args![on]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

/// Who steps in for somebody beside their cases.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn deputy(
    link: &mut Link,
    staff: StaffId,
) -> Result<Option<(StaffId, String)>, DbError> {
    let row = link.row(&DEPUTY, args![staff]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Says who steps in for somebody beside their cases.
pub(crate) async fn set_deputy(
    tx: &mut Tx,
    _: &dyn Proof,
    (staff, deputy): (StaffId, StaffId),
    today: Date,
) -> Result<(), DbError> {
    tx.run(&SET_DEPUTY, args![staff, deputy, today]).await.map(|_| ())
}
