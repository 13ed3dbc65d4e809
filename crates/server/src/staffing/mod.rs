//! Who works where under the joint manager, and standing teams (REQ-ORG-11, REQ-ORG-12,
//! REQ-ORG-23, REQ-ORG-46). Sharing out work moves nobody to another employer and gives nobody a
//! mandate: both hang on the unit that somebody is employed in, which nothing here touches.

mod pages;
mod store;
mod team_pages;
pub(crate) mod teams;

pub use store::STATEMENTS;
pub use teams::STATEMENTS as TEAM_STATEMENTS;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(team_pages::routes())
}
