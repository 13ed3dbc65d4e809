//! The common view of a person (REQ-MAP-24).

use jiff::Timestamp;

use crate::codes::codes;
use crate::ids::AgencyId;

/// What an agency wrote: how it sees the person, and what it proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Whose it is.
    pub agency: AgencyId,
    /// When it was written.
    pub at: Timestamp,
}

codes! {
    /// How the views came together.
    Settled {
        /// They are one: there is an agreed summary.
        Agreed = "agreed",
        /// They are not, and that is recorded.
        Disagreement = "disagreement",
    }
}

/// Why a plan cannot be signed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewFault {
    /// No agency has written its view.
    #[error("no agency has written its view")]
    NoView,
    /// There is neither a summary nor a recorded disagreement.
    #[error("there is neither an agreed summary nor a recorded disagreement")]
    NotSettled,
    /// An agency has written another view since.
    #[error("a view was written after the summary")]
    Older,
}

impl ViewFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoView => "view-none",
            Self::NotSettled => "view-not-settled",
            Self::Older => "view-older",
        }
    }
}

/// Whether a plan may be signed: the views of the agencies were put together, as a summary that
/// all agree on or as a disagreement that is recorded, and none is newer (REQ-MAP-24).
///
/// # Errors
/// Why it may not.
pub fn may_sign(
    views: &[View],
    settled: Option<(Settled, Timestamp)>,
) -> Result<Settled, ViewFault> {
    let newest = views.iter().map(|view| view.at).max().ok_or(ViewFault::NoView)?;
    let (how, at) = settled.ok_or(ViewFault::NotSettled)?;
    if newest > at { Err(ViewFault::Older) } else { Ok(how) }
}
