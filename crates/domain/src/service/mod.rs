//! The one catalogue of services (REQ-FRONT-04, REQ-FRONT-21).
//!
//! What is on offer follows from what somebody needs, and from nothing else: no rule here takes an
//! office, an agency or a desk, so that the same need gets the same answer everywhere. A service
//! has versions; what was promised is compared with what came. What a decision itself says, and
//! who may make it, is `office` and `person`.

use crate::codes::codes;
use crate::reception::Need;

codes! {
    /// What kind of help a service is. The order is that in which it is thought of
    /// (REQ-FRONT-27): what lets somebody begin at all comes before what they begin with.
    ServiceKind {
        /// Care for children while a parent works or learns.
        ChildCare = "child_care",
        /// Help in the family and the home.
        Family = "family",
        /// Health and treatment.
        Health = "health",
        /// A place to live.
        Housing = "housing",
        /// Money, benefits, debt.
        Money = "money",
        /// Information, advice, help with a letter.
        Guidance = "guidance",
        /// A job, a course or a measure that leads to one.
        Work = "work",
    }
}

impl ServiceKind {
    /// Whether it is an option of work or activity, which stands in every shared matter
    /// (REQ-FRONT-16).
    #[must_use]
    pub fn is_work(self) -> bool {
        self == Self::Work
    }

    /// Whether it must be thought of before a job measure starts (REQ-FRONT-27).
    #[must_use]
    pub fn comes_before_work(self) -> bool {
        matches!(self, Self::ChildCare | Self::Family)
    }
}

codes! {
    /// Whether it can be had now.
    Availability {
        /// Now.
        Open = "open",
        /// After a wait.
        Waiting = "waiting",
        /// Not at present.
        Closed = "closed",
    }
}

/// What of a service decides whether it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its code.
    pub code: String,
    /// What kind of help it is.
    pub kind: ServiceKind,
    /// The needs that it meets.
    pub needs: Vec<Need>,
}

/// What is offered for these needs, in the order in which it is thought of. The same for every
/// reception, because no reception is asked (REQ-FRONT-04).
#[must_use]
pub fn offered<'a>(all: &'a [Offer], needs: &[Need]) -> Vec<&'a Offer> {
    let mut list: Vec<&Offer> =
        all.iter().filter(|one| one.needs.iter().any(|need| needs.contains(need))).collect();
    list.sort_by(|a, b| (a.kind, &a.code).cmp(&(b.kind, &b.code)));
    list
}

codes! {
    /// What a decision gave.
    Given {
        /// What was asked for.
        Granted = "granted",
        /// Some of it.
        Partly = "partly",
        /// Nothing.
        Refused = "refused",
    }
}

codes! {
    /// What became of a promise.
    Kept {
        /// Nothing has come yet.
        Open = "open",
        /// What came is what was promised.
        Kept = "kept",
        /// Something else came: an unmet expectation (REQ-FRONT-21).
        Unmet = "unmet",
    }
}

/// A promise beside the decision that came later: anything less is an unmet expectation.
#[must_use]
pub fn compare(given: Given) -> Kept {
    match given {
        Given::Granted => Kept::Kept,
        Given::Partly | Given::Refused => Kept::Unmet,
    }
}

/// A concept with what it is called in each language (REQ-MISC-11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The concept.
    pub concept: &'static str,
    /// Norwegian terms.
    pub nb: Vec<&'static str>,
    /// Swedish terms.
    pub sv: Vec<&'static str>,
    /// English terms.
    pub en: Vec<&'static str>,
}

const TERMS: &str = include_str!("terms.csv");

/// The terms of the field in Norwegian, Swedish and English.
#[must_use]
pub fn terms() -> Vec<Term> {
    TERMS.lines().skip(1).filter_map(read_term).collect()
}

fn read_term(line: &'static str) -> Option<Term> {
    let mut parts = line.split(',');
    let concept = parts.next()?;
    let names = |text: &'static str| -> Vec<&'static str> {
        let bare = |one: &'static str| one.split('(').next().unwrap_or_default().trim();
        text.trim_matches('"').split(';').map(bare).filter(|one| !one.is_empty()).collect()
    };
    let (nb, sv, en) = (names(parts.next()?), names(parts.next()?), names(parts.next()?));
    Some(Term { concept, nb, sv, en })
}

/// The concepts that a word belongs to, whichever language it is of. A word is found by its whole
/// or by its beginning of at least three letters.
#[must_use]
pub fn concepts(word: &str) -> Vec<&'static str> {
    let word = word.trim().to_lowercase();
    if word.chars().count() < 3 {
        return Vec::new();
    }
    let is_it = |one: &&str| one.to_lowercase().starts_with(&word);
    let mut found: Vec<&'static str> = terms()
        .into_iter()
        .filter(|term| term.nb.iter().chain(&term.sv).chain(&term.en).any(&is_it))
        .map(|term| term.concept)
        .collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(code: &str, kind: ServiceKind, needs: &[Need]) -> Offer {
        Offer { code: code.to_owned(), kind, needs: needs.to_vec() }
    }

    /// REQ-FRONT-04: what is offered depends on the needs alone, whatever their order, and more
    /// needs never take anything away.
    #[test]
    fn the_offer_follows_the_needs_alone() {
        let all = [
            offer("course", ServiceKind::Work, &[Need::Work, Need::Training]),
            offer("care", ServiceKind::ChildCare, &[Need::Family, Need::Work]),
            offer("rent", ServiceKind::Housing, &[Need::Housing]),
        ];
        let codes = |needs: &[Need]| -> Vec<String> {
            offered(&all, needs).iter().map(|one| one.code.clone()).collect()
        };
        assert_eq!(codes(&[Need::Work]), ["care", "course"]);
        assert_eq!(codes(&[Need::Housing, Need::Work]), codes(&[Need::Work, Need::Housing]));
        assert_eq!(codes(&[]), [""; 0]);
        for one in Need::ALL {
            for two in Need::ALL {
                let both = codes(&[one, two]);
                assert!(codes(&[one]).iter().all(|code| both.contains(code)));
            }
        }
    }

    /// REQ-FRONT-21: anything less than what was promised is an unmet expectation.
    #[test]
    fn less_than_promised_is_unmet() {
        for (given, kept) in [
            (Given::Granted, Kept::Kept),
            (Given::Partly, Kept::Unmet),
            (Given::Refused, Kept::Unmet),
        ] {
            assert_eq!(compare(given), kept);
        }
    }

    /// REQ-MISC-11: the Norwegian and the Swedish word lead to the same concept; a few concepts of one
    /// country have no word in the other.
    #[test]
    fn both_languages_lead_to_the_same_concept() {
        let all = terms();
        assert!(all.len() > 100, "{}", all.len());
        for term in &all {
            assert!(!term.nb.is_empty() || !term.sv.is_empty(), "{term:?}");
            assert!(!term.en.is_empty(), "{term:?}");
            for word in term.nb.iter().chain(&term.sv).filter(|word| word.chars().count() >= 3) {
                assert!(concepts(word).contains(&term.concept), "{word} of {term:?}");
            }
        }
        assert_eq!(concepts("servicevert"), concepts("värd i mottagningen"));
        assert!(concepts("ab").is_empty() && concepts("qvertz").is_empty());
    }
}
