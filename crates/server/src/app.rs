//! What one running server holds.

use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use onedoor_domain::person::Country;
use thiserror::Error;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::{Config, ConfigFault};
use crate::db::{Db, DbError, Pending};
use crate::journal::Journal;
use crate::keys::{KeyFault, Vault};
use crate::message::{Outbox, Sender};
use crate::reception::Pulse;
use crate::sign_in::Provider;
use crate::walls::{BookFault, Walls};

/// Whether this is a demonstration, where anyone on this machine may be anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Personas instead of sign-in; loopback only.
    Demo,
    /// Real.
    Real,
}

/// A running server's parts. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The set-up.
    pub config: Config,
    /// Demonstration or real.
    pub mode: Mode,
    /// The time zone of the offices.
    pub zone: TimeZone,
    /// The country profile.
    pub country: Country,
    /// The journal.
    pub journal: Journal,
    /// The policy packs, and which of them holds where.
    pub walls: Walls,
    /// The keyring of personal data.
    pub vault: Vault,
    /// Tells live queues that something changed.
    pub pulse: Pulse,
    /// What each worker has asked for lately.
    pub meters: crate::web::Meters,
    /// Whom a change of law concerns, counted once a month.
    pub counted: crate::question::Counted,
    /// How messages leave.
    pub sender: Box<dyn Sender>,
    /// The identity provider, where one is set up.
    pub provider: Option<Provider>,
    /// The identity provider of the residents, where one is set up.
    pub residents: Option<Provider>,
    /// Renders the metrics, where a recorder is installed.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Why a server does not start.
#[derive(Debug, Error)]
pub enum StartFault {
    /// The set-up.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The schema does not fit this program.
    #[error("the database is not up to this program ({0:?}): run `onedoor migrate`")]
    Schema(Pending),
    /// The keys of personal data.
    #[error(transparent)]
    Keys(#[from] KeyFault),
    /// A demonstration would be reachable from outside.
    #[error("demonstration mode listens on loopback only")]
    DemoOffLoopback,
    /// The policy packs.
    #[error("the policy packs: {0}")]
    Packs(#[from] BookFault),
    /// Real mode needs a way to sign in.
    #[error("no [sign_in] is set up: nobody could sign in")]
    NoSignIn,
    /// The identity provider.
    #[error("the identity provider: {0}")]
    Provider(String),
}

impl App {
    /// Puts the parts together and checks that they fit. Nothing here grows
    /// with the amount of data.
    ///
    /// # Errors
    /// See [`StartFault`].
    pub async fn start(config: Config, mode: Mode, clock: Clock) -> Result<Self, StartFault> {
        if mode == Mode::Demo && !config.listen.ip().is_loopback() {
            return Err(StartFault::DemoOffLoopback);
        }
        let zone = TimeZone::get(&config.time_zone)
            .map_err(|_| ConfigFault::Zone(config.time_zone.clone()))?;
        let country: Country =
            config.country.parse().map_err(|_| ConfigFault::Country(config.country.clone()))?;
        let journal = Journal::new(config.journal_key()?);
        let db = Db::open(&config.database).await?;
        match db.pending().await? {
            Pending::Nothing => {}
            pending => return Err(StartFault::Schema(pending)),
        }
        let walls = Walls::open(&db, country, clock.now()).await?;
        let vault = Vault::open(&config)?;
        vault.check(&db).await?;
        vault.settle(&db).await?;
        crate::consent::bring_shipped(&db, clock.now()).await?;
        crate::assessment::bring_shipped(&db, clock.now()).await?;
        let provider = match (&config.sign_in, mode) {
            (Some(sign_in), _) => Some(Provider::new(sign_in)?),
            (None, Mode::Demo) => None,
            (None, Mode::Real) => return Err(StartFault::NoSignIn),
        };
        let residents = config.residents.as_ref().map(Provider::residents).transpose()?;
        let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder().ok();
        let pulse = Pulse::default();
        Ok(Self(Arc::new(Parts {
            db,
            clock,
            config,
            mode,
            zone,
            country,
            journal,
            walls,
            vault,
            pulse,
            meters: crate::web::Meters::default(),
            counted: crate::question::Counted::default(),
            sender: Box::new(Outbox),
            provider,
            residents,
            metrics,
        })))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The day that it is at the offices.
    #[must_use]
    pub fn today(&self) -> Date {
        self.day(self.now())
    }

    /// The day of an instant at the offices.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}

/// The first day of a month and the instant at which it begins at the offices. Counts over
/// several agencies tell how it was then, so that nobody reads from them what a change of
/// today did (REQ-INFO-01).
#[must_use]
pub fn month_of(zone: &TimeZone, day: Date) -> (Date, Timestamp) {
    let first = day.first_of_month();
    let midnight = first.to_datetime(jiff::civil::Time::midnight());
    (first, zone.to_timestamp(midnight).unwrap_or(Timestamp::MIN))
}

/// A new identifier: ordered by time, so that new rows lie together on disk.
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// An identifier that is always the same for the same code: what an import
/// names twice is one thing.
#[must_use]
pub fn id_of(kind: &str, code: &str) -> Uuid {
    let hash = blake3::hash(format!("{kind}:{code}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(hash.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]));
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Random bytes for secrets, from the operating system.
#[must_use]
pub fn secret() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes);
    bytes
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of exactly this length from hexadecimal digits.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(*pair.get(at)?).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(bytes)
}
