//! An open case and all that may be done with it.
//!
//! Each act takes the case and gives back another, or refuses. There is no
//! value of [`OpenCase`] without its three: the fields are not optional, and
//! no act takes one away.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::handover::{Answer, Ask, Asked, HandoverReason};
use super::step::NextStep;
use crate::ids::{AgencyId, CaseId, PersonId, StaffId, UnitId};
use crate::text::{self, TextFault};

/// A member of staff as far as a case needs to know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Who.
    pub id: StaffId,
    /// Their unit.
    pub unit: UnitId,
    /// Their agency: what it is responsible for, they are responsible for.
    pub agency: AgencyId,
    /// Whether they are at work here; nobody depends on a worker who has left.
    pub on_duty: bool,
}

/// Why a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// In work.
    Work,
    /// In education.
    Education,
    /// The need is met in another way.
    NeedMet,
    /// Moved away, and received where they moved.
    Moved,
    /// The person wants no more help.
    PersonEnds,
    /// The person has died.
    Died,
}

impl CloseReason {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Work, Self::Education, Self::NeedMet, Self::Moved, Self::PersonEnds, Self::Died];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Education => "education",
            Self::NeedMet => "need_met",
            Self::Moved => "moved",
            Self::PersonEnds => "person_ends",
            Self::Died => "died",
        }
    }

    /// Reads a stable code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }
}

/// Why an act on a case was refused. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CaseFault {
    /// Responsible and deputy would be the same person.
    #[error("the deputy must be somebody else than the responsible caseworker")]
    SamePerson,
    /// A worker who is not on duty cannot be depended on.
    #[error("the worker is not on duty")]
    NotOnDuty,
    /// A hand-over already waits for its answer.
    #[error("a hand-over is already asked for")]
    AlreadyAsked,
    /// No hand-over waits.
    #[error("no hand-over is waiting")]
    NothingAsked,
    /// Only the responsible caseworker, the deputy or the joint manager may ask.
    #[error("only the responsible caseworker, the deputy or the joint manager may do this")]
    NotYours,
    /// The answer comes from somebody who was not asked.
    #[error("the hand-over was not sent to you")]
    NotAsked,
    /// The receiver is already responsible.
    #[error("the receiver is already responsible")]
    AlreadyResponsible,
    /// The deadline has not passed.
    #[error("the deadline has not passed")]
    NotYetDue,
    /// A refusal needs a reason.
    #[error("a refusal needs a reason: {0}")]
    RefusalReason(TextFault),
    /// A refusal needs an alternative: it is not the end (REQ-REF-04).
    #[error("a refusal needs an alternative: {0}")]
    RefusalAlternative(TextFault),
    /// Municipal last resort holds only when every other agency has said no.
    #[error("another agency may still take it")]
    NotAllRefused,
}

impl CaseFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SamePerson => "case-same-person",
            Self::NotOnDuty => "case-not-on-duty",
            Self::AlreadyAsked => "case-already-asked",
            Self::NothingAsked => "case-nothing-asked",
            Self::NotYours => "case-not-yours",
            Self::NotAsked => "case-not-asked",
            Self::AlreadyResponsible => "case-already-responsible",
            Self::NotYetDue => "case-not-yet-due",
            Self::RefusalReason(fault) | Self::RefusalAlternative(fault) => fault.code(),
            Self::NotAllRefused => "case-not-all-refused",
        }
    }
}

/// An open case with its three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCase {
    /// Its identifier.
    pub id: CaseId,
    /// Whose it is.
    pub person: PersonId,
    /// The one who answers for it.
    pub responsible: Worker,
    /// The one who steps in.
    pub deputy: Worker,
    /// What happens next.
    pub step: NextStep,
    /// A hand-over that waits for its answer, at most one.
    pub asked: Option<Asked>,
    /// Agencies in the order in which they were responsible.
    pub chain: Vec<AgencyId>,
    /// How often responsibility moved to another worker.
    pub handovers: u32,
    /// How often a change of scheme alone forced a change of worker (REQ-FOLL-10).
    pub forced_changes: u32,
    /// Whether the municipality holds it as last resort (REQ-REF-08).
    pub last_resort: bool,
}

/// A case that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedCase {
    /// What it was when it ended.
    pub was: OpenCase,
    /// Why it ended.
    pub reason: CloseReason,
}

fn two_people(responsible: &Worker, deputy: &Worker) -> Result<(), CaseFault> {
    if responsible.id == deputy.id {
        return Err(CaseFault::SamePerson);
    }
    if responsible.on_duty && deputy.on_duty { Ok(()) } else { Err(CaseFault::NotOnDuty) }
}

impl OpenCase {
    /// Opens a case with all three from its first moment (REQ-REF-01).
    ///
    /// # Errors
    /// When responsible and deputy are the same or not on duty.
    pub fn open(
        id: CaseId,
        person: PersonId,
        responsible: Worker,
        deputy: Worker,
        step: NextStep,
    ) -> Result<Self, CaseFault> {
        two_people(&responsible, &deputy)?;
        Ok(Self {
            id,
            person,
            responsible,
            deputy,
            step,
            asked: None,
            chain: vec![responsible.agency],
            handovers: 0,
            forced_changes: 0,
            last_resort: false,
        })
    }

    /// Whether `who` answers for the case or steps in.
    #[must_use]
    pub fn is_carried_by(&self, who: StaffId) -> bool {
        self.responsible.id == who || self.deputy.id == who
    }

    /// Sets the next step. The one before it is history.
    ///
    /// # Errors
    /// When its owner is not on duty.
    pub fn plan(self, step: NextStep, owner: Worker) -> Result<Self, CaseFault> {
        if !owner.on_duty || owner.id != step.owner {
            return Err(CaseFault::NotOnDuty);
        }
        Ok(Self { step, ..self })
    }

    /// Names another deputy.
    ///
    /// # Errors
    /// When the deputy is the responsible caseworker or not on duty.
    pub fn appoint_deputy(self, deputy: Worker) -> Result<Self, CaseFault> {
        two_people(&self.responsible, &deputy)?;
        Ok(Self { deputy, ..self })
    }

    /// Asks another unit to take over. Nothing moves (REQ-REF-01, REQ-REF-02); so a matter that
    /// goes from the front to a joint back office keeps its owner until that has said yes
    /// (REQ-MEET-10).
    ///
    /// # Errors
    /// When a hand-over already waits, when `ask.by` neither carries the case
    /// nor manages the office, or when the receiver is responsible already.
    pub fn ask(self, ask: Ask, by_manager: bool) -> Result<Self, CaseFault> {
        if self.asked.is_some() {
            return Err(CaseFault::AlreadyAsked);
        }
        if !by_manager && !self.is_carried_by(ask.by) {
            return Err(CaseFault::NotYours);
        }
        let to_self = match ask.to_staff {
            Some(staff) => staff == self.responsible.id,
            None => ask.to_unit == self.responsible.unit,
        };
        if to_self {
            return Err(CaseFault::AlreadyResponsible);
        }
        let from_agency = self.responsible.agency;
        Ok(Self { asked: Some(Asked { ask, from_agency }), ..self })
    }

    /// The receiver takes the case: responsibility moves now, and not before.
    ///
    /// The deputy stays unless the receiver is the deputy; then the former
    /// responsible worker steps in behind. The next step follows when it was
    /// the former worker's.
    ///
    /// # Errors
    /// When nothing waits, `by` was not asked, or the three would not hold.
    pub fn accept(self, by: Worker, deputy: Option<Worker>) -> Result<Self, CaseFault> {
        let asked = self.asked.clone().ok_or(CaseFault::NothingAsked)?;
        if !was_asked(&asked, &by) {
            return Err(CaseFault::NotAsked);
        }
        if by.id == self.responsible.id {
            return Err(CaseFault::AlreadyResponsible);
        }
        let forced = asked.ask.reason == HandoverReason::SchemeChange;
        let mut moved = self.take_over(by, deputy)?;
        moved.forced_changes += u32::from(forced);
        Ok(moved)
    }

    fn take_over(self, by: Worker, deputy: Option<Worker>) -> Result<Self, CaseFault> {
        let former = self.responsible;
        let deputy = match deputy {
            Some(deputy) => deputy,
            None if self.deputy.id == by.id => former,
            None => self.deputy,
        };
        two_people(&by, &deputy)?;
        let mut step = self.step;
        if step.owner == former.id {
            step.owner = by.id;
        }
        let mut chain = self.chain;
        if chain.last() != Some(&by.agency) {
            chain.push(by.agency);
        }
        Ok(Self {
            responsible: by,
            deputy,
            step,
            asked: None,
            chain,
            handovers: self.handovers + 1,
            last_resort: false,
            ..self
        })
    }

    /// The receiver says no. The asker is still responsible, the same day and
    /// every day, and the joint manager gets the question (REQ-REF-04).
    ///
    /// # Errors
    /// When nothing waits, `by` was not asked, or reason or alternative is missing.
    pub fn refuse(
        self,
        by: Worker,
        reason: &str,
        alternative: &str,
    ) -> Result<(Self, Answer), CaseFault> {
        let asked = self.asked.as_ref().ok_or(CaseFault::NothingAsked)?;
        if !was_asked(asked, &by) {
            return Err(CaseFault::NotAsked);
        }
        let reason = text::required(reason, text::PARAGRAPH).map_err(CaseFault::RefusalReason)?;
        let alternative =
            text::required(alternative, text::PARAGRAPH).map_err(CaseFault::RefusalAlternative)?;
        Ok((Self { asked: None, ..self }, Answer::Refused { reason, alternative }))
    }

    /// The asker takes the question back.
    ///
    /// # Errors
    /// When nothing waits or `by` does not carry the case.
    pub fn withdraw(self, by: StaffId) -> Result<Self, CaseFault> {
        let asked = self.asked.as_ref().ok_or(CaseFault::NothingAsked)?;
        if !self.is_carried_by(by) && asked.ask.by != by {
            return Err(CaseFault::NotYours);
        }
        Ok(Self { asked: None, ..self })
    }

    /// The deadline has passed without an answer: the question goes to the
    /// joint manager, never back to the person (REQ-REF-02).
    ///
    /// # Errors
    /// When nothing waits or the last day is not over.
    pub fn expire(self, today: Date) -> Result<Self, CaseFault> {
        let asked = self.asked.as_ref().ok_or(CaseFault::NothingAsked)?;
        if today <= asked.ask.deadline {
            return Err(CaseFault::NotYetDue);
        }
        Ok(Self { asked: None, ..self })
    }

    /// The municipality owns what nobody accepts (REQ-REF-08).
    ///
    /// `holder` has accepted this in advance: the unit names a worker for it,
    /// so responsibility still moves only to somebody who has said yes.
    ///
    /// # Errors
    /// When some other agency has not refused, or the three would not hold.
    pub fn fall_to_municipality(
        self,
        holder: Worker,
        deputy: Worker,
        all_refused: bool,
    ) -> Result<Self, CaseFault> {
        if !all_refused {
            return Err(CaseFault::NotAllRefused);
        }
        if self.responsible.id == holder.id {
            return Ok(Self { last_resort: true, asked: None, ..self });
        }
        let moved = self.take_over(holder, Some(deputy))?;
        Ok(Self { last_resort: true, ..moved })
    }

    /// Ends the case.
    ///
    /// # Errors
    /// When a hand-over waits, or `by` neither carries the case nor manages it.
    pub fn close(
        self,
        by: StaffId,
        by_manager: bool,
        reason: CloseReason,
    ) -> Result<ClosedCase, CaseFault> {
        if self.asked.is_some() {
            return Err(CaseFault::AlreadyAsked);
        }
        if !by_manager && !self.is_carried_by(by) {
            return Err(CaseFault::NotYours);
        }
        Ok(ClosedCase { was: self, reason })
    }
}

/// Whether `by` may answer: the named worker, or anyone of the unit when no
/// one is named.
fn was_asked(asked: &Asked, by: &Worker) -> bool {
    match asked.ask.to_staff {
        Some(staff) => staff == by.id,
        None => asked.ask.to_unit == by.unit,
    }
}
