//! How a consent ends: once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use super::terms::{Terms, codes};
use crate::ids::{AgencyId, ConsentId};
use crate::secrecy::Categories;

codes! {
    /// Where a consent stands on a day.
    State {
        /// It holds.
        Given = "given",
        /// Its last day has passed.
        Expired = "expired",
        /// It was taken back.
        Withdrawn = "withdrawn",
        /// Another one stands in its place.
        Replaced = "replaced",
    }
}

codes! {
    /// How somebody ended it.
    EndKind {
        /// Taken back as a whole.
        Withdrawn = "withdrawn",
        /// A narrower or a newer one took its place.
        Replaced = "replaced",
    }
}

/// An end that somebody brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// How.
    pub kind: EndKind,
    /// When. It does not hold from this instant on.
    pub at: Timestamp,
}

/// A consent that was given, and how it ended if it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Which one.
    pub id: ConsentId,
    /// What was agreed.
    pub terms: Terms,
    /// Its end, when somebody brought it about.
    pub ending: Option<Ending>,
}

/// What is taken back: kinds of information, receivers, or all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// All of it.
    pub all: bool,
    /// These kinds, for every receiver.
    pub categories: Categories,
    /// These receivers, for every kind.
    pub to: BTreeSet<AgencyId>,
}

/// Why a consent could not be ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EndFault {
    /// It has ended already. Nothing reopens it.
    #[error("the consent has ended")]
    Ended,
    /// What is to be taken back is not in it.
    #[error("nothing of it would be taken back")]
    Nothing,
    /// Another purpose needs a consent of its own.
    #[error("a consent is replaced only by one for the same purpose")]
    OtherPurpose,
}

impl EndFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ended => "consent-ended",
            Self::Nothing => "consent-nothing-taken",
            Self::OtherPurpose => "consent-other-purpose",
        }
    }
}

/// What a withdrawal led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The consent, ended.
    pub ended: Agreement,
    /// The narrower one that is left, when a part was taken back.
    pub remains: Option<Agreement>,
    /// What each receiver may not be told any more.
    pub lost: BTreeMap<AgencyId, Categories>,
}

impl Agreement {
    /// Where it stands on a day.
    #[must_use]
    pub fn state(&self, today: Date) -> State {
        match self.ending {
            Some(Ending { kind: EndKind::Withdrawn, .. }) => State::Withdrawn,
            Some(Ending { kind: EndKind::Replaced, .. }) => State::Replaced,
            None if today > self.terms.valid_until => State::Expired,
            None => State::Given,
        }
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn in_force(&self, today: Date) -> bool {
        self.state(today) == State::Given && self.terms.holds_on(today)
    }

    /// Takes it back, or a part of it. What is left becomes a consent of its own
    /// under `rest`, with the same dates: a part taken back never makes anything
    /// wider or longer.
    ///
    /// # Errors
    /// See [`EndFault`].
    pub fn withdraw(
        self,
        cut: &Cut,
        rest: ConsentId,
        at: Timestamp,
        today: Date,
    ) -> Result<Withdrawal, EndFault> {
        if self.state(today) != State::Given {
            return Err(EndFault::Ended);
        }
        let mut lost = BTreeMap::new();
        let mut kept = BTreeSet::new();
        let narrower = self.terms.categories.but(cut.categories);
        for receiver in &self.terms.to {
            if cut.all || cut.to.contains(receiver) || narrower.is_empty() {
                lost.insert(*receiver, self.terms.categories);
                continue;
            }
            kept.insert(*receiver);
            let gone = self.terms.categories.but(narrower);
            if !gone.is_empty() {
                lost.insert(*receiver, gone);
            }
        }
        if lost.is_empty() {
            return Err(EndFault::Nothing);
        }
        let terms = Terms { categories: narrower, to: kept, ..self.terms.clone() };
        // One agency left on both sides has nobody to tell.
        let remains = (terms.pairs().next().is_some() && !narrower.is_empty()).then_some(Self {
            id: rest,
            terms,
            ending: None,
        });
        let kind = if remains.is_some() { EndKind::Replaced } else { EndKind::Withdrawn };
        if remains.is_none() {
            for receiver in &self.terms.to {
                lost.insert(*receiver, self.terms.categories);
            }
        }
        let ended = Self { ending: Some(Ending { kind, at }), ..self };
        Ok(Withdrawal { ended, remains, lost })
    }

    /// Ends it because `newer` stands in its place. Beside it comes what receivers
    /// may not be told any more, should the newer one be narrower.
    ///
    /// # Errors
    /// See [`EndFault`].
    pub fn replace(
        self,
        newer: &Terms,
        at: Timestamp,
        today: Date,
    ) -> Result<(Self, BTreeMap<AgencyId, Categories>), EndFault> {
        if self.state(today) != State::Given {
            return Err(EndFault::Ended);
        }
        if newer.purpose != self.terms.purpose {
            return Err(EndFault::OtherPurpose);
        }
        let mut lost = BTreeMap::new();
        for receiver in &self.terms.to {
            let still = newer.to.contains(receiver) && newer.from.is_superset(&self.terms.from);
            let kept = if still { newer.categories } else { Categories::NONE };
            let gone = self.terms.categories.but(kept);
            if !gone.is_empty() {
                lost.insert(*receiver, gone);
            }
        }
        Ok((Self { ending: Some(Ending { kind: EndKind::Replaced, at }), ..self }, lost))
    }
}
