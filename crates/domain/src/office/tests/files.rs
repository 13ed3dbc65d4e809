//! The files that ship: the demonstration city and the example in the documentation.

use std::collections::{BTreeMap, BTreeSet};

use super::{DEMO, day, set_of};
use crate::office::{
    AgencyKind, OfficeSet, Role, Subject, UnitKind, competent_all, decision_owner,
};
use crate::person::Clearance;

const MANUAL: &str = include_str!("../../../../../docs/office-import.md");

fn count(set: &OfficeSet, role: Role) -> usize {
    set.staff.iter().filter(|it| it.role == role).count()
}

/// REQ-ORG-01: the demonstration city has four joint offices of three agencies and two
/// principals, and the staff it promises.
#[test]
fn the_demo_city_is_free_of_faults() {
    let set = set_of(DEMO);
    assert_eq!((set.country.as_str(), set.municipality_name.as_str()), ("NO", "Nidarby"));
    assert_eq!(set.principals.len(), 2);
    assert_eq!(set.agencies.len(), 3);
    assert_eq!(set.offices.len(), 4);
    assert_eq!(set.districts.len(), 4);
    assert_eq!(set.units.len(), 28);
    assert_eq!(set.basic_units.len(), 60);
    assert_eq!(set.boundary_sets.len(), 3);
    assert_eq!(set.staff.len(), 281);
    let roles: Vec<_> = Role::ALL.into_iter().map(|role| count(&set, role)).collect();
    assert_eq!(roles, [8, 24, 241, 4, 2, 2]);
    let names: BTreeSet<_> = set.staff.iter().map(|it| &it.name).collect();
    assert!(names.len() < set.staff.len(), "namesakes belong in a demonstration");
    let cleared = |it: Clearance| set.staff.iter().filter(|who| who.clearance == it).count();
    assert!(cleared(Clearance::Confidential) > 0 && cleared(Clearance::StrictlyConfidential) > 0);
}

/// REQ-FRONT-02: each demonstration office has hosts, a manager and the three agencies in the
/// reception.
#[test]
fn each_demo_office_can_receive_anyone() {
    let set = set_of(DEMO);
    for office in &set.offices {
        let units: Vec<_> = set.units_in(&office.code).collect();
        let in_front = units.iter().filter(|it| it.kind == UnitKind::FrontOffice);
        let agencies: BTreeSet<_> = in_front.map(|it| it.agency.as_str()).collect();
        assert_eq!(agencies.len(), 3, "{}", office.code);
        let staff: Vec<_> = units.iter().flat_map(|it| set.staff_in(&it.code)).collect();
        let with = |role: Role| staff.iter().filter(|it| it.role == role).count();
        assert_eq!((with(Role::Host), with(Role::FrontWorker)), (2, 6), "{}", office.code);
        assert!(staff.iter().any(|it| it.code == office.manager));
    }
}

/// REQ-ORG-13, REQ-ORG-14: in the demonstration city about 160 000 people live in four districts
/// that are the same for all agencies, and every subject has an owner everywhere.
#[test]
fn demo_boundaries_coincide_and_leave_no_gap() {
    let set = set_of(DEMO);
    let on = day("2026-03-01");
    let mut people: BTreeMap<String, i64> = BTreeMap::new();
    for basic in &set.basic_units {
        let all = competent_all(&set, &basic.code, on);
        assert!(all.coincide, "{}", basic.code);
        let district = all.agencies.into_iter().find_map(|(_, it)| it).unwrap().district;
        *people.entry(district).or_default() += basic.inhabitants;
        for subject in Subject::ALL {
            // The county decides on it, for the city too, and the file is the city's alone.
            if subject == Subject::CarSupport {
                continue;
            }
            let agency = set.agency_for(subject).unwrap();
            assert!(decision_owner(&set, subject, &agency.code, &basic.code, on).is_some());
        }
    }
    assert!(people.values().all(|it| (38_000..=42_000).contains(it)), "{people:?}");
    assert!((155_000..=165_000).contains(&people.values().sum::<i64>()));
}

/// REQ-REF-08: each demonstration district has someone in its social services who has accepted
/// to own what nobody accepts.
#[test]
fn each_demo_district_has_a_last_resort() {
    let set = set_of(DEMO);
    for office in &set.offices {
        let named: Vec<_> =
            set.units_in(&office.code).filter_map(|unit| unit.last_resort.as_deref()).collect();
        assert_eq!(named.len(), 1, "{}", office.code);
        let owner = set.staff(named.first().unwrap()).unwrap();
        assert_eq!(set.agency_of(&owner.unit).unwrap().kind, AgencyKind::Social);
        assert_eq!(set.unit(&owner.unit).unwrap().office, office.code);
    }
}

/// REQ-ORG-01: the example in the documentation is a file that can be read.
#[test]
fn the_documented_example_can_be_read() {
    let (_, rest) = MANUAL.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let set = set_of(example);
    assert_eq!(set.staff_by_email("EVA.LUND@example.no").unwrap().role, Role::JointManager);
}

/// REQ-ORG-01: the documentation names every field word and every kind of fault.
#[test]
fn the_documentation_is_complete() {
    let words = crate::office::FaultKind::ALL
        .iter()
        .map(|it| it.code())
        .chain(Role::ALL.iter().map(|it| it.as_str()))
        .chain(Subject::ALL.iter().map(|it| it.as_str()));
    for word in words {
        assert!(MANUAL.contains(&format!("`{word}`")), "{word}");
    }
}
