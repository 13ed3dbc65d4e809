//! Two frameworks that run side by side: a trial and an effort (REQ-ORG-40). Whoever is in both is
//! one person, and what is run as one is compared with what is run beside one another.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::codes::codes;
use crate::governing::TargetGroup;
use crate::ids::PersonId;
use crate::standard::median;

codes! {
    /// How two frameworks are run for one person or in one meeting.
    Running {
        /// As one: one plan, one table.
        Integrated = "integrated",
        /// Each for itself, at the same time.
        Parallel = "parallel",
    }
}

codes! {
    /// What somebody had reached when they left a framework.
    Reached {
        /// Work.
        Work = "work",
        /// Education.
        Education = "education",
        /// Neither.
        Nothing = "nothing",
    }
}

codes! {
    /// Where a person belongs, in one place only.
    Belonging {
        /// In the trial alone.
        Trial = "trial",
        /// In the effort alone.
        Effort = "effort",
        /// In both, run as one.
        Integrated = "integrated",
        /// In both at the same time, each for itself.
        Parallel = "parallel",
        /// In both, one after the other.
        InTurn = "in_turn",
    }
}

/// That a person takes part, as one agency has noted it. One person may have several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Who.
    pub person: PersonId,
    /// As whom in the trial; nothing where not in it.
    pub trial: Option<TargetGroup>,
    /// As whom in the effort; nothing where not in it.
    pub effort: Option<TargetGroup>,
    /// How both are run, where it is in both.
    pub running: Option<Running>,
    /// The first day.
    pub from: Date,
    /// The last day; nothing while it lasts.
    pub until: Option<Date>,
    /// What was reached, where it has ended.
    pub reached: Option<Reached>,
}

/// A meeting with a person that belongs to one of the frameworks or to both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// With whom.
    pub person: PersonId,
    /// When.
    pub on: Date,
    /// How both are run in it; nothing where it belongs to one of them.
    pub running: Option<Running>,
}

/// What is compared about one way of running.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// Persons.
    pub persons: i64,
    /// Meetings that belong to both frameworks and were run in this way.
    pub meetings: i64,
    /// Persons who have had a meeting since they were in both.
    pub met: i64,
    /// Days until the first of these, the middle value; nothing where nobody has had one.
    pub days: Option<i64>,
    /// Persons who have left both.
    pub ended: i64,
    /// Of these, who reached work or education.
    pub reached: i64,
}

/// A trial and an effort beside one another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SideBySide {
    /// All persons, each once.
    pub persons: i64,
    /// Where they belong; these add up to all persons.
    pub belonging: BTreeMap<Belonging, i64>,
    /// Of each target group: persons in the trial, in the effort, and in both at one time.
    pub groups: BTreeMap<TargetGroup, (i64, i64, i64)>,
    /// Persons in both at one time, by the group in the trial and the group in the effort.
    pub overlaps: BTreeMap<(TargetGroup, TargetGroup), i64>,
    /// Run as one.
    pub integrated: Side,
    /// Run each for itself.
    pub parallel: Side,
    /// Meetings that belong to one of the two.
    pub single_meetings: i64,
}

/// A stretch of days in one framework; nothing for the last while it lasts.
type Span = (Date, Option<Date>);

/// Everything of one person.
#[derive(Default)]
struct One {
    trial: BTreeSet<(TargetGroup, Span)>,
    effort: BTreeSet<(TargetGroup, Span)>,
    integrated: bool,
    lasts: bool,
    reached: bool,
}

/// The day from which two stretches run together, where they do.
fn together(a: Span, b: Span) -> Option<Date> {
    let from = a.0.max(b.0);
    let within = |it: Span| it.1.is_none_or(|until| from <= until);
    (within(a) && within(b)).then_some(from)
}

impl One {
    fn take(&mut self, part: &Part) {
        let span = (part.from, part.until);
        self.trial.extend(part.trial.map(|group| (group, span)));
        self.effort.extend(part.effort.map(|group| (group, span)));
        let both = part.trial.is_some() && part.effort.is_some();
        self.integrated |= both && part.running == Some(Running::Integrated);
        self.lasts |= part.until.is_none();
        self.reached |= part.reached.is_some_and(|it| it != Reached::Nothing);
    }

    /// The groups in which the person is in both at one time, with the day from which.
    fn overlaps(&self) -> Vec<(TargetGroup, TargetGroup, Date)> {
        let pairs = self.trial.iter().flat_map(|t| self.effort.iter().map(move |e| (t, e)));
        pairs.filter_map(|(t, e)| Some((t.0, e.0, together(t.1, e.1)?))).collect()
    }

    fn belonging(&self, at_one_time: bool) -> Belonging {
        match (self.trial.is_empty(), self.effort.is_empty()) {
            (_, true) => Belonging::Trial,
            (true, false) => Belonging::Effort,
            _ if !at_one_time => Belonging::InTurn,
            _ if self.integrated => Belonging::Integrated,
            _ => Belonging::Parallel,
        }
    }
}

/// Whole days from one day to a later one.
fn days_between(from: Date, on: Date) -> i64 {
    from.until(on).map_or(0, |span| i64::from(span.get_days()))
}

/// A trial and an effort beside one another (REQ-ORG-40). However many agencies have noted a
/// person, they count once. Who is noted apart in both at one time is in both in parallel; one
/// note that both are run as one makes it integrated. Parts that are in neither count for nothing.
#[must_use]
pub fn side_by_side(parts: &[Part], meetings: &[Met]) -> SideBySide {
    let mut persons: BTreeMap<PersonId, One> = BTreeMap::new();
    for part in parts.iter().filter(|it| it.trial.is_some() || it.effort.is_some()) {
        persons.entry(part.person).or_default().take(part);
    }
    let mut days: BTreeMap<PersonId, Vec<Date>> = BTreeMap::new();
    for met in meetings {
        days.entry(met.person).or_default().push(met.on);
    }
    let mut all = SideBySide::default();
    let mut waits: BTreeMap<Belonging, Vec<i64>> = BTreeMap::new();
    for (person, one) in &persons {
        let overlaps = one.overlaps();
        let belonging = one.belonging(!overlaps.is_empty());
        all.persons += 1;
        *all.belonging.entry(belonging).or_default() += 1;
        all.count_groups(one, &overlaps);
        let Some(since) = overlaps.iter().map(|it| it.2).min() else { continue };
        let first = days.get(person).into_iter().flatten().filter(|on| **on >= since).min();
        if let Some(first) = first {
            waits.entry(belonging).or_default().push(days_between(since, *first));
        }
        if let Some(side) = all.side(belonging) {
            side.persons += 1;
            side.met += i64::from(first.is_some());
            side.ended += i64::from(!one.lasts);
            side.reached += i64::from(!one.lasts && one.reached);
        }
    }
    for (belonging, waits) in waits {
        if let Some(side) = all.side(belonging) {
            side.days = median(&waits);
        }
    }
    for met in meetings {
        match met.running {
            Some(Running::Integrated) => all.integrated.meetings += 1,
            Some(Running::Parallel) => all.parallel.meetings += 1,
            None => all.single_meetings += 1,
        }
    }
    all
}

impl SideBySide {
    fn side(&mut self, belonging: Belonging) -> Option<&mut Side> {
        match belonging {
            Belonging::Integrated => Some(&mut self.integrated),
            Belonging::Parallel => Some(&mut self.parallel),
            Belonging::Trial | Belonging::Effort | Belonging::InTurn => None,
        }
    }

    fn count_groups(&mut self, one: &One, overlaps: &[(TargetGroup, TargetGroup, Date)]) {
        let of = |all: &BTreeSet<(TargetGroup, Span)>| -> BTreeSet<TargetGroup> {
            all.iter().map(|it| it.0).collect()
        };
        for group in of(&one.trial) {
            self.groups.entry(group).or_default().0 += 1;
        }
        for group in of(&one.effort) {
            self.groups.entry(group).or_default().1 += 1;
        }
        let pairs: BTreeSet<_> = overlaps.iter().map(|it| (it.0, it.1)).collect();
        for (trial, effort) in pairs {
            *self.overlaps.entry((trial, effort)).or_default() += 1;
            if trial == effort {
                self.groups.entry(trial).or_default().2 += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn part(
        person: u128,
        trial: Option<TargetGroup>,
        effort: Option<TargetGroup>,
        running: Option<Running>,
        (from, until): (i8, Option<i8>),
        reached: Option<Reached>,
    ) -> Part {
        Part {
            person: PersonId(Uuid::from_u128(person)),
            trial,
            effort,
            running,
            from: date(2026, 3, from),
            until: until.map(|day| date(2026, 3, day)),
            reached,
        }
    }

    fn met(person: u128, day: i8, running: Option<Running>) -> Met {
        Met { person: PersonId(Uuid::from_u128(person)), on: date(2026, 3, day), running }
    }

    const YOUTH: Option<TargetGroup> = Some(TargetGroup::Youth);
    const LONG: Option<TargetGroup> = Some(TargetGroup::LongTerm);
    const ONE: Option<Running> = Some(Running::Integrated);
    const TWO: Option<Running> = Some(Running::Parallel);

    /// REQ-ORG-40: where a person belongs, however many notes there are about them.
    #[test]
    fn a_person_belongs_in_one_place() {
        let trial = |days| part(1, YOUTH, None, None, days, None);
        let effort = |days| part(1, None, YOUTH, None, days, None);
        let both = |running, days| part(1, YOUTH, YOUTH, running, days, None);
        for (parts, belonging) in [
            (vec![trial((1, None))], Belonging::Trial),
            (vec![effort((1, None)), effort((2, None))], Belonging::Effort),
            (vec![trial((1, None)), effort((5, None))], Belonging::Parallel),
            (vec![trial((1, Some(5))), effort((5, None))], Belonging::Parallel),
            (vec![trial((1, Some(4))), effort((5, None))], Belonging::InTurn),
            (vec![effort((1, Some(4))), trial((5, Some(6)))], Belonging::InTurn),
            (vec![both(TWO, (1, None))], Belonging::Parallel),
            (vec![both(ONE, (1, None)), both(TWO, (1, None))], Belonging::Integrated),
            (vec![trial((1, None)), both(ONE, (9, None))], Belonging::Integrated),
        ] {
            let told = side_by_side(&parts, &[]);
            assert_eq!(told.persons, 1, "{parts:?}");
            assert_eq!(told.belonging, BTreeMap::from([(belonging, 1)]), "{parts:?}");
        }
        let neither = part(1, None, None, None, (1, None), None);
        assert_eq!(side_by_side(&[neither], &[]), SideBySide::default());
    }

    /// REQ-ORG-40: target groups show where they overlap, and integrated running stands beside
    /// parallel running with meetings, days to the first of them, and what was reached.
    #[test]
    fn groups_overlap_and_two_ways_of_running_are_compared() {
        let work = Some(Reached::Work);
        let parts = [
            part(1, YOUTH, YOUTH, ONE, (1, Some(20)), work),
            part(2, YOUTH, LONG, ONE, (1, None), None),
            part(3, LONG, None, None, (1, Some(9)), Some(Reached::Nothing)),
            part(3, None, LONG, None, (4, Some(9)), Some(Reached::Nothing)),
            part(4, YOUTH, None, None, (1, None), None),
        ];
        let meetings = [
            met(1, 3, ONE),
            met(1, 2, None),
            met(2, 9, ONE),
            met(3, 3, None),
            met(3, 8, TWO),
        ];
        let told = side_by_side(&parts, &meetings);
        assert_eq!(told.persons, 4);
        assert_eq!(told.groups[&TargetGroup::Youth], (3, 1, 1));
        assert_eq!(told.groups[&TargetGroup::LongTerm], (1, 2, 1));
        let overlaps = BTreeMap::from([
            ((TargetGroup::Youth, TargetGroup::Youth), 1),
            ((TargetGroup::Youth, TargetGroup::LongTerm), 1),
            ((TargetGroup::LongTerm, TargetGroup::LongTerm), 1),
        ]);
        assert_eq!(told.overlaps, overlaps);
        let integrated =
            Side { persons: 2, meetings: 2, met: 2, days: Some(1), ended: 1, reached: 1 };
        // In parallel from the fourth on: the meeting before that is not the first of both.
        let parallel =
            Side { persons: 1, meetings: 1, met: 1, days: Some(4), ended: 1, reached: 0 };
        assert_eq!((told.integrated, told.parallel), (integrated, parallel));
        assert_eq!(told.single_meetings, 2);
    }

    fn any_part() -> impl Strategy<Value = Part> {
        let group = || proptest::option::of(proptest::sample::select(TargetGroup::ALL));
        let running = proptest::sample::select(Running::ALL);
        let days = (1_i8..15, proptest::option::of(15_i8..29));
        let reached = proptest::sample::select(Reached::ALL);
        (0_u128..6, group(), group(), running, days, reached).prop_map(
            |(person, trial, effort, running, days, reached)| {
                let both = trial.is_some() && effort.is_some();
                let reached = days.1.is_some().then_some(reached);
                part(person, trial, effort, both.then_some(running), days, reached)
            },
        )
    }

    proptest! {
        /// REQ-ORG-40: everybody counts once and belongs in one place; noting it again, or in
        /// another order, changes nothing; who is in both is never more than who is in either.
        #[test]
        fn everybody_counts_once(parts in proptest::collection::vec(any_part(), 0..20)) {
            let told = side_by_side(&parts, &[]);
            let there = parts.iter().filter(|it| it.trial.is_some() || it.effort.is_some());
            let persons: BTreeSet<PersonId> = there.map(|it| it.person).collect();
            prop_assert_eq!(usize::try_from(told.persons).unwrap(), persons.len());
            prop_assert_eq!(told.belonging.values().sum::<i64>(), told.persons);
            let of = |it| told.belonging.get(&it).copied().unwrap_or(0);
            prop_assert_eq!(told.integrated.persons, of(Belonging::Integrated));
            prop_assert_eq!(told.parallel.persons, of(Belonging::Parallel));
            for (trial, effort, both) in told.groups.values() {
                prop_assert!(both <= trial && both <= effort);
            }
            for side in [&told.integrated, &told.parallel] {
                prop_assert!(side.reached <= side.ended && side.ended <= side.persons);
            }
            let mut again = parts.clone();
            again.extend(parts.iter().rev().cloned());
            again.reverse();
            prop_assert_eq!(side_by_side(&again, &[]), told);
        }
    }
}
