//! The way of a decision to its home district, in the database (REQ-FRONT-02).

use jiff::Timestamp;
use onedoor_domain::ids::{AgencyId, UnitId};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    ROUTE = "insert into route (visit_id, agency_id, subject, unit_id, district_id, away, at)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
    ROUTES = "select a.name, r.subject, u.name, d.name, o.name, r.away from route r
        join agency a on a.id = r.agency_id join unit u on u.id = r.unit_id
        join district d on d.id = r.district_id join office o on o.id = u.office_id
        where r.visit_id = $1";
    BASIC_UNIT_OF = "select basic_unit from person where id = $1";
}

/// A decision's way home.
pub struct NewRoute<'a> {
    /// The agency.
    pub agency: AgencyId,
    /// The subject's code.
    pub subject: &'a str,
    /// The competent unit.
    pub unit: UnitId,
    /// The home district.
    pub district: Uuid,
    /// Whether it lies elsewhere than the visit.
    pub away: bool,
}

/// Keeps the way of a decision to its home district (REQ-FRONT-02).
///
/// # Errors
/// When the database refuses.
pub async fn route(
    tx: &mut Tx,
    permit: &Permit,
    route: &NewRoute<'_>,
    now: Timestamp,
) -> Result<(), Fault> {
    let args = args![
        permit.visit()?,
        route.agency,
        route.subject,
        route.unit,
        route.district,
        route.away,
        now,
    ];
    tx.run(permit.opens(&ROUTE), args).await?;
    Ok(())
}

/// A way as shown: agency, subject, unit, district, office, whether elsewhere.
pub type RouteRow = (String, String, String, String, String, bool);

/// The ways of the permit's visit.
///
/// # Errors
/// When the database does not answer.
pub async fn ways(link: &mut Link, permit: &Permit) -> Result<Vec<RouteRow>, Fault> {
    let rows = link.rows(permit.opens(&ROUTES), args![permit.visit()?]).await?;
    let read = |mut row: Row| -> Result<RouteRow, DbError> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// The basic unit of the permit's person.
///
/// # Errors
/// When the database does not answer.
pub async fn home(link: &mut Link, permit: &Permit) -> Result<Option<String>, Fault> {
    let row = link.row(permit.opens(&BASIC_UNIT_OF), args![permit.the_person()?]).await?;
    Ok(row.map(|mut row| row.get::<Option<String>>(0)).transpose()?.flatten())
}
