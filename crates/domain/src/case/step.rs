//! The next step: what happens next, who sees to it, when and where.

use jiff::ToSpan;
use jiff::civil::Date;
use thiserror::Error;

use crate::ids::StaffId;
use crate::text::{self, TextFault};

/// What a person leaves with: never a promise without a date and a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// What happens, in words the person understands.
    pub what: String,
    /// Who sees to it.
    pub owner: StaffId,
    /// The day it happens.
    pub on: Date,
    /// Where it happens: a room, a phone call, a page.
    pub place: String,
}

/// Why something cannot be a next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StepFault {
    /// The text of what happens was refused.
    #[error("what happens: {0}")]
    What(TextFault),
    /// The text of the place was refused.
    #[error("where: {0}")]
    Place(TextFault),
    /// The day has passed.
    #[error("the day has passed")]
    Past,
    /// More than a year away: that is no next step.
    #[error("the day is more than a year away")]
    TooFar,
}

impl StepFault {
    /// The form field it belongs to, without any prefix, and the stable code.
    #[must_use]
    pub fn field_and_code(self) -> (&'static str, &'static str) {
        match self {
            Self::What(fault) => ("what", fault.code()),
            Self::Place(fault) => ("place", fault.code()),
            Self::Past => ("on", "step-past"),
            Self::TooFar => ("on", "step-too-far"),
        }
    }
}

impl NextStep {
    /// Makes a next step, on `today` or within a year (REQ-FRONT-09).
    ///
    /// # Errors
    /// When it lacks words or place, or its day has passed or is too far.
    pub fn new(
        what: &str,
        owner: StaffId,
        on: Date,
        place: &str,
        today: Date,
    ) -> Result<Self, StepFault> {
        let what = text::required(what, text::LINE).map_err(StepFault::What)?;
        let place = text::required(place, text::LINE).map_err(StepFault::Place)?;
        if on < today {
            return Err(StepFault::Past);
        }
        if today.checked_add(1.year()).is_ok_and(|limit| on > limit) {
            return Err(StepFault::TooFar);
        }
        Ok(Self { what, owner, on, place })
    }
}
