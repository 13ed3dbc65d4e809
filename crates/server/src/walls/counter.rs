//! One worker at a joint reception: what of the other agencies' visitors the walls let
//! cross to them (REQ-INFO-01, REQ-INFO-12).
//!
//! Somebody who comes through the door tells the reception what they need, and with that
//! which authority they come to. Where the authorities at one desk are separate, a worker
//! is told of their own agency's visitors; of the others not even that they came.

use jiff::civil::Date;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::reception::Need;
use onedoor_domain::secrecy::{Categories, Category, Effect, Known, Pack, Purpose};
use uuid::Uuid;

use crate::sign_in::Actor;

/// Part of a statement: the visit `v` may be told of at this counter. It is the agency's own
/// visitor or nobody's yet, the worker checked them in or serves them, or no agency that it
/// concerns is closed. Arguments: the agency, the worker, and [`Counter::closed`]. With `7`
/// for the last it says that the visit is the counter's own.
macro_rules! told_here {
    ($agency:literal, $me:literal, $closed:literal) => {
        concat!(
            "(coalesce(v.server_id = ",
            $me,
            ", 0 = 1) or exists (select 1 from visit_event ve where ve.visit_id = v.id and ve.n = 1
                and ve.actor_id = ",
            $me,
            ") or exists (select 1 from visit_agency va where va.visit_id = v.id
                and va.agency_id = ",
            $agency,
            ") or exists (select 1 from staff vs join unit vu on vu.id = vs.unit_id
                where vs.id = v.server_id and vu.agency_id = ",
            $agency,
            ") or not (exists (select 1 from visit_agency va join agency ag on ag.id = va.agency_id
                where va.visit_id = v.id and (case ag.kind when 'employment' then cast(1 as bigint)
                    when 'insurance' then 2 else 4 end & cast(",
            $closed,
            " as bigint)) <> 0) or exists (select 1 from staff vs
                join unit vu on vu.id = vs.unit_id join agency ag on ag.id = vu.agency_id
                where vs.id = v.server_id and (case ag.kind when 'employment'
                    then cast(1 as bigint) when 'insurance' then 2 else 4 end & cast(",
            $closed,
            " as bigint)) <> 0)))"
        )
    };
}
pub(crate) use told_here;

/// Part of a statement: the visit is of nobody known, or of a person `p` who is there for the
/// worker. Who is hidden from a list is hidden from its counts and its wait (REQ-INFO-08).
macro_rules! open_to {
    ($lacks:literal, $me:literal) => {
        concat!(
            "(coalesce(p.guard, 0) & ",
            $lacks,
            ") = 0 and not exists (select 1 from staff_tie t where t.person_id = p.id
                and t.staff_id = ",
            $me,
            " and t.ended_at is null)"
        )
    };
}
pub(crate) use open_to;

/// Whether visit `v` may be opened once it is over: what is over is for the agencies that it
/// concerned and for the one that served it (REQ-INFO-01). Whoever may be told of a visit may
/// still not open it when this is not so.
macro_rules! still_theirs {
    ($agency:literal) => {
        concat!(
            "(v.state <> 'closed'
                or exists (select 1 from visit_agency g
                    where g.visit_id = v.id and g.agency_id = ",
            $agency,
            ")
                or exists (select 1 from staff m join unit n on n.id = m.unit_id
                    where m.id = v.server_id and n.agency_id = ",
            $agency,
            "))"
        )
    };
}
pub(crate) use still_theirs;

/// What must cross before a visit may be told of: who somebody is, and that they come here.
pub const NAMED: [Category; 2] = [Category::Id, Category::Case];

fn place(kind: AgencyKind) -> usize {
    match kind {
        AgencyKind::Employment => 0,
        AgencyKind::Insurance => 1,
        AgencyKind::Social => 2,
    }
}

/// The bit of a kind of agency in [`Counter::closed`].
#[must_use]
pub fn bit(kind: AgencyKind) -> i64 {
    1 << place(kind)
}

/// A worker at a counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    /// The worker.
    pub me: Option<Uuid>,
    /// Their agency.
    pub agency: Option<AgencyId>,
    kind: Option<AgencyKind>,
    open: [Categories; 3],
}

impl Counter {
    /// What the law that holds lets cross to this worker from the other agencies of the same
    /// joint office, before any consent or necessity. Where no pack holds nothing crosses.
    #[must_use]
    pub fn of(pack: Option<&Pack>, actor: &Actor, today: Date) -> Self {
        let mut counter = Self {
            me: actor.id,
            agency: actor.agency,
            kind: actor.agency_kind,
            open: [Categories::NONE; 3],
        };
        if let (Some(pack), Some(kind)) = (pack, actor.agency_kind) {
            for giver in AgencyKind::ALL {
                if let Some(open) = counter.open.get_mut(place(giver)) {
                    *open = by_law(pack, giver, kind, today);
                }
            }
        }
        counter
    }

    /// The same where the person's consent or a recorded necessity opens more of one agency.
    #[must_use]
    pub fn with(mut self, giver: AgencyKind, open: Categories) -> Self {
        if let Some(one) = self.open.get_mut(place(giver)) {
            *one = one.or(open);
        }
        self
    }

    /// The kinds of agency whose visitors are not told of here, as bits.
    #[must_use]
    pub fn closed(&self) -> i64 {
        AgencyKind::ALL.into_iter().filter(|kind| !self.names(*kind)).map(bit).sum()
    }

    /// The counter's own kind of agency, as a bit; none where it has no agency.
    #[must_use]
    pub fn own(&self) -> i64 {
        self.kind.map_or(0, bit)
    }

    /// Whether the visitors of a kind of agency are told of here.
    #[must_use]
    pub fn names(&self, giver: AgencyKind) -> bool {
        NAMED.into_iter().all(|category| self.crosses(giver, category))
    }

    fn crosses(&self, giver: AgencyKind, category: Category) -> bool {
        self.open.get(place(giver)).is_some_and(|open| open.has(category))
    }

    /// Whether a need is told here: of a visit that is the counter's `own` every one, of
    /// another's only what its kind of information lets cross from each agency that it
    /// points to.
    #[must_use]
    pub fn tells(&self, own: bool, need: Need) -> bool {
        own || need.agencies().iter().all(|giver| self.crosses(*giver, need.category()))
    }

    /// Whether what concerns these kinds of agency is the counter's own, or nobody's.
    #[must_use]
    pub fn is_own(&self, concerned: i64) -> bool {
        concerned == 0 || concerned & self.own() != 0
    }

    /// Whether a change of a visit that concerns these kinds of agency is told at once.
    /// Of nobody's visitor everybody hears.
    #[must_use]
    pub fn hears(&self, concerned: i64) -> bool {
        concerned & self.own() != 0 || concerned & self.closed() == 0
    }
}

fn by_law(pack: &Pack, giver: AgencyKind, receiver: AgencyKind, today: Date) -> Categories {
    let (Some(from), Some(to)) = (pack.body_of(giver), pack.body_of(receiver)) else {
        return Categories::NONE;
    };
    let computed = pack.conditions().filter(|(_, entry)| {
        entry.known == Known::Computed
            && match entry.code.as_str() {
                "other_unit_of_state" => from == to,
                "same_joint_office" => true,
                "received_from_2022_12_01" => today >= Date::constant(2022, 12, 1),
                _ => false,
            }
    });
    let conditions = computed.map(|(condition, _)| condition).collect();
    Category::ALL
        .iter()
        .copied()
        .filter(|category| {
            let effect = pack.effect(from, to, Purpose::Coordination, *category, conditions);
            effect.is_some_and(|(_, effect)| matches!(effect, Effect::Allowed | Effect::Duty))
        })
        .fold(Categories::NONE, Categories::with)
}
