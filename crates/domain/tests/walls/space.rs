//! Everything that a pack can tell apart, as requests.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use onedoor_domain::ids::{AgencyId, ConsentId, NecessityId, PersonId, SingleAccessId};
use onedoor_domain::secrecy::{
    Body, Categories, Category, Conditions, Consent, Groups, Necessity, Overlay, Overlays, Pack,
    Purpose, Request, SingleAccess, Transfer, packs,
};
use uuid::Uuid;

pub const GIVER: AgencyId = AgencyId(Uuid::from_u128(1));
pub const RECEIVER: AgencyId = AgencyId(Uuid::from_u128(2));
pub const STRANGER: AgencyId = AgencyId(Uuid::from_u128(3));
pub const TODAY: Date = date(2026, 11, 22);

pub fn now() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

pub fn shipped() -> Vec<Pack> {
    packs::shipped().unwrap()
}

pub fn shipped_as(code: &str) -> (Pack, &'static str) {
    let (_, text) = packs::SHIPPED.into_iter().find(|(it, _)| *it == code).unwrap();
    (Pack::read(text).unwrap(), text)
}

/// Each state that a consent can be in, from the walls' point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentState {
    None,
    Good,
    LastDay,
    GoodBesideExpired,
    Withdrawn,
    WithdrawnLater,
    Expired,
    NotYet,
    Doubtful,
    OtherPurpose,
    OtherCategories,
    OtherGiver,
    OtherReceiver,
}

impl ConsentState {
    pub const ALL: [Self; 13] = [
        Self::None,
        Self::Good,
        Self::LastDay,
        Self::GoodBesideExpired,
        Self::Withdrawn,
        Self::WithdrawnLater,
        Self::Expired,
        Self::NotYet,
        Self::Doubtful,
        Self::OtherPurpose,
        Self::OtherCategories,
        Self::OtherGiver,
        Self::OtherReceiver,
    ];

    pub fn counts(self) -> bool {
        matches!(self, Self::Good | Self::LastDay | Self::GoodBesideExpired)
    }

    pub fn consents(self, purpose: Purpose, category: Category) -> Vec<Consent> {
        let good = Consent {
            id: ConsentId(Uuid::from_u128(100)),
            person: PersonId(Uuid::from_u128(7)),
            purpose,
            from: vec![STRANGER, GIVER],
            to: vec![RECEIVER],
            categories: Categories::only(category),
            given_at: now() - SignedDuration::from_hours(48),
            valid_until: date(2027, 11, 22),
            withdrawn_at: None,
            doubtful: false,
        };
        let other_purpose =
            if purpose == Purpose::Safety { Purpose::Coordination } else { Purpose::Safety };
        let expired = Consent { valid_until: date(2026, 11, 21), ..good.clone() };
        match self {
            Self::None => Vec::new(),
            Self::Good => vec![good],
            Self::LastDay => vec![Consent { valid_until: TODAY, ..good }],
            Self::GoodBesideExpired => vec![expired, good],
            Self::Withdrawn => {
                vec![Consent { withdrawn_at: Some(now() - SignedDuration::from_secs(1)), ..good }]
            }
            Self::WithdrawnLater => {
                vec![Consent { withdrawn_at: Some(now() + SignedDuration::from_secs(1)), ..good }]
            }
            Self::Expired => vec![expired],
            Self::NotYet => {
                vec![Consent { given_at: now() + SignedDuration::from_secs(1), ..good }]
            }
            Self::Doubtful => vec![Consent { doubtful: true, ..good }],
            Self::OtherPurpose => vec![Consent { purpose: other_purpose, ..good }],
            Self::OtherCategories => {
                vec![Consent { categories: Categories::ALL.without(category), ..good }]
            }
            Self::OtherGiver => vec![Consent { from: vec![STRANGER, RECEIVER], ..good }],
            Self::OtherReceiver => vec![Consent { to: vec![STRANGER, GIVER], ..good }],
        }
    }
}

/// Each state that a necessity can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NecessityState {
    None,
    Good,
    LastDay,
    Expired,
    OtherPurpose,
    OtherCategories,
    OtherGiver,
    OtherReceiver,
}

impl NecessityState {
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Good,
        Self::LastDay,
        Self::Expired,
        Self::OtherPurpose,
        Self::OtherCategories,
        Self::OtherGiver,
        Self::OtherReceiver,
    ];

    pub fn counts(self) -> bool {
        matches!(self, Self::Good | Self::LastDay)
    }

    pub fn necessities(self, purpose: Purpose, category: Category) -> Vec<Necessity> {
        let good = Necessity {
            id: NecessityId(Uuid::from_u128(200)),
            from: GIVER,
            to: RECEIVER,
            purpose,
            categories: Categories::only(category),
            valid_until: date(2027, 1, 1),
        };
        let other_purpose =
            if purpose == Purpose::Safety { Purpose::Coordination } else { Purpose::Safety };
        match self {
            Self::None => Vec::new(),
            Self::Good => vec![good],
            Self::LastDay => vec![Necessity { valid_until: TODAY, ..good }],
            Self::Expired => vec![Necessity { valid_until: date(2026, 11, 21), ..good }],
            Self::OtherPurpose => vec![Necessity { purpose: other_purpose, ..good }],
            Self::OtherCategories => {
                vec![Necessity { categories: Categories::ALL.without(category), ..good }]
            }
            Self::OtherGiver => vec![Necessity { from: RECEIVER, ..good }],
            Self::OtherReceiver => vec![Necessity { to: GIVER, ..good }],
        }
    }
}

/// Each state that a single access can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SingleState {
    None,
    Good,
    LastDay,
    Refused,
    Expired,
    NotYet,
    TooLong,
}

impl SingleState {
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Good,
        Self::LastDay,
        Self::Refused,
        Self::Expired,
        Self::NotYet,
        Self::TooLong,
    ];

    pub fn counts(self) -> bool {
        matches!(self, Self::Good | Self::LastDay)
    }

    pub fn single(self) -> Option<SingleAccess> {
        let good = SingleAccess {
            id: SingleAccessId(Uuid::from_u128(300)),
            granted_at: now() - SignedDuration::from_hours(24),
            valid_until: date(2026, 12, 22),
            refused: false,
        };
        match self {
            Self::None => None,
            Self::Good => Some(good),
            Self::LastDay => Some(SingleAccess { valid_until: TODAY, ..good }),
            Self::Refused => Some(SingleAccess { refused: true, ..good }),
            Self::Expired => Some(SingleAccess { valid_until: date(2026, 11, 21), ..good }),
            Self::NotYet => {
                Some(SingleAccess { granted_at: now() + SignedDuration::from_secs(1), ..good })
            }
            Self::TooLong => Some(SingleAccess { valid_until: date(2027, 2, 23), ..good }),
        }
    }
}

/// What an agreement with the receiver says about the kind of information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementState {
    None,
    Lists,
    ListsOthers,
}

impl AgreementState {
    pub const ALL: [Self; 3] = [Self::None, Self::Lists, Self::ListsOthers];

    pub fn listed(self, category: Category) -> Option<Categories> {
        match self {
            Self::None => None,
            Self::Lists => Some(Categories::only(category)),
            Self::ListsOthers => Some(Categories::ALL.without(category)),
        }
    }
}

/// What is varied in one walk; the rest stays as it is here.
pub struct Dims {
    pub own: Vec<bool>,
    pub internal: Vec<bool>,
    pub transfers: Vec<Transfer>,
    pub agreements: Vec<AgreementState>,
    pub consents: Vec<ConsentState>,
    pub necessities: Vec<NecessityState>,
    pub singles: Vec<SingleState>,
    /// Facts and marks, in pairs.
    pub ties: Vec<(Overlays, Groups)>,
    /// Also the directions that no rule opens.
    pub closed_ways: bool,
}

impl Default for Dims {
    fn default() -> Self {
        Self {
            own: vec![false],
            internal: vec![false],
            transfers: vec![Transfer::Record],
            agreements: vec![AgreementState::Lists],
            consents: vec![ConsentState::None, ConsentState::Good],
            necessities: vec![NecessityState::None, NecessityState::Good],
            singles: vec![SingleState::None],
            ties: vec![(Overlays::NONE, Groups::NONE)],
            closed_ways: true,
        }
    }
}

impl Dims {
    /// Every state of everything but the overlays.
    pub fn all_grounds() -> Self {
        Self {
            internal: vec![false, true],
            transfers: Transfer::ALL.to_vec(),
            agreements: AgreementState::ALL.to_vec(),
            consents: ConsentState::ALL.to_vec(),
            necessities: NecessityState::ALL.to_vec(),
            closed_ways: false,
            ..Self::default()
        }
    }

    /// Each fact alone, without any mark and with all of them.
    pub fn plain_ties() -> Vec<(Overlays, Groups)> {
        let facts = Overlay::ALL.into_iter().map(Overlays::only);
        facts.flat_map(|fact| [(fact, Groups::NONE), (fact, Groups::ALL)]).collect()
    }

    /// Each fact alone, under no mark, each single mark, all marks, and all but each one.
    pub fn all_ties() -> Vec<(Overlays, Groups)> {
        use onedoor_domain::secrecy::Group;
        let mut marks = vec![Groups::NONE, Groups::ALL];
        for group in Group::ALL {
            marks.push(Groups::only(group));
            marks.push(Groups::ALL.without(group));
        }
        let facts = Overlay::ALL.into_iter().map(Overlays::only);
        facts.flat_map(|fact| marks.iter().map(move |marks| (fact, *marks))).collect()
    }
}

/// How one request of a walk was made.
#[derive(Clone, Copy, Debug)]
pub struct Labels {
    pub own: bool,
    pub agreement: AgreementState,
    pub consent: ConsentState,
    pub necessity: NecessityState,
    pub single: SingleState,
}

/// A direction, purpose, kind of information and conditions that hold.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    pub from: Body,
    pub to: Body,
    pub purpose: Purpose,
    pub category: Category,
    pub conditions: Conditions,
}

/// Every spot of a pack.
pub fn spots(pack: &Pack) -> Vec<Spot> {
    let mut spots = Vec::new();
    for purpose in Purpose::ALL {
        for (from, _) in pack.bodies() {
            for (to, _) in pack.bodies() {
                for conditions in pack.conditions_between(from, to, purpose).subsets() {
                    for category in Category::ALL {
                        spots.push(Spot { from, to, purpose, category, conditions });
                    }
                }
            }
        }
    }
    spots
}

pub fn is_open(pack: &Pack, spot: &Spot) -> bool {
    pack.effect(spot.from, spot.to, spot.purpose, spot.category, spot.conditions).is_some()
}

/// Every request at one spot.
pub fn at_spot(spot: &Spot, dims: &Dims, mut f: impl FnMut(&Request<'_>, Labels)) {
    let Spot { from, to, purpose, category, conditions } = *spot;
    let consents: Vec<_> =
        dims.consents.iter().map(|it| (*it, it.consents(purpose, category))).collect();
    let necessities: Vec<_> =
        dims.necessities.iter().map(|it| (*it, it.necessities(purpose, category))).collect();
    let singles: Vec<_> = dims.singles.iter().map(|it| (*it, it.single())).collect();
    let now = now();
    for own in dims.own.iter().copied() {
        for internal in dims.internal.iter().copied() {
            for transfer in dims.transfers.iter().copied() {
                for agreement in dims.agreements.iter().copied() {
                    for (overlays, groups) in dims.ties.iter().copied() {
                        for (single, access) in &singles {
                            for (consent, consents) in &consents {
                                for (necessity, necessities) in &necessities {
                                    let request = Request {
                                        from,
                                        to,
                                        giver: GIVER,
                                        receiver: if own { GIVER } else { RECEIVER },
                                        purpose,
                                        category,
                                        conditions,
                                        transfer,
                                        internal,
                                        agreement: agreement.listed(category),
                                        overlays,
                                        groups,
                                        single: access.as_ref(),
                                        consents,
                                        necessities,
                                        now,
                                        today: TODAY,
                                    };
                                    let labels = Labels {
                                        own,
                                        agreement,
                                        consent: *consent,
                                        necessity: *necessity,
                                        single: *single,
                                    };
                                    f(&request, labels);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Every request of a walk over a pack; gives back how many there were.
pub fn walk(pack: &Pack, dims: &Dims, mut f: impl FnMut(&Request<'_>, Labels)) -> u64 {
    let mut count = 0;
    for spot in spots(pack) {
        if dims.closed_ways || is_open(pack, &spot) {
            at_spot(&spot, dims, |request, labels| {
                count += 1;
                f(request, labels);
            });
        }
    }
    count
}
