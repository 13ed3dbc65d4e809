//! In which trial and which effort somebody takes part, and to which of them a meeting with them
//! belongs: as one, or each for itself (REQ-ORG-40).

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::governing::TargetGroup;
use onedoor_domain::ids::PersonId;
use onedoor_domain::rollout::{Reached, Running};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link};
use crate::office::store::Choice;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

crate::sql! {
    TRIALS = "select id, name, starts_on from trial order by name, id limit 500";
    EFFORTS = "select id, name from effort order by name, id limit 1000";
    // What another agency noted is for the walls.
    OF_PERSON = "select x.id, coalesce(t.name, ''), coalesce(x.trial_group, ''),
            coalesce(e.name, ''), coalesce(x.effort_group, ''), coalesce(x.running, ''),
            x.from_day, coalesce(x.until_day, ''), coalesce(x.reached, ''), s.name
        from trial_part x join staff s on s.id = x.noted_by
        left join trial t on t.id = x.trial_id left join effort e on e.id = x.effort_id
        where x.agency_id = $2
            and x.person_id in (select p.id from person p where p.id = $1 or p.merged_into = $1)
        order by x.from_day desc, x.id limit 100";
    ADD = "insert into trial_part (id, person_id, agency_id, trial_id, trial_group, effort_id,
            effort_group, running, from_day, noted_by, noted_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    END = "update trial_part set until_day = $4, reached = $5, noted_by = $6, noted_at = $7
        where id = $1 and agency_id = $3 and until_day is null
            and person_id in (select p.id from person p where p.id = $2 or p.merged_into = $2)";
    // The meetings in which somebody of the reader's agency takes part.
    MEETINGS = "select a.id, a.starts_at, o.name, coalesce(t.name, ''), coalesce(e.name, ''),
            coalesce(m.running, '')
        from appointment a join office o on o.id = a.office_id
        left join trial_meeting m on m.appointment_id = a.id
        left join trial t on t.id = m.trial_id left join effort e on e.id = m.effort_id
        where a.person_id in (select p.id from person p where p.id = $1 or p.merged_into = $1)
            and exists (select 1 from calendar_slot c join staff s on s.id = c.staff_id
                join unit u on u.id = s.unit_id
                where c.appointment_id = a.id and u.agency_id = $2)
        order by a.starts_at desc, a.id limit 20";
    MARK = "insert into trial_meeting (appointment_id, trial_id, effort_id, running, noted_by,
            noted_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (appointment_id) do update set trial_id = excluded.trial_id,
            effort_id = excluded.effort_id, running = excluded.running,
            noted_by = excluded.noted_by, noted_at = excluded.noted_at";
    UNMARK = "delete from trial_meeting where appointment_id = $1";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<PartsPage, _, _>("/persons/{id}/trials", "Where a person takes part", show)
        .act::<PartForm, _, _>(
            "/persons/{id}/trials",
            "Notes that a person takes part in a trial, an effort or both",
            add,
        )
        .creating()
        .act::<EndForm, _, _>(
            "/persons/{id}/trials/end",
            "Notes that it has ended, and what was reached",
            end,
        )
        .act::<MeetingForm, _, _>(
            "/persons/{id}/trials/meetings",
            "Says to which trial and effort a meeting belongs",
            mark,
        )
}

/// Where a person takes part, as the reader's agency has noted it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartLine {
    pub(crate) id: String,
    /// The trial; empty for none.
    pub(crate) trial: String,
    pub(crate) trial_group: String,
    /// The effort; empty for none.
    pub(crate) effort: String,
    pub(crate) effort_group: String,
    /// `integrated` or `parallel` where it is in both.
    pub(crate) running: String,
    pub(crate) from: String,
    /// Empty while it lasts.
    pub(crate) until: String,
    /// What was reached, where it has ended.
    pub(crate) reached: String,
    /// Who noted it.
    pub(crate) by: String,
}

impl PartLine {
    /// Where, in short.
    fn place(&self) -> String {
        [self.trial.as_str(), self.effort.as_str()]
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join(" + ")
    }
}

/// A meeting with the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MeetingLine {
    pub(crate) id: String,
    /// When, in microseconds.
    pub(crate) at: i64,
    pub(crate) office: String,
    /// The trial; empty for none.
    pub(crate) trial: String,
    /// The effort; empty for none.
    pub(crate) effort: String,
    /// `integrated` or `parallel` where it belongs to both.
    pub(crate) running: String,
}

/// That somebody takes part, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct PartForm {
    /// The trial; may be empty where there is an effort.
    #[serde(default)]
    pub(crate) trial: String,
    /// As whom in the trial.
    #[serde(default)]
    pub(crate) trial_group: String,
    /// The effort; may be empty where there is a trial.
    #[serde(default)]
    pub(crate) effort: String,
    /// As whom in the effort.
    #[serde(default)]
    pub(crate) effort_group: String,
    /// `integrated` or `parallel`, where it is both.
    #[serde(default)]
    pub(crate) running: String,
    /// The first day.
    #[serde(default)]
    pub(crate) part_from: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// That it has ended, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EndForm {
    /// Which.
    #[serde(default)]
    pub(crate) part: String,
    /// The last day.
    #[serde(default)]
    pub(crate) part_until: String,
    /// `work`, `education` or `nothing`.
    #[serde(default)]
    pub(crate) reached: String,
}

/// Where a meeting belongs, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MeetingForm {
    /// Which.
    #[serde(default)]
    pub(crate) meeting: String,
    /// The trial; empty for none. With no effort either, the meeting belongs nowhere.
    #[serde(default)]
    pub(crate) meeting_trial: String,
    /// The effort; empty for none.
    #[serde(default)]
    pub(crate) meeting_effort: String,
    /// `integrated` or `parallel`, where it is both.
    #[serde(default)]
    pub(crate) meeting_running: String,
}

/// Where a person takes part.
#[derive(Serialize, ToSchema)]
pub(crate) struct PartsPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) parts: Vec<PartLine>,
    /// Those that last, to choose from.
    pub(crate) lasting: Vec<Choice>,
    pub(crate) meetings: Vec<MeetingLine>,
    pub(crate) trials: Vec<Choice>,
    pub(crate) efforts: Vec<Choice>,
    pub(crate) groups: Vec<String>,
    pub(crate) ways: Vec<String>,
    pub(crate) results: Vec<String>,
    pub(crate) form: PartForm,
    pub(crate) end_form: EndForm,
    pub(crate) meeting_form: MeetingForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(PartsPage, "rollout/pages/parts.html");

/// The trials with the day on which each starts.
pub(super) async fn trials(link: &mut Link) -> Result<Vec<(Choice, Date)>, DbError> {
    let mut all = Vec::new();
    for mut row in link.rows(&TRIALS, &[]).await? {
        let id: Uuid = row.get(0)?;
        all.push((Choice { id: id.to_string(), name: row.get(1)? }, row.get(2)?));
    }
    Ok(all)
}

/// The efforts.
pub(super) async fn efforts(link: &mut Link) -> Result<Vec<Choice>, DbError> {
    let mut all = Vec::new();
    for mut row in link.rows(&EFFORTS, &[]).await? {
        let id: Uuid = row.get(0)?;
        all.push(Choice { id: id.to_string(), name: row.get(1)? });
    }
    Ok(all)
}

async fn parts(link: &mut Link, permit: &Permit) -> Result<Vec<PartLine>, Fault> {
    let args = args![permit.the_person()?, permit.agency()];
    let mut lines = Vec::new();
    for mut row in link.rows(permit.opens(&OF_PERSON), args).await? {
        let id: Uuid = row.get(0)?;
        lines.push(PartLine {
            id: id.to_string(),
            trial: row.get(1)?,
            trial_group: row.get(2)?,
            effort: row.get(3)?,
            effort_group: row.get(4)?,
            running: row.get(5)?,
            from: row.get(6)?,
            until: row.get(7)?,
            reached: row.get(8)?,
            by: row.get(9)?,
        });
    }
    Ok(lines)
}

async fn meetings(link: &mut Link, permit: &Permit) -> Result<Vec<MeetingLine>, Fault> {
    let args = args![permit.the_person()?, permit.agency()];
    let mut lines = Vec::new();
    for mut row in link.rows(permit.opens(&MEETINGS), args).await? {
        let id: Uuid = row.get(0)?;
        lines.push(MeetingLine {
            id: id.to_string(),
            at: row.get(1)?,
            office: row.get(2)?,
            trial: row.get(3)?,
            effort: row.get(4)?,
            running: row.get(5)?,
        });
    }
    Ok(lines)
}

fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|it| code(*it).to_owned()).collect()
}

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<PartsPage, Fault> {
    let (trials, parts) = (trials(link).await?, parts(link, permit).await?);
    let lasting = parts.iter().filter(|it| it.until.is_empty());
    let lasting = lasting.map(|it| Choice { id: it.id.clone(), name: it.place() }).collect();
    Ok(PartsPage {
        person: permit.the_person()?.to_string(),
        name: persons::read(link, permit).await?.name(),
        parts,
        lasting,
        meetings: meetings(link, permit).await?,
        trials: trials.into_iter().map(|(trial, _)| trial).collect(),
        efforts: efforts(link).await?,
        groups: codes(TargetGroup::ALL, TargetGroup::as_str),
        ways: codes(Running::ALL, Running::as_str),
        results: codes(Reached::ALL, Reached::as_str),
        form: PartForm { part_from: desk.today().to_string(), ..PartForm::default() },
        end_form: EndForm { part_until: desk.today().to_string(), ..EndForm::default() },
        meeting_form: MeetingForm::default(),
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::NoteTrialPart, Subject::Person(id)).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// One of a list, or nothing.
fn chosen<'a>(
    faults: &mut Faults,
    field: &str,
    value: &str,
    mut known: impl Iterator<Item = &'a Choice>,
) -> Option<Uuid> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let found = known.find(|it| it.id == value).and_then(|it| it.id.parse().ok());
    if found.is_none() {
        faults.add(field, "choose");
    }
    found
}

/// How two frameworks are run, where there are two.
fn way(faults: &mut Faults, field: &str, value: &str, two: bool) -> Option<Running> {
    if two {
        return faults.choice(field, value, Running::parse);
    }
    if !value.trim().is_empty() {
        faults.add(field, "trial-part-one");
    }
    None
}

/// A day that is not in the future.
fn past(desk: &Desk, faults: &mut Faults, field: &str, value: &str) -> Option<Date> {
    let day = faults.date(field, value)?;
    if day > desk.today() {
        faults.add(field, "date-future");
    }
    Some(day)
}

/// A trial, an effort or both, read from the form.
struct NewPart {
    trial: Option<Uuid>,
    trial_group: Option<TargetGroup>,
    effort: Option<Uuid>,
    effort_group: Option<TargetGroup>,
    running: Option<Running>,
    from: Date,
}

async fn read(
    desk: &Desk,
    link: &mut Link,
    form: &PartForm,
) -> Result<Result<NewPart, Vec<FieldFault>>, Fault> {
    let mut faults = Faults::default();
    let (trials, efforts) = (trials(link).await?, efforts(link).await?);
    let trial = chosen(&mut faults, "trial", &form.trial, trials.iter().map(|it| &it.0));
    let effort = chosen(&mut faults, "effort", &form.effort, efforts.iter());
    if faults.is_empty() && trial.is_none() && effort.is_none() {
        faults.add("trial", "trial-part-nowhere");
    }
    let mut group = |field: &str, value: &str, there: bool| {
        if there { faults.choice(field, value, TargetGroup::parse) } else { None }
    };
    let trial_group = group("trial_group", &form.trial_group, trial.is_some());
    let effort_group = group("effort_group", &form.effort_group, effort.is_some());
    let two = trial.is_some() && effort.is_some();
    let running = way(&mut faults, "running", &form.running, two);
    let from = past(desk, &mut faults, "part_from", &form.part_from);
    let starts = trials.iter().find(|it| it.0.id == form.trial.trim()).map(|it| it.1);
    if from.zip(starts).is_some_and(|(from, starts)| from < starts) {
        faults.add("part_from", "trial-part-before");
    }
    let (Some(from), true) = (from, faults.is_empty()) else {
        return Ok(Err(faults.into_list()));
    };
    Ok(Ok(NewPart { trial, trial_group, effort, effort_group, running, from }))
}

async fn add(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<PartForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteTrialPart, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "rollout.part", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "trial-part-kept");
    }
    let new = match read(&desk, &mut tx, &form).await? {
        Ok(new) => new,
        Err(faults) => {
            let mut page = page(&desk, &mut tx, &permit).await?;
            page.once.clone_from(&form.once);
            page.form = form;
            page.faults.clone_from(&faults);
            return desk.again(&page, faults);
        }
    };
    let args = args![
        crate::app::new_id(),
        permit.the_person()?,
        worker.agency,
        new.trial,
        new.trial_group.map(TargetGroup::as_str),
        new.effort,
        new.effort_group.map(TargetGroup::as_str),
        new.running.map(Running::as_str),
        new.from,
        worker.id,
        desk.now(),
    ];
    match tx.run_one(permit.opens(&ADD), args).await {
        Err(DbError::Unique { .. }) => return Err(Fault::conflict("trial-part-there")),
        other => other?,
    }
    let location = format!("/persons/{id}/trials");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "trial-part-kept")
}

/// Which part of a person's ends, and its last day: one of those that are open, given as identifier
/// and first day, not before it began and not in days to come.
pub(super) fn ending<'a>(
    desk: &Desk,
    _: &Permit,
    faults: &mut Faults,
    (part, until): (&str, &str),
    mut open: impl Iterator<Item = (&'a str, &'a str)>,
) -> (Option<Uuid>, Option<Date>) {
    let part = faults.id("part", part);
    let held = part.and_then(|part| open.find(|(id, _)| *id == part.to_string()));
    if part.is_some() && held.is_none() {
        faults.add("part", "choose");
    }
    let until = past(desk, faults, "part_until", until);
    let from = held.and_then(|(_, from)| from.parse::<Date>().ok());
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        faults.add("part_until", "date-order");
    }
    (part, until)
}

async fn end(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<EndForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteTrialPart, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let all = parts(&mut tx, &permit).await?;
    let open = all.iter().filter(|it| it.until.is_empty()).map(|it| (it.id.as_str(), &*it.from));
    let (part, until) = ending(&desk, &permit, &mut faults, (&form.part, &form.part_until), open);
    let reached = faults.choice("reached", &form.reached, Reached::parse);
    let (Some(part), Some(until), Some(reached), true) = (part, until, reached, faults.is_empty())
    else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.end_form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let args = args![
        part,
        permit.the_person()?,
        worker.agency,
        until,
        reached.as_str(),
        worker.id,
        desk.now(),
    ];
    tx.run_one(permit.opens(&END), args).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/trials"), "trial-part-ended")
}

/// REQ-ORG-40: a meeting belongs to the trial, to the effort, or to both as one or in parallel.
async fn mark(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<MeetingForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteTrialPart, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let all = meetings(&mut tx, &permit).await?;
    let meeting = faults.id("meeting", &form.meeting);
    if meeting.is_some_and(|meeting| !all.iter().any(|it| it.id == meeting.to_string())) {
        faults.add("meeting", "choose");
    }
    let (trials, efforts) = (trials(&mut tx).await?, efforts(&mut tx).await?);
    let known = trials.iter().map(|it| &it.0);
    let trial = chosen(&mut faults, "meeting_trial", &form.meeting_trial, known);
    let effort = chosen(&mut faults, "meeting_effort", &form.meeting_effort, efforts.iter());
    let two = trial.is_some() && effort.is_some();
    let running = way(&mut faults, "meeting_running", &form.meeting_running, two);
    let (Some(meeting), true) = (meeting, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.meeting_form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    if trial.is_none() && effort.is_none() {
        tx.run(permit.opens(&UNMARK), args![meeting]).await?;
    } else {
        let running = running.map(Running::as_str);
        let args = args![meeting, trial, effort, running, worker.id, desk.now()];
        tx.run_one(permit.opens(&MARK), args).await?;
    }
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/trials"), "trial-meeting-kept")
}
