//! What a person may say that they need, in their own terms.

use serde::{Deserialize, Serialize};

use crate::office::{AgencyKind, Subject};
use crate::secrecy::Category;

/// A need as it is asked for at the door. No choice names an agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// To find work, or has lost it.
    Work,
    /// To learn something in order to work.
    Training,
    /// Money to live on, now.
    Income,
    /// Is ill or cannot work as before.
    Illness,
    /// A disability in everyday life.
    Disability,
    /// Children and family.
    Family,
    /// Somewhere to live.
    Housing,
    /// Debt and bills.
    Debt,
    /// A letter or a decision that is hard to understand.
    Letter,
    /// Something else, or does not know.
    Other,
}

impl Need {
    /// Every need, in the order in which the door asks.
    pub const ALL: [Self; 10] = [
        Self::Work,
        Self::Training,
        Self::Income,
        Self::Illness,
        Self::Disability,
        Self::Family,
        Self::Housing,
        Self::Debt,
        Self::Letter,
        Self::Other,
    ];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Training => "training",
            Self::Income => "income",
            Self::Illness => "illness",
            Self::Disability => "disability",
            Self::Family => "family",
            Self::Housing => "housing",
            Self::Debt => "debt",
            Self::Letter => "letter",
            Self::Other => "other",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|need| need.as_str() == code)
    }

    /// The agencies that usually meet it. Empty where that shows only in talk.
    #[must_use]
    pub fn agencies(self) -> &'static [AgencyKind] {
        use AgencyKind::{Employment, Insurance, Social};
        match self {
            Self::Work | Self::Training => &[Employment],
            Self::Illness | Self::Disability => &[Insurance],
            Self::Family => &[Insurance, Social],
            Self::Income | Self::Housing | Self::Debt => &[Social],
            Self::Letter | Self::Other => &[],
        }
    }

    /// The kind of information that it tells about the one who has it (REQ-INFO-12): what must
    /// cross before another agency hears of it.
    #[must_use]
    pub fn category(self) -> Category {
        match self {
            Self::Work | Self::Training => Category::Emp,
            Self::Income => Category::Ben,
            Self::Illness | Self::Disability => Category::Health,
            Self::Family => Category::Family,
            Self::Housing => Category::Housing,
            Self::Debt => Category::Debt,
            Self::Letter | Self::Other => Category::Case,
        }
    }

    /// The subject a formal decision about it usually has, if one is needed.
    #[must_use]
    pub fn subject(self) -> Option<Subject> {
        match self {
            Self::Work => Some(Subject::UnemploymentBenefit),
            Self::Training => Some(Subject::Measure),
            Self::Income => Some(Subject::SocialAssistance),
            Self::Illness => Some(Subject::SicknessBenefit),
            Self::Disability => Some(Subject::DisabilityBenefit),
            Self::Family => Some(Subject::FamilyBenefit),
            Self::Housing => Some(Subject::Housing),
            Self::Debt => Some(Subject::DebtCounselling),
            Self::Letter | Self::Other => None,
        }
    }
}
