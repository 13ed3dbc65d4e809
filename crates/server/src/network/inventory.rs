//! What each building offers: the lines of the inventory, dated.

use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, UnitId};
use onedoor_domain::network::{Offer, Reach, Service};
use onedoor_domain::office::Period;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::agreed::{self, offered_on};
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    LINES = "select i.id, i.service, i.unit_id, u.name, u.kind, u.delivers, i.decided_by,
            coalesce(d.name, ''), i.inside, i.partner, i.address, i.route, i.terms, i.agreement_id,
            i.valid_from, i.valid_until
        from inventory_line i join unit u on u.id = i.unit_id left join unit d on d.id = i.decided_by
        where i.office_id = $1 and (i.valid_until is null or i.valid_until > $2)
        order by i.service, u.name limit 300";
    LINE = "select service, unit_id, decided_by, inside, partner, address, route, terms, agreement_id,
            valid_from
        from inventory_line where id = $1 and office_id = $2
            and (valid_until is null or valid_until > $3)";
    ADD = "insert into inventory_line (id, office_id, service, unit_id, decided_by, inside, partner,
            address, route, terms, agreement_id, valid_from, valid_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    // A line that would end before it began was never there.
    END = "update inventory_line set valid_until = $3
        where id = $1 and office_id = $2 and valid_from < $3
            and (valid_until is null or valid_until > $3)";
    DROP_UNBEGUN = "delete from inventory_line where id = $1 and office_id = $2 and valid_from >= $3";
    SAME = "select 1 from inventory_line where office_id = $1 and service = $2 and unit_id = $3
        and (valid_until is null or valid_until > $4) and ($5 = '' or valid_from < $5)
        and (agreement_id is null or agreement_id = $6) limit 1";
    OFFERED = concat!("select i.unit_id, o.municipality, i.service
        from inventory_line i join office o on o.id = i.office_id
        where ", offered_on!("$1"));
    OFFERED_BESIDE = concat!("select distinct v.unit_id, v.municipality, i.service, v.remote
        from visiting_hours v join office o on o.id = v.office_id
            and (o.ended_on is null or o.ended_on > $1)
        join inventory_line i on i.unit_id = v.unit_id
        where v.valid_from <= $1 and (v.valid_until is null or v.valid_until > $1)
            and ", offered_on!("$1"));
    DECIDED_BY = concat!("select i.unit_id, i.decided_by, i.address, i.route from inventory_line i
        where i.office_id = $1 and i.service = $2 and ", offered_on!("$3"), "
        order by case when i.decided_by is null then 1 else 0 end, i.valid_from limit 1");
    // What lies open about a service at the units of an office: nothing of it may be lost when
    // the service goes outside.
    OPEN_TASKS = "select count(*) from unit u join unit_task t on t.unit_id = u.id
        and t.state <> 'done' where u.office_id = $1 and t.service = $2";
}

/// A line of an office's inventory.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InventoryLine {
    /// Its identifier.
    pub id: String,
    /// The service's code.
    pub service: String,
    /// The unit that offers it.
    pub unit: String,
    /// Whether that unit works in the reception.
    pub in_front: bool,
    /// Whether it only carries out what others decided.
    pub delivers: bool,
    /// The unit that decides, where that is another one.
    pub decided_by: String,
    /// Inside the joint operation.
    pub inside: bool,
    /// With whom, when outside.
    pub partner: String,
    /// Where, when not in the building.
    pub address: String,
    /// How people get there.
    pub route: String,
    /// What must be fulfilled or brought.
    pub terms: String,
    /// The agreement it stands on; empty where it needs none.
    pub agreement: String,
    /// The agreement's title.
    pub agreement_title: String,
    /// First day.
    pub from: String,
    /// First day it no longer holds.
    pub until: Option<String>,
    /// The unit's identifier.
    #[serde(skip)]
    pub unit_id: Uuid,
}

/// The lines of an office that hold on a day or later. One that stands on an agreement has the days
/// on which the version in force has it in its remit, and no others (REQ-ORG-26).
///
/// # Errors
/// When the database does not answer.
pub async fn lines(
    link: &mut Link,
    office: OfficeId,
    on: Date,
) -> Result<Vec<InventoryLine>, DbError> {
    let agreed = agreed::at(link, office).await?;
    let mut lines = Vec::new();
    for mut row in link.rows(&LINES, args![office, on]).await? {
        let (id, service, kind): (Uuid, String, String) = (row.get(0)?, row.get(1)?, row.get(4)?);
        let agreement: Option<Uuid> = row.get(13)?;
        let own = Period { from: row.get(14)?, until: row.get(15)? };
        let days = match agreement {
            None => Some(own),
            Some(agreement) => agreed.bounded((agreement, &service), own, on),
        };
        let Some(days) = days else { continue };
        lines.push(InventoryLine {
            id: id.to_string(),
            service,
            unit_id: row.get(2)?,
            unit: row.get(3)?,
            in_front: kind == "front_office",
            delivers: row.get(5)?,
            decided_by: row.get(7)?,
            inside: row.get(8)?,
            partner: row.get(9)?,
            address: row.get(10)?,
            route: row.get(11)?,
            terms: row.get(12)?,
            agreement: agreement.map(|it| it.to_string()).unwrap_or_default(),
            agreement_title: agreement.map(|it| agreed.title(it)).unwrap_or_default(),
            from: days.from.to_string(),
            until: days.until.map(|it| it.to_string()),
        });
    }
    Ok(lines)
}

/// A line to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewLine {
    pub(super) service: Service,
    pub(super) unit: UnitId,
    pub(super) decided_by: Option<UnitId>,
    pub(super) inside: bool,
    pub(super) partner: String,
    pub(super) address: String,
    pub(super) route: String,
    pub(super) terms: String,
    pub(super) agreement: Option<Uuid>,
    pub(super) from: Date,
    pub(super) until: Option<Date>,
}

/// Keeps a line.
///
/// # Errors
/// A conflict when the unit offers the service there already at the time.
pub(super) async fn add(tx: &mut Tx, office: OfficeId, new: &NewLine) -> Result<Uuid, Fault> {
    let end = new.until.map(|it| it.to_string()).unwrap_or_default();
    let there = args![office, new.service.as_str(), new.unit, new.from, end, new.agreement];
    if tx.row(&SAME, there).await?.is_some() {
        return Err(Fault::conflict("inventory-there"));
    }
    let id = crate::app::new_id();
    let args = args![
        id,
        office,
        new.service.as_str(),
        new.unit,
        new.decided_by,
        new.inside,
        &new.partner,
        &new.address,
        &new.route,
        &new.terms,
        new.agreement,
        new.from,
        new.until,
    ];
    tx.run_one(&ADD, args).await?;
    Ok(id)
}

/// A line that holds on a day or later.
pub(super) async fn line(
    link: &mut Link,
    (office, id): (OfficeId, Uuid),
    on: Date,
) -> Result<NewLine, Fault> {
    let mut row = link.row(&LINE, args![id, office, on]).await?.ok_or(Fault::Hidden)?;
    let service: String = row.get(0)?;
    let from: String = row.get(9)?;
    Ok(NewLine {
        service: Service::parse(&service).ok_or(Fault::Hidden)?,
        unit: row.get(1)?,
        decided_by: row.get(2)?,
        inside: row.get(3)?,
        partner: row.get(4)?,
        address: row.get(5)?,
        route: row.get(6)?,
        terms: row.get(7)?,
        agreement: row.get(8)?,
        from: from.parse().map_err(|_| Fault::Defect(format!("an inventory day: {from}")))?,
        until: None,
    })
}

/// Ends a line on a day; one that had not begun is taken away.
///
/// # Errors
/// Hidden when it is not there, or has ended already.
pub(super) async fn end(
    tx: &mut Tx,
    (office, id): (OfficeId, Uuid),
    on: Date,
) -> Result<(), Fault> {
    if tx.run(&DROP_UNBEGUN, args![id, office, on]).await? == 1 {
        return Ok(());
    }
    if tx.run(&END, args![id, office, on]).await? != 1 {
        return Err(Fault::Hidden);
    }
    Ok(())
}

/// Everything that is offered on a day, in offices and by visiting hours (REQ-ORG-16).
///
/// # Errors
/// When the database does not answer.
pub async fn offered(link: &mut Link, on: Date) -> Result<Vec<Offer>, DbError> {
    let mut offers = Vec::new();
    for mut row in link.rows(&OFFERED, args![on]).await? {
        let (unit, municipality, service): (Uuid, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        if let Some(service) = Service::parse(&service) {
            let unit = unit.to_string();
            offers.push(Offer { unit, municipality, service, reach: Reach::Here });
        }
    }
    for mut row in link.rows(&OFFERED_BESIDE, args![on]).await? {
        let (unit, municipality, service): (Uuid, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let remote: bool = row.get(3)?;
        if let Some(service) = Service::parse(&service) {
            let reach = if remote { Reach::Remote } else { Reach::Visiting };
            offers.push(Offer { unit: unit.to_string(), municipality, service, reach });
        }
    }
    Ok(offers)
}

/// Where an application goes that was guided in a building.
#[derive(Clone, Debug)]
pub struct Forwarded {
    /// The unit that offers the service in the building.
    pub unit: UnitId,
    /// The unit that decides, where that is another one.
    pub decided_by: Option<UnitId>,
    /// Where it is given, when not in the building.
    pub address: String,
    /// How people get there.
    pub route: String,
}

/// Who offers a service in an office on a day, and who decides it (REQ-ORG-18).
///
/// # Errors
/// When the database does not answer.
pub async fn decided_by(
    link: &mut Link,
    office: OfficeId,
    service: Service,
    on: Date,
) -> Result<Option<Forwarded>, DbError> {
    let row = link.row(&DECIDED_BY, args![office, service.as_str(), on]).await?;
    row.map(|mut row| {
        Ok(Forwarded {
            unit: row.get(0)?,
            decided_by: row.get(1)?,
            address: row.get(2)?,
            route: row.get(3)?,
        })
    })
    .transpose()
}

/// How many tasks of a service lie open at the units of an office (REQ-ORG-34).
pub(super) async fn open_tasks(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    service: &str,
) -> Result<i64, DbError> {
    let row = link.row(permit.opens(&OPEN_TASKS), args![office, service]).await?;
    row.map(|mut row| row.get(0)).transpose().map(Option::unwrap_or_default)
}
