//! Mapping somebody's situation: the instrument and its versions, what was answered by whom, the
//! profile and its movement, what follows for needs, and the judgements that staff make.
//!
//! An answer is a step from 1 to 5 on anchors that everybody reads; 5 stands for closest to work.
//! There is no total score, no rule decides about anybody, and no rule routes anybody: the rules
//! say what they saw and why (domain.md G.2). It does not hold needs or plans, and it does not
//! know who may see an answer: each answer has a kind of information, and the walls judge that.

mod agreement;
mod attempt;
mod boundary;
mod competence;
mod dimension;
mod employability;
mod instrument;
mod judgement;
mod profile;
mod risk;
mod view;

#[cfg(test)]
mod tests;

pub use agreement::{Matrix, kappa};
pub use attempt::{Attempt, Ending, HelpKind, Warning, warn};
pub use boundary::{Boundary, BoundaryFault, BoundaryLineFault, BoundaryRow, Found};
pub use competence::{Competence, missing};
pub use dimension::Dimension;
pub use employability::{
    Brake, Employability, Level, Occupation, Qualification, Strengths, employability,
};
pub use instrument::{
    Asked, FileFault, Instrument, Item, LARGEST, LineFault, MOST_ITEMS, Texts, agreed_by_all,
    check, read, shipped,
};
pub use judgement::{
    Judgement, JudgementFault, JudgementKind, JudgementState, LATEST_MONTHS, Proposal, Track,
    in_target_group,
};
pub use profile::{
    Answer, Change, DimensionLine, Given, Movement, Round, Side, changes, differences, moved,
    profile,
};
pub use risk::{
    Contribution, Flag, FollowUp, RISK_VERSION, RULES, Rule, THRESHOLD, flag, follow_up,
};
pub use view::{Settled, View, ViewFault, may_sign};
