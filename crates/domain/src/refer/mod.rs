//! Referrals: one unit asks another, a provider, health or school to take over a case or a part of
//! it, for a reason, a need, and by a day (REQ-REF-02, REQ-REF-16).
//!
//! A referral moves nothing until its receiver has accepted: while it is out the sender answers for
//! the case. Nothing is returned without a reason and what instead. One that nobody answered goes to
//! the joint manager, never back to the person. Receivers outside the house have no login: the
//! sender writes down what they answered, on which day, and who said so.
//!
//! `waiting` tells what was waited for between the steps, and adds up (REQ-REF-10); `chain` is the
//! way of a case between agencies as a picture. Who is moved between workers of one case is the
//! hand-over's (`case`); a referral that takes a case over ends as one.

use jiff::civil::Date;
use thiserror::Error;

use crate::codes::codes;

mod chain;
mod waiting;

#[cfg(test)]
mod tests;

pub use chain::{Stop, lanes, points};
pub use waiting::{Cause, Steps, Waits, total};

codes! {
    /// What kind of receiver a referral goes to.
    Receiver {
        /// A unit of one of the agencies, the back office among them.
        Unit = "unit",
        /// A measure provider under an agreement (REQ-REF-16).
        Provider = "provider",
        /// The health service.
        Health = "health",
        /// A school, or the follow-up service of schools.
        School = "school",
    }
}

impl Receiver {
    /// Whether nobody of the receiver signs in, so that the sender notes what it answered.
    #[must_use]
    pub fn is_outside(self) -> bool {
        self != Self::Unit
    }

    /// What a policy pack calls the receiver; none for an agency.
    #[must_use]
    pub fn role(self) -> Option<&'static str> {
        match self {
            Self::Unit => None,
            Self::Provider => Some("provider"),
            Self::Health => Some("health"),
            Self::School => Some("school"),
        }
    }
}

codes! {
    /// What the sender asks for.
    Wish {
        /// The receiver takes the case over: it answers for it from its yes on.
        TakeOver = "take_over",
        /// The receiver does a part: an answer, a statement, a decision, a course. The case stays
        /// where it is.
        Part = "part",
    }
}

codes! {
    /// Why somebody is referred.
    Reason {
        /// The decision is the receiver's by law.
        Mandate = "mandate",
        /// The receiver knows what the sender does not.
        Competence = "competence",
        /// A decision of the receiver is missing.
        Decision = "decision",
        /// A statement on health is missing.
        Statement = "statement",
        /// A measure, a course or a place.
        Measure = "measure",
        /// Treatment or rehabilitation.
        Treatment = "treatment",
        /// Schooling.
        Schooling = "schooling",
        /// The person asks for it.
        PersonAsks = "person_asks",
    }
}

codes! {
    /// Why a referral was returned (REQ-REF-02, REQ-REF-12).
    ReturnReason {
        /// It is not the receiver's to do.
        NotOurs = "not_ours",
        /// The person has no right to it.
        NoRight = "no_right",
        /// Papers or facts are missing.
        Incomplete = "incomplete",
        /// There is no room.
        NoCapacity = "no_capacity",
        /// It is too early.
        TooEarly = "too_early",
        /// Something else was found to be better.
        OtherOffer = "other_offer",
        /// The person does not want it.
        Declined = "declined",
    }
}

codes! {
    /// How far a referral has come.
    State {
        /// It waits.
        Sent = "sent",
        /// The receiver says that it has it; nothing has moved.
        Received = "received",
        /// The receiver takes it.
        Accepted = "accepted",
        /// The receiver does not, for a reason and with something instead.
        Returned = "returned",
        /// Nobody answered until its day: it lies with the joint manager.
        Expired = "expired",
        /// The sender took it back.
        Withdrawn = "withdrawn",
        /// The joint manager has decided after its day had passed or it came back.
        Settled = "settled",
    }
}

impl State {
    /// Whether an answer is still waited for.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Received)
    }
}

codes! {
    /// Whether the person came to the receiver.
    Came {
        /// They came.
        Came = "came",
        /// They did not.
        NotCome = "not_come",
        /// They agreed on another day.
        Moved = "moved",
    }
}

/// A referral, as far as its rules ask. `U` names units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Referral<U> {
    /// Who sends it.
    pub sender: U,
    /// The unit that receives it; none outside the house.
    pub to: Option<U>,
    /// What is asked for.
    pub wish: Wish,
    /// How far it has come.
    pub state: State,
    /// The last day for an answer.
    pub deadline: Date,
}

/// What is done with a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act<U> {
    /// The receiver has it.
    Receive {
        /// Who says or notes so.
        by: U,
    },
    /// The receiver takes it.
    Accept {
        /// Who says or notes so.
        by: U,
    },
    /// The receiver gives it back.
    Return {
        /// Who says or notes so.
        by: U,
    },
    /// The sender takes it back.
    Withdraw {
        /// Who does so.
        by: U,
    },
    /// A day has come.
    Day(Date),
    /// The joint manager decides.
    Settle,
}

/// Why nothing happened to a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReferFault {
    /// Only the receiver answers, or the sender for one outside the house.
    #[error("only who received it may answer")]
    NotReceiver,
    /// Only the sender takes it back.
    #[error("only who sent it may take it back")]
    NotSender,
    /// It was answered before: so.
    #[error("it was answered already: {0:?}")]
    Answered(State),
    /// There is nothing to decide.
    #[error("there is nothing to decide")]
    NothingToSettle,
    /// It takes over a case that the sender no longer answers for.
    #[error("the sender answers for the case no more")]
    Moved,
}

impl ReferFault {
    /// The stable code. An answer that came second is told what was answered.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotReceiver => "refer-not-receiver",
            Self::NotSender => "refer-not-sender",
            Self::Answered(State::Received) => "refer-received",
            Self::Answered(State::Accepted) => "refer-accepted",
            Self::Answered(State::Returned) => "refer-returned",
            Self::Answered(State::Expired) => "refer-expired",
            Self::Answered(State::Withdrawn) => "refer-withdrawn",
            Self::Answered(State::Sent | State::Settled) => "refer-settled",
            Self::NothingToSettle => "refer-nothing-to-settle",
            Self::Moved => "refer-moved",
        }
    }
}

impl<U: Copy + PartialEq> Referral<U> {
    /// Who answers for it: the unit that was asked, or the sender where the receiver is outside.
    fn answers(&self) -> U {
        self.to.unwrap_or(self.sender)
    }

    /// Does something with a referral that is to be answered by its deadline, that day included.
    ///
    /// # Errors
    /// When another than the receiver answers, another than the sender takes it back, or it has
    /// been answered: the fault says how.
    pub fn go(self, act: Act<U>) -> Result<Self, ReferFault> {
        let next = |state| Ok(Self { state, ..self });
        match act {
            Act::Day(today) if self.state.is_open() && today > self.deadline => {
                next(State::Expired)
            }
            Act::Day(_) => Ok(self),
            Act::Settle => match self.state {
                State::Expired | State::Returned => next(State::Settled),
                _ => Err(ReferFault::NothingToSettle),
            },
            Act::Withdraw { by } if by != self.sender => Err(ReferFault::NotSender),
            Act::Receive { by } | Act::Accept { by } | Act::Return { by }
                if by != self.answers() =>
            {
                Err(ReferFault::NotReceiver)
            }
            _ if !self.state.is_open() => Err(ReferFault::Answered(self.state)),
            Act::Receive { .. } if self.state == State::Received => {
                Err(ReferFault::Answered(State::Received))
            }
            Act::Receive { .. } => next(State::Received),
            Act::Accept { .. } => next(State::Accepted),
            Act::Return { .. } => next(State::Returned),
            Act::Withdraw { .. } => next(State::Withdrawn),
        }
    }

    /// The unit that takes the case with this referral's yes; none where the case stays.
    #[must_use]
    pub fn takes_over(&self) -> Option<U> {
        match (self.wish, self.state) {
            (Wish::TakeOver, State::Accepted) => self.to,
            _ => None,
        }
    }
}

/// A case with everything that is out about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter<U> {
    /// The one unit that answers for it.
    pub owner: U,
    /// The referrals, in the order in which they were sent.
    pub referrals: Vec<Referral<U>>,
}

impl<U: Copy + PartialEq> Matter<U> {
    /// Sends a referral. The owner stays the owner (REQ-REF-01, REQ-REF-16).
    ///
    /// # Errors
    /// When another than the owner sends it.
    pub fn send(mut self, referral: Referral<U>) -> Result<Self, ReferFault> {
        if referral.sender != self.owner {
            return Err(ReferFault::NotSender);
        }
        self.referrals.push(Referral { state: State::Sent, ..referral });
        Ok(self)
    }

    /// Does something with one of the referrals. Only a yes to the wish to take over moves the
    /// case, and only from the unit that asked.
    ///
    /// # Errors
    /// As [`Referral::go`], and when the sender answers for the case no more.
    pub fn go(mut self, at: usize, act: Act<U>) -> Result<Self, ReferFault> {
        let Some(one) = self.referrals.get_mut(at) else { return Err(ReferFault::NotReceiver) };
        let after = one.go(act)?;
        if let (true, Some(owner)) = (one.state.is_open(), after.takes_over()) {
            if one.sender != self.owner {
                return Err(ReferFault::Moved);
            }
            self.owner = owner;
        }
        *one = after;
        Ok(self)
    }
}
