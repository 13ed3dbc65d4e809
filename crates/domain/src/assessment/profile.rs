//! What was answered, the profile of it, and its movement. No total score is ever made.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Dimension, Instrument};
use crate::codes::codes;

codes! {
    /// Who answered (REQ-MAP-22).
    Side {
        /// The person.
        Person = "person",
        /// A worker.
        Worker = "worker",
    }
}

/// What was answered to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Given {
    /// A step from 1 to 5.
    Step(u8),
    /// It was not asked, or is not relevant.
    NotAsked,
    /// The one who was asked does not want to answer.
    Declined,
}

impl Given {
    /// Reads the code: 1 to 5, 0 for not asked, 9 for declined.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "0" => Some(Self::NotAsked),
            "9" => Some(Self::Declined),
            "1" => Some(Self::Step(1)),
            "2" => Some(Self::Step(2)),
            "3" => Some(Self::Step(3)),
            "4" => Some(Self::Step(4)),
            "5" => Some(Self::Step(5)),
            _ => None,
        }
    }

    /// The code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Step(step) => step,
            Self::NotAsked => 0,
            Self::Declined => 9,
        }
    }

    /// The step; what was not asked or declined gives none, and is never averaged.
    #[must_use]
    pub fn step(self) -> Option<u8> {
        match self {
            Self::Step(step) => Some(step),
            Self::NotAsked | Self::Declined => None,
        }
    }
}

/// An answer: who said what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The item.
    pub item: String,
    /// Who answered.
    pub side: Side,
    /// What.
    pub given: Given,
    /// When it was received.
    pub on: Date,
}

/// A dimension as one side sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DimensionLine {
    /// The dimension.
    pub dimension: Dimension,
    /// Who answered.
    pub side: Side,
    /// Twice the median of the answered items, so that halves stay whole; none where nothing was
    /// answered: it is then drawn empty, never as 1.
    pub median: Option<u8>,
    /// The lowest answered item and its step.
    pub lowest: Option<(String, u8)>,
}

/// Twice the median of steps.
fn median(mut steps: Vec<u8>) -> Option<u8> {
    steps.sort_unstable();
    let upper = *steps.get(steps.len() / 2)?;
    let lower = *steps.get((steps.len() - 1) / 2)?;
    Some(lower + upper)
}

/// The profile: every dimension that the instrument covers, as each side sees it. What is held
/// apart is not in it (domain.md G.2).
#[must_use]
pub fn profile(instrument: &Instrument, answers: &[Answer]) -> Vec<DimensionLine> {
    let mut lines = Vec::new();
    for dimension in instrument.dimensions().into_iter().filter(|it| !it.is_apart()) {
        for side in Side::ALL {
            let items = instrument.items.iter().filter(|item| item.dimension == dimension);
            let mut steps = Vec::new();
            let mut lowest: Option<(String, u8)> = None;
            let mut asked = false;
            for item in items.filter(|item| item.asked().asks(*side)) {
                asked = true;
                let answer = answers.iter().rfind(|a| a.item == item.code && a.side == *side);
                let Some(step) = answer.and_then(|answer| answer.given.step()) else { continue };
                steps.push(step);
                if lowest.as_ref().is_none_or(|(_, least)| step < *least) {
                    lowest = Some((item.code.clone(), step));
                }
            }
            if asked {
                lines.push(DimensionLine { dimension, side: *side, median: median(steps), lowest });
            }
        }
    }
    lines
}

/// The items on which person and worker differ by two steps or more: the next conversation takes
/// them up (domain.md G.2, REQ-MAP-22).
#[must_use]
pub fn differences(instrument: &Instrument, answers: &[Answer]) -> Vec<(String, u8, u8)> {
    let step = |code: &str, side| {
        let answer = answers.iter().rfind(|a| a.item == code && a.side == side)?;
        answer.given.step()
    };
    let items = instrument.items.iter().filter(|item| !item.dimension.is_apart());
    items
        .filter_map(|item| {
            let person = step(&item.code, Side::Person)?;
            let worker = step(&item.code, Side::Worker)?;
            (person.abs_diff(worker) >= 2).then(|| (item.code.clone(), person, worker))
        })
        .collect()
}

/// One mapping among several of the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// The day.
    pub on: Date,
    /// The measure that lay between the mapping before and this one; empty for none.
    pub after: String,
    /// Its profile.
    pub lines: Vec<DimensionLine>,
}

/// What changed in a dimension from one mapping to the next (REQ-MAP-08).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The dimension.
    pub dimension: Dimension,
    /// As seen by whom.
    pub side: Side,
    /// The day of the mapping before.
    pub from_on: Date,
    /// The day of this one.
    pub on: Date,
    /// The measure between them; empty for none.
    pub after: String,
    /// Twice the median before.
    pub from: Option<u8>,
    /// Twice the median now.
    pub to: Option<u8>,
}

/// One row for each dimension and side, and each step from one mapping to the next: with three
/// mappings there are two (REQ-MAP-08). A dimension that one of the two does not cover has a row
/// without a value rather than a guess.
#[must_use]
pub fn changes(rounds: &[Round]) -> Vec<Change> {
    let mut keys: Vec<(Dimension, Side)> = rounds
        .iter()
        .flat_map(|round| round.lines.iter().map(|line| (line.dimension, line.side)))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let value = |round: &Round, (dimension, side): (Dimension, Side)| {
        let line = round.lines.iter().find(|l| l.dimension == dimension && l.side == side);
        line.and_then(|line| line.median)
    };
    let mut all = Vec::new();
    for key in keys {
        for pair in rounds.windows(2) {
            let [before, now] = pair else { continue };
            all.push(Change {
                dimension: key.0,
                side: key.1,
                from_on: before.on,
                on: now.on,
                after: now.after.clone(),
                from: value(before, key),
                to: value(now, key),
            });
        }
    }
    all
}

/// The movement of an item, from its first answer to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The item.
    pub item: String,
    /// As seen by whom.
    pub side: Side,
    /// The day and step of the first answer.
    pub first: (Date, u8),
    /// The day and step of the last.
    pub last: (Date, u8),
    /// Whether it is more than noise: two steps on this item, or one step on three items or more
    /// of the same side.
    pub counts: bool,
}

/// The movement item by item, over all answers that somebody gave. One step may be noise
/// (domain.md G.2).
#[must_use]
pub fn moved(answers: &[Answer]) -> Vec<Movement> {
    let mut by_item: BTreeMap<(&str, Side), Vec<(Date, u8)>> = BTreeMap::new();
    for answer in answers {
        if let Some(step) = answer.given.step() {
            by_item.entry((&answer.item, answer.side)).or_default().push((answer.on, step));
        }
    }
    let mut all: Vec<Movement> = Vec::new();
    for ((item, side), mut steps) in by_item {
        // Two answers of one day stay in the order in which they came.
        steps.sort_by_key(|(on, _)| *on);
        if let (Some(first), Some(last)) = (steps.first(), steps.last())
            && steps.len() > 1
        {
            let counts = first.1.abs_diff(last.1) >= 2;
            all.push(Movement { item: item.to_owned(), side, first: *first, last: *last, counts });
        }
    }
    for side in Side::ALL {
        let mut of_side: Vec<&mut Movement> =
            all.iter_mut().filter(|m| m.side == *side && m.first.1 != m.last.1).collect();
        if of_side.len() >= 3 {
            of_side.iter_mut().for_each(|movement| movement.counts = true);
        }
    }
    all
}
