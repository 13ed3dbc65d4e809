//! Bringing a file of arrangements in: all of it or nothing, and told beforehand exactly what
//! changes and for how many people.

mod bring;
mod change;
mod demo;
mod pages;
mod settle;

pub use bring::STATEMENTS;
pub use change::{Change, ImportFault};
pub use demo::demonstrate;
pub use pages::routes;
pub use settle::STATEMENTS as SETTLE_STATEMENTS;
