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

    /// The bits of [`Guard`] that this worker is not cleared for, with every bit that is not
    /// known: what a later version wrote hides. A list filter asks
    /// `guard & lacks = 0`, which says the same as the walls do for one person.
    ///
    /// `shielded` is the mark for shielded staff and their families, which no clearance
    /// for addresses includes.
    #[must_use]
    pub const fn lacks(self, shielded: bool) -> i64 {
        let cleared = match self {
            Self::None => 0,
            Self::Confidential => Guard::CONFIDENTIAL | Guard::SECRECY_MARKED,
            Self::StrictlyConfidential => {
                Guard::CONFIDENTIAL
                    | Guard::SECRECY_MARKED
                    | Guard::STRICTLY_CONFIDENTIAL
                    | Guard::STRICTLY_CONFIDENTIAL_ABROAD
                    | Guard::PROTECTED_REGISTRATION
            }
        };
        let cleared = if shielded { cleared | Guard::SHIELDED } else { cleared };
        i64::MAX & !cleared
    }
}

/// The protection that a population register gives a person's address, by its national
/// name (domain.md section A). [`Protection`] is the level that it comes to.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ProtectionKind {
    /// No protection is registered.
    #[default]
    Open,
    /// Norwegian "fortrolig adresse".
    Confidential,
    /// Norwegian "strengt fortrolig adresse".
    StrictlyConfidential,
    /// Norwegian "strengt fortrolig adresse" of a person abroad.
    StrictlyConfidentialAbroad,
    /// Swedish "sekretessmarkering".
    SecrecyMarked,
    /// Swedish "skyddad folkbokföring".
    ProtectedRegistration,
}

impl ProtectionKind {
    /// Every kind, in the order in which a form offers them.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Confidential,
        Self::StrictlyConfidential,
        Self::StrictlyConfidentialAbroad,
        Self::SecrecyMarked,
        Self::ProtectedRegistration,
    ];

    /// The stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confidential => "confidential",
            Self::StrictlyConfidential => "strictly_confidential",
            Self::StrictlyConfidentialAbroad => "strictly_confidential_abroad",
            Self::SecrecyMarked => "secrecy_marked",
            Self::ProtectedRegistration => "protected_registration",
        }
    }

    /// Reads a stable code; `None` for any other text.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == code)
    }

    /// The level that it comes to.
    #[must_use]
    pub const fn level(self) -> Protection {
        match self {
            Self::Open => Protection::Open,
            Self::Confidential | Self::SecrecyMarked => Protection::Confidential,
            Self::StrictlyConfidential
            | Self::StrictlyConfidentialAbroad
            | Self::ProtectedRegistration => Protection::StrictlyConfidential,
        }
    }

    /// The bit that it sets in a person's [`Guard`]; none for an open address.
    #[must_use]
    pub const fn guard(self) -> Guard {
        Guard(match self {
            Self::Open => 0,
            Self::Confidential => Guard::CONFIDENTIAL,
            Self::StrictlyConfidential => Guard::STRICTLY_CONFIDENTIAL,
            Self::StrictlyConfidentialAbroad => Guard::STRICTLY_CONFIDENTIAL_ABROAD,
            Self::SecrecyMarked => Guard::SECRECY_MARKED,
            Self::ProtectedRegistration => Guard::PROTECTED_REGISTRATION,
        })
    }
}

/// Everything that hides a person from a worker who is not marked for it, as the one
/// number that is stored beside the person. A person may carry several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guard(i64);

impl Guard {
    /// Norwegian "fortrolig adresse".
    pub const CONFIDENTIAL: i64 = 1;
    /// Norwegian "strengt fortrolig adresse".
    pub const STRICTLY_CONFIDENTIAL: i64 = 2;
    /// Norwegian "strengt fortrolig adresse" of a person abroad.
    pub const STRICTLY_CONFIDENTIAL_ABROAD: i64 = 4;
    /// Swedish "skyddad folkbokföring".
    pub const PROTECTED_REGISTRATION: i64 = 8;
    /// Swedish "sekretessmarkering".
    pub const SECRECY_MARKED: i64 = 16;
    /// Staff of the agencies, or close family of staff.
    pub const SHIELDED: i64 = 32;
    /// All bits that there are.
    pub const EVERYTHING: i64 = 63;

    /// Reads a stored number. One with an unknown bit, which a later version wrote, is read
    /// as everything: it hides rather than shows.
    #[must_use]
    pub const fn from_i64(stored: i64) -> Self {
        if stored & !Self::EVERYTHING == 0 { Self(stored) } else { Self(Self::EVERYTHING) }
    }

    /// The number to store.
    #[must_use]
    pub const fn as_i64(self) -> i64 {
        self.0
    }

    /// These and the shield of staff, or without it.
    #[must_use]
    pub const fn shielded(self, shielded: bool) -> Self {
        if shielded { Self(self.0 | Self::SHIELDED) } else { Self(self.0 & !Self::SHIELDED) }
    }

    /// These and those of another kind of protection.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a bit is set.
    #[must_use]
    pub const fn has(self, bit: i64) -> bool {
        self.0 & bit != 0
    }

    /// Whether a worker who lacks these bits may know of the person.
    #[must_use]
    pub const fn is_open_to(self, lacks: i64) -> bool {
        self.0 & lacks == 0
    }

    /// The kind of address protection among them that hides most; open when there is none.
    #[must_use]
    pub fn kind(self) -> ProtectionKind {
        [
            ProtectionKind::StrictlyConfidential,
            ProtectionKind::StrictlyConfidentialAbroad,
            ProtectionKind::ProtectedRegistration,
            ProtectionKind::Confidential,
            ProtectionKind::SecrecyMarked,
        ]
        .into_iter()
        .find(|kind| self.has(kind.guard().as_i64()))
        .unwrap_or(ProtectionKind::Open)
    }

    /// The strictest level among them, for rules that know three levels only.
    #[must_use]
    pub const fn level(self) -> Protection {
        let strict = Self::STRICTLY_CONFIDENTIAL
            | Self::STRICTLY_CONFIDENTIAL_ABROAD
            | Self::PROTECTED_REGISTRATION;
        if self.has(strict) {
            Protection::StrictlyConfidential
        } else if self.has(Self::CONFIDENTIAL | Self::SECRECY_MARKED) {
            Protection::Confidential
        } else {
            Protection::Open
        }
    }
}
