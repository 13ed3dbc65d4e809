//! Bodies that reports go to, and in which role each gets which report (REQ-MISC-13).

use onedoor_domain::agreement::{BodyKind, Report};
use serde::Serialize;
use utoipa::ToSchema;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::Proof;

crate::sql! {
    OF_REPORT = "select r.report, b.name, b.kind, b.contact, r.role from report_recipient r
        join central_body b on b.id = r.body_id where r.report = $1
        order by r.role, b.name limit 200";
    ALL = "select r.report, b.name, b.kind, b.contact, r.role from report_recipient r
        join central_body b on b.id = r.body_id order by r.report, r.role, b.name limit 2000";
    SAVE = "insert into central_body (id, code, name, kind, contact) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set name = excluded.name, kind = excluded.kind,
            contact = excluded.contact";
    CLEAR = "delete from report_recipient where body_id = $1";
    GETS = "insert into report_recipient (report, body_id, role) values ($1, $2, $3)";
}

/// Who gets a report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RecipientLine {
    /// The report's code.
    pub report: String,
    /// The body.
    pub name: String,
    /// What sort of body it is.
    pub kind: String,
    /// How to reach it.
    pub contact: String,
    /// In which role it gets the report.
    pub role: String,
}

fn line(mut row: crate::db::Row) -> Result<RecipientLine, DbError> {
    Ok(RecipientLine {
        report: row.get(0)?,
        name: row.get(1)?,
        kind: row.get(2)?,
        contact: row.get(3)?,
        role: row.get(4)?,
    })
}

/// Who gets a report, by role.
pub(crate) async fn recipients(
    link: &mut Link,
    _: &dyn Proof,
    report: Report,
) -> Result<Vec<RecipientLine>, DbError> {
    link.rows(&OF_REPORT, args![report.as_str()]).await?.into_iter().map(line).collect()
}

/// Who gets which report, report by report.
pub(super) async fn all(link: &mut Link, _: &dyn Proof) -> Result<Vec<RecipientLine>, DbError> {
    link.rows(&ALL, &[]).await?.into_iter().map(line).collect()
}

/// A body to be written, with the reports that it gets from now on.
pub(crate) struct Body<'a> {
    pub(crate) code: &'a str,
    pub(crate) name: &'a str,
    pub(crate) kind: BodyKind,
    pub(crate) contact: &'a str,
    pub(crate) role: &'a str,
    pub(crate) reports: &'a [Report],
}

/// Writes a body and what it gets.
pub(crate) async fn save(tx: &mut Tx, _: &dyn Proof, body: &Body<'_>) -> Result<(), DbError> {
    let id = crate::app::id_of("central-body", body.code);
    let args = args![id, body.code, body.name, body.kind.as_str(), body.contact];
    tx.run(&SAVE, args).await?;
    tx.run(&CLEAR, args![id]).await?;
    for report in body.reports {
        tx.run(&GETS, args![report.as_str(), id, body.role]).await?;
    }
    Ok(())
}
