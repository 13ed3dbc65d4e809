//! Calendar files out and in: an invitation to take into one's own program, and one's own
//! calendar, so that nobody is booked over what stands there.

use axum::extract::Path;
use axum::response::IntoResponse;
use onedoor_domain::ids::MeetingId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendar::{self, Entry};
use super::slots;
use super::store::{self, Meeting};
use crate::policy::Subject;
use crate::web::{Desk, Face, FieldFault, Input, Reply, Routes, sent};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<CalendarFile, _, _>(
            "/meetings/{id}/calendar",
            "A meeting as a file for a calendar program",
            file,
        )
        .see::<CalendarPage, _, _>("/calendar", "Bringing in one's own calendar", show)
        .act::<CalendarForm, _, _>("/calendar", "Brings in when one is busy", bring_in)
}

/// A meeting as a calendar file.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarFile {
    /// The file's name.
    pub(crate) name: String,
    /// Its media type.
    pub(crate) media: String,
    /// The file itself.
    pub(crate) text: String,
}

/// The file of a meeting. It says when and where, and nothing of whom (REQ-MEET-02).
pub(super) fn file_of(desk: &Desk, meeting: &Meeting) -> CalendarFile {
    let words = desk.words();
    let place = match meeting.meet_by.as_str() {
        "office" => [meeting.office_name.as_str(), meeting.room.as_str(), meeting.address.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        way => words.of("meet-by", way).into_owned(),
    };
    let text = calendar::write(&Entry {
        id: meeting.id.0,
        sequence: meeting.sequence,
        cancelled: meeting.state == "cancelled",
        starts: meeting.starts,
        ends: meeting.ends,
        stamp: desk.now(),
        title: &words.t("meeting-word"),
        place: &place,
        office: &meeting.office_name,
    });
    CalendarFile { name: "meeting.ics".to_owned(), media: "text/calendar".to_owned(), text }
}

/// Gives the file to a browser as a file, to a program with its content.
pub(super) fn give(desk: &Desk, file: CalendarFile) -> Reply {
    match desk.face() {
        Face::Page => {
            sent::file(&file.name, "text/calendar; charset=utf-8", file.text.into_bytes())
        }
        Face::Api => Ok(axum::Json(file).into_response()),
    }
}

async fn file(desk: Desk, Path(id): Path<MeetingId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadMeeting, Subject::Meeting(id)).await?;
    let meeting = store::read(&mut conn, &permit).await?;
    give(&desk, file_of(&desk, &meeting))
}

/// One's own calendar, as its program wrote it.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CalendarForm {
    /// The file's text.
    #[serde(default)]
    pub(crate) text: String,
    /// `here` when times without a zone are the offices' own; empty when nobody has said so.
    #[serde(default)]
    pub(crate) floating: String,
}

/// Bringing in one's own calendar.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarPage {
    pub(crate) form: CalendarForm,
    /// Whether it is asked in which zone the times are.
    pub(crate) asks_zone: bool,
    /// The offices' zone.
    pub(crate) zone: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(CalendarPage, "meeting/pages/calendar.html");

fn page(desk: &Desk, form: CalendarForm, faults: Vec<FieldFault>) -> CalendarPage {
    let asks_zone = faults.iter().any(|fault| fault.code == "calendar-floating");
    let zone = desk.app().zone.iana_name().unwrap_or_default().to_owned();
    CalendarPage { asks_zone: asks_zone || form.floating == "here", form, zone, faults }
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ArrangeMeeting, Subject::Duty).await?;
    desk.show(&page(&desk, CalendarForm::default(), Vec::new()))
}

async fn bring_in(desk: Desk, Input(form): Input<CalendarForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ArrangeMeeting, Subject::Duty).await?;
    let here = (form.floating == "here").then(|| desk.app().zone.clone());
    let all = match calendar::read(&form.text, here.as_ref()) {
        Ok(all) => all,
        Err(fault) => {
            let faults = vec![FieldFault::new("text", fault.code())];
            return desk.again(&page(&desk, form, faults.clone()), faults);
        }
    };
    let from = desk.now();
    for one in &all {
        let mut slots = one.quarters();
        slots.retain(|slot| *slot >= from);
        slots::take_own(&mut tx, &permit, worker.id, (&one.uid, &slots)).await?;
    }
    desk.commit(tx).await?;
    desk.done("/calendar", "calendar-brought-in")
}
