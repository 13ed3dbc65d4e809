//! The reception: who comes, what they need, where that is met, how it ends.
//!
//! A visit is asked what it needs and never which agency it wants
//! (REQ-FRONT-03), and it cannot end without an outcome or a next step
//! (REQ-FRONT-09). Who may see a visit is `secrecy`; what follows is `case`.

mod need;
mod sorting;
mod talk;
mod visit;
mod wait;

#[cfg(test)]
mod tests;

pub use need::Need;
pub use sorting::{Because, Sorting, Track, sort};
pub use talk::{Talk, TalkContent, TalkFault, TalkReason, likely_content};
pub use visit::{CloseFault, Mode, Outcome, OutcomeKind, StepFor, Visit, VisitFault, VisitState};
pub use wait::{ExpectedWait, expected_wait};
