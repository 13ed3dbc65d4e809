//! The acts that decisions stand on: the catalogue as a page, and what a decision cites
//! (REQ-ORG-20). Which unit may cite which act is `domain::office::Catalogue`.

mod pages;
pub mod store;

pub use pages::routes;
