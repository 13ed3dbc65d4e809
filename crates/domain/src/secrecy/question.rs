//! Questions that one can put to a pack: what does a body see, what changes between two laws,
//! why was it so, and where does sensitive information have a way.

use std::collections::BTreeSet;

use super::category::{Category, Effect, Purpose};
use super::judge::{Request, Verdict, judge, valid_single};
use super::overlay::{Groups, Overlays};
use super::pack::{Body, Condition, Conditions, Letters, OverlayKind, Pack, RuleId};
use crate::office::AgencyKind;

/// What a body sees from another for one purpose under one set of conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeeRow {
    /// Who gives.
    pub from: Body,
    /// Who receives.
    pub to: Body,
    /// For what.
    pub purpose: Purpose,
    /// What must hold for it; the smallest set that gives these letters.
    pub conditions: Conditions,
    /// The effect for each kind of information.
    pub letters: Letters,
    /// The rules that give them, each once, in the order of the pack.
    pub rules: Vec<RuleId>,
}

/// What a body may see from every other, row by row. Where no rule opens anything there is no
/// row: no rule is a no.
#[must_use]
pub fn see(pack: &Pack, to: Body) -> Vec<SeeRow> {
    let mut rows = Vec::new();
    for (from, _) in pack.bodies() {
        rows.extend(Purpose::ALL.into_iter().flat_map(|purpose| way(pack, from, to, purpose)));
    }
    rows
}

/// The rows of one direction and purpose.
fn way(pack: &Pack, from: Body, to: Body, purpose: Purpose) -> Vec<SeeRow> {
    let mut rows: Vec<SeeRow> = Vec::new();
    for conditions in pack.conditions_between(from, to, purpose).subsets() {
        let won = |category| pack.effect(from, to, purpose, category, conditions);
        let rules: BTreeSet<RuleId> =
            Category::ALL.into_iter().filter_map(|it| won(it).map(|(rule, _)| rule)).collect();
        if rules.is_empty() {
            continue;
        }
        let letters = Category::ALL.into_iter().fold(Letters::default(), |letters, it| {
            letters.with(it, won(it).map_or(Effect::Denied, |(_, effect)| effect))
        });
        let rules: Vec<RuleId> = rules.into_iter().collect();
        let same = |row: &SeeRow| {
            conditions.covers(row.conditions) && row.letters == letters && row.rules == rules
        };
        if !rows.iter().any(same) {
            rows.push(SeeRow { from, to, purpose, conditions, letters, rules });
        }
    }
    rows
}

/// One thing that two packs, or two states of one pack, do differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Who gives: a kind of agency, or the role of another body.
    pub from: String,
    /// Who receives.
    pub to: String,
    /// The body that gives, before; `None` where the pack has no such body.
    pub from_before: Option<Body>,
    /// The body that gives, after.
    pub from_after: Option<Body>,
    /// The body that receives, before.
    pub to_before: Option<Body>,
    /// The body that receives, after.
    pub to_after: Option<Body>,
    /// For what.
    pub purpose: Purpose,
    /// The kind of information.
    pub category: Category,
    /// The codes of the conditions that hold; the smallest set that shows the difference.
    pub conditions: Vec<String>,
    /// The effect before; `None` where no rule opened it.
    pub before: Option<Effect>,
    /// The effect after.
    pub after: Option<Effect>,
    /// The rule before.
    pub rule_before: Option<RuleId>,
    /// The rule after.
    pub rule_after: Option<RuleId>,
}

/// A party of the joint office by what it is, so that packs with other bodies can be compared.
struct Party {
    code: String,
    before: Option<Body>,
    after: Option<Body>,
}

fn parties(before: &Pack, after: &Pack) -> Vec<Party> {
    let mut parties: Vec<Party> = AgencyKind::ALL
        .into_iter()
        .map(|kind| Party {
            code: kind.as_str().to_owned(),
            before: before.body_of(kind),
            after: after.body_of(kind),
        })
        .collect();
    let of_role = |pack: &Pack, role: &str| {
        pack.bodies().find(|(_, it)| it.role.as_deref() == Some(role)).map(|(body, _)| body)
    };
    let both = before.bodies().chain(after.bodies());
    for role in both.filter_map(|(_, it)| it.role.as_deref()) {
        if parties.iter().all(|it| it.code != role) {
            parties.push(Party {
                code: role.to_owned(),
                before: of_role(before, role),
                after: of_role(after, role),
            });
        }
    }
    parties
}

/// What changes from one pack to another: two countries, two times, or a pack and what a site
/// made of it. A difference is told once, with the fewest conditions that show it.
#[must_use]
pub fn diff(before: &Pack, after: &Pack) -> Vec<Difference> {
    let parties = parties(before, after);
    let mut rows = Vec::new();
    for from in &parties {
        // One kind of agency or body never gives to itself: an office has one of each.
        for to in parties.iter().filter(|to| to.code != from.code) {
            for purpose in Purpose::ALL {
                rows.extend(differences(before, after, from, to, purpose));
            }
        }
    }
    rows
}

fn differences(
    before: &Pack,
    after: &Pack,
    from: &Party,
    to: &Party,
    purpose: Purpose,
) -> Vec<Difference> {
    let mut codes: Vec<&str> = Vec::new();
    for (pack, from, to) in [(before, from.before, to.before), (after, from.after, to.after)] {
        let (Some(from), Some(to)) = (from, to) else { continue };
        for code in pack.condition_codes(pack.conditions_between(from, to, purpose)) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    let mut rows: Vec<Difference> = Vec::new();
    let all = Conditions((1_u64 << codes.len().min(16)) - 1);
    let mut sets: Vec<Conditions> = all.subsets().collect();
    sets.sort_by_key(|set| set.len());
    for set in sets {
        let held: Vec<&str> = (0..)
            .map(Condition)
            .zip(&codes)
            .filter(|(it, _)| set.has(*it))
            .map(|it| *it.1)
            .collect();
        for category in Category::ALL {
            let won = |pack: &Pack, from: Option<Body>, to: Option<Body>| {
                let conditions = pack.conditions_of(held.iter().copied());
                pack.effect(from?, to?, purpose, category, conditions)
            };
            let was = won(before, from.before, to.before);
            let is = won(after, from.after, to.after);
            let (old, new) = (was.map(|it| it.1), is.map(|it| it.1));
            if old == new {
                continue;
            }
            let told = rows.iter().any(|row| {
                row.category == category
                    && (row.before, row.after) == (old, new)
                    && row.conditions.iter().all(|it| held.contains(&it.as_str()))
            });
            if !told {
                rows.push(Difference {
                    from: from.code.clone(),
                    to: to.code.clone(),
                    from_before: from.before,
                    from_after: from.after,
                    to_before: to.before,
                    to_after: to.after,
                    purpose,
                    category,
                    conditions: held.iter().map(|it| (*it).to_owned()).collect(),
                    before: old,
                    after: new,
                    rule_before: was.map(|it| it.0),
                    rule_after: is.map(|it| it.0),
                });
            }
        }
    }
    rows
}

/// What became of an overlay in one decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineState {
    /// None of its facts is there.
    Silent,
    /// A mark of the worker lifts it.
    Lifted,
    /// A single access overcomes it.
    Overcome,
    /// It denies.
    Denies,
}

impl LineState {
    /// The stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Lifted => "lifted",
            Self::Overcome => "overcome",
            Self::Denies => "denies",
        }
    }
}

/// One overlay as it was considered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlayLine {
    /// Its code.
    pub code: String,
    /// Whether it could be overcome.
    pub kind: OverlayKind,
    /// Those of its facts that are there.
    pub facts: Overlays,
    /// The marks that would lift it.
    pub unless: Groups,
    /// What became of it.
    pub state: LineState,
}

/// What became of a rule in one decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It decides.
    Won,
    /// These of its conditions do not hold.
    Fails(Conditions),
    /// A rule that names more of the two bodies beats it.
    LessNamed,
    /// A rule with a condition beats it.
    Unconditional,
    /// A rule that is equally strong has a narrower effect.
    Wider,
    /// A rule that is equally strong says the same and stands before it.
    Later,
}

impl Standing {
    /// The stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::Fails(_) => "fails",
            Self::LessNamed => "less-named",
            Self::Unconditional => "unconditional",
            Self::Wider => "wider",
            Self::Later => "later",
        }
    }
}

/// One rule of the direction and purpose, as it was considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleLine {
    /// Which rule.
    pub rule: RuleId,
    /// Its effect for the kind of information.
    pub effect: Effect,
    /// What became of it.
    pub standing: Standing,
}

/// A decision with everything that was looked at on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Every overlay, the first asked first.
    pub overlays: Vec<OverlayLine>,
    /// Whether a look-up failed, which is denied whatever else is there.
    pub unknown: bool,
    /// Every rule of the direction and purpose, the strongest first. Empty for an agency's own
    /// information, and where no rule opens anything.
    pub rules: Vec<RuleLine>,
    /// The decision itself.
    pub verdict: Verdict,
}

/// Why a decision came out as it did: every rule that was in question, which one won and why the
/// others lost, and all overlays.
#[must_use]
pub fn explain(pack: &Pack, request: &Request<'_>) -> Explanation {
    let (hard, soft) = pack.blocking(request.overlays, request.groups);
    let single = valid_single(pack, request).is_some();
    let line = |it: &super::pack::OverlayEntry| {
        let facts = it.about.and(request.overlays);
        let left = it.about.and(hard.or(soft));
        let state = if facts.is_empty() {
            LineState::Silent
        } else if left.is_empty() {
            LineState::Lifted
        } else if single && it.kind == OverlayKind::Soft {
            LineState::Overcome
        } else {
            LineState::Denies
        };
        OverlayLine { code: it.code.clone(), kind: it.kind, facts, unless: it.unless, state }
    };
    let own = request.giver == request.receiver;
    Explanation {
        overlays: pack.overlays().iter().map(line).collect(),
        unknown: hard.has(super::overlay::Overlay::Unknown),
        rules: if own { Vec::new() } else { rule_lines(pack, request) },
        verdict: judge(pack, request),
    }
}

fn rule_lines(pack: &Pack, request: &Request<'_>) -> Vec<RuleLine> {
    let cell = pack.cell(request.from, request.to, request.purpose);
    let winner = cell.winner(request.conditions, request.category);
    let best = winner.and_then(|(rule, _)| cell.0.iter().find(|it| it.rule == rule));
    let line = |it: &super::pack::Entry| {
        let effect = it.effect(request.category);
        let standing = match best {
            _ if !request.conditions.covers(it.when) => {
                Standing::Fails(it.when.but(request.conditions))
            }
            Some(best) if best.rule == it.rule => Standing::Won,
            Some(best) if best.class / 2 > it.class / 2 => Standing::LessNamed,
            Some(best) if best.class > it.class => Standing::Unconditional,
            Some(best) if effect > best.effect(request.category) => Standing::Wider,
            _ => Standing::Later,
        };
        RuleLine { rule: it.rule, effect, standing }
    };
    cell.0.iter().map(line).collect()
}

/// One thing that a pack can tell apart: a direction, a purpose, a kind of information and a set
/// of the conditions that matter there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Combination {
    /// Who gives.
    pub from: Body,
    /// Who receives.
    pub to: Body,
    /// For what.
    pub purpose: Purpose,
    /// The kind of information.
    pub category: Category,
    /// The conditions that hold.
    pub conditions: Conditions,
    /// The rule that decides and its effect; `None` is no rule.
    pub outcome: Option<(RuleId, Effect)>,
}

impl Combination {
    /// Whether sensitive information has a way here, with whatever ground it needs. Such a
    /// combination should be in use, or be closed by the site.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.category.is_sensitive()
            && self.outcome.is_some_and(|(_, effect)| effect != Effect::Denied)
    }
}

/// Everything that a pack can tell apart by its rules.
pub fn combinations(pack: &Pack) -> impl Iterator<Item = Combination> + '_ {
    let bodies = move || pack.bodies().map(|(body, _)| body);
    let ways = bodies().flat_map(move |from| bodies().map(move |to| (from, to)));
    ways.flat_map(|(from, to)| Purpose::ALL.map(|purpose| (from, to, purpose))).flat_map(
        move |(from, to, purpose)| {
            let sets = pack.conditions_between(from, to, purpose).subsets();
            sets.flat_map(move |conditions| {
                Category::ALL.map(|category| Combination {
                    from,
                    to,
                    purpose,
                    category,
                    conditions,
                    outcome: pack.effect(from, to, purpose, category, conditions),
                })
            })
        },
    )
}
