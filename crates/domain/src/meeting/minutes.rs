//! What is written of a meeting: lines, each with its owner and what it tells of, so that the
//! walls can make each party's copy (REQ-MEET-03); and agreements, with who, when and in which
//! order (REQ-MEET-01).

use std::collections::{BTreeMap, BTreeSet};

use crate::codes::codes;

codes! {
    /// What a line of a meeting is.
    LineKind {
        /// Something to talk about.
        Topic = "topic",
        /// A paragraph of the minutes.
        Minutes = "minutes",
        /// What was agreed.
        Agreement = "agreement",
        /// The person's own view.
        View = "view",
        /// Where the person does not agree.
        Disagreement = "disagreement",
        /// Whom the person brings.
        Companion = "companion",
        /// Why somebody did not come.
        Absence = "absence",
    }
}

impl LineKind {
    /// Whether the person writes such a line on their own page.
    #[must_use]
    pub fn is_the_persons(self) -> bool {
        matches!(self, Self::Topic | Self::View | Self::Disagreement | Self::Companion)
    }

    /// Whether staff write such a line.
    #[must_use]
    pub fn is_the_staffs(self) -> bool {
        matches!(self, Self::Topic | Self::Minutes | Self::Agreement | Self::Absence)
    }
}

codes! {
    /// How far an agreement has come.
    AgreedState {
        /// It is to be done.
        Open = "open",
        /// It is a row of the plan now.
        Planned = "planned",
        /// It was done.
        Done = "done",
        /// It was not done, and will not be.
        Dropped = "dropped",
    }
}

/// Why agreements have no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderFault {
    /// One comes after something that is not there.
    #[error("an agreement comes after one that is not there")]
    Unknown,
    /// One would come after itself.
    #[error("agreements wait for each other")]
    Circle,
}

impl OrderFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "agreed-unknown",
            Self::Circle => "agreed-circle",
        }
    }
}

/// Which agreements run at the same time, and which come first: each with the one that it comes
/// after, if any, gives rounds. What is in one round runs in parallel (REQ-MEET-01).
///
/// # Errors
/// See [`OrderFault`].
pub fn rounds<I: Ord + Copy>(after: &BTreeMap<I, Option<I>>) -> Result<Vec<Vec<I>>, OrderFault> {
    if after.values().flatten().any(|before| !after.contains_key(before)) {
        return Err(OrderFault::Unknown);
    }
    let mut done: BTreeSet<I> = BTreeSet::new();
    let mut all = Vec::new();
    while done.len() < after.len() {
        let next: Vec<I> = after
            .iter()
            .filter(|(one, _)| !done.contains(one))
            .filter(|(_, before)| before.is_none_or(|before| done.contains(&before)))
            .map(|(one, _)| *one)
            .collect();
        if next.is_empty() {
            return Err(OrderFault::Circle);
        }
        done.extend(next.iter().copied());
        all.push(next);
    }
    Ok(all)
}

/// How many of the person's topics entered the agreement (REQ-MEET-03): the topics that an
/// agreement answers, of all that the person put forward.
#[must_use]
pub fn entered<I: Ord + Copy>(topics: &BTreeSet<I>, answered: &[Option<I>]) -> usize {
    let answers: BTreeSet<I> = answered.iter().flatten().copied().collect();
    topics.intersection(&answers).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// REQ-MEET-01: what waits for nothing runs at once; the rest comes after; a circle and a
    /// gap are told.
    #[test]
    fn agreements_run_at_once_or_one_after_another() {
        let order = BTreeMap::from([(1, None), (2, None), (3, Some(1)), (4, Some(3))]);
        assert_eq!(rounds(&order), Ok(vec![vec![1, 2], vec![3], vec![4]]));
        assert_eq!(rounds(&BTreeMap::from([(1, Some(2)), (2, Some(1))])), Err(OrderFault::Circle));
        assert_eq!(rounds(&BTreeMap::from([(1, Some(9))])), Err(OrderFault::Unknown));
        assert_eq!(rounds::<u8>(&BTreeMap::new()), Ok(Vec::new()));
    }

    proptest! {
        /// REQ-MEET-01: every agreement is in exactly one round, and after the one it waits for.
        #[test]
        fn every_agreement_has_its_round(waits in proptest::collection::vec(0..20_usize, 0..20)) {
            let order: BTreeMap<usize, Option<usize>> = waits
                .iter()
                .enumerate()
                .map(|(one, wait)| (one, (*wait < one).then_some(*wait)))
                .collect();
            let all = rounds(&order).unwrap();
            let place = |one: usize| all.iter().position(|round| round.contains(&one)).unwrap();
            for (one, before) in &order {
                prop_assert_eq!(all.iter().flatten().filter(|it| *it == one).count(), 1);
                if let Some(before) = before {
                    prop_assert!(place(*before) < place(*one));
                }
            }
        }
    }

    /// REQ-MEET-03: a topic counts once, however many agreements answer it.
    #[test]
    fn a_topic_that_was_answered_counts_once() {
        let topics = BTreeSet::from([1, 2, 3]);
        assert_eq!(entered(&topics, &[Some(1), None, Some(1), Some(3), Some(9)]), 2);
        assert_eq!(entered(&topics, &[]), 0);
    }
}
