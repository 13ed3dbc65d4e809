//! What people record so that something may cross: a consent, a necessity, a
//! single access.

use jiff::Timestamp;
use jiff::civil::Date;

use super::category::{Categories, Purpose};
use crate::ids::{AgencyId, ConsentId, NecessityId, PersonId, SingleAccessId};

/// A person's consent, in what the walls need of it (REQ-INFO-02; domain.md A.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Which consent.
    pub id: ConsentId,
    /// Whose. Who asks for a decision hands over this person's consents only.
    pub person: PersonId,
    /// The one purpose that it was given for.
    pub purpose: Purpose,
    /// Agencies that may give.
    pub from: Vec<AgencyId>,
    /// Agencies that may receive.
    pub to: Vec<AgencyId>,
    /// The kinds of information that were ticked, one by one.
    pub categories: Categories,
    /// When it was given.
    pub given_at: Timestamp,
    /// The last day on which it holds; a consent is never without an end.
    pub valid_until: Date,
    /// When it was withdrawn. A withdrawn consent holds at no moment any more.
    pub withdrawn_at: Option<Timestamp>,
    /// Given under pressure, so that it is never the only ground.
    pub doubtful: bool,
}

/// A necessity or harm test that a worker of the giving agency wrote down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Necessity {
    /// Which record.
    pub id: NecessityId,
    /// The agency that gives.
    pub from: AgencyId,
    /// The agency that receives.
    pub to: AgencyId,
    /// The purpose it is necessary for.
    pub purpose: Purpose,
    /// The kinds of information that were named.
    pub categories: Categories,
    /// The last day on which it holds.
    pub valid_until: Date,
}

/// A worker's single access to one person, over soft overlays only (domain.md A.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleAccess {
    /// Which record.
    pub id: SingleAccessId,
    /// When it was taken.
    pub granted_at: Timestamp,
    /// The last day on which it holds.
    pub valid_until: Date,
    /// The second person refused it, or did not answer within the hours of the pack.
    pub refused: bool,
}
