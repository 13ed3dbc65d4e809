//! Judgements that staff make of somebody: which track, whether they seek work in earnest, how far
//! they are able to work. Each has its reasons, a day on which it is looked at again, and two
//! people; none of them closes anything (REQ-MAP-14, REQ-MAP-15, REQ-MAP-19).

use jiff::ToSpan;
use jiff::civil::Date;

use crate::codes::codes;
use crate::ids::StaffId;
use crate::text::{self, TextFault};

codes! {
    /// What is judged.
    JudgementKind {
        /// Which track somebody is on (REQ-MAP-15).
        Track = "track",
        /// That somebody does not seek work in earnest (REQ-MAP-14).
        NotJobSeeker = "not_job_seeker",
        /// How far somebody is able to work, in degrees (REQ-MAP-19).
        WorkAbility = "work_ability",
    }
}

codes! {
    /// The tracks. A track may change, and each change has its day (REQ-MAP-15).
    Track {
        /// Towards ordinary work.
        Work = "work",
        /// Activity and a better everyday life.
        Activity = "activity",
        /// Clarification towards a lasting benefit.
        Benefit = "benefit",
    }
}

/// A judgement as it is proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The track; for a track alone.
    pub track: Option<Track>,
    /// How far the person is able to work, in percent; for a degree of work ability alone.
    pub degree: Option<u8>,
    /// How much of a benefit they keep beside it, in percent; for a degree alone.
    pub kept: u8,
    /// Why.
    pub reasons: String,
    /// What would alter it; "not a real job seeker" must say so.
    pub alters: String,
    /// What else is offered; "not a real job seeker" must say so.
    pub offered: String,
    /// The day on which it is looked at again.
    pub review_on: Option<Date>,
}

/// The months after which a judgement must have been looked at again.
pub const LATEST_MONTHS: i32 = 12;

/// How far a judgement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgementState {
    /// One person says so: it holds nothing yet.
    Proposed,
    /// A second person says so too: it holds.
    Held,
    /// The second person does not say so.
    Refused,
    /// Another judgement took its place, or it was taken back.
    Ended,
}

impl JudgementState {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Held => "held",
            Self::Refused => "refused",
            Self::Ended => "ended",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let all = [Self::Proposed, Self::Held, Self::Refused, Self::Ended];
        all.into_iter().find(|one| one.as_str() == code)
    }
}

/// Why a judgement was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JudgementFault {
    /// A text is missing, too long or broken.
    #[error("{0}: {1}")]
    Text(&'static str, TextFault),
    /// No track was chosen.
    #[error("no track is chosen")]
    NoTrack,
    /// No degree, or one above a whole day.
    #[error("no degree from 0 to 100")]
    NoDegree,
    /// There is no day on which it is looked at again.
    #[error("no day of review")]
    NoReview,
    /// The day has passed, or lies too far ahead.
    #[error("the day of review is not within a year from now")]
    ReviewOutside,
    /// The second person is the first.
    #[error("nobody confirms their own judgement")]
    SamePerson,
    /// It was answered already.
    #[error("it was answered already")]
    Answered,
}

impl JudgementFault {
    /// The field that it stands at, and the stable code.
    #[must_use]
    pub fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Text(field, fault) => (field, fault.code()),
            Self::NoTrack => ("track", "choose"),
            Self::NoDegree => ("degree", "judgement-degree"),
            Self::NoReview => ("review_on", "date-empty"),
            Self::ReviewOutside => ("review_on", "judgement-review"),
            Self::SamePerson => ("answer", "judgement-same-person"),
            Self::Answered => ("answer", "judgement-answered"),
        }
    }
}

/// A judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    kind: JudgementKind,
    proposal: Proposal,
    by: StaffId,
    second: Option<StaffId>,
    state: JudgementState,
}

fn required(field: &'static str, text: &str) -> Result<String, JudgementFault> {
    text::required(text, text::PARAGRAPH).map_err(|fault| JudgementFault::Text(field, fault))
}

fn optional(field: &'static str, text: &str) -> Result<String, JudgementFault> {
    text::optional(text, text::PARAGRAPH).map_err(|fault| JudgementFault::Text(field, fault))
}

impl Judgement {
    /// Proposes a judgement. It holds nothing until a second person has said so too.
    ///
    /// # Errors
    /// Every fault of the proposal.
    pub fn propose(
        kind: JudgementKind,
        proposal: Proposal,
        by: StaffId,
        today: Date,
    ) -> Result<Self, Vec<JudgementFault>> {
        let mut faults = Vec::new();
        let mut take = |read: Result<String, JudgementFault>| match read {
            Ok(text) => text,
            Err(fault) => {
                faults.push(fault);
                String::new()
            }
        };
        let reasons = take(required("reasons", &proposal.reasons));
        let (alters, offered) = if kind == JudgementKind::NotJobSeeker {
            (
                take(required("alters", &proposal.alters)),
                take(required("offered", &proposal.offered)),
            )
        } else {
            (
                take(optional("alters", &proposal.alters)),
                take(optional("offered", &proposal.offered)),
            )
        };
        let track = proposal.track.filter(|_| kind == JudgementKind::Track);
        if kind == JudgementKind::Track && track.is_none() {
            faults.push(JudgementFault::NoTrack);
        }
        let degree = proposal.degree.filter(|_| kind == JudgementKind::WorkAbility);
        let outside = degree.is_none_or(|degree| degree > 100) || proposal.kept > 100;
        if kind == JudgementKind::WorkAbility && outside {
            faults.push(JudgementFault::NoDegree);
        }
        let latest = today.checked_add(LATEST_MONTHS.months()).unwrap_or(Date::MAX);
        match proposal.review_on {
            None => faults.push(JudgementFault::NoReview),
            Some(on) if on <= today || on > latest => faults.push(JudgementFault::ReviewOutside),
            Some(_) => {}
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let kept = if degree.is_some() { proposal.kept } else { 0 };
        let review_on = proposal.review_on;
        let proposal = Proposal { track, degree, kept, reasons, alters, offered, review_on };
        Ok(Self { kind, proposal, by, second: None, state: JudgementState::Proposed })
    }

    /// A judgement as it was kept.
    #[must_use]
    pub fn kept(
        kind: JudgementKind,
        proposal: Proposal,
        by: StaffId,
        second: Option<StaffId>,
        state: JudgementState,
    ) -> Self {
        Self { kind, proposal, by, second, state }
    }

    /// What is judged.
    #[must_use]
    pub fn kind(&self) -> JudgementKind {
        self.kind
    }

    /// What was proposed.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// Who proposed it.
    #[must_use]
    pub fn by(&self) -> StaffId {
        self.by
    }

    /// Who answered.
    #[must_use]
    pub fn second(&self) -> Option<StaffId> {
        self.second
    }

    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> JudgementState {
        self.state
    }

    /// Whether it holds on a day. After the day of review it holds no more until it was looked
    /// at again.
    #[must_use]
    pub fn holds(&self, today: Date) -> bool {
        self.state == JudgementState::Held
            && self.proposal.review_on.is_some_and(|review| today <= review)
    }

    /// Whether it held and its day of review has passed.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state == JudgementState::Held && !self.holds(today)
    }

    /// The second person's answer.
    ///
    /// # Errors
    /// [`JudgementFault::SamePerson`] for whoever proposed it; [`JudgementFault::Answered`] when
    /// it was answered.
    pub fn answer(self, second: StaffId, yes: bool) -> Result<Self, JudgementFault> {
        if self.state != JudgementState::Proposed {
            return Err(JudgementFault::Answered);
        }
        if self.by == second {
            return Err(JudgementFault::SamePerson);
        }
        let state = if yes { JudgementState::Held } else { JudgementState::Refused };
        Ok(Self { second: Some(second), state, ..self })
    }

    /// Ends what holds or waits, because another takes its place or it is taken back.
    #[must_use]
    pub fn end(self) -> Self {
        let state = match self.state {
            JudgementState::Refused => JudgementState::Refused,
            _ => JudgementState::Ended,
        };
        Self { state, ..self }
    }
}

/// Whether somebody with this ability is in the group that joint work is for: whoever can work at
/// all, also with half of a day, also in subsidised work, and also while they keep a part of a
/// benefit (REQ-MAP-19).
#[must_use]
pub fn in_target_group(degree: u8, kept: u8) -> bool {
    degree > 0 && kept < 100
}
