//! The one door to the database.
//!
//! Everything that reads or writes goes through [`Link`], borrowed from a
//! [`Conn`] (reading) or a [`Tx`] (writing). Both engines take the same
//! statements; see `docs/adr/0002-two-engines-one-door.md`.

pub mod bulk;
mod ids;
mod migrate;
mod personal;
mod postgres;
mod sql;
mod sqlite;
mod value;

use std::ops::{Deref, DerefMut};
use std::time::Instant;

pub use migrate::{MIGRATIONS, Migration, Pending, sqlite_dialect};
pub use personal::{TABLES as PERSONAL_TABLES, either_touches_persons, touches_persons};
pub use sql::{Asked, Engine, Listed, Personal, Plain, Sql};
pub use value::{FromValue, Row, Value};

use thiserror::Error;

/// What can go wrong at the door, named so that callers can answer it.
#[derive(Clone, Debug, Error)]
pub enum DbError {
    /// A row with the same key is already there.
    #[error("already there in {table}: {detail}")]
    Unique {
        /// The table, as in the schema.
        table: String,
        /// Columns or constraint, as the engine names them.
        detail: String,
    },
    /// A row that is pointed at is missing or still needed.
    #[error("a row that is referred to is missing or still needed: {0}")]
    Reference(String),
    /// A constraint of the schema refused the row.
    #[error("the schema refuses it: {0}")]
    Check(String),
    /// The disk is full; nothing of the work was kept.
    #[error("the disk is full")]
    Full,
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Gone(String),
    /// Another work stood in the way; trying again may succeed.
    #[error("another work stood in the way: {0}")]
    Busy(String),
    /// Anything else: a defect.
    #[error("{0}")]
    Other(String),
}

/// A database, opened.
#[derive(Clone)]
pub enum Db {
    /// Embedded in this process.
    Sqlite(sqlite::Sqlite),
    /// A server.
    Postgres(Box<postgres::Postgres>),
}

impl Db {
    /// Opens `place`: a `postgres://` address, or the path of a SQLite file,
    /// which is made when missing.
    ///
    /// # Errors
    /// When the file cannot be opened or the server does not answer.
    pub async fn open(place: &str) -> Result<Self, DbError> {
        if place.starts_with("postgres://") || place.starts_with("postgresql://") {
            Ok(Self::Postgres(Box::new(postgres::Postgres::open(place).await?)))
        } else {
            Ok(Self::Sqlite(sqlite::Sqlite::open(std::path::Path::new(place))?))
        }
    }

    /// Which engine answers.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When none can be had.
    pub async fn read(&self) -> Result<Conn, DbError> {
        let link = match self {
            Self::Sqlite(db) => Link::Reader(db.reader().await?),
            Self::Postgres(db) => Link::Postgres(db.client().await?),
        };
        Ok(Conn(link))
    }

    /// Writes every page anew, so that nothing of what was overwritten is left in
    /// free ones. Slow, and nobody else may be at work.
    ///
    /// # Errors
    /// When the database is in use or the disk too small.
    pub async fn rewrite(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(db) => db.rewrite().await,
            Self::Postgres(db) => postgres::script(&db.client().await?, "vacuum full").await,
        }
    }

    /// Starts a transaction. What it wrote is gone unless [`Tx::commit`] says
    /// that it is durable.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        let link = match self {
            Self::Sqlite(db) => Link::Writer(db.begin().await?),
            Self::Postgres(db) => {
                let client = db.client().await?;
                postgres::script(&client, "begin").await?;
                Link::Postgres(client)
            }
        };
        Ok(Tx { link: Some(link) })
    }
}

/// For whoever looks for what a request costs: which statement, and how long, never with what.
fn tell(sql: &Asked, began: Instant) {
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::trace!(statement = sql.name, micros, "asked the database");
}

/// A live connection that statements run on.
pub enum Link {
    /// SQLite, read-only.
    Reader(sqlite::Reader),
    /// SQLite, inside the one writer's transaction.
    Writer(sqlite::Writing),
    /// PostgreSQL.
    Postgres(postgres::Client),
}

impl Link {
    /// All rows that the statement gives. Statements carry their own limit.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn rows(&mut self, sql: &Asked, args: &[Value]) -> Result<Vec<Row>, DbError> {
        let began = Instant::now();
        let rows = match self {
            Self::Reader(reader) => sqlite::rows(reader.connection(), sql, args),
            Self::Writer(writing) => writing.rows(sql, args),
            Self::Postgres(client) => postgres::rows(client, sql, args).await,
        };
        tell(sql, began);
        rows
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn row(&mut self, sql: &Asked, args: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Runs a statement that gives no rows; returns how many it touched.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn run(&mut self, sql: &Asked, args: &[Value]) -> Result<u64, DbError> {
        let began = Instant::now();
        let count = match self {
            Self::Reader(_) => Err(DbError::Other(format!("{} on a reading link", sql.name))),
            Self::Writer(writing) => writing.run(sql, args),
            Self::Postgres(client) => postgres::run(client, sql, args).await,
        };
        tell(sql, began);
        count
    }

    /// Runs a statement that must touch exactly one row: the guard against
    /// two people saving over one another (`where version = $n`).
    ///
    /// # Errors
    /// [`DbError::Busy`] when another change came first.
    pub async fn run_one(&mut self, sql: &Asked, args: &[Value]) -> Result<(), DbError> {
        match self.run(sql, args).await? {
            1 => Ok(()),
            n => Err(DbError::Busy(format!("{}: {n} rows instead of one", sql.name))),
        }
    }

    /// Runs statements that do not wait for one another's answers. PostgreSQL
    /// gets them in one go instead of waiting a round trip for each.
    ///
    /// # Errors
    /// The first fault; the transaction must then end.
    pub async fn run_all(&mut self, work: &[(&Asked, Vec<Value>)]) -> Result<(), DbError> {
        if let Self::Postgres(client) = self {
            let began = Instant::now();
            let done = postgres::run_all(client, work).await;
            work.iter().for_each(|(sql, _)| tell(sql, began));
            return done;
        }
        for (sql, args) in work {
            self.run(sql, args).await?;
        }
        Ok(())
    }

    /// Asks the engine to prepare a statement without running it.
    ///
    /// # Errors
    /// When the engine does not understand it.
    pub async fn prepare(&mut self, sql: Listed) -> Result<(), DbError> {
        match self {
            Self::Reader(reader) => sqlite::prepare(reader.connection(), sql),
            Self::Writer(writing) => writing.prepare(sql),
            Self::Postgres(client) => postgres::prepare(client, sql).await,
        }
    }

    /// Runs text that is not a registered statement: migrations, pragmas and
    /// the query plans that tests read.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn text_rows(&mut self, text: &str) -> Result<Vec<Row>, DbError> {
        match self {
            Self::Reader(reader) => sqlite::text_rows(reader.connection(), text),
            Self::Writer(writing) => writing.text_rows(text),
            Self::Postgres(client) => postgres::text_rows(client, text).await,
        }
    }

    /// Runs several statements separated by semicolons.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn script(&mut self, text: &str) -> Result<(), DbError> {
        match self {
            Self::Reader(_) => Err(DbError::Other("a script on a reading link".into())),
            Self::Writer(writing) => writing.script(text),
            Self::Postgres(client) => postgres::script(client, text).await,
        }
    }
}

/// A connection for reading.
pub struct Conn(Link);

impl Deref for Conn {
    type Target = Link;
    fn deref(&self) -> &Link {
        &self.0
    }
}

impl DerefMut for Conn {
    fn deref_mut(&mut self) -> &mut Link {
        &mut self.0
    }
}

/// A transaction under way. Dropped without [`Tx::commit`], it never was.
pub struct Tx {
    link: Option<Link>,
}

/// Stands in where a transaction is used after its end, which the types forbid.
const ENDED: &str = "the transaction has ended";

impl Deref for Tx {
    type Target = Link;
    #[expect(clippy::expect_used, reason = "`commit` takes `self`, so the link is there")]
    fn deref(&self) -> &Link {
        self.link.as_ref().expect(ENDED)
    }
}

impl DerefMut for Tx {
    #[expect(clippy::expect_used, reason = "`commit` takes `self`, so the link is there")]
    fn deref_mut(&mut self) -> &mut Link {
        self.link.as_mut().expect(ENDED)
    }
}

impl Tx {
    /// Makes the work durable. When this returns `Ok`, a power cut loses
    /// nothing of it.
    ///
    /// # Errors
    /// When nothing of the work was kept.
    pub async fn commit(mut self) -> Result<(), DbError> {
        match self.link.take() {
            Some(Link::Writer(writing)) => writing.commit().await,
            Some(Link::Postgres(client)) => postgres::script(&client, "commit").await,
            Some(Link::Reader(_)) | None => Err(DbError::Other(ENDED.into())),
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(Link::Postgres(client)) = self.link.take() {
            tokio::spawn(async move {
                if let Err(error) = postgres::script(&client, "rollback").await {
                    tracing::warn!(%error, "a transaction could not be rolled back");
                }
            });
        }
    }
}
