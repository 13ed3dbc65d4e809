//! The same woman under three laws: Norway now, Norway in 2004, Sweden now.

use std::collections::BTreeMap;

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, ask};
use crate::consents::{give, take_back};
use crate::support::{House, Someone, on_both, staff_id, unit_id};

const NUMBER: &str = "10915596784";

pub struct Woman {
    pub employment: Someone,
    pub insurance: Someone,
    pub social: Someone,
    pub person: String,
    pub case: String,
}

pub async fn fact(worker: &Someone, person: &str, kind: &str, text: &str) {
    let form =
        json!({ "kind": kind, "text": text, "source": "Personen", "received_on": "2026-11-20" });
    worker.post(&format!("/persons/{person}/facts"), &form).await.ok();
}

async fn note(
    worker: &Someone,
    person: &str,
    category: &str,
    internal: bool,
    text: &str,
) -> String {
    let form = json!({
        "category": category, "body": text, "said_by": "Personen", "received_on": "2026-11-20",
        "internal": if internal { "yes" } else { "" }, "sure": "yes",
    });
    worker.post(&format!("/persons/{person}/notes"), &form).await.ok().id()
}

/// A woman whom all three agencies know, each with its own facts, and a case that social
/// services carry, under one policy pack.
pub async fn woman(house: &House, pack: &str) -> Woman {
    let choice = json!({
        "pack": format!("{pack}@1"), "from": house.app.today().to_string(), "reason": "Fortelling",
    });
    house.choose_law(&choice).await;
    let mut workers = Vec::new();
    for unit in [EMPLOYMENT, INSURANCE, SOCIAL] {
        workers.push(house.staff(&house.worker(unit, "caseworker", 0)).await);
    }
    let form = json!({ "given": "Marit", "family": "Lund", "number": NUMBER });
    let mut person = String::new();
    for worker in &workers {
        person = worker.post("/persons", &form).await.ok().id();
    }
    let [employment, insurance, social] = <[Someone; 3]>::try_from(workers).ok().unwrap();
    fact(&employment, &person, "education", "Fagbrev som kokk").await;
    fact(&employment, &person, "work_ability", "Kan ikke løfte tungt").await;
    fact(&insurance, &person, "benefit_paid", "Sykepenger 50 prosent").await;
    fact(&insurance, &person, "diagnosis", "Prolaps L5").await;
    fact(&insurance, &person, "work_ability", "Halve dager").await;
    fact(&social, &person, "debt_total", "240000").await;
    fact(&social, &person, "housing", "Leier en hybel").await;
    fact(&social, &person, "child_welfare_contact", "Kontaktperson finnes").await;
    note(&social, &person, "debt", true, "Uenige internt om veien videre").await;
    note(&social, &person, "debt", false, "Vil ha hjelp til å ordne gjelda").await;
    let opening = json!({
        "summary": "Arbeid og gjeld", "responsible": staff_id(&house.worker(SOCIAL, "caseworker", 0)),
        "deputy": staff_id(&house.worker(SOCIAL, "caseworker", 1)), "step_what": "Samtale",
        "step_on": "2026-11-30", "step_place": "Rom 2",
    });
    let case = social.post(&format!("/persons/{person}/case"), &opening).await.ok().id();
    Woman { employment, insurance, social, person, case }
}

/// What a worker sees of the others: per agency the open kinds, and everything that is told.
pub struct Sight {
    pub open: BTreeMap<String, Vec<String>>,
    pub remedy: BTreeMap<(String, String), String>,
    pub texts: String,
}

pub async fn sight(worker: &Someone, person: &str) -> Sight {
    let page = worker.see(&format!("/persons/{person}/joint?purpose=coordination")).await;
    let mut sight = Sight { open: BTreeMap::new(), remedy: BTreeMap::new(), texts: String::new() };
    for part in page["parts"].as_array().unwrap() {
        if part["own"] == true {
            continue;
        }
        let name = part["name"].as_str().unwrap().to_owned();
        let open = part["open"].as_array().unwrap();
        let codes = open.iter().map(|o| o["category"].as_str().unwrap().to_owned()).collect();
        for entry in open.iter().flat_map(|o| o["entries"].as_array().unwrap()) {
            sight.texts.push_str(entry["text"].as_str().unwrap());
            sight.texts.push('\n');
        }
        for closed in part["closed"].as_array().unwrap() {
            let category = closed["category"].as_str().unwrap().to_owned();
            let remedy = closed["remedy"].as_str().unwrap().to_owned();
            sight.remedy.insert((name.clone(), category), remedy);
        }
        sight.open.insert(name, codes);
    }
    sight
}

pub const EMPLOYMENT_NAME: &str = "Arbeidsmarkedsetaten";
pub const INSURANCE_NAME: &str = "Trygdeetaten";
pub const SOCIAL_NAME: &str = "Sosialtjenesten";

fn open<'a>(sight: &'a Sight, agency: &str) -> Vec<&'a str> {
    sight.open[agency].iter().map(String::as_str).collect()
}

fn remedy<'a>(sight: &'a Sight, agency: &str, category: &str) -> &'a str {
    &sight.remedy[&(agency.to_owned(), category.to_owned())]
}

/// What the law opens wide inside a Norwegian joint office (nav-loven section 16).
const WIDE: [&str; 5] = ["id", "case", "emp", "ben", "housing"];

/// REQ-INFO-01, REQ-INFO-04, REQ-INFO-05, REQ-INFO-09, REQ-INFO-12, REQ-INFO-13: Norway now. The joint
/// office shares work, money and home; health waits for a judged necessity; debts, substance
/// use and child welfare wait for her consent; what is withheld reads the same whether it is
/// there or not, and an internal note stays.
#[test]
fn norway_now_shares_in_the_office_and_asks_her_for_the_rest() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let seen = sight(&her.employment, &her.person).await;
        assert_eq!(open(&seen, SOCIAL_NAME), WIDE);
        assert_eq!(open(&seen, INSURANCE_NAME), WIDE);
        assert!(seen.texts.contains("Leier en hybel") && seen.texts.contains("Sykepenger"));
        for hidden in ["240000", "Kontaktperson", "gjelda", "internt", "Prolaps", "Halve dager"] {
            assert!(!seen.texts.contains(hidden), "{hidden}");
        }
        assert_eq!(remedy(&seen, SOCIAL_NAME, "health"), "necessity");
        assert_eq!(remedy(&seen, SOCIAL_NAME, "debt"), "consent");
        assert_eq!(remedy(&seen, SOCIAL_NAME, "child"), "consent");
        // Somebody of whom social services have nothing reads word for word alike.
        let form = json!({ "given": "Tom", "family": "Person", "none_of_these": "yes" });
        let nobody = her.employment.post("/persons", &form).await.ok().id();
        let empty = sight(&her.employment, &nobody).await;
        assert_eq!(empty.remedy, seen.remedy, "what is withheld tells nothing");
        assert_eq!(empty.open, seen.open);
        // A necessity is the giver's to judge.
        let form = json!({
            "direction": "ask", "from_agency": id_of("agency", "insurance").to_string(),
            "aim": "coordination", "categories": ["health"],
            "reason": "Trenger å vite hva hun kan gjøre på jobb", "valid_until": "2026-12-20",
        });
        her.employment.post(&format!("/persons/{}/grounds", her.person), &form).await.ok();
        assert!(!sight(&her.employment, &her.person).await.texts.contains("Halve dager"));
        let asked = her.insurance.see("/grounds").await;
        assert_eq!(asked["lines"][0]["name"], "Marit Lund");
        let claims = her.insurance.see(&format!("/persons/{}/joint", her.person)).await;
        let claim = claims["claims"][0]["id"].as_str().unwrap().to_owned();
        let yes = json!({ "answer": "yes", "reason": "Nødvendig for tilrettelegging" });
        let path = format!("/persons/{}/grounds/{claim}/answer", her.person);
        let stranger = her.social.post(&path, &yes).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "only the giver answers");
        her.insurance.post(&path, &yes).await.ok();
        let now = sight(&her.employment, &her.person).await;
        assert!(now.texts.contains("Halve dager"), "what she can do");
        assert!(!now.texts.contains("Prolaps"), "and not why (REQ-INFO-12)");
        // The hand-over needs no more than the office's own law.
        ask(&house, &her.social, &her.case, EMPLOYMENT, "mandate").await;
    });
}

/// REQ-INFO-03, REQ-INFO-04, REQ-INFO-15: Norway in 2004. Nothing crosses without her consent;
/// with it exactly what she ticked does; when she takes it back it closes at once, and the
/// agency that holds something is told.
#[test]
fn norway_in_2004_asks_her_for_everything() {
    on_both(|house| async move {
        let her = woman(&house, "no-2004").await;
        for worker in [&her.employment, &her.insurance, &her.social] {
            let seen = sight(worker, &her.person).await;
            assert!(seen.open.values().all(Vec::is_empty), "{:?}", seen.open);
            assert!(seen.texts.is_empty());
        }
        let seen = sight(&her.employment, &her.person).await;
        assert_eq!(remedy(&seen, SOCIAL_NAME, "case"), "consent");
        let form = json!({
            "to_unit": unit_id(EMPLOYMENT), "reason": "mandate", "need": "Arbeid",
            "deadline": "2026-11-30",
        });
        let path = format!("/cases/{}/handover", her.case);
        let refused = her.social.post(&path, &form).await;
        assert_eq!(refused.faults()["to_unit"], "wall-consent");

        let consent = json!({
            "purpose": "coordination", "category": ["case", "debt"], "form": "written",
            "from": [id_of("agency", "social").to_string()],
            "to": [id_of("agency", "employment").to_string()],
        });
        let id = give(&her.social, &her.person, &consent).await;
        let seen = sight(&her.employment, &her.person).await;
        assert_eq!(open(&seen, SOCIAL_NAME), ["case", "debt"]);
        assert!(seen.texts.contains("240000") && seen.texts.contains("gjelda"));
        assert!(!seen.texts.contains("internt"), "an internal note never leaves (REQ-INFO-13)");
        assert!(!seen.texts.contains("hybel"), "nor does what was not ticked");
        let other = sight(&her.insurance, &her.person).await;
        assert!(other.open.values().all(Vec::is_empty), "a consent names its receivers");
        her.social.post(&path, &form).await.ok();

        let all = json!({ "scope": "all", "how": "counter" });
        take_back(&her.social, &id, &all).await;
        let closed = sight(&her.employment, &her.person).await;
        assert!(closed.open.values().all(Vec::is_empty) && closed.texts.is_empty());
        let told = her.employment.see("/withdrawals").await;
        assert!(told.to_string().contains("Marit Lund"), "{told}");
    });
}

/// REQ-INFO-04, REQ-INFO-10: Sweden now. A joint desk changes nothing: what starts at social
/// services or insurance waits for her, what starts at the employment service for a harm test.
#[test]
fn sweden_now_keeps_three_authorities_at_one_desk() {
    on_both(|house| async move {
        let her = woman(&house, "se-2022").await;
        let seen = sight(&her.employment, &her.person).await;
        assert!(seen.open.values().all(Vec::is_empty), "{:?}", seen.open);
        assert_eq!(remedy(&seen, SOCIAL_NAME, "id"), "consent");
        // Insurance cooperates in rehabilitation only, and then only if she agrees (SFB 30:10).
        assert_eq!(remedy(&seen, INSURANCE_NAME, "ben"), "nothing");
        let form = json!({
            "direction": "ask", "from_agency": id_of("agency", "insurance").to_string(),
            "aim": "coordination", "conditions": ["rehabilitation"],
            "reason": "Samordnad rehabilitering pågår", "valid_until": "2026-12-20",
        });
        her.employment.post(&format!("/persons/{}/grounds", her.person), &form).await.ok();
        let seen = sight(&her.employment, &her.person).await;
        assert_eq!(remedy(&seen, INSURANCE_NAME, "ben"), "consent");
        let seen = sight(&her.social, &her.person).await;
        assert!(seen.open.values().all(Vec::is_empty));
        assert_eq!(remedy(&seen, EMPLOYMENT_NAME, "emp"), "necessity");
        assert_eq!(remedy(&seen, EMPLOYMENT_NAME, "health"), "consent");
        // The employment service judges that it does no harm, and tells.
        let form = json!({
            "direction": "tell", "from_agency": id_of("agency", "social").to_string(),
            "aim": "coordination", "categories": ["emp"],
            "reason": "Ingen skade, de planlegger sammen", "valid_until": "2026-12-20",
        });
        her.employment.post(&format!("/persons/{}/grounds", her.person), &form).await.ok();
        let seen = sight(&her.social, &her.person).await;
        assert_eq!(open(&seen, EMPLOYMENT_NAME), ["emp"]);
        assert!(seen.texts.contains("Fagbrev") && !seen.texts.contains("løfte"));
        // A case in another authority's hands needs her word.
        let form = json!({
            "to_unit": unit_id(INSURANCE), "reason": "mandate", "need": "Rehabilitering",
            "deadline": "2026-11-30",
        });
        let refused = her.social.post(&format!("/cases/{}/handover", her.case), &form).await;
        assert_eq!(refused.faults()["to_unit"], "wall-consent");
    });
}

/// REQ-INFO-06: the spread counts each member of staff once.
#[test]
fn the_spread_counts_each_worker_once() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = format!("/persons/{}/joint", her.person);
        her.employment.see(&path).await;
        let count = |page: &Value| page["staff"].as_i64().unwrap();
        let before = count(&her.employment.see(&path).await);
        assert_eq!(count(&her.employment.see(&path).await), before, "the same one again");
        let other = house.staff(&house.worker(EMPLOYMENT, "caseworker", 1)).await;
        other.see(&path).await;
        assert_eq!(count(&her.employment.see(&path).await), before + 1);
    });
}

/// REQ-INFO-07: what another agency has asked and may show is reused with its source and
/// date, and then counts as no double work.
#[test]
fn an_answer_is_reused_and_not_asked_again() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let page = her.employment.see(&format!("/persons/{}/joint", her.person)).await;
        let entry = page["parts"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|part| part["open"].as_array().unwrap())
            .flat_map(|open| open["entries"].as_array().unwrap())
            .find(|entry| entry["kind"] == "housing")
            .unwrap();
        assert_eq!(entry["may_reuse"], true);
        let id = entry["id"].as_str().unwrap();
        let reuse = |id: &str| format!("/persons/{}/facts/{id}/reuse", her.person);
        let form = json!({ "purpose": "coordination" });
        her.employment.post(&reuse(id), &form).await.ok();
        let copied: i64 = house
            .one("select count(*) from fact where kind = 'housing' and reused_from is not null")
            .await;
        assert_eq!(copied, 1);
        let double = her.employment.see("/figures/double-work").await;
        assert_eq!(double["lines"], json!([]));
        // What the walls do not show cannot be taken either.
        let hidden: uuid::Uuid = house.one("select id from fact where kind = 'debt_total'").await;
        let refused = her.employment.post(&reuse(&hidden.to_string()), &form).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    });
}

/// REQ-INFO-17: whoever reads the parent reads no child-welfare record without its own ground.
#[test]
fn child_welfare_stays_apart() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        for worker in [&her.employment, &her.insurance] {
            let seen = sight(worker, &her.person).await;
            assert!(!seen.texts.contains("Kontaktperson finnes"));
        }
        let consent = json!({
            "purpose": "coordination", "category": ["debt"], "form": "written",
            "from": [id_of("agency", "social").to_string()],
            "to": [id_of("agency", "employment").to_string()],
        });
        give(&her.social, &her.person, &consent).await;
        let seen = sight(&her.employment, &her.person).await;
        assert!(seen.texts.contains("240000") && !seen.texts.contains("Kontaktperson finnes"));
    });
}

/// Who can see this note, and through what: an internal note nobody outside, a shared one
/// those whom the pack lets.
#[test]
fn a_note_says_who_can_see_it() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let ids = [true, false].map(|internal| {
            let house = &house;
            async move {
                let sql = format!(
                    "select id from note where {} internal",
                    if internal { "" } else { "not" }
                );
                house.one::<uuid::Uuid>(&sql).await
            }
        });
        let [internal, shared] = ids;
        let path = |id: uuid::Uuid| format!("/persons/{}/notes/{id}/seen-by", her.person);
        let none = her.social.see(&path(internal.await)).await;
        assert!(none["lines"].as_array().unwrap().iter().all(|line| line["yes"] == false));
        let shared = shared.await;
        let some = her.social.see(&path(shared)).await;
        let duty =
            some["lines"].as_array().unwrap().iter().find(|line| {
                line["agency"] == EMPLOYMENT_NAME && line["purpose"] == "coordination"
            });
        assert_eq!(duty.unwrap()["remedy"], "consent");
        let stranger = her.employment.get(&format!("/api/v1{}", path(shared))).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    });
}

/// REQ-INFO-10: without a ground nobody learns whether she is known elsewhere; there is only
/// a number, and none below the smallest count.
#[test]
fn whether_she_is_known_elsewhere_is_only_a_number() {
    on_both(|house| async move {
        let her = woman(&house, "se-2022").await;
        let page = her.employment.see(&format!("/persons/{}/joint", her.person)).await;
        let other = page["parts"].as_array().unwrap().iter().filter(|part| part["own"] == false);
        assert!(other.clone().all(|part| part["open"] == json!([])), "no answer without a ground");
        let figure = her.employment.see("/figures/double-work").await;
        assert_eq!(figure["known"][0]["persons"], Value::Null, "one is fewer than five");
        let before = figure["known"].clone();
        for n in 0..4 {
            let form = json!({ "given": "Ida", "family": format!("Berg{}", "a".repeat(n)),
                "none_of_these": "yes" });
            let id = her.employment.post("/persons", &form).await.ok().id();
            let id = id.replace('-', "");
            let sql = match house.app.db.engine() {
                onedoor_server::db::Engine::Sqlite => format!(
                    "insert into person_agency (person_id, agency_id, since) select person_id, (select id from agency
                        where kind = 'social'), since from person_agency where person_id = x'{id}'"
                ),
                onedoor_server::db::Engine::Postgres => format!(
                    "insert into person_agency (person_id, agency_id, since) select person_id, (select id from agency
                        where kind = 'social'), since from person_agency where person_id = '{id}'"
                ),
            };
            house.force(&sql).await.unwrap();
        }
        let figure = her.employment.see("/figures/double-work").await;
        assert_eq!(figure["known"], before, "what is registered now shows with the month");
        house.force("update person_agency set since = '2026-10-30'").await.unwrap();
        let figure = her.employment.see("/figures/double-work").await;
        let social = figure["known"].as_array().unwrap();
        assert!(social.iter().any(|line| line["agency"] == SOCIAL_NAME && line["persons"] == 5));
    });
}
