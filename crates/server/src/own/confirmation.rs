//! The second person behind a right to act for somebody: what one worker recorded
//! opens nothing until a worker of another unit has seen what it stands on, so that
//! nobody can open the file of all agencies to a person of their choice
//! (REQ-INFO-01, REQ-INFO-16).

use axum::extract::Path;
use onedoor_domain::ids::{PersonId, UnitId};
use onedoor_domain::secrecy::Action;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::representations::noted;
use crate::args;
use crate::db::{DbError, Link};
use crate::policy::{Permit, Subject};
use crate::web::{Desk, Fault, Input, Reply, Routes};

crate::sql! {
    // Whom the second person may not know of is not theirs to confirm.
    WAITS = "select r.representative_person_id, r.recorded_by, s.unit_id
        from representation r join person p on p.id = r.representative_person_id
        left join staff s on s.id = r.recorded_by
        where r.id = $1 and r.person_id in (select id from person where id = $2 or merged_into = $2)
            and r.confirmed_at is null and (p.guard & $3) = 0";
    CONFIRM = "update representation set confirmed_by = $3, confirmed_at = $4
        where id = $1 and person_id in (select id from person where id = $2 or merged_into = $2)
            and confirmed_at is null";
    NEAR = "select 1 from staff_tie t join staff s on s.id = t.staff_id
        where t.person_id in (select id from person where id = $1 or merged_into = $1)
            and t.ended_at is null and s.unit_id = $2 limit 1";
}

pub(super) fn routes() -> Routes {
    Routes::default().act::<ConfirmForm, _, _>(
        "/persons/{id}/representations/{right}/confirm",
        "Confirms, as the second person, that somebody may act for a person",
        confirm,
    )
}

/// Confirming asks for nothing more.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ConfirmForm {}

/// Whether a person is somebody of a unit, or tied to somebody there. Who records a
/// right and who confirms it may both not be that near to whom it lets in.
pub(super) async fn is_near(
    link: &mut Link,
    permit: &Permit,
    person: PersonId,
    unit: Option<UnitId>,
) -> Result<bool, DbError> {
    Ok(link.row(permit.opens(&NEAR), args![person, unit]).await?.is_some())
}

async fn confirm(
    desk: Desk,
    Path((id, right)): Path<(PersonId, Uuid)>,
    Input(_): Input<ConfirmForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteRepresentation, Subject::Person(id)).await?;
    let person = permit.the_person()?;
    let row = tx.row(permit.opens(&WAITS), args![right, person, desk.actor().lacks()]).await?;
    let mut row = row.ok_or(Fault::Hidden)?;
    let by: PersonId = row.get(0)?;
    let (recorder, unit): (Option<Uuid>, Option<UnitId>) = (row.get(1)?, row.get(2)?);
    let mine = desk.actor().unit;
    let same = recorder == Some(worker.id.0) || (unit.is_some() && unit == mine);
    if same || is_near(&mut tx, &permit, by, mine).await? {
        return Err(Fault::conflict("representation-second"));
    }
    if tx.run(permit.opens(&CONFIRM), args![right, person, worker.id, desk.now()]).await? != 1 {
        return Err(Fault::conflict("stale"));
    }
    noted(&desk, &permit, Some(by), Some(right), "confirmed");
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/representations"), "representation-confirmed")
}
