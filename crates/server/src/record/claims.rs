//! Recorded grounds in the database: what one agency asks another for, and the answer.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PersonId, StaffId};
use onedoor_domain::secrecy::{Categories, Purpose};
use uuid::Uuid;

use crate::args;
use crate::consent::store::key_of;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{CLAIM_ANSWER, CLAIM_REASON, Key};
use crate::policy::{Cause, Permit, Proof, Warrant};
use crate::web::Fault;

crate::sql! {
    CLAIMS = "select c.id, c.from_agency_id, c.to_agency_id, f.name, t.name, c.purpose,
            c.conditions, c.categories, c.reason, c.made_at, s.name, c.valid_until, c.state,
            c.answer, c.person_id, k.wrapped
        from claim c join agency f on f.id = c.from_agency_id
            join agency t on t.id = c.to_agency_id join staff s on s.id = c.made_by
            left join subject_key k on k.subject_id = c.person_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)
            and (c.from_agency_id = $2 or c.to_agency_id = $2)
            and c.valid_until >= $3 and c.state <> 'ended'
        order by c.made_at desc limit 100";
    CLAIM = "select from_agency_id, to_agency_id, state, person_id from claim
        where id = $1
            and person_id in (select id from person where id = $2 or merged_into = $2)";
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

/// The recorded grounds about the permit's person in which an agency takes part, those on records
/// that were joined to theirs too: they open the walls, so they are seen and can be ended.
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
    let rows = link.rows(permit.opens(&CLAIMS), args![person, agency, today]).await?;
    let read = |mut row: Row| -> Result<Claim, DbError> {
        // What was written on a record that was joined lies under that record's key.
        let key = key_of(permit, row.get(14)?, row.get(15)?)?;
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
    tx.run_one(permit.opens(&INSERT_CLAIM), args).await?;
    Ok(id)
}

/// Who gives and who receives by a recorded ground.
pub struct Parties {
    /// Who gives.
    pub from: AgencyId,
    /// Who receives.
    pub to: AgencyId,
    /// `asked`, `held`, `refused` or `ended`.
    pub state: String,
    /// The record it is on: the person's, or one that was joined to it.
    pub of: PersonId,
}

/// Who gives and who receives by a recorded ground about the permit's person, and its state.
///
/// # Errors
/// [`Fault::Hidden`] when there is none.
pub async fn claim_parties(link: &mut Link, permit: &Permit, id: Uuid) -> Result<Parties, Fault> {
    let row = link.row(permit.opens(&CLAIM), args![id, permit.the_person()?]).await?;
    let mut row = row.ok_or(Fault::Hidden)?;
    Ok(Parties { from: row.get(0)?, to: row.get(1)?, state: row.get(2)?, of: row.get(3)? })
}

/// The giver's answer to a question for a necessity.
///
/// # Errors
/// A conflict when it was answered already.
pub async fn answer_claim(
    tx: &mut Tx,
    permit: &Permit,
    (id, of): (Uuid, PersonId),
    (yes, reason): (bool, &str),
    (by, now): (StaffId, Timestamp),
) -> Result<(), Fault> {
    // The answer lies beside the question, under the same key.
    let joined = Warrant::naming(Cause::Joined, permit.vault(), of.0);
    let key = Key::look_up(tx, &joined, of).await?;
    let state = if yes { "held" } else { "refused" };
    let answer = key.seal(CLAIM_ANSWER, reason)?;
    tx.run_one(permit.opens(&ANSWER_CLAIM), args![id, state, answer, now, by]).await?;
    Ok(())
}

/// Ends a recorded ground: from now it opens nothing.
///
/// # Errors
/// A conflict when it had ended.
pub async fn end_claim(
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run_one(permit.opens(&END_CLAIM), args![id, now, by]).await?;
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
    permit: &Permit,
    agency: AgencyId,
    today: Date,
) -> Result<Vec<Question>, DbError> {
    let rows = link.rows(permit.opens(&ASKED), args![agency, today]).await?;
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
