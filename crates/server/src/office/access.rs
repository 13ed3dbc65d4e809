//! When an agency can be reached at the offices of a municipality: now, and as it was before an
//! import, a merger or a closing changed it (REQ-FRONT-25). Opening hours and the place of a unit
//! have no days of their own, so what they were is kept before they change.

use jiff::civil::Date;
use onedoor_domain::ids::AgencyId;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};

crate::sql! {
    OWN = "select distinct u.agency_id, p.weekday, p.opens, p.closes
        from office o join opening p on p.office_id = o.id
        join unit u on u.office_id = o.id and u.valid_from <= $2
            and (u.valid_until is null or u.valid_until > $2)
        where o.municipality = $1 and (o.ended_on is null or o.ended_on > $2) limit 5000";
    // Before its first office there is nothing to keep.
    WAS_KEPT = "insert into access_kept (municipality, until_day)
        select distinct o.municipality, $2 from office o where o.municipality = $1
        on conflict (municipality, until_day) do nothing";
    KEEP = "insert into access_was (municipality, until_day, agency_id, weekday, opens, closes)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    KEPT = "select min(until_day) from access_kept where municipality = $1 and until_day > $2";
    WAS = "select agency_id, weekday, opens, closes from access_was
        where municipality = $1 and until_day = $2";
}

/// Hours of an agency on a weekday: 1 is Monday.
#[derive(Clone, Debug)]
pub struct Hours {
    /// The agency.
    pub agency: AgencyId,
    /// The weekday.
    pub weekday: i64,
    /// From, as `HH:MM`.
    pub opens: String,
    /// Until.
    pub closes: String,
}

fn read(rows: Vec<Row>) -> Result<Vec<Hours>, DbError> {
    rows.into_iter()
        .map(|mut row| {
            Ok(Hours {
                agency: row.get(0)?,
                weekday: row.get(1)?,
                opens: row.get(2)?,
                closes: row.get(3)?,
            })
        })
        .collect()
}

/// Keeps how a municipality's agencies can be reached until today, before something changes it.
/// What was first kept on a day holds.
///
/// # Errors
/// When the database refuses.
pub async fn keep(tx: &mut Tx, municipality: &str, today: Date) -> Result<(), DbError> {
    if tx.run(&WAS_KEPT, args![municipality, today]).await? == 0 {
        return Ok(());
    }
    for it in read(tx.rows(&OWN, args![municipality, today]).await?)? {
        let args = args![municipality, today, it.agency, it.weekday, it.opens, it.closes];
        tx.run(&KEEP, args).await?;
    }
    Ok(())
}

/// The hours of agencies at the offices of a municipality on a day.
///
/// # Errors
/// When the database does not answer.
pub async fn on(link: &mut Link, municipality: &str, day: Date) -> Result<Vec<Hours>, DbError> {
    let until: Option<String> = match link.row(&KEPT, args![municipality, day]).await? {
        Some(mut row) => row.get(0)?,
        None => None,
    };
    read(match until {
        Some(until) => link.rows(&WAS, args![municipality, until]).await?,
        None => link.rows(&OWN, args![municipality, day]).await?,
    })
}
