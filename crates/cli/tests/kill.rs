//! The binary as its keeper meets it: what it says about a wrong set-up, and
//! what is left when it is killed in the middle of its work.
#![cfg(test)]
#![cfg(test)]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

#[path = "../../server/tests/house/support/postgres.rs"]
mod postgres;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use onedoor_server::db::{Db, FromValue};
use serde_json::{Value, json};

/// A front worker of the demonstration city.
const WORKER: &str = "heimdal-08";
const PATIENCE: Duration = Duration::from_secs(20);
const CLIENTS: i64 = 8;
const ROUNDS: i64 = 3;

fn city() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/city.toml")
}

/// An installation in a folder of its own.
struct Site {
    folder: tempfile::TempDir,
    port: u16,
    database: String,
}

impl Site {
    /// A set-up in which nothing is wrong; the database is a file, or given.
    fn new(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = folder.path().join("onedoor.db").display().to_string();
        let site = Self { folder, port, database: database.unwrap_or(file) };
        for (name, content) in [("journal.key", [7_u8; 32].as_slice()), ("client", b"secret")] {
            std::fs::write(site.path(name), content).unwrap();
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(site.path(name), private).unwrap();
        }
        // The provider is asked at the first sign-in only.
        site.set_up(&site.text("http://127.0.0.1:9"));
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, issuer: &str) -> String {
        format!(
            "database = {:?}\nlisten = \"127.0.0.1:{}\"\ntest_numbers = true\n\
             journal_key_file = {:?}\n\n[sign_in]\nissuer = {issuer:?}\n\
             client_id = \"onedoor\"\nclient_secret_file = {:?}\n\n\
             [limits]\nlook_up = {{ minute = 1000000, hour = 1000000 }}\n\
             open = {{ minute = 1000000, hour = 1000000 }}\n",
            self.database,
            self.port,
            self.path("journal.key"),
            self.path("client"),
        )
    }

    fn set_up(&self, text: &str) {
        std::fs::write(self.path("onedoor.toml"), text).unwrap();
    }

    /// Runs a command of the binary on this set-up.
    fn run(&self, command: &str, more: &[&str]) -> Output {
        let mut all = Command::new(env!("CARGO_BIN_EXE_onedoor"));
        all.args(command.split(' ')).arg("--config").arg(self.path("onedoor.toml")).args(more);
        all.output().unwrap()
    }

    #[track_caller]
    fn ok(&self, command: &str, more: &[&str]) -> String {
        let done = self.run(command, more);
        assert!(done.status.success(), "{command}: {}", said(&done));
        String::from_utf8(done.stdout).unwrap()
    }

    #[track_caller]
    fn refused(&self, command: &str, more: &[&str]) -> String {
        let done = self.run(command, more);
        assert!(!done.status.success(), "{command} went through: {}", said(&done));
        said(&done)
    }

    fn with_city(database: Option<String>) -> Self {
        let site = Self::new(database);
        site.ok("migrate", &[]);
        site.ok("import", &[&city().display().to_string()]);
        site
    }

    fn serve(&self) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_onedoor"))
            .arg("serve")
            .arg("--config")
            .arg(self.path("onedoor.toml"))
            .env("ONEDOOR_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        assert!(line.contains("is open at"), "it did not start: {line}");
        Server(child)
    }

    async fn one<T: FromValue>(&self, sql: &str) -> T {
        let db = Db::open(&self.database).await.unwrap();
        let mut conn = db.read().await.unwrap();
        let rows = conn.text_rows(sql).await.unwrap();
        rows.into_iter().next().unwrap_or_else(|| panic!("no row: {sql}")).get(0).unwrap()
    }
}

fn said(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    write!(text, "{}", String::from_utf8_lossy(&output.stderr)).unwrap();
    text
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A running server, killed without a word when it is dropped.
struct Server(Child);

impl Server {
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

// ---------------------------------------------------------------------- kill

struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    fn new(site: &Site, token: &str) -> Self {
        onedoor_server::sign_in::install_crypto();
        let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        let base = format!("http://127.0.0.1:{}/api/v1", site.port);
        Self { http, base, token: token.trim().to_owned() }
    }

    /// Checks somebody in. The identifier is the server's word that it is kept.
    async fn check_in(&self) -> Option<String> {
        let form = json!({ "need": ["work", "income"], "account": "Lost the job" });
        let path = format!("{}/reception/check-in", self.base);
        let sent = self.http.post(path).bearer_auth(&self.token).json(&form).send().await.ok()?;
        if sent.status() != reqwest::StatusCode::OK {
            return None;
        }
        let done: Value = sent.json().await.ok()?;
        let location = done["location"].as_str()?;
        Some(location.rsplit('/').next()?.to_owned())
    }

    async fn is_there(&self, visit: &str) -> bool {
        let path = format!("{}/visits/{visit}", self.base);
        let seen = self.http.get(path).bearer_auth(&self.token).send().await.unwrap();
        seen.status() == reqwest::StatusCode::OK
    }
}

/// Eight clients check visitors in until the server is killed under them.
async fn load(site: &Site, token: &str, server: Server) -> Vec<String> {
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let client = Client::new(site, token);
        clients.spawn(async move {
            let mut kept = Vec::new();
            while let Some(id) = client.check_in().await {
                kept.push(id);
            }
            kept
        });
    }
    tokio::time::sleep(Duration::from_millis(800)).await;
    server.kill();
    clients.join_all().await.concat()
}

fn killed_under_load(database: Option<String>) {
    let site = Site::with_city(database);
    let token = site.ok("token make", &["load", "--staff", WORKER]);
    let mut kept: Vec<String> = Vec::new();
    for _ in 0..ROUNDS {
        let server = site.serve();
        kept.extend(runtime().block_on(load(&site, &token, server)));
    }
    assert!(kept.len() > 30, "{} check-ins are no load", kept.len());
    let unique: BTreeSet<&String> = kept.iter().collect();
    assert_eq!(unique.len(), kept.len(), "no identifier is given twice");
    let server = site.serve();
    runtime().block_on(async {
        let client = Client::new(&site, &token);
        for id in &kept {
            assert!(client.is_there(id).await, "{id} was acknowledged and is gone");
        }
    });
    server.kill();
    runtime().block_on(async {
        let visits: i64 = site.one("select count(*) from visit").await;
        let kept = i64::try_from(kept.len()).unwrap();
        // At a kill each client may have had one that it never heard about.
        let most = kept + CLIENTS * ROUNDS;
        assert!((kept..=most).contains(&visits), "{visits} visits, {kept} kept");
        for (whole, sql) in [
            (
                "has its first event",
                "select count(*) from visit v where not exists (select 1 from visit_event e \
                 where e.visit_id = v.id and e.kind = 'arrived')",
            ),
            (
                "concerns its two agencies",
                "select count(*) from visit v where 2 <> (select count(*) from visit_agency a \
                 where a.visit_id = v.id)",
            ),
            (
                "is in the journal",
                "select count(*) from visit v where not exists (select 1 from journal j \
                 where j.subject_kind = 'visit' and j.subject_id = v.id \
                 and j.act = 'reception.check_in')",
            ),
            (
                "has a number of its own",
                "select count(*) from visit v where exists (select 1 from visit o \
                 where o.ticket = v.ticket and o.id <> v.id)",
            ),
        ] {
            let broken: i64 = site.one(sql).await;
            assert_eq!(broken, 0, "every visit {whole}");
        }
        let more: i64 = site
            .one(
                "select count(*) from journal j where j.act = 'reception.check_in' \
                 and j.subject_kind = 'visit' \
                 and not exists (select 1 from visit v where v.id = j.subject_id)",
            )
            .await;
        assert_eq!(more, 0, "the journal tells of nothing that did not happen");
    });
    let verified = site.ok("journal verify", &[]);
    assert!(verified.contains("nothing changed, removed or moved"), "{verified}");
}

/// Killed three times under load, the server has every visit that it
/// acknowledged, none by halves, and its journal verifies. On SQLite.
#[test]
fn kill_under_load_loses_no_acknowledged_write_on_sqlite() {
    killed_under_load(None);
}

/// The same on PostgreSQL, where it is installed.
#[test]
fn kill_under_load_loses_no_acknowledged_write_on_postgres() {
    match postgres::cluster() {
        Some(cluster) => killed_under_load(Some(cluster.create("kill", None))),
        None => assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI must not skip: PostgreSQL is not installed"
        ),
    }
}

// -------------------------------------------------------------------- doctor

/// An identity provider that answers for its discovery document and keys, and
/// nothing else.
fn issuer() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let document = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/auth"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
    .to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut begin = [0; 2048];
            let read = stream.read(&mut begin).unwrap_or(0);
            let keys = String::from_utf8_lossy(&begin[..read]).starts_with("GET /keys");
            let body = if keys { "{\"keys\":[]}" } else { &document };
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    base
}

/// The doctor names each thing that is wrong, says what to do about it, and
/// fails; when all is well it says so and succeeds.
#[test]
fn the_doctor_names_what_is_wrong() {
    let site = Site::new(None);
    let told = site.refused("doctor", &[]);
    assert!(told.contains("there is no database") && told.contains("onedoor migrate"), "{told}");
    site.ok("migrate", &[]);
    let told = site.refused("doctor", &[]);
    assert!(told.contains("no office is set up"), "{told}");
    site.ok("import", &[&city().display().to_string()]);
    let told = site.refused("doctor", &[]);
    assert!(told.contains("check `issuer`") && told.contains("1 things are wrong"), "{told}");
    site.set_up(&site.text(&issuer()));
    let told = site.ok("doctor", &[]);
    assert!(told.contains("Nothing is wrong.") && !told.contains("WRONG"), "{told}");
    assert!(told.contains("the policy pack no-2022 holds today"), "{told}");

    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(site.path("journal.key"), open).unwrap();
    let right = site.text(&issuer());
    let far = right.replace("127.0.0.1:", "0.0.0.0:");
    let table = [
        (right.clone(), vec!["others can read the journal key", "chmod 600"]),
        (right.replace("journal.key", "lost.key"), vec!["lost.key", "head -c 32 /dev/urandom"]),
        (format!("time_zone = \"Europe/Nowhere\"\n{right}"), vec!["time_zone", "Europe/Oslo"]),
        (format!("country = \"dk\"\n{right}"), vec!["country", "`no` or `se`"]),
        (right.replace("listen", "lisen"), vec!["onedoor.toml", "lisen"]),
        (right.split("[sign_in]").next().unwrap().into(), vec!["nobody can sign in"]),
        (right.replace("/client\"", "/none\""), vec!["client_secret_file"]),
        (far, vec!["public_url is missing"]),
        (
            format!("{right}\n[siem]\naddress = \"127.0.0.1:1\"\nprotocol = \"tls\"\n"),
            vec!["the security log", "siem.ca_file is not named"],
        ),
        (
            format!("{right}\n[siem]\naddress = \"127.0.0.1:1\"\n"),
            vec!["the security log 127.0.0.1:1", "check siem.address"],
        ),
        (
            format!("{right}\n[siem]\naddress = \"192.0.2.7:514\"\nprotocol = \"udp\"\n"),
            vec!["in the open", "siem.protocol to tls"],
        ),
        (
            format!("{right}\n[checkpoint]\nkey_file = \"nowhere.key\"\nfolder = \"x\"\n"),
            vec!["checkpoint.key_file", "onedoor journal key"],
        ),
        (
            right.replace(
                "open = { minute = 1000000, hour = 1000000 }",
                "open = { minute = 60, hour = 6 }",
            ),
            vec!["limits.open: 60 in a minute and 6 in an hour"],
        ),
        (format!("least_count = 1\n{right}"), vec!["least_count is 1"]),
        (
            format!(
                "{right}\n[residents]\nissuer = \"http://127.0.0.1:9\"\nclient_id = \"a\"\n\
                 client_secret_file = \"none\"\nacr_high = []\n"
            ),
            vec!["[residents]", "everybody is refused"],
        ),
        (String::new(), vec!["missing field `database`"]),
    ];
    for (text, words) in table {
        site.set_up(&text);
        let told = site.refused("doctor", &[]);
        for word in words {
            assert!(told.contains(word), "no `{word}` in: {told}");
        }
    }
}

/// A server starts only on a set-up that fits: it says what is missing instead
/// of failing at the first visitor.
#[test]
fn a_server_does_not_start_on_what_does_not_fit() {
    let site = Site::new(None);
    let told = site.refused("serve", &[]);
    assert!(told.contains("run `onedoor migrate`"), "{told}");
    site.ok("migrate", &[]);
    let whole = site.text("http://127.0.0.1:9");
    site.set_up(whole.split("[sign_in]").next().unwrap());
    let told = site.refused("serve", &[]);
    assert!(told.contains("nobody could sign in"), "{told}");
    site.set_up(&whole.replace("127.0.0.1:", "0.0.0.0:"));
    let told = site.refused("serve", &[]);
    assert!(told.contains("public_url"), "{told}");
}

// --------------------------------------------------------------------- tasks

/// A token is shown once, listed without its secret, and revoked by its name.
#[test]
fn tokens_are_made_listed_and_revoked() {
    let site = Site::with_city(None);
    let secret = site.ok("token make", &["board", "--staff", WORKER, "--days", "3"]);
    let secret = secret.trim();
    assert!(secret.starts_with("od_") && secret.len() > 60, "{secret}");
    site.ok("token make", &["door", "--kiosk", "heimdal"]);
    let listed = site.ok("token list", &[]);
    assert!(listed.contains("board client") && listed.contains("door kiosk"), "{listed}");
    assert!(!listed.contains(secret) && listed.matches("until").count() == 2, "{listed}");
    let told = site.refused("token make", &["board", "--staff", WORKER]);
    assert!(told.contains("already there"), "{told}");
    let told = site.refused("token make", &["other", "--staff", "nobody-01"]);
    assert!(told.contains("nobody-01"), "{told}");
    site.refused("token make", &["third"]);
    site.ok("token revoke", &["board"]);
    let listed = site.ok("token list", &[]);
    assert!(listed.contains("revoked"), "{listed}");
    let told = site.refused("token revoke", &["board"]);
    assert!(told.contains("no token of this name is in force"), "{told}");
}

/// The keeper changes the installation key and the secrets of the keyring by
/// command, and whoever lacks the key of today opens nothing.
#[test]
fn keys_are_rotated_by_command() {
    let site = Site::new(None);
    site.ok("migrate", &[]);
    site.ok("population", &["--cases", "60"]);
    site.refused("key rotate", &[]);
    let told = site.ok("key rotate", &["--slot", "3"]);
    assert!(told.contains("1 slots"), "{told}");
    let told = site.ok("key rotate", &["--all"]);
    assert!(told.contains("256 slots"), "{told}");
    let generations: i64 =
        runtime().block_on(site.one("select count(*) from subject_key where generation = 1"));
    assert_eq!(generations, 0, "every key is wrapped anew");
    let told = site.ok("key restore", &[]);
    assert!(told.contains("0 keys fitted"), "{told}");
    let new = site.path("new.key").display().to_string();
    site.ok("key rotate", &["--new-key-file", &new]);
    let told = site.refused("key rotate", &["--slot", "3"]);
    assert!(told.contains("not the one that the keyring was sealed with"), "{told}");
    site.set_up(&format!("installation_key_file = {new:?}\n{}", site.text("http://127.0.0.1:9")));
    site.ok("key rotate", &["--slot", "3"]);
    // A lost keyring is never replaced by a new one.
    std::fs::remove_file(site.path("keys/keyring")).unwrap();
    let told = site.refused("migrate", &[]);
    assert!(told.contains("the keyring cannot be opened"), "{told}");
}

/// The installation key may come through the environment: then no file holds it,
/// and without it, or with another, nothing opens.
#[test]
fn the_installation_key_may_come_through_the_environment() {
    let site = Site::new(None);
    let run = |command: &str, key: Option<&str>| {
        let mut all = Command::new(env!("CARGO_BIN_EXE_onedoor"));
        all.args(command.split(' ')).arg("--config").arg(site.path("onedoor.toml"));
        if let Some(key) = key {
            all.env("ONEDOOR_KEY", key);
        }
        let done = all.output().unwrap();
        (done.status.success(), said(&done))
    };
    let key = format!("{}=", "A".repeat(43));
    let (ok, told) = run("migrate", Some(&key));
    assert!(ok, "{told}");
    assert!(!site.path("installation.key").exists() && site.path("keys/keyring").exists());
    let (ok, told) = run("key rotate --slot 7", Some(&key));
    assert!(ok, "{told}");
    let other = format!("{}=", "B".repeat(42) + "A");
    for (key, word) in [
        (None, "installation.key"),
        (Some(other.as_str()), "not the one"),
        (Some("short"), "exactly 32 bytes"),
    ] {
        let (ok, told) = run("key rotate --slot 7", key);
        assert!(!ok && told.contains(word), "{told}");
    }
}

/// An import with faults names file and line of each and changes nothing; one
/// that is only tried changes nothing either.
#[test]
fn an_import_with_faults_changes_nothing() {
    let site = Site::with_city(None);
    let text = std::fs::read_to_string(city()).unwrap();
    let line = |needle: &str, text: &str| {
        text.lines().position(|line| line.contains(needle)).map(|n| n + 1).unwrap()
    };
    let renamed = text.replace("Felles kontor Heimdal", "Kontoret på Heimdal");
    assert_ne!(renamed, text);
    let bad = renamed.replacen("office = \"lerkendal\"", "office = \"nowhere\"", 1).replacen(
        "role = \"host\"",
        "role = \"king\"",
        1,
    );
    let file = site.path("offices.toml");
    let name = file.display().to_string();
    std::fs::write(&file, &bad).unwrap();
    let told = site.refused("import", &[&name]);
    for needle in ["\"nowhere\"", "\"king\""] {
        let place = format!("{name}:{}:", line(needle, &bad));
        assert!(told.contains(&place), "no `{place}` in: {told}");
    }
    assert!(told.contains("nothing was imported"), "{told}");
    let renames = "select count(*) from office where name = 'Kontoret på Heimdal'";
    let count = |sql: &'static str| runtime().block_on(site.one::<i64>(sql));
    assert_eq!(count(renames), 0);
    std::fs::write(&file, &renamed).unwrap();
    let told = site.ok("import", &["--only-try", &name]);
    assert!(told.contains("nothing was kept") && told.contains("4 offices"), "{told}");
    assert_eq!(count(renames), 0);
    site.ok("import", &[&name]);
    assert_eq!(count(renames), 1);
    let told = site.refused("import", &[&site.path("absent.toml").display().to_string()]);
    assert!(told.contains("absent.toml"), "{told}");
}

/// A population comes once, into a database of test numbers only.
#[test]
fn a_population_comes_once_and_never_among_real_people() {
    let site = Site::new(None);
    site.ok("migrate", &[]);
    let whole = site.text("http://127.0.0.1:9");
    site.set_up(&whole.replace("test_numbers = true", "test_numbers = false"));
    let told = site.refused("population", &["--cases", "300"]);
    assert!(told.contains("test_numbers"), "{told}");
    site.set_up(&whole);
    let told = site.ok("population", &["--cases", "300"]);
    assert!(told.contains("300 open cases"), "{told}");
    let told = site.refused("population", &["--cases", "300"]);
    assert!(told.contains("holds a population already"), "{told}");
    let cases: i64 =
        runtime().block_on(site.one("select count(*) from shared_case where closed_at is null"));
    assert_eq!(cases, 300);
    site.ok("journal verify", &[]);
}

/// In a demonstration anybody is anybody: it stays on this machine.
#[test]
fn a_demonstration_does_not_leave_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("demo");
    let begun = Instant::now();
    let told = Command::new(env!("CARGO_BIN_EXE_onedoor"))
        .args(["demo", "--cases", "50", "--listen", "0.0.0.0:0", "--folder"])
        .arg(&inside)
        .output()
        .unwrap();
    assert!(!told.status.success() && begun.elapsed() < PATIENCE);
    assert!(said(&told).contains("loopback only"), "{}", said(&told));
    assert!(!inside.exists(), "it made nothing");
}
