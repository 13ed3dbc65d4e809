//! Trials, documents, topics, and whom reports go to.

use thiserror::Error;

use crate::codes::codes;

codes! {
    /// How a trial or coordination stands (REQ-ORG-48).
    Standing {
        /// Approved and supported by the centre.
        Central = "central",
        /// Local, within ordinary frames.
        Local = "local",
    }
}

codes! {
    /// What money is booked on.
    Fund {
        /// The centre's funds for trials.
        Central = "central",
        /// The agencies' own.
        Own = "own",
    }
}

/// Why something cannot be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FundFault {
    /// A local effort has no part in central funds.
    #[error("a local effort cannot book central funds")]
    NotCentral,
    /// Nothing, or less.
    #[error("the sum must be more than nothing")]
    Sum,
}

impl FundFault {
    /// The field and the stable code.
    #[must_use]
    pub fn field_and_code(self) -> (&'static str, &'static str) {
        match self {
            Self::NotCentral => ("fund", "effort-not-central"),
            Self::Sum => ("amount", "effort-sum"),
        }
    }
}

/// Whether an effort may book so many øre on a fund (REQ-ORG-48).
///
/// # Errors
/// See [`FundFault`].
pub fn book(standing: Standing, fund: Fund, ore: i64) -> Result<(), FundFault> {
    if standing == Standing::Local && fund == Fund::Central {
        return Err(FundFault::NotCentral);
    }
    if ore <= 0 { Err(FundFault::Sum) } else { Ok(()) }
}

codes! {
    /// A joint document (REQ-ORG-43).
    DocumentKind {
        /// A joint circular (samarbeidsrundskriv).
        Circular = "circular",
        /// Joint goals and priorities.
        Goal = "goal",
        /// A joint routine for cases.
        Routine = "routine",
    }
}

codes! {
    /// Whether a topic is one for all or each office's own (REQ-ORG-22).
    Scope {
        /// The same at every office.
        Common = "common",
        /// Each office decides.
        Local = "local",
    }
}

codes! {
    /// How the caseworkers of an office are led (REQ-ORG-11).
    Structure {
        /// One contact for each person, and nobody in between.
        SingleContact = "single_contact",
        /// A coordinator above many caseworkers.
        Coordinator = "coordinator",
    }
}
