//! The same woman under three laws, seen by those who are no caseworkers: the measure
//! provider, the joint manager, and she herself.

use std::collections::BTreeMap;

use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::cases::SOCIAL;
use crate::providers::{agreement, entries, hand_all, look};
use crate::story::{EMPLOYMENT_NAME, INSURANCE_NAME, SOCIAL_NAME, Woman, sight, woman};
use crate::support::{House, Someone, on_both};

/// What the provider would be handed by a worker: per kind of information what would open it,
/// or `open`.
async fn provider_sight(
    worker: &Someone,
    person: &str,
    provider: &str,
    conditions: &[&str],
) -> BTreeMap<String, String> {
    let page = look(worker, person, provider, conditions).await;
    let parts = page["parts"].as_array().unwrap().iter();
    parts
        .map(|part| {
            let way = if part["open"] == true { "open" } else { part["remedy"].as_str().unwrap() };
            (part["category"].as_str().unwrap().to_owned(), way.to_owned())
        })
        .collect()
}

/// Everything that any agreement could list.
const ALL: [&str; 11] =
    ["id", "case", "emp", "ben", "health", "subst", "child", "debt", "housing", "family", "origin"];

fn of<'a>(sight: &'a BTreeMap<String, String>, way: &str) -> Vec<&'a str> {
    ALL.into_iter()
        .filter(|kind| sight.get(*kind).is_some_and(|it| it == way))
        .filter_map(|kind| sight.get_key_value(kind).map(|(kind, _)| kind.as_str()))
        .collect()
}

/// What was written about her, none of which a joint manager reads for managing.
const WRITTEN: [&str; 8] = [
    "Fagbrev",
    "løfte",
    "Sykepenger",
    "Prolaps",
    "Halve dager",
    "240000",
    "Kontaktperson",
    "gjelda",
];

/// The joint manager sees workload and not content, whatever the law: the table and the
/// figures tell nothing that was written; and her record no further than any worker of the
/// manager's own agency does.
async fn manager_sees_workload(house: &House, her: &Woman) {
    let manager = house.staff(&house.worker(SOCIAL, "joint_manager", 0)).await;
    for path in ["/management", "/figures", "/day", "/figures/double-work", "/withdrawals"] {
        let page = manager.see(path).await.to_string();
        for text in WRITTEN {
            assert!(!page.contains(text), "{path}: {text}");
        }
    }
    let (as_manager, as_worker) =
        (sight(&manager, &her.person).await, sight(&her.social, &her.person).await);
    assert_eq!(as_manager.open, as_worker.open);
    assert_eq!(as_manager.remedy, as_worker.remedy);
    assert_eq!(as_manager.texts, as_worker.texts);
}

/// What she reads about herself does not hang on what the agencies may tell each other: all
/// that each of them has, but internal notes; who looked; and who has learnt what from whom.
async fn she_reads_all_of_her_own(me: &Someone) {
    let held = me.see("/my/held").await.to_string();
    for text in WRITTEN {
        assert!(held.contains(text), "{text}");
    }
    assert!(!held.contains("Uenige internt"), "an internal note is given on request");
    let log = me.see("/my/log").await;
    for agency in [EMPLOYMENT_NAME, INSURANCE_NAME, SOCIAL_NAME] {
        assert!(log.to_string().contains(agency), "{agency} wrote something");
    }
    let lines = log["days"][0]["lines"].as_array().unwrap();
    assert!(
        lines.iter().all(|line| !line["role"].as_str().unwrap().is_empty() || line["who"] == "you")
    );
}

/// Who has learnt what from whom, on which ground, as she reads it.
async fn learnt(me: &Someone) -> Vec<(String, String, String)> {
    let page = me.see("/my/consents").await;
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let all = page["disclosures"].as_array().unwrap().iter();
    let mut all: Vec<_> =
        all.map(|one| (text(one, "from"), text(one, "to"), text(one, "ground"))).collect();
    all.sort();
    all.dedup();
    all
}

/// Gives a consent on her own page.
async fn she_gives(me: &Someone, from: &str, to: &[&str], categories: &[&str]) -> String {
    let mut form = json!({
        "purpose": "coordination", "category": categories, "from": [from], "to": to,
    });
    let seen = me.post("/my/consents/preview", &form).await.ok().json();
    form["seen"] = seen["seen"].clone();
    me.post("/my/consents", &form).await.ok().id()
}

/// Takes a consent back on her own page, after she has seen what follows; gives the names of
/// those who held something.
async fn she_withdraws(me: &Someone, consent: &str) -> Vec<String> {
    let path = format!("/my/consents/{consent}/withdraw");
    let mut form = json!({ "scope": "all" });
    let seen = me.post(&format!("{path}/preview"), &form).await.ok().json();
    form["seen"] = seen["seen"].clone();
    me.post(&path, &form).await.ok();
    let held = seen["held"].as_array().unwrap().iter();
    let mut names: Vec<String> =
        held.map(|one| one["agency"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Who was told that a consent was taken back, and what they answered, as she reads it.
async fn told_of(me: &Someone, consent: &str) -> Vec<(String, String)> {
    let page = me.see(&format!("/my/consents/{consent}")).await;
    assert_eq!(page["consent"]["state"], "withdrawn");
    let all = page["receipts"].as_array().unwrap().iter();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let mut all: Vec<_> = all
        .map(|one| {
            assert!(one["told_at"].as_i64().unwrap() > 0);
            (text(one, "to"), text(one, "answer"))
        })
        .collect();
    all.sort();
    all
}

/// An agency answers what was done with what it, or a provider of its, held.
async fn answers(worker: &Someone, provider: &str, answer: &str) {
    let page = worker.see("/withdrawals").await;
    let lines = page["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["provider"] == provider);
    let line = line.unwrap_or_else(|| panic!("{provider} in {page}"));
    let form = json!({ "answer": answer, "version": line["version"].to_string() });
    worker.post(&format!("/withdrawals/{}", line["id"].as_str().unwrap()), &form).await.ok();
}

/// REQ-INFO-01, REQ-INFO-03, REQ-INFO-04, REQ-INFO-15, REQ-INFO-16: Norway now, seen by the
/// provider, the manager and herself. The state tells a provider who she is and of her work
/// once she is placed there, of her health only when she names it, of money and debts never;
/// social services tell it nothing. She takes it back: whoever held something is told, and
/// she reads that they were and what they did.
#[test]
fn norway_now_seen_by_the_provider_the_manager_and_herself() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let me = house.resident(&her.person).await;
        manager_sees_workload(&house, &her).await;
        she_reads_all_of_her_own(&me).await;

        let provider = agreement(&house, "employment", &ALL).await;
        let before = provider_sight(&her.employment, &her.person, &provider, &[]).await;
        assert_eq!(of(&before, "open"), Vec::<&str>::new(), "she is placed nowhere");
        let placed = ["placement"];
        let seen = provider_sight(&her.employment, &her.person, &provider, &placed).await;
        assert_eq!(of(&seen, "open"), ["id", "case", "emp"]);
        assert_eq!(of(&seen, "consent"), ["health", "subst", "housing", "family", "origin"]);
        assert_eq!(of(&seen, "nothing"), ["ben", "child", "debt"], "no consent is offered");
        // The state's other agency may too; social services have no way to a provider.
        let of_insurance = agreement(&house, "insurance", &ALL).await;
        let seen = provider_sight(&her.insurance, &her.person, &of_insurance, &placed).await;
        assert_eq!(of(&seen, "open"), ["id", "case", "emp"]);
        let of_social = agreement(&house, "social", &ALL).await;
        let seen = provider_sight(&her.social, &her.person, &of_social, &placed).await;
        assert_eq!(of(&seen, "nothing"), ALL);

        let paper = hand_all(&her.employment, &her.person, &provider, &placed).await;
        assert_eq!(paper, "Marit Lund\nArbeidsmarkedsetaten\nFagbrev som kokk");

        // She names the provider, and the agency beside it, for her health.
        let agency = |code: &str| id_of("agency", code).to_string();
        let social = agency("social");
        let consent =
            she_gives(&me, &agency("employment"), &[&provider, &social], &["health"]).await;
        let seen = provider_sight(&her.employment, &her.person, &provider, &placed).await;
        assert_eq!(of(&seen, "open"), ["id", "case", "emp", "health"]);
        let paper = hand_all(&her.employment, &her.person, &provider, &placed).await;
        assert!(paper.contains("Kan ikke løfte tungt"));
        for text in ["Prolaps", "Halve dager", "Sykepenger", "240000", "hybel", "gjelda"] {
            assert!(!paper.contains(text), "{text}");
        }
        assert!(sight(&her.social, &her.person).await.texts.contains("løfte"));
        let by_consent = ("Arbeidsmarkedsetaten", "consent");
        for to in ["Vekst AS", SOCIAL_NAME] {
            let line = (by_consent.0.to_owned(), to.to_owned(), by_consent.1.to_owned());
            assert!(learnt(&me).await.contains(&line), "{to}");
        }

        let held = she_withdraws(&me, &consent).await;
        assert_eq!(held, [SOCIAL_NAME, "Vekst AS"]);
        let seen = provider_sight(&her.employment, &her.person, &provider, &placed).await;
        assert_eq!(of(&seen, "open"), ["id", "case", "emp"], "the law's own part stays");
        assert!(!sight(&her.social, &her.person).await.texts.contains("løfte"));
        let nothing = String::new();
        let told = told_of(&me, &consent).await;
        assert_eq!(
            told,
            [(SOCIAL_NAME.to_owned(), nothing.clone()), ("Vekst AS".to_owned(), nothing)]
        );
        // The provider was written to: the paper by its reference, and nobody by name.
        let outbox = house.staff("city-01").await.see("/outbox").await;
        let message = &outbox["messages"][0];
        assert_eq!(message["channel"], "email");
        let body = message["body"].as_str().unwrap();
        assert!(body.contains("Vekst AS") && !body.contains("Lund"), "{body}");
        let page = look(&her.employment, &her.person, &provider, &placed).await;
        let references: Vec<String> = {
            let mut all = Vec::new();
            for line in page["earlier"].as_array().unwrap() {
                let act = line["act"].as_str().unwrap();
                let path = format!("/persons/{}/handings/{act}", her.person);
                let paper = her.employment.see(&path).await;
                all.push(paper["reference"].as_str().unwrap().to_owned());
            }
            all
        };
        let named = references.iter().filter(|one| body.contains(one.as_str())).count();
        assert_eq!((references.len(), named), (2, 1), "the paper that stood on the consent");
        answers(&her.employment, "Vekst AS", "returned").await;
        answers(&her.social, "", "deleted").await;
        let told = told_of(&me, &consent).await;
        let answered: Vec<&str> = told.iter().map(|(_, answer)| answer.as_str()).collect();
        assert_eq!(answered, ["deleted", "returned"]);
        let html = me.get(&format!("/my/consents/{consent}")).await.ok().body;
        assert!(html.contains("Vekst AS") && html.contains(SOCIAL_NAME));
        manager_sees_workload(&house, &her).await;
    });
}

/// REQ-INFO-01, REQ-INFO-03, REQ-INFO-04, REQ-INFO-15, REQ-INFO-16: Norway in 2004, seen by the
/// same three. A provider learns nothing without her word, not even that she exists; with it
/// what she ticked. When she takes it back nothing is left to hand over.
#[test]
fn norway_in_2004_seen_by_the_provider_the_manager_and_herself() {
    on_both(|house| async move {
        let her = woman(&house, "no-2004").await;
        let me = house.resident(&her.person).await;
        manager_sees_workload(&house, &her).await;
        she_reads_all_of_her_own(&me).await;
        assert_eq!(learnt(&me).await, Vec::new(), "nobody has learnt anything");

        let provider = agreement(&house, "employment", &ALL).await;
        let placed = ["placement"];
        let seen = provider_sight(&her.employment, &her.person, &provider, &placed).await;
        assert_eq!(of(&seen, "open"), Vec::<&str>::new());
        assert_eq!(of(&seen, "nothing"), ["ben", "child", "debt"]);
        assert_eq!(of(&seen, "consent").len(), ALL.len() - 3);
        let form = json!({ "provider": provider, "condition": placed });
        let path = format!("/persons/{}/hand", her.person);
        let refused = her.employment.post(&path, &form).await;
        assert_eq!(refused.faults()["provider"], "provider-closed");

        let from = id_of("agency", "employment").to_string();
        let consent = she_gives(&me, &from, &[&provider], &["id", "case", "emp"]).await;
        let paper = hand_all(&her.employment, &her.person, &provider, &placed).await;
        assert_eq!(paper, "Marit Lund\nArbeidsmarkedsetaten\nFagbrev som kokk");
        let line = (EMPLOYMENT_NAME.to_owned(), "Vekst AS".to_owned(), "consent".to_owned());
        assert_eq!(learnt(&me).await, [line]);

        assert_eq!(she_withdraws(&me, &consent).await, ["Vekst AS"]);
        let page = look(&her.employment, &her.person, &provider, &placed).await;
        assert_eq!(page["may_hand"], false);
        assert!(entries(&page).is_empty());
        answers(&her.employment, "Vekst AS", "deleted").await;
        let told = told_of(&me, &consent).await;
        assert_eq!(told, [("Vekst AS".to_owned(), "deleted".to_owned())]);
        let file = me.see("/my/export/data").await.to_string();
        assert!(file.contains("consent_notice") && file.contains("Vekst AS"));
        manager_sees_workload(&house, &her).await;
    });
}

/// REQ-INFO-01, REQ-INFO-03, REQ-INFO-04, REQ-INFO-15, REQ-INFO-16: Sweden now, seen by the same
/// three. Only the employment service has suppliers: it tells one who she is and of her work,
/// and of her health and origin only when she says so; housing and family never. What insurance or
/// social services have goes to no supplier at all.
#[test]
fn sweden_now_seen_by_the_provider_the_manager_and_herself() {
    on_both(|house| async move {
        let her = woman(&house, "se-2022").await;
        let me = house.resident(&her.person).await;
        manager_sees_workload(&house, &her).await;
        she_reads_all_of_her_own(&me).await;

        let provider = agreement(&house, "employment", &ALL).await;
        let placed = ["placement"];
        let seen = provider_sight(&her.employment, &her.person, &provider, &placed).await;
        assert_eq!(of(&seen, "open"), ["id", "case", "emp"]);
        assert_eq!(of(&seen, "consent"), ["health", "subst", "origin"]);
        assert_eq!(of(&seen, "nothing"), ["ben", "child", "debt", "housing", "family"]);
        for (worker, of_whom) in [(&her.insurance, "insurance"), (&her.social, "social")] {
            let theirs = agreement(&house, of_whom, &ALL).await;
            let seen = provider_sight(worker, &her.person, &theirs, &placed).await;
            assert_eq!(of(&seen, "nothing"), ALL, "{of_whom}");
        }
        let from = id_of("agency", "employment").to_string();
        let consent = she_gives(&me, &from, &[&provider], &["health"]).await;
        let paper = hand_all(&her.employment, &her.person, &provider, &placed).await;
        assert!(paper.contains("Kan ikke løfte tungt") && !paper.contains("Prolaps"));
        assert_eq!(she_withdraws(&me, &consent).await, ["Vekst AS"]);
        let seen = provider_sight(&her.employment, &her.person, &provider, &placed).await;
        assert_eq!(of(&seen, "open"), ["id", "case", "emp"]);
        assert_eq!(told_of(&me, &consent).await, [("Vekst AS".to_owned(), String::new())]);
        let log = me.see("/my/log?own=yes").await.to_string();
        for act in ["provider-hand", "consent-record", "consent-withdraw"] {
            assert!(log.contains(act), "{act}");
        }
        manager_sees_workload(&house, &her).await;
    });
}
