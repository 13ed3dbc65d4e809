//! What is agreed, checked before it is kept.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use super::giver::{self, Giver, Occasion};
use crate::ids::AgencyId;
use crate::secrecy::{Categories, Purpose};

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable code.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Reads a stable code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

pub(super) use codes;

codes! {
    /// How a consent was given.
    Form {
        /// On paper, with a signature.
        Written = "written",
        /// By word, with somebody beside the recorder who heard it.
        Oral = "oral",
        /// By the person on their own page.
        Digital = "digital",
    }
}

codes! {
    /// What a receiver did with what it held when the consent was taken back.
    Answer {
        /// A duty in law keeps it; the reason is named.
        KeptByLaw = "kept_by_law",
        /// It was deleted.
        Deleted = "deleted",
        /// It was given back.
        Returned = "returned",
    }
}

/// The last day on which a consent given that day may hold: twelve months. Longer
/// and it would outlive what the person remembers having agreed to.
#[must_use]
pub fn latest_end(given_on: Date) -> Date {
    given_on.saturating_add(12.months())
}

/// The end of a consent whose giver named none: never open, twelve months.
#[must_use]
pub fn default_end(given_on: Date) -> Date {
    latest_end(given_on)
}

/// What is agreed: all of its bounds (REQ-INFO-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What for. One purpose, never several.
    pub purpose: Purpose,
    /// Which kinds of information.
    pub categories: Categories,
    /// Who may tell.
    pub from: BTreeSet<AgencyId>,
    /// Who may be told.
    pub to: BTreeSet<AgencyId>,
    /// The day it was given.
    pub given_on: Date,
    /// The last day it holds.
    pub valid_until: Date,
    /// Given as a condition for money: marked, and never the only ground.
    pub doubtful: bool,
}

impl Terms {
    /// Whether it lets `from` tell `to` all of `categories` on a day.
    #[must_use]
    pub fn covers(
        &self,
        from: AgencyId,
        to: AgencyId,
        categories: Categories,
        purpose: Purpose,
        on: Date,
    ) -> bool {
        from != to
            && self.holds_on(on)
            && self.purpose == purpose
            && self.from.contains(&from)
            && self.to.contains(&to)
            && categories.iter().all(|category| self.categories.has(category))
    }

    /// Whether its dates hold on a day; the last day counts.
    #[must_use]
    pub fn holds_on(&self, on: Date) -> bool {
        self.given_on <= on && on <= self.valid_until
    }

    /// Every pair of giver and receiver.
    pub fn pairs(&self) -> impl Iterator<Item = (AgencyId, AgencyId)> {
        self.from
            .iter()
            .flat_map(|from| self.to.iter().map(move |to| (*from, *to)))
            .filter(|(from, to)| from != to)
    }
}

/// A consent as somebody wishes to give it, before it is checked.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What for.
    pub purpose: Purpose,
    /// Which kinds of information were ticked.
    pub categories: Categories,
    /// Who may tell.
    pub from: BTreeSet<AgencyId>,
    /// Who may be told.
    pub to: BTreeSet<AgencyId>,
    /// The day it was given.
    pub given_on: Date,
    /// The last day; twelve months when none is named.
    pub valid_until: Option<Date>,
    /// How it was given.
    pub form: Form,
    /// Who gives it.
    pub giver: Giver,
    /// Whether it was given as a condition for money.
    pub doubtful: bool,
}

/// Why a consent was not taken. Each belongs to a field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsentFault {
    /// No kind of information is ticked. Nothing is ticked in advance.
    NoCategory,
    /// Nobody is named who may tell.
    NoSource,
    /// Nobody is named who may be told.
    NoReceiver,
    /// An agency stands on both sides with nobody else across from it.
    SameAgency,
    /// It is said to be given on a day that has not come.
    GivenLater,
    /// It was given so long ago that it has run out.
    GivenLongAgo,
    /// It would end before it begins, or has ended already.
    EndsBefore,
    /// It would hold longer than twelve months.
    EndsTooLate,
    /// Given by word, and nobody is named who heard it.
    NoWitness,
    /// Who recorded it cannot be the one who heard it.
    WitnessIsRecorder,
    /// On a page of its own only the person can give it; a worker records paper and word.
    DigitalByWorker,
    /// The age is not known, and so not who may consent.
    AgeUnknown,
    /// For a minor a guardian consents.
    GuardianNeeded,
    /// From sixteen the young person alone consents to health matters.
    OwnHealth,
    /// What the child thinks is not recorded.
    ChildView,
    /// Both who share custody must consent.
    SecondGuardian,
    /// Who gives it for somebody else is not named.
    GiverName,
    /// What gives them the right is not named.
    Authority,
}

impl ConsentFault {
    /// The form's field and the stable code.
    #[must_use]
    pub fn field_and_code(self) -> (&'static str, &'static str) {
        match self {
            Self::NoCategory => ("category", "consent-no-category"),
            Self::NoSource => ("from", "consent-no-source"),
            Self::NoReceiver => ("to", "consent-no-receiver"),
            Self::SameAgency => ("to", "consent-same-agency"),
            Self::GivenLater => ("given_on", "date-future"),
            Self::GivenLongAgo => ("given_on", "consent-given-long-ago"),
            Self::EndsBefore => ("valid_until", "consent-ends-before"),
            Self::EndsTooLate => ("valid_until", "consent-ends-too-late"),
            Self::NoWitness => ("heard_by", "consent-no-witness"),
            Self::WitnessIsRecorder => ("heard_by", "consent-witness-recorder"),
            Self::DigitalByWorker => ("form", "consent-digital-by-worker"),
            Self::AgeUnknown => ("given_by", "consent-age-unknown"),
            Self::GuardianNeeded => ("given_by", "consent-guardian-needed"),
            Self::OwnHealth => ("given_by", "consent-own-health"),
            Self::ChildView => ("child_view", "consent-child-view"),
            Self::SecondGuardian => ("second_giver", "consent-second-guardian"),
            Self::GiverName => ("giver_name", "consent-giver-name"),
            Self::Authority => ("giver_authority", "consent-authority"),
        }
    }
}

impl Wish {
    /// The terms, when they may be agreed to.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field.
    pub fn check(&self, occasion: &Occasion) -> Result<Terms, Vec<ConsentFault>> {
        let mut faults = Vec::new();
        if self.categories.is_empty() {
            faults.push(ConsentFault::NoCategory);
        }
        self.check_agencies(&mut faults);
        let valid_until = self.check_dates(occasion.today, &mut faults);
        self.check_form(occasion, &mut faults);
        giver::check(&self.giver, self.categories, self.given_on, occasion, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Terms {
            purpose: self.purpose,
            categories: self.categories,
            from: self.from.clone(),
            to: self.to.clone(),
            given_on: self.given_on,
            valid_until,
            doubtful: self.doubtful,
        })
    }

    /// Two agencies may tell each other in one consent; none tells itself.
    fn check_agencies(&self, faults: &mut Vec<ConsentFault>) {
        if self.from.is_empty() {
            faults.push(ConsentFault::NoSource);
        }
        if self.to.is_empty() {
            faults.push(ConsentFault::NoReceiver);
        }
        let alone = |one: &AgencyId, others: &BTreeSet<AgencyId>| {
            !others.is_empty() && others.iter().all(|other| other == one)
        };
        if self.from.iter().any(|one| alone(one, &self.to))
            || self.to.iter().any(|one| alone(one, &self.from))
        {
            faults.push(ConsentFault::SameAgency);
        }
    }

    /// A paper may be recorded after it was signed, but what has run out, or would
    /// run longer than twelve months from the signature, is no consent.
    fn check_dates(&self, today: Date, faults: &mut Vec<ConsentFault>) -> Date {
        let until = self.valid_until.unwrap_or_else(|| default_end(self.given_on));
        if self.given_on > today {
            faults.push(ConsentFault::GivenLater);
        } else if latest_end(self.given_on) < today {
            faults.push(ConsentFault::GivenLongAgo);
        } else if until < self.given_on || until < today {
            faults.push(ConsentFault::EndsBefore);
        }
        if until > latest_end(self.given_on) {
            faults.push(ConsentFault::EndsTooLate);
        }
        until
    }

    fn check_form(&self, occasion: &Occasion, faults: &mut Vec<ConsentFault>) {
        match (self.form, occasion.recorder) {
            (Form::Digital, Some(_)) => faults.push(ConsentFault::DigitalByWorker),
            (Form::Oral, recorder) => match occasion.heard_by {
                None => faults.push(ConsentFault::NoWitness),
                heard if heard == recorder => faults.push(ConsentFault::WitnessIsRecorder),
                Some(_) => {}
            },
            (Form::Written | Form::Digital, _) => {}
        }
    }
}
