//! Every column has its class, and what people write is sealed.

use std::collections::BTreeSet;

use onedoor_server::db::Engine;

use super::root;
use crate::support::on_both;

/// Every column of the schema has a data class, a ground and a keep-time, and
/// the register names no column that is not there.
#[test]
fn every_column_has_a_data_class() {
    on_both(|house| async move {
        let register: toml::Table =
            toml::from_str(&std::fs::read_to_string(root().join("data_classes.toml")).unwrap())
                .unwrap();
        let mut conn = house.app.db.read().await.unwrap();
        let columns = match house.app.db.engine() {
            Engine::Sqlite => {
                "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c \
                 where m.type = 'table' and m.name not like 'sqlite_%'"
            }
            Engine::Postgres => {
                "select cast(table_name as text), cast(column_name as text) \
                 from information_schema.columns where table_schema = 'public'"
            }
        };
        let mut there = BTreeSet::new();
        for mut row in conn.text_rows(columns).await.unwrap() {
            let (table, column): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
            there.insert(format!("{table}.{column}"));
        }
        let mut named = BTreeSet::new();
        for (table, columns) in &register {
            for (column, class) in columns.as_table().unwrap() {
                named.insert(format!("{table}.{column}"));
                let class = class.as_array().unwrap();
                let kind = class[0].as_str().unwrap();
                assert!(
                    matches!(kind, "public" | "internal" | "personal" | "health" | "secret"),
                    "{table}.{column}: {kind}"
                );
                assert!(class.len() == 3, "{table}.{column}: class, ground, keep-time");
                assert!(class.iter().all(|part| !part.as_str().unwrap().is_empty()));
            }
        }
        let missing: Vec<_> = there.difference(&named).collect();
        assert!(missing.is_empty(), "no data class for {missing:?}");
        let gone: Vec<_> = named.difference(&there).collect();
        assert!(gone.is_empty(), "no such column: {gone:?}");
    });
}

/// The sealed columns are columns of the schema with a personal class, and all
/// that people write freely is among them.
#[test]
fn sealed_columns_hold_what_people_write() {
    let text = std::fs::read_to_string(root().join("data_classes.toml")).unwrap();
    let register: toml::Table = toml::from_str(&text).unwrap();
    let class = |table: &str, column: &str| -> String {
        register[table][column][0].as_str().unwrap().to_owned()
    };
    for column in onedoor_server::keys::COLUMNS {
        let class = class(column.table, column.name);
        assert!(matches!(class.as_str(), "personal" | "health" | "secret"), "{column:?}");
    }
    // Codes from closed lists, which are searched and counted.
    let codes = [
        "visit.needs",
        "ruling.subject",
        "consent.categories",
        "consent_notice.categories",
        "disclosure.categories",
        "handing.category",
        "meeting_line.category",
        "talk.content",
        "talking_point.kind",
        "unit_task.service",
        "trial_part.trial_group",
        "trial_part.effort_group",
        "exchange_fact.kind",
        "need.kind",
        "need.category",
        "plan_item.kind",
        "plan_item.category",
        "plan_wish.kind",
    ];
    for (table, columns) in &register {
        for (column, class) in columns.as_table().unwrap() {
            let name = format!("{table}.{column}");
            let sealed = onedoor_server::keys::COLUMNS
                .iter()
                .any(|it| it.table == table && it.name == column);
            if class[0].as_str() == Some("health") && !codes.contains(&name.as_str()) {
                assert!(sealed, "{name} may tell of health and is not sealed");
            }
        }
    }
}
