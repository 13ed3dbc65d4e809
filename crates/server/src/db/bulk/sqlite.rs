//! The load into SQLite: one writer, prepared inserts in key order, large
//! transactions, and no waiting for the disk until the end.

use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};

use super::super::DbError;
use super::super::sqlite::fault;
use super::{LOADING, Order, Parcel, Rows, Table, broken_off, marking};

/// Rows in one transaction: few commits, and a log that stays small.
const ROWS_PER_COMMIT: u64 = 400_000;
/// Page cache while loading, in KiB: holds the inner pages of every table.
const CACHE: i64 = 192 * 1024;

pub(super) fn load(
    connection: &mut Connection,
    order: Order,
    parcels: mpsc::Receiver<Parcel>,
    ready: oneshot::Sender<()>,
) -> Result<(), DbError> {
    // Marked with the safety net still on: the mark outlives a power cut.
    batch(connection, &marking(order, LOADING))?;
    let before: i64 = ask(connection, "pragma cache_size")?;
    batch(
        connection,
        &format!("pragma foreign_keys = 0; pragma synchronous = off; pragma cache_size = -{CACHE}"),
    )?;
    let loaded = fill(connection, order, parcels, ready);
    if !connection.is_autocommit() {
        // Only after a failure; the mark stays and says that the file is lost.
        let _ = connection.execute_batch("rollback");
    }
    batch(
        connection,
        &format!(
            "pragma synchronous = full; pragma foreign_keys = 1; pragma cache_size = {before}; \
             pragma threads = 0"
        ),
    )?;
    let done = loaded?;
    settle(connection)?;
    batch(connection, &marking(order, &done))
}

fn batch(connection: &Connection, text: &str) -> Result<(), DbError> {
    connection.execute_batch(text).map_err(fault)
}

fn ask<T: rusqlite::types::FromSql>(connection: &Connection, text: &str) -> Result<T, DbError> {
    connection.query_row(text, [], |row| row.get(0)).map_err(fault)
}

fn fill(
    connection: &Connection,
    order: Order,
    mut parcels: mpsc::Receiver<Parcel>,
    ready: oneshot::Sender<()>,
) -> Result<String, DbError> {
    let indexes = strip(connection, order)?;
    // Whoever started it may have gone; the closed channel below says so.
    let _ = ready.send(());
    batch(connection, "begin immediate")?;
    let mut rows = 0;
    let done = loop {
        match parcels.blocking_recv() {
            Some(Parcel::Rows(parcel)) => {
                rows += parcel.count();
                insert(connection, &parcel)?;
            }
            Some(Parcel::Done(done)) => break done,
            None => return Err(broken_off()),
        }
        if rows >= ROWS_PER_COMMIT {
            batch(connection, "commit; begin immediate")?;
            rows = 0;
        }
    };
    batch(connection, "commit; pragma threads = 2")?;
    // References may rest on a unique index, so those come back first.
    let (unique, plain): (Vec<_>, Vec<_>) =
        indexes.iter().partition(|text| text.to_lowercase().starts_with("create unique"));
    for text in unique {
        batch(connection, text)?;
    }
    let path = connection.path().unwrap_or_default().to_owned();
    std::thread::scope(|scope| {
        let proof = scope.spawn(move || prove(&path, order));
        for text in plain {
            batch(connection, text)?;
        }
        proof.join().map_err(|_| DbError::Other("the check of references broke off".into()))?
    })?;
    batch(connection, "pragma analysis_limit = 1000; analyze; pragma analysis_limit = 0")?;
    Ok(done)
}

/// Drops the indexes of the tables that are empty; gives the texts that make
/// them again.
fn strip(connection: &Connection, order: Order) -> Result<Vec<String>, DbError> {
    let mut put_back = Vec::new();
    for Table { name, .. } in order.tables {
        let filled: bool = ask(connection, &format!("select exists (select 1 from {name})"))?;
        if filled {
            continue;
        }
        let text = "select name, sql from sqlite_master \
             where type = 'index' and sql is not null and tbl_name = ?1 order by name";
        let mut statement = connection.prepare(text).map_err(fault)?;
        let found = statement
            .query_map([name], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
            .map_err(fault)?;
        for (index, text) in found {
            batch(connection, &format!("drop index {index}"))?;
            put_back.push(text);
        }
    }
    Ok(put_back)
}

/// How the bytes of a column are to be read.
#[derive(Clone, Copy)]
enum Kind {
    Whole,
    Text,
    Blob,
}

fn kinds(connection: &Connection, table: &Table) -> Result<Vec<Kind>, DbError> {
    let mut kinds = Vec::with_capacity(table.columns.len());
    let text = "select lower(type) from pragma_table_info(?1) where name = ?2";
    let mut statement = connection.prepare_cached(text).map_err(fault)?;
    for column in table.columns {
        let declared: String =
            statement.query_row([table.name, column], |row| row.get(0)).map_err(fault)?;
        kinds.push(match declared.as_str() {
            "integer" => Kind::Whole,
            "text" => Kind::Text,
            _ => Kind::Blob,
        });
    }
    Ok(kinds)
}

fn insert(connection: &Connection, rows: &Rows) -> Result<(), DbError> {
    let kinds = kinds(connection, rows.table)?;
    let marks = vec!["?"; kinds.len()].join(", ");
    let columns = rows.table.columns.join(", ");
    let text = format!("insert into {} ({columns}) values ({marks})", rows.table.name);
    let mut statement = connection.prepare_cached(&text).map_err(fault)?;
    let mut rest = rows.bytes();
    // The count of fields before each row is the count of columns; `push` saw to it.
    while let Some((_, mut fields)) = rest.split_first_chunk::<2>() {
        for (at, kind) in kinds.iter().enumerate() {
            fields = bind(&mut statement, at + 1, *kind, fields)?;
        }
        statement.raw_execute().map_err(fault)?;
        rest = fields;
    }
    Ok(())
}

fn bind<'b>(
    statement: &mut CachedStatement<'_>,
    at: usize,
    kind: Kind,
    bytes: &'b [u8],
) -> Result<&'b [u8], DbError> {
    let damaged = || DbError::Other("a packed row ends too early".into());
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
    let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
        let null = ToSqlOutput::Borrowed(ValueRef::Null);
        statement.raw_bind_parameter(at, null).map_err(fault)?;
        return Ok(rest);
    };
    let (field, rest) = rest.split_at_checked(length).ok_or_else(damaged)?;
    let value = match (kind, field) {
        (Kind::Whole, [flag]) => ValueRef::Integer(i64::from(*flag)),
        (Kind::Whole, _) => {
            let number = field.first_chunk::<8>().ok_or_else(damaged)?;
            ValueRef::Integer(i64::from_be_bytes(*number))
        }
        (Kind::Text, _) => ValueRef::Text(field),
        (Kind::Blob, _) => ValueRef::Blob(field),
    };
    statement.raw_bind_parameter(at, ToSqlOutput::Borrowed(value)).map_err(fault)?;
    Ok(rest)
}

/// Proves every reference of the loaded tables, over a connection of its own
/// so that the writer can go on with the indexes meanwhile.
fn prove(path: &str, order: Order) -> Result<(), DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags).map_err(fault)?;
    reader.busy_timeout(Duration::from_secs(30)).map_err(fault)?;
    batch(&reader, &format!("pragma cache_size = -{CACHE}"))?;
    for Table { name, .. } in order.tables {
        let mut statement =
            reader.prepare(&format!("pragma foreign_key_check({name})")).map_err(fault)?;
        let mut found = statement.query([]).map_err(fault)?;
        if let Some(row) = found.next().map_err(fault)? {
            let parent: String = row.get(2).map_err(fault)?;
            return Err(DbError::Reference(format!("{name} points at no row of {parent}")));
        }
    }
    Ok(())
}

/// Brings everything to the disk. What was written with the safety net off is
/// in the file, but perhaps not yet on the disk.
fn settle(connection: &Connection) -> Result<(), DbError> {
    let busy: i64 = ask(connection, "pragma wal_checkpoint(truncate)")?;
    if busy != 0 {
        return Err(DbError::Busy("a reader holds the log of the load".into()));
    }
    let path = connection.path().unwrap_or_default();
    let synced = std::fs::File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| DbError::Gone(error.to_string()))
}
