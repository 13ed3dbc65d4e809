//! How offices read the same rule: collected, and compared beside the rule's own words
//! (REQ-KNOW-05). Nothing here is about a person.

mod pages;
mod store;

pub use pages::routes;
pub use store::STATEMENTS;
