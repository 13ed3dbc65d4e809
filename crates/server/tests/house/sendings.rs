//! Feedback to the sender, and differences to talk about.

use http::StatusCode;
use onedoor_server::jobs;
use serde_json::{Value, json};

use crate::cases::{INSURANCE, SOCIAL, Scene, ask, open, scene};
use crate::support::{House, Someone, on_both, staff_id};

async fn front(house: &House) -> Someone {
    house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await
}

/// A person whose open case both agencies take part in.
async fn shared(house: &House) -> (Scene, String) {
    let scene = scene(house, SOCIAL).await;
    let case = open(&scene).await;
    ask(house, &scene.worker, &case, INSURANCE, "mandate").await;
    let taker = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
    taker.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
    (scene, case)
}

/// Somebody comes to the counter, and is sent to social insurance by the 25th.
async fn sent(house: &House, front: &Someone, person: &str, need: &str) {
    let visit = came(front, person, need).await;
    front.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
    let step = json!({
        "outcome": "next_step", "step_what": "Talk about sickness benefit",
        "step_on": "2026-11-25", "step_place": "Room 2",
        "step_owner": staff_id(&house.worker(INSURANCE, "caseworker", 1)),
    });
    front.post(&format!("/visits/{visit}/close"), &step).await.ok();
}

async fn came(front: &Someone, person: &str, need: &str) -> String {
    let form = json!({ "need": [need], "person": person });
    front.post("/reception/check-in", &form).await.ok().id()
}

/// What the front worker has been told; signed in anew, since sessions end as the days go by.
async fn told(house: &House) -> Vec<String> {
    let day = front(house).await.see("/day").await;
    let lines = day["feedback"].as_array().unwrap();
    lines.iter().map(|line| line["told"].as_str().unwrap().to_owned()).collect()
}

async fn at(house: &House, time: &str) {
    house.clock.move_to(time.parse().unwrap());
    jobs::once(&house.app).await.unwrap();
}

/// REQ-INFO-11: whoever sends a person to another agency is told on arrival, or of absence after
/// the end of the time, without asking; the line goes when it has been seen, by its owner alone.
#[test]
fn the_sender_is_told_of_arrival_and_of_absence() {
    on_both(|house| async move {
        let (scene, _) = shared(&house).await;
        let front = front(&house).await;
        sent(&house, &front, &scene.person, "income").await;
        at(&house, "2026-11-23T09:00:00Z").await;
        assert!(told(&house).await.is_empty(), "nothing has happened yet");
        // Another need of another agency is not what they were sent for.
        came(&front, &scene.person, "work").await;
        at(&house, "2026-11-23T09:01:00Z").await;
        assert!(told(&house).await.is_empty());
        house.clock.move_to("2026-11-24T09:00:00Z".parse().unwrap());
        let front = crate::sendings::front(&house).await;
        came(&front, &scene.person, "illness").await;
        at(&house, "2026-11-24T09:01:00Z").await;
        assert_eq!(told(&house).await, ["came"]);
        at(&house, "2026-11-24T09:02:00Z").await;
        assert_eq!(told(&house).await, ["came"], "told once");
        // It is another agency's to tell: the register says by which rule it was.
        let crossed: i64 = house
            .one(
                "select count(*) from disclosure where categories = 'case' and rule <> ''
                    and to_staff_id is not null and what like '%came%'",
            )
            .await;
        assert_eq!(crossed, 1);
        let line = front.see("/day").await["feedback"][0].clone();
        assert_eq!(line["name"], "Åse Bjørnstad");
        let path = format!("/feedback/{}/seen", line["id"].as_str().unwrap());
        let other = house.staff(&scene.worker_code).await.post(&path, &json!({})).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        front.post(&path, &json!({})).await.ok();
        assert!(told(&house).await.is_empty());
        // Sent again, and this time the day goes by.
        sent(&house, &front, &scene.person, "income").await;
        at(&house, "2026-11-25T22:30:00Z").await;
        assert!(told(&house).await.is_empty(), "the day has not ended there");
        at(&house, "2026-11-25T23:00:01Z").await;
        assert_eq!(told(&house).await, ["absent"]);
        let logged: i64 =
            house.one("select count(*) from journal where act = 'case.tell_sender'").await;
        assert_eq!(logged, 2);
    });
}

/// REQ-INFO-11: without a ground the sender gets a neutral answer, the same and at the same moment
/// whether the person came or not.
#[test]
fn without_a_ground_the_answer_is_neutral() {
    on_both(|house| async move {
        let front = front(&house).await;
        let mut persons = Vec::new();
        for given in ["Liv", "Siv"] {
            let form = json!({ "given": given, "family": "Dal", "none_of_these": "yes" });
            persons.push(front.post("/persons", &form).await.ok().id());
        }
        for person in &persons {
            sent(&house, &front, person, "income").await;
        }
        at(&house, "2026-11-23T09:00:00Z").await;
        house.clock.move_to("2026-11-24T09:00:00Z".parse().unwrap());
        let front = crate::sendings::front(&house).await;
        came(&front, &persons[0], "illness").await;
        at(&house, "2026-11-24T09:01:00Z").await;
        assert!(told(&house).await.is_empty(), "the moment would tell it");
        at(&house, "2026-11-25T23:00:01Z").await;
        assert_eq!(told(&house).await, ["no_answer", "no_answer"]);
        let crossed: i64 =
            house.one("select count(*) from disclosure where what like '%told%'").await;
        assert_eq!(crossed, 0, "nothing was told");
        let moments: i64 = house.one("select count(distinct at) from feedback").await;
        assert_eq!(moments, 1);
    });
}

/// REQ-INFO-11: a time that is booked with another agency produces a message too.
#[test]
fn a_booking_with_another_agency_produces_a_message() {
    on_both(|house| async move {
        let (scene, _) = shared(&house).await;
        let front = front(&house).await;
        let form = json!({ "need": ["work", "illness", "income"], "person": scene.person });
        let visit = front.post("/reception/check-in", &form).await.ok().id();
        let path = format!("/visits/{visit}");
        front.post(&format!("{path}/take"), &json!({})).await.ok();
        let with = staff_id(&house.worker(INSURANCE, "caseworker", 1));
        let offered = front.see(&format!("{path}/meeting?with={with}")).await;
        let starts = offered["times"][0]["at"].as_i64().unwrap();
        let form = json!({ "with": [with], "at": starts.to_string(), "place": "Room 4" });
        front.post(&format!("{path}/meeting"), &form).await.ok();
        jobs::once(&house.app).await.unwrap();
        let waiting: i64 = house.one("select count(*) from sending where state = 'waiting'").await;
        assert_eq!(waiting, 1);
        let end: i64 = house.one("select due_at from sending").await;
        let end = jiff::Timestamp::from_microsecond(end).unwrap();
        house.clock.move_to(end);
        jobs::once(&house.app).await.unwrap();
        assert_eq!(told(&house).await, ["absent"]);
    });
}

async fn hold(worker: &Someone, rows: &[(&str, &str, &str, &str)]) {
    let rows: Vec<String> = rows
        .iter()
        .map(|(key, kind, value, on)| format!("{key};10915596784;{kind};{value};{on}"))
        .collect();
    let text =
        format!("key;number;kind;value;known_on\n{}\n#end;{}\n", rows.join("\n"), rows.len());
    let run = worker.post("/exchange", &json!({ "text": text })).await.ok().id();
    let run = worker.see(&format!("/exchange/{run}")).await;
    assert_eq!(run["run"]["rejected"], 0, "{run}");
}

fn kinds(page: &Value, part: &str) -> Vec<String> {
    let points = page[part].as_array().unwrap();
    points.iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
}

/// REQ-REF-14: conflicting statements to two agencies make a neutral point for the next meeting,
/// which shows no answer to anybody, and no task or sanction of any kind.
#[test]
fn conflicting_statements_make_a_point_and_no_sanction() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let social = scene.worker.clone();
        let insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let form = json!({ "given": "Ola", "family": "Nordmann", "number": "10915596784" });
        let person = social.post("/persons", &form).await.ok().id();
        insurance.post("/persons", &form).await.ok();
        let scene = Scene { person, ..scene };
        let case = open(&scene).await;
        let path = format!("/cases/{case}/talking-points");
        hold(
            &social,
            &[
                ("s-1", "housing", "a flat", "2026-11-02"),
                // The walls let this cross only on a recorded necessity.
                ("s-6", "household", "four", "2026-11-02"),
                ("s-2", "work_ability", "lifts nothing", "2026-11-02"),
                ("s-3", "occupation", "Part time", "2026-11-02"),
            ],
        )
        .await;
        let traces = "select (select count(*) from handover) + (select count(*) from case_event)
            + (select count(*) from ruling) + (select count(*) from appointment)
            + (select count(*) from outbox) + (select sum(version) from shared_case)";
        let before: i64 = house.one(&format!("select cast(({traces}) as bigint)")).await;
        hold(
            &insurance,
            &[
                ("i-1", "housing", "a room", "2026-11-09"),
                ("i-6", "household", "none", "2026-11-09"),
                ("i-2", "work_ability", "lifts a little", "2026-11-09"),
                ("i-3", "occupation", "part  time", "2026-11-09"),
            ],
        )
        .await;
        let after: i64 = house.one(&format!("select cast(({traces}) as bigint)")).await;
        assert_eq!(before, after, "no task, decision, message or change of the case comes of it");
        assert!(kinds(&social.see(&path).await, "open").is_empty(), "no shared case yet");
        ask(&house, &social, &case, INSURANCE, "mandate").await;
        insurance.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
        for worker in [&social, &insurance] {
            let page = worker.see(&path).await;
            // Health is kept apart: even that there are two answers would tell something.
            assert_eq!(kinds(&page, "open"), ["housing"], "{page}");
            let shown = worker.get(&path).await.ok().body;
            for answer in ["grown-ups", "a room", "lifts"] {
                assert!(!shown.contains(answer), "{answer}");
            }
            assert_eq!(worker.see(&format!("/cases/{case}")).await["talking"], 1);
        }
        // That the other one has answered otherwise has crossed, to each once.
        let crossed = "select count(*) from disclosure where categories = 'housing'";
        assert_eq!(house.one::<i64>(crossed).await, 2);
        let point = insurance.see(&path).await["open"][0].clone();
        let form = json!({ "point": point["id"], "version": point["version"].to_string() });
        let refused = social.post(&path, &form).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "only who plans the case");
        insurance.post(&path, &form).await.ok();
        assert_eq!(insurance.post(&path, &form).await.code(), "stale");
        let page = insurance.see(&path).await;
        assert!(kinds(&page, "open").is_empty());
        assert_eq!(kinds(&page, "settled"), ["housing"]);
        // What was talked about is not brought up again by another file; a new answer is.
        hold(&social, &[("s-4", "debt_total", "much", "2026-11-20")]).await;
        assert!(kinds(&insurance.see(&path).await, "open").is_empty());
        hold(&social, &[("s-5", "housing", "five", "2026-11-21")]).await;
        assert_eq!(kinds(&insurance.see(&path).await, "open"), ["housing"]);
    });
}
