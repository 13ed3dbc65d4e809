//! What the packs do, written down beside them in `packs/golden.txt`, so that every change of
//! law is seen in review. Make it anew with `ONEDOOR_REGENERATE=1`.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::date;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::secrecy::{
    Category, Conditions, Effect, Group, Groups, Letters, Overlay, Overlays, Pack, Purpose, Reason,
    Request, Transfer, Verdict, judge,
};
use uuid::Uuid;

/// The part of the golden file for one pack, from what the engine does with it.
pub fn of_pack(pack: &Pack) -> String {
    let mut text = format!("== {}\n", pack.code());
    let _ = writeln!(
        text,
        "{} version {} from {} until {}, approximate {}, list needs consent {}",
        pack.country().as_str(),
        pack.version(),
        pack.valid_from(),
        pack.valid_until().map_or_else(|| "-".to_owned(), |it| it.to_string()),
        pack.is_approximate(),
        pack.list_needs_consent(),
    );
    let single = pack.single_rules();
    let _ = writeln!(
        text,
        "single access: reason {}..{}, {} months, second person {} hours",
        single.reason_min, single.reason_max, single.most_months, single.second_person_hours
    );
    for effect in Effect::ALL {
        let all: Vec<_> = pack.obligations(effect).iter().map(|it| it.as_str()).collect();
        let _ = writeln!(text, "{} demands {}", effect.as_str(), all.join(" "));
    }
    let joined = |it: Vec<&str>| if it.is_empty() { "-".to_owned() } else { it.join(" ") };
    let by_agreement =
        pack.bodies().filter(|(_, it)| it.by_agreement).map(|(_, it)| it.code.as_str());
    let _ = writeln!(text, "by agreement: {}", joined(by_agreement.collect()));
    overlays(pack, &mut text);
    ways(pack, &mut text);
    text
}

fn question(pack: &Pack, overlays: Overlays, groups: Groups) -> Verdict {
    let (body, _) = pack.bodies().next().unwrap();
    let request = Request {
        from: body,
        to: body,
        giver: AgencyId(Uuid::nil()),
        receiver: AgencyId(Uuid::nil()),
        purpose: Purpose::Coordination,
        category: Category::Id,
        conditions: Conditions::NONE,
        transfer: Transfer::Record,
        internal: false,
        agreement: None,
        overlays,
        groups,
        single: None,
        consents: &[],
        necessities: &[],
        now: "2026-11-22T09:00:00Z".parse().unwrap(),
        today: date(2026, 11, 22),
    };
    judge(pack, &request)
}

fn reasons(verdict: &Verdict) -> Vec<Reason> {
    match verdict {
        Verdict::Permit(_) => Vec::new(),
        Verdict::Deny(refusal) => refusal.reasons.clone(),
    }
}

fn overlays(pack: &Pack, text: &mut String) {
    for fact in Overlay::ALL {
        let only = Overlays::only(fact);
        let kind = match reasons(&question(pack, only, Groups::NONE)).first() {
            Some(Reason::Hard(_)) => "hard",
            Some(Reason::Soft(_)) => "soft",
            _ => "open",
        };
        let lifting: Vec<_> = Group::ALL
            .into_iter()
            .filter(|it| question(pack, only, Groups::only(*it)).is_permit())
            .map(Group::as_str)
            .collect();
        let lifting = if lifting.is_empty() { "nothing".to_owned() } else { lifting.join(" ") };
        let _ = writeln!(text, "overlay {}: {kind}, lifted by {lifting}", fact.as_str());
    }
    let order: Vec<_> = reasons(&question(pack, Overlays::ALL, Groups::NONE))
        .into_iter()
        .filter_map(Reason::overlay)
        .map(Overlay::as_str)
        .collect();
    let _ = writeln!(text, "overlays in order: {}", order.join(" "));
}

/// Every direction, purpose and set of conditions with the letters and, behind them, the widest
/// that the law allows; those that are alike stand on one line.
fn ways(pack: &Pack, text: &mut String) {
    for purpose in Purpose::ALL {
        let mut rows: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (from, from_entry) in pack.bodies() {
            for (to, to_entry) in pack.bodies() {
                for held in pack.conditions_between(from, to, purpose).subsets() {
                    let Some(row) = row(pack, (from, to, purpose), held) else { continue };
                    let way = format!("{}>{}", from_entry.code, to_entry.code);
                    let held: Vec<_> = pack.condition_codes(held).collect();
                    let held = if held.is_empty() { "-".to_owned() } else { held.join("+") };
                    rows.entry((held, row)).or_default().push(way);
                }
            }
        }
        for ((held, row), ways) in rows {
            let _ = writeln!(text, "{} when {held}: {row}: {}", purpose.as_str(), ways.join(" "));
        }
    }
}

fn row(
    pack: &Pack,
    (from, to, purpose): (onedoor_domain::secrecy::Body, onedoor_domain::secrecy::Body, Purpose),
    held: Conditions,
) -> Option<String> {
    let mut letters = Letters::default();
    let mut law = Letters::default();
    let mut rules: Vec<&str> = Vec::new();
    let mut also = Vec::new();
    for category in Category::ALL {
        let (rule, effect) = pack.effect(from, to, purpose, category, held)?;
        letters = letters.with(category, effect);
        let entry = pack.rule(rule)?;
        law = law.with(category, entry.law.of(category));
        if !rules.contains(&entry.code.as_str()) {
            rules.push(&entry.code);
            also.extend(entry.also.iter().map(|it| format!(" {}", it.as_str())));
        }
    }
    Some(format!("{letters} law {law} {}{}", rules.join("+"), also.concat()))
}

pub const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/packs/golden.txt");

/// REQ-INFO-04: what each pack does is what is written down.
#[test]
fn the_packs_do_what_is_written_down() {
    let packs = onedoor_domain::secrecy::packs::shipped().unwrap();
    let text: Vec<_> = packs.iter().map(of_pack).collect();
    let text = text.concat();
    if std::env::var_os("ONEDOOR_REGENERATE").is_some() {
        std::fs::write(PATH, &text).unwrap();
    }
    let there = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        there == text,
        "packs/golden.txt is out of date: run ONEDOOR_REGENERATE=1 cargo test -p onedoor-domain, \
         and read the difference as a change of law"
    );
}
