//! The journal: who did or saw what, about whom, on what ground, when.
//!
//! Rows are chained by a keyed hash, lane by lane, and written before the
//! answer leaves: in the transaction of a change, or in one of their own for a
//! read. REQ-INFO-19.

pub mod cef;
mod chain;
pub mod checkpoint;
mod cut;
pub mod daily;
pub mod export;
pub mod pages;
pub mod siem;
mod store;
mod verify;
pub mod watch;
mod watch_pages;

pub use chain::{Entry, Journal, SubjectKind, purpose};
pub use cut::cut;
pub use store::STATEMENTS;
pub use verify::{Broken, Report};

/// Why statements about persons run here without a permit: see [`GROUNDS`](crate::policy::GROUNDS).
pub(crate) struct Witness(());

/// Of this module and those in it alone.
static WITNESS: Witness = Witness(());
