//! When the door is open: weekly hours, public holidays of both countries, special days.
//!
//! Holidays are computed, for any year from 1900 to 2199. Sources: Norway, lov 24. februar 1995
//! nr. 12 om helligdager and lov 26. april 1947 nr. 1 om 1. og 17. mai; Sweden, lag (1989:253) om
//! allmänna helgdagar, in which the national day replaced Whit Monday from 2005. Christmas Eve
//! and New Year's Eve are no public holidays; an office that closes then says so as a special
//! day.

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

use super::organisation::Opening;
use super::words::words;
use crate::person::Country;

words! {
    /// A public holiday; some weekdays bear one, and every one that always falls on a Sunday.
    Holiday {
        /// 1 January.
        NewYear = "new_year",
        /// 6 January; Sweden.
        Epiphany = "epiphany",
        /// Thursday before Easter; Norway.
        MaundyThursday = "maundy_thursday",
        /// Friday before Easter.
        GoodFriday = "good_friday",
        /// Easter Sunday.
        Easter = "easter",
        /// Monday after Easter.
        EasterMonday = "easter_monday",
        /// 1 May.
        LabourDay = "labour_day",
        /// 17 May in Norway, 6 June in Sweden from 2005.
        NationalDay = "national_day",
        /// Thursday 39 days after Easter.
        Ascension = "ascension",
        /// Seventh Sunday after Easter.
        Whit = "whit",
        /// The Monday after; Norway, and Sweden until 2004.
        WhitMonday = "whit_monday",
        /// Saturday from 20 to 26 June; Sweden.
        Midsummer = "midsummer",
        /// Saturday from 31 October to 6 November; Sweden.
        AllSaints = "all_saints",
        /// 25 December.
        Christmas = "christmas",
        /// 26 December.
        SecondChristmas = "second_christmas",
    }
}

/// The Sunday of Easter in the Gregorian calendar (computus of Meeus, Jones and Butcher).
///
/// `None` outside the years 1900 to 2199, for which the rules of this module were looked up.
#[must_use]
pub fn easter(year: i16) -> Option<Date> {
    if !(1900..=2199).contains(&year) {
        return None;
    }
    let y = i32::from(year);
    let golden = y % 19;
    let (century, rest) = (y / 100, y % 100);
    let correction = (century + 8) / 25;
    let moon = (century - correction + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * shift + 114;
    let month = i8::try_from(days / 31).ok()?;
    let day = i8::try_from(days % 31 + 1).ok()?;
    Date::new(year, month, day).ok()
}

/// The first day from `from` on that is `weekday`.
fn next(from: Date, weekday: Weekday) -> Option<Date> {
    (0..7).filter_map(|n| from.checked_add(n.days()).ok()).find(|day| day.weekday() == weekday)
}

/// The public holidays of a country in a year, in their order; empty outside 1900 to 2199.
#[must_use]
pub fn holidays(country: Country, year: i16) -> Vec<(Date, Holiday)> {
    let Some(easter) = easter(year) else { return Vec::new() };
    let fixed = |month: i8, day: i8| Date::new(year, month, day).ok();
    let moved = |days: i32| easter.checked_add(days.days()).ok();
    let saturday = |month: i8, day: i8| next(fixed(month, day)?, Weekday::Saturday);
    let sweden = country == Country::Se;
    let norway = !sweden;
    let national = match country {
        Country::No if year >= 1947 => fixed(5, 17),
        Country::Se if year >= 2005 => fixed(6, 6),
        _ => None,
    };
    let labour = match country {
        Country::No if year < 1947 => None,
        Country::Se if year < 1939 => None,
        _ => fixed(5, 1),
    };
    let mut days: Vec<(Date, Holiday)> = [
        (fixed(1, 1), Holiday::NewYear, true),
        (fixed(1, 6), Holiday::Epiphany, sweden),
        (moved(-3), Holiday::MaundyThursday, norway),
        (moved(-2), Holiday::GoodFriday, true),
        (moved(0), Holiday::Easter, true),
        (moved(1), Holiday::EasterMonday, true),
        (labour, Holiday::LabourDay, true),
        (national, Holiday::NationalDay, true),
        (moved(39), Holiday::Ascension, true),
        (moved(49), Holiday::Whit, true),
        (moved(50), Holiday::WhitMonday, norway || year < 2005),
        (saturday(6, 20), Holiday::Midsummer, sweden && year >= 1953),
        (saturday(10, 31), Holiday::AllSaints, sweden && year >= 1953),
        (fixed(12, 25), Holiday::Christmas, true),
        (fixed(12, 26), Holiday::SecondChristmas, true),
    ]
    .into_iter()
    .filter(|(_, _, holds)| *holds)
    .filter_map(|(day, name, _)| day.map(|day| (day, name)))
    .collect();
    days.sort();
    days
}

/// The public holiday of a day, if it is one.
#[must_use]
pub fn holiday(country: Country, day: Date) -> Option<Holiday> {
    holidays(country, day.year()).into_iter().find(|(it, _)| *it == day).map(|(_, name)| name)
}

/// A day on which an office does not keep its weekly hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Special {
    /// The day.
    pub day: Date,
    /// The hours it is open then; `None` when it stays closed.
    pub hours: Option<(Time, Time)>,
}

/// The hours of a day: a special day comes first, then a public holiday closes, then the week
/// holds. Empty when the door stays closed.
#[must_use]
pub fn hours_on(
    week: &[Opening],
    special: &[Special],
    country: Country,
    day: Date,
) -> Vec<(Time, Time)> {
    let told: Vec<&Special> = special.iter().filter(|it| it.day == day).collect();
    if !told.is_empty() {
        return told.iter().filter_map(|it| it.hours).collect();
    }
    if holiday(country, day).is_some() {
        return Vec::new();
    }
    let weekday = u8::try_from(day.weekday().to_monday_one_offset()).unwrap_or_default();
    let mut hours: Vec<_> =
        week.iter().filter(|it| it.weekday == weekday).map(|it| (it.opens, it.closes)).collect();
    hours.sort();
    hours
}

/// Minutes that the door is open on a day with these hours.
#[must_use]
pub fn open_minutes(hours: &[(Time, Time)]) -> i64 {
    hours.iter().map(|(from, to)| from.until(*to).map_or(0, |it| it.get_hours_minutes())).sum()
}

/// Minutes in a span of hours and minutes.
trait Minutes {
    fn get_hours_minutes(&self) -> i64;
}

impl Minutes for jiff::Span {
    fn get_hours_minutes(&self) -> i64 {
        i64::from(self.get_hours()) * 60 + self.get_minutes()
    }
}
