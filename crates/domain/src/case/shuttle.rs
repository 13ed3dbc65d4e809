//! Shuttling: a person sent back to an agency that had sent them on.

use crate::ids::AgencyId;

/// From this many shuttles the case is shown with an alarm (REQ-REF-03).
pub const SHUTTLE_ALARM: u32 = 2;

/// Counts returns to an earlier sender in the order in which agencies were
/// responsible. A to B to A is one; A to B to C is none. A change of worker
/// inside an agency is no move.
#[must_use]
pub fn shuttles(agencies: &[AgencyId]) -> u32 {
    let mut moves: Vec<AgencyId> = Vec::new();
    let mut count = 0;
    for agency in agencies {
        if moves.last() == Some(agency) {
            continue;
        }
        if moves.contains(agency) {
            count += 1;
        }
        moves.push(*agency);
    }
    count
}
