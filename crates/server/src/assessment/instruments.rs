//! Versions of instruments and their approval, in the database (REQ-MAP-01).

use std::collections::BTreeSet;

use jiff::Timestamp;
use onedoor_domain::assessment::{self, Instrument};
use onedoor_domain::ids::{AgencyId, StaffId};
use uuid::Uuid;

use crate::app::{id_of, new_id};
use crate::args;
use crate::db::{Db, DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    ALL = "select i.id, i.code, i.version, i.origin, i.withdrawn_at, i.withdrawn_reason, i.loaded_at,
            coalesce(s.name, '')
        from instrument i left join staff s on s.id = i.withdrawn_by
        order by i.code, i.loaded_at desc, i.id limit 200";
    ONE = "select i.id, i.code, i.version, i.origin, i.withdrawn_at, i.withdrawn_reason, i.loaded_at,
            coalesce(s.name, ''), i.body
        from instrument i left join staff s on s.id = i.withdrawn_by where i.id = $1";
    FIND = "select id, withdrawn_at from instrument where code = $1 and version = $2";
    INSERT = "insert into instrument (id, code, version, body, origin, loaded_by, loaded_at,
            withdrawn_at, withdrawn_by, withdrawn_reason)
        values ($1, $2, $3, $4, $5, $6, $7, null, null, '') on conflict (code, version) do nothing";
    WITHDRAW = "update instrument set withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4
        where id = $1 and withdrawn_at is null";
    APPROVE = "insert into instrument_approval (instrument_id, agency_id, approved_by, approved_at)
        values ($1, $2, $3, $4) on conflict (instrument_id, agency_id) do nothing";
    APPROVALS = "select p.agency_id, a.name, a.kind, s.name, p.approved_at
        from instrument_approval p join agency a on a.id = p.agency_id
        join staff s on s.id = p.approved_by
        where p.instrument_id = $1 order by a.kind, a.name limit 200";
}

/// A version of an instrument, as it is listed.
#[derive(Clone, Debug)]
pub struct Version {
    /// Identifier.
    pub id: Uuid,
    /// The code that versions share.
    pub code: String,
    /// The version.
    pub version: String,
    /// `shipped`, `file` or `questionnaire`.
    pub origin: String,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// Why.
    pub withdrawn_reason: String,
    /// By whom.
    pub withdrawn_by: String,
    /// When it was brought in.
    pub loaded: Timestamp,
}

fn version(row: &mut Row) -> Result<Version, DbError> {
    Ok(Version {
        id: row.get(0)?,
        code: row.get(1)?,
        version: row.get(2)?,
        origin: row.get(3)?,
        withdrawn: row.get(4)?,
        withdrawn_reason: row.get(5)?,
        loaded: row.get(6)?,
        withdrawn_by: row.get(7)?,
    })
}

/// Every version. It is about nobody.
///
/// # Errors
/// When the database does not answer.
pub async fn all(link: &mut Link) -> Result<Vec<Version>, DbError> {
    link.rows(&ALL, &[]).await?.into_iter().map(|mut row| version(&mut row)).collect()
}

/// One version with its items.
///
/// # Errors
/// [`Fault::Hidden`] when there is none.
pub async fn one(link: &mut Link, id: Uuid) -> Result<(Version, Instrument), Fault> {
    let mut row = link.row(&ONE, args![id]).await?.ok_or(Fault::Hidden)?;
    let version = version(&mut row)?;
    let body: String = row.get(8)?;
    let broken = |error: serde_json::Error| Fault::Defect(format!("an instrument: {error}"));
    Ok((version, serde_json::from_str(&body).map_err(broken)?))
}

/// The version of an instrument with this code, if it is there, and when it was withdrawn.
///
/// # Errors
/// When the database does not answer.
pub async fn find(
    link: &mut Link,
    (code, version): (&str, &str),
) -> Result<Option<(Uuid, Option<Timestamp>)>, DbError> {
    let row = link.row(&FIND, args![code, version]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

fn body(instrument: &Instrument) -> Result<String, DbError> {
    serde_json::to_string(instrument).map_err(|error| DbError::Other(error.to_string()))
}

/// Keeps a version. A version that is there is never changed.
///
/// # Errors
/// A conflict when the version is there.
pub async fn keep(
    tx: &mut Tx,
    _: &Permit,
    instrument: &Instrument,
    origin: &str,
    (by, now): (Option<StaffId>, Timestamp),
) -> Result<Uuid, Fault> {
    let id = new_id();
    let (code, version) = (&instrument.code, &instrument.version);
    let args = args![id, code, version, body(instrument)?, origin, by, now];
    match tx.run(&INSERT, args).await? {
        1 => Ok(id),
        _ => Err(Fault::conflict("instrument-there")),
    }
}

/// Withdraws a version: nothing new is begun or answered in it, and all that was stays.
///
/// # Errors
/// A conflict when it was withdrawn.
pub async fn withdraw(
    tx: &mut Tx,
    _: &Permit,
    id: Uuid,
    reason: &str,
    (by, now): (Option<Uuid>, Timestamp),
) -> Result<(), Fault> {
    match tx.run(&WITHDRAW, args![id, now, by, reason]).await? {
        1 => Ok(()),
        _ => Err(Fault::conflict("instrument-withdrawn")),
    }
}

/// An agency's approval of a version.
#[derive(Clone, Debug)]
pub struct Approval {
    /// The agency.
    pub agency: AgencyId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Who has approved a version.
///
/// # Errors
/// When the database does not answer.
pub async fn approvals(link: &mut Link, id: Uuid) -> Result<Vec<Approval>, DbError> {
    let read = |mut row: Row| {
        Ok(Approval {
            agency: row.get(0)?,
            name: row.get(1)?,
            kind: row.get(2)?,
            by: row.get(3)?,
            at: row.get(4)?,
        })
    };
    link.rows(&APPROVALS, args![id]).await?.into_iter().map(read).collect()
}

/// The same, as a set of agencies.
///
/// # Errors
/// When the database does not answer.
pub async fn approved(link: &mut Link, id: Uuid) -> Result<BTreeSet<AgencyId>, DbError> {
    Ok(approvals(link, id).await?.into_iter().map(|one| one.agency).collect())
}

/// Approves a version for an agency.
///
/// # Errors
/// When the database refuses.
pub async fn approve(
    tx: &mut Tx,
    _: &Permit,
    (id, agency): (Uuid, AgencyId),
    (by, now): (StaffId, Timestamp),
) -> Result<(), Fault> {
    tx.run(&APPROVE, args![id, agency, by, now]).await?;
    Ok(())
}

/// Brings in the instrument that comes with the program, where it is missing. No agency has
/// approved it by that.
///
/// # Errors
/// When the database refuses, or the shipped file is not whole.
pub async fn bring_shipped(db: &Db, now: Timestamp) -> Result<(), DbError> {
    let broken = || DbError::Other("the shipped instrument has faults".into());
    let instrument = assessment::shipped().map_err(|_| broken())?;
    let (code, version) = (&instrument.code, &instrument.version);
    let mut conn = db.read().await?;
    let there = conn.row(&FIND, args![code, version]).await?.is_some();
    drop(conn);
    if there {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let id = id_of("instrument", &format!("{code}-{version}"));
    let nobody: Option<StaffId> = None;
    let args = args![id, code, version, body(instrument)?, "shipped", nobody, now];
    // Another server may have been first.
    tx.run(&INSERT, args).await?;
    tx.commit().await
}
