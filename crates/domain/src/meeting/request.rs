//! Asking another agency for a meeting: it is answered by its day, or both managements hear of
//! it (REQ-MEET-05).

use jiff::civil::Date;

use crate::codes::codes;

codes! {
    /// How far a request for a meeting has come.
    RequestState {
        /// It waits for an answer.
        Asked = "asked",
        /// Its day passed without one: it lies with the management of both agencies.
        Escalated = "escalated",
        /// They meet.
        Accepted = "accepted",
        /// They do not, for a reason and with something instead.
        Declined = "declined",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestAct {
    /// The one asked says yes.
    Accept,
    /// The one asked says no.
    Decline,
    /// The asker takes it back.
    Withdraw,
    /// A day has come.
    Day(Date),
}

/// Why a request did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request was answered or taken back")]
pub struct RequestOver;

impl RequestState {
    /// Does something with a request that is to be answered by a day, that day included. An
    /// answer after the escalation is an answer; that it came late stays in the count.
    ///
    /// # Errors
    /// When it is over already.
    pub fn go(self, by: Date, act: RequestAct) -> Result<Self, RequestOver> {
        match (self, act) {
            (Self::Asked, RequestAct::Day(today)) if today > by => Ok(Self::Escalated),
            (state, RequestAct::Day(_)) => Ok(state),
            (Self::Asked | Self::Escalated, RequestAct::Accept) => Ok(Self::Accepted),
            (Self::Asked | Self::Escalated, RequestAct::Decline) => Ok(Self::Declined),
            (Self::Asked | Self::Escalated, RequestAct::Withdraw) => Ok(Self::Withdrawn),
            _ => Err(RequestOver),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn act() -> impl Strategy<Value = (u8, i64)> {
        (0..4_u8, -5..10_i64)
    }

    proptest! {
        /// REQ-MEET-05: in any order of acts and days, a request that nobody answered is with the
        /// management from the day after its deadline on, never before; what is over stays over.
        #[test]
        fn no_request_lies_unanswered(acts in proptest::collection::vec(act(), 0..20)) {
            let by = date(2026, 11, 20);
            let mut state = RequestState::Asked;
            let mut latest = by - 30.days();
            for (what, days) in acts {
                let before = state;
                let did = match what {
                    0 => state.go(by, RequestAct::Accept),
                    1 => state.go(by, RequestAct::Decline),
                    2 => state.go(by, RequestAct::Withdraw),
                    _ => {
                        latest = latest.max(by + days.days());
                        state.go(by, RequestAct::Day(latest))
                    }
                };
                if let Ok(next) = did {
                    state = next;
                }
                let open = matches!(before, RequestState::Asked | RequestState::Escalated);
                prop_assert_eq!(open || what == 3, did.is_ok());
                if !open {
                    prop_assert_eq!(state, before);
                }
                if what == 3 && before == RequestState::Asked {
                    prop_assert_eq!(state == RequestState::Escalated, latest > by);
                }
            }
        }
    }

    /// REQ-MEET-05: on the deadline it waits, on the day after it is escalated.
    #[test]
    fn the_day_after_the_deadline_escalates() {
        let by = date(2026, 11, 20);
        let on = |day| RequestState::Asked.go(by, RequestAct::Day(day));
        assert_eq!(on(by), Ok(RequestState::Asked));
        assert_eq!(on(by + 1.day()), Ok(RequestState::Escalated));
    }
}
