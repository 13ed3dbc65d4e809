//! The set-up of the offices: whose they are, who works there, which unit is
//! competent where. Read from one file, whole or not at all.

pub mod access;
pub mod calendar;
pub mod choosing;
mod difference;
mod hours;
mod import;
mod pages;
mod responsibility;
mod serving;
pub mod store;
mod takeover;

pub use access::STATEMENTS as ACCESS_STATEMENTS;
pub use difference::{
    Difference, DifferenceLine, LeftLine, STATEMENTS as DIFFERENCE_STATEMENTS, Told, snapshot,
};
pub use import::{
    Changed, ImportFault, STATEMENTS as IMPORT_STATEMENTS, When, bring_sets, is_empty,
};
use onedoor_domain::ids::OfficeId;
use onedoor_domain::office::{OfficeSet, Role};
use onedoor_domain::secrecy::Action;
pub(crate) use responsibility::principal_on;
pub use responsibility::{STATEMENTS as RESPONSIBILITY_STATEMENTS, carry_due};
pub use serving::STATEMENTS as SERVING_STATEMENTS;
pub use takeover::STATEMENTS as TAKEOVER_STATEMENTS;

use crate::db::{Link, Tx};
use crate::policy::{Permit, Subject};
use crate::web::{Desk, Fault, Routes};

/// Why statements about persons run here without a permit: see [`GROUNDS`](crate::policy::GROUNDS).
pub(crate) struct SetUp(());

/// Of this module and those in it alone.
static SET_UP: SetUp = SetUp(());

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(hours::routes()).and(responsibility::routes())
}

/// Brings sets in inside `tx` and tells what is different then, and for how many people.
///
/// # Errors
/// See [`ImportFault`]; the caller drops `tx` then.
pub async fn bring_and_tell(
    tx: &mut Tx,
    sets: &[OfficeSet],
    when: When,
) -> Result<(Changed, Difference), ImportFault> {
    let before = snapshot(tx, sets, when.today).await?;
    let apart = difference::times_apart(tx, sets, when.now).await?;
    let left = difference::left_elsewhere(tx, sets).await?;
    let changed = bring_sets(tx, sets, when).await?;
    let after = snapshot(tx, sets, when.today).await?;
    let mut difference = before.until(tx, &after).await?;
    difference.times = (difference::times_apart(tx, sets, when.now).await? - apart).max(0);
    difference.left = left;
    Ok((changed, difference))
}

/// Reads a file, brings it in inside `tx`, and tells what is different then.
///
/// # Errors
/// See [`ImportFault`]; the caller drops `tx` then.
pub async fn bring_in(
    tx: &mut Tx,
    text: &str,
    when: When,
) -> Result<(Changed, Difference), ImportFault> {
    let set = onedoor_domain::office::read(text).map_err(ImportFault::Lines)?;
    bring_and_tell(tx, std::slice::from_ref(&set), when).await
}

/// A permit to keep what an office tells of itself: its joint manager's, and the administrator's
/// for every office.
///
/// # Errors
/// When the actor may not.
pub async fn keeper(desk: &Desk, link: &mut Link, office: OfficeId) -> Result<Permit, Fault> {
    desk.permit(link, Action::EditOffice, subject_of(desk, office)).await
}

/// Whether the actor keeps an office.
///
/// # Errors
/// When the database does not answer.
pub async fn keeps(desk: &Desk, link: &mut Link, office: OfficeId) -> Result<bool, Fault> {
    desk.may(link, Action::EditOffice, subject_of(desk, office)).await
}

fn subject_of(desk: &Desk, office: OfficeId) -> Subject {
    let everywhere = desk.actor().role == Some(Role::Administrator);
    if everywhere { Subject::Duty } else { Subject::Office(office) }
}

/// Puts a change of the organisation into the journal. It concerns nobody who is served.
pub fn note(desk: &Desk, permit: &Permit, what: &str, of: impl std::fmt::Display) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "of": of.to_string() }),
    });
}
