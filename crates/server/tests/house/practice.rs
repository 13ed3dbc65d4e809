//! The small pieces around the walls: acts that decisions stand on, readings of a rule.

use serde_json::json;

use crate::support::{House, Someone, on_both};

const ADULT: &str = "social-adult-heimdal";
const CHILD: &str = "social-family-heimdal";

async fn caseworker(house: &House, unit: &str) -> Someone {
    house.staff(&house.worker(unit, "caseworker", 0)).await
}

/// REQ-ORG-20: a decision cites an act, and the catalogue says which unit may use it: the adult
/// office that cites the child welfare act is refused, the child office that cites it is
/// accepted. Guidance cites nothing.
#[test]
fn a_decision_stands_on_an_act_of_its_own_unit() {
    on_both(|house| async move {
        let decision = |subject: &str, act: &str| {
            json!({
                "subject": subject, "kind": "decision", "text": "As applied for",
                "act": act, "section": "§ 3-1",
            })
        };
        let (adult, child) = (caseworker(&house, ADULT).await, caseworker(&house, CHILD).await);
        let form = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
        let path = format!("/persons/{}/rulings", adult.post("/persons", &form).await.ok().id());
        for (act, code) in [
            ("child-welfare-2021", "act-not-yours"),
            ("education-2023", "act-not-yours"),
            ("national-insurance-1997", "act-not-yours"),
            ("social-services-1991", "act-not-in-force"),
            ("nothing", "choose"),
            ("", "choose"),
        ] {
            let refused = adult.post(&path, &decision("social_assistance", act)).await;
            assert_eq!(refused.faults().get("act").map(String::as_str), Some(code), "{act}");
        }
        let kept: i64 = house.one("select count(*) from ruling").await;
        assert_eq!(kept, 0, "a refused decision leaves nothing behind");
        let own = decision("social_assistance", "social-services-2009");
        adult.post(&path, &own).await.ok();
        // The child and family office of the same agency.
        let path = path.trim_end_matches("/rulings");
        let cited = decision("child_welfare", "child-welfare-2021");
        child.post(&format!("{path}/rulings"), &cited).await.ok();
        let other = decision("child_welfare", "social-services-2009");
        let other = child.post(&format!("{path}/rulings"), &other).await;
        assert_eq!(other.faults()["act"], "act-other-subject");
        let uncited: i64 =
            house.one("select count(*) from ruling where kind = 'decision' and act is null").await;
        assert_eq!(uncited, 0);
        let seen = child.see(path).await;
        let cited: Vec<&str> = seen["citations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["act"].as_str().unwrap())
            .collect();
        assert!(cited.contains(&"child-welfare-2021"), "{cited:?}");
        let acts: Vec<&str> =
            seen["acts"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert!(acts.contains(&"education-2023") && !acts.contains(&"education-1998"), "{acts:?}");
        let page = child.get(path).await.body;
        assert!(page.contains("Barnevernsloven § 3-1"), "{page}");
        let guidance = json!({ "subject": "housing", "kind": "guidance", "text": "Ask there" });
        adult.post(&format!("{path}/rulings"), &guidance).await.ok();
        let cited: i64 = house
            .one("select count(*) from ruling where kind = 'guidance' and act is not null")
            .await;
        assert_eq!(cited, 0);
    });
}

/// REQ-ORG-20: the catalogue can be read as of any day, and marks what the reader's own unit may
/// use.
#[test]
fn the_catalogue_can_be_read_as_of_any_day() {
    on_both(|house| async move {
        let worker = caseworker(&house, CHILD).await;
        let on = |page: serde_json::Value| -> Vec<(String, bool)> {
            let acts = page["acts"].as_array().unwrap().clone();
            acts.iter()
                .map(|it| (it["code"].as_str().unwrap().to_owned(), it["yours"] == true))
                .collect()
        };
        let now = on(worker.see("/acts").await);
        assert!(now.contains(&("child-welfare-2021".into(), true)), "{now:?}");
        assert!(now.contains(&("labour-market-2004".into(), false)), "{now:?}");
        let then = on(worker.see("/acts?on=2004-09-06").await);
        assert!(then.iter().any(|(code, _)| code == "child-welfare-1992"), "{then:?}");
        assert!(!then.iter().any(|(code, _)| code == "child-welfare-2021"), "{then:?}");
    });
}

fn attendance() -> serde_json::Value {
    json!({
        "act": "labour-market-2004", "section": "§ 13", "topic": "Daglig frammøte",
        "wording": "Den som deltar, møter hver dag som er avtalt.",
        "link": "https://lovdata.example.no/lov/2004-12-10-76",
    })
}

fn reading(practice: &str) -> serde_json::Value {
    json!({ "practice": practice, "example": "Kurs to dager i uken", "since": "2026-01-05" })
}

/// REQ-KNOW-05: two offices' readings of the attendance rule appear beside the rule's own text
/// and its link; the list can be filtered; what an office wrote before stays as history.
#[test]
fn two_offices_readings_stand_beside_the_rule() {
    on_both(|house| async move {
        let one = house.staff(&house.worker("employment-back-heimdal", "caseworker", 0)).await;
        let two = house.staff(&house.worker("employment-back-midtbyen", "caseworker", 0)).await;
        let id = one.post("/practice", &attendance()).await.ok().id();
        let again = two.post("/practice", &attendance()).await.ok();
        assert_eq!(
            (again.id(), &again.json()["done"]),
            (id.clone(), &json!("practice-rule-there"))
        );
        let path = format!("/practice/{id}");
        let strict = "Vi trekker for hver dag uten frammøte.";
        let lenient = "Vi trekker ikke når kurset er godkjent.";
        one.post(&format!("{path}/readings"), &reading(strict)).await.ok();
        two.post(&format!("{path}/readings"), &reading(lenient)).await.ok();
        let page = one.get(&path).await.ok().body;
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
        assert!(at("møter hver dag som er avtalt") < at(strict).min(at(lenient)));
        at("https://lovdata.example.no/lov/2004-12-10-76");
        let seen = two.see(&path).await;
        let offices: Vec<&str> = seen["readings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["office"].as_str().unwrap())
            .collect();
        assert_eq!(offices.len(), 2, "{offices:?}");
        assert_ne!(offices[0], offices[1]);
        assert!(!seen["silent"].as_array().unwrap().is_empty(), "others have not told");
        // The office changes its practice: whoever has not seen the one before is told.
        let stale = one.post(&format!("{path}/readings"), &reading("Vi gjør som dere.")).await;
        assert_eq!(stale.code(), "stale");
        let held = seen["readings"].as_array().unwrap();
        let mine = held.iter().find(|it| it["practice"] == strict).unwrap();
        let mut changed = reading("Vi trekker bare etter varsel.");
        changed["instead_of"] = mine["id"].clone();
        one.post(&format!("{path}/readings"), &changed).await.ok();
        let seen = one.see(&path).await;
        assert_eq!(seen["readings"].as_array().unwrap().len(), 2);
        assert_eq!(seen["history"][0]["practice"], strict);
        let count = |page: serde_json::Value| page["rules"].as_array().unwrap().len();
        assert_eq!(count(one.see("/practice").await), 1);
        assert_eq!(count(one.see("/practice?act=labour-market-2004").await), 1);
        assert_eq!(count(one.see("/practice?act=national-insurance-1997").await), 0);
        let office = onedoor_server::app::id_of("office", "heimdal");
        assert_eq!(count(one.see(&format!("/practice?office={office}")).await), 1);
        let other = onedoor_server::app::id_of("office", "ostbyen");
        assert_eq!(count(one.see(&format!("/practice?office={other}")).await), 0);
    });
}

/// REQ-KNOW-05: a text that seems to be about somebody is not kept before the writer has looked
/// again, and a rule is added with what it needs.
#[test]
fn a_reading_about_a_person_is_pointed_out() {
    on_both(|house| async move {
        let worker = caseworker(&house, ADULT).await;
        let id = worker.post("/practice", &attendance()).await.ok().id();
        let path = format!("/practice/{id}/readings");
        for (text, code) in [
            ("Som for 10915596784", "practice-number"),
            ("Skriv til ola@example.no", "practice-email"),
            ("Da Kari Nordmann kom", "practice-name"),
            ("", "text-empty"),
        ] {
            let answer = worker.post(&path, &reading(text)).await;
            assert_eq!(answer.faults()["practice"], code, "{text}");
        }
        let kept: i64 = house.one("select count(*) from reading").await;
        assert_eq!(kept, 0);
        let sent = "practice=Se+Sosialt+Rundskriv&since=2026-01-05";
        let page = worker.form(&path, sent).await;
        assert!(page.body.contains("no_person") && page.body.contains("Se Sosialt Rundskriv"));
        worker.form(&path, &format!("{sent}&no_person=yes")).await.ok();
        let kept: i64 = house.one("select count(*) from reading").await;
        assert_eq!(kept, 1);
        for (field, value, code) in [
            ("act", "none", "choose"),
            ("wording", "", "text-empty"),
            ("topic", "", "text-empty"),
            ("link", "javascript:alert(1)", "practice-link"),
            ("link", "http://example.no", "practice-link"),
        ] {
            let mut form = attendance();
            form[field] = json!(value);
            let answer = worker.post("/practice", &form).await;
            assert_eq!(answer.faults()[field], code, "{field}");
        }
        // The host reads and does not write; the kiosk does neither.
        let host = house.staff("heimdal-02").await;
        host.get("/practice").await.ok();
        let refused = host.post("/practice", &attendance()).await;
        assert_eq!(refused.status, http::StatusCode::FORBIDDEN);
    });
}

/// A rule with a reading and one before it, for those who look at pages.
pub async fn written(worker: &Someone) -> String {
    let id = worker.post("/practice", &attendance()).await.ok().id();
    let path = format!("/practice/{id}");
    worker.post(&format!("{path}/readings"), &reading("Vi trekker for hver dag.")).await.ok();
    let mut changed = reading("Vi trekker etter varsel.");
    changed["instead_of"] = worker.see(&path).await["readings"][0]["id"].clone();
    worker.post(&format!("{path}/readings"), &changed).await.ok();
    id
}
