//! Naming another person in a form: by number, or by the identifier of somebody found.

use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::Action;

use super::finding;
use crate::db::Link;
use crate::policy::{Permit, Subject};
use crate::web::{Desk, Fault};

/// The person whom a worker names, if the worker may read them: the permit to do so. Who may
/// not be known and who is not there look alike.
///
/// # Errors
/// When the database does not answer.
pub async fn who(desk: &Desk, link: &mut Link, typed: &str) -> Result<Option<Permit>, Fault> {
    let typed = typed.trim();
    let found = match typed.parse::<PersonId>() {
        Ok(id) => Some(id),
        Err(_) => match super::read_number(desk.app(), typed, desk.today()) {
            Ok(number) => {
                let seeker = desk.permit(link, Action::SearchPerson, Subject::Duty).await?;
                finding::with_number(link, &seeker, &number).await?
            }
            Err(_) => None,
        },
    };
    match found {
        Some(id) => desk.permit_quietly(link, Action::ReadPerson, Subject::Person(id)).await,
        None => Ok(None),
    }
}
