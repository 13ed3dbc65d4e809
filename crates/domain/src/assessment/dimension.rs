//! The common dimensions that instruments share.

use serde::{Deserialize, Serialize};

use crate::codes::codes;
use crate::record::Grade;
use crate::secrecy::Category;

codes! {
    /// What an item tells of. The list is common to all instruments, so that an older assessment
    /// in another one fills the dimensions that it covers (REQ-MAP-23).
    Dimension {
        /// What the person can do, against jobs that there are.
        Employability = "employability",
        /// What hinders a start.
        Barriers = "barriers",
        /// Strengths, and whether they are used.
        Resources = "resources",
        /// Living with one's health when thinking of work; never a diagnosis.
        HealthCoping = "health_coping",
        /// Rhythm of the day, keeping what was agreed.
        EverydayCoping = "everyday_coping",
        /// People around.
        Network = "network",
        /// Aims, and belief in a job.
        Motivation = "motivation",
        /// Education, recent work, digital skills.
        Skills = "skills",
        /// The language of the workplace.
        Language = "language",
        /// Money and debt.
        Debt = "debt",
        /// Where the person lives.
        Housing = "housing",
        /// Care for children or others.
        CareDuties = "care_duties",
        /// Alcohol and drugs.
        SubstanceUse = "substance_use",
    }
}

impl Dimension {
    /// The kind of information that an answer in it is, for the walls (domain.md section B).
    #[must_use]
    pub fn category(self) -> Category {
        match self {
            Self::Employability
            | Self::Barriers
            | Self::Resources
            | Self::EverydayCoping
            | Self::Motivation
            | Self::Skills
            | Self::Language => Category::Emp,
            Self::HealthCoping => Category::Health,
            Self::Network | Self::CareDuties => Category::Family,
            Self::Debt => Category::Debt,
            Self::Housing => Category::Housing,
            Self::SubstanceUse => Category::Subst,
        }
    }

    /// How near an answer in it comes to what is treated. What is told of substance use is held
    /// apart and never crosses for coordination (domain.md G.2).
    #[must_use]
    pub fn grade(self) -> Grade {
        match self {
            Self::HealthCoping => Grade::Functional,
            Self::SubstanceUse => Grade::Clinical,
            _ => Grade::Ordinary,
        }
    }

    /// Whether its answers are kept apart from profiles, charts and figures, and are opened for
    /// a reason that is said (domain.md G.2).
    #[must_use]
    pub fn is_apart(self) -> bool {
        self == Self::SubstanceUse
    }

    /// Whether its answers may weigh in a rule about risk or employability: none about health,
    /// substance use or family do.
    #[must_use]
    pub fn may_weigh(self) -> bool {
        matches!(self.category(), Category::Emp | Category::Debt | Category::Housing)
    }
}

impl Serialize for Dimension {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Dimension {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("no such dimension"))
    }
}
