//! Consents of records that were joined: they are the person's, under one record or the other.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::consents::{give, take_back};
use crate::support::on_both;

fn consents(page: &Value) -> Vec<String> {
    let all = page["consents"].as_array().unwrap().iter();
    all.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// REQ-INFO-02, REQ-INFO-08: a consent that was recorded on one of two records holds for the
/// person when they are joined: what was written on it is read with its own record's key, it
/// opens what it names, it is taken back through the other record, and every receiver is told
/// under the person's name. Parted again, it is with its own record alone.
#[test]
fn a_consent_of_a_joined_record_is_the_persons() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let other = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let owner = house.staff("city-03").await;
        let law = json!({
            "pack": "no-2004@1", "from": house.app.today().to_string(), "reason": "Før",
        });
        owner.post("/policy/choose", &law).await.ok();
        let number = json!({ "given": "Per", "family": "Aas", "number": "10915596784" });
        let kept = worker.post("/persons", &number).await.ok().id();
        other.post("/persons", &number).await.ok();
        let form = json!({
            "given": "Peder", "family": "Aas", "born_on": "1980-05-15", "none_of_these": "yes",
        });
        let second = worker.post("/persons", &form).await.ok().id();
        let agency = |code: &str| id_of("agency", code).to_string();
        let consent = json!({
            "purpose": "coordination", "category": ["id", "case", "debt"], "form": "written",
            "from": [agency("social")], "to": [agency("employment")], "given_by": "proxy",
            "giver_name": "Fullmektig Quale", "giver_authority": "Fullmakt av 3. mai",
            "interpreter": "Tolk Zahl", "capacity_note": "Spurte to ganger",
        });
        let id = give(&worker, &second, &consent).await;
        let fact = json!({
            "kind": "debt_total", "text": "240000", "source": "Han selv",
            "received_on": "2026-11-20",
        });
        worker.post(&format!("/persons/{kept}/facts"), &fact).await.ok();
        let joint = format!("/persons/{kept}/joint");
        assert!(!other.see(&joint).await.to_string().contains("240000"), "not joined yet");
        assert_eq!(consents(&worker.see(&format!("/persons/{kept}/consents")).await).len(), 0);

        let join = json!({ "other": second });
        worker.post(&format!("/persons/{kept}/join"), &join).await.ok();
        assert_eq!(
            consents(&worker.see(&format!("/persons/{kept}/consents")).await),
            std::slice::from_ref(&id)
        );
        let page = worker.see(&format!("/consents/{id}")).await;
        for (field, text) in [
            ("giver_name", "Fullmektig Quale"),
            ("giver_authority", "Fullmakt av 3. mai"),
            ("interpreter", "Tolk Zahl"),
            ("capacity_note", "Spurte to ganger"),
        ] {
            assert_eq!(page[field], text);
        }
        assert_eq!(page["name"], "Per Aas");
        let stranger = house.staff(&house.worker("insurance-back-heimdal", "caseworker", 0)).await;
        let hidden = stranger.get(&format!("/api/v1/consents/{id}")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        assert!(other.see(&joint).await.to_string().contains("240000"), "it opens what it names");

        // Parted, it goes with its own record; joined again, it is back.
        worker.post(&format!("/persons/{kept}/part"), &join).await.ok();
        assert_eq!(consents(&worker.see(&format!("/persons/{kept}/consents")).await).len(), 0);
        assert_eq!(
            consents(&worker.see(&format!("/persons/{second}/consents")).await),
            std::slice::from_ref(&id)
        );
        assert!(!other.see(&joint).await.to_string().contains("240000"));
        worker.post(&format!("/persons/{kept}/join"), &join).await.ok();

        let seen = take_back(&worker, &id, &json!({ "scope": "all", "how": "counter" })).await;
        assert_eq!(seen["held"].as_array().unwrap().len(), 1, "{seen}");
        assert!(!other.see(&joint).await.to_string().contains("240000"));
        let told = other.see("/withdrawals").await;
        assert_eq!(told["lines"][0]["name"], "Per Aas");
        let line = &told["lines"][0];
        let answer = json!({
            "answer": "kept_by_law", "reason": "Bokføring i ti år",
            "version": line["version"].to_string(),
        });
        let path = format!("/withdrawals/{}", line["id"].as_str().unwrap());
        other.post(&path, &answer).await.ok();
        let page = worker.see(&format!("/consents/{id}")).await;
        assert_eq!(page["receipts"][0]["reason"], "Bokføring i ti år");
        assert_eq!(page["consent"]["state"], "withdrawn");
    });
}
