//! What stops, and how cases are spread.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::{CaseId, StaffId};

fn who(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

/// REQ-ORG-10: what has a deputy who is there goes on; what has none, or whose deputy is away too,
/// stops.
#[test]
fn what_nobody_covers_stops() {
    let thing = |holder: u128, covers: &[u128]| Depends {
        matter: Matter::Case,
        holder: who(holder),
        covers: covers.iter().map(|n| who(*n)).collect(),
        count: 1,
    };
    let things = [thing(1, &[2]), thing(1, &[]), thing(2, &[3, 4]), thing(5, &[1])];
    for (away, expected) in [
        (vec![1], vec![1]),
        (vec![1, 2], vec![0, 1]),
        (vec![2], vec![]),
        (vec![2, 3], vec![]),
        (vec![2, 3, 4], vec![2]),
        (vec![5, 1], vec![1, 3]),
        (vec![], vec![]),
    ] {
        let away: Away = away.into_iter().map(who).collect();
        let stopped = stops(&things, &away);
        let expected: Vec<&Depends> = expected.into_iter().map(|n: usize| &things[n]).collect();
        assert_eq!(stopped, expected, "{away:?}");
    }
}

#[test]
fn days_of_absence_hold_or_say_why() {
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    let today = day("2026-11-23");
    for (first, last, expected) in [
        ("2026-11-24", Some("2026-11-27"), Ok(())),
        ("2026-11-20", Some("2026-11-23"), Ok(())),
        ("2026-11-24", None, Ok(())),
        ("2026-11-24", Some("2026-11-23"), Err(AbsenceFault::Order)),
        ("2026-11-20", Some("2026-11-22"), Err(AbsenceFault::Past)),
    ] {
        assert_eq!(absence(day(first), last.map(day), today), expected, "{first}");
    }
}

proptest! {
    /// REQ-ORG-10: whoever comes back, nothing more stops.
    #[test]
    fn fewer_away_never_stops_more(
        things in prop::collection::vec((0u128..6, prop::collection::vec(0u128..6, 0..3)), 0..20),
        away in prop::collection::btree_set(0u128..6, 0..6),
        back in 0u128..6,
    ) {
        let things: Vec<Depends> = things
            .into_iter()
            .map(|(holder, covers)| Depends {
                matter: Matter::Step,
                holder: who(holder),
                covers: covers.into_iter().map(who).collect(),
                count: 1,
            })
            .collect();
        let all: Away = away.into_iter().map(who).collect();
        let mut fewer = all.clone();
        fewer.remove(&who(back));
        let before = stops(&things, &all);
        for still in stops(&things, &fewer) {
            prop_assert!(before.contains(&still));
        }
    }

    /// REQ-ORG-10: every case goes to somebody who may see it or stays; none is lost or doubled,
    /// and among receivers who may see everything the loads end at most one apart.
    #[test]
    fn spreading_loses_no_case(
        guards in prop::collection::vec(0i64..4, 0..40),
        loads in prop::collection::vec((0i64..5, 0i64..4), 0..5),
    ) {
        let pieces: Vec<Piece> = guards
            .iter()
            .zip(0u128..)
            .map(|(guard, n)| Piece { case: CaseId(Uuid::from_u128(n)), guard: *guard, tied: Vec::new() })
            .collect();
        let receivers: Vec<Load> = loads
            .iter()
            .zip(0u128..)
            .map(|((cases, lacks), n)| Load { staff: who(n), cases: *cases, lacks: *lacks })
            .collect();
        let given = spread(&pieces, &receivers);
        prop_assert_eq!(given.len(), pieces.len());
        for (piece, (case, to)) in pieces.iter().zip(&given) {
            prop_assert_eq!(piece.case, *case);
            match to {
                Some(to) => {
                    let load = receivers.iter().find(|it| it.staff == *to).unwrap();
                    prop_assert_eq!(piece.guard & load.lacks, 0);
                }
                None => prop_assert!(receivers.iter().all(|it| piece.guard & it.lacks != 0)),
            }
        }
    }
}

#[test]
fn loads_end_even() {
    let pieces: Vec<Piece> = (0..10)
        .map(|n| Piece { case: CaseId(Uuid::from_u128(n)), guard: 0, tied: vec![who(3)] })
        .collect();
    let receivers = [
        Load { staff: who(1), cases: 4, lacks: 0 },
        Load { staff: who(2), cases: 0, lacks: 0 },
        Load { staff: who(3), cases: 0, lacks: 0 },
    ];
    let given = spread(&pieces, &receivers);
    let count = |n| given.iter().filter(|(_, to)| *to == Some(who(n))).count();
    assert_eq!((count(1), count(2), count(3)), (3, 7, 0), "a tie bars the third");
}
