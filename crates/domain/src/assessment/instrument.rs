//! Instruments: versioned lists of items, read from a file with every fault by its line.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Dimension, Side};
use crate::codes::codes;
use crate::ids::AgencyId;
use crate::office::is_code;
use crate::person::Language;

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 512 * 1024;
/// The most items of an instrument.
pub const MOST_ITEMS: usize = 200;
/// The most characters of a question.
const LONGEST: usize = 600;
/// The most days between two mappings.
const MOST_DAYS: i64 = 731;

/// A text in the languages that there are; where one is missing, another stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Norwegian Bokmål.
    #[serde(default)]
    pub nb: String,
    /// Norwegian Nynorsk.
    #[serde(default)]
    pub nn: String,
    /// Swedish.
    #[serde(default)]
    pub sv: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

impl Texts {
    fn all(&self) -> [&str; 4] {
        [&self.nb, &self.nn, &self.sv, &self.en]
    }

    /// The text in a language; where it is missing, the nearest one that there is.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        let order: [&str; 4] = match language {
            Language::Nb => [&self.nb, &self.nn, &self.sv, &self.en],
            Language::Nn => [&self.nn, &self.nb, &self.sv, &self.en],
            Language::Sv => [&self.sv, &self.nb, &self.nn, &self.en],
            Language::En => [&self.en, &self.nb, &self.sv, &self.nn],
        };
        order.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// Sets the text of a language.
    pub fn set(&mut self, language: Language, text: &str) {
        let place = match language {
            Language::Nb => &mut self.nb,
            Language::Nn => &mut self.nn,
            Language::Sv => &mut self.sv,
            Language::En => &mut self.en,
        };
        text.clone_into(place);
    }
}

/// The five anchors of an item in each language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Anchors {
    #[serde(default)]
    nb: Vec<String>,
    #[serde(default)]
    nn: Vec<String>,
    #[serde(default)]
    sv: Vec<String>,
    #[serde(default)]
    en: Vec<String>,
}

codes! {
    /// Who is asked an item.
    Asked {
        /// The person.
        Person = "person",
        /// The worker.
        Worker = "worker",
        /// Each answers, and the two answers stand beside each other (REQ-MAP-22).
        Both = "both",
    }
}

impl Asked {
    /// Whether one side is asked.
    #[must_use]
    pub fn asks(self, side: Side) -> bool {
        match self {
            Self::Person => side == Side::Person,
            Self::Worker => side == Side::Worker,
            Self::Both => true,
        }
    }
}

/// One item: a question with five anchors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its code, unique in the instrument.
    pub code: String,
    /// What it tells of.
    pub dimension: Dimension,
    /// Who is asked: the code of an [`Asked`].
    asked: String,
    /// Whether it may be left out without a word.
    #[serde(default)]
    pub voluntary: bool,
    /// The question.
    pub text: Texts,
    /// The five anchors, from 1 to 5.
    pub anchors: [Texts; 5],
}

impl Item {
    /// An item of an imported instrument.
    #[must_use]
    pub fn new(
        code: &str,
        dimension: Dimension,
        asked: Asked,
        text: Texts,
        anchors: [Texts; 5],
    ) -> Self {
        let (code, asked) = (code.to_owned(), asked.as_str().to_owned());
        Self { code, dimension, asked, voluntary: dimension.is_apart(), text, anchors }
    }

    /// Who is asked.
    #[must_use]
    pub fn asked(&self) -> Asked {
        Asked::parse(&self.asked).unwrap_or(Asked::Both)
    }

    /// The anchor of a step from 1 to 5, in a language.
    #[must_use]
    pub fn anchor(&self, step: u8, language: Language) -> &str {
        let place = usize::from(step).checked_sub(1);
        place.and_then(|at| self.anchors.get(at)).map_or("", |texts| texts.of(language))
    }
}

/// A version of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// The code that its versions share.
    pub code: String,
    /// The version.
    pub version: String,
    /// After how many days a mapping is asked for again.
    pub repeat_days: i64,
    /// Its items, in the order in which they are asked.
    pub items: Vec<Item>,
}

impl Instrument {
    /// The item with a code.
    #[must_use]
    pub fn item(&self, code: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.code == code)
    }

    /// The dimensions that it covers, in the common order.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        let covered: BTreeSet<Dimension> = self.items.iter().map(|item| item.dimension).collect();
        covered.into_iter().collect()
    }
}

/// The instrument that the program brings along, in four languages.
static SHIPPED: LazyLock<Result<Instrument, Vec<LineFault>>> =
    LazyLock::new(|| read(include_str!("../../instruments/fk13-1.0.toml")));

/// The instrument that the program brings along.
///
/// # Errors
/// The faults of its file; a test holds that there are none.
pub fn shipped() -> Result<&'static Instrument, &'static [LineFault]> {
    SHIPPED.as_ref().map_err(Vec::as_slice)
}

codes! {
    /// What is wrong in one place of an instrument.
    FileFault {
        /// Not TOML.
        Syntax = "syntax",
        /// Larger than [`LARGEST`], or more items than [`MOST_ITEMS`].
        TooLarge = "too-large",
        /// A field that is not known, is missing, or is of another kind than it should be.
        Shape = "shape",
        /// Not a format that this program reads.
        UnknownFormat = "unknown-format",
        /// Not one of the words that the field can hold.
        UnknownWord = "unknown-word",
        /// Not a code.
        BadCode = "bad-code",
        /// Blank, too long, or with control characters.
        BadText = "bad-text",
        /// A number outside what it can be.
        BadNumber = "bad-number",
        /// The same code twice.
        Twice = "twice",
        /// A language is missing.
        NoLanguage = "no-language",
        /// Not exactly five anchors.
        Anchors = "anchors",
        /// No item at all.
        NoItems = "no-items",
        /// Asks the worker what is the person's own to say or to leave out.
        NotTheirs = "not-theirs",
    }
}

/// A fault and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The line, counted from 1; 0 where a file has no lines to count.
    pub line: usize,
    /// The entry: `items[2]`.
    pub place: String,
    /// What is wrong.
    pub kind: FileFault,
    /// The value, or what the reader said.
    pub value: String,
}

struct Notes<'t> {
    text: &'t str,
    faults: Vec<LineFault>,
}

impl Notes<'_> {
    fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    fn at(&mut self, offset: usize, place: &str, kind: FileFault, value: &str) {
        let line = self.line(offset);
        self.faults.push(fault(line, place, kind, value));
    }
}

fn fault(line: usize, place: &str, kind: FileFault, value: &str) -> LineFault {
    let value = value.chars().take(100).collect();
    LineFault { line, place: place.to_owned(), kind, value }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileItem {
    code: String,
    dimension: String,
    asked: String,
    #[serde(default)]
    voluntary: bool,
    text: Texts,
    anchors: Anchors,
}

fn field<T: DeserializeOwned + Default>(
    table: &DeTable<'_>,
    name: &str,
    notes: &mut Notes<'_>,
) -> T {
    let Some(value) = table.get(name) else {
        notes.at(0, name, FileFault::Shape, name);
        return T::default();
    };
    match T::deserialize(value.clone().into_deserializer()) {
        Ok(it) => it,
        Err(error) => {
            notes.at(value.span().start, name, FileFault::Shape, error.message());
            T::default()
        }
    }
}

/// Reads the file of an instrument. All four languages must be there.
///
/// # Errors
/// Every fault of the file in the order of its lines; nothing of a faulty file is used.
pub fn read(text: &str) -> Result<Instrument, Vec<LineFault>> {
    let mut notes = Notes { text, faults: Vec::new() };
    if text.len() > LARGEST {
        return Err(vec![fault(1, "", FileFault::TooLarge, &text.len().to_string())]);
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
    let known = ["format", "code", "version", "repeat_days", "items"];
    for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
        notes.at(key.span().start, key.get_ref(), FileFault::Shape, key.get_ref());
    }
    let format: i64 = field(table, "format", &mut notes);
    if format != 1 {
        notes.at(0, "format", FileFault::UnknownFormat, &format.to_string());
    }
    let mut instrument = Instrument {
        code: field(table, "code", &mut notes),
        version: field(table, "version", &mut notes),
        repeat_days: field(table, "repeat_days", &mut notes),
        items: Vec::new(),
    };
    let mut lines = Vec::new();
    if let Some(value) = table.get("items") {
        items(value, &mut instrument, &mut lines, &mut notes);
    }
    let mut faults = notes.faults;
    if faults.is_empty() {
        faults = check(&instrument, true);
        for one in &mut faults {
            let at = one.place.strip_prefix("items[").and_then(|rest| rest.strip_suffix(']'));
            let line = at.and_then(|n| n.parse::<usize>().ok()).and_then(|n| lines.get(n));
            one.line = line.copied().unwrap_or(1);
        }
    }
    faults.sort_by(|a, b| (a.line, &a.place, a.kind).cmp(&(b.line, &b.place, b.kind)));
    if faults.is_empty() { Ok(instrument) } else { Err(faults) }
}

fn items(
    value: &Spanned<DeValue<'_>>,
    instrument: &mut Instrument,
    lines: &mut Vec<usize>,
    notes: &mut Notes<'_>,
) {
    let DeValue::Array(entries) = value.get_ref() else {
        notes.at(value.span().start, "items", FileFault::Shape, value.get_ref().type_str());
        return;
    };
    if entries.len() > MOST_ITEMS {
        notes.at(value.span().start, "items", FileFault::TooLarge, &entries.len().to_string());
        return;
    }
    for (n, entry) in entries.iter().enumerate() {
        let entry: &Spanned<DeValue<'_>> = entry;
        let place = format!("items[{n}]");
        let start = entry.span().start;
        lines.push(notes.line(start));
        let item = match FileItem::deserialize(entry.clone().into_deserializer()) {
            Ok(item) => item,
            Err(error) => {
                let at = error.span().map_or(start, |span| span.start);
                notes.at(at, &place, FileFault::Shape, error.message());
                continue;
            }
        };
        let Some(dimension) = Dimension::parse(&item.dimension) else {
            notes.at(start, &place, FileFault::UnknownWord, &item.dimension);
            continue;
        };
        if Asked::parse(&item.asked).is_none() {
            notes.at(start, &place, FileFault::UnknownWord, &item.asked);
            continue;
        }
        let Some(anchors) = five(&item.anchors) else {
            notes.at(start, &place, FileFault::Anchors, &item.code);
            continue;
        };
        instrument.items.push(Item {
            code: item.code,
            dimension,
            asked: item.asked,
            voluntary: item.voluntary,
            text: item.text,
            anchors,
        });
    }
}

/// The anchors step by step; none where a language has more or fewer than five.
fn five(anchors: &Anchors) -> Option<[Texts; 5]> {
    let mut steps: [Texts; 5] = Default::default();
    let languages = [
        (Language::Nb, &anchors.nb),
        (Language::Nn, &anchors.nn),
        (Language::Sv, &anchors.sv),
        (Language::En, &anchors.en),
    ];
    for (language, list) in languages {
        if list.is_empty() {
            continue;
        }
        if list.len() != steps.len() {
            return None;
        }
        for (step, text) in steps.iter_mut().zip(list) {
            step.set(language, text);
        }
    }
    Some(steps)
}

/// What is wrong with an instrument, wherever it came from. `whole` demands all four languages;
/// an instrument that an agency has used before may come in one (REQ-MAP-23).
#[must_use]
pub fn check(instrument: &Instrument, whole: bool) -> Vec<LineFault> {
    let mut faults = Vec::new();
    if !is_code(&instrument.code) {
        faults.push(fault(0, "code", FileFault::BadCode, &instrument.code));
    }
    let version = &instrument.version;
    let is_version = (1..=20).contains(&version.len())
        && version.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    if !is_version {
        faults.push(fault(0, "version", FileFault::BadCode, version));
    }
    if !(1..=MOST_DAYS).contains(&instrument.repeat_days) {
        let days = instrument.repeat_days.to_string();
        faults.push(fault(0, "repeat_days", FileFault::BadNumber, &days));
    }
    if instrument.items.is_empty() {
        faults.push(fault(0, "items", FileFault::NoItems, ""));
    }
    if instrument.items.len() > MOST_ITEMS {
        let count = instrument.items.len().to_string();
        faults.push(fault(0, "items", FileFault::TooLarge, &count));
    }
    let mut seen = BTreeSet::new();
    for (n, item) in instrument.items.iter().enumerate() {
        let place = format!("items[{n}]");
        let mut say = |kind, value: &str| faults.push(fault(0, &place, kind, value));
        let is_item = (1..=20).contains(&item.code.len())
            && item
                .code
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if !is_item {
            say(FileFault::BadCode, &item.code);
        }
        if !seen.insert(item.code.as_str()) {
            say(FileFault::Twice, &item.code);
        }
        // What somebody uses is theirs to tell; nobody else says it about them.
        if item.dimension.is_apart() && (item.asked() != Asked::Person || !item.voluntary) {
            say(FileFault::NotTheirs, &item.code);
        }
        for texts in std::iter::once(&item.text).chain(&item.anchors) {
            let all = texts.all();
            if whole && all.iter().any(|text| text.trim().is_empty()) {
                say(FileFault::NoLanguage, &item.code);
            } else if all.iter().all(|text| text.trim().is_empty())
                || all
                    .iter()
                    .any(|text| text.chars().count() > LONGEST || text.contains(char::is_control))
            {
                say(FileFault::BadText, texts.of(Language::Nb));
            }
        }
    }
    faults
}

/// The parties of an office that have not approved a version. It may be used for a shared
/// assessment only when there are none (REQ-MAP-01).
#[must_use]
pub fn agreed_by_all(parties: &[AgencyId], approved: &BTreeSet<AgencyId>) -> Vec<AgencyId> {
    parties.iter().copied().filter(|party| !approved.contains(party)).collect()
}
