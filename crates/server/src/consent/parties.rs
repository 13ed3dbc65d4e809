//! Who may be party to a consent: the agencies and measure providers of the city where the
//! person is at home, or where the worker sits (REQ-INFO-02).

use onedoor_domain::ids::OfficeId;

use super::acts::{Act, Hand};
use super::providers as known;
use super::store;
use crate::db::Link;
use crate::office::store::Choice;
use crate::policy::Permit;
use crate::web::Fault;

/// The offices around which agencies and providers may be named: the worker's own, or those
/// where the person is at home.
async fn offices(act: &Act<'_>, link: &mut Link, permit: &Permit) -> Result<Vec<OfficeId>, Fault> {
    match (act.hand, act.office()) {
        (Hand::Worker(_), Some(office)) => Ok(vec![office]),
        _ => known::offices_of(link, permit).await,
    }
}

fn push_new(all: &mut Vec<Choice>, more: Vec<Choice>) {
    for one in more {
        if !all.iter().any(|there| there.id == one.id) {
            all.push(one);
        }
    }
}

/// The agencies that a consent of the permit's person may name: those of the city around the
/// worker's office, or around the offices where the person is at home.
///
/// # Errors
/// When the database does not answer.
pub async fn agencies(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<Choice>, Fault> {
    let mut all = Vec::new();
    for office in offices(act, link, permit).await? {
        push_new(&mut all, store::agencies(link, Some(office)).await?);
    }
    Ok(all)
}

/// The measure providers that it may name as receivers.
///
/// # Errors
/// When the database does not answer.
pub async fn providers(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<Choice>, Fault> {
    let mut all = Vec::new();
    for office in offices(act, link, permit).await? {
        push_new(&mut all, known::near(link, Some(office), act.today()).await?);
    }
    Ok(all)
}
