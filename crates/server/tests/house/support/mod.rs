//! What the tests stand on: a house on either engine with the demonstration
//! city in it, a clock that the test moves, and somebody who sends requests.

pub mod backup;
pub mod browser;
pub mod postgres;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use jiff::Timestamp;
use onedoor_server::app::{App, Mode, id_of};
use onedoor_server::clock::Clock;
use onedoor_server::config::Config;
use onedoor_server::db::{Db, Engine};
use onedoor_server::journal::Journal;
use onedoor_server::keys::{HeldKey, Vault};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

pub const CITY: &str = include_str!("../../../../../demo/city.toml");
/// A Monday morning in Nidarby: 09:30 local time.
pub const MORNING: &str = "2026-11-23T08:30:00Z";
pub const KEY: [u8; 32] = [7; 32];

/// In CI a test that cannot run is a failure; elsewhere it says so.
pub fn skipped(what: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must not skip: {what}");
    eprintln!("SKIPPED: {what}");
}

pub struct House {
    pub app: App,
    pub clock: Clock,
    pub router: Router,
    pub config: Config,
    pub folder: std::sync::Arc<tempfile::TempDir>,
}

/// The engines to test on: SQLite always, PostgreSQL where it is installed.
pub fn engines() -> Vec<Engine> {
    if postgres::cluster().is_some() {
        vec![Engine::Sqlite, Engine::Postgres]
    } else {
        skipped("PostgreSQL is not installed, so these tests ran on SQLite alone");
        vec![Engine::Sqlite]
    }
}

/// Runs a test on each engine, each time in a fresh house.
pub fn on_both<F, T>(test: F)
where
    F: Fn(House) -> T,
    T: Future<Output = ()>,
{
    for engine in engines() {
        eprintln!("-- on {engine:?}");
        runtime().block_on(async {
            let house = house(engine).await;
            // A test that uses only a part of the house would drop the rest of it.
            let _folder = std::sync::Arc::clone(&house.folder);
            test(house).await;
        });
    }
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

async fn fill(database: &str) {
    let db = Db::open(database).await.unwrap();
    let now: Timestamp = MORNING.parse().unwrap();
    db.migrate(now).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let lanes = if db.engine() == Engine::Sqlite { 1 } else { 4 };
    Journal::new(KEY).make_lanes(&mut tx, lanes).await.unwrap();
    let when = onedoor_server::office::When { today: MORNING[..10].parse().unwrap(), now };
    onedoor_server::office::bring_in(&mut tx, CITY, when).await.unwrap();
    tx.commit().await.unwrap();
    let provider = HeldKey::from_file(&key_folder().join("installation.key")).unwrap();
    let vault = Vault::open_with(&key_folder().join("keys"), Arc::new(provider)).unwrap();
    vault.take_in(&db, |_| {}).await.unwrap();
    onedoor_server::consent::bring_shipped(&db, now).await.unwrap();
}

/// A folder with an installation key and a keyring, made once: every house gets
/// a copy, because every database is a copy of one that was sealed with it.
fn key_folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("installation.key");
        std::fs::write(&key, [9; 32]).unwrap();
        let provider = HeldKey::from_file(&key).unwrap();
        Vault::make_with(&folder.path().join("keys"), Arc::new(provider)).unwrap();
        folder
    });
    folder.path()
}

/// Copies the keys into a house's folder.
pub fn copy_keys(to: &Path) {
    std::fs::create_dir_all(to.join("keys")).unwrap();
    for file in ["installation.key", "keys/keyring"] {
        std::fs::copy(key_folder().join(file), to.join(file)).unwrap();
    }
}

/// A SQLite file with the city in it, made once and copied for each test.
fn sqlite_template() -> &'static Path {
    static TEMPLATE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.db");
        let text = path.display().to_string();
        std::thread::spawn(move || runtime().block_on(fill(&text))).join().unwrap();
        // Whole and closed: a part of the first file may still stand in its log.
        let whole = folder.path().join("whole.db");
        let first = rusqlite::Connection::open(&path).unwrap();
        first.execute("vacuum into ?1", [whole.display().to_string()]).unwrap();
        (folder, whole)
    });
    path
}

pub async fn postgres_database() -> String {
    static TEMPLATE: OnceLock<()> = OnceLock::new();
    let cluster = postgres::cluster().unwrap();
    TEMPLATE.get_or_init(|| {
        let url = cluster.create("house", None);
        std::thread::spawn(move || runtime().block_on(fill(&url))).join().unwrap();
    });
    cluster.create(&format!("t{}", Uuid::now_v7().simple()), Some("house"))
}

pub async fn house(engine: Engine) -> House {
    house_listening(engine, "127.0.0.1:8080", Mode::Demo, (None, None)).await
}

/// Where staff and where residents sign in.
pub type Providers =
    (Option<onedoor_server::config::SignIn>, Option<onedoor_server::config::Residents>);

pub async fn house_listening(
    engine: Engine,
    listen: &str,
    mode: Mode,
    (sign_in, residents): Providers,
) -> House {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("journal.key");
    std::fs::write(&key, KEY).unwrap();
    copy_keys(folder.path());
    let database = match engine {
        Engine::Sqlite => {
            let path = folder.path().join("onedoor.db");
            std::fs::copy(sqlite_template(), &path).unwrap();
            path.display().to_string()
        }
        Engine::Postgres => postgres_database().await,
    };
    let config = Config {
        database,
        listen: listen.parse().unwrap(),
        public_url: None,
        time_zone: "Europe/Oslo".into(),
        country: "no".into(),
        test_numbers: true,
        journal_key_file: key,
        key_folder: None,
        installation_key_file: None,
        sign_in,
        residents,
        siem: None,
        checkpoint: None,
        limits: Default::default(),
        least_count: onedoor_server::config::LEAST_COUNT,
    };
    let clock = Clock::set_to(MORNING.parse().unwrap());
    let app = App::start(config.clone(), mode, clock.clone()).await.unwrap();
    let router = onedoor_server::web::router(&app, onedoor_server::routes());
    House { app, clock, router, config, folder: std::sync::Arc::new(folder) }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }

    pub fn location(&self) -> String {
        self.headers[header::LOCATION].to_str().unwrap().to_owned()
    }

    /// The last part of where the answer leads: an identifier.
    pub fn id(&self) -> String {
        let location = self.location();
        let path = location.split('?').next().unwrap();
        path.split('/').find(|part| part.len() == 36).unwrap_or_else(|| panic!("{location}")).into()
    }

    /// The stable codes of the fields that were not taken.
    pub fn faults(&self) -> BTreeMap<String, String> {
        self.json()["errors"]
            .as_array()
            .map(|errors| {
                errors
                    .iter()
                    .map(|e| {
                        let pointer = e["pointer"].as_str().unwrap().trim_start_matches('/');
                        (pointer.to_owned(), e["code"].as_str().unwrap().to_owned())
                    })
                    .collect()
            })
            .unwrap_or_default()
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(
            self.status.is_success() || self.status.is_redirection(),
            "{} {}",
            self.status,
            self.body
        );
        self
    }
}

/// Somebody who is signed in, or nobody.
#[derive(Clone)]
pub struct Someone {
    router: Router,
    cookie: Option<String>,
    bearer: Option<String>,
}

impl House {
    pub fn nobody(&self) -> Someone {
        Someone { router: self.router.clone(), cookie: None, bearer: None }
    }

    /// The member of staff with this code, signed in.
    pub async fn staff(&self, code: &str) -> Someone {
        self.sign_in(&format!("staff={}", id_of("staff", code))).await
    }

    /// The person with this identifier, signed in at the high level.
    pub async fn resident(&self, person: &str) -> Someone {
        self.sign_in(&format!("person={person}")).await
    }

    /// The same at the substantial level.
    pub async fn resident_less_sure(&self, person: &str) -> Someone {
        self.sign_in(&format!("person={person}&level=substantial")).await
    }

    /// The kiosk of this office.
    pub async fn kiosk(&self, office: &str) -> Someone {
        self.sign_in(&format!("kiosk={}", id_of("office", office))).await
    }

    async fn sign_in(&self, body: &str) -> Someone {
        let answer = self.nobody().form("/sign-in/as", body).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Someone { router: self.router.clone(), cookie: Some(cookie), bearer: None }
    }

    /// Everybody at work in a unit in this role, each signed in.
    pub async fn workers(&self, unit: &str, role: &str) -> Vec<Someone> {
        let mut all = Vec::new();
        for code in codes(unit, role) {
            all.push(self.staff(code).await);
        }
        all
    }

    /// A worker of the city by unit and role, the n-th by code.
    pub fn worker(&self, unit: &str, role: &str, n: usize) -> String {
        let codes = codes(unit, role);
        (*codes.get(n).unwrap_or_else(|| panic!("no {role} number {n} in {unit}"))).to_owned()
    }

    /// Chooses a policy pack as two privacy owners do: one proposes what goes beyond the law of the
    /// place and time, another confirms what they read.
    pub async fn choose_law(&self, choice: &Value) {
        let answer = self.staff("city-03").await.post("/policy/choose", choice).await.ok();
        if answer.location() == "/api/v1/policy" {
            return;
        }
        let role = |role: &str| format!("update staff set role = '{role}' where code = 'city-02'");
        self.force(&role("privacy_owner")).await.unwrap();
        self.confirm_law(&self.staff("city-02").await, &answer.id()).await.ok();
        self.force(&role("administrator")).await.unwrap();
    }

    /// The yes of a second person to a law that waits, after reading it.
    pub async fn confirm_law(&self, second: &Someone, id: &str) -> Answer {
        let path = format!("/policy/proposals/{id}");
        let read = second.see(&path).await["mark"].clone();
        let yes = json!({ "answer": "yes", "read": read });
        second.post(&format!("{path}/answer"), &yes).await
    }

    /// A worker of the city with this clearance.
    pub fn cleared(&self, level: &str) -> String {
        let set = city();
        let found = set.staff.iter().find(|s| {
            s.clearance.as_str() == level
                && matches!(s.role.as_str(), "caseworker" | "front_worker")
                && s.on_duty
        });
        found.unwrap_or_else(|| panic!("nobody with clearance {level}")).code.clone()
    }

    pub async fn one<T: onedoor_server::db::FromValue>(&self, sql: &str) -> T {
        let mut conn = self.app.db.read().await.unwrap();
        let rows = conn.text_rows(sql).await.unwrap();
        let mut row = rows.into_iter().next().unwrap_or_else(|| panic!("no row: {sql}"));
        row.get(0).unwrap()
    }

    /// A statement outside every rule, to set up what the rules forbid.
    pub async fn force(&self, sql: &str) -> Result<(), onedoor_server::db::DbError> {
        let mut tx = self.app.db.begin().await?;
        tx.script(sql).await?;
        tx.commit().await
    }
}

pub fn city() -> &'static onedoor_domain::office::OfficeSet {
    static CITY_SET: OnceLock<onedoor_domain::office::OfficeSet> = OnceLock::new();
    CITY_SET.get_or_init(|| onedoor_domain::office::read(CITY).unwrap())
}

pub fn staff_id(code: &str) -> String {
    id_of("staff", code).to_string()
}

pub fn unit_id(code: &str) -> String {
    id_of("unit", code).to_string()
}

impl Someone {
    pub fn with_bearer(house: &House, token: &str) -> Self {
        Self { router: house.router.clone(), cookie: None, bearer: Some(token.to_owned()) }
    }

    pub fn with_cookie(self, cookie: &str) -> Self {
        Self { cookie: Some(cookie.to_owned()), ..self }
    }

    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().append(header::COOKIE, cookie.parse().unwrap());
        }
        if let Some(bearer) = &self.bearer {
            let value = format!("Bearer {bearer}").parse().unwrap();
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// A live stream of the pages.
    pub async fn stream(&self, path: &str) -> Live {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        let cookie = self.cookie.as_ref().unwrap().parse().unwrap();
        request.headers_mut().append(header::COOKIE, cookie);
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Live(response.into_body().into_data_stream())
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// A page form.
    pub async fn form(&self, path: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// An API call; the path is without `/api/v1`.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(path, body, &[]).await
    }

    pub async fn post_with(&self, path: &str, body: &Value, more: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// What the API shows.
    pub async fn see(&self, path: &str) -> Value {
        self.get(&format!("/api/v1{path}")).await.ok().json()
    }
}

/// What a live screen hears.
pub struct Live(axum::body::BodyDataStream);

impl Live {
    /// Whether it was told of a change, within a moment.
    pub async fn moved(&mut self) -> bool {
        use futures_util::StreamExt;
        let moment = std::time::Duration::from_millis(500);
        while let Ok(Some(Ok(bytes))) = tokio::time::timeout(moment, self.0.next()).await {
            if bytes.windows(5).any(|word| word == b"pulse") {
                return true;
            }
        }
        false
    }
}

/// The codes of those at work in a unit in a role, without clearance, in order.
fn codes(unit: &str, role: &str) -> Vec<&'static str> {
    let mut codes: Vec<&str> = city()
        .staff
        .iter()
        .filter(|s| {
            s.unit == unit
                && s.role.as_str() == role
                && s.on_duty
                && s.clearance == onedoor_domain::person::Clearance::None
        })
        .map(|s| s.code.as_str())
        .collect();
    codes.sort_unstable();
    codes
}
