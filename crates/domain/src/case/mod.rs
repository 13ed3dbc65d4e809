//! The one shared case: always one responsible caseworker, one deputy and one
//! dated next step, and a hand-over that moves nothing until it is accepted.
//!
//! It is not a file of any agency: what an agency decides and keeps stays with
//! the agency. Requirements: REQ-REF-01 to 04, 08, 09, REQ-FOLL-10, REQ-FRONT-29.

mod handover;
mod open;
mod sending;
mod shuttle;
mod sight;
mod step;

#[cfg(test)]
mod tests;

pub use handover::{Answer, Ask, AskFault, Asked, HandoverReason, HandoverState};
pub use open::{CaseFault, CloseReason, ClosedCase, OpenCase, Worker};
pub use sending::{Told, feedback};
pub use shuttle::{SHUTTLE_ALARM, shuttles};
pub use sight::{InSight, Sight};
pub use step::{NextStep, StepFault};
