//! Meetings that come again: when the next is due, and when one lapsed (REQ-MEET-04).

use jiff::ToSpan;
use jiff::civil::Date;

/// Days that a meeting may be late before it has lapsed.
pub const GRACE_DAYS: i64 = 7;
/// The rhythms that are set: every so many months.
pub const MONTHS: std::ops::RangeInclusive<i64> = 1..=12;

/// The day by which the next meeting of a series is due: the rhythm after the last that was
/// held, or the day of the first.
#[must_use]
pub fn due(first: Date, months: i64, last_held: Option<Date>) -> Date {
    let months = months.clamp(*MONTHS.start(), *MONTHS.end());
    match last_held {
        Some(held) => held.checked_add(months.months()).unwrap_or(held),
        None => first,
    }
}

/// Since when a series has lapsed: the day on which the meeting was due that did not come. None
/// while it keeps its rhythm, with a week's grace (REQ-MEET-04).
#[must_use]
pub fn lapsed(first: Date, months: i64, last_held: Option<Date>, today: Date) -> Option<Date> {
    let due = due(first, months, last_held);
    let over = due.checked_add(GRACE_DAYS.days()).unwrap_or(due);
    (today > over).then_some(due)
}

/// The share of meetings at the premises of each of two agencies, in percent of those held at an
/// office. One-sided when all were at one place (REQ-MEET-06). By telephone and by picture nobody
/// goes anywhere.
#[must_use]
pub fn is_one_sided(held_at: &[i64]) -> bool {
    held_at.iter().filter(|count| **count > 0).count() == 1
        && held_at.iter().sum::<i64>() > 1
        && held_at.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// REQ-MEET-04: a month without its meeting raises the alarm after the grace.
    #[test]
    fn a_skipped_month_lapses() {
        let first = date(2026, 9, 10);
        let october = Some(date(2026, 10, 8));
        assert_eq!(lapsed(first, 1, october, date(2026, 11, 15)), None);
        assert_eq!(lapsed(first, 1, october, date(2026, 11, 16)), Some(date(2026, 11, 8)));
        assert_eq!(lapsed(first, 1, None, date(2026, 9, 17)), None);
        assert_eq!(lapsed(first, 1, None, date(2026, 9, 18)), Some(first));
    }

    proptest! {
        /// REQ-MEET-04: whoever meets in the rhythm is never told of a lapse, and whoever stops
        /// always is, in time.
        #[test]
        fn the_alarm_follows_the_rhythm(months in 1..=12_i64, rounds in 0..24_i64, late in 0..60_i64) {
            let first = date(2025, 1, 31);
            let mut held = None;
            for n in 0..rounds {
                let day = due(first, months, held);
                prop_assert_eq!(lapsed(first, months, held, day), None, "round {}", n);
                held = Some(day);
            }
            let next = due(first, months, held);
            let today = next.checked_add(late.days()).unwrap();
            prop_assert_eq!(lapsed(first, months, held, today).is_some(), late > GRACE_DAYS);
        }
    }

    /// REQ-MEET-06: only one place used is one-sided; one meeting alone is no pattern.
    #[test]
    fn a_year_at_one_place_is_one_sided() {
        for (held, is) in [
            (&[12, 0][..], true),
            (&[0, 2], true),
            (&[11, 1], false),
            (&[1, 0], false),
            (&[0, 0], false),
            (&[3], false),
        ] {
            assert_eq!(is_one_sided(held), is, "{held:?}");
        }
    }
}
