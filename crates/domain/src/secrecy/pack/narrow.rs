//! What a site sets differently from the pack that it uses, within the law.

use super::entry::Entry;
use super::fault::{Notes, PackFault, PackFaultKind};
use super::read::with_root;
use super::{Condition, Conditions, Pack, RuleId};
use crate::secrecy::category::{Category, Effect, Purpose};

/// Most settings of a site.
const MOST_SETTINGS: usize = 400;

/// One letter that a site sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The rule.
    pub rule: RuleId,
    /// The kind of information.
    pub category: Category,
    /// What the rule does at this site.
    pub effect: Effect,
}

/// A site's settings for one pack (REQ-INFO-04).
///
/// A letter may go down freely and up as far as the law column. With none above the pack's
/// own ([`Narrowing::widens`] is empty) nothing is permitted that the pack denies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    settings: Vec<Setting>,
    dropped: Conditions,
    widens: Vec<Setting>,
}

impl Narrowing {
    /// Reads a site's file for a pack.
    ///
    /// # Errors
    /// Every fault in the order of its lines; among them each setting that is wider than the law
    /// allows and each dropped condition that would open something.
    pub fn read(text: &str, pack: &Pack) -> Result<Self, Vec<PackFault>> {
        let mut notes = Notes::new(text);
        let mut read = Self::default();
        with_root(text, &mut notes, |root, notes| read = shape(root, notes, pack));
        if notes.is_free() { Ok(read) } else { Err(notes.into_faults()) }
    }

    /// The letters that the site sets.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The conditions that the site never lets hold.
    #[must_use]
    pub fn dropped(&self) -> Conditions {
        self.dropped
    }

    /// The settings that go above what the pack ships with, as far as the law allows. A site
    /// answers for each of them.
    #[must_use]
    pub fn widens(&self) -> &[Setting] {
        &self.widens
    }
}

impl Pack {
    /// The pack as a site uses it. The pack itself stays what it is.
    #[must_use]
    pub fn with(&self, narrowing: &Narrowing) -> Self {
        let mut pack = self.clone();
        for setting in &narrowing.settings {
            if let Some(rule) = pack.rules.get_mut(usize::from(setting.rule.0)) {
                let most = rule.law.of(setting.category);
                rule.letters = rule.letters.with(setting.category, setting.effect.min(most));
            }
        }
        pack.dropped = pack.dropped.or(narrowing.dropped);
        pack.compiled()
    }
}

fn shape(root: &Entry<'_>, notes: &mut Notes, pack: &Pack) -> Narrowing {
    root.only(notes, &["format", "pack", "set", "drop"]);
    root.number(notes, "format", 1..=1);
    let of = root.code(notes, "pack");
    if !of.is_empty() && of != pack.code {
        notes.fault("pack", PackFaultKind::UnknownWord, &of);
    }
    let mut read = Narrowing::default();
    for it in root.entries(notes, "set", MOST_SETTINGS) {
        let Some(setting) = setting(&it, notes, pack) else { continue };
        let same =
            |other: &Setting| (other.rule, other.category) == (setting.rule, setting.category);
        if read.settings.iter().any(same) {
            notes.fault(&it.path, PackFaultKind::Twice, pack.rule_code(setting.rule));
        }
        let Some(rule) = pack.rule(setting.rule) else { continue };
        if setting.effect > rule.law.of(setting.category) {
            let path = it.at("effect");
            notes.fault(&path, PackFaultKind::WiderThanLaw, setting.effect.as_str());
        }
        if setting.effect > rule.letters.of(setting.category) {
            read.widens.push(setting);
        }
        read.settings.push(setting);
    }
    for it in root.entries(notes, "drop", MOST_SETTINGS) {
        it.only(notes, &["condition"]);
        let find = |code: &str| pack.condition(code);
        let found = it.word(notes, "condition", find, PackFaultKind::UnknownCondition);
        let Some(condition) = found else { continue };
        if opens(pack, condition) {
            let code = pack.condition_entry(condition).map_or("", |it| &it.code);
            notes.fault(&it.at("condition"), PackFaultKind::Opens, code);
        }
        read.dropped = read.dropped.with(condition);
    }
    if notes.is_free() && !read.dropped.is_empty() && opens_together(pack, &read) {
        notes.fault("drop", PackFaultKind::Opens, "together");
    }
    read
}

fn setting(it: &Entry<'_>, notes: &mut Notes, pack: &Pack) -> Option<Setting> {
    it.only(notes, &["rule", "category", "effect"]);
    let rule = it.word(notes, "rule", |code| pack.rule_of(code), PackFaultKind::UnknownRule);
    let category = it.word(notes, "category", Category::parse, PackFaultKind::UnknownWord);
    let effect = it.word(notes, "effect", Effect::parse, PackFaultKind::UnknownWord);
    Some(Setting { rule: rule?, category: category?, effect: effect? })
}

/// Whether anything would be wider if the condition never held: a rule that closes may need it.
fn opens(pack: &Pack, condition: Condition) -> bool {
    let dropped = Conditions::NONE.with(condition);
    let mut without = pack.clone();
    without.dropped = without.dropped.or(dropped);
    is_wider(pack, &without.compiled())
}

/// The same for all that the site sets at once. What it sets above the pack's own letters stays
/// within the law, so it is held against the law column.
fn opens_together(pack: &Pack, narrowing: &Narrowing) -> bool {
    let mut most = pack.clone();
    for setting in &narrowing.widens {
        if let Some(rule) = most.rules.get_mut(usize::from(setting.rule.0)) {
            rule.letters = rule.letters.with(setting.category, setting.effect);
        }
    }
    is_wider(&most.compiled(), &pack.with(narrowing))
}

/// Whether the second pack is wider than the first anywhere. Both have the same bodies.
fn is_wider(first: &Pack, second: &Pack) -> bool {
    Purpose::ALL.into_iter().any(|purpose| {
        first.bodies().any(|(from, _)| {
            first.bodies().any(|(to, _)| {
                let matter = first.conditions_between(from, to, purpose);
                let (one, other) = (first.cell(from, to, purpose), second.cell(from, to, purpose));
                matter.subsets().any(|held| {
                    Category::ALL.into_iter().any(|category| {
                        let before = one.winner(held, category).map_or(Effect::Denied, |it| it.1);
                        let after = other.winner(held, category).map_or(Effect::Denied, |it| it.1);
                        after > before
                    })
                })
            })
        })
    })
}
