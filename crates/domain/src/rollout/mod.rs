//! Trials with their phases, the roll-out plan, anchoring, frameworks that run side by side, and
//! units that become one.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::codes::codes;

mod beside;
mod measures;

pub use beside::{Belonging, Met, Part, Reached, Running, Side, SideBySide, side_by_side};
pub use measures::{MeasureKind, Participated, Participation, days_in, participated};

codes! {
    /// How far a trial has come (REQ-ORG-31).
    Phase {
        /// Planning.
        Planning = "planning",
        /// A joint front line.
        FrontLine = "front_line",
        /// A joint back office.
        BackOffice = "back_office",
        /// Ordinary running.
        Running = "running",
    }
}

/// Whole months from a start to a day; zero before it.
#[must_use]
pub fn months_since(start: Date, on: Date) -> i64 {
    if on < start {
        return 0;
    }
    let years = i64::from(on.year()) - i64::from(start.year());
    let months = years * 12 + i64::from(on.month()) - i64::from(start.month());
    if on.day() < start.day() { months - 1 } else { months }
}

/// The phase of a trial on a day: the latest that had begun; planning before any.
#[must_use]
pub fn phase_on(phases: &[(Phase, Date)], on: Date) -> Phase {
    phases
        .iter()
        .filter(|(_, start)| *start <= on)
        .max_by_key(|(phase, start)| (*start, *phase))
        .map_or(Phase::Planning, |(phase, _)| *phase)
}

/// A trial beside others: only trials of one phase stand in one group, so that unlike stages are
/// not ranked together (REQ-ORG-31). Within a group they stand by their months since the start.
#[must_use]
pub fn by_phase<T: Clone>(trials: &[(T, Phase, i64)]) -> Vec<(Phase, Vec<(T, i64)>)> {
    let mut groups: BTreeMap<Phase, Vec<(T, i64)>> = BTreeMap::new();
    for (trial, phase, months) in trials {
        groups.entry(*phase).or_default().push((trial.clone(), *months));
    }
    for group in groups.values_mut() {
        group.sort_by_key(|(_, months)| std::cmp::Reverse(*months));
    }
    groups.into_iter().collect()
}

/// How many offices meet the minimum from each planned date on (REQ-ORG-32): one point for each
/// date on which the number changes, in order.
#[must_use]
pub fn curve(planned: &[Date]) -> Vec<(Date, usize)> {
    let mut by_day: BTreeMap<Date, usize> = BTreeMap::new();
    for day in planned {
        *by_day.entry(*day).or_default() += 1;
    }
    let mut sum = 0;
    by_day
        .into_iter()
        .map(|(day, more)| {
            sum += more;
            (day, sum)
        })
        .collect()
}

/// How many offices meet the minimum on a day, by a curve.
#[must_use]
pub fn on_curve(curve: &[(Date, usize)], day: Date) -> usize {
    curve.iter().rev().find(|(from, _)| *from <= day).map_or(0, |(_, count)| *count)
}

codes! {
    /// What is weak about how an effort is anchored (REQ-ORG-39).
    AnchoringFlag {
        /// No municipal council has treated it.
        NotTreated = "not_treated",
        /// A manager rates the priority low.
        LowPriority = "low_priority",
        /// Nobody is named as its owner.
        NoOwner = "no_owner",
        /// Middle managers are against it.
        MiddleAgainst = "middle_against",
    }
}

/// How one agency is behind an effort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchoring {
    /// 1 very low to 5 very high, as the agency's manager rates it.
    pub priority: i64,
    /// Who owns it; empty for nobody.
    pub owner: String,
    /// When the council treated it; only the municipality's agency has one.
    pub council_on: Option<Date>,
    /// Whether this agency answers to a municipality.
    pub municipal: bool,
    /// `true` when middle managers are against it.
    pub middle_against: bool,
}

/// What is weak about an effort (REQ-ORG-39): never treated politically, or rated low by a
/// manager. The scale's lower half, 1 and 2, is low.
#[must_use]
pub fn anchoring_flags(agencies: &[Anchoring]) -> Vec<AnchoringFlag> {
    let mut flags = Vec::new();
    if !agencies.iter().any(|it| it.municipal && it.council_on.is_some()) {
        flags.push(AnchoringFlag::NotTreated);
    }
    if agencies.iter().any(|it| it.priority <= 2) {
        flags.push(AnchoringFlag::LowPriority);
    }
    if agencies.is_empty() || agencies.iter().any(|it| it.owner.is_empty()) {
        flags.push(AnchoringFlag::NoOwner);
    }
    if agencies.iter().any(|it| it.middle_against) {
        flags.push(AnchoringFlag::MiddleAgainst);
    }
    flags
}

codes! {
    /// Under which structure history is read (REQ-MISC-02).
    Structure {
        /// As it was when it happened.
        Then = "then",
        /// As units are today.
        Now = "now",
    }
}

/// A unit that became another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merger {
    /// What was.
    pub old: String,
    /// What it became.
    pub new: String,
    /// From which day.
    pub on: Date,
}

/// The unit that something belongs to under a structure, looked at on a day. Under the structure
/// of then it is the unit that did it; under that of now it is what this unit has become by that
/// day, also over several mergers. What forms a ring is followed once around and no further.
#[must_use]
pub fn under<'a>(structure: Structure, unit: &'a str, mergers: &'a [Merger], on: Date) -> &'a str {
    if structure == Structure::Then {
        return unit;
    }
    let mut now = unit;
    for _ in 0..mergers.len() {
        match mergers.iter().find(|it| it.old == now && it.on <= on) {
            Some(merger) => now = &merger.new,
            None => break,
        }
    }
    now
}

/// Why two units cannot become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MergerFault {
    /// It is the same unit.
    #[error("a unit cannot become itself")]
    Itself,
    /// The old unit has become another already.
    #[error("the unit has become another already")]
    Already,
    /// The new unit becomes the old one, so that nobody would be left.
    #[error("the new unit itself becomes the old one")]
    Ring,
    /// The new unit has become another by then: nobody would be there to take anything over.
    #[error("the new unit has become another by that day")]
    Gone,
    /// Something becomes the old unit on that day or later: it would come to a unit that is gone.
    #[error("another unit is to become the old one")]
    Awaited,
}

/// Whether a unit may become another on a day.
///
/// # Errors
///
/// [`MergerFault`].
pub fn may_merge(
    (old, new): (&str, &str),
    on: Date,
    mergers: &[Merger],
) -> Result<(), MergerFault> {
    if old == new {
        return Err(MergerFault::Itself);
    }
    if mergers.iter().any(|it| it.old == old) {
        return Err(MergerFault::Already);
    }
    let ends = under(Structure::Now, new, mergers, Date::MAX);
    if ends == old {
        return Err(MergerFault::Ring);
    }
    // Whatever is to come to the new unit afterwards is decided first.
    if mergers.iter().any(|it| it.old == new && it.on <= on) {
        return Err(MergerFault::Gone);
    }
    if mergers.iter().any(|it| it.new == old && it.on >= on) {
        return Err(MergerFault::Awaited);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
