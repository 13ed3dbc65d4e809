//! What can be wrong with an office file, and the list it is gathered in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::MAX_TEXT;
use crate::office::words::words;

words! {
    /// What is wrong in one place of an office file.
    FaultKind {
        /// Not TOML; the value is the reason.
        Syntax = "syntax",
        /// The file has more than 5 MB, or a list more entries than the format allows.
        TooLarge = "too-large",
        /// A text has more than 200 characters.
        TooLong = "too-long",
        /// The format has no such field; often a spelling mistake.
        UnknownField = "unknown-field",
        /// A field the format demands is not there.
        MissingField = "missing-field",
        /// A list where a text should be, a text where a number should be, and so on.
        WrongType = "wrong-type",
        /// A text is blank or holds line breaks or other control characters.
        BadText = "bad-text",
        /// A code is not 1 to 40 of `a-z`, `0-9` and `-`.
        BadCode = "bad-code",
        /// No such day, or not written `2026-01-31`.
        BadDate = "bad-date",
        /// No such time of day, or not written `09:00`.
        BadTime = "bad-time",
        /// The end of a period or of opening hours is not after its beginning.
        BadPeriod = "bad-period",
        /// A number lies outside what it can be.
        BadNumber = "bad-number",
        /// Not an e-mail address.
        BadEmail = "bad-email",
        /// Not one of the words the field can hold.
        UnknownWord = "unknown-word",
        /// A code, e-mail, sign-in subject or kind of agency that must be unique is there twice.
        Twice = "twice",
        /// No principal has the code.
        UnknownPrincipal = "unknown-principal",
        /// Social services must answer to a municipality and the other two to the state.
        WrongPrincipal = "wrong-principal",
        /// A boundary set is for an agency that is not in the file.
        UnknownAgency = "unknown-agency",
        /// A unit belongs to no agency, or to one that is not in the file (REQ-ORG-01).
        UnitWithoutAgency = "unit-without-agency",
        /// No office has the code.
        UnknownOffice = "unknown-office",
        /// No district has the code, or the division does not have it.
        UnknownDistrict = "unknown-district",
        /// No unit has the code.
        UnknownUnit = "unknown-unit",
        /// The joint manager of an office is not among the staff.
        ManagerNotStaff = "manager-not-staff",
        /// The joint manager of an office has another role.
        ManagerWithoutRole = "manager-without-role",
        /// An office is never open.
        NoOpeningHours = "no-opening-hours",
        /// Two opening hours of one weekday run into each other.
        OpeningOverlap = "opening-overlap",
        /// A unit's mandate is for a subject its agency does not decide on.
        MandateOutsideAgency = "mandate-outside-agency",
        /// Two mandates at one time for the same subject: in a unit, or in units that serve the
        /// same district, which would give one decision two owners.
        MandateTwice = "mandate-twice",
        /// A last resort named by a unit outside the municipal social services, or a person who
        /// does not work there (REQ-REF-08).
        LastResortNotSocial = "last-resort-not-social",
        /// The last resort of a unit is not among the staff.
        LastResortNotStaff = "last-resort-not-staff",
        /// No division has the code.
        UnknownDivision = "unknown-division",
        /// No basic unit has the code.
        UnknownBasicUnit = "unknown-basic-unit",
        /// A division assigns a basic unit twice (REQ-ORG-13).
        BasicUnitTwice = "basic-unit-twice",
        /// A division leaves a basic unit out (REQ-ORG-13).
        BasicUnitUnassigned = "basic-unit-unassigned",
        /// A district has too many or too few inhabitants beside the others (REQ-ORG-13).
        OutOfBalance = "out-of-balance",
        /// A boundary set names no unit for a district of its division.
        DistrictWithoutUnit = "district-without-unit",
        /// A boundary set names a unit of another agency.
        UnitOfOtherAgency = "unit-of-other-agency",
        /// A boundary set names a unit that does not exist all the time the set holds.
        UnitNotInForce = "unit-not-in-force",
        /// An agency has two boundary sets at one time (REQ-ORG-14).
        BoundariesOverlap = "boundaries-overlap",
        /// Another file of the same import has this code, e-mail or municipality.
        TakenElsewhere = "taken-elsewhere",
        /// One member of staff is named in two agencies (REQ-ORG-46).
        StaffInTwoAgencies = "staff-in-two-agencies",
        /// Two files tell different things of one agency or principal.
        AgencyDiffers = "agency-differs",
        /// A unit that only delivers what others decided holds a mandate (REQ-ORG-19).
        MandateInDeliveryUnit = "mandate-in-delivery-unit",
    }
}

impl FaultKind {
    /// The stable word for the kind, on which messages in each language hang.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.as_str()
    }
}

/// One thing wrong in an office file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line in the file, the first being 1.
    pub line: usize,
    /// Where in the format, lists counted from 0: `staff[12].unit`. Empty for the file as such.
    pub place: String,
    /// What is wrong.
    pub kind: FaultKind,
    /// The value that is wrong, or the one missing; cut at 200 characters.
    pub value: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, place, kind, value } = self;
        write!(f, "line {line}: {place}: {} ({value})", kind.code())
    }
}

/// The faults found so far, and on which line each place of the file is.
pub(super) struct Notes {
    line_starts: Vec<usize>,
    lines: BTreeMap<String, usize>,
    faulty: BTreeSet<String>,
    faults: Vec<Fault>,
}

impl Notes {
    pub(super) fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            line_starts: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect(),
            lines: BTreeMap::new(),
            faulty: BTreeSet::new(),
            faults: Vec::new(),
        }
    }

    fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).max(1)
    }

    /// Remembers on which line a place is.
    pub(super) fn visit(&mut self, place: &str, offset: usize) {
        let line = self.line_of(offset);
        self.lines.insert(place.to_owned(), line);
    }

    /// Notes a fault on the line of the place, or of the nearest place around it.
    pub(super) fn fault(&mut self, place: &str, kind: FaultKind, value: &str) {
        let mut around = place;
        let line = loop {
            if let Some(line) = self.lines.get(around) {
                break *line;
            }
            match around.rfind(['.', '[']).and_then(|at| around.get(..at)) {
                Some(shorter) => around = shorter,
                None => break 1,
            }
        };
        self.push(line, place, kind, value);
    }

    /// Notes a fault at a byte of the file that belongs to no place of the format.
    pub(super) fn fault_at(&mut self, offset: usize, kind: FaultKind, value: &str) {
        self.push(self.line_of(offset), "", kind, value);
    }

    fn push(&mut self, line: usize, place: &str, kind: FaultKind, value: &str) {
        self.faulty.insert(place.to_owned());
        let value = value.chars().take(MAX_TEXT).collect();
        self.faults.push(Fault { line, place: place.to_owned(), kind, value });
    }

    /// Whether the place already has a fault, so that what was read there means nothing.
    pub(super) fn is_faulty(&self, place: &str) -> bool {
        self.faulty.contains(place)
    }

    pub(super) fn into_faults(mut self) -> Vec<Fault> {
        self.faults.sort_by(|a, b| (a.line, &a.place, a.kind).cmp(&(b.line, &b.place, b.kind)));
        self.faults
    }
}
