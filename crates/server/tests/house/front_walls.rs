//! The walls in everything that coming in and serving brought: pages of a visit, booked times,
//! lists, counts and figures.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::counter::{five, front as front_of, law, visit_of};
use crate::front::{figure, front, known};
use crate::keys::{Told, literal};
use crate::support::{House, Someone, on_both};

/// What coming in and serving keeps: the whole situation with what follows from it, a promise, a
/// booked time, guidance, and that work is no aim.
pub async fn told_in_front(house: &House, told: &mut Told) {
    let person = told.person;
    let front = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
    let of = literal(house, person);
    let visit: uuid::Uuid =
        house.one(&format!("select id from visit where person_id = {of} limit 1")).await;
    let situation = json!({
        "work": "fine", "money": "help", "children": "fine", "health": "unsaid",
        "housing": "fine", "told": "Lever av tomflasker på Solemsvåttan",
    });
    front.post(&format!("/visits/{visit}/situation"), &situation).await.ok();
    let guidance = json!({ "guidance": ["rights"] });
    front.post(&format!("/visits/{visit}/services"), &guidance).await.ok();
    let promise = json!({ "promised": "debt-advice", "text": "Ringer Inkassobua før fredag" });
    front.post(&format!("/visits/{visit}/promises"), &promise).await.ok();
    let work = json!({ "reason": "health", "text": "Ryggen fra Tverrfjellet" });
    front.post(&format!("/persons/{person}/work"), &work).await.ok();
    let times = front.see("/bookings").await;
    let booking = json!({
        "at": times["times"][0]["at"].to_string(), "need": ["income"], "by": "desk",
        "person": person.to_string(), "name": "Kalles for Todda", "phone": "97 53 10 864",
    });
    front.post("/bookings", &booking).await.ok();
    told.texts.extend(["tomflasker", "Inkassobua", "Tverrfjellet", "Todda", "97 53 10"]);
}

const PAGES: [&str; 5] = ["situation", "services", "clarification", "escalation", "book"];

async fn nothing_there(worker: &Someone, visit: &str, parts: &[&str]) {
    for part in parts {
        let path = format!("/visits/{visit}/{part}");
        if PAGES.contains(part) {
            let answer = worker.get(&format!("/api/v1{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{part}: {}", answer.body);
        }
        let form = json!({ "work": "fine", "money": "help", "children": "fine", "health": "fine",
            "housing": "fine", "service": ["debt-advice"], "promised": "debt-advice",
            "text": "Ja", "state": "wanted", "subject": "debt_counselling", "place": "4" });
        // A list where one is asked for, and one where a list is asked for, are refused as forms
        // before anything is looked up: each part gets what it reads.
        let mut form = form;
        if *part == "proposals" {
            form["service"] = json!("debt-advice");
        }
        let answer = worker.post(&path, &form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{part}: {}", answer.body);
    }
}

/// REQ-INFO-01, REQ-INFO-12: what is taken in, offered, promised, sent on and booked at a visit
/// tells what it is about: where a need does not cross, nothing of it is there, as if the visit
/// were not. The whole situation is for those who serve the person alone.
#[test]
fn what_is_taken_in_at_a_visit_stays_with_its_agency() {
    on_both(|house| async move {
        law(&house, "no-2022").await;
        five(&house).await;
        let employment = front_of(&house, "employment").await;
        let social = front_of(&house, "social").await;
        let debt = visit_of(&house, "Gjeld").await;
        let situation = json!({ "work": "fine", "money": "help", "children": "fine",
            "health": "fine", "housing": "fine", "told": "Inkasso" });
        social.post(&format!("/visits/{debt}/situation"), &situation).await.ok();
        let guidance = json!({ "guidance": ["rights"] });
        social.post(&format!("/visits/{debt}/services"), &guidance).await.ok();
        let all = [&PAGES[..], &["promises", "proposals"]].concat();
        nothing_there(&employment, &debt, &all).await;
        let absent = uuid::Uuid::now_v7().to_string();
        nothing_there(&employment, &absent, &all).await;
        let seen = employment.see(&format!("/visits/{debt}")).await;
        assert_eq!(seen["marks"], json!([]), "guidance tells what it was about");
        // A home crosses in a joint office: its services do, and the whole situation does not.
        let home = visit_of(&house, "Bolig").await;
        social.post(&format!("/visits/{home}/situation"), &situation).await.ok();
        employment.see(&format!("/visits/{home}/services")).await;
        nothing_there(&employment, &home, &["situation", "proposals"]).await;
        let told = social.see(&format!("/visits/{home}/situation")).await;
        assert_eq!(told["form"]["told"], "Inkasso");
    });
}

/// Two times: one for a debt by telephone, one for work on the person's own page.
async fn two_times(house: &House) -> (String, String) {
    let social = front(house).await;
    let (person, _) = known(&social, "Egen", &["letter"]).await;
    let times = social.see("/bookings").await;
    let at = |n: usize| times["times"][n]["at"].to_string();
    let form = json!({ "name": "Gjeld Ring", "phone": "90 11 22 33", "need": ["debt"], "at": at(0),
        "by": "phone" });
    let debt = social.post("/bookings", &form).await.ok().id();
    let me = house.resident(&person).await;
    let form = json!({ "office": id_of("office", "heimdal").to_string(), "at": at(1),
        "need": ["work"] });
    me.post("/my/bookings", &form).await.ok();
    (debt, person)
}

fn named(list: &Value) -> Vec<String> {
    let lines = list["lines"].as_array().unwrap().iter();
    lines.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// REQ-INFO-01, REQ-FRONT-20: a booked time is told of as a visit is. In a joint office every
/// worker sees who comes and no need that does not cross; where the authorities are separate, only
/// their own.
#[test]
fn a_booked_time_is_told_of_as_a_visit_is() {
    on_both(|house| async move {
        law(&house, "no-2022").await;
        let (debt, _) = two_times(&house).await;
        let employment = front_of(&house, "employment").await;
        let list = employment.see("/bookings").await;
        assert_eq!(named(&list), ["Gjeld Ring", "Ola Egen"]);
        let line = &list["lines"][0];
        assert_eq!((&line["needs"], &line["withheld"]), (&json!([]), &json!(true)));
        assert_eq!(line["phone"], "", "whoever is told not all calls nobody");
        assert_eq!(list["lines"][1]["needs"], json!(["work"]));
        let one = employment.see(&format!("/bookings/{debt}")).await;
        assert_eq!((&one["needs"], &one["phone"]), (&json!([]), &json!("")));
        let own = front(&house).await.see(&format!("/bookings/{debt}")).await;
        assert_eq!((&own["needs"], &own["phone"]), (&json!(["debt"]), &json!("90 11 22 33")));

        law(&house, "no-2004").await;
        let list = employment.see("/bookings").await;
        assert_eq!(named(&list), ["Ola Egen"], "{list}");
        let hidden = employment.get(&format!("/api/v1/bookings/{debt}")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let act = json!({ "act": "cancelled" });
        let act = employment.post(&format!("/bookings/{debt}"), &act).await;
        assert_eq!(act.status, StatusCode::NOT_FOUND);
        let insurance = front_of(&house, "insurance").await;
        assert_eq!(named(&insurance.see("/bookings").await), Vec::<String>::new());
        // Another of the same agency, who did not make it.
        let unit = "social-front-heimdal";
        let other = house.staff(&house.worker(unit, "front_worker", 1)).await;
        assert_eq!(named(&other.see("/bookings").await), ["Gjeld Ring"]);
    });
}

/// REQ-INFO-08: who is hidden from a list is hidden from the figures, their rows and their counts.
#[test]
fn who_is_hidden_is_in_no_booking_and_no_figure() {
    on_both(|house| async move {
        let social = front(&house).await;
        let (_, person) = two_times(&house).await;
        let form = json!({ "need": ["income"], "person": person });
        let visit = social.post("/reception/check-in", &form).await.ok().id();
        social.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let form = json!({ "guidance": ["rights"] });
        social.post(&format!("/visits/{visit}/services"), &form).await.ok();
        social.post(&format!("/visits/{visit}/clarification"), &json!({})).await.ok();
        let promise = json!({ "promised": "debt-advice", "text": "Ja" });
        social.post(&format!("/visits/{visit}/promises"), &promise).await.ok();
        let close = json!({ "outcome": "informed", "answer": "Gå bort", "go_ask": "insurance" });
        social.post(&format!("/visits/{visit}/close"), &close).await.ok();
        let path = "/figures/coming?open=go-ask";
        let before = social.see(path).await;
        assert_eq!(figure(&before, "go-ask").0, 1);
        assert_eq!(figure(&before, "guidance-rights").0, 1);
        assert_eq!(figure(&before, "clarification-whole").1, 1);
        assert_ne!(before["points"], json!([]));
        assert_eq!(before["rows"].as_array().unwrap().len(), 1);
        assert_eq!(social.see("/bookings").await["lines"].as_array().unwrap().len(), 2);
        let id = match house.app.db.engine() {
            onedoor_server::db::Engine::Sqlite => format!("x'{}'", person.replace('-', "")),
            onedoor_server::db::Engine::Postgres => format!("'{person}'"),
        };
        let protect = format!("update person set guard = 2, protection = 2 where id = {id}");
        house.force(&protect).await.unwrap();
        let after = social.see(path).await;
        assert_eq!(figure(&after, "go-ask").0, 0);
        assert_eq!(figure(&after, "guidance-rights").0, 0);
        assert_eq!(figure(&after, "clarification-whole").1, 0);
        assert_eq!((&after["points"], &after["rows"]), (&json!([]), &json!([])));
        assert_eq!(named(&social.see("/bookings").await), ["Gjeld Ring"]);
        for page in ["access", "guard", "process", "offer", "standards"] {
            let seen = social.see(&format!("/figures/{page}")).await.to_string();
            assert!(
                !seen.contains("\"count\":1") && !seen.contains("\"visits\":1"),
                "{page}: {seen}"
            );
        }
    });
}

/// REQ-INFO-01: of another office, and of less than a month, counts come in steps and few as none.
#[test]
fn small_figures_of_coming_in_are_not_told() {
    on_both(|house| async move {
        let social = front(&house).await;
        for family in ["En", "To", "Tre"] {
            let (_, visit) = known(&social, family, &["income"]).await;
            crate::front::inform(&social, &visit).await;
        }
        let unit = "social-front-midtbyen";
        let elsewhere = house.staff(&house.worker(unit, "front_worker", 0)).await;
        let office = id_of("office", "heimdal");
        for (who, query) in
            [(&elsewhere, format!("office={office}")), (&social, "from=2026-11-23".to_owned())]
        {
            let page = who.see(&format!("/figures/coming?{query}")).await;
            for one in page["figures"].as_array().unwrap() {
                assert_eq!((&one["count"], &one["of"]), (&Value::Null, &Value::Null), "{one}");
            }
            assert_eq!((&page["points"], &page["in_steps"]), (&json!([]), &json!(true)));
            let process = who.see(&format!("/figures/process?{query}")).await;
            for step in process["steps"].as_array().unwrap() {
                assert_eq!((&step["count"], &step["minutes"]), (&Value::Null, &Value::Null));
            }
            let guard = who.see(&format!("/figures/guard?{query}")).await;
            for line in guard["lines"].as_array().unwrap() {
                assert_eq!((&line["now"], &line["now_count"]), (&Value::Null, &Value::Null));
            }
            let offer = who.see(&format!("/figures/offer?{query}")).await;
            for cell in offer["lines"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|line| line["cells"].as_array().unwrap().iter())
            {
                assert_eq!((&cell["visits"], &cell["offered"]), (&Value::Null, &json!([])));
            }
        }
        let kept = elsewhere.see(&format!("/figures/standards?office={office}")).await;
        for line in kept["lines"].as_array().unwrap() {
            for month in line["months"].as_array().unwrap() {
                assert_eq!((&month["of"], &month["percent"]), (&Value::Null, &Value::Null));
            }
        }
        let own = social.see("/figures/coming").await;
        assert_eq!(own["in_steps"], false);
    });
}
