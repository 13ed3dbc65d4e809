//! Attacks from outside: what an attacker sees is the same as if there were nothing to see.

use onedoor_domain::secrecy::{Overlay, Overlays};
use onedoor_server::db::Engine;

use crate::support::House;

/// An identifier as it stands in a statement of the house's engine.
fn sql_id(house: &House, id: &str) -> String {
    match house.app.db.engine() {
        Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
        Engine::Postgres => format!("'{id}'"),
    }
}

/// A tie between a member of staff and a person, outside every rule.
pub async fn tie(house: &House, staff: &str, person: &str, tie: Overlay) {
    let (staff, person) = (sql_id(house, staff), sql_id(house, person));
    let bits = Overlays::only(tie).as_i64();
    let sql = format!(
        "insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at) \
         values ({staff}, {person}, 'test', {bits}, 'test', 0)"
    );
    house.force(&sql).await.unwrap();
}
