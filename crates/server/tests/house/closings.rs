//! Offices that close or merge: what depends on them goes along, or keeps them open.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, open, scene};
use crate::orders::{MANAGER, cases_of, owner, sum};
use crate::organisation::{import, register};
use crate::random::{check, literal};
use crate::support::{on_both, staff_id, unit_id};

pub fn office(code: &str) -> String {
    id_of("office", code).to_string()
}

pub fn closing(kind: &str, from: &str, into: &str, only_try: bool) -> Value {
    json!({ "office": office(from), "into": office(into), "kind": kind,
        "only_try": if only_try { "yes" } else { "" } })
}

/// REQ-ORG-10: two offices merge: the units move with everybody in them, and every case keeps its
/// responsible worker, its deputy and its step; open visits are ended first.
#[test]
fn a_merged_office_loses_no_case() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        // The city is in the register of the country in the place of the last municipality.
        let in_register = |(name, text): (String, String)| {
            (name, text.replace("\n1902,Tromsø", "\n9901,Nidarby"))
        };
        let files: Vec<_> = register().into_iter().map(in_register).collect();
        import(&house, &files, true).await.unwrap();
        let admin = house.staff("city-01").await;
        let tried = admin.post("/closings", &closing("merge", "heimdal", "lerkendal", true)).await;
        let plan = tried.ok().json()["plan"].clone();
        assert_eq!(plan["people"], 1);
        let before = scene.worker.see(&format!("/cases/{case}")).await;
        let front = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        // Two have a time, one of them when the other office has one too.
        let free = front.see("/bookings").await;
        let at = free["times"][3]["at"].as_i64().unwrap();
        let time = json!({ "name": "Tim Time", "phone": "90000002", "event": "lost_job",
            "by": "phone", "at": at.to_string() });
        let booked = front.post("/bookings", &time).await.ok().id();
        let there = house.staff(&house.worker("social-front-lerkendal", "front_worker", 0)).await;
        there.post("/bookings", &time).await.ok();
        front.post("/reception/check-in", &json!({ "need": ["work"] })).await.ok();
        let merge = closing("merge", "heimdal", "lerkendal", false);
        assert_eq!(admin.post("/closings", &merge).await.faults()["office"], "closing-open-visits");
        house
            .force("update visit set state = 'closed', closed_at = 1, outcome = 'clarified'")
            .await
            .unwrap();
        for (form, field, code) in [
            (closing("merge", "heimdal", "heimdal", false), "into", "closing-same"),
            (closing("dance", "heimdal", "lerkendal", false), "kind", "choose"),
        ] {
            assert_eq!(admin.post("/closings", &form).await.faults()[field], code);
        }
        let plan = admin.post("/closings", &closing("merge", "heimdal", "lerkendal", true)).await;
        let plan = plan.ok().json()["plan"].clone();
        assert_eq!((&plan["bookings"], &plan["crowded"]), (&json!(1), &json!(0)), "{plan}");
        let kiosk = house.kiosk("heimdal").await;
        let offices_before = admin.see("/network").await["sum"]["offices"].as_i64().unwrap();
        admin.post("/closings", &merge).await.ok();
        check(&house).await;
        // The booked time has gone along to a place of its own, and is seen there.
        let seen = front.see(&format!("/bookings/{booked}")).await;
        assert_eq!((&seen["state"], &seen["name"]), (&json!("booked"), &json!("Tim Time")));
        let held: i64 = house
            .one(
                "select count(distinct b.place_no) from booking b join office o
                    on o.id = b.office_id and o.code = 'lerkendal' where b.state = 'booked'",
            )
            .await;
        assert_eq!(held, 2, "each has a place");
        // Nobody is offered a time where nobody works, and no visit begins there.
        let resident = house.resident(&scene.person).await;
        let offices = resident.see("/my/bookings").await["offices"].clone();
        assert!(!offices.to_string().contains(&office("heimdal")), "{offices}");
        let path = format!("/my/bookings?office={}", office("heimdal"));
        assert_ne!(resident.see(&path).await["office"], json!(office("heimdal")));
        kiosk.form("/kiosk/arrive", "need=work&once=kiosk-after").await;
        let visits = "select count(*) from visit v join office o on o.id = v.office_id
            where o.code = 'heimdal' and v.state <> 'closed'";
        assert_eq!(house.one::<i64>(visits).await, 0);
        let after = scene.worker.see(&format!("/cases/{case}")).await;
        for field in ["responsible", "deputy", "step_what", "step_on", "step_owner"] {
            assert_eq!(before[field], after[field], "{field}");
        }
        let moved: i64 = house
            .one(
                "select count(*) from unit u join office o on o.id = u.office_id
                 where o.code = 'heimdal'",
            )
            .await;
        assert_eq!(moved, 0);
        // It is counted and offered nowhere any more.
        let name: String = house.one("select name from office where code = 'heimdal'").await;
        let front = house.staff(&house.worker("social-front-lerkendal", "front_worker", 0)).await;
        let place: String =
            house.one("select municipality from office where code = 'heimdal'").await;
        for path in ["/network/offices", "/rollout", &format!("/network/municipalities/{place}")] {
            let page = admin.get(&format!("/api/v1{path}")).await.ok().json();
            let listed = page["offices"].to_string();
            assert!(listed.contains(&office("lerkendal")), "{path}: {listed}");
            assert!(!listed.contains(&office("heimdal")), "{path}: {listed}");
        }
        let network = admin.see("/network").await;
        assert_eq!(network["sum"]["offices"], offices_before - 1, "{network}");
        let (newcomer, _) = crate::front::known(&front, "Uten sak", &["work"]).await;
        let told = house.resident(&newcomer).await.see("/my").await["offices"].clone();
        assert!(
            !told.as_array().unwrap().is_empty() && !told.to_string().contains(&name),
            "{told}"
        );
        let manager = house.staff("lerkendal-01").await;
        let seen = manager.see(&format!("/cover?staff={}", staff_id(&scene.worker_code))).await;
        assert_eq!(sum(&seen["stops"], "case"), 0, "they work at the other office now");
        assert_eq!(admin.post("/closings", &merge).await.faults()["office"], "choose", "gone");
        let manager = house.staff(MANAGER).await;
        assert_eq!(manager.get("/closings").await.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-ORG-10, REQ-ORG-17, REQ-ORG-36, REQ-ORG-37: what belongs to the place comes along when two
/// offices merge: rooms with their bookings, leases that run, what is offered, visiting hours, seats
/// and the times that people have booked. The dry run counts them first.
#[test]
fn a_merged_office_takes_its_place_along() {
    on_both(|house| async move {
        let offered = include_str!("../../../../demo/city-inventory.csv").to_owned();
        let mut files = register();
        files.push(("inventory.csv".to_owned(), offered));
        import(&house, &files, true).await.unwrap();
        let (admin, manager) = (house.staff("city-01").await, house.staff(MANAGER).await);
        let (heimdal, lerkendal) = (office("heimdal"), office("lerkendal"));
        let room = json!({ "room_name": "Stillerom", "seats": "4", "closed": "yes" });
        for (office, manager) in [(&heimdal, MANAGER), (&lerkendal, "lerkendal-01")] {
            let manager = house.staff(manager).await;
            manager.post(&format!("/premises/{office}/rooms"), &room).await.ok();
        }
        let page = manager.see(&format!("/premises?office={heimdal}")).await;
        let book = format!("/premises/rooms/{}/bookings", page["rooms"][0]["id"].as_str().unwrap());
        let time = json!({ "day": "2026-11-24", "starts": "10:00", "ends": "11:00" });
        manager.post(&book, &time).await.ok();
        let lease = json!({ "agency": id_of("agency", "insurance"), "address": "Nygata 1",
            "office": heimdal, "signed_on": "2026-11-01", "starts_on": "2026-11-01",
            "expires_on": "2037-01-01", "cost": "100000", "within_budget": "Budsjett 2026" });
        admin.post("/leases", &lease).await.ok();
        let seats = json!({ "unit": crate::support::unit_id("insurance-back-heimdal"),
            "places": "9", "joint_tasks": "Felles samtaler" });
        manager.post(&format!("/premises/{heimdal}/seats"), &seats).await.ok();
        let hours = json!({ "unit": crate::support::unit_id("insurance-back-midtbyen"),
            "weekday": "2", "starts": "10:00", "ends": "12:00", "from": "2026-11-01" });
        manager.post(&format!("/office/{heimdal}/visiting-hours"), &hours).await.ok();
        // The same time is booked at both offices, at a place of each.
        let mut at_both = Vec::new();
        for unit in ["social-front-heimdal", "social-front-lerkendal"] {
            let front = house.staff(&house.worker(unit, "front_worker", 0)).await;
            let at = front.see("/bookings").await["times"][3]["at"].as_i64().unwrap();
            let form = json!({ "name": "Ukjent Ring", "phone": "90000009", "need": ["work"],
                "at": at.to_string() });
            front.post("/bookings", &form).await.ok();
            at_both.push(at);
        }
        assert_eq!(at_both[0], at_both[1]);

        let there = async |table: &str, office: &str, more: &str| -> i64 {
            let id = literal(&house, office);
            house.one(&format!("select count(*) from {table} where office_id = {id} {more}")).await
        };
        let now = "and valid_from <= '2026-11-23' and (valid_until is null
            or valid_until > '2026-11-23')";
        let offered = there("inventory_line", &heimdal, now).await;
        assert!(offered > 0, "nothing is offered at Heimdal");
        let units = async || -> i64 {
            let sql = "select count(distinct unit_id) from inventory_line
                where valid_from <= '2026-11-23' and (valid_until is null
                    or valid_until > '2026-11-23')";
            house.one(sql).await
        };
        let offering = units().await;
        let tried = admin.post("/closings", &closing("merge", "heimdal", "lerkendal", true)).await;
        let plan = tried.ok().json()["plan"].clone();
        assert_eq!((&plan["rooms"], &plan["leases"]), (&json!(1), &json!(1)));
        assert_eq!((&plan["offers"], &plan["bookings"]), (&json!(offered), &json!(1)));
        admin.post("/closings", &closing("merge", "heimdal", "lerkendal", false)).await.ok();

        for (table, more) in [
            ("room", ""),
            ("lease", ""),
            ("seat_plan", ""),
            ("visiting_hours", ""),
            ("inventory_line", now),
            ("booking", "and state = 'booked'"),
        ] {
            assert_eq!(there(table, &heimdal, more).await, 0, "{table}");
        }
        assert_eq!(units().await, offering, "whoever offered something offers it still");
        let there_now = house.staff("lerkendal-01").await;
        let page = there_now.see(&format!("/premises?office={lerkendal}&day=2026-11-24")).await;
        let names: Vec<&str> =
            page["rooms"].as_array().unwrap().iter().filter_map(|it| it["name"].as_str()).collect();
        assert_eq!(names.len(), 2);
        assert!(names.iter().all(|name| name.starts_with("Stillerom")), "{names:?}");
        assert_eq!(page["bookings"].as_array().unwrap().len(), 1);
        assert_eq!(there("booking", &lerkendal, "and state = 'booked'").await, 2);
        assert_eq!(there("lease", &lerkendal, "").await, 1);
    });
}

/// REQ-ORG-10: an office closes only when nothing depends on it: every case is asked over first,
/// nothing moves without a yes, and a refusal keeps the office open.
#[test]
fn an_office_closes_when_nothing_depends_on_it() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        // Somebody elsewhere leans on a deputy of the office that goes.
        let far_code = house.worker("social-adult-ostbyen", "caseworker", 0);
        let far = house.staff(&far_code).await;
        let leaning = cases_of(&far, &far_code, &scene.deputy_code, 1).await;
        let admin = house.staff("city-01").await;
        let plan = admin.post("/closings", &closing("close", "heimdal", "midtbyen", true)).await;
        let plan = plan.ok().json()["plan"].clone();
        assert_eq!((&plan["people"], &plan["leaning"]), (&json!(1), &json!(1)));
        admin.post("/closings", &closing("close", "heimdal", "midtbyen", false)).await.ok();
        check(&house).await;
        assert_eq!(owner(&house, &case).await, scene.worker_code, "nothing has moved");
        let deputy: String = house
            .one(&format!(
                "select u.code from shared_case c join staff s on s.id = c.deputy_id
                 join unit u on u.id = s.unit_id where c.id = {}",
                literal(&house, &leaning[0])
            ))
            .await;
        assert_eq!(deputy, "social-adult-ostbyen", "the other case has a deputy at home");
        let again = admin.post("/closings", &closing("close", "heimdal", "midtbyen", false)).await;
        assert_eq!(again.code(), "closing-under-way");
        let listed = admin.see("/closings").await;
        let id = listed["closings"][0]["id"].as_str().unwrap().to_owned();
        let complete = format!("/closings/{id}/complete");
        assert_eq!(admin.post(&complete, &json!({})).await.code(), "closing-not-empty");
        let taker_code = house.worker("social-adult-midtbyen", "caseworker", 0);
        let taker = house.staff(&taker_code).await;
        let order = taker.see("/orders").await;
        let order = order["orders"].as_array().unwrap().iter().find(|it| it["asked"] == 1).unwrap()
            ["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let no = json!({ "reason": "Full", "alternative": "Wait" });
        taker.post(&format!("/orders/{order}/refuse"), &no).await.ok();
        assert_eq!(admin.post(&complete, &json!({})).await.code(), "closing-not-empty");
        assert_eq!(owner(&house, &case).await, scene.worker_code);
        // The manager asks again, by name, and this time it is taken, with a deputy of its own.
        let manager = house.staff(MANAGER).await;
        let ask = json!({ "to_staff": staff_id(&taker_code), "reason": "worker_leaves",
            "need": "n", "deadline": "2026-11-30" });
        manager.post(&format!("/cases/{case}/handover"), &ask).await.ok();
        let beside = house.worker("social-adult-midtbyen", "caseworker", 1);
        let yes = json!({ "deputy": staff_id(&beside) });
        taker.post(&format!("/cases/{case}/handover/accept"), &yes).await.ok();
        // What another unit has sent the office goes on at the unit that takes over.
        let literal = |id: &str| literal(&house, id);
        let (unit, by) =
            (literal(&crate::support::unit_id(SOCIAL)), literal(&staff_id(&taker_code)));
        house
            .force(&format!(
                "insert into unit_task (id, person_id, kind, service, from_unit_id, unit_id, sent_by,
                    sent_at, what, address, route, state, result, changed_by, changed_at, version)
                 values ({0}, {1}, 'deliver', 'x', {unit}, {unit}, {by}, 1, '', '', '', 'sent', '',
                    {by}, 1, 1)",
                literal("01890000-0000-7000-8000-00000000000a"),
                literal(&scene.person)
            ))
            .await
            .unwrap();
        admin.post(&complete, &json!({})).await.ok();
        check(&house).await;
        let task: String =
            house.one("select u.code from unit_task t join unit u on u.id = t.unit_id").await;
        assert_eq!(task, "social-adult-midtbyen");
        assert_eq!(owner(&house, &case).await, taker_code);
        let on_duty: i64 = house
            .one(
                "select count(*) from staff s join unit u on u.id = s.unit_id
                 join office o on o.id = u.office_id where o.code = 'heimdal' and s.on_duty",
            )
            .await;
        assert_eq!(on_duty, 0);
    });
}

/// REQ-ORG-10, REQ-REF-08: an office closes by a yes in bulk alone, with deputies and steps of the
/// office that takes over; a unit without a counterpart leaves nobody behind either; a meeting that
/// people come to, and the last one who owns what nobody takes, keep it open.
#[test]
fn a_yes_in_bulk_ends_a_closing() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let (who, deputy) = (scene.worker_code.clone(), scene.deputy_code.clone());
        let cases = cases_of(&scene.worker, &who, &deputy, 3).await;
        // Somebody elsewhere leans on a unit that has no counterpart in the other office.
        house
            .force(
                "update unit set valid_until = '2026-01-01' where code like 'insurance-%-midtbyen'",
            )
            .await
            .unwrap();
        let far_code = house.worker("insurance-back-ostbyen", "caseworker", 0);
        let far = house.staff(&far_code).await;
        let lent = house.worker(INSURANCE, "caseworker", 3);
        cases_of(&far, &far_code, &lent, 1).await;
        let admin = house.staff("city-01").await;
        let form = json!({ "office": id_of("office", "heimdal"), "into": id_of("office", "midtbyen"),
            "kind": "close" });
        admin.post("/closings", &form).await.ok();
        let leans = |code: &str| {
            format!(
                "select count(*) from shared_case c join staff s on s.id = c.deputy_id
                    or s.id = c.step_owner_id where c.closed_at is null and s.code = '{code}'"
            )
        };
        assert_eq!(house.one::<i64>(&leans(&lent)).await, 0, "relieved at once");
        let id = admin.see("/closings").await["closings"][0]["id"].as_str().unwrap().to_owned();
        let complete = format!("/closings/{id}/complete");
        let taker = house.staff(&house.worker("social-adult-midtbyen", "caseworker", 0)).await;
        let orders = taker.see("/orders").await["orders"].clone();
        let order = orders.as_array().unwrap().iter().find(|it| it["asked"] == 3).unwrap();
        let order = order["id"].as_str().unwrap().to_owned();
        taker.post(&format!("/orders/{order}/accept"), &json!({})).await.ok();
        for code in [&who, &deputy] {
            assert_eq!(house.one::<i64>(&leans(code)).await, 0, "nobody who leaves is left behind");
        }
        check(&house).await;
        // A case that was taken by hand, with the deputy of before, is put right by a round.
        let stale = format!(
            "update shared_case set deputy_id = {} where id = {}",
            literal(&house, &staff_id(&deputy)),
            literal(&house, &cases[0])
        );
        house.force(&stale).await.unwrap();
        assert_eq!(admin.post(&complete, &json!({})).await.code(), "closing-not-empty");
        onedoor_server::order::round(&house.app).await.unwrap();
        assert_eq!(house.one::<i64>(&leans(&deputy)).await, 0);
        // A meeting that somebody of the office is to hold.
        let front = house.staff(&house.worker("social-front-ostbyen", "front_worker", 0)).await;
        let (_, visit) = crate::front::known(&front, "Møter", &["work", "illness", "income"]).await;
        let with = staff_id(&house.worker(EMPLOYMENT, "caseworker", 0));
        let slot = format!(
            "insert into appointment (id, person_id, office_id, place, starts_at, ends_at, subject)
             select {0}, v.person_id, v.office_id, 'x', 1796200000000000, 1796203600000000, ''
                from visit v where v.id = {2};
             insert into calendar_slot (staff_id, starts_at, appointment_id)
                values ({1}, 1796200000000000, {0})",
            literal(&house, "01890000-0000-7000-8000-00000000000b"),
            literal(&house, &with),
            literal(&house, &visit)
        );
        house.force(&slot).await.unwrap();
        let tried = json!({ "office": id_of("office", "heimdal"), "into": id_of("office", "midtbyen"),
            "kind": "close", "only_try": "yes" });
        let plan = admin.post("/closings", &tried).await.ok().json();
        assert_eq!(plan["plan"]["meetings"], 1, "{plan}");
        assert_eq!(admin.post(&complete, &json!({})).await.code(), "closing-not-empty");
        house.force("delete from calendar_slot").await.unwrap();
        // Nobody would own what nobody takes: the unit that takes over has nobody on duty for it.
        let holder = |to: &str| {
            format!("update unit set last_resort_id = {to} where code like 'social-%-midtbyen'")
        };
        house.force(&holder("null")).await.unwrap();
        assert_eq!(admin.post(&complete, &json!({})).await.code(), "closing-last-resort");
        let named = literal(&house, &staff_id("midtbyen-47"));
        house.force(&holder(&named)).await.unwrap();
        let stands = format!(
            "insert into visiting_hours (id, agency_id, office_id, municipality, remote, weekday, opens,
                closes, valid_from, valid_until, added_by)
             select {}, u.agency_id, u.office_id, '1', (1 = 0), 2, '09:00', '12:00', '2026-01-01',
                null, s.id from staff s join unit u on u.id = s.unit_id where s.code = '{who}'",
            literal(&house, "01890000-0000-7000-8000-00000000000c"),
        );
        house.force(&stands).await.unwrap();
        admin.post(&complete, &json!({})).await.ok();
        let left = "select count(*) from visiting_hours where valid_until is null";
        assert_eq!(house.one::<i64>(left).await, 0, "nobody comes to a reception that is gone");
        check(&house).await;
    });
}

/// REQ-REF-04: a question that nobody has decided goes along to whoever leads the office that the
/// units come to.
#[test]
fn a_merged_office_brings_its_questions_to_who_leads() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        crate::cases::ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let receiver = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let no = json!({ "reason": "Not ours", "alternative": "Ask next door" });
        receiver.post(&format!("/cases/{case}/handover/refuse"), &no).await.ok();
        let waits = async |who: &str| {
            let table = house.staff(who).await.see("/management").await;
            table["undecided"].as_array().unwrap().len()
        };
        assert_eq!((waits(MANAGER).await, waits("lerkendal-01").await), (1, 0));
        let admin = house.staff("city-01").await;
        let merge = closing("merge", "heimdal", "lerkendal", false);
        admin.post("/closings", &merge).await.ok();
        assert_eq!((waits(MANAGER).await, waits("lerkendal-01").await), (0, 1));
    });
}

/// REQ-REF-15, REQ-ORG-10: whoever is to come in person is told where they come to now, by the number
/// that they left or that is known; the plan counts them beforehand, and those without a number; who
/// is called or was told nothing secret learns no more than the day and the place.
#[test]
fn whoever_has_a_time_is_told_the_new_address() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let front = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        let times = front.see("/bookings").await["times"].clone();
        let at = |n: usize| times[n]["at"].as_i64().unwrap().to_string();
        let known = json!({ "given": "Liv", "family": "Dal", "phone": "90000012",
            "none_of_these": "yes" });
        let known = front.post("/persons", &known).await.ok().id();
        let silent = json!({ "given": "Per", "family": "Dal", "none_of_these": "yes" });
        let silent = front.post("/persons", &silent).await.ok().id();
        let hidden = json!({ "given": "Ida", "family": "Dal", "phone": "90000014",
            "none_of_these": "yes" });
        let hidden = front.post("/persons", &hidden).await.ok().id();
        for form in [
            json!({ "name": "Tim Time", "phone": "90000011", "language": "sv", "need": ["work"],
                "by": "phone", "at": at(3) }),
            json!({ "person": known, "need": ["income"], "by": "desk", "at": at(4) }),
            json!({ "person": silent, "need": ["income"], "by": "desk", "at": at(5) }),
            json!({ "person": hidden, "need": ["income"], "by": "desk", "at": at(6) }),
            json!({ "name": "Kari Ring", "phone": "90000013", "need": ["work"], "by": "phone",
                "meet_by": "phone", "at": at(7) }),
        ] {
            front.post("/bookings", &form).await.ok();
        }
        let protect =
            format!("update person set protection = 1 where id = {}", literal(&house, &hidden));
        house.force(&protect).await.unwrap();
        let plan = admin.post("/closings", &closing("merge", "heimdal", "lerkendal", true)).await;
        let plan = plan.ok().json()["plan"].clone();
        assert_eq!((&plan["bookings"], &plan["told"]), (&json!(5), &json!(2)), "{plan}");
        assert_eq!(plan["untold"], 2, "{plan}");
        let outbox = "select count(*) from outbox";
        assert_eq!(house.one::<i64>(outbox).await, 0, "only tried");
        admin.post("/closings", &closing("merge", "heimdal", "lerkendal", false)).await.ok();
        let told = |page: &Value| -> Vec<(String, String)> {
            let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
            let list = page["messages"].as_array().unwrap();
            list.iter().map(|it| (text(it, "recipient"), text(it, "body"))).collect()
        };
        let mut sent = told(&admin.see("/outbox").await);
        sent.sort();
        assert_eq!(sent.len(), 2, "{sent:?}");
        assert_eq!((sent[0].0.as_str(), sent[1].0.as_str()), ("***011", "***012"));
        for (_, body) in &sent {
            assert!(body.contains("Felles kontor Lerkendal, Lerkendalsgata 21"), "{body}");
        }
        assert!(sent[0].1.starts_with("Din tid"), "in their own language: {sent:?}");
        // An office that closes tells them when it does.
        admin.post("/closings", &closing("close", "lerkendal", "midtbyen", false)).await.ok();
        assert_eq!(house.one::<i64>(outbox).await, 2, "they come to Lerkendal until it closes");
        let listed = admin.see("/closings").await["closings"].clone();
        let going = listed.as_array().unwrap().iter().find(|it| it["kind"] == "close").unwrap();
        let id = going["id"].as_str().unwrap().to_owned();
        admin.post(&format!("/closings/{id}/complete"), &json!({})).await.ok();
        let sent = told(&admin.see("/outbox").await);
        assert_eq!(sent.len(), 4);
        assert_eq!(sent.iter().filter(|it| it.1.contains("Bytorget 4")).count(), 2, "{sent:?}");
    });
}

/// REQ-REF-04, REQ-MISC-02: so it is when a unit becomes one of another office: on its day a question
/// that nobody has decided goes to whoever leads that one, and not before.
#[test]
fn a_unit_that_became_another_offices_brings_its_questions() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        crate::cases::ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let receiver = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let no = json!({ "reason": "Not ours", "alternative": "Ask next door" });
        receiver.post(&format!("/cases/{case}/handover/refuse"), &no).await.ok();
        let waits = async |who: &str| {
            let table = house.staff(who).await.see("/management").await;
            table["undecided"].as_array().unwrap().len()
        };
        let admin = house.staff("city-01").await;
        let merge = json!({ "old": unit_id(SOCIAL), "new": unit_id("social-adult-lerkendal"),
            "on": "2026-12-01" });
        admin.post("/mergers", &merge).await.ok();
        assert_eq!((waits(MANAGER).await, waits("lerkendal-01").await), (1, 0));
        house.clock.move_to("2026-12-01T08:00:00Z".parse().unwrap());
        onedoor_server::rollout::carry_due(&house.app, house.app.today()).await.unwrap();
        assert_eq!((waits(MANAGER).await, waits("lerkendal-01").await), (0, 1));
    });
}
