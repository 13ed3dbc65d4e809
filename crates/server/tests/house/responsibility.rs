//! Who answers for an agency, by day.

use http::StatusCode;
use onedoor_server::app::id_of;
use onedoor_server::db::Engine;
use serde_json::{Value, json};

use crate::support::{CITY, Someone, on_both};
use crate::tasks::person;

async fn answers(someone: &Someone, on: &str) -> String {
    let page = someone.see(&format!("/responsibility?on={on}")).await;
    let lines = page["lines"].as_array().unwrap();
    let line = lines.iter().find(|it| it["agency"] == "Sosialtjenesten").unwrap();
    line["principal"].as_str().unwrap().to_owned()
}

/// REQ-ORG-02: another principal answers for an agency by an act of its own, from its day on and not
/// before; what was decided earlier keeps its owner; no file does it, neither before nor after.
#[test]
fn responsibility_goes_over_on_its_day_and_by_nothing_else() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let worker = house.worker("social-adult-heimdal", "caseworker", 0);
        let (state, own) = (id_of("principal", "state"), id_of("principal", "nidarby"));
        let next = id_of("principal", "nyby");
        let id = match house.app.db.engine() {
            Engine::Sqlite => format!("x'{}'", next.simple()),
            Engine::Postgres => format!("'{next}'"),
        };
        house
            .force(&format!(
                "insert into principal (id, code, name, kind)
                    values ({id}, 'nyby', 'Nyby kommune', 'municipality')"
            ))
            .await
            .unwrap();
        let form = json!({ "agency": id_of("agency", "social"), "principal": next,
            "on": "2026-12-01", "ground": "Lov om forsøk § 3" });
        // Who may not, and what may not.
        let manager = house.staff("heimdal-01").await;
        let refused = manager.post("/responsibility", &form).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        for (field, wrong, code) in [
            ("agency", json!(state), "choose"),
            ("principal", json!(id_of("agency", "social")), "choose"),
            ("principal", json!(own), "responsibility-same"),
            ("principal", json!(state), "responsibility-kind"),
            ("on", json!("2026-11-22"), "responsibility-past"),
            ("on", json!("x"), "date"),
            ("ground", json!(""), "text-empty"),
        ] {
            let mut bad = form.clone();
            bad[field] = wrong;
            let faults = admin.post("/responsibility", &bad).await;
            assert_eq!(faults.faults()[field], code, "{field}: {}", faults.body);
        }
        let decided = async |on: &str| {
            house.clock.move_to(on.parse().unwrap());
            let worker = house.staff(&worker).await;
            let person = person(&worker).await;
            let decision = json!({ "subject": "social_assistance", "kind": "decision",
                "text": "Ja", "act": "social-services-2009", "section": "§ 18" });
            worker.post(&format!("/persons/{person}/rulings"), &decision).await.ok();
        };
        let owners = "select count(*) from ruling r join principal p on p.id = r.principal_id
            where p.code = ";
        let of = async |code: &str| house.one::<i64>(&format!("{owners}'{code}'")).await;

        decided("2026-11-23T08:40:00Z").await;
        admin.post("/responsibility", &form).await.ok();
        let waits = admin.post("/responsibility", &form).await;
        assert_eq!(waits.faults()["agency"], "responsibility-waits");
        assert_eq!(answers(&admin, "2026-11-30").await, "Nidarby kommune");
        assert_eq!(answers(&admin, "2026-12-01").await, "Nyby kommune");
        decided("2026-11-30T08:00:00Z").await;
        assert_eq!((of("nidarby").await, of("nyby").await), (2, 0), "not before its day");
        // On the day, whether or not the server has been at its rounds.
        decided("2026-12-01T08:00:00Z").await;
        assert_eq!((of("nidarby").await, of("nyby").await), (2, 1));
        onedoor_server::office::carry_due(&house.app, house.app.today()).await.unwrap();
        let now = "select p.code from agency a join principal p on p.id = a.principal_id
            where a.code = 'social'";
        assert_eq!(house.one::<String>(now).await, "nyby");
        decided("2026-12-02T08:00:00Z").await;
        assert_eq!((of("nidarby").await, of("nyby").await), (2, 2), "what was decided stays");
        let admin = house.staff("city-01").await;
        assert_eq!(answers(&admin, "2026-11-30").await, "Nidarby kommune");

        // No file brings it back, and one that tells it as it is is taken.
        let import =
            async |text: &str| admin.post("/office/import", &json!({ "text": text })).await;
        assert_eq!(import(CITY).await.faults()["text"], "agency-answers");
        let told = CITY.replace(
            "kind = \"social\", principal = \"nidarby\"",
            "kind = \"social\", principal = \"nyby\"",
        );
        let told = told.replace(
            "{ code = \"nidarby\", name = \"Nidarby kommune\", kind = \"municipality\" },",
            "{ code = \"nyby\", name = \"Nyby kommune\", kind = \"municipality\" },",
        );
        assert_ne!(told, CITY);
        import(&told).await.ok();

        // One that has not begun can be taken back; one that has cannot.
        let back = json!({ "agency": id_of("agency", "social"), "principal": own,
            "on": "2027-01-01", "ground": "Lov om forsøk § 4" });
        admin.post("/responsibility", &back).await.ok();
        let transfer = async |waits: bool| -> Option<Value> {
            let page = admin.see("/responsibility").await;
            let all = page["transfers"].as_array().unwrap().clone();
            all.into_iter().find(|it| it["waits"] == waits)
        };
        let path =
            |line: &Value| format!("/responsibility/{}/withdraw", line["id"].as_str().unwrap());
        let waiting = transfer(true).await.unwrap();
        assert_eq!(waiting["before"], "Nyby kommune");
        admin.post(&path(&waiting), &json!({})).await.ok();
        assert!(transfer(true).await.is_none());
        assert_eq!(answers(&admin, "2027-01-01").await, "Nyby kommune");
        let begun = admin.post(&path(&transfer(false).await.unwrap()), &json!({})).await;
        assert_eq!(begun.status, StatusCode::NOT_FOUND);
    });
}
