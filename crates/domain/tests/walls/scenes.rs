//! What the law says in single scenes, typed by hand from the description of the domain, so that
//! neither reading of the files can be wrong together with them.

use std::collections::BTreeSet;

use jiff::civil::date;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::person::Country;
use onedoor_domain::secrecy::{Category, Pack, Purpose, packs};

use crate::naive::Naive;
use crate::space::{shipped, shipped_as};

/// The eleven letters in one direction.
fn letters(pack: &Pack, from: &str, to: &str, purpose: Purpose, held: &[&str]) -> String {
    let (from, to) = (pack.body(from).unwrap(), pack.body(to).unwrap());
    for code in held {
        assert!(pack.condition(code).is_some(), "{code}");
    }
    let held = pack.conditions_of(held.iter().copied());
    let letter = |category| {
        pack.effect(from, to, purpose, category, held).map_or('-', |(_, effect)| effect.letter())
    };
    Category::ALL.into_iter().map(letter).collect()
}

/// REQ-INFO-05: all 52 rules of the two present laws are there, each with its basis.
#[test]
fn every_rule_of_the_present_law_is_there() {
    let mut found = BTreeSet::new();
    for pack in shipped() {
        for (_, rule) in pack.rules() {
            assert!(!rule.basis.is_empty());
            found.insert(rule.code.clone());
        }
    }
    for at in 1..=25 {
        assert!(found.contains(&format!("NO-{at:02}")), "NO-{at:02}");
    }
    for at in 1..=27 {
        assert!(found.contains(&format!("SE-{at:02}")), "SE-{at:02}");
    }
    let unverified: Vec<_> = shipped()
        .iter()
        .filter(|pack| !pack.is_approximate())
        .flat_map(|pack| {
            pack.rules()
                .filter(|(_, it)| !it.verified)
                .map(|(_, it)| it.code.clone())
                .collect::<Vec<_>>()
        })
        .collect();
    let expected =
        ["NO-10", "NO-12", "NO-19", "NO-21", "NO-25", "SE-14", "SE-17", "SE-22", "SE-23"];
    assert_eq!(unverified, expected);
}

/// REQ-INFO-01: Norway today, between the parts of Nav.
#[test]
fn norway_today_between_state_and_municipality() {
    let (pack, _) = shipped_as("no-2022");
    use Purpose::{BenefitDecision, Coordination, Safety};
    let same = ["same_joint_office"];
    assert_eq!(letters(&pack, "nav_stat", "kom_sosial", Coordination, &same), "AAAANCCNANN");
    assert_eq!(letters(&pack, "kom_sosial", "nav_stat", Coordination, &same), "AAAANCCCANN");
    let other = ["different_office"];
    assert_eq!(letters(&pack, "nav_stat", "kom_sosial", Coordination, &other), "AAAACCCCCCC");
    assert_eq!(letters(&pack, "kom_sosial", "nav_stat", Coordination, &other), "-----------");
    let own = ["different_office", "own_initiative"];
    assert_eq!(letters(&pack, "kom_sosial", "nav_stat", Coordination, &own), "NNNNCCCCCCC");
    let asked = ["asked_in_named_case"];
    assert_eq!(letters(&pack, "kom_sosial", "nav_stat", BenefitDecision, &asked), "DDDDDNDNDDN");
    let placed = ["placement"];
    assert_eq!(
        letters(&pack, "nav_stat", "tiltaksarrangoer", Coordination, &placed),
        "AAAXCCXXCCC"
    );
    let danger = ["danger_to_life"];
    assert_eq!(letters(&pack, "helse", "any_rescue", Safety, &danger), "AANXNNNXNNX");
    assert_eq!(letters(&pack, "nav_stat", "politi", Safety, &danger), "-----------");
    let concern = ["child_concern"];
    assert_eq!(letters(&pack, "skole_ot", "kom_barnevern", Safety, &concern), "DDDDDDDDDDD");
}

/// REQ-INFO-01: Sweden today. What Arbetsförmedlingen received before December 2022 is under the
/// reversed test; wrong payments open nothing from social services or health care.
#[test]
fn sweden_today_between_the_agencies() {
    let (pack, _) = shipped_as("se-2022");
    use Purpose::{BenefitDecision, Coordination};
    assert_eq!(letters(&pack, "soc", "af", Coordination, &[]), "CCCCCCCCCCC");
    let fresh = ["received_from_2022_12_01"];
    assert_eq!(letters(&pack, "af", "soc", Coordination, &fresh), "NNNNCCCCCCC");
    assert_eq!(letters(&pack, "af", "soc", Coordination, &[]), "CCCCCCCCCCC");
    let wrong = ["wrong_payment"];
    assert_eq!(letters(&pack, "af", "fk", BenefitDecision, &wrong), "DDDDXXXXDDX");
    assert_eq!(letters(&pack, "soc", "fk", BenefitDecision, &wrong), "XXXXXXXXXXX");
    assert_eq!(letters(&pack, "halso", "fk", BenefitDecision, &wrong), "XXXXXXXXXXX");
    let asked = ["wrong_payment", "asked_about_named_person"];
    assert_eq!(letters(&pack, "soc", "fk", BenefitDecision, &asked), "DDDDNNNNDDN");
    assert_eq!(letters(&pack, "halso", "fk", BenefitDecision, &asked), "DDXXDNXXXXX");
    let care = ["care_under_18_addiction_pregnancy"];
    assert_eq!(letters(&pack, "halso", "soc", Coordination, &care), "NNXXNNNXNNX");
    assert_eq!(
        letters(&pack, "halso", "samordningsfoerbund", Coordination, &["finsam_participant"]),
        "CCCXXXXXXXX"
    );
    assert_eq!(
        letters(&pack, "af", "arbetsgivare", Coordination, &["work_practice"]),
        "AAAXCXXXXXX"
    );
}

/// REQ-INFO-04: the old laws let the person decide, but for what they name.
#[test]
fn the_old_laws_let_the_person_decide() {
    let (norway, _) = shipped_as("no-2004");
    let (sweden, _) = shipped_as("se-2008");
    for pack in [&norway, &sweden] {
        for from in AgencyKind::ALL {
            for to in AgencyKind::ALL {
                let ends = (pack.body_of(from).unwrap(), pack.body_of(to).unwrap());
                let (from, to) = (pack.body_code(ends.0), pack.body_code(ends.1));
                for purpose in [Purpose::Coordination, Purpose::BenefitDecision] {
                    assert_eq!(letters(pack, from, to, purpose, &[]), "CCCCCCCCCCC");
                }
            }
        }
    }
    assert!(norway.list_needs_consent() && !sweden.list_needs_consent());
    let demand = ["demand_in_benefit_case"];
    let duty = letters(&norway, "sosialkontor", "trygdeetaten", Purpose::BenefitDecision, &demand);
    assert_eq!(duty, "DDDDDNNNDDN");
    let back = letters(&norway, "trygdeetaten", "sosialkontor", Purpose::BenefitDecision, &demand);
    assert_eq!(back, "CCCCCCCCCCC");
    let task = letters(&norway, "aetat", "sosialkontor", Purpose::Coordination, &["givers_task"]);
    assert_eq!(task, "NNNNCCCCCCC");
    let social = letters(&norway, "sosialkontor", "aetat", Purpose::Coordination, &["givers_task"]);
    assert_eq!(social, "CCCCCCCCCCC");
    let asked = ["asked_on_request"];
    let duty = letters(&sweden, "fk", "soc", Purpose::BenefitDecision, &asked);
    assert_eq!(duty, "DDDDCCCCCCC");
}

/// REQ-INFO-04: which law holds is a matter of country and day; between two laws nothing crosses.
#[test]
fn the_law_is_chosen_by_country_and_day() {
    let all = shipped();
    let code = |country, day| packs::choose(&all, country, day).map(Pack::code);
    assert_eq!(code(Country::No, date(2026, 11, 22)), Some("no-2022"));
    assert_eq!(code(Country::No, date(2022, 12, 1)), Some("no-2022"));
    assert_eq!(code(Country::No, date(2022, 11, 30)), None);
    assert_eq!(code(Country::No, date(2006, 6, 30)), Some("no-2004"));
    assert_eq!(code(Country::No, date(2006, 7, 1)), None);
    assert_eq!(code(Country::No, date(2002, 10, 1)), Some("no-2004"));
    assert_eq!(code(Country::No, date(2002, 9, 30)), None);
    assert_eq!(code(Country::Se, date(2009, 6, 29)), Some("se-2008"));
    assert_eq!(code(Country::Se, date(2009, 6, 30)), None);
    assert_eq!(code(Country::Se, date(2026, 1, 1)), Some("se-2022"));
    assert_eq!(packs::by_code(&all, "no-2004").map(Pack::code), Some("no-2004"));
    assert_eq!(packs::by_code(&all, "no-1999"), None);
}

/// The second reading sees the same packs.
#[test]
fn the_second_reading_counts_the_same_rules() {
    for (code, text) in packs::SHIPPED {
        let (pack, _) = shipped_as(code);
        assert_eq!(Naive::read(text).rules().len(), pack.rules().count());
    }
}
