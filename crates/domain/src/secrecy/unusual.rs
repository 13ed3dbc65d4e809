//! Unusual use: a worker's day held against their own past and against those who
//! do the same work. A rule that can be said in one sentence, and never more than
//! a case to look at.

/// What is counted of a worker's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Different persons whose pages were opened.
    Persons,
    /// Of those, persons about whom the worker then did nothing.
    OnlyLooked,
}

impl Measure {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Persons, Self::OnlyLooked];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Persons => "persons",
            Self::OnlyLooked => "only_looked",
        }
    }
}

/// The code of the measure that is about a person and not about a worker: how many offices
/// had workers who looked at them.
pub const PERSON_OFFICES: &str = "person_offices";

/// Against what a day was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Their own past alone: nobody here does the same work.
    Past,
    /// Their peers alone: they are new here.
    Peers,
    /// Both.
    Both,
    /// A bound that is the same for everybody.
    Fixed,
}

impl Basis {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Peers => "peers",
            Self::Both => "both",
            Self::Fixed => "fixed",
        }
    }
}

/// A day that is out of the ordinary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unusual {
    /// What was seen.
    pub seen: i64,
    /// What was expected: the higher of the two medians.
    pub expected: i64,
    /// What would still have passed: the higher of the two bounds.
    pub bound: i64,
    /// What it was held against.
    pub basis: Basis,
}

/// Fewer days or peers than this say nothing.
const FEWEST: usize = 5;
/// Below this nothing is unusual: a full counter day is not a case.
const FLOOR: i64 = 25;
/// How many typical deviations above the median still pass.
const DEVIATIONS: i64 = 6;

/// The median; of an even count the lower of the two in the middle.
#[must_use]
pub fn median(values: &[i64]) -> i64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// Median and bound of a group, when it is large enough. The deviation is the
/// median distance from the median (MAD), which one wild day does not move; a
/// group that never varies gets a quarter of its median instead.
fn bound(values: &[i64]) -> Option<(i64, i64)> {
    if values.len() < FEWEST {
        return None;
    }
    let middle = median(values);
    let distances: Vec<i64> = values.iter().map(|value| (value - middle).abs()).collect();
    let deviation = median(&distances).max(middle / 4).max(1);
    // 1.4826 makes the distance comparable with a standard deviation.
    let allowed = deviation.saturating_mul(DEVIATIONS).saturating_mul(14_826) / 10_000;
    Some((middle, middle.saturating_add(allowed).max(FLOOR)))
}

/// Holds a day against the worker's own working days before it and against the
/// medians of those with the same office and role. It is unusual when it is above
/// every bound that can be told: who always has many is not found by their past,
/// and who sits in a busy office not by their peers.
#[must_use]
pub fn judge(seen: i64, past: &[i64], peers: &[i64]) -> Option<Unusual> {
    let (own, theirs) = (bound(past), bound(peers));
    let basis = match (own, theirs) {
        (Some(_), Some(_)) => Basis::Both,
        (Some(_), None) => Basis::Past,
        (None, Some(_)) => Basis::Peers,
        // Nothing to hold it against: only what nobody could need.
        (None, None) => return None,
    };
    let both = [own, theirs].into_iter().flatten();
    let bound = both.clone().map(|(_, bound)| bound).max()?;
    let expected = both.map(|(middle, _)| middle).max()?;
    (seen > bound).then_some(Unusual { seen, expected, bound, basis })
}

/// A person served by one office may be met at the house next door on the same day.
const MOST_OFFICES: i64 = 2;
/// Fewer looks than this are nothing that is repeated.
const FEWEST_LOOKS: i64 = 6;

/// Holds a day of one person against what no day of service needs: workers of more than two
/// offices who searched for them or opened their page, or tried to, six times or more in all
/// (REQ-INFO-19). A person has no usual day to hold it against, and none is kept.
#[must_use]
pub fn scattered(offices: i64, looks: i64) -> Option<Unusual> {
    (offices > MOST_OFFICES && looks >= FEWEST_LOOKS).then_some(Unusual {
        seen: offices,
        expected: 1,
        bound: MOST_OFFICES,
        basis: Basis::Fixed,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Each line: a day, the own past, the peers, and what is found.
    #[test]
    fn days_are_judged_by_past_and_peers() {
        let usual = [12, 10, 14, 11, 13, 12, 9];
        let busy = [60, 55, 65, 58, 62, 61, 59];
        let steady = [12; 28];
        type Line<'a> = (i64, &'a [i64], &'a [i64], Option<(i64, i64, Basis)>);
        let cases: [Line<'_>; 9] = [
            (12, &usual, &usual, None),
            (25, &usual, &usual, None),
            (90, &usual, &usual, Some((12, 38, Basis::Both))),
            (70, &usual, &busy, None),
            (70, &busy, &usual, None),
            (90, &usual, &[], Some((12, 38, Basis::Past))),
            (90, &[], &usual, Some((12, 38, Basis::Peers))),
            (500, &[3], &[4], None),
            (40, &steady, &[], Some((12, 38, Basis::Past))),
        ];
        for (seen, past, peers, found) in cases {
            let unusual = judge(seen, past, peers);
            let short = unusual.map(|u| (u.expected, u.bound, u.basis));
            assert_eq!(short, found, "{seen} {past:?} {peers:?}");
        }
    }

    /// Each line: offices, looks, and whether the day is found.
    #[test]
    fn a_person_looked_at_from_many_offices_is_found() {
        for (offices, looks, found) in [
            (0, 0, false),
            (1, 400, false),
            (2, 400, false),
            (3, 5, false),
            (3, 6, true),
            (9, 5, false),
            (9, 9, true),
        ] {
            assert_eq!(scattered(offices, looks).is_some(), found, "{offices} {looks}");
        }
        let unusual = scattered(4, 8).unwrap();
        assert_eq!((unusual.seen, unusual.bound, unusual.basis), (4, 2, Basis::Fixed));
    }

    #[test]
    fn one_wild_day_does_not_move_the_bound() {
        let mut past = vec![10; 20];
        let before = judge(60, &past, &[]).unwrap().bound;
        past.push(4000);
        assert_eq!(judge(60, &past, &[]).unwrap().bound, before);
    }

    proptest! {
        /// More is never less unusual, and what is found is always above what was
        /// expected and above the floor.
        #[test]
        fn more_is_never_less_unusual(
            past in prop::collection::vec(0i64..200, 0..28),
            peers in prop::collection::vec(0i64..200, 0..12),
            seen in 0i64..2000, more in 0i64..500,
        ) {
            if let Some(unusual) = judge(seen, &past, &peers) {
                prop_assert!(judge(seen + more, &past, &peers).is_some());
                prop_assert!(unusual.seen > unusual.expected && unusual.seen > FLOOR);
            }
        }
    }
}
