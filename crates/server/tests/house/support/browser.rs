//! A Chromium of the tests' own, the house on a real port, and what every page
//! must hold: no accessibility finding, no sideways scrolling, no script fault.

use std::future::Future;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use base64::Engine as _;
use http::{Method, Request, Response};
use onedoor_domain::person::Language;
use onedoor_server::app::{Mode, id_of};
use onedoor_server::config::SignIn;
use onedoor_server::db::Engine;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::error::{WebDriverError, WebDriverErrorInner, WebDriverResult};
use thirtyfour::prelude::*;
use thirtyfour::session::http::{Body, HttpClient};
use thirtyfour::{LoggingPrefsLogLevel, RequestData, SessionId};

use super::{House, Someone, house_listening, skipped};

/// Nothing here takes longer, unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(20);
const NAP: Duration = Duration::from_millis(40);
/// The widths at which every page is looked at.
const WIDE: u32 = 1280;
const NARROW: u32 = 320;

// ------------------------------------------------------------------ programs

fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path)
        .chain(["/usr/bin".into(), "/usr/lib/chromium".into()])
        .collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

struct ChromeDriver {
    port: u16,
    chromium: PathBuf,
    // Its standard input closes with this process, which stops the driver, also
    // when the tests are killed.
    _shell: Child,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn chrome_driver() -> Option<&'static ChromeDriver> {
    static DRIVER: OnceLock<Option<ChromeDriver>> = OnceLock::new();
    DRIVER
        .get_or_init(|| {
            let chromium = program(&["chromium", "chromium-browser", "google-chrome"])?;
            let driver = program(&["chromedriver"])?;
            Some(start_driver(chromium, &driver))
        })
        .as_ref()
}

fn start_driver(chromium: PathBuf, driver: &Path) -> ChromeDriver {
    let port = free_port();
    // The shell waits for its standard input to close, then stops the driver and
    // the browsers that it started; they would live on without it.
    let script = format!(
        "'{}' --port={port} --log-level=OFF >/dev/null 2>&1 & pid=$!; cat >/dev/null; \
         kill $(cat /proc/$pid/task/*/children 2>/dev/null) $pid",
        driver.display()
    );
    let shell = Command::new("/bin/sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < PATIENCE, "chromedriver did not start");
        std::thread::sleep(NAP);
    }
    ChromeDriver { port, chromium, _shell: shell }
}

/// One browser test at a time: two at once on a small machine only wait for
/// each other. Nothing, and a word about it, where no Chromium is installed.
pub(crate) fn turn() -> Option<MutexGuard<'static, ()>> {
    static TURN: Mutex<()> = Mutex::new(());
    if chrome_driver().is_none() {
        skipped("Chromium and chromedriver are not installed, so no page was seen in a browser");
        return None;
    }
    Some(TURN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The folder with the tests' Node packages and programs, fetched once for each
/// state of the lock file; nothing where Node.js is not installed.
pub(crate) fn node_folder() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(fetch_node).as_deref()
}

fn fetch_node() -> Option<PathBuf> {
    program(&["node"])?;
    let npm = program(&["npm"])?;
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
    let mut hash = blake3::Hasher::new();
    let files = ["package.json", "package-lock.json", "oidc-provider.mjs"];
    for file in files {
        hash.update(&std::fs::read(own.join(file)).unwrap());
    }
    let name = format!("node-{}", &hash.finalize().to_hex().as_str()[..16]);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let whole = target.join(name);
    if whole.exists() {
        return Some(whole);
    }
    // Made beside it and moved: another test process may be making it, too.
    let part = target.join(format!("node-part-{}", std::process::id()));
    std::fs::create_dir_all(&part).unwrap();
    for file in files {
        std::fs::copy(own.join(file), part.join(file)).unwrap();
    }
    let fetched = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"])
        .current_dir(&part)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    if !fetched.status.success() {
        let said = String::from_utf8_lossy(&fetched.stderr).into_owned();
        let _ = std::fs::remove_dir_all(&part);
        skipped(&format!("npm ci failed, so these tests lack their packages: {said}"));
        return None;
    }
    if std::fs::rename(&part, &whole).is_err() {
        let _ = std::fs::remove_dir_all(&part);
    }
    Some(whole)
}

fn axe() -> Option<&'static str> {
    static AXE: OnceLock<Option<String>> = OnceLock::new();
    AXE.get_or_init(|| {
        let file = node_folder()?.join("node_modules/axe-core/axe.min.js");
        Some(std::fs::read_to_string(file).unwrap())
    })
    .as_deref()
}

// -------------------------------------------------------------------- served

/// A house that a browser can reach.
pub(crate) struct Served {
    pub(crate) house: House,
    pub(crate) base: String,
}

/// A port of this machine, taken but not yet answered on.
pub(crate) fn listen() -> (tokio::net::TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    (tokio::net::TcpListener::from_std(listener).unwrap(), address)
}

pub(crate) async fn serve_on(
    listener: tokio::net::TcpListener,
    engine: Engine,
    mode: Mode,
    sign_in: Option<SignIn>,
) -> Served {
    serve_with(listener, engine, mode, (sign_in, None)).await
}

pub(crate) async fn serve_with(
    listener: tokio::net::TcpListener,
    engine: Engine,
    mode: Mode,
    providers: super::Providers,
) -> Served {
    let address = listener.local_addr().unwrap().to_string();
    let house = house_listening(engine, &address, mode, providers).await;
    let app = house.app.clone();
    tokio::spawn(onedoor_server::serve::serve(app, listener, std::future::pending()));
    Served { house, base: format!("http://{address}") }
}

/// The demonstration on a real port. It ends with the test's runtime.
pub(crate) async fn serve(engine: Engine) -> Served {
    serve_on(listen().0, engine, Mode::Demo, None).await
}

// ------------------------------------------------------------ the WebDriver's

/// The driver speaks plain HTTP through the client that the server has anyway.
struct Wire(reqwest::Client);

/// A client that follows no redirect.
pub(crate) fn http_client() -> reqwest::Client {
    onedoor_server::sign_in::install_crypto();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap()
}

type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl HttpClient for Wire {
    fn send<'s, 'r, 'a>(
        &'s self,
        request: Request<Body<'r>>,
    ) -> Later<'a, WebDriverResult<Response<Bytes>>>
    where
        's: 'a,
        'r: 'a,
        Self: 'a,
    {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let mut sent = self.0.request(parts.method, parts.uri.to_string());
            sent = match body {
                Body::Empty => sent.headers(parts.headers),
                Body::Json(value) => sent.headers(parts.headers).body(value.to_string()),
            };
            let failed = |error: reqwest::Error| WebDriverError::RequestFailed(error.to_string());
            let answer = sent.send().await.map_err(failed)?;
            let status = answer.status();
            let bytes = answer.bytes().await.map_err(failed)?;
            let mut response = Response::new(bytes);
            *response.status_mut() = status;
            Ok(response)
        })
    }

    fn new<'s, 'a>(&'s self) -> Later<'a, Arc<dyn HttpClient>>
    where
        's: 'a,
        Self: 'a,
    {
        Box::pin(async { Arc::new(Self(http_client())) as Arc<dyn HttpClient> })
    }
}

/// A command of the Chrome DevTools protocol.
#[derive(Debug)]
struct Cdp(&'static str, Value);

impl FormatRequestData for Cdp {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("session/{session}/goog/cdp/execute"))
            .add_body(json!({ "cmd": self.0, "params": self.1 }))
    }
}

// ------------------------------------------------------------------- browser

/// A browser with a profile of its own: nobody is signed in.
pub(crate) struct Browser {
    driver: WebDriver,
    base: String,
    /// Whether accessibility is looked at, too: it takes the most time.
    with_axe: bool,
    found: Mutex<Vec<String>>,
    _profile: tempfile::TempDir,
}

const ARGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--accept-lang=nb",
    "--force-prefers-reduced-motion",
    "--window-size=1280,900",
];

impl Browser {
    /// Opens a browser for a house; call [`turn`] first.
    pub(crate) async fn open(served: &Served) -> Self {
        Self::open_at(&served.base).await
    }

    pub(crate) async fn open_at(base: &str) -> Self {
        let chrome = chrome_driver().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut wishes = DesiredCapabilities::chrome();
        wishes.set_binary(&chrome.chromium.display().to_string()).unwrap();
        for arg in ARGS {
            wishes.add_arg(arg).unwrap();
        }
        let folder = format!("--user-data-dir={}", profile.path().display());
        wishes.add_arg(&folder).unwrap();
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        let driver = WebDriver::builder(format!("http://127.0.0.1:{}", chrome.port), wishes)
            .client(Wire(http_client()))
            .await
            .unwrap();
        let browser = Self {
            driver,
            base: base.to_owned(),
            with_axe: true,
            found: Mutex::default(),
            _profile: profile,
        };
        browser.cdp("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
        browser.width(WIDE).await;
        browser
    }

    pub(crate) fn without_axe(mut self) -> Self {
        self.with_axe = false;
        self
    }

    /// Ends the browser; whatever was found on the pages is said here, all of it.
    #[track_caller]
    pub(crate) fn close(self) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let found =
                std::mem::take(&mut *self.found.lock().unwrap_or_else(PoisonError::into_inner));
            self.driver.clone().quit().await.unwrap();
            assert!(found.is_empty(), "{place}: {} findings\n{}", found.len(), found.join("\n"));
        }
    }

    fn note(&self, finding: String) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).push(finding);
    }

    async fn cdp(&self, command: &'static str, params: Value) -> Value {
        let answer = self.driver.cmd(Cdp(command, params)).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error}")).body["value"].clone()
    }

    pub(crate) async fn script(&self, text: &str, args: Vec<Value>) -> Value {
        let answer = self.driver.execute(text, args).await;
        answer.unwrap_or_else(|error| panic!("{error}: {text:.300}")).json().clone()
    }

    async fn width(&self, width: u32) {
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
        });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// From now on no page may run a script.
    pub(crate) async fn without_script(&self) {
        self.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    }

    // ------------------------------------------------------------- moving

    pub(crate) async fn go(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.base)).await.unwrap();
    }

    /// Where we are, without host and without what was just done.
    pub(crate) async fn path(&self) -> String {
        self.address().await.path().to_owned()
    }

    pub(crate) async fn address(&self) -> http::Uri {
        self.driver.current_url().await.unwrap().as_str().parse().unwrap()
    }

    /// Forgets who is signed in and which language was chosen: another machine.
    pub(crate) async fn forget(&self) {
        self.cdp("Network.clearBrowserCookies", json!({})).await;
    }

    async fn cookie(&self, name: &str, value: &str) {
        let cookie = json!({ "name": name, "value": value, "url": self.base });
        self.cdp("Network.setCookie", cookie).await;
    }

    /// Takes over the session of somebody who is signed in.
    pub(crate) async fn be(&self, someone: &Someone) {
        self.forget().await;
        let (name, value) = someone.cookie().unwrap().split_once('=').unwrap();
        self.cookie(name, value).await;
    }

    /// Chooses a language as its button does.
    pub(crate) async fn speak(&self, language: Language) {
        self.cookie("od_language", language.as_str()).await;
    }

    /// Signs in as a persona on the sign-in page, as on another machine.
    pub(crate) async fn persona(&self, kind: &str, code: &str) {
        self.forget().await;
        self.go("/sign-in").await;
        let kind = if kind == "kiosk" { ("kiosk", "office") } else { ("staff", "staff") };
        let input = format!("input[name={}][value='{}']", kind.0, id_of(kind.1, code));
        let office = format!("details:has({input})");
        if self.find(&office).await.attr("open").await.unwrap().is_none() {
            self.find(&format!("{office} > summary")).await.click().await.unwrap();
        }
        self.click(&format!("form:has({input}) button")).await;
    }

    pub(crate) async fn staff(&self, code: &str) {
        self.persona("staff", code).await;
    }

    // ------------------------------------------------------------- acting

    pub(crate) async fn find(&self, css: &str) -> WebElement {
        match self.driver.find(By::Css(css)).await {
            Ok(found) => found,
            Err(_) => panic!("no {css} on {}", self.shown().await),
        }
    }

    pub(crate) async fn has(&self, css: &str) -> bool {
        !self.driver.find_all(By::Css(css)).await.unwrap().is_empty()
    }

    pub(crate) async fn wait_for(&self, css: &str) {
        let started = Instant::now();
        while !self.has(css).await {
            assert!(started.elapsed() < PATIENCE, "no {css} on {}", self.path().await);
            tokio::time::sleep(NAP).await;
        }
    }

    /// Clicks what leads to another page, and waits for that page.
    pub(crate) async fn click(&self, css: &str) {
        self.leaving(css, self.tick(css)).await;
    }

    /// Waits until the marked page is gone and another is there.
    async fn arrived(&self, what: &str) {
        let new = "return !document.documentElement.hasAttribute('data-od-old') \
            && document.readyState === 'complete';";
        let started = Instant::now();
        // While a page goes and another comes, a script may fall between them.
        while self.driver.execute(new, vec![]).await.map_or(true, |ret| *ret.json() != true) {
            let path = self.path().await;
            assert!(started.elapsed() < PATIENCE, "{what} led nowhere from {path}");
            tokio::time::sleep(NAP).await;
        }
    }

    /// Marks the page, runs something that leaves it, and waits for the next.
    pub(crate) async fn leaving<T>(&self, what: &str, act: impl Future<Output = T>) -> T {
        let mark = "document.documentElement.setAttribute('data-od-old', ''); return true;";
        assert_eq!(self.script(mark, vec![]).await, json!(true));
        let done = act.await;
        self.arrived(what).await;
        done
    }

    /// Clicks what stays on the page: a summary, a box by its label, a choice. What a live page
    /// replaces between finding and clicking is found anew.
    pub(crate) async fn tick(&self, css: &str) {
        let started = Instant::now();
        while let Err(error) = self.try_tick(css).await {
            let stale = matches!(&error.as_inner(), WebDriverErrorInner::StaleElementReference(_));
            assert!(
                stale && started.elapsed() < PATIENCE,
                "{css} on {}: {error}",
                self.path().await
            );
            tokio::time::sleep(NAP).await;
        }
    }

    async fn try_tick(&self, css: &str) -> WebDriverResult<()> {
        let mut found = self.find(css).await;
        if matches!(found.prop("type").await?.as_deref(), Some("checkbox" | "radio")) {
            let id = found.id().await?.unwrap();
            found = self.find(&format!("label[for='{id}']")).await;
        }
        found.scroll_into_view().await?;
        found.click().await
    }

    /// Fills a field by its id. Date fields take ISO text.
    pub(crate) async fn fill(&self, id: &str, text: &str) {
        let field = self.find(&format!("#{id}")).await;
        // How these are typed depends on the language of the browser.
        let kind = field.attr("type").await.unwrap();
        if matches!(kind.as_deref(), Some("date" | "time")) {
            let args = vec![json!(id), json!(text)];
            self.script("document.getElementById(arguments[0]).value = arguments[1];", args).await;
            return;
        }
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(crate) async fn choose(&self, id: &str, value: &str) {
        self.tick(&format!("#{id} option[value='{value}']")).await;
    }

    pub(crate) async fn press(&self, key: Key) {
        self.driver.action_chain().send_keys(key).perform().await.unwrap();
    }

    pub(crate) async fn type_in(&self, text: &str) {
        self.driver.action_chain().send_keys(text).perform().await.unwrap();
    }

    pub(crate) async fn open_details(&self) {
        let open = "for (const one of document.querySelectorAll('details')) one.open = true;";
        self.script(open, vec![]).await;
        self.script(STILL, vec![]).await;
    }

    // ------------------------------------------------------------- seeing

    pub(crate) async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    /// What a reader sees on the page.
    pub(crate) async fn said(&self) -> String {
        self.driver.find(By::Css("body")).await.unwrap().text().await.unwrap()
    }

    /// Where we are and the beginning of what is said there, for a failure.
    async fn shown(&self) -> String {
        format!("{}:\n{:.3000}", self.path().await, self.said().await)
    }

    pub(crate) async fn sees(&self, text: &str) -> bool {
        self.said().await.contains(text)
    }

    #[track_caller]
    pub(crate) fn see(&self, text: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let seen = self.sees(text).await;
            assert!(seen, "{place}: no `{text}` on {}", self.shown().await);
        }
    }

    /// Waits until the page says `text`, without loading it anew.
    pub(crate) async fn soon(&self, text: &str, within: Duration) {
        let started = Instant::now();
        while !self.sees(text).await {
            let late = started.elapsed() > within;
            assert!(!late, "`{text}` did not come to {}", self.shown().await);
            tokio::time::sleep(NAP).await;
        }
    }

    /// Fails on a key without a text, and on scrolling sideways on a telephone.
    pub(crate) async fn check_words(&self, name: &str) {
        self.missing(name).await;
        self.width(NARROW).await;
        self.overflow(name, NARROW).await;
        self.width(WIDE).await;
    }

    async fn missing(&self, name: &str) {
        let script = "const all = document.title + document.body.innerHTML; \
            return all.match(/⟨[^⟩]*⟩/g) ?? [];";
        let missing = self.script(script, vec![]).await;
        if missing != json!([]) {
            self.note(format!("{name}: texts are missing: {missing}"));
        }
    }

    async fn overflow(&self, name: &str, width: u32) {
        let wide = self.script(OVERFLOW, vec![]).await;
        if let Some(what) = wide.as_str() {
            self.note(format!("{name}: at {width} px the page scrolls sideways: {what}"));
        }
    }

    async fn accessibility(&self, name: &str, width: u32) {
        let Some(axe) = axe().filter(|_| self.with_axe) else { return };
        if self.script("return typeof window.axe;", vec![]).await == "undefined" {
            self.script(axe, vec![]).await;
        }
        let answer = self.driver.execute_async(AXE, vec![]).await;
        let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
        for finding in answer.json().as_array().unwrap() {
            self.note(format!("{name} at {width} px: {}", finding.as_str().unwrap()));
        }
    }

    async fn console(&self, name: &str) {
        for entry in self.driver.browser_log().await.unwrap() {
            // A page that refuses a form or hides a thing answers 4xx.
            let expected = entry.message.contains("the server responded with a status of 4");
            if entry.level == "SEVERE" && !expected {
                self.note(format!("{name}: the console says {}", entry.message));
            }
        }
    }

    async fn picture(&self, name: &str, width: u32) {
        let Some(folder) = std::env::var_os("ONEDOOR_SCREENSHOTS") else { return };
        std::fs::create_dir_all(&folder).unwrap();
        let height = "return document.documentElement.scrollHeight;";
        let height = self.script(height, vec![]).await.as_u64().unwrap().min(12_000);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let wish = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.cdp("Page.captureScreenshot", wish).await;
        let code = base64::engine::general_purpose::STANDARD;
        let bytes = code.decode(shot["data"].as_str().unwrap()).unwrap();
        let file = Path::new(&folder).join(format!("{name}-{width}.png"));
        std::fs::write(file, bytes).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let found = self.found.get_mut().unwrap_or_else(PoisonError::into_inner);
        if std::thread::panicking() && !found.is_empty() {
            eprintln!("before it failed, the pages had {} findings:", found.len());
            eprintln!("{}", found.join("\n"));
        }
    }
}

/// What every page must hold. Findings are gathered and said at
/// [`Browser::close`], so that one run tells all of them.
pub(crate) async fn check_page(browser: &Browser, name: &str) {
    for width in [WIDE, NARROW] {
        browser.width(width).await;
        browser.script(STILL, vec![]).await;
        browser.overflow(name, width).await;
        browser.accessibility(name, width).await;
        browser.picture(name, width).await;
    }
    browser.width(WIDE).await;
    let heads = browser.script("return document.querySelectorAll('h1').length;", vec![]).await;
    if heads != json!(1) {
        browser.note(format!("{name}: {heads} first headings, not one"));
    }
    browser.missing(name).await;
    browser.console(name).await;
}

/// Ends what still moves: half-open details cover what stands below them.
const STILL: &str = "
    for (const one of document.getAnimations()) {
        try { one.finish(); } catch { one.cancel(); }
    }";

/// The elements that stick out farthest, or nothing.
const OVERFLOW: &str = "
    const page = document.documentElement;
    if (page.scrollWidth <= window.innerWidth) return null;
    const wide = [];
    for (const one of document.body.querySelectorAll('*')) {
        const right = Math.round(one.getBoundingClientRect().right);
        if (right > window.innerWidth) {
            wide.push(right + ' ' + one.tagName.toLowerCase() + '.' + one.className
                + ' ' + (one.textContent ?? '').trim().slice(0, 40));
        }
    }
    return page.scrollWidth + ' wide: ' + wide.slice(-3).join(' | ');";

const AXE: &str = "
    const done = arguments[arguments.length - 1];
    const tags =
        ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const nodes = (rule) => rule.nodes.map((node) => '\\n    ' + node.target.join(' ')
        + '\\n      ' + node.html.slice(0, 300)
        + '\\n      ' + (node.failureSummary ?? '').replace(/\\s+/g, ' '));
    window.axe
        .run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
        .then((result) => done(result.violations.map(
            (rule) => rule.id + ': ' + rule.help + nodes(rule).join(''))))
        .catch((error) => done(['axe broke off: ' + error]));";
