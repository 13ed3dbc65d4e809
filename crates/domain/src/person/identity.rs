//! Identity numbers of the two countries: reading, storing and masking.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{norway, sweden};

/// The longest text taken for an identity number, in characters: twelve digits
/// with generous blanks. Anything longer is something else pasted by mistake.
const LONGEST: usize = 40;

/// How many digits at the end of a number the mask leaves readable.
const SHOWN: usize = 3;

/// A country whose identity numbers are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Country {
    /// Norway.
    No,
    /// Sweden.
    Se,
}

impl Country {
    /// The ISO 3166 code in lower case: `no` or `se`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Se => "se",
        }
    }
}

impl FromStr for Country {
    type Err = IdentityFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "no" => Ok(Self::No),
            "se" => Ok(Self::Se),
            _ => Err(IdentityFault::Country),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The series an identity number belongs to (domain.md J.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// Norwegian number of a resident.
    Fodselsnummer,
    /// Norwegian number of somebody not resident: day + 40.
    DNumber,
    /// Norwegian month + 40, with or without day + 40: help numbers handed out
    /// by a hospital for its own use, and the Dolly test population.
    HNumber,
    /// Norwegian month + 80, with or without day + 40: the Tenor test population.
    Synthetic,
    /// Swedish number of a resident.
    Personnummer,
    /// Swedish coordination number of somebody not resident: day + 60.
    Samordningsnummer,
}

impl IdentityKind {
    const ALL: [Self; 6] = [
        Self::Fodselsnummer,
        Self::DNumber,
        Self::HNumber,
        Self::Synthetic,
        Self::Personnummer,
        Self::Samordningsnummer,
    ];

    /// The stable code kept in the database and the words files, such as
    /// `d_number`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fodselsnummer => "fodselsnummer",
            Self::DNumber => "d_number",
            Self::HNumber => "h_number",
            Self::Synthetic => "synthetic",
            Self::Personnummer => "personnummer",
            Self::Samordningsnummer => "samordningsnummer",
        }
    }

    /// Reads a code of [`IdentityKind::as_str`]; `None` for any other text.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == code)
    }

    /// The country that issues the series.
    #[must_use]
    pub fn country(self) -> Country {
        match self {
            Self::Fodselsnummer | Self::DNumber | Self::HNumber | Self::Synthetic => Country::No,
            Self::Personnummer | Self::Samordningsnummer => Country::Se,
        }
    }
}

/// Why a text is not an identity number. No variant repeats the text, so a fault
/// may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityFault {
    /// Nothing was written.
    #[error("the identity number is empty")]
    Empty,
    /// More than 40 characters: not an identity number at all.
    #[error("the text is too long to be an identity number")]
    TooLong,
    /// The digits are too few or too many, or a Swedish sign does not stand
    /// before the last four.
    #[error("the identity number has the wrong number of digits")]
    Length,
    /// Something other than the digits 0-9, blanks and the sign was written.
    #[error("the identity number holds something other than digits")]
    NotDigits,
    /// The first part names a day that is in no calendar.
    #[error("the identity number does not begin with a date")]
    NoSuchDate,
    /// The control digits do not fit the rest, so at least one digit is wrong.
    #[error("the control digits do not fit")]
    ControlDigit,
    /// Swedish serial 000, or a Norwegian individual number that is issued for
    /// no century of the written year.
    #[error("the serial part is not in use")]
    Serial,
    /// A Swedish date of birth after today.
    #[error("the date of birth has not come yet")]
    NotYetBorn,
    /// A stored number does not belong to the series stored beside it.
    #[error("the stored number does not belong to the stored series")]
    Kind,
    /// The country is not one of those in [`Country`].
    #[error("the country is neither no nor se")]
    Country,
}

impl IdentityFault {
    /// The key under which the words files explain the fault.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "identity-empty",
            Self::TooLong => "identity-too-long",
            Self::Length => "identity-length",
            Self::NotDigits => "identity-digits",
            Self::NoSuchDate => "identity-date",
            Self::ControlDigit => "identity-control",
            Self::Serial => "identity-serial",
            Self::NotYetBorn => "identity-future",
            Self::Kind => "identity-kind",
            Self::Country => "identity-country",
        }
    }
}

/// What the digits of one country say.
pub(super) struct Reading {
    pub(super) kind: IdentityKind,
    pub(super) digits: String,
    pub(super) born_on: Option<Date>,
}

/// A number with which a state tells one person from all others (REQ-INFO-08).
///
/// A value has passed every check of its country. It prints only as
/// [`IdentityNumber::masked`] and cannot be serialised; whoever needs the digits
/// must ask for [`IdentityNumber::canonical`] by name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityNumber {
    kind: IdentityKind,
    digits: String,
    born_on: Option<Date>,
}

impl IdentityNumber {
    /// Reads what somebody typed or pasted (domain.md J.2).
    ///
    /// Blanks anywhere are ignored. Norwegian: eleven digits, hyphens ignored.
    /// Swedish: ten digits or twelve, with or without `-` or `+` before the last
    /// four; with ten digits the century follows from `today`.
    ///
    /// # Errors
    ///
    /// The first [`IdentityFault`] met. A Norwegian date of birth after `today`
    /// is no fault, because numbers of the years after 2032 already circulate as
    /// test values; a Swedish one is.
    pub fn parse(country: Country, text: &str, today: Date) -> Result<Self, IdentityFault> {
        Self::read(country, &written(text)?, today)
    }

    /// Reads a number whose country nobody named: eleven digits are Norwegian,
    /// ten or twelve are Swedish. The lengths never overlap, so no number can be
    /// taken for one of the other country.
    ///
    /// # Errors
    ///
    /// As [`IdentityNumber::parse`]; any other count of digits is
    /// [`IdentityFault::Length`].
    pub fn guess(text: &str, today: Date) -> Result<Self, IdentityFault> {
        let text = written(text)?;
        if text.contains(|c: char| !c.is_ascii_digit() && !is_sign(c)) {
            return Err(IdentityFault::NotDigits);
        }
        match text.chars().filter(char::is_ascii_digit).count() {
            11 => Self::read(Country::No, &text, today),
            10 | 12 => Self::read(Country::Se, &text, today),
            _ => Err(IdentityFault::Length),
        }
    }

    /// Reads back what [`IdentityNumber::canonical`] gave, with all checks that
    /// need no clock, so that a damaged row is found instead of trusted.
    ///
    /// # Errors
    ///
    /// [`IdentityFault::Kind`] when the digits belong to another series than
    /// `kind`, otherwise as [`IdentityNumber::parse`].
    pub fn from_stored(kind: IdentityKind, canonical: &str) -> Result<Self, IdentityFault> {
        let reading = match kind.country() {
            Country::No => norway::read(canonical)?,
            Country::Se => sweden::read_long(canonical)?,
        };
        if reading.kind != kind {
            return Err(IdentityFault::Kind);
        }
        Ok(reading.into())
    }

    fn read(country: Country, written: &str, today: Date) -> Result<Self, IdentityFault> {
        match country {
            Country::No => norway::read(&written.replace('-', "")),
            Country::Se => sweden::read(written, today),
        }
        .map(Self::from)
    }

    /// The series of the number.
    #[must_use]
    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// The country that issued the number.
    #[must_use]
    pub fn country(&self) -> Country {
        self.kind.country()
    }

    /// The bare digits, for storing and searching only and never for showing:
    /// eleven for Norway, twelve (year in full) for Sweden.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.digits
    }

    /// The date of birth that the number tells. It may differ from the true one,
    /// which the population register holds, and may lie after today (see
    /// [`IdentityNumber::parse`]). `None` for a Norwegian number that only the
    /// control rule of 2032 admits: no verified source says how such a number
    /// tells its century.
    #[must_use]
    pub fn born_on(&self) -> Option<Date> {
        self.born_on
    }

    /// The number for people to see: a star for every digit but the last three,
    /// such as `********022`. Enough to tell two open matters apart at the desk;
    /// neither the date of birth nor the number can be worked out from it.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = self.digits.len().saturating_sub(SHOWN);
        let shown = self.digits.get(hidden..).unwrap_or_default();
        format!("{}{shown}", "*".repeat(hidden))
    }

    /// Whether the number is from a series that never belongs to a living person
    /// known under it nationwide: production refuses these and a test system
    /// refuses all others (domain.md J.2).
    ///
    /// Norwegian month + 80 and month + 40. The latter also covers real help
    /// numbers, which are local to one hospital and so no key between agencies.
    /// Swedish serials 980 to 999, which Skatteverket keeps for test people
    /// (common knowledge, not verified against a source).
    #[must_use]
    pub fn is_test(&self) -> bool {
        match self.kind {
            IdentityKind::HNumber | IdentityKind::Synthetic => true,
            IdentityKind::Fodselsnummer | IdentityKind::DNumber => false,
            IdentityKind::Personnummer | IdentityKind::Samordningsnummer => {
                matches!(self.digits.get(8..10), Some("98" | "99"))
            }
        }
    }
}

impl From<Reading> for IdentityNumber {
    fn from(reading: Reading) -> Self {
        Self { kind: reading.kind, digits: reading.digits, born_on: reading.born_on }
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityNumber({})", self.masked())
    }
}

impl fmt::Display for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// The text without blanks and with every hyphen, dash and minus as `-`, because
/// word processors replace the typed hyphen.
fn written(text: &str) -> Result<String, IdentityFault> {
    if text.chars().nth(LONGEST).is_some() {
        return Err(IdentityFault::TooLong);
    }
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c })
        .collect();
    if text.is_empty() { Err(IdentityFault::Empty) } else { Ok(text) }
}

/// Whether `c` may stand between the date and the serial part.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '-' | '+')
}

/// The values of exactly `N` digits.
pub(super) fn digits<const N: usize>(text: &str) -> Result<[i16; N], IdentityFault> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(IdentityFault::NotDigits);
    }
    let values: Vec<i16> = text.bytes().map(|byte| i16::from(byte - b'0')).collect();
    values.try_into().map_err(|_| IdentityFault::Length)
}

/// The date, or the fault that there is none.
pub(super) fn date(year: i16, month: i16, day: i16) -> Result<Date, IdentityFault> {
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return Err(IdentityFault::NoSuchDate);
    };
    Date::new(year, month, day).map_err(|_| IdentityFault::NoSuchDate)
}
