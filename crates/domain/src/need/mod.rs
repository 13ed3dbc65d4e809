//! What a person needs, as against what there is (REQ-PLAN-08).
//!
//! A need is of a closed kind, so that the same need has the same name at every agency. It is said
//! by the person or by a worker, ranked by both, and has exactly one owner: a unit of one agency. It
//! lives on its own: whether there is an offer for it, and whether the plan has an item on it,
//! changes nothing about the need. A need that nothing is there for stays, with the reason.
//!
//! What happens about a need is the plan's; how it was found is the assessment's.

use thiserror::Error;

use crate::codes::codes;
use crate::ids::{AgencyId, UnitId};
use crate::office::AgencyKind;
use crate::secrecy::Category;

#[cfg(test)]
mod tests;

codes! {
    /// The kinds of need (domain.md sections D, E and G; REQ-PLAN-07).
    NeedKind {
        /// A job, or a way into one.
        Work = "work",
        /// Knowing how and where to look for a job.
        JobSearch = "job_search",
        /// Belief in a job, a goal, a next step.
        Motivation = "motivation",
        /// Seeing and using what one can.
        Resources = "resources",
        /// Schooling, a trade, recent practice.
        Skills = "skills",
        /// The language that work asks for.
        Language = "language",
        /// A job that is adapted, shorter days among it.
        Adaptation = "adaptation",
        /// Handling health beside work; rehabilitation.
        HealthCoping = "health_coping",
        /// Treatment by the health service: outpatient, psychiatry. What is treated stays there
        /// (REQ-PLAN-16).
        Treatment = "treatment",
        /// Rhythm, appointments, the day.
        EverydayCoping = "everyday_coping",
        /// People around one.
        Network = "network",
        /// A contact person (støttekontakt / kontaktperson).
        ContactPerson = "contact_person",
        /// Help in home and surroundings (miljøtjeneste / boendestöd).
        HomeService = "home_service",
        /// Relief from care for others (avlastning).
        Relief = "relief",
        /// Money to live on.
        Income = "income",
        /// Advice about debts; debt relief.
        Debt = "debt",
        /// A home, or keeping it.
        Housing = "housing",
        /// Somebody who minds the children.
        ChildCare = "child_care",
        /// Care for others that binds the day.
        CareDuty = "care_duty",
        /// Support about alcohol or drugs.
        SubstanceUse = "substance_use",
        /// A contact with child welfare.
        ChildWelfare = "child_welfare",
        /// Getting there.
        Transport = "transport",
        /// One who sees to it that the rest fits together.
        Coordination = "coordination",
    }
}

impl NeedKind {
    /// What it tells of, for the walls.
    #[must_use]
    pub fn category(self) -> Category {
        match self {
            Self::Work
            | Self::JobSearch
            | Self::Motivation
            | Self::Resources
            | Self::Skills
            | Self::Language
            | Self::Transport => Category::Emp,
            Self::Adaptation | Self::HealthCoping | Self::Treatment | Self::HomeService => {
                Category::Health
            }
            Self::EverydayCoping | Self::Coordination => Category::Case,
            Self::Network
            | Self::ContactPerson
            | Self::Relief
            | Self::ChildCare
            | Self::CareDuty => Category::Family,
            Self::Income => Category::Ben,
            Self::Debt => Category::Debt,
            Self::Housing => Category::Housing,
            Self::SubstanceUse => Category::Subst,
            Self::ChildWelfare => Category::Child,
        }
    }

    /// Which agency usually owns it. A boundary table of a place may say otherwise (REQ-MAP-05).
    #[must_use]
    pub fn usual_agency(self) -> AgencyKind {
        match self {
            Self::Work
            | Self::JobSearch
            | Self::Motivation
            | Self::Resources
            | Self::Skills
            | Self::Adaptation
            | Self::Transport => AgencyKind::Employment,
            Self::HealthCoping | Self::Treatment => AgencyKind::Insurance,
            Self::Language
            | Self::EverydayCoping
            | Self::Network
            | Self::ContactPerson
            | Self::HomeService
            | Self::Relief
            | Self::Income
            | Self::Debt
            | Self::Housing
            | Self::ChildCare
            | Self::CareDuty
            | Self::SubstanceUse
            | Self::ChildWelfare
            | Self::Coordination => AgencyKind::Social,
        }
    }

    /// Whether it is met beside the way to work: none of it is less binding for that
    /// (REQ-PLAN-07).
    #[must_use]
    pub fn is_beyond_work(self) -> bool {
        !matches!(
            self,
            Self::Work
                | Self::JobSearch
                | Self::Motivation
                | Self::Resources
                | Self::Skills
                | Self::Language
                | Self::Adaptation
        )
    }
}

codes! {
    /// Who said that it is needed.
    SaidBy {
        /// The person.
        Person = "person",
        /// A worker.
        Worker = "worker",
    }
}

codes! {
    /// Where it was found.
    NeedSource {
        /// In an assessment.
        Assessment = "assessment",
        /// At the first talk, or in what was taken in at a visit.
        Entry = "entry",
        /// In a meeting.
        Meeting = "meeting",
        /// While the plan was made.
        Plan = "plan",
    }
}

codes! {
    /// What became of it.
    NeedState {
        /// It stands.
        Open = "open",
        /// It is met.
        Met = "met",
        /// Something of it is met.
        PartlyMet = "partly_met",
        /// Nothing is there for it now. It stays and is counted.
        Unmet = "unmet",
        /// The person does not want it, or it was said by mistake.
        Withdrawn = "withdrawn",
    }
}

impl NeedState {
    /// Whether the need still stands: it has an owner who answers for it.
    #[must_use]
    pub fn stands(self) -> bool {
        matches!(self, Self::Open | Self::PartlyMet | Self::Unmet)
    }

    /// Whether a reason must be given for it.
    #[must_use]
    pub fn asks_reason(self) -> bool {
        matches!(self, Self::PartlyMet | Self::Unmet | Self::Withdrawn)
    }
}

/// The lowest rank. 1 is the most pressing.
pub const LAST_RANK: i64 = 9;

/// A need with its one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What is needed.
    pub kind: NeedKind,
    /// How pressing it is to the person, 1 to 9.
    pub person_rank: Option<i64>,
    /// How pressing it is in the worker's eyes, 1 to 9.
    pub worker_rank: Option<i64>,
    /// The unit that answers for it.
    pub unit: UnitId,
    /// The unit's agency.
    pub agency: AgencyId,
    /// What became of it.
    pub state: NeedState,
    /// Why, where the state asks for it.
    pub reason: String,
}

/// Why a need was not taken or not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NeedFault {
    /// A rank is from 1 to 9.
    #[error("a rank is from 1 to 9")]
    Rank,
    /// What is not met, or not any more wanted, says why.
    #[error("a reason is missing")]
    Reason,
    /// It is in that state already.
    #[error("nothing changes")]
    Same,
    /// It was withdrawn: a new one is said anew.
    #[error("it was withdrawn")]
    Withdrawn,
    /// The unit owns it already.
    #[error("the unit owns it already")]
    Owner,
}

impl NeedFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Rank => "need-rank",
            Self::Reason => "need-reason",
            Self::Same => "need-same",
            Self::Withdrawn => "need-withdrawn",
            Self::Owner => "need-owner",
        }
    }

    /// Every one.
    pub const ALL: &'static [Self] =
        &[Self::Rank, Self::Reason, Self::Same, Self::Withdrawn, Self::Owner];
}

/// Bounds a rank.
///
/// # Errors
/// [`NeedFault::Rank`] when it is not from 1 to 9.
pub fn rank(rank: Option<i64>) -> Result<Option<i64>, NeedFault> {
    match rank {
        Some(rank) if !(1..=LAST_RANK).contains(&rank) => Err(NeedFault::Rank),
        other => Ok(other),
    }
}

impl Need {
    /// Says what became of it.
    ///
    /// # Errors
    /// When nothing would change, it was withdrawn, or the state asks for a reason.
    pub fn settle(self, state: NeedState, reason: &str) -> Result<Self, NeedFault> {
        if self.state == NeedState::Withdrawn {
            return Err(NeedFault::Withdrawn);
        }
        if state == self.state && reason.trim() == self.reason {
            return Err(NeedFault::Same);
        }
        if state.asks_reason() && reason.trim().is_empty() {
            return Err(NeedFault::Reason);
        }
        Ok(Self { state, reason: reason.trim().to_owned(), ..self })
    }

    /// Another unit answers for it from now: it never has none, and never two.
    ///
    /// # Errors
    /// When the unit owns it already, or it was withdrawn.
    pub fn hand_to(self, unit: UnitId, agency: AgencyId) -> Result<Self, NeedFault> {
        if self.state == NeedState::Withdrawn {
            return Err(NeedFault::Withdrawn);
        }
        if self.unit == unit {
            return Err(NeedFault::Owner);
        }
        Ok(Self { unit, agency, ..self })
    }

    /// The same need was said again: a rank that was missing is added, none is written over; what
    /// was taken for met stands again.
    #[must_use]
    pub fn said_again(self, person_rank: Option<i64>, worker_rank: Option<i64>) -> Self {
        let state = match self.state {
            NeedState::Met => NeedState::Open,
            other => other,
        };
        Self {
            person_rank: self.person_rank.or(person_rank),
            worker_rank: self.worker_rank.or(worker_rank),
            state,
            ..self
        }
    }
}
