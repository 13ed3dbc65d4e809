//! Reads the arrangements of one or more municipalities from a file: all of it or none of it.
//!
//! The format is told in `docs/arrangement-file.md`. Each entry is read by itself, so that every
//! fault is reported with its line. What an entry points at outside the file, an agency, somebody
//! of the staff, is looked up by whoever brings the file in.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::activity::ShareClass;
use super::division::FollowTask;
use super::effort::{DocumentKind, Scope, Standing};
use super::entries::{Arrangements, At};
use super::terms::{Clause, Kind, Part};
use crate::codes::codes;
use crate::network::Service;
use crate::office::{MAX_BYTES, MAX_TEXT, Subject, is_code};
use crate::standard::{Body, Receives, Report};

codes! {
    /// What is wrong in one place of the file.
    FileFault {
        /// Not TOML.
        Syntax = "syntax",
        /// More than 5 MB, or a list with more than 20 000 entries.
        TooLarge = "too-large",
        /// A field that is not known, is missing, or is of another kind than it should be.
        Shape = "shape",
        /// Not one of the words that the field can hold.
        UnknownWord = "unknown-word",
        /// Not a code.
        BadCode = "bad-code",
        /// A blank text, or one that is too long.
        BadText = "bad-text",
        /// A number outside what it can be.
        BadNumber = "bad-number",
        /// The end is not after the beginning.
        BadPeriod = "bad-period",
        /// The same thing twice.
        Twice = "twice",
        /// There is no such agency.
        UnknownAgency = "unknown-agency",
        /// Nobody on duty has the code.
        UnknownStaff = "unknown-staff",
        /// Somebody of another agency.
        OtherAgency = "other-agency",
        /// Somebody of another office.
        OtherOffice = "other-office",
        /// There is no such office.
        UnknownOffice = "unknown-office",
        /// No office lies in the municipality.
        UnknownMunicipality = "unknown-municipality",
        /// There is no such document.
        UnknownDocument = "unknown-document",
        /// A person stands in for themselves.
        SamePerson = "same-person",
        /// An agreement or team needs two parties.
        OneParty = "one-party",
        /// A day that has passed, for what can only be changed ahead.
        Past = "past",
    }
}

/// A fault and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// The line, counted from 1.
    pub line: usize,
    /// The list and the entry: `contacts[2]`.
    pub place: String,
    /// What is wrong.
    pub kind: FileFault,
    /// The value, or what the reader said.
    pub value: String,
}

/// Most entries of a list.
const MOST: usize = 20_000;

struct Notes {
    /// Where each line begins: asked for every entry, so that it must not be counted anew.
    line_starts: Vec<usize>,
    faults: Vec<LineFault>,
}

impl Notes {
    fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { line_starts, faults: Vec::new() }
    }

    fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).max(1)
    }

    fn at(&mut self, offset: usize, place: &str, kind: FileFault, value: &str) {
        let line = self.line(offset);
        self.note(line, place, kind, value);
    }

    fn note(&mut self, line: usize, place: &str, kind: FileFault, value: &str) {
        let value = value.chars().take(MAX_TEXT).collect();
        self.faults.push(LineFault { line, place: place.to_owned(), kind, value });
    }

    fn word<T>(&mut self, at: &At<impl Sized>, word: &str, parse: fn(&str) -> Option<T>) {
        if parse(word).is_none() {
            self.note(at.line, &at.place, FileFault::UnknownWord, word);
        }
    }

    fn code(&mut self, at: &At<impl Sized>, code: &str) {
        if !is_code(code) {
            self.note(at.line, &at.place, FileFault::BadCode, code);
        }
    }

    fn texts<'a>(&mut self, at: &At<impl Sized>, texts: impl IntoIterator<Item = &'a String>) {
        for text in texts {
            let long = text.chars().count() > MAX_TEXT;
            if text.trim().is_empty() || long || text.contains(char::is_control) {
                self.note(at.line, &at.place, FileFault::BadText, text);
            }
        }
    }

    fn period(&mut self, at: &At<impl Sized>, from: Date, until: Option<Date>) {
        if let Some(until) = until.filter(|until| *until <= from) {
            self.note(at.line, &at.place, FileFault::BadPeriod, &until.to_string());
        }
    }
}

fn list<T: DeserializeOwned>(table: &DeTable<'_>, field: &str, notes: &mut Notes) -> Vec<At<T>> {
    let Some(value) = table.get(field) else { return Vec::new() };
    let DeValue::Array(entries) = value.get_ref() else {
        notes.at(value.span().start, field, FileFault::Shape, value.get_ref().type_str());
        return Vec::new();
    };
    if entries.len() > MOST {
        notes.at(value.span().start, field, FileFault::TooLarge, &entries.len().to_string());
        return Vec::new();
    }
    let mut all = Vec::with_capacity(entries.len());
    for (n, entry) in entries.iter().enumerate() {
        let entry: &Spanned<DeValue<'_>> = entry;
        let place = format!("{field}[{n}]");
        match T::deserialize(entry.clone().into_deserializer()) {
            Ok(it) => all.push(At { line: notes.line(entry.span().start), place, it }),
            Err(fault) => {
                let at = fault.span().map_or(entry.span().start, |span| span.start);
                notes.at(at, &place, FileFault::Shape, fault.message());
            }
        }
    }
    all
}

/// Reads a file of arrangements.
///
/// # Errors
/// Every fault of the file in the order of its lines; nothing of a faulty file is used.
pub fn read(text: &str) -> Result<Arrangements, Vec<LineFault>> {
    let mut notes = Notes::new(text);
    if text.len() > MAX_BYTES {
        notes.note(1, "", FileFault::TooLarge, &text.len().to_string());
        return Err(notes.faults);
    }
    let (tree, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            notes.at(at, "", FileFault::Syntax, error.message());
        }
        return Err(notes.faults);
    }
    let table = tree.get_ref();
    let known = [
        "frameworks",
        "agreements",
        "contacts",
        "shares",
        "past",
        "tasks",
        "topics",
        "documents",
        "workflows",
        "efforts",
        "bodies",
        "competences",
    ];
    for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
        notes.at(key.span().start, key.get_ref(), FileFault::Shape, key.get_ref());
    }
    let all = Arrangements {
        frameworks: list(table, "frameworks", &mut notes),
        agreements: list(table, "agreements", &mut notes),
        contacts: list(table, "contacts", &mut notes),
        shares: list(table, "shares", &mut notes),
        past: list(table, "past", &mut notes),
        tasks: list(table, "tasks", &mut notes),
        topics: list(table, "topics", &mut notes),
        documents: list(table, "documents", &mut notes),
        workflows: list(table, "workflows", &mut notes),
        efforts: list(table, "efforts", &mut notes),
        bodies: list(table, "bodies", &mut notes),
        competences: list(table, "competences", &mut notes),
    };
    check_agreed(&all, &mut notes);
    check_rest(&all, &mut notes);
    once(&all, &mut notes);
    let mut faults = notes.faults;
    faults.sort_by(|a, b| (a.line, &a.place, a.kind).cmp(&(b.line, &b.place, b.kind)));
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

fn check_agreed(all: &Arrangements, notes: &mut Notes) {
    for at in &all.frameworks {
        let it = &at.it;
        notes.code(at, &it.code);
        notes.texts(at, [&it.title].into_iter().chain(it.elements.iter().map(|one| &one.text)));
        notes.period(at, it.from, it.until);
        it.remit.iter().for_each(|word| notes.word(at, word, Service::parse));
        for element in &it.elements {
            notes.code(at, &element.code);
            notes.word(at, &element.part, Part::parse);
        }
    }
    for at in &all.agreements {
        let it = &at.it;
        notes.code(at, &it.code);
        notes.word(at, &it.kind, Kind::parse);
        notes.texts(at, [&it.title].into_iter().chain(&it.purposes));
        notes.period(at, it.from, it.until);
        it.clauses.iter().for_each(|word| notes.word(at, word, Clause::parse));
        it.elements.iter().for_each(|code| notes.code(at, code));
        it.remit.iter().for_each(|word| notes.word(at, word, Service::parse));
        let parties: BTreeSet<&String> = it.parties.iter().collect();
        if parties.len() < 2 {
            notes.note(at.line, &at.place, FileFault::OneParty, &it.parties.join(" "));
        }
    }
}

fn check_rest(all: &Arrangements, notes: &mut Notes) {
    for at in &all.contacts {
        if at.it.deputy.as_ref() == Some(&at.it.staff) {
            notes.note(at.line, &at.place, FileFault::SamePerson, &at.it.staff);
        }
    }
    for at in &all.shares {
        let most = 100_000;
        if !(0..=most).contains(&at.it.hundredths) {
            notes.note(at.line, &at.place, FileFault::BadNumber, &at.it.hundredths.to_string());
        } else {
            debug_assert!(ShareClass::ALL.contains(&ShareClass::of(at.it.hundredths)));
        }
    }
    for at in &all.past {
        let [first, second] = &at.it.agencies;
        if first == second {
            notes.note(at.line, &at.place, FileFault::OneParty, first);
        }
    }
    all.tasks.iter().for_each(|at| notes.word(at, &at.it.task, FollowTask::parse));
    for at in &all.topics {
        notes.code(at, &at.it.code);
        notes.word(at, &at.it.scope, Scope::parse);
        notes.texts(at, [&at.it.name, &at.it.value, &at.it.session]);
    }
    for at in &all.documents {
        notes.code(at, &at.it.code);
        notes.word(at, &at.it.kind, DocumentKind::parse);
        notes.texts(at, [&at.it.title]);
        if at.it.text.trim().is_empty() {
            notes.note(at.line, &at.place, FileFault::BadText, "");
        }
    }
    for at in &all.workflows {
        notes.code(at, &at.it.code);
        notes.texts(at, [&at.it.name]);
    }
    for at in &all.efforts {
        notes.code(at, &at.it.code);
        notes.word(at, &at.it.standing, Standing::parse);
        notes.texts(at, [&at.it.name]);
        notes.period(at, at.it.from, at.it.until);
    }
    for at in &all.bodies {
        notes.code(at, &at.it.code);
        notes.word(at, &at.it.kind, Body::parse);
        notes.texts(at, [&at.it.name, &at.it.contact]);
        at.it.reports.iter().for_each(|word| notes.word(at, word, Report::parse));
        if !at.it.reports.is_empty() {
            notes.word(at, &at.it.role, Receives::parse);
        }
    }
    for at in &all.competences {
        notes.texts(at, [&at.it.area]);
        if let Some(subject) = &at.it.subject {
            notes.word(at, subject, Subject::parse);
        }
        if at.it.deputy.as_ref() == Some(&at.it.staff) {
            notes.note(at.line, &at.place, FileFault::SamePerson, &at.it.staff);
        }
    }
}

/// What may be in a file only once: the second mention is the fault.
fn once(all: &Arrangements, notes: &mut Notes) {
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    let contacts = all.contacts.iter().map(|at| {
        (at.line, &at.place, "contacts", format!("{} {}", at.it.municipality, at.it.agency))
    });
    let shares = all.shares.iter().map(|at| {
        let key = format!("{} {} {}", at.it.municipality, at.it.agency, at.it.from);
        (at.line, &at.place, "shares", key)
    });
    let tasks = all.tasks.iter().map(|at| {
        let key = format!("{} {} {}", at.it.municipality, at.it.task, at.it.from);
        (at.line, &at.place, "tasks", key)
    });
    let topics = all.topics.iter().map(|at| (at.line, &at.place, "topics", at.it.code.clone()));
    let efforts = all.efforts.iter().map(|at| (at.line, &at.place, "efforts", at.it.code.clone()));
    let workflows =
        all.workflows.iter().map(|at| (at.line, &at.place, "workflows", at.it.code.clone()));
    let bodies = all.bodies.iter().map(|at| (at.line, &at.place, "bodies", at.it.code.clone()));
    let frameworks =
        all.frameworks.iter().map(|at| (at.line, &at.place, "frameworks", at.it.code.clone()));
    let agreements =
        all.agreements.iter().map(|at| (at.line, &at.place, "agreements", at.it.code.clone()));
    let documents =
        all.documents.iter().map(|at| (at.line, &at.place, "documents", at.it.code.clone()));
    let everything = contacts
        .chain(shares)
        .chain(tasks)
        .chain(topics)
        .chain(efforts)
        .chain(workflows)
        .chain(bodies)
        .chain(frameworks)
        .chain(agreements)
        .chain(documents);
    for (line, place, field, key) in everything {
        if !seen.insert((field, key.clone())) {
            notes.note(line, place, FileFault::Twice, &key);
        }
    }
}
