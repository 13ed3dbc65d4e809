//! The one joint plan of a person (REQ-PLAN-01): what they want, what they need, and who does what
//! until when.
//!
//! The same plan carries whatever name a law gives it, and its duties are the same under each
//! ([`label`]). What an agency takes on is a promise with a day, and is counted when it is broken
//! ([`item`]). Items run beside each other or in order ([`order`]), do not ask for the same hour
//! ([`clash`]), and belong to stages that may last for years ([`stage`]). A text that two change at
//! once is laid side by side, so that nothing is lost ([`merge`]).
//!
//! What a person needs is no part of it: needs live on their own (`need`), and a plan only points
//! at them.

pub mod clash;
pub mod item;
pub mod label;
pub mod merge;
pub mod order;
pub mod path;
pub mod request;
pub mod stage;
pub mod wish;

use jiff::civil::Date;
use thiserror::Error;

use crate::codes::codes;
use crate::ids::StaffId;

pub use item::{BreachKind, Item, ItemFault, ItemState, Owner, Partner};
pub use label::{Label, Part};

#[cfg(test)]
mod tests;

codes! {
    /// Where a plan is in its life (domain.md D.3).
    PlanState {
        /// It is being made.
        Draft = "draft",
        /// The person has said yes to it, and it holds.
        Active = "active",
        /// It rests, with a reason; promises stand.
        Paused = "paused",
        /// It is over. A new one may be made.
        Ended = "ended",
    }
}

impl PlanState {
    /// Whether it is the person's current plan. Nobody has two.
    #[must_use]
    pub fn is_current(self) -> bool {
        self != Self::Ended
    }
}

codes! {
    /// Why a plan is looked at anew (domain.md D.3).
    RevisionCause {
        /// The day that was set has come.
        Day = "day",
        /// Somebody else coordinates it.
        Coordinator = "coordinator",
        /// A measure is over.
        Measure = "measure",
        /// Household or health has changed.
        Change = "change",
        /// The person asks for it.
        Person = "person",
    }
}

/// How many days an agency may need until a person whom several help has a plan and a coordinator
/// (REQ-REF-13).
pub const DAYS_TO_PLAN: i32 = 30;

/// A plan's head: what is true of all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The name that the law gives it.
    pub label: Label,
    /// Where it is.
    pub state: PlanState,
    /// Who coordinates: one at any time.
    pub coordinator: StaffId,
    /// Who does when they are away.
    pub deputy: StaffId,
    /// Who was asked to coordinate from now, and has not answered.
    pub asked: Option<StaffId>,
    /// Its first day.
    pub from: Date,
    /// Its last day as it is thought now.
    pub until: Date,
    /// When it is looked at again; never empty.
    pub revise_on: Date,
    /// When the person said yes.
    pub agreed_on: Option<Date>,
}

/// Why a plan was not made or not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PlanFault {
    /// The last day is before the first.
    #[error("the plan ends before it begins")]
    Period,
    /// It is to be looked at again on a day that is over, or after its end.
    #[error("the day of revision does not lie ahead within the period")]
    Revision,
    /// Coordinator and deputy are the same.
    #[error("coordinator and deputy are the same")]
    SamePerson,
    /// Something that the law asks for under this name is missing.
    #[error("something that the law asks for is missing")]
    Incomplete,
    /// It is over, and nothing changes it.
    #[error("the plan is over")]
    Ended,
    /// It is not in the state for this.
    #[error("not in this state")]
    State,
    /// A reason is missing.
    #[error("a reason is missing")]
    Reason,
    /// The one who answers was not asked.
    #[error("somebody else was asked")]
    NotAsked,
    /// It has this name already.
    #[error("nothing changes")]
    Same,
}

impl PlanFault {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Period,
        Self::Revision,
        Self::SamePerson,
        Self::Incomplete,
        Self::Ended,
        Self::State,
        Self::Reason,
        Self::NotAsked,
        Self::Same,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Period => "plan-period",
            Self::Revision => "plan-revision",
            Self::SamePerson => "plan-same-person",
            Self::Incomplete => "plan-incomplete",
            Self::Ended => "plan-ended",
            Self::State => "plan-state",
            Self::Reason => "plan-reason",
            Self::NotAsked => "plan-not-asked",
            Self::Same => "plan-same",
        }
    }
}

impl Plan {
    /// Begins a plan. A long one is as good as a short one (REQ-PLAN-10).
    ///
    /// # Errors
    /// When the days do not fit or coordinator and deputy are one.
    pub fn begin(
        label: Label,
        (coordinator, deputy): (StaffId, StaffId),
        (from, until, revise_on): (Date, Date, Date),
        today: Date,
    ) -> Result<Self, PlanFault> {
        if coordinator == deputy {
            return Err(PlanFault::SamePerson);
        }
        if until < from {
            return Err(PlanFault::Period);
        }
        if revise_on < today || revise_on > until {
            return Err(PlanFault::Revision);
        }
        let (state, asked, agreed_on) = (PlanState::Draft, None, None);
        Ok(Self { label, state, coordinator, deputy, asked, from, until, revise_on, agreed_on })
    }

    fn open(self) -> Result<Self, PlanFault> {
        if self.state.is_current() { Ok(self) } else { Err(PlanFault::Ended) }
    }

    /// The person says yes. Nothing that the law asks for under its name may be missing then, and
    /// nobody gets a plan against their will (domain.md D-NO-3, D-SE-5).
    ///
    /// # Errors
    /// When something is missing, or it is not being made.
    pub fn agree(self, missing: &[Part], today: Date) -> Result<Self, PlanFault> {
        let plan = self.open()?;
        if plan.state != PlanState::Draft {
            return Err(PlanFault::State);
        }
        if missing.iter().any(|part| *part != Part::Agreement) {
            return Err(PlanFault::Incomplete);
        }
        Ok(Self { state: PlanState::Active, agreed_on: Some(today), ..plan })
    }

    /// Gives it another name in law; everything else stays (REQ-PLAN-03).
    ///
    /// # Errors
    /// When it has that name, or is over.
    pub fn relabel(self, label: Label) -> Result<Self, PlanFault> {
        let plan = self.open()?;
        if plan.label == label {
            return Err(PlanFault::Same);
        }
        Ok(Self { label, ..plan })
    }

    /// Sets the next day on which it is looked at, and its last day.
    ///
    /// # Errors
    /// When the days do not fit, or it is over.
    pub fn revise(self, until: Date, revise_on: Date, today: Date) -> Result<Self, PlanFault> {
        let plan = self.open()?;
        if until < plan.from {
            return Err(PlanFault::Period);
        }
        if revise_on < today || revise_on > until {
            return Err(PlanFault::Revision);
        }
        Ok(Self { until, revise_on, ..plan })
    }

    /// Lets it rest, or takes it up again.
    ///
    /// # Errors
    /// Without a reason, or when it is neither active nor resting.
    pub fn rest(self, rests: bool, reason: &str) -> Result<Self, PlanFault> {
        let plan = self.open()?;
        let (before, after) = match rests {
            true => (PlanState::Active, PlanState::Paused),
            false => (PlanState::Paused, PlanState::Active),
        };
        if plan.state != before {
            return Err(PlanFault::State);
        }
        if reason.trim().is_empty() {
            return Err(PlanFault::Reason);
        }
        Ok(Self { state: after, ..plan })
    }

    /// Ends it.
    ///
    /// # Errors
    /// Without a reason, or when it is over.
    pub fn end(self, reason: &str) -> Result<Self, PlanFault> {
        let plan = self.open()?;
        if reason.trim().is_empty() {
            return Err(PlanFault::Reason);
        }
        Ok(Self { state: PlanState::Ended, asked: None, ..plan })
    }

    /// Asks somebody to coordinate from now. Until they say yes, nothing moves (REQ-PLAN-14).
    ///
    /// # Errors
    /// When they do already, or it is over.
    pub fn ask(self, to: StaffId) -> Result<Self, PlanFault> {
        let plan = self.open()?;
        if plan.coordinator == to {
            return Err(PlanFault::Same);
        }
        Ok(Self { asked: Some(to), ..plan })
    }

    /// The one who was asked says yes or no. The one before becomes the deputy where the new one
    /// was that.
    ///
    /// # Errors
    /// When they were not asked.
    pub fn answer(self, by: StaffId, yes: bool) -> Result<Self, PlanFault> {
        let plan = self.open()?;
        if plan.asked != Some(by) {
            return Err(PlanFault::NotAsked);
        }
        if !yes {
            return Ok(Self { asked: None, ..plan });
        }
        let deputy = if plan.deputy == by { plan.coordinator } else { plan.deputy };
        Ok(Self { coordinator: by, deputy, asked: None, ..plan })
    }

    /// Whether the day of revision has passed without one.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state.is_current() && self.revise_on < today
    }
}
