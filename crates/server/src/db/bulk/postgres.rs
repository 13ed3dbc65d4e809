//! The load into PostgreSQL: binary `copy` into bare tables, one transaction.

use std::collections::HashSet;
use std::io::Cursor;

use futures_util::SinkExt;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::Client;

use super::super::DbError;
use super::super::postgres::fault;
use super::{Order, Parcel, Rows, Table, broken_off, marking};

/// For this transaction only: memory for sorting, and no other limits.
const ROOM: &str = "set local maintenance_work_mem = '512MB'; set local work_mem = '256MB'; \
    set local statement_timeout = 0; set local lock_timeout = 0; \
    set local idle_in_transaction_session_timeout = 0";
/// Binary `copy` begins with a signature, flags and the length of an extension.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// It ends with a row of -1 fields.
const TAIL: &[u8] = &[0xff, 0xff];

/// Foreign keys on or onto the tables.
const REFERENCES: &str = "select c.conrelid::regclass::text, quote_ident(c.conname), \
    pg_get_constraintdef(c.oid) from pg_constraint c where c.contype = 'f' \
    and (c.conrelid = any($1::text[]::regclass[]) or c.confrelid = any($1::text[]::regclass[])) \
    order by 1, 2";
/// Primary keys and unique constraints of the tables.
const KEYS: &str = "select c.conrelid::regclass::text, quote_ident(c.conname), \
    pg_get_constraintdef(c.oid) from pg_constraint c where c.contype in ('p', 'u') \
    and c.conrelid = any($1::text[]::regclass[]) order by 1, 2";
/// Indexes of the tables that no constraint brings.
const INDEXES: &str = "select quote_ident(i.indexname), i.indexdef from pg_indexes i \
    where i.schemaname = current_schema() and i.tablename = any($1::text[]) \
    and not exists (select 1 from pg_constraint c join pg_class k on k.oid = c.conindid \
        where k.relname = i.indexname and c.contype in ('p', 'u')) \
    order by 1";

/// What was taken off the tables.
struct Stripped {
    tables: Vec<&'static str>,
    /// Statements that put it back, in their order.
    put_back: Vec<String>,
}

pub(super) async fn load(
    client: &Client,
    order: Order,
    mut parcels: mpsc::Receiver<Parcel>,
    ready: oneshot::Sender<()>,
) -> Result<(), DbError> {
    run(client, "begin").await?;
    run(client, ROOM).await?;
    run(client, &marking(order, super::LOADING)).await?;
    let stripped = strip(client, order).await?;
    // Whoever started it may have gone; the closed channel below says so.
    let _ = ready.send(());
    let bare: HashSet<&str> = stripped.tables.iter().copied().collect();
    let done = loop {
        match parcels.recv().await {
            Some(Parcel::Rows(rows)) => {
                let bare = bare.contains(rows.table.name);
                copy(client, rows, bare).await?;
            }
            Some(Parcel::Done(done)) => break done,
            // The connection closes with the client: PostgreSQL rolls back.
            None => return Err(broken_off()),
        }
    };
    for statement in &stripped.put_back {
        run(client, statement).await?;
    }
    run(client, &marking(order, &done)).await?;
    run(client, "commit").await?;
    let names: Vec<&str> = order.tables.iter().map(|table| table.name).collect();
    run(client, &format!("analyze {}", names.join(", "))).await
}

async fn run(client: &Client, text: &str) -> Result<(), DbError> {
    client.batch_execute(text).await.map_err(fault)
}

/// Takes indexes and constraints off the empty tables. Emptying them anew in
/// the same transaction lets `copy` write rows that are final at once, and
/// without the log where the server runs at its minimal level.
async fn strip(client: &Client, order: Order) -> Result<Stripped, DbError> {
    let mut tables = Vec::new();
    for Table { name, .. } in order.tables {
        let text = format!("select 1 from {name} limit 1");
        if client.query(&text, &[]).await.map_err(fault)?.is_empty() {
            tables.push(*name);
        }
    }
    if tables.is_empty() {
        return Ok(Stripped { tables, put_back: Vec::new() });
    }
    let mut put_back = Vec::new();
    let mut drops = Vec::new();
    let references = constraints(client, REFERENCES, &tables).await?;
    for row in client.query(INDEXES, &[&tables]).await.map_err(fault)? {
        let name: String = row.try_get(0).map_err(fault)?;
        put_back.push(row.try_get(1).map_err(fault)?);
        drops.push(format!("drop index {name}"));
    }
    let keys = constraints(client, KEYS, &tables).await?;
    for (drop, add) in keys {
        drops.push(drop);
        put_back.insert(0, add);
    }
    // References rest on keys: they go first and come back last.
    for (drop, add) in references {
        drops.insert(0, drop);
        put_back.push(add);
    }
    for drop in &drops {
        run(client, drop).await?;
    }
    run(client, &format!("truncate {}", tables.join(", "))).await?;
    Ok(Stripped { tables, put_back })
}

async fn constraints(
    client: &Client,
    query: &str,
    tables: &[&str],
) -> Result<Vec<(String, String)>, DbError> {
    let mut found = Vec::new();
    for row in client.query(query, &[&tables]).await.map_err(fault)? {
        let table: String = row.try_get(0).map_err(fault)?;
        let name: String = row.try_get(1).map_err(fault)?;
        let definition: String = row.try_get(2).map_err(fault)?;
        found.push((
            format!("alter table {table} drop constraint {name}"),
            format!("alter table {table} add constraint {name} {definition}"),
        ));
    }
    Ok(found)
}

async fn copy(client: &Client, rows: Rows, bare: bool) -> Result<(), DbError> {
    let Rows { table, bytes, .. } = rows;
    let columns = table.columns.join(", ");
    let freeze = if bare { ", freeze" } else { "" };
    let text = format!("copy {} ({columns}) from stdin (format binary{freeze})", table.name);
    let sink = client.copy_in(&text).await.map_err(fault)?;
    let mut sink = std::pin::pin!(sink);
    for part in [HEAD.to_vec(), bytes, TAIL.to_vec()] {
        sink.feed(Cursor::new(part)).await.map_err(fault)?;
    }
    sink.finish().await.map(|_| ()).map_err(fault)
}
