//! Leases that block or open a way to move together, shared rooms, and the area that it saves.

mod demo;
mod leases;
mod pages;
mod rooms;

use crate::web::Routes;

pub use demo::demonstrate;
pub use leases::STATEMENTS as LEASE_STATEMENTS;
pub use rooms::STATEMENTS as ROOM_STATEMENTS;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
}
