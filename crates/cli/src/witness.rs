//! The journal for those outside: a key, an export, and the check of one.

use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use jiff::civil::Date;
use onedoor_domain::secrecy::Action;
use onedoor_server::app::secret;
use onedoor_server::clock::Clock;
use onedoor_server::config::Config;
use onedoor_server::db::Db;
use onedoor_server::journal::checkpoint::{public_key, public_text, signing_key};
use onedoor_server::journal::daily::kept_outside;
use onedoor_server::journal::{Journal, export};

use crate::{say, tasks};

/// Makes the key that signs checkpoints.
pub(crate) fn key(file: &Path) -> anyhow::Result<ExitCode> {
    let bytes = secret();
    tasks::write_secret(file, &bytes)?;
    let public = public_text(&signing_key(&bytes));
    let mut beside = file.as_os_str().to_owned();
    beside.push(".pub");
    std::fs::write(&beside, format!("{public}\n"))
        .with_context(|| format!("{} cannot be written", Path::new(&beside).display()))?;
    say::line(&format!("Public key, for those who check: {public}"));
    Ok(ExitCode::SUCCESS)
}

/// Writes an export, and notes in the journal that it was made.
pub(crate) async fn export(
    path: &Path,
    from: Option<Date>,
    until: Option<Date>,
    out: &Path,
) -> anyhow::Result<ExitCode> {
    let config = Config::read(path)?;
    let db = Db::open(&config.database).await?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let done = export::export(&db, from, until, &mut BufWriter::new(file)).await?;
    let mut tx = db.begin().await?;
    let counts = [("rows", done.rows), ("after", done.after), ("until", done.until)];
    Journal::new(config.journal_key()?)
        .note_command(&mut tx, Clock::System.now(), Action::ExportJournal, &counts)
        .await?;
    tx.commit().await?;
    say::line(&format!(
        "{} rows, between checkpoints {} and {}.",
        done.rows, done.after, done.until
    ));
    Ok(ExitCode::SUCCESS)
}

/// Checks an export without any secret.
pub(crate) fn verify(
    checkpoints: &Path,
    file: &Path,
    key: &Path,
    part: bool,
) -> anyhow::Result<ExitCode> {
    let kept = kept_outside(checkpoints)?;
    let text = std::fs::read_to_string(key)
        .with_context(|| format!("{} cannot be read", key.display()))?;
    let Some(key) = public_key(&text) else { bail!("{} holds no public key", key.display()) };
    let rows =
        std::fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let outside = export::verify_export(&kept, &key, part, BufReader::new(rows))?;
    for finding in &outside.findings {
        say::line(&finding.to_string());
    }
    let read = outside.read;
    say::line(&format!(
        "{} rows between checkpoints {} and {}, {} checkpoints: {}",
        read.rows,
        read.after,
        read.until,
        kept.len(),
        match outside.findings.len() {
            0 => "nothing changed, removed, inserted or moved.".to_owned(),
            count => format!("{count} faults."),
        }
    ));
    Ok(if outside.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
