//! From the parsed file to the records of an office set, each looked at by itself.

use toml::de::{DeTable, DeValue};

use super::entry::{Entry, entry};
use super::fault::{FaultKind, Notes};
use crate::office::boundary::{BasicUnit, DEFAULT_TOLERANCE, District};
use crate::office::organisation::{
    Agency, AgencyKind, Mandate, Office, Opening, Period, Principal, PrincipalKind, Role,
    StaffMember, Subject, Unit, UnitKind,
};
use crate::office::set::OfficeSet;
use crate::person::Clearance;

/// Most records of one sort, and most basic units in a district.
const MANY: usize = 20_000;
/// Most boundary sets, agencies and principals.
const SOME: usize = 500;
/// Most divisions: each that is empty lacks every basic unit, and says so.
const MOST_DIVISIONS: usize = 50;
/// Most entries of a list inside a record.
const FEW: usize = 100;
/// No municipality or part of one comes near so many people.
const MOST_INHABITANTS: i64 = 50_000_000;

/// What the file says, before anything in it is known to fit together.
pub(super) struct Draft {
    pub(super) set: OfficeSet,
    pub(super) divisions: Vec<Division>,
    pub(super) boundaries: Vec<BoundaryPlan>,
}

/// A way to divide the basic units into districts, which boundary sets can share.
pub(super) struct Division {
    pub(super) code: String,
    pub(super) tolerance: f64,
    pub(super) districts: Vec<(String, Vec<String>)>,
}

/// A boundary set that names its division.
pub(super) struct BoundaryPlan {
    pub(super) code: String,
    pub(super) agency: String,
    pub(super) division: String,
    pub(super) valid: Period,
    /// Whether the period could be read.
    pub(super) dated: bool,
    pub(super) units: Vec<(String, Vec<String>)>,
}

/// Reads all records; a faulty one stays in, with stand-ins, so that its code is known.
pub(super) fn draft<'t>(table: &'t DeTable<'t>, notes: &mut Notes) -> Draft {
    let file = Entry { table, place: String::new() };
    file.only(
        notes,
        &[
            "country",
            "municipality",
            "municipality_name",
            "balance_tolerance",
            "principals",
            "agencies",
            "offices",
            "units",
            "districts",
            "basic_units",
            "divisions",
            "boundary_sets",
            "staff",
        ],
    );
    let municipality = file.code(notes, "municipality");
    let tolerance = file.maybe_share(notes, "balance_tolerance").unwrap_or(DEFAULT_TOLERANCE);
    let set = OfficeSet {
        country: file.word(notes, "country", country, String::new()),
        municipality_name: file.text(notes, "municipality_name"),
        principals: records(&file, notes, "principals", SOME, principal),
        agencies: records(&file, notes, "agencies", SOME, agency),
        offices: records(&file, notes, "offices", MANY, office),
        units: records(&file, notes, "units", MANY, unit),
        districts: records(&file, notes, "districts", MANY, district),
        basic_units: records(&file, notes, "basic_units", MANY, |it, notes| {
            basic_unit(it, notes, &municipality)
        }),
        boundary_sets: Vec::new(),
        staff: records(&file, notes, "staff", MANY, staff_member),
        municipality,
    };
    let divisions = records(&file, notes, "divisions", MOST_DIVISIONS, |it, notes| {
        division(it, notes, tolerance)
    });
    let boundaries = records(&file, notes, "boundary_sets", SOME, boundary_plan);
    Draft { set, divisions, boundaries }
}

fn records<T>(
    file: &Entry<'_>,
    notes: &mut Notes,
    field: &str,
    most: usize,
    read: impl Fn(&Entry<'_>, &mut Notes) -> T,
) -> Vec<T> {
    if !file.table.contains_key(field) {
        notes.fault(field, FaultKind::MissingField, field);
    }
    let entries = file.entries(notes, field, most);
    entries.iter().map(|it| read(it, notes)).collect()
}

fn country(word: &str) -> Option<String> {
    ["NO", "SE"].contains(&word).then(|| word.to_owned())
}

fn principal(it: &Entry<'_>, notes: &mut Notes) -> Principal {
    it.only(notes, &["code", "name", "kind"]);
    Principal {
        code: it.code(notes, "code"),
        name: it.text(notes, "name"),
        kind: it.word(notes, "kind", PrincipalKind::parse, PrincipalKind::State),
    }
}

fn agency(it: &Entry<'_>, notes: &mut Notes) -> Agency {
    it.only(notes, &["code", "name", "kind", "principal"]);
    Agency {
        code: it.code(notes, "code"),
        name: it.text(notes, "name"),
        kind: it.word(notes, "kind", AgencyKind::parse, AgencyKind::Employment),
        principal: it.code(notes, "principal"),
    }
}

fn office(it: &Entry<'_>, notes: &mut Notes) -> Office {
    it.only(
        notes,
        &[
            "code", "name", "address", "postcode", "phone", "district", "opening", "manager",
            "reopened",
        ],
    );
    let hours = it.entries(notes, "opening", FEW);
    let opening: Vec<_> = hours.iter().map(|it| opening(it, notes)).collect();
    let place = it.path("opening");
    if opening.is_empty() && !notes.is_faulty(&place) {
        notes.fault(&place, FaultKind::NoOpeningHours, "");
    }
    Office {
        code: it.code(notes, "code"),
        name: it.text(notes, "name"),
        address: it.text(notes, "address"),
        postcode: it.text(notes, "postcode"),
        phone: it.text(notes, "phone"),
        district: it.maybe_code(notes, "district"),
        reopened: it.maybe_date(notes, "reopened"),
        opening,
        manager: it.code(notes, "manager"),
    }
}

fn opening(it: &Entry<'_>, notes: &mut Notes) -> Opening {
    it.only(notes, &["weekday", "opens", "closes"]);
    let weekday = it.number(notes, "weekday", 1..=7);
    let (opens, closes) = (it.time(notes, "opens"), it.time(notes, "closes"));
    let read = !notes.is_faulty(&it.path("opens")) && !notes.is_faulty(&it.path("closes"));
    if read && closes <= opens {
        notes.fault(&it.path("closes"), FaultKind::BadPeriod, &closes.to_string());
    }
    Opening { weekday: u8::try_from(weekday).unwrap_or_default(), opens, closes }
}

fn unit(it: &Entry<'_>, notes: &mut Notes) -> Unit {
    it.only(
        notes,
        &[
            "code",
            "name",
            "agency",
            "office",
            "kind",
            "delivers",
            "mandates",
            "last_resort",
            "from",
            "until",
        ],
    );
    let valid = it.period(notes, None);
    let agency = it.maybe_code(notes, "agency");
    if !it.table.contains_key("agency") {
        notes.fault(&it.path("agency"), FaultKind::UnitWithoutAgency, "");
    }
    let list = it.list(notes, "mandates", FEW);
    let mandates = list.into_iter().filter_map(|(at, value)| mandate(at, value, notes, valid));
    Unit {
        mandates: mandates.collect(),
        code: it.code(notes, "code"),
        name: it.text(notes, "name"),
        agency: agency.unwrap_or_default(),
        office: it.code(notes, "office"),
        kind: it.word(notes, "kind", UnitKind::parse, UnitKind::BackOffice),
        last_resort: it.maybe_code(notes, "last_resort"),
        delivers: it.yes_only_when_told(notes, "delivers"),
        valid,
    }
}

/// A subject alone, held as long as the unit exists, or a table with its own days.
fn mandate(
    place: String,
    value: &DeValue<'_>,
    notes: &mut Notes,
    valid: Period,
) -> Option<Mandate> {
    if let DeValue::String(word) = value {
        let subject = Subject::parse(word);
        if subject.is_none() {
            notes.fault(&place, FaultKind::UnknownWord, word);
        }
        return subject.map(|subject| Mandate { subject, valid });
    }
    let it = entry(notes, place, value)?;
    it.only(notes, &["subject", "from", "until"]);
    let subject = it.word(notes, "subject", |word| Subject::parse(word).map(Some), None);
    let own = it.period(notes, Some(valid.from));
    subject.filter(|_| it.is_dated(notes)).map(|subject| Mandate { subject, valid: own })
}

fn district(it: &Entry<'_>, notes: &mut Notes) -> District {
    it.only(notes, &["code", "name", "office"]);
    District {
        code: it.code(notes, "code"),
        name: it.text(notes, "name"),
        office: it.code(notes, "office"),
    }
}

fn basic_unit(it: &Entry<'_>, notes: &mut Notes, municipality: &str) -> BasicUnit {
    it.only(notes, &["code", "name", "municipality", "inhabitants"]);
    let told = it.maybe_code(notes, "municipality");
    BasicUnit {
        code: it.code(notes, "code"),
        name: it.text(notes, "name"),
        municipality: told.unwrap_or_else(|| municipality.to_owned()),
        inhabitants: it.number(notes, "inhabitants", 0..=MOST_INHABITANTS),
    }
}

fn division(it: &Entry<'_>, notes: &mut Notes, usual: f64) -> Division {
    it.only(notes, &["code", "tolerance", "districts"]);
    Division {
        code: it.code(notes, "code"),
        tolerance: it.maybe_share(notes, "tolerance").unwrap_or(usual),
        districts: it.code_lists(notes, "districts", MANY),
    }
}

fn boundary_plan(it: &Entry<'_>, notes: &mut Notes) -> BoundaryPlan {
    it.only(notes, &["code", "agency", "division", "from", "until", "units"]);
    BoundaryPlan {
        code: it.code(notes, "code"),
        agency: it.code(notes, "agency"),
        division: it.code(notes, "division"),
        valid: it.period(notes, None),
        dated: it.is_dated(notes),
        units: it.code_lists(notes, "units", FEW),
    }
}

fn staff_member(it: &Entry<'_>, notes: &mut Notes) -> StaffMember {
    it.only(
        notes,
        &[
            "code",
            "name",
            "email",
            "subject",
            "unit",
            "role",
            "clearance",
            "marks",
            "languages",
            "on_duty",
        ],
    );
    let clearance = if it.table.contains_key("clearance") {
        it.word(notes, "clearance", Clearance::parse, Clearance::None)
    } else {
        Clearance::None
    };
    StaffMember {
        code: it.code(notes, "code"),
        name: it.text(notes, "name"),
        email: it.email(notes, "email"),
        subject: it.maybe_text(notes, "subject"),
        unit: it.code(notes, "unit"),
        role: it.word(notes, "role", Role::parse, Role::Caseworker),
        clearance,
        marks: it.marks(notes, "marks"),
        languages: it.codes(notes, "languages", FEW),
        on_duty: it.yes_unless_told(notes, "on_duty"),
    }
}
