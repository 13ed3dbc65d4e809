//! Cells that no spreadsheet takes for a formula.
//!
//! A program that opens a file of rows runs what begins with `=`, `+`, `-`, `@`, a tab or a line
//! end as a formula. Such a cell gets an apostrophe in front, which shows it as text. A cell that
//! begins with an apostrophe gets one more, so that what was written can be read again as it was.

use std::borrow::Cow;

/// What a cell must not begin with: the signs of a formula, also in their wide forms, and what a
/// program may skip to find one.
fn starts_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
        || c.is_whitespace()
        || c.is_control()
}

/// The text as a cell that is only ever text.
#[must_use]
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    match text.chars().next() {
        Some(c) if c == '\'' || starts_formula(c) => Cow::Owned(format!("'{text}")),
        _ => Cow::Borrowed(text),
    }
}

/// The text that [`safe_cell`] was made of. A cell that nobody escaped is left as it is.
#[must_use]
pub fn plain_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(|c| c == '\'' || starts_formula(c)) => rest,
        _ => cell,
    }
}
