//! Runs in the database, and the facts that go out.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::exchange::{RowFault, Tally};
use onedoor_domain::ids::{AgencyId, PersonId, StaffId};
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{EXCHANGE_KEY, FACT_BODY, FILED_KEY, Key};
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::unbarred;
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
    ROWS = "select r.n, r.key, r.fate, coalesce(r.fault, ''), k.wrapped from exchange_row r
        left join subject_key k on k.subject_id = r.run_id
        where r.run_id = $1 and r.fate <> 'accepted' order by r.n limit 500";
    AGENCY = "select name from agency where id = $1";
    FACTS = concat!("select f.id, x.sealed, f.kind, f.body, f.received_on, f.person_id, k.wrapped
        from fact f join person p on p.id = f.person_id
        left join exchange_fact x on x.id = f.id
        left join subject_key k on k.subject_id = p.id
        where f.agency_id = $1 and f.ended_at is null and f.id > $2 and f.kept_until >= $3
            and (f.consent_id is null or exists (select 1 from consent c
                where c.id = f.consent_id and c.ended_at is null and c.valid_until >= $3))
            and (f.office_lock is null or f.office_lock = $4) and ", unbarred!("$5", "$6"), "
        order by f.id limit $7");
}

/// Begins a run of the actor's agency.
pub(super) async fn begin(
    tx: &mut Tx,
    permit: &Permit,
    agency: AgencyId,
    direction: &'static str,
    by: StaffId,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let id = crate::app::new_id();
    tx.run_one(&BEGIN, args![id, agency, direction, by, now]).await?;
    // What a sender calls a row may name somebody: it lies under a key of the file's own.
    Key::make(tx, permit, id).await?;
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

/// The key of a run, under which its rows lie.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn key_of(link: &mut Link, permit: &Permit, run: Uuid) -> Result<Key, DbError> {
    Key::look_up(link, permit, run).await
}

/// Notes what became of a row.
pub(super) async fn row(
    tx: &mut Tx,
    permit: &Permit,
    own: &Key,
    run: Uuid,
    (n, key): (i64, &str),
    fate: &'static str,
    fault: Option<RowFault>,
) -> Result<(), Fault> {
    let key = own.seal(EXCHANGE_KEY, key)?;
    tx.run_one(permit.opens(&ROW), args![run, n, key, fate, fault.map(RowFault::code)]).await?;
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
pub(super) async fn rows(
    link: &mut Link,
    permit: &Permit,
    run: Uuid,
) -> Result<Vec<RowLine>, DbError> {
    let read = |mut row: Row| {
        let own = Key::of(permit, run, row.get(4)?)?;
        let key = own.open(EXCHANGE_KEY, row.get(1)?)?;
        Ok(RowLine { n: row.get(0)?, key, fate: row.get(2)?, fault: row.get(3)? })
    };
    link.rows(permit.opens(&ROWS), args![run]).await?.into_iter().map(read).collect()
}

/// The name of an agency, as the source of what its files say.
pub(super) async fn agency_name(
    link: &mut Link,
    _: &Permit,
    agency: AgencyId,
) -> Result<String, Fault> {
    let mut row = link.row(&AGENCY, args![agency]).await?.ok_or(Fault::Hidden)?;
    Ok(row.get(0)?)
}

/// A fact that goes out.
pub(super) struct OutFact {
    pub(super) id: Uuid,
    /// The agency's own key; of what was written here, the record's.
    pub(super) key: String,
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) known_on: String,
    pub(super) person: PersonId,
}

/// What the record holds of the actor's agency after a fact, but for those who are closed to the
/// actor and what is locked to another office.
pub(super) async fn facts(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    (after, today): (Uuid, Date),
    limit: i64,
) -> Result<Vec<OutFact>, DbError> {
    debug_assert_eq!(permit.action(), Action::ExportFacts);
    let read = |mut row: Row| {
        let id: Uuid = row.get(0)?;
        let person: PersonId = row.get(5)?;
        let key = Key::of(permit, person.0, row.get(6)?)?;
        let own = key.open_some(FILED_KEY, row.get(1)?)?;
        Ok(OutFact {
            id,
            key: own.unwrap_or_else(|| id.to_string()),
            kind: row.get(2)?,
            value: key.open(FACT_BODY, row.get(3)?)?,
            known_on: row.get(4)?,
            person,
        })
    };
    let office = actor.office;
    let args = args![permit.agency(), after, today, office, actor.lacks(), actor.id, limit];
    link.rows(permit.opens(&FACTS), args).await?.into_iter().map(read).collect()
}
