//! What one unit has to do for another of its agency: decide an application that was guided
//! elsewhere, or carry out what was decided.

mod pages;
mod store;

pub use pages::routes;
pub use store::STATEMENTS;
