//! Documents in the database. The content lies in sealed parts under the person's key; each
//! part says which document and which place it belongs to, so that none can be exchanged.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, OfficeId, PersonId, StaffId};
use onedoor_domain::record::{DocumentKind, Media};
use onedoor_domain::secrecy::Category;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{DOCUMENT_BODY, DOCUMENT_NAME, DOCUMENT_SOURCE, Key, Sealed};
use crate::policy::{Permit, Proof};
use crate::web::Fault;

crate::sql! {
    OF_AGENCY = "select d.id, d.person_id, d.agency_id, d.kind, d.category, d.internal, d.file_name,
            d.media, d.size, d.source, d.received_on, d.kept_until, d.office_lock, d.noted_at,
            coalesce(s.name, ''), d.given_by
        from document d left join staff s on s.id = d.noted_by
        where d.person_id = $1 and d.agency_id = $2 and d.ended_at is null and d.kept_until >= $3
        order by d.noted_at limit 500";
    ONE = "select d.id, d.person_id, d.agency_id, d.kind, d.category, d.internal, d.file_name,
            d.media, d.size, d.source, d.received_on, d.kept_until, d.office_lock, d.noted_at,
            coalesce(s.name, ''), d.given_by
        from document d left join staff s on s.id = d.noted_by
        where d.id = $1 and d.ended_at is null and d.kept_until >= $2
            and d.person_id in (select p.id from person p where p.id = $3 or p.merged_into = $3)";
    OWNER = "select d.person_id from document d where d.id = $1
            and d.person_id in (select p.id from person p where p.id = $2 or p.merged_into = $2)";
    PARTS = "select n, body from document_part where document_id = $1 order by n";
    INSERT = "insert into document (id, person_id, agency_id, kind, category, internal, file_name,
            media, size, source, received_on, kept_until, office_lock, noted_at, noted_by,
            given_by, ended_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, null)";
    INSERT_PART = "insert into document_part (document_id, n, body) values ($1, $2, $3)";
    END = "update document set ended_at = $2 where id = $1 and ended_at is null";
}

/// The bytes of a file in one part.
const PART: usize = 256 * 1024;

/// A document without its content.
#[derive(Clone, Debug)]
pub struct Head {
    /// Identifier.
    pub id: Uuid,
    /// Under whose record it was kept.
    pub owner: PersonId,
    /// Whose it is.
    pub agency: AgencyId,
    /// What it is.
    pub kind: DocumentKind,
    /// What it tells of, as its writer says.
    pub category: Category,
    /// Whether it never leaves the agency.
    pub internal: bool,
    /// What it is called.
    pub name: String,
    /// What it is by its content.
    pub media: Media,
    /// Its size in bytes.
    pub size: i64,
    /// Who it comes from.
    pub source: String,
    /// When its owner received it.
    pub received: Date,
    /// Until when it is kept.
    pub kept_until: Date,
    /// The only office that sees it.
    pub lock: Option<OfficeId>,
    /// When it was kept.
    pub at: Timestamp,
    /// Which worker wrote it; empty when the person gave it.
    pub by: String,
    /// Whether the person gave it, or who acts for them.
    pub given: bool,
}

/// Reads the columns that a document has in both statements. `key` is the key of its owner.
fn head(mut row: Row, key: &Key) -> Result<Head, DbError> {
    let unknown = |what: &str| DbError::Other(format!("a document with an unknown {what}"));
    let (kind, category, media): (String, String, String) = (row.get(3)?, row.get(4)?, row.get(7)?);
    let given: Option<Uuid> = row.get(15)?;
    Ok(Head {
        id: row.get(0)?,
        owner: row.get(1)?,
        agency: row.get(2)?,
        kind: DocumentKind::parse(&kind).ok_or_else(|| unknown("kind"))?,
        category: Category::parse(&category).ok_or_else(|| unknown("category"))?,
        internal: row.get(5)?,
        name: key.open(DOCUMENT_NAME, row.get(6)?)?,
        media: Media::parse(&media).ok_or_else(|| unknown("form"))?,
        size: row.get(8)?,
        source: key.open(DOCUMENT_SOURCE, row.get(9)?)?,
        received: row.get(10)?,
        kept_until: row.get(11)?,
        lock: row.get(12)?,
        at: row.get(13)?,
        by: row.get(14)?,
        given: given.is_some(),
    })
}

/// The documents that an agency has about the permit's person. The caller lets through what
/// the walls let through, before anything of it is shown.
///
/// # Errors
/// When the database does not answer.
pub async fn of_agency(
    link: &mut Link,
    permit: &Permit,
    agency: AgencyId,
    today: Date,
) -> Result<Vec<Head>, Fault> {
    let person = permit.the_person()?;
    let rows = link.rows(permit.opens(&OF_AGENCY), args![person, agency, today]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(link, permit, person).await?;
    Ok(rows.into_iter().map(|row| head(row, &key)).collect::<Result<_, _>>()?)
}

/// A document about the permit's person, without its content.
///
/// # Errors
/// [`Fault::Hidden`] when there is none, it has ended, or it is about somebody else.
pub async fn one(link: &mut Link, permit: &Permit, id: Uuid, today: Date) -> Result<Head, Fault> {
    let person = permit.the_person()?;
    let head = one_of(link, permit, person, id, today).await?;
    // A record that was joined to the person's is read on the person's own page.
    if head.owner == person { Ok(head) } else { Err(Fault::Hidden) }
}

/// The same for a file of several records, each under its own key.
///
/// # Errors
/// As [`one`].
pub async fn one_of(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    id: Uuid,
    today: Date,
) -> Result<Head, Fault> {
    let owner = link.row(proof.opens(&OWNER), args![id, person]).await?;
    let owner = owner.map(|mut row| row.get(0)).transpose()?;
    // What is not there is looked for to the end, so that it costs what is hidden costs.
    let key = Key::look_up(link, proof, owner.unwrap_or(person)).await?;
    let row = link.row(proof.opens(&ONE), args![id, today, person]).await?;
    match (owner, row) {
        (Some(_), Some(row)) => Ok(head(row, &key)?),
        _ => Err(Fault::Hidden),
    }
}

/// The content of a document that may be read.
///
/// # Errors
/// When a part is missing, was exchanged, or does not open.
pub async fn content(
    link: &mut Link,
    proof: &dyn Proof,
    document: &Head,
) -> Result<Vec<u8>, Fault> {
    let key = Key::look_up(link, proof, document.owner).await?;
    let broken = || Fault::Defect(format!("document {} is not whole", document.id));
    let size = usize::try_from(document.size).map_err(|_| broken())?;
    let mut whole = Vec::with_capacity(size);
    let rows = link.rows(proof.opens(&PARTS), args![document.id]).await?;
    for (place, mut row) in rows.into_iter().enumerate() {
        let sealed: Sealed = row.get(1)?;
        let part = key.open_bytes(DOCUMENT_BODY, sealed)?;
        let body = part.strip_prefix(mark(document.id, place).as_slice()).ok_or_else(broken)?;
        whole.extend_from_slice(body);
    }
    if key.is_destroyed() || whole.len() != size {
        return Err(broken());
    }
    Ok(whole)
}

/// What a part begins with: whose it is, and its place.
fn mark(document: Uuid, place: usize) -> Vec<u8> {
    let mut mark = document.as_bytes().to_vec();
    mark.extend_from_slice(&u64::try_from(place).unwrap_or(u64::MAX).to_be_bytes());
    mark
}

/// A document to be kept.
pub struct NewDocument<'a> {
    /// The agency that owns it.
    pub agency: AgencyId,
    /// What it is.
    pub kind: DocumentKind,
    /// What it tells of, as its writer says.
    pub category: Category,
    /// Whether it never leaves the agency.
    pub internal: bool,
    /// A cleaned name.
    pub name: &'a str,
    /// What it is by its content.
    pub media: Media,
    /// The content.
    pub content: &'a [u8],
    /// Who it comes from.
    pub source: &'a str,
    /// When it was received.
    pub received: Date,
    /// Until when it is kept.
    pub kept_until: Date,
    /// The only office that sees it.
    pub lock: Option<OfficeId>,
    /// Which worker keeps it, or who gave it themselves.
    pub by: Result<StaffId, PersonId>,
}

/// Keeps a document about the permit's person.
///
/// # Errors
/// When the database refuses.
pub async fn keep(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewDocument<'_>,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let id = crate::app::new_id();
    let size = i64::try_from(new.content.len());
    let args = args![
        id,
        person,
        new.agency,
        new.kind.as_str(),
        new.category.as_str(),
        new.internal,
        key.seal(DOCUMENT_NAME, new.name)?,
        new.media.as_str(),
        size.map_err(|_| Fault::Defect("a document without bounds".into()))?,
        key.seal(DOCUMENT_SOURCE, new.source)?,
        new.received,
        new.kept_until,
        new.lock,
        now,
        new.by.ok(),
        new.by.err(),
    ];
    tx.run_one(permit.opens(&INSERT), args).await?;
    for (place, part) in new.content.chunks(PART).enumerate() {
        let mut body = mark(id, place);
        body.extend_from_slice(part);
        let n = i64::try_from(place).unwrap_or(i64::MAX);
        let args = args![id, n, key.seal_bytes(DOCUMENT_BODY, &body)?];
        tx.run_one(permit.opens(&INSERT_PART), args).await?;
    }
    Ok(id)
}

/// Ends a document: it is kept for its time and no longer shown.
///
/// # Errors
/// When somebody else came first.
pub async fn end(tx: &mut Tx, permit: &Permit, id: Uuid, now: Timestamp) -> Result<(), Fault> {
    tx.run_one(permit.opens(&END), args![id, now]).await?;
    Ok(())
}
