//! Whether a member of staff may go on with a case: what they are marked for, and what the walls let
//! cross where another agency carries it.

use onedoor_domain::ids::{AgencyId, PersonId, StaffId};
use onedoor_domain::person::Clearance;
use onedoor_domain::secrecy::{Category, Group, Purpose, Verdict};

use super::standing::{Held, Standing, giver_of};
use crate::app::App;
use crate::db::{DbError, Link, Row};
use crate::policy::Proof;

/// The bits of protection that a member of staff is not cleared for, from the columns `clearance`
/// and `marks` at this place of a row.
///
/// # Errors
/// When the columns hold something else.
pub fn lacks(row: &mut Row, at: usize) -> Result<i64, DbError> {
    let (clearance, marks): (String, String) = (row.get(at)?, row.get(at + 1)?);
    let shielded = marks.split(' ').any(|mark| mark == Group::Shielded.as_str());
    Ok(Clearance::parse(&clearance).unwrap_or_default().lacks(shielded))
}

/// How the walls answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acting {
    /// They may not.
    Closed,
    /// They may by the law alone, and so in every case between the two agencies of a person over
    /// whom nothing lies.
    ByLaw,
    /// They may because of something that is of this person: a consent or a necessity.
    ForThisPerson,
}

/// Whether the fact of a case may cross today from the agency that carries it to somebody, of
/// their own accord, as it must for a deputy who steps in (REQ-INFO-01, REQ-INFO-03).
///
/// # Errors
/// When the database does not answer.
pub async fn acting(
    app: &App,
    link: &mut Link,
    proof: &dyn Proof,
    (staff, person): (StaffId, PersonId),
    carrier: AgencyId,
) -> Result<Acting, DbError> {
    let Some(standing) = Standing::of_told(app, link, proof, staff, person).await? else {
        return Ok(Acting::Closed);
    };
    let Some(giver) = giver_of(link, carrier, standing.office()).await? else {
        return Ok(Acting::Closed);
    };
    let verdict = standing.judge(&giver, Purpose::Coordination, Category::Case, Held::default());
    Ok(match verdict {
        Some(Verdict::Permit(ground)) if ground.consent.is_some() || ground.necessity.is_some() => {
            Acting::ForThisPerson
        }
        Some(Verdict::Permit(_)) => Acting::ByLaw,
        Some(Verdict::Deny(_)) | None => Acting::Closed,
    })
}
