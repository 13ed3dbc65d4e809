//! Unusual use of one person: looked at from several offices on one day.

use http::StatusCode;
use onedoor_server::journal::watch::search;
use serde_json::json;

use crate::cases::{SOCIAL, scene};
use crate::support::on_both;

/// REQ-INFO-19: a person whom workers of three offices search for and open, or try to, is a
/// case for the privacy owner, with the rows about that person; the same looks from two offices
/// are none, nor is anybody who was only one of many hits; it is settled like any other.
#[test]
fn a_person_looked_at_from_many_offices_is_a_case() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let mut others = Vec::new();
        for given in ["Liv", "Siv"] {
            let form = json!({ "given": given, "family": "Haukland", "none_of_these": "yes" });
            others.push(scene.worker.post("/persons", &form).await.ok().id());
        }
        let unit = |office: &str| format!("social-front-{office}");
        let mut lookers = Vec::new();
        for office in ["lerkendal", "midtbyen", "ostbyen"] {
            lookers.push(house.staff(&house.worker(&unit(office), "front_worker", 0)).await);
        }
        for looker in &lookers {
            looker.get(&format!("/api/v1/persons/{}", scene.person)).await;
            looker.post("/persons/search", &json!({ "q": "Bjørnstad" })).await;
            // Two of one name: a list says nothing about each of them.
            for _ in 0..3 {
                looker.post("/persons/search", &json!({ "q": "Haukland" })).await;
            }
        }
        for looker in &lookers[..2] {
            for _ in 0..4 {
                looker.get(&format!("/api/v1/persons/{}", others[0])).await;
            }
        }
        house.clock.move_to("2026-11-24T08:30:00Z".parse().unwrap());
        assert_eq!(search(&house.app).await.unwrap(), Some(1));
        let owner = house.staff("city-03").await;
        let lines = owner.see("/watch").await["lines"].clone();
        assert_eq!(lines.as_array().unwrap().len(), 1, "{lines}");
        let line = &lines[0];
        assert_eq!(line["measure"], "person_offices");
        assert_eq!(line["person"], json!(scene.person));
        assert_eq!((&line["seen"], &line["bound"]), (&json!(3), &json!(2)));
        assert_eq!((&line["actor"], &line["basis"]), (&json!(""), &json!("fixed")));
        let path = format!("/watch/{}", line["id"].as_str().unwrap());
        let rows = owner.see(&path).await["rows"].as_array().unwrap().len();
        assert!(rows >= 6, "{rows}");
        let page = owner.get(&path).await.ok().body;
        assert!(page.contains(&scene.person) && !page.contains("Haukland"));
        // That the privacy owner looked is in the person's own log.
        let looked: i64 = house
            .one("select count(*) from journal where act = 'watch.read' and persons <> ''")
            .await;
        assert!(looked > 0);
        let form = json!({ "outcome": "followed_up", "version": 1, "reason": "Spurt kontorene" });
        owner.post(&format!("{path}/settle"), &form).await.ok();
        assert_eq!(owner.see("/watch").await["lines"][0]["outcome"], "followed_up");
        let worker = house.staff(&scene.worker_code).await;
        assert_eq!(worker.get(&path).await.status, StatusCode::FORBIDDEN);
    });
}
