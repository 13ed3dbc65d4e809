//! Equal offer: for like needs, what the receptions of a municipality offer and how long people
//! wait. The catalogue is one; where what was offered differs, it is shown (REQ-FRONT-04).

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Report;
use serde::Serialize;
use utoipa::ToSchema;

use super::period::{Asked, Period};
use super::telling::Telling;
use crate::args;
use crate::db::{DbError, Link};
use crate::office::store::OfficeLine;
use crate::policy::{Permit, Subject};
use crate::service::store as catalogue;
use crate::standard::recipients::{self, RecipientLine};
use crate::walls::open_to;
use crate::web::{Desk, Reply, Routes};

crate::sql! {
    WAITS = concat!("select v.needs, o.name, count(*),
            cast(avg(v.called_at - v.arrived_at) as bigint), o.id
        from office h join office o on o.municipality = h.municipality
        join visit v on v.office_id = o.id and v.day >= $2 and v.day <= $3
            and v.closed_at is not null and v.called_at is not null
        left join person p on p.id = v.person_id
        where h.id = $1 and ", open_to!("$4", "$5"), "
        group by v.needs, o.name, o.id order by v.needs, o.name limit 2000");
    OFFERS = concat!("select v.needs, o.name, m.code from office h
        join office o on o.municipality = h.municipality
        join visit_mark m on m.office_id = o.id and m.day >= $2 and m.day <= $3
            and m.kind = 'offer'
        join visit v on v.id = m.visit_id left join person p on p.id = v.person_id
        where h.id = $1 and ", open_to!("$4", "$5"), "
        group by v.needs, o.name, m.code order by v.needs, o.name limit 5000");
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<EqualPage, _, _>("/figures/offer", "Equal offer between receptions", show)
        .asking(&["office", "from", "until"])
}

/// What one reception did for like needs.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct EqualCell {
    pub(crate) office: String,
    /// How many visits; none where they are too few to be told of.
    pub(crate) visits: Option<i64>,
    /// Minutes until they were called, on average; none where they are too few.
    pub(crate) minutes: Option<i64>,
    /// What was offered.
    pub(crate) offered: Vec<String>,
}

/// Like needs with what each reception did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EqualLine {
    pub(crate) needs: Vec<String>,
    pub(crate) cells: Vec<EqualCell>,
    /// Whether receptions that offered anything offered different things.
    pub(crate) differs: bool,
}

/// Equal offer.
#[derive(Serialize, ToSchema)]
pub(crate) struct EqualPage {
    /// Who receives this report, by role (REQ-MISC-13).
    pub(crate) recipients: Vec<RecipientLine>,
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) lines: Vec<EqualLine>,
    /// Closed visits of which nobody noted what was offered cannot be compared.
    pub(crate) without: Option<i64>,
    /// The smallest count that is told where counts come in steps.
    pub(crate) least: i64,
}

crate::page!(EqualPage, "figure/pages/offer.html");

/// A cell with its exact count, which stays in here.
struct Counted {
    cell: EqualCell,
    visits: i64,
}

type Cells = BTreeMap<String, BTreeMap<String, Counted>>;

async fn cells(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (period, telling): (&Period, Telling),
) -> Result<Cells, DbError> {
    let actor = desk.actor();
    let args = args![period.office, period.from, period.until, actor.lacks(), actor.id];
    let mut cells = Cells::new();
    for mut row in link.rows(permit.opens(&WAITS), args).await? {
        let (needs, office): (String, String) = (row.get(0)?, row.get(1)?);
        let minutes = row.get::<Option<i64>>(3)?.unwrap_or(0) / 60_000_000;
        let visits: i64 = row.get(2)?;
        // Like needs at one reception may be one person: elsewhere they come in steps.
        let here = row.get::<OfficeId>(4)? == period.office;
        let telling = if here { telling } else { telling.elsewhere() };
        let cell = EqualCell {
            office: office.clone(),
            visits: telling.count(visits),
            minutes: telling.measured(minutes, visits),
            offered: vec![],
        };
        cells.entry(needs).or_default().insert(office, Counted { cell, visits });
    }
    let names = catalogue::all(link, desk.words().language()).await?;
    for mut row in link.rows(permit.opens(&OFFERS), args).await? {
        let (needs, office, code): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let name = names.iter().find(|one| one.code == code).map_or(code, |one| one.name.clone());
        if let Some(cell) = cells.get_mut(&needs).and_then(|all| all.get_mut(&office)) {
            cell.cell.offered.push(name);
        }
    }
    Ok(cells)
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let link = &mut *conn;
    let period = Period::read(&desk, link, &asked, 30).await?;
    let telling = period.telling(&desk, link).await?;
    let cells = cells(&desk, link, &permit, (&period, telling)).await?;
    let mut lines = Vec::new();
    let mut without = 0;
    for (needs, all) in cells {
        let silent = all.values().filter(|one| one.cell.offered.is_empty());
        without += silent.map(|one| one.visits).sum::<i64>();
        let mut cells: Vec<EqualCell> = all.into_values().map(|one| one.cell).collect();
        let sets: BTreeSet<&Vec<String>> =
            cells.iter().map(|one| &one.offered).filter(|set| !set.is_empty()).collect();
        let differs = sets.len() > 1;
        for cell in cells.iter_mut().filter(|cell| cell.visits.is_none()) {
            cell.offered.clear();
        }
        lines.push(EqualLine {
            needs: serde_json::from_str(&needs).unwrap_or_default(),
            differs,
            cells,
        });
    }
    desk.show(&EqualPage {
        recipients: recipients::of(link, Report::Offer).await?,
        offices: period.offices,
        office: period.office.to_string(),
        from: period.from.to_string(),
        until: period.until.to_string(),
        lines,
        without: telling.count(without),
        least: telling.least,
    })
}
