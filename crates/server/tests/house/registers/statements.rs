//! The SQL: it prepares on both engines, hardly differs, and reads what grows by an index.

use super::{read_all, root};
use crate::support::on_both;

/// Every statement is understood by both engines.
#[test]
fn every_statement_prepares_on_both_engines() {
    on_both(|house| async move {
        let mut conn = house.app.db.begin().await.unwrap();
        for sql in onedoor_server::statements() {
            if let Err(error) = conn.prepare(sql).await {
                panic!("{} on {:?}: {error}", sql.name(), house.app.db.engine());
            }
        }
    });
}

/// Statements that differ between the engines are few, and counted.
#[test]
fn few_statements_differ() {
    let differing: Vec<_> =
        onedoor_server::statements().into_iter().filter(|sql| sql.differs()).collect();
    let names: Vec<_> =
        differing.iter().map(|sql| sql.name().rsplit("::").next().unwrap()).collect();
    // The lanes of the journal, and a row that is written for nobody: PostgreSQL wants the types.
    assert_eq!(names, ["CLAIM_LANE", "WAIT_FOR_LANE", "INSERT_PERSON"]);
    let files = read_all("crates/server/src", &[".rs"]);
    let blocks: usize = files.iter().map(|(_, text)| text.matches("crate::sql! {").count()).sum();
    let (_, lib) = files.iter().find(|(path, _)| path.ends_with("server/src/lib.rs")).unwrap();
    let list = lib.split("pub fn statements()").nth(1).unwrap().split(".concat()").next().unwrap();
    // And the three of the walls, which are chained to them.
    let registered = list.matches("STATEMENTS,").count() + 3;
    assert_eq!(blocks, registered, "a store's STATEMENTS are not in `statements()`");
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
