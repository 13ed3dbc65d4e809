//! Feedback to the sender (REQ-INFO-11): whoever sent a person to another agency learns whether
//! they came, without asking. The list stands on the worker's day; the round finds what is to be
//! told. When and what is `domain::case::feedback`.

mod pages;
mod round;
mod store;

pub use pages::routes;
pub use round::{Round, round};
pub use store::{FeedbackLine, STATEMENTS, for_worker, may_tell};
