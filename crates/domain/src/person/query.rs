//! Searching for a person by name.

use std::fmt;

use super::fold::{fold, tokens, words};
use super::name::NameFault;

/// The longest search text, in characters.
const LONGEST: usize = 100;
/// The fewest letters worth searching for.
const FEWEST: usize = 2;

/// What somebody typed to find a person by name, perhaps not to the end
/// (REQ-INFO-08).
///
/// The words may come in any order; all but the last are taken as complete. The
/// index answers [`NameQuery::beginning`], and [`NameQuery::matches`] then picks the
/// hits. When that leaves nothing, [`NameQuery::near_beginnings`] with
/// [`NameQuery::near`] finds names written with a slip. Prints without the words.
#[derive(Clone, PartialEq, Eq)]
pub struct NameQuery {
    whole: Vec<String>,
    last: String,
    /// What the last word may turn out to begin with: itself, and for an ending
    /// that the next letter can still change (Josep-h, Vinc-ent) that as well.
    endings: Vec<String>,
}

impl NameQuery {
    /// Reads a search text of at least 2 letters and at most 100 characters. Of
    /// more than six words the first six count; digits and signs are ignored.
    ///
    /// # Errors
    ///
    /// [`NameFault::QueryShort`] or [`NameFault::QueryLong`].
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        if text.chars().nth(LONGEST).is_some() {
            return Err(NameFault::QueryLong);
        }
        if text.chars().filter(|c| c.is_alphabetic()).count() < FEWEST {
            return Err(NameFault::QueryShort);
        }
        let mut found: Vec<(&str, String)> = words(text).collect();
        let (written, last) = found.pop().ok_or(NameFault::QueryShort)?;
        let endings = [Some(last.clone()), changed_ending(written)];
        Ok(Self {
            whole: found.into_iter().map(|(_, folded)| folded).collect(),
            last,
            endings: endings.into_iter().flatten().collect(),
        })
    }

    /// The beginning of [`search_keys`](super::search_keys) that everybody has who
    /// [`matches`](Self::matches) by indexed words, and some who do not.
    ///
    /// One word gives the keys that begin with it, more words the keys of the
    /// first two.
    #[must_use]
    pub fn beginning(&self) -> String {
        match self.whole.as_slice() {
            [] => match self.shared_ending() {
                stem if stem.chars().count() >= FEWEST => stem,
                _ => self.last.clone(),
            },
            [first] => format!("{first} {}", self.shared_ending()),
            [first, second, ..] => format!("{first} {second}"),
        }
    }

    /// The first two letters of the first word, for the search that allows a
    /// slip. It can hold a good part of the register, so the reader must set a
    /// bound on the rows taken from it.
    #[must_use]
    pub fn wide_beginning(&self) -> String {
        let first = self.whole.first().unwrap_or(&self.last);
        first.chars().take(2).collect()
    }

    /// Beginnings for the search that allows a slip: of two words or more, one is
    /// taken as written and the other by its first letter, both ways round; of one
    /// word it is [`wide_beginning`](Self::wide_beginning). What they hold is few
    /// enough to be read whole, for all but the commonest names.
    #[must_use]
    pub fn near_beginnings(&self) -> Vec<String> {
        let Some(first) = self.whole.first() else { return vec![self.wide_beginning()] };
        let second = self.whole.get(1).unwrap_or(&self.last);
        [(first, second), (second, first)]
            .into_iter()
            .map(|(whole, slipped)| {
                let letter: String = slipped.chars().take(1).collect();
                format!("{whole} {letter}")
            })
            .collect()
    }

    /// Whether the name has every word of the query, each on a word of its own
    /// and in any order, the last one as the beginning of a word.
    #[must_use]
    pub fn matches(&self, given: &str, family: &str) -> bool {
        let mut free = name_tokens(given, family);
        for word in &self.whole {
            let Some(place) = free.iter().position(|token| token == word) else {
                return false;
            };
            free.swap_remove(place);
        }
        free.iter().any(|token| self.endings.iter().any(|ending| token.starts_with(ending)))
    }

    /// Whether the name has every word of the query when slips of the pen are
    /// forgiven: a letter missing, added, wrong or swapped with its neighbour,
    /// once in words of four folded letters or more and twice from eight on. All
    /// that [`matches`](Self::matches) is also near.
    #[must_use]
    pub fn near(&self, given: &str, family: &str) -> bool {
        let names: Vec<Vec<char>> =
            name_tokens(given, family).iter().map(|token| token.chars().collect()).collect();
        let found = |word: &str, half_typed: bool| {
            let word: Vec<char> = word.chars().collect();
            let allowed = allowed_slips(word.len());
            names.iter().any(|name| is_within(&word, name, allowed, half_typed))
        };
        self.whole.iter().all(|word| found(word, false))
            && self.endings.iter().any(|ending| found(ending, true))
    }

    fn shared_ending(&self) -> String {
        let mut shared = self.last.clone();
        while !self.endings.iter().all(|ending| ending.starts_with(&shared)) {
            shared.pop();
        }
        shared
    }
}

impl fmt::Debug for NameQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NameQuery({} words)", self.whole.len() + 1)
    }
}

fn name_tokens(given: &str, family: &str) -> Vec<String> {
    let mut all = tokens(given);
    all.extend(tokens(family));
    all
}

fn changed_ending(written: &str) -> Option<String> {
    let next = match written.chars().last()? {
        'c' | 'C' => 'e',
        'g' | 'G' => 'j',
        'p' | 'P' => 'h',
        _ => return None,
    };
    Some(fold(&format!("{written}{next}")))
}

fn allowed_slips(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Whether `word` becomes `name`, or with `half_typed` a beginning of it, by at
/// most `slips` slips (Damerau-Levenshtein distance without overlapping swaps).
fn is_within(word: &[char], name: &[char], slips: usize, half_typed: bool) -> bool {
    let ([w, word_tail @ ..], [n, name_tail @ ..]) = (word, name) else {
        return word.len() <= slips && (half_typed || name.len() <= slips);
    };
    if w == n && is_within(word_tail, name_tail, slips, half_typed) {
        return true;
    }
    let Some(left) = slips.checked_sub(1) else {
        return false;
    };
    let swapped = match (word, name) {
        ([w1, w2, word_rest @ ..], [n1, n2, name_rest @ ..]) if w1 == n2 && w2 == n1 => {
            is_within(word_rest, name_rest, left, half_typed)
        }
        _ => false,
    };
    swapped
        || is_within(word_tail, name_tail, left, half_typed)
        || is_within(word_tail, name, left, half_typed)
        || is_within(word, name_tail, left, half_typed)
}
