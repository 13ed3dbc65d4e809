//! The set-up of the offices: imported whole or not at all.

use http::StatusCode;
use serde_json::{Value, json};

use crate::cases::{SOCIAL, open, scene};
use crate::support::{CITY, on_both, staff_id};

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

/// REQ-ORG-01: a try-out tells everything that an import writes, each thing by itself: also who may
/// see whom, who owns what nobody takes, who leads, and who signs in.
#[test]
fn a_try_out_tells_everything_that_an_import_writes() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let staff = "name = \"Geir Olsen\", email = \"geir.olsen@example.no\", unit = \
            \"employment-front-heimdal\", role = \"host\", marks = [\"national\"]";
        let of_staff = |from: &str, to: &str| (staff.to_owned(), staff.replacen(from, to, 1));
        let of = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let table: Vec<((String, String), &str)> = vec![
            (of("name = \"Staten\"", "name = \"Riket\""), "principal"),
            (of("name = \"Trygdeetaten\"", "name = \"Trygda\""), "agency"),
            (of("name = \"Heimdal\", office", "name = \"Sør\", office"), "district"),
            (
                of(
                    "name = \"Heimdal\", office = \"heimdal\"",
                    "name = \"Heimdal\", office = \"lerkendal\"",
                ),
                "district",
            ),
            (of("name = \"Saupstad\"", "name = \"Saupstad vest\""), "place"),
            (of("inhabitants = 1937", "inhabitants = 1938"), "place"),
            (of("name = \"Felles kontor Heimdal\"", "name = \"Kontoret\""), "office"),
            (of("address = \"Heimdalstorget 8\"", "address = \"Torget 1\""), "office"),
            (of("postcode = \"7088\"", "postcode = \"7089\""), "office"),
            (of("phone = \"99 01 01 00\"", "phone = \"99 01 01 01\""), "office"),
            (of("manager = \"heimdal-01\"", "manager = \"lerkendal-01\""), "office"),
            (
                of(
                    "weekday = 4, opens = \"09:00\", closes = \"17:00\"",
                    "weekday = 4, opens = \"09:00\", closes = \"16:00\"",
                ),
                "hours",
            ),
            (of("name = \"Arbeid, mottak, Heimdal\"", "name = \"Mottak\""), "unit"),
            (of("last_resort = \"heimdal-47\"", "last_resort = \"heimdal-48\""), "unit"),
            (
                of(
                    "\"debt_counselling\", \"qualification_programme\"]\nlast_resort = \"heimdal-47\"",
                    "\"debt_counselling\"]\nlast_resort = \"heimdal-47\"",
                ),
                "mandate",
            ),
            (
                of(
                    "[\"employment-back-heimdal\", \"employment-front-heimdal\"]",
                    "[\"employment-front-heimdal\", \"employment-back-heimdal\"]",
                ),
                "served",
            ),
            (
                of(
                    "[\"social-adult-heimdal\", \"social-family-heimdal\", \"social-front-heimdal\"]",
                    "[\"social-adult-heimdal\", \"social-front-heimdal\", \"social-family-heimdal\"]",
                ),
                "served",
            ),
            (of_staff("Geir Olsen", "Geir Ås"), "staff"),
            (of_staff("geir.olsen@", "g.olsen@"), "staff"),
            (of_staff("employment-front", "employment-back"), "staff"),
            (of_staff("\"host\"", "\"front_worker\""), "staff"),
            (of_staff("[\"national\"]", "[\"national\", \"shielded\"]"), "staff"),
            (of_staff("marks", "clearance = \"strictly_confidential\", marks"), "staff"),
            (of_staff("marks", "subject = \"another\", marks"), "staff"),
            (of_staff("marks", "on_duty = false, marks"), "staff"),
        ];
        for ((from, to), about) in table {
            let text = CITY.replacen(&from, &to, 1);
            assert_ne!(text, CITY, "{from}");
            let form = json!({ "text": text, "only_try": "yes" });
            let page = admin.post("/office/import", &form).await.ok().json();
            let lines = page["difference"]["lines"].as_array().unwrap();
            assert!(lines.iter().any(|it| it["about"] == about), "{to}: {page}");
        }
        let cleared =
            CITY.replacen(staff, &staff.replace("marks", "clearance = \"confidential\", marks"), 1);
        let form = json!({ "text": cleared, "only_try": "yes" });
        let page = admin.post("/office/import", &form).await.ok().json();
        let line: &Value = &page["difference"]["lines"][0];
        assert!(line["after"].as_str().unwrap().contains("clearance=confidential"), "{line}");
        assert_eq!(page["difference"]["staff"], 1);
        let web =
            admin.form("/office/import", &format!("only_try=yes&text={}", encoded(&cleared))).await;
        assert!(web.body.contains("ser inntil: Fortrolig adresse"), "in words, not in codes");
        assert!(web.body.contains("rolle: servicevert") && !web.body.contains("clearance="));
    });
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// REQ-REF-01: a file moves no case to another agency, and ends no unit that carries one; whoever
/// people are to meet does not go off duty by a file either.
#[test]
fn an_import_moves_no_case_and_leaves_no_meeting_alone() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let (unit, code) =
            ("social-front-heimdal", house.worker("social-front-heimdal", "front_worker", 0));
        let worker = house.staff(&code).await;
        let person = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
        let person = worker.post("/persons", &person).await.ok().id();
        let opening = json!({ "summary": "x", "responsible": staff_id(&code),
            "deputy": staff_id(&house.worker(unit, "front_worker", 1)), "step_what": "Talk",
            "step_on": "2026-11-30", "step_place": "Room" });
        worker.post(&format!("/persons/{person}/case"), &opening).await.ok();
        let head = "code = \"social-front-heimdal\"\nname = \"Sosialtjenesten, mottak, Heimdal\"\nagency = \"social\"";
        let other = CITY
            .replacen(head, &head.replace("agency = \"social\"", "agency = \"employment\""), 1)
            .replacen(", \"social-front-heimdal\"]", "]", 1);
        let ended = CITY.replacen(head, &format!("{head}\nuntil = 2026-12-31"), 1).replacen(
            ", \"social-front-heimdal\"]",
            "]",
            1,
        );
        for text in [other, ended] {
            assert_ne!(text, CITY);
            let answer = admin.post("/office/import", &json!({ "text": text })).await;
            assert_eq!(
                answer.faults().get("text").map(String::as_str),
                Some("staff-depended-on"),
                "{}",
                answer.body
            );
        }
        // A meeting with somebody of another agency.
        let visit = json!({ "need": ["work", "income"], "person": person });
        let visit = worker.post("/reception/check-in", &visit).await.ok().id();
        worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let met = house.worker("employment-back-heimdal", "caseworker", 8);
        let with = staff_id(&met);
        let path = format!("/visits/{visit}/meeting");
        let offered = worker.see(&format!("{path}?with={with}")).await;
        let at = offered["times"][0]["at"].as_i64().unwrap().to_string();
        let form = json!({ "with": [with], "at": at, "place": "Rom 4" });
        worker.post(&path, &form).await.ok();
        let without: String = CITY
            .lines()
            .filter(|line| !line.contains(&format!("code = \"{met}\"")))
            .collect::<Vec<_>>()
            .join("\n");
        let answer = admin.post("/office/import", &json!({ "text": without })).await;
        assert_eq!(answer.faults()["text"], "staff-depended-on", "{}", answer.body);
        house.clock.move_to("2027-01-20T08:30:00Z".parse().unwrap());
        let admin = house.staff("city-01").await;
        admin.post("/office/import", &json!({ "text": without })).await.ok();
    });
}
