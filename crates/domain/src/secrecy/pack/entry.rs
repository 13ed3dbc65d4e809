//! Takes single fields out of a parsed file and notes what is wrong with each.
//!
//! What is missing or faulty comes back as an empty stand-in: the pack it ends up in is thrown
//! away, but the rest of the file can still be checked.

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::Names;
use super::fault::{Notes, PackFaultKind};
use super::read::MAX_TEXT;

/// One table of the file and where it is.
pub(super) struct Entry<'t> {
    pub(super) table: &'t DeTable<'t>,
    pub(super) path: String,
}

impl<'t> Entry<'t> {
    pub(super) fn at(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }

    /// Notes every field that is not among the known ones.
    pub(super) fn only(&self, notes: &mut Notes, known: &[&str]) {
        for key in self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            let path = self.at(name);
            notes.visit(&path, key.span().start);
            notes.fault(&path, PackFaultKind::UnknownField, name);
        }
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.table.contains_key(field)
    }

    fn find(&self, notes: &mut Notes, field: &str) -> Option<&'t DeValue<'t>> {
        let (key, value) = self.table.get_key_value(field)?;
        notes.visit(&self.at(field), key.span().start);
        Some(value.get_ref())
    }

    fn must(&self, notes: &mut Notes, field: &str) -> Option<&'t DeValue<'t>> {
        let found = self.find(notes, field);
        if found.is_none() {
            notes.fault(&self.at(field), PackFaultKind::MissingField, field);
        }
        found
    }

    pub(super) fn text(&self, notes: &mut Notes, field: &str) -> String {
        let found = self.must(notes, field);
        found.and_then(|value| text(notes, &self.at(field), value)).unwrap_or_default()
    }

    pub(super) fn code(&self, notes: &mut Notes, field: &str) -> String {
        let found = self.text(notes, field);
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if !found.is_empty() && (found.len() > 40 || !found.bytes().all(known)) {
            notes.fault(&self.at(field), PackFaultKind::BadCode, &found);
        }
        found
    }

    /// A word of a closed list, or nothing and a fault.
    pub(super) fn word<T>(
        &self,
        notes: &mut Notes,
        field: &str,
        parse: impl Fn(&str) -> Option<T>,
        unknown: PackFaultKind,
    ) -> Option<T> {
        let found = self.text(notes, field);
        if found.is_empty() {
            return None;
        }
        let word = parse(&found);
        if word.is_none() {
            notes.fault(&self.at(field), unknown, &found);
        }
        word
    }

    /// Several words of a closed list; an absent list is an empty one.
    pub(super) fn words<T>(
        &self,
        notes: &mut Notes,
        field: &str,
        most: usize,
        parse: impl Fn(&str) -> Option<T>,
        unknown: PackFaultKind,
    ) -> Vec<T> {
        let mut words: Vec<T> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for (path, value) in self.list(notes, field, most) {
            let Some(found) = text(notes, &path, value) else { continue };
            match parse(&found) {
                Some(_) if seen.contains(&found) => {
                    notes.fault(&path, PackFaultKind::Twice, &found);
                }
                Some(word) => words.push(word),
                None => notes.fault(&path, unknown, &found),
            }
            seen.push(found);
        }
        words
    }

    pub(super) fn number(
        &self,
        notes: &mut Notes,
        field: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> i64 {
        let path = self.at(field);
        match self.must(notes, field) {
            Some(DeValue::Integer(it)) => match i64::from_str_radix(it.as_str(), it.radix()) {
                Ok(number) if range.contains(&number) => return number,
                _ => notes.fault(&path, PackFaultKind::BadNumber, it.as_str()),
            },
            Some(other) => wrong_type(notes, &path, other),
            None => {}
        }
        *range.start()
    }

    /// Yes or no; an absent field is a no.
    pub(super) fn flag(&self, notes: &mut Notes, field: &str) -> bool {
        match self.find(notes, field) {
            Some(DeValue::Boolean(it)) => *it,
            Some(other) => {
                wrong_type(notes, &self.at(field), other);
                false
            }
            None => false,
        }
    }

    pub(super) fn date(&self, notes: &mut Notes, field: &str) -> Option<Date> {
        let path = self.at(field);
        let written = match self.find(notes, field)? {
            DeValue::Datetime(it) => it.to_string(),
            DeValue::String(it) => it.to_string(),
            other => {
                wrong_type(notes, &path, other);
                return None;
            }
        };
        let whole = written.len() == "2026-01-31".len();
        let date = if whole { written.parse().ok() } else { None };
        if date.is_none() {
            notes.fault(&path, PackFaultKind::BadDate, &written);
        }
        date
    }

    pub(super) fn names(&self, notes: &mut Notes) -> Names {
        Names {
            nb: self.text(notes, "nb"),
            nn: self.text(notes, "nn"),
            sv: self.text(notes, "sv"),
            en: self.text(notes, "en"),
        }
    }

    /// The values of a list with their places; an absent list is an empty one.
    fn list(&self, notes: &mut Notes, field: &str, most: usize) -> Vec<(String, &'t DeValue<'t>)> {
        let path = self.at(field);
        let array = match self.find(notes, field) {
            None => return Vec::new(),
            Some(DeValue::Array(array)) => array,
            Some(other) => {
                wrong_type(notes, &path, other);
                return Vec::new();
            }
        };
        if array.len() > most {
            notes.fault(&path, PackFaultKind::TooLarge, &array.len().to_string());
            return Vec::new();
        }
        let mut values = Vec::new();
        for (at, value) in array.iter().enumerate() {
            let inner = format!("{path}[{at}]");
            notes.visit(&inner, value.span().start);
            values.push((inner, value.get_ref()));
        }
        values
    }

    /// The tables of a list; an absent list is an empty one.
    pub(super) fn entries(&self, notes: &mut Notes, field: &str, most: usize) -> Vec<Entry<'t>> {
        let list = self.list(notes, field, most);
        list.into_iter().filter_map(|(path, value)| table(notes, path, value)).collect()
    }

    /// One inner table, which must be there.
    pub(super) fn inner(&self, notes: &mut Notes, field: &str) -> Option<Entry<'t>> {
        let value = self.must(notes, field)?;
        table(notes, self.at(field), value)
    }
}

fn table<'t>(notes: &mut Notes, path: String, value: &'t DeValue<'t>) -> Option<Entry<'t>> {
    match value {
        DeValue::Table(table) => Some(Entry { table, path }),
        other => {
            wrong_type(notes, &path, other);
            None
        }
    }
}

/// A text of one line that is not blank.
fn text(notes: &mut Notes, path: &str, value: &DeValue<'_>) -> Option<String> {
    let DeValue::String(found) = value else {
        wrong_type(notes, path, value);
        return None;
    };
    if found.trim().is_empty() || found.contains(char::is_control) {
        notes.fault(path, PackFaultKind::BadText, found);
        return None;
    }
    if found.chars().count() > MAX_TEXT {
        notes.fault(path, PackFaultKind::TooLong, found);
    }
    Some(found.trim().to_owned())
}

fn wrong_type(notes: &mut Notes, path: &str, value: &DeValue<'_>) {
    notes.fault(path, PackFaultKind::WrongType, value.type_str());
}
