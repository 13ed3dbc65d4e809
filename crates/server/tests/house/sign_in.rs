//! Signing in at a real OpenID provider: authorisation code with PKCE, the
//! state bound to the browser, and claims that must agree with the set-up.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use http::{StatusCode, header};
use onedoor_domain::person::Language;
use onedoor_server::app::{Mode, id_of};
use onedoor_server::config::{Claims, SignIn};
use onedoor_server::db::Engine;
use onedoor_server::words::Words;
use serde_json::json;

use crate::support::browser::{
    Browser, Served, check_page, http_client, listen, node_folder, serve_on, turn,
};
use crate::support::{runtime, skipped};

/// A provider that stops when this is dropped, or with the tests.
struct OpenId {
    issuer: String,
    node: Child,
}

impl Drop for OpenId {
    fn drop(&mut self) {
        drop(self.node.stdin.take());
        let _ = self.node.wait();
    }
}

const SECRET: &str = "between the provider and the house";

/// Who may type a login: one who is right, another with the same address, one
/// whom nobody knows, and three whose agency, unit or role differs from the
/// office set-up.
fn accounts() -> String {
    let hodan = json!({
        "name": "Hodan Osman", "email": "hodan.osman@example.no",
        "agency": "social", "unit": "social-front-heimdal", "role": "host",
    });
    let reza = json!({
        "name": "Reza Ahmadi", "email": "reza.ahmadi@example.no",
        "agency": "social", "unit": "social-front-heimdal", "role": "front_worker",
    });
    let other = |claim: &str, value: &str| {
        let mut account = reza.clone();
        account[claim] = json!(value);
        account
    };
    json!({
        "hodan": hodan,
        "same-address": hodan,
        "nobody": other("email", "nobody@example.no"),
        "moved": other("agency", "insurance"),
        "elsewhere": other("unit", "social-front-midtbyen"),
        "risen": other("role", "joint_manager"),
    })
    .to_string()
}

fn provider(folder: &std::path::Path, house: &str) -> OpenId {
    let mut node = Command::new("node")
        .arg(folder.join("oidc-provider.mjs"))
        .args(["--redirect-uri", &format!("{house}/sign-in/callback")])
        .args(["--client-secret", SECRET, "--accounts", &accounts(), "--until-stdin-ends"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(node.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let issuer = line.trim().strip_prefix("LISTENING ").expect("the provider listens");
    OpenId { issuer: issuer.to_owned(), node }
}

/// A house that is for real, with its provider; nothing without Node.js.
async fn real() -> Option<(Served, OpenId)> {
    let Some(folder) = node_folder() else {
        skipped("Node.js is not installed, so nobody signed in at a provider");
        return None;
    };
    let (listener, address) = listen();
    let provider = provider(folder, &format!("http://{address}"));
    let secrets = tempfile::tempdir().unwrap();
    let secret = secrets.path().join("client.secret");
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let sign_in = SignIn {
        issuer: provider.issuer.clone(),
        client_id: "onedoor".into(),
        client_secret_file: secret,
        scopes: vec!["onedoor".into()],
        claims: Claims {
            email: None,
            agency: Some("agency".into()),
            unit: Some("unit".into()),
            role: Some("role".into()),
            role_names: BTreeMap::new(),
        },
    };
    let served = serve_on(listener, Engine::Sqlite, Mode::Real, Some(sign_in)).await;
    Some((served, provider))
}

fn nb(key: &str) -> String {
    Words::new(Language::Nb).t(key).into_owned()
}

async fn log_in(browser: &Browser, login: &str) {
    browser.click("a[href^='/sign-in/start']").await;
    browser.fill("login", login).await;
    browser.click("form button[type=submit]").await;
}

/// Through the provider's form to the page first asked for, and out again; an
/// account that is unknown or does not agree with the set-up gets a page that
/// says so and what to do.
#[test]
fn staff_sign_in_at_the_provider() {
    let Some(_turn) = turn() else { return };
    runtime().block_on(async {
        let Some((served, _provider)) = real().await else { return };
        let browser = Browser::open(&served).await;
        browser.go("/persons").await;
        assert_eq!(browser.path().await, "/sign-in");
        assert!(!browser.has("input[name=staff]").await, "no personas in real mode");
        check_page(&browser, "sign-in-real").await;
        log_in(&browser, "hodan").await;
        assert_eq!(browser.path().await, "/persons", "on to the page first asked for");
        browser.see("Hodan Osman").await;
        browser.click("form[action='/sign-out'] button").await;
        assert_eq!(browser.path().await, "/sign-in");
        browser.go("/persons").await;
        assert_eq!(browser.path().await, "/sign-in", "signed out");
        for (login, fault) in [
            ("nobody", "sign-in-fault-unknown"),
            ("same-address", "sign-in-fault-unknown"),
            ("moved", "sign-in-fault-mismatch"),
            ("elsewhere", "sign-in-fault-mismatch"),
            ("risen", "sign-in-fault-mismatch"),
        ] {
            log_in(&browser, login).await;
            assert_eq!(browser.path().await, "/sign-in", "{login}");
            browser.see(&nb(fault)).await;
            assert!(!browser.has("form[action='/sign-out']").await, "{login} is not in");
        }
        check_page(&browser, "sign-in-refused").await;
        let subject: Option<String> = served
            .house
            .one("select subject from staff where email = 'hodan.osman@example.no'")
            .await;
        assert_eq!(subject.as_deref(), Some("hodan"), "the account is bound at the first time");
        browser.close().await;
    });
}

/// A browser's worth of plain HTTP: cookies, and each redirect looked at.
struct Visitor {
    http: reqwest::Client,
    jar: BTreeMap<String, String>,
}

struct Step {
    status: StatusCode,
    location: String,
}

impl Visitor {
    fn new() -> Self {
        Self { http: http_client(), jar: BTreeMap::new() }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Step {
        let cookies: Vec<String> =
            self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header(header::COOKIE, cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = answer.headers().get(header::LOCATION).map_or("", |l| l.to_str().unwrap());
        Step { status: answer.status(), location: location.to_owned() }
    }

    async fn get(&mut self, address: &str) -> Step {
        self.send(self.http.get(address)).await
    }

    /// Signs in at the provider and stops at the door of the house: the address
    /// of the callback, which has not been called.
    async fn knock(&mut self, served: &Served, provider: &OpenId) -> String {
        let base = &served.base;
        let start = self.get(&format!("{base}/sign-in/start?next=/reception")).await;
        let whole = |location: &str| match location.starts_with('/') {
            true => format!("{}{location}", provider.issuer),
            false => location.to_owned(),
        };
        let form = self.get(&start.location).await;
        let form = whole(&form.location);
        let kind = "application/x-www-form-urlencoded";
        let request = self.http.post(&form).header(header::CONTENT_TYPE, kind).body("login=hodan");
        let resume = self.send(request).await;
        let back = self.get(&whole(&resume.location)).await.location;
        assert!(back.starts_with(&format!("{base}/sign-in/callback?")), "{back}");
        back
    }
}

/// A callback holds once, in the browser that began: without its cookie, with a
/// forged state, or a second time it is refused, and nobody is signed in.
#[test]
fn a_callback_holds_once_in_its_own_browser() {
    runtime().block_on(async {
        let Some((served, provider)) = real().await else { return };
        let refused = "/sign-in?fault=refused";
        let mut visitor = Visitor::new();
        let callback = visitor.knock(&served, &provider).await;

        let mut other = Visitor::new();
        assert_eq!(other.get(&callback).await.location, refused, "no cookie");
        let own = other.knock(&served, &provider).await;
        assert_eq!(other.get(&callback).await.location, refused, "another one's state");
        let state = own.split("state=").nth(1).unwrap().split('&').next().unwrap();
        let forged = own.replace(state, "forged");
        other.jar.insert("od_sign_in".into(), "forged".into());
        assert_eq!(other.get(&forged).await.location, refused, "a state that nobody gave");
        assert!(!other.jar.contains_key("od_session"));

        let done = visitor.get(&callback).await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/reception"));
        assert!(visitor.jar.remove("od_session").is_some());
        assert_eq!(visitor.get(&callback).await.location, refused, "a second time");
        assert!(!visitor.jar.contains_key("od_session"));
    });
}

/// An attempt that took too long, or whose code was made up, is refused; what
/// the way back leads to is always a page of our own.
#[test]
fn an_attempt_ends_and_leads_nowhere_else() {
    runtime().block_on(async {
        let Some((served, provider)) = real().await else { return };
        let mut visitor = Visitor::new();
        let callback = visitor.knock(&served, &provider).await;
        served.house.clock.move_to("2026-11-23T08:40:01Z".parse().unwrap());
        assert_eq!(visitor.get(&callback).await.location, "/sign-in?fault=refused", "too late");
        let callback = visitor.knock(&served, &provider).await;
        let code = callback.split("code=").nth(1).unwrap().split('&').next().unwrap();
        let made_up = callback.replace(code, "made-up");
        assert_eq!(visitor.get(&made_up).await.location, "/sign-in?fault=refused", "made up");
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
            let page = format!("{}/sign-in?next={next}", served.base);
            let page = visitor.http.get(page).send().await.unwrap().text().await.unwrap();
            assert!(!page.contains("evil"), "{next}");
        }
    });
}

/// Real mode knows no personas, whatever is sent.
#[test]
fn nobody_is_just_anybody_in_real_mode() {
    runtime().block_on(async {
        let Some((served, _provider)) = real().await else { return };
        let nobody = served.house.nobody();
        for body in [
            format!("staff={}", id_of("staff", "heimdal-02")),
            format!("kiosk={}", id_of("office", "heimdal")),
        ] {
            let answer = nobody.form("/sign-in/as", &body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert!(!answer.headers.contains_key(header::SET_COOKIE));
        }
        let page = nobody.get("/sign-in").await.ok().body;
        assert!(!page.contains("name=\"staff\"") && !page.contains("Hodan Osman"));
    });
}
