//! The kinds of facts. Each has one category (domain.md section B) and a grade.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

use crate::person::Country;
use crate::secrecy::{Categories, Category, Purpose};

/// How near a fact comes to what is treated, as against what the person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// An ordinary fact.
    Ordinary,
    /// What the person can do or needs, without why: what others may be told of health.
    Functional,
    /// Diagnosis, treatment, test results. It stays with the benefit case that
    /// needs it and never crosses for coordination, under any consent (REQ-INFO-12).
    Clinical,
}

impl Grade {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Functional => "functional",
            Self::Clinical => "clinical",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Ordinary, Self::Functional, Self::Clinical]
            .into_iter()
            .find(|grade| grade.as_str() == code)
    }

    /// Whether what has this grade may cross to another agency for `purpose` at all,
    /// whatever the policy pack says: what is clinical only in a decision about a
    /// benefit (domain.md section B, health; REQ-INFO-12).
    #[must_use]
    pub fn may_cross(self, purpose: Purpose) -> bool {
        self != Self::Clinical || purpose == Purpose::BenefitDecision
    }

    /// The grade of a free text of one category, whose words seem to tell of more
    /// ([`seems`](super::seems)). About health and substance use it is clinical, unless its
    /// writer says that it tells only what the person can do or needs (REQ-INFO-12).
    #[must_use]
    pub fn of_text(category: Category, more: Categories, functional: bool) -> Self {
        let medical = [Category::Health, Category::Subst];
        match medical.iter().any(|one| *one == category || more.has(*one)) {
            false => Self::Ordinary,
            true if functional => Self::Functional,
            true => Self::Clinical,
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $category:ident, $grade:ident;)*) => {
        /// What a fact is about. The list is closed, so that the same question has
        /// the same name at every agency and is asked once (REQ-INFO-07).
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum FactKind { $($(#[$doc])* #[serde(rename = $code)] $variant,)* }

        impl FactKind {
            /// Every kind, in the order in which pages show them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable code.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Reads a stable code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// What it tells of.
            #[must_use]
            pub fn category(self) -> Category {
                match self { $(Self::$variant => Category::$category),* }
            }

            /// How near it comes to what is treated.
            #[must_use]
            pub fn grade(self) -> Grade {
                match self { $(Self::$variant => Grade::$grade),* }
            }
        }
    };
}

kinds! {
    /// Who may be called when the person cannot be reached.
    ContactPerson = "contact_person", Id, Ordinary;
    /// Interpreter that is needed, by language.
    Interpreter = "interpreter", Id, Ordinary;
    /// That another case runs, and with whom.
    OtherCase = "other_case", Case, Ordinary;
    /// Schooling and degrees.
    Education = "education", Emp, Ordinary;
    /// What the person works or worked as.
    Occupation = "occupation", Emp, Ordinary;
    /// Where and how long the person worked.
    WorkHistory = "work_history", Emp, Ordinary;
    /// Skills and certificates, a driving licence among them.
    Skills = "skills", Emp, Ordinary;
    /// What work the person wishes for.
    WorkWish = "work_wish", Emp, Ordinary;
    /// A benefit that is applied for.
    BenefitApplied = "benefit_applied", Ben, Ordinary;
    /// A benefit that is paid, with extent and amount in NOK or SEK a month.
    BenefitPaid = "benefit_paid", Ben, Ordinary;
    /// What the person can and cannot do at work.
    WorkAbility = "work_ability", Health, Functional;
    /// What must be adapted, and hours a day.
    Adaptation = "adaptation", Health, Functional;
    /// A diagnosis.
    Diagnosis = "diagnosis", Health, Clinical;
    /// Treatment that is planned or under way.
    Treatment = "treatment", Health, Clinical;
    /// What support the person wants about substance use.
    SubstanceSupport = "substance_support", Subst, Functional;
    /// Substance use itself.
    SubstanceUse = "substance_use", Subst, Clinical;
    /// That there is a contact person in child welfare.
    ChildWelfareContact = "child_welfare_contact", Child, Ordinary;
    /// What debts there are, in total.
    DebtTotal = "debt_total", Debt, Ordinary;
    /// What was agreed with creditors.
    DebtAgreement = "debt_agreement", Debt, Ordinary;
    /// How the person lives.
    Housing = "housing", Housing, Ordinary;
    /// What it costs a month, and whether the home is at risk.
    HousingRisk = "housing_risk", Housing, Ordinary;
    /// Who lives in the household.
    Household = "household", Family, Ordinary;
    /// Care for children or others, as far as it binds the person's day.
    CareDuty = "care_duty", Family, Ordinary;
    /// Ground and end of the right to stay.
    ResidencePermit = "residence_permit", Origin, Ordinary;
    /// Day of settlement in the municipality.
    SettledOn = "settled_on", Origin, Ordinary;
}

impl FactKind {
    /// Whether a fact of this kind may cross to another agency for `purpose` at all:
    /// [`Grade::may_cross`].
    #[must_use]
    pub fn may_cross(self, purpose: Purpose) -> bool {
        self.grade().may_cross(purpose)
    }
}

/// Until when a fact or note is kept that was received on `received`, if nothing
/// renews it: product rules where no statute was found (domain.md section B).
/// Debts two years; substance use one; the employment service in Sweden three years
/// from the end of the year (SFS 2002:546 section 16); all else five.
#[must_use]
pub fn kept_until(category: Category, country: Country, received: Date) -> Date {
    let end = |from: Date, span: Span| from.checked_add(span).unwrap_or(Date::MAX);
    match (category, country) {
        (Category::Subst, _) => end(received, 1.year()),
        (Category::Debt, _) => end(received, 2.years()),
        (Category::Emp, Country::Se) => end(received.last_of_year(), 3.years()),
        _ => end(received, 5.years()),
    }
}
