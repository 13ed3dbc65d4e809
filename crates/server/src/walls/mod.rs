//! The walls around what is known about a person: which policy pack holds, what
//! stands between a worker and a person, and the judgement on each kind of
//! information that would cross from one agency to another.

pub mod acting;
mod bars;
pub mod book;
pub mod counter;
pub mod crossing;
pub mod proposal;
pub mod standing;
pub mod telling;

pub use acting::{Acting, acting, lacks};
pub(crate) use bars::{in_counts, unbarred, unbarred_row};
pub use book::{BookFault, Chosen, NewChoice, Taken, Walls, Written, choose, digest, load, text};
pub use counter::{Counter, NAMED, bit};
pub(crate) use counter::{open_to, still_theirs, told_here};
pub use crossing::{
    Crossed, Crossing, Disclosure, Passage, Passed, crossed, keep_still, taken_over,
};
pub use proposal::{Beyond, Proposal, beyond};
pub(crate) use standing::single_access;
pub use standing::{
    Giver, Held, SMALLEST, Standing, consents, giver_of, givers, lying_over, set_count,
    smallest_count,
};
pub use telling::{Telling, journal_ground, telling};

use crate::db::Listed;

/// Every statement of the walls.
#[must_use]
pub fn statements() -> Vec<Listed> {
    [book::STATEMENTS, proposal::STATEMENTS, standing::STATEMENTS].concat()
}
