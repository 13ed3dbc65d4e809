//! Agreements beside what happens, contact persons, and what each party says.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, open, scene};
use crate::support::{House, Someone, on_both, staff_id};

pub const MANAGER: &str = "heimdal-01";
pub const PLACE: &str = "9901";
pub const FILE: &str = include_str!("../../../../demo/arrangements.toml");
const ALL: [&str; 7] =
    ["division", "selection", "routines", "participation", "evaluation", "maintenance", "deputies"];

pub fn agency(code: &str) -> String {
    id_of("agency", code).to_string()
}

pub fn office(code: &str) -> String {
    id_of("office", code).to_string()
}

pub fn agreement(kind: &str, clauses: &[&str]) -> Value {
    json!({
        "municipality": PLACE, "parties": [agency("employment"), agency("social")], "kind": kind,
        "title": "Avtale", "signed_on": "2001-02-07", "valid_from": "2026-01-01",
        "purposes": "Arbeid\nÉn dør\nBrukeren", "clauses": clauses,
        "remit": ["job_centre"], "elements": ["one-reception", "named-deputies"],
    })
}

pub async fn bring(house: &House) {
    let admin = house.staff("city-01").await;
    admin.post("/arrangements/import", &json!({ "text": FILE })).await.ok();
}

/// REQ-ORG-04: an agreement is kept with parties, date, type, purposes, validity and every version;
/// for each office the page tells which type is in force, the office's own before the
/// municipality's, as of the day.
#[test]
fn which_type_of_agreement_is_in_force_at_each_office() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let kinds = |page: &Value| -> Vec<String> {
            let all = page["offices"].as_array().unwrap();
            all.iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
        };
        assert!(kinds(&manager.see("/agreements").await).iter().all(String::is_empty));
        let id = manager.post("/agreements", &agreement("letter_of_intent", &[])).await.ok().id();
        let page = manager.see("/agreements").await;
        assert!(kinds(&page).iter().all(|kind| kind == "letter_of_intent"), "{page}");
        let mut own = agreement("new_effort", &ALL);
        own["office"] = json!(office("heimdal"));
        manager.post("/agreements", &own).await.ok();
        let kinds_now = kinds(&manager.see("/agreements").await);
        assert_eq!(kinds_now.iter().filter(|kind| *kind == "new_effort").count(), 1);
        // Another version from a later day: until then the first one holds.
        let mut next = agreement("renewed", &ALL);
        next["valid_from"] = json!("2026-12-01");
        manager.post(&format!("/agreements/{id}/versions"), &next).await.ok();
        let seen = manager.see(&format!("/agreements/{id}")).await;
        assert_eq!(seen["kind"], "letter_of_intent");
        assert_eq!(seen["versions"].as_array().unwrap().len(), 2);
        assert_eq!(seen["parties"].as_array().unwrap().len(), 2);
        assert_eq!(seen["purposes"].as_array().unwrap().len(), 3);
        house.clock.move_to("2026-12-01T08:00:00Z".parse().unwrap());
        let manager = house.staff(MANAGER).await;
        assert_eq!(manager.see(&format!("/agreements/{id}")).await["kind"], "renewed");
        for (field, value, code) in [
            ("parties", json!([agency("social")]), "agreement-parties"),
            ("kind", json!("handshake"), "choose"),
            ("valid_until", json!("2025-01-01"), "agreement-period"),
            ("purposes", json!(""), "text-empty"),
            ("municipality", json!("0000"), "choose"),
        ] {
            let mut form = agreement("renewed", &ALL);
            form[field] = value;
            assert_eq!(manager.post("/agreements", &form).await.faults()[field], code, "{field}");
        }
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let denied = worker.post("/agreements", &agreement("renewed", &ALL)).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-ORG-05: an agreement with gaps names each missing clause and stays incomplete until a
/// version has them all.
#[test]
fn an_agreement_with_gaps_stays_incomplete() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let held = ["division", "selection", "routines", "participation", "evaluation"];
        let id = manager.post("/agreements", &agreement("new_effort", &held)).await.ok().id();
        let path = format!("/agreements/{id}");
        let seen = manager.see(&path).await;
        assert_eq!(seen["missing"], json!(["maintenance", "deputies"]));
        assert!(manager.get(&path).await.body.contains("Ufullstendig"));
        let next = agreement("renewed", &ALL);
        manager.post(&format!("{path}/versions"), &next).await.ok();
        assert_eq!(manager.see(&path).await["missing"], json!([]));
        assert!(!manager.get(&path).await.body.contains("Ufullstendig"));
    });
}

/// REQ-ORG-04, REQ-ORG-05: an agreement whose day to be looked at again has come is flagged at every
/// office where it holds, until a version puts the day forward.
#[test]
fn a_review_that_is_due_is_flagged() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let mut form = agreement("new_effort", &ALL);
        form["review_on"] = json!("2026-11-24");
        let id = manager.post("/agreements", &form).await.ok().id();
        let flagged = |page: &Value| {
            let all = page["offices"].as_array().unwrap();
            all.iter().filter(|it| it["review_due"] == "2026-11-24").count()
        };
        assert_eq!(flagged(&manager.see("/agreements").await), 0);
        house.clock.move_to("2026-11-24T08:00:00Z".parse().unwrap());
        let manager = house.staff(MANAGER).await;
        let page = manager.see("/agreements").await;
        assert_eq!(flagged(&page), page["offices"].as_array().unwrap().len());
        assert_eq!(manager.see(&format!("/agreements/{id}")).await["review_due"], true);
        form["review_on"] = json!("2027-11-24");
        manager.post(&format!("/agreements/{id}/versions"), &form).await.ok();
        assert_eq!(flagged(&manager.see("/agreements").await), 0);
        assert_eq!(manager.see(&format!("/agreements/{id}")).await["review_due"], false);
    });
}

/// REQ-ORG-06, REQ-INFO-01: whoever may not see the visits of an office, and whoever asks for less
/// than a month, gets its joint activity in steps; the four cases are told to everybody.
#[test]
fn joint_activity_of_others_comes_in_steps() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let part = format!(
            "insert into case_agency (case_id, agency_id, since) values ({}, {}, 1)",
            crate::random::literal(&house, &case),
            crate::random::literal(&house, &agency("insurance"))
        );
        house.force(&part).await.unwrap();
        let line = |page: Value| -> Value {
            let all = page["lines"].as_array().unwrap().clone();
            all.into_iter().find(|it| it["office"].as_str().unwrap().contains("Heimdal")).unwrap()
        };
        let manager = house.staff(MANAGER).await;
        let far = house.staff("ostbyen-01").await;
        let month = line(manager.see("/agreements/activity").await);
        assert_eq!((&month["plans"], &month["open"]), (&json!(1), &json!(1)));
        let days = manager.see("/agreements/activity?from=2026-11-20&until=2026-11-23").await;
        for seen in [line(days), line(far.see("/agreements/activity").await)] {
            for field in ["meetings", "talks", "plans", "open", "load", "handovers"] {
                assert_eq!(seen[field], Value::Null, "{field}");
            }
            assert_eq!(seen["paper"], "activity_only");
        }
    });
}

/// REQ-ORG-06: paper and joint activity make the four cases, from events alone: no agreement and
/// nothing done; an agreement and nothing done; both; joint work without an agreement.
#[test]
fn paper_stands_beside_what_happens() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let line = |page: Value, office: &str| -> Value {
            let all = page["lines"].as_array().unwrap().clone();
            all.into_iter().find(|it| it["office"].as_str().unwrap().contains(office)).unwrap()
        };
        let seen = line(manager.see("/agreements/activity").await, "Heimdal");
        assert_eq!(seen["paper"], "neither");
        let mut own = agreement("new_effort", &ALL);
        own["office"] = json!(office("heimdal"));
        manager.post("/agreements", &own).await.ok();
        let seen = line(manager.see("/agreements/activity").await, "Heimdal");
        assert_eq!(seen["paper"], "agreement_only");
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let seen = line(manager.see("/agreements/activity").await, "Heimdal");
        assert_eq!(seen["paper"], "agreement_only", "one agency alone is no joint activity");
        let part = format!(
            "insert into case_agency (case_id, agency_id, since) values ({}, {}, 1)",
            crate::random::literal(&house, &case),
            crate::random::literal(&house, &agency("insurance"))
        );
        house.force(&part).await.unwrap();
        let seen = line(manager.see("/agreements/activity").await, "Heimdal");
        assert_eq!((&seen["paper"], &seen["plans"]), (&json!("both"), &json!(1)));
        let earlier = "/agreements/activity?from=2025-11-01&until=2025-12-01";
        let seen = line(manager.see(earlier).await, "Heimdal");
        assert_eq!((&seen["paper"], &seen["plans"]), (&json!("neither"), &json!(0)));
        let seen = line(manager.see("/agreements/activity").await, "Midtbyen");
        assert_eq!(seen["paper"], "neither");
        // Without the agreement the same work is activity without one.
        house.force("delete from agreement_version").await.unwrap();
        let seen = line(manager.see("/agreements/activity").await, "Heimdal");
        assert_eq!(seen["paper"], "activity_only");
    });
}

/// REQ-ORG-07: each party says by itself whether a written agreement exists; the municipality is
/// flagged when they differ, and the shares of each agency count those who do not know apart.
#[test]
fn each_party_says_by_itself_whether_there_is_an_agreement() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let say = |answer: &str| json!({ "answer": answer });
        social.post("/agreements/answers", &say("yes")).await.ok();
        let page = social.see("/agreements/answers").await;
        assert_eq!((&page["differ"], &page["lines"][0]["differs"]), (&json!(0), &json!(false)));
        employment.post("/agreements/answers", &say("unknown")).await.ok();
        let page = social.see("/agreements/answers").await;
        assert_eq!((&page["differ"], &page["lines"][0]["differs"]), (&json!(1), &json!(true)));
        let share = |kind: &str, field: &str| {
            let all = page["shares"].as_array().unwrap();
            all.iter().find(|it| it["kind"] == kind).unwrap()[field].as_i64().unwrap()
        };
        assert_eq!((share("social", "yes"), share("employment", "unknown")), (100, 100));
        assert_eq!(share("insurance", "silent"), 100);
        employment.post("/agreements/answers", &say("yes")).await.ok();
        assert_eq!(social.see("/agreements/answers").await["differ"], 0);
        let kept: i64 = house.one("select count(*) from agreement_answer").await;
        assert_eq!(kept, 3, "what was said before stays as history");
        let bad = social.post("/agreements/answers", &say("perhaps")).await;
        assert_eq!(bad.faults()["answer"], "choose");
    });
}

pub async fn contact(by: &Someone, staff: &str, deputy: &str) {
    let form = json!({ "municipality": PLACE, "staff": staff_id(staff),
        "deputy": if deputy.is_empty() { String::new() } else { staff_id(deputy) } });
    by.post("/contact-persons", &form).await.ok();
}

/// REQ-ORG-08: removing a contact person raises a flag for that agency and municipality only; both
/// sides see who it is, and who stands in while they are away; places without one are compared
/// with the rest.
#[test]
fn a_place_without_a_contact_person_is_flagged() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let pick = |unit: &str, n| house.worker(unit, "caseworker", n);
        for unit in [SOCIAL, INSURANCE, EMPLOYMENT] {
            contact(&manager, &pick(unit, 0), &pick(unit, 1)).await;
        }
        let flags = |page: &Value| -> Vec<String> {
            let all = page["lines"].as_array().unwrap();
            all.iter()
                .filter(|it| it["name"] == "")
                .map(|it| format!("{} {}", it["municipality"], it["kind"]))
                .collect()
        };
        let page = manager.see("/contact-persons").await;
        assert!(flags(&page).is_empty(), "{page}");
        assert_eq!((&page["with"]["places"], &page["without"]["places"]), (&json!(1), &json!(0)));
        let id =
            page["lines"].as_array().unwrap().iter().find(|it| it["kind"] == "insurance").unwrap()
                ["id"]
                .as_str()
                .unwrap()
                .to_owned();
        manager.post(&format!("/contact-persons/{id}/end"), &json!({})).await.ok();
        let other = house.staff(&pick(EMPLOYMENT, 2)).await;
        let page = other.see("/contact-persons").await;
        assert_eq!(flags(&page), ["\"9901\" \"insurance\""]);
        assert_eq!((&page["with"]["places"], &page["without"]["places"]), (&json!(0), &json!(1)));
        // While one is away the deputy stands in, by themselves.
        let away = house.staff(&pick(SOCIAL, 0)).await;
        away.post("/absences", &json!({ "first_day": "2026-11-23", "last_day": "2026-11-23" }))
            .await
            .ok();
        let page = other.see("/contact-persons").await;
        let lines = page["lines"].as_array().unwrap();
        let social = lines.iter().find(|it| it["kind"] == "social").unwrap();
        assert_eq!(social["acting"], social["deputy"]);
        // Who leaves by a file of the offices is contact person no more, and stands in for nobody.
        let gone = [pick(EMPLOYMENT, 0), pick(SOCIAL, 1)];
        let without: String = crate::support::CITY
            .lines()
            .filter(|line| !gone.iter().any(|it| line.contains(&format!("code = \"{it}\""))))
            .collect::<Vec<_>>()
            .join("\n");
        let admin = house.staff("city-01").await;
        admin.post("/office/import", &json!({ "text": without })).await.ok();
        let page = other.see("/contact-persons").await;
        assert_eq!(flags(&page), ["\"9901\" \"employment\"", "\"9901\" \"insurance\""]);
        let lines = page["lines"].as_array().unwrap();
        let social = lines.iter().find(|it| it["kind"] == "social").unwrap();
        assert_eq!(social["deputy"], "", "{social}");
        let foreign = json!({ "municipality": PLACE, "staff": staff_id(&pick(SOCIAL, 0)),
            "deputy": staff_id(&pick(INSURANCE, 0)) });
        let refused = manager.post("/contact-persons", &foreign).await;
        assert_eq!(refused.faults()["deputy"], "contact-other-agency");
    });
}

/// REQ-ORG-09: posts set aside fall into classes, with the change against the day before the effort.
#[test]
fn posts_set_aside_are_compared_with_before() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        manager.post("/agreements", &agreement("new_effort", &ALL)).await.ok();
        for (posts, from) in [("0,5", "2004-01-01"), ("3,25", "2026-01-01")] {
            let form = json!({ "municipality": PLACE, "agency": agency("social"), "posts": posts,
                "from": from });
            manager.post("/contact-persons/shares", &form).await.ok();
        }
        let page = manager.see("/contact-persons").await;
        let of = |kind: &str| -> Value {
            let all = page["lines"].as_array().unwrap();
            all.iter().find(|it| it["kind"] == kind).unwrap().clone()
        };
        let social = of("social");
        assert_eq!(
            (&social["hundredths"], &social["class"], &social["change"]),
            (&json!(325), &json!("more"), &json!(275))
        );
        assert_eq!(
            (&of("insurance")["class"], &of("insurance")["change"]),
            (&json!("none"), &json!(0))
        );
        let bad = json!({ "municipality": PLACE, "agency": agency("social"), "posts": "many",
            "from": "2026-01-01" });
        assert_eq!(
            manager.post("/contact-persons/shares", &bad).await.faults()["posts"],
            "posts-number"
        );
    });
}

/// REQ-ORG-26: adding addiction care without an agreement reference is refused; with one, it is in
/// the inventory that the office's page tells of from the day the agreement begins. A renewed version
/// without the service ends it, for the desk that sends people on too.
#[test]
fn a_service_above_the_minimum_stands_on_an_agreement() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let mut form = agreement("new_effort", &ALL);
        form["valid_from"] = json!("2026-12-01");
        form["remit"] = json!(["job_centre", "addiction_care"]);
        let id = manager.post("/agreements", &form).await.ok().id();
        let mut elsewhere = form.clone();
        elsewhere["office"] = json!(office("lerkendal"));
        let elsewhere = manager.post("/agreements", &elsewhere).await.ok().id();
        let path = format!("/network/offices/{}", office("heimdal"));
        let lines = format!("{path}/lines");
        let line = |service: &str, agreement: &str| {
            json!({ "service": service, "agreement": agreement, "from": "2026-01-01",
                "unit": crate::support::unit_id("social-adult-heimdal") })
        };
        let bare = manager.post(&lines, &line("addiction_care", "")).await;
        assert_eq!(bare.faults()["agreement"], "inventory-agreement");
        let words = manager.post(&lines, &line("addiction_care", "Avtale 7/2026")).await;
        assert!(words.faults().contains_key("agreement"), "an agreement in words is none");
        let nothing = uuid::Uuid::nil().to_string();
        for (service, agreement) in
            [("addiction_care", &nothing), ("psychiatry", &id), ("addiction_care", &elsewhere)]
        {
            let refused = manager.post(&lines, &line(service, agreement)).await;
            assert_eq!(refused.faults()["agreement"], "inventory-not-agreed", "{service}");
        }
        manager.post(&lines, &line("addiction_care", &id)).await.ok();
        let again = manager.post(&lines, &line("addiction_care", &id)).await;
        assert_eq!(again.code(), "inventory-there");
        let offered = async |day: &str| -> Vec<Value> {
            let page = manager.see(&format!("{path}?on={day}")).await;
            let all = page["lines"].as_array().unwrap().clone();
            let own = |it: &Value| it["service"] == "addiction_care";
            let there = |it: &Value| {
                let until = it["until"].as_str();
                it["from"].as_str().unwrap() <= day && until.is_none_or(|until| until > day)
            };
            all.into_iter().filter(|it| own(it) && there(it)).collect()
        };
        let listed = async |day: &str| -> Value {
            let path = format!("/local-services?municipality={PLACE}&on={day}");
            manager.see(&path).await["lines"].clone()
        };
        let reach = async || -> Value {
            let lines = manager.see(&path).await["lines"].clone();
            lines.as_array().unwrap().iter().map(|it| it["from"].clone()).collect()
        };
        assert_eq!(reach().await, json!(["2026-12-01"]), "the days are the agreement's");
        assert!(offered("2026-11-30").await.is_empty(), "before the agreement begins");
        let first = offered("2026-12-01").await;
        assert_eq!(first.len(), 1, "from the first day of the agreement");
        assert_eq!(first[0]["agreement"], json!(id));
        assert_eq!(first[0]["agreement_title"], "Avtale");
        assert_eq!(listed("2026-11-30").await, json!([]));
        let line = listed("2026-12-01").await[0].clone();
        assert_eq!(
            (&line["service"], &line["from"]),
            (&json!("addiction_care"), &json!("2026-12-01"))
        );

        // Renewed without it, and then with it again.
        form["kind"] = json!("renewed");
        form["valid_from"] = json!("2027-06-01");
        form["remit"] = json!(["job_centre"]);
        manager.post(&format!("/agreements/{id}/versions"), &form).await.ok();
        assert_eq!(offered("2027-05-31").await.len(), 1);
        assert!(offered("2027-06-01").await.is_empty(), "the version in force has it no more");
        assert_eq!(listed("2027-06-01").await, json!([]));
        form["valid_from"] = json!("2028-01-01");
        form["remit"] = json!(["addiction_care"]);
        manager.post(&format!("/agreements/{id}/versions"), &form).await.ok();
        assert!(offered("2027-12-31").await.is_empty());
        let back = offered("2028-01-01").await;
        assert_eq!(back.len(), 1);
        assert_eq!(back[0]["from"], "2028-01-01");
    });
}

/// REQ-ORG-27: a local agreement that drops a minimum element, or goes beyond the remit of the
/// framework, is listed as in conflict; one that does neither is not.
#[test]
fn a_local_agreement_against_the_framework_is_listed() {
    on_both(|house| async move {
        bring(&house).await;
        let manager = house.staff(MANAGER).await;
        let page = manager.see("/frameworks").await;
        let parts: std::collections::BTreeSet<&str> = page["elements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["part"].as_str().unwrap())
            .collect();
        assert_eq!(parts.len(), 5, "minimum, conditions, economy, training, evaluation");
        let against = page["against"].as_array().unwrap();
        assert_eq!(against.len(), 1, "{against:?}");
        assert_eq!(
            against[0]["conflicts"],
            json!([
                { "kind": "dropped", "what": "named-deputies" },
                { "kind": "beyond", "what": "psychiatry" },
            ])
        );
        let id = against[0]["agreement"].as_str().unwrap().to_owned();
        let shown = manager.see(&format!("/agreements/{id}")).await;
        assert_eq!(shown["conflicts"].as_array().unwrap().len(), 2);
    });
}

/// REQ-ORG-49: places whose agencies had worked together before are their own group in the figures
/// of how soon the work began.
#[test]
fn places_with_a_history_are_their_own_group() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let mut form = agreement("new_effort", &ALL);
        form["valid_from"] = json!("2026-11-02");
        manager.post("/agreements", &form).await.ok();
        let person = {
            let scene = scene(&house, SOCIAL).await;
            open(&scene).await;
            scene.person
        };
        let at = "2026-11-12T09:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond();
        let meeting = crate::random::literal(&house, "01890000-0000-7000-8000-000000000001");
        let literal = |id: &str| crate::random::literal(&house, id);
        house
            .force(&format!(
                "insert into appointment (id, person_id, office_id, place, starts_at, ends_at,
                    subject) values ({meeting}, {}, {}, '', {at}, {}, 'joint_meeting');
                 insert into calendar_slot (staff_id, starts_at, appointment_id)
                    values ({}, {at}, {meeting});
                 insert into calendar_slot (staff_id, starts_at, appointment_id)
                    values ({}, {at}, {meeting})",
                literal(&person),
                literal(&office("heimdal")),
                at + 1,
                literal(&staff_id(&house.worker(SOCIAL, "caseworker", 0))),
                literal(&staff_id(&house.worker(INSURANCE, "caseworker", 0))),
            ))
            .await
            .unwrap();
        let page = manager.see("/agreements/activity").await;
        assert_eq!((&page["new"]["begun"], &page["new"]["median"]), (&json!(1), &json!(10)));
        assert_eq!(page["before"]["places"], 0);
        let heimdal = page["lines"].as_array().unwrap().iter().find(|it| it["meetings"] == 1);
        assert!(heimdal.is_some(), "{page}");
        let past = json!({ "municipality": PLACE, "first": agency("social"),
            "second": agency("employment"), "since": "2002-08-01" });
        manager.post("/contact-persons/past", &past).await.ok();
        let page = manager.see("/agreements/activity").await;
        assert_eq!((&page["before"]["begun"], &page["before"]["median"]), (&json!(1), &json!(10)));
        assert_eq!(page["new"]["places"], 0);
    });
}

/// REQ-MISC-13: each report lists its recipients by role, from the register of municipal
/// association, directorates and ministries.
#[test]
fn reports_on_agreements_list_their_recipients_from_the_file_and_the_register() {
    on_both(|house| async move {
        bring(&house).await;
        let manager = house.staff(MANAGER).await;
        for (path, count) in [
            ("/agreements", 2),
            ("/agreements/activity", 2),
            ("/contact-persons", 1),
            ("/joint-efforts", 2),
        ] {
            let page = manager.see(path).await;
            let all = page["recipients"].as_array().unwrap();
            assert_eq!(all.len(), count, "{path}");
            assert!(all.iter().all(|it| it["role"] != "" && it["name"] != ""));
        }
        let body = json!({ "name": "Sosialdirektoratet", "kind": "directorate",
            "address": "post@sosial.example.no", "role": "supervises",
            "report": ["answers", "contacts"] });
        manager.post("/recipients", &body).await.ok();
        let page = manager.see("/contact-persons").await;
        assert_eq!(page["recipients"].as_array().unwrap().len(), 2);
        let seen = manager.see("/agreements/answers").await;
        assert_eq!(seen["recipients"][0]["role"], "supervises");
    });
}
