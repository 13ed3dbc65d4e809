//! Work as a focus that shuts nobody out (REQ-FRONT-16). That work is no aim for somebody now is
//! noted with its reason; it bars nothing, and it takes them out of the indicator of work alone.

use axum::extract::Path;
use onedoor_domain::entry::NotRelevant;
use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::args;
use crate::db::Link;
use crate::keys::{Key, WORK_TEXT};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::service::store::{self as catalogue, ServiceLine};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    REASON = "select reason from work_focus where person_id = $1 and agency_id = $2";
    READ = "select f.reason, f.text, s.name, f.at, f.version, k.wrapped from work_focus f
        join staff s on s.id = f.staff_id left join subject_key k on k.subject_id = f.person_id
        where f.person_id = $1 and f.agency_id = $2";
    VERSION = "select version from work_focus where person_id = $1 and agency_id = $2";
    SET = "insert into work_focus (person_id, reason, text, staff_id, agency_id, at, version)
        values ($1, $2, $3, $4, $5, $6, 1)
        on conflict (person_id, agency_id) do update set reason = $2, text = $3, staff_id = $4,
            at = $6, version = work_focus.version + 1";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<WorkPage, _, _>("/persons/{id}/work", "Work and activity for a person", show)
        .act::<WorkForm, _, _>(
            "/persons/{id}/work",
            "Notes that work is no aim now and why, or that it is one again",
            set,
        )
}

/// Why work is no aim now.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct WorkForm {
    /// `health`, `care`, `age`, `occupied` or `other_first`; empty when work is an aim.
    #[serde(default)]
    pub(crate) reason: String,
    /// A few words; may be empty.
    #[serde(default)]
    pub(crate) text: String,
    /// The version that was shown; 0 for none.
    #[serde(default)]
    pub(crate) version: String,
}

/// Work and activity for a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkPage {
    pub(crate) id: String,
    pub(crate) name: String,
    /// What there is, whatever the reason: nothing is taken away.
    pub(crate) options: Vec<ServiceLine>,
    pub(crate) reasons: Vec<String>,
    /// Who noted it; empty where nobody did, or another agency.
    pub(crate) by: String,
    pub(crate) at: i64,
    pub(crate) form: WorkForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(WorkPage, "entry/pages/work.html");

/// Why work is no aim for the permit's person now, as the reader's own agency sees it; empty where
/// it is one. What another agency noted is for the walls.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn reason_of(link: &mut Link, permit: &Permit) -> Result<String, Fault> {
    let Some(person) = permit.person() else { return Ok(String::new()) };
    let row = link.row(permit.opens(&REASON), args![person, permit.agency()]).await?;
    Ok(row.map(|mut row| row.get::<String>(0)).transpose()?.unwrap_or_default())
}

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<WorkPage, Fault> {
    let reader =
        desk.permit(link, Action::ReadPerson, Subject::Person(permit.the_person()?)).await?;
    let person = permit.the_person()?;
    let mut form = WorkForm { version: "0".into(), ..WorkForm::default() };
    let (mut by, mut at) = (String::new(), 0);
    if let Some(mut row) =
        link.row(permit.opens(&VERSION), args![person, desk.actor().agency]).await?
    {
        form.version = row.get::<i64>(0)?.to_string();
    }
    if let Some(mut row) = link.row(permit.opens(&READ), args![person, desk.actor().agency]).await?
    {
        let key = Key::of(permit, person, row.get(5)?)?;
        form.reason = row.get(0)?;
        form.text = key.open(WORK_TEXT, row.get(1)?)?;
        (by, at) = (row.get(2)?, row.get(3)?);
    }
    let all = catalogue::all(link, desk.words().language()).await?;
    Ok(WorkPage {
        id: person.to_string(),
        name: persons::read(link, &reader).await?.name(),
        options: all.into_iter().filter(|one| one.kind == "work").collect(),
        reasons: NotRelevant::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        by,
        at,
        form,
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::SetWorkFocus, Subject::Person(id)).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn set(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<WorkForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetWorkFocus, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let reason = match form.reason.trim() {
        "" => Some(""),
        code => faults.choice("reason", code, NotRelevant::parse).map(NotRelevant::as_str),
    };
    let text = faults.optional_paragraph("text", &form.text);
    let (Some(reason), true) = (reason, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let person = permit.the_person()?;
    let there: i64 = match tx.row(permit.opens(&VERSION), args![person, worker.agency]).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    if form.version.trim().parse().unwrap_or(there) != there {
        return Err(Fault::conflict("stale"));
    }
    let key = Key::look_up(&mut tx, &permit, person).await?;
    let sealed = key.seal(WORK_TEXT, &text)?;
    let args = args![person, reason, sealed, worker.id, worker.agency, desk.now()];
    tx.run_one(permit.opens(&SET), args).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/work"), "work-kept")
}
