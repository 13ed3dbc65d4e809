//! Who sits at the table, what a meeting is for, and when it was what it is called
//! (REQ-MEET-01, 02, 08, 11).

use std::collections::BTreeSet;

use crate::codes::codes;

codes! {
    /// What a meeting is.
    MeetingKind {
        /// The person and a caseworker from each of two agencies.
        ThreeWay = "three_way",
        /// The person and those whom it concerns.
        Joint = "joint",
        /// On the next stage, before a measure ends (REQ-MEET-07).
        NextStage = "next_stage",
        /// A group of several competences that solves something together (REQ-MEET-09).
        ProblemGroup = "problem_group",
        /// Agencies alone, in a rhythm (REQ-MEET-04).
        InterAgency = "inter_agency",
    }
}

impl MeetingKind {
    /// Whether it is about one person.
    #[must_use]
    pub fn is_about_a_person(self) -> bool {
        !matches!(self, Self::InterAgency)
    }
}

codes! {
    /// What became of somebody's coming (REQ-MEET-02).
    Attendance {
        /// Came.
        Came = "came",
        /// Did not come and had not said so.
        Absent = "absent",
        /// Had said so before.
        Notified = "notified",
        /// Has found a job or begun to study meanwhile.
        FoundWork = "found_work",
    }
}

codes! {
    /// What follows when the person does not come to a meeting that is a condition. It stands in
    /// the invitation in plain words (REQ-MEET-02).
    Consequence {
        /// Nothing follows: coming is no condition.
        Nothing = "nothing",
        /// A new time is given.
        NewTime = "new_time",
        /// The matter is decided without the person's word.
        DecidedWithout = "decided_without",
        /// Money can be stopped or reduced, after the person has been heard.
        MoneyStopped = "money_stopped",
        /// The place in a measure can be lost, after the person has been heard.
        PlaceLost = "place_lost",
    }
}

codes! {
    /// Where the clarification is heading (REQ-MEET-08).
    Towards {
        /// Towards work or study.
        Work = "work",
        /// Towards a benefit.
        Benefit = "benefit",
        /// Towards rehabilitation.
        Rehabilitation = "rehabilitation",
    }
}

impl Towards {
    /// Whether the insurance office belongs at the table.
    #[must_use]
    pub fn needs_insurance(self) -> bool {
        matches!(self, Self::Benefit | Self::Rehabilitation)
    }
}

codes! {
    /// What agencies talk about when they cooperate (REQ-MEET-11).
    Topic {
        /// What they want to reach.
        Goals = "goals",
        /// Who the measures are for.
        Criteria = "criteria",
        /// How measures are made.
        MeasureDesign = "measure_design",
        /// How measures are used.
        MeasureUse = "measure_use",
        /// The talks with people.
        Talks = "talks",
        /// Follow-up before a measure.
        FollowBefore = "follow_before",
        /// Follow-up in a measure.
        FollowDuring = "follow_during",
        /// Follow-up after the start in a job.
        FollowAfter = "follow_after",
    }
}

/// The topics that were never treated: the blanks of a place or a pair of agencies
/// (REQ-MEET-11).
#[must_use]
pub fn blanks(treated: &BTreeSet<Topic>) -> Vec<Topic> {
    Topic::ALL.iter().copied().filter(|topic| !treated.contains(topic)).collect()
}

/// Somebody at the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat<A> {
    /// The one whom it is about.
    Person,
    /// A caseworker of an agency.
    Caseworker(A),
    /// Somebody else of an agency.
    Staff(A),
    /// A measure provider, or somebody whom the person brings.
    Other,
}

/// Whether these make a three-way conversation: the person, and caseworkers of two agencies
/// (REQ-MEET-01). Asked of those invited before, and of those who came after.
#[must_use]
pub fn is_three_way<A: Ord + Copy>(seats: &[Seat<A>]) -> bool {
    let agencies: BTreeSet<A> = seats
        .iter()
        .filter_map(|seat| match seat {
            Seat::Caseworker(agency) => Some(*agency),
            _ => None,
        })
        .collect();
    seats.contains(&Seat::Person) && agencies.len() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// REQ-MEET-01: the person and caseworkers of two agencies; whoever is absent is missed,
    /// and nobody else stands in.
    #[test]
    fn three_sit_at_a_three_way_conversation() {
        use Seat::{Caseworker, Other, Person, Staff};
        let table: [(&[Seat<u8>], bool); 7] = [
            (&[Person, Caseworker(1), Caseworker(2)], true),
            (&[Person, Caseworker(1), Caseworker(2), Caseworker(3), Other], true),
            (&[Person, Caseworker(1), Caseworker(1)], false),
            (&[Person, Caseworker(1), Staff(2)], false),
            (&[Caseworker(1), Caseworker(2)], false),
            (&[Person, Caseworker(1), Other], false),
            (&[Person], false),
        ];
        for (seats, is) in table {
            assert_eq!(is_three_way(seats), is, "{seats:?}");
        }
    }

    proptest! {
        /// REQ-MEET-01: take any of the three away and it counts no more; the order plays no part.
        #[test]
        fn without_one_of_three_it_does_not_count(
            first in 0..5_u8, more in 1..5_u8, gone in 0..3_usize, others in 0..4_usize
        ) {
            let second = first + more;
            let mut seats = vec![Seat::Person, Seat::Caseworker(first), Seat::Caseworker(second)];
            prop_assert!(is_three_way(&seats));
            seats.reverse();
            prop_assert!(is_three_way(&seats));
            seats.remove(gone);
            seats.extend(std::iter::repeat_n(Seat::Other, others));
            prop_assert!(!is_three_way(&seats));
        }
    }

    /// REQ-MEET-11: what nobody ever talked about is a blank, and nothing else is.
    #[test]
    fn what_was_never_treated_is_a_blank() {
        let treated = BTreeSet::from([Topic::Goals, Topic::Talks]);
        let open = blanks(&treated);
        assert!(open.contains(&Topic::FollowAfter) && !open.contains(&Topic::Goals));
        assert_eq!(open.len() + treated.len(), Topic::ALL.len());
        assert!(blanks(&Topic::ALL.iter().copied().collect()).is_empty());
    }
}
