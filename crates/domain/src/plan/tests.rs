//! The plan: its life, its promises, its order, its clashes.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;
use uuid::Uuid;

use super::clash::{Asked, ClashKind, Duty, Hours, Source, clashes};
use super::item::{Acted, Evaluation, Load, Weighing};
use super::merge::{Merge, three_way};
use super::order::{After, Days, Running, circle, idle, parallel, rounds};
use super::path::{Phase, Went, measure};
use super::stage::{Stage, now_and_next, report, years};
use super::wish::share;
use super::*;
use crate::ids::{AgencyId, PlanItemId, UnitId};
use crate::need::NeedKind;

const TODAY: Date = date(2026, 11, 22);

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

fn agency(n: u128) -> AgencyId {
    AgencyId(Uuid::from_u128(n))
}

fn id(n: u128) -> PlanItemId {
    PlanItemId(Uuid::from_u128(n))
}

fn owned(n: u128) -> Owner {
    Owner::Agency { agency: agency(n), unit: UnitId(Uuid::from_u128(n)), worker: None }
}

fn plan() -> Plan {
    let days = (TODAY, date(2029, 3, 1), date(2027, 2, 1));
    Plan::begin(Label::Action, (staff(1), staff(2)), days, TODAY).unwrap()
}

fn item(due: Date) -> Item {
    Item::propose(owned(1), Some(TODAY), Some(due)).unwrap()
}

/// REQ-PLAN-01: what a plan begins with.
#[test]
fn a_plan_begins_with_two_people_and_days_that_fit() {
    let good = (TODAY, date(2027, 11, 22), date(2027, 2, 1));
    for (who, days, expected) in [
        ((staff(1), staff(2)), good, None),
        ((staff(1), staff(1)), good, Some(PlanFault::SamePerson)),
        ((staff(1), staff(2)), (TODAY, date(2026, 1, 1), TODAY), Some(PlanFault::Period)),
        ((staff(1), staff(2)), (TODAY, good.1, date(2026, 11, 21)), Some(PlanFault::Revision)),
        ((staff(1), staff(2)), (TODAY, good.1, date(2028, 1, 1)), Some(PlanFault::Revision)),
    ] {
        assert_eq!(Plan::begin(Label::Sip, who, days, TODAY).err(), expected);
    }
}

/// REQ-PLAN-03: the name changes and nothing else does.
#[test]
fn another_name_changes_nothing_else() {
    let before = plan().agree(&[Part::Agreement], TODAY).unwrap();
    let after = before.clone().relabel(Label::Individual).unwrap();
    assert_eq!(after, Plan { label: Label::Individual, ..before.clone() });
    assert_eq!(before.relabel(Label::Action), Err(PlanFault::Same));
}

/// REQ-PLAN-01, REQ-PLAN-03: what the law asks for under each name, and nobody agrees to less.
#[test]
fn what_is_missing_stands_in_the_way_of_a_yes() {
    for label in Label::ALL {
        let all: BTreeSet<Part> = label.required().iter().copied().collect();
        assert!(label.missing(&all).is_empty());
        assert!(all.contains(&Part::Goal) && all.contains(&Part::Revision), "{label:?}");
        for part in label.required() {
            let mut less = all.clone();
            less.remove(part);
            assert_eq!(label.missing(&less), [*part]);
            let agreed = plan().agree(&label.missing(&less), TODAY);
            assert_eq!(agreed.is_ok(), *part == Part::Agreement, "{label:?} {part:?}");
        }
    }
    // domain.md D.1 and D.2: twelve fields of the regulation; six of the SIP and its crisis.
    assert_eq!(Label::Individual.required().len(), 13);
    assert!(Label::Sip.required().contains(&Part::Crisis));
}

/// REQ-PLAN-14: who was asked coordinates when they have said yes, and not before.
#[test]
fn nobody_coordinates_without_a_yes() {
    let asked = plan().ask(staff(3)).unwrap();
    assert_eq!(asked.coordinator, staff(1));
    assert_eq!(asked.clone().answer(staff(2), true), Err(PlanFault::NotAsked));
    assert_eq!(asked.clone().answer(staff(3), false).unwrap().coordinator, staff(1));
    let taken = asked.answer(staff(3), true).unwrap();
    assert_eq!((taken.coordinator, taken.deputy, taken.asked), (staff(3), staff(2), None));
    let swapped = plan().ask(staff(2)).unwrap().answer(staff(2), true).unwrap();
    assert_eq!((swapped.coordinator, swapped.deputy), (staff(2), staff(1)));
}

/// REQ-PLAN-02: a promise breaks when its day passes, when it is taken back, and when it is given
/// up late; moving the day unbreaks nothing.
#[test]
fn a_promise_that_breaks_is_seen() {
    let due = date(2026, 12, 1);
    let late = date(2026, 12, 2);
    let accepted = item(due).accept(agency(1), Weighing::default(), TODAY).unwrap();
    assert_eq!(accepted.accepted_on, Some(TODAY));
    assert_eq!(accepted.broken(due), None);
    assert_eq!(accepted.broken(late), Some((BreachKind::Late, agency(1))));
    assert_eq!(item(due).broken(late), None, "what nobody promised is not broken");
    let table: [(Acted, Option<BreachKind>); 5] = [
        (accepted.clone().finish(due).unwrap(), None),
        (accepted.clone().finish(late).unwrap(), Some(BreachKind::Late)),
        (accepted.clone().withdraw("x", due).unwrap(), Some(BreachKind::Withdrawn)),
        (accepted.clone().lack("x", late).unwrap(), Some(BreachKind::NotDone)),
        (
            accepted.clone().move_days(None, Some(date(2027, 1, 1)), late).unwrap(),
            Some(BreachKind::Late),
        ),
    ];
    for (acted, expected) in table {
        assert_eq!(acted.breach.map(|(kind, _)| kind), expected);
    }
    assert_eq!(accepted.clone().withdraw(" ", TODAY).err(), Some(ItemFault::Reason));
    assert_eq!(accepted.move_days(None, None, TODAY).err(), Some(ItemFault::NoDue));
}

/// REQ-PLAN-05: what is more than the unit can waits for its manager.
#[test]
fn more_than_the_capacity_waits_for_the_manager() {
    let load = |minutes, money| Load { minutes, money };
    for (promised, asked, capacity, confirmed, waits) in [
        (load(0, 0), load(600, 900), None, false, false),
        (load(100, 0), load(60, 0), Some(load(160, 0)), false, false),
        (load(100, 0), load(61, 0), Some(load(160, 0)), false, true),
        (load(0, 100), load(0, 1), Some(load(160, 100)), false, true),
        (load(100, 0), load(61, 0), Some(load(160, 0)), true, false),
    ] {
        let weighing = Weighing { promised, asked, capacity, confirmed };
        assert_eq!(weighing.needs_manager(), waits, "{weighing:?}");
        let accepted = item(date(2027, 1, 1)).accept(agency(1), weighing, TODAY);
        assert_eq!(accepted.err(), waits.then_some(ItemFault::Capacity));
    }
}

/// REQ-PLAN-02: what the person has begun by themselves becomes an agency's promise only with a day
/// that lies ahead, and from the day of its yes.
#[test]
fn an_own_task_that_an_agency_takes_over_gets_a_day() {
    let today = date(2026, 11, 22);
    let begun = |due: Option<Date>| {
        let own = Owner::Person { kept_by: agency(1) };
        let item = Item::propose(own, None, due).unwrap().start(true, today).unwrap();
        item.ask(owned(2)).unwrap()
    };
    let takes = |item: Item| item.take_over(owned(2).agency(), true, today);
    assert_eq!(takes(begun(None)), Err(ItemFault::NoDue));
    assert_eq!(takes(begun(Some(date(2026, 11, 21)))), Err(ItemFault::Days));
    let taken = takes(begun(Some(date(2026, 12, 1)))).unwrap();
    assert_eq!((taken.owner, taken.accepted_on), (owned(2), Some(today)));
    let left = begun(None).take_over(owned(2).agency(), false, today).unwrap();
    assert_eq!(left.owner, Owner::Person { kept_by: agency(1) });
}

/// REQ-PLAN-13, REQ-PLAN-16: the person's own task and a partner's are nobody's promise here.
#[test]
fn own_tasks_and_partners_are_no_agencys_delivery() {
    let due = Some(date(2026, 12, 1));
    let own = Item::propose(Owner::Person { kept_by: agency(1) }, None, due).unwrap();
    let refused = own.clone().accept(agency(1), Weighing::default(), TODAY);
    assert_eq!(refused.err(), Some(ItemFault::NotAPromise));
    let done = own.finish(date(2027, 6, 1)).unwrap();
    assert_eq!(done.breach, None);
    assert!(!done.item.is_delivered_by(agency(1)));
    let health = Owner::Partner { partner: Partner::Health, kept_by: agency(1) };
    let agreed = Item::propose(health, None, due).unwrap();
    let agreed = agreed.accept(agency(1), Weighing::default(), TODAY).unwrap();
    assert_eq!(agreed.broken(date(2027, 6, 1)), None);
    let kept = agreed.finish(TODAY).unwrap().item;
    assert!(kept.state == ItemState::Done && !kept.is_delivered_by(agency(1)));
}

/// REQ-PLAN-06: a circle is refused, and named in its order.
#[test]
fn a_circle_is_named() {
    let after = |item, after| After { item: id(item), after: id(after) };
    let there = [after(2, 1), after(3, 2), after(4, 2)];
    assert_eq!(circle(&there, after(4, 3)), None);
    assert_eq!(circle(&there, after(1, 3)), Some(vec![id(1), id(3), id(2), id(1)]));
    assert_eq!(circle(&there, after(5, 5)), Some(vec![id(5), id(5)]));
    let order = rounds(&[id(1), id(2), id(3), id(4)], &there);
    assert_eq!(order, [vec![id(1)], vec![id(2)], vec![id(3), id(4)]]);
}

/// REQ-PLAN-06: idle stretches, and the days with help from two agencies at once.
#[test]
fn idle_days_and_days_together_are_counted() {
    let running = |n, from, until| Running { agency: agency(n), days: Days { from, until } };
    let within = Days { from: date(2026, 1, 1), until: date(2026, 1, 31) };
    let all = [
        running(1, date(2026, 1, 5), date(2026, 1, 10)),
        running(2, date(2026, 1, 8), date(2026, 1, 12)),
        running(1, date(2026, 1, 20), date(2026, 2, 20)),
    ];
    let stretches = idle(&all, within, 1);
    let days: Vec<i64> = stretches.iter().map(Days::count).collect();
    assert_eq!(days, [4, 7]);
    assert_eq!(idle(&all, within, 7).len(), 1);
    assert_eq!(idle(&[], within, 1), [within]);
    assert_eq!(parallel(&all, within), (20, 3));
    assert_eq!(parallel(&[], within), (0, 0));
}

fn asked(n: u128, duty: Duty, hours: Option<Hours>, travel: u16, place: &str) -> Asked {
    Asked {
        item: Source::Item(id(n)),
        need: None,
        days: Days { from: TODAY, until: date(2027, 2, 1) },
        duty,
        hours,
        travel,
        place: place.into(),
    }
}

/// REQ-REF-17: two promises that need the same weekday hours raise a conflict; so do duties that
/// contradict, a way that is too long, and hours in which nobody minds the children.
#[test]
fn what_cannot_work_is_found() {
    use Weekday::{Friday, Monday, Tuesday};
    let hours = |days: &[Weekday], from: u16, until: u16| Hours::new(days, from * 60, until * 60);
    let morning = asked(1, Duty::Attend, hours(&[Monday, Tuesday], 9, 12), 0, "A");
    let kinds = |all: &[Asked]| -> Vec<(ClashKind, Option<Weekday>)> {
        clashes(all).into_iter().map(|one| (one.kind, one.day)).collect()
    };
    let same = asked(2, Duty::Attend, hours(&[Tuesday, Friday], 11, 14), 0, "B");
    assert_eq!(kinds(&[morning.clone(), same]), [(ClashKind::SameHours, Some(Tuesday))]);
    let after = asked(2, Duty::Attend, hours(&[Tuesday], 12, 14), 0, "B");
    assert_eq!(kinds(&[morning.clone(), after]), []);
    let far = asked(2, Duty::Attend, hours(&[Tuesday], 12, 14), 40, "B");
    assert_eq!(kinds(&[morning.clone(), far.clone()]), [(ClashKind::Travel, Some(Tuesday))]);
    let near = Asked { place: "A".into(), ..far };
    assert_eq!(kinds(&[morning.clone(), near.clone()]), []);
    let later =
        Asked { days: Days { from: date(2028, 1, 1), until: date(2028, 2, 1) }, ..near.clone() };
    assert_eq!(kinds(&[morning.clone(), later]), [], "not at the same time");
    let (rest, seek) =
        (asked(3, Duty::Rest, None, 0, ""), asked(4, Duty::BeAvailable, None, 0, ""));
    assert_eq!(kinds(&[rest, seek]), [(ClashKind::Contradiction, None)]);
    let mut minded = asked(5, Duty::Nothing, hours(&[Monday], 8, 13), 0, "");
    minded.need = Some(NeedKind::ChildCare);
    let found = kinds(&[morning.clone(), minded.clone()]);
    assert_eq!(found, [(ClashKind::ChildCare, Some(Tuesday))], "nobody minds them on Tuesdays");
    let one_day = Asked { hours: hours(&[Monday], 9, 12), travel: 70, ..morning };
    let found = kinds(&[minded, one_day]);
    assert_eq!(found, [(ClashKind::ChildCare, Some(Monday))], "the way is too long");
}

/// REQ-REF-17: a booked time is known as an item is: against the hours of its weekday while the item
/// runs, against another booked time, and against the hours in which the children are minded.
#[test]
fn a_booked_time_clashes_as_an_item_does() {
    let booked = |n: u128, on: Date, from: u16, until: u16| {
        Asked::booked(uuid::Uuid::from_u128(n), on, (from * 60, until * 60))
    };
    let week = |from: u16, until: u16| Hours::new(&[Weekday::Tuesday], from * 60, until * 60);
    let course = asked(1, Duty::Attend, week(9, 12), 0, "A");
    let kinds = |all: &[Asked]| -> Vec<(ClashKind, Option<Weekday>)> {
        clashes(all).into_iter().map(|one| (one.kind, one.day)).collect()
    };
    let tuesday = date(2026, 12, 1);
    assert_eq!(tuesday.weekday(), Weekday::Tuesday);
    let meeting = booked(7, tuesday, 11, 12);
    let same = [(ClashKind::SameHours, Some(Weekday::Tuesday))];
    assert_eq!(kinds(&[course.clone(), meeting.clone()]), same);
    assert_eq!(kinds(&[course.clone(), booked(7, date(2026, 12, 2), 11, 12)]), [], "another day");
    assert_eq!(kinds(&[course.clone(), booked(7, tuesday, 12, 13)]), [], "right after it");
    assert_eq!(kinds(&[course.clone(), booked(7, date(2027, 3, 2), 11, 12)]), [], "it is over");
    let far = Asked { travel: 90, ..course };
    let travel = [(ClashKind::Travel, Some(Weekday::Tuesday))];
    assert_eq!(kinds(&[booked(7, tuesday, 8, 9), far]), travel, "no time to get to the course");
    assert_eq!(kinds(&[meeting.clone(), booked(8, tuesday, 10, 12)]), same, "two who call at once");
    assert_eq!(kinds(&[meeting.clone(), booked(8, date(2026, 12, 8), 11, 12)]), []);
    let mut minded = asked(5, Duty::Nothing, week(8, 11), 0, "");
    minded.need = Some(NeedKind::ChildCare);
    let care = [(ClashKind::ChildCare, Some(Weekday::Tuesday))];
    assert_eq!(kinds(&[meeting, minded]), care);
}

/// REQ-PLAN-10: a plan over three budget years is a plan, and its stages stand each by itself.
#[test]
fn a_plan_crosses_budget_years_stage_by_stage() {
    assert_eq!(years(TODAY, plan().until), [2026, 2027, 2028, 2029]);
    let settle = item(date(2027, 2, 1)).accept(agency(1), Weighing::default(), TODAY).unwrap();
    let settle = settle.finish(TODAY).unwrap().item;
    let train = Item::propose(owned(1), Some(date(2027, 3, 1)), Some(date(2028, 6, 1))).unwrap();
    let work = Item::propose(owned(1), Some(date(2028, 8, 1)), Some(date(2029, 2, 1))).unwrap();
    let all = [(Stage::Work, &work), (Stage::Settle, &settle), (Stage::Train, &train)];
    let reports = report(&all);
    let years: Vec<Vec<i16>> = reports.iter().map(|one| one.years.clone()).collect();
    assert_eq!(years, [[2026, 2027], [2027, 2028], [2028, 2029]]);
    assert_eq!((reports[0].done, reports[0].open), (1, 0));
    assert_eq!(now_and_next(&reports), (Some(Stage::Train), Some(Stage::Work)));
}

/// REQ-PLAN-11: what is done and not looked at is known.
#[test]
fn what_is_done_wants_to_be_looked_at() {
    let accepted = item(date(2027, 1, 1)).accept(agency(1), Weighing::default(), TODAY).unwrap();
    assert_eq!(accepted.clone().evaluate(Evaluation::Confirmed), Err(ItemFault::State));
    let done = accepted.finish(TODAY).unwrap().item;
    assert!(done.lacks_evaluation());
    assert!(!done.evaluate(Evaluation::Changed).unwrap().lacks_evaluation());
}

/// REQ-PLAN-12: the share of wishes that were met.
#[test]
fn the_share_of_wishes_met() {
    for (met, partly, not, expected) in
        [(0, 0, 0, None), (1, 0, 0, Some(100)), (1, 1, 2, Some(37)), (0, 0, 3, Some(0))]
    {
        assert_eq!(share(met, partly, not), expected);
    }
}

/// REQ-PLAN-15: days in each phase and between phases, beside the targets.
#[test]
fn a_way_is_measured_against_its_targets() {
    let went = |phase, from, until| Went { phase, from, until };
    let path = [
        went(Phase::SickPay, date(2025, 1, 1), Some(date(2025, 12, 31))),
        went(Phase::Rehabilitation, date(2026, 1, 10), Some(date(2026, 7, 20))),
        went(Phase::Vocational, date(2026, 9, 1), None),
    ];
    let readings = measure(&path, TODAY);
    let days: Vec<(i64, Option<i64>)> = readings.iter().map(|r| (r.days, r.between)).collect();
    assert_eq!(days, [(365, Some(9)), (192, Some(42)), (83, None)]);
    assert!(!readings[0].is_long() && !readings[0].is_slow());
    assert!(readings[1].is_long() && readings[1].is_slow());
}

/// REQ-PLAN-04: how long a request has waited, and which refusals are about means.
#[test]
fn a_request_waits_in_days() {
    use super::request::{RefusalReason, waited};
    let asked = date(2026, 11, 1);
    assert_eq!(waited(asked, None, TODAY), 21);
    assert_eq!(waited(asked, Some(date(2026, 11, 11)), TODAY), 10);
    let means: Vec<&str> = RefusalReason::ALL
        .iter()
        .filter(|reason| reason.is_about_means())
        .map(|reason| reason.as_str())
        .collect();
    assert_eq!(means, ["cost", "capacity"]);
}

#[test]
fn three_versions_are_laid_together() {
    for (base, theirs, mine, expected) in [
        ("a", "a", "b", Merge::Clean("b".into())),
        ("a", "b", "a", Merge::Clean("b".into())),
        ("a", "b", "b", Merge::Clean("b".into())),
        ("a\nb\nc", "x\nb\nc", "a\nb\ny", Merge::Joined("x\nb\ny".into())),
        ("a\nb", "a\nx", "a\ny", Merge::Both("a\nx\ny".into())),
        ("", "x", "y", Merge::Both("x\ny".into())),
    ] {
        assert_eq!(three_way(base, theirs, mine), expected, "{base:?} {theirs:?} {mine:?}");
    }
}

fn lines() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d", "e"]), 0..6)
        .prop_map(|lines| lines.join("\n"))
}

proptest! {
    /// No line that anybody has written is lost, whoever wrote what: a line that stands in one of
    /// the two and did not stand in the beginning stands in the end.
    #[test]
    fn no_written_line_is_lost(base in lines(), theirs in lines(), mine in lines()) {
        let merged = three_way(&base, &theirs, &mine);
        let there: BTreeSet<&str> = merged.text().lines().collect();
        let before: BTreeSet<&str> = base.lines().collect();
        for line in theirs.lines().chain(mine.lines()) {
            prop_assert!(before.contains(line) || there.contains(line), "{line} of {merged:?}");
        }
    }

    /// REQ-PLAN-06: whatever is asked for, edge by edge, what was let in has no circle.
    #[test]
    fn no_sequence_of_edges_makes_a_circle(
        edges in prop::collection::vec((0_u128..7, 0_u128..7), 0..40)
    ) {
        let mut there: Vec<After> = Vec::new();
        for (item, after) in edges {
            let new = After { item: id(item), after: id(after) };
            match circle(&there, new) {
                None => there.push(new),
                Some(way) => {
                    prop_assert_eq!(way.first(), way.last());
                    // Every step of it is there, but for the new one.
                    for two in way.windows(2) {
                        let edge = After { item: two[0], after: two[1] };
                        prop_assert!(edge == new || there.contains(&edge));
                    }
                }
            }
        }
        let items: Vec<PlanItemId> = (0..7).map(id).collect();
        let order: Vec<PlanItemId> = rounds(&items, &there).concat();
        prop_assert_eq!(order.len(), 7);
        let place = |one| order.iter().position(|it| *it == one);
        for edge in &there {
            prop_assert!(place(edge.after) < place(edge.item));
        }
    }

    /// REQ-PLAN-01, REQ-PLAN-02, REQ-PLAN-13, REQ-PLAN-14: whatever is done to a plan and its items,
    /// it has two people and a day of revision, nothing moves without a yes, what is promised has a
    /// day, every broken promise is told of once, and the person's own task breaks none.
    #[test]
    fn no_sequence_of_acts_breaks_a_plan(
        acts in prop::collection::vec((0_u8..14, 1_u128..4, 0_i32..60), 1..60)
    ) {
        let mut plan = plan();
        let mut promised = item(date(2026, 12, 10));
        let mut own =
            Item::propose(Owner::Person { kept_by: agency(1) }, None, Some(TODAY)).unwrap();
        let mut today = TODAY;
        let (mut told, mut was_late) = (0, false);
        for (act, who, days) in acts {
            today = today.checked_add(jiff::Span::new().days(days % 9)).unwrap();
            was_late |= promised.broken(today).is_some();
            let ahead = today.checked_add(jiff::Span::new().days(days)).unwrap();
            let (before, owner) = (plan.clone(), promised.owner);
            match act {
                0 => plan = plan.clone().agree(&[], today).unwrap_or(plan),
                1 => plan = plan.clone().ask(staff(who)).unwrap_or(plan),
                2 => plan = plan.clone().answer(staff(who), days % 2 == 0).unwrap_or(plan),
                3 => plan = plan.clone().rest(days % 2 == 0, "x").unwrap_or(plan),
                4 => plan = plan.clone().revise(ahead, ahead, today).unwrap_or(plan),
                5 => plan = plan.clone().relabel(Label::Sip).unwrap_or(plan),
                6 => {
                    let why = if days == 0 { "x" } else { "" };
                    plan = plan.clone().end(why).unwrap_or(plan);
                }
                7 => {
                    let taken = promised.clone().accept(agency(who), Weighing::default(), today);
                    promised = taken.unwrap_or(promised);
                }
                8 => promised = promised.clone().start(days % 2 == 0, today).unwrap_or(promised),
                9..=11 => {
                    let acted = match act {
                        9 => promised.clone().finish(today),
                        10 => promised.clone().withdraw("x", today),
                        _ => promised.clone().move_days(None, Some(ahead), today),
                    };
                    if let Ok(acted) = acted {
                        told += i32::from(acted.breach.is_some());
                        promised = acted.item;
                    }
                }
                12 => {
                    let asked = promised.clone().ask(owned(who));
                    promised = asked.unwrap_or(promised);
                }
                _ => {
                    let taken = promised.clone().take_over(agency(who), days % 2 == 0, today);
                    promised = taken.unwrap_or(promised);
                    own = own.clone().finish(today).map_or(own, |acted| acted.item);
                }
            }
            prop_assert!(plan.coordinator != plan.deputy);
            prop_assert!(plan.revise_on <= plan.until || plan.revise_on == before.revise_on);
            prop_assert!(before.coordinator == plan.coordinator || before.asked == Some(plan.coordinator));
            prop_assert!(before.state != PlanState::Ended || plan == before);
            prop_assert!(!promised.state.is_promised() || promised.due.is_some());
            prop_assert!(owner == promised.owner || act >= 13);
            prop_assert!(own.broken(today).is_none() && !own.is_delivered_by(agency(1)));
        }
        let late_now = promised.broken(today).is_some();
        prop_assert!(!was_late || told > 0 || late_now, "a broken promise that nobody sees");
    }
}
