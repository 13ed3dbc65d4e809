//! The set-up of the offices: whose they are, who works there, which unit is
//! competent where. Read from one file, whole or not at all.

mod import;
mod pages;
pub mod store;

pub use import::{Changed, ImportFault, STATEMENTS as IMPORT_STATEMENTS, bring_in, is_empty};
pub use pages::routes;
