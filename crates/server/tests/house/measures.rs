//! Who takes part in measures, who decides and pays, and what is added up of it.

use http::StatusCode;
use serde_json::{Value, json};

use crate::attacks::patient;
use crate::cases::SOCIAL;
use crate::organisation::{import, register};
use crate::support::{House, on_both, unit_id};

const FRONT: &str = "employment-front-heimdal";

/// The same participants under one or the other principal; gives the sum of the country in the
/// month, and whose decision and whose money one person's page tells.
async fn of_a_month(house: &House, municipal: bool) -> (Value, Value) {
    let house = &patient(house).await;
    import(house, &register(), true).await.unwrap();
    house
        .force(
            "insert into municipality (number, name, county, entry_year, effort_id, grouping_note,
            number_later, verified, employment_district, inhabitants)
            select '9901', 'Nidarby', 'Trøndelag', 2004, id, '', '', 1 = 1, '9901', 180000
            from effort order by code limit 1",
        )
        .await
        .unwrap();
    let admin = house.staff("city-01").await;
    let principal = if municipal { "municipality" } else { "state" };
    let trial = json!({ "code": "oppgaver", "name": "Oppgavedifferensiering",
        "starts_on": "2026-11-01", "funder": "Staten", "legal_frame": "Forsøk",
        "measures_principal": principal, "municipalities": "9901" });
    admin.post("/trials", &trial).await.ok();
    let code = house.worker(FRONT, "caseworker", 0);
    let worker = house.staff(&code).await;
    let mut persons = Vec::new();
    for n in 0..11 {
        let form = json!({ "given": "Liv", "family": format!("Dal{n}"), "none_of_these": "yes" });
        let person = worker.post("/persons", &form).await.ok().id();
        let path = format!("/persons/{person}/measures");
        assert_eq!(worker.see(&path).await["decisions"], json!([]), "no decision yet");
        let decide = json!({ "subject": "measure", "kind": "decision", "text": "Ja",
            "act": "labour-market-2004", "section": "§ 12" });
        worker.post(&format!("/persons/{person}/rulings"), &decide).await.ok();
        let decision = worker.see(&path).await["decisions"][0]["id"].clone();
        let begin = |from: &str, cost: &str| {
            json!({ "decision": decision, "measure": "course", "measure_from": from,
                "day_cost": cost })
        };
        if n == 0 {
            let bad = worker.post(&path, &begin("2026-11-22", "-1")).await.faults();
            assert_eq!(
                (bad["measure_from"].as_str(), bad["day_cost"].as_str()),
                ("measure-before", "whole-number")
            );
            let bare = json!({ "measure": "course", "measure_from": "2026-11-23",
                "day_cost": "100" });
            assert_eq!(worker.post(&path, &bare).await.faults()["decision"], "measure-decision");
        }
        worker.post(&path, &begin("2026-11-23", "250")).await.ok();
        persons.push(person);
    }
    house.clock.move_to("2026-11-26T08:30:00Z".parse().unwrap());
    let worker = house.staff(&code).await;
    for person in &persons[..5] {
        let path = format!("/persons/{person}/measures");
        let part = worker.see(&path).await["parts"][0]["id"].clone();
        let end = json!({ "part": part, "part_until": "2026-11-25" });
        worker.post(&format!("{path}/end"), &end).await.ok();
    }
    // What one agency has noted is not there for another.
    let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
    let hidden = social.get(&format!("/persons/{}/measures", persons[0])).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    // Who is protected is in no number.
    let last = crate::random::literal(house, &persons[10]);
    let guard = format!("update person set guard = 2, protection = 2 where id = {last}");
    house.force(&guard).await.unwrap();
    house.clock.move_to("2026-12-02T08:30:00Z".parse().unwrap());
    let admin = house.staff("city-01").await;
    let country = async || admin.see("/network?level=county&month=2026-11").await["sum"].clone();
    assert_eq!(country().await["participants"], Value::Null, "not counted yet");
    onedoor_server::network::count_month(&house.app).await.unwrap();
    let worker = house.staff(&code).await;
    let part = worker.see(&format!("/persons/{}/measures", persons[0])).await["parts"][0].clone();
    let ruling = worker.see(&format!("/persons/{}", persons[0])).await["rulings"][0].clone();
    assert_eq!(ruling["principal"], part["decided_by"]);
    (country().await, part)
}

/// REQ-ORG-41: the same participant data give identical participation totals under state and
/// municipal responsibility, with only decision owner and cost bearer changed. The totals are
/// added up from people's days in measures, and each level has the same.
#[test]
fn who_is_principal_changes_who_decides_and_who_pays_and_no_total() {
    on_both(|house| async move {
        let other = crate::support::house(house.app.db.engine()).await;
        let (state, by_state) = of_a_month(&house, false).await;
        let (own, by_own) = of_a_month(&other, true).await;
        // Five with three days and five with eight, at 250 a day.
        assert_eq!(state["participants"], 10);
        assert_eq!(state["participant_days"], 5 * 3 + 5 * 8);
        assert_eq!(state["participation_cost"], (5 * 3 + 5 * 8) * 250);
        assert_eq!(state["measure_decisions"], 10);
        for total in ["participants", "participant_days", "participation_cost", "measure_decisions"]
        {
            assert_eq!(state[total], own[total], "{total}");
        }
        let changed = |sum: &Value| {
            (
                sum["municipal_participation_cost"].clone(),
                sum["municipal_measure_decisions"].clone(),
            )
        };
        assert_eq!(changed(&state), (json!(0), json!(0)));
        assert_eq!(changed(&own), (own["participation_cost"].clone(), json!(10)));
        // And of the one decision, and the one who takes part by it.
        let name = async |house: &House, unit: &str| -> Value {
            let id = crate::random::literal(house, &unit_id(unit));
            let sql = format!(
                "select p.name from unit u join agency a on a.id = u.agency_id
                join principal p on p.id = a.principal_id where u.id = {id}"
            );
            json!(house.one::<String>(&sql).await)
        };
        let (state, municipality) = (name(&house, FRONT).await, name(&other, SOCIAL).await);
        assert_ne!(state, municipality);
        assert_eq!((&by_state["decided_by"], &by_state["payer"]), (&state, &state));
        assert_eq!((&by_own["decided_by"], &by_own["payer"]), (&municipality, &municipality));
        for key in ["measure", "from", "until", "day_cost", "place"] {
            assert_eq!(by_state[key], by_own[key], "{key}");
        }
    });
}
