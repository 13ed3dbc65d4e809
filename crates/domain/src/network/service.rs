//! What a building offers, and where what is asked for is decided.

use std::collections::BTreeSet;

use crate::codes::codes;
use crate::office::{AgencyKind, Subject};
use crate::reception::Need;

codes! {
    /// A service of the inventory (REQ-ORG-17).
    Service {
        /// Job centre: vacancies, registration, help to search.
        JobCentre = "job_centre",
        /// Follow-up and help in vocational rehabilitation.
        Rehabilitation = "rehabilitation",
        /// Labour-market measures.
        Measures = "measures",
        /// Reimbursement of health services.
        HealthRefunds = "health_refunds",
        /// Basic and attendance benefit (grunn- og hjelpestønad).
        AttendanceBenefit = "attendance_benefit",
        /// Sickness, rehabilitation and disability benefits.
        SicknessDisability = "sickness_disability",
        /// Family benefits and pensions.
        FamilyPension = "family_pension",
        /// Help to a car because of a disability.
        CarSupport = "car_support",
        /// Economic assistance.
        EconomicAssistance = "economic_assistance",
        /// Responsibility for newcomers (nyankomna; flyktninger).
        Newcomers = "newcomers",
        /// The municipality's own labour-market unit.
        LabourMarketUnit = "labour_market_unit",
        /// Housing.
        Housing = "housing",
        /// Debt counselling.
        DebtCounselling = "debt_counselling",
        /// Child and family office.
        ChildFamily = "child_family",
        /// Health and welfare office for adults.
        HealthWelfare = "health_welfare",
        /// Follow-up of children where they are: health centres and schools.
        ChildFollowUp = "child_follow_up",
        /// Psychiatry, by local agreement.
        Psychiatry = "psychiatry",
        /// Addiction care, by local agreement.
        AddictionCare = "addiction_care",
        /// Tax matters, in an office of the state.
        Tax = "tax",
        /// Information about public services of every kind.
        CitizensInformation = "citizens_information",
        /// Tasks of the county, by local agreement.
        CountyTasks = "county_tasks",
        /// Other municipal tasks, by local agreement.
        MunicipalTasks = "municipal_tasks",
    }
}

/// Where a service is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// By a unit with the mandate, near the person.
    Locally,
    /// By one unit for the whole county: the local desk guides and sends the application on
    /// (REQ-ORG-18).
    Centrally,
    /// Nothing is decided: a service that is simply given.
    NotAtAll,
}

codes! {
    /// What every joint office must have (REQ-ORG-25).
    Element {
        /// Local employment service.
        Employment = "employment",
        /// Social insurance.
        Insurance = "insurance",
        /// Municipal economic assistance, with responsibility for newcomers.
        Assistance = "assistance",
        /// The municipality's labour-market unit.
        LabourMarket = "labour_market",
    }
}

impl Service {
    /// The agency that answers for it; `None` for what comes in by local agreement.
    #[must_use]
    pub fn agency(self) -> Option<AgencyKind> {
        match self {
            Self::JobCentre | Self::Rehabilitation | Self::Measures => Some(AgencyKind::Employment),
            Self::HealthRefunds
            | Self::AttendanceBenefit
            | Self::SicknessDisability
            | Self::FamilyPension
            | Self::CarSupport => Some(AgencyKind::Insurance),
            Self::EconomicAssistance
            | Self::Newcomers
            | Self::LabourMarketUnit
            | Self::Housing
            | Self::DebtCounselling
            | Self::ChildFamily
            | Self::HealthWelfare
            | Self::ChildFollowUp => Some(AgencyKind::Social),
            Self::Psychiatry
            | Self::AddictionCare
            | Self::Tax
            | Self::CitizensInformation
            | Self::CountyTasks
            | Self::MunicipalTasks => None,
        }
    }

    /// Whether it is more than every office has, so that it needs an agreement (REQ-ORG-26).
    #[must_use]
    pub fn is_addition(self) -> bool {
        self.agency().is_none()
    }

    /// The subject under which it is decided, when anything is.
    #[must_use]
    pub fn subject(self) -> Option<Subject> {
        match self {
            Self::Rehabilitation => Some(Subject::SupportNeeds),
            Self::Measures => Some(Subject::Measure),
            Self::SicknessDisability => Some(Subject::DisabilityBenefit),
            Self::FamilyPension => Some(Subject::FamilyBenefit),
            Self::CarSupport => Some(Subject::CarSupport),
            Self::EconomicAssistance => Some(Subject::SocialAssistance),
            Self::Housing => Some(Subject::Housing),
            Self::DebtCounselling => Some(Subject::DebtCounselling),
            Self::ChildFamily => Some(Subject::ChildWelfare),
            _ => None,
        }
    }

    /// Where it is decided.
    #[must_use]
    pub fn decided(self) -> Decided {
        match self {
            Self::CarSupport => Decided::Centrally,
            _ if self.subject().is_some() => Decided::Locally,
            _ => Decided::NotAtAll,
        }
    }

    /// The element of the minimum that it is part of (REQ-ORG-25).
    #[must_use]
    pub fn element(self) -> Option<Element> {
        match self {
            Self::JobCentre | Self::Measures => Some(Element::Employment),
            Self::SicknessDisability | Self::FamilyPension => Some(Element::Insurance),
            Self::EconomicAssistance | Self::Newcomers => Some(Element::Assistance),
            Self::LabourMarketUnit => Some(Element::LabourMarket),
            _ => None,
        }
    }
}

/// The elements of the minimum that an office with these services lacks (REQ-ORG-25).
///
/// Assistance is there only with responsibility for newcomers beside it.
#[must_use]
pub fn missing_elements(services: &BTreeSet<Service>) -> Vec<Element> {
    let has = |element: Element| match element {
        Element::Assistance => {
            services.contains(&Service::EconomicAssistance)
                && services.contains(&Service::Newcomers)
        }
        _ => services.iter().any(|it| it.element() == Some(element)),
    };
    Element::ALL.iter().copied().filter(|it| !has(*it)).collect()
}

/// The services that usually meet a need, the likeliest first. Empty for a letter that must be
/// read first, and for what nobody knows yet.
#[must_use]
pub fn services_for(need: Need) -> &'static [Service] {
    match need {
        Need::Work => &[Service::JobCentre, Service::LabourMarketUnit],
        Need::Training => &[Service::Measures],
        Need::Income => &[Service::EconomicAssistance],
        Need::Illness => &[Service::SicknessDisability, Service::HealthRefunds],
        Need::Disability => &[Service::AttendanceBenefit, Service::CarSupport],
        Need::Family => &[Service::ChildFamily, Service::ChildFollowUp, Service::FamilyPension],
        Need::Housing => &[Service::Housing],
        Need::Debt => &[Service::DebtCounselling],
        Need::Letter | Need::Other => &[],
    }
}

/// What the front line of a building can do about a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A unit in the building takes it and may decide it.
    UnitHere,
    /// A unit of the building guides; the application goes to the unit that decides elsewhere.
    GuidanceAndForward,
    /// Nobody in the building has the service: general guidance only.
    GuidanceOnly,
}

/// What a building answers (REQ-ORG-17, REQ-ORG-18): `offered` when a line of its inventory holds
/// the service today, `decides_here` when the line's unit has the mandate today.
#[must_use]
pub fn answer(service: Service, offered: bool, decides_here: bool) -> Answer {
    match (offered, service.decided()) {
        (false, _) => Answer::GuidanceOnly,
        (true, Decided::NotAtAll) => Answer::UnitHere,
        (true, _) if decides_here => Answer::UnitHere,
        (true, _) => Answer::GuidanceAndForward,
    }
}
