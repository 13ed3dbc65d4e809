//! Tasks between units in the database.

use jiff::Timestamp;
use onedoor_domain::ids::{AgencyId, OfficeId, PersonId, UnitId};
use onedoor_domain::network::Service;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, TASK_RESULT, TASK_WHAT};
use crate::network::offered_on;
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::web::Fault;

crate::sql! {
    UNIT = "select u.agency_id, u.office_id, u.delivers from unit u where u.id = $1";
    DELIVERERS = concat!("select i.unit_id, i.address, i.route from inventory_line i
        join unit u on u.id = i.unit_id
        where i.office_id = $1 and i.service = $2 and u.delivers and ", offered_on!("$3"), "
        order by i.valid_from limit 1");
    SEND = "insert into unit_task (id, person_id, kind, service, from_unit_id, unit_id, sent_by,
            sent_at, what, address, route, state, result, changed_by, changed_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'sent', '', $7, $8, 1)";
    TO_DO = concat!("select t.id, t.kind, t.service, f.name, u.name, t.sent_at, t.state, t.address,
            t.person_id
        from unit_task t join unit f on f.id = t.from_unit_id join unit u on u.id = t.unit_id
        join person p on p.id = t.person_id
        where t.unit_id = $1 and t.state <> 'done'
            and ", unbarred!("$2", "$3"), "
        order by t.sent_at limit 200");
    SENT = concat!("select t.id, t.kind, t.service, f.name, u.name, t.sent_at, t.state, t.address,
            t.person_id
        from unit_task t join unit f on f.id = t.from_unit_id join unit u on u.id = t.unit_id
        join person p on p.id = t.person_id
        where t.from_unit_id = $1
            and ", unbarred!("$2", "$3"), "
        order by t.sent_at desc limit 200");
    OF_PERSON = "select t.id, t.kind, t.service, f.name, u.name, t.sent_at, t.state, t.address,
            t.person_id
        from unit_task t join unit f on f.id = t.from_unit_id join unit u on u.id = t.unit_id
        where t.person_id = $1 and u.agency_id = $2 order by t.sent_at desc limit 100";
    WHOSE = "select person_id, from_unit_id, unit_id from unit_task where id = $1";
    READ = "select t.kind, t.service, f.name, u.name, t.sent_at, s.name, t.what, t.address, t.route,
            t.state, t.result, c.name, t.changed_at, t.version, k.wrapped
        from unit_task t join unit f on f.id = t.from_unit_id join unit u on u.id = t.unit_id
        join staff s on s.id = t.sent_by join staff c on c.id = t.changed_by
        left join subject_key k on k.subject_id = t.person_id
        where t.id = $1 and t.person_id = $2";
    MOVE = "update unit_task set state = $4, result = $5, changed_by = $6, changed_at = $7,
            version = version + 1
        where id = $1 and person_id = $2 and version = $3 and state <> 'done'";
}

/// A unit as it matters here.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnitFacts {
    pub(super) agency: AgencyId,
    pub(super) office: OfficeId,
    pub(super) delivers: bool,
}

/// A unit.
pub(super) async fn unit(link: &mut Link, id: UnitId) -> Result<Option<UnitFacts>, DbError> {
    let row = link.row(&UNIT, args![id]).await?;
    row.map(|mut row| {
        Ok(UnitFacts { agency: row.get(0)?, office: row.get(1)?, delivers: row.get(2)? })
    })
    .transpose()
}

/// The delivery unit of a service for an office: the unit, its address and the way there
/// (REQ-ORG-47).
pub(super) async fn deliverer(
    link: &mut Link,
    office: OfficeId,
    service: Service,
    on: jiff::civil::Date,
) -> Result<Option<(UnitId, String, String)>, DbError> {
    let row = link.row(&DELIVERERS, args![office, service.as_str(), on]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// A task to be sent.
pub(super) struct NewTask<'a> {
    pub(super) kind: &'static str,
    pub(super) service: Service,
    pub(super) from: onedoor_domain::case::Worker,
    pub(super) to: UnitId,
    pub(super) what: &'a str,
    pub(super) address: &'a str,
    pub(super) route: &'a str,
}

/// Sends a task about the permit's person.
pub(super) async fn send(
    tx: &mut Tx,
    permit: &Permit,
    task: NewTask<'_>,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let id = crate::app::new_id();
    let args = args![
        id,
        person,
        task.kind,
        task.service.as_str(),
        task.from.unit,
        task.to,
        task.from.id,
        now,
        key.seal(TASK_WHAT, task.what)?,
        task.address,
        task.route,
    ];
    tx.run_one(permit.opens(&SEND), args).await?;
    Ok(id)
}

/// A task in a list: whom it is about stands on its own page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct TaskLine {
    /// Its identifier.
    pub id: String,
    /// `decide` or `deliver`.
    pub kind: String,
    /// The service's code.
    pub service: String,
    /// Who sent it.
    pub from: String,
    /// Who does it.
    pub to: String,
    /// When, in microseconds.
    pub sent_at: i64,
    /// `sent`, `started` or `done`.
    pub state: String,
    /// Where, when not in the office.
    pub address: String,
    /// The person, for the journal.
    #[serde(skip)]
    pub person: Option<PersonId>,
}

fn line(mut row: Row) -> Result<TaskLine, DbError> {
    let id: Uuid = row.get(0)?;
    Ok(TaskLine {
        id: id.to_string(),
        kind: row.get(1)?,
        service: row.get(2)?,
        from: row.get(3)?,
        to: row.get(4)?,
        sent_at: row.get(5)?,
        state: row.get(6)?,
        address: row.get(7)?,
        person: Some(row.get(8)?),
    })
}

/// What a unit has to do, and what it has sent, without whom the worker may not know of.
pub(super) async fn of_unit(
    link: &mut Link,
    permit: &Permit,
    unit: UnitId,
    actor: &Actor,
) -> Result<(Vec<TaskLine>, Vec<TaskLine>), DbError> {
    let to_do = link
        .rows(permit.opens(&TO_DO), args![unit, actor.lacks(), actor.id])
        .await?
        .into_iter()
        .map(line);
    let to_do = to_do.collect::<Result<_, _>>()?;
    let sent = link
        .rows(permit.opens(&SENT), args![unit, actor.lacks(), actor.id])
        .await?
        .into_iter()
        .map(line);
    Ok((to_do, sent.collect::<Result<_, _>>()?))
}

/// The tasks about the permit's person at the reader's agency.
pub(super) async fn of_person(
    link: &mut Link,
    permit: &Permit,
    agency: AgencyId,
) -> Result<Vec<TaskLine>, Fault> {
    let person = permit.the_person()?;
    let rows = link.rows(permit.opens(&OF_PERSON), args![person, agency]).await?;
    Ok(rows.into_iter().map(line).collect::<Result<_, _>>()?)
}

/// Whom a task is about, who sent it and who does it. Only units of these two open it.
pub(super) async fn whose(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<Option<(PersonId, UnitId, UnitId)>, DbError> {
    let row = link.row(permit.opens(&WHOSE), args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// A task, opened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Task {
    /// `decide` or `deliver`.
    pub kind: String,
    /// The service's code.
    pub service: String,
    /// Who sent it.
    pub from: String,
    /// Who does it.
    pub to: String,
    /// When, in microseconds.
    pub sent_at: i64,
    /// Who in that unit sent it.
    pub by: String,
    /// What is to be done.
    pub what: String,
    /// Where.
    pub address: String,
    /// The way there.
    pub route: String,
    /// `sent`, `started` or `done`.
    pub state: String,
    /// What came of it.
    pub result: String,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: i64,
    /// Its version.
    pub version: i64,
}

/// Opens a task about the permit's person.
pub(super) async fn read(link: &mut Link, permit: &Permit, id: Uuid) -> Result<Task, Fault> {
    let person = permit.the_person()?;
    let mut row = link.row(permit.opens(&READ), args![id, person]).await?.ok_or(Fault::Hidden)?;
    let key = Key::of(permit, person, row.get(14)?)?;
    Ok(Task {
        kind: row.get(0)?,
        service: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        sent_at: row.get(4)?,
        by: row.get(5)?,
        what: key.open(TASK_WHAT, row.get(6)?)?,
        address: row.get(7)?,
        route: row.get(8)?,
        state: row.get(9)?,
        result: key.open(TASK_RESULT, row.get(10)?)?,
        changed_by: row.get(11)?,
        changed_at: row.get(12)?,
        version: row.get(13)?,
    })
}

/// Records what the unit did.
///
/// # Errors
/// A conflict when it was changed meanwhile or is done.
pub(super) async fn record(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    (state, result): (&str, &str),
    by: onedoor_domain::ids::StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let result = key.seal(TASK_RESULT, result)?;
    let changed =
        tx.run(permit.opens(&MOVE), args![id, person, version, state, result, by, now]).await?;
    if changed != 1 {
        return Err(Fault::conflict("stale"));
    }
    Ok(())
}
