//! Who may decide, who does decide and who pays. None of it asks which building a unit is in.

use jiff::civil::Date;

use super::boundary::serving;
use super::organisation::{Subject, Unit};
use super::set::OfficeSet;

/// A formal decision was refused because the unit lacks the power to make it (REQ-ORG-03).
/// Guidance on the same subject is still allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unit {unit} may not decide on {} on {on}", .subject.as_str())]
pub struct NoMandate {
    /// Code of the unit.
    pub unit: String,
    /// What the decision was to be about.
    pub subject: Subject,
    /// Day of the decision.
    pub on: Date,
    /// What was lacking.
    pub why: WhyNot,
}

/// What a unit lacked to make a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// It has never held the mandate and has none coming.
    NotHeld,
    /// It holds the mandate at other times, not on that day.
    NotThatDay,
    /// The unit did not exist on that day.
    UnitNotInForce,
}

/// Whether a unit may make a formal decision on a subject on a day (REQ-ORG-03).
///
/// # Errors
///
/// [`NoMandate`] when the unit does not exist on the day or holds no mandate for the subject
/// then. Where the unit or the member of staff sits is no ground either way.
pub fn may_decide(unit: &Unit, subject: Subject, on: Date) -> Result<(), NoMandate> {
    let refuse = |why| Err(NoMandate { unit: unit.code.clone(), subject, on, why });
    if !unit.valid.holds(on) {
        return refuse(WhyNot::UnitNotInForce);
    }
    let mut held = unit.mandates.iter().filter(|it| it.subject == subject).peekable();
    if held.peek().is_none() {
        return refuse(WhyNot::NotHeld);
    }
    if held.any(|it| it.valid.holds(on)) { Ok(()) } else { refuse(WhyNot::NotThatDay) }
}

/// Who decides on a benefit or measure for someone at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionOwner {
    /// Code of the unit that decides.
    pub unit: String,
    /// Code of the agency the unit belongs to.
    pub agency: String,
    /// Code of the principal that answers for the agency.
    pub principal: String,
}

/// Who pays what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostBearer {
    /// Code of the agency whose budget it comes from.
    pub agency: String,
    /// Code of the principal behind it.
    pub principal: String,
}

/// Who decides on a subject for people in a basic unit on a day (REQ-ORG-01, REQ-ORG-02).
///
/// It is the first of the agency's units for the district with a mandate for the subject. `None`
/// when the agency does not serve the basic unit on that day or none of its units may decide.
/// Only dated acts change the answer: a mandate, a unit's period or a boundary set.
#[must_use]
pub fn decision_owner(
    set: &OfficeSet,
    subject: Subject,
    agency: &str,
    basic_unit: &str,
    date: Date,
) -> Option<DecisionOwner> {
    let (_, units) = serving(set, agency, basic_unit, date)?;
    let unit = units
        .iter()
        .filter_map(|code| set.unit(code))
        .find(|unit| may_decide(unit, subject, date).is_ok())?;
    let agency = set.agency(&unit.agency)?;
    Some(DecisionOwner {
        unit: unit.code.clone(),
        agency: agency.code.clone(),
        principal: agency.principal.clone(),
    })
}

/// Who pays for a benefit or measure decided for people in a basic unit on a day (REQ-ORG-02):
/// the principal of the agency that decides. `None` when nobody may decide.
#[must_use]
pub fn cost_bearer(
    set: &OfficeSet,
    subject: Subject,
    agency: &str,
    basic_unit: &str,
    date: Date,
) -> Option<CostBearer> {
    let owner = decision_owner(set, subject, agency, basic_unit, date)?;
    Some(CostBearer { agency: owner.agency, principal: owner.principal })
}
