//! The journal: complete, chained, and open to audit.

use onedoor_server::journal::{Broken, Journal};
use serde_json::json;

use crate::cases::{SOCIAL, open, scene};
use crate::support::{House, KEY, on_both};

async fn verify(house: &House) -> Vec<Broken> {
    Journal::new(KEY).verify(&house.app.db, |_| {}).await.unwrap().broken
}

/// REQ-INFO-19: every read and write of a person's data, list rows and search
/// hits included, is there with actor, role, purpose, ground and time.
#[test]
fn every_read_is_logged_with_its_ground() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let about = |act: &str| {
            format!(
                "select count(*) from journal_person p join journal j \
                 on j.lane = p.lane and j.seq = p.seq where j.act = '{act}'"
            )
        };
        let reads: [(&str, String); 4] = [
            ("person.read", format!("/api/v1/persons/{}", scene.person)),
            ("case.read", format!("/api/v1/cases/{case}")),
            ("case.read_day", "/api/v1/day".into()),
            ("person.search", String::new()),
        ];
        for (act, path) in reads {
            let before: i64 = house.one(&about(act)).await;
            if path.is_empty() {
                scene.worker.post("/persons/search", &json!({ "q": "Bjornstad" })).await.ok();
            } else {
                scene.worker.get(&path).await.ok();
            }
            let after: i64 = house.one(&about(act)).await;
            assert!(after > before, "{act} left no row");
        }
        let bare: i64 = house
            .one(
                "select count(*) from journal where role = '' or purpose = '' or ground = '' \
                 or at = 0 or (actor_id is null and actor_kind <> 'system')",
            )
            .await;
        assert_eq!(bare, 0);
        assert!(verify(&house).await.is_empty());
    });
}

/// REQ-INFO-19: a denied attempt is logged too, with whom it was about.
#[test]
fn a_denied_attempt_is_logged() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let stranger = house.staff(&house.worker("insurance-back-heimdal", "caseworker", 0)).await;
        stranger.get(&format!("/api/v1/persons/{}", scene.person)).await;
        let denied: i64 = house
            .one(
                "select count(*) from journal j join journal_person p \
                 on p.lane = j.lane and p.seq = j.seq where j.ground = 'denied'",
            )
            .await;
        assert_eq!(denied, 1);
    });
}

/// REQ-INFO-19: seeding one access without a relation makes exactly that
/// access appear in the audit report.
#[test]
fn exactly_the_access_without_ground_appears() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        scene.worker.get(&format!("/api/v1/cases/{case}")).await.ok();
        scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        scene.worker.get("/api/v1/day").await.ok();
        let owner = house.staff("city-03").await;
        let report = owner.see("/journal/without-ground").await;
        assert_eq!(report["lines"], json!([]), "none of the real ones");
        // Somebody writes as if an unrelated worker had a ground.
        let stranger = house.worker("insurance-back-heimdal", "caseworker", 0);
        let entry = onedoor_server::journal::Entry {
            action: onedoor_domain::secrecy::Action::ReadPerson,
            ground: Some(onedoor_domain::secrecy::Ground::TakesPart),
            subject: (onedoor_server::journal::SubjectKind::Person, scene.person.parse().ok()),
            persons: vec![scene.person.parse().unwrap()],
            detail: serde_json::Value::Null,
        };
        let mut actor = onedoor_server::sign_in::Actor::system();
        actor.kind = onedoor_server::sign_in::ActorKind::Staff;
        actor.id = Some(onedoor_server::app::id_of("staff", &stranger));
        let mut tx = house.app.db.begin().await.unwrap();
        let now = house.app.now();
        let more = vec![entry.clone(); 129];
        house.app.journal.append(&mut tx, &actor, now, &[entry]).await.unwrap();
        tx.commit().await.unwrap();
        // Reviewing the journal of a person is a duty, and no such access.
        owner.see(&format!("/journal?person={}", scene.person)).await;
        let report = owner.see("/journal/without-ground").await;
        let lines = report["lines"].as_array().unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0]["subject_id"], json!(scene.person));
        assert_eq!(report["next"], json!(null));
        // Many more: page by page, each once.
        let mut tx = house.app.db.begin().await.unwrap();
        house.app.journal.append(&mut tx, &actor, now, &more).await.unwrap();
        tx.commit().await.unwrap();
        let first = owner.see("/journal/without-ground").await;
        let next = first["next"].as_str().unwrap();
        let rest = owner.see(&format!("/journal/without-ground?before={next}")).await;
        let rows = |page: &serde_json::Value| -> Vec<String> {
            let lines = page["lines"].as_array().unwrap();
            lines.iter().map(|line| line["row"].to_string()).collect()
        };
        let mut all = [rows(&first), rows(&rest)].concat();
        assert_eq!((rows(&first).len(), all.len()), (100, 130));
        all.sort();
        all.dedup();
        assert_eq!((all.len(), &rest["next"]), (130, &json!(null)));
    });
}

/// REQ-INFO-19: a changed, a removed and a reordered row are each named, and
/// so are rows cut off at the end and rows taken out of the persons' index.
#[test]
fn verify_names_what_was_done_to_the_journal() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        // Enough for several rows in each lane.
        for _ in 0..30 {
            scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        }
        assert!(verify(&house).await.is_empty());
        let lane: i64 =
            house.one("select lane from journal group by lane order by count(*) desc").await;
        let last: i64 =
            house.one(&format!("select max(seq) from journal where lane = {lane}")).await;
        assert!(last >= 3, "enough rows in one lane: {last}");
        let row = |seq: i64| format!("lane = {lane} and seq = {seq}");

        let act: String = house.one(&format!("select act from journal where {}", row(2))).await;
        house.force(&format!("update journal set act = 'x' where {}", row(2))).await.unwrap();
        assert_eq!(verify(&house).await, [Broken::Changed { lane, seq: 2 }]);
        house.force(&format!("update journal set act = '{act}' where {}", row(2))).await.unwrap();

        let swap = |a: i64, b: i64| {
            format!(
                "update journal set seq = -1 where {}; update journal set seq = {a} where {}; \
                 update journal set seq = {b} where {}",
                row(a),
                row(b),
                row(-1)
            )
        };
        house.force(&swap(1, 2)).await.unwrap();
        let broken = verify(&house).await;
        assert!(broken.contains(&Broken::Reordered { lane, seq: 1 }), "{broken:?}");
        assert!(broken.contains(&Broken::Reordered { lane, seq: 2 }), "{broken:?}");
        house.force(&swap(1, 2)).await.unwrap();
        assert!(verify(&house).await.is_empty());

        house.force(&format!("delete from journal where {}", row(last))).await.unwrap();
        let broken = verify(&house).await;
        assert!(broken.contains(&Broken::Removed { lane, from: last, until: last }), "{broken:?}");
        let head = format!("update journal_lane set seq = {} where lane = {lane}", last - 1);
        house.force(&head).await.unwrap();
        let broken = verify(&house).await;
        assert!(broken.contains(&Broken::Head { lane }), "cut off at the end: {broken:?}");

        house.force(&format!("delete from journal where {}", row(2))).await.unwrap();
        let broken = verify(&house).await;
        assert!(broken.contains(&Broken::Removed { lane, from: 2, until: 2 }), "{broken:?}");
    });
}

/// REQ-INFO-19: rows taken out of the index that shows a person who looked are
/// noticed.
#[test]
fn the_index_of_persons_is_checked() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        house.force("delete from journal_person").await.unwrap();
        let broken = verify(&house).await;
        assert!(broken.iter().all(|b| matches!(b, Broken::Index { .. })), "{broken:?}");
        assert!(!broken.is_empty());
        house.force("delete from journal; delete from journal_lane").await.unwrap();
        assert_eq!(verify(&house).await, [Broken::Lanes], "taking everything away is missed");
    });
}

/// What cannot be journaled is not shown: without a lane no read answers.
#[test]
fn no_answer_leaves_without_its_row() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        house.force("delete from journal_lane").await.unwrap();
        let answer = scene.worker.get(&format!("/persons/{}", scene.person)).await;
        assert!(answer.status.is_server_error(), "{}", answer.status);
        assert!(!answer.body.contains("Bjørnstad"));
    });
}

/// REQ-INFO-19: coming and going is in the journal with the agency, once each.
#[test]
fn signing_in_and_out_is_logged_with_its_agency() {
    on_both(|house| async move {
        let code = house.worker(SOCIAL, "caseworker", 0);
        let worker = house.staff(&code).await;
        worker.form("/sign-out", "").await;
        house.kiosk("heimdal").await;
        let count = async |what: &str| -> i64 {
            house.one(&format!("select count(*) from journal where {what}")).await
        };
        let staff = "actor_kind = 'staff' and agency_id is not null and unit_id is not null";
        assert_eq!(count(&format!("act = 'session.sign_in' and {staff}")).await, 1);
        assert_eq!(count(&format!("act = 'session.sign_out' and {staff}")).await, 1);
        assert_eq!(count("act = 'session.sign_in' and actor_kind = 'kiosk'").await, 1);
        worker.form("/sign-out", "").await;
        assert_eq!(count("act = 'session.sign_out'").await, 1, "nobody signs out twice");
        house.nobody().form("/sign-in/kiosk", "token=wrong").await;
        assert_eq!(count("act = 'session.refused' and ground = 'denied'").await, 1);
        assert!(verify(&house).await.is_empty());
    });
}

/// REQ-INFO-19: a worker who opens far more than they and their peers ever do is a
/// case for the privacy owner, with the rows; a usual day is none; the owner says
/// what it was, and nothing else happens.
#[test]
fn an_unusual_day_is_a_case_to_look_at() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let (worker, deputy) = (
            crate::support::staff_id(&scene.worker_code),
            crate::support::staff_id(&scene.deputy_code),
        );
        let id = |id: &str| match house.app.db.engine() {
            onedoor_server::db::Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
            onedoor_server::db::Engine::Postgres => format!("'{id}'"),
        };
        // Four weeks of usual days of both.
        for day in 1..=20 {
            for who in [&worker, &deputy] {
                let insert = format!(
                    "insert into watch_measure (actor_id, day, measure, value) \
                     values ({}, '2026-11-{day:02}', 'persons', {})",
                    id(who),
                    10 + day % 3
                );
                house.force(&insert).await.unwrap();
            }
        }
        let deputy = house.staff(&scene.deputy_code).await;
        deputy.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        // Today the worker opens forty that nobody else does.
        for n in 0..40 {
            let form = json!({ "given": "Anne", "family": "Berg", "none_of_these": "yes" });
            let person = scene.worker.post("/persons", &form).await.ok().id();
            scene.worker.get(&format!("/api/v1/persons/{person}")).await.ok();
            let later = house.clock.now() + jiff::ToSpan::seconds(20 + n % 2);
            house.clock.move_to(later);
        }
        house.clock.move_to("2026-11-24T08:30:00Z".parse().unwrap());
        use onedoor_server::journal::watch::search;
        assert_eq!(search(&house.app).await.unwrap(), Some(1));
        assert_eq!(search(&house.app).await.unwrap(), None, "each day once");
        let owner = house.staff("city-03").await;
        let line = owner.see("/watch").await["lines"][0].clone();
        assert_eq!((&line["measure"], &line["seen"]), (&json!("persons"), &json!(40)));
        assert_eq!((&line["expected"], &line["bound"]), (&json!(11), &json!(28)));
        assert_eq!(line["basis"], "past");
        let path = format!("/watch/{}", line["id"].as_str().unwrap());
        let page = owner.see(&path).await;
        assert!(page["rows"].as_array().unwrap().len() > 40);
        assert!(owner.get(&path).await.body.contains("40"));
        let settle = format!("{path}/settle");
        let bare = owner.post(&settle, &json!({ "outcome": "explained", "version": 1 })).await;
        assert_eq!(bare.faults()["reason"], "text-empty");
        let form = json!({ "outcome": "explained", "version": 1, "reason": "A whole class" });
        owner.post(&settle, &form).await.ok();
        assert_eq!(owner.post(&settle, &form).await.code(), "stale");
        assert_eq!(owner.see("/watch").await["lines"][0]["outcome"], "explained");
        let worker = house.staff(&scene.worker_code).await;
        assert_eq!(worker.get("/watch").await.status, http::StatusCode::FORBIDDEN);
        worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
    });
}

/// REQ-INFO-19: a page that is shown again because a form was not taken has opened what it shows:
/// it leaves its row, for each person, as the page itself does; and so do lists that open texts
/// and name nobody.
#[test]
fn a_page_that_is_shown_again_leaves_its_row() {
    on_both(|house| async move {
        let scene = crate::own::grown(&house, SOCIAL).await;
        let person = crate::attacks::sql_id(&house, &scene.person);
        let rows = async |what: &str| -> i64 {
            let sql = format!(
                "select count(*) from journal j join journal_person p on p.lane = j.lane
                    and p.seq = j.seq where p.person_id = {person} and {what}"
            );
            house.one(&sql).await
        };
        let owner = house.staff("city-03").await;
        let hold = json!({ "person": scene.person, "reason": "Klage hos Sivilombudet" });
        owner.post("/keeping/holds", &hold).await.ok();
        let held: uuid::Uuid = house.one("select id from legal_hold").await;
        let ask = json!({ "person": scene.person, "reason": "Flytter til Bergen" });
        let erasure = owner.post("/erasures", &ask).await.ok().id();
        let case = uuid::Uuid::now_v7().to_string();
        let watch = format!(
            "insert into watch_case (id, person_id, day, measure, seen, expected, bound, basis,
                made_at, version)
             values ({}, {person}, '2026-11-23', 'person_offices', 4, 1, 2, 'fixed', 1, 1)",
            crate::attacks::sql_id(&house, &case)
        );
        house.force(&watch).await.unwrap();
        let as_owner = "j.actor_kind = 'staff' and j.role = 'privacy_owner'";
        let long = "x".repeat(3000);
        for (path, text, typed) in [
            ("/keeping/holds".to_owned(), "Sivilombudet", "Halvt"),
            (format!("/keeping/holds/{held}/lift"), "Sivilombudet", long.as_str()),
            ("/erasures".to_owned(), "Flytter til Bergen", "Halvt"),
            (format!("/erasures/{erasure}/decide"), "Flytter til Bergen", "Halvt"),
            (format!("/watch/{case}/settle"), scene.person.as_str(), "Halvt"),
        ] {
            let before = rows(as_owner).await;
            let again = owner.form(&path, &format!("reason={typed}")).await;
            assert_eq!(again.status, http::StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(again.body.contains(text), "{path} shows it");
            assert!(again.body.contains(typed), "{path} keeps what was typed");
            assert_eq!(rows(as_owner).await, before + 1, "{path}");
        }
        // Whoever acts for somebody reads their file by it.
        let me = house.resident(&scene.person).await;
        for path in ["/my/corrections", "/my/documents", "/my/consents", "/my/bookings"] {
            let before = rows("j.actor_kind = 'person'").await;
            let again = me.form(path, "reason=").await;
            assert_eq!(again.status, http::StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert_eq!(rows("j.actor_kind = 'person'").await, before + 1, "{path}");
        }
        let all = async || -> i64 { house.one("select count(*) from journal").await };
        for (who, path) in [(&scene.worker, "/lists"), (&owner, "/delays")] {
            let before = all().await;
            who.see(path).await;
            assert_eq!(all().await, before + 1, "{path}");
        }
    });
}

/// REQ-INFO-19: a lane whose head was put back before its anchor is named, and the check goes on.
#[test]
fn a_head_before_its_anchor_is_named() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        for _ in 0..12 {
            scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        }
        let lane: i64 =
            house.one("select lane from journal group by lane order by count(*) desc").await;
        let anchor = format!(
            "insert into journal_anchor (lane, seq, head, seal, cut_on)
             select lane, seq, head, seal, '2026-11-23' from journal_lane where lane = {lane};
             update journal_lane set seq = 0 where lane = {lane}"
        );
        house.force(&anchor).await.unwrap();
        let broken = verify(&house).await;
        assert!(broken.contains(&Broken::Head { lane }), "{broken:?}");
    });
}

/// REQ-INFO-19: a ground that came after the access is none: look first and open a case afterwards,
/// and the look is listed.
#[test]
fn a_ground_that_came_afterwards_is_listed() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let stranger = house.worker(crate::cases::INSURANCE, "caseworker", 0);
        let mut actor = onedoor_server::sign_in::Actor::system();
        actor.kind = onedoor_server::sign_in::ActorKind::Staff;
        actor.id = Some(onedoor_server::app::id_of("staff", &stranger));
        actor.agency =
            Some(onedoor_domain::ids::AgencyId(onedoor_server::app::id_of("agency", "insurance")));
        let entry = onedoor_server::journal::Entry {
            action: onedoor_domain::secrecy::Action::ReadPerson,
            ground: Some(onedoor_domain::secrecy::Ground::OwnAgency),
            subject: (onedoor_server::journal::SubjectKind::Person, scene.person.parse().ok()),
            persons: vec![scene.person.parse().unwrap()],
            detail: serde_json::Value::Null,
        };
        let mut tx = house.app.db.begin().await.unwrap();
        house.app.journal.append(&mut tx, &actor, house.app.now(), &[entry]).await.unwrap();
        tx.commit().await.unwrap();
        let owner = house.staff("city-03").await;
        let listed = async || -> usize {
            owner.see("/journal/without-ground").await["lines"].as_array().unwrap().len()
        };
        assert_eq!(listed().await, 1);
        let person = crate::attacks::sql_id(&house, &scene.person);
        let agency = crate::attacks::sql_id(&house, &actor.agency.unwrap().0.to_string());
        let known = |day: &str| {
            format!(
                "delete from person_agency where agency_id = {agency};
                 insert into person_agency (person_id, agency_id, since)
                 values ({person}, {agency}, '{day}')"
            )
        };
        house.force(&known("2026-11-24")).await.unwrap();
        assert_eq!(listed().await, 1, "known a day later");
        house.force(&known("2026-11-23")).await.unwrap();
        assert_eq!(listed().await, 0, "known that day");
    });
}
