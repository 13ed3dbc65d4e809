//! Nothing personal is read or written without a permit or a warrant. That stands in the types: a
//! statement that touches persons has a type of its own, made from its text, and runs only when a
//! proof opens it (`db/sql.rs`, `db/personal.rs`). What is left to see to is here: that the
//! compiler's list of tables is the register's, that no statement of the register is of the wrong
//! type, that nobody goes round by the doors for plain text, and who has a ground of their own.

use std::collections::BTreeSet;

use onedoor_server::db::{Engine, PERSONAL_TABLES};
use onedoor_server::policy::GROUNDS;

use super::{read_all, root};

/// Tables with personal data, as the register of data classes says. `staff` is
/// not among them here: who works where is the set-up of the house, not a person
/// who is helped.
fn personal_tables() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("data_classes.toml")).unwrap();
    let register: toml::Table = toml::from_str(&text).unwrap();
    let is_personal = |columns: &toml::Value| {
        columns.as_table().unwrap().values().any(|class| {
            matches!(class.as_array().unwrap()[0].as_str().unwrap(), "personal" | "health")
        })
    };
    let all = register.into_iter().filter(|(name, it)| name != "staff" && is_personal(it));
    all.map(|(name, _)| name).collect()
}

/// The tables that a statement reads or writes, found in another way than the compiler does: the
/// word after each word that leads to a table.
fn tables_of(sql: &str) -> BTreeSet<String> {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap());
    let code = lines.collect::<Vec<_>>().join("\n");
    let words: Vec<&str> = code
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .filter(|two| matches!(two[0], "from" | "join" | "into" | "update" | "using"))
        .map(|two| two[1].to_owned())
        .collect()
}

/// REQ-INFO-15: the list that the compiler makes the types from is that of the register of data
/// classes, read here by a whole parser.
#[test]
fn the_compiler_knows_every_personal_table() {
    let register = personal_tables();
    for table in ["person", "person_name", "shared_case", "visit", "ruling", "outbox"] {
        assert!(register.contains(table), "{table}");
    }
    let compiled: BTreeSet<String> = PERSONAL_TABLES.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(compiled, register);
}

/// REQ-INFO-15: every statement of the register has the type that its tables ask for, whichever
/// engine gets it.
#[test]
fn every_statement_has_the_type_of_its_tables() {
    let personal = personal_tables();
    let (mut plain, mut opened) = (0, 0);
    for sql in onedoor_server::statements() {
        let texts = [sql.text(Engine::Sqlite), sql.text(Engine::Postgres)];
        let names = texts.iter().any(|text| !tables_of(text).is_disjoint(&personal));
        assert_eq!(sql.is_personal(), names, "{}", sql.name());
        *(if names { &mut opened } else { &mut plain }) += 1;
    }
    assert!(opened > 700, "{opened}");
    assert!(plain > 500, "{plain}");
}

/// REQ-INFO-15: who opens what is about persons without a proof, and why: a new one has to be
/// written here too. Each is made in its own module alone.
#[test]
fn few_modules_have_a_ground_of_their_own() {
    let names: Vec<String> = GROUNDS.iter().map(|(name, _)| name.replace(' ', "")).collect();
    let expected = [
        "crate::journal::Witness",
        "crate::sign_in::Threshold",
        "crate::policy::Deciding",
        "crate::office::SetUp",
        "crate::question::Counting",
        "crate::keys::Locksmith",
    ];
    assert_eq!(names, expected);
    for (name, why) in GROUNDS {
        assert!(why.len() > 60, "{name}: why?");
    }
    for (path, text) in read_all("crates/server/src", &[".rs"]) {
        let opens = text.matches("Opening::on(").count();
        let here = path.strip_prefix(root().join("crates/server/src")).unwrap();
        let allowed = match here.to_str().unwrap() {
            "policy.rs" => 2,
            "policy/opening.rs" => 1,
            _ => 0,
        };
        assert_eq!(opens, allowed, "{}", here.display());
    }
}

/// REQ-INFO-15: text that is no registered statement, and rows by the million, go through doors of
/// their own. The types do not know what passes there, so nobody of the program uses them but the
/// database itself, for its migrations, and the maker of a population.
#[test]
fn the_doors_for_plain_text_are_used_by_nobody() {
    let source = root().join("crates/server/src");
    let mut by = BTreeSet::new();
    let folders = ["crates/server/src", "crates/cli/src"];
    for (path, text) in folders.iter().flat_map(|folder| read_all(folder, &[".rs"])) {
        let here = path.strip_prefix(&source).unwrap_or(&path).display().to_string();
        if here.starts_with("db/") || here.ends_with("tests.rs") {
            continue;
        }
        for door in [".text_rows(", ".script(", "Bulk::start("] {
            if text.contains(door) {
                by.insert((here.clone(), door));
            }
        }
    }
    let expected = BTreeSet::from([("population/mod.rs".to_owned(), "Bulk::start(")]);
    assert_eq!(by, expected);
}
