//! Leases, shared rooms and the area that sharing saves.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::codes::codes;

/// A lease of an agency (REQ-ORG-36).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The day it was signed.
    pub signed_on: Date,
    /// First day.
    pub starts_on: Date,
    /// First day after it.
    pub expires_on: Date,
    /// The day on which it can be ended early, when there is one.
    pub break_on: Option<Date>,
    /// Whether it is shown that the cost is inside ordinary budgets.
    pub within_budget: bool,
}

codes! {
    /// What a lease tells those who plan a joint office.
    LeaseFlag {
        /// A new long commitment that would block moving together.
        Blocks = "blocks",
        /// It ends inside the planning window: a chance to move together.
        Opening = "opening",
        /// Nothing shows that the cost is inside ordinary budgets.
        NoEvidence = "no_evidence",
    }
}

/// When agencies were asked to plan together, and for which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planning {
    /// The date of the letter that asked not to bind oneself anew.
    pub letter_on: Date,
    /// First day of the planning window.
    pub from: Date,
    /// First day after it.
    pub until: Date,
}

/// Years after which a commitment is long.
pub const LONG_YEARS: i32 = 5;

/// What a lease tells (REQ-ORG-36). A lease that can be ended early binds until then only. Signed
/// on the letter's own day it is not yet against the letter.
#[must_use]
pub fn flags(lease: &Lease, planning: &Planning) -> Vec<LeaseFlag> {
    let bound_until = lease.break_on.map_or(lease.expires_on, |day| day.min(lease.expires_on));
    let long = lease.starts_on.checked_add(LONG_YEARS.years()).is_ok_and(|day| bound_until > day);
    let mut flags = Vec::new();
    if lease.signed_on > planning.letter_on && long {
        flags.push(LeaseFlag::Blocks);
    }
    if (planning.from..planning.until).contains(&bound_until) {
        flags.push(LeaseFlag::Opening);
    }
    if !lease.within_budget {
        flags.push(LeaseFlag::NoEvidence);
    }
    flags
}

/// The area of one agency, before or after moving together (REQ-ORG-37).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Square metres, above zero.
    pub square_metres: i64,
    /// Staff who sit there, above zero.
    pub staff: i64,
    /// Cost in a year.
    pub yearly_cost: i64,
}

/// What moving together saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saving {
    /// Tenths of a square metre for each member of staff before.
    pub before: i64,
    /// The same after.
    pub after: i64,
    /// Square metres saved; below zero when more are used.
    pub square_metres: i64,
    /// Cost saved in a year.
    pub yearly_cost: i64,
}

/// Area for each member of staff before and after, and what was saved.
#[must_use]
pub fn saving(before: Area, after: Area) -> Saving {
    let each = |it: Area| it.square_metres.saturating_mul(10).checked_div(it.staff).unwrap_or(0);
    Saving {
        before: each(before),
        after: each(after),
        square_metres: before.square_metres.saturating_sub(after.square_metres),
        yearly_cost: before.yearly_cost.saturating_sub(after.yearly_cost),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn lease(signed_on: Date, years: i32, break_on: Option<Date>) -> Lease {
        let expires_on = signed_on.checked_add(years.years()).unwrap();
        Lease { signed_on, starts_on: signed_on, expires_on, break_on, within_budget: true }
    }

    /// REQ-ORG-36: a ten-year lease signed after the letter's date without a break clause is
    /// flagged; one that expires inside the planning window is an opening.
    #[test]
    fn leases_that_block_or_open_are_told() {
        let planning = Planning {
            letter_on: date(2003, 3, 10),
            from: date(2004, 1, 1),
            until: date(2006, 1, 1),
        };
        let told = |lease: Lease| flags(&lease, &planning);
        assert_eq!(told(lease(date(2003, 3, 11), 10, None)), [LeaseFlag::Blocks]);
        assert_eq!(told(lease(date(2003, 3, 10), 10, None)), [], "signed on the letter's day");
        let broken = lease(date(2003, 6, 1), 10, Some(date(2007, 6, 1)));
        assert_eq!(told(broken), [], "it can be ended early");
        let late = lease(date(2003, 6, 1), 10, Some(date(2009, 6, 1)));
        assert_eq!(told(late), [LeaseFlag::Blocks], "early is not early enough");
        assert_eq!(told(lease(date(2003, 6, 1), 5, None)), [], "five years are not long");
        assert_eq!(told(lease(date(2000, 5, 1), 5, None)), [LeaseFlag::Opening]);
        assert_eq!(told(lease(date(1996, 1, 1), 10, None)), [], "the window's end is outside");
        assert_eq!(told(lease(date(1994, 1, 1), 10, None)), [LeaseFlag::Opening]);
        let bare = Lease { within_budget: false, ..lease(date(2003, 6, 1), 3, None) };
        assert_eq!(told(bare), [LeaseFlag::NoEvidence]);
    }

    /// REQ-ORG-37: area for each member of staff before and after, and the saving.
    #[test]
    fn area_is_told_for_each_member_of_staff() {
        let before = Area { square_metres: 900, staff: 30, yearly_cost: 1_350_000 };
        let after = Area { square_metres: 640, staff: 32, yearly_cost: 1_024_000 };
        let told = saving(before, after);
        assert_eq!((told.before, told.after), (300, 200));
        assert_eq!((told.square_metres, told.yearly_cost), (260, 326_000));
        assert_eq!(saving(after, before).square_metres, -260);
    }
}
