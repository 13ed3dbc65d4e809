//! What rests on consents, and stops when they are taken back: shown before a
//! withdrawal is confirmed, so that the person can choose (REQ-INFO-03).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::terms::{Terms, codes};
use crate::ids::AgencyId;
use crate::secrecy::{Category, Purpose};

codes! {
    /// Something that agencies do together on a person's consent.
    Arrangement {
        /// Each sees the other's part on one page.
        JointView = "joint_view",
        /// One mapping of the person's situation instead of one for each agency.
        SharedMapping = "shared_mapping",
        /// The summary of a talk of three that all of them get.
        ThreeWaySummary = "three_way_summary",
        /// Benefits of two agencies paid out as one.
        JointPayout = "joint_payout",
    }
}

impl Arrangement {
    /// What it is for, and what it cannot do without.
    #[must_use]
    pub fn needs(self) -> (Purpose, &'static [Category]) {
        match self {
            Self::JointView => (Purpose::Coordination, &[Category::Case]),
            Self::SharedMapping => (Purpose::Coordination, &[Category::Case, Category::Emp]),
            Self::ThreeWaySummary => (Purpose::Coordination, &[Category::Id, Category::Case]),
            Self::JointPayout => (Purpose::BenefitDecision, &[Category::Ben]),
        }
    }

    /// Whether it stands on these consents, from one agency to another, on a day.
    /// A doubtful consent alone carries nothing.
    #[must_use]
    pub fn stands(self, consents: &[Terms], from: AgencyId, to: AgencyId, on: Date) -> bool {
        let (purpose, needed) = self.needs();
        needed.iter().all(|category| {
            consents.iter().any(|terms| {
                !terms.doubtful
                    && terms.purpose == purpose
                    && terms.holds_on(on)
                    && terms.categories.has(*category)
                    && terms.from.contains(&from)
                    && terms.to.contains(&to)
            })
        })
    }
}

/// Something that stops, and between whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stopped {
    /// What stops.
    pub what: Arrangement,
    /// Who would have told.
    pub from: AgencyId,
    /// Who would have been told.
    pub to: AgencyId,
}

/// What stood on the consents before and does not stand on those after.
#[must_use]
pub fn stopped(before: &[Terms], after: &[Terms], on: Date) -> Vec<Stopped> {
    let pairs: BTreeSet<(AgencyId, AgencyId)> = before.iter().flat_map(Terms::pairs).collect();
    let mut stopped = Vec::new();
    for what in Arrangement::ALL {
        for (from, to) in &pairs {
            if what.stands(before, *from, *to, on) && !what.stands(after, *from, *to, on) {
                stopped.push(Stopped { what: *what, from: *from, to: *to });
            }
        }
    }
    stopped
}

/// How two agencies pay a person in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payout {
    /// As one sum.
    Joint,
    /// Each its own.
    Separate,
}

/// How a run of payments goes: jointly only while a consent in force carries it,
/// so a withdrawal makes the next run separate (REQ-INFO-03).
#[must_use]
pub fn payout(consents: &[Terms], from: AgencyId, to: AgencyId, run_on: Date) -> Payout {
    if Arrangement::JointPayout.stands(consents, from, to, run_on) {
        Payout::Joint
    } else {
        Payout::Separate
    }
}
