//! A trial and an effort that run side by side.

use http::StatusCode;
use onedoor_domain::person::Guard;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::attacks::patient;
use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::keys::NUMBER;
use crate::organisation::{import, register};
use crate::random::literal;
use crate::support::{House, Someone, on_both, staff_id};

/// A trial, with the country's efforts beside it.
async fn trial(house: &House) -> String {
    import(house, &register(), true).await.unwrap();
    let admin = house.staff("city-01").await;
    let form = json!({ "code": "sats", "name": "Samordning", "starts_on": "2026-01-01",
        "funder": "Staten", "legal_frame": "Forsøk", "measures_principal": "state",
        "municipalities": "1601" });
    admin.post("/trials", &form).await.ok();
    let page = admin.see("/trials").await;
    page["trials"][0]["id"].as_str().unwrap().to_owned()
}

fn effort() -> String {
    id_of("effort", "no-trh").to_string()
}

async fn persons(worker: &Someone, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for n in 0..count {
        let form = json!({ "given": "Liv", "family": format!("Dal{n}"), "none_of_these": "yes" });
        all.push(worker.post("/persons", &form).await.ok().id());
    }
    all
}

fn path(person: &str) -> String {
    format!("/persons/{person}/trials")
}

async fn end(worker: &Someone, person: &str, until: &str, reached: &str) {
    let page = worker.see(&path(person)).await;
    let form = json!({ "part": page["lasting"][0]["id"], "part_until": until,
        "reached": reached });
    worker.post(&format!("{}/end", path(person)), &form).await.ok();
}

/// A meeting of a person with a worker, as booking one leaves it.
async fn meeting(house: &House, n: usize, person: &str, staff: &str, at: &str) -> String {
    let id = format!("01890000-0000-7000-8000-00000000000{n}");
    let at = at.parse::<jiff::Timestamp>().unwrap().as_microsecond();
    let (meeting, person) = (literal(house, &id), literal(house, person));
    let office = literal(house, &id_of("office", "heimdal").to_string());
    let staff = literal(house, &staff_id(staff));
    let appointment = format!(
        "insert into appointment (id, person_id, office_id, place, starts_at, ends_at, subject)
        values ({meeting}, {person}, {office}, '', {at}, {}, 'joint_meeting')",
        at + 1
    );
    house.force(&appointment).await.unwrap();
    let slot = format!(
        "insert into calendar_slot (staff_id, starts_at, appointment_id)
        values ({staff}, {at}, {meeting})"
    );
    house.force(&slot).await.unwrap();
    id
}

/// The figures of the trial and the effort.
async fn beside(worker: &Someone, trial: &str) -> Value {
    worker.see(&format!("/trials/side-by-side?trial={trial}&effort={}", effort())).await
}

fn of<'a>(page: &'a Value, belonging: &str) -> &'a Value {
    let lines = page["belongings"].as_array().unwrap();
    &lines.iter().find(|it| it["belonging"] == belonging).unwrap()["count"]
}

/// REQ-ORG-40: participants and meetings belong to the trial, to the effort or to both, integrated
/// or in parallel. Each person counts once, whoever has noted them and however often, also over
/// two records that were joined; the target groups show where they overlap, and integrated running
/// stands beside parallel running. Counts come in steps, and who is hidden is in none of them.
#[test]
fn a_trial_and_an_effort_stand_side_by_side_and_everybody_counts_once() {
    on_both(|house| async move {
        // All within a minute: it is the figures that are tried, not the limits.
        let house = patient(&house).await;
        let trial = trial(&house).await;
        let code = house.worker(SOCIAL, "caseworker", 0);
        let social = house.staff(&code).await;
        let work = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let form = json!({ "given": "Tordis", "family": "Kvitvær", "number": NUMBER,
            "none_of_these": "yes" });
        let known = social.post("/persons", &form).await.ok().id();
        work.post("/persons", &form).await.ok();
        let mut integrated = vec![known.clone()];
        integrated.extend(persons(&social, 10).await);
        let parallel = persons(&social, 5).await;
        let alone = persons(&social, 7).await;

        let in_trial = |from: &str| {
            json!({ "trial": trial, "trial_group": "youth",
            "part_from": from })
        };
        let in_effort = json!({ "effort": effort(), "effort_group": "long_term",
            "part_from": "2026-11-09" });
        let in_both = |from: &str| {
            json!({ "trial": trial, "trial_group": "youth",
            "effort": effort(), "effort_group": "youth", "running": "integrated",
            "part_from": from })
        };
        for (n, person) in integrated.iter().enumerate() {
            social.post(&path(person), &in_both("2026-11-02")).await.ok();
            if n == 3 {
                let page = beside(&social, &trial).await;
                assert_eq!((&page["persons"], &page["groups"]), (&Value::Null, &json!([])));
            }
        }
        let again = social.post(&path(&known), &in_trial("2026-11-03")).await;
        assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "trial-part-there".into()));
        for person in &parallel {
            social.post(&path(person), &in_trial("2026-11-02")).await.ok();
            social.post(&path(person), &in_effort).await.ok();
        }
        for person in &alone {
            social.post(&path(person), &in_trial("2026-11-02")).await.ok();
        }
        // What one agency notes is for the walls; the figures count the person once.
        assert_eq!(work.see(&path(&known)).await["parts"], json!([]));
        work.post(&path(&known), &in_trial("2026-11-03")).await.ok();
        assert_eq!(work.see(&path(&known)).await["parts"][0]["running"], "");
        // Two of the seven are two others of them, registered a second time.
        for (from, into) in [(5, 0), (6, 1)] {
            let (from, into) = (literal(&house, &alone[from]), literal(&house, &alone[into]));
            let sql = format!("update person set merged_into = {into} where id = {from}");
            house.force(&sql).await.unwrap();
        }
        // Five have ended and begun again.
        for person in integrated.iter().take(5) {
            end(&social, person, "2026-11-09", "nothing").await;
            social.post(&path(person), &in_both("2026-11-10")).await.ok();
            end(&social, person, "2026-11-20", "work").await;
        }
        for person in integrated.iter().skip(5) {
            end(&social, person, "2026-11-20", "nothing").await;
        }
        let mark = |id: &str| {
            json!({ "meeting": id, "meeting_trial": trial,
            "meeting_effort": effort(), "meeting_running": "integrated" })
        };
        for (n, person) in integrated.iter().take(5).enumerate() {
            let at = format!("2026-11-{:02}T09:00:00Z", 4 + 2 * n);
            let id = meeting(&house, n + 1, person, &code, &at).await;
            let meetings = format!("{}/meetings", path(person));
            social.post(&meetings, &mark(&id)).await.ok();
            if n == 0 {
                let other = work.post(&meetings, &mark(&id)).await;
                assert_eq!(other.faults()["meeting"], "choose", "a meeting of others");
            }
        }

        let page = beside(&social, &trial).await;
        assert_eq!((&page["persons"], &page["least"]), (&json!(20), &json!(5)), "{page}");
        assert_eq!((of(&page, "integrated"), of(&page, "parallel")), (&json!(10), &json!(5)));
        assert_eq!((of(&page, "trial"), of(&page, "effort")), (&json!(5), &Value::Null));
        let groups = json!([
            { "group": "long_term", "trial": null, "effort": 5, "both": null },
            { "group": "youth", "trial": 20, "effort": 10, "both": 10 },
        ]);
        assert_eq!(page["groups"], groups);
        let overlaps = json!([{ "trial": "youth", "effort": "long_term", "count": 5 }]);
        assert_eq!(page["overlaps"], overlaps);
        assert_eq!(page["sides"][0]["percent"], Value::Null, "one has not left yet");
        end(&work, &known, "2026-11-20", "nothing").await;
        let sides = json!([
            { "running": "integrated", "persons": 10, "meetings": 5, "days": 6, "ended": 10,
                "percent": 50 },
            { "running": "parallel", "persons": 5, "meetings": null, "days": null,
                "ended": null, "percent": null },
        ]);
        assert_eq!(beside(&social, &trial).await["sides"], sides);
        social.get("/trials/side-by-side").await.ok();
        social.get(&path(&known)).await.ok();

        // A meeting that belongs nowhere any more.
        let id = "01890000-0000-7000-8000-000000000001";
        let none = json!({ "meeting": id });
        social.post(&format!("{}/meetings", path(&known)), &none).await.ok();
        let page = beside(&social, &trial).await;
        assert_eq!(page["sides"][0]["meetings"], Value::Null);
        let me = house.resident(&known).await;
        let export = me.see("/my/export/data").await;
        let tables = export["tables"].as_array().unwrap();
        let own = tables.iter().find(|it| it["name"] == "trial_part").unwrap();
        assert_eq!(own["rows"].as_array().unwrap().len(), 3);

        let guard = Guard::STRICTLY_CONFIDENTIAL;
        let (first, second) = (literal(&house, &alone[0]), literal(&house, &alone[1]));
        let sql = format!("update person set guard = {guard} where id in ({first}, {second})");
        house.force(&sql).await.unwrap();
        let page = beside(&social, &trial).await;
        assert_eq!((&page["persons"], of(&page, "trial")), (&json!(15), &Value::Null));
    });
}

/// REQ-ORG-40: where somebody takes part is noted with a trial or an effort, with how both are
/// run where they are both and not otherwise, and not before the trial began.
#[test]
fn a_part_says_where_and_how() {
    on_both(|house| async move {
        let trial = trial(&house).await;
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = persons(&social, 1).await.remove(0);
        let path = path(&person);
        let day = "2026-11-02";
        for (form, field, code) in [
            (json!({ "part_from": day }), "trial", "trial-part-nowhere"),
            (json!({ "trial": effort(), "part_from": day }), "trial", "choose"),
            (json!({ "trial": trial, "part_from": day }), "trial_group", "choose"),
            (
                json!({ "trial": trial, "trial_group": "youth", "running": "parallel",
                    "part_from": day }),
                "running",
                "trial-part-one",
            ),
            (
                json!({ "trial": trial, "trial_group": "youth", "effort": effort(),
                    "effort_group": "youth", "part_from": day }),
                "running",
                "choose",
            ),
            (
                json!({ "trial": trial, "trial_group": "youth", "part_from": "2025-12-31" }),
                "part_from",
                "trial-part-before",
            ),
            (
                json!({ "effort": effort(), "effort_group": "youth",
                    "part_from": "2026-11-24" }),
                "part_from",
                "date-future",
            ),
        ] {
            let answer = social.post(&path, &form).await;
            assert_eq!(answer.faults()[field], code, "{form}");
        }
        let form = json!({ "trial": trial, "trial_group": "youth", "part_from": day });
        social.post(&path, &form).await.ok();
        let part = social.see(&path).await["lasting"][0]["id"].clone();
        let early = json!({ "part": part, "part_until": "2026-11-01", "reached": "work" });
        let end = format!("{path}/end");
        assert_eq!(social.post(&end, &early).await.faults()["part_until"], "date-order");
        let form = json!({ "part": part, "part_until": day, "reached": "education" });
        social.post(&end, &form).await.ok();
        assert_eq!(social.post(&end, &form).await.faults()["part"], "choose");
        let work = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        assert_eq!(work.get(&path).await.status, StatusCode::NOT_FOUND);
    });
}
