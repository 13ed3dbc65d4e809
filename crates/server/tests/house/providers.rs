//! Measure providers: agreements, what a caseworker hands over, and how a provider is told
//! that a consent was taken back.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::consents::give;
use crate::support::{House, Someone, on_both};

pub fn agency(code: &str) -> String {
    id_of("agency", code).to_string()
}

/// The joint manager keeps an agreement that lists these kinds; gives its identifier.
pub async fn agreement(house: &House, of: &str, listed: &[&str]) -> String {
    let manager = house.staff(&house.worker(SOCIAL, "joint_manager", 0)).await;
    let form = json!({
        "agency": agency(of), "name": "Vekst AS", "email": "post@vekst.example",
        "reference": "2026/118", "category": listed, "valid_until": "2027-06-30",
    });
    manager.post("/providers", &form).await.ok();
    let page = manager.see("/providers").await;
    let lines = page["lines"].as_array().unwrap();
    lines.last().unwrap()["id"].as_str().unwrap().to_owned()
}

/// What may be handed over, and why.
pub async fn look(worker: &Someone, person: &str, provider: &str, conditions: &[&str]) -> Value {
    let said: String = conditions.iter().map(|code| format!("&condition={code}")).collect();
    worker.see(&format!("/persons/{person}/hand?provider={provider}{said}")).await
}

/// The identifiers of everything that may be handed over.
pub fn entries(page: &Value) -> Vec<String> {
    let parts = page["parts"].as_array().unwrap();
    let all = parts.iter().flat_map(|part| part["entries"].as_array().unwrap());
    all.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// Hands everything over that may be; gives the page of the paper.
pub async fn handed(worker: &Someone, person: &str, provider: &str, conditions: &[&str]) -> String {
    let page = look(worker, person, provider, conditions).await;
    let form = json!({ "provider": provider, "condition": conditions, "entry": entries(&page) });
    let answer = worker.post(&format!("/persons/{person}/hand"), &form).await.ok();
    answer.location().trim_start_matches("/api/v1").to_owned()
}

/// The same; gives the words of the paper.
pub async fn hand_all(
    worker: &Someone,
    person: &str,
    provider: &str,
    conditions: &[&str],
) -> String {
    let paper = worker.see(&handed(worker, person, provider, conditions).await).await;
    let parts = paper["parts"].as_array().unwrap();
    let words: Vec<&str> = parts.iter().map(|part| part["body"].as_str().unwrap()).collect();
    words.join("\n")
}

async fn placed(house: &House) -> (Someone, String) {
    let worker = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
    let form = json!({ "given": "Marit", "family": "Lund", "number": "10915596784" });
    let person = worker.post("/persons", &form).await.ok().id();
    for (kind, text) in [("education", "Fagbrev som kokk"), ("work_ability", "Kan ikke løfte")] {
        let form = json!({
            "kind": kind, "text": text, "source": "Hun selv", "received_on": "2026-11-20",
        });
        worker.post(&format!("/persons/{person}/facts"), &form).await.ok();
    }
    for (internal, body) in [("yes", "Intern uenighet"), ("", "Vil jobbe på kjøkken")] {
        let form = json!({
            "category": "emp", "body": body, "said_by": "Hun selv", "received_on": "2026-11-20",
            "internal": internal, "sure": "yes",
        });
        worker.post(&format!("/persons/{person}/notes"), &form).await.ok();
    }
    (worker, person)
}

/// REQ-INFO-05, REQ-INFO-16: the demonstration has agreements and something handed over, as a
/// manager and caseworkers do it: within the agreement and the walls, once, and told to the person.
#[test]
fn the_demonstration_hands_over_as_a_caseworker_would() {
    on_both(|house| async move {
        let scene = crate::cases::scene(&house, EMPLOYMENT).await;
        crate::cases::open(&scene).await;
        let router = onedoor_server::web::router(&house.app, onedoor_server::routes());
        let handed = onedoor_server::provider::demo::bring_in(&house.app, &router).await.unwrap();
        assert_eq!(handed, 1);
        let again = onedoor_server::provider::demo::bring_in(&house.app, &router).await.unwrap();
        assert_eq!(again, 0);
        let manager = house.staff(&house.worker(SOCIAL, "joint_manager", 0)).await;
        let lines = manager.see("/providers").await["lines"].as_array().unwrap().clone();
        assert_eq!(lines.len(), 4, "each once: {lines:?}");
        let page = scene.worker.see(&format!("/persons/{}/hand", scene.person)).await;
        assert_eq!(page["earlier"].as_array().unwrap().len(), 1, "{page}");
        let kinds = "select count(*) from handing where category not in ('id', 'case', 'emp')";
        assert_eq!(house.one::<i64>(kinds).await, 0, "by law when placed: these and no more");
        let all: i64 = house.one("select count(*) from handing where category = 'emp'").await;
        assert!(all > 0);
        let told = "select count(*) from journal where act like '%hand%' and ground <> 'denied'";
        assert!(house.one::<i64>(told).await > 0, "in the journal as any hand-over");
        let me = house.resident(&scene.person).await;
        let file = me.see("/my/export/data").await.to_string();
        assert!(file.contains("Nidelva Vekst AS") && file.contains("Fagbrev som kokk"), "{file}");
    });
}

/// REQ-INFO-05: an agreement says what it lists, and is kept by the joint manager for an
/// agency of the office; whoever may not keep one is refused, each fault stands on its field,
/// and an agreement that was ended lets nothing through any more.
#[test]
fn an_agreement_says_what_may_be_handed_over() {
    on_both(|house| async move {
        let manager = house.staff(&house.worker(SOCIAL, "joint_manager", 0)).await;
        let bare = manager.post("/providers", &json!({ "email": "nobody" })).await;
        let faults = bare.faults();
        for (field, code) in [
            ("agency", "choose"),
            ("name", "text-empty"),
            ("email", "email"),
            ("reference", "text-empty"),
            ("category", "consent-no-category"),
        ] {
            assert_eq!(faults[field], code, "{faults:?}");
        }
        let late = json!({
            "agency": agency("employment"), "name": "A", "email": "a@b.no", "reference": "1",
            "category": ["id"], "valid_from": "2026-12-01", "valid_until": "2026-11-30",
        });
        let refused = manager.post("/providers", &late).await;
        assert_eq!(refused.faults()["valid_until"], "provider-ends-before");

        let provider = agreement(&house, "employment", &["id", "case", "emp"]).await;
        let (worker, person) = placed(&house).await;
        let other = worker.post("/providers", &late).await;
        assert_eq!(other.status, StatusCode::FORBIDDEN, "a caseworker keeps none");
        assert_eq!(worker.see("/providers").await["lines"][0]["name"], "Vekst AS");
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        assert_eq!(social.see("/providers").await["lines"], json!([]), "another agency's");
        let owner = house.staff("city-03").await;
        assert_eq!(owner.see("/providers").await["lines"][0]["reference"], "2026/118");

        let page = look(&worker, &person, &provider, &["placement"]).await;
        assert_eq!(page["may_hand"], true);
        let end = format!("/providers/{provider}/end");
        assert_eq!(manager.post(&end, &json!({ "version": "7" })).await.code(), "stale");
        manager.post(&end, &json!({ "version": "1" })).await.ok();
        let page = look(&worker, &person, &provider, &["placement"]).await;
        assert_eq!((&page["providers"], &page["parts"]), (&json!([]), &json!([])));
        let form = json!({ "provider": provider, "condition": ["placement"] });
        let refused = worker.post(&format!("/persons/{person}/hand"), &form).await;
        assert_eq!(refused.faults()["provider"], "choose");
    });
}

/// REQ-INFO-01, REQ-INFO-13, REQ-INFO-16: what the agreement does not list is not there, an
/// internal note never, what is ticked beyond what is open is refused and nothing is handed
/// over; what was is written down word for word, and the person reads it, with who and why.
#[test]
fn nothing_is_handed_over_but_what_the_agreement_lists() {
    on_both(|house| async move {
        let narrow = agreement(&house, "employment", &["id", "case"]).await;
        let (worker, person) = placed(&house).await;
        let page = look(&worker, &person, &narrow, &["placement"]).await;
        let kinds: Vec<&str> = page["parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["category"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["id", "case"], "the law would let work through, the agreement does not");
        assert!(entries(&page).is_empty());

        let provider = agreement(&house, "employment", &["id", "case", "emp", "health"]).await;
        let page = look(&worker, &person, &provider, &[]).await;
        assert_eq!(page["may_hand"], false, "nobody said that they are placed there");
        let open = look(&worker, &person, &provider, &["placement"]).await;
        assert!(!open.to_string().contains("Intern"), "{open}");
        // The fact about health is there, and may not go.
        let joint = worker.see(&format!("/persons/{person}/joint")).await;
        let own = joint["parts"].as_array().unwrap().iter().find(|part| part["own"] == true);
        let all: Vec<Value> = own.unwrap()["open"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|open| open["entries"].as_array().unwrap().clone())
            .collect();
        let id_of = |text: &str| {
            let one = all.iter().find(|one| one["text"].as_str().unwrap().contains(text));
            one.unwrap()["id"].clone()
        };
        for hidden in ["Kan ikke", "Intern"] {
            let form = json!({
                "provider": provider, "condition": ["placement"], "entry": [id_of(hidden)],
            });
            let refused = worker.post(&format!("/persons/{person}/hand"), &form).await;
            assert_eq!(refused.faults()["entry"], "provider-not-open", "{hidden}");
        }
        let none: i64 = house.one("select count(*) from handing").await;
        assert_eq!(none, 0);

        let form = json!({
            "provider": provider, "condition": ["placement"], "entry": [id_of("Fagbrev")],
            "once": "0193-once-a-hand-over",
        });
        let path = format!("/persons/{person}/hand");
        let first = worker.post(&path, &form).await.ok().location();
        let again = worker.post(&path, &form).await.ok().location();
        assert_eq!(first, again, "sent twice, handed over once");
        let first = first.trim_start_matches("/api/v1").to_owned();
        let paper = worker.see(&first).await;
        let parts = paper["parts"].as_array().unwrap();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0]["body"], "Marit Lund");
        assert_eq!(parts[2]["body"], "Fagbrev som kokk");
        assert_eq!((&parts[2]["rule"], &parts[2]["ground"]), (&json!("NO-14"), &json!("law")));

        let stranger = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        for hidden in [path.clone(), first] {
            let hidden = format!("/api/v1{hidden}");
            assert_eq!(stranger.get(&hidden).await.status, StatusCode::NOT_FOUND, "{hidden}");
        }
        let me = house.resident(&person).await;
        let held = me.see("/my/held").await;
        let words: Vec<&str> = held["handed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|h| h["text"].as_str().unwrap())
            .collect();
        assert_eq!(words.len(), 3);
        assert!(words.contains(&"Fagbrev som kokk") && words.contains(&"Marit Lund"));
        let told = me.see("/my/consents").await["disclosures"].clone();
        let told = told.as_array().unwrap();
        assert_eq!(told.len(), 3);
        assert!(told.iter().all(|one| one["to"] == "Vekst AS" && one["ground"] == "law"));
        let log = me.see("/my/log").await.to_string();
        assert!(log.contains("provider-hand"), "{log}");
        let file = me.see("/my/export/data").await.to_string();
        assert!(file.contains("\"handing\"") && file.contains("Fagbrev som kokk"));
    });
}

/// REQ-INFO-01: a provider carries no mark: nothing of somebody with a protected address, or
/// who is shielded, is handed over, whatever they agreed to and whoever asks.
#[test]
fn nothing_of_a_guarded_person_is_handed_over() {
    on_both(|house| async move {
        let provider = agreement(&house, "employment", &["id", "case", "emp"]).await;
        let (worker, person) = placed(&house).await;
        let consent = json!({
            "purpose": "coordination", "category": ["id", "case", "emp"], "form": "written",
            "from": [agency("employment")], "to": [provider],
        });
        give(&worker, &person, &consent).await;
        assert_eq!(look(&worker, &person, &provider, &["placement"]).await["may_hand"], true);
        // A worker who is cleared for all of it still hands nothing over.
        house
            .force(&format!(
                "update staff set clearance = 'strictly_confidential', marks = 'shielded national' \
                 where code = '{}'",
                house.worker(EMPLOYMENT, "caseworker", 0)
            ))
            .await
            .unwrap();
        for guard in [1, 32] {
            house.force(&format!("update person set guard = {guard}")).await.unwrap();
            let cleared = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
            let page = look(&cleared, &person, &provider, &["placement"]).await;
            assert_eq!(page["may_hand"], false, "{guard}");
            let parts = page["parts"].as_array().unwrap();
            assert!(parts.iter().all(|part| part["open"] == false && part["remedy"] == "nothing"));
            let form = json!({ "provider": provider, "condition": ["placement"] });
            let refused = cleared.post(&format!("/persons/{person}/hand"), &form).await;
            assert_eq!(refused.faults()["provider"], "provider-closed");
        }
    });
}

/// REQ-INFO-02: a consent may name a provider as a receiver, never as a giver, and only one
/// under an agreement with an agency of the person's own office; for the person too.
#[test]
fn a_consent_names_a_provider_as_receiver_only() {
    on_both(|house| async move {
        let provider = agreement(&house, "employment", &["id", "case", "health"]).await;
        let (worker, person) = placed(&house).await;
        let me = house.resident(&person).await;
        let page = me.see("/my/consents").await;
        assert_eq!(page["providers"][0]["id"], json!(provider));
        let mut form = json!({
            "purpose": "coordination", "category": ["health"], "form": "written",
            "from": [provider], "to": [agency("employment")],
        });
        let path = format!("/persons/{person}/consents/preview");
        assert_eq!(worker.post(&path, &form).await.faults()["from"], "choose");
        assert_eq!(me.post("/my/consents/preview", &form).await.faults()["from"], "choose");
        form["from"] = json!([agency("employment")]);
        form["to"] = json!([uuid::Uuid::now_v7().to_string()]);
        assert_eq!(me.post("/my/consents/preview", &form).await.faults()["to"], "choose");
        form["to"] = json!([provider]);
        let id = give(&worker, &person, &form).await;
        let kept = worker.see(&format!("/consents/{id}")).await;
        assert_eq!(kept["consent"]["to"], json!(["Vekst AS"]));
        let mine = me.see(&format!("/my/consents/{id}")).await;
        assert_eq!(mine["consent"]["to"], json!(["Vekst AS"]));
    });
}

/// A gateway that notes what it was asked to send, and whether it can.
struct Gateway {
    sent: std::sync::Mutex<Vec<String>>,
    up: std::sync::atomic::AtomicBool,
}

impl onedoor_server::message::Sender for Gateway {
    fn send(&self, message: &onedoor_server::message::Message) -> bool {
        let up = self.up.load(std::sync::atomic::Ordering::SeqCst);
        if up {
            self.sent.lock().unwrap().push(message.recipient.clone());
        }
        up
    }
}

/// REQ-INFO-03: a provider is written to when the withdrawal stands, and not before: what is rolled
/// back has written to nobody. What could not leave is offered again, and nothing is sent twice.
#[test]
fn a_message_leaves_when_what_it_tells_stands() {
    use onedoor_server::message::{Outbox, deliver};
    use std::sync::atomic::Ordering;
    on_both(|house| async move {
        let (worker, person) = placed(&house).await;
        let provider = agreement(&house, "employment", &["id", "case", "emp", "health"]).await;
        let form = json!({
            "purpose": "coordination", "category": ["health"], "form": "written",
            "from": [agency("employment")], "to": [provider],
        });
        let consent = crate::consents::give(&worker, &person, &form).await;
        hand_all(&worker, &person, &provider, &["placement"]).await;
        let gateway = Gateway { sent: std::sync::Mutex::default(), up: false.into() };
        assert_eq!(deliver(&house.app, &gateway).await.unwrap(), 0);
        let all = json!({ "scope": "all", "how": "counter" });
        crate::consents::take_back(&worker, &consent, &all).await;
        let waiting = "select count(*) from outbox where sent_at is null";
        assert_eq!(house.one::<i64>(waiting).await, 1, "written, and not yet sent");
        assert_eq!(deliver(&house.app, &Outbox).await.unwrap(), 0, "it only keeps");
        assert_eq!(deliver(&house.app, &gateway).await.unwrap(), 0, "the gateway is down");
        assert_eq!(house.one::<i64>(waiting).await, 1);
        gateway.up.store(true, Ordering::SeqCst);
        assert_eq!(deliver(&house.app, &gateway).await.unwrap(), 1);
        assert_eq!(deliver(&house.app, &gateway).await.unwrap(), 0, "once");
        assert_eq!(*gateway.sent.lock().unwrap(), ["post@vekst.example"]);
        assert_eq!(house.one::<i64>(waiting).await, 0);
    });
}
