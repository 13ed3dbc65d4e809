//! Tasks between units: what the county decides is guided at the desk, and what was decided is
//! carried out where children are.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::support::{CITY, House, Someone, on_both, unit_id};

const COUNTY: &str = "insurance-county";
const SCHOOL: &str = "social-children-heimdal";

/// The city with a county unit, which decides on car support, and a delivery unit at a school.
pub async fn county(house: &House) {
    let staff = "staff = [\n  { code = \"county-01\", name = \"Fylke En\", email = \
        \"county-01@example.no\", unit = \"insurance-county\", role = \"caseworker\", marks = \
        [\"national\"] },\n  { code = \"school-01\", name = \"Skole En\", email = \
        \"school-01@example.no\", unit = \"social-children-heimdal\", role = \"caseworker\", marks = \
        [\"national\"] },";
    let units = "[[units]]\ncode = \"insurance-county\"\nname = \"Trygd, fylke\"\nagency = \
        \"insurance\"\noffice = \"midtbyen\"\nkind = \"back_office\"\nfrom = 2024-01-01\n\
        mandates = [\"car_support\"]\n\n[[units]]\ncode = \"social-children-heimdal\"\nname = \
        \"Oppfølging av barn\"\nagency = \"social\"\noffice = \"heimdal\"\nkind = \"back_office\"\n\
        from = 2024-01-01\ndelivers = true\n\n[[divisions]]";
    let text = CITY.replacen("staff = [", staff, 1).replacen("[[divisions]]", units, 1);
    let admin = house.staff("city-01").await;
    admin.post("/office/import", &json!({ "text": text })).await.ok();
    let manager = house.staff("heimdal-01").await;
    let lines = format!("/network/offices/{}/lines", id_of("office", "heimdal"));
    for (service, unit, more) in [
        ("car_support", "insurance-front-heimdal", json!({ "decided_by": unit_id(COUNTY) })),
        ("child_family", "social-family-heimdal", json!({})),
        (
            "child_follow_up",
            SCHOOL,
            json!({ "address": "Saupstad skole", "route": "Tredje dør fra porten" }),
        ),
        ("economic_assistance", "social-adult-heimdal", json!({})),
        ("job_centre", "employment-front-heimdal", json!({})),
    ] {
        let mut form = more;
        form["service"] = json!(service);
        form["unit"] = json!(unit_id(unit));
        form["from"] = json!("2026-01-01");
        manager.post(&lines, &form).await.ok();
    }
}

pub async fn person(worker: &Someone) -> String {
    let form = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
    worker.post("/persons", &form).await.ok().id()
}

/// REQ-ORG-18: a need for car support is answered by the local insurance desk as guidance, and
/// the task to decide appears at the county unit alone. REQ-ORG-17: the need maps to the unit.
#[test]
fn what_the_county_decides_is_guided_at_the_desk() {
    on_both(|house| async move {
        county(&house).await;
        let desk = house.staff(&house.worker("insurance-front-heimdal", "front_worker", 0)).await;
        let office = id_of("office", "heimdal");
        let page = desk.see(&format!("/network/offices/{office}?need=disability")).await;
        let answers = page["answers"].as_array().unwrap();
        let of = |service: &str| answers.iter().find(|it| it["service"] == service).unwrap();
        assert_eq!(of("car_support")["answer"], "guidance_and_forward");
        assert_eq!(of("car_support")["decided_by"], "Trygd, fylke");
        assert_eq!(of("attendance_benefit")["answer"], "guidance_only");
        let person = person(&desk).await;
        let path = format!("/persons/{person}/tasks");
        let ruling = json!({ "subject": "car_support", "kind": "decision", "text": "Ja",
            "act": "national-insurance-1997" });
        let refused = desk.post(&format!("/persons/{person}/rulings"), &ruling).await;
        assert_eq!(refused.faults()["kind"], "no-mandate");
        let form = json!({ "service": "car_support", "kind": "decide", "what": "Trenger bil" });
        let task = desk.post(&path, &form).await.ok().id();
        let kinds: i64 = house
            .one("select count(*) from ruling where kind = 'guidance' and subject = 'car_support'")
            .await;
        assert_eq!(kinds, 1, "the desk has guided");
        let waits = |page: Value| page["to_do"].as_array().unwrap().len();
        let county = house.staff("county-01").await;
        assert_eq!(waits(county.see("/tasks").await), 1);
        let back = house.staff(&house.worker("insurance-back-heimdal", "caseworker", 0)).await;
        let social = house.staff(&house.worker("social-adult-heimdal", "caseworker", 0)).await;
        for other in [&desk, &back, &social] {
            assert_eq!(waits(other.see("/tasks").await), 0);
        }
        for stranger in [&back, &social] {
            let answer = stranger.get(&format!("/tasks/{task}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        let opened = county.see(&format!("/tasks/{task}")).await;
        assert_eq!(
            (&opened["task"]["what"], &opened["ours"]),
            (&json!("Trenger bil"), &json!(true))
        );
        let done = json!({ "state": "done", "result": "Innvilget", "version": "1" });
        assert_eq!(desk.post(&format!("/tasks/{task}"), &done).await.status, StatusCode::FORBIDDEN);
        county.post(&format!("/tasks/{task}"), &done).await.ok();
        assert_eq!(county.post(&format!("/tasks/{task}"), &done).await.code(), "stale");
        let sent = desk.see("/tasks").await;
        assert_eq!(sent["sent"][0]["state"], "done");
        let hidden = onedoor_domain::person::Guard::STRICTLY_CONFIDENTIAL;
        house.force(&format!("update person set guard = {hidden}")).await.unwrap();
        assert_eq!(desk.see("/tasks").await["sent"], json!([]), "whom nobody may know of");
        house.force("update person set guard = 0").await.unwrap();
        let nowhere = json!({ "service": "housing", "kind": "decide", "what": "x" });
        assert_eq!(desk.post(&path, &nowhere).await.faults()["service"], "task-nowhere");
    });
}

/// REQ-ORG-19, REQ-ORG-47: a delivery unit at a school carries out and records, and cannot
/// decide; the decision office sees how far it has come; a child's matter leads to the school.
#[test]
fn a_delivery_unit_carries_out_and_does_not_decide() {
    on_both(|house| async move {
        county(&house).await;
        let decides = house.staff(&house.worker("social-family-heimdal", "caseworker", 0)).await;
        let page = decides
            .see(&format!("/network/offices/{}?need=family", id_of("office", "heimdal")))
            .await;
        let answers = page["answers"].as_array().unwrap();
        let school = answers.iter().find(|it| it["service"] == "child_follow_up").unwrap();
        assert_eq!(
            (&school["address"], &school["answer"]),
            (&json!("Saupstad skole"), &json!("unit_here"))
        );
        assert_eq!(school["route"], "Tredje dør fra porten");
        let person = person(&decides).await;
        let decision = |act: &str| {
            json!({ "subject": "child_welfare", "kind": "decision", "text": "Støttekontakt",
                "act": act, "section": "§ 3-1" })
        };
        let rulings = format!("/persons/{person}/rulings");
        decides.post(&rulings, &decision("child-welfare-2021")).await.ok();
        let form = json!({ "service": "child_follow_up", "kind": "deliver", "what": "To timer" });
        let task = decides.post(&format!("/persons/{person}/tasks"), &form).await.ok().id();
        let school = house.staff("school-01").await;
        let opened = school.see(&format!("/tasks/{task}")).await;
        assert_eq!(opened["task"]["address"], "Saupstad skole");
        let refused = school.post(&rulings, &decision("child-welfare-2021")).await;
        assert_eq!(refused.faults()["kind"], "no-mandate", "{}", refused.body);
        let on = school.post(&format!("/persons/{person}/tasks"), &form).await;
        assert_eq!(on.faults()["kind"], "task-not-deciding");
        house
            .force(&format!(
                "insert into mandate (unit_id, subject, valid_from, valid_until) \
            select id, 'child_welfare', '2024-01-01', null from unit where code = '{SCHOOL}'"
            ))
            .await
            .unwrap();
        let refused = school.post(&rulings, &decision("child-welfare-2021")).await;
        assert_eq!(refused.faults()["kind"], "no-mandate", "whatever a table says");
        let started = json!({ "state": "started", "version": "1" });
        school.post(&format!("/tasks/{task}"), &started).await.ok();
        assert_eq!(decides.see("/tasks").await["sent"][0]["state"], "started");
        let empty = json!({ "state": "done", "version": "2" });
        let refused = school.post(&format!("/tasks/{task}"), &empty).await;
        assert_eq!(refused.faults()["result"], "text-empty");
        let done = json!({ "state": "done", "version": "2", "result": "Gjort" });
        school.post(&format!("/tasks/{task}"), &done).await.ok();
        let seen = decides.see(&format!("/tasks/{task}")).await;
        assert_eq!(seen["task"]["result"], "Gjort");
    });
}
