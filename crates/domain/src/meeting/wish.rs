//! What the person wishes of the time and the way of a meeting (REQ-MEET-03, REQ-FRONT-24).

use jiff::civil::{DateTime, Weekday};

use crate::booking::MeetBy;
use crate::codes::codes;

codes! {
    /// The part of a day that suits.
    DayPart {
        /// Any.
        Any = "any",
        /// Before twelve.
        Morning = "morning",
        /// From twelve.
        Afternoon = "afternoon",
    }
}

/// What suits somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// Weekdays that do not suit: a bit for each, Monday the lowest.
    pub not_on: i64,
    /// The part of the day.
    pub part: DayPart,
    /// How to meet; none for no matter.
    pub meet_by: Option<MeetBy>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { not_on: 0, part: DayPart::Any, meet_by: None }
    }
}

impl Wishes {
    /// The bit of a weekday.
    #[must_use]
    pub fn bit(day: Weekday) -> i64 {
        1 << day.to_monday_zero_offset()
    }

    /// Whether a start at the offices' own clock suits.
    #[must_use]
    pub fn suits(&self, starts: DateTime) -> bool {
        let part = match self.part {
            DayPart::Any => true,
            DayPart::Morning => starts.hour() < 12,
            DayPart::Afternoon => starts.hour() >= 12,
        };
        part && self.not_on & Self::bit(starts.date().weekday()) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// REQ-MEET-03: a time that does not suit the person is not offered first.
    #[test]
    fn wishes_bound_the_times() {
        let monday = date(2026, 11, 23);
        let wishes = Wishes {
            not_on: Wishes::bit(Weekday::Tuesday),
            part: DayPart::Afternoon,
            ..Wishes::default()
        };
        assert!(wishes.suits(monday.at(12, 0, 0, 0)));
        assert!(!wishes.suits(monday.at(11, 45, 0, 0)));
        assert!(!wishes.suits(date(2026, 11, 24).at(13, 0, 0, 0)));
        assert!(Wishes::default().suits(monday.at(8, 0, 0, 0)));
    }
}
