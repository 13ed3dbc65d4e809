//! The SQL: it prepares on both engines, hardly differs, and reads what grows by an index.

use onedoor_server::db::Engine;

use super::{read_all, root};
use crate::support::{on_both, runtime};

/// Every statement is understood by both engines.
#[test]
fn every_statement_prepares_on_both_engines() {
    on_both(|house| async move {
        let mut conn = house.app.db.begin().await.unwrap();
        for sql in onedoor_server::statements() {
            if let Err(error) = conn.prepare(sql).await {
                panic!("{} on {:?}: {error}", sql.name, house.app.db.engine());
            }
        }
    });
}

/// Statements that differ between the engines are few, and counted.
#[test]
fn few_statements_differ() {
    let differing: Vec<_> =
        onedoor_server::statements().into_iter().filter(|sql| sql.differs()).collect();
    let names: Vec<_> = differing.iter().map(|sql| sql.name.rsplit("::").next().unwrap()).collect();
    assert_eq!(names, ["CLAIM_LANE", "WAIT_FOR_LANE"]);
    let files = read_all("crates/server/src", &[".rs"]);
    let blocks: usize = files.iter().map(|(_, text)| text.matches("crate::sql! {").count()).sum();
    let (_, lib) = files.iter().find(|(path, _)| path.ends_with("server/src/lib.rs")).unwrap();
    let list = lib.split("pub fn statements()").nth(1).unwrap().split(".concat()").next().unwrap();
    // And the two of the walls, which are chained to them.
    let registered = list.matches("STATEMENTS,").count() + 2;
    assert_eq!(blocks, registered, "a store's STATEMENTS are not in `statements()`");
}

/// The tables that grow are read by their indexes, never whole.
#[test]
fn hot_statements_use_an_index() {
    runtime().block_on(async {
        let house = crate::support::house(Engine::Sqlite).await;
        let mut conn = house.app.db.read().await.unwrap();
        let grown = [
            "visit ",
            "person ",
            "shared_case",
            "handover",
            "journal ",
            "journal_person",
            "person_name",
            "person_identifier",
            "case_event",
            "visit_event",
            "ruling",
            "appointment",
            "calendar_slot",
            "booking ",
            "visit_mark",
            "promise ",
            "situation ",
            "proposed_item",
            "clarification",
            "escalation ",
            "consultation ",
            "anonymous_contact",
            "way_out ",
            "work_focus",
            "reaction ",
            "exchange_fact",
            "fact ",
            "document",
            "kin ",
            "sending ",
            "feedback ",
            "talking_point",
            "talk ",
            "exchange_run",
            "exchange_row",
            "session",
            "idempotency",
            "consent",
            "consent_party",
            "consent_notice",
            "disclosure",
            "candidate",
            "handing ",
            "correction",
            "representation",
            "absence ",
            "competence_word",
            "follow_task",
            "unit_task",
            "trial_part",
            "measure_part",
            "trial_meeting",
            "room_booking",
            "room_slot",
            "need ",
            "plan ",
            "plan_text",
            "plan_item",
            "plan_item_after",
            "plan_breach",
            "plan_event",
            "plan_wish",
            "plan_request",
        ];
        // These read a table whole on purpose: a report, a check of everything,
        // or a count that is bounded by its caller.
        let whole = [
            "COUNT_PERSONS",
            "WITHOUT_GROUND",
            "PLAIN_MESSAGES",
            "MEETINGS_BY_PLACE",
            "FIRST_VISIT",
            "FIRST_CASE",
            "KNOWN_TO_KINDS",
            "HELD_BY_KINDS",
            "USED_SINCE",
        ];
        for sql in onedoor_server::statements() {
            if whole.iter().any(|name| sql.name.ends_with(name)) {
                continue;
            }
            let text = sql.text(Engine::Sqlite);
            let plan = conn.text_rows(&format!("explain query plan {text}")).await;
            for mut row in plan.unwrap_or_default() {
                let step: String = row.get(3).unwrap();
                let scans = step.starts_with("SCAN ") && !step.contains("USING");
                let table = step.trim_start_matches("SCAN ").to_owned() + " ";
                let grows = grown.iter().any(|name| {
                    alias_is(text, table.trim(), name.trim()) || table.starts_with(name)
                });
                assert!(!(scans && grows), "{}: {step}", sql.name);
            }
        }
    });
}

fn alias_is(sql: &str, alias: &str, table: &str) -> bool {
    let flat = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    flat.contains(&format!(" {table} {alias} ")) || flat.ends_with(&format!(" {table} {alias}"))
}

/// REQ-INFO-08, REQ-INFO-15: no statement writes the bar by hand: guard and tie stand in the parts
/// of `walls/bars.rs` and `walls/counter.rs` alone, so that they are forgotten together or not at
/// all.
#[test]
fn no_bar_is_written_by_hand() {
    let source = root().join("crates/server/src");
    let mut parts = 0;
    for (path, text) in read_all("crates/server/src", &[".rs"]) {
        let path = path.strip_prefix(&source).unwrap().display().to_string();
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let flat = flat.replace("( ", "(");
        let by_hand = flat.matches("not exists (select 1 from staff_tie").count();
        if ["walls/bars.rs", "walls/counter.rs"].contains(&path.as_str()) {
            parts += by_hand;
        } else {
            assert_eq!(by_hand, 0, "{path} writes the bar by hand");
        }
    }
    assert_eq!(parts, 3, "a part of the walls that nobody looked at");
}
