//! The walls around what is known about a person: which policy pack holds, what
//! stands between a worker and a person, and the judgement on each kind of
//! information that would cross from one agency to another.

pub mod book;
pub mod counter;
pub mod standing;

pub use book::{BookFault, Chosen, NewChoice, Walls, Written, choose, digest, load, text};
pub(crate) use counter::told_here;
pub use counter::{Counter, NAMED, bit};
pub use standing::{
    Giver, Held, Standing, Telling, consents, giver_of, givers, journal_ground, lying_over,
    single_access, telling,
};

use crate::db::Sql;

/// Every statement of the walls.
#[must_use]
pub fn statements() -> Vec<&'static Sql> {
    [book::STATEMENTS, standing::STATEMENTS].concat()
}
