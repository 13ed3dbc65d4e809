//! Who may do what, and what may cross the walls between the agencies.
//!
//! Two questions, asked in this order. `policy` says which role may do which act and
//! through which relation. The walls say which information may then be seen: a policy
//! pack ([`Pack`]) holds the law of one country for one time, and [`judge`] reads it.
//! Facts that protect the person lie over every rule, and what no rule opens is closed.
//! `docs/walls.md` tells it to a lawyer. Nothing here knows what time it is, reads a
//! file, or writes a text for people: it gives codes.

mod answer;
mod bits;
mod category;
mod count;
mod grant;
mod judge;
pub mod limit;
mod overlay;
pub mod own;
mod pack;
pub mod packs;
mod policy;
mod question;
pub mod unusual;

#[cfg(test)]
mod tests;

pub use answer::{Reason, Refusal, Remedy, Verdict, WallGround};
pub use category::{Categories, Category, Effect, Obligation, Obligations, Purpose, Purposes};
pub use count::in_steps;
pub use grant::{Consent, Necessity, SingleAccess};
pub use judge::{Request, Transfer, judge, weigh};
pub use overlay::{Group, Groups, Overlay, Overlays};
pub use pack::{
    Body, BodyEntry, BodyGroup, Condition, ConditionEntry, Conditions, End, GroupEntry, Known,
    Letters, MAX_BYTES, MAX_FAULTS, MAX_TEXT, MOST_CONDITIONS_OF_A_DIRECTION, Names, Narrowing,
    OverlayEntry, OverlayKind, Pack, PackFault, PackFaultKind, Rule, RuleId, Setting, SingleRules,
};
pub use policy::{Action, Bar, Decision, Denial, Facts, Ground, Relation, decide, paths};
pub use question::{
    Combination, Difference, Explanation, LineState, OverlayLine, RuleLine, SeeRow, Standing,
    combinations, diff, explain, see,
};
