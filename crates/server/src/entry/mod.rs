//! Coming in, and what is thought of first: contacts of nobody, questions between colleagues, hours
//! in other agencies' receptions, the whole situation taken in once, what was offered and promised,
//! whether the clarification is whole, and work as a focus that shuts nobody out.

pub mod clarify;
pub mod consult;
pub mod contacts;
pub mod escalate;
pub mod serving;
pub mod situation;
pub mod visiting;
pub mod work;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    contacts::routes()
        .and(consult::routes())
        .and(visiting::routes())
        .and(situation::routes())
        .and(serving::routes())
        .and(clarify::routes())
        .and(escalate::routes())
        .and(work::routes())
}
