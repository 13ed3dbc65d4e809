//! Facts that travel in files between the joint office and an agency's own system (REQ-INFO-18).
//!
//! The joint office stands beside those systems and replaces none. A file is read row by row: what
//! is right is taken, what is not is sent back with its reason, and a file that is sent again takes
//! nothing twice. What a fact means, and which category of information it belongs to, is said by
//! its kind. Who it is about is the server's to find out.

mod cell;
pub mod file;

pub use cell::{plain_cell, safe_cell};

use jiff::civil::Date;

use crate::record::FactKind;
use crate::text;

/// The columns of a file, in their order.
pub const COLUMNS: [&str; 5] = ["key", "number", "kind", "value", "known_on"];
/// What the first cell of the last line says; the second cell counts the rows.
pub const END: &str = "#end";
/// The most rows of a file.
pub const MOST_ROWS: usize = 2_000;
/// The most bytes of a file.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;
/// The most characters of a key.
pub const MOST_KEY: usize = 64;

/// Why a file was refused as a whole. Nothing of it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// More bytes or rows than a file may have.
    #[error("the file is too large")]
    TooLarge,
    /// The first line does not name the columns.
    #[error("the first line is not the list of columns")]
    Header,
    /// It does not end with its count, or another number of rows came than it counts.
    #[error("the file was cut off")]
    CutOff,
    /// Quotes that do not end, or a line that is no row at all.
    #[error("the file is not in the form that is described")]
    Form,
}

impl FileFault {
    /// Every fault of a file.
    pub const ALL: [Self; 4] = [Self::TooLarge, Self::Header, Self::CutOff, Self::Form];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "exchange-too-large",
            Self::Header => "exchange-header",
            Self::CutOff => "exchange-cut-off",
            Self::Form => "exchange-form",
        }
    }
}

/// Why a row was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum RowFault {
    /// Not the five cells.
    #[error("the row does not have the columns of the file")]
    Columns,
    /// No key, or one that is not letters, digits and `-_.:`.
    #[error("the key cannot be used")]
    Key,
    /// The key is on an earlier row of the same file.
    #[error("the key is there twice")]
    Duplicate,
    /// The key came in an earlier file, with another content.
    #[error("the key was used for something else")]
    KeyReused,
    /// Not an identity number.
    #[error("the identity number does not hold")]
    Number,
    /// Nobody whom the agency may write about here has the number.
    #[error("the person is not known to the agency here")]
    Person,
    /// No such kind of fact.
    #[error("the kind is not known")]
    Kind,
    /// No value, too long, or with characters that cannot be shown.
    #[error("the value cannot be used")]
    Value,
    /// Not a day, or a day to come.
    #[error("the day does not hold")]
    Day,
}

impl RowFault {
    /// Every fault of a row.
    pub const ALL: [Self; 9] = [
        Self::Columns,
        Self::Key,
        Self::Duplicate,
        Self::KeyReused,
        Self::Number,
        Self::Person,
        Self::Kind,
        Self::Value,
        Self::Day,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Columns => "columns",
            Self::Key => "key",
            Self::Duplicate => "duplicate",
            Self::KeyReused => "key-reused",
            Self::Number => "number",
            Self::Person => "person",
            Self::Kind => "kind",
            Self::Value => "value",
            Self::Day => "day",
        }
    }
}

/// A row, read. Whom it is about stands in the second cell, which the server reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// The sender's own key of this row.
    pub key: String,
    /// What it answers.
    pub kind: FactKind,
    /// The answer.
    pub value: String,
    /// The day it was known.
    pub known_on: Date,
}

/// The key of a row, if it can be used.
///
/// # Errors
/// [`RowFault::Key`].
pub fn read_key(cell: &str) -> Result<String, RowFault> {
    let key = plain_cell(cell.trim());
    let fits = (1..=MOST_KEY).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
    if fits { Ok(key.to_owned()) } else { Err(RowFault::Key) }
}

/// Reads the cells of a row but for whom it is about.
///
/// # Errors
/// The first thing that is wrong, from left to right.
pub fn read_row(cells: &[&str], today: Date) -> Result<FactRow, RowFault> {
    let [key, _, kind, value, known_on] = cells else { return Err(RowFault::Columns) };
    let key = read_key(key)?;
    let kind = FactKind::parse(kind.trim()).ok_or(RowFault::Kind)?;
    let value =
        text::required(plain_cell(value.trim()), text::LINE).map_err(|_| RowFault::Value)?;
    if value.contains(['\n', '\r']) {
        return Err(RowFault::Value);
    }
    let known_on: Date = known_on.trim().parse().map_err(|_| RowFault::Day)?;
    if known_on > today {
        return Err(RowFault::Day);
    }
    Ok(FactRow { key, kind, value, known_on })
}

/// What became of the rows of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many the file says it has.
    pub sent: i64,
    /// How many came.
    pub received: i64,
    /// How many were taken.
    pub accepted: i64,
    /// How many had been taken from an earlier file.
    pub repeated: i64,
    /// How many were not taken.
    pub rejected: i64,
}

#[cfg(test)]
mod tests;
