//! Bad requests and bad days.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use onedoor_server::db::Engine;
use serde_json::json;

use crate::reception::check_in;
use crate::support::{engines, house, on_both, runtime};

/// A request that is not understood is answered with what is wrong, in both
/// faces, and never with a defect.
#[test]
fn what_is_not_understood_is_said() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        let post = |path: &str, kind: &str, body: Vec<u8>| {
            Request::builder()
                .method(Method::POST)
                .uri(path)
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from(body))
                .unwrap()
        };
        let form = "application/x-www-form-urlencoded";
        let table = [
            ("/api/v1/persons", "application/json", b"{".to_vec(), 400, "json"),
            ("/api/v1/persons", "application/json", b"[1]".to_vec(), 400, "json"),
            ("/api/v1/persons", "text/plain", b"x".to_vec(), 400, "media-type"),
            ("/api/v1/persons", form, b"family=%E5%E4".to_vec(), 400, "encoding"),
            ("/api/v1/persons", "application/json", vec![b' '; 6_000_000], 400, "too-large"),
            ("/api/v1/visits/not-an-id/take", "application/json", b"{}".to_vec(), 400, "request"),
        ];
        for (path, kind, body, status, code) in table {
            let answer = worker.send(post(path, kind, body)).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {kind} {}", answer.body);
            assert_eq!(answer.code(), code, "{path} {kind}");
            let content = answer.headers[header::CONTENT_TYPE].to_str().unwrap();
            assert_eq!(content, "application/problem+json");
        }
        let wrong = worker.send(
            Request::builder().method(Method::PUT).uri("/persons").body(Body::empty()).unwrap(),
        );
        assert_eq!(wrong.await.status, StatusCode::BAD_REQUEST);
        let nowhere = worker.get("/no-such-page").await;
        assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
        assert!(nowhere.body.contains("<h1"), "a page with a way onward");
    });
}

/// A form sent from another site is refused, whatever its cookie.
#[test]
fn a_form_from_another_site_is_refused() {
    on_both(|house| async move {
        let worker = house.staff("heimdal-02").await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]
        {
            let request = Request::post("/reception/check-in")
                .header(name, value)
                .header(header::HOST, "127.0.0.1:8080")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from("need=work"))
                .unwrap();
            let answer = worker.send(request).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
            assert!(answer.body.contains("<h1"), "it says what to do: {}", answer.body);
        }
        let visits: i64 = house.one("select count(*) from visit").await;
        assert_eq!(visits, 0);
    });
}

/// Pages carry the strict policy, forbid framing and storing, and hold no
/// inline script or style.
#[test]
fn pages_are_strict() {
    runtime().block_on(async {
        let house = house(Engine::Sqlite).await;
        let worker = house.staff("heimdal-02").await;
        let page = worker.get("/reception").await.ok();
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        assert!(!page.body.contains("<style") && !page.body.contains(" style="));
        assert!(!page.body.contains(" onclick=") && !page.body.contains("<script>"));
        let cookie = house.nobody().form("/sign-in/as", "staff=x").await;
        assert_eq!(cookie.status, StatusCode::NOT_FOUND);
    });
}

/// Sending the same creating call twice makes one thing; the same key with
/// other content is refused.
#[test]
fn sending_twice_makes_one() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        let form = json!({ "need": ["work"] });
        let key = [("idempotency-key", "abcdefgh-1")];
        let first = worker.post_with("/reception/check-in", &form, &key).await.ok();
        let second = worker.post_with("/reception/check-in", &form, &key).await.ok();
        assert_eq!(first.id(), second.id());
        let other = json!({ "need": ["debt"] });
        let reused = worker.post_with("/reception/check-in", &other, &key).await;
        assert_eq!(reused.code(), "key-reused");
        let body = "need=work&once=form-key-0001";
        worker.form("/reception/check-in", body).await.ok();
        worker.form("/reception/check-in", body).await.ok();
        let visits: i64 = house.one("select count(*) from visit").await;
        assert_eq!(visits, 2);
        // At the same instant, too.
        let key = [("idempotency-key", "abcdefgh-2")];
        let twice = tokio::join!(
            worker.post_with("/reception/check-in", &form, &key),
            worker.post_with("/reception/check-in", &form, &key)
        );
        let statuses = [twice.0.status, twice.1.status];
        assert!(statuses.contains(&StatusCode::OK), "{statuses:?}");
        let visits: i64 = house.one("select count(*) from visit").await;
        assert_eq!(visits, 3);
    });
}

/// A session ends after an idle hour, after a working day, and at sign-out; a
/// worker who has gone off duty is out at once.
#[test]
fn sessions_end() {
    on_both(|house| async move {
        let host = house.staff("heimdal-02").await;
        host.get("/reception").await.ok();
        assert_eq!(host.get("/reception").await.status, StatusCode::OK);
        house.clock.move_to("2026-11-23T09:20:00Z".parse().unwrap());
        assert_eq!(host.get("/reception").await.status, StatusCode::OK, "used within the hour");
        house.clock.move_to("2026-11-23T10:19:00Z".parse().unwrap());
        assert_eq!(host.get("/reception").await.status, StatusCode::OK, "use counts anew");
        house.clock.move_to("2026-11-23T12:00:00Z".parse().unwrap());
        assert_eq!(host.get("/reception").await.status, StatusCode::SEE_OTHER, "idle");
        let again = house.staff("heimdal-02").await;
        again.form("/sign-out", "").await.ok();
        assert_eq!(again.get("/reception").await.status, StatusCode::SEE_OTHER, "signed out");
        let third = house.staff("heimdal-02").await;
        house.force("update staff set on_duty = (1 = 0) where code = 'heimdal-02'").await.unwrap();
        assert_eq!(third.get("/reception").await.status, StatusCode::SEE_OTHER, "off duty");
    });
}

/// Tokens of programs and kiosks: made once, stored hashed, revoked at once.
#[test]
fn tokens_are_hashed_and_revocable() {
    use onedoor_server::sign_in::token::{For, make, revoke};
    on_both(|house| async move {
        let db = &house.app.db;
        let journal = &house.app.journal;
        let now = house.app.now();
        let code = house.worker("social-front-heimdal", "front_worker", 0);
        let secret = make(db, journal, "board", &For::Client(code.clone()), 1, now).await.unwrap();
        assert!(
            make(db, journal, "board", &For::Client(code), 1, now).await.is_err(),
            "the name is taken"
        );
        let program = crate::support::Someone::with_bearer(&house, &secret);
        check_in(&program, &["work"]).await;
        let kind: String =
            house.one("select actor_kind from journal where act = 'reception.check_in'").await;
        assert_eq!(kind, "client");
        // A page does not take a token.
        assert_eq!(program.get("/reception").await.status, StatusCode::SEE_OTHER);
        revoke(db, journal, "board", now).await.unwrap();
        assert_eq!(program.get("/api/v1/reception").await.status, StatusCode::UNAUTHORIZED);
        let kiosk = make(db, journal, "door", &For::Kiosk("heimdal".into()), 1, now).await.unwrap();
        let set_up = house.nobody().form("/sign-in/kiosk", &format!("token={kiosk}")).await;
        assert_eq!(set_up.location(), "/kiosk");
        let cookie = set_up.headers[header::SET_COOKIE].to_str().unwrap().split(';').next();
        let door = house.nobody().with_cookie(cookie.unwrap());
        assert_eq!(door.get("/kiosk").await.status, StatusCode::OK);
        revoke(db, journal, "door", now).await.unwrap();
        assert_eq!(door.get("/kiosk").await.status, StatusCode::SEE_OTHER, "revoked at once");
        let wrong = house.nobody().form("/sign-in/kiosk", "token=wrong").await;
        assert_eq!(wrong.location(), "/sign-in?fault=token");
        let noted = async |act: &str| -> i64 {
            house.one(&format!("select count(*) from journal where act = '{act}'")).await
        };
        assert_eq!(noted("token.make").await, 2);
        assert_eq!(noted("token.use").await, 1, "once a day for each");
        assert_eq!(noted("token.revoke").await, 2);
        assert_eq!(noted("session.refused").await, 1);
        let stored: i64 =
            house.one(&format!("select count(*) from token where name = '{secret}'")).await;
        assert_eq!(stored, 0);
    });
}

/// The database gone: the page says so with 503 and the server lives on.
#[test]
fn the_database_gone_is_said_as_such() {
    runtime().block_on(async {
        if !engines().contains(&Engine::Postgres) {
            return;
        }
        let house = house(Engine::Postgres).await;
        let host = house.staff("heimdal-02").await;
        host.get("/reception").await.ok();
        // Every connection is cut, and no new one is let in.
        let name = house.config.database.rsplit('/').next().unwrap().to_owned();
        let url = house.config.database.replace(&name, "postgres");
        let other = onedoor_server::db::Db::open(&url).await.unwrap();
        let mut tx = other.begin().await.unwrap();
        tx.script(&format!("alter database \"{name}\" allow_connections false")).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = other.read().await.unwrap();
        let cut = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
        );
        conn.text_rows(&cut).await.unwrap();
        let mut answer = host.get("/reception").await;
        for _ in 0..3 {
            answer = host.get("/reception").await;
        }
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
        assert_eq!(answer.headers[header::RETRY_AFTER], "5");
        let ready = host.get("/ready").await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(host.get("/health").await.status, StatusCode::OK);
        let mut tx = other.begin().await.unwrap();
        tx.script(&format!("alter database \"{name}\" allow_connections true")).await.unwrap();
        tx.commit().await.unwrap();
        let back = host.get("/reception").await;
        assert_eq!(back.status, StatusCode::OK, "and comes back: {}", back.body);
    });
}

/// REQ-REF-01, REQ-INFO-02: whoever comes second loses nothing that was typed: the page that says so
/// shows every field, whatever the form is.
#[test]
fn a_conflict_shows_everything_that_was_typed() {
    on_both(|house| async move {
        let owner = house.staff("city-03").await;
        let draft = json!({ "purpose": "coordination" });
        let path = format!("/notices/{}", owner.post("/notices", &draft).await.ok().id());
        owner.post(&path, &json!({ "title_nb": "Først", "version": "1" })).await.ok();
        let mut form = "version=1".to_owned();
        let mut typed = Vec::new();
        for language in ["nb", "nn", "sv", "en"] {
            form.push_str(&format!("&title_{language}=Tittel+{language}"));
            form.push_str(&format!("&body_{language}=Lang+tekst+{language}%0Ato+linjer"));
            typed.extend([format!("Tittel {language}"), format!("Lang tekst {language}")]);
        }
        let late = owner.form(&path, &form).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        for text in &typed {
            assert!(late.body.contains(text), "{text} is lost: {}", late.body);
        }
        // What no page asked anybody to type is not shown, and nothing is taken for markup.
        let script = "version=1&title_nb=%3Cscript%3Ealert(1)%3C/script%3E&once=abcdefgh";
        let late = owner.form(&path, script).await;
        assert!(!late.body.contains("<script>alert") && !late.body.contains("abcdefgh"));
    });
}
