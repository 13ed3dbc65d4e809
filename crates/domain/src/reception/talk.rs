//! Talks in private (REQ-INFO-20).
//!
//! An open house has counters that everybody hears. Some talks need a door: those about health,
//! and those about what the law keeps as far apart. The needs a visitor has told suggest which;
//! whoever holds the talk says what it was, because only they know.

use super::Need;

/// What a talk was about, as far as privacy asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TalkContent {
    /// Nothing that needs a door of its own.
    Ordinary,
    /// Health, illness, disability.
    Health,
    /// Alcohol and drugs.
    Substance,
    /// Children, violence, the home.
    Family,
    /// Debt and a household's money.
    Debt,
}

impl TalkContent {
    /// Every content, ordinary first.
    pub const ALL: [Self; 5] =
        [Self::Ordinary, Self::Health, Self::Substance, Self::Family, Self::Debt];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Health => "health",
            Self::Substance => "substance",
            Self::Family => "family",
            Self::Debt => "debt",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|content| content.as_str() == code)
    }

    /// Whether it is kept apart, and so needs a closed room.
    #[must_use]
    pub fn is_apart(self) -> bool {
        self != Self::Ordinary
    }
}

/// What the needs that were told suggest: health comes before family, family before debt.
#[must_use]
pub fn likely_content(needs: &[Need]) -> TalkContent {
    let content = |need: &Need| match need {
        Need::Illness | Need::Disability => TalkContent::Health,
        Need::Family => TalkContent::Family,
        Need::Debt => TalkContent::Debt,
        _ => TalkContent::Ordinary,
    };
    let apart = needs.iter().map(content).filter(|content| content.is_apart());
    apart.min().unwrap_or(TalkContent::Ordinary)
}

/// Why a talk that needed a door had none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TalkReason {
    /// No closed room was free.
    NoRoom,
    /// The person wanted to talk where they were.
    Wished,
    /// What it was about came up in the talk.
    Unexpected,
    /// Something else.
    Other,
}

impl TalkReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::NoRoom, Self::Wished, Self::Unexpected, Self::Other];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoRoom => "no_room",
            Self::Wished => "wished",
            Self::Unexpected => "unexpected",
            Self::Other => "other",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }
}

/// A talk as it was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talk {
    /// What it was about.
    pub content: TalkContent,
    /// Whether it needed a closed room; what is kept apart always does.
    pub needs_closed: bool,
    /// Whether it had one.
    pub room_used: bool,
    /// Why not, where it needed one and had none.
    pub reason: Option<TalkReason>,
}

/// Why a mark was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TalkFault {
    /// It needed a door and had none, and nobody says why.
    #[error("a talk without the room that it needed has its reason")]
    Reason,
}

impl Talk {
    /// Marks a talk. The reason is needed where a closed room was needed and not used.
    ///
    /// # Errors
    /// [`TalkFault::Reason`].
    pub fn mark(
        content: TalkContent,
        needs_closed: bool,
        room_used: bool,
        reason: Option<TalkReason>,
    ) -> Result<Self, TalkFault> {
        let needs_closed = needs_closed || content.is_apart();
        let talk = Self { content, needs_closed, room_used, reason: None };
        match (talk.was_overheard(), reason) {
            (true, None) => Err(TalkFault::Reason),
            (true, reason) => Ok(Self { reason, ..talk }),
            (false, _) => Ok(talk),
        }
    }

    /// Whether it is reported: it needed a closed room and was held at the open counter
    /// (REQ-INFO-20).
    #[must_use]
    pub fn was_overheard(self) -> bool {
        self.needs_closed && !self.room_used
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// REQ-INFO-20: what the needs suggest, and what is reported.
    #[test]
    fn a_talk_about_health_needs_a_door() {
        assert_eq!(likely_content(&[Need::Work, Need::Letter]), TalkContent::Ordinary);
        assert_eq!(likely_content(&[Need::Debt, Need::Illness]), TalkContent::Health);
        assert_eq!(likely_content(&[Need::Debt, Need::Family]), TalkContent::Family);
        assert_eq!(likely_content(&[]), TalkContent::Ordinary);
        for content in TalkContent::ALL {
            assert_eq!(TalkContent::parse(content.as_str()), Some(content));
            for needs in [false, true] {
                for room in [false, true] {
                    let told = Talk::mark(content, needs, room, Some(TalkReason::NoRoom));
                    let told = told.unwrap();
                    let silent = Talk::mark(content, needs, room, None);
                    let reported = !room && (needs || content != TalkContent::Ordinary);
                    assert_eq!(told.was_overheard(), reported);
                    assert_eq!(told.reason.is_some(), reported);
                    assert_eq!(silent.is_err(), reported, "{content:?} {needs} {room}");
                }
            }
        }
    }
}
