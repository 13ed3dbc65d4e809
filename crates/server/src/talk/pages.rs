//! Marking a talk, and the report.

use axum::extract::{Path, Query};
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, VisitId};
use onedoor_domain::reception::{Talk, TalkContent, TalkReason, likely_content};
use onedoor_domain::secrecy::{Action, in_steps};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, ContentLine, Mark, Span, TalkLine};
use crate::db::Link;
use crate::office::store::{self as offices, OfficeLine};
use crate::policy::{Permit, Subject};
use crate::reception::store as visits;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<TalkPage, _, _>("/visits/{id}/talk", "Whether the talk needed a closed room", show)
        .act::<TalkForm, _, _>(
            "/visits/{id}/talk",
            "Marks whether the talk needed a closed room and had one",
            mark,
        )
        .see::<TalksPage, _, _>("/talks", "Talks that others could hear", report)
        .asking(&["office", "month"])
}

/// A mark as typed into the form.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TalkForm {
    /// `ordinary`, `health`, `substance`, `family` or `debt`.
    #[serde(default)]
    pub(crate) content: String,
    /// `yes` when an ordinary talk needed a closed room too.
    #[serde(default)]
    pub(crate) needs_closed: String,
    /// `closed` or `open`.
    #[serde(default)]
    pub(crate) room: String,
    /// Why there was no closed room: `no_room`, `wished`, `unexpected` or `other`.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version of the mark that was shown; 0 for none.
    #[serde(default)]
    pub(crate) version: String,
}

/// The form for a mark.
#[derive(Serialize, ToSchema)]
pub(crate) struct TalkPage {
    pub(crate) id: String,
    pub(crate) ticket: i64,
    /// What the needs suggest that it is about.
    pub(crate) likely: String,
    pub(crate) mark: Option<Mark>,
    pub(crate) contents: Vec<String>,
    pub(crate) reasons: Vec<String>,
    pub(crate) form: TalkForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(TalkPage, "talk/pages/talk.html");

async fn talk_page(link: &mut Link, permit: &Permit) -> Result<TalkPage, Fault> {
    let visit = visits::read(link, permit).await?;
    // What the talk was about tells what is not told here.
    if !visit.is_whole(permit.counter()) {
        return Err(Fault::Hidden);
    }
    let likely = likely_content(&visit.needs);
    let mark = store::read(link, permit).await?;
    let form = match &mark {
        Some(mark) => TalkForm {
            content: mark.content.clone(),
            needs_closed: if mark.needs_closed { "yes".into() } else { String::new() },
            room: if mark.room_used { "closed".into() } else { "open".into() },
            reason: mark.reason.clone(),
            version: mark.version.to_string(),
        },
        // Suggested, and not decided: where the talk was is for the worker to say.
        None => TalkForm {
            content: likely.as_str().to_owned(),
            version: "0".into(),
            ..TalkForm::default()
        },
    };
    Ok(TalkPage {
        id: permit.visit()?.to_string(),
        ticket: visit.ticket,
        likely: likely.as_str().to_owned(),
        mark,
        contents: TalkContent::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        reasons: TalkReason::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form,
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<VisitId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::MarkTalk, Subject::Visit(id)).await?;
    let page = talk_page(&mut conn, &permit).await?;
    desk.show(&page)
}

/// REQ-INFO-20: each talk is marked with whether it needed a closed room and whether it had one.
async fn mark(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<TalkForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::MarkTalk, Subject::Visit(id)).await?;
    let mut faults = Faults::default();
    let content = faults.choice("content", &form.content, TalkContent::parse);
    let room = faults.choice("room", &form.room, |code| match code {
        "closed" => Some(true),
        "open" => Some(false),
        _ => None,
    });
    let mut talk = None;
    if let (Some(content), Some(room)) = (content, room) {
        let reason = TalkReason::parse(form.reason.trim());
        let marked = Talk::mark(content, form.needs_closed == "yes", room, reason);
        talk = faults.take("reason", marked, |_| "talk-reason".into());
    }
    let Some(talk) = talk else {
        let faults = faults.into_list();
        let mut page = talk_page(&mut tx, &permit).await?;
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let version = form.version.trim().parse().unwrap_or_default();
    store::mark(&mut tx, &permit, talk, version, worker.id, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}"), "talk-marked")
}

/// Talks of an office in a month.
#[derive(Serialize, ToSchema)]
pub(crate) struct TalksPage {
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    /// The month, `2026-11`.
    pub(crate) month: String,
    /// Talks that needed a closed room, by content.
    pub(crate) lines: Vec<ContentLine>,
    /// How many of them had none; none where they are too few to be told.
    pub(crate) overheard: Option<i64>,
    /// Ended visits whose talk nobody has marked: not counted above.
    pub(crate) unmarked: Option<i64>,
    /// Counts are in steps of this for those who may not see the rows.
    pub(crate) least: i64,
    /// Whether the reader may see the rows.
    pub(crate) opens: bool,
    /// Those that had no closed room.
    pub(crate) rows: Vec<TalkLine>,
}

crate::page!(TalksPage, "talk/pages/talks.html");

impl TalksPage {
    /// Whether there is something to open.
    pub(crate) fn has_rows(&self) -> bool {
        self.overheard.is_some_and(|count| count > 0)
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    office: String,
    #[serde(default)]
    month: String,
}

/// The first day of a month, and that of the next.
fn month(text: &str, today: Date) -> (Date, Date) {
    let asked = format!("{}-01", text.trim()).parse::<Date>();
    let first = asked.unwrap_or(today).first_of_month();
    (first, first.checked_add(1.month()).unwrap_or(first))
}

/// REQ-INFO-20: talks about what is kept apart that were held at the open counter. Who may
/// not see them one by one gets counts in steps, and none that are few (REQ-INFO-01).
async fn report(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let list = offices::every_office(&mut conn).await?;
    let first = list.first().and_then(|office| office.id.parse().ok());
    let office: Option<OfficeId> = asked.office.parse().ok().or(desk.actor().office).or(first);
    let office = office.ok_or(Fault::Hidden)?;
    let (from, until) = month(&asked.month, desk.today());
    // The rows are visits: for those who may see the queue there, and journaled.
    let subject = Subject::Office(office);
    let reader = desk.permit_quietly(&mut conn, Action::ReadQueue, subject).await?;
    let closed = reader.as_ref().map_or(0, |reader| reader.counter().closed());
    let span = Span { office, from, until, reader: desk.actor(), closed };
    let mut lines = store::counts(&mut conn, &permit, &span).await?;
    let mut overheard = Some(lines.iter().filter_map(|line| line.overheard).sum());
    let mut unmarked = Some(store::unmarked(&mut conn, &permit, &span).await?);
    let rows = match &reader {
        Some(reader) => {
            let rows = store::overheard(&mut conn, reader, &span).await?;
            desk.note_seen(reader, rows.iter().filter_map(|row| row.person));
            rows
        }
        None => Vec::new(),
    };
    let least = crate::walls::smallest_count(&mut conn, &desk.app().config).await?;
    if reader.is_none() {
        let told = |count: Option<i64>| count.and_then(|count| in_steps(count, least));
        for line in &mut lines {
            (line.needed, line.overheard) = (told(line.needed), told(line.overheard));
        }
        lines.retain(|line| line.needed.is_some());
        (overheard, unmarked) = (told(overheard), told(unmarked));
    }
    desk.show(&TalksPage {
        offices: list,
        office: office.to_string(),
        month: from.strftime("%Y-%m").to_string(),
        overheard,
        lines,
        unmarked,
        least,
        opens: reader.is_some(),
        rows,
    })
}
