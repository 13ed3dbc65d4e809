//! Family ties between persons, and who may act for somebody.

use http::StatusCode;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::support::{House, Someone, on_both};

const NUMBER: &str = "10915596784";

async fn person(worker: &Someone, given: &str, born: &str) -> String {
    let form = json!({ "given": given, "family": "Familie", "born_on": born,
        "none_of_these": "yes" });
    worker.post("/persons", &form).await.ok().id()
}

fn tie(other: &str, kind: &str) -> Value {
    json!({ "other": other, "kind": kind, "source": "person", "received_on": "2026-11-20" })
}

async fn family(worker: &Someone, person: &str) -> Vec<Value> {
    worker.see(&format!("/persons/{person}/family")).await["lines"].as_array().unwrap().clone()
}

async fn social(house: &House, n: usize) -> Someone {
    house.staff(&house.worker(SOCIAL, "caseworker", n)).await
}

/// REQ-INFO-17: a tie is recorded once and reads the same from both ends; what contradicts it
/// is refused; a couple that parts is a former couple; what was wrong is gone.
#[test]
fn a_tie_reads_the_same_from_both_ends() {
    on_both(|house| async move {
        let worker = social(&house, 0).await;
        let mother = person(&worker, "Mor", "1980-01-01").await;
        let child = person(&worker, "Barn", "2010-01-01").await;
        let path = format!("/persons/{mother}/family");
        worker.post(&path, &tie(&child, "child")).await.ok();
        worker.post(&format!("/persons/{child}/family"), &tie(&mother, "parent")).await.ok();
        let lines = family(&worker, &mother).await;
        assert_eq!(lines.len(), 1, "once for both");
        assert_eq!(
            (&lines[0]["kind"], &lines[0]["name"]),
            (&json!("child"), &json!("Barn Familie"))
        );
        assert_eq!(family(&worker, &child).await[0]["kind"], "parent");
        for (other, kind, field, fault) in [
            (child.as_str(), "parent", "kind", "kin-age"),
            (child.as_str(), "sibling", "kind", "kin-contradicts"),
            (mother.as_str(), "sibling", "kind", "kin-oneself"),
            ("", "child", "other", "kin-who"),
            ("11111111111", "child", "other", "kin-who"),
            (child.as_str(), "cousin", "kind", "choose"),
        ] {
            let answer = worker.post(&path, &tie(other, kind)).await;
            assert_eq!(answer.faults()[field], fault, "{kind}");
        }
        let partner = person(&worker, "Partner", "1979-01-01").await;
        worker.post(&path, &tie(&partner, "partner")).await.ok();
        let lines = family(&worker, &mother).await;
        let of = |kind: &str| lines.iter().find(|line| line["kind"] == kind).unwrap()["id"].clone();
        let end = |id: &Value| format!("{path}/{}/end", id.as_str().unwrap());
        let wrong = json!({ "why": "over" });
        let refused = worker.post(&end(&of("child")), &wrong).await;
        assert_eq!(refused.faults()["why"], "kin-not-over");
        worker.post(&end(&of("partner")), &json!({ "why": "over" })).await.ok();
        worker.post(&end(&of("child")), &json!({ "why": "wrong" })).await.ok();
        let left = family(&worker, &mother).await;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0]["kind"], "former_partner");
        let again = worker.post(&end(&of("partner")), &json!({ "why": "wrong" })).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "what has ended is not there");
    });
}

/// REQ-INFO-15, REQ-INFO-17: whoever reads the one does not therefore read or name the other;
/// whoever is hidden is in no line; what another agency recorded crosses only as the walls let.
#[test]
fn kinship_opens_nothing() {
    on_both(|house| async move {
        let worker = social(&house, 0).await;
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let form = json!({ "given": "Mor", "family": "Familie", "number": NUMBER });
        let mother = worker.post("/persons", &form).await.ok().id();
        employment.post("/persons", &form).await.ok();
        let child = person(&worker, "Barn", "2010-01-01").await;
        let path = format!("/persons/{mother}/family");
        worker.post(&path, &tie(&child, "child")).await.ok();
        for pack in ["no-2004", "se-2022"] {
            let choice = json!({ "pack": format!("{pack}@1"),
                "from": house.app.today().to_string(), "reason": "Familie" });
            house.choose_law(&choice).await;
            assert!(family(&employment, &mother).await.is_empty(), "{pack}");
        }
        // What a consent opens is noted, and whoever read it is told of the end.
        let consent = json!({
            "purpose": "coordination", "category": ["id", "family"], "form": "written",
            "from": [crate::consents::agency("social")],
            "to": [crate::consents::agency("employment")],
        });
        let consent = crate::consents::give(&worker, &mother, &consent).await;
        assert_eq!(family(&employment, &mother).await.len(), 1);
        family(&employment, &mother).await;
        let told: i64 = house
            .one(
                "select count(*) from disclosure where categories = 'family'
                    and consent_id is not null and rule <> ''",
            )
            .await;
        assert_eq!(told, 1, "looking again changes nothing");
        let all = json!({ "scope": "all", "how": "counter" });
        let seen = crate::consents::take_back(&worker, &consent, &all).await;
        assert_eq!(seen["held"][0]["categories"], json!(["family"]));
        assert!(family(&employment, &mother).await.is_empty());
        // Her own agency sees that there is a child; employment records one itself, and only
        // of somebody whom it may read.
        let refused = employment.post(&path, &tie(&child, "child")).await;
        let nobody = employment.post(&path, &tie(&uuid::Uuid::now_v7().to_string(), "child")).await;
        assert_eq!(refused.faults(), nobody.faults(), "hidden and absent look alike");
        assert_eq!(refused.faults()["other"], "kin-who");
        let page = employment.get(&format!("/api/v1/persons/{child}/family")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let sql = match house.app.db.engine() {
            onedoor_server::db::Engine::Sqlite => format!("x'{}'", child.replace('-', "")),
            onedoor_server::db::Engine::Postgres => format!("'{child}'"),
        };
        house.force(&format!("update person set guard = 2 where id = {sql}")).await.unwrap();
        assert!(family(&worker, &mother).await.is_empty(), "whoever is hidden is in no line");
    });
}

/// REQ-INFO-15: where one of the two is a member of staff, that worker is barred from the other
/// at once, whichever comes first, the tie or the worker's own number; when the tie was wrong
/// the bar is lifted.
#[test]
fn a_tie_bars_the_worker_who_is_one_of_the_two() {
    on_both(|house| async move {
        let (worker, colleague) = (social(&house, 0).await, social(&house, 1).await);
        let form = json!({ "given": "Selv", "family": "Ansatt", "number": NUMBER });
        let oneself = colleague.post("/persons", &form).await.ok().id();
        let brother = person(&colleague, "Bror", "1975-01-01").await;
        let wife = person(&colleague, "Kone", "1976-01-01").await;
        let there = async |person: &str| {
            worker.get(&format!("/api/v1/persons/{person}")).await.status == StatusCode::OK
        };
        let path = format!("/persons/{oneself}/family");
        colleague.post(&path, &tie(&brother, "sibling")).await.ok();
        assert!(there(&brother).await && there(&wife).await);
        let own = json!({ "number": NUMBER, "kind": "own_data" });
        worker.post("/ties", &own).await.ok();
        assert!(!there(&oneself).await, "oneself");
        assert!(!there(&brother).await, "a tie that was there before");
        colleague.post(&path, &tie(&wife, "partner")).await.ok();
        assert!(!there(&wife).await, "a tie that came after");
        let lines = family(&colleague, &oneself).await;
        let id = |kind: &str| {
            lines.iter().find(|l| l["kind"] == kind).unwrap()["id"].as_str().unwrap().to_owned()
        };
        let over = json!({ "why": "over" });
        colleague.post(&format!("{path}/{}/end", id("partner")), &over).await.ok();
        assert!(!there(&wife).await, "a former partner is barred too");
        let wrong = json!({ "why": "wrong" });
        colleague.post(&format!("{path}/{}/end", id("sibling")), &wrong).await.ok();
        assert!(there(&brother).await, "what was wrong bars nobody");
    });
}

/// REQ-INFO-19: who may act for somebody has an act of its own in the journal, and whoever is
/// named there reads in their own log that they were named and seen.
#[test]
fn a_representation_has_an_act_of_its_own() {
    on_both(|house| async move {
        let worker = social(&house, 0).await;
        let ward = person(&worker, "Barn", "2012-01-01").await;
        let guardian = person(&worker, "Verge", "1980-01-01").await;
        let path = format!("/persons/{ward}/representations");
        let form = json!({ "representative": guardian, "kind": "guardian", "covers": ["case"],
            "valid_from": "2026-01-01", "valid_until": "", "source": "Vedtak" });
        worker.post(&path, &form).await.ok();
        let page = worker.see(&path).await;
        assert_eq!(page["lines"][0]["name"], "Verge Familie");
        let edits: i64 = house.one("select count(*) from journal where act = 'person.edit'").await;
        assert_eq!(edits, 0, "it is no change of what is registered");
        let me = house.resident(&guardian).await;
        let log = me.see("/my/log").await.to_string();
        assert!(log.contains("person-note_representation"), "{log}");
        let other = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let hidden = other.get(&format!("/api/v1{path}")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    });
}
