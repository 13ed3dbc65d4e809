use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const ASKED: Date = date(2026, 11, 23);

#[test]
fn a_month_is_a_calendar_month() {
    for (asked, due) in [
        (ASKED, date(2026, 12, 23)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ] {
        assert_eq!(Question::ask(Kind::Objection, asked).due(), due);
    }
}

#[test]
fn a_longer_time_is_asked_for_once_in_time_and_with_a_reason() {
    let asked = Question::ask(Kind::Correction, ASKED);
    let late = asked.clone().extend("Many files", date(2026, 12, 24));
    assert_eq!(late, Err(QuestionFault::TooLate));
    let blank = asked.clone().extend(" ", ASKED);
    assert_eq!(blank, Err(QuestionFault::Reason(TextFault::Empty)));
    let longer = asked.extend("Many files", date(2026, 12, 23)).unwrap();
    assert_eq!(longer.due(), date(2027, 2, 23));
    assert!(!longer.is_overdue(date(2027, 2, 23)));
    assert!(longer.is_overdue(date(2027, 2, 24)));
    assert_eq!(longer.extend("More", date(2027, 1, 1)), Err(QuestionFault::ExtendedBefore));
}

#[test]
fn who_says_corrected_has_corrected_something() {
    let asked = Question::ask(Kind::Correction, ASKED);
    for verdict in [Verdict::Corrected, Verdict::Partly] {
        let said = asked.clone().answer(verdict, "Done", false, ASKED);
        assert_eq!(said, Err(QuestionFault::NothingChanged));
        assert!(asked.clone().answer(verdict, "Done", true, ASKED).is_ok());
    }
    assert!(asked.answer(Verdict::Refused, "It is right as it stands", false, ASKED).is_ok());
    let objection = Question::ask(Kind::Objection, ASKED);
    assert!(objection.answer(Verdict::Corrected, "We stop", false, ASKED).is_ok());
}

#[derive(Clone, Debug)]
enum Act {
    Extend(String),
    Answer(usize, String, bool),
    Withdraw,
}

fn act() -> impl Strategy<Value = (i64, Act)> {
    let reason = prop_oneof![Just(String::new()), Just("Because".to_owned())];
    let one = prop_oneof![
        reason.clone().prop_map(Act::Extend),
        (0_usize..3, reason, any::<bool>()).prop_map(|(v, r, c)| Act::Answer(v, r, c)),
        Just(Act::Withdraw),
    ];
    (-5_i64..200, one)
}

proptest! {
    /// REQ-INFO-16: whatever is done with a question, in any order and on any day: an end is an
    /// end, a refused act changes nothing, the deadline moves once and never past three months,
    /// every answer has its reason, and nothing overdue hides.
    #[test]
    fn no_sequence_of_acts_loses_a_question(
        kind in 0_usize..3,
        acts in proptest::collection::vec(act(), 0..12),
    ) {
        let mut now = Question::ask(Kind::ALL[kind], ASKED);
        for (days, act) in acts {
            let on = ASKED.checked_add(days.days()).unwrap();
            let before = now.clone();
            let done = match act {
                Act::Extend(reason) => now.clone().extend(&reason, on),
                Act::Answer(verdict, reason, changed) => {
                    now.clone().answer(Verdict::ALL[verdict], &reason, changed, on)
                }
                Act::Withdraw => now.clone().withdraw(on),
            };
            if let Ok(done) = done {
                prop_assert_eq!(before.state(), &State::Asked, "an end is an end");
                now = done;
            }
            prop_assert!(now.due() == after(ASKED, 1) || now.due() == after(ASKED, 3));
            prop_assert_eq!(now.due() == after(ASKED, 3), now.extended().is_some());
            prop_assert!(now.extended().is_none_or(|reason| !reason.is_empty()));
            if let State::Answered { reason, verdict, .. } = now.state() {
                prop_assert!(!reason.is_empty());
                prop_assert!(Verdict::parse(verdict.as_str()) == Some(*verdict));
            }
            let overdue = now.is_overdue(on);
            prop_assert_eq!(overdue, now.state() == &State::Asked && on > now.due());
        }
    }
}
