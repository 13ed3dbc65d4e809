//! Employability, which is more than the capacity to work: it is seen against an occupation and
//! what a region asks for (REQ-MAP-02, REQ-MAP-03).

use serde::{Deserialize, Serialize};

use crate::codes::codes;

codes! {
    /// How far somebody can get an occupation's jobs where they live.
    Level {
        /// Nothing stands in the way.
        Full = "full",
        /// With training, time or adaptation.
        Partly = "partly",
        /// Not as things are.
        Low = "low",
        /// It cannot be said: something is not known.
        Unknown = "unknown",
    }
}

codes! {
    /// How somebody's education fits an occupation.
    Qualification {
        /// It is what is asked for, and holds today.
        Current = "current",
        /// Some of it.
        Partial = "partial",
        /// It was once what was asked for.
        Outdated = "outdated",
        /// None.
        Missing = "missing",
    }
}

codes! {
    /// What holds employability back, each said by its name.
    Brake {
        /// The region asks for nobody in the occupation.
        NoDemand = "no_demand",
        /// The region asks for few.
        LittleDemand = "little_demand",
        /// The education is outdated.
        OutdatedEducation = "outdated_education",
        /// The education is missing.
        NoEducation = "no_education",
        /// The education is not whole.
        PartialEducation = "partial_education",
        /// No work in the last five years.
        LongOutOfWork = "long_out_of_work",
        /// The language of the workplace.
        Language = "language",
        /// The person cannot do this work at all.
        NoCapacity = "no_capacity",
        /// No demand is known for the region.
        UnknownDemand = "unknown_demand",
    }
}

/// An occupation that is thought of for somebody: what they could do in it, and how their
/// education fits. Capacity is said apart from employability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupation {
    /// The code of the occupation, as the national list has it.
    pub code: String,
    /// How much of a full working day the person can do in it, in percent.
    pub capacity: u8,
    /// How their education fits: the code of a [`Qualification`].
    pub qualification: String,
}

/// What is known of somebody whatever the occupation, from the items of language and recent work
/// (steps from 1 to 5; none where nothing was answered).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strengths {
    /// The language of the workplace.
    pub language: Option<u8>,
    /// How recent the last work was.
    pub recent: Option<u8>,
}

/// Capacity and employability, side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employability {
    /// The capacity for this occupation, in percent.
    pub capacity: u8,
    /// How far the jobs can be got.
    pub level: Level,
    /// What holds it back.
    pub brakes: Vec<Brake>,
}

/// Sees a person against an occupation in a region. `demand` is how much the region asks for the
/// occupation, from 1 (nobody) to 5 (more than there are); none where it is not known. The result
/// follows from these alone: other demand gives another result, and nothing of the person's has
/// changed (REQ-MAP-03). Reduced capacity alone does not make anybody less employable: an employer
/// hires for the hours that there are (REQ-MAP-02).
#[must_use]
pub fn employability(
    strengths: Strengths,
    occupation: &Occupation,
    demand: Option<u8>,
) -> Employability {
    let mut brakes = Vec::new();
    let mut low = false;
    let mut hinder = |brake, makes_low: bool| {
        brakes.push(brake);
        low |= makes_low;
    };
    match demand {
        None => hinder(Brake::UnknownDemand, false),
        Some(0 | 1) => hinder(Brake::NoDemand, true),
        Some(2) => hinder(Brake::LittleDemand, false),
        Some(_) => {}
    }
    if occupation.capacity == 0 {
        hinder(Brake::NoCapacity, true);
    }
    match Qualification::parse(&occupation.qualification) {
        Some(Qualification::Current) => {}
        Some(Qualification::Partial) => hinder(Brake::PartialEducation, false),
        Some(Qualification::Outdated) => hinder(Brake::OutdatedEducation, true),
        Some(Qualification::Missing) | None => hinder(Brake::NoEducation, true),
    }
    if strengths.language.is_some_and(|step| step <= 2) {
        hinder(Brake::Language, false);
    }
    if strengths.recent.is_some_and(|step| step <= 2) {
        hinder(Brake::LongOutOfWork, false);
    }
    let level = match (low, brakes.is_empty()) {
        (true, _) => Level::Low,
        (false, true) => Level::Full,
        // Without demand nothing can be said, unless something else makes it low already.
        _ if brakes.contains(&Brake::UnknownDemand) => Level::Unknown,
        _ => Level::Partly,
    };
    Employability { capacity: occupation.capacity.min(100), level, brakes }
}
