//! What a reception promises everybody, and whether it keeps it (REQ-FRONT-11, 18, 19, 30).
//!
//! All of it is arithmetic on times that were noted anyway; nothing here asks anybody to fill in a
//! form about their own work.

mod process;
mod report;

pub use process::{Actor, Process, ProcessStep, Step};
pub use report::{Body, Receives, Report};

use crate::codes::codes;
use crate::meeting::OpenHours;

codes! {
    /// What a standard measures, always from events of a visit.
    Measured {
        /// From arriving to being called.
        Waiting = "waiting",
        /// From being called to the answer: the end of the talk.
        Reply = "reply",
        /// From arriving to the end of the visit.
        Closing = "closing",
    }
}

/// How many keep a limit in minutes, and of how many.
#[must_use]
pub fn kept(limit_minutes: i64, micros: &[i64]) -> (i64, i64) {
    let limit = limit_minutes * 60_000_000;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    (count(micros.iter().filter(|one| **one <= limit).count()), count(micros.len()))
}

/// The middle value; of an even number, the lower of the two. Nothing of nothing.
#[must_use]
pub fn median(values: &[i64]) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

codes! {
    /// Whom coordination is for, and whom it must not make worse off (REQ-FRONT-11).
    Group {
        /// Those whose needs one agency meets.
        Single = "single",
        /// Those whose needs concern several.
        Several = "several",
    }
}

codes! {
    /// What the guard compares.
    Guarded {
        /// From arriving to being called.
        Waiting = "waiting",
        /// From being called to the end.
        Handling = "handling",
    }
}

codes! {
    /// What the guard shows.
    Light {
        /// No worse than before.
        Green = "green",
        /// Worse than before.
        Red = "red",
        /// Too little to say, or nothing to compare with.
        Unknown = "unknown",
    }
}

/// Fewer visits than this say nothing.
pub const ENOUGH: i64 = 5;

/// Whether those outside the coordinated groups are worse off than at the baseline: longer by more
/// than a twentieth, and by more than a minute. What the coordinated group gains is not looked at,
/// so that it can never make up for it (REQ-FRONT-11).
#[must_use]
pub fn guard(baseline: Option<(i64, i64)>, now: Option<(i64, i64)>) -> Light {
    let (Some((before, n)), Some((after, m))) = (baseline, now) else { return Light::Unknown };
    if n < ENOUGH || m < ENOUGH {
        return Light::Unknown;
    }
    let allowed = before + (before / 20).max(60_000_000);
    if after > allowed { Light::Red } else { Light::Green }
}

codes! {
    /// The four kinds of accessibility (REQ-FRONT-19).
    Dimension {
        /// Open when people can come.
        Time = "time",
        /// Not far, and not to several places.
        Place = "place",
        /// Many services.
        Content = "content",
        /// The problem was solved.
        Attitude = "attitude",
    }
}

/// Minutes for which a door stands open, and how many of them are outside the hours in which most
/// people are at work: Monday to Friday from eight to four (REQ-FRONT-19).
#[must_use]
pub fn open_minutes(hours: &[OpenHours]) -> (i64, i64) {
    let minute = |at: jiff::civil::Time| i64::from(at.hour()) * 60 + i64::from(at.minute());
    let mut sum = (0, 0);
    for one in hours {
        let (from, until) = (minute(one.from.time()), minute(one.until.time()));
        let open = (until - from).max(0);
        let weekend = one.from.date().weekday().to_monday_one_offset() > 5;
        let at_work =
            if weekend { 0 } else { (until.min(16 * 60) - from.max(8 * 60)).max(0).min(open) };
        sum.0 += open;
        sum.1 += open - at_work;
    }
    sum
}

/// The dimensions of which a report has no figure: it must say so (REQ-FRONT-19).
#[must_use]
pub fn missing(there: &[Dimension]) -> Vec<Dimension> {
    Dimension::ALL.iter().filter(|one| !there.contains(one)).copied().collect()
}

codes! {
    /// Whether the problem was solved, as the person says on the way out.
    Solved {
        /// Yes.
        Yes = "yes",
        /// In part.
        Partly = "partly",
        /// No.
        No = "no",
    }
}

codes! {
    /// A part of the template that all receptions share (REQ-FRONT-17).
    SetUpKind {
        /// An area of the room.
        Area = "area",
        /// A sign.
        Sign = "sign",
        /// A line of the menu.
        Menu = "menu",
        /// What is said to everybody.
        Wording = "wording",
    }
}

codes! {
    /// What somebody feels about the aims that the reception shows (REQ-MISC-17).
    Reaction {
        /// Feels left out.
        LeftOut = "left_out",
        /// Finds it right.
        Fits = "fits",
        /// Something else.
        Other = "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;

    /// REQ-FRONT-18: the share within the limit; the limit itself keeps it.
    #[test]
    fn a_limit_is_kept_by_those_within_it() {
        let times = [0, 10 * MINUTE, 15 * MINUTE, 15 * MINUTE + 1, 40 * MINUTE];
        assert_eq!(kept(15, &times), (3, 5));
        assert_eq!(kept(15, &[]), (0, 0));
        assert_eq!(median(&times), Some(15 * MINUTE));
        assert_eq!((median(&[4, 2]), median(&[])), (Some(2), None));
    }

    /// REQ-FRONT-19: what is open when people are at work helps those who are not.
    #[test]
    fn hours_outside_work_are_counted_apart() {
        use jiff::civil::{date, time};
        let on = |day: i8, from: i8, until: i8| {
            OpenHours::on(date(2026, 11, day), time(from, 0, 0, 0), time(until, 0, 0, 0))
        };
        for (hours, told) in [
            (vec![], (0, 0)),
            // The 23rd is a Monday, the 28th a Saturday.
            (vec![on(23, 9, 15)], (360, 0)),
            (vec![on(23, 7, 9)], (120, 60)),
            (vec![on(23, 15, 19)], (240, 180)),
            (vec![on(23, 17, 19)], (120, 120)),
            (vec![on(28, 10, 14)], (240, 240)),
            (vec![on(23, 9, 15), on(28, 10, 14)], (600, 240)),
        ] {
            assert_eq!(open_minutes(&hours), told, "{hours:?}");
        }
    }

    /// REQ-FRONT-11: worse is red, no matter how little is known of the others; little data is
    /// no green.
    #[test]
    fn worse_than_before_is_red() {
        let before = Some((10 * MINUTE, 20));
        for (after, count, light) in [
            (8, 20, Light::Green),
            (10, 20, Light::Green),
            (11, 20, Light::Green),
            (12, 20, Light::Red),
            (90, 20, Light::Red),
            (90, 4, Light::Unknown),
        ] {
            assert_eq!(guard(before, Some((after * MINUTE, count))), light, "{after}");
        }
        assert_eq!(guard(None, Some((MINUTE, 20))), Light::Unknown);
        assert_eq!(guard(before, None), Light::Unknown);
        assert_eq!(guard(Some((MINUTE, 2)), before), Light::Unknown);
    }

    /// REQ-FRONT-19: a report names the dimensions that it lacks.
    #[test]
    fn a_report_says_what_it_lacks() {
        assert_eq!(missing(Dimension::ALL), []);
        assert_eq!(
            missing(&[Dimension::Time, Dimension::Attitude]),
            [Dimension::Place, Dimension::Content]
        );
    }
}
