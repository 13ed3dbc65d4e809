//! The keyring: 256 secrets outside the database, sealed in one file.
//!
//! A person's key lies in the database, wrapped under one of these secrets. To
//! erase a person for good, also in backups, one secret is thrown away and the
//! others of its slot are wrapped anew: one in 256 of all, not everybody.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{KeyFault, KeyProvider, Secret, provider};

/// Slots of a keyring.
pub(super) const SLOTS: i64 = 256;
/// The first bytes of the file, and its format.
const HEAD: &[u8] = b"onedoor-keyring-1\n";
/// The file in the key folder.
const FILE: &str = "keyring";

/// A secret of a slot, with its place in the order of that slot's secrets.
pub(super) struct Generation {
    pub(super) number: i64,
    pub(super) secret: Secret,
}

/// All secrets. Zeroed when dropped; never printed.
pub(super) struct Ring {
    pub(super) id: Uuid,
    /// Keys the blind index of identity numbers.
    pub(super) numbers: Secret,
    /// Keys the blind index of names.
    pub(super) names: Secret,
    /// For each slot its secrets, the newest first: one, or two while it changes.
    slots: Vec<Vec<Generation>>,
}

pub(super) fn new_secret() -> Secret {
    let mut secret = Zeroizing::new([0; 32]);
    rand::fill(secret.as_mut_slice());
    secret
}

/// The slot of a subject. Identifiers end in random bits; the product spreads
/// those that are made of a code as well.
pub(super) fn slot_of(subject: Uuid) -> i64 {
    let (high, low) = subject.as_u64_pair();
    let mixed = (low ^ high.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    i64::try_from(mixed >> 56).unwrap_or(0)
}

impl Ring {
    pub(super) fn new() -> Self {
        let slots = (0..SLOTS).map(|_| vec![Generation { number: 1, secret: new_secret() }]);
        Self {
            id: Uuid::now_v7(),
            numbers: new_secret(),
            names: new_secret(),
            slots: slots.collect(),
        }
    }

    pub(super) fn slot(&self, slot: i64) -> &[Generation] {
        let at = usize::try_from(slot).unwrap_or(usize::MAX);
        self.slots.get(at).map_or(&[], Vec::as_slice)
    }

    pub(super) fn secret(&self, slot: i64, number: i64) -> Option<&Secret> {
        self.slot(slot).iter().find(|it| it.number == number).map(|it| &it.secret)
    }

    /// The newest generation of a slot.
    pub(super) fn newest(&self, slot: i64) -> i64 {
        self.slot(slot).first().map_or(0, |it| it.number)
    }

    /// Gives a slot another secret beside the one in use.
    pub(super) fn add(&mut self, slot: i64) -> i64 {
        let number = self.newest(slot) + 1;
        let at = usize::try_from(slot).unwrap_or(usize::MAX);
        if let Some(slot) = self.slots.get_mut(at) {
            slot.insert(0, Generation { number, secret: new_secret() });
        }
        number
    }

    /// Destroys a slot's secrets but those that `keep` says yes to.
    pub(super) fn keep(&mut self, slot: i64, keep: impl Fn(i64) -> bool) {
        let at = usize::try_from(slot).unwrap_or(usize::MAX);
        if let Some(slot) = self.slots.get_mut(at) {
            slot.retain(|it| keep(it.number));
        }
    }

    /// Slots that are in the middle of a change.
    pub(super) fn changing(&self) -> Vec<i64> {
        (0..SLOTS).filter(|slot| self.slot(*slot).len() != 1).collect()
    }

    /// Unwraps a subject's key with whichever secret of its slot fits.
    pub(super) fn unwrap(&self, subject: Uuid, wrapped: &[u8]) -> Option<Secret> {
        let mut all = self.slot(slot_of(subject)).iter();
        all.find_map(|it| provider::unwrap(&it.secret, subject.as_bytes(), wrapped))
    }

    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(64 * 1024));
        out.extend_from_slice(self.id.as_bytes());
        out.extend_from_slice(self.numbers.as_slice());
        out.extend_from_slice(self.names.as_slice());
        for slot in &self.slots {
            out.push(u8::try_from(slot.len()).unwrap_or(u8::MAX));
            for it in slot {
                out.extend_from_slice(&it.number.to_be_bytes());
                out.extend_from_slice(it.secret.as_slice());
            }
        }
        out
    }

    fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
            let (first, rest) = bytes.split_first_chunk::<N>()?;
            *bytes = rest;
            Some(*first)
        }
        let id = Uuid::from_bytes(take(&mut bytes)?);
        let numbers = Zeroizing::new(take(&mut bytes)?);
        let names = Zeroizing::new(take(&mut bytes)?);
        let mut slots = Vec::new();
        for _ in 0..SLOTS {
            let [count] = take(&mut bytes)?;
            let mut slot = Vec::new();
            for _ in 0..count {
                let number = i64::from_be_bytes(take(&mut bytes)?);
                slot.push(Generation { number, secret: Zeroizing::new(take(&mut bytes)?) });
            }
            slots.push(slot);
        }
        bytes.is_empty().then_some(Self { id, numbers, names, slots })
    }

    /// Reads the keyring of a folder.
    pub(super) fn read(folder: &Path, provider: &dyn KeyProvider) -> Result<Self, KeyFault> {
        let path = path(folder);
        let damaged = || KeyFault::Damaged(path.clone());
        let bytes = std::fs::read(&path)
            .map_err(|error| KeyFault::File(path.clone(), error.to_string()))?;
        let rest = bytes.strip_prefix(HEAD).ok_or_else(damaged)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(damaged)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (wrapped, rest) = rest.split_at_checked(length).ok_or_else(damaged)?;
        let (nonce, sealed) = rest.split_first_chunk::<24>().ok_or_else(damaged)?;
        let key = provider.unwrap(wrapped)?;
        let cipher = XChaCha20Poly1305::new(&(*key).into());
        let payload = Payload { msg: sealed, aad: HEAD };
        let plain = cipher.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new);
        Self::from_bytes(&plain.map_err(|_| damaged())?).ok_or_else(damaged)
    }

    /// Writes it: whole or not at all, and on the disk when this returns.
    pub(super) fn write(&self, folder: &Path, provider: &dyn KeyProvider) -> Result<(), KeyFault> {
        let key = new_secret();
        let wrapped = provider.wrap(&key)?;
        let length = u16::try_from(wrapped.len())
            .map_err(|_| KeyFault::Provider("a wrapped key of more than 65535 bytes".into()))?;
        let mut nonce = [0; 24];
        rand::fill(&mut nonce);
        let cipher = XChaCha20Poly1305::new(&(*key).into());
        let plain = self.to_bytes();
        let payload = Payload { msg: plain.as_slice(), aad: HEAD };
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| KeyFault::Provider("the keyring could not be sealed".into()))?;
        let parts = [HEAD, &length.to_be_bytes(), &wrapped, &nonce, &sealed];
        write_whole(&path(folder), &parts.concat())
    }
}

pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// Writes a file that only its owner reads, in one step.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), KeyFault> {
    let fault = |error: std::io::Error| KeyFault::File(path.to_owned(), error.to_string());
    let folder = path.parent().unwrap_or(Path::new("."));
    let beside = path.with_extension(format!("new-{}", Uuid::now_v7().simple()));
    let written = new_file(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        // The name is on the disk only when the folder is.
        File::open(folder)?.sync_all()
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(fault)
}

/// A new file that only its owner reads.
pub(super) fn new_file(path: &Path) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Holds the folder, so that one process at a time changes its secrets.
pub(super) struct Hold {
    /// Locked as long as it is open.
    _file: File,
}

impl Hold {
    pub(super) fn take(folder: &Path) -> Result<Self, KeyFault> {
        let path = folder.join("lock");
        let fault = |error: std::io::Error| KeyFault::File(path.clone(), error.to_string());
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(fault)?;
        file.try_lock().map_err(|_| KeyFault::Held)?;
        Ok(Self { _file: file })
    }
}
