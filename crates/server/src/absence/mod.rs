//! Days on which somebody of the staff is not there, who steps in, and who knows what
//! (REQ-ORG-10, REQ-KNOW-17). An absence moves nothing: a case's deputy has the same access all
//! the time, and from the first day sees the case among their own. Why somebody is away is not
//! kept.

mod directory;
mod directory_pages;
mod pages;
pub(crate) mod store;

pub use directory::STATEMENTS as DIRECTORY_STATEMENTS;
pub(crate) use directory::{Competence, know};
pub use store::STATEMENTS;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(directory_pages::routes())
}
