//! Units and people to choose from, by municipality: a country has more of them than one list holds.

use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;
use uuid::Uuid;

use super::store::{Choice, municipality};
use crate::args;
use crate::db::{DbError, Link, Row};

crate::sql! {
    ALL_UNITS = "select u.id, u.name, o.name from unit u join office o on o.id = u.office_id
        where (u.valid_until is null or u.valid_until > $1) and ($2 = '' or o.municipality = $2)
        order by o.name, u.name limit 2000";
    ALL_STAFF = "select s.id, s.name, u.name from staff s join unit u on u.id = s.unit_id
        join office o on o.id = u.office_id where s.on_duty and o.municipality = $1
        order by s.name limit 2000";
    PLACES = "select distinct municipality from office where ended_on is null
        order by municipality limit 1000";
}

/// The municipality whose units and people are offered to choose from, and the others: the one that
/// was asked for, else that of the reader's own office, else the first. A country has more units than
/// one list holds.
///
/// # Errors
/// When the database does not answer.
pub async fn place_to_choose(
    link: &mut Link,
    asked: &str,
    own: Option<OfficeId>,
) -> Result<(String, Vec<Choice>), DbError> {
    let mut places: Vec<Choice> = Vec::new();
    for mut row in link.rows(&PLACES, &[]).await? {
        let name: String = row.get(0)?;
        places.push(Choice { id: name.clone(), name });
    }
    let there = |name: &str| places.iter().any(|one| one.id == name);
    if there(asked.trim()) {
        return Ok((asked.trim().to_owned(), places));
    }
    let home = match own {
        Some(office) => municipality(link, office).await?.filter(|name| there(name)),
        None => None,
    };
    let first = || places.first().map(|one| one.id.clone()).unwrap_or_default();
    Ok((home.unwrap_or_else(first), places))
}

/// Every unit of a municipality that exists on a day or later, to choose from; of all of them where
/// the municipality is empty.
///
/// # Errors
/// When the database does not answer.
pub async fn all_units(link: &mut Link, on: Date, place: &str) -> Result<Vec<Choice>, DbError> {
    named(link.rows(&ALL_UNITS, args![on, place]).await?)
}

/// Everybody on duty in a municipality, to choose from.
///
/// # Errors
/// When the database does not answer.
pub async fn all_staff(link: &mut Link, place: &str) -> Result<Vec<Choice>, DbError> {
    named(link.rows(&ALL_STAFF, args![place]).await?)
}

/// Something and where it belongs.
fn named(rows: Vec<Row>) -> Result<Vec<Choice>, DbError> {
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            let (name, of): (String, String) = (row.get(1)?, row.get(2)?);
            Ok(Choice { id: id.to_string(), name: format!("{name}, {of}") })
        })
        .collect()
}
