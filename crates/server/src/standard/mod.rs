//! What all receptions share and what single ones have of their own, what they promise everybody,
//! and what visitors say on the way out (REQ-FRONT-17, REQ-FRONT-18, REQ-FRONT-19, REQ-FRONT-30,
//! REQ-MISC-13, REQ-MISC-17). How well it is kept is `figure`.

pub mod improve;
pub mod limits;
pub mod recipients;
pub mod set_up;
pub mod way_out;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    set_up::routes()
        .and(limits::routes())
        .and(way_out::routes())
        .and(improve::routes())
        .and(recipients::routes())
}
