//! What was waited for between the steps of a referral (REQ-REF-10).

use jiff::civil::Date;

use super::{Receiver, State};
use crate::codes::codes;

codes! {
    /// What is waited for.
    Cause {
        /// That the receiver takes the matter up.
        Queue = "queue",
        /// A decision.
        Decision = "decision",
        /// That a course, a measure or a first talk begins.
        Start = "start",
        /// A statement on health.
        Statement = "statement",
    }
}

/// The days of a referral's steps, as far as they have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// To whom it went: from the health service a statement is waited for.
    pub to: Receiver,
    /// How far it has come.
    pub state: State,
    /// The day on which it was sent.
    pub sent: Date,
    /// When the receiver had it.
    pub received: Option<Date>,
    /// When it was answered, taken back or expired.
    pub answered: Option<Date>,
    /// When the person came.
    pub came: Option<Date>,
    /// When it was decided.
    pub decided: Option<Date>,
}

/// Days waited, by cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// Each part with its cause, in the order of the steps; a cause may come twice.
    pub parts: Vec<(Cause, i64)>,
    /// From the sending to the last step, or to today while it is waited on.
    pub whole: i64,
}

fn days(from: Date, until: Date) -> i64 {
    from.until((jiff::Unit::Day, until)).map_or(0, |span| i64::from(span.get_days()))
}

impl Steps {
    /// What was waited for until `today`. Steps that were noted out of order count from the latest
    /// day before them, so that the parts always add up to the whole.
    #[must_use]
    pub fn waits(&self, today: Date) -> Waits {
        let health = self.to == Receiver::Health;
        let answer = if health { Cause::Statement } else { Cause::Decision };
        let steps = [
            (Cause::Queue, self.received),
            (answer, self.answered),
            (Cause::Start, self.came),
            (answer, self.decided),
        ];
        let mut waits = Waits::default();
        let mut at = self.sent;
        for (cause, day) in steps {
            let Some(day) = day else { continue };
            let day = day.clamp(at, today.max(at));
            waits.parts.push((cause, days(at, day)));
            at = day;
        }
        let next = match self.state {
            State::Sent => Some(Cause::Queue),
            State::Received => Some(answer),
            State::Accepted if self.came.is_none() && self.decided.is_none() => Some(Cause::Start),
            State::Accepted if self.decided.is_none() => Some(answer),
            _ => None,
        };
        if let Some(cause) = next {
            let day = today.max(at);
            waits.parts.push((cause, days(at, day)));
            at = day;
        }
        waits.whole = days(self.sent, at);
        waits
    }
}

/// The waits of several referrals together: days by cause, and the whole.
#[must_use]
pub fn total(all: &[Waits]) -> (Vec<(Cause, i64)>, i64) {
    let sum = |cause: Cause| {
        let parts = all.iter().flat_map(|one| &one.parts);
        parts.filter(|(it, _)| *it == cause).map(|(_, days)| days).sum()
    };
    let parts = Cause::ALL.iter().map(|cause| (*cause, sum(*cause))).collect();
    (parts, all.iter().map(|one| one.whole).sum())
}
