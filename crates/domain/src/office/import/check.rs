//! Whether the records of a file fit together: principals, agencies, offices, units and staff.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{FaultKind, Notes};
use super::shape::Draft;
use crate::office::organisation::{Agency, AgencyKind, Mandate, Office, Role, StaffMember, Unit};
use crate::office::set::OfficeSet;

/// A list looked up by code; of two with one code, the first.
pub(super) fn by_code<T>(list: &[T], code: fn(&T) -> &str) -> BTreeMap<&str, (usize, &T)> {
    let mut found = BTreeMap::new();
    for (at, it) in list.iter().enumerate() {
        found.entry(code(it)).or_insert((at, it));
    }
    found
}

/// Checks all that is not about areas.
pub(super) fn organisation(draft: &Draft, notes: &mut Notes) {
    let set = &draft.set;
    duplicates(draft, notes);
    agencies(set, notes);
    let agencies = by_code(&set.agencies, |it| &it.code);
    let units = by_code(&set.units, |it| &it.code);
    let staff = by_code(&set.staff, |it| &it.code);
    let offices = by_code(&set.offices, |it| &it.code);
    for (at, office) in set.offices.iter().enumerate() {
        manager(at, office, &staff, notes);
        openings(at, office, notes);
    }
    for (at, unit) in set.units.iter().enumerate() {
        known(
            notes,
            &format!("units[{at}].office"),
            &unit.office,
            FaultKind::UnknownOffice,
            |it| offices.contains_key(it),
        );
        agency_of_unit(at, unit, &agencies, notes);
        last_resort(at, unit, &Around { agencies: &agencies, units: &units, staff: &staff }, notes);
    }
    for (at, person) in set.staff.iter().enumerate() {
        known(notes, &format!("staff[{at}].unit"), &person.unit, FaultKind::UnknownUnit, |it| {
            units.contains_key(it)
        });
    }
}

/// Notes a code that points at nothing; a code with another fault is passed over.
pub(super) fn known(
    notes: &mut Notes,
    place: &str,
    code: &str,
    kind: FaultKind,
    exists: impl Fn(&str) -> bool,
) {
    if !code.is_empty() && !notes.is_faulty(place) && !exists(code) {
        notes.fault(place, kind, code);
    }
}

fn duplicates(draft: &Draft, notes: &mut Notes) {
    let set = &draft.set;
    twice(notes, "principals", "code", set.principals.iter().map(|it| it.code.clone()));
    twice(notes, "agencies", "code", set.agencies.iter().map(|it| it.code.clone()));
    twice(notes, "agencies", "kind", set.agencies.iter().map(|it| it.kind.as_str().to_owned()));
    twice(notes, "offices", "code", set.offices.iter().map(|it| it.code.clone()));
    twice(notes, "units", "code", set.units.iter().map(|it| it.code.clone()));
    twice(notes, "districts", "code", set.districts.iter().map(|it| it.code.clone()));
    twice(notes, "basic_units", "code", set.basic_units.iter().map(|it| it.code.clone()));
    twice(notes, "divisions", "code", draft.divisions.iter().map(|it| it.code.clone()));
    twice(notes, "boundary_sets", "code", draft.boundaries.iter().map(|it| it.code.clone()));
    staff_twice(set, notes);
}

fn staff_twice(set: &OfficeSet, notes: &mut Notes) {
    in_two_agencies(set, notes);
    twice(notes, "staff", "code", set.staff.iter().map(|it| it.code.clone()));
    twice(notes, "staff", "email", set.staff.iter().map(|it| it.email.to_lowercase()));
    let subjects = set.staff.iter().map(|it| it.subject.clone().unwrap_or_default());
    twice(notes, "staff", "subject", subjects);
}

/// Notes who is employed in two agencies: each member of staff has one employer (REQ-ORG-46).
fn in_two_agencies(set: &OfficeSet, notes: &mut Notes) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (at, person) in set.staff.iter().enumerate() {
        let Some(agency) = set.agency_of(&person.unit) else { continue };
        for (field, value) in
            [("code", person.code.clone()), ("email", person.email.to_lowercase())]
        {
            let place = format!("staff[{at}].{field}");
            if value.is_empty() || notes.is_faulty(&place) {
                continue;
            }
            let first = *seen.entry(format!("{field} {value}")).or_insert(agency.code.as_str());
            if first != agency.code {
                notes.fault(&place, FaultKind::StaffInTwoAgencies, &value);
            }
        }
    }
}

fn twice(notes: &mut Notes, list: &str, field: &str, values: impl Iterator<Item = String>) {
    let mut seen = BTreeSet::new();
    for (at, value) in values.enumerate() {
        let place = format!("{list}[{at}].{field}");
        if value.is_empty() || notes.is_faulty(&place) {
            continue;
        }
        if seen.contains(&value) {
            notes.fault(&place, FaultKind::Twice, &value);
        } else {
            seen.insert(value);
        }
    }
}

fn agencies(set: &OfficeSet, notes: &mut Notes) {
    let principals = by_code(&set.principals, |it| &it.code);
    for (at, agency) in set.agencies.iter().enumerate() {
        let place = format!("agencies[{at}].principal");
        let exists = |code: &str| principals.contains_key(code);
        known(notes, &place, &agency.principal, FaultKind::UnknownPrincipal, exists);
        let Some((of, principal)) = principals.get(agency.principal.as_str()) else {
            continue;
        };
        let unread = notes.is_faulty(&format!("agencies[{at}].kind"))
            || notes.is_faulty(&format!("principals[{of}].kind"));
        if !unread && principal.kind != agency.kind.principal_kind() {
            notes.fault(&place, FaultKind::WrongPrincipal, &agency.principal);
        }
    }
}

fn manager(
    at: usize,
    office: &Office,
    staff: &BTreeMap<&str, (usize, &StaffMember)>,
    notes: &mut Notes,
) {
    let place = format!("offices[{at}].manager");
    let exists = |code: &str| staff.contains_key(code);
    known(notes, &place, &office.manager, FaultKind::ManagerNotStaff, exists);
    if let Some((who, person)) = staff.get(office.manager.as_str())
        && person.role != Role::JointManager
        && !notes.is_faulty(&format!("staff[{who}].role"))
    {
        notes.fault(&place, FaultKind::ManagerWithoutRole, &office.manager);
    }
}

fn openings(at: usize, office: &Office, notes: &mut Notes) {
    for (second, later) in office.opening.iter().enumerate() {
        let place = format!("offices[{at}].opening[{second}]");
        let clash = office.opening.iter().take(second).any(|earlier| {
            earlier.weekday == later.weekday
                && earlier.opens < later.closes
                && later.opens < earlier.closes
        });
        if clash && !notes.is_faulty(&format!("{place}.weekday")) {
            notes.fault(&place, FaultKind::OpeningOverlap, &later.weekday.to_string());
        }
    }
}

fn agency_of_unit(
    at: usize,
    unit: &Unit,
    agencies: &BTreeMap<&str, (usize, &Agency)>,
    notes: &mut Notes,
) {
    let place = format!("units[{at}].agency");
    let exists = |code: &str| agencies.contains_key(code);
    known(notes, &place, &unit.agency, FaultKind::UnitWithoutAgency, exists);
    let kind = agencies
        .get(unit.agency.as_str())
        .filter(|(of, _)| !notes.is_faulty(&format!("agencies[{of}].kind")))
        .map(|(_, agency)| agency.kind);
    for (nth, mandate) in unit.mandates.iter().enumerate() {
        let place = format!("units[{at}].mandates[{nth}]");
        let subject = mandate.subject.as_str();
        if kind.is_some_and(|kind| kind != mandate.subject.usual_agency()) {
            notes.fault(&place, FaultKind::MandateOutsideAgency, subject);
        }
        if unit.delivers {
            notes.fault(&place, FaultKind::MandateInDeliveryUnit, subject);
        } else if unit.mandates.iter().take(nth).any(|earlier| same_time(earlier, mandate)) {
            notes.fault(&place, FaultKind::MandateTwice, subject);
        }
    }
}

/// Whether two mandates give power over one subject on one day.
pub(super) fn same_time(one: &Mandate, other: &Mandate) -> bool {
    one.subject == other.subject && one.valid.overlaps(&other.valid)
}

/// What a last resort is looked up in.
struct Around<'a> {
    agencies: &'a BTreeMap<&'a str, (usize, &'a Agency)>,
    units: &'a BTreeMap<&'a str, (usize, &'a Unit)>,
    staff: &'a BTreeMap<&'a str, (usize, &'a StaffMember)>,
}

fn last_resort(at: usize, unit: &Unit, around: &Around<'_>, notes: &mut Notes) {
    let Some(code) = &unit.last_resort else {
        return;
    };
    let place = format!("units[{at}].last_resort");
    let exists = |code: &str| around.staff.contains_key(code);
    known(notes, &place, code, FaultKind::LastResortNotStaff, exists);
    let outside = |unit: &Unit| {
        around.agencies.get(unit.agency.as_str()).is_some_and(|(of, agency)| {
            agency.kind != AgencyKind::Social && !notes.is_faulty(&format!("agencies[{of}].kind"))
        })
    };
    let employer = around
        .staff
        .get(code.as_str())
        .and_then(|(_, person)| around.units.get(person.unit.as_str()));
    if outside(unit) || employer.is_some_and(|(_, employer)| outside(employer)) {
        notes.fault(&place, FaultKind::LastResortNotSocial, code);
    }
}
