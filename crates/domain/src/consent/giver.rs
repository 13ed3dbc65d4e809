//! Who may consent for whom (domain.md A.6 and A.7).

use jiff::civil::Date;

use super::terms::{ConsentFault, codes};
use crate::ids::StaffId;
use crate::person::Country;
use crate::secrecy::{Categories, Category};

/// From this age nobody consents for a person but themselves, or who has a mandate.
const ADULT: i16 = 18;
/// In Norway a young person of this age decides on health matters themselves.
const HEALTH_NO: i16 = 16;

codes! {
    /// Who gives a consent.
    GivenBy {
        /// The person.
        Person = "self",
        /// A guardian: parent of a minor, or appointed for an adult.
        Guardian = "guardian",
        /// Somebody with a written authority.
        Proxy = "proxy",
    }
}

/// Who gives it, and by what right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Giver {
    /// The person, a guardian or a proxy; the person when not said.
    pub by: Option<GivenBy>,
    /// The name of who gives it for somebody else.
    pub name: String,
    /// What gives them the right: the mandate, or the authority and its scope.
    pub authority: String,
    /// Whether two share custody.
    pub shared_custody: bool,
    /// The other one who shares custody and consents too.
    pub second: String,
    /// What the child thinks of it.
    pub child_view: String,
}

/// What is known when somebody consents.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    /// Today.
    pub today: Date,
    /// Whose rules on age hold.
    pub country: Country,
    /// When the person was born, if known.
    pub born_on: Option<Date>,
    /// The worker who records it; nobody when the person does it themselves.
    pub recorder: Option<StaffId>,
    /// The worker who heard it beside the recorder.
    pub heard_by: Option<StaffId>,
}

/// The age on a day, in whole years.
fn age(born_on: Date, on: Date) -> i16 {
    let had_birthday = (on.month(), on.day()) >= (born_on.month(), born_on.day());
    on.year() - born_on.year() - i16::from(!had_birthday)
}

/// Whether the giver may give this.
pub(super) fn check(
    giver: &Giver,
    categories: Categories,
    given_on: Date,
    occasion: &Occasion,
    faults: &mut Vec<ConsentFault>,
) {
    let by = giver.by.unwrap_or(GivenBy::Person);
    if by != GivenBy::Person && giver.name.trim().is_empty() {
        faults.push(ConsentFault::GiverName);
    }
    let Some(born_on) = occasion.born_on else {
        // A wall that does not know stays shut.
        faults.push(ConsentFault::AgeUnknown);
        return;
    };
    let age = age(born_on, given_on);
    if age >= ADULT {
        if by != GivenBy::Person && giver.authority.trim().is_empty() {
            faults.push(ConsentFault::Authority);
        }
        return;
    }
    let decides_on_health = occasion.country == Country::No && age >= HEALTH_NO;
    match by {
        GivenBy::Person => {
            let only_health = categories.iter().all(|category| category == Category::Health);
            if !(decides_on_health && only_health) {
                faults.push(ConsentFault::GuardianNeeded);
            }
        }
        GivenBy::Proxy => faults.push(ConsentFault::GuardianNeeded),
        GivenBy::Guardian => {
            if decides_on_health && categories.has(Category::Health) {
                faults.push(ConsentFault::OwnHealth);
            }
            if giver.child_view.trim().is_empty() {
                faults.push(ConsentFault::ChildView);
            }
            if giver.shared_custody && giver.second.trim().is_empty() {
                faults.push(ConsentFault::SecondGuardian);
            }
        }
    }
}
