//! What the loader refuses: each fault with its line, its place and its kind.

use std::time::{Duration, Instant};

use onedoor_domain::secrecy::{MAX_BYTES, MAX_FAULTS, Narrowing, Pack, PackFaultKind, packs};
use proptest::prelude::*;

use crate::space::shipped_as;

fn shipped(code: &str) -> &'static str {
    packs::SHIPPED.into_iter().find(|(it, _)| *it == code).unwrap().1
}

/// The line on which a piece of text stands, the first being 1.
fn line_of(text: &str, piece: &str) -> usize {
    text[..text.find(piece).unwrap()].lines().count() + usize::from(!piece.starts_with('\n'))
}

/// Changes one piece of Norway today and gives back the only fault, as line, place and kind.
#[track_caller]
fn fault(piece: &str, with: &str) -> (usize, String, &'static str) {
    let text = shipped("no-2022");
    assert!(text.contains(piece), "{piece}");
    let faults = Pack::read(&text.replacen(piece, with, 1)).unwrap_err();
    let [fault] = faults.as_slice() else { panic!("{faults:#?}") };
    (fault.line, fault.path.clone(), fault.kind.code())
}

#[track_caller]
fn expect(piece: &str, with: &str, path: &str, kind: &str) {
    let text = shipped("no-2022");
    let changed = text.replacen(piece, with, 1);
    let at = text.find(piece).unwrap();
    // The first line that the change made different.
    let same = text[at..].bytes().zip(changed[at..].bytes()).take_while(|(a, b)| a == b).count();
    let line = text[..at + same].matches('\n').count() + 1;
    // Other places may now point to nothing, and say so too.
    let faults = Pack::read(&changed).unwrap_err();
    let found =
        faults.iter().any(|it| (it.line, it.path.as_str(), it.kind.code()) == (line, path, kind));
    assert!(found, "line {line} {path} {kind}: {faults:#?}");
}

const FIRST_RULE: &str =
    "id = \"NO-01\"\npurpose = \"coordination\"\nfrom = \"nav_stat\"\nto = \"nav_stat\"";

/// REQ-INFO-05: unknown names and fields are refused where they stand.
#[test]
fn unknown_names_are_refused_by_line() {
    expect("country = \"no\"", "country = \"dk\"", "country", "unknown-word");
    expect("version = 1", "version = 0", "version", "bad-number");
    expect("format = 1", "format = 2", "format", "bad-number");
    expect("kinds = [\"social\"]", "kinds = [\"sozial\"]", "body[1].kinds[0]", "unknown-word");
    expect(
        "bodies = [\"nav_stat\"",
        "bodies = [\"nav_stadt\"",
        "group[0].bodies[0]",
        "unknown-body",
    );
    expect("known = \"computed\"", "known = \"guessed\"", "condition[0].known", "unknown-word");
    let end = FIRST_RULE.replace("to = \"nav_stat\"", "to = \"nobody\"");
    expect(FIRST_RULE, &end, "rule[0].to", "unknown-body");
    let purpose = FIRST_RULE.replace("coordination", "curiosity");
    expect(FIRST_RULE, &purpose, "rule[0].purpose", "unknown-word");
    expect(
        "when = [\"different_office\", \"own_initiative\"]",
        "when = [\"different_office\", \"own_initiativ\"]",
        "rule[4].when[1]",
        "unknown-condition",
    );
    expect("law = { id = \"A\"", "law = { id = \"B\"", "rule[0].law.id", "unknown-word");
    expect("kind = \"soft\"", "kind = \"weak\"", "overlay[9].kind", "unknown-word");
    expect(
        "about = [\"guardian\"]",
        "about = [\"unknown\"]",
        "overlay[9].about[0]",
        "unknown-word",
    );
}

#[test]
fn unknown_fields_and_wrong_types_are_refused_by_line() {
    expect("version = 1", "vversion = 1\nversion = 1", "vversion", "unknown-field");
    expect("basis = \"nav-loven §16\"", "base = 1\nbasis = \"b\"", "rule[1].base", "unknown-field");
    expect("verified = true", "verified = \"yes\"", "rule[0].verified", "wrong-type");
    expect("order = 100", "order = \"first\"", "overlay[0].order", "wrong-type");
    expect("code = \"nav_stat\"", "code = \"nav stat\"", "body[0].code", "bad-code");
    assert_eq!(fault("nb = \"Norge i dag\"\n", "").2, "missing-field");
    expect("en = \"Norway today\"", "en = \" \"", "en", "bad-text");
    let long = format!("en = \"{}\"", "x".repeat(201));
    expect("en = \"Norway today\"", &long, "en", "too-long");
}

/// REQ-INFO-05: silence about a category, a fact, an agency or a duty is a gap, and refused.
#[test]
fn gaps_are_refused() {
    let rule = "housing = \"A\", family = \"N\", origin = \"N\" }";
    expect(rule, "family = \"N\", origin = \"N\" }", "rule[0].law.housing", "gap");
    let text = shipped("no-2022");
    let own = text.find("[[overlay]]\nid = \"OV-950\"").unwrap();
    let next = text.find("[[overlay]]\nid = \"OV-1000\"").unwrap();
    let faults = Pack::read(&format!("{}{}", &text[..own], &text[next..])).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].kind, faults[0].value.as_str()), (PackFaultKind::Gap, "office_locked"));
    expect("C = [\"audit\", ", "C = [", "obligations.C", "gap");
    let social = fault("kinds = [\"social\"]", "role = \"municipality\"");
    assert_eq!((social.1.as_str(), social.2), ("body", "gap"));
}

/// REQ-INFO-04: nothing that a pack does may be wider than the law.
#[test]
fn a_default_wider_than_the_law_is_refused() {
    let text = shipped("no-2022");
    let line = text.lines().position(|it| it.starts_with("default = ")).unwrap();
    let wider = text.lines().nth(line).unwrap().replace("health = \"N\"", "health = \"A\"");
    let changed: Vec<_> =
        text.lines().enumerate().map(|(at, it)| if at == line { &wider } else { it }).collect();
    let faults = Pack::read(&changed.join("\n")).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].line, line + 1);
    assert_eq!(
        faults[0].to_string(),
        format!("line {}: rule[0].default.health: wider-than-law (A)", line + 1)
    );
}

/// REQ-INFO-05: two rules between which nothing decides are refused: the same direction twice, or
/// the same pair of bodies through two groups.
#[test]
fn rules_that_nothing_settles_are_refused() {
    let text = shipped("no-2022");
    let start = text.find("[[rule]]\nid = \"NO-20\"").unwrap();
    let end = text.find("[[rule]]\nid = \"NO-21\"").unwrap();
    let again = text[start..end].replace("NO-20", "NO-20B");
    let twice = format!("{}{again}{}", &text[..end], &text[end..]);
    let faults = Pack::read(&twice).unwrap_err();
    assert_eq!((faults.len(), faults[0].kind), (1, PackFaultKind::Unsettled));
    assert_eq!(faults[0].value, "NO-20");
    assert_eq!(faults[0].line, line_of(text, "[[rule]]\nid = \"NO-21\""));
    // The same bodies through another group.
    let grouped = twice.replace(
        "NO-20B\"\npurpose = \"safety\"\nfrom = \"nav_office\"",
        "NO-20B\"\npurpose = \"safety\"\nfrom = \"any_no\"",
    );
    assert_ne!(grouped, twice);
    assert_eq!(Pack::read(&grouped).unwrap_err()[0].kind, PackFaultKind::Unsettled);
    // With a condition of its own it is settled, or at least cannot contradict.
    let settled = twice.replace(
        "NO-20B\"\npurpose = \"safety\"\nfrom = \"nav_office\"\nto = \"politi\"\nwhen = [\"police_request\"]",
        "NO-20B\"\npurpose = \"safety\"\nfrom = \"nav_office\"\nto = \"politi\"\nwhen = [\"danger_to_life\"]",
    );
    assert_ne!(settled, twice);
    Pack::read(&settled).unwrap();
}

#[test]
fn what_must_be_once_is_refused_twice() {
    expect("code = \"kom_sosial\"", "code = \"nav_stat\"", "body[1].code", "twice");
    expect("id = \"NO-02\"", "id = \"NO-01\"", "rule[1].id", "twice");
    expect("order = 200", "order = 100", "overlay[1].order", "twice");
    expect("id = \"OV-200\"", "id = \"OV-100\"", "overlay[1].id", "twice");
    expect("code = \"nav_office\"", "code = \"politi\"", "group[0].code", "twice");
}

#[test]
fn dates_and_bounds_that_make_no_sense_are_refused() {
    expect("valid_from = 2022-12-01", "valid_from = \"2022-13-01\"", "valid_from", "bad-date");
    let end = "valid_from = 2022-12-01\nvalid_until = 2022-11-30";
    assert_eq!(fault("valid_from = 2022-12-01", end), (12, "valid_until".to_owned(), "bad-period"));
    expect(
        "reason_max_chars = 255",
        "reason_max_chars = 9",
        "single_access.reason_max_chars",
        "bad-number",
    );
    expect("most_months = 3", "most_months = 13", "single_access.most_months", "bad-number");
}

/// REQ-INFO-08: a pack cannot soften address protection, or let another mark lift it.
#[test]
fn protection_cannot_be_weakened_by_a_pack() {
    for (piece, with) in [
        ("order = 100\nkind = \"hard\"", "order = 100\nkind = \"soft\""),
        ("order = 500\nkind = \"hard\"", "order = 500\nkind = \"soft\""),
        ("unless = [\"confidential\"]", "unless = [\"confidential\", \"national\"]"),
        ("unless = [\"shielded\"]", "unless = [\"national\"]"),
        ("about = [\"own_data\"]", "about = [\"own_data\"]\nunless = [\"national\"]"),
    ] {
        assert_eq!(fault(piece, with).2, "weak-protection", "{with}");
    }
}

/// A file made to be slow is refused quickly: by its size, its lists, or its conditions.
#[test]
fn a_file_made_to_be_slow_is_refused_quickly() {
    let start = Instant::now();
    let text = shipped("no-2022");
    let huge = format!("{text}# {}", "x".repeat(MAX_BYTES));
    assert_eq!(Pack::read(&huge).unwrap_err()[0].kind, PackFaultKind::TooLarge);

    let mut many = text.to_owned();
    for at in 0..600 {
        many += &format!("[[rule]]\nid = \"Z-{at}\"\n");
    }
    let faults = Pack::read(&many).unwrap_err();
    assert!(
        faults.iter().any(|it| (it.path.as_str(), it.kind) == ("rule", PackFaultKind::TooLarge))
    );

    // Nine conditions in one direction would be 512 sets to go through, and so on upward.
    let mut conditions = text.to_owned();
    for at in 0..9 {
        conditions += &format!(
            "[[condition]]\ncode = \"c{at}\"\nknown = \"declared\"\nnb = \"x\"\nnn = \"x\"\nsv = \"x\"\nen = \"x\"\n"
        );
        let rule = text.find("[[rule]]\nid = \"NO-20\"").unwrap();
        let end = text.find("[[rule]]\nid = \"NO-21\"").unwrap();
        let again = text[rule..end].replace("NO-20", &format!("Z-{at}"));
        conditions += &again.replace("police_request", &format!("c{at}"));
    }
    let faults = Pack::read(&conditions).unwrap_err();
    assert!(faults.iter().all(|it| it.kind == PackFaultKind::TooManyConditions), "{faults:?}");

    let nested = format!("{text}\nx = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    Pack::read(&nested).unwrap_err();
    let broken = "= \n".repeat(80_000);
    let faults = Pack::read(&broken).unwrap_err();
    assert!(faults.len() <= MAX_FAULTS + 1);
    assert_eq!(faults.last().unwrap().kind, PackFaultKind::TooMany);
    let fields: String = (0..20_000).map(|at| format!("f{at} = 1\n")).collect();
    assert!(Pack::read(&fields).unwrap_err().len() <= MAX_FAULTS + 1);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_file_that_is_no_toml_tells_where() {
    let faults = Pack::read("format = 1\ncode = \n").unwrap_err();
    assert_eq!((faults[0].line, faults[0].kind), (2, PackFaultKind::Syntax));
    assert!(!Pack::read("").unwrap_err().is_empty());
}

/// REQ-INFO-04: a site's file is read as strictly as a pack.
#[test]
fn faults_of_a_site_file_are_told_by_line() {
    let (pack, _) = shipped_as("no-2022");
    let read = |text: &str| {
        let faults = Narrowing::read(text, &pack).unwrap_err();
        let [fault] = faults.as_slice() else { panic!("{faults:?}") };
        (fault.line, fault.path.clone(), fault.kind.code())
    };
    let head = "format = 1\npack = \"no-2022\"\n";
    let set = |rule: &str, category: &str, effect: &str| {
        format!("[[set]]\nrule = \"{rule}\"\ncategory = \"{category}\"\neffect = \"{effect}\"\n")
    };
    let at = |line, path: &str, kind| (line, path.to_owned(), kind);
    let wide = format!("{head}{}", set("NO-04", "health", "N"));
    assert_eq!(read(&wide), at(6, "set[0].effect", "wider-than-law"));
    let unknown = format!("{head}{}", set("NO-99", "health", "C"));
    assert_eq!(read(&unknown), at(4, "set[0].rule", "unknown-rule"));
    let twice = format!("{head}{0}{0}", set("NO-04", "id", "C"));
    assert_eq!(read(&twice), at(7, "set[1]", "twice"));
    let other = "format = 1\npack = \"se-2022\"\n";
    assert_eq!(read(other), at(2, "pack", "unknown-word"));
    let drop = format!("{head}[[drop]]\ncondition = \"nothing\"\n");
    assert_eq!(read(&drop), at(4, "drop[0].condition", "unknown-condition"));
    // In Sweden the condition of a wrong payment both opens and closes. Without it a narrow rule
    // would fall away too, but nothing wider would come up: it may be dropped. A condition whose
    // rule is narrower than the one below it may not.
    let (sweden, _) = shipped_as("se-2022");
    let drop = |condition: &str| {
        let text =
            format!("format = 1\npack = \"se-2022\"\n[[drop]]\ncondition = \"{condition}\"\n");
        Narrowing::read(&text, &sweden).map_err(|it| it[0].kind.code())
    };
    assert!(drop("wrong_payment").is_ok());
    assert_eq!(drop("finsam_participant").unwrap_err(), "opens");
}

/// A small change anywhere in a pack.
fn mutated() -> impl Strategy<Value = String> {
    let packs = prop::sample::select(packs::SHIPPED.map(|(_, text)| text).to_vec());
    let edit = (any::<prop::sample::Index>(), 0_usize..40, ".{0,12}");
    (packs, prop::collection::vec(edit, 1..4)).prop_map(|(text, edits)| {
        let mut text = text.to_owned();
        for (at, gone, put) in edits {
            let mut from = at.index(text.len());
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let mut to = (from + gone).min(text.len());
            while !text.is_char_boundary(to) {
                to += 1;
            }
            text.replace_range(from..to, &put);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// REQ-INFO-05: whatever is done to a file, the loader gives a pack or faults with lines that
    /// the file has, and soon.
    #[test]
    fn the_loader_never_falls_over(text in mutated()) {
        let start = Instant::now();
        if let Err(faults) = Pack::read(&text) {
            prop_assert!(!faults.is_empty());
            let lines = text.matches('\n').count() + 1;
            prop_assert!(faults.iter().all(|it| (1..=lines).contains(&it.line)));
        }
        prop_assert!(start.elapsed() < Duration::from_secs(5));
    }

    /// Text that was never a pack is refused too.
    #[test]
    fn any_text_is_refused(text in "(?s).{0,300}") {
        prop_assert!(Pack::read(&text).is_err());
    }
}
