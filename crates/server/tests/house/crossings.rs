//! Ways round the walls that somebody who looked for them found: each is shut.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, open, scene};
use crate::consents::{consent, give, take_back};
use crate::story::woman;
use crate::support::{House, on_both, staff_id, unit_id};

/// REQ-INFO-05: what the receiver writes about itself is no necessity. A condition that needs no
/// answer, with kinds ticked beside it, opens nothing for a second condition that needs one.
#[test]
fn a_receiver_cannot_answer_for_the_giver() {
    on_both(|house| async move {
        let her = woman(&house, "se-2022").await;
        let path = format!("/persons/{}/grounds", her.person);
        let form = |conditions: &[&str], categories: &[&str]| {
            json!({
                "direction": "ask", "from_agency": id_of("agency", "social").to_string(),
                "aim": "benefit_decision", "conditions": conditions, "categories": categories,
                "reason": "Utbetalt feil og spurt om en navngitt person",
                "valid_until": "2026-12-20",
            })
        };
        let kinds = ["health", "subst", "child", "debt", "origin"];
        her.insurance.post(&path, &form(&["wrong_payment"], &kinds)).await.ok();
        her.insurance.post(&path, &form(&["asked_about_named_person"], &[])).await.ok();
        let page = format!("/persons/{}/joint?purpose=benefit_decision", her.person);
        let seen = her.insurance.get(&format!("/api/v1{page}")).await.ok().body;
        for hidden in ["240000", "Kontaktperson finnes", "gjelda"] {
            assert!(!seen.contains(hidden), "{hidden}");
        }
        // Not even when such a row stands there already.
        house.force("update claim set categories = 2047 where answered_by is null").await.unwrap();
        let seen = her.insurance.get(&format!("/api/v1{page}")).await.ok().body;
        assert!(!seen.contains("240000") && !seen.contains("Kontaktperson finnes"));
    });
}

/// REQ-INFO-01: to write a telephone number does not make another agency's address one's own to
/// read, nor does it take that away; each agency has what it was told itself.
#[test]
fn contact_data_stay_with_the_agency_that_was_told() {
    on_both(|house| async move {
        let insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let number = "10915596784";
        let form = json!({
            "given": "Ola", "family": "Nordmann", "number": number, "phone": "90 00 00 00",
            "address": "Gata 1",
        });
        let person = insurance.post("/persons", &form).await.ok().id();
        let form = json!({ "given": "Ola", "family": "Nordmann", "number": number });
        assert_eq!(social.post("/persons", &form).await.ok().id(), person);
        let path = format!("/persons/{person}");
        let version = social.see(&format!("{path}/edit")).await["form"]["version"].clone();
        let edit = json!({
            "given": "Ola", "family": "Nordmann", "version": version, "phone": "91 11 11 11",
        });
        social.post(&format!("{path}/edit"), &edit).await.ok();
        let seen = social.see(&path).await;
        assert_eq!((&seen["phone"], &seen["address"]), (&json!("91 11 11 11"), &json!("")));
        let seen = insurance.see(&path).await;
        assert_eq!((&seen["phone"], &seen["address"]), (&json!("90 00 00 00"), &json!("Gata 1")));
    });
}

/// REQ-INFO-03: what rests on a consent ends with it: a unit that was asked, a deputy and the owner
/// of a step in another agency lose sight of the case, the person, their lists and the search.
#[test]
fn a_withdrawal_closes_what_rests_on_it() {
    on_both(|house| async move {
        let her = woman(&house, "no-2004").await;
        let deputy_code = house.worker(EMPLOYMENT, "caseworker", 1);
        let deputy = house.staff(&deputy_code).await;
        let mut both = consent();
        both["category"] = json!(["case"]);
        let id = give(&her.social, &her.person, &both).await;
        let case = format!("/cases/{}", her.case);
        let version = her.social.see(&case).await["version"].to_string();
        let form = json!({ "deputy": staff_id(&deputy_code), "version": version });
        her.social.post(&format!("{case}/deputy"), &form).await.ok();
        let form = json!({
            "to_unit": unit_id(EMPLOYMENT), "reason": "mandate", "need": "Arbeid",
            "deadline": "2026-11-30",
        });
        her.social.post(&format!("{case}/handover"), &form).await.ok();
        let asked = |day: &serde_json::Value| day["asked_of_me"].as_array().unwrap().len();
        assert_eq!(asked(&her.employment.see("/day").await), 1);
        deputy.see(&case).await;
        let all = json!({ "scope": "all", "how": "counter" });
        take_back(&her.social, &id, &all).await;
        for worker in [&deputy, &her.employment] {
            let status = worker.get(&format!("/api/v1{case}")).await.status;
            assert_eq!(status, StatusCode::NOT_FOUND);
            assert_eq!(asked(&worker.see("/day").await), 0);
            let accept = worker.post(&format!("{case}/handover/accept"), &json!({})).await;
            assert_eq!(accept.status, StatusCode::NOT_FOUND, "{}", accept.body);
        }
        // Her own worker goes on.
        her.social.see(&case).await;
    });
}

/// REQ-INFO-01: whoever accepts a case names no deputy of an agency that the walls keep out.
#[test]
fn accepting_tells_nobody_else() {
    on_both(|house| async move {
        let her = woman(&house, "no-2004").await;
        let mut both = consent();
        both["category"] = json!(["case"]);
        give(&her.social, &her.person, &both).await;
        let case = format!("/cases/{}", her.case);
        let form = json!({
            "to_unit": unit_id(EMPLOYMENT), "reason": "mandate", "need": "Arbeid",
            "deadline": "2026-11-30",
        });
        her.social.post(&format!("{case}/handover"), &form).await.ok();
        let outsider = house.worker(INSURANCE, "caseworker", 1);
        let accept = json!({ "deputy": staff_id(&outsider) });
        let refused = her.employment.post(&format!("{case}/handover/accept"), &accept).await;
        assert_eq!(refused.faults()["accept_deputy"], "wall-consent");
        let outsider = house.staff(&outsider).await;
        let status = outsider.get(&format!("/api/v1{case}")).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let own = json!({ "deputy": staff_id(&house.worker(EMPLOYMENT, "caseworker", 1)) });
        her.employment.post(&format!("{case}/handover/accept"), &own).await.ok();
    });
}

/// REQ-FRONT-02, REQ-INFO-01: the way home to a unit of another agency is a hand-over as any other:
/// without a ground the worker is told what is missing, and nothing is sent.
#[test]
fn the_way_home_goes_through_the_walls() {
    on_both(|house| async move {
        let choice = json!({
            "pack": "no-2004@1", "from": house.app.today().to_string(), "reason": "Test",
        });
        house.choose_law(&choice).await;
        let worker = house.staff(&house.worker("social-front-ostbyen", "front_worker", 0)).await;
        let deputy = house.worker("social-adult-ostbyen", "caseworker", 0);
        let home: String = house
            .one(
                "select b.basic_unit from boundary b join district d on d.id = b.district_id
                 where d.code = 'heimdal' order by b.basic_unit limit 1",
            )
            .await;
        let form = json!({
            "given": "Ola", "family": "Nordmann", "basic_unit": home, "none_of_these": "yes",
        });
        let person = worker.post("/persons", &form).await.ok().id();
        let form = json!({ "need": ["income"], "person": person, "account": "Sykdom og gjeld" });
        let visit = worker.post("/reception/check-in", &form).await.ok().id();
        let path = format!("/visits/{visit}");
        worker.post(&format!("{path}/take"), &json!({})).await.ok();
        let mut form = json!({
            "outcome": "case", "answer": "Penger til husleie", "deputy": staff_id(&deputy),
            "step_what": "Søknad", "step_on": "2026-11-27", "step_place": "Heimdal",
            "decision": "sickness_benefit",
        });
        let refused = worker.post(&format!("{path}/close"), &form).await;
        assert_eq!(refused.faults()["decision"], "wall-consent");
        let sent: i64 = house.one("select count(*) from handover").await;
        assert_eq!(sent, 0);
        form["decision"] = json!("");
        worker.post(&format!("{path}/close"), &form).await.ok();
    });
}

/// What an answer says, without what is another person's or another case's in any case.
fn told(mut value: Value) -> String {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for field in
                    ["id", "name", "person", "number", "born_on", "once", "location", "ticket"]
                {
                    fields.remove(field);
                }
                fields.values_mut().for_each(strip);
            }
            Value::Array(all) => all.iter_mut().for_each(strip),
            Value::String(text) if uuid::Uuid::parse_str(text).is_ok() => "X".clone_into(text),
            _ => {}
        }
    }
    strip(&mut value);
    value.to_string()
}

fn apart(worker: &str, deputy: &str) -> Value {
    json!({
        "summary": "Arbete", "responsible": staff_id(worker), "deputy": staff_id(deputy),
        "step_what": "Samtal", "step_on": "2026-11-30", "step_place": "Rum 2",
    })
}

async fn choose(house: &House, pack: &str) {
    let choice = json!({
        "pack": format!("{pack}@1"), "from": house.app.today().to_string(), "reason": "Test",
    });
    house.choose_law(&choice).await;
}

/// REQ-INFO-01: a worker of one Swedish authority who opens a case is answered word for word the
/// same whether another authority has one or not, at the desk, at the visit's end, on the person's
/// page and in the joint view; each authority has its own, and finds that again. The person sees
/// both. With her consent the one finds the other's.
#[test]
fn a_swedish_authority_learns_of_no_case_of_another() {
    on_both(|house| async move {
        choose(&house, "se-2022").await;
        let codes = [SOCIAL, EMPLOYMENT, INSURANCE]
            .map(|unit| [0, 1].map(|place| house.worker(unit, "caseworker", place)));
        let social = house.staff(&codes[0][0]).await;
        let employment = house.staff(&codes[1][0]).await;
        let front = house.worker("employment-front-heimdal", "front_worker", 0);
        let at_desk = house.staff(&front).await;
        let mut answers = Vec::new();
        let mut cases = Vec::new();
        for (given, number, there) in [("Ola", "10915596784", true), ("Kari", "50846202355", false)]
        {
            let form = json!({ "given": given, "family": "Moe", "number": number });
            let person = employment.post("/persons", &form).await.ok().id();
            assert_eq!(social.post("/persons", &form).await.ok().id(), person);
            let path = format!("/persons/{person}/case");
            if there {
                let form = apart(&codes[0][0], &codes[0][1]);
                cases.push(social.post(&path, &form).await.ok().id());
            }
            let pages = [format!("/persons/{person}"), format!("/persons/{person}/joint"), path];
            let mut said = Vec::new();
            for page in &pages {
                said.push(told(employment.see(page).await));
            }
            let answer = employment.post(&pages[2], &apart(&codes[1][0], &codes[1][1])).await.ok();
            assert_eq!(answer.json()["done"], "case-opened", "{there}");
            let case = answer.id();
            said.push(told(answer.json()));
            for page in pages.iter().chain([&format!("/cases/{case}")]) {
                said.push(told(employment.see(page).await));
            }
            let again = employment.post(&pages[2], &apart(&codes[1][0], &codes[1][1])).await.ok();
            assert_eq!((again.id(), &again.json()["done"]), (case.clone(), &json!("case-found")));
            // At the end of a visit the same.
            let form = json!({ "need": ["work"], "person": person });
            let visit = at_desk.post("/reception/check-in", &form).await.ok().id();
            at_desk.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
            let form = json!({
                "outcome": "case", "answer": "Arbete", "deputy": staff_id(&codes[1][1]),
                "step_what": "Samtal", "step_on": "2026-11-30", "step_place": "Rum 2",
            });
            said.push(told(
                at_desk.post(&format!("/visits/{visit}/close"), &form).await.ok().json(),
            ));
            said.push(told(at_desk.see(&format!("/visits/{visit}")).await));
            answers.push(said);
            cases.push(case);
        }
        for (with, without) in answers[0].iter().zip(&answers[1]) {
            assert_eq!(with, without, "the answer tells that there is a case");
        }
        let history = social.see(&format!("/cases/{}", cases[0])).await["history"].clone();
        assert_eq!(history.as_array().unwrap().len(), 2, "nothing of the other: {history}");
    });
}

/// REQ-INFO-01, REQ-INFO-02: with the person's consent one authority finds the other's case; and
/// each that has its own shows it to the person.
#[test]
fn a_consent_leads_to_the_case_of_another() {
    on_both(|house| async move {
        let her = woman(&house, "se-2022").await;
        let path = format!("/persons/{}/case", her.person);
        let form = |unit: &str| {
            let [worker, deputy] = [0, 1].map(|place| house.worker(unit, "caseworker", place));
            apart(&worker, &deputy)
        };
        let own = her.employment.post(&path, &form(EMPLOYMENT)).await.ok();
        assert_eq!(own.json()["done"], "case-opened");
        let open: i64 = house.one("select count(*) from shared_case where closed_at is null").await;
        assert_eq!(open, 2);
        let me = house.resident(&her.person).await;
        let page = me.see("/my").await;
        assert_eq!(page["case"]["responsible"]["agency"], "Sosialtjenesten");
        assert_eq!(page["more_cases"].as_array().unwrap().len(), 1, "{page}");
        let mut both = consent();
        both["category"] = json!(["id", "case"]);
        both["to"] = json!([id_of("agency", "insurance").to_string()]);
        give(&her.social, &her.person, &both).await;
        let found = her.insurance.post(&path, &form(INSURANCE)).await.ok();
        assert_ne!(found.json()["done"], "case-opened", "{}", found.body);
        let open: i64 = house.one("select count(*) from shared_case where closed_at is null").await;
        assert_eq!(open, 2, "no third beside the one that may be known");
        let history = her.social.see(&format!("/cases/{}", her.case)).await["history"].clone();
        assert_eq!(history[0]["kind"], "contact");
    });
}

/// REQ-INFO-01, REQ-INFO-08: two records are joined as if the other authority had no case; where the
/// law lets the worker know of it, it stands in the way and is named.
#[test]
fn joining_tells_of_no_case_of_another() {
    on_both(|house| async move {
        for (pack, status) in [("se-2022", StatusCode::OK), ("no-2022", StatusCode::CONFLICT)] {
            choose(&house, pack).await;
            let [social_code, deputy] =
                [0, 1].map(|place| house.worker(SOCIAL, "caseworker", place));
            let social = house.staff(&social_code).await;
            let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
            let number = if status == StatusCode::OK { "10915596784" } else { "50846202355" };
            let form = json!({ "given": "Ola", "family": "Moe", "number": number });
            let person = social.post("/persons", &form).await.ok().id();
            assert_eq!(employment.post("/persons", &form).await.ok().id(), person);
            let path = format!("/persons/{person}/case");
            let case = social.post(&path, &apart(&social_code, &deputy)).await.ok().id();
            let form = json!({ "given": "Ole", "family": "Moe", "none_of_these": "yes" });
            let kept = employment.post("/persons", &form).await.ok().id();
            let join = json!({ "other": person });
            let answer = employment.post(&format!("/persons/{kept}/join"), &join).await;
            assert_eq!(answer.status, status, "{}", answer.body);
            if status == StatusCode::CONFLICT {
                assert_eq!(answer.code(), "person-open-case");
                continue;
            }
            // It goes on for those whose case it is, also from the record that was kept.
            social.see(&format!("/cases/{case}")).await;
            assert_eq!(social.see(&format!("/persons/{kept}")).await["case"], json!(case));
            let path = format!("/persons/{kept}/case");
            let found = social.post(&path, &apart(&social_code, &deputy)).await.ok();
            assert_eq!((found.id(), &found.json()["done"]), (case, &json!("case-found")));
        }
    });
}

/// REQ-INFO-08: a record that was joined to a protected person's is as hidden as theirs, and whoever
/// is tied to the one is tied to the other, whichever way they were joined.
#[test]
fn joined_records_are_hidden_together() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let plain = &scene.worker;
        let path = format!("/persons/{}", scene.person);
        plain.see(&path).await;
        let cleared = house.staff(&house.cleared("strictly_confidential")).await;
        let form = json!({
            "given": "Åse", "family": "Bjørnstad", "protection": "strictly_confidential",
            "none_of_these": "yes",
        });
        let hidden = cleared.post("/persons", &form).await.ok().id();
        let join = json!({ "other": scene.person });
        cleared.post(&format!("/persons/{hidden}/join"), &join).await.ok();
        for page in ["", "/joint", "/consents"] {
            let status = plain.get(&format!("/api/v1{path}{page}")).await.status;
            assert_eq!(status, StatusCode::NOT_FOUND, "{page}");
        }
        let note = json!({
            "category": "case", "body": "x", "said_by": "y", "received_on": "2026-11-20",
        });
        let status = plain.post(&format!("{path}/notes"), &note).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND);
        cleared.see(&format!("/persons/{hidden}")).await;
        // Lifted on the one, it is lifted on the other.
        let version =
            cleared.see(&format!("/persons/{hidden}/edit")).await["form"]["version"].clone();
        let open = json!({
            "given": "Åse", "family": "Bjørnstad", "protection": "open", "version": version,
        });
        cleared.post(&format!("/persons/{hidden}/edit"), &open).await.ok();
        plain.see(&path).await;
    });
}

/// REQ-INFO-08: a tie bars the worker from a record beside the number's owner too. Whoever is joined
/// to somebody hidden is hidden from those who carry a case too, and nothing says that there is one.
#[test]
fn a_record_beside_is_no_way_round() {
    on_both(|house| async move {
        let number = "10915596784";
        let cleared = house.staff(&house.cleared("strictly_confidential")).await;
        let form = json!({
            "given": "Marit", "family": "Lund", "number": number,
            "protection": "strictly_confidential",
        });
        let hidden = cleared.post("/persons", &form).await.ok().id();
        let tied = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        tied.post("/ties", &json!({ "number": number, "kind": "sibling" })).await.ok();
        let form = json!({ "given": "Marit", "family": "Lund", "number": number });
        let beside = tied.post("/persons", &form).await.ok().id();
        assert_ne!(beside, hidden);
        let status = tied.get(&format!("/api/v1/persons/{beside}")).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND);

        let mut other = scene(&house, INSURANCE).await;
        let form = json!({ "given": "Kari", "family": "Ås", "number": "50846202355" });
        other.person = other.worker.post("/persons", &form).await.ok().id();
        open(&other).await;
        assert_eq!(cleared.post("/persons", &form).await.ok().id(), other.person);
        let path = format!("/persons/{}", other.person);
        let join = json!({ "other": hidden });
        cleared.post(&format!("{path}/join"), &join).await.ok();
        let status = other.worker.get(&format!("/api/v1{path}")).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND);
    });
}

/// REQ-INFO-03, REQ-INFO-04: each record crosses on its own ground, and so it is registered: what
/// was received before the day of the law on consent, what came after on a necessity. A withdrawal
/// reaches whoever holds the one; another necessity is another row.
#[test]
fn each_record_is_registered_with_its_own_ground() {
    on_both(|house| async move {
        let her = woman(&house, "se-2022").await;
        let old = json!({ "kind": "occupation", "text": "Renholder ved havna",
            "source": "Personen", "received_on": "2022-11-01" });
        her.employment.post(&format!("/persons/{}/facts", her.person), &old).await.ok();
        let agency = |code: &str| id_of("agency", code).to_string();
        let necessity = || async {
            let form = json!({
                "direction": "tell", "from_agency": agency("social"), "aim": "coordination",
                "conditions": [], "categories": ["emp"], "reason": "Trengs for planen",
                "valid_until": "2026-12-20",
            });
            let path = format!("/persons/{}/grounds", her.person);
            her.employment.post(&path, &form).await.ok();
        };
        necessity().await;
        let joint = format!("/persons/{}/joint", her.person);
        let seen = her.social.see(&joint).await.to_string();
        assert!(seen.contains("Fagbrev som kokk") && !seen.contains("Renholder"), "{seen}");
        let form = json!({
            "purpose": "coordination", "category": ["emp"], "form": "written",
            "from": [agency("employment")], "to": [agency("social")],
        });
        let consent = give(&her.social, &her.person, &form).await;
        assert!(her.social.see(&joint).await.to_string().contains("Renholder"));
        let rows = async |what: &str| -> i64 {
            house.one(&format!("select count(*) from disclosure where {what}")).await
        };
        let by_consent = "rule = 'SE-02B' and consent_id is not null and ground = 'consent'";
        assert_eq!(rows(by_consent).await, 1);
        let noted: i64 = house
            .one("select count(*) from journal where ground = 'consent' and detail like '%SE-02B%'")
            .await;
        assert_eq!(noted, 1);
        let claim: uuid::Uuid = house.one("select id from claim").await;
        let end = format!("/persons/{}/grounds/{claim}/end", her.person);
        let before = rows("necessity_id is not null").await;
        assert_eq!(before, 1);
        let all = json!({ "scope": "all", "how": "counter" });
        let told = take_back(&her.social, &consent, &all).await;
        assert_eq!(told["held"].as_array().unwrap().len(), 1, "{told}");
        // Another necessity is another ground for the same.
        her.employment.post(&end, &json!({})).await.ok();
        necessity().await;
        her.social.see(&joint).await;
        her.social.see(&joint).await;
        assert_eq!(rows("necessity_id is not null").await, before + 1);
    });
}
