//! Every letter, condition, end, overlay and bound of every pack, changed one at a time in the
//! text: each change is refused by the loader or makes the golden checks fail. So no line of law
//! can change without a test that says so.

#![cfg(test)]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

#[path = "walls/golden.rs"]
mod golden;

use std::collections::BTreeMap;

use onedoor_domain::secrecy::{Pack, packs};

/// One change: what it is, and the text with it.
struct Mutant {
    what: String,
    text: String,
}

/// The text with one line replaced.
fn replaced(lines: &[&str], at: usize, with: &str) -> String {
    let mut lines = lines.to_vec();
    lines[at] = with;
    lines.join("\n")
}

/// The quoted words of a line.
fn quoted(line: &str) -> Vec<&str> {
    line.split('"').skip(1).step_by(2).collect()
}

fn list(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|it| format!("\"{it}\"")).collect();
    format!("[{}]", words.join(", "))
}

fn mutants(text: &str) -> Vec<Mutant> {
    let lines: Vec<_> = text.lines().collect();
    let pack = Pack::read(text).unwrap();
    let bodies: Vec<_> = pack.bodies().map(|(_, it)| it.code.clone()).collect();
    let conditions: Vec<_> = pack.conditions().map(|(_, it)| it.code.clone()).collect();
    let mut all = Vec::new();
    let mut part = "";
    let mut id = "";
    let mut add = |what: String, text: String| all.push(Mutant { what, text });
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with('[') {
            part = line;
        }
        let key = line.split(" =").next().unwrap().trim();
        if key == "id" || key == "code" {
            id = quoted(line)[0];
        }
        match (part, key) {
            ("[[rule]]", "law" | "default") => letters(&lines, at, id, &mut add),
            ("[[rule]]", "when") => conditions_of(&lines, at, id, &conditions, &mut add),
            ("[[rule]]", "from" | "to") => {
                let now = quoted(line)[0];
                for other in bodies.iter().filter(|it| *it != now).take(2) {
                    let with = format!("{key} = \"{other}\"");
                    add(format!("{id} {with}"), replaced(&lines, at, &with));
                }
            }
            ("[[rule]]", "purpose") => {
                for other in ["coordination", "benefit_decision", "safety", "statistics"] {
                    if quoted(line)[0] != other {
                        let with = format!("purpose = \"{other}\"");
                        add(format!("{id} {with}"), replaced(&lines, at, &with));
                    }
                }
            }
            ("[[rule]]", "basis") => {
                // A condition where there was none, another purpose where there was one.
                let has = lines[..at].iter().rev().take_while(|it| **it != "[[rule]]");
                if !has.clone().any(|it| it.starts_with("when")) {
                    let with = format!("when = [\"{}\"]\n{line}", conditions[0]);
                    add(format!("{id} gets a condition"), replaced(&lines, at, &with));
                }
            }
            ("[[rule]]", "also") | ("[obligations]", "X" | "C" | "N" | "A" | "D") => {
                let words = quoted(line);
                for gone in &words {
                    let rest: Vec<_> = words.iter().filter(|it| *it != gone).copied().collect();
                    let with = format!("{key} = {}", list(&rest));
                    add(format!("{id} {key} without {gone}"), replaced(&lines, at, &with));
                }
            }
            ("[[overlay]]", "kind") => {
                let with =
                    if line.contains("hard") { "kind = \"soft\"" } else { "kind = \"hard\"" };
                add(format!("{id} {with}"), replaced(&lines, at, with));
            }
            ("[[overlay]]", "order") => order(&lines, at, id, &mut add),
            ("[[overlay]]", "about") => {
                let words = quoted(line);
                for gone in &words {
                    let rest: Vec<_> = words.iter().filter(|it| *it != gone).copied().collect();
                    let with = format!("about = {}", list(&rest));
                    add(format!("{id} not about {gone}"), replaced(&lines, at, &with));
                }
                let marked = lines[at + 1].starts_with("unless");
                if !marked {
                    let with = format!("{line}\nunless = [\"national\"]");
                    add(format!("{id} gets a mark"), replaced(&lines, at, &with));
                }
            }
            ("[[overlay]]", "unless") => {
                add(format!("{id} loses its mark"), replaced(&lines, at, ""));
                let other = if line.contains("abroad\"") { "national" } else { "abroad" };
                let words = quoted(line);
                let with = format!("unless = [\"{other}\"]");
                add(format!("{id} another mark"), replaced(&lines, at, &with));
                let with = format!("unless = [\"{}\", \"{other}\"]", words[0]);
                add(format!("{id} one more mark"), replaced(&lines, at, &with));
            }
            ("[[body]]", "by_agreement") => {
                add(format!("{id} without agreement"), replaced(&lines, at, ""));
            }
            ("[[body]]", "code") => {
                let with = format!("{line}\nby_agreement = true");
                add(format!("{id} by agreement"), replaced(&lines, at, &with));
            }
            ("[[group]]", "bodies") => {
                let words = quoted(line);
                for gone in &words {
                    let rest: Vec<_> = words.iter().filter(|it| *it != gone).copied().collect();
                    let with = format!("bodies = {}", list(&rest));
                    add(format!("{id} without {gone}"), replaced(&lines, at, &with));
                }
            }
            ("[single_access]", _) if line.contains('=') => {
                let number: i64 = line.split("= ").nth(1).unwrap().parse().unwrap();
                for other in [number - 1, number + 1] {
                    let with = format!("{key} = {other}");
                    add(with.clone(), replaced(&lines, at, &with));
                }
            }
            ("", "list_needs_consent" | "approximate") => {
                add(format!("not {key}"), replaced(&lines, at, ""));
            }
            ("", "valid_from" | "valid_until") => {
                let with = format!("{key} = 2005-05-05");
                add(with.clone(), replaced(&lines, at, &with));
            }
            _ => {}
        }
    }
    if !text.contains("list_needs_consent") {
        let with = text.replacen("version = 1", "version = 1\nlist_needs_consent = true", 1);
        add("list needs consent".to_owned(), with);
    }
    all
}

/// Each letter one step down and one step up.
fn letters(lines: &[&str], at: usize, id: &str, add: &mut impl FnMut(String, String)) {
    const ORDER: [&str; 5] = ["X", "C", "N", "A", "D"];
    let line = lines[at];
    for (place, _) in line.match_indices("= \"") {
        let start = place + 3;
        let step = ORDER.iter().position(|it| *it == &line[start..=start]).unwrap();
        for other in [step.wrapping_sub(1), step + 1] {
            let Some(letter) = ORDER.get(other) else { continue };
            let with = format!("{}{letter}{}", &line[..start], &line[start + 1..]);
            let column = line.split(" =").next().unwrap().trim();
            let category = line[..place].trim().rsplit(' ').next().unwrap();
            add(format!("{id} {column} {category} {letter}"), replaced(lines, at, &with));
        }
    }
}

/// Each condition taken away, and changed to another.
fn conditions_of(
    lines: &[&str],
    at: usize,
    id: &str,
    known: &[String],
    add: &mut impl FnMut(String, String),
) {
    let words = quoted(lines[at]);
    for (place, gone) in words.iter().enumerate() {
        let rest: Vec<_> = words.iter().filter(|it| *it != gone).copied().collect();
        let with = if rest.is_empty() { String::new() } else { format!("when = {}", list(&rest)) };
        add(format!("{id} without {gone}"), replaced(lines, at, &with));
        for other in known.iter().filter(|it| !words.contains(&it.as_str())) {
            let mut changed = words.clone();
            changed[place] = other;
            let with = format!("when = {}", list(&changed));
            add(format!("{id} {other} for {gone}"), replaced(lines, at, &with));
        }
    }
}

/// The order of an overlay changed with that of the next one.
fn order(lines: &[&str], at: usize, id: &str, add: &mut impl FnMut(String, String)) {
    let rest = lines.iter().enumerate().skip(at + 1);
    if let Some((next, other)) = rest.clone().find(|(_, it)| it.starts_with("order = ")) {
        let mut swapped = lines.to_vec();
        swapped[at] = other;
        swapped[next] = lines[at];
        add(format!("{id} after the next one"), swapped.join("\n"));
    }
}

/// The golden file, by the code of each pack.
fn written() -> BTreeMap<String, String> {
    let file = std::fs::read_to_string(golden::PATH).unwrap_or_default();
    let parts = file.split("== ").skip(1);
    parts
        .map(|part| {
            let code = part.lines().next().unwrap_or_default().to_owned();
            (code, format!("== {part}"))
        })
        .collect()
}

fn all_die(code: &str) {
    let (_, text) = packs::SHIPPED.into_iter().find(|(it, _)| *it == code).unwrap();
    let written = written();
    let expected = &written[code];
    assert_eq!(&golden::of_pack(&Pack::read(text).unwrap()), expected);
    let (mut refused, mut failed, mut alive) = (0, 0, Vec::new());
    for Mutant { what, text } in mutants(text) {
        match Pack::read(&text) {
            Err(_) => refused += 1,
            Ok(pack) if &golden::of_pack(&pack) != expected => failed += 1,
            Ok(_) => alive.push(what),
        }
    }
    let made = refused + failed + alive.len();
    println!("{code}: {made} mutants, {failed} fail the golden checks, {refused} are refused");
    assert!(alive.is_empty(), "{code}: {alive:#?}");
    assert!(failed > 100 && refused > 10);
}

/// REQ-INFO-05: no rule of Norway today can change unseen.
#[test]
fn every_change_of_norway_today_is_seen() {
    all_die("no-2022");
}

/// REQ-INFO-05: no rule of Norway 2002-2006 can change unseen.
#[test]
fn every_change_of_norway_then_is_seen() {
    all_die("no-2004");
}

/// REQ-INFO-05: no rule of Sweden today can change unseen.
#[test]
fn every_change_of_sweden_today_is_seen() {
    all_die("se-2022");
}

/// REQ-INFO-05: no rule of Sweden 2004-2009 can change unseen.
#[test]
fn every_change_of_sweden_then_is_seen() {
    all_die("se-2008");
}
