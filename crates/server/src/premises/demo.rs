//! The rooms, leases, area and seats of the demonstration (REQ-ORG-35, REQ-ORG-36, REQ-ORG-37).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId, UnitId};
use onedoor_domain::premises::Area;

use super::leases::{self, NewLease};
use super::rooms;
use crate::app::id_of;
use crate::db::{Db, Plain, Tx};
use crate::keys::Vault;
use crate::policy::{Cause, Warrant};
use crate::web::Fault;

/// Whether the demonstration was there before.
static THERE: Plain =
    Plain::new("premises::demo::THERE", "select 1 from room union all select 1 from lease limit 1");

const OFFICES: [&str; 4] = ["heimdal", "lerkendal", "midtbyen", "ostbyen"];
/// Name, seats, and whether a door can be closed.
const ROOMS: [(&str, i64, bool); 3] =
    [("Stillerom", 2, true), ("Samtalerom 1", 4, true), ("Fellesrommet", 20, false)];
/// Agency, square metres, people and yearly cost: before, and together.
const AREAS: [(&str, [i64; 3], [i64; 3]); 3] = [
    ("employment", [820, 24, 1_480_000], [610, 24, 1_190_000]),
    ("insurance", [910, 28, 1_620_000], [700, 28, 1_310_000]),
    ("social", [640, 26, 1_050_000], [590, 26, 1_020_000]),
];
/// Unit, seats, and the joint tasks that they come from.
const SEATS: [(&str, i64, &str); 3] = [
    ("employment-back-heimdal", 12, "Felles avklaring, oppfølging av unge"),
    ("insurance-back-heimdal", 14, "Felles avklaring, dialogmøter"),
    ("social-adult-heimdal", 13, "Felles avklaring, økonomisk rådgivning"),
];
/// Who books the quiet room tomorrow.
const BOOKS: (&str, &str) = ("social", "heimdal-50");

/// Fills the premises of the demonstration, once: where there is a room or a lease nothing is done.
///
/// # Errors
/// When the database refuses.
pub async fn demonstrate(
    db: &Db,
    vault: &Vault,
    (today, now): (Date, Timestamp),
) -> Result<bool, Fault> {
    let warrant = Warrant::new(Cause::Population, vault);
    let mut tx = db.begin().await?;
    if !tx.rows(&THERE, &[]).await?.is_empty() {
        return Ok(false);
    }
    for office in OFFICES {
        let id = OfficeId(id_of("office", office));
        for room in ROOMS {
            rooms::add_room(&mut tx, &warrant, id, room).await?;
        }
        for (agency, before, after) in AREAS {
            let agency = AgencyId(id_of("agency", agency));
            for (phase, [square_metres, staff, yearly_cost]) in
                [("before", before), ("after", after)]
            {
                let area = Area { square_metres, staff, yearly_cost };
                let open_plan = phase == "after";
                leases::set_area(&mut tx, &warrant, (id, agency), (phase, open_plan), area).await?;
            }
        }
    }
    let heimdal = OfficeId(id_of("office", OFFICES[0]));
    for (unit, seats, tasks) in SEATS {
        let unit = UnitId(id_of("unit", unit));
        leases::set_seats(&mut tx, &warrant, (heimdal, unit), seats, tasks).await?;
    }
    leases_of(&mut tx, &warrant, heimdal, (today, now)).await?;
    booked(&mut tx, &warrant, heimdal, today).await?;
    tx.commit().await?;
    Ok(true)
}

/// One lease that ends soon, one that can be broken off, one that nobody has shown to be paid for.
async fn leases_of(
    tx: &mut Tx,
    warrant: &Warrant,
    office: OfficeId,
    (today, now): (Date, Timestamp),
) -> Result<(), Fault> {
    let years = |count: i64| today.saturating_add(count.years());
    let by = StaffId(id_of("staff", "city-01"));
    for (agency, address, (starts_on, expires_on), break_on, yearly_cost, within_budget) in [
        (
            "employment",
            "Heimdalsvegen 12",
            (years(-4), years(2)),
            Some(years(1)),
            1_480_000,
            "Rammen",
        ),
        ("insurance", "Industrivegen 3", (years(1), years(11)), None, 1_620_000, ""),
        ("social", "Saupstadringen 1", (years(-9), years(1)), None, 1_050_000, "Budsjettvedtak 14"),
    ] {
        let new = NewLease {
            agency: AgencyId(id_of("agency", agency)),
            office: Some(office),
            address,
            signed_on: starts_on.min(today),
            starts_on,
            expires_on,
            notice_on: break_on.map(|day| day.saturating_sub(6.months())),
            break_on,
            yearly_cost,
            within_budget,
        };
        leases::add(tx, warrant, &new, by, now).await?;
    }
    Ok(())
}

/// The quiet room is held for an hour tomorrow.
async fn booked(
    tx: &mut Tx,
    warrant: &Warrant,
    office: OfficeId,
    today: Date,
) -> Result<(), Fault> {
    let tomorrow = today.tomorrow().unwrap_or(today);
    let hour = |hour| tomorrow.at(hour, 0, 0, 0).in_tz("Europe/Oslo").map(|at| at.timestamp());
    let (Ok(from), Ok(until)) = (hour(10), hour(11)) else { return Ok(()) };
    let rooms = rooms::rooms(tx, office).await?;
    let quiet = rooms.iter().find(|it| it.name == ROOMS[0].0).and_then(|it| it.id.parse().ok());
    let Some(room) = quiet else { return Ok(()) };
    let who = (AgencyId(id_of("agency", BOOKS.0)), StaffId(id_of("staff", BOOKS.1)));
    rooms::book(tx, warrant, room, who, (from, until)).await?;
    Ok(())
}
