//! Basic units, districts and the dated boundary sets that tell who serves an address.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::organisation::Period;
use super::set::OfficeSet;

/// How far a district may lie from the mean, as a share of it, when nothing else is set.
pub const DEFAULT_TOLERANCE: f64 = 0.25;

/// The smallest area of population statistics (grunnkrets; in Sweden a DeSO or NYKO area).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasicUnit {
    /// Code, unique among basic units.
    pub code: String,
    /// Name of the neighbourhood.
    pub name: String,
    /// Number of the municipality it lies in.
    pub municipality: String,
    /// Number of people who live there, zero or more.
    pub inhabitants: i64,
}

/// A part of the town in some division.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// Code, unique among the districts of all divisions. Two agencies' boundaries coincide
    /// for an address when both put it in the district of the same code.
    pub code: String,
    /// Name shown to people.
    pub name: String,
    /// Code of the office its inhabitants think of as theirs.
    pub office: String,
}

/// Which unit of one agency serves which area in a period (REQ-ORG-14). An agency has one at
/// a time: its own old one until the common one takes effect for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundarySet {
    /// Code, unique among boundary sets.
    pub code: String,
    /// Code of the agency it holds for.
    pub agency: String,
    /// The days it holds.
    pub valid: Period,
    /// From basic unit to district; every basic unit is there, exactly once (REQ-ORG-13).
    pub assignments: BTreeMap<String, String>,
    /// From district to the agency's units that serve it. The first takes a matter whose
    /// subject is not settled; the mandates tell which of them decides on a subject.
    pub units: BTreeMap<String, Vec<String>>,
}

/// Where one agency serves an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Competent {
    /// Code of the district.
    pub district: String,
    /// Code of the unit that takes a new matter.
    pub unit: String,
    /// Code of the office that unit sits in.
    pub office: String,
}

/// Where all agencies serve an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllCompetent {
    /// Agency code and where it serves the address, in the order of the set. `None` where the
    /// agency has no boundaries on the day or does not know the basic unit.
    pub agencies: Vec<(String, Option<Competent>)>,
    /// Whether every agency serves it and all in the same district.
    pub coincide: bool,
}

/// Where one agency serves a basic unit on a day (REQ-ORG-14, REQ-FRONT-02).
///
/// `None` when the agency has no boundaries on the day, or the basic unit is unknown to it.
#[must_use]
pub fn competent(set: &OfficeSet, agency: &str, basic_unit: &str, date: Date) -> Option<Competent> {
    let (district, units) = serving(set, agency, basic_unit, date)?;
    let unit = set.unit(units.first()?)?;
    Some(Competent {
        district: district.to_owned(),
        unit: unit.code.clone(),
        office: unit.office.clone(),
    })
}

/// Where every agency of the set serves a basic unit on a day, and whether they agree on the
/// district (REQ-ORG-14).
#[must_use]
pub fn competent_all(set: &OfficeSet, basic_unit: &str, date: Date) -> AllCompetent {
    let agencies: Vec<_> = set
        .agencies
        .iter()
        .map(|it| (it.code.clone(), competent(set, &it.code, basic_unit, date)))
        .collect();
    let districts: BTreeSet<Option<&str>> =
        agencies.iter().map(|(_, it)| it.as_ref().map(|c| c.district.as_str())).collect();
    let coincide = districts.len() == 1 && !districts.contains(&None);
    AllCompetent { agencies, coincide }
}

/// The district of a basic unit for an agency, and the agency's units that serve it.
pub(super) fn serving<'a>(
    set: &'a OfficeSet,
    agency: &str,
    basic_unit: &str,
    date: Date,
) -> Option<(&'a str, &'a [String])> {
    let boundaries = set.boundaries(agency, date)?;
    let district = boundaries.assignments.get(basic_unit)?;
    Some((district, boundaries.units.get(district)?))
}

/// What is wrong with a division of a town into districts (REQ-ORG-13).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DivisionFault {
    /// The basic unit already has a district.
    #[error("basic unit {basic_unit} is assigned twice")]
    AssignedTwice {
        /// Code of the basic unit.
        basic_unit: String,
        /// Position in the assignment of the second mention.
        at: usize,
    },
    /// The basic unit has no district.
    #[error("basic unit {basic_unit} has no district")]
    Unassigned {
        /// Code of the basic unit.
        basic_unit: String,
    },
    /// No such basic unit exists.
    #[error("basic unit {basic_unit} is unknown")]
    Unknown {
        /// The code given.
        basic_unit: String,
        /// Position in the assignment.
        at: usize,
    },
    /// The district has too many or too few inhabitants beside the others.
    #[error("district {district} has {inhabitants} inhabitants where the mean is {mean}")]
    OutOfBalance {
        /// Code of the district.
        district: String,
        /// People in the district.
        inhabitants: i64,
        /// People in a district on average, rounded down.
        mean: i64,
    },
}

/// Everything wrong with a division, given as pairs of basic unit and district (REQ-ORG-13).
///
/// A district is out of balance when it lies further from the mean population of the districts
/// than `tolerance_share` of that mean; exactly on the limit is in balance. A basic unit that
/// is assigned twice counts only where it was put first.
#[must_use]
pub fn check_division(
    basic_units: &[BasicUnit],
    assignment: &[(&str, &str)],
    tolerance_share: f64,
) -> Vec<DivisionFault> {
    let inhabitants: BTreeMap<&str, i64> =
        basic_units.iter().map(|it| (it.code.as_str(), it.inhabitants)).collect();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    let mut people: BTreeMap<&str, i64> = BTreeMap::new();
    for (at, &(basic_unit, district)) in assignment.iter().enumerate() {
        let here = people.entry(district).or_default();
        let basic = basic_unit.to_owned();
        match inhabitants.get(basic_unit) {
            None => faults.push(DivisionFault::Unknown { basic_unit: basic, at }),
            Some(_) if !seen.insert(basic_unit) => {
                faults.push(DivisionFault::AssignedTwice { basic_unit: basic, at });
            }
            Some(count) => *here = here.saturating_add(*count),
        }
    }
    for basic_unit in basic_units.iter().filter(|it| !seen.contains(it.code.as_str())) {
        faults.push(DivisionFault::Unassigned { basic_unit: basic_unit.code.clone() });
    }
    faults.extend(out_of_balance(&people, tolerance_share));
    faults
}

fn out_of_balance(people: &BTreeMap<&str, i64>, tolerance_share: f64) -> Vec<DivisionFault> {
    let total = people.values().fold(0_i64, |sum, it| sum.saturating_add(*it)) as f64;
    let mean = total / people.len().max(1) as f64;
    people
        .iter()
        .filter(|(_, count)| (**count as f64 - mean).abs() > tolerance_share * mean)
        .map(|(district, count)| DivisionFault::OutOfBalance {
            district: (*district).to_owned(),
            inhabitants: *count,
            mean: mean as i64,
        })
        .collect()
}
