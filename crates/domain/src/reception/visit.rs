//! A visit from the door to its end.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::sorting::Track;
use crate::case::{NextStep, StepFault};
use crate::ids::{AppointmentId, CaseId, StaffId, UnitId, VisitId};
use crate::office::AgencyKind;
use crate::text::{self, TextFault};

/// Who did the work of a visit so far (REQ-FRONT-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The person alone, at the kiosk.
    SelfService,
    /// With the host.
    Host,
    /// At one agency's desk.
    Desk,
    /// In the common area.
    CommonArea,
}

impl Mode {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SelfService => "self_service",
            Self::Host => "host",
            Self::Desk => "desk",
            Self::CommonArea => "common_area",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::SelfService, Self::Host, Self::Desk, Self::CommonArea]
            .into_iter()
            .find(|mode| mode.as_str() == code)
    }
}

/// Where a visit stands. Each state carries the facts that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VisitState {
    /// In the queue.
    Waiting,
    /// With a worker.
    Serving {
        /// Who serves.
        by: StaffId,
    },
    /// Over.
    Closed {
        /// How it ended.
        outcome: Box<Outcome>,
    },
}

/// A next step that a unit answers for, also outside the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFor {
    /// The step: what, who, when, where.
    pub step: NextStep,
    /// The responsible unit.
    pub unit: UnitId,
}

/// How a visit ended (REQ-FRONT-07, 08, 09).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Settled there and then by these agencies.
    Clarified {
        /// What was settled, in words.
        answer: String,
        /// The agencies that took part.
        agencies: BTreeSet<AgencyKind>,
    },
    /// Informed; nothing more was asked for.
    Informed {
        /// What was said.
        answer: String,
    },
    /// Left before anyone could help.
    Left,
    /// A next step without a shared case.
    NextStep(StepFor),
    /// Helped on to somebody outside; a unit here still follows it.
    Outside {
        /// Who outside.
        whom: String,
        /// What happens and who here sees to it.
        step: StepFor,
    },
    /// A shared case was opened or went on.
    Case {
        /// The case.
        case: CaseId,
        /// Its next step.
        step: StepFor,
    },
    /// A joint meeting is booked.
    Meeting {
        /// The booked time.
        appointment: AppointmentId,
        /// The meeting as a next step.
        step: StepFor,
    },
}

/// The kinds of outcome, for forms, figures and storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// See [`Outcome::Clarified`].
    Clarified,
    /// See [`Outcome::Informed`].
    Informed,
    /// See [`Outcome::Left`].
    Left,
    /// See [`Outcome::NextStep`].
    NextStep,
    /// See [`Outcome::Outside`].
    Outside,
    /// See [`Outcome::Case`].
    Case,
    /// See [`Outcome::Meeting`].
    Meeting,
}

impl OutcomeKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Clarified,
        Self::Informed,
        Self::NextStep,
        Self::Case,
        Self::Meeting,
        Self::Outside,
        Self::Left,
    ];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clarified => "clarified",
            Self::Informed => "informed",
            Self::Left => "left",
            Self::NextStep => "next_step",
            Self::Outside => "outside",
            Self::Case => "case",
            Self::Meeting => "meeting",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == code)
    }
}

impl Outcome {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> OutcomeKind {
        match self {
            Self::Clarified { .. } => OutcomeKind::Clarified,
            Self::Informed { .. } => OutcomeKind::Informed,
            Self::Left => OutcomeKind::Left,
            Self::NextStep(_) => OutcomeKind::NextStep,
            Self::Outside { .. } => OutcomeKind::Outside,
            Self::Case { .. } => OutcomeKind::Case,
            Self::Meeting { .. } => OutcomeKind::Meeting,
        }
    }

    /// The step that it leaves the person with.
    #[must_use]
    pub fn step(&self) -> Option<&StepFor> {
        match self {
            Self::NextStep(step)
            | Self::Outside { step, .. }
            | Self::Case { step, .. }
            | Self::Meeting { step, .. } => Some(step),
            Self::Clarified { .. } | Self::Informed { .. } | Self::Left => None,
        }
    }
}

/// Why an act on a visit was refused. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VisitFault {
    /// It is over.
    #[error("the visit is closed")]
    Closed,
    /// Another worker serves it.
    #[error("somebody else serves this visit")]
    ServedByAnother,
    /// The sorting is as it was: nothing to correct.
    #[error("the visit is already sorted there")]
    SameTrack,
    /// A correction needs a reason.
    #[error("the correction needs a reason: {0}")]
    Reason(TextFault),
}

impl VisitFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed => "visit-closed",
            Self::ServedByAnother => "visit-served-by-another",
            Self::SameTrack => "visit-same-track",
            Self::Reason(fault) => fault.code(),
        }
    }
}

/// Why a visit could not be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CloseFault {
    /// It is not in a state that can end.
    #[error(transparent)]
    Visit(#[from] VisitFault),
    /// The answer was refused.
    #[error("the answer: {0}")]
    Answer(TextFault),
    /// Who outside was refused as a text.
    #[error("who outside: {0}")]
    Whom(TextFault),
    /// The person's no was refused as a text.
    #[error("the person's no: {0}")]
    Declined(TextFault),
    /// Nobody took part in what was clarified.
    #[error("name the agencies that took part")]
    NobodyTookPart,
    /// The step was refused.
    #[error(transparent)]
    Step(#[from] StepFault),
    /// A composed need ends in a meeting or a recorded no (REQ-FRONT-08).
    #[error("book the joint meeting, or write down that the person does not want it")]
    MeetingNeeded,
    /// Only somebody in the queue can have left it.
    #[error("a visit that is being served has an outcome")]
    NotInQueue,
}

impl CloseFault {
    /// The form field it belongs to and the stable code.
    #[must_use]
    pub fn field_and_code(self) -> (&'static str, &'static str) {
        match self {
            Self::Visit(fault) => ("outcome", fault.code()),
            Self::Answer(fault) => ("answer", fault.code()),
            Self::Whom(fault) => ("whom", fault.code()),
            Self::Declined(fault) => ("meeting_declined", fault.code()),
            Self::NobodyTookPart => ("took_part", "visit-nobody-took-part"),
            Self::Step(fault) => match fault.field_and_code() {
                ("what", code) => ("step_what", code),
                ("place", code) => ("step_place", code),
                (_, code) => ("step_on", code),
            },
            Self::MeetingNeeded => ("meeting_declined", "visit-meeting-needed"),
            Self::NotInQueue => ("outcome", "visit-not-in-queue"),
        }
    }
}

/// A visit as far as its rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Its identifier.
    pub id: VisitId,
    /// Where it stands.
    pub state: VisitState,
    /// Who did the work so far.
    pub mode: Mode,
    /// Where it is served.
    pub track: Track,
    /// Where the stated needs pointed first; a difference is a wrong sorting.
    pub first_track: Track,
    /// Why it was sorted anew, if it was.
    pub track_reason: String,
    /// That the person does not want the meeting, in words.
    pub meeting_declined: Option<String>,
}

impl Visit {
    /// A new visit in the queue.
    #[must_use]
    pub fn arrive(id: VisitId, mode: Mode, track: Track) -> Self {
        Self {
            id,
            state: VisitState::Waiting,
            mode,
            track,
            first_track: track,
            track_reason: String::new(),
            meeting_declined: None,
        }
    }

    fn open(&self) -> Result<(), VisitFault> {
        match self.state {
            VisitState::Closed { .. } => Err(VisitFault::Closed),
            VisitState::Waiting | VisitState::Serving { .. } => Ok(()),
        }
    }

    /// A worker calls the person in. A host may take over at any time and sees
    /// what was done so far (REQ-FRONT-05); others may not take it from one
    /// another unseen.
    ///
    /// # Errors
    /// When it is closed, or somebody else serves it and `host` is false.
    pub fn take(self, by: StaffId, host: bool) -> Result<Self, VisitFault> {
        self.open()?;
        if let VisitState::Serving { by: other } = self.state
            && other != by
            && !host
        {
            return Err(VisitFault::ServedByAnother);
        }
        let mode = match (host, self.track) {
            (true, _) => Mode::Host,
            (false, Track::Desk) => Mode::Desk,
            (false, Track::CommonArea | Track::JointMeeting) => Mode::CommonArea,
        };
        Ok(Self { state: VisitState::Serving { by }, mode, ..self })
    }

    /// Back to the queue, without losing what was said.
    ///
    /// # Errors
    /// When it is closed.
    pub fn put_back(self) -> Result<Self, VisitFault> {
        self.open()?;
        Ok(Self { state: VisitState::Waiting, ..self })
    }

    /// Corrects the sorting. The first one is kept: the share of wrong
    /// sortings is measured (REQ-FRONT-06).
    ///
    /// # Errors
    /// When it is closed, already sorted there, or no reason is given.
    pub fn sort_anew(self, track: Track, reason: &str) -> Result<Self, VisitFault> {
        self.open()?;
        if self.track == track {
            return Err(VisitFault::SameTrack);
        }
        let track_reason = text::required(reason, text::LINE).map_err(VisitFault::Reason)?;
        Ok(Self { track, track_reason, ..self })
    }

    /// Ends the visit. There is no way to end one without an outcome, and a
    /// composed need ends in a booked meeting or in the person's recorded no.
    ///
    /// # Errors
    /// See [`CloseFault`].
    pub fn close(
        self,
        outcome: Outcome,
        meeting_declined: &str,
        today: Date,
    ) -> Result<Self, CloseFault> {
        self.open()?;
        let declined =
            text::optional(meeting_declined, text::LINE).map_err(CloseFault::Declined)?;
        match &outcome {
            Outcome::Clarified { answer, agencies } => {
                text::required(answer, text::PARAGRAPH).map_err(CloseFault::Answer)?;
                if agencies.is_empty() {
                    return Err(CloseFault::NobodyTookPart);
                }
            }
            Outcome::Informed { answer } => {
                text::required(answer, text::PARAGRAPH).map_err(CloseFault::Answer)?;
            }
            Outcome::Outside { whom, .. } => {
                text::required(whom, text::LINE).map_err(CloseFault::Whom)?;
            }
            Outcome::Left => {
                if self.state != VisitState::Waiting {
                    return Err(CloseFault::NotInQueue);
                }
            }
            Outcome::NextStep(_) | Outcome::Case { .. } | Outcome::Meeting { .. } => {}
        }
        if let Some(StepFor { step, .. }) = outcome.step() {
            NextStep::new(&step.what, step.owner, step.on, &step.place, today)?;
        }
        let booked = matches!(outcome, Outcome::Meeting { .. });
        let left = matches!(outcome, Outcome::Left);
        if self.track == Track::JointMeeting && !booked && !left && declined.is_empty() {
            return Err(CloseFault::MeetingNeeded);
        }
        let meeting_declined = (!declined.is_empty()).then_some(declined);
        let state = VisitState::Closed { outcome: Box::new(outcome) };
        Ok(Self { state, meeting_declined, ..self })
    }
}
