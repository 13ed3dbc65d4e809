//! Bearer tokens for programs and kiosks: shown once, stored hashed, revocable.

use jiff::Timestamp;
use onedoor_domain::secrecy::Action;
use thiserror::Error;

use super::session::hash;
use super::store;
use crate::app::{hex, secret};
use crate::db::{Db, DbError};
use crate::journal::Journal;

/// For whom a token is made.
#[derive(Clone, Debug)]
pub enum For {
    /// A program with the rights of this member of staff, by code.
    Client(String),
    /// A kiosk of this office, by code.
    Kiosk(String),
}

/// Why a token could not be made or revoked.
#[derive(Debug, Error)]
pub enum TokenFault {
    /// No such member of staff on duty, or no such office.
    #[error("`{0}` is nobody on duty and no office here")]
    Nobody(String),
    /// A token of this name is already there.
    #[error("a token of this name is already there; choose another name")]
    NameTaken,
    /// No token of this name is in force.
    #[error("no token of this name is in force")]
    Unknown,
    /// The name is not 1 to 60 letters, digits, hyphens.
    #[error("a name is 1 to 60 letters, digits and hyphens")]
    Name,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Makes a token that holds for `days` and gives its secret, which is nowhere
/// stored.
///
/// # Errors
/// See [`TokenFault`].
pub async fn make(
    db: &Db,
    journal: &Journal,
    name: &str,
    bearer: &For,
    days: i64,
    now: Timestamp,
) -> Result<String, TokenFault> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !plain || !(1..=60).contains(&name.len()) {
        return Err(TokenFault::Name);
    }
    let mut tx = db.begin().await?;
    let (kind, code, id) = match bearer {
        For::Client(code) => ("client", code, store::staff_code(&mut tx, code).await?),
        For::Kiosk(code) => ("kiosk", code, store::office_code(&mut tx, code).await?),
    };
    let Some(id) = id else { return Err(TokenFault::Nobody(code.clone())) };
    let secret = format!("od_{}", hex(&secret()));
    let token = store::NewToken {
        name,
        hash: hash(&secret),
        kind,
        staff: (kind == "client").then_some(id),
        office: (kind == "kiosk").then_some(id),
        expires_at: now.as_microsecond() + days * 24 * 3600 * 1_000_000,
    };
    store::make_token(&mut tx, token, now).await.map_err(|error| match error {
        DbError::Unique { .. } => TokenFault::NameTaken,
        other => TokenFault::Db(other),
    })?;
    journal.note_command(&mut tx, now, Action::MakeToken, &[("days", days)]).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Revokes a token at once.
///
/// # Errors
/// See [`TokenFault`].
pub async fn revoke(
    db: &Db,
    journal: &Journal,
    name: &str,
    now: Timestamp,
) -> Result<(), TokenFault> {
    let mut tx = db.begin().await?;
    if !store::revoke_token(&mut tx, name, now).await? {
        return Err(TokenFault::Unknown);
    }
    journal.note_command(&mut tx, now, Action::RevokeToken, &[]).await?;
    tx.commit().await?;
    Ok(())
}

/// A token as it is listed.
pub struct Listed {
    /// Its name.
    pub name: String,
    /// `client` or `kiosk`.
    pub kind: String,
    /// Whose rights it carries.
    pub bearer: String,
    /// Until when.
    pub expires_at: Timestamp,
    /// Since when it is revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Every token, without its secret.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &Db) -> Result<Vec<Listed>, DbError> {
    let mut conn = db.read().await?;
    let rows = store::tokens(&mut conn).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Listed {
                name: row.get(0)?,
                kind: row.get(1)?,
                bearer: row.get::<Option<String>>(2)?.unwrap_or_default(),
                expires_at: row.get(3)?,
                revoked_at: row.get(4)?,
            })
        })
        .collect()
}
