//! Whether a clarification is whole: every agency concerned has done its part (REQ-FRONT-13).

use std::collections::BTreeSet;

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::entry::complete_on;
use onedoor_domain::ids::{AgencyId, VisitId};
use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::office::store as offices;
use crate::policy::{Permit, Subject};
use crate::reception::store as visits;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    BEGIN = "insert into clarification (visit_id, office_id, began_on, complete_on, version)
        select v.id, v.office_id, v.day, null, 1 from visit v where v.id = $1
        on conflict (visit_id) do nothing";
    // An agency that turns out to be concerned makes a clarification that was whole open again.
    REOPEN = "update clarification set complete_on = null, version = version + 1
        where visit_id = $1 and complete_on is not null";
    ADD = "insert into clarification_part (visit_id, agency_id, done_on, done_by)
        values ($1, $2, null, null) on conflict (visit_id, agency_id) do nothing";
    PARTS = "select p.agency_id, a.name, a.kind, coalesce(p.done_on, ''), coalesce(s.name, '')
        from clarification_part p join agency a on a.id = p.agency_id
        left join staff s on s.id = p.done_by
        where p.visit_id = $1 order by a.kind limit 20";
    READ = "select began_on, coalesce(complete_on, '') from clarification where visit_id = $1";
    DONE = "update clarification_part set done_on = $3, done_by = $4
        where visit_id = $1 and agency_id = $2 and done_on is null";
    COMPLETE = "update clarification set complete_on = $2, version = version + 1
        where visit_id = $1 and complete_on is null";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ClarificationPage, _, _>(
            "/visits/{id}/clarification",
            "Which agencies have done their part",
            show,
        )
        .act::<PartForm, _, _>(
            "/visits/{id}/clarification",
            "Begins a clarification, or notes that the caller's agency has done its part",
            part,
        )
}

/// An agency's part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClarificationPartLine {
    pub(crate) agency: String,
    pub(crate) kind: String,
    /// The day on which it was done; empty while it is not.
    pub(crate) done_on: String,
    pub(crate) by: String,
    #[serde(skip)]
    id: Option<Uuid>,
}

/// A clarification with its parts.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClarificationPage {
    pub(crate) id: String,
    pub(crate) ticket: i64,
    /// The day of the first contact; empty where no clarification has begun.
    pub(crate) began_on: String,
    /// The day on which it was whole; empty while one part is missing.
    pub(crate) complete_on: String,
    pub(crate) parts: Vec<ClarificationPartLine>,
    pub(crate) kinds: Vec<String>,
    /// Whether the reader's agency has a part that is not done.
    pub(crate) mine: bool,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ClarificationPage, "entry/pages/clarification.html");

/// What is done with a clarification.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct PartForm {
    /// Agencies that turn out to be concerned too: `employment`, `insurance`, `social`.
    #[serde(default)]
    pub(crate) concerns: Vec<String>,
    /// `yes` when the caller's agency has done its part.
    #[serde(default)]
    pub(crate) done: String,
}

async fn parts(link: &mut Link, permit: &Permit) -> Result<Vec<ClarificationPartLine>, Fault> {
    let rows = link.rows(permit.opens(&PARTS), args![permit.visit()?]).await?;
    let read = |mut row: Row| -> Result<ClarificationPartLine, DbError> {
        Ok(ClarificationPartLine {
            id: Some(row.get(0)?),
            agency: row.get(1)?,
            kind: row.get(2)?,
            done_on: row.get(3)?,
            by: row.get(4)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// Begins a clarification with the parts of these agencies and of those that the visit concerns;
/// one that has begun gets what it lacks.
///
/// # Errors
/// When the database refuses.
pub(super) async fn begin(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    kinds: &BTreeSet<AgencyKind>,
) -> Result<(), Fault> {
    let visit = permit.visit()?;
    let stored = visits::read_whole(tx, permit).await?;
    let mut agencies: Vec<AgencyId> =
        visits::agencies(tx, permit).await?.into_iter().map(|(id, ..)| id).collect();
    for kind in kinds {
        agencies.extend(offices::agency_at(tx, stored.office, *kind, desk.today()).await?);
    }
    agencies.sort_unstable();
    agencies.dedup();
    if agencies.is_empty() {
        agencies.extend(desk.actor().agency);
    }
    tx.run(permit.opens(&BEGIN), args![visit]).await?;
    let mut more = 0;
    for agency in agencies {
        more += tx.run(permit.opens(&ADD), args![visit, agency]).await?;
    }
    if more > 0 {
        tx.run(permit.opens(&REOPEN), args![visit]).await?;
    }
    Ok(())
}

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<ClarificationPage, Fault> {
    let stored = visits::read_whole(link, permit).await?;
    let (mut began_on, mut complete) = (String::new(), String::new());
    if let Some(mut row) = link.row(permit.opens(&READ), args![permit.visit()?]).await? {
        (began_on, complete) = (row.get(0)?, row.get(1)?);
    }
    let parts = parts(link, permit).await?;
    let own = desk.actor().agency.map(|id| id.0);
    Ok(ClarificationPage {
        id: permit.visit()?.to_string(),
        ticket: stored.ticket,
        began_on,
        complete_on: complete,
        mine: parts.iter().any(|one| one.id == own && one.done_on.is_empty()),
        parts,
        kinds: AgencyKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<VisitId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::TakeSituation, Subject::Visit(id)).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// REQ-FRONT-13: each agency says for itself that its part is done; the clarification is complete
/// with the last of them.
async fn part(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<PartForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::TakeSituation, Subject::Visit(id)).await?;
    let kinds: BTreeSet<AgencyKind> =
        form.concerns.iter().filter_map(|code| AgencyKind::parse(code)).collect();
    if kinds.len() < form.concerns.len() {
        let list = vec![FieldFault::new("concerns", "choose")];
        let mut shown = page(&desk, &mut tx, &permit).await?;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    }
    begin(&desk, &mut tx, &permit, &kinds).await?;
    if form.done == "yes" {
        let args = args![id, worker.agency, desk.today(), worker.id];
        if tx.run(permit.opens(&DONE), args).await? != 1 {
            return Err(Fault::conflict("clarification-no-part"));
        }
    }
    let all = parts(&mut tx, &permit).await?;
    let done: Vec<(AgencyKind, Option<Date>)> = all
        .iter()
        .filter_map(|one| Some((AgencyKind::parse(&one.kind)?, one.done_on.parse().ok())))
        .collect();
    if let Some(day) = complete_on(&done) {
        tx.run(permit.opens(&COMPLETE), args![id, day]).await?;
    }
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}/clarification"), "clarification-kept")
}
