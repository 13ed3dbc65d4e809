//! Meetings: finding an hour that everybody concerned has free, who sits at the table and when
//! it was a three-way conversation, what is written and agreed, requests that nobody answers,
//! and meetings that come in a rhythm (domain.md D and G).
//!
//! It knows no calendar program and no person: who may read a line is for the walls.

mod difference;
mod minutes;
mod request;
mod rhythm;
mod table;
mod wish;

pub use difference::{Difference, Statement, differences};
pub use minutes::{AgreedState, LineKind, OrderFault, entered, rounds};
pub use request::{RequestAct, RequestOver, RequestState};
pub use rhythm::{GRACE_DAYS, MONTHS, due, is_one_sided, lapsed};
pub use table::{Attendance, Consequence, MeetingKind, Seat, Topic, Towards, blanks, is_three_way};
pub use wish::{DayPart, Wishes};

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

/// A calendar is kept in quarters of an hour.
pub const QUARTER_MINUTES: i64 = 15;
/// No joint meeting is shorter or longer than this, in quarters.
pub const QUARTERS: std::ops::RangeInclusive<i64> = 2..=12;

/// The hours an office is open on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenHours {
    /// Opens.
    pub from: DateTime,
    /// Closes.
    pub until: DateTime,
}

impl OpenHours {
    /// The hours `from` to `until` on `date`.
    #[must_use]
    pub fn on(date: jiff::civil::Date, from: Time, until: Time) -> Self {
        Self { from: date.to_datetime(from), until: date.to_datetime(until) }
    }
}

/// The quarters that a meeting fills, as instants.
#[must_use]
pub fn quarters(starts: Timestamp, count: i64) -> Vec<Timestamp> {
    let step = QUARTER_MINUTES * 60 * 1_000_000;
    (0..count)
        .filter_map(|n| Timestamp::from_microsecond(starts.as_microsecond() + n * step).ok())
        .collect()
}

/// The first `limit` starts at which nobody is `busy`, inside the open hours
/// and after `now` (REQ-FRONT-08: all participants' calendars are checked).
///
/// `busy` holds the quarters that any of the participants has taken.
#[must_use]
pub fn free_starts(
    hours: &[OpenHours],
    zone: &TimeZone,
    busy: &BTreeSet<Timestamp>,
    now: Timestamp,
    count: i64,
    limit: usize,
) -> Vec<Timestamp> {
    let step = QUARTER_MINUTES * 60 * 1_000_000;
    let mut found = Vec::new();
    for day in hours {
        let (Ok(from), Ok(until)) = (zone.to_timestamp(day.from), zone.to_timestamp(day.until))
        else {
            continue;
        };
        let mut start = from.as_microsecond();
        while start + count * step <= until.as_microsecond() {
            let Ok(at) = Timestamp::from_microsecond(start) else { break };
            if at > now && quarters(at, count).iter().all(|q| !busy.contains(q)) {
                found.push(at);
                if found.len() == limit {
                    return found;
                }
            }
            start += step;
        }
    }
    found
}

#[cfg(test)]
mod tests {

    use jiff::civil::{date, time};

    use super::*;

    /// REQ-FRONT-08: a time is offered only when every participant is free for
    /// all of it, inside the opening hours.
    #[test]
    fn only_times_that_everybody_has_free_are_offered() {
        let zone = TimeZone::UTC;
        let day = date(2026, 11, 23);
        let hours = [OpenHours::on(day, time(9, 0, 0, 0), time(10, 30, 0, 0))];
        let at = |h, m| zone.to_timestamp(day.at(h, m, 0, 0)).unwrap();
        let busy = BTreeSet::from([at(9, 30)]);
        let free = free_starts(&hours, &zone, &busy, at(8, 0), 2, 10);
        assert_eq!(free, vec![at(9, 0), at(9, 45), at(10, 0)]);
        let later = free_starts(&hours, &zone, &busy, at(9, 45), 2, 10);
        assert_eq!(later, vec![at(10, 0)]);
        assert_eq!(free_starts(&hours, &zone, &busy, at(8, 0), 2, 1).len(), 1);
    }
}
