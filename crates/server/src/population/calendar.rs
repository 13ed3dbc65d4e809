//! Days as numbers, their texts made once, and identifiers ordered by time.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use super::PopulationFault;
use super::random::Random;

/// A day in microseconds, the unit in which instants are stored.
pub(super) const DAY: i64 = 86_400_000_000;
/// An hour in microseconds.
pub(super) const HOUR: i64 = DAY / 24;
/// A minute in microseconds.
pub(super) const MINUTE: i64 = HOUR / 60;
/// Offices work from this hour UTC (8 or 9 o'clock in the Nordic countries).
const OPENS: i64 = 7 * HOUR;
/// And for this long.
const OPEN_FOR: i64 = 8 * HOUR;
/// The oldest day that is needed: people in their sixties.
const BACK_YEARS: i16 = 68;

/// Days are counted from 1 January 1970. Writing a date is slow beside
/// everything else that is done for a case, so each is written once.
pub(super) struct Calendar {
    pub(super) now: i64,
    pub(super) today: i64,
    pub(super) zone: TimeZone,
    first: i64,
    texts: Vec<String>,
}

impl Calendar {
    pub(super) fn new(now: Timestamp, zone: TimeZone) -> Result<Self, PopulationFault> {
        let today = zone.to_datetime(now).date();
        let mut day = today.checked_sub(i32::from(BACK_YEARS).years()).map_err(bad_date)?;
        let last = today.checked_add(2.years()).map_err(bad_date)?;
        let first = number(day)?;
        let mut texts = Vec::new();
        while day <= last {
            texts.push(day.to_string());
            day = day.tomorrow().map_err(bad_date)?;
        }
        Ok(Self { now: now.as_microsecond(), today: number(today)?, zone, first, texts })
    }

    /// The ISO text of a day.
    pub(super) fn text(&self, day: i64) -> Result<&str, PopulationFault> {
        let at = usize::try_from(day - self.first).ok();
        at.and_then(|at| self.texts.get(at)).map(String::as_str).ok_or(PopulationFault::Date)
    }

    /// The date of a day.
    pub(super) fn date(&self, day: i64) -> Result<Date, PopulationFault> {
        self.text(day)?.parse().map_err(bad_date)
    }

    /// The day at the offices of an instant.
    pub(super) fn day_of(&self, at: i64) -> Result<i64, PopulationFault> {
        let at = Timestamp::from_microsecond(at).map_err(bad_date)?;
        number(self.zone.to_datetime(at).date())
    }

    /// The instant when a day at the offices has come so far, in microseconds.
    pub(super) fn instant(&self, day: i64, into: i64) -> Result<i64, PopulationFault> {
        let start = self.date(day)?.to_zoned(self.zone.clone()).map_err(bad_date)?;
        Ok(start.timestamp().as_microsecond() + into)
    }
}

/// The number of a date.
pub(super) fn number(date: Date) -> Result<i64, PopulationFault> {
    let start = date.to_zoned(TimeZone::UTC).map_err(bad_date)?;
    Ok(start.timestamp().as_second().div_euclid(86_400))
}

fn bad_date(_: jiff::Error) -> PopulationFault {
    PopulationFault::Date
}

/// The day itself, or the Friday before when it falls on a weekend.
pub(super) fn workday_before(day: i64) -> i64 {
    // 1 January 1970 was a Thursday: 2 and 3 are Saturday and Sunday.
    match day.rem_euclid(7) {
        2 => day - 1,
        3 => day - 2,
        _ => day,
    }
}

/// The day itself, or the Monday after when it falls on a weekend.
pub(super) fn workday_after(day: i64) -> i64 {
    match day.rem_euclid(7) {
        2 => day + 2,
        3 => day + 1,
        _ => day,
    }
}

/// Some moment of a day's office hours.
pub(super) fn office_hours(random: &mut Random, day: i64) -> i64 {
    day * DAY + OPENS + random.between(0, OPEN_FOR - 1)
}

/// An identifier like version 7: 48 bits of time, the rest random, but from the seed.
pub(super) fn id_at(random: &mut Random, at: i64) -> Uuid {
    let [a, b] = [random.next().to_be_bytes(), random.next().to_be_bytes()];
    let mut tail = [0; 10];
    tail.iter_mut().zip(a.into_iter().chain(b)).for_each(|(to, from)| *to = from);
    let millis = u64::try_from(at.div_euclid(1000)).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

/// Identifiers that rise strictly, so that rows come in the order of their key.
#[derive(Default)]
pub(super) struct Rising(i64);

impl Rising {
    pub(super) fn next(&mut self, random: &mut Random, at: i64) -> Uuid {
        self.0 = (self.0 + 1000).max(at);
        id_at(random, self.0)
    }
}
