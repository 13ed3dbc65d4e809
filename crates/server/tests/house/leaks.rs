//! Leaks that a reader of the walls' code found: what another agency has, told by a visit, a slip,
//! a note, a count, a wait or a time.

use http::StatusCode;
use onedoor_domain::secrecy::Overlay;
use onedoor_server::app::id_of;
use onedoor_server::keeping::run;
use serde_json::{Value, json};

use crate::attacks::{sql_id, tie};
use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::consents::give;
use crate::support::{House, Someone, on_both, staff_id};

const NUMBER: &str = "10915596784";

async fn choose(house: &House, pack: &str) {
    let choice = json!({
        "pack": format!("{pack}@1"), "from": house.app.today().to_string(), "reason": "Test",
    });
    house.staff("city-03").await.post("/policy/choose", &choice).await.ok();
}

async fn front(house: &House, agency: &str) -> Someone {
    house.staff(&house.worker(&format!("{agency}-front-heimdal"), "front_worker", 0)).await
}

/// A person whom both workers' agencies know.
async fn known_to(workers: &[&Someone]) -> String {
    let form = json!({ "given": "Ola", "family": "Nordmann", "number": NUMBER });
    let mut person = String::new();
    for worker in workers {
        person = worker.post("/persons", &form).await.ok().id();
    }
    person
}

async fn arrive(worker: &Someone, person: &str, need: &str, account: &str) -> String {
    let form = json!({ "need": [need], "person": person, "account": account });
    let visit = worker.post("/reception/check-in", &form).await.ok().id();
    worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
    visit
}

async fn inform(worker: &Someone, visit: &str) {
    let form = json!({ "outcome": "informed", "answer": "Told about rights" });
    worker.post(&format!("/visits/{visit}/close"), &form).await.ok();
}

fn visits(page: &Value) -> Vec<&str> {
    let lines = page["visits"].as_array().unwrap_or_else(|| panic!("{page}"));
    lines.iter().map(|line| line["id"].as_str().unwrap()).collect()
}

/// REQ-INFO-01: at a joint reception an open visit is there for everybody who works there, without
/// what was told to others; when it is over, it is there for the agencies that it concerned and the one that served it,
/// and for nobody else, neither one by one nor in the person's list.
#[test]
fn a_closed_visit_is_there_for_those_it_concerned() {
    on_both(|house| async move {
        let social = front(&house, "social").await;
        let employment = front(&house, "employment").await;
        let person = known_to(&[&social, &employment]).await;
        let page = format!("/persons/{person}");
        let debt = arrive(&social, &person, "debt", "Owes money").await;
        let concerned = social.see(&format!("/visits/{debt}")).await["agencies"].clone();
        assert!(
            concerned.as_array().unwrap().iter().all(|one| one["kind"] != "employment"),
            "debts concern no employment service: {concerned}"
        );
        let path = format!("/visits/{debt}");
        // While it is open they see that somebody waits; what was told is for those it concerns.
        assert_eq!(employment.see(&path).await["account"], "");
        inform(&social, &debt).await;
        for hidden in [path.clone(), format!("{path}/slip"), format!("{path}/talk")] {
            let answer = employment.get(&format!("/api/v1{hidden}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{hidden}");
            assert!(!answer.body.contains("Owes"), "{hidden}");
        }
        assert_eq!(social.see(&path).await["account"], "Owes money");
        assert!(visits(&social.see(&page).await).contains(&debt.as_str()));
        assert!(visits(&employment.see(&page).await).is_empty());
        // What an agency served stays there for it, also where the need was another's.
        let served = arrive(&employment, &person, "debt", "Asked at the wrong desk").await;
        inform(&employment, &served).await;
        assert_eq!(employment.see(&format!("/visits/{served}")).await["state"], "closed");
        assert_eq!(visits(&employment.see(&page).await), [served.as_str()]);
        // What concerned it, it reads whoever served.
        let work = arrive(&social, &person, "work", "Lost the job").await;
        inform(&social, &work).await;
        assert_eq!(employment.see(&format!("/visits/{work}")).await["account"], "Lost the job");
        // And after a year nothing has opened.
        house.clock.move_to("2027-11-22T08:30:00Z".parse().unwrap());
        let employment = front(&house, "employment").await;
        let later = employment.get(&format!("/api/v1{path}")).await;
        assert_eq!(later.status, StatusCode::NOT_FOUND);
    });
}

/// A person with a case that social services carry, met at the counter of the employment service,
/// whose worker ends the visit by opening a case. Gives the visit.
async fn contact(house: &House, social: &Someone, employment: &Someone) -> (String, String) {
    let person = known_to(&[social, employment]).await;
    let opening = json!({
        "summary": "Money", "responsible": staff_id(&house.worker(SOCIAL, "caseworker", 0)),
        "deputy": staff_id(&house.worker(SOCIAL, "caseworker", 1)), "step_what": "Talk",
        "step_on": "2026-11-30", "step_place": "Room 2",
    });
    let case = social.post(&format!("/persons/{person}/case"), &opening).await.ok().id();
    let visit = arrive(employment, &person, "work", "Lost the job").await;
    let form = json!({
        "outcome": "case", "answer": "Was let go after a quarrel",
        "deputy": staff_id(&house.worker(EMPLOYMENT, "caseworker", 0)),
        "step_what": "Look for work", "step_on": "2026-11-27", "step_place": "Here",
    });
    employment.post(&format!("/visits/{visit}/close"), &form).await.ok();
    (visit, case)
}

/// REQ-INFO-01, REQ-INFO-05: where the walls do not let one authority tell another, a contact that
/// finds another's case says there only that the person was in touch, and the visit and its slip
/// tell neither the case nor who is responsible in it.
#[test]
fn a_contact_tells_across_the_walls_only_what_they_let() {
    on_both(|house| async move {
        choose(&house, "se-2022").await;
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let employment = front(&house, "employment").await;
        let (visit, case) = contact(&house, &social, &employment).await;
        let seen = social.get(&format!("/api/v1/cases/{case}")).await.ok();
        assert!(!seen.body.contains("quarrel"), "{}", seen.body);
        let latest = &seen.json()["history"][0];
        assert_eq!(
            (&latest["kind"], &latest["what"], &latest["who"]),
            (&json!("contact"), &json!(""), &json!(""))
        );
        let parties: i64 = house.one("select count(*) from case_agency").await;
        assert_eq!(parties, 1, "who else the person turned to stays there");
        let disclosed: i64 = house.one("select count(*) from disclosure").await;
        assert_eq!(disclosed, 0);
        let name: String = house
            .one("select s.name from shared_case c join staff s on s.id = c.responsible_id")
            .await;
        for path in [format!("/visits/{visit}"), format!("/visits/{visit}/slip")] {
            let page = employment.get(&format!("/api/v1{path}")).await.ok();
            assert!(!page.body.contains(&case) && !page.body.contains(&name), "{}", page.body);
        }
    });
}

/// REQ-INFO-05, REQ-FRONT-01: where they let it, the account goes along and is disclosed, and the
/// slip names the person's adviser.
#[test]
fn a_contact_that_may_be_told_is_told_and_disclosed() {
    on_both(|house| async move {
        choose(&house, "no-2022").await;
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let employment = front(&house, "employment").await;
        let (visit, case) = contact(&house, &social, &employment).await;
        let latest = social.see(&format!("/cases/{case}")).await["history"][0].clone();
        assert_eq!(latest["what"], "Was let go after a quarrel");
        let told = "select count(*) from disclosure d join agency f on f.id = d.from_agency_id \
             join agency t on t.id = d.to_agency_id \
             where f.kind = 'employment' and t.kind = 'social' and d.categories = 'case'";
        assert_eq!(house.one::<i64>(told).await, 1);
        assert_eq!(employment.see(&format!("/visits/{visit}")).await["case"], json!(case));
        let slip = employment.see(&format!("/visits/{visit}/slip")).await;
        assert_ne!(slip["adviser"], "");
    });
}

async fn health_note(worker: &Someone, person: &str, text: &str, grade: &str) -> String {
    let form = json!({
        "category": "health", "body": text, "said_by": "Personen", "received_on": "2026-11-20",
        "grade": grade, "sure": "yes",
    });
    worker.post(&format!("/persons/{person}/notes"), &form).await.ok();
    let view = worker.see(&format!("/persons/{person}/joint")).await;
    let parts = view["parts"].as_array().unwrap().iter();
    let open = parts.flat_map(|part| part["open"].as_array().unwrap());
    let mut entries = open.flat_map(|open| open["entries"].as_array().unwrap());
    let found = entries.find(|one| one["text"] == text).unwrap_or_else(|| panic!("{view}"));
    found["id"].as_str().unwrap().to_owned()
}

/// REQ-INFO-12: a diagnosis does not cross in a note either. A note about health is clinical until
/// its writer says that it tells only what the person can do; then a consent carries it, and the
/// page of who can see it says the same.
#[test]
fn a_diagnosis_crosses_in_no_note() {
    on_both(|house| async move {
        choose(&house, "no-2022").await;
        let insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let person = known_to(&[&insurance, &employment]).await;
        let consent = json!({
            "purpose": "coordination", "category": ["id", "health"], "form": "written",
            "from": [id_of("agency", "insurance").to_string()],
            "to": [id_of("agency", "employment").to_string()],
        });
        give(&insurance, &person, &consent).await;
        let clinical = health_note(&insurance, &person, "Prolaps L5", "").await;
        let able = health_note(&insurance, &person, "Kan ikke løfte tungt", "functional").await;
        let seen = employment.get(&format!("/api/v1/persons/{person}/joint")).await.ok().body;
        assert!(seen.contains("Kan ikke løfte tungt"), "{seen}");
        assert!(!seen.contains("Prolaps"), "{seen}");
        for (note, crosses) in [(clinical, false), (able, true)] {
            let page = insurance.see(&format!("/persons/{person}/notes/{note}/seen-by")).await;
            let lines = page["lines"].as_array().unwrap().iter();
            let coordination = lines.filter(|line| line["purpose"] == "coordination");
            let some = coordination.clone().any(|line| line["yes"] == true);
            assert_eq!(some, crosses, "{page}");
        }
    });
}

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
        house.smallest_count(5).await;
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
                assert_eq!((&one["count"], &one["of"]), (&Value::Null, &Value::Null), "{path}");
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
        house.smallest_count(5).await;
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
        house.smallest_count(5).await;
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

/// REQ-INFO-08, REQ-INFO-16: records that were joined are one person. A hold on one keeps what hangs
/// on the other, also in the night; nobody erases the one by itself past what keeps the other.
#[test]
fn holds_follow_joined_records() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let register = async |given: &str| {
            let form = json!({ "given": given, "family": "Solli", "none_of_these": "yes" });
            worker.post("/persons", &form).await.ok().id()
        };
        let (kept, joined) = (register("Sigrid").await, register("Siri").await);
        for person in [&kept, &joined] {
            let fact = json!({ "kind": "housing", "text": "Rents a room", "source": "Herself",
                "received_on": "2026-11-20" });
            worker.post(&format!("/persons/{person}/facts"), &fact).await.ok();
            let visit = arrive(&worker, person, "debt", "Owes money").await;
            inform(&worker, &visit).await;
        }
        worker.post(&format!("/persons/{kept}/join"), &json!({ "other": joined })).await.ok();
        let owner = house.staff("city-03").await;
        let facts = async || house.one::<i64>("select count(*) from fact").await;
        let due = async || {
            house.force("update fact set kept_until = '2026-11-22'").await.unwrap();
            run(&house.app, house.app.today()).await.unwrap()
        };
        for (held, other) in [(&kept, &joined), (&joined, &kept)] {
            let hold = json!({ "person": held, "reason": "Complaint" });
            owner.post("/keeping/holds", &hold).await.ok();
            let counts = due().await;
            let record = counts.iter().find(|count| count.class == "record").unwrap();
            assert_eq!((record.deleted, record.held), (0, 2), "a hold on one keeps both");
            assert_eq!(facts().await, 2);
            let ask = json!({ "person": other, "reason": "She asks for it" });
            let erasure = owner.post("/erasures", &ask).await.ok().id();
            let findings = owner.see(&format!("/erasures/{erasure}")).await["findings"].clone();
            assert!(findings.as_array().unwrap().contains(&json!("hold")), "{findings}");
            house.force("delete from legal_hold").await.unwrap();
            let path = format!("/erasures/{erasure}");
            owner.post(&format!("{path}/withdraw"), &json!({ "version": 1 })).await.ok();
        }
        // Without a hold too, a joined record goes with the person or not at all.
        let ask = json!({ "person": joined, "reason": "She asks for it" });
        let erasure = owner.post("/erasures", &ask).await.ok().id();
        let path = format!("/erasures/{erasure}");
        assert_eq!(owner.see(&path).await["findings"], json!(["joined"]));
        let decision = json!({ "decision": "erase", "version": 1, "reason": "No duty to keep" });
        let decided = owner.post(&format!("{path}/decide"), &decision).await;
        assert_eq!(decided.code(), "erasure-kept");
        due().await;
        assert_eq!(facts().await, 0, "what nothing holds goes");
    });
}

/// REQ-INFO-01: a visit that led to a case is out of daily use when the archive law locks the case.
#[test]
fn a_lock_follows_the_visits_of_a_case() {
    on_both(|house| async move {
        let worker = front(&house, "social").await;
        let person = known_to(&[&worker]).await;
        let visit = arrive(&worker, &person, "debt", "Owes money").await;
        let form = json!({
            "outcome": "case", "answer": "Debts",
            "deputy": staff_id(&house.worker(SOCIAL, "caseworker", 0)),
            "step_what": "Talk", "step_on": "2026-11-27", "step_place": "Here",
        });
        worker.post(&format!("/visits/{visit}/close"), &form).await.ok();
        let path = format!("/visits/{visit}");
        let case = worker.see(&path).await["case"].as_str().unwrap().to_owned();
        let later = arrive(&worker, &person, "debt", "Again").await;
        let seen = worker.see(&format!("/visits/{later}")).await;
        assert_eq!(seen["earlier"][0]["account"], "Owes money");
        let lock = format!(
            "insert into kept_lock (kind, id, locked_on) values ('case', {}, '2026-11-23')",
            sql_id(&house, &case)
        );
        house.force(&lock).await.unwrap();
        for hidden in [path.clone(), format!("{path}/slip"), format!("{path}/talk")] {
            let answer = worker.get(&format!("/api/v1{hidden}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{hidden}");
        }
        let page = worker.see(&format!("/persons/{person}")).await;
        assert_eq!(visits(&page), [later.as_str()]);
        assert_eq!(worker.see(&format!("/visits/{later}")).await["earlier"], json!([]));
    });
}

/// What a list is called and what a sender calls a row may name somebody: both lie sealed, open for
/// those who may read them, and go with the list and the file.
#[test]
fn what_a_list_and_a_row_are_called_lies_sealed() {
    on_both(|house| async move {
        let (_, list) = crate::consents::shared_and_taken_back(&house).await;
        let title: String = house.one("select title from candidate_list").await;
        assert!(title.starts_with("x1:"), "{title}");
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        assert_eq!(worker.see(&format!("/lists/{list}")).await["title"], "Warehouse");
        assert_eq!(worker.see("/lists").await["given"][0]["title"], "Warehouse");
        let text = "key;number;kind;value;known_on\r\n\
            ola-moe-1;123;household;2;2026-11-20\r\n#end;1\r\n";
        let sent = worker.post("/exchange", &json!({ "text": text })).await.ok().id();
        let key: String = house.one("select key from exchange_row").await;
        assert!(key.starts_with("x1:"), "{key}");
        assert_eq!(worker.see(&format!("/exchange/{sent}")).await["rows"][0]["key"], "ola-moe-1");
        let keys = async |of: &str| {
            let sql = format!(
                "select count(*) from subject_key where subject_id = {}",
                sql_id(&house, of)
            );
            house.one::<i64>(&sql).await
        };
        assert_eq!((keys(&list).await, keys(&sent).await), (1, 1));
        run(&house.app, "2030-01-01".parse().unwrap()).await.unwrap();
        assert_eq!((keys(&list).await, keys(&sent).await), (0, 0), "the keys go with them");
    });
}
