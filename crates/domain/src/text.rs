//! Text that people type, bounded before it goes anywhere.

use thiserror::Error;

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextFault {
    /// Nothing was written where something is needed.
    #[error("nothing is written")]
    Empty,
    /// More characters than the field holds.
    #[error("the text is too long")]
    TooLong,
    /// Control characters, which no keyboard types.
    #[error("the text holds control characters")]
    Characters,
}

impl TextFault {
    /// The stable code that words and API use.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "text-empty",
            Self::TooLong => "text-too-long",
            Self::Characters => "text-characters",
        }
    }
}

/// The most characters in one line: a place, a title, a short reason.
pub const LINE: usize = 200;
/// The most characters in a paragraph: an account, an answer.
pub const PARAGRAPH: usize = 4000;

/// Trims `text` and bounds it to `most` characters. Line breaks and tabs stay.
///
/// # Errors
/// When it is too long or holds control characters.
pub fn optional(text: &str, most: usize) -> Result<String, TextFault> {
    let text = text.trim();
    if text.chars().count() > most {
        return Err(TextFault::TooLong);
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(TextFault::Characters);
    }
    Ok(text.replace("\r\n", "\n"))
}

/// As [`optional`], and something must be there.
///
/// # Errors
/// When it is empty, too long or holds control characters.
pub fn required(text: &str, most: usize) -> Result<String, TextFault> {
    let text = optional(text, most)?;
    if text.is_empty() { Err(TextFault::Empty) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_in_characters_and_blank_is_empty() {
        assert_eq!(required("  \n ", LINE), Err(TextFault::Empty));
        assert_eq!(required(&"å".repeat(LINE), LINE).map(|t| t.chars().count()), Ok(LINE));
        assert_eq!(required(&"å".repeat(LINE + 1), LINE), Err(TextFault::TooLong));
        assert_eq!(optional("a\u{0}b", LINE), Err(TextFault::Characters));
        assert_eq!(optional("a\r\nb", LINE), Ok("a\nb".to_owned()));
    }
}
