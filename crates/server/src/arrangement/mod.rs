//! Bringing a file of arrangements in: all of it or nothing, and told beforehand exactly what
//! changes and for how many people.

mod bring;
mod pages;

pub use bring::{Change, ImportFault, STATEMENTS, demonstrate};
pub use pages::routes;
