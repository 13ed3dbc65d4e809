//! What lies over every rule: protection, shielding, ties, offices; and the single access
//! that overcomes the soft ones.

use http::StatusCode;
use jiff::ToSpan;
use onedoor_domain::secrecy::Overlay;
use serde_json::{Value, json};

use crate::attacks::tie;
use crate::cases::SOCIAL;
use crate::support::{Someone, on_both, staff_id};

const NUMBER: &str = "10915596784";
/// A basic unit of Heimdal.
const SAUPSTAD: &str = "99011001";
/// A worker of the city's social services in another district, not marked `national`.
const FAR: &str = "ostbyen-52";

async fn register(worker: &Someone, more: &Value) -> String {
    let mut form = json!({ "given": "Marit", "family": "Lund", "number": NUMBER });
    form.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    worker.post("/persons", &form).await.ok().id()
}

/// Whether a worker can tell that the person is there: by page, joint view, search by name
/// and by number, all the same.
async fn is_there(worker: &Someone, person: &str) -> bool {
    let page = worker.get(&format!("/api/v1/persons/{person}")).await.status;
    let joint = worker.get(&format!("/api/v1/persons/{person}/joint")).await.status;
    let name = worker.post("/persons/search", &json!({ "q": "Lund" })).await.ok().json();
    let number = worker.post("/persons/search", &json!({ "q": NUMBER })).await.ok().json();
    let found = |page: &Value| !page["hits"].as_array().unwrap().is_empty();
    let all = [page == StatusCode::OK, joint == StatusCode::OK, found(&name), found(&number)];
    assert!(all.iter().all(|one| *one == all[0]), "{all:?}: one of them tells");
    all[0]
}

/// REQ-INFO-08: every kind of address protection, and shielding, hides a person whole from
/// whoever is not marked for it: page, joint view and both searches.
#[test]
fn every_kind_of_guard_hides_a_person_whole() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = register(&worker, &json!({})).await;
        assert!(is_there(&worker, &person).await);
        for bit in [1, 2, 4, 8, 16, 32, 3, 64] {
            let sql = format!("update person set guard = {bit}");
            house.force(&sql).await.unwrap();
            assert!(!is_there(&worker, &person).await, "guard {bit}");
        }
        house.force("update person set guard = 0").await.unwrap();
        assert!(is_there(&worker, &person).await);
    });
}

/// REQ-INFO-15: whoever is family, or the person, is barred from the moment that it is noted,
/// and a colleague is not. It also holds when the person is registered only later.
#[test]
fn a_tie_bars_the_worker_and_nobody_else() {
    on_both(|house| async move {
        let code = house.worker(SOCIAL, "caseworker", 0);
        let worker = house.staff(&code).await;
        let colleague = house.staff(&house.worker(SOCIAL, "caseworker", 1)).await;
        let form = json!({ "number": NUMBER, "kind": "sibling" });
        let before = worker.post("/ties", &form).await.ok().json();
        let person = register(&colleague, &json!({})).await;
        assert!(!is_there(&worker, &person).await, "noted before, barred from the first day");
        assert!(is_there(&colleague, &person).await);
        let form = json!({ "number": NUMBER, "kind": "own_data" });
        let after = colleague.post("/ties", &form).await.ok().json();
        assert_eq!(before, after, "the answer tells nothing");
        assert!(!is_there(&colleague, &person).await);
        let page = colleague.get("/ties").await.ok().body;
        assert!(!page.contains("Lund") && !page.contains(NUMBER), "to whom is not shown again");
    });
}

/// REQ-INFO-15: another district's person is closed to a worker without a mark for the whole
/// country; a single access with a reason opens, is seen by a second person, and the person
/// can read it. domain.md A.5.
#[test]
fn a_single_access_opens_a_soft_overlay_and_is_looked_at() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = register(&worker, &json!({ "basic_unit": SAUPSTAD })).await;
        let far = house.staff(FAR).await;
        assert!(!is_there(&far, &person).await);
        let until = house.app.today().checked_add(5.days()).unwrap().to_string();
        let form = |reason: &str, until: &str| json!({ "number": NUMBER, "reason": reason, "valid_until": until });
        let short = far.post("/access", &form("Haster", &until)).await;
        assert_eq!(short.faults()["reason"], "text-too-short");
        let long = far.post("/access", &form(&"x".repeat(256), &until)).await;
        assert_eq!(long.faults()["reason"], "text-too-long");
        let late = far.post("/access", &form("Vikarierer for kollega", "2027-11-30")).await;
        assert_eq!(late.faults()["valid_until"], "access-too-long");
        far.post("/access", &form("Vikarierer for kollega i Heimdal", &until)).await.ok();
        let page = far.get(&format!("/api/v1/persons/{person}")).await;
        assert_eq!(page.status, StatusCode::OK);
        let rows: i64 = house
            .one(
                "select count(*) from journal
                    where act = 'person.read' and ground = 'single_access'",
            )
            .await;
        assert_eq!(rows, 1);

        let waiting = worker.see("/access").await["waiting"].clone();
        let id = waiting[0]["id"].as_str().unwrap().to_owned();
        let own = far.post(&format!("/access/{id}/answer"), &json!({ "answer": "yes" })).await;
        assert_eq!(own.code(), "access-own");
        let seen = worker.see(&format!("/access/{id}")).await;
        assert_eq!(seen["reason"], "Vikarierer for kollega i Heimdal");
        worker.post(&format!("/access/{id}/answer"), &json!({ "answer": "no" })).await.ok();
        let closed = far.get(&format!("/api/v1/persons/{person}")).await;
        assert_eq!(closed.status, StatusCode::NOT_FOUND, "refused, it opens nothing");
        let again = worker.post(&format!("/access/{id}/answer"), &json!({ "answer": "yes" })).await;
        assert_eq!(again.code(), "access-answered");
    });
}

/// domain.md A.5: what nobody answered for within a day closes by itself.
#[test]
fn a_single_access_without_a_second_person_closes_within_a_day() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = register(&worker, &json!({ "basic_unit": SAUPSTAD })).await;
        let until = house.app.today().checked_add(5.days()).unwrap().to_string();
        let form = json!({
            "number": NUMBER, "reason": "Vikarierer for kollega", "valid_until": until,
        });
        house.staff(FAR).await.post("/access", &form).await.ok();
        house.clock.move_to(house.clock.now() + 23.hours());
        let far = house.staff(FAR).await;
        let path = format!("/api/v1/persons/{person}");
        assert_eq!(far.get(&path).await.status, StatusCode::OK);
        house.clock.move_to(house.clock.now() + 2.hours());
        let far = house.staff(FAR).await;
        assert_eq!(far.get(&path).await.status, StatusCode::NOT_FOUND);
    });
}

/// domain.md A.5: no single access over a hard overlay; it answers as for nobody.
#[test]
fn no_single_access_overcomes_what_is_hard() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = register(&worker, &json!({ "basic_unit": SAUPSTAD })).await;
        let far = house.staff(FAR).await;
        let until = house.app.today().checked_add(5.days()).unwrap().to_string();
        let form = |number: &str| json!({ "number": number, "reason": "Vikarierer for kollega", "valid_until": until });
        let nobody = far.post("/access", &form("10883897493")).await;
        for sql in ["update person set guard = 2", "update person set guard = 32"] {
            house.force(sql).await.unwrap();
            let hard = far.post("/access", &form(NUMBER)).await;
            assert_eq!((hard.status, hard.faults()), (nobody.status, nobody.faults()), "{sql}");
        }
        house.force("update person set guard = 0").await.unwrap();
        far.post("/ties", &json!({ "number": NUMBER, "kind": "former_partner" })).await.ok();
        let tied = far.post("/access", &form(NUMBER)).await;
        assert_eq!((tied.status, tied.faults()), (nobody.status, nobody.faults()));
        let sql = "select count(*) from journal where act = 'access.take' and ground = 'denied'";
        assert_eq!(house.one::<i64>(sql).await, 4, "every try is in the journal");
        let sql = "select count(*) from journal_person p join journal j on j.lane = p.lane
            and j.seq = p.seq where j.act = 'access.take' and j.ground = 'denied'";
        assert_eq!(house.one::<i64>(sql).await, 3, "and the person reads the three on them");
        assert!(!is_there(&far, &person).await);
    });
}

/// domain.md A.5 (OV-950): what is locked to an office is not there for another office of
/// the same agency.
#[test]
fn what_is_locked_to_an_office_stays_there() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = register(&worker, &json!({})).await;
        let form = json!({
            "kind": "housing", "text": "Bor midlertidig", "source": "Personen",
            "received_on": "2026-11-20", "lock": "yes",
        });
        worker.post(&format!("/persons/{person}/facts"), &form).await.ok();
        let path = format!("/persons/{person}/joint");
        assert!(worker.see(&path).await.to_string().contains("Bor midlertidig"));
        let unit = "social-adult-midtbyen";
        let other = house.staff(&house.worker(unit, "caseworker", 0)).await;
        assert!(!other.see(&path).await.to_string().contains("Bor midlertidig"));
        let id: uuid::Uuid = house.one("select id from fact").await;
        for path in [format!("/persons/{person}/facts/{id}/end")] {
            assert_eq!(other.post(&path, &json!({})).await.status, StatusCode::NOT_FOUND);
        }
        // Writing one of the same kind ends what one may see, and not this.
        let housing = |text: &str| {
            json!({ "kind": "housing", "text": text, "source": "Personen",
                "received_on": "2026-11-21" })
        };
        for text in ["Leier en hybel", "Eier en leilighet"] {
            other.post(&format!("/persons/{person}/facts"), &housing(text)).await.ok();
        }
        let shown = worker.see(&path).await.to_string();
        assert!(shown.contains("Bor midlertidig") && shown.contains("Eier en leilighet"));
        assert!(!shown.contains("Leier en hybel"), "of a kind one holds at a time");
        let open: i64 = house.one("select count(*) from fact where ended_at is null").await;
        assert_eq!(open, 2);
        // And the schema keeps it so, whoever writes at once.
        let double = "update fact set ended_at = null";
        assert!(house.force(double).await.is_err());
        let seen = other.get(&format!("/api/v1/persons/{person}/facts/{id}/seen-by")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND);
    });
}

/// REQ-INFO-08: only who is marked for it sets or lifts a shield, and silence lifts none.
#[test]
fn protection_is_set_by_the_marked_and_not_lifted_by_silence() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = register(&worker, &json!({})).await;
        let form = |more: Value| {
            let mut form = json!({ "given": "Marit", "family": "Lund", "version": "1" });
            form.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            form
        };
        let path = format!("/persons/{person}/edit");
        for more in [
            json!({ "shielded": "yes" }),
            json!({ "protection": "secrecy_marked" }),
            json!({ "protection": "protected_registration" }),
        ] {
            let refused = worker.post(&path, &form(more.clone())).await;
            assert_eq!(refused.faults()["protection"], "protection-beyond", "{more}");
        }
        house.force("update staff set marks = 'national shielded'").await.unwrap();
        worker.post(&path, &form(json!({ "shielded": "yes" }))).await.ok();
        let seen = worker.see(&format!("/persons/{person}")).await;
        assert_eq!(seen["shielded"], true);
        let mut silent = form(json!({ "phone": "90000000" }));
        silent["version"] = json!("2");
        worker.post(&path, &silent).await.ok();
        assert_eq!(worker.see(&format!("/persons/{person}")).await["shielded"], true);
    });
}

/// REQ-INFO-15: the list of single accesses that wait names none about somebody whom the reader is
/// tied to or not cleared for: a row that opens as if it were not there would tell it.
#[test]
fn a_waiting_access_tells_of_nobody_hidden() {
    on_both(|house| async move {
        let code = house.worker(SOCIAL, "caseworker", 0);
        let worker = house.staff(&code).await;
        let person = register(&worker, &json!({ "basic_unit": SAUPSTAD })).await;
        let until = house.app.today().checked_add(5.days()).unwrap().to_string();
        let form = json!({
            "number": NUMBER, "reason": "Vikarierer for kollega", "valid_until": until,
        });
        house.staff(FAR).await.post("/access", &form).await.ok();
        let waiting = |page: &serde_json::Value| page["waiting"].as_array().unwrap().len();
        assert_eq!(waiting(&worker.see("/access").await), 1);
        tie(&house, &staff_id(&code), &person, Overlay::Sibling).await;
        assert_eq!(waiting(&worker.see("/access").await), 0);
        house.force("delete from staff_tie; update person set guard = 2").await.unwrap();
        assert_eq!(waiting(&worker.see("/access").await), 0);
    });
}

/// REQ-INFO-19: to learn by single access whose number it is leaves its row, also where none was
/// needed.
#[test]
fn an_access_that_is_not_needed_is_a_look_up() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = register(&worker, &json!({})).await;
        let until = house.app.today().checked_add(5.days()).unwrap().to_string();
        let form = json!({
            "number": NUMBER, "reason": "Vikarierer for kollega", "valid_until": until,
        });
        let answer = worker.post("/access", &form).await.ok();
        assert_eq!(answer.json()["done"], "access-not-needed");
        assert_eq!(answer.id(), person);
        let rows: i64 = house
            .one(
                "select count(*) from journal j join journal_person p on p.lane = j.lane
                    and p.seq = j.seq where j.act = 'access.take'",
            )
            .await;
        assert_eq!(rows, 1);
    });
}
