//! Coming in and serving: every way people come in, what they are offered, what they were promised.

use http::StatusCode;
use onedoor_domain::entry::LifeEvent;
use onedoor_domain::reception::Need;
use onedoor_server::app::id_of;
use onedoor_server::population::faces::{self, FACES};
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, open, scene};
use crate::support::{House, Someone, on_both, unit_id};

pub async fn front(house: &House) -> Someone {
    house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await
}

/// A visit of somebody known, with these needs, that the worker has called in.
pub async fn known(worker: &Someone, family: &str, needs: &[&str]) -> (String, String) {
    let form = json!({ "given": "Ola", "family": family, "born_on": "1980-05-17",
        "none_of_these": "yes" });
    let person = worker.post("/persons", &form).await.ok().id();
    let form = json!({ "need": needs, "person": person });
    let visit = worker.post("/reception/check-in", &form).await.ok().id();
    worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
    (person, visit)
}

pub async fn inform(worker: &Someone, visit: &str) {
    let form = json!({ "outcome": "informed", "answer": "Fikk vite det" });
    worker.post(&format!("/visits/{visit}/close"), &form).await.ok();
}

pub fn figure(page: &Value, code: &str) -> (i64, i64) {
    let all = page["figures"].as_array().unwrap();
    let one = all.iter().find(|f| f["code"] == code).unwrap_or_else(|| panic!("no {code}"));
    (one["count"].as_i64().unwrap(), one["of"].as_i64().unwrap_or(0))
}

pub fn codes(list: &Value, field: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
}

const OFFICES: [&str; 4] = ["heimdal", "lerkendal", "midtbyen", "ostbyen"];

/// REQ-FRONT-04: the same stated need entered at all four receptions yields an identical list of
/// services; where what was offered differs for like needs, the report says so.
#[test]
fn the_same_need_gets_the_same_list_at_four_receptions() {
    on_both(|house| async move {
        let mut lists: Vec<Value> = Vec::new();
        for office in OFFICES {
            let unit = format!("social-front-{office}");
            let worker = house.staff(&house.worker(&unit, "front_worker", 0)).await;
            let form = json!({ "need": ["work", "family"] });
            let visit = worker.post("/reception/check-in", &form).await.ok().id();
            let page = worker.see(&format!("/visits/{visit}/services")).await;
            lists.push(page["services"].clone());
            let asked = worker.see("/services?need=work&need=family").await;
            assert_eq!(asked["services"], page["services"], "the desk and the catalogue agree");
            worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
            let service = if office == "heimdal" { "job-search" } else { "child-care" };
            let offer = json!({ "service": [service] });
            worker.post(&format!("/visits/{visit}/services"), &offer).await.ok();
            let form = json!({ "outcome": "informed", "answer": "Fikk vite det",
                "meeting_declined": "Vil ikke" });
            worker.post(&format!("/visits/{visit}/close"), &form).await.ok();
        }
        assert!(lists[0].as_array().unwrap().len() > 3);
        assert!(lists.iter().all(|list| *list == lists[0]), "{lists:?}");
        let report = house.staff("heimdal-01").await.see("/figures/offer").await;
        assert_eq!(report["lines"][0]["cells"].as_array().unwrap().len(), 4);
        assert_eq!(report["lines"][0]["differs"], true);
    });
}

/// REQ-FRONT-22, REQ-FRONT-28: somebody comes with an event of life or a plain need, at every
/// office and at the kiosk, without a number and without a cause, and nobody is refused.
#[test]
fn anybody_comes_in_at_any_door_whatever_the_cause() {
    on_both(|house| async move {
        let mut came = 0;
        for office in OFFICES {
            for unit in ["employment-front", "social-front"] {
                let code = house.worker(&format!("{unit}-{office}"), "front_worker", 0);
                let worker = house.staff(&code).await;
                for event in LifeEvent::ALL {
                    let form = json!({ "event": event.as_str() });
                    let visit = worker.post("/reception/check-in", &form).await.ok().id();
                    let seen = worker.see(&format!("/visits/{visit}")).await;
                    let needs = codes_of(&seen["needs"]);
                    let expected: Vec<String> =
                        event.needs().iter().map(|n| n.as_str().to_owned()).collect();
                    assert_eq!(needs, expected);
                    assert_eq!(seen["marks"][0]["code"], event.as_str());
                    assert_ne!(seen["agencies"], json!([]), "{event:?}");
                    came += 1;
                }
            }
            for need in Need::ALL {
                let kiosk = house.kiosk(office).await;
                let body = format!("need={}&once=kiosk-{office}-{}", need.as_str(), need.as_str());
                let arrived = kiosk.form("/kiosk/arrive", &body).await;
                assert_eq!(arrived.status, StatusCode::SEE_OTHER, "{}", arrived.body);
                came += 1;
            }
        }
        let there: i64 = house.one("select count(*) from visit").await;
        assert_eq!(there, came, "nobody was refused at the door");
        let kiosk = house.kiosk("heimdal").await;
        let page = kiosk.get("/kiosk/need").await.ok().body;
        for event in LifeEvent::ALL {
            assert!(page.contains(&format!("event-{}", event.as_str())));
        }
        let wrong = front(&house).await.post("/reception/check-in", &json!({ "event": "x" })).await;
        assert_eq!(wrong.faults()["event"], "choose");
    });
}

fn codes_of(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// REQ-FRONT-23: an information contact stores no personal identity: neither form nor table has
/// anywhere to put one, a name that is sent is refused, and it is counted apart from visits.
#[test]
fn an_information_contact_stores_no_identity() {
    on_both(|house| async move {
        let host = house.staff("heimdal-02").await;
        let form = json!({ "kind": "advice", "channel": "phone", "need": ["debt"],
            "guidance": ["rights"] });
        host.post("/contacts", &form).await.ok();
        let mut named = form.clone();
        named["name"] = json!("Kari Nordmann");
        assert_eq!(host.post("/contacts", &named).await.status, StatusCode::BAD_REQUEST);
        let classes = include_str!("../../../../data_classes.toml");
        let register: toml::Table = toml::from_str(classes).unwrap();
        let columns: Vec<&String> =
            register["anonymous_contact"].as_table().unwrap().keys().collect();
        assert_eq!(columns, ["channel", "day", "guidance", "id", "kind", "needs", "office_id"]);
        let visits: i64 = house.one("select count(*) from visit").await;
        let persons: i64 = house.one("select count(*) from person").await;
        assert_eq!((visits, persons), (0, 0));
        let figures = host.see("/figures/coming").await;
        assert_eq!(
            figures["contacts"],
            json!([{ "kind": "advice", "channel": "phone", "count": 1 }])
        );
        let clarified = host.see("/figures").await;
        assert_eq!(figure(&clarified, "clarified").1, 0, "it is no visit");
    });
}

/// REQ-FRONT-15: a contact can be guidance on the three subjects, which are recorded and lead to
/// what the catalogue offers for them.
#[test]
fn guidance_is_recorded_and_leads_to_the_catalogue() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let (_, visit) = known(&worker, "Veiledet", &["letter"]).await;
        let path = format!("/visits/{visit}/services");
        let before = worker.see(&path).await["services"].as_array().unwrap().len();
        let form = json!({ "guidance": ["jobs", "qualification", "rights"] });
        worker.post(&path, &form).await.ok();
        let page = worker.see(&path).await;
        assert_eq!(page["guided"], json!(["jobs", "qualification", "rights"]));
        assert!(page["services"].as_array().unwrap().len() > before);
        assert!(codes(&page["services"], "code").contains(&"training-course".to_owned()));
        let figures = worker.see("/figures/coming").await;
        for subject in ["jobs", "qualification", "rights"] {
            assert_eq!(figure(&figures, &format!("guidance-{subject}")).0, 1);
        }
    });
}

/// REQ-FRONT-26: an anonymous question to a colleague in another agency gets one of three outcomes,
/// which are counted; a text that looks as if it named somebody is pointed out.
#[test]
fn a_colleague_is_asked_whether_it_is_a_case() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let other = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let agency = id_of("agency", "insurance").to_string();
        let ask = |question: &str| json!({ "agency": agency, "question": question });
        let named = worker.post("/consultations", &ask("Har Kari Nordmann rett?")).await;
        assert_eq!(named.faults()["question"], "practice-name");
        for (question, answer) in [
            ("En som er sykmeldt og student, er det en sak?", json!({ "outcome": "not_a_case" })),
            ("En som mister alt om to dager?", json!({ "outcome": "urgent" })),
            (
                "En med gammel skade?",
                json!({ "outcome": "case_for", "unit": unit_id(INSURANCE), "answer": "Ja" }),
            ),
        ] {
            let id = worker.post("/consultations", &ask(question)).await.ok().id();
            let waiting = other.see("/consultations").await;
            assert_eq!(waiting["waiting"][0]["question"], question);
            let path = format!("/consultations/{id}");
            let own = worker.post(&path, &answer).await;
            assert_eq!(own.code(), "consult-answered", "whoever asks does not answer");
            other.post(&path, &answer).await.ok();
            assert_eq!(worker.see(&path).await["line"]["outcome"], answer["outcome"]);
        }
        // However many wait, each is on a page: those of one's own municipality first.
        for n in 0..60 {
            worker.post("/consultations", &ask(&format!("En sak nummer {n}?"))).await.ok();
        }
        let first = other.see("/consultations").await;
        assert_eq!(first["waiting"].as_array().unwrap().len(), 50);
        let next = format!("/consultations?after={}", first["next"].as_str().unwrap());
        let second = other.see(&next).await;
        let rest = second["waiting"].as_array().unwrap();
        assert_eq!((rest.len(), &second["next"]), (10, &Value::Null));
        assert_eq!(rest[9]["question"], "En sak nummer 59?");
        // And so is each of one's own, the latest first.
        let own = worker.see("/consultations").await;
        assert_eq!(own["mine"][0]["question"], "En sak nummer 59?");
        assert_eq!(own["mine"].as_array().unwrap().len(), 50);
        let next = format!("/consultations?before={}", own["mine_next"].as_str().unwrap());
        let own = worker.see(&next).await;
        assert_eq!((own["mine"].as_array().unwrap().len(), &own["mine_next"]), (13, &Value::Null));
        assert_eq!(own["mine"][12]["question"], "En som er sykmeldt og student, er det en sak?");
        house.force("delete from consultation where outcome is null").await.unwrap();
        let figures = worker.see("/figures/coming").await;
        assert_eq!(figure(&figures, "consult-avoided"), (1, 3));
        assert_eq!(figure(&figures, "consult-urgent"), (1, 3));
    });
}

/// REQ-FRONT-27: for the single mother who goes to work for the first time, child care and family
/// help appear among the proposed items before any job measure, and none starts before them. The
/// five parts are all asked for, and what is told lies sealed.
#[test]
fn child_care_comes_before_a_job_measure() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let (_, visit) = known(&worker, "Alene", &["work"]).await;
        let path = format!("/visits/{visit}/situation");
        let mut form = json!({ "work": "help", "money": "fine", "children": "fine",
            "health": "unsaid", "is_alone": "yes", "first_job": "yes", "told": "To barn hjemme" });
        let partial = worker.post(&path, &form).await;
        assert_eq!(partial.faults()["housing"], "situation-part");
        form["housing"] = json!("fine");
        worker.post(&path, &form).await.ok();
        let page = worker.see(&path).await;
        let kinds = codes(&page["proposals"], "kind");
        let first_work = kinds.iter().position(|kind| kind == "work").unwrap();
        for kind in ["child_care", "family"] {
            assert!(kinds.iter().position(|one| one == kind).unwrap() < first_work, "{kinds:?}");
        }
        assert_eq!(page["form"]["told"], "To barn hjemme");
        let body: String = house.one("select body from situation").await;
        assert!(!body.contains("barn") && !body.contains("help"), "{body}");
        let set = |service: &str, state: &str| json!({ "service": service, "state": state });
        let act = format!("/visits/{visit}/proposals");
        let early = worker.post(&act, &set("job-search", "started")).await;
        assert_eq!(early.faults()["state"], "proposal-family-first");
        let promise = json!({ "promised": "job-search", "text": "Begynner mandag" });
        let early = worker.post(&format!("/visits/{visit}/promises"), &promise).await;
        assert_eq!(early.faults()["promised"], "proposal-family-first");
        for line in page["proposals"].as_array().unwrap() {
            if matches!(line["kind"].as_str().unwrap(), "child_care" | "family") {
                let service = line["service"].as_str().unwrap();
                worker.post(&act, &set(service, "wanted")).await.ok();
            }
        }
        worker.post(&act, &set("job-search", "started")).await.ok();
    });
}

/// REQ-FRONT-27: what somebody unknown told goes to their own key when they are recognised.
#[test]
fn a_situation_goes_with_the_one_who_told_it() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let visit = crate::reception::check_in(&worker, &["income"]).await;
        let path = format!("/visits/{visit}/situation");
        let form = json!({ "work": "fine", "money": "help", "children": "fine", "health": "fine",
            "housing": "fine", "told": "Uten penger" });
        worker.post(&path, &form).await.ok();
        let name = json!({ "given": "Ola", "family": "Gjenkjent", "none_of_these": "yes" });
        worker.post(&format!("/visits/{visit}/person"), &name).await.ok();
        assert_eq!(worker.see(&path).await["form"]["told"], "Uten penger");
    });
}

/// REQ-FRONT-13: a clarification lacking one relevant agency's part is not counted as complete;
/// with the last part it is, with its days; one open for too long is flagged.
#[test]
fn a_clarification_is_whole_with_the_last_part() {
    on_both(|house| async move {
        let social = front(&house).await;
        let employment =
            house.staff(&house.worker("employment-front-heimdal", "front_worker", 0)).await;
        let (_, visit) = known(&social, "Avklart", &["work", "income"]).await;
        let path = format!("/visits/{visit}/clarification");
        social.post(&path, &json!({})).await.ok();
        social.post(&path, &json!({ "done": "yes" })).await.ok();
        let page = social.see(&path).await;
        assert_eq!(page["parts"].as_array().unwrap().len(), 2);
        assert_eq!(page["complete_on"], "");
        let figures = social.see("/figures/coming?open=clarification-open").await;
        assert_eq!(figure(&figures, "clarification-whole"), (0, 1));
        assert_eq!(figures["rows"][0]["id"], json!(visit));
        house.clock.move_to("2026-11-23T08:50:00Z".parse().unwrap());
        employment.post(&path, &json!({ "done": "yes" })).await.ok();
        assert_eq!(social.see(&path).await["complete_on"], "2026-11-23");
        let figures = social.see("/figures/coming").await;
        assert_eq!(figure(&figures, "clarification-whole"), (1, 1));
        assert_eq!(figures["clarified_days"], 0);
        let (_, second) = known(&social, "Sein", &["income"]).await;
        social.post(&format!("/visits/{second}/clarification"), &json!({})).await.ok();
        house.clock.move_to("2026-12-20T08:30:00Z".parse().unwrap());
        let figures = front(&house).await.see("/figures/coming?from=2026-11-01").await;
        assert_eq!(figure(&figures, "clarification-late"), (1, 2));
    });
}

/// REQ-FRONT-16: a person with the reason "work not relevant" keeps full access to all other
/// services and does not count against the work indicator.
#[test]
fn work_not_relevant_shuts_nothing() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        open(&scene).await;
        let worker = front(&house).await;
        let form = json!({ "need": ["housing"], "person": scene.person });
        let visit = worker.post("/reception/check-in", &form).await.ok().id();
        let offers = format!("/visits/{visit}/services");
        let before = worker.see(&offers).await;
        assert_ne!(before["work"], json!([]), "work stands in every matter");
        let manager = house.staff("heimdal-01").await;
        assert_eq!(figure(&manager.see("/figures/coming").await, "work-offered"), (0, 1));
        let path = format!("/persons/{}/work", scene.person);
        let bad = scene.worker.post(&path, &json!({ "reason": "lazy" })).await;
        assert_eq!(bad.faults()["reason"], "choose");
        let form = json!({ "reason": "health", "text": "Venter på operasjon" });
        scene.worker.post(&path, &form).await.ok();
        let figures = manager.see("/figures/coming").await;
        assert_eq!(figure(&figures, "work-offered"), (0, 0), "it does not count against it");
        assert_eq!(figure(&figures, "work-no-aim"), (1, 1));
        let after = worker.see(&offers).await;
        assert_eq!(after["no_work"], "health");
        for list in ["services", "work", "all"] {
            assert_eq!(after[list], before[list], "nothing is taken away");
        }
        for page in ["", "/consents", "/joint", "/case"] {
            let path = format!("/persons/{}{page}", scene.person);
            assert!(scene.worker.get(&path).await.status.as_u16() < 400, "{path}");
        }
        let text: String = house.one("select text from work_focus").await;
        assert!(!text.contains("operasjon"));
    });
}

/// REQ-FRONT-24: without staff a person reads their plan (next step, times, what was proposed and
/// promised) and the decisions that money is paid on, in their own language; nobody else's is there.
#[test]
fn a_person_reads_their_plan_and_what_is_paid_alone() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        open(&scene).await;
        let worker = front(&house).await;
        let form = json!({ "need": ["income"], "person": scene.person });
        let visit = worker.post("/reception/check-in", &form).await.ok().id();
        worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let situation = json!({ "work": "fine", "money": "help", "children": "fine",
            "health": "fine", "housing": "fine", "told": "Tom konto" });
        worker.post(&format!("/visits/{visit}/situation"), &situation).await.ok();
        let wanted = json!({ "service": "debt-advice", "state": "wanted" });
        worker.post(&format!("/visits/{visit}/proposals"), &wanted).await.ok();
        let promise = json!({ "promised": "social-assistance", "text": "Svar på fredag" });
        worker.post(&format!("/visits/{visit}/promises"), &promise).await.ok();
        for (subject, result) in [("social_assistance", "partly"), ("debt_counselling", "granted")]
        {
            let decision = json!({ "kind": "decision", "subject": subject, "text": "Vedtak",
                "act": "social-services-2009", "section": "§ 18", "result": result });
            let path = format!("/persons/{}/rulings", scene.person);
            scene.worker.post(&path, &decision).await.ok();
        }
        let me = house.resident(&scene.person).await;
        let plan = me.see("/my/plan").await;
        assert_eq!(plan["case"]["what"], me.see("/my").await["case"]["what"]);
        let wanted = |page: &Value| {
            let all = page["proposed"].as_array().unwrap().clone();
            let one = all.iter().find(|one| one["state"] == "wanted").unwrap();
            one["name"].as_str().unwrap().to_owned()
        };
        assert_eq!(wanted(&plan), "Gjeldsrådgivning");
        assert_eq!(plan["promised"][0]["text"], "Svar på fredag");
        assert_eq!(plan["promised"][0]["state"], "unmet", "what came was less");
        let money = plan["money"].as_array().unwrap();
        assert_eq!(money.len(), 1, "counselling is not paid out: {money:?}");
        assert_eq!(
            (&money[0]["subject"], &money[0]["result"]),
            (&json!("social_assistance"), &json!("partly"))
        );
        let request = http::Request::get("/api/v1/my/plan")
            .header(http::header::ACCEPT_LANGUAGE, "sv")
            .body(axum::body::Body::empty())
            .unwrap();
        let swedish = me.send(request).await.ok().json();
        assert_eq!(wanted(&swedish), "Budget- och skuldrådgivning");
        let (other, _) = known(&worker, "Naboen", &["income"]).await;
        let theirs = house.resident(&other).await.see("/my/plan").await;
        for list in ["proposed", "promised", "money"] {
            assert_eq!(theirs[list], json!([]), "{list}");
        }
        assert_eq!(theirs["case"], Value::Null);
        assert_eq!(worker.get("/my/plan").await.status, StatusCode::NOT_FOUND);
    });
}

/// REQ-FRONT-21: staff of all agencies read one catalogue; a change is a new version; what was
/// promised is marked as unmet when the decision gives less, and as kept when it does not.
#[test]
fn what_was_promised_is_compared_with_what_came() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let (person, visit) = known(&worker, "Lovet", &["income"]).await;
        let path = format!("/visits/{visit}/promises");
        let promise =
            |service: &str| json!({ "promised": service, "text": "Du får husleia dekket" });
        worker.post(&path, &promise("social-assistance")).await.ok();
        worker.post(&path, &promise("debt-advice")).await.ok();
        let caseworker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let decide = |subject: &str, result: &str| {
            json!({ "kind": "decision", "subject": subject, "act": "social-services-2009",
                "section": "§ 18", "text": "Vedtak", "result": result })
        };
        let rulings = format!("/persons/{person}/rulings");
        let bad = caseworker.post(&rulings, &decide("social_assistance", "maybe")).await;
        assert_eq!(bad.faults()["result"], "choose");
        caseworker.post(&rulings, &decide("social_assistance", "partly")).await.ok();
        let page = worker.see(&format!("/visits/{visit}/services")).await;
        let state = |page: &Value, service: &str| {
            let all = page["promises"].as_array().unwrap().clone();
            all.iter().find(|one| one["service"] == service).unwrap()["state"].clone()
        };
        assert_eq!(state(&page, "social-assistance"), "unmet");
        assert_eq!(state(&page, "debt-advice"), "open", "nothing came in that subject");
        caseworker.post(&rulings, &decide("debt_counselling", "granted")).await.ok();
        let page = worker.see(&format!("/visits/{visit}/services")).await;
        assert_eq!(state(&page, "debt-advice"), "kept");
        let figures = worker.see("/figures/coming?open=unmet").await;
        assert_eq!(figure(&figures, "unmet"), (1, 2));
        assert_eq!(figures["rows"][0]["id"], json!(visit));
        // A new version is read at every desk at once; the promise keeps the one it was made on.
        let manager = house.staff("heimdal-01").await;
        let form = json!({ "availability": "waiting", "wait_days": "30", "version": "1",
            "name": ["Sosialhjelp", "Sosialhjelp", "Bistånd", "Assistance"],
            "about": ["a", "b", "c", "d"], "conditions": ["e", "f", "g", "h"] });
        let refused = worker.post("/services/social-assistance", &form).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        manager.post("/services/social-assistance", &form).await.ok();
        let stale = manager.post("/services/social-assistance", &form).await;
        assert_eq!(stale.code(), "stale");
        for unit in [EMPLOYMENT, INSURANCE, SOCIAL] {
            let one = house.staff(&house.worker(unit, "caseworker", 0)).await;
            let seen = one.see("/services/social-assistance").await;
            assert_eq!(seen["service"]["conditions"], "e");
            assert_eq!(seen["versions"].as_array().unwrap().len(), 2);
        }
        let page = worker.see(&format!("/visits/{visit}/services")).await;
        assert_eq!(page["promises"].as_array().unwrap().len(), 2);
        assert!(page["promises"].as_array().unwrap().iter().any(|one| one["outdated"] == true));
        let text: String = house.one("select text from promise limit 1").await;
        assert!(!text.contains("husleia"));
    });
}

/// REQ-FRONT-10: front staff decide what is in their list and send the rest on; what comes back is
/// counted with its reason, beside what is solved at first contact.
#[test]
fn the_front_decides_its_matters_and_sends_on_the_rest() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let (person, visit) = known(&worker, "Avgjort", &["income"]).await;
        let manager = house.staff("heimdal-01").await;
        let list = worker.see("/matters").await;
        assert!(codes_of(&list["alone"]).contains(&"social_assistance".to_owned()));
        let without: Vec<String> =
            codes_of(&list["alone"]).into_iter().filter(|one| one != "social_assistance").collect();
        let refused = worker.post("/matters", &json!({ "subject": without })).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        manager.post("/matters", &json!({ "subject": without })).await.ok();
        house.clock.move_to("2026-11-23T09:00:00Z".parse().unwrap());
        let decide = json!({ "kind": "decision", "subject": "social_assistance", "text": "Ja",
            "act": "social-services-2009", "section": "§ 18" });
        let path = format!("/persons/{person}/rulings");
        let alone = worker.post(&path, &decide).await;
        assert_eq!(alone.faults()["subject"], "front-not-alone");
        let unit = unit_id(SOCIAL);
        let sent = json!({ "subject": "social_assistance", "unit": unit });
        let wrong = json!({ "subject": "social_assistance", "unit": unit_id(INSURANCE) });
        let act = format!("/visits/{visit}/escalation");
        assert_eq!(worker.post(&act, &wrong).await.faults()["unit"], "visit-no-unit");
        worker.post(&act, &sent).await.ok();
        let receiver = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let waiting = receiver.see("/escalations").await;
        assert_eq!(waiting["lines"][0]["visit"], json!(visit));
        let back = json!({ "subject": "social_assistance", "reason": "incomplete" });
        let stranger = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let path = format!("/escalations/{visit}");
        assert_eq!(stranger.post(&path, &back).await.status, StatusCode::NOT_FOUND);
        receiver.post(&path, &back).await.ok();
        assert_eq!(worker.see(&act).await["lines"][0]["returned"], "incomplete");
        let figures = worker.see("/figures/coming?open=returned").await;
        assert_eq!(figure(&figures, "returned"), (1, 1));
        assert_eq!(figures["rows"][0]["b"], "incomplete");
        // Whole now, it is sent again, and lies with the unit until that has decided.
        house.clock.move_to("2026-11-23T09:20:00Z".parse().unwrap());
        worker.post(&act, &sent).await.ok();
        assert_eq!(worker.post(&act, &sent).await.faults()["subject"], "escalation-there");
        let waiting = receiver.see("/escalations").await;
        assert_eq!(waiting["lines"].as_array().unwrap().len(), 1, "{waiting}");
        let path = format!("/persons/{person}/rulings");
        receiver.post(&path, &decide).await.ok();
        assert_eq!(receiver.see("/escalations").await["lines"], json!([]), "it is decided");
        let lines = worker.see(&act).await["lines"].clone();
        assert_eq!(
            (&lines[0]["returned"], &lines[1]["returned"]),
            (&json!("incomplete"), &json!(""))
        );
        assert!(lines[1]["decided_at"].is_i64(), "{lines}");
    });
}

/// REQ-MISC-11: a search with the Norwegian or the Swedish term finds the same object, and each
/// output uses one language throughout.
#[test]
fn both_terms_find_the_same_service() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let mut found = Vec::new();
        for word in
            ["gjeldsr%C3%A5dgivning", "budget-+och+skuldr%C3%A5dgivning", "debt+counselling"]
        {
            let page = worker.see(&format!("/services?q={word}")).await;
            assert_eq!(page["services"][0]["name"], "Gjeldsrådgivning", "{word}: {page}");
            found.push(codes(&page["services"], "code"));
        }
        assert_eq!(found[0], found[1]);
        assert_eq!(found[0], found[2]);
        for (language, name) in [("sv", "Budget- och skuldrådgivning"), ("en", "Debt advice")] {
            let path = "/api/v1/services?q=gjeldsr%C3%A5dgivning";
            let request = http::Request::get(path)
                .header(http::header::ACCEPT_LANGUAGE, language)
                .body(axum::body::Body::empty())
                .unwrap();
            let page = worker.send(request).await.ok().json();
            assert_eq!(page["services"][0]["name"], name);
            let terms = page["terms"].to_string();
            assert!(!terms.contains("gjeld"), "one language throughout: {terms}");
        }
    });
}

/// REQ-MISC-15: loading the sample gives at least one person for each scenario, with no identity
/// number and nobody meant; loading again brings nobody twice.
#[test]
fn the_sample_has_every_face() {
    on_both(|house| async move {
        let (now, today) = (house.app.now(), house.app.today());
        let vault = &house.app.vault;
        assert_eq!(faces::bring_in(&house.app.db, vault, now, today).await.unwrap(), FACES.len());
        assert_eq!(faces::bring_in(&house.app.db, vault, now, today).await.unwrap(), 0);
        let noted: String = house.one("select value from installation where key = 'faces'").await;
        for scenario in [
            "single_mother_first_job",
            "drop_out",
            "rehabilitation",
            "unpaid_on_measure",
            "substitution_treatment",
            "immigrant",
            "outdated_trade",
            "in_the_gap",
        ] {
            assert!(noted.contains(scenario), "{scenario}");
        }
        let numbers: i64 = house.one("select count(*) from person_identifier").await;
        let persons: i64 = house.one("select count(*) from person").await;
        assert_eq!((numbers, persons), (0, 8));
        let age = FACES.iter().find(|one| one.scenario == "drop_out").unwrap().age;
        assert_eq!(age, 19);
        let worker = house.staff("heimdal-01").await;
        let office: uuid::Uuid = house.one("select office_id from visit limit 1").await;
        let page = worker.see(&format!("/figures/coming?office={office}")).await;
        assert_eq!(figure(&page, "booking-absent").0, 2);
        let access = worker.see(&format!("/figures/access?office={office}")).await;
        assert_eq!(access["missing"], json!([]));
    });
}
