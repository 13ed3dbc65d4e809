//! The person's side of a meeting: the invitation in plain words and its answer, what they want to
//! talk about, whom they bring, what suits them, the whole of the minutes, and their own view and
//! disagreement in them (REQ-MEET-02, REQ-MEET-03).

use jiff::Timestamp;
use onedoor_domain::booking::MeetBy;
use onedoor_domain::ids::MeetingId;
use onedoor_domain::meeting::{DayPart, LineKind, Wishes};
use onedoor_domain::record::Grade;
use onedoor_domain::secrecy::Category;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::calendar_pages::{self, CalendarFile};
use super::lines::{self, NewLine};
use super::pages::{LineView, counts, views};
use super::store::{self, Meeting};
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::{Permit, Proof};
use crate::web::{Desk, Fault, Reply};

pub(crate) use super::calendar_pages::CalendarFile as OwnCalendar;

crate::sql! {
    ANSWER = "update meeting set answer = $3, version = version + 1
        where id = $1 and version = $2 and state = 'called'";
    SET_WISHES = "insert into meeting_wish (person_id, not_on, part, meet_by, at)
        values ($1, $2, $3, $4, $5)
        on conflict (person_id) do update set not_on = excluded.not_on, part = excluded.part,
            meet_by = excluded.meet_by, at = excluded.at";
    TOOK_AWAY = "update meeting set answer = 'no', version = version + 1
        where appointment_id = $1 and state = 'called'";
}

/// A meeting as the person reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnMeeting {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
    pub(crate) office: String,
    pub(crate) address: String,
    pub(crate) room: String,
    pub(crate) meet_by: String,
    /// What follows from not coming; `nothing` when coming is no condition.
    pub(crate) consequence: String,
    pub(crate) answer: String,
    /// Who else is invited, with their agency.
    pub(crate) with: Vec<String>,
    /// Whether it counts as a three-way conversation, once it was held.
    pub(crate) counts: Option<bool>,
    /// The whole of what is written; empty for who acts for the person within narrow bounds.
    pub(crate) lines: Vec<LineView>,
    pub(crate) version: i64,
}

impl OwnMeeting {
    /// The lines of one kind.
    pub(crate) fn of(&self, kind: &str) -> Vec<&LineView> {
        self.lines.iter().filter(|line| line.kind == kind).collect()
    }
}

fn own(meeting: Meeting) -> OwnMeeting {
    OwnMeeting {
        id: meeting.id.to_string(),
        kind: meeting.kind.as_str().to_owned(),
        state: meeting.state,
        starts_at: meeting.starts.as_microsecond(),
        ends_at: meeting.ends.as_microsecond(),
        office: meeting.office_name,
        address: meeting.address,
        room: meeting.room,
        meet_by: meeting.meet_by.as_str().to_owned(),
        consequence: meeting.consequence.as_str().to_owned(),
        answer: meeting.answer,
        with: Vec::new(),
        counts: None,
        lines: Vec::new(),
        version: meeting.version,
    }
}

/// The meetings of the person whose file the permit opens, the latest first.
pub(crate) async fn list(link: &mut Link, permit: &Permit) -> Result<Vec<OwnMeeting>, Fault> {
    Ok(store::of_person(link, permit).await?.into_iter().map(own).collect())
}

async fn of_file(link: &mut Link, permit: &Permit, id: MeetingId) -> Result<Meeting, Fault> {
    let meeting = store::by_id(link, permit, id).await?;
    if meeting.person != permit.person() || meeting.person.is_none() {
        return Err(Fault::Hidden);
    }
    Ok(meeting)
}

/// One meeting of the person, with everything that is written of it where `whole` is said.
///
/// # Errors
/// [`Fault::Hidden`] when it is somebody else's.
pub(crate) async fn one(
    link: &mut Link,
    permit: &Permit,
    id: MeetingId,
    whole: bool,
) -> Result<OwnMeeting, Fault> {
    let meeting = of_file(link, permit, id).await?;
    let parties = store::parties(link, permit, id).await?;
    let written = lines::all(link, permit, (id, permit.the_person()?)).await?;
    let agreed = written.iter().any(|line| line.kind == LineKind::Agreement);
    let counted = counts(&meeting, &parties, agreed);
    let mut page = own(meeting);
    page.counts = counted;
    page.with = parties
        .iter()
        .filter_map(|one| match one.kind.as_str() {
            "staff" => Some(format!("{}, {}", one.staff_name, one.agency_name)),
            "provider" => Some(one.provider_name.clone()),
            _ => None,
        })
        .collect();
    if whole {
        page.lines = views(&written, |_| true);
    }
    Ok(page)
}

/// The person's answer to an invitation.
///
/// # Errors
/// A conflict when it was moved or called off meanwhile.
pub(crate) async fn answer(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (MeetingId, i64),
    answer: &str,
) -> Result<(), Fault> {
    of_file(tx, permit, id).await?;
    if !matches!(answer, "yes" | "no" | "other_time") {
        return Err(Fault::field("answer", "choose"));
    }
    Ok(tx.run_one(permit.opens(&ANSWER), args![id, version, answer]).await?)
}

/// What the person says to all at the table: a topic, whom they bring, their view, or where they
/// do not agree. It is theirs, and no wall stands before it at this table.
///
/// # Errors
/// [`Fault::Hidden`] when the meeting is somebody else's; a conflict when it was called off.
pub(crate) async fn say(
    tx: &mut Tx,
    permit: &Permit,
    id: MeetingId,
    (kind, body): (LineKind, &str),
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let meeting = of_file(tx, permit, id).await?;
    if meeting.state == "cancelled" {
        return Err(Fault::conflict("meeting-off"));
    }
    if !kind.is_the_persons() {
        return Err(Fault::field("kind", "choose"));
    }
    let new = NewLine {
        kind,
        agency: None,
        provider: None,
        category: Category::Case,
        grade: Grade::Ordinary,
        body,
        topic: None,
        after: None,
        due_on: None,
        owner: "",
        owner_agency: None,
        by: None,
    };
    lines::add(tx, permit, (id, permit.the_person()?), &new, now).await
}

/// What suits the person.
pub(crate) async fn wishes(link: &mut Link, permit: &Permit) -> Result<Wishes, DbError> {
    store::wishes(link, permit).await
}

/// Keeps what suits the person, in place of what they said before.
pub(crate) async fn set_wishes(
    tx: &mut Tx,
    permit: &Permit,
    wishes: Wishes,
    now: Timestamp,
) -> Result<(), Fault> {
    let way = wishes.meet_by.map(MeetBy::as_str).unwrap_or_default();
    let part: DayPart = wishes.part;
    let args = args![permit.the_person()?, wishes.not_on, part.as_str(), way, now];
    tx.run_one(permit.opens(&SET_WISHES), args).await?;
    Ok(())
}

/// Gives the person's calendar file.
///
/// # Errors
/// [`Fault::Hidden`] when the meeting is somebody else's.
pub(crate) async fn file(desk: &Desk, link: &mut Link, permit: &Permit, id: MeetingId) -> Reply {
    let meeting = of_file(link, permit, id).await?;
    let file: CalendarFile = calendar_pages::file_of(desk, &meeting);
    calendar_pages::give(desk, file)
}

/// The person took the time of a meeting away where their booked times are: whoever called it
/// reads that they will not come.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn took_away(
    tx: &mut Tx,
    proof: &dyn Proof,
    appointment: Uuid,
) -> Result<(), DbError> {
    tx.run(proof.opens(&TOOK_AWAY), args![appointment]).await.map(|_| ())
}
