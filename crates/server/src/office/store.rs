//! Looking things up in the set-up of the offices. Nothing here is about a
//! person who is served.

use jiff::civil::Date;
use onedoor_domain::case::Worker;
use onedoor_domain::ids::{AgencyId, DistrictId, OfficeId, StaffId, UnitId};
use onedoor_domain::office::Subject;
use onedoor_domain::person::Clearance;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::principal_on;
use crate::args;
use crate::db::{DbError, Link, Row};

pub use super::serving::{
    Chosen, agency_at, chosen, last_resort, led_by, led_named, lives, municipality,
    questions_to_leader, take_questions, without_last_resort,
};

crate::sql! {
    OFFICES = "select id, name, address, phone from office where ended_on is null
        order by name limit 3000";
    EVERY_OFFICE = "select id, name, address, phone from office order by name limit 3000";
    // Changes nothing: whoever else would book at the office, change its days or end it waits.
    KEEP_STILL = "update office set name = name where id = $1 and ended_on is null";
    IS_OPEN = "select 1 from office where id = $1 and ended_on is null";
    AGENCIES_AT = "select distinct a.id, a.name, a.kind, p.name from agency a
        join principal p on p.id = a.principal_id join unit u on u.agency_id = a.id
        where u.office_id = $1 and u.valid_from <= $2
            and (u.valid_until is null or u.valid_until > $2)
        order by a.kind, a.name limit 10";
    AGENCIES_OF_PLACE = "select distinct a.id, a.name, a.kind, p.name from boundary b
        join agency a on a.id = b.agency_id join principal p on p.id = a.principal_id
        where b.basic_unit = $1 order by a.kind, a.name limit 10";
    CODE_OFFICE = "select id from office where code = $1";
    UNITS = "select u.id, u.name, a.kind, u.kind, o.id, o.name, a.name, p.name, u.delivers
        from unit u join agency a on a.id = u.agency_id join office o on o.id = u.office_id
        join principal p on p.id = a.principal_id
        where u.office_id = $1 order by a.kind, u.kind, u.name limit 500";
    // The units that a case may be asked over to: the city's, not the nation's.
    NEAR_UNITS = "select u.id, u.name, o.name, a.kind from unit u
        join office o on o.id = u.office_id join agency a on a.id = u.agency_id
        where u.valid_from <= $2 and (u.valid_until is null or u.valid_until > $2)
            and o.municipality = (select municipality from office where id = $1)
        order by o.name, a.kind, u.name limit 300";
    MANDATES = "select m.unit_id, m.subject from mandate m join unit u on u.id = m.unit_id
        where u.office_id = $1 and m.valid_from <= $2
            and (m.valid_until is null or m.valid_until > $2)
        order by m.unit_id, m.subject limit 2000";
    STAFF_OF_OFFICE = "select s.id, s.name, s.role, s.unit_id, u.name from staff s
        join unit u on u.id = s.unit_id
        where u.office_id = $1 and s.on_duty order by s.name limit 500";
    STAFF_OF_UNIT = "select id, name from staff where unit_id = $1 and on_duty
        and role in ('front_worker', 'caseworker', 'joint_manager') order by name limit 500";
    COLLEAGUES = "select s.id, s.name, u.name from staff s join unit u on u.id = s.unit_id
        where u.office_id = $1 and s.on_duty
            and s.role in ('front_worker', 'caseworker', 'joint_manager')
        order by s.name limit 500";
    WORKER = "select s.id, s.unit_id, u.agency_id, s.on_duty, s.name, u.office_id, s.role,
            s.clearance
        from staff s join unit u on u.id = s.unit_id where s.id = $1";
    DISTRICT_OF = "select b.district_id, d.name, d.office_id from boundary b
        join district d on d.id = b.district_id
        where b.agency_id = $1 and b.basic_unit = $2 and b.valid_from <= $3
            and (b.valid_until is null or b.valid_until > $3)";
    COMPETENT = "select x.unit_id, u.name, u.office_id, o.name from district_unit x
        join unit u on u.id = x.unit_id join office o on o.id = u.office_id
        left join mandate m on m.unit_id = x.unit_id and m.subject = $3
            and m.valid_from <= $4 and (m.valid_until is null or m.valid_until > $4)
        where x.agency_id = $1 and x.district_id = $2 and x.valid_from <= $4
            and (x.valid_until is null or x.valid_until > $4)
            and u.valid_from <= $4 and (u.valid_until is null or u.valid_until > $4)
        order by case when m.unit_id is null then 1 else 0 end, x.place limit 1";
    AGENCIES = "select a.id, a.name, a.kind, p.name from agency a
        join principal p on p.id = a.principal_id order by a.kind, a.name limit 500";
    HOLDS_MANDATE = "select 1 from mandate m join unit u on u.id = m.unit_id
        where m.unit_id = $1 and m.subject = $2
            and m.valid_from <= $3 and (m.valid_until is null or m.valid_until > $3)
            and not u.delivers
            and u.valid_from <= $3 and (u.valid_until is null or u.valid_until > $3)";
    BASIC_UNITS = "select code, name from basic_unit
        where municipality = (select municipality from office where id = $1)
        order by name limit 2000";
    ANY_BASIC_UNITS = "select code, name from basic_unit order by name limit 200";
    BASIC_UNIT = "select name from basic_unit where code = $1";
    HOURS = "select weekday, opens, closes from opening where office_id = $1
            and exists (select 1 from office o where o.id = $1 and o.ended_on is null)
        order by weekday, opens";
    OFFICE = "select name, address, phone, manager_id from office where id = $1";
    UNIT = "select name, agency_id, office_id from unit where id = $1";
    DECISION_OWNER = concat!("select a.id, ", principal_on!("$2"), " from unit u
        join agency a on a.id = u.agency_id where u.id = $1");
    DIVISION = "select b.basic_unit, b.district_id, d.name, m.inhabitants from boundary b
        join district d on d.id = b.district_id join basic_unit m on m.code = b.basic_unit
        where b.agency_id = $1 and b.valid_from <= $2
            and m.municipality = (select municipality from office where id = $3)
            and (b.valid_until is null or b.valid_until > $2) limit 20000";
}

/// Something to choose from a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Choice {
    /// Its identifier or code.
    pub id: String,
    /// How it is named.
    pub name: String,
}

fn choices(rows: Vec<Row>) -> Result<Vec<Choice>, DbError> {
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(Choice { id: id.to_string(), name: row.get(1)? })
        })
        .collect()
}

/// An office.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfficeLine {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Its telephone.
    pub phone: String,
}

/// The offices that there are: one that was closed, or became another, is not among them.
///
/// # Errors
/// When the database does not answer.
pub async fn offices(link: &mut Link) -> Result<Vec<OfficeLine>, DbError> {
    office_lines(link.rows(&OFFICES, &[]).await?)
}

/// Every office that there is or was, for what tells of the past.
///
/// # Errors
/// When the database does not answer.
pub async fn every_office(link: &mut Link) -> Result<Vec<OfficeLine>, DbError> {
    office_lines(link.rows(&EVERY_OFFICE, &[]).await?)
}

/// Holds an office as it is until the transaction ends; says whether it is there at all. What was
/// looked at before may have changed meanwhile.
///
/// # Errors
/// When the database does not answer.
pub async fn keep_still(tx: &mut crate::db::Tx, office: OfficeId) -> Result<bool, DbError> {
    Ok(tx.run(&KEEP_STILL, args![office]).await? == 1)
}

/// Whether an office has neither been closed nor become another.
///
/// # Errors
/// When the database does not answer.
pub async fn is_open(link: &mut Link, office: OfficeId) -> Result<bool, DbError> {
    Ok(link.row(&IS_OPEN, args![office]).await?.is_some())
}

fn office_lines(rows: Vec<Row>) -> Result<Vec<OfficeLine>, DbError> {
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(OfficeLine {
                id: id.to_string(),
                name: row.get(1)?,
                address: row.get(2)?,
                phone: row.get(3)?,
            })
        })
        .collect()
}

/// A unit with what it may decide.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitLine {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `employment`, `insurance` or `social`.
    pub agency_kind: String,
    /// `front_office` or `back_office`.
    pub kind: String,
    /// Its agency.
    pub agency: String,
    /// The principal who answers and pays.
    pub principal: String,
    /// Whether it only carries out what others decided (REQ-ORG-19).
    pub delivers: bool,
    /// What it may decide in today.
    pub subjects: Vec<String>,
}

/// The units of an office with their mandates on a day.
///
/// # Errors
/// When the database does not answer.
pub async fn units(link: &mut Link, office: OfficeId, on: Date) -> Result<Vec<UnitLine>, DbError> {
    let mut mandates: Vec<(Uuid, String)> = Vec::new();
    for mut row in link.rows(&MANDATES, args![office, on]).await? {
        mandates.push((row.get(0)?, row.get(1)?));
    }
    let rows = link.rows(&UNITS, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            let subjects =
                mandates.iter().filter(|(unit, _)| *unit == id).map(|(_, s)| s.clone()).collect();
            Ok(UnitLine {
                id: id.to_string(),
                name: row.get(1)?,
                agency_kind: row.get(2)?,
                kind: row.get(3)?,
                agency: row.get(6)?,
                principal: row.get(7)?,
                delivers: row.get(8)?,
                subjects,
            })
        })
        .collect()
}

/// The units in the municipalities around an office, to ask a case over to.
///
/// # Errors
/// When the database does not answer.
pub async fn near_units(
    link: &mut Link,
    office: OfficeId,
    on: Date,
) -> Result<Vec<Choice>, DbError> {
    let rows = link.rows(&NEAR_UNITS, args![office, on]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            let (unit, office): (String, String) = (row.get(1)?, row.get(2)?);
            Ok(Choice { id: id.to_string(), name: format!("{unit}, {office}") })
        })
        .collect()
}

/// A member of staff in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffLine {
    /// The identifier.
    pub id: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: String,
    /// The unit.
    pub unit: String,
}

/// Who works in an office.
///
/// # Errors
/// When the database does not answer.
pub async fn staff(link: &mut Link, office: OfficeId) -> Result<Vec<StaffLine>, DbError> {
    let rows = link.rows(&STAFF_OF_OFFICE, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(StaffLine {
                id: id.to_string(),
                name: row.get(1)?,
                role: row.get(2)?,
                unit: row.get(4)?,
            })
        })
        .collect()
}

/// Who in a unit can carry a case.
///
/// # Errors
/// When the database does not answer.
pub async fn carriers(link: &mut Link, unit: UnitId) -> Result<Vec<Choice>, DbError> {
    choices(link.rows(&STAFF_OF_UNIT, args![unit]).await?)
}

/// Who in an office can carry a case or a step.
///
/// # Errors
/// When the database does not answer.
pub async fn colleagues(link: &mut Link, office: OfficeId) -> Result<Vec<Choice>, DbError> {
    let rows = link.rows(&COLLEAGUES, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            let (name, unit): (String, String) = (row.get(1)?, row.get(2)?);
            Ok(Choice { id: id.to_string(), name: format!("{name}, {unit}") })
        })
        .collect()
}

/// A worker with name and office.
#[derive(Clone, Debug)]
pub struct Known {
    /// As a worker.
    pub worker: Worker,
    /// The name.
    pub name: String,
    /// The office.
    pub office: OfficeId,
    /// The role's code.
    pub role: String,
    /// How protected the persons may be whom they may see.
    pub clearance: Clearance,
}

/// Finds a worker who can carry a case, be its deputy or own its step: somebody
/// whose role lets them see it.
///
/// # Errors
/// When the database does not answer.
pub async fn carrier(link: &mut Link, id: StaffId) -> Result<Option<Known>, DbError> {
    let carries = |known: &Known| {
        matches!(known.role.as_str(), "front_worker" | "caseworker" | "joint_manager")
    };
    Ok(worker(link, id).await?.filter(carries))
}

/// Finds a worker.
///
/// # Errors
/// When the database does not answer.
pub async fn worker(link: &mut Link, id: StaffId) -> Result<Option<Known>, DbError> {
    let row = link.row(&WORKER, args![id]).await?;
    row.map(|mut row| {
        Ok(Known {
            worker: Worker {
                id: row.get(0)?,
                unit: row.get(1)?,
                agency: row.get(2)?,
                on_duty: row.get(3)?,
            },
            name: row.get(4)?,
            office: row.get(5)?,
            role: row.get(6)?,
            clearance: Clearance::parse(&row.get::<String>(7)?).unwrap_or_default(),
        })
    })
    .transpose()
}

/// The competent unit for a basic unit on a day (REQ-ORG-14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Competent {
    /// The district.
    pub district: DistrictId,
    /// Its name.
    pub district_name: String,
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// The office where the unit sits.
    pub office: OfficeId,
    /// Its name.
    pub office_name: String,
}

/// Which unit of an agency is competent for a place, in a subject if one is
/// settled (REQ-FRONT-02, REQ-ORG-14). The building plays no part.
///
/// # Errors
/// When the database does not answer.
pub async fn competent(
    link: &mut Link,
    agency: AgencyId,
    basic_unit: &str,
    subject: Option<Subject>,
    on: Date,
) -> Result<Option<Competent>, DbError> {
    let Some(mut row) = link.row(&DISTRICT_OF, args![agency, basic_unit, on]).await? else {
        return Ok(None);
    };
    let (district, district_name): (DistrictId, String) = (row.get(0)?, row.get(1)?);
    let subject = subject.map_or("", Subject::as_str);
    let row = link.row(&COMPETENT, args![agency, district, subject, on]).await?;
    row.map(|mut row| {
        Ok(Competent {
            district,
            district_name,
            unit: row.get(0)?,
            unit_name: row.get(1)?,
            office: row.get(2)?,
            office_name: row.get(3)?,
        })
    })
    .transpose()
}

/// An agency in a list.
#[derive(Clone, Debug)]
pub struct AgencyLine {
    /// The identifier.
    pub id: AgencyId,
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// The principal.
    pub principal: String,
}

/// Every agency.
///
/// # Errors
/// When the database does not answer.
pub async fn agencies(link: &mut Link) -> Result<Vec<AgencyLine>, DbError> {
    agency_lines(link.rows(&AGENCIES, &[]).await?)
}

/// The agencies that have a unit in an office on a day.
///
/// # Errors
/// When the database does not answer.
pub async fn agencies_at(
    link: &mut Link,
    office: OfficeId,
    on: Date,
) -> Result<Vec<AgencyLine>, DbError> {
    agency_lines(link.rows(&AGENCIES_AT, args![office, on]).await?)
}

/// The agencies that serve a place on some day.
///
/// # Errors
/// When the database does not answer.
pub async fn agencies_of_place(link: &mut Link, place: &str) -> Result<Vec<AgencyLine>, DbError> {
    agency_lines(link.rows(&AGENCIES_OF_PLACE, args![place]).await?)
}

fn agency_lines(rows: Vec<Row>) -> Result<Vec<AgencyLine>, DbError> {
    rows.into_iter()
        .map(|mut row| {
            Ok(AgencyLine {
                id: row.get(0)?,
                name: row.get(1)?,
                kind: row.get(2)?,
                principal: row.get(3)?,
            })
        })
        .collect()
}

/// Whether a unit may decide in a subject on a day (REQ-ORG-03).
///
/// # Errors
/// When the database does not answer.
pub async fn may_decide(
    link: &mut Link,
    unit: UnitId,
    subject: Subject,
    on: Date,
) -> Result<bool, DbError> {
    Ok(link.row(&HOLDS_MANDATE, args![unit, subject.as_str(), on]).await?.is_some())
}

/// The places near an office, or any, to choose an address's basic unit from.
///
/// # Errors
/// When the database does not answer.
pub async fn basic_units(
    link: &mut Link,
    office: Option<OfficeId>,
) -> Result<Vec<Choice>, DbError> {
    let mut rows = match office {
        Some(office) => link.rows(&BASIC_UNITS, args![office]).await?,
        None => Vec::new(),
    };
    if rows.is_empty() {
        rows = link.rows(&ANY_BASIC_UNITS, &[]).await?;
    }
    rows.into_iter().map(|mut row| Ok(Choice { id: row.get(0)?, name: row.get(1)? })).collect()
}

/// The name of a basic unit, when there is such a one.
///
/// # Errors
/// When the database does not answer.
pub async fn basic_unit(link: &mut Link, code: &str) -> Result<Option<String>, DbError> {
    link.row(&BASIC_UNIT, args![code]).await?.map(|mut row| row.get(0)).transpose()
}

/// Opening hours: weekday 1 to 7, opens, closes as `HH:MM`.
///
/// # Errors
/// When the database does not answer.
pub async fn hours(
    link: &mut Link,
    office: OfficeId,
) -> Result<Vec<(i64, String, String)>, DbError> {
    let rows = link.rows(&HOURS, args![office]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// An office's name, address, telephone and joint manager.
///
/// # Errors
/// When the database does not answer.
pub async fn office(
    link: &mut Link,
    id: OfficeId,
) -> Result<Option<(String, String, String, Option<StaffId>)>, DbError> {
    let row = link.row(&OFFICE, args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).transpose()
}

/// A unit's name, agency and office.
///
/// # Errors
/// When the database does not answer.
pub async fn unit(
    link: &mut Link,
    id: UnitId,
) -> Result<Option<(String, AgencyId, OfficeId)>, DbError> {
    let row = link.row(&UNIT, args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// The agency and principal behind a unit's decisions of a day (REQ-ORG-01): they follow the unit,
/// never the building, and another principal only from the day of a transfer (REQ-ORG-02).
///
/// # Errors
/// When the database does not answer.
pub async fn decision_owner(
    link: &mut Link,
    unit: UnitId,
    on: Date,
) -> Result<Option<(AgencyId, Uuid)>, DbError> {
    let row = link.row(&DECISION_OWNER, args![unit, on]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// The districts of an agency's boundary set on a day in the municipality of an office, with
/// inhabitants (REQ-ORG-13).
///
/// # Errors
/// When the database does not answer.
pub async fn division(
    link: &mut Link,
    agency: AgencyId,
    (office, on): (OfficeId, Date),
) -> Result<Vec<(String, i64)>, DbError> {
    let mut districts: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    for mut row in link.rows(&DIVISION, args![agency, on, office]).await? {
        let (name, inhabitants): (String, i64) = (row.get(2)?, row.get(3)?);
        *districts.entry(name).or_default() += inhabitants;
    }
    Ok(districts.into_iter().collect())
}

/// The office with a code.
///
/// # Errors
/// When the database does not answer.
pub async fn by_code(link: &mut Link, code: &str) -> Result<Option<OfficeId>, DbError> {
    link.row(&CODE_OFFICE, args![code]).await?.map(|mut row| row.get(0)).transpose()
}
