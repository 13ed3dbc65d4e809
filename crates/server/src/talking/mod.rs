//! Differences to talk about (REQ-REF-14): where two agencies that take part in a case hold
//! different answers to the same question, the next meeting has something to talk about. Nothing
//! else follows: no duty, no deadline, no sanction. What makes a difference is
//! `domain::meeting::differences`.

mod pages;
mod store;

pub use pages::routes;
pub use store::{STATEMENTS, look, may_point_out, open_points};
