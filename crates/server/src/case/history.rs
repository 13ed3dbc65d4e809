//! What has happened in a case: its events, and the hand-overs that were asked for.

use jiff::Timestamp;
use onedoor_domain::ids::{CaseId, PersonId};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{CASE_EVENT, HANDOVER_ALTERNATIVE, HANDOVER_NEED, HANDOVER_REASON, Key};
use crate::policy::{Permit, Proof};
use crate::web::Fault;

crate::sql! {
    EVENT = "insert into case_event (case_id, n, at, kind, actor_id, detail)
        select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5 from case_event where case_id = $1";
    EVENTS = "select e.at, e.kind, coalesce(s.name, ''), e.detail, k.wrapped from case_event e
        join shared_case c on c.id = e.case_id
        left join subject_key k on k.subject_id = c.person_id
        left join staff s on s.id = e.actor_id where e.case_id = $1 order by e.n desc limit 100";
    HANDOVERS = "select h.id, h.state, h.reason, h.need, h.asked_at, h.deadline,
            u.name, o.name, coalesce(t.name, ''), b.name, h.answer_reason, h.alternative,
            h.answered_at, k.wrapped
        from handover h join shared_case c on c.id = h.case_id
        left join subject_key k on k.subject_id = c.person_id
        join unit u on u.id = h.to_unit_id join office o on o.id = u.office_id
        join staff b on b.id = h.asked_by left join staff t on t.id = h.to_staff_id
        where h.case_id = $1 order by h.asked_at desc limit 50";
}

/// Adds to the history of a case of the permit's person.
///
/// # Errors
/// When the database refuses.
pub async fn event(
    tx: &mut Tx,
    permit: &Permit,
    case: CaseId,
    kind: &str,
    actor: Option<Uuid>,
    detail: &serde_json::Value,
    now: Timestamp,
) -> Result<(), Fault> {
    let person = permit.the_person()?;
    Ok(add_event(tx, permit, (case, person), kind, actor, detail, now).await?)
}

/// The same by a warrant, where nobody did it.
pub(crate) async fn add_event(
    tx: &mut Tx,
    proof: &dyn Proof,
    (case, person): (CaseId, PersonId),
    kind: &str,
    actor: Option<Uuid>,
    detail: &serde_json::Value,
    now: Timestamp,
) -> Result<(), DbError> {
    let detail = if detail.as_object().is_none_or(serde_json::Map::is_empty) {
        String::new()
    } else {
        Key::look_up(tx, proof, person).await?.seal(CASE_EVENT, &detail.to_string())?
    };
    // One event after another on a case: the case row is already locked by the
    // change that the event tells of.
    tx.run_one(proof.opens(&EVENT), args![case, now, kind, actor, detail]).await
}

/// One line of the history.
pub struct Happened {
    /// When.
    pub at: i64,
    /// What.
    pub kind: String,
    /// Who.
    pub who: String,
    /// More.
    pub detail: serde_json::Value,
}

/// The history of the permit's case, latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn events(link: &mut Link, permit: &Permit) -> Result<Vec<Happened>, Fault> {
    let person = permit.the_person()?;
    let rows = link.rows(permit.opens(&EVENTS), args![permit.case()?]).await?;
    let mut key: Option<Key> = None;
    let read = |mut row: Row| -> Result<Happened, DbError> {
        // All rows are of one person: one key is unwrapped for all of them.
        let own = match key.take() {
            Some(own) => own,
            None => Key::of(permit, person, row.get(4)?)?,
        };
        let detail = own.open(CASE_EVENT, row.get(3)?)?;
        key = Some(own);
        Ok(Happened {
            at: row.get(0)?,
            kind: row.get(1)?,
            who: row.get(2)?,
            detail: serde_json::from_str(&detail).unwrap_or_default(),
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// A hand-over as a page shows it.
pub struct HandoverRow {
    /// Its identifier.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// Why.
    pub reason: String,
    /// What for.
    pub need: String,
    /// When it was asked.
    pub asked_at: i64,
    /// Until when.
    pub deadline: String,
    /// The unit and its office.
    pub to: String,
    /// The worker, when one was named.
    pub to_staff: String,
    /// Who asked.
    pub by: String,
    /// Why not.
    pub answer_reason: Option<String>,
    /// What instead.
    pub alternative: Option<String>,
    /// When it was answered.
    pub answered_at: Option<i64>,
}

/// The hand-overs of the permit's case, latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn handovers(link: &mut Link, permit: &Permit) -> Result<Vec<HandoverRow>, Fault> {
    let person = permit.the_person()?;
    let rows = link.rows(permit.opens(&HANDOVERS), args![permit.case()?]).await?;
    let read = |mut row: Row| -> Result<HandoverRow, DbError> {
        let key = Key::of(permit, person, row.get(13)?)?;
        let id: Uuid = row.get(0)?;
        let (unit, office): (String, String) = (row.get(6)?, row.get(7)?);
        Ok(HandoverRow {
            id: id.to_string(),
            state: row.get(1)?,
            reason: row.get(2)?,
            need: key.open(HANDOVER_NEED, row.get(3)?)?,
            asked_at: row.get(4)?,
            deadline: row.get(5)?,
            to: format!("{unit}, {office}"),
            to_staff: row.get(8)?,
            by: row.get(9)?,
            answer_reason: key.open_some(HANDOVER_REASON, row.get(10)?)?,
            alternative: key.open_some(HANDOVER_ALTERNATIVE, row.get(11)?)?,
            answered_at: row.get(12)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}
