//! Reads a policy pack from a file: all of it or none of it. The format is told in
//! `docs/walls.md`.

use std::collections::BTreeSet;

use toml::de::DeTable;

use super::entry::Entry;
use super::fault::{Notes, PackFault, PackFaultKind};
use super::{
    BodyEntry, BodyGroup, Condition, ConditionEntry, Conditions, End, GroupEntry, Known, Letters,
    OverlayEntry, OverlayKind, Pack, Rule, SingleRules, check,
};
use crate::office::AgencyKind;
use crate::person::Country;
use crate::secrecy::category::{Category, Effect, Obligation, Obligations, Purpose};
use crate::secrecy::overlay::{Group, Overlay};

/// Most bytes that a pack or a site file may have.
pub const MAX_BYTES: usize = 262_144;
/// Most characters of a text in it.
pub const MAX_TEXT: usize = 200;
/// Most faults that are listed.
pub const MAX_FAULTS: usize = 200;

const MOST_BODIES: usize = 32;
const MOST_GROUPS: usize = 16;
const MOST_CONDITIONS: usize = 64;
const MOST_RULES: usize = 400;
const MOST_OVERLAYS: usize = 40;
/// Most words in an inner list.
const MOST_WORDS: usize = 40;

/// Reads a pack.
pub(super) fn pack(text: &str) -> Result<Pack, Vec<PackFault>> {
    let mut notes = Notes::new(text);
    let mut read = None;
    with_root(text, &mut notes, |root, notes| read = Some(shape(root, notes)));
    if let Some(draft) = &read {
        check::pack(draft, &mut notes);
    }
    match read {
        Some(pack) if notes.is_free() => {
            let pack = pack.compiled();
            check::cells(&pack, &mut notes);
            if notes.is_free() { Ok(pack) } else { Err(notes.into_faults()) }
        }
        _ => Err(notes.into_faults()),
    }
}

/// Parses a file within its bounds and hands on its outermost table. A file that is too large
/// or no TOML gets that fault only.
pub(super) fn with_root(text: &str, notes: &mut Notes, take: impl FnOnce(&Entry<'_>, &mut Notes)) {
    if text.len() > MAX_BYTES {
        return notes.fault("", PackFaultKind::TooLarge, &text.len().to_string());
    }
    let (tree, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        take(&Entry { table: tree.get_ref(), path: String::new() }, notes);
    }
    for error in errors {
        let at = error.span().map_or(0, |it| it.start);
        notes.fault_at(at, PackFaultKind::Syntax, error.message());
    }
}

fn shape(root: &Entry<'_>, notes: &mut Notes) -> Pack {
    root.only(
        notes,
        &[
            "format",
            "code",
            "version",
            "country",
            "valid_from",
            "valid_until",
            "approximate",
            "list_needs_consent",
            "nb",
            "nn",
            "sv",
            "en",
            "body",
            "group",
            "condition",
            "rule",
            "overlay",
            "single_access",
            "obligations",
        ],
    );
    root.number(notes, "format", 1..=1);
    let valid_from = root.date(notes, "valid_from");
    if !root.has("valid_from") {
        notes.fault("valid_from", PackFaultKind::MissingField, "valid_from");
    }
    let country = |code: &str| code.parse::<Country>().ok();
    let mut pack = Pack {
        code: root.code(notes, "code"),
        version: u32::try_from(root.number(notes, "version", 1..=9999)).unwrap_or(1),
        country: root
            .word(notes, "country", country, PackFaultKind::UnknownWord)
            .unwrap_or(Country::No),
        valid_from: valid_from.unwrap_or(jiff::civil::Date::MIN),
        valid_until: root.date(notes, "valid_until"),
        approximate: root.flag(notes, "approximate"),
        names: root.names(notes),
        list_needs_consent: root.flag(notes, "list_needs_consent"),
        bodies: Vec::new(),
        groups: Vec::new(),
        conditions: Vec::new(),
        rules: Vec::new(),
        overlays: Vec::new(),
        single: single(root, notes),
        obligations: obligations(root, notes),
        dropped: Conditions::NONE,
        table: super::Table::default(),
    };
    let bodies = root.entries(notes, "body", MOST_BODIES);
    pack.bodies = bodies.iter().map(|it| body(it, notes)).collect();
    let groups = root.entries(notes, "group", MOST_GROUPS);
    pack.groups = groups.iter().map(|it| group(it, notes, &pack)).collect();
    let conditions = root.entries(notes, "condition", MOST_CONDITIONS);
    pack.conditions = conditions.iter().map(|it| condition(it, notes)).collect();
    let rules = root.entries(notes, "rule", MOST_RULES);
    pack.rules = rules.iter().map(|it| rule(it, notes, &pack)).collect();
    let overlays = root.entries(notes, "overlay", MOST_OVERLAYS);
    pack.overlays = overlays.iter().map(|it| overlay(it, notes)).collect();
    pack
}

fn body(it: &Entry<'_>, notes: &mut Notes) -> BodyEntry {
    it.only(notes, &["code", "kinds", "role", "by_agreement", "nb", "nn", "sv", "en"]);
    let kinds = it.words(notes, "kinds", MOST_WORDS, AgencyKind::parse, PackFaultKind::UnknownWord);
    let role = it.has("role").then(|| it.code(notes, "role"));
    if kinds.is_empty() == role.is_none() {
        notes.fault(&it.at("role"), PackFaultKind::MissingField, "kinds or role");
    }
    BodyEntry {
        code: it.code(notes, "code"),
        kinds,
        role,
        by_agreement: it.flag(notes, "by_agreement"),
        names: it.names(notes),
    }
}

fn group(it: &Entry<'_>, notes: &mut Notes, pack: &Pack) -> GroupEntry {
    it.only(notes, &["code", "bodies", "nb", "nn", "sv", "en"]);
    let find = |code: &str| pack.body(code);
    GroupEntry {
        code: it.code(notes, "code"),
        bodies: it.words(notes, "bodies", MOST_WORDS, find, PackFaultKind::UnknownBody),
        names: it.names(notes),
    }
}

fn condition(it: &Entry<'_>, notes: &mut Notes) -> ConditionEntry {
    it.only(notes, &["code", "known", "nb", "nn", "sv", "en"]);
    let known = it.word(notes, "known", Known::parse, PackFaultKind::UnknownWord);
    ConditionEntry {
        code: it.code(notes, "code"),
        known: known.unwrap_or(Known::Declared),
        names: it.names(notes),
    }
}

fn rule(it: &Entry<'_>, notes: &mut Notes, pack: &Pack) -> Rule {
    it.only(
        notes,
        &["id", "purpose", "from", "to", "when", "law", "default", "basis", "verified", "also"],
    );
    let purpose = it.word(notes, "purpose", Purpose::parse, PackFaultKind::UnknownWord);
    let end = |code: &str| {
        let group = pack.groups().find(|(_, it)| it.code == code).map(|(group, _)| group);
        pack.body(code).map(End::Named).or(group.map(End::Any))
    };
    let from = it.word(notes, "from", end, PackFaultKind::UnknownBody);
    let to = it.word(notes, "to", end, PackFaultKind::UnknownBody);
    let find = |code: &str| pack.condition(code);
    let when: Vec<Condition> =
        it.words(notes, "when", MOST_WORDS, find, PackFaultKind::UnknownCondition);
    if !it.has("verified") {
        notes.fault(&it.at("verified"), PackFaultKind::MissingField, "verified");
    }
    let also = it.words(notes, "also", MOST_WORDS, Obligation::parse, PackFaultKind::UnknownWord);
    Rule {
        code: it.code(notes, "id"),
        purpose: purpose.unwrap_or(Purpose::Coordination),
        from: from.unwrap_or(End::Any(BodyGroup(u8::MAX))),
        to: to.unwrap_or(End::Any(BodyGroup(u8::MAX))),
        when: when.into_iter().collect(),
        law: letters(it, notes, "law"),
        letters: letters(it, notes, "default"),
        basis: it.text(notes, "basis"),
        verified: it.flag(notes, "verified"),
        also: also.into_iter().collect(),
    }
}

/// Eleven letters. A category that is left out is a gap: silence is not a rule.
fn letters(it: &Entry<'_>, notes: &mut Notes, field: &str) -> Letters {
    let mut letters = Letters::default();
    let Some(inner) = it.inner(notes, field) else { return letters };
    inner.only(notes, &Category::ALL.map(Category::as_str));
    for category in Category::ALL {
        let code = category.as_str();
        if !inner.has(code) {
            notes.fault(&inner.at(code), PackFaultKind::Gap, code);
            continue;
        }
        let found = inner.word(notes, code, Effect::parse, PackFaultKind::UnknownWord);
        letters = letters.with(category, found.unwrap_or_default());
    }
    letters
}

fn overlay(it: &Entry<'_>, notes: &mut Notes) -> OverlayEntry {
    it.only(notes, &["id", "order", "kind", "about", "unless", "nb", "nn", "sv", "en"]);
    let kind = it.word(notes, "kind", OverlayKind::parse, PackFaultKind::UnknownWord);
    let fact = |code: &str| Overlay::parse(code).filter(|it| *it != Overlay::Unknown);
    let about = it.words(notes, "about", MOST_WORDS, fact, PackFaultKind::UnknownWord);
    let unless = it.words(notes, "unless", MOST_WORDS, Group::parse, PackFaultKind::UnknownWord);
    OverlayEntry {
        code: it.code(notes, "id"),
        order: u32::try_from(it.number(notes, "order", 1..=9999)).unwrap_or(1),
        kind: kind.unwrap_or(OverlayKind::Hard),
        about: about.into_iter().collect(),
        unless: unless.into_iter().collect(),
        names: it.names(notes),
    }
}

fn single(root: &Entry<'_>, notes: &mut Notes) -> SingleRules {
    let stand_in =
        SingleRules { reason_min: 1, reason_max: 1, most_months: 1, second_person_hours: 1 };
    let Some(it) = root.inner(notes, "single_access") else { return stand_in };
    let fields = ["reason_min_chars", "reason_max_chars", "most_months", "second_person_hours"];
    it.only(notes, &fields);
    let reason_min = it.number(notes, "reason_min_chars", 1..=255);
    let reason_max = it.number(notes, "reason_max_chars", 1..=4000);
    if reason_max < reason_min {
        notes.fault(&it.at("reason_max_chars"), PackFaultKind::BadNumber, &reason_max.to_string());
    }
    SingleRules {
        reason_min: usize::try_from(reason_min).unwrap_or(1),
        reason_max: usize::try_from(reason_max).unwrap_or(1),
        most_months: it.number(notes, "most_months", 1..=12),
        second_person_hours: it.number(notes, "second_person_hours", 1..=72),
    }
}

fn obligations(root: &Entry<'_>, notes: &mut Notes) -> [Obligations; 5] {
    let mut all = [Obligations::NONE; 5];
    let Some(it) = root.inner(notes, "obligations") else { return all };
    it.only(notes, &Effect::ALL.map(Effect::as_str));
    for (effect, place) in Effect::ALL.into_iter().zip(&mut all) {
        let found = it.words(
            notes,
            effect.as_str(),
            MOST_WORDS,
            Obligation::parse,
            PackFaultKind::UnknownWord,
        );
        *place = found.into_iter().collect();
        let least = match effect {
            Effect::Denied => Obligation::AuditDenial,
            _ => Obligation::Audit,
        };
        if !place.has(least) {
            notes.fault(&it.at(effect.as_str()), PackFaultKind::Gap, least.as_str());
        }
    }
    all
}

/// Notes what comes twice in a list of codes.
pub(super) fn twice<'a>(
    notes: &mut Notes,
    list: &str,
    field: &str,
    codes: impl Iterator<Item = &'a str>,
) {
    let mut seen = BTreeSet::new();
    for (at, code) in codes.enumerate().filter(|(_, code)| !code.is_empty()) {
        if !seen.insert(code) {
            notes.fault(&format!("{list}[{at}].{field}"), PackFaultKind::Twice, code);
        }
    }
}
