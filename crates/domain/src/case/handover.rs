//! A hand-over in two phases: asked, then accepted, refused, expired or taken back.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{AgencyId, HandoverId, StaffId, UnitId};
use crate::text::{self, TextFault};

/// Why a case is handed over. Staff keep a case unless one of these forces a
/// hand-over (REQ-FRONT-29); free choice is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoverReason {
    /// The decision belongs to the person's home district (REQ-FRONT-02).
    HomeDistrict,
    /// The unit lacks the mandate for what is needed.
    Mandate,
    /// The person moves to another scheme (REQ-REF-09).
    SchemeChange,
    /// The responsible worker leaves or is away for long.
    WorkerLeaves,
    /// The person asks for another worker.
    PersonAsks,
    /// The need asks for a competence that the unit lacks.
    Competence,
}

impl HandoverReason {
    /// Every reason on the list.
    pub const ALL: [Self; 6] = [
        Self::HomeDistrict,
        Self::Mandate,
        Self::SchemeChange,
        Self::WorkerLeaves,
        Self::PersonAsks,
        Self::Competence,
    ];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HomeDistrict => "home_district",
            Self::Mandate => "mandate",
            Self::SchemeChange => "scheme_change",
            Self::WorkerLeaves => "worker_leaves",
            Self::PersonAsks => "person_asks",
            Self::Competence => "competence",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }
}

/// Where a hand-over stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoverState {
    /// The receiver has not answered; the asker is responsible.
    Asked,
    /// The receiver took it; responsibility moved at that moment.
    Accepted,
    /// The receiver said no, with a reason and what to do instead; the joint
    /// manager decides who owns the need (REQ-REF-04).
    Refused,
    /// Nobody answered in time; the joint manager decides (REQ-REF-02).
    Expired,
    /// The asker took it back.
    Withdrawn,
    /// The joint manager has decided after a refusal or an expiry.
    Settled,
}

impl HandoverState {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Settled => "settled",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Asked, Self::Accepted, Self::Refused, Self::Expired, Self::Withdrawn, Self::Settled]
            .into_iter()
            .find(|state| state.as_str() == code)
    }
}

/// The longest time limit a receiver may be given, in days.
const LONGEST: i32 = 30;

/// A wish to hand over, checked: whom, why, what for, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its identifier.
    pub id: HandoverId,
    /// Who asks; stays responsible meanwhile.
    pub by: StaffId,
    /// The agency that is asked.
    pub to_agency: AgencyId,
    /// The unit that is asked; anyone in it may accept.
    pub to_unit: UnitId,
    /// The worker that is asked, when it is one in particular.
    pub to_staff: Option<StaffId>,
    /// Why.
    pub reason: HandoverReason,
    /// What the person needs, in words.
    pub need: String,
    /// The last day for an answer.
    pub deadline: Date,
}

/// Why a hand-over could not be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AskFault {
    /// The text of the need was refused.
    #[error("the need: {0}")]
    Need(TextFault),
    /// The deadline has passed.
    #[error("the deadline has passed")]
    Past,
    /// The deadline is more than 30 days away.
    #[error("the deadline is too far away")]
    TooFar,
}

impl AskFault {
    /// The form field and the stable code.
    #[must_use]
    pub fn field_and_code(self) -> (&'static str, &'static str) {
        match self {
            Self::Need(fault) => ("need", fault.code()),
            Self::Past => ("deadline", "step-past"),
            Self::TooFar => ("deadline", "handover-too-far"),
        }
    }
}

impl Ask {
    /// Checks the need and the deadline, `today` to 30 days on.
    ///
    /// # Errors
    /// When the need is empty or too long, or the deadline is outside its bounds.
    pub fn check(mut self, today: Date) -> Result<Self, AskFault> {
        self.need = text::required(&self.need, text::PARAGRAPH).map_err(AskFault::Need)?;
        if self.deadline < today {
            return Err(AskFault::Past);
        }
        if today.checked_add(LONGEST.days()).is_ok_and(|limit| self.deadline > limit) {
            return Err(AskFault::TooFar);
        }
        Ok(self)
    }
}

/// A hand-over that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What was asked.
    pub ask: Ask,
    /// The agency responsible when it was asked.
    pub from_agency: AgencyId,
}

/// How a hand-over ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Taken.
    Accepted,
    /// Not taken, and what to do instead.
    Refused {
        /// Why not.
        reason: String,
        /// What the receiver proposes instead: a refusal is not the end.
        alternative: String,
    },
    /// No answer in time.
    Expired,
    /// Taken back by the asker.
    Withdrawn,
}
