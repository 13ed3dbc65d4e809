//! The set-up of one installation, read from a TOML file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use onedoor_domain::office::Role;
use onedoor_domain::secrecy::own::Assurance;
use serde::Deserialize;
use thiserror::Error;

/// One installation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `postgres://…`, or the path of a SQLite file.
    pub database: String,
    /// Where to listen.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// The address people use, as `https://onedoor.example`; needed off loopback.
    #[serde(default)]
    pub public_url: Option<String>,
    /// The time zone of the offices.
    #[serde(default = "default_zone")]
    pub time_zone: String,
    /// The country profile: `no` or `se`.
    #[serde(default = "default_country")]
    pub country: String,
    /// Whether identity numbers of the synthetic series are taken. A real site
    /// says no; a site that says yes refuses real ones.
    #[serde(default)]
    pub test_numbers: bool,
    /// The file with the 32 secret bytes that seal the journal.
    pub journal_key_file: PathBuf,
    /// The folder of the keyring that seals personal data; `keys` beside the
    /// journal key when not named.
    #[serde(default)]
    pub key_folder: Option<PathBuf>,
    /// The file with the 32 secret bytes that seal the keyring. When not named,
    /// the environment variable `ONEDOOR_KEY`, or else `installation.key` beside
    /// the journal key.
    #[serde(default)]
    pub installation_key_file: Option<PathBuf>,
    /// Where staff sign in.
    #[serde(default)]
    pub sign_in: Option<SignIn>,
    /// Where the people who are served sign in, to their own page.
    #[serde(default)]
    pub residents: Option<Residents>,
    /// Where the journal's lines are sent on to.
    #[serde(default)]
    pub siem: Option<Siem>,
    /// Who signs the daily checkpoints of the journal, and where they are laid.
    #[serde(default)]
    pub checkpoint: Option<CheckpointSetUp>,
    /// How much one worker may ask for in a minute and an hour.
    #[serde(default)]
    pub limits: Limits,
    /// Counts of people below this are shown as "fewer than" it.
    #[serde(default = "default_least_count")]
    pub least_count: i64,
}

/// The identity provider of the residents: ID-porten, BankID, Freja or another
/// that knows identity numbers and says how sure it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Residents {
    /// The issuer, whose discovery document is read.
    pub issuer: String,
    /// The client's name there.
    pub client_id: String,
    /// The file with the client's secret.
    pub client_secret_file: PathBuf,
    /// Scopes asked for besides `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The claim with the identity number: `pid`, `personnummer`, ...
    #[serde(default = "default_number_claim")]
    pub number_claim: String,
    /// Values of `acr` that stand for a high level of assurance.
    pub acr_high: Vec<String>,
    /// Values of `acr` that stand for a substantial level; all others are refused.
    #[serde(default)]
    pub acr_substantial: Vec<String>,
    /// Whether the provider is told the visitor's language (`ui_locales`).
    #[serde(default)]
    pub tell_language: bool,
}

impl Residents {
    /// How sure the provider says it is; none for a value that is not listed.
    #[must_use]
    pub fn assurance(&self, acr: Option<&str>) -> Option<Assurance> {
        let acr = acr?;
        let listed = |list: &[String]| list.iter().any(|one| one == acr);
        if listed(&self.acr_high) {
            Some(Assurance::High)
        } else if listed(&self.acr_substantial) {
            Some(Assurance::Substantial)
        } else {
            None
        }
    }
}

/// The site's security log (SIEM), which takes CEF over syslog.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Siem {
    /// Host and port.
    pub address: String,
    /// How the lines travel.
    #[serde(default)]
    pub protocol: Protocol,
    /// The vendor named in each line: the site's own name.
    #[serde(default = "default_vendor")]
    pub vendor: String,
    /// The name of this machine in each line.
    #[serde(default = "default_host")]
    pub host: String,
    /// The certificates (PEM) of the authority that vouches for the receiver; needed for
    /// `tls` and for nothing else. The machine's own list of authorities is not asked: a
    /// security log is the site's own.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// How the lines of the journal travel.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// A stream: a line is taken or sent again.
    #[default]
    Tcp,
    /// Datagrams: nobody says whether they came.
    Udp,
    /// A stream over TLS (RFC 5425), to a receiver that `ca_file` vouches for.
    Tls,
}

/// The daily checkpoints of the journal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointSetUp {
    /// The file with the 32 secret bytes that sign, made by `onedoor journal key`.
    pub key_file: PathBuf,
    /// The folder where they are laid for outsiders to fetch.
    pub folder: PathBuf,
}

/// How often something may be asked for: in a minute and in an hour.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// In a minute.
    pub minute: u32,
    /// In an hour.
    pub hour: u32,
}

/// What one worker may ask for: far more than a real day, far less than a copy
/// of the register. docs/operations.md says how the numbers were found.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Searches for a person.
    pub search: Limit,
    /// Pages of a person, a case or a visit.
    pub open: Limit,
    /// Acts that look a person up by their number.
    pub look_up: Limit,
    /// Arrivals at one office's kiosks together.
    pub kiosk: Limit,
    /// Beginnings of a sign-in from one address.
    pub sign_in: Limit,
    /// Beginnings of a sign-in together, when addresses are not known.
    pub sign_in_all: Limit,
    /// The header in which the proxy names the address of the caller; it is
    /// believed from loopback only.
    pub address_header: Option<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            search: Limit { minute: 30, hour: 240 },
            open: Limit { minute: 60, hour: 480 },
            look_up: Limit { minute: 30, hour: 240 },
            kiosk: Limit { minute: 60, hour: 600 },
            sign_in: Limit { minute: 30, hour: 300 },
            sign_in_all: Limit { minute: 1200, hour: 36_000 },
            address_header: None,
        }
    }
}

fn default_number_claim() -> String {
    "pid".into()
}

impl Limits {
    /// No limits that anybody could meet: to measure with.
    #[must_use]
    pub fn none() -> Self {
        let open = Limit { minute: 10_000_000, hour: 100_000_000 };
        Self {
            search: open,
            open,
            look_up: open,
            kiosk: open,
            sign_in: open,
            sign_in_all: open,
            address_header: None,
        }
    }
}

fn default_vendor() -> String {
    "Onedoor".into()
}

fn default_host() -> String {
    "-".into()
}

/// The smallest count of people that is shown where the set-up says nothing.
pub const LEAST_COUNT: i64 = 5;

fn default_least_count() -> i64 {
    LEAST_COUNT
}

/// The identity provider of the staff.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The issuer, whose discovery document is read.
    pub issuer: String,
    /// The client's name there.
    pub client_id: String,
    /// The file with the client's secret.
    pub client_secret_file: PathBuf,
    /// Scopes asked for besides `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// How claims become a member of staff.
    #[serde(default)]
    pub claims: Claims,
}

/// Which claims carry what. A claim that is named must agree with the office
/// set-up, so that a worker moved at the provider does not keep old sight.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The claim with the worker's e-mail address. `email` when not named.
    #[serde(default)]
    pub email: Option<String>,
    /// The claim with the agency's code.
    #[serde(default)]
    pub agency: Option<String>,
    /// The claim with the unit's code.
    #[serde(default)]
    pub unit: Option<String>,
    /// The claim with the role.
    #[serde(default)]
    pub role: Option<String>,
    /// What the provider calls each role, where it differs from ours.
    #[serde(default)]
    pub role_names: BTreeMap<String, String>,
}

impl Claims {
    /// Our role for the provider's name of it.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<Role> {
        Role::parse(self.role_names.get(name).map_or(name, String::as_str))
    }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn default_zone() -> String {
    "Europe/Oslo".into()
}

fn default_country() -> String {
    "no".into()
}

/// Why a set-up cannot be used.
#[derive(Debug, Error)]
pub enum ConfigFault {
    /// A file cannot be read.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The set-up is not understood.
    #[error("{0}: {1}")]
    Syntax(PathBuf, String),
    /// The journal key is not 32 bytes.
    #[error("{0}: the journal key must be exactly 32 bytes")]
    Key(PathBuf),
    /// The time zone is unknown.
    #[error("time_zone: `{0}` is no time zone")]
    Zone(String),
    /// The country is unknown.
    #[error("country: `{0}` is neither `no` nor `se`")]
    Country(String),
}

/// Reads a whole file.
///
/// # Errors
/// When it cannot be read.
pub fn read_file(path: &Path) -> Result<Vec<u8>, ConfigFault> {
    std::fs::read(path).map_err(|error| ConfigFault::File(path.to_owned(), error))
}

impl Config {
    /// Reads the set-up.
    ///
    /// # Errors
    /// When the file is missing or holds something that is not understood.
    pub fn read(path: &Path) -> Result<Self, ConfigFault> {
        let bytes = read_file(path)?;
        let text = String::from_utf8_lossy(&bytes);
        toml::from_str(&text)
            .map_err(|error| ConfigFault::Syntax(path.to_owned(), error.to_string()))
    }

    /// The 32 bytes that seal the journal.
    ///
    /// # Errors
    /// When the file is missing or of another length.
    pub fn journal_key(&self) -> Result<[u8; 32], ConfigFault> {
        read_file(&self.journal_key_file)?
            .try_into()
            .map_err(|_| ConfigFault::Key(self.journal_key_file.clone()))
    }

    /// The folder of the keyring.
    #[must_use]
    pub fn key_folder_path(&self) -> PathBuf {
        let beside = || self.journal_key_file.with_file_name("keys");
        self.key_folder.clone().unwrap_or_else(beside)
    }

    /// The file of the installation key.
    #[must_use]
    pub fn installation_key_path(&self) -> PathBuf {
        let beside = || self.journal_key_file.with_file_name("installation.key");
        self.installation_key_file.clone().unwrap_or_else(beside)
    }

    /// Whether people reach it over a wire that others can listen on; cookies
    /// are then sent over TLS only.
    #[must_use]
    pub fn is_off_loopback(&self) -> bool {
        !self.listen.ip().is_loopback()
            || self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}
