//! A plan in its course: what is gone, what comes next, and what survives.

use http::StatusCode;
use jiff::ToSpan;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE};
use crate::plans::{accept, act, begun, head, item, later, list, making};
use crate::story::{EMPLOYMENT_NAME, SOCIAL_NAME, woman};
use crate::support::{Someone, on_both, staff_id, unit_id};

/// REQ-PLAN-08: deleting a measure from the catalogue turns plan items on it into unmet needs, and
/// the needs remain; a promise on it is broken by that.
#[test]
fn a_measure_that_is_gone_leaves_its_needs() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let form = json!({ "kind": "job_search", "service": "job-search" });
        let at = item(&her.social, &path, form).await;
        accept(&her.social, &at).await;
        item(&her.social, &path, json!({ "kind": "housing" })).await;
        assert_eq!(onedoor_server::plan::demand::round(&house.app).await.unwrap(), 0);
        let manager = house.staff("heimdal-01").await;
        let version = manager.see("/services/job-search").await["service"]["version"].to_string();
        let form = json!({
            "availability": "closed", "wait_days": "0", "version": version,
            "name": ["Jobbsøk", "Jobbsøk", "Jobbsök", "Job search"],
            "about": ["a", "b", "c", "d"], "conditions": ["e", "f", "g", "h"],
        });
        manager.post("/services/job-search", &form).await.ok();
        let refused =
            json!({ "owner": "agency", "kind": "work", "what": "x", "service": "job-search" });
        let late = her.social.post(&format!("{path}/items"), &refused).await;
        assert_eq!(late.faults()["service"], "choose", "it cannot be planned with any more");
        assert_eq!(onedoor_server::plan::demand::round(&house.app).await.unwrap(), 1);
        assert_eq!(onedoor_server::plan::demand::round(&house.app).await.unwrap(), 0);
        let plan = her.social.see(&path).await["plan"].clone();
        let states: Vec<&str> = plan["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["state"].as_str().unwrap())
            .collect();
        assert_eq!(states, ["unmet", "open"]);
        assert_eq!(plan["breaches"][0]["count"], 1);
        let bare = &plan["bare_needs"][0];
        assert_eq!((&bare["kind"], &bare["state"]), (&json!("job_search"), &json!("unmet")));
        let needs = her.social.see(&format!("/persons/{}/needs", her.person)).await;
        assert_eq!(needs["standing"].as_array().unwrap().len(), 2, "both needs stand");
    });
}

/// REQ-PLAN-09: the list of those on a measure without an onward step is empty where all have one,
/// and gains one row when a step is removed.
#[test]
fn nobody_is_on_a_measure_without_an_onward_step() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let form = json!({ "kind": "job_search", "service": "job-search" });
        let measure = item(&her.social, &path, form).await;
        let onward = item(&her.social, &path, json!({ "kind": "work" })).await;
        let wait = json!({ "act": "after", "after": measure.rsplit('/').next().unwrap() });
        act(&her.social, &onward, wait).await.ok();
        accept(&her.social, &measure).await;
        act(&her.social, &measure, json!({ "act": "start" })).await.ok();
        assert!(list(&her.social, "without_onward").await.is_empty());
        let gone = json!({ "act": "withdraw", "reason": "Fant ikke noe" });
        act(&her.social, &onward, gone).await.ok();
        let lines = list(&her.social, "without_onward").await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["name"], "Marit Lund");
        let noted: i64 =
            house.one("select count(*) from journal where act = 'plan.read_lists'").await;
        assert!(noted > 0, "whom the list showed is in the journal");
    });
}

/// REQ-PLAN-10: a plan that crosses three budget years and more stands, its stages are reported each
/// by itself, and what is expected next is shown.
#[test]
fn a_long_plan_is_told_stage_by_stage() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        for (kind, stage, from, until) in [
            ("housing", "settle", "2026-12-01", "2027-02-01"),
            ("skills", "train", "2027-03-01", "2028-06-01"),
            ("work", "work", "2028-08-01", "2029-02-01"),
        ] {
            let form = json!({ "kind": kind, "stage": stage, "starts_on": from, "due_on": until });
            item(&her.social, &path, form).await;
        }
        let plan = her.social.see(&path).await["plan"].clone();
        let stages: Vec<(&str, Value)> = plan["stages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["stage"].as_str().unwrap(), one["years"].clone()))
            .collect();
        assert_eq!(
            stages,
            [
                ("settle", json!(["2026", "2027"])),
                ("train", json!(["2027", "2028"])),
                ("work", json!(["2028", "2029"])),
            ]
        );
        assert_eq!((&plan["stage_now"], &plan["stage_next"]), (&json!("settle"), &json!("train")));
    });
}

/// REQ-PLAN-11: starting the next link without an evaluation of the last one shows a warning and is
/// counted; with one it does not.
#[test]
fn a_link_begun_without_a_look_at_the_last_is_counted() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let mut firsts = Vec::new();
        for n in 0..6 {
            let first = item(&her.social, &path, json!({ "what": format!("Kurs {n}") })).await;
            accept(&her.social, &first).await;
            act(&her.social, &first, json!({ "act": "finish" })).await.ok();
            let next = item(&her.social, &path, json!({ "what": format!("Praksis {n}") })).await;
            let wait = json!({ "act": "after", "after": first.rsplit('/').next().unwrap() });
            act(&her.social, &next, wait).await.ok();
            accept(&her.social, &next).await;
            firsts.push((first, next));
            // At the pace of a working day: nobody opens sixty pages a minute.
            house.clock.move_to(house.clock.now() + jiff::SignedDuration::from_mins(1));
        }
        assert_eq!(list(&her.social, "unevaluated").await.len(), 6);
        let (first, next) = &firsts[5];
        let look =
            json!({ "act": "evaluate", "evaluation": "changed", "text": "For langt å reise" });
        act(&her.social, first, look).await.ok();
        act(&her.social, next, json!({ "act": "start" })).await.ok();
        for (_, next) in &firsts[..5] {
            let warned = act(&her.social, next, json!({ "act": "start" })).await;
            assert_eq!(warned.faults()["sure"], "item-unevaluated");
            act(&her.social, next, json!({ "act": "start", "sure": "yes" })).await.ok();
        }
        let counted: i64 =
            house.one("select cast(sum(unevaluated) as bigint) from plan_item").await;
        assert_eq!(counted, 5);
        let figures = her.social.see("/figures/plans").await["promises"].clone();
        assert_eq!(figures[0]["unevaluated"], 5);
        assert_eq!(list(&her.social, "unevaluated").await.len(), 5);
    });
}

/// REQ-PLAN-12: the share of wishes met is reported per office, and an unmet wish without reason is
/// listed until somebody says why.
#[test]
fn wishes_are_answered_and_counted() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        for n in 0..6 {
            let wish = json!({ "kind": "skills", "words": format!("Kurs nummer {n}") });
            her.social.post(&format!("{path}/wishes"), &wish).await.ok();
        }
        let all = her.social.see(&path).await["plan"]["wishes"].as_array().unwrap().clone();
        let answer = async |n: usize, state: &str, reason: &str, version: &str| {
            let at = format!("{path}/wishes/{}", all[n]["id"].as_str().unwrap());
            let form = json!({ "state": state, "reason": reason, "version": version });
            her.social.post(&at, &form).await.ok();
        };
        for n in 0..4 {
            answer(n, "met", "", "1").await;
        }
        answer(4, "partly_met", "Bare halve kurset", "1").await;
        assert!(her.social.see("/figures/plans").await["wishes_met"].is_i64(), "five are told");
        answer(5, "not_met", "", "1").await;
        // Four and a half of six.
        assert_eq!(her.social.see("/figures/plans").await["wishes_met"], 75);
        let open = list(&her.social, "unreasoned").await;
        assert_eq!(open.len(), 1, "{open:?}");
        answer(5, "not_met", "Kurset er fullt", "2").await;
        assert!(list(&her.social, "unreasoned").await.is_empty());
    });
}

/// REQ-PLAN-13: the delivery figure of an agency does not move when the person completes an own
/// task.
#[test]
fn an_own_task_is_no_agencys_delivery() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        for n in 0..5 {
            let at = item(&her.social, &path, json!({ "what": format!("Vår del {n}") })).await;
            accept(&her.social, &at).await;
            act(&her.social, &at, json!({ "act": "finish" })).await.ok();
            let own = json!({ "owner": "person", "what": format!("Min del {n}") });
            item(&her.social, &path, own).await;
        }
        let delivered = async || {
            let figures = her.social.see("/figures/plans").await["promises"].clone();
            assert_eq!(figures.as_array().unwrap().len(), 1);
            figures[0]["delivered"].clone()
        };
        assert_eq!(delivered().await, 5);
        let me = house.resident(&her.person).await;
        let tasks = me.see("/my/plan").await["joint"][0]["tasks"].as_array().unwrap().clone();
        assert_eq!(tasks.len(), 5, "apart from what others do");
        for task in &tasks {
            let form = json!({ "item": task["id"], "version": task["version"].to_string() });
            me.post("/my/plan/tasks", &form).await.ok();
            let again = me.post("/my/plan/tasks", &form).await;
            assert_eq!(again.code(), "stale");
        }
        assert_eq!(delivered().await, 5);
        let plan = her.social.see(&path).await["plan"].clone();
        let done: Vec<&Value> = plan["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["owner"] == "person" && one["state"] == "done")
            .collect();
        assert_eq!(done.len(), 5, "and they are done");
    });
}

/// REQ-PLAN-14: after a change of scheme, coordinator, caseworker and unit the plan's identity, open
/// items and history are unchanged, and each new responsible has accepted.
#[test]
fn a_plan_survives_what_changes_around_it() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let at = item(&her.social, &path, json!({ "kind": "work" })).await;
        accept(&her.social, &at).await;
        let before = her.social.see(&path).await["plan"].clone();
        let history = async |worker: &Someone| {
            worker.see(&format!("{path}/history")).await["events"].as_array().unwrap().clone()
        };
        let old = history(&her.social).await;
        let scheme = json!({ "act": "scheme", "scheme": "Arbeidsavklaring" });
        head(&her.social, &path, scheme).await.ok();
        let to = house.worker(EMPLOYMENT, "caseworker", 0);
        let ask = json!({ "act": "ask", "staff": staff_id(&to) });
        head(&her.social, &path, ask).await.ok();
        let asked = her.social.see(&path).await["plan"].clone();
        assert_eq!(asked["agency"], SOCIAL_NAME, "until they say yes it stays");
        let other = head(&her.insurance, &path, json!({ "act": "accept" })).await;
        assert_eq!(other.faults()["act"], "plan-not-asked");
        head(&her.employment, &path, json!({ "act": "accept" })).await.ok();
        // The item moves in the same way.
        let ask = json!({ "act": "ask", "unit": unit_id(EMPLOYMENT) });
        act(&her.social, &at, ask).await.ok();
        assert_eq!(her.social.see(&at).await["item"]["agency"], SOCIAL_NAME);
        act(&her.employment, &at, json!({ "act": "take" })).await.ok();

        let after = her.employment.see(&path).await["plan"].clone();
        assert_eq!((&after["id"], &after["scheme"]), (&before["id"], &json!("Arbeidsavklaring")));
        assert_eq!(after["agency"], EMPLOYMENT_NAME);
        let (was, is) = (&before["items"][0], &after["items"][0]);
        for kept in ["id", "what", "due", "state", "accepted_on", "n"] {
            assert_eq!(was[kept], is[kept], "{kept}");
        }
        assert_eq!(is["agency"], EMPLOYMENT_NAME);
        let new = history(&her.employment).await;
        assert_eq!(new[new.len() - old.len()..], old, "nothing of the history is gone");
        let kinds: Vec<&str> = new.iter().map(|one| one["kind"].as_str().unwrap()).collect();
        for kind in ["scheme", "taken_on", "item_take"] {
            assert!(kinds.contains(&kind), "{kinds:?}");
        }
    });
}

/// REQ-PLAN-15: for a sample path, days in each phase and between phases are computed and compared
/// with the target times.
#[test]
fn the_way_from_sickness_is_measured() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = format!("/persons/{}/plan", her.person);
        let mut form = making(&house);
        form["template"] = json!("sickness_to_work");
        her.social.post(&path, &form).await.ok();
        let me = house.resident(&her.person).await;
        let items = me.see("/my/plan").await["joint"][0]["items"].as_array().unwrap().clone();
        assert_eq!(items.len(), 4);
        let social = her.social.see(&path).await["plan"]["items"].as_array().unwrap().clone();
        assert_eq!(social.len(), 1, "what tells of health stays where it is");
        assert_eq!(items[0]["due"], "2027-11-23", "a year of sick pay");
        let at = |n: usize| format!("{path}/items/{}", items[n]["id"].as_str().unwrap());
        // Two phases as they went: 101 days, 40 days of waiting, 200 days and still on.
        for (n, by) in [(0, &her.insurance), (1, &her.insurance)] {
            accept(by, &at(n)).await;
            act(by, &at(n), json!({ "act": "start" })).await.ok();
        }
        house
            .force(
                "update plan_item set started_on = '2026-01-01', ended_on = '2026-04-11',
                    state = 'done' where n = 1;
                 update plan_item set started_on = '2026-05-22' where n = 2",
            )
            .await
            .unwrap();
        let readings = her.insurance.see(&path).await["plan"]["path"].as_array().unwrap().clone();
        assert_eq!(readings.len(), 2, "those that began, seen by who sees health");
        let first = &readings[0];
        assert_eq!((&first["phase"], &first["days"]), (&json!("sick_pay"), &json!(101)));
        assert_eq!((&first["target"], &first["long"]), (&json!(365), &json!(false)));
        assert_eq!((&first["between"], &first["shift"]), (&json!(40), &json!(14)));
        assert_eq!(first["slow"], true);
        let second = &readings[1];
        assert_eq!((&second["days"], &second["long"]), (&json!(186), &json!(true)));
        assert_eq!(second["between"], Value::Null);
    });
}

/// REQ-PLAN-16: an outpatient item can be tracked as agreed and kept without opening the medical
/// content: the item has no place for it, and words that tell of it are pointed out.
#[test]
fn an_item_of_the_health_service_is_agreed_and_kept() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let form = json!({
            "owner": "partner", "partner": "health", "kind": "treatment",
            "what": "Time på poliklinikken hver annen uke",
        });
        let at = item(&her.insurance, &path, form).await;
        accept(&her.insurance, &at).await;
        let agreed = her.insurance.see(&at).await["item"].clone();
        assert_eq!((&agreed["state"], &agreed["partner"]), (&json!("accepted"), &json!("health")));
        act(&her.insurance, &at, json!({ "act": "finish" })).await.ok();
        assert_eq!(her.insurance.see(&at).await["item"]["state"], "done");
        let page = her.insurance.see("/figures/plans").await;
        assert_eq!(page["promises"], json!([]), "it is no agency's delivery");
        // Another agency learns nothing of it, not even that it is there.
        let seen = her.employment.see(&path).await["plan"].clone();
        assert_eq!(seen["items"], json!([]));
        assert_eq!(her.employment.get(&format!("/api/v1{at}")).await.status, StatusCode::NOT_FOUND);
        let told = json!({
            "owner": "agency", "kind": "work", "what": "Jobb som tåler depresjon og medisiner",
        });
        let warned = her.social.post(&format!("{path}/items"), &told).await;
        assert_eq!(warned.faults()["what"], "plan-seems");
    });
}

/// REQ-REF-13: a person whom several agencies help, without plan and coordinator after the limit, is
/// listed, and is not when there is a plan.
#[test]
fn who_needs_several_has_a_plan_within_the_limit() {
    on_both(|house| async move {
        let mut her = woman(&house, "no-2022").await;
        assert!(list(&her.social, "without_plan").await.is_empty());
        later(&house, &mut her, 31).await;
        assert!(list(&her.social, "without_plan").await.is_empty(), "one agency alone");
        let ask = json!({
            "to_unit": unit_id(INSURANCE), "reason": "mandate", "need": "Trygd",
            "deadline": house.app.today().checked_add(7.days()).unwrap().to_string(),
        });
        her.social.post(&format!("/cases/{}/handover", her.case), &ask).await.ok();
        her.insurance.post(&format!("/cases/{}/handover/accept", her.case), &json!({})).await.ok();
        let lines = list(&her.insurance, "without_plan").await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["name"], "Marit Lund");
        let mut form = making(&house);
        form["deputy"] = json!(staff_id(&house.worker(INSURANCE, "caseworker", 1)));
        her.insurance.post(&format!("/persons/{}/plan", her.person), &form).await.ok();
        assert!(list(&her.insurance, "without_plan").await.is_empty());
        assert_eq!(her.insurance.see("/plans").await["days"], 30);
    });
}

/// REQ-REF-17: two promises needing the same weekday hours raise a conflict, before anybody is told;
/// so do duties that contradict, and hours in which nobody minds the children. The person sees one
/// answer.
#[test]
fn two_promises_for_the_same_hours_are_found() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let hours = |day: &str, from: &str, to: &str, what: &str| json!({ "day": [day], "from": from, "to": to, "what": what, "duty": "attend" });
        let at = item(&her.social, &path, hours("2", "09:00", "12:00", "Kurs")).await;
        accept(&her.social, &at).await;
        let mut other = hours("2", "11", "14:00", "Samtale");
        other["unit"] = json!(unit_id(EMPLOYMENT));
        let other = item(&her.social, &path, other).await;
        accept(&her.employment, &other).await;
        let me = house.resident(&her.person).await;
        let clashes = |plan: &Value| -> Vec<(String, String)> {
            let all = plan["clashes"].as_array().unwrap();
            let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
            all.iter().map(|one| (text(one, "kind"), text(one, "day"))).collect()
        };
        let same = vec![("same_hours".to_owned(), "2".to_owned())];
        for worker in [&her.social, &her.employment] {
            assert_eq!(clashes(&worker.see(&path).await["plan"]), same);
        }
        assert_eq!(clashes(&me.see("/my/plan").await["joint"][0]), same);
        act(&her.employment, &other, json!({ "act": "withdraw", "reason": "Kolliderer" }))
            .await
            .ok();
        assert!(clashes(&her.social.see(&path).await["plan"]).is_empty());
        for (duty, kind) in [("rest", "work"), ("be_available", "job_search")] {
            item(&her.social, &path, json!({ "duty": duty, "kind": kind })).await;
        }
        let found = clashes(&her.social.see(&path).await["plan"]);
        assert_eq!(found, [("contradiction".to_owned(), String::new())]);
        let bad = json!({
            "owner": "agency", "kind": "work", "what": "x", "day": ["1"], "from": "14", "to": "9",
        });
        let refused = her.social.post(&format!("{path}/items"), &bad).await;
        assert_eq!(refused.faults()["from"], "item-hours");
    });
}
