//! Persons: found before they are made, recognised across agencies without
//! telling what another agency knows.

mod pages;
pub mod store;

pub use pages::routes;
pub(crate) use pages::{read_number, stale};
pub use store::{Identity, PersonLine};
