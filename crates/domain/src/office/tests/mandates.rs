//! Who may decide, who decides and who pays.

use super::{CITY_2005, DEMO, SMALL, day, set_of};
use crate::office::{
    AgencyKind, CostBearer, DecisionOwner, OfficeSet, PrincipalKind, Subject, WhyNot, cost_bearer,
    decision_owner, may_decide,
};
use jiff::civil::Date;
use proptest::prelude::*;

type Answer = (Option<DecisionOwner>, Option<CostBearer>);

fn answers(set: &OfficeSet, on: Date) -> Vec<Answer> {
    let mut found = Vec::new();
    for subject in Subject::ALL {
        for agency in &set.agencies {
            for basic in &set.basic_units {
                found.push((
                    decision_owner(set, subject, &agency.code, &basic.code, on),
                    cost_bearer(set, subject, &agency.code, &basic.code, on),
                ));
            }
        }
    }
    found
}

/// REQ-ORG-03: a unit decides on what it has a mandate for, on the days it has it.
#[test]
fn a_decision_needs_a_mandate_on_the_day() {
    let set = set_of(SMALL);
    let work = set.unit("work").unwrap();
    let why = |subject, on: &str| may_decide(work, subject, day(on)).map_err(|it| it.why);
    assert_eq!(why(Subject::Measure, "2026-03-01"), Ok(()));
    assert_eq!(why(Subject::SocialAssistance, "2026-03-01"), Err(WhyNot::NotHeld));
    assert_eq!(why(Subject::SupportNeeds, "2020-12-31"), Err(WhyNot::NotThatDay));
    assert_eq!(why(Subject::SupportNeeds, "2021-01-01"), Ok(()));
    assert_eq!(why(Subject::Measure, "2019-12-31"), Err(WhyNot::UnitNotInForce));
    let refusal = may_decide(work, Subject::Housing, day("2026-03-01")).unwrap_err();
    assert_eq!(refusal.to_string(), "unit work may not decide on housing on 2026-03-01");
}

/// REQ-ORG-03: sharing a building with the unit that has the mandate is of no help.
#[test]
fn the_building_gives_no_mandate() {
    let mut set = set_of(SMALL);
    for unit in &mut set.units {
        unit.office = "south".to_owned();
    }
    let work = set.unit("work").unwrap();
    assert!(may_decide(work, Subject::SocialAssistance, day("2026-03-01")).is_err());
    let help = set.unit("help").unwrap();
    assert!(may_decide(help, Subject::SocialAssistance, day("2026-03-01")).is_ok());
}

/// REQ-ORG-01: three benefits from three agencies have three decision owners and two principals.
#[test]
fn three_benefits_have_three_owners() {
    let set = set_of(CITY_2005);
    let owner = |subject: Subject| {
        let agency = set.agency_for(subject).unwrap();
        let found = decision_owner(&set, subject, &agency.code, "o1", day("2006-01-01")).unwrap();
        (found.unit, found.principal)
    };
    let named = |unit: &str, principal: &str| (unit.to_owned(), principal.to_owned());
    assert_eq!(owner(Subject::Measure), named("work-ostbyen", "state"));
    assert_eq!(owner(Subject::SicknessBenefit), named("insurance-ostbyen", "state"));
    assert_eq!(owner(Subject::SocialAssistance), named("social-ostbyen", "city"));
}

/// REQ-ORG-02: moving a mandate takes a dated act; the owner changes on its day, not before.
#[test]
fn responsibility_moves_by_dated_mandate_only() {
    let mut set = set_of(SMALL);
    let kids = |set: &OfficeSet, on: &str| {
        decision_owner(set, Subject::ChildWelfare, "social", "a1", day(on)).map(|it| it.unit)
    };
    assert_eq!(kids(&set, "2029-12-31"), Some("kids".to_owned()));
    assert_eq!(kids(&set, "2030-01-01"), None);
    let mut moved = set.unit("kids").unwrap().mandates.clone();
    for mandate in &mut moved {
        mandate.valid.from = day("2030-01-01");
        mandate.valid.until = None;
    }
    let help = set.units.iter_mut().find(|it| it.code == "help").unwrap();
    help.mandates.extend(moved);
    assert_eq!(kids(&set, "2029-12-31"), Some("kids".to_owned()));
    assert_eq!(kids(&set, "2030-01-01"), Some("help".to_owned()));
}

/// REQ-ORG-01: every subject has one kind of agency, and each kind its principal.
#[test]
fn subjects_belong_to_one_agency() {
    for kind in AgencyKind::ALL {
        assert!(Subject::ALL.iter().any(|it| it.usual_agency() == kind));
        assert_eq!(AgencyKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(AgencyKind::Social.principal_kind(), PrincipalKind::Municipality);
    for subject in Subject::ALL {
        assert_eq!(Subject::parse(subject.as_str()), Some(subject));
    }
    assert_eq!(Subject::parse("Measure"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// REQ-ORG-02: whichever units move into whichever buildings, every decision owner and
    /// every cost bearer stays the same, for all subjects and all addresses.
    #[test]
    fn co_location_moves_no_responsibility(
        moves in proptest::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..40,
        ),
        demo in any::<bool>(),
    ) {
        let text = if demo { DEMO } else { CITY_2005 };
        let on = if demo { day("2026-03-01") } else { day("2005-06-01") };
        let before = set_of(text);
        let mut after = before.clone();
        for (unit, office) in moves {
            let to = office.get(&before.offices).code.clone();
            let at = unit.index(after.units.len());
            after.units.get_mut(at).unwrap().office = to;
        }
        prop_assert_eq!(answers(&before, on), answers(&after, on));
        prop_assert!(answers(&before, on).iter().any(|(owner, _)| owner.is_some()));
    }
}

/// REQ-FRONT-24: which subjects are money that is paid out.
#[test]
fn some_subjects_are_paid() {
    let paid: Vec<&str> =
        Subject::ALL.iter().filter(|it| it.is_paid()).map(|it| it.as_str()).collect();
    assert_eq!(
        paid,
        [
            "unemployment_benefit",
            "measure_allowance",
            "work_assessment_allowance",
            "sickness_benefit",
            "disability_benefit",
            "transitional_benefit",
            "family_benefit",
            "social_assistance",
            "qualification_programme",
        ]
    );
}
