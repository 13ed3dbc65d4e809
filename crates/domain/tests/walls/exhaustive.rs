//! The engine and the second reading of the same file agree on everything that a pack can
//! tell apart.

use onedoor_domain::secrecy::{Category, Group, Pack, Purpose, Transfer, Verdict, judge, weigh};

use crate::naive::{Case, Naive, answer};
use crate::space::{
    AgreementState, ConsentState, Dims, NecessityState, SingleState, at_spot, shipped_as,
};

fn hold(code: &str) {
    let (pack, text) = shipped_as(code);
    let naive = Naive::read(text);
    let codes: Vec<_> = pack.bodies().map(|(_, it)| it.code.clone()).collect();
    assert_eq!(codes, naive.bodies());
    let dims = dims();
    let every_tie = every_tie();
    let mut spots = 0_u64;
    let mut requests = 0_u64;
    for (from, from_entry) in pack.bodies() {
        for (to, to_entry) in pack.bodies() {
            for purpose in Purpose::ALL {
                let matter = pack.conditions_between(from, to, purpose);
                let way = (from_entry.code.as_str(), to_entry.code.as_str(), purpose.as_str());
                let mut named = naive.conditions(way.0, way.1, way.2);
                let mut known: Vec<_> = pack.condition_codes(matter).map(str::to_owned).collect();
                named.sort();
                known.sort();
                assert_eq!(named, known, "{way:?}");
                for conditions in matter.subsets() {
                    let held: Vec<_> = pack.condition_codes(conditions).collect();
                    for category in Category::ALL {
                        let letter = naive.letter("default", way, category.as_str(), &held);
                        let outcome = pack.effect(from, to, purpose, category, conditions);
                        assert_eq!(
                            letter.as_ref().map(|it| it.0),
                            outcome.map(|it| it.1.letter()),
                            "{way:?} {category:?} {held:?}"
                        );
                        if let (Some((_, ids)), Some((rule, _))) = (&letter, outcome) {
                            assert_eq!(ids.first().unwrap(), pack.rule_code(rule));
                        }
                        unrelated_conditions_change_nothing(
                            &pack,
                            (from, to, purpose, category),
                            conditions,
                            outcome,
                        );
                        let spot = crate::space::Spot { from, to, purpose, category, conditions };
                        let letter = letter.map(|it| it.0);
                        spots += 1;
                        if letter.is_some() && category == Category::Health {
                            requests += compare(&pack, &naive, letter, &spot, &every_tie);
                        }
                        for dims in &dims {
                            if letter.is_some() || dims.closed_ways {
                                requests += compare(&pack, &naive, letter, &spot, dims);
                            }
                        }
                    }
                }
            }
        }
    }
    println!("{code}: {spots} spots, {requests} requests, all as the second reading says");
    assert!(spots > 100 && requests > 100_000);
}

/// What is put to each spot: every state of every ground; and every fact with and without marks,
/// over one's own information and over a wall.
fn dims() -> Vec<Dims> {
    let both = vec![false, true];
    vec![
        Dims::all_grounds(),
        Dims {
            own: both.clone(),
            singles: vec![SingleState::None, SingleState::Good],
            necessities: vec![NecessityState::None],
            ties: Dims::plain_ties(),
            closed_ways: false,
            ..Dims::default()
        },
        Dims {
            own: both.clone(),
            internal: both,
            transfers: Transfer::ALL.to_vec(),
            agreements: AgreementState::ALL.to_vec(),
            ..Dims::default()
        },
    ]
}

/// Overlays do not look at the kind of information. So every mark and every state of a single
/// access is put to one kind at each direction.
fn every_tie() -> Dims {
    Dims {
        own: vec![false, true],
        internal: vec![false, true],
        singles: SingleState::ALL.to_vec(),
        consents: vec![ConsentState::Good],
        necessities: vec![NecessityState::None],
        ties: Dims::all_ties(),
        closed_ways: false,
        ..Dims::default()
    }
}

fn unrelated_conditions_change_nothing(
    pack: &Pack,
    (from, to, purpose, category): (
        onedoor_domain::secrecy::Body,
        onedoor_domain::secrecy::Body,
        Purpose,
        Category,
    ),
    conditions: onedoor_domain::secrecy::Conditions,
    outcome: Option<(onedoor_domain::secrecy::RuleId, onedoor_domain::secrecy::Effect)>,
) {
    let matter = pack.conditions_between(from, to, purpose);
    let all: onedoor_domain::secrecy::Conditions = pack.conditions().map(|it| it.0).collect();
    let with_rest = conditions.or(all.but(matter));
    assert_eq!(pack.effect(from, to, purpose, category, with_rest), outcome);
}

fn compare(
    pack: &Pack,
    naive: &Naive,
    letter: Option<char>,
    spot: &crate::space::Spot,
    dims: &Dims,
) -> u64 {
    let by_agreement = naive.by_agreement(pack.body_code(spot.to));
    let list_rule = naive.list_rule();
    let overlays: Vec<_> = dims
        .ties
        .iter()
        .map(|(facts, marks)| {
            let marks: Vec<_> = marks.iter().map(Group::as_str).collect();
            let fact = facts.iter().next().map(|it| it.as_str());
            (*facts, marks.clone(), fact, fact.and_then(|it| naive.overlay(it, &marks)))
        })
        .collect();
    let mut count = 0;
    let per_tie = dims.singles.len() * dims.consents.len() * dims.necessities.len();
    at_spot(spot, dims, |request, labels| {
        let tie = (count as usize / per_tie) % overlays.len();
        let (facts, _, fact, overlay) = &overlays[tie];
        assert_eq!(*facts, request.overlays);
        let case = Case {
            letter,
            by_agreement,
            list_rule,
            own: labels.own,
            internal: request.internal,
            list: request.transfer == Transfer::List,
            agreed: labels.agreement == AgreementState::Lists,
            consent: labels.consent.counts(),
            necessity: labels.necessity.counts(),
            single: labels.single.counts(),
            fact: *fact,
            overlay: *overlay,
        };
        let expected = answer(&case);
        let verdict = judge(pack, request);
        let same = match &verdict {
            Verdict::Permit(_) => expected.permit,
            Verdict::Deny(refusal) => {
                let remedy = (refusal.remedy.code(), refusal.also.map(|it| it.code()));
                !refusal.reasons.is_empty() && expected.remedy == Some(remedy)
            }
        };
        assert!(same, "{spot:?} {labels:?} {:?}\n{verdict:?}\n{expected:?}", case.fact);
        assert_eq!(weigh(pack, request).is_some(), expected.permit);
        count += 1;
    });
    count
}

/// REQ-INFO-04: Norway today, every combination.
#[test]
fn norway_today_is_as_the_second_reading_says() {
    hold("no-2022");
}

/// REQ-INFO-04: Norway 2002-2006, every combination.
#[test]
fn norway_then_is_as_the_second_reading_says() {
    hold("no-2004");
}

/// REQ-INFO-04: Sweden today, every combination.
#[test]
fn sweden_today_is_as_the_second_reading_says() {
    hold("se-2022");
}

/// REQ-INFO-04: Sweden 2004-2009, every combination.
#[test]
fn sweden_then_is_as_the_second_reading_says() {
    hold("se-2008");
}
