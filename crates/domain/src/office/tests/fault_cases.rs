//! One broken file for each kind of fault, told as a change in `small.toml`.

use crate::office::FaultKind;

const SECOND_SET: &str = r#"
[[boundary_sets]]
code = "work-2"
agency = "employment"
division = "common"
from = 2026-01-01
units = { north = ["work"], south = ["work"] }
"#;

/// `on` is the line of `small.toml` in which `from` becomes `to`; the fault is expected on
/// `line`, at `place`, with `value`.
pub(super) struct Case {
    pub(super) kind: FaultKind,
    pub(super) on: usize,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) line: usize,
    pub(super) place: &'static str,
    pub(super) value: &'static str,
}

const fn case(
    kind: FaultKind,
    (on, from, to): (usize, &'static str, &'static str),
    (line, place, value): (usize, &'static str, &'static str),
) -> Case {
    Case { kind, on, from, to, line, place, value }
}

pub(super) fn cases() -> Vec<Case> {
    use FaultKind as K;
    vec![
        case(
            K::Syntax,
            (34, r#""north""#, "zest"),
            (34, "", "string values must be quoted, expected literal string"),
        ),
        case(
            K::UnknownField,
            (36, "address", "adress = \"X\"\naddress"),
            (36, "offices[0].adress", "adress"),
        ),
        case(K::UnknownField, (1, "country", "colour = 1\ncountry"), (1, "colour", "colour")),
        case(
            K::MissingField,
            (37, r#"postcode = "9990""#, ""),
            (33, "offices[0].postcode", "postcode"),
        ),
        case(
            K::MissingField,
            (22, ", inhabitants = 1000", ""),
            (22, "basic_units[0].inhabitants", "inhabitants"),
        ),
        case(
            K::MissingField,
            (3, r#"municipality_name = "Smallby""#, ""),
            (1, "municipality_name", "municipality_name"),
        ),
        case(
            K::WrongType,
            (38, r#""99 00 00 01""#, "99000001"),
            (38, "offices[0].phone", "integer"),
        ),
        case(
            K::WrongType,
            (28, "role", r#"on_duty = "yes", role"#),
            (28, "staff[0].on_duty", "string"),
        ),
        case(K::BadText, (35, "Smallby north", "  "), (35, "offices[0].name", "  ")),
        case(K::BadText, (28, "Kari Moe", "Kari\\nMoe"), (28, "staff[0].name", "Kari\nMoe")),
        case(K::BadCode, (29, "s2", "S 2"), (29, "staff[1].code", "S 2")),
        case(
            K::BadCode,
            (29, "role", r#"languages = ["nb", "Nynorsk"], role"#),
            (29, "staff[1].languages[1]", "Nynorsk"),
        ),
        case(
            K::BadDate,
            (61, "2020-01-01", r#""2020-02-30""#),
            (61, "units[0].from", "2020-02-30"),
        ),
        case(
            K::BadDate,
            (103, "2020-01-01", "2020-01-01T10:00:00"),
            (103, "boundary_sets[0].from", "2020-01-01T10:00:00"),
        ),
        case(K::BadTime, (43, "15:00", "25:00"), (43, "offices[0].opening[1].closes", "25:00")),
        case(K::BadTime, (42, "09:00", "9"), (42, "offices[0].opening[0].opens", "9")),
        case(
            K::BadPeriod,
            (61, "from = 2020-01-01", "from = 2020-01-01\nuntil = 2020-01-01"),
            (62, "units[0].until", "2020-01-01"),
        ),
        case(
            K::BadPeriod,
            (53, "14:00", "10:00"),
            (53, "offices[1].opening[0].closes", "10:00:00"),
        ),
        case(
            K::BadNumber,
            (42, "weekday = 1", "weekday = 8"),
            (42, "offices[0].opening[0].weekday", "8"),
        ),
        case(K::BadNumber, (23, "1000", "-1"), (23, "basic_units[1].inhabitants", "-1")),
        case(
            K::BadNumber,
            (3, "municipality_name", "balance_tolerance = 1.5\nmunicipality_name"),
            (3, "balance_tolerance", "1.5"),
        ),
        case(
            K::BadEmail,
            (30, "ole@example.no", "ole@example"),
            (30, "staff[2].email", "ole@example"),
        ),
        case(K::UnknownWord, (28, "joint_manager", "boss"), (28, "staff[0].role", "boss")),
        case(
            K::UnknownWord,
            (30, "role", r#"clearance = "top", role"#),
            (30, "staff[2].clearance", "top"),
        ),
        case(
            K::UnknownWord,
            (71, "sickness_benefit", "sickness"),
            (71, "units[1].mandates[0]", "sickness"),
        ),
        case(
            K::UnknownWord,
            (11, r#"kind = "employment""#, r#"kind = "work""#),
            (11, "agencies[0].kind", "work"),
        ),
        case(K::UnknownWord, (1, "NO", "DK"), (1, "country", "DK")),
        case(K::StaffInTwoAgencies, (29, r#""s2""#, r#""s1""#), (29, "staff[1].code", "s1")),
        case(
            K::MandateInDeliveryUnit,
            (69, "kind", "delivers = true\nkind"),
            (72, "units[1].mandates[0]", "sickness_benefit"),
        ),
        case(
            K::StaffInTwoAgencies,
            (29, "kari.2@example.no", "Kari@Example.no"),
            (29, "staff[1].email", "kari@example.no"),
        ),
        case(
            K::Twice,
            (12, r#"kind = "insurance""#, r#"kind = "employment""#),
            (12, "agencies[1].kind", "employment"),
        ),
        case(
            K::Twice,
            (104, r#"["work"], s"#, r#"["work", "work"], s"#),
            (104, "boundary_sets[0].units.north[1]", "work"),
        ),
        case(
            K::UnknownPrincipal,
            (12, r#""state""#, r#""crown""#),
            (12, "agencies[1].principal", "crown"),
        ),
        case(
            K::WrongPrincipal,
            (13, r#""smallby""#, r#""state""#),
            (13, "agencies[2].principal", "state"),
        ),
        case(
            K::UnknownAgency,
            (101, "employment", "emplyment"),
            (101, "boundary_sets[0].agency", "emplyment"),
        ),
        case(K::UnitWithoutAgency, (58, "employment", "church"), (58, "units[0].agency", "church")),
        case(K::UnitWithoutAgency, (86, r#"agency = "social""#, ""), (83, "units[3].agency", "")),
        case(K::UnknownOffice, (59, "north", "west"), (59, "units[0].office", "west")),
        case(
            K::UnknownOffice,
            (18, r#"office = "south""#, r#"office = "west""#),
            (18, "districts[1].office", "west"),
        ),
        case(K::UnknownDistrict, (39, "north", "west"), (39, "offices[0].district", "west")),
        case(
            K::UnknownDistrict,
            (104, r#" south = ["work"]"#, r#" south = ["work"], west = ["work"]"#),
            (104, "boundary_sets[0].units.west", "west"),
        ),
        case(K::UnknownUnit, (29, r#""pay""#, r#""payments""#), (29, "staff[1].unit", "payments")),
        case(
            K::UnknownUnit,
            (111, r#"south = ["pay"]"#, r#"south = ["pat"]"#),
            (111, "boundary_sets[1].units.south[0]", "pat"),
        ),
        case(K::ManagerNotStaff, (52, "s1", "s9"), (52, "offices[1].manager", "s9")),
        case(K::ManagerWithoutRole, (52, "s1", "s2"), (52, "offices[1].manager", "s2")),
        case(
            K::NoOpeningHours,
            (53, r#"{ weekday = 3, opens = "10:00", closes = "14:00" }"#, ""),
            (53, "offices[1].opening", ""),
        ),
        case(
            K::NoOpeningHours,
            (53, r#"opening = [{ weekday = 3, opens = "10:00", closes = "14:00" }]"#, ""),
            (46, "offices[1].opening", ""),
        ),
        case(K::OpeningOverlap, (43, "12:00", "11:59"), (43, "offices[0].opening[1]", "1")),
        case(
            K::MandateOutsideAgency,
            (71, "sickness_benefit", "measure"),
            (71, "units[1].mandates[0]", "measure"),
        ),
        case(
            K::MandateTwice,
            (71, "]", r#", "sickness_benefit"]"#),
            (71, "units[1].mandates[1]", "sickness_benefit"),
        ),
        case(
            K::MandateTwice,
            (90, "child_welfare", "housing"),
            (118, "boundary_sets[2].units.north[1]", "housing"),
        ),
        case(
            K::LastResortNotSocial,
            (71, "mandates", "last_resort = \"s3\"\nmandates"),
            (71, "units[1].last_resort", "s3"),
        ),
        case(K::LastResortNotSocial, (81, "s3", "s2"), (81, "units[2].last_resort", "s2")),
        case(K::LastResortNotStaff, (81, "s3", "s9"), (81, "units[2].last_resort", "s9")),
        case(K::UnknownDivision, (109, "common", "old"), (109, "boundary_sets[1].division", "old")),
        case(
            K::UnknownBasicUnit,
            (97, r#""b1""#, r#""b1", "c1""#),
            (97, "divisions[0].districts.south[1]", "c1"),
        ),
        case(
            K::BasicUnitTwice,
            (97, r#""b1""#, r#""b1", "a1""#),
            (97, "divisions[0].districts.south[1]", "a1"),
        ),
        case(
            K::BasicUnitUnassigned,
            (24, "}", "},\n  { code = \"b2\", name = \"B\", inhabitants = 0 }"),
            (96, "divisions[0].districts", "b2"),
        ),
        case(K::OutOfBalance, (24, "1900", "1100"), (96, "divisions[0].districts.north", "2000")),
        case(
            K::DistrictWithoutUnit,
            (104, r#", south = ["work"]"#, ""),
            (104, "boundary_sets[0].units.south", "south"),
        ),
        case(
            K::UnitOfOtherAgency,
            (104, r#"south = ["work"]"#, r#"south = ["pay"]"#),
            (104, "boundary_sets[0].units.south[0]", "pay"),
        ),
        case(
            K::UnitNotInForce,
            (70, "2020-01-01", "2020-01-02"),
            (111, "boundary_sets[1].units.north[0]", "pay"),
        ),
        case(
            K::BoundariesOverlap,
            (105, "", SECOND_SET),
            (110, "boundary_sets[1].from", "employment"),
        ),
    ]
}
