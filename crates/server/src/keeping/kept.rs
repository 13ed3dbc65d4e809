//! Holds and requests for erasure in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::PersonId;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{ERASURE_DECISION, ERASURE_REASON, HOLD_LIFTED, HOLD_REASON, Key};
use crate::policy::{Permit, Warrant};
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::web::Fault;

crate::sql! {
    HOLDS = concat!("select h.id, h.person_id, h.reason, s.name, h.set_at, h.from_day, h.until_day,
            h.lifted_at, h.lift_reason, h.version, k.wrapped
        from legal_hold h join staff s on s.id = h.set_by join person p on p.id = h.person_id
        left join subject_key k on k.subject_id = h.person_id
        where ", unbarred!("$1", "$2"), "
        order by h.set_at desc limit 500");
    HOLD = "select h.person_id, h.lifted_at from legal_hold h where h.id = $1";
    SET_HOLD = "insert into legal_hold
            (id, person_id, reason, set_by, set_at, from_day, until_day, version)
        values ($1, $2, $3, $4, $5, $6, $7, 1)";
    LIFT_HOLD = "update legal_hold set lifted_by = $3, lifted_at = $4, lift_reason = $5,
            version = version + 1
        where id = $1 and version = $2 and lifted_at is null";
    ANY_HOLD = "select count(*) from legal_hold where lifted_at is null and from_day <= $1
        and coalesce(until_day, $1) >= $1";
    IS_PERSON = "select 1 from person where id = $1";

    ERASURES = concat!("select e.id, e.person_id, e.state, s.name, e.asked_at, e.reason,
            e.decision_reason, e.done_at, e.version, e.decided_by, e.confirmed_by, k.wrapped
        from erasure e join staff s on s.id = e.asked_by join person p on p.id = e.person_id
        left join subject_key k on k.subject_id = e.person_id
        where ", unbarred!("$1", "$2"), "
        order by e.asked_at desc, e.id limit 500");
    ERASURE = "select e.id, e.person_id, e.state, s.name, e.asked_at, e.reason,
            e.decision_reason, e.done_at, e.version, e.decided_by, e.confirmed_by, k.wrapped
        from erasure e join staff s on s.id = e.asked_by
        left join subject_key k on k.subject_id = e.person_id where e.id = $1";
    ASK = "insert into erasure (id, person_id, state, asked_by, asked_at, reason, version)
        values ($1, $2, 'asked', $3, $4, $5, 1)";
    DECIDE = "update erasure set state = $3, decided_by = $4, decided_at = $5,
            decision_reason = $6, version = version + 1
        where id = $1 and version = $2 and state = 'asked'";
    CARRY_OUT = "update erasure set state = 'done', confirmed_by = $3, confirmed_at = $4,
            done_at = $4, version = version + 1
        where id = $1 and version = $2 and state = 'approved'";
    WITHDRAW = "update erasure set state = 'withdrawn', version = version + 1
        where id = $1 and version = $2 and state in ('asked', 'approved')";
}

/// A hold as it is stored.
pub(super) struct StoredHold {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) reason: String,
    pub(super) set_by: String,
    pub(super) set_at: i64,
    pub(super) from: String,
    pub(super) until: Option<String>,
    pub(super) lifted_at: Option<i64>,
    pub(super) lift_reason: Option<String>,
    pub(super) version: i64,
}

pub(super) async fn holds(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<StoredHold>, DbError> {
    let read = |mut row: Row| -> Result<StoredHold, DbError> {
        let person: Uuid = row.get(1)?;
        let key = Key::of(permit, person, row.get(10)?)?;
        Ok(StoredHold {
            id: row.get(0)?,
            person,
            reason: key.open(HOLD_REASON, row.get(2)?)?,
            set_by: row.get(3)?,
            set_at: row.get(4)?,
            from: row.get(5)?,
            until: row.get(6)?,
            lifted_at: row.get(7)?,
            lift_reason: key.open_some(HOLD_LIFTED, row.get(8)?)?,
            version: row.get(9)?,
        })
    };
    link.rows(permit.opens(&HOLDS), args![actor.lacks(), actor.id])
        .await?
        .into_iter()
        .map(read)
        .collect()
}

/// Whose data a hold keeps, and since when it is lifted.
pub(super) async fn hold(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<Option<(Uuid, Option<Timestamp>)>, DbError> {
    let row = link.row(permit.opens(&HOLD), args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// A hold to be set.
pub(super) struct NewHold {
    pub(super) person: Uuid,
    pub(super) reason: String,
    pub(super) from: Date,
    pub(super) until: Option<Date>,
}

pub(super) async fn set_hold(
    tx: &mut Tx,
    permit: &Permit,
    hold: &NewHold,
    by: Uuid,
    now: Timestamp,
) -> Result<(), Fault> {
    let id = crate::app::new_id();
    // What is being deleted at this moment is deleted first, or stays.
    crate::person::together::keep_still(tx, permit, PersonId(hold.person)).await?;
    let key = Key::look_up(tx, permit, hold.person).await?;
    let reason = key.seal(HOLD_REASON, &hold.reason)?;
    let args = args![id, hold.person, reason, by, now, hold.from, hold.until];
    Ok(tx.run_one(permit.opens(&SET_HOLD), args).await?)
}

pub(super) async fn lift_hold(
    tx: &mut Tx,
    permit: &Permit,
    person: Uuid,
    (id, version): (Uuid, i64),
    reason: &str,
    by: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    let key = Key::look_up(tx, permit, person).await?;
    let reason = key.seal(HOLD_LIFTED, reason)?;
    tx.run_one(permit.opens(&LIFT_HOLD), args![id, version, by, now, reason]).await
}

pub(super) async fn any_hold(
    link: &mut Link,
    warrant: &Warrant,
    today: Date,
) -> Result<i64, DbError> {
    link.row(warrant.opens(&ANY_HOLD), args![today]).await?.map_or(Ok(0), |mut row| row.get(0))
}

pub(super) async fn is_person(link: &mut Link, permit: &Permit, id: Uuid) -> Result<bool, DbError> {
    Ok(link.row(permit.opens(&IS_PERSON), args![id]).await?.is_some())
}

/// A request for erasure as it is stored.
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) state: String,
    pub(super) asked_by: String,
    pub(super) asked_at: i64,
    pub(super) reason: String,
    pub(super) decision: Option<String>,
    pub(super) done_at: Option<i64>,
    pub(super) version: i64,
    pub(super) decided_by: Option<Uuid>,
    pub(super) confirmed_by: Option<Uuid>,
}

fn stored(permit: &Permit, mut row: Row) -> Result<Stored, DbError> {
    let person: Uuid = row.get(1)?;
    // Of somebody who is erased nothing is read any more, not even why.
    let key = Key::of(permit, person, row.get(11)?)?;
    Ok(Stored {
        id: row.get(0)?,
        person,
        state: row.get(2)?,
        asked_by: row.get(3)?,
        asked_at: row.get(4)?,
        reason: key.open(ERASURE_REASON, row.get(5)?)?,
        decision: key.open_some(ERASURE_DECISION, row.get(6)?)?,
        done_at: row.get(7)?,
        version: row.get(8)?,
        decided_by: row.get(9)?,
        confirmed_by: row.get(10)?,
    })
}

/// Requests, without those about somebody whom the reader is tied to or not cleared for.
pub(super) async fn erasures(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<Stored>, DbError> {
    link.rows(permit.opens(&ERASURES), args![actor.lacks(), actor.id])
        .await?
        .into_iter()
        .map(|row| stored(permit, row))
        .collect()
}

pub(super) async fn erasure(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<Option<Stored>, DbError> {
    link.row(permit.opens(&ERASURE), args![id]).await?.map(|row| stored(permit, row)).transpose()
}

pub(super) async fn ask(
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
    person: Uuid,
    by: Uuid,
    now: Timestamp,
    reason: &str,
) -> Result<(), DbError> {
    let key = Key::look_up(tx, permit, person).await?;
    let reason = key.seal(ERASURE_REASON, reason)?;
    tx.run_one(permit.opens(&ASK), args![id, person, by, now, reason]).await
}

pub(super) async fn decide(
    tx: &mut Tx,
    permit: &Permit,
    person: Uuid,
    (id, version): (Uuid, i64),
    (state, reason): (&str, &str),
    (by, now): (Uuid, Timestamp),
) -> Result<(), DbError> {
    let key = Key::look_up(tx, permit, person).await?;
    let reason = key.seal(ERASURE_DECISION, reason)?;
    tx.run_one(permit.opens(&DECIDE), args![id, version, state, by, now, reason]).await
}

pub(super) async fn carry_out(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    second: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run_one(permit.opens(&CARRY_OUT), args![id, version, second, now]).await
}

pub(super) async fn withdraw(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
) -> Result<(), DbError> {
    tx.run_one(permit.opens(&WITHDRAW), args![id, version]).await
}
