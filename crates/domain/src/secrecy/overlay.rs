//! What lies over every rule: facts about the person and about the tie between
//! the worker and the person, and the marks that answer them.

use super::bits::bits;
use crate::person::{Clearance, Guard};

bits! {
    /// A fact about the person, or about how the worker stands to the person,
    /// that comes before every rule (REQ-INFO-08, REQ-INFO-15).
    Overlay,
    /// What is known about the person and the tie when a decision is made.
    Overlays(u32);
    /// Norwegian "strengt fortrolig adresse".
    StrictlyConfidential = "strictly_confidential",
    /// Norwegian "strengt fortrolig adresse" of a person abroad.
    StrictlyConfidentialAbroad = "strictly_confidential_abroad",
    /// Norwegian "fortrolig adresse".
    Confidential = "confidential",
    /// Swedish "skyddad folkbokföring".
    ProtectedRegistration = "protected_registration",
    /// Swedish "sekretessmarkering".
    SecrecyMarked = "secrecy_marked",
    /// The agency's own staff, or close family of staff.
    Shielded = "shielded",
    /// The worker is the person.
    OwnData = "own_data",
    /// The person is a parent of the worker.
    Parent = "parent",
    /// The person is a child of the worker.
    Child = "child",
    /// They live as a couple.
    Partner = "partner",
    /// They lived as a couple.
    FormerPartner = "former_partner",
    /// They are siblings.
    Sibling = "sibling",
    /// They have a child together.
    CommonChild = "common_child",
    /// The record is locked to another office.
    OfficeLocked = "office_locked",
    /// The worker is the person's guardian.
    Guardian = "guardian",
    /// The person died more than twelve months ago.
    LongDead = "long_dead",
    /// The person lives abroad.
    Abroad = "abroad",
    /// Nobody knows where the person lives.
    UnknownResidence = "unknown_residence",
    /// Neither the person's district nor follow-up belongs to the worker's offices.
    OutsideArea = "outside_area",
    /// A look-up failed. It is always denied, whatever a pack says.
    Unknown = "unknown",
}

bits! {
    /// What a worker can be marked for, as granted by the worker's own agency.
    Group,
    /// The marks of a worker.
    Groups(u16);
    /// May see people with a strictly confidential address.
    StrictlyConfidential = "strictly_confidential",
    /// May see people with a strictly confidential address abroad.
    StrictlyConfidentialAbroad = "strictly_confidential_abroad",
    /// May see people with a confidential address.
    Confidential = "confidential",
    /// May see people with protected registration.
    ProtectedRegistration = "protected_registration",
    /// May see people with a secrecy marking.
    SecrecyMarked = "secrecy_marked",
    /// May see staff and close family of staff.
    Shielded = "shielded",
    /// Works with people who live abroad.
    Abroad = "abroad",
    /// Works with people without a known residence.
    UnknownResidence = "unknown_residence",
    /// Works for the whole country.
    National = "national",
}

impl Groups {
    /// The marks that follow from a clearance for protected addresses, and
    /// whether the worker may see shielded staff. Other marks are added one by one.
    #[must_use]
    pub const fn of(clearance: Clearance, shielded: bool) -> Self {
        let marks = match clearance {
            Clearance::None => Self::NONE,
            Clearance::Confidential => Self::only(Group::Confidential).with(Group::SecrecyMarked),
            Clearance::StrictlyConfidential => Self::only(Group::Confidential)
                .with(Group::SecrecyMarked)
                .with(Group::StrictlyConfidential)
                .with(Group::StrictlyConfidentialAbroad)
                .with(Group::ProtectedRegistration),
        };
        if shielded { marks.with(Group::Shielded) } else { marks }
    }
}

impl Overlays {
    /// The facts that a person's guard stands for.
    #[must_use]
    pub fn of_guard(guard: Guard) -> Self {
        [
            (Guard::CONFIDENTIAL, Overlay::Confidential),
            (Guard::STRICTLY_CONFIDENTIAL, Overlay::StrictlyConfidential),
            (Guard::STRICTLY_CONFIDENTIAL_ABROAD, Overlay::StrictlyConfidentialAbroad),
            (Guard::PROTECTED_REGISTRATION, Overlay::ProtectedRegistration),
            (Guard::SECRECY_MARKED, Overlay::SecrecyMarked),
            (Guard::SHIELDED, Overlay::Shielded),
        ]
        .into_iter()
        .filter(|(bit, _)| guard.has(*bit))
        .map(|(_, fact)| fact)
        .collect()
    }
}
