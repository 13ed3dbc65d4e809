//! Profiles as small charts, and what changed from one mapping to the next (REQ-MAP-08). There is
//! no total: each dimension stands for itself.

use onedoor_domain::assessment::{DimensionLine, Round, Side, changes};
use serde::Serialize;
use utoipa::ToSchema;

/// The width of a chart.
const WIDTH: usize = 240;
/// The space at its sides.
const MARGIN: usize = 12;

/// One mapping in a chart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChartPoint {
    /// The day.
    pub(crate) on: String,
    /// The middle of what the person answered, from 1 to 5; empty where nothing was.
    pub(crate) person: String,
    /// The same of the worker.
    pub(crate) worker: String,
}

/// A place in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dot {
    pub(crate) x: usize,
    pub(crate) y: usize,
}

impl Dot {
    /// The corner of a square around it.
    pub(crate) fn left(&self) -> usize {
        self.x.saturating_sub(4)
    }

    /// The corner of a square around it.
    pub(crate) fn top(&self) -> usize {
        self.y.saturating_sub(4)
    }
}

/// A dimension over time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Chart {
    pub(crate) dimension: String,
    pub(crate) points: Vec<ChartPoint>,
    #[serde(skip)]
    pub(crate) person: Vec<Dot>,
    #[serde(skip)]
    pub(crate) worker: Vec<Dot>,
}

fn line(dots: &[Dot]) -> String {
    let all: Vec<String> = dots.iter().map(|dot| format!("{},{}", dot.x, dot.y)).collect();
    all.join(" ")
}

impl Chart {
    /// The line of the person.
    pub(crate) fn person_line(&self) -> String {
        line(&self.person)
    }

    /// The line of the worker.
    pub(crate) fn worker_line(&self) -> String {
        line(&self.worker)
    }

    /// Whether there is anything to draw.
    pub(crate) fn is_drawn(&self) -> bool {
        !self.person.is_empty() || !self.worker.is_empty()
    }
}

/// Twice a median as people read it: `3` or `3½`.
pub(crate) fn value(median: Option<u8>) -> String {
    match median {
        None => String::new(),
        Some(twice) if twice % 2 == 0 => (twice / 2).to_string(),
        Some(twice) => format!("{}½", twice / 2),
    }
}

fn height(median: u8) -> usize {
    // From 1, at the foot, to 5.
    8 + (10 - usize::from(median.clamp(2, 10))) * 6
}

fn middle(lines: &[DimensionLine], dimension: &str, side: Side) -> Option<u8> {
    let of = |line: &&DimensionLine| line.dimension.as_str() == dimension && line.side == side;
    lines.iter().find(of).and_then(|line| line.median)
}

/// A chart for each dimension that one of the mappings covers.
pub(crate) fn charts(rounds: &[Round]) -> Vec<Chart> {
    let mut dimensions: Vec<_> =
        rounds.iter().flat_map(|round| round.lines.iter().map(|line| line.dimension)).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    let last = rounds.len().saturating_sub(1);
    let place = |n: usize| match last {
        0 => WIDTH / 2,
        last => MARGIN + n * (WIDTH - 2 * MARGIN) / last,
    };
    dimensions
        .into_iter()
        .map(|dimension| {
            let code = dimension.as_str();
            let dots = |side| {
                let at = rounds.iter().enumerate().filter_map(|(n, round)| {
                    let median = middle(&round.lines, code, side)?;
                    Some(Dot { x: place(n), y: height(median) })
                });
                at.collect()
            };
            let points = rounds.iter().map(|round| ChartPoint {
                on: round.on.to_string(),
                person: value(middle(&round.lines, code, Side::Person)),
                worker: value(middle(&round.lines, code, Side::Worker)),
            });
            Chart {
                dimension: code.to_owned(),
                points: points.collect(),
                person: dots(Side::Person),
                worker: dots(Side::Worker),
            }
        })
        .collect()
}

/// What changed in a dimension.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChangeLine {
    pub(crate) dimension: String,
    /// `person` or `worker`.
    pub(crate) side: String,
    pub(crate) from_on: String,
    pub(crate) on: String,
    /// The measure between the two; empty for none.
    pub(crate) after: String,
    pub(crate) from: String,
    pub(crate) to: String,
    /// `up`, `down`, `same`, or `unknown` where one of the two has no value.
    pub(crate) way: String,
}

/// The changes from mapping to mapping, dimension by dimension.
pub(crate) fn change_lines(rounds: &[Round]) -> Vec<ChangeLine> {
    let way = |from: Option<u8>, to: Option<u8>| match (from, to) {
        (Some(from), Some(to)) if to > from => "up",
        (Some(from), Some(to)) if to < from => "down",
        (Some(_), Some(_)) => "same",
        _ => "unknown",
    };
    changes(rounds)
        .into_iter()
        .map(|one| ChangeLine {
            dimension: one.dimension.as_str().to_owned(),
            side: one.side.as_str().to_owned(),
            from_on: one.from_on.to_string(),
            on: one.on.to_string(),
            after: one.after,
            from: value(one.from),
            to: value(one.to),
            way: way(one.from, one.to).to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use onedoor_domain::assessment::Dimension;

    use super::*;

    /// REQ-MAP-08: the foot of a chart is 1 and its head 5, mappings stand in their order, and what
    /// was not answered is not drawn.
    #[test]
    fn a_chart_stands_on_its_feet() {
        let round = |day: &str, median| Round {
            on: day.parse().unwrap(),
            after: String::new(),
            lines: vec![DimensionLine {
                dimension: Dimension::Motivation,
                side: Side::Person,
                median,
                lowest: None,
            }],
        };
        let rounds = [
            round("2026-01-10", Some(2)),
            round("2026-04-11", None),
            round("2026-07-12", Some(10)),
        ];
        let all = charts(&rounds);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].person, [Dot { x: 12, y: 56 }, Dot { x: 228, y: 8 }]);
        assert_eq!(all[0].person_line(), "12,56 228,8");
        assert!(all[0].worker.is_empty());
        let said: Vec<&str> = all[0].points.iter().map(|point| point.person.as_str()).collect();
        assert_eq!(said, ["1", "", "5"]);
        assert_eq!(value(Some(7)), "3½");
    }
}
