//! The whole organisation as one value.

use super::boundary::{BasicUnit, BoundarySet, District};
use super::organisation::{Agency, Office, Principal, StaffMember, Subject, Unit};
use jiff::civil::Date;

/// Everything one office file says about one municipality. A set that came from
/// [`super::read`] has no dangling codes and no code twice; one that came from
/// [`super::read_folder`] may have boundaries that name units of the folder's other sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeSet {
    /// `NO` or `SE`.
    pub country: String,
    /// Official municipality number, four digits in both countries.
    pub municipality: String,
    /// Name of the municipality.
    pub municipality_name: String,
    /// Who answers and pays.
    pub principals: Vec<Principal>,
    /// The services, at most one of each kind.
    pub agencies: Vec<Agency>,
    /// The buildings.
    pub offices: Vec<Office>,
    /// The parts of the agencies.
    pub units: Vec<Unit>,
    /// The districts of every division, old and new.
    pub districts: Vec<District>,
    /// The smallest areas, with inhabitants.
    pub basic_units: Vec<BasicUnit>,
    /// Who serves which area when.
    pub boundary_sets: Vec<BoundarySet>,
    /// The people who work there.
    pub staff: Vec<StaffMember>,
}

impl OfficeSet {
    /// The principal with the code.
    #[must_use]
    pub fn principal(&self, code: &str) -> Option<&Principal> {
        self.principals.iter().find(|it| it.code == code)
    }

    /// The agency with the code.
    #[must_use]
    pub fn agency(&self, code: &str) -> Option<&Agency> {
        self.agencies.iter().find(|it| it.code == code)
    }

    /// The agency here that can hold mandates for the subject.
    #[must_use]
    pub fn agency_for(&self, subject: Subject) -> Option<&Agency> {
        self.agencies.iter().find(|it| it.kind == subject.usual_agency())
    }

    /// The office with the code.
    #[must_use]
    pub fn office(&self, code: &str) -> Option<&Office> {
        self.offices.iter().find(|it| it.code == code)
    }

    /// The unit with the code.
    #[must_use]
    pub fn unit(&self, code: &str) -> Option<&Unit> {
        self.units.iter().find(|it| it.code == code)
    }

    /// The agency that a unit belongs to.
    #[must_use]
    pub fn agency_of(&self, unit: &str) -> Option<&Agency> {
        self.agency(&self.unit(unit)?.agency)
    }

    /// The units that sit in an office.
    pub fn units_in<'a>(&'a self, office: &'a str) -> impl Iterator<Item = &'a Unit> {
        self.units.iter().filter(move |it| it.office == office)
    }

    /// The district with the code.
    #[must_use]
    pub fn district(&self, code: &str) -> Option<&District> {
        self.districts.iter().find(|it| it.code == code)
    }

    /// The basic unit with the code.
    #[must_use]
    pub fn basic_unit(&self, code: &str) -> Option<&BasicUnit> {
        self.basic_units.iter().find(|it| it.code == code)
    }

    /// The boundary set in force for an agency on a day.
    #[must_use]
    pub fn boundaries(&self, agency: &str, date: Date) -> Option<&BoundarySet> {
        self.boundary_sets.iter().find(|it| it.agency == agency && it.valid.holds(date))
    }

    /// The member of staff with the code.
    #[must_use]
    pub fn staff(&self, code: &str) -> Option<&StaffMember> {
        self.staff.iter().find(|it| it.code == code)
    }

    /// The member of staff with the e-mail, whatever the case of its letters.
    #[must_use]
    pub fn staff_by_email(&self, email: &str) -> Option<&StaffMember> {
        self.staff.iter().find(|it| it.email.to_lowercase() == email.to_lowercase())
    }

    /// The staff employed in a unit.
    pub fn staff_in<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = &'a StaffMember> {
        self.staff.iter().filter(move |it| it.unit == unit)
    }
}
