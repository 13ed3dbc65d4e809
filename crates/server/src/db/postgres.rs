//! PostgreSQL: a pool of connections with prepared statements.

use std::error::Error;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{Config, NoTls};

use super::{Asked, DbError, Engine, Listed, Row, Value};

/// Connections at once from one server.
const CONNECTIONS: usize = 16;
/// One plan for each kept statement, whatever is bound, as on SQLite: each has its index, and
/// planning a statement of the walls anew takes longer than running it. Nor is any so long that
/// compiling it would pay.
const STEADY: &str = "-c plan_cache_mode=force_generic_plan -c jit=off";

/// A connection on loan from the pool.
pub(super) type Client = Object;

/// A PostgreSQL database.
#[derive(Clone)]
pub struct Postgres {
    pool: Pool,
    config: Config,
}

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Self, DbError> {
        let mut config: Config =
            url.parse().map_err(|_| DbError::Gone("the address is not understood".into()))?;
        // What the address itself asks for stands last, and holds.
        let asked = config.get_options().unwrap_or_default();
        let options = format!("{STEADY} {asked}");
        config.connect_timeout(Duration::from_secs(5)).application_name("onedoor");
        config.options(&options);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config.clone(), NoTls, recycling);
        let wait = Duration::from_secs(10);
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(wait),
                create: Some(Duration::from_secs(5)),
                recycle: Some(Duration::from_secs(5)),
            })
            .build()
            .map_err(|error| DbError::Gone(error.to_string()))?;
        let opened = Self { pool, config };
        drop(opened.client().await?);
        Ok(opened)
    }

    pub(super) async fn client(&self) -> Result<Client, DbError> {
        self.pool.get().await.map_err(|error| DbError::Gone(error.to_string()))
    }

    /// A connection of its own, outside the pool, for bulk loading.
    pub(super) async fn alone(&self) -> Result<tokio_postgres::Client, DbError> {
        let (client, connection) = self.config.connect(NoTls).await.map_err(fault)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a loading connection ended");
            }
        });
        Ok(client)
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(v) if *ty == Type::INT4 => i32::try_from(*v)?.to_sql(ty, out),
            Self::Int(v) => v.to_sql(ty, out),
            Self::Text(v) => v.to_sql(ty, out),
            Self::Bytes(v) => v.to_sql(ty, out),
            Self::Id(v) => v.to_sql(ty, out),
            Self::Flag(v) => v.to_sql(ty, out),
        }
    }

    // The kinds are few and every statement is prepared against the schema by a
    // test; a mismatch shows there.
    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

fn read(row: &tokio_postgres::Row) -> Result<Row, DbError> {
    let mut values = Vec::with_capacity(row.len());
    for (at, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(at).map(|v| v.map(Value::Int)),
            Type::INT4 => {
                row.try_get::<_, Option<i32>>(at).map(|v| v.map(|v| Value::Int(i64::from(v))))
            }
            Type::BOOL => row.try_get::<_, Option<bool>>(at).map(|v| v.map(Value::Flag)),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at).map(|v| v.map(Value::Bytes)),
            Type::UUID => row.try_get::<_, Option<uuid::Uuid>>(at).map(|v| v.map(Value::Id)),
            _ => row.try_get::<_, Option<String>>(at).map(|v| v.map(Value::Text)),
        };
        values.push(value.map_err(fault)?.unwrap_or(Value::Null));
    }
    Ok(Row(values))
}

fn parameters(args: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

pub(super) async fn rows(
    client: &mut Client,
    sql: &Asked,
    args: &[Value],
) -> Result<Vec<Row>, DbError> {
    let statement = client.prepare_cached(sql.text(Engine::Postgres)).await.map_err(fault)?;
    let found = client.query(&statement, &parameters(args)).await.map_err(fault)?;
    found.iter().map(read).collect()
}

pub(super) async fn run(client: &mut Client, sql: &Asked, args: &[Value]) -> Result<u64, DbError> {
    let statement = client.prepare_cached(sql.text(Engine::Postgres)).await.map_err(fault)?;
    client.execute(&statement, &parameters(args)).await.map_err(fault)
}

pub(super) async fn run_all(
    client: &mut Client,
    work: &[(&Asked, Vec<Value>)],
) -> Result<(), DbError> {
    let mut ready = Vec::with_capacity(work.len());
    for (sql, args) in work {
        let text = sql.text(Engine::Postgres);
        ready.push((client.prepare_cached(text).await.map_err(fault)?, parameters(args)));
    }
    let client: &Client = client;
    let all = ready.iter().map(|(statement, args)| client.execute(statement, args));
    futures_util::future::try_join_all(all).await.map(|_| ()).map_err(fault)
}

pub(super) async fn prepare(client: &mut Client, sql: Listed) -> Result<(), DbError> {
    client.prepare(sql.text(Engine::Postgres)).await.map(|_| ()).map_err(fault)
}

pub(super) async fn text_rows(client: &mut Client, text: &str) -> Result<Vec<Row>, DbError> {
    let found = client.query(text, &[]).await.map_err(fault)?;
    found.iter().map(read).collect()
}

pub(super) async fn script(client: &Client, text: &str) -> Result<(), DbError> {
    client.batch_execute(text).await.map_err(fault)
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for `map_err`")]
pub(super) fn fault(error: tokio_postgres::Error) -> DbError {
    let Some(db) = error.as_db_error() else {
        return if error.is_closed() || error.source().is_some_and(|s| s.is::<std::io::Error>()) {
            DbError::Gone(error.to_string())
        } else {
            DbError::Other(format!("{error}: {:?}", error.source().map(ToString::to_string)))
        };
    };
    let text = db.message().to_owned();
    let code = db.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        let table = db.table().unwrap_or_default().to_owned();
        DbError::Unique { table, detail: db.constraint().unwrap_or_default().to_owned() }
    } else if *code == SqlState::FOREIGN_KEY_VIOLATION {
        DbError::Reference(text)
    } else if code.code().starts_with("23") {
        DbError::Check(text)
    } else if *code == SqlState::DISK_FULL || *code == SqlState::OUT_OF_MEMORY {
        DbError::Full
    } else if code.code().starts_with("57P") || code.code().starts_with("08") {
        DbError::Gone(text)
    } else if code.code().starts_with("40") || *code == SqlState::LOCK_NOT_AVAILABLE {
        DbError::Busy(text)
    } else {
        DbError::Other(format!("{}: {text}", code.code()))
    }
}
