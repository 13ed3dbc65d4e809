//! Facts and notes with owner and category, the joint view of them through the
//! walls, and the grounds that workers record.

mod grounds;
mod joint;
mod pages;
mod reuse;
pub mod store;

pub(crate) use joint::remedy_code;
pub use pages::routes;
