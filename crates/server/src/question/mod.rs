//! Questions to the policy packs: which one holds where, what it says, whether
//! something may be seen and why, what a body or a role sees, what changes between
//! two laws, and where sensitive information has a way that nobody uses. Nothing
//! here opens anything; the answers come from the pure functions that also decide.

mod ask;
mod change;
mod choosing;
mod confirming;
mod idle;
mod reading;
mod seeing;
mod store;
mod told;

pub use ask::{Answer, OverlayTold, Put, Question, RuleTold, answer, read_question};
pub use change::{
    Change, ChangedKind, Counted, Counts, PARTS_TO_COMPARE, changes, counts, counts_kept, effort,
};
pub use choosing::{FaultLine, chosen_by_keeper, fault_lines, loaded_by_keeper};
pub use idle::{IdleWay, idle};
pub use reading::{Direction, PackPage, RuleRow, reading};
pub use seeing::{GiverSight, SightRow, sight};
pub use store::{STATEMENTS, Used, used_since};
pub use told::{LetterCell, PackShort, ToldCode, body_name, find, short};

use crate::web::Routes;

/// Why statements about persons run here without a permit: see [`GROUNDS`](crate::policy::GROUNDS).
pub(crate) struct Counting(());

/// Of this module and those in it alone.
static COUNTING: Counting = Counting(());

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    choosing::routes()
        .and(confirming::routes())
        .and(reading::routes())
        .and(ask::routes())
        .and(seeing::routes())
        .and(change::routes())
        .and(idle::routes())
}
