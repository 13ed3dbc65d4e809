//! Limits on how much one worker may ask for.

use http::StatusCode;
use jiff::ToSpan;
use serde_json::{Value, json};

use crate::cases::{SOCIAL, scene};
use crate::support::{House, Someone, on_both, staff_id};

async fn search(who: &Someone) -> StatusCode {
    who.post("/persons/search", &json!({ "q": "Bjornstad" })).await.status
}

async fn later(house: &House, seconds: i64) {
    house.clock.move_to(house.clock.now() + seconds.seconds());
}

/// REQ-INFO-19: mass look-ups stop: the limit answers 429 with what to do, is told
/// in the journal once, and is a case for the privacy owner; colleagues go on.
#[test]
fn mass_look_ups_stop_and_are_noted() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        for _ in 0..30 {
            assert_eq!(search(&scene.worker).await, StatusCode::OK);
        }
        let over = scene.worker.post("/persons/search", &json!({ "q": "Moe" })).await;
        assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(over.code(), "too-many");
        assert_eq!(over.headers["retry-after"], "2");
        let page = scene.worker.form("/persons/search", "q=Moe").await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(page.body.contains("<h1"), "a page that says what to do");
        assert!(!page.body.contains("Bjørnstad"));
        let noted: i64 = house.one("select count(*) from journal where act = 'watch.limit'").await;
        assert_eq!(noted, 1, "noted once, not for each");
        let cases: i64 =
            house.one("select count(*) from watch_case where measure = 'limit_search'").await;
        assert_eq!(cases, 1);
        let deputy = house.staff(&scene.deputy_code).await;
        assert_eq!(search(&deputy).await, StatusCode::OK, "each has their own");
        let person = format!("/api/v1/persons/{}", scene.person);
        scene.worker.get(&person).await.ok();
        later(&house, 2).await;
        assert_eq!(search(&scene.worker).await, StatusCode::OK, "waiting helps");
    });
}

/// REQ-INFO-19: guessing identifiers is counted like opening pages, whether
/// something is there or not, on both faces.
#[test]
fn guessing_identifiers_stops() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let mut statuses = Vec::new();
        for n in 0..70 {
            let face = if n % 2 == 0 { "" } else { "/api/v1" };
            let path = format!("{face}/persons/{}", uuid::Uuid::from_u128(n));
            statuses.push(scene.worker.get(&path).await.status);
        }
        let found = |status| statuses.iter().filter(|s| **s == status).count();
        assert_eq!(found(StatusCode::NOT_FOUND), 60);
        assert_eq!(found(StatusCode::TOO_MANY_REQUESTS), 10);
        let real = scene.worker.get(&format!("/persons/{}", scene.person)).await;
        assert_eq!(real.status, StatusCode::TOO_MANY_REQUESTS, "real and made-up alike");
    });
}

/// REQ-INFO-19: a day twice as full as the load model's busiest hour, and every
/// hour as busy as that, meets no limit.
#[test]
fn a_real_day_meets_no_limit() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let person = format!("/api/v1/persons/{}", scene.person);
        // Twelve talks a day, a fifth of them in the busiest hour, half as many
        // more inside it, and all of that twice: eight talks of forty requests.
        for hour in 0..2 {
            let worker = house.staff(&scene.worker_code).await;
            for talk in 0..8 {
                for request in 0..40 {
                    let status = match request {
                        0..4 => search(&worker).await,
                        4..8 => {
                            let form = json!({ "needs": ["income"] });
                            worker.post("/reception/check-in", &form).await.status
                        }
                        _ => worker.get(&person).await.status,
                    };
                    assert_ne!(status, StatusCode::TOO_MANY_REQUESTS, "{hour}:{talk}:{request}");
                }
                later(&house, 450).await;
            }
        }
    });
}

/// Beginning to sign in is limited before anything is written, and the office's
/// kiosks are.
#[test]
fn beginning_to_sign_in_is_limited() {
    on_both(|house| async move {
        let kiosk = house.kiosk("heimdal").await;
        for _ in 0..60 {
            let status = kiosk.form("/kiosk/who", "who=x").await.status;
            assert_ne!(status, StatusCode::TOO_MANY_REQUESTS);
        }
        let status = kiosk.form("/kiosk/who", "who=x").await.status;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        let nobody = house.nobody();
        let mut refused = 0;
        for _ in 0..1210 {
            let status = nobody.get("/sign-in/start").await.status;
            refused += i32::from(status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!((10..=11).contains(&refused), "{refused}");
        let noted: i64 = house
            .one("select count(*) from journal where act = 'watch.limit' and actor_kind = 'system'")
            .await;
        assert_eq!(noted, 1);
    });
}

/// An act that makes something, sent twice at the same instant; gives what was made.
async fn twice(worker: &Someone, path: &str, form: &Value, key: &str) -> String {
    let key = [("idempotency-key", key)];
    let (one, other) =
        tokio::join!(worker.post_with(path, form, &key), worker.post_with(path, form, &key));
    let statuses = [one.status, other.status];
    let done = [one, other].into_iter().find(|it| it.status.is_success());
    done.unwrap_or_else(|| panic!("{path}: {statuses:?}")).id()
}

/// One enrolment, decision and start. Where an act makes something it is sent twice at once. Gives
/// the person, the case, and how many acts it took.
async fn enrol(worker: &Someone, (own, deputy): (&str, &str), n: usize) -> (String, String, usize) {
    let mut acts = 0;
    let family = format!("Rask{}", char::from(b'a' + u8::try_from(n).unwrap()));
    let form = json!({ "given": "Ola", "family": family, "none_of_these": "yes" });
    let person = twice(worker, "/persons", &form, &format!("enrolment-{n}-person")).await;
    acts += 1;
    let opening = json!({ "summary": "Husleie", "deputy": staff_id(deputy),
        "responsible": staff_id(own), "step_what": "Samtale", "step_on": "2026-11-27",
        "step_place": "Rom 3" });
    let path = format!("/persons/{person}/case");
    let case = twice(worker, &path, &opening, &format!("enrolment-{n}-case")).await;
    acts += 1;
    let decision = json!({ "kind": "decision", "subject": "social_assistance",
        "act": "social-services-2009", "section": "§ 18", "text": "Ja" });
    worker.post(&format!("/persons/{person}/rulings"), &decision).await.ok();
    acts += 1;
    let start = json!({ "what": "Starter kurs", "on": "2026-11-30", "place": "Rom 1" });
    worker.post(&format!("/cases/{case}/step"), &start).await.ok();
    acts += 1;
    // What was answered is there at once, also while others write.
    let page = worker.see(&format!("/cases/{case}")).await;
    assert_eq!(
        (&page["step_what"], &page["step_on"]),
        (&json!("Starter kurs"), &json!("2026-11-30"))
    );
    let rulings = worker.see(&format!("/persons/{person}")).await["rulings"].clone();
    assert_eq!(rulings.as_array().unwrap().len(), 1);
    (person, case, acts)
}

/// REQ-MISC-05: from enrolment to a decision and a start takes a bounded number of steps, and so it
/// does while many do it at once: nothing that was answered is lost, late or there twice, in the
/// tables, in the lists and in the journal. How long an act takes under load is measured by
/// `onedoor bench` and `onedoor morning`, which fail when it is more than the stated time.
#[test]
fn many_starts_at_once_take_few_steps_and_lose_nothing() {
    on_both(|house| async move {
        const WORKERS: usize = 4;
        const EACH: usize = 6;
        let code = |n: usize| house.worker(SOCIAL, "caseworker", n);
        let mut workers = Vec::new();
        for n in 0..WORKERS {
            workers.push((house.staff(&code(n)).await, code(n), code((n + 1) % WORKERS)));
        }
        let mut running = tokio::task::JoinSet::new();
        for (n, (worker, own, deputy)) in workers.into_iter().enumerate() {
            let worker = std::sync::Arc::new(worker);
            for each in 0..EACH {
                let (worker, own, deputy) = (worker.clone(), own.clone(), deputy.clone());
                running
                    .spawn(async move { enrol(&worker, (&own, &deputy), n * EACH + each).await });
            }
        }
        let done = running.join_all().await;
        assert!(done.iter().all(|it| it.2 <= 4), "enrolment, decision and start: four acts");
        let all = WORKERS * EACH;
        let persons: std::collections::BTreeSet<&str> =
            done.iter().map(|it| it.0.as_str()).collect();
        let cases: std::collections::BTreeSet<&str> = done.iter().map(|it| it.1.as_str()).collect();
        assert_eq!((persons.len(), cases.len()), (all, all));
        for sql in [
            "select count(*) from person",
            "select count(*) from shared_case where step_on = '2026-11-30'",
            "select count(*) from ruling where kind = 'decision'",
            "select count(distinct person_id) from ruling",
            "select count(*) from journal where act = 'case.plan'",
            "select count(*) from journal where act = 'ruling.decide'",
        ] {
            assert_eq!(house.one::<i64>(sql).await, i64::try_from(all).unwrap(), "{sql}");
        }
        for n in 0..WORKERS {
            let day = house.staff(&code(n)).await.see("/day").await;
            assert_eq!(day["all"], EACH, "each has their own, once");
        }
    });
}

/// steps, each answered within the stated time.
#[test]
fn from_the_door_to_a_start_is_few_steps_and_quick() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let deputy = staff_id(&house.worker(SOCIAL, "caseworker", 1));
        let mut slowest = std::time::Duration::ZERO;
        for n in 0..20 {
            let family = format!("Rask{}", char::from(b'a' + n));
            let mut steps = 0;
            let mut timed = async |path: String, form: Value| {
                let begun = std::time::Instant::now();
                let answer = worker.post(&path, &form).await.ok();
                slowest = slowest.max(begun.elapsed());
                steps += 1;
                answer.id()
            };
            let form = json!({ "given": "Ola", "family": family, "none_of_these": "yes" });
            let person = timed("/persons".into(), form).await;
            let opening = json!({ "summary": "Husleie", "deputy": deputy,
                "responsible": staff_id(&house.worker(SOCIAL, "caseworker", 0)),
                "step_what": "Samtale", "step_on": "2026-11-27", "step_place": "Rom 3" });
            let case = timed(format!("/persons/{person}/case"), opening).await;
            let decision = json!({ "kind": "decision", "subject": "social_assistance",
                "act": "social-services-2009", "section": "§ 18", "text": "Ja" });
            timed(format!("/persons/{person}/rulings"), decision).await;
            let start = json!({ "what": "Starter kurs", "on": "2026-11-30", "place": "Rom 1" });
            timed(format!("/cases/{case}/step"), start).await;
            assert!(steps <= 4, "enrolment, decision and start take four steps at most");
        }
        // An unoptimised build beside other tests; the measured release answers within 100 ms.
        assert!(slowest < std::time::Duration::from_secs(2), "{slowest:?}");
    });
}
