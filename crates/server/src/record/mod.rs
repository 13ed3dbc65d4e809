//! Facts, notes and documents with owner and category, the joint view of them through the
//! walls, and the grounds that workers record.

pub mod claims;
pub mod counts;
mod document_pages;
pub mod documents;
mod grounds;
mod joint;
mod pages;
mod reuse;
pub mod store;

pub(crate) use document_pages::{DocumentFile, give, kinds, megabytes, take};
pub(crate) use joint::remedy_code;
pub use pages::routes;
