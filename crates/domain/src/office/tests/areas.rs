//! Divisions, districts and who is competent where and when.

use super::{CITY_2005, day, set_of};
use crate::office::{
    BasicUnit, DEFAULT_TOLERANCE, DivisionFault, Period, check_division, competent, competent_all,
};
use proptest::prelude::*;

fn basic(code: &str, inhabitants: i64) -> BasicUnit {
    let municipality = "9901".to_owned();
    BasicUnit { code: code.to_owned(), name: code.to_owned(), municipality, inhabitants }
}

/// REQ-ORG-13: four districts of about 40 000 each are in balance, one of 60 000 is not.
#[test]
fn districts_balance_within_tolerance() {
    let people =
        |last| [basic("h", 40_500), basic("l", 40_500), basic("m", 40_500), basic("o", last)];
    let four = [("h", "heimdal"), ("l", "lerkendal"), ("m", "midtbyen"), ("o", "ostbyen")];
    assert_eq!(check_division(&people(39_500), &four, DEFAULT_TOLERANCE), []);
    assert_eq!(
        check_division(&people(60_000), &four, DEFAULT_TOLERANCE),
        [DivisionFault::OutOfBalance {
            district: "ostbyen".to_owned(),
            inhabitants: 60_000,
            mean: 45_375,
        }]
    );
    assert_eq!(check_division(&people(60_000), &four, 0.5), []);
}

/// REQ-ORG-13: a district exactly on the limit is in balance, one person more is not.
#[test]
fn the_limit_itself_is_in_balance() {
    let two = [("a", "one"), ("b", "two")];
    assert_eq!(check_division(&[basic("a", 75), basic("b", 125)], &two, 0.25), []);
    assert_eq!(check_division(&[basic("a", 74), basic("b", 126)], &two, 0.25).len(), 2);
}

/// REQ-ORG-13: assigned twice, to none, and unknown are each told.
#[test]
fn each_basic_unit_needs_one_district() {
    let units = [basic("a", 10), basic("b", 10), basic("c", 0)];
    let pairs = [("a", "one"), ("b", "two"), ("a", "two"), ("x", "one")];
    assert_eq!(
        check_division(&units, &pairs, 0.25),
        [
            DivisionFault::AssignedTwice { basic_unit: "a".to_owned(), at: 2 },
            DivisionFault::Unknown { basic_unit: "x".to_owned(), at: 3 },
            DivisionFault::Unassigned { basic_unit: "c".to_owned() },
        ]
    );
    assert_eq!(check_division(&[], &[], 0.25), []);
}

/// REQ-ORG-14: insurance and municipality follow the common boundaries from 1 January 2005, the
/// employment service later that year; they coincide from then on and not before.
#[test]
fn common_boundaries_take_effect_agency_by_agency() {
    let set = set_of(CITY_2005);
    let districts = |basic: &str, on: &str| -> Vec<_> {
        let all = competent_all(&set, basic, day(on));
        let named = all.agencies.into_iter().map(|(agency, at)| (agency, at.map(|it| it.district)));
        named.collect()
    };
    let told = |work: Option<&str>, insurance: Option<&str>, social: Option<&str>| {
        let own = |it: Option<&str>| it.map(str::to_owned);
        vec![
            ("employment".to_owned(), own(work)),
            ("insurance".to_owned(), own(insurance)),
            ("social".to_owned(), own(social)),
        ]
    };
    let (work, city, lade) = (Some("work-east"), Some("insurance-city"), Some("ostbyen"));
    assert_eq!(districts("o1", "2004-12-31"), told(work, city, None));
    assert_eq!(districts("o1", "2005-01-01"), told(work, lade, lade));
    assert_eq!(districts("o1", "2005-08-31"), told(work, lade, lade));
    assert_eq!(districts("o1", "2005-09-01"), told(lade, lade, lade));
    let coincide = |on: &str| competent_all(&set, "h1", day(on)).coincide;
    assert!(!coincide("2004-12-31"));
    assert!(!coincide("2005-08-31"));
    assert!(coincide("2005-09-01"));
}

/// REQ-ORG-14: the competent office is told with district and unit; unknown places have none.
#[test]
fn the_competent_office_is_told() {
    let set = set_of(CITY_2005);
    let found = competent(&set, "employment", "l2", day("2005-03-01"));
    let found = found.map(|it| (it.district, it.unit, it.office));
    let west = ("work-west".to_owned(), "work-west".to_owned(), "midtbyen".to_owned());
    assert_eq!(found, Some(west));
    assert_eq!(competent(&set, "employment", "nowhere", day("2005-03-01")), None);
    assert_eq!(competent(&set, "church", "l2", day("2005-03-01")), None);
    assert_eq!(competent(&set, "social", "l2", day("2004-12-31")), None);
    assert!(!competent_all(&set, "nowhere", day("2006-01-01")).coincide);
}

/// REQ-ORG-14: a period holds from its first day and no longer on its end.
#[test]
fn periods_are_half_open() {
    let year = Period { from: day("2005-01-01"), until: Some(day("2006-01-01")) };
    let after = Period { from: day("2006-01-01"), until: None };
    assert!(!year.holds(day("2004-12-31")));
    assert!(year.holds(day("2005-01-01")));
    assert!(year.holds(day("2005-12-31")));
    assert!(!year.holds(day("2006-01-01")));
    assert!(!year.overlaps(&after) && !after.overlaps(&year));
    assert!(after.covers(&after) && !year.covers(&after) && !after.covers(&year));
}

fn any_period() -> impl Strategy<Value = Period> {
    (0_i64..40, proptest::option::of(1_i64..40)).prop_map(|(from, length)| {
        let from = day("2026-01-01").saturating_add(jiff::Span::new().days(from));
        let until = length.map(|it| from.saturating_add(jiff::Span::new().days(it)));
        Period { from, until }
    })
}

proptest! {
    /// REQ-ORG-14: periods overlap exactly when some day lies in both, and one covers another
    /// exactly when no day of the other lies outside it.
    #[test]
    fn overlap_and_cover_are_about_days(one in any_period(), other in any_period()) {
        let days: Vec<_> = day("2026-01-01").series(jiff::Span::new().days(1)).take(120).collect();
        let both = days.iter().any(|it| one.holds(*it) && other.holds(*it));
        prop_assert_eq!(one.overlaps(&other), both);
        let inside = days.iter().all(|it| !other.holds(*it) || one.holds(*it));
        prop_assert_eq!(one.covers(&other), inside);
    }

    /// REQ-ORG-13: a division that gives every basic unit one district has no fault but balance,
    /// and leaving one out or giving it twice is always found.
    #[test]
    fn a_slip_in_a_division_is_always_found(
        districts in proptest::collection::vec(0_usize..4, 1..30),
        slip in any::<prop::sample::Index>(),
    ) {
        let codes: Vec<_> = (0..districts.len()).map(|it| format!("b{it}")).collect();
        let units: Vec<_> = codes.iter().map(|it| basic(it, 100)).collect();
        let names = ["one", "two", "three", "four"];
        let pairs: Vec<_> = codes
            .iter()
            .zip(&districts)
            .map(|(code, at)| (code.as_str(), names.get(*at).copied().unwrap_or_default()))
            .collect();
        prop_assert_eq!(check_division(&units, &pairs, f64::INFINITY), []);
        let at = slip.index(pairs.len());
        let mut less = pairs.clone();
        let (gone, _) = less.remove(at);
        let missing = DivisionFault::Unassigned { basic_unit: gone.to_owned() };
        prop_assert_eq!(check_division(&units, &less, f64::INFINITY), [missing]);
        let mut more = pairs.clone();
        more.extend(pairs.get(at));
        let twice = DivisionFault::AssignedTwice { basic_unit: gone.to_owned(), at: pairs.len() };
        prop_assert_eq!(check_division(&units, &more, f64::INFINITY), [twice]);
    }
}
