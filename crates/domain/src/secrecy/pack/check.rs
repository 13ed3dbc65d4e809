//! What must hold between the parts of a pack.

use super::fault::{Notes, PackFaultKind};
use super::read::twice;
use super::table::class;
use super::{Conditions, End, MOST_CONDITIONS_OF_A_DIRECTION, OverlayKind, Pack};
use crate::office::AgencyKind;
use crate::secrecy::category::{Category, Purpose};
use crate::secrecy::overlay::{Group, Groups, Overlay, Overlays};

/// Facts that are never softened, and the only mark that lifts each.
const PROTECTED: [(Overlay, Option<Group>); 7] = [
    (Overlay::StrictlyConfidential, Some(Group::StrictlyConfidential)),
    (Overlay::StrictlyConfidentialAbroad, Some(Group::StrictlyConfidentialAbroad)),
    (Overlay::Confidential, Some(Group::Confidential)),
    (Overlay::ProtectedRegistration, Some(Group::ProtectedRegistration)),
    (Overlay::SecrecyMarked, Some(Group::SecrecyMarked)),
    (Overlay::Shielded, Some(Group::Shielded)),
    (Overlay::OwnData, None),
];

/// Checks a pack that has been read, faulty or not.
pub(super) fn pack(pack: &Pack, notes: &mut Notes) {
    if let Some(until) = pack.valid_until.filter(|until| *until < pack.valid_from) {
        notes.fault("valid_until", PackFaultKind::BadPeriod, &until.to_string());
    }
    bodies(pack, notes);
    twice(notes, "condition", "code", pack.conditions.iter().map(|it| it.code.as_str()));
    let used = pack.rules.iter().fold(Conditions::NONE, |used, it| used.or(it.when));
    for (condition, it) in pack.conditions().filter(|(it, _)| !used.has(*it)) {
        notes.fault(&format!("condition[{}]", condition.0), PackFaultKind::Unused, &it.code);
    }
    rules(pack, notes);
    overlays(pack, notes);
}

fn bodies(pack: &Pack, notes: &mut Notes) {
    twice(notes, "body", "code", pack.bodies.iter().map(|it| it.code.as_str()));
    let roles = pack.bodies.iter().map(|it| it.role.as_deref().unwrap_or_default());
    twice(notes, "body", "role", roles);
    for kind in AgencyKind::ALL {
        let mut serving = pack.bodies().filter(|(_, it)| it.kinds.contains(&kind));
        if serving.next().is_none() {
            notes.fault("body", PackFaultKind::Gap, kind.as_str());
        }
        if let Some((body, _)) = serving.next() {
            let path = format!("body[{}].kinds", body.0);
            notes.fault(&path, PackFaultKind::Twice, kind.as_str());
        }
    }
    twice(notes, "group", "code", pack.groups.iter().map(|it| it.code.as_str()));
    for (at, group) in pack.groups.iter().enumerate() {
        if pack.body(&group.code).is_some() {
            notes.fault(&format!("group[{at}].code"), PackFaultKind::Twice, &group.code);
        }
        if group.bodies.is_empty() {
            notes.fault(&format!("group[{at}].bodies"), PackFaultKind::Unused, &group.code);
        }
    }
}

fn rules(pack: &Pack, notes: &mut Notes) {
    twice(notes, "rule", "id", pack.rules.iter().map(|it| it.code.as_str()));
    for (at, rule) in pack.rules.iter().enumerate() {
        for category in Category::ALL {
            let (law, does) = (rule.law.of(category), rule.letters.of(category));
            if does > law {
                let path = format!("rule[{at}].default.{}", category.as_str());
                notes.fault(&path, PackFaultKind::WiderThanLaw, does.as_str());
            }
        }
        let unsettled = pack.rules.iter().take(at).find(|other| {
            other.purpose == rule.purpose
                && other.when == rule.when
                && class(other) == class(rule)
                && meet(pack, other.from, rule.from)
                && meet(pack, other.to, rule.to)
                && Category::ALL.iter().any(|it| other.letters.of(*it) == rule.letters.of(*it))
        });
        if let Some(other) = unsettled {
            notes.fault(&format!("rule[{at}]"), PackFaultKind::Unsettled, &other.code);
        }
    }
}

/// Whether some body stands at both ends.
fn meet(pack: &Pack, one: End, other: End) -> bool {
    pack.bodies().any(|(body, _)| pack.stands_for(one, body) && pack.stands_for(other, body))
}

fn overlays(pack: &Pack, notes: &mut Notes) {
    twice(notes, "overlay", "id", pack.overlays.iter().map(|it| it.code.as_str()));
    let mut covered = Overlays::NONE;
    for (at, overlay) in pack.overlays.iter().enumerate() {
        let path = |field: &str| format!("overlay[{at}].{field}");
        let before = pack.overlays.iter().take(at);
        if before.clone().any(|it| it.order == overlay.order) {
            notes.fault(&path("order"), PackFaultKind::Twice, &overlay.order.to_string());
        }
        for fact in overlay.about.and(covered).iter() {
            notes.fault(&path("about"), PackFaultKind::Twice, fact.as_str());
        }
        covered = covered.or(overlay.about);
        if overlay.about.is_empty() {
            notes.fault(&path("about"), PackFaultKind::Unused, &overlay.code);
        }
        for (fact, mark) in PROTECTED.iter().filter(|(fact, _)| overlay.about.has(*fact)) {
            let marks = mark.map_or(Groups::NONE, Groups::only);
            if overlay.kind != OverlayKind::Hard || overlay.unless != marks {
                notes.fault(&path("unless"), PackFaultKind::WeakProtection, fact.as_str());
            }
        }
    }
    for fact in Overlays::ALL.without(Overlay::Unknown).but(covered).iter() {
        notes.fault("overlay", PackFaultKind::Gap, fact.as_str());
    }
}

/// Checks the tables: every set of conditions of a direction can be gone through.
pub(super) fn cells(pack: &Pack, notes: &mut Notes) {
    for purpose in Purpose::ALL {
        for (from, _) in pack.bodies() {
            for (to, _) in pack.bodies() {
                let count = pack.conditions_between(from, to, purpose).len() as usize;
                if count > MOST_CONDITIONS_OF_A_DIRECTION {
                    let way = format!("{} {}", pack.body_code(from), pack.body_code(to));
                    notes.fault("rule", PackFaultKind::TooManyConditions, &way);
                }
            }
        }
    }
}
