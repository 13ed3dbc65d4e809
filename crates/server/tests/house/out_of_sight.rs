//! A person becomes hidden from those who carry the case: nobody is told that there is one, and
//! somebody who may see the person takes over.

use http::StatusCode;
use onedoor_server::case::sight;
use serde_json::{Value, json};

use crate::cases::{SOCIAL, open, scene};
use crate::orders::owner;
use crate::random::{check, literal};
use crate::support::{House, Someone, on_both, staff_id};

/// Registers somebody whom the worker knows of, and gives them and the number of their version.
async fn known(worker: &Someone, form: &Value) -> (String, Value) {
    let person = worker.post("/persons", form).await.ok().id();
    let version = worker.see(&format!("/persons/{person}/edit")).await["form"]["version"].clone();
    (person, version)
}

async fn carries(house: &House, case: &str, what: &str) -> String {
    let case = literal(house, case);
    let sql = format!(
        "select s.code from shared_case c join staff s on s.id = c.{what} where c.id = {case}"
    );
    house.one(&sql).await
}

async fn lines(who: &Someone, path: &str, list: &str) -> Vec<String> {
    let page = who.see(path).await;
    let all = page[list].as_array().unwrap().clone();
    all.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

async fn clear(house: &House, code: &str, clearance: &str) {
    let sql = format!("update staff set clearance = '{clearance}' where code = '{code}'");
    house.force(&sql).await.unwrap();
}

/// REQ-INFO-01, REQ-INFO-08, REQ-REF-01: whoever raises somebody's protection is told nothing of a
/// case that they may not know of. Those who carry it and are not cleared lose sight of it at once;
/// somebody of their agency who is cleared steps in and is asked, the manager who may see it has it
/// on the table, and the owner is the owner until somebody says yes.
#[test]
fn raising_protection_tells_of_no_case() {
    on_both(|house| async move {
        let mut scene = scene(&house, SOCIAL).await;
        let form = json!({ "given": "Marit", "family": "Lund", "number": "10915596784" });
        scene.person = scene.worker.post("/persons", &form).await.ok().id();
        let case = open(&scene).await;
        let other = json!({ "given": "Kari", "family": "Ås", "number": "50846202355" });
        scene.worker.post("/persons", &other).await.ok();

        let writer = house.staff("heimdal-30").await;
        let mut told = Vec::new();
        for form in [&form, &other] {
            let (person, version) = known(&writer, form).await;
            assert_eq!(writer.see(&format!("/persons/{person}")).await["case"], Value::Null);
            let edit = json!({ "given": form["given"], "family": form["family"],
                "protection": "confidential", "version": version });
            let answer = writer.post(&format!("/persons/{person}/edit"), &edit).await.ok();
            told.push(answer.body.replace(&person, "-"));
        }
        assert_eq!(told[0], told[1], "with a case or without, it reads the same");

        let path = format!("/api/v1/cases/{case}");
        assert_eq!(scene.worker.get(&path).await.status, StatusCode::NOT_FOUND);
        clear(&house, "heimdal-01", "confidential").await;
        let manager = house.staff("heimdal-01").await;
        assert_eq!(
            lines(&manager, "/management", "out_of_sight").await,
            std::slice::from_ref(&case)
        );
        assert_eq!(sight::round(&house.app).await.unwrap(), 1);
        assert_eq!(sight::round(&house.app).await.unwrap(), 0, "all is done that can be");
        check(&house).await;
        assert_eq!(owner(&house, &case).await, scene.worker_code, "nobody has said yes");
        assert_eq!(carries(&house, &case, "deputy_id").await, "heimdal-61");
        assert_eq!(carries(&house, &case, "step_owner_id").await, "heimdal-61");
        let page = manager.see("/management").await;
        assert_eq!((&page["out_of_sight"][0]["id"], &page["stuck"]), (&json!(case), &json!(false)));
        clear(&house, "heimdal-01", "none").await;
        let page = manager.see("/management").await;
        assert_eq!((&page["out_of_sight"], &page["stuck"]), (&json!([]), &json!(false)));

        let asked = house.staff("heimdal-48").await;
        assert_eq!(lines(&asked, "/day", "asked_of_me").await, std::slice::from_ref(&case));
        // Who says no is not asked again: the next one is.
        let no = json!({ "reason": "Er full", "alternative": "Spør den neste" });
        asked.post(&format!("/cases/{case}/handover/refuse"), &no).await.ok();
        assert_eq!(sight::round(&house.app).await.unwrap(), 1);
        assert!(lines(&asked, "/day", "asked_of_me").await.is_empty());
        let deputy = house.staff("heimdal-61").await;
        assert_eq!(lines(&deputy, "/day", "asked_of_me").await, std::slice::from_ref(&case));
        assert_eq!(owner(&house, &case).await, scene.worker_code);
        deputy.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
        assert_eq!(owner(&house, &case).await, "heimdal-61");
        // The former owner stands behind now, and may not see it either.
        assert_eq!(sight::round(&house.app).await.unwrap(), 1);
        assert_eq!(carries(&house, &case, "deputy_id").await, "heimdal-62");
        assert_eq!(sight::round(&house.app).await.unwrap(), 0);
        check(&house).await;
        clear(&house, "heimdal-01", "confidential").await;
        assert!(lines(&manager, "/management", "out_of_sight").await.is_empty());
        let report = house.app.journal.verify(&house.app.db, |_| {}).await.unwrap();
        assert!(report.broken.is_empty(), "{:?}", report.broken);
    });
}

/// REQ-REF-01: where nobody is cleared the case stays as it is, the manager is told that somebody
/// must be, and not for whom; as soon as somebody is, they are asked. A question that waits at
/// somebody who may not see the person is taken back.
#[test]
fn where_nobody_is_cleared_the_manager_hears_of_it() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let receiver = house.worker(SOCIAL, "caseworker", 2);
        let ask = json!({ "to_staff": staff_id(&receiver), "reason": "person_asks",
            "need": "Noen andre", "deadline": "2026-11-30" });
        scene.worker.post(&format!("/cases/{case}/handover"), &ask).await.ok();
        let manager = house.staff("heimdal-01").await;
        assert_eq!(manager.see("/management").await["stuck"], false);
        let none = "update staff set clearance = 'none' where unit_id in (select u.id from unit u
            join agency a on a.id = u.agency_id where a.kind = 'social')";
        house.force(none).await.unwrap();
        let id = literal(&house, &scene.person);
        house.force(&format!("update person set guard = 2 where id = {id}")).await.unwrap();

        assert_eq!(sight::round(&house.app).await.unwrap(), 1, "the question comes back");
        assert_eq!(sight::round(&house.app).await.unwrap(), 0);
        check(&house).await;
        let waiting: i64 = house.one("select count(*) from handover where state = 'asked'").await;
        assert_eq!(waiting, 0);
        let page = manager.see("/management").await;
        assert_eq!((&page["out_of_sight"], &page["stuck"]), (&json!([]), &json!(true)));
        clear(&house, &receiver, "strictly_confidential").await;
        assert_eq!(sight::round(&house.app).await.unwrap(), 1);
        assert_eq!(manager.see("/management").await["stuck"], false);
        let receiver = house.staff(&receiver).await;
        receiver.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
        check(&house).await;
    });
}

/// REQ-REF-01, REQ-INFO-15: a worker who notes a tie to the person of their own case loses sight of
/// it, and their deputy is asked to take it over.
#[test]
fn a_tie_of_the_worker_asks_the_deputy() {
    on_both(|house| async move {
        let mut scene = scene(&house, SOCIAL).await;
        let number = "10915596784";
        let form = json!({ "given": "Marit", "family": "Lund", "number": number });
        scene.person = scene.worker.post("/persons", &form).await.ok().id();
        let case = open(&scene).await;
        assert_eq!(sight::round(&house.app).await.unwrap(), 0);
        scene.worker.post("/ties", &json!({ "number": number, "kind": "sibling" })).await.ok();
        assert_eq!(sight::round(&house.app).await.unwrap(), 1);
        let deputy = house.staff(&scene.deputy_code).await;
        assert_eq!(lines(&deputy, "/day", "asked_of_me").await, std::slice::from_ref(&case));
        assert_eq!(owner(&house, &case).await, scene.worker_code);
        assert_eq!(carries(&house, &case, "step_owner_id").await, scene.deputy_code);
        deputy.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
        assert_eq!(sight::round(&house.app).await.unwrap(), 1);
        assert_ne!(carries(&house, &case, "deputy_id").await, scene.worker_code);
        check(&house).await;
    });
}
