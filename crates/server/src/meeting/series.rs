//! Meetings of agencies in a rhythm: the series, when it lapsed, and where its meetings were
//! (REQ-MEET-04, REQ-MEET-06).

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId};
use onedoor_domain::meeting::lapsed;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    // Those of a place, with their last meeting that was held and their next that is called.
    SERIES = "select e.id, e.name, e.municipality, o.name, e.months, e.first_on, e.ended_on,
            (select max(m.starts_at) from meeting m where m.series_id = e.id and m.state = 'held'),
            (select min(m.starts_at) from meeting m where m.series_id = e.id
                and m.state = 'called' and m.starts_at >= $2),
            e.version
        from meeting_series e join office o on o.id = e.office_id
        where e.municipality = $1 order by e.id limit 200";
    AGENCIES = "select g.series_id, a.id, a.name from meeting_series e
        join meeting_series_agency g on g.series_id = e.id join agency a on a.id = g.agency_id
        where e.municipality = $1 order by a.name limit 1000";
    ADD = "insert into meeting_series (id, name, municipality, office_id, months, first_on,
            ended_on, made_by, made_at, version)
        values ($1, $2, $3, $4, $5, $6, null, $7, $8, 1)";
    ADD_AGENCY = "insert into meeting_series_agency (series_id, agency_id) values ($1, $2)
        on conflict do nothing";
    END = "update meeting_series set ended_on = $3, version = version + 1
        where id = $1 and version = $2 and ended_on is null";
    OFFICE_OF = "select municipality from office where id = $1";
}

/// A series.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SeriesLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) office: String,
    pub(crate) months: i64,
    pub(crate) agencies: Vec<String>,
    /// When a meeting of it was last held, in microseconds.
    pub(crate) last_at: Option<i64>,
    /// When the next is called for.
    pub(crate) next_at: Option<i64>,
    /// The day on which a meeting was due that did not come: the alarm.
    pub(crate) lapsed_since: Option<String>,
    pub(crate) ended_on: Option<String>,
    /// Whether the reader's agency takes part.
    pub(crate) own: bool,
    pub(crate) version: i64,
    #[serde(skip)]
    pub(crate) agency_ids: Vec<AgencyId>,
}

/// The series of a municipality, as a member of an agency sees them.
pub(super) async fn of_place(
    link: &mut Link,
    permit: &Permit,
    municipality: &str,
    (now, today, day): (Timestamp, Date, impl Fn(Timestamp) -> Date),
) -> Result<Vec<SeriesLine>, Fault> {
    let own = permit.agency();
    let mut all = Vec::new();
    for mut row in link.rows(permit.opens(&SERIES), args![municipality, now]).await? {
        let id: Uuid = row.get(0)?;
        let first: Date = row.get(5)?;
        let months: i64 = row.get(4)?;
        let last: Option<Timestamp> = row.get(7)?;
        let ended: Option<String> = row.get(6)?;
        let since = lapsed(first, months, last.map(&day), today).filter(|_| ended.is_none());
        let next: Option<Timestamp> = row.get(8)?;
        all.push(SeriesLine {
            id: id.to_string(),
            name: row.get(1)?,
            office: row.get(3)?,
            months,
            agencies: Vec::new(),
            last_at: last.map(Timestamp::as_microsecond),
            next_at: next.map(Timestamp::as_microsecond),
            lapsed_since: since.map(|day| day.to_string()),
            ended_on: ended,
            own: false,
            version: row.get(9)?,
            agency_ids: Vec::new(),
        });
    }
    for mut row in link.rows(&AGENCIES, args![municipality]).await? {
        let (series, agency): (Uuid, AgencyId) = (row.get(0)?, row.get(1)?);
        let series = series.to_string();
        if let Some(line) = all.iter_mut().find(|line| line.id == series) {
            line.agencies.push(row.get(2)?);
            line.agency_ids.push(agency);
            line.own |= own == Some(agency);
        }
    }
    Ok(all)
}

/// Where an office lies.
pub(super) async fn place_of(link: &mut Link, office: OfficeId) -> Result<String, Fault> {
    let read = |mut row: Row| row.get::<String>(0);
    let row = link.row(&OFFICE_OF, args![office]).await?;
    row.map(read).transpose()?.ok_or(Fault::Hidden)
}

/// A series to be set up.
pub(super) struct NewSeries<'a> {
    pub(super) name: &'a str,
    pub(super) municipality: &'a str,
    pub(super) office: OfficeId,
    pub(super) months: i64,
    pub(super) first: Date,
    pub(super) agencies: &'a [AgencyId],
    pub(super) by: StaffId,
}

/// Sets a series up.
pub(super) async fn add(
    tx: &mut Tx,
    _: &Permit,
    new: &NewSeries<'_>,
    now: Timestamp,
) -> Result<Uuid, DbError> {
    let id = crate::app::new_id();
    let args =
        args![id, new.name, new.municipality, new.office, new.months, new.first, new.by, now];
    tx.run_one(&ADD, args).await?;
    for agency in new.agencies {
        tx.run(&ADD_AGENCY, args![id, *agency]).await?;
    }
    Ok(id)
}

/// Ends a series: from now it lapses no more.
pub(super) async fn end(
    tx: &mut Tx,
    _: &Permit,
    (id, version): (Uuid, i64),
    today: Date,
) -> Result<(), DbError> {
    tx.run_one(&END, args![id, version, today]).await
}
