//! Figures about the reception and the cases of an office. Each opens to its
//! definition and to the rows it is counted from, and says what it is missing.

pub mod behind;
pub mod coming;
pub mod guard;
pub mod kept;
pub mod offer;
mod pages;
mod period;
pub mod process;
pub mod reach;
mod sets;
mod store;
mod telling;

use crate::web::Routes;

pub use store::STATEMENTS;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
        .and(coming::routes())
        .and(kept::routes())
        .and(reach::routes())
        .and(guard::routes())
        .and(process::routes())
        .and(offer::routes())
}
