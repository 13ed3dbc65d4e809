//! One reception, three laws: what a worker is told of the visitors of the other agencies.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::consents::give;
use crate::reception::check_in;
use crate::support::{House, Someone, on_both};

const NUMBER: &str = "10915596784";

pub async fn law(house: &House, pack: &str) {
    let choice = json!({
        "pack": format!("{pack}@1"), "from": house.app.today().to_string(), "reason": "Luka",
    });
    house.choose_law(&choice).await;
}

/// Somebody comes to the kiosk, which belongs to no agency, and says a name and a need.
pub async fn arrive(house: &House, name: &str, need: &str) {
    let kiosk = house.kiosk("heimdal").await;
    let (given, family) = name.split_once(' ').unwrap();
    let body = format!(
        "need={need}&given={given}&family={family}&account=Fortalte+om+{family}&once=kiosk-{family}"
    );
    let answer = kiosk.form("/kiosk/arrive", &body).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

/// One who comes for each agency, one for none, and one for two.
pub async fn five(house: &House) {
    for (name, need) in [
        ("Anna Arbeid", "work"),
        ("Bo Bolig", "housing"),
        ("Carl Gjeld", "debt"),
        ("Dina Brev", "letter"),
        ("Eva Syk", "illness"),
    ] {
        arrive(house, name, need).await;
    }
}

pub async fn visit_of(house: &House, name: &str) -> String {
    let needs = match name {
        "Arbeid" => "work",
        "Bolig" => "housing",
        "Gjeld" => "debt",
        "Brev" => "letter",
        _ => "illness",
    };
    let id: uuid::Uuid =
        house.one(&format!("select id from visit where needs = '[\"{needs}\"]'")).await;
    id.to_string()
}

fn names(queue: &Value) -> Vec<&str> {
    let lines = queue["waiting"].as_array().unwrap().iter();
    lines.map(|line| line["name"].as_str().unwrap()).collect()
}

pub async fn front(house: &House, agency: &str) -> Someone {
    let unit = format!("{agency}-front-heimdal");
    house.staff(&house.worker(&unit, "front_worker", 0)).await
}

/// REQ-INFO-01, REQ-INFO-04, REQ-INFO-12: Norway now. One joint office hears who comes, and of
/// each need what the law lets cross: work, money and home; of health and debts not a word,
/// and not the account either, which may tell them.
#[test]
fn norway_now_hears_who_comes_and_not_of_health_or_debt() {
    on_both(|house| async move {
        law(&house, "no-2022").await;
        five(&house).await;
        let worker = front(&house, "employment").await;
        let queue = worker.see("/reception").await;
        let all = ["Anna Arbeid", "Bo Bolig", "Carl Gjeld", "Dina Brev", "Eva Syk"];
        assert_eq!(names(&queue), all);
        assert_eq!((&queue["separate"], &queue["today"]), (&json!(false), &json!(5)));
        let needs = |at: usize| (&queue["waiting"][at]["needs"], &queue["waiting"][at]["withheld"]);
        assert_eq!(needs(1), (&json!(["housing"]), &json!(false)));
        assert_eq!(needs(2), (&json!([]), &json!(true)), "a debt is told by the person alone");
        assert_eq!(needs(4), (&json!([]), &json!(true)), "and so is an illness");
        let debt = visit_of(&house, "Gjeld").await;
        let seen = worker.see(&format!("/visits/{debt}")).await;
        assert_eq!((&seen["account"], &seen["withheld"]), (&json!(""), &json!(true)));
        assert!(!seen.to_string().contains("\"debt\""), "{seen}");
        let talk = worker.get(&format!("/api/v1/visits/{debt}/talk")).await;
        assert_eq!(talk.status, StatusCode::NOT_FOUND, "what the talk was about tells it too");
        let own = front(&house, "social").await.see(&format!("/visits/{debt}")).await;
        assert_eq!(
            (&own["account"], &own["needs"]),
            (&json!("Fortalte om Gjeld"), &json!(["debt"]))
        );
        // Whoever calls the person in is told by them.
        worker.post(&format!("/visits/{debt}/take"), &json!({})).await.ok();
        let seen = worker.see(&format!("/visits/{debt}")).await;
        assert_eq!(seen["account"], "Fortalte om Gjeld");
    });
}

async fn only_their_own(house: &House, pack: &str) {
    law(house, pack).await;
    five(house).await;
    let employment = front(house, "employment").await;
    let social = front(house, "social").await;
    let queue = employment.see("/reception").await;
    assert_eq!(names(&queue), ["Anna Arbeid", "Dina Brev"], "{pack}");
    assert_eq!((&queue["separate"], &queue["today"]), (&json!(true), &json!(2)));
    assert_eq!(queue["others"], 3);
    assert_eq!(names(&social.see("/reception").await), ["Bo Bolig", "Carl Gjeld", "Dina Brev"]);
    for page in ["/reception", "/reception/rows", "/api/v1/reception"] {
        let body = employment.get(page).await.ok().body;
        for hidden in ["Bolig", "Gjeld", "Syk", "\"debt\"", "\"illness\""] {
            assert!(!body.contains(hidden), "{page} tells of {hidden}");
        }
    }
    // Nothing can be done with a visit that is not told of, and it looks like none.
    let hidden = visit_of(house, "Gjeld").await;
    let nothing = uuid::Uuid::now_v7().to_string();
    for (id, what) in [(&hidden, "hidden"), (&nothing, "absent")] {
        for page in ["", "/close", "/slip", "/talk", "/meeting"] {
            let answer = employment.get(&format!("/api/v1/visits/{id}{page}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what} {page}");
            assert_eq!(answer.code(), "not-found");
        }
        for act in ["take", "sort", "close", "person", "meeting", "put-back", "talk"] {
            let answer = employment.post(&format!("/visits/{id}/{act}"), &json!({})).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what} {act}");
        }
    }
    let denied: i64 = house
        .one("select count(*) from journal where ground = 'denied' and act like 'reception.%'")
        .await;
    assert!(denied >= 10, "each try is in the journal: {denied}");
    // A number small enough to point at somebody is none.
    let owner = house.staff("city-03").await;
    owner.post("/flows/smallest-count", &json!({ "smallest": "4" })).await.ok();
    assert_eq!(employment.see("/reception").await["others"], Value::Null);
    arrive(house, "Finn Hus", "housing").await;
    assert_eq!(employment.see("/reception").await["others"], 4);
    // Nobody's visitor belongs to whoever calls them in.
    let nobodys = visit_of(house, "Brev").await;
    employment.post(&format!("/visits/{nobodys}/take"), &json!({})).await.ok();
    assert!(!social.get("/api/v1/reception").await.ok().body.contains("Dina"));
    let answer = social.get(&format!("/api/v1/visits/{nobodys}")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    // The joint manager's figures open to their own rows only.
    let rows = employment.see("/figures?open=told").await;
    assert_eq!(rows["rows"], json!([]));
}

/// REQ-INFO-01, REQ-INFO-04: Sweden now. Three authorities stand at one desk, and each is told
/// of its own visitors; the others are a number, and none below the smallest count.
#[test]
fn sweden_now_tells_each_authority_of_its_own_visitors() {
    on_both(|house| async move { only_their_own(&house, "se-2022").await });
}

/// REQ-INFO-01, REQ-INFO-04: Norway in 2004. Three agencies apart, each with its own.
#[test]
fn norway_in_2004_tells_each_agency_of_its_own_visitors() {
    on_both(|house| async move { only_their_own(&house, "no-2004").await });
}

/// REQ-INFO-01, REQ-INFO-15: that somebody is being received gives another authority no way to
/// the person: no search finds them, by name or by number, and their page is not there.
#[test]
fn a_visit_to_another_authority_opens_no_person() {
    on_both(|house| async move {
        law(&house, "se-2022").await;
        let social = front(&house, "social").await;
        let form = json!({ "given": "Marit", "family": "Lund", "number": NUMBER });
        let person = social.post("/persons", &form).await.ok().id();
        let arrival = json!({ "need": ["debt"], "person": person });
        social.post("/reception/check-in", &arrival).await.ok();
        let employment = front(&house, "employment").await;
        for q in ["Marit Lund", NUMBER] {
            let found = employment.post("/persons/search", &json!({ "q": q })).await.ok().json();
            assert_eq!(found["hits"], json!([]), "{q}");
            let own = social.post("/persons/search", &json!({ "q": q })).await.ok().json();
            assert_eq!(own["hits"][0]["id"], json!(person), "{q}");
        }
        let page = employment.get(&format!("/api/v1/persons/{person}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        // The same under a law that lets it cross.
        law(&house, "no-2022").await;
        let page = employment.see(&format!("/persons/{person}")).await;
        assert_eq!(page["name"], "Marit Lund");
        assert_eq!(page["visits"][0]["needs"], json!([]), "and not what she came for");
    });
}

/// REQ-INFO-02, REQ-INFO-03: what the person agreed to crosses at the desk too, and no more;
/// when it is taken back it closes at once.
#[test]
fn a_consent_opens_a_visit_to_those_it_names() {
    on_both(|house| async move {
        law(&house, "se-2022").await;
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let form = json!({ "given": "Marit", "family": "Lund", "number": NUMBER });
        let person = social.post("/persons", &form).await.ok().id();
        let arrival = json!({ "need": ["debt"], "person": person, "account": "Inkasso" });
        let visit = social.post("/reception/check-in", &arrival).await.ok().id();
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let path = format!("/api/v1/visits/{visit}");
        assert_eq!(employment.get(&path).await.status, StatusCode::NOT_FOUND);
        let consent = json!({
            "purpose": "coordination", "category": ["id", "case"], "form": "written",
            "from": [id_of("agency", "social").to_string()],
            "to": [id_of("agency", "employment").to_string()],
        });
        let consent = give(&social, &person, &consent).await;
        let queue = employment.see("/reception").await;
        assert_eq!(names(&queue), ["Marit Lund"]);
        assert_eq!(queue["waiting"][0]["needs"], json!([]), "debts were not ticked");
        let seen = employment.see(&format!("/visits/{visit}")).await;
        assert_eq!((&seen["account"], &seen["withheld"]), (&json!(""), &json!(true)));
        let insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        assert_eq!(insurance.get(&path).await.status, StatusCode::NOT_FOUND, "nor to another");
        // What crossed stands in the register, once, and its receiver is told of the end.
        let told = "select count(*) from disclosure where consent_id is not null
            and categories in ('id', 'case')";
        assert_eq!(house.one::<i64>(told).await, 2);
        let noted: i64 = house
            .one("select count(*) from journal where ground = 'consent' and act like 'reception.%'")
            .await;
        assert!(noted >= 2, "{noted}");
        let all = json!({ "scope": "all", "how": "counter" });
        let seen = crate::consents::take_back(&social, &consent, &all).await;
        assert_eq!(seen["held"][0]["categories"], json!(["id", "case"]));
        assert_eq!(employment.see("/withdrawals").await["lines"].as_array().unwrap().len(), 1);
        assert_eq!(employment.get(&path).await.status, StatusCode::NOT_FOUND);
        assert!(names(&employment.see("/reception").await).is_empty());
    });
}

/// REQ-INFO-01: the live screen of one authority does not move when somebody comes to another.
#[test]
fn the_live_queue_moves_for_ones_own_visitors_alone() {
    on_both(|house| async move {
        law(&house, "se-2022").await;
        let employment = front(&house, "employment").await;
        let mut live = employment.stream("/reception/live").await;
        arrive(&house, "Bo Bolig", "housing").await;
        assert!(!live.moved().await, "somebody came to social services");
        arrive(&house, "Anna Arbeid", "work").await;
        assert!(live.moved().await, "somebody came to us");
        arrive(&house, "Dina Brev", "letter").await;
        assert!(live.moved().await, "somebody came whom no agency has yet");
    });
}

/// REQ-INFO-01, REQ-INFO-19: whoever checked somebody in keeps sight of it, also where they
/// come to another authority: the person told it to them.
#[test]
fn whoever_checked_in_keeps_sight_of_it() {
    on_both(|house| async move {
        law(&house, "se-2022").await;
        let host = house.staff("heimdal-02").await;
        let visit = check_in(&host, &["work"]).await;
        assert_eq!(host.see(&format!("/visits/{visit}")).await["needs"], json!(["work"]));
        let colleague = front(&house, "social").await;
        let answer = colleague.get(&format!("/api/v1/visits/{visit}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "and nobody else of their agency does");
    });
}
