//! What the keeper of an installation does.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use onedoor_server::app::{App, Mode};
use onedoor_server::clock::Clock;
use onedoor_server::config::Config;
use onedoor_server::db::{Db, Engine};
use onedoor_server::journal::Journal;
use onedoor_server::keys::{self, HeldKey, Vault};
use onedoor_server::office::{ImportFault, When, bring_in};
use onedoor_server::population::{self, Plan};
use onedoor_server::sign_in::token;
use tracing_subscriber::EnvFilter;

use crate::{TokenCommand, say};

/// Structured logs on standard error, as JSON. `ONEDOOR_LOG` chooses the level.
pub(crate) fn log(level: &str) {
    let filter = EnvFilter::try_from_env("ONEDOOR_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let _ = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

/// Resolves when the process is told to stop.
pub(crate) async fn stopped() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    interrupt.await;
}

/// Writes secret bytes to a new file that only its owner can read.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file =
        options.open(path).with_context(|| format!("{} cannot be made", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

/// Opens the database and brings it up to this program.
pub(crate) async fn open_migrated(config: &Config, clock: &Clock) -> anyhow::Result<(Db, Vault)> {
    let db = Db::open(&config.database).await.context("the database cannot be opened")?;
    db.migrate(clock.now()).await.context("the database cannot be brought up to date")?;
    let lanes = match db.engine() {
        Engine::Sqlite => 1,
        Engine::Postgres => 32,
    };
    let mut tx = db.begin().await?;
    Journal::new(config.journal_key()?).make_lanes(&mut tx, lanes).await?;
    tx.commit().await?;
    let vault = vault(config, &db).await?;
    let bar = say::counter("Persons and visits sealed:");
    vault.take_in(&db, |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    Ok((db, vault))
}

/// The keyring of a set-up. A new installation gets a new one; for a database
/// that was sealed with one, nothing but that one will do.
async fn vault(config: &Config, db: &Db) -> anyhow::Result<Vault> {
    if Vault::is_there(config) || keys::is_marked(db).await? {
        return Vault::open(config).context("the keyring cannot be opened");
    }
    Vault::make(config).context("a keyring cannot be made")
}

/// Gives the keyring another installation key, or slots of it other secrets.
pub(crate) async fn rotate(
    path: &Path,
    new: Option<&Path>,
    slot: Option<i64>,
    all: bool,
) -> anyhow::Result<ExitCode> {
    let config = Config::read(path)?;
    let vault = Vault::open(&config)?;
    if let Some(new) = new {
        if !new.exists() {
            write_secret(new, &onedoor_server::app::secret())?;
        }
        vault.rotate_installation(std::sync::Arc::new(HeldKey::from_file(new)?))?;
        say::line(&format!(
            "The keyring is sealed with the key in {}: name it in the set-up now.",
            new.display()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let slots: Vec<i64> = match (slot, all) {
        (Some(slot), _) => vec![slot],
        (None, true) => (0..256).collect(),
        (None, false) => bail!("say --new-key-file FILE, --slot N or --all"),
    };
    let db = Db::open(&config.database).await?;
    vault.check(&db).await?;
    vault.settle(&db).await?;
    let bar = say::bar(u64::try_from(slots.len()).unwrap_or(0), "Slots");
    let done = vault.rotate(&db, slots, |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    say::line(&format!("{done} slots have new secrets; the old ones are destroyed."));
    Ok(ExitCode::SUCCESS)
}

/// Fits a restored backup to the keys of today.
pub(crate) async fn restore(path: &Path) -> anyhow::Result<ExitCode> {
    let config = Config::read(path)?;
    let vault = Vault::open(&config)?;
    let db = Db::open(&config.database).await?;
    vault.check(&db).await?;
    let done = vault.restore(&db).await?;
    say::line(&format!(
        "{} keys fitted to the secrets of today; {} that were destroyed since the backup are \
         destroyed again.",
        done.renewed, done.destroyed
    ));
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn serve(path: &Path) -> anyhow::Result<ExitCode> {
    log("info");
    let config = Config::read(path)?;
    let listen = config.listen;
    if config.is_off_loopback() && config.public_url.is_none() {
        bail!("public_url is needed off loopback: people sign in and come back to it");
    }
    let app = App::start(config, Mode::Real, Clock::System).await?;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("{listen} cannot be used"))?;
    say::line(&format!("Onedoor is open at http://{}", listener.local_addr()?));
    onedoor_server::serve::serve(app, listener, stopped()).await?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn migrate(path: &Path) -> anyhow::Result<ExitCode> {
    let config = Config::read(path)?;
    let before = Db::open(&config.database).await?.pending().await?;
    open_migrated(&config, &Clock::System).await?;
    say::line(&format!("Before: {before:?}. Now the database fits this program."));
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn import(path: &Path, file: &Path, only_try: bool) -> anyhow::Result<ExitCode> {
    let config = Config::read(path)?;
    let db = Db::open(&config.database).await?;
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read as UTF-8 text", file.display()))?;
    let name = file.display().to_string();
    import_text(&db, &config, &Clock::System, &text, &name, only_try).await
}

pub(crate) async fn import_text(
    db: &Db,
    config: &Config,
    clock: &Clock,
    text: &str,
    name: &str,
    only_try: bool,
) -> anyhow::Result<ExitCode> {
    let mut tx = db.begin().await?;
    let zone = jiff::tz::TimeZone::get(&config.time_zone)?;
    let now = clock.now();
    let when = When { today: zone.to_datetime(now).date(), now };
    match bring_in(&mut tx, text, when).await {
        Ok((changed, difference)) => {
            if only_try {
                crate::offices::tell(&difference);
            }
            if only_try {
                say::line("Tried only; nothing was kept.");
            } else {
                let journal = Journal::new(config.journal_key()?);
                journal.note_import(&mut tx, clock.now(), changed.staff).await?;
                tx.commit().await?;
            }
            say::line(&format!(
                "{} offices, {} units, {} staff on duty, {} basic units; {} staff left.",
                changed.offices, changed.units, changed.staff, changed.basic_units, changed.left
            ));
            Ok(ExitCode::SUCCESS)
        }
        Err(ImportFault::Lines(faults)) => {
            for fault in &faults {
                say::error(&format!("{name}:{}: {fault}", fault.line));
            }
            bail!("{} faults; nothing was imported", faults.len())
        }
        Err(other) => Err(anyhow::Error::new(other).context("nothing was imported")),
    }
}

pub(crate) async fn verify(path: &Path) -> anyhow::Result<ExitCode> {
    let config = Config::read(path)?;
    let db = Db::open(&config.database).await?;
    let journal = Journal::new(config.journal_key()?);
    let bar = say::counter("Rows read:");
    let kept = match &config.checkpoint {
        Some(set_up) if set_up.folder.is_dir() => {
            onedoor_server::journal::daily::kept_outside(&set_up.folder)?
        }
        _ => Vec::new(),
    };
    let report = journal
        .verify_beside(&db, &kept, |rows| bar.set_position(u64::try_from(rows).unwrap_or(0)))
        .await?;
    bar.finish_and_clear();
    for broken in &report.broken {
        say::line(&broken.to_string());
    }
    if report.broken.is_empty() {
        say::line(&format!("{} rows, nothing changed, removed or moved.", report.rows));
        Ok(ExitCode::SUCCESS)
    } else {
        say::line(&format!("{} rows, {} faults.", report.rows, report.broken.len()));
        Ok(ExitCode::FAILURE)
    }
}

/// Does what the night would do, and says what it did.
pub(crate) async fn keeping(path: &Path) -> anyhow::Result<ExitCode> {
    let config = Config::read(path)?;
    let app = App::start(config, Mode::Real, Clock::System).await?;
    let counts = match onedoor_server::keeping::run(&app, app.today()).await {
        Ok(counts) => counts,
        Err(fault) => bail!("the keeping stopped: {fault:?}"),
    };
    for count in counts {
        say::line(&format!(
            "{}: {} deleted, {} locked, {} held, {} stuck",
            count.class, count.deleted, count.locked, count.held, count.stuck
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn token(command: TokenCommand) -> anyhow::Result<ExitCode> {
    let now = Clock::System.now();
    match command {
        TokenCommand::Make { config, name, staff, kiosk, days } => {
            let config = Config::read(&config)?;
            let db = Db::open(&config.database).await?;
            let journal = Journal::new(config.journal_key()?);
            let bearer = match (staff, kiosk) {
                (Some(code), _) => token::For::Client(code),
                (None, Some(code)) => token::For::Kiosk(code),
                (None, None) => bail!("say --staff CODE or --kiosk CODE"),
            };
            let secret = token::make(&db, &journal, &name, &bearer, days, now).await?;
            say::line(&secret);
        }
        TokenCommand::Revoke { config, name } => {
            let config = Config::read(&config)?;
            let db = Db::open(&config.database).await?;
            let journal = Journal::new(config.journal_key()?);
            token::revoke(&db, &journal, &name, now).await?;
            say::line("Revoked.");
        }
        TokenCommand::List { config } => {
            let db = Db::open(&Config::read(&config)?.database).await?;
            for one in token::list(&db).await? {
                let state = match one.revoked_at {
                    Some(at) => format!("revoked {at}"),
                    None if one.expires_at < now => format!("expired {}", one.expires_at),
                    None => format!("until {}", one.expires_at),
                };
                say::line(&format!("{} {} {} {state}", one.name, one.kind, one.bearer));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn population(path: &Path, seed: u64, cases: u64) -> anyhow::Result<ExitCode> {
    let config = Config::read(path)?;
    if !config.test_numbers {
        bail!("a made-up population needs test_numbers = true: real and made-up people never mix");
    }
    let clock = Clock::System;
    let (db, vault) = open_migrated(&config, &clock).await?;
    let zone = jiff::tz::TimeZone::get(&config.time_zone)?;
    let bar = say::bar(cases, "Cases");
    let plan = Plan { seed, cases, cities: 1, now: clock.now(), zone };
    let filled = population::fill(&db, &vault, &plan, |done| bar.set_position(done)).await?;
    let seconds = bar.elapsed().as_secs_f64();
    bar.finish_and_clear();
    let rate = if seconds > 0.0 { cases as f64 / seconds } else { 0.0 };
    say::line(&format!(
        "{} open cases, {} persons, {} staff in {seconds:.1} s ({rate:.0} cases a second).",
        filled.cases, filled.persons, filled.staff
    ));
    Ok(ExitCode::SUCCESS)
}
