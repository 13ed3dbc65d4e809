//! Consents that are taken back, whole or in part, and what follows.

use http::StatusCode;
use serde_json::json;

use crate::candidate_lists::hand_over;
use crate::cases::{EMPLOYMENT, INSURANCE};
use crate::consents::{agency, all_of_it, consent, give, open_flow, scene, take_back};
use crate::support::on_both;

/// REQ-INFO-03: after a withdrawal the next thing across agencies is refused at once,
/// what stops was shown before, and earlier lawful disclosures stay on record.
#[test]
fn a_withdrawal_works_at_once() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        open_flow(&house).await;
        let mut form = consent();
        form["category"] = json!(["id", "case", "emp", "health"]);
        let id = give(&scene.worker, &scene.person, &form).await;
        let list = hand_over(&scene.worker, std::slice::from_ref(&scene.person)).await;
        let receiver = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let names = receiver.see(&format!("/lists/{list}")).await["names"].clone();
        assert_eq!(names[0]["name"], "Marit Samtykke");
        // Without having seen what follows, nothing happens.
        let path = format!("/consents/{id}/withdraw");
        let blind = scene.worker.post(&path, &all_of_it()).await;
        assert_eq!(blind.faults()["seen"], "consent-consequences");
        let seen = take_back(&scene.worker, &id, &all_of_it()).await;
        let stops: Vec<&str> = seen["stops"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["what"].as_str().unwrap())
            .collect();
        assert_eq!(stops, ["joint_view", "shared_mapping", "three_way_summary"]);
        assert_eq!(seen["held"][0]["times"], 1);
        assert_eq!(seen["held"][0]["categories"], json!(["id", "case"]));
        let names = receiver.see(&format!("/lists/{list}")).await["names"].clone();
        assert_eq!(names, json!([]), "gone from the list at once");
        let again = hand_over(&scene.worker, std::slice::from_ref(&scene.person)).await;
        let seen = scene.worker.see(&format!("/lists/{again}")).await;
        assert_eq!((&seen["names"], &seen["left_out"]), (&json!([]), &json!(1)));
        let told = scene.worker.see(&format!("/persons/{}/consents", scene.person)).await;
        assert_eq!(told["disclosures"].as_array().unwrap().len(), 1, "what was lawful stays");
        let read: i64 = house.one("select count(*) from journal where act = 'list.read'").await;
        assert!(read >= 1, "and so does the journal");
        // Nothing reopens it.
        let path = format!("{path}/preview");
        let ended = scene.worker.post(&path, &all_of_it()).await;
        assert_eq!((ended.status, ended.code().as_str()), (StatusCode::CONFLICT, "consent-ended"));
    });
}

/// REQ-INFO-03: whoever holds something is told, answers what it did, and an answer
/// that is late is seen by the privacy owner, without a name.
#[test]
fn every_receiver_who_holds_something_is_told_and_answers() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        open_flow(&house).await;
        let mut form = consent();
        form["to"] = json!([agency("employment"), agency("insurance")]);
        let id = give(&scene.worker, &scene.person, &form).await;
        hand_over(&scene.worker, std::slice::from_ref(&scene.person)).await;
        take_back(&scene.worker, &id, &all_of_it()).await;
        let receiver = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let other = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        assert_eq!(other.see("/withdrawals").await["lines"], json!([]), "it holds nothing");
        let lines = receiver.see("/withdrawals").await["lines"].clone();
        assert_eq!(lines.as_array().unwrap().len(), 1);
        assert_eq!((&lines[0]["name"], &lines[0]["held"]), (&json!("Marit Samtykke"), &json!(1)));
        let notice = lines[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/withdrawals/{notice}");
        let answer = json!({ "answer": "deleted", "version": "1" });
        let stranger = other.post(&path, &answer).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "another agency's answer is not theirs");
        let bare = receiver.post(&path, &json!({ "answer": "kept_by_law" })).await;
        assert_eq!(bare.faults()["reason"], "text-empty");
        let owner = house.staff("city-03").await;
        assert_eq!(owner.see("/withdrawals/overdue").await["lines"], json!([]));
        house.clock.move_to("2026-12-08T08:30:00Z".parse().unwrap());
        let late = house.staff("city-03").await.see("/withdrawals/overdue").await;
        assert_eq!(late["lines"][0]["agency"], "Arbeidsmarkedsetaten");
        assert!(!late.to_string().contains("Marit"));
        let receiver = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let kept = json!({ "answer": "kept_by_law", "reason": "Archive act", "version": "1" });
        receiver.post(&path, &kept).await.ok();
        let twice = receiver.post(&path, &answer).await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND, "it is answered");
        let worker = house.staff(&scene.worker_code).await;
        let receipts = worker.see(&format!("/consents/{id}")).await["receipts"].clone();
        assert_eq!(receipts[0]["answer"], "kept_by_law");
        assert_eq!(receipts[0]["reason"], "Archive act");
        assert!(receipts[0]["answered_at"].is_i64());
    });
}

/// REQ-INFO-03: a part may be taken back: the kinds or receivers that are named are
/// gone at once, and what is left holds with the same end.
#[test]
fn a_part_taken_back_leaves_a_narrower_consent() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let mut form = consent();
        form["category"] = json!(["id", "case", "health"]);
        form["to"] = json!([agency("employment"), agency("insurance")]);
        form["valid_until"] = json!("2027-03-01");
        let id = give(&scene.worker, &scene.person, &form).await;
        let part = json!({ "scope": "part", "how": "phone", "category": ["health"],
            "to": [agency("insurance")] });
        let seen = take_back(&scene.worker, &id, &part).await;
        assert_eq!(seen["rest_categories"], json!(["id", "case"]));
        assert_eq!(seen["rest_to"], json!(["Arbeidsmarkedsetaten"]));
        let all = scene.worker.see(&format!("/persons/{}/consents", scene.person)).await;
        let all = all["consents"].as_array().unwrap().clone();
        assert_eq!(all.len(), 2);
        let now = all.iter().find(|one| one["state"] == "given").unwrap();
        assert_eq!(now["categories"], json!(["id", "case"]));
        assert_eq!(now["valid_until"], "2027-03-01");
        let old = all.iter().find(|one| one["id"] == json!(id)).unwrap();
        assert_eq!(old["state"], "replaced");
        let rest = now["id"].as_str().unwrap();
        let path = format!("/consents/{rest}/withdraw/preview");
        for (form, field, code) in [
            (json!({ "scope": "part", "how": "phone" }), "scope", "consent-nothing-taken"),
            (
                json!({ "scope": "part", "how": "phone", "category": ["debt"] }),
                "scope",
                "consent-nothing-taken",
            ),
            (
                json!({ "scope": "part", "how": "phone", "category": ["money"] }),
                "category",
                "choose",
            ),
            (json!({ "scope": "part", "how": "phone", "to": [agency("social")] }), "to", "choose"),
            (json!({ "scope": "half", "how": "phone" }), "scope", "choose"),
            (json!({ "scope": "all", "how": "pigeon" }), "how", "choose"),
        ] {
            let answer = scene.worker.post(&path, &form).await;
            assert_eq!(answer.faults().get(field).map(String::as_str), Some(code), "{form}");
        }
    });
}

/// REQ-INFO-03: two who take the same consent back: the second is told, and a page
/// that is out of date changes nothing.
#[test]
fn two_people_cannot_end_the_same_consent() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let id = give(&scene.worker, &scene.person, &consent()).await;
        let other = house.staff(&scene.colleague).await;
        let path = format!("/consents/{id}/withdraw");
        let seen = other.post(&format!("{path}/preview"), &all_of_it()).await.ok().json();
        take_back(&scene.worker, &id, &all_of_it()).await;
        let mut late = all_of_it();
        late["seen"] = seen["seen"].clone();
        late["version"] = json!("1");
        let answer = other.post(&path, &late).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        let ended: i64 = house.one("select count(*) from consent where ended_at is not null").await;
        assert_eq!(ended, 1);
    });
}

/// REQ-INFO-03: what would be told on a consent while it is being taken back is not told: either
/// it was told before, and its receiver is found, or nothing of it is shown.
#[test]
fn nothing_is_told_beside_a_withdrawal() {
    on_both(|house| async move {
        let her = crate::story::woman(&house, "no-2004").await;
        let mut form = consent();
        form["category"] = json!(["id", "case", "housing"]);
        give(&her.social, &her.person, &form).await;
        // A withdrawal that has not ended yet.
        let mut tx = house.app.db.begin().await.unwrap();
        tx.script("update consent set ended_at = 1, end_kind = 'withdrawn', version = version + 1")
            .await
            .unwrap();
        let (reader, path) =
            (her.employment.clone(), format!("/api/v1/persons/{}/joint", her.person));
        let reading = tokio::spawn(async move { reader.get(&path).await });
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        assert!(!reading.is_finished(), "it waits for the withdrawal");
        tx.commit().await.unwrap();
        let answer = reading.await.unwrap();
        assert!(!answer.body.contains("Leier en hybel"), "{} {}", answer.status, answer.body);
        let told: i64 =
            house.one("select count(*) from disclosure where consent_id is not null").await;
        assert_eq!(told, 0);
    });
}

/// REQ-INFO-03: a receiver is told of the withdrawal however often another one was told something
/// since.
#[test]
fn a_receiver_of_long_ago_is_told_too() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        open_flow(&house).await;
        let mut form = consent();
        form["to"] = json!([agency("employment"), agency("insurance")]);
        let id = give(&scene.worker, &scene.person, &form).await;
        hand_over(&scene.worker, std::slice::from_ref(&scene.person)).await;
        let insurer = crate::attacks::sql_id(&house, &agency("insurance"));
        let mut rows = String::new();
        for _ in 0..1100 {
            let new = crate::attacks::sql_id(&house, &uuid::Uuid::now_v7().to_string());
            rows.push_str(&format!(
                "insert into disclosure (id, person_id, from_agency_id, to_agency_id, categories,
                    purpose, ground, rule, pack, consent_id, necessity_id, what, form, at,
                    by_staff_id, to_staff_id)
                 select {new}, person_id, from_agency_id, {insurer}, categories, purpose, ground,
                    rule, pack, consent_id, null, what, form, at + 1, null, null
                 from disclosure where form = 'list' and to_agency_id <> {insurer};"
            ));
        }
        house.force(&rows).await.unwrap();
        let seen = take_back(&scene.worker, &id, &all_of_it()).await;
        let mut times: Vec<i64> = seen["held"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["times"].as_i64().unwrap())
            .collect();
        times.sort_unstable();
        assert_eq!(times, [1, 1100]);
        let told: i64 = house.one("select count(*) from consent_notice").await;
        assert_eq!(told, 2);
    });
}
