//! What comes before what, what runs beside what, and where nothing happens (REQ-PLAN-06).

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use crate::ids::{AgencyId, PlanItemId};
use crate::need::NeedKind;

/// `item` begins when `after` is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct After {
    /// What waits.
    pub item: PlanItemId,
    /// What it waits for.
    pub after: PlanItemId,
}

/// The circle that `new` would close, in the order in which each waits for the next, beginning and
/// ending with the same item. None when it closes none.
#[must_use]
pub fn circle(there: &[After], new: After) -> Option<Vec<PlanItemId>> {
    if new.item == new.after {
        return Some(vec![new.item, new.item]);
    }
    // The way from what is waited for back to what would wait.
    let mut waits: BTreeMap<PlanItemId, Vec<PlanItemId>> = BTreeMap::new();
    for edge in there {
        waits.entry(edge.item).or_default().push(edge.after);
    }
    let mut seen = BTreeSet::from([new.after]);
    let mut ways = vec![vec![new.after]];
    while let Some(way) = ways.pop() {
        let Some(end) = way.last() else { continue };
        if *end == new.item {
            let mut circle = vec![new.item];
            circle.extend(way);
            return Some(circle);
        }
        for next in waits.get(end).into_iter().flatten() {
            if seen.insert(*next) || *next == new.item {
                let mut longer = way.clone();
                longer.push(*next);
                ways.push(longer);
            }
        }
    }
    None
}

/// The items in an order in which none stands before what it waits for; those that wait for the
/// same number of others stand together, as they may run beside each other. What is in a circle
/// comes last, so that no item is lost.
#[must_use]
pub fn rounds(items: &[PlanItemId], after: &[After]) -> Vec<Vec<PlanItemId>> {
    let mut left: BTreeSet<PlanItemId> = items.iter().copied().collect();
    let mut rounds = Vec::new();
    while !left.is_empty() {
        let ready: Vec<PlanItemId> = items
            .iter()
            .copied()
            .filter(|item| left.contains(item))
            .filter(|item| {
                !after.iter().any(|edge| edge.item == *item && left.contains(&edge.after))
            })
            .collect();
        if ready.is_empty() {
            rounds.push(items.iter().copied().filter(|item| left.contains(item)).collect());
            break;
        }
        for item in &ready {
            left.remove(item);
        }
        rounds.push(ready);
    }
    rounds
}

/// Days, both inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    /// The first.
    pub from: Date,
    /// The last.
    pub until: Date,
}

impl Days {
    /// Whether a day is inside.
    #[must_use]
    pub fn has(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }

    /// Whether both share a day.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.from <= other.until && other.from <= self.until
    }

    /// How many days; never negative.
    #[must_use]
    pub fn count(&self) -> i64 {
        let days =
            self.from.until((jiff::Unit::Day, self.until)).map_or(-1, |span| span.get_days());
        i64::from(days + 1).max(0)
    }
}

/// An item that runs: whose it is, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// Whose.
    pub agency: AgencyId,
    /// When.
    pub days: Days,
}

/// The stretches of at least `least` days inside `within` in which nothing runs.
#[must_use]
pub fn idle(running: &[Running], within: Days, least: i64) -> Vec<Days> {
    let mut all: Vec<Days> =
        running.iter().map(|one| one.days).filter(|days| days.meets(&within)).collect();
    all.sort();
    let mut stretches = Vec::new();
    let mut free = Some(within.from);
    for days in all {
        let Some(from) = free else { break };
        if days.from > from
            && let Ok(until) = days.from.checked_sub(1.day())
        {
            stretches.push(Days { from, until });
        }
        let next = days.until.checked_add(1.day()).ok();
        free = next.map(|next| next.max(from));
    }
    if let Some(from) = free.filter(|from| *from <= within.until) {
        stretches.push(Days { from, until: within.until });
    }
    stretches.retain(|days| days.count() >= least);
    stretches
}

/// Of the days inside `within`: how many had help at all, and how many had it from two agencies or
/// more at once.
#[must_use]
pub fn parallel(running: &[Running], within: Days) -> (i64, i64) {
    // Only days on which something begins or ends change anything.
    let mut edges: BTreeSet<Date> = BTreeSet::from([within.from]);
    for one in running {
        edges.insert(one.days.from);
        edges.extend(one.days.until.checked_add(1.day()));
    }
    let edges: Vec<Date> = edges.into_iter().filter(|day| within.has(*day)).collect();
    let (mut helped, mut together) = (0, 0);
    for (at, from) in edges.iter().enumerate() {
        let until = match edges.get(at + 1).map(|next| next.checked_sub(1.day())) {
            Some(Ok(before)) => before,
            _ => within.until,
        };
        let agencies: BTreeSet<AgencyId> =
            running.iter().filter(|one| one.days.has(*from)).map(|one| one.agency).collect();
        let days = Days { from: *from, until }.count();
        if !agencies.is_empty() {
            helped += days;
        }
        if agencies.len() > 1 {
            together += days;
        }
    }
    (helped, together)
}

/// What should be settled before an item for a need begins: debts and the minding of children
/// before a job.
#[must_use]
pub fn comes_first(kind: NeedKind) -> &'static [NeedKind] {
    match kind {
        NeedKind::Work => &[NeedKind::Debt, NeedKind::ChildCare],
        NeedKind::Skills | NeedKind::Adaptation => &[NeedKind::ChildCare],
        NeedKind::Debt => &[NeedKind::Income],
        _ => &[],
    }
}
