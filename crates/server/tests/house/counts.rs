//! Figures, waits and counts: none tells of one person, and who is hidden from the rows is hidden
//! from them.

use onedoor_domain::secrecy::Overlay;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::attacks::{sql_id, tie};
use crate::cases::{INSURANCE, SOCIAL};
use crate::leaks::{NUMBER, front, inform};
use crate::support::{House, Someone, on_both, staff_id};

/// Makes a visit that person's, outside every rule: nobody here could check them in.
async fn hide(house: &House, visit: &str, person: &str) {
    let (visit, person) = (sql_id(house, visit), sql_id(house, person));
    let sql = format!("update visit set person_id = {person}, spoken_name = '' where id = {visit}");
    house.force(&sql).await.unwrap();
}

/// Somebody with a protected address, and somebody who is the worker's family.
async fn hidden_from(house: &House, code: &str) -> [String; 2] {
    let cleared = house.staff(&house.cleared("strictly_confidential")).await;
    let form = json!({ "family": "Gjemt", "protection": "strictly_confidential",
        "none_of_these": "yes" });
    let protected = cleared.post("/persons", &form).await.ok().id();
    let form = json!({ "family": "Slekt", "none_of_these": "yes" });
    let family = cleared.post("/persons", &form).await.ok().id();
    tie(house, &staff_id(code), &family, Overlay::Child).await;
    [protected, family]
}

async fn nobody_known(worker: &Someone, need: &str) -> String {
    worker.post("/reception/check-in", &json!({ "need": [need] })).await.ok().id()
}

/// REQ-INFO-08, REQ-INFO-20: who is hidden from a worker, by a protected address or a tie, is in no
/// figure, in no report of talks and in none of its rows, as they are not in the queue.
#[test]
fn figures_and_talks_hide_whom_the_rows_hide() {
    on_both(|house| async move {
        let code = house.worker("social-front-heimdal", "front_worker", 0);
        let worker = house.staff(&code).await;
        let shown = nobody_known(&worker, "debt").await;
        worker.post(&format!("/visits/{shown}/take"), &json!({})).await.ok();
        inform(&worker, &shown).await;
        nobody_known(&worker, "debt").await;
        let pages = ["/figures", "/talks"];
        let mut before = Vec::new();
        for page in pages {
            before.push(worker.see(page).await);
        }
        for person in hidden_from(&house, &code).await {
            let ended = nobody_known(&worker, "illness").await;
            worker.post(&format!("/visits/{ended}/take"), &json!({})).await.ok();
            let mark = json!({ "content": "health", "room": "open", "reason": "no_room",
                "version": "0" });
            worker.post(&format!("/visits/{ended}/talk"), &mark).await.ok();
            inform(&worker, &ended).await;
            let unmarked = nobody_known(&worker, "debt").await;
            worker.post(&format!("/visits/{unmarked}/take"), &json!({})).await.ok();
            inform(&worker, &unmarked).await;
            let open = nobody_known(&worker, "debt").await;
            for (page, before) in pages.iter().zip(&before) {
                assert_ne!(&worker.see(page).await, before, "{page} counts whom it may show");
            }
            for visit in [ended, unmarked, open] {
                hide(&house, &visit, &person).await;
            }
            for (page, before) in pages.iter().zip(&before) {
                assert_eq!(&worker.see(page).await, before, "{page}");
            }
        }
    });
}

/// REQ-INFO-08: the expected wait is that of the queue which is shown, on the worker's screen and at
/// the door, and tickets do not follow each other, so that neither tells of somebody hidden.
#[test]
fn a_wait_and_a_ticket_tell_of_nobody_hidden() {
    on_both(|house| async move {
        let code = house.worker("social-front-heimdal", "front_worker", 0);
        let worker = house.staff(&code).await;
        let kiosk = house.kiosk("heimdal").await;
        let [protected, family] = hidden_from(&house, &code).await;
        let mut visits = Vec::new();
        for n in 0..12 {
            let visit = nobody_known(&worker, "debt").await;
            let path = format!("/visits/{visit}");
            if n < 4 {
                worker.post(&format!("{path}/take"), &json!({})).await.ok();
            }
            if n < 3 {
                let at = format!("2026-11-23T08:{}0:00Z", n + 3);
                house.clock.move_to(at.parse().unwrap());
                inform(&worker, &visit).await;
            }
            visits.push(visit);
        }
        let mut tickets = Vec::new();
        for visit in &visits {
            tickets.push(worker.see(&format!("/visits/{visit}")).await["ticket"].as_i64().unwrap());
        }
        let gaps: Vec<i64> = tickets.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|gap| (1..=3).contains(gap)), "{gaps:?}");
        assert!(gaps.iter().any(|gap| *gap > 1), "a gap means nothing: {gaps:?}");
        // Of eight who wait five are hidden.
        for (visit, person) in visits.iter().skip(4).zip([&protected, &protected, &protected]) {
            hide(&house, visit, person).await;
        }
        for visit in visits.iter().skip(7).take(2) {
            hide(&house, visit, &family).await;
        }
        house.clock.move_to("2026-11-23T08:55:00Z".parse().unwrap());
        let queue = worker.see("/reception").await;
        assert_eq!(queue["waiting"].as_array().unwrap().len(), 3);
        let told = |page: &Value| (page["wait"].clone(), page["low"].clone(), page["high"].clone());
        let before = told(&queue);
        assert_eq!(before.0, "between", "{queue}");
        // At the door nobody is family; the protected are left out there too.
        let door = kiosk.get("/kiosk/done?ticket=1").await.ok().body;
        // The same without them.
        house.force("delete from visit_agency; delete from visit_event").await.unwrap();
        let gone = |person: &str| {
            format!("delete from visit where person_id = {}", sql_id(&house, person))
        };
        house.force(&gone(&protected)).await.unwrap();
        assert_eq!(kiosk.get("/kiosk/done?ticket=1").await.ok().body, door);
        house.force(&gone(&family)).await.unwrap();
        assert_eq!(told(&worker.see("/reception").await), before);
    });
}

/// REQ-INFO-01: figures of a shorter time than a month, and of an office whose visits one may not
/// see, come in steps: few read as none, and no share is reckoned from them.
#[test]
fn small_figures_are_not_told() {
    on_both(|house| async move {
        let worker = front(&house, "social").await;
        for _ in 0..6 {
            let visit = nobody_known(&worker, "debt").await;
            worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
            inform(&worker, &visit).await;
        }
        let figure = |page: &Value, code: &str| {
            let all = page["figures"].as_array().unwrap();
            all.iter().find(|one| one["code"] == code).unwrap().clone()
        };
        let month = worker.see("/figures").await;
        assert_eq!(
            (&month["in_steps"], &figure(&month, "wrong")["of"]),
            (&json!(false), &json!(6))
        );
        let far = house.staff(&house.worker("social-front-midtbyen", "front_worker", 0)).await;
        let heimdal = id_of("office", "heimdal");
        for (who, path) in [
            (&worker, "/figures?from=2026-11-23&until=2026-11-23".to_owned()),
            // A month that has not come yet is no month.
            (&worker, "/figures?from=2026-11-23&until=2027-11-23".to_owned()),
            (&far, format!("/figures?office={heimdal}")),
        ] {
            let page = who.see(&path).await;
            assert_eq!(page["in_steps"], true, "{path}");
            for one in page["figures"].as_array().unwrap() {
                // Six visits are told as five, and nothing that is a part of them.
                let told = if one["code"] == "visits" { json!(5) } else { Value::Null };
                assert_eq!((&one["count"], &one["of"]), (&told, &Value::Null), "{path}");
            }
            assert_eq!(page["open_visits"], Value::Null);
            assert!(who.get(&path).await.ok().body.contains("færre enn 5"), "{path}");
        }
        let open = far.see(&format!("/figures?office={heimdal}&open=clarified")).await;
        assert_eq!(open["rows"], json!([]));
    });
}

/// What the counts over several agencies say, as a worker of social services and a privacy owner
/// read them.
async fn counted(house: &House) -> (Value, Value) {
    let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
    let owner = house.staff("city-03").await;
    let double = worker.see("/figures/double-work").await;
    (double, owner.see("/policy/diff?a=no-2004&b=no-2022").await["rows"].clone())
}

fn known(page: &Value, agency: &str) -> Value {
    let lines = page["known"].as_array().unwrap();
    let line = lines.iter().find(|line| line["agency"] == agency);
    line.unwrap_or_else(|| panic!("{page}"))["persons"].clone()
}

fn double(page: &Value, kind: &str) -> Option<i64> {
    let lines = page["lines"].as_array().unwrap();
    lines.iter().find(|line| line["kind"] == kind)?["persons"].as_i64()
}

/// REQ-INFO-01, REQ-INFO-07, REQ-INFO-10: no count tells what another agency has about one person,
/// by reading it before and after that person was registered, given a fact, or lost one: counts are
/// those of the beginning of the month, in steps, without the protected and without family of staff.
#[test]
fn no_count_before_and_after_tells_of_one_person() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let fact = |kind: &str| json!({ "kind": kind, "text": "Noe", "source": "Personen", "received_on": "2026-11-20" });
        let mut persons = Vec::new();
        for given in ["Anna", "Berit", "Carl", "Dina", "Erik"] {
            let form = json!({ "given": given, "family": "Sjudal", "none_of_these": "yes" });
            let person = social.post("/persons", &form).await.ok().id();
            social.post(&format!("/persons/{person}/facts"), &fact("housing")).await.ok();
            persons.push(person);
        }
        let form = json!({ "given": "Ola", "family": "Nordmann", "number": NUMBER });
        let her = insurance.post("/persons", &form).await.ok().id();
        insurance.post(&format!("/persons/{her}/facts"), &fact("housing")).await.ok();
        // The five are known to the insurance too, which has asked them the same, long ago.
        let insurer = sql_id(&house, &id_of("agency", "insurance").to_string());
        house
            .force(&format!(
                "insert into person_agency (person_id, agency_id, since)
                 select k.person_id, {insurer}, '2026-01-01' from person_agency k
                    where k.agency_id <> {insurer};
                 insert into fact (id, person_id, agency_id, kind, category, body, source,
                    received_on, kept_until, noted_at)
                 select f.person_id, f.person_id, {insurer}, f.kind, f.category, f.body, f.source,
                    f.received_on, f.kept_until, 0 from fact f
                    where f.agency_id <> {insurer} and f.kind = 'housing';
                 update person_agency set since = '2026-01-01';
                 update fact set noted_at = 0;"
            ))
            .await
            .unwrap();
        let before = counted(&house).await;
        assert_eq!(known(&before.0, "Trygdeetaten"), 5);
        assert_eq!(double(&before.0, "housing"), Some(5));
        // Does the insurance know Ola, and what does it have about him?
        assert_eq!(social.post("/persons", &form).await.ok().id(), her);
        social.post(&format!("/persons/{her}/facts"), &fact("housing")).await.ok();
        assert_eq!(counted(&house).await, before, "a registration of today does not count");
        // Nor by ending what one has.
        let one = format!("/persons/{}/joint", persons[0]);
        let view = social.see(&one).await;
        let parts = view["parts"].as_array().unwrap().iter().find(|part| part["own"] == true);
        let open = parts.unwrap()["open"].as_array().unwrap().iter();
        let mut entries = open.flat_map(|open| open["entries"].as_array().unwrap());
        let own = entries.find(|one| one["kind"] == "housing").unwrap()["id"].as_str().unwrap();
        let end = format!("/persons/{}/facts/{own}/end", persons[0]);
        social.post(&end, &json!({})).await.ok();
        assert_eq!(counted(&house).await, before, "nor does what ends today");
        // When the month is over it is one more and one less, and no step is taken.
        house.clock.move_to("2026-12-02T08:30:00Z".parse().unwrap());
        let next = counted(&house).await;
        assert_eq!(
            (known(&next.0, "Trygdeetaten"), double(&next.0, "housing")),
            (json!(5), Some(5))
        );
        // Protected persons and family of staff are in no count, for nobody: five are four.
        let sixth = sql_id(&house, &her);
        let protect = format!("update person set guard = 2, protection = 2 where id = {sixth}");
        house.force(&protect).await.unwrap();
        tie(&house, &staff_id("city-03"), &persons[1], Overlay::Child).await;
        let less = counted(&house).await;
        assert_eq!(known(&less.0, "Trygdeetaten"), Value::Null);
        assert_eq!(double(&less.0, "housing"), None, "few read as none");
    });
}

/// REQ-INFO-12: that two agencies hold a diagnosis of the same persons is in no count.
#[test]
fn what_is_clinical_is_in_no_count() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        for given in ["Anna", "Berit", "Carl", "Dina", "Erik"] {
            let form = json!({ "given": given, "family": "Sjudal", "none_of_these": "yes" });
            let person = social.post("/persons", &form).await.ok().id();
            let fact = json!({ "kind": "diagnosis", "text": "Noe", "source": "Personen",
                "received_on": "2026-11-20" });
            social.post(&format!("/persons/{person}/facts"), &fact).await.ok();
        }
        let insurer = sql_id(&house, &id_of("agency", "insurance").to_string());
        house
            .force(&format!(
                "update fact set noted_at = 0;
                 insert into fact (id, person_id, agency_id, kind, category, body, source,
                    received_on, kept_until, noted_at)
                 select f.person_id, f.person_id, {insurer}, f.kind, f.category, f.body, f.source,
                    f.received_on, f.kept_until, 0 from fact f where f.kind = 'diagnosis';"
            ))
            .await
            .unwrap();
        let page = social.see("/figures/double-work").await;
        assert_eq!(page["lines"], json!([]), "{page}");
        // The same with what may be told: it is the kind that keeps it out.
        house
            .force("update fact set kind = 'work_ability' where kind = 'diagnosis'")
            .await
            .unwrap();
        let page = social.see("/figures/double-work").await;
        assert_eq!(double(&page, "work_ability"), Some(5));
    });
}

/// What the pages of the country tell of people, as a worker of social services reads them.
async fn of_the_country(house: &House) -> [Value; 3] {
    let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
    let admin = house.staff("city-01").await;
    [
        worker.see("/network?month=2026-11").await["sum"].clone(),
        worker.see("/network/offices").await["offices"].clone(),
        admin.see("/mergers?year=2026").await["counts"].clone(),
    ]
}

/// REQ-INFO-01, REQ-ORG-15: the numbers of municipalities, offices and units tell nothing of one
/// person either, read before and after the insurance met them, opened a case and decided; they
/// are those of a month that is over, in steps, without the protected and without family of staff.
#[test]
fn no_number_of_the_country_tells_of_one_person() {
    on_both(|house| async move {
        let unit = INSURANCE;
        let code = house.worker(unit, "caseworker", 0);
        let insurer = house.staff(&code).await;
        let deputy = house.worker(unit, "caseworker", 1);
        let before = of_the_country(&house).await;
        let mut persons = Vec::new();
        for given in ["Anna", "Berit", "Carl", "Dina", "Erik"] {
            let form = json!({ "given": given, "family": "Sjudal", "none_of_these": "yes" });
            let person = insurer.post("/persons", &form).await.ok().id();
            let opening = json!({ "summary": "x", "responsible": staff_id(&code),
                "deputy": staff_id(&deputy), "step_what": "Talk", "step_on": "2026-11-30",
                "step_place": "Room" });
            insurer.post(&format!("/persons/{person}/case"), &opening).await.ok();
            let guide =
                json!({ "subject": "sickness_benefit", "kind": "guidance", "text": "Slik" });
            insurer.post(&format!("/persons/{person}/rulings"), &guide).await.ok();
            persons.push(person);
        }
        assert_eq!(of_the_country(&house).await, before, "what is new this month is not told");
        house.clock.move_to("2026-12-02T08:30:00Z".parse().unwrap());
        // Five are told of; of four nothing is.
        let [_, _, units] = of_the_country(&house).await;
        assert_eq!(units[0]["rulings"], 5, "{units}");
        let fifth = sql_id(&house, &persons[0]);
        let guard =
            |n: i64| format!("update person set guard = {n}, protection = {n} where id = {fifth}");
        house.force(&guard(2)).await.unwrap();
        let hidden = of_the_country(&house).await;
        assert_eq!(hidden[2], json!([]), "a protected person is not counted");
        house.force("delete from place_count").await.unwrap();
        onedoor_server::network::count_month(&house.app).await.unwrap();
        assert_eq!(of_the_country(&house).await[0]["cases"], 0);
        house.force(&guard(0)).await.unwrap();
        let told = |sum: &Value| (sum["cases"].clone(), sum["visits"].clone());
        assert_eq!(told(&of_the_country(&house).await[0]), (json!(0), json!(0)), "counted once");
        house.force("delete from place_count").await.unwrap();
        onedoor_server::network::count_month(&house.app).await.unwrap();
        assert_eq!(told(&of_the_country(&house).await[0]), (json!(5), json!(0)));
        tie(&house, &staff_id("city-03"), &persons[1], Overlay::Child).await;
        house.force("delete from place_count").await.unwrap();
        while onedoor_server::network::count_month(&house.app).await.unwrap().is_some() {}
        assert_eq!(of_the_country(&house).await[0]["cases"], 0, "nor is family of staff");
        assert_eq!(
            house.one::<i64>("select count(*) from place_count where what = 'counted'").await,
            12
        );
    });
}

/// REQ-INFO-01, REQ-INFO-06: a worker counts the looks of their own agency alone: that somebody of
/// another one has looked would tell that it has the person. The figure over all agencies is for
/// the person and the privacy owner.
#[test]
fn a_look_by_another_agency_changes_nothing_for_a_worker() {
    on_both(|house| async move {
        let her = crate::story::woman(&house, "se-2022").await;
        let path = format!("/persons/{}/joint", her.person);
        her.employment.see(&path).await;
        let before = her.employment.see(&path).await;
        let page = her.employment.get(&path).await.ok().body;
        let other = house.staff(&house.worker(INSURANCE, "caseworker", 1)).await;
        other.see(&path).await;
        assert_eq!(her.employment.see(&path).await, before, "nothing tells of the other look");
        assert_eq!(her.employment.get(&path).await.ok().body, page);
        let colleague = house.worker(crate::cases::EMPLOYMENT, "caseworker", 1);
        house.staff(&colleague).await.see(&path).await;
        let after = her.employment.see(&path).await;
        let staff = |page: &Value| page["staff"].as_i64().unwrap();
        assert_eq!(staff(&after), staff(&before) + 1, "one's own agency counts");
        let owner = house.staff("city-03").await;
        let log = owner.see(&format!("/journal?person={}", her.person)).await;
        assert_eq!((&log["seen_by"], &log["seen_at"]), (&json!(5), &json!(3)), "{log}");
        let shown = owner.get(&format!("/journal?person={}", her.person)).await.ok().body;
        assert!(shown.contains("6 ansatte ved 3 etater"), "with the look before: {shown}");
    });
}
