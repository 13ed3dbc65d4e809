//! What a person asks about their own file, and the answer that is due: that
//! something is corrected (GDPR art. 16), that its use is restricted (art. 18),
//! or that it is not used at all (art. 21).
//!
//! A question is answered within one month, or within three where the agency
//! says in time why it needs longer (art. 12(3)). An answer carries its reason;
//! a no also says how to complain, which the page does. Nothing is deleted: a
//! correction is a new version with a note.

use jiff::ToSpan;
use jiff::civil::Date;
use thiserror::Error;

use crate::codes::codes;
use crate::text::{self, TextFault};

codes! {
    /// What is asked for.
    Kind {
        /// Something is wrong and is to be corrected (GDPR art. 16).
        Correction = "correction",
        /// Something is not to be used until it is cleared up (GDPR art. 18).
        Restriction = "restriction",
        /// Something is not to be used in this way (GDPR art. 21).
        Objection = "objection",
    }
}

codes! {
    /// What a question is about.
    About {
        /// A field of what is registered.
        Field = "field",
        /// A line of the log: somebody looked.
        Line = "line",
        /// Something else in the file.
        Other = "other",
    }
}

codes! {
    /// A field that the person may point at.
    Field {
        /// The name.
        Name = "name",
        /// The birth date.
        Born = "born",
        /// The language.
        Language = "language",
        /// The telephone.
        Phone = "phone",
        /// The e-mail address.
        Email = "email",
        /// The address.
        Address = "address",
    }
}

codes! {
    /// How a question was answered.
    Verdict {
        /// Done as asked.
        Corrected = "corrected",
        /// Done in part.
        Partly = "partly",
        /// Not done.
        Refused = "refused",
    }
}

/// Where a question stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Waiting for an answer.
    Asked,
    /// The person took it back.
    Withdrawn,
    /// Answered, on a day, with the reason.
    Answered {
        /// How.
        verdict: Verdict,
        /// Why, in words for the person.
        reason: String,
        /// When.
        on: Date,
    },
}

impl State {
    /// The stable code.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Withdrawn => "withdrawn",
            Self::Answered { .. } => "answered",
        }
    }
}

/// A question about one's own file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    kind: Kind,
    asked_on: Date,
    due: Date,
    extended: Option<String>,
    state: State,
}

/// Why an act on a question was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QuestionFault {
    /// It is answered or taken back.
    #[error("the question is no longer open")]
    Closed,
    /// The deadline was put off once already.
    #[error("the deadline has been put off already")]
    ExtendedBefore,
    /// Longer time is asked for within the first month, not after it.
    #[error("the first month is over")]
    TooLate,
    /// An act before the question was asked.
    #[error("a day before the question was asked")]
    BeforeAsked,
    /// A correction of a field without a new version of the record.
    #[error("the record has not been changed since the question was asked")]
    NothingChanged,
    /// The reason was refused.
    #[error("the reason: {0}")]
    Reason(TextFault),
}

impl QuestionFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed => "correction-closed",
            Self::ExtendedBefore => "correction-extended",
            Self::TooLate => "correction-too-late",
            Self::BeforeAsked => "date",
            Self::NothingChanged => "correction-nothing-changed",
            Self::Reason(fault) => fault.code(),
        }
    }
}

/// The months within which an answer is due.
const MONTHS: i64 = 1;
/// The months where the agency said in time why it needs longer.
const LONGEST: i64 = 3;

fn after(day: Date, months: i64) -> Date {
    day.checked_add(months.months()).unwrap_or(Date::MAX)
}

impl Question {
    /// A question asked on a day: the answer is due within a month.
    #[must_use]
    pub fn ask(kind: Kind, on: Date) -> Self {
        Self { kind, asked_on: on, due: after(on, MONTHS), extended: None, state: State::Asked }
    }

    /// A question as it was stored.
    #[must_use]
    pub fn stored(
        kind: Kind,
        asked_on: Date,
        due: Date,
        extended: Option<String>,
        state: State,
    ) -> Self {
        Self { kind, asked_on, due, extended, state }
    }

    /// What is asked for.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The last day for an answer.
    #[must_use]
    pub fn due(&self) -> Date {
        self.due
    }

    /// Why it takes longer, where it does.
    #[must_use]
    pub fn extended(&self) -> Option<&str> {
        self.extended.as_deref()
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether an answer should have come.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state == State::Asked && self.due < today
    }

    fn open(&self, on: Date) -> Result<(), QuestionFault> {
        match self.state {
            State::Asked if on < self.asked_on => Err(QuestionFault::BeforeAsked),
            State::Asked => Ok(()),
            _ => Err(QuestionFault::Closed),
        }
    }

    /// Puts the deadline off to three months, once, within the first month and
    /// with a reason that the person reads (GDPR art. 12(3)).
    ///
    /// # Errors
    /// When it is closed, put off before, too late, or without a reason.
    pub fn extend(self, reason: &str, on: Date) -> Result<Self, QuestionFault> {
        self.open(on)?;
        if self.extended.is_some() {
            return Err(QuestionFault::ExtendedBefore);
        }
        if on > self.due {
            return Err(QuestionFault::TooLate);
        }
        let reason = text::required(reason, text::LINE).map_err(QuestionFault::Reason)?;
        Ok(Self { due: after(self.asked_on, LONGEST), extended: Some(reason), ..self })
    }

    /// Answers it. `changed` tells whether the record has a newer version than
    /// when the question was asked; who says "corrected" about a field must have
    /// corrected it.
    ///
    /// # Errors
    /// When it is closed, nothing was changed, or there is no reason.
    pub fn answer(
        self,
        verdict: Verdict,
        reason: &str,
        changed: bool,
        on: Date,
    ) -> Result<Self, QuestionFault> {
        self.open(on)?;
        let reason = text::required(reason, text::PARAGRAPH).map_err(QuestionFault::Reason)?;
        if self.kind == Kind::Correction && verdict != Verdict::Refused && !changed {
            return Err(QuestionFault::NothingChanged);
        }
        Ok(Self { state: State::Answered { verdict, reason, on }, ..self })
    }

    /// Takes it back.
    ///
    /// # Errors
    /// When it is closed.
    pub fn withdraw(self, on: Date) -> Result<Self, QuestionFault> {
        self.open(on)?;
        Ok(Self { state: State::Withdrawn, ..self })
    }
}

#[cfg(test)]
mod tests;
