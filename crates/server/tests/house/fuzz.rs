//! The fuzz targets on a stable toolchain: their seeds, and thousands of changes of them.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

#[path = "../../../../fuzz/src/lib.rs"]
mod targets;

/// The seeds of a target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut paths: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let seeds: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(!seeds.is_empty(), "{target} has no seed");
    seeds
}

/// What an attacker puts in between.
const PIECES: &[&str] = &[
    "",
    "\n",
    "\"",
    "'",
    ";",
    "=",
    "[",
    "]]",
    "{",
    "}",
    "\\u0000",
    "\u{0}",
    "\u{feff}",
    "#end;",
    "9999-12-31",
    "-9999-01-01",
    "0001-01-01",
    "18446744073709551616",
    "-1",
    "å",
    "\u{202e}",
    "=1+1",
    "\r\n",
    " ",
    "\t",
    "..",
    "%",
    "nan",
    "true",
    "1e400",
];

/// A seed with a few places changed, cut, doubled, or with a piece put in.
fn changed(seed: &[u8], changes: &[(u16, u8, u16)]) -> Vec<u8> {
    let mut data = seed.to_vec();
    for (at, how, what) in changes {
        let at = usize::from(*at) % (data.len() + 1);
        match how % 5 {
            0 => data.truncate(at),
            1 => {
                if let Some(byte) = data.get_mut(at) {
                    *byte = what.to_le_bytes()[0];
                }
            }
            2 => {
                let end = (at + usize::from(*what) % 40).min(data.len());
                data.drain(at..end);
            }
            3 => {
                let end = (at + usize::from(*what) % 200).min(data.len());
                let part = data[at..end].to_vec();
                data.splice(at..at, part);
            }
            _ => {
                let piece = PIECES[usize::from(*what) % PIECES.len()];
                data.splice(at..at, piece.bytes());
            }
        }
    }
    data
}

fn run(target: &str, cases: u32, body: fn(&[u8])) {
    let seeds = seeds(target);
    for seed in &seeds {
        body(seed);
    }
    let changes = proptest::collection::vec(any::<(u16, u8, u16)>(), 1..6);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(0..seeds.len(), changes), |(seed, changes)| {
            body(&changed(&seeds[seed], &changes));
            Ok(())
        })
        .unwrap();
}

/// REQ-INFO-15: no policy file is too strange to be answered.
#[test]
fn the_policy_loader_stands_any_file() {
    assert!(
        onedoor_domain::secrecy::Pack::read(
            std::str::from_utf8(&seeds("policy_loader")[0]).unwrap()
        )
        .is_ok()
    );
    run("policy_loader", 1000, targets::policy_loader);
}

/// REQ-INFO-02: no consent form is taken that is not bounded.
#[test]
fn the_consent_parser_stands_any_form() {
    run("consent_parser", 8000, targets::consent_parser);
}

/// REQ-INFO-08: no text breaks the reading of identity numbers, and none is shown.
#[test]
fn identity_numbers_stand_any_text() {
    run("identity_numbers", 8000, targets::identity_numbers);
}

/// REQ-ORG-01: no office file is too strange to be answered.
#[test]
fn the_office_import_stands_any_file() {
    run("office_import", 2000, targets::office_import);
}

/// REQ-INFO-18: no exchange file is too strange to be answered.
#[test]
fn the_exchange_stands_any_file() {
    run("exchange_csv", 4000, targets::exchange_csv);
}

/// REQ-ORG-04: no file of arrangements is too strange to be answered.
#[test]
fn the_arrangements_stand_any_file() {
    run("arrangement_file", 2000, targets::arrangement_file);
}

/// REQ-ORG-29: no register of municipalities is too strange to be answered.
#[test]
fn the_register_of_municipalities_stands_any_file() {
    run("municipality_register", 4000, targets::municipality_register);
}
