//! Loading millions of rows at once, as fast as each engine takes them.
//!
//! Rows come over a channel, so that one core makes them while another loads.
//! Tables that are empty at the start lose their indexes and foreign keys for
//! the time of the load; at the end everything is put back, and with it every
//! reference is proven.
//!
//! PostgreSQL does all of it in one transaction: a load that breaks off never
//! was. SQLite loads with the disk's safety net off, so a load that breaks off
//! leaves a file that must be thrown away. A key in the table `installation`
//! holds [`LOADING`] until the load is whole and on the disk, and a further
//! load refuses to start on such a file.

mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Db, DbError, Value};

/// What the key in `installation` holds while a load is under way.
pub const LOADING: &str = "loading";

/// Parcels that may wait between maker and loader: enough that neither stops
/// for a short pause of the other, few enough to keep the memory small.
const WAITING: usize = 32;

/// A table to load, with its columns in the order in which rows are given.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns; those left out stay null.
    pub columns: &'static [&'static str],
}

/// One value of a row. Unlike [`Value`] it borrows: a load of a nation would
/// otherwise spend its time on millions of short-lived texts.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// An identifier.
    Id(Uuid),
    /// Yes or no.
    Flag(bool),
}

impl<'a> From<&'a Value> for Cell<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(v) => Self::Int(*v),
            Value::Text(v) => Self::Text(v),
            Value::Bytes(v) => Self::Bytes(v),
            Value::Id(v) => Self::Id(*v),
            Value::Flag(v) => Self::Flag(*v),
        }
    }
}

macro_rules! cell_from {
    ($($from:ty => |$v:ident| $make:expr;)*) => {$(
        impl<'a> From<$from> for Cell<'a> {
            fn from($v: $from) -> Self {
                $make
            }
        }
    )*};
}

cell_from! {
    i64 => |v| Cell::Int(v);
    &'a str => |v| Cell::Text(v);
    &'a String => |v| Cell::Text(v);
    &'a [u8] => |v| Cell::Bytes(v);
    Uuid => |v| Cell::Id(v);
    bool => |v| Cell::Flag(v);
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Rows of one table, packed the way PostgreSQL's binary `copy` takes them: a
/// count of fields, then each with its length before it. SQLite unpacks them;
/// its share of the work is small either way.
#[derive(Debug)]
pub struct Rows {
    table: &'static Table,
    bytes: Vec<u8>,
    count: u64,
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new(table: &'static Table) -> Self {
        Self { table, bytes: Vec::new(), count: 0 }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it does not have as many cells as the table has columns.
    pub fn push(&mut self, cells: &[Cell<'_>]) -> Result<(), DbError> {
        if cells.len() != self.table.columns.len() {
            return Err(DbError::Other(format!("a row of {} cells", cells.len())));
        }
        self.bytes.extend(width::<i16>(cells.len())?.to_be_bytes());
        for cell in cells {
            match cell {
                Cell::Null => self.bytes.extend((-1_i32).to_be_bytes()),
                Cell::Int(v) => self.field(&v.to_be_bytes())?,
                Cell::Text(v) => self.field(v.as_bytes())?,
                Cell::Bytes(v) => self.field(v)?,
                Cell::Id(v) => self.field(v.as_bytes())?,
                Cell::Flag(v) => self.field(&[u8::from(*v)])?,
            }
        }
        self.count += 1;
        Ok(())
    }

    fn field(&mut self, bytes: &[u8]) -> Result<(), DbError> {
        self.bytes.extend(width::<i32>(bytes.len())?.to_be_bytes());
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// No rows yet, of the same table.
    #[must_use]
    pub fn like(&self) -> Self {
        Self::new(self.table)
    }

    /// Adds a row that another [`Rows`] of the same table packed.
    pub fn push_packed(&mut self, row: &[u8]) {
        self.bytes.extend_from_slice(row);
        self.count += 1;
    }

    /// The packed bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many rows.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Takes the rows out and leaves none.
    #[must_use]
    pub fn take(&mut self) -> Self {
        let next = Self { bytes: Vec::with_capacity(self.bytes.len()), ..Self::new(self.table) };
        std::mem::replace(self, next)
    }
}

fn width<T: TryFrom<usize>>(length: usize) -> Result<T, DbError> {
    T::try_from(length).map_err(|_| DbError::Other(format!("a length of {length}")))
}

/// What goes over the channel.
enum Parcel {
    Rows(Rows),
    /// All rows have been sent; the key gets this value when they are safe.
    Done(String),
}

/// What a load is about.
#[derive(Clone, Copy)]
struct Order {
    tables: &'static [&'static Table],
    key: &'static str,
}

/// A load under way. Dropped without [`Bulk::finish`], it is broken off.
pub struct Bulk {
    feed: Feed,
    loader: JoinHandle<Result<(), DbError>>,
}

/// The way in for rows, for the thread that makes them.
#[derive(Clone)]
pub struct Feed(mpsc::Sender<Parcel>);

impl Feed {
    /// Hands rows over; waits while the loader is behind. Not for use inside
    /// asynchronous code, which it would block.
    ///
    /// # Errors
    /// When the loader has given up; [`Bulk::finish`] tells why.
    pub fn put(&self, rows: Rows) -> Result<(), DbError> {
        self.0.blocking_send(Parcel::Rows(rows)).map_err(|_| gone())
    }
}

fn gone() -> DbError {
    DbError::Gone("the loader has given up".into())
}

impl Bulk {
    /// Gets `tables` ready and marks the load under `key` in `installation`.
    ///
    /// # Errors
    /// When an earlier load under this key broke off, or the database refuses.
    pub async fn start(
        db: &Db,
        tables: &'static [&'static Table],
        key: &'static str,
    ) -> Result<Self, DbError> {
        if state(db, key).await?.as_deref() == Some(LOADING) {
            return Err(DbError::Other(
                "an earlier load of this database broke off half-way: throw it away and \
                 start with a new one"
                    .into(),
            ));
        }
        let order = Order { tables, key };
        let (sender, parcels) = mpsc::channel(WAITING);
        let (is_ready, ready) = oneshot::channel();
        let loader = match db {
            Db::Sqlite(sqlite) => {
                let sqlite = sqlite.clone();
                tokio::spawn(async move {
                    let work = move |connection: &mut rusqlite::Connection| {
                        sqlite::load(connection, order, parcels, is_ready)
                    };
                    sqlite.alone(work).await
                })
            }
            Db::Postgres(postgres) => {
                let postgres = postgres.clone();
                tokio::spawn(async move {
                    let client = postgres.alone().await?;
                    postgres::load(&client, order, parcels, is_ready).await
                })
            }
        };
        if ready.await.is_ok() {
            return Ok(Self { feed: Feed(sender), loader });
        }
        Err(ended(loader).await.err().unwrap_or_else(gone))
    }

    /// A way in for rows.
    #[must_use]
    pub fn feed(&self) -> Feed {
        self.feed.clone()
    }

    /// Puts indexes and constraints back, proves every reference, and gives
    /// the key the value `done` once all of it survives a power cut.
    ///
    /// # Errors
    /// When rows break a constraint or the database refuses.
    pub async fn finish(self, done: &str) -> Result<(), DbError> {
        // A loader that gave up does not listen; its own error is the one to tell.
        let _ = self.feed.0.send(Parcel::Done(done.to_owned())).await;
        drop(self.feed);
        ended(self.loader).await
    }
}

async fn ended(loader: JoinHandle<Result<(), DbError>>) -> Result<(), DbError> {
    loader.await.map_err(|error| DbError::Other(error.to_string()))?
}

/// What the load under `key` left in `installation`, if there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn state(db: &Db, key: &'static str) -> Result<Option<String>, DbError> {
    let text = format!("select value from installation where key = '{key}'");
    let found = db.read().await?.text_rows(&text).await?.into_iter().next();
    found.map(|mut row| row.get(0)).transpose()
}

/// The statement that sets the key; `done` comes from the program, not from people.
fn marking(order: Order, value: &str) -> String {
    let value = value.replace('\'', "''");
    format!(
        "insert into installation (key, value) values ('{}', '{value}') \
         on conflict (key) do update set value = excluded.value",
        order.key
    )
}

fn broken_off() -> DbError {
    DbError::Other("the load was broken off".into())
}
