//! The one binary: a demonstration, a real server, and what its keeper needs.

mod bench;
mod demo;
mod doctor;
mod morning;
mod offices;
mod policy;
mod say;
mod schedule;
mod tasks;
mod witness;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One door in: the joint front office of three welfare agencies.
#[derive(Parser)]
#[command(name = "onedoor", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shows everything on a made-up city, on this machine only.
    Demo {
        /// The folder for its database and keys.
        #[arg(long, default_value = "onedoor-demo")]
        folder: PathBuf,
        /// Where to listen; loopback only.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: std::net::SocketAddr,
        /// How many open cases the city has.
        #[arg(long, default_value_t = 9000)]
        cases: u64,
        /// A PostgreSQL database instead of the folder's own; it must be empty or a demonstration's.
        #[arg(long)]
        database: Option<String>,
        /// At least so many cities: to measure a country.
        #[arg(long, default_value_t = 1, hide = true)]
        cities: u64,
        /// Without limits on how much one worker may ask for: to measure.
        #[arg(long, hide = true)]
        unlimited: bool,
    },
    /// Measures a server on this machine, beside its ceilings.
    Bench {
        /// The folder for its database, kept for the next run.
        #[arg(long, default_value = "bench-data")]
        folder: PathBuf,
        /// A PostgreSQL database instead of the folder's own.
        #[arg(long)]
        database: Option<String>,
        /// How many open cases.
        #[arg(long, default_value_t = 600_000)]
        cases: u64,
        /// How many clients at once.
        #[arg(long, default_value_t = 8)]
        clients: usize,
        /// Seconds for each row.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Replays the busiest hour of a country's morning instead.
        #[arg(long)]
        morning: bool,
        /// How many receptions the country has.
        #[arg(long, default_value_t = 500, requires = "morning")]
        offices: u64,
        /// How many visits begin in an hour.
        #[arg(long, default_value_t = 60_000, requires = "morning")]
        visits: u64,
        /// How long is measured, in minutes; before it come some minutes to fill the rooms.
        #[arg(long, default_value_t = 60, requires = "morning")]
        minutes: u64,
        /// How many queue screens are connected.
        #[arg(long, default_value_t = 2000, requires = "morning")]
        screens: u64,
        /// How many wait at the reception whose screens are timed.
        #[arg(long, default_value_t = 200, requires = "morning")]
        waiting: u64,
    },
    /// Serves for real.
    Serve {
        /// The set-up, as docs/operations.md describes it.
        #[arg(long)]
        config: PathBuf,
    },
    /// Brings the database up to this program.
    Migrate {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
    },
    /// Tells what is wrong with a set-up and what to do about it.
    Doctor {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
    },
    /// Imports the offices from one file, whole or not at all.
    Import {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
        /// Only tries it.
        #[arg(long)]
        only_try: bool,
        /// The file, as docs/office-import.md describes it.
        file: PathBuf,
    },
    /// The offices of a country.
    Office {
        #[command(subcommand)]
        command: OfficeCommand,
    },
    /// The journal.
    Journal {
        #[command(subcommand)]
        command: JournalCommand,
    },
    /// The keys of personal data.
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Keep-times.
    Keeping {
        #[command(subcommand)]
        command: KeepingCommand,
    },
    /// Questions to the policy packs, and their choice.
    Policy(policy::PolicyArgs),
    /// Tokens for programs and kiosks.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Fills an empty database with a made-up population.
    Population {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
        /// The same seed makes the same people.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many open cases.
        #[arg(long, default_value_t = 9000)]
        cases: u64,
    },
}

#[derive(Subcommand)]
enum OfficeCommand {
    /// Sets up the offices of many municipalities from the files of a folder, all or none.
    Import {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
        /// Says exactly what would change and for how many people, and keeps nothing.
        #[arg(long)]
        dry_run: bool,
        /// The folder, as docs/office-import.md describes it.
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
enum JournalCommand {
    /// Reads every row and names those that were changed, removed or moved.
    Verify {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
    },
    /// Makes a key that signs checkpoints, and its public half beside it.
    Key {
        /// The file for the secret; `.pub` is put behind it for the public half.
        file: PathBuf,
    },
    /// Writes rows to a file that an outsider can check.
    Export {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
        /// The first day; from the beginning when left out.
        #[arg(long)]
        from: Option<jiff::civil::Date>,
        /// The last day; to the last checkpoint when left out.
        #[arg(long)]
        until: Option<jiff::civil::Date>,
        /// The file.
        #[arg(long)]
        out: PathBuf,
    },
    /// Checks such a file, for an outsider: no set-up, no database, no secret.
    VerifyExport {
        /// The file with the checkpoints, or the folder with them.
        #[arg(long)]
        checkpoints: PathBuf,
        /// The export.
        #[arg(long)]
        export: PathBuf,
        /// The file with the public key.
        #[arg(long)]
        public_key: PathBuf,
        /// The export is meant to be a part only.
        #[arg(long)]
        part: bool,
    },
}

#[derive(Subcommand)]
enum KeepingCommand {
    /// Does now what the night would do: deletes and locks what is over its time.
    Run {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
    },
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Gives the keyring another installation key, or slots of it other secrets.
    Rotate {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
        /// Seals the keyring with the key in this file, which is made when missing.
        #[arg(long, conflicts_with_all = ["slot", "all"])]
        new_key_file: Option<PathBuf>,
        /// Gives one slot another secret.
        #[arg(long, conflicts_with = "all", value_parser = clap::value_parser!(i64).range(0..256))]
        slot: Option<i64>,
        /// Gives every slot another secret.
        #[arg(long)]
        all: bool,
    },
    /// Fits a restored backup of the database to the keys of today.
    Restore {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes one and prints its secret, once.
    Make {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
        /// Its name, to revoke it by.
        name: String,
        /// The code of the member of staff whose rights it carries.
        #[arg(long, conflicts_with = "kiosk", required_unless_present = "kiosk")]
        staff: Option<String>,
        /// The code of the office whose kiosk it signs in.
        #[arg(long)]
        kiosk: Option<String>,
        /// How many days it holds.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: i64,
    },
    /// Revokes one at once.
    Revoke {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
        /// Its name.
        name: String,
    },
    /// Lists them, without their secrets.
    List {
        /// The set-up.
        #[arg(long)]
        config: PathBuf,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // Database calls run where they are made; a few threads more than
        // cores keep a slow one from holding up the others.
        .worker_threads(std::thread::available_parallelism().map_or(4, |n| n.get().max(4)))
        .enable_all()
        .build();
    let result =
        runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run(cli.command)));
    match result {
        Ok(code) => code,
        Err(error) => {
            say::error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo { folder, listen, cases, database, cities, unlimited } => {
            let size = demo::Size { cases, cities };
            demo::run(&folder, listen, size, database, unlimited).await
        }
        Command::Bench {
            folder,
            database,
            cases,
            clients,
            seconds,
            morning,
            offices,
            visits,
            minutes,
            screens,
            waiting,
        } => {
            bench::folder(&folder)?;
            let place = bench::Place { folder, database, cases, cities: 1 };
            if morning {
                let plan = morning::Plan { offices, visits, minutes, screens, waiting };
                return morning::run(place, plan).await;
            }
            bench::run(bench::Plan { place, clients, seconds }).await
        }
        Command::Serve { config } => tasks::serve(&config).await,
        Command::Migrate { config } => tasks::migrate(&config).await,
        Command::Doctor { config } => doctor::run(&config).await,
        Command::Import { config, only_try, file } => tasks::import(&config, &file, only_try).await,
        Command::Office { command: OfficeCommand::Import { config, dry_run, folder } } => {
            offices::import(&config, &folder, dry_run).await
        }
        Command::Journal { command } => match command {
            JournalCommand::Verify { config } => tasks::verify(&config).await,
            JournalCommand::Key { file } => witness::key(&file),
            JournalCommand::Export { config, from, until, out } => {
                witness::export(&config, from, until, &out).await
            }
            JournalCommand::VerifyExport { checkpoints, export, public_key, part } => {
                witness::verify(&checkpoints, &export, &public_key, part)
            }
        },
        Command::Keeping { command: KeepingCommand::Run { config } } => {
            tasks::keeping(&config).await
        }
        Command::Key { command: KeyCommand::Rotate { config, new_key_file, slot, all } } => {
            tasks::rotate(&config, new_key_file.as_deref(), slot, all).await
        }
        Command::Key { command: KeyCommand::Restore { config } } => tasks::restore(&config).await,
        Command::Policy(args) => policy::run(args).await,
        Command::Token { command } => tasks::token(command).await,
        Command::Population { config, seed, cases } => {
            tasks::population(&config, seed, cases).await
        }
    }
}
