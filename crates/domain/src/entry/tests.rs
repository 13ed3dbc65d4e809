use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::reception::sort;

fn offer(code: &str, kind: ServiceKind, needs: &[Need]) -> Offer {
    Offer { code: code.to_owned(), kind, needs: needs.to_vec() }
}

fn catalogue() -> Vec<Offer> {
    vec![
        offer("job-club", ServiceKind::Work, &[Need::Work]),
        offer("child-care", ServiceKind::ChildCare, &[Need::Family]),
        offer("family-help", ServiceKind::Family, &[Need::Family]),
        offer("assistance", ServiceKind::Money, &[Need::Income]),
        offer("doctor", ServiceKind::Health, &[Need::Illness]),
    ]
}

fn all(wish: Wish) -> Vec<(Area, Wish)> {
    Area::ALL.iter().map(|area| (*area, wish)).collect()
}

/// REQ-FRONT-22, REQ-FRONT-28: every event brings needs that agencies meet, none has the name of
/// an agency, and whatever is told besides, nobody is sorted to nowhere.
#[test]
fn every_event_leads_somewhere() {
    for event in LifeEvent::ALL {
        assert!(!event.needs().is_empty() && !event.agencies().is_empty(), "{event:?}");
        for kind in AgencyKind::ALL {
            assert_ne!(event.as_str(), kind.as_str());
        }
        for need in Need::ALL {
            let needs = needs_of(Some(*event), &[need, need]);
            assert_eq!(needs.iter().filter(|one| **one == need).count(), 1);
            assert!(!sort(&needs).agencies.is_empty(), "{event:?} {need:?}");
        }
    }
    assert_eq!(needs_of(None, &[Need::Debt]), [Need::Debt]);
}

/// REQ-FRONT-27: the single mother who goes to work for the first time: child care and family
/// help stand before every job measure, although she asked for work alone.
#[test]
fn a_parent_gets_child_care_before_a_job() {
    let areas: Vec<_> = Area::ALL
        .iter()
        .map(|area| (*area, if *area == Area::Work { Wish::Help } else { Wish::Fine }))
        .collect();
    let catalogue = catalogue();
    let mother = Situation::new(&areas, (false, true, true)).unwrap();
    let codes: Vec<&str> = mother.propose(&catalogue).iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["child-care", "family-help", "job-club"]);
    let other = Situation::new(&areas, (false, false, true)).unwrap();
    let codes: Vec<&str> = other.propose(&catalogue).iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["job-club"], "without children there is no child care");
}

/// REQ-FRONT-27: no part of the situation is passed over.
#[test]
fn the_situation_has_all_its_parts() {
    for left_out in Area::ALL {
        let areas: Vec<_> =
            all(Wish::Fine).into_iter().filter(|(one, _)| one != left_out).collect();
        let fault = Situation::new(&areas, (false, false, false)).unwrap_err();
        assert_eq!(fault, SituationFault::Part(*left_out));
    }
    assert!(Situation::new(&all(Wish::Unsaid), (false, false, false)).unwrap().needs().is_empty());
}

fn wish() -> impl Strategy<Value = Wish> {
    (0..Wish::ALL.len()).prop_map(|n| Wish::ALL[n])
}

fn proposal() -> impl Strategy<Value = Proposal> {
    (0..Proposal::ALL.len()).prop_map(|n| Proposal::ALL[n])
}

proptest! {
    /// REQ-FRONT-27: whatever the situation, nothing towards a job stands before child care or
    /// family help, and no job measure starts while one of them is open.
    #[test]
    fn family_comes_first(
        wishes in prop::collection::vec(wish(), 5),
        flags in any::<(bool, bool, bool)>(),
        others in prop::collection::vec((0..ServiceKind::ALL.len(), proposal()), 0..6),
        to in proposal(),
    ) {
        let areas: Vec<_> = Area::ALL.iter().copied().zip(wishes).collect();
        let situation = Situation::new(&areas, flags).unwrap();
        let catalogue = catalogue();
        let list = situation.propose(&catalogue);
        let last_family = list.iter().rposition(|one| one.kind.comes_before_work());
        let first_work = list.iter().position(|one| one.kind.is_work());
        if let (Some(family), Some(work)) = (last_family, first_work) {
            prop_assert!(family < work);
        }
        let others: Vec<_> =
            others.into_iter().map(|(n, is)| (ServiceKind::ALL[n], is)).collect();
        let open = others.iter().any(|(k, is)| k.comes_before_work() && *is == Proposal::Open);
        for kind in ServiceKind::ALL {
            let refused = settle(*kind, to, &others).is_err();
            prop_assert_eq!(refused, kind.is_work() && to == Proposal::Started && open);
        }
    }
}

/// REQ-FRONT-13: a clarification is whole on the day of its last part, and one that lacks an
/// agency's part is not.
#[test]
fn a_clarification_without_one_part_is_not_complete() {
    use AgencyKind::{Employment, Insurance, Social};
    let (first, last) = (date(2026, 11, 2), date(2026, 11, 20));
    let table: &[(&[Part], Option<Date>)] = &[
        (&[], None),
        (&[(Employment, Some(first))], Some(first)),
        (&[(Employment, Some(last)), (Social, Some(first))], Some(last)),
        (&[(Employment, Some(first)), (Insurance, None), (Social, Some(last))], None),
        (&[(Employment, None)], None),
    ];
    for (parts, expected) in table {
        assert_eq!(complete_on(parts), *expected, "{parts:?}");
    }
}
