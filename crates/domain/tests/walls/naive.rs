//! A second reading of a pack, as plain as can be: the file as a tree of TOML values, walked
//! anew for every question. It shares nothing with the engine and is slow on purpose.

use toml::Value;

pub struct Naive {
    root: Value,
}

/// The answer of the second reading.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub permit: bool,
    /// The code of the remedy, and of what is needed besides.
    pub remedy: Option<(&'static str, Option<&'static str>)>,
}

/// What the second reading is told of a case.
pub struct Case<'a> {
    pub letter: Option<char>,
    pub by_agreement: bool,
    pub list_rule: bool,
    pub own: bool,
    pub internal: bool,
    pub list: bool,
    /// The agreement lists the category.
    pub agreed: bool,
    pub consent: bool,
    pub necessity: bool,
    pub single: bool,
    pub fact: Option<&'a str>,
    /// What the overlay of the fact does to this worker: `hard`, `soft`, or nothing.
    pub overlay: Option<&'a str>,
}

fn list<'v>(value: &'v Value, field: &str) -> Vec<&'v Value> {
    value.get(field).and_then(Value::as_array).map(|it| it.iter().collect()).unwrap_or_default()
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or("")
}

impl Naive {
    pub fn read(file: &str) -> Self {
        Self { root: Value::Table(file.parse().unwrap()) }
    }

    pub fn bodies(&self) -> Vec<&str> {
        list(&self.root, "body").into_iter().map(|it| text(it, "code")).collect()
    }

    pub fn rules(&self) -> Vec<&Value> {
        list(&self.root, "rule")
    }

    pub fn list_rule(&self) -> bool {
        self.root.get("list_needs_consent").and_then(Value::as_bool).unwrap_or(false)
    }

    pub fn by_agreement(&self, body: &str) -> bool {
        let found = list(&self.root, "body").into_iter().find(|it| text(it, "code") == body);
        found.unwrap().get("by_agreement").and_then(Value::as_bool).unwrap_or(false)
    }

    fn stands_for(&self, end: &str, body: &str) -> bool {
        if end == body {
            return true;
        }
        for group in list(&self.root, "group") {
            if text(group, "code") == end {
                return list(group, "bodies").iter().any(|it| it.as_str() == Some(body));
            }
        }
        false
    }

    /// The conditions that any rule of the direction and purpose names.
    pub fn conditions(&self, from: &str, to: &str, purpose: &str) -> Vec<String> {
        let mut all = Vec::new();
        for rule in self.rules() {
            if text(rule, "purpose") == purpose
                && self.stands_for(text(rule, "from"), from)
                && self.stands_for(text(rule, "to"), to)
            {
                for condition in list(rule, "when") {
                    let code = condition.as_str().unwrap().to_owned();
                    if !all.contains(&code) {
                        all.push(code);
                    }
                }
            }
        }
        all
    }

    /// The letter and the rules that may be named for it.
    pub fn letter(
        &self,
        column: &str,
        way: (&str, &str, &str),
        category: &str,
        held: &[&str],
    ) -> Option<(char, Vec<String>)> {
        let (from, to, purpose) = way;
        let mut found: Vec<(usize, bool, char, String)> = Vec::new();
        for rule in self.rules() {
            if text(rule, "purpose") != purpose {
                continue;
            }
            if !self.stands_for(text(rule, "from"), from) {
                continue;
            }
            if !self.stands_for(text(rule, "to"), to) {
                continue;
            }
            let when = list(rule, "when");
            if !when.iter().all(|it| held.contains(&it.as_str().unwrap())) {
                continue;
            }
            let mut named = 0;
            if text(rule, "from") == from {
                named += 1;
            }
            if text(rule, "to") == to {
                named += 1;
            }
            let letter = text(rule.get(column).unwrap(), category).chars().next().unwrap();
            found.push((named, !when.is_empty(), letter, text(rule, "id").to_owned()));
        }
        let most_named = found.iter().map(|it| it.0).max()?;
        found.retain(|it| it.0 == most_named);
        if found.iter().any(|it| it.1) {
            found.retain(|it| it.1);
        }
        for letter in ['X', 'C', 'N', 'A', 'D'] {
            if found.iter().any(|it| it.2 == letter) {
                let ids = found.iter().filter(|it| it.2 == letter).map(|it| it.3.clone());
                return Some((letter, ids.collect()));
            }
        }
        None
    }

    /// What the overlays of the file do to a worker with these marks, for one fact.
    pub fn overlay(&self, fact: &str, marks: &[&str]) -> Option<&'static str> {
        if fact == "unknown" {
            return Some("hard");
        }
        for overlay in list(&self.root, "overlay") {
            let about = list(overlay, "about").iter().any(|it| it.as_str() == Some(fact));
            let lifted =
                list(overlay, "unless").iter().any(|it| marks.contains(&it.as_str().unwrap()));
            if about && !lifted {
                return Some(if text(overlay, "kind") == "soft" { "soft" } else { "hard" });
            }
        }
        None
    }
}

/// The decision, straight down.
pub fn answer(case: &Case<'_>) -> Answer {
    let no = |remedy, also| Answer { permit: false, remedy: Some((remedy, also)) };
    let yes = Answer { permit: true, remedy: None };
    if case.overlay == Some("hard") {
        return no("nothing", None);
    }
    let needs_single = case.overlay == Some("soft") && !case.single;
    // What would be needed by the rule alone.
    let mut paper = None;
    if !case.own {
        if case.internal {
            return no("nothing", None);
        }
        if case.by_agreement && !case.agreed {
            return no("nothing", None);
        }
        let Some(letter) = case.letter else {
            return no("nothing", None);
        };
        if letter == 'X' {
            return no("nothing", None);
        }
        if letter == 'C' && !case.consent {
            paper = Some("consent");
        }
        if letter == 'N' && !case.necessity && !case.consent {
            paper = Some("necessity");
        }
        if case.list && case.list_rule && !case.consent {
            paper = Some("consent");
        }
    }
    if needs_single {
        return no("single-access", paper);
    }
    match paper {
        Some(paper) => no(paper, None),
        None => yes,
    }
}
