//! What the agencies of a place have agreed, beside what they do: agreements with their versions
//! and clauses, each party's own answer, contact persons, posts set aside, frameworks and local
//! additions (REQ-ORG-04 to 09, 26, 27, 49). Nothing here is about a person who is served.

mod activity;
mod activity_pages;
mod answer_pages;
mod framework;
mod pages;
mod place_pages;
pub(crate) mod places;
pub(crate) mod store;

pub use activity::STATEMENTS as ACTIVITY_STATEMENTS;
pub use framework::STATEMENTS as FRAMEWORK_STATEMENTS;
pub(crate) use framework::{element, framework as write_framework};
pub use places::STATEMENTS as PLACE_STATEMENTS;
pub use store::STATEMENTS;

use crate::db::Link;
use crate::journal::Entry;
use crate::policy::Permit;
use crate::web::{Desk, Fault, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
        .and(place_pages::routes())
        .and(answer_pages::routes())
        .and(activity_pages::routes())
}

/// Notes an act on the organisation in the journal. It concerns nobody who is served.
pub(crate) fn note(desk: &Desk, permit: &Permit, what: &str, id: impl std::fmt::Display) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "id": id.to_string() }),
    });
}

/// Whether the caller keeps the arrangements of a municipality: the administrator those of all,
/// a joint manager those of their own.
pub(crate) async fn keeps(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    municipality: &str,
) -> Result<bool, Fault> {
    use onedoor_domain::office::Role;
    let own = match desk.actor().office {
        Some(office) => places::municipality_of(link, permit, office).await?,
        None => None,
    };
    Ok(match desk.actor().role {
        Some(Role::Administrator) => true,
        Some(Role::JointManager) => own.as_deref() == Some(municipality),
        _ => false,
    })
}
