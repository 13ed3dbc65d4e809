//! Absence and the deputies who step in, every kind of duty in the simulation, and what an order or
//! a team tells to whom.

use std::collections::BTreeSet;

use http::StatusCode;
use onedoor_domain::cover::Matter;
use onedoor_domain::person::Language;
use onedoor_server::app::id_of;
use onedoor_server::words::Words;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, open, scene};
use crate::consents::{consent, give, take_back};
use crate::orders::{MANAGER, TOMORROW, owner, sum};
use crate::random::literal;
use crate::story::woman;
use crate::support::{House, Someone, on_both, staff_id, unit_id};

async fn absent(by: &Someone, who: &str, first: &str, last: &str) {
    let form = json!({ "staff": staff_id(who), "first_day": first, "last_day": last });
    by.post("/absences", &form).await.ok();
}

/// REQ-ORG-10: from the first day of an absence the deputy has the case among their own, with
/// nobody doing anything; the responsible worker stays responsible, and afterwards it is over.
#[test]
fn a_deputy_steps_in_by_themselves() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let deputy = house.staff(&scene.deputy_code).await;
        scene
            .worker
            .post("/absences", &json!({ "first_day": TOMORROW, "last_day": "2026-11-25" }))
            .await
            .ok();
        assert_eq!(deputy.see("/day").await["standing_in"], json!([]));
        house.clock.move_to("2026-11-24T08:00:00Z".parse().unwrap());
        let deputy = house.staff(&scene.deputy_code).await;
        let day = deputy.see("/day").await;
        assert_eq!(day["standing_in"][0]["id"], json!(case));
        let seen = deputy.see(&format!("/cases/{case}")).await;
        assert_eq!(seen["away_until"], "2026-11-25");
        let step = json!({ "what": "Called", "on": "2026-11-27", "place": "Phone" });
        deputy.post(&format!("/cases/{case}/step"), &step).await.ok();
        assert_eq!(owner(&house, &case).await, scene.worker_code);
        let page = deputy.get(&format!("/cases/{case}")).await.body;
        assert!(page.contains(&Words::new(Language::Nb).iso("2026-11-25")), "{page}");
        house.clock.move_to("2026-11-26T08:00:00Z".parse().unwrap());
        let deputy = house.staff(&scene.deputy_code).await;
        assert_eq!(deputy.see("/day").await["standing_in"], json!([]));
        // The days are checked, and nobody notes them for a colleague.
        for (first, last, field, code) in [
            ("2026-12-02", "2026-12-01", "last_day", "absence-order"),
            ("2026-11-20", "2026-11-21", "last_day", "absence-past"),
            ("", "", "first_day", "date-empty"),
        ] {
            let form = json!({ "first_day": first, "last_day": last });
            assert_eq!(deputy.post("/absences", &form).await.faults()[field], code);
        }
        let other = json!({ "staff": staff_id(&scene.worker_code), "first_day": "2026-12-01" });
        assert_eq!(deputy.post("/absences", &other).await.faults()["staff"], "choose");
        let twice = json!({ "first_day": "2026-12-01", "last_day": "2026-12-04" });
        deputy.post("/absences", &twice).await.ok();
        assert_eq!(deputy.post("/absences", &twice).await.faults()["first_day"], "absence-twice");
    });
}

/// REQ-ORG-10: taking any one away lists what nobody else covers: nothing while the deputy is
/// there, the case when the deputy is away too or may not see the person; a withdrawn absence
/// empties the list again.
#[test]
fn the_simulation_lists_what_nobody_covers() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let manager = house.staff(MANAGER).await;
        let path = format!("/cover?staff={}&on={TOMORROW}", staff_id(&scene.worker_code));
        let seen = manager.see(&path).await;
        assert_eq!(sum(&seen["stops"], "case"), 0, "the deputy is there");
        assert_eq!(seen["cases"], json!([]));
        absent(&manager, &scene.deputy_code, TOMORROW, TOMORROW).await;
        let seen = manager.see(&path).await;
        assert_eq!(sum(&seen["stops"], "case"), 1);
        assert_eq!(seen["cases"][0]["id"], json!(case));
        assert_eq!(seen["cases"][0]["deputy_away"], true);
        let lines = seen["lines"].as_array().unwrap();
        assert!(lines.iter().any(|it| it["id"] == json!(staff_id(&scene.worker_code))));
        let after = format!("/cover?staff={}&on=2026-11-25", staff_id(&scene.worker_code));
        assert_eq!(sum(&manager.see(&after).await["stops"], "case"), 0, "back the day after");
        let absences = manager.see("/absences").await;
        let id = absences["lines"][0]["id"].as_str().unwrap().to_owned();
        manager.post(&format!("/absences/{id}/withdraw"), &json!({})).await.ok();
        assert_eq!(sum(&manager.see(&path).await["stops"], "case"), 0);
        // A deputy with a tie to the person covers nothing.
        let person = crate::random::literal(&house, &scene.person);
        let deputy = crate::random::literal(&house, &staff_id(&scene.deputy_code));
        house
            .force(&format!(
                "insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at)
                 values ({deputy}, {person}, 'family', 2, 'self', 0)"
            ))
            .await
            .unwrap();
        assert_eq!(sum(&manager.see(&path).await["stops"], "case"), 1);
        // A joint manager without a deputy is missed; with one not.
        let own = format!("/cover?staff={}", staff_id(MANAGER));
        assert_eq!(sum(&manager.see(&own).await["stops"], "manager"), 1);
        let stand_in = json!({ "deputy": staff_id(&scene.worker_code) });
        manager.post("/directory/deputy", &stand_in).await.ok();
        assert_eq!(sum(&manager.see(&own).await["stops"], "manager"), 0);
        // Whoever manages another office sees nothing of this one.
        let other = house.staff("ostbyen-01").await;
        assert_eq!(other.get(&format!("/api/v1{path}")).await.status, StatusCode::NOT_FOUND);
        let refused = scene.worker.get("/api/v1/cover").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-ORG-10: the alarm tells who loses their worker tomorrow, with who steps in, and for whom
/// nobody does; the day after tomorrow is no alarm yet.
#[test]
fn who_loses_their_worker_tomorrow() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let manager = house.staff(MANAGER).await;
        absent(&manager, &scene.worker_code, "2026-11-25", "").await;
        assert_eq!(manager.see("/cover/tomorrow").await["people"], 0);
        house.clock.move_to("2026-11-24T08:00:00Z".parse().unwrap());
        let manager = house.staff(MANAGER).await;
        let seen = manager.see("/cover/tomorrow").await;
        assert_eq!((&seen["people"], &seen["nobody"]), (&json!(1), &json!(0)));
        assert_eq!(seen["lines"][0]["id"], json!(case));
        assert_eq!(seen["lines"][0]["deputy_away"], false);
        let table = manager.see("/management").await;
        assert_eq!((&table["leaving"], &table["nobody"]), (&json!(1), &json!(0)));
        assert!(manager.get("/management").await.body.contains("/cover/tomorrow"), "unasked");
        let worker = house.staff(&scene.worker_code).await;
        assert_eq!(worker.see("/day").await["uncovered"], 0);
        assert_eq!(seen["alone"], json!([]));
        absent(&manager, &scene.deputy_code, "2026-11-24", "2026-11-30").await;
        let seen = manager.see("/cover/tomorrow").await;
        assert_eq!((&seen["people"], &seen["nobody"]), (&json!(1), &json!(1)));
        assert_eq!(seen["alone"][0]["id"], json!(case));
        assert_eq!(manager.see("/management").await["nobody"], 1);
        assert_eq!(worker.see("/day").await["uncovered"], 1, "the worker is told too");
        let seen = house.staff("ostbyen-01").await.see("/cover/tomorrow").await;
        assert_eq!(seen["people"], 0, "another office");
    });
}

/// REQ-ORG-10: the alarm looks to the next day on which the office opens: on a Friday to Monday, and
/// before Christmas over the holidays. Who is away over a weekend alone leaves nobody.
#[test]
fn the_alarm_sounds_before_a_weekend_and_before_christmas() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let manager = house.staff(MANAGER).await;
        for (who, first, last) in [
            (&scene.worker_code, "2026-11-28", "2026-11-29"),
            (&scene.deputy_code, "2026-12-07", "2026-12-07"),
            (&scene.worker_code, "2026-12-07", "2026-12-09"),
            (&scene.worker_code, "2026-12-28", "2026-12-30"),
        ] {
            absent(&manager, who, first, last).await;
        }
        for (now, on, leaving, nobody, uncovered) in [
            // A Friday before a weekend away, then the one before a Monday away.
            ("2026-11-27", "2026-11-30", 0, 0, 0),
            ("2026-12-03", "2026-12-04", 0, 0, 0),
            ("2026-12-04", "2026-12-07", 1, 1, 1),
            ("2026-12-05", "2026-12-07", 1, 1, 1),
            ("2026-12-06", "2026-12-07", 1, 1, 1),
            ("2026-12-07", "2026-12-08", 0, 0, 0),
            // Christmas Day is a Friday: the office opens again on the Monday.
            ("2026-12-24", "2026-12-28", 1, 0, 0),
        ] {
            house.clock.move_to(format!("{now}T08:00:00Z").parse().unwrap());
            let manager = house.staff(MANAGER).await;
            let seen = manager.see("/cover/tomorrow").await;
            assert_eq!(seen["on"], on, "{now}");
            assert_eq!(seen["people"], leaving, "{now}");
            assert_eq!(seen["nobody"], nobody, "{now}");
            let lines = seen["lines"].as_array().unwrap();
            assert_eq!(lines.len(), usize::try_from(leaving).unwrap(), "{now}");
            assert!(lines.iter().all(|it| it["id"] == json!(case)), "{now}");
            let table = manager.see("/management").await;
            assert_eq!((&table["leaving"], &table["nobody"]), (&json!(leaving), &json!(nobody)));
            let worker = house.staff(&scene.worker_code).await;
            assert_eq!(worker.see("/day").await["uncovered"], uncovered, "{now}");
        }
    });
}

/// What stops without somebody tomorrow, as codes with their counts.
async fn stops(manager: &Someone, who: &str) -> Vec<(String, i64)> {
    let page = manager.see(&format!("/cover?staff={}&on={TOMORROW}", staff_id(who))).await;
    let all = page["stops"].as_array().unwrap().iter();
    all.map(|it| (it["matter"].as_str().unwrap().to_owned(), it["count"].as_i64().unwrap()))
        .collect()
}

async fn has(manager: &Someone, who: &str, matter: Matter) -> bool {
    stops(manager, who).await.iter().any(|(code, _)| code == matter.as_str())
}

/// A meeting tomorrow at ten in which these sit.
async fn meeting(house: &House, person: &str, people: &[&str]) {
    let at = "2026-11-24T09:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond();
    let id = literal(house, &uuid::Uuid::now_v7().to_string());
    let office = literal(house, &id_of("office", "heimdal").to_string());
    let person = literal(house, person);
    let mut sql = format!(
        "insert into appointment (id, person_id, office_id, place, starts_at, ends_at, subject)
         values ({id}, {person}, {office}, '', {at}, {}, 'talk');",
        at + 900_000_000
    );
    for code in people {
        let staff = literal(house, &staff_id(code));
        sql.push_str(&format!(
            "insert into calendar_slot (staff_id, starts_at, appointment_id)
             values ({staff}, {at}, {id});"
        ));
    }
    house.force(&sql).await.unwrap();
}

/// REQ-ORG-10: taking any one away shows every kind of duty that nobody else covers: cases, steps,
/// hand-overs, contact persons, coordinators, the joint manager, the last resort, teams, meetings of
/// the day, units and roles with only one; and none of it where somebody covers.
#[test]
fn every_kind_of_duty_is_in_the_simulation() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let (one, deputy) = (scene.worker_code.clone(), scene.deputy_code.clone());
        let partner = house.worker(INSURANCE, "caseworker", 0);
        let second = house.worker(INSURANCE, "caseworker", 1);
        let manager = house.staff(MANAGER).await;
        let admin = house.staff("city-01").await;
        // Somebody of another agency who has nothing but what is given to them here.
        assert!(stops(&manager, &partner).await.is_empty());

        // Steps: the insurance worker's step, while the two who share the case are there.
        let step = format!(
            "update shared_case set step_owner_id = {} where id = {}",
            literal(&house, &staff_id(&partner)),
            literal(&house, &case)
        );
        house.force(&step).await.unwrap();
        assert!(!has(&manager, &partner, Matter::Step).await);
        let away = json!({ "staff": staff_id(&deputy), "first_day": TOMORROW,
            "last_day": TOMORROW });
        manager.post("/absences", &away).await.ok();
        assert!(has(&manager, &one, Matter::Case).await, "the deputy is away too");
        assert!(!has(&manager, &partner, Matter::Step).await, "the responsible worker is there");
        let away = json!({ "staff": staff_id(&one), "first_day": TOMORROW, "last_day": TOMORROW });
        manager.post("/absences", &away).await.ok();
        assert!(has(&manager, &partner, Matter::Step).await);
        let listed = manager.see("/absences").await["lines"].as_array().unwrap().clone();
        for line in listed {
            let id = line["id"].as_str().unwrap();
            manager.post(&format!("/absences/{id}/withdraw"), &json!({})).await.ok();
        }
        let step = format!(
            "update shared_case set step_owner_id = responsible_id where id = {}",
            literal(&house, &case)
        );
        house.force(&step).await.unwrap();

        // A hand-over that one is asked for by name.
        let beside = house.worker(SOCIAL, "caseworker", 2);
        let ask = json!({ "to_staff": staff_id(&beside), "to_unit": unit_id(SOCIAL),
            "reason": "worker_leaves", "need": "n", "deadline": "2026-11-30" });
        scene.worker.post(&format!("/cases/{case}/handover"), &ask).await.ok();
        assert!(has(&manager, &beside, Matter::Handover).await);

        // Contact person, coordinator, manager, last resort: each until a deputy is named.
        let contact = |deputy: &str| {
            json!({ "municipality": "9901", "staff": staff_id(&partner),
            "deputy": deputy })
        };
        manager.post("/contact-persons", &contact("")).await.ok();
        assert!(has(&manager, &partner, Matter::Contact).await);
        manager.post("/contact-persons", &contact(&staff_id(&second))).await.ok();
        assert!(!has(&manager, &partner, Matter::Contact).await);
        let lead = json!({ "structure": "coordinator", "coordinator": staff_id(&partner),
            "stand_in": staff_id(&second) });
        manager.post("/staffing/structure", &lead).await.ok();
        assert!(!has(&manager, &partner, Matter::Coordinator).await);
        let away = json!({ "staff": staff_id(&second), "first_day": TOMORROW,
            "last_day": TOMORROW });
        manager.post("/absences", &away).await.ok();
        assert!(has(&manager, &partner, Matter::Coordinator).await, "the deputy is away");
        assert!(has(&manager, MANAGER, Matter::Manager).await);
        let resort: String = house
            .one(
                "select s.code from unit u join staff s on s.id = u.last_resort_id
                 join office o on o.id = u.office_id where o.code = 'heimdal'",
            )
            .await;
        assert!(has(&manager, &resort, Matter::LastResort).await);
        let named = house.staff(&resort).await;
        let stand_in = house.worker(SOCIAL, "caseworker", 3);
        named.post("/directory/deputy", &json!({ "deputy": staff_id(&stand_in) })).await.ok();
        assert!(!has(&manager, &resort, Matter::LastResort).await);

        // A team where one agency has one, and then two.
        let team = json!({ "name": "Saupstad", "members": [staff_id(&one), staff_id(&partner)] });
        let team = manager.post("/teams", &team).await.ok().id();
        assert!(has(&manager, &one, Matter::Team).await);
        let joins = json!({ "staff": staff_id(&deputy) });
        manager.post(&format!("/teams/{team}/members"), &joins).await.ok();
        assert!(!has(&manager, &one, Matter::Team).await);

        // A meeting that one holds alone with somebody whose case others share; with nobody's.
        let worker = house.staff(&partner).await;
        let form = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
        let person = worker.post("/persons", &form).await.ok().id();
        meeting(&house, &person, &[&partner]).await;
        assert!(has(&manager, &partner, Matter::Meeting).await);
        meeting(&house, &scene.person, &[&one]).await;
        assert!(!has(&manager, &one, Matter::Meeting).await, "the deputy holds it");

        // The only one in a unit, and of a role.
        let only = house.worker(EMPLOYMENT, "caseworker", 0);
        assert!(!has(&manager, &only, Matter::Unit).await);
        let unit = literal(&house, &unit_id(EMPLOYMENT));
        house
            .force(&format!(
                "update staff set on_duty = (1 = 0) where unit_id = {unit} and code <> '{only}'"
            ))
            .await
            .unwrap();
        assert!(has(&manager, &only, Matter::Unit).await);
        let host: String = house
            .one(
                "select s.code from staff s join unit u on u.id = s.unit_id
                 join office o on o.id = u.office_id
                 where o.code = 'heimdal' and s.role = 'host' and s.on_duty order by s.code",
            )
            .await;
        house
            .force(&format!(
                "update staff set on_duty = (1 = 0) where role = 'host' and code <> '{host}'"
            ))
            .await
            .unwrap();
        assert!(has(&manager, &host, Matter::Role).await);
        // Nothing that the domain knows is left untried.
        let tried = BTreeSet::from([
            Matter::Case,
            Matter::Step,
            Matter::Handover,
            Matter::Contact,
            Matter::Coordinator,
            Matter::Manager,
            Matter::LastResort,
            Matter::Team,
            Matter::Unit,
            Matter::Meeting,
            Matter::Role,
        ]);
        assert_eq!(tried.len(), Matter::ALL.len());
        assert_eq!(admin.get("/cover").await.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-INFO-08, REQ-ORG-10: an order in bulk is there for whoever gave it, answers it or leads the
/// office; for everybody else it answers word for word as none. Those who answer count only whom
/// they may see.
#[test]
fn an_order_is_there_for_those_it_concerns() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        open(&scene).await;
        let taker = house.worker(SOCIAL, "caseworker", 2);
        let manager = house.staff(MANAGER).await;
        let order = json!({ "from": staff_id(&scene.worker_code), "receivers": [staff_id(&taker)],
            "deadline": "2026-11-30" });
        let id = manager.post("/orders", &order).await.ok().id();
        let absent = uuid::Uuid::from_u128(9).to_string();
        let no = json!({ "reason": "Full", "alternative": "Wait" });
        for code in [house.worker(INSURANCE, "caseworker", 0), "ostbyen-01".to_owned()] {
            let stranger = house.staff(&code).await;
            let there = stranger.get(&format!("/api/v1/orders/{id}")).await;
            let nothing = stranger.get(&format!("/api/v1/orders/{absent}")).await;
            assert_eq!(there.status, StatusCode::NOT_FOUND);
            assert_eq!(
                there.body.replace(&id, "ID").len(),
                nothing.body.replace(&absent, "ID").len()
            );
            for (act, form) in [("accept", &json!({})), ("refuse", &no), ("refuse", &json!({}))] {
                let there = stranger.post(&format!("/orders/{id}/{act}"), form).await;
                let nothing = stranger.post(&format!("/orders/{absent}/{act}"), form).await;
                assert_eq!(
                    (there.status, there.code()),
                    (nothing.status, nothing.code()),
                    "{act} {form}"
                );
                assert!(!there.status.is_success());
            }
            assert_eq!(stranger.see("/orders").await["orders"], json!([]));
        }
        // A protected person is counted for who leads and for nobody else.
        let receiver = house.staff(&taker).await;
        let counted = |page: &Value| page["orders"][0]["all"].as_i64().unwrap();
        assert_eq!(counted(&receiver.see("/orders").await), 1);
        let person = literal(&house, &scene.person);
        house.force(&format!("update person set guard = 2 where id = {person}")).await.unwrap();
        assert_eq!(counted(&receiver.see("/orders").await), 0);
        let page = receiver.see(&format!("/orders/{id}")).await;
        assert_eq!((&page["states"], &page["left"]), (&json!([]), &Value::Null));
        assert_eq!(counted(&manager.see("/orders").await), 1, "workload");
    });
}

/// REQ-ORG-12, REQ-INFO-03: a team of two agencies shares a participant as far as the walls let it:
/// without a consent where the law asks for one it is refused, and when the consent is taken back the
/// other agency's list has nobody, though the responsible worker keeps the case.
#[test]
fn a_team_shows_its_participants_as_far_as_the_walls_let() {
    on_both(|house| async move {
        let her = woman(&house, "no-2004").await;
        let manager = house.staff(MANAGER).await;
        let social = house.worker(SOCIAL, "caseworker", 0);
        let employment = house.worker(EMPLOYMENT, "caseworker", 0);
        let team =
            json!({ "name": "Saupstad", "members": [staff_id(&social), staff_id(&employment)] });
        let team = format!("/teams/{}", manager.post("/teams", &team).await.ok().id());
        let take = json!({ "case": her.case });
        let refused = her.social.post(&format!("{team}/participants"), &take).await;
        assert!(refused.faults().contains_key("case"), "{}", refused.body);
        let mut both = consent();
        both["category"] = json!(["case"]);
        let id = give(&her.social, &her.person, &both).await;
        her.social.post(&format!("{team}/participants"), &take).await.ok();
        let count = |page: Value| page["participants"].as_array().unwrap().len();
        assert_eq!(count(her.social.see(&team).await), 1);
        assert_eq!(count(her.employment.see(&team).await), 1);
        take_back(&her.social, &id, &json!({ "scope": "all", "how": "counter" })).await;
        assert_eq!(count(her.social.see(&team).await), 1);
        assert_eq!(count(her.employment.see(&team).await), 0);
        // Whoever is no member is shown nobody and takes in nobody.
        let outsider = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        assert_eq!(count(outsider.see(&team).await), 0);
        let absent = json!({ "case": uuid::Uuid::from_u128(9).to_string() });
        for form in [&take, &absent] {
            let answer = outsider.post(&format!("{team}/participants"), form).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        let staff = json!({ "staff": staff_id(&social) });
        for act in ["members", "leave"] {
            let answer = outsider.post(&format!("{team}/{act}"), &staff).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
        }
    });
}

/// REQ-ORG-10, REQ-INFO-03: a deputy of another agency covers a case, a step in it and a meeting only
/// as long as the walls let them: when the consent that brought them in is taken back, they cover
/// nothing, though their name still stands there.
#[test]
fn a_deputy_whom_the_walls_keep_out_covers_nothing() {
    on_both(|house| async move {
        let her = woman(&house, "no-2004").await;
        let manager = house.staff(MANAGER).await;
        let worker = house.worker(SOCIAL, "caseworker", 0);
        let deputy = house.worker(EMPLOYMENT, "caseworker", 1);
        let step_owner = house.worker(SOCIAL, "caseworker", 2);
        let mut both = consent();
        both["category"] = json!(["case"]);
        let id = give(&her.social, &her.person, &both).await;
        let case = format!("/cases/{}", her.case);
        let form = json!({ "deputy": staff_id(&deputy) });
        her.social.post(&format!("{case}/deputy"), &form).await.ok();
        let step = json!({ "what": "Samtale", "owner": staff_id(&step_owner), "on": "2026-12-01",
            "place": "Rom 2" });
        her.social.post(&format!("{case}/step"), &step).await.ok();
        meeting(&house, &her.person, &[&step_owner]).await;
        let without = async |who: &str| {
            let page = manager.see(&format!("/cover?staff={}&on={TOMORROW}", staff_id(who))).await;
            let count = |matter| sum(&page["stops"], matter);
            let counts = (count("case"), count("step"), count("meeting"));
            (counts, page["cases"].as_array().unwrap().len())
        };
        assert_eq!(without(&worker).await, ((0, 0, 0), 0), "the deputy covers");
        // The responsible worker is away too: only the deputy is left for step and meeting.
        absent(&manager, &worker, TOMORROW, TOMORROW).await;
        assert_eq!(without(&step_owner).await, ((0, 0, 0), 0));
        take_back(&her.social, &id, &json!({ "scope": "all", "how": "counter" })).await;
        assert_eq!(without(&worker).await, ((1, 0, 0), 1));
        assert_eq!(without(&step_owner).await, ((0, 1, 1), 0));
    });
}

/// REQ-ORG-10: the manager's table tells who acts in a case while its worker is away, and where
/// nobody does.
#[test]
fn the_managers_table_tells_who_acts() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        crate::cases::ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let receiver = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let no = json!({ "reason": "Ikke vårt", "alternative": "Spør andre" });
        receiver.post(&format!("/cases/{case}/handover/refuse"), &no).await.ok();
        let manager = house.staff(MANAGER).await;
        let line = async || {
            let page = manager.see("/management").await;
            let line = &page["undecided"][0];
            assert_eq!(line["id"], json!(case));
            (line["away"].as_bool().unwrap(), line["acting"].as_str().unwrap().to_owned())
        };
        assert_eq!(line().await, (false, String::new()));
        absent(&manager, &scene.worker_code, "2026-11-23", "2026-11-27").await;
        let name: String = house
            .one(&format!("select name from staff where code = '{}'", scene.deputy_code))
            .await;
        assert_eq!(line().await, (true, name.clone()));
        let page = manager.get("/management").await.ok().body;
        let said = Words::new(Language::Nb).with("case-acts", name.as_str());
        assert!(page.contains(&said), "{said}");
        absent(&manager, &scene.deputy_code, "2026-11-23", "2026-11-23").await;
        assert_eq!(line().await, (true, String::new()));
    });
}

/// REQ-ORG-10, REQ-INFO-08: who becomes deputy because somebody leaves has no tie to the person.
#[test]
fn no_tie_makes_a_deputy() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let manager = house.staff(MANAGER).await;
        let (leaves, taker) = (scene.deputy_code.clone(), house.worker(SOCIAL, "caseworker", 2));
        // Everybody of the unit but one is kin.
        let person = literal(&house, &scene.person);
        let free = house.worker(SOCIAL, "caseworker", 3);
        let unit = literal(&house, &unit_id(SOCIAL));
        house
            .force(&format!(
                "insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at)
                 select id, {person}, 'sibling', 8, 'self', 0 from staff where unit_id = {unit}
                    and code not in ('{}', '{leaves}', '{free}')",
                scene.worker_code
            ))
            .await
            .unwrap();
        let order = json!({ "from": staff_id(&leaves), "receivers": [staff_id(&taker)],
            "deadline": "2026-11-30" });
        manager.post("/orders", &order).await.ok();
        let deputy: String = house
            .one(&format!(
                "select s.code from shared_case c join staff s on s.id = c.deputy_id where c.id = {}",
                literal(&house, &case)
            ))
            .await;
        assert_eq!(deputy, free);
    });
}
