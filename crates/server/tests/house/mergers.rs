//! Units that become one.

use serde_json::{Value, json};

use crate::support::{House, on_both, staff_id, unit_id};

async fn units(worker: &crate::support::Someone, person: &str, structure: &str) -> Vec<String> {
    let page = worker.see(&format!("/persons/{person}/units?structure={structure}")).await;
    let lines = page["lines"].as_array().unwrap();
    let mut units: Vec<String> =
        lines.iter().map(|it| it["unit"].as_str().unwrap().to_owned()).collect();
    units.sort();
    units
}

/// REQ-MISC-02: after the day of a merger a person's history and the statistics are readable
/// under both structures with the same sum; staff and open matters have gone along.
#[test]
fn a_merger_loses_no_history() {
    on_both(|house| async move {
        let old = house.staff(&house.worker("insurance-front-heimdal", "front_worker", 0)).await;
        let back = house.staff(&house.worker("insurance-back-heimdal", "caseworker", 0)).await;
        let form = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
        let person = old.post("/persons", &form).await.ok().id();
        let guide = json!({ "subject": "sickness_benefit", "kind": "guidance", "text": "Slik" });
        for worker in [&old, &old, &old, &old, &old, &old, &back, &back, &back, &back, &back] {
            worker.post(&format!("/persons/{person}/rulings"), &guide).await.ok();
        }
        let admin = house.staff("city-01").await;
        let merge = |from: &str, to: &str, on: &str| json!({ "old": unit_id(from), "new": unit_id(to), "on": on });
        let (front, desk) = ("insurance-front-heimdal", "insurance-back-heimdal");
        for (to, on, field, code) in [
            ("social-adult-heimdal", "2026-12-01", "new", "merger-other-agency"),
            (front, "2026-12-01", "new", "merger-itself"),
            (desk, "2026-11-01", "on", "merger-past"),
        ] {
            let refused = admin.post("/mergers", &merge(front, to, on)).await;
            assert_eq!(refused.faults()[field], code);
        }
        // What lies open at the old unit: a case, a task, a question and a decision sent on.
        let carried = open_at(&house, &person, front).await;
        admin.post("/mergers", &merge(front, desk, "2026-12-01")).await.ok();
        let third = "employment-front-heimdal";
        assert_ne!(third, front);
        let ring = admin.post("/mergers", &merge(desk, front, "2026-12-01")).await;
        assert_eq!(ring.faults()["new"], "merger-ring");
        let before = units(&back, &person, "then").await;
        assert_eq!(units(&back, &person, "now").await, before, "the day has not come");
        let work = "select count(*) from staff s join unit u on u.id = s.unit_id \
            where u.code = 'insurance-front-heimdal'";
        assert!(house.one::<i64>(work).await > 0);
        house.clock.move_to("2026-12-01T08:00:00Z".parse().unwrap());
        onedoor_server::rollout::carry_due(&house.app, house.app.today()).await.unwrap();
        assert_eq!(house.one::<i64>(work).await, 0, "the staff have gone along");
        for (what, table) in carried {
            let sql = format!(
                "select count(*) from {table} x join unit u on u.id = x.{what} and u.code = "
            );
            let at = async |unit: &str| house.one::<i64>(&format!("{sql}'{unit}'")).await;
            assert_eq!((at(front).await, at(desk).await), (0, 1), "{table}");
        }
        let noted =
            "select count(*) from journal where detail like '%merger%' and subject_kind = 'case'";
        assert_eq!(house.one::<i64>(noted).await, 1, "the journal tells of the case");
        let admin = house.staff("city-01").await;
        let back = house.staff(&house.worker(desk, "caseworker", 0)).await;
        assert_eq!(units(&back, &person, "then").await, before);
        let now = units(&back, &person, "now").await;
        assert!(now.len() == 11 && now.windows(2).all(|two| two[0] == two[1]), "{now:?}");
        let then = admin.see("/mergers?structure=then&year=2026").await;
        let now = admin.see("/mergers?structure=now&year=2026").await;
        assert_eq!((&then["sum"], &now["sum"]), (&json!(10), &json!(10)), "in steps of five");
        let rows = |page: &Value| page["counts"].as_array().unwrap().len();
        assert_eq!((rows(&then), rows(&now)), (2, 1));
        assert_eq!(now["mergers"][0]["carried"], true);
    });
}

/// An open case, a task, a question and a decision sent on, all at a unit: the column that names it,
/// and the table.
async fn open_at(house: &House, person: &str, unit: &str) -> [(&'static str, &'static str); 4] {
    let code = house.worker(unit, "front_worker", 0);
    let worker = house.staff(&code).await;
    let opening = json!({ "summary": "x", "responsible": staff_id(&code),
        "deputy": staff_id(&house.worker(unit, "front_worker", 1)), "step_what": "Talk",
        "step_on": "2026-12-30", "step_place": "Room" });
    worker.post(&format!("/persons/{person}/case"), &opening).await.ok();
    let social = house.staff(&house.worker("social-adult-heimdal", "caseworker", 0)).await;
    let form = json!({ "given": "Per", "family": "Dal", "none_of_these": "yes" });
    let other = social.post("/persons", &form).await.ok().id();
    let opening = json!({ "summary": "x",
        "responsible": staff_id(&house.worker("social-adult-heimdal", "caseworker", 0)),
        "deputy": staff_id(&house.worker("social-adult-heimdal", "caseworker", 1)),
        "step_what": "Talk", "step_on": "2026-12-30", "step_place": "Room" });
    let case = social.post(&format!("/persons/{other}/case"), &opening).await.ok().id();
    let ask = json!({ "to_unit": unit_id(unit), "reason": "mandate", "need": "Help",
        "deadline": "2026-12-20" });
    social.post(&format!("/cases/{case}/handover"), &ask).await.ok();
    let visit = json!({ "need": ["income"], "person": person });
    let visit = worker.post("/reception/check-in", &visit).await.ok().id();
    let literal = |id: &str| crate::random::literal(house, id);
    let (by, at) = (literal(&staff_id(&code)), literal(&unit_id(unit)));
    house
        .force(&format!(
            "insert into escalation (visit_id, subject, office_id, unit_id, staff_id, at)
                select v.id, 'measure', v.office_id, {at}, {by}, 4 from visit v where v.id = {0};
             insert into unit_task (id, person_id, kind, service, from_unit_id, unit_id, sent_by,
                sent_at, what, address, route, state, result, changed_by, changed_at, version)
             values ({1}, {2}, 'deliver', 'x', {at}, {at}, {by}, 1, '', '', '', 'sent', '', {by}, 1, 1)",
            literal(&visit),
            literal("01890000-0000-7000-8000-00000000000c"),
            literal(person)
        ))
        .await
        .unwrap();
    [
        ("unit_id", "shared_case"),
        ("to_unit_id", "handover"),
        ("unit_id", "escalation"),
        ("unit_id", "unit_task"),
    ]
}

/// REQ-MISC-02, REQ-REF-08: a unit becomes only one that is there then, also when its own end is
/// planned already; who owns what nobody takes does so for the new unit, and where nobody would, the
/// units do not become one.
#[test]
fn a_unit_becomes_only_one_that_stays() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let merge = |from: &str, to: &str, on: &str| json!({ "old": unit_id(from), "new": unit_id(to), "on": on });
        let (a, b, c) = ("social-family-heimdal", "social-front-heimdal", "social-adult-heimdal");
        admin.post("/mergers", &merge(a, b, "2027-01-01")).await.ok();
        let late = admin.post("/mergers", &merge(c, a, "2027-02-01")).await;
        assert_eq!(late.faults()["new"], "merger-gone");
        let before = admin.post("/mergers", &merge(b, c, "2026-12-15")).await;
        assert_eq!(before.faults()["old"], "merger-awaited");
        let holder = "select count(*) from unit u join staff s on s.id = u.last_resort_id
            where u.code = 'social-front-heimdal' and s.code = 'heimdal-47'";
        assert_eq!(house.one::<i64>(holder).await, 0);
        admin.post("/mergers", &merge(c, b, "2027-03-01")).await.ok();
        assert_eq!(house.one::<i64>(holder).await, 1, "the new unit has who owns it");
        // Only somebody on duty owns anything.
        house
            .force("update unit set last_resort_id = null where code like 'social-%-lerkendal'")
            .await
            .unwrap();
        house.clock.move_to("2027-03-01T08:00:00Z".parse().unwrap());
        onedoor_server::rollout::carry_due(&house.app, house.app.today()).await.unwrap();
        let left = "select count(*) from staff s join unit u on u.id = s.unit_id
            where u.valid_until is not null and s.on_duty";
        assert_eq!(house.one::<i64>(left).await, 0, "nobody works in a unit that is gone");
    });
}
