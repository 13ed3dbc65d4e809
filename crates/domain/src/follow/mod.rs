//! Following somebody up: who leads what, how often they are met, who is taken in, and whether one
//! worker can do it (REQ-FOLL-01, 02, 03, 11, 12, 13, 14, REQ-MEET-07).
//!
//! It decides about nothing that the law leaves to an agency: a lead is who keeps an eye on an
//! area, not who pays.

mod lead;

pub use lead::{Area, Areas, Lead, LeadAct, LeadFault, Variant};

use jiff::ToSpan;
use jiff::civil::Date;

use crate::codes::codes;

codes! {
    /// How far somebody has come.
    Stage {
        /// Taken in, before a measure.
        Intake = "intake",
        /// In a measure.
        Measure = "measure",
        /// In practice at a workplace.
        Practice = "practice",
        /// In a job: follow-up goes on.
        Job = "job",
    }
}

impl Stage {
    /// The most days between two contacts.
    #[must_use]
    pub fn interval(self) -> i64 {
        match self {
            Self::Intake => 14,
            Self::Measure => 21,
            Self::Practice => 7,
            Self::Job => 30,
        }
    }

    /// Minutes that one contact takes, with the way there.
    #[must_use]
    pub fn minutes(self) -> i64 {
        match self {
            Self::Intake | Self::Measure => 45,
            Self::Practice => 90,
            Self::Job => 60,
        }
    }

    /// The day by which the next contact is due (REQ-FOLL-03).
    #[must_use]
    pub fn due(self, last: Date) -> Date {
        last.checked_add(self.interval().days()).unwrap_or(last)
    }
}

/// Whether somebody is on the list of alarms: the day after the contact was due, and from then on
/// (REQ-FOLL-03).
#[must_use]
pub fn is_late(due: Date, today: Date) -> bool {
    today > due
}

codes! {
    /// Why somebody is followed up.
    Intake {
        /// Of a target group of the office.
        TargetGroup = "target_group",
        /// Of none, where the office follows up everybody (REQ-FOLL-13).
        Outside = "outside",
        /// In work and in danger of losing it (REQ-FOLL-14).
        AtRisk = "at_risk",
    }
}

/// Days of sick leave after which somebody in work is in danger of losing it.
pub const LONG_LEAVE_DAYS: i32 = 56;

/// Why somebody is not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeFault {
    /// The office follows up its target groups only.
    #[error("this office follows up its target groups only")]
    NotHere,
    /// They are not in work, so it cannot be lost.
    #[error("only somebody in work can lose it")]
    NotInWork,
    /// The sick leave is not long.
    #[error("the sick leave is not long")]
    NotLong,
}

impl IntakeFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotHere => "follow-not-here",
            Self::NotInWork => "follow-not-in-work",
            Self::NotLong => "follow-not-long",
        }
    }
}

/// Whether somebody can be taken in (REQ-FOLL-13, REQ-FOLL-14). Early help for who is in danger
/// of losing work needs no target group.
///
/// # Errors
/// See [`IntakeFault`].
pub fn take_in(
    intake: Intake,
    follows_everybody: bool,
    (in_work, on_leave_since): (bool, Option<Date>),
    today: Date,
) -> Result<(), IntakeFault> {
    match intake {
        Intake::TargetGroup => Ok(()),
        Intake::Outside if follows_everybody => Ok(()),
        Intake::Outside => Err(IntakeFault::NotHere),
        Intake::AtRisk if !in_work => Err(IntakeFault::NotInWork),
        Intake::AtRisk => {
            let long = on_leave_since.is_some_and(|since| {
                since.checked_add(LONG_LEAVE_DAYS.days()).is_ok_and(|day| day <= today)
            });
            if long { Ok(()) } else { Err(IntakeFault::NotLong) }
        }
    }
}

/// Missed appointments in a row that make a task to reach somebody (REQ-FOLL-12).
pub const MISSED_IN_A_ROW: usize = 2;

/// Whether the latest appointments, the latest first, were all missed; a third in a row makes no
/// second task.
#[must_use]
pub fn needs_contact(missed: &[bool]) -> bool {
    missed.iter().take_while(|missed| **missed).count() == MISSED_IN_A_ROW
}

/// Days before a measure ends within which the talk on the next stage is to have been held
/// (REQ-MEET-07).
pub const TALK_DAYS: i64 = 30;

/// Minutes of a full working week.
pub const WEEK_MINUTES: i64 = 2250;

/// Minutes a week that the rhythm takes for so many persons at each stage (REQ-FOLL-11).
#[must_use]
pub fn weekly_minutes(persons: &[(Stage, i64)]) -> i64 {
    let tenths: i64 =
        persons.iter().map(|(stage, count)| count * stage.minutes() * 70 / stage.interval()).sum();
    tenths / 10
}

/// Whether a load makes the rhythm impossible: the contacts alone take more than the working hours.
#[must_use]
pub fn is_too_much(weekly: i64) -> bool {
    weekly > WEEK_MINUTES
}

codes! {
    /// Where a contact was.
    Way {
        /// At a workplace.
        Workplace = "workplace",
        /// At the office.
        Office = "office",
        /// At home, or where the person is.
        Home = "home",
        /// By telephone or picture.
        Phone = "phone",
        /// Desk work: papers and decisions, without the person.
        Desk = "desk",
    }
}

impl Way {
    /// Whether the person was met by it.
    #[must_use]
    pub fn is_contact(self) -> bool {
        self != Self::Desk
    }
}

codes! {
    /// Why follow-up at a workplace did not happen: left open by the evaluations, so it is noted
    /// (REQ-FOLL-11).
    Cause {
        /// Other work at the desk took the time.
        DeskWork = "desk_work",
        /// Nobody there knew how.
        Competence = "competence",
        /// Something else.
        Other = "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// REQ-FOLL-03: on the day itself nobody is late, on the next everybody is.
    #[test]
    fn the_day_after_is_late() {
        for stage in Stage::ALL {
            let due = stage.due(date(2026, 11, 2));
            assert!(!is_late(due, due));
            assert!(is_late(due, due + 1.day()));
        }
    }

    /// REQ-FOLL-13, REQ-FOLL-14: outside every target group only where everybody is followed up;
    /// somebody in work on long leave everywhere.
    #[test]
    fn who_is_taken_in() {
        let today = date(2026, 11, 23);
        let (long, short) = (Some(date(2026, 9, 28)), Some(date(2026, 9, 29)));
        for (intake, everybody, work, is) in [
            (Intake::TargetGroup, false, (false, None), Ok(())),
            (Intake::Outside, true, (false, None), Ok(())),
            (Intake::Outside, false, (true, long), Err(IntakeFault::NotHere)),
            (Intake::AtRisk, false, (true, long), Ok(())),
            (Intake::AtRisk, true, (true, short), Err(IntakeFault::NotLong)),
            (Intake::AtRisk, true, (true, None), Err(IntakeFault::NotLong)),
            (Intake::AtRisk, true, (false, long), Err(IntakeFault::NotInWork)),
        ] {
            assert_eq!(take_in(intake, everybody, work, today), is, "{intake:?} {work:?}");
        }
    }

    /// REQ-FOLL-12: two missed in a row, once.
    #[test]
    fn two_missed_in_a_row_make_one_task() {
        for (missed, is) in [
            (&[true, true][..], true),
            (&[true, true, false, true], true),
            (&[true, false, true], false),
            (&[false, true, true], false),
            (&[true], false),
            (&[true, true, true], false),
            (&[], false),
        ] {
            assert_eq!(needs_contact(missed), is, "{missed:?}");
        }
    }

    proptest! {
        /// REQ-FOLL-11: one person more is never less work, and a load is flagged exactly when the
        /// contacts take more than the week has.
        #[test]
        fn more_people_take_more_time(counts in proptest::collection::vec(0..80_i64, 4), more in 0..4_usize) {
            let persons: Vec<(Stage, i64)> =
                Stage::ALL.iter().copied().zip(counts.iter().copied()).collect();
            let mut one_more = persons.clone();
            one_more[more].1 += 1;
            let (before, after) = (weekly_minutes(&persons), weekly_minutes(&one_more));
            prop_assert!(after > before);
            prop_assert_eq!(is_too_much(before), before > WEEK_MINUTES);
        }
    }

    /// REQ-FOLL-11: a caseload times the contact time above the working hours is flagged.
    #[test]
    fn a_caseload_above_the_working_hours_is_flagged() {
        assert!(!is_too_much(weekly_minutes(&[(Stage::Practice, 25)])));
        assert!(is_too_much(weekly_minutes(&[(Stage::Practice, 26)])));
        assert!(!is_too_much(weekly_minutes(&[])));
    }
}
