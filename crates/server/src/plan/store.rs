//! Plans in the database: their heads, their texts in every version, and what happened.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::ids::{AgencyId, OfficeId, PersonId, PlanId, PlanItemId, StaffId, UnitId};
use onedoor_domain::plan::label::Field;
use onedoor_domain::plan::{Label, Plan, PlanState};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, PLAN_BODY, PLAN_DETAIL, PLAN_END, PLAN_SCHEME};
use crate::policy::{Permit, Proof};
use crate::web::Fault;

crate::sql! {
    OF_PERSON = "select p.id, p.label, p.state, p.agency_id, p.unit_id, p.coordinator_id,
            p.deputy_id, p.asked_id, p.period_from, p.period_until, p.revise_on, p.agreed_on,
            p.agreed_how, p.scheme, p.end_reason, p.apart_id, p.ended_on, p.version, a.name,
            u.name, c.name, d.name, coalesce(k.name, ''), u.office_id, p.person_id
        from plan p join agency a on a.id = p.agency_id join unit u on u.id = p.unit_id
        join staff c on c.id = p.coordinator_id join staff d on d.id = p.deputy_id
        left join staff k on k.id = p.asked_id
        where p.person_id = $1 order by p.made_at desc, p.id limit 50";
    INSERT = "insert into plan (id, person_id, label, state, agency_id, unit_id, coordinator_id,
            deputy_id, asked_id, period_from, period_until, revise_on, agreed_on, agreed_how,
            scheme, end_reason, apart_id, made_at, made_by, ended_on, kept_until, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9, $10, $11, null, '', $12, $13, $14, $15,
            $16, null, $17, 1)";
    SAVE = "update plan set label = $4, state = $5, agency_id = $6, unit_id = $7,
            coordinator_id = $8, deputy_id = $9, asked_id = $10, period_until = $11,
            revise_on = $12, agreed_on = $13, agreed_how = $14, scheme = $15, end_reason = $16,
            ended_on = $17, kept_until = $18, version = version + 1
        where id = $1 and version = $2 and person_id = $3";
    TEXTS = "select t.field, t.n, t.body, t.at, s.name from plan_text t
        join staff s on s.id = t.staff_id
        where t.plan_id = $1 and t.person_id = $2
            and t.n = (select max(l.n) from plan_text l
                where l.plan_id = t.plan_id and l.field = t.field)
        order by t.field limit 50";
    VERSIONS = "select t.field, t.n, t.body, t.at, s.name from plan_text t
        join staff s on s.id = t.staff_id
        where t.plan_id = $1 and t.person_id = $2 and t.field = $3 order by t.n desc limit 200";
    ADD_TEXT = "insert into plan_text (plan_id, person_id, field, n, body, at, staff_id)
        values ($1, $2, $3, $4, $5, $6, $7)";
    LAST_EVENT = "select coalesce(max(n), 0) from plan_event where plan_id = $1";
    ADD_EVENT = "insert into plan_event (plan_id, n, person_id, item_id, kind, detail, at,
            staff_id, by_person_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    EVENTS = "select e.n, e.item_id, e.kind, e.detail, e.at, coalesce(s.name, ''),
            e.by_person_id, e.person_id
        from plan_event e left join staff s on s.id = e.staff_id
        where e.plan_id = $1 and e.person_id = $2 order by e.n desc limit 300";
    RECORDS = "select id from person where id = $1 or merged_into = $1 limit 50";
}

/// A plan as it is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Identifier.
    pub id: PlanId,
    /// Its head.
    pub plan: Plan,
    /// The coordinator's agency, whose plan it is before the walls.
    pub agency: AgencyId,
    /// The coordinator's unit.
    pub unit: UnitId,
    /// The office of that unit.
    pub office: OfficeId,
    /// How the person said yes: `page`, `spoken` or `written`; empty before.
    pub agreed_how: String,
    /// The scheme that the person is in, in words.
    pub scheme: String,
    /// Why it rests or is over.
    pub reason: String,
    /// The agency that has it apart.
    pub apart: Option<AgencyId>,
    /// When it ended.
    pub ended_on: Option<Date>,
    /// Its version.
    pub version: i64,
    /// The agency by name.
    pub agency_name: String,
    /// The unit by name.
    pub unit_name: String,
    /// The coordinator by name.
    pub coordinator_name: String,
    /// The deputy by name.
    pub deputy_name: String,
    /// Who was asked to coordinate, by name.
    pub asked_name: String,
    /// The record that it is under.
    pub person: PersonId,
}

fn broken(what: &str) -> DbError {
    DbError::Other(format!("a plan with an unknown {what}"))
}

fn stored(mut row: Row, key: &Key) -> Result<Stored, DbError> {
    let (label, state): (String, String) = (row.get(1)?, row.get(2)?);
    let plan = Plan {
        label: Label::parse(&label).ok_or_else(|| broken("name"))?,
        state: PlanState::parse(&state).ok_or_else(|| broken("state"))?,
        coordinator: row.get(5)?,
        deputy: row.get(6)?,
        asked: row.get(7)?,
        from: row.get(8)?,
        until: row.get(9)?,
        revise_on: row.get(10)?,
        agreed_on: row.get(11)?,
    };
    Ok(Stored {
        id: row.get(0)?,
        plan,
        agency: row.get(3)?,
        unit: row.get(4)?,
        agreed_how: row.get(12)?,
        scheme: key.open(PLAN_SCHEME, row.get(13)?)?,
        reason: key.open(PLAN_END, row.get(14)?)?,
        apart: row.get(15)?,
        ended_on: row.get(16)?,
        version: row.get(17)?,
        agency_name: row.get(18)?,
        unit_name: row.get(19)?,
        coordinator_name: row.get(20)?,
        deputy_name: row.get(21)?,
        asked_name: row.get(22)?,
        office: row.get(23)?,
        person: row.get(24)?,
    })
}

/// The plans under one record, the latest first. The caller lets through what the walls let
/// through; the person's own page shows all.
///
/// # Errors
/// When the database does not answer, or the proof does not reach the record.
pub async fn plans(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
) -> Result<Vec<Stored>, DbError> {
    let rows = link.rows(proof.opens(&OF_PERSON), args![person]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(link, proof, person).await?;
    rows.into_iter().map(|row| stored(row, &key)).collect()
}

/// The record of a person and those that were joined to it.
///
/// # Errors
/// When the database does not answer.
pub async fn records(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
) -> Result<Vec<PersonId>, DbError> {
    link.rows(proof.opens(&RECORDS), args![person])
        .await?
        .into_iter()
        .map(|mut row| row.get(0))
        .collect()
}

/// How long a plan is kept after the last that happens in it, or its last day where that is
/// later: a product rule, as for other records (domain.md section B).
fn kept_until(until: Date, today: Date) -> Date {
    until.max(today).checked_add(5.years()).unwrap_or(Date::MAX)
}

/// A plan to be kept.
pub(super) struct NewPlan<'a> {
    pub(super) plan: &'a Plan,
    pub(super) agency: AgencyId,
    pub(super) unit: UnitId,
    pub(super) scheme: &'a str,
    pub(super) apart: Option<AgencyId>,
    pub(super) by: StaffId,
}

/// Keeps a plan of the permit's person.
///
/// # Errors
/// A conflict when one was made at the same time.
pub(super) async fn insert(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewPlan<'_>,
    (now, today): (Timestamp, Date),
) -> Result<PlanId, Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let id = PlanId(crate::app::new_id());
    let plan = new.plan;
    let args = args![
        id,
        person,
        plan.label.as_str(),
        plan.state.as_str(),
        new.agency,
        new.unit,
        plan.coordinator,
        plan.deputy,
        plan.from,
        plan.until,
        plan.revise_on,
        key.seal(PLAN_SCHEME, new.scheme)?,
        key.seal(PLAN_END, "")?,
        new.apart,
        now,
        new.by,
        kept_until(plan.until, today),
    ];
    tx.run_one(permit.opens(&INSERT), args).await?;
    Ok(id)
}

/// Writes what a plan has become.
///
/// # Errors
/// A conflict when somebody came first.
pub async fn save(
    tx: &mut Tx,
    proof: &dyn Proof,
    stored: &Stored,
    today: Date,
) -> Result<(), Fault> {
    let key = Key::look_up(tx, proof, stored.person).await?;
    let plan = &stored.plan;
    let ended = match plan.state {
        PlanState::Ended => stored.ended_on.or(Some(today)),
        _ => None,
    };
    let args = args![
        stored.id,
        stored.version,
        stored.person,
        plan.label.as_str(),
        plan.state.as_str(),
        stored.agency,
        stored.unit,
        plan.coordinator,
        plan.deputy,
        plan.asked,
        plan.until,
        plan.revise_on,
        plan.agreed_on,
        &stored.agreed_how,
        key.seal(PLAN_SCHEME, &stored.scheme)?,
        key.seal(PLAN_END, &stored.reason)?,
        ended,
        kept_until(plan.until, today),
    ];
    tx.run_one(proof.opens(&SAVE), args).await?;
    Ok(())
}

/// A version of a text.
#[derive(Clone, Debug)]
pub struct Text {
    /// Which text.
    pub field: Field,
    /// Its number, from 1.
    pub n: i64,
    /// What it says.
    pub body: String,
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

fn text(mut row: Row, key: &Key) -> Result<Text, DbError> {
    let field: String = row.get(0)?;
    Ok(Text {
        field: Field::parse(&field).ok_or_else(|| broken("text"))?,
        n: row.get(1)?,
        body: key.open(PLAN_BODY, row.get(2)?)?,
        at: row.get(3)?,
        by: row.get(4)?,
    })
}

/// The latest version of every text of a plan.
///
/// # Errors
/// When the database does not answer.
pub async fn texts(
    link: &mut Link,
    proof: &dyn Proof,
    stored: &Stored,
) -> Result<Vec<Text>, DbError> {
    let key = Key::look_up(link, proof, stored.person).await?;
    let rows = link.rows(proof.opens(&TEXTS), args![stored.id, stored.person]).await?;
    rows.into_iter().map(|row| text(row, &key)).collect()
}

/// Every version of one text, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn versions(
    link: &mut Link,
    proof: &dyn Proof,
    stored: &Stored,
    field: Field,
) -> Result<Vec<Text>, DbError> {
    let key = Key::look_up(link, proof, stored.person).await?;
    let rows =
        link.rows(proof.opens(&VERSIONS), args![stored.id, stored.person, field.as_str()]).await?;
    rows.into_iter().map(|row| text(row, &key)).collect()
}

/// Keeps a version of a text beside those before it.
///
/// # Errors
/// A conflict when that version was written by somebody else meanwhile.
pub(super) async fn add_text(
    tx: &mut Tx,
    permit: &Permit,
    stored: &Stored,
    (field, n, body): (Field, i64, &str),
    (by, now): (StaffId, Timestamp),
) -> Result<(), Fault> {
    let key = Key::look_up(tx, permit, stored.person).await?;
    let sealed = key.seal(PLAN_BODY, body)?;
    let args = args![stored.id, stored.person, field.as_str(), n, sealed, now, by];
    tx.run_one(permit.opens(&ADD_TEXT), args).await?;
    Ok(())
}

/// Something that happened in a plan.
pub struct NewEvent<'a> {
    /// The item that it happened to.
    pub item: Option<PlanItemId>,
    /// What happened, as a code.
    pub kind: &'a str,
    /// In what words; may be empty.
    pub detail: &'a str,
    /// Which worker did it.
    pub by: Option<StaffId>,
    /// Which person did it: theirs, or who acts for them.
    pub by_person: Option<PersonId>,
}

/// Puts something into the history of a plan.
///
/// # Errors
/// A conflict when something else happened at the same time.
pub async fn happened(
    tx: &mut Tx,
    proof: &dyn Proof,
    (plan, person): (PlanId, PersonId),
    event: &NewEvent<'_>,
    now: Timestamp,
) -> Result<(), Fault> {
    let key = Key::look_up(tx, proof, person).await?;
    let last: i64 = match tx.row(proof.opens(&LAST_EVENT), args![plan]).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    let args = args![
        plan,
        last + 1,
        person,
        event.item,
        event.kind,
        key.seal(PLAN_DETAIL, event.detail)?,
        now,
        event.by,
        event.by_person,
    ];
    tx.run_one(proof.opens(&ADD_EVENT), args).await?;
    Ok(())
}

/// An event as it is kept.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its number.
    pub n: i64,
    /// The item.
    pub item: Option<PlanItemId>,
    /// What happened.
    pub kind: String,
    /// In what words.
    pub detail: String,
    /// When.
    pub at: Timestamp,
    /// The worker's name; empty where the person did it.
    pub by: String,
    /// Whether the person did it, or whoever acts for them.
    pub by_person: bool,
}

/// What happened in a plan, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn events(
    link: &mut Link,
    proof: &dyn Proof,
    stored: &Stored,
) -> Result<Vec<Event>, DbError> {
    let key = Key::look_up(link, proof, stored.person).await?;
    let read = |mut row: Row| {
        let person: Option<Uuid> = row.get(6)?;
        Ok(Event {
            n: row.get(0)?,
            item: row.get(1)?,
            kind: row.get(2)?,
            detail: key.open(PLAN_DETAIL, row.get(3)?)?,
            at: row.get(4)?,
            by: row.get(5)?,
            by_person: person.is_some(),
        })
    };
    link.rows(proof.opens(&EVENTS), args![stored.id, stored.person])
        .await?
        .into_iter()
        .map(read)
        .collect()
}
