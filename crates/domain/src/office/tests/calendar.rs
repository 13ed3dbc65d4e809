//! Public holidays against dates that are known, and hours that give way to them.

use jiff::civil::{Time, time};
use proptest::prelude::*;

use super::day;
use crate::office::{Holiday, Opening, Special, easter, holidays, hours_on, open_minutes};
use crate::person::Country;

/// REQ-ORG-38: Easter as printed in almanacs.
#[test]
fn easter_is_where_almanacs_have_it() {
    for known in [
        "1900-04-15",
        "1943-04-25",
        "1954-04-18",
        "1981-04-19",
        "2000-04-23",
        "2004-04-11",
        "2005-03-27",
        "2008-03-23",
        "2011-04-24",
        "2019-04-21",
        "2023-04-09",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2038-04-25",
        "2049-04-18",
        "2199-04-14",
    ] {
        let known = day(known);
        assert_eq!(easter(known.year()), Some(known));
    }
    assert_eq!((easter(1899), easter(2200)), (None, None));
}

/// REQ-ORG-38: the public holidays of Norway and Sweden in years that are known.
#[test]
fn holidays_of_both_countries_are_where_they_were() {
    use Country::{No as Norway, Se as Sweden};
    use Holiday as H;
    let norway_2026 = [
        ("2026-01-01", H::NewYear),
        ("2026-04-02", H::MaundyThursday),
        ("2026-04-03", H::GoodFriday),
        ("2026-04-05", H::Easter),
        ("2026-04-06", H::EasterMonday),
        ("2026-05-01", H::LabourDay),
        ("2026-05-14", H::Ascension),
        ("2026-05-17", H::NationalDay),
        ("2026-05-24", H::Whit),
        ("2026-05-25", H::WhitMonday),
        ("2026-12-25", H::Christmas),
        ("2026-12-26", H::SecondChristmas),
    ];
    let told = |country, year| holidays(country, year);
    let norway_2026: Vec<_> = norway_2026.iter().map(|(on, it)| (day(on), *it)).collect();
    assert_eq!(told(Norway, 2026), norway_2026);
    for (country, on, it) in [
        (Sweden, "2026-01-06", H::Epiphany),
        (Sweden, "2026-06-06", H::NationalDay),
        (Sweden, "2026-06-20", H::Midsummer),
        (Sweden, "2026-10-31", H::AllSaints),
        (Sweden, "2024-06-22", H::Midsummer),
        (Sweden, "2024-11-02", H::AllSaints),
        (Sweden, "2025-06-21", H::Midsummer),
        (Sweden, "2025-11-01", H::AllSaints),
        (Sweden, "2004-05-31", H::WhitMonday),
        (Sweden, "2026-05-14", H::Ascension),
        (Norway, "2004-05-31", H::WhitMonday),
        (Norway, "2024-05-09", H::Ascension),
        (Norway, "2024-05-20", H::WhitMonday),
        (Norway, "2027-03-25", H::MaundyThursday),
    ] {
        assert!(told(country, day(on).year()).contains(&(day(on), it)), "{country:?} {on}");
    }
    for (country, on) in [
        (Sweden, "2005-05-16"),
        (Sweden, "2026-04-02"),
        (Sweden, "2026-05-17"),
        (Norway, "2026-01-06"),
        (Norway, "2026-06-20"),
        (Norway, "2026-12-24"),
        (Sweden, "2004-06-06"),
    ] {
        assert!(told(country, day(on).year()).iter().all(|(it, _)| *it != day(on)), "{on}");
    }
}

fn week() -> Vec<Opening> {
    (1..=5)
        .map(|weekday| Opening { weekday, opens: time(9, 0, 0, 0), closes: time(15, 0, 0, 0) })
        .collect()
}

/// REQ-ORG-38: a special day goes before a holiday, and a holiday before the week.
#[test]
fn a_door_is_closed_on_a_holiday_unless_it_says_otherwise() {
    let norway = Country::No;
    let nine = vec![(time(9, 0, 0, 0), time(15, 0, 0, 0))];
    let open = |special: &[Special], on: &str| hours_on(&week(), special, norway, day(on));
    assert_eq!(open(&[], "2026-05-13"), nine);
    assert_eq!(open(&[], "2026-05-14"), vec![]);
    assert_eq!(open(&[], "2026-05-16"), vec![], "a Saturday");
    let short =
        Special { day: day("2026-05-14"), hours: Some((time(10, 0, 0, 0), time(12, 0, 0, 0))) };
    assert_eq!(open(&[short], "2026-05-14"), vec![(time(10, 0, 0, 0), time(12, 0, 0, 0))]);
    let closed = Special { day: day("2026-12-24"), hours: None };
    assert_eq!((open(&[], "2026-12-24"), open(&[closed], "2026-12-24")), (nine.clone(), vec![]));
    assert_eq!(open_minutes(&nine), 360);
    assert_eq!(open_minutes(&[(Time::midnight(), time(0, 45, 0, 0))]), 45);
    assert_eq!(open_minutes(&[]), 0);
}

proptest! {
    /// REQ-ORG-38: in every year Easter is a Sunday from 22 March to 25 April, and the moving
    /// feasts fall on their weekday.
    #[test]
    fn moving_feasts_fall_on_their_weekday(year in 1953_i16..=2199) {
        use jiff::civil::Weekday;
        let sunday = easter(year).unwrap();
        prop_assert_eq!(sunday.weekday(), Weekday::Sunday);
        prop_assert!(sunday >= jiff::civil::date(year, 3, 22));
        prop_assert!(sunday <= jiff::civil::date(year, 4, 25));
        for country in [Country::No, Country::Se] {
            let all = holidays(country, year);
            prop_assert!(all.windows(2).all(|two| two[0].0 <= two[1].0));
            for (on, name) in all {
                let weekday = match name {
                    Holiday::MaundyThursday | Holiday::Ascension => Weekday::Thursday,
                    Holiday::GoodFriday => Weekday::Friday,
                    Holiday::EasterMonday | Holiday::WhitMonday => Weekday::Monday,
                    Holiday::Easter | Holiday::Whit => Weekday::Sunday,
                    Holiday::Midsummer | Holiday::AllSaints => Weekday::Saturday,
                    _ => continue,
                };
                prop_assert_eq!(on.weekday(), weekday);
            }
        }
    }
}
