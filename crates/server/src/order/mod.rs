//! Hand-overs in bulk, and offices that close or merge (REQ-ORG-10, REQ-REF-01). An order asks for
//! everything that somebody carries; each case moves when its receiver says yes, and stays where it
//! is until then. Whatever the one who orders may not see is asked over too, and not shown.

mod closing;
mod closing_pages;
mod pages;
mod store;
mod telling;
mod work;

pub use closing::STATEMENTS as CLOSING_STATEMENTS;
pub use store::STATEMENTS;
pub use telling::STATEMENTS as TELLING_STATEMENTS;
pub use work::round;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(closing_pages::routes())
}
