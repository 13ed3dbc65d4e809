//! Standing teams of two or more agencies (REQ-ORG-12). A team owns its participants jointly: each
//! agency in it gets a part in the case, as far as the walls let it; each case keeps its one
//! responsible worker.

use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, CaseId, OfficeId, PersonId, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN};
use crate::policy::{Permit, Proof};
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::web::Fault;

crate::sql! {
    LIST = "select t.id, t.name, t.first_day, t.last_day,
            case when $2 then (select count(*) from shared_case c where c.team_id = t.id
                and c.closed_at is null) end
        from project_team t where t.office_id = $1 order by t.first_day desc, t.id limit 200";
    ONE = "select t.name, t.office_id, o.name, t.first_day, t.last_day from project_team t
        join office o on o.id = t.office_id where t.id = $1";
    ADD = "insert into project_team (id, office_id, name, first_day, last_day)
        values ($1, $2, $3, $4, null)";
    MEMBERS = "select m.staff_id, s.name, u.name, a.id, a.name, m.first_day, m.last_day
        from team_member m join staff s on s.id = m.staff_id join unit u on u.id = s.unit_id
        join agency a on a.id = u.agency_id
        where m.team_id = $1 order by case when m.last_day is null then 0 else 1 end, a.kind,
            s.name, m.first_day limit 500";
    JOIN = "insert into team_member (team_id, staff_id, first_day, last_day)
        values ($1, $2, $3, null) on conflict (team_id, staff_id, first_day) do update
            set last_day = null";
    LEAVE = "update team_member set last_day = $3 where team_id = $1 and staff_id = $2
        and last_day is null";
    PARTICIPANTS = concat!("select c.id, p.id, p.given_name, p.family_name, k.wrapped, s.name, s.id,
            c.agency_id
        from shared_case c join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join staff s on s.id = c.responsible_id
        where c.team_id = $1 and c.closed_at is null and c.id > $2
            and exists (select 1 from case_agency g where g.case_id = c.id and g.agency_id = $5)
            and ", unbarred!("$3", "$4"), "
        order by c.id limit $6");
    TAKE = "update shared_case set team_id = $2, version = version + 1 where id = $1
        and closed_at is null";
}

/// A team in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TeamLine {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: Option<String>,
    /// How many participants, for whoever leads the office.
    pub participants: Option<i64>,
}

pub(super) async fn list(
    link: &mut Link,
    permit: &Permit,
    (office, leads): (OfficeId, bool),
) -> Result<Vec<TeamLine>, DbError> {
    let rows = link.rows(permit.opens(&LIST), args![office, leads]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(TeamLine {
                id: id.to_string(),
                name: row.get(1)?,
                from: row.get(2)?,
                until: row.get(3)?,
                participants: row.get(4)?,
            })
        })
        .collect()
}

/// A team.
#[derive(Clone, Debug)]
pub(super) struct Team {
    pub(super) name: String,
    pub(super) office: OfficeId,
    pub(super) office_name: String,
    pub(super) from: String,
}

pub(super) async fn one(link: &mut Link, _: &Permit, id: Uuid) -> Result<Option<Team>, DbError> {
    let row = link.row(&ONE, args![id]).await?;
    row.map(|mut row| {
        Ok(Team {
            name: row.get(0)?,
            office: row.get(1)?,
            office_name: row.get(2)?,
            from: row.get(3)?,
        })
    })
    .transpose()
}

/// Sets up a team without members yet.
pub(crate) async fn add(
    tx: &mut Tx,
    _: &dyn Proof,
    (office, name): (OfficeId, &str),
    today: Date,
) -> Result<Uuid, DbError> {
    let id = crate::app::new_id();
    tx.run_one(&ADD, args![id, office, name, today]).await?;
    Ok(id)
}

/// A member, dated.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MemberLine {
    /// The member of staff.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their unit.
    pub unit: String,
    /// Their agency.
    pub agency: String,
    /// The first day.
    pub from: String,
    /// The last day; nothing while they are a member.
    pub until: Option<String>,
    /// The agency's identifier.
    #[serde(skip)]
    pub agency_id: Option<AgencyId>,
}

pub(super) async fn members(
    link: &mut Link,
    _: &Permit,
    id: Uuid,
) -> Result<Vec<MemberLine>, DbError> {
    let rows = link.rows(&MEMBERS, args![id]).await?;
    rows.into_iter()
        .map(|mut row| {
            let staff: Uuid = row.get(0)?;
            Ok(MemberLine {
                id: staff.to_string(),
                name: row.get(1)?,
                unit: row.get(2)?,
                agency_id: row.get(3)?,
                agency: row.get(4)?,
                from: row.get(5)?,
                until: row.get(6)?,
            })
        })
        .collect()
}

/// Takes somebody into a team.
pub(crate) async fn join(
    tx: &mut Tx,
    _: &dyn Proof,
    (team, staff): (Uuid, StaffId),
    today: Date,
) -> Result<(), DbError> {
    tx.run(&JOIN, args![team, staff, today]).await.map(|_| ())
}

pub(super) async fn leave(
    tx: &mut Tx,
    _: &Permit,
    (team, staff): (Uuid, StaffId),
    today: Date,
) -> Result<(), DbError> {
    tx.run_one(&LEAVE, args![team, staff, today]).await
}

/// A participant whom the reader may see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ParticipantLine {
    /// The case.
    pub id: String,
    /// Whose.
    pub name: String,
    /// The one responsible worker.
    pub responsible: String,
    /// Whether that one is not a member of the team any more.
    pub outside: bool,
    /// The responsible worker's identifier.
    #[serde(skip)]
    pub staff: String,
    /// The agency that carries the case.
    #[serde(skip)]
    pub carrier: Option<AgencyId>,
    /// The person, for the journal.
    #[serde(skip)]
    pub person: Uuid,
}

/// Rows on a page.
pub(super) const PAGE: i64 = 50;

pub(super) async fn participants(
    link: &mut Link,
    permit: &Permit,
    (team, after): (Uuid, Uuid),
    actor: &Actor,
) -> Result<Vec<ParticipantLine>, Fault> {
    let args = args![team, after, actor.lacks(), actor.id, actor.agency, PAGE + 1];
    let read = |mut row: Row| -> Result<ParticipantLine, DbError> {
        let (case, person): (Uuid, PersonId) = (row.get(0)?, row.get(1)?);
        let key = Key::of(permit, person, row.get(4)?)?;
        let given = key.open(PERSON_GIVEN, row.get(2)?)?;
        let family = key.open(PERSON_FAMILY, row.get(3)?)?;
        let staff: Uuid = row.get(6)?;
        Ok(ParticipantLine {
            id: case.to_string(),
            name: format!("{given} {family}").trim().to_owned(),
            responsible: row.get(5)?,
            outside: false,
            staff: staff.to_string(),
            carrier: row.get(7)?,
            person: person.0,
        })
    };
    let rows = link.rows(permit.opens(&PARTICIPANTS), args).await?;
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// Gives the permit's case to a team, or takes it out of one.
pub(super) async fn take(
    tx: &mut Tx,
    permit: &Permit,
    case: CaseId,
    team: Option<Uuid>,
) -> Result<(), Fault> {
    if permit.case()? != case {
        return Err(Fault::Defect("the permit is for another case".into()));
    }
    Ok(tx.run_one(permit.opens(&TAKE), args![case, team]).await?)
}
