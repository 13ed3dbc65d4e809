//! What of a booked time is told at a counter: in the statements and beside them.

use onedoor_domain::office::AgencyKind;
use onedoor_domain::reception::Need;
use uuid::Uuid;

use crate::reception::store as visits;
use crate::walls::{self, Counter};

/// Part of a statement: the kinds of agency whose colleagues meet somebody at the booked time `b`,
/// as the bits of a [`Counter`]; every kind where the hours were given back.
macro_rules! who_meet {
    () => {
        "case when b.appointment_id is null then cast(0 as bigint) else coalesce((
            select cast(sum(distinct case y.kind when 'employment' then 1 when 'insurance' then 2
                    else 4 end) as bigint)
            from calendar_slot cs join staff sm on sm.id = cs.staff_id
            join unit um on um.id = sm.unit_id join agency y on y.id = um.agency_id
            where cs.appointment_id = b.appointment_id), 7) end"
    };
}

/// Part of a statement: whether a booked time is for a need that points to an agency.
macro_rules! needs_of {
    (employment) => {
        "b.needs like '%\"work\"%' or b.needs like '%\"training\"%'"
    };
    (insurance) => {
        "b.needs like '%\"illness\"%' or b.needs like '%\"disability\"%'
            or b.needs like '%\"family\"%'"
    };
    (social) => {
        "b.needs like '%\"income\"%' or b.needs like '%\"housing\"%'
            or b.needs like '%\"debt\"%' or b.needs like '%\"family\"%'"
    };
}

/// Part of a statement: the kinds of agency that the booked time `b` concerns, with its agency `a`, as
/// the bits of a [`Counter`].
macro_rules! booking_concerns {
    () => {
        concat!(
            "((case when ",
            needs_of!(employment),
            " then cast(1 as bigint) else cast(0 as bigint) end)
            | (case when ",
            needs_of!(insurance),
            " then cast(2 as bigint) else cast(0 as bigint) end)
            | (case when ",
            needs_of!(social),
            " then cast(4 as bigint) else cast(0 as bigint) end)
            | (case coalesce(a.kind, '') when 'employment' then cast(1 as bigint)
                when 'insurance' then cast(2 as bigint) when 'social' then cast(4 as bigint)
                else cast(0 as bigint) end)
            | (",
            who_meet!(),
            "))"
        )
    };
}

/// Part of a statement: the booked time `b` is told of at a counter, as `Told` says it: made by
/// the one who asks, or it concerns their own agency, or none that is closed to them.
macro_rules! told_booking {
    ($me:literal, $own:literal, $closed:literal) => {
        concat!(
            "(coalesce(b.made_by = ",
            $me,
            ", 0 = 1) or (",
            booking_concerns!(),
            " & cast(",
            $own,
            " as bigint)) <> 0 or (",
            booking_concerns!(),
            " & cast(",
            $closed,
            " as bigint)) = 0)"
        )
    };
}
pub(crate) use {booking_concerns, needs_of, told_booking, who_meet};

/// What of a booked time is told at a counter (REQ-INFO-01): a time with an agency tells that the
/// person comes to it, as a visit does.
pub(super) struct Told {
    /// Whether it is the counter's own, made by the one who asks, or nobody's.
    own: bool,
    /// Whether it is told of at all.
    pub(super) any: bool,
}

impl Told {
    /// Of a booking that somebody made, with an agency or for needs, and whose colleagues meet.
    pub(super) fn of(counter: &Counter, made_by: Option<Uuid>, bits: i64) -> Self {
        let mine = made_by.is_some() && made_by == counter.me;
        let own = mine || counter.is_own(bits);
        Self { own, any: own || counter.hears(bits) }
    }

    /// The needs that are told, and whether some are not.
    pub(super) fn needs(&self, counter: &Counter, all: &[Need]) -> (Vec<Need>, bool) {
        let told: Vec<Need> =
            all.iter().copied().filter(|need| counter.tells(self.own, *need)).collect();
        let withheld = told.len() < all.len();
        (told, withheld)
    }
}

/// The kinds of agency that a booked time concerns, as bits.
pub(super) fn concerned(needs: &[Need], agency: &str, meet: i64) -> i64 {
    let with = AgencyKind::parse(agency).map_or(0, walls::bit);
    visits::concerns(needs) | with | meet
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statement reads the needs of a booked time as the domain does.
    #[test]
    fn statements_read_needs_as_the_domain_does() {
        for (kind, text) in [
            (AgencyKind::Employment, needs_of!(employment)),
            (AgencyKind::Insurance, needs_of!(insurance)),
            (AgencyKind::Social, needs_of!(social)),
        ] {
            for need in Need::ALL {
                let named = text.contains(&format!("'%\"{}\"%'", need.as_str()));
                assert_eq!(named, need.agencies().contains(&kind), "{kind:?} {need:?}");
            }
        }
    }
}
