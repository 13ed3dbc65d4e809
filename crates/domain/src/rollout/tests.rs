use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// REQ-ORG-31: months since the start are whole, and the phase is the latest that has begun.
#[test]
fn phase_and_months_are_told_on_any_day() {
    for (start, on, months) in [
        (date(2002, 8, 15), date(2002, 8, 15), 0),
        (date(2002, 8, 15), date(2002, 9, 14), 0),
        (date(2002, 8, 15), date(2002, 9, 15), 1),
        (date(2002, 8, 15), date(2004, 5, 1), 20),
        (date(2002, 8, 15), date(2001, 1, 1), 0),
    ] {
        assert_eq!(months_since(start, on), months, "{on}");
    }
    let phases = [
        (Phase::Planning, date(2002, 1, 1)),
        (Phase::FrontLine, date(2002, 8, 1)),
        (Phase::BackOffice, date(2004, 5, 1)),
    ];
    for (on, phase) in [
        (date(2001, 1, 1), Phase::Planning),
        (date(2002, 7, 31), Phase::Planning),
        (date(2002, 8, 1), Phase::FrontLine),
        (date(2004, 4, 30), Phase::FrontLine),
        (date(2024, 5, 1), Phase::BackOffice),
    ] {
        assert_eq!(phase_on(&phases, on), phase, "{on}");
    }
}

/// REQ-ORG-31: unlike stages do not stand in one group.
#[test]
fn unlike_stages_are_not_ranked_together() {
    let groups = by_phase(&[
        ("a", Phase::FrontLine, 3),
        ("b", Phase::Running, 30),
        ("c", Phase::FrontLine, 8),
    ]);
    assert_eq!(
        groups,
        [(Phase::FrontLine, vec![("c", 8), ("a", 3)]), (Phase::Running, vec![("b", 30)]),]
    );
}

/// REQ-ORG-32: moving one office's date changes the curve on exactly the days between the old
/// and the new date.
#[test]
fn moving_one_date_changes_the_curve_there_alone() {
    let mut planned = vec![date(2005, 1, 1), date(2005, 3, 1), date(2005, 3, 1), date(2006, 1, 1)];
    let before = curve(&planned);
    assert_eq!(before, [(date(2005, 1, 1), 1), (date(2005, 3, 1), 3), (date(2006, 1, 1), 4)]);
    planned[1] = date(2005, 6, 1);
    let after = curve(&planned);
    let mut day = date(2004, 12, 1);
    while day < date(2006, 3, 1) {
        let same = on_curve(&before, day) == on_curve(&after, day);
        let between = day >= date(2005, 3, 1) && day < date(2005, 6, 1);
        assert_eq!(same, !between, "{day}");
        day = day.tomorrow().unwrap();
    }
    assert_eq!(on_curve(&[], date(2005, 1, 1)), 0);
}

/// REQ-ORG-39: an effort that was never treated politically, or that a manager rates low, is
/// flagged.
#[test]
fn weak_anchoring_is_flagged() {
    let social = Anchoring {
        priority: 4,
        owner: "Sosialsjefen".into(),
        council_on: Some(date(2003, 2, 1)),
        municipal: true,
        middle_against: false,
    };
    let state = Anchoring { council_on: None, municipal: false, ..social.clone() };
    assert_eq!(anchoring_flags(&[social.clone(), state.clone()]), []);
    let low = Anchoring { priority: 2, ..state.clone() };
    assert_eq!(anchoring_flags(&[social.clone(), low]), [AnchoringFlag::LowPriority]);
    assert_eq!(anchoring_flags(std::slice::from_ref(&state)), [AnchoringFlag::NotTreated]);
    let treated_by_state = Anchoring { council_on: Some(date(2003, 2, 1)), ..state };
    assert_eq!(anchoring_flags(&[treated_by_state]), [AnchoringFlag::NotTreated]);
    assert_eq!(
        anchoring_flags(&[Anchoring { owner: String::new(), middle_against: true, ..social }]),
        [AnchoringFlag::NoOwner, AnchoringFlag::MiddleAgainst]
    );
}

fn merger(old: &str, new: &str, on: Date) -> Merger {
    Merger { old: old.into(), new: new.into(), on }
}

/// REQ-MISC-02: before the day of a merger both structures are the same; from it on history is
/// with the old unit under the one and with the new under the other, over several mergers.
#[test]
fn history_is_readable_under_both_structures() {
    let all = [merger("a", "b", date(2006, 7, 1)), merger("b", "c", date(2008, 1, 1))];
    for (unit, on, then, now) in [
        ("a", date(2006, 6, 30), "a", "a"),
        ("a", date(2006, 7, 1), "a", "b"),
        ("a", date(2008, 1, 1), "a", "c"),
        ("b", date(2007, 1, 1), "b", "b"),
        ("x", date(2008, 1, 1), "x", "x"),
    ] {
        assert_eq!(under(Structure::Then, unit, &all, on), then, "{unit} {on}");
        assert_eq!(under(Structure::Now, unit, &all, on), now, "{unit} {on}");
    }
    for (old, new, on, answer) in [
        ("c", "a", date(2009, 1, 1), Err(MergerFault::Ring)),
        ("a", "d", date(2009, 1, 1), Err(MergerFault::Already)),
        ("d", "d", date(2009, 1, 1), Err(MergerFault::Itself)),
        ("d", "a", date(2006, 6, 30), Ok(())),
        ("d", "a", date(2006, 7, 1), Err(MergerFault::Gone)),
        ("d", "b", date(2007, 12, 31), Ok(())),
        ("d", "b", date(2008, 2, 1), Err(MergerFault::Gone)),
        ("c", "d", date(2008, 1, 1), Err(MergerFault::Awaited)),
        ("c", "d", date(2008, 1, 2), Ok(())),
    ] {
        assert_eq!(may_merge((old, new), on, &all), answer, "{old} {new} {on}");
    }
}

proptest! {
    /// REQ-MISC-02: whatever mergers are made one after the other, statistics have the same sum
    /// under both structures.
    #[test]
    fn no_merger_loses_a_count(
        wanted in proptest::collection::vec((0_u8..8, 0_u8..8, 1_i8..12), 0..12),
        counts in proptest::collection::vec(0_i64..100, 8),
    ) {
        let mut mergers: Vec<Merger> = Vec::new();
        for (old, new, month) in wanted {
            let (old, new, on) = (old.to_string(), new.to_string(), date(2006, month, 1));
            if may_merge((&old, &new), on, &mergers).is_ok() {
                mergers.push(merger(&old, &new, on));
            }
        }
        // Nothing ever comes to a unit that is gone by then.
        for it in &mergers {
            let gone = |one: &Merger| one.old == it.new && one.on <= it.on;
            prop_assert!(!mergers.iter().any(gone), "{mergers:?}");
        }
        for structure in Structure::ALL {
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            for (unit, count) in counts.iter().enumerate() {
                let unit = unit.to_string();
                let of = under(*structure, &unit, &mergers, date(2007, 1, 1)).to_owned();
                prop_assert!(
                    *structure == Structure::Then || mergers.iter().all(|it| it.old != of)
                );
                *sums.entry(of).or_default() += count;
            }
            prop_assert_eq!(sums.values().sum::<i64>(), counts.iter().sum::<i64>());
        }
    }
}
