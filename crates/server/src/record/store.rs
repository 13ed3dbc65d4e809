//! Facts, notes and recorded grounds in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, ConsentId, OfficeId, PersonId, StaffId};
use onedoor_domain::record::{DocumentKind, FactKind, Grade};
use onedoor_domain::secrecy::{Categories, Category, Purpose};
use uuid::Uuid;

use super::documents;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{
    CLAIM_ANSWER, CLAIM_REASON, FACT_BODY, FACT_SOURCE, Key, NOTE_BODY, NOTE_SOURCE,
};
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
            received_on, kept_until, office_lock, reused_from, noted_at, noted_by, replaced_by,
            ended_at, first_agency_id, consent_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, null, null, $14, $15)";
    END_FACT = "update fact set ended_at = $2, replaced_by = $3
        where id = $1 and ended_at is null";
    FILED = "select kind, body, source, received_on, office_lock, agency_id, kept_until,
            first_agency_id from fact
        where id = $1 and person_id = $2";
    SAME_KIND = "select id, received_on from fact where person_id = $1 and agency_id = $2 and kind = $3
            and ended_at is null";
    INSERT_NOTE = "insert into note (id, person_id, agency_id, category, internal, body, source,
            received_on, kept_until, office_lock, corrects, noted_at, noted_by, grade)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    CLAIMS = "select c.id, c.from_agency_id, c.to_agency_id, f.name, t.name, c.purpose,
            c.conditions, c.categories, c.reason, c.made_at, s.name, c.valid_until, c.state,
            c.answer
        from claim c join agency f on f.id = c.from_agency_id
            join agency t on t.id = c.to_agency_id join staff s on s.id = c.made_by
        where c.person_id = $1 and (c.from_agency_id = $2 or c.to_agency_id = $2)
            and c.valid_until >= $3 and c.state <> 'ended'
        order by c.made_at desc limit 100";
    CLAIM = "select from_agency_id, to_agency_id, state, person_id from claim where id = $1";
    INSERT_CLAIM = "insert into claim (id, person_id, from_agency_id, to_agency_id, purpose,
            conditions, categories, reason, made_at, made_by, valid_until, state, answer,
            answered_at, answered_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, null, null, null)";
    ANSWER_CLAIM = "update claim set state = $2, answer = $3, answered_at = $4, answered_by = $5
        where id = $1 and state = 'asked'";
    END_CLAIM = "update claim set state = 'ended', answered_at = $2, answered_by = $3
        where id = $1 and state in ('asked', 'held')";
    ASKED = "select c.id, c.person_id, t.name, c.purpose, c.made_at from claim c
        join agency t on t.id = c.to_agency_id
        where c.from_agency_id = $1 and c.state = 'asked' and c.valid_until >= $2
        order by c.made_at limit 100";
    CASE = "select id, agency_id, opened_at, step_on from shared_case
        where person_id = $1 and closed_at is null";
    IS_DISCLOSED = "select 1 from disclosure where person_id = $1 and to_staff_id = $2
            and from_agency_id = $3 and categories = $4 and purpose = $5 and rule = $6
            and (consent_id = $7 or ($7 is null and consent_id is null)) limit 1";
    SPREAD = "select count(distinct j.actor_id), count(distinct j.agency_id)
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        where p.person_id = $1 and j.actor_kind in ('staff', 'client') and j.ground <> 'denied'";
    PARTIES = "select count(distinct s) from (
            select responsible_id as s from shared_case where person_id = $1 and closed_at is null
            union all select deputy_id from shared_case where person_id = $1 and closed_at is null
            union all select step_owner_id from shared_case
                where person_id = $1 and closed_at is null) t";
    // As it was when the month began. Whoever is protected, or tied to anybody of the staff, is in
    // no count, whoever counts.
    KNOWN_ELSEWHERE = "select g.name, count(*) from person_agency a
        join person p on p.id = a.person_id and p.guard = 0 and p.merged_into is null
            and not exists (select 1 from staff_tie t where t.person_id = p.id
                and t.ended_at is null)
        join person_agency o on o.person_id = a.person_id and o.agency_id <> a.agency_id
            and o.since < $2
        join agency g on g.id = o.agency_id
        where a.agency_id = $1 and a.since < $2 group by g.name order by g.name";
    DUPLICATES = "select f.kind, count(distinct p.id) from fact f
        join person m on m.id = f.person_id join person p on p.id = coalesce(m.merged_into, m.id)
        join fact o on o.person_id = f.person_id and o.kind = f.kind
            and o.agency_id <> f.agency_id and o.noted_at < $2
            and (o.ended_at is null or o.ended_at >= $2) and o.reused_from is null
        where f.agency_id = $1 and f.noted_at < $2
            and (f.ended_at is null or f.ended_at >= $2) and f.reused_from is null
            and p.guard = 0 and not exists (select 1 from staff_tie t where t.person_id = p.id
                and t.ended_at is null)
        group by f.kind order by f.kind";
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
    let facts = link.rows(&FACTS, args![person, agency, today]).await?;
    let notes = link.rows(&NOTES, args![person, agency, today]).await?;
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
    let mut row = link.row(&FACT, args![id, today]).await?.ok_or(Fault::Hidden)?;
    let of: PersonId = row.get(0)?;
    let ended: Option<i64> = row.get(7)?;
    let kept: Date = row.get(8)?;
    if of != person || ended.is_some() || kept < today {
        return Err(Fault::Hidden);
    }
    let key = Key::look_up(link, permit, person).await?;
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
    let mut row = link.row(&NOTE, args![id]).await?.ok_or(Fault::Hidden)?;
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
    let Some(mut row) = link.row(&FILED, args![id, person]).await? else { return Ok(None) };
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
    /// The fact of another agency that it repeats.
    pub reused_from: Option<Reused>,
    /// Who wrote it; none came by file.
    pub by: Option<StaffId>,
}

/// Keeps a fact about the permit's person; the agency's earlier fact of the same kind is
/// replaced, not written over. A file may bring what is older than what is there: that is kept
/// and holds no more.
///
/// # Errors
/// When the database refuses.
pub async fn keep_fact(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewFact<'_>,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let id = crate::app::new_id();
    let same = tx.rows(&SAME_KIND, args![person, new.agency, new.kind.as_str()]).await?;
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
    ];
    tx.run_one(&INSERT_FACT, args).await?;
    for mut row in same {
        let (before, received): (Uuid, Date) = (row.get(0)?, row.get(1)?);
        let (ended, by) =
            if new.by.is_none() && received > new.received { (id, before) } else { (before, id) };
        tx.run(&END_FACT, args![ended, now, by]).await?;
    }
    Ok(id)
}

/// Ends a fact: it is kept and no longer holds.
///
/// # Errors
/// When somebody else came first.
pub async fn end_fact(tx: &mut Tx, _: &Permit, id: Uuid, now: Timestamp) -> Result<(), Fault> {
    tx.run_one(&END_FACT, args![id, now, None::<Uuid>]).await?;
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
    tx.run_one(&INSERT_NOTE, args).await?;
    Ok(id)
}

/// A recorded ground.
pub struct Claim {
    /// Identifier.
    pub id: Uuid,
    /// Who gives.
    pub from: AgencyId,
    /// Who receives.
    pub to: AgencyId,
    /// The giver's name.
    pub from_name: String,
    /// The receiver's name.
    pub to_name: String,
    /// The purpose.
    pub purpose: String,
    /// Conditions that are said to hold, by their codes.
    pub conditions: Vec<String>,
    /// What is named as necessary.
    pub categories: Categories,
    /// Why.
    pub reason: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Its last day.
    pub until: Date,
    /// `asked`, `held` or `refused`.
    pub state: String,
    /// The giver's answer.
    pub answer: Option<String>,
}

/// The recorded grounds about the permit's person in which an agency takes part.
///
/// # Errors
/// When the database does not answer.
pub async fn claims(
    link: &mut Link,
    permit: &Permit,
    agency: AgencyId,
    today: Date,
) -> Result<Vec<Claim>, Fault> {
    let person = permit.the_person()?;
    let rows = link.rows(&CLAIMS, args![person, agency, today]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(link, permit, person).await?;
    let read = |mut row: Row| -> Result<Claim, DbError> {
        let conditions: String = row.get(6)?;
        let unknown = || DbError::Other("a recorded ground with an unknown category".into());
        Ok(Claim {
            id: row.get(0)?,
            from: row.get(1)?,
            to: row.get(2)?,
            from_name: row.get(3)?,
            to_name: row.get(4)?,
            purpose: row.get(5)?,
            conditions: conditions.split_whitespace().map(str::to_owned).collect(),
            categories: Categories::from_i64(row.get(7)?).ok_or_else(unknown)?,
            reason: key.open(CLAIM_REASON, row.get(8)?)?,
            at: row.get(9)?,
            by: row.get(10)?,
            until: row.get(11)?,
            state: row.get(12)?,
            answer: key.open_some(CLAIM_ANSWER, row.get(13)?)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// A ground to be recorded.
pub struct NewClaim<'a> {
    /// Who gives.
    pub from: AgencyId,
    /// Who receives.
    pub to: AgencyId,
    /// The purpose.
    pub purpose: Purpose,
    /// Conditions that are said to hold.
    pub conditions: &'a [String],
    /// What is named as necessary.
    pub categories: Categories,
    /// Why.
    pub reason: &'a str,
    /// Its last day.
    pub until: Date,
    /// Whether it holds at once; else the giver is asked.
    pub held: bool,
    /// Who records it.
    pub by: StaffId,
}

/// Records a ground about the permit's person.
///
/// # Errors
/// When the database refuses.
pub async fn keep_claim(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewClaim<'_>,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let id = crate::app::new_id();
    let args = args![
        id,
        person,
        new.from,
        new.to,
        new.purpose.as_str(),
        new.conditions.join(" "),
        new.categories.as_i64(),
        key.seal(CLAIM_REASON, new.reason)?,
        now,
        new.by,
        new.until,
        if new.held { "held" } else { "asked" },
    ];
    tx.run_one(&INSERT_CLAIM, args).await?;
    Ok(id)
}

/// Who gives and who receives by a recorded ground about the permit's person, and its state.
///
/// # Errors
/// [`Fault::Hidden`] when there is none.
pub async fn claim_parties(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<(AgencyId, AgencyId, String), Fault> {
    let mut row = link.row(&CLAIM, args![id]).await?.ok_or(Fault::Hidden)?;
    let of: PersonId = row.get(3)?;
    if of != permit.the_person()? {
        return Err(Fault::Hidden);
    }
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// The giver's answer to a question for a necessity.
///
/// # Errors
/// A conflict when it was answered already.
pub async fn answer_claim(
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
    (yes, reason): (bool, &str),
    (by, now): (StaffId, Timestamp),
) -> Result<(), Fault> {
    let key = Key::look_up(tx, permit, permit.the_person()?).await?;
    let state = if yes { "held" } else { "refused" };
    let answer = key.seal(CLAIM_ANSWER, reason)?;
    tx.run_one(&ANSWER_CLAIM, args![id, state, answer, now, by]).await?;
    Ok(())
}

/// Ends a recorded ground: from now it opens nothing.
///
/// # Errors
/// A conflict when it had ended.
pub async fn end_claim(
    tx: &mut Tx,
    _: &Permit,
    id: Uuid,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run_one(&END_CLAIM, args![id, now, by]).await?;
    Ok(())
}

/// A question of another agency that waits for an answer.
pub struct Question {
    /// The recorded ground.
    pub id: Uuid,
    /// About whom.
    pub person: PersonId,
    /// Who asks.
    pub by: String,
    /// For what.
    pub purpose: String,
    /// Since when.
    pub at: Timestamp,
}

/// The questions to an agency. Which of the persons the worker may know of is for the
/// caller to ask.
///
/// # Errors
/// When the database does not answer.
pub async fn questions(
    link: &mut Link,
    _: &Permit,
    agency: AgencyId,
    today: Date,
) -> Result<Vec<Question>, DbError> {
    let rows = link.rows(&ASKED, args![agency, today]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Question {
                id: row.get(0)?,
                person: row.get(1)?,
                by: row.get(2)?,
                purpose: row.get(3)?,
                at: row.get(4)?,
            })
        })
        .collect()
}

/// The open case of the permit's person: whose it is, since when, the day of its step.
///
/// # Errors
/// When the database does not answer.
pub async fn open_case(
    link: &mut Link,
    permit: &Permit,
) -> Result<Option<(Uuid, AgencyId, Timestamp, Option<String>)>, Fault> {
    let row = link.row(&CASE, args![permit.the_person()?]).await?;
    Ok(match row {
        Some(mut row) => Some((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        None => None,
    })
}

/// Whether the worker was told the same on the same ground before.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn is_disclosed(
    link: &mut Link,
    permit: &Permit,
    one: &crate::consent::disclosures::Disclosure,
) -> Result<bool, Fault> {
    let codes: Vec<&str> = one.categories.iter().map(|c| c.as_str()).collect();
    let args = args![
        permit.the_person()?,
        one.to_staff,
        one.from,
        codes.join(" "),
        one.purpose.as_str(),
        &one.rule,
        one.consent,
    ];
    Ok(link.row(&IS_DISCLOSED, args).await?.is_some())
}

/// How many members of staff of how many agencies have seen something about the permit's
/// person (REQ-INFO-06), recomputed from the journal; and how many the open case names.
///
/// # Errors
/// When the database does not answer.
pub async fn spread(link: &mut Link, permit: &Permit) -> Result<(i64, i64, i64), Fault> {
    let person = permit.the_person()?;
    let (staff, agencies) = match link.row(&SPREAD, args![person]).await? {
        Some(mut row) => (row.get(0)?, row.get(1)?),
        None => (0, 0),
    };
    let parties = match link.row(&PARTIES, args![person]).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    Ok((staff, agencies, parties))
}

/// Questions that two agencies had each asked for themselves when the month began, by kind:
/// the double work of an agency (REQ-INFO-07). What is clinical stays apart in counts too.
///
/// # Errors
/// When the database does not answer.
pub async fn duplicates(
    link: &mut Link,
    _: &Permit,
    agency: AgencyId,
    month: Timestamp,
) -> Result<Vec<(String, i64)>, DbError> {
    let rows = link.rows(&DUPLICATES, args![agency, month]).await?;
    let rows = rows.into_iter().map(|mut row| Ok((row.get::<String>(0)?, row.get(1)?)));
    let may_cross = |code: &str| {
        FactKind::parse(code).is_some_and(|kind| kind.may_cross(Purpose::Coordination))
    };
    rows.filter(|row| row.as_ref().map_or(true, |(code, _)| may_cross(code))).collect()
}

/// How many of an agency's persons each other agency knew too when the month began
/// (REQ-INFO-10): an aggregate, without the protected, for whoever has no ground to ask
/// about one person.
///
/// # Errors
/// When the database does not answer.
pub async fn known_elsewhere(
    link: &mut Link,
    _: &Permit,
    agency: AgencyId,
    month: Date,
) -> Result<Vec<(String, i64)>, DbError> {
    let rows = link.rows(&KNOWN_ELSEWHERE, args![agency, month]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}
