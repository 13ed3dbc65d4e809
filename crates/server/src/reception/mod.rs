//! The reception: coming in, the queue, serving, and leaving with an outcome
//! or a next step.

pub(crate) mod check_in;
mod closing;
mod kiosk;
mod live;
mod pages;
pub mod store;

pub(crate) use kiosk::{access_codes, event_codes};
pub use live::Pulse;
pub use pages::routes;
