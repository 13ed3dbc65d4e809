//! The walls around what is known about a person: which policy pack holds, what
//! stands between a worker and a person, and the judgement on each kind of
//! information that would cross from one agency to another.

mod book;

pub use book::{BookFault, Chosen, NewChoice, Walls, Written, choose, digest, load, text};

use crate::db::Sql;

/// Every statement of the walls.
#[must_use]
pub fn statements() -> Vec<&'static Sql> {
    book::STATEMENTS.to_vec()
}
