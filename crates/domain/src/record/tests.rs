use jiff::civil::date;

use super::*;
use crate::person::Country;
use crate::secrecy::{Category, Purpose};

/// REQ-INFO-12: what is treated stays where it is treated; what the person can do
/// may be told.
#[test]
fn what_is_clinical_crosses_only_in_a_decision_about_a_benefit() {
    for kind in FactKind::ALL {
        let clinical =
            matches!(kind, FactKind::Diagnosis | FactKind::Treatment | FactKind::SubstanceUse);
        assert_eq!(kind.may_cross(Purpose::Coordination), !clinical, "{kind:?}");
        assert_eq!(kind.may_cross(Purpose::Safety), !clinical, "{kind:?}");
        assert!(kind.may_cross(Purpose::BenefitDecision), "{kind:?}");
    }
}

/// REQ-INFO-12: a free text about health or substance use, or whose words seem to be, is clinical
/// until its writer says that it tells only what the person can do.
#[test]
fn a_text_is_clinical_until_its_writer_says_otherwise() {
    let table = [
        (Category::Health, "Kan ikke løfte tungt", false, Grade::Clinical),
        (Category::Health, "Kan ikke løfte tungt", true, Grade::Functional),
        (Category::Subst, "Vil ha hjelp", false, Grade::Clinical),
        (Category::Subst, "Vil ha hjelp", true, Grade::Functional),
        (Category::Emp, "Angst etter ulykken", false, Grade::Clinical),
        (Category::Emp, "Angst etter ulykken", true, Grade::Functional),
        (Category::Emp, "Vil bli kokk", false, Grade::Ordinary),
        (Category::Emp, "Vil bli kokk", true, Grade::Ordinary),
        (Category::Debt, "Gjeld til kreditor", false, Grade::Ordinary),
    ];
    for (category, text, functional, grade) in table {
        assert_eq!(Grade::of_text(category, seems(text), functional), grade, "{text}");
        assert_eq!(Grade::parse(grade.as_str()), Some(grade));
        let clinical = grade == Grade::Clinical;
        assert_eq!(grade.may_cross(Purpose::Coordination), !clinical, "{text}");
        assert!(grade.may_cross(Purpose::BenefitDecision), "{text}");
    }
}

#[test]
fn codes_are_read_back() {
    for kind in FactKind::ALL {
        assert_eq!(FactKind::parse(kind.as_str()), Some(*kind));
    }
    assert_eq!(FactKind::parse("shoe_size"), None);
}

#[test]
fn every_category_has_a_kind() {
    for category in Category::ALL {
        assert!(FactKind::ALL.iter().any(|kind| kind.category() == category), "{category:?}");
    }
}

#[test]
fn facts_have_an_end() {
    let on = date(2026, 3, 4);
    for (category, country, until) in [
        (Category::Subst, Country::No, date(2027, 3, 4)),
        (Category::Debt, Country::Se, date(2028, 3, 4)),
        (Category::Emp, Country::Se, date(2029, 12, 31)),
        (Category::Emp, Country::No, date(2031, 3, 4)),
        (Category::Health, Country::No, date(2031, 3, 4)),
    ] {
        assert_eq!(kept_until(category, country, on), until, "{category:?} {country:?}");
    }
}

#[test]
fn a_text_that_seems_to_hold_more_is_noticed() {
    for (text, expected) in [
        ("Kommer til møtet på torsdag.", vec![]),
        ("Har fått diagnosen diabetes.", vec![Category::Health]),
        ("Ruset seg i helgen, og har gjeld hos inkasso", vec![Category::Subst, Category::Debt]),
        ("Rusten bil, russisk kurs, skuldra er fin", vec![]),
        ("Barnavården har kontakt", vec![Category::Child]),
        ("Waiting for a residence permit", vec![Category::Origin]),
        ("LAR-behandling", vec![Category::Health, Category::Subst]),
        ("Larsen ringer", vec![]),
    ] {
        let found = seems(text);
        let found: Vec<Category> = found.iter().collect();
        assert_eq!(found, expected, "{text}");
    }
}
