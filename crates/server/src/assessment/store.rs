//! Assessments and their answers in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::assessment::{Answer, Competence, Dimension, Flag, Given, Occupation, Side};
use onedoor_domain::ids::{AgencyId, ConsentId, OfficeId, PersonId, StaffId};
use onedoor_domain::person::Country;
use onedoor_domain::record::kept_until;
use onedoor_domain::secrecy::Category;
use uuid::Uuid;

use crate::app::new_id;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{ANSWER_GIVEN, ANSWER_SOURCE, ASSESSMENT_WORK, Key};
use crate::policy::{Permit, Proof};
use crate::web::Fault;

crate::sql! {
    OF_PERSON = "select a.id, a.agency_id, g.name, a.office_id, a.instrument_id, i.code, i.version,
            i.withdrawn_at, a.shared, a.round, a.doubles_id, a.after_kind, a.contact_on, a.began_on,
            s.name, a.needed, a.region, a.schooling, a.trade, a.target_group, a.state,
            a.completed_on, a.minutes, a.flag, a.points, a.flagged_on, a.outcome, a.version,
            a.work, a.began_by
        from assessment a join agency g on g.id = a.agency_id
        join instrument i on i.id = a.instrument_id join staff s on s.id = a.began_by
        where a.person_id = $1 and a.kept_until >= $2 order by a.began_on, a.began_at, a.id limit 100";
    ANSWERS = "select w.id, w.assessment_id, w.agency_id, w.item, w.side, w.dimension, w.given,
            w.source, w.received_on, w.noted_at, coalesce(s.name, ''), w.reused_from,
            w.first_agency_id, i.code, g.name
        from assessment_answer w join assessment a on a.id = w.assessment_id
        join instrument i on i.id = a.instrument_id join agency g on g.id = w.agency_id
        left join staff s on s.id = w.noted_by
        where w.person_id = $1 and w.replaced_at is null and w.kept_until >= $2
            -- What was taken over under a consent holds as long as that does.
            and (w.consent_id is null or exists (select 1 from consent c
                where c.id = w.consent_id and c.ended_at is null and c.valid_until >= $2))
        order by w.noted_at, w.id limit 4000";
    ROUNDS = "select count(*) from assessment where person_id = $1 and doubles_id is null
        and state <> 'stopped' and (agency_id = $2 or shared)";
    START = "insert into assessment (id, person_id, agency_id, office_id, instrument_id, shared,
            round, doubles_id, after_kind, contact_on, began_on, began_at, began_by, needed, region,
            schooling, trade, target_group, work, state, completed_on, minutes, flag, points,
            risk_version, flagged_on, outcome, outcome_on, kept_until, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', '', 1 = 0, '', null,
            'open', null, null, null, null, '', null, '', null, $15, 1)";
    END = "update assessment set state = $4, completed_on = $5, minutes = $6, version = version + 1
        where id = $1 and version = $2 and person_id = $3 and state = 'open'";
    FLAG = "update assessment set flag = $3, points = $4, flagged_on = $5, risk_version = $6
        where id = $1 and person_id = $2 and state = 'open'";
    OUTCOME = "update assessment set outcome = $3, outcome_on = $4, version = version + 1
        where id = $1 and person_id = $2 and flag is not null and outcome = ''";
    WORK = "update assessment set work = $4, region = $5, schooling = $6, trade = $7,
            target_group = $8, version = version + 1
        where id = $1 and version = $2 and person_id = $3";
    REPLACE = "update assessment_answer set replaced_at = $5
        where assessment_id = $1 and item = $2 and side = $3 and agency_id = $4
            and replaced_at is null";
    KEEP = "insert into assessment_answer (id, assessment_id, person_id, agency_id, item, side,
            dimension, given, source, received_on, noted_at, noted_by, reused_from,
            first_agency_id, consent_id, replaced_at, kept_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, null, $16)";
}

/// An assessment, without its answers.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// Identifier.
    pub id: Uuid,
    /// Who began it.
    pub agency: AgencyId,
    /// Its name.
    pub agency_name: String,
    /// At which office.
    pub office: OfficeId,
    /// The version of the instrument.
    pub instrument: Uuid,
    /// The instrument by its code and version.
    pub named: (String, String),
    /// When that version was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// Whether all agencies of the office share it.
    pub shared: bool,
    /// The first mapping, the second, and so on.
    pub round: i64,
    /// The one beside which another assessor made it.
    pub doubles: Option<Uuid>,
    /// The kind of measure that lay before it; empty for none.
    pub after: String,
    /// The day of the first contact.
    pub contact_on: Date,
    /// The day on which it began.
    pub began_on: Date,
    /// Who began it.
    pub by: String,
    /// The same, as an identifier.
    pub by_id: StaffId,
    /// The professions that it needs.
    pub needed: Vec<Competence>,
    /// The region that employability is seen in.
    pub region: String,
    /// The schooling that was completed.
    pub schooling: String,
    /// Whether there is a trade.
    pub trade: bool,
    /// The target group.
    pub target_group: String,
    /// `open`, `completed` or `stopped`.
    pub state: String,
    /// The day on which it was completed.
    pub completed_on: Option<Date>,
    /// The time that it took.
    pub minutes: Option<i64>,
    /// The flag of long unemployment, where it was reckoned.
    pub flag: Option<bool>,
    /// Its points.
    pub points: Option<i64>,
    /// The day on which it was reckoned.
    pub flagged_on: Option<Date>,
    /// What became of it: `long`, `work`, or empty.
    pub outcome: String,
    /// The version of the row.
    pub row_version: i64,
    /// The occupations that are thought of.
    pub work: Vec<Occupation>,
}

impl Assessment {
    /// Whether something can still be answered.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }
}

/// An answer as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Identifier.
    pub id: Uuid,
    /// In which assessment.
    pub assessment: Uuid,
    /// Whose it is.
    pub agency: AgencyId,
    /// What it tells of.
    pub dimension: Dimension,
    /// Item, side, step and day.
    pub answer: Answer,
    /// Who said it, in words.
    pub source: String,
    /// When it was written down.
    pub at: Timestamp,
    /// By whom; empty for the person.
    pub by: String,
    /// Whether it was taken over.
    pub reused: bool,
    /// The agency that asked first, of an answer that was taken over.
    pub first: Option<AgencyId>,
    /// The code of the instrument.
    pub instrument: String,
    /// The owner by name.
    pub agency_name: String,
}

fn unknown(what: &str) -> DbError {
    DbError::Other(format!("an assessment with an unknown {what}"))
}

fn assessment(mut row: Row, key: &Key) -> Result<Assessment, DbError> {
    let needed: String = row.get(15)?;
    let work = key.open_some(ASSESSMENT_WORK, row.get(28)?)?.unwrap_or_default();
    Ok(Assessment {
        id: row.get(0)?,
        agency: row.get(1)?,
        agency_name: row.get(2)?,
        office: row.get(3)?,
        instrument: row.get(4)?,
        named: (row.get(5)?, row.get(6)?),
        withdrawn: row.get(7)?,
        shared: row.get(8)?,
        round: row.get(9)?,
        doubles: row.get(10)?,
        after: row.get(11)?,
        contact_on: row.get(12)?,
        began_on: row.get(13)?,
        by: row.get(14)?,
        by_id: row.get(29)?,
        needed: needed.split_whitespace().filter_map(Competence::parse).collect(),
        region: row.get(16)?,
        schooling: row.get(17)?,
        trade: row.get(18)?,
        target_group: row.get(19)?,
        state: row.get(20)?,
        completed_on: row.get(21)?,
        minutes: row.get(22)?,
        flag: row.get(23)?,
        points: row.get(24)?,
        flagged_on: row.get(25)?,
        outcome: row.get(26)?,
        row_version: row.get(27)?,
        work: serde_json::from_str(&work).unwrap_or_default(),
    })
}

/// Every assessment of a person. The caller lets through what the walls let through.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    today: Date,
) -> Result<Vec<Assessment>, DbError> {
    let rows = link.rows(proof.opens(&OF_PERSON), args![person, today]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(link, proof, person).await?;
    rows.into_iter().map(|row| assessment(row, &key)).collect()
}

fn kept(mut row: Row, key: &Key) -> Result<Kept, DbError> {
    let (side, dimension): (String, String) = (row.get(4)?, row.get(5)?);
    let given = key.open(ANSWER_GIVEN, row.get(6)?)?;
    let reused: Option<Uuid> = row.get(11)?;
    Ok(Kept {
        id: row.get(0)?,
        assessment: row.get(1)?,
        agency: row.get(2)?,
        dimension: Dimension::parse(&dimension).ok_or_else(|| unknown("dimension"))?,
        answer: Answer {
            item: row.get(3)?,
            side: Side::parse(&side).ok_or_else(|| unknown("side"))?,
            given: Given::parse(&given).ok_or_else(|| unknown("answer"))?,
            on: row.get(8)?,
        },
        source: key.open(ANSWER_SOURCE, row.get(7)?)?,
        at: row.get(9)?,
        by: row.get(10)?,
        reused: reused.is_some(),
        first: row.get(12)?,
        instrument: row.get(13)?,
        agency_name: row.get(14)?,
    })
}

/// Every answer about a person that holds. The caller lets through what the walls let through.
///
/// # Errors
/// When the database does not answer.
pub async fn answers(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    today: Date,
) -> Result<Vec<Kept>, DbError> {
    let rows = link.rows(proof.opens(&ANSWERS), args![person, today]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(link, proof, person).await?;
    rows.into_iter().map(|row| kept(row, &key)).collect()
}

/// An assessment to be begun.
pub struct NewAssessment {
    /// Who begins it.
    pub agency: AgencyId,
    /// At which office.
    pub office: OfficeId,
    /// In which version.
    pub instrument: Uuid,
    /// Whether all agencies of the office share it.
    pub shared: bool,
    /// The one beside which it is made, and its round.
    pub doubles: Option<(Uuid, i64)>,
    /// The kind of measure that lay before it.
    pub after: String,
    /// The day of the first contact.
    pub contact_on: Date,
    /// The professions that it needs.
    pub needed: Vec<Competence>,
    /// Who begins it.
    pub by: StaffId,
}

/// Begins an assessment of the permit's person.
///
/// # Errors
/// When the database refuses.
pub async fn start(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewAssessment,
    (now, began_on, country): (Timestamp, Date, Country),
) -> Result<Uuid, Fault> {
    let person = permit.the_person()?;
    let round = match new.doubles {
        Some((_, round)) => round,
        None => match tx.row(permit.opens(&ROUNDS), args![person, new.agency]).await? {
            Some(mut row) => row.get::<i64>(0)? + 1,
            None => 1,
        },
    };
    let id = new_id();
    let needed: Vec<&str> = new.needed.iter().map(|one| one.as_str()).collect();
    let args = args![
        id,
        person,
        new.agency,
        new.office,
        new.instrument,
        new.shared,
        round,
        new.doubles.map(|(id, _)| id),
        new.after.as_str(),
        new.contact_on,
        began_on,
        now,
        new.by,
        needed.join(" "),
        kept_until(Category::Case, country, began_on),
    ];
    tx.run_one(permit.opens(&START), args).await?;
    Ok(id)
}

/// Where an answer was taken over from.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// The answer that it repeats.
    pub answer: Uuid,
    /// The agency that asked.
    pub first: AgencyId,
    /// The consent it crossed under, where it did.
    pub consent: Option<ConsentId>,
}

/// An answer to be kept.
pub struct NewAnswer<'a> {
    /// In which assessment.
    pub assessment: Uuid,
    /// Whose it is.
    pub agency: AgencyId,
    /// What it tells of.
    pub dimension: Dimension,
    /// The item.
    pub item: &'a str,
    /// Who answers.
    pub side: Side,
    /// What.
    pub given: Given,
    /// Who said it.
    pub source: &'a str,
    /// When it was received.
    pub on: Date,
    /// Who writes it down; none where the person does.
    pub by: Option<StaffId>,
    /// Where it was taken over.
    pub taken: Option<Taken>,
}

/// Keeps an answer of a person; the one before it stays as history.
///
/// # Errors
/// A conflict when somebody answered at the same time.
pub async fn keep(
    tx: &mut Tx,
    proof: &dyn Proof,
    person: PersonId,
    new: &NewAnswer<'_>,
    (now, country): (Timestamp, Country),
) -> Result<(), Fault> {
    let key = Key::look_up(tx, proof, person).await?;
    let side = new.side.as_str();
    tx.run(proof.opens(&REPLACE), args![new.assessment, new.item, side, new.agency, now]).await?;
    let args = args![
        new_id(),
        new.assessment,
        person,
        new.agency,
        new.item,
        side,
        new.dimension.as_str(),
        key.seal(ANSWER_GIVEN, &new.given.code().to_string())?,
        key.seal(ANSWER_SOURCE, new.source)?,
        new.on,
        now,
        new.by,
        new.taken.map(|it| it.answer),
        new.taken.map(|it| it.first),
        new.taken.and_then(|it| it.consent),
        kept_until(new.dimension.category(), country, new.on),
    ];
    tx.run_one(proof.opens(&KEEP), args).await?;
    Ok(())
}

/// Ends an open assessment of the permit's person: `completed` with its day and minutes, or
/// `stopped`.
///
/// # Errors
/// A conflict when somebody came first.
pub async fn end(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    completed: Option<(Date, Option<i64>)>,
) -> Result<(), Fault> {
    let state = if completed.is_some() { "completed" } else { "stopped" };
    let (on, minutes) = (completed.map(|it| it.0), completed.and_then(|it| it.1));
    let args = args![id, version, permit.the_person()?, state, on, minutes];
    Ok(tx.run_one(permit.opens(&END), args).await?)
}

/// Keeps the flag of long unemployment of an open assessment.
///
/// # Errors
/// When the database refuses.
pub async fn keep_flag(
    tx: &mut Tx,
    proof: &dyn Proof,
    (id, person): (Uuid, PersonId),
    flag: &Flag,
    (today, version): (Date, &str),
) -> Result<(), Fault> {
    debug_assert!(proof.reaches(person.0));
    let args = args![id, person, flag.raised, i64::from(flag.points), today, version];
    tx.run(proof.opens(&FLAG), args).await?;
    Ok(())
}

/// Keeps what became of a flag.
///
/// # Errors
/// A conflict when there is no flag, or it was said before.
pub async fn keep_outcome(
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
    outcome: &str,
    today: Date,
) -> Result<(), Fault> {
    match tx.run(permit.opens(&OUTCOME), args![id, permit.the_person()?, outcome, today]).await? {
        1 => Ok(()),
        _ => Err(Fault::conflict("stale")),
    }
}

/// What is said about work and schooling.
pub struct WorkLife<'a> {
    /// The occupations that are thought of.
    pub work: &'a [Occupation],
    /// The region.
    pub region: &'a str,
    /// The schooling that was completed.
    pub schooling: &'a str,
    /// Whether there is a trade.
    pub trade: bool,
    /// The target group.
    pub target_group: &'a str,
}

/// Keeps what is said about work and schooling.
///
/// # Errors
/// A conflict when somebody came first.
pub async fn keep_work(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    said: &WorkLife<'_>,
) -> Result<(), Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let work = serde_json::to_string(said.work).map_err(|it| Fault::Defect(it.to_string()))?;
    let args = args![
        id,
        version,
        person,
        key.seal(ASSESSMENT_WORK, &work)?,
        said.region,
        said.schooling,
        said.trade,
        said.target_group,
    ];
    Ok(tx.run_one(permit.opens(&WORK), args).await?)
}
