use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::reception::Need;

const REGISTER: &str = include_str!("../../../../demo/country/municipalities.csv");

fn register() -> Vec<Municipality> {
    read_register(REGISTER).unwrap()
}

/// REQ-ORG-29, REQ-ORG-30: the register has 31 municipalities in 22 efforts in 18 counties from
/// 2003, 14 in 9 in 9 from 2004, and 45 in 31 in 19 together.
#[test]
fn the_register_counts_as_the_source_does() {
    let all = register();
    let told = |year| {
        let it = counts(&all, year);
        (it.municipalities, it.efforts, it.counties)
    };
    assert_eq!(told(Some(2003)), (31, 22, 18));
    assert_eq!(told(Some(2004)), (14, 9, 9));
    assert_eq!(told(None), (45, 31, 19));
    assert_eq!(told(Some(2005)), (0, 0, 0));
    let joint: Vec<_> = {
        let mut by: BTreeMap<&str, (i16, usize)> = BTreeMap::new();
        for it in &all {
            let one = by.entry(&it.effort).or_insert((it.entry_year, 0));
            one.1 += 1;
        }
        by.into_values().filter(|(_, size)| *size > 1).collect()
    };
    let of = |year| joint.iter().filter(|(it, _)| *it == year).map(|(_, n)| *n).collect::<Vec<_>>();
    assert_eq!((of(2003).len(), of(2003).iter().sum::<usize>()), (6, 15));
    assert_eq!((of(2004).len(), of(2004).iter().sum::<usize>()), (3, 8));
    let numbers: BTreeSet<_> = all.iter().map(|it| it.number.as_str()).collect();
    assert!(numbers.contains("0301") && numbers.contains("0106"), "leading zeros stay");
}

/// REQ-ORG-29: the number that a municipality has now, and since when.
#[test]
fn a_later_number_is_told_with_its_year() {
    let all = register();
    let later = |number: &str| all.iter().find(|it| it.number == number).unwrap().later();
    assert_eq!(later("1601"), Some(("5001", Some(2018))));
    assert_eq!(later("0301"), None, "it kept its number");
    assert_eq!(later("0106"), None, "nothing is known");
}

/// REQ-ORG-29: a register with faults is refused with all of them and their lines.
#[test]
fn a_faulty_register_is_refused_line_by_line() {
    let lines: Vec<&str> = REGISTER.lines().collect();
    let broken = |at: usize, from: &str, to: &str| {
        let mut lines: Vec<String> = lines.iter().map(|it| (*it).to_owned()).collect();
        let changed = lines[at].replacen(from, to, 1);
        assert_ne!(changed, lines[at]);
        lines[at] = changed;
        read_register(&lines.join("\n")).unwrap_err()
    };
    use RegisterFault as F;
    assert_eq!(broken(0, "county", "shire"), [F::NoColumn("county")]);
    assert_eq!(broken(1, "0301", "301"), [F::Value(2, "number_2004", "301".into())]);
    assert_eq!(broken(2, "2003", "next"), [F::Value(3, "first_year", "next".into())]);
    assert_eq!(broken(2, ",", ";"), [F::Fields(3)]);
    for wrong in ["5001 fra 2018", "501", "5001 from", "5001 from 99", "5001 from 2018 on"] {
        let found = broken(1, ",0301,true", &format!(",{wrong},true"));
        assert_eq!(found, [F::Value(2, "number_later", wrong.into())]);
    }
    assert_eq!(broken(2, "0106", "0301"), [F::Twice(3, "0301".into())]);
    assert_eq!(broken(3, "Østfold samlet satsing", "X"), [F::OtherName(4, "no-ost".into())]);
    assert_eq!(read_register(""), Err(vec![F::Empty]));
    assert_eq!(read_register(lines[0]), Err(vec![F::Empty]));
}

/// REQ-ORG-15, REQ-ORG-28: totals by municipality, employment-office district, effort and county
/// give the same national sum.
#[test]
fn every_level_gives_the_same_sum() {
    let all = register();
    let mut numbers: BTreeMap<String, i64> =
        all.iter().zip(1_i64..).map(|(it, n)| (it.number.clone(), n * n)).collect();
    numbers.insert("9901".into(), 7);
    let whole: i64 = numbers.values().sum();
    let mut rows = Vec::new();
    for level in Level::ALL {
        let totals = totals(&all, *level, &numbers);
        assert_eq!(totals.values().sum::<i64>(), whole, "{level:?}");
        assert_eq!(totals[""], 7, "what is outside the register is told apart");
        rows.push(totals.len() - 1);
    }
    assert_eq!((rows[0], rows[2], rows[3]), (45, 31, 19));
    assert!(rows[1] < 45, "one employment office may serve several municipalities");
}

proptest! {
    /// REQ-ORG-15: nothing counts twice, whatever the numbers are.
    #[test]
    fn nothing_counts_twice(counts in proptest::collection::vec(0_i64..1000, 45)) {
        let all = register();
        let numbers: BTreeMap<String, i64> =
            all.iter().map(|it| it.number.clone()).zip(counts).collect();
        let whole: i64 = numbers.values().sum();
        for level in Level::ALL {
            prop_assert_eq!(totals(&all, *level, &numbers).values().sum::<i64>(), whole);
        }
    }
}

fn offer(unit: &str, municipality: &str, service: Service, reach: Reach) -> Offer {
    Offer { unit: unit.into(), municipality: municipality.into(), service, reach }
}

/// REQ-ORG-16: a move after which one municipality has farther to a service is found, the move
/// that leaves as good access is not.
#[test]
fn a_move_that_leaves_anybody_worse_off_is_found() {
    let districts: BTreeMap<String, String> =
        [("0301", "oslo"), ("0403", "hamar"), ("0412", "hamar")]
            .map(|(number, district)| (number.to_owned(), district.to_owned()))
            .into();
    let offers = [
        offer("work", "0403", Service::JobCentre, Reach::Here),
        offer("help", "0403", Service::EconomicAssistance, Reach::Here),
        offer("help-2", "0412", Service::EconomicAssistance, Reach::Here),
    ];
    let before = reach(&offers, &districts);
    assert_eq!(before[&("0403".into(), Service::JobCentre)], Reach::Here);
    assert_eq!(before[&("0412".into(), Service::JobCentre)], Reach::Neighbour);
    assert_eq!(before[&("0301".into(), Service::JobCentre)], Reach::None);
    let plan = |to: &str, visiting_hours_stay| Relocation {
        unit: "work".into(),
        to: to.into(),
        visiting_hours_stay,
    };
    let worse = |plan: &Relocation| worse_off(&before, &reach(&after(&offers, plan), &districts));
    assert_eq!(
        worse(&plan("0412", false)),
        [("0403".to_owned(), Service::JobCentre, Reach::Here, Reach::Neighbour)]
    );
    assert_eq!(
        worse(&plan("0412", true)),
        [("0403".to_owned(), Service::JobCentre, Reach::Here, Reach::Visiting)],
        "a door at certain hours is less than an office"
    );
    assert_eq!(worse(&plan("0301", false)).len(), 2, "both places of the district lose it");
    assert_eq!(worse(&plan("0403", false)), [], "a move within the town");
    let second = [offers.to_vec(), vec![offer("work-2", "0403", Service::JobCentre, Reach::Here)]];
    let second = second.concat();
    let before = reach(&second, &districts);
    let then = reach(&after(&second, &plan("0412", false)), &districts);
    assert_eq!(worse_off(&before, &then), [], "another office of the service stays");
}

/// REQ-ORG-17, REQ-ORG-18: a need maps to a unit in the building or to guidance only; what is
/// decided centrally is guided locally and sent on.
#[test]
fn a_need_has_an_answer_in_every_building() {
    assert!(services_for(Need::Disability).contains(&Service::CarSupport));
    assert_eq!(Service::CarSupport.decided(), Decided::Centrally);
    assert_eq!(answer(Service::CarSupport, true, false), Answer::GuidanceAndForward);
    assert_eq!(answer(Service::CarSupport, false, false), Answer::GuidanceOnly);
    assert_eq!(answer(Service::Housing, true, true), Answer::UnitHere);
    assert_eq!(answer(Service::JobCentre, true, false), Answer::UnitHere);
    for service in Service::ALL {
        assert_eq!(Service::parse(service.as_str()), Some(*service));
        if let (Some(subject), Some(agency)) = (service.subject(), service.agency()) {
            assert_eq!(subject.usual_agency(), agency, "{service:?}");
        }
    }
}

/// REQ-ORG-25: the four elements, each missing alone; assistance without newcomers is not whole.
#[test]
fn missing_elements_are_named() {
    let whole: BTreeSet<Service> = OfficeKind::Joint.must_have().iter().copied().collect();
    assert_eq!(missing_elements(&whole), []);
    for (without, missing) in [
        (Service::JobCentre, Element::Employment),
        (Service::SicknessDisability, Element::Insurance),
        (Service::EconomicAssistance, Element::Assistance),
        (Service::Newcomers, Element::Assistance),
        (Service::LabourMarketUnit, Element::LabourMarket),
    ] {
        let mut less = whole.clone();
        less.remove(&without);
        assert_eq!(missing_elements(&less), [missing], "{without:?}");
    }
    assert_eq!(missing_elements(&BTreeSet::new()).len(), 4);
}

/// REQ-ORG-44: a type has its services and its aim; conversion keeps work as the main aim.
#[test]
fn conversion_keeps_work_as_the_main_aim() {
    use Aim::{Access, Work};
    use OfficeKind::{Joint, PublicService, StateOnly};
    for (from, to, told) in [
        ((Joint, Work), (PublicService, Work), Ok(())),
        ((Joint, Work), (PublicService, Access), Err(ConversionFault::LosesWork)),
        ((StateOnly, Access), (Joint, Work), Ok(())),
        ((StateOnly, Access), (PublicService, Access), Ok(())),
        ((Joint, Work), (Joint, Work), Err(ConversionFault::Same)),
    ] {
        assert_eq!(convert(from, to), told, "{from:?} {to:?}");
    }
    assert_eq!(Joint.usual_aim(), Work);
    for kind in OfficeKind::ALL {
        assert!(!kind.must_have().is_empty());
    }
}

/// REQ-ORG-35: an agency whose share passes the limit is warned of; one on the limit is not.
#[test]
fn an_agency_that_fills_the_building_is_named() {
    let seats = |it: &[(&str, i64)]| -> Vec<(String, i64)> {
        it.iter().map(|(agency, seats)| ((*agency).to_owned(), *seats)).collect()
    };
    let big = seats(&[("insurance", 30), ("social", 10), ("insurance", 30), ("employment", 30)]);
    assert_eq!(dominating(&big, 50), [Dominance { agency: "insurance".into(), share: 60 }]);
    assert_eq!(dominating(&big, 60), []);
    assert_eq!(dominating(&[], 50), []);
    assert_eq!((share(1, 3), share(2, 3), share(1, 0)), (Some(33), Some(67), None));
}
