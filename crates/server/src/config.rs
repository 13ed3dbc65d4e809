//! The set-up of one installation, read from a TOML file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use onedoor_domain::office::Role;
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
    /// Where staff sign in.
    #[serde(default)]
    pub sign_in: Option<SignIn>,
    /// Counts of people below this are shown as "fewer than" it.
    #[serde(default = "default_least_count")]
    pub least_count: i64,
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

    /// Whether people reach it over a wire that others can listen on; cookies
    /// are then sent over TLS only.
    #[must_use]
    pub fn is_off_loopback(&self) -> bool {
        !self.listen.ip().is_loopback()
            || self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}
