//! What somebody sees of their own file, or of the file of a person whom they
//! act for: by level of sign-in, by age, and by mandate (domain.md A.7).
//!
//! The person is the party of the case and sees everything in it, with four
//! bounds: a weak sign-in shows little, a child under 15 sees no secret facts
//! of its own case in Norway, whoever acts for somebody sees what the mandate
//! covers, and kinship alone shows nothing at all.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::codes::codes;
use crate::person::Country;

codes! {
    /// What a fact of the file is about; the codes are those of the policy packs.
    Matter {
        /// Who the person is and whom they may turn to.
        Identity = "id",
        /// That there is a case, and what happens next in it.
        Case = "case",
        /// Work and education.
        Work = "emp",
        /// Money from the agencies.
        Money = "ben",
        /// Health.
        Health = "health",
        /// Substance use.
        Substance = "subst",
        /// Child welfare.
        ChildWelfare = "child",
        /// Debt.
        Debt = "debt",
        /// Housing.
        Housing = "housing",
        /// Family.
        Family = "family",
        /// Origin and belief.
        Origin = "origin",
    }
}

codes! {
    /// How sure the provider was of who signed in.
    Assurance {
        /// Substantial: enough for when and where, not for what.
        Substantial = "substantial",
        /// High: enough for the whole file.
        High = "high",
    }
}

codes! {
    /// By what right somebody acts for another.
    Right {
        /// A guardian, within a mandate.
        Guardian = "guardian",
        /// A proxy, within a written authority.
        Proxy = "proxy",
        /// A parent with custody, whose right is recorded.
        Parent = "parent",
    }
}

/// A recorded right to act for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// By what right.
    pub right: Right,
    /// What it covers.
    pub covers: BTreeSet<Matter>,
    /// Its first day.
    pub from: Date,
    /// The first day on which it no longer holds, where one is set.
    pub until: Option<Date>,
}

impl Mandate {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds(&self, on: Date) -> bool {
        self.from <= on && self.until.is_none_or(|until| on < until)
    }
}

/// Who looks at a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looker {
    /// The person.
    Oneself,
    /// Somebody who acts for the person.
    For(Mandate),
    /// Somebody with no recorded right: next of kin among them.
    Nobody,
}

codes! {
    /// Why part of the file is kept back; each has its own text on the page.
    Bound {
        /// The sign-in was too weak for it.
        Assurance = "assurance",
        /// The child is too young for it.
        Age = "age",
        /// The mandate does not cover it.
        Mandate = "mandate",
    }
}

/// What a looker sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// What may be shown. Empty: the file is not there for this looker.
    pub shown: BTreeSet<Matter>,
    /// Why there is less than everything.
    pub bounds: BTreeSet<Bound>,
}

impl Sight {
    /// Whether facts about a matter may be shown.
    #[must_use]
    pub fn shows(&self, matter: Matter) -> bool {
        self.shown.contains(&matter)
    }
}

/// From this age a child in Norway is told secret facts of its own case
/// (forvaltningsloven section 18).
pub const OWN_FACTS: i16 = 15;
/// From this age a minor in Norway answers for their own health matters.
pub const OWN_HEALTH: i16 = 16;
/// From this age nobody is a minor.
pub const OF_AGE: i16 = 18;

/// Whole years lived on a day.
#[must_use]
pub fn age(born: Date, on: Date) -> i16 {
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    on.year() - born.year() - i16::from(!had_birthday)
}

/// What `looker` sees of the file of a person born on `born`.
///
/// A birth date that is not known counts as the youngest age: whoever cannot be
/// told to be old enough is not.
#[must_use]
pub fn sight(
    country: Country,
    born: Option<Date>,
    looker: &Looker,
    assurance: Assurance,
    today: Date,
) -> Sight {
    let years = born.map_or(0, |born| age(born, today));
    let all = || Matter::ALL.iter().copied().collect::<BTreeSet<_>>();
    let mut bounds = BTreeSet::new();
    let mut shown = match looker {
        Looker::Nobody => return Sight::default(),
        Looker::Oneself if country == Country::No && years < OWN_FACTS => {
            bounds.insert(Bound::Age);
            BTreeSet::from([Matter::Identity])
        }
        Looker::Oneself => all(),
        Looker::For(mandate) => {
            let grown = mandate.right == Right::Parent && years >= OF_AGE;
            if grown || !mandate.holds(today) {
                return Sight::default();
            }
            let mut covers = mandate.covers.clone();
            if mandate.right != Right::Proxy && years < OF_AGE {
                keep_from_guardians(country, years, &mut covers);
            }
            if covers.len() < Matter::ALL.len() {
                bounds.insert(Bound::Mandate);
            }
            covers
        }
    };
    if assurance < Assurance::High {
        let before = shown.len();
        shown.retain(|matter| matches!(matter, Matter::Identity | Matter::Case));
        if shown.len() < before {
            bounds.insert(Bound::Assurance);
        }
    }
    Sight { shown, bounds }
}

/// What a guardian or parent of a minor does not see although the mandate names
/// it: in Norway the health of one who answers for it alone; in Sweden what the
/// child's own secrecy may hold back also from guardians.
fn keep_from_guardians(country: Country, years: i16, covers: &mut BTreeSet<Matter>) {
    let own: &[Matter] = match country {
        Country::No if years >= OWN_HEALTH => &[Matter::Health, Matter::Substance],
        Country::No => &[],
        Country::Se => &[Matter::Health, Matter::Substance, Matter::ChildWelfare],
    };
    covers.retain(|matter| !own.contains(matter));
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    fn born(years: i16) -> Option<Date> {
        Some(date(2026 - years, 11, 23))
    }

    fn mandate(right: Right, covers: &[Matter]) -> Looker {
        Looker::For(Mandate {
            right,
            covers: covers.iter().copied().collect(),
            from: date(2026, 1, 1),
            until: Some(date(2027, 1, 1)),
        })
    }

    fn shown(
        country: Country,
        years: i16,
        looker: &Looker,
        assurance: Assurance,
    ) -> Vec<&'static str> {
        let sight = sight(country, born(years), looker, assurance, TODAY);
        sight.shown.into_iter().map(Matter::as_str).collect()
    }

    /// REQ-INFO-16: the table of domain.md A.7, row by row.
    #[test]
    fn who_sees_what_of_a_file_by_age_mandate_and_sign_in() {
        use Assurance::{High, Substantial};
        use Country::{No, Se};
        use Matter::{Case, ChildWelfare, Health, Identity, Money, Substance};
        let all: Vec<&str> = Matter::ALL.iter().map(|m| m.as_str()).collect();
        let wide = mandate(Right::Parent, Matter::ALL);
        let guardian = mandate(Right::Guardian, &[Identity, Case, Money]);
        let full = mandate(Right::Guardian, &[Identity, Health, Substance, ChildWelfare]);
        let proxy = mandate(Right::Proxy, &[Case, Health]);
        let rows: &[(Country, i16, &Looker, Assurance, &[&str])] = &[
            (No, 40, &Looker::Oneself, High, &all),
            (No, 40, &Looker::Oneself, Substantial, &["id", "case"]),
            (Se, 40, &Looker::Oneself, High, &all),
            // A party with a guardian from 15; before that no secret facts.
            (No, 15, &Looker::Oneself, High, &all),
            (No, 14, &Looker::Oneself, High, &["id"]),
            (No, 14, &Looker::Oneself, Substantial, &["id"]),
            (Se, 14, &Looker::Oneself, High, &all),
            // Kinship alone shows nothing; a recorded right of a parent ends at 18.
            (No, 10, &Looker::Nobody, High, &[]),
            (Se, 40, &Looker::Nobody, High, &[]),
            (No, 10, &wide, High, &all),
            (No, 17, &full, High, &["id", "child"]),
            (No, 15, &full, High, &["id", "health", "subst", "child"]),
            (Se, 10, &full, High, &["id"]),
            (Se, 40, &full, High, &["id", "health", "subst", "child"]),
            (No, 18, &wide, High, &[]),
            // A guardian of somebody grown up sees what the mandate covers, no more.
            (No, 80, &guardian, High, &["id", "case", "ben"]),
            (No, 80, &guardian, Substantial, &["id", "case"]),
            (No, 40, &proxy, High, &["case", "health"]),
            (No, 16, &proxy, High, &["case", "health"]),
            (No, 40, &proxy, Substantial, &["case"]),
        ];
        for (country, years, looker, assurance, expected) in rows {
            let found = shown(*country, *years, looker, *assurance);
            assert_eq!(found, *expected, "{country:?} {years} {looker:?} {assurance:?}");
        }
    }

    /// REQ-INFO-16: a mandate shows nothing before its first day or from its end on.
    #[test]
    fn a_mandate_holds_within_its_days() {
        let looker = mandate(Right::Guardian, &[Matter::Case]);
        for (day, expected) in [
            (date(2025, 12, 31), 0),
            (date(2026, 1, 1), 1),
            (date(2026, 12, 31), 1),
            (date(2027, 1, 1), 0),
        ] {
            let sight = sight(Country::No, born(50), &looker, Assurance::High, day);
            assert_eq!(sight.shown.len(), expected, "{day}");
        }
    }

    /// REQ-INFO-16: nobody whose age is not known is taken to be old enough.
    #[test]
    fn an_unknown_age_is_the_youngest() {
        let sight = sight(Country::No, None, &Looker::Oneself, Assurance::High, TODAY);
        assert_eq!(sight.shown, BTreeSet::from([Matter::Identity]));
        assert_eq!(sight.bounds, BTreeSet::from([Bound::Age]));
    }

    #[test]
    fn a_birthday_counts_from_its_day() {
        let born = date(2011, 11, 24);
        assert_eq!(age(born, TODAY), 14);
        assert_eq!(age(born, date(2026, 11, 24)), 15);
        assert_eq!(age(date(2012, 2, 29), date(2027, 2, 28)), 14);
        assert_eq!(age(date(2012, 2, 29), date(2027, 3, 1)), 15);
    }

    /// Whatever the age, sign-in and mandate: nobody sees more with a weaker
    /// sign-in, and whoever acts for somebody never sees past the mandate.
    #[test]
    fn less_never_shows_more() {
        for country in [Country::No, Country::Se] {
            for years in 0..100 {
                for right in Right::ALL {
                    for covered in Matter::ALL {
                        let looker = mandate(*right, &[*covered]);
                        let high =
                            sight(country, born(years), &looker, Assurance::High, TODAY).shown;
                        let low =
                            sight(country, born(years), &looker, Assurance::Substantial, TODAY)
                                .shown;
                        assert!(low.is_subset(&high));
                        assert!(high.is_subset(&BTreeSet::from([*covered])));
                    }
                }
            }
        }
    }
}
