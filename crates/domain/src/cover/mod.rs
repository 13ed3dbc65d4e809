//! Whom the work depends on, and what stops without them (REQ-ORG-10).
//!
//! Somebody is absent on dated days. Nothing moves because of it: the deputy has the same access
//! all the time and steps in by themselves. What no deputy can take over stops, and the list of it
//! should be empty. What somebody carries is handed over in bulk by spreading it over receivers,
//! each of whom must say yes first.

mod spread;
mod stop;

#[cfg(test)]
mod tests;

pub use spread::{Load, Piece, spread};
pub use stop::{Away, Depends, Matter, stops};

use crate::codes::codes;
use jiff::civil::Date;

codes! {
    /// What becomes of an office that is given up.
    Closing {
        /// Its units move into another office with everybody in them: nobody loses their worker.
        Merge = "merge",
        /// Its units end; what they carry is handed over to the same agency elsewhere.
        Close = "close",
    }
}

/// Why days of absence do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AbsenceFault {
    /// The last day is before the first.
    #[error("the last day is before the first")]
    Order,
    /// It lies in the past.
    #[error("the last day has passed")]
    Past,
}

impl AbsenceFault {
    /// The field and the stable code.
    #[must_use]
    pub fn field_and_code(self) -> (&'static str, &'static str) {
        match self {
            Self::Order => ("last_day", "absence-order"),
            Self::Past => ("last_day", "absence-past"),
        }
    }
}

/// Checks the days of an absence that is noted today; without a last day somebody leaves.
///
/// # Errors
/// When the days are in the wrong order, or all of them have passed.
pub fn absence(first: Date, last: Option<Date>, today: Date) -> Result<(), AbsenceFault> {
    match last {
        Some(last) if last < first => Err(AbsenceFault::Order),
        Some(last) if last < today => Err(AbsenceFault::Past),
        _ => Ok(()),
    }
}
