//! Address protection of a person, and the clearance of staff that answers it.

use serde::{Deserialize, Serialize};

/// How far the population register protects a person's address.
///
/// Two national systems meet here on one scale (domain.md section A and the
/// glossary terms `confidential_address` and `strictly_confidential_address`).
/// The order is the order of strictness: `Open < Confidential <
/// StrictlyConfidential`, so of two sources the stricter is `max`.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// No protection is registered.
    #[default]
    Open,
    /// Norwegian "fortrolig adresse" (formerly code 7); Swedish
    /// "sekretessmarkering".
    Confidential,
    /// Norwegian "strengt fortrolig adresse" (formerly code 6), also when the
    /// person lives abroad; Swedish "skyddad folkbokföring"
    /// (folkbokföringslagen sections 16 to 17 b).
    StrictlyConfidential,
}

impl Protection {
    const ALL: [Self; 3] = [Self::Open, Self::Confidential, Self::StrictlyConfidential];

    /// The level as stored: 0, 1 or 2, greater being stricter.
    #[must_use]
    pub fn as_i64(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Confidential => 1,
            Self::StrictlyConfidential => 2,
        }
    }

    /// Reads a stored level. `None` for any other number: an unknown level must
    /// stop the reader, who would otherwise have to guess how much to hide.
    #[must_use]
    pub fn from_i64(level: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_i64() == level)
    }

    /// The stable code: `open`, `confidential` or `strictly_confidential`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confidential => "confidential",
            Self::StrictlyConfidential => "strictly_confidential",
        }
    }

    /// Reads a code of [`Protection::as_str`]; `None` for any other text.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == code)
    }
}

/// The strictest [`Protection`] a worker is cleared for, as granted by the
/// worker's own agency through its directory groups.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Clearance {
    /// Unprotected people only; what a worker has until told otherwise.
    #[default]
    None,
    /// Also people at [`Protection::Confidential`].
    Confidential,
    /// Everybody.
    StrictlyConfidential,
}

impl Clearance {
    const ALL: [Self; 3] = [Self::None, Self::Confidential, Self::StrictlyConfidential];

    /// The level as stored: 0, 1 or 2, greater seeing more.
    #[must_use]
    pub fn as_i64(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Confidential => 1,
            Self::StrictlyConfidential => 2,
        }
    }

    /// Reads a stored level; `None` for any other number.
    #[must_use]
    pub fn from_i64(level: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_i64() == level)
    }

    /// The stable code: `none`, `confidential` or `strictly_confidential`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Confidential => "confidential",
            Self::StrictlyConfidential => "strictly_confidential",
        }
    }

    /// Reads a code of [`Clearance::as_str`]; `None` for any other text.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == code)
    }

    /// Whether a worker with this clearance may know that the person exists in
    /// the system at all.
    ///
    /// This is the hard overlay of domain.md: it is asked before role, relation,
    /// consent or any other ground, nothing overrides a `false`, and a search
    /// then answers as if there were no such person. A `true` opens nothing by
    /// itself; the ordinary rules still follow.
    #[must_use]
    pub fn covers(self, protection: Protection) -> bool {
        self.as_i64() >= protection.as_i64()
    }
}
