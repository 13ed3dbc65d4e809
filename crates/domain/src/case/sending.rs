//! Feedback to the sender (REQ-INFO-11): whether a person whom one agency sent to another came.
//!
//! The sender does not have to ask. What may be said is for the walls; where they say no, the
//! sender gets a neutral answer, and gets it at the same moment whether the person came or not:
//! an answer on the day of arrival would tell what it does not say.

use jiff::Timestamp;

/// What the sender is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// The person came.
    Came,
    /// The time went by and the person did not come.
    Absent,
    /// Nothing can be said about it.
    NoAnswer,
}

impl Told {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Came, Self::Absent, Self::NoAnswer];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Came => "came",
            Self::Absent => "absent",
            Self::NoAnswer => "no_answer",
        }
    }
}

/// What the sender is told now; `None` while there is nothing to tell yet.
///
/// `due` is the end of the time that was given; `came` whether the person has been there since
/// they were sent; `may_tell` whether the walls let the sender know.
#[must_use]
pub fn feedback(now: Timestamp, due: Timestamp, came: bool, may_tell: bool) -> Option<Told> {
    let over = now >= due;
    match (may_tell, came, over) {
        (true, true, _) => Some(Told::Came),
        (true, false, true) => Some(Told::Absent),
        (false, _, true) => Some(Told::NoAnswer),
        (_, _, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// REQ-INFO-11: arrival is told at once, absence after the end; without leave of the walls
    /// neither word nor moment tells one from the other.
    #[test]
    fn a_neutral_answer_tells_nothing_by_its_moment_either() {
        let due: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let before: Timestamp = "2026-11-25T11:59:59Z".parse().unwrap();
        assert_eq!(feedback(before, due, true, true), Some(Told::Came));
        assert_eq!(feedback(before, due, false, true), None);
        assert_eq!(feedback(due, due, false, true), Some(Told::Absent));
        for now in [before, due] {
            assert_eq!(feedback(now, due, true, false), feedback(now, due, false, false));
        }
        assert_eq!(feedback(before, due, true, false), None);
        assert_eq!(feedback(due, due, true, false), Some(Told::NoAnswer));
    }
}
