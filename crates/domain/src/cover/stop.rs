//! The simulation: take people away and see what stops.

use std::collections::BTreeSet;

use crate::codes::codes;
use crate::ids::StaffId;

codes! {
    /// What can depend on one person.
    Matter {
        /// An open case that they answer for.
        Case = "case",
        /// A next step of theirs in a case.
        Step = "step",
        /// A hand-over that they alone were asked to take.
        Handover = "handover",
        /// They are contact person of their agency for a municipality.
        Contact = "contact",
        /// They coordinate an office.
        Coordinator = "coordinator",
        /// They are joint manager of an office.
        Manager = "manager",
        /// They own what no agency accepts.
        LastResort = "last_resort",
        /// They are the only one of their agency in a project team.
        Team = "team",
        /// They are the only one in a unit who can carry a case.
        Unit = "unit",
        /// A meeting with somebody on the day, where none of those who share the case sits.
        Meeting = "meeting",
        /// They are the only one of their role in the office.
        Role = "role",
    }
}

/// Somebody who is not there, or not able to take over: their access does not reach.
pub type Away = BTreeSet<StaffId>;

/// Something that depends on people: who sees to it, and who may step in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depends {
    /// What it is.
    pub matter: Matter,
    /// Who sees to it.
    pub holder: StaffId,
    /// Who may step in with the same access. Empty where nobody may.
    pub covers: Vec<StaffId>,
    /// How many of the same kind stand behind this line.
    pub count: i64,
}

/// What stops when all of `away` are gone: what one of them sees to and none who is left covers.
/// The fewer are away, the less stops.
#[must_use]
pub fn stops<'a>(things: &'a [Depends], away: &Away) -> Vec<&'a Depends> {
    things
        .iter()
        .filter(|it| it.count > 0 && away.contains(&it.holder))
        .filter(|it| it.covers.iter().all(|who| away.contains(who)))
        .collect()
}
