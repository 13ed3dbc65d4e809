//! Differences to talk about (REQ-REF-14).
//!
//! When two agencies hold different answers to the same question, somebody has misheard, or things
//! have changed since, or the person has had reason to say it differently. It is something to
//! talk about at the next meeting. It is no breach, and nothing else follows from it: this module
//! knows no duty, no deadline and no sanction.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::ids::AgencyId;

/// What an agency holds as the answer to a question about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Who holds it.
    pub agency: AgencyId,
    /// Which question: the code of the kind of fact.
    pub kind: String,
    /// The answer.
    pub value: String,
    /// The day it was known.
    pub on: Date,
}

/// Two agencies hold different answers. The answers themselves are left out: the walls decide who
/// may see them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Which question.
    pub kind: String,
    /// The one agency; of the two always the one with the smaller identifier.
    pub first: AgencyId,
    /// When its answer is from.
    pub first_on: Date,
    /// The other agency.
    pub second: AgencyId,
    /// When its answer is from.
    pub second_on: Date,
}

/// Two spellings of the same answer are no difference.
fn folded(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The differences in what agencies hold about one person. Each agency's latest answer to a
/// question counts; what it held before has been corrected.
#[must_use]
pub fn differences(statements: &[Statement]) -> Vec<Difference> {
    let mut latest: BTreeMap<(&str, AgencyId), &Statement> = BTreeMap::new();
    for one in statements {
        let held = latest.entry((one.kind.as_str(), one.agency)).or_insert(one);
        if held.on <= one.on {
            *held = one;
        }
    }
    let mut found = Vec::new();
    let answers: Vec<&Statement> = latest.into_values().collect();
    for (at, one) in answers.iter().enumerate() {
        for other in answers.iter().skip(at + 1).take_while(|other| other.kind == one.kind) {
            if folded(&one.value) != folded(&other.value) {
                found.push(Difference {
                    kind: one.kind.clone(),
                    first: one.agency,
                    first_on: one.on,
                    second: other.agency,
                    second_on: other.on,
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn say(agency: u128, kind: &str, value: &str, day: i8) -> Statement {
        Statement {
            agency: AgencyId(Uuid::from_u128(agency)),
            kind: kind.to_owned(),
            value: value.to_owned(),
            on: date(2026, 11, day),
        }
    }

    /// REQ-REF-14: two agencies with different answers make one point; one agency that corrects
    /// itself, another question or another spelling make none.
    #[test]
    fn conflicting_statements_are_something_to_talk_about() {
        let held = [
            say(2, "household_size", "2", 3),
            say(1, "household_size", "3", 1),
            say(1, "employment", "Part time", 1),
            say(2, "employment", "part  time", 2),
            say(1, "education", "none", 1),
            say(1, "education", "secondary", 2),
        ];
        let found = differences(&held);
        assert_eq!(found.len(), 1, "{found:?}");
        let point = found.first().unwrap();
        assert_eq!(point.kind, "household_size");
        assert_eq!((point.first_on, point.second_on), (date(2026, 11, 1), date(2026, 11, 3)));
        let mut agreed = held.to_vec();
        agreed.push(say(1, "household_size", "2", 4));
        assert!(differences(&agreed).is_empty());
    }

    proptest! {
        /// REQ-REF-14: the order in which agencies told it plays no part.
        #[test]
        fn the_order_of_statements_plays_no_part(
            mut said in proptest::collection::vec((0..4_u128, 0..3_usize, 0..3_usize), 0..12)
        ) {
            let make = |said: &[(u128, usize, usize)]| {
                // A day for each answer, so that the latest is the same in any order.
                let all = said.iter().map(|(agency, kind, value)| {
                    let day = i8::try_from(*value + 1).unwrap();
                    say(*agency, ["a", "b", "c"][*kind], ["x", "y", "z"][*value], day)
                });
                differences(&all.collect::<Vec<_>>())
            };
            let one = make(&said);
            said.reverse();
            prop_assert_eq!(one, make(&said));
        }
    }
}
