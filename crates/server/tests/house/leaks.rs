//! Leaks that a reader of the walls' code found: what another agency has, told by a visit, a slip,
//! a note, a count, a wait or a time.

use http::StatusCode;
use onedoor_server::app::id_of;
use onedoor_server::keeping::run;
use serde_json::{Value, json};

use crate::attacks::sql_id;
use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::consents::give;
use crate::support::{House, Someone, on_both, staff_id, unit_id};

pub const NUMBER: &str = "10915596784";

pub async fn choose(house: &House, pack: &str) {
    let choice = json!({
        "pack": format!("{pack}@1"), "from": house.app.today().to_string(), "reason": "Test",
    });
    house.choose_law(&choice).await;
}

pub async fn front(house: &House, agency: &str) -> Someone {
    house.staff(&house.worker(&format!("{agency}-front-heimdal"), "front_worker", 0)).await
}

/// A person whom both workers' agencies know.
pub async fn known_to(workers: &[&Someone]) -> String {
    let form = json!({ "given": "Ola", "family": "Nordmann", "number": NUMBER });
    let mut person = String::new();
    for worker in workers {
        person = worker.post("/persons", &form).await.ok().id();
    }
    person
}

pub async fn arrive(worker: &Someone, person: &str, need: &str, account: &str) -> String {
    let form = json!({ "need": [need], "person": person, "account": account });
    let visit = worker.post("/reception/check-in", &form).await.ok().id();
    worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
    visit
}

pub async fn inform(worker: &Someone, visit: &str) {
    let form = json!({ "outcome": "informed", "answer": "Told about rights" });
    worker.post(&format!("/visits/{visit}/close"), &form).await.ok();
}

pub fn visits(page: &Value) -> Vec<&str> {
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

/// REQ-INFO-01, REQ-FRONT-14: the list of those who need an adviser names nobody whose visit the
/// reader cannot open: what is over is for the agencies that it concerned and who served it.
#[test]
fn who_needs_an_adviser_is_named_to_those_who_may_open_the_visit() {
    on_both(|house| async move {
        choose(&house, "no-2022").await;
        let employment = front(&house, "employment").await;
        let social = front(&house, "social").await;
        let manager = house.staff("heimdal-01").await;
        let mut visits = Vec::new();
        for (worker, need, given) in [(&employment, "work", "Ola"), (&social, "debt", "Kari")] {
            let form = json!({ "given": given, "family": "Moe", "none_of_these": "yes" });
            let person = worker.post("/persons", &form).await.ok().id();
            let visit = arrive(worker, &person, need, "Needs somebody").await;
            let path = format!("/visits/{visit}");
            worker.post(&format!("{path}/take"), &json!({})).await.ok();
            let form = json!({
                "outcome": "next_step", "answer": "We will call", "step_what": "Call",
                "step_on": "2026-11-25", "step_place": "By phone", "adviser_needed": "yes",
            });
            // While they are here the manager is told of both.
            manager.see(&path).await;
            worker.post(&format!("{path}/close"), &form).await.ok();
            visits.push(visit);
        }
        let needed: i64 = house.one("select count(*) from visit where adviser_needed").await;
        assert_eq!(needed, 2);
        let table = manager.get("/api/v1/management").await.ok();
        let listed = table.json()["without_adviser"].as_array().unwrap().clone();
        let listed: Vec<&str> = listed.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(listed, [visits[1].as_str()]);
        assert!(!table.body.contains("Ola Moe"), "{}", table.body);
        for (visit, status) in visits.iter().zip([StatusCode::NOT_FOUND, StatusCode::OK]) {
            let seen = manager.get(&format!("/api/v1/visits/{visit}")).await;
            assert_eq!(seen.status, status, "the list says what the page says");
        }
        // What her own agency served it may open, and then the list names it.
        let unit = sql_id(&house, &unit_id("social-front-heimdal"));
        let moved = format!("update staff set unit_id = {unit} where code = 'heimdal-04'");
        house.force(&moved).await.unwrap();
        let server = staff_id("heimdal-04");
        let served = format!(
            "update visit set server_id = {} where id = {}",
            sql_id(&house, &server),
            sql_id(&house, &visits[0])
        );
        house.force(&served).await.unwrap();
        let table = manager.see("/management").await;
        assert_eq!(table["without_adviser"].as_array().unwrap().len(), 2, "{table}");
    });
}

/// A person with a case that social services carry, met at the counter of the employment service,
/// whose worker ends the visit by opening a case. Gives the visit.
pub async fn contact(house: &House, social: &Someone, employment: &Someone) -> (String, String) {
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
/// opens a case opens one of its own: the other's says nothing of it, and the visit and its slip
/// tell neither the other's case nor who is responsible in it.
#[test]
fn a_contact_tells_across_the_walls_only_what_they_let() {
    on_both(|house| async move {
        choose(&house, "se-2022").await;
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let employment = front(&house, "employment").await;
        let (visit, case) = contact(&house, &social, &employment).await;
        let seen = social.get(&format!("/api/v1/cases/{case}")).await.ok();
        assert!(!seen.body.contains("quarrel"), "{}", seen.body);
        let history = seen.json()["history"].as_array().unwrap().clone();
        let kinds: Vec<&str> = history.iter().map(|it| it["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["step", "opened"], "who else the person turned to stays there");
        let parties =
            format!("select count(*) from case_agency where case_id = {}", sql_id(&house, &case));
        assert_eq!(house.one::<i64>(&parties).await, 1);
        let disclosed: i64 = house.one("select count(*) from disclosure").await;
        assert_eq!(disclosed, 0);
        let name: String = house
            .one(&format!(
                "select s.name from shared_case c join staff s on s.id = c.responsible_id
                where c.id = {}",
                sql_id(&house, &case)
            ))
            .await;
        let own = employment.see(&format!("/visits/{visit}")).await["case"].clone();
        assert!(own.is_string() && own != json!(case), "{own}");

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

pub async fn health_note(worker: &Someone, person: &str, text: &str, grade: &str) -> String {
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
