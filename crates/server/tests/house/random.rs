//! Random acts of several workers on several cases, through the whole house.

use onedoor_server::db::Engine;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::support::{House, Someone, engines, house, runtime, staff_id, unit_id};

/// What somebody tries: who, on which case, what.
#[derive(Clone, Debug)]
struct Try {
    who: usize,
    case: usize,
    act: usize,
    to: usize,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (0usize..7, 0usize..3, 0usize..12, 0usize..7).prop_map(|(who, case, act, to)| Try {
        who,
        case,
        act,
        to,
    });
    prop::collection::vec(one, 20..60)
}

const UNITS: [&str; 3] = [SOCIAL, INSURANCE, EMPLOYMENT];

async fn attempt(
    house: &House,
    people: &[(String, Someone)],
    persons: &[String],
    one: &Try,
) -> u16 {
    let (_, who) = &people[one.who];
    let other = staff_id(&people[one.to].0);
    let person = &persons[one.case];
    let found: Vec<Value> = {
        let mut conn = house.app.db.read().await.unwrap();
        let sql = "select cast(count(*) as bigint) from shared_case";
        let _ = conn.text_rows(sql).await.unwrap();
        let rows = conn
            .text_rows(&format!(
                "select id from shared_case where closed_at is null and person_id = {}",
                literal(house, person)
            ))
            .await
            .unwrap();
        rows.into_iter()
            .map(|mut row| json!(row.get::<uuid::Uuid>(0).unwrap().to_string()))
            .collect()
    };
    let case = found
        .first()
        .and_then(Value::as_str)
        .map_or_else(|| uuid::Uuid::nil().to_string(), str::to_owned);
    let opening = json!({
        "summary": "x", "responsible": staff_id(&people[one.who].0), "deputy": other,
        "step_what": "y", "step_on": "2026-12-01", "step_place": "z",
    });
    let (path, body) = match one.act {
        0 | 1 => (format!("/persons/{person}/case"), opening),
        2 => (
            format!("/cases/{case}/step"),
            json!({ "what": "n", "owner": other, "on": "2026-12-02", "place": "p" }),
        ),
        3 => (format!("/cases/{case}/deputy"), json!({ "deputy": other })),
        4 | 5 => (
            format!("/cases/{case}/handover"),
            json!({
                "to_unit": unit_id(UNITS[one.to % 3]), "reason": "mandate", "need": "n",
                "deadline": "2026-11-24",
            }),
        ),
        6 => (format!("/cases/{case}/handover/accept"), json!({ "deputy": other })),
        7 => {
            (format!("/cases/{case}/handover/refuse"), json!({ "reason": "r", "alternative": "a" }))
        }
        8 => (format!("/cases/{case}/handover/withdraw"), json!({})),
        9 => {
            // A day passes, and the deadlines do their round.
            let now = house.app.now();
            let next = now.checked_add(jiff::ToSpan::hours(24)).unwrap();
            if one.to == 0 {
                house.clock.move_to(next);
            }
            onedoor_server::case::deadlines::round(&house.app).await.unwrap();
            return 200;
        }
        10 => {
            // Protection comes and goes, and those who carry a case are seen to.
            let guard = [0, 0, 1, 2, 32, 33, 63][one.to];
            let person = literal(house, person);
            let sql = format!("update person set guard = {guard} where id = {person}");
            house.force(&sql).await.unwrap();
            onedoor_server::case::sight::round(&house.app).await.unwrap();
            return 200;
        }
        _ => (format!("/cases/{case}/close"), json!({ "reason": "need_met" })),
    };
    who.post(&path, &body).await.status.as_u16()
}

pub fn literal(house: &House, id: &str) -> String {
    match house.app.db.engine() {
        Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
        Engine::Postgres => format!("'{id}'"),
    }
}

/// What must hold whatever anybody tried, read from the tables themselves.
pub async fn check(house: &House) {
    let broken: i64 = house
        .one(
            "select count(*) from shared_case c where c.closed_at is null and (
                c.responsible_id = c.deputy_id or c.step_what is null or c.step_on is null
                or not exists (select 1 from staff s where s.id = c.responsible_id and s.on_duty)
                or not exists (select 1 from staff s where s.id = c.deputy_id and s.on_duty)
                or not exists (select 1 from staff s where s.id = c.step_owner_id and s.on_duty)
                or not exists (select 1 from staff s join unit u on u.id = s.unit_id
                    where s.id = c.responsible_id and u.id = c.unit_id
                    and u.agency_id = c.agency_id))",
        )
        .await;
    assert_eq!(broken, 0, "a case lacks one of its three");
    let double: i64 = house
        .one(
            "select count(*) from (select person_id from shared_case where closed_at is null
                group by person_id having count(*) > 1) t",
        )
        .await;
    assert_eq!(double, 0, "a person has two open cases");
    let lost: i64 = house
        .one(
            "select count(*) from handover where state in ('refused', 'expired')
                and manager_id is null",
        )
        .await;
    assert_eq!(lost, 0, "a refusal is nobody's question");
}

/// REQ-REF-01: over long random sequences of all acts by several workers of
/// three agencies, no open case ever lacks its three, no person has two, no
/// act answers with a defect, and the journal verifies.
#[test]
fn no_sequence_through_the_house_breaks_a_promise() {
    for engine in engines() {
        let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(6) };
        proptest!(config, |(tries in tries())| {
            runtime().block_on(async {
                // All within one minute: it is the acts that are tried, not the limits.
                let house = crate::attacks::patient(&house(engine).await).await;
                let mut people = Vec::new();
                for unit in UNITS {
                    for n in 0..2 {
                        let code = house.worker(unit, "caseworker", n);
                        let someone = house.staff(&code).await;
                        people.push((code, someone));
                    }
                }
                people.push(("heimdal-01".to_owned(), house.staff("heimdal-01").await));
                let mut persons = Vec::new();
                for (n, (_, someone)) in people.iter().take(3).enumerate() {
                    let form = json!({ "family": format!("P{}", ["a", "b", "c"][n]),
                        "none_of_these": "yes" });
                    persons.push(someone.post("/persons", &form).await.ok().id());
                }
                for one in &tries {
                    let status = attempt(&house, &people, &persons, one).await;
                    assert!(status < 500, "{one:?} answered {status}");
                    check(&house).await;
                }
                let report = house.app.journal.verify(&house.app.db, |_| {}).await.unwrap();
                assert!(report.broken.is_empty(), "{:?}", report.broken);
            });
        });
    }
}
