//! The arrangements of the demonstration, and what happens around them.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::agreement::Answer;
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId};

use super::bring::{By, bring_in};
use super::change::ImportFault;
use crate::absence;
use crate::agreement::places;
use crate::app::id_of;
use crate::db::{Db, Plain, Tx};
use crate::keys::Vault;
use crate::policy::{Cause, Warrant};
use crate::staffing::teams;

/// Whether the demonstration was there before.
static THERE: Plain = Plain::new("arrangement::demo::THERE", "select 1 from agreement limit 1");

/// Where it all happens.
const PLACE: &str = "9901";
/// What each agency says of whether there is an agreement.
const ANSWERS: [(&str, Answer); 3] =
    [("employment", Answer::Yes), ("insurance", Answer::Unknown), ("social", Answer::Yes)];
/// Two who are away tomorrow, so that the alarm has something to tell.
const AWAY: [&str; 2] = ["heimdal-47", "heimdal-49"];
/// A standing team of two agencies.
const TEAM: [&str; 2] = ["heimdal-20", "heimdal-48"];

/// Brings the arrangements of the demonstration in, once: where there is an agreement nothing is
/// done. Days of absence begin the day after.
///
/// # Errors
/// See [`ImportFault`].
pub async fn demonstrate(
    db: &Db,
    vault: &Vault,
    text: &str,
    (today, now): (Date, Timestamp),
) -> Result<usize, ImportFault> {
    let warrant = Warrant::new(Cause::Population, vault);
    let by = By { staff: staff("city-01"), today, now };
    let mut tx = db.begin().await?;
    if !tx.rows(&THERE, &[]).await?.is_empty() {
        return Ok(0);
    }
    let changes = bring_in(&mut tx, &warrant, text, by).await?;
    around(&mut tx, &warrant, by).await?;
    tx.commit().await?;
    Ok(changes.len())
}

fn staff(code: &str) -> StaffId {
    StaffId(id_of("staff", code))
}

async fn around(tx: &mut Tx, warrant: &Warrant, by: By) -> Result<(), ImportFault> {
    for (agency, said) in ANSWERS {
        let at = (PLACE, AgencyId(id_of("agency", agency)));
        places::answer(tx, warrant, at, said, (by.staff, by.now)).await?;
    }
    let first = by.today.tomorrow().unwrap_or(by.today);
    let last = first.checked_add(4.days()).unwrap_or(first);
    for code in AWAY {
        let days = (first, Some(last));
        absence::store::add(tx, warrant, staff(code), days, by.staff, by.now).await?;
    }
    let office = OfficeId(id_of("office", "heimdal"));
    let team = teams::add(tx, warrant, (office, "Saupstad"), by.today).await?;
    for code in TEAM {
        teams::join(tx, warrant, (team, staff(code)), by.today).await?;
    }
    Ok(())
}
