//! The joint plan before the walls, before two who write at once, and before the person.

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::plans::{accept, act, begun, consented, head, item, making};
use crate::story::woman;
use crate::support::{on_both, staff_id, unit_id};

fn whats(plan: &Value) -> Vec<&str> {
    plan["items"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect()
}

/// REQ-PLAN-02, REQ-INFO-01: each item goes through the walls by its owner and what it tells of; what
/// is withheld is neither shown nor counted nor reached by its address; with her consent it is there.
#[test]
fn what_the_walls_withhold_of_a_plan_is_not_there() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let debt = json!({ "kind": "debt", "what": "Avtale med kreditorene", "minutes": "60" });
        let debt = item(&her.social, &path, debt).await;
        accept(&her.social, &debt).await;
        act(&her.social, &debt, json!({ "act": "withdraw", "reason": "Ingen avtale" })).await.ok();
        let job = json!({ "what": "Praksis på kjøkken", "unit": unit_id(EMPLOYMENT) });
        item(&her.social, &path, job).await;
        let seen = her.employment.see(&path).await["plan"].clone();
        assert_eq!(whats(&seen), ["Praksis på kjøkken"]);
        assert_eq!(seen["breaches"], json!([]), "nor counted");
        let page = her.employment.see(&format!("{path}/history")).await;
        assert!(!page.to_string().contains("kreditorene"), "{page}");
        let there = her.employment.get(&format!("/api/v1{debt}")).await;
        assert_eq!(there.status, StatusCode::NOT_FOUND);
        let answer = json!({ "act": "accept", "version": "1" });
        assert_eq!(her.employment.post(&debt, &answer).await.status, StatusCode::NOT_FOUND);
        consented(&house, &her, "social", "employment", &["id", "case", "debt"]).await;
        let seen = her.employment.see(&path).await["plan"].clone();
        assert_eq!(whats(&seen).len(), 2);
        assert_eq!(seen["breaches"][0]["count"], 1);
        let told: i64 = house
            .one("select count(*) from disclosure where categories = 'debt' and form = 'view'")
            .await;
        assert!(told > 0, "what crossed is in the register");
    });
}

/// REQ-PLAN-01, REQ-INFO-01: where the law keeps the agencies apart, one that may not learn of a plan
/// is answered as if there were none and has its own beside it; each finds its own, and the person
/// sees both.
#[test]
fn a_swedish_authority_learns_of_no_plan_of_another() {
    on_both(|house| async move {
        let her = woman(&house, "se-2022").await;
        let path = begun(&house, &her).await;
        item(&her.social, &path, json!({ "what": "Boendestöd" })).await;
        let seen = her.employment.see(&path).await;
        assert_eq!(seen["plan"], Value::Null);
        let mut form = making(&house);
        form["deputy"] = json!(staff_id(&house.worker(EMPLOYMENT, "caseworker", 1)));
        form["goal"] = json!("Jobb som kock");
        let made = her.employment.post(&path, &form).await.ok();
        assert_eq!(made.json()["done"], "plan-made");
        let again = her.employment.post(&path, &form).await;
        assert_eq!(again.code(), "plan-one-current", "its own it finds");
        assert_eq!(her.employment.see(&path).await["plan"]["items"], json!([]));
        assert_eq!(whats(&her.social.see(&path).await["plan"]), ["Boendestöd"]);
        let me = house.resident(&her.person).await;
        assert_eq!(me.see("/my/plan").await["joint"].as_array().unwrap().len(), 2);
    });
}

/// REQ-PLAN-01: two who write the same text at once: the second sees what both began with, what the
/// first has made of it and their own, put together; nothing that either wrote is lost, and every
/// version is kept with who wrote it and when.
#[test]
fn two_who_write_at_once_lose_nothing() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let at = format!("{path}/texts/how");
        let write = |base: &str, body: &str| json!({ "base": base, "body": body });
        her.social.post(&at, &write("0", "Kurs\nPraksis\nJobb")).await.ok();
        her.employment.post(&at, &write("1", "Kurs på kveldstid\nPraksis\nJobb")).await.ok();
        let mine = write("1", "Kurs\nPraksis\nJobb ved havna");
        let warned = her.social.post(&at, &mine).await;
        assert_eq!(warned.faults()["body"], "plan-text-changed");
        let page = her.social.form(&at, "base=1&body=Kurs%0APraksis%0AJobb+ved+havna").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for text in ["Kurs på kveldstid", "Jobb ved havna", "Det du skrev"] {
            assert!(page.body.contains(text), "{text}");
        }
        let joined = "Kurs på kveldstid\nPraksis\nJobb ved havna";
        assert!(page.body.contains(joined), "both in one field");
        her.social.post(&at, &write("2", joined)).await.ok();
        let seen = her.social.see(&at).await;
        let bodies: Vec<&str> = seen["versions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["body"].as_str().unwrap())
            .collect();
        assert_eq!(bodies, [joined, "Kurs på kveldstid\nPraksis\nJobb", "Kurs\nPraksis\nJobb"]);
        let by: Vec<&str> = seen["versions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v["by"].as_str().unwrap())
            .collect();
        assert!(by[0] == by[2] && by[0] != by[1], "{by:?}");
        let told = write("3", "Medisinene gjør henne trøtt");
        assert_eq!(her.social.post(&at, &told).await.faults()["body"], "plan-seems");
    });
}

/// REQ-PLAN-01, REQ-PLAN-13: the person reads all of the plan on their own page, says yes, no or
/// something about it, and does their own tasks; a yes to a plan that has all the law asks for makes
/// it hold; everybody in the plan reads what they said.
#[test]
fn the_person_reads_and_answers_their_plan() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        item(&her.social, &path, json!({ "kind": "debt", "what": "Avtale" })).await;
        let me = house.resident(&her.person).await;
        let mine = me.see("/my/plan").await["joint"][0].clone();
        assert_eq!(mine["texts"][0]["body"], "Et kjøkken der jeg hører til");
        assert_eq!(whats(&mine), ["Avtale"]);
        let say =
            |word: &str, text: &str| json!({ "plan": mine["id"], "word": word, "text": text });
        let bare = me.post("/my/plan/say", &say("disagreed", "")).await;
        assert_eq!(bare.faults()["text"], "text-empty");
        me.post("/my/plan/say", &say("disagreed", "Jeg vil ha praksis først")).await.ok();
        me.post("/my/plan/say", &say("agreed", "")).await.ok();
        let plan = her.social.see(&path).await["plan"].clone();
        assert_eq!(plan["state"], "draft", "her yes is kept; the plan still lacks something");
        assert_eq!(plan["missing"][0], "own_tasks");
        let said: Vec<&str> = plan["said"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["kind"].as_str().unwrap())
            .collect();
        assert_eq!(said, ["agreed", "disagreed"]);
        let own = json!({ "owner": "person", "kind": "motivation", "what": "Ringe kjøkkenet" });
        item(&her.social, &path, own).await;
        crate::assessments::settle_views(&her.social, &path.replace("/plan", "/common-view")).await;
        me.post("/my/plan/say", &say("agreed", "Slik er det bra")).await.ok();
        let plan = her.social.see(&path).await["plan"].clone();
        assert_eq!((&plan["state"], &plan["agreed_how"]), (&json!("active"), &json!("page")));
        // Nobody else's plan, and not by a weaker sign-in.
        let weak = house.resident_less_sure(&her.person).await;
        assert_eq!(weak.see("/my/plan").await["joint"], json!([]));
        let refused = weak.post("/my/plan/say", &say("agreed", "")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let noted: i64 =
            house.one("select count(*) from journal where act = 'own.answer_plan'").await;
        assert_eq!(noted, 3);
    });
}

/// REQ-PLAN-01: the plan as a tagged file that the person takes home in their language, and as a FHIR
/// R4 CarePlan; both hold what the one who asks may see.
#[test]
fn the_plan_goes_out_on_paper_and_as_fhir() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let job = json!({ "what": "Praksis på kjøkken", "starts_on": "2026-12-01" });
        let job = item(&her.social, &path, job).await;
        accept(&her.social, &job).await;
        item(&her.social, &path, json!({ "kind": "debt", "what": "Avtale om gjeld" })).await;
        head(&her.social, &path, json!({ "act": "label", "label": "activity" })).await.ok();
        let me = house.resident(&her.person).await;
        for file in [her.social.get(&format!("{path}/pdf")).await, me.get("/my/plan/pdf").await] {
            assert_eq!(file.status, StatusCode::OK, "{}", file.body);
            assert_eq!(file.headers[header::CONTENT_TYPE], "application/pdf");
            assert!(file.body.starts_with("%PDF-1.7") && file.body.contains("/StructTreeRoot"));
        }
        let fhir = her.social.see(&format!("{path}/careplan")).await;
        assert_eq!((&fhir["resourceType"], &fhir["status"]), (&json!("CarePlan"), &json!("draft")));
        assert_eq!(fhir["intent"], "plan");
        let subject = format!("Patient/{}", her.person);
        assert_eq!(fhir["subject"]["reference"], json!(subject));
        assert_eq!(fhir["contained"][0]["description"]["text"], "Et kjøkken der jeg hører til");
        let detail = &fhir["activity"][0]["detail"];
        assert_eq!(
            (&detail["status"], &detail["description"]),
            (&json!("scheduled"), &json!("Praksis på kjøkken"))
        );
        assert_eq!(
            detail["scheduledPeriod"],
            json!({ "start": "2026-12-01", "end": "2027-01-15" })
        );
        assert_eq!(fhir["activity"].as_array().unwrap().len(), 2);
        let theirs = her.employment.see(&format!("{path}/careplan")).await;
        assert_eq!(theirs["activity"].as_array().unwrap().len(), 1, "no debt");
    });
}

/// REQ-PLAN-08: the demonstration has plans, made as caseworkers make them, once.
#[test]
fn the_demonstration_has_plans() {
    on_both(|house| async move {
        let scene = crate::cases::scene(&house, SOCIAL).await;
        crate::cases::open(&scene).await;
        let router = onedoor_server::web::router(&house.app, onedoor_server::routes());
        let made = onedoor_server::plan::demo::bring_in(&house.app, &router).await.unwrap();
        assert_eq!(made, 1);
        let again = onedoor_server::plan::demo::bring_in(&house.app, &router).await.unwrap();
        assert_eq!(again, 0);
        let me = house.resident(&scene.person).await;
        let plan = me.see("/my/plan").await["joint"][0].clone();
        assert_eq!((whats(&plan).len(), plan["tasks"].as_array().unwrap().len()), (4, 1));
    });
}
