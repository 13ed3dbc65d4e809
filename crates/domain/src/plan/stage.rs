//! Stages of a long plan over several budget years (REQ-PLAN-10).

use jiff::civil::Date;

use super::item::{Item, ItemState};
use crate::codes::codes;

codes! {
    /// A stage of the way. A plan need not have all of them.
    Stage {
        /// Money, a home, safety come to rest.
        Settle = "settle",
        /// Health and the day.
        Strengthen = "strengthen",
        /// Schooling and practice.
        Train = "train",
        /// Into work.
        Work = "work",
        /// Staying in work, or in what was found.
        Stay = "stay",
    }
}

/// What a stage has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageReport {
    /// Which.
    pub stage: Stage,
    /// Its first day.
    pub from: Option<Date>,
    /// Its last day.
    pub until: Option<Date>,
    /// The budget years that it reaches over: calendar years.
    pub years: Vec<i16>,
    /// Items.
    pub items: usize,
    /// Items that are done.
    pub done: usize,
    /// Items about which something may still happen.
    pub open: usize,
}

/// The budget years of a period: calendar years, as both countries have them. Never more than a
/// hundred.
#[must_use]
pub fn years(from: Date, until: Date) -> Vec<i16> {
    (from.year()..=until.year()).take(100).collect()
}

/// The stages that have items, in their order, each by itself.
#[must_use]
pub fn report(items: &[(Stage, &Item)]) -> Vec<StageReport> {
    let mut reports = Vec::new();
    for stage in Stage::ALL {
        let of: Vec<&Item> =
            items.iter().filter(|(of, _)| of == stage).map(|(_, item)| *item).collect();
        if of.is_empty() {
            continue;
        }
        let from = of.iter().filter_map(|item| item.starts.or(item.due)).min();
        let until = of.iter().filter_map(|item| item.due.or(item.starts)).max();
        reports.push(StageReport {
            stage: *stage,
            from,
            until,
            years: from.zip(until).map(|(from, until)| years(from, until)).unwrap_or_default(),
            items: of.len(),
            done: of.iter().filter(|item| item.state == ItemState::Done).count(),
            open: of.iter().filter(|item| item.state.is_open()).count(),
        });
    }
    reports
}

/// The stage that the person is in, and the one that is expected next.
#[must_use]
pub fn now_and_next(reports: &[StageReport]) -> (Option<Stage>, Option<Stage>) {
    let mut open = reports.iter().filter(|report| report.open > 0).map(|report| report.stage);
    (open.next(), open.next())
}
