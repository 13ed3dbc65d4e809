//! Questions put to the packs, and their answers.

use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::{
    Category, ConditionEntry, Conditions, Effect, Groups, LineState, Overlay, Overlays, Pack,
    Purpose, Request, Standing, Verdict, combinations, diff, explain, see,
};

use crate::space::{ConsentState, Dims, at_spot, shipped, shipped_as, spots, walk};

fn held(pack: &Pack, codes: &[&str]) -> Conditions {
    pack.conditions_of(codes.iter().copied())
}

/// REQ-INFO-01: the rows of what a body sees say the same as the single decision, and leave
/// nothing out.
#[test]
fn what_a_body_sees_is_what_is_decided() {
    for pack in shipped() {
        let rows: Vec<_> = pack.bodies().flat_map(|(to, _)| see(&pack, to)).collect();
        for spot in spots(&pack) {
            let effect =
                pack.effect(spot.from, spot.to, spot.purpose, spot.category, spot.conditions);
            let shown = rows.iter().filter(|row| {
                (row.from, row.to, row.purpose) == (spot.from, spot.to, spot.purpose)
                    && spot.conditions.covers(row.conditions)
                    && effect.is_some_and(|(rule, it)| {
                        row.letters.of(spot.category) == it && row.rules.contains(&rule)
                    })
            });
            assert_eq!(shown.count() > 0, effect.is_some(), "{spot:?}");
        }
    }
}

/// REQ-INFO-04: the difference of two laws, held against asking both about everything that the
/// three agencies may do.
#[test]
fn the_difference_of_two_laws_is_whole() {
    let (before, _) = shipped_as("no-2004");
    let (after, _) = shipped_as("no-2022");
    let rows = diff(&before, &after);
    let find = |from: &str, to: &str, purpose, category, conditions: &[&str]| {
        rows.iter().find(|row| {
            row.from == from
                && row.to == to
                && row.purpose == purpose
                && row.category == category
                && row.conditions == conditions
        })
    };
    // In one office the state may today tell the municipality of a benefit; then it asked.
    let row =
        find("insurance", "social", Purpose::Coordination, Category::Ben, &["same_joint_office"]);
    let row = row.unwrap();
    assert_eq!((row.before, row.after), (Some(Effect::Consent), Some(Effect::Allowed)));
    assert_eq!(after.rule_code(row.rule_after.unwrap()), "NO-02");
    assert_eq!(before.rule_code(row.rule_before.unwrap()), "NO4-01");
    // Without any condition there is no rule today; then consent was enough.
    let row = find("insurance", "social", Purpose::Coordination, Category::Ben, &[]).unwrap();
    assert_eq!((row.before, row.after), (Some(Effect::Consent), None));
    for row in &rows {
        let effect = |pack: &Pack, from, to| {
            let codes = row.conditions.iter().map(String::as_str);
            pack.effect(from?, to?, row.purpose, row.category, pack.conditions_of(codes))
                .map(|it| it.1)
        };
        assert_eq!(effect(&before, row.from_before, row.to_before), row.before);
        assert_eq!(effect(&after, row.from_after, row.to_after), row.after);
        assert_ne!(row.before, row.after);
    }
    for kind in AgencyKind::ALL {
        for other in AgencyKind::ALL.into_iter().filter(|it| *it != kind) {
            for purpose in Purpose::ALL {
                let ends = (after.body_of(kind).unwrap(), after.body_of(other).unwrap());
                for set in after.conditions_between(ends.0, ends.1, purpose).subsets() {
                    let codes: Vec<_> = after.condition_codes(set).collect();
                    for category in Category::ALL {
                        let old = before.effect(
                            before.body_of(kind).unwrap(),
                            before.body_of(other).unwrap(),
                            purpose,
                            category,
                            before.conditions_of(codes.iter().copied()),
                        );
                        let new = after.effect(ends.0, ends.1, purpose, category, set);
                        let told = rows.iter().any(|row| {
                            (row.from.as_str(), row.to.as_str()) == (kind.as_str(), other.as_str())
                                && (row.purpose, row.category) == (purpose, category)
                                && row.conditions.iter().all(|it| codes.contains(&it.as_str()))
                                && (row.before, row.after)
                                    == (old.map(|it| it.1), new.map(|it| it.1))
                        });
                        assert!(told || old.map(|it| it.1) == new.map(|it| it.1));
                    }
                }
            }
        }
    }
}

#[test]
fn a_law_does_not_differ_from_itself() {
    for pack in shipped() {
        assert_eq!(diff(&pack, &pack), Vec::new());
    }
    let (norway, _) = shipped_as("no-2022");
    let (sweden, _) = shipped_as("se-2022");
    assert_eq!(diff(&norway, &sweden).len(), diff(&sweden, &norway).len());
}

/// REQ-INFO-05: an explanation names one winner at most, the winner is the ground, and every
/// other rule has lost for a reason that is true.
#[test]
fn an_explanation_is_true() {
    let dims = Dims {
        own: vec![false, true],
        ties: vec![
            (Overlays::NONE, Groups::NONE),
            (Overlays::only(Overlay::Confidential), Groups::NONE),
            (Overlays::only(Overlay::Confidential), Groups::ALL),
        ],
        ..Dims::default()
    };
    for pack in shipped() {
        walk(&pack, &dims, |request, labels| {
            let told = explain(&pack, request);
            let won: Vec<_> = told.rules.iter().filter(|it| it.standing == Standing::Won).collect();
            let effect = pack.effect(
                request.from,
                request.to,
                request.purpose,
                request.category,
                request.conditions,
            );
            if labels.own {
                assert!(told.rules.is_empty());
            } else {
                assert_eq!(won.first().map(|it| (it.rule, it.effect)), effect);
                assert!(won.len() <= 1);
                if let Verdict::Permit(ground) = &told.verdict {
                    assert_eq!(ground.rule, won.first().map(|it| it.rule));
                }
            }
            for line in &told.rules {
                if let Standing::Fails(missing) = line.standing {
                    let when = pack.rule(line.rule).unwrap().when;
                    assert_eq!(missing, when.but(request.conditions));
                    assert!(!missing.is_empty());
                }
            }
            let denied = told.overlays.iter().any(|it| it.state == LineState::Denies);
            assert!(!denied || !told.verdict.is_permit());
        });
    }
}

/// Why the others lose, in four cases of the law.
#[test]
fn the_losers_are_told_why() {
    let (pack, _) = shipped_as("se-2022");
    let standing = |from: &str, to: &str, purpose, category, codes: &[&str], rule: &str| {
        let spot = crate::space::Spot {
            from: pack.body(from).unwrap(),
            to: pack.body(to).unwrap(),
            purpose,
            category,
            conditions: held(&pack, codes),
        };
        let dims = Dims { consents: vec![ConsentState::None], ..Dims::default() };
        let mut found = None;
        at_spot(&spot, &dims, |request: &Request<'_>, _| {
            let told = explain(&pack, request);
            let line = told.rules.into_iter().find(|it| pack.rule_code(it.rule) == rule);
            found = Some(line.unwrap().standing.as_str());
        });
        found.unwrap()
    };
    let (benefit, work) = (Purpose::BenefitDecision, Purpose::Coordination);
    let id = Category::Id;
    assert_eq!(standing("soc", "fk", benefit, id, &["wrong_payment"], "SE-26"), "won");
    assert_eq!(standing("soc", "fk", benefit, id, &["wrong_payment"], "SE-24"), "less-named");
    let both = ["wrong_payment", "asked_about_named_person"];
    assert_eq!(standing("soc", "fk", benefit, id, &both, "SE-11"), "won");
    assert_eq!(standing("soc", "fk", benefit, id, &both, "SE-26"), "less-named");
    assert_eq!(standing("soc", "fk", benefit, id, &[], "SE-26"), "fails");
    let received = ["received_from_2022_12_01"];
    assert_eq!(standing("af", "soc", work, id, &received, "SE-02B"), "unconditional");
}

/// Where sensitive information has a way: exactly where the rules give it one.
#[test]
fn sensitive_ways_are_found() {
    for pack in shipped() {
        let mut sensitive = 0;
        let mut all = 0;
        for it in combinations(&pack) {
            all += 1;
            let effect = pack.effect(it.from, it.to, it.purpose, it.category, it.conditions);
            assert_eq!(effect, it.outcome);
            let expected = matches!(it.category.as_str(), "health" | "subst" | "child" | "origin")
                && effect.is_some_and(|(_, effect)| effect != Effect::Denied);
            assert_eq!(it.is_sensitive(), expected);
            sensitive += usize::from(expected);
        }
        assert_eq!(all, spots(&pack).len());
        println!("{}: {sensitive} of {all} combinations are sensitive", pack.code());
        assert!(sensitive > 0 && sensitive < all);
    }
}

/// REQ-MISC-11: what a person reads of a pack is there in four languages.
#[test]
fn names_are_there_in_every_language() {
    use onedoor_domain::person::Language;
    for pack in shipped() {
        let conditions = pack.conditions().map(|(_, ConditionEntry { names, .. })| names);
        let bodies = pack.bodies().map(|(_, it)| &it.names);
        let groups = pack.groups().map(|(_, it)| &it.names);
        let overlays = pack.overlays().iter().map(|it| &it.names);
        let all = conditions.chain(bodies).chain(groups).chain(overlays).chain([pack.names()]);
        for names in all {
            for language in Language::ALL {
                assert!(!names.in_language(language).is_empty());
            }
        }
    }
}
