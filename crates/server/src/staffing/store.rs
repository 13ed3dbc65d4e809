//! Work allocation, joint managers and the structure of offices in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::Structure;
use onedoor_domain::ids::{OfficeId, StaffId, UnitId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::office::store as offices;
use crate::policy::Permit;

crate::sql! {
    STAFF = "select s.id, s.name, s.role, u.name, a.name, p.name, p.kind,
            coalesce(w.name, ''), coalesce(x.work, '')
        from unit u join staff s on s.unit_id = u.id join agency a on a.id = u.agency_id
        join principal p on p.id = a.principal_id
        left join allocation x on x.staff_id = s.id and x.first_day <= $2
            and (x.last_day is null or x.last_day >= $2)
        left join unit w on w.id = x.unit_id
        where u.office_id = $1 and s.on_duty order by a.kind, s.name, x.first_day limit 600";
    MANAGER = "select s.id, s.name from office o join staff s on s.id = o.manager_id
        where o.id = $1";
    TERMS = "select t.first_day, s.name from manager_term t join staff s on s.id = t.staff_id
        where t.office_id = $1 order by t.n desc limit 50";
    MANAGERS = "select s.id, s.name, o.name from staff s join unit u on u.id = s.unit_id
        join office o on o.id = u.office_id where s.role = 'joint_manager' and s.on_duty
        order by o.name, s.name limit 1000";
    SET_MANAGER = "update office set manager_id = $2 where id = $1";
    ADD_TERM = "insert into manager_term (office_id, first_day, n, staff_id, named_by, named_at)
        select $1, $2, coalesce(max(n), 0) + 1, $3, $4, $5 from manager_term
        where office_id = $1";
    END_ALLOCATION = "update allocation set last_day = $3 where staff_id = $1
        and first_day < $2 and (last_day is null or last_day >= $2)";
    DROP_ALLOCATION = "delete from allocation where staff_id = $1 and first_day >= $2";
    ALLOCATE = "insert into allocation (id, staff_id, unit_id, work, first_day, last_day,
            allocated_by, allocated_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    MINE = "select w.name, o.name, x.work, x.first_day, x.last_day from allocation x
        join unit w on w.id = x.unit_id join office o on o.id = w.office_id
        where x.staff_id = $1 and (x.last_day is null or x.last_day >= $2)
        order by x.first_day limit 20";
    STRUCTURE = "select x.structure, coalesce(s.name, ''), coalesce(d.name, ''), x.first_day,
            x.coordinator_id, x.deputy_id
        from office_structure x left join staff s on s.id = x.coordinator_id
        left join staff d on d.id = x.deputy_id
        where x.office_id = $1 and x.first_day <= $2 order by x.first_day desc limit 1";
    SET_STRUCTURE = "insert into office_structure (office_id, first_day, structure, coordinator_id,
            deputy_id, noted_by, noted_at) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (office_id, first_day) do update set structure = excluded.structure,
            coordinator_id = excluded.coordinator_id, deputy_id = excluded.deputy_id,
            noted_by = excluded.noted_by, noted_at = excluded.noted_at";
    // What a coordinator oversees: counts of each caseworker's cases, and no person.
    LOADS = "select s.name, count(c.id), coalesce(sum(case when c.step_on < $2 then 1 else 0 end), 0)
        from unit u join staff s on s.unit_id = u.id
        left join shared_case c on c.responsible_id = s.id and c.closed_at is null
        where u.office_id = $1 and s.on_duty
            and s.role in ('front_worker', 'caseworker', 'joint_manager')
        group by s.id, s.name order by count(c.id) desc, s.name limit 600";
}

/// A member of staff with employer and work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StaffingLine {
    /// The identifier.
    pub id: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: String,
    /// The unit that employs them, whose mandates are theirs.
    pub unit: String,
    /// The agency that employs them: exactly one.
    pub agency: String,
    /// Who answers and pays.
    pub employer: String,
    /// `state` or `municipality`.
    pub employer_kind: String,
    /// Where the joint manager has them work today; empty for their own unit.
    pub works_at: String,
    /// At what.
    pub work: String,
}

/// Everybody of an office on a day.
pub(super) async fn staff(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
    on: Date,
) -> Result<Vec<StaffingLine>, DbError> {
    let mut all: Vec<StaffingLine> = Vec::new();
    for mut row in link.rows(&STAFF, args![office, on]).await? {
        let id: Uuid = row.get(0)?;
        let line = StaffingLine {
            id: id.to_string(),
            name: row.get(1)?,
            role: row.get(2)?,
            unit: row.get(3)?,
            agency: row.get(4)?,
            employer: row.get(5)?,
            employer_kind: row.get(6)?,
            works_at: row.get(7)?,
            work: row.get(8)?,
        };
        if all.last().is_none_or(|last| last.id != line.id) {
            all.push(line);
        }
    }
    Ok(all)
}

/// Who leads an office.
pub(super) async fn manager(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
) -> Result<Option<(StaffId, String)>, DbError> {
    let row = link.row(&MANAGER, args![office]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// A joint manager and since when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TermLine {
    /// Since which day.
    pub from: String,
    /// Who.
    pub name: String,
}

pub(super) async fn terms(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
) -> Result<Vec<TermLine>, DbError> {
    let rows = link.rows(&TERMS, args![office]).await?;
    rows.into_iter().map(|mut row| Ok(TermLine { from: row.get(0)?, name: row.get(1)? })).collect()
}

/// Everybody who may lead an office, with where they sit.
pub(super) async fn managers(
    link: &mut Link,
    _: &Permit,
) -> Result<Vec<(StaffId, String)>, DbError> {
    let rows = link.rows(&MANAGERS, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            let (name, office): (String, String) = (row.get(1)?, row.get(2)?);
            Ok((row.get(0)?, format!("{name}, {office}")))
        })
        .collect()
}

/// Names another joint manager. Nothing but the leading changes, and the questions that wait for
/// the joint manager's decision go along (REQ-ORG-46, REQ-REF-04).
pub(super) async fn set_manager(
    tx: &mut Tx,
    _: &Permit,
    (office, staff): (OfficeId, StaffId),
    (today, by, now): (Date, StaffId, Timestamp),
) -> Result<(), DbError> {
    tx.run_one(&SET_MANAGER, args![office, staff]).await?;
    offices::take_questions(tx, office, staff).await?;
    tx.run_one(&ADD_TERM, args![office, today, staff, by, now]).await
}

/// A stretch of work somewhere.
pub(super) struct Allocation<'a> {
    pub(super) staff: StaffId,
    pub(super) unit: UnitId,
    pub(super) work: &'a str,
    pub(super) first: Date,
    pub(super) last: Option<Date>,
}

/// Has somebody work somewhere from a day on; what was planned for later gives way.
pub(super) async fn allocate(
    tx: &mut Tx,
    _: &Permit,
    it: &Allocation<'_>,
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    let before = it.first.yesterday().unwrap_or(it.first);
    tx.run(&DROP_ALLOCATION, args![it.staff, it.first]).await?;
    tx.run(&END_ALLOCATION, args![it.staff, it.first, before]).await?;
    let id = crate::app::new_id();
    let args = args![id, it.staff, it.unit, it.work, it.first, it.last, by, now];
    tx.run_one(&ALLOCATE, args).await
}

/// Where the reader is to work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MyWork {
    /// Unit and office.
    pub place: String,
    /// At what.
    pub work: String,
    /// From when.
    pub from: String,
    /// The last day.
    pub until: Option<String>,
}

pub(super) async fn mine(
    link: &mut Link,
    _: &Permit,
    staff: StaffId,
    today: Date,
) -> Result<Vec<MyWork>, DbError> {
    let rows = link.rows(&MINE, args![staff, today]).await?;
    rows.into_iter()
        .map(|mut row| {
            let (unit, office): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(MyWork {
                place: format!("{unit}, {office}"),
                work: row.get(2)?,
                from: row.get(3)?,
                until: row.get(4)?,
            })
        })
        .collect()
}

/// How the caseworkers of an office are led.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct StructureLine {
    /// `single_contact` or `coordinator`; empty where none is set.
    pub structure: String,
    /// The coordinator.
    pub coordinator: String,
    /// Who steps in.
    pub deputy: String,
    /// Since when.
    pub from: String,
    /// Who oversees the loads: the coordinator and the one who steps in, with the same access.
    #[serde(skip)]
    pub oversee: [Option<StaffId>; 2],
}

pub(super) async fn structure(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
    on: Date,
) -> Result<StructureLine, DbError> {
    match link.row(&STRUCTURE, args![office, on]).await? {
        Some(mut row) => Ok(StructureLine {
            structure: row.get(0)?,
            coordinator: row.get(1)?,
            deputy: row.get(2)?,
            from: row.get(3)?,
            oversee: [row.get(4)?, row.get(5)?],
        }),
        None => Ok(StructureLine::default()),
    }
}

pub(super) async fn set_structure(
    tx: &mut Tx,
    _: &Permit,
    (office, structure): (OfficeId, Structure),
    people: Option<(StaffId, StaffId)>,
    (today, by, now): (Date, StaffId, Timestamp),
) -> Result<(), DbError> {
    let (coordinator, deputy) = people.unzip();
    let structure = structure.as_str();
    let args = args![office, today, structure, coordinator, deputy, by, now];
    tx.run(&SET_STRUCTURE, args).await.map(|_| ())
}

/// A caseworker's load.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LoadLine {
    /// Who.
    pub name: String,
    /// Open cases.
    pub open: i64,
    /// Of those, with a step that is late.
    pub late: i64,
}

pub(super) async fn loads(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    today: Date,
) -> Result<Vec<LoadLine>, DbError> {
    let rows = link.rows(permit.opens(&LOADS), args![office, today]).await?;
    rows.into_iter()
        .map(|mut row| Ok(LoadLine { name: row.get(0)?, open: row.get(1)?, late: row.get(2)? }))
        .collect()
}
