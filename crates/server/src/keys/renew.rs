//! Other secrets: for a new installation key, for a slot, and to destroy the
//! key of a person so that no copy of the database ever opens it again.
//!
//! A slot gets its new secret in the file first, then the keys of the slot are
//! wrapped anew in one transaction, and only when that is durable is the old
//! secret destroyed. Broken off anywhere, nothing is lost: the next start or the
//! next change ends what was begun ([`Vault::settle`]).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use onedoor_domain::ids::PersonId;
use uuid::Uuid;

use super::ring::{Hold, Ring, SLOTS, slot_of, write_whole};
use super::{KeyFault, KeyProvider, SubjectId, Vault, provider, store};
use crate::args;
use crate::db::{Db, DbError, Link, Tx};
use crate::policy::{Cause, Proof, Warrant};

crate::sql! {
    // What a person said while nobody knew who they were.
    OWN_VISITS = "select k.subject_id from visit v join subject_key k on k.subject_id = v.id
        where v.person_id = $1";
}

/// How often a change of secrets is tried beside others who write.
const TRIES: u32 = 5;

/// A slot whose keys were wrapped anew inside a transaction.
struct Slot {
    slot: i64,
    generation: i64,
    rows: BTreeMap<Uuid, Vec<u8>>,
}

/// Keys wrapped anew in a transaction that is not committed yet. After the
/// commit, [`Renewed::finish`] destroys the secrets that they were under before.
/// Dropped without it, the old secrets stay until [`Vault::settle`].
#[must_use = "the old secrets are there until `finish`, which comes after the commit"]
pub struct Renewed {
    vault: Vault,
    slots: Vec<Slot>,
    _hold: Hold,
}

impl Renewed {
    /// Destroys the old secrets. Only after the transaction was committed.
    ///
    /// # Errors
    /// When the key folder cannot be written; [`Vault::settle`] tries again.
    pub fn finish(self) -> Result<(), KeyFault> {
        let Self { vault, slots, .. } = self;
        for slot in &slots {
            vault.keep_copy(slot.slot, slot.generation, &slot.rows)?;
        }
        vault.change(|ring| {
            for slot in &slots {
                ring.keep(slot.slot, |number| number == slot.generation);
            }
        })
    }
}

/// What a restored database got from the key folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Keys that were wrapped anew since the backup was made.
    pub renewed: u64,
    /// Keys that were destroyed since then, and are again.
    pub destroyed: u64,
}

impl Vault {
    /// Destroys a person's key for good: the key itself, and the secret that any
    /// backup of the database would need to unwrap it. The others of its slot,
    /// one in 256 of all, are wrapped under a new secret. Call
    /// [`Renewed::finish`] after the commit.
    ///
    /// # Errors
    /// [`DbError::Busy`] when another process changes the keys, or when the proof
    /// does not reach the person.
    pub async fn destroy(
        &self,
        tx: &mut Tx,
        proof: &dyn Proof,
        person: PersonId,
    ) -> Result<Renewed, DbError> {
        self.destroy_all(tx, proof, &[person]).await
    }

    /// As [`Vault::destroy`], for all records of one person at once.
    ///
    /// # Errors
    /// As there.
    pub async fn destroy_all(
        &self,
        tx: &mut Tx,
        proof: &dyn Proof,
        persons: &[PersonId],
    ) -> Result<Renewed, DbError> {
        let mut subjects = Vec::new();
        for person in persons {
            if !proof.reaches(person.0) {
                return Err(DbError::Other("a proof that does not reach this person".into()));
            }
            subjects.push(person.0);
            for mut row in tx.rows(proof.opens(&OWN_VISITS), args![*person]).await? {
                subjects.push(row.get(0)?);
            }
        }
        let slots = subjects.iter().map(|subject| slot_of(*subject)).collect();
        for subject in subjects {
            store::delete(tx, subject).await?;
        }
        self.renew(tx, slots).await
    }

    /// As [`Vault::destroy`], as an act of its own: for the keeper of the
    /// installation and for what time demands.
    ///
    /// # Errors
    /// As there.
    pub async fn destroy_now(&self, db: &Db, person: PersonId) -> Result<(), DbError> {
        let warrant = Warrant::new(Cause::Keeping, self);
        let mut tries = 0;
        loop {
            let mut tx = db.begin().await?;
            tries += 1;
            match self.destroy(&mut tx, &warrant, person).await {
                Ok(renewed) => {
                    tx.commit().await?;
                    return Ok(renewed.finish()?);
                }
                // Somebody was registered meanwhile under the old secret.
                Err(DbError::Reference(_)) if tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives slots new secrets and wraps the keys of each anew. `progress` hears
    /// how many slots are done.
    ///
    /// # Errors
    /// When another process changes the keys, or the database does not answer.
    pub async fn rotate(
        &self,
        db: &Db,
        slots: impl IntoIterator<Item = i64>,
        mut progress: impl FnMut(u64),
    ) -> Result<u64, DbError> {
        let mut done = 0;
        for slot in slots.into_iter().filter(|slot| (0..SLOTS).contains(slot)) {
            let mut tries = 0;
            loop {
                let mut tx = db.begin().await?;
                let renewed = self.renew(&mut tx, BTreeSet::from([slot])).await;
                tries += 1;
                match renewed {
                    Ok(renewed) => {
                        tx.commit().await?;
                        renewed.finish()?;
                        break;
                    }
                    // Somebody was registered meanwhile under the old secret.
                    Err(DbError::Reference(_)) if tries < TRIES => {}
                    Err(error) => return Err(error),
                }
            }
            done += 1;
            progress(done);
        }
        Ok(done)
    }

    /// Seals the keyring under another installation key.
    ///
    /// # Errors
    /// When another process changes the keys, or nothing can be written.
    pub fn rotate_installation(&self, new: Arc<dyn KeyProvider>) -> Result<(), KeyFault> {
        let _hold = Hold::take(&self.0.folder)?;
        let ring = Ring::read(&self.0.folder, self.provider().as_ref())?;
        ring.write(&self.0.folder, new.as_ref())?;
        *self.0.provider.write().unwrap_or_else(std::sync::PoisonError::into_inner) = new;
        Ok(())
    }

    /// Gives the slot of one subject another secret, inside a transaction of the
    /// caller, who calls [`Renewed::finish`] after its commit.
    ///
    /// # Errors
    /// As [`Vault::rotate`].
    pub async fn rotate_in(
        &self,
        tx: &mut Tx,
        subject: impl Into<SubjectId>,
    ) -> Result<Renewed, DbError> {
        self.renew(tx, BTreeSet::from([slot_of(subject.into().0)])).await
    }

    async fn renew(&self, tx: &mut Tx, slots: BTreeSet<i64>) -> Result<Renewed, DbError> {
        let hold = Hold::wait(&self.0.folder).await?;
        let numbers: Vec<(i64, i64)> =
            self.change(|ring| slots.into_iter().map(|slot| (slot, ring.add(slot))).collect())?;
        let mut renewed = Renewed { vault: self.clone(), slots: Vec::new(), _hold: hold };
        for (slot, generation) in numbers {
            let before = store::generations_of(tx, slot).await?;
            store::add_generation(tx, slot, generation).await?;
            let mut work = Vec::new();
            let mut rows = BTreeMap::new();
            for (subject, old, wrapped) in store::of_slot(tx, slot).await? {
                let wrapped = self.wrap_anew(subject, &wrapped, generation)?;
                rows.insert(subject, wrapped.clone());
                work.push((subject, old, wrapped));
            }
            store::rewrap(tx, generation, work).await?;
            for old in before {
                store::drop_generation(tx, slot, old).await?;
            }
            renewed.slots.push(Slot { slot, generation, rows });
        }
        Ok(renewed)
    }

    fn wrap_anew(
        &self,
        subject: Uuid,
        wrapped: &[u8],
        generation: i64,
    ) -> Result<Vec<u8>, DbError> {
        self.with(|ring| {
            let lost = || DbError::Gone("a key that no secret of the keyring unwraps".into());
            let key = ring.unwrap(subject, wrapped).ok_or_else(lost)?;
            let secret = ring.secret(slot_of(subject), generation).ok_or_else(lost)?;
            Ok(provider::wrap(secret, subject.as_bytes(), &key)?)
        })
    }

    /// Ends changes of secrets that were broken off, so that no old secret stays
    /// longer than it must. Costs nothing when there is none.
    ///
    /// # Errors
    /// When the database does not answer or the key folder cannot be written.
    pub async fn settle(&self, db: &Db) -> Result<(), DbError> {
        let changing = self.with(Ring::changing);
        if changing.is_empty() {
            return Ok(());
        }
        // Held by another process: the change is under way and not broken off.
        let Ok(_hold) = Hold::wait(&self.0.folder).await else { return Ok(()) };
        self.reload()?;
        for slot in changing {
            let mut conn = db.read().await?;
            let in_use = store::generations_of(&mut conn, slot).await?;
            let keys = store::of_slot(&mut conn, slot).await?;
            if let [generation] = in_use.as_slice() {
                let rows = keys.into_iter().map(|(subject, _, wrapped)| (subject, wrapped));
                self.keep_copy(slot, *generation, &rows.collect())?;
            }
            self.change(|ring| ring.keep(slot, |number| in_use.contains(&number)))?;
        }
        Ok(())
    }

    fn copy_path(&self, slot: i64) -> PathBuf {
        self.0.folder.join(format!("slot-{slot:03}"))
    }

    /// Keeps the keys of a slot, as they are wrapped now, beside the keyring: a
    /// backup of the database holds them under a secret that is gone, and is
    /// opened with these. Who was erased is not among them.
    fn keep_copy(
        &self,
        slot: i64,
        generation: i64,
        rows: &BTreeMap<Uuid, Vec<u8>>,
    ) -> Result<(), KeyFault> {
        let mut bytes = generation.to_be_bytes().to_vec();
        for (subject, wrapped) in rows {
            let length = u16::try_from(wrapped.len()).unwrap_or(0);
            bytes.extend_from_slice(subject.as_bytes());
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(wrapped);
        }
        write_whole(&self.copy_path(slot), &bytes)
    }

    fn read_copy(&self, slot: i64) -> Result<(i64, BTreeMap<Uuid, Vec<u8>>), KeyFault> {
        let path = self.copy_path(slot);
        let bytes = std::fs::read(&path)
            .map_err(|error| KeyFault::File(path.clone(), error.to_string()))?;
        parse_copy(&bytes).ok_or(KeyFault::Damaged(path))
    }

    /// Fits a restored backup of the database to the keys of today: keys that
    /// were wrapped anew since then come from the key folder, and those that were
    /// destroyed since then are destroyed again.
    ///
    /// # Errors
    /// When the copies in the key folder are missing, or the database does not
    /// answer.
    pub async fn restore(&self, db: &Db) -> Result<Restored, DbError> {
        let mut done = Restored::default();
        let mut tx = db.begin().await?;
        for slot in 0..SLOTS {
            let in_use = store::generations_of(&mut tx, slot).await?;
            let lost: Vec<i64> = self.with(|ring| {
                in_use.into_iter().filter(|n| ring.secret(slot, *n).is_none()).collect()
            });
            if lost.is_empty() {
                continue;
            }
            let (generation, mut copy) = self.read_copy(slot)?;
            store::add_generation(&mut tx, slot, generation).await?;
            let mut work = Vec::new();
            for (subject, old, _) in store::of_slot(&mut tx, slot).await? {
                match copy.remove(&subject) {
                    _ if !lost.contains(&old) => {}
                    Some(wrapped) => work.push((subject, old, wrapped)),
                    None => done.destroyed += store::delete(&mut tx, subject).await?,
                }
            }
            done.renewed += u64::try_from(work.len()).unwrap_or(0);
            store::rewrap(&mut tx, generation, work).await?;
            for old in lost {
                store::drop_generation(&mut tx, slot, old).await?;
            }
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Whether any secret of the keyring still unwraps the key that a database
    /// holds for a subject: what an erasure is checked with.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn opens(&self, link: &mut Link, subject: Uuid) -> Result<bool, DbError> {
        let wrapped = store::wrapped(link, subject).await?;
        Ok(wrapped
            .is_some_and(|wrapped| self.with(|ring| ring.unwrap(subject, &wrapped).is_some())))
    }
}

fn parse_copy(bytes: &[u8]) -> Option<(i64, BTreeMap<Uuid, Vec<u8>>)> {
    let (generation, mut rest) = bytes.split_first_chunk::<8>()?;
    let mut rows = BTreeMap::new();
    while !rest.is_empty() {
        let (subject, after) = rest.split_first_chunk::<16>()?;
        let (length, after) = after.split_first_chunk::<2>()?;
        let (wrapped, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        rows.insert(Uuid::from_bytes(*subject), wrapped.to_vec());
        rest = after;
    }
    Some((i64::from_be_bytes(*generation), rows))
}
