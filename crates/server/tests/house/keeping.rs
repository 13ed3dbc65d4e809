//! Keep-times that run, holds, and erasure by two people.

use std::collections::BTreeSet;

use http::StatusCode;
use onedoor_domain::person::Country;
use onedoor_server::app::{App, Mode};
use onedoor_server::config::CheckpointSetUp;
use onedoor_server::db::Engine;
use onedoor_server::journal::Journal;
use onedoor_server::journal::daily::{kept_outside, make};
use onedoor_server::keeping::{nightly, register, run};
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, SOCIAL, Scene, open, scene};
use crate::support::{House, KEY, on_both};

fn id(house: &House, id: &str) -> String {
    match house.app.db.engine() {
        Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
        Engine::Postgres => format!("'{id}'"),
    }
}

fn move_to(house: &House, day: &str) {
    house.clock.move_to(format!("{day}T08:30:00Z").parse().unwrap());
}

async fn rows(house: &House, table: &str) -> i64 {
    house.one(&format!("select count(*) from {table}")).await
}

/// The house in Sweden.
async fn swedish(house: &House) -> App {
    let mut config = house.config.clone();
    config.country = "se".into();
    App::start(config, Mode::Demo, house.clock.clone()).await.unwrap()
}

async fn close(house: &House, scene: &Scene, case: &str) {
    let worker = house.staff(&scene.worker_code).await;
    let version = worker.see(&format!("/cases/{case}")).await["version"].to_string();
    let form = json!({ "reason": "work", "version": version });
    worker.post(&format!("/cases/{case}/close"), &form).await.ok();
}

/// REQ-INFO-01: every table has a keep-time that the program reads, or a reason why
/// nothing is taken from it; nothing is named twice, and nothing that is not there.
#[test]
fn every_table_has_a_time_or_a_reason() {
    let text = include_str!("../../../../data_classes.toml");
    let classes: toml::Table = toml::from_str(text).unwrap();
    let register = register().unwrap();
    let mut named: Vec<&str> =
        register.class.values().flat_map(|c| &c.tables).map(String::as_str).collect();
    named.sort_unstable();
    named.dedup();
    let stays: Vec<&str> = register.stays.values().flatten().map(String::as_str).collect();
    assert!(stays.iter().all(|table| !named.contains(table)), "both kept and taken");
    let known: BTreeSet<&str> = named.iter().chain(&stays).copied().collect();
    let there: BTreeSet<&str> = classes.keys().map(String::as_str).collect();
    assert_eq!(known, there);
    // The two registers say the same time.
    let keep = |table: &str| -> String {
        let columns = classes[table].as_table().unwrap();
        columns.values().map(|c| c[2].as_str().unwrap()).max_by_key(|t| t.len()).unwrap().into()
    };
    for (table, days, years) in [
        ("outbox", 90, 0),
        ("idempotency", 1, 0),
        ("visit", 0, 2),
        ("appointment", 0, 2),
        ("shared_case", 0, 10),
        ("journal", 0, 10),
        ("erasure", 0, 10),
    ] {
        let class = register.class.values().find(|c| c.tables.iter().any(|t| t == table)).unwrap();
        assert_eq!((class.no.days, class.no.years), (days, years), "{table}");
        let words = keep(table);
        let number = if days > 1 { days.to_string() } else { years.max(1).to_string() };
        assert!(words.contains(&number) || (days == 1 && words == "one day"), "{table}: {words}");
    }
}

/// REQ-INFO-01: what is over its time goes, in the night and once; what is not
/// stays; the journal says so to the person; the report counts it.
#[test]
fn what_is_over_its_time_goes() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let reception = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        let visit = crate::reception::check_in(&reception, &["income"]).await;
        let set = format!(
            "update visit set person_id = {}, state = 'closed', outcome = 'left', \
             closed_at = arrived_at where id = {}",
            id(&house, &scene.person),
            id(&house, &visit)
        );
        house.force(&set).await.unwrap();
        let before = rows(&house, "visit").await;
        move_to(&house, "2028-11-22");
        assert!(nightly(&house.app).await.unwrap());
        assert_eq!(rows(&house, "visit").await, before, "a day too early");
        assert!(!nightly(&house.app).await.unwrap(), "once a day");
        move_to(&house, "2028-11-23");
        let (one, other) = tokio::join!(nightly(&house.app), nightly(&house.app));
        assert_ne!(one.unwrap(), other.unwrap(), "one of two servers");
        assert_eq!(rows(&house, "visit").await, before - 1);
        assert_eq!(rows(&house, "session").await, 0, "sessions of two years ago");
        let told = format!(
            "select count(*) from journal j join journal_person p on p.lane = j.lane \
             and p.seq = j.seq where j.act = 'keeping.delete' and p.person_id = {}",
            id(&house, &scene.person)
        );
        assert_eq!(house.one::<i64>(&told).await, 1);
        let owner = house.staff("city-03").await;
        let page = owner.see("/keeping").await;
        let counts = page["runs"][0]["counts"].as_array().unwrap();
        let of = |class: &str| counts.iter().find(|c| c["class"] == class).unwrap().clone();
        assert_eq!(of("visit")["deleted"], 1);
        assert_eq!(of("visit")["next_due"], Value::Null);
        let before = page["runs"][1]["counts"].as_array().unwrap();
        let sessions = before.iter().find(|c| c["class"] == "session").unwrap();
        assert!(sessions["deleted"].as_i64().unwrap() > 0);
        assert!(owner.get("/keeping").await.body.contains("2028"));
        let other = house.staff(&scene.worker_code).await;
        assert_eq!(other.get("/keeping").await.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-INFO-01: a hold keeps what is due until it is lifted, with a reason each.
#[test]
fn a_hold_keeps_what_is_due() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let insert = format!(
            "insert into outbox (id, channel, recipient, language, body, person_id, created_at) \
             values ({0}, 'sms', '1', 'nb', 'x', {0}, 1)",
            id(&house, &scene.person)
        );
        house.force(&insert).await.unwrap();
        let owner = house.staff("city-03").await;
        let empty = owner.post("/keeping/holds", &json!({ "person": scene.person })).await;
        assert_eq!(empty.faults()["reason"], "text-empty");
        let nobody = json!({ "person": uuid::Uuid::nil(), "reason": "x" });
        assert_eq!(owner.post("/keeping/holds", &nobody).await.faults()["person"], "choose");
        let hold = json!({ "person": scene.person, "reason": "Complaint", "from": "2026-11-01" });
        owner.post("/keeping/holds", &hold).await.ok();
        let counts = run(&house.app, house.app.today()).await.unwrap();
        let of = |class: &str| counts.iter().find(|c| c.class == class).unwrap();
        assert_eq!((of("outbox").deleted, of("outbox").held), (0, 1));
        let page = owner.see("/keeping").await;
        let (hold, version) =
            (page["holds"][0]["id"].as_str().unwrap(), &page["holds"][0]["version"]);
        let path = format!("/keeping/holds/{hold}/lift");
        let bare = owner.post(&path, &json!({ "version": version })).await;
        assert_eq!(bare.faults()["lift_reason"], "text-empty");
        owner.post(&path, &json!({ "version": version, "reason": "Settled" })).await.ok();
        let again = owner.post(&path, &json!({ "version": version, "reason": "x" })).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        run(&house.app, house.app.today()).await.unwrap();
        assert_eq!(rows(&house, "outbox").await, 0);
    });
}

/// REQ-INFO-01: in Norway a case is locked after ten years and out of daily use; in
/// Sweden the employment service's goes three years after the end of the year.
#[test]
fn a_case_is_locked_in_norway_and_deleted_in_sweden() {
    on_both(|house| async move {
        let scene = scene(&house, EMPLOYMENT).await;
        let case = open(&scene).await;
        close(&house, &scene, &case).await;
        let app = swedish(&house).await;
        assert_eq!(app.country, Country::Se);
        let night = async |app: &App, day: &str| {
            move_to(&house, day);
            run(app, app.today()).await.unwrap();
        };
        night(&app, "2029-12-31").await;
        assert_eq!(rows(&house, "shared_case").await, 1, "a day too early");
        // In Norway nothing happens yet, and at last it is locked, not deleted.
        night(&house.app, "2036-11-22").await;
        assert_eq!(rows(&house, "kept_lock").await, 0);
        let worker = house.staff(&scene.worker_code).await;
        worker.get(&format!("/api/v1/cases/{case}")).await.ok();
        night(&house.app, "2036-11-23").await;
        assert_eq!(rows(&house, "kept_lock").await, 1);
        assert_eq!(rows(&house, "shared_case").await, 1);
        let worker = house.staff(&scene.worker_code).await;
        let locked = worker.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(locked.status, StatusCode::NOT_FOUND, "out of daily use");
        house.force("delete from kept_lock").await.unwrap();
        night(&app, "2030-01-01").await;
        assert_eq!(rows(&house, "shared_case").await, 0);
        assert_eq!(rows(&house, "case_event").await, 0);
    });
}

/// B-2: what Swedish research keeps is locked instead of deleted. The day of birth lies
/// sealed, and the keeping opens it for this rule.
#[test]
fn research_keeps_a_social_file() {
    on_both(|house| async move {
        let mut first = scene(&house, SOCIAL).await;
        let app = swedish(&house).await;
        for (born, kept) in [("1980-05-15", 1), ("1980-05-14", 0)] {
            let form = json!({
                "given": "Sigrid", "family": "Solli", "born_on": born, "none_of_these": "yes",
            });
            first.person = first.worker.post("/persons", &form).await.ok().id();
            let case = open(&first).await;
            close(&house, &first, &case).await;
            let stored: String = house.one("select max(born_on) from person").await;
            assert!(stored.starts_with("x1:"), "{stored}");
            run(&app, "2031-11-23".parse().unwrap()).await.unwrap();
            let left = (rows(&house, "kept_lock").await, rows(&house, "shared_case").await);
            assert_eq!(left, (kept, kept), "{born}");
            house
                .force(
                    "delete from kept_lock; delete from case_event; delete from case_agency;
                     delete from shared_case",
                )
                .await
                .unwrap();
        }
    });
}

/// REQ-INFO-01: a fact and a note go when the day that stands on them is over, a consent
/// ten years after its end; the person's own log says so, and a hold keeps them.
#[test]
fn what_stands_on_the_row_itself_is_kept_to() {
    on_both(|house| async move {
        let mut scene = scene(&house, SOCIAL).await;
        let form = json!({
            "given": "Sigrid", "family": "Solli", "born_on": "1980-05-15", "none_of_these": "yes",
        });
        scene.person = scene.worker.post("/persons", &form).await.ok().id();
        let path = format!("/persons/{}", scene.person);
        let fact = json!({ "kind": "housing", "text": "Rents a room", "source": "Herself",
            "received_on": "2026-11-20" });
        let note = json!({
            "category": "housing", "body": "Wants to move", "said_by": "Herself", "sure": "yes",
            "received_on": "2026-11-20",
        });
        for _ in 0..2 {
            // The second of a kind takes the place of the first, which stays as history.
            scene.worker.post(&format!("{path}/facts"), &fact).await.ok();
            scene.worker.post(&format!("{path}/notes"), &note).await.ok();
        }
        let agency = |code: &str| onedoor_server::app::id_of("agency", code).to_string();
        let mut consent = json!({
            "purpose": "coordination", "category": ["id", "case"], "from": [agency("social")],
            "to": [agency("employment")], "form": "written",
        });
        let seen = scene.worker.post(&format!("{path}/consents/preview"), &consent).await.ok();
        consent["seen"] = seen.json()["seen"].clone();
        scene.worker.post(&format!("{path}/consents"), &consent).await.ok();
        let today = house.app.today();
        let left = async || {
            (rows(&house, "fact").await, rows(&house, "note").await, rows(&house, "consent").await)
        };
        run(&house.app, today).await.unwrap();
        assert_eq!(left().await, (2, 2, 1), "none of it is due");
        house
            .force(&format!(
                "update fact set kept_until = '{today}'; update note set kept_until = '{today}';
                 update consent set valid_until = '2016-11-22'"
            ))
            .await
            .unwrap();
        run(&house.app, today).await.unwrap();
        assert_eq!(left().await, (2, 2, 0), "the last day is kept");
        let owner = house.staff("city-03").await;
        let hold = json!({ "person": scene.person, "reason": "Complaint" });
        owner.post("/keeping/holds", &hold).await.ok();
        let tomorrow = today.tomorrow().unwrap();
        let counts = run(&house.app, tomorrow).await.unwrap();
        let record = counts.iter().find(|count| count.class == "record").unwrap();
        assert_eq!((record.deleted, record.held), (0, 4));
        house.force("delete from legal_hold").await.unwrap();
        run(&house.app, tomorrow).await.unwrap();
        assert_eq!(left().await, (0, 0, 0));
        let told = format!(
            "select count(*) from journal j join journal_person p on p.lane = j.lane \
             and p.seq = j.seq where j.act = 'keeping.delete' and p.person_id = {}",
            id(&house, &scene.person)
        );
        assert_eq!(house.one::<i64>(&told).await, 5);
    });
}

/// REQ-INFO-19: the journal's oldest rows go after ten years, up to a checkpoint,
/// and what is left still checks; a hold keeps them.
#[test]
fn a_cut_journal_still_checks() {
    on_both(|house| async move {
        let key_file = house.folder.path().join("signer.key");
        std::fs::write(&key_file, [5; 32]).unwrap();
        let folder = house.folder.path().join("checkpoints");
        let mut config = house.config.clone();
        config.checkpoint = Some(CheckpointSetUp { key_file, folder: folder.clone() });
        let app = App::start(config, Mode::Demo, house.clock.clone()).await.unwrap();
        let scene = scene(&house, SOCIAL).await;
        for day in ["2026-11-24", "2026-11-25"] {
            move_to(&house, day);
            let worker = house.staff(&scene.worker_code).await;
            for _ in 0..6 {
                worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
            }
            assert!(make(&app).await.unwrap().is_some());
        }
        let whole = rows(&house, "journal").await;
        move_to(&house, "2036-11-24");
        let owner = house.staff("city-03").await;
        let hold = json!({ "person": scene.person, "reason": "Complaint" });
        owner.post("/keeping/holds", &hold).await.ok();
        run(&app, app.today()).await.unwrap();
        assert!(rows(&house, "journal").await > whole, "held");
        house.force("delete from legal_hold").await.unwrap();
        run(&app, app.today()).await.unwrap();
        let cut: jiff::Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
        let old = format!(
            "select count(*) from journal where act = 'person.read' and at < {}",
            cut.as_microsecond()
        );
        assert_eq!(house.one::<i64>(&old).await, 0, "the first days are gone");
        let kept = old.replace('<', ">=");
        assert!(house.one::<i64>(&kept).await >= 6, "the next day is not");
        let anchors = rows(&house, "journal_anchor").await;
        assert!(anchors > 0);
        assert!(make(&app).await.unwrap().is_some(), "the next checkpoint goes on");
        let kept = kept_outside(&folder).unwrap();
        let report = Journal::new(KEY).verify_beside(&app.db, &kept, |_| {}).await.unwrap();
        assert_eq!(report.broken, []);
        // Cutting more by hand is found.
        house.force("update journal_anchor set seq = seq + 1").await.unwrap();
        let report = Journal::new(KEY).verify(&app.db, |_| {}).await.unwrap();
        assert!(!report.broken.is_empty());
    });
}

/// REQ-INFO-16: erasure is asked, decided by one with a reason, confirmed by
/// another, and done: every table that holds plain text about the person is empty
/// of it, and the journal keeps the identifier alone.
#[test]
fn two_people_erase_a_person() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let owner = house.staff("city-03").await;
        let ask = json!({ "person": scene.person, "reason": "She asks for it" });
        let erasure = owner.post("/erasures", &ask).await.ok().id();
        let twice = owner.post("/erasures", &ask).await;
        assert_eq!(twice.code(), "erasure-open");
        let at = |step: &str| format!("/erasures/{erasure}/{step}");
        let early = owner.post(&at("confirm"), &json!({ "version": 1 })).await;
        assert_eq!(early.code(), "erasure-not-now");
        let decision = json!({ "decision": "erase", "version": 1, "reason": "No duty to keep" });
        let bare = owner.post(&at("decide"), &json!({ "version": 1 })).await;
        assert_eq!(bare.faults().len(), 2);

        // A hold stands in the way.
        let hold = json!({ "person": scene.person, "reason": "Complaint" });
        owner.post("/keeping/holds", &hold).await.ok();
        assert_eq!(owner.see(&format!("/erasures/{erasure}")).await["findings"], json!(["hold"]));
        assert_eq!(owner.post(&at("decide"), &decision).await.code(), "erasure-kept");
        house.force("delete from legal_hold").await.unwrap();

        owner.post(&at("decide"), &decision).await.ok();
        let alone = owner.post(&at("confirm"), &json!({ "version": 2 })).await;
        assert_eq!(alone.code(), "erasure-same-person");
        let second = house.staff(&house.worker("social-adult-heimdal", "joint_manager", 0)).await;
        let seen = second.see(&format!("/erasures/{erasure}")).await;
        assert_eq!(seen["line"]["person"], Value::Null, "the second does not see who");
        assert_eq!(seen["may_confirm"], true);
        assert!(second.get("/erasures").await.ok().body.contains(&erasure));
        second.post(&at("confirm"), &json!({ "version": 2 })).await.ok();
        assert_eq!(owner.see(&format!("/erasures/{erasure}")).await["line"]["state"], "done");

        for table in ["person_name", "person_identifier", "person_agency", "outbox"] {
            let person = id(&house, &scene.person);
            let left = format!("select count(*) from {table} where person_id = {person}");
            assert_eq!(house.one::<i64>(&left).await, 0, "{table}");
        }
        let named: String = house.one("select given_name from person").await;
        assert_eq!(named, "");
        let gone = house.staff(&scene.worker_code).await;
        let page = gone.get(&format!("/persons/{}", scene.person)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let executed: i64 =
            house.one("select count(*) from journal where act = 'erasure.execute'").await;
        assert_eq!(executed, 1);
    });
}

/// REQ-INFO-16: an open case, an archived one and an open visit each stand in the
/// way; a request can be refused or taken back, and then nothing happens.
#[test]
fn what_the_law_keeps_is_not_erased() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let owner = house.staff("city-03").await;
        let ask = json!({ "person": scene.person, "reason": "She asks for it" });
        let first = owner.post("/erasures", &ask).await.ok().id();
        let findings =
            async |id: &str| owner.see(&format!("/erasures/{id}")).await["findings"].clone();
        assert_eq!(findings(&first).await, json!(["open_case"]));
        close(&house, &scene, &case).await;
        assert_eq!(findings(&first).await, json!(["archive"]));
        let refusal = json!({ "decision": "refuse", "version": 1, "reason": "The archive law" });
        owner.post(&format!("/erasures/{first}/decide"), &refusal).await.ok();
        let second = owner.post("/erasures", &ask).await.ok().id();
        owner.post(&format!("/erasures/{second}/withdraw"), &json!({ "version": 1 })).await.ok();
        let states: Vec<Value> = owner.see("/erasures").await["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["state"].clone())
            .collect();
        assert!(states.contains(&json!("refused")) && states.contains(&json!("withdrawn")));
        let named: String = house.one("select given_name from person").await;
        assert_ne!(named, "");
    });
}

/// REQ-INFO-14: a list of candidates goes a year after it was handed over; a hold on one of
/// those on it keeps the whole list, whoever else is on it, until it is lifted; and so does one
/// that is set later, while a hold on somebody who is on no list keeps none.
#[test]
fn a_hold_on_a_candidate_keeps_the_list() {
    on_both(|house| async move {
        let (_, list) = crate::consents::shared_and_taken_back(&house).await;
        let left = async || (rows(&house, "candidate_list").await, rows(&house, "candidate").await);
        assert_eq!(left().await, (1, 1));
        let person: uuid::Uuid = house.one("select person_id from candidate").await;
        move_to(&house, "2027-11-22");
        run(&house.app, house.app.today()).await.unwrap();
        assert_eq!(left().await, (1, 1), "the year is not over");
        let owner = house.staff("city-03").await;
        let stranger = scene(&house, SOCIAL).await.person;
        for (who, reason) in [(stranger, "Noen annen"), (person.to_string(), "Klage på listen")] {
            let hold = json!({ "person": who, "reason": reason });
            owner.post("/keeping/holds", &hold).await.ok();
        }
        move_to(&house, "2027-11-25");
        let counts = run(&house.app, house.app.today()).await.unwrap();
        let lists = counts.iter().find(|count| count.class == "list").unwrap();
        assert_eq!((lists.deleted, lists.held, lists.stuck), (0, 1, 0));
        assert_eq!(left().await, (1, 1));
        let owner = house.staff("city-03").await;
        let page = owner.see("/keeping").await;
        let holds = page["holds"].as_array().unwrap();
        let hold = holds.iter().find(|hold| hold["reason"] == "Klage på listen").unwrap();
        let lift = json!({ "version": hold["version"], "reason": "Klagen er avgjort" });
        let path = format!("/keeping/holds/{}/lift", hold["id"].as_str().unwrap());
        owner.post(&path, &lift).await.ok();
        let counts = run(&house.app, house.app.today()).await.unwrap();
        let lists = counts.iter().find(|count| count.class == "list").unwrap();
        assert_eq!((lists.deleted, lists.held), (1, 0));
        assert_eq!(left().await, (0, 0), "{list}");
    });
}

/// REQ-INFO-01: where a worker could be reached goes a year after the night on which they were
/// first off duty, and so does what they signed in by; their name stays with what they did; who
/// comes back in between starts anew.
#[test]
fn the_address_of_a_worker_who_left_goes_after_a_year() {
    on_both(|house| async move {
        let code = house.worker(SOCIAL, "caseworker", 4);
        let of = |column: &str| format!("select {column} from staff where code = '{code}'");
        let before: String = house.one(&of("email")).await;
        assert!(before.contains('@'));
        let duty = async |on: &str| {
            let sql = format!(
                "update staff set on_duty = {on}, subject = 'idp-77' where code = '{code}'"
            );
            house.force(&sql).await.unwrap();
        };
        let (yes, no) = match house.app.db.engine() {
            Engine::Sqlite => ("1", "0"),
            Engine::Postgres => ("true", "false"),
        };
        let night = async |day: &str| {
            move_to(&house, day);
            let counts = run(&house.app, house.app.today()).await.unwrap();
            counts.iter().find(|count| count.class == "staff_address").unwrap().deleted
        };
        duty(no).await;
        assert_eq!(night("2026-11-23").await, 0);
        // Back for a day: the year starts anew.
        duty(yes).await;
        assert_eq!(night("2027-05-01").await, 0);
        duty(no).await;
        assert_eq!(night("2027-05-02").await, 0);
        // By now those go who were off duty from the first night.
        night("2027-11-30").await;
        let kept: String = house.one(&of("email")).await;
        assert_eq!(kept, before, "a year after the first time, and not after the second");
        assert_eq!(night("2028-05-03").await, 1);
        assert_eq!(house.one::<String>(&of("email")).await, format!("left:{code}"));
        assert_eq!(house.one::<Option<String>>(&of("subject")).await, None);
        assert!(!house.one::<String>(&of("name")).await.is_empty(), "history refers to it");
        assert_eq!(night("2028-05-04").await, 0, "once");
    });
}

/// REQ-INFO-16: what a measure provider was handed is kept as long as any other disclosure, ten
/// years, and a hold keeps it longer.
#[test]
fn what_was_handed_over_is_kept_ten_years() {
    on_both(|house| async move {
        use crate::providers::{agreement, hand_all};
        let provider = agreement(&house, "employment", &["id", "case", "emp"]).await;
        let scene = scene(&house, EMPLOYMENT).await;
        hand_all(&scene.worker, &scene.person, &provider, &["placement"]).await;
        assert_eq!(rows(&house, "handing").await, 2, "who it is, and that they have a case");
        move_to(&house, "2036-11-22");
        run(&house.app, house.app.today()).await.unwrap();
        assert_eq!(rows(&house, "handing").await, 2);
        let owner = house.staff("city-03").await;
        let hold = json!({ "person": scene.person, "reason": "Klage" });
        owner.post("/keeping/holds", &hold).await.ok();
        move_to(&house, "2036-11-25");
        run(&house.app, house.app.today()).await.unwrap();
        assert_eq!(rows(&house, "handing").await, 2, "held");
        house.force("delete from legal_hold").await.unwrap();
        run(&house.app, house.app.today()).await.unwrap();
        assert_eq!(rows(&house, "handing").await, 0);
    });
}

/// REQ-INFO-01, REQ-INFO-18: a hold that is set at the moment at which a thing would go keeps it,
/// and stands in the way of an erasure that is being confirmed.
#[test]
fn a_hold_that_comes_at_the_last_moment_keeps() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let owner = house.staff("city-03").await;
        let ask = json!({ "person": scene.person, "reason": "Ønsker det" });
        let erasure = owner.post("/erasures", &ask).await.ok().id();
        let at = |step: &str| format!("/erasures/{erasure}/{step}");
        let decision = json!({ "decision": "erase", "version": 1, "reason": "Ingen plikt" });
        owner.post(&at("decide"), &decision).await.ok();
        let fact = json!({ "kind": "housing", "text": "Leier en hybel", "source": "Personen",
            "received_on": "2026-11-20" });
        scene.worker.post(&format!("/persons/{}/facts", scene.person), &fact).await.ok();
        house.force("update fact set kept_until = '2026-11-01'").await.unwrap();
        let second = house.staff(&house.worker(SOCIAL, "joint_manager", 0)).await;
        // A hold on its way: written, and not yet there for others.
        let mut tx = house.app.db.begin().await.unwrap();
        let person = id(&house, &scene.person);
        let staff = id(&house, &crate::support::staff_id("city-03"));
        tx.script(&format!(
            "update person set version = version where id = {person};
             insert into legal_hold (id, person_id, reason, set_by, set_at, from_day, version)
             values ({person}, {person}, 'x', {staff}, 1, '2026-11-01', 1)"
        ))
        .await
        .unwrap();
        let app = house.app.clone();
        let night = tokio::spawn(async move { run(&app, app.today()).await.unwrap() });
        let confirm = at("confirm");
        let confirming =
            tokio::spawn(async move { second.post(&confirm, &json!({ "version": 2 })).await });
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        assert!(!night.is_finished() && !confirming.is_finished(), "both wait");
        tx.commit().await.unwrap();
        let counts = night.await.unwrap();
        let record = counts.iter().find(|count| count.class == "record").unwrap();
        assert_eq!((record.deleted, record.held), (0, 1));
        assert_eq!(rows(&house, "fact").await, 1);
        assert_eq!(confirming.await.unwrap().code(), "erasure-kept");
    });
}
