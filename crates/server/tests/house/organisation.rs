//! The organisation as data: a whole country set up from files, and what its offices offer.

use std::path::Path;

use http::StatusCode;
use onedoor_server::app::id_of;
use onedoor_server::network::{FolderFault, bring_in};
use onedoor_server::office::Difference;
use serde_json::{Value, json};

use crate::support::{CITY, House, on_both, staff_id, unit_id};
use crate::tasks::{county, person};

/// The files of the demonstration's country.
pub fn country() -> Vec<(String, String)> {
    files("country")
}

/// The files of a folder of the demonstration.
fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(folder);
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "toml" || it == "csv"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// The register alone, which is enough for most pages.
pub fn register() -> Vec<(String, String)> {
    country().into_iter().filter(|(name, _)| name == "municipalities.csv").collect()
}

pub async fn import(
    house: &House,
    files: &[(String, String)],
    keep: bool,
) -> Result<Difference, FolderFault> {
    let mut tx = house.app.db.begin().await.unwrap();
    let (_, difference) = bring_in(&mut tx, files, house.app.now(), house.app.today()).await?;
    if keep {
        tx.commit().await.unwrap();
    }
    Ok(difference)
}

/// REQ-ORG-15, REQ-ORG-28, REQ-ORG-29, REQ-ORG-30: the offices of 45 municipalities and the four
/// districts of one of them are set up from files in one go; tried first, nothing is kept; the
/// same files again change nothing; the pages count as the source does and every level has the
/// same sum.
#[test]
fn a_country_is_set_up_from_files_in_one_go() {
    on_both(|house| async move {
        let files = country();
        let offices = "select count(*) from office";
        let tried = import(&house, &files, false).await.unwrap();
        assert_eq!(house.one::<i64>(offices).await, 4, "only tried");
        let done = import(&house, &files, true).await.unwrap();
        assert_eq!(tried, done, "the try-out told exactly what came");
        assert_eq!(house.one::<i64>(offices).await, 4 + 44 + 4);
        let again = import(&house, &files, true).await.unwrap();
        assert_eq!(again, Difference::default(), "the same files twice are the same");
        let staff: i64 = house.one("select count(*) from staff where on_duty").await;
        assert!(done.staff > 400 && staff > done.staff, "{} {staff}", done.staff);
        assert_eq!((done.inhabitants, done.cases, done.visits), (0, 0, 0), "nobody is moved");

        let host = house.staff("heimdal-02").await;
        let page = host.see("/network").await;
        let wave = |n: usize| {
            let it = &page["waves"][n];
            ["municipalities", "efforts", "counties"].map(|key| it[key].as_i64().unwrap())
        };
        assert_eq!((wave(0), wave(1), wave(2)), ([31, 22, 18], [14, 9, 9], [45, 31, 19]));
        let mut sums: Vec<Value> = Vec::new();
        for level in ["municipality", "district", "effort", "county"] {
            let page = host.see(&format!("/network?level={level}")).await;
            let mut sum = page["sum"].clone();
            sum.as_object_mut().unwrap().retain(|_, value| value.is_number());
            assert_eq!(sum["offices"], 52, "{level}");
            sums.push(sum);
        }
        assert!(sums.windows(2).all(|two| two[0] == two[1]), "{sums:#?}");

        // Tjøme has no employment office: Tønsberg's serves it, and the page says how near it is.
        let at = host.see("/office/competent?place=07230101&on=2026-11-23").await;
        let lines = at["lines"].as_array().unwrap();
        assert_eq!(lines.len(), 3, "{at}");
        assert!(lines.iter().any(|it| it["office"] == "Felles kontor Tønsberg"), "{at}");
        let place = host.see("/network/municipalities/0723").await;
        let reach = |code: &str| {
            let all = place["reach"].as_array().unwrap();
            all.iter().find(|it| it["service"] == code).unwrap()["reach"].clone()
        };
        assert_eq!(
            (reach("job_centre"), reach("economic_assistance")),
            (json!("neighbour"), json!("here"))
        );
        let trondheim = host.see("/network/municipalities/1601").await;
        let names: Vec<&str> = trondheim["offices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap())
            .collect();
        assert_eq!(names.len(), 4, "{names:?}");
        assert!(names.contains(&"Felles kontor Østbyen"), "{names:?}");
        // What came from the register is said in the reader's own words, and large numbers in groups.
        assert_eq!(
            (&trondheim["number_later"], &trondheim["later_from"]),
            (&json!("5001"), &json!("2018"))
        );
        let html = host.get("/network/municipalities/1601").await.ok().body;
        assert!(html.contains("senere 5001, fra 2018") && !html.contains("5001 from"));
        let oslo = host.see("/network/municipalities/0301").await;
        assert_eq!(oslo["number_later"], "", "it kept its number");
        let html = host.get("/network").await.ok().body;
        let plain = host.see("/network").await["sum"]["inhabitants"].to_string();
        let (rest, last) = plain.split_at(plain.len() - 3);
        assert!(rest.len() > 3, "{plain}");
        assert!(html.contains(&format!("\u{a0}{last}<")) && !html.contains(&plain), "{plain}");
        let plan = host.see("/rollout").await;
        let without = plan["without"].as_array().unwrap();
        assert_eq!(without, &[json!("Meldal")], "municipalities without a planned date are listed");
    });
}

/// REQ-FRONT-13, REQ-ORG-13: an agency that has no office in a municipality serves it all the same:
/// a visit there concerns it, and a clarification that lacks its part is not whole. A unit that has
/// ended makes no agency be there.
#[test]
fn an_agency_without_an_office_has_its_part() {
    on_both(|house| async move {
        import(&house, &country(), true).await.unwrap();
        let front = house.staff("tjome-06").await;
        let visit = json!({ "need": ["work", "illness", "income"] });
        let visit = front.post("/reception/check-in", &visit).await.ok().id();
        front.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let path = format!("/visits/{visit}/clarification");
        front.post(&path, &json!({})).await.ok();
        let page = front.see(&path).await;
        let kinds: Vec<&str> = page["parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["kind"].as_str().unwrap())
            .collect();
        assert!(kinds.contains(&"employment"), "{page}");
        assert_eq!(kinds.len(), 3, "{page}");
        let insurer = house.staff("tjome-03").await;
        for worker in [&front, &insurer] {
            worker.post(&path, &json!({ "done": "yes" })).await.ok();
        }
        assert_eq!(front.see(&path).await["complete_on"], "", "not whole without it");
        house
            .force("update unit set valid_until = '2026-01-01' where code like 'insurance-%-tjome'")
            .await
            .unwrap();
        let office = front.see("/office").await;
        assert!(!office["divisions"].to_string().contains("Trygde"), "{}", office["divisions"]);
    });
}

/// REQ-ORG-01: an import that is cut off in the middle, or has one bad line in one of its files,
/// changes nothing, and says the file and the line.
#[test]
fn an_import_that_breaks_off_changes_nothing() {
    on_both(|house| async move {
        let before: i64 = house.one("select count(*) from unit").await;
        let change = |name: &str, change: &dyn Fn(&str) -> String| {
            let mut files = country();
            let file = files.iter_mut().find(|(it, _)| it == name).unwrap();
            file.1 = change(&file.1);
            files
        };
        let cut = change("0806-skien.toml", &|text| text.chars().take(text.len() / 2).collect());
        let fault = import(&house, &cut, true).await.unwrap_err();
        let FolderFault::Files(faults) = fault else { panic!("{fault:?}") };
        assert!(faults.iter().any(|it| it.file == "0806-skien.toml"), "{faults:?}");
        let bad = change("inventory.csv", &|text| text.replacen("job_centre", "job_center", 1));
        let fault = import(&house, &bad, true).await.unwrap_err().to_string();
        assert!(fault.contains("inventory.csv:") && fault.contains("job_center"), "{fault}");
        let bad = change("rollout.csv", &|text| text.replacen("-01\n", "-32\n", 1));
        let fault = import(&house, &bad, true).await.unwrap_err().to_string();
        assert!(fault.contains("rollout.csv:2: not a day"), "{fault}");
        let bare = change("inventory.csv", &|text| {
            format!("{text}oslo,addiction_care,social-adult-oslo,,yes,,,,,,2004-01-01,\n")
        });
        let fault = import(&house, &bare, true).await.unwrap_err().to_string();
        assert!(fault.contains("without its agreement"), "{fault}");
        let named = vec![("offices.csv".to_owned(), String::new())];
        let fault = import(&house, &named, true).await.unwrap_err();
        assert!(matches!(fault, FolderFault::UnknownFile(_)), "{fault:?}");
        assert_eq!(house.one::<i64>("select count(*) from unit").await, before);
        assert_eq!(house.one::<i64>("select count(*) from municipality").await, 0);
        // The connection goes in the middle of it: nothing of it stays.
        let mut tx = house.app.db.begin().await.unwrap();
        bring_in(&mut tx, &country(), house.app.now(), house.app.today()).await.unwrap();
        drop(tx);
        assert_eq!(house.one::<i64>("select count(*) from unit").await, before);
    });
}

/// REQ-ORG-14: a change of districts with visits under way says whom it concerns before it is
/// made, and is carried through: who has come is served to the end where they came.
#[test]
fn a_district_change_with_open_visits_is_carried_through() {
    on_both(|house| async move {
        let front = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        let form = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes",
            "basic_unit": "99011001" });
        let person = front.post("/persons", &form).await.ok().id();
        let visit = json!({ "need": ["income"], "person": person });
        let visit = front.post("/reception/check-in", &visit).await.ok().id();
        let moved = CITY.replacen("  \"99011001\", \"99011002\",", "  \"99011002\",", 1).replacen(
            "  \"99012001\",",
            "  \"99011001\", \"99012001\",",
            1,
        );
        assert_ne!(moved, CITY);
        let admin = house.staff("city-01").await;
        let tried = json!({ "text": moved, "only_try": "yes" });
        let tried = admin.post("/office/import", &tried).await.ok().json();
        let told = &tried["difference"];
        assert_eq!(told["visits"], 1, "{told}");
        assert_eq!((&told["persons"], &told["inhabitants"]), (&json!(1), &json!(1937)));
        let lines = told["lines"].as_array().unwrap();
        assert_eq!(lines.len(), 3, "one for each agency: {lines:?}");
        assert!(lines.iter().all(|it| it["about"] == "served"), "{lines:?}");
        admin.post("/office/import", &json!({ "text": moved })).await.ok();
        let at = front.see("/office/competent?place=99011001&on=2026-11-23").await;
        assert_eq!(at["lines"][0]["district"], "Lerkendal");
        front.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let close = json!({ "outcome": "clarified", "answer": "Ordnet",
            "took_part": ["social"] });
        front.post(&format!("/visits/{visit}/close"), &close).await.ok();
        let state: String = house.one("select state from visit").await;
        assert_eq!(state, "closed");
    });
}

/// REQ-ORG-01: overlapping boundaries, a unit without an agency, an office with no opening hour
/// and somebody in two agencies are refused, each with words of its own.
#[test]
fn bad_set_ups_are_refused_with_words_that_help() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let overlap = "\n[[boundary_sets]]\ncode = \"again\"\nagency = \"social\"\n\
            division = \"common\"\nfrom = 2025-01-01\nunits = { heimdal = [\"social-adult-heimdal\"], \
            lerkendal = [\"social-adult-lerkendal\"], midtbyen = [\"social-adult-midtbyen\"], \
            ostbyen = [\"social-adult-ostbyen\"] }\n";
        let person = "staff = [\n  { code = \"two\", name = \"To Etater\", email = \
            \"kari.bjerkan@example.no\", unit = \"social-adult-heimdal\", role = \"caseworker\" },";
        let start = CITY.find("opening = [").unwrap();
        let end = start + CITY[start..].find("\n]").unwrap() + 2;
        for (text, code) in [
            (format!("{CITY}{overlap}"), "boundaries-overlap"),
            (CITY.replacen("agency = \"social\"\noffice", "office", 1), "unit-without-agency"),
            (format!("{}opening = []{}", &CITY[..start], &CITY[end..]), "no-opening-hours"),
            (CITY.replacen("staff = [", person, 1), "staff-in-two-agencies"),
            (
                CITY.replacen(
                    "mandates = [\"child_welfare\"]",
                    "delivers = true\nmandates = [\"child_welfare\"]",
                    1,
                ),
                "mandate-in-delivery-unit",
            ),
        ] {
            assert_ne!(text, CITY, "{code}");
            let answer = admin.post("/office/import", &json!({ "text": text })).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
            let faults = answer.faults();
            assert!(faults.values().any(|it| it == code), "{code}: {faults:?}");
        }
        import(&house, &country(), true).await.unwrap();
        let taken = CITY.replace("office = \"heimdal\"", "office = \"oslo\"");
        let office = ("[[offices]]\ncode = \"heimdal\"", "[[offices]]\ncode = \"oslo\"");
        let taken = taken.replacen(office.0, office.1, 1);
        let answer = admin.post("/office/import", &json!({ "text": taken })).await;
        assert_eq!(answer.faults()["text"], "code-taken-elsewhere", "{}", answer.body);
        let name: String = house.one("select municipality from office where code = 'oslo'").await;
        assert_eq!(name, "0301", "the file of one municipality takes nothing from another");
    });
}

/// REQ-ORG-38: the calendar closes on a public holiday, a special day goes before it, and another
/// agency's visiting hours are told; a unit is not in two places at once.
#[test]
fn the_calendar_knows_holidays_and_visiting_hours() {
    on_both(|house| async move {
        let (host, manager) = (house.staff("heimdal-02").await, house.staff("heimdal-01").await);
        let office = id_of("office", "heimdal");
        let path = format!("/office/hours?office={office}&from=2026-12-24");
        let day = |page: &Value, on: &str| {
            let days = page["days"].as_array().unwrap();
            days.iter().find(|it| it["day"] == on).unwrap().clone()
        };
        let page = host.see(&path).await;
        assert!(!day(&page, "2026-12-24")["hours"].as_array().unwrap().is_empty());
        let christmas = day(&page, "2026-12-25");
        assert_eq!((&christmas["hours"], &christmas["holiday"]), (&json!([]), &json!("christmas")));
        let form = json!({ "day": "2026-12-24", "note": "Julaften" });
        let days = format!("/office/{office}/special-days");
        assert_eq!(host.post(&days, &form).await.status, StatusCode::NOT_FOUND, "not the host's");
        manager.post(&days, &form).await.ok();
        let form =
            json!({ "day": "2026-12-28", "opens": "10:00", "closes": "12:00", "note": "Jul" });
        manager.post(&days, &form).await.ok();
        let page = host.see(&path).await;
        assert_eq!(day(&page, "2026-12-24")["hours"], json!([]));
        assert_eq!(day(&page, "2026-12-28")["hours"], json!(["10:00–12:00"]));
        let bad = json!({ "day": "2026-12-29", "opens": "12:00", "closes": "10:00", "note": "?" });
        assert_eq!(manager.post(&days, &bad).await.faults()["closes"], "time-order");
        let visit = |unit: &str, starts: &str| {
            json!({ "unit": unit_id(unit), "weekday": "2", "starts": starts, "ends": "12:00",
                "from": "2026-12-01", "remote": "yes" })
        };
        let hours = format!("/office/{office}/visiting-hours");
        let own = manager.post(&hours, &visit("social-adult-heimdal", "10:00")).await;
        assert_eq!(own.faults()["unit"], "visiting-own-unit");
        manager.post(&hours, &visit("insurance-back-midtbyen", "10:00")).await.ok();
        let other = house.staff("lerkendal-01").await;
        let there = format!("/office/{}/visiting-hours", id_of("office", "lerkendal"));
        let clash = other.post(&there, &visit("insurance-back-midtbyen", "11:00")).await;
        assert_eq!(clash.code(), "visiting-elsewhere");
        let page = host.see(&path).await;
        assert_eq!(page["visiting"][0]["remote"], true);
        let line = page["visiting"][0]["id"].as_str().unwrap();
        let end = format!("/office/{office}/visiting-hours/{line}/end");
        manager.post(&end, &json!({ "on": "2027-01-01" })).await.ok();
        other
            .post(
                &there,
                &json!({ "unit": unit_id("insurance-back-midtbyen"), "weekday": "2",
            "starts": "11:00", "ends": "12:00", "from": "2027-01-01" }),
            )
            .await
            .ok();
    });
}

/// REQ-ORG-17, REQ-ORG-25: a municipality of Sweden is set up from files as one of Norway is: its
/// office has the whole minimum, every need has an answer in the building, and services beyond the
/// minimum can be added by agreement on its page.
#[test]
fn a_swedish_municipality_is_set_up_with_its_inventory() {
    on_both(|house| async move {
        let files = files("sweden");
        let tried = import(&house, &files, false).await.unwrap();
        assert_eq!(import(&house, &files, true).await.unwrap(), tried);
        let again = import(&house, &files, true).await.unwrap();
        assert_eq!(again, Difference::default(), "nothing is left to do");
        let manager = house.staff("sunne-01").await;
        let path = format!("/network/offices/{}", id_of("office", "sunne"));
        let page = manager.see(&path).await;
        assert_eq!(page["missing"], json!([]));
        assert_eq!(page["lines"].as_array().unwrap().len(), 15);
        for need in page["needs"].as_array().unwrap() {
            let need = need.as_str().unwrap();
            let asked = manager.see(&format!("{path}?need={need}")).await;
            let answers = asked["answers"].as_array().unwrap();
            assert_eq!(answers.is_empty(), matches!(need, "letter" | "other"), "{need}");
            for answer in answers {
                assert_ne!(answer["answer"], "guidance_only", "{need}: {answer}");
                assert_ne!(answer["unit"], "", "{need}: {answer}");
            }
        }
        let agreed = json!({ "municipality": "1766", "kind": "new_effort", "title": "Lokalt avtal",
            "parties": [id_of("agency", "se-insurance"), id_of("agency", "social-sunne")],
            "signed_on": "2026-01-01", "valid_from": "2026-01-01", "purposes": "Missbruksvård",
            "remit": ["addiction_care"] });
        let agreed = manager.post("/agreements", &agreed).await.ok().id();
        let line = json!({ "service": "addiction_care", "unit": unit_id("social-adult-sunne"),
            "from": "2026-01-01", "agreement": agreed });
        manager.post(&format!("{path}/lines"), &line).await.ok();
        assert_eq!(manager.see(&path).await["lines"].as_array().unwrap().len(), 16);
    });
}

/// REQ-ORG-25, REQ-ORG-34, REQ-ORG-44: each office's missing elements are reported; a service
/// that goes outside says with whom and how, and nothing open is lost; an office keeps work as
/// its main aim; an addition rests on an agreement.
#[test]
fn an_office_tells_what_it_offers_and_lacks() {
    on_both(|house| async move {
        county(&house).await;
        let (office, manager) = (id_of("office", "heimdal"), house.staff("heimdal-01").await);
        let path = format!("/network/offices/{office}");
        let missing = |page: &Value| page["missing"].clone();
        assert_eq!(
            missing(&manager.see(&path).await),
            json!(["insurance", "assistance", "labour_market"])
        );
        let add = |service: &str, agreement: &str| {
            json!({ "service": service, "unit": unit_id("social-adult-heimdal"),
                "from": "2026-01-01", "agreement": agreement })
        };
        let lines = format!("{path}/lines");
        for service in ["newcomers", "labour_market_unit"] {
            manager.post(&lines, &add(service, "")).await.ok();
        }
        let again = manager.post(&lines, &add("newcomers", "")).await;
        assert_eq!(again.code(), "inventory-there");
        let bare = manager.post(&lines, &add("addiction_care", "")).await;
        assert_eq!(bare.faults()["agreement"], "inventory-agreement");
        let agreed = json!({ "municipality": "9901", "kind": "new_effort", "title": "Avtale 7/2026",
            "parties": [id_of("agency", "insurance"), id_of("agency", "social")],
            "signed_on": "2025-12-01", "valid_from": "2026-01-01", "purposes": "Rusomsorg",
            "remit": ["addiction_care"] });
        let agreed = manager.post("/agreements", &agreed).await.ok().id();
        manager.post(&lines, &add("addiction_care", &agreed)).await.ok();
        assert_eq!(missing(&manager.see(&path).await), json!(["insurance"]));
        let all = manager.see("/network/offices").await;
        let of = |name: &str| {
            let list = all["offices"].as_array().unwrap();
            list.iter().find(|it| it["id"] == id_of("office", name).to_string()).unwrap()["missing"]
                .clone()
        };
        assert_eq!(
            (of("heimdal"), of("ostbyen").as_array().unwrap().len()),
            (json!(["insurance"]), 4)
        );

        let desk = house.staff(&house.worker("social-family-heimdal", "caseworker", 0)).await;
        let person = person(&desk).await;
        let form = json!({ "service": "child_follow_up", "kind": "deliver", "what": "To timer" });
        let task = desk.post(&format!("/persons/{person}/tasks"), &form).await.ok().id();
        let page = manager.see(&path).await;
        let listed = page["lines"].as_array().unwrap();
        let line = listed.iter().find(|it| it["service"] == "child_follow_up").unwrap();
        let side = format!("{path}/lines/{}/side", line["id"].as_str().unwrap());
        let bare = manager.post(&side, &json!({})).await;
        assert_eq!(bare.faults()["partner"], "text-empty");
        let out = json!({ "partner": "Bydel Sør", "way": "Ring 99 00 00 00" });
        manager.post(&side, &out).await.ok();
        let page = manager.see(&path).await;
        let listed = page["lines"].as_array().unwrap();
        let line = listed.iter().find(|it| it["service"] == "child_follow_up").unwrap();
        assert_eq!((&line["inside"], &line["partner"]), (&json!(false), &json!("Bydel Sør")));
        let school = house.staff("school-01").await;
        assert_eq!(school.see("/tasks").await["to_do"][0]["id"], task, "nothing open is lost");
        let done = json!({ "state": "done", "result": "Gjort", "version": "1" });
        school.post(&format!("/tasks/{task}"), &done).await.ok();

        let kind = format!("{path}/kind");
        let to = |kind: &str, aim: &str| json!({ "kind": kind, "aim": aim, "since": "2026-11-23" });
        let lost = manager.post(&kind, &to("public_service", "access")).await;
        assert_eq!(lost.faults()["aim"], "kind-loses-work");
        manager.post(&kind, &to("public_service", "work")).await.ok();
        let page = manager.see(&path).await;
        assert_eq!(page["kinds"][0]["kind"], "public_service");
        let lacks = page["type_lacks"].as_array().unwrap();
        assert!(lacks.contains(&json!("citizens_information")), "{lacks:?}");
        let elsewhere = house.staff("lerkendal-01").await;
        assert_eq!(elsewhere.post(&lines, &add("housing", "")).await.status, StatusCode::NOT_FOUND);
    });
}

/// REQ-ORG-33: the share that is decided in front, office by office, from the decisions alone.
/// REQ-ORG-42: every decision is traceable to a mandate; one that is not would be counted.
#[test]
fn the_share_decided_in_front_is_told_by_office() {
    on_both(|house| async move {
        let front = house.staff(&house.worker("employment-front-heimdal", "caseworker", 0)).await;
        let back = house.staff(&house.worker("employment-back-heimdal", "caseworker", 0)).await;
        let person = person(&front).await;
        let path = format!("/persons/{person}/rulings");
        let decide = |subject: &str| {
            json!({ "subject": subject, "kind": "decision", "text": "Ja",
                "act": "labour-market-2004", "section": "§ 12" })
        };
        for _ in 0..2 {
            front.post(&path, &decide("measure")).await.ok();
        }
        for _ in 0..4 {
            back.post(&path, &decide("measure_allowance")).await.ok();
        }
        let guidance = json!({ "subject": "measure", "kind": "guidance", "text": "Slik" });
        front.post(&path, &guidance).await.ok();
        let page = front.see("/network/offices").await;
        let ours = id_of("office", "heimdal").to_string();
        let now = page["offices"].as_array().unwrap().iter().find(|it| it["id"] == ours);
        assert_eq!(now.unwrap()["decisions"], Value::Null, "the month is not over");
        house.clock.move_to("2026-12-01T08:00:00Z".parse().unwrap());
        let front = house.staff(&house.worker("employment-front-heimdal", "caseworker", 0)).await;
        let page = front.see("/network/offices").await;
        let list = page["offices"].as_array().unwrap();
        let of = |code: &str| {
            let id = id_of("office", code).to_string();
            let it = list.iter().find(|it| it["id"] == id).unwrap();
            (it["in_front"].clone(), it["decisions"].clone())
        };
        assert_eq!(of("heimdal"), (json!(33), json!(5)), "two of six, told in steps");
        assert_eq!(of("ostbyen"), (Value::Null, Value::Null));
        // Told exactly to who has to put it right, and in steps to everybody else.
        let manager = async || house.staff("heimdal-01").await;
        let untraced = async || manager().await.see("/network/offices").await["untraced"].clone();
        assert_eq!(untraced().await, 0, "no decision is without an agency's mandate");
        let elsewhere = "update ruling set subject = 'housing' where kind = 'decision' and unit_id = \
            (select id from unit where code = 'employment-front-heimdal')";
        house.force(elsewhere).await.unwrap();
        assert_eq!(untraced().await, 2);
        assert_eq!(front.see("/network/offices").await["untraced"], Value::Null, "too few");
        // What a mandate stood behind stays traced when the file has none any more; what is
        // decided a year after is not.
        house
            .force("update ruling set subject = 'measure' where subject = 'housing'")
            .await
            .unwrap();
        assert_eq!(untraced().await, 0);
        let text = CITY.replacen(
            "mandates = [\"measure\", \"support_needs\"]",
            "mandates = [\"support_needs\"]",
            1,
        );
        let admin = house.staff("city-01").await;
        admin.post("/office/import", &json!({ "text": text })).await.ok();
        assert_eq!(untraced().await, 0);
        house.clock.move_to("2026-12-20T08:00:00Z".parse().unwrap());
        let later = "update ruling set at = at + 1900000000000 where subject = 'measure'";
        house.force(later).await.unwrap();
        assert_eq!(untraced().await, 2);
    });
}

/// REQ-ORG-16: a move after which anybody has farther to a service is not marked acceptable; one
/// that leaves as good access is.
#[test]
fn a_move_that_leaves_anybody_worse_off_is_not_acceptable() {
    on_both(|house| async move {
        import(&house, &country(), true).await.unwrap();
        let admin = house.staff("city-01").await;
        let plan = |unit: &str, office: &str| json!({ "unit": unit_id(unit), "office": id_of("office", office), "on": "2027-01-01" });
        let away = plan("employment-front-hamar", "ringsaker");
        let id = admin.post("/network/relocations", &away).await.ok().id();
        let path = format!("/network/relocations/{id}");
        let page = admin.see(&path).await;
        let worse = page["worse"].as_array().unwrap();
        assert!(worse.iter().all(|it| it["municipality"] == "Hamar"), "{worse:?}");
        assert!(worse.iter().any(|it| it["service"] == "job_centre"), "{worse:?}");
        let accept = admin.post(&format!("{path}/accept"), &json!({ "version": 1 })).await;
        assert_eq!(accept.code(), "move-worse-off");
        let state: String = house.one("select state from relocation").await;
        assert_eq!(state, "draft");
        let near = plan("insurance-front-trondheim-heimdal", "trondheim-midtbyen");
        let id = admin.post("/network/relocations", &near).await.ok().id();
        let path = format!("/network/relocations/{id}");
        assert_eq!(admin.see(&path).await["worse"], json!([]));
        admin.post(&format!("{path}/accept"), &json!({ "version": 1 })).await.ok();
        assert_eq!(admin.see(&path).await["state"], "acceptable");
        let host = house.staff("heimdal-02").await;
        assert_eq!(host.post("/network/relocations", &away).await.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-ORG-28: places and their cost belong to one municipality each, and totals by municipality
/// and by effort give the same sum; where a trial makes the municipality principal for measures, it
/// bears the cost of its places and no total changes.
#[test]
fn places_and_cost_add_up_both_ways() {
    on_both(|house| async move {
        import(&house, &register(), true).await.unwrap();
        let admin = house.staff("city-01").await;
        for (number, places, cost) in
            [("0106", 30, 900_000), ("0105", 20, 500_000), ("0301", 400, 9_000_000)]
        {
            let form =
                json!({ "year": "2026", "places": places.to_string(), "cost": cost.to_string() });
            admin.post(&format!("/network/municipalities/{number}/places"), &form).await.ok();
        }
        let bad = json!({ "year": "2026", "places": "-1", "cost": "x" });
        let bad = admin.post("/network/municipalities/0301/places", &bad).await;
        assert_eq!(bad.faults().len(), 2);
        for level in ["municipality", "effort", "district", "county"] {
            let page = admin.see(&format!("/network?level={level}&month=2026-11")).await;
            assert_eq!(
                (&page["sum"]["places"], &page["sum"]["cost"]),
                (&json!(450), &json!(10_400_000))
            );
            let parts = page["parts"].as_array().unwrap();
            let joint = parts.iter().find(|it| it["name"] == "Østfold samlet satsing");
            if level == "effort" {
                assert_eq!(joint.unwrap()["places"], 50, "one effort over three municipalities");
            }
        }
        // A trial makes the municipality principal: who pays and decides changes, and no total.
        let before = admin.see("/network?month=2026-11").await["sum"].clone();
        assert_eq!(before["municipal_cost"], 0);
        let owner = "/network/municipalities/0301";
        assert_eq!(admin.see(owner).await["measures_principal"], "state");
        let trial = json!({ "code": "oppgaver", "name": "Oppgavedifferensiering",
            "starts_on": "2026-01-01", "funder": "Staten", "legal_frame": "Forsøk",
            "measures_principal": "municipality", "municipalities": "0301" });
        admin.post("/trials", &trial).await.ok();
        let mut after = admin.see("/network?month=2026-11").await["sum"].clone();
        assert_eq!(after["municipal_cost"], 9_000_000);
        after["municipal_cost"] = json!(0);
        assert_eq!(before, after, "nothing else has changed");
        assert_eq!(admin.see(owner).await["measures_principal"], "municipality");
    });
}

/// REQ-ORG-15, REQ-ORG-16: a country has more units and people than one list holds: they are offered
/// by municipality, one's own first, and one that is not in the list is still there.
#[test]
fn units_and_people_are_offered_by_municipality() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let manager = house.staff("heimdal-01").await;
        house
            .force("update office set municipality = 'Annen' where code = 'ostbyen'")
            .await
            .unwrap();
        let home: String =
            house.one("select municipality from office where code = 'heimdal'").await;
        let here = unit_id("social-adult-heimdal");
        let there = unit_id("social-adult-ostbyen");
        let office = id_of("office", "heimdal");
        let offered = |page: &Value, unit: &str| {
            page["units"].as_array().unwrap().iter().any(|it| it["id"] == unit)
        };
        for (who, path) in [
            (&admin, "/mergers?x=1".to_owned()),
            (&admin, "/network/relocations?x=1".to_owned()),
            (&manager, format!("/office/hours?office={office}")),
        ] {
            let far = who.see(&format!("{path}&place=Annen")).await;
            assert_eq!(far["place"], "Annen", "{path}");
            assert!(offered(&far, &there) && !offered(&far, &here), "{path}");
            let near = who.see(&format!("{path}&place={home}")).await;
            assert!(offered(&near, &here) && !offered(&near, &there), "{path}");
            let names: Vec<&str> = near["places"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|it| it["id"].as_str())
                .collect();
            assert!(names.contains(&"Annen") && names.contains(&home.as_str()), "{names:?}");
            assert!(who.get(&path).await.ok().body.contains("Velg fra kommunen"), "{path}");
        }
        let own = manager.see(&format!("/office/hours?office={office}")).await;
        assert_eq!(own["place"], json!(home), "one's own first");
        // Chosen in one list or by its number, it is the same unit.
        let form = json!({ "unit": there, "weekday": "2", "starts": "10:00", "ends": "12:00",
            "from": "2026-12-01", "remote": "yes" });
        manager.post(&format!("/office/{office}/visiting-hours"), &form).await.ok();
        let body = json!({ "name": "Styret", "kind": "steering", "from": "2026-01-01" });
        let id = admin.post("/governing", &body).await.ok().id();
        let people = async |place: &str| {
            let page = admin.see(&format!("/governing/{id}?place={place}")).await;
            page["staff"]
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it["id"] == staff_id("heimdal-01").as_str())
        };
        assert!(people(&home).await && !people("Annen").await);
    });
}
