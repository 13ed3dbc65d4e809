//! Every state that one case can reach among two agencies, three workers and a manager.
//!
//! Random sequences (`case/tests.rs`) look far and miss corners; this search looks near and
//! misses nothing. Days count only as far as the rules tell them apart: passed, today, to come.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use onedoor_domain::case::{
    Answer, Ask, CaseFault, CloseReason, HandoverReason, NextStep, OpenCase, Sight, Worker,
};
use onedoor_domain::ids::{AgencyId, CaseId, HandoverId, PersonId, StaffId, UnitId};
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 22);
/// The workers of the model: two of the municipality, one of another agency.
const WORKERS: [u8; 3] = [0, 1, 2];
/// The joint manager, who carries no case.
const MANAGER: u8 = 9;

fn staff(n: u8) -> StaffId {
    StaffId(Uuid::from_u128(u128::from(n) + 100))
}

fn number(id: StaffId) -> u8 {
    u8::try_from(id.0.as_u128() - 100).unwrap()
}

/// The agency of a worker, as a bit: 1 the municipality, 2 the other.
fn agency_bit(n: u8) -> u8 {
    if n < 2 { 1 } else { 2 }
}

fn agency(n: u8) -> AgencyId {
    AgencyId(Uuid::from_u128(u128::from(agency_bit(n))))
}

fn unit(n: u8) -> UnitId {
    UnitId(Uuid::from_u128(u128::from(agency_bit(n)) + 10))
}

/// The case, who is at work, and who has said no since responsibility last moved.
#[derive(Clone)]
struct World {
    case: OpenCase,
    /// Who is on duty, a bit for each worker.
    duty: u8,
    /// Agencies that refused, as bits.
    refused: u8,
}

/// What tells two worlds apart: everything but counters that only grow.
type Key = (u8, u8, u8, i8, Option<(u8, Option<u8>, u8, i8)>, bool, u8, u8);

impl World {
    fn worker(&self, n: u8) -> Worker {
        let on_duty = self.duty & (1 << n) != 0;
        Worker { id: staff(n), unit: unit(n), agency: agency(n), on_duty }
    }

    fn key(&self) -> Key {
        let case = &self.case;
        let days = |on: Date| i8::try_from(TODAY.until(on).unwrap().get_days()).unwrap();
        let asked = case.asked.as_ref().map(|asked| {
            let to = asked.ask.to_staff.map(number);
            let unit = u8::try_from(asked.ask.to_unit.0.as_u128()).unwrap();
            (number(asked.ask.by), to, unit, days(asked.ask.deadline))
        });
        (
            number(case.responsible.id),
            number(case.deputy.id),
            number(case.step.owner),
            days(case.step.on),
            asked,
            case.last_resort,
            self.duty,
            self.refused,
        )
    }

    /// Whether every agency but the responsible one has said no.
    fn all_refused(&self) -> bool {
        let own = agency_bit(number(self.case.responsible.id));
        self.refused | own == 3
    }

    /// Whether the case rests on a worker: the database keeps such a worker on duty.
    fn rests_on(&self, n: u8) -> bool {
        self.case.is_carried_by(staff(n)) || self.case.step.owner == staff(n)
    }
}

/// Everything that anybody may try.
#[derive(Clone, Copy, Debug)]
enum Act {
    Plan {
        owner: u8,
        on: i32,
    },
    Deputy(u8),
    Ask {
        by: u8,
        to: u8,
        named: bool,
    },
    Accept {
        by: u8,
        deputy: Option<u8>,
    },
    Refuse(u8),
    Withdraw(u8),
    Expire,
    Fall {
        holder: u8,
        deputy: u8,
    },
    Close(u8),
    /// The person becomes hidden from all but some, a bit for each worker.
    Hide(u8),
    DayPasses,
    Leaves(u8),
    Returns(u8),
}

fn acts() -> Vec<Act> {
    let mut all = vec![Act::Expire, Act::DayPasses];
    all.extend((0..8).map(Act::Hide));
    for who in WORKERS.into_iter().chain([MANAGER]) {
        all.extend([Act::Withdraw(who), Act::Close(who)]);
        for to in WORKERS {
            all.extend([true, false].map(|named| Act::Ask { by: who, to, named }));
        }
    }
    for who in WORKERS {
        all.extend([0, 1].map(|on| Act::Plan { owner: who, on }));
        all.extend([Act::Deputy(who), Act::Refuse(who), Act::Leaves(who), Act::Returns(who)]);
        all.push(Act::Accept { by: who, deputy: None });
        for other in WORKERS {
            all.push(Act::Accept { by: who, deputy: Some(other) });
            if agency_bit(who) == 1 {
                all.push(Act::Fall { holder: who, deputy: other });
            }
        }
    }
    all
}

/// What an act makes of a world.
enum Next {
    Open(Box<World>),
    Closed,
    Refused,
}

fn day_passes(on: Date) -> Date {
    if on < TODAY { on } else { on.yesterday().unwrap() }
}

fn next(world: &World, act: Act) -> Next {
    let World { case, duty, refused } = world.clone();
    let open = |case: Result<OpenCase, CaseFault>, refused: u8| match case {
        Ok(case) => Next::Open(Box::new(World { case, duty, refused })),
        Err(_) => Next::Refused,
    };
    match act {
        Act::Plan { owner, on } => {
            let on = TODAY.checked_add(on.days()).unwrap();
            let step = NextStep::new("Talk", staff(owner), on, "Room 1", TODAY).unwrap();
            open(case.plan(step, world.worker(owner)), refused)
        }
        Act::Deputy(who) => open(case.appoint_deputy(world.worker(who)), refused),
        Act::Ask { by, to, named } => {
            let ask = Ask {
                id: HandoverId(Uuid::nil()),
                by: staff(by),
                to_agency: agency(to),
                to_unit: unit(to),
                to_staff: named.then_some(staff(to)),
                reason: HandoverReason::Mandate,
                need: "Help".into(),
                deadline: TODAY.tomorrow().unwrap(),
            };
            open(case.ask(ask.check(TODAY).unwrap(), by == MANAGER), refused)
        }
        Act::Accept { by, deputy } => {
            open(case.accept(world.worker(by), deputy.map(|n| world.worker(n))), 0)
        }
        Act::Refuse(by) => match case.refuse(world.worker(by), "Not ours", "Ask again") {
            Ok((case, Answer::Refused { .. })) => open(Ok(case), refused | agency_bit(by)),
            Ok(_) => panic!("a refusal that is none"),
            Err(_) => Next::Refused,
        },
        Act::Withdraw(by) => open(case.withdraw(staff(by)), refused),
        Act::Expire => open(case.expire(TODAY), refused),
        Act::Fall { holder, deputy } => open(
            case.fall_to_municipality(
                world.worker(holder),
                world.worker(deputy),
                world.all_refused(),
            ),
            0,
        ),
        Act::Close(by) => match case.close(staff(by), by == MANAGER, CloseReason::NeedMet) {
            Ok(_) => Next::Closed,
            Err(_) => Next::Refused,
        },
        Act::Hide(seen_by) => match hide(world, seen_by) {
            Some(case) => open(Ok(case), refused),
            None => Next::Refused,
        },
        Act::DayPasses => {
            let mut case = case;
            case.step.on = day_passes(case.step.on);
            if let Some(asked) = &mut case.asked {
                asked.ask.deadline = day_passes(asked.ask.deadline);
            }
            open(Ok(case), refused)
        }
        Act::Leaves(who) if world.rests_on(who) => Next::Refused,
        Act::Leaves(who) => Next::Open(Box::new(World { case, duty: duty & !(1 << who), refused })),
        Act::Returns(who) => Next::Open(Box::new(World { case, duty: duty | (1 << who), refused })),
    }
}

/// What becomes of a case whose person only some may see: others of the agency may be asked, and
/// who said no before is not known here, so that everybody may be asked again.
fn hide(world: &World, seen_by: u8) -> Option<OpenCase> {
    let sees = |who: StaffId| seen_by & (1 << number(who)) != 0;
    let own = world.case.responsible.agency;
    let others: Vec<Worker> =
        WORKERS.map(|n| world.worker(n)).into_iter().filter(|it| it.agency == own).collect();
    let answers = |asked: &Ask| match asked.to_staff {
        Some(staff) => sees(staff),
        None => WORKERS.into_iter().any(|n| unit(n) == asked.to_unit && sees(staff(n))),
    };
    let answerable = world.case.asked.as_ref().is_some_and(|it| answers(&it.ask));
    let sight = Sight { sees: &sees, answerable, others: &others, in_vain: &[] };
    let done = world.case.clone().in_sight(&sight)?;
    let by = done.case.responsible;
    let somebody = others.iter().any(|it| it.on_duty && it.id != by.id && sees(it.id));
    assert!(!somebody || sees(done.case.deputy.id), "{seen_by:b} {:?}", world.key());
    let Some(to) = done.ask else { return Some(done.case) };
    assert!(sees(to.id) && !sees(by.id), "{seen_by:b} {:?}", world.key());
    let ask = Ask {
        id: HandoverId(Uuid::nil()),
        by: by.id,
        to_agency: to.agency,
        to_unit: to.unit,
        to_staff: Some(to.id),
        reason: HandoverReason::WorkerLeaves,
        need: "Help".into(),
        deadline: TODAY.tomorrow().unwrap(),
    };
    Some(done.case.ask(ask, false).expect("whoever is asked is somebody else"))
}

/// Promise 1 in one world.
fn holds(world: &World) {
    let case = &world.case;
    assert_ne!(case.responsible.id, case.deputy.id, "{:?}", world.key());
    for who in [case.responsible.id, case.deputy.id, case.step.owner] {
        assert_ne!(world.duty & (1 << number(who)), 0, "{:?}", world.key());
    }
    assert!(!case.step.what.is_empty() && !case.step.place.is_empty(), "{:?}", world.key());
    if let Some(asked) = &case.asked {
        assert_eq!(asked.from_agency, case.responsible.agency, "{:?}", world.key());
    }
}

/// Promise 1 from one world to the next: responsibility moves only to whoever was asked and
/// says yes, or to the municipality when nobody else is left.
fn moves_rightly(from: &World, act: Act, to: &World) {
    let (was, is) = (from.case.responsible.id, to.case.responsible.id);
    match act {
        Act::Accept { by, .. } => {
            let asked = from.case.asked.as_ref().expect("somebody was asked");
            assert!(asked.ask.to_staff.is_none_or(|named| named == staff(by)), "{act:?}");
            assert_eq!(asked.ask.to_unit, unit(by), "{act:?}");
            assert_eq!(is, staff(by), "{act:?}");
            assert!(to.case.asked.is_none());
        }
        Act::Fall { holder, .. } => {
            assert!(from.all_refused() && to.case.last_resort, "{act:?}");
            assert_eq!(is, staff(holder), "{act:?}");
        }
        _ => assert_eq!(was, is, "{act:?} moved responsibility: {:?}", from.key()),
    }
}

/// The worlds in which a case may be opened: whoever is there, any two of them, any owner of
/// the first step.
fn openings() -> Vec<World> {
    let mut all = Vec::new();
    for duty in 0..8u8 {
        for (responsible, deputy, owner) in WORKERS
            .into_iter()
            .flat_map(|a| WORKERS.map(|b| (a, b)))
            .flat_map(|(a, b)| WORKERS.map(|c| (a, b, c)))
        {
            let there = |n: u8| {
                let on_duty = duty & (1 << n) != 0;
                Worker { id: staff(n), unit: unit(n), agency: agency(n), on_duty }
            };
            let step = NextStep::new("Talk", staff(owner), TODAY, "Room 1", TODAY).unwrap();
            let first = there(responsible);
            let (case, person) = (CaseId(Uuid::nil()), PersonId(Uuid::nil()));
            let Ok(case) = OpenCase::open(case, person, first, there(deputy), step.clone()) else {
                continue;
            };
            if let Ok(case) = case.plan(step, there(owner)) {
                all.push(World { case, duty, refused: 0 });
            }
        }
    }
    all
}

/// REQ-REF-01: in every state that can be reached at all, an open case has one responsible
/// worker, another as deputy and a step with an owner, all at work; nothing moves without a
/// yes; and from every state the case can still come to its end. The numbers stand in
/// ARCHITECTURE.md.
#[test]
fn every_reachable_state_keeps_the_first_promise() {
    let acts = acts();
    let mut seen: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    let mut ends: BTreeSet<Key> = BTreeSet::new();
    let mut queue: VecDeque<World> = openings().into();
    let mut transitions = 0u64;
    let mut known: BTreeSet<Key> = queue.iter().map(World::key).collect();
    while let Some(world) = queue.pop_front() {
        holds(&world);
        let mut onward = Vec::new();
        for act in &acts {
            match next(&world, *act) {
                Next::Refused => {}
                Next::Closed => {
                    transitions += 1;
                    ends.insert(world.key());
                }
                Next::Open(mut to) => {
                    transitions += 1;
                    moves_rightly(&world, *act, &to);
                    // What only counts does not tell states apart.
                    to.case.chain = vec![to.case.responsible.agency];
                    (to.case.handovers, to.case.forced_changes) = (0, 0);
                    onward.push(to.key());
                    if known.insert(to.key()) {
                        queue.push_back(*to);
                    }
                }
            }
        }
        seen.insert(world.key(), onward);
    }

    // Backwards from the ends: whatever cannot get there is stuck.
    let mut back: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    for (from, onward) in &seen {
        for to in onward {
            back.entry(*to).or_default().push(*from);
        }
    }
    let mut free = ends.clone();
    let mut queue: VecDeque<Key> = ends.into_iter().collect();
    while let Some(key) = queue.pop_front() {
        for from in back.get(&key).into_iter().flatten() {
            if free.insert(*from) {
                queue.push_back(*from);
            }
        }
    }
    let stuck: Vec<&Key> = seen.keys().filter(|key| !free.contains(key)).take(5).collect();
    assert!(stuck.is_empty(), "no way to an end from {stuck:?}");

    let told = format!("{} states and {transitions} steps between them", seen.len());
    let page = std::fs::read_to_string("../../ARCHITECTURE.md").unwrap();
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(&told), "ARCHITECTURE.md does not say: {told}");
}
