//! Documents: kept by a worker, read through the walls, given out as files to keep.

use axum::extract::{Path, Query};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::record::{DocumentKind, LARGEST, Media, clean_name, document_form};
use onedoor_domain::secrecy::{Action, Category, Purpose, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::documents::{self, Head, NewDocument};
use super::joint;
use super::pages::{EmptyForm, SeenByPage, owner, received};
use crate::db::{Link, Tx};
use crate::person::store as persons;
use crate::policy::{NOBODY, Permit, Subject};
use crate::walls::{self, Crossed, Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Face, Fault, FieldFault, Input, Reply, Routes, sent};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<DocumentsPage, _, _>(
            "/persons/{id}/documents",
            "The documents that the caller's agency has about a person",
            list,
        )
        .act::<DocumentForm, _, _>("/persons/{id}/documents", "Keeps a document", keep)
        .see::<DocumentFile, _, _>("/persons/{id}/documents/{document}", "A document", open)
        .asking(&["purpose"])
        .act::<EmptyForm, _, _>(
            "/persons/{id}/documents/{document}/end",
            "Ends a document of the caller's agency: it is shown no more",
            end,
        )
        .see::<SeenByPage, _, _>(
            "/persons/{id}/documents/{document}/seen-by",
            "Who can see a document, and through what",
            seen_by,
        )
}

/// A document in a list.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct DocumentLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) category: String,
    pub(crate) media: String,
    /// Bytes.
    pub(crate) size: i64,
    pub(crate) source: String,
    pub(crate) received_on: String,
    pub(crate) kept_until: String,
    pub(crate) by: String,
    /// Whether the person gave it.
    pub(crate) given: bool,
    pub(crate) internal: bool,
    pub(crate) locked: bool,
}

impl DocumentLine {
    pub(crate) fn of(head: Head) -> Self {
        Self {
            id: head.id.to_string(),
            name: head.name,
            kind: head.kind.as_str().to_owned(),
            category: head.category.as_str().to_owned(),
            media: head.media.as_str().to_owned(),
            size: head.size,
            source: head.source,
            received_on: head.received.to_string(),
            kept_until: head.kept_until.to_string(),
            by: head.by,
            given: head.given,
            internal: head.internal,
            locked: head.lock.is_some(),
        }
    }

    /// Its size in whole kilobytes, at least one.
    pub(crate) fn kilobytes(&self) -> i64 {
        ((self.size + 1023) / 1024).max(1)
    }
}

/// A document to be kept. A page sends it as `multipart/form-data`.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DocumentForm {
    /// What it is: a code of the closed list of kinds.
    #[serde(default)]
    pub(crate) kind: String,
    /// What it tells of: the writer chooses, nothing is preset.
    #[serde(default)]
    pub(crate) category: String,
    /// The content in base64: PDF, JPEG, PNG or plain text, at most 3 MiB.
    #[serde(default, skip_serializing)]
    pub(crate) file: String,
    /// What the file is called.
    #[serde(default)]
    pub(crate) file_name: String,
    /// Who it comes from.
    #[serde(default)]
    pub(crate) source: String,
    /// When it was received.
    #[serde(default)]
    pub(crate) received_on: String,
    /// `yes` when it never leaves the agency.
    #[serde(default)]
    pub(crate) internal: String,
    /// `yes` when only the caller's office may see it.
    #[serde(default)]
    pub(crate) lock: String,
}

/// A file that was read and found to be one that is taken.
pub(crate) struct Taken {
    pub(crate) media: Media,
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

/// Reads a file by its content; its name only names it.
pub(crate) fn take(faults: &mut Faults, content: &str, name: &str) -> Option<Taken> {
    let Ok(content) = STANDARD.decode(content.trim()) else {
        faults.add("file", "document-form");
        return None;
    };
    let media = faults.take("file", document_form(&content), |fault| fault.code().to_owned())?;
    Some(Taken { media, name: clean_name(name, media), content })
}

/// The documents of the own agency, and the form for one more.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentsPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<DocumentLine>,
    pub(crate) may_write: bool,
    pub(crate) kinds: Vec<String>,
    pub(crate) categories: Vec<String>,
    /// The largest file, in whole megabytes.
    pub(crate) largest: i64,
    pub(crate) form: DocumentForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(DocumentsPage, "record/pages/documents.html");

/// Codes for a form.
pub(crate) fn kinds() -> Vec<String> {
    DocumentKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect()
}

/// The largest file, in whole megabytes.
pub(crate) fn megabytes() -> i64 {
    i64::try_from(LARGEST / (1024 * 1024)).unwrap_or_default()
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: DocumentForm,
    faults: Vec<FieldFault>,
) -> Result<DocumentsPage, Fault> {
    let worker = desk.worker()?;
    let identity = persons::read(link, permit).await?;
    let mut lines = Vec::new();
    for head in documents::of_agency(link, permit, worker.agency, desk.today()).await? {
        if head.lock.is_none_or(|lock| Some(lock) == desk.actor().office) {
            lines.push(DocumentLine::of(head));
        }
    }
    let subject = Subject::Person(identity.id);
    Ok(DocumentsPage {
        person: identity.id.to_string(),
        name: identity.name(),
        lines,
        may_write: desk.may(link, Action::KeepDocument, subject).await?,
        kinds: kinds(),
        categories: Category::ALL.iter().map(|c| c.as_str().to_owned()).collect(),
        largest: megabytes(),
        form,
        faults,
    })
}

async fn list(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadRecord, Subject::Person(id)).await?;
    let form = DocumentForm { received_on: desk.today().to_string(), ..DocumentForm::default() };
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

async fn keep(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<DocumentForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::KeepDocument, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, DocumentKind::parse);
    let category = faults.choice("category", &form.category, Category::parse);
    let taken = take(&mut faults, &form.file, &form.file_name);
    let source = faults.line("source", &form.source);
    let on = received(&desk, &mut faults, &form.received_on);
    let (Some(kind), Some(category), Some(taken), Some(on), true) =
        (kind, category, taken, on, faults.is_empty())
    else {
        let faults = faults.into_list();
        let reader = desk.permit(&mut tx, Action::ReadRecord, Subject::Person(id)).await?;
        let page = page(&desk, &mut tx, &reader, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let new = NewDocument {
        agency: worker.agency,
        kind,
        category,
        internal: form.internal == "yes",
        name: &taken.name,
        media: taken.media,
        content: &taken.content,
        source: &source,
        received: on,
        kept_until: kind.kept_until(category, desk.app().country, on),
        lock: (form.lock == "yes").then_some(office),
        by: Ok(worker.id),
    };
    let kept = documents::keep(&mut tx, &permit, &new, desk.now()).await?;
    noted(&desk, &permit, kept, "kept");
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/documents"), "document-kept")
}

/// What is done with one document goes into the journal with its identifier.
fn noted(desk: &Desk, permit: &Permit, document: Uuid, what: &str) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: permit.person().iter().map(|person| person.0).collect(),
        detail: json!({ "document": document, "what": what }),
    });
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    purpose: String,
}

/// A document with its content.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentFile {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) media: String,
    /// Bytes.
    pub(crate) size: i64,
    /// The content in base64.
    pub(crate) file: String,
}

/// REQ-INFO-01, REQ-INFO-12, REQ-INFO-13: a document is judged by itself: internal ones never
/// leave, an office's lock holds, what is treated stays, and for the rest the walls decide for
/// the purpose. Each opening has its row in the journal, with the rule where it crossed.
async fn open(
    desk: Desk,
    Path((id, document)): Path<(PersonId, Uuid)>,
    Query(asked): Query<Asked>,
) -> Reply {
    let purpose = Purpose::parse(&asked.purpose).unwrap_or(Purpose::Coordination);
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::OpenDocument, Subject::Person(id)).await?;
    let found = documents::one(&mut tx, &permit, document, desk.today()).await;
    let head = may_open(&desk, &mut tx, &permit, Fault::hidden_is_none(found)?, purpose).await?;
    let content = documents::content(&mut tx, &permit, &head).await?;
    noted(&desk, &permit, document, "opened");
    desk.commit(tx).await?;
    give(&desk, head, content)
}

/// The document, if the one who asks may open it; what crosses is written down. One that is not
/// there is judged as far as one that is, so that it costs the same (REQ-INFO-08).
async fn may_open(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    found: Option<Head>,
    purpose: Purpose,
) -> Result<Head, Fault> {
    let standing = Standing::of(desk, tx, permit).await?;
    let agency = found.as_ref().map_or(AgencyId(NOBODY), |head| head.agency);
    let giver = walls::giver_of(tx, agency, desk.actor().office).await?;
    let (Some(head), Some(giver)) = (found, giver) else { return Err(Fault::Hidden) };
    let own = head.agency == standing.receiver();
    let held = Held {
        internal: head.internal,
        locked: head.lock.is_some_and(|lock| Some(lock) != desk.actor().office),
        received: Some(head.received),
    };
    let verdict = standing.judge(&giver, purpose, head.category, held);
    let Some(Verdict::Permit(ground)) = verdict else { return Err(Fault::Hidden) };
    if own {
        return Ok(head);
    }
    if !head.kind.may_cross(head.category, purpose) {
        return Err(Fault::Hidden);
    }
    let crossed = Crossed { giver: giver.id, category: head.category, ground, rows: 1 };
    walls::crossed(desk, permit, &standing, purpose, &[crossed]);
    Ok(head)
}

/// Gives a document out: to a browser as a file to keep, to a program with its content.
pub(crate) fn give(desk: &Desk, head: Head, content: Vec<u8>) -> Reply {
    match desk.face() {
        Face::Page => sent::file(&head.name, head.media.as_str(), content),
        Face::Api => {
            let file = DocumentFile {
                id: head.id.to_string(),
                name: head.name,
                media: head.media.as_str().to_owned(),
                size: head.size,
                file: STANDARD.encode(content),
            };
            Ok(axum::response::IntoResponse::into_response(axum::Json(file)))
        }
    }
}

/// A document of the caller's own agency that is not locked to another office.
async fn own_document(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    document: Uuid,
) -> Result<Head, Fault> {
    let head = documents::one(link, permit, document, desk.today()).await?;
    let elsewhere = head.lock.is_some_and(|lock| Some(lock) != desk.actor().office);
    if head.agency != desk.worker()?.agency || elsewhere {
        return Err(Fault::Hidden);
    }
    Ok(head)
}

async fn end(
    desk: Desk,
    Path((id, document)): Path<(PersonId, Uuid)>,
    Input(_): Input<EmptyForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::KeepDocument, Subject::Person(id)).await?;
    own_document(&desk, &mut tx, &permit, document).await?;
    documents::end(&mut tx, &permit, document, desk.now()).await?;
    noted(&desk, &permit, document, "ended");
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/documents"), "document-ended")
}

/// Only the owner's staff ask this: for others the document is not there unless it is shown.
async fn seen_by(desk: Desk, Path((id, document)): Path<(PersonId, Uuid)>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadRecord, Subject::Person(id)).await?;
    let head = own_document(&desk, &mut conn, &permit, document).await?;
    let standing = Standing::of(&desk, &mut conn, &permit).await?;
    let held = Held {
        internal: head.internal,
        locked: head.lock.is_some(),
        received: Some(head.received),
    };
    let (kind, category) = (head.kind, head.category);
    let lines = joint::seen_by(
        &desk,
        &mut conn,
        &standing,
        (head.agency, None),
        category,
        held,
        |purpose| kind.may_cross(category, purpose),
    )
    .await?;
    desk.show(&SeenByPage {
        person: id.to_string(),
        category: category.as_str().to_owned(),
        internal: head.internal,
        locked: head.lock.is_some(),
        owner: owner(&mut conn, &desk).await?,
        lines,
    })
}
