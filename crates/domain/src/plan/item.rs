//! An item of a plan: proposed, taken on as a promise, done, and counted when the promise breaks
//! (REQ-PLAN-02).

use jiff::civil::Date;
use thiserror::Error;

use crate::codes::codes;
use crate::ids::{AgencyId, StaffId, UnitId};

codes! {
    /// Somebody outside the three agencies who does an item (REQ-PLAN-16).
    Partner {
        /// The health service: outpatient, psychiatry, a doctor.
        Health = "health",
        /// A school.
        School = "school",
        /// A measure provider.
        Provider = "provider",
        /// An employer.
        Employer = "employer",
        /// Relatives.
        Relatives = "relatives",
    }
}

/// Who does an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A unit of an agency, and the worker there where one is named.
    Agency {
        /// The agency.
        agency: AgencyId,
        /// The unit.
        unit: UnitId,
        /// The worker.
        worker: Option<StaffId>,
    },
    /// The person, as their own task (REQ-PLAN-13).
    Person {
        /// The agency that wrote it down.
        kept_by: AgencyId,
    },
    /// Somebody outside. An agency keeps track of whether it was agreed and kept, and of no more.
    Partner {
        /// Who.
        partner: Partner,
        /// The agency that keeps track.
        kept_by: AgencyId,
    },
}

impl Owner {
    /// The agency whose item it is before the walls.
    #[must_use]
    pub fn agency(&self) -> AgencyId {
        match self {
            Self::Agency { agency, .. } => *agency,
            Self::Person { kept_by } | Self::Partner { kept_by, .. } => *kept_by,
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Agency { .. } => "agency",
            Self::Person { .. } => "person",
            Self::Partner { .. } => "partner",
        }
    }
}

codes! {
    /// Where an item is.
    ItemState {
        /// Proposed: nobody has promised it.
        Open = "open",
        /// Taken on, with a day.
        Accepted = "accepted",
        /// Under way.
        Started = "started",
        /// Done.
        Done = "done",
        /// Given up, with a reason.
        Withdrawn = "withdrawn",
        /// Nothing is there for it. The need stays (REQ-PLAN-08).
        Unmet = "unmet",
    }
}

impl ItemState {
    /// Whether something may still happen about it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Accepted | Self::Started)
    }

    /// Whether somebody has promised it and not yet done it.
    #[must_use]
    pub fn is_promised(self) -> bool {
        matches!(self, Self::Accepted | Self::Started)
    }
}

codes! {
    /// How a promise was broken.
    BreachKind {
        /// Its day has passed.
        Late = "late",
        /// It was given up without being done.
        NotDone = "not_done",
        /// The agency took its word back.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// What came of looking at an item afterwards (REQ-PLAN-11).
    Evaluation {
        /// The plan goes on as it is.
        Confirmed = "confirmed",
        /// The plan is changed because of it.
        Changed = "changed",
    }
}

/// An item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Who does it.
    pub owner: Owner,
    /// Who was asked to do it instead, and has not answered.
    pub asked: Option<Owner>,
    /// Where it is.
    pub state: ItemState,
    /// Its first day.
    pub starts: Option<Date>,
    /// The day until which it is promised.
    pub due: Option<Date>,
    /// When it was taken on.
    pub accepted_on: Option<Date>,
    /// When it was begun.
    pub started_on: Option<Date>,
    /// When it was done or given up.
    pub ended_on: Option<Date>,
    /// What came of looking at it afterwards.
    pub evaluation: Option<Evaluation>,
}

/// What an act on an item did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The item now.
    pub item: Item,
    /// The promise that broke by it, and by whom.
    pub breach: Option<(BreachKind, AgencyId)>,
}

/// Why an item was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ItemFault {
    /// It is not in the state for this.
    #[error("not in this state")]
    State,
    /// It has no day until which it is promised.
    #[error("a promise has a day")]
    NoDue,
    /// Its day is before its beginning, or over already.
    #[error("the days do not fit")]
    Days,
    /// A reason is missing.
    #[error("a reason is missing")]
    Reason,
    /// It would take on more than the unit's stated capacity: a manager confirms first.
    #[error("more than the unit's capacity")]
    Capacity,
    /// What must come before it is not done.
    #[error("something must come before it")]
    Before,
    /// Nobody promises the person's own task, or for somebody outside what they have not agreed.
    #[error("nobody's promise")]
    NotAPromise,
    /// Another agency's.
    #[error("another agency's")]
    NotYours,
    /// They own it already.
    #[error("nothing changes")]
    Same,
}

impl ItemFault {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::State,
        Self::NoDue,
        Self::Days,
        Self::Reason,
        Self::Capacity,
        Self::Before,
        Self::NotAPromise,
        Self::NotYours,
        Self::Same,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::State => "item-state",
            Self::NoDue => "item-no-due",
            Self::Days => "item-days",
            Self::Reason => "item-reason",
            Self::Capacity => "item-capacity",
            Self::Before => "item-before",
            Self::NotAPromise => "item-not-a-promise",
            Self::NotYours => "item-not-yours",
            Self::Same => "item-same",
        }
    }
}

/// The work and money that something binds: minutes a month, and NOK or SEK a month
/// (REQ-PLAN-05).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Minutes of staff a month.
    pub minutes: i64,
    /// Money a month, whole units.
    pub money: i64,
}

impl Load {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            minutes: self.minutes.saturating_add(other.minutes),
            money: self.money.saturating_add(other.money),
        }
    }

    /// Whether it is more than `capacity`, in either. A capacity that nobody stated bounds nothing.
    #[must_use]
    pub fn exceeds(self, capacity: Option<Self>) -> bool {
        capacity.is_some_and(|most| self.minutes > most.minutes || self.money > most.money)
    }
}

/// What a unit has promised, can promise, and would promise now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weighing {
    /// Promised in all plans.
    pub promised: Load,
    /// What this item binds.
    pub asked: Load,
    /// What the unit has said that it can.
    pub capacity: Option<Load>,
    /// Whether a manager has confirmed that it is more.
    pub confirmed: bool,
}

impl Weighing {
    /// Whether a manager must say yes before.
    #[must_use]
    pub fn needs_manager(self) -> bool {
        !self.confirmed && self.promised.and(self.asked).exceeds(self.capacity)
    }
}

impl Item {
    /// A new item.
    ///
    /// # Errors
    /// When its day is before its beginning.
    pub fn propose(
        owner: Owner,
        starts: Option<Date>,
        due: Option<Date>,
    ) -> Result<Self, ItemFault> {
        if let (Some(starts), Some(due)) = (starts, due)
            && due < starts
        {
            return Err(ItemFault::Days);
        }
        Ok(Self {
            owner,
            asked: None,
            state: ItemState::Open,
            starts,
            due,
            accepted_on: None,
            started_on: None,
            ended_on: None,
            evaluation: None,
        })
    }

    fn is(self, states: &[ItemState]) -> Result<Self, ItemFault> {
        if states.contains(&self.state) { Ok(self) } else { Err(ItemFault::State) }
    }

    /// Takes it on: from now it is a promise with a day (REQ-PLAN-02). What would be more than the
    /// unit's capacity waits for its manager (REQ-PLAN-05).
    ///
    /// # Errors
    /// Without a day, by another agency, beyond the capacity, or when it is not proposed.
    pub fn accept(self, by: AgencyId, weighing: Weighing, today: Date) -> Result<Self, ItemFault> {
        let item = self.is(&[ItemState::Open])?;
        if matches!(item.owner, Owner::Person { .. }) {
            return Err(ItemFault::NotAPromise);
        }
        if item.owner.agency() != by {
            return Err(ItemFault::NotYours);
        }
        let Some(due) = item.due else { return Err(ItemFault::NoDue) };
        if due < today {
            return Err(ItemFault::Days);
        }
        if matches!(item.owner, Owner::Agency { .. }) && weighing.needs_manager() {
            return Err(ItemFault::Capacity);
        }
        Ok(Self { state: ItemState::Accepted, accepted_on: Some(today), ..item })
    }

    /// Begins it, when everything that must come before it is done.
    ///
    /// # Errors
    /// When something must come before it, or nobody has promised it.
    pub fn start(self, all_before_done: bool, today: Date) -> Result<Self, ItemFault> {
        let own = matches!(self.owner, Owner::Person { .. });
        let from: &[ItemState] =
            if own { &[ItemState::Open, ItemState::Accepted] } else { &[ItemState::Accepted] };
        let item = self.is(from)?;
        if !all_before_done {
            return Err(ItemFault::Before);
        }
        Ok(Self { state: ItemState::Started, started_on: Some(today), ..item })
    }

    /// It is done. Done after its day is a breach of the promise.
    ///
    /// # Errors
    /// When nobody has promised it, or it is over.
    pub fn finish(self, today: Date) -> Result<Acted, ItemFault> {
        let own = matches!(self.owner, Owner::Person { .. });
        let from: &[ItemState] = match own {
            true => &[ItemState::Open, ItemState::Accepted, ItemState::Started],
            false => &[ItemState::Accepted, ItemState::Started],
        };
        let item = self.is(from)?;
        let breach = item.broken(today);
        let started_on = item.started_on.or(Some(today));
        let item =
            Self { state: ItemState::Done, started_on, ended_on: Some(today), asked: None, ..item };
        Ok(Acted { item, breach })
    }

    /// It is given up. What was promised is broken by it: not done where its day had passed, else
    /// taken back.
    ///
    /// # Errors
    /// Without a reason, or when it is over.
    pub fn withdraw(self, reason: &str, today: Date) -> Result<Acted, ItemFault> {
        self.leave(ItemState::Withdrawn, reason, today)
    }

    /// Nothing is there for it. Its need stays (REQ-PLAN-08).
    ///
    /// # Errors
    /// Without a reason, or when it is over.
    pub fn lack(self, reason: &str, today: Date) -> Result<Acted, ItemFault> {
        self.leave(ItemState::Unmet, reason, today)
    }

    fn leave(self, state: ItemState, reason: &str, today: Date) -> Result<Acted, ItemFault> {
        if reason.trim().is_empty() {
            return Err(ItemFault::Reason);
        }
        let item = self.is(&[ItemState::Open, ItemState::Accepted, ItemState::Started])?;
        let promised = item.state.is_promised() && matches!(item.owner, Owner::Agency { .. });
        let kind = match item.broken(today) {
            Some(_) => BreachKind::NotDone,
            None => BreachKind::Withdrawn,
        };
        let breach = promised.then(|| (kind, item.owner.agency()));
        Ok(Acted { item: Self { state, ended_on: Some(today), asked: None, ..item }, breach })
    }

    /// Moves its days. A promise that is late when its day is moved was broken all the same.
    ///
    /// # Errors
    /// When the days do not fit, or it is over.
    pub fn move_days(
        self,
        starts: Option<Date>,
        due: Option<Date>,
        today: Date,
    ) -> Result<Acted, ItemFault> {
        let breach = self.broken(today);
        let item = self.is(&[ItemState::Open, ItemState::Accepted, ItemState::Started])?;
        if item.state.is_promised() && due.is_none() {
            return Err(ItemFault::NoDue);
        }
        if let (Some(starts), Some(due)) = (starts, due)
            && due < starts
        {
            return Err(ItemFault::Days);
        }
        if due != item.due && due.is_some_and(|due| due < today) {
            return Err(ItemFault::Days);
        }
        Ok(Acted { item: Self { starts, due, ..item }, breach })
    }

    /// The promise that is broken today because its day has passed: an agency's, never the
    /// person's own task and never somebody's outside (REQ-PLAN-02, REQ-PLAN-13).
    #[must_use]
    pub fn broken(&self, today: Date) -> Option<(BreachKind, AgencyId)> {
        let Owner::Agency { agency, .. } = self.owner else { return None };
        let late = self.due.is_some_and(|due| due < today);
        (late && self.state.is_promised()).then_some((BreachKind::Late, agency))
    }

    /// Asks another unit, or another worker, to do it. It stays where it is until they say yes
    /// (REQ-PLAN-14).
    ///
    /// # Errors
    /// When they do it already, or it is over.
    pub fn ask(self, to: Owner) -> Result<Self, ItemFault> {
        let item = self.is(&[ItemState::Open, ItemState::Accepted, ItemState::Started])?;
        if item.owner == to {
            return Err(ItemFault::Same);
        }
        Ok(Self { asked: Some(to), ..item })
    }

    /// The agency that was asked says yes: the promise moves with its day. Or no: nothing moves.
    ///
    /// # Errors
    /// When another agency was asked; when what is under way has no day, which an agency's promise
    /// has (REQ-PLAN-02); or when the promise is broken already: its day is moved first, so that the
    /// breach stays with the one whose it is.
    pub fn take_over(self, by: AgencyId, yes: bool, today: Date) -> Result<Self, ItemFault> {
        let Some(to) = self.asked else { return Err(ItemFault::State) };
        if to.agency() != by {
            return Err(ItemFault::NotYours);
        }
        if !yes {
            return Ok(Self { asked: None, ..self });
        }
        if self.broken(today).is_some() {
            return Err(ItemFault::Days);
        }
        let mut accepted_on = self.accepted_on;
        if self.state.is_promised() && !matches!(to, Owner::Person { .. }) {
            // What the person had begun by themselves bound nobody. From now it binds somebody.
            let due = self.due.ok_or(ItemFault::NoDue)?;
            if due < today {
                return Err(ItemFault::Days);
            }
            accepted_on = accepted_on.or(Some(today));
        }
        Ok(Self { owner: to, accepted_on, asked: None, ..self })
    }

    /// Looks at it afterwards (REQ-PLAN-11).
    ///
    /// # Errors
    /// When it is not over.
    pub fn evaluate(self, what: Evaluation) -> Result<Self, ItemFault> {
        if self.state.is_open() {
            return Err(ItemFault::State);
        }
        Ok(Self { evaluation: Some(what), ..self })
    }

    /// Whether it is over and nobody has looked at it: the next link would begin without it.
    #[must_use]
    pub fn lacks_evaluation(&self) -> bool {
        matches!(self.state, ItemState::Done) && self.evaluation.is_none()
    }

    /// Whether it counts as delivered by `agency`: its own, done. The person's own tasks and those
    /// of others outside never do (REQ-PLAN-13).
    #[must_use]
    pub fn is_delivered_by(&self, agency: AgencyId) -> bool {
        self.state == ItemState::Done
            && matches!(self.owner, Owner::Agency { agency: owner, .. } if owner == agency)
    }
}
