//! What is wrong with a set-up, and what to do about it.

use std::path::Path;
use std::process::ExitCode;

use onedoor_domain::person::Country;
use onedoor_server::clock::Clock;
use onedoor_server::config::{Config, Limit, Protocol};
use onedoor_server::db::{Db, Pending};
use onedoor_server::journal::siem::tls;
use onedoor_server::keys::Vault;
use onedoor_server::office;
use onedoor_server::sign_in::Provider;
use onedoor_server::walls::Walls;

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
            residents(&config, &mut findings).await;
            siem(&config, &mut findings).await;
            checkpoint(&config, &mut findings);
            limits(&config, &mut findings);
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
    if config.least_count < 2 {
        findings.bad(
            &format!("least_count is {}: a count of one person would be shown", config.least_count),
            "leave it out (5), or set it to 2 or more",
        );
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
    walls(config, &db, findings).await;
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

/// The law of today: without a pack nothing crosses between agencies.
async fn walls(config: &Config, db: &Db, findings: &mut Findings) {
    let country = if config.country == "se" { Country::Se } else { Country::No };
    let now = Clock::System.now();
    // Nothing is written here: a database that was never served has no packs yet, and gets
    // those that ship with the program.
    let held = async {
        let walls = Walls::shipped(country)?;
        walls.refresh(db).await?;
        if walls.packs().is_empty() { Walls::shipped(country) } else { Ok(walls) }
    };
    match held.await {
        Ok(walls) => {
            let zone =
                jiff::tz::TimeZone::get(&config.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
            match walls.pack(None, zone.to_datetime(now).date()) {
                Some(pack) => {
                    findings.good(&format!("the policy pack {} holds today", pack.code()))
                }
                None => findings.bad(
                    "no policy pack holds today: nothing crosses between agencies",
                    "load one and choose it: `onedoor policy`, or the page *Rules for sharing*",
                ),
            }
        }
        Err(error) => findings.bad(
            &format!("the policy packs: {error}"),
            "a pack that was used is never changed: put its text back, or give it a new version",
        ),
    }
}

async fn residents(config: &Config, findings: &mut Findings) {
    let Some(set_up) = &config.residents else {
        findings.good("no [residents]: those who are served have no own page");
        return;
    };
    match Provider::residents(set_up) {
        Ok(provider) => match provider.discover().await {
            Ok(_) => {
                findings
                    .good(&format!("the residents' identity provider {} answers", set_up.issuer));
            }
            Err(error) => findings.bad(
                &format!("[residents]: {error}"),
                "check `residents.issuer`: its discovery document must answer",
            ),
        },
        Err(error) => findings.bad(
            &format!("[residents]: {error}"),
            "write the client's secret into residents.client_secret_file",
        ),
    }
    if set_up.acr_high.is_empty() && set_up.acr_substantial.is_empty() {
        findings.bad(
            "[residents]: no value of `acr` is listed, so everybody is refused",
            "list the provider's values in residents.acr_high and acr_substantial",
        );
    }
}

async fn siem(config: &Config, findings: &mut Findings) {
    let Some(siem) = &config.siem else { return };
    let answered = match siem.protocol {
        Protocol::Udp => tokio::net::lookup_host(&siem.address).await.map(|_| ()),
        Protocol::Tcp => tokio::net::TcpStream::connect(&siem.address).await.map(|_| ()),
        Protocol::Tls => {
            async {
                let (connector, name) = tls(siem)?;
                let stream = tokio::net::TcpStream::connect(&siem.address).await?;
                connector.connect(name, stream).await.map(|_| ())
            }
            .await
        }
    };
    match answered {
        Ok(()) => findings.good(&format!("the security log {} answers", siem.address)),
        Err(error) => findings.bad(
            &format!("the security log {}: {error}", siem.address),
            "check siem.address, siem.protocol and, for tls, siem.ca_file",
        ),
    }
    if siem.protocol != Protocol::Tls && !is_near(&siem.address) {
        findings.bad(
            "the security log is beyond this machine and gets its lines in the open",
            "set siem.protocol to tls and name siem.ca_file",
        );
    }
}

fn is_near(address: &str) -> bool {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn checkpoint(config: &Config, findings: &mut Findings) {
    let Some(set_up) = &config.checkpoint else {
        findings.good("no [checkpoint]: outsiders cannot check the journal");
        return;
    };
    match std::fs::read(&set_up.key_file).map(|bytes| bytes.len()) {
        Ok(32) => findings.good("the key that signs checkpoints is there"),
        Ok(_) => findings.bad(
            "checkpoint.key_file is not 32 bytes",
            "put its copy back; for a new one run `onedoor journal key FILE`",
        ),
        Err(error) => findings.bad(
            &format!("checkpoint.key_file: {error}"),
            "put its copy back; for a new one run `onedoor journal key FILE`",
        ),
    }
    // It is made with the first checkpoint where it is not there.
    if set_up.folder.exists() && !set_up.folder.is_dir() {
        findings.bad(
            &format!("checkpoint.folder {} is no folder", set_up.folder.display()),
            "name a folder that the server may write to",
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&set_up.key_file).map(|m| m.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            findings.bad(
                "others can read the key that signs checkpoints",
                &format!("chmod 600 {}", set_up.key_file.display()),
            );
        }
    }
}

fn limits(config: &Config, findings: &mut Findings) {
    let it = &config.limits;
    let all: [(&str, Limit); 6] = [
        ("search", it.search),
        ("open", it.open),
        ("look_up", it.look_up),
        ("kiosk", it.kiosk),
        ("sign_in", it.sign_in),
        ("sign_in_all", it.sign_in_all),
    ];
    for (name, limit) in all {
        if limit.minute == 0 || limit.hour < limit.minute {
            findings.bad(
                &format!(
                    "limits.{name}: {} in a minute and {} in an hour",
                    limit.minute, limit.hour
                ),
                "at least one in a minute, and no fewer in an hour than in a minute",
            );
        }
    }
}
