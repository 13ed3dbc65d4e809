//! The directory of who knows what, and one's own part in it.

use axum::extract::{Path, Query};
use onedoor_domain::ids::StaffId;
use onedoor_domain::office::Subject as Matter;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::directory::{self, Competence, KnowsLine, MineLine};
use super::pages::{NoForm, note};
use super::store;
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of the directory.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<DirectoryPage, _, _>("/directory", "Who knows what, over all agencies", show)
        .asking(&["q"])
        .act::<CompetenceForm, _, _>("/directory/mine", "Says what the caller knows", add)
        .act::<NoForm, _, _>("/directory/mine/{id}/remove", "Takes that back", remove)
        .act::<StandInForm, _, _>("/directory/deputy", "Says who steps in for the caller", deputy)
}

/// What somebody knows, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CompetenceForm {
    /// In a few words.
    #[serde(default)]
    pub(crate) area: String,
    /// A subject of decisions, where it is one; else empty.
    #[serde(default)]
    pub(crate) subject: String,
}

/// Who steps in.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct StandInForm {
    /// Somebody of the office.
    #[serde(default)]
    pub(crate) deputy: String,
}

/// The directory.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct DirectoryPage {
    pub(crate) q: String,
    pub(crate) found: Vec<KnowsLine>,
    pub(crate) mine: Vec<MineLine>,
    pub(crate) deputy: String,
    pub(crate) deputy_name: String,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) subjects: Vec<String>,
    pub(crate) form: CompetenceForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(DirectoryPage, "absence/pages/directory.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    q: String,
) -> Result<DirectoryPage, Fault> {
    let me = desk.worker()?;
    let staff = match desk.actor().office {
        Some(office) => offices::staff(link, office).await?,
        None => Vec::new(),
    };
    let own = me.id.to_string();
    let colleagues = staff.into_iter().filter(|it| it.id != own);
    let deputy = store::deputy(link, me.id).await?;
    Ok(DirectoryPage {
        found: directory::search(link, permit, &q).await?,
        q,
        mine: directory::mine(link, permit, me.id).await?,
        deputy: deputy.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default(),
        deputy_name: deputy.map(|(_, name)| name).unwrap_or_default(),
        colleagues: colleagues.map(|it| Choice { id: it.id, name: it.name }).collect(),
        subjects: Matter::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form: CompetenceForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit, asked.q).await?;
    desk.show(&page)
}

async fn add(desk: Desk, Input(form): Input<CompetenceForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteAbsence, Subject::Duty).await?;
    let mut faults = Faults::default();
    let area = faults.line("area", &form.area);
    let subject = match form.subject.trim() {
        "" => None,
        word => faults.choice("subject", word, Matter::parse),
    };
    let list = faults.into_list();
    if !list.is_empty() {
        let mut page = page(&desk, &mut tx, &permit, String::new()).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    }
    let it = Competence { staff: me.id, subject, area: &area };
    directory::know(&mut tx, &permit, &it, desk.today()).await?;
    note(&desk, &permit, "competence", me.id);
    desk.commit(tx).await?;
    desk.done("/directory", "competence-kept")
}

async fn remove(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<NoForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteAbsence, Subject::Duty).await?;
    directory::forget(&mut tx, &permit, id, me.id).await?;
    note(&desk, &permit, "competence-removed", id);
    desk.commit(tx).await?;
    desk.done("/directory", "competence-removed")
}

async fn deputy(desk: Desk, Input(form): Input<StandInForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteAbsence, Subject::Duty).await?;
    let chosen = match form.deputy.parse().map(StaffId) {
        Ok(id) if id != me.id => offices::worker(&mut tx, id).await?,
        _ => None,
    };
    // The same access: somebody of another office would stand before closed doors.
    let known = chosen.filter(|it| it.worker.on_duty && Some(it.office) == desk.actor().office);
    let Some(known) = known else {
        let list = vec![FieldFault::new("deputy", "choose")];
        let mut page = page(&desk, &mut tx, &permit, String::new()).await?;
        page.deputy = form.deputy;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    store::set_deputy(&mut tx, &permit, (me.id, known.worker.id), desk.today()).await?;
    note(&desk, &permit, "deputy", known.worker.id);
    desk.commit(tx).await?;
    desk.done("/directory", "stand-in-set")
}
