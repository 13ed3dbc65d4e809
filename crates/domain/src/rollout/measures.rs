//! Taking part in labour-market measures: what sort, how many days, and what is added up of it
//! whoever is principal (REQ-ORG-41).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::codes::codes;
use crate::office::Period;

codes! {
    /// A sort of measure.
    MeasureKind {
        /// A course or schooling.
        Course = "course",
        /// Practice at a place of work.
        WorkPractice = "work_practice",
        /// Ordinary work with a subsidy to the wage.
        WageSubsidy = "wage_subsidy",
        /// Work in a sheltered firm.
        Sheltered = "sheltered",
    }
}

/// A stretch in which somebody takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participation<P> {
    /// Who.
    pub person: P,
    /// The first day.
    pub from: Date,
    /// The last day; none while it lasts.
    pub last: Option<Date>,
    /// What a day costs, in whole kroner or kronor.
    pub day_cost: i64,
    /// Whether the municipality pays; else the state does.
    pub municipal: bool,
}

/// What is added up of a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Participated {
    /// People, each once.
    pub persons: i64,
    /// Days of taking part.
    pub days: i64,
    /// What they cost.
    pub cost: i64,
    /// People for whom the municipality pays.
    pub municipal_persons: i64,
    /// What of the cost the municipality bears.
    pub municipal_cost: i64,
}

/// How many days of a stretch lie in a period that has an end, both ends of the stretch counted.
#[must_use]
pub fn days_in(from: Date, last: Option<Date>, period: Period) -> i64 {
    let Some(end) = period.until.and_then(|it| it.yesterday().ok()) else { return 0 };
    let (first, last) = (from.max(period.from), last.map_or(end, |it| it.min(end)));
    if last < first {
        return 0;
    }
    first.until(last).map_or(0, |span| i64::from(span.get_days()) + 1)
}

/// Adds up what lies in a period: the totals come from the same rows whoever is principal, who only
/// decides whose cost it is (REQ-ORG-41).
#[must_use]
pub fn participated<P: Ord + Clone>(rows: &[Participation<P>], period: Period) -> Participated {
    let mut sum = Participated::default();
    let mut payers: BTreeMap<bool, BTreeSet<P>> = BTreeMap::new();
    for row in rows {
        let days = days_in(row.from, row.last, period);
        if days == 0 {
            continue;
        }
        let cost = days.saturating_mul(row.day_cost);
        sum.days = sum.days.saturating_add(days);
        sum.cost = sum.cost.saturating_add(cost);
        if row.municipal {
            sum.municipal_cost = sum.municipal_cost.saturating_add(cost);
        }
        payers.entry(row.municipal).or_default().insert(row.person.clone());
    }
    let all: BTreeSet<&P> = payers.values().flatten().collect();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    sum.persons = count(all.len());
    sum.municipal_persons = count(payers.get(&true).map_or(0, BTreeSet::len));
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn november() -> Period {
        Period { from: day("2026-11-01"), until: Some(day("2026-12-01")) }
    }

    /// REQ-ORG-41: days of taking part are whole days, both ends counted, as far as they lie in the
    /// month.
    #[test]
    fn days_are_counted_within_the_month() {
        for (from, last, expected) in [
            ("2026-11-10", Some("2026-11-10"), 1),
            ("2026-11-01", Some("2026-11-30"), 30),
            ("2026-10-20", Some("2026-11-02"), 2),
            ("2026-11-29", None, 2),
            ("2026-10-01", None, 30),
            ("2026-10-01", Some("2026-10-31"), 0),
            ("2026-12-01", None, 0),
        ] {
            assert_eq!(days_in(day(from), last.map(day), november()), expected, "{from} {last:?}");
        }
        let open = Period { from: day("2026-11-01"), until: None };
        assert_eq!(days_in(day("2026-11-10"), None, open), 0, "a period without an end has no sum");
    }

    /// REQ-ORG-41: the same rows give the same totals under state and municipal responsibility, with
    /// only who bears the cost changed.
    #[test]
    fn who_is_principal_changes_only_who_pays() {
        let rows = |municipal: bool| -> Vec<Participation<u8>> {
            [(1, "2026-11-02", 300), (1, "2026-11-20", 100), (2, "2026-10-02", 250)]
                .into_iter()
                .map(|(person, from, day_cost)| Participation {
                    person,
                    from: day(from),
                    last: Some(day(from).saturating_add(jiff::Span::new().days(29))),
                    day_cost,
                    municipal,
                })
                .collect()
        };
        let (state, own) =
            (participated(&rows(false), november()), participated(&rows(true), november()));
        assert_eq!((state.persons, state.days), (1, 40), "twice is one, and person 2 has ended");
        assert_eq!(state.cost, 29 * 300 + 11 * 100);
        assert_eq!((state.municipal_persons, state.municipal_cost), (0, 0));
        assert_eq!((own.municipal_persons, own.municipal_cost), (own.persons, own.cost));
        assert_eq!((state.persons, state.days, state.cost), (own.persons, own.days, own.cost));
    }
}
