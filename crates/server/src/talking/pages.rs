//! What to talk about at the next meeting of a case.

use axum::extract::Path;
use onedoor_domain::ids::CaseId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, PointLine};
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<PointsPage, _, _>(
            "/cases/{id}/talking-points",
            "What to talk about at the next meeting",
            show,
        )
        .act::<SettleForm, _, _>(
            "/cases/{id}/talking-points",
            "Notes that a point was talked about",
            settle,
        )
}

/// What to talk about at the next meeting of a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct PointsPage {
    pub(crate) case: String,
    pub(crate) open: Vec<PointLine>,
    pub(crate) settled: Vec<PointLine>,
    pub(crate) may_settle: bool,
}

crate::page!(PointsPage, "talking/pages/points.html");

async fn show(desk: Desk, Path(id): Path<CaseId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadCase, Subject::Case(id)).await?;
    let points = store::points(&desk, &mut conn, &permit).await?;
    let (open, settled) = points.into_iter().partition(|one| one.settled_at.is_none());
    let may_settle = desk.may(&mut conn, Action::PlanCase, Subject::Case(id)).await?;
    desk.show(&PointsPage { case: id.to_string(), open, settled, may_settle })
}

/// Which point was talked about.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SettleForm {
    /// The point's identifier.
    #[serde(default)]
    pub(crate) point: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// REQ-REF-14: a difference ends in a talk, and nothing else comes of it.
async fn settle(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<SettleForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::PlanCase, Subject::Case(id)).await?;
    let mut faults = Faults::default();
    let point = faults.id("point", &form.point);
    let Some(point) = point else { return Err(Fault::Fields(faults.into_list())) };
    // A point that the walls keep from the reader is not there.
    let seen = store::points(&desk, &mut tx, &permit).await?;
    if !seen.iter().any(|one| one.id == point.to_string()) {
        return Err(Fault::Hidden);
    }
    let version = form.version.trim().parse().unwrap_or_default();
    let (by, agency) = (worker.id, worker.agency);
    store::settle(&mut tx, &permit, (point, version), by, agency, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}/talking-points"), "talking-settled")
}
