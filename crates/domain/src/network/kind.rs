//! Types of office in one network (REQ-ORG-44).

use super::service::Service;
use crate::codes::codes;

codes! {
    /// What sort of office it is.
    OfficeKind {
        /// The joint office of the three services.
        Joint = "joint",
        /// A public service office with a wider aim (offentlig servicekontor).
        PublicService = "public_service",
        /// An office of state authorities only.
        StateOnly = "state_only",
        /// A citizens' information office (medborgarkontor; servicetorg).
        CitizensInformation = "citizens_information",
    }
}

codes! {
    /// What an office is for first of all.
    Aim {
        /// That people get and keep work.
        Work = "work",
        /// That people reach public services.
        Access = "access",
        /// That people find their way.
        Information = "information",
    }
}

impl OfficeKind {
    /// The services that the kind must have.
    #[must_use]
    pub fn must_have(self) -> &'static [Service] {
        match self {
            Self::Joint => &[
                Service::JobCentre,
                Service::SicknessDisability,
                Service::EconomicAssistance,
                Service::Newcomers,
                Service::LabourMarketUnit,
            ],
            Self::PublicService => &[
                Service::JobCentre,
                Service::SicknessDisability,
                Service::EconomicAssistance,
                Service::CitizensInformation,
            ],
            Self::StateOnly => &[Service::JobCentre, Service::SicknessDisability, Service::Tax],
            Self::CitizensInformation => &[Service::CitizensInformation],
        }
    }

    /// What the kind is usually for.
    #[must_use]
    pub fn usual_aim(self) -> Aim {
        match self {
            Self::Joint => Aim::Work,
            Self::PublicService | Self::StateOnly => Aim::Access,
            Self::CitizensInformation => Aim::Information,
        }
    }
}

/// Why an office cannot become of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConversionFault {
    /// Work was its main aim and would not be any longer.
    #[error("the main aim is work, and must stay so")]
    LosesWork,
    /// It is of that kind and has that aim already.
    #[error("nothing would change")]
    Same,
}

/// Whether an office may become of another kind with a main aim. An office whose main aim is
/// work keeps it, whatever else it becomes.
///
/// # Errors
///
/// [`ConversionFault`].
pub fn convert(from: (OfficeKind, Aim), to: (OfficeKind, Aim)) -> Result<(), ConversionFault> {
    if from == to {
        return Err(ConversionFault::Same);
    }
    if from.1 == Aim::Work && to.1 != Aim::Work {
        return Err(ConversionFault::LosesWork);
    }
    Ok(())
}
