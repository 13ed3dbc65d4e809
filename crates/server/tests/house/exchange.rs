//! Files to and from an agency's own system.

use http::StatusCode;
use onedoor_domain::secrecy::Overlay;
use serde_json::{Value, json};

use crate::support::{House, Someone, on_both};

const NUMBER: &str = "10915596784";
const HIDDEN: &str = "50846202355";
const HEADER: &str = "key;number;kind;value;known_on";

async fn worker(house: &House, unit: &str) -> Someone {
    house.staff(&house.worker(unit, "caseworker", 0)).await
}

async fn known(worker: &Someone) -> String {
    let form = json!({ "given": "Ola", "family": "Nordmann", "number": NUMBER });
    worker.post("/persons", &form).await.ok().id()
}

fn text_of(rows: &[&str]) -> String {
    format!("{HEADER}\r\n{}\r\n#end;{}\r\n", rows.join("\r\n"), rows.len())
}

/// Sends a file and gives its run.
async fn send(worker: &Someone, text: &str) -> Value {
    let answer = worker.post("/exchange", &json!({ "text": text })).await.ok();
    worker.see(&format!("/exchange/{}", answer.id())).await
}

fn counts(run: &Value) -> [i64; 5] {
    ["sent", "received", "accepted", "repeated", "rejected"]
        .map(|field| run["run"][field].as_i64().unwrap())
}

fn reasons(run: &Value) -> Vec<(i64, String)> {
    let rows = run["rows"].as_array().unwrap();
    rows.iter()
        .map(|row| (row["n"].as_i64().unwrap(), row["fault"].as_str().unwrap().to_owned()))
        .collect()
}

/// REQ-INFO-18: a file with a duplicate, an unknown code and a correct row gives one accepted and
/// two rejected with reasons, and can be sent again without doubling.
#[test]
fn a_file_is_reconciled_and_can_be_sent_again() {
    on_both(|house| async move {
        let social = worker(&house, "social-adult-heimdal").await;
        known(&social).await;
        let text = text_of(&[
            &format!("a-1;{NUMBER};household;2;2026-11-20"),
            &format!("a-1;{NUMBER};household;3;2026-11-20"),
            &format!("a-2;{NUMBER};salary;300000;2026-11-20"),
        ]);
        let run = send(&social, &text).await;
        assert_eq!(counts(&run), [3, 3, 1, 0, 2]);
        assert_eq!(reasons(&run), [(2, "duplicate".into()), (3, "kind".into())]);
        let again = send(&social, &text).await;
        assert_eq!(counts(&again), [3, 3, 0, 1, 2]);
        let held: i64 = house.one("select count(*) from fact").await;
        assert_eq!(held, 1, "sending twice doubles nothing");
        // The same key with another content is no second fact either.
        let other = text_of(&[&format!("a-1;{NUMBER};household;5;2026-11-21")]);
        let run = send(&social, &other).await;
        assert_eq!(reasons(&run), [(1, "key-reused".into())]);
        let out = social.post("/exchange/export", &json!({})).await.ok().json();
        assert!(out["text"].as_str().unwrap().contains("\"household\";\"2\""), "{out}");
        let value: String = house.one("select body from fact").await;
        assert!(value.starts_with("x1:"), "sealed at rest: {value}");
        let page = social.get(&format!("/exchange/{}", run["run"]["id"].as_str().unwrap())).await;
        assert!(!page.body.contains(NUMBER) && !page.body.contains("Nordmann"), "{}", page.body);
        let list = social.see("/exchange").await;
        assert_eq!(list["runs"].as_array().unwrap().len(), 4);
    });
}

/// REQ-INFO-18: a row about somebody whom the agency has not got here, or who is hidden from the
/// sender, is rejected with the same words; another agency sees neither runs nor facts.
#[test]
fn a_file_reaches_only_persons_of_the_sender() {
    on_both(|house| async move {
        let social = worker(&house, "social-adult-heimdal").await;
        let insurance = worker(&house, "insurance-back-heimdal").await;
        known(&social).await;
        let cleared = house.staff(&house.cleared("strictly_confidential")).await;
        let form = json!({
            "given": "Hemmelig", "family": "Person", "number": HIDDEN,
            "protection": "strictly_confidential",
        });
        cleared.post("/persons", &form).await.ok();
        let rows = [
            format!("b-1;{NUMBER};benefit_paid;AAP;2026-11-20"),
            format!("b-2;{HIDDEN};benefit_paid;AAP;2026-11-20"),
            "b-3;123;benefit_paid;AAP;2026-11-20".to_owned(),
            format!("{NUMBER};{NUMBER};benefit_paid;AAP;2026-11-20"),
        ];
        let text = text_of(&rows.each_ref().map(String::as_str));
        let run = send(&insurance, &text).await;
        let faults: Vec<String> = reasons(&run).into_iter().map(|(_, fault)| fault).collect();
        assert_eq!(faults, ["person", "person", "number", "key"]);
        let shown = run.to_string();
        assert!(!shown.contains(NUMBER) && !shown.contains(HIDDEN), "no list holds a number");
        let kept: i64 = house
            .one(&format!("select count(*) from exchange_row where key like '%{NUMBER}%'"))
            .await;
        assert_eq!(kept, 0);
        let path = format!("/api/v1/exchange/{}", run["run"]["id"].as_str().unwrap());
        let hidden = social.get(&path).await;
        let absent = social.get(&format!("/api/v1/exchange/{}", uuid::Uuid::nil())).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        assert_eq!(hidden.body, absent.body);
        let host = house.staff("heimdal-02").await;
        assert_eq!(host.get("/exchange").await.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-INFO-18: a file that was cut off, has other columns or stands after its own end is refused
/// whole and reported; nothing of it is taken.
#[test]
fn a_broken_file_is_refused_whole() {
    on_both(|house| async move {
        let social = worker(&house, "social-adult-heimdal").await;
        known(&social).await;
        let row = format!("c-1;{NUMBER};housing;rents;2026-11-20");
        let whole = text_of(&[&row, &row.replace("c-1", "c-2")]);
        for (text, code) in [
            (whole[..whole.len() - 12].to_owned(), "exchange-cut-off"),
            (format!("{HEADER}\n{row}\n#end;2\n"), "exchange-cut-off"),
            (format!("{HEADER}\n{row}\n"), "exchange-cut-off"),
            (whole.replace("key;number", "number;key"), "exchange-header"),
            (format!("{whole}{row}\n"), "exchange-form"),
            ("PK\u{3}\u{4}../../etc/passwd".to_owned(), "exchange-header"),
        ] {
            let run = send(&social, &text).await;
            assert_eq!(run["run"]["fault"], code, "{text}");
            assert_eq!(run["run"]["accepted"], 0);
        }
        let held: i64 = house.one("select count(*) from fact").await;
        assert_eq!(held, 0);
        let empty = social.post("/exchange", &json!({ "text": " " })).await;
        assert_eq!(empty.faults()["text"], "text-empty");
    });
}

/// REQ-INFO-18: the file that goes out holds the agency's own facts by its own keys, names nobody,
/// leaves out whom the reader may not see, and no cell of it begins like a formula.
#[test]
fn a_file_goes_out_without_formulas_and_names() {
    on_both(|house| async move {
        let social = worker(&house, "social-adult-heimdal").await;
        known(&social).await;
        let text = text_of(&[
            &format!("d-1;{NUMBER};work_wish;=HYPERLINK(\"x\");2026-11-20").replace('"', "'"),
            &format!("d-2;{NUMBER};work_ability;'-5 kg;2026-11-20"),
            &format!("d-3;{NUMBER};housing;@home;2026-11-20"),
        ]);
        assert_eq!(counts(&send(&social, &text).await), [3, 3, 3, 0, 0]);
        let out = social.post("/exchange/export", &json!({})).await.ok().json();
        let text = out["text"].as_str().unwrap();
        assert_eq!(out["rows"], 3);
        assert!(text.contains("\"'=HYPERLINK('x')\"") && text.contains("\"'-5 kg\""), "{text}");
        assert!(text.contains("\"'@home\"") && text.trim_end().ends_with("\"#end\";\"3\""));
        for cell in text.lines().flat_map(|line| line.split(';')) {
            let cell = cell.trim_matches('"');
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        assert!(!text.contains(NUMBER) && !text.contains("Nordmann"));
        let file = social.form("/exchange/export", "").await.ok();
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(file.body, text);
        let noted: i64 = house
            .one("select count(*) from journal where act = 'exchange.export' and ground <> ''")
            .await;
        assert!(noted >= 2, "{noted}");
        house.force("update person set protection = 2, guard = 2").await.unwrap();
        let out = social.post("/exchange/export", &json!({})).await.ok().json();
        assert_eq!(out["rows"], 0, "who is hidden is not in the file");
        let none = worker(&house, "insurance-back-heimdal").await;
        assert_eq!(none.post("/exchange/export", &json!({})).await.ok().json()["rows"], 0);
    });
}

/// REQ-INFO-18, REQ-INFO-07: what comes by file is a fact of the record: shown there with its source,
/// replaced by a newer answer and not by an older one, and fetched again beside what workers wrote;
/// what is locked to another office is not.
#[test]
fn what_a_file_brings_stands_in_the_record() {
    on_both(|house| async move {
        let social = worker(&house, "social-adult-heimdal").await;
        let person = known(&social).await;
        let rows = [
            format!("f-1;{NUMBER};housing;rents;2026-11-10"),
            format!("f-2;{NUMBER};housing;owns;2026-11-20"),
            format!("f-3;{NUMBER};housing;sublets;2026-11-01"),
        ];
        let text = text_of(&rows.each_ref().map(String::as_str));
        assert_eq!(counts(&send(&social, &text).await), [3, 3, 3, 0, 0]);
        let view = social.see(&format!("/persons/{person}/joint")).await.to_string();
        assert!(view.contains("owns"), "{view}");
        assert!(!view.contains("rents") && !view.contains("sublets"), "{view}");
        // What holds no more is still the same row when it comes again.
        assert_eq!(counts(&send(&social, &text).await), [3, 3, 0, 3, 0]);
        for (kind, text, lock) in [("occupation", "cook", ""), ("education", "none", "yes")] {
            let form = json!({
                "kind": kind, "text": text, "source": "The person", "lock": lock,
                "received_on": "2026-11-20",
            });
            social.post(&format!("/persons/{person}/facts"), &form).await.ok();
        }
        let out = social.post("/exchange/export", &json!({})).await.ok().json();
        assert_eq!(out["rows"], 3, "{out}");
        let text = out["text"].as_str().unwrap().to_owned();
        assert!(text.contains("\"f-2\"") && text.contains("\"cook\"") && text.contains("\"none\""));
        let elsewhere = worker(&house, "social-adult-ostbyen").await;
        let out = elsewhere.post("/exchange/export", &json!({})).await.ok().json();
        assert!(!out["text"].as_str().unwrap().contains("\"none\""), "locked: {out}");
        let forged = social.post("/exchange/export", &json!({ "after": "' or 1=1 --" })).await;
        assert_eq!(forged.faults()["after"], "choose");
        // Somebody's own file is not theirs to fetch at work.
        let me = crate::support::staff_id(&house.worker("social-adult-heimdal", "caseworker", 0));
        crate::attacks::tie(&house, &me, &person, Overlay::Parent).await;
        let out = social.post("/exchange/export", &json!({})).await.ok().json();
        assert_eq!(out["rows"], 0, "{out}");
    });
}

/// A file that was taken in part, for those who look at pages.
pub async fn sent(worker: &Someone) -> String {
    let text = text_of(&["e-1;123;housing;rents;2026-11-20", "e-2;;salary;;"]);
    worker.post("/exchange", &json!({ "text": text })).await.ok().id()
}

/// REQ-INFO-16, REQ-INFO-18: what a sender calls a fact may name somebody. It lies sealed, is known
/// again when the file is sent once more and goes out as it came;
/// what lay plain in an older database is sealed before the server starts.
#[test]
fn what_a_sender_calls_a_fact_lies_sealed() {
    on_both(|house| async move {
        let social = worker(&house, "social-adult-heimdal").await;
        known(&social).await;
        let text = text_of(&[
            &format!("Nordmann-Ola-bolig;{NUMBER};housing;rents;2026-11-20"),
            &format!("g-2;{NUMBER};household;2;2026-11-20"),
        ]);
        assert_eq!(counts(&send(&social, &text).await), [2, 2, 2, 0, 0]);
        let lies = async || {
            let there = crate::keys::found(&house.app.db, &["Nordmann-Ola", "ordmann-Ola-b"]).await;
            assert_eq!(there, Vec::<String>::new());
        };
        lies().await;
        assert_eq!(counts(&send(&social, &text).await), [2, 2, 0, 2, 0]);
        let goes_out = async || {
            let out = social.post("/exchange/export", &json!({})).await.ok().json();
            let text = out["text"].as_str().unwrap().to_owned();
            assert!(text.contains("\"Nordmann-Ola-bolig\"") && text.contains("\"g-2\""), "{text}");
        };
        goes_out().await;

        // As a database of before has it: plain, without a sealed form.
        let plain = "update exchange_fact set key = case when id = (
            select f.id from fact f where f.kind = 'housing') then 'Nordmann-Ola-bolig'
            else 'g-2' end, sealed = null";
        house.force(plain).await.unwrap();
        let vault = &house.app.vault;
        let refused = vault.check(&house.app.db).await.unwrap_err().to_string();
        assert!(refused.contains("onedoor migrate"), "{refused}");
        assert_eq!(vault.take_in(&house.app.db, |_| {}).await.unwrap(), 2);
        assert_eq!(vault.take_in(&house.app.db, |_| {}).await.unwrap(), 0);
        vault.check(&house.app.db).await.unwrap();
        lies().await;
        assert_eq!(counts(&send(&social, &text).await), [2, 2, 0, 2, 0]);
        goes_out().await;
    });
}

/// REQ-INFO-18: a long file is taken in parts, so that nobody waits for all of it; one that breaks
/// off has taken what its run says, and the rest when it is sent again, without doubling.
#[test]
fn a_file_that_breaks_off_goes_on_when_it_is_sent_again() {
    use onedoor_server::db::Engine;
    on_both(|house| async move {
        let social = worker(&house, "social-adult-heimdal").await;
        known(&social).await;
        let rows: Vec<String> =
            (0..250).map(|n| format!("k-{n};{NUMBER};household;{n};2026-11-20")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let text = text_of(&rows);
        let (broken, whole) = match house.app.db.engine() {
            Engine::Sqlite => (
                "create trigger broken before insert on exchange_row when new.n = 150
                    begin select raise(abort, 'broken'); end;",
                "drop trigger broken;",
            ),
            Engine::Postgres => (
                "create function broken() returns trigger language plpgsql as
                    'begin if new.n = 150 then raise exception ''broken''; end if;
                     return new; end';
                 create trigger broken before insert on exchange_row
                    for each row execute function broken();",
                "drop trigger broken on exchange_row; drop function broken;",
            ),
        };
        house.force(broken).await.unwrap();
        let answer = social.post("/exchange", &json!({ "text": text })).await;
        assert!(answer.status.is_server_error(), "{}", answer.status);
        let held: i64 = house.one("select count(*) from fact").await;
        assert_eq!(held, 100, "the first part stands");
        let run: uuid::Uuid = house.one("select id from exchange_run").await;
        let page = social.see(&format!("/exchange/{run}")).await;
        assert_eq!(counts(&page), [250, 100, 100, 0, 0], "and its run says so");
        house.force(whole).await.unwrap();
        let run = send(&social, &text).await;
        assert_eq!(counts(&run), [250, 250, 150, 100, 0]);
        let held: i64 = house.one("select count(*) from fact").await;
        assert_eq!(held, 250);
        let noted: i64 = house
            .one(
                "select count(*) from journal where act = 'exchange.import'
                    and detail like '%accepted%'",
            )
            .await;
        assert_eq!(noted, 4, "one for each part that stands");
    });
}
