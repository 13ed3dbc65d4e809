//! A policy pack: the law of one country for one time, read once and never
//! changed (REQ-INFO-04, REQ-INFO-05).

use jiff::civil::Date;

use super::category::{Categories, Category, Effect, Obligations, Purpose};
use super::overlay::{Groups, Overlay, Overlays};
use crate::office::AgencyKind;
use crate::person::{Country, Language};

mod check;
mod entry;
mod fault;
mod narrow;
mod read;
mod table;

pub use fault::{PackFault, PackFaultKind};
pub use narrow::{Narrowing, Setting};
pub use read::{MAX_BYTES, MAX_FAULTS, MAX_TEXT};
use table::Table;
pub(super) use table::{Cell, Entry};

/// Most conditions that the rules of one direction and purpose may name together, so that
/// every set of them can be gone through.
pub const MOST_CONDITIONS_OF_A_DIRECTION: usize = 8;

/// A text in the four languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Norwegian Bokmål.
    pub nb: String,
    /// Norwegian Nynorsk.
    pub nn: String,
    /// Swedish.
    pub sv: String,
    /// English.
    pub en: String,
}

impl Names {
    /// The text in one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Nb => &self.nb,
            Language::Nn => &self.nn,
            Language::Sv => &self.sv,
            Language::En => &self.en,
        }
    }
}

/// A body of the pack, by its place in [`Pack::bodies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Body(pub(super) u8);

/// A group of bodies, by its place in [`Pack::groups`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyGroup(pub(super) u8);

/// One end of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// A body by name.
    Named(Body),
    /// Any body of a group.
    Any(BodyGroup),
}

impl End {
    /// Whether the end names one body, which beats a group.
    #[must_use]
    pub const fn is_named(self) -> bool {
        matches!(self, Self::Named(_))
    }
}

/// A condition of the pack, by its place in [`Pack::conditions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition(pub(super) u8);

/// A set of conditions of one pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conditions(pub(super) u64);

impl Conditions {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// These and one more.
    #[must_use]
    pub const fn with(self, one: Condition) -> Self {
        Self(self.0 | 1 << one.0)
    }

    /// These but for one.
    #[must_use]
    pub const fn without(self, one: Condition) -> Self {
        Self(self.0 & !(1 << one.0))
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn has(self, one: Condition) -> bool {
        self.0 >> one.0 & 1 == 1
    }

    /// Whether all of the others are here.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Those that are in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are here and not there.
    #[must_use]
    pub const fn but(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Each of them, in the order of the pack.
    pub fn iter(self) -> impl Iterator<Item = Condition> {
        (0..64).map(Condition).filter(move |one| self.has(*one))
    }

    /// Every set that can be made of these, the empty one first.
    pub fn subsets(self) -> impl Iterator<Item = Self> {
        let mut next = Some(Self::NONE);
        std::iter::from_fn(move || {
            let this = next?;
            let following = (this.0 | !self.0).wrapping_add(1) & self.0;
            next = (following != 0).then_some(Self(following));
            Some(this)
        })
    }
}

impl FromIterator<Condition> for Conditions {
    fn from_iter<I: IntoIterator<Item = Condition>>(all: I) -> Self {
        all.into_iter().fold(Self::NONE, Self::with)
    }
}

/// A rule of the pack, by its place in [`Pack::rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(super) u16);

/// A body: an agency, a provider, a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyEntry {
    /// Code, unique in the pack.
    pub code: String,
    /// The kinds of agency of an office that it stands for.
    pub kinds: Vec<AgencyKind>,
    /// What it is to the three agencies, so that packs can be compared: `provider`.
    pub role: Option<String>,
    /// Only what its agreement lists may cross to it.
    pub by_agreement: bool,
    /// What people call it.
    pub names: Names,
}

/// A group of bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEntry {
    /// Code, unique in the pack, among bodies too.
    pub code: String,
    /// Those that belong to it.
    pub bodies: Vec<Body>,
    /// What people call it.
    pub names: Names,
}

/// How it becomes known whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// The program finds out.
    Computed,
    /// A worker records that it holds, and answers for it.
    Declared,
}

impl Known {
    /// The stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Computed => "computed",
            Self::Declared => "declared",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Computed, Self::Declared].into_iter().find(|known| known.as_str() == code)
    }
}

/// A condition of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionEntry {
    /// Code, unique in the pack.
    pub code: String,
    /// How it becomes known whether it holds.
    pub known: Known,
    /// In words.
    pub names: Names,
}

/// Eleven effects, one for each category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Letters(pub(super) [Effect; 11]);

impl Letters {
    /// The effect for one category.
    #[must_use]
    pub fn of(&self, category: Category) -> Effect {
        self.0.get(category.place()).copied().unwrap_or_default()
    }

    /// The same with one effect changed.
    #[must_use]
    pub fn with(mut self, category: Category, effect: Effect) -> Self {
        if let Some(place) = self.0.get_mut(category.place()) {
            *place = effect;
        }
        self
    }

    /// The categories that have this effect.
    #[must_use]
    pub fn having(&self, effect: Effect) -> Categories {
        Category::ALL.into_iter().filter(|category| self.of(*category) == effect).collect()
    }
}

impl std::fmt::Display for Letters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|effect| f.write_str(effect.as_str()))
    }
}

/// A rule: who may give what to whom for which purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Code, unique in the pack: `NO-02`.
    pub code: String,
    /// The one purpose it is for.
    pub purpose: Purpose,
    /// Who gives.
    pub from: End,
    /// Who receives.
    pub to: End,
    /// What must hold, all of it.
    pub when: Conditions,
    /// What the law allows at most.
    pub law: Letters,
    /// What this pack, as narrowed by a site, does.
    pub letters: Letters,
    /// The statute.
    pub basis: String,
    /// Whether the statute was read in full.
    pub verified: bool,
    /// What it demands beyond its letters.
    pub also: Obligations,
}

/// Whether an overlay can be overcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OverlayKind {
    /// By nothing.
    Hard,
    /// By a valid single access.
    Soft,
}

impl OverlayKind {
    /// The stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Hard, Self::Soft].into_iter().find(|known| known.as_str() == code)
    }
}

/// An overlay of the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlayEntry {
    /// Code, unique in the pack: `OV-100`.
    pub code: String,
    /// The lower comes first.
    pub order: u32,
    /// Whether it can be overcome.
    pub kind: OverlayKind,
    /// The facts it is about; any of them is enough.
    pub about: Overlays,
    /// The marks that lift it; any of them is enough.
    pub unless: Groups,
    /// In words.
    pub names: Names,
}

/// The bounds of a single access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SingleRules {
    /// Fewest characters of the reason.
    pub reason_min: usize,
    /// Most characters of the reason.
    pub reason_max: usize,
    /// Most months that it holds.
    pub most_months: i64,
    /// Hours within which a second person answers.
    pub second_person_hours: i64,
}

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
