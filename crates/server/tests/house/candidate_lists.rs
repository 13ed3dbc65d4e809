//! Lists of candidates that one agency hands another, and who is left out.

use http::StatusCode;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE};
use crate::consents::{agency, clarified, consent, give, law_of_2004, open_flow, register, scene};
use crate::support::{Someone, on_both};

pub async fn hand_over(worker: &Someone, persons: &[String]) -> String {
    let form = json!({
        "title": "Warehouse", "to": agency("employment"), "persons": persons.join("\n"),
    });
    worker.post("/lists", &form).await.ok().id()
}

/// REQ-INFO-14: a list of ten with six consents yields six names and the number four.
/// A consent under pressure of money is no ground alone. REQ-INFO-04: each disclosure
/// names the law it was made under.
#[test]
fn a_list_of_ten_with_six_consents_yields_six_names_and_the_number_four() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        open_flow(&house).await;
        let mut persons = vec![scene.person.clone()];
        for n in 1..10 {
            persons.push(register(&scene.worker, &format!("Kandidat{n}"), "1990-01-01").await);
        }
        for person in &persons[..6] {
            give(&scene.worker, person, &consent()).await;
        }
        let mut pressed = consent();
        pressed["doubtful"] = json!("yes");
        give(&scene.worker, &persons[6], &pressed).await;
        let mut narrow = consent();
        narrow["category"] = json!(["id"]);
        give(&scene.worker, &persons[7], &narrow).await;
        let mut elsewhere = consent();
        elsewhere["to"] = json!([agency("insurance")]);
        give(&scene.worker, &persons[8], &elsewhere).await;
        // Named twice is one person.
        let mut lines = persons.clone();
        lines.push(persons[0].clone());
        let list = hand_over(&scene.worker, &lines).await;
        let receiver = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        assert_eq!(receiver.see("/lists").await["received"][0]["id"], json!(list));
        let seen = receiver.see(&format!("/lists/{list}")).await;
        assert_eq!(seen["names"].as_array().unwrap().len(), 6);
        assert_eq!(seen["left_out"], 4);
        for hidden in ["Kandidat6", "Kandidat7", "Kandidat8", "Kandidat9"] {
            assert!(!seen.to_string().contains(hidden), "{hidden} is on the list");
        }
        let told: i64 = house
            .one("select count(*) from disclosure where form = 'list' and consent_id is not null")
            .await;
        assert_eq!(told, 6);
        let law: String = house.one("select min(pack) from disclosure").await;
        assert_eq!(law, "no-2004");
        let stranger = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let hidden = stranger.get(&format!("/api/v1/lists/{list}")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let owner = house.staff("city-03").await;
        let bare = owner.see("/journal/without-ground").await;
        assert_eq!(bare["lines"], json!([]), "every reading of the list has its ground");
    });
}

/// REQ-INFO-14: a count so small that it could point at somebody is not shown to the
/// receiver; how small is a setting, and the giver knows anyway.
#[test]
fn a_small_count_of_those_left_out_is_not_shown() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        open_flow(&house).await;
        let without = register(&scene.worker, "Uten", "1990-01-01").await;
        give(&scene.worker, &scene.person, &consent()).await;
        let list = hand_over(&scene.worker, &[scene.person.clone(), without]).await;
        let receiver = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let path = format!("/lists/{list}");
        let seen = receiver.see(&path).await;
        assert_eq!((&seen["left_out"], &seen["smallest"]), (&Value::Null, &json!(3)));
        assert_eq!(scene.worker.see(&path).await["left_out"], 1);
        let owner = house.staff("city-03").await;
        for (number, fault) in [("1", true), ("21", true), ("many", true), ("2", false)] {
            let answer = owner.post("/flows/smallest-count", &json!({ "smallest": number })).await;
            assert_eq!(answer.status == StatusCode::UNPROCESSABLE_ENTITY, fault, "{number}");
        }
        assert_eq!(receiver.see(&path).await["smallest"], 2);
        // Nobody the worker may not know of can be put on a list, nor found out by it.
        let form = json!({ "title": "X", "to": agency("employment"),
            "persons": format!("{}\nnobody\n{}", scene.person, uuid::Uuid::nil()) });
        let answer = scene.worker.post("/lists", &form).await;
        assert_eq!(answer.faults()["persons"], "list-unread");
        let back = json!({ "title": "X", "to": agency("social"), "persons": scene.person });
        assert_eq!(scene.worker.post("/lists", &back).await.faults()["to"], "choose");
    });
}

/// REQ-INFO-14: a name goes by consent or another ground. Where the law of the day lets the
/// agencies of one house tell each other without, the list says by which rule, and nobody
/// with address protection is on it all the same.
#[test]
fn a_list_goes_by_the_pack_that_holds() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        clarified(&house).await;
        let list = hand_over(&scene.worker, std::slice::from_ref(&scene.person)).await;
        let receiver = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let seen = receiver.see(&format!("/lists/{list}")).await;
        assert_eq!(seen["names"][0]["name"], "Marit Samtykke");
        assert_eq!((&seen["names"][0]["consent"], &seen["left_out"]), (&Value::Null, &Value::Null));
        let by: String = house
            .one(
                "select min(pack || ' ' || ground) from disclosure \
                 where rule <> '' and consent_id is null and form = 'list'",
            )
            .await;
        assert_eq!(by, "no-2022 law");
        // From the day that another law is chosen, the same name needs a consent.
        law_of_2004(&house).await;
        let list = hand_over(&scene.worker, std::slice::from_ref(&scene.person)).await;
        assert_eq!(scene.worker.see(&format!("/lists/{list}")).await["left_out"], 1);
    });
}
