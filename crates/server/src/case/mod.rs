//! The shared case: its three, its hand-overs, and a caseworker's day.

mod acts;
mod day;
pub mod deadlines;
mod handovers;
pub mod hidden;
pub mod history;
pub mod lists;
mod opening;
pub mod order;
mod pages;
pub mod sight;
pub mod store;

pub use acts::{Opened, Opening, open_case};
pub(crate) use acts::{tell, tell_of};
pub use pages::routes;
