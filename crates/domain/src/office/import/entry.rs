//! Takes single fields out of the parsed file and notes what is wrong with each.
//!
//! A field that is missing or faulty comes back as an empty stand-in: the set it ends up in is
//! thrown away, but the rest of the file can still be checked. Empty texts and faulty places
//! are skipped by the later checks, so one mistake is reported once.

use std::ops::RangeInclusive;

use jiff::civil::{Date, Time};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::MAX_TEXT;
use super::fault::{FaultKind, Notes};
use crate::office::organisation::{Period, is_code};
use crate::secrecy::{Group, Groups};

/// Most districts a division may have.
const MOST_DISTRICTS: usize = 500;

type Value<'t> = Spanned<DeValue<'t>>;

/// One table of the file and where it is.
pub(super) struct Entry<'t> {
    pub(super) table: &'t DeTable<'t>,
    pub(super) place: String,
}

impl<'t> Entry<'t> {
    pub(super) fn path(&self, field: &str) -> String {
        if self.place.is_empty() { field.to_owned() } else { format!("{}.{field}", self.place) }
    }

    /// Notes every field that is not among the known ones.
    pub(super) fn only(&self, notes: &mut Notes, known: &[&str]) {
        for key in self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            let place = self.path(name);
            notes.visit(&place, key.span().start);
            notes.fault(&place, FaultKind::UnknownField, name);
        }
    }

    fn find(&self, notes: &mut Notes, field: &str) -> Option<&'t DeValue<'t>> {
        let (key, value) = self.table.get_key_value(field)?;
        notes.visit(&self.path(field), key.span().start);
        Some(value.get_ref())
    }

    fn missing(&self, notes: &mut Notes, field: &str) {
        notes.fault(&self.path(field), FaultKind::MissingField, field);
    }

    pub(super) fn maybe_text(&self, notes: &mut Notes, field: &str) -> Option<String> {
        let value = self.find(notes, field)?;
        text(notes, &self.path(field), value)
    }

    pub(super) fn text(&self, notes: &mut Notes, field: &str) -> String {
        if !self.table.contains_key(field) {
            self.missing(notes, field);
        }
        self.maybe_text(notes, field).unwrap_or_default()
    }

    pub(super) fn maybe_code(&self, notes: &mut Notes, field: &str) -> Option<String> {
        let found = self.maybe_text(notes, field)?;
        check_code(notes, &self.path(field), &found);
        Some(found)
    }

    pub(super) fn code(&self, notes: &mut Notes, field: &str) -> String {
        let found = self.text(notes, field);
        if !found.is_empty() {
            check_code(notes, &self.path(field), &found);
        }
        found
    }

    pub(super) fn email(&self, notes: &mut Notes, field: &str) -> String {
        let found = self.text(notes, field);
        let whole = found.split_once('@').is_some_and(|(who, host)| {
            let dotted = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
            !who.is_empty() && dotted && !host.contains('@')
        });
        if !found.is_empty() && (!whole || found.contains(char::is_whitespace)) {
            notes.fault(&self.path(field), FaultKind::BadEmail, &found);
        }
        found
    }

    /// A word of a closed list; the stand-in is what comes back when it is not one.
    pub(super) fn word<T>(
        &self,
        notes: &mut Notes,
        field: &str,
        parse: fn(&str) -> Option<T>,
        stand_in: T,
    ) -> T {
        let found = self.text(notes, field);
        if found.is_empty() {
            return stand_in;
        }
        parse(&found).unwrap_or_else(|| {
            notes.fault(&self.path(field), FaultKind::UnknownWord, &found);
            stand_in
        })
    }

    pub(super) fn number(&self, notes: &mut Notes, field: &str, range: RangeInclusive<i64>) -> i64 {
        let place = self.path(field);
        match self.find(notes, field) {
            None => self.missing(notes, field),
            Some(DeValue::Integer(it)) => match i64::from_str_radix(it.as_str(), it.radix()) {
                Ok(number) if range.contains(&number) => return number,
                _ => notes.fault(&place, FaultKind::BadNumber, it.as_str()),
            },
            Some(other) => wrong_type(notes, &place, other),
        }
        0
    }

    pub(super) fn maybe_share(&self, notes: &mut Notes, field: &str) -> Option<f64> {
        let place = self.path(field);
        let digits = match self.find(notes, field)? {
            DeValue::Float(it) => it.as_str(),
            DeValue::Integer(it) => it.as_str(),
            other => {
                wrong_type(notes, &place, other);
                return None;
            }
        };
        let share = digits.parse().ok().filter(|it| (0.0..=1.0).contains(it));
        if share.is_none() {
            notes.fault(&place, FaultKind::BadNumber, digits);
        }
        share
    }

    pub(super) fn yes_unless_told(&self, notes: &mut Notes, field: &str) -> bool {
        match self.find(notes, field) {
            None => true,
            Some(DeValue::Boolean(it)) => *it,
            Some(other) => {
                wrong_type(notes, &self.path(field), other);
                true
            }
        }
    }

    pub(super) fn yes_only_when_told(&self, notes: &mut Notes, field: &str) -> bool {
        match self.find(notes, field) {
            None => false,
            Some(DeValue::Boolean(it)) => *it,
            Some(other) => {
                wrong_type(notes, &self.path(field), other);
                false
            }
        }
    }

    pub(super) fn maybe_date(&self, notes: &mut Notes, field: &str) -> Option<Date> {
        let place = self.path(field);
        let written = match self.find(notes, field)? {
            DeValue::Datetime(it) => it.to_string(),
            DeValue::String(it) => it.to_string(),
            other => {
                wrong_type(notes, &place, other);
                return None;
            }
        };
        let date = Some(&written)
            .filter(|it| it.len() == "2026-01-31".len())
            .and_then(|it| it.parse().ok());
        if date.is_none() {
            notes.fault(&place, FaultKind::BadDate, &written);
        }
        date
    }

    pub(super) fn time(&self, notes: &mut Notes, field: &str) -> Time {
        let written = self.text(notes, field);
        let time =
            Some(&written).filter(|it| it.len() == "09:00".len()).and_then(|it| it.parse().ok());
        if time.is_none() && !written.is_empty() {
            notes.fault(&self.path(field), FaultKind::BadTime, &written);
        }
        time.unwrap_or(Time::MIN)
    }

    /// The fields `from` and `until`; where `from` is left out, the given beginning.
    pub(super) fn period(&self, notes: &mut Notes, begins: Option<Date>) -> Period {
        let until = self.maybe_date(notes, "until");
        let told = self.maybe_date(notes, "from");
        if !self.table.contains_key("from") && begins.is_none() {
            self.missing(notes, "from");
        }
        let from = told.or(begins);
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            notes.fault(&self.path("until"), FaultKind::BadPeriod, &until.to_string());
        }
        Period { from: from.unwrap_or(Date::MIN), until }
    }

    /// Whether `from` and `until` are free of faults.
    pub(super) fn is_dated(&self, notes: &Notes) -> bool {
        !notes.is_faulty(&self.path("from")) && !notes.is_faulty(&self.path("until"))
    }

    /// The values of a list with their places; an absent list is an empty one.
    pub(super) fn list(
        &self,
        notes: &mut Notes,
        field: &str,
        most: usize,
    ) -> Vec<(String, &'t DeValue<'t>)> {
        let place = self.path(field);
        match self.find(notes, field) {
            None => Vec::new(),
            Some(value) => values(notes, &place, value, most),
        }
    }

    /// The tables of a list; an absent list is an empty one.
    pub(super) fn entries(&self, notes: &mut Notes, field: &str, most: usize) -> Vec<Entry<'t>> {
        let list = self.list(notes, field, most);
        list.into_iter().filter_map(|(place, it)| entry(notes, place, it)).collect()
    }

    pub(super) fn codes(&self, notes: &mut Notes, field: &str, most: usize) -> Vec<String> {
        let list = self.list(notes, field, most);
        list.into_iter().map(|(place, it)| code_at(notes, &place, it)).collect()
    }

    /// What a worker is marked for besides the clearance, which says the rest.
    pub(super) fn marks(&self, notes: &mut Notes, field: &str) -> Groups {
        let mut marks = Groups::NONE;
        for (place, it) in self.list(notes, field, 8) {
            let Some(found) = text(notes, &place, it) else { continue };
            match Group::parse(&found.replace('-', "_")) {
                Some(
                    mark @ (Group::National
                    | Group::Shielded
                    | Group::Abroad
                    | Group::UnknownResidence),
                ) => marks = marks.with(mark),
                _ => notes.fault(&place, FaultKind::UnknownWord, &found),
            }
        }
        marks
    }

    /// A table from district codes to lists of codes, which must be there.
    pub(super) fn code_lists(
        &self,
        notes: &mut Notes,
        field: &str,
        most: usize,
    ) -> Vec<(String, Vec<String>)> {
        let Some(value) = self.find(notes, field) else {
            self.missing(notes, field);
            return Vec::new();
        };
        let Some(inner) = entry(notes, self.path(field), value) else {
            return Vec::new();
        };
        if inner.table.len() > MOST_DISTRICTS {
            notes.fault(&inner.place, FaultKind::TooLarge, &inner.table.len().to_string());
            return Vec::new();
        }
        let keys = inner.table.keys().map(|key| key.get_ref().as_ref());
        keys.map(|key| (key.to_owned(), inner.codes(notes, key, most))).collect()
    }
}

/// The value as a table, or a fault.
pub(super) fn entry<'t>(
    notes: &mut Notes,
    place: String,
    value: &'t DeValue<'t>,
) -> Option<Entry<'t>> {
    match value {
        DeValue::Table(table) => Some(Entry { table, place }),
        other => {
            wrong_type(notes, &place, other);
            None
        }
    }
}

fn values<'t>(
    notes: &mut Notes,
    place: &str,
    value: &'t DeValue<'t>,
    most: usize,
) -> Vec<(String, &'t DeValue<'t>)> {
    let DeValue::Array(array) = value else {
        wrong_type(notes, place, value);
        return Vec::new();
    };
    if array.len() > most {
        notes.fault(place, FaultKind::TooLarge, &array.len().to_string());
        return Vec::new();
    }
    let visit = |(at, it): (usize, &'t Value<'t>)| {
        let inner = format!("{place}[{at}]");
        notes.visit(&inner, it.span().start);
        (inner, it.get_ref())
    };
    array.iter().enumerate().map(visit).collect()
}

fn code_at(notes: &mut Notes, place: &str, value: &DeValue<'_>) -> String {
    let found = text(notes, place, value).unwrap_or_default();
    if !found.is_empty() {
        check_code(notes, place, &found);
    }
    found
}

/// A text of one line that is not blank, at most 200 characters.
fn text(notes: &mut Notes, place: &str, value: &DeValue<'_>) -> Option<String> {
    let DeValue::String(found) = value else {
        wrong_type(notes, place, value);
        return None;
    };
    if found.trim().is_empty() || found.contains(char::is_control) {
        notes.fault(place, FaultKind::BadText, found);
        return None;
    }
    if found.chars().count() > MAX_TEXT {
        notes.fault(place, FaultKind::TooLong, found);
    }
    Some(found.trim().to_owned())
}

fn check_code(notes: &mut Notes, place: &str, found: &str) {
    if !is_code(found) && !notes.is_faulty(place) {
        notes.fault(place, FaultKind::BadCode, found);
    }
}

fn wrong_type(notes: &mut Notes, place: &str, value: &DeValue<'_>) {
    notes.fault(place, FaultKind::WrongType, value.type_str());
}
