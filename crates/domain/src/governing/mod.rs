//! Bodies that govern joint offices: who proposes, who decides, on what, and goals that pull
//! apart.

use std::collections::BTreeMap;

use crate::codes::codes;

codes! {
    /// What sort of body it is.
    BodyKind {
        /// Decides for the joint effort.
        Steering = "steering",
        /// Prepares and proposes.
        Project = "project",
        /// Municipal and state members together, within a remit agreed centrally (REQ-ORG-24).
        Joint = "joint",
    }
}

codes! {
    /// In which part somebody proposes (REQ-ORG-21).
    ProposedAs {
        /// As a member of a project group.
        ProjectGroup = "project_group",
        /// As the leader of an office.
        LocalLeader = "local_leader",
        /// As a member of the steering group itself.
        SteeringGroup = "steering_group",
    }
}

/// What a proposal becomes when somebody would decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// The steering group has decided.
    Decision,
    /// It stays a proposal: whoever entered it does not sit in the steering group.
    StaysProposal,
}

/// Whether an entry decides (REQ-ORG-21): only a member of the steering group decides for it.
#[must_use]
pub fn decide(sits_in_steering_group: bool) -> Decided {
    if sits_in_steering_group { Decided::Decision } else { Decided::StaysProposal }
}

codes! {
    /// How an item of an agenda ended.
    Ending {
        /// Not dealt with yet.
        Open = "open",
        /// The body was told.
        Information = "information",
        /// The body decided.
        Decision = "decision",
    }
}

/// The share of items dealt with that ended in a decision, in per cent; `None` before any was
/// dealt with (REQ-ORG-24).
#[must_use]
pub fn share_decided(endings: &[Ending]) -> Option<i64> {
    let count = |ending: Ending| endings.iter().filter(|it| **it == ending).count();
    let (decided, told) = (count(Ending::Decision), count(Ending::Information));
    crate::network::share(
        i64::try_from(decided).unwrap_or(i64::MAX),
        i64::try_from(decided + told).unwrap_or(i64::MAX),
    )
}

codes! {
    /// Whom a steering goal is about.
    TargetGroup {
        /// Recipients of social assistance for long.
        LongTerm = "long_term",
        /// Young people.
        Youth = "youth",
        /// Lone parents.
        LoneParents = "lone_parents",
        /// Immigrants and refugees.
        Immigrants = "immigrants",
        /// People with reduced capacity for work.
        ReducedCapacity = "reduced_capacity",
        /// All who seek work.
        Jobseekers = "jobseekers",
    }
}

codes! {
    /// What a steering goal wants more or less of.
    Lever {
        /// Places in measures.
        MeasurePlaces = "measure_places",
        /// Time until help begins.
        WaitingTime = "waiting_time",
        /// Time on benefits.
        BenefitTime = "benefit_time",
        /// Talks and follow-up.
        FollowUp = "follow_up",
        /// Demands for activity.
        Requirements = "requirements",
    }
}

codes! {
    /// Which way.
    Direction {
        /// More of it.
        More = "more",
        /// Less of it.
        Less = "less",
        /// As before.
        Same = "same",
    }
}

/// A steering goal of one agency for a year (REQ-ORG-50).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// The agency.
    pub agency: String,
    /// Whom it is about.
    pub group: TargetGroup,
    /// Of what.
    pub lever: Lever,
    /// More or less of it.
    pub direction: Direction,
}

/// Goals that pull apart: the group, what it is about, and the agencies on each side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Whom it is about.
    pub group: TargetGroup,
    /// Of what.
    pub lever: Lever,
    /// Agencies that want more.
    pub more: Vec<String>,
    /// Agencies that want less.
    pub less: Vec<String>,
}

/// The goals of a year that pull apart, one for each group and lever: two agencies want opposite
/// things of the same. An agency that contradicts itself is its own matter.
#[must_use]
pub fn contradictions(goals: &[Goal]) -> Vec<Contradiction> {
    let mut by: BTreeMap<(TargetGroup, Lever), (Vec<String>, Vec<String>)> = BTreeMap::new();
    for goal in goals {
        let sides = by.entry((goal.group, goal.lever)).or_default();
        let side = match goal.direction {
            Direction::More => &mut sides.0,
            Direction::Less => &mut sides.1,
            Direction::Same => continue,
        };
        if !side.contains(&goal.agency) {
            side.push(goal.agency.clone());
        }
    }
    by.into_iter()
        .filter(|(_, (more, less))| more.iter().any(|one| less.iter().any(|other| other != one)))
        .map(|((group, lever), (more, less))| Contradiction { group, lever, more, less })
        .collect()
}

#[cfg(test)]
mod tests;
