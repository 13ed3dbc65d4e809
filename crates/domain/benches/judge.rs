//! How many decisions one core takes in a second, over a mixed set of questions.
//!
//! `cargo bench -p onedoor-domain --bench judge`. The numbers stand in `docs/walls.md`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot set itself up should stop")]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use onedoor_domain::ids::{AgencyId, ConsentId, NecessityId, PersonId};
use onedoor_domain::secrecy::{
    Categories, Category, Conditions, Consent, Groups, Necessity, Overlay, Overlays, Pack, Purpose,
    Request, Transfer, judge, packs, weigh,
};
use uuid::Uuid;

const GIVER: AgencyId = AgencyId(Uuid::from_u128(1));
const RECEIVER: AgencyId = AgencyId(Uuid::from_u128(2));
const TODAY: Date = date(2026, 11, 22);

fn main() {
    divan::main();
}

fn now() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

/// The papers of one person: three consents, of which one still holds, and a necessity.
struct Papers {
    consents: Vec<Consent>,
    necessities: Vec<Necessity>,
}

fn papers() -> Papers {
    let consent = |at, categories, withdrawn: Option<Timestamp>, last| Consent {
        id: ConsentId(Uuid::from_u128(at)),
        person: PersonId(Uuid::from_u128(9)),
        purpose: Purpose::Coordination,
        from: vec![GIVER, AgencyId(Uuid::from_u128(3))],
        to: vec![AgencyId(Uuid::from_u128(3)), RECEIVER],
        categories,
        given_at: now() - jiff::SignedDuration::from_hours(100),
        valid_until: last,
        withdrawn_at: withdrawn,
        doubtful: false,
    };
    let most = Categories::ALL.without(Category::Child).without(Category::Subst);
    Papers {
        consents: vec![
            consent(1, Categories::ALL, Some(now()), date(2027, 1, 1)),
            consent(2, Categories::ALL, None, date(2025, 1, 1)),
            consent(3, most, None, date(2027, 1, 1)),
        ],
        necessities: vec![Necessity {
            id: NecessityId(Uuid::from_u128(1)),
            from: GIVER,
            to: RECEIVER,
            purpose: Purpose::Coordination,
            categories: Categories::only(Category::Health),
            valid_until: date(2027, 1, 1),
        }],
    }
}

/// Every direction, purpose, category and set of conditions of the present laws; every seventh
/// person has a protected address, every fifth worker asks about an own record, every tenth
/// record is an internal note.
fn requests<'a>(pack: &Pack, papers: &'a Papers, open_only: bool) -> Vec<Request<'a>> {
    let mut all = Vec::new();
    for (from, _) in pack.bodies() {
        for (to, _) in pack.bodies() {
            for purpose in Purpose::ALL {
                let matter = pack.conditions_between(from, to, purpose);
                for conditions in matter.subsets() {
                    for category in Category::ALL {
                        all.push(request(papers, (from, to), purpose, category, conditions));
                    }
                }
            }
        }
    }
    for (at, request) in all.iter_mut().enumerate() {
        if at % 5 == 0 {
            request.receiver = request.giver;
        }
        if at % 7 == 0 {
            request.overlays = Overlays::only(Overlay::Confidential);
        }
        request.internal = at % 10 == 3;
    }
    if open_only {
        all.retain(|it| weigh(pack, it).is_some());
    }
    // Mixed, so that no branch is always the same.
    let count = all.len();
    (0..count).map(|at| all.get(at * 7919 % count).copied().unwrap()).collect()
}

fn request<'a>(
    papers: &'a Papers,
    (from, to): (onedoor_domain::secrecy::Body, onedoor_domain::secrecy::Body),
    purpose: Purpose,
    category: Category,
    conditions: Conditions,
) -> Request<'a> {
    Request {
        from,
        to,
        giver: GIVER,
        receiver: RECEIVER,
        purpose,
        category,
        conditions,
        transfer: Transfer::Record,
        internal: false,
        agreement: Some(Categories::ALL),
        overlays: Overlays::NONE,
        groups: Groups::NONE,
        single: None,
        consents: &papers.consents,
        necessities: &papers.necessities,
        now: now(),
        today: TODAY,
    }
}

fn present(code: &str) -> Pack {
    let all = packs::shipped().map_err(|faults| faults.len()).unwrap();
    packs::by_code(&all, code).cloned().unwrap()
}

/// Decisions that mostly deny, each with all its reasons and its remedy.
#[divan::bench(args = ["no-2022", "se-2022"])]
fn judge_everything(bencher: Bencher<'_, '_>, code: &str) {
    let (pack, papers) = (present(code), papers());
    let all = requests(&pack, &papers, false);
    bencher.counter(ItemsCount::new(all.len())).bench_local(|| {
        all.iter().filter(|it| judge(black_box(&pack), black_box(it)).is_permit()).count()
    });
}

/// Decisions that permit.
#[divan::bench(args = ["no-2022", "se-2022"])]
fn judge_what_is_open(bencher: Bencher<'_, '_>, code: &str) {
    let (pack, papers) = (present(code), papers());
    let all = requests(&pack, &papers, true);
    bencher.counter(ItemsCount::new(all.len())).bench_local(|| {
        all.iter().filter(|it| judge(black_box(&pack), black_box(it)).is_permit()).count()
    });
}

/// Yes or no without reasons, as a list filter asks.
#[divan::bench(args = ["no-2022", "se-2022"])]
fn weigh_everything(bencher: Bencher<'_, '_>, code: &str) {
    let (pack, papers) = (present(code), papers());
    let all = requests(&pack, &papers, false);
    bencher.counter(ItemsCount::new(all.len())).bench_local(|| {
        all.iter().filter(|it| weigh(black_box(&pack), black_box(it)).is_some()).count()
    });
}
