//! The parts that a policy pack is made of.

use crate::office::AgencyKind;
use crate::person::Language;
use crate::secrecy::category::{Categories, Category, Effect, Obligations, Purpose};
use crate::secrecy::overlay::{Groups, Overlays};

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
pub struct Body(pub(in crate::secrecy) u8);

/// A group of bodies, by its place in [`Pack::groups`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyGroup(pub(in crate::secrecy) u8);

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
pub struct Condition(pub(in crate::secrecy) u8);

/// A set of conditions of one pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conditions(pub(in crate::secrecy) u64);

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
pub struct RuleId(pub(in crate::secrecy) u16);

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
pub struct Letters(pub(in crate::secrecy) [Effect; 11]);

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
