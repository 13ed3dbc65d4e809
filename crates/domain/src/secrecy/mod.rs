//! Who may do what, and on what ground something may be seen.
//!
//! Until the issue about the walls this is one rule, closed by default: staff
//! see the data of their own agency and of the cases that they take part in,
//! and at a reception the visits of that reception. Address protection hides a
//! person before anything else is asked.

pub mod limit;
mod policy;
pub mod unusual;

#[cfg(test)]
mod tests;

pub use policy::{Action, Decision, Denial, Facts, Ground, Relation, decide, paths};
