//! Opening a case.

use axum::extract::Path;
use onedoor_domain::ids::{PersonId, StaffId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Opened, Opening, open_case};
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<OpenPage, _, _>("/persons/{id}/case", "The form that opens a case", open_form)
        .act::<OpenForm, _, _>("/persons/{id}/case", "Opens a case, or finds the open one", open)
        .creating()
}

/// What opens a case.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OpenForm {
    /// What it is about.
    #[serde(default)]
    pub(crate) summary: String,
    /// The responsible worker; the caller when empty.
    #[serde(default)]
    pub(crate) responsible: String,
    /// The deputy.
    #[serde(default)]
    pub(crate) deputy: String,
    /// What happens next.
    #[serde(default)]
    pub(crate) step_what: String,
    /// When.
    #[serde(default)]
    pub(crate) step_on: String,
    /// Where.
    #[serde(default)]
    pub(crate) step_place: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The form that opens a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) form: OpenForm,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(OpenPage, "case/pages/open.html");

async fn open_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: OpenForm,
    faults: Vec<FieldFault>,
) -> Result<OpenPage, Fault> {
    let person = persons::read(link, permit).await?;
    Ok(OpenPage {
        person: person.id.to_string(),
        name: person.name(),
        colleagues: offices::colleagues(link, desk.office()?).await?,
        once: if form.once.is_empty() {
            crate::app::new_id().to_string()
        } else {
            form.once.clone()
        },
        form,
        faults,
    })
}

async fn open_form(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let worker = desk.worker()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::OpenCase, Subject::Person(id)).await?;
    let form = OpenForm { responsible: worker.id.to_string(), ..OpenForm::default() };
    let page = open_page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

async fn open(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<OpenForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::OpenCase, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "case.open", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "case-opened");
    }
    let mut faults = Faults::default();
    let on = faults.date("step_on", &form.step_on);
    let responsible = match form.responsible.trim() {
        "" => Some(worker.id),
        text => faults.id("responsible", text).map(StaffId),
    };
    let deputy = faults.id("deputy", &form.deputy).map(StaffId);
    let mut opened = None;
    if let (Some(on), Some(responsible), Some(deputy)) = (on, responsible, deputy) {
        let opening = Opening {
            summary: form.summary.clone(),
            responsible,
            deputy,
            step_owner: responsible,
            what: form.step_what.clone(),
            on,
            place: form.step_place.clone(),
        };
        opened = open_case(&desk, &mut tx, &permit, &opening, &mut faults).await?;
    }
    let (Some(opened), true) = (opened, faults.is_empty()) else {
        let faults = faults.into_list();
        let page = open_page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let (location, what) = match opened {
        Opened::New(case) => (format!("/cases/{case}"), "case-opened"),
        Opened::Found(case) => (format!("/cases/{case}"), "case-found"),
        Opened::Told(_) => (format!("/persons/{id}"), "case-told"),
    };
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    match what {
        "case-opened" => desk.done(&location, "case-opened"),
        "case-found" => desk.done(&location, "case-found"),
        _ => desk.done(&location, "case-told"),
    }
}
