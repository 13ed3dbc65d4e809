//! Making the checkpoint of a day and laying it out for outsiders.

use std::path::{Path, PathBuf};

use onedoor_domain::secrecy::{Action, Ground};
use thiserror::Error;

use super::chain::{Entry, Journal, SubjectKind};
use super::checkpoint::{Checkpoint, Head, NOTHING, Signed, digest, signing_key};
use super::store;
use crate::app::App;
use crate::config::{ConfigFault, read_file};
use crate::db::{Conn, DbError};
use crate::sign_in::Actor;

/// Why no checkpoint was made.
#[derive(Debug, Error)]
pub enum CheckpointFault {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The key.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// The folder.
    #[error("{0}: {1}")]
    Folder(PathBuf, std::io::Error),
    /// The journal does not check: it must not be signed.
    #[error("the journal does not check at lane {0}, row {1}: `onedoor journal verify` says more")]
    Broken(i64, i64),
    /// A checkpoint that was laid out is not the database's.
    #[error(
        "checkpoint {0} in the folder is not in the database: an older state was put back, or \
         the folder belongs to another installation"
    )]
    Older(i64),
}

/// Makes the checkpoint of today, if there is none yet, and lays out what the
/// folder lacks. Of several servers one makes it. Returns its number.
///
/// # Errors
/// See [`CheckpointFault`].
pub async fn make(app: &App) -> Result<Option<i64>, CheckpointFault> {
    let Some(set_up) = &app.config.checkpoint else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let last = store::last_checkpoint(&mut conn).await?;
    same_as_outside(&set_up.folder, last.as_ref())?;
    let today = app.today();
    let mut made = None;
    if last.as_ref().is_none_or(|last| last.checkpoint.day < today) {
        let bytes = read_file(&set_up.key_file)?
            .try_into()
            .map_err(|_| ConfigFault::Key(set_up.key_file.clone()))?;
        let key = signing_key(&bytes);
        let heads = heads(&app.journal, &mut conn, last.as_ref()).await?;
        let checkpoint = Checkpoint {
            n: last.as_ref().map_or(1, |last| last.checkpoint.n + 1),
            day: today,
            made_at: app.now(),
            before: last.as_ref().map_or(NOTHING, Signed::hash),
            rows: heads.iter().map(|head| head.seq).sum(),
            heads,
            key: NOTHING,
        };
        made = keep(app, &Signed::make(checkpoint, &key)).await?;
    }
    lay_out(&mut conn, &set_up.folder).await?;
    Ok(made)
}

/// Stores a checkpoint, unless another server was first.
async fn keep(app: &App, signed: &Signed) -> Result<Option<i64>, DbError> {
    let n = signed.checkpoint.n;
    let mut tx = app.db.begin().await?;
    if !store::keep_checkpoint(&mut tx, signed).await? {
        return Ok(None);
    }
    let entry = Entry {
        action: Action::SignJournal,
        ground: Some(Ground::Duty),
        subject: (SubjectKind::Nothing, None),
        persons: Vec::new(),
        detail: serde_json::json!({ "checkpoint": n, "rows": signed.checkpoint.rows }),
    };
    app.journal.append(&mut tx, &Actor::system(), app.now(), &[entry]).await?;
    tx.commit().await?;
    Ok(Some(n))
}

/// How far each lane has come. Every row since the last checkpoint is read and
/// held against the chain: what was changed since is not signed.
async fn heads(
    journal: &Journal,
    conn: &mut Conn,
    last: Option<&Signed>,
) -> Result<Vec<Head>, CheckpointFault> {
    let lanes = store::lanes(conn).await?;
    let mut heads = Vec::new();
    for (lane, seal) in lanes {
        let old = last.and_then(|last| last.checkpoint.head(lane.number)).copied();
        let mut head = old.unwrap_or(Head { lane: lane.number, seq: 0, digest: NOTHING });
        let broken = |seq: i64| CheckpointFault::Broken(lane.number, seq);
        let mut before = store::hash_of(conn, lane.number, head.seq).await?;
        if head.seq > 0 && before.is_none() {
            before = store::anchors(conn)
                .await?
                .into_iter()
                .find(|anchor| anchor.lane == lane.number && anchor.seq == head.seq)
                .map(|anchor| anchor.head);
        }
        let mut before = match before {
            Some(before) => before,
            None if head.seq == 0 => vec![0; 32],
            None => return Err(broken(head.seq)),
        };
        while head.seq < lane.seq {
            let want = (lane.seq - head.seq).min(5000);
            let page = store::page(conn, lane.number, head.seq, want).await?;
            for (line, stored) in &page {
                let follows = line.seq == head.seq + 1
                    && journal.hash(&before, line).as_slice() == stored.as_slice();
                if !follows {
                    return Err(broken(line.seq));
                }
                head.digest = digest(&head.digest, line, stored);
                head.seq = line.seq;
                before.clone_from(stored);
            }
            if page.is_empty() {
                return Err(broken(head.seq + 1));
            }
        }
        let sealed = journal.seal(lane.number, lane.seq, &lane.head);
        if lane.seq != head.seq || lane.head != before || sealed.as_slice() != seal.as_slice() {
            return Err(broken(head.seq));
        }
        heads.push(head);
    }
    Ok(heads)
}

fn file(folder: &Path, n: i64) -> PathBuf {
    folder.join(format!("checkpoint-{n:06}.txt"))
}

/// The last checkpoint in the folder must be the database's: else an older state
/// of the database was put back.
fn same_as_outside(folder: &Path, last: Option<&Signed>) -> Result<(), CheckpointFault> {
    let n = last.map_or(0, |last| last.checkpoint.n);
    if file(folder, n + 1).exists() {
        return Err(CheckpointFault::Older(n + 1));
    }
    match (std::fs::read_to_string(file(folder, n)), last) {
        (Ok(text), Some(last)) if text != last.text() => Err(CheckpointFault::Older(n)),
        _ => Ok(()),
    }
}

/// Writes the files that the folder lacks, the latest first, until one is there.
async fn lay_out(conn: &mut Conn, folder: &Path) -> Result<(), CheckpointFault> {
    let fault = |path: &Path, error| CheckpointFault::Folder(path.to_owned(), error);
    std::fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
    let mut n = store::last_checkpoint(conn).await?.map_or(0, |last| last.checkpoint.n);
    while n > 0 && !file(folder, n).exists() {
        let Some(signed) = store::checkpoint(conn, n).await? else { break };
        // Whole or not at all: a fetcher never sees half a file.
        let path = file(folder, n);
        let part = path.with_extension("part");
        std::fs::write(&part, signed.text()).map_err(|error| fault(&part, error))?;
        std::fs::rename(&part, &path).map_err(|error| fault(&path, error))?;
        n -= 1;
    }
    Ok(())
}

/// The checkpoints in a file, or in a folder as it is laid out.
///
/// # Errors
/// When something cannot be read, or is no checkpoint.
pub fn kept_outside(path: &Path) -> std::io::Result<Vec<Signed>> {
    let wrong = |path: &Path, error: super::checkpoint::Unreadable| {
        std::io::Error::new(std::io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))
    };
    if !path.is_dir() {
        let text = std::fs::read_to_string(path)?;
        return Signed::read_all(&text).map_err(|error| wrong(path, error));
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(path)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    files.sort();
    let mut all = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path)?;
        all.extend(Signed::read_all(&text).map_err(|error| wrong(&path, error))?);
    }
    Ok(all)
}
