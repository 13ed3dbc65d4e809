//! Persons: found before made, recognised, hidden, joined and parted.

use http::StatusCode;
use serde_json::json;

use crate::support::{House, Someone, on_both};

const NUMBER: &str = "10915596784";

async fn social(house: &House) -> Someone {
    house.staff(&house.worker("social-adult-heimdal", "caseworker", 0)).await
}

async fn insurance(house: &House) -> Someone {
    house.staff(&house.worker("insurance-back-heimdal", "caseworker", 0)).await
}

async fn search(someone: &Someone, q: &str) -> Vec<String> {
    let found = someone.post("/persons/search", &json!({ "q": q })).await.ok().json();
    found["hits"].as_array().unwrap().iter().map(|h| h["name"].as_str().unwrap().into()).collect()
}

/// REQ-INFO-08: a search finds a name however å, ø and æ are typed, half-typed,
/// turned around or with a slip.
#[test]
fn a_search_is_tolerant_of_spelling() {
    on_both(|house| async move {
        let worker = social(&house).await;
        for (given, family) in [("Åse", "Bjørnstad"), ("Kjersti", "Næss"), ("Cathrine", "Hansen")]
        {
            let form = json!({ "given": given, "family": family, "none_of_these": "yes" });
            worker.post("/persons", &form).await.ok();
        }
        for (typed, found) in [
            ("Aase Bjornstad", "Åse Bjørnstad"),
            ("ase bjö", "Åse Bjørnstad"),
            ("Bjoernstad Åse", "Åse Bjørnstad"),
            ("bjørnst", "Åse Bjørnstad"),
            ("Kjersti Naess", "Kjersti Næss"),
            ("kjersti näs", "Kjersti Næss"),
            ("Katrine Hanssen", "Cathrine Hansen"),
            ("Catrine Hanzen", "Cathrine Hansen"),
        ] {
            assert_eq!(search(&worker, typed).await, [found], "{typed}");
        }
        assert!(search(&worker, "Somebody Else").await.is_empty());
        let short = worker.post("/persons/search", &json!({ "q": "a" })).await;
        assert_eq!(short.faults()["q"], "name-query-short");
    });
}

/// REQ-INFO-08: before a person without a number is made, those who look alike
/// are shown.
#[test]
fn search_comes_before_create() {
    on_both(|house| async move {
        let worker = social(&house).await;
        let form = json!({ "given": "Kari", "family": "Østby" });
        worker.post("/persons", &form).await.ok();
        let again = worker.post("/persons", &form).await;
        assert_eq!(again.faults()["none_of_these"], "person-alike");
        let page = worker.form("/persons", "given=Kari&family=Oestby").await;
        assert!(page.body.contains("Kari Østby"), "{}", page.body);
        let form = json!({ "given": "Kari", "family": "Østby", "none_of_these": "yes" });
        worker.post("/persons", &form).await.ok();
        let count: i64 = house.one("select count(*) from person").await;
        assert_eq!(count, 2);
    });
}

/// REQ-INFO-08: the same number in two agencies is one person, and neither
/// agency sees what the other wrote until the person is its own.
#[test]
fn the_same_number_is_the_same_person() {
    on_both(|house| async move {
        let (one, two) = (social(&house).await, insurance(&house).await);
        let form = json!({ "given": "Ola", "family": "Nordmann", "number": NUMBER });
        let id = one.post("/persons", &form).await.ok().id();
        assert!(search(&two, "Ola Nordmann").await.is_empty(), "not theirs yet");
        assert!(search(&two, NUMBER).await.is_empty());
        assert_eq!(two.get(&format!("/api/v1/persons/{id}")).await.status, StatusCode::NOT_FOUND);
        let again = two.post("/persons", &form).await.ok().id();
        assert_eq!(again, id);
        assert_eq!(search(&two, "Ola Nordmann").await, ["Ola Nordmann"]);
        let seen = two.see(&format!("/persons/{id}")).await;
        assert_eq!(seen["number"], "********784", "printed masked");
        let page = two.get(&format!("/persons/{id}")).await.body;
        assert!(!page.contains(NUMBER));
    });
}

/// REQ-INFO-08: two levels of address protection hide a person from search,
/// page, visit and register alike, and registering the same number shows
/// nothing of it.
#[test]
fn a_protected_person_is_not_there() {
    on_both(|house| async move {
        let cleared = house.staff(&house.cleared("strictly_confidential")).await;
        let form = json!({
            "given": "Hemmelig", "family": "Person", "number": NUMBER,
            "protection": "strictly_confidential",
        });
        let id = cleared.post("/persons", &form).await.ok().id();
        assert_eq!(search(&cleared, "Hemmelig Person").await, ["Hemmelig Person"]);
        // The same agency as the cleared worker, and the same office.
        let agency: String = house
            .one(&format!(
                "select u.code from staff s join unit u on u.id = s.unit_id where s.code = '{}'",
                house.cleared("strictly_confidential")
            ))
            .await;
        let plain = house.staff(&house.worker(&agency, "caseworker", 0)).await;
        assert!(search(&plain, "Hemmelig Person").await.is_empty());
        assert!(search(&plain, NUMBER).await.is_empty());
        let hidden = plain.get(&format!("/api/v1/persons/{id}")).await;
        let absent = plain.get(&format!("/api/v1/persons/{}", uuid::Uuid::nil())).await;
        assert_eq!((hidden.status, &hidden.body), (absent.status, &absent.body));
        let form = json!({ "given": "Anne", "family": "Annen", "number": NUMBER });
        let shadow = plain.post("/persons", &form).await.ok().id();
        assert_ne!(shadow, id);
        let seen = plain.see(&format!("/persons/{shadow}")).await;
        assert_eq!((&seen["name"], &seen["number"]), (&json!("Anne Annen"), &json!("********784")));
        let fresh = json!({ "given": "Ny", "family": "Person", "number": "50846202355" });
        let fresh = plain.post("/persons", &fresh).await.ok().id();
        let fresh = plain.see(&format!("/persons/{fresh}")).await;
        let keys =
            |v: &serde_json::Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&seen), keys(&fresh), "a held number looks like any other");
    });
}

/// REQ-INFO-08: joining and parting are reversible and logged.
#[test]
fn joining_can_be_undone() {
    on_both(|house| async move {
        let worker = social(&house).await;
        let mut ids = Vec::new();
        for given in ["Per", "Peder"] {
            let form = json!({ "given": given, "family": "Aas", "none_of_these": "yes" });
            ids.push(worker.post("/persons", &form).await.ok().id());
        }
        let (kept, other) = (&ids[0], &ids[1]);
        let form = json!({ "other": other });
        let itself = worker.post(&format!("/persons/{other}/join"), &form).await;
        assert_eq!(itself.code(), "person-itself");
        worker.post(&format!("/persons/{kept}/join"), &form).await.ok();
        assert_eq!(search(&worker, "Aas").await, ["Per Aas"]);
        let seen = worker.see(&format!("/persons/{kept}")).await;
        assert_eq!(seen["joined"][0]["name"], "Peder Aas");
        worker.post(&format!("/persons/{kept}/part"), &form).await.ok();
        assert_eq!(search(&worker, "Aas").await.len(), 2);
        let logged: i64 = house.one("select count(*) from journal where act = 'person.join'").await;
        assert!(logged >= 4, "{logged}");
    });
}

/// Bad input gets a clear fault on its field and leaves nothing behind.
#[test]
fn bad_input_is_said_field_by_field() {
    on_both(|house| async move {
        let worker = social(&house).await;
        let long = "x".repeat(500);
        let table = [
            (json!({ "given": "A" }), "family", "name-empty"),
            (json!({ "family": long }), "family", "name-too-long"),
            (json!({ "family": "A\u{7}b" }), "family", "name-characters"),
            (json!({ "family": "B", "number": "123" }), "number", "identity-length"),
            (json!({ "family": "B", "number": "10915596785" }), "number", "identity-control"),
            (json!({ "family": "B", "number": "13097248022" }), "number", "identity-real"),
            (json!({ "family": "B", "born_on": "31.02.1990" }), "born_on", "date"),
            (json!({ "family": "B", "born_on": "2030-01-01" }), "born_on", "date-future"),
            (
                json!({ "family": "B", "number": NUMBER, "born_on": "1990-01-01" }),
                "born_on",
                "born-differs",
            ),
            (json!({ "family": "B", "language": "xx" }), "language", "choose"),
            (json!({ "family": "B", "protection": "much" }), "protection", "choose"),
            (json!({ "family": "B", "basic_unit": "nowhere" }), "basic_unit", "choose"),
            (json!({ "family": "B", "email": "nobody" }), "email", "email"),
            (json!({ "family": "B", "phone": long }), "phone", "text-too-long"),
        ];
        for (form, field, code) in table {
            let answer = worker.post("/persons", &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form} {}", answer.body);
            assert_eq!(answer.faults().get(field).map(String::as_str), Some(code), "{form}");
        }
        let count: i64 = house.one("select count(*) from person").await;
        assert_eq!(count, 0);
        // A page keeps what was typed.
        let page = worker.form("/persons", "given=Ask&family=&phone=91+11").await;
        assert!(page.body.contains("value=\"Ask\"") && page.body.contains("value=\"91 11\""));
    });
}

/// REQ-ORG-03: a formal decision needs the mandate of the worker's own unit,
/// whatever building they sit in; guidance in the same subject is kept as
/// guidance. REQ-ORG-01: both name unit, agency and principal.
#[test]
fn decisions_need_a_mandate_and_guidance_does_not() {
    on_both(|house| async move {
        let worker = social(&house).await;
        let form = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
        let id = worker.post("/persons", &form).await.ok().id();
        let path = format!("/persons/{id}/rulings");
        let ruling = |subject: &str, kind: &str| {
            json!({
                "subject": subject, "kind": kind, "text": "As applied for",
                "act": "social-services-2009", "section": "§ 18",
            })
        };
        let outside = worker.post(&path, &ruling("sickness_benefit", "decision")).await;
        assert_eq!(outside.faults()["kind"], "no-mandate");
        worker.post(&path, &ruling("sickness_benefit", "guidance")).await.ok();
        worker.post(&path, &ruling("social_assistance", "decision")).await.ok();
        let seen = worker.see(&format!("/persons/{id}")).await;
        let rulings = seen["rulings"].as_array().unwrap();
        assert_eq!(rulings.len(), 2);
        for ruling in rulings {
            for field in ["staff", "unit", "agency", "principal"] {
                assert_ne!(ruling[field], "", "{field}");
            }
        }
        let decided: i64 = house.one("select count(*) from ruling where kind = 'decision'").await;
        assert_eq!(decided, 1);
        // A worker in the same building, of another agency, has another mandate.
        let insurer = insurance(&house).await;
        let form = json!({ "given": "Liv", "family": "Lie", "none_of_these": "yes" });
        let other = insurer.post("/persons", &form).await.ok().id();
        let path = format!("/persons/{other}/rulings");
        let outside = insurer.post(&path, &ruling("social_assistance", "decision")).await;
        assert_eq!(outside.faults()["kind"], "no-mandate");
    });
}

/// A list goes on by key: every person once, none twice.
#[test]
fn a_search_goes_on_page_by_page() {
    on_both(|house| async move {
        let worker = social(&house).await;
        for n in 0..45 {
            let given = format!("Anne{}", char::from(b'a' + n % 26));
            let form = json!({ "given": given, "family": "Hansen", "none_of_these": "yes" });
            worker.post("/persons", &form).await.ok();
            // Nobody registers them all within a minute.
            house.clock.move_to(house.clock.now() + jiff::ToSpan::seconds(3));
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut after = String::new();
        for _ in 0..10 {
            let form = json!({ "q": "Hansen", "after": after });
            let page = worker.post("/persons/search", &form).await.ok().json();
            for hit in page["hits"].as_array().unwrap() {
                assert!(seen.insert(hit["id"].as_str().unwrap().to_owned()), "shown twice");
            }
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => break,
            }
        }
        assert_eq!(seen.len(), 45);
    });
}
