//! What the person wants, and whether they got it (REQ-PLAN-12).

use crate::codes::codes;

codes! {
    /// What became of a wish.
    WishState {
        /// Nobody has answered it.
        Open = "open",
        /// They got it.
        Met = "met",
        /// They got something of it.
        PartlyMet = "partly_met",
        /// They did not get it.
        NotMet = "not_met",
    }
}

impl WishState {
    /// Whether a reason is asked for. A wish that was not met may stand without one, and is then
    /// listed until somebody says why.
    #[must_use]
    pub fn asks_reason(self) -> bool {
        matches!(self, Self::PartlyMet | Self::NotMet)
    }

    /// Whether it was answered.
    #[must_use]
    pub fn is_answered(self) -> bool {
        self != Self::Open
    }
}

/// The share of answered wishes that were met, in whole per cent; one that was met in part counts
/// half. None where none was answered.
#[must_use]
pub fn share(met: i64, partly: i64, not: i64) -> Option<i64> {
    let answered = met + partly + not;
    (answered > 0).then(|| (met * 100 + partly * 50) / answered)
}
