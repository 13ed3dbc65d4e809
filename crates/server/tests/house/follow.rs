//! Following people up: leads, contacts, intake, load.

use http::StatusCode;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::meetings::{call, until};
use crate::providers::agreement;
use crate::story::{Woman, woman};
use crate::support::{House, Someone, on_both, staff_id, unit_id};

fn intake(house: &House, unit: &str) -> Value {
    json!({
        "intake": "target_group", "stage": "measure",
        "contact": staff_id(&house.worker(unit, "caseworker", 0)),
    })
}

async fn followed(house: &House, pack: &str, form: &Value) -> (Woman, String) {
    let her = woman(house, pack).await;
    let path = format!("/persons/{}/following", her.person);
    her.employment.post(&path, form).await.ok();
    (her, path)
}

fn lead(page: &Value, area: &str) -> (String, String) {
    let leads = page["lines"][0]["leads"].as_array().unwrap();
    let one = leads.iter().find(|it| it["area"] == area).unwrap();
    (one["lead"].as_str().unwrap().to_owned(), one["asked"].as_str().unwrap().to_owned())
}

/// REQ-FOLL-01: the social service leads on money, health and home, the employment service on
/// measures and work; a place agrees something else from a day on; where the law keeps an agency
/// out, the one that took the person in leads.
#[test]
fn every_area_has_its_lead_by_the_matrix_of_the_place() {
    on_both(|house| async move {
        let manager = house.staff(&house.worker(SOCIAL, "joint_manager", 0)).await;
        for (area, variant) in [("course", "provider"), ("health", "employment"), ("job", "shared")]
        {
            let form = json!({ "area": area, "variant": variant, "from": "2026-11-23" });
            manager.post("/following/set-up", &form).await.ok();
        }
        let late = json!({ "area": "social", "variant": "employment", "from": "2026-12-01" });
        manager.post("/following/set-up", &late).await.ok();
        let provider = agreement(&house, "employment", &["id", "case", "emp"]).await;
        let mut form = intake(&house, EMPLOYMENT);
        form["provider"] = json!(provider);
        let (her, path) = followed(&house, "no-2022", &form).await;
        let page = her.employment.see(&path).await;
        let mine = lead(&page, "measure").0;
        for (area, is) in [("health", true), ("job", true), ("practice", true), ("economy", false)]
        {
            assert_eq!(lead(&page, area).0 == mine, is, "{area}");
        }
        assert_eq!(lead(&page, "course").0, "Vekst AS");
        assert_eq!(lead(&page, "economy").0, lead(&page, "social").0, "agreed from a later day on");
        let worker = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let refused = worker.post("/following/set-up", &late).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
    on_both(|house| async move {
        // Under the law of 2004 social services are not told without her consent.
        let (her, path) = followed(&house, "no-2004", &intake(&house, EMPLOYMENT)).await;
        let page = her.employment.see(&path).await;
        assert_eq!(lead(&page, "economy").0, lead(&page, "job").0);
        assert!(her.social.see(&path).await["lines"].as_array().unwrap().is_empty());
    });
}

/// REQ-FOLL-02: an area has one lead at any time; it is handed over when the one who was asked says
/// yes; over any sequence of acts the schema holds one row for each area, with one holder.
#[test]
fn the_lead_of_an_area_is_handed_over_with_a_yes() {
    on_both(|house| async move {
        let (her, path) = followed(&house, "no-2022", &intake(&house, EMPLOYMENT)).await;
        let act = async |who: &Someone, area: &str, act: &str, unit: &str| {
            let page = who.see(&path).await;
            let one = &page["lines"][0];
            let leads = one["leads"].as_array().unwrap();
            let version =
                leads.iter().find(|it| it["area"] == area).unwrap()["version"].to_string();
            let unit = if unit.is_empty() { String::new() } else { unit_id(unit) };
            let form = json!({
                "follow_up": one["id"], "act": act, "unit": unit, "version": version,
            });
            who.post(&format!("{path}/leads/{area}"), &form).await
        };
        let one_each =
            "select count(*) from follow_lead where (unit_id is null) <> (provider_id is null)";
        let before = lead(&her.employment.see(&path).await, "job").0;
        let refused = act(&her.social, "job", "ask", SOCIAL).await;
        assert_eq!(refused.code(), "follow-not-lead");
        act(&her.employment, "job", "ask", SOCIAL).await.ok();
        let asked = lead(&her.employment.see(&path).await, "job");
        assert_eq!(asked.0, before, "asked is not yet taken");
        assert!(!asked.1.is_empty());
        let refused = act(&her.insurance, "job", "accept", "").await;
        assert_eq!(refused.code(), "follow-not-asked");
        act(&her.social, "job", "refuse", "").await.ok();
        assert_eq!(lead(&her.employment.see(&path).await, "job"), (before.clone(), String::new()));
        act(&her.employment, "job", "ask", SOCIAL).await.ok();
        act(&her.social, "job", "accept", "").await.ok();
        assert_ne!(lead(&her.employment.see(&path).await, "job").0, before);
        // Random acts of three agencies: eight areas, eight leads, after each of them.
        let workers = [&her.employment, &her.social, &her.insurance];
        let units = [EMPLOYMENT, SOCIAL, INSURANCE];
        let mut seed = 7_usize;
        for _ in 0..40 {
            // Which no worker does in a minute.
            until(&house, house.clock.now() + jiff::ToSpan::minutes(5)).await;
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let pick = |n: usize, shift: u32| (seed >> shift) % n;
            let what = ["ask", "accept", "refuse", "withdraw"][pick(4, 40)];
            let area = ["job", "economy", "course"][pick(3, 33)];
            act(workers[pick(3, 50)], area, what, units[pick(3, 20)]).await;
            assert_eq!(house.one::<i64>(one_each).await, 8);
        }
        let twice = "insert into follow_lead (follow_up_id, area, unit_id, since, version) \
            select follow_up_id, area, unit_id, 1, 1 from follow_lead limit 1";
        assert!(house.force(twice).await.is_err(), "the schema refuses a second lead");
        let none = "update follow_lead set unit_id = null, provider_id = null where area = 'job'";
        assert!(house.force(none).await.is_err(), "and an area without one");
    });
}

/// REQ-FOLL-03: a participant untouched past the interval is on the alarm list the next day; a
/// contact takes them off, and nobody leaves silently.
#[test]
fn who_is_untouched_past_the_interval_is_on_the_list_the_next_day() {
    on_both(|house| async move {
        let (her, path) = followed(&house, "no-2022", &intake(&house, EMPLOYMENT)).await;
        let due =
            her.employment.see(&path).await["lines"][0]["due_on"].as_str().unwrap().to_owned();
        let late =
            async |who: &Someone| who.see("/following").await["late"].as_array().unwrap().len();
        until(&house, format!("{due}T20:00:00Z").parse().unwrap()).await;
        assert_eq!(late(&her.employment).await, 0, "on the day itself");
        let next: jiff::civil::Date = due.parse().unwrap();
        let next = next.tomorrow().unwrap();
        until(&house, format!("{next}T06:00:00Z").parse().unwrap()).await;
        assert_eq!(late(&her.employment).await, 1);
        assert_eq!(late(&her.social).await, 0, "another agency's list is its own");
        // Desk work is no contact.
        let note = async |way: &str, missed: &str| {
            let form = json!({ "way": way, "minutes": "30", "missed": missed });
            her.employment.post(&format!("{path}/contacts"), &form).await.ok();
        };
        note("desk", "").await;
        note("workplace", "desk_work").await;
        assert_eq!(late(&her.employment).await, 1);
        note("phone", "").await;
        assert_eq!(late(&her.employment).await, 0);
        let silent = her.employment.post(&format!("{path}/close"), &json!({})).await;
        assert_eq!(silent.faults()["outcome"], "choose");
    });
}

/// REQ-FOLL-11: a caseload times the required contact time above working hours is flagged; the time
/// is split, and why workplace follow-up did not happen is told.
#[test]
fn a_load_that_makes_the_rhythm_impossible_is_flagged() {
    on_both(|house| async move {
        let mut form = intake(&house, EMPLOYMENT);
        form["stage"] = json!("practice");
        let worker = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let mut last = String::new();
        for n in 0..25 {
            let who =
                json!({ "given": "Ola", "family": format!("Nr {n}"), "none_of_these": "yes" });
            let person = worker.post("/persons", &who).await.ok().id();
            last = format!("/persons/{person}/following");
            worker.post(&last, &form).await.ok();
            until(&house, house.clock.now() + jiff::ToSpan::minutes(3)).await;
        }
        let line = worker.see("/following/load").await["lines"][0].clone();
        assert_eq!(
            (&line["persons"], &line["weekly"], &line["too_much"]),
            (&json!(25), &json!(2250), &json!(false))
        );
        let who = json!({ "given": "Ola", "family": "Sist", "none_of_these": "yes" });
        let person = worker.post("/persons", &who).await.ok().id();
        worker.post(&format!("/persons/{person}/following"), &form).await.ok();
        assert_eq!(worker.see("/following/load").await["lines"][0]["too_much"], true);
        for (way, missed) in [
            ("workplace", ""),
            ("desk", ""),
            ("workplace", "desk_work"),
            ("workplace", "competence"),
        ] {
            let form = json!({ "way": way, "minutes": "60", "missed": missed });
            worker.post(&format!("{last}/contacts"), &form).await.ok();
        }
        let time = worker.see("/following/load").await["time"].clone();
        assert_eq!(time.as_array().unwrap().len(), 4, "{time}");
        let wrong = json!({ "way": "phone", "minutes": "60", "missed": "competence" });
        let wrong = worker.post(&format!("{last}/contacts"), &wrong).await;
        assert_eq!(wrong.faults()["missed"], "choose");
        // A colleague's load is for their manager.
        let colleague = house.staff(&house.worker(EMPLOYMENT, "caseworker", 1)).await;
        assert!(colleague.see("/following/load").await["lines"].as_array().unwrap().is_empty());
    });
}

/// REQ-FOLL-12: two missed outpatient appointments in a row create a contact task; that somebody is
/// treated is sealed, and for the agency alone that notes it.
#[test]
fn two_missed_appointments_in_a_row_make_a_contact_task() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = format!("/persons/{}/following", her.person);
        her.social.post(&path, &intake(&house, SOCIAL)).await.ok();
        let tasks = async || {
            let page = her.social.see(&path).await;
            page["lines"][0]["tasks"].as_array().unwrap().len()
        };
        for (day, outcome, expected) in [
            ("2026-11-02", "missed", 0),
            ("2026-11-09", "kept", 0),
            ("2026-11-16", "missed", 0),
            ("2026-11-23", "missed", 1),
        ] {
            let form = json!({ "on": day, "outcome": outcome });
            her.social.post(&format!("{path}/outpatient"), &form).await.ok();
            assert_eq!(tasks().await, expected, "{day}");
        }
        assert_eq!(her.social.see("/following").await["reach"].as_array().unwrap().len(), 1);
        let plain: i64 = house
            .one(
                "select count(*) from outpatient_visit \
            where outcome in ('missed', 'kept')",
            )
            .await;
        assert_eq!(plain, 0);
        let seen = her.employment.see(&path).await;
        assert!(seen["lines"][0]["outpatient"].as_array().unwrap().is_empty());
        assert!(seen["lines"][0]["tasks"].as_array().unwrap().is_empty());
        let task =
            her.social.see(&path).await["lines"][0]["tasks"][0]["id"].as_str().unwrap().to_owned();
        her.social.post(&format!("{path}/tasks/{task}"), &json!({})).await.ok();
        assert_eq!(tasks().await, 0);
    });
}

/// REQ-FOLL-13: persons outside every target group can be followed up in an office that follows up
/// everybody, and nowhere else.
#[test]
fn an_office_that_follows_everybody_takes_in_anybody() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = format!("/persons/{}/following", her.person);
        let mut form = intake(&house, EMPLOYMENT);
        form["intake"] = json!("outside");
        let refused = her.employment.post(&path, &form).await;
        assert_eq!(refused.faults()["intake"], "follow-not-here");
        let manager = house.staff(&house.worker(SOCIAL, "joint_manager", 0)).await;
        manager.post("/following/everybody", &json!({ "everybody": "yes" })).await.ok();
        her.employment.post(&path, &form).await.ok();
        let page = her.employment.see(&path).await;
        assert_eq!(page["lines"][0]["intake"], "outside");
        assert_eq!(page["lines"][0]["leads"].as_array().unwrap().len(), 8);
        let twice = her.employment.post(&path, &form).await;
        assert_eq!(twice.code(), "follow-there");
    });
}

/// REQ-FOLL-14: an employed person on long sick leave is taken in and gets a named contact; the leave
/// itself is not kept.
#[test]
fn somebody_at_risk_of_losing_work_gets_a_named_contact() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = format!("/persons/{}/following", her.person);
        let mut form = intake(&house, INSURANCE);
        form["intake"] = json!("at_risk");
        form["stage"] = json!("job");
        let refused = her.insurance.post(&path, &form).await;
        assert_eq!(refused.faults()["intake"], "follow-not-in-work");
        form["in_work"] = json!("yes");
        form["leave_since"] = json!("2026-11-01");
        let refused = her.insurance.post(&path, &form).await;
        assert_eq!(refused.faults()["intake"], "follow-not-long");
        form["leave_since"] = json!("2026-09-01");
        let mut nobody = form.clone();
        nobody["contact"] = json!("");
        let refused = her.insurance.post(&path, &nobody).await;
        assert_eq!(refused.faults()["contact"], "follow-contact");
        her.insurance.post(&path, &form).await.ok();
        let line = her.insurance.see(&path).await["lines"][0].clone();
        assert_eq!((&line["intake"], &line["stage"]), (&json!("at_risk"), &json!("job")));
        assert!(!line["contact"].as_str().unwrap().is_empty());
    });
}

/// REQ-MEET-07: participants with less than the set number of days left and no talk on the next stage
/// are listed; the talk takes them off.
#[test]
fn a_measure_that_ends_without_a_talk_is_listed() {
    on_both(|house| async move {
        let mut form = intake(&house, EMPLOYMENT);
        form["measure_until"] = json!("2027-01-22");
        let (her, path) = followed(&house, "no-2022", &form).await;
        let listed =
            async || her.employment.see("/following").await["ending"].as_array().unwrap().len();
        until(&house, "2026-12-22T09:00:00Z".parse().unwrap()).await;
        assert_eq!(listed().await, 0, "31 days left");
        until(&house, "2026-12-23T09:00:00Z".parse().unwrap()).await;
        assert_eq!(listed().await, 1, "30 days left");
        let with = [staff_id(&house.worker(SOCIAL, "caseworker", 0))];
        let meeting = call(&her.employment, &her.person, "next_stage", &with).await;
        assert_eq!(listed().await, 1, "called is not held");
        let page = her.employment.see(&meeting).await;
        let ends = jiff::Timestamp::from_microsecond(page["ends_at"].as_i64().unwrap()).unwrap();
        until(&house, ends).await;
        let parties = page["parties"].as_array().unwrap();
        let held = json!({
            "party": parties.iter().map(|one| one["id"].clone()).collect::<Vec<_>>(),
            "attendance": parties.iter().map(|_| "came").collect::<Vec<_>>(),
            "version": page["version"].to_string(),
        });
        her.employment.post(&format!("{meeting}/held"), &held).await.ok();
        assert_eq!(listed().await, 0);
        let _ = path;
    });
}

/// REQ-MEET-08: somebody moved to the benefit track without insurance having been invited shows a
/// warning; once insurance was invited to a meeting it is gone.
#[test]
fn a_track_towards_a_benefit_without_insurance_shows_a_warning() {
    on_both(|house| async move {
        let (her, path) = followed(&house, "no-2022", &intake(&house, EMPLOYMENT)).await;
        let line = her.employment.see(&path).await["lines"][0].clone();
        assert_eq!(line["lacks_insurance"], false);
        let form = json!({
            "stage": "measure", "towards": "benefit", "version": line["version"].to_string(),
        });
        her.employment.post(&format!("{path}/stage"), &form).await.ok();
        let line = her.employment.see(&path).await["lines"][0].clone();
        assert_eq!(line["lacks_insurance"], true);
        let page = her.employment.get(&path).await.ok().body;
        assert!(page.contains("trygdekontoret er aldri invitert"));
        let with = [staff_id(&house.worker(INSURANCE, "caseworker", 0))];
        call(&her.employment, &her.person, "joint", &with).await;
        assert_eq!(her.employment.see(&path).await["lines"][0]["lacks_insurance"], false);
    });
}

/// REQ-MEET-01, REQ-FOLL-03: the demonstration meets and follows people up as caseworkers do it, once.
#[test]
fn the_demonstration_meets_and_follows_up() {
    on_both(|house| async move {
        let scene = crate::cases::scene(&house, EMPLOYMENT).await;
        crate::cases::open(&scene).await;
        let router = onedoor_server::web::router(&house.app, onedoor_server::routes());
        let bring_in = || onedoor_server::follow::demo::bring_in(&house.app, &router);
        assert_eq!(bring_in().await.unwrap(), 1);
        assert_eq!(bring_in().await.unwrap(), 0);
        let page = scene.worker.see(&format!("/persons/{}/meetings", scene.person)).await;
        assert_eq!(page["lines"].as_array().unwrap().len(), 1, "{page}");
        assert_eq!(scene.worker.see("/meeting-series").await["lines"].as_array().unwrap().len(), 1);
    });
}
