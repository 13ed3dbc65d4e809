//! The register of municipalities that take part (REQ-ORG-29, REQ-ORG-30).

use std::collections::{BTreeMap, BTreeSet};

use crate::codes::codes;

/// A municipality that takes part in a joint effort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality {
    /// Official number with its leading zero, as of the year of entry.
    pub number: String,
    /// Name.
    pub name: String,
    /// County.
    pub county: String,
    /// The year it entered. Late entrants had more trouble, so analysis goes by it.
    pub entry_year: i16,
    /// Code of the effort: one municipality alone or several together.
    pub effort: String,
    /// Name of the effort.
    pub effort_name: String,
    /// How the source groups it: alone, together, or listed beside another.
    pub grouping: String,
    /// What its number became later: `5001`, or `5001 from 2018`; empty when nothing is known.
    pub number_later: String,
    /// Whether the number is verified for the year of entry.
    pub verified: bool,
    /// Code of the employment-office district, which may hold several municipalities
    /// (REQ-ORG-15).
    pub district: String,
    /// Inhabitants in the year of entry, in round numbers; zero or more.
    pub inhabitants: i64,
}

impl Municipality {
    /// The number that it has now, where that is another one, and the year in which it got it, where
    /// that is known.
    #[must_use]
    pub fn later(&self) -> Option<(&str, Option<i16>)> {
        later(&self.number_later).filter(|(number, _)| *number != self.number)
    }
}

/// Reads `5001` or `5001 from 2018`; nothing for anything else.
fn later(text: &str) -> Option<(&str, Option<i16>)> {
    let (number, year) = match text.split_once(" from ") {
        Some((number, year)) => (number, Some(year.parse().ok()?)),
        None => (text, None),
    };
    let is_number = number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit());
    let is_year = year.is_none_or(|year| (1838..=2100).contains(&year));
    (is_number && is_year).then_some((number, year))
}

/// What is wrong with a line of the register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterFault {
    /// The first line lacks a column.
    #[error("line 1: the column {0} is missing")]
    NoColumn(&'static str),
    /// The line has another number of fields than the first.
    #[error("line {0}: another number of fields than the first line")]
    Fields(usize),
    /// A field cannot have the value.
    #[error("line {0}: {1} cannot be `{2}`")]
    Value(usize, &'static str, String),
    /// The number is there already.
    #[error("line {0}: the municipality {1} is there twice")]
    Twice(usize, String),
    /// One effort has two names.
    #[error("line {0}: the effort {1} has another name before")]
    OtherName(usize, String),
    /// Nothing stands in the file.
    #[error("the register is empty")]
    Empty,
}

/// The columns that must be there.
const COLUMNS: [&str; 11] = [
    "number_2004",
    "name",
    "county",
    "first_year",
    "group_id",
    "group_name",
    "places_group_note",
    "number_later",
    "verified",
    "employment_district",
    "inhabitants",
];

/// Reads the register: comma-separated, one municipality a line, the columns named in the first.
///
/// # Errors
///
/// Everything that is wrong, in the order of its lines.
pub fn read_register(text: &str) -> Result<Vec<Municipality>, Vec<RegisterFault>> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((_, head)) = lines.next() else { return Err(vec![RegisterFault::Empty]) };
    let head: Vec<&str> = head.trim_start_matches('\u{feff}').split(',').map(str::trim).collect();
    let missing: Vec<_> = COLUMNS.into_iter().filter(|it| !head.contains(it)).collect();
    if !missing.is_empty() {
        return Err(missing.into_iter().map(RegisterFault::NoColumn).collect());
    }
    let mut faults = Vec::new();
    let mut found: Vec<Municipality> = Vec::new();
    for (at, line) in lines {
        let at = at + 1;
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        if fields.len() != head.len() {
            faults.push(RegisterFault::Fields(at));
            continue;
        }
        let get = |name: &str| {
            let place = head.iter().position(|it| *it == name);
            place.and_then(|it| fields.get(it)).copied().unwrap_or_default()
        };
        let before = faults.len();
        let one = municipality(at, &get, &mut faults);
        if faults.len() > before {
            continue;
        }
        if found.iter().any(|it| it.number == one.number) {
            faults.push(RegisterFault::Twice(at, one.number));
        } else if found
            .iter()
            .any(|it| it.effort == one.effort && it.effort_name != one.effort_name)
        {
            faults.push(RegisterFault::OtherName(at, one.effort));
        } else {
            found.push(one);
        }
    }
    if found.is_empty() && faults.is_empty() {
        faults.push(RegisterFault::Empty);
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

fn municipality<'a>(
    at: usize,
    get: &impl Fn(&str) -> &'a str,
    faults: &mut Vec<RegisterFault>,
) -> Municipality {
    let mut refuse = |field: &'static str, value: &str| {
        faults.push(RegisterFault::Value(at, field, value.to_owned()));
    };
    let number = get("number_2004");
    if number.len() != 4 || !number.bytes().all(|b| b.is_ascii_digit()) {
        refuse("number_2004", number);
    }
    for field in ["name", "county", "group_name"] {
        let value = get(field);
        if value.is_empty() || value.chars().count() > 200 || value.chars().any(char::is_control) {
            refuse(field, value);
        }
    }
    for field in ["group_id", "employment_district"] {
        let value = get(field);
        if !crate::office::is_code(&value.to_lowercase()) {
            refuse(field, value);
        }
    }
    let number_later = get("number_later");
    if !number_later.is_empty() && later(number_later).is_none() {
        refuse("number_later", number_later);
    }
    let entry_year = get("first_year").parse().ok().filter(|it| (1990..=2100).contains(it));
    if entry_year.is_none() {
        refuse("first_year", get("first_year"));
    }
    let verified = match get("verified") {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    if verified.is_none() {
        refuse("verified", get("verified"));
    }
    let inhabitants = get("inhabitants").parse().ok().filter(|it| (0..=50_000_000).contains(it));
    if inhabitants.is_none() {
        refuse("inhabitants", get("inhabitants"));
    }
    Municipality {
        number: number.to_owned(),
        name: get("name").to_owned(),
        county: get("county").to_owned(),
        entry_year: entry_year.unwrap_or_default(),
        effort: get("group_id").to_lowercase(),
        effort_name: get("group_name").to_owned(),
        grouping: get("places_group_note").to_owned(),
        number_later: number_later.to_owned(),
        verified: verified.unwrap_or_default(),
        district: get("employment_district").to_lowercase(),
        inhabitants: inhabitants.unwrap_or_default(),
    }
}

/// How many municipalities, efforts and counties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Municipalities.
    pub municipalities: usize,
    /// Joint efforts, of one municipality or several.
    pub efforts: usize,
    /// Counties.
    pub counties: usize,
}

/// Counts those that entered in a year, or all of them (REQ-ORG-29, REQ-ORG-30).
#[must_use]
pub fn counts(register: &[Municipality], entered: Option<i16>) -> Counts {
    let of: Vec<_> =
        register.iter().filter(|it| entered.is_none_or(|year| it.entry_year == year)).collect();
    let different =
        |by: fn(&Municipality) -> &str| of.iter().map(|it| by(it)).collect::<BTreeSet<_>>().len();
    Counts {
        municipalities: different(|it| &it.number),
        efforts: different(|it| &it.effort),
        counties: different(|it| &it.county),
    }
}

codes! {
    /// What municipalities are added up to (REQ-ORG-15, REQ-ORG-28).
    Level {
        /// Each by itself.
        Municipality = "municipality",
        /// The district of an employment office, which may serve several.
        District = "district",
        /// A joint effort of one or several.
        Effort = "effort",
        /// The county.
        County = "county",
    }
}

impl Level {
    /// What a municipality belongs to at this level, exactly one: nothing counts twice.
    #[must_use]
    pub fn of(self, it: &Municipality) -> &str {
        match self {
            Self::Municipality => &it.number,
            Self::District => &it.district,
            Self::Effort => &it.effort,
            Self::County => &it.county,
        }
    }
}

/// Adds numbers of municipalities up to a level. A number of a municipality that is not in the
/// register is under the empty code, so that the sum is the same at every level.
#[must_use]
pub fn totals(
    register: &[Municipality],
    level: Level,
    numbers: &BTreeMap<String, i64>,
) -> BTreeMap<String, i64> {
    let mut sums: BTreeMap<String, i64> =
        register.iter().map(|it| (level.of(it).to_owned(), 0)).collect();
    for (number, count) in numbers {
        let of = register.iter().find(|it| it.number == *number).map_or("", |it| level.of(it));
        let sum = sums.entry(of.to_owned()).or_default();
        *sum = sum.saturating_add(*count);
    }
    sums
}
