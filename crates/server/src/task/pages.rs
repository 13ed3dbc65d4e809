//! What waits at a unit, what it has sent, and one task.

use axum::extract::Path;
use onedoor_domain::ids::PersonId;
use onedoor_domain::network::Service;
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, NewTask, Task, TaskLine};
use crate::db::{Link, Tx};
use crate::network;
use crate::office::store as offices;
use crate::person::history;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<TasksPage, _, _>("/tasks", "What waits at the caller's unit, and what it sent", list)
        .see::<PersonTasksPage, _, _>(
            "/persons/{id}/tasks",
            "What units do for a person for one another",
            of_person,
        )
        .act::<SendForm, _, _>(
            "/persons/{id}/tasks",
            "Guides and sends the application on, or sends a decision to be carried out",
            send,
        )
        .creating()
        .see::<TaskPage, _, _>("/tasks/{id}", "One task", show)
        .act::<RecordForm, _, _>("/tasks/{id}", "Records what the unit did", record)
}

/// The tasks of a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct TasksPage {
    pub(crate) to_do: Vec<TaskLine>,
    pub(crate) sent: Vec<TaskLine>,
}

crate::page!(TasksPage, "task/pages/tasks.html");

/// REQ-ORG-18: what is to be decided stands at the unit that decides, and nowhere else.
/// REQ-ORG-19: the unit that sent it sees how far the delivery has come.
async fn list(desk: Desk) -> Reply {
    let worker = desk.worker()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadTasks, Subject::Duty).await?;
    let (to_do, sent) = store::of_unit(&mut conn, &permit, worker.unit, desk.actor()).await?;
    let persons = to_do.iter().chain(&sent).filter_map(|it| it.person).collect::<Vec<_>>();
    note_listed(&desk, &permit, &persons);
    desk.show(&TasksPage { to_do, sent })
}

/// A list of tasks shows of whom there is something to do: it is in the journal.
fn note_listed(desk: &Desk, permit: &Permit, persons: &[PersonId]) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: persons.iter().map(|it| it.0).collect(),
        detail: serde_json::Value::Null,
    });
}

/// Something to send, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SendForm {
    /// The service's code.
    #[serde(default)]
    pub(crate) service: String,
    /// `decide` to send an application on, `deliver` to have a decision carried out.
    #[serde(default)]
    pub(crate) kind: String,
    /// What it is about.
    #[serde(default)]
    pub(crate) what: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The tasks about a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonTasksPage {
    pub(crate) person: String,
    pub(crate) tasks: Vec<TaskLine>,
    pub(crate) services: Vec<String>,
    pub(crate) form: SendForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(PersonTasksPage, "task/pages/person.html");

async fn person_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    id: PersonId,
) -> Result<PersonTasksPage, Fault> {
    let worker = desk.worker()?;
    Ok(PersonTasksPage {
        person: id.to_string(),
        tasks: store::of_person(link, permit, worker.agency).await?,
        services: Service::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form: SendForm::default(),
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn of_person(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::SendTask, Subject::Person(id)).await?;
    let page = person_page(&desk, &mut conn, &permit, id).await?;
    desk.show(&page)
}

/// Where a task goes.
struct Way {
    kind: &'static str,
    to: onedoor_domain::ids::UnitId,
    address: String,
    route: String,
}

/// The way of a task from the sender's office, or what is wrong with it.
async fn way(
    desk: &Desk,
    link: &mut Link,
    kind: &str,
    service: Service,
) -> Result<Result<Way, (&'static str, &'static str)>, Fault> {
    let worker = desk.worker()?;
    let today = desk.today();
    let own = store::unit(link, worker.unit).await?.ok_or(Fault::Hidden)?;
    if own.delivers {
        return Ok(Err(("kind", "task-not-deciding")));
    }
    let way = match kind {
        "decide" => {
            let line = network::decided_by(link, own.office, service, today).await?;
            line.and_then(|it| {
                let (address, route) = (it.address, it.route);
                it.decided_by.map(|to| Way { kind: "decide", to, address, route })
            })
        }
        "deliver" => store::deliverer(link, own.office, service, today)
            .await?
            .map(|(to, address, route)| Way { kind: "deliver", to, address, route }),
        _ => return Ok(Err(("kind", "choose"))),
    };
    let Some(way) = way else { return Ok(Err(("service", "task-nowhere"))) };
    // To another agency goes nothing but what the walls let through: that is a hand-over.
    let there = store::unit(link, way.to).await?;
    if there.is_none_or(|it| it.agency != worker.agency) {
        return Ok(Err(("service", "task-other-agency")));
    }
    Ok(Ok(way))
}

async fn send(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<SendForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SendTask, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "task.send", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "task-sent");
    }
    let mut faults = Faults::default();
    let service = faults.choice("service", &form.service, Service::parse);
    let what = text::required(&form.what, text::PARAGRAPH);
    let what = faults.take("what", what, |e| e.code().into()).unwrap_or_default();
    let mut found = None;
    if let Some(service) = service {
        match way(&desk, &mut tx, &form.kind, service).await? {
            Ok(way) => found = Some((service, way)),
            Err((field, code)) => faults.add(field, code),
        }
    }
    let (Some((service, way)), true) = (found, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = person_page(&desk, &mut tx, &permit, id).await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    if way.kind == "decide" {
        guide(&desk, &mut tx, &permit, service, &what).await?;
    }
    persons::make_known(&mut tx, &permit, worker.agency, desk.today()).await?;
    let new = NewTask {
        kind: way.kind,
        service,
        from: worker,
        to: way.to,
        what: &what,
        address: &way.address,
        route: &way.route,
    };
    let task = store::send(&mut tx, &permit, new, desk.now()).await?;
    let location = format!("/tasks/{task}");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "task-sent")
}

/// REQ-ORG-18: what the front line did is guidance, whoever decides.
async fn guide(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    service: Service,
    text: &str,
) -> Result<(), Fault> {
    let worker = desk.worker()?;
    let Some(subject) = service.subject() else { return Ok(()) };
    let owner = offices::decision_owner(tx, worker.unit, desk.today()).await?;
    let (_, principal) = owner.ok_or_else(|| Fault::Defect("a unit without agency".into()))?;
    let (subject, kind) = (subject.as_str(), "guidance");
    let ruling = history::NewRuling { subject, kind, text, result: None, by: worker, principal };
    history::rule(tx, permit, ruling, desk.now()).await
}

/// One task.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskPage {
    pub(crate) id: String,
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) task: Task,
    /// Whether the reader's unit does it.
    pub(crate) ours: bool,
    pub(crate) form: RecordForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(TaskPage, "task/pages/task.html");

/// What the unit did, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RecordForm {
    /// `started` or `done`.
    #[serde(default)]
    pub(crate) state: String,
    /// What came of it.
    #[serde(default)]
    pub(crate) result: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// A task is there for the unit that sent it and the unit that does it; for others it is not.
async fn opened(desk: &Desk, link: &mut Link, id: Uuid) -> Result<(Permit, TaskPage), Fault> {
    let worker = desk.worker()?;
    let duty = desk.permit(link, Action::ReadTasks, Subject::Duty).await?;
    let (person, from, to) = store::whose(link, &duty, id).await?.ok_or(Fault::Hidden)?;
    if worker.unit != from && worker.unit != to {
        return Err(Fault::Hidden);
    }
    let permit = desk.permit(link, Action::DoTask, Subject::Person(person)).await?;
    let task = store::read(link, &permit, id).await?;
    let identity = persons::read(link, &permit).await?;
    let page = TaskPage {
        id: id.to_string(),
        person: person.to_string(),
        name: format!("{} {}", identity.given, identity.family),
        form: RecordForm { version: task.version.to_string(), ..RecordForm::default() },
        ours: worker.unit == to,
        task,
        faults: Vec::new(),
    };
    Ok((permit, page))
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    let (_, page) = opened(&desk, &mut conn, id).await?;
    desk.show(&page)
}

async fn record(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<RecordForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let (permit, mut page) = opened(&desk, &mut tx, id).await?;
    if !page.ours {
        return Err(Fault::Denied);
    }
    let mut faults = Faults::default();
    if !matches!(form.state.as_str(), "started" | "done") {
        faults.add("state", "choose");
    }
    let result = text::optional(&form.result, text::PARAGRAPH);
    let result = faults.take("result", result, |e| e.code().into()).unwrap_or_default();
    if form.state == "done" && result.is_empty() {
        faults.add("result", "text-empty");
    }
    if !faults.is_empty() {
        let faults = faults.into_list();
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    }
    let version = form.version.trim().parse().unwrap_or_default();
    let what = (form.state.as_str(), result.as_str());
    store::record(&mut tx, &permit, (id, version), what, worker.id, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/tasks/{id}"), "task-recorded")
}
