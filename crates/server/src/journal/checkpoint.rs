//! Checkpoints: what the journal held on a day, in a text that an outsider keeps
//! and can check without the journal's key. See `docs/adr/0011-checkpoints.md`.

use std::fmt::Write;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;
use uuid::Uuid;

use super::chain::Line;
use crate::app::{hex, unhex};

/// The first line of each checkpoint.
const TITLE: &str = "onedoor checkpoint 1";
/// What stands before the first checkpoint.
pub(super) const NOTHING: [u8; 32] = [0; 32];

/// The digest of a lane up to and with a row, which anybody can compute who has
/// the rows. The row's keyed hash is among the fields: nobody without the rows
/// knows it, so a digest tells nothing of what it was made of.
#[must_use]
pub(super) fn digest(before: &[u8; 32], line: &Line, hash: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("onedoor journal running digest 1");
    let mut field = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    field(before);
    for number in [line.lane, line.seq, line.at] {
        field(&number.to_le_bytes());
    }
    for text in [
        &line.actor_kind,
        &line.role,
        &line.act,
        &line.purpose,
        &line.ground,
        &line.subject_kind,
        &line.persons,
        &line.detail,
    ] {
        field(text.as_bytes());
    }
    for one in [&line.actor_id, &line.agency_id, &line.unit_id, &line.subject_id] {
        field(one.as_ref().map_or(&[][..], |id: &Uuid| id.as_bytes()));
    }
    field(hash);
    *hasher.finalize().as_bytes()
}

/// How far one lane had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The lane.
    pub lane: i64,
    /// Its last row.
    pub seq: i64,
    /// The running digest up to that row.
    pub digest: [u8; 32],
}

/// What the journal held when a day began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Counted from 1.
    pub n: i64,
    /// The day at whose beginning it was made.
    pub day: Date,
    /// When.
    pub made_at: Timestamp,
    /// The hash of the checkpoint before, zeros before the first.
    pub before: [u8; 32],
    /// How many rows the journal has had.
    pub rows: i64,
    /// The lanes in their order.
    pub heads: Vec<Head>,
    /// The public key it is signed with.
    pub key: [u8; 32],
}

impl Checkpoint {
    /// The head of a lane.
    #[must_use]
    pub fn head(&self, lane: i64) -> Option<&Head> {
        self.heads.iter().find(|head| head.lane == lane)
    }

    fn body(&self) -> String {
        let mut text = format!(
            "{TITLE}\nn {}\nday {}\nmade {}\nbefore {}\nrows {}\nkey {}\n",
            self.n,
            self.day,
            self.made_at.as_microsecond(),
            hex(&self.before),
            self.rows,
            hex(&self.key),
        );
        for head in &self.heads {
            let _ = writeln!(text, "lane {} {} {}", head.lane, head.seq, hex(&head.digest));
        }
        text
    }
}

/// A checkpoint with its signature, as an outsider keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The signature over its text.
    pub signature: [u8; 64],
}

/// Why a text is no list of checkpoints.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {0}: this is no checkpoint as we write them")]
pub struct Unreadable(pub usize);

impl Signed {
    /// Signs a checkpoint; its key becomes that of the signer.
    #[must_use]
    pub fn make(mut checkpoint: Checkpoint, key: &SigningKey) -> Self {
        checkpoint.key = key.verifying_key().to_bytes();
        let signature = key.sign(checkpoint.body().as_bytes()).to_bytes();
        Self { checkpoint, signature }
    }

    /// The text that was signed.
    #[must_use]
    pub fn body(&self) -> String {
        self.checkpoint.body()
    }

    /// The whole text, for a file.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}signature {}\n", self.body(), hex(&self.signature))
    }

    /// What the next checkpoint names as the one before it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(self.text().as_bytes()).as_bytes()
    }

    /// Whether `key` signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        self.checkpoint.key == key.to_bytes()
            && key
                .verify_strict(self.body().as_bytes(), &Signature::from_bytes(&self.signature))
                .is_ok()
    }

    /// Whether the key that it names signed it.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        VerifyingKey::from_bytes(&self.checkpoint.key).is_ok_and(|key| self.is_signed_by(&key))
    }

    /// Whether it can follow `before`: the next number, naming it, with no lane
    /// that went back.
    #[must_use]
    pub fn follows(&self, before: Option<&Self>) -> bool {
        let now = &self.checkpoint;
        let Some(before) = before else {
            return now.n == 1 && now.before == NOTHING;
        };
        let then = &before.checkpoint;
        now.n == then.n + 1
            && now.before == before.hash()
            && now.day > then.day
            && now.rows >= then.rows
            && then.heads.iter().all(|old| {
                now.head(old.lane).is_some_and(|new| {
                    new.seq > old.seq || (new.seq == old.seq && new.digest == old.digest)
                })
            })
    }

    /// Reads checkpoints written one after another.
    ///
    /// # Errors
    /// Names the first line that is not as we write it.
    pub fn read_all(text: &str) -> Result<Vec<Self>, Unreadable> {
        let mut all = Vec::new();
        let mut lines = text.lines().enumerate().peekable();
        while lines.peek().is_some() {
            let (start, _) = *lines.peek().ok_or(Unreadable(0))?;
            let mut part = String::new();
            let mut whole = false;
            for (_, line) in lines.by_ref() {
                part.push_str(line);
                part.push('\n');
                if line.starts_with("signature ") {
                    whole = true;
                    break;
                }
            }
            let read = if whole { Self::read(&part) } else { None };
            all.push(read.ok_or(Unreadable(start + 1))?);
        }
        Ok(all)
    }

    /// Reads one; anything but our own way of writing it is refused.
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut named = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let (title, version) = TITLE.rsplit_once(' ')?;
        (named(title)? == version).then_some(())?;
        let n = named("n")?.parse().ok()?;
        let day = named("day")?.parse().ok()?;
        let made_at = Timestamp::from_microsecond(named("made")?.parse().ok()?).ok()?;
        let before = unhex(named("before")?)?;
        let rows = named("rows")?.parse().ok()?;
        let key = unhex(named("key")?)?;
        let mut heads = Vec::new();
        let mut signature = None;
        for line in lines {
            if let Some(rest) = line.strip_prefix("lane ") {
                let mut parts = rest.split(' ');
                heads.push(Head {
                    lane: parts.next()?.parse().ok()?,
                    seq: parts.next()?.parse().ok()?,
                    digest: unhex(parts.next()?)?,
                });
            } else {
                signature = Some(unhex(line.strip_prefix("signature ")?)?);
            }
        }
        let checkpoint = Checkpoint { n, day, made_at, before, rows, heads, key };
        let signed = Self { checkpoint, signature: signature? };
        // A number with a zero before it, an order of our own: not as we write it.
        (signed.text() == text).then_some(signed)
    }
}

/// Reads the key that signs: 32 secret bytes.
#[must_use]
pub fn signing_key(bytes: &[u8; 32]) -> SigningKey {
    SigningKey::from_bytes(bytes)
}

/// Reads a public key, as `onedoor journal key` writes it.
#[must_use]
pub fn public_key(text: &str) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&unhex(text.trim())?).ok()
}

/// The public key of `key` as text.
#[must_use]
pub fn public_text(key: &SigningKey) -> String {
    hex(&key.verifying_key().to_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> Signed {
        let key = signing_key(&[9; 32]);
        let head = |lane, seq| Head { lane, seq, digest: [u8::try_from(seq).unwrap(); 32] };
        let checkpoint = Checkpoint {
            n: 1,
            day: "2026-11-23".parse().unwrap(),
            made_at: "2026-11-23T00:01:00Z".parse().unwrap(),
            before: NOTHING,
            rows: 7,
            heads: vec![head(0, 3), head(1, 4)],
            key: NOTHING,
        };
        Signed::make(checkpoint, &key)
    }

    /// REQ-INFO-19: a checkpoint reads back, and any other text than ours is
    /// refused or no longer signed.
    #[test]
    fn a_checkpoint_reads_back_and_no_change_passes() {
        let signed = sample();
        let text = signed.text();
        assert_eq!(Signed::read_all(&text), Ok(vec![signed.clone()]));
        assert!(signed.is_signed() && signed.follows(None));
        let key = signing_key(&[8; 32]).verifying_key();
        assert!(!signed.is_signed_by(&key), "signed by somebody else");
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let passes = Signed::read_all(&changed)
                .is_ok_and(|all| all.iter().all(Signed::is_signed) && all.len() == 1);
            assert!(!passes, "a change at {at} passes");
        }
        assert_eq!(Signed::read_all(&format!("{text}{text}x")), Err(Unreadable(21)));
        assert_eq!(Signed::read_all(&text.replace("rows 7", "rows 07")), Err(Unreadable(1)));
    }

    /// REQ-INFO-19: a checkpoint follows only the very one before it.
    #[test]
    fn a_checkpoint_follows_only_its_own() {
        let first = sample();
        let key = signing_key(&[9; 32]);
        let mut next = first.checkpoint.clone();
        next.n = 2;
        next.day = "2026-11-24".parse().unwrap();
        next.before = first.hash();
        let good = Signed::make(next.clone(), &key);
        assert!(good.follows(Some(&first)) && !good.follows(None));
        let refused = |change: fn(&mut Checkpoint)| {
            let mut bad = next.clone();
            change(&mut bad);
            assert!(!Signed::make(bad, &key).follows(Some(&first)));
        };
        refused(|c| c.n = 3);
        refused(|c| c.before = NOTHING);
        refused(|c| c.rows = 6);
        refused(|c| c.heads.truncate(1));
        refused(|c| c.heads.iter_mut().for_each(|h| h.seq -= 1));
        refused(|c| c.heads.iter_mut().for_each(|h| h.digest = NOTHING));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "(?s)(onedoor checkpoint 1\\nn 1\\n)?.{0,200}") {
            let _ = Signed::read_all(&text);
        }
    }
}
