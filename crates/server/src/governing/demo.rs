//! The bodies and goals of the demonstration (REQ-ORG-21, REQ-ORG-22, REQ-ORG-24, REQ-ORG-50).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::governing::{BodyKind, Direction, Lever, ProposedAs, TargetGroup};
use onedoor_domain::ids::{AgencyId, StaffId};
use onedoor_domain::person::Language;

use super::{goals, store};
use crate::app::id_of;
use crate::db::{Db, Plain};
use crate::keys::Vault;
use crate::policy::{Cause, Warrant};
use crate::web::Fault;
use crate::words::Words;

/// Whether the demonstration was there before.
static THERE: Plain = Plain::new("governing::demo::THERE", "select 1 from body limit 1");

/// Who sits in a body, and on which seat.
type Seats = &'static [(&'static str, &'static str)];

/// A body, and who sits in it.
const BODIES: [(&str, BodyKind, Seats); 3] = [
    ("Styringsgruppen", BodyKind::Steering, &[("heimdal-01", "Leder"), ("midtbyen-01", "Medlem")]),
    ("Prosjektgruppen for ett mottak", BodyKind::Project, &[("lerkendal-01", "Leder")]),
    ("Felles organ", BodyKind::Joint, &[("ostbyen-01", "Leder"), ("heimdal-01", "Medlem")]),
];
/// What the joint body may decide on.
const REMIT: [&str; 3] = ["Åpningstider", "Felles mottak", "Bruk av rom"];
/// Two goals that pull apart, and one that does not.
const GOALS: [(&str, TargetGroup, Lever, Direction, &str); 3] = [
    ("social", TargetGroup::Youth, Lever::MeasurePlaces, Direction::More, "Flere tiltak for unge"),
    (
        "employment",
        TargetGroup::Youth,
        Lever::MeasurePlaces,
        Direction::Less,
        "Færre tiltaksplasser til unge under 20",
    ),
    (
        "insurance",
        TargetGroup::ReducedCapacity,
        Lever::WaitingTime,
        Direction::Less,
        "Kortere ventetid på avklaring",
    ),
];

/// Sets up the bodies of the demonstration, once: where there is one nothing is done.
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
    let since = today.saturating_sub(1.year());
    let staff = |code: &str| StaffId(id_of("staff", code));
    for (name, kind, seats) in BODIES {
        let body = store::add_body(&mut tx, &warrant, (name, kind), since).await?;
        for (code, seat) in seats {
            let who = (body, staff(code));
            store::seat(&mut tx, &warrant, who, seat, (since, None)).await?;
        }
        match kind {
            BodyKind::Joint => {
                for topic in REMIT {
                    store::add_remit(&mut tx, &warrant, body, topic, since).await?;
                }
                let next = today.first_of_month().saturating_add(1.month());
                let item = ("Lengre åpent på torsdager", "");
                store::add_item(&mut tx, &warrant, body, item, next, now).await?;
            }
            BodyKind::Steering => {
                let text = ("Ett skjema for alle", "Én felles innledende samtale og ett skjema.");
                let by = (staff("lerkendal-01"), ProposedAs::LocalLeader);
                store::propose(&mut tx, &warrant, body, text, by, now).await?;
            }
            BodyKind::Project => {}
        }
    }
    let year = i64::from(today.year());
    for (agency, group, lever, direction, text) in GOALS {
        let agency = AgencyId(id_of("agency", agency));
        let what = (group, lever, direction);
        goals::keep(&mut tx, &warrant, (agency, year), what, (text, true), now).await?;
    }
    let words = Words::new(Language::Nb);
    goals::put_on_agenda(&mut tx, &warrant, &words, (today, now), year).await?;
    tx.commit().await?;
    Ok(true)
}
