//! Wrapped keys in the database.

use uuid::Uuid;

use super::LOCKSMITH;
use super::key::Wrapped;
use super::ring::slot_of;
use crate::args;
use crate::db::{DbError, Link, Tx, Value};

crate::sql! {
    WRAPPED = "select wrapped from subject_key where subject_id = $1";
    GENERATIONS = "select generation from key_slot where slot = $1 order by generation desc";
    INSERT = "insert into subject_key (subject_id, slot, generation, wrapped)
        values ($1, $2, $3, $4)";
    DELETE = "delete from subject_key where subject_id = $1";
    ADD_GENERATION = "insert into key_slot (slot, generation) values ($1, $2)
        on conflict do nothing";
    DROP_GENERATION = "delete from key_slot where slot = $1 and generation = $2";
    OF_SLOT = "select subject_id, generation, wrapped from subject_key where slot = $1";
    REWRAP = "update subject_key set generation = $3, wrapped = $4
        where subject_id = $1 and generation = $2";
    MARK = "insert into installation (key, value) values ('keyring', $1)
        on conflict (key) do update set value = excluded.value";
    MARKED = "select value from installation where key = 'keyring'";
}

pub(super) async fn wrapped(link: &mut Link, subject: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    link.row(LOCKSMITH.opens(&WRAPPED), args![subject]).await?.map(|mut row| row.get(0)).transpose()
}

/// The generations that a subject's slot may be wrapped under now.
pub(super) async fn generations(link: &mut Link, subject: Uuid) -> Result<Vec<i64>, DbError> {
    generations_of(link, slot_of(subject)).await
}

pub(super) async fn generations_of(link: &mut Link, slot: i64) -> Result<Vec<i64>, DbError> {
    let rows = link.rows(&GENERATIONS, args![slot]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

pub(super) async fn insert(tx: &mut Tx, subject: Uuid, key: Wrapped) -> Result<(), DbError> {
    tx.run_one(LOCKSMITH.opens(&INSERT), args![subject, key.slot, key.generation, key.bytes]).await
}

pub(super) async fn delete(tx: &mut Tx, subject: Uuid) -> Result<u64, DbError> {
    tx.run(LOCKSMITH.opens(&DELETE), args![subject]).await
}

pub(super) async fn add_generation(tx: &mut Tx, slot: i64, number: i64) -> Result<(), DbError> {
    tx.run(&ADD_GENERATION, args![slot, number]).await.map(|_| ())
}

/// Refused by the schema while a key still rests on it.
pub(super) async fn drop_generation(tx: &mut Tx, slot: i64, number: i64) -> Result<(), DbError> {
    tx.run(&DROP_GENERATION, args![slot, number]).await.map(|_| ())
}

/// All keys of a slot: subject, generation, wrapped.
pub(super) async fn of_slot(
    link: &mut Link,
    slot: i64,
) -> Result<Vec<(Uuid, i64, Vec<u8>)>, DbError> {
    let rows = link.rows(LOCKSMITH.opens(&OF_SLOT), args![slot]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Puts keys under another generation: subject, generation before, wrapped anew.
/// Many at once, so that PostgreSQL gets them in one go.
pub(super) async fn rewrap(
    tx: &mut Tx,
    new: i64,
    rows: Vec<(Uuid, i64, Vec<u8>)>,
) -> Result<(), DbError> {
    let work: Vec<(_, Vec<Value>)> = rows
        .into_iter()
        .map(|(subject, old, wrapped)| {
            (LOCKSMITH.opens(&REWRAP), vec![subject.into(), old.into(), new.into(), wrapped.into()])
        })
        .collect();
    tx.run_all(&work).await
}

/// Notes that everything is sealed under this keyring.
pub(super) async fn mark(tx: &mut Tx, ring: Uuid) -> Result<(), DbError> {
    tx.run(&MARK, args![ring.to_string()]).await.map(|_| ())
}

/// The keyring under which everything is sealed.
pub(super) async fn marked(link: &mut Link) -> Result<Option<String>, DbError> {
    link.row(&MARKED, &[]).await?.map(|mut row| row.get(0)).transpose()
}
