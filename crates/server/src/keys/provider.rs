//! Where the installation key is: in a file, in the environment, or inside a
//! device that never gives it out.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::{KeyFault, Secret};

/// The environment variable with an installation key: 32 bytes in base64.
pub const VARIABLE: &str = "ONEDOOR_KEY";

/// Keeps the installation key and uses it. A site with a hardware module puts
/// its own in: wrap and unwrap are what such a module offers, and the key
/// itself never comes out of it. What is wrapped is one key of 32 bytes.
pub trait KeyProvider: Send + Sync {
    /// Wraps a key.
    ///
    /// # Errors
    /// When the provider does not answer.
    fn wrap(&self, key: &[u8; 32]) -> Result<Vec<u8>, KeyFault>;

    /// Unwraps what [`KeyProvider::wrap`] gave.
    ///
    /// # Errors
    /// When the provider does not answer, or this is of another installation.
    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret, KeyFault>;
}

/// An installation key in this process's memory, from a file or the environment.
pub struct HeldKey(Secret);

impl HeldKey {
    /// A key that somebody else has read.
    #[must_use]
    pub fn new(key: Secret) -> Self {
        Self(key)
    }

    /// Reads a file of exactly 32 bytes.
    ///
    /// # Errors
    /// When it cannot be read or has another length.
    pub fn from_file(path: &Path) -> Result<Self, KeyFault> {
        let bytes = std::fs::read(path).map(Zeroizing::new);
        let bytes = bytes.map_err(|error| KeyFault::File(path.to_owned(), error.to_string()))?;
        Self::from_bytes(&bytes).ok_or_else(|| KeyFault::Length(path.to_owned()))
    }

    /// Reads [`VARIABLE`], where it is set.
    ///
    /// # Errors
    /// When it is set and holds anything but 32 bytes in base64.
    pub fn from_environment() -> Result<Option<Self>, KeyFault> {
        let Ok(text) = std::env::var(VARIABLE).map(Zeroizing::new) else { return Ok(None) };
        let bytes = STANDARD.decode(text.trim()).ok().map(Zeroizing::new);
        let key = bytes.and_then(|bytes| Self::from_bytes(&bytes));
        key.map(Some).ok_or_else(|| KeyFault::Length(PathBuf::from(VARIABLE)))
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; 32] = bytes.try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }
}

impl KeyProvider for HeldKey {
    fn wrap(&self, key: &[u8; 32]) -> Result<Vec<u8>, KeyFault> {
        wrap(&self.0, b"onedoor keyring", key)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret, KeyFault> {
        unwrap(&self.0, b"onedoor keyring", wrapped).ok_or(KeyFault::Provider(
            "the installation key is not the one that the keyring was sealed with".into(),
        ))
    }
}

/// Wraps a key under a secret, bound to `about`: nonce, then ciphertext.
pub(super) fn wrap(secret: &[u8; 32], about: &[u8], key: &[u8; 32]) -> Result<Vec<u8>, KeyFault> {
    let mut nonce = [0; 24];
    rand::fill(&mut nonce);
    let cipher = XChaCha20Poly1305::new(&(*secret).into());
    let payload = Payload { msg: key.as_slice(), aad: about };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
    let sealed = sealed.map_err(|_| KeyFault::Provider("a key could not be wrapped".into()))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Unwraps it; nothing when secret, `about` or bytes are others.
pub(super) fn unwrap(secret: &[u8; 32], about: &[u8], wrapped: &[u8]) -> Option<Secret> {
    let (nonce, sealed) = wrapped.split_first_chunk::<24>()?;
    let cipher = XChaCha20Poly1305::new(&(*secret).into());
    let payload = Payload { msg: sealed, aad: about };
    let key = cipher.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).ok()?;
    let key: [u8; 32] = key.as_slice().try_into().ok()?;
    Some(Zeroizing::new(key))
}
