//! Forward-only migrations, one text for both engines.

use super::{Db, DbError, Engine, Value};

/// One step of the schema.
#[derive(Debug)]
pub struct Migration {
    /// Its number; steps run in this order, once each.
    pub number: i64,
    /// What it brings.
    pub name: &'static str,
    /// The text, in PostgreSQL's types.
    pub text: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal)*) => {
        /// Every step, in order.
        pub static MIGRATIONS: &[Migration] = &[$(Migration {
            number: $number,
            name: $name,
            text: include_str!(concat!("../../migrations/", $name, ".sql")),
        }),*];
    };
}

migrations! {
    1 "0001_kernel"
    2 "0002_office"
    3 "0003_person"
    4 "0004_case"
    5 "0005_meeting"
    6 "0006_reception"
    7 "0007_keys"
    8 "0008_walls"
    9 "0009_consent"
    10 "0010_own"
    11 "0011_journal"
    12 "0012_practice"
    13 "0013_filed_facts"
    14 "0014_case_lists"
    15 "0015_contact"
    16 "0016_arrangements"
    17 "0017_organisation"
    18 "0018_front"
    19 "0019_provider"
    20 "0020_second_eyes"
    21 "0021_leaks"
    22 "0022_documents_kin"
    23 "0023_apart"
    24 "0024_slots"
    25 "0025_side_by_side"
    26 "0026_plan"
    27 "0027_assessment"
    28 "0028_meeting"
    29 "0029_walls"
    30 "0030_organisation"
    31 "0031_inventory_measures"
    32 "0032_rooms_end"
    33 "0033_one_hours"
    34 "0034_own_district"
    35 "0035_indexes"
    36 "0036_second_word"
    37 "0037_principal_transfer"
    38 "0038_referrals"
}

/// What stands between a database and this program.
#[derive(Debug, PartialEq, Eq)]
pub enum Pending {
    /// Nothing: it fits.
    Nothing,
    /// These steps have not run yet.
    Steps(Vec<i64>),
    /// The database was made by a newer program.
    Newer(i64),
    /// A step that has run was changed since: the file was edited.
    Changed(i64),
}

/// The SQLite text of a migration: four type words differ, and tables are
/// strict, clustered on their primary key.
#[must_use]
pub fn sqlite_dialect(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut word = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        push_word(&mut out, &word);
        word.clear();
        out.push(c);
    }
    push_word(&mut out, &word);
    // SQLite compares text by its bytes already.
    out.replace(" collate \"C\"", "").replace("\n);", "\n) strict, without rowid;")
}

fn push_word(out: &mut String, word: &str) {
    out.push_str(match word {
        "uuid" | "bytea" => "blob",
        "bigint" | "boolean" => "integer",
        other => other,
    });
}

const LEDGER: &str = "create table if not exists schema_step (
    number bigint not null primary key,
    name text not null,
    checksum text not null,
    applied_at bigint not null
);";

fn text_for(engine: Engine, text: &str) -> String {
    match engine {
        Engine::Postgres => text.to_owned(),
        Engine::Sqlite => sqlite_dialect(text),
    }
}

fn checksum(migration: &Migration) -> String {
    blake3::hash(migration.text.as_bytes()).to_hex().to_string()
}

impl Db {
    /// Tells which steps are missing, without changing anything.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pending(&self) -> Result<Pending, DbError> {
        let mut conn = self.read().await?;
        let exists = match self.engine() {
            Engine::Sqlite => "select 1 from sqlite_master where name = 'schema_step'",
            Engine::Postgres => {
                "select 1 from pg_tables where tablename = 'schema_step' \
                 and schemaname = current_schema()"
            }
        };
        let mut done = Vec::new();
        if !conn.text_rows(exists).await?.is_empty() {
            let ledger = "select number, checksum from schema_step order by number";
            for mut row in conn.text_rows(ledger).await? {
                done.push((row.get::<i64>(0)?, row.get::<String>(1)?));
            }
        }
        let known = MIGRATIONS.last().map_or(0, |m| m.number);
        if let Some((number, _)) = done.iter().find(|(number, _)| *number > known) {
            return Ok(Pending::Newer(*number));
        }
        let mut steps = Vec::new();
        for migration in MIGRATIONS {
            match done.iter().find(|(number, _)| *number == migration.number) {
                None => steps.push(migration.number),
                Some((number, sum)) if *sum != checksum(migration) => {
                    return Ok(Pending::Changed(*number));
                }
                Some(_) => {}
            }
        }
        Ok(if steps.is_empty() { Pending::Nothing } else { Pending::Steps(steps) })
    }

    /// Brings the schema up to this program, each step whole or not at all.
    /// Returns the steps that ran.
    ///
    /// # Errors
    /// When the database is newer than the program, a step was changed after
    /// it ran, or a step fails.
    pub async fn migrate(&self, now: jiff::Timestamp) -> Result<Vec<i64>, DbError> {
        let mut tx = self.begin().await?;
        if self.engine() == Engine::Postgres {
            // Two servers starting at once: the second waits and finds nothing to do.
            tx.script("select pg_advisory_xact_lock(719001)").await?;
        }
        tx.script(&text_for(self.engine(), LEDGER)).await?;
        tx.commit().await?;
        let steps = match self.pending().await? {
            Pending::Nothing => return Ok(Vec::new()),
            Pending::Steps(steps) => steps,
            Pending::Newer(number) => {
                return Err(DbError::Other(format!(
                    "the database has step {number}, which this program does not know: \
                     install the newer program"
                )));
            }
            Pending::Changed(number) => {
                return Err(DbError::Other(format!(
                    "step {number} was changed after it ran here: restore its file"
                )));
            }
        };
        for migration in MIGRATIONS.iter().filter(|m| steps.contains(&m.number)) {
            let mut tx = self.begin().await?;
            if self.engine() == Engine::Postgres {
                tx.script("select pg_advisory_xact_lock(719001)").await?;
            }
            let seen = format!("select 1 from schema_step where number = {}", migration.number);
            if !tx.text_rows(&seen).await?.is_empty() {
                continue;
            }
            tx.script(&text_for(self.engine(), migration.text)).await?;
            tx.run(&RECORD, &record(migration, now)).await?;
            tx.commit().await?;
        }
        Ok(steps)
    }
}

static RECORD: super::Plain = super::Plain::new(
    "db::migrate::RECORD",
    "insert into schema_step (number, name, checksum, applied_at) values ($1, $2, $3, $4)",
);

fn record(migration: &Migration, now: jiff::Timestamp) -> [Value; 4] {
    [migration.number.into(), migration.name.into(), checksum(migration).into(), now.into()]
}
