//! Persons: found before they are made, recognised across agencies without
//! telling what another agency knows.

pub mod finding;
pub mod history;
mod naming;
mod pages;
pub mod store;

pub use finding::PersonLine;
pub use naming::who;
pub use pages::routes;
pub(crate) use pages::{read_number, stale};
pub use store::Identity;
