//! Random acts of persons, workers and agencies over all state machines together: cases with their
//! hand-overs, needs, plans with their items, the leads of follow-up, requests for meetings,
//! consents, and the walls that are asked all the while.
//!
//! Each machine has its own property test beside it. Here they run in one world, because a promise
//! can be broken between two machines that each keep it: a worker who leaves carries cases and
//! plans, a consent that is withdrawn was the ground of a look that is only made afterwards.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use onedoor_domain::case::{Ask, CloseReason, HandoverReason, NextStep, OpenCase, Worker};
use onedoor_domain::consent::{Agreement, Cut, Terms};
use onedoor_domain::follow::{Area, Areas, LeadAct};
use onedoor_domain::ids::{
    AgencyId, CaseId, ConsentId, HandoverId, PersonId, PlanItemId, StaffId, UnitId,
};
use onedoor_domain::meeting::{RequestAct, RequestState};
use onedoor_domain::need::{Need, NeedKind, NeedState};
use onedoor_domain::plan::item::{Load, Weighing};
use onedoor_domain::plan::order::{After, circle, rounds};
use onedoor_domain::plan::{Item, ItemState, Label, Owner, Part, Plan};
use onedoor_domain::secrecy::{
    Categories, Category, Conditions, Consent, Effect, Groups, Overlay, Overlays, Pack, Purpose,
    Request, Transfer, Verdict, judge, packs,
};
use uuid::Uuid;

/// Acts in all, over worlds that each live for some thousand.
const WORLDS: u64 = 500;
const ACTS: u64 = 4_000;
const FIRST_DAY: Date = date(2026, 1, 5);
const PERSONS: usize = 3;
/// Two workers of each of three agencies.
const WORKERS: u8 = 6;
/// The joint manager, who carries nothing.
const MANAGER: u8 = 9;
/// Most needs, items, consents and requests of one person: enough for each to meet each.
const MOST: usize = 5;

/// The published generator of the population: the same acts on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn worker(&mut self) -> u8 {
        u8::try_from(self.below(usize::from(WORKERS))).unwrap()
    }

    fn yes(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn days(&mut self, from: i64, until: i64) -> i64 {
        let span = usize::try_from(until - from).unwrap();
        from + i64::try_from(self.below(span)).unwrap()
    }
}

fn staff(n: u8) -> StaffId {
    StaffId(Uuid::from_u128(u128::from(n) + 100))
}

fn agency_number(n: u8) -> u8 {
    n / 2
}

fn agency(n: u8) -> AgencyId {
    AgencyId(Uuid::from_u128(u128::from(agency_number(n)) + 1))
}

fn unit(n: u8) -> UnitId {
    UnitId(Uuid::from_u128(u128::from(agency_number(n)) + 11))
}

/// The agency of a unit, as the organisation has it.
fn agency_of(unit: UnitId) -> AgencyId {
    AgencyId(Uuid::from_u128(unit.0.as_u128() - 10))
}

fn owned(n: u8) -> Owner {
    Owner::Agency { agency: agency(n), unit: unit(n), worker: Some(staff(n)) }
}

/// Everything about one person.
struct File {
    id: PersonId,
    case: Option<OpenCase>,
    /// Agencies that refused since responsibility last moved.
    refused: BTreeSet<AgencyId>,
    needs: Vec<Need>,
    plans: Vec<Plan>,
    items: BTreeMap<PlanItemId, Item>,
    order: Vec<After>,
    leads: Areas<UnitId>,
    consents: Vec<Agreement>,
    requests: Vec<(RequestState, Date)>,
    overlays: Overlays,
}

impl File {
    fn new(n: usize) -> Self {
        Self {
            id: PersonId(Uuid::from_u128(u128::try_from(n).unwrap() + 1000)),
            case: None,
            refused: BTreeSet::new(),
            needs: Vec::new(),
            plans: Vec::new(),
            items: BTreeMap::new(),
            order: Vec::new(),
            leads: Areas::new(|_| unit(0)),
            consents: Vec::new(),
            requests: Vec::new(),
            overlays: Overlays::NONE,
        }
    }

    fn plan(&mut self) -> Option<&mut Plan> {
        self.plans.iter_mut().find(|plan| plan.state.is_current())
    }
}

struct World {
    today: Date,
    duty: u8,
    files: Vec<File>,
    made: u128,
}

/// How often each kind of act was let through: a test that only ever refuses proves nothing.
type Done = BTreeMap<&'static str, u64>;

impl World {
    fn new() -> Self {
        Self {
            today: FIRST_DAY,
            duty: (1 << WORKERS) - 1,
            files: (0..PERSONS).map(File::new).collect(),
            made: 1 << 64,
        }
    }

    fn worker(&self, n: u8) -> Worker {
        let on_duty = self.duty & (1 << n) != 0;
        Worker { id: staff(n), unit: unit(n), agency: agency(n), on_duty }
    }

    fn id(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u128(self.made)
    }

    fn day(&self, days: i64) -> Date {
        self.today.saturating_add(days.days())
    }

    /// Whether anything rests on a worker: the server keeps such a worker on duty.
    fn rests_on(&self, who: StaffId) -> bool {
        self.files.iter().any(|file| {
            let case = file.case.as_ref();
            case.is_some_and(|case| case.is_carried_by(who) || case.step.owner == who)
                || file.plans.iter().any(|plan| {
                    plan.state.is_current() && (plan.coordinator == who || plan.deputy == who)
                })
        })
    }
}

fn of_case(world: &mut World, at: usize, dice: &mut Dice) -> Option<&'static str> {
    let (by, other) = (dice.worker(), dice.worker());
    let (me, them) = (world.worker(by), world.worker(other));
    let today = world.today;
    let on = world.day(dice.days(0, 30));
    let id = world.id();
    let file = &mut world.files[at];
    let Some(case) = file.case.clone() else {
        let step = NextStep::new("Talk", staff(by), on, "Room 1", today).unwrap();
        file.case = Some(OpenCase::open(CaseId(id), file.id, me, them, step).ok()?);
        return Some("case opened");
    };
    let manages = dice.below(8) == 0;
    let asker = if manages { staff(MANAGER) } else { staff(by) };
    let (next, name) = match dice.below(9) {
        0 => {
            let step = NextStep::new("Talk", them.id, on, "Room 1", today).unwrap();
            (case.plan(step, them), "case planned")
        }
        1 => (case.appoint_deputy(them), "case deputy"),
        2 | 3 => {
            let ask = Ask {
                id: HandoverId(id),
                by: asker,
                to_agency: them.agency,
                to_unit: them.unit,
                to_staff: dice.yes().then_some(them.id),
                reason: dice.one(&HandoverReason::ALL),
                need: "Help".into(),
                deadline: on,
            };
            (case.ask(ask.check(today).ok()?, manages), "case asked")
        }
        4 => {
            let deputy = dice.yes().then_some(them);
            let next = case.accept(me, deputy);
            if next.is_ok() {
                file.refused.clear();
            }
            (next, "case accepted")
        }
        5 => {
            let next = case.refuse(me, "Not ours", "Ask again").map(|(case, _)| case);
            if next.is_ok() {
                file.refused.insert(me.agency);
            }
            (next, "case refused")
        }
        6 => (case.withdraw(asker), "case withdrawn"),
        7 => (case.expire(today), "case expired"),
        _ => {
            let others = (0..3).map(|n| agency(2 * n)).filter(|it| *it != case.responsible.agency);
            let all = others.into_iter().all(|it| file.refused.contains(&it));
            // The municipality is the agency of the first two.
            if agency_number(by) != 0 || dice.yes() {
                return match case.close(asker, manages, CloseReason::NeedMet) {
                    Ok(_) => {
                        file.case = None;
                        file.refused.clear();
                        Some("case closed")
                    }
                    Err(_) => None,
                };
            }
            let next = case.fall_to_municipality(me, them, all);
            if next.is_ok() {
                file.refused.clear();
            }
            (next, "case fell to the municipality")
        }
    };
    file.case = Some(next.ok()?);
    Some(name)
}

fn of_need(file: &mut File, dice: &mut Dice) -> Option<&'static str> {
    let by = dice.worker();
    let kind = dice.one(NeedKind::ALL);
    if let Some(known) = file.needs.iter_mut().find(|need| need.kind == kind && need.state.stands())
    {
        // Said again it is the same need, and keeps its one owner.
        *known = known.clone().said_again(Some(1), None);
        return Some("need said again");
    }
    if file.needs.len() < MOST {
        file.needs.push(Need {
            kind,
            person_rank: None,
            worker_rank: Some(2),
            unit: unit(by),
            agency: agency(by),
            state: NeedState::Open,
            reason: String::new(),
        });
        return Some("need said");
    }
    let at = dice.below(file.needs.len());
    let need = file.needs[at].clone();
    let (next, name) = if dice.yes() {
        (need.hand_to(unit(by), agency(by)), "need handed on")
    } else {
        let reason = if dice.yes() { "So it is" } else { "" };
        (need.settle(dice.one(NeedState::ALL), reason), "need settled")
    };
    let next = next.ok()?;
    let twice = |it: (usize, &Need)| it.0 != at && it.1.kind == next.kind && it.1.state.stands();
    if next.state.stands() && file.needs.iter().enumerate().any(twice) {
        // What was met stands again beside its like: the database holds one of each.
        return None;
    }
    if next.state == NeedState::Withdrawn {
        file.needs.remove(at);
    } else {
        file.needs[at] = next;
    }
    Some(name)
}

fn of_plan(world: &mut World, at: usize, dice: &mut Dice) -> Option<&'static str> {
    let (by, other) = (dice.worker(), dice.worker());
    let (me, them) = (world.worker(by), world.worker(other));
    let (today, until, revise) =
        (world.today, world.day(dice.days(-5, 400)), world.day(dice.days(-5, 200)));
    let file = &mut world.files[at];
    let label = dice.one(Label::ALL);
    let Some(plan) = file.plan() else {
        if !me.on_duty || !them.on_duty {
            return None;
        }
        let days = (today, until, revise);
        let plan = Plan::begin(label, (me.id, them.id), days, today).ok()?;
        file.plans.push(plan);
        return Some("plan begun");
    };
    let reason = if dice.below(4) > 0 { "So it is" } else { "" };
    let (next, name) = match dice.below(8) {
        0 => {
            let missing: &[Part] = if dice.yes() { &[Part::Agreement] } else { &[Part::Goal] };
            (plan.clone().agree(missing, today), "plan agreed")
        }
        1 => (plan.clone().relabel(label), "plan renamed"),
        2 => (plan.clone().revise(until, revise, today), "plan revised"),
        3 => (plan.clone().rest(dice.yes(), reason), "plan rests"),
        4 | 5 if them.on_duty => (plan.clone().ask(them.id), "plan asked"),
        6 if me.on_duty => (plan.clone().answer(me.id, dice.yes()), "plan answered"),
        7 if dice.below(4) == 0 => (plan.clone().end(reason), "plan ended"),
        _ => return None,
    };
    *plan = next.ok()?;
    Some(name)
}

fn of_item(world: &mut World, at: usize, dice: &mut Dice) -> Option<&'static str> {
    let by = dice.worker();
    let id = PlanItemId(world.id());
    let today = world.today;
    let (starts, due) = (world.day(dice.days(-3, 20)), world.day(dice.days(-3, 60)));
    let file = &mut world.files[at];
    if file.items.len() < MOST {
        let owner = match dice.below(4) {
            0 => Owner::Person { kept_by: agency(by) },
            _ => owned(by),
        };
        let item = Item::propose(owner, Some(starts), dice.yes().then_some(due)).ok()?;
        file.items.insert(id, item);
        return Some("item proposed");
    }
    let ids: Vec<PlanItemId> = file.items.keys().copied().collect();
    let (one, two) = (dice.one(&ids), dice.one(&ids));
    let item = file.items[&one].clone();
    let before = |file: &File, it: PlanItemId| {
        file.order
            .iter()
            .filter(|edge| edge.item == it)
            .all(|edge| file.items.get(&edge.after).is_none_or(|it| it.state == ItemState::Done))
    };
    let weighing = Weighing {
        promised: Load { minutes: 60, money: 0 },
        asked: Load { minutes: dice.days(0, 120), money: 0 },
        capacity: Some(Load { minutes: 120, money: 100 }),
        confirmed: dice.yes(),
    };
    let (next, name) = match dice.below(10) {
        0 => (item.accept(agency(by), weighing, today), "item accepted"),
        1 => (item.start(before(file, one), today), "item started"),
        2 => (item.finish(today).map(|did| did.item), "item done"),
        3 => (item.withdraw("So it is", today).map(|did| did.item), "item withdrawn"),
        4 => (item.lack("So it is", today).map(|did| did.item), "item unmet"),
        5 => (item.move_days(Some(starts), Some(due), today).map(|did| did.item), "item moved"),
        6 => (item.ask(owned(by)), "item asked"),
        7 => (item.take_over(agency(by), dice.yes(), today), "item answered"),
        8 => {
            let edge = After { item: one, after: two };
            if circle(&file.order, edge).is_some() || file.order.contains(&edge) {
                return None;
            }
            file.order.push(edge);
            return Some("item ordered");
        }
        _ if !item.state.is_open() => {
            file.items.remove(&one);
            file.order.retain(|edge| edge.item != one && edge.after != one);
            return Some("item left behind");
        }
        _ => return None,
    };
    file.items.insert(one, next.ok()?);
    Some(name)
}

fn of_follow(world: &mut World, at: usize, dice: &mut Dice) -> Option<&'static str> {
    let (by, to) = (unit(dice.worker()), unit(dice.worker()));
    let today = world.today;
    let until = world.day(dice.days(0, 20));
    let file = &mut world.files[at];
    if dice.yes() {
        let act = match dice.below(4) {
            0 => LeadAct::Ask { by, to },
            1 => LeadAct::Accept { by },
            2 => LeadAct::Refuse { by },
            _ => LeadAct::Withdraw { by },
        };
        file.leads.go(dice.one(Area::ALL), act).ok()?;
        return Some("lead changed or asked");
    }
    if file.requests.len() < MOST {
        file.requests.push((RequestState::Asked, until));
        return Some("meeting asked for");
    }
    let n = dice.below(file.requests.len());
    let (state, day) = file.requests[n];
    let act = match dice.below(4) {
        0 => RequestAct::Accept,
        1 => RequestAct::Decline,
        2 => RequestAct::Withdraw,
        _ => RequestAct::Day(today),
    };
    let Ok(next) = state.go(day, act) else {
        file.requests.remove(n);
        return Some("meeting request left behind");
    };
    file.requests[n] = (next, day);
    Some("meeting request changed")
}

fn of_consent(world: &mut World, at: usize, dice: &mut Dice) -> Option<&'static str> {
    let id = ConsentId(world.id());
    let (today, until) = (world.today, world.day(dice.days(0, 60)));
    let now = today.to_zoned(TimeZone::UTC).unwrap().timestamp();
    let file = &mut world.files[at];
    let some = |dice: &mut Dice| {
        let all: Vec<AgencyId> = (0..3).map(|n| agency(2 * n)).collect();
        all.into_iter().filter(|_| dice.yes()).collect::<BTreeSet<_>>()
    };
    let kinds = |dice: &mut Dice| {
        let picked = Category::ALL.into_iter().filter(|_| dice.yes());
        picked.fold(Categories::NONE, |all, one| all.with(one))
    };
    if file.consents.len() < MOST {
        let terms = Terms {
            purpose: dice.one(&Purpose::ALL),
            categories: kinds(dice),
            from: some(dice),
            to: some(dice),
            given_on: today,
            valid_until: until,
            doubtful: dice.below(5) == 0,
        };
        file.consents.push(Agreement { id, terms, ending: None });
        return Some("consent given");
    }
    let n = dice.below(file.consents.len());
    let consent = file.consents[n].clone();
    if !consent.in_force(today) {
        file.consents.remove(n);
        return Some("consent left behind");
    }
    let cut = Cut { all: dice.yes(), categories: kinds(dice), to: some(dice) };
    let done = consent.withdraw(&cut, id, now, today).ok()?;
    file.consents[n] = done.ended;
    file.consents.extend(done.remains);
    Some("consent withdrawn")
}

/// What the world around does: days pass, workers come and go, ties are found out.
fn of_life(world: &mut World, at: usize, dice: &mut Dice) -> Option<&'static str> {
    let who = dice.worker();
    match dice.below(5) {
        0 | 1 => {
            world.today = world.day(1);
            Some("a day passes")
        }
        2 => {
            if world.rests_on(staff(who)) {
                return None;
            }
            world.duty &= !(1 << who);
            Some("a worker leaves")
        }
        3 => {
            world.duty |= 1 << who;
            Some("a worker returns")
        }
        _ => {
            let overlay = dice.one(&[Overlay::OwnData, Overlay::Child, Overlay::FormerPartner]);
            let overlays = &mut world.files[at].overlays;
            *overlays = if dice.yes() { overlays.with(overlay) } else { Overlays::NONE };
            Some("a tie is found out, or was a mistake")
        }
    }
}

/// The body of the pack that each agency is.
fn bodies(pack: &Pack) -> [&'static str; 3] {
    if pack.body("nav_stat").is_some() {
        ["kom_sosial", "nav_stat", "helse"]
    } else {
        ["soc", "af", "fk"]
    }
}

/// Somebody looks. What the walls let through must stand on a ground that is there now.
fn looks(world: &World, at: usize, pack: &Pack, dice: &mut Dice) -> Option<&'static str> {
    let file = &world.files[at];
    let (asks, holds) = (dice.worker(), dice.worker());
    let now = world.today.to_zoned(TimeZone::UTC).unwrap().timestamp();
    let codes = bodies(pack);
    let body = |n: u8| pack.body(codes[usize::from(agency_number(n))]).unwrap();
    let consents: Vec<Consent> = file
        .consents
        .iter()
        .map(|it| Consent {
            id: it.id,
            person: file.id,
            purpose: it.terms.purpose,
            from: it.terms.from.iter().copied().collect(),
            to: it.terms.to.iter().copied().collect(),
            categories: it.terms.categories,
            given_at: it.terms.given_on.to_zoned(TimeZone::UTC).unwrap().timestamp(),
            valid_until: it.terms.valid_until,
            withdrawn_at: it.ending.map(|ending| ending.at),
            doubtful: it.terms.doubtful,
        })
        .collect();
    let conditions = match dice.below(3) {
        0 => Conditions::NONE,
        1 => pack.conditions_of(["same_joint_office"]),
        _ => pack.conditions_of(["different_office", "own_initiative"]),
    };
    let request = Request {
        from: body(holds),
        to: body(asks),
        giver: agency(holds),
        receiver: agency(asks),
        purpose: dice.one(&Purpose::ALL),
        category: dice.one(&Category::ALL),
        conditions,
        transfer: Transfer::Record,
        internal: dice.below(6) == 0,
        agreement: None,
        overlays: file.overlays,
        groups: Groups::NONE,
        single: None,
        consents: &consents,
        necessities: &[],
        now,
        today: world.today,
    };
    let Verdict::Permit(ground) = judge(pack, &request) else { return Some("look refused") };
    assert!(file.overlays == Overlays::NONE, "a tie is overcome by nothing here");
    if request.giver == request.receiver {
        return Some("look at one's own");
    }
    assert!(!request.internal, "an internal note left its agency");
    let rule = ground.rule.expect("nothing crosses without a rule");
    let (winner, effect) = pack
        .effect(request.from, request.to, request.purpose, request.category, conditions)
        .expect("a rule that is there");
    assert_eq!((winner, effect), (rule, ground.effect));
    assert!(ground.necessity.is_none(), "nobody wrote a necessity down");
    match (effect, ground.consent) {
        (Effect::Allowed | Effect::Duty, None) => Some("look by law"),
        (Effect::Consent | Effect::Necessity, Some(id)) => {
            let under = file.consents.iter().find(|it| it.id == id).expect("the person's own");
            let kinds = Categories::NONE.with(request.category);
            assert!(under.in_force(world.today) && !under.terms.doubtful);
            assert!(under.terms.covers(
                request.giver,
                request.receiver,
                kinds,
                request.purpose,
                world.today
            ));
            Some("look by consent")
        }
        other => panic!("{other:?} is no ground"),
    }
}

/// What must hold in every world, whatever was done.
fn holds(world: &World) {
    for file in &world.files {
        if let Some(case) = &file.case {
            assert_ne!(case.responsible.id, case.deputy.id);
            for who in [case.responsible.id, case.deputy.id, case.step.owner] {
                let n = who.0.as_u128() - 100;
                assert_ne!(world.duty & (1 << n), 0, "an owner, a deputy and a step, at work");
            }
            assert!(!case.step.what.is_empty() && !case.step.place.is_empty());
        }
        for need in &file.needs {
            assert_eq!(agency_of(need.unit), need.agency, "a need has one owner, in one agency");
            let same =
                file.needs.iter().filter(|it| it.kind == need.kind && it.state.stands()).count();
            assert!(same <= 1, "the same need stands twice, and so has two owners");
        }
        let current: Vec<&Plan> =
            file.plans.iter().filter(|plan| plan.state.is_current()).collect();
        assert!(current.len() <= 1, "a second current plan");
        for plan in current {
            assert_ne!(plan.coordinator, plan.deputy);
            for who in [plan.coordinator, plan.deputy] {
                assert_ne!(world.duty & (1 << (who.0.as_u128() - 100)), 0, "a plan without hands");
            }
        }
        for item in file.items.values() {
            if item.state.is_promised() && matches!(item.owner, Owner::Agency { .. }) {
                assert!(item.due.is_some() && item.accepted_on.is_some(), "a promise has a day");
            }
        }
        let ids: Vec<PlanItemId> = file.items.keys().copied().collect();
        let placed: usize = rounds(&ids, &file.order).iter().map(Vec::len).sum();
        assert_eq!(placed, ids.len());
        for edge in &file.order {
            let without: Vec<After> = file.order.iter().filter(|it| *it != edge).copied().collect();
            assert!(circle(&without, *edge).is_none(), "a plan that waits for itself");
        }
        for area in Area::ALL {
            assert_eq!(file.leads.leads(*area).len(), 1, "one lead for {area:?}");
        }
    }
}

/// What may have changed by an act, beyond what it is about.
fn moved_rightly(name: &str, before: (Option<StaffId>, Option<StaffId>), file: &File) {
    let responsible = file.case.as_ref().map(|case| case.responsible.id);
    if let (Some(was), Some(is)) = (before.0, responsible)
        && was != is
    {
        assert!(
            matches!(name, "case accepted" | "case fell to the municipality"),
            "{name} moved responsibility"
        );
    }
    let coordinator = file.plans.iter().find(|plan| plan.state.is_current());
    if let (Some(was), Some(plan)) = (before.1, coordinator)
        && was != plan.coordinator
    {
        assert_eq!(name, "plan answered", "{name} moved the plan");
    }
}

fn live(pack: &Pack, seed: u64, done: &mut Done) {
    let mut dice = Dice(seed);
    let mut world = World::new();
    for _ in 0..ACTS {
        let at = dice.below(PERSONS);
        let file = &mut world.files[at];
        let before = (
            file.case.as_ref().map(|case| case.responsible.id),
            file.plan().map(|plan| plan.coordinator),
        );
        let did = match dice.below(9) {
            0 | 1 => of_case(&mut world, at, &mut dice),
            2 => of_need(&mut world.files[at], &mut dice),
            3 => of_plan(&mut world, at, &mut dice),
            4 => of_item(&mut world, at, &mut dice),
            5 => of_follow(&mut world, at, &mut dice),
            6 => of_consent(&mut world, at, &mut dice),
            7 => looks(&world, at, pack, &mut dice),
            _ => of_life(&mut world, at, &mut dice),
        };
        let Some(name) = did else {
            *done.entry("nothing").or_default() += 1;
            continue;
        };
        *done.entry(name).or_default() += 1;
        moved_rightly(name, before, &world.files[at]);
        holds(&world);
        // A long life is not to be longer than memory.
        world.files[at].plans.retain(|plan| plan.state.is_current());
    }
}

/// REQ-REF-01, REQ-MAP-05, REQ-PLAN-01, REQ-FOLL-02, REQ-INFO-01: in two million acts of persons,
/// workers and agencies over all state machines in one world, no case is without owner, deputy and
/// next step, no need has none or two owners, nobody has two current plans, every area of follow-up
/// has one lead, and nothing crosses a wall without a ground that stands at that moment.
#[test]
fn no_acts_together_break_a_promise() {
    let laws: Vec<Pack> = packs::SHIPPED
        .iter()
        .filter(|(code, _)| matches!(*code, "no-2022" | "se-2022"))
        .map(|(_, text)| Pack::read(text).unwrap())
        .collect();
    assert_eq!(laws.len(), 2);
    let mut done = Done::new();
    for (n, seed) in (0..WORLDS).enumerate() {
        live(&laws[n % laws.len()], seed, &mut done);
    }
    assert_eq!(done.values().sum::<u64>(), WORLDS * ACTS);
    let nothing = done.remove("nothing").unwrap_or_default();
    assert!(nothing * 2 < WORLDS * ACTS, "{nothing} acts did nothing: {done:?}");
    // Each kind of act was done, dozens of times at least.
    assert_eq!(done.len(), 48, "{done:#?}");
    for (name, count) in &done {
        assert!(*count > 50, "{name}: {count}");
    }
}
