//! From the door to the slip.

use http::StatusCode;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::support::{House, Someone, on_both, staff_id};

pub async fn check_in(someone: &Someone, needs: &[&str]) -> String {
    let form = json!({ "need": needs, "given": "Ola", "family": "Nordmann" });
    someone.post("/reception/check-in", &form).await.ok().id()
}

async fn identify(someone: &Someone, visit: &str) {
    let form = json!({ "given": "Ola", "family": "Nordmann", "none_of_these": "yes" });
    someone.post(&format!("/visits/{visit}/person"), &form).await.ok();
}

async fn front(house: &House) -> Someone {
    house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await
}

fn step() -> Value {
    json!({
        "outcome": "next_step", "step_what": "Call back", "step_on": "2026-11-25",
        "step_place": "By phone",
    })
}

/// REQ-FRONT-03: the door asks for needs; no field asks for an agency, and no
/// text at the door names one.
#[test]
fn no_entry_screen_requires_an_agency_name() {
    on_both(|house| async move {
        let kiosk = house.kiosk("heimdal").await;
        let page = kiosk.get("/kiosk/need").await.ok().body;
        for word in ["Arbeidsmarked", "Trygdeetaten", "Aetat", "NAV", "employment", "insurance"] {
            assert!(!page.contains(word), "the door names {word}");
        }
        let document = kiosk.see("/openapi.json").await;
        let form = &document["components"]["schemas"]["CheckInForm"]["properties"];
        let fields: Vec<&String> = form.as_object().unwrap().keys().collect();
        assert!(!fields.iter().any(|field| field.contains("agency")), "{fields:?}");
        let empty = house.staff("heimdal-02").await;
        let answer = empty.post("/reception/check-in", &json!({})).await;
        assert_eq!(answer.faults()["need"], "need-empty");
    });
}

/// REQ-FRONT-05: a visit says whether the person did it alone, with the host,
/// at a desk or in the common area, and the host may take over at any time.
#[test]
fn a_visit_logs_who_did_the_work() {
    on_both(|house| async move {
        let kiosk = house.kiosk("heimdal").await;
        let arrived =
            kiosk.form("/kiosk/arrive", "need=work&once=kiosk-visit-1&account=Lost+my+job").await;
        assert_eq!(arrived.status, StatusCode::SEE_OTHER, "{}", arrived.body);
        let host = house.staff("heimdal-02").await;
        let queue = host.see("/reception").await;
        let visit = queue["waiting"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/visits/{visit}");
        let seen = host.see(&path).await;
        assert_eq!(
            (&seen["mode"], &seen["account"]),
            (&json!("self_service"), &json!("Lost my job"))
        );
        let desk = house.staff(&house.worker("employment-front-heimdal", "front_worker", 0)).await;
        desk.post(&format!("{path}/take"), &json!({})).await.ok();
        assert_eq!(desk.see(&path).await["mode"], "desk");
        let other = front(&house).await;
        let taken = other.post(&format!("{path}/take"), &json!({})).await;
        assert_eq!(taken.code(), "visit-served-by-another");
        host.post(&format!("{path}/take"), &json!({})).await.ok();
        assert_eq!(host.see(&path).await["mode"], "host");
    });
}

/// REQ-FRONT-06: needs are sorted with reasons, the sorting can be corrected
/// with a reason, and the share of wrong sortings is counted.
#[test]
fn sorting_is_explained_corrected_and_counted() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let one = check_in(&worker, &["income"]).await;
        let several = check_in(&worker, &["work", "income"]).await;
        assert_eq!(worker.see(&format!("/visits/{one}")).await["track"], "desk");
        let seen = worker.see(&format!("/visits/{several}")).await;
        assert_eq!(seen["track"], "common_area");
        assert_eq!(seen["because"][0], json!({ "need": "work", "agencies": ["employment"] }));
        let path = format!("/visits/{one}");
        worker.post(&format!("{path}/take"), &json!({})).await.ok();
        let bare = worker.post(&format!("{path}/sort"), &json!({ "track": "common_area" })).await;
        assert_eq!(bare.faults()["reason"], "text-empty");
        let form = json!({ "track": "common_area", "reason": "Also looks for work" });
        worker.post(&format!("{path}/sort"), &form).await.ok();
        worker.post(&format!("{path}/close"), &step()).await.ok();
        let figures = worker.see("/figures?open=wrong").await;
        let wrong = figures["figures"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["code"] == "wrong")
            .unwrap()
            .clone();
        assert_eq!((wrong["count"].as_i64(), wrong["of"].as_i64()), (Some(1), Some(1)));
        assert_eq!(figures["rows"][0]["id"], json!(one), "a figure opens to its rows");
        assert_eq!(figures["open_visits"], 1, "and says what it is missing");
    });
}

/// REQ-FRONT-07: clarified on the spot names the agencies that took part, and
/// the share closed at first contact is reported.
#[test]
fn clarified_on_the_spot_names_who_took_part() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let visit = check_in(&worker, &["work", "income"]).await;
        let path = format!("/visits/{visit}");
        worker.post(&format!("{path}/take"), &json!({})).await.ok();
        let form = json!({ "outcome": "clarified", "answer": "Both forms are sent" });
        let bare = worker.post(&format!("{path}/close"), &form).await;
        assert_eq!(bare.faults()["took_part"], "visit-nobody-took-part");
        let form = json!({
            "outcome": "clarified", "answer": "Both forms are sent",
            "took_part": ["employment", "social"],
        });
        worker.post(&format!("{path}/close"), &form).await.ok();
        let seen = worker.see(&path).await;
        let took: Vec<&str> = seen["agencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|a| a["took_part"] == true)
            .map(|a| a["kind"].as_str().unwrap())
            .collect();
        assert_eq!(took, ["employment", "social"]);
        let figures = worker.see("/figures").await;
        let first = &figures["figures"][0];
        assert_eq!((&first["code"], &first["count"]), (&json!("clarified"), &json!(1)));
    });
}

/// REQ-FRONT-08: a composed need cannot end without a booked meeting or the
/// person's recorded no; the meeting is booked only when everybody is free.
#[test]
fn a_composed_need_ends_in_a_meeting_with_checked_calendars() {
    on_both(|house| async move {
        let worker_code = house.worker("social-front-heimdal", "front_worker", 0);
        let worker = house.staff(&worker_code).await;
        let partner = house.worker(EMPLOYMENT, "caseworker", 0);
        let visit = check_in(&worker, &["work", "illness", "income"]).await;
        let path = format!("/visits/{visit}");
        worker.post(&format!("{path}/take"), &json!({})).await.ok();
        let refused = worker.post(&format!("{path}/close"), &step()).await;
        assert_eq!(refused.faults()["meeting_declined"], "visit-meeting-needed");
        identify(&worker, &visit).await;
        let with = staff_id(&partner);
        let offered = worker.see(&format!("{path}/meeting?with={with}")).await;
        let at = offered["times"][0]["at"].as_i64().unwrap();
        let form = json!({ "with": [with], "at": at.to_string(), "place": "Room 4" });
        worker.post(&format!("{path}/meeting"), &form).await.ok();
        let seen = worker.see(&path).await;
        assert_eq!((&seen["outcome"], &seen["state"]), (&json!("meeting"), &json!("closed")));
        let second = check_in(&worker, &["work", "illness", "income"]).await;
        worker.post(&format!("/visits/{second}/take"), &json!({})).await.ok();
        let form2 = json!({
            "given": "Kari", "family": "Nordmann", "none_of_these": "yes",
        });
        worker.post(&format!("/visits/{second}/person"), &form2).await.ok();
        let offered = worker.see(&format!("/visits/{second}/meeting?with={with}")).await;
        assert_ne!(offered["times"][0]["at"].as_i64().unwrap(), at, "the hour is taken");
        let clash = worker.post(&format!("/visits/{second}/meeting"), &form).await;
        assert_eq!((clash.status, clash.code()), (StatusCode::CONFLICT, "meeting-taken".into()));
        let declined = json!({
            "outcome": "informed", "answer": "Told about rights",
            "meeting_declined": "Wants to talk to one person only",
        });
        worker.post(&format!("/visits/{second}/close"), &declined).await.ok();
    });
}

/// REQ-FRONT-09: a visit ends with an outcome or a next step with unit, owner
/// and date, also when it leads outside; the schema refuses anything else, and
/// the figure of visits without either is zero.
#[test]
fn a_visit_cannot_end_without_an_outcome_or_a_next_step() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let visit = check_in(&worker, &["debt"]).await;
        let path = format!("/visits/{visit}/close");
        worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let table = [
            (json!({}), "outcome", "choose"),
            (json!({ "outcome": "next_step" }), "step_on", "date-empty"),
            (json!({ "outcome": "informed" }), "answer", "text-empty"),
            (json!({ "outcome": "left" }), "outcome", "visit-not-in-queue"),
            (
                json!({ "outcome": "outside", "step_what": "a", "step_on": "2026-11-25",
                    "step_place": "b" }),
                "whom",
                "text-empty",
            ),
            (
                json!({ "outcome": "next_step", "step_what": "a", "step_on": "2026-11-01",
                    "step_place": "b" }),
                "step_on",
                "step-past",
            ),
        ];
        for (form, field, code) in table {
            let answer = worker.post(&path, &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form} {}", answer.body);
            assert_eq!(answer.faults().get(field).map(String::as_str), Some(code), "{form}");
        }
        let broken = "update visit set state = 'closed', closed_at = 1";
        assert!(house.force(broken).await.is_err());
        let broken = "update visit set state = 'closed', closed_at = 1, outcome = 'next_step'";
        assert!(house.force(broken).await.is_err());
        worker.post(&path, &step()).await.ok();
        let seen = worker.see(&format!("/visits/{visit}")).await;
        assert_ne!(seen["step_unit"], "", "a unit answers for the step");
        let figures = worker.see("/figures").await;
        let unended = figures["figures"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["code"] == "unended")
            .unwrap()
            .clone();
        assert_eq!(unended["count"], 0);
        let slip = worker.see(&format!("/visits/{visit}/slip")).await;
        assert_eq!((&slip["what"], &slip["on"]), (&json!("Call back"), &json!("2026-11-25")));
    });
}

/// REQ-FRONT-02: a person is served away from home; the decision goes by itself
/// to the unit of the home district, the case is asked over to it, and the
/// worker here stays responsible until somebody there accepts.
#[test]
fn a_decision_finds_its_way_to_the_home_district() {
    on_both(|house| async move {
        let worker_code = house.worker("social-front-ostbyen", "front_worker", 0);
        let worker = house.staff(&worker_code).await;
        let deputy = house.worker("social-adult-ostbyen", "caseworker", 0);
        let home: String = house
            .one(
                "select b.basic_unit from boundary b join district d on d.id = b.district_id \
                 where d.code = 'heimdal' order by b.basic_unit limit 1",
            )
            .await;
        let form = json!({
            "given": "Ola", "family": "Nordmann", "basic_unit": home, "none_of_these": "yes",
        });
        let person = worker.post("/persons", &form).await.ok().id();
        let form = json!({ "need": ["income"], "person": person });
        let visit = worker.post("/reception/check-in", &form).await.ok().id();
        let path = format!("/visits/{visit}");
        worker.post(&format!("{path}/take"), &json!({})).await.ok();
        let form = json!({
            "outcome": "case", "answer": "Needs money for rent", "deputy": staff_id(&deputy),
            "step_what": "Application", "step_on": "2026-11-27", "step_place": "At Heimdal",
            "decision": "social_assistance",
        });
        worker.post(&format!("{path}/close"), &form).await.ok();
        let seen = worker.see(&path).await;
        assert_eq!(seen["ways"][0]["away"], true);
        assert_eq!(seen["ways"][0]["subject"], "social_assistance");
        let case = seen["case"].as_str().unwrap().to_owned();
        let case_seen = worker.see(&format!("/cases/{case}")).await;
        assert_eq!(case_seen["handovers"][0]["reason"], "home_district");
        assert_eq!(case_seen["handovers"][0]["state"], "asked");
        let owner: String = house
            .one("select s.code from shared_case c join staff s on s.id = c.responsible_id")
            .await;
        assert_eq!(owner, worker_code, "the asker stays responsible");
        let home_worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let day = home_worker.see("/day").await;
        assert_eq!(day["asked_of_me"][0]["id"], json!(case));
        home_worker.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
    });
}

/// REQ-FRONT-01: any contact at any office opens or finds the same case; what
/// was told before is shown instead of asked again, and repeats are counted.
#[test]
fn any_door_leads_to_the_same_case_and_the_story_is_told_once() {
    on_both(|house| async move {
        let first = front(&house).await;
        let deputy = staff_id(&house.worker(SOCIAL, "caseworker", 0));
        let form = json!({ "given": "Åge", "family": "Ås", "none_of_these": "yes" });
        let person = first.post("/persons", &form).await.ok().id();
        let mut cases = Vec::new();
        for (office, told) in [("heimdal", 0), ("midtbyen", 1)] {
            let unit = format!("social-front-{office}");
            let worker = house.staff(&house.worker(&unit, "front_worker", 0)).await;
            let form = json!({
                "need": ["income"], "person": person, "account": format!("Story at {office}"),
            });
            let visit = worker.post("/reception/check-in", &form).await.ok().id();
            let path = format!("/visits/{visit}");
            let seen = worker.see(&path).await;
            assert_eq!(seen["told_again"], told);
            if told == 1 {
                assert_eq!(seen["earlier"][0]["account"], "Story at heimdal");
            }
            worker.post(&format!("{path}/take"), &json!({})).await.ok();
            let form = json!({
                "outcome": "case", "answer": "Rent", "deputy": deputy,
                "step_what": "Talk", "step_on": "2026-11-27", "step_place": "Here",
            });
            worker.post(&format!("{path}/close"), &form).await.ok();
            cases.push(worker.see(&path).await["case"].clone());
        }
        assert_eq!(cases[0], cases[1]);
        let figures = house.staff("midtbyen-01").await.see("/figures").await;
        let told = figures["figures"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["code"] == "told")
            .unwrap()
            .clone();
        assert_eq!(told["count"], 1);
    });
}

/// REQ-FRONT-14: who needs an adviser and has none is listed; with a case the
/// person has one and sees the name on the slip.
#[test]
fn those_who_need_an_adviser_get_a_name_or_are_listed() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let visit = check_in(&worker, &["income"]).await;
        identify(&worker, &visit).await;
        worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let mut form = step();
        form["adviser_needed"] = json!("yes");
        worker.post(&format!("/visits/{visit}/close"), &form).await.ok();
        let manager = house.staff("heimdal-01").await;
        let table = manager.see("/management").await;
        assert_eq!(table["without_adviser"][0]["id"], json!(visit));
        let person = worker.see(&format!("/visits/{visit}")).await["person"].clone();
        let form = json!({ "need": ["income"], "person": person });
        let second = worker.post("/reception/check-in", &form).await.ok().id();
        worker.post(&format!("/visits/{second}/take"), &json!({})).await.ok();
        let form = json!({
            "outcome": "case", "answer": "Rent",
            "deputy": staff_id(&house.worker(SOCIAL, "caseworker", 0)),
            "step_what": "Talk", "step_on": "2026-11-27", "step_place": "Here",
        });
        worker.post(&format!("/visits/{second}/close"), &form).await.ok();
        let table = manager.see("/management").await;
        assert_eq!(table["without_adviser"], json!([]));
        let slip = worker.see(&format!("/visits/{second}/slip")).await;
        assert_ne!(slip["adviser"], "");
    });
}

/// The slip is in the person's language whatever the worker reads; as a text
/// message it says nothing secret and waits in the outbox, masked.
#[test]
fn the_slip_speaks_the_persons_language_and_the_text_tells_nothing() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let form = json!({ "need": ["debt"], "given": "Eva", "family": "Berg", "language": "sv" });
        let visit = worker.post("/reception/check-in", &form).await.ok().id();
        let form = json!({ "given": "Eva", "family": "Berg", "none_of_these": "yes" });
        worker.post(&format!("/visits/{visit}/person"), &form).await.ok();
        worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        worker.post(&format!("/visits/{visit}/close"), &step()).await.ok();
        let path = format!("/visits/{visit}/slip");
        let page = worker.get(&path).await.ok().body;
        assert!(page.contains("lang=\"sv\"") && page.contains("2026-11-25"), "{page}");
        let bad = worker.post(&path, &json!({ "phone": "no" })).await;
        assert_eq!(bad.faults()["phone"], "phone");
        worker.post(&path, &json!({ "phone": "+46 70 123 45 67" })).await.ok();
        let admin = house.staff("city-01").await;
        let outbox = admin.see("/outbox").await;
        let message = &outbox["messages"][0];
        assert_eq!(message["recipient"], "*** 67");
        let body = message["body"].as_str().unwrap();
        for secret in ["Berg", "Call back", "debt", "skuld", "Social"] {
            assert!(!body.contains(secret), "{body}");
        }
    });
}

/// Two people close the same visit: one succeeds, the other is told, and the
/// outcome is the first one's.
#[test]
fn two_people_cannot_close_the_same_visit() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let other = house.staff(&house.worker("social-front-heimdal", "front_worker", 1)).await;
        let visit = check_in(&worker, &["debt"]).await;
        worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let path = format!("/visits/{visit}/close");
        let informed = json!({ "outcome": "informed", "answer": "Told" });
        let step = step();
        let (a, b) = tokio::join!(worker.post(&path, &step), other.post(&path, &informed));
        let statuses = [a.status, b.status];
        assert!(statuses.contains(&StatusCode::OK), "{statuses:?}");
        assert!(statuses.contains(&StatusCode::CONFLICT), "{statuses:?}");
        let closed: i64 = house.one("select count(*) from visit_event where kind = 'closed'").await;
        assert_eq!(closed, 1);
    });
}
