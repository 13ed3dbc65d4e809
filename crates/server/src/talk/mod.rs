//! Talks in private (REQ-INFO-20): which talk needs a closed room, whether it had one, and the
//! report of those that were held where others could hear.

mod pages;
mod store;

pub use pages::routes;
pub use store::STATEMENTS;
