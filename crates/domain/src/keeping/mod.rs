//! How long information is kept, and what happens when its time is over; and the
//! way that a request for erasure goes. Pure rules: no clock, no database.

mod erasure;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

pub use erasure::{Erasure, ErasureFault, Finding, State};

/// What happens to something when its time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It is deleted.
    Delete,
    /// It belongs to the archive: it is closed to everybody's daily work.
    Lock,
}

/// How long something is kept after what its time counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Whole years.
    #[serde(default)]
    pub years: i16,
    /// Days.
    #[serde(default)]
    pub days: i32,
    /// The time counts from the end of the year (SFS 2002:546 § 16).
    #[serde(default)]
    pub year_end: bool,
    /// What then happens.
    pub then: Fate,
}

impl Term {
    /// The first day on which something is due whose time began on `from`.
    #[must_use]
    pub fn due_on(&self, from: Date) -> Date {
        let begins = if self.year_end { from.last_of_year() } else { from };
        let span = i32::from(self.years).years().days(self.days);
        let over = begins.checked_add(span).unwrap_or(Date::MAX);
        if self.year_end { over.tomorrow().unwrap_or(Date::MAX) } else { over }
    }

    /// The last beginning that is due on `today`: what began later is kept.
    #[must_use]
    pub fn last_due(&self, today: Date) -> Date {
        let span = i32::from(self.years).years().days(self.days);
        let mut begin = today.checked_sub(span).unwrap_or(Date::MIN);
        if self.year_end {
            begin = begin.last_of_year();
        }
        // Months and years differ in length: the last step is tried, not computed.
        for _ in 0..3 {
            match begin.tomorrow() {
                Ok(next) if self.due_on(next) <= today => begin = next,
                _ => break,
            }
        }
        while self.due_on(begin) > today {
            let before = if self.year_end {
                begin.checked_sub(1.year()).map(Date::last_of_year)
            } else {
                begin.yesterday()
            };
            match before {
                Ok(before) => begin = before,
                Err(_) => break,
            }
        }
        begin
    }
}

/// Of several terms for one thing, with what each counts from, the one that ends
/// first: a copy made for cooperation lives no longer than its shortest giver or
/// receiver allows.
#[must_use]
pub fn shortest(terms: &[(Term, Date)]) -> Option<(Term, Date)> {
    terms.iter().map(|(term, from)| (*term, term.due_on(*from))).min_by_key(|(_, due)| *due)
}

/// Whether the Swedish archive law keeps a person's social file for research:
/// born on the 5th, 15th or 25th of a month. Nobody's day of birth being known
/// counts as yes, because what is deleted does not come back.
#[must_use]
pub fn is_kept_for_research(born: Option<Date>) -> bool {
    born.is_none_or(|born| matches!(born.day(), 5 | 15 | 25))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn term(years: i16, days: i32, year_end: bool) -> Term {
        Term { years, days, year_end, then: Fate::Delete }
    }

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// The Swedish employment service deletes three years after the end of the year
    /// in which the case closed; social services five years after the last note.
    #[test]
    fn terms_end_on_the_day_that_the_law_says() {
        assert_eq!(term(3, 0, true).due_on(date("2022-02-01")), date("2026-01-01"));
        assert_eq!(term(3, 0, true).due_on(date("2022-12-31")), date("2026-01-01"));
        assert_eq!(term(5, 0, false).due_on(date("2021-11-23")), date("2026-11-23"));
        assert_eq!(term(0, 90, false).due_on(date("2026-08-25")), date("2026-11-23"));
        assert_eq!(term(3, 0, true).last_due(date("2025-12-31")), date("2021-12-31"));
        assert_eq!(term(3, 0, true).last_due(date("2026-01-01")), date("2022-12-31"));
    }

    #[test]
    fn the_shortest_term_holds() {
        let closed = date("2020-06-01");
        let terms = [(term(10, 0, false), closed), (term(3, 0, true), closed)];
        assert_eq!(shortest(&terms).unwrap().1, date("2024-01-01"));
        assert_eq!(shortest(&[]), None);
    }

    #[test]
    fn research_keeps_three_days_of_birth() {
        assert!(is_kept_for_research(Some(date("1980-05-15"))));
        assert!(!is_kept_for_research(Some(date("1980-05-14"))));
        assert!(is_kept_for_research(None));
    }

    proptest! {
        /// What is due and what is kept meet without a gap, on any day.
        #[test]
        fn the_last_due_is_due_and_the_next_is_not(
            years in 0i16..12, days in 0i32..400, year_end: bool, ahead in 0i32..20_000,
        ) {
            let term = term(years, days, year_end);
            let today = date("2000-01-01").checked_add(ahead.days()).unwrap();
            let last = term.last_due(today);
            prop_assert!(term.due_on(last) <= today);
            prop_assert!(term.due_on(last.tomorrow().unwrap()) > today);
        }
    }
}
