//! The bodies that govern: members and terms, proposals and decisions, agendas within a remit,
//! and steering goals that pull apart.

mod demo;
mod goals;
mod pages;
mod store;

use crate::web::Routes;

pub use demo::demonstrate;
pub use goals::STATEMENTS as GOAL_STATEMENTS;
pub use store::STATEMENTS;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(goals::routes())
}
