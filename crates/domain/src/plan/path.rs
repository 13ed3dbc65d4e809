//! The way from sickness to work or to a disability benefit (REQ-PLAN-15): its phases, how long each
//! and each shift may take, and how long they took.

use jiff::Unit;
use jiff::civil::Date;

use super::stage::Stage;
use crate::codes::codes;
use crate::need::NeedKind;
use crate::office::AgencyKind;

codes! {
    /// A phase of that way.
    Phase {
        /// Sick pay.
        SickPay = "sick_pay",
        /// Medical rehabilitation.
        Rehabilitation = "rehabilitation",
        /// Vocational rehabilitation: testing, training, adapted work.
        Vocational = "vocational",
        /// Work, or a decision about the benefit.
        Outcome = "outcome",
    }
}

/// What a phase of the template says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Days that it may take.
    pub days: i64,
    /// Days until the next one begins.
    pub shift: i64,
    /// The agency that carries it.
    pub agency: AgencyKind,
    /// The need that it is for.
    pub need: NeedKind,
    /// The stage of the plan.
    pub stage: Stage,
}

impl Phase {
    /// The template's target: sick pay a year, as the law has it; the others as an office would
    /// promise them, to be changed item by item.
    #[must_use]
    pub fn target(self) -> Target {
        let (days, shift, agency, need, stage) = match self {
            Self::SickPay => {
                (365, 14, AgencyKind::Insurance, NeedKind::HealthCoping, Stage::Strengthen)
            }
            Self::Rehabilitation => {
                (182, 14, AgencyKind::Insurance, NeedKind::HealthCoping, Stage::Strengthen)
            }
            Self::Vocational => {
                (365, 30, AgencyKind::Employment, NeedKind::Adaptation, Stage::Train)
            }
            Self::Outcome => (90, 0, AgencyKind::Employment, NeedKind::Work, Stage::Work),
        };
        Target { days, shift, agency, need, stage }
    }
}

/// A phase as it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Went {
    /// Which.
    pub phase: Phase,
    /// Its first day.
    pub from: Date,
    /// Its last day; none while it runs.
    pub until: Option<Date>,
}

/// How long a phase took, and the wait after it, beside the targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which.
    pub phase: Phase,
    /// Days in it, the first and last both counted.
    pub days: i64,
    /// Days that it may take.
    pub target: i64,
    /// Days between its last and the next one's first day; none where none has begun after it.
    pub between: Option<i64>,
    /// Days that the shift may take.
    pub shift: i64,
}

impl Reading {
    /// Whether the phase took longer than it may.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.days > self.target
    }

    /// Whether the shift took longer than it may.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.between.is_some_and(|days| days > self.shift)
    }
}

fn days(from: Date, until: Date) -> i64 {
    from.until((Unit::Day, until)).map_or(0, |span| i64::from(span.get_days()))
}

/// Measures a way, phase by phase in the order in which they began.
#[must_use]
pub fn measure(went: &[Went], today: Date) -> Vec<Reading> {
    let mut went = went.to_vec();
    went.sort_by_key(|one| (one.from, one.phase));
    let next = went.iter().skip(1).map(Some).chain(std::iter::once(None));
    went.iter()
        .zip(next)
        .map(|(one, next)| {
            let target = one.phase.target();
            let between = one.until.zip(next).map(|(until, next)| days(until, next.from) - 1);
            Reading {
                phase: one.phase,
                days: days(one.from, one.until.unwrap_or(today)) + 1,
                target: target.days,
                between: between.map(|days| days.max(0)),
                shift: target.shift,
            }
        })
        .collect()
}
