//! Documents: taken by their content, kept under the person's key, read through the walls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, Request, StatusCode, header};
use onedoor_server::app::id_of;
use onedoor_server::db::{Engine, Value as Stored};
use onedoor_server::keeping::run;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::consents::give;
use crate::support::{Answer, House, Someone, on_both};

const NUMBER: &str = "10915596784";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj Leiekontrakt Solgata 4\n%%EOF\n";

struct Scene {
    social: Someone,
    employment: Someone,
    insurance: Someone,
    person: String,
}

/// Somebody grown up whom all three agencies know, under one law.
async fn scene(house: &House, pack: &str) -> Scene {
    let choice = json!({
        "pack": format!("{pack}@1"), "from": house.app.today().to_string(), "reason": "Papirer",
    });
    house.choose_law(&choice).await;
    let form = json!({ "given": "Marit", "family": "Lund", "number": NUMBER });
    let mut workers = Vec::new();
    let mut person = String::new();
    for unit in [SOCIAL, EMPLOYMENT, INSURANCE] {
        let worker = house.staff(&house.worker(unit, "caseworker", 0)).await;
        person = worker.post("/persons", &form).await.ok().id();
        workers.push(worker);
    }
    let [social, employment, insurance] = <[Someone; 3]>::try_from(workers).ok().unwrap();
    Scene { social, employment, insurance, person }
}

fn form(kind: &str, category: &str, name: &str, content: &[u8]) -> Value {
    json!({
        "kind": kind, "category": category, "file_name": name, "file": STANDARD.encode(content),
        "source": "Utleieren", "received_on": "2026-11-20",
    })
}

async fn send(worker: &Someone, person: &str, form: &Value) -> Answer {
    worker.post(&format!("/persons/{person}/documents"), form).await
}

async fn keep(worker: &Someone, person: &str, form: &Value) -> String {
    send(worker, person, form).await.ok();
    let page = worker.see(&format!("/persons/{person}/documents")).await;
    page["lines"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

/// For the pages: a document that is kept.
pub async fn kept(worker: &Someone, person: &str) -> String {
    keep(worker, person, &form("agreement", "housing", "Leiekontrakt.pdf", PDF)).await
}

/// A document that only the worker's office sees.
pub async fn locked(worker: &Someone, person: &str) -> String {
    let mut form = form("letter", "case", "Brev.pdf", PDF);
    form["lock"] = json!("yes");
    keep(worker, person, &form).await
}

fn path(person: &str, document: &str) -> String {
    format!("/persons/{person}/documents/{document}")
}

async fn status(worker: &Someone, person: &str, document: &str, purpose: &str) -> StatusCode {
    let path = path(person, document);
    worker.get(&format!("/api/v1{path}?purpose={purpose}")).await.status
}

fn joint(page: &Value) -> String {
    page["parts"].to_string()
}

/// REQ-INFO-01: a document has an owner, a kind of information, a source, a day of receipt and
/// a keep-time; whoever has it gets it back byte for byte, as a file that a browser keeps and
/// does not run, and each opening is in the journal and in the person's own log.
#[test]
fn a_document_comes_back_as_it_was_kept() {
    on_both(|house| async move {
        let scene = scene(&house, "no-2022").await;
        // Large enough for several parts.
        let large: Vec<u8> = (0..700_000u32).map(|n| b'a' + (n % 26) as u8).collect();
        let name = "..\\..\\Leie\u{202e} kontrakt.exe";
        let id =
            keep(&scene.social, &scene.person, &form("agreement", "housing", name, &large)).await;
        let page = scene.social.see(&format!("/persons/{}/documents", scene.person)).await;
        let line = &page["lines"][0];
        assert_eq!(line["name"], "Leie kontrakt.txt", "the content says what it is");
        assert_eq!((&line["media"], &line["size"]), (&json!("text/plain"), &json!(700_000)));
        assert_eq!(
            (&line["source"], &line["received_on"]),
            (&json!("Utleieren"), &json!("2026-11-20"))
        );
        assert_eq!(line["kept_until"], "2031-11-20");
        let file = scene.social.get(&path(&scene.person, &id)).await.ok();
        assert_eq!(file.body.as_bytes(), large);
        let head = |name: &str| file.headers[name].to_str().unwrap().to_owned();
        assert_eq!(head("content-type"), "text/plain; charset=utf-8");
        assert_eq!(head("x-content-type-options"), "nosniff");
        assert_eq!(head("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(head("cache-control"), "no-store");
        assert_eq!(
            head("content-disposition"),
            "attachment; filename=\"Leie kontrakt.txt\"; filename*=UTF-8''Leie%20kontrakt.txt"
        );
        let same = scene.social.see(&path(&scene.person, &id)).await;
        assert_eq!(STANDARD.decode(same["file"].as_str().unwrap()).unwrap(), large);
        let opened: i64 = house
            .one(
                "select count(*) from journal where act = 'record.open_document'
                and detail like '%opened%'",
            )
            .await;
        assert_eq!(opened, 2, "by page and by program");
        let me = house.resident(&scene.person).await;
        let log = me.see("/my/log").await.to_string();
        assert!(log.contains("record-open_document"), "{log}");
        // Nothing of it lies open in the database.
        let mut conn = house.app.db.read().await.unwrap();
        for sql in ["select file_name from document", "select body from document_part"] {
            for mut row in conn.text_rows(sql).await.unwrap() {
                let Stored::Text(text) = row.get(0).unwrap() else { panic!("{sql}") };
                // Long enough that no ciphertext holds it by chance.
                let open = ["Leie kontrakt", "abcdefghijklm"].iter().any(|it| text.contains(it));
                assert!(text.starts_with("x1:") && !open, "{sql}");
            }
        }
        let parts: i64 = house.one("select count(*) from document_part").await;
        assert_eq!(parts, 3);
        // Parts that were exchanged give nothing out.
        house.force("update document_part set n = -n - 1").await.unwrap();
        house.force("update document_part set n = n + 3").await.unwrap();
        let broken = scene.social.get(&path(&scene.person, &id)).await;
        assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    });
}

/// REQ-INFO-01: what is empty, too large, broken off, of another form than its name says, or
/// does something when it is opened is not taken, and says so on the field.
#[test]
fn bad_files_are_refused_on_their_field() {
    on_both(|house| async move {
        let scene = scene(&house, "no-2022").await;
        let large = vec![b'a'; 3 * 1024 * 1024 + 1];
        let table: [(&str, &[u8], &str); 7] = [
            ("empty.pdf", b"", "document-empty"),
            ("large.txt", &large, "document-large"),
            ("bomb.pdf", b"PK\x03\x04\x14\0\0\0\x08\0 ten thousand times itself", "document-form"),
            ("program.txt", b"MZ\x90\0\x03\0\0\0", "document-form"),
            ("page.pdf", b"%PDF-1.7\nPK\x05\x06\0\0\n%%EOF", "document-form"),
            ("half.pdf", b"%PDF-1.7\n1 0 obj", "document-broken"),
            ("acts.pdf", b"%PDF-1.7\n<< /S /JavaScript /JS (x) >>\n%%EOF", "document-active"),
        ];
        for (name, content, fault) in table {
            let form = form("letter", "case", name, content);
            let answer = send(&scene.social, &scene.person, &form).await;
            assert_eq!(answer.faults()["file"], fault, "{name}");
        }
        let bare = send(&scene.social, &scene.person, &json!({})).await;
        let faults = bare.faults();
        for field in ["file", "kind", "category", "source", "received_on"] {
            assert!(faults.contains_key(field), "{field}: nothing is preset");
        }
        let kept: i64 = house.one("select count(*) from document").await;
        assert_eq!(kept, 0);
    });
}

/// REQ-INFO-01: a page sends the file itself, without script; a path in its name leads nowhere.
#[test]
fn a_page_sends_the_file_itself() {
    on_both(|house| async move {
        let scene = scene(&house, "no-2022").await;
        let mut body = Vec::new();
        let fields = [
            ("kind", "agreement"),
            ("category", "housing"),
            ("source", "Utleieren"),
            ("received_on", "2026-11-20"),
        ];
        for (name, value) in fields {
            let part = format!(
                "--grense\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        body.extend_from_slice(
            b"--grense\r\nContent-Disposition: form-data; name=\"file\"; \
              filename=\"../../etc/lease.exe\"\r\nContent-Type: text/html\r\n\r\n",
        );
        body.extend_from_slice(PDF);
        body.extend_from_slice(b"\r\n--grense--\r\n");
        let request = |body: Vec<u8>| {
            Request::builder()
                .method(Method::POST)
                .uri(format!("/persons/{}/documents", scene.person))
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=grense")
                .body(axum::body::Body::from(body))
                .unwrap()
        };
        let answer = scene.social.send(request(body.clone())).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let page = scene.social.see(&format!("/persons/{}/documents", scene.person)).await;
        assert_eq!(page["lines"][0]["name"], "lease.pdf");
        assert_eq!(page["lines"][0]["size"], json!(PDF.len()));
        let broken = scene.social.send(request(body[..200].to_vec())).await;
        assert_eq!(broken.status, StatusCode::BAD_REQUEST);
        let huge = [body, vec![b'a'; 6 * 1024 * 1024]].concat();
        assert_eq!(scene.social.send(request(huge)).await.status, StatusCode::BAD_REQUEST);
    });
}

/// REQ-INFO-01, REQ-INFO-09, REQ-INFO-12, REQ-INFO-13: each document is judged by itself. The
/// joint view and the file agree; what is internal, locked, treated or closed is not there, and
/// looks like one that never was.
#[test]
fn the_walls_judge_each_document() {
    on_both(|house| async move {
        let scene = scene(&house, "no-2022").await;
        let p = &scene.person;
        let lease = keep(&scene.social, p, &form("agreement", "housing", "a leie", PDF)).await;
        let debt = keep(&scene.social, p, &form("bill", "debt", "b inkasso", PDF)).await;
        let mut inside = form("letter", "housing", "c internt", PDF);
        inside["internal"] = json!("yes");
        let inside = keep(&scene.social, p, &inside).await;
        let doctor = form("medical_statement", "case", "d lege", PDF);
        let doctor = keep(&scene.social, p, &doctor).await;
        let mut locked = form("letter", "housing", "e last", PDF);
        locked["lock"] = json!("yes");
        let locked = keep(&scene.social, p, &locked).await;
        let nothing = uuid::Uuid::now_v7().to_string();
        for id in [&lease, &debt, &inside, &doctor, &locked] {
            assert_eq!(status(&scene.social, p, id, "").await, StatusCode::OK, "the owner");
        }
        let aim = "coordination";
        assert_eq!(status(&scene.employment, p, &lease, aim).await, StatusCode::OK);
        for id in [&debt, &inside, &doctor, &nothing] {
            let answer = scene.employment.get(&format!("/api/v1{}", path(p, id))).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert_eq!(answer.code(), "not-found", "hidden and absent look alike");
        }
        let view = joint(&scene.employment.see(&format!("/persons/{p}/joint")).await);
        assert!(view.contains("a leie.pdf") && view.contains(&lease), "{view}");
        for hidden in ["inkasso", "internt", "d lege", debt.as_str(), inside.as_str()] {
            assert!(!view.contains(hidden), "{hidden}");
        }
        // What crossed is told to the register of who holds what, with its rule.
        let told: i64 = house.one("select count(*) from disclosure").await;
        assert!(told > 0);
        let crossed: i64 = house
            .one(
                "select count(*) from journal where act = 'record.open_document'
                and ground = 'law' and detail like '%rule%'",
            )
            .await;
        assert_eq!(crossed, 1);
        // The widest consent opens what was ticked, and never what is internal or treated.
        let all: Vec<&str> = onedoor_domain::secrecy::Category::ALL
            .iter()
            .map(|category| category.as_str())
            .collect();
        let consent = json!({
            "purpose": "coordination", "category": all, "form": "written",
            "from": [id_of("agency", "social").to_string()],
            "to": [id_of("agency", "employment").to_string()],
        });
        give(&scene.social, p, &consent).await;
        assert_eq!(status(&scene.employment, p, &debt, aim).await, StatusCode::OK);
        assert_eq!(status(&scene.employment, p, &inside, aim).await, StatusCode::NOT_FOUND);
        assert_eq!(status(&scene.employment, p, &doctor, aim).await, StatusCode::NOT_FOUND);
        // Only the owner ends it or asks who sees it.
        for act in ["end", "seen-by"] {
            let path = format!("{}/{act}", path(p, &lease));
            let answer = match act {
                "end" => scene.employment.post(&path, &json!({})).await,
                _ => scene.employment.get(&format!("/api/v1{path}")).await,
            };
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
        }
        let seen = scene.social.see(&format!("{}/seen-by", path(p, &lease))).await;
        assert!(seen["lines"].as_array().unwrap().iter().any(|line| line["yes"] == true));
        scene.social.post(&format!("{}/end", path(p, &lease)), &json!({})).await.ok();
        assert_eq!(status(&scene.social, p, &lease, aim).await, StatusCode::NOT_FOUND);
        // Another office of the same agency does not open what is locked.
        let far = house.staff("ostbyen-52").await;
        far.post("/persons", &json!({ "given": "Marit", "family": "Lund", "number": NUMBER }))
            .await
            .ok();
        assert_eq!(status(&far, p, &locked, aim).await, StatusCode::NOT_FOUND);
    });
}

/// REQ-INFO-01, REQ-INFO-04: in Sweden now nothing of it crosses without her.
#[test]
fn sweden_now_keeps_documents_apart() {
    on_both(|house| async move {
        let scene = scene(&house, "se-2022").await;
        let p = &scene.person;
        let lease = keep(&scene.social, p, &form("agreement", "housing", "leie", PDF)).await;
        for other in [&scene.employment, &scene.insurance] {
            assert_eq!(status(other, p, &lease, "").await, StatusCode::NOT_FOUND);
            let view = joint(&other.see(&format!("/persons/{p}/joint")).await);
            assert!(!view.contains("leie"), "{view}");
        }
    });
}

/// REQ-INFO-08: the documents of somebody protected are not there for whoever is not cleared,
/// nor for a worker who never had to do with the person.
#[test]
fn the_documents_of_somebody_hidden_are_not_there() {
    on_both(|house| async move {
        let scene = scene(&house, "no-2022").await;
        let p = &scene.person;
        let id = keep(&scene.social, p, &form("letter", "case", "brev", PDF)).await;
        house.force("update person set guard = 2").await.unwrap();
        for worker in [&scene.social, &scene.employment] {
            assert_eq!(status(worker, p, &id, "").await, StatusCode::NOT_FOUND);
            let list = worker.get(&format!("/api/v1/persons/{p}/documents")).await;
            assert_eq!(list.status, StatusCode::NOT_FOUND);
            let sent = send(worker, p, &form("letter", "case", "brev", PDF)).await;
            assert_eq!(sent.status, StatusCode::NOT_FOUND);
        }
        house.force("update person set guard = 0").await.unwrap();
        // Under the address of another person the document is not there either.
        let other = json!({ "given": "Tom", "family": "Person", "none_of_these": "yes" });
        let other = scene.social.post("/persons", &other).await.ok().id();
        assert_eq!(status(&scene.social, &other, &id, "").await, StatusCode::NOT_FOUND);
        assert_eq!(status(&scene.social, p, &id, "").await, StatusCode::OK);
    });
}

/// REQ-INFO-16: the person reads and fetches the documents of all agencies but internal ones,
/// gives one to an agency that knows them, points a question at one, and finds them in the
/// file; nobody else does.
#[test]
fn the_person_has_their_own_documents() {
    on_both(|house| async move {
        let scene = scene(&house, "no-2004").await;
        let p = &scene.person;
        let lease = keep(&scene.social, p, &form("agreement", "housing", "leie", PDF)).await;
        let mut inside = form("letter", "case", "uenighet", PDF);
        inside["internal"] = json!("yes");
        let inside = keep(&scene.social, p, &inside).await;
        let me = house.resident(p).await;
        let page = me.see("/my/documents").await;
        assert_eq!(page["lines"].as_array().unwrap().len(), 1, "{page}");
        assert_eq!(page["lines"][0]["name"], "leie.pdf");
        let file = me.get(&format!("/my/documents/{lease}")).await.ok();
        assert_eq!(file.body.as_bytes(), PDF);
        assert_eq!(file.headers["content-security-policy"], "default-src 'none'; sandbox");
        let hidden = me.get(&format!("/api/v1/my/documents/{inside}")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let unsure = house.resident_less_sure(p).await;
        let refused = unsure.get(&format!("/api/v1/my/documents/{lease}")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let other = json!({ "given": "Tom", "family": "Person", "born_on": "1980-01-01",
            "none_of_these": "yes" });
        let other = scene.social.post("/persons", &other).await.ok().id();
        let stranger = house.resident(&other).await;
        let refused = stranger.get(&format!("/api/v1/my/documents/{lease}")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        // She gives one to employment; social services see nothing of it under that law.
        let given = json!({
            "agency": id_of("agency", "employment").to_string(), "kind": "certificate",
            "category": "emp", "file_name": "fagbrev.pdf", "file": STANDARD.encode(PDF),
        });
        me.post("/my/documents", &given).await.ok();
        let got = scene.employment.see(&format!("/persons/{p}/documents")).await;
        assert_eq!(
            (&got["lines"][0]["given"], &got["lines"][0]["name"]),
            (&json!(true), &json!("fagbrev.pdf"))
        );
        let given = got["lines"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(status(&scene.social, p, &given, "").await, StatusCode::NOT_FOUND);
        let bad = json!({ "agency": uuid::Uuid::now_v7().to_string(), "kind": "letter",
            "category": "case", "file_name": "a.pdf", "file": STANDARD.encode(b"PK\x03\x04") });
        let faults = me.post("/my/documents", &bad).await.faults();
        assert_eq!(
            (faults["agency"].as_str(), faults["file"].as_str()),
            ("choose", "document-form")
        );
        // A question about the lease goes to the agency that has it.
        let question = json!({ "kind": "correction", "about": "other", "document": lease,
            "text": "Feil adresse", "once": "spørsmål-en" });
        me.post("/my/corrections", &question).await.ok();
        let asked = me.see("/my/corrections").await;
        assert_eq!(asked["questions"][0]["document"], json!(lease));
        let waiting = scene.social.see("/corrections").await.to_string();
        assert!(waiting.contains("Lund"), "{waiting}");
        let foreign = json!({ "kind": "correction", "about": "other", "document": inside,
            "text": "Hva står der", "once": "spørsmål-to" });
        assert_eq!(me.post("/my/corrections", &foreign).await.status, StatusCode::NOT_FOUND);
        // The file has the list, and says where each document is fetched.
        let export = me.see("/my/export/data").await;
        let mut table = export["tables"].as_array().unwrap().iter();
        let table = table.rfind(|table| table["name"] == "document").unwrap();
        let names: Vec<&str> = table["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap())
            .collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names.contains(&"leie.pdf") && names.contains(&"fagbrev.pdf"));
        let paper = me.get("/my/export/pdf").await;
        assert_eq!(paper.status, StatusCode::OK);
    });
}

/// REQ-INFO-01, REQ-INFO-16: a document goes with its own day, a hold keeps it, and with the
/// person's key it opens nowhere.
#[test]
fn documents_go_with_their_day_and_with_the_person() {
    on_both(|house| async move {
        let scene = scene(&house, "no-2022").await;
        let p = &scene.person;
        keep(&scene.social, p, &form("identity_paper", "id", "pass", PDF)).await;
        keep(&scene.social, p, &form("letter", "case", "brev", PDF)).await;
        house.clock.move_to("2027-02-20T08:30:00Z".parse().unwrap());
        run(&house.app, house.app.today()).await.unwrap();
        let left: i64 = house.one("select count(*) from document").await;
        assert_eq!(left, 2, "the last day belongs to it");
        let id = match house.app.db.engine() {
            Engine::Sqlite => format!("x'{}'", p.replace('-', "")),
            Engine::Postgres => format!("'{p}'"),
        };
        house.clock.move_to("2027-02-22T08:30:00Z".parse().unwrap());
        run(&house.app, house.app.today()).await.unwrap();
        let left: i64 = house.one("select count(*) from document").await;
        let parts: i64 = house.one("select count(*) from document_part").await;
        assert_eq!((left, parts), (1, 1), "an identity paper is kept three months");
        house.force(&format!("delete from subject_key where subject_id = {id}")).await.unwrap();
        let kept: uuid::Uuid = house.one("select id from document").await;
        let gone = scene.social.get(&path(p, &kept.to_string())).await;
        assert_ne!(gone.status, StatusCode::OK, "with the key it is gone");
    });
}
