//! The reception: coming in, the queue, serving, and leaving with an outcome
//! or a next step.

mod check_in;
mod closing;
mod kiosk;
mod live;
mod pages;
pub mod store;

pub use live::Pulse;
pub use pages::routes;
