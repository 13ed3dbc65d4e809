//! What is wrong in a file is told, all of it, with its line.

use std::collections::BTreeSet;

use super::fault_cases::{Case, cases};
use super::{SMALL, set_of};
use crate::office::{Fault, FaultKind, MAX_BYTES, MAX_TEXT, read};
use proptest::prelude::*;
use proptest::sample::Index;

fn broken(case: &Case) -> String {
    let edit = |(nth, line): (usize, &str)| {
        if nth + 1 != case.on {
            return line.to_owned();
        }
        assert!(line.contains(case.from), "line {}: {line} lacks {}", case.on, case.from);
        line.replacen(case.from, case.to, 1)
    };
    let lines: Vec<_> = SMALL.lines().enumerate().map(edit).collect();
    lines.join("\n")
}

/// REQ-ORG-01, REQ-ORG-13, REQ-ORG-14: each mistake is told with its kind, line and place, and
/// one mistake gives no faults of other kinds.
#[test]
fn each_kind_of_fault_is_found_on_its_line() {
    set_of(SMALL);
    for case in cases() {
        let faults = read(&broken(&case)).unwrap_err();
        let first = Fault {
            line: case.line,
            place: case.place.to_owned(),
            kind: case.kind,
            value: case.value.to_owned(),
        };
        assert_eq!(faults.first(), Some(&first), "{faults:#?}");
        assert!(faults.iter().all(|it| it.kind == case.kind), "{faults:#?}");
    }
}

/// REQ-ORG-01: what is too large is refused: a file, a list inside it, a text.
#[test]
fn sizes_are_limited() {
    let faults = read(&"#".repeat(MAX_BYTES + 1)).unwrap_err();
    assert_eq!(
        faults.iter().map(|it| (it.line, it.kind)).collect::<Vec<_>>(),
        [(1, FaultKind::TooLarge)]
    );
    let many = format!("mandates = [{}]", "\"measure\", ".repeat(101));
    let faults = read(&SMALL.replacen("mandates = [\"sickness_benefit\"]", &many, 1)).unwrap_err();
    assert_eq!(faults.first().map(|it| (it.line, it.kind)), Some((71, FaultKind::TooLarge)));
    let long = "å".repeat(MAX_TEXT + 1);
    let faults = read(&SMALL.replacen("Nordgata 1", &long, 1)).unwrap_err();
    assert_eq!(faults.first().map(|it| (it.line, it.kind)), Some((36, FaultKind::TooLong)));
    assert_eq!(faults.first().map(|it| it.value.chars().count()), Some(MAX_TEXT));
    set_of(&SMALL.replacen("Nordgata 1", &"å".repeat(MAX_TEXT), 1));
}

/// REQ-ORG-01: no kind of fault is without a broken file.
#[test]
fn every_kind_has_its_broken_file() {
    // The last two need a second file: tests/folders.rs.
    let elsewhere = [
        FaultKind::TooLarge,
        FaultKind::TooLong,
        FaultKind::TakenElsewhere,
        FaultKind::AgencyDiffers,
    ];
    let tested: BTreeSet<_> = cases().iter().map(|it| it.kind).chain(elsewhere).collect();
    assert_eq!(tested, FaultKind::ALL.into_iter().collect());
    let codes: BTreeSet<_> = FaultKind::ALL.into_iter().map(FaultKind::code).collect();
    assert_eq!(codes.len(), FaultKind::ALL.len());
}

/// REQ-ORG-01: a file with several mistakes has all of them told at once, in order of lines.
#[test]
fn all_faults_are_found_in_one_go() {
    let text = SMALL
        .replacen("unit = \"pay\"", "unit = \"bay\"", 1)
        .replacen("kari@example.no", "kari", 1)
        .replacen("weekday = 3", "weekday = 0", 1)
        .replacen("\"a2\"]", "\"a2\", \"a1\"]", 1);
    let faults = read(&text).unwrap_err();
    let told: Vec<_> = faults.iter().map(|it| (it.line, it.kind.code())).collect();
    assert_eq!(
        told,
        [(28, "bad-email"), (29, "unknown-unit"), (53, "bad-number"), (96, "basic-unit-twice"),]
    );
}

/// REQ-ORG-01: what is not TOML at all, or nothing, is refused without harm.
#[test]
fn nonsense_is_refused() {
    for text in ["", "\u{feff}", "[[[[", "a = \u{0}", "staff = 1", "staff = [1]", "= = =\n\"\"\""] {
        assert!(!read(text).unwrap_err().is_empty(), "{text:?}");
    }
    let windows = SMALL.replace('\n', "\r\n");
    assert_eq!(set_of(&windows), set_of(SMALL));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// REQ-ORG-01: however the lines of a file are cut, doubled and mixed, reading it ends with
    /// a set or with faults on lines the file has.
    #[test]
    fn garbled_files_are_refused_in_good_order(
        slips in proptest::collection::vec((any::<Index>(), any::<Index>(), 0..3), 1..6),
        junk in "[\\[\\]{}=\", a-zå0-9.\\-]{0,12}",
    ) {
        let mut lines: Vec<_> = SMALL.lines().collect();
        for (at, other, what) in slips {
            let taken = *other.get(&lines);
            let at = at.index(lines.len());
            match what {
                0 => _ = lines.remove(at),
                1 => lines.insert(at, taken),
                _ => lines.insert(at, &junk),
            }
        }
        let text = lines.join("\n");
        if let Err(faults) = read(&text) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|it| (1..=lines.len().max(1)).contains(&it.line)));
            prop_assert!(faults.is_sorted_by_key(|it| it.line));
        }
    }
}
