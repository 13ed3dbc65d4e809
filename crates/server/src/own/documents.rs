//! Documents on one's own page: those that the agencies have, without internal ones, and a form
//! to give an agency one. What is given goes to the agency that is chosen, and to no other but
//! through the walls.

use axum::extract::Path;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::record::DocumentKind;
use onedoor_domain::secrecy::{Action, Category};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Pass;
use super::consents::shows;
use super::pass::{pass, quiet, shown_again};
use super::store::Keys;
use crate::args;
use crate::db::{DbError, Link};
use crate::keys::{DOCUMENT_NAME, DOCUMENT_SOURCE};
use crate::office::store::Choice;
use crate::policy::{Cause, Warrant};
use crate::record::documents::{self, NewDocument};
use crate::record::{DocumentFile, give, kinds, megabytes, take};
use crate::web::validate::Faults;
use crate::web::{Fault, FieldFault, Input, Own, Reply, Routes};

crate::sql! {
    LIST = "select d.id, a.name, d.kind, d.category, d.file_name, d.media, d.size, d.source,
            d.received_on, d.kept_until, d.given_by, d.person_id
        from document d join agency a on a.id = d.agency_id
        where d.person_id in (select id from person where id = $1 or merged_into = $1)
            and not d.internal and d.ended_at is null and d.kept_until >= $2
        order by d.noted_at desc limit 500";
    // Whoever knows the person may be given something; whoever does not is told of nobody.
    RECEIVERS = "select distinct a.id, a.name from agency a
        join person_agency k on k.agency_id = a.id
        where k.person_id in (select id from person where id = $1 or merged_into = $1)
        order by a.name";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MyDocuments, _, _>("/my/documents", "The documents in one's own file", list)
        .act::<GiveForm, _, _>("/my/documents", "Gives an agency a document", send)
        .see::<DocumentFile, _, _>("/my/documents/{id}", "A document in one's own file", open)
}

/// A document as the person reads of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnDocument {
    pub(crate) id: String,
    pub(crate) agency: String,
    pub(crate) kind: String,
    pub(crate) category: String,
    pub(crate) name: String,
    pub(crate) media: String,
    /// Bytes.
    pub(crate) size: i64,
    pub(crate) source: String,
    pub(crate) received_on: String,
    pub(crate) kept_until: String,
    /// Whether the person gave it, or who acts for them.
    pub(crate) given: bool,
}

impl OwnDocument {
    /// Its size in whole kilobytes, at least one.
    pub(crate) fn kilobytes(&self) -> i64 {
        ((self.size + 1023) / 1024).max(1)
    }
}

/// A document to be given. A page sends it as `multipart/form-data`.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct GiveForm {
    /// Which agency gets it.
    #[serde(default)]
    pub(crate) agency: String,
    /// What it is: a code of the closed list of kinds.
    #[serde(default)]
    pub(crate) kind: String,
    /// What it tells of; nothing is preset.
    #[serde(default)]
    pub(crate) category: String,
    /// The content in base64: PDF, JPEG, PNG or plain text, at most 3 MiB.
    #[serde(default, skip_serializing)]
    pub(crate) file: String,
    /// What the file is called.
    #[serde(default)]
    pub(crate) file_name: String,
}

/// The documents in one's file, and a form to give one.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct MyDocuments {
    /// Whether this looker sees them: only who sees the whole file, by a sure sign-in.
    pub(crate) shows: bool,
    pub(crate) lines: Vec<OwnDocument>,
    pub(crate) receivers: Vec<Choice>,
    pub(crate) kinds: Vec<String>,
    pub(crate) categories: Vec<String>,
    /// The largest file, in whole megabytes.
    pub(crate) largest: i64,
    pub(crate) form: GiveForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MyDocuments, "own/pages/documents.html");

/// The documents of the file, without internal ones; those are given on request.
pub(super) async fn lines(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
) -> Result<Vec<OwnDocument>, DbError> {
    let keys = Keys::of(link, pass).await?;
    let mut list = Vec::new();
    for mut row in link.rows(pass.opens(&LIST), args![pass.person(), own.today()]).await? {
        let owner: Uuid = row.get(11)?;
        let id: Uuid = row.get(0)?;
        let given: Option<Uuid> = row.get(10)?;
        list.push(OwnDocument {
            id: id.to_string(),
            agency: row.get(1)?,
            kind: row.get(2)?,
            category: row.get(3)?,
            name: keys.text(owner, DOCUMENT_NAME, row.get(4)?)?,
            media: row.get(5)?,
            size: row.get(6)?,
            source: keys.text(owner, DOCUMENT_SOURCE, row.get(7)?)?,
            received_on: row.get(8)?,
            kept_until: row.get(9)?,
            given: given.is_some(),
        });
    }
    Ok(list)
}

async fn receivers(link: &mut Link, pass: &Pass) -> Result<Vec<Choice>, DbError> {
    let rows = link.rows(pass.opens(&RECEIVERS), args![pass.person()]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(Choice { id: id.to_string(), name: row.get(1)? })
        })
        .collect()
}

async fn page(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
    form: GiveForm,
    faults: Vec<FieldFault>,
) -> Result<MyDocuments, Fault> {
    if !shows(pass) {
        return Ok(MyDocuments::default());
    }
    Ok(MyDocuments {
        shows: true,
        lines: lines(own, link, pass).await?,
        receivers: receivers(link, pass).await?,
        kinds: kinds(),
        categories: Category::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        largest: megabytes(),
        form,
        faults,
    })
}

async fn list(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    let page = page(&own, &mut conn, &pass, GiveForm::default(), Vec::new()).await?;
    own.show(&page)
}

async fn send(own: Own, Input(form): Input<GiveForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    if !shows(&pass) {
        return Err(Fault::Hidden);
    }
    let mut faults = Faults::default();
    let known = receivers(&mut tx, &pass).await?;
    let agency = known.iter().find(|one| one.id == form.agency.trim());
    let agency = agency.and_then(|one| one.id.parse::<AgencyId>().ok());
    if agency.is_none() {
        faults.add("agency", "choose");
    }
    let kind = faults.choice("kind", &form.kind, DocumentKind::parse);
    let category = faults.choice("category", &form.category, Category::parse);
    let taken = take(&mut faults, &form.file, &form.file_name);
    let (Some(agency), Some(kind), Some(category), Some(taken), true) =
        (agency, kind, category, taken, faults.is_empty())
    else {
        let faults = faults.into_list();
        shown_again(&own, &pass, Action::ReadOwn);
        let page = page(&own, &mut tx, &pass, form, faults.clone()).await?;
        return own.again(&page, faults);
    };
    let words = own.words();
    let source = match pass.right() {
        None => words.t("document-from-person").into_owned(),
        Some(right) => words.of("my-right", right.as_str()).into_owned(),
    };
    let today = own.today();
    let new = NewDocument {
        agency,
        kind,
        category,
        internal: false,
        name: &taken.name,
        media: taken.media,
        content: &taken.content,
        source: &source,
        received: today,
        kept_until: kind.kept_until(category, own.app().country, today),
        lock: None,
        by: Err(pass.looker()),
    };
    let kept = documents::keep(&mut tx, pass.permit(), &new, own.now()).await?;
    own.note(pass.entry(Action::GiveDocument, json!({ "document": kept })));
    own.commit(tx).await?;
    own.done("/my/documents", "document-given")
}

async fn open(own: Own, Path(id): Path<Uuid>) -> Reply {
    let mut conn = own.read().await?;
    let pass = quiet(&own, &mut conn).await?;
    if !shows(&pass) {
        return Err(Fault::Hidden);
    }
    // A record that was joined to the person's is the person.
    let joined = Warrant::new(Cause::Joined, &own.app().vault);
    let found = documents::one_of(&mut conn, &joined, pass.person(), id, own.today()).await?;
    if found.internal {
        return Err(Fault::Hidden);
    }
    let content = documents::content(&mut conn, &joined, &found).await?;
    own.note(pass.entry(Action::OpenOwnDocument, json!({ "document": id })));
    give(&own, found, content)
}
