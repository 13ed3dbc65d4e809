//! How offices read the same rule (REQ-KNOW-05).
//!
//! A reading tells what an office does, with an example that could be anyone's. It holds nothing
//! about a person, so a text that looks as if it did is pointed out before it is kept. The signs
//! are only signs: whoever writes may know better and says so.

/// What in a text looks like data about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// So many digits in a row that they may be an identity, case or telephone number.
    Number,
    /// An e-mail address.
    Email,
    /// Words with capital letters side by side, as in a name.
    Name,
}

impl Sign {
    /// The stable code of the warning.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Number => "practice-number",
            Self::Email => "practice-email",
            Self::Name => "practice-name",
        }
    }
}

/// Digits that make a number of somebody: a telephone number has eight.
const DIGITS: usize = 8;

/// The signs in a text, each once.
#[must_use]
pub fn signs(text: &str) -> Vec<Sign> {
    let mut found = Vec::new();
    if holds_number(text) {
        found.push(Sign::Number);
    }
    let is_email = |word: &str| {
        word.split_once('@').is_some_and(|(who, place)| !who.is_empty() && place.contains('.'))
    };
    if text.split_whitespace().any(is_email) {
        found.push(Sign::Email);
    }
    if holds_name(text) {
        found.push(Sign::Name);
    }
    found
}

/// Digits with at most one space, dot, hyphen or plus between them; a date is not counted.
fn holds_number(text: &str) -> bool {
    let mut run = String::new();
    let mut gap: Option<char> = None;
    for c in text.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_digit() {
            run.extend(gap.take().filter(|_| !run.is_empty()));
            run.push(c);
        } else if gap.is_none() && matches!(c, ' ' | '\u{a0}' | '.' | '-' | '+') {
            gap = Some(c);
        } else {
            if is_number(&run) {
                return true;
            }
            run.clear();
            gap = None;
        }
    }
    false
}

fn is_number(run: &str) -> bool {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let lengths: Vec<usize> = run.split(['.', '-']).map(str::len).collect();
    let date = matches!(lengths.as_slice(), [4, 2, 2] | [1..=2, 1..=2, 4]);
    digits >= DIGITS && !date
}

/// Two words in a row that begin with a capital letter and go on in small ones. A single one
/// begins a sentence or names a place.
fn holds_name(text: &str) -> bool {
    let capital = |word: &str| {
        let word = word.trim_start_matches(['(', '"', '«', '“']);
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_some_and(char::is_lowercase)
    };
    // What ends a sentence stands between two words, not inside a name.
    let ends = |word: &str| word.ends_with(['.', '!', '?', ':', ';', ',']);
    text.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.windows(2).any(|pair| match pair {
            [a, b] => capital(a) && capital(b) && !ends(a),
            _ => false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// REQ-KNOW-05: a text that seems to hold a number, an address or a name is pointed out; a
    /// date, a place or the beginning of a sentence is not.
    #[test]
    fn a_text_that_seems_to_be_about_somebody_is_pointed_out() {
        for (text, found) in [
            ("Fravær en dag i uken trekkes fra.", vec![]),
            ("Praksis siden 01.02.2024. Kontoret på Heimdal gjør det slik.", vec![]),
            ("Fra 2024-02-01 til 2025-02-01, § 3-1, 5 dager, 5 300 kroner", vec![]),
            ("Født 10915596784", vec![Sign::Number]),
            ("109155 96784", vec![Sign::Number]),
            ("19821105-9954", vec![Sign::Number]),
            ("Ring 22 00 00 00", vec![Sign::Number]),
            ("Skriv til kari@example.no", vec![Sign::Email]),
            ("Da Kari Nordmann kom", vec![Sign::Name]),
            ("Åse Bjørnstad", vec![Sign::Name]),
            (
                "Ola Nordmann 10915596784 ola@example.no",
                vec![Sign::Number, Sign::Email, Sign::Name],
            ),
        ] {
            assert_eq!(signs(text), found, "{text}");
        }
    }
}
