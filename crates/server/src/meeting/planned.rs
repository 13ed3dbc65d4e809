//! How far agreements of a meeting have come, and those that become items of the joint plan while everybody sits there, so that
//! nobody writes them down twice (REQ-MEET-01, REQ-PLAN-08).

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, MeetingId, PlanItemId, StaffId, UnitId};
use onedoor_domain::meeting::{AgreedState, LineKind};
use onedoor_domain::need::NeedKind;
use onedoor_domain::plan::Owner;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::lines;
use super::store::{self, Meeting, Party};
use crate::args;
use crate::db::{Link, Tx};
use crate::plan::{self, NewItem};
use crate::policy::{Permit, Subject};
use crate::walls::Standing;
use crate::web::{Desk, Fault, Input, Reply, Routes};

crate::sql! {
    UNIT = "select unit_id from staff where id = $1";
}

pub(super) fn routes() -> Routes {
    Routes::default().act::<AgreedForm, _, _>(
        "/meetings/{id}/lines/{line}",
        "Notes how far an agreement has come",
        settle,
    )
}

/// What was agreed.
pub(super) struct Agreed<'a> {
    /// What it is for.
    pub(super) kind: NeedKind,
    /// What is done.
    pub(super) what: &'a str,
    /// By when.
    pub(super) due: Option<Date>,
    /// The agency that does it; none for the person.
    pub(super) agency: Option<AgencyId>,
}

async fn unit(link: &mut Link, _: &Permit, staff: StaffId) -> Result<Option<UnitId>, Fault> {
    let row = link.row(&UNIT, args![staff]).await?;
    Ok(row.map(|mut row| row.get(0)).transpose()?)
}

/// Whoever of the agency sits at the table, or else its invited one: they carry it out. Like every
/// item it is proposed to them and their promise only when they take it on.
async fn owner(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (agency, parties): (Option<AgencyId>, &[Party]),
) -> Result<Owner, Fault> {
    let worker = desk.worker()?;
    let Some(agency) = agency else { return Ok(Owner::Person { kept_by: worker.agency }) };
    if agency == worker.agency {
        return Ok(Owner::Agency { agency, unit: worker.unit, worker: Some(worker.id) });
    }
    let seat = parties.iter().find(|one| one.agency == Some(agency)).and_then(|one| one.staff);
    let seat = seat.ok_or_else(|| Fault::field("owner", "choose"))?;
    let unit = unit(link, permit, seat).await?.ok_or_else(|| Fault::field("owner", "choose"))?;
    Ok(Owner::Agency { agency, unit, worker: None })
}

/// Puts what was agreed into the person's current plan, and gives the item.
///
/// # Errors
/// A conflict where there is no plan that the writer sees; a denial where they may write in none.
pub(super) async fn into_plan(
    desk: &Desk,
    tx: &mut Tx,
    (meeting, parties): (&Meeting, &[Party]),
    agreed: &Agreed<'_>,
) -> Result<PlanItemId, Fault> {
    let person = meeting.person.ok_or(Fault::Hidden)?;
    let permit = desk.permit(tx, Action::WritePlan, Subject::Person(person)).await?;
    let standing = Standing::of(desk, tx, &permit).await?;
    let owner = owner(desk, tx, &permit, (agreed.agency, parties)).await?;
    let item = NewItem {
        due: agreed.due,
        source: "meeting",
        source_id: Some(meeting.id.0),
        ..NewItem::plain(agreed.kind, owner, agreed.what)
    };
    plan::add_item(desk, tx, &permit, &standing, &item).await
}

/// How far an agreement has come.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AgreedForm {
    /// `open`, `done` or `dropped`.
    #[serde(default)]
    pub(crate) state: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn settle(
    desk: Desk,
    Path((id, line)): Path<(MeetingId, Uuid)>,
    Input(form): Input<AgreedForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteMeeting, Subject::Meeting(id)).await?;
    let meeting = store::read(&mut tx, &permit).await?;
    let person = meeting.person.ok_or(Fault::Hidden)?;
    // An agreement that the walls keep from the reader is not there.
    let seen = lines::copy(&desk, &mut tx, &permit, (id, person)).await?;
    let one = seen.iter().find(|one| one.id == line && one.kind == LineKind::Agreement);
    one.ok_or(Fault::Hidden)?;
    let state = AgreedState::parse(form.state.trim()).filter(|it| *it != AgreedState::Planned);
    let state = state.ok_or_else(|| Fault::field("state", "choose"))?;
    let version = form.version.trim().parse().unwrap_or_default();
    lines::settle(&mut tx, &permit, id, (line, version), (state, None)).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/meetings/{id}"), "meeting-agreement-changed")
}
