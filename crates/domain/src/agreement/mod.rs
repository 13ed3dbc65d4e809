//! What the agencies of a place have agreed, and whether they do it.
//!
//! An agreement never makes cooperation by itself: it stands beside what happens. Local agreements
//! may add to the framework's minimum, never drop from it or go beyond its remit. What a rule here
//! lists as missing or in conflict is listed for people to settle; only what breaks a rule outright
//! is refused.

mod activity;
mod division;
mod effort;
mod entries;
mod file;
mod terms;

#[cfg(test)]
mod tests;

pub use activity::{Activity, Answer, Paper, ShareClass, Shares, median, paper, shares};
pub use division::{FollowTask, TaskRow, owner_on};
pub use effort::{DocumentKind, Fund, FundFault, Scope, Standing, Structure, book};
pub use entries::{
    Agreed, Arrangements, At, Competent, Contact, Document, Effort, Element, FrameworkEntry, Past,
    Recipient, Share, TaskEntry, Topic, Workflow,
};
pub use file::{FileFault, LineFault, read};
pub use terms::{Clause, Conflict, Framework, Kind, Part, Version, bearing, in_force, missing};
