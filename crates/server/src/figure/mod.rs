//! Figures about the reception and the cases of an office. Each opens to its
//! definition and to the rows it is counted from, and says what it is missing.

mod pages;
mod store;

pub use pages::routes;
pub use store::STATEMENTS;
