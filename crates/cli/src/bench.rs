//! Measuring a whole server from outside: one run, everything beside its
//! ceiling. `docs/performance.md` says how to read it. REQ-MISC-05: acts stay within the stated
//! time under load.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use onedoor_server::app::id_of;
use onedoor_server::db::Db;
use onedoor_server::keys::{HeldKey, Vault};
use onedoor_server::population;
use onedoor_server::population::measured::Measured;
use serde_json::{Value, json};

use crate::say;

/// On what to measure.
pub(crate) struct Place {
    pub(crate) folder: std::path::PathBuf,
    pub(crate) database: Option<String>,
    pub(crate) cases: u64,
    /// At least so many cities.
    pub(crate) cities: u64,
}

/// How to measure.
pub(crate) struct Plan {
    pub(crate) place: Place,
    pub(crate) clients: usize,
    pub(crate) seconds: u64,
}

/// A server as a process of its own; it ends with this value.
pub(crate) struct Server {
    child: std::process::Child,
    pub(crate) base: String,
}

impl Server {
    /// Memory that it holds, in MiB, where the system tells.
    pub(crate) fn resident_mib(&self) -> Option<u64> {
        resident_mib(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts the server as a process of its own and waits for its first answer.
pub(crate) async fn start(place: &Place) -> anyhow::Result<(Server, Duration)> {
    let port = free_port()?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("demo")
        .arg("--unlimited")
        .arg("--folder")
        .arg(&place.folder)
        .args(["--cases", &place.cases.to_string()])
        .args(["--cities", &place.cities.to_string()])
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .stdout(Stdio::null());
    if let Some(database) = &place.database {
        command.args(["--database", database]);
    }
    let begun = Instant::now();
    let child = command.spawn()?;
    let server = Server { child, base: format!("http://127.0.0.1:{port}") };
    let client = client()?;
    loop {
        let answer = client.get(format!("{}/ready", server.base)).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return Ok((server, begun.elapsed()));
        }
        if begun.elapsed() > Duration::from_secs(1800) {
            bail!("the server did not answer within half an hour");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) fn client() -> anyhow::Result<reqwest::Client> {
    onedoor_server::sign_in::install_crypto();
    Ok(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?)
}

fn resident_mib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

/// Times of one kind of work.
pub(crate) struct Times {
    pub(crate) micros: Vec<u64>,
    pub(crate) wall: Duration,
}

impl Times {
    /// The time that so large a share stays under, in milliseconds.
    pub(crate) fn share(&mut self, share: f64) -> f64 {
        self.micros.sort_unstable();
        let at = ((self.micros.len() as f64 - 1.0) * share).max(0.0) as usize;
        self.micros.get(at).copied().unwrap_or(0) as f64 / 1000.0
    }

    /// How many a second.
    pub(crate) fn rate(&self) -> f64 {
        self.micros.len() as f64 / self.wall.as_secs_f64()
    }
}

fn row(name: &str, times: &mut Times, ceiling: Option<(&str, f64)>) {
    let (p50, p99) = (times.share(0.5), times.share(0.99));
    let rate = times.rate();
    let ratio = ceiling.map_or(String::new(), |(what, of)| format!("{:.2} of {what}", rate / of));
    say::line(&format!("{name:44} {rate:10.0} {p50:9.2} {p99:9.2}  {ratio}"));
}

/// Lets `clients` do `work` over and over for a while.
async fn load<F, T>(clients: usize, seconds: u64, work: F) -> anyhow::Result<Times>
where
    F: Fn(u64) -> T + Clone + Send + 'static,
    T: Future<Output = anyhow::Result<()>> + Send,
{
    let count = Arc::new(AtomicU64::new(0));
    let until = Instant::now() + Duration::from_secs(seconds);
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (work, count) = (work.clone(), Arc::clone(&count));
        tasks.push(tokio::spawn(async move {
            let mut micros = Vec::new();
            while Instant::now() < until {
                let n = count.fetch_add(1, Ordering::Relaxed);
                let one = Instant::now();
                work(n).await?;
                micros.push(u64::try_from(one.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
            anyhow::Ok(micros)
        }));
    }
    let mut micros = Vec::new();
    for task in tasks {
        micros.extend(task.await??);
    }
    Ok(Times { micros, wall: begun.elapsed() })
}

/// Persons on a full page of a list.
const FIFTY: usize = 50;

/// Places in the whole population from which cases and names are taken.
const STARTS: i64 = 200;

struct Scene {
    client: reqwest::Client,
    base: String,
    /// Cases with the cookie of the worker who carries each.
    cases: Vec<(String, String)>,
    names: Vec<String>,
}

pub(crate) async fn sign_in(
    client: &reqwest::Client,
    base: &str,
    code: &str,
) -> anyhow::Result<String> {
    let answer = client
        .post(format!("{base}/sign-in/as"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("staff={}", id_of("staff", code)))
        .send()
        .await?;
    let cookie = answer.headers().get("set-cookie").context("no session")?.to_str()?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

async fn scene(
    db: &Db,
    vault: &Vault,
    client: reqwest::Client,
    base: String,
) -> anyhow::Result<Scene> {
    let mut conn = db.read().await?;
    let measured = Measured::of(db, vault).await?.context("somebody here is not made up")?;
    let step = measured.count(&mut conn).await?.div_euclid(STARTS).max(1);
    let starts = measured.every(&mut conn, step).await?;
    anyhow::ensure!(!starts.is_empty(), "no case");
    let (mut cases, mut names) = (Vec::new(), Vec::new());
    let mut cookies: std::collections::HashMap<String, String> = std::collections::HashMap::new();
    for from in starts {
        for (id, code) in measured.cases(&mut conn, from, 10).await? {
            if !cookies.contains_key(&code) {
                cookies.insert(code.clone(), sign_in(&client, &base, &code).await?);
            }
            let cookie = cookies.get(&code).cloned().unwrap_or_default();
            cases.push((id.to_string(), cookie));
        }
        names.extend(population::some_names(db, vault, from, 5).await?);
    }
    Ok(Scene { client, base, cases, names })
}

/// A number that jumps about: the next case is not the neighbour of the last.
fn jump(n: u64, of: usize) -> usize {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    usize::try_from(mixed).unwrap_or(0) % of.max(1)
}

impl Scene {
    async fn case_page(&self, n: u64) -> anyhow::Result<()> {
        let (id, cookie) =
            self.cases.get(jump(n, self.cases.len())).context("no case to look at")?;
        let url = format!("{}/cases/{id}", self.base);
        let answer = self.client.get(url).header("cookie", cookie).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        anyhow::ensure!(status.is_success() && body.len() > 1000, "the case page: {status}");
        Ok(())
    }

    async fn search(&self, n: u64) -> anyhow::Result<()> {
        let (_, cookie) = self.cases.get(jump(n, self.cases.len())).context("nobody")?;
        let name = self.names.get(jump(n + 7, self.names.len())).context("no name")?;
        let answer = self
            .client
            .post(format!("{}/api/v1/persons/search", self.base))
            .header("cookie", cookie)
            .json(&json!({ "q": name }))
            .send()
            .await?;
        let status = answer.status();
        answer.bytes().await?;
        anyhow::ensure!(status.is_success(), "the search: {status}");
        Ok(())
    }

    /// A caseworker's day: the lists of their people, filtered by the walls. Gives how many names
    /// it held.
    async fn day(&self, n: u64) -> anyhow::Result<usize> {
        let (_, cookie) = self.cases.get(jump(n, self.cases.len())).context("nobody")?;
        let answer = self
            .client
            .get(format!("{}/api/v1/day", self.base))
            .header("cookie", cookie)
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "the day: {status} {text}");
        let day: Value = serde_json::from_str(&text)?;
        let lists = ["mine", "steps", "asked_of_me", "asked_by_me", "with_others"];
        let lengths = lists.iter().filter_map(|list| day.get(list)?.as_array().map(Vec::len));
        Ok(lengths.sum())
    }

    /// A page of a worker's own cases, filtered by the walls. Gives how many persons it held.
    async fn list(&self, cookie: &str) -> anyhow::Result<usize> {
        let answer = self
            .client
            .get(format!("{}/api/v1/day/cases", self.base))
            .header("cookie", cookie)
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "the list: {status} {text}");
        let page: Value = serde_json::from_str(&text)?;
        Ok(page.get("mine").and_then(Value::as_array).map_or(0, Vec::len))
    }

    /// Workers whose first page is a full one: fifty persons.
    async fn with_fifty(&self) -> anyhow::Result<Vec<String>> {
        let cookies: std::collections::BTreeSet<&String> =
            self.cases.iter().map(|(_, cookie)| cookie).collect();
        let mut full = Vec::new();
        for cookie in cookies {
            if self.list(cookie).await? == FIFTY {
                full.push(cookie.clone());
            }
        }
        anyhow::ensure!(full.len() >= 10, "too few workers have {FIFTY} cases: {}", full.len());
        Ok(full)
    }

    /// What a worker gets who asks for a case.
    async fn ask_for(&self, id: &str, cookie: &str) -> anyhow::Result<u16> {
        let url = format!("{}/api/v1/cases/{id}", self.base);
        let answer = self.client.get(url).header("cookie", cookie).send().await?;
        let status = answer.status().as_u16();
        answer.bytes().await?;
        Ok(status)
    }

    /// Cases with somebody from whom each is hidden.
    async fn hidden(&self) -> anyhow::Result<Vec<(String, String)>> {
        let mut hidden = Vec::new();
        for n in 0..self.cases.len() {
            let (id, _) = self.cases.get(n).context("no case")?;
            let (_, cookie) =
                self.cases.get(jump(n as u64 + 7, self.cases.len())).context("nobody")?;
            if self.ask_for(id, cookie).await? == 404 {
                hidden.push((id.clone(), cookie.clone()));
            }
        }
        anyhow::ensure!(hidden.len() >= 10, "too few cases are hidden: {}", hidden.len());
        Ok(hidden)
    }

    async fn api(&self, cookie: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self
            .client
            .post(format!("{}/api/v1{path}", self.base))
            .header("cookie", cookie)
            .json(body)
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{path}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Check-in, called in, closed with a dated next step: three durable writes.
    async fn visit(&self, cookie: &str, on: &str) -> anyhow::Result<()> {
        let form = json!({ "need": ["income"], "given": "Ola", "family": "Nordmann" });
        let made = self.api(cookie, "/reception/check-in", &form).await?;
        let location = made.get("location").and_then(Value::as_str).context("no location")?;
        let path = location.trim_start_matches("/api/v1");
        self.api(cookie, &format!("{path}/take"), &json!({})).await?;
        let form = json!({
            "outcome": "next_step", "step_what": "Call back", "step_on": on,
            "step_place": "By phone",
        });
        self.api(cookie, &format!("{path}/close"), &form).await?;
        Ok(())
    }

    /// Enrolment, decision and start (REQ-MISC-05): four acts, each durable. Gives how long each of
    /// them took.
    async fn enrol(&self, who: &Starter, n: u64, on: &str) -> anyhow::Result<Vec<Duration>> {
        let mut took = Vec::new();
        let mut begun = Instant::now();
        let mut lap = |took: &mut Vec<Duration>| {
            took.push(begun.elapsed());
            begun = Instant::now();
        };
        let last = |made: &Value| -> anyhow::Result<String> {
            let location = made.get("location").and_then(Value::as_str).context("no location")?;
            Ok(location.rsplit('/').next().unwrap_or_default().to_owned())
        };
        let form = json!({ "given": "Ola", "family": format!("Start{n}"), "none_of_these": "yes" });
        let person = last(&self.api(&who.cookie, "/persons", &form).await?)?;
        lap(&mut took);
        let form = json!({ "summary": "Rent", "responsible": who.id, "deputy": who.deputy,
            "step_what": "Talk", "step_on": on, "step_place": "Room 3" });
        let case = last(&self.api(&who.cookie, &format!("/persons/{person}/case"), &form).await?)?;
        lap(&mut took);
        let form = json!({ "kind": "decision", "subject": "social_assistance",
            "act": "social-services-2009", "section": "§ 18", "text": "Yes" });
        self.api(&who.cookie, &format!("/persons/{person}/rulings"), &form).await?;
        lap(&mut took);
        let form = json!({ "what": "Begins a course", "on": on, "place": "Room 1" });
        self.api(&who.cookie, &format!("/cases/{case}/step"), &form).await?;
        lap(&mut took);
        Ok(took)
    }
}

/// Who enrols people, and with which deputy.
struct Starter {
    cookie: String,
    id: String,
    deputy: String,
}

/// What an act may take under load, at the 99th percentile, in milliseconds (REQ-MISC-05).
const ACT_LIMIT_MS: f64 = 100.0;

/// Enrolment, decision and start under load; tells whether the acts stay within the stated time.
async fn starts(plan: &Plan, scene: &Arc<Scene>, on: &str, router: f64) -> anyhow::Result<bool> {
    let id = |code: &str| id_of("staff", code).to_string();
    let mut starters = Vec::new();
    for (code, deputy) in [("heimdal-47", "heimdal-48"), ("heimdal-48", "heimdal-47")] {
        let cookie = sign_in(&scene.client, &scene.base, code).await?;
        starters.push(Starter { cookie, id: id(code), deputy: id(deputy) });
    }
    let starters = Arc::new(starters);
    let acts = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (shared, kept, on) = (Arc::clone(scene), Arc::clone(&acts), on.to_owned());
    let mut sequences = load(plan.clients, plan.seconds, move |n| {
        let (scene, starters) = (Arc::clone(&shared), Arc::clone(&starters));
        let (kept, on) = (Arc::clone(&kept), on.clone());
        async move {
            let at = usize::try_from(n).unwrap_or(0) % starters.len().max(1);
            let who = starters.get(at).context("nobody to enrol people")?;
            let took = scene.enrol(who, n, &on).await?;
            if let Ok(mut kept) = kept.lock() {
                kept.extend(took);
            }
            Ok(())
        }
    })
    .await?;
    let name = "enrolment, decision and start, four acts";
    row(name, &mut sequences, Some(("the bare router", router)));
    let mut took = acts.lock().map(|it| it.clone()).unwrap_or_default();
    took.sort_unstable();
    let at = took.len().saturating_sub(1).saturating_mul(99) / 100;
    let p99 = took.get(at).map_or(f64::INFINITY, |it| it.as_secs_f64() * 1000.0);
    let kept = p99 < ACT_LIMIT_MS;
    say::line(&format!(
        "  p99 of each of these acts: {p99:.2} ms; under {ACT_LIMIT_MS} ms: {}",
        if kept { "kept" } else { "NOT kept" }
    ));
    Ok(kept)
}

pub(crate) async fn run(plan: Plan) -> anyhow::Result<ExitCode> {
    say::line("Preparing (the first time a population is made) ...");
    let (server, _) = start(&plan.place).await?;
    drop(server);
    let (server, started) = start(&plan.place).await?;
    let database = plan
        .place
        .database
        .clone()
        .unwrap_or_else(|| plan.place.folder.join("onedoor.db").display().to_string());
    let db = Db::open(&database).await?;
    let http = client()?;
    let base = server.base.clone();
    let installation = plan.place.folder.join("installation.key");
    let provider = Arc::new(HeldKey::from_file(&installation)?);
    let vault = Vault::open_with(&plan.place.folder.join("keys"), provider)?;
    let scene = Arc::new(scene(&db, &vault, http.clone(), base.clone()).await?);
    say::line(&format!(
        "{} open cases, {} clients, {} s each, load from the same machine",
        plan.place.cases, plan.clients, plan.seconds
    ));
    say::line(&format!("start to first answer: {:.2} s", started.as_secs_f64()));
    say::line(&format!("{:44} {:>10} {:>9} {:>9}", "", "a second", "p50 ms", "p99 ms"));

    let health = format!("{base}/health");
    let (client, url) = (http.clone(), health.clone());
    let mut bare = load(plan.clients, plan.seconds, move |_| {
        let (client, url) = (client.clone(), url.clone());
        async move {
            client.get(url).send().await?.bytes().await?;
            Ok(())
        }
    })
    .await?;
    row("ceiling: bare router", &mut bare, None);
    let router = bare.rate();

    let measured = Measured::of(&db, &vault).await?.context("somebody here is not made up")?;
    let (points, ids, measured) = (db.clone(), Arc::clone(&scene), Arc::new(measured));
    let mut point = load(plan.clients, plan.seconds, move |n| {
        let (db, scene, measured) = (points.clone(), Arc::clone(&ids), Arc::clone(&measured));
        async move {
            let (id, _) = scene.cases.get(jump(n, scene.cases.len())).context("no case")?;
            let id: uuid::Uuid = id.parse()?;
            let mut conn = db.read().await?;
            measured.point(&mut conn, id).await?;
            Ok(())
        }
    })
    .await?;
    row("ceiling: bare point query", &mut point, None);

    let shared = Arc::clone(&scene);
    let mut pages = load(plan.clients, plan.seconds, move |n| {
        let scene = Arc::clone(&shared);
        async move { scene.case_page(n).await }
    })
    .await?;
    row("person-and-case page, journaled", &mut pages, Some(("the bare router", router)));

    let shared = Arc::clone(&scene);
    let mut searches = load(plan.clients, plan.seconds, move |n| {
        let scene = Arc::clone(&shared);
        async move { scene.search(n).await }
    })
    .await?;
    row("search by name, journaled", &mut searches, Some(("the bare router", router)));

    let shared = Arc::clone(&scene);
    let names = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&names);
    let mut days = load(1, plan.seconds, move |n| {
        let (scene, counted) = (Arc::clone(&shared), Arc::clone(&counted));
        async move {
            let held = scene.day(n).await?;
            counted.fetch_add(u64::try_from(held).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }
    })
    .await?;
    row("a day's lists, one client, journaled", &mut days, Some(("the bare router", router)));
    let mean = names.load(Ordering::Relaxed) as f64 / (days.micros.len() as f64).max(1.0);
    say::line(&format!("  names on such a page: {mean:.0}"));

    let full = Arc::new(scene.with_fifty().await?);
    let shared = Arc::clone(&scene);
    let mut lists = load(1, plan.seconds, move |n| {
        let (scene, full) = (Arc::clone(&shared), Arc::clone(&full));
        async move {
            let cookie = full.get(jump(n, full.len())).context("nobody has fifty")?;
            let held = scene.list(cookie).await?;
            anyhow::ensure!(held == FIFTY, "a list of {held}");
            Ok(())
        }
    })
    .await?;
    row("a list of 50, one client, journaled", &mut lists, Some(("the bare router", router)));

    let hidden = Arc::new(scene.hidden().await?);
    for (name, there) in
        [("a case that is hidden, one client", true), ("a case that is not there, the same", false)]
    {
        let (shared, hidden) = (Arc::clone(&scene), Arc::clone(&hidden));
        let mut asked = load(1, plan.seconds, move |n| {
            let (scene, hidden) = (Arc::clone(&shared), Arc::clone(&hidden));
            async move {
                let (id, cookie) = hidden.get(jump(n, hidden.len())).context("nothing hidden")?;
                let other = uuid::Uuid::from_u128(u128::from(n)).to_string();
                let status = scene.ask_for(if there { id } else { &other }, cookie).await?;
                anyhow::ensure!(status == 404, "{name}: {status}");
                Ok(())
            }
        })
        .await?;
        row(name, &mut asked, Some(("the bare router", router)));
    }

    let mut counters = Vec::new();
    for district in ["heimdal", "lerkendal", "midtbyen", "ostbyen"] {
        counters.push(sign_in(&http, &base, &format!("{district}-04")).await?);
    }
    let counters = Arc::new(counters);
    let on = onedoor_server::clock::Clock::System
        .now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .saturating_add(jiff::ToSpan::days(3))
        .to_string();
    let quick = starts(&plan, &scene, &on, router).await?;
    let shared = Arc::clone(&scene);
    let mut visits = load(plan.clients, plan.seconds, move |n| {
        let (scene, counters, on) = (Arc::clone(&shared), Arc::clone(&counters), on.clone());
        async move {
            let at = usize::try_from(n).unwrap_or(0) % counters.len().max(1);
            scene.visit(counters.get(at).context("no counter")?, &on).await
        }
    })
    .await?;
    row("check-in to closed visit, three commits", &mut visits, Some(("the bare router", router)));
    if let Some(mib) = server.resident_mib() {
        say::line(&format!("resident memory after all this: {mib} MiB"));
    }
    Ok(if quick { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether a folder for measuring can be used.
pub(crate) fn folder(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path).with_context(|| format!("{} cannot be made", path.display()))
}
