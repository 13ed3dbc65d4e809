//! What a measurement asks of a made-up population, and of nothing else.

use uuid::Uuid;

use super::KEY;
use crate::args;
use crate::db::bulk::state;
use crate::db::{Db, DbError, Link, Personal};
use crate::keys::Vault;
use crate::policy::{Cause, Warrant};

// By rank and not by distance: one identifier far from the others would draw all starts to it.
static NTH: Personal = Personal::new(
    "population::measured::NTH",
    "select id from (select id, row_number() over (order by id) as n from shared_case) t
        where n % $1 = 0 order by id",
);
static WHOLE: Personal =
    Personal::new("population::measured::WHOLE", "select count(*) from shared_case");
static CASES: Personal = Personal::new(
    "population::measured::CASES",
    "select c.id, s.code from shared_case c join staff s on s.id = c.responsible_id
        join person p on p.id = c.person_id
        where c.closed_at is null and p.protection = 0 and c.id >= $1 order by c.id limit $2",
);
static VERSION: Personal =
    Personal::new("population::measured::VERSION", "select version from shared_case where id = $1");

/// Leave to measure a database, because everybody in it is made up.
pub struct Measured(Warrant);

impl Measured {
    /// Nothing for a database that holds anybody else.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(db: &Db, vault: &Vault) -> Result<Option<Self>, DbError> {
        let made_up = state(db, KEY).await?.is_some();
        Ok(made_up.then(|| Self(Warrant::new(Cause::Population, vault))))
    }

    /// How many cases there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count(&self, link: &mut Link) -> Result<i64, DbError> {
        let row = link.row(self.0.opens(&WHOLE), &[]).await?;
        row.map_or(Ok(0), |mut row| row.get(0))
    }

    /// Every so manieth case, in the order of their identifiers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn every(&self, link: &mut Link, step: i64) -> Result<Vec<Uuid>, DbError> {
        let rows = link.rows(self.0.opens(&NTH), args![step]).await?;
        rows.into_iter().map(|mut row| row.get(0)).collect()
    }

    /// Open cases from an identifier on, each with the code of who is responsible.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cases(
        &self,
        link: &mut Link,
        from: Uuid,
        limit: i64,
    ) -> Result<Vec<(Uuid, String)>, DbError> {
        let rows = link.rows(self.0.opens(&CASES), args![from, limit]).await?;
        rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
    }

    /// One read of one row by its key: what the database needs at the least.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn point(&self, link: &mut Link, case: Uuid) -> Result<(), DbError> {
        link.row(self.0.opens(&VERSION), args![case]).await.map(|_| ())
    }
}
