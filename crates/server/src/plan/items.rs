//! Items of plans in the database, what waits for what, and broken promises.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{
    AgencyId, NeedId, OfficeId, PersonId, PlanId, PlanItemId, StaffId, UnitId,
};
use onedoor_domain::need::NeedKind;
use onedoor_domain::plan::clash::{Duty, Hours};
use onedoor_domain::plan::item::{BreachKind, Evaluation, Load};
use onedoor_domain::plan::order::After;
use onedoor_domain::plan::path::Phase;
use onedoor_domain::plan::stage::Stage;
use onedoor_domain::plan::{Item, ItemState, Owner, Partner};
use onedoor_domain::secrecy::Category;
use uuid::Uuid;

use super::store::Stored;
use crate::args;
use crate::db::{DbError, Link, Row, Tx, Value};
use crate::keys::{ITEM_END, ITEM_EVALUATION, ITEM_PLACE, ITEM_WHAT, Key, NEED_REASON};
use crate::policy::{Permit, Proof, Warrant};
use crate::web::Fault;

crate::sql! {
    OF_PLAN = "select i.id, i.n, i.need_id, i.kind, i.category, i.stage, i.phase, i.owner,
            i.partner, i.agency_id, i.unit_id, i.staff_id, i.asked_agency_id, i.asked_unit_id,
            i.asked_staff_id, i.service_code, i.what, i.starts_on, i.due_on, i.state,
            i.accepted_on, i.confirmed_by, i.started_on, i.ended_on, i.end_reason, i.evaluation,
            i.evaluation_text, i.minutes, i.money, i.duty, i.days, i.from_minute, i.until_minute,
            i.travel, i.place, i.version, a.name, coalesce(u.name, ''), coalesce(s.name, ''),
            coalesce(v.name, ''), i.source, i.unevaluated, u.office_id
        from plan_item i join agency a on a.id = i.agency_id
        left join unit u on u.id = i.unit_id left join staff s on s.id = i.staff_id
        left join unit v on v.id = i.asked_unit_id
        where i.plan_id = $1 and i.person_id = $2 order by i.n limit 300";
    LAST = "select coalesce(max(n), 0) from plan_item where plan_id = $1";
    INSERT = "insert into plan_item (id, plan_id, person_id, n, need_id, kind, category, stage,
            phase, owner, partner, agency_id, unit_id, staff_id, asked_agency_id, asked_unit_id,
            asked_staff_id, service_code, what, starts_on, due_on, state, accepted_on,
            accepted_by, confirmed_by, started_on, ended_on, end_reason, evaluation,
            evaluation_text, evaluated_on, unevaluated, minutes, money, duty, days, from_minute,
            until_minute, travel, place, source, source_id, made_at, made_by, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, null, null, null,
            $15, $16, $17, $18, 'open', null, null, null, null, null, $19, '', $20, null, 0, $21,
            $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, 1)";
    SAVE = "update plan_item set agency_id = $4, unit_id = $5, staff_id = $6,
            asked_agency_id = $7, asked_unit_id = $8, asked_staff_id = $9, starts_on = $10,
            due_on = $11, state = $12, accepted_on = $13,
            accepted_by = case when cast($13 as text) is null then null
                else coalesce(accepted_by, $14) end,
            confirmed_by = $15, started_on = $16, ended_on = $17, end_reason = $18,
            evaluation = $19, evaluation_text = $20,
            evaluated_on = case when cast($19 as text) = '' then null
                else coalesce(evaluated_on, $21) end,
            unevaluated = $22, version = version + 1
        where id = $1 and version = $2 and person_id = $3";
    AFTER = "select item_id, after_id from plan_item_after where plan_id = $1 limit 2000";
    ADD_AFTER = "insert into plan_item_after (item_id, after_id, plan_id, person_id)
        values ($1, $2, $3, $4) on conflict do nothing";
    DROP_AFTER = "delete from plan_item_after where item_id = $1 and after_id = $2
        and plan_id = $3";
    BREACHES = "select b.item_id, b.agency_id, b.kind, b.due_on, b.noted_on from plan_breach b
        where b.plan_id = $1 order by b.noted_on, b.id limit 500";
    ADD_BREACH = "insert into plan_breach (id, plan_id, person_id, item_id, agency_id, unit_id,
            kind, due_on, noted_on)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    PROMISED = "select cast(coalesce(sum(minutes), 0) as bigint),
            cast(coalesce(sum(money), 0) as bigint) from plan_item
        where unit_id = $1 and state in ('accepted', 'started')";
    GONE = "select i.id, i.plan_id, i.person_id, i.need_id from service s cross join plan_item i
        where i.service_code = s.code and i.service_code <> ''
            and i.state in ('open', 'accepted', 'started') and s.replaced_at is null and s.availability = 'closed' limit $1";
    LACK = "update need set state = 'unmet', reason = $3, version = version + 1
        where id = $1 and person_id = $2 and state in ('open', 'partly_met')";
    CAPACITY = "select minutes, money, version from unit_capacity where unit_id = $1";
}

/// An item as it is kept.
#[derive(Clone, Debug)]
pub struct StoredItem {
    /// Identifier.
    pub id: PlanItemId,
    /// Its place in the plan, from 1.
    pub n: i64,
    /// The need that it is for.
    pub need: Option<NeedId>,
    /// What that need is.
    pub kind: NeedKind,
    /// What it tells of, for the walls.
    pub category: Category,
    /// The stage.
    pub stage: Stage,
    /// The phase of a way that is measured.
    pub phase: Option<Phase>,
    /// The item.
    pub item: Item,
    /// The service of the catalogue; empty for none.
    pub service: String,
    /// What is done.
    pub what: String,
    /// The manager who confirmed that it is more than the capacity.
    pub confirmed_by: Option<StaffId>,
    /// Why it was given up.
    pub reason: String,
    /// What was seen when it was looked at.
    pub evaluation_text: String,
    /// What it binds in a month.
    pub load: Load,
    /// What it asks of the person.
    pub duty: Duty,
    /// When in the week.
    pub hours: Option<Hours>,
    /// Minutes of way.
    pub travel: u16,
    /// Where.
    pub place: String,
    /// Its version.
    pub version: i64,
    /// The agency by name.
    pub agency_name: String,
    /// The unit by name.
    pub unit_name: String,
    /// The worker by name.
    pub worker_name: String,
    /// The unit that was asked, by name.
    pub asked_name: String,
    /// Where it came from: `plan` or `meeting`.
    pub source: String,
    /// How many links were begun while the last one was not looked at.
    pub unevaluated: i64,
    /// The office of the unit.
    pub office: Option<OfficeId>,
}

fn broken(what: &str) -> DbError {
    DbError::Other(format!("an item of a plan with an unknown {what}"))
}

fn number<T: TryFrom<i64>>(row: &mut Row, at: usize) -> Result<T, DbError> {
    T::try_from(row.get::<i64>(at)?).map_err(|_| broken("number"))
}

fn read(mut row: Row, key: &Key) -> Result<StoredItem, DbError> {
    let code = |row: &mut Row, at: usize| row.get::<String>(at);
    let agency: AgencyId = row.get(9)?;
    let unit: Option<UnitId> = row.get(10)?;
    let worker: Option<StaffId> = row.get(11)?;
    let owner = code(&mut row, 7)?;
    let partner = Partner::parse(&code(&mut row, 8)?);
    let owner = match (owner.as_str(), unit, partner) {
        ("agency", Some(unit), _) => Owner::Agency { agency, unit, worker },
        ("person", ..) => Owner::Person { kept_by: agency },
        ("partner", _, Some(partner)) => Owner::Partner { partner, kept_by: agency },
        _ => return Err(broken("owner")),
    };
    let asked: (Option<AgencyId>, Option<UnitId>) = (row.get(12)?, row.get(13)?);
    let asked_worker: Option<StaffId> = row.get(14)?;
    let asked = match asked {
        (Some(agency), Some(unit)) => Some(Owner::Agency { agency, unit, worker: asked_worker }),
        _ => None,
    };
    let days: u8 = number(&mut row, 30)?;
    let (from, until): (u16, u16) = (number(&mut row, 31)?, number(&mut row, 32)?);
    let item = Item {
        owner,
        asked,
        state: ItemState::parse(&code(&mut row, 19)?).ok_or_else(|| broken("state"))?,
        starts: row.get(17)?,
        due: row.get(18)?,
        accepted_on: row.get(20)?,
        started_on: row.get(22)?,
        ended_on: row.get(23)?,
        evaluation: Evaluation::parse(&code(&mut row, 25)?),
    };
    Ok(StoredItem {
        id: row.get(0)?,
        n: row.get(1)?,
        need: row.get(2)?,
        kind: NeedKind::parse(&code(&mut row, 3)?).ok_or_else(|| broken("need"))?,
        category: Category::parse(&code(&mut row, 4)?).ok_or_else(|| broken("category"))?,
        stage: Stage::parse(&code(&mut row, 5)?).ok_or_else(|| broken("stage"))?,
        phase: Phase::parse(&code(&mut row, 6)?),
        item,
        service: row.get(15)?,
        what: key.open(ITEM_WHAT, row.get(16)?)?,
        confirmed_by: row.get(21)?,
        reason: key.open(ITEM_END, row.get(24)?)?,
        evaluation_text: key.open(ITEM_EVALUATION, row.get(26)?)?,
        load: Load { minutes: row.get(27)?, money: row.get(28)? },
        duty: Duty::parse(&code(&mut row, 29)?).unwrap_or(Duty::Nothing),
        hours: Hours::of_bits(days, from, until),
        travel: number(&mut row, 33)?,
        place: key.open(ITEM_PLACE, row.get(34)?)?,
        version: row.get(35)?,
        agency_name: row.get(36)?,
        unit_name: row.get(37)?,
        worker_name: row.get(38)?,
        asked_name: row.get(39)?,
        source: row.get(40)?,
        unevaluated: row.get(41)?,
        office: row.get(42)?,
    })
}

/// The items of a plan, in their order. The caller lets through what the walls let through.
///
/// # Errors
/// When the database does not answer.
pub async fn of_plan(
    link: &mut Link,
    proof: &dyn Proof,
    stored: &Stored,
) -> Result<Vec<StoredItem>, DbError> {
    let key = Key::look_up(link, proof, stored.person).await?;
    let rows = link.rows(proof.opens(&OF_PLAN), args![stored.id, stored.person]).await?;
    rows.into_iter().map(|row| read(row, &key)).collect()
}

/// An item to be kept.
pub(super) struct NewRow<'a> {
    pub(super) need: Option<NeedId>,
    pub(super) kind: NeedKind,
    pub(super) category: Category,
    pub(super) stage: Stage,
    pub(super) phase: Option<Phase>,
    pub(super) item: &'a Item,
    pub(super) service: &'a str,
    pub(super) what: &'a str,
    pub(super) load: Load,
    pub(super) duty: Duty,
    pub(super) hours: Option<Hours>,
    pub(super) travel: u16,
    pub(super) place: &'a str,
    pub(super) source: &'a str,
    pub(super) source_id: Option<Uuid>,
    pub(super) by: Option<StaffId>,
}

/// Keeps an item at the end of a plan.
///
/// # Errors
/// A conflict when another was added at the same time.
pub(super) async fn insert(
    tx: &mut Tx,
    permit: &Permit,
    stored: &Stored,
    new: &NewRow<'_>,
    now: Timestamp,
) -> Result<PlanItemId, Fault> {
    let key = Key::look_up(tx, permit, stored.person).await?;
    let id = PlanItemId(crate::app::new_id());
    let last: i64 = match tx.row(permit.opens(&LAST), args![stored.id]).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    let owner = &new.item.owner;
    let (unit, worker) = match owner {
        Owner::Agency { unit, worker, .. } => (Some(*unit), *worker),
        _ => (None, None),
    };
    let partner = match owner {
        Owner::Partner { partner, .. } => partner.as_str(),
        _ => "",
    };
    let args = args![
        id,
        stored.id,
        stored.person,
        last + 1,
        new.need,
        new.kind.as_str(),
        new.category.as_str(),
        new.stage.as_str(),
        new.phase.map_or("", Phase::as_str),
        owner.code(),
        partner,
        owner.agency(),
        unit,
        worker,
        new.service,
        key.seal(ITEM_WHAT, new.what)?,
        new.item.starts,
        new.item.due,
        key.seal(ITEM_END, "")?,
        key.seal(ITEM_EVALUATION, "")?,
        new.load.minutes,
        new.load.money,
        new.duty.as_str(),
        new.hours.map_or(0, |hours| i64::from(hours.days())),
        new.hours.map_or(0, |hours| i64::from(hours.from())),
        new.hours.map_or(0, |hours| i64::from(hours.until())),
        i64::from(new.travel),
        key.seal(ITEM_PLACE, new.place)?,
        new.source,
        new.source_id,
        now,
        new.by,
    ];
    tx.run_one(permit.opens(&INSERT), args).await?;
    Ok(id)
}

/// Writes what an item has become. The record of the plan says whose it is.
///
/// # Errors
/// A conflict when somebody came first.
pub async fn save(
    tx: &mut Tx,
    proof: &dyn Proof,
    stored: &Stored,
    one: &StoredItem,
    (by, today): (Option<StaffId>, Date),
) -> Result<(), Fault> {
    let key = Key::look_up(tx, proof, stored.person).await?;
    let item = &one.item;
    let (unit, worker) = match &item.owner {
        Owner::Agency { unit, worker, .. } => (Some(*unit), *worker),
        _ => (None, None),
    };
    let asked = match &item.asked {
        Some(Owner::Agency { agency, unit, worker }) => (Some(*agency), Some(*unit), *worker),
        _ => (None, None, None),
    };
    let args: [Value; 22] = [
        one.id.into(),
        one.version.into(),
        stored.person.into(),
        item.owner.agency().into(),
        unit.into(),
        worker.into(),
        asked.0.into(),
        asked.1.into(),
        asked.2.into(),
        item.starts.into(),
        item.due.into(),
        item.state.as_str().into(),
        item.accepted_on.into(),
        by.into(),
        one.confirmed_by.into(),
        item.started_on.into(),
        item.ended_on.into(),
        key.seal(ITEM_END, &one.reason)?.into(),
        item.evaluation.map_or("", Evaluation::as_str).into(),
        key.seal(ITEM_EVALUATION, &one.evaluation_text)?.into(),
        today.into(),
        one.unevaluated.into(),
    ];
    tx.run_one(proof.opens(&SAVE), &args).await?;
    Ok(())
}

/// What waits for what in a plan.
///
/// # Errors
/// When the database does not answer.
pub async fn after(
    link: &mut Link,
    proof: &dyn Proof,
    stored: &Stored,
) -> Result<Vec<After>, DbError> {
    let rows = link.rows(proof.opens(&AFTER), args![stored.id]).await?;
    let read = |mut row: Row| Ok(After { item: row.get(0)?, after: row.get(1)? });
    rows.into_iter().map(read).collect()
}

/// Says that an item waits for another, or waits no more.
///
/// # Errors
/// When the database refuses.
pub(super) async fn set_after(
    tx: &mut Tx,
    permit: &Permit,
    stored: &Stored,
    edge: After,
    waits: bool,
) -> Result<(), Fault> {
    if waits {
        let args = args![edge.item, edge.after, stored.id, stored.person];
        tx.run(permit.opens(&ADD_AFTER), args).await?;
    } else {
        tx.run(permit.opens(&DROP_AFTER), args![edge.item, edge.after, stored.id]).await?;
    }
    Ok(())
}

/// A broken promise that is late no more.
#[derive(Clone, Copy, Debug)]
pub struct Breach {
    /// The item.
    pub item: PlanItemId,
    /// Whose promise it was.
    pub agency: AgencyId,
    /// How it was broken.
    pub kind: BreachKind,
    /// The day that was promised.
    pub due: Date,
    /// The day on which it was noted.
    pub on: Date,
}

/// The broken promises of a plan that are late no more.
///
/// # Errors
/// When the database does not answer.
pub async fn breaches(
    link: &mut Link,
    proof: &dyn Proof,
    stored: &Stored,
) -> Result<Vec<Breach>, DbError> {
    let read = |mut row: Row| {
        let kind: String = row.get(2)?;
        Ok(Breach {
            item: row.get(0)?,
            agency: row.get(1)?,
            kind: BreachKind::parse(&kind).ok_or_else(|| broken("breach"))?,
            due: row.get(3)?,
            on: row.get(4)?,
        })
    };
    link.rows(proof.opens(&BREACHES), args![stored.id]).await?.into_iter().map(read).collect()
}

/// Notes a broken promise (REQ-PLAN-02).
///
/// # Errors
/// When the database refuses.
pub(super) async fn note_breach(
    tx: &mut Tx,
    proof: &dyn Proof,
    stored: &Stored,
    (item, unit, due): (PlanItemId, UnitId, Date),
    (kind, agency): (BreachKind, AgencyId),
    today: Date,
) -> Result<(), Fault> {
    let id = crate::app::new_id();
    let args = args![id, stored.id, stored.person, item, agency, unit, kind.as_str(), due, today];
    tx.run_one(proof.opens(&ADD_BREACH), args).await?;
    Ok(())
}

/// What a unit has promised in all plans: of nobody in particular.
///
/// # Errors
/// When the database does not answer.
pub async fn promised(link: &mut Link, permit: &Permit, unit: UnitId) -> Result<Load, DbError> {
    match link.row(permit.opens(&PROMISED), args![unit]).await? {
        Some(mut row) => Ok(Load { minutes: row.get(0)?, money: row.get(1)? }),
        None => Ok(Load::default()),
    }
}

/// What a unit has said that it can in a month, and the version of that.
///
/// # Errors
/// When the database does not answer.
pub async fn capacity(link: &mut Link, unit: UnitId) -> Result<Option<(Load, i64)>, DbError> {
    let row = link.row(&CAPACITY, args![unit]).await?;
    row.map(|mut row| Ok((Load { minutes: row.get(0)?, money: row.get(1)? }, row.get(2)?)))
        .transpose()
}

/// An item on a service that the catalogue no longer has.
pub(super) struct Gone {
    pub(super) item: PlanItemId,
    pub(super) plan: PlanId,
    pub(super) person: PersonId,
    pub(super) need: Option<NeedId>,
}

/// Some of the items on services that the catalogue no longer has.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn gone(
    link: &mut Link,
    warrant: &Warrant,
    most: i64,
) -> Result<Vec<Gone>, DbError> {
    let read = |mut row: Row| {
        Ok(Gone { item: row.get(0)?, plan: row.get(1)?, person: row.get(2)?, need: row.get(3)? })
    };
    link.rows(warrant.opens(&GONE), args![most]).await?.into_iter().map(read).collect()
}

/// The need of such an item stands on, as one that is not met (REQ-PLAN-08).
///
/// # Errors
/// When the database refuses.
pub(super) async fn lack_need(
    tx: &mut Tx,
    warrant: &Warrant,
    (person, need): (PersonId, NeedId),
    why: &str,
) -> Result<(), DbError> {
    let key = Key::look_up(tx, warrant, person).await?;
    tx.run(warrant.opens(&LACK), args![need, person, key.seal(NEED_REASON, why)?]).await?;
    Ok(())
}
