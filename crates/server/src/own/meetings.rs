//! One's own meetings: the invitation in plain words, whether coming is a condition and what
//! follows from not coming, one's answer, topics, companion and wishes, the whole of the minutes,
//! and one's own view in them (REQ-MEET-02, REQ-MEET-03).

use axum::extract::Path;
use onedoor_domain::booking::MeetBy;
use onedoor_domain::ids::MeetingId;
use onedoor_domain::meeting::{DayPart, LineKind, Wishes};
use onedoor_domain::secrecy::Action;
use onedoor_domain::secrecy::own::Matter;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pass::{Pass, pass, quiet, shown_again};
use crate::db::Link;
use crate::meeting::mine::{self, OwnCalendar, OwnMeeting};
use crate::web::validate::Faults;
use crate::web::{Fault, FieldFault, Input, Own, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<OwnMeetingsPage, _, _>("/my/meetings", "One's own meetings", list)
        .act::<WishForm, _, _>("/my/meetings", "Says what times suit", wish)
        .see::<OwnMeetingPage, _, _>("/my/meetings/{id}", "One meeting, with the minutes", show)
        .act::<AnswerForm, _, _>("/my/meetings/{id}", "Answers an invitation", answer)
        .act::<SayForm, _, _>(
            "/my/meetings/{id}/lines",
            "Says what to talk about, whom one brings, or how one sees it",
            say,
        )
        .see::<OwnCalendar, _, _>(
            "/my/meetings/{id}/calendar",
            "A meeting as a file for a calendar program",
            file,
        )
}

/// What suits, as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct WishForm {
    /// Weekdays that do not suit: `1` for Monday to `5` for Friday.
    #[serde(default)]
    pub(crate) not_on: Vec<String>,
    /// `any`, `morning` or `afternoon`.
    #[serde(default)]
    pub(crate) part: String,
    /// `office`, `phone`, `video`, or empty.
    #[serde(default)]
    pub(crate) meet_by: String,
}

/// One's own meetings.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnMeetingsPage {
    pub(crate) lines: Vec<OwnMeeting>,
    pub(crate) days: Vec<String>,
    pub(crate) parts: Vec<String>,
    pub(crate) ways: Vec<String>,
    pub(crate) form: WishForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(OwnMeetingsPage, "own/pages/meetings.html");

impl OwnMeetingsPage {
    /// Whether a weekday does not suit.
    pub(crate) fn is_off(&self, day: &str) -> bool {
        self.form.not_on.iter().any(|one| one == day)
    }
}

/// Whoever may not see the case may not see its meetings.
fn sure(pass: &Pass) -> Result<(), Fault> {
    if pass.sight().shows(Matter::Case) { Ok(()) } else { Err(Fault::Hidden) }
}

const DAYS: i64 = 5;

async fn page(
    link: &mut Link,
    pass: &Pass,
    form: Option<WishForm>,
    faults: Vec<FieldFault>,
) -> Result<OwnMeetingsPage, Fault> {
    let shown = pass.sight().shows(Matter::Case);
    let lines = if shown { mine::list(link, pass.permit()).await? } else { Vec::new() };
    let form = match form {
        Some(form) => form,
        None => {
            let kept = mine::wishes(link, pass.permit()).await?;
            WishForm {
                not_on: (0..DAYS)
                    .filter(|day| kept.not_on & (1 << day) != 0)
                    .map(|day| (day + 1).to_string())
                    .collect(),
                part: kept.part.as_str().to_owned(),
                meet_by: kept.meet_by.map(MeetBy::as_str).unwrap_or_default().to_owned(),
            }
        }
    };
    Ok(OwnMeetingsPage {
        lines,
        days: (1..=DAYS).map(|day| day.to_string()).collect(),
        parts: DayPart::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        ways: MeetBy::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form,
        faults,
    })
}

async fn list(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    let page = page(&mut conn, &pass, None, Vec::new()).await?;
    own.show(&page)
}

async fn wish(own: Own, Input(form): Input<WishForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    sure(&pass)?;
    let mut faults = Faults::default();
    let mut not_on = 0;
    for day in &form.not_on {
        match day.trim().parse::<i64>().ok().filter(|day| (1..=DAYS).contains(day)) {
            Some(day) => not_on |= 1 << (day - 1),
            None => faults.add("not_on", "choose"),
        }
    }
    // Somebody for whom no day is right is asked to leave one.
    if not_on == (1 << DAYS) - 1 {
        faults.add("not_on", "meeting-no-day");
    }
    let part = faults.choice("part", &form.part, |code| match code {
        "" => Some(DayPart::Any),
        code => DayPart::parse(code),
    });
    let meet_by = MeetBy::parse(form.meet_by.trim());
    if meet_by.is_none() && !form.meet_by.trim().is_empty() {
        faults.add("meet_by", "choose");
    }
    let (Some(part), true) = (part, faults.is_empty()) else {
        let faults = faults.into_list();
        shown_again(&own, &pass, Action::ReadOwn);
        let page = page(&mut tx, &pass, Some(form), faults.clone()).await?;
        return own.again(&page, faults);
    };
    let wishes = Wishes { not_on, part, meet_by };
    mine::set_wishes(&mut tx, pass.permit(), wishes, own.now()).await?;
    own.note(pass.entry(Action::SpeakInMeeting, json!({ "what": "wishes" })));
    own.commit(tx).await?;
    own.done("/my/meetings", "meeting-wishes-kept")
}

/// One of one's own meetings.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnMeetingPage {
    pub(crate) meeting: OwnMeeting,
    /// Whether everything that is written is shown.
    pub(crate) whole: bool,
    pub(crate) begun: bool,
    pub(crate) kinds: Vec<String>,
    pub(crate) form: SayForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(OwnMeetingPage, "own/pages/meeting.html");

async fn one(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
    id: MeetingId,
    (form, faults): (SayForm, Vec<FieldFault>),
) -> Result<OwnMeetingPage, Fault> {
    sure(pass)?;
    // What is written may be about anything: a narrow right does not open it.
    let whole = pass.sees_all();
    let meeting = mine::one(link, pass.permit(), id, whole).await?;
    let begun = meeting.starts_at <= own.now().as_microsecond();
    let kinds = if begun {
        [LineKind::Topic, LineKind::View, LineKind::Disagreement]
    } else {
        [LineKind::Topic, LineKind::Companion, LineKind::View]
    };
    let kinds = kinds.iter().map(|it| it.as_str().to_owned()).collect();
    Ok(OwnMeetingPage { meeting, whole, begun, kinds, form, faults })
}

async fn show(own: Own, Path(id): Path<MeetingId>) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    let page = one(&own, &mut conn, &pass, id, (SayForm::default(), Vec::new())).await?;
    own.show(&page)
}

/// An answer to an invitation.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `yes`, `no` or `other_time`.
    #[serde(default)]
    pub(crate) answer: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn answer(own: Own, Path(id): Path<MeetingId>, Input(form): Input<AnswerForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    sure(&pass)?;
    let version = form.version.trim().parse().unwrap_or_default();
    mine::answer(&mut tx, pass.permit(), (id, version), form.answer.trim()).await?;
    let detail = json!({ "what": form.answer.trim(), "meeting": id.to_string() });
    own.note(pass.entry(Action::SpeakInMeeting, detail));
    own.commit(tx).await?;
    own.done(&format!("/my/meetings/{id}"), "meeting-answered")
}

/// What one says.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SayForm {
    /// `topic`, `companion`, `view` or `disagreement`.
    #[serde(default)]
    pub(crate) kind: String,
    /// The words.
    #[serde(default)]
    pub(crate) body: String,
}

async fn say(own: Own, Path(id): Path<MeetingId>, Input(form): Input<SayForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    sure(&pass)?;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, LineKind::parse);
    if kind.is_some_and(|kind| !kind.is_the_persons()) {
        faults.add("kind", "choose");
    }
    let paragraph = text::required(&form.body, text::PARAGRAPH);
    let body = faults.take("body", paragraph, |e| e.code().into()).unwrap_or_default();
    let (Some(kind), true) = (kind, faults.is_empty()) else {
        let faults = faults.into_list();
        shown_again(&own, &pass, Action::ReadOwn);
        let page = one(&own, &mut tx, &pass, id, (form, faults.clone())).await?;
        return own.again(&page, faults);
    };
    mine::say(&mut tx, pass.permit(), id, (kind, &body), own.now()).await?;
    let detail = json!({ "what": kind.as_str(), "meeting": id.to_string() });
    own.note(pass.entry(Action::SpeakInMeeting, detail));
    own.commit(tx).await?;
    own.done(&format!("/my/meetings/{id}"), "meeting-said")
}

async fn file(own: Own, Path(id): Path<MeetingId>) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    sure(&pass)?;
    mine::file(&own, &mut conn, pass.permit(), id).await
}
