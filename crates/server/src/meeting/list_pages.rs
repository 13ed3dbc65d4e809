//! What the caller is invited to.

use jiff::Timestamp;
use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{self, Meeting};
use crate::db::Link;
use crate::policy::{Permit, Subject};
use crate::web::{Desk, Fault, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().see::<MeetingsPage, _, _>(
        "/meetings",
        "Meetings that the caller is invited to",
        mine,
    )
}

/// A meeting in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MeetingLine {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) starts_at: i64,
    pub(crate) office: String,
    pub(crate) meet_by: String,
    pub(crate) state: String,
    pub(crate) answer: String,
}

pub(super) fn in_list(one: &Meeting) -> MeetingLine {
    MeetingLine {
        id: one.id.to_string(),
        kind: one.kind.as_str().to_owned(),
        starts_at: one.starts.as_microsecond(),
        office: one.office_name.clone(),
        meet_by: one.meet_by.as_str().to_owned(),
        state: one.state.clone(),
        answer: one.answer.clone(),
    }
}

/// What one is invited to.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeetingsPage {
    pub(crate) lines: Vec<MeetingLine>,
}

crate::page!(MeetingsPage, "meeting/pages/meetings.html");

/// Days back that a meeting stays in the list, to be written of.
const BACK_DAYS: i64 = 30;

async fn mine(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ArrangeMeeting, Subject::Duty).await?;
    let lines = invited(&desk, &mut conn, &permit).await?;
    desk.show(&MeetingsPage { lines })
}

async fn invited(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<Vec<MeetingLine>, Fault> {
    let back = desk.now().as_microsecond() - BACK_DAYS * 24 * 3600 * 1_000_000;
    let from = Timestamp::from_microsecond(back).unwrap_or(Timestamp::MIN);
    let actor = desk.actor();
    let all = store::of_staff(link, permit, (actor.id, actor.lacks()), from).await?;
    let persons: Vec<PersonId> = all.iter().filter_map(|one| one.person).collect();
    desk.note_seen(permit, persons.into_iter().map(|person| person.0));
    Ok(all.iter().map(in_list).collect())
}
