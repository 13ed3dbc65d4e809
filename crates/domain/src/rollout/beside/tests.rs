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
    let meetings =
        [met(1, 3, ONE), met(1, 2, None), met(2, 9, ONE), met(3, 3, None), met(3, 8, TWO)];
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
    let integrated = Side { persons: 2, meetings: 2, met: 2, days: Some(1), ended: 1, reached: 1 };
    // In parallel from the fourth on: the meeting before that is not the first of both.
    let parallel = Side { persons: 1, meetings: 1, met: 1, days: Some(4), ended: 1, reached: 0 };
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
