//! Who leads which area of following somebody up: exactly one, at any time (REQ-FOLL-01,
//! REQ-FOLL-02).

use std::collections::BTreeMap;

use crate::codes::codes;
use crate::office::AgencyKind;

codes! {
    /// An area of follow-up.
    Area {
        /// Money and debt.
        Economy = "economy",
        /// Health.
        Health = "health",
        /// Home, family and what surrounds the person.
        Social = "social",
        /// The measure as a whole.
        Measure = "measure",
        /// The course.
        Course = "course",
        /// Practice at a workplace.
        Practice = "practice",
        /// The job.
        Job = "job",
        /// Employers.
        Employers = "employers",
    }
}

impl Area {
    /// Who leads it where nothing else is agreed (REQ-FOLL-01).
    #[must_use]
    pub fn default_lead(self) -> AgencyKind {
        match self {
            Self::Economy | Self::Health | Self::Social => AgencyKind::Social,
            Self::Measure | Self::Course | Self::Practice | Self::Job | Self::Employers => {
                AgencyKind::Employment
            }
        }
    }
}

codes! {
    /// Who leads an area at a place that has agreed something else.
    Variant {
        /// The caseworker of the employment service.
        Employment = "employment",
        /// The measure provider.
        Provider = "provider",
        /// The social office.
        Social = "social",
        /// Shared: the default leads, and the others assist.
        Shared = "shared",
    }
}

impl Variant {
    /// The agency that leads an area at a place; none when the provider does. A place that leaves
    /// it to a provider has the default where there is no provider: an area always has a lead.
    #[must_use]
    pub fn lead(variant: Option<Self>, area: Area, has_provider: bool) -> Option<AgencyKind> {
        match variant {
            Some(Self::Employment) => Some(AgencyKind::Employment),
            Some(Self::Social) => Some(AgencyKind::Social),
            Some(Self::Provider) if has_provider => None,
            Some(Self::Provider | Self::Shared) | None => Some(area.default_lead()),
        }
    }
}

/// The lead of one area, and who is asked to take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lead<U> {
    /// Who leads it.
    pub holder: U,
    /// Who was asked and has not answered.
    pub asked: Option<U>,
}

/// What is done with the lead of an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadAct<U> {
    /// The lead asks somebody to take over.
    Ask {
        /// Who asks.
        by: U,
        /// Who is asked.
        to: U,
    },
    /// The one asked says yes: from now they lead.
    Accept {
        /// Who says so.
        by: U,
    },
    /// The one asked says no: nothing changes.
    Refuse {
        /// Who says so.
        by: U,
    },
    /// The lead takes the question back.
    Withdraw {
        /// Who does so.
        by: U,
    },
}

/// Why a lead did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeadFault {
    /// Only the lead asks, and takes a question back.
    #[error("only who leads it may do this")]
    NotLead,
    /// Only the one who was asked answers.
    #[error("only who was asked may answer")]
    NotAsked,
    /// Somebody was asked already, or the lead asks itself.
    #[error("somebody has been asked already")]
    Twice,
}

impl LeadFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotLead => "follow-not-lead",
            Self::NotAsked => "follow-not-asked",
            Self::Twice => "follow-asked-twice",
        }
    }
}

impl<U: Copy + Eq> Lead<U> {
    /// A lead whom nobody is asked to follow.
    #[must_use]
    pub fn new(holder: U) -> Self {
        Self { holder, asked: None }
    }

    /// Does something with it. The lead changes with a yes of the one who was asked, and with
    /// nothing else (REQ-FOLL-02).
    ///
    /// # Errors
    /// See [`LeadFault`].
    pub fn go(self, act: LeadAct<U>) -> Result<Self, LeadFault> {
        match act {
            LeadAct::Ask { by, .. } if by != self.holder => Err(LeadFault::NotLead),
            LeadAct::Ask { to, .. } if self.asked.is_some() || to == self.holder => {
                Err(LeadFault::Twice)
            }
            LeadAct::Ask { to, .. } => Ok(Self { asked: Some(to), ..self }),
            LeadAct::Accept { by } | LeadAct::Refuse { by } if self.asked != Some(by) => {
                Err(LeadFault::NotAsked)
            }
            LeadAct::Accept { by } => Ok(Self::new(by)),
            LeadAct::Refuse { .. } => Ok(Self::new(self.holder)),
            LeadAct::Withdraw { by } if by != self.holder => Err(LeadFault::NotLead),
            LeadAct::Withdraw { .. } if self.asked.is_none() => Err(LeadFault::NotAsked),
            LeadAct::Withdraw { .. } => Ok(Self::new(self.holder)),
        }
    }
}

/// The areas of one person's follow-up. It is made with a lead for each and has one for each ever
/// after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Areas<U>(BTreeMap<Area, Lead<U>>);

impl<U: Copy + Eq> Areas<U> {
    /// The areas, each with the lead that `of` names.
    #[must_use]
    pub fn new(of: impl Fn(Area) -> U) -> Self {
        Self(Area::ALL.iter().map(|area| (*area, Lead::new(of(*area)))).collect())
    }

    /// Who leads an area.
    #[must_use]
    pub fn leads(&self, area: Area) -> Vec<U> {
        self.0.get(&area).map(|lead| lead.holder).into_iter().collect()
    }

    /// Does something with the lead of one area.
    ///
    /// # Errors
    /// See [`LeadFault`]; nothing changes then.
    pub fn go(&mut self, area: Area, act: LeadAct<U>) -> Result<(), LeadFault> {
        match self.0.get_mut(&area) {
            Some(lead) => {
                *lead = lead.go(act)?;
                Ok(())
            }
            None => Err(LeadFault::NotLead),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// REQ-FOLL-01: the default of each area, the four local variants, and a provider that is not
    /// there.
    #[test]
    fn the_matrix_has_a_lead_for_every_area() {
        use AgencyKind::{Employment, Social};
        for area in Area::ALL {
            let usual = area.default_lead();
            for (variant, provider, is) in [
                (None, false, Some(usual)),
                (Some(Variant::Shared), true, Some(usual)),
                (Some(Variant::Employment), true, Some(Employment)),
                (Some(Variant::Social), false, Some(Social)),
                (Some(Variant::Provider), true, None),
                (Some(Variant::Provider), false, Some(usual)),
            ] {
                assert_eq!(Variant::lead(variant, *area, provider), is, "{area:?} {variant:?}");
            }
        }
        assert_eq!(Area::Economy.default_lead(), Social);
        assert_eq!(Area::Job.default_lead(), Employment);
    }

    fn act() -> impl Strategy<Value = (usize, LeadAct<u8>)> {
        (0..Area::ALL.len(), 0..4_u8, 0..4_u8, 0..4_u8).prop_map(|(area, what, by, to)| {
            let act = match what {
                0 => LeadAct::Ask { by, to },
                1 => LeadAct::Accept { by },
                2 => LeadAct::Refuse { by },
                _ => LeadAct::Withdraw { by },
            };
            (area, act)
        })
    }

    proptest! {
        /// REQ-FOLL-02: over random events of four units the number of leads of each area is
        /// always one, and it changes only to somebody who was asked by the lead and said yes.
        #[test]
        fn every_area_has_exactly_one_lead(acts in proptest::collection::vec(act(), 0..80)) {
            let mut areas = Areas::new(|_| 0_u8);
            for (at, act) in acts {
                let area = Area::ALL[at];
                let before = areas.clone();
                let did = areas.go(area, act);
                for one in Area::ALL {
                    prop_assert_eq!(areas.leads(*one).len(), 1);
                    if before.leads(*one) != areas.leads(*one) {
                        prop_assert_eq!(*one, area);
                        prop_assert_eq!(did, Ok(()));
                        let LeadAct::Accept { by } = act else { panic!("{act:?}") };
                        prop_assert_eq!(areas.leads(*one), vec![by]);
                        prop_assert_eq!(before.0[one].asked, Some(by));
                    }
                }
                if did.is_err() {
                    prop_assert_eq!(&before, &areas);
                }
            }
        }
    }
}
