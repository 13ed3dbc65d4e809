//! The one catalogue of services that all agencies read, the list of what front staff may decide
//! alone, and what was promised (REQ-FRONT-04, REQ-FRONT-10, REQ-FRONT-21, REQ-MISC-11). Nothing
//! here asks which office or agency the reader is of.

pub mod matters;
mod pages;
pub mod promises;
pub mod store;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(matters::routes())
}
