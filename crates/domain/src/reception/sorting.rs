//! Sorting a visit by its needs: one agency's desk, the common area, or a
//! joint meeting; with the reasons, so that anyone can follow and correct it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::need::Need;
use crate::office::AgencyKind;

/// Where a visit is served (REQ-FRONT-06, REQ-FRONT-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// One agency meets the need, in its own area.
    Desk,
    /// Several agencies clarify on the spot.
    CommonArea,
    /// Too composed for the counter: a meeting between the person and partners.
    JointMeeting,
}

impl Track {
    /// Every track.
    pub const ALL: [Self; 3] = [Self::Desk, Self::CommonArea, Self::JointMeeting];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::CommonArea => "common_area",
            Self::JointMeeting => "joint_meeting",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|track| track.as_str() == code)
    }
}

/// One reason in a sorting: this need is met by these agencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The need.
    pub need: Need,
    /// The agencies that usually meet it; empty when talk must show it.
    pub agencies: &'static [AgencyKind],
}

/// A sorting with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorting {
    /// Where to.
    pub track: Track,
    /// The agencies concerned.
    pub agencies: BTreeSet<AgencyKind>,
    /// Why, need by need.
    pub because: Vec<Because>,
}

/// A need that spans this many agencies is composed.
const COMPOSED: usize = 3;

/// Sorts by the stated needs. It proposes; a worker may correct it, and the
/// correction is counted (REQ-FRONT-06).
///
/// One agency: its desk. Several: the common area. All three: a joint meeting.
/// Where no need points at an agency the common area finds out.
#[must_use]
pub fn sort(needs: &[Need]) -> Sorting {
    let because: Vec<Because> =
        needs.iter().map(|need| Because { need: *need, agencies: need.agencies() }).collect();
    let agencies: BTreeSet<AgencyKind> =
        because.iter().flat_map(|b| b.agencies.iter().copied()).collect();
    let track = match agencies.len() {
        1 => Track::Desk,
        n if n >= COMPOSED => Track::JointMeeting,
        _ => Track::CommonArea,
    };
    Sorting { track, agencies, because }
}
