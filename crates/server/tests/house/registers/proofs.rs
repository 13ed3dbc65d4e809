//! Nothing personal is read or written without a permit or a warrant.

use std::collections::{BTreeMap, BTreeSet};

use onedoor_server::db::Engine;

use super::root;

/// Tables with personal data, as the register of data classes says. `staff` is
/// not among them here: who works where is the set-up of the house, not a person
/// who is helped.
pub(super) fn personal_tables() -> BTreeSet<String> {
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

/// The tables that a statement reads or writes.
fn tables_of(sql: &str) -> BTreeSet<String> {
    let words: Vec<&str> = sql
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .filter(|two| matches!(two[0], "from" | "join" | "into" | "update"))
        .map(|two| two[1].to_owned())
        .collect()
}

/// A function of a file: its name, whether others can call it, its signature and
/// its body.
struct Function {
    name: String,
    public: bool,
    signature: String,
    body: String,
}

fn functions(text: &str) -> Vec<Function> {
    let mut all: Vec<Function> = Vec::new();
    let mut in_signature = false;
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let code = line.trim_start();
        let public = code.starts_with("pub");
        let rest = code.split_once("fn ").filter(|(before, _)| {
            before.split(' ').all(|word| matches!(word, "" | "async") || word.starts_with("pub"))
        });
        if let Some((_, rest)) = rest {
            let name = rest.split(['(', '<']).next().unwrap().to_owned();
            all.push(Function { name, public, signature: String::new(), body: String::new() });
            in_signature = true;
        }
        let Some(last) = all.last_mut() else { continue };
        let part = if in_signature { &mut last.signature } else { &mut last.body };
        part.push_str(line);
        part.push('\n');
        if line.trim_end().ends_with('{') {
            in_signature = false;
        }
    }
    all
}

/// No function that reads or writes personal data can be called without a
/// permit or a warrant: it stands in the signature of each. These have none by
/// their nature: the journal is written about permits, signing in comes before
/// them, the set-up of offices is about nobody, the policy grants them, the keys
/// demand them where they open, and a population is made up.
#[test]
fn no_store_function_goes_without_a_proof() {
    // `question` counts people and names none; `walls` is what the policy asks.
    let without = [
        "journal",
        "sign_in",
        "office",
        "policy",
        "walls",
        "question",
        "web",
        "keys",
        "population",
    ];
    let personal = personal_tables();
    for table in ["person", "person_name", "shared_case", "visit", "ruling", "outbox"] {
        assert!(personal.contains(table), "{table}");
    }
    let mut statements: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for sql in onedoor_server::statements() {
        let tables = tables_of(sql.text(Engine::Postgres));
        if tables.iter().any(|table| personal.contains(table)) {
            let (module, name) = sql.name.rsplit_once("::").unwrap();
            statements.entry(module.to_owned()).or_default().insert(name.to_owned());
        }
    }
    let mut seen = 0;
    for (module, names) in &statements {
        let path = module.trim_start_matches("onedoor_server::").replace("::", "/");
        if without.contains(&path.split('/').next().unwrap()) {
            continue;
        }
        let source = root().join("crates/server/src");
        let text = std::fs::read_to_string(source.join(format!("{path}.rs")))
            .or_else(|_| std::fs::read_to_string(source.join(format!("{path}/mod.rs"))))
            .unwrap();
        let all = functions(&text);
        let word = |body: &str, name: &str, end: &str| {
            body.match_indices(&format!("{name}{end}")).any(|(at, _)| {
                !body[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            })
        };
        // A function runs what it names, and what those run that it calls.
        let mut runs: BTreeSet<usize> = (0..all.len())
            .filter(|n| names.iter().any(|name| all[*n].body.contains(&format!("&{name},"))))
            .collect();
        loop {
            let more: Vec<usize> = (0..all.len())
                .filter(|n| !runs.contains(n))
                .filter(|n| runs.iter().any(|it| word(&all[*n].body, &all[*it].name, "(")))
                .collect();
            if more.is_empty() {
                break;
            }
            runs.extend(more);
        }
        for function in runs.iter().map(|n| &all[*n]).filter(|it| it.public) {
            let proven = ["&Permit", "&Pass", "&Warrant", "dyn Proof"]
                .iter()
                .any(|proof| function.signature.contains(proof));
            assert!(proven, "{module}::{} reads persons without a proof", function.name);
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}
