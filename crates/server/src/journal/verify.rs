//! Checking the whole chain.

use std::collections::VecDeque;

use uuid::Uuid;

use super::chain::{Journal, Line};
use super::checkpoint::{NOTHING, Signed, digest};
use super::store;
use crate::db::{Db, DbError};

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The row's content is not what was written.
    Changed {
        /// Lane.
        lane: i64,
        /// Row.
        seq: i64,
    },
    /// Rows between these are gone.
    Removed {
        /// Lane.
        lane: i64,
        /// The first missing row.
        from: i64,
        /// The last missing row.
        until: i64,
    },
    /// The row stands where another was written.
    Reordered {
        /// Lane.
        lane: i64,
        /// Row.
        seq: i64,
    },
    /// The head of the lane was altered.
    Head {
        /// Lane.
        lane: i64,
    },
    /// The index of persons names others than the row does.
    Index {
        /// Lane.
        lane: i64,
        /// Row.
        seq: i64,
    },
    /// Lanes are missing, or rows stand in lanes that are not there.
    Lanes,
    /// Rows before a checkpoint are not those that it was made of.
    Past {
        /// Lane.
        lane: i64,
        /// The checkpoint.
        checkpoint: i64,
    },
    /// A checkpoint is missing, was changed, or does not follow the one before.
    Checkpoint {
        /// The checkpoint.
        n: i64,
    },
    /// A checkpoint that is kept outside is not ours: an older state was put back.
    Older {
        /// The checkpoint.
        n: i64,
    },
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed { lane, seq } => write!(f, "changed: lane {lane} row {seq}"),
            Self::Removed { lane, from, until } if from == until => {
                write!(f, "removed: lane {lane} row {from}")
            }
            Self::Removed { lane, from, until } => {
                write!(f, "removed: lane {lane} rows {from} to {until}")
            }
            Self::Reordered { lane, seq } => write!(f, "reordered: lane {lane} row {seq}"),
            Self::Head { lane } => write!(f, "altered: the head of lane {lane}"),
            Self::Index { lane, seq } => {
                write!(f, "altered: the index of persons for lane {lane} row {seq}")
            }
            Self::Lanes => write!(f, "removed: whole lanes, or what says how many there are"),
            Self::Past { lane, checkpoint } => {
                write!(f, "altered: lane {lane} is not what checkpoint {checkpoint} says")
            }
            Self::Checkpoint { n } => write!(f, "altered: checkpoint {n} or the one before it"),
            Self::Older { n } => {
                write!(f, "put back: checkpoint {n} is kept outside and is not in the database")
            }
        }
    }
}

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows that were read.
    pub rows: i64,
    /// What is wrong; empty when nothing is.
    pub broken: Vec<Broken>,
}

const PAGE: i64 = 5000;
/// A row that does not follow from the one before is looked for among this many.
const NEIGHBOURS: usize = 1000;

impl Journal {
    /// Reads every row and names each that was changed, removed or moved.
    /// `progress` is told how many rows have been read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn verify(&self, db: &Db, progress: impl FnMut(i64)) -> Result<Report, DbError> {
        self.verify_beside(db, &[], progress).await
    }

    /// As [`Journal::verify`], and holds the checkpoints of the database against
    /// those that are `kept` outside.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn verify_beside(
        &self,
        db: &Db,
        kept: &[Signed],
        mut progress: impl FnMut(i64),
    ) -> Result<Report, DbError> {
        let mut conn = db.read().await?;
        let mut report = Report::default();
        let (checkpoints, unreadable) = store::checkpoints(&mut conn).await?;
        report.broken.extend(unreadable.into_iter().map(|n| Broken::Checkpoint { n }));
        report.broken.extend(out_of_line(&checkpoints, kept));
        let anchors = store::anchors(&mut conn).await?;
        let lanes = store::lanes(&mut conn).await?;
        let expected = self.sealed_count(i64::try_from(lanes.len()).unwrap_or(0));
        if store::count(&mut conn).await? != Some(expected) || store::stray(&mut conn).await? > 0 {
            report.broken.push(Broken::Lanes);
        }
        for (lane, seal) in lanes {
            let mut before = vec![0; 32];
            let mut expected = 1;
            let mut past = Past::new(lane.number, &checkpoints);
            if let Some(anchor) = anchors.iter().find(|anchor| anchor.lane == lane.number) {
                if self.anchor_seal(lane.number, anchor.seq, &anchor.head)[..] != anchor.seal[..]
                    || !past.begin_after(anchor.seq)
                {
                    report.broken.push(Broken::Head { lane: lane.number });
                }
                before.clone_from(&anchor.head);
                expected = anchor.seq + 1;
            }
            let mut recent: VecDeque<Vec<u8>> = VecDeque::from([before.clone()]);
            loop {
                // Rows that were written after the heads were read are the next check's.
                let want = PAGE.min(lane.seq - expected + 1);
                // A head that was put back before the anchor: named below.
                if want <= 0 {
                    break;
                }
                let page = store::page(&mut conn, lane.number, expected - 1, want).await?;
                if page.is_empty() {
                    break;
                }
                let until = page.last().map_or(expected, |(line, _)| line.seq);
                let mut index =
                    store::persons_of(&mut conn, lane.number, expected - 1, until).await?;
                index.sort_unstable();
                let hashes: Vec<Vec<u8>> = page.iter().map(|(_, hash)| hash.clone()).collect();
                for (line, stored) in &page {
                    if persons(line) != indexed(&index, line.seq) {
                        report.broken.push(Broken::Index { lane: line.lane, seq: line.seq });
                    }
                    let gap = line.seq > expected;
                    if gap {
                        report.broken.push(Broken::Removed {
                            lane: line.lane,
                            from: expected,
                            until: line.seq - 1,
                        });
                    }
                    if self.hash(&before, line)[..] != stored[..] && !gap {
                        let moved = recent
                            .iter()
                            .chain(&hashes)
                            .any(|other| self.hash(other, line)[..] == stored[..]);
                        report.broken.push(if moved {
                            Broken::Reordered { lane: line.lane, seq: line.seq }
                        } else {
                            Broken::Changed { lane: line.lane, seq: line.seq }
                        });
                    }
                    past.step(line, stored, &mut report.broken);
                    before.clone_from(stored);
                    recent.push_back(before.clone());
                    if recent.len() > NEIGHBOURS {
                        recent.pop_front();
                    }
                    expected = line.seq + 1;
                    report.rows += 1;
                }
                progress(report.rows);
            }
            past.end(&mut report.broken);
            if expected - 1 < lane.seq {
                report.broken.push(Broken::Removed {
                    lane: lane.number,
                    from: expected,
                    until: lane.seq,
                });
            } else if lane.head != before
                || lane.seq != expected - 1
                || self.seal(lane.number, lane.seq, &lane.head)[..] != seal[..]
            {
                report.broken.push(Broken::Head { lane: lane.number });
            }
        }
        Ok(report)
    }
}

/// Checkpoints that are not signed, do not follow one another, or are kept
/// outside otherwise than here.
fn out_of_line(ours: &[Signed], kept: &[Signed]) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut before = None;
    for signed in ours {
        if !signed.is_signed() || !signed.follows(before) {
            broken.push(Broken::Checkpoint { n: signed.checkpoint.n });
        }
        before = Some(signed);
    }
    let strange = kept.iter().filter(|one| !ours.contains(one));
    broken.extend(strange.map(|one| Broken::Older { n: one.checkpoint.n }));
    broken
}

/// Holds the rows of a lane against what the checkpoints say of it.
struct Past {
    lane: i64,
    digest: [u8; 32],
    /// Checkpoint, row and digest, in order.
    says: VecDeque<(i64, i64, [u8; 32])>,
}

impl Past {
    fn new(lane: i64, checkpoints: &[Signed]) -> Self {
        let says = checkpoints
            .iter()
            .filter_map(|one| {
                let head = one.checkpoint.head(lane)?;
                (head.seq > 0).then_some((one.checkpoint.n, head.seq, head.digest))
            })
            .collect();
        Self { lane, digest: NOTHING, says }
    }

    /// Begins after a row that was the last of a checkpoint; says whether it was.
    fn begin_after(&mut self, seq: i64) -> bool {
        let mut found = false;
        while let Some((_, at, digest)) = self.says.front().copied()
            && at <= seq
        {
            found |= at == seq;
            self.digest = digest;
            self.says.pop_front();
        }
        found
    }

    fn step(&mut self, line: &Line, stored: &[u8], broken: &mut Vec<Broken>) {
        self.digest = digest(&self.digest, line, stored);
        while let Some((n, at, digest)) = self.says.front().copied()
            && at <= line.seq
        {
            if at != line.seq || digest != self.digest {
                broken.push(Broken::Past { lane: self.lane, checkpoint: n });
            }
            // The next checkpoint is held against its own rows alone.
            self.digest = digest;
            self.says.pop_front();
        }
    }

    fn end(&mut self, broken: &mut Vec<Broken>) {
        let left = self.says.drain(..);
        broken.extend(left.map(|(n, ..)| Broken::Past { lane: self.lane, checkpoint: n }));
    }
}

fn persons(line: &Line) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> =
        line.persons.split_whitespace().filter_map(|id| id.parse().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn indexed(index: &[(i64, Uuid)], seq: i64) -> Vec<Uuid> {
    let from = index.partition_point(|(at, _)| *at < seq);
    let rest = index.get(from..).unwrap_or_default();
    rest.iter().take_while(|(at, _)| *at == seq).map(|(_, id)| *id).collect()
}
