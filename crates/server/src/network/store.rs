//! Municipalities, efforts and types of office in the database. Nothing here is about a person.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::network::{Aim, Element, Municipality, OfficeKind, Service, missing_elements};

use super::agreed::offered_on;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    REGISTER = "select m.number, m.name, m.county, m.entry_year, e.code, e.name, m.grouping_note,
            m.number_later, m.verified, m.employment_district, m.inhabitants
        from municipality m join effort e on e.id = m.effort_id order by m.number limit 2000";
    OFFICES_IN = "select id, name, address from office where municipality = $1
        and ended_on is null order by name limit 200";
    OFFICE_PLACES = "select id, name, municipality from office where ended_on is null
        order by name limit 2000";
    KINDS = "select k.office_id, k.kind, k.aim from office_kind k
        where k.valid_from <= $1 and not exists (select 1 from office_kind n
            where n.office_id = k.office_id and n.valid_from > k.valid_from
                and n.valid_from <= $1)";
    KIND_OF = "select kind, aim, valid_from from office_kind where office_id = $1
        order by valid_from desc limit 20";
    SET_KIND = "insert into office_kind (office_id, valid_from, kind, aim) values ($1, $2, $3, $4)
        on conflict (office_id, valid_from) do update set kind = excluded.kind,
            aim = excluded.aim";
    SERVICES = concat!("select i.office_id, i.service from inventory_line i
        where i.inside and ", offered_on!("$1"));
}

/// The municipalities that take part (REQ-ORG-29, REQ-ORG-30).
///
/// # Errors
/// When the database does not answer.
pub async fn register(link: &mut Link) -> Result<Vec<Municipality>, DbError> {
    let rows = link.rows(&REGISTER, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Municipality {
                number: row.get(0)?,
                name: row.get(1)?,
                county: row.get(2)?,
                entry_year: i16::try_from(row.get::<i64>(3)?).unwrap_or_default(),
                effort: row.get(4)?,
                effort_name: row.get(5)?,
                grouping: row.get(6)?,
                number_later: row.get(7)?,
                verified: row.get(8)?,
                district: row.get(9)?,
                inhabitants: row.get(10)?,
            })
        })
        .collect()
}

/// An office and the municipality it lies in.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) id: OfficeId,
    pub(super) name: String,
    pub(super) municipality: String,
}

/// Every office that there is, with its municipality: one that was closed is not among them.
pub(super) async fn placed(link: &mut Link) -> Result<Vec<Placed>, DbError> {
    let rows = link.rows(&OFFICE_PLACES, &[]).await?;
    rows.into_iter()
        .map(|mut row| Ok(Placed { id: row.get(0)?, name: row.get(1)?, municipality: row.get(2)? }))
        .collect()
}

/// The offices that there are in a municipality: identifier, name, address.
pub(super) async fn offices_in(
    link: &mut Link,
    number: &str,
) -> Result<Vec<(OfficeId, String, String)>, DbError> {
    let rows = link.rows(&OFFICES_IN, args![number]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// The type and main aim of each office on a day. One that nobody has typed is a joint office.
pub(super) async fn kinds(
    link: &mut Link,
    on: Date,
) -> Result<BTreeMap<OfficeId, (OfficeKind, Aim)>, DbError> {
    let mut kinds = BTreeMap::new();
    for mut row in link.rows(&KINDS, args![on]).await? {
        let (office, kind, aim): (OfficeId, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        kinds.insert(office, typed(&kind, &aim));
    }
    Ok(kinds)
}

fn typed(kind: &str, aim: &str) -> (OfficeKind, Aim) {
    let kind = OfficeKind::parse(kind).unwrap_or(OfficeKind::Joint);
    (kind, Aim::parse(aim).unwrap_or(kind.usual_aim()))
}

/// The types that an office has had, the latest first: kind, aim, since when.
pub(super) async fn kinds_of(
    link: &mut Link,
    office: OfficeId,
) -> Result<Vec<(OfficeKind, Aim, String)>, DbError> {
    let rows = link.rows(&KIND_OF, args![office]).await?;
    rows.into_iter()
        .map(|mut row| {
            let (kind, aim): (String, String) = (row.get(0)?, row.get(1)?);
            let (kind, aim) = typed(&kind, &aim);
            Ok((kind, aim, row.get(2)?))
        })
        .collect()
}

/// Gives an office a type from a day on.
pub(super) async fn set_kind(
    tx: &mut Tx,
    _: &Permit,
    office: OfficeId,
    (kind, aim): (OfficeKind, Aim),
    from: Date,
) -> Result<(), Fault> {
    tx.run(&SET_KIND, args![office, from, kind.as_str(), aim.as_str()]).await?;
    Ok(())
}

/// The services that are inside the joint operation of each office on a day.
pub(super) async fn services(
    link: &mut Link,
    on: Date,
) -> Result<BTreeMap<OfficeId, BTreeSet<Service>>, DbError> {
    let mut services: BTreeMap<OfficeId, BTreeSet<Service>> = BTreeMap::new();
    for mut row in link.rows(&SERVICES, args![on]).await? {
        let (office, service): (OfficeId, String) = (row.get(0)?, row.get(1)?);
        if let Some(service) = Service::parse(&service) {
            services.entry(office).or_default().insert(service);
        }
    }
    Ok(services)
}

/// The elements of the minimum that each office lacks on a day (REQ-ORG-25): every office is
/// there, also one that offers nothing yet.
///
/// # Errors
/// When the database does not answer.
pub async fn missing_by_office(
    link: &mut Link,
    on: Date,
) -> Result<BTreeMap<OfficeId, Vec<Element>>, DbError> {
    let services = services(link, on).await?;
    let none = BTreeSet::new();
    let offices = placed(link).await?;
    Ok(offices
        .into_iter()
        .map(|it| (it.id, missing_elements(services.get(&it.id).unwrap_or(&none))))
        .collect())
}
