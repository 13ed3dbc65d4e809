//! Erasing a person: what stands in the way, and taking out everything that is
//! not kept by law. The journal keeps identifiers only.

use onedoor_domain::keeping::Finding;
use uuid::Uuid;

use super::store;
use crate::db::{DbError, Link, Tx};

/// What stands in the way today.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn findings(
    link: &mut Link,
    person: Uuid,
    today: jiff::civil::Date,
) -> Result<Vec<Finding>, DbError> {
    let all = [Finding::Hold, Finding::OpenCase, Finding::OpenVisit, Finding::Archive];
    let there = store::in_the_way(link, person, today).await?;
    Ok(all.into_iter().zip(there).filter_map(|(finding, is)| is.then_some(finding)).collect())
}

/// Erases a person and the records joined to theirs; returns those records.
///
/// # Errors
/// When the database refuses; the transaction must then end.
pub(super) async fn erase(tx: &mut Tx, person: Uuid) -> Result<Vec<Uuid>, DbError> {
    let records = store::records(tx, person).await?;
    for record in &records {
        store::empty(tx, *record).await?;
    }
    Ok(records)
}
