use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::{AgencyId, ConsentId, StaffId};
use crate::person::Country;
use crate::secrecy::{Categories, Category, Purpose};

const TODAY: Date = date(2026, 11, 23);

fn agency(n: u8) -> AgencyId {
    AgencyId(Uuid::from_u128(u128::from(n) + 1))
}

fn agencies(all: &[u8]) -> BTreeSet<AgencyId> {
    all.iter().copied().map(agency).collect()
}

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

fn set(all: &[Category]) -> Categories {
    all.iter().copied().collect()
}

fn wish() -> Wish {
    Wish {
        purpose: Purpose::Coordination,
        categories: set(&[Category::Case, Category::Emp]),
        from: agencies(&[0]),
        to: agencies(&[1]),
        given_on: TODAY,
        valid_until: None,
        form: Form::Written,
        giver: Giver::default(),
        doubtful: false,
    }
}

fn occasion() -> Occasion {
    Occasion {
        today: TODAY,
        country: Country::No,
        born_on: Some(date(1980, 5, 5)),
        recorder: Some(staff(1)),
        heard_by: None,
    }
}

fn faults(wish: &Wish, occasion: &Occasion) -> Vec<ConsentFault> {
    wish.check(occasion).err().unwrap_or_default()
}

fn at(day: Date) -> Timestamp {
    day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}

/// REQ-INFO-02: a consent says from whom, to whom, what, what for, from when to
/// when and how; where one of these is missing or without bound it is refused.
#[test]
fn a_consent_without_its_bounds_is_refused() {
    assert_eq!(faults(&wish(), &occasion()), []);
    type Change = fn(&mut Wish, &mut Occasion);
    let table: &[(Change, ConsentFault)] = &[
        (|w, _| w.categories = Categories::NONE, ConsentFault::NoCategory),
        (|w, _| w.from.clear(), ConsentFault::NoSource),
        (|w, _| w.to.clear(), ConsentFault::NoReceiver),
        (|w, _| w.to = agencies(&[0]), ConsentFault::SameAgency),
        (|w, _| w.given_on = date(2026, 11, 24), ConsentFault::GivenLater),
        (|w, _| w.given_on = date(2025, 11, 22), ConsentFault::GivenLongAgo),
        (|w, _| w.valid_until = Some(date(2026, 11, 22)), ConsentFault::EndsBefore),
        (|w, _| w.valid_until = Some(date(2027, 11, 24)), ConsentFault::EndsTooLate),
        (|w, _| w.form = Form::Oral, ConsentFault::NoWitness),
        (
            |w, o| {
                w.form = Form::Oral;
                o.heard_by = Some(staff(1));
            },
            ConsentFault::WitnessIsRecorder,
        ),
        (|w, _| w.form = Form::Digital, ConsentFault::DigitalByWorker),
        (|_, o| o.born_on = None, ConsentFault::AgeUnknown),
    ];
    for (change, expected) in table {
        let (mut wish, mut occasion) = (wish(), occasion());
        change(&mut wish, &mut occasion);
        assert_eq!(faults(&wish, &occasion), [*expected]);
    }
}

/// REQ-INFO-02: never open: without an end it holds twelve months, and a paper
/// recorded late has only what is left of them. Two agencies may tell each other.
#[test]
fn no_consent_outlives_twelve_months() {
    let terms = wish().check(&occasion()).unwrap();
    assert_eq!(terms.valid_until, date(2027, 11, 23));
    let late = Wish { given_on: date(2026, 1, 31), ..wish() };
    let terms = late.check(&occasion()).unwrap();
    assert_eq!(terms.valid_until, date(2027, 1, 31));
    assert!(terms.holds_on(date(2027, 1, 31)) && !terms.holds_on(date(2027, 2, 1)));
    let mutual = Wish { from: agencies(&[0, 1]), to: agencies(&[0, 1]), ..wish() };
    let pairs: Vec<_> = mutual.check(&occasion()).unwrap().pairs().collect();
    assert_eq!(pairs, [(agency(0), agency(1)), (agency(1), agency(0))]);
}

/// REQ-INFO-02: who may consent for whom: from sixteen to health alone in Norway,
/// parents with the child's view before, both where custody is shared.
#[test]
fn who_consents_follows_age_and_country() {
    use GivenBy::{Guardian, Person, Proxy};
    let (health, work) = (&[Category::Health][..], &[Category::Emp][..]);
    let (ten, sixteen, grown) = (date(2016, 1, 1), date(2010, 11, 23), date(1990, 1, 1));
    let not_yet_sixteen = date(2010, 11, 24);
    let no = Country::No;
    type Line = (Date, Country, GivenBy, &'static [Category], &'static [ConsentFault]);
    let table: &[Line] = &[
        (grown, no, Person, work, &[]),
        (grown, no, Guardian, work, &[]),
        (grown, no, Proxy, work, &[]),
        (sixteen, no, Person, health, &[]),
        (sixteen, no, Person, work, &[ConsentFault::GuardianNeeded]),
        (sixteen, no, Person, &[Category::Health, Category::Emp], &[ConsentFault::GuardianNeeded]),
        (sixteen, no, Guardian, work, &[]),
        (sixteen, no, Guardian, health, &[ConsentFault::OwnHealth]),
        (sixteen, Country::Se, Person, health, &[ConsentFault::GuardianNeeded]),
        (not_yet_sixteen, no, Person, health, &[ConsentFault::GuardianNeeded]),
        (not_yet_sixteen, no, Guardian, health, &[]),
        (ten, no, Guardian, health, &[]),
        (ten, no, Proxy, work, &[ConsentFault::GuardianNeeded]),
    ];
    for (born, country, by, categories, expected) in table {
        let occasion = Occasion { born_on: Some(*born), country: *country, ..occasion() };
        let giver = Giver {
            by: Some(*by),
            name: "Solveig Moe".into(),
            authority: "Mandate of 1 March".into(),
            child_view: "Agrees".into(),
            ..Giver::default()
        };
        let wish = Wish { categories: set(categories), giver, ..wish() };
        assert_eq!(faults(&wish, &occasion), *expected, "{born} {by:?} {categories:?}");
    }
    let child = Occasion { born_on: Some(ten), ..occasion() };
    let bare = Giver { by: Some(Guardian), shared_custody: true, ..Giver::default() };
    let wish = Wish { giver: bare, ..wish() };
    let all = [ConsentFault::GiverName, ConsentFault::ChildView, ConsentFault::SecondGuardian];
    assert_eq!(faults(&wish, &child), all);
    assert_eq!(faults(&wish, &occasion()), [ConsentFault::GiverName, ConsentFault::Authority]);
}

fn given(categories: &[Category], purpose: Purpose) -> Agreement {
    let wish = Wish {
        purpose,
        categories: set(categories),
        from: agencies(&[0]),
        to: agencies(&[1, 2]),
        ..wish()
    };
    let terms = wish.check(&occasion()).unwrap();
    Agreement { id: ConsentId(Uuid::from_u128(7)), terms, ending: None }
}

/// REQ-INFO-03: a part taken back leaves a narrower consent with the same dates;
/// taking back everything, or twice, does what it says.
#[test]
fn a_part_taken_back_leaves_less() {
    let first = given(&[Category::Case, Category::Health], Purpose::Coordination);
    let rest = ConsentId(Uuid::from_u128(8));
    let cut = Cut { categories: set(&[Category::Health]), ..Cut::default() };
    let done = first.clone().withdraw(&cut, rest, at(TODAY), TODAY).unwrap();
    assert_eq!(done.ended.state(TODAY), State::Replaced);
    let left = done.remains.unwrap();
    assert_eq!(left.terms.categories, set(&[Category::Case]));
    assert_eq!(left.terms.valid_until, first.terms.valid_until);
    assert_eq!(done.lost.get(&agency(1)), Some(&set(&[Category::Health])));
    let cut = Cut { to: agencies(&[2]), ..Cut::default() };
    let done = left.clone().withdraw(&cut, rest, at(TODAY), TODAY).unwrap();
    let left = done.remains.unwrap();
    assert_eq!((left.terms.to.clone(), done.lost.len()), (agencies(&[1]), 1));
    let nothing = Cut { categories: set(&[Category::Debt]), ..Cut::default() };
    let same = left.clone().withdraw(&nothing, rest, at(TODAY), TODAY);
    assert_eq!(same.unwrap_err(), EndFault::Nothing);
    let last = Cut { categories: set(&[Category::Case]), ..Cut::default() };
    let done = left.withdraw(&last, rest, at(TODAY), TODAY).unwrap();
    assert_eq!((done.remains, done.ended.state(TODAY)), (None, State::Withdrawn));
    let again = done.ended.withdraw(&Cut { all: true, ..Cut::default() }, rest, at(TODAY), TODAY);
    assert_eq!(again.unwrap_err(), EndFault::Ended);
}

/// REQ-INFO-03: what stops is told before it stops, and a joint payout becomes
/// separate from the next run on. A doubtful consent carries nothing alone.
#[test]
fn what_rests_on_a_consent_stops_with_it() {
    let money = given(&[Category::Ben], Purpose::BenefitDecision).terms;
    let work = given(&[Category::Id, Category::Case, Category::Emp], Purpose::Coordination).terms;
    let before = [money.clone(), work.clone()];
    let run = date(2026, 12, 1);
    assert_eq!(payout(&before, agency(0), agency(1), run), Payout::Joint);
    let gone = stopped(&before, &[work], run);
    let what: BTreeSet<_> = gone.iter().map(|one| one.what).collect();
    assert_eq!(what, BTreeSet::from([Arrangement::JointPayout]));
    assert_eq!(payout(&[], agency(0), agency(1), run), Payout::Separate);
    let all: BTreeSet<_> = stopped(&before, &[], run).iter().map(|one| one.what).collect();
    assert_eq!(all.len(), Arrangement::ALL.len());
    let pressed = Terms { doubtful: true, ..money };
    assert_eq!(payout(&[pressed], agency(0), agency(1), run), Payout::Separate);
}

/// What may happen to somebody's consents.
#[derive(Clone, Debug)]
enum Event {
    Give { categories: u16, from: u8, to: u8, purpose: u8, days: i32 },
    Renew { which: usize, categories: u16, purpose: u8 },
    Withdraw { which: usize, categories: u16, to: u8, all: bool },
    Wait { days: i32 },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let bits = 0_u16..(1 << Category::ALL.len());
    let give = (bits.clone(), 0_u8..8, 0_u8..8, 0_u8..4, 0_i32..400).prop_map(
        |(categories, from, to, purpose, days)| Event::Give { categories, from, to, purpose, days },
    );
    let renew = (0_usize..6, bits.clone(), 0_u8..4)
        .prop_map(|(which, categories, purpose)| Event::Renew { which, categories, purpose });
    let withdraw = (0_usize..6, bits, 0_u8..8, any::<bool>())
        .prop_map(|(which, categories, to, all)| Event::Withdraw { which, categories, to, all });
    let wait = (0_i32..200).prop_map(|days| Event::Wait { days });
    proptest::collection::vec(prop_oneof![give, renew, withdraw, wait], 1..24)
}

fn from_bits(bits: u16) -> Categories {
    Category::ALL
        .into_iter()
        .enumerate()
        .filter(|(n, _)| bits & (1 << n) != 0)
        .map(|(_, c)| c)
        .collect()
}

fn from_mask(mask: u8) -> BTreeSet<AgencyId> {
    (0..3).filter(|n| mask & (1 << n) != 0).map(agency).collect()
}

proptest! {
    /// REQ-INFO-02, REQ-INFO-03: whatever happens, what has ended stays ended, what
    /// is left after a withdrawal is a part of what was given, other purposes are
    /// untouched, and nothing holds longer than twelve months from its giving.
    #[test]
    fn nothing_reopens_whatever_happens(events in events()) {
        let mut today = TODAY;
        let mut all: Vec<Agreement> = Vec::new();
        let mut ended: Vec<(usize, State)> = Vec::new();
        let mut next = 100_u128;
        for event in events {
            let before = all.clone();
            match event {
                Event::Wait { days } => today = today.saturating_add(days.days()),
                Event::Give { categories, from, to, purpose, days } => {
                    let wish = Wish {
                        purpose: Purpose::ALL[usize::from(purpose)],
                        categories: from_bits(categories),
                        from: from_mask(from),
                        to: from_mask(to),
                        given_on: today,
                        valid_until: Some(today.saturating_add(days.days())),
                        ..wish()
                    };
                    if let Ok(terms) = wish.check(&Occasion { today, ..occasion() }) {
                        next += 1;
                        let id = ConsentId(Uuid::from_u128(next));
                        all.push(Agreement { id, terms, ending: None });
                    }
                }
                Event::Renew { which, categories, purpose } => {
                    let Some(old) = all.get(which).cloned() else { continue };
                    let newer = Terms {
                        purpose: Purpose::ALL[usize::from(purpose)],
                        categories: from_bits(categories),
                        ..old.terms.clone()
                    };
                    if let Ok((old, _)) = old.replace(&newer, at(today), today) {
                        prop_assert_eq!(newer.purpose, old.terms.purpose);
                        all[which] = old;
                    }
                }
                Event::Withdraw { which, categories, to, all: whole } => {
                    let Some(old) = all.get(which).cloned() else { continue };
                    let cut = Cut { all: whole, categories: from_bits(categories), to: from_mask(to) };
                    next += 1;
                    let rest = ConsentId(Uuid::from_u128(next));
                    let was = old.state(today);
                    match old.clone().withdraw(&cut, rest, at(today), today) {
                        Ok(done) => {
                            prop_assert_eq!(was, State::Given);
                            prop_assert!(!done.ended.in_force(today));
                            prop_assert!(!done.lost.is_empty());
                            all[which] = done.ended;
                            if let Some(left) = done.remains {
                                prop_assert!(old.terms.categories.covers(left.terms.categories));
                                prop_assert!(left.terms.to.is_subset(&old.terms.to));
                                prop_assert_eq!(&left.terms.from, &old.terms.from);
                                prop_assert_eq!(left.terms.valid_until, old.terms.valid_until);
                                for gone in cut.categories.iter() {
                                    prop_assert!(!left.terms.categories.has(gone));
                                }
                                prop_assert!(left.terms.to.is_disjoint(&cut.to));
                                prop_assert!(!whole);
                                all.push(left);
                            }
                        }
                        Err(EndFault::Ended) => prop_assert!(was != State::Given),
                        Err(_) => prop_assert_eq!(was, State::Given),
                    }
                }
            }
            for (which, state) in &ended {
                prop_assert_eq!(all[*which].state(today), *state, "reopened");
            }
            for (n, one) in all.iter().enumerate() {
                prop_assert!(one.terms.valid_until <= latest_end(one.terms.given_on));
                let state = one.state(today);
                if state != State::Given && !ended.iter().any(|(which, _)| *which == n) {
                    ended.push((n, state));
                }
                if before.get(n).is_some_and(|old| old.ending != one.ending) {
                    continue;
                }
                if let Some(old) = before.get(n) {
                    prop_assert_eq!(old, one, "an act touched another consent");
                }
            }
        }
    }
}
