//! The offices of a country, set up from a folder of files in one command.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use onedoor_server::clock::Clock;
use onedoor_server::config::Config;
use onedoor_server::journal::Journal;
use onedoor_server::network::{FolderFault, bring_in};
use onedoor_server::office::{Difference, ImportFault};

use crate::{say, tasks};

/// Reads the files of a folder that an import knows: office files and tables. What else lies in
/// it, such as a read-me, is passed over; a table of another name is refused by the import.
fn read(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("the folder {} cannot be read", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        if name.ends_with(".toml") || name.ends_with(".csv") {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read as UTF-8 text", path.display()))?;
            files.push((name, text));
        }
    }
    files.sort();
    Ok(files)
}

pub(crate) async fn import(path: &Path, folder: &Path, dry_run: bool) -> anyhow::Result<ExitCode> {
    let config = Config::read(path)?;
    let clock = Clock::System;
    let files = read(folder)?;
    let (db, _) = tasks::open_migrated(&config, &clock).await?;
    let zone = jiff::tz::TimeZone::get(&config.time_zone)?;
    let (now, today) = (clock.now(), zone.to_datetime(clock.now()).date());
    let mut tx = db.begin().await?;
    let (changed, difference) = match bring_in(&mut tx, &files, now, today).await {
        Ok(told) => told,
        Err(fault) => return refused(fault),
    };
    tell(&difference);
    if dry_run {
        say::line("Tried only; nothing was kept.");
    } else {
        let journal = Journal::new(config.journal_key()?);
        journal.note_import(&mut tx, now, changed.staff).await?;
        tx.commit().await?;
    }
    say::line(&format!(
        "{} offices, {} units, {} staff on duty, {} basic units; {} staff left.",
        changed.offices, changed.units, changed.staff, changed.basic_units, changed.left
    ));
    Ok(ExitCode::SUCCESS)
}

/// What would change, line by line, and for how many people.
pub(crate) fn tell(difference: &Difference) {
    for line in &difference.lines {
        let say = match (line.before.as_str(), line.after.as_str()) {
            ("", after) => format!("+ {} {}: {after}", line.about, line.what),
            (before, "") => format!("- {} {}: {before}", line.about, line.what),
            (before, after) => format!("~ {} {}: {before} -> {after}", line.about, line.what),
        };
        say::line(&say);
    }
    say::line(&format!(
        "{} lines change. {} staff; {} inhabitants get another unit, among them {} registered \
         persons with {} open cases and {} visits under way, which end where they began; {} booked \
         times stay where nobody they are with works any more.",
        difference.lines.len(),
        difference.staff,
        difference.inhabitants,
        difference.persons,
        difference.cases,
        difference.visits,
        difference.times
    ));
    for one in &difference.left {
        say::line(&format!("What went along with {} stays at {}.", one.office, one.at));
    }
}

/// Every fault on a line of its own, with its file and line.
fn refused(fault: FolderFault) -> anyhow::Result<ExitCode> {
    match &fault {
        FolderFault::Files(faults) => {
            for one in faults {
                say::error(&one.to_string());
            }
        }
        FolderFault::Register(faults) => {
            for one in faults {
                say::error(&format!("municipalities.csv: {one}"));
            }
        }
        FolderFault::Import(ImportFault::Lines(faults)) => {
            for one in faults {
                say::error(&one.to_string());
            }
        }
        _ => {}
    }
    bail!("{fault}; nothing was imported")
}
