//! The rules of Swedish identity numbers: `YYMMDD`, a sign, three digits of
//! serial, one control digit (domain.md J.2).

use jiff::civil::Date;

use super::identity::{IdentityFault, IdentityKind, Reading, date, digits, is_sign};

/// The first year taken for a year of birth; nobody born earlier lived to be
/// given a number in 1947.
const FIRST_YEAR: i16 = 1800;

/// Reads ten or twelve digits with or without the sign; `today` gives the century
/// where it is not written and refuses people not yet born.
pub(super) fn read(text: &str, today: Date) -> Result<Reading, IdentityFault> {
    let (begin, sign, serial) = match text.split_once(is_sign) {
        Some((begin, serial)) if serial.len() == 4 => (begin, text.contains('+'), serial),
        Some(_) => return Err(IdentityFault::Length),
        None => {
            let cut = text.len().saturating_sub(4);
            let (begin, serial) = text.split_at_checked(cut).ok_or(IdentityFault::NotDigits)?;
            (begin, false, serial)
        }
    };
    let long = match begin.len() {
        6 => format!("{}{begin}{serial}", century(begin, sign, today)?),
        _ => format!("{begin}{serial}"),
    };
    let reading = read_long(&long)?;
    if reading.born_on.is_some_and(|born| born > today) {
        return Err(IdentityFault::NotYetBorn);
    }
    Ok(reading)
}

/// Reads twelve digits and nothing else.
pub(super) fn read_long(text: &str) -> Result<Reading, IdentityFault> {
    let number: [i16; 12] = digits(text)?;
    let [y1, y2, y3, y4, m1, m2, d1, d2, s1, s2, s3, _] = number;
    let year = y1 * 1000 + y2 * 100 + y3 * 10 + y4;
    if year < FIRST_YEAR {
        return Err(IdentityFault::NoSuchDate);
    }
    let (day, kind) = match d1 * 10 + d2 {
        shifted @ 61.. => (shifted - 60, IdentityKind::Samordningsnummer),
        day => (day, IdentityKind::Personnummer),
    };
    let born_on = date(year, m1 * 10 + m2, day)?;
    if !luhn(&number) {
        return Err(IdentityFault::ControlDigit);
    }
    if (s1, s2, s3) == (0, 0, 0) {
        return Err(IdentityFault::Serial);
    }
    Ok(Reading { kind, digits: text.to_owned(), born_on: Some(born_on) })
}

/// The two digits that the short form leaves out.
///
/// With `+` the newest year of birth at least a hundred years before this one.
/// Otherwise the newest date of birth that has come. In the year of the hundredth
/// birthday that can be a century back although `-` was written, because cards
/// printed the year before still carry the `-`.
fn century(begin: &str, plus: bool, today: Date) -> Result<i16, IdentityFault> {
    let [y1, y2, m1, m2, d1, d2] = digits(begin)?;
    let newest = if plus { today.year() - 100 } else { today.year() };
    let year = newest - (newest - (y1 * 10 + y2)).rem_euclid(100);
    let day = match d1 * 10 + d2 {
        shifted @ 61.. => shifted - 60,
        day => day,
    };
    let still_to_come = (year, m1 * 10 + m2, day)
        > (today.year(), i16::from(today.month()), i16::from(today.day()));
    Ok(if still_to_come { year - 100 } else { year } / 100)
}

/// Whether the Luhn sum over `YYMMDDNNNC` ends in 0.
fn luhn(number: &[i16; 12]) -> bool {
    let sum: i16 = number
        .iter()
        .skip(2)
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 } else { *digit })
        .map(|product| product / 10 + product % 10)
        .sum();
    sum % 10 == 0
}
