//! Questions that people ask about their own file, and the answers that are due.

use http::StatusCode;
use serde_json::json;

use crate::cases::{INSURANCE, SOCIAL, open};
use crate::own::{grown, log};
use crate::support::on_both;

/// REQ-INFO-16: a question about the file goes to the agency concerned, is
/// answered with a reason, and the person reads the answer. Who says that a field
/// was corrected must have corrected it.
#[test]
fn a_question_is_answered_by_the_agency_concerned() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let me = house.resident(&scene.person).await;
        let faults = me.post("/my/corrections", &json!({ "about": "field" })).await.faults();
        let named: Vec<&str> = faults.keys().map(String::as_str).collect();
        assert_eq!(named, ["field", "kind", "text"]);
        let ask = json!({ "kind": "correction", "about": "field", "field": "phone",
            "text": "Nummeret er gammelt", "once": "0123456789" });
        me.post("/my/corrections", &ask).await.ok();
        me.post("/my/corrections", &ask).await.ok();
        let asked = me.see("/my/corrections").await["questions"].clone();
        assert_eq!(asked.as_array().unwrap().len(), 1, "sent twice is one");
        assert_eq!(asked[0]["due"], "2026-12-23");
        let id = asked[0]["id"].as_str().unwrap().to_owned();

        let waiting = scene.worker.see("/corrections").await;
        assert_eq!(waiting["lines"][0]["name"], "Åse Bjørnstad");
        assert_eq!(waiting["overdue"], 0);
        let path = format!("/corrections/{id}");
        let other = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        assert_eq!(other.see("/corrections").await["lines"], json!([]));
        for stranger in [&other, &house.staff("city-03").await, &house.staff("city-01").await] {
            let seen = stranger.get(&format!("/api/v1{path}")).await;
            assert_eq!(seen.status, StatusCode::NOT_FOUND);
        }
        let all = house.staff("city-03").await.see("/corrections").await;
        assert_eq!(all["lines"].as_array().unwrap().len(), 1);
        assert!(!all.to_string().contains("Bjørnstad") && !all.to_string().contains("gammelt"));

        let said = json!({ "verdict": "corrected", "reason": "Rettet" });
        let faults = scene.worker.post(&format!("{path}/answer"), &said).await.faults();
        assert_eq!(faults["verdict"], "correction-nothing-changed");
        let blank = json!({ "verdict": "refused", "reason": " " });
        let faults = scene.worker.post(&format!("{path}/answer"), &blank).await.faults();
        assert_eq!(faults["reason"], "text-empty");
        let form = json!({ "given": "Åse", "family": "Bjørnstad", "language": "nb",
            "born_on": "1980-05-17", "phone": "90000009", "version": "1" });
        scene.worker.post(&format!("/persons/{}/edit", scene.person), &form).await.ok();
        scene.worker.post(&format!("{path}/answer"), &said).await.ok();
        let again = scene.worker.post(&format!("{path}/answer"), &said).await;
        assert_eq!(
            (again.status, again.code()),
            (StatusCode::CONFLICT, "correction-closed".into())
        );
        let answered = me.see("/my/corrections").await["questions"][0].clone();
        assert_eq!(answered["verdict"], "corrected");
        assert_eq!(answered["reason"], "Rettet");
        let lines = log(&me, "").await;
        assert!(lines.iter().any(|line| line["act"] == "correction-answer"));
        let html = me.get("/my/corrections").await.ok().body;
        assert!(html.contains("Rettet") && !html.contains('⟨'));
    });
}

/// REQ-INFO-16: what is not answered within the month is overdue for both sides,
/// unless the agency said in time why it takes longer.
#[test]
fn an_answer_is_due_within_a_month() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        let me = house.resident(&scene.person).await;
        for kind in ["objection", "restriction"] {
            let ask = json!({ "kind": kind, "about": "other", "text": "Ikke bruk dette" });
            me.post("/my/corrections", &ask).await.ok();
        }
        let asked = me.see("/my/corrections").await["questions"].clone();
        let path = format!("/corrections/{}", asked[0]["id"].as_str().unwrap());
        let longer = json!({ "longer": "Mange dokumenter" });
        scene.worker.post(&format!("{path}/extend"), &longer).await.ok();
        let faults = scene.worker.post(&format!("{path}/extend"), &longer).await.faults();
        assert_eq!(faults["longer"], "correction-extended");
        house.clock.move_to("2026-12-24T08:30:00Z".parse().unwrap());
        let worker = house.staff(&scene.worker_code).await;
        let waiting = worker.see("/corrections").await;
        assert_eq!(waiting["overdue"], 1);
        assert_eq!(waiting["lines"][0]["question"]["overdue"], true, "the late one is first");
        assert_eq!(waiting["lines"][1]["question"]["due"], "2027-02-23");
        let me = house.resident(&scene.person).await;
        let html = me.get("/my/corrections").await.ok().body;
        assert!(html.contains("Svaret skulle ha kommet") && html.contains("Mange dokumenter"));
        let late = format!("/corrections/{}", asked[1]["id"].as_str().unwrap());
        let faults = worker.post(&format!("{late}/extend"), &longer).await.faults();
        assert_eq!(faults["longer"], "correction-too-late");
        me.post(&format!("/my{late}/withdraw"), &json!({})).await.ok();
        assert_eq!(worker.see("/corrections").await["overdue"], 0);
    });
}
