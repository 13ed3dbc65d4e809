//! Joint circulars, goals and routines with their versions, and the workflows that cite them
//! (REQ-ORG-43).

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::DocumentKind;
use onedoor_domain::ids::{AgencyId, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::Proof;

crate::sql! {
    LIST = "select d.id, d.code, d.kind, d.title, max(v.n), max(v.valid_from)
        from joint_document d join joint_document_version v on v.document_id = d.id
        group by d.id, d.code, d.kind, d.title order by d.kind, d.title limit 500";
    ONE = "select code, kind, title from joint_document where id = $1";
    VERSIONS = "select v.n, v.valid_from, v.text, coalesce(s.name, ''), v.written_at
        from joint_document_version v left join staff s on s.id = v.written_by
        where v.document_id = $1 order by v.n desc limit 200";
    FOLLOWERS = "select a.id, a.name from joint_document_follower f
        join agency a on a.id = f.agency_id where f.document_id = $1 order by a.kind, a.name
        limit 200";
    SAVE = "insert into joint_document (id, code, kind, title) values ($1, $2, $3, $4)
        on conflict (id) do update set title = excluded.title, kind = excluded.kind";
    ADD_VERSION = "insert into joint_document_version (document_id, n, valid_from, text, written_by,
            written_at)
        select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5 from joint_document_version
        where document_id = $1";
    CLEAR_FOLLOWERS = "delete from joint_document_follower where document_id = $1";
    FOLLOW = "insert into joint_document_follower (document_id, agency_id) values ($1, $2)
        on conflict do nothing";
    NEWEST = "select max(n) from joint_document_version where document_id = $1";
    // Every workflow beside the newest version of what it cites.
    WORKFLOWS = "select w.id, w.code, w.name, d.id, d.title, w.n,
            (select max(v.n) from joint_document_version v where v.document_id = d.id)
        from workflow w join joint_document d on d.id = w.document_id
        order by d.title, w.name limit 1000";
    WORKFLOWS_OF = "select w.id, w.code, w.name, d.id, d.title, w.n,
            (select max(v.n) from joint_document_version v where v.document_id = d.id)
        from workflow w join joint_document d on d.id = w.document_id
        where w.document_id = $1 order by w.n, w.name limit 1000";
    CITE = "insert into workflow (id, code, name, document_id, n, cited_by, cited_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (id) do update set name = excluded.name,
            document_id = excluded.document_id, n = excluded.n, cited_by = excluded.cited_by,
            cited_at = excluded.cited_at";
}

/// A document in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DocumentLine {
    /// Its identifier.
    pub id: String,
    /// Its code.
    pub code: String,
    /// `circular`, `goal` or `routine`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Its newest version.
    pub version: i64,
    /// From when that holds.
    pub from: String,
}

pub(super) async fn list(link: &mut Link, _: &dyn Proof) -> Result<Vec<DocumentLine>, DbError> {
    let rows = link.rows(&LIST, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(DocumentLine {
                id: id.to_string(),
                code: row.get(1)?,
                kind: row.get(2)?,
                title: row.get(3)?,
                version: row.get(4)?,
                from: row.get(5)?,
            })
        })
        .collect()
}

/// Code, kind and title of a document.
pub(super) async fn one(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<Option<(String, String, String)>, DbError> {
    let row = link.row(&ONE, args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// A version of a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DocumentVersion {
    /// Its number.
    pub n: i64,
    /// From when it holds.
    pub from: String,
    /// What it says.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When, in microseconds.
    pub at: i64,
}

pub(super) async fn versions(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<Vec<DocumentVersion>, DbError> {
    let rows = link.rows(&VERSIONS, args![id]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(DocumentVersion {
                n: row.get(0)?,
                from: row.get(1)?,
                text: row.get(2)?,
                by: row.get(3)?,
                at: row.get(4)?,
            })
        })
        .collect()
}

/// The agencies that must follow a document.
pub(super) async fn followers(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<Vec<String>, DbError> {
    let rows = link.rows(&FOLLOWERS, args![id]).await?;
    rows.into_iter().map(|mut row| row.get(1)).collect()
}

/// A version that is to be written.
pub(crate) struct NewVersion<'a> {
    pub(crate) code: &'a str,
    pub(crate) kind: DocumentKind,
    pub(crate) title: &'a str,
    pub(crate) from: Date,
    pub(crate) text: &'a str,
    pub(crate) agencies: &'a [AgencyId],
}

/// Writes a document, or its next version; those before stay, and so do the workflows that cite
/// them.
pub(crate) async fn write(
    tx: &mut Tx,
    _: &dyn Proof,
    new: &NewVersion<'_>,
    (by, now): (StaffId, Timestamp),
) -> Result<Uuid, DbError> {
    let id = crate::app::id_of("joint-document", new.code);
    tx.run(&SAVE, args![id, new.code, new.kind.as_str(), new.title]).await?;
    tx.run_one(&ADD_VERSION, args![id, new.from, new.text, by, now]).await?;
    tx.run(&CLEAR_FOLLOWERS, args![id]).await?;
    for agency in new.agencies {
        tx.run(&FOLLOW, args![id, *agency]).await?;
    }
    Ok(id)
}

/// The newest version of a document; 0 where there is none.
pub(crate) async fn newest(link: &mut Link, _: &dyn Proof, id: Uuid) -> Result<i64, DbError> {
    let row = link.row(&NEWEST, args![id]).await?;
    Ok(row.map(|mut row| row.get::<Option<i64>>(0)).transpose()?.flatten().unwrap_or(0))
}

/// A workflow and what it cites.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowLine {
    /// Its identifier.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The document.
    pub document: String,
    /// Its title.
    pub title: String,
    /// The version that it cites.
    pub cites: i64,
    /// Whether there is a newer one.
    pub stale: bool,
}

fn workflow(mut row: crate::db::Row) -> Result<WorkflowLine, DbError> {
    let (id, document): (Uuid, Uuid) = (row.get(0)?, row.get(3)?);
    let (cites, newest): (i64, i64) = (row.get(5)?, row.get(6)?);
    Ok(WorkflowLine {
        id: id.to_string(),
        code: row.get(1)?,
        name: row.get(2)?,
        document: document.to_string(),
        title: row.get(4)?,
        cites,
        stale: cites < newest,
    })
}

pub(super) async fn workflows(
    link: &mut Link,
    _: &dyn Proof,
    document: Option<Uuid>,
) -> Result<Vec<WorkflowLine>, DbError> {
    let rows = match document {
        Some(id) => link.rows(&WORKFLOWS_OF, args![id]).await?,
        None => link.rows(&WORKFLOWS, &[]).await?,
    };
    rows.into_iter().map(workflow).collect()
}

/// Lets a workflow cite a version of a document.
pub(crate) async fn cite(
    tx: &mut Tx,
    _: &dyn Proof,
    (code, name): (&str, &str),
    (document, n): (Uuid, i64),
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    let id = crate::app::id_of("workflow", code);
    tx.run(&CITE, args![id, code, name, document, n, by, now]).await.map(|_| ())
}
