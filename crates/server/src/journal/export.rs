//! The journal for outsiders: rows in a file, and a check of such a file that
//! needs nothing but checkpoints and the public key.

use std::io::{BufRead, Write};

use ed25519_dalek::VerifyingKey;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::chain::Line;
use super::checkpoint::{Head, NOTHING, Signed, digest};
use super::store;
use crate::app::{hex, unhex};
use crate::db::{Db, DbError};

/// The first line of an export: between which checkpoints its rows stand.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    onedoor_journal: u32,
    after_checkpoint: i64,
    until_checkpoint: i64,
}

/// One row with every field that is hashed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportRow {
    lane: i64,
    seq: i64,
    at: i64,
    actor_kind: String,
    actor_id: Option<Uuid>,
    role: String,
    agency_id: Option<Uuid>,
    unit_id: Option<Uuid>,
    act: String,
    purpose: String,
    ground: String,
    subject_kind: String,
    subject_id: Option<Uuid>,
    persons: String,
    detail: String,
    hash: String,
}

impl ExportRow {
    fn new(line: Line, hash: &[u8]) -> Self {
        Self {
            lane: line.lane,
            seq: line.seq,
            at: line.at,
            actor_kind: line.actor_kind,
            actor_id: line.actor_id,
            role: line.role,
            agency_id: line.agency_id,
            unit_id: line.unit_id,
            act: line.act,
            purpose: line.purpose,
            ground: line.ground,
            subject_kind: line.subject_kind,
            subject_id: line.subject_id,
            persons: line.persons,
            detail: line.detail,
            hash: hex(hash),
        }
    }

    fn line(self) -> Option<(Line, [u8; 32])> {
        let hash = unhex(&self.hash)?;
        let line = Line {
            lane: self.lane,
            seq: self.seq,
            at: self.at,
            actor_kind: self.actor_kind,
            actor_id: self.actor_id,
            role: self.role,
            agency_id: self.agency_id,
            unit_id: self.unit_id,
            act: self.act,
            purpose: self.purpose,
            ground: self.ground,
            subject_kind: self.subject_kind,
            subject_id: self.subject_id,
            persons: self.persons,
            detail: self.detail,
        };
        Some((line, hash))
    }
}

/// What an export holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Rows.
    pub rows: i64,
    /// The checkpoint after which they stand; 0 is the beginning.
    pub after: i64,
    /// The checkpoint up to which they stand.
    pub until: i64,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The file.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// There is no checkpoint to hold it against.
    #[error("there is no checkpoint yet: nobody could check an export")]
    NoCheckpoint,
}

/// Writes the rows of the days `from` to `until` as JSON lines. It begins and
/// ends at checkpoints, so that a few rows more may be in it; rows that no
/// checkpoint covers yet are not.
///
/// # Errors
/// See [`ExportFault`].
pub async fn export(
    db: &Db,
    from: Option<Date>,
    until: Option<Date>,
    out: &mut impl Write,
) -> Result<Exported, ExportFault> {
    let mut conn = db.read().await?;
    let (all, _) = store::checkpoints(&mut conn).await?;
    let last = all.last().ok_or(ExportFault::NoCheckpoint)?;
    // Rows that were removed for their age are in no export.
    let anchors = store::anchors(&mut conn).await?;
    let reaches = |signed: &Signed| {
        anchors.iter().all(|anchor| {
            signed.checkpoint.head(anchor.lane).is_some_and(|head| head.seq >= anchor.seq)
        })
    };
    let first_left = if anchors.is_empty() { None } else { all.iter().find(|one| reaches(one)) };
    let start = from
        .and_then(|from| all.iter().rfind(|one| one.checkpoint.day <= from))
        .filter(|one| reaches(one))
        .or(first_left);
    let end =
        until.and_then(|until| all.iter().find(|one| one.checkpoint.day > until)).unwrap_or(last);
    let after = start.map_or(0, |one| one.checkpoint.n).min(end.checkpoint.n);
    let header =
        Header { onedoor_journal: 1, after_checkpoint: after, until_checkpoint: end.checkpoint.n };
    write_line(out, &header)?;
    let mut done = Exported { rows: 0, after, until: end.checkpoint.n };
    for head in &end.checkpoint.heads {
        let mut seq = start.and_then(|one| one.checkpoint.head(head.lane)).map_or(0, |h| h.seq);
        while seq < head.seq {
            let want = (head.seq - seq).min(5000);
            let page = store::page(&mut conn, head.lane, seq, want).await?;
            if page.is_empty() {
                break;
            }
            for (line, hash) in page {
                seq = line.seq;
                done.rows += 1;
                write_line(out, &ExportRow::new(line, &hash))?;
            }
        }
    }
    out.flush()?;
    Ok(done)
}

fn write_line(out: &mut impl Write, value: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// What an outsider finds wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A checkpoint is not signed by the key, or does not follow the one before.
    Checkpoint(i64),
    /// The export does not say between which of these checkpoints it stands.
    Header,
    /// The export does not begin at the beginning, or does not reach the last
    /// checkpoint, and was not said to be a part.
    NotWhole {
        /// The first checkpoint that the rows follow.
        after: i64,
        /// The last one that they reach.
        until: i64,
    },
    /// A line is no row.
    Unreadable(usize),
    /// Rows are missing.
    Removed {
        /// Lane.
        lane: i64,
        /// The first missing row.
        from: i64,
        /// The last missing row.
        until: i64,
    },
    /// A row stands where none or another belongs.
    Misplaced {
        /// Lane.
        lane: i64,
        /// Row.
        seq: i64,
    },
    /// One of these rows is not what it was when the checkpoint was made.
    Changed {
        /// Lane.
        lane: i64,
        /// The first of the rows.
        from: i64,
        /// The last of the rows.
        until: i64,
        /// The checkpoint that says so.
        checkpoint: i64,
    },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Checkpoint(n) => {
                write!(f, "checkpoint {n} is not signed by this key or does not follow the last")
            }
            Self::Header => write!(f, "the export does not name two of these checkpoints"),
            Self::NotWhole { after, until } => write!(
                f,
                "the export holds only what stands between checkpoints {after} and {until}"
            ),
            Self::Unreadable(line) => write!(f, "line {line} of the export is no row"),
            Self::Removed { lane, from, until } => {
                write!(f, "removed: lane {lane} rows {from} to {until}")
            }
            Self::Misplaced { lane, seq } => {
                write!(f, "inserted or moved: lane {lane} row {seq}")
            }
            Self::Changed { lane, from, until, checkpoint } => write!(
                f,
                "changed: lane {lane}, one of the rows {from} to {until}, says checkpoint \
                 {checkpoint}"
            ),
        }
    }
}

/// What an outside check has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// What was read.
    pub read: Exported,
    /// What is wrong; empty when nothing is.
    pub findings: Vec<Finding>,
}

/// Where the check stands in one lane.
struct Walk<'a> {
    at: Head,
    /// What the coming checkpoints say of the lane.
    coming: std::iter::Peekable<std::vec::IntoIter<(i64, &'a Head)>>,
    /// The first row since the last checkpoint.
    since: i64,
    /// A row is missing or misplaced since the last checkpoint: said already.
    said: bool,
}

impl Walk<'_> {
    fn step(&mut self, line: &Line, hash: &[u8; 32], findings: &mut Vec<Finding>) {
        let lane = self.at.lane;
        if line.seq <= self.at.seq || self.coming.peek().is_none() {
            findings.push(Finding::Misplaced { lane, seq: line.seq });
            self.said = true;
            return;
        }
        if line.seq > self.at.seq + 1 {
            self.missing(line.seq - 1, findings);
        }
        self.at.digest = digest(&self.at.digest, line, hash);
        self.at.seq = line.seq;
        self.arrive(findings);
    }

    /// Rows up to `until` did not come.
    fn missing(&mut self, until: i64, findings: &mut Vec<Finding>) {
        let from = self.at.seq + 1;
        findings.push(Finding::Removed { lane: self.at.lane, from, until });
        self.said = true;
        self.at.seq = until;
        // The checkpoints in between cannot be held against anything.
        while let Some((_, head)) = self.coming.next_if(|(_, head)| head.seq <= until) {
            self.pass(head);
            self.said = head.seq < until;
        }
        self.said |= self.since <= until;
    }

    fn pass(&mut self, head: &Head) {
        self.at.digest = head.digest;
        self.since = head.seq + 1;
        self.said = false;
    }

    /// Holds the digest against every checkpoint that says something of this row.
    fn arrive(&mut self, findings: &mut Vec<Finding>) {
        while let Some((n, head)) = self.coming.next_if(|(_, head)| head.seq <= self.at.seq) {
            if head.digest != self.at.digest && !self.said {
                findings.push(Finding::Changed {
                    lane: self.at.lane,
                    from: self.since,
                    until: head.seq,
                    checkpoint: n,
                });
            }
            self.pass(head);
        }
    }
}

/// Checks an export against checkpoints. It needs no secret: who keeps the
/// checkpoints outside finds any change, removal, insertion or new order in the
/// rows that they cover, and that an older state was put back.
///
/// # Errors
/// When the export cannot be read to its end.
pub fn verify_export(
    checkpoints: &[Signed],
    key: &VerifyingKey,
    part: bool,
    export: impl BufRead,
) -> std::io::Result<Outside> {
    let mut outside = Outside::default();
    let findings = &mut outside.findings;
    let mut before: Option<&Signed> = None;
    for signed in checkpoints {
        let known_first = before.is_none() && signed.checkpoint.n > 1;
        if !signed.is_signed_by(key) || !(known_first || signed.follows(before)) {
            findings.push(Finding::Checkpoint(signed.checkpoint.n));
        }
        before = Some(signed);
    }
    let mut lines = export.lines().enumerate();
    let header: Option<Header> = match lines.next() {
        Some((_, line)) => serde_json::from_str(&line?).ok(),
        None => None,
    };
    let find = |n: i64| checkpoints.iter().find(|one| one.checkpoint.n == n);
    let Some((header, end)) = header
        .filter(|header| header.onedoor_journal == 1)
        .and_then(|header| Some((header, find(header.until_checkpoint)?)))
    else {
        findings.push(Finding::Header);
        return Ok(outside);
    };
    let (after, until) = (header.after_checkpoint, header.until_checkpoint);
    let start = find(after);
    if (start.is_none() && after != 0) || after > until {
        findings.push(Finding::Header);
        return Ok(outside);
    }
    let last = checkpoints.last().map_or(0, |last| last.checkpoint.n);
    if !part && (after != 0 || until != last) {
        findings.push(Finding::NotWhole { after, until });
    }
    outside.read = Exported { rows: 0, after, until };
    let covering: Vec<&Signed> = checkpoints
        .iter()
        .filter(|one| one.checkpoint.n > after && one.checkpoint.n <= until)
        .collect();
    let mut walks: Vec<Walk<'_>> =
        end.checkpoint.heads.iter().map(|head| walk(head.lane, start, &covering)).collect();
    for (number, line) in lines {
        let row = serde_json::from_str::<ExportRow>(&line?).ok().and_then(ExportRow::line);
        let Some((line, hash)) = row else {
            findings.push(Finding::Unreadable(number + 1));
            continue;
        };
        outside.read.rows += 1;
        match walks.iter_mut().find(|walk| walk.at.lane == line.lane) {
            Some(walk) => walk.step(&line, &hash, findings),
            None => findings.push(Finding::Misplaced { lane: line.lane, seq: line.seq }),
        }
    }
    for walk in &mut walks {
        let end = walk.coming.clone().last().map(|(_, head)| head.seq);
        if let Some(end) = end.filter(|end| *end > walk.at.seq) {
            walk.missing(end, findings);
        }
    }
    Ok(outside)
}

fn walk<'a>(lane: i64, start: Option<&Signed>, covering: &[&'a Signed]) -> Walk<'a> {
    let at = start.and_then(|one| one.checkpoint.head(lane).copied()).unwrap_or(Head {
        lane,
        seq: 0,
        digest: NOTHING,
    });
    let coming: Vec<(i64, &'a Head)> = covering
        .iter()
        .filter_map(|one| Some((one.checkpoint.n, one.checkpoint.head(lane)?)))
        .collect();
    let mut walk =
        Walk { at, coming: coming.into_iter().peekable(), since: at.seq + 1, said: false };
    // Checkpoints that say nothing new of the lane.
    walk.arrive(&mut Vec::new());
    walk
}
