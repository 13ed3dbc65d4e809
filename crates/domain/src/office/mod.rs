//! The joint office as an organisation: whose it is, who works there, who decides what.
//!
//! An office is one door shared by units that keep their own employer. A unit belongs to an
//! agency and through it to the state or the municipality (REQ-ORG-01). Decisions and costs
//! follow the unit, never the building (REQ-ORG-02, REQ-ORG-03). Where a person belongs is
//! told by basic statistical units and dated boundary sets, one set per agency at a time
//! (REQ-ORG-13, REQ-ORG-14). The whole is read from one file, `docs/office-import.md`.
//!
//! Everything here is known by a code: 1 to 40 characters of `a-z`, `0-9` and `-`.

mod act;
mod boundary;
mod calendar;
mod import;
mod mandate;
mod organisation;
mod set;
mod words;

pub use act::{Act, ActFault, ActUser, Catalogue, CatalogueFault, InLanguages};
pub use boundary::{
    AllCompetent, BasicUnit, BoundarySet, Competent, DEFAULT_TOLERANCE, District, DivisionFault,
    check_division, competent, competent_all,
};
pub use calendar::{Holiday, Special, easter, holiday, holidays, hours_on, open_minutes};
pub use import::{Fault, FaultKind, FileFault, MAX_BYTES, MAX_TEXT, NamedFile, read, read_folder};
pub use mandate::{
    CostBearer, DecisionOwner, NoMandate, WhyNot, cost_bearer, decision_owner, may_decide,
};
pub use organisation::{
    Agency, AgencyKind, Mandate, Office, Opening, Period, Principal, PrincipalKind, Role,
    StaffMember, Subject, Unit, UnitKind, is_code,
};
pub use set::OfficeSet;

#[cfg(test)]
mod tests;
