//! Who does which follow-up task (REQ-ORG-45). Rows of the matrix are only added, from a day on
//! that has not come, so that what was due before keeps its answer.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::{FollowTask, TaskRow, owner_on};
use onedoor_domain::ids::{AgencyId, CaseId, StaffId};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN};
use crate::policy::{Permit, Proof};
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::web::Fault;

crate::sql! {
    MATRIX = "select task, first_day, agency_id from task_division where municipality = $1
        order by task, first_day limit 2000";
    SET = "insert into task_division (municipality, task, first_day, agency_id, noted_by, noted_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (municipality, task, first_day) do update
            set agency_id = excluded.agency_id, noted_by = excluded.noted_by,
                noted_at = excluded.noted_at";
    // People with such a task due from the day on until before another, at the offices of the
    // municipality, who would get another agency than the one that has it by default.
    MOVES = "select count(distinct t.case_id) from office o join unit u on u.office_id = o.id
        join shared_case c on c.unit_id = u.id
        join follow_task t on t.case_id = c.id and t.task = $2 and t.due_on >= $3
            and ($4 = '' or t.due_on < $4) and t.done_on is null
        where o.municipality = $1 and ($5 = '' or coalesce((select a.code from unit x
                join agency a on a.id = x.agency_id and a.kind = $5
                where x.office_id = u.office_id and x.valid_from <= $3
                    and (x.valid_until is null or x.valid_until > $3)
                order by a.code limit 1), '')
            <> (select n.code from agency n where n.id = $6))";
    OF_CASE = "select id, task, due_on, done_on from follow_task where case_id = $1
        order by due_on desc, id limit 200";
    // What is open at an office and due soon, in cases that an agency has a part in. From the
    // office's cases, of which there are thousands, and not from every task of the country.
    OPEN_HERE = concat!("select t.id, t.task, t.due_on, c.id, p.id, p.given_name, p.family_name, k.wrapped,
            c.agency_id
        from unit u join shared_case c on c.unit_id = u.id and c.closed_at is null
        join case_agency g on g.case_id = c.id and g.agency_id = $2
        join follow_task t on t.case_id = c.id and t.done_on is null and t.due_on <= $3
        join person p on p.id = c.person_id left join subject_key k on k.subject_id = p.id
        where u.office_id = $1 and ", unbarred!("$4", "$5"), "
            and (t.due_on > $6 or (t.due_on = $6 and t.id > $7))
        order by t.due_on, t.id limit $8");
    ONE = "select task, due_on from follow_task where id = $1 and case_id = $2";
    ADD = "insert into follow_task (id, case_id, task, due_on, done_on, noted_by, noted_at)
        values ($1, $2, $3, $4, null, $5, $6)";
    DONE = "update follow_task set done_on = $3 where id = $1 and case_id = $2
        and done_on is null";
    // The unit of an agency at the office where a case is carried: behind the reception first.
    UNIT = "select t.name, a.name from shared_case c join unit u on u.id = c.unit_id
        join unit t on t.office_id = u.office_id join agency a on a.id = t.agency_id
        where c.id = $1 and a.id = $2 and t.valid_from <= $3
            and (t.valid_until is null or t.valid_until > $3)
        order by case when t.id = u.id then 0 when t.kind = 'back_office' then 1 else 2 end, t.code
        limit 1";
    DEFAULT = "select a.id from shared_case c join unit u on u.id = c.unit_id
        join unit t on t.office_id = u.office_id join agency a on a.id = t.agency_id
        where c.id = $1 and a.kind = $2 and t.valid_from <= $3
            and (t.valid_until is null or t.valid_until > $3)
        order by a.code limit 1";
    PLACE = "select o.municipality from shared_case c join unit u on u.id = c.unit_id
        join office o on o.id = u.office_id where c.id = $1";
}

/// The matrix of a municipality: every row there ever was.
pub(crate) async fn matrix(
    link: &mut Link,
    _: &dyn Proof,
    municipality: &str,
) -> Result<Vec<TaskRow<AgencyId>>, DbError> {
    let mut all = Vec::new();
    for mut row in link.rows(&MATRIX, args![municipality]).await? {
        let task: String = row.get(0)?;
        if let Some(task) = FollowTask::parse(&task) {
            all.push(TaskRow { task, from: row.get(1)?, agency: row.get(2)? });
        }
    }
    Ok(all)
}

/// Gives a task to an agency from a day on.
pub(crate) async fn set(
    tx: &mut Tx,
    _: &dyn Proof,
    (municipality, row): (&str, TaskRow<AgencyId>),
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    let args = args![municipality, row.task.as_str(), row.from, row.agency, by, now];
    tx.run(&SET, args).await.map(|_| ())
}

/// For how many people a task that is open would go to another agency from a day on: until the next
/// row of the matrix, and nobody who has that agency already.
pub(crate) async fn moves(
    link: &mut Link,
    proof: &dyn Proof,
    (municipality, rows): (&str, &[TaskRow<AgencyId>]),
    new: TaskRow<AgencyId>,
) -> Result<i64, DbError> {
    // A row of that very day gives way.
    let rows: Vec<TaskRow<AgencyId>> =
        rows.iter().copied().filter(|it| it.task != new.task || it.from != new.from).collect();
    let before = owner_on(&rows, new.task, new.from);
    if before == Some(new.agency) {
        return Ok(0);
    }
    let next = rows.iter().filter(|it| it.task == new.task && it.from > new.from);
    let until = next.map(|it| it.from.to_string()).min().unwrap_or_default();
    let kind = if before.is_some() { "" } else { new.task.default_agency().as_str() };
    let args = args![municipality, new.task.as_str(), new.from, until, kind, new.agency];
    let row = link.row(proof.opens(&MOVES), args).await?;
    Ok(row.map(|mut row| row.get(0)).transpose()?.unwrap_or(0))
}

/// A follow-up task of a case.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) id: Uuid,
    pub(super) task: FollowTask,
    pub(super) due_on: Date,
    pub(super) done_on: Option<Date>,
}

/// The tasks of the permit's case, the latest first.
pub(super) async fn of_case(link: &mut Link, permit: &Permit) -> Result<Vec<Task>, Fault> {
    let mut all = Vec::new();
    for mut row in link.rows(permit.opens(&OF_CASE), args![permit.case()?]).await? {
        let task: String = row.get(1)?;
        if let Some(task) = FollowTask::parse(&task) {
            all.push(Task { id: row.get(0)?, task, due_on: row.get(2)?, done_on: row.get(3)? });
        }
    }
    Ok(all)
}

/// Whose open task it is, in the list of an office.
#[derive(Clone, Debug)]
pub(super) struct OpenTask {
    pub(super) id: Uuid,
    pub(super) task: FollowTask,
    pub(super) due_on: Date,
    pub(super) case: CaseId,
    pub(super) name: String,
    pub(super) person: Uuid,
    /// The agency that carries the case.
    pub(super) carrier: AgencyId,
}

/// Rows on a page of open tasks.
pub(super) const PAGE: i64 = 100;

/// The open tasks at the actor's office that are due until a day, after one, of people whom they
/// may see; and where the next page begins.
pub(super) async fn open_here(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    until: Date,
    (on, after): (&str, Uuid),
) -> Result<(Vec<OpenTask>, Option<String>), DbError> {
    let lacks = actor.lacks();
    let args = args![actor.office, actor.agency, until, lacks, actor.id, on, after, PAGE + 1];
    let mut rows = link.rows(permit.opens(&OPEN_HERE), args).await?;
    let page = usize::try_from(PAGE).unwrap_or(100);
    let more = rows.len() > page;
    rows.truncate(page);
    let (mut all, mut next) = (Vec::new(), None);
    for mut row in rows {
        let (id, task): (Uuid, String) = (row.get(0)?, row.get(1)?);
        let (due_on, person): (Date, Uuid) = (row.get(2)?, row.get(4)?);
        next = more.then(|| format!("{due_on}_{id}"));
        let Some(task) = FollowTask::parse(&task) else { continue };
        let key = Key::of(permit, person, row.get(7)?)?;
        let given = key.open(PERSON_GIVEN, row.get(5)?)?;
        let family = key.open(PERSON_FAMILY, row.get(6)?)?;
        all.push(OpenTask {
            id,
            task,
            due_on,
            case: row.get(3)?,
            name: format!("{given} {family}").trim().to_owned(),
            person,
            carrier: row.get(8)?,
        });
    }
    Ok((all, next))
}

/// What a task of the permit's case is, and when it is due.
pub(super) async fn one(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<Option<(FollowTask, Date)>, Fault> {
    let Some(mut row) = link.row(permit.opens(&ONE), args![id, permit.case()?]).await? else {
        return Ok(None);
    };
    let task: String = row.get(0)?;
    let due_on: Date = row.get(1)?;
    Ok(FollowTask::parse(&task).map(|task| (task, due_on)))
}

pub(super) async fn add(
    tx: &mut Tx,
    permit: &Permit,
    (task, due_on): (FollowTask, Date),
    (by, now): (StaffId, Timestamp),
) -> Result<(), Fault> {
    let case = permit.case()?;
    let args = args![crate::app::new_id(), case, task.as_str(), due_on, by, now];
    Ok(tx.run_one(permit.opens(&ADD), args).await?)
}

pub(super) async fn done(
    tx: &mut Tx,
    permit: &Permit,
    task: Uuid,
    today: Date,
) -> Result<(), Fault> {
    Ok(tx.run_one(permit.opens(&DONE), args![task, permit.case()?, today]).await?)
}

/// The municipality where the permit's case is carried.
pub(super) async fn place(link: &mut Link, permit: &Permit) -> Result<String, Fault> {
    let row = link.row(permit.opens(&PLACE), args![permit.case()?]).await?;
    Ok(row.ok_or(Fault::Hidden)?.get(0)?)
}

/// The agency that has a task where nothing is agreed, at the office where the case is.
pub(super) async fn by_default(
    link: &mut Link,
    proof: &dyn Proof,
    case: CaseId,
    (task, on): (FollowTask, Date),
) -> Result<Option<AgencyId>, DbError> {
    let kind = task.default_agency().as_str();
    link.row(proof.opens(&DEFAULT), args![case, kind, on])
        .await?
        .map(|mut row| row.get(0))
        .transpose()
}

/// The unit of an agency that does it, and the agency's name.
pub(super) async fn unit(
    link: &mut Link,
    proof: &dyn Proof,
    (case, agency): (CaseId, AgencyId),
    on: Date,
) -> Result<Option<(String, String)>, DbError> {
    let row = link.row(proof.opens(&UNIT), args![case, agency, on]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}
