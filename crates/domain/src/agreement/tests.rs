//! Rules of agreements, one table each.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::*;
use crate::office::Period;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// REQ-ORG-05: the clauses that an agreement lacks are named; only one with all of them is
/// complete.
#[test]
fn missing_clauses_are_named() {
    let all: BTreeSet<Clause> = Clause::ALL.iter().copied().collect();
    assert!(missing(&all).is_empty());
    for clause in Clause::ALL {
        let mut some = all.clone();
        some.remove(clause);
        assert_eq!(missing(&some), [*clause]);
    }
    assert_eq!(missing(&BTreeSet::new()).len(), 7);
}

/// REQ-ORG-04: on any day the latest written version whose days it is holds.
#[test]
fn the_latest_version_of_the_day_is_in_force() {
    let version = |n, from: &str, until: Option<&str>| Version {
        n,
        valid: Period { from: day(from), until: until.map(day) },
    };
    let versions = [
        version(1, "2001-02-07", None),
        version(2, "2004-09-06", Some("2006-01-01")),
        version(3, "2005-01-01", Some("2005-07-01")),
    ];
    for (on, expected) in [
        ("2001-02-06", None),
        ("2001-02-07", Some(1)),
        ("2004-09-06", Some(2)),
        ("2005-03-01", Some(3)),
        ("2005-07-01", Some(2)),
        ("2006-01-01", Some(1)),
    ] {
        assert_eq!(in_force(&versions, day(on)), expected, "{on}");
    }
}

/// REQ-ORG-26: a service stands on an agreement while the version in force has it in its remit; a
/// renewed version without it ends it, and one that has it again begins it anew.
#[test]
fn a_service_stands_on_the_version_in_force() {
    let version = |n, from: &str, until: &str| Version {
        n,
        valid: Period { from: day(from), until: until.parse().ok() },
    };
    let days = |from: &str, until: &str| Period { from: day(from), until: until.parse().ok() };
    let first = version(1, "2026-01-01", "");
    let second = version(2, "2027-01-01", "");
    let third = version(3, "2028-01-01", "2029-01-01");
    for (versions, expected) in [
        (vec![], vec![]),
        (vec![(first, false)], vec![]),
        (vec![(first, true)], vec![days("2026-01-01", "")]),
        (vec![(third, true)], vec![days("2028-01-01", "2029-01-01")]),
        (vec![(first, true), (second, true)], vec![days("2026-01-01", "")]),
        (vec![(first, true), (second, false)], vec![days("2026-01-01", "2027-01-01")]),
        (vec![(first, false), (second, true)], vec![days("2027-01-01", "")]),
        (
            vec![(first, true), (second, false), (third, true)],
            vec![days("2026-01-01", "2027-01-01"), days("2028-01-01", "2029-01-01")],
        ),
        (
            vec![(first, true), (third, false)],
            vec![days("2026-01-01", "2028-01-01"), days("2029-01-01", "")],
        ),
    ] {
        assert_eq!(bearing(&versions), expected, "{versions:?}");
    }
}

/// REQ-ORG-06: the four cases of paper and activity.
#[test]
fn paper_and_activity_make_four_cases() {
    let some = Activity { talks: 1, ..Activity::default() };
    for (agreed, activity, expected) in [
        (true, Activity::default(), Paper::AgreementOnly),
        (false, some, Paper::ActivityOnly),
        (true, some, Paper::Both),
        (false, Activity::default(), Paper::Neither),
    ] {
        assert_eq!(paper(agreed, activity), expected);
    }
}

/// REQ-ORG-07: shares of each answer among all who were asked, those who do not know and those
/// who have not answered apart.
#[test]
fn answers_are_counted_with_those_who_do_not_know() {
    let counted = shares([
        Some(Answer::Yes),
        Some(Answer::Yes),
        Some(Answer::No),
        Some(Answer::Unknown),
        None,
    ]);
    assert_eq!(counted, Shares { yes: 2, no: 1, unknown: 1, silent: 1 });
    assert_eq!(counted.percent(counted.yes), 40);
    assert_eq!(shares([]).percent(0), 0);
}

/// REQ-ORG-09: classes of posts set aside.
#[test]
fn posts_fall_into_classes() {
    for (hundredths, class) in [
        (0, ShareClass::None),
        (1, ShareClass::Less),
        (99, ShareClass::Less),
        (100, ShareClass::One),
        (101, ShareClass::Some),
        (300, ShareClass::Some),
        (301, ShareClass::More),
    ] {
        assert_eq!(ShareClass::of(hundredths), class, "{hundredths}");
    }
}

/// REQ-ORG-27: what drops a minimum element or goes beyond the remit is in conflict.
#[test]
fn a_local_agreement_is_held_against_the_framework() {
    let framework =
        Framework { minimum: set(&["reception", "deputies"]), remit: set(&["work", "benefit"]) };
    for (elements, remit, expected) in [
        (&["reception", "deputies", "more"][..], &["work"][..], vec![]),
        (&["reception"], &["work"], vec![Conflict::Dropped("deputies".into())]),
        (
            &["reception", "deputies"],
            &["work", "addiction"],
            vec![Conflict::Beyond("addiction".into())],
        ),
        (
            &["deputies"],
            &["housing"],
            vec![Conflict::Dropped("reception".into()), Conflict::Beyond("housing".into())],
        ),
    ] {
        assert_eq!(framework.conflicts(&set(elements), &set(remit)), expected);
    }
}

/// REQ-ORG-45: a task goes to whoever has it on the day it is due; what was due before a change
/// stays with the one before; the default stands where nothing is agreed.
#[test]
fn a_task_follows_the_matrix_of_its_day() {
    let row =
        |from: &str, agency| TaskRow { task: FollowTask::Attendance, from: day(from), agency };
    let rows = [row("2026-01-01", 'a'), row("2026-06-01", 'b')];
    for (task, on, expected) in [
        (FollowTask::Attendance, "2025-12-31", None),
        (FollowTask::Attendance, "2026-05-31", Some('a')),
        (FollowTask::Attendance, "2026-06-01", Some('b')),
        (FollowTask::Housing, "2026-06-01", None),
    ] {
        assert_eq!(owner_on(&rows, task, day(on)), expected, "{on}");
    }
}

/// REQ-ORG-48: a local effort books its own money, never the centre's.
#[test]
fn a_local_effort_has_no_part_in_central_funds() {
    for (standing, fund, ore, expected) in [
        (Standing::Central, Fund::Central, 1, Ok(())),
        (Standing::Central, Fund::Own, 1, Ok(())),
        (Standing::Local, Fund::Own, 1, Ok(())),
        (Standing::Local, Fund::Central, 1, Err(FundFault::NotCentral)),
        (Standing::Central, Fund::Central, 0, Err(FundFault::Sum)),
    ] {
        assert_eq!(book(standing, fund, ore), expected);
    }
}

#[test]
fn the_middle_of_numbers() {
    assert_eq!(median(vec![]), None);
    assert_eq!(median(vec![9, 1, 5]), Some(5));
    assert_eq!(median(vec![4, 2]), Some(2));
}

const FILE: &str = include_str!("../../../../demo/arrangements.toml");

#[test]
fn the_demonstration_file_reads() {
    let all = read(FILE).unwrap();
    assert!(!all.agreements.is_empty() && !all.contacts.is_empty() && !all.bodies.is_empty());
}

/// Every fault is told with its line, also several at once.
#[test]
fn faults_are_told_by_line() {
    let text = "\
contacts = [
  { municipality = \"9901\", agency = \"social\", staff = \"a\", deputy = \"a\", from = \"2026-01-01\" },
  { municipality = \"9901\", agency = \"social\", staff = \"b\", from = \"2026-01-01\" },
  { municipality = \"9901\", agency = \"social\" },
]
tasks = [
  { municipality = \"9901\", task = \"dance\", agency = \"social\", from = \"2026-01-01\" },
]
colour = 3
shares = [{ municipality = \"9901\", agency = \"social\", hundredths = -1, from = \"2026-01-01\" }]
";
    let faults = read(text).unwrap_err();
    let told: Vec<(usize, FileFault)> = faults.iter().map(|it| (it.line, it.kind)).collect();
    assert_eq!(
        told,
        [
            (2, FileFault::SamePerson),
            (3, FileFault::Twice),
            (4, FileFault::Shape),
            (7, FileFault::UnknownWord),
            (9, FileFault::Shape),
            (10, FileFault::BadNumber),
        ]
    );
    let cut = &FILE[..FILE.len() / 2];
    let cut = cut.rfind("= \"").map_or(cut, |at| &cut[..at + 3]);
    let faults = read(cut).unwrap_err();
    assert!(faults.iter().any(|it| it.kind == FileFault::Syntax), "{faults:?}");
}

/// REQ-ORG-04: a file of arrangements made to be slow is answered as fast as any other: each entry
/// and each fault knows its line without the lines before it being counted again.
#[test]
fn no_file_of_arrangements_is_slow() {
    let share = "  { municipality = \"9901\", agency = \"social\", hundredths = -1, from = \"2004-01-01\" },\n";
    let task = "{ municipality = \"x\", task = \"unknown\", agency = \"social\", from = \"2026-01-01\" },\n";
    let text =
        format!("shares = [\n{}]\ntasks = [\n{}]\n", share.repeat(20_000), task.repeat(20_000));
    assert!(text.len() < crate::office::MAX_BYTES);
    let begun = std::time::Instant::now();
    let faults = super::read(&text).unwrap_err();
    assert!(faults.len() >= 40_000, "each entry is wrong: {}", faults.len());
    assert_eq!(faults[0].line, 2, "{:?}", faults[0]);
    let last = faults.last().unwrap();
    assert_eq!(last.line, 40_003, "{last:?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "{:?}", begun.elapsed());
}
