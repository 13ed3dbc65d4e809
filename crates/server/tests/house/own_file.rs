//! One's own file: everything about the person, as data and as a paper.

use std::collections::BTreeSet;

use serde_json::json;

use crate::cases::{EMPLOYMENT, SOCIAL, open};
use crate::own::{another, grown, log};
use crate::support::on_both;

/// REQ-INFO-16: the file holds everything about the person that a table holds,
/// and who looked; nothing of anybody else; and that it was taken is noted.
#[test]
fn the_file_holds_everything_about_the_person_and_of_nobody_else() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        let case = open(&scene).await;
        another(&scene, "Ragnhild").await;
        let form = json!({ "kind": "guidance", "subject": "social_assistance", "text": "Søk nå" });
        scene.worker.post(&format!("/persons/{}/rulings", scene.person), &form).await.ok();
        let front = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        let told = json!({ "need": ["income"], "person": scene.person, "account": "Et brev" });
        front.post("/reception/check-in", &told).await.ok();
        scene.worker.post("/persons/search", &json!({ "q": "Bjørnstad" })).await.ok();
        let me = house.resident(&scene.person).await;
        let export = me.see("/my/export/data").await;
        assert_eq!(export["schema"], "onedoor.person-export/1");
        assert_eq!(export["withheld"], json!([]));
        let table = |name: &str| {
            let tables = export["tables"].as_array().unwrap();
            tables.iter().find(|table| table["name"] == name).unwrap()["rows"].clone()
        };
        assert_eq!(table("person")[0]["born_on"], "1980-05-17");
        assert_eq!(table("shared_case")[0]["id"], case.as_str());
        assert_eq!(table("shared_case")[0]["opened_at"], "2026-11-23T08:30:00Z");
        assert_eq!(table("visit")[0]["account"], "Et brev");
        assert_eq!(table("ruling")[0]["text"], "Søk nå");
        assert_eq!(export["log"].as_array().unwrap().len(), log(&me, "own=yes").await.len() - 1);
        assert!(!export.to_string().contains("Ragnhild"));
        let lines = log(&me, "own=yes").await;
        assert_eq!(lines.iter().filter(|line| line["act"] == "own-export").count(), 1);
        let file = me.get("/my/export/data").await.ok();
        let disposition = file.headers["content-disposition"].to_str().unwrap();
        assert_eq!(disposition, "attachment; filename=\"onedoor-2026-11-23.json\"");
    });
}

/// REQ-INFO-16: the same on paper, tagged and fit for an archive, in each
/// language, whatever people wrote into it.
#[test]
fn the_file_is_there_as_pdf_in_every_language() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let form = json!({ "kind": "guidance", "subject": "social_assistance",
            "text": "#panic() مرحبا 👋\n= Søk" });
        scene.worker.post(&format!("/persons/{}/rulings", scene.person), &form).await.ok();
        let me = house.resident(&scene.person).await;
        for language in ["nb", "nn", "sv", "en"] {
            let cookie = format!("{}; od_language={language}", me.cookie().unwrap());
            let speaker = me.clone().with_cookie(&cookie);
            let request = http::Request::get("/my/export/pdf").body(axum::body::Body::empty());
            let answer = speaker.send(request.unwrap()).await.ok();
            assert_eq!(answer.headers["content-type"], "application/pdf");
            assert!(answer.body.starts_with("%PDF-1.7"), "{language}");
            assert!(answer.body.contains("pdfuaid:part"), "{language}");
            assert!(answer.body.contains(&format!(">{language}<")), "{language}");
        }
        let lines = log(&me, "own=yes").await;
        assert_eq!(lines.iter().filter(|line| line["act"] == "own-export").count(), 4);
    });
}

/// REQ-INFO-16: what one agreed to, who was told that it was taken back, and what a provider was
/// handed, is on the paper too: it sets in every language with all of it there, and grows by it.
#[test]
fn the_pdf_holds_what_was_shared() {
    use crate::providers::{agreement, hand_all};
    on_both(|house| async move {
        let provider = agreement(&house, "employment", &["id", "case", "emp"]).await;
        let scene = grown(&house, EMPLOYMENT).await;
        let me = house.resident(&scene.person).await;
        let pdf = async |language: &str| {
            let cookie = format!("{}; od_language={language}", me.cookie().unwrap());
            let speaker = me.clone().with_cookie(&cookie);
            let request = http::Request::get("/my/export/pdf").body(axum::body::Body::empty());
            let answer = speaker.send(request.unwrap()).await.ok();
            assert!(answer.body.starts_with("%PDF-1.7"), "{language}");
            answer.body.len()
        };
        let before = pdf("nb").await;
        let consent = json!({
            "purpose": "coordination", "category": ["emp"], "form": "written",
            "from": [onedoor_server::app::id_of("agency", "employment").to_string()],
            "to": [provider], "capacity_note": "Spurte #panic() to ganger = ",
        });
        let given = crate::consents::give(&scene.worker, &scene.person, &consent).await;
        hand_all(&scene.worker, &scene.person, &provider, &["placement"]).await;
        let all = json!({ "scope": "all", "how": "counter" });
        crate::consents::take_back(&scene.worker, &given, &all).await;
        for language in ["nb", "nn", "sv", "en"] {
            assert!(pdf(language).await > before, "{language}");
        }
    });
}

/// REQ-INFO-16: every table with personal data is in the file, or on a short list
/// with the reason why not.
#[test]
fn every_personal_table_is_in_the_file_or_says_why_not() {
    use onedoor_server::own::export::{NOT_EXPORTED, TABLES};
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data_classes.toml");
    let register: toml::Table = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let personal: BTreeSet<&str> = register
        .iter()
        .filter(|(_, columns)| {
            let mut classes = columns.as_table().unwrap().values();
            classes.any(|class| matches!(class[0].as_str(), Some("personal" | "health")))
        })
        .map(|(table, _)| table.as_str())
        .collect();
    let exported: BTreeSet<&str> = TABLES.iter().map(|table| table.name).collect();
    let left_out: BTreeSet<&str> = NOT_EXPORTED.iter().map(|(table, _)| *table).collect();
    assert!(exported.is_disjoint(&left_out));
    let named: BTreeSet<&str> = exported.union(&left_out).copied().collect();
    let missing: Vec<_> = personal.difference(&named).collect();
    assert!(missing.is_empty(), "neither in the file nor explained: {missing:?}");
    let stale: Vec<_> = left_out.difference(&personal).collect();
    assert!(stale.is_empty(), "no personal data there: {stale:?}");
    assert!(NOT_EXPORTED.iter().all(|(_, reason)| !reason.is_empty()));
}
