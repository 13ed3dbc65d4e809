use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::case::shuttles;
use crate::ids::AgencyId;

const DAY: Date = date(2026, 11, 23);

fn sent(wish: Wish, to: Option<u8>) -> Referral<u8> {
    Referral { sender: 0, to, wish, state: State::Sent, deadline: DAY }
}

/// REQ-REF-02: the states, who may bring them about, and what a second answer is told.
#[test]
fn a_referral_is_answered_once_by_its_receiver() {
    use State::{Accepted, Expired, Received, Returned, Sent, Settled, Withdrawn};
    let late = Act::Day(DAY + 1.day());
    for (state, act, is) in [
        (Sent, Act::Receive { by: 1 }, Ok(Received)),
        (Sent, Act::Receive { by: 0 }, Err(ReferFault::NotReceiver)),
        (Received, Act::Receive { by: 1 }, Err(ReferFault::Answered(Received))),
        (Sent, Act::Accept { by: 1 }, Ok(Accepted)),
        (Received, Act::Accept { by: 1 }, Ok(Accepted)),
        (Sent, Act::Accept { by: 2 }, Err(ReferFault::NotReceiver)),
        (Accepted, Act::Return { by: 1 }, Err(ReferFault::Answered(Accepted))),
        (Returned, Act::Accept { by: 1 }, Err(ReferFault::Answered(Returned))),
        (Expired, Act::Accept { by: 1 }, Err(ReferFault::Answered(Expired))),
        (Withdrawn, Act::Accept { by: 1 }, Err(ReferFault::Answered(Withdrawn))),
        (Received, Act::Return { by: 1 }, Ok(Returned)),
        (Sent, Act::Withdraw { by: 0 }, Ok(Withdrawn)),
        (Sent, Act::Withdraw { by: 1 }, Err(ReferFault::NotSender)),
        (Sent, Act::Day(DAY), Ok(Sent)),
        (Sent, late, Ok(Expired)),
        (Received, late, Ok(Expired)),
        (Accepted, late, Ok(Accepted)),
        (Expired, Act::Settle, Ok(Settled)),
        (Returned, Act::Settle, Ok(Settled)),
        (Sent, Act::Settle, Err(ReferFault::NothingToSettle)),
    ] {
        let one = Referral { state, ..sent(Wish::Part, Some(1)) };
        assert_eq!(one.go(act).map(|it| it.state), is, "{state:?} {act:?}");
    }
    // Outside the house the sender notes the answer, and nobody else does.
    let outside = sent(Wish::TakeOver, None);
    assert_eq!(outside.go(Act::Accept { by: 0 }).unwrap().takes_over(), None);
    assert_eq!(outside.go(Act::Accept { by: 1 }), Err(ReferFault::NotReceiver));
}

fn act() -> impl Strategy<Value = (u8, u8, u8, u8, i64)> {
    (0..8_u8, 0..4_u8, 0..5_u8, 0..6_u8, -3..6_i64)
}

proptest! {
    /// REQ-REF-01, REQ-REF-02, REQ-REF-16: over any sequence of sendings, answers, days and
    /// decisions a case has exactly one unit that answers for it, and it moves to a unit only with
    /// that unit's yes to taking it over; what is outside the house never gets it.
    #[test]
    fn exactly_one_unit_answers_for_a_case(acts in proptest::collection::vec(act(), 1..60)) {
        let mut matter = Matter { owner: 0_u8, referrals: Vec::new() };
        let mut today = DAY;
        for (what, by, to, at, days) in acts {
            let before = matter.clone();
            today = today.max(DAY + days.days());
            let at = usize::from(at);
            let act = match what {
                0 | 1 => {
                    let wish = if what == 0 { Wish::TakeOver } else { Wish::Part };
                    let to = (to < 4).then_some(to);
                    let new = Referral { sender: by, to, wish, state: State::Sent, deadline: today };
                    if let Ok(after) = matter.clone().send(new) {
                        matter = after;
                    }
                    prop_assert_eq!(matter.owner, before.owner, "sending moves nothing");
                    continue;
                }
                2 => Act::Receive { by },
                3 => Act::Accept { by },
                4 => Act::Return { by },
                5 => Act::Withdraw { by },
                6 => Act::Day(today),
                _ => Act::Settle,
            };
            if let Ok(after) = matter.clone().go(at, act) {
                matter = after;
            }
            if matter.owner != before.owner {
                let one = matter.referrals[at];
                prop_assert_eq!(act, Act::Accept { by: matter.owner });
                prop_assert_eq!(one.to, Some(matter.owner));
                prop_assert_eq!(one.wish, Wish::TakeOver);
                prop_assert!(before.referrals[at].state.is_open());
                prop_assert_eq!(one.sender, before.owner);
            }
            // What is over stays over, but for the manager's decision.
            for (old, new) in before.referrals.iter().zip(&matter.referrals) {
                let decided = new.state == State::Settled
                    && matches!(old.state, State::Expired | State::Returned);
                prop_assert!(old.state.is_open() || new.state == old.state || decided);
            }
        }
    }

    /// REQ-REF-10: the waiting times by cause add up to the whole time, however the days lie.
    #[test]
    fn waiting_by_cause_adds_up(
        to in 0..4_usize,
        state in 0..7_usize,
        days in proptest::collection::vec(proptest::option::of(-5..90_i64), 4),
        until in 0..120_i64,
    ) {
        let on = |at: usize| days[at].map(|more| DAY + more.days());
        let steps = Steps {
            to: Receiver::ALL[to],
            state: State::ALL[state],
            sent: DAY,
            received: on(0),
            answered: on(1),
            came: on(2),
            decided: on(3),
        };
        let waits = steps.waits(DAY + until.days());
        prop_assert!(waits.parts.iter().all(|(_, days)| *days >= 0));
        prop_assert_eq!(waits.parts.iter().map(|(_, days)| days).sum::<i64>(), waits.whole);
        let (parts, whole) = total(&[waits.clone(), waits.clone()]);
        prop_assert_eq!(parts.iter().map(|(_, days)| days).sum::<i64>(), whole);
        prop_assert_eq!(whole, 2 * waits.whole);
    }

    /// REQ-REF-03: the picture goes back as often as the count of shuttles says.
    #[test]
    fn the_picture_goes_back_as_often_as_there_are_shuttles(
        chain in proptest::collection::vec(0..4_u128, 0..20)
    ) {
        let agencies: Vec<AgencyId> =
            chain.iter().map(|n| AgencyId(uuid::Uuid::from_u128(*n))).collect();
        let stops = points(&agencies);
        let back = stops.iter().filter(|stop| stop.back).count();
        prop_assert_eq!(u32::try_from(back).unwrap(), shuttles(&agencies));
        prop_assert!(stops.iter().all(|stop| stop.lane < lanes(&agencies).len()));
    }
}

/// REQ-REF-10: each wait has its cause: a queue, a decision, the start of a course, a statement.
#[test]
fn each_wait_has_its_cause() {
    let steps = Steps {
        to: Receiver::Provider,
        state: State::Accepted,
        sent: DAY,
        received: Some(DAY + 2.days()),
        answered: Some(DAY + 7.days()),
        came: Some(DAY + 21.days()),
        decided: None,
    };
    let waits = steps.waits(DAY + 25.days());
    let parts = [(Cause::Queue, 2), (Cause::Decision, 5), (Cause::Start, 14), (Cause::Decision, 4)];
    assert_eq!((waits.parts.as_slice(), waits.whole), (&parts[..], 25));
    let health =
        Steps { to: Receiver::Health, state: State::Received, answered: None, came: None, ..steps };
    let waits = health.waits(DAY + 30.days());
    assert_eq!(waits.parts, [(Cause::Queue, 2), (Cause::Statement, 28)]);
    let over = Steps { state: State::Returned, came: None, ..steps };
    assert_eq!(over.waits(DAY + 90.days()).whole, 7, "what is over is not waited for");
}
