//! Family ties between persons: what one is to the other, how a tie is kept once for both,
//! what contradicts it, and what bars a worker who is one of the two.
//!
//! Kinship is no right: it opens nothing (REQ-INFO-17). It only closes: a worker never stands
//! in the matter of their own family (fvl section 6, FL sections 16 to 18).

use jiff::civil::Date;
use thiserror::Error;

use crate::codes::codes;
use crate::ids::PersonId;
use crate::secrecy::Overlay;

codes! {
    /// What another person is to the one who is looked at.
    Kin {
        /// A parent of theirs.
        Parent = "parent",
        /// A child of theirs.
        Child = "child",
        /// They live as a couple.
        Partner = "partner",
        /// They lived as a couple.
        FormerPartner = "former_partner",
        /// They are siblings.
        Sibling = "sibling",
        /// They have a child together.
        CommonChild = "common_child",
    }
}

codes! {
    /// Where a family tie is known from.
    KinSource {
        /// The person said so.
        Person = "person",
        /// The other one said so.
        Other = "other",
        /// The population register.
        Register = "register",
        /// A paper that was seen: a certificate, a judgement.
        Paper = "paper",
    }
}

impl Kin {
    /// What the one who is looked at is to the other.
    #[must_use]
    pub fn back(self) -> Self {
        match self {
            Self::Parent => Self::Child,
            Self::Child => Self::Parent,
            same => same,
        }
    }

    /// What bars a worker from somebody who is this to them.
    #[must_use]
    pub fn overlay(self) -> Overlay {
        match self {
            Self::Parent => Overlay::Parent,
            Self::Child => Overlay::Child,
            Self::Partner => Overlay::Partner,
            Self::FormerPartner => Overlay::FormerPartner,
            Self::Sibling => Overlay::Sibling,
            Self::CommonChild => Overlay::CommonChild,
        }
    }

    /// Whether it can come to an end. All others are there or were recorded wrongly.
    #[must_use]
    pub fn can_be_over(self) -> bool {
        self == Self::Partner
    }
}

/// A tie as it is kept: once for both, so that nobody is the parent of somebody without that
/// one being their child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The first of the two: of parent and child the parent.
    pub first: PersonId,
    /// The second.
    pub second: PersonId,
    kind: Kin,
}

/// Why a tie is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KinFault {
    /// Nobody is their own family.
    #[error("somebody is tied to themselves")]
    Oneself,
    /// What is kept already says something else: parent and child the other way round, or a
    /// couple now that is said to be one no more.
    #[error("another tie contradicts it")]
    Contradicts,
    /// A parent is born before the child.
    #[error("the parent is not older than the child")]
    Age,
}

impl KinFault {
    /// Every fault.
    pub const ALL: [Self; 3] = [Self::Oneself, Self::Contradicts, Self::Age];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Oneself => "kin-oneself",
            Self::Contradicts => "kin-contradicts",
            Self::Age => "kin-age",
        }
    }
}

impl Tie {
    /// The tie that makes `other` what `kin` says to `person`.
    ///
    /// # Errors
    /// [`KinFault::Oneself`] for one and the same; [`KinFault::Age`] where both birth dates are
    /// known and the parent is not the older.
    pub fn new(
        (person, born): (PersonId, Option<Date>),
        (other, other_born): (PersonId, Option<Date>),
        kin: Kin,
    ) -> Result<Self, KinFault> {
        if person == other {
            return Err(KinFault::Oneself);
        }
        let ages = match kin {
            Kin::Parent => other_born.zip(born),
            Kin::Child => born.zip(other_born),
            _ => None,
        };
        if ages.is_some_and(|(parent, child)| parent >= child) {
            return Err(KinFault::Age);
        }
        Ok(match kin {
            Kin::Parent => Self { first: other, second: person, kind: Kin::Parent },
            Kin::Child => Self { first: person, second: other, kind: Kin::Parent },
            same => {
                let (first, second) =
                    if person.0 < other.0 { (person, other) } else { (other, person) };
                Self { first, second, kind: same }
            }
        })
    }

    /// A tie as it is stored; none for a code that is not kept.
    #[must_use]
    pub fn stored(first: PersonId, second: PersonId, code: &str) -> Option<Self> {
        let kind = match code {
            "parent_of" => Kin::Parent,
            _ => Kin::parse(code).filter(|kin| !matches!(kin, Kin::Parent | Kin::Child))?,
        };
        Some(Self { first, second, kind })
    }

    /// The code under which it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self.kind {
            Kin::Parent | Kin::Child => "parent_of",
            kind => kind.as_str(),
        }
    }

    /// What the other one is to `person`; none for somebody who is neither.
    #[must_use]
    pub fn other(self, person: PersonId) -> Option<(PersonId, Kin)> {
        if person == self.second {
            Some((self.first, self.kind))
        } else if person == self.first {
            Some((self.second, self.kind.back()))
        } else {
            None
        }
    }

    /// Looks whether what is kept contradicts it.
    ///
    /// # Errors
    /// [`KinFault::Contradicts`] where it does.
    pub fn beside(self, kept: &[Self]) -> Result<(), KinFault> {
        let same_two = |one: &&Self| {
            (one.first == self.first && one.second == self.second)
                || (one.first == self.second && one.second == self.first)
        };
        let contradicts = kept.iter().filter(same_two).any(|one| match (self.kind, one.kind) {
            (Kin::Parent, Kin::Parent) => one.first == self.second,
            (Kin::Parent, Kin::CommonChild | Kin::Sibling)
            | (Kin::CommonChild | Kin::Sibling, Kin::Parent) => true,
            (Kin::Partner, Kin::FormerPartner) | (Kin::FormerPartner, Kin::Partner) => true,
            _ => false,
        });
        if contradicts { Err(KinFault::Contradicts) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }

    proptest! {
        /// A tie reads the same from both ends, whoever recorded it.
        #[test]
        fn a_tie_reads_the_same_from_both_ends(a in 1u128..9, b in 1u128..9, n in 0usize..6) {
            let kin = Kin::ALL[n];
            let (one, other) = (person(a), person(b));
            let made = Tie::new((one, None), (other, None), kin);
            if a == b {
                prop_assert_eq!(made, Err(KinFault::Oneself));
                return Ok(());
            }
            let tie = made.unwrap();
            prop_assert_eq!(tie.other(one), Some((other, kin)));
            prop_assert_eq!(tie.other(other), Some((one, kin.back())));
            prop_assert_eq!(Tie::new((other, None), (one, None), kin.back()), Ok(tie));
            prop_assert_eq!(Tie::stored(tie.first, tie.second, tie.code()), Some(tie));
            prop_assert_eq!(tie.other(person(99)), None);
        }
    }

    #[test]
    fn a_parent_is_older() {
        let (young, old): (Date, Date) =
            ("2010-01-01".parse().unwrap(), "1980-01-01".parse().unwrap());
        let table = [
            (Some(young), Some(old), Kin::Parent, true),
            (Some(old), Some(young), Kin::Parent, false),
            (Some(old), Some(young), Kin::Child, true),
            (Some(old), Some(old), Kin::Child, false),
            (None, Some(young), Kin::Parent, true),
            (Some(old), Some(young), Kin::Sibling, true),
        ];
        for (born, other, kin, yes) in table {
            let made = Tie::new((person(1), born), (person(2), other), kin);
            assert_eq!(made.is_ok(), yes, "{born:?} {other:?} {kin:?}");
        }
    }

    #[test]
    fn what_is_kept_may_contradict() {
        let tie = |a, b, kin| Tie::new((person(a), None), (person(b), None), kin).unwrap();
        let table = [
            (tie(1, 2, Kin::Parent), tie(1, 2, Kin::Child), false),
            (tie(1, 2, Kin::Parent), tie(1, 2, Kin::Parent), true),
            (tie(1, 2, Kin::Partner), tie(2, 1, Kin::FormerPartner), false),
            (tie(1, 2, Kin::Partner), tie(1, 2, Kin::CommonChild), true),
            (tie(1, 2, Kin::Sibling), tie(1, 2, Kin::Parent), false),
            (tie(1, 2, Kin::Partner), tie(1, 3, Kin::FormerPartner), true),
        ];
        for (new, kept, yes) in table {
            assert_eq!(new.beside(&[kept]).is_ok(), yes, "{new:?} {kept:?}");
        }
    }

    /// REQ-INFO-08: each tie bars a worker as what the other is to them.
    #[test]
    fn each_tie_bars_as_what_the_other_is() {
        for kin in Kin::ALL {
            assert_eq!(kin.overlay().as_str(), kin.as_str());
        }
    }
}
