//! Tests of the organisation, by what they are about.

mod acts;
mod areas;
mod calendar;
mod fault_cases;
mod faults;
mod files;
mod folders;
mod mandates;

use super::{OfficeSet, read};
use jiff::civil::Date;

/// The smallest file with everything in it; the fault tests break it line by line.
const SMALL: &str = include_str!("tests/small.toml");

/// The city of the seed, with boundaries that came into force at different times.
const CITY_2005: &str = include_str!("tests/city-2005.toml");

/// The city that demonstrations run on.
const DEMO: &str = include_str!("../../../../demo/city.toml");

fn set_of(text: &str) -> OfficeSet {
    read(text).unwrap()
}

fn day(written: &str) -> Date {
    written.parse().unwrap()
}
