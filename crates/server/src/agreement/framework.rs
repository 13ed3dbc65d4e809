//! The framework between centre and local, in the database (REQ-ORG-27).

use std::collections::BTreeSet;

use jiff::civil::Date;
use onedoor_domain::agreement::{Framework, Part};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::Proof;

crate::sql! {
    IN_FORCE = "select id, title, valid_from, valid_until, remit from framework
        where valid_from <= $1 and (valid_until is null or valid_until > $1)
        order by valid_from desc limit 1";
    ELEMENTS = "select code, part, text from framework_element where framework_id = $1
        order by part, code limit 500";
    SAVE = "insert into framework (id, code, title, valid_from, valid_until, remit)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (id) do update set title = excluded.title,
            valid_from = excluded.valid_from, valid_until = excluded.valid_until,
            remit = excluded.remit";
    CLEAR = "delete from framework_element where framework_id = $1";
    ADD_ELEMENT = "insert into framework_element (framework_id, code, part, text)
        values ($1, $2, $3, $4)";
}

/// An element of the framework.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ElementLine {
    /// Its code.
    pub code: String,
    /// Which part it belongs to.
    pub part: String,
    /// What it demands.
    pub text: String,
}

/// The framework that holds on a day.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    pub(super) title: String,
    pub(super) from: String,
    pub(super) until: Option<String>,
    pub(super) remit: Vec<String>,
    pub(super) elements: Vec<ElementLine>,
}

impl Held {
    /// What local agreements are held against.
    pub(super) fn framework(&self) -> Framework {
        let minimum = self.elements.iter().filter(|it| it.part == Part::Minimum.as_str());
        Framework {
            minimum: minimum.map(|it| it.code.clone()).collect(),
            remit: self.remit.iter().cloned().collect::<BTreeSet<_>>(),
        }
    }
}

/// The framework that holds on a day, if one does.
pub(super) async fn in_force(
    link: &mut Link,
    _: &dyn Proof,
    on: Date,
) -> Result<Option<Held>, DbError> {
    let Some(mut row) = link.row(&IN_FORCE, args![on]).await? else { return Ok(None) };
    let id: Uuid = row.get(0)?;
    let remit: String = row.get(4)?;
    let mut held = Held {
        title: row.get(1)?,
        from: row.get(2)?,
        until: row.get(3)?,
        remit: remit.split_whitespace().map(str::to_owned).collect(),
        elements: Vec::new(),
    };
    for mut row in link.rows(&ELEMENTS, args![id]).await? {
        held.elements.push(ElementLine { code: row.get(0)?, part: row.get(1)?, text: row.get(2)? });
    }
    Ok(Some(held))
}

/// Writes a framework; its elements follow, one by one.
pub(crate) async fn framework(
    tx: &mut Tx,
    _: &dyn Proof,
    (code, title): (&str, &str),
    (from, until): (Date, Option<Date>),
    remit: &str,
) -> Result<Uuid, DbError> {
    let id = crate::app::id_of("framework", code);
    tx.run(&SAVE, args![id, code, title, from, until, remit]).await?;
    tx.run(&CLEAR, args![id]).await?;
    Ok(id)
}

/// Writes an element of a framework.
pub(crate) async fn element(
    tx: &mut Tx,
    _: &dyn Proof,
    framework: Uuid,
    (code, part, text): (&str, Part, &str),
) -> Result<(), DbError> {
    tx.run_one(&ADD_ELEMENT, args![framework, code, part.as_str(), text]).await
}
