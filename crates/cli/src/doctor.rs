//! What is wrong with a set-up, and what to do about it.

use std::path::Path;
use std::process::ExitCode;

use onedoor_server::config::Config;
use onedoor_server::db::{Db, Pending};
use onedoor_server::keys::Vault;
use onedoor_server::office;
use onedoor_server::sign_in::Provider;

use crate::say;

/// Collects what was found.
#[derive(Default)]
struct Findings {
    bad: u32,
}

impl Findings {
    fn good(&self, what: &str) {
        say::line(&format!("ok    {what}"));
    }

    fn bad(&mut self, what: &str, advice: &str) {
        self.bad += 1;
        say::line(&format!("WRONG {what}\n      -> {advice}"));
    }
}

pub(crate) async fn run(path: &Path) -> anyhow::Result<ExitCode> {
    let mut findings = Findings::default();
    match Config::read(path) {
        Err(error) => findings.bad(
            &format!("the set-up: {error}"),
            "see docs/operations.md for every key and an example",
        ),
        Ok(config) => {
            findings.good(&format!("the set-up {} reads", path.display()));
            basics(&config, &mut findings);
            database(&config, &mut findings).await;
            sign_in(&config, &mut findings).await;
        }
    }
    if findings.bad == 0 {
        say::line("Nothing is wrong.");
        Ok(ExitCode::SUCCESS)
    } else {
        say::line(&format!("{} things are wrong.", findings.bad));
        Ok(ExitCode::FAILURE)
    }
}

fn basics(config: &Config, findings: &mut Findings) {
    match jiff::tz::TimeZone::get(&config.time_zone) {
        Ok(_) => findings.good(&format!("time zone {}", config.time_zone)),
        Err(_) => findings.bad(
            &format!("time_zone: `{}` is unknown", config.time_zone),
            "use a name such as Europe/Oslo or Europe/Stockholm",
        ),
    }
    if !matches!(config.country.as_str(), "no" | "se") {
        findings.bad(&format!("country: `{}`", config.country), "use `no` or `se`");
    }
    match config.journal_key() {
        Ok(_) => findings.good("the journal key is there"),
        Err(error) => {
            let file = config.journal_key_file.display();
            findings.bad(
                &format!("the journal key: {error}"),
                &format!(
                    "for a new installation: head -c 32 /dev/urandom > {file}; \
                     for an old one restore it, or the journal cannot be verified"
                ),
            );
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for (file, what) in [
            (config.journal_key_file.clone(), "the journal key"),
            (config.installation_key_path(), "the installation key"),
            (config.key_folder_path().join("keyring"), "the keyring"),
        ] {
            let mode = std::fs::metadata(&file).map(|m| m.permissions().mode());
            if mode.is_ok_and(|mode| mode & 0o077 != 0) {
                findings.bad(
                    &format!("others can read {what}"),
                    &format!("chmod 600 {}", file.display()),
                );
            }
        }
    }
    match &config.public_url {
        None if config.is_off_loopback() => findings.bad(
            "public_url is missing, and the server listens beyond this machine",
            "set public_url to the https:// address that people use",
        ),
        Some(url) if !url.starts_with("https://") && !config.listen.ip().is_loopback() => {
            findings.bad("public_url is not https", "put a proxy with TLS in front");
        }
        _ => findings.good(&format!("listens on {}", config.listen)),
    }
    if config.test_numbers {
        findings.good("identity numbers of the synthetic series are taken, real ones refused");
    }
}

async fn database(config: &Config, findings: &mut Findings) {
    let is_file = !config.database.contains("://");
    if is_file && !Path::new(&config.database).exists() {
        findings.bad(
            &format!("there is no database at {}", config.database),
            "run `onedoor migrate --config FILE`",
        );
        return;
    }
    let db = match Db::open(&config.database).await {
        Ok(db) => db,
        Err(error) => {
            findings.bad(
                &format!("the database: {error}"),
                "check the address, that the server runs, and that this user may write",
            );
            return;
        }
    };
    match db.pending().await {
        Ok(Pending::Nothing) => findings.good("the database fits this program"),
        Ok(Pending::Steps(steps)) => {
            findings.bad(
                &format!("the database lacks steps {steps:?}"),
                "make a backup, then run `onedoor migrate --config FILE`",
            );
            return;
        }
        Ok(Pending::Newer(step)) => {
            findings.bad(
                &format!("the database has step {step}, which this program does not know"),
                "install the newer program",
            );
            return;
        }
        Ok(Pending::Changed(step)) => {
            findings.bad(
                &format!("step {step} was changed after it ran here"),
                "install the program that ran it",
            );
            return;
        }
        Err(error) => {
            findings.bad(&format!("the database: {error}"), "see its own log");
            return;
        }
    }
    match Vault::open(config) {
        Ok(vault) => match vault.check(&db).await {
            Ok(()) => findings.good("the keyring is there and belongs to the database"),
            Err(error) => findings.bad(
                &format!("the keys: {error}"),
                "see the part about the keys of personal data in docs/operations.md",
            ),
        },
        Err(error) => findings.bad(
            &format!("the keys: {error}"),
            "for an old installation put their copies back; for a new one run `onedoor migrate`",
        ),
    }
    match db.read().await {
        Ok(mut conn) => match office::is_empty(&mut conn).await {
            Ok(false) => findings.good("offices are set up"),
            Ok(true) => findings.bad(
                "no office is set up",
                "write the file of docs/office-import.md and run `onedoor import`",
            ),
            Err(error) => findings.bad(&format!("the offices: {error}"), "see its own log"),
        },
        Err(error) => findings.bad(&format!("the database: {error}"), "see its own log"),
    }
}

async fn sign_in(config: &Config, findings: &mut Findings) {
    let Some(set_up) = &config.sign_in else {
        findings.bad("nobody can sign in", "add [sign_in] with your OpenID Connect provider");
        return;
    };
    match Provider::new(set_up) {
        Ok(provider) => match provider.discover().await {
            Ok(_) => findings.good(&format!("the identity provider {} answers", set_up.issuer)),
            Err(error) => findings.bad(
                &format!("{error}"),
                "check `issuer`: its address plus /.well-known/openid-configuration must answer",
            ),
        },
        Err(error) => {
            findings.bad(&format!("{error}"), "write the client's secret into client_secret_file")
        }
    }
}
