//! Encryption at rest, a key for each person.
//!
//! Protected texts stay in their columns, sealed under the key of the person
//! they are about. That key lies in the database, wrapped under a secret of the
//! keyring, and the keyring lies outside the database, sealed under the
//! installation key. See `docs/adr/0010-sealed-columns.md`.
//!
//! The types are the wall: a row gives a [`Sealed`], only a [`Key`] opens it,
//! and a key is had only for a [`Proof`](crate::policy::Proof), which is a
//! permit that somebody was granted or a warrant for what has no asker.

mod column;
mod key;
mod provider;
mod renew;
mod ring;
mod seal;
mod store;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
pub use column::*;
pub(crate) use key::Wrapped;
pub use key::{Key, MARK, Sealed, SubjectId};
use onedoor_domain::ids::AgencyId;
use onedoor_domain::person::IdentityNumber;
pub use provider::{HeldKey, KeyProvider, VARIABLE};
pub use renew::{Renewed, Restored, STATEMENTS as RENEW_STATEMENTS};
use ring::Ring;
pub use seal::STATEMENTS as SEAL_STATEMENTS;
pub use store::STATEMENTS;
use thiserror::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::db::{Db, DbError};

/// Why statements about persons run here without a permit: see [`GROUNDS`](crate::policy::GROUNDS).
pub(crate) struct Locksmith(());

/// Of this module and those in it alone.
static LOCKSMITH: Locksmith = Locksmith(());

/// Thirty-two secret bytes, zeroed when dropped.
pub type Secret = Zeroizing<[u8; 32]>;

/// What is wrong with the keys.
#[derive(Clone, Debug, Error)]
pub enum KeyFault {
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, String),
    /// An installation key of another length.
    #[error("{0}: the installation key must be exactly 32 bytes")]
    Length(PathBuf),
    /// The keyring was changed or cut off.
    #[error("{0}: the keyring is damaged: put its copy back")]
    Damaged(PathBuf),
    /// The keeper of the installation key.
    #[error("the installation key: {0}")]
    Provider(String),
    /// A keyring is there already.
    #[error("{0}: a keyring is there already")]
    There(PathBuf),
    /// Another process changes the keys.
    #[error("another process is changing the keys: try again when it is done")]
    Held,
    /// Data that is not sealed yet.
    #[error("the database holds data that is not sealed: run `onedoor migrate`")]
    Unsealed,
    /// The keyring belongs to another database.
    #[error("the keyring belongs to another database: put the right one in the key folder")]
    Other,
}

impl From<KeyFault> for DbError {
    fn from(fault: KeyFault) -> Self {
        match fault {
            KeyFault::Held => Self::Busy(fault.to_string()),
            fault => Self::Gone(fault.to_string()),
        }
    }
}

/// The keyring in use. Cheap to clone; shows and gives out nothing.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    id: Uuid,
    numbers: Secret,
    names: Secret,
    ring: RwLock<Ring>,
    folder: PathBuf,
    provider: RwLock<Arc<dyn KeyProvider>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(***)")
    }
}

/// The installation key that a set-up names.
///
/// # Errors
/// When it is missing or has another length.
pub fn provider(config: &Config) -> Result<Arc<dyn KeyProvider>, KeyFault> {
    if config.installation_key_file.is_none()
        && let Some(held) = HeldKey::from_environment()?
    {
        return Ok(Arc::new(held));
    }
    Ok(Arc::new(HeldKey::from_file(&config.installation_key_path())?))
}

impl Vault {
    /// Opens the keyring of a set-up.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub fn open(config: &Config) -> Result<Self, KeyFault> {
        Self::open_with(&config.key_folder_path(), provider(config)?)
    }

    /// Opens a folder's keyring with any keeper of the installation key.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub fn open_with(folder: &Path, provider: Arc<dyn KeyProvider>) -> Result<Self, KeyFault> {
        let ring = Ring::read(folder, provider.as_ref())?;
        Ok(Self::new(ring, folder, provider))
    }

    /// Makes the keyring of a new installation, and its installation key where
    /// the set-up names a file that is not there.
    ///
    /// # Errors
    /// When a keyring is there, or nothing can be written.
    pub fn make(config: &Config) -> Result<Self, KeyFault> {
        let path = config.installation_key_path();
        let from_environment =
            config.installation_key_file.is_none() && std::env::var_os(VARIABLE).is_some();
        if !from_environment && !path.exists() {
            ring::write_whole(&path, ring::new_secret().as_slice())?;
        }
        Self::make_with(&config.key_folder_path(), provider(config)?)
    }

    /// Makes a folder's keyring with any keeper of the installation key.
    ///
    /// # Errors
    /// When a keyring is there, or nothing can be written.
    pub fn make_with(folder: &Path, provider: Arc<dyn KeyProvider>) -> Result<Self, KeyFault> {
        let path = ring::path(folder);
        if path.exists() {
            return Err(KeyFault::There(path));
        }
        make_folder(folder).map_err(|error| KeyFault::File(folder.into(), error.to_string()))?;
        let ring = Ring::new();
        ring.write(folder, provider.as_ref())?;
        Ok(Self::new(ring, folder, provider))
    }

    fn new(ring: Ring, folder: &Path, provider: Arc<dyn KeyProvider>) -> Self {
        Self(Arc::new(Inner {
            id: ring.id,
            numbers: ring.numbers.clone(),
            names: ring.names.clone(),
            ring: RwLock::new(ring),
            folder: folder.to_owned(),
            provider: RwLock::new(provider),
        }))
    }

    /// Whether the set-up's keyring is there.
    #[must_use]
    pub fn is_there(config: &Config) -> bool {
        ring::path(&config.key_folder_path()).exists()
    }

    fn provider(&self) -> Arc<dyn KeyProvider> {
        Arc::clone(&self.0.provider.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn with<T>(&self, look: impl FnOnce(&Ring) -> T) -> T {
        look(&self.0.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again: another process may have changed secrets.
    fn reload(&self) -> Result<(), KeyFault> {
        let ring = Ring::read(&self.0.folder, self.provider().as_ref())?;
        if ring.id != self.0.id {
            return Err(KeyFault::Other);
        }
        *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    /// Changes the keyring: in the file first, then here.
    fn change<T>(&self, change: impl FnOnce(&mut Ring) -> T) -> Result<T, KeyFault> {
        let mut held = self.0.ring.write().unwrap_or_else(PoisonError::into_inner);
        let mut ring = Ring::read(&self.0.folder, self.provider().as_ref())?;
        let done = change(&mut ring);
        ring.write(&self.0.folder, self.provider().as_ref())?;
        *held = ring;
        Ok(done)
    }

    /// Unwraps a subject's key. Only [`Key`] may ask, which demands a proof.
    fn unwrap(&self, subject: Uuid, wrapped: &[u8]) -> Result<Secret, DbError> {
        if let Some(secret) = self.with(|ring| ring.unwrap(subject, wrapped)) {
            return Ok(secret);
        }
        self.reload()?;
        self.with(|ring| ring.unwrap(subject, wrapped))
            .ok_or_else(|| DbError::Gone("a key that no secret of the keyring unwraps".into()))
    }

    /// Wraps a subject's key under a secret of its slot.
    fn wrap(
        &self,
        subject: Uuid,
        key: &Secret,
        (slot, generation): (i64, i64),
    ) -> Result<Vec<u8>, DbError> {
        self.with(|ring| {
            let secret = ring.secret(slot, generation);
            let secret = secret.ok_or_else(|| DbError::Gone("a secret that is not held".into()))?;
            Ok(provider::wrap(secret, subject.as_bytes(), key)?)
        })
    }

    /// The first of these generations of a slot that the keyring holds.
    fn held(&self, slot: i64, generations: &[i64]) -> Option<i64> {
        self.with(|ring| generations.iter().copied().find(|n| ring.secret(slot, *n).is_some()))
    }

    /// The newest generation of every slot.
    pub(crate) fn newest(&self) -> Vec<i64> {
        self.with(|ring| (0..ring::SLOTS).map(|slot| ring.newest(slot)).collect())
    }

    /// The blind index of an identity number: the same for the same number, and
    /// nothing to whoever lacks the keyring.
    #[must_use]
    pub fn number(&self, number: &IdentityNumber) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0.numbers);
        hasher.update(number.kind().country().as_str().as_bytes());
        hasher.update(number.canonical().as_bytes());
        let hash = hasher.finalize();
        let bytes = hash.as_bytes().first_chunk::<16>().copied().unwrap_or_default();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The blind form of what an agency's own system calls a fact, by which the fact is found
    /// again when its file is sent twice.
    #[must_use]
    pub fn filed(&self, agency: AgencyId, name: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0.numbers);
        hasher.update(b"filed");
        hasher.update(agency.0.as_bytes());
        hasher.update(name.as_bytes());
        let hash = hasher.finalize();
        let bytes = hash.as_bytes().first_chunk::<16>().copied().unwrap_or_default();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A mark of what a form held, for calls that are sent twice: without the
    /// keyring nobody can try out what it was made of.
    #[must_use]
    pub fn fingerprint(&self, bytes: &[u8]) -> Vec<u8> {
        let mut hasher = blake3::Hasher::new_keyed(&self.0.numbers);
        hasher.update(b"form");
        hasher.update(bytes);
        hasher.finalize().as_bytes().to_vec()
    }

    /// The blind form of a key of names, or of the beginning of one: a letter
    /// for each letter, each made of all letters up to it. So what begins alike
    /// is found by one range of the index, and nothing else shows.
    #[must_use]
    pub fn name(&self, text: &str) -> String {
        const ALPHABET: &[u8; 64] =
            b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
        onedoor_domain::person::beginnings(text)
            .map(|beginning| {
                let hash = blake3::keyed_hash(&self.0.names, beginning.as_bytes());
                let at = hash.as_bytes().first().map_or(0, |byte| usize::from(byte & 63));
                char::from(ALPHABET.get(at).copied().unwrap_or(b'-'))
            })
            .collect()
    }

    /// The range of the index over everything whose key begins with `text`.
    #[must_use]
    pub fn names_from(&self, text: &str) -> (String, String) {
        let from = self.name(text);
        // Greater than every letter of the alphabet above.
        let until = format!("{from}~");
        (from, until)
    }

    /// Refuses a database that holds plain data, or that another keyring sealed.
    /// Two rows are read, however much there is.
    ///
    /// # Errors
    /// [`KeyFault::Unsealed`] or [`KeyFault::Other`], or when the database does
    /// not answer.
    pub async fn check(&self, db: &Db) -> Result<(), DbError> {
        let mut conn = db.read().await?;
        match store::marked(&mut conn).await? {
            None => Err(KeyFault::Unsealed.into()),
            Some(id) if id != self.0.id.to_string() => Err(KeyFault::Other.into()),
            Some(_) if seal::is_filed_plain(&mut conn).await? => Err(KeyFault::Unsealed.into()),
            Some(_) => Ok(()),
        }
    }
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Whether a database was ever sealed, with whichever keyring.
///
/// # Errors
/// When the database does not answer.
pub async fn is_marked(db: &Db) -> Result<bool, DbError> {
    Ok(store::marked(&mut *db.read().await?).await?.is_some())
}
