//! What an agreement says, and what it should say.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::codes::codes;
use crate::office::Period;

codes! {
    /// What sort of agreement it is (REQ-ORG-04).
    Kind {
        /// The parties mean to work together (intensjonsavtale; avsiktsförklaring).
        LetterOfIntent = "letter_of_intent",
        /// An old general agreement, from before the effort.
        OldGeneral = "old_general",
        /// A new agreement for the effort.
        NewEffort = "new_effort",
        /// One that was renewed.
        Renewed = "renewed",
    }
}

codes! {
    /// What every agreement should settle (REQ-ORG-05).
    Clause {
        /// Who is responsible for what.
        Division = "division",
        /// Whom the effort is for.
        Selection = "selection",
        /// How the joint work is done.
        Routines = "routines",
        /// How those who are served take part.
        Participation = "participation",
        /// How it is evaluated.
        Evaluation = "evaluation",
        /// How the agreement itself is kept up.
        Maintenance = "maintenance",
        /// Who steps in for whom.
        Deputies = "deputies",
    }
}

codes! {
    /// A part of the framework between centre and local (REQ-ORG-27).
    Part {
        /// What every office must have.
        Minimum = "minimum",
        /// A condition for carrying it out.
        Condition = "condition",
        /// What it costs and who pays.
        Economy = "economy",
        /// Training.
        Training = "training",
        /// Evaluation.
        Evaluation = "evaluation",
    }
}

/// The clauses that an agreement lacks, in the order of the list. While there is one, the
/// agreement is incomplete (REQ-ORG-05).
#[must_use]
pub fn missing(held: &BTreeSet<Clause>) -> Vec<Clause> {
    Clause::ALL.iter().copied().filter(|clause| !held.contains(clause)).collect()
}

/// A version of an agreement as far as time is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, counted from 1.
    pub n: i64,
    /// The days it holds.
    pub valid: Period,
}

/// The version that holds on a day: the latest written one whose days it is (REQ-ORG-04).
#[must_use]
pub fn in_force(versions: &[Version], on: Date) -> Option<i64> {
    versions.iter().filter(|it| it.valid.holds(on)).map(|it| it.n).max()
}

/// The days on which a service stands on an agreement: those on which the version in force has it
/// in its remit, which is told beside each version. In order, each stretch as long as it goes on,
/// so a renewed version without the service ends it (REQ-ORG-26).
#[must_use]
pub fn bearing(versions: &[(Version, bool)]) -> Vec<Period> {
    let times: Vec<Version> = versions.iter().map(|it| it.0).collect();
    let turns: BTreeSet<Date> =
        times.iter().flat_map(|it| [Some(it.valid.from), it.valid.until]).flatten().collect();
    let mut days = Vec::new();
    let mut since: Option<Date> = None;
    // Between two turns nothing changes.
    for day in turns {
        let bears = in_force(&times, day)
            .is_some_and(|n| versions.iter().any(|(it, bears)| it.n == n && *bears));
        match since {
            None if bears => since = Some(day),
            Some(from) if !bears => {
                days.push(Period { from, until: Some(day) });
                since = None;
            }
            _ => {}
        }
    }
    days.extend(since.map(|from| Period { from, until: None }));
    days
}

/// The framework that local agreements are held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Framework {
    /// Codes of what every local agreement must have.
    pub minimum: BTreeSet<String>,
    /// Codes of the services that local agreements may be about.
    pub remit: BTreeSet<String>,
}

/// Where a local agreement and the framework do not go together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conflict {
    /// It drops something that is the least of it.
    Dropped(String),
    /// It is about a service that the framework does not open for.
    Beyond(String),
}

impl Conflict {
    /// The stable code.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Dropped(_) => "dropped",
            Self::Beyond(_) => "beyond",
        }
    }

    /// The element or service.
    #[must_use]
    pub fn what(&self) -> &str {
        match self {
            Self::Dropped(what) | Self::Beyond(what) => what,
        }
    }
}

impl Framework {
    /// What in a local agreement goes against the framework (REQ-ORG-27).
    #[must_use]
    pub fn conflicts(
        &self,
        elements: &BTreeSet<String>,
        remit: &BTreeSet<String>,
    ) -> Vec<Conflict> {
        let dropped = self.minimum.difference(elements).cloned().map(Conflict::Dropped);
        let beyond = remit.difference(&self.remit).cloned().map(Conflict::Beyond);
        dropped.chain(beyond).collect()
    }
}
