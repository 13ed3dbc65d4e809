//! Runs in the database, and the facts that go out.

use jiff::Timestamp;
use onedoor_domain::exchange::{RowFault, Tally};
use onedoor_domain::ids::{AgencyId, StaffId};
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{EXCHANGE_VALUE, Key};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    // A run is made before its rows, which point to it, and counted when they are through.
    BEGIN = "insert into exchange_run (id, agency_id, direction, staff_id, at, fault, sent,
            received, accepted, repeated, rejected)
        values ($1, $2, $3, $4, $5, null, 0, 0, 0, 0, 0)";
    END = "update exchange_run set fault = $2, sent = $3, received = $4, accepted = $5,
            repeated = $6, rejected = $7 where id = $1";
    ROW = "insert into exchange_row (run_id, n, key, fate, fault) values ($1, $2, $3, $4, $5)";
    RUNS = "select r.id, r.direction, r.at, s.name, r.fault, r.sent, r.received, r.accepted,
            r.repeated, r.rejected
        from exchange_run r join staff s on s.id = r.staff_id
        where r.agency_id = $1 order by r.at desc, r.id limit 100";
    RUN = "select r.id, r.direction, r.at, s.name, r.fault, r.sent, r.received, r.accepted,
            r.repeated, r.rejected
        from exchange_run r join staff s on s.id = r.staff_id
        where r.id = $1 and r.agency_id = $2";
    ROWS = "select n, key, fate, coalesce(fault, '') from exchange_row
        where run_id = $1 and fate <> 'accepted' order by n limit 500";
    FACTS = "select f.key, f.kind, f.value, f.known_on, f.person_id, k.wrapped
        from exchange_fact f join person p on p.id = f.person_id
        left join subject_key k on k.subject_id = p.id
        where f.agency_id = $1 and p.protection <= $2 and f.key > $3
        order by f.key limit $4";
}

/// Begins a run of the actor's agency.
pub(super) async fn begin(
    tx: &mut Tx,
    _: &Permit,
    agency: AgencyId,
    direction: &'static str,
    by: StaffId,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let id = crate::app::new_id();
    tx.run_one(&BEGIN, args![id, agency, direction, by, now]).await?;
    Ok(id)
}

/// Ends a run with its count.
pub(super) async fn end(
    tx: &mut Tx,
    _: &Permit,
    run: Uuid,
    fault: Option<&'static str>,
    tally: Tally,
) -> Result<(), Fault> {
    let Tally { sent, received, accepted, repeated, rejected } = tally;
    let args = args![run, fault, sent, received, accepted, repeated, rejected];
    tx.run_one(&END, args).await?;
    Ok(())
}

/// Notes what became of a row.
pub(super) async fn row(
    tx: &mut Tx,
    _: &Permit,
    run: Uuid,
    n: i64,
    key: &str,
    fate: &'static str,
    fault: Option<RowFault>,
) -> Result<(), Fault> {
    tx.run_one(&ROW, args![run, n, key, fate, fault.map(RowFault::code)]).await?;
    Ok(())
}

/// A run in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RunLine {
    /// Its identifier.
    pub id: String,
    /// `in` or `out`.
    pub direction: String,
    /// When, in microseconds.
    pub at: i64,
    /// By whom.
    pub staff: String,
    /// Why the file was refused as a whole, where it was.
    pub fault: Option<String>,
    /// How many rows the file says it has.
    pub sent: i64,
    /// How many came.
    pub received: i64,
    /// How many were taken.
    pub accepted: i64,
    /// How many had been taken before.
    pub repeated: i64,
    /// How many were not taken.
    pub rejected: i64,
}

fn run_line(mut row: Row) -> Result<RunLine, DbError> {
    let id: Uuid = row.get(0)?;
    Ok(RunLine {
        id: id.to_string(),
        direction: row.get(1)?,
        at: row.get(2)?,
        staff: row.get(3)?,
        fault: row.get(4)?,
        sent: row.get(5)?,
        received: row.get(6)?,
        accepted: row.get(7)?,
        repeated: row.get(8)?,
        rejected: row.get(9)?,
    })
}

/// The latest runs of the actor's agency.
pub(super) async fn runs(link: &mut Link, permit: &Permit) -> Result<Vec<RunLine>, DbError> {
    let rows = link.rows(&RUNS, args![permit.agency()]).await?;
    rows.into_iter().map(run_line).collect()
}

/// A run of the actor's agency.
pub(super) async fn run(link: &mut Link, permit: &Permit, id: Uuid) -> Result<RunLine, Fault> {
    let row = link.row(&RUN, args![id, permit.agency()]).await?;
    Ok(run_line(row.ok_or(Fault::Hidden)?)?)
}

/// A row of a run that was not simply taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RowLine {
    /// Its number in the file, from 1; the line of columns is not counted.
    pub n: i64,
    /// The sender's key, where it could be read.
    pub key: String,
    /// `repeated` or `rejected`.
    pub fate: String,
    /// The code of the reason.
    pub fault: String,
}

/// The rows of a run that were not simply taken.
pub(super) async fn rows(link: &mut Link, _: &Permit, run: Uuid) -> Result<Vec<RowLine>, DbError> {
    let read = |mut row: Row| {
        Ok(RowLine { n: row.get(0)?, key: row.get(1)?, fate: row.get(2)?, fault: row.get(3)? })
    };
    link.rows(&ROWS, args![run]).await?.into_iter().map(read).collect()
}

/// A fact that goes out.
pub(super) struct OutFact {
    pub(super) key: String,
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) known_on: String,
    pub(super) person: Uuid,
}

/// What the joint office holds of the actor's agency about persons whom the actor may see, after
/// a key.
pub(super) async fn facts(
    link: &mut Link,
    permit: &Permit,
    level: i64,
    after: &str,
    limit: i64,
) -> Result<Vec<OutFact>, DbError> {
    debug_assert_eq!(permit.action(), Action::ExportFacts);
    let read = |mut row: Row| {
        let person: Uuid = row.get(4)?;
        let key = Key::of(permit, person, row.get(5)?)?;
        Ok(OutFact {
            key: row.get(0)?,
            kind: row.get(1)?,
            value: key.open(EXCHANGE_VALUE, row.get(2)?)?,
            known_on: row.get(3)?,
            person,
        })
    };
    let rows = link.rows(&FACTS, args![permit.agency(), level, after, limit]).await?;
    rows.into_iter().map(read).collect()
}
