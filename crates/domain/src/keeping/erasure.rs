//! A request for erasure (GDPR art. 17): asked, decided by one, confirmed by
//! another, done. Nobody erases alone, and nothing is erased that the law keeps.

use crate::ids::StaffId;

/// What stands in the way of erasing a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// It is a record that was joined to another: both are one person.
    Joined,
    /// A legal hold is in force.
    Hold,
    /// A case is open.
    OpenCase,
    /// A visit is not ended.
    OpenVisit,
    /// The archive law keeps something.
    Archive,
}

impl Finding {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Hold => "hold",
            Self::OpenCase => "open_case",
            Self::OpenVisit => "open_visit",
            Self::Archive => "archive",
        }
    }
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Taken down.
    Asked,
    /// Somebody decided to erase.
    Approved {
        /// Who.
        by: StaffId,
    },
    /// Somebody decided not to.
    Refused,
    /// A second person said so too.
    Confirmed {
        /// Who decided.
        by: StaffId,
        /// Who confirmed.
        second: StaffId,
    },
    /// It is done.
    Done,
    /// The person took it back.
    Withdrawn,
}

impl State {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Approved { .. } => "approved",
            Self::Refused => "refused",
            Self::Confirmed { .. } => "confirmed",
            Self::Done => "done",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureFault {
    /// The request is not in a state for it.
    NotNow,
    /// The law keeps something: erasing must wait or be refused.
    Kept,
    /// The second person must be another.
    SamePerson,
}

impl ErasureFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotNow => "erasure-not-now",
            Self::Kept => "erasure-kept",
            Self::SamePerson => "erasure-same-person",
        }
    }
}

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// How far it has come.
    pub state: State,
}

impl Erasure {
    /// A new request.
    #[must_use]
    pub fn asked() -> Self {
        Self { state: State::Asked }
    }

    /// Decides to erase. What stands in the way is found anew each time.
    ///
    /// # Errors
    /// See [`ErasureFault`].
    pub fn approve(self, by: StaffId, findings: &[Finding]) -> Result<Self, ErasureFault> {
        match self.state {
            State::Asked if findings.is_empty() => Ok(Self { state: State::Approved { by } }),
            State::Asked => Err(ErasureFault::Kept),
            _ => Err(ErasureFault::NotNow),
        }
    }

    /// Decides not to.
    ///
    /// # Errors
    /// [`ErasureFault::NotNow`].
    pub fn refuse(self) -> Result<Self, ErasureFault> {
        match self.state {
            State::Asked => Ok(Self { state: State::Refused }),
            _ => Err(ErasureFault::NotNow),
        }
    }

    /// Confirms what another decided.
    ///
    /// # Errors
    /// See [`ErasureFault`].
    pub fn confirm(self, second: StaffId, findings: &[Finding]) -> Result<Self, ErasureFault> {
        match self.state {
            State::Approved { by } if by == second => Err(ErasureFault::SamePerson),
            State::Approved { .. } if !findings.is_empty() => Err(ErasureFault::Kept),
            State::Approved { by } => Ok(Self { state: State::Confirmed { by, second } }),
            _ => Err(ErasureFault::NotNow),
        }
    }

    /// It was carried out.
    ///
    /// # Errors
    /// See [`ErasureFault`].
    pub fn done(self, findings: &[Finding]) -> Result<Self, ErasureFault> {
        match self.state {
            State::Confirmed { .. } if findings.is_empty() => Ok(Self { state: State::Done }),
            State::Confirmed { .. } => Err(ErasureFault::Kept),
            _ => Err(ErasureFault::NotNow),
        }
    }

    /// The person takes it back, as long as nothing is erased.
    ///
    /// # Errors
    /// [`ErasureFault::NotNow`].
    pub fn withdraw(self) -> Result<Self, ErasureFault> {
        match self.state {
            State::Asked | State::Approved { .. } => Ok(Self { state: State::Withdrawn }),
            _ => Err(ErasureFault::NotNow),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Approve(u8, bool),
        Refuse,
        Confirm(u8, bool),
        Done(bool),
        Withdraw,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0u8..3, any::<bool>()).prop_map(|(by, kept)| Step::Approve(by, kept)),
            Just(Step::Refuse),
            (0u8..3, any::<bool>()).prop_map(|(by, kept)| Step::Confirm(by, kept)),
            any::<bool>().prop_map(Step::Done),
            Just(Step::Withdraw),
        ]
    }

    fn who(n: u8) -> StaffId {
        StaffId(Uuid::from_u128(n.into()))
    }

    fn findings(kept: bool) -> &'static [Finding] {
        if kept { &[Finding::Hold] } else { &[] }
    }

    proptest! {
        /// Whatever is tried in whatever order: what is done was decided by one and
        /// confirmed by another while nothing stood in the way, and nothing moves
        /// after an end.
        #[test]
        fn nobody_erases_alone(steps in prop::collection::vec(step(), 1..40)) {
            let mut now = Erasure::asked();
            let (mut approved, mut confirmed) = (None, None);
            for step in steps {
                let ended = matches!(now.state, State::Done | State::Refused | State::Withdrawn);
                let next = match step {
                    Step::Approve(by, kept) => now.approve(who(by), findings(kept)),
                    Step::Refuse => now.refuse(),
                    Step::Confirm(by, kept) => now.confirm(who(by), findings(kept)),
                    Step::Done(kept) => now.done(findings(kept)),
                    Step::Withdraw => now.withdraw(),
                };
                let Ok(next) = next else { continue };
                prop_assert!(!ended);
                match (step, next.state) {
                    (Step::Approve(by, kept), _) => { prop_assert!(!kept); approved = Some(by); }
                    (Step::Confirm(by, kept), _) => { prop_assert!(!kept); confirmed = Some(by); }
                    (Step::Done(kept), _) => {
                        prop_assert!(!kept && approved.is_some() && confirmed.is_some());
                        prop_assert_ne!(approved, confirmed);
                    }
                    _ => {}
                }
                now = next;
            }
        }
    }

    #[test]
    fn each_fault_has_its_reason() {
        let one = Erasure::asked();
        assert_eq!(one.approve(who(1), &[Finding::OpenCase]), Err(ErasureFault::Kept));
        let approved = one.approve(who(1), &[]).unwrap();
        assert_eq!(approved.confirm(who(1), &[]), Err(ErasureFault::SamePerson));
        assert_eq!(approved.confirm(who(2), &[Finding::Hold]), Err(ErasureFault::Kept));
        assert_eq!(approved.done(&[]), Err(ErasureFault::NotNow));
        let confirmed = approved.confirm(who(2), &[]).unwrap();
        assert_eq!(confirmed.done(&[Finding::Hold]), Err(ErasureFault::Kept));
        assert_eq!(confirmed.withdraw(), Err(ErasureFault::NotNow));
        assert_eq!(confirmed.done(&[]).unwrap().state, State::Done);
    }
}
