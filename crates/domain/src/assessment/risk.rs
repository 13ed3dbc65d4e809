//! Early risk of long unemployment, by rules that anybody can read (REQ-MAP-10). A flag says what
//! made it. It decides nothing and sends nobody anywhere.

use super::{Answer, Side};

/// The version of the rules; a flag keeps the version that it was made with.
pub const RISK_VERSION: &str = "1";

/// One rule: an answer at or below a step gives points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The item of the common instrument.
    pub item: &'static str,
    /// Whose answer counts.
    pub side: Side,
    /// At this step or below.
    pub at_most: u8,
    /// The points that it gives.
    pub points: u8,
}

/// The points from which a flag is shown.
pub const THRESHOLD: u8 = 5;

const fn rule(item: &'static str, side: Side, at_most: u8, points: u8) -> Rule {
    Rule { item, side, at_most, points }
}

/// The rules. None asks about health, substance use or family, and none about who somebody is.
/// The worker's own belief stands first: it told most in the study that the public knows
/// (domain.md G.1), and it is there so that low belief changes the help.
pub const RULES: &[Rule] = &[
    rule("W1", Side::Worker, 2, 2),
    rule("S2", Side::Person, 2, 3),
    rule("S1", Side::Person, 2, 2),
    rule("E1", Side::Person, 2, 2),
    rule("E2", Side::Person, 1, 1),
    rule("E3", Side::Person, 2, 1),
    rule("L1", Side::Person, 2, 2),
    rule("L2", Side::Person, 2, 1),
    rule("M2", Side::Person, 2, 1),
    rule("M3", Side::Person, 1, 1),
    rule("D2", Side::Person, 2, 1),
    rule("O1", Side::Person, 1, 1),
];

/// An answer that gave points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The item.
    pub item: &'static str,
    /// Who answered.
    pub side: Side,
    /// What.
    pub step: u8,
    /// The points that it gave.
    pub points: u8,
}

/// Whether somebody may be without work for long, and what says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Whether the flag is shown.
    pub raised: bool,
    /// The sum of the points.
    pub points: u8,
    /// What gave points, the most first.
    pub by: Vec<Contribution>,
    /// Rules of which nothing was answered: they gave nothing.
    pub unanswered: Vec<&'static str>,
}

/// Reads the answers by the rules. The same answers give the same flag, in whatever order they
/// come (REQ-MAP-10).
#[must_use]
pub fn flag(answers: &[Answer]) -> Flag {
    let (mut by, mut unanswered) = (Vec::new(), Vec::new());
    for rule in RULES {
        // The newest answer counts; of two on one day, the lower one.
        let newest = answers
            .iter()
            .filter(|a| a.item == rule.item && a.side == rule.side)
            .filter_map(|a| Some((a.on, a.given.step()?)))
            .max_by_key(|(on, step)| (*on, std::cmp::Reverse(*step)));
        match newest {
            None => unanswered.push(rule.item),
            Some((_, step)) if step <= rule.at_most => by.push(Contribution {
                item: rule.item,
                side: rule.side,
                step,
                points: rule.points,
            }),
            Some(_) => {}
        }
    }
    by.sort_by_key(|one| std::cmp::Reverse(one.points));
    let points = by.iter().fold(0_u8, |sum, one| sum.saturating_add(one.points));
    Flag { raised: points >= THRESHOLD, points, by, unanswered }
}

/// How often a flag was right (REQ-MAP-10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FollowUp {
    /// A flag, and long without work.
    pub hits: i64,
    /// No flag, and long without work.
    pub misses: i64,
    /// A flag, and in work.
    pub false_alarms: i64,
    /// No flag, and in work.
    pub right_rests: i64,
    /// Not known yet.
    pub open: i64,
}

/// Counts flags against what became of it: `(flag, long without work)`, none while it is open.
pub fn follow_up(all: impl IntoIterator<Item = (bool, Option<bool>)>) -> FollowUp {
    let mut table = FollowUp::default();
    for one in all {
        match one {
            (true, Some(true)) => table.hits += 1,
            (false, Some(true)) => table.misses += 1,
            (true, Some(false)) => table.false_alarms += 1,
            (false, Some(false)) => table.right_rests += 1,
            (_, None) => table.open += 1,
        }
    }
    table
}
