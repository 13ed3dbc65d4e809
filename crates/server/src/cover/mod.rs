//! Whom the work of an office depends on (REQ-ORG-10): take anybody away and see what stops, and
//! who loses their worker tomorrow. Counts are of everybody; names only of those whom the reader
//! may see.

mod deputies;
mod lists;
mod pages;
mod store;

pub use deputies::STATEMENTS as DEPUTY_STATEMENTS;
pub use lists::STATEMENTS as LIST_STATEMENTS;
pub use pages::routes;
pub use store::STATEMENTS;
