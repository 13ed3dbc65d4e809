//! Trials with their phases, the roll-out plan, how offices start, how efforts are anchored,
//! what runs side by side, and units that become one.

mod anchoring;
mod beside;
mod carrying;
mod measures;
mod mergers;
mod parts;
mod plan;
mod starts;
mod trials;

use crate::web::Routes;

pub use anchoring::STATEMENTS as ANCHORING_STATEMENTS;
pub use beside::STATEMENTS as BESIDE_STATEMENTS;
pub use carrying::carry_due;
pub use measures::STATEMENTS as MEASURE_STATEMENTS;
pub use mergers::STATEMENTS as MERGER_STATEMENTS;
pub use parts::STATEMENTS as PART_STATEMENTS;
pub use plan::STATEMENTS as PLAN_STATEMENTS;
pub use starts::STATEMENTS as START_STATEMENTS;
pub use trials::STATEMENTS as TRIAL_STATEMENTS;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    plan::routes()
        .and(starts::routes())
        .and(trials::routes())
        .and(parts::routes())
        .and(measures::routes())
        .and(beside::routes())
        .and(anchoring::routes())
        .and(mergers::routes())
}
