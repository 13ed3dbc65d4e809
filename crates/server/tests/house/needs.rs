//! Needs: said, found again, owned by one, and seen through the walls.

use http::StatusCode;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::counter::law;
use crate::keys::Told;
use crate::support::{Someone, on_both, unit_id};

pub const NUMBER: &str = "10915596784";

/// Something personal about a need, for the test of an erasure.
pub async fn told_a_need(told: &mut Told) {
    let person = told.person;
    let need = json!({
        "kind": "housing", "said_by": "person", "words": "Et sted uten fukt som på Rotvoll",
        "person_rank": "1",
    });
    told.worker.post(&format!("/persons/{person}/needs"), &need).await.ok();
    told.texts.push("Rotvoll");
}

/// A worker of an agency, and the same person known to it.
pub async fn known(house: &crate::support::House, unit: &str) -> (Someone, String) {
    let worker = house.staff(&house.worker(unit, "caseworker", 0)).await;
    let form = json!({ "given": "Marit", "family": "Lund", "number": NUMBER });
    let person = worker.post("/persons", &form).await.ok().id();
    (worker, person)
}

fn kinds(page: &Value) -> Vec<&str> {
    let lines = page["standing"].as_array().unwrap();
    lines.iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

/// REQ-PLAN-08: a need is kept without asking what there is; said again by anybody it is the same
/// need with the same owner; what becomes of it needs a reason where it is not met.
#[test]
fn a_need_stands_once_with_one_owner() {
    on_both(|house| async move {
        let (worker, person) = known(&house, SOCIAL).await;
        let path = format!("/persons/{person}/needs");
        let bare = worker.post(&path, &json!({ "person_rank": "12" })).await;
        let faults = bare.faults();
        for (field, code) in
            [("kind", "choose"), ("said_by", "choose"), ("person_rank", "need-rank")]
        {
            assert_eq!(faults[field], code, "{faults:?}");
        }
        let form = json!({
            "kind": "housing", "said_by": "person", "words": "Et rom der jeg får sove",
            "person_rank": "1", "unit": unit_id(SOCIAL),
        });
        worker.post(&path, &form).await.ok();
        let mut again = form.clone();
        (again["worker_rank"], again["unit"]) = (json!("2"), json!(unit_id(EMPLOYMENT)));
        let found = worker.post(&path, &again).await.ok();
        assert_eq!(found.json()["done"], "need-found");
        let need = worker.see(&path).await["standing"][0].clone();
        assert_eq!((&need["person_rank"], &need["worker_rank"]), (&json!(1), &json!(2)));
        assert_eq!(house.one::<i64>("select count(*) from need").await, 1);
        let owner: String =
            house.one("select u.code from need n join unit u on u.id = n.unit_id").await;
        assert_eq!(owner, SOCIAL, "it has the owner that it had");

        let act = format!("{path}/{}/state", need["id"].as_str().unwrap());
        let unmet = json!({ "state": "unmet", "version": need["version"].to_string() });
        assert_eq!(worker.post(&act, &unmet).await.faults()["reason"], "need-reason");
        let mut unmet = unmet;
        unmet["reason"] = json!("Ingen ledig bolig i kommunen");
        worker.post(&act, &unmet).await.ok();
        assert_eq!(worker.post(&act, &unmet).await.code(), "stale");
        let page = worker.see(&path).await;
        assert_eq!(kinds(&page), ["housing"], "an unmet need stands");
        assert_eq!(page["standing"][0]["state"], "unmet");
        // The schema lets no second one stand beside it.
        let copy = "insert into need (id, person_id, kind, category, said_by, agency_id, unit_id,
                body, source, noted_on, noted_at, state, reason, kept_until, version)
            select person_id, person_id, kind, category, said_by, agency_id, unit_id, body,
                source, noted_on, noted_at, state, reason, kept_until, 1 from need";
        assert!(house.force(copy).await.is_err());
    });
}

/// REQ-PLAN-08, REQ-INFO-01: the walls let a need through or not by what it tells of and whose it
/// is; what they withhold is neither shown nor found, and a worker of another agency changes none.
#[test]
fn needs_are_seen_through_the_walls() {
    on_both(|house| async move {
        let (social, person) = known(&house, SOCIAL).await;
        let (employment, _) = known(&house, EMPLOYMENT).await;
        let path = format!("/persons/{person}/needs");
        for kind in ["work", "substance_use"] {
            let form = json!({ "kind": kind, "said_by": "worker" });
            social.post(&path, &form).await.ok();
        }
        let seen = employment.see(&path).await;
        assert_eq!(kinds(&seen), ["work"], "within the office the law opens work and no more");
        let crossed: i64 = house
            .one("select count(*) from disclosure where categories = 'emp' and form = 'view'")
            .await;
        assert_eq!(crossed, 1, "what crossed is noted");
        let need = seen["standing"][0].clone();
        let act = format!("{path}/{}/state", need["id"].as_str().unwrap());
        let met = json!({ "state": "met", "version": need["version"].to_string() });
        assert_eq!(employment.post(&act, &met).await.code(), "need-not-yours");

        law(&house, "se-2022").await;
        assert!(kinds(&employment.see(&path).await).is_empty(), "nothing crosses by itself");
        assert_eq!(employment.post(&act, &met).await.status, StatusCode::NOT_FOUND);
        // The same need said there is kept apart, and says nothing of the other.
        let form = json!({ "kind": "work", "said_by": "person" });
        let noted = employment.post(&path, &form).await.ok();
        assert_eq!(noted.json()["done"], "need-noted");
        let again = employment.post(&path, &form).await.ok();
        assert_eq!(again.json()["done"], "need-found");
        assert_eq!(kinds(&employment.see(&path).await), ["work"]);
        assert_eq!(kinds(&social.see(&path).await), ["work", "substance_use"]);
    });
}
