//! The way of a case between agencies, laid out as a picture: a lane for each agency, a point for
//! each time it was responsible (REQ-REF-03).

/// One time that an agency was responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Which it is, from one on.
    pub step: usize,
    /// The lane of the agency, from nought on.
    pub lane: usize,
    /// Whether the case came back to an agency that had sent it on.
    pub back: bool,
}

/// The agencies in the order in which they were first responsible: a lane each.
#[must_use]
pub fn lanes<A: Copy + PartialEq>(chain: &[A]) -> Vec<A> {
    let mut lanes = Vec::new();
    for agency in chain {
        if !lanes.contains(agency) {
            lanes.push(*agency);
        }
    }
    lanes
}

/// The points of the picture. A change of worker inside an agency is no step; as many points go
/// back as there are shuttles.
#[must_use]
pub fn points<A: Copy + PartialEq>(chain: &[A]) -> Vec<Stop> {
    let lanes = lanes(chain);
    let mut moves: Vec<A> = Vec::new();
    let mut stops = Vec::new();
    for agency in chain {
        if moves.last() == Some(agency) {
            continue;
        }
        let back = moves.contains(agency);
        moves.push(*agency);
        let lane = lanes.iter().position(|it| it == agency).unwrap_or_default();
        stops.push(Stop { step: moves.len(), lane, back });
    }
    stops
}
