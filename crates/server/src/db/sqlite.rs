//! SQLite: one writer whose transactions are grouped into one durable commit,
//! several readers.
//!
//! Calls run on the calling thread: a point query takes a few microseconds,
//! less than handing it to another thread would. Only the commit, which waits
//! for the disk, goes to a blocking thread.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, oneshot};

use super::{Asked, DbError, Engine, Listed, Row, Value};

/// Pages that all readers together keep in memory, in KiB. Fewer readers keep more each: two for
/// each core read as fast as more, and find more of what they need.
const READ_CACHE: i64 = 192 * 1024;
/// The most transactions that share one commit.
const GROUP: usize = 128;
/// How long a finished transaction waits for a successor that may never come.
const PATIENCE: Duration = Duration::from_millis(2);

/// An open SQLite file.
#[derive(Clone)]
pub struct Sqlite {
    slot: Arc<tokio::sync::Mutex<Slot>>,
    waiting: Arc<AtomicUsize>,
    readers: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

/// The one writing connection and the transactions that wait for its commit.
struct Slot {
    connection: Connection,
    open: bool,
    abandoned: bool,
    group: Vec<oneshot::Sender<Result<(), DbError>>>,
}

/// How many connections read at once.
fn readers() -> usize {
    std::thread::available_parallelism().map_or(4, |cores| (2 * cores.get()).clamp(4, 16))
}

fn set_up(connection: &Connection, cache_kib: i64) -> Result<(), DbError> {
    connection.busy_timeout(Duration::from_secs(5)).map_err(fault)?;
    connection.set_prepared_statement_cache_capacity(256);
    for (name, value) in [("journal_mode", "wal"), ("temp_store", "memory")] {
        connection.pragma_update(None, name, value).map_err(fault)?;
    }
    for (name, value) in [
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cache_size", -cache_kib),
        ("wal_autocheckpoint", 4000),
    ] {
        connection.pragma_update(None, name, value).map_err(fault)?;
    }
    steady(connection)?;
    // FULL: an answered write survives a power cut. NORMAL would lose the last ones.
    connection.pragma_update(None, "synchronous", "FULL").map_err(fault)
}

/// Plans do not depend on the values that are bound: with statistics on board
/// SQLite would otherwise plan a kept statement anew for almost every call.
fn steady(connection: &Connection) -> Result<(), DbError> {
    let steady = rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
    connection.set_db_config(steady, true).map(|_| ()).map_err(fault)
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, DbError> {
        let connection = Connection::open(path).map_err(fault)?;
        set_up(&connection, 32 * 1024)?;
        let count = readers();
        let kib = READ_CACHE / i64::try_from(count).unwrap_or(1);
        let mut readers = Vec::with_capacity(count);
        for _ in 0..count {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let reader = Connection::open_with_flags(path, flags).map_err(fault)?;
            reader.busy_timeout(Duration::from_secs(5)).map_err(fault)?;
            reader.set_prepared_statement_cache_capacity(256);
            steady(&reader)?;
            reader.pragma_update(None, "cache_size", -kib).map_err(fault)?;
            reader.pragma_update(None, "trusted_schema", 0).map_err(fault)?;
            readers.push(reader);
        }
        Ok(Self {
            slot: Arc::new(tokio::sync::Mutex::new(Slot {
                connection,
                open: false,
                abandoned: false,
                group: Vec::new(),
            })),
            waiting: Arc::new(AtomicUsize::new(0)),
            readers: Arc::new(Mutex::new(readers)),
            permits: Arc::new(Semaphore::new(count)),
        })
    }

    pub(super) async fn reader(&self) -> Result<Reader, DbError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| DbError::Gone("the readers are closed".into()))?;
        let connection = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection =
            connection.ok_or_else(|| DbError::Gone("no reading connection is left".into()))?;
        let home = Arc::clone(&self.readers);
        Ok(Reader { connection: Some(connection), home, _permit: permit })
    }

    pub(super) async fn begin(&self) -> Result<Writing, DbError> {
        let mut slot = {
            let _waiting = Waiting::new(&self.waiting);
            Arc::clone(&self.slot).lock_owned().await
        };
        slot.clear_abandoned()?;
        if !slot.open {
            slot.connection.execute_batch("begin immediate").map_err(fault)?;
            slot.open = true;
        }
        slot.connection.execute_batch("savepoint work").map_err(fault)?;
        slot.abandoned = true;
        Ok(Writing { slot: Some(slot), home: self.clone() })
    }

    pub(super) async fn rewrite(&self) -> Result<(), DbError> {
        let text = "vacuum; pragma wal_checkpoint(truncate)";
        self.alone(move |connection| connection.execute_batch(text).map_err(fault)).await
    }

    /// The writing connection for itself: for bulk loading, with no group.
    pub(super) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let mut slot = Arc::clone(&self.slot).lock_owned().await;
        tokio::task::spawn_blocking(move || {
            slot.clear_abandoned()?;
            slot.flush();
            work(&mut slot.connection)
        })
        .await
        .map_err(|error| DbError::Other(error.to_string()))?
    }
}

/// Counts those who wait for the writer, also when they give up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Slot {
    /// Takes back what a transaction wrote that was dropped before its commit.
    fn clear_abandoned(&mut self) -> Result<(), DbError> {
        if self.abandoned {
            self.abandoned = false;
            if self.open && !self.connection.is_autocommit() {
                let back = "rollback to work; release work";
                if let Err(error) = self.connection.execute_batch(back) {
                    self.fail(&fault(error));
                }
            }
        }
        self.notice_rollback();
        Ok(())
    }

    /// A full disk or a failing one makes SQLite undo the whole transaction by
    /// itself: everyone in the group must hear that nothing was kept.
    fn notice_rollback(&mut self) {
        if self.open && self.connection.is_autocommit() {
            self.fail(&DbError::Full);
        }
    }

    fn fail(&mut self, error: &DbError) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("rollback")
        {
            tracing::error!(%error, "the writer could not roll back");
        }
        self.open = false;
        for waiter in self.group.drain(..) {
            let _ = waiter.send(Err(error.clone()));
        }
    }

    /// Commits the group and tells everyone in it.
    fn flush(&mut self) {
        self.notice_rollback();
        if !self.open {
            return;
        }
        match self.connection.execute_batch("commit") {
            Ok(()) => {
                self.open = false;
                metrics::histogram!("onedoor_commit_group").record(self.group.len() as f64);
                for waiter in self.group.drain(..) {
                    let _ = waiter.send(Ok(()));
                }
            }
            Err(error) => self.fail(&fault(error)),
        }
    }
}

/// A reading connection on loan.
pub struct Reader {
    connection: Option<Connection>,
    home: Arc<Mutex<Vec<Connection>>>,
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    #[expect(clippy::expect_used, reason = "only `drop` takes the connection out")]
    pub(super) fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("the reader is on loan")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.home.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

/// A transaction on the writer: a savepoint inside the group's transaction.
pub struct Writing {
    slot: Option<OwnedMutexGuard<Slot>>,
    home: Sqlite,
}

impl Writing {
    fn with<T>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let slot = self.slot.as_mut().ok_or_else(|| DbError::Other(super::ENDED.into()))?;
        if slot.connection.is_autocommit() {
            return Err(DbError::Full);
        }
        work(&mut slot.connection)
    }

    pub(super) fn rows(&mut self, sql: &Asked, args: &[Value]) -> Result<Vec<Row>, DbError> {
        self.with(|connection| rows(connection, sql, args))
    }

    pub(super) fn run(&mut self, sql: &Asked, args: &[Value]) -> Result<u64, DbError> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached(sql.text(Engine::Sqlite)).map_err(fault)?;
            let count = statement.execute(rusqlite::params_from_iter(args)).map_err(fault)?;
            Ok(count as u64)
        })
    }

    pub(super) fn prepare(&mut self, sql: Listed) -> Result<(), DbError> {
        self.with(|connection| prepare(connection, sql))
    }

    pub(super) fn text_rows(&mut self, text: &str) -> Result<Vec<Row>, DbError> {
        self.with(|connection| text_rows(connection, text))
    }

    pub(super) fn script(&mut self, text: &str) -> Result<(), DbError> {
        self.with(|connection| connection.execute_batch(text).map_err(fault))
    }

    pub(super) async fn commit(mut self) -> Result<(), DbError> {
        let mut slot = self.slot.take().ok_or_else(|| DbError::Other(super::ENDED.into()))?;
        slot.abandoned = false;
        if slot.connection.is_autocommit() {
            slot.notice_rollback();
            return Err(DbError::Full);
        }
        if let Err(error) = slot.connection.execute_batch("release work") {
            let error = fault(error);
            slot.fail(&error);
            return Err(error);
        }
        let (sender, mut receiver) = oneshot::channel();
        slot.group.push(sender);
        // With someone waiting the writer is handed on, and the last of the
        // group commits for all: one wait for the disk instead of many.
        if self.home.waiting.load(Ordering::SeqCst) == 0 || slot.group.len() >= GROUP {
            tokio::task::spawn_blocking(move || slot.flush());
        } else {
            drop(slot);
        }
        loop {
            if let Ok(answer) = tokio::time::timeout(PATIENCE, &mut receiver).await {
                return answer.unwrap_or_else(|_| Err(DbError::Gone("the writer ended".into())));
            }
            // The one we waited for gave up before its turn: commit ourselves.
            if let Ok(mut slot) = Arc::clone(&self.home.slot).try_lock_owned() {
                slot.clear_abandoned()?;
                tokio::task::spawn_blocking(move || slot.flush());
            }
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(v) => ValueRef::Integer(*v),
            Self::Text(v) => ValueRef::Text(v.as_bytes()),
            Self::Bytes(v) => ValueRef::Blob(v),
            Self::Id(v) => ValueRef::Blob(v.as_bytes()),
            Self::Flag(v) => ValueRef::Integer(i64::from(*v)),
        }))
    }
}

fn read(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Row> {
    let mut values = Vec::with_capacity(columns);
    for at in 0..columns {
        values.push(match row.get_ref(at)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(v) => Value::Int(v),
            ValueRef::Real(v) => Value::Text(v.to_string()),
            ValueRef::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
            ValueRef::Blob(v) => Value::Bytes(v.to_vec()),
        });
    }
    Ok(Row(values))
}

pub(super) fn rows(
    connection: &mut Connection,
    sql: &Asked,
    args: &[Value],
) -> Result<Vec<Row>, DbError> {
    let mut statement = connection.prepare_cached(sql.text(Engine::Sqlite)).map_err(fault)?;
    let columns = statement.column_count();
    let mut found = statement.query(rusqlite::params_from_iter(args)).map_err(fault)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(fault)? {
        rows.push(read(row, columns).map_err(fault)?);
    }
    Ok(rows)
}

pub(super) fn text_rows(connection: &mut Connection, text: &str) -> Result<Vec<Row>, DbError> {
    let mut statement = connection.prepare(text).map_err(fault)?;
    let columns = statement.column_count();
    // Raw: the plan of a statement is asked for with no values bound, which the plain call refuses.
    let found = statement.raw_query().mapped(|row| read(row, columns));
    found.collect::<rusqlite::Result<_>>().map_err(fault)
}

pub(super) fn prepare(connection: &mut Connection, sql: Listed) -> Result<(), DbError> {
    connection.prepare(sql.text(Engine::Sqlite)).map(|_| ()).map_err(fault)
}

pub(super) fn fault(error: rusqlite::Error) -> DbError {
    let rusqlite::Error::SqliteFailure(code, message) = &error else {
        return DbError::Other(error.to_string());
    };
    let text = message.clone().unwrap_or_else(|| code.to_string());
    match (code.code, code.extended_code) {
        (_, rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => DbError::Reference(text),
        (
            _,
            rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
        ) => {
            let detail = text.rsplit_once(": ").map_or(text.as_str(), |(_, columns)| columns);
            let table = detail.split('.').next().unwrap_or_default().to_owned();
            DbError::Unique { table, detail: detail.to_owned() }
        }
        (ErrorCode::ConstraintViolation, _) => DbError::Check(text),
        (ErrorCode::DiskFull, _) => DbError::Full,
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => DbError::Busy(text),
        (
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::NotADatabase
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::ReadOnly,
            _,
        ) => DbError::Gone(text),
        _ => DbError::Other(text),
    }
}
