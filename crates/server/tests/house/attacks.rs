//! Attacks from outside: what an attacker sees is the same as if there were nothing to see.
//! A form from another site is in `faults`, redirects and joins in `walls`, limits in `limits`.

use std::time::{Duration, Instant};

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use jiff::ToSpan;
use onedoor_domain::secrecy::{Overlay, Overlays, Pack};
use onedoor_server::app::{App, Mode};
use onedoor_server::config::Limit;
use onedoor_server::db::Engine;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cases::opening;
use crate::support::{House, Someone, on_both, staff_id};

pub const OFFICE: &str = "social-adult-heimdal";

/// An identifier as it stands in a statement of the house's engine.
pub fn sql_id(house: &House, id: &str) -> String {
    match house.app.db.engine() {
        Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
        Engine::Postgres => format!("'{id}'"),
    }
}

/// A tie between a member of staff and a person, outside every rule.
pub async fn tie(house: &House, staff: &str, person: &str, tie: Overlay) {
    let (staff, person) = (sql_id(house, staff), sql_id(house, person));
    let bits = Overlays::only(tie).as_i64();
    let sql = format!(
        "insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at) \
         values ({staff}, {person}, 'test', {bits}, 'test', 0)"
    );
    house.force(&sql).await.unwrap();
}

/// The same house, where an attacker may ask as often as they like.
pub async fn patient(house: &House) -> House {
    let all = || Limit { minute: 1_000_000, hour: 1_000_000 };
    let mut config = house.config.clone();
    (config.limits.open, config.limits.search, config.limits.look_up) = (all(), all(), all());
    config.limits.sign_in = all();
    let app = App::start(config.clone(), Mode::Demo, house.clock.clone()).await.unwrap();
    let router = onedoor_server::web::router(&app, onedoor_server::routes());
    House { app, router, config, clock: house.clock.clone(), folder: house.folder.clone() }
}

async fn search(who: &Someone, q: &str, after: &str) -> Value {
    let form = json!({ "q": q, "after": after });
    let answer = who.post("/persons/search", &form).await;
    json!({
        "status": answer.status.as_u16(), "length": answer.body.len(), "body": answer.body,
        "etag": answer.headers.contains_key(header::ETAG),
    })
}

/// REQ-INFO-08: no wildcard, half name, number, order, page, count or size tells that a protected
/// person is there: every search answers as it did before they came.
#[test]
fn no_search_tells_of_somebody_hidden() {
    on_both(|house| async move {
        let house = patient(&house).await;
        let scene = crate::cases::scene(&house, OFFICE).await;
        let worker = scene.worker;
        for n in 0..3 {
            let form =
                json!({ "given": format!("Kari {n}"), "family": "Veggli", "none_of_these": "yes" });
            worker.post("/persons", &form).await.ok();
        }
        let asked = [
            "%",
            "_",
            "*",
            "?",
            "",
            " ",
            "Veggl%",
            "V_ggli",
            "Veggli",
            "Vegg",
            "Ve",
            "veggli kari",
            "Kari",
            "10915596784",
            "109155",
            "' or 1=1 --",
            "\\",
            "\u{0}",
            "Veggli\r\n",
            "[A-Z]",
        ];
        let after = format!("{} veggli", Uuid::nil());
        let mut before = Vec::new();
        for q in asked {
            before.push((search(&worker, q, "").await, search(&worker, q, &after).await));
        }
        let cleared = house.staff(&house.cleared("strictly_confidential")).await;
        let form = json!({
            "given": "Kari", "family": "Veggli", "number": "10915596784",
            "protection": "strictly_confidential",
        });
        let hidden = cleared.post("/persons", &form).await.ok().id();
        for (q, (first, next)) in asked.iter().zip(&before) {
            assert_eq!(&search(&worker, q, "").await, first, "{q:?}");
            assert_eq!(&search(&worker, q, &after).await, next, "{q:?} after");
            // To begin after the hidden person is to begin after anybody.
            let at_hidden = search(&worker, q, &format!("{hidden} veggli")).await;
            let at_none = search(&worker, q, &format!("{} veggli", Uuid::max())).await;
            if at_hidden["body"] == at_none["body"] {
                continue;
            }
            // Only the order of identifiers may tell them apart, never the hidden person.
            assert!(!at_hidden["body"].as_str().unwrap().contains(&hidden), "{q:?}");
        }
        for forged in ["x", " ", "nil veggli", "' or 1=1 --", "%00 %", "00 00 00"] {
            let answer = search(&worker, "Veggli", forged).await;
            assert!(answer["status"] != 500, "{forged}: {answer}");
            assert!(!answer["body"].as_str().unwrap().contains(&hidden), "{forged}");
        }
    });
}

/// REQ-INFO-19: a cookie that was forged, cut, taken from another house, or used after its owner
/// signed out or after its time, opens nothing; nor does a made-up token.
#[test]
fn no_forged_or_replayed_session_opens_anything() {
    on_both(|house| async move {
        let worker = house.staff("heimdal-02").await;
        let cookie = worker.cookie().unwrap().to_owned();
        let (name, value) = cookie.split_once('=').unwrap();
        let turned = if value.ends_with('A') { "B" } else { "A" };
        let flipped = format!("{name}={}{turned}", &value[..value.len() - 1]);
        let first = if value.starts_with('A') { "B" } else { "A" };
        let other = crate::support::house(Engine::Sqlite).await;
        let foreign = other.staff("heimdal-02").await.cookie().unwrap().to_owned();
        let forged = [
            flipped,
            format!("{name}={first}{}", &value[1..]),
            format!("{name}={}", &value[..value.len() / 2]),
            format!("{name}="),
            format!("{name}={value}{value}"),
            format!("{name}={}", staff_id("heimdal-02")),
            format!("{name}=' or 1=1 --"),
            foreign,
        ];
        worker.get("/day").await;
        assert_eq!(worker.get("/api/v1/reception").await.status, StatusCode::OK);
        for cookie in &forged {
            let answer = house.nobody().with_cookie(cookie).get("/api/v1/reception").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{cookie}");
        }
        for token in ["", "x", value, &staff_id("heimdal-02"), "eyJhbGciOiJub25lIn0.e30."] {
            let answer = Someone::with_bearer(&house, token).get("/api/v1/reception").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
        }
        worker.form("/sign-out", "").await;
        let replayed = house.nobody().with_cookie(&cookie).get("/api/v1/reception").await;
        assert_eq!(replayed.status, StatusCode::UNAUTHORIZED, "after sign-out");
        let late = house.staff("heimdal-02").await;
        house.clock.move_to(house.clock.now() + 72.hours());
        assert_eq!(late.get("/api/v1/reception").await.status, StatusCode::UNAUTHORIZED);
    });
}

/// REQ-INFO-19: what people write comes back as text: no markup, template, header or second line
/// begins in it.
#[test]
fn nothing_that_is_typed_becomes_markup_or_a_header() {
    on_both(|house| async move {
        let scene = crate::cases::scene(&house, OFFICE).await;
        let evil = "<script>alert(1)</script>{{ 7*7 }}{% include \"x\" %}\"'><img src=x onerror=y>";
        let path = format!("/persons/{}", scene.person);
        let note = json!({
            "category": "case", "body": evil, "said_by": "The person", "sure": "yes",
            "received_on": "2026-11-20",
        });
        scene.worker.post(&format!("{path}/notes"), &note).await.ok();
        let case = json!({ "summary": evil });
        let mut form = opening(&scene);
        form["summary"] = case["summary"].clone();
        let case = scene.worker.post(&format!("{path}/case"), &form).await.ok().id();
        for page in [format!("{path}/joint"), format!("/cases/{case}")] {
            let shown = scene.worker.get(&page).await.ok().body;
            assert!(shown.contains("{{ 7*7 }}"), "it is text: {page}");
            assert!(!shown.contains("<script>alert") && !shown.contains("<img src=x"), "{page}");
        }
        let typed = "q=%3Cscript%3Ealert(1)%3C/script%3E%22%3E";
        let shown = scene.worker.form("/persons/search", typed).await.body;
        assert!(!shown.contains("<script>alert"), "{shown}");
        for name in ["x%0d%0aset-cookie:%20a=b", "%00", "%0a%0d%3Cb%3E"] {
            for path in [format!("/day?done={name}"), format!("/reception?done={name}")] {
                let answer = scene.worker.get(&path).await;
                assert!(!answer.headers.contains_key(header::SET_COOKIE), "{path}");
                assert!(!answer.body.contains("<b>"), "{path}");
            }
        }
        let long = "a".repeat(9000);
        for language in ["<script>", "nb;q=%0d%0a", &long] {
            let request = Request::get("/reception")
                .header(header::ACCEPT_LANGUAGE, language)
                .body(Body::empty())
                .unwrap();
            let answer = scene.worker.send(request).await;
            assert!(!answer.body.contains("<script>\""), "{language}");
            assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        }
    });
}

/// REQ-INFO-18: what a worker wrote so that a program would take it for a formula goes out as text.
#[test]
fn nothing_that_is_written_goes_out_as_a_formula() {
    on_both(|house| async move {
        let scene = crate::cases::scene(&house, OFFICE).await;
        let path = format!("/persons/{}/facts", scene.person);
        for (kind, text) in [
            ("housing", "=cmd|' /C calc'!A1"),
            ("occupation", "@SUM(1)"),
            ("education", "+1;=2"),
            ("household", "-1\n=3"),
            ("skills", "\u{ff1d}1"),
        ] {
            let form = json!({
                "kind": kind, "text": text, "source": "x", "received_on": "2026-11-20",
            });
            scene.worker.post(&path, &form).await.ok();
        }
        let out = scene.worker.post("/exchange/export", &json!({})).await.ok().json();
        assert_eq!(out["rows"], 5);
        let text = out["text"].as_str().unwrap();
        let mut reader = csv::ReaderBuilder::new();
        reader.delimiter(b';').flexible(true);
        let mut cells = 0;
        for record in reader.from_reader(text.as_bytes()).records() {
            for cell in &record.unwrap() {
                let first = cell.chars().next().unwrap_or('x');
                assert!(!"=+-@\t\r\n\u{ff1d}".contains(first), "{cell:?}");
                cells += 1;
            }
        }
        assert!(cells > 20, "{cells}");
    });
}

/// REQ-INFO-18: an archive, a path or an address in place of a file is refused and nothing is read.
#[test]
fn no_import_follows_a_path_or_opens_an_archive() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(OFFICE, "caseworker", 0)).await;
        let administrator = house.staff("city-01").await;
        let owner = house.staff("city-03").await;
        let count = "select (select count(*) from fact) + (select count(*) from unit)
            + (select count(*) from policy_pack)";
        let count = format!("select cast(({}) as bigint)", count.trim_start_matches("select "));
        let before: i64 = house.one(&count).await;
        for text in [
            "PK\u{3}\u{4}\u{14}\u{0}../../etc/passwd",
            "/etc/passwd",
            "../../../../etc/passwd",
            "file:///etc/passwd",
            "http://127.0.0.1:1/office.toml",
            "include = \"/etc/passwd\"",
            "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><x>&y;</x>",
            "key;number;kind;value;known_on\n../../x;1;housing;/etc/passwd;2026-01-01\n#end;1",
        ] {
            for (who, path) in [
                (&worker, "/exchange"),
                (&administrator, "/office/import"),
                (&administrator, "/policy/load"),
                (&owner, "/policy/load"),
            ] {
                let answer = who.post(path, &json!({ "text": text })).await;
                assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path} {text}");
                assert!(!answer.body.contains("root:"), "{path} {text}");
            }
        }
        assert_eq!(house.one::<i64>(&count).await, before, "nothing was taken");
    });
}

/// REQ-INFO-15: a policy file that was made to be slow is answered as fast as any other.
#[test]
fn no_policy_file_is_slow() {
    let rule = "[[rule]]\ncode = \"a\"\nfrom = \"x\"\nto = \"y\"\npurpose = \"coordination\"\n";
    let when: Vec<String> = (0..5000).map(|n| format!("\"c{n}\"")).collect();
    let bodies: String = (0..4000).map(|n| format!("[[body]]\ncode = \"b{n}\"\n")).collect();
    let conditions: String =
        (0..4000).map(|n| format!("[[condition]]\ncode = \"c{n}\"\n")).collect();
    for text in [
        "[".repeat(200_000),
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}1{}", "{a=".repeat(30_000), "}".repeat(30_000)),
        format!("{}b = 1", "a.".repeat(60_000)),
        format!("a = \"{}\"", "\\u0041".repeat(40_000)),
        rule.repeat(2500),
        format!("{rule}when = [{}]\n", when.join(", ")),
        format!("{bodies}{conditions}"),
        "x = 1\n".repeat(40_000),
        "\u{0}".repeat(250_000),
        "a".repeat(50_000_000),
    ] {
        let begun = Instant::now();
        assert!(Pack::read(&text).is_err());
        let took = begun.elapsed();
        let start: String = text.chars().take(30).collect();
        assert!(took < Duration::from_secs(5), "{start:?} took {took:?}");
    }
}

/// REQ-INFO-19: a body that is larger than any form is refused before it is read, on both faces.
#[test]
fn a_body_that_is_too_large_is_refused() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(OFFICE, "caseworker", 0)).await;
        let large = "x".repeat(6 * 1024 * 1024);
        let json = format!("{{\"text\":\"{large}\"}}");
        let form = format!("text={large}");
        for (path, kind, body) in [
            ("/api/v1/exchange", "application/json", &json),
            ("/exchange", "application/x-www-form-urlencoded", &form),
            ("/api/v1/persons/search", "application/json", &json),
        ] {
            let request = Request::builder()
                .method(Method::POST)
                .uri(path)
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from(body.clone()))
                .unwrap();
            let answer = worker.send(request).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
            assert!(answer.body.len() < 100_000, "{path}: what was sent does not come back");
        }
        let runs: i64 = house.one("select count(*) from exchange_run").await;
        assert_eq!(runs, 0);
        let nested = format!("{{\"q\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let request = Request::post("/api/v1/persons/search")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(nested))
            .unwrap();
        let answer = worker.send(request).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
    });
}
