//! Finding what cannot work before any letter leaves: two who want the same hour, duties that
//! contradict, a way that is too long, children whom nobody minds (REQ-REF-17, REQ-PLAN-06).

use jiff::civil::{Date, Weekday};
use uuid::Uuid;

use super::order::Days;
use crate::codes::codes;
use crate::ids::PlanItemId;
use crate::need::NeedKind;

codes! {
    /// What an item asks of the person.
    Duty {
        /// Nothing.
        Nothing = "nothing",
        /// To be there at certain hours.
        Attend = "attend",
        /// To look for work and take what comes.
        BeAvailable = "be_available",
        /// Not to work: the doctor has said so.
        Rest = "rest",
        /// To study whole days.
        Study = "study",
        /// To work.
        Work = "work",
    }
}

impl Duty {
    /// Whether nobody can do both at the same time.
    #[must_use]
    pub fn contradicts(self, other: Self) -> bool {
        let pair = |a, b| (self, other) == (a, b) || (self, other) == (b, a);
        pair(Self::Rest, Self::BeAvailable)
            || pair(Self::Rest, Self::Work)
            || pair(Self::Study, Self::BeAvailable)
            || pair(Self::Study, Self::Work)
            || pair(Self::Rest, Self::Study)
    }
}

/// Hours of the week: days as bits from Monday, minutes of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    days: u8,
    from: u16,
    until: u16,
}

/// The minutes of a day.
const DAY: u16 = 24 * 60;

impl Hours {
    /// Hours on days; none when no day is named, or they end before they begin.
    #[must_use]
    pub fn new(days: &[Weekday], from: u16, until: u16) -> Option<Self> {
        let bits = days.iter().fold(0, |bits, day| bits | bit(*day));
        Self::of_bits(bits, from, until)
    }

    /// The same from bits, as they are stored.
    #[must_use]
    pub fn of_bits(days: u8, from: u16, until: u16) -> Option<Self> {
        let fits = days != 0 && days < 128 && from < until && until <= DAY;
        fits.then_some(Self { days, from, until })
    }

    /// The days as bits from Monday.
    #[must_use]
    pub fn days(self) -> u8 {
        self.days
    }

    /// The first minute.
    #[must_use]
    pub fn from(self) -> u16 {
        self.from
    }

    /// The minute after the last.
    #[must_use]
    pub fn until(self) -> u16 {
        self.until
    }

    /// Whether a day is among them.
    #[must_use]
    pub fn on(self, day: Weekday) -> bool {
        self.days & bit(day) != 0
    }

    /// The first day on which both are asked at the same time.
    #[must_use]
    pub fn overlap(self, other: Self) -> Option<Weekday> {
        let shared = self.days & other.days;
        let meet = self.from < other.until && other.from < self.until;
        if meet { first(shared) } else { None }
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset().unsigned_abs()
}

fn first(days: u8) -> Option<Weekday> {
    WEEK.into_iter().find(|day| days & bit(*day) != 0)
}

/// The days of the week from Monday.
pub const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// What asks something of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An item of the plan.
    Item(PlanItemId),
    /// A booked time: a meeting, or an hour at the counter.
    Booked(Uuid),
}

/// What an item, or a booked time, asks of the person's week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The item or the time.
    pub item: Source,
    /// The need that it is for.
    pub need: Option<NeedKind>,
    /// When it runs.
    pub days: Days,
    /// What it asks.
    pub duty: Duty,
    /// At which hours.
    pub hours: Option<Hours>,
    /// Minutes of way to get there, and home again.
    pub travel: u16,
    /// Whether it is where another is, so that there is no way between them.
    pub place: String,
}

impl Asked {
    /// A booked time: one day, and no way that anybody has told of.
    #[must_use]
    pub fn booked(id: Uuid, on: Date, (from, until): (u16, u16)) -> Self {
        Self {
            item: Source::Booked(id),
            need: None,
            days: Days { from: on, until: on },
            duty: Duty::Attend,
            hours: Hours::new(&[on.weekday()], from, until),
            travel: 0,
            place: String::new(),
        }
    }
}

codes! {
    /// What cannot work.
    ClashKind {
        /// Both want the same hours of the same weekday.
        SameHours = "same_hours",
        /// Nobody can do both.
        Contradiction = "contradiction",
        /// There is no time for the way between them.
        Travel = "travel",
        /// Nobody minds the children then.
        ChildCare = "child_care",
    }
}

/// Two items that cannot both be, or one that its child care does not reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// What is wrong.
    pub kind: ClashKind,
    /// The one.
    pub first: Source,
    /// The other; for child care the item that minds the children.
    pub second: Source,
    /// The first weekday on which it is so, where hours are concerned.
    pub day: Option<Weekday>,
}

fn minds_children(one: &Asked) -> bool {
    one.need == Some(NeedKind::ChildCare)
}

fn way_between(one: &Asked, other: &Asked) -> Option<Weekday> {
    let (a, b) = (one.hours?, other.hours?);
    if one.place == other.place && !one.place.is_empty() {
        return None;
    }
    let (before, after, travel) =
        if a.until <= b.from { (a, b, other.travel) } else { (b, a, one.travel) };
    let gap = after.from.checked_sub(before.until)?;
    if gap < travel { first(a.days & b.days) } else { None }
}

/// The day on which the hours of `one`, with the way there and back, lie outside those in which
/// the children are minded.
fn not_minded(one: &Asked, minded: &Asked) -> Option<Weekday> {
    let (hours, care) = (one.hours?, minded.hours?);
    let begins = hours.from.saturating_sub(one.travel);
    let ends = hours.until.saturating_add(one.travel);
    let outside = begins < care.from || ends > care.until;
    if outside { first(hours.days) } else { first(hours.days & !care.days) }
}

/// Everything that cannot work, pair by pair: items of the plan and booked times alike.
#[must_use]
pub fn clashes(asked: &[Asked]) -> Vec<Clash> {
    let mut found = Vec::new();
    for (at, one) in asked.iter().enumerate() {
        for other in asked.iter().skip(at + 1) {
            if !one.days.meets(&other.days) {
                continue;
            }
            let mut add = |kind, day| {
                found.push(Clash { kind, first: one.item, second: other.item, day });
            };
            if one.duty.contradicts(other.duty) {
                add(ClashKind::Contradiction, None);
            }
            match (minds_children(one), minds_children(other)) {
                (false, false) => {
                    let hours = one.hours.zip(other.hours);
                    if let Some(day) = hours.and_then(|(a, b)| a.overlap(b)) {
                        add(ClashKind::SameHours, Some(day));
                    } else if let Some(day) = way_between(one, other) {
                        add(ClashKind::Travel, Some(day));
                    }
                }
                (true, true) => {}
                (_, other_minds) => {
                    let (duty, care) = if other_minds { (one, other) } else { (other, one) };
                    if let Some(day) = not_minded(duty, care) {
                        found.push(Clash {
                            kind: ClashKind::ChildCare,
                            first: duty.item,
                            second: care.item,
                            day: Some(day),
                        });
                    }
                }
            }
        }
    }
    found
}
