//! Single access over soft overlays, and the ties that bar a worker from a person.

mod pages;
pub mod store;
mod ties;

pub use pages::routes;
