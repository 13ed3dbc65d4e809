//! Consent: given within its bounds, seen before, taken back at once, and everybody
//! who holds something told.

use http::StatusCode;
use onedoor_server::app::id_of;
use onedoor_server::db::Engine;
use serde_json::{Value, json};

use crate::candidate_lists::hand_over;
use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::support::{House, Someone, on_both, staff_id};

pub fn agency(code: &str) -> String {
    id_of("agency", code).to_string()
}

/// A worker of social services, a colleague beside them, and a grown-up known to them.
pub struct Scene {
    pub worker: Someone,
    pub worker_code: String,
    pub colleague: String,
    pub person: String,
}

pub async fn register(worker: &Someone, given: &str, born: &str) -> String {
    let form = json!({
        "given": given, "family": "Samtykke", "born_on": born, "none_of_these": "yes",
    });
    worker.post("/persons", &form).await.ok().id()
}

pub async fn scene(house: &House) -> Scene {
    let worker_code = house.worker(SOCIAL, "caseworker", 0);
    let worker = house.staff(&worker_code).await;
    let person = register(&worker, "Marit", "1985-03-02").await;
    let colleague = house.worker(SOCIAL, "caseworker", 1);
    Scene { worker, worker_code, colleague, person }
}

/// From social services to the employment service, to coordinate.
pub fn consent() -> Value {
    json!({
        "purpose": "coordination", "category": ["id", "case"],
        "from": [agency("social")], "to": [agency("employment")],
        "form": "written",
    })
}

/// A consent of somebody whom social services know, that only two agencies are in.
pub async fn between_social_and_employment(house: &House) -> String {
    let scene = scene(house).await;
    give(&scene.worker, &scene.person, &consent()).await
}

/// For the pages: a consent of which a part was taken back after a list was handed
/// over on it, and that list.
pub async fn shared_and_taken_back(house: &House) -> (String, String) {
    let scene = scene(house).await;
    open_flow(house).await;
    let mut form = consent();
    form["category"] = json!(["id", "case", "health"]);
    let first = give(&scene.worker, &scene.person, &form).await;
    let list = hand_over(&scene.worker, std::slice::from_ref(&scene.person)).await;
    let part = json!({ "scope": "part", "how": "phone", "category": ["id"] });
    take_back(&scene.worker, &first, &part).await;
    (first, list)
}

/// Sees what it opens, and gives it.
pub async fn give(worker: &Someone, person: &str, form: &Value) -> String {
    let path = format!("/persons/{person}/consents");
    let seen = worker.post(&format!("{path}/preview"), form).await.ok().json();
    let mut form = form.clone();
    form["seen"] = seen["seen"].clone();
    worker.post(&path, &form).await.ok().id()
}

pub async fn take_back(worker: &Someone, consent: &str, form: &Value) -> Value {
    let path = format!("/consents/{consent}/withdraw");
    let seen = worker.post(&format!("{path}/preview"), form).await.ok().json();
    let mut form = form.clone();
    form["seen"] = seen["seen"].clone();
    let answer = worker.post(&path, &form).await.ok();
    assert_eq!(answer.json()["done"], "consent-withdrawn");
    seen
}

pub fn all_of_it() -> Value {
    json!({ "scope": "all", "how": "counter" })
}

/// The law of 2004 holds here: every name on a list needs a consent.
pub async fn law_of_2004(house: &House) {
    // Of a day that is over, which nobody can choose any more.
    let id = crate::attacks::sql_id(house, &onedoor_server::app::new_id().to_string());
    let sql = format!(
        "insert into policy_choice (id, office_id, code, version, settings, valid_from, valid_until, \
         reason, chosen_at, chosen_by) \
         values ({id}, null, 'no-2004', 1, '', '2026-01-01', null, 'As it was then', 1, null)"
    );
    house.force(&sql).await.unwrap();
    house.app.walls.refresh(&house.app.db).await.unwrap();
}

/// The privacy owner opens the flow of lists from social services.
pub async fn open_flow(house: &House) {
    law_of_2004(house).await;
    clarified(house).await;
}

pub async fn clarified(house: &House) {
    let form = json!({
        "kind": "list", "from": agency("social"), "to": agency("employment"),
        "purpose": "coordination", "ground": "Consent of each person",
    });
    house.staff("city-03").await.post("/flows", &form).await.ok();
}

/// REQ-INFO-02: a consent keeps who gave it, from whom to whom, what, what for, from
/// when to when, how, and which text was read in which language.
#[test]
fn a_consent_keeps_all_its_bounds() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let mut form = consent();
        form["form"] = json!("oral");
        form["heard_by"] = json!(staff_id(&scene.colleague));
        form["valid_until"] = json!("2027-02-01");
        form["language"] = json!("sv");
        form["interpreter"] = json!("Tolk 7");
        form["doubtful"] = json!("yes");
        let id = give(&scene.worker, &scene.person, &form).await;
        let seen = scene.worker.see(&format!("/consents/{id}")).await;
        let one = &seen["consent"];
        assert_eq!(one["purpose"], "coordination");
        assert_eq!(one["categories"], json!(["id", "case"]));
        assert_eq!(
            (&one["from"], &one["to"]),
            (&json!(["Sosialtjenesten"]), &json!(["Arbeidsmarkedsetaten"]))
        );
        assert_eq!((&one["state"], &one["valid_until"]), (&json!("given"), &json!("2027-02-01")));
        assert_eq!((&one["doubtful"], &seen["form_of"]), (&json!(true), &json!("oral")));
        assert_eq!((&seen["language"], &seen["notice_number"]), (&json!("sv"), &json!(1)));
        assert!(seen["title"].as_str().unwrap().starts_with("Samtycke"), "the text as it was read");
        let name: String =
            house.one(&format!("select name from staff where code = '{}'", scene.colleague)).await;
        assert_eq!((&seen["heard_by"], &seen["interpreter"]), (&json!(name), &json!("Tolk 7")));
        let list = scene.worker.see(&format!("/persons/{}/consents", scene.person)).await;
        assert_eq!(list["consents"][0]["id"], json!(id));
    });
}

/// REQ-INFO-02: what is outside the bounds is refused, each fault on its field, and
/// nothing is kept.
#[test]
fn a_consent_outside_its_bounds_is_refused() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let path = format!("/persons/{}/consents", scene.person);
        let me = staff_id(&scene.worker_code);
        let table = [
            ("category", json!([]), "category", "consent-no-category"),
            ("category", json!(["id", "all"]), "category", "choose"),
            ("purpose", json!("profiling"), "purpose", "choose"),
            ("from", json!([]), "from", "consent-no-source"),
            ("to", json!([]), "to", "consent-no-receiver"),
            ("to", json!([agency("social")]), "to", "consent-same-agency"),
            ("to", json!([agency("nobody")]), "to", "choose"),
            ("valid_until", json!("2026-11-22"), "valid_until", "consent-ends-before"),
            ("valid_until", json!("2027-11-24"), "valid_until", "consent-ends-too-late"),
            ("valid_until", json!("never"), "valid_until", "date"),
            ("given_on", json!("2026-11-24"), "given_on", "date-future"),
            ("given_on", json!("2025-11-01"), "given_on", "consent-given-long-ago"),
            ("form", json!("digital"), "form", "consent-digital-by-worker"),
            ("form", json!("oral"), "heard_by", "consent-no-witness"),
            ("form", json!("telepathy"), "form", "choose"),
            ("given_by", json!("proxy"), "giver_name", "consent-giver-name"),
            ("given_by", json!("neighbour"), "given_by", "choose"),
            ("replaces", json!(uuid::Uuid::nil().to_string()), "replaces", "choose"),
            ("interpreter", json!("x".repeat(201)), "interpreter", "text-too-long"),
            ("seen", json!("guessed"), "seen", "consent-preview"),
        ];
        for (field, value, at, code) in table {
            let mut form = consent();
            form[field] = value;
            let answer = scene.worker.post(&path, &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {}", answer.body);
            assert_eq!(answer.faults().get(at).map(String::as_str), Some(code), "{field}");
        }
        for (heard_by, code) in [(me, "consent-witness-recorder"), ("x".into(), "choose")] {
            let mut form = consent();
            form["form"] = json!("oral");
            form["heard_by"] = json!(heard_by);
            let answer = scene.worker.post(&path, &form).await;
            assert_eq!(answer.faults()["heard_by"], code);
        }
        let kept: i64 = house.one("select count(*) from consent").await;
        assert_eq!(kept, 0, "a refused consent leaves nothing behind");
    });
}

/// REQ-INFO-02: no kind of information is ticked in advance, whatever stands in the
/// address, and health, substance use and child welfare are ticks of their own.
#[test]
fn nothing_is_ticked_in_advance() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let first = give(&scene.worker, &scene.person, &consent()).await;
        let path = format!("/persons/{}/consents/new", scene.person);
        for more in ["", "?category=health&category=id", &format!("?replaces={first}")] {
            let page = scene.worker.get(&format!("{path}{more}")).await.ok().body;
            for tick in page.split("<input").filter(|part| part.contains("name=\"category\"")) {
                let tick = tick.split('>').next().unwrap();
                assert!(!tick.contains("checked"), "{tick}");
            }
            for apart in ["health", "subst", "child"] {
                let id = format!("id=\"category-{apart}\"");
                assert_eq!(page.matches(&id).count(), 1, "{apart} has one tick of its own");
            }
            let seen = scene.worker.see(&format!("{path}{more}")).await;
            assert_eq!(seen["form"]["category"], json!([]));
        }
    });
}

/// REQ-INFO-02: who may consent for whom, through the page: a child with parents and
/// the child's view, a young person alone for health.
#[test]
fn a_child_does_not_consent_alone() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let child = register(&scene.worker, "Per", "2016-01-01").await;
        let young = register(&scene.worker, "Siri", "2010-05-05").await;
        let path = |person: &str| format!("/persons/{person}/consents/preview");
        let refused = scene.worker.post(&path(&child), &consent()).await;
        assert_eq!(refused.faults()["given_by"], "consent-guardian-needed");
        let mut form = consent();
        form["given_by"] = json!("guardian");
        form["giver_name"] = json!("Anne Samtykke");
        form["shared_custody"] = json!("yes");
        let faults = scene.worker.post(&path(&child), &form).await.faults();
        assert_eq!(faults["child_view"], "consent-child-view");
        assert_eq!(faults["second_giver"], "consent-second-guardian");
        form["child_view"] = json!("Wants to");
        form["second_giver"] = json!("Odd Samtykke");
        give(&scene.worker, &child, &form).await;
        let mut health = consent();
        health["category"] = json!(["health"]);
        give(&scene.worker, &young, &health).await;
        let refused = scene.worker.post(&path(&young), &consent()).await;
        assert_eq!(refused.faults()["given_by"], "consent-guardian-needed");
        let unknown = json!({ "given": "Uten", "family": "Dato", "none_of_these": "yes" });
        let unknown = scene.worker.post("/persons", &unknown).await.ok().id();
        let refused = scene.worker.post(&path(&unknown), &consent()).await;
        assert_eq!(refused.faults()["given_by"], "consent-age-unknown");
    });
}

/// REQ-INFO-02: before it is given, both see what would open: for each receiver and
/// kind the things that are there, and of another agency's things no number.
#[test]
fn what_they_will_see_is_shown_first() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let ruling = json!({ "subject": "housing", "kind": "guidance", "text": "Look at flats" });
        scene.worker.post(&format!("/persons/{}/rulings", scene.person), &ruling).await.ok();
        let mut form = consent();
        form["category"] = json!(["case", "housing", "subst"]);
        form["from"] = json!([agency("social"), agency("insurance")]);
        let path = format!("/persons/{}/consents/preview", scene.person);
        let seen = scene.worker.post(&path, &form).await.ok().json();
        let pairs = seen["openings"].as_array().unwrap();
        assert_eq!(pairs.len(), 2);
        for pair in pairs {
            assert_eq!(pair["to"], "Arbeidsmarkedsetaten");
            let own = pair["from"] == "Sosialtjenesten";
            let kinds = pair["kinds"].as_array().unwrap();
            let kind = |code: &str| kinds.iter().find(|kind| kind["category"] == code).unwrap();
            let housing = &kind("housing")["things"][0];
            let number = if own { json!(1) } else { Value::Null };
            assert_eq!(
                (&housing["code"], &housing["number"]),
                (&json!("housing-rulings"), &number)
            );
            assert_eq!(kind("subst")["things"], json!([]), "nothing of it is kept");
            let codes: Vec<&str> = kind("case")["things"]
                .as_array()
                .unwrap()
                .iter()
                .map(|thing| thing["code"].as_str().unwrap())
                .collect();
            assert_eq!(codes, ["known", "case", "step", "visits"]);
        }
        assert!(!seen["paragraphs"].as_array().unwrap().is_empty(), "the notice is read there");
        let kept: i64 = house.one("select count(*) from consent").await;
        assert_eq!(kept, 0, "to look is not to give");
    });
}

/// REQ-INFO-02: a renewed consent takes the place of the old one, which then ends;
/// sending twice makes one.
#[test]
fn a_renewed_consent_replaces_the_old_one() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let id = give(&scene.worker, &scene.person, &consent()).await;
        let mut form = consent();
        form["replaces"] = json!(id);
        form["purpose"] = json!("safety");
        let path = format!("/persons/{}/consents", scene.person);
        let other = scene.worker.post(&format!("{path}/preview"), &form).await;
        assert_eq!(other.faults()["replaces"], "consent-other-purpose");
        form["purpose"] = json!("coordination");
        form["once"] = json!("renewing-once");
        let seen = scene.worker.post(&format!("{path}/preview"), &form).await.ok().json();
        form["seen"] = seen["seen"].clone();
        let first = scene.worker.post(&path, &form).await.ok().id();
        let second = scene.worker.post(&path, &form).await.ok().id();
        assert_eq!(first, second);
        let open: i64 = house.one("select count(*) from consent where ended_at is null").await;
        assert_eq!(open, 1);
        let old = scene.worker.see(&format!("/consents/{id}")).await;
        assert_eq!(old["consent"]["state"], "replaced");
    });
}

/// REQ-INFO-02: another agency that is not named in a consent does not learn of it,
/// and who may not see the person sees no consent.
#[test]
fn a_consent_is_hidden_from_those_outside_it() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let id = give(&scene.worker, &scene.person, &consent()).await;
        let stranger = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let here = stranger.get(&format!("/api/v1/consents/{id}")).await;
        let nil = stranger.get(&format!("/api/v1/consents/{}", uuid::Uuid::nil())).await;
        assert_eq!((here.status, nil.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        // Known to insurance too, the consent between the two others is still not theirs.
        house
            .force(&format!(
                "insert into person_agency (person_id, agency_id, since) \
                 values ({}, {}, '2026-11-23')",
                literal(&house, &scene.person),
                literal(&house, &agency("insurance"))
            ))
            .await
            .unwrap();
        let list = stranger.see(&format!("/persons/{}/consents", scene.person)).await;
        assert_eq!(list["consents"], json!([]));
        let here = stranger.get(&format!("/api/v1/consents/{id}")).await;
        assert_eq!(here.status, StatusCode::NOT_FOUND);
        let path = format!("/consents/{id}/withdraw/preview");
        assert_eq!(stranger.post(&path, &all_of_it()).await.status, StatusCode::NOT_FOUND);
    });
}

pub fn literal(house: &House, id: &str) -> String {
    match house.app.db.engine() {
        Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
        Engine::Postgres => format!("'{id}'"),
    }
}

/// REQ-INFO-02: a consent that has run out carries nothing, and says so.
#[test]
fn an_expired_consent_carries_nothing() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        open_flow(&house).await;
        let mut form = consent();
        form["valid_until"] = json!("2026-11-24");
        let id = give(&scene.worker, &scene.person, &form).await;
        house.clock.move_to("2026-11-24T18:00:00Z".parse().unwrap());
        let worker = house.staff(&scene.worker_code).await;
        let list = hand_over(&worker, std::slice::from_ref(&scene.person)).await;
        let names = worker.see(&format!("/lists/{list}")).await["names"].clone();
        assert_eq!(names.as_array().unwrap().len(), 1, "the last day counts");
        house.clock.move_to("2026-11-25T08:00:00Z".parse().unwrap());
        let worker = house.staff(&scene.worker_code).await;
        let names = worker.see(&format!("/lists/{list}")).await["names"].clone();
        assert_eq!(names, json!([]));
        let seen = worker.see(&format!("/consents/{id}")).await;
        assert_eq!(seen["consent"]["state"], "expired");
        let again = worker.post(&format!("/consents/{id}/withdraw/preview"), &all_of_it()).await;
        assert_eq!(again.code(), "consent-ended");
    });
}

/// REQ-INFO-05: a flow without a clarified ground is blocked and its question stands on
/// the list; with a ground and no question left it is open.
#[test]
fn a_flow_without_a_clarified_ground_is_blocked() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        give(&scene.worker, &scene.person, &consent()).await;
        let form = json!({
            "title": "Warehouse", "to": agency("employment"), "persons": scene.person,
        });
        let blocked = scene.worker.post("/lists", &form).await;
        assert_eq!(
            (blocked.status, blocked.code().as_str()),
            (StatusCode::CONFLICT, "flow-blocked")
        );
        let told: i64 = house.one("select count(*) from disclosure").await;
        assert_eq!(told, 0, "no name went out");
        let owner = house.staff("city-03").await;
        let flows = owner.see("/flows").await;
        assert_eq!(flows["blocked"], 1);
        let line = &flows["lines"][0];
        assert_eq!((&line["kind"], &line["clarified"]), (&json!("list"), &json!(false)));
        assert!(!line["question_secrecy"].as_str().unwrap().is_empty());
        let path = format!("/flows/{}", line["id"].as_str().unwrap());
        let half = json!({ "ground": "Consent", "question_it": "Which system?", "version": "1" });
        owner.post(&path, &half).await.ok();
        assert_eq!(scene.worker.post("/lists", &form).await.code(), "flow-blocked");
        let stale = owner.post(&path, &json!({ "ground": "Consent", "version": "1" })).await;
        assert_eq!(stale.code(), "stale");
        let nothing = owner.post(&path, &json!({ "version": "2" })).await;
        assert_eq!(nothing.faults()["ground"], "flow-ground-or-question");
        owner.post(&path, &json!({ "ground": "Consent", "version": "2" })).await.ok();
        scene.worker.post("/lists", &form).await.ok();
        let same = json!({ "kind": "list", "from": agency("social"), "to": agency("employment"),
            "purpose": "coordination", "ground": "Twice" });
        assert_eq!(owner.post("/flows", &same).await.faults()["kind"], "flow-there-already");
        let round = json!({ "kind": "view", "from": agency("social"), "to": agency("social"),
            "purpose": "coordination", "ground": "Round" });
        assert_eq!(owner.post("/flows", &round).await.faults()["to"], "consent-same-agency");
        let refused = scene.worker.get("/api/v1/flows").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "kept by the privacy owner alone");
    });
}

/// REQ-INFO-02: what people read is drafted, published in every language, and from then
/// on closed; a consent keeps the version that was read. A text changed from outside
/// carries no consent.
#[test]
fn a_published_notice_is_never_changed() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let old = give(&scene.worker, &scene.person, &consent()).await;
        let owner = house.staff("city-03").await;
        let draft = json!({ "purpose": "coordination" });
        let id = owner.post("/notices", &draft).await.ok().id();
        assert_eq!(owner.post("/notices", &draft).await.ok().id(), id, "one draft at a time");
        let path = format!("/notices/{id}");
        owner.post(&path, &json!({ "body_sv": "", "version": "1" })).await.ok();
        let publish = format!("{path}/publish");
        let missing = owner.post(&publish, &json!({ "version": "2" })).await;
        assert_eq!(missing.faults()["title_sv"], "notice-language");
        let stale = owner.post(&path, &json!({ "title_nb": "Ny", "version": "1" })).await;
        assert_eq!(stale.code(), "stale");
        let new = json!({ "title_nb": "Ny tekst", "body_sv": "Ny text", "version": "2" });
        owner.post(&path, &new).await.ok();
        let other = scene.worker.see(&format!("/consents/{old}")).await;
        assert_eq!(other["notice_number"], 1);
        owner.post(&publish, &json!({ "version": "3" })).await.ok();
        for closed in [&path, &publish] {
            let answer = owner.post(closed, &json!({ "title_nb": "Other" })).await;
            assert_eq!(answer.code(), "notice-published");
        }
        let mut form = consent();
        form["language"] = json!("nb");
        let young = give(&scene.worker, &scene.person, &form).await;
        let seen = scene.worker.see(&format!("/consents/{young}")).await;
        assert_eq!((&seen["notice_number"], &seen["title"]), (&json!(2), &json!("Ny tekst")));
        let seen = scene.worker.see(&format!("/consents/{old}")).await;
        assert_eq!(seen["notice_number"], 1, "the old consent keeps what was read");
        house
            .force("update notice_text set body = body || '!' where language = 'nb'")
            .await
            .unwrap();
        let path = format!("/persons/{}/consents/preview", scene.person);
        let broken = scene.worker.post(&path, &consent()).await;
        assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    });
}

/// REQ-INFO-02: the four notices that come with the program are whole in every language.
#[test]
fn the_program_brings_a_notice_for_every_purpose() {
    on_both(|house| async move {
        let owner = house.staff("city-03").await;
        let list = owner.see("/notices").await["lines"].clone();
        assert_eq!(list.as_array().unwrap().len(), 4);
        for line in list.as_array().unwrap() {
            let one = owner.see(&format!("/notices/{}", line["id"].as_str().unwrap())).await;
            assert_eq!((&one["published"], &one["missing"]), (&json!(true), &json!([])));
            assert_eq!(one["texts"].as_array().unwrap().len(), 4);
        }
    });
}

/// REQ-INFO-02: the same through the pages: form, preview, consent, consequences.
#[test]
fn a_consent_is_given_and_taken_back_on_the_pages() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let path = format!("/persons/{}/consents", scene.person);
        scene.worker.get(&format!("{path}/new")).await.ok();
        let typed = format!(
            "purpose=coordination&category=case&category=health&from={}&to={}&form=written\
             &language=nb&once=from-the-page",
            agency("social"),
            agency("employment")
        );
        let page = scene.worker.form(&format!("{path}/preview"), &typed).await.ok().body;
        let seen = hidden(&page, "seen");
        let done = scene.worker.form(&path, &format!("{typed}&seen={seen}")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let id = done.id();
        scene.worker.get(&format!("/consents/{id}")).await.ok();
        let part = "scope=part&category=health&how=letter&version=1";
        let page =
            scene.worker.form(&format!("/consents/{id}/withdraw/preview"), part).await.ok().body;
        let seen = hidden(&page, "seen");
        let typed = format!("{part}&seen={seen}");
        let done = scene.worker.form(&format!("/consents/{id}/withdraw"), &typed).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_ne!(done.id(), id, "what is left is another consent");
        scene.worker.get(&path).await.ok();
        for page in ["/withdrawals", "/lists", "/lists/new"] {
            scene.worker.get(page).await.ok();
        }
        let owner = house.staff("city-03").await;
        for page in ["/notices", "/flows", "/withdrawals/overdue"] {
            owner.get(page).await.ok();
        }
        let faulty = scene.worker.form(&format!("{path}/preview"), "purpose=coordination").await;
        assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(faulty.body.contains("category-fault"), "the form comes back with its faults");
    });
}

fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = page.split(&mark).nth(1).unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// REQ-INFO-19: the report looks every ground up as it was at the time. An access under a
/// consent that was in force then is not listed, one after it was taken back is; so is each
/// that names a rule, a necessity or a single access that nobody finds.
#[test]
fn an_access_after_a_withdrawal_appears() {
    use onedoor_domain::secrecy::{Action, Ground};
    use onedoor_server::journal::{Entry, SubjectKind};
    on_both(|house| async move {
        let scene = scene(&house).await;
        let consent = give(&scene.worker, &scene.person, &consent()).await;
        let reader = house.worker(EMPLOYMENT, "caseworker", 0);
        let mut actor = onedoor_server::sign_in::Actor::system();
        actor.kind = onedoor_server::sign_in::ActorKind::Staff;
        actor.id = Some(id_of("staff", &reader));
        actor.agency = Some(agency("employment").parse().unwrap());
        let person: uuid::Uuid = scene.person.parse().unwrap();
        let access = async |ground: Ground| {
            let entry = Entry {
                action: Action::ReadPerson,
                ground: Some(ground),
                subject: (SubjectKind::Person, Some(person)),
                persons: vec![person],
                detail: Value::Null,
            };
            let mut tx = house.app.db.begin().await.unwrap();
            house.app.journal.append(&mut tx, &actor, house.app.now(), &[entry]).await.unwrap();
            tx.commit().await.unwrap();
        };
        let listed = async || -> Vec<Value> {
            let report = house.staff("city-03").await.see("/journal/without-ground").await;
            let lines = report["lines"].as_array().unwrap();
            lines.iter().map(|line| line["ground"].clone()).collect()
        };
        access(Ground::Consent).await;
        assert_eq!(listed().await, Vec::<Value>::new(), "in force then");
        house.clock.move_to("2026-11-23T09:30:00Z".parse().unwrap());
        let worker = house.staff(&scene.worker_code).await;
        take_back(&worker, &consent, &all_of_it()).await;
        assert_eq!(listed().await, Vec::<Value>::new(), "it was in force when it was used");
        house.clock.move_to("2026-11-23T09:45:00Z".parse().unwrap());
        access(Ground::Consent).await;
        assert_eq!(listed().await, ["consent"], "after the withdrawal");
        for ground in [Ground::Law, Ground::Necessity, Ground::SingleAccess, Ground::Own] {
            access(ground).await;
        }
        let mut all: Vec<String> =
            listed().await.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        all.sort();
        assert_eq!(all, ["consent", "law", "necessity", "own", "single_access"]);
    });
}

/// REQ-INFO-03: whoever pays reads how the next run goes: as one sum while a consent carries it, and
/// separately from the run after a withdrawal on; the consent itself stays to be read.
#[test]
fn a_joint_payout_falls_back_to_separate_payments() {
    on_both(|house| async move {
        let scene = scene(&house).await;
        let mut form = consent();
        form["purpose"] = json!("benefit_decision");
        form["category"] = json!(["id", "ben"]);
        let id = give(&scene.worker, &scene.person, &form).await;
        let other = give(&scene.worker, &scene.person, &consent()).await;
        let path = format!("/persons/{}/consents", scene.person);
        let of = |page: &Value, id: &str| {
            let all = page["consents"].as_array().unwrap().iter();
            let mut own = all.filter(|it| it["id"] == id).map(|it| it["payout"].clone());
            own.next().unwrap()
        };
        let before = scene.worker.see(&path).await;
        assert_eq!((of(&before, &id), of(&before, &other)), (json!("joint"), json!("")));
        take_back(&scene.worker, &id, &all_of_it()).await;
        let after = scene.worker.see(&path).await;
        assert_eq!((of(&after, &id), of(&after, &other)), (json!("separate"), json!("")));
        let html = scene.worker.get(&path).await.ok().body;
        assert!(html.contains("Neste utbetaling: hver for seg"), "{html}");
    });
}
