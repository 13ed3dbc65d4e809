//! Consents of records that were joined: they are the person's, under one record or the other.

use http::StatusCode;
use onedoor_server::app::id_of;
use onedoor_server::keeping::run;
use serde_json::{Value, json};

use crate::attacks::sql_id;
use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::consents::{give, take_back};
use crate::support::{House, Someone, on_both};

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
        let law = json!({
            "pack": "no-2004@1", "from": house.app.today().to_string(), "reason": "Før",
        });
        house.choose_law(&law).await;
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

/// Which record each of these is joined to, by its place among them.
async fn joined_to(house: &House, records: &[String]) -> Vec<Option<usize>> {
    let mut found = Vec::new();
    for record in records {
        let into: Option<uuid::Uuid> = house
            .one(&format!("select merged_into from person where id = {}", sql_id(house, record)))
            .await;
        found.push(
            into.map(|into| records.iter().position(|record| *record == into.to_string()).unwrap()),
        );
    }
    found
}

async fn registered(worker: &Someone, given: &str) -> String {
    let form = json!({ "given": given, "family": "Solli", "none_of_these": "yes" });
    let person = worker.post("/persons", &form).await.ok().id();
    let fact = json!({
        "kind": "housing", "text": format!("{given} rents a room"), "source": "Herself",
        "received_on": "2026-11-20",
    });
    worker.post(&format!("/persons/{person}/facts"), &fact).await.ok();
    person
}

/// REQ-INFO-08, REQ-INFO-16: of three records joined one after the other, a hold on any keeps what
/// hangs on all of them and stands in the way of erasing; none but the one that is kept is erased,
/// and the others go with it.
#[test]
fn three_records_in_a_row_are_one_person() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let mut records = Vec::new();
        for given in ["Siri", "Sigrid", "Sigrun"] {
            records.push(registered(&worker, given).await);
        }
        let join = async |other: usize, into: usize| {
            let form = json!({ "other": records[other] });
            worker.post(&format!("/persons/{}/join", records[into]), &form).await
        };
        join(0, 1).await.ok();
        join(1, 2).await.ok();
        assert_eq!(joined_to(&house, &records).await, [Some(2), Some(2), None]);
        assert_eq!(join(2, 0).await.code(), "person-joined");
        assert_eq!(join(0, 2).await.code(), "person-joined");
        let page = worker.see(&format!("/persons/{}", records[2])).await;
        assert_eq!(page["joined"].as_array().unwrap().len(), 2, "{page}");

        let owner = house.staff("city-03").await;
        let facts = async || house.one::<i64>("select count(*) from fact").await;
        for held in 0..3 {
            let hold = json!({ "person": records[held], "reason": "Complaint" });
            owner.post("/keeping/holds", &hold).await.ok();
            house.force("update fact set kept_until = '2026-11-22'").await.unwrap();
            let counts = run(&house.app, house.app.today()).await.unwrap();
            let record = counts.iter().find(|count| count.class == "record").unwrap();
            assert_eq!((record.deleted, record.held), (0, 3), "a hold on {held} keeps all");
            assert_eq!(facts().await, 3);
            for (n, person) in records.iter().enumerate() {
                let ask = json!({ "person": person, "reason": "She asks for it" });
                let path = format!("/erasures/{}", owner.post("/erasures", &ask).await.ok().id());
                let findings = owner.see(&path).await["findings"].clone();
                let findings = findings.as_array().unwrap();
                assert!(findings.contains(&json!("hold")), "{held} {n}: {findings:?}");
                assert_eq!(findings.contains(&json!("joined")), n != 2, "{n}");
                owner.post(&format!("{path}/withdraw"), &json!({ "version": 1 })).await.ok();
            }
            house.force("delete from legal_hold").await.unwrap();
        }

        // The whole chain goes with the record that is kept.
        let ask = json!({ "person": records[2], "reason": "She asks for it" });
        let path = format!("/erasures/{}", owner.post("/erasures", &ask).await.ok().id());
        let decision = json!({ "decision": "erase", "version": 1, "reason": "No duty to keep" });
        owner.post(&format!("{path}/decide"), &decision).await.ok();
        let second = house.staff("heimdal-01").await;
        second.post(&format!("{path}/confirm"), &json!({ "version": 2 })).await.ok();
        assert_eq!(facts().await, 0);
        for record in &records {
            let key = format!(
                "select count(*) from subject_key where subject_id = {}",
                sql_id(&house, record)
            );
            assert_eq!(house.one::<i64>(&key).await, 0, "no record of hers opens");
        }
    });
}

/// REQ-INFO-08: two who join the same record at once leave no chain, and a record that came along
/// is parted by itself.
#[test]
fn records_joined_at_once_leave_no_chain() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let other = house.staff(&house.worker(SOCIAL, "caseworker", 1)).await;
        for turn in 0..6 {
            let mut records = Vec::new();
            for given in ["Siri", "Sigrid", "Sigrun"] {
                let given = format!("{given} {turn}");
                let form = json!({ "given": given, "family": "Solli", "none_of_these": "yes" });
                records.push(worker.post("/persons", &form).await.ok().id());
            }
            let (first, second) = (json!({ "other": records[0] }), json!({ "other": records[1] }));
            let paths = [1, 2].map(|into: usize| format!("/persons/{}/join", records[into]));
            tokio::join!(worker.post(&paths[0], &first), other.post(&paths[1], &second));
            let joined = joined_to(&house, &records).await;
            let chain = |into: Option<usize>| into.is_some_and(|into| joined[into].is_some());
            assert!(!joined.iter().any(|into| chain(*into)), "{joined:?}");
            if joined == [Some(2), Some(2), None] {
                let path = format!("/persons/{}/part", records[2]);
                worker.post(&path, &second).await.ok();
                assert_eq!(joined_to(&house, &records).await, [Some(2), None, None]);
                worker.post(&path, &first).await.ok();
                assert_eq!(joined_to(&house, &records).await, [None, None, None]);
            }
        }
    });
}

/// REQ-INFO-08: chains that were made before are taken apart when the database is brought up to
/// date: every record then leads to the one that is kept.
#[test]
fn old_chains_lead_to_the_record_that_is_kept() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let mut records = Vec::new();
        for given in ["Siri", "Sigrid", "Sigrun", "Solveig", "Sunniva"] {
            records.push(registered(&worker, given).await);
        }
        for (from, into) in [(0, 1), (1, 2), (2, 3)] {
            let (from, into) = (sql_id(&house, &records[from]), sql_id(&house, &records[into]));
            let sql = format!("update person set merged_into = {into} where id = {from}");
            house.force(&sql).await.unwrap();
        }
        let step = include_str!("../../migrations/0023_apart.sql");
        let flat = step.split(';').find(|it| it.contains("update person")).unwrap();
        house.force(flat).await.unwrap();
        let flat = [Some(3), Some(3), Some(3), None, None];
        assert_eq!(joined_to(&house, &records).await, flat);
    });
}

/// REQ-INFO-08, REQ-INFO-16: a right to act for somebody goes with their record when it is joined
/// to another: whoever has it reads the file, their own pages stay, and the staff still see it.
#[test]
fn a_right_goes_with_the_record_it_was_given_on() {
    on_both(|house| async move {
        let scene = crate::own::grown(&house, SOCIAL).await;
        let by = crate::own::another(&scene, "Ragnhild").await;
        let kept = crate::own::another(&scene, "Åsa").await;
        crate::own::represent(&house, &scene, &by, "guardian", "id case", "2026-12-31").await;
        let guardian = house.resident(&by).await;
        let choose = |person: &str| json!({ "person": person });
        guardian.post("/my/act-for", &choose(&scene.person)).await.ok();
        let join = json!({ "other": scene.person });
        scene.worker.post(&format!("/persons/{kept}/join"), &join).await.ok();
        let page = guardian.see("/my").await;
        assert_eq!(page["right"], "guardian", "{page}");
        assert_eq!(page["others"][0]["id"], json!(kept));
        guardian.post("/my/act-for", &choose("")).await.ok();
        assert_eq!(guardian.see("/my").await["right"], "");
        guardian.post("/my/act-for", &choose(&kept)).await.ok();
        assert_eq!(guardian.see("/my").await["right"], "guardian");
        let rights = scene.worker.see(&format!("/persons/{kept}/representations")).await;
        let right = rights["lines"][0]["id"].as_str().unwrap().to_owned();
        // What joins whoever acts leaves the right with them.
        let other = crate::own::another(&scene, "Ragna").await;
        let join = json!({ "other": by });
        scene.worker.post(&format!("/persons/{other}/join"), &join).await.ok();
        let guardian = house.resident(&other).await;
        assert_eq!(guardian.see("/my").await["others"][0]["id"], json!(kept));
        let end = format!("/persons/{kept}/representations/{right}/end");
        scene.worker.post(&end, &json!({})).await.ok();
        assert_eq!(guardian.see("/my").await["others"], json!([]), "one's own page is there");
    });
}

/// REQ-INFO-08, REQ-INFO-16: what was told about a record before it was joined, and the necessity
/// that it was told on, are the person's: on the page of the staff, where it can be ended, and on
/// the person's own.
#[test]
fn what_was_told_of_a_joined_record_is_the_persons() {
    on_both(|house| async move {
        let her = crate::story::woman(&house, "se-2022").await;
        let ground = json!({
            "direction": "tell", "from_agency": id_of("agency", "social").to_string(),
            "aim": "coordination", "conditions": [], "categories": ["emp"],
            "reason": "Trengs for planen", "valid_until": "2026-12-20",
        });
        let path = format!("/persons/{}/grounds", her.person);
        her.employment.post(&path, &ground).await.ok();
        let joint = |person: &str| format!("/persons/{person}/joint");
        let fact = "Fagbrev som kokk";
        assert!(her.social.see(&joint(&her.person)).await.to_string().contains(fact));
        let form = json!({ "given": "Marit", "family": "Lund", "born_on": "1980-05-17",
            "none_of_these": "yes" });
        let kept = her.social.post("/persons", &form).await.ok().id();
        let case = format!("/cases/{}", her.case);
        let version = her.social.see(&case).await["version"].to_string();
        let close = json!({ "reason": "work", "version": version });
        her.social.post(&format!("{case}/close"), &close).await.ok();
        let join = json!({ "other": her.person });
        her.social.post(&format!("/persons/{kept}/join"), &join).await.ok();
        let page = her.social.see(&format!("/persons/{kept}/consents")).await;
        assert_eq!(page["disclosures"].as_array().unwrap().len(), 1, "{page}");
        let me = house.resident(&kept).await;
        let page = me.see("/my/consents").await;
        assert_eq!(page["disclosures"].as_array().unwrap().len(), 1, "{page}");
        // The necessity is seen with its reason, and ended.
        let page = her.social.see(&joint(&kept)).await;
        let claim = &page["claims"][0];
        assert_eq!(
            (&claim["state"], &claim["reason"]),
            (&json!("held"), &json!("Trengs for planen"))
        );
        let end = format!("/persons/{kept}/grounds/{}/end", claim["id"].as_str().unwrap());
        her.social.post(&end, &json!({})).await.ok();
        let held: i64 = house.one("select count(*) from claim where state = 'held'").await;
        assert_eq!(held, 0);
    });
}
