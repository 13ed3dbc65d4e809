//! Facts, notes and documents about a person: what kinds there are, what each tells of,
//! and how long it is kept.

mod document;
mod kind;
mod seems;

#[cfg(test)]
mod tests;

pub use document::{
    DocumentFault, DocumentKind, LARGEST, LONGEST_NAME, Media, clean_name, form as document_form,
};
pub use kind::{FactKind, Grade, kept_until};
pub use seems::seems;
