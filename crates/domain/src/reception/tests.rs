use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::case::NextStep;
use crate::ids::{AppointmentId, CaseId, StaffId, UnitId, VisitId};
use crate::office::AgencyKind;

const TODAY: Date = date(2026, 11, 22);

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

fn step() -> StepFor {
    StepFor {
        step: NextStep::new("Talk", staff(1), TODAY, "Room 1", TODAY).unwrap(),
        unit: UnitId(Uuid::nil()),
    }
}

fn visit(track: Track) -> Visit {
    Visit::arrive(VisitId(Uuid::nil()), Mode::Host, track)
}

/// REQ-FRONT-06: one agency's needs go to its desk, several to the common
/// area, all three to a joint meeting, each with its reasons.
#[test]
fn sorting_follows_the_needs_and_says_why() {
    use Need::*;
    let table: &[(&[Need], Track, usize)] = &[
        (&[Work], Track::Desk, 1),
        (&[Work, Training], Track::Desk, 1),
        (&[Income, Housing, Debt], Track::Desk, 1),
        (&[Work, Income], Track::CommonArea, 2),
        (&[Family], Track::CommonArea, 2),
        (&[Letter], Track::CommonArea, 0),
        (&[Letter, Illness], Track::Desk, 1),
        (&[Work, Illness, Income], Track::JointMeeting, 3),
        (&[Work, Family], Track::JointMeeting, 3),
        (&[], Track::CommonArea, 0),
    ];
    for (needs, track, agencies) in table {
        let sorting = sort(needs);
        assert_eq!((sorting.track, sorting.agencies.len()), (*track, *agencies), "{needs:?}");
        assert_eq!(sorting.because.len(), needs.len());
    }
}

/// REQ-FRONT-03: no need is named after an agency.
#[test]
fn no_need_carries_the_name_of_an_agency() {
    for need in Need::ALL {
        assert_eq!(Need::parse(need.as_str()), Some(need));
        for agency in AgencyKind::ALL {
            assert_ne!(need.as_str(), agency.as_str());
        }
    }
}

/// REQ-FRONT-08: a composed visit cannot close without a booked meeting or a
/// recorded refusal by the person.
#[test]
fn a_composed_visit_needs_its_meeting_or_a_recorded_no() {
    let open = visit(Track::JointMeeting).take(staff(1), false).unwrap();
    let informed = || Outcome::Informed { answer: "Told".into() };
    assert_eq!(open.clone().close(informed(), "  ", TODAY).unwrap_err(), CloseFault::MeetingNeeded);
    assert!(open.clone().close(informed(), "Wants no meeting", TODAY).is_ok());
    let booked = Outcome::Meeting { appointment: AppointmentId(Uuid::nil()), step: step() };
    assert!(open.close(booked, "", TODAY).is_ok());
}

/// REQ-FRONT-07: what is clarified on the spot names who took part.
#[test]
fn a_clarification_names_the_agencies_that_took_part() {
    let open = visit(Track::CommonArea).take(staff(1), false).unwrap();
    let clarified = |agencies: &[AgencyKind]| Outcome::Clarified {
        answer: "Both forms sent".into(),
        agencies: agencies.iter().copied().collect::<BTreeSet<_>>(),
    };
    assert_eq!(
        open.clone().close(clarified(&[]), "", TODAY).unwrap_err(),
        CloseFault::NobodyTookPart
    );
    let both = [AgencyKind::Employment, AgencyKind::Social];
    assert!(open.close(clarified(&both), "", TODAY).is_ok());
}

/// REQ-FRONT-05: the host may take over at any time; others may not take a
/// visit from one another.
#[test]
fn the_host_may_take_over_and_others_may_not() {
    let served = visit(Track::Desk).take(staff(1), false).unwrap();
    assert_eq!(served.mode, Mode::Desk);
    assert_eq!(served.clone().take(staff(2), false).unwrap_err(), VisitFault::ServedByAnother);
    let taken = served.take(staff(3), true).unwrap();
    assert_eq!(
        (taken.state.clone(), taken.mode),
        (VisitState::Serving { by: staff(3) }, Mode::Host)
    );
}

/// REQ-FRONT-06: a corrected sorting keeps the first one, so that wrong
/// sortings can be counted.
#[test]
fn a_correction_needs_a_reason_and_keeps_the_first_sorting() {
    let first = visit(Track::Desk);
    assert_eq!(first.clone().sort_anew(Track::Desk, "x").unwrap_err(), VisitFault::SameTrack);
    assert!(matches!(first.clone().sort_anew(Track::CommonArea, " "), Err(VisitFault::Reason(_))));
    let corrected = first.sort_anew(Track::CommonArea, "Also rent").unwrap();
    assert_eq!((corrected.track, corrected.first_track), (Track::CommonArea, Track::Desk));
}

/// REQ-FRONT-01 (waiting): the wait is said only when today bears it out.
#[test]
fn the_expected_wait_is_honest() {
    assert_eq!(expected_wait(0, &[], 2), ExpectedWait::Now);
    assert_eq!(expected_wait(4, &[10, 12], 2), ExpectedWait::Unknown);
    assert_eq!(expected_wait(4, &[10, 12, 14, 9], 0), ExpectedWait::Unknown);
    assert_eq!(expected_wait(4, &[8, 10, 12, 20], 2), ExpectedWait::Between(20, 40));
    assert_eq!(expected_wait(1, &[1, 1, 1, 1], 1), ExpectedWait::Between(5, 5));
}

#[derive(Clone, Debug)]
enum Act {
    Take(u128, bool),
    PutBack,
    Sort(usize, bool),
    Close(usize, bool),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1u128..5, any::<bool>()).prop_map(|(by, host)| Act::Take(by, host)),
        Just(Act::PutBack),
        (0usize..3, any::<bool>()).prop_map(|(track, reason)| Act::Sort(track, reason)),
        (0usize..7, any::<bool>()).prop_map(|(kind, declined)| Act::Close(kind, declined)),
    ]
}

fn outcome(kind: usize) -> Outcome {
    match kind {
        0 => Outcome::Left,
        1 => Outcome::Informed { answer: "Told".into() },
        2 => Outcome::NextStep(step()),
        3 => Outcome::Outside { whom: "The school".into(), step: step() },
        4 => Outcome::Case { case: CaseId(Uuid::nil()), step: step() },
        5 => Outcome::Meeting { appointment: AppointmentId(Uuid::nil()), step: step() },
        _ => Outcome::Clarified {
            answer: "Done".into(),
            agencies: BTreeSet::from([AgencyKind::Social]),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// REQ-FRONT-09: no order of acts ends a visit without an outcome or a
    /// next step, and nothing changes a visit that has ended.
    #[test]
    fn nobody_leaves_without_an_outcome_or_a_next_step(
        acts in prop::collection::vec(act(), 1..60)
    ) {
        let mut visit = visit(Track::Desk);
        for act in acts {
            let before = visit.clone();
            let after = match act {
                Act::Take(by, host) => visit.clone().take(staff(by), host).ok(),
                Act::PutBack => visit.clone().put_back().ok(),
                Act::Sort(track, reason) => {
                    let track = Track::ALL.into_iter().nth(track).unwrap();
                    visit.clone().sort_anew(track, if reason { "Because" } else { "" }).ok()
                }
                Act::Close(kind, declined) => {
                    let declined = if declined { "Said no" } else { "" };
                    visit.clone().close(outcome(kind), declined, TODAY).ok()
                }
            };
            if let Some(after) = after {
                let was_open = !matches!(before.state, VisitState::Closed { .. });
                prop_assert!(was_open);
                visit = after;
            }
            if let VisitState::Closed { outcome } = &visit.state {
                let ends = matches!(
                    **outcome,
                    Outcome::Clarified { .. } | Outcome::Informed { .. } | Outcome::Left
                );
                prop_assert!(ends || outcome.step().is_some());
                if visit.track == Track::JointMeeting && **outcome != Outcome::Left {
                    let booked = outcome.kind() == OutcomeKind::Meeting;
                    prop_assert!(booked || visit.meeting_declined.is_some());
                }
            }
        }
    }
}
