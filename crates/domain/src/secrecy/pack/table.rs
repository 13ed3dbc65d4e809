//! A pack as tables, so that a decision is a look-up and a few tests of bits.

use super::{Body, Conditions, End, OverlayKind, Pack, Rule, RuleId};
use crate::secrecy::category::{Category, Effect, Purpose};
use crate::secrecy::overlay::{Group, Groups, Overlay, Overlays};

/// Bits of one letter in [`Entry::letters`].
const LETTER: u32 = 3;

/// One rule as it counts in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::secrecy) struct Entry {
    /// What must hold.
    pub(in crate::secrecy) when: Conditions,
    /// Eleven letters of three bits each.
    letters: u64,
    /// The higher beats the lower: named ends first, then having a condition.
    pub(in crate::secrecy) class: u8,
    /// Which rule.
    pub(in crate::secrecy) rule: RuleId,
}

impl Entry {
    fn new(rule: RuleId, it: &Rule) -> Self {
        let letters = Category::ALL.into_iter().fold(0, |letters, category| {
            letters | (it.letters.of(category) as u64) << (category as u32 * LETTER)
        });
        Self { when: it.when, letters, class: class(it), rule }
    }

    /// The effect for a category.
    pub(in crate::secrecy) fn effect(&self, category: Category) -> Effect {
        match self.letters >> (category as u32 * LETTER) & 0b111 {
            1 => Effect::Consent,
            2 => Effect::Necessity,
            3 => Effect::Allowed,
            4 => Effect::Duty,
            _ => Effect::Denied,
        }
    }
}

/// Where a rule stands in the order of precedence: a named body beats a group, and then a
/// rule with a condition beats one without.
pub(super) fn class(rule: &Rule) -> u8 {
    2 * (u8::from(rule.from.is_named()) + u8::from(rule.to.is_named()))
        + u8::from(!rule.when.is_empty())
}

/// The rules of one direction and purpose, the strongest first.
#[derive(Clone, Copy, Debug)]
pub(in crate::secrecy) struct Cell<'p>(pub(in crate::secrecy) &'p [Entry]);

impl Cell<'_> {
    /// The rule that decides, and its effect. Of several that are equally strong the narrower
    /// effect wins, and of equal effects the one that stands first in the file is named.
    pub(in crate::secrecy) fn winner(
        &self,
        conditions: Conditions,
        category: Category,
    ) -> Option<(RuleId, Effect)> {
        let mut entries = self.0.iter().filter(|it| conditions.covers(it.when));
        let first = entries.next()?;
        let mut best = (first.rule, first.effect(category));
        for next in entries.take_while(|it| it.class == first.class) {
            let effect = next.effect(category);
            if effect < best.1 {
                best = (next.rule, effect);
            }
        }
        Some(best)
    }

    /// Every condition that any of the rules names.
    pub(in crate::secrecy) fn conditions(&self) -> Conditions {
        self.0.iter().fold(Conditions::NONE, |all, it| all.or(it.when))
    }
}

/// All directions and purposes of a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    bodies: usize,
    cells: Vec<(u32, u32)>,
    entries: Vec<Entry>,
    by_agreement: u64,
    hard: Overlays,
    lifted_by: Vec<(Group, Overlays)>,
}

impl Table {
    pub(super) fn cell(&self, from: Body, to: Body, purpose: Purpose) -> Cell<'_> {
        let (from, to) = (usize::from(from.0), usize::from(to.0));
        if from >= self.bodies || to >= self.bodies {
            return Cell(&[]);
        }
        let at = (purpose as usize * self.bodies + from) * self.bodies + to;
        let cell = self
            .cells
            .get(at)
            .and_then(|(start, end)| self.entries.get(*start as usize..*end as usize));
        Cell(cell.unwrap_or_default())
    }

    pub(super) fn blocking(&self, known: Overlays, groups: Groups) -> (Overlays, Overlays) {
        let marked = self.lifted_by.iter().filter(|(group, _)| groups.has(*group));
        let left = marked.fold(known, |left, (_, about)| left.but(*about));
        (left.and(self.hard), left.but(self.hard))
    }

    pub(super) fn is_by_agreement(&self, body: Body) -> bool {
        self.by_agreement >> body.0 & 1 == 1
    }
}

/// The reader bounds its lists, so that no pack comes near the largest place.
fn place(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Pack {
    /// The pack with its tables made anew. Rules whose condition a site has dropped are left out.
    pub(super) fn compiled(mut self) -> Self {
        self.table = self.tables();
        self
    }

    fn tables(&self) -> Table {
        let mut table = Table { bodies: self.bodies.len(), ..Table::default() };
        for (body, _) in self.bodies().filter(|(_, it)| it.by_agreement) {
            table.by_agreement |= 1 << body.0;
        }
        for purpose in Purpose::ALL {
            for (from, _) in self.bodies() {
                for (to, _) in self.bodies() {
                    let start = table.entries.len();
                    self.add_cell(&mut table.entries, from, to, purpose);
                    if let Some(cell) = table.entries.get_mut(start..) {
                        cell.sort_by_key(|it| std::cmp::Reverse(it.class));
                    }
                    table.cells.push((place(start), place(table.entries.len())));
                }
            }
        }
        for overlay in &self.overlays {
            if overlay.kind == OverlayKind::Hard {
                table.hard = table.hard.or(overlay.about);
            }
            table.lifted_by.extend(overlay.unless.iter().map(|group| (group, overlay.about)));
        }
        table.hard = table.hard.with(Overlay::Unknown);
        table
    }

    fn add_cell(&self, entries: &mut Vec<Entry>, from: Body, to: Body, purpose: Purpose) {
        let stands = |end: End, body: Body| self.stands_for(end, body);
        let here = self.rules().filter(|(_, rule)| {
            rule.purpose == purpose
                && rule.when.but(self.dropped) == rule.when
                && stands(rule.from, from)
                && stands(rule.to, to)
        });
        entries.extend(here.map(|(id, rule)| Entry::new(id, rule)));
    }
}
