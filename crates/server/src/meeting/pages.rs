//! A meeting: who sits there, what is to be talked about, what is written and agreed, who came.

use axum::extract::{Path, Query};
use onedoor_domain::ids::{AgencyId, MeetingId};
use onedoor_domain::meeting::{
    AgreedState, Attendance, LineKind, MeetingKind, Topic, Towards, is_three_way, rounds,
};
use onedoor_domain::need::NeedKind;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::record::{Grade, seems};
use onedoor_domain::secrecy::{Action, Categories, Category};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::lines::{self, Line, NewLine};
use super::planned;
use super::store::{self, Meeting, Party};
use crate::db::Tx;
use crate::office::store::Choice;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MeetingPage, _, _>("/meetings/{id}", "A meeting, as the reader may see it", show)
        .act::<LineForm, _, _>("/meetings/{id}/lines", "Writes a line of a meeting", write)
        .act::<HeldForm, _, _>("/meetings/{id}/held", "Notes who came and what for", held)
        .act::<TowardsForm, _, _>(
            "/meetings/{id}/towards",
            "Notes where the clarification is heading",
            head,
        )
}

/// A line as a page shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LineView {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// The agency; empty for the person's own words.
    pub(crate) agency: String,
    pub(crate) category: String,
    pub(crate) body: String,
    /// The person's topic that it answers, if one.
    pub(crate) topic: String,
    /// Which round an agreement is in: those of one round run at the same time.
    pub(crate) round: usize,
    pub(crate) due_on: String,
    /// `person` or `agency`.
    pub(crate) owner: String,
    pub(crate) owner_name: String,
    pub(crate) state: String,
    pub(crate) at: i64,
    pub(crate) by: String,
    pub(crate) version: i64,
}

/// The lines as pages show them, agreements with their rounds (REQ-MEET-01).
pub(super) fn views(lines: &[Line], tells_who: impl Fn(&Line) -> bool) -> Vec<LineView> {
    let agreed = lines.iter().filter(|line| line.kind == LineKind::Agreement);
    let there: Vec<Uuid> = agreed.clone().map(|line| line.id).collect();
    // What an agreement of another's copy waits for may not be there: then it waits for nothing.
    let order =
        agreed.map(|line| (line.id, line.after.filter(|before| there.contains(before)))).collect();
    let rounds = rounds(&order).unwrap_or_default();
    lines
        .iter()
        .map(|line| LineView {
            id: line.id.to_string(),
            kind: line.kind.as_str().to_owned(),
            agency: line.agency_name.clone(),
            category: line.category.as_str().to_owned(),
            body: line.body.clone(),
            topic: lines
                .iter()
                .find(|one| Some(one.id) == line.topic)
                .map(|one| one.body.clone())
                .unwrap_or_default(),
            round: rounds
                .iter()
                .position(|round| round.contains(&line.id))
                .map_or(0, |place| place + 1),
            due_on: line.due_on.map(|day| day.to_string()).unwrap_or_default(),
            owner: line.owner.clone(),
            owner_name: line.owner_name.clone(),
            state: line.state.map(AgreedState::as_str).unwrap_or_default().to_owned(),
            at: line.at.as_microsecond(),
            by: if tells_who(line) { line.by.clone() } else { String::new() },
            version: line.version,
        })
        .collect()
}

/// Somebody at the table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartyView {
    pub(crate) id: String,
    /// `person`, `staff` or `provider`.
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) agency: String,
    pub(crate) provider: String,
    pub(crate) attendance: String,
    pub(crate) minutes: i64,
}

fn party(one: &Party) -> PartyView {
    let name = match one.kind.as_str() {
        "provider" => one.provider_name.clone(),
        _ => one.staff_name.clone(),
    };
    PartyView {
        id: one.id.to_string(),
        kind: one.kind.clone(),
        name,
        agency: one.agency_name.clone(),
        provider: one.provider.map(|id| id.to_string()).unwrap_or_default(),
        attendance: one.attendance.map(Attendance::as_str).unwrap_or_default().to_owned(),
        minutes: one.minutes,
    }
}

/// A meeting.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeetingPage {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// Empty for a meeting of agencies.
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
    pub(crate) office: String,
    pub(crate) premises: String,
    pub(crate) room: String,
    pub(crate) meet_by: String,
    pub(crate) consequence: String,
    pub(crate) towards: String,
    /// Whether it is heading where insurance belongs at the table, and insurance is not invited
    /// (REQ-MEET-08).
    pub(crate) lacks_insurance: bool,
    /// What the person answered.
    pub(crate) answer: String,
    pub(crate) called_by: String,
    pub(crate) parties: Vec<PartyView>,
    /// Whether it counts as a three-way conversation; none where it is none, or is still to come.
    pub(crate) counts: Option<bool>,
    pub(crate) topics: Vec<String>,
    pub(crate) lines: Vec<LineView>,
    pub(crate) may_write: bool,
    pub(crate) is_over: bool,
    pub(crate) may_call: bool,
    pub(crate) kinds: Vec<String>,
    pub(crate) categories: Vec<String>,
    /// What an agreement may be for in the plan.
    pub(crate) needs: Vec<String>,
    /// Whether the reader may write in the person's plan.
    pub(crate) may_plan: bool,
    pub(crate) all_topics: Vec<String>,
    pub(crate) attendances: Vec<String>,
    pub(crate) directions: Vec<String>,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) providers: Vec<Choice>,
    /// The person's topics, for an agreement that answers one.
    pub(crate) wished: Vec<Choice>,
    /// The agreements there are, for one that comes after another.
    pub(crate) agreed: Vec<Choice>,
    /// When it could be instead, in microseconds; asked for with `move=yes`.
    pub(crate) times: Vec<super::arrange_pages::FreeTime>,
    pub(crate) form: LineForm,
    pub(crate) version: i64,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MeetingPage, "meeting/pages/meeting.html");

impl MeetingPage {
    /// The lines of one kind.
    pub(crate) fn of(&self, kind: &str) -> Vec<&LineView> {
        self.lines.iter().filter(|line| line.kind == kind).collect()
    }

    /// Whether a topic is tagged.
    pub(crate) fn has(&self, topic: &str) -> bool {
        self.topics.iter().any(|one| one == topic)
    }
}

/// Whether a three-way conversation was one: the three came, and something was agreed
/// (REQ-MEET-01).
pub(super) fn counts(meeting: &Meeting, parties: &[Party], agreed: bool) -> Option<bool> {
    let held = meeting.kind == MeetingKind::ThreeWay && meeting.state == "held";
    held.then(|| is_three_way(&Party::seats_of_those_who_came(parties)) && agreed)
}

fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| code(*one).to_owned()).collect()
}

fn choices(lines: &[Line], keep: impl Fn(&Line) -> bool) -> Vec<Choice> {
    let kept = lines.iter().filter(|line| keep(line));
    kept.map(|line| Choice { id: line.id.to_string(), name: line.body.clone() }).collect()
}

async fn page(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    form: LineForm,
    faults: Vec<FieldFault>,
) -> Result<MeetingPage, Fault> {
    let meeting = store::read(tx, permit).await?;
    let parties = store::parties(tx, permit, meeting.id).await?;
    let topics = store::topics(tx, permit, meeting.id).await?;
    let (mut written, mut name) = (Vec::new(), String::new());
    if let Some(person) = meeting.person {
        written = lines::copy(desk, tx, permit, (meeting.id, person)).await?;
        name = persons::read(tx, permit).await?.name();
    }
    let own = desk.actor().agency;
    let mut agencies: Vec<Choice> = Vec::new();
    for one in &parties {
        if let Some(id) = one.agency
            && !agencies.iter().any(|there| there.id == id.to_string())
        {
            agencies.push(Choice { id: id.to_string(), name: one.agency_name.clone() });
        }
    }
    let providers = parties.iter().filter_map(|one| {
        Some(Choice { id: one.provider?.to_string(), name: one.provider_name.clone() })
    });
    let insurance = AgencyKind::Insurance.as_str();
    let agreed = written.iter().any(|line| line.kind == LineKind::Agreement);
    let may_call = match meeting.person {
        Some(person) => desk.may(tx, Action::CallMeeting, Subject::Person(person)).await?,
        None => meeting.called_by.0 == desk.actor().id.unwrap_or_default(),
    };
    let may_plan = match meeting.person {
        Some(person) => desk.may(tx, Action::WritePlan, Subject::Person(person)).await?,
        None => false,
    };
    Ok(MeetingPage {
        id: meeting.id.to_string(),
        kind: meeting.kind.as_str().to_owned(),
        person: meeting.person.map(|id| id.to_string()).unwrap_or_default(),
        name,
        counts: counts(&meeting, &parties, agreed),
        lacks_insurance: meeting.towards.needs_insurance()
            && !parties.iter().any(|one| one.agency_kind == insurance),
        starts_at: meeting.starts.as_microsecond(),
        ends_at: meeting.ends.as_microsecond(),
        is_over: meeting.starts <= desk.now() && meeting.state != "cancelled",
        may_call: may_call && meeting.is_called(),
        may_write: desk.may(tx, Action::WriteMeeting, Subject::Meeting(meeting.id)).await?,
        state: meeting.state,
        office: meeting.office_name,
        premises: meeting.premises_name,
        room: meeting.room,
        meet_by: meeting.meet_by.as_str().to_owned(),
        consequence: meeting.consequence.as_str().to_owned(),
        towards: meeting.towards.as_str().to_owned(),
        answer: meeting.answer,
        called_by: meeting.called_by_name,
        providers: providers.collect(),
        parties: parties.iter().map(party).collect(),
        topics: codes(&topics, Topic::as_str),
        wished: choices(&written, |line| line.kind == LineKind::Topic && line.agency.is_none()),
        agreed: choices(&written, |line| line.kind == LineKind::Agreement),
        lines: views(&written, |line| line.agency == own),
        kinds: codes(&[LineKind::Topic, LineKind::Minutes, LineKind::Absence], LineKind::as_str),
        categories: codes(&Category::ALL, Category::as_str),
        needs: codes(NeedKind::ALL, NeedKind::as_str),
        may_plan,
        all_topics: codes(Topic::ALL, Topic::as_str),
        attendances: codes(Attendance::ALL, Attendance::as_str),
        directions: codes(Towards::ALL, Towards::as_str),
        agencies,
        times: Vec::new(),
        form,
        version: meeting.version,
        faults,
    })
}

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    r#move: String,
}

async fn show(desk: Desk, Path(id): Path<MeetingId>, Query(asked): Query<Asked>) -> Reply {
    // What crosses is written down as a disclosure in the same commit as its journal row.
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadMeeting, Subject::Meeting(id)).await?;
    let mut page = page(&desk, &mut tx, &permit, LineForm::default(), Vec::new()).await?;
    if asked.r#move == "yes" && page.may_call {
        page.times = super::arrange_pages::other_times(&desk, &mut tx, &permit).await?;
    }
    desk.commit(tx).await?;
    desk.show(&page)
}

/// A line of a meeting as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct LineForm {
    /// `topic`, `minutes`, `agreement` or `absence`.
    #[serde(default)]
    pub(crate) kind: String,
    /// What it tells of: nothing is preset.
    #[serde(default)]
    pub(crate) category: String,
    /// `functional` when it tells only what the person can do or needs, not why.
    #[serde(default)]
    pub(crate) grade: String,
    /// The words.
    #[serde(default)]
    pub(crate) body: String,
    /// `yes` when the category is right although the words seem to hold more.
    #[serde(default)]
    pub(crate) sure: String,
    /// Of an agreement: `person`, or the agency that does it.
    #[serde(default)]
    pub(crate) owner: String,
    /// Of an agreement: by when.
    #[serde(default)]
    pub(crate) due_on: String,
    /// Of an agreement: the one that it comes after; empty when it begins at once.
    #[serde(default)]
    pub(crate) after: String,
    /// Of an agreement: the person's topic that it answers; may be empty.
    #[serde(default)]
    pub(crate) topic: String,
    /// Of an agreement: what it is for, when it goes into the plan at once; may be empty.
    #[serde(default)]
    pub(crate) need: String,
    /// The provider whose own item it is; empty for none.
    #[serde(default)]
    pub(crate) provider: String,
}

/// What an agreement has besides its words.
#[derive(Default)]
struct Agreed {
    owner: String,
    agency: Option<AgencyId>,
    due: Option<jiff::civil::Date>,
    after: Option<Uuid>,
}

fn agreed(
    faults: &mut Faults,
    form: &LineForm,
    (parties, written): (&[Party], &[Line]),
    today: jiff::civil::Date,
) -> Agreed {
    let mut it = Agreed { due: faults.date("due_on", &form.due_on), ..Agreed::default() };
    if it.due.is_some_and(|due| due < today) {
        faults.add("due_on", "step-past");
    }
    if form.owner.trim() == "person" {
        it.owner = "person".to_owned();
    } else {
        let wanted: Option<AgencyId> = form.owner.trim().parse().ok();
        it.agency = wanted.filter(|id| parties.iter().any(|one| one.agency == Some(*id)));
        it.owner = "agency".to_owned();
        if it.agency.is_none() {
            faults.add("owner", "choose");
        }
    }
    if !form.after.trim().is_empty() {
        let wanted: Option<Uuid> = form.after.trim().parse().ok();
        let one = written.iter().find(|one| Some(one.id) == wanted);
        it.after = one.filter(|one| one.kind == LineKind::Agreement).map(|one| one.id);
        if it.after.is_none() {
            faults.add("after", "choose");
        }
    }
    it
}

async fn write(desk: Desk, Path(id): Path<MeetingId>, Input(form): Input<LineForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteMeeting, Subject::Meeting(id)).await?;
    let meeting = store::read(&mut tx, &permit).await?;
    // Of a meeting about nobody nothing is written here but its topics: what is written of people
    // hangs on a person.
    let person = meeting.person.ok_or(Fault::Hidden)?;
    if meeting.state == "cancelled" {
        return Err(Fault::conflict("meeting-off"));
    }
    let parties = store::parties(&mut tx, &permit, id).await?;
    let written = lines::copy(&desk, &mut tx, &permit, (id, person)).await?;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, LineKind::parse);
    if kind.is_some_and(|kind| !kind.is_the_staffs()) {
        faults.add("kind", "choose");
    }
    if kind.is_some_and(|kind| kind != LineKind::Topic) && meeting.starts > desk.now() {
        faults.add("kind", "meeting-not-yet");
    }
    let category = faults.choice("category", &form.category, Category::parse);
    let paragraph = text::required(&form.body, text::PARAGRAPH);
    let body = faults.take("body", paragraph, |e| e.code().into()).unwrap_or_default();
    let more = category.map_or(Categories::NONE, |chosen| seems(&body).without(chosen));
    // A warning, once: the writer knows better than a list of words.
    if !more.is_empty() && form.sure != "yes" {
        faults.add("category", "note-seems");
    }
    let provider = form.provider.trim().parse().ok();
    let provider = parties.iter().filter_map(|one| one.provider).find(|one| Some(*one) == provider);
    let topic: Option<Uuid> = form.topic.trim().parse().ok();
    let topic = written
        .iter()
        .find(|one| Some(one.id) == topic && one.kind == LineKind::Topic && one.agency.is_none());
    let (topic, mut more_of_it) = (topic.map(|one| one.id), Agreed::default());
    if kind == Some(LineKind::Agreement) {
        more_of_it = agreed(&mut faults, &form, (&parties, &written), desk.today());
    }
    let need = match form.need.trim() {
        "" => None,
        code => faults.choice("need", code, NeedKind::parse),
    };
    let (Some(kind), Some(category), true) = (kind, category, faults.is_empty()) else {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        desk.commit(tx).await?;
        return desk.again(&page, faults);
    };
    let new = NewLine {
        kind,
        agency: Some(worker.agency),
        provider,
        category,
        grade: Grade::of_text(category, more, form.grade == "functional"),
        body: &body,
        topic: topic.filter(|_| kind == LineKind::Agreement),
        after: more_of_it.after,
        due_on: more_of_it.due,
        owner: &more_of_it.owner,
        owner_agency: more_of_it.agency,
        by: Some(worker.id),
    };
    let line = lines::add(&mut tx, &permit, (id, person), &new, desk.now()).await?;
    if let Some(need) = need.filter(|_| kind == LineKind::Agreement) {
        let agreed = planned::Agreed {
            kind: need,
            what: &body,
            due: more_of_it.due,
            agency: more_of_it.agency,
        };
        let item = planned::into_plan(&desk, &mut tx, (&meeting, &parties), &agreed).await?;
        let state = (AgreedState::Planned, Some(item.0));
        lines::settle(&mut tx, &permit, id, (line, 1), state).await?;
    }
    desk.commit(tx).await?;
    desk.done(&format!("/meetings/{id}"), "meeting-line-kept")
}

/// Who came. `party`, `attendance` and `minutes` belong together by their order.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct HeldForm {
    /// Who was invited.
    #[serde(default)]
    pub(crate) party: Vec<String>,
    /// What became of the coming of each.
    #[serde(default)]
    pub(crate) attendance: Vec<String>,
    /// The minutes that each used, with getting ready; empty for the length of the meeting.
    #[serde(default)]
    pub(crate) minutes: Vec<String>,
    /// What was talked about: codes.
    #[serde(default)]
    pub(crate) topic: Vec<String>,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// What a form says of each who was invited (REQ-MEET-02, REQ-MEET-12).
fn came(
    faults: &mut Faults,
    form: &HeldForm,
    parties: &[Party],
    length: i64,
) -> Vec<(Uuid, Attendance, i64)> {
    let mut all = Vec::new();
    for one in parties {
        let id = one.id.to_string();
        let place = form.party.iter().position(|there| there.trim() == id);
        let said = |list: &[String]| {
            let said = place.and_then(|at| list.get(at)).map(|it| it.trim().to_owned());
            said.unwrap_or_default()
        };
        let Some(attendance) = Attendance::parse(&said(&form.attendance)) else {
            faults.add("attendance", "choose");
            continue;
        };
        let minutes = match said(&form.minutes).as_str() {
            "" if attendance == Attendance::Came && one.kind == "staff" => Some(length),
            "" => Some(0),
            typed => typed.parse().ok().filter(|it| (0..=1440).contains(it)),
        };
        match minutes {
            Some(minutes) => all.push((one.id, attendance, minutes)),
            None => faults.add("minutes", "meeting-minutes"),
        }
    }
    all
}

async fn held(desk: Desk, Path(id): Path<MeetingId>, Input(form): Input<HeldForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteMeeting, Subject::Meeting(id)).await?;
    let meeting = store::read(&mut tx, &permit).await?;
    let parties = store::parties(&mut tx, &permit, id).await?;
    let mut faults = Faults::default();
    if meeting.starts > desk.now() {
        faults.add("attendance", "meeting-not-yet");
    }
    let came = came(&mut faults, &form, &parties, meeting.quarters() * 15);
    let topics: Vec<Topic> = form.topic.iter().filter_map(|it| Topic::parse(it.trim())).collect();
    if topics.len() < form.topic.len() {
        faults.add("topic", "choose");
    }
    if !faults.is_empty() {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, LineForm::default(), faults.clone()).await?;
        desk.commit(tx).await?;
        return desk.again(&page, faults);
    }
    let version = form.version.trim().parse().unwrap_or_default();
    store::hold(&mut tx, &permit, (id, version), &came, desk.now()).await?;
    store::tag(&mut tx, &permit, id, &topics).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/meetings/{id}"), "meeting-held")
}

/// Where the clarification is heading.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TowardsForm {
    /// `work`, `benefit` or `rehabilitation`.
    #[serde(default)]
    pub(crate) towards: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// REQ-MEET-08: the page says at once when insurance belongs at the table and is not invited.
async fn head(desk: Desk, Path(id): Path<MeetingId>, Input(form): Input<TowardsForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteMeeting, Subject::Meeting(id)).await?;
    let towards = Towards::parse(form.towards.trim());
    let towards = towards.ok_or_else(|| Fault::field("towards", "choose"))?;
    let version = form.version.trim().parse().unwrap_or_default();
    store::head(&mut tx, &permit, (id, version), towards).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/meetings/{id}"), "meeting-turned")
}
