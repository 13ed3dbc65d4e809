//! Persons: found before they are made, recognised across agencies without
//! telling what another agency knows.

pub mod finding;
pub mod history;
mod naming;
mod pages;
mod reach;
pub mod store;
pub mod together;

pub use finding::PersonLine;
pub use naming::who;
pub use pages::routes;
pub(crate) use pages::{read_number, stale};
pub use reach::{by_number, search};
pub use store::Identity;
