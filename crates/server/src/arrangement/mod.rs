//! Bringing a file of arrangements in: all of it or nothing, and told beforehand exactly what
//! changes and for how many people.

mod bring;
mod change;
mod demo;
mod pages;

pub use bring::STATEMENTS;
pub use change::{Change, ImportFault};
pub use demo::demonstrate;
pub use pages::routes;
