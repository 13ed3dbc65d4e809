//! Names of people and the keys under which they are found.

use std::collections::BTreeSet;
use std::fmt;

use super::fold::tokens;

/// The longest given or family name, in characters.
const LONGEST: usize = 80;

/// How many words of a name are indexed; four give at most twelve keys.
const INDEXED: usize = 4;

/// Why a text is no name or no search for one. No variant repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// There is no family name. People with a single name have it there.
    #[error("the family name is missing")]
    Empty,
    /// A part is longer than 80 characters.
    #[error("the name is too long")]
    TooLong,
    /// A control or text-direction character, which could make a name look like
    /// another, or a family name without any letter, which nobody could find.
    #[error("the name holds characters that no name has")]
    Characters,
    /// A search with fewer than two letters, which would list half the town.
    #[error("the search needs at least two letters")]
    QueryShort,
    /// A search longer than 100 characters.
    #[error("the search text is too long")]
    QueryLong,
}

impl NameFault {
    /// The key under which the words files explain the fault.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "name-empty",
            Self::TooLong => "name-too-long",
            Self::Characters => "name-characters",
            Self::QueryShort => "name-query-short",
            Self::QueryLong => "name-query-long",
        }
    }
}

/// The name of a person as the person writes it. Prints as stars.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    family: String,
    given: String,
}

impl Name {
    /// A name from its two parts: the family name of 1 to 80 characters, and the
    /// given names of 0 to 80, since some people have one name only. White space
    /// around is removed and inside becomes one blank; spelling is left alone.
    ///
    /// # Errors
    ///
    /// [`NameFault::Empty`], [`NameFault::TooLong`] or [`NameFault::Characters`].
    pub fn new(given: &str, family: &str) -> Result<Self, NameFault> {
        let (given, family) = (part(given)?, part(family)?);
        if family.is_empty() {
            return Err(NameFault::Empty);
        }
        if tokens(&family).is_empty() {
            return Err(NameFault::Characters);
        }
        Ok(Self { family, given })
    }

    /// The given names; empty for a person with one name.
    #[must_use]
    pub fn given(&self) -> &str {
        &self.given
    }

    /// The family name, or the only name.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The whole name in the order of speech, given names first.
    #[must_use]
    pub fn full(&self) -> String {
        format!("{} {}", self.given, self.family).trim_start().to_owned()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(***)")
    }
}

fn part(text: &str) -> Result<String, NameFault> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().nth(LONGEST).is_some() {
        return Err(NameFault::TooLong);
    }
    if text.contains(is_deceptive) {
        return Err(NameFault::Characters);
    }
    Ok(text)
}

fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The index keys of a person, sorted and without doubles, to be kept in a blind
/// form made of their [`beginnings`] and searched with
/// [`NameQuery::beginning`](super::NameQuery::beginning).
///
/// Every ordered pair of folded words, so that two words find the person in
/// either order with one range; the lone word for a person with one. Of long
/// names four words count, taken in turn from the family and the given name, so
/// there are at most twelve keys.
#[must_use]
pub fn search_keys(given: &str, family: &str) -> Vec<String> {
    let mut indexed = Vec::new();
    let (mut given, mut family) = (tokens(given).into_iter(), tokens(family).into_iter());
    loop {
        let turn = [family.next(), given.next()];
        if turn.iter().all(Option::is_none) {
            break;
        }
        indexed.extend(turn.into_iter().flatten());
    }
    indexed.truncate(INDEXED);
    if indexed.len() < 2 {
        return indexed;
    }
    let mut keys = BTreeSet::new();
    for (i, first) in indexed.iter().enumerate() {
        for (j, second) in indexed.iter().enumerate() {
            if i != j {
                keys.insert(format!("{first} {second}"));
            }
        }
    }
    keys.into_iter().collect()
}

/// Every beginning of a key, the shortest first: `k`, `ka`, `kar`, ... What is
/// made of them letter by letter can be searched by half a name, though it does
/// not show the letters.
pub fn beginnings(key: &str) -> impl Iterator<Item = &str> {
    key.char_indices().filter_map(|(at, letter)| key.get(..at + letter.len_utf8()))
}
