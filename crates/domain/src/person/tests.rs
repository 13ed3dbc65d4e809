//! What the module promises, checked.

mod identity;
mod names;
mod small;

use jiff::civil::{Date, date};

/// The day on which the vectors of the specification were computed.
const TODAY: Date = date(2026, 11, 21);
