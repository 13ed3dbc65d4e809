//! What receivers hold, what they were told when a consent ended, and what they answered, in
//! the database (REQ-INFO-03).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::consent::Answer;
use onedoor_domain::ids::{AgencyId, ConsentId, PersonId, StaffId, WithdrawalNoticeId};
use onedoor_domain::secrecy::Categories;

use super::store::{codes, key_of, read_codes};
use crate::app::new_id;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, RECEIPT_REASON};
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::web::Fault;

crate::sql! {
    TOLD = "update consent set told_at = $2 where id = $1";
    // What was told under a consent and under those that it came out of: every receiver, however
    // often another one was told something.
    HELD = "with recursive chain (id) as (
            select c.id from consent c where c.id = $1
            union select c.replaces_id from consent c join chain on chain.id = c.id
                where c.replaces_id is not null)
        select d.to_agency_id, d.categories, count(*), max(d.at) from chain
        join disclosure d on d.consent_id = chain.id group by d.to_agency_id, d.categories
        union all
        select h.provider_id, h.category, count(*), max(h.at) from chain
        cross join handing h where h.consent_id = chain.id group by h.provider_id, h.category";
    INSERT_TOLD = "insert into consent_notice (id, consent_id, person_id, to_agency_id,
            categories, held, told_at, due_on, answered_at, answered_by, answer, reason, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, null, null, null, null, 1)";
    RECEIPTS = "select n.id, coalesce(v.name, a.name), n.categories, n.held, n.told_at, n.due_on, n.answered_at,
            n.answer, coalesce(n.reason, ''), coalesce(s.name, ''), n.person_id, k.wrapped
        from consent_notice n join agency a on a.id = n.to_agency_id
        left join subject_key k on k.subject_id = n.person_id
        left join staff s on s.id = n.answered_by
        left join provider v on v.id = n.provider_id
        where n.consent_id = $1 order by a.kind, a.name limit 200";
    TO_ANSWER = concat!("select n.id, n.person_id, n.categories, n.held, n.told_at, n.due_on, n.version,
            c.purpose, coalesce(v.name, '')
        from consent_notice n join person p on p.id = n.person_id
        join consent c on c.id = n.consent_id
        left join provider v on v.id = n.provider_id
        where n.to_agency_id = $1 and n.answered_at is null and ", unbarred!("$2", "$3"), "
        order by n.due_on, n.id limit 200");
    ONE_TO_ANSWER = concat!("select n.person_id, n.version from consent_notice n
        join person p on p.id = n.person_id
        where n.id = $1 and n.to_agency_id = $2 and n.answered_at is null
            and ", unbarred!("$3", "$4"));
    ANSWER = "update consent_notice set answered_at = $3, answered_by = $4, answer = $5,
            reason = $6, version = version + 1
        where id = $1 and version = $2 and answered_at is null";
    // For the privacy owner: which agency owes an answer, and nobody's name.
    OVERDUE = "select n.id, a.name, n.told_at, n.due_on, n.held, n.categories
        from consent_notice n join agency a on a.id = n.to_agency_id
        where n.answered_at is null and n.due_on < $1 order by n.due_on, n.id limit 500";
}

/// What a receiver holds under a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The kinds of information.
    pub categories: Categories,
    /// How many times something was told.
    pub times: i64,
    /// The last time.
    pub last: Timestamp,
}

/// What each receiver holds under a consent of the permit's person, of the kinds
/// that it loses.
///
/// # Errors
/// When the database does not answer.
pub async fn held(
    link: &mut Link,
    permit: &Permit,
    consent: ConsentId,
    lost: &BTreeMap<AgencyId, Categories>,
) -> Result<BTreeMap<AgencyId, Held>, Fault> {
    permit.the_person()?;
    let mut held: BTreeMap<AgencyId, Held> = BTreeMap::new();
    for mut row in link.rows(permit.opens(&HELD), args![consent]).await? {
        let agency: AgencyId = row.get(0)?;
        let text: String = row.get(1)?;
        let (times, at): (i64, Timestamp) = (row.get(2)?, row.get(3)?);
        let gone = lost.get(&agency).copied().unwrap_or_default();
        let of_it = read_codes(&text).and(gone);
        if of_it.is_empty() {
            continue;
        }
        let one = held.entry(agency).or_insert(Held { categories: of_it, times: 0, last: at });
        one.categories = one.categories.or(of_it);
        one.times += times;
        one.last = one.last.max(at);
    }
    Ok(held)
}

/// Tells every agency that holds something that the consent has ended.
///
/// # Errors
/// When the database refuses.
pub(super) async fn tell(
    tx: &mut Tx,
    permit: &Permit,
    consent: ConsentId,
    held: &BTreeMap<AgencyId, Held>,
    now: Timestamp,
    due_on: Date,
) -> Result<(), Fault> {
    let person = permit.the_person()?;
    for (agency, one) in held {
        let id = WithdrawalNoticeId(new_id());
        let categories = codes(one.categories);
        let args = args![id, consent, person, *agency, categories, one.times, now, due_on];
        tx.run(permit.opens(&INSERT_TOLD), args).await?;
    }
    Ok(())
}

/// Notes that the receivers were told.
///
/// # Errors
/// When the database refuses.
pub(super) async fn told(
    tx: &mut Tx,
    permit: &Permit,
    consent: ConsentId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run(permit.opens(&TOLD), args![consent, now]).await?;
    Ok(())
}

/// What became of a withdrawal at one receiver.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The receiver.
    pub agency: String,
    /// What it held.
    pub categories: Categories,
    /// How many times it was told something.
    pub held: i64,
    /// When it was told of the withdrawal.
    pub told_at: Timestamp,
    /// Until when it should answer.
    pub due_on: String,
    /// When it answered, and what it did: the code, the reason, and who.
    pub answered: Option<(Timestamp, String, String, String)>,
}

/// The receipts of a consent of the permit's person.
///
/// # Errors
/// When the database does not answer.
pub async fn receipts(
    link: &mut Link,
    permit: &Permit,
    consent: ConsentId,
) -> Result<Vec<Receipt>, Fault> {
    permit.the_person()?;
    let rows = link.rows(permit.opens(&RECEIPTS), args![consent]).await?;
    let read = |mut row: Row| -> Result<Receipt, DbError> {
        let categories: String = row.get(2)?;
        let at: Option<Timestamp> = row.get(6)?;
        let answer: Option<String> = row.get(7)?;
        let key = key_of(permit, row.get(10)?, row.get(11)?)?;
        let (reason, who): (String, String) = (key.open(RECEIPT_REASON, row.get(8)?)?, row.get(9)?);
        Ok(Receipt {
            agency: row.get(1)?,
            categories: read_codes(&categories),
            held: row.get(3)?,
            told_at: row.get(4)?,
            due_on: row.get(5)?,
            answered: at.map(|at| (at, answer.unwrap_or_default(), reason, who)),
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?)
}

/// A withdrawal that an agency has not answered yet.
#[derive(Clone, Debug)]
pub struct ToAnswer {
    /// Its identifier.
    pub id: WithdrawalNoticeId,
    /// Whose consent it was.
    pub person: PersonId,
    /// What the agency holds.
    pub categories: Categories,
    /// How many times it was told something.
    pub held: i64,
    /// When it was told of the withdrawal.
    pub told_at: Timestamp,
    /// Until when it should answer.
    pub due_on: String,
    /// Its version.
    pub version: i64,
    /// What the consent was for.
    pub purpose: String,
    /// The measure provider that holds it, for which the agency answers; empty where it is
    /// the agency itself.
    pub provider: String,
}

/// What the permit's agency has still to answer; whoever the reader is not
/// cleared for is missing.
///
/// # Errors
/// When the permit is nobody's, or the database does not answer.
pub async fn to_answer(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<ToAnswer>, Fault> {
    let agency = permit.agency().ok_or(Fault::Denied)?;
    let rows = link.rows(permit.opens(&TO_ANSWER), args![agency, actor.lacks(), actor.id]).await?;
    let read = |mut row: Row| -> Result<ToAnswer, DbError> {
        let categories: String = row.get(2)?;
        Ok(ToAnswer {
            id: row.get(0)?,
            person: row.get(1)?,
            categories: read_codes(&categories),
            held: row.get(3)?,
            told_at: row.get(4)?,
            due_on: row.get(5)?,
            version: row.get(6)?,
            purpose: row.get(7)?,
            provider: row.get(8)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?)
}

/// One withdrawal that the permit's agency has still to answer: whose it is, and
/// its version.
///
/// # Errors
/// [`Fault::Hidden`] when there is none.
pub async fn one_to_answer(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    id: WithdrawalNoticeId,
) -> Result<(PersonId, i64), Fault> {
    let agency = permit.agency().ok_or(Fault::Denied)?;
    let row =
        link.row(permit.opens(&ONE_TO_ANSWER), args![id, agency, actor.lacks(), actor.id]).await?;
    let mut row = row.ok_or(Fault::Hidden)?;
    Ok((row.get(0)?, row.get(1)?))
}

/// Keeps the answer of a receiver.
///
/// # Errors
/// A conflict when somebody else has answered.
pub async fn answer(
    tx: &mut Tx,
    permit: &Permit,
    person: PersonId,
    (id, version): (WithdrawalNoticeId, i64),
    (answer, reason): (Answer, &str),
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    let key = Key::look_up(tx, permit, person).await?;
    let reason = key.seal(RECEIPT_REASON, reason)?;
    let args = args![id, version, now, by, answer.as_str(), reason];
    Ok(tx.run_one(permit.opens(&ANSWER), args).await?)
}

/// An answer that is late, for the privacy owner.
#[derive(Clone, Debug)]
pub struct Overdue {
    /// Which one.
    pub id: WithdrawalNoticeId,
    /// The agency that owes it.
    pub agency: String,
    /// When it was told.
    pub told_at: Timestamp,
    /// When the answer was due.
    pub due_on: String,
    /// How many times it was told something.
    pub held: i64,
    /// Of which kinds.
    pub categories: Categories,
}

/// Withdrawals whose answer is late.
///
/// # Errors
/// When the database does not answer.
pub async fn overdue(link: &mut Link, permit: &Permit, today: Date) -> Result<Vec<Overdue>, Fault> {
    let rows = link.rows(permit.opens(&OVERDUE), args![today]).await?;
    let read = |mut row: Row| -> Result<Overdue, DbError> {
        let categories: String = row.get(5)?;
        Ok(Overdue {
            id: row.get(0)?,
            agency: row.get(1)?,
            told_at: row.get(2)?,
            due_on: row.get(3)?,
            held: row.get(4)?,
            categories: read_codes(&categories),
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?)
}
