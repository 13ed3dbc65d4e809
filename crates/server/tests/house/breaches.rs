//! Ways through the walls that somebody inside found by reading the code, each tried again
//! here: a right to act for somebody as a key to every agency, a copy that outlives its
//! consent, a single access that nobody looks at, a look that leaves no trace.

use http::StatusCode;
use onedoor_domain::secrecy::Overlay;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::attacks::{sql_id, tie};
use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::consents::{give, take_back};
use crate::support::{House, Someone, on_both, staff_id};

const NUMBER: &str = "10915596784";
/// A basic unit of Heimdal.
const SAUPSTAD: &str = "99011001";
/// A worker of the city's social services in another district, not marked `national`.
const FAR: &str = "ostbyen-52";
/// The city's privacy owner, and joint managers of two offices.
const PRIVACY: &str = "city-03";
const MANAGER: &str = "heimdal-01";
const OTHER_MANAGER: &str = "lerkendal-01";

fn agency(code: &str) -> String {
    id_of("agency", code).to_string()
}

async fn fact(worker: &Someone, person: &str, kind: &str, text: &str, lock: &str) {
    let form = json!({ "kind": kind, "text": text, "source": "Personen",
        "received_on": "2026-11-20", "lock": lock });
    worker.post(&format!("/persons/{person}/facts"), &form).await.ok();
}

fn move_to(house: &House, at: &str) {
    house.clock.move_to(at.parse().unwrap());
}

async fn register(worker: &Someone, given: &str, number: &str) -> String {
    let mut form = json!({ "given": given, "family": "Lund", "born_on": "1980-05-17" });
    match number {
        "" => form["none_of_these"] = json!("yes"),
        number => (form["number"], form["born_on"]) = (json!(number), json!("1955-11-10")),
    }
    worker.post("/persons", &form).await.ok().id()
}

/// What somebody served reads of a file, page and file alike.
async fn reads(who: &Someone, text: &str) -> bool {
    let mut found = false;
    for path in ["/my", "/my/held", "/my/export/data", "/my/consents", "/my/corrections"] {
        found |= who.get(&format!("/api/v1{path}")).await.body.contains(text);
    }
    found
}

/// REQ-INFO-01, REQ-INFO-16: no worker alone opens the file of all agencies to a person of
/// their choice. A right that one worker recorded opens nothing until somebody of another unit,
/// without a tie to whoever acts, has confirmed it.
#[test]
fn nobody_alone_opens_a_file_to_a_person_of_their_choice() {
    on_both(|house| async move {
        let owner = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let person = register(&owner, "Ola", NUMBER).await;
        fact(&owner, &person, "housing", "Bor på hybel", "").await;
        // Number and name make the person known to the attacker's agency too.
        let code = house.worker(EMPLOYMENT, "caseworker", 0);
        let attacker = house.staff(&code).await;
        assert_eq!(register(&attacker, "Ola", NUMBER).await, person);
        let friend = register(&attacker, "Vidar", "").await;
        let all: Vec<&str> =
            "id case emp ben health subst child debt housing family origin".split(' ').collect();
        let right = |by: &str| {
            json!({ "representative": by, "kind": "proxy", "covers": all,
                "valid_from": "2026-01-01", "source": "Fullmakt" })
        };
        let path = format!("/persons/{person}/representations");
        attacker.post(&path, &right(&friend)).await.ok();
        let accomplice = house.resident(&friend).await;
        let choose = json!({ "person": person });
        let chosen = accomplice.post("/my/act-for", &choose).await;
        assert_eq!(chosen.status, StatusCode::NOT_FOUND, "{}", chosen.body);
        assert_eq!(accomplice.see("/my").await["others"], json!([]));
        assert!(!reads(&accomplice, "Bor på hybel").await);

        // Neither the one who recorded it nor a colleague beside them is a second person.
        let waiting = attacker.see(&path).await["lines"][0].clone();
        let one = waiting["id"].as_str().unwrap();
        assert_eq!((&waiting["in_force"], &waiting["waits"]), (&json!(false), &json!(true)));
        let beside = house.staff(&house.worker(EMPLOYMENT, "caseworker", 1)).await;
        for who in [&attacker, &beside] {
            let no = who.post(&format!("{path}/{one}/confirm"), &json!({})).await;
            assert_eq!(
                (no.status, no.code()),
                (StatusCode::CONFLICT, "representation-second".into())
            );
        }
        // Who has nothing to do with the person finds nothing to confirm.
        let stranger = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let no = stranger.post(&format!("{path}/{one}/confirm"), &json!({})).await;
        assert_eq!(no.status, StatusCode::NOT_FOUND);
        assert_eq!(accomplice.post("/my/act-for", &choose).await.status, StatusCode::NOT_FOUND);

        // Nor does a unit that whoever acts belongs to count as another.
        let colleague = staff_id(&house.worker(INSURANCE, "caseworker", 1));
        tie(&house, &colleague, &friend, Overlay::Sibling).await;
        let no = owner.post(&format!("{path}/{one}/confirm"), &json!({})).await;
        assert_eq!(no.code(), "representation-second", "a tie in the unit of the second person");
        house.force("delete from staff_tie").await.unwrap();
        owner.post(&format!("{path}/{one}/confirm"), &json!({})).await.ok();
        accomplice.post("/my/act-for", &choose).await.ok();
        assert!(reads(&accomplice, "Bor på hybel").await, "confirmed, it opens what it covers");
        // Confirming is in the journal, with whom it is about.
        let sql = "select count(*) from journal where detail like '%\"confirmed\"%'";
        assert_eq!(house.one::<i64>(sql).await, 1);

        // A record of one's own is nobody who could act.
        let own = register(&beside, "Attacker", "").await;
        tie(&house, &staff_id(&code), &own, Overlay::OwnData).await;
        let refused = beside.post(&path, &right(&own)).await;
        assert_eq!(refused.faults()["representative"], "representation-who");
    });
}

/// REQ-INFO-03, REQ-INFO-04, REQ-INFO-07: what one agency takes over from another stays bound to
/// where it came from: to the office it was locked to, to the original's end, to the walls of
/// whoever asked first, and to the consent, with which it ends. That it crossed is noted.
#[test]
fn what_was_taken_over_stays_bound_to_where_it_came_from() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let person = register(&social, "Ola", NUMBER).await;
        for worker in [&employment, &insurance] {
            assert_eq!(register(worker, "Ola", NUMBER).await, person);
        }
        fact(&social, &person, "debt_total", "Skylder 240000", "yes").await;
        house.force("update fact set kept_until = '2026-12-24'").await.unwrap();
        let original: uuid::Uuid = house.one("select id from fact").await;
        let agree = |from: &str, to: &str, until: &str| {
            json!({ "purpose": "coordination", "category": ["id", "debt"], "form": "written",
                "from": [agency(from)], "to": [agency(to)], "valid_until": until })
        };
        let terms = agree("social", "employment", "2027-02-01");
        let consent = give(&social, &person, &terms).await;
        give(&employment, &person, &agree("employment", "insurance", "2027-02-01")).await;
        let take = format!("/persons/{person}/facts/{original}/reuse");
        let purpose = json!({ "purpose": "coordination" });
        employment.post(&take, &purpose).await.ok();

        let copy = "from fact where reused_from is not null and ended_at is null";
        let count = async |more: &str| -> i64 {
            house.one(&format!("select count(*) {copy} and {more}")).await
        };
        assert_eq!(count("office_lock is not null").await, 1, "the lock goes with it");
        assert_eq!(count("kept_until = '2026-12-24'").await, 1, "and the end");
        let told = format!(
            "select count(*) from disclosure where what like '%{original}%'
            and ground = 'consent' and consent_id = {}",
            sql_id(&house, &consent)
        );
        assert_eq!(house.one::<i64>(&told).await, 1);
        let rows = "select count(*) from journal where act = 'record.write'
            and ground = 'consent' and detail like '%\"consent\":\"%'";
        assert_eq!(house.one::<i64>(rows).await, 1);
        let joint = format!("/persons/{person}/joint");
        let sees = async |who: &Someone| who.see(&joint).await.to_string().contains("240000");
        assert!(sees(&employment).await);
        let away = house.staff(&house.worker("employment-back-midtbyen", "caseworker", 0)).await;
        assert!(!sees(&away).await, "another office of the receiver");
        // The person let the employment service tell the insurance its own, not what it was told.
        assert!(!sees(&insurance).await);
        house.force("update fact set office_lock = null").await.unwrap();
        assert!(!sees(&insurance).await);
        let copied: uuid::Uuid = house.one(&format!("select id {copy}")).await;
        let again = format!("/persons/{person}/facts/{copied}/reuse");
        assert_eq!(insurance.post(&again, &purpose).await.status, StatusCode::NOT_FOUND);
        fact(&employment, &person, "debt_agreement", "Avtale med banken", "").await;
        assert!(insurance.see(&joint).await.to_string().contains("Avtale med banken"));

        // A consent that is renewed carries the copy on; one that is taken back ends it.
        let mut renewed = agree("social", "employment", "2027-03-01");
        renewed["replaces"] = json!(consent);
        let consent = give(&social, &person, &renewed).await;
        assert_eq!(count(&format!("consent_id = {}", sql_id(&house, &consent))).await, 1);
        take_back(&social, &consent, &json!({ "scope": "all", "how": "counter" })).await;
        assert_eq!(count("1 = 1").await, 0);
        assert!(!sees(&employment).await);
        assert!(!sees(&insurance).await);
        assert_eq!(employment.post(&take, &purpose).await.status, StatusCode::NOT_FOUND);
        let owed = employment.see("/withdrawals").await.to_string();
        assert!(owed.contains("debt"), "it still answers what it did with it: {owed}");

        // And one that runs out.
        give(&social, &person, &agree("social", "employment", "2026-12-01")).await;
        employment.post(&take, &purpose).await.ok();
        move_to(&house, "2026-12-01T08:30:00Z");
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        assert!(sees(&employment).await);
        move_to(&house, "2026-12-02T08:30:00Z");
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        assert!(!sees(&employment).await, "the consent is over, and the copy with it");
    });
}

/// The lines of the person's log that are about reading the record, by row.
async fn looked(me: &Someone) -> Vec<Value> {
    let page = me.see("/my/log").await;
    let days = page["days"].as_array().unwrap().iter();
    days.flat_map(|day| day["lines"].as_array().unwrap().clone())
        .filter(|line| line["act"] == "record-read")
        .collect()
}

/// How many disclosures the person reads of, on the page and in the file.
async fn told(me: &Someone) -> (usize, usize) {
    let page = me.see("/my/consents").await["disclosures"].as_array().unwrap().len();
    let export = me.see("/my/export/data").await;
    let tables = export["tables"].as_array().unwrap();
    let table = tables.iter().find(|table| table["name"] == "disclosure").unwrap();
    (page, table["rows"].as_array().unwrap().len())
}

/// REQ-INFO-16: a look of which the person is told later is told later whole: neither what
/// crossed under a rule of law in the same look, nor the register of disclosures, betrays it;
/// and when the day has come both are there.
#[test]
fn a_look_that_waits_is_betrayed_by_nothing() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let form = json!({ "given": "Ola", "family": "Lund", "number": NUMBER,
            "born_on": "1955-11-10", "basic_unit": SAUPSTAD });
        let person = social.post("/persons", &form).await.ok().id();
        register(&employment, "Ola", NUMBER).await;
        fact(&employment, &person, "education", "Fagbrev som kokk", "").await;
        let far = house.staff(FAR).await;
        let take = json!({ "number": NUMBER, "reason": "Vikarierer for kollega i Heimdal",
            "valid_until": "2026-11-28", "tell_from": "2026-12-10" });
        far.post("/access", &take).await.ok();
        let joint = format!("/persons/{person}/joint");
        assert!(far.see(&joint).await.to_string().contains("Fagbrev som kokk"));
        let crossed = "select count(*) from journal where act = 'record.read' and ground = 'law'
            and detail like '%\"single_access\":\"%'";
        assert_eq!(house.one::<i64>(crossed).await, 1, "the row names what opened the way");
        let me = house.resident(&person).await;
        assert_eq!(looked(&me).await, Vec::<Value>::new());
        assert_eq!(told(&me).await, (0, 0));

        // The same of a line that two have held back.
        assert!(social.see(&joint).await.to_string().contains("Fagbrev som kokk"));
        assert_eq!(told(&me).await, (1, 1));
        let privacy = house.staff(PRIVACY).await;
        let manager = house.staff(OTHER_MANAGER).await;
        for line in looked(&me).await {
            let row = line["row"].as_str().unwrap();
            let delay = json!({ "row": row.replace('_', "/"), "until": "2026-12-05",
                "basis": "investigation" });
            privacy.post("/delays", &delay).await.ok();
            manager.post(&format!("/delays/{row}/confirm"), &json!({})).await.ok();
        }
        assert_eq!(looked(&me).await, Vec::<Value>::new());
        assert_eq!(told(&me).await, (0, 0));
        move_to(&house, "2026-12-06T08:30:00Z");
        let me = house.resident(&person).await;
        assert_eq!(told(&me).await, (1, 1), "the delay is over");
        move_to(&house, "2026-12-10T08:30:00Z");
        let me = house.resident(&person).await;
        assert_eq!(told(&me).await, (2, 2), "and so is the other wait");
        assert_eq!(looked(&me).await.len(), 4, "each look with what crossed in it");
    });
}

/// REQ-INFO-16: who acts for somebody within a mandate, and who signed in weakly, takes out no
/// text that may be about anything: not the summary of the case, not what was asked and answered
/// before, not which agencies know the person.
#[test]
fn a_narrow_right_takes_out_no_free_text() {
    on_both(|house| async move {
        let mut scene = crate::cases::scene(&house, SOCIAL).await;
        scene.person = register(&scene.worker, "Åse", NUMBER).await;
        crate::cases::open(&scene).await;
        let me = house.resident(&scene.person).await;
        let ask = json!({ "kind": "correction", "about": "other", "text": "Diagnosen er feil" });
        me.post("/my/corrections", &ask).await.ok();
        let by = register(&scene.worker, "Ragnhild", "").await;
        let path = format!("/persons/{}/representations", scene.person);
        let right = json!({ "representative": by, "kind": "guardian", "covers": ["id", "case"],
            "valid_from": "2026-01-01", "source": "Vedtak om vergemål" });
        scene.worker.post(&path, &right).await.ok();
        let second = house.staff(&house.worker("social-family-heimdal", "caseworker", 0)).await;
        let one = second.see(&path).await["lines"][0]["id"].as_str().unwrap().to_owned();
        second.post(&format!("{path}/{one}/confirm"), &json!({})).await.ok();
        let guardian = house.resident(&by).await;
        guardian.post("/my/act-for", &json!({ "person": scene.person })).await.ok();
        let weak = house.resident_less_sure(&scene.person).await;
        for (who, name) in [(&guardian, "guardian"), (&weak, "weak")] {
            let export = who.see("/my/export/data").await;
            let text = export.to_string();
            for hidden in ["Work and money", "First talk", "Diagnosen", "vergemål"] {
                assert!(!text.contains(hidden), "{name}: {hidden}");
            }
            let tables: Vec<&str> = export["tables"]
                .as_array()
                .unwrap()
                .iter()
                .map(|table| table["name"].as_str().unwrap())
                .collect();
            assert!(!tables.contains(&"person_agency") && !tables.contains(&"correction"));
            assert!(tables.contains(&"shared_case"), "that there is a case, and when it goes on");
            let asked = who.get("/api/v1/my/corrections").await.ok().body;
            assert!(!asked.contains("Diagnosen"), "{name}");
        }
        // What the guardian asks is theirs to read, and to take back; the person's is not.
        let mine = json!({ "kind": "correction", "about": "other", "text": "Nytt nummer" });
        guardian.post("/my/corrections", &mine).await.ok();
        let asked = guardian.see("/my/corrections").await["questions"].clone();
        assert_eq!(asked.as_array().unwrap().len(), 1);
        assert_eq!(asked[0]["text"], "Nytt nummer");
        let all = me.see("/my/corrections").await["questions"].clone();
        assert_eq!(all.as_array().unwrap().len(), 2);
        let hers = all.as_array().unwrap().iter().find(|one| one["text"] != "Nytt nummer").unwrap();
        let withdraw = format!("/my/corrections/{}/withdraw", hers["id"].as_str().unwrap());
        let no = guardian.post(&withdraw, &json!({})).await;
        assert_eq!(no.status, StatusCode::NOT_FOUND);
        let export = me.see("/my/export/data").await.to_string();
        for own in ["Work and money", "First talk", "Diagnosen", "vergemål"] {
            assert!(export.contains(own), "the person has all of it: {own}");
        }
    });
}

/// The rows of the journal that the privacy owner reads, of everybody or about one.
async fn rows(who: &Someone, person: &str) -> Vec<Value> {
    let page = who.see(&format!("/journal?person={person}")).await;
    page["lines"].as_array().unwrap().clone()
}

/// REQ-INFO-15, REQ-INFO-19: the duty of a privacy owner stops before their own and their
/// family's data: journal, holds and erasure read as if nobody were there, and the attempt is
/// noted for the person.
#[test]
fn a_privacy_owner_audits_nobody_of_their_own() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = register(&worker, "Ola", NUMBER).await;
        let privacy = house.staff(PRIVACY).await;
        let subject =
            |lines: &[Value]| lines.iter().any(|one| one["subject_id"] == person.as_str());
        worker.get(&format!("/api/v1/persons/{person}")).await.ok();
        assert!(!rows(&privacy, &person).await.is_empty());
        assert!(subject(&rows(&privacy, "").await));
        let hold = json!({ "person": person, "reason": "Tilsyn" });
        privacy.post("/keeping/holds", &hold).await.ok();
        let erase = json!({ "person": person, "reason": "Ønsker det" });
        let erasure = privacy.post("/erasures", &erase).await.ok().id();
        let held = privacy.see("/keeping").await["holds"][0]["id"].as_str().unwrap().to_owned();

        tie(&house, &staff_id(PRIVACY), &person, Overlay::FormerPartner).await;
        let nobody = uuid::Uuid::nil().to_string();
        assert_eq!(rows(&privacy, &person).await, rows(&privacy, &nobody).await);
        assert!(!subject(&rows(&privacy, "").await));
        let denied = format!(
            "select count(*) from journal_person p join journal j
            on j.lane = p.lane and j.seq = p.seq where j.act = 'journal.read'
            and j.ground = 'denied' and p.person_id = {}",
            sql_id(&house, &person)
        );
        assert_eq!(house.one::<i64>(&denied).await, 1, "the person reads of the attempt");
        assert_eq!(privacy.see("/keeping").await["holds"], json!([]));
        let lift = format!("/keeping/holds/{held}/lift");
        let no = privacy.post(&lift, &json!({ "reason": "Ferdig", "version": 1 })).await;
        assert_eq!(no.status, StatusCode::NOT_FOUND);
        let no = privacy.post("/keeping/holds", &hold).await;
        assert_eq!(no.faults()["person"], "choose");
        assert_eq!(privacy.see("/erasures").await["lines"], json!([]));
        let one = privacy.get(&format!("/api/v1/erasures/{erasure}")).await;
        assert_eq!(one.status, StatusCode::NOT_FOUND);
        let decide = json!({ "decision": "refuse", "reason": "Nei", "version": 1 });
        let no = privacy.post(&format!("/erasures/{erasure}/decide"), &decide).await;
        assert_eq!(no.status, StatusCode::NOT_FOUND);
        assert_eq!(privacy.post("/erasures", &erase).await.faults()["person"], "choose");
        // A colleague without the tie goes on.
        house.force("delete from staff_tie").await.unwrap();
        assert!(!rows(&privacy, &person).await.is_empty());
    });
}

/// REQ-INFO-16: nobody hides what they did themselves, and nobody hides anything alone: a line
/// waits when somebody else, who did not do what it tells, has confirmed it. What holds goes on
/// holding while a longer wait is asked for.
#[test]
fn two_hold_a_line_back_and_neither_their_own() {
    on_both(|house| async move {
        let worker = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let person = register(&worker, "Ola", NUMBER).await;
        let privacy = house.staff(PRIVACY).await;
        rows(&privacy, &person).await;
        let own = rows(&privacy, &person).await;
        let own = own.iter().find(|one| one["act"] == "journal-read").unwrap()["row"].clone();
        let delay =
            |row: &Value, until: &str| json!({ "row": row, "until": until, "basis": "safety" });
        let no = privacy.post("/delays", &delay(&own, "2026-12-01")).await;
        assert_eq!(no.faults()["row"], "delay-own");

        let manager = house.staff(MANAGER).await;
        manager.get(&format!("/api/v1/persons/{person}")).await.ok();
        let all = rows(&privacy, &person).await;
        let line = &all.iter().find(|one| one["act"] == "person-read").unwrap()["row"];
        let me = house.resident(&person).await;
        let shown =
            async |me: &Someone| me.get("/api/v1/my/log").await.ok().body.contains("person-read");
        assert!(shown(&me).await);
        privacy.post("/delays", &delay(line, "2026-12-01")).await.ok();
        assert!(shown(&me).await, "one alone hides nothing");
        let path = format!("/delays/{}/confirm", line.as_str().unwrap().replace('/', "_"));
        for who in [&privacy, &manager] {
            let no = who.post(&path, &json!({})).await;
            assert_eq!(no.code(), "delay-second", "neither who asked nor whose act it is");
        }
        assert_eq!(worker.post(&path, &json!({})).await.status, StatusCode::FORBIDDEN);
        let seen = manager.see("/delays").await;
        assert_eq!((&seen["lines"][0]["asked"], &seen["may_ask"]), (&json!(true), &json!(false)));
        let second = house.staff(OTHER_MANAGER).await;
        assert_eq!(second.see("/delays").await["lines"][0]["may_confirm"], true);
        assert!(second.get("/delays").await.ok().body.contains(&path));
        second.post(&path, &json!({})).await.ok();
        assert!(!shown(&me).await);
        privacy.post("/delays", &delay(line, "2027-03-01")).await.ok();
        assert!(!shown(&me).await, "what two have said goes on");
        move_to(&house, "2026-12-01T08:30:00Z");
        let me = house.resident(&person).await;
        assert!(shown(&me).await, "but no longer than they said");
        // A row about one's own family is not there.
        tie(&house, &staff_id(PRIVACY), &person, Overlay::Sibling).await;
        let privacy = house.staff(PRIVACY).await;
        let no = privacy.post("/delays", &delay(line, "2027-03-01")).await;
        assert_eq!(no.faults()["row"], "delay-row");
    });
}

/// REQ-INFO-16: a form that is not taken shows the joint view again, and what it shows of another
/// agency is kept as a disclosure with its row, like any other look.
#[test]
fn a_form_that_is_not_taken_is_a_look_too() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let person = register(&social, "Ola", NUMBER).await;
        register(&employment, "Ola", NUMBER).await;
        fact(&employment, &person, "education", "Fagbrev som kokk", "").await;
        for path in ["facts", "notes", "grounds"] {
            house.force("delete from disclosure").await.unwrap();
            let page = social.form(&format!("/persons/{person}/{path}"), "text=").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.body.contains("Fagbrev som kokk"), "{path}: the view is there");
            let told: i64 = house.one("select count(*) from disclosure where ground = 'law'").await;
            assert_eq!(told, 1, "{path}");
        }
        let noted = "select count(*) from journal where act = 'record.read' and ground = 'law'";
        assert_eq!(house.one::<i64>(noted).await, 3);
        let written = "select count(*) from note";
        assert_eq!(house.one::<i64>(written).await, 0, "nothing else was kept");
    });
}

/// REQ-INFO-15, domain.md A.5: a single access that was refused, or that nobody answered, or that
/// was ended before anybody could, is not simply taken again; a colleague can take one.
#[test]
fn a_single_access_is_not_renewed_past_the_second_person() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let form = json!({ "given": "Ola", "family": "Lund", "number": NUMBER,
            "basic_unit": SAUPSTAD });
        let person = social.post("/persons", &form).await.ok().id();
        let page = format!("/api/v1/persons/{person}");
        let form = |until: &str| json!({ "number": NUMBER, "reason": "Vikarierer for kollega", "valid_until": until });
        let spent = async |who: &Someone, until: &str| {
            let again = who.post("/access", &form(until)).await;
            let code = again.faults().get("number").cloned().unwrap_or_default();
            assert_eq!(who.get(&page).await.status, StatusCode::NOT_FOUND);
            code
        };
        let forget = "delete from single_access";

        // Nobody answered in time: neither the same day nor when its own time is over.
        house.staff(FAR).await.post("/access", &form("2026-11-23")).await.ok();
        move_to(&house, "2026-11-24T08:31:00Z");
        let far = house.staff(FAR).await;
        assert_eq!(spent(&far, "2026-11-24").await, "access-spent");
        let denied = "select count(*) from journal where act = 'access.take' and ground = 'denied'";
        assert_eq!(house.one::<i64>(denied).await, 1, "the try is in the journal");
        move_to(&house, "2026-12-24T08:31:00Z");
        let far = house.staff(FAR).await;
        far.post("/access", &form("2026-12-24")).await.ok();
        assert_eq!(far.get(&page).await.status, StatusCode::OK, "a month later it is a new matter");
        house.force(forget).await.unwrap();

        // Refused.
        far.post("/access", &form("2026-12-28")).await.ok();
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let one = social.see("/access").await["waiting"][0]["id"].as_str().unwrap().to_owned();
        social.post(&format!("/access/{one}/answer"), &json!({ "answer": "no" })).await.ok();
        assert_eq!(spent(&far, "2026-12-28").await, "access-spent");
        house.force(forget).await.unwrap();

        // Ended by hand before anybody looked: it still waits for the second person.
        far.post("/access", &form("2026-12-28")).await.ok();
        let one = far.see("/access").await["mine"][0]["id"].as_str().unwrap().to_owned();
        far.post(&format!("/access/{one}/end"), &json!({})).await.ok();
        assert_eq!(spent(&far, "2026-12-28").await, "access-spent");
        assert_eq!(social.see(&format!("/access/{one}")).await["may_answer"], true);
        social.post(&format!("/access/{one}/answer"), &json!({ "answer": "yes" })).await.ok();
        far.post("/access", &form("2026-12-28")).await.ok();
        assert_eq!(far.get(&page).await.status, StatusCode::OK, "somebody has looked");
    });
}

/// REQ-INFO-15: a visit that a worker checks in, and closes, does not make the person belong to
/// their office for good; one that somebody else served does. Page, search and joint view agree.
#[test]
fn a_check_in_of_ones_own_opens_nothing_that_lasts() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let form = json!({ "given": "Ola", "family": "Lund", "number": NUMBER,
            "basic_unit": SAUPSTAD });
        let person = social.post("/persons", &form).await.ok().id();
        let far = house.staff(FAR).await;
        let there = async |who: &Someone| {
            let page = who.get(&format!("/api/v1/persons/{person}")).await.status;
            let joint = who.get(&format!("/api/v1/persons/{person}/joint")).await.status;
            let hits = who.post("/persons/search", &json!({ "q": "Lund" })).await.ok().json();
            let found = !hits["hits"].as_array().unwrap().is_empty();
            let all = [page == StatusCode::OK, joint == StatusCode::OK, found];
            assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
            all[0]
        };
        assert!(!there(&far).await);
        let come = json!({ "need": ["work"], "given": "Ola", "family": "Lund", "number": NUMBER });
        far.post("/reception/check-in", &come).await.ok();
        let visits =
            format!("select count(*) from visit where person_id = {}", sql_id(&house, &person));
        assert_eq!(house.one::<i64>(&visits).await, 1, "number and name are enough to check in");
        let served = |code: &str| {
            format!(
                "update visit set state = 'closed', closed_at = arrived_at, outcome = 'left',
                server_id = {}",
                sql_id(&house, &staff_id(code))
            )
        };
        house.force(&served(FAR)).await.unwrap();
        move_to(&house, "2026-11-24T08:30:00Z");
        assert!(!there(&house.staff(FAR).await).await, "the day after it is as it was");
        house.force("update visit set server_id = null").await.unwrap();
        assert!(!there(&house.staff(FAR).await).await, "nor does a visit that nobody served");
        house.force(&served("ostbyen-53")).await.unwrap();
        assert!(there(&house.staff(FAR).await).await, "a colleague received the person here");
    });
}

/// REQ-INFO-19: reading the record and the consents counts as a look in the search for unusual
/// use, and excuses none; whatever is asked of a person, a case or a visit is counted against the
/// limit, and so is every way to look somebody up.
#[test]
fn every_way_to_look_is_counted() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let code = house.worker(SOCIAL, "caseworker", 1);
        let looker = house.staff(&code).await;
        for (given, paths) in
            [("Kari", &["", "/joint"][..]), ("Nils", &["/joint"][..]), ("Oda", &["/consents"][..])]
        {
            let person = register(&social, given, "").await;
            for path in paths {
                looker.get(&format!("/api/v1/persons/{person}{path}")).await.ok();
            }
        }
        // A search that finds the one person is a look, one that finds several is not.
        register(&social, "Sølvi", "").await;
        for given in ["Tuva", "Tuva"] {
            register(&social, given, "").await;
        }
        for given in ["Sølvi", "Tuva"] {
            looker.post("/persons/search", &json!({ "q": format!("{given} Lund") })).await.ok();
        }
        // Who works with somebody did not only look.
        let worked = register(&social, "Per", "").await;
        looker.get(&format!("/api/v1/persons/{worked}/joint")).await.ok();
        fact(&looker, &worked, "housing", "Bor på hybel", "").await;
        move_to(&house, "2026-11-24T08:30:00Z");
        onedoor_server::journal::watch::search(&house.app).await.unwrap();
        let id = sql_id(&house, &staff_id(&code));
        let measure = async |name: &str| -> i64 {
            house
                .one(&format!(
                    "select value from watch_measure where actor_id = {id}
                and measure = '{name}'"
                ))
                .await
        };
        assert_eq!(measure("persons").await, 5);
        assert_eq!(measure("only_looked").await, 4);

        // An act on somebody is a look, whether they are there or not.
        let looker = house.staff(&code).await;
        let mut over = 0;
        for n in 0..70 {
            let path = format!("/persons/{}/facts", uuid::Uuid::from_u128(n));
            let status = looker.post(&path, &json!({})).await.status;
            over += i32::from(status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(over, 10);
        let other = house.staff(&house.worker(SOCIAL, "caseworker", 2)).await;
        let mut over = 0;
        let right = format!("/persons/{worked}/representations");
        for n in 0..40 {
            let path = ["/access", "/lists", "/exchange", &right][n % 4];
            let status = other.post(path, &json!({ "number": NUMBER })).await.status;
            over += i32::from(status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(over, 10);
    });
}
