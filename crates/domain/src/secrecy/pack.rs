//! A policy pack: the law of one country for one time, read once and never
//! changed (REQ-INFO-04, REQ-INFO-05).

use jiff::civil::Date;

use super::category::{Category, Effect, Obligations, Purpose};
use super::overlay::{Groups, Overlay, Overlays};
use super::policy::Bar;
use crate::office::AgencyKind;
use crate::person::Country;

mod check;
mod entry;
mod fault;
mod narrow;
mod part;
mod read;
mod table;

pub use fault::{PackFault, PackFaultKind};
pub use narrow::{Narrowing, Setting};
pub use part::{
    Body, BodyEntry, BodyGroup, Condition, ConditionEntry, Conditions, End, GroupEntry, Known,
    Letters, Names, OverlayEntry, OverlayKind, Rule, RuleId, SingleRules,
};
pub use read::{MAX_BYTES, MAX_FAULTS, MAX_TEXT};
use table::Table;
pub(super) use table::{Cell, Entry};

/// Most conditions that the rules of one direction and purpose may name together, so that
/// every set of them can be gone through.
pub const MOST_CONDITIONS_OF_A_DIRECTION: usize = 8;

/// A policy pack. It cannot be changed; a site that narrows it gets another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    code: String,
    version: u32,
    country: Country,
    valid_from: Date,
    valid_until: Option<Date>,
    approximate: bool,
    names: Names,
    list_needs_consent: bool,
    bodies: Vec<BodyEntry>,
    groups: Vec<GroupEntry>,
    conditions: Vec<ConditionEntry>,
    rules: Vec<Rule>,
    overlays: Vec<OverlayEntry>,
    single: SingleRules,
    obligations: [Obligations; 5],
    /// Conditions that the site never lets hold.
    dropped: Conditions,
    table: Table,
}

impl Pack {
    /// Reads a pack.
    ///
    /// # Errors
    /// Every fault of the file in the order of its lines; nothing of a faulty file is used.
    pub fn read(text: &str) -> Result<Self, Vec<PackFault>> {
        read::pack(text)
    }

    /// The code, as `no-2022`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The version of the text under this code, counted from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The country whose law it is.
    #[must_use]
    pub fn country(&self) -> Country {
        self.country
    }

    /// The first day of this law.
    #[must_use]
    pub fn valid_from(&self) -> Date {
        self.valid_from
    }

    /// The last day of this law; `None` while no end is decided.
    #[must_use]
    pub fn valid_until(&self) -> Option<Date> {
        self.valid_until
    }

    /// Whether the law holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|last| day <= last)
    }

    /// Whether the law of the time was not read in full, so that this is an approximation.
    #[must_use]
    pub fn is_approximate(&self) -> bool {
        self.approximate
    }

    /// What people call it.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Whether a list of people may only be handed over with a consent of each (REQ-INFO-14).
    #[must_use]
    pub fn list_needs_consent(&self) -> bool {
        self.list_needs_consent
    }

    /// The bounds of a single access.
    #[must_use]
    pub fn single_rules(&self) -> SingleRules {
        self.single
    }

    /// What an effect demands of who receives.
    #[must_use]
    pub fn obligations(&self, effect: Effect) -> Obligations {
        self.obligations.get(effect as usize).copied().unwrap_or_default()
    }

    /// All bodies.
    pub fn bodies(&self) -> impl Iterator<Item = (Body, &BodyEntry)> {
        (0..).map(Body).zip(&self.bodies)
    }

    /// A body by its code.
    #[must_use]
    pub fn body(&self, code: &str) -> Option<Body> {
        self.bodies().find(|(_, it)| it.code == code).map(|(body, _)| body)
    }

    /// The body that stands for a kind of agency. `None` is a pack that has no such
    /// agency; then nothing may cross.
    #[must_use]
    pub fn body_of(&self, kind: AgencyKind) -> Option<Body> {
        self.bodies().find(|(_, it)| it.kinds.contains(&kind)).map(|(body, _)| body)
    }

    /// What the pack says about a body; `None` for a body of another pack.
    #[must_use]
    pub fn body_entry(&self, body: Body) -> Option<&BodyEntry> {
        self.bodies.get(usize::from(body.0))
    }

    /// The code of a body, or nothing for one of another pack.
    #[must_use]
    pub fn body_code(&self, body: Body) -> &str {
        self.body_entry(body).map_or("", |it| &it.code)
    }

    /// All groups of bodies.
    pub fn groups(&self) -> impl Iterator<Item = (BodyGroup, &GroupEntry)> {
        (0..).map(BodyGroup).zip(&self.groups)
    }

    /// All conditions.
    pub fn conditions(&self) -> impl Iterator<Item = (Condition, &ConditionEntry)> {
        (0..).map(Condition).zip(&self.conditions)
    }

    /// A condition by its code.
    #[must_use]
    pub fn condition(&self, code: &str) -> Option<Condition> {
        self.conditions().find(|(_, it)| it.code == code).map(|(condition, _)| condition)
    }

    /// The conditions with these codes; a code that the pack does not know opens nothing
    /// and is left out.
    #[must_use]
    pub fn conditions_of<'a>(&self, codes: impl IntoIterator<Item = &'a str>) -> Conditions {
        codes.into_iter().filter_map(|code| self.condition(code)).collect()
    }

    /// What the pack says about a condition; `None` for one of another pack.
    #[must_use]
    pub fn condition_entry(&self, condition: Condition) -> Option<&ConditionEntry> {
        self.conditions.get(usize::from(condition.0))
    }

    /// The codes of conditions, in the order of the pack.
    pub fn condition_codes(&self, conditions: Conditions) -> impl Iterator<Item = &str> {
        self.conditions().filter(move |(it, _)| conditions.has(*it)).map(|(_, it)| it.code.as_str())
    }

    /// The code of one end of a rule: of a body or of a group.
    #[must_use]
    pub fn end_code(&self, end: End) -> &str {
        match end {
            End::Named(body) => self.body_code(body),
            End::Any(group) => self.groups.get(usize::from(group.0)).map_or("", |it| &it.code),
        }
    }

    /// What people call one end of a rule.
    #[must_use]
    pub fn end_names(&self, end: End) -> Option<&Names> {
        match end {
            End::Named(body) => self.body_entry(body).map(|it| &it.names),
            End::Any(group) => self.groups.get(usize::from(group.0)).map(|it| &it.names),
        }
    }

    /// Whether a body stands at this end.
    #[must_use]
    pub fn stands_for(&self, end: End, body: Body) -> bool {
        match end {
            End::Named(named) => named == body,
            End::Any(group) => {
                self.groups.get(usize::from(group.0)).is_some_and(|it| it.bodies.contains(&body))
            }
        }
    }

    /// All rules, in the order of the file.
    pub fn rules(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        (0..).map(RuleId).zip(&self.rules)
    }

    /// A rule; `None` for one of another pack.
    #[must_use]
    pub fn rule(&self, rule: RuleId) -> Option<&Rule> {
        self.rules.get(usize::from(rule.0))
    }

    /// The code of a rule, or nothing for one of another pack.
    #[must_use]
    pub fn rule_code(&self, rule: RuleId) -> &str {
        self.rule(rule).map_or("", |it| &it.code)
    }

    /// A rule by its code.
    #[must_use]
    pub fn rule_of(&self, code: &str) -> Option<RuleId> {
        self.rules().find(|(_, it)| it.code == code).map(|(rule, _)| rule)
    }

    /// All overlays, the first asked first.
    #[must_use]
    pub fn overlays(&self) -> &[OverlayEntry] {
        &self.overlays
    }

    /// The overlay that is about a fact; `None` for [`Overlay::Unknown`], which is denied
    /// whatever the pack says.
    #[must_use]
    pub fn overlay_about(&self, fact: Overlay) -> Option<&OverlayEntry> {
        self.overlays.iter().find(|it| it.about.has(fact))
    }

    /// The conditions that matter between two bodies for a purpose.
    #[must_use]
    pub fn conditions_between(&self, from: Body, to: Body, purpose: Purpose) -> Conditions {
        self.cell(from, to, purpose).conditions()
    }

    /// The effect between two bodies, and the rule that gives it. `None` is no rule: deny.
    #[must_use]
    pub fn effect(
        &self,
        from: Body,
        to: Body,
        purpose: Purpose,
        category: Category,
        conditions: Conditions,
    ) -> Option<(RuleId, Effect)> {
        self.cell(from, to, purpose).winner(conditions, category)
    }

    pub(super) fn cell(&self, from: Body, to: Body, purpose: Purpose) -> Cell<'_> {
        self.table.cell(from, to, purpose)
    }

    /// What the overlays make of what is known about a person, for a worker with these marks.
    #[must_use]
    pub fn bar(&self, known: Overlays, groups: Groups) -> Bar {
        let (hard, soft) = self.blocking(known, groups);
        if !hard.is_empty() {
            Bar::Hard
        } else if !soft.is_empty() {
            Bar::Soft
        } else {
            Bar::Open
        }
    }

    /// The facts among `known` that these marks do not lift, the hard and the soft.
    pub(super) fn blocking(&self, known: Overlays, groups: Groups) -> (Overlays, Overlays) {
        if known.is_empty() {
            return (Overlays::NONE, Overlays::NONE);
        }
        self.table.blocking(known, groups)
    }

    pub(super) fn is_by_agreement(&self, body: Body) -> bool {
        self.table.is_by_agreement(body)
    }
}
