//! Searching as far as the walls let it: a part in a case that another agency carries leads to the
//! person only as long as the fact of the case may cross (REQ-INFO-01, REQ-INFO-03).

use onedoor_domain::person::{IdentityNumber, NameQuery};
use onedoor_domain::secrecy::Action;

use super::finding::{self, After, Found, Hit};
use crate::db::Link;
use crate::policy::{Permit, Subject};
use crate::web::{Desk, Fault};

/// Searches by name.
///
/// # Errors
/// When the database does not answer.
pub async fn search(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    query: &NameQuery,
    after: Option<After>,
) -> Result<Found, Fault> {
    let first_page = after.is_none();
    let found = finding::search(link, permit, desk.actor(), query, after, desk.today()).await?;
    let hits = reached(desk, link, found.hits).await?;
    // Whoever is behind a wall is not there for the near names either (REQ-INFO-08).
    if hits.is_empty() && first_page && !found.near {
        let hits = finding::near(link, permit, desk.actor(), query, desk.today()).await?;
        return Ok(Found { hits, next: None, near: true });
    }
    Ok(Found { hits, ..found })
}

/// Searches by number.
///
/// # Errors
/// When the database does not answer.
pub async fn by_number(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    number: &IdentityNumber,
) -> Result<Vec<Hit>, Fault> {
    let hits = finding::by_number(link, permit, desk.actor(), number, desk.today()).await?;
    reached(desk, link, hits).await
}

async fn reached(desk: &Desk, link: &mut Link, hits: Vec<Hit>) -> Result<Vec<Hit>, Fault> {
    let mut reached = Vec::with_capacity(hits.len());
    for hit in hits {
        let subject = Subject::Person(hit.id);
        if !hit.is_through_case() || desk.may(link, Action::ReadPerson, subject).await? {
            reached.push(hit);
        }
    }
    Ok(reached)
}
