//! Creating calls that may be repeated: the second gets the first one's answer.

use serde::Serialize;

use super::desk::Desk;
use super::fault::Fault;
use crate::args;
use crate::db::Tx;

crate::sql! {
    FIND = "select fingerprint, location from idempotency where actor_id = $1 and key = $2";
    SAVE = "insert into idempotency (actor_id, key, act, fingerprint, location, created_at)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    FORGET = "delete from idempotency where created_at < $1";
}

/// What is known about a repeatable call.
pub struct Once {
    key: Option<String>,
    act: &'static str,
    fingerprint: Vec<u8>,
    /// Where the first call led, when this is a repeat.
    pub earlier: Option<String>,
}

impl Once {
    /// Looks the call up inside the transaction that will make something.
    ///
    /// # Errors
    /// A conflict when the key was used for something else.
    pub async fn look<I: Serialize>(
        desk: &Desk,
        tx: &mut Tx,
        act: &'static str,
        field: &str,
        input: &I,
    ) -> Result<Self, Fault> {
        let key = desk.once(field);
        let body = serde_json::to_vec(input).map_err(|e| Fault::Defect(e.to_string()))?;
        let fingerprint = desk.app().vault.fingerprint(&[act.as_bytes(), &body].concat());
        let mut once = Self { key, act, fingerprint, earlier: None };
        if let Some(key) = &once.key
            && let Some(mut row) = tx.row(&FIND, args![desk.actor().id, key]).await?
        {
            let seen: Vec<u8> = row.get(0)?;
            if seen != once.fingerprint {
                return Err(Fault::conflict("key-reused"));
            }
            once.earlier = Some(row.get(1)?);
        }
        Ok(once)
    }

    /// Remembers where the call led, in the same transaction.
    ///
    /// # Errors
    /// A conflict when the same call is under way elsewhere.
    pub async fn save(&self, desk: &Desk, tx: &mut Tx, location: &str) -> Result<(), Fault> {
        let Some(key) = &self.key else { return Ok(()) };
        let args =
            args![desk.actor().id, key, self.act, self.fingerprint.clone(), location, desk.now()];
        match tx.run(&SAVE, args).await? {
            1 => Ok(()),
            _ => Err(Fault::conflict("twice")),
        }
    }
}

/// Forgets keys older than a day.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(tx: &mut Tx, now: jiff::Timestamp) -> Result<u64, Fault> {
    let day = 24 * 3600 * 1_000_000;
    Ok(tx.run(&FORGET, args![now.as_microsecond() - day]).await?)
}
