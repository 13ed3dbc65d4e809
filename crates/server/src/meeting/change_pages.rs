//! Giving a meeting another time, and calling it off: everybody's hours and the room are free
//! again, and calendar files say so with the next number of the sequence.

use axum::extract::Path;
use onedoor_domain::ids::{MeetingId, StaffId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::arrange_pages::{book, end, start, tell};
use super::{slots, store};
use crate::db::Tx;
use crate::policy::{Permit, Subject};
use crate::premises;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<MoveForm, _, _>("/meetings/{id}/move", "Gives a meeting another time", move_it)
        .act::<OffForm, _, _>("/meetings/{id}/off", "Calls a meeting off", call_off)
}

/// Another time.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MoveForm {
    /// When it starts, in microseconds since 1970, from the offered times.
    #[serde(default)]
    pub(crate) at: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// The permit to change a meeting: of the person's where it is about one.
async fn may_change(
    desk: &Desk,
    tx: &mut Tx,
    id: MeetingId,
) -> Result<(Permit, store::Meeting), Fault> {
    let reading = desk.permit(tx, Action::ReadMeeting, Subject::Meeting(id)).await?;
    let meeting = store::read(tx, &reading).await?;
    let permit = match meeting.person {
        Some(person) => desk.permit(tx, Action::CallMeeting, Subject::Person(person)).await?,
        None if Some(meeting.called_by.0) == desk.actor().id => reading,
        None => return Err(Fault::Hidden),
    };
    Ok((permit, meeting))
}

async fn free_again(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    meeting: &store::Meeting,
) -> Result<(), Fault> {
    if let Some(appointment) = meeting.appointment {
        slots::let_go(tx, permit, appointment, desk.now()).await?;
    }
    slots::give_back(tx, permit, meeting.id.0).await?;
    if let Some(room) = meeting.room_booking {
        premises::free_room(tx, permit, room, desk.now()).await?;
    }
    Ok(())
}

async fn move_it(desk: Desk, Path(id): Path<MeetingId>, Input(form): Input<MoveForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let (permit, meeting) = may_change(&desk, &mut tx, id).await?;
    let mut faults = Faults::default();
    let Some(starts) = start(&mut faults, &form.at, desk.now()) else {
        return Err(Fault::field("at", "choose"));
    };
    let (count, ends) = (meeting.quarters(), end(starts, meeting.quarters()));
    free_again(&desk, &mut tx, &permit, &meeting).await?;
    let parties = store::parties(&mut tx, &permit, id).await?;
    let staff: Vec<StaffId> = parties.iter().filter_map(|one| one.staff).collect();
    let (mut appointment, mut room) = (None, None);
    if let Some(known) = meeting.room_id {
        let whose = (worker.agency, worker.id);
        let booked = premises::hold_room(&mut tx, &permit, known, whose, (starts, ends)).await?;
        room = Some(booked);
    }
    if meeting.person.is_some() {
        let (place, at) = ((meeting.room.as_str(), staff.as_slice()), (starts, count));
        let office = meeting.office;
        appointment = Some(book(&desk, &mut tx, &permit, office, place, at).await?);
        tell(&desk, &mut tx, &permit, meeting.office, starts).await?;
    } else {
        slots::take(&mut tx, &permit, id.0, &staff, (starts, count)).await?;
    }
    let version = form.version.trim().parse().unwrap_or_default();
    let when = (starts, ends);
    store::move_to(&mut tx, &permit, (id, version), when, (appointment, room)).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/meetings/{id}"), "meeting-moved")
}

/// Calling off.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OffForm {
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn call_off(desk: Desk, Path(id): Path<MeetingId>, Input(form): Input<OffForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let (permit, meeting) = may_change(&desk, &mut tx, id).await?;
    let version = form.version.trim().parse().unwrap_or_default();
    store::cancel(&mut tx, &permit, (id, version), desk.now()).await?;
    free_again(&desk, &mut tx, &permit, &meeting).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/meetings/{id}"), "meeting-called-off")
}
