//! What a decision at the walls gives: the ground of a permit, or the reasons of a denial and
//! what would make it a yes.

use super::category::{Category, Effect, Obligations, Purpose};
use super::overlay::Overlay;
use super::pack::RuleId;
use crate::ids::{AgencyId, ConsentId, NecessityId, SingleAccessId};

/// A decision with its ground, or with all its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Allowed on this ground.
    Permit(WallGround),
    /// Denied.
    Deny(Refusal),
}

impl Verdict {
    /// Whether it is allowed.
    #[must_use]
    pub const fn is_permit(&self) -> bool {
        matches!(self, Self::Permit(_))
    }
}

/// Through what something may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallGround {
    /// The rule; `None` where the information is the agency's own.
    pub rule: Option<RuleId>,
    /// The letter of the rule; [`Effect::Allowed`] for the agency's own.
    pub effect: Effect,
    /// The consent that carries it.
    pub consent: Option<ConsentId>,
    /// The necessity that carries it.
    pub necessity: Option<NecessityId>,
    /// The single access that lifted a soft overlay.
    pub single: Option<SingleAccessId>,
    /// What the receiver must do about it.
    pub obligations: Obligations,
}

impl WallGround {
    /// Whether the information is the agency's own, so that no wall was crossed.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        self.rule.is_none()
    }
}

/// Why something may not be seen, and what would change that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Every reason, overlays first and in the order of the pack.
    pub reasons: Vec<Reason>,
    /// What would make it a yes.
    pub remedy: Remedy,
    /// What is needed besides, where one thing is not enough.
    pub also: Option<Remedy>,
    /// What the denial itself demands.
    pub obligations: Obligations,
}

/// One reason of a denial. Outside the journal all of them look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A fact about person or tie that nothing overcomes.
    Hard(Overlay),
    /// A fact about person or tie that a single access would overcome.
    Soft(Overlay),
    /// The single access was refused by the second person.
    SingleRefused,
    /// The single access has run out, or has not begun.
    SingleExpired,
    /// The single access claims to hold longer than the pack allows.
    SingleTooLong,
    /// An internal note.
    Internal,
    /// The agreement with the receiver does not list this.
    NotInAgreement,
    /// No rule opens it.
    NoRule,
    /// A rule closes it.
    Closed,
    /// It needs the person's consent.
    NeedsConsent,
    /// A list needs the consent of each person on it.
    ListNeedsConsent,
    /// There is a consent, for something else.
    ConsentOutOfScope,
    /// There was a consent, and the person has withdrawn it.
    ConsentWithdrawn,
    /// There was a consent, and its time is over.
    ConsentExpired,
    /// There is a consent that begins later.
    ConsentNotYet,
    /// There is a consent, given under pressure, and nothing else.
    ConsentDoubtful,
    /// It needs a recorded necessity.
    NeedsNecessity,
    /// There is a necessity, for something else.
    NecessityOutOfScope,
    /// There was a necessity, and its time is over.
    NecessityExpired,
}

impl Reason {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hard(_) => "overlay-hard",
            Self::Soft(_) => "overlay-soft",
            Self::SingleRefused => "single-refused",
            Self::SingleExpired => "single-expired",
            Self::SingleTooLong => "single-too-long",
            Self::Internal => "internal",
            Self::NotInAgreement => "not-in-agreement",
            Self::NoRule => "no-rule",
            Self::Closed => "closed",
            Self::NeedsConsent => "needs-consent",
            Self::ListNeedsConsent => "list-needs-consent",
            Self::ConsentOutOfScope => "consent-out-of-scope",
            Self::ConsentWithdrawn => "consent-withdrawn",
            Self::ConsentExpired => "consent-expired",
            Self::ConsentNotYet => "consent-not-yet",
            Self::ConsentDoubtful => "consent-doubtful",
            Self::NeedsNecessity => "needs-necessity",
            Self::NecessityOutOfScope => "necessity-out-of-scope",
            Self::NecessityExpired => "necessity-expired",
        }
    }

    /// The fact behind an overlay reason.
    #[must_use]
    pub const fn overlay(self) -> Option<Overlay> {
        match self {
            Self::Hard(fact) | Self::Soft(fact) => Some(fact),
            _ => None,
        }
    }
}

/// What would make a denial a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing would.
    Nothing,
    /// The person's consent for this.
    Consent {
        /// The purpose to ask for.
        purpose: Purpose,
        /// The kind of information to be ticked.
        category: Category,
        /// The agency that would give.
        from: AgencyId,
        /// The agency that would receive.
        to: AgencyId,
    },
    /// A necessity, written down by the agency that gives.
    Necessity {
        /// The purpose it must be necessary for.
        purpose: Purpose,
        /// The kind of information to be named.
        category: Category,
        /// The agency that would give.
        from: AgencyId,
        /// The agency that would receive.
        to: AgencyId,
    },
    /// A single access of the worker to the person.
    SingleAccess,
}

impl Remedy {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Consent { .. } => "consent",
            Self::Necessity { .. } => "necessity",
            Self::SingleAccess => "single-access",
        }
    }
}
