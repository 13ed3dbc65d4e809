//! The division of follow-up tasks, and the tasks of a case.

use axum::extract::{Path, Query};
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::agreement::{FollowTask, TaskRow, owner_on};
use onedoor_domain::ids::{AgencyId, CaseId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::tasks;
use crate::agreement::{keeps, note, places};
use crate::db::Link;
use crate::office::store::{self as offices, AgencyLine, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of tasks.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<DivisionPage, _, _>("/division", "Who does which follow-up task", show)
        .asking(&["municipality"])
        .act_giving::<DivisionForm, DivisionPage, _, _>(
            "/division",
            "Gives a task to an agency from a day on, or tries it",
            divide,
        )
        .see::<MinePage, _, _>("/follow-up", "Follow-up tasks of the caller's agency", mine)
        .asking(&["after"])
        .see::<TasksPage, _, _>("/cases/{id}/tasks", "The follow-up tasks of a case", of_case)
        .act::<TaskForm, _, _>("/cases/{id}/tasks", "Adds a follow-up task", add)
        .act::<NoForm, _, _>("/cases/{id}/tasks/{task}/done", "Notes that it is done", done)
}

/// Nothing but the act itself.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct NoForm {}

/// A row of the matrix as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DivisionForm {
    /// The municipality's number.
    #[serde(default)]
    pub(crate) municipality: String,
    /// The task's code.
    #[serde(default)]
    pub(crate) task: String,
    /// The agency.
    #[serde(default)]
    pub(crate) agency: String,
    /// The first day; today or later.
    #[serde(default)]
    pub(crate) from: String,
    /// `yes` to be told what would change, without any of it.
    #[serde(default)]
    pub(crate) only_try: String,
}

/// A task and whose it is.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct DivisionLine {
    pub(crate) task: String,
    /// The agency that has it today; its kind where only the default says so.
    pub(crate) agency: String,
    pub(crate) kind: String,
    /// Changes that are to come.
    pub(crate) coming: Vec<ComingLine>,
    /// What was agreed before.
    pub(crate) before: Vec<ComingLine>,
}

/// A change of the matrix.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ComingLine {
    pub(crate) from: String,
    pub(crate) agency: String,
}

/// The matrix of a municipality.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct DivisionPage {
    pub(crate) municipality: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) lines: Vec<DivisionLine>,
    pub(crate) tasks: Vec<String>,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) may_write: bool,
    /// For how many people the task that was tried would go elsewhere.
    pub(crate) people: Option<i64>,
    pub(crate) form: DivisionForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(DivisionPage, "routine/pages/division.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    municipality: String,
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    asked: &str,
) -> Result<DivisionPage, Fault> {
    let places = places::places(link, permit).await?;
    let own = match desk.actor().office {
        Some(office) => places::municipality_of(link, permit, office).await?,
        None => None,
    };
    let known = places.iter().any(|it| it.id == asked);
    let municipality = if known { asked.to_owned() } else { own.unwrap_or_default() };
    let agencies: Vec<AgencyLine> = offices::agencies(link).await?;
    let name = |id: AgencyId| {
        agencies.iter().find(|it| it.id == id).map(|it| it.name.clone()).unwrap_or_default()
    };
    let rows = tasks::matrix(link, permit, &municipality).await?;
    let today = desk.today();
    let lines = FollowTask::ALL.iter().map(|task| {
        let of = |coming: bool| {
            rows.iter()
                .filter(|row| row.task == *task && (row.from > today) == coming)
                .map(|row| ComingLine { from: row.from.to_string(), agency: name(row.agency) })
                .collect::<Vec<_>>()
        };
        DivisionLine {
            task: task.as_str().to_owned(),
            agency: owner_on(&rows, *task, today).map(name).unwrap_or_default(),
            kind: task.default_agency().as_str().to_owned(),
            coming: of(true),
            before: of(false),
        }
    });
    let lines = lines.collect();
    let present = places::present(link, permit, "", (5000, today)).await?;
    let here = present.into_iter().filter(|it| it.municipality == municipality);
    let may_write = desk.may(link, Action::WriteArrangements, Subject::Duty).await?
        && keeps(desk, link, permit, &municipality).await?;
    Ok(DivisionPage {
        places,
        lines,
        tasks: FollowTask::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        agencies: here.map(|it| Choice { id: it.agency.to_string(), name: it.name }).collect(),
        may_write,
        form: DivisionForm { municipality: municipality.clone(), ..DivisionForm::default() },
        municipality,
        ..DivisionPage::default()
    })
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit, &asked.municipality).await?;
    desk.show(&page)
}

async fn divide(desk: Desk, Input(form): Input<DivisionForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut page = page(&desk, &mut tx, &permit, &form.municipality).await?;
    let mut faults = Faults::default();
    if page.municipality != form.municipality || !page.may_write {
        faults.add("municipality", "choose");
    }
    let task = faults.choice("task", &form.task, FollowTask::parse);
    let agency = faults.id("agency", &form.agency).map(AgencyId);
    if agency.is_some_and(|id| !page.agencies.iter().any(|it| it.id == id.to_string())) {
        faults.add("agency", "choose");
    }
    let from = faults.date("from", &form.from);
    if from.is_some_and(|day| day < desk.today()) {
        // What was due before keeps its answer.
        faults.add("from", "step-past");
    }
    let (Some(task), Some(agency), Some(from), true) = (task, agency, from, faults.is_empty())
    else {
        let list = faults.into_list();
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    if form.only_try == "yes" {
        let place = page.municipality.clone();
        let rows = tasks::matrix(&mut tx, &permit, &place).await?;
        let new = TaskRow { task, from, agency };
        page.people = Some(tasks::moves(&mut tx, &permit, (&place, &rows), new).await?);
        page.form = form;
        return desk.show(&page);
    }
    let row = (form.municipality.as_str(), TaskRow { task, from, agency });
    tasks::set(&mut tx, &permit, row, (me.id, desk.now())).await?;
    note(&desk, &permit, "division", task.as_str());
    desk.commit(tx).await?;
    desk.done(&format!("/division?municipality={}", form.municipality), "division-kept")
}

/// A follow-up task of a case.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct TaskLine {
    pub(crate) id: String,
    pub(crate) task: String,
    pub(crate) due_on: String,
    pub(crate) done_on: Option<String>,
    /// The agency that has the task on that day.
    pub(crate) agency: String,
    /// Its unit at the office.
    pub(crate) unit: String,
    /// Whether the reader may say that it is done.
    pub(crate) may_do: bool,
}

/// The follow-up tasks of a case.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct TasksPage {
    pub(crate) case: String,
    pub(crate) lines: Vec<TaskLine>,
    pub(crate) tasks: Vec<String>,
    pub(crate) may_add: bool,
    pub(crate) form: TaskForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(TasksPage, "routine/pages/tasks.html");

/// A follow-up task as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TaskForm {
    /// The task's code.
    #[serde(default)]
    pub(crate) task: String,
    /// When it is due.
    #[serde(default)]
    pub(crate) due_on: String,
}

/// The agency that has a task on a day: as agreed, else by default.
async fn owner(
    link: &mut Link,
    permit: &Permit,
    case: CaseId,
    rows: &[TaskRow<AgencyId>],
    (task, on): (FollowTask, Date),
) -> Result<Option<AgencyId>, Fault> {
    Ok(match owner_on(rows, task, on) {
        Some(agency) => Some(agency),
        None => tasks::by_default(link, permit, case, (task, on)).await?,
    })
}

async fn tasks_page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<TasksPage, Fault> {
    let case = permit.case()?;
    let place = tasks::place(link, permit).await?;
    let rows = tasks::matrix(link, permit, &place).await?;
    let may_add = desk.may(link, Action::PlanCase, Subject::Case(case)).await?;
    let may_do = desk.may(link, Action::DoFollowTask, Subject::Case(case)).await?;
    let mut lines = Vec::new();
    for it in tasks::of_case(link, permit).await? {
        let agency = owner(link, permit, case, &rows, (it.task, it.due_on)).await?;
        let own = agency.is_some() && agency == desk.actor().agency;
        let (unit, agency) = match agency {
            Some(agency) => tasks::unit(link, permit, (case, agency), it.due_on).await?,
            None => None,
        }
        .unwrap_or_default();
        lines.push(TaskLine {
            may_do: may_add || (may_do && own),
            id: it.id.to_string(),
            task: it.task.as_str().to_owned(),
            due_on: it.due_on.to_string(),
            done_on: it.done_on.map(|day| day.to_string()),
            agency,
            unit,
        });
    }
    Ok(TasksPage {
        case: case.to_string(),
        lines,
        tasks: FollowTask::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        may_add,
        ..TasksPage::default()
    })
}

async fn of_case(desk: Desk, Path(id): Path<CaseId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadCase, Subject::Case(id)).await?;
    let page = tasks_page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn add(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<TaskForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::PlanCase, Subject::Case(id)).await?;
    let mut faults = Faults::default();
    let task = faults.choice("task", &form.task, FollowTask::parse);
    let due = faults.date("due_on", &form.due_on);
    if due.is_some_and(|day| day < desk.today()) {
        faults.add("due_on", "step-past");
    }
    let (Some(task), Some(due), true) = (task, due, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = tasks_page(&desk, &mut tx, &permit).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    tasks::add(&mut tx, &permit, (task, due), (me.id, desk.now())).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}/tasks"), "task-kept")
}

async fn done(
    desk: Desk,
    Path((id, task)): Path<(CaseId, Uuid)>,
    Input(_): Input<NoForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::DoFollowTask, Subject::Case(id)).await?;
    let what = tasks::one(&mut tx, &permit, task).await?.ok_or(Fault::Hidden)?;
    let place = tasks::place(&mut tx, &permit).await?;
    let rows = tasks::matrix(&mut tx, &permit, &place).await?;
    let agency = owner(&mut tx, &permit, id, &rows, what).await?;
    let own = agency.is_some() && agency == desk.actor().agency;
    if !own && !desk.may(&mut tx, Action::PlanCase, Subject::Case(id)).await? {
        return Err(Fault::Denied);
    }
    tasks::done(&mut tx, &permit, task, desk.today()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/cases/{id}/tasks"), "task-done")
}

/// An open task of the caller's agency.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct MineLine {
    pub(crate) id: String,
    pub(crate) case: String,
    /// Whose case it is.
    pub(crate) name: String,
    pub(crate) task: String,
    pub(crate) due_on: String,
    pub(crate) late: bool,
}

/// The follow-up tasks that the caller's agency has at the office.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct MinePage {
    pub(crate) lines: Vec<MineLine>,
    pub(crate) next: Option<String>,
}

crate::page!(MinePage, "routine/pages/mine.html");

#[derive(Default, Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

/// Days ahead that the list shows.
const AHEAD: i32 = 30;

/// REQ-ORG-45: a task is in the list of the agency that has it on the day it is due, so that a change
/// of the matrix sends it to the new unit from that day. What another agency carries is there as far
/// as the walls let it.
async fn mine(desk: Desk, Query(after): Query<After>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadDay, Subject::Duty).await?;
    let link = &mut *conn;
    let (actor, today, office) = (desk.actor(), desk.today(), desk.office()?);
    let after = after.after.split_once('_');
    let after = after.and_then(|(on, id)| Some((on, id.parse().ok()?)));
    let until = today.checked_add(AHEAD.days()).unwrap_or(today);
    let place = places::municipality_of(link, &permit, office).await?.unwrap_or_default();
    let rows = tasks::matrix(link, &permit, &place).await?;
    let from = after.unwrap_or(("", Uuid::nil()));
    let (open, next) = tasks::open_here(link, &permit, actor, until, from).await?;
    let mut page = MinePage { next, ..MinePage::default() };
    let mut seen = Vec::new();
    for it in open {
        let whose = owner(link, &permit, it.case, &rows, (it.task, it.due_on)).await?;
        if whose.is_none() || whose != actor.agency {
            continue;
        }
        let carries = Some(it.carrier) == actor.agency;
        if !carries && !desk.may(link, Action::DoFollowTask, Subject::Case(it.case)).await? {
            continue;
        }
        seen.push(it.person);
        page.lines.push(MineLine {
            id: it.id.to_string(),
            case: it.case.to_string(),
            name: it.name,
            task: it.task.as_str().to_owned(),
            due_on: it.due_on.to_string(),
            late: it.due_on < today,
        });
    }
    desk.note_seen(&permit, seen);
    desk.show(&page)
}
