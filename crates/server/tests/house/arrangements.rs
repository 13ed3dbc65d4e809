//! Work and teams under one manager, routines, the division of tasks, and efforts.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::agreements::{MANAGER, PLACE, agency, office};
use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, open, scene};
use crate::support::{on_both, staff_id, unit_id};

/// REQ-ORG-11: how the caseworkers are led is a setting of the office that shows in comparisons; a
/// coordinator has a deputy and oversees the loads of many caseworkers.
#[test]
fn a_coordinator_may_stand_above_the_caseworkers() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        open(&scene).await;
        let manager = house.staff(MANAGER).await;
        let code = house.worker(INSURANCE, "caseworker", 0);
        let form = |second: &str| {
            json!({ "structure": "coordinator", "coordinator": staff_id(&code),
                "stand_in": second })
        };
        let alone = manager.post("/staffing/structure", &form("")).await;
        assert_eq!(alone.faults()["stand_in"], "choose", "a coordinator has a deputy");
        let same = manager.post("/staffing/structure", &form(&staff_id(&code))).await;
        assert_eq!(same.faults()["stand_in"], "case-same-person");
        let second = staff_id(&house.worker(INSURANCE, "caseworker", 1));
        manager.post("/staffing/structure", &form(&second)).await.ok();
        let page = manager.see("/staffing").await;
        assert_eq!(page["structure"]["structure"], "coordinator");
        assert_eq!(page["loads"][0]["open"], 1);
        // The coordinator and the deputy have the same access; others do not oversee anybody.
        for (who, sees) in [
            (code.clone(), true),
            (house.worker(INSURANCE, "caseworker", 1), true),
            (house.worker(INSURANCE, "caseworker", 2), false),
        ] {
            let loads = house.staff(&who).await.see("/staffing").await["loads"].clone();
            assert_eq!(loads != json!([]), sees, "{who}");
        }
        let compared = manager.see("/agreements/activity").await;
        let all = compared["lines"].as_array().unwrap();
        let set = all.iter().filter(|it| it["structure"] == "coordinator").count();
        assert_eq!(set, 1, "{compared}");
        let stops = manager.see(&format!("/cover?staff={}", staff_id(&code))).await;
        assert!(!stops["stops"].to_string().contains("coordinator"));
    });
}

/// REQ-ORG-12: a team of two or more agencies owns its participants jointly, its members are dated,
/// and each participant still has exactly one responsible worker.
#[test]
fn a_team_owns_its_participants_and_each_has_one_responsible() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let manager = house.staff(MANAGER).await;
        let partner_code = house.worker(INSURANCE, "caseworker", 0);
        let team = |people: &[&str]| {
            let ids: Vec<String> = people.iter().map(|code| staff_id(code)).collect();
            json!({ "name": "Saupstad", "members": ids })
        };
        let one = manager.post("/teams", &team(&[&scene.worker_code, &scene.deputy_code])).await;
        assert_eq!(one.faults()["members"], "team-one-agency");
        let id =
            manager.post("/teams", &team(&[&scene.worker_code, &partner_code])).await.ok().id();
        let path = format!("/teams/{id}");
        let take = json!({ "case": case });
        scene.worker.post(&format!("{path}/participants"), &take).await.ok();
        let seen = scene.worker.see(&path).await;
        assert_eq!(seen["participants"][0]["id"], json!(case));
        let name: String = house
            .one(&format!("select name from staff where code = '{}'", scene.worker_code))
            .await;
        assert_eq!(seen["participants"][0]["responsible"], json!(name));
        let partner = house.staff(&partner_code).await;
        let other = partner.see(&path).await;
        assert_eq!(other["participants"][0]["id"], json!(case), "the other agency sees it too");
        let responsible: i64 =
            house.one("select count(distinct responsible_id) from shared_case").await;
        assert_eq!(responsible, 1);
        let outsider = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        assert_eq!(outsider.see(&path).await["participants"], json!([]));
        let joins = json!({ "staff": staff_id(&scene.deputy_code) });
        manager.post(&format!("{path}/members"), &joins).await.ok();
        manager.post(&format!("{path}/leave"), &joins).await.ok();
        let members = manager.see(&path).await["members"].as_array().unwrap().clone();
        let left = members.iter().find(|it| it["id"] == joins["staff"]).unwrap();
        assert_eq!((&left["from"], &left["until"]), (&json!("2026-11-23"), &json!("2026-11-23")));
        let last = json!({ "staff": staff_id(&partner_code) });
        let refused = manager.post(&format!("{path}/leave"), &last).await;
        assert_eq!(refused.faults()["staff"], "team-one-agency");
    });
}

/// REQ-ORG-22: what the planning sessions made common cannot be set otherwise at an office; what is
/// local can, until it becomes common.
#[test]
fn a_local_setting_against_a_common_one_is_refused() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let topic = |scope: &str, value: &str| {
            json!({ "code": "hours", "name": "Hours", "scope": scope, "value": value,
                "decided_on": "2026-01-12", "session": "Planning day" })
        };
        let set = |value: &str| json!({ "topic": "hours", "setting": value });
        let none = manager.post("/topics/settings", &set("9-15")).await;
        assert_eq!(none.faults()["topic"], "choose");
        manager.post("/topics", &topic("local", "as you like")).await.ok();
        manager.post("/topics/settings", &set("9-15")).await.ok();
        assert_eq!(manager.see("/topics").await["settings"][0]["value"], "9-15");
        manager.post("/topics", &topic("common", "9-17")).await.ok();
        assert_eq!(manager.see("/topics").await["settings"], json!([]), "it ended");
        let refused = manager.post("/topics/settings", &set("9-15")).await;
        assert_eq!(refused.faults()["setting"], "topic-common");
        manager.post("/topics/settings", &set("9-17")).await.ok();
        let sessions: i64 = house.one("select count(*) from topic_decision").await;
        assert_eq!(sessions, 2, "every decision stays");
    });
}

/// REQ-ORG-23, REQ-ORG-46: the joint manager has staff of another agency work in any unit of the
/// office, and the worker is still refused a decision outside their own mandate; another joint
/// manager changes neither anybody's employer nor a mandate.
#[test]
fn work_is_shared_out_and_mandates_and_employers_stay() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let code = house.worker(EMPLOYMENT, "caseworker", 0);
        let worker = house.staff(&code).await;
        let form = json!({ "staff": staff_id(&code), "unit": unit_id(SOCIAL),
            "work": "Mottak", "first_day": "2026-11-23", "last_day": "2026-12-01" });
        manager.post("/staffing/work", &form).await.ok();
        let line = |page: &Value| -> Value {
            let all = page["staff"].as_array().unwrap();
            all.iter().find(|it| it["id"] == json!(staff_id(&code))).unwrap().clone()
        };
        let seen = line(&manager.see("/staffing").await);
        assert_eq!(seen["work"], "Mottak");
        assert_eq!(seen["agency"], "Arbeidsmarkedsetaten");
        assert_eq!(worker.see("/staffing").await["mine"][0]["work"], "Mottak");
        let person = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
        let person = worker.post("/persons", &person).await.ok().id();
        let decision = json!({ "subject": "social_assistance", "kind": "decision", "text": "Yes",
            "act": "social-services-2009", "section": "§ 18" });
        let path = format!("/persons/{person}/rulings");
        let refused = worker.post(&path, &decision).await;
        assert!(!refused.status.is_success(), "{}", refused.body);
        let rulings: i64 = house.one("select count(*) from ruling").await;
        assert_eq!(rulings, 0, "outside the mandate is refused all the same");
        let other = json!({ "staff": staff_id("ostbyen-02"), "unit": unit_id(SOCIAL),
            "work": "x", "first_day": "2026-11-24" });
        assert_eq!(manager.post("/staffing/work", &other).await.faults()["staff"], "choose");
        assert_eq!(worker.post("/staffing/work", &form).await.status, StatusCode::FORBIDDEN);

        let admin = house.staff("city-01").await;
        let employers = |page: &Value| -> Vec<(Value, Value, Value)> {
            let all = page["staff"].as_array().unwrap();
            all.iter()
                .map(|it| (it["id"].clone(), it["employer"].clone(), it["unit"].clone()))
                .collect()
        };
        // Every row, so that a mandate that went to another unit shows too.
        let rows = async || -> Vec<String> {
            let mut conn = house.app.db.read().await.unwrap();
            let sql = "select u.code || ' ' || m.subject || ' ' || m.valid_from || ' '
                || coalesce(m.valid_until, '') from mandate m join unit u on u.id = m.unit_id
                order by 1";
            let rows = conn.text_rows(sql).await.unwrap();
            rows.into_iter().map(|mut row| row.get(0).unwrap()).collect()
        };
        let before = admin.see(&format!("/staffing?office={}", office("heimdal"))).await;
        let held = rows().await;
        let change = json!({ "office": office("heimdal"), "manager": staff_id("ostbyen-01") });
        admin.post("/staffing/manager", &change).await.ok();
        let after = admin.see(&format!("/staffing?office={}", office("heimdal"))).await;
        assert_eq!(employers(&before), employers(&after));
        assert_ne!(before["manager"], after["manager"]);
        assert_eq!(held, rows().await);
        let wrong = json!({ "office": office("heimdal"), "manager": staff_id(&code) });
        let refused = admin.post("/staffing/manager", &wrong).await;
        assert_eq!(refused.faults()["manager"], "choose");
        let denied = manager.post("/staffing/manager", &change).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-ORG-46, REQ-REF-04: whoever is named joint manager leads from then on, wherever they sit:
/// they hand over in bulk, note absences and share out the work of the office, they get the questions
/// that wait for a decision, and who led before does none of it any more.
#[test]
fn who_is_named_leads_and_gets_the_questions() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        crate::cases::ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let receiver = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let no = json!({ "reason": "Not ours", "alternative": "Ask next door" });
        receiver.post(&format!("/cases/{case}/handover/refuse"), &no).await.ok();
        let former = house.staff(MANAGER).await;
        let waits = |page: Value| page["undecided"].as_array().unwrap().len();
        assert_eq!(waits(former.see("/management").await), 1);
        let admin = house.staff("city-01").await;
        let change = json!({ "office": office("heimdal"), "manager": staff_id("ostbyen-01") });
        admin.post("/staffing/manager", &change).await.ok();
        let named = house.staff("ostbyen-01").await;
        assert_eq!(waits(former.see("/management").await), 0);
        assert_eq!(waits(named.see("/management").await), 1, "the question has come along");
        let worker = &scene.worker_code;
        let other = house.worker(SOCIAL, "caseworker", 4);
        let order = json!({ "from": staff_id(worker), "receivers": [staff_id(&other)],
            "deadline": "2026-11-30", "only_try": "yes" });
        named.post("/orders", &order).await.ok();
        assert_eq!(former.post("/orders", &order).await.faults()["from"], "choose");
        let away = json!({ "staff": staff_id(worker), "first_day": "2026-11-25",
            "last_day": "2026-11-25" });
        assert_eq!(former.post("/absences", &away).await.faults()["staff"], "choose");
        named.post("/absences", &away).await.ok();
        let work = json!({ "staff": staff_id(worker), "unit": unit_id(SOCIAL), "work": "Mottak",
            "first_day": "2026-11-24" });
        assert_eq!(former.post("/staffing/work", &work).await.status, StatusCode::FORBIDDEN);
        // They lead their own office too, and of the two the file names another for one.
        let change = json!({ "office": office("ostbyen"), "manager": staff_id("midtbyen-01") });
        admin.post("/staffing/manager", &change).await.ok();
        named.post("/staffing/work", &work).await.ok();
        // Of one who leads two offices each has its own page of cover and of teams.
        let change = json!({ "office": office("ostbyen"), "manager": staff_id("ostbyen-01") });
        admin.post("/staffing/manager", &change).await.ok();
        let named = house.staff("ostbyen-01").await;
        for (here, elsewhere) in [("heimdal", "ostbyen"), ("ostbyen", "heimdal")] {
            let asked = office(here);
            for path in ["/cover", "/cover/tomorrow", "/teams"] {
                let page = named.see(&format!("{path}?office={asked}")).await;
                assert_eq!(page["office"], asked, "{path}");
                let offices: Vec<&str> = page["offices"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter_map(|it| it["id"].as_str())
                    .collect();
                assert_eq!(offices, [office("ostbyen"), office("heimdal")], "{path}: own first");
            }
            let cover = named.see(&format!("/cover?office={asked}")).await;
            let sits = |code: &str| {
                let id = staff_id(&format!("{code}-20"));
                cover["colleagues"].as_array().unwrap().iter().any(|it| it["id"] == id)
            };
            assert!(sits(here) && !sits(elsewhere), "{here}");
        }
        let members: Vec<String> = [SOCIAL, INSURANCE]
            .iter()
            .map(|unit| staff_id(&house.worker(unit, "caseworker", 1)))
            .collect();
        let team = |at: &str| json!({ "name": "Saupstad", "members": members, "office": at });
        assert!(
            named.post("/teams", &team(&office("ostbyen"))).await.faults().contains_key("members")
        );
        named.post("/teams", &team(&office("heimdal"))).await.ok();
        let teams = async |at: &str| -> usize {
            let page = named.see(&format!("/teams?office={}", office(at))).await;
            page["teams"].as_array().unwrap().len()
        };
        assert_eq!((teams("heimdal").await, teams("ostbyen").await), (1, 0));
        let hidden = former.get(&format!("/cover?office={}", office("ostbyen"))).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        // The file of the offices still names the former: the try-out says so.
        let form = json!({ "text": crate::support::CITY, "only_try": "yes" });
        let tried = admin.post("/office/import", &form).await.ok().json();
        assert!(tried["difference"]["lines"].to_string().contains("manager="), "{tried}");
    });
}

/// REQ-ORG-46, REQ-ORG-10: the table and the alarm are those of the offices that one leads, wherever
/// one sits: whoever is named sees them unasked, and whoever led before reads no name of them.
#[test]
fn the_alarm_goes_to_who_leads() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let former = house.staff(MANAGER).await;
        let away = json!({ "staff": staff_id(&scene.worker_code), "first_day": "2026-11-24",
            "last_day": "2026-11-25" });
        former.post("/absences", &away).await.ok();
        let both = "update shared_case set shuttles = 9";
        house.force(both).await.unwrap();
        let shuttling = |page: &Value| page["shuttling"].as_array().unwrap().len();
        let before = former.see("/management").await;
        assert_eq!((&before["leaving"], shuttling(&before)), (&json!(1), 1));
        let admin = house.staff("city-01").await;
        let change = json!({ "office": office("heimdal"), "manager": staff_id("ostbyen-01") });
        admin.post("/staffing/manager", &change).await.ok();
        let named = house.staff("ostbyen-01").await;
        let table = named.see("/management").await;
        assert_eq!((&table["offices"], &table["leaving"]), (&json!(2), &json!(1)));
        assert_eq!(shuttling(&table), 1);
        let path = format!("/cover/tomorrow?office={}", office("heimdal"));
        assert_eq!(named.see(&path).await["lines"][0]["id"], json!(case));
        let path = format!("/cover?office={}&on=2026-11-24", office("heimdal"));
        assert!(named.see(&path).await["all"].as_i64().unwrap() > 0);
        // Who leads nothing has nothing to see, whatever office they ask for.
        let table = former.see("/management").await;
        assert_eq!((&table["offices"], &table["leaving"]), (&json!(0), &json!(0)));
        assert_eq!(shuttling(&table), 0);
        assert!(former.get("/management").await.ok().body.contains("Du leder ikke noe kontor"));
        for path in ["/cover", "/cover/tomorrow"] {
            let seen = former.see(&format!("{path}?office={}", office("heimdal"))).await;
            assert_eq!((&seen["lines"], &seen["offices"]), (&json!([]), &json!([])), "{path}");
        }
        let asked = format!("/api/v1/cover?staff={}", staff_id(&scene.worker_code));
        let asked = former.get(&asked).await;
        assert!(!asked.body.contains(&case), "{}", asked.body);
    });
}

/// REQ-ORG-10, REQ-REF-04: while a joint manager is away their deputy gets the questions that wait
/// for a decision, and decides them; before that and after it they are none of theirs.
#[test]
fn the_deputy_of_an_absent_manager_decides_what_waits() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        crate::cases::ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let receiver = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let no = json!({ "reason": "Not ours", "alternative": "Ask next door" });
        receiver.post(&format!("/cases/{case}/handover/refuse"), &no).await.ok();
        let manager = house.staff(MANAGER).await;
        let code = house.worker(EMPLOYMENT, "caseworker", 2);
        manager.post("/directory/deputy", &json!({ "deputy": staff_id(&code) })).await.ok();
        let deputy = house.staff(&code).await;
        let other = house.staff(&house.worker(EMPLOYMENT, "caseworker", 3)).await;
        let waits = async |who: &crate::support::Someone| -> Value {
            let page = who.see("/day").await;
            page["undecided"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
        };
        let (path, stays) = (format!("/cases/{case}/settle"), json!({}));
        assert_eq!(waits(&deputy).await, json!([]), "the manager is there");
        assert_eq!(deputy.post(&path, &stays).await.status, StatusCode::NOT_FOUND);
        let away = json!({ "staff": staff_id(MANAGER), "first_day": "2026-11-23",
            "last_day": "2026-11-24" });
        manager.post("/absences", &away).await.ok();
        assert_eq!(waits(&deputy).await, json!([case]));
        assert_eq!(waits(&other).await, json!([]), "the deputy alone");
        assert_eq!(other.post(&path, &stays).await.status, StatusCode::NOT_FOUND);
        // The day after the absence it is the manager's again, and in it the deputy's.
        house.clock.move_to("2026-11-25T08:30:00Z".parse().unwrap());
        let deputy = house.staff(&code).await;
        assert_eq!(waits(&deputy).await, json!([]));
        assert_eq!(deputy.post(&path, &stays).await.status, StatusCode::NOT_FOUND);
        let away = json!({ "staff": staff_id(MANAGER), "first_day": "2026-11-25", "last_day": "" });
        house.staff(MANAGER).await.post("/absences", &away).await.ok();
        assert_eq!(waits(&deputy).await, json!([case]));
        deputy.post(&path, &stays).await.ok();
        assert_eq!(waits(&deputy).await, json!([]), "decided");
        let own = scene.worker_code.clone();
        let still: String = house
            .one("select s.code from shared_case c join staff s on s.id = c.responsible_id")
            .await;
        assert_eq!(still, own, "and nobody lost a case");
    });
}

/// REQ-ORG-43: replacing a circular lists the workflows that still cite the old version; a workflow
/// that cites anew leaves the list.
#[test]
fn a_new_circular_lists_the_workflows_that_cite_the_old_one() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let circular = |text: &str| {
            json!({ "code": "c1", "kind": "circular", "title": "Circular", "from": "2026-01-01",
                "text": text, "agencies": [agency("social"), agency("employment")] })
        };
        let id = manager.post("/routines", &circular("First")).await.ok().id();
        for code in ["talk", "plan"] {
            let flow = json!({ "code": code, "name": code, "document": id });
            manager.post("/routines/workflows", &flow).await.ok();
        }
        let path = format!("/routines/{id}");
        assert_eq!(manager.see(&path).await["stale"], 0);
        manager.post("/routines", &circular("Second")).await.ok();
        let seen = manager.see(&path).await;
        assert_eq!(seen["stale"], 2);
        assert_eq!(seen["followers"].as_array().unwrap().len(), 2);
        assert_eq!(seen["versions"].as_array().unwrap().len(), 2);
        let flow = json!({ "code": "plan", "name": "plan", "document": id });
        manager.post("/routines/workflows", &flow).await.ok();
        let seen = manager.see(&path).await;
        let stale: Vec<&str> = seen["workflows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["stale"] == true)
            .map(|it| it["code"].as_str().unwrap())
            .collect();
        assert_eq!(stale, ["talk"]);
        let nobody = json!({ "code": "c2", "kind": "goal", "title": "x", "from": "2026-01-01",
            "text": "x", "agencies": [] });
        assert_eq!(manager.post("/routines", &nobody).await.faults()["agencies"], "choose");
    });
}

/// REQ-ORG-45: a participant's follow-up tasks go to the new unit from the day of the change, and
/// history keeps the old one; where nothing is agreed the default stands; the change was told
/// beforehand with the number of people.
#[test]
fn tasks_go_to_the_new_unit_from_the_day_of_the_change() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let path = format!("/cases/{case}/tasks");
        for day in ["2026-11-25", "2026-12-10"] {
            let task = json!({ "task": "attendance", "due_on": day });
            scene.worker.post(&path, &task).await.ok();
        }
        let agencies = |page: Value| -> Vec<String> {
            let all = page["lines"].as_array().unwrap();
            all.iter().map(|it| it["agency"].as_str().unwrap().to_owned()).collect()
        };
        let both = ["Arbeidsmarkedsetaten", "Arbeidsmarkedsetaten"];
        assert_eq!(agencies(scene.worker.see(&path).await), both, "the default");
        // An agency of the kind whose unit is gone gets nothing by default, though it comes first.
        let id = |n: u8| {
            crate::random::literal(&house, &format!("01890000-0000-7000-8000-0000000000{n:02}"))
        };
        let gone = format!(
            "insert into agency (id, code, name, kind, principal_id)
                select {0}, 'aaa', 'Borte', kind, principal_id from agency where code = 'employment';
             insert into unit (id, code, name, agency_id, office_id, kind, last_resort_id, valid_from,
                    valid_until, delivers)
                select {1}, 'aaa', 'Borte', {0}, office_id, kind, null, '2020-01-01', '2026-01-01',
                    delivers from unit where code = '{EMPLOYMENT}'",
            id(21),
            id(22)
        );
        house.force(&gone).await.unwrap();
        assert_eq!(agencies(scene.worker.see(&path).await), both, "the one that is there");
        let manager = house.staff(MANAGER).await;
        let mut change = json!({ "municipality": PLACE, "task": "attendance",
            "agency": agency("social"), "from": "2026-12-01", "only_try": "yes" });
        let tried = manager.post("/division", &change).await.ok().json();
        assert_eq!(tried["people"], 1);
        assert_eq!(agencies(scene.worker.see(&path).await), both, "trying changes nothing");
        change["only_try"] = json!("");
        manager.post("/division", &change).await.ok();
        // Nobody moves to an agency that has the task already, nor what a later row decides.
        for (agency_code, from) in [("social", "2026-12-02"), ("insurance", "2026-11-24")] {
            let mut nobody = change.clone();
            nobody["agency"] = json!(agency(agency_code));
            (nobody["from"], nobody["only_try"]) = (json!(from), json!("yes"));
            let tried = manager.post("/division", &nobody).await.ok().json();
            assert_eq!(tried["people"], i64::from(agency_code == "insurance"), "{agency_code}");
        }
        let now = agencies(scene.worker.see(&path).await);
        assert_eq!(now, ["Sosialtjenesten", "Arbeidsmarkedsetaten"]);
        let units: Vec<String> = scene.worker.see(&path).await["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["unit"].as_str().unwrap().to_owned())
            .collect();
        assert!(units.iter().all(|unit| !unit.is_empty()) && units[0] != units[1], "{units:?}");
        house.clock.move_to("2026-12-05T08:00:00Z".parse().unwrap());
        let again = house.staff(&scene.worker_code).await;
        assert_eq!(agencies(again.see(&path).await), now, "history keeps the old one");
        let manager = house.staff(MANAGER).await;
        change["from"] = json!("2026-11-01");
        assert_eq!(manager.post("/division", &change).await.faults()["from"], "step-past");
        let line = again.see(&path).await["lines"][0]["id"].as_str().unwrap().to_owned();
        again.post(&format!("{path}/{line}/done"), &json!({})).await.ok();
        let twice = again.post(&format!("{path}/{line}/done"), &json!({})).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        assert_eq!(again.see(&path).await["lines"][0]["done_on"], "2026-12-05");
    });
}

/// REQ-ORG-48: a local effort cannot book central trial funds, neither by the rule nor past it; a
/// central one can.
#[test]
fn a_local_effort_cannot_book_central_funds() {
    on_both(|house| async move {
        let manager = house.staff(MANAGER).await;
        let effort = |code: &str, standing: &str| {
            json!({ "code": code, "name": code, "municipality": PLACE, "standing": standing,
                "from": "2026-01-01" })
        };
        for standing in ["central", "local"] {
            manager.post("/joint-efforts", &effort(standing, standing)).await.ok();
        }
        let path = |code: &str| format!("/joint-efforts/{}/bookings", id_of("joint-effort", code));
        let sum = |fund: &str, amount: &str| json!({ "fund": fund, "amount": amount });
        let refused = manager.post(&path("local"), &sum("central", "1000")).await;
        assert_eq!(refused.faults()["fund"], "effort-not-central");
        manager.post(&path("local"), &sum("own", "1 000")).await.ok();
        manager.post(&path("central"), &sum("central", "2500")).await.ok();
        let zero = manager.post(&path("central"), &sum("central", "0")).await;
        assert_eq!(zero.faults()["amount"], "effort-sum");
        let page = manager.see("/joint-efforts").await;
        let central: Vec<i64> = page["efforts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["central"].as_i64().unwrap())
            .collect();
        assert_eq!(central.iter().sum::<i64>(), 250_000);
        let other = manager.post("/joint-efforts", &effort("local", "central")).await;
        assert_eq!(other.faults()["standing"], "effort-standing");
        let past = "update effort_booking set fund = 'central', standing = 'central'
            where fund = 'own'";
        assert!(house.force(past).await.is_err(), "the schema refuses it too");
    });
}

/// REQ-ORG-07, REQ-ORG-10: in the demonstration the pages have something to show: agreements, parties
/// who say different things, somebody away tomorrow, and a team.
#[test]
fn the_demonstration_has_arrangements() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        open(&scene).await;
        let file = include_str!("../../../../demo/arrangements.toml");
        let when = (house.app.today(), house.app.now());
        let changes =
            onedoor_server::arrangement::demonstrate(&house.app.db, &house.app.vault, file, when)
                .await
                .unwrap();
        assert!(changes > 20, "{changes}");
        let manager = house.staff(MANAGER).await;
        assert_eq!(manager.see("/agreements/answers").await["differ"], 1);
        let away = manager.see("/absences").await["lines"].as_array().unwrap().len();
        assert_eq!(away, 2);
        assert_eq!(manager.see("/cover/tomorrow").await["people"], 1);
        assert_eq!(manager.see("/teams").await["teams"].as_array().unwrap().len(), 1);
        assert_ne!(manager.see("/agreements").await["agreements"], json!([]));
    });
}

/// REQ-ORG-45, REQ-INFO-01: an open task stands in the list of the agency that has it on its day, of
/// no other, and only where that agency has a part in the case that the walls let it read; whoever has
/// the task may say that it is done.
#[test]
fn a_task_is_in_the_list_of_the_unit_that_has_it() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let path = format!("/cases/{case}/tasks");
        for (task, day) in [
            ("attendance", "2026-12-01"),
            ("attendance", "2026-12-15"),
            ("attendance", "2027-03-01"),
            ("housing", "2026-12-02"),
        ] {
            let form = json!({ "task": task, "due_on": day });
            scene.worker.post(&path, &form).await.ok();
        }
        let days = |page: Value| -> Vec<String> {
            let all = page["lines"].as_array().unwrap();
            all.iter().map(|it| it["due_on"].as_str().unwrap().to_owned()).collect()
        };
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        assert_eq!(days(scene.worker.see("/follow-up").await), ["2026-12-02"]);
        assert!(days(employment.see("/follow-up").await).is_empty(), "it has no part in the case");
        let choice = json!({ "pack": "no-2022@1", "from": house.app.today().to_string(),
            "reason": "Test" });
        house.choose_law(&choice).await;
        let part = format!(
            "insert into case_agency (case_id, agency_id, since) values ({}, {}, 1)",
            crate::random::literal(&house, &case),
            crate::random::literal(&house, &agency("employment"))
        );
        house.force(&part).await.unwrap();
        assert_eq!(days(employment.see("/follow-up").await), ["2026-12-01", "2026-12-15"]);
        // From the tenth on it is social services'.
        let change = json!({ "municipality": PLACE, "task": "attendance",
            "agency": agency("social"), "from": "2026-12-10" });
        house.staff(MANAGER).await.post("/division", &change).await.ok();
        assert_eq!(days(employment.see("/follow-up").await), ["2026-12-01"]);
        assert_eq!(days(scene.worker.see("/follow-up").await), ["2026-12-02", "2026-12-15"]);
        // The unit that has it says that it is done, and no other task.
        let all = employment.see(&path).await["lines"].as_array().unwrap().clone();
        for line in &all {
            let id = line["id"].as_str().unwrap();
            let own = line["due_on"] == "2026-12-01";
            assert_eq!(line["may_do"], own, "{line}");
            let answer = employment.post(&format!("{path}/{id}/done"), &json!({})).await;
            assert_eq!(answer.status.is_success(), own, "{line}");
        }
        assert!(days(employment.see("/follow-up").await).is_empty());
        // Whoever is hidden is in no list.
        let person = crate::random::literal(&house, &scene.person);
        house.force(&format!("update person set guard = 2 where id = {person}")).await.unwrap();
        assert!(days(scene.worker.see("/follow-up").await).is_empty());
    });
}
