//! The words of the law as the packs use them: kinds of information, purposes,
//! what a rule does with them, and what follows from it.

use super::bits::bits;

bits! {
    /// The kinds of information that the law keeps apart (domain.md section B).
    Category,
    /// A set of kinds of information.
    Categories(u16);
    /// Identity, contact, language, address.
    Id = "id",
    /// That the person is a client, and where.
    Case = "case",
    /// Work, education, skills, job search.
    Emp = "emp",
    /// Benefits, periods, amounts, sanctions.
    Ben = "ben",
    /// Health; others see what the person can do, not the diagnosis (REQ-INFO-12).
    Health = "health",
    /// Use of alcohol or drugs, and its treatment.
    Subst = "subst",
    /// Child welfare (REQ-INFO-17).
    Child = "child",
    /// Creditors, debts, agreements about them.
    Debt = "debt",
    /// Tenure, cost, risk of eviction.
    Housing = "housing",
    /// Household, children, custody, care.
    Family = "family",
    /// Ethnic origin and the ground of residence.
    Origin = "origin",
}

impl Category {
    /// Whether it is of the special categories that need a ground of their own
    /// (GDPR article 9, and child welfare by national law).
    #[must_use]
    pub const fn is_sensitive(self) -> bool {
        matches!(self, Self::Health | Self::Subst | Self::Child | Self::Origin)
    }

    /// Its place in a row of eleven letters.
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }
}

bits! {
    /// What information is asked for. A request names exactly one.
    Purpose,
    /// A set of purposes.
    Purposes(u8);
    /// To help the person together.
    Coordination = "coordination",
    /// To decide on a benefit.
    BenefitDecision = "benefit_decision",
    /// To protect life, health or a child.
    Safety = "safety",
    /// To count, without naming.
    Statistics = "statistics",
}

/// What a rule does with a kind of information, from narrow to wide.
///
/// Each is also permitted by all that the ones before it are permitted by, so
/// that a step down never opens anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Effect {
    /// `X`: denied, and consent is not offered either.
    #[default]
    Denied,
    /// `C`: only with the person's consent.
    Consent,
    /// `N`: after a recorded necessity or harm test, or with consent.
    Necessity,
    /// `A`: allowed by law.
    Allowed,
    /// `D`: must be given.
    Duty,
}

impl Effect {
    /// Every one, from narrow to wide.
    pub const ALL: [Self; 5] =
        [Self::Denied, Self::Consent, Self::Necessity, Self::Allowed, Self::Duty];

    /// The letter that stands for it in a pack.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Denied => 'X',
            Self::Consent => 'C',
            Self::Necessity => 'N',
            Self::Allowed => 'A',
            Self::Duty => 'D',
        }
    }

    /// The stable code, the letter as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "X",
            Self::Consent => "C",
            Self::Necessity => "N",
            Self::Allowed => "A",
            Self::Duty => "D",
        }
    }

    /// Reads a letter; `None` for any other text.
    #[must_use]
    pub fn parse(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == letter)
    }
}

bits! {
    /// What somebody who gets information must do about it.
    Obligation,
    /// A set of obligations.
    Obligations(u16);
    /// Write it into the journal.
    Audit = "audit",
    /// Name the rule.
    CiteBasis = "cite_basis",
    /// Take no more than the purpose needs.
    Minimise = "minimise",
    /// Tell the person, unless the law forbids it.
    InformSubject = "inform_subject_unless_law_forbids",
    /// Write down why it is necessary.
    RecordNecessity = "record_necessity_text",
    /// Name the consent.
    CiteConsent = "cite_consent_id",
    /// Look again whether the consent still covers it.
    CheckConsent = "check_consent_scope_and_expiry",
    /// Write a denial into the journal.
    AuditDenial = "audit_denial",
    /// A second person looks at it within the hours that the pack says.
    SecondPerson = "second_person",
    /// Tell the person as soon as that is safe.
    TellWhenSafe = "tell_when_safe",
}
