//! Spreading what somebody carried over those who are asked to take it.

use crate::ids::{CaseId, StaffId};

/// A case that is to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The case.
    pub case: CaseId,
    /// What lies over the person, as a number of bits.
    pub guard: i64,
    /// Receivers who have a tie to the person and may not take it.
    pub tied: Vec<StaffId>,
}

/// Somebody who may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Who.
    pub staff: StaffId,
    /// How many open cases they answer for.
    pub cases: i64,
    /// The bits that they lack.
    pub lacks: i64,
}

/// Gives each case to the receiver with the fewest who may see it; what nobody may see goes to
/// nobody and stays where it is. Equal loads are told apart by the order of the receivers, so
/// that trying and doing give the same.
#[must_use]
pub fn spread(pieces: &[Piece], receivers: &[Load]) -> Vec<(CaseId, Option<StaffId>)> {
    let mut loads: Vec<Load> = receivers.to_vec();
    pieces
        .iter()
        .map(|piece| {
            let fits = |load: &&mut Load| {
                piece.guard & load.lacks == 0 && !piece.tied.contains(&load.staff)
            };
            let least = loads.iter_mut().filter(fits).min_by_key(|load| load.cases);
            let to = least.map(|load| {
                load.cases += 1;
                load.staff
            });
            (piece.case, to)
        })
        .collect()
}
