//! What can be wrong with a pack or with the file by which a site narrows it.

use std::collections::BTreeMap;
use std::fmt;

use super::read::{MAX_FAULTS, MAX_TEXT};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $code:literal,)+) => {
        /// What is wrong in one place of a file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PackFaultKind { $($(#[$doc])* $kind,)+ }

        impl PackFaultKind {
            /// Every one.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$kind),+];

            /// The stable code, on which messages in each language hang.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code),+ }
            }
        }
    };
}

kinds! {
    /// Not TOML; the value is the reason.
    Syntax = "syntax",
    /// The file has more bytes than the bound, or a list more entries than the format allows.
    TooLarge = "too-large",
    /// More faults than are listed.
    TooMany = "too-many",
    /// A text has more than its characters.
    TooLong = "too-long",
    /// The format has no such field; often a spelling mistake.
    UnknownField = "unknown-field",
    /// A field that the format demands is not there.
    MissingField = "missing-field",
    /// A list where a text should be, a text where a number should be, and so on.
    WrongType = "wrong-type",
    /// A text is blank or holds control characters.
    BadText = "bad-text",
    /// A code is not 1 to 40 of `a-z`, `A-Z`, `0-9`, `_` and `-`.
    BadCode = "bad-code",
    /// No such day, or not written `2026-01-31`.
    BadDate = "bad-date",
    /// The last day comes before the first.
    BadPeriod = "bad-period",
    /// A number lies outside what it can be.
    BadNumber = "bad-number",
    /// Not one of the words that the field can hold.
    UnknownWord = "unknown-word",
    /// A code, a kind of agency or an order that must be unique is there twice.
    Twice = "twice",
    /// No body or group has the code.
    UnknownBody = "unknown-body",
    /// No condition has the code.
    UnknownCondition = "unknown-condition",
    /// No rule has the code.
    UnknownRule = "unknown-rule",
    /// A rule says nothing about a category, or the pack nothing about a fact.
    Gap = "gap",
    /// What the pack does is wider than what the law allows.
    WiderThanLaw = "wider-than-law",
    /// Two rules are equally strong, hold at once and say the same, so that nothing settles
    /// which of them is the ground.
    Unsettled = "unsettled",
    /// The rules of one direction and purpose name more conditions than can be gone through.
    TooManyConditions = "too-many-conditions",
    /// No rule needs the condition, or nothing belongs to the group.
    Unused = "unused",
    /// An overlay would let address protection, a shield or one's own data be overcome by
    /// something else than the one mark that is for it.
    WeakProtection = "weak-protection",
    /// Without the condition something would open that is closed with it.
    Opens = "opens",
}

/// One thing wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFault {
    /// Line in the file, the first being 1.
    pub line: usize,
    /// Where in the format, lists counted from 0: `rule[3].law.health`. Empty for the file.
    pub path: String,
    /// What is wrong.
    pub kind: PackFaultKind,
    /// The value that is wrong, or the one missing; cut at 200 characters.
    pub value: String,
}

impl fmt::Display for PackFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, path, kind, value } = self;
        write!(f, "line {line}: {path}: {} ({value})", kind.code())
    }
}

/// The faults found so far, and on which line each place of the file is.
pub(super) struct Notes {
    line_starts: Vec<usize>,
    lines: BTreeMap<String, usize>,
    faults: Vec<PackFault>,
    more: usize,
}

impl Notes {
    pub(super) fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            line_starts: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect(),
            lines: BTreeMap::new(),
            faults: Vec::new(),
            more: 0,
        }
    }

    fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).max(1)
    }

    /// Remembers on which line a place is.
    pub(super) fn visit(&mut self, path: &str, offset: usize) {
        let line = self.line_of(offset);
        self.lines.insert(path.to_owned(), line);
    }

    /// Notes a fault on the line of the place, or of the nearest place around it.
    pub(super) fn fault(&mut self, path: &str, kind: PackFaultKind, value: &str) {
        let mut around = path;
        let line = loop {
            if let Some(line) = self.lines.get(around) {
                break *line;
            }
            match around.rfind(['.', '[']).and_then(|at| around.get(..at)) {
                Some(shorter) => around = shorter,
                None => break 1,
            }
        };
        self.push(line, path, kind, value);
    }

    /// Notes a fault at a byte of the file that belongs to no place of the format.
    pub(super) fn fault_at(&mut self, offset: usize, kind: PackFaultKind, value: &str) {
        self.push(self.line_of(offset), "", kind, value);
    }

    fn push(&mut self, line: usize, path: &str, kind: PackFaultKind, value: &str) {
        if self.faults.len() >= MAX_FAULTS {
            self.more += 1;
            return;
        }
        let cut = |text: &str| text.chars().take(MAX_TEXT).collect();
        self.faults.push(PackFault { line, path: cut(path), kind, value: cut(value) });
    }

    pub(super) fn is_free(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn into_faults(mut self) -> Vec<PackFault> {
        self.faults.sort_by(|a, b| (a.line, &a.path, a.kind).cmp(&(b.line, &b.path, b.kind)));
        self.faults.dedup();
        if self.more > 0 {
            let line = self.faults.last().map_or(1, |it| it.line);
            self.faults.push(PackFault {
                line,
                path: String::new(),
                kind: PackFaultKind::TooMany,
                value: self.more.to_string(),
            });
        }
        self.faults
    }
}
