//! Facts and notes about a person: what kinds there are, what each tells of, and
//! how long it is kept.

mod kind;
mod seems;

#[cfg(test)]
mod tests;

pub use kind::{FactKind, Grade, kept_until};
pub use seems::seems;
