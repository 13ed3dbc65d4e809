//! Following people up: who leads which area, how often they are met, who is taken in, tasks to
//! reach somebody, and what one worker can carry (REQ-FOLL-01, 02, 03, 11, 12, 13, 14, REQ-MEET-07,
//! REQ-MEET-08).

pub mod demo;
mod lead_pages;
mod list_pages;
mod lists;
mod pages;
mod set_up_pages;
mod store;

pub use lists::STATEMENTS as LIST_STATEMENTS;
pub use store::STATEMENTS;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(lead_pages::routes()).and(list_pages::routes()).and(set_up_pages::routes())
}
