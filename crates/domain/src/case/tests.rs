use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::{AgencyId, CaseId, HandoverId, PersonId, StaffId, UnitId};
use crate::text::TextFault;

fn worker(n: u8) -> Worker {
    let unit = n / 3;
    Worker {
        id: StaffId(Uuid::from_u128(u128::from(n) + 100)),
        unit: UnitId(Uuid::from_u128(u128::from(unit) + 10)),
        agency: AgencyId(Uuid::from_u128(u128::from(unit % 3) + 1)),
        on_duty: n % 7 != 6,
    }
}

fn step(owner: &Worker, on: Date) -> NextStep {
    NextStep::new("Talk", owner.id, on, "Room 1", on).unwrap()
}

fn open(responsible: u8, deputy: u8, today: Date) -> Result<OpenCase, CaseFault> {
    let responsible = worker(responsible);
    let step = step(&responsible, today);
    OpenCase::open(CaseId(Uuid::nil()), PersonId(Uuid::nil()), responsible, worker(deputy), step)
}

fn ask(by: &Worker, to: &Worker, named: bool, reason: HandoverReason, today: Date) -> Ask {
    Ask {
        id: HandoverId(Uuid::nil()),
        by: by.id,
        to_agency: to.agency,
        to_unit: to.unit,
        to_staff: named.then_some(to.id),
        reason,
        need: "Help".into(),
        deadline: today.checked_add(7.days()).unwrap(),
    }
}

const TODAY: Date = date(2026, 11, 22);

/// REQ-REF-03: A to B to A is one shuttle, A to B to C none, a worker change none.
#[test]
fn shuttles_are_returns_to_an_earlier_sender() {
    let a = |n: u128| AgencyId(Uuid::from_u128(n));
    let table: &[(&[u128], u32)] = &[
        (&[1], 0),
        (&[1, 2], 0),
        (&[1, 2, 1], 1),
        (&[1, 2, 3], 0),
        (&[1, 2, 2, 1], 1),
        (&[1, 2, 1, 2], 2),
        (&[1, 2, 3, 1], 1),
        (&[1, 1, 1], 0),
    ];
    for (chain, expected) in table {
        let chain: Vec<_> = chain.iter().map(|n| a(*n)).collect();
        assert_eq!(shuttles(&chain), *expected, "{chain:?}");
    }
    assert!(shuttles(&[a(1), a(2), a(1), a(2)]) >= SHUTTLE_ALARM);
}

/// REQ-REF-04: after a refusal the asker is responsible on the same day, and
/// the refusal carries a reason and an alternative.
#[test]
fn a_refusal_needs_reason_and_alternative_and_moves_nothing() {
    let case = open(0, 1, TODAY).unwrap();
    let receiver = worker(3);
    let asked = case
        .clone()
        .ask(ask(&worker(0), &receiver, false, HandoverReason::Mandate, TODAY), false)
        .unwrap();
    assert_eq!(
        asked.clone().refuse(receiver, " ", "Try housing").unwrap_err(),
        CaseFault::RefusalReason(TextFault::Empty)
    );
    assert_eq!(
        asked.clone().refuse(receiver, "Not ours", "").unwrap_err(),
        CaseFault::RefusalAlternative(TextFault::Empty)
    );
    let (refused, answer) = asked.refuse(receiver, "Not ours", "Try housing").unwrap();
    assert_eq!(refused, case);
    assert!(matches!(answer, Answer::Refused { .. }));
}

/// REQ-REF-02: an unanswered hand-over expires after its last day, not on it.
#[test]
fn a_hand_over_expires_the_day_after_its_deadline() {
    let asked = open(0, 1, TODAY)
        .unwrap()
        .ask(ask(&worker(0), &worker(3), false, HandoverReason::Mandate, TODAY), false)
        .unwrap();
    let last_day = TODAY.checked_add(7.days()).unwrap();
    assert_eq!(asked.clone().expire(last_day).unwrap_err(), CaseFault::NotYetDue);
    let expired = asked.expire(last_day.tomorrow().unwrap()).unwrap();
    assert_eq!(expired.responsible.id, worker(0).id);
}

/// REQ-REF-09: on a change of scheme the old worker is responsible until the
/// new one accepts; REQ-FOLL-10: the same worker counts no change.
#[test]
fn a_change_of_scheme_leaves_no_gap_and_counts_forced_changes() {
    let case = open(0, 1, TODAY).unwrap();
    assert_eq!(case.forced_changes, 0);
    let asked = case
        .ask(ask(&worker(0), &worker(3), true, HandoverReason::SchemeChange, TODAY), false)
        .unwrap();
    assert_eq!(asked.responsible.id, worker(0).id);
    let moved = asked.accept(worker(3), None).unwrap();
    assert_eq!((moved.responsible.id, moved.forced_changes), (worker(3).id, 1));
}

/// REQ-REF-08: the municipality takes it only when all others have refused.
#[test]
fn the_municipality_is_the_last_resort_only_after_every_refusal() {
    let case = open(0, 1, TODAY).unwrap();
    let refused = case.clone().fall_to_municipality(worker(7), worker(8), false);
    assert_eq!(refused.unwrap_err(), CaseFault::NotAllRefused);
    let fallen = case.fall_to_municipality(worker(7), worker(8), true).unwrap();
    assert!(fallen.last_resort);
    assert_eq!(fallen.responsible.id, worker(7).id);
}

/// REQ-FRONT-29: a reason outside the list is none.
#[test]
fn every_reason_reads_back_and_nothing_else_does() {
    for reason in HandoverReason::ALL {
        assert_eq!(HandoverReason::parse(reason.as_str()), Some(reason));
    }
    assert_eq!(HandoverReason::parse("i_want_to"), None);
    assert_eq!(HandoverReason::parse(""), None);
}

/// REQ-FRONT-09: a next step has words, place and a day within the year.
#[test]
fn a_next_step_lacks_nothing() {
    let owner = worker(0).id;
    let make = |what: &str, on: Date, place: &str| NextStep::new(what, owner, on, place, TODAY);
    assert!(make("Talk", TODAY, "Room").is_ok());
    assert_eq!(make("", TODAY, "Room"), Err(StepFault::What(TextFault::Empty)));
    assert_eq!(make("Talk", TODAY, ""), Err(StepFault::Place(TextFault::Empty)));
    assert_eq!(make("Talk", TODAY.yesterday().unwrap(), "Room"), Err(StepFault::Past));
    assert_eq!(make("Talk", date(2027, 11, 23), "Room"), Err(StepFault::TooFar));
}

/// REQ-REF-01: where those who carry a case may no longer see the person, somebody who may steps in
/// and is asked, and the responsible worker stays until a yes.
#[test]
fn somebody_who_may_see_the_person_steps_in_and_is_asked() {
    // Who may see; who may be asked; who was asked in vain: the deputy, the step's owner, the asked.
    type Row<'a> = (&'a [u8], &'a [u8], &'a [u8], Option<(u8, u8, Option<u8>)>);
    let rows: &[Row<'_>] = &[
        // Everybody may: nothing is done.
        (&[0, 1, 2], &[2], &[], None),
        // The responsible worker may not: the deputy is asked, and sees to the step.
        (&[1, 2], &[2], &[], Some((1, 1, Some(1)))),
        // The deputy may not: another steps in, nobody is asked.
        (&[0, 2], &[2], &[], Some((2, 0, None))),
        // Neither may: one is asked and another steps in; of one there is, both.
        (&[2, 3], &[2, 3], &[], Some((3, 3, Some(2)))),
        (&[2], &[2], &[], Some((2, 2, Some(2)))),
        // Who is not on duty is no help, and whoever said no is not asked again.
        (&[3, 6], &[6, 3], &[], Some((3, 3, Some(3)))),
        (&[2, 3], &[2, 3], &[2], Some((2, 2, Some(3)))),
        (&[1], &[1], &[1], Some((1, 1, None))),
        // Nobody may: the case stays as it is.
        (&[], &[2, 3], &[], None),
    ];
    for (sees, others, in_vain, expected) in rows {
        let ids: Vec<StaffId> = sees.iter().map(|n| worker(*n).id).collect();
        let may = |who: StaffId| ids.contains(&who);
        let others: Vec<Worker> = others.iter().copied().map(worker).collect();
        let in_vain: Vec<StaffId> = in_vain.iter().map(|n| worker(*n).id).collect();
        let sight = Sight { sees: &may, answerable: false, others: &others, in_vain: &in_vain };
        let done = open(0, 1, TODAY).unwrap().in_sight(&sight);
        let told = done.map(|done| {
            assert_eq!(done.case.responsible.id, worker(0).id, "{sees:?}");
            (done.case.deputy.id, done.case.step.owner, done.ask.map(|it| it.id))
        });
        let expected = expected.map(|(deputy, owner, asked)| {
            (worker(deputy).id, worker(owner).id, asked.map(|n| worker(n).id))
        });
        assert_eq!(told, expected, "{sees:?}");
    }
    // A question that nobody asked may answer is taken back; another waits for its answer.
    let asked = open(0, 1, TODAY)
        .unwrap()
        .ask(ask(&worker(0), &worker(3), true, HandoverReason::Mandate, TODAY), false)
        .unwrap();
    let others = [worker(2)];
    let may = |who: StaffId| who == worker(2).id || who == worker(1).id;
    let sight = |answerable| Sight { sees: &may, answerable, others: &others, in_vain: &[] };
    let done = asked.clone().in_sight(&sight(false)).unwrap();
    assert_eq!(
        (done.taken_back, done.ask.map(|it| it.id)),
        (asked.asked.clone(), Some(worker(1).id))
    );
    let done = asked.clone().in_sight(&sight(true)).unwrap();
    assert_eq!((done.case.asked, done.ask, done.step), (asked.asked, None, true));
}

/// Everything anyone may try with a case, in any order and by anyone.
#[derive(Clone, Debug)]
enum Act {
    Plan { owner: u8, days: i32 },
    Deputy(u8),
    Ask { by: u8, to: u8, named: bool, reason: usize, manager: bool },
    Accept { by: u8, deputy: Option<u8> },
    Refuse { by: u8, words: bool },
    Withdraw(u8),
    Expire(i32),
    LastResort { holder: u8, deputy: u8, all_refused: bool },
    Hide { seen_by: u16, answerable: bool },
    Close { by: u8, manager: bool },
}

fn act() -> impl Strategy<Value = Act> {
    let who = 0u8..12;
    prop_oneof![
        (who.clone(), -2..400i32).prop_map(|(owner, days)| Act::Plan { owner, days }),
        who.clone().prop_map(Act::Deputy),
        (who.clone(), who.clone(), any::<bool>(), 0usize..6, any::<bool>()).prop_map(
            |(by, to, named, reason, manager)| Act::Ask { by, to, named, reason, manager }
        ),
        (who.clone(), prop::option::of(who.clone()))
            .prop_map(|(by, deputy)| Act::Accept { by, deputy }),
        (who.clone(), any::<bool>()).prop_map(|(by, words)| Act::Refuse { by, words }),
        who.clone().prop_map(Act::Withdraw),
        (0..40i32).prop_map(Act::Expire),
        (who.clone(), who.clone(), any::<bool>()).prop_map(|(holder, deputy, all_refused)| {
            Act::LastResort { holder, deputy, all_refused }
        }),
        (any::<u16>(), any::<bool>())
            .prop_map(|(seen_by, answerable)| Act::Hide { seen_by, answerable }),
        (who, any::<bool>()).prop_map(|(by, manager)| Act::Close { by, manager }),
    ]
}

/// The person becomes hidden from all but some, of whom each may be asked.
fn hide(case: OpenCase, seen_by: u16, answerable: bool) -> OpenCase {
    let others: Vec<Worker> = (0..12).map(worker).collect();
    let sees = |who: StaffId| (0u8..12).any(|n| worker(n).id == who && seen_by & (1 << n) != 0);
    let sight = Sight { sees: &sees, answerable, others: &others, in_vain: &[] };
    let Some(done) = case.clone().in_sight(&sight) else { return case };
    let Some(to) = done.ask else { return done.case };
    let by = done.case.responsible;
    done.case.ask(ask(&by, &to, true, HandoverReason::WorkerLeaves, TODAY), false).unwrap()
}

fn apply(case: OpenCase, act: &Act) -> Result<OpenCase, CaseFault> {
    let day = |days: i32| TODAY.checked_add(days.days()).unwrap();
    match *act {
        Act::Plan { owner, days } => {
            let owner = worker(owner);
            match NextStep::new("Talk", owner.id, day(days), "Room", TODAY) {
                Ok(step) => case.plan(step, owner),
                Err(_) => Ok(case),
            }
        }
        Act::Deputy(n) => case.appoint_deputy(worker(n)),
        Act::Ask { by, to, named, reason, manager } => case
            .ask(ask(&worker(by), &worker(to), named, HandoverReason::ALL[reason], TODAY), manager),
        Act::Accept { by, deputy } => case.accept(worker(by), deputy.map(worker)),
        Act::Refuse { by, words } => {
            case.refuse(worker(by), if words { "No" } else { "" }, "Other").map(|(case, _)| case)
        }
        Act::Withdraw(by) => case.withdraw(worker(by).id),
        Act::Expire(days) => case.expire(day(days)),
        Act::LastResort { holder, deputy, all_refused } => {
            case.fall_to_municipality(worker(holder), worker(deputy), all_refused)
        }
        Act::Hide { seen_by, answerable } => Ok(hide(case, seen_by, answerable)),
        Act::Close { by, manager } => {
            case.close(worker(by).id, manager, CloseReason::Work).map(|closed| closed.was)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// REQ-REF-01: whatever anyone does in whatever order, an open case has one
    /// responsible caseworker and one deputy, two people on duty, and a next
    /// step; and only an acceptance or the last resort moves responsibility.
    #[test]
    fn no_sequence_of_acts_leaves_a_case_without_its_three(
        acts in prop::collection::vec(act(), 1..120)
    ) {
        let mut case = open(0, 1, TODAY).unwrap();
        for act in acts {
            let before = case.clone();
            if let Ok(after) = apply(case.clone(), &act) {
                case = after;
            }
            prop_assert_ne!(case.responsible.id, case.deputy.id);
            prop_assert!(case.responsible.on_duty && case.deputy.on_duty);
            prop_assert!(!case.step.what.is_empty() && !case.step.place.is_empty());
            prop_assert_eq!(case.chain.last(), Some(&case.responsible.agency));
            if case.responsible.id != before.responsible.id {
                let accepted = matches!(act, Act::Accept { .. } | Act::LastResort { .. });
                prop_assert!(accepted);
                prop_assert_eq!(case.handovers, before.handovers + 1);
            }
            if matches!(act, Act::Refuse { .. } | Act::Expire(_) | Act::Withdraw(_)) {
                prop_assert_eq!(case.responsible, before.responsible);
            }
            if let Act::Hide { seen_by, .. } = act {
                let sees = |who: StaffId| {
                    (0u8..12).any(|n| worker(n).id == who && seen_by & (1 << n) != 0)
                };
                let somebody = (0..12).map(worker).any(|it| {
                    it.on_duty && it.id != case.responsible.id && sees(it.id)
                });
                // Somebody steps in at once, and somebody is asked.
                prop_assert!(!somebody || sees(case.deputy.id));
                prop_assert!(!somebody || sees(case.responsible.id) || case.asked.is_some());
            }
        }
    }
}
