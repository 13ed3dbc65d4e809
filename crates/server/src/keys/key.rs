//! A person's key in use: what opens and seals their texts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Nonce, Tag};
use onedoor_domain::ids::{PersonId, VisitId};
use uuid::Uuid;

use super::{Column, store};
use crate::db::{DbError, FromValue, Link, Tx, Value};
use crate::policy::Proof;

/// What a sealed value begins with: the first format.
pub const MARK: &str = "x1:";

/// A text as it lies in the database. It shows nothing, and only a [`Key`]
/// opens it, which is had only for a permit or a warrant.
///
/// There is no way from a sealed text to its content without a key:
///
/// ```compile_fail
/// use onedoor_server::keys::Sealed;
/// fn read(sealed: Sealed) -> String {
///     sealed.to_string()
/// }
/// ```
///
/// ```compile_fail
/// use onedoor_server::keys::Sealed;
/// fn read(sealed: Sealed) -> String {
///     sealed.0
/// }
/// ```
///
/// And no key without a proof:
///
/// ```compile_fail
/// use onedoor_server::keys::{Key, Vault};
/// fn key(vault: &Vault, person: uuid::Uuid, wrapped: Vec<u8>) -> Key {
///     Key::of(vault, person, Some(wrapped)).unwrap()
/// }
/// ```
///
/// With one it opens, and this compiles:
///
/// ```
/// use onedoor_server::keys::{Key, PERSON_GIVEN, Sealed};
/// use onedoor_server::policy::Permit;
/// fn read(permit: &Permit, person: uuid::Uuid, wrapped: Vec<u8>, sealed: Sealed) -> String {
///     let key = Key::of(permit, person, Some(wrapped)).unwrap();
///     key.open(PERSON_GIVEN, sealed).unwrap()
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(***)")
    }
}

impl FromValue for Sealed {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        String::from_value(value).map(Self)
    }
}

/// Whose key it is: a person's, or that of a visit of somebody unknown; a list and a file of
/// several people have one of their own, which goes with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectId(pub Uuid);

impl From<PersonId> for SubjectId {
    fn from(id: PersonId) -> Self {
        Self(id.0)
    }
}

impl From<VisitId> for SubjectId {
    fn from(id: VisitId) -> Self {
        Self(id.0)
    }
}

impl From<Uuid> for SubjectId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

/// A subject's key, unwrapped. It lives as long as a request needs it, is
/// zeroed when dropped, and is never printed.
#[derive(Clone)]
pub struct Key {
    subject: Uuid,
    /// None when the key was destroyed: the person is erased.
    cipher: Option<ChaCha20Poly1305>,
}

/// Twelve random bytes suffice: one key seals some thousands of texts in a
/// lifetime, and two of them get the same with a chance of less than 1 in 2^70.
const NONCE: usize = 12;
const TAG: usize = 16;

impl Key {
    /// The key of a row: `wrapped` comes from the table `subject_key`, in the
    /// same statement as the sealed texts. Without it the subject is erased, and
    /// everything opens as empty.
    ///
    /// # Errors
    /// When the proof does not reach the subject, or the keyring does not fit.
    pub fn of(
        proof: &dyn Proof,
        subject: impl Into<SubjectId>,
        wrapped: Option<Vec<u8>>,
    ) -> Result<Self, DbError> {
        let SubjectId(subject) = subject.into();
        if !proof.reaches(subject) {
            return Err(DbError::Other("a proof that does not reach this person".into()));
        }
        let Some(wrapped) = wrapped else { return Ok(Self { subject, cipher: None }) };
        let secret = proof.vault().unwrap(subject, &wrapped)?;
        Ok(Self { subject, cipher: Some(ChaCha20Poly1305::new((&*secret).into())) })
    }

    /// Looks up a subject's key.
    ///
    /// # Errors
    /// As [`Key::of`], and when the database does not answer.
    pub async fn look_up(
        link: &mut Link,
        proof: &dyn Proof,
        subject: impl Into<SubjectId>,
    ) -> Result<Self, DbError> {
        let subject = subject.into();
        let wrapped = store::wrapped(link, subject.0).await?;
        Self::of(proof, subject, wrapped)
    }

    /// Makes the key of a new subject and stores it wrapped.
    ///
    /// # Errors
    /// When the subject has one, or the database does not answer.
    pub async fn make(
        tx: &mut Tx,
        proof: &dyn Proof,
        subject: impl Into<SubjectId>,
    ) -> Result<Self, DbError> {
        let SubjectId(subject) = subject.into();
        let in_use = store::generations(tx, subject).await?;
        let held = |slot| proof.vault().held(slot, &in_use);
        let (key, wrapped) = match Self::fresh(proof, subject, held) {
            Ok(made) => made,
            Err(_) => {
                // Another process may have given the slot a new secret.
                proof.vault().reload()?;
                Self::fresh(proof, subject, held)?
            }
        };
        store::insert(tx, subject, wrapped).await?;
        Ok(key)
    }

    /// A new key, wrapped under the generation that `generation` names for its
    /// slot; storing it is the caller's.
    pub(crate) fn fresh(
        proof: &dyn Proof,
        subject: Uuid,
        generation: impl Fn(i64) -> Option<i64>,
    ) -> Result<(Self, Wrapped), DbError> {
        let slot = super::ring::slot_of(subject);
        let none = || DbError::Gone("no secret of the keyring is in use for this slot".into());
        let generation = generation(slot).ok_or_else(none)?;
        let secret = super::ring::new_secret();
        let bytes = proof.vault().wrap(subject, &secret, (slot, generation))?;
        let cipher = Some(ChaCha20Poly1305::new((&*secret).into()));
        Ok((Self { subject, cipher }, Wrapped { slot, generation, bytes }))
    }

    /// Whether the person is erased and nothing opens any more.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.cipher.is_none()
    }

    fn about(&self, column: Column) -> Vec<u8> {
        [column.about(), self.subject.as_bytes()].concat()
    }

    /// Seals a text for a column. What is empty stays empty.
    ///
    /// # Errors
    /// When the key was destroyed: nothing is written about who is erased.
    pub fn seal(&self, column: Column, text: &str) -> Result<String, DbError> {
        self.seal_bytes(column, text.as_bytes())
    }

    /// Seals the bytes of a file, or a part of one.
    ///
    /// # Errors
    /// As [`Key::seal`].
    pub fn seal_bytes(&self, column: Column, text: &[u8]) -> Result<String, DbError> {
        if text.is_empty() {
            return Ok(String::new());
        }
        let cipher = self.cipher.as_ref();
        let cipher = cipher.ok_or_else(|| DbError::Gone("the person's key is destroyed".into()))?;
        let mut nonce = [0; NONCE];
        rand::fill(&mut nonce);
        let mut bytes = Vec::with_capacity(NONCE + text.len() + TAG);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(text);
        let full = || DbError::Other("a text could not be sealed".into());
        let body = bytes.get_mut(NONCE..).ok_or_else(full)?;
        let about = self.about(column);
        let tag = cipher
            .encrypt_inout_detached(&Nonce::from(nonce), &about, body.into())
            .map_err(|_| full())?;
        bytes.extend_from_slice(&tag);
        let mut text = String::with_capacity(MARK.len() + bytes.len().div_ceil(3) * 4);
        text.push_str(MARK);
        STANDARD_NO_PAD.encode_string(&bytes, &mut text);
        Ok(text)
    }

    /// Seals a text that may be missing.
    ///
    /// # Errors
    /// As [`Key::seal`].
    pub fn seal_some(&self, column: Column, text: Option<&str>) -> Result<Option<String>, DbError> {
        text.map(|text| self.seal(column, text)).transpose()
    }

    /// Opens a text. Of somebody erased everything is empty.
    ///
    /// # Errors
    /// When it was changed, moved from elsewhere, or never sealed.
    pub fn open(&self, column: Column, sealed: Sealed) -> Result<String, DbError> {
        let opened = self.open_bytes(column, sealed)?;
        String::from_utf8(opened).map_err(|_| shut(column))
    }

    /// Opens the bytes of a file, or a part of one.
    ///
    /// # Errors
    /// As [`Key::open`].
    pub fn open_bytes(&self, column: Column, sealed: Sealed) -> Result<Vec<u8>, DbError> {
        let Some(cipher) = &self.cipher else { return Ok(Vec::new()) };
        if sealed.0.is_empty() {
            return Ok(Vec::new());
        }
        self.decrypt(cipher, column, &sealed.0).ok_or_else(|| shut(column))
    }

    fn decrypt(&self, cipher: &ChaCha20Poly1305, column: Column, text: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD_NO_PAD.decode(text.strip_prefix(MARK)?).ok()?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE>()?;
        let (body, tag) = rest.split_last_chunk::<TAG>()?;
        let mut body = body.to_vec();
        let about = self.about(column);
        cipher
            .decrypt_inout_detached(
                &Nonce::from(*nonce),
                &about,
                body.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .ok()?;
        Some(body)
    }

    /// Opens a text that may be missing.
    ///
    /// # Errors
    /// As [`Key::open`].
    pub fn open_some(
        &self,
        column: Column,
        sealed: Option<Sealed>,
    ) -> Result<Option<String>, DbError> {
        let opened = sealed.map(|sealed| self.open(column, sealed)).transpose()?;
        // Of somebody erased a date is not an empty one, it is none.
        Ok(opened.filter(|text| !text.is_empty() || self.cipher.is_some()))
    }
}

fn shut(column: Column) -> DbError {
    DbError::Other(format!("a sealed text of {}.{} does not open", column.table, column.name))
}

/// A key as the table `subject_key` holds it.
pub(crate) struct Wrapped {
    pub(crate) slot: i64,
    pub(crate) generation: i64,
    pub(crate) bytes: Vec<u8>,
}
