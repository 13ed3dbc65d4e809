//! The demonstration: a city that does not exist, on this machine only.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use onedoor_server::app::{App, Mode, secret};
use onedoor_server::clock::Clock;
use onedoor_server::config::{CheckpointSetUp, Config, Limits};
use onedoor_server::db::Db;
use onedoor_server::db::bulk::{LOADING, state};
use onedoor_server::population::{self, Plan};

use crate::{say, tasks};

/// The city's offices, built in.
const CITY: &str = include_str!("../../../demo/city.toml");
const ARRANGEMENTS: &str = include_str!("../../../demo/arrangements.toml");
/// What its offices offer, their roll-out plan, and the municipalities of the country.
const TABLES: [(&str, &str); 3] = [
    ("municipalities.csv", include_str!("../../../demo/country/municipalities.csv")),
    ("inventory.csv", include_str!("../../../demo/city-inventory.csv")),
    ("rollout.csv", include_str!("../../../demo/city-rollout.csv")),
];
/// The same city for everybody, so that they can talk about it.
const SEED: u64 = 2004;

/// How large the demonstration is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Open cases.
    pub(crate) cases: u64,
    /// At least so many cities.
    pub(crate) cities: u64,
}

pub(crate) async fn run(
    folder: &Path,
    listen: SocketAddr,
    size: Size,
    database: Option<String>,
    unlimited: bool,
) -> anyhow::Result<ExitCode> {
    if !listen.ip().is_loopback() {
        bail!(
            "the demonstration lets anybody be anybody, so it listens on loopback only; \
             `onedoor serve` is for real use"
        );
    }
    tasks::log("warn");
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let key = folder.join("journal.key");
    if !key.exists() {
        tasks::write_secret(&key, &secret())?;
    }
    let signer = folder.join("checkpoint.key");
    if !signer.exists() {
        crate::witness::key(&signer)?;
    }
    let checkpoint = CheckpointSetUp { key_file: signer, folder: folder.join("checkpoints") };
    let database = database.unwrap_or_else(|| folder.join("onedoor.db").display().to_string());
    let listener = match tokio::net::TcpListener::bind(listen).await {
        Ok(listener) => listener,
        Err(error) => bail!(
            "{listen} cannot be used ({error}); is a demonstration running already? \
             Choose another with --listen 127.0.0.1:8081"
        ),
    };
    let config = Config {
        database: database.clone(),
        listen: listener.local_addr()?,
        public_url: None,
        time_zone: "Europe/Oslo".into(),
        country: "no".into(),
        test_numbers: true,
        journal_key_file: key,
        key_folder: None,
        installation_key_file: Some(folder.join("installation.key")),
        sign_in: None,
        residents: None,
        siem: None,
        checkpoint: Some(checkpoint),
        limits: if unlimited { Limits::none() } else { Limits::default() },
        least_count: onedoor_server::config::LEAST_COUNT,
    };
    if !database.contains("://") {
        say::line(&format!("Database: {database}"));
    }
    prepare(&config, size).await?;
    let app = App::start(config, Mode::Demo, Clock::System).await?;
    let router = onedoor_server::web::router(&app, onedoor_server::routes());
    onedoor_server::provider::demo::bring_in(&app, &router).await?;
    onedoor_server::plan::demo::bring_in(&app, &router).await?;
    onedoor_server::own::demo_mapping::bring_in(&app, &router).await?;
    onedoor_server::follow::demo::bring_in(&app, &router).await?;
    onedoor_server::refer::demo::bring_in(&app, &router).await?;
    say::line(&format!("Onedoor is open at http://{}", listener.local_addr()?));
    say::line("Stop with Ctrl-C. Start again and everything is as you left it.");
    onedoor_server::serve::serve(app, listener, tasks::stopped()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Makes and fills the database the first time; a half-filled one is made anew.
async fn prepare(config: &Config, size: Size) -> anyhow::Result<()> {
    let clock = Clock::System;
    let path = Path::new(&config.database);
    if path.exists() && is_half_filled(&config.database).await? {
        say::line("The first start was interrupted; starting over.");
        for end in ["", "-wal", "-shm"] {
            let file = format!("{}{end}", config.database);
            if Path::new(&file).exists() {
                std::fs::remove_file(&file).with_context(|| format!("{file} cannot be removed"))?;
            }
        }
    }
    let (db, vault) = tasks::open_migrated(config, &clock).await?;
    let zone = jiff::tz::TimeZone::get(&config.time_zone)?;
    let (now, today) = (clock.now(), zone.to_datetime(clock.now()).date());
    if state(&db, population::KEY).await?.is_some() {
        onedoor_server::own::demo::bring_in(&db, &vault, now, today).await?;
        population::faces::bring_in(&db, &vault, now, today).await?;
        // A city that somebody has changed may no longer take it; it opens all the same.
        if let Err(fault) = arranged(&db, &vault, (today, now)).await {
            say::line(&format!("Nothing was added to the demonstration: {fault:#}"));
        }
        return Ok(());
    }
    tasks::import_text(&db, config, &clock, CITY, "demo/city.toml", false).await?;
    let tables = TABLES.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let mut tx = db.begin().await?;
    onedoor_server::network::bring_in(&mut tx, &tables, now, today).await?;
    tx.commit().await?;
    let bar = say::bar(size.cases, "Making the city");
    let plan = Plan { seed: SEED, cases: size.cases, cities: size.cities, now: clock.now(), zone };
    let filled = population::fill(&db, &vault, &plan, |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    onedoor_server::own::demo::bring_in(&db, &vault, now, today).await?;
    arranged(&db, &vault, (today, now)).await?;
    population::faces::bring_in(&db, &vault, now, today).await?;
    say::line(&format!(
        "A city with {} open cases, {} people and {} staff.",
        filled.cases, filled.persons, filled.staff
    ));
    Ok(())
}

/// What the offices have agreed, who governs them, and where they sit: each once.
async fn arranged(
    db: &Db,
    vault: &onedoor_server::keys::Vault,
    when: (jiff::civil::Date, jiff::Timestamp),
) -> anyhow::Result<()> {
    onedoor_server::arrangement::demonstrate(db, vault, ARRANGEMENTS, when).await?;
    onedoor_server::governing::demonstrate(db, vault, when)
        .await
        .map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    onedoor_server::premises::demonstrate(db, vault, when)
        .await
        .map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    Ok(())
}

async fn is_half_filled(database: &str) -> anyhow::Result<bool> {
    let db = Db::open(database).await?;
    // A file without the table was interrupted before that: migrating goes on.
    Ok(state(&db, population::KEY).await.is_ok_and(|state| state.as_deref() == Some(LOADING)))
}
