//! Principals, agencies, offices, units and the people who work in them.

use jiff::civil::{Date, Time};

use super::words::words;
use crate::person::Clearance;
use crate::secrecy::Groups;

/// Whether a text can serve as a code: 1 to 40 characters of `a-z`, `0-9` and `-`.
#[must_use]
pub fn is_code(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A stretch of whole days, `[from, until)`: the day in `until` is the first one outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// First day inside.
    pub from: Date,
    /// First day after the end; `None` while no end is decided.
    pub until: Option<Date>,
}

impl Period {
    /// Whether the day lies inside.
    #[must_use]
    pub fn holds(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date < until)
    }

    /// Whether any day lies inside both. A period that ends the day the other begins does not.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let first = self.from.max(other.from);
        self.holds(first) && other.holds(first)
    }

    /// The days that lie inside both; none where no day does.
    #[must_use]
    pub fn within(&self, other: &Self) -> Option<Self> {
        let until = match (self.until, other.until) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        self.overlaps(other).then_some(Self { from: self.from.max(other.from), until })
    }

    /// Whether every day of the other lies inside this one.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.from <= other.from
            && self.until.is_none_or(|mine| other.until.is_some_and(|theirs| theirs <= mine))
    }
}

words! {
    /// Who answers for an agency and pays what it decides (REQ-ORG-01).
    PrincipalKind {
        /// The state.
        State = "state",
        /// A municipality.
        Municipality = "municipality",
    }
}

/// The state, a state authority with its own budget, or the municipality.
///
/// Norway has two (one state, one municipality), Sweden three (two state authorities and the
/// municipality), REQ-ORG-01.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Code, unique among principals.
    pub code: String,
    /// Name shown to people.
    pub name: String,
    /// State or municipality.
    pub kind: PrincipalKind,
}

words! {
    /// The three services of the joint office (REQ-ORG-01).
    AgencyKind {
        /// Employment service (Aetat; Arbetsförmedlingen).
        Employment = "employment",
        /// Social insurance (trygdeetaten; Försäkringskassan).
        Insurance = "insurance",
        /// Municipal social services (sosialtjenesten; socialtjänsten).
        Social = "social",
    }
}

impl AgencyKind {
    /// Who must answer for such an agency: social services are municipal, the two others state.
    #[must_use]
    pub const fn principal_kind(self) -> PrincipalKind {
        match self {
            Self::Employment | Self::Insurance => PrincipalKind::State,
            Self::Social => PrincipalKind::Municipality,
        }
    }
}

/// One of the three services; a set holds at most one of each kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Code, unique among agencies.
    pub code: String,
    /// Name shown to people.
    pub name: String,
    /// Which of the three services it is.
    pub kind: AgencyKind,
    /// Code of the principal that answers for it and pays.
    pub principal: String,
}

/// Hours on one weekday when the door is open; a lunch break makes two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// 1 is Monday, 7 is Sunday (ISO 8601).
    pub weekday: u8,
    /// Local time the door opens.
    pub opens: Time,
    /// Local time the door closes, later than `opens` on the same day.
    pub closes: Time,
}

/// A building with one shared reception. It decides nothing: only its units do (REQ-ORG-03).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Code, unique among offices.
    pub code: String,
    /// Name on the door.
    pub name: String,
    /// Street address.
    pub address: String,
    /// Postcode.
    pub postcode: String,
    /// Telephone number as people dial it.
    pub phone: String,
    /// Code of the district the office is for; `None` where the town has no districts.
    pub district: Option<String>,
    /// The day on which it opened again after it was closed or had become another: without it a
    /// file does not open what is gone. `None` for an office that never closed.
    pub reopened: Option<Date>,
    /// When the door is open; never empty.
    pub opening: Vec<Opening>,
    /// Staff code of the joint manager, whose power covers all agencies' staff when work is
    /// shared out but who gets no mandate by it (REQ-ORG-23).
    pub manager: String,
}

words! {
    /// Where in the office a unit meets people.
    UnitKind {
        /// Works in the shared reception.
        FrontOffice = "front_office",
        /// Works behind it: administration offices, casework.
        BackOffice = "back_office",
    }
}

words! {
    /// What a decision can be about: the subjects a mandate is given for (REQ-ORG-03).
    Subject {
        /// Unemployment benefit (dagpenger).
        UnemploymentBenefit = "unemployment_benefit",
        /// Allowance while in a measure (tiltakspenger; aktivitetsstöd).
        MeasureAllowance = "measure_allowance",
        /// A place in a labour-market measure.
        Measure = "measure",
        /// What help a person needs to get work (NAV-loven § 14 a).
        SupportNeeds = "support_needs",
        /// Work assessment allowance (AAP).
        WorkAssessmentAllowance = "work_assessment_allowance",
        /// Sickness benefit.
        SicknessBenefit = "sickness_benefit",
        /// Disability benefit.
        DisabilityBenefit = "disability_benefit",
        /// Transitional benefit for lone parents.
        TransitionalBenefit = "transitional_benefit",
        /// Child benefit and the other family benefits.
        FamilyBenefit = "family_benefit",
        /// Help to a car because of a disability; decided for the whole county (REQ-ORG-18).
        CarSupport = "car_support",
        /// Municipal social assistance.
        SocialAssistance = "social_assistance",
        /// Temporary housing and help to find a home.
        Housing = "housing",
        /// Debt counselling.
        DebtCounselling = "debt_counselling",
        /// Child welfare.
        ChildWelfare = "child_welfare",
        /// The municipal qualification programme and its benefit.
        QualificationProgramme = "qualification_programme",
    }
}

impl Subject {
    /// Whether what is decided in it is money that is paid out (REQ-FRONT-24).
    #[must_use]
    pub const fn is_paid(self) -> bool {
        match self {
            Self::UnemploymentBenefit
            | Self::MeasureAllowance
            | Self::WorkAssessmentAllowance
            | Self::SicknessBenefit
            | Self::DisabilityBenefit
            | Self::TransitionalBenefit
            | Self::FamilyBenefit
            | Self::SocialAssistance
            | Self::QualificationProgramme => true,
            Self::Measure
            | Self::SupportNeeds
            | Self::CarSupport
            | Self::Housing
            | Self::DebtCounselling
            | Self::ChildWelfare => false,
        }
    }

    /// The only kind of agency that may hold a mandate for the subject.
    #[must_use]
    pub const fn usual_agency(self) -> AgencyKind {
        match self {
            Self::UnemploymentBenefit
            | Self::MeasureAllowance
            | Self::Measure
            | Self::SupportNeeds => AgencyKind::Employment,
            Self::WorkAssessmentAllowance
            | Self::SicknessBenefit
            | Self::DisabilityBenefit
            | Self::TransitionalBenefit
            | Self::FamilyBenefit
            | Self::CarSupport => AgencyKind::Insurance,
            Self::SocialAssistance
            | Self::Housing
            | Self::DebtCounselling
            | Self::ChildWelfare
            | Self::QualificationProgramme => AgencyKind::Social,
        }
    }
}

/// A unit's legal power to decide on one subject, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// What the unit may decide on.
    pub subject: Subject,
    /// The days it may; moving a mandate is one period that ends and another that begins.
    pub valid: Period,
}

/// A part of one agency that decides, pays, meets people and follows up (REQ-ORG-01).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Code, unique among units.
    pub code: String,
    /// Name shown to people.
    pub name: String,
    /// Code of the agency it belongs to.
    pub agency: String,
    /// Code of the building it sits in; says nothing about what it may decide.
    pub office: String,
    /// Reception or behind it.
    pub kind: UnitKind,
    /// What it may decide on; empty for a unit that only guides.
    pub mandates: Vec<Mandate>,
    /// Staff code of the one who has accepted beforehand to own what no agency accepts
    /// (REQ-REF-08). Only a unit of the municipal social services names one, and the person
    /// works in that agency, since the last responsibility is the municipality's.
    pub last_resort: Option<String>,
    /// Whether it carries out what a decision office decided, and decides nothing itself
    /// (REQ-ORG-19).
    pub delivers: bool,
    /// The days the unit exists.
    pub valid: Period,
}

words! {
    /// What a member of staff does in the office.
    Role {
        /// Meets people at the door and helps them help themselves (servicevert).
        Host = "host",
        /// Answers and sorts out at the shared desk.
        FrontWorker = "front_worker",
        /// Handles cases in a unit.
        Caseworker = "caseworker",
        /// Leads the staff of all agencies in one office.
        JointManager = "joint_manager",
        /// Keeps the settings and the organisation file.
        Administrator = "administrator",
        /// Watches over secrecy and the log of who has looked at what.
        PrivacyOwner = "privacy_owner",
    }
}

/// Someone who works in a unit. Two people may bear the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Code, unique among staff.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Work e-mail, unique among staff whatever the case of its letters.
    pub email: String,
    /// The `sub` the sign-in service knows them by, unique; `None` before first sign-in.
    pub subject: Option<String>,
    /// Code of the unit, and so of the agency, that employs them.
    pub unit: String,
    /// What they do.
    pub role: Role,
    /// Which protected addresses they may see.
    pub clearance: Clearance,
    /// What else they may see: the whole country, shielded staff, people abroad, people
    /// without a known residence.
    pub marks: Groups,
    /// Languages they can talk with visitors in, as lower-case ISO 639 codes.
    pub languages: Vec<String>,
    /// Whether they take work at present; false while on leave.
    pub on_duty: bool,
}
