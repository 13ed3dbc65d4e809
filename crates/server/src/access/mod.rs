//! Single access over soft overlays, the ties that bar a worker from a person, and family ties
//! between persons, which bar the worker who is one of them.

mod kin;
mod pages;
pub mod store;
mod ties;

pub use kin::STATEMENTS as KIN_STATEMENTS;
pub use pages::routes;
