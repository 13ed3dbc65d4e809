//! The set-up of the offices: imported whole or not at all.

use http::StatusCode;
use serde_json::json;

use crate::cases::{SOCIAL, open, scene};
use crate::support::{CITY, on_both};

/// REQ-ORG-01: the set-up is imported all or nothing, with every fault named by
/// its line, and a trial keeps nothing.
#[test]
fn an_import_is_whole_or_nothing() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let broken = CITY.replacen("unit = \"social-adult-heimdal\"", "unit = \"nowhere\"", 2);
        assert_ne!(broken, CITY);
        let answer = admin.post("/office/import", &json!({ "text": broken })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let faults = answer.faults();
        assert_eq!(faults.len(), 2, "every fault, not the first: {faults:?}");
        assert!(faults.keys().all(|key| key.starts_with("text:")), "{faults:?}");
        let renamed = CITY.replacen("name = \"Felles kontor Heimdal\"", "name = \"Nytt navn\"", 1);
        let name = "select name from office where code = 'heimdal'";
        let before: String = house.one(name).await;
        let form = json!({ "text": renamed, "only_try": "yes" });
        admin.post("/office/import", &form).await.ok();
        assert_eq!(house.one::<String>(name).await, before, "only tried");
        admin.post("/office/import", &json!({ "text": renamed })).await.ok();
        assert_eq!(house.one::<String>(name).await, "Nytt navn");
        admin.post("/office/import", &json!({ "text": CITY })).await.ok();
        assert_eq!(house.one::<String>(name).await, before, "the same file twice is the same");
    });
}

/// REQ-REF-01: an import cannot send off duty whom an open case depends on.
#[test]
fn an_import_cannot_take_a_worker_from_a_case() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        open(&scene).await;
        let without: String = CITY
            .lines()
            .filter(|line| !line.contains(&format!("code = \"{}\"", scene.deputy_code)))
            .collect::<Vec<_>>()
            .join("\n");
        assert_ne!(without.lines().count(), CITY.lines().count());
        let admin = house.staff("city-01").await;
        let answer = admin.post("/office/import", &json!({ "text": without })).await;
        assert_eq!(answer.faults()["text"], "staff-depended-on", "{}", answer.body);
        let on_duty: i64 = house
            .one(&format!(
                "select count(*) from staff where on_duty and code = '{}'",
                scene.deputy_code
            ))
            .await;
        assert_eq!(on_duty, 1);
    });
}

/// REQ-ORG-14: for a place and a day, each agency's competent office, and
/// whether they coincide. REQ-ORG-13: the districts with their inhabitants.
#[test]
fn the_competent_office_of_a_place_is_told_for_each_agency() {
    on_both(|house| async move {
        let worker = house.staff("heimdal-02").await;
        let place: String = house
            .one(
                "select b.basic_unit from boundary b join district d on d.id = b.district_id \
                 where d.code = 'ostbyen' order by b.basic_unit limit 1",
            )
            .await;
        let page = worker.see(&format!("/office/competent?place={place}&on=2026-11-23")).await;
        assert_eq!(page["lines"].as_array().unwrap().len(), 3);
        assert_eq!(page["coincide"], true);
        let before = worker.see(&format!("/office/competent?place={place}&on=1999-01-01")).await;
        assert_eq!((&before["lines"], &before["coincide"]), (&json!([]), &json!(false)));
        let office = worker.see("/office").await;
        let districts = office["divisions"][0]["districts"].as_array().unwrap();
        assert_eq!(districts.len(), 4);
        for district in districts {
            let people = district["inhabitants"].as_i64().unwrap();
            assert!((30_000..50_000).contains(&people), "{district}");
        }
    });
}
