//! Equal offer: for like needs, what the receptions of a municipality offer and how long people
//! wait. The catalogue is one; where what was offered differs, it is shown (REQ-FRONT-04).

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::period::{Asked, Period};
use crate::args;
use crate::db::{DbError, Link};
use crate::office::store::OfficeLine;
use crate::policy::{Permit, Subject};
use crate::service::store as catalogue;
use crate::web::{Desk, Reply, Routes};

crate::sql! {
    WAITS = "select v.needs, o.name, count(*), cast(avg(v.called_at - v.arrived_at) as bigint)
        from office h join office o on o.municipality = h.municipality
        join visit v on v.office_id = o.id and v.day >= $2 and v.day <= $3
            and v.closed_at is not null and v.called_at is not null
        where h.id = $1 group by v.needs, o.name order by v.needs, o.name limit 2000";
    OFFERS = "select v.needs, o.name, m.code from office h
        join office o on o.municipality = h.municipality
        join visit_mark m on m.office_id = o.id and m.day >= $2 and m.day <= $3
            and m.kind = 'offer'
        join visit v on v.id = m.visit_id
        where h.id = $1 group by v.needs, o.name, m.code order by v.needs, o.name limit 5000";
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
    pub(crate) visits: i64,
    /// Minutes until they were called, on average.
    pub(crate) minutes: i64,
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
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) lines: Vec<EqualLine>,
    /// Closed visits of which nobody noted what was offered cannot be compared.
    pub(crate) without: i64,
}

crate::page!(EqualPage, "figure/pages/offer.html");

type Cells = BTreeMap<String, BTreeMap<String, EqualCell>>;

async fn cells(
    desk: &Desk,
    link: &mut Link,
    _: &Permit,
    period: &Period,
) -> Result<Cells, DbError> {
    let args = args![period.office, period.from, period.until];
    let mut cells = Cells::new();
    for mut row in link.rows(&WAITS, args).await? {
        let (needs, office): (String, String) = (row.get(0)?, row.get(1)?);
        let minutes = row.get::<Option<i64>>(3)?.unwrap_or(0) / 60_000_000;
        let cell =
            EqualCell { office: office.clone(), visits: row.get(2)?, minutes, offered: vec![] };
        cells.entry(needs).or_default().insert(office, cell);
    }
    let names = catalogue::all(link, desk.words().language()).await?;
    for mut row in link.rows(&OFFERS, args).await? {
        let (needs, office, code): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let name = names.iter().find(|one| one.code == code).map_or(code, |one| one.name.clone());
        if let Some(cell) = cells.get_mut(&needs).and_then(|all| all.get_mut(&office)) {
            cell.offered.push(name);
        }
    }
    Ok(cells)
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let link = &mut *conn;
    let period = Period::read(&desk, link, &asked, 30).await?;
    let cells = cells(&desk, link, &permit, &period).await?;
    let mut lines = Vec::new();
    let mut without = 0;
    for (needs, all) in cells {
        let cells: Vec<EqualCell> = all.into_values().collect();
        let sets: BTreeSet<&Vec<String>> =
            cells.iter().map(|one| &one.offered).filter(|set| !set.is_empty()).collect();
        let silent = cells.iter().filter(|one| one.offered.is_empty());
        without += silent.map(|one| one.visits).sum::<i64>();
        lines.push(EqualLine {
            needs: serde_json::from_str(&needs).unwrap_or_default(),
            differs: sets.len() > 1,
            cells,
        });
    }
    desk.show(&EqualPage {
        offices: period.offices,
        office: period.office.to_string(),
        from: period.from.to_string(),
        until: period.until.to_string(),
        lines,
        without,
    })
}
