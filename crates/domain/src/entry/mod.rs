//! Ways of coming in, and what is taken in once (REQ-FRONT-22, 26, 27, 28).
//!
//! Somebody comes with an event of life or a plain need and never with the name of an agency. The
//! whole situation is asked for once, and what lets a parent begin is thought of before what they
//! begin with. Sorting a visit and ending it is `reception`; what is on offer is `service`.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::codes::codes;
use crate::office::AgencyKind;
use crate::reception::Need;
use crate::service::{Offer, ServiceKind, offered};

codes! {
    /// What has happened in somebody's life. None says why somebody has no work, and none names
    /// an agency (REQ-FRONT-22, REQ-FRONT-28).
    LifeEvent {
        /// To begin to work after school or studies.
        FirstJob = "first_job",
        /// Has lost the job.
        LostJob = "lost_job",
        /// Has become ill or injured, or cannot work as before.
        Ill = "ill",
        /// Has no work and needs support to become self-supporting, for whatever reason.
        NoWork = "no_work",
        /// Has become alone with children, or expects a child.
        Child = "child",
        /// Is about to lose the home, or has none.
        Home = "home",
    }
}

impl LifeEvent {
    /// The needs that it brings; what is told besides is added to them.
    #[must_use]
    pub fn needs(self) -> &'static [Need] {
        match self {
            Self::FirstJob => &[Need::Work, Need::Training],
            Self::LostJob => &[Need::Work, Need::Income],
            Self::Ill => &[Need::Illness],
            Self::NoWork => &[Need::Work],
            Self::Child => &[Need::Family],
            Self::Home => &[Need::Housing],
        }
    }

    /// The agencies that meet these needs.
    #[must_use]
    pub fn agencies(self) -> BTreeSet<AgencyKind> {
        self.needs().iter().flat_map(|need| need.agencies().iter().copied()).collect()
    }
}

/// The needs of an event with those that were said, each once and in the order of the door.
#[must_use]
pub fn needs_of(event: Option<LifeEvent>, said: &[Need]) -> Vec<Need> {
    let brought = event.map_or(&[][..], LifeEvent::needs);
    let mut all: Vec<Need> = brought.iter().chain(said).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

codes! {
    /// What guidance was about (REQ-FRONT-15).
    Guidance {
        /// Possibilities of a job.
        Jobs = "jobs",
        /// Measures that qualify.
        Qualification = "qualification",
        /// Rights.
        Rights = "rights",
    }
}

impl Guidance {
    /// The kinds of service that belong to it.
    #[must_use]
    pub fn needs(self) -> &'static [Need] {
        match self {
            Self::Jobs => &[Need::Work],
            Self::Qualification => &[Need::Training],
            Self::Rights => &[Need::Income, Need::Illness, Need::Letter],
        }
    }
}

codes! {
    /// A contact of which no identity is kept (REQ-FRONT-23).
    AnonymousKind {
        /// General information.
        Information = "information",
        /// Advice about one's own question, without saying who one is.
        Advice = "advice",
    }
}

codes! {
    /// How somebody reached the office.
    Channel {
        /// At the desk.
        Desk = "desk",
        /// By telephone.
        Phone = "phone",
        /// Over the net.
        Net = "net",
    }
}

codes! {
    /// What somebody needs in order to be met on equal terms.
    AccessNeed {
        /// An interpreter.
        Interpreter = "interpreter",
        /// A sign language interpreter.
        SignLanguage = "sign_language",
        /// A room without steps, and space.
        StepFree = "step_free",
        /// A quiet room.
        QuietRoom = "quiet_room",
        /// Help to read and write.
        Reading = "reading",
    }
}

codes! {
    /// What a colleague of another agency answered to "is this a case?" (REQ-FRONT-26).
    Consulted {
        /// No case: an application that need not be written.
        NotACase = "not_a_case",
        /// A case for a certain unit.
        CaseFor = "case_for",
        /// Urgent: now.
        Urgent = "urgent",
    }
}

codes! {
    /// The five parts of a situation (REQ-FRONT-27).
    Area {
        /// Work and learning.
        Work = "work",
        /// Money and debt.
        Money = "money",
        /// Children and family.
        Children = "children",
        /// Health.
        Health = "health",
        /// Where they live.
        Housing = "housing",
    }
}

impl Area {
    /// The needs that help in this part would meet.
    #[must_use]
    pub fn needs(self) -> &'static [Need] {
        match self {
            Self::Work => &[Need::Work, Need::Training],
            Self::Money => &[Need::Income, Need::Debt],
            Self::Children => &[Need::Family],
            Self::Health => &[Need::Illness, Need::Disability],
            Self::Housing => &[Need::Housing],
        }
    }
}

codes! {
    /// How it is in one part.
    Wish {
        /// It is all right.
        Fine = "fine",
        /// Help is wanted.
        Help = "help",
        /// It was not talked about, because the person did not want to.
        Unsaid = "unsaid",
    }
}

/// The whole situation as it was told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Each part with how it is; all five, each once.
    pub areas: Vec<(Area, Wish)>,
    /// Has children at home.
    pub has_children: bool,
    /// Is alone with them.
    pub is_alone: bool,
    /// Goes to work for the first time, or again after long.
    pub first_job: bool,
}

/// Why a situation was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SituationFault {
    /// A part was passed over.
    #[error("every part of the situation has its answer, if only that it was not talked about")]
    Part(Area),
}

impl Situation {
    /// A situation, of which no part was passed over.
    ///
    /// # Errors
    /// [`SituationFault::Part`] for the first part without an answer.
    pub fn new(
        areas: &[(Area, Wish)],
        (has_children, is_alone, first_job): (bool, bool, bool),
    ) -> Result<Self, SituationFault> {
        let mut whole = Vec::new();
        for area in Area::ALL {
            let wish = areas.iter().find(|(one, _)| one == area).map(|(_, wish)| *wish);
            whole.push((*area, wish.ok_or(SituationFault::Part(*area))?));
        }
        let has_children = has_children || is_alone;
        Ok(Self { areas: whole, has_children, is_alone, first_job })
    }

    /// The needs that follow from it.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        let wanted = self.areas.iter().filter(|(_, wish)| *wish == Wish::Help);
        let mut needs: Vec<Need> =
            wanted.flat_map(|(area, _)| area.needs().iter().copied()).collect();
        // A parent who is to work needs somebody with the children, whether they say so or not.
        if self.has_children && (self.first_job || needs.contains(&Need::Work)) {
            needs.push(Need::Family);
        }
        if self.first_job {
            needs.push(Need::Work);
        }
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    /// The agencies whose part a whole clarification of this needs.
    #[must_use]
    pub fn agencies(&self) -> BTreeSet<AgencyKind> {
        self.needs().iter().flat_map(|need| need.agencies().iter().copied()).collect()
    }

    /// What is proposed, in this order: for a parent child care and family help first, and before
    /// any measure towards a job (REQ-FRONT-27).
    #[must_use]
    pub fn propose<'a>(&self, all: &'a [Offer]) -> Vec<&'a Offer> {
        let parent = self.has_children;
        let fits = |one: &&Offer| parent || one.kind != ServiceKind::ChildCare;
        offered(all, &self.needs()).into_iter().filter(fits).collect()
    }
}

codes! {
    /// What became of a proposal.
    Proposal {
        /// Nobody has talked about it yet.
        Open = "open",
        /// The person wants it.
        Wanted = "wanted",
        /// The person does not want or need it.
        Declined = "declined",
        /// It has begun.
        Started = "started",
    }
}

/// Why a proposal cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposalFault {
    /// Child care or family help has not been talked about, so no job measure starts.
    #[error("child care and family help are thought of before a job measure starts")]
    FamilyFirst,
}

/// Whether a proposal may go to a state, beside the others of the same situation.
///
/// # Errors
/// [`ProposalFault::FamilyFirst`] for a job measure that starts while child care or family help
/// is still open (REQ-FRONT-27).
pub fn settle(
    kind: ServiceKind,
    to: Proposal,
    others: &[(ServiceKind, Proposal)],
) -> Result<(), ProposalFault> {
    let waits = others.iter().any(|(kind, is)| kind.comes_before_work() && *is == Proposal::Open);
    if kind.is_work() && to == Proposal::Started && waits {
        return Err(ProposalFault::FamilyFirst);
    }
    Ok(())
}

/// One agency's part in a clarification: whose, and on which day it was done.
pub type Part = (AgencyKind, Option<Date>);

/// The day on which a clarification was whole: that of the last part. A clarification that lacks
/// one relevant agency's part is not complete, and one without parts is none (REQ-FRONT-13).
#[must_use]
pub fn complete_on(parts: &[Part]) -> Option<Date> {
    let days: Option<Vec<Date>> = parts.iter().map(|(_, done)| *done).collect();
    days?.into_iter().max()
}

codes! {
    /// Why work is no aim for somebody now (REQ-FRONT-16).
    NotRelevant {
        /// Illness or disability.
        Health = "health",
        /// Care for somebody.
        Care = "care",
        /// Age, or a pension.
        Age = "age",
        /// Is in work or learning already.
        Occupied = "occupied",
        /// Other things must come first.
        OtherFirst = "other_first",
    }
}

codes! {
    /// Why a decision that the front office sent on came back (REQ-FRONT-10).
    Returned {
        /// The front office could have decided it.
        DecideThere = "decide_there",
        /// Something was missing.
        Incomplete = "incomplete",
        /// It belongs to another unit.
        OtherUnit = "other_unit",
    }
}

#[cfg(test)]
mod tests;
