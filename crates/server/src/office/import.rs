//! Bringing a set of offices in: all of it, or nothing.

use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, StaffId};
use onedoor_domain::office::{Fault as LineFault, OfficeSet, Period, StaffMember, Unit};
use onedoor_domain::secrecy::Groups;
use thiserror::Error;

use super::{SET_UP, access, serving, store, takeover};
use crate::app::id_of;
use crate::args;
use crate::db::{DbError, Tx};

crate::sql! {
    PRINCIPAL = "insert into principal (id, code, name, kind) values ($1, $2, $3, $4)
        on conflict (id) do update set name = excluded.name, kind = excluded.kind";
    AGENCY = "insert into agency (id, code, name, kind, principal_id) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set name = excluded.name, kind = excluded.kind,
            principal_id = excluded.principal_id";
    OFFICE = "insert into office
            (id, code, name, address, postcode, phone, manager_id, municipality)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (id) do update set name = excluded.name, address = excluded.address,
            postcode = excluded.postcode, phone = excluded.phone,
            manager_id = excluded.manager_id, municipality = excluded.municipality,
            ended_on = null";
    CLEAR_OPENINGS = "delete from opening where office_id = $1";
    OPENING = "insert into opening (office_id, weekday, opens, closes) values ($1, $2, $3, $4)";
    UNIT = "insert into unit (id, code, name, agency_id, office_id, kind, last_resort_id,
            valid_from, valid_until, delivers) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (id) do update set name = excluded.name, agency_id = excluded.agency_id,
            office_id = excluded.office_id, kind = excluded.kind,
            last_resort_id = excluded.last_resort_id, valid_from = excluded.valid_from,
            valid_until = excluded.valid_until, delivers = excluded.delivers";
    MANDATES_NOW = "select subject, valid_from, valid_until from mandate where unit_id = $1";
    // What the file no longer tells ends today: what was decided before stays traced.
    END_MANDATE = "update mandate set valid_until = $4
        where unit_id = $1 and subject = $2 and valid_from = $3";
    DROP_MANDATE = "delete from mandate where unit_id = $1 and subject = $2 and valid_from = $3";
    MANDATE = "insert into mandate (unit_id, subject, valid_from, valid_until)
        values ($1, $2, $3, $4) on conflict (unit_id, subject, valid_from) do update
            set valid_until = excluded.valid_until";
    BASIC_UNIT = "insert into basic_unit (code, name, municipality, inhabitants)
        values ($1, $2, $3, $4) on conflict (code) do update set name = excluded.name,
            municipality = excluded.municipality, inhabitants = excluded.inhabitants";
    DISTRICT = "insert into district (id, code, name, office_id, municipality)
        values ($1, $2, $3, $4, $5)
        on conflict (id) do update set name = excluded.name, office_id = excluded.office_id,
            municipality = excluded.municipality";
    CLEAR_BOUNDARIES = "delete from boundary where agency_id = $1 and basic_unit in (
            select code from basic_unit where municipality = $2)";
    BOUNDARY = "insert into boundary (agency_id, basic_unit, valid_from, valid_until, district_id)
        values ($1, $2, $3, $4, $5)";
    // Of the municipality's own districts, wherever their office is by now.
    CLEAR_DISTRICT_UNITS = "delete from district_unit where agency_id = $1 and district_id in (
            select d.id from district d where d.municipality = $2)";
    DISTRICT_UNIT = "insert into district_unit
            (agency_id, district_id, valid_from, valid_until, place, unit_id)
        values ($1, $2, $3, $4, $5, $6)";
    STAFF = "insert into staff (id, code, name, email, subject, unit_id, role, clearance, on_duty,
            marks)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (id) do update set name = excluded.name, email = excluded.email,
            subject = coalesce(excluded.subject, staff.subject), unit_id = excluded.unit_id,
            role = excluded.role, clearance = excluded.clearance, on_duty = excluded.on_duty,
            marks = excluded.marks";
    // Whom somebody's open case depends on may not leave before handing over.
    DEPENDED_ON = "select count(*) from (
            select id from shared_case where closed_at is null and responsible_id = $1
            union select id from shared_case where closed_at is null and deputy_id = $1
            union select id from shared_case where closed_at is null and step_owner_id = $1) c";
    // What was asked of somebody by name, and the meetings that are to come.
    WAITING_FOR = "select (select count(*) from handover where to_staff_id = $1 and state = 'asked')
        + (select count(distinct appointment_id) from calendar_slot
            where staff_id = $1 and starts_at >= $2)";
    END_CONTACTS = "update contact_person set last_day = $2
        where staff_id = $1 and last_day is null";
    UNIT_NOW = "select agency_id, valid_until from unit where id = $1";
    CARRIED_BY = "select
        (select count(*) from shared_case where unit_id = $1 and closed_at is null)
        + (select count(*) from unit_task where unit_id = $1 and state <> 'done')
        + (select count(*) from handover where to_unit_id = $1 and state = 'asked')
        + (select count(*) from escalation
            where unit_id = $1 and returned_at is null and decided_at is null)";
    PLACE = "select unit_id, role from staff where id = $1";
    STAFF_CODES = "select s.code from staff s join unit u on u.id = s.unit_id
        join office o on o.id = u.office_id
        where s.on_duty and o.municipality = $1 order by s.code";
    OFF_DUTY = "update staff set on_duty = $2 where code = $1";
    COUNT = "select (select count(*) from office), (select count(*) from unit),
        (select count(*) from staff where on_duty), (select count(*) from basic_unit)";
}

/// Why an import was refused. Nothing was changed.
#[derive(Debug, Error)]
pub enum ImportFault {
    /// Lines of the file.
    #[error("{} faults in the file", .0.len())]
    Lines(Vec<LineFault>),
    /// A worker who would leave, or a unit that would end or come to another agency, is depended
    /// on: open cases, meetings to come, what was asked of them.
    #[error("{1} open matters depend on `{0}`: hand them over first")]
    DependedOn(String, i64),
    /// A code that the file of another municipality has brought: an office, a unit, a district, a
    /// place, or somebody who works there.
    #[error("`{0}` belongs to another municipality's offices: choose another code")]
    TakenElsewhere(String),
    /// An agency or a principal that other municipalities have too, told otherwise than they tell it.
    #[error("other municipalities tell `{0}` otherwise: bring their files in together")]
    ToldApart(String),
    /// An agency that carries cases or has decided, and would get another kind or principal: who
    /// answered for what was decided would become another (REQ-ORG-02).
    #[error("`{0}` has decided or carries cases: who answers for it is not changed by a file")]
    Answers(String),
    /// An office that was closed, or became another, and that the file does not say is open again.
    #[error("the office `{0}` has closed: take it out, or write the day it reopened")]
    Ended(String),
    /// A unit that has become another, and that the file lets go on.
    #[error("the unit `{0}` has become another: take it out, or end it on that day")]
    Became(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl ImportFault {
    /// For a refusal of one code: the text that says why, the fault of the field, and the code.
    #[must_use]
    pub fn refusal(&self) -> Option<(&'static str, &'static str, &str)> {
        match self {
            Self::TakenElsewhere(code) => Some(("import-taken", "code-taken-elsewhere", code)),
            Self::ToldApart(code) => Some(("import-told-apart", "agency-told-apart", code)),
            Self::Answers(code) => Some(("import-answers", "agency-answers", code)),
            Self::Ended(code) => Some(("import-ended", "office-ended", code)),
            Self::Became(code) => Some(("import-became", "unit-became", code)),
            Self::Lines(_) | Self::DependedOn(..) | Self::Db(_) => None,
        }
    }
}

/// When an import is brought in.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// The day at the offices.
    pub today: jiff::civil::Date,
    /// The instant.
    pub now: jiff::Timestamp,
}

/// What an import brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Offices now.
    pub offices: i64,
    /// Units now.
    pub units: i64,
    /// Staff on duty now.
    pub staff: i64,
    /// Basic units now.
    pub basic_units: i64,
    /// Staff who are not on duty any more.
    pub left: i64,
}

/// Brings in the offices of several municipalities inside `tx`. First what they are, then who
/// serves where, since a unit may serve another municipality of the same import, then who works
/// there. What is known by the same code is changed; staff of these municipalities who are no
/// longer named go off duty; units and offices stay, because history refers to them. The offices of
/// other municipalities are not touched. Nothing moves a case: neither a worker nor a unit that
/// somebody's case depends on leaves or comes to another agency by a file (REQ-REF-01). Nothing that
/// was closed or became another comes back because an older file names it (REQ-ORG-10).
///
/// # Errors
/// See [`ImportFault`]; the caller drops `tx` then.
pub async fn bring_sets(
    tx: &mut Tx,
    sets: &[OfficeSet],
    when: When,
) -> Result<Changed, ImportFault> {
    for set in sets {
        takeover::is_free(tx, set, sets).await?;
        takeover::shared(tx, set, sets, when.today).await?;
        takeover::stays_gone(tx, set, when.today).await?;
    }
    for set in sets {
        access::keep(tx, &set.municipality, when.today).await?;
        for unit in &set.units {
            stays_with_its_cases(tx, unit).await?;
        }
        organisation(tx, set, when.today).await?;
    }
    // What moves between two municipalities of the import is cleared before either is written.
    for set in sets {
        clear_geography(tx, set).await?;
    }
    for set in sets {
        geography(tx, set).await?;
    }
    let mut left = 0;
    for set in sets {
        left += staff(tx, set, when).await?;
    }
    let mut row =
        tx.row(&COUNT, &[]).await?.ok_or_else(|| DbError::Other("a count gave nothing".into()))?;
    Ok(Changed {
        offices: row.get(0)?,
        units: row.get(1)?,
        staff: row.get(2)?,
        basic_units: row.get(3)?,
        left,
    })
}

fn until(period: &Period) -> Option<jiff::civil::Date> {
    period.until
}

/// Ends the mandates of a unit that the file no longer tells; one that has not begun is dropped.
async fn end_mandates(tx: &mut Tx, unit: &Unit, today: Date) -> Result<(), DbError> {
    let id = id_of("unit", &unit.code);
    for mut row in tx.rows(&MANDATES_NOW, args![id]).await? {
        let (subject, from): (String, Date) = (row.get(0)?, row.get(1)?);
        let until: Option<Date> = row.get(2)?;
        let told =
            unit.mandates.iter().any(|it| it.subject.as_str() == subject && it.valid.from == from);
        if told || until.is_some_and(|until| until <= today) {
            continue;
        }
        if from < today {
            tx.run(&END_MANDATE, args![id, &subject, from, today]).await?;
        } else {
            tx.run(&DROP_MANDATE, args![id, &subject, from]).await?;
        }
    }
    Ok(())
}

async fn organisation(tx: &mut Tx, set: &OfficeSet, today: Date) -> Result<(), DbError> {
    for p in &set.principals {
        let args = args![id_of("principal", &p.code), &p.code, &p.name, p.kind.as_str()];
        tx.run(&PRINCIPAL, args).await?;
    }
    for a in &set.agencies {
        let principal = id_of("principal", &a.principal);
        let args = args![id_of("agency", &a.code), &a.code, &a.name, a.kind.as_str(), principal];
        tx.run(&AGENCY, args).await?;
    }
    for o in &set.offices {
        let id = id_of("office", &o.code);
        let manager = id_of("staff", &o.manager);
        let args = args![
            id,
            &o.code,
            &o.name,
            &o.address,
            &o.postcode,
            &o.phone,
            manager,
            &set.municipality,
        ];
        let former = serving::manager_of(tx, OfficeId(id)).await?;
        tx.run(&OFFICE, args).await?;
        if former.is_some_and(|former| former.0 != manager) {
            serving::take_questions(tx, OfficeId(id), StaffId(manager)).await?;
        }
        tx.run(&CLEAR_OPENINGS, args![id]).await?;
        for opening in &o.opening {
            let hour = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
            let weekday = i64::from(opening.weekday);
            let args = args![id, weekday, hour(opening.opens), hour(opening.closes)];
            tx.run(&OPENING, args).await?;
        }
    }
    for u in &set.units {
        let id = id_of("unit", &u.code);
        let args = args![
            id,
            &u.code,
            &u.name,
            id_of("agency", &u.agency),
            id_of("office", &u.office),
            u.kind.as_str(),
            u.last_resort.as_ref().map(|code| id_of("staff", code)),
            u.valid.from,
            until(&u.valid),
            u.delivers,
        ];
        tx.run(&UNIT, args).await?;
        end_mandates(tx, u, today).await?;
        for m in &u.mandates {
            let args = args![id, m.subject.as_str(), m.valid.from, until(&m.valid)];
            tx.run(&MANDATE, args).await?;
        }
    }
    Ok(())
}

async fn clear_geography(tx: &mut Tx, set: &OfficeSet) -> Result<(), DbError> {
    for a in &set.agencies {
        let agency = id_of("agency", &a.code);
        tx.run(&CLEAR_BOUNDARIES, args![agency, &set.municipality]).await?;
        tx.run(&CLEAR_DISTRICT_UNITS, args![agency, &set.municipality]).await?;
    }
    Ok(())
}

async fn geography(tx: &mut Tx, set: &OfficeSet) -> Result<(), DbError> {
    for b in &set.basic_units {
        tx.run(&BASIC_UNIT, args![&b.code, &b.name, &b.municipality, b.inhabitants]).await?;
    }
    for d in &set.districts {
        let (id, office) = (id_of("district", &d.code), id_of("office", &d.office));
        tx.run(&DISTRICT, args![id, &d.code, &d.name, office, &set.municipality]).await?;
    }
    for b in &set.boundary_sets {
        let agency = id_of("agency", &b.agency);
        for (basic_unit, district) in &b.assignments {
            let district = id_of("district", district);
            let args = args![agency, basic_unit, b.valid.from, until(&b.valid), district];
            tx.run(&BOUNDARY, args).await?;
        }
        for (district, units) in &b.units {
            for (unit, place) in units.iter().zip(0_i64..) {
                let args = args![
                    agency,
                    id_of("district", district),
                    b.valid.from,
                    until(&b.valid),
                    place,
                    id_of("unit", unit),
                ];
                tx.run(&DISTRICT_UNIT, args).await?;
            }
        }
    }
    Ok(())
}

async fn staff(tx: &mut Tx, set: &OfficeSet, when: When) -> Result<i64, ImportFault> {
    let mut left = 0;
    for mut row in tx.rows(&STAFF_CODES, args![&set.municipality]).await? {
        let code: String = row.get(0)?;
        if set.staff(&code).is_none_or(|s| !s.on_duty) {
            goes_off_duty(tx, &code, when).await?;
            left += 1;
        }
    }
    for s in &set.staff {
        stays_with_cases(tx, s).await?;
        let args = args![
            id_of("staff", &s.code),
            &s.code,
            &s.name,
            &s.email,
            s.subject.clone(),
            id_of("unit", &s.unit),
            s.role.as_str(),
            s.clearance.as_str(),
            s.on_duty,
            marks(s.marks),
        ];
        tx.run(&STAFF, args).await?;
    }
    Ok(left)
}

/// Marks as they are stored: their codes.
fn marks(marks: Groups) -> String {
    let codes: Vec<&str> = marks.iter().map(|mark| mark.as_str()).collect();
    codes.join(" ")
}

/// Who leaves has handed everything over: cases, what they were asked for by name, and the meetings
/// that people come to. As contact person somebody else must be named, which the page says.
async fn goes_off_duty(tx: &mut Tx, code: &str, when: When) -> Result<(), ImportFault> {
    let id = id_of("staff", code);
    for (sql, args) in
        [(&DEPENDED_ON, args![id].to_vec()), (&WAITING_FOR, args![id, when.now].to_vec())]
    {
        if let Some(mut row) = tx.row(SET_UP.opens(sql), &args).await? {
            let things: i64 = row.get(0)?;
            if things > 0 {
                return Err(ImportFault::DependedOn(code.to_owned(), things));
            }
        }
    }
    tx.run(&END_CONTACTS, args![id, when.today]).await?;
    tx.run(&OFF_DUTY, args![code, false]).await?;
    Ok(())
}

/// A unit that carries anything may not come to another agency, or end, by a file: nobody there has
/// said yes, and the walls would stand between a responsible worker and the case.
async fn stays_with_its_cases(tx: &mut Tx, unit: &Unit) -> Result<(), ImportFault> {
    let id = id_of("unit", &unit.code);
    let Some(mut row) = tx.row(&UNIT_NOW, args![id]).await? else { return Ok(()) };
    let (agency, until): (uuid::Uuid, Option<jiff::civil::Date>) = (row.get(0)?, row.get(1)?);
    let ends = unit.valid.until.is_some() && unit.valid.until != until;
    if agency == id_of("agency", &unit.agency) && !ends {
        return Ok(());
    }
    let carried = tx.row(SET_UP.opens(&CARRIED_BY), args![id]).await?;
    let carried: i64 = carried.map(|mut row| row.get(0)).transpose()?.unwrap_or(0);
    if carried > 0 {
        return Err(ImportFault::DependedOn(unit.code.clone(), carried));
    }
    Ok(())
}

/// A worker who carries cases may not be moved to another unit or role by a
/// file: the cases would go along to another agency, and nobody has accepted.
async fn stays_with_cases(tx: &mut Tx, staff: &StaffMember) -> Result<(), ImportFault> {
    let id = id_of("staff", &staff.code);
    let Some(mut row) = tx.row(&PLACE, args![id]).await? else { return Ok(()) };
    let (unit, role): (uuid::Uuid, String) = (row.get(0)?, row.get(1)?);
    if unit == id_of("unit", &staff.unit) && role == staff.role.as_str() {
        return Ok(());
    }
    let depended = tx.row(SET_UP.opens(&DEPENDED_ON), args![id]).await?;
    let cases: i64 = depended.map(|mut row| row.get(0)).transpose()?.unwrap_or(0);
    if cases > 0 {
        return Err(ImportFault::DependedOn(staff.code.clone(), cases));
    }
    Ok(())
}

/// Whether any office is there yet.
///
/// # Errors
/// When the database does not answer.
pub async fn is_empty(link: &mut crate::db::Link) -> Result<bool, DbError> {
    Ok(store::every_office(link).await?.is_empty())
}
