//! Facts and notes in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, ConsentId, OfficeId, PersonId, StaffId};
use onedoor_domain::record::{DocumentKind, FactKind, Grade};
use onedoor_domain::secrecy::{Category, Purpose};
use uuid::Uuid;

use super::documents;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{FACT_BODY, FACT_SOURCE, Key, NOTE_BODY, NOTE_SOURCE};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    FACTS = "select f.id, f.agency_id, f.kind, f.body, f.source, f.received_on, f.office_lock,
            f.reused_from, f.noted_at, coalesce(s.name, ''), f.first_agency_id
        from fact f left join staff s on s.id = f.noted_by
        where f.person_id = $1 and f.agency_id = $2 and f.ended_at is null
            and f.kept_until >= $3
            -- What was taken over under a consent holds as long as that does.
            and (f.consent_id is null or exists (select 1 from consent c
                where c.id = f.consent_id and c.ended_at is null and c.valid_until >= $3))
        order by f.noted_at limit 500";
    NOTES = "select n.id, n.agency_id, n.category, n.body, n.source, n.received_on, n.office_lock,
            n.internal, n.corrects, n.noted_at, coalesce(s.name, ''),
            exists (select 1 from note c where c.corrects = n.id), n.grade
        from note n left join staff s on s.id = n.noted_by
        where n.person_id = $1 and n.agency_id = $2 and n.kept_until >= $3
        order by n.noted_at limit 500";
    FACT = "select f.person_id, f.agency_id, f.kind, f.body, f.source, f.received_on,
            f.office_lock, f.ended_at, f.kept_until, f.first_agency_id
        from fact f where f.id = $1 and (f.consent_id is null or exists (select 1 from consent c
            where c.id = f.consent_id and c.ended_at is null and c.valid_until >= $2))";
    NOTE = "select person_id, agency_id, category, internal, office_lock, received_on, grade
        from note where id = $1";
    INSERT_FACT = "insert into fact (id, person_id, agency_id, kind, category, body, source,
            received_on, kept_until, office_lock, reused_from, noted_at, noted_by, ended_at,
            replaced_by, first_agency_id, consent_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $16, $17, $14, $15)";
    END_FACT = "update fact set ended_at = $2 where id = $1 and ended_at is null";
    REPLACED = "update fact set replaced_by = $2 where id = $1";
    FILED = "select kind, body, source, received_on, office_lock, agency_id, kept_until,
            first_agency_id from fact
        where id = $1 and person_id = $2";
    // What is locked to another office stands: whoever may not see it does not end it.
    SAME_KIND = "select id, received_on from fact where person_id = $1 and agency_id = $2 and kind = $3
            and ended_at is null and (office_lock is null or office_lock = $4)";
    INSERT_NOTE = "insert into note (id, person_id, agency_id, category, internal, body, source,
            received_on, kept_until, office_lock, corrects, noted_at, noted_by, grade)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    CASES = "select id, agency_id, opened_at, step_on from shared_case
        where person_id = $1 and closed_at is null order by opened_at, id limit 20";
}

/// What is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A fact of a kind.
    Fact(FactKind),
    /// A note.
    Note,
    /// A document of a kind; its text is its name.
    Document(DocumentKind),
}

/// A fact, note or document as its owner has it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Identifier.
    pub id: Uuid,
    /// What it is.
    pub what: What,
    /// How near it comes to what is treated.
    pub grade: Grade,
    /// What it tells of.
    pub category: Category,
    /// Its text.
    pub text: String,
    /// Who said it.
    pub source: String,
    /// When its owner received it.
    pub received: Date,
    /// The only office that sees it.
    pub lock: Option<OfficeId>,
    /// An internal note.
    pub internal: bool,
    /// Taken over from another agency, or correcting another note.
    pub from: Option<Uuid>,
    /// The agency that asked first, of a fact that was taken over.
    pub first: Option<AgencyId>,
    /// Whether another note corrects it.
    pub corrected: bool,
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

impl Entry {
    /// Whether it may cross to another agency for `purpose` at all, whatever the policy pack
    /// says (REQ-INFO-12).
    #[must_use]
    pub fn may_cross(&self, purpose: Purpose) -> bool {
        match self.what {
            What::Fact(_) | What::Note => self.grade.may_cross(purpose),
            What::Document(kind) => kind.may_cross(self.category, purpose),
        }
    }
}

fn category(code: &str) -> Result<Category, DbError> {
    Category::parse(code).ok_or_else(|| DbError::Other(format!("no such category: {code}")))
}

fn kind(code: &str) -> Result<FactKind, DbError> {
    FactKind::parse(code).ok_or_else(|| DbError::Other(format!("no such kind of fact: {code}")))
}

/// A grade that nobody knows stays with its owner.
fn grade(code: &str) -> Grade {
    Grade::parse(code).unwrap_or(Grade::Clinical)
}

/// What an agency has about the permit's person: facts that hold, notes, documents. The caller
/// lets through what the walls let through, before anything of it is shown.
///
/// # Errors
/// When the database does not answer.
pub async fn entries(
    link: &mut Link,
    permit: &Permit,
    agency: AgencyId,
    today: Date,
) -> Result<Vec<Entry>, Fault> {
    let person = permit.the_person()?;
    let mut all = Vec::new();
    let facts = link.rows(permit.opens(&FACTS), args![person, agency, today]).await?;
    let notes = link.rows(permit.opens(&NOTES), args![person, agency, today]).await?;
    for head in documents::of_agency(link, permit, agency, today).await? {
        all.push(Entry {
            id: head.id,
            what: What::Document(head.kind),
            grade: head.kind.grade(),
            category: head.category,
            text: head.name,
            source: head.source,
            received: head.received,
            lock: head.lock,
            internal: head.internal,
            from: None,
            first: None,
            corrected: false,
            at: head.at,
            by: head.by,
        });
    }
    if facts.is_empty() && notes.is_empty() {
        return Ok(all);
    }
    let key = Key::look_up(link, permit, person).await?;
    for mut row in facts {
        let code: String = row.get(2)?;
        let kind = kind(&code)?;
        all.push(Entry {
            id: row.get(0)?,
            what: What::Fact(kind),
            grade: kind.grade(),
            category: kind.category(),
            text: key.open(FACT_BODY, row.get(3)?)?,
            source: key.open(FACT_SOURCE, row.get(4)?)?,
            received: row.get(5)?,
            lock: row.get(6)?,
            internal: false,
            from: row.get(7)?,
            first: row.get(10)?,
            corrected: false,
            at: row.get(8)?,
            by: row.get(9)?,
        });
    }
    for mut row in notes {
        let code: String = row.get(2)?;
        all.push(Entry {
            id: row.get(0)?,
            what: What::Note,
            grade: grade(&row.get::<String>(12)?),
            category: category(&code)?,
            text: key.open(NOTE_BODY, row.get(3)?)?,
            source: key.open(NOTE_SOURCE, row.get(4)?)?,
            received: row.get(5)?,
            lock: row.get(6)?,
            internal: row.get(7)?,
            from: row.get(8)?,
            first: None,
            corrected: row.get(11)?,
            at: row.get(9)?,
            by: row.get(10)?,
        });
    }
    Ok(all)
}

/// A fact, to be reused or ended.
pub struct Fact {
    /// Whose it is.
    pub agency: AgencyId,
    /// What it is about.
    pub kind: FactKind,
    /// Its text.
    pub text: String,
    /// Who said it.
    pub source: String,
    /// When its owner received it.
    pub received: Date,
    /// The only office that sees it.
    pub lock: Option<OfficeId>,
    /// Until when it is kept.
    pub kept_until: Date,
    /// The agency that asked first, where it was taken over.
    pub first: Option<AgencyId>,
}

/// A fact of the permit's person that still holds.
///
/// # Errors
/// [`Fault::Hidden`] when there is none, or it is somebody else's.
pub async fn fact(link: &mut Link, permit: &Permit, id: Uuid, today: Date) -> Result<Fact, Fault> {
    let person = permit.the_person()?;
    let found = link.row(permit.opens(&FACT), args![id, today]).await?;
    // Before anything is said of it, so that what is hidden costs what is not there costs.
    let key = Key::look_up(link, permit, person).await?;
    let mut row = found.ok_or(Fault::Hidden)?;
    let of: PersonId = row.get(0)?;
    let ended: Option<i64> = row.get(7)?;
    let kept: Date = row.get(8)?;
    if of != person || ended.is_some() || kept < today {
        return Err(Fault::Hidden);
    }
    let code: String = row.get(2)?;
    Ok(Fact {
        agency: row.get(1)?,
        kind: kind(&code)?,
        text: key.open(FACT_BODY, row.get(3)?)?,
        source: key.open(FACT_SOURCE, row.get(4)?)?,
        received: row.get(5)?,
        lock: row.get(6)?,
        kept_until: kept,
        first: row.get(9)?,
    })
}

/// What a note tells of and whose it is, without its text.
pub struct NoteHead {
    /// Whose it is.
    pub agency: AgencyId,
    /// What it tells of.
    pub category: Category,
    /// How near it comes to what is treated.
    pub grade: Grade,
    /// Whether it never leaves the agency.
    pub internal: bool,
    /// The only office that sees it.
    pub lock: Option<OfficeId>,
    /// When its owner received it.
    pub received: Date,
}

/// The head of a note about the permit's person.
///
/// # Errors
/// [`Fault::Hidden`] when there is none, or it is about somebody else.
pub async fn note_head(link: &mut Link, permit: &Permit, id: Uuid) -> Result<NoteHead, Fault> {
    let mut row = link.row(permit.opens(&NOTE), args![id]).await?.ok_or(Fault::Hidden)?;
    let of: PersonId = row.get(0)?;
    if of != permit.the_person()? {
        return Err(Fault::Hidden);
    }
    let code: String = row.get(2)?;
    Ok(NoteHead {
        agency: row.get(1)?,
        category: category(&code)?,
        grade: grade(&row.get::<String>(6)?),
        internal: row.get(3)?,
        lock: row.get(4)?,
        received: row.get(5)?,
    })
}

/// A fact of the permit's person, also one that holds no longer: to see whether what comes
/// again is the same (REQ-INFO-18).
///
/// # Errors
/// When the database does not answer.
pub async fn filed(link: &mut Link, permit: &Permit, id: Uuid) -> Result<Option<Fact>, Fault> {
    let person = permit.the_person()?;
    let Some(mut row) = link.row(permit.opens(&FILED), args![id, person]).await? else {
        return Ok(None);
    };
    let key = Key::look_up(link, permit, person).await?;
    let code: String = row.get(0)?;
    Ok(Some(Fact {
        agency: row.get(5)?,
        kind: kind(&code)?,
        text: key.open(FACT_BODY, row.get(1)?)?,
        source: key.open(FACT_SOURCE, row.get(2)?)?,
        received: row.get(3)?,
        lock: row.get(4)?,
        kept_until: row.get(6)?,
        first: row.get(7)?,
    }))
}

/// Where a fact was taken over from. The copy stays bound to it: it crosses no wall that the
/// first owner's would not, and ends with the consent that it was taken over under.
#[derive(Clone, Copy, Debug)]
pub struct Reused {
    /// The fact that it repeats.
    pub fact: Uuid,
    /// The agency that asked for it.
    pub first: AgencyId,
    /// The consent it crossed under, where it did.
    pub consent: Option<ConsentId>,
}

/// A fact to be kept.
pub struct NewFact<'a> {
    /// The agency that owns it.
    pub agency: AgencyId,
    /// What it is about.
    pub kind: FactKind,
    /// Its text.
    pub text: &'a str,
    /// Who said it.
    pub source: &'a str,
    /// When it was received.
    pub received: Date,
    /// Until when it is kept.
    pub kept_until: Date,
    /// The only office that sees it.
    pub lock: Option<OfficeId>,
    /// The office of whoever brings it: of the facts that are locked, its own are replaced and
    /// no others. None for a file.
    pub office: Option<OfficeId>,
    /// The fact of another agency that it repeats.
    pub reused_from: Option<Reused>,
    /// Who wrote it; none came by file.
    pub by: Option<StaffId>,
}

/// Keeps a fact about the permit's person; the agency's earlier fact of the same kind is
/// replaced, not written over. One that is locked to another office stays as it is. A file may
/// bring what is older than what is there: that is kept and holds no more.
///
/// # Errors
/// When the database refuses: a conflict when another fact of the kind is kept at the same moment.
pub async fn keep_fact(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewFact<'_>,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let id = crate::app::new_id();
    let args = args![person, new.agency, new.kind.as_str(), new.office];
    let mut newer = None;
    let mut ended = Vec::new();
    for mut row in tx.rows(permit.opens(&SAME_KIND), args).await? {
        let (before, received): (Uuid, Date) = (row.get(0)?, row.get(1)?);
        if new.by.is_none() && received > new.received {
            newer = Some(before);
        } else {
            // Before the new one is there: of a kind one holds at a time.
            tx.run(permit.opens(&END_FACT), args![before, now]).await?;
            ended.push(before);
        }
    }
    let args = args![
        id,
        person,
        new.agency,
        new.kind.as_str(),
        new.kind.category().as_str(),
        key.seal(FACT_BODY, new.text)?,
        key.seal(FACT_SOURCE, new.source)?,
        new.received,
        new.kept_until,
        new.lock,
        new.reused_from.map(|it| it.fact),
        now,
        new.by,
        new.reused_from.map(|it| it.first),
        new.reused_from.and_then(|it| it.consent),
        newer.map(|_| now),
        newer,
    ];
    tx.run_one(permit.opens(&INSERT_FACT), args).await?;
    for before in ended {
        tx.run(permit.opens(&REPLACED), args![before, newer.unwrap_or(id)]).await?;
    }
    Ok(id)
}

/// Ends a fact: it is kept and no longer holds.
///
/// # Errors
/// When somebody else came first.
pub async fn end_fact(tx: &mut Tx, permit: &Permit, id: Uuid, now: Timestamp) -> Result<(), Fault> {
    tx.run_one(permit.opens(&END_FACT), args![id, now]).await?;
    Ok(())
}

/// A note to be kept.
pub struct NewNote<'a> {
    /// The agency that owns it.
    pub agency: AgencyId,
    /// What it tells of, as its writer says.
    pub category: Category,
    /// How near it comes to what is treated.
    pub grade: Grade,
    /// Whether it never leaves the agency.
    pub internal: bool,
    /// Its text.
    pub text: &'a str,
    /// Who said it.
    pub source: &'a str,
    /// When it was received.
    pub received: Date,
    /// Until when it is kept.
    pub kept_until: Date,
    /// The only office that sees it.
    pub lock: Option<OfficeId>,
    /// The note that it corrects.
    pub corrects: Option<Uuid>,
    /// Who wrote it.
    pub by: StaffId,
}

/// Keeps a note about the permit's person.
///
/// # Errors
/// When the database refuses.
pub async fn keep_note(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewNote<'_>,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let id = crate::app::new_id();
    let args = args![
        id,
        person,
        new.agency,
        new.category.as_str(),
        new.internal,
        key.seal(NOTE_BODY, new.text)?,
        key.seal(NOTE_SOURCE, new.source)?,
        new.received,
        new.kept_until,
        new.lock,
        new.corrects,
        now,
        new.by,
        new.grade.as_str(),
    ];
    tx.run_one(permit.opens(&INSERT_NOTE), args).await?;
    Ok(id)
}

/// The open cases of the permit's person: whose each is, since when, the day of its step.
///
/// # Errors
/// When the database does not answer.
pub async fn open_cases(
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<(Uuid, AgencyId, Timestamp, Option<String>)>, Fault> {
    let rows = link.rows(permit.opens(&CASES), args![permit.the_person()?]).await?;
    let read = |mut row: Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    Ok(rows.into_iter().map(read).collect::<Result<_, DbError>>()?)
}
