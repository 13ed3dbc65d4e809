//! Needs: their states, their one owner, their kinds.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn need(state: NeedState) -> Need {
    Need {
        kind: NeedKind::Housing,
        person_rank: None,
        worker_rank: None,
        unit: UnitId(Uuid::from_u128(1)),
        agency: AgencyId(Uuid::from_u128(2)),
        state,
        reason: String::new(),
    }
}

/// REQ-PLAN-08: what becomes of a need, one by one.
#[test]
fn a_need_is_settled_with_a_reason_where_one_is_asked() {
    for from in NeedState::ALL {
        for to in NeedState::ALL {
            for reason in ["", "Ingen ledig bolig"] {
                let got = need(*from).settle(*to, reason);
                let expected = if *from == NeedState::Withdrawn {
                    Err(NeedFault::Withdrawn)
                } else if from == to && reason.is_empty() {
                    Err(NeedFault::Same)
                } else if to.asks_reason() && reason.is_empty() {
                    Err(NeedFault::Reason)
                } else {
                    Ok(*to)
                };
                assert_eq!(got.map(|it| it.state), expected, "{from:?} {to:?} {reason}");
            }
        }
    }
}

#[test]
fn ranks_are_from_one_to_nine() {
    for (given, fits) in [(None, true), (Some(0), false), (Some(1), true), (Some(9), true)] {
        assert_eq!(rank(given).is_ok(), fits, "{given:?}");
    }
    assert_eq!(rank(Some(10)), Err(NeedFault::Rank));
}

/// The codes are stable and each tells of something.
#[test]
fn every_kind_has_code_category_and_owner() {
    for kind in NeedKind::ALL {
        assert_eq!(NeedKind::parse(kind.as_str()), Some(*kind));
        assert!(Category::ALL.contains(&kind.category()));
        assert!(AgencyKind::ALL.contains(&kind.usual_agency()));
    }
    assert!(NeedKind::Treatment.is_beyond_work());
    assert!(!NeedKind::Skills.is_beyond_work());
}

proptest! {
    /// REQ-PLAN-08: whatever is done to a need, it has one owner, says why it is not met, and what
    /// stands is never taken away by what is said again.
    #[test]
    fn no_sequence_of_acts_leaves_a_need_without_owner_or_reason(
        acts in prop::collection::vec((0_u8..4, 0_usize..5, 1_u128..4, prop::bool::ANY), 0..40)
    ) {
        let mut now = need(NeedState::Open);
        for (act, state, unit, why) in acts {
            let reason = if why { "x" } else { "" };
            let next = match act {
                0 | 1 => now.clone().settle(NeedState::ALL[state], reason),
                2 => now.clone().hand_to(UnitId(Uuid::from_u128(unit)), now.agency),
                _ => Ok(now.clone().said_again(Some(3), None)),
            };
            if let Ok(next) = next {
                prop_assert!(!(now.state == NeedState::Withdrawn && next.state.stands()));
                now = next;
            }
            prop_assert!(!now.unit.0.is_nil() && !now.agency.0.is_nil());
            prop_assert!(!now.state.asks_reason() || !now.reason.is_empty());
        }
    }
}
