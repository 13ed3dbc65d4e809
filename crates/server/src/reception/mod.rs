//! The reception: coming in, the queue, serving, and leaving with an outcome
//! or a next step.

mod booking;
pub(crate) mod check_in;
mod closing;
pub mod earlier;
mod kiosk;
mod live;
pub mod marks;
mod pages;
mod queue;
mod slip;
pub mod store;
pub mod waiting;
pub mod ways;

pub(crate) use kiosk::{access_codes, event_codes};
pub use live::Pulse;
pub use pages::routes;
