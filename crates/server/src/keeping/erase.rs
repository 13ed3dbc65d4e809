//! Erasing a person: what stands in the way, and taking out everything that is
//! not kept by law. The key is destroyed with it, so that no backup opens either;
//! the journal keeps identifiers only.

use onedoor_domain::ids::PersonId;
use onedoor_domain::keeping::Finding;
use uuid::Uuid;

use super::emptying;
use crate::db::{DbError, Link, Tx};
use crate::keys::{Renewed, Vault};
use crate::policy::Permit;

/// What stands in the way today.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn findings(
    link: &mut Link,
    permit: &Permit,
    person: Uuid,
    today: jiff::civil::Date,
) -> Result<Vec<Finding>, DbError> {
    let all =
        [Finding::Joined, Finding::Hold, Finding::OpenCase, Finding::OpenVisit, Finding::Archive];
    let there = emptying::in_the_way(link, permit, person, today).await?;
    Ok(all.into_iter().zip(there).filter_map(|(finding, is)| is.then_some(finding)).collect())
}

/// Erases a person and the records joined to theirs; returns those records, and
/// what the caller finishes after the commit: until then the old secrets of the
/// keyring are there, and a backup opens (REQ-INFO-16).
///
/// # Errors
/// [`DbError::Reference`] when somebody was registered meanwhile, and
/// [`DbError::Busy`] when another process changes the keys: both may be tried
/// again. The transaction must end on any error.
pub(super) async fn erase(
    tx: &mut Tx,
    permit: &Permit,
    vault: &Vault,
    person: Uuid,
) -> Result<(Vec<Uuid>, Renewed), DbError> {
    let records = emptying::records(tx, permit, person).await?;
    let persons: Vec<PersonId> = records.iter().copied().map(PersonId).collect();
    // First, while the visits still say whose keys theirs are.
    let renewed = vault.destroy_all(tx, permit, &persons).await?;
    for record in &records {
        emptying::empty(tx, permit, *record).await?;
    }
    Ok((records, renewed))
}
