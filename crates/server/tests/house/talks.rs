//! Talks in private.

use http::StatusCode;
use serde_json::{Value, json};

use crate::reception::check_in;
use crate::support::{House, Someone, on_both};

async fn front(house: &House) -> Someone {
    house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await
}

async fn mark(who: &Someone, visit: &str, content: &str, room: &str, reason: &str) {
    let path = format!("/visits/{visit}/talk");
    let version = who.see(&path).await["form"]["version"].clone();
    let form = json!({ "content": content, "room": room, "reason": reason, "version": version });
    who.post(&path, &form).await.ok();
}

fn count(report: &Value, content: &str) -> (i64, i64) {
    let line = report["lines"].as_array().unwrap().iter().find(|it| it["content"] == content);
    line.map_or((0, 0), |it| (it["needed"].as_i64().unwrap(), it["overheard"].as_i64().unwrap()))
}

/// REQ-INFO-20: a talk with health content at the open counter is reported for its office and
/// month, one in a closed room is not; the needs suggest what it is about.
#[test]
fn a_talk_about_health_at_the_open_counter_is_reported() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let (open, closed) =
            (check_in(&worker, &["illness"]).await, check_in(&worker, &["illness"]).await);
        let ordinary = check_in(&worker, &["work"]).await;
        let form = worker.see(&format!("/visits/{open}/talk")).await;
        assert_eq!(
            (&form["likely"], &form["form"]["content"]),
            (&json!("health"), &json!("health"))
        );
        assert_eq!(form["form"]["room"], "", "where it was is for the worker to say");
        mark(&worker, &open, "health", "open", "no_room").await;
        mark(&worker, &closed, "health", "closed", "").await;
        mark(&worker, &ordinary, "ordinary", "open", "").await;
        let report = worker.see("/talks").await;
        assert_eq!(report["month"], "2026-11");
        assert_eq!(count(&report, "health"), (2, 1));
        assert_eq!(count(&report, "ordinary"), (0, 0));
        let rows = report["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!((&rows[0]["visit"], &rows[0]["reason"]), (&json!(open), &json!("no_room")));
        // Another month, another office: nothing. Another office's staff: neither
        // the rows nor a count that is small.
        assert_eq!(worker.see("/talks?month=2026-10").await["overheard"], 0);
        let office = onedoor_server::app::id_of("office", "heimdal");
        let away = house.worker("social-front-midtbyen", "front_worker", 0);
        let away = house.staff(&away).await;
        assert_eq!(away.see("/talks").await["overheard"], 0);
        let seen = away.see(&format!("/talks?office={office}")).await;
        assert_eq!((&seen["overheard"], &seen["opens"]), (&Value::Null, &json!(false)));
        assert!(seen["rows"].as_array().unwrap().is_empty());
        let hidden = away.get(&format!("/api/v1/visits/{open}/talk")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    });
}

/// REQ-INFO-20: a talk that needed a door and had none says why; a mark can be put right, and not
/// over that of a colleague; talks that nobody marked are counted apart.
#[test]
fn a_mark_says_why_and_can_be_put_right() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let visit = check_in(&worker, &["work"]).await;
        let path = format!("/visits/{visit}/talk");
        for (form, field, code) in [
            (json!({ "content": "substance", "room": "open" }), "reason", "talk-reason"),
            (
                json!({ "content": "ordinary", "room": "open", "needs_closed": "yes" }),
                "reason",
                "talk-reason",
            ),
            (json!({ "content": "secret", "room": "open" }), "content", "choose"),
            (json!({ "content": "ordinary" }), "room", "choose"),
        ] {
            let answer = worker.post(&path, &form).await;
            assert_eq!(answer.faults().get(field).map(String::as_str), Some(code), "{form}");
        }
        mark(&worker, &visit, "substance", "open", "unexpected").await;
        let again = json!({ "content": "ordinary", "room": "open", "version": "0" });
        assert_eq!(worker.post(&path, &again).await.code(), "stale");
        assert_eq!(worker.see("/talks").await["overheard"], 1);
        mark(&worker, &visit, "substance", "closed", "").await;
        assert_eq!(worker.see("/talks").await["overheard"], 0);
        worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let page = worker.get(&format!("/visits/{visit}")).await.ok().body;
        assert!(page.contains(&path), "the visit leads to it");
        // Past the rules: the schema refuses a talk that was overheard without a reason.
        for broken in [
            "update talk set room_used = (1 = 0), reason = ''",
            "update talk set content = 'health', needs_closed = (1 = 0)",
            "update talk set content = 'else'",
        ] {
            assert!(house.force(broken).await.is_err(), "{broken}");
        }
        let other = check_in(&worker, &["debt"]).await;
        let end = json!({ "outcome": "left" });
        worker.post(&format!("/visits/{other}/close"), &end).await.ok();
        assert_eq!(worker.see("/talks").await["unmarked"], 1);
    });
}

/// REQ-INFO-01, REQ-INFO-08: at one desk of separate authorities the counts of talks leave out
/// whom the rows leave out: none tells of the visitor of another authority.
#[test]
fn counts_of_talks_tell_of_ones_own_visitors_alone() {
    on_both(|house| async move {
        crate::counter::law(&house, "se-2022").await;
        let social = front(&house).await;
        let employment = crate::counter::front(&house, "employment").await;
        let before = employment.see("/talks").await;
        crate::counter::arrive(&house, "Carl Gjeld", "debt").await;
        let visit = crate::counter::visit_of(&house, "Gjeld").await;
        mark(&social, &visit, "substance", "open", "unexpected").await;
        let report = social.see("/talks").await;
        assert_eq!(count(&report, "substance"), (1, 1), "it is of the authority's own visitor");
        assert_eq!(employment.see("/talks").await, before);
        let end = json!({ "outcome": "left" });
        crate::counter::arrive(&house, "Bo Bolig", "housing").await;
        let other = crate::counter::visit_of(&house, "Bolig").await;
        social.post(&format!("/visits/{other}/close"), &end).await.ok();
        assert_eq!(social.see("/talks").await["unmarked"], 1);
        assert_eq!(employment.see("/talks").await, before, "nor of one that nobody marked");
    });
}
