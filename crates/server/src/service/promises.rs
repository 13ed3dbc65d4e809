//! What was promised, beside what came (REQ-FRONT-21).

use jiff::Timestamp;
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId};
use onedoor_domain::office::Subject;
use onedoor_domain::person::Language;
use onedoor_domain::service::{Given, compare};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::ServiceLine;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, PROMISE_TEXT};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    MAKE = "insert into promise (id, person_id, visit_id, service_code, service_version, text,
            staff_id, agency_id, office_id, at, state, result, settled_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', null, null, 1)";
    OF_PERSON = "select p.id, p.service_code, p.service_version, t.name, p.text, s.name, p.at,
            p.state, coalesce(p.result, ''), k.wrapped, p.service_version < (
                select max(n.version) from service n where n.code = p.service_code)
        from promise p join staff s on s.id = p.staff_id
        join service_text t on t.code = p.service_code and t.version = p.service_version
            and t.language = $3
        left join subject_key k on k.subject_id = p.person_id
        where p.person_id = $1 and p.agency_id = $2 order by p.at desc limit 50";
    SETTLE = "update promise set state = $3, result = $4, settled_at = $5, version = version + 1
        where person_id = $1 and state = 'open' and exists (select 1 from service s
            where s.code = promise.service_code and s.version = promise.service_version
                and s.subject = $2)";
}

/// A promise as it is read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromiseLine {
    /// Its identifier.
    pub id: String,
    /// The service.
    pub service: String,
    /// Which version of it was read when it was promised.
    pub version: i64,
    /// What the service was called then.
    pub name: String,
    /// What was said.
    pub text: String,
    /// Who said it.
    pub by: String,
    /// When, in microseconds.
    pub at: i64,
    /// `open`, `kept` or `unmet`.
    pub state: String,
    /// What the decision gave; empty while there is none.
    pub result: String,
    /// Whether the catalogue has changed since.
    pub outdated: bool,
}

/// Keeps a promise made to the permit's visitor.
///
/// # Errors
/// When nobody knows who the visitor is.
pub async fn make(
    tx: &mut Tx,
    permit: &Permit,
    service: &ServiceLine,
    text: &str,
    (by, agency, office): (StaffId, AgencyId, OfficeId),
    now: Timestamp,
) -> Result<(), Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let args = args![
        crate::app::new_id(),
        person,
        permit.visit()?,
        &service.code,
        service.version,
        key.seal(PROMISE_TEXT, text)?,
        by,
        agency,
        office,
        now,
    ];
    tx.run_one(permit.opens(&MAKE), args).await?;
    Ok(())
}

/// What the reader's own agency has promised the permit's person. What another agency promised is
/// for the walls.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(
    link: &mut Link,
    permit: &Permit,
    agency: Option<AgencyId>,
    language: Language,
) -> Result<Vec<PromiseLine>, Fault> {
    let Some(person) = permit.person() else { return Ok(Vec::new()) };
    let rows =
        link.rows(permit.opens(&OF_PERSON), args![person, agency, language.as_str()]).await?;
    let read = |mut row: Row| -> Result<PromiseLine, DbError> {
        let id: uuid::Uuid = row.get(0)?;
        let key = Key::of(permit, person, row.get(9)?)?;
        Ok(PromiseLine {
            id: id.to_string(),
            service: row.get(1)?,
            version: row.get(2)?,
            name: row.get(3)?,
            text: key.open(PROMISE_TEXT, row.get(4)?)?,
            by: row.get(5)?,
            at: row.get(6)?,
            state: row.get(7)?,
            result: row.get(8)?,
            outdated: row.get(10)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// Lays a decision beside what was promised in its subject: what gave less is an unmet
/// expectation (REQ-FRONT-21). It reads no promise, and tells none.
///
/// # Errors
/// When the database refuses.
pub async fn settle(
    tx: &mut Tx,
    permit: &Permit,
    subject: Subject,
    given: Given,
    now: Timestamp,
) -> Result<u64, Fault> {
    let person = permit.the_person()?;
    let state = compare(given).as_str();
    let args = args![person, subject.as_str(), state, given.as_str(), now];
    Ok(tx.run(permit.opens(&SETTLE), args).await?)
}
