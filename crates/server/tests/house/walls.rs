//! What an attacker tried: each of these once opened a door.

use http::StatusCode;
use jiff::ToSpan;
use onedoor_server::db::Engine;
use serde_json::json;

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, ask, open, opening, scene};
use crate::support::{CITY, on_both, staff_id};

const NUMBER: &str = "10915596784";

/// REQ-INFO-08: a number alone opens nobody. With a name that does not fit, a
/// worker of another agency gets a record of their own, the same one each time,
/// and no case; with the right name they do not see what others wrote.
#[test]
fn a_number_alone_opens_nobody() {
    on_both(|house| async move {
        let owner = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let form = json!({
            "given": "Ola", "family": "Nordmann", "number": NUMBER, "phone": "90 00 00 00",
            "address": "Gata 1",
        });
        let person = owner.post("/persons", &form).await.ok().id();
        let attacker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let guess = json!({ "given": "Xx", "family": "Yy", "number": NUMBER });
        let first = attacker.post("/persons", &guess).await.ok().id();
        let second = attacker.post("/persons", &guess).await.ok().id();
        assert_ne!(first, person);
        assert_eq!(first, second, "asking twice tells nothing");
        let hidden = attacker.get(&format!("/api/v1/persons/{person}")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        // At the door the same.
        let host = house.staff("heimdal-02").await;
        let form = json!({ "need": ["work"], "given": "Xx", "family": "Yy", "number": NUMBER });
        let visit = host.post("/reception/check-in", &form).await.ok().id();
        assert_eq!(host.see(&format!("/visits/{visit}")).await["name"], "Xx Yy");
        // The right name makes it one person, without the other agency's notes.
        let right = json!({ "given": "Ola", "family": "Nordman", "number": NUMBER });
        assert_eq!(attacker.post("/persons", &right).await.ok().id(), person);
        let seen = attacker.see(&format!("/persons/{person}")).await;
        assert_eq!((&seen["phone"], &seen["address"]), (&json!(""), &json!("")));
        let edit = json!({ "given": "Ola", "family": "Nordmann", "version": "1" });
        attacker.post(&format!("/persons/{person}/edit"), &edit).await.ok();
        let still = owner.see(&format!("/persons/{person}")).await;
        assert_eq!(still["phone"], "90 00 00 00", "an unseen field is not wiped");
    });
}

/// REQ-REF-01: from the desk alone nobody lets their agency into a case; the
/// responsible worker reads that the person was in touch.
#[test]
fn nobody_lets_themselves_into_a_case() {
    on_both(|house| async move {
        let form = json!({ "given": "Ola", "family": "Nordmann", "number": NUMBER });
        let mut scene = scene(&house, INSURANCE).await;
        scene.person = scene.worker.post("/persons", &form).await.ok().id();
        let case = open(&scene).await;
        let code = house.worker(SOCIAL, "caseworker", 0);
        let other = house.staff(&code).await;
        other.post("/persons", &form).await.ok();
        let mut try_open = opening(&scene);
        try_open["responsible"] = json!(staff_id(&code));
        let path = format!("/persons/{}/case", scene.person);
        let told = other.post(&path, &try_open).await.ok();
        assert_eq!(told.json()["done"], "case-told");
        assert!(!told.body.contains(&case));
        let hidden = other.get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let seen = scene.worker.see(&format!("/cases/{case}")).await;
        assert_eq!(seen["history"][0]["kind"], "contact");
    });
}

/// REQ-REF-01: whoever opens a case answers for it, and only those who can see
/// it may be deputy or own the step.
#[test]
fn nobody_is_made_responsible_without_a_yes() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let path = format!("/persons/{}/case", scene.person);
        let other = house.worker(EMPLOYMENT, "caseworker", 0);
        let table = [
            ("responsible", other.as_str(), "responsible", "case-not-yourself"),
            ("deputy", "city-01", "deputy", "choose"),
            ("deputy", "heimdal-02", "deputy", "choose"),
        ];
        for (field, code, fault, expected) in table {
            let mut form = opening(&scene);
            form[field] = json!(staff_id(code));
            let answer = scene.worker.post(&path, &form).await;
            assert_eq!(answer.faults().get(fault).map(String::as_str), Some(expected), "{field}");
        }
    });
}

/// REQ-REF-04: a joint manager's question ends when somebody accepts; after
/// that the manager has no more part in the case.
#[test]
fn a_manager_has_no_part_in_what_has_moved_on() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let refuser = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let refusal = json!({ "reason": "Not ours", "alternative": "Elsewhere" });
        refuser.post(&format!("/cases/{case}/handover/refuse"), &refusal).await.ok();
        let far = "social-adult-ostbyen";
        ask(&house, &scene.worker, &case, far, "home_district").await;
        let taker = house.staff(&house.worker(far, "caseworker", 0)).await;
        taker.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
        let manager = house.staff("heimdal-01").await;
        assert_eq!(manager.see("/management").await["undecided"], json!([]));
        let (path, reason) = (format!("/cases/{case}/close"), json!({ "reason": "died" }));
        assert_eq!(manager.post(&path, &reason).await.status, StatusCode::NOT_FOUND);
    });
}

/// REQ-REF-01: a file cannot move a worker to another unit while cases depend
/// on them: the cases would change agency and nobody would have accepted.
#[test]
fn a_file_moves_no_case() {
    on_both(|house| async move {
        let scene = scene(&house, EMPLOYMENT).await;
        open(&scene).await;
        let moved: String = CITY
            .lines()
            .map(|line| {
                if line.contains(&format!("code = \"{}\"", scene.worker_code)) {
                    line.replace(EMPLOYMENT, SOCIAL)
                } else {
                    line.to_owned()
                }
            })
            .collect::<Vec<_>>()
            .join("\n");
        assert_ne!(moved.trim(), CITY.trim());
        let admin = house.staff("city-01").await;
        let answer = admin.post("/office/import", &json!({ "text": moved })).await;
        assert_eq!(answer.faults()["text"], "staff-depended-on", "{}", answer.body);
    });
}

/// REQ-INFO-08: protection is never taken away by silence, nor raised over the
/// head of those whom the open case depends on; a joined record stays hidden.
#[test]
fn protection_holds_through_edits_and_joins() {
    on_both(|house| async move {
        let cleared_code = house.cleared("strictly_confidential");
        let cleared = house.staff(&cleared_code).await;
        let make = |given: &str, protection: &str| {
            json!({ "given": given, "family": "Person", "protection": protection,
                "none_of_these": "yes" })
        };
        let hidden =
            cleared.post("/persons", &make("Gjemt", "strictly_confidential")).await.ok().id();
        let edit = json!({ "given": "Gjemt", "family": "Person", "version": "1" });
        cleared.post(&format!("/persons/{hidden}/edit"), &edit).await.ok();
        let seen = cleared.see(&format!("/persons/{hidden}")).await;
        assert_eq!(seen["protection"], "strictly_confidential");
        let kept = cleared.post("/persons", &make("Apen", "open")).await.ok().id();
        cleared.post(&format!("/persons/{kept}/join"), &json!({ "other": hidden })).await.ok();
        let joined = cleared.see(&format!("/persons/{kept}")).await;
        assert_eq!(joined["protection"], "strictly_confidential", "the stricter one holds");
        let scene = scene(&house, SOCIAL).await;
        let plain = scene.worker.post("/persons", &make("Mer", "confidential")).await;
        assert_eq!(plain.faults()["protection"], "protection-beyond");
    });
}

/// Nobody is sent to another site after sign-in or a change of language.
#[test]
fn redirects_stay_here() {
    on_both(|house| async move {
        let nobody = house.nobody();
        for back in
            ["//evil.example", "/%09/evil.example", "/%5Cevil.example", "https:evil", "/%0Ax"]
        {
            let answer = nobody.form(&format!("/language?to=nb&back={back}"), "").await;
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/".into()));
            let body = format!("staff={}&next={back}", staff_id("heimdal-02"));
            let answer = nobody.form("/sign-in/as", &body).await;
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/".into()));
        }
    });
}

/// REQ-INFO-08: a list and a single decision agree: whoever a search shows may
/// be opened, and whoever may be opened is found, for every kind of worker and
/// every way of being known.
#[test]
fn the_list_filter_and_the_single_decision_agree() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let cleared = house.staff(&house.cleared("strictly_confidential")).await;
        let make = |given: &str, protection: &str| {
            json!({ "given": given, "family": "Veggen", "protection": protection,
                "none_of_these": "yes" })
        };
        let mut persons = Vec::new();
        persons.push(social.post("/persons", &make("Sosial", "open")).await.ok().id());
        persons.push(insurance.post("/persons", &make("Trygd", "open")).await.ok().id());
        let hidden = make("Gjemt", "strictly_confidential");
        persons.push(cleared.post("/persons", &hidden).await.ok().id());
        // One whom insurance is asked to take, and one who is at the door.
        let mut scene = scene(&house, SOCIAL).await;
        scene.person = social.post("/persons", &make("Spurt", "open")).await.ok().id();
        persons.push(scene.person.clone());
        let case = open(&scene).await;
        ask(&house, &scene.worker, &case, INSURANCE, "mandate").await;
        let here = social.post("/persons", &make("Her", "open")).await.ok().id();
        let arrive = json!({ "need": ["work"], "person": here });
        social.post("/reception/check-in", &arrive).await.ok();
        persons.push(here);
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let far = house.staff(&house.worker("employment-back-midtbyen", "caseworker", 0)).await;
        let manager = house.staff("heimdal-01").await;
        let mut shown = 0;
        for worker in [&social, &insurance, &cleared, &employment, &far, &manager] {
            let found = worker.post("/persons/search", &json!({ "q": "Veggen" })).await.ok().json();
            let hits: Vec<&str> =
                found["hits"].as_array().unwrap().iter().filter_map(|h| h["id"].as_str()).collect();
            for person in &persons {
                let opened = worker.get(&format!("/api/v1/persons/{person}")).await.status;
                assert_eq!(hits.contains(&person.as_str()), opened == StatusCode::OK, "{person}");
                shown += usize::from(opened == StatusCode::OK);
            }
        }
        assert!((5..25).contains(&shown), "some are seen and some are not: {shown}");
    });
}

/// REQ-INFO-08: a visit of a protected person is missing from the queue's
/// counts as it is from its rows.
#[test]
fn counts_hide_whom_the_rows_hide() {
    on_both(|house| async move {
        let host = house.staff("heimdal-02").await;
        host.post("/reception/check-in", &json!({ "need": ["work"] })).await.ok();
        let before = host.see("/reception").await;
        let cleared = house.staff(&house.cleared("strictly_confidential")).await;
        let form = json!({ "family": "Gjemt", "protection": "strictly_confidential",
            "none_of_these": "yes" });
        let person = cleared.post("/persons", &form).await.ok().id();
        let visit = host.post("/reception/check-in", &json!({ "need": ["debt"] })).await.ok().id();
        let seen = host.see("/reception").await;
        assert_eq!(seen["today"].as_i64(), before["today"].as_i64().map(|n| n + 1));
        let (visit, person) = match house.app.db.engine() {
            Engine::Sqlite => (
                format!("x'{}'", visit.replace('-', "")),
                format!("x'{}'", person.replace('-', "")),
            ),
            Engine::Postgres => (format!("'{visit}'"), format!("'{person}'")),
        };
        house
            .force(&format!("update visit set person_id = {person} where id = {visit}"))
            .await
            .unwrap();
        let after = host.see("/reception").await;
        assert_eq!(
            (&after["today"], &after["waiting"].as_array().unwrap().len()),
            (&before["today"], &before["waiting"].as_array().unwrap().len())
        );
    });
}

/// Statements that read who looked, unusual use or single accesses and leave nobody out, each with
/// its reason.
const WHOLE: &[(&str, &str)] = &[
    ("journal::store::PERSONS_OF", "the check of the journal: it shows nobody"),
    ("journal::store::PAGE_TO_SEND", "for the security log, which marks the guarded"),
    ("journal::store::ABOUT", "of one person, asked after the bar"),
    ("journal::store::SPREAD", "of one person, asked after the bar"),
    ("journal::store::WITHOUT_GROUND", "must be whole"),
    ("journal::watch::PERSONS", "a count of the night"),
    ("journal::watch::ONLY_LOOKED", "a count of the night"),
    ("journal::watch::LOOKED_AT", "a search of the night"),
    ("record::counts::SPREAD", "of the permit's person"),
    ("walls::standing::IN_FORCE", "the worker's own"),
    ("access::store::IS_SPENT", "the worker's own"),
    ("access::store::ONE", "one, asked after the bar"),
    ("access::store::MINE", "the worker's own"),
];

/// REQ-INFO-08, REQ-INFO-10: a worker's own cases come fifty at a time, each once, without whoever
/// has come under protection; and the journal names exactly those who were shown.
#[test]
fn a_long_list_is_whole_page_by_page() {
    on_both(|house| async move {
        let mut scene = scene(&house, SOCIAL).await;
        let mut persons = Vec::new();
        for n in 0..53 {
            let given = format!("Liste{}", char::from(b'a' + n % 26));
            let form = json!({ "given": given, "family": "Bjørnstad", "none_of_these": "yes" });
            scene.person = scene.worker.post("/persons", &form).await.ok().id();
            open(&scene).await;
            // Nobody registers fifty in a minute.
            house.clock.move_to(house.clock.now() + 5.seconds());
            persons.push(scene.person.clone());
        }
        let hidden = crate::attacks::sql_id(&house, &persons.pop().unwrap());
        house.force(&format!("update person set guard = 2 where id = {hidden}")).await.unwrap();
        let looked = "select count(*) from journal_person p join journal j on j.lane = p.lane
            and j.seq = p.seq where j.act = 'case.read_day'";
        let before: i64 = house.one(looked).await;
        let first = scene.worker.see("/day/cases").await;
        let after = first["next"].as_str().unwrap();
        let second = scene.worker.see(&format!("/day/cases?after={after}")).await;
        assert!(second["next"].is_null());
        let ids = |page: &serde_json::Value| -> Vec<String> {
            let lines = page["mine"].as_array().unwrap().iter();
            lines.map(|line| line["id"].as_str().unwrap().to_owned()).collect()
        };
        let (fifty, rest) = (ids(&first), ids(&second));
        assert_eq!((fifty.len(), rest.len()), (50, 2));
        let all: std::collections::BTreeSet<_> = fifty.iter().chain(&rest).collect();
        assert_eq!(all.len(), 52, "each once");
        assert_eq!(house.one::<i64>(looked).await - before, 52, "each who was shown");
        // The day begins with the same fifty and leads on to the rest.
        let day = scene.worker.see("/day").await;
        assert_eq!(ids(&day), fifty);
        assert_eq!((&day["next"], &day["all"]), (&first["next"], &json!(52)));
        assert!(scene.worker.get("/day").await.body.contains("/day/cases?after="));
    });
}

/// REQ-INFO-08, REQ-INFO-15: every statement that reads who looked, unusual use or single accesses
/// for a page leaves out whoever the reader is tied to or not cleared for, or says here why not.
#[test]
fn what_reads_looks_and_accesses_keeps_the_bar() {
    assert!(has_bar(
        "select 1 from person p where (p.guard & $1) = 0 and not exists (select 1 from staff_tie t
            where t.person_id = p.id and t.staff_id = $2 and t.ended_at is null)"
    ));
    assert!(!has_bar("select 1 from person p where p.guard = 0 and staff_tie"));
    let mut whole: Vec<&str> = Vec::new();
    let mut without = Vec::new();
    for sql in onedoor_server::statements() {
        let text = sql.text(Engine::Sqlite);
        let reads = ["journal_person", "watch_case", "single_access"].iter().any(|table| {
            text.contains(&format!("from {table}")) || text.contains(&format!("join {table}"))
        });
        // One's own file is one's own, and the nightly keeping shows nothing.
        let elsewhere = ["::own::", "::keeping::", "::population::"];
        let name = sql.name().trim_start_matches("onedoor_server::");
        if !text.trim_start().starts_with("select")
            || !reads
            || elsewhere.iter().any(|part| sql.name().contains(part))
        {
            continue;
        }
        match WHOLE.iter().find(|(known, _)| *known == name) {
            Some((known, _)) => whole.push(known),
            None if has_bar(text) => {}
            None => without.push(name),
        }
    }
    assert!(without.is_empty(), "no bar in {without:?}");
    let known: Vec<&str> = WHOLE.iter().map(|(name, _)| *name).collect();
    whole.sort_unstable();
    let mut known_sorted = known.clone();
    known_sorted.sort_unstable();
    assert_eq!(whole, known_sorted, "named and not there");
}

/// Whether a statement has one of the bars of `walls/bars.rs`, told by their words.
fn has_bar(text: &str) -> bool {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let tie = "select 1 from staff_tie t where t.person_id = p.id and t.staff_id = ";
    let person = flat.contains(&format!(") = 0 and not exists ({tie}"));
    let row = flat.contains("not exists (select 1 from journal_person x join person p")
        && flat.contains(&format!(") <> 0 or exists ({tie}"));
    flat.contains("p.guard") && (person || row)
}
