//! The shared case: its three, hand-overs, shuttles, deadlines.

use http::StatusCode;
use jiff::ToSpan;
use onedoor_server::case::deadlines;
use serde_json::{Value, json};

use crate::support::{House, Someone, on_both, staff_id, unit_id};

/// A worker, a deputy beside them, and a person known to their agency.
pub struct Scene {
    pub worker_code: String,
    pub worker: Someone,
    pub deputy_code: String,
    pub person: String,
}

pub const INSURANCE: &str = "insurance-back-heimdal";
pub const EMPLOYMENT: &str = "employment-back-heimdal";
pub const SOCIAL: &str = "social-adult-heimdal";

pub async fn scene(house: &House, unit: &str) -> Scene {
    let worker_code = house.worker(unit, "caseworker", 0);
    let deputy_code = house.worker(unit, "caseworker", 1);
    let worker = house.staff(&worker_code).await;
    let form = json!({ "given": "Åse", "family": "Bjørnstad", "born_on": "1980-05-17",
        "none_of_these": "yes" });
    let person = worker.post("/persons", &form).await.ok().id();
    Scene { worker_code, worker, deputy_code, person }
}

pub fn opening(scene: &Scene) -> Value {
    json!({
        "summary": "Work and money",
        "responsible": staff_id(&scene.worker_code),
        "deputy": staff_id(&scene.deputy_code),
        "step_what": "First talk",
        "step_on": "2026-11-30",
        "step_place": "Room 2",
    })
}

pub async fn open(scene: &Scene) -> String {
    let path = format!("/persons/{}/case", scene.person);
    scene.worker.post(&path, &opening(scene)).await.ok().id()
}

pub async fn ask(house: &House, by: &Someone, case: &str, unit: &str, reason: &str) {
    let deadline = house.app.today().checked_add(7.days()).unwrap().to_string();
    let form = json!({
        "to_unit": unit_id(unit), "reason": reason, "need": "Rehabilitation",
        "deadline": deadline,
    });
    by.post(&format!("/cases/{case}/handover"), &form).await.ok();
}

/// REQ-REF-01, REQ-FRONT-01: at most one open case per person; a second opening
/// finds the first one and leaves its three alone.
#[test]
fn a_second_opening_finds_the_same_case() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let mut other = opening(&scene);
        other["step_what"] = json!("Something else");
        let path = format!("/persons/{}/case", scene.person);
        let again = scene.worker.post(&path, &other).await.ok();
        assert_eq!(again.id(), case);
        assert_eq!(again.json()["done"], "case-found");
        let seen = scene.worker.see(&format!("/cases/{case}")).await;
        assert_eq!(seen["step_what"], "First talk");
        let count: i64 = house.one("select count(*) from shared_case").await;
        assert_eq!(count, 1);
    });
}

/// REQ-REF-01: a case without its three is refused field by field, and by the
/// schema when somebody goes past the rules.
#[test]
fn the_schema_refuses_a_case_without_its_three() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let path = format!("/persons/{}/case", scene.person);
        let table = [
            ("deputy", json!(staff_id(&scene.worker_code)), "deputy", "case-same-person"),
            ("deputy", json!(""), "deputy", "choose"),
            ("step_what", json!(" "), "step_what", "text-empty"),
            ("step_place", json!(""), "step_place", "text-empty"),
            ("step_on", json!("2026-11-22"), "step_on", "step-past"),
            ("step_on", json!("soon"), "step_on", "date"),
            ("summary", json!(""), "summary", "text-empty"),
        ];
        for (field, value, fault, code) in table {
            let mut form = opening(&scene);
            form[field] = value;
            let answer = scene.worker.post(&path, &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
            assert_eq!(answer.faults().get(fault).map(String::as_str), Some(code), "{field}");
        }
        let count: i64 = house.one("select count(*) from shared_case").await;
        assert_eq!(count, 0, "a refused opening leaves nothing behind");
        open(&scene).await;
        for broken in [
            "update shared_case set responsible_id = null",
            "update shared_case set deputy_id = responsible_id",
            "update shared_case set step_what = null",
            "update shared_case set step_on = null",
            "update shared_case set step_place = ''",
            "update shared_case set step_owner_id = null",
            "update shared_case set on_duty = null",
        ] {
            assert!(house.force(broken).await.is_err(), "{broken}");
        }
        // Nobody whom a case depends on can be sent off duty.
        let leave =
            format!("update staff set on_duty = (1 = 0) where code = '{}'", scene.worker_code);
        assert!(house.force(&leave).await.is_err());
        let leave =
            format!("update staff set on_duty = (1 = 0) where code = '{}'", scene.deputy_code);
        assert!(house.force(&leave).await.is_err());
    });
}

/// REQ-REF-04: a refusal carries a reason and an alternative; the asker is
/// responsible the same day and the joint manager has the question.
#[test]
fn after_a_refusal_the_asker_still_owns_it() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let receiver = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let day = receiver.see("/day").await;
        assert_eq!(day["asked_of_me"][0]["id"], json!(case));
        let path = format!("/cases/{case}/handover/refuse");
        let bare = receiver.post(&path, &json!({ "reason": "", "alternative": "x" })).await;
        assert_eq!(bare.faults()["reason"], "text-empty");
        let bare = receiver.post(&path, &json!({ "reason": "Not ours" })).await;
        assert_eq!(bare.faults()["alternative"], "text-empty");
        let refusal = json!({ "reason": "Not ours", "alternative": "Ask employment" });
        receiver.post(&path, &refusal).await.ok();
        let seen = scene.worker.see(&format!("/cases/{case}")).await;
        let worker_name: String = house
            .one(&format!("select name from staff where code = '{}'", scene.worker_code))
            .await;
        assert_eq!(seen["responsible"], json!(worker_name));
        assert_eq!(seen["handovers"][0]["alternative"], "Ask employment");
        assert_eq!(seen["undecided"], true);
        let manager = house.staff("heimdal-01").await;
        let table = manager.see("/management").await;
        assert_eq!(table["undecided"][0]["id"], json!(case));
        manager.post(&format!("/cases/{case}/settle"), &json!({})).await.ok();
        let table = manager.see("/management").await;
        assert_eq!(table["undecided"], json!([]));
    });
}

/// REQ-REF-02: an unanswered hand-over expires to the joint manager after its
/// last day; the asker is responsible all the time.
#[test]
fn an_expired_hand_over_goes_to_the_joint_manager() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        house.clock.move_to("2026-11-30T12:00:00Z".parse().unwrap());
        assert_eq!(deadlines::round(&house.app).await.unwrap().expired, 0, "the last day");
        house.clock.move_to("2026-12-01T07:00:00Z".parse().unwrap());
        assert_eq!(deadlines::round(&house.app).await.unwrap().expired, 1);
        assert_eq!(deadlines::round(&house.app).await.unwrap().expired, 0, "only once");
        let manager = house.staff("heimdal-01").await;
        let table = manager.see("/management").await;
        assert_eq!(table["undecided"][0]["id"], json!(case));
        assert_eq!(table["undecided"][0]["place"], "expired");
        let owner: String = house
            .one("select s.code from shared_case c join staff s on s.id = c.responsible_id")
            .await;
        assert_eq!(owner, scene.worker_code);
    });
}

/// REQ-REF-03: A to B to A is one shuttle, and the second raises the alarm.
#[test]
fn shuttles_are_counted_and_the_second_raises_the_alarm() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let insurer = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let mut holder = scene.worker.clone();
        let moves = [(INSURANCE, &insurer), (SOCIAL, &scene.worker), (INSURANCE, &insurer)];
        let mut shuttles = Vec::new();
        for (unit, receiver) in moves {
            ask(&house, &holder, &case, unit, "mandate").await;
            let accept = format!("/cases/{case}/handover/accept");
            receiver.post(&accept, &json!({})).await.ok();
            holder = receiver.clone();
            let seen = holder.see(&format!("/cases/{case}")).await;
            shuttles.push((seen["shuttles"].as_i64().unwrap(), seen["alarm"] == true));
        }
        assert_eq!(shuttles, vec![(0, false), (1, false), (2, true)]);
        let manager = house.staff("heimdal-01").await;
        let table = manager.see("/management").await;
        assert_eq!(table["shuttling"][0]["id"], json!(case));
    });
}

/// REQ-REF-08: with every other agency refusing, the municipality is owner on
/// the deadline date and the count rises by one.
#[test]
fn the_municipality_owns_what_nobody_accepts() {
    on_both(|house| async move {
        let scene = scene(&house, EMPLOYMENT).await;
        let case = open(&scene).await;
        for unit in [INSURANCE, SOCIAL] {
            ask(&house, &scene.worker, &case, unit, "mandate").await;
            let receiver = house.staff(&house.worker(unit, "caseworker", 0)).await;
            let refusal = json!({ "reason": "Not ours", "alternative": "Ask next door" });
            receiver.post(&format!("/cases/{case}/handover/refuse"), &refusal).await.ok();
        }
        let early = deadlines::round(&house.app).await.unwrap();
        assert_eq!(early.last_resort, 0, "not before the deadline date");
        let before = scene.worker.see("/figures").await;
        house.clock.move_to("2026-11-30T07:00:00Z".parse().unwrap());
        assert_eq!(deadlines::round(&house.app).await.unwrap().last_resort, 1);
        let worker = house.staff(&scene.worker_code).await;
        let after = worker.see("/figures").await;
        let kind: String = house
            .one(
                "select a.kind from shared_case c join agency a on a.id = c.agency_id \
                 where c.last_resort",
            )
            .await;
        assert_eq!(kind, "social");
        // REQ-REF-03: back to where it began is a return to an earlier sender.
        let holder: String = house
            .one("select s.code from shared_case c join staff s on s.id = c.responsible_id")
            .await;
        let holder = house.staff(&holder).await;
        ask(&house, &holder, &case, EMPLOYMENT, "mandate").await;
        let first = house.staff(&scene.worker_code).await;
        first.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
        assert_eq!(first.see(&format!("/cases/{case}")).await["shuttles"], 1);
        let count = |page: &Value| {
            let figures = page["figures"].as_array().unwrap().clone();
            let found = figures.iter().find(|f| f["code"] == "last-resort").unwrap();
            found["count"].as_i64().unwrap()
        };
        assert_eq!(count(&after), count(&before) + 1);
    });
}

/// REQ-REF-08: a case that every other agency has refused falls to the municipality, however many
/// questions of others lie undecided before it, and when an agency is at the office no more its
/// silence keeps nobody back.
#[test]
fn the_fall_goes_on_beside_what_lies_undecided() {
    on_both(|house| async move {
        let scene = scene(&house, EMPLOYMENT).await;
        let (who, deputy) = (scene.worker_code.clone(), scene.deputy_code.clone());
        for _ in 0..10 {
            crate::orders::cases_of(&scene.worker, &who, &deputy, 21).await;
            house.clock.move_to(house.clock.now() + jiff::ToSpan::minutes(15));
        }
        let manager = house.staff("heimdal-01").await;
        let taker = house.worker(EMPLOYMENT, "caseworker", 3);
        let order = json!({ "from": staff_id(&who), "receivers": [staff_id(&taker)],
            "deadline": "2026-11-29" });
        let order = manager.post("/orders", &order).await.ok().id();
        let taker = house.staff(&taker).await;
        let no = json!({ "reason": "Full", "alternative": "Wait" });
        for _ in 0..3 {
            taker.post(&format!("/orders/{order}/refuse"), &no).await.ok();
        }
        let refused = "select count(*) from handover where state = 'refused'";
        assert_eq!(house.one::<i64>(refused).await, 210);
        let case = open(&scene).await;
        ask(&house, &scene.worker, &case, SOCIAL, "mandate").await;
        let receiver = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        receiver.post(&format!("/cases/{case}/handover/refuse"), &no).await.ok();
        house.clock.move_to("2026-12-01T07:00:00Z".parse().unwrap());
        assert_eq!(
            deadlines::round(&house.app).await.unwrap().last_resort,
            0,
            "insurance may say yes"
        );
        // The insurance leaves the office: it can say neither yes nor no.
        house
            .force(
                "update unit set valid_until = '2026-11-30' where code in
                    ('insurance-front-heimdal', 'insurance-back-heimdal')",
            )
            .await
            .unwrap();
        assert_eq!(deadlines::round(&house.app).await.unwrap().last_resort, 1);
        let fallen: String =
            house.one("select s.code from shared_case c join staff s on s.id = c.responsible_id where c.last_resort").await;
        assert_eq!(fallen, "heimdal-47");
        let id = crate::random::literal(&house, &case);
        let which = format!("select count(*) from shared_case where last_resort and id = {id}");
        assert_eq!(house.one::<i64>(&which).await, 1);
    });
}

/// REQ-REF-09: around a change of scheme there is no moment without an owner:
/// the old one leaves when the new one accepts. REQ-FOLL-10: a change of scheme
/// with the same worker counts zero changes.
#[test]
fn a_change_of_scheme_keeps_the_worker_until_another_accepts() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let form = json!({ "scheme": "Rehabilitation" });
        scene.worker.post(&format!("/cases/{case}/scheme"), &form).await.ok();
        let seen = scene.worker.see(&format!("/cases/{case}")).await;
        assert_eq!(
            (seen["forced_changes"].clone(), seen["handover_count"].clone()),
            (json!(0), json!(0))
        );
        ask(&house, &scene.worker, &case, INSURANCE, "scheme_change").await;
        let waiting = scene.worker.see(&format!("/cases/{case}")).await;
        assert_eq!(waiting["responsible"], seen["responsible"]);
        let receiver = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        receiver.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
        let moved = receiver.see(&format!("/cases/{case}")).await;
        assert_eq!(moved["forced_changes"], 1);
        assert_ne!(moved["responsible"], seen["responsible"]);
        assert_eq!(moved["step_owner"], moved["responsible"], "the step follows the worker");
    });
}

/// REQ-FRONT-29: a hand-over without a reason from the list is refused, and
/// the report lists the commonest reasons first.
#[test]
fn hand_overs_carry_reasons_and_the_report_counts_them() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let path = format!("/cases/{case}/handover");
        for reason in ["", "because"] {
            let form = json!({
                "to_unit": unit_id(INSURANCE), "reason": reason, "need": "Help",
                "deadline": "2026-11-30",
            });
            let answer = scene.worker.post(&path, &form).await;
            assert_eq!(answer.faults()["reason"], "handover-reason");
        }
        for reason in ["competence", "mandate", "mandate"] {
            ask(&house, &scene.worker, &case, INSURANCE, reason).await;
            scene.worker.post(&format!("{path}/withdraw"), &json!({})).await.ok();
        }
        let figures = scene.worker.see("/figures").await;
        assert_eq!(figures["reasons"][0], json!({ "reason": "mandate", "count": 2 }));
        assert_eq!(figures["reasons"][1], json!({ "reason": "competence", "count": 1 }));
    });
}

/// REQ-REF-01: two people act on the same page; the second is told, sees both
/// versions, and loses nothing that was typed.
#[test]
fn a_stale_page_is_a_conflict_that_shows_both() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let path = format!("/cases/{case}/step");
        let step = |what: &str| json!({ "what": what, "on": "2026-12-01", "place": "Room 3", "version": "1" });
        scene.worker.post(&path, &step("Mine")).await.ok();
        let late = scene.worker.post(&path, &step("Yours")).await;
        assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "stale".into()));
        let page =
            scene.worker.form(&path, "what=Yours&on=2026-12-01&place=Room+3&version=1").await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.body.contains("Yours") && page.body.contains("Mine"), "{}", page.body);
    });
}

/// REQ-REF-01: only those who carry a case may change it; to another agency
/// without a part in it, it is not there.
#[test]
fn a_case_is_not_there_for_those_without_a_part() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let stranger = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let colleague = house.staff(&house.worker(SOCIAL, "caseworker", 2)).await;
        let path = format!("/api/v1/cases/{case}");
        let nowhere = format!("/api/v1/cases/{}", uuid::Uuid::nil());
        let hidden = stranger.get(&path).await;
        let absent = stranger.get(&nowhere).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        assert_eq!((hidden.status, &hidden.body), (absent.status, &absent.body));
        assert_eq!(colleague.get(&path).await.status, StatusCode::OK);
        let form = json!({ "what": "Mine now", "on": "2026-12-01", "place": "Room 3" });
        let step = format!("/cases/{case}/step");
        assert_eq!(colleague.post(&step, &form).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.post(&step, &form).await.status, StatusCode::NOT_FOUND);
    });
}

/// A case ends with a reason from the list, and not while a hand-over waits.
#[test]
fn a_case_ends_with_a_reason() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let path = format!("/cases/{case}/close");
        ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let waiting = scene.worker.post(&path, &json!({ "reason": "work" })).await;
        assert_eq!(waiting.code(), "case-already-asked");
        scene.worker.post(&format!("/cases/{case}/handover/withdraw"), &json!({})).await.ok();
        let none = scene.worker.post(&path, &json!({ "reason": "" })).await;
        assert_eq!(none.faults()["close_reason"], "choose");
        scene.worker.post(&path, &json!({ "reason": "work" })).await.ok();
        let twice = scene.worker.post(&path, &json!({ "reason": "work" })).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        let again = open(&scene).await;
        assert_ne!(again, case, "a new case may follow a closed one");
    });
}

/// REQ-FRONT-01: what the pages of a person and of a case offer is open to whoever it is offered:
/// who carries the case, who steps in, and who is asked to take it over.
#[test]
fn what_the_pages_of_a_case_offer_is_open() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let deputy = house.staff(&scene.deputy_code).await;
        let asked = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        for who in [&scene.worker, &deputy, &asked] {
            for page in [format!("/cases/{case}"), format!("/persons/{}", scene.person)] {
                let text = who.get(&page).await.ok().body;
                let links: Vec<&str> = text
                    .split("href=\"")
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next())
                    .filter(|to| to.starts_with("/cases/") || to.starts_with("/persons/"))
                    .collect();
                assert!(!links.is_empty(), "{page}");
                for link in links {
                    let there = who.get(link).await;
                    assert_eq!(there.status, StatusCode::OK, "{page} offers {link}");
                }
            }
        }
    });
}
