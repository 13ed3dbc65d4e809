//! Paper beside what happens, and what the parties say.

use crate::codes::codes;

/// Joint activity at a place in a period, counted from events alone (REQ-ORG-06).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Booked meetings with staff of two or more agencies.
    pub meetings: i64,
    /// Talks in which two or more agencies took part on the spot.
    pub talks: i64,
    /// Cases that two or more agencies plan together.
    pub plans: i64,
}

impl Activity {
    /// All of it.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.meetings + self.talks + self.plans
    }
}

codes! {
    /// The four cases of paper and cooperation (REQ-ORG-06).
    Paper {
        /// An agreement and nothing done.
        AgreementOnly = "agreement_only",
        /// Joint work without an agreement.
        ActivityOnly = "activity_only",
        /// Both.
        Both = "both",
        /// Neither.
        Neither = "neither",
    }
}

/// Which of the four cases a place is.
#[must_use]
pub fn paper(agreed: bool, activity: Activity) -> Paper {
    match (agreed, activity.sum() > 0) {
        (true, false) => Paper::AgreementOnly,
        (false, true) => Paper::ActivityOnly,
        (true, true) => Paper::Both,
        (false, false) => Paper::Neither,
    }
}

codes! {
    /// What a party says when it is asked whether a written agreement exists (REQ-ORG-07).
    Answer {
        /// There is one.
        Yes = "yes",
        /// There is none.
        No = "no",
        /// They do not know.
        Unknown = "unknown",
    }
}

/// How many of each answer, and how many have not answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// Yes.
    pub yes: i64,
    /// No.
    pub no: i64,
    /// Do not know.
    pub unknown: i64,
    /// Have not answered.
    pub silent: i64,
}

impl Shares {
    /// Everybody who was asked.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.yes + self.no + self.unknown + self.silent
    }

    /// A part of everybody in whole percent, rounded half up; nothing of nobody.
    #[must_use]
    pub fn percent(&self, part: i64) -> i64 {
        let all = self.all();
        if all == 0 { 0 } else { (part * 100 + all / 2) / all }
    }
}

/// Counts answers; `None` is a party that has not answered (REQ-ORG-07).
#[must_use]
pub fn shares(answers: impl IntoIterator<Item = Option<Answer>>) -> Shares {
    let mut shares = Shares::default();
    for answer in answers {
        match answer {
            Some(Answer::Yes) => shares.yes += 1,
            Some(Answer::No) => shares.no += 1,
            Some(Answer::Unknown) => shares.unknown += 1,
            None => shares.silent += 1,
        }
    }
    shares
}

codes! {
    /// Classes of posts set aside (REQ-ORG-09).
    ShareClass {
        /// Nothing.
        None = "none",
        /// Less than one post.
        Less = "less",
        /// One full post.
        One = "one",
        /// More than one, up to three.
        Some = "some",
        /// More than three.
        More = "more",
    }
}

impl ShareClass {
    /// The class of posts in hundredths.
    #[must_use]
    pub fn of(hundredths: i64) -> Self {
        match hundredths {
            ..=0 => Self::None,
            1..=99 => Self::Less,
            100 => Self::One,
            101..=300 => Self::Some,
            _ => Self::More,
        }
    }
}

/// The middle of some numbers; of an even count the lower of the two in the middle.
#[must_use]
pub fn median(mut numbers: Vec<i64>) -> Option<i64> {
    numbers.sort_unstable();
    let at = numbers.len().checked_sub(1)? / 2;
    numbers.get(at).copied()
}
