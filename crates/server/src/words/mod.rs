//! Everything a person reads, in four languages.

mod dates;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use onedoor_domain::person::Language;

/// The texts of one language.
pub struct Table {
    language: Language,
    plain: HashMap<String, String>,
    bundle: FluentBundle<FluentResource>,
}

macro_rules! files {
    ($language:literal) => {
        [
            include_str!(concat!("../web/words/", $language, ".ftl")),
            include_str!(concat!("../sign_in/words/", $language, ".ftl")),
            include_str!(concat!("../office/words/", $language, ".ftl")),
            include_str!(concat!("../network/words/", $language, ".ftl")),
            include_str!(concat!("../premises/words/", $language, ".ftl")),
            include_str!(concat!("../governing/words/", $language, ".ftl")),
            include_str!(concat!("../rollout/words/", $language, ".ftl")),
            include_str!(concat!("../law/words/", $language, ".ftl")),
            include_str!(concat!("../practice/words/", $language, ".ftl")),
            include_str!(concat!("../service/words/", $language, ".ftl")),
            include_str!(concat!("../provider/words/", $language, ".ftl")),
            include_str!(concat!("../absence/words/", $language, ".ftl")),
            include_str!(concat!("../person/words/", $language, ".ftl")),
            include_str!(concat!("../task/words/", $language, ".ftl")),
            include_str!(concat!("../access/words/", $language, ".ftl")),
            include_str!(concat!("../feedback/words/", $language, ".ftl")),
            include_str!(concat!("../talking/words/", $language, ".ftl")),
            include_str!(concat!("../meeting/words/", $language, ".ftl")),
            include_str!(concat!("../follow/words/", $language, ".ftl")),
            include_str!(concat!("../refer/words/", $language, ".ftl")),
            include_str!(concat!("../case/words/", $language, ".ftl")),
            include_str!(concat!("../record/words/", $language, ".ftl")),
            include_str!(concat!("../need/words/", $language, ".ftl")),
            include_str!(concat!("../assessment/words/", $language, ".ftl")),
            include_str!(concat!("../plan/words/", $language, ".ftl")),
            include_str!(concat!("../consent/words/", $language, ".ftl")),
            include_str!(concat!("../reception/words/", $language, ".ftl")),
            include_str!(concat!("../standard/words/", $language, ".ftl")),
            include_str!(concat!("../talk/words/", $language, ".ftl")),
            include_str!(concat!("../cover/words/", $language, ".ftl")),
            include_str!(concat!("../order/words/", $language, ".ftl")),
            include_str!(concat!("../agreement/words/", $language, ".ftl")),
            include_str!(concat!("../routine/words/", $language, ".ftl")),
            include_str!(concat!("../staffing/words/", $language, ".ftl")),
            include_str!(concat!("../arrangement/words/", $language, ".ftl")),
            include_str!(concat!("../booking/words/", $language, ".ftl")),
            include_str!(concat!("../entry/words/", $language, ".ftl")),
            include_str!(concat!("../exchange/words/", $language, ".ftl")),
            include_str!(concat!("../figure/words/", $language, ".ftl")),
            include_str!(concat!("../question/words/", $language, ".ftl")),
            include_str!(concat!("../journal/words/", $language, ".ftl")),
            include_str!(concat!("../own/words/", $language, ".ftl")),
            include_str!(concat!("../keeping/words/", $language, ".ftl")),
        ]
    };
}

static TABLES: LazyLock<[Table; 4]> = LazyLock::new(|| {
    [
        Table::new(Language::Nb, &files!("nb")),
        Table::new(Language::Nn, &files!("nn")),
        Table::new(Language::Sv, &files!("sv")),
        Table::new(Language::En, &files!("en")),
    ]
});

impl Table {
    fn new(language: Language, files: &[&'static str]) -> Self {
        let tag = match language {
            Language::Nb => unic_langid::langid!("nb"),
            Language::Nn => unic_langid::langid!("nn"),
            Language::Sv => unic_langid::langid!("sv"),
            Language::En => unic_langid::langid!("en"),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false);
        let mut keys = Vec::new();
        for text in files {
            let resource = match FluentResource::try_new((*text).to_owned()) {
                Ok(resource) => resource,
                Err((resource, faults)) => {
                    tracing::error!(?faults, "a words file has faults");
                    resource
                }
            };
            keys.extend(text.lines().filter_map(key_of).map(str::to_owned));
            if let Err(faults) = bundle.add_resource(resource) {
                tracing::error!(?faults, "a text is defined twice");
            }
        }
        let mut plain = HashMap::new();
        for key in keys {
            if let Some(text) = plain_text(&bundle, &key) {
                plain.insert(key, text);
            }
        }
        Self { language, plain, bundle }
    }
}

/// The key that a line defines, if it does.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(" =")?;
    key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_').then_some(key)
}

fn plain_text(bundle: &FluentBundle<FluentResource>, key: &str) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut faults = Vec::new();
    let text = bundle.format_pattern(pattern, None, &mut faults).into_owned();
    faults.is_empty().then_some(text)
}

/// The texts in one person's language.
#[derive(Clone, Copy)]
pub struct Words {
    table: &'static Table,
}

/// Something put into a text.
#[derive(Clone, Debug)]
pub enum Arg {
    /// A number; texts may choose by it.
    Number(i64),
    /// A text.
    Text(String),
}

impl From<i64> for Arg {
    fn from(n: i64) -> Self {
        Self::Number(n)
    }
}

impl From<&i64> for Arg {
    fn from(n: &i64) -> Self {
        Self::Number(*n)
    }
}

impl From<&&i64> for Arg {
    fn from(n: &&i64) -> Self {
        Self::Number(**n)
    }
}

impl From<usize> for Arg {
    fn from(n: usize) -> Self {
        Self::Number(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&&String> for Arg {
    fn from(text: &&String) -> Self {
        Self::Text((*text).clone())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Words {
    /// The texts in `language`.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let [nb, nn, sv, en] = &*TABLES;
        let table = match language {
            Language::Nb => nb,
            Language::Nn => nn,
            Language::Sv => sv,
            Language::En => en,
        };
        Self { table }
    }

    /// The language.
    #[must_use]
    pub fn language(self) -> Language {
        self.table.language
    }

    /// Whether the key has a text.
    #[must_use]
    pub fn has(self, key: &str) -> bool {
        self.table.plain.contains_key(key) || self.table.bundle.has_message(key)
    }

    /// The text of `key`. A missing one shows its key, and a test fails on it.
    #[must_use]
    pub fn t(self, key: &str) -> Cow<'static, str> {
        match self.table.plain.get(key) {
            Some(text) => Cow::Borrowed(text),
            None => {
                tracing::error!(key, language = %self.language(), "a text is missing");
                Cow::Owned(format!("⟨{key}⟩"))
            }
        }
    }

    /// The text of `prefix-code`: the name of one of a closed list.
    #[must_use]
    pub fn of(self, prefix: &str, code: &str) -> Cow<'static, str> {
        self.t(&format!("{prefix}-{code}"))
    }

    /// A whole number as it is written in the language: from five digits on in groups of three.
    #[must_use]
    pub fn number(self, n: impl std::fmt::Display) -> String {
        let plain = n.to_string();
        let (sign, digits) = match plain.strip_prefix('-') {
            Some(digits) => ("\u{2212}", digits),
            None => ("", plain.as_str()),
        };
        if digits.len() < 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return plain;
        }
        let between = if self.language() == Language::En { ',' } else { '\u{a0}' };
        let mut text = String::from(sign);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(between);
            }
            text.push(digit);
        }
        text
    }

    /// The name of a form's field with a colon, before what is wrong with it;
    /// nothing for a field that has no name of its own.
    #[must_use]
    pub fn field(self, field: &str) -> String {
        let key = format!("sent-{field}");
        if self.has(&key) { format!("{}: ", self.t(&key)) } else { String::new() }
    }

    /// The text of `key` with one thing put in, as `$x`.
    #[must_use]
    pub fn with(self, key: &str, x: impl Into<Arg>) -> String {
        self.args(key, &[("x", x.into())])
    }

    /// The text of `key` with two things put in, as `$x` and `$y`.
    #[must_use]
    pub fn with2(self, key: &str, x: impl Into<Arg>, y: impl Into<Arg>) -> String {
        self.args(key, &[("x", x.into()), ("y", y.into())])
    }

    fn args(self, key: &str, args: &[(&str, Arg)]) -> String {
        let Some(pattern) = self.table.bundle.get_message(key).and_then(|m| m.value()) else {
            tracing::error!(key, language = %self.language(), "a text is missing");
            return format!("⟨{key}⟩");
        };
        let mut given = FluentArgs::new();
        for (name, arg) in args {
            let value = match arg {
                Arg::Number(n) => FluentValue::from(*n),
                Arg::Text(text) => FluentValue::from(text.clone()),
            };
            given.set((*name).to_owned(), value);
        }
        let mut faults = Vec::new();
        let text = self.table.bundle.format_pattern(pattern, Some(&given), &mut faults);
        if !faults.is_empty() {
            tracing::error!(key, ?faults, "a text could not be put together");
        }
        text.into_owned()
    }
}

/// All keys of a language, for the test that compares them.
#[must_use]
pub fn keys(language: Language) -> std::collections::BTreeSet<String> {
    let files = match language {
        Language::Nb => files!("nb"),
        Language::Nn => files!("nn"),
        Language::Sv => files!("sv"),
        Language::En => files!("en"),
    };
    files.iter().flat_map(|text| text.lines()).filter_map(key_of).map(str::to_owned).collect()
}
