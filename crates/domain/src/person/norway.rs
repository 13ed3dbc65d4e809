//! The rules of Norwegian identity numbers: `DDMMYY`, three digits of individual
//! number, two control digits (domain.md J.2).

use super::identity::{IdentityFault, IdentityKind, Reading, date, digits};

/// Weights of the ten digits that the first control digit closes, itself included.
const FIRST: [i16; 10] = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
/// Weights of all eleven digits, which the second control digit closes.
const SECOND: [i16; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

/// The rule under which the control digits fit.
enum Control {
    /// Both weighted sums are divisible by 11.
    Present,
    /// The first sum leaves 1, 2 or 3: issued from 2032, accepted already so that
    /// nothing has to change on that day.
    Coming,
}

/// Reads eleven digits and nothing else.
pub(super) fn read(text: &str) -> Result<Reading, IdentityFault> {
    let number: [i16; 11] = digits(text)?;
    let [d1, d2, m1, m2, y1, y2, i1, i2, i3, ..] = number;
    let (day, resident) = match d1 * 10 + d2 {
        shifted @ 41.. => (shifted - 40, false),
        day => (day, true),
    };
    let (month, kind) = match m1 * 10 + m2 {
        shifted @ 81.. => (shifted - 80, IdentityKind::Synthetic),
        shifted @ 41..=52 => (shifted - 40, IdentityKind::HNumber),
        month if resident => (month, IdentityKind::Fodselsnummer),
        month => (month, IdentityKind::DNumber),
    };
    let year_of_century = y1 * 10 + y2;
    // Of all centuries the 2000s have every leap day that any other has.
    date(2000 + year_of_century, month, day)?;
    let born_on = match control(&number)? {
        Control::Coming => None,
        Control::Present => {
            let individual = i1 * 100 + i2 * 10 + i3;
            let year = year(year_of_century, individual).ok_or(IdentityFault::Serial)?;
            Some(date(year, month, day)?)
        }
    };
    Ok(Reading { kind, digits: text.to_owned(), born_on })
}

fn control(number: &[i16; 11]) -> Result<Control, IdentityFault> {
    let sum = |weights: &[i16]| -> i16 {
        weights.iter().zip(number).map(|(weight, digit)| weight * digit).sum()
    };
    match (sum(&FIRST) % 11, sum(&SECOND) % 11) {
        (0, 0) => Ok(Control::Present),
        (1..=3, 0) => Ok(Control::Coming),
        _ => Err(IdentityFault::ControlDigit),
    }
}

/// The year of birth told by the individual number, which picks the century.
/// `None` for the combinations that have never been issued.
fn year(year_of_century: i16, individual: i16) -> Option<i16> {
    let century = match (individual, year_of_century) {
        (0..=499, _) | (900..=999, 40..) => 1900,
        (500..=749, 54..) => 1800,
        (500..=999, ..=39) => 2000,
        _ => return None,
    };
    Some(century + year_of_century)
}
