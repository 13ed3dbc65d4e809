//! Booked times: on the net, by telephone, at the desk, and at the other agency while the person
//! sits there; and what became of every one (REQ-FRONT-20, REQ-FRONT-24, REQ-REF-15).

pub mod mine;
mod other;
mod pages;
mod round;
pub mod store;
pub mod telling;

use crate::web::Routes;

pub use round::round;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(other::routes())
}
