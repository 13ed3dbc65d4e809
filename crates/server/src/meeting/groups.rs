//! Groups of several competences that solve matters of one target group together (REQ-MEET-09).
//! A matter of a group is a meeting about a person. It is there for the members alone, and for
//! a member of another agency than the one that opened it only as far as the walls let the matter
//! cross: the facts of a meeting say so, in `policy`.

use jiff::Timestamp;
use onedoor_domain::ids::{OfficeId, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    GROUPS = "select g.id, g.name, g.target, o.name, (select count(*) from problem_group_member m
                where m.group_id = g.id),
            exists (select 1 from problem_group_member m
                where m.group_id = g.id and m.staff_id = $2)
        from problem_group g join office o on o.id = g.office_id
        where g.office_id = $1 and g.ended_on is null order by g.name, g.id limit 200";
    GROUP = "select 1 from problem_group g join problem_group_member m
            on m.group_id = g.id and m.staff_id = $2
        where g.id = $1 and g.ended_on is null";
    MEMBERS = "select s.id, s.name, a.name from problem_group_member m
        join staff s on s.id = m.staff_id join unit u on u.id = s.unit_id
        join agency a on a.id = u.agency_id where m.group_id = $1 order by s.name limit 100";
    ADD = "insert into problem_group (id, name, target, office_id, made_by, made_at, ended_on)
        values ($1, $2, $3, $4, $5, $6, null)";
    JOIN = "insert into problem_group_member (group_id, staff_id, since) values ($1, $2, $3)
        on conflict do nothing";
}

/// A group in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GroupLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) target: String,
    pub(crate) office: String,
    pub(crate) members: i64,
    /// Whether the reader is a member.
    pub(crate) mine: bool,
}

/// The groups of an office.
pub(super) async fn of_office(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
    reader: StaffId,
) -> Result<Vec<GroupLine>, DbError> {
    let read = |mut row: Row| {
        let id: Uuid = row.get(0)?;
        Ok(GroupLine {
            id: id.to_string(),
            name: row.get(1)?,
            target: row.get(2)?,
            office: row.get(3)?,
            members: row.get(4)?,
            mine: row.get(5)?,
        })
    };
    link.rows(&GROUPS, args![office, reader]).await?.into_iter().map(read).collect()
}

/// Whether the reader is a member of a group that goes on.
pub(super) async fn is_member(
    link: &mut Link,
    _: &Permit,
    group: Uuid,
    reader: StaffId,
) -> Result<bool, Fault> {
    Ok(link.row(&GROUP, args![group, reader]).await?.is_some())
}

/// A member: who, their name and their agency's.
pub(super) async fn members(
    link: &mut Link,
    _: &Permit,
    group: Uuid,
) -> Result<Vec<(StaffId, String, String)>, DbError> {
    let read = |mut row: Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    link.rows(&MEMBERS, args![group]).await?.into_iter().map(read).collect()
}

/// Sets a group up.
pub(super) async fn add(
    tx: &mut Tx,
    _: &Permit,
    (name, target, office): (&str, &str, OfficeId),
    members: &[StaffId],
    (by, now): (StaffId, Timestamp),
) -> Result<Uuid, DbError> {
    let id = crate::app::new_id();
    tx.run_one(&ADD, args![id, name, target, office, by, now]).await?;
    for one in members {
        tx.run(&JOIN, args![id, *one, now]).await?;
    }
    Ok(id)
}
