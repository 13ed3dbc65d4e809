//! Unusual use of one person: looked at from several offices on one day.

use http::StatusCode;
use onedoor_domain::secrecy::Overlay;
use onedoor_server::journal::watch::search;
use serde_json::{Value, json};

use crate::attacks::{sql_id, tie};
use crate::cases::{SOCIAL, scene};
use crate::support::{House, on_both, staff_id};

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

/// The cases of unusual use, put there as the night would.
async fn cases(house: &House, rows: &[(&str, &str)]) -> Vec<String> {
    let mut ids = Vec::new();
    for (column, whom) in rows {
        let id = uuid::Uuid::now_v7().to_string();
        let insert = format!(
            "insert into watch_case (id, {column}, day, measure, seen, expected, bound, basis,
                made_at, version)
             values ({}, {}, '2026-11-23', 'persons', 40, 11, 28, 'past', 1, 1)",
            sql_id(house, &id),
            sql_id(house, whom)
        );
        house.force(&insert).await.unwrap();
        ids.push(id);
    }
    ids
}

/// REQ-INFO-15, REQ-INFO-19: a privacy owner sees no case and no row about their own family or
/// about whom they are not cleared for, in the list, in a case about a worker, in the latest rows,
/// nor do they settle one; and whoever a case shows reads that it was looked at.
#[test]
fn unusual_use_is_no_way_round_the_bar() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let mut persons = vec![scene.person.clone()];
        for given in ["Liv", "Siv"] {
            let form = json!({ "given": given, "family": "Haukland", "none_of_these": "yes" });
            persons.push(scene.worker.post("/persons", &form).await.ok().id());
        }
        for person in &persons {
            scene.worker.get(&format!("/api/v1/persons/{person}")).await.ok();
        }
        let worker = staff_id(&scene.worker_code);
        let rows = [
            ("person_id", persons[0].as_str()),
            ("person_id", &persons[1]),
            ("person_id", &persons[2]),
            ("actor_id", &worker),
        ];
        let ids = cases(&house, &rows).await;
        let owner = house.staff("city-03").await;
        let listed = |page: &Value| page["lines"].as_array().unwrap().len();
        assert_eq!(listed(&owner.see("/watch").await), 4);
        tie(&house, &staff_id("city-03"), &persons[1], Overlay::Child).await;
        let guard =
            format!("update person set guard = 32 where id = {}", sql_id(&house, &persons[2]));
        house.force(&guard).await.unwrap();
        let names = |page: &Value, person: &String| page.to_string().contains(person.as_str());
        let list = owner.see("/watch").await;
        assert_eq!(listed(&list), 2);
        let latest = owner.see("/journal").await;
        let about = owner.see(&format!("/watch/{}", ids[3])).await;
        for page in [&list, &latest, &about] {
            assert!(!names(page, &persons[1]) && !names(page, &persons[2]), "{page}");
        }
        assert!(names(&list, &persons[0]) && names(&latest, &persons[0]));
        assert!(names(&about, &persons[0]));
        let settle = json!({ "outcome": "explained", "version": 1, "reason": "Familien min" });
        for hidden in &ids[1..3] {
            let page = owner.get(&format!("/api/v1/watch/{hidden}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
            let no = owner.post(&format!("/watch/{hidden}/settle"), &settle).await;
            assert_eq!(no.status, StatusCode::NOT_FOUND);
        }
        owner.post(&format!("/watch/{}/settle", ids[0]), &settle).await.ok();
        // Whoever was shown reads of each look: in the list twice, beside the worker, settled.
        let looked = format!(
            "select count(*) from journal j join journal_person p on p.lane = j.lane
                and p.seq = j.seq where j.act like 'watch.%' and p.person_id = {}",
            sql_id(&house, &persons[0])
        );
        assert_eq!(house.one::<i64>(&looked).await, 4);
    });
}

/// REQ-INFO-19: a day on which no server was awake is searched when one wakes, once.
#[test]
fn a_night_that_was_missed_is_made_up_for() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        assert_eq!(search(&house.app).await.unwrap(), Some(0), "the day before");
        let unit = |office: &str| format!("social-front-{office}");
        for office in ["lerkendal", "midtbyen", "ostbyen"] {
            let looker = house.staff(&house.worker(&unit(office), "front_worker", 0)).await;
            for _ in 0..2 {
                looker.get(&format!("/api/v1/persons/{}", scene.person)).await;
            }
        }
        // Three days later: nobody was awake in the two nights between.
        house.clock.move_to("2026-11-26T08:30:00Z".parse().unwrap());
        assert_eq!(search(&house.app).await.unwrap(), Some(1));
        let day: String = house.one("select day from watch_case").await;
        assert_eq!(day, "2026-11-23");
        let days: i64 = house.one("select count(*) from watch_day").await;
        assert_eq!(days, 4, "each day once");
        assert_eq!(search(&house.app).await.unwrap(), None);
    });
}

/// REQ-INFO-19: a night on which no server was awake is made up for, the first time from the first row
/// of the journal on; days that lie too far back are named in the journal as not searched.
#[test]
fn missed_nights_are_made_up_for_or_named() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        let searched = "select count(*) from watch_day";
        // For three nights nobody looked, though people worked on the first day.
        house.clock.move_to("2026-11-26T08:30:00Z".parse().unwrap());
        search(&house.app).await.unwrap();
        assert_eq!(house.one::<i64>(searched).await, 3);
        let first: String = house.one("select min(day) from watch_day").await;
        assert_eq!(first, "2026-11-23");
        let named = "select count(*) from journal where act = 'watch.search'
            and detail like '%not_searched_from%'";
        assert_eq!(house.one::<i64>(named).await, 0);
        house.clock.move_to("2027-01-15T08:30:00Z".parse().unwrap());
        search(&house.app).await.unwrap();
        assert_eq!(house.one::<i64>(searched).await, 3 + 31);
        assert_eq!(house.one::<i64>(named).await, 1);
        let detail: String =
            house.one("select detail from journal where detail like '%not_searched_from%'").await;
        let detail: Value = serde_json::from_str(&detail).unwrap();
        assert_eq!(detail["not_searched_from"], "2026-11-26");
        assert_eq!(detail["not_searched_until"], "2026-12-15");
        assert_eq!(detail["day"], "2026-12-15");
        assert_eq!(search(&house.app).await.unwrap(), None, "each day once");
    });
}
