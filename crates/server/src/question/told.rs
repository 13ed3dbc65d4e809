//! What the answers have in common: codes with their words, letters, and which
//! pack is meant.

use std::sync::Arc;

use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::{
    Body, Category, Conditions, Effect, Group, Groups, Letters, Obligations, Overlays, Pack, Rule,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::office::store::Choice;
use crate::walls::{Walls, Written};
use crate::web::validate::read_date;
use crate::words::Words;

/// A stable code and what it says in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ToldCode {
    /// The stable code.
    pub code: String,
    /// In words.
    pub text: String,
}

/// What a rule does with one kind of information.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LetterCell {
    /// The kind of information.
    pub category: String,
    /// `X`, `C`, `N`, `A` or `D`.
    pub letter: String,
    /// What the law allows at most.
    pub law: String,
}

/// Which pack gave an answer.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PackShort {
    /// Its code.
    pub code: String,
    /// Its version.
    pub version: i64,
    /// What people call it.
    pub name: String,
    /// The country.
    pub country: String,
    /// The first day of the law.
    pub from: String,
    /// The last day of the law; empty while no end is decided.
    pub until: String,
    /// Whether the law of the time was not read in full.
    pub approximate: bool,
}

/// A code with its text of a family of texts.
pub(super) fn told(words: Words, family: &str, code: &str) -> ToldCode {
    ToldCode { code: code.to_owned(), text: words.of(family, code).into_owned() }
}

/// What a pack is called.
#[must_use]
pub fn short(words: Words, pack: &Pack) -> PackShort {
    PackShort {
        code: pack.code().to_owned(),
        version: i64::from(pack.version()),
        name: pack.names().in_language(words.language()).to_owned(),
        country: pack.country().as_str().to_owned(),
        from: pack.valid_from().to_string(),
        until: pack.valid_until().map(|day| day.to_string()).unwrap_or_default(),
        approximate: pack.is_approximate(),
    }
}

/// What people call a body.
#[must_use]
pub fn body_name(words: Words, pack: &Pack, body: Body) -> String {
    let entry = pack.body_entry(body);
    entry.map(|it| it.names.in_language(words.language()).to_owned()).unwrap_or_default()
}

/// The bodies of a pack to choose from.
pub(super) fn bodies(words: Words, pack: &Pack) -> Vec<Choice> {
    let choice = |it: &onedoor_domain::secrecy::BodyEntry| Choice {
        id: it.code.clone(),
        name: it.names.in_language(words.language()).to_owned(),
    };
    pack.bodies().map(|(_, it)| choice(it)).collect()
}

fn pack_choice(words: Words, pack: &Pack) -> Choice {
    let name = pack.names().in_language(words.language());
    Choice {
        id: format!("{}@{}", pack.code(), pack.version()),
        name: format!("{name} ({}, {})", pack.code(), pack.version()),
    }
}

/// The packs to choose from, by `code@version`.
pub(super) fn choices(words: Words, walls: &Walls) -> Vec<Choice> {
    walls.packs().iter().map(|written| pack_choice(words, &written.pack)).collect()
}

/// How much of a digest stands for a text.
const MARK: usize = 16;

/// The beginning of a text's digest, by which a choice names the text that was read.
pub(super) fn mark(text: &str) -> String {
    crate::walls::digest(text).chars().take(MARK).collect()
}

/// A mark as it was sent; one that is cut short stands for no text.
pub(super) fn read_mark(mark: &str) -> Option<&str> {
    (mark.len() == MARK && mark.bytes().all(|b| b.is_ascii_hexdigit())).then_some(mark)
}

/// The packs that a choice can name: `code@version`, and for one that did not come with the
/// program the mark of its text besides.
pub(super) fn to_choose(words: Words, walls: &Walls) -> Vec<Choice> {
    let choice = |written: &Written| {
        let plain = pack_choice(words, &written.pack);
        if written.shipped {
            return plain;
        }
        let mark = mark(&written.text);
        Choice { id: format!("{}@{mark}", plain.id), name: format!("{}, {mark}", plain.name) }
    };
    walls.packs().iter().map(choice).collect()
}

/// Conditions in words.
pub(super) fn conditions(words: Words, pack: &Pack, conditions: Conditions) -> Vec<ToldCode> {
    let entries = conditions.iter().filter_map(|one| pack.condition_entry(one));
    entries
        .map(|it| ToldCode {
            code: it.code.clone(),
            text: it.names.in_language(words.language()).to_owned(),
        })
        .collect()
}

pub(super) fn facts(words: Words, facts: Overlays) -> Vec<ToldCode> {
    facts.iter().map(|one| told(words, "policy-fact", one.as_str())).collect()
}

pub(super) fn marks(words: Words, marks: Groups) -> Vec<ToldCode> {
    marks.iter().map(|one: Group| told(words, "policy-mark", one.as_str())).collect()
}

pub(super) fn duties(words: Words, duties: Obligations) -> Vec<ToldCode> {
    duties.iter().map(|one| told(words, "policy-must", one.as_str())).collect()
}

/// A row of letters, each beside what the law allows.
pub(super) fn cells(letters: &Letters, law: impl Fn(Category) -> Effect) -> Vec<LetterCell> {
    let cell = |category: Category| LetterCell {
        category: category.as_str().to_owned(),
        letter: letters.of(category).as_str().to_owned(),
        law: law(category).as_str().to_owned(),
    };
    Category::ALL.into_iter().map(cell).collect()
}

pub(super) fn rule_cells(rule: &Rule) -> Vec<LetterCell> {
    cells(&rule.letters, |category| rule.law.of(category))
}

/// The codes of the kinds of information, in the order of the packs.
pub(super) fn categories() -> Vec<String> {
    Category::ALL.map(|it| it.as_str().to_owned()).to_vec()
}

/// The pack that somebody means: nothing is the one that holds today, a date the one
/// that holds then, `code` its newest version, `code@version` exactly that one.
#[must_use]
pub fn find(
    walls: &Walls,
    office: Option<OfficeId>,
    today: Date,
    asked: &str,
) -> Option<Arc<Pack>> {
    let asked = asked.trim();
    if asked.is_empty() {
        return walls.pack(office, today);
    }
    if let Some(date) = read_date(asked) {
        return walls.pack(office, date);
    }
    match asked.split_once('@') {
        Some((code, version)) => {
            walls.version(code, version.parse().ok()?).map(|written| written.pack)
        }
        None => walls.by_code(asked),
    }
}
