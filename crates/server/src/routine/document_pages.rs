//! Joint documents and workflows on pages.

use axum::extract::Path;
use onedoor_domain::agreement::DocumentKind;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::office::is_code;
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::documents::{self, DocumentLine, DocumentVersion, NewVersion, WorkflowLine};
use crate::agreement::note;
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of documents.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<RoutinesPage, _, _>("/routines", "Joint circulars, goals and routines", list)
        .act::<DocumentForm, _, _>("/routines", "Writes a document or its next version", write)
        .act::<WorkflowForm, _, _>("/routines/workflows", "Lets a workflow cite a document", cite)
        .see::<RoutinePage, _, _>("/routines/{id}", "One document with its versions", show)
}

/// A document, or its next version, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DocumentForm {
    /// Its code: the same again writes the next version.
    #[serde(default)]
    pub(crate) code: String,
    /// `circular`, `goal` or `routine`.
    #[serde(default)]
    pub(crate) kind: String,
    /// Its title.
    #[serde(default)]
    pub(crate) title: String,
    /// The first day.
    #[serde(default)]
    pub(crate) from: String,
    /// What it says.
    #[serde(default)]
    pub(crate) text: String,
    /// The agencies that must follow it.
    #[serde(default)]
    pub(crate) agencies: Vec<String>,
}

impl DocumentForm {
    /// Whether an agency was ticked.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.agencies.iter().any(|it| it == id)
    }
}

/// A workflow as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct WorkflowForm {
    /// Its code: the same again cites anew.
    #[serde(default)]
    pub(crate) code: String,
    /// Its name.
    #[serde(default)]
    pub(crate) name: String,
    /// The document whose newest version it carries out.
    #[serde(default)]
    pub(crate) document: String,
}

/// Joint documents and workflows.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct RoutinesPage {
    pub(crate) documents: Vec<DocumentLine>,
    pub(crate) workflows: Vec<WorkflowLine>,
    pub(crate) kinds: Vec<String>,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) may_write: bool,
    pub(crate) form: DocumentForm,
    pub(crate) workflow: WorkflowForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(RoutinesPage, "routine/pages/routines.html");

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<RoutinesPage, Fault> {
    let documents = documents::list(link, permit).await?;
    let agencies = offices::agencies(link).await?;
    Ok(RoutinesPage {
        choices: documents
            .iter()
            .map(|it| Choice { id: it.id.clone(), name: it.title.clone() })
            .collect(),
        documents,
        workflows: documents::workflows(link, permit, None).await?,
        kinds: DocumentKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        agencies: agencies
            .into_iter()
            .map(|it| Choice { id: it.id.to_string(), name: it.name })
            .collect(),
        may_write: desk.may(link, Action::WriteArrangements, Subject::Duty).await?,
        ..RoutinesPage::default()
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn write(desk: Desk, Input(form): Input<DocumentForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut faults = Faults::default();
    if !is_code(form.code.trim()) {
        faults.add("code", "code");
    }
    let kind = faults.choice("kind", &form.kind, DocumentKind::parse);
    let title = faults.line("title", &form.title);
    let from = faults.date("from", &form.from);
    let said = text::required(&form.text, text::PARAGRAPH);
    let said = faults.take("text", said, |e| e.code().into());
    let known = offices::agencies(&mut tx).await?;
    let agencies: Vec<AgencyId> = form
        .agencies
        .iter()
        .filter_map(|id| id.trim().parse().ok())
        .filter(|id| known.iter().any(|it| it.id == *id))
        .collect();
    if agencies.is_empty() || agencies.len() != form.agencies.len() {
        faults.add("agencies", "choose");
    }
    let (Some(kind), Some(from), Some(said), true) = (kind, from, said, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let code = form.code.trim();
    let new = NewVersion { code, kind, title: &title, from, text: &said, agencies: &agencies };
    let id = documents::write(&mut tx, &permit, &new, (me.id, desk.now())).await?;
    note(&desk, &permit, "document", id);
    desk.commit(tx).await?;
    desk.done(&format!("/routines/{id}"), "joint-document-kept")
}

async fn cite(desk: Desk, Input(form): Input<WorkflowForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut faults = Faults::default();
    if !is_code(form.code.trim()) {
        faults.add("code", "code");
    }
    let name = faults.line("name", &form.name);
    let document = faults.id("document", &form.document);
    let mut n = 0;
    if let Some(id) = document {
        n = documents::newest(&mut tx, &permit, id).await?;
        if n == 0 {
            faults.add("document", "choose");
        }
    }
    let (Some(document), true) = (document, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.workflow = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let what = (form.code.trim(), name.as_str());
    documents::cite(&mut tx, &permit, what, (document, n), (me.id, desk.now())).await?;
    note(&desk, &permit, "workflow", form.code.trim());
    desk.commit(tx).await?;
    desk.done("/routines", "workflow-kept")
}

/// One document.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct RoutinePage {
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) followers: Vec<String>,
    pub(crate) versions: Vec<DocumentVersion>,
    /// Workflows that cite it.
    pub(crate) workflows: Vec<WorkflowLine>,
    /// How many of them still cite an older version.
    pub(crate) stale: i64,
}

crate::page!(RoutinePage, "routine/pages/routine.html");

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let link = &mut *conn;
    let (code, kind, title) = documents::one(link, &permit, id).await?.ok_or(Fault::Hidden)?;
    let workflows = documents::workflows(link, &permit, Some(id)).await?;
    let stale = workflows.iter().filter(|it| it.stale).count();
    desk.show(&RoutinePage {
        code,
        kind,
        title,
        followers: documents::followers(link, &permit, id).await?,
        versions: documents::versions(link, &permit, id).await?,
        stale: i64::try_from(stale).unwrap_or(i64::MAX),
        workflows,
    })
}
