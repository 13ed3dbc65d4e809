//! What is noted of a visit beside its outcome, as codes of closed lists.

use jiff::Timestamp;
use onedoor_domain::ids::VisitId;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    MARK = "insert into visit_mark (visit_id, kind, code, office_id, day, staff_id, at)
        select v.id, $2, $3, v.office_id, v.day, $4, $5 from visit v where v.id = $1
        on conflict (visit_id, kind, code) do nothing";
    MARKS = "select kind, code from visit_mark where visit_id = $1 order by kind, code limit 100";
}

/// Notes something of a visit as a code of a closed list: `event`, `guidance`, `offer`, `access` or
/// `go_ask` (REQ-FRONT-15, REQ-FRONT-20, REQ-FRONT-22). Noting it again changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn mark(
    tx: &mut Tx,
    permit: &Permit,
    visit: VisitId,
    (kind, code): (&str, &str),
    by: Option<Uuid>,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(permit.opens(&MARK), args![visit, kind, code, by, now]).await.map(|_| ())
}

/// What was noted of the permit's visit: kind and code.
///
/// # Errors
/// When the database does not answer.
pub async fn marks(link: &mut Link, permit: &Permit) -> Result<Vec<(String, String)>, Fault> {
    let rows = link.rows(permit.opens(&MARKS), args![permit.visit()?]).await?;
    let read = |mut row: Row| -> Result<_, DbError> { Ok((row.get(0)?, row.get(1)?)) };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}
