//! Who can reach a service from where, before and after an office moves (REQ-ORG-16).

use std::collections::BTreeMap;

use super::service::Service;

/// How near a service is, the nearest last, so that more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Nowhere that this municipality is served from.
    None,
    /// Over telephone or video only.
    Remote,
    /// In another municipality of the same employment-office district.
    Neighbour,
    /// Here at certain hours.
    Visiting,
    /// In an office in the municipality.
    Here,
}

impl Reach {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Remote => "remote",
            Self::Neighbour => "neighbour",
            Self::Visiting => "visiting",
            Self::Here => "here",
        }
    }

    /// Every one, from the farthest to the nearest.
    pub const ALL: [Self; 5] =
        [Self::None, Self::Remote, Self::Neighbour, Self::Visiting, Self::Here];
}

/// A service that a unit offers somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Code or identifier of the unit.
    pub unit: String,
    /// Number of the municipality where it is offered.
    pub municipality: String,
    /// What.
    pub service: Service,
    /// `Here` in an office, `Visiting` at certain hours, `Remote` without being there.
    pub reach: Reach,
}

/// The best reach of each municipality and service.
pub type Reached = BTreeMap<(String, Service), Reach>;

/// How near each service is for each municipality. `districts` tells the employment-office
/// district of every municipality that is looked at.
#[must_use]
pub fn reach(offers: &[Offer], districts: &BTreeMap<String, String>) -> Reached {
    let mut reached = Reached::new();
    for (number, district) in districts {
        for service in Service::ALL {
            let best = offers
                .iter()
                .filter(|it| it.service == *service)
                .map(|it| {
                    if it.municipality == *number {
                        return it.reach;
                    }
                    let near = districts.get(&it.municipality) == Some(district);
                    // Somebody else's visiting hours are no door that is open to all.
                    if near && it.reach == Reach::Here { Reach::Neighbour } else { Reach::None }
                })
                .max()
                .unwrap_or(Reach::None);
            reached.insert((number.clone(), *service), best);
        }
    }
    reached
}

/// A unit that is to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocation {
    /// Code or identifier of the unit.
    pub unit: String,
    /// Number of the municipality it moves to.
    pub to: String,
    /// Whether it leaves visiting hours behind where it was.
    pub visiting_hours_stay: bool,
}

/// What is offered after the move.
#[must_use]
pub fn after(offers: &[Offer], plan: &Relocation) -> Vec<Offer> {
    let mut then = Vec::new();
    for offer in offers {
        let moves = offer.unit == plan.unit && offer.reach == Reach::Here;
        if !moves || offer.municipality == plan.to {
            then.push(offer.clone());
            continue;
        }
        then.push(Offer { municipality: plan.to.clone(), ..offer.clone() });
        if plan.visiting_hours_stay {
            then.push(Offer { reach: Reach::Visiting, ..offer.clone() });
        }
    }
    then
}

/// Every municipality and service that ends worse off: with before and after. A plan with any of
/// these is not acceptable (REQ-ORG-16).
#[must_use]
pub fn worse_off(before: &Reached, after: &Reached) -> Vec<(String, Service, Reach, Reach)> {
    let then = |key: &(String, Service)| after.get(key).copied().unwrap_or(Reach::None);
    before
        .iter()
        .filter(|(key, reach)| then(key) < **reach)
        .map(|(key, reach)| (key.0.clone(), key.1, *reach, then(key)))
        .collect()
}
