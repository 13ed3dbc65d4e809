//! Orders in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::case::Worker;
use onedoor_domain::cover::{Load, Piece};
use onedoor_domain::ids::{AgencyId, CaseId, OfficeId, StaffId, UnitId};
use onedoor_domain::office::Role;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::case::order::{Candidate, Order};
use crate::db::{DbError, Link, Row, Tx, Value};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN};
use crate::policy::{Permit, Proof, Warrant};
use crate::sign_in::Actor;
use crate::walls::lacks;
use crate::walls::unbarred;
use crate::web::Fault;

crate::sql! {
    // What a worker or a unit carries and nobody has been asked for, also not in this order.
    OF_STAFF = "select c.id, p.guard from shared_case c join person p on p.id = c.person_id
        where c.responsible_id = $1 and c.closed_at is null and c.id > $2
            and not exists (select 1 from handover h where h.case_id = c.id
                and (h.state = 'asked' or h.order_id = $3))
        order by c.id limit $4";
    OF_UNIT = "select c.id, p.guard from shared_case c join person p on p.id = c.person_id
        where c.unit_id = $1 and c.closed_at is null and c.id > $2
            and not exists (select 1 from handover h where h.case_id = c.id
                and (h.state = 'asked' or h.order_id = $3))
        order by c.id limit $4";
    TIES = "select c.id from staff_tie t join shared_case c on c.person_id = t.person_id
        where t.staff_id = $1 and t.ended_at is null and c.responsible_id = $2
            and c.closed_at is null limit 500";
    LOAD = "select s.id, s.unit_id, u.agency_id, s.on_duty, s.clearance, s.marks, s.name,
            u.office_id,
            (select count(*) from shared_case c where c.responsible_id = s.id
                and c.closed_at is null)
            + (select count(*) from handover h where h.to_unit_id = s.unit_id
                and h.to_staff_id = s.id and h.state = 'asked')
        from staff s join unit u on u.id = s.unit_id
        where s.id = $1 and s.role in ('front_worker', 'caseworker', 'joint_manager')";
    // Who may take over from somebody: of the same agency in the same municipality.
    RECEIVERS = "select s.id, s.name, u.name, o.name from unit x join office y on y.id = x.office_id
        join office o on o.municipality = y.municipality
        join unit u on u.office_id = o.id and u.agency_id = x.agency_id
        join staff s on s.unit_id = u.id
        where x.id = $1 and s.on_duty and s.id <> $2
            and s.role in ('front_worker', 'caseworker', 'joint_manager')
            and not exists (select 1 from absence b where b.staff_id = s.id
                and b.withdrawn_at is null and b.first_day <= $3
                and (b.last_day is null or b.last_day >= $3))
        order by case when o.id = y.id then 0 else 1 end, o.name, s.name limit 300";
    CANDIDATES = "select s.id, s.unit_id, u.agency_id, s.on_duty, s.clearance, s.marks
        from unit x join unit u on u.office_id = x.office_id and u.agency_id = x.agency_id
        join staff s on s.unit_id = u.id
        where x.id = $1 and s.on_duty and s.role in ('front_worker', 'caseworker')
        order by case when u.id = x.id then 0 else 1 end, s.code limit 100";
    COUNTS = "select
        (select count(*) from shared_case c join handover h on h.case_id = c.id
            and h.state = 'asked' where c.responsible_id = $1 and c.closed_at is null),
        (select count(*) from shared_case where deputy_id = $1 and closed_at is null),
        (select count(*) from shared_case where step_owner_id = $1 and responsible_id <> $1
            and closed_at is null)";
    DEPUTIES_OF = "select id, unit_id from shared_case where deputy_id = $1
            and closed_at is null and id > $2 order by id limit $3";
    STEPS_OF = "select id, unit_id from shared_case where step_owner_id = $1
            and responsible_id <> $1 and closed_at is null and id > $2 order by id limit $3";
    STAFF_OF = "select id from staff where unit_id = $1 limit 2000";
    INSERT = "insert into handover_order (id, from_staff_id, from_unit_id, to_unit_id, closing_id,
            note, deadline, ordered_by, ordered_at, worked_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null)";
    ADD_RECEIVER = "insert into handover_order_receiver (order_id, staff_id) values ($1, $2)
        on conflict do nothing";
    READ = "select o.id, o.from_staff_id, o.from_unit_id, o.to_unit_id, u.agency_id, o.note,
            o.deadline, o.ordered_by, o.ordered_at, o.worked_at, coalesce(f.name, fu.name), u.name,
            b.name, coalesce(fu.office_id, gu.office_id), o.closing_id
        from handover_order o join unit u on u.id = o.to_unit_id
        join staff b on b.id = o.ordered_by
        left join staff f on f.id = o.from_staff_id left join unit gu on gu.id = f.unit_id
        left join unit fu on fu.id = o.from_unit_id
        where o.id = $1";
    RECEIVERS_OF = "select staff_id from handover_order_receiver where order_id = $1
        order by staff_id limit 300";
    WORKED = "update handover_order set worked_at = $2 where id = $1 and worked_at is null";
    OPEN = "select id from handover_order where worked_at is null order by ordered_at limit 50";
    // Whoever gave the order, or leads the office, sees the workload; others count only whom they
    // may see.
    STATES = concat!("select h.state, count(*) from handover h join shared_case c on c.id = h.case_id
        join person p on p.id = c.person_id
        where h.order_id = $1 and ($2 or (", unbarred!("$3", "$4"), "))
        group by h.state");
    // The same of the orders of a list at once: all of them, and those whom the reader may see.
    STATES_OF_LIST = concat!("select h.order_id, h.state, count(*), sum(case when ", unbarred!("$1", "$2"), "
            then 1 else 0 end)
        from handover h join shared_case c on c.id = h.case_id
        join person p on p.id = c.person_id
        where h.order_id in ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
            $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30,
            $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44,
            $45, $46, $47, $48, $49, $50, $51, $52)
        group by h.order_id, h.state");
    LIST = "select o.id, coalesce(f.name, fu.name), u.name, o.deadline, o.ordered_at,
            o.ordered_by = $1 or ($3 and coalesce(fu.office_id, gu.office_id) in (
                select l.id from office l where l.manager_id = $1))
        from handover_order o join unit u on u.id = o.to_unit_id
        left join staff f on f.id = o.from_staff_id left join unit gu on gu.id = f.unit_id
        left join unit fu on fu.id = o.from_unit_id
        where o.ordered_by = $1 or o.to_unit_id = $2
            or ($3 and coalesce(fu.office_id, gu.office_id) in (
                select l.id from office l where l.manager_id = $1))
            or exists (select 1 from handover_order_receiver r
                where r.order_id = o.id and r.staff_id = $1)
        order by o.ordered_at desc, o.id limit 50";
    ASKED_OF_ME = concat!("select c.id, p.id, p.given_name, p.family_name, k.wrapped
        from handover h join shared_case c on c.id = h.case_id
        join person p on p.id = c.person_id left join subject_key k on k.subject_id = p.id
        where h.order_id = $1 and h.state = 'asked' and h.to_unit_id = $2
            and (h.to_staff_id is null or h.to_staff_id = $3) and ", unbarred!("$4", "$3"), "
        order by c.id limit $5");
}

/// A member of staff as an order needs them.
#[derive(Clone, Debug)]
pub(super) struct Someone {
    pub(super) worker: Worker,
    pub(super) lacks: i64,
    pub(super) name: String,
    pub(super) office: OfficeId,
    /// Open cases, and those that they have been asked for.
    pub(super) cases: i64,
}

impl Someone {
    pub(super) fn load(&self) -> Load {
        Load { staff: self.worker.id, cases: self.cases, lacks: self.lacks }
    }
}

fn candidate(row: &mut Row) -> Result<Candidate, DbError> {
    let worker =
        Worker { id: row.get(0)?, unit: row.get(1)?, agency: row.get(2)?, on_duty: row.get(3)? };
    Ok((worker, lacks(row, 4)?))
}

/// Somebody who can carry a case, with what they have.
pub(super) async fn someone(
    link: &mut Link,
    proof: &dyn Proof,
    id: StaffId,
) -> Result<Option<Someone>, DbError> {
    let Some(mut row) = link.row(proof.opens(&LOAD), args![id]).await? else { return Ok(None) };
    let (worker, lacks) = candidate(&mut row)?;
    Ok(Some(Someone { worker, lacks, name: row.get(6)?, office: row.get(7)?, cases: row.get(8)? }))
}

/// Somebody to choose.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReceiverChoice {
    /// The identifier.
    pub id: String,
    /// Name, unit and office.
    pub name: String,
}

/// Who may take over what a worker of this unit carries, today.
pub(super) async fn receivers(
    link: &mut Link,
    _: &Permit,
    (unit, staff): (UnitId, StaffId),
    today: Date,
) -> Result<Vec<ReceiverChoice>, DbError> {
    let rows = link.rows(&RECEIVERS, args![unit, staff, today]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            let (name, unit, office): (String, String, String) =
                (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(ReceiverChoice { id: id.to_string(), name: format!("{name}, {unit}, {office}") })
        })
        .collect()
}

/// Who may become deputy of what a unit carries: its own people first, then those of the same
/// agency in the same office.
pub(super) async fn candidates(
    link: &mut Link,
    _: &dyn Proof,
    unit: UnitId,
) -> Result<Vec<Candidate>, DbError> {
    let rows = link.rows(&CANDIDATES, args![unit]).await?;
    rows.into_iter().map(|mut row| candidate(&mut row)).collect()
}

/// From whom an order asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    Staff(StaffId),
    Unit(UnitId),
}

/// The next cases that the order has not asked for, after one.
pub(super) async fn pieces(
    link: &mut Link,
    proof: &dyn Proof,
    from: From,
    (after, order): (Uuid, Uuid),
    limit: i64,
) -> Result<Vec<Piece>, DbError> {
    let rows = match from {
        From::Staff(id) => {
            link.rows(proof.opens(&OF_STAFF), args![id, after, order, limit]).await?
        }
        From::Unit(id) => link.rows(proof.opens(&OF_UNIT), args![id, after, order, limit]).await?,
    };
    let read = |mut row: Row| Ok(Piece { case: row.get(0)?, guard: row.get(1)?, tied: Vec::new() });
    rows.into_iter().map(read).collect()
}

/// The cases of a worker whose person somebody has a tie to.
pub(super) async fn tied(
    link: &mut Link,
    proof: &dyn Proof,
    receiver: StaffId,
    from: StaffId,
) -> Result<Vec<CaseId>, DbError> {
    let rows = link.rows(proof.opens(&TIES), args![receiver, from]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

/// How much depends on a worker.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) waiting: i64,
    pub(super) deputies: i64,
    pub(super) steps: i64,
}

pub(super) async fn counts(
    link: &mut Link,
    proof: &dyn Proof,
    staff: StaffId,
) -> Result<Counts, DbError> {
    let Some(mut row) = link.row(proof.opens(&COUNTS), args![staff]).await? else {
        return Ok(Counts::default());
    };
    Ok(Counts { waiting: row.get(0)?, deputies: row.get(1)?, steps: row.get(2)? })
}

/// The next cases that a worker is deputy of, or whose step is theirs, and their units.
pub(super) async fn leans_on(
    link: &mut Link,
    warrant: &Warrant,
    staff: StaffId,
    as_deputy: bool,
    (after, limit): (Uuid, i64),
) -> Result<Vec<(CaseId, UnitId)>, DbError> {
    let statement = if as_deputy { &DEPUTIES_OF } else { &STEPS_OF };
    let rows = link.rows(warrant.opens(statement), args![staff, after, limit]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Everybody of a unit.
pub(super) async fn staff_of(
    link: &mut Link,
    _: &Warrant,
    unit: UnitId,
) -> Result<Vec<StaffId>, DbError> {
    let rows = link.rows(&STAFF_OF, args![unit]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

/// An order that is to be stored.
pub(super) struct NewOrder<'a> {
    pub(super) from: From,
    pub(super) to_unit: UnitId,
    pub(super) closing: Option<Uuid>,
    pub(super) note: &'a str,
    pub(super) deadline: Date,
    pub(super) by: StaffId,
    pub(super) receivers: &'a [StaffId],
}

/// Stores an order; nothing has been asked yet.
pub(super) async fn insert(
    tx: &mut Tx,
    _: &Permit,
    new: &NewOrder<'_>,
    now: Timestamp,
) -> Result<Uuid, DbError> {
    let id = crate::app::new_id();
    let (staff, unit) = match new.from {
        From::Staff(id) => (Some(id), None),
        From::Unit(id) => (None, Some(id)),
    };
    let args =
        args![id, staff, unit, new.to_unit, new.closing, new.note, new.deadline, new.by, now,];
    tx.run_one(&INSERT, args).await?;
    for receiver in new.receivers {
        tx.run(&ADD_RECEIVER, args![id, *receiver]).await?;
    }
    Ok(id)
}

/// An order as it is read.
pub(super) struct Stored {
    pub(super) order: Order,
    pub(super) from: From,
    pub(super) receivers: Vec<StaffId>,
    pub(super) ordered_at: i64,
    pub(super) worked: bool,
    pub(super) from_name: String,
    pub(super) to_name: String,
    pub(super) by_name: String,
    pub(super) office: OfficeId,
    pub(super) closing: Option<Uuid>,
}

pub(super) async fn read(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<Option<Stored>, DbError> {
    let Some(mut row) = link.row(&READ, args![id]).await? else { return Ok(None) };
    let staff: Option<StaffId> = row.get(1)?;
    let unit: Option<UnitId> = row.get(2)?;
    let from = match (staff, unit) {
        (Some(staff), _) => From::Staff(staff),
        (None, Some(unit)) => From::Unit(unit),
        (None, None) => return Err(DbError::Other("an order from nobody".into())),
    };
    let agency: AgencyId = row.get(4)?;
    let worked: Option<i64> = row.get(9)?;
    let mut stored = Stored {
        order: Order {
            id: row.get(0)?,
            by: row.get(7)?,
            agency,
            unit: row.get(3)?,
            note: row.get(5)?,
            deadline: row.get(6)?,
        },
        from,
        receivers: Vec::new(),
        ordered_at: row.get(8)?,
        worked: worked.is_some(),
        from_name: row.get(10)?,
        to_name: row.get(11)?,
        by_name: row.get(12)?,
        office: row.get(13)?,
        closing: row.get(14)?,
    };
    for mut row in link.rows(&RECEIVERS_OF, args![id]).await? {
        stored.receivers.push(row.get(0)?);
    }
    Ok(Some(stored))
}

/// Notes that an order has asked for everything.
pub(super) async fn worked(
    tx: &mut Tx,
    _: &Warrant,
    id: Uuid,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(&WORKED, args![id, now]).await.map(|_| ())
}

/// Orders that have not asked for everything.
pub(super) async fn open(link: &mut Link, _: &Warrant) -> Result<Vec<Uuid>, DbError> {
    let rows = link.rows(&OPEN, &[]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

/// How many hand-overs of an order stand where: all of them, or those of people whom the reader
/// may see.
pub(super) async fn states(
    link: &mut Link,
    permit: &Permit,
    (id, all): (Uuid, bool),
    actor: &Actor,
) -> Result<Vec<(String, i64)>, DbError> {
    let rows = link.rows(permit.opens(&STATES), args![id, all, actor.lacks(), actor.id]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// So many orders are in the list.
const LISTED: usize = 50;

/// How many hand-overs of an order stand somewhere.
struct OrderState {
    order: Uuid,
    state: String,
    all: i64,
    /// Of people whom the reader may see.
    seen: i64,
}

/// How many hand-overs of each order of a list stand where, in one statement.
async fn states_of_list(
    link: &mut Link,
    permit: &Permit,
    orders: &[Uuid],
    actor: &Actor,
) -> Result<Vec<OrderState>, DbError> {
    let mut args: Vec<Value> = vec![actor.lacks().into(), actor.id.into()];
    let none = Uuid::nil();
    args.extend(orders.iter().chain(std::iter::repeat(&none)).take(LISTED).map(|id| (*id).into()));
    let read = |mut row: Row| {
        Ok(OrderState {
            order: row.get(0)?,
            state: row.get(1)?,
            all: row.get(2)?,
            seen: row.get(3)?,
        })
    };
    link.rows(permit.opens(&STATES_OF_LIST), &args).await?.into_iter().map(read).collect()
}

/// An order in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OrderLine {
    /// Its identifier.
    pub id: String,
    /// Whose cases.
    pub from: String,
    /// Which unit was asked.
    pub to: String,
    /// Until when.
    pub deadline: String,
    /// When it was ordered.
    pub ordered_at: i64,
    /// Cases that were asked for.
    pub all: i64,
    /// Of those, without an answer.
    pub asked: i64,
    /// Taken.
    pub accepted: i64,
}

/// The orders that the reader gave, may answer, or that concern the office they lead.
pub(super) async fn list(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<OrderLine>, DbError> {
    let leads = actor.role == Some(Role::JointManager);
    let mut rows = Vec::with_capacity(LISTED);
    for mut row in link.rows(&LIST, args![actor.id, actor.unit, leads]).await? {
        let (id, all): (Uuid, bool) = (row.get(0)?, row.get(5)?);
        rows.push((id, all, row));
    }
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    let states = states_of_list(link, permit, &ids, actor).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for (id, all, mut row) in rows {
        let of = |state: &str| {
            let here = states.iter().filter(|it| it.order == id);
            let these = here.filter(|it| it.state == state || state.is_empty());
            these.map(|it| if all { it.all } else { it.seen }).sum()
        };
        lines.push(OrderLine {
            id: id.to_string(),
            from: row.get(1)?,
            to: row.get(2)?,
            deadline: row.get(3)?,
            ordered_at: row.get(4)?,
            all: of(""),
            asked: of("asked"),
            accepted: of("accepted"),
        });
    }
    Ok(lines)
}

/// A case that the reader is asked to take.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AskedLine {
    /// The case.
    pub id: String,
    /// Whose.
    pub name: String,
    /// The person, for the journal.
    #[serde(skip)]
    pub person: Uuid,
}

/// How many are answered at once.
pub(super) const AT_ONCE: i64 = 100;

/// The cases of an order that the reader is asked to take and may see.
pub(super) async fn asked_of(
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
    actor: &Actor,
) -> Result<Vec<AskedLine>, Fault> {
    let args = args![id, actor.unit, actor.id, actor.lacks(), AT_ONCE + 1];
    let read = |mut row: Row| -> Result<AskedLine, DbError> {
        let (case, person): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
        let key = Key::of(permit, person, row.get(4)?)?;
        let given = key.open(PERSON_GIVEN, row.get(2)?)?;
        let family = key.open(PERSON_FAMILY, row.get(3)?)?;
        let name = format!("{given} {family}").trim().to_owned();
        Ok(AskedLine { id: case.to_string(), name, person })
    };
    let rows = link.rows(permit.opens(&ASKED_OF_ME), args).await?;
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}
