//! Whether districts, divisions and boundary sets of a file fit together.

use std::collections::BTreeMap;

use super::check::{by_code, known, same_time};
use super::fault::{FaultKind, Notes};
use super::shape::{BoundaryPlan, Division, Draft};
use crate::office::boundary::{DivisionFault, check_division};
use crate::office::organisation::Unit;
use crate::office::set::OfficeSet;

/// What other files of the same import have: a state agency may serve a place from an office in
/// another municipality, and the office of a district may have closed into one there (REQ-ORG-10,
/// REQ-ORG-15, REQ-ORG-28).
#[derive(Debug, Default)]
pub(super) struct Guests {
    pub(super) units: Vec<Unit>,
    pub(super) offices: Vec<String>,
}

/// Checks districts, divisions and boundary sets.
pub(super) fn areas(draft: &Draft, guests: &Guests, notes: &mut Notes) {
    let set = &draft.set;
    let offices = by_code(&set.offices, |it| &it.code);
    let districts = by_code(&set.districts, |it| &it.code);
    for (at, district) in set.districts.iter().enumerate() {
        let place = format!("districts[{at}].office");
        known(notes, &place, &district.office, FaultKind::UnknownOffice, |it| {
            offices.contains_key(it) || guests.offices.iter().any(|guest| guest == it)
        });
    }
    for (at, office) in set.offices.iter().enumerate() {
        let place = format!("offices[{at}].district");
        let code = office.district.as_deref().unwrap_or_default();
        known(notes, &place, code, FaultKind::UnknownDistrict, |it| districts.contains_key(it));
    }
    for (at, division) in draft.divisions.iter().enumerate() {
        for (code, _) in &division.districts {
            let place = format!("divisions[{at}].districts.{code}");
            known(notes, &place, code, FaultKind::UnknownDistrict, |it| districts.contains_key(it));
        }
        check_assignment(at, division, set, notes);
    }
    let mut units = by_code(&set.units, |it| &it.code);
    for guest in &guests.units {
        units.entry(guest.code.as_str()).or_insert((usize::MAX, guest));
    }
    for (at, plan) in draft.boundaries.iter().enumerate() {
        references(at, plan, draft, notes);
        served_districts(at, plan, draft, notes);
        for (district, serving) in &plan.units {
            serving_units(&format!("boundary_sets[{at}]"), district, plan, serving, &units, notes);
        }
    }
    overlaps(draft, notes);
}

/// Notes what is wrong with a division; its balance only when every inhabitant can be counted
/// in one district.
fn check_assignment(at: usize, division: &Division, set: &OfficeSet, notes: &mut Notes) {
    let top = format!("divisions[{at}].districts");
    if notes.is_faulty(&top) {
        return;
    }
    let mut pairs = Vec::new();
    let mut places = Vec::new();
    for (district, basic) in &division.districts {
        for (nth, code) in basic.iter().enumerate() {
            pairs.push((code.as_str(), district.as_str()));
            places.push(format!("{top}.{district}[{nth}]"));
        }
    }
    let place_of = |at: usize| places.get(at).cloned().unwrap_or_default();
    let faults = check_division(&set.basic_units, &pairs, division.tolerance);
    let uncounted = (0..set.basic_units.len())
        .any(|it| notes.is_faulty(&format!("basic_units[{it}].inhabitants")))
        || faults.iter().any(|it| !matches!(it, DivisionFault::OutOfBalance { .. }));
    for fault in faults {
        let (place, kind, value) = match fault {
            DivisionFault::AssignedTwice { basic_unit, at } => {
                (place_of(at), FaultKind::BasicUnitTwice, basic_unit)
            }
            DivisionFault::Unassigned { basic_unit } => {
                (top.clone(), FaultKind::BasicUnitUnassigned, basic_unit)
            }
            DivisionFault::Unknown { basic_unit, at } => {
                (place_of(at), FaultKind::UnknownBasicUnit, basic_unit)
            }
            DivisionFault::OutOfBalance { .. } if uncounted => continue,
            DivisionFault::OutOfBalance { district, inhabitants, .. } => {
                (format!("{top}.{district}"), FaultKind::OutOfBalance, inhabitants.to_string())
            }
        };
        if !value.is_empty() && (kind == FaultKind::BasicUnitUnassigned || !notes.is_faulty(&place))
        {
            notes.fault(&place, kind, &value);
        }
    }
}

fn references(at: usize, plan: &BoundaryPlan, draft: &Draft, notes: &mut Notes) {
    let place = format!("boundary_sets[{at}].agency");
    known(notes, &place, &plan.agency, FaultKind::UnknownAgency, |code| {
        draft.set.agency(code).is_some()
    });
    let place = format!("boundary_sets[{at}].division");
    known(notes, &place, &plan.division, FaultKind::UnknownDivision, |code| {
        draft.divisions.iter().any(|it| it.code == code)
    });
}

fn served_districts(at: usize, plan: &BoundaryPlan, draft: &Draft, notes: &mut Notes) {
    let top = format!("boundary_sets[{at}].units");
    let Some(division) = draft.divisions.iter().find(|it| it.code == plan.division) else {
        return;
    };
    if notes.is_faulty(&top) {
        return;
    }
    for (district, _) in &division.districts {
        let place = format!("{top}.{district}");
        let named = plan.units.iter().find(|(code, _)| code == district);
        if named.is_none_or(|(_, units)| units.is_empty()) && !notes.is_faulty(&place) {
            notes.fault(&place, FaultKind::DistrictWithoutUnit, district);
        }
    }
    for (district, _) in &plan.units {
        let place = format!("{top}.{district}");
        known(notes, &place, district, FaultKind::UnknownDistrict, |code| {
            division.districts.iter().any(|(it, _)| it == code)
        });
    }
}

fn serving_units(
    top: &str,
    district: &str,
    plan: &BoundaryPlan,
    serving: &[String],
    units: &BTreeMap<&str, (usize, &Unit)>,
    notes: &mut Notes,
) {
    let mut before: Vec<&Unit> = Vec::new();
    for (nth, code) in serving.iter().enumerate() {
        let place = format!("{top}.units.{district}[{nth}]");
        known(notes, &place, code, FaultKind::UnknownUnit, |it| units.contains_key(it));
        let Some((of, unit)) = units.get(code.as_str()) else {
            continue;
        };
        let employed = !notes.is_faulty(&format!("{top}.agency"))
            && !notes.is_faulty(&format!("units[{of}].agency"));
        let dated = plan.dated
            && !notes.is_faulty(&format!("units[{of}].from"))
            && !notes.is_faulty(&format!("units[{of}].until"));
        if serving.iter().take(nth).any(|it| it == code) {
            notes.fault(&place, FaultKind::Twice, code);
        } else if employed && unit.agency != plan.agency {
            notes.fault(&place, FaultKind::UnitOfOtherAgency, code);
        } else if dated {
            if !unit.valid.covers(&plan.valid) {
                notes.fault(&place, FaultKind::UnitNotInForce, code);
            }
            rival(&place, plan, unit, &before, notes);
            before.push(unit);
        }
    }
}

/// Notes the first subject that an earlier unit of the district decides on at the same time.
fn rival(place: &str, plan: &BoundaryPlan, unit: &Unit, before: &[&Unit], notes: &mut Notes) {
    let clash = unit.mandates.iter().find(|mine| {
        mine.valid.overlaps(&plan.valid)
            && before
                .iter()
                .flat_map(|it| &it.mandates)
                .any(|other| other.valid.overlaps(&plan.valid) && same_time(mine, other))
    });
    if let Some(mandate) = clash {
        notes.fault(place, FaultKind::MandateTwice, mandate.subject.as_str());
    }
}

fn overlaps(draft: &Draft, notes: &mut Notes) {
    for (second, later) in draft.boundaries.iter().enumerate() {
        let place = format!("boundary_sets[{second}].from");
        let clash = draft.boundaries.iter().take(second).any(|earlier| {
            earlier.agency == later.agency && earlier.dated && earlier.valid.overlaps(&later.valid)
        });
        if clash && later.dated && !later.agency.is_empty() {
            notes.fault(&place, FaultKind::BoundariesOverlap, &later.agency);
        }
    }
}
