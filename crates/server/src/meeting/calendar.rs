//! Calendar files as programs read them (RFC 5545, RFC 5546): an invitation, its update and its
//! cancellation carry the same identifier and a growing number; times are written in UTC, so that
//! the change between summer and winter time moves nothing. A file says when and where, never
//! whom or what about: it lies on telephones and in other firms' clouds.
//!
//! Reading a calendar of a member of staff keeps when they are busy and nothing else. A time
//! without a zone is asked about and never guessed; an entry that comes again is refused.

use icalendar::{Calendar, CalendarComponent, Component, Event, Property};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

/// The longest file that is read.
pub(super) const LONGEST: usize = 1 << 20;
/// The most entries of a file.
pub(super) const MOST: usize = 2000;
/// The longest that one entry may last, in quarters: two weeks.
const LONGEST_QUARTERS: i64 = 14 * 96;
const QUARTER: i64 = 15 * 60 * 1_000_000;

/// What a calendar program is told of a meeting.
pub(crate) struct Entry<'a> {
    pub(crate) id: Uuid,
    pub(crate) sequence: i64,
    pub(crate) cancelled: bool,
    pub(crate) starts: Timestamp,
    pub(crate) ends: Timestamp,
    /// When the file is made.
    pub(crate) stamp: Timestamp,
    /// What it is called: a word that tells nothing.
    pub(crate) title: &'a str,
    pub(crate) place: &'a str,
    /// Who calls: the office.
    pub(crate) office: &'a str,
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// An invitation, or its cancellation, as a file.
pub(crate) fn write(entry: &Entry<'_>) -> String {
    let mut event = Event::new();
    event.add_property("UID", format!("{}@onedoor.invalid", entry.id));
    event.add_property("DTSTAMP", utc(entry.stamp));
    event.add_property("DTSTART", utc(entry.starts));
    event.add_property("DTEND", utc(entry.ends));
    event.add_property("SEQUENCE", entry.sequence.to_string());
    event.add_property("STATUS", if entry.cancelled { "CANCELLED" } else { "CONFIRMED" });
    event.add_property("SUMMARY", entry.title);
    event.add_property("LOCATION", entry.place);
    let mut organizer = Property::new("ORGANIZER", "mailto:no-reply@onedoor.invalid");
    let plain: String = entry.office.chars().filter(|c| !matches!(c, '"' | '\r' | '\n')).collect();
    organizer.add_parameter("CN", &plain);
    event.append_property(organizer.done());
    event.add_property("CLASS", "PRIVATE");
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Onedoor//Meetings//EN"));
    let method = if entry.cancelled { "CANCEL" } else { "REQUEST" };
    calendar.append_property(Property::new("METHOD", method));
    calendar.push(event.done());
    calendar.to_string()
}

/// When somebody is busy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Busy {
    /// The entry's own identifier.
    pub(crate) uid: String,
    /// From.
    pub(crate) starts: Timestamp,
    /// Until.
    pub(crate) ends: Timestamp,
    /// Whether it was taken away: its time is free again.
    pub(crate) cancelled: bool,
}

impl Busy {
    /// The quarters that it touches.
    pub(crate) fn quarters(&self) -> Vec<Timestamp> {
        if self.cancelled {
            return Vec::new();
        }
        let first = self.starts.as_microsecond().div_euclid(QUARTER);
        let last = (self.ends.as_microsecond() - 1).div_euclid(QUARTER).max(first);
        (first..=last).filter_map(|n| Timestamp::from_microsecond(n * QUARTER).ok()).collect()
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileFault {
    /// It is no calendar, or has no entry.
    Shape,
    /// It is too large.
    TooLarge,
    /// A time has no zone, and nobody has said which one holds.
    Floating,
    /// A zone that nobody knows.
    Zone,
    /// An entry comes again and again.
    Repeats,
    /// A time that is none, or an entry that ends before it begins or lasts too long.
    Time,
}

impl FileFault {
    /// The stable code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Shape => "calendar-shape",
            Self::TooLarge => "calendar-too-large",
            Self::Floating => "calendar-floating",
            Self::Zone => "calendar-zone",
            Self::Repeats => "calendar-repeats",
            Self::Time => "calendar-time",
        }
    }
}

fn instant(property: &Property, here: Option<&TimeZone>) -> Result<Timestamp, FileFault> {
    let text = property.value();
    let zone = property.params().get("TZID").map(|it| it.value().trim_matches('"').to_owned());
    if let Some(utc) = text.strip_suffix('Z') {
        let at = DateTime::strptime("%Y%m%dT%H%M%S", utc).map_err(|_| FileFault::Time)?;
        return TimeZone::UTC.to_timestamp(at).map_err(|_| FileFault::Time);
    }
    let at = if text.len() == 8 {
        // A whole day belongs to the place where one is.
        let day = Date::strptime("%Y%m%d", text).map_err(|_| FileFault::Time)?;
        day.to_datetime(jiff::civil::Time::midnight())
    } else {
        DateTime::strptime("%Y%m%dT%H%M%S", text).map_err(|_| FileFault::Time)?
    };
    let zone = match (zone, here) {
        (Some(name), _) => TimeZone::get(&name).map_err(|_| FileFault::Zone)?,
        (None, Some(here)) => here.clone(),
        (None, None) => return Err(FileFault::Floating),
    };
    zone.to_timestamp(at).map_err(|_| FileFault::Time)
}

fn busy(event: &Event, here: Option<&TimeZone>) -> Result<Option<Busy>, FileFault> {
    let repeats = ["RRULE", "RDATE"].iter().any(|key| {
        event.properties().contains_key(*key) || event.multi_properties().contains_key(*key)
    });
    if repeats {
        return Err(FileFault::Repeats);
    }
    // What its owner marked as free takes no time.
    if event.property_value("TRANSP") == Some("TRANSPARENT") {
        return Ok(None);
    }
    let from = event.properties().get("DTSTART").ok_or(FileFault::Time)?;
    let starts = instant(from, here)?;
    let ends = match event.properties().get("DTEND") {
        Some(until) => instant(until, here)?,
        None if from.value().len() == 8 => {
            starts.checked_add(24.hours()).map_err(|_| FileFault::Time)?
        }
        None => starts.checked_add(15.minutes()).map_err(|_| FileFault::Time)?,
    };
    let length = ends.as_microsecond() - starts.as_microsecond();
    if length <= 0 || length > LONGEST_QUARTERS * QUARTER {
        return Err(FileFault::Time);
    }
    let uid = event.property_value("UID").unwrap_or_default().trim();
    let uid = if uid.is_empty() { utc(starts) } else { uid.chars().take(200).collect() };
    let cancelled = event.property_value("STATUS") == Some("CANCELLED");
    Ok(Some(Busy { uid, starts, ends, cancelled }))
}

/// When a calendar says that its owner is busy. `here` is the zone that holds for times without
/// one, if its owner has said so.
///
/// # Errors
/// See [`FileFault`]: one wrong entry refuses the file, so that nothing is taken in by half.
pub(crate) fn read(text: &str, here: Option<&TimeZone>) -> Result<Vec<Busy>, FileFault> {
    if text.len() > LONGEST {
        return Err(FileFault::TooLarge);
    }
    let calendar: Calendar = text.trim_start().parse().map_err(|_| FileFault::Shape)?;
    let off = calendar.property_value("METHOD") == Some("CANCEL");
    let mut all = Vec::new();
    let mut there = false;
    for part in &calendar.components {
        let CalendarComponent::Event(event) = part else { continue };
        there = true;
        if let Some(mut one) = busy(event, here)? {
            one.cancelled |= off;
            all.push(one);
        }
        if all.len() > MOST {
            return Err(FileFault::TooLarge);
        }
    }
    if there { Ok(all) } else { Err(FileFault::Shape) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(starts: i64, quarters: i64, sequence: i64, cancelled: bool) -> String {
        let starts = Timestamp::from_microsecond(starts * QUARTER).unwrap();
        write(&Entry {
            id: Uuid::from_u128(7),
            sequence,
            cancelled,
            starts,
            ends: starts.checked_add((15 * quarters).minutes()).unwrap(),
            stamp: Timestamp::UNIX_EPOCH,
            title: "Møte; på kontoret, kl. 9",
            place: "Rom 2, Lundgata 4\nTrondheim",
            office: "Heimdal \"felles\"",
        })
    }

    proptest! {
        /// REQ-MEET-02: what is written is read again as the same instants, on any day of ten
        /// years, also where the clock is put forward or back.
        #[test]
        fn a_file_is_read_as_it_was_written(
            starts in 1_950_000..2_300_000_i64, quarters in 1..20_i64, sequence in 0..9_i64
        ) {
            let all = read(&entry(starts, quarters, sequence, false), None).unwrap();
            prop_assert_eq!(all.len(), 1);
            prop_assert_eq!(all[0].starts.as_microsecond(), starts * QUARTER);
            prop_assert_eq!(i64::try_from(all[0].quarters().len()).unwrap(), quarters);
        }

        /// No text breaks the reader.
        #[test]
        fn any_text_is_refused_or_read(text in "(BEGIN:VCALENDAR\r\n)?(BEGIN:VEVENT\r\n)?.{0,80}(\r\nEND:VEVENT)?(\r\nEND:VCALENDAR\r\n)?") {
            let _ = read(&text, Some(&TimeZone::UTC));
        }
    }

    /// REQ-MEET-02: an invitation, its update and its cancellation are one entry to a calendar
    /// program; lines end and fold as the standard asks, and no word says whom it is about.
    #[test]
    fn an_update_and_a_cancellation_carry_the_same_identifier() {
        let (first, moved, off) = (
            entry(2_000_000, 4, 0, false),
            entry(2_000_100, 4, 1, false),
            entry(2_000_100, 4, 2, true),
        );
        for (text, method, sequence) in
            [(&first, "REQUEST", "0"), (&moved, "REQUEST", "1"), (&off, "CANCEL", "2")]
        {
            assert!(text.contains(&format!("METHOD:{method}\r\n")), "{text}");
            assert!(text.contains(&format!("SEQUENCE:{sequence}\r\n")), "{text}");
            assert!(text.contains("UID:00000000-0000-0000-0000-000000000007@onedoor.invalid\r\n"));
            assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
            assert!(text.lines().all(|line| line.len() <= 76), "{text}");
            assert!(text.contains("VERSION:2.0\r\n") && text.contains("PRODID:"));
        }
        assert!(off.contains("STATUS:CANCELLED\r\n"));
        assert!(read(&off, None).unwrap()[0].quarters().is_empty());
    }

    fn calendar(lines: &str) -> String {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    }

    /// REQ-MEET-02: the same hour of the clock is another instant in summer and in winter; a time
    /// without a zone is asked about; one that comes again, ends before it begins or names a zone
    /// that nobody knows is refused.
    #[test]
    fn zones_are_kept_and_floating_times_are_asked_about() {
        let at = |text: &str, here: Option<&TimeZone>| read(&calendar(text), here);
        let local = |day: &str| {
            format!(
                "UID:a\r\nDTSTART;TZID=Europe/Oslo:{day}T090000\r\nDTEND;TZID=Europe/Oslo:{day}T100000"
            )
        };
        for (day, utc) in [("20261024", "07:00"), ("20261026", "08:00"), ("20270329", "07:00")] {
            let one = at(&local(day), None).unwrap();
            assert!(one[0].starts.to_string().contains(utc), "{day}: {:?}", one[0]);
            assert_eq!(one[0].quarters().len(), 4);
        }
        // Where the clock is put back, nine hours of the clock are ten hours long.
        let night =
            "DTSTART;TZID=Europe/Oslo:20261024T230000\r\nDTEND;TZID=Europe/Oslo:20261025T080000";
        assert_eq!(at(night, None).unwrap()[0].quarters().len(), 40);
        let floating = "UID:b\r\nDTSTART:20261123T090000\r\nDTEND:20261123T100000";
        assert_eq!(at(floating, None), Err(FileFault::Floating));
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        assert!(at(floating, Some(&oslo)).unwrap()[0].starts.to_string().contains("08:00"));
        for (text, fault) in [
            ("DTSTART;TZID=Middle/Earth:20261123T090000", FileFault::Zone),
            ("DTSTART:20261123T090000Z\r\nDTEND:20261123T080000Z", FileFault::Time),
            ("DTSTART:20261123T090000Z\r\nRRULE:FREQ=DAILY", FileFault::Repeats),
            ("DTSTART:soon", FileFault::Time),
            ("SUMMARY:x", FileFault::Time),
        ] {
            assert_eq!(at(text, Some(&oslo)), Err(fault), "{text}");
        }
        assert_eq!(read("hello", None), Err(FileFault::Shape));
        let free = "DTSTART:20261123T090000Z\r\nDTEND:20261123T100000Z\r\nTRANSP:TRANSPARENT";
        assert_eq!(at(free, None), Ok(Vec::new()));
    }
}
