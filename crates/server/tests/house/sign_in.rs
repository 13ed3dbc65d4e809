//! Signing in at a real OpenID provider: authorisation code with PKCE, the
//! state bound to the browser, and claims that must agree with the set-up.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use http::{StatusCode, header};
use onedoor_domain::person::Language;
use onedoor_server::app::{Mode, id_of};
use onedoor_server::config::{Claims, Residents, SignIn};
use onedoor_server::db::Engine;
use onedoor_server::words::Words;
use serde_json::json;

use crate::support::browser::{
    Browser, Served, check_page, http_client, listen, node_folder, serve_on, serve_with, turn,
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
    let back = format!("{house}/sign-in/callback");
    start_provider(folder, &["--redirect-uri", &back, "--accounts", &accounts()])
}

fn start_provider(folder: &std::path::Path, args: &[&str]) -> OpenId {
    let mut node = Command::new("node")
        .arg(folder.join("oidc-provider.mjs"))
        .args(args)
        .args(["--client-secret", SECRET, "--until-stdin-ends"])
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
        let back = self.knock_at(served, provider, "/sign-in/start?next=/reception", "hodan").await;
        let callback = format!("{}/sign-in/callback?", served.base);
        assert!(back.starts_with(&callback), "{back}");
        back
    }

    async fn knock_at(
        &mut self,
        served: &Served,
        provider: &OpenId,
        door: &str,
        login: &str,
    ) -> String {
        let start = self.get(&format!("{}{door}", served.base)).await;
        let whole = |location: &str| match location.starts_with('/') {
            true => format!("{}{location}", provider.issuer),
            false => location.to_owned(),
        };
        let form = self.get(&start.location).await;
        let form = whole(&form.location);
        let kind = "application/x-www-form-urlencoded";
        let login = format!("login={login}");
        let request = self.http.post(&form).header(header::CONTENT_TYPE, kind).body(login);
        let resume = self.send(request).await;
        self.get(&whole(&resume.location)).await.location
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

// ------------------------------------------------------------------ residents

/// Synthetic numbers: of a resident, of one beside whom it is only held, and of
/// nobody.
const NUMBER: &str = "17858049954";
const HELD: &str = "17858049873";
const NOBODY: &str = "17858049792";

fn residents() -> String {
    let with = |pid: &str, acr: &str| json!({ "pid": pid, "acr": acr });
    json!({
        "sure": with(NUMBER, "idporten-loa-high"),
        "less": with(NUMBER, "idporten-loa-substantial"),
        "weak": with(NUMBER, "idporten-loa-low"),
        "held": with(HELD, "idporten-loa-high"),
        "nobody": with(NOBODY, "idporten-loa-high"),
        "garbage": with("' or 1=1 --", "idporten-loa-high"),
    })
    .to_string()
}

/// A real house with a provider for residents, whose tokens are spoiled as
/// `forge` says.
async fn real_for_residents(forge: &str) -> Option<(Served, OpenId)> {
    let Some(folder) = node_folder() else {
        skipped("Node.js is not installed, so no resident signed in at a provider");
        return None;
    };
    let (listener, address) = listen();
    let back = format!("http://{address}/sign-in/resident/callback");
    let accounts = residents();
    let mut args = vec!["--redirect-uri", back.as_str(), "--accounts", accounts.as_str()];
    if !forge.is_empty() {
        args.extend(["--forge", forge]);
    }
    let provider = start_provider(folder, &args);
    let secrets = tempfile::tempdir().unwrap();
    let secret = secrets.path().join("client.secret");
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let sign_in = SignIn {
        issuer: provider.issuer.clone(),
        client_id: "onedoor".into(),
        client_secret_file: secret.clone(),
        scopes: Vec::new(),
        claims: Claims::default(),
    };
    let residents = Residents {
        issuer: provider.issuer.clone(),
        client_id: "onedoor".into(),
        client_secret_file: secret,
        scopes: vec!["onedoor".into()],
        number_claim: "pid".into(),
        acr_high: vec!["idporten-loa-high".into()],
        acr_substantial: vec!["idporten-loa-substantial".into()],
        tell_language: true,
    };
    let providers = (Some(sign_in), Some(residents));
    let served = serve_with(listener, Engine::Sqlite, Mode::Real, providers).await;
    let house = &served.house;
    let (db, journal, now) = (&house.app.db, &house.app.journal, house.app.now());
    let code = house.worker("social-front-heimdal", "front_worker", 0);
    let program = onedoor_server::sign_in::token::For::Client(code);
    let secret =
        onedoor_server::sign_in::token::make(db, journal, "register", &program, 1, now).await;
    let worker = crate::support::Someone::with_bearer(house, &secret.unwrap());
    for number in [NUMBER, HELD] {
        let form = json!({
            "given": "Åse", "family": "Bjørnstad", "born_on": "1980-05-17", "number": number,
        });
        let id = worker.post("/persons", &form).await;
        if number == HELD {
            let id = id.ok().id().replace('-', "");
            let held = format!("update person_identifier set held = 1 where person_id = x'{id}'");
            house.force(&held).await.unwrap();
        } else {
            id.ok();
        }
    }
    Some((served, provider))
}

const OWN_DOOR: &str = "/sign-in/resident/start?next=/my/log";

/// REQ-INFO-16: a resident signs in at a provider of their own; the number leads
/// to the person, and the level of assurance to how much is shown. The number is
/// kept nowhere and stands in no address.
#[test]
fn a_resident_signs_in_with_a_number_and_a_level() {
    runtime().block_on(async {
        let Some((served, provider)) = real_for_residents("").await else { return };
        for (login, bounds) in [("sure", json!([])), ("less", json!(["assurance"]))] {
            let mut visitor = Visitor::new();
            let callback = visitor.knock_at(&served, &provider, OWN_DOOR, login).await;
            assert!(callback.starts_with(&format!("{}/sign-in/resident/callback?", served.base)));
            let done = visitor.get(&callback).await;
            assert_eq!(done.location, "/my/log", "{login}");
            let cookie = format!("od_session={}", visitor.jar["od_session"]);
            let me = served.house.nobody().with_cookie(&cookie);
            let page = me.see("/my").await;
            assert_eq!(page["registered"]["name"], "Åse Bjørnstad");
            assert_eq!(page["bounds"], bounds, "{login}");
            assert_eq!(me.get("/persons").await.status, StatusCode::NOT_FOUND);
            assert!(!callback.contains(NUMBER));
            assert_eq!(visitor.get(&callback).await.location, "/sign-in?fault=refused", "replayed");
        }
        let kept: i64 = served
            .house
            .one(&format!(
                "select (select count(*) from session where instr(hex(secret_hash), '{NUMBER}') > 0)
                 + (select count(*) from journal where instr(detail, '{NUMBER}') > 0)
                 + (select count(*) from sign_in_attempt)"
            ))
            .await;
        assert_eq!(kept, 0);
    });
}

/// REQ-INFO-16: who is too weakly signed in is refused; whom nobody knows, whose
/// number is only held beside another, and what is no number at all look the
/// same, are signed in as nobody, and read where to go.
#[test]
fn whom_nobody_knows_reads_where_to_go() {
    runtime().block_on(async {
        let Some((served, provider)) = real_for_residents("").await else { return };
        let mut pages = Vec::new();
        for login in ["nobody", "held", "garbage"] {
            let mut visitor = Visitor::new();
            let callback = visitor.knock_at(&served, &provider, OWN_DOOR, login).await;
            let done = visitor.get(&callback).await;
            assert_eq!(done.location, "/sign-in/nobody", "{login}");
            assert!(!visitor.jar.contains_key("od_session"), "{login}");
            let page = format!("{}/sign-in/nobody", served.base);
            pages.push(visitor.http.get(page).send().await.unwrap().text().await.unwrap());
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "all look the same");
        assert!(pages[0].contains(&nb("nobody-title")));
        let mut visitor = Visitor::new();
        let callback = visitor.knock_at(&served, &provider, OWN_DOOR, "weak").await;
        assert_eq!(visitor.get(&callback).await.location, "/sign-in?fault=level");
        assert!(!visitor.jar.contains_key("od_session"));
    });
}

/// A resident's attempt serves only a resident's callback, in its own browser.
#[test]
fn an_attempt_of_a_resident_serves_no_other_door() {
    runtime().block_on(async {
        let Some((served, provider)) = real_for_residents("").await else { return };
        let mut visitor = Visitor::new();
        let callback = visitor.knock_at(&served, &provider, OWN_DOOR, "sure").await;
        let mut other = Visitor::new();
        assert_eq!(other.get(&callback).await.location, "/sign-in?fault=refused", "no cookie");
        let state = callback.split("state=").nth(1).unwrap().split('&').next().unwrap();
        other.jar.insert("od_sign_in".into(), state.to_owned());
        let crossed = callback.replace("/resident/callback", "/callback");
        assert_eq!(other.get(&crossed).await.location, "/sign-in?fault=refused", "staff's door");
        assert!(!other.jar.contains_key("od_session"));
        assert_eq!(visitor.get(&callback).await.location, "/my/log", "and it still holds");
    });
}

/// A token with a wrong issuer, audience or nonce, too old, changed after it was
/// signed, or not signed at all, signs nobody in.
#[test]
fn a_forged_token_signs_nobody_in() {
    runtime().block_on(async {
        for forge in ["issuer", "audience", "nonce", "expiry", "signature", "none"] {
            let Some((served, provider)) = real_for_residents(forge).await else { return };
            let mut visitor = Visitor::new();
            // Of the one whose level is too low, so that a changed claim would gain something.
            let callback = visitor.knock_at(&served, &provider, OWN_DOOR, "weak").await;
            let done = visitor.get(&callback).await;
            assert_eq!(done.location, "/sign-in?fault=refused", "{forge}");
            assert!(!visitor.jar.contains_key("od_session"), "{forge}");
        }
    });
}
