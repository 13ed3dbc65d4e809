//! The requirements that are met, each with its code and its tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::{read_all, same_file};

/// The requirements that this project says it meets.
fn listed() -> Vec<&'static str> {
    vec![
        "REQ-ORG-01",
        "REQ-ORG-02",
        "REQ-ORG-03",
        "REQ-ORG-13",
        "REQ-ORG-14",
        "REQ-ORG-15",
        "REQ-ORG-16",
        "REQ-ORG-17",
        "REQ-ORG-18",
        "REQ-ORG-19",
        "REQ-ORG-20",
        "REQ-ORG-21",
        "REQ-ORG-24",
        "REQ-ORG-25",
        "REQ-ORG-28",
        "REQ-ORG-29",
        "REQ-ORG-30",
        "REQ-ORG-31",
        "REQ-ORG-32",
        "REQ-ORG-33",
        "REQ-ORG-34",
        "REQ-ORG-35",
        "REQ-ORG-36",
        "REQ-ORG-37",
        "REQ-ORG-38",
        "REQ-ORG-39",
        "REQ-ORG-40",
        "REQ-ORG-41",
        "REQ-ORG-42",
        "REQ-ORG-44",
        "REQ-ORG-47",
        "REQ-ORG-50",
        "REQ-INFO-01",
        "REQ-INFO-02",
        "REQ-INFO-03",
        "REQ-INFO-04",
        "REQ-INFO-05",
        "REQ-INFO-06",
        "REQ-INFO-07",
        "REQ-INFO-08",
        "REQ-INFO-09",
        "REQ-INFO-10",
        "REQ-INFO-11",
        "REQ-INFO-12",
        "REQ-INFO-13",
        "REQ-INFO-14",
        "REQ-INFO-15",
        "REQ-INFO-16",
        "REQ-INFO-17",
        "REQ-INFO-18",
        "REQ-INFO-19",
        "REQ-INFO-20",
        "REQ-FRONT-01",
        "REQ-FRONT-02",
        "REQ-FRONT-03",
        "REQ-FRONT-05",
        "REQ-FRONT-06",
        "REQ-FRONT-07",
        "REQ-FRONT-08",
        "REQ-FRONT-09",
        "REQ-FRONT-14",
        "REQ-FRONT-29",
        "REQ-REF-01",
        "REQ-REF-02",
        "REQ-REF-03",
        "REQ-REF-04",
        "REQ-REF-08",
        "REQ-REF-09",
        "REQ-REF-14",
        "REQ-FRONT-04",
        "REQ-FRONT-10",
        "REQ-FRONT-11",
        "REQ-FRONT-12",
        "REQ-FRONT-13",
        "REQ-FRONT-15",
        "REQ-FRONT-16",
        "REQ-FRONT-17",
        "REQ-FRONT-18",
        "REQ-FRONT-19",
        "REQ-FRONT-20",
        "REQ-FRONT-21",
        "REQ-FRONT-22",
        "REQ-FRONT-23",
        "REQ-FRONT-24",
        "REQ-FRONT-25",
        "REQ-FRONT-26",
        "REQ-FRONT-27",
        "REQ-FRONT-28",
        "REQ-FRONT-30",
        "REQ-REF-11",
        "REQ-REF-15",
        "REQ-REF-10",
        "REQ-REF-12",
        "REQ-REF-16",
        "REQ-MISC-05",
        "REQ-MISC-11",
        "REQ-MISC-13",
        "REQ-MISC-15",
        "REQ-MISC-17",
        "REQ-FOLL-10",
        "REQ-MEET-01",
        "REQ-MEET-02",
        "REQ-MEET-03",
        "REQ-MEET-04",
        "REQ-MEET-05",
        "REQ-MEET-06",
        "REQ-MEET-07",
        "REQ-MEET-08",
        "REQ-MEET-09",
        "REQ-MEET-10",
        "REQ-MEET-11",
        "REQ-MEET-12",
        "REQ-MEET-13",
        "REQ-FOLL-01",
        "REQ-FOLL-02",
        "REQ-FOLL-03",
        "REQ-FOLL-11",
        "REQ-FOLL-12",
        "REQ-FOLL-13",
        "REQ-FOLL-14",
        "REQ-KNOW-05",
        "REQ-KNOW-17",
        "REQ-ORG-10",
        "REQ-ORG-04",
        "REQ-ORG-05",
        "REQ-ORG-06",
        "REQ-ORG-07",
        "REQ-ORG-08",
        "REQ-ORG-09",
        "REQ-ORG-11",
        "REQ-ORG-12",
        "REQ-ORG-22",
        "REQ-ORG-23",
        "REQ-ORG-26",
        "REQ-ORG-27",
        "REQ-ORG-43",
        "REQ-ORG-45",
        "REQ-ORG-46",
        "REQ-ORG-48",
        "REQ-ORG-49",
        "REQ-MISC-13",
        "REQ-MISC-02",
        "REQ-MISC-07",
        "REQ-MAP-01",
        "REQ-MAP-02",
        "REQ-MAP-03",
        "REQ-MAP-05",
        "REQ-MAP-06",
        "REQ-MAP-07",
        "REQ-MAP-08",
        "REQ-MAP-09",
        "REQ-MAP-10",
        "REQ-MAP-11",
        "REQ-MAP-13",
        "REQ-MAP-14",
        "REQ-MAP-15",
        "REQ-MAP-17",
        "REQ-MAP-19",
        "REQ-MAP-20",
        "REQ-MAP-21",
        "REQ-MAP-22",
        "REQ-MAP-23",
        "REQ-MAP-24",
        "REQ-PLAN-01",
        "REQ-PLAN-02",
        "REQ-PLAN-03",
        "REQ-PLAN-04",
        "REQ-PLAN-05",
        "REQ-PLAN-06",
        "REQ-PLAN-07",
        "REQ-PLAN-08",
        "REQ-PLAN-09",
        "REQ-PLAN-10",
        "REQ-PLAN-11",
        "REQ-PLAN-12",
        "REQ-PLAN-13",
        "REQ-PLAN-14",
        "REQ-PLAN-15",
        "REQ-PLAN-16",
        "REQ-REF-13",
        "REQ-REF-17",
    ]
}

/// Every listed requirement has a test that cites it and code that names it;
/// `docs/requirements.md` is made from both.
#[test]
fn every_listed_requirement_has_a_test() {
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut met: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in read_all("crates", &[".rs"]) {
        let file = path.display().to_string();
        let file = file.split("crates/").last().unwrap().to_owned();
        let is_test = file.contains("tests");
        let mut cited: Vec<String> = Vec::new();
        for line in text.lines() {
            let ids = ids_in(line);
            let trimmed = line.trim_start();
            if trimmed.starts_with("//") {
                if is_test || file.contains("meeting/mod.rs") {
                    cited.extend(ids.clone());
                }
                if !is_test {
                    for id in ids {
                        met.entry(id).or_default().insert(format!("crates/{file}"));
                    }
                }
            } else if let Some(name) =
                trimmed.strip_prefix("fn ").or(trimmed.strip_prefix("async fn "))
            {
                let name = name.split('(').next().unwrap();
                for id in cited.drain(..) {
                    tests.entry(id).or_default().insert(format!("`{name}` (crates/{file})"));
                }
            } else if !trimmed.starts_with("#[") && !trimmed.is_empty() {
                cited.clear();
            }
        }
    }
    let mut text = String::from(
        "# Requirements: where each is met and tested\n\n\
         Made from the tests and the code by `ONEDOOR_REGENERATE=1 cargo test`; a test fails when\n\
         a listed requirement has no test. REQ-REF-20, which a plan once named, is no requirement:\n\
         the rows of hand-overs end with REQ-REF-17, and what they ask is met below.\n\n| ID | Met in | Tested by |\n|---|---|---|\n",
    );
    for id in listed() {
        let by = tests.get(id).unwrap_or_else(|| panic!("{id} has no test"));
        let code = met.get(id).cloned().unwrap_or_default();
        assert!(!code.is_empty(), "{id} is named nowhere in the code");
        writeln!(
            text,
            "| {id} | {} | {} |",
            code.into_iter().collect::<Vec<_>>().join("<br>"),
            by.iter().cloned().collect::<Vec<_>>().join("<br>")
        )
        .unwrap();
    }
    same_file("docs/requirements.md", &text);
}

fn ids_in(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("REQ-") {
        let id: String = line[at..]
            .chars()
            .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '-')
            .collect();
        let id = id.trim_end_matches('-').to_owned();
        // "REQ-REF-01, 02" names several.
        let (stem, _) = id.rsplit_once('-').unwrap_or((&id, ""));
        let stem = stem.to_owned();
        let rest = &line[at + id.len()..];
        found.push(id);
        for part in rest.split(',').skip(1) {
            let number = part.trim().trim_end_matches('.');
            if number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()) {
                found.push(format!("{stem}-{number}"));
            } else {
                break;
            }
        }
    }
    found
}
