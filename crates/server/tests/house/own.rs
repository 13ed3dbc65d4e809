//! The page of those who are served: what it shows to whom, who looked, what is
//! asked and answered, and everything as a file.

use std::collections::BTreeSet;

use http::StatusCode;
use jiff::ToSpan;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, Scene, open, scene};
use crate::reception::check_in;
use crate::support::{House, Someone, on_both, staff_id};

/// All lines of the log that a resident reads, page by page.
pub async fn log(who: &Someone, more: &str) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut before = String::new();
    loop {
        let page = who.see(&format!("/my/log?before={before}&{more}")).await;
        for day in page["days"].as_array().unwrap() {
            lines.extend(day["lines"].as_array().unwrap().iter().cloned());
        }
        match page["next"].as_str() {
            Some(next) => before = next.to_owned(),
            None => return lines,
        }
    }
}

pub async fn another(scene: &Scene, given: &str) -> String {
    let form = json!({ "given": given, "family": "Bjørnstad", "born_on": "1970-01-01",
        "none_of_these": "yes" });
    scene.worker.post("/persons", &form).await.ok().id()
}

/// A person with a birth date: only then is it known that they are grown up.
pub async fn grown(house: &House, unit: &str) -> Scene {
    born(house, unit, "1980-05-17").await
}

pub async fn born(house: &House, unit: &str, on: &str) -> Scene {
    let mut scene = scene(house, unit).await;
    let form = json!({ "given": "Åse", "family": "Bjørnstad", "born_on": on,
        "none_of_these": "yes" });
    scene.person = scene.worker.post("/persons", &form).await.ok().id();
    scene
}

/// An identifier as the engine writes it in a text.
pub fn id(house: &House, id: &str) -> String {
    match house.app.db.engine() {
        onedoor_server::db::Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
        onedoor_server::db::Engine::Postgres => format!("'{id}'"),
    }
}

/// Records a right and has it confirmed by somebody of another unit who knows the person.
pub async fn represent(
    house: &House,
    scene: &Scene,
    by: &str,
    kind: &str,
    categories: &str,
    until: &str,
) {
    let covers: Vec<&str> = categories.split(' ').collect();
    let form = json!({ "representative": by, "kind": kind, "covers": covers,
        "valid_from": "2026-01-01", "valid_until": until, "source": "Vedtak om vergemål" });
    let path = format!("/persons/{}/representations", scene.person);
    scene.worker.post(&path, &form).await.ok();
    let second = house.staff(&house.worker("social-family-heimdal", "caseworker", 0)).await;
    let right = second.see(&path).await["lines"][0]["id"].as_str().unwrap().to_owned();
    second.post(&format!("{path}/{right}/confirm"), &json!({})).await.ok();
}

/// REQ-INFO-16: the person sees their case with its next step, their people,
/// visits and decisions.
#[test]
fn the_person_sees_their_case_and_their_people() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let form = json!({ "kind": "guidance", "subject": "social_assistance", "text": "Søk nå" });
        scene.worker.post(&format!("/persons/{}/rulings", scene.person), &form).await.ok();
        let front = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        let told = json!({ "need": ["income"], "person": scene.person, "account": "Brev" });
        front.post("/reception/check-in", &told).await.ok();
        let me = house.resident(&scene.person).await;
        let page = me.see("/my").await;
        assert_eq!(page["registered"]["name"], "Åse Bjørnstad");
        assert_eq!(page["case"]["what"], "First talk");
        assert_eq!(page["case"]["on"], "2026-11-30");
        let name: String = house
            .one(&format!("select name from staff where code = '{}'", scene.worker_code))
            .await;
        assert_eq!(page["case"]["responsible"]["name"], name.as_str());
        assert_eq!(page["rulings"][0]["text"], "Søk nå");
        assert_eq!(page["visits"][0]["state"], "waiting");
        assert_eq!(page["visits"][0]["needs"], json!(["income"]));
        let html = me.get("/my").await.ok().body;
        assert!(html.contains("First talk") && html.contains(&name));
        assert!(!html.contains('⟨'), "a text is missing");
    });
}

/// REQ-INFO-16: the person's log lists every row of the journal about them, no
/// more and no less, denied attempts too, each with who, role, act and reason in
/// words; it can be read agency by agency.
#[test]
fn the_log_lists_every_row_about_the_person() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        let case = open(&scene).await;
        for _ in 0..29 {
            scene.worker.get(&format!("/cases/{case}")).await.ok();
            scene.worker.get(&format!("/persons/{}", scene.person)).await.ok();
        }
        house.clock.move_to("2026-11-23T08:31:00Z".parse().unwrap());
        let stranger = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let denied = stranger.get(&format!("/persons/{}", scene.person)).await;
        assert_eq!(denied.status, StatusCode::NOT_FOUND);
        let me = house.resident(&scene.person).await;
        me.get("/my").await.ok();
        let rows: i64 = house
            .one(&format!(
                "select count(*) from journal_person where person_id = {}",
                id(&house, &scene.person)
            ))
            .await;
        let mine = log(&me, "own=yes").await;
        // Reading the log adds a row for each page, which its own answer does not hold yet.
        let named: BTreeSet<&str> = mine.iter().map(|l| l["row"].as_str().unwrap()).collect();
        assert_eq!(named.len(), mine.len(), "no line twice");
        assert!(i64::try_from(mine.len()).unwrap() >= rows, "{} of {rows}", mine.len());
        let by_others: i64 = house
            .one(&format!(
                "select count(*) from journal_person p join journal j on j.lane = p.lane \
                 and j.seq = p.seq where p.person_id = {} and j.actor_kind <> 'person'",
                id(&house, &scene.person)
            ))
            .await;
        let others = log(&me, "").await;
        assert_eq!(i64::try_from(others.len()).unwrap(), by_others);
        assert!(others.iter().all(|line| line["who"] == "staff"));
        let attempt = others.iter().find(|line| line["denied"] == true).unwrap();
        assert_eq!(attempt["act"], "person-read");
        assert_eq!(attempt["role"], "caseworker");
        let agencies = me.see("/my/log").await["agencies"].as_array().unwrap().clone();
        assert_eq!(agencies.len(), 2);
        let mut sum = 0;
        for agency in agencies {
            sum += log(&me, &format!("agency={}", agency["id"].as_str().unwrap())).await.len();
        }
        assert_eq!(sum, others.len());
        let html = me.get("/my/log").await.ok().body;
        for text in
            ["Leste saken din.", "Etaten deres har egne opplysninger", "Forsøket ble stoppet"]
        {
            assert!(html.contains(text), "no `{text}`");
        }
        assert!(!html.contains('⟨'), "a text is missing");
    });
}

/// REQ-INFO-06: the figure rises by one when somebody new has seen something,
/// stays when the same one looks again, and does not count who was refused.
#[test]
fn the_spread_counts_who_has_seen_something() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        let case = open(&scene).await;
        let me = house.resident(&scene.person).await;
        let spread = async || {
            let page = me.see("/my").await;
            (page["seen_by"].as_i64().unwrap(), page["seen_at"].as_i64().unwrap())
        };
        assert_eq!(spread().await, (1, 1), "who opened it; not the person");
        scene.worker.get(&format!("/cases/{case}")).await.ok();
        assert_eq!(spread().await, (1, 1), "the same one again");
        let deputy = house.staff(&scene.deputy_code).await;
        deputy.get(&format!("/cases/{case}")).await.ok();
        assert_eq!(spread().await, (2, 1));
        deputy.get(&format!("/cases/{case}")).await.ok();
        assert_eq!(spread().await, (2, 1));
        let stranger = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        stranger.get(&format!("/cases/{case}")).await;
        assert_eq!(spread().await, (2, 1), "who was refused has seen nothing");
    });
}

/// REQ-INFO-16: a list in which there were many shows only that the person was in
/// it: no name, no number of others.
#[test]
fn no_line_betrays_another_person() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        let other = another(&scene, "Ragnhild").await;
        another(&scene, "Sigrunn").await;
        scene.worker.post("/persons/search", &json!({ "q": "Bjørnstad" })).await.ok();
        let me = house.resident(&scene.person).await;
        let lines = log(&me, "").await;
        let listed: Vec<_> = lines.iter().filter(|line| line["in_list"] == true).collect();
        assert!(listed.iter().any(|line| line["act"] == "person-search"), "{lines:?}");
        let answer = me.get("/api/v1/my/log").await.ok().body;
        let html = me.get("/my/log").await.ok().body;
        for text in [&answer, &html] {
            for hidden in ["Ragnhild", "Sigrunn", other.as_str(), "\"rows\"", "persons"] {
                assert!(!text.contains(hidden), "the log tells of `{hidden}`");
            }
        }
    });
}

/// REQ-INFO-16: a line that waits is not shown, not counted, not asked about and
/// not among the agencies, until its time; then it stands where it belongs.
#[test]
fn a_line_that_waits_shows_and_counts_when_its_time_comes() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let me = house.resident(&scene.person).await;
        let before = log(&me, "").await;
        let stranger = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        stranger.get(&format!("/persons/{}", scene.person)).await;
        let after = log(&me, "").await;
        assert_eq!(after.len(), before.len() + 1);
        let attempt = after.iter().find(|line| line["denied"] == true).unwrap();
        let row = attempt["row"].as_str().unwrap().to_owned();
        let privacy = house.staff("city-03").await;
        let named = row.replace('_', "/");
        for (form, field, code) in [
            (json!({ "row": "9/9", "until": "2026-12-01", "basis": "safety" }), "row", "delay-row"),
            (
                json!({ "row": named, "until": "2026-11-23", "basis": "safety" }),
                "until",
                "delay-until",
            ),
            (
                json!({ "row": named, "until": "2027-11-24", "basis": "safety" }),
                "until",
                "delay-until",
            ),
            (json!({ "row": named, "until": "2026-12-01", "basis": "because" }), "basis", "choose"),
        ] {
            let faults = privacy.post("/delays", &form).await.faults();
            assert_eq!(faults.get(field).map(String::as_str), Some(code), "{form}");
        }
        let form = json!({ "row": named, "until": "2026-12-01", "basis": "investigation" });
        assert_eq!(scene.worker.post("/delays", &form).await.status, StatusCode::FORBIDDEN);
        privacy.post("/delays", &form).await.ok();
        let manager = house.staff("heimdal-01").await;
        manager.post(&format!("/delays/{row}/confirm"), &json!({})).await.ok();
        assert_eq!(log(&me, "").await.len(), before.len());
        let agencies = me.see("/my/log").await["agencies"].as_array().unwrap().len();
        assert_eq!(agencies, 1, "its agency is not named either");
        let ask = json!({ "kind": "objection", "about": "line", "row": row, "text": "Hvorfor?" });
        let asked = me.post("/my/corrections", &ask).await;
        let absent = json!({ "kind": "objection", "about": "line", "row": "0_99999", "text": "x" });
        let nothing = me.post("/my/corrections", &absent).await;
        assert_eq!((asked.status, asked.body), (nothing.status, nothing.body));
        house.clock.move_to("2026-11-30T23:00:01Z".parse().unwrap());
        let me = house.resident(&scene.person).await;
        assert_eq!(log(&me, "").await.len(), before.len() + 1);
        me.post("/my/corrections", &ask).await.ok();
    });
}

/// REQ-INFO-16: where the law hides a worker's name because of a threat, no page
/// of the person has it; the agency is named all the same.
#[test]
fn a_hidden_name_stands_on_no_page() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let form = json!({ "kind": "guidance", "subject": "social_assistance", "text": "Søk nå" });
        scene.worker.post(&format!("/persons/{}/rulings", scene.person), &form).await.ok();
        let name: String = house
            .one(&format!("select name from staff where code = '{}'", scene.worker_code))
            .await;
        let me = house.resident(&scene.person).await;
        let pages = ["/my", "/my/log", "/my/corrections", "/my/export/data"];
        assert!(me.get("/my").await.ok().body.contains(&name));
        let sql = format!(
            "insert into name_hidden (staff_id, basis, since) values ({}, 'threat', '2026-11-01')",
            id(&house, &staff_id(&scene.worker_code))
        );
        house.force(&sql).await.unwrap();
        for page in pages {
            let body = me.get(page).await.ok().body;
            assert!(!body.contains(&name), "{page} names the worker");
        }
        let lines = log(&me, "").await;
        let agency: String =
            house.one("select name from agency where kind = 'social' order by code limit 1").await;
        assert!(lines.iter().all(|line| line["name"] == "" && line["role"] == ""));
        assert!(lines.iter().all(|line| line["agency"] == agency.as_str()));
    });
}

/// REQ-INFO-16: with a weaker sign-in there is a shorter page: what happens next
/// and with whom, no decisions, visits or log.
#[test]
fn a_weaker_sign_in_sees_a_shorter_page() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let form = json!({ "kind": "guidance", "subject": "social_assistance", "text": "Søk nå" });
        scene.worker.post(&format!("/persons/{}/rulings", scene.person), &form).await.ok();
        let me = house.resident_less_sure(&scene.person).await;
        let page = me.see("/my").await;
        assert_eq!(page["case"]["what"], "First talk");
        assert_eq!(page["bounds"], json!(["assurance"]));
        assert_eq!(page["rulings"], json!([]));
        assert_eq!(me.see("/my/log").await["shows"], false);
        assert_eq!(me.see("/my/log").await["days"], json!([]));
        let ask = json!({ "kind": "objection", "about": "line", "row": "0_1", "text": "Hvorfor?" });
        assert_eq!(me.post("/my/corrections", &ask).await.status, StatusCode::NOT_FOUND);
        let export = me.see("/my/export/data").await.to_string();
        assert!(!export.contains("Søk nå"), "{export}");
    });
}

/// REQ-INFO-16: a child under 15 sees whom to turn to and no facts of its case;
/// from the birthday on it is a party like others.
#[test]
fn a_child_under_fifteen_sees_no_secret_facts() {
    on_both(|house| async move {
        let scene = born(&house, SOCIAL, "2011-11-24").await;
        open(&scene).await;
        let me = house.resident(&scene.person).await;
        let page = me.see("/my").await;
        assert_eq!(page["bounds"], json!(["age"]));
        assert_eq!(page["case"]["what"], "");
        assert_ne!(page["case"]["responsible"]["unit"], "");
        assert_eq!(me.see("/my/log").await["days"], json!([]));
        assert!(!me.get("/my").await.ok().body.contains("First talk"));
        assert!(!me.see("/my/export/data").await.to_string().contains("First talk"));
        house.clock.move_to("2026-11-24T08:30:00Z".parse().unwrap());
        let me = house.resident(&scene.person).await;
        assert_eq!(me.see("/my").await["case"]["what"], "First talk");
    });
}

/// REQ-INFO-16: a guardian sees what the mandate covers and no more; kinship
/// without a recorded right, another's child and a mandate that has ended show
/// nothing; whatever a guardian does, the person reads.
#[test]
fn who_acts_for_somebody_sees_what_the_mandate_covers() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let form = json!({ "kind": "guidance", "subject": "social_assistance", "text": "Søk nå" });
        scene.worker.post(&format!("/persons/{}/rulings", scene.person), &form).await.ok();
        let by = another(&scene, "Ragnhild").await;
        let stranger = another(&scene, "Sigrunn").await;
        let guardian = house.resident(&by).await;
        let choose = json!({ "person": scene.person });
        let no = guardian.post("/my/act-for", &choose).await;
        let absent = json!({ "person": uuid::Uuid::nil().to_string() });
        let nobody = guardian.post("/my/act-for", &absent).await;
        assert_eq!(no.status, StatusCode::NOT_FOUND, "kin without a right");
        assert_eq!((no.status, no.body), (nobody.status, nobody.body), "hidden is absent");
        represent(&house, &scene, &by, "guardian", "id case", "2026-12-01").await;
        assert_eq!(guardian.see("/my").await["others"][0]["id"], scene.person.as_str());
        guardian.post("/my/act-for", &choose).await.ok();
        let page = guardian.see("/my").await;
        assert_eq!(page["right"], "guardian");
        assert_eq!(page["case"]["what"], "First talk");
        assert_eq!(page["rulings"], json!([]), "money is not in the mandate");
        assert!(!guardian.see("/my/export/data").await.to_string().contains("Søk nå"));
        let other = house.resident(&stranger).await;
        assert_eq!(other.post("/my/act-for", &choose).await.status, StatusCode::NOT_FOUND);
        let me = house.resident(&scene.person).await;
        let lines = log(&me, "own=yes").await;
        let seen = lines.iter().find(|line| line["who"] == "representative").unwrap();
        assert_eq!(seen["ground"], "represents");
        assert!(!me.get("/my/log?own=yes").await.ok().body.contains("Ragnhild"));
        house.clock.move_to("2026-12-01T08:30:00Z".parse().unwrap());
        let guardian = house.resident(&by).await;
        assert_eq!(guardian.post("/my/act-for", &choose).await.status, StatusCode::NOT_FOUND);
    });
}

/// REQ-INFO-16: a right that ends while it is used shows nothing more: the API
/// says so, the page leads back to one's own, and the attempt is noted.
#[test]
fn a_right_that_ends_leads_back_to_ones_own_page() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let by = another(&scene, "Ragnhild").await;
        represent(&house, &scene, &by, "proxy", "id case", "").await;
        let proxy = house.resident(&by).await;
        proxy.post("/my/act-for", &json!({ "person": scene.person })).await.ok();
        house.force("delete from representation").await.unwrap();
        assert_eq!(proxy.get("/api/v1/my").await.status, StatusCode::NOT_FOUND);
        assert_eq!(proxy.get("/my/log").await.status, StatusCode::NOT_FOUND);
        let back = proxy.get("/my").await;
        assert_eq!(back.location(), "/my?done=acting-ended");
        assert_eq!(proxy.see("/my").await["registered"]["name"], "Ragnhild Bjørnstad");
        let me = house.resident(&scene.person).await;
        let lines = log(&me, "own=yes").await;
        assert_eq!(lines.iter().filter(|line| line["denied"] == true).count(), 3);
    });
}

/// REQ-INFO-16: another's question, another's line and what is not there look the
/// same, however the identifiers were found.
#[test]
fn guessing_finds_nothing() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        let me = house.resident(&scene.person).await;
        let other = another(&scene, "Ragnhild").await;
        let they = house.resident(&other).await;
        let ask = json!({ "kind": "objection", "about": "other", "text": "Ikke bruk dette" });
        me.post("/my/corrections", &ask).await.ok();
        let asked = me.see("/my/corrections").await["questions"].clone();
        let mine = asked[0]["id"].as_str().unwrap().to_owned();
        let absent = uuid::Uuid::now_v7().to_string();
        for (one, two) in [(
            format!("/my/corrections/{mine}/withdraw"),
            format!("/my/corrections/{absent}/withdraw"),
        )] {
            let (one, two) = (they.post(&one, &json!({})).await, they.post(&two, &json!({})).await);
            assert_eq!(one.status, StatusCode::NOT_FOUND);
            assert_eq!((one.status, one.body), (two.status, two.body));
        }
        let line = log(&me, "").await[0]["row"].as_str().unwrap().to_owned();
        for row in [line.as_str(), "0_999999", "1", "x_y", "0_-1"] {
            let ask = json!({ "kind": "objection", "about": "line", "row": row, "text": "Hva?" });
            let answer = they.post("/my/corrections", &ask).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{row}");
            let seen = they.get(&format!("/api/v1/my/corrections?row={row}")).await;
            assert_eq!(seen.status, StatusCode::NOT_FOUND, "{row}");
        }
        let they_see = log(&they, "own=yes").await;
        assert!(they_see.iter().all(|seen| seen["row"] != line.as_str()));
    });
}

/// A resident's session ends after half an hour without use.
#[test]
fn a_residents_session_ends_after_half_an_hour() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        let me = house.resident(&scene.person).await;
        let start: jiff::Timestamp = crate::support::MORNING.parse().unwrap();
        house.clock.move_to(start.checked_add(29.minutes()).unwrap());
        me.get("/my").await.ok();
        house.clock.move_to(start.checked_add(58.minutes()).unwrap());
        assert_eq!(me.get("/my").await.status, StatusCode::OK);
        house.clock.move_to(start.checked_add(89.minutes()).unwrap());
        let out = me.get("/my").await;
        assert_eq!(out.location(), "/sign-in?next=/my");
        assert_eq!(me.get("/api/v1/my").await.status, StatusCode::UNAUTHORIZED);
    });
}

/// REQ-INFO-19: what persons and those who act for them read of the file stands
/// on a ground; nothing of it is listed as an access without one.
#[test]
fn own_reading_is_no_access_without_ground() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let by = another(&scene, "Ragnhild").await;
        represent(&house, &scene, &by, "proxy", "id case", "").await;
        let me = house.resident(&scene.person).await;
        me.get("/my").await.ok();
        let ask = json!({ "kind": "objection", "about": "other", "text": "Ikke bruk dette" });
        me.post("/my/corrections", &ask).await.ok();
        let proxy = house.resident(&by).await;
        proxy.post("/my/act-for", &json!({ "person": scene.person })).await.ok();
        proxy.get("/my").await.ok();
        scene.worker.get("/corrections").await.ok();
        let privacy = house.staff("city-03").await;
        let listed = privacy.see("/journal/without-ground").await;
        assert_eq!(listed["lines"], json!([]));
    });
}

/// The visit of somebody who is nobody's case shows too, and a person without a
/// case reads where to turn to.
#[test]
fn without_a_case_the_page_says_where_to_go() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        let front = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        check_in(&front, &["income"]).await;
        let me = house.resident(&scene.person).await;
        let page = me.see("/my").await;
        assert_eq!(page["case"], Value::Null);
        assert_eq!(page["visits"], json!([]), "another's visit is not here");
        assert!(!page["offices"].as_array().unwrap().is_empty());
    });
}

/// The demonstration offers residents: with an open case, a child of 14 and its
/// guardian, and each sees what domain.md A.7 says.
#[test]
fn the_demonstration_has_residents() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        open(&scene).await;
        let now = house.app.now();
        for _ in 0..2 {
            onedoor_server::own::demo::bring_in(
                &house.app.db,
                &house.app.vault,
                now,
                house.app.today(),
            )
            .await
            .unwrap();
        }
        let page = house.nobody().get("/sign-in").await.ok().body;
        for name in ["Åse Bjørnstad", "Jonas Solhaug", "Marit Solhaug"] {
            assert!(page.contains(name), "no {name}");
        }
        let id = |code: &str| onedoor_server::app::id_of("resident", code).to_string();
        let child = house.resident(&id("minor")).await;
        assert_eq!(child.see("/my").await["bounds"], json!(["age"]));
        assert_eq!(child.see("/my").await["case"]["what"], "");
        let guardian = house.resident(&id("guardian")).await;
        guardian.post("/my/act-for", &json!({ "person": id("minor") })).await.ok();
        let page = guardian.see("/my").await;
        assert_eq!(page["case"]["what"], "Samtale om skole og hjem");
        assert_eq!(page["bounds"], json!(["mandate"]));
    });
}

/// REQ-INFO-16: who has no case is told of the offices that there are, first of the one that serves
/// where they live; the order tells nothing where the address is protected.
#[test]
fn who_has_no_case_is_told_of_the_nearest_office() {
    on_both(|house| async move {
        let scene = grown(&house, SOCIAL).await;
        let offices: i64 = house.one("select count(*) from office").await;
        let last: String = house.one("select max(name) from office").await;
        let unit: String = house
            .one(&format!(
                "select min(b.basic_unit) from boundary b join district d on d.id = b.district_id
                    join office o on o.id = d.office_id where o.name = '{last}'"
            ))
            .await;
        let person = id(&house, &scene.person);
        let live = format!("update person set basic_unit = '{unit}' where id = {person}");
        house.force(&live).await.unwrap();
        let told = async || -> Vec<String> {
            let page = house.resident(&scene.person).await.see("/my").await;
            let all = page["offices"].as_array().unwrap().iter();
            all.map(|it| it["office"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(told().await[0], last);
        house
            .force("update office set ended_on = '2026-11-01' where code = 'heimdal'")
            .await
            .unwrap();
        let gone: String = house.one("select name from office where code = 'heimdal'").await;
        let left = told().await;
        assert_eq!(i64::try_from(left.len()).unwrap(), offices - 1);
        assert!(!left.contains(&gone), "{left:?}");
        house.force(&format!("update person set guard = 2 where id = {person}")).await.unwrap();
        let hidden = told().await;
        assert!(hidden.is_sorted(), "{hidden:?}");
    });
}
