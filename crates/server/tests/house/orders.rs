//! Hand-overs in bulk, offices that close or merge, who knows what.

use http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cases::{INSURANCE, SOCIAL, Scene, open, scene};
use crate::closings::closing;
use crate::random::check;
use crate::support::{House, Someone, engines, house, on_both, runtime, staff_id};

/// The manager of Heimdal.
pub const MANAGER: &str = "heimdal-01";
pub const TOMORROW: &str = "2026-11-24";

/// So many people with a case of the scene's worker, each with a name of its own.
pub async fn cases_of(worker: &Someone, who: &str, deputy: &str, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for n in 0..count {
        let family = ["Aas", "Berg", "Dahl", "Eide", "Foss", "Gran", "Hauge", "Ims"][n % 8];
        let form = json!({ "given": "Kim", "family": family, "born_on": "1980-05-17",
            "none_of_these": "yes" });
        let person = worker.post("/persons", &form).await.ok().id();
        let opening = json!({
            "summary": "x", "responsible": staff_id(who), "deputy": staff_id(deputy),
            "step_what": "Talk", "step_on": "2026-11-30", "step_place": "Room",
        });
        all.push(worker.post(&format!("/persons/{person}/case"), &opening).await.ok().id());
    }
    all
}

pub async fn owner(house: &House, case: &str) -> String {
    let id = crate::random::literal(house, case);
    house
        .one(&format!(
            "select s.code from shared_case c join staff s on s.id = c.responsible_id
             where c.id = {id}"
        ))
        .await
}

pub fn sum(lines: &Value, matter: &str) -> i64 {
    let all = lines.as_array().unwrap();
    all.iter().filter(|it| it["matter"] == matter).map(|it| it["count"].as_i64().unwrap()).sum()
}

fn name_of(code: &str) -> String {
    crate::support::city().staff(code).unwrap().name.clone()
}

fn order(from: &str, to: &[&str], only_try: bool) -> Value {
    let receivers: Vec<String> = to.iter().map(|code| staff_id(code)).collect();
    json!({ "from": staff_id(from), "receivers": receivers, "deadline": "2026-11-30",
        "only_try": if only_try { "yes" } else { "" } })
}

async fn others(house: &House, scene: &Scene) -> (String, String) {
    let free = |n| house.worker(SOCIAL, "caseworker", n);
    let pick: Vec<String> = (2..6)
        .map(free)
        .filter(|code| *code != scene.worker_code && *code != scene.deputy_code)
        .collect();
    (pick[0].clone(), pick[1].clone())
}

/// REQ-ORG-10, REQ-REF-01: everything of a worker is asked over in one go. Trying it says exactly
/// what then happens and changes nothing; each case moves when its receiver says yes, and after a
/// no it stays and the joint manager has the question. What the worker was deputy of gets another
/// deputy at once.
#[test]
fn everything_of_a_worker_is_handed_over_in_bulk() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let (first, second) = others(&house, &scene).await;
        let (from, deputy) = (scene.worker_code.clone(), scene.deputy_code.clone());
        cases_of(&scene.worker, &from, &deputy, 5).await;
        let colleague = house.staff(&deputy).await;
        let leaning = cases_of(&colleague, &deputy, &from, 2).await;
        let manager = house.staff(MANAGER).await;
        let plan = manager.post("/orders", &order(&from, &[&first, &second], true)).await.ok();
        let plan = plan.json()["plan"].clone();
        assert_eq!(
            (&plan["people"], &plan["unplaced"], &plan["deputies"], &plan["waiting"]),
            (&json!(5), &json!(0), &json!(2), &json!(0))
        );
        let gets = |code: &str| {
            let name: &str = &name_of(code);
            let all = plan["receivers"].as_array().unwrap();
            let it = all.iter().find(|it| it["name"].as_str().unwrap().starts_with(name));
            it.unwrap_or_else(|| panic!("{name}: {plan}"))["gets"].as_i64().unwrap()
        };
        let planned = [gets(&first), gets(&second)];
        assert_eq!((planned.iter().sum::<i64>(), (planned[0] - planned[1]).abs()), (5, 1), "even");
        // In whichever order they are named, and named twice, it is the same.
        let twice = order(&from, &[&second, &first, &second], true);
        let again = manager.post("/orders", &twice).await.ok().json();
        assert_eq!(again["plan"]["receivers"], plan["receivers"]);
        let off = house.staff(&second).await;
        let away = json!({ "first_day": "2026-11-23", "last_day": "2026-11-24" });
        off.post("/absences", &away).await.ok();
        let refused = manager.post("/orders", &order(&from, &[&first, &second], true)).await;
        assert_eq!(refused.faults()["receivers"], "choose", "somebody absent is not on the list");
        house.force("delete from absence").await.unwrap();
        let kept: i64 = house.one("select count(*) from handover").await;
        assert_eq!(kept, 0, "trying keeps nothing");
        let orders: i64 = house.one("select count(*) from handover_order").await;
        assert_eq!(orders, 0);

        let id = manager.post("/orders", &order(&from, &[&second, &first], false)).await.ok().id();
        let mut asked = Vec::new();
        for code in [&first, &second] {
            let someone = house.staff(code).await;
            let seen = someone.see(&format!("/orders/{id}")).await;
            asked.push(i64::try_from(seen["asked"].as_array().unwrap().len()).unwrap());
        }
        assert_eq!(asked, planned, "each gets what was tried, in this order");
        let still: i64 = house
            .one(&format!(
                "select count(*) from shared_case c join staff s on s.id = c.responsible_id
                 where s.code = '{from}'"
            ))
            .await;
        assert_eq!(still, 5, "nothing has moved");
        for case in &leaning {
            let seen = colleague.see(&format!("/cases/{case}")).await;
            let name: String =
                house.one(&format!("select name from staff where code = '{from}'")).await;
            assert_ne!(seen["deputy"], json!(name), "another deputy at once");
        }
        check(&house).await;

        let taker = house.staff(&first).await;
        taker.post(&format!("/orders/{id}/accept"), &json!({})).await.ok();
        let refuser = house.staff(&second).await;
        let path = format!("/orders/{id}/refuse");
        let bare = refuser.post(&path, &json!({ "reason": "Full" })).await;
        assert_eq!(bare.faults()["alternative"], "text-empty");
        let no = json!({ "reason": "Full", "alternative": "Ask the day after" });
        refuser.post(&path, &no).await.ok();
        assert_eq!(refuser.post(&path, &no).await.code(), "order-nothing-asked");
        check(&house).await;
        let seen = manager.see(&format!("/orders/{id}")).await;
        let count = |state: &str| {
            let all = seen["states"].as_array().unwrap();
            all.iter().find(|it| it["state"] == state).map_or(0, |it| it["count"].as_i64().unwrap())
        };
        assert_eq!(count("accepted") + count("refused"), 5);
        let table = manager.see("/management").await;
        let undecided = table["undecided"].as_array().unwrap().len();
        assert_eq!(i64::try_from(undecided).unwrap(), count("refused"));
        let moved: i64 = house
            .one(&format!(
                "select count(*) from shared_case c join staff s on s.id = c.responsible_id
                 where s.code = '{first}'"
            ))
            .await;
        assert_eq!(moved, count("accepted"));
        // Asked again, and everything taken: nobody depends on the one who leaves.
        let again = manager.post("/orders", &order(&from, &[&first], false)).await.ok().id();
        taker.post(&format!("/orders/{again}/accept"), &json!({})).await.ok();
        let depend = format!(
            "select count(*) from shared_case c join staff s on s.code = '{from}'
                and (s.id = c.responsible_id or s.id = c.deputy_id or s.id = c.step_owner_id)
             where c.closed_at is null"
        );
        let left: i64 = house.one(&depend).await;
        assert_eq!(left, 0);
        let leave = format!("update staff set on_duty = (1 = 0) where code = '{from}'");
        house.force(&leave).await.unwrap();
        let report = house.app.journal.verify(&house.app.db, |_| {}).await.unwrap();
        assert!(report.broken.is_empty(), "{:?}", report.broken);
    });
}

/// REQ-ORG-10: a receiver who was deputy is not left with the one who leaves as theirs; who may
/// not see a person is not asked for them; another agency or oneself is refused.
#[test]
fn an_order_leaves_nobody_behind() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let (from, deputy) = (scene.worker_code.clone(), scene.deputy_code.clone());
        let manager = house.staff(MANAGER).await;
        let insurer = house.worker(INSURANCE, "caseworker", 0);
        for (to, code) in [
            (vec![from.as_str()], "order-self"),
            (vec![insurer.as_str()], "order-other-agency"),
            (vec![], "choose"),
        ] {
            let answer = manager.post("/orders", &order(&from, &to, false)).await;
            assert_eq!(answer.faults()["receivers"], code);
        }
        let stranger = house.staff("ostbyen-01").await;
        let answer = stranger.post("/orders", &order(&from, &[&deputy], false)).await;
        assert_eq!(answer.faults()["from"], "choose", "not of their office");
        let id = manager.post("/orders", &order(&from, &[&deputy], false)).await.ok().id();
        let taker = house.staff(&deputy).await;
        taker.post(&format!("/orders/{id}/accept"), &json!({})).await.ok();
        assert_eq!(owner(&house, &case).await, deputy);
        let behind: i64 = house
            .one(&format!(
                "select count(*) from shared_case c join staff s on s.id = c.deputy_id
                 where s.code = '{from}'"
            ))
            .await;
        assert_eq!(behind, 0);
        let nobody = house.staff(&insurer).await.get(&format!("/api/v1/orders/{id}")).await;
        assert_eq!(nobody.status, StatusCode::NOT_FOUND);
        // Somebody protected: nobody here may be asked, and the plan says that it stays.
        let person = crate::random::literal(&house, &scene.person);
        let guard = format!("update person set guard = 1, protection = 1 where id = {person}");
        house.force(&guard).await.unwrap();
        let (other, _) = others(&house, &scene).await;
        let plan = manager.post("/orders", &order(&deputy, &[&other], true)).await.ok().json();
        assert_eq!((&plan["plan"]["people"], &plan["plan"]["unplaced"]), (&json!(0), &json!(1)));
        check(&house).await;
    });
}

/// REQ-KNOW-17: a search for debt advice finds people of all agencies, by their own words and by
/// the name of the subject in any language, with their office and who steps in for them.
#[test]
fn a_search_finds_who_knows_over_all_agencies() {
    on_both(|house| async move {
        let table = [
            (house.worker(SOCIAL, "caseworker", 0), "Gjeldsrådgiving for unge", "debt_counselling"),
            (house.worker(INSURANCE, "caseworker", 0), "Debt advice and wage deductions", ""),
            (
                house.worker("employment-back-midtbyen", "caseworker", 0),
                "Hjelp med betaling",
                "debt_counselling",
            ),
            (house.worker(INSURANCE, "caseworker", 1), "Rehabilitation", ""),
        ];
        for (code, area, subject) in &table {
            let someone = house.staff(code).await;
            let form = json!({ "area": area, "subject": subject });
            someone.post("/directory/mine", &form).await.ok();
        }
        let knower = house.staff(&table[0].0).await;
        let deputy = house.worker(SOCIAL, "caseworker", 1);
        knower.post("/directory/deputy", &json!({ "deputy": staff_id(&deputy) })).await.ok();
        let reader = house.staff("ostbyen-02").await;
        let found = reader.see("/directory?q=debt").await;
        let lines = found["found"].as_array().unwrap();
        let agencies: std::collections::BTreeSet<&str> =
            lines.iter().map(|it| it["agency"].as_str().unwrap()).collect();
        assert_eq!((lines.len(), agencies.len()), (3, 3), "{lines:?}");
        assert!(lines.iter().all(|it| !it["office"].as_str().unwrap().is_empty()));
        let name: String =
            house.one(&format!("select name from staff where code = '{deputy}'")).await;
        assert!(lines.iter().any(|it| it["deputy"] == json!(name)), "{lines:?}");
        let count = |page: Value| page["found"].as_array().unwrap().len();
        assert_eq!(count(reader.see("/directory?q=gjeld").await), 1, "their own words");
        assert_eq!(count(reader.see("/directory?q=skuld").await), 2, "the subject in Swedish");
        assert_eq!(count(reader.see("/directory?q=gjeld%20unge").await), 1);
        assert_eq!(count(reader.see("/directory?q=astronaut").await), 0);
        let mine = knower.see("/directory").await["mine"][0]["id"].as_str().unwrap().to_owned();
        let other = house.staff(&table[1].0).await;
        let path = format!("/directory/mine/{mine}/remove");
        assert_eq!(other.post(&path, &json!({})).await.status, StatusCode::NOT_FOUND);
        knower.post(&path, &json!({})).await.ok();
        assert_eq!(count(reader.see("/directory?q=gjeld").await), 0);
        let self_deputy = json!({ "deputy": staff_id(&table[0].0) });
        let answer = knower.post("/directory/deputy", &self_deputy).await;
        assert_eq!(answer.faults()["deputy"], "choose");
    });
}

async fn on_duty(house: &House, code: &str) -> bool {
    let sql = format!("select count(*) from staff where code = '{code}' and on_duty");
    house.one::<i64>(&sql).await == 1
}

/// What somebody tries.
#[derive(Clone, Debug)]
struct Try {
    who: usize,
    act: usize,
    to: usize,
}

const PEOPLE: usize = 4;

async fn attempt(
    house: &House,
    people: &[(String, Someone)],
    (manager, admin): (&Someone, &Someone),
    one: &Try,
) -> u16 {
    let (code, who) = &people[one.who % PEOPLE];
    let (to, _) = &people[one.to % PEOPLE];
    let today = house.app.today();
    let answer = match one.act {
        0 | 1 => {
            let last = if one.to == 0 { String::new() } else { today.to_string() };
            let form = json!({ "staff": staff_id(code), "first_day": today.to_string(),
                "last_day": last });
            manager.post("/absences", &form).await
        }
        2..=4 => {
            let mut form = order(code, &[to], false);
            form["deadline"] = json!(today.to_string());
            manager.post("/orders", &form).await
        }
        5..=8 => {
            let list = who.get("/api/v1/orders").await;
            if list.status != StatusCode::OK {
                return list.status.as_u16();
            }
            let all = list.json()["orders"].as_array().unwrap().clone();
            let open: Vec<&Value> = all.iter().filter(|it| it["asked"] != 0).collect();
            let Some(order) = open.get(one.to % open.len().max(1)) else { return 200 };
            let id = order["id"].as_str().unwrap();
            if one.act < 8 {
                who.post(&format!("/orders/{id}/accept"), &json!({})).await
            } else {
                let no = json!({ "reason": "r", "alternative": "a" });
                who.post(&format!("/orders/{id}/refuse"), &no).await
            }
        }
        9 => {
            let kind = if one.to == 0 { "merge" } else { "close" };
            admin.post("/closings", &closing(kind, "heimdal", "midtbyen", false)).await
        }
        10 => {
            let all = admin.see("/closings").await["closings"].as_array().unwrap().clone();
            let Some(id) = all.first().and_then(|it| it["id"].as_str()) else { return 200 };
            admin.post(&format!("/closings/{id}/complete"), &json!({})).await
        }
        _ => {
            let now = house.app.now();
            house.clock.move_to(now.checked_add(jiff::ToSpan::hours(24)).unwrap());
            onedoor_server::jobs::once(&house.app).await.unwrap();
            return 200;
        }
    };
    answer.status.as_u16()
}

/// REQ-ORG-10, REQ-REF-01: over random absences, orders in bulk, acceptances, refusals, offices
/// that close or merge, and days that pass, no open case ever lacks its responsible worker, its
/// deputy or its dated step, none is lost, and no act answers with a defect.
#[test]
fn no_sequence_of_absences_and_orders_loses_a_case() {
    let one = (0usize..PEOPLE, 0usize..13, 0usize..PEOPLE).prop_map(|(who, act, to)| Try {
        who,
        act,
        to,
    });
    let tries = prop::collection::vec(one, 12..30);
    for engine in engines() {
        let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4) };
        proptest!(config, |(tries in tries.clone())| {
            runtime().block_on(async {
                let house = house(engine).await;
                let mut people = Vec::new();
                for unit in ["social-adult-heimdal", "social-adult-midtbyen"] {
                    for n in 0..2 {
                        let code = house.worker(unit, "caseworker", n);
                        let someone = house.staff(&code).await;
                        people.push((code, someone));
                    }
                }
                for n in 0..PEOPLE {
                    let (code, someone) = &people[n];
                    let (deputy, _) = &people[(n + 1) % PEOPLE];
                    cases_of(someone, code, deputy, 2).await;
                }
                let mut manager = house.staff(MANAGER).await;
                let mut admin = house.staff("city-01").await;
                for one in &tries {
                    let status = attempt(&house, &people, (&manager, &admin), one).await;
                    if one.act > 10 {
                        // Sessions end in the night. Whoever is off duty stays outside.
                        for (code, someone) in &mut people {
                            if on_duty(&house, code).await {
                                *someone = house.staff(code).await;
                            }
                        }
                        if on_duty(&house, MANAGER).await {
                            manager = house.staff(MANAGER).await;
                        }
                        admin = house.staff("city-01").await;
                    }
                    assert!(status < 500, "{one:?} answered {status}");
                    check(&house).await;
                    let open: i64 = house
                        .one("select count(*) from shared_case where closed_at is null").await;
                    assert_eq!(open, 8, "{one:?} lost a case");
                    let stray: i64 = house
                        .one("select count(*) from handover h join handover_order o
                                on o.id = h.order_id where h.state = 'accepted'
                                and h.answered_by is null").await;
                    assert_eq!(stray, 0, "a case moved without a yes");
                }
                let report = house.app.journal.verify(&house.app.db, |_| {}).await.unwrap();
                assert!(report.broken.is_empty(), "{:?}", report.broken);
            });
        });
    }
}
