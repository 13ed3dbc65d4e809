//! Bodies in the database. Who sits in them works here; nothing is about a person who is served.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::governing::{BodyKind, Ending, ProposedAs};
use onedoor_domain::ids::StaffId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::{Permit, Proof};
use crate::web::Fault;

crate::sql! {
    BODIES = "select id, name, kind, valid_from, valid_until from body order by kind, name limit 200";
    BODY = "select name, kind, valid_from, valid_until from body where id = $1";
    ADD_BODY = "insert into body (id, name, kind, valid_from, valid_until)
        values ($1, $2, $3, $4, null)";
    MEMBERS = "select s.name, m.seat, m.valid_from, m.valid_until, u.name, p.kind
        from body_member m join staff s on s.id = m.staff_id join unit u on u.id = s.unit_id
        join agency a on a.id = u.agency_id join principal p on p.id = a.principal_id
        where m.body_id = $1 order by m.valid_from, s.name limit 200";
    SEAT = "insert into body_member (body_id, staff_id, seat, valid_from, valid_until)
        values ($1, $2, $3, $4, $5) on conflict (body_id, staff_id, valid_from) do update
        set seat = excluded.seat, valid_until = excluded.valid_until";
    SITS = "select 1 from body_member where body_id = $1 and staff_id = $2 and valid_from <= $3
        and (valid_until is null or valid_until > $3) limit 1";
    SITS_IN_KIND = "select 1 from body_member m join body b on b.id = m.body_id
        where m.staff_id = $1 and b.kind = $2 and m.valid_from <= $3
            and (m.valid_until is null or m.valid_until > $3) limit 1";
    PROPOSALS = "select p.id, p.title, p.text, s.name, p.proposed_as, p.proposed_at, p.state,
            coalesce(d.name, ''), p.decided_at, p.effect_from, p.version
        from proposal p join staff s on s.id = p.proposed_by left join staff d on d.id = p.decided_by
        where p.body_id = $1 order by p.proposed_at desc limit 200";
    PROPOSE = "insert into proposal (id, body_id, title, text, proposed_by, proposed_as,
            proposed_at, state, version) values ($1, $2, $3, $4, $5, $6, $7, 'proposal', 1)";
    DECIDE = "update proposal set state = $4, decided_by = $5, decided_at = $6, effect_from = $7,
            version = version + 1
        where id = $1 and body_id = $2 and version = $3 and state = 'proposal'";
    REMIT = "select id, topic, valid_from, valid_until from remit where body_id = $1
        order by topic limit 200";
    ADD_REMIT = "insert into remit (id, body_id, topic, valid_from, valid_until)
        values ($1, $2, $3, $4, null)";
    IN_REMIT = "select 1 from remit where id = $1 and body_id = $2 and valid_from <= $3
        and (valid_until is null or valid_until > $3)";
    ITEMS = "select i.id, i.meets_on, i.title, i.origin, i.ending, coalesce(r.topic, ''), i.minutes,
            i.version
        from agenda_item i left join remit r on r.id = i.remit_id
        where i.body_id = $1 order by i.meets_on desc, i.added_at limit 300";
    ADD_ITEM = "insert into agenda_item (id, body_id, meets_on, title, origin, ending, remit_id,
            minutes, added_at, version) values ($1, $2, $3, $4, $5, 'open', null, '', $6, 1)";
    THERE = "select 1 from agenda_item where body_id = $1 and origin = $2";
    IS_ITEM = "select 1 from agenda_item where id = $1 and body_id = $2";
    IS_PROPOSAL = "select 1 from proposal where id = $1 and body_id = $2";
    END_ITEM = "update agenda_item set ending = $4, remit_id = $5, minutes = $6,
            version = version + 1
        where id = $1 and body_id = $2 and version = $3 and ending = 'open'";
    JOINT_BODIES = "select id from body where kind = 'joint' and valid_from <= $1
        and (valid_until is null or valid_until > $1)";
}

/// A body in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct BodyLine {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub from: String,
    pub until: Option<String>,
}

/// Every body.
pub(super) async fn bodies(link: &mut Link) -> Result<Vec<BodyLine>, DbError> {
    let rows = link.rows(&BODIES, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(BodyLine {
                id: id.to_string(),
                name: row.get(1)?,
                kind: row.get(2)?,
                from: row.get(3)?,
                until: row.get(4)?,
            })
        })
        .collect()
}

/// A body: its name and kind.
pub(super) async fn body(link: &mut Link, id: Uuid) -> Result<(String, BodyKind), Fault> {
    let mut row = link.row(&BODY, args![id]).await?.ok_or(Fault::Hidden)?;
    let kind: String = row.get(1)?;
    Ok((row.get(0)?, BodyKind::parse(&kind).ok_or(Fault::Hidden)?))
}

/// Sets a body up.
pub(super) async fn add_body(
    tx: &mut Tx,
    _: &dyn Proof,
    (name, kind): (&str, BodyKind),
    from: Date,
) -> Result<Uuid, Fault> {
    let id = crate::app::new_id();
    tx.run_one(&ADD_BODY, args![id, name, kind.as_str(), from]).await?;
    Ok(id)
}

/// A member and the term.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct MemberLine {
    pub name: String,
    pub seat: String,
    pub from: String,
    pub until: Option<String>,
    pub unit: String,
    /// `state` or `municipality`: whose side the member is of.
    pub side: String,
}

/// The members that a body has had.
pub(super) async fn members(link: &mut Link, id: Uuid) -> Result<Vec<MemberLine>, DbError> {
    let rows = link.rows(&MEMBERS, args![id]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(MemberLine {
                name: row.get(0)?,
                seat: row.get(1)?,
                from: row.get(2)?,
                until: row.get(3)?,
                unit: row.get(4)?,
                side: row.get(5)?,
            })
        })
        .collect()
}

/// Gives somebody a seat for a term.
pub(super) async fn seat(
    tx: &mut Tx,
    _: &dyn Proof,
    (body, staff): (Uuid, StaffId),
    seat: &str,
    (from, until): (Date, Option<Date>),
) -> Result<(), Fault> {
    tx.run(&SEAT, args![body, staff, seat, from, until]).await?;
    Ok(())
}

/// Whether somebody sits in a body on a day.
pub(super) async fn sits(
    link: &mut Link,
    body: Uuid,
    staff: StaffId,
    on: Date,
) -> Result<bool, DbError> {
    Ok(link.row(&SITS, args![body, staff, on]).await?.is_some())
}

/// Whether somebody sits in any body of a kind on a day.
pub(super) async fn sits_in(
    link: &mut Link,
    kind: BodyKind,
    staff: StaffId,
    on: Date,
) -> Result<bool, DbError> {
    Ok(link.row(&SITS_IN_KIND, args![staff, kind.as_str(), on]).await?.is_some())
}

/// A line of the decision log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ProposalLine {
    pub id: String,
    pub title: String,
    pub text: String,
    pub by: String,
    pub proposed_as: String,
    pub at: i64,
    /// `proposal`, `decided` or `rejected`.
    pub state: String,
    pub decided_by: String,
    pub decided_at: Option<i64>,
    pub effect_from: Option<String>,
    pub version: i64,
}

/// The decision log of a body.
pub(super) async fn proposals(link: &mut Link, id: Uuid) -> Result<Vec<ProposalLine>, DbError> {
    let rows = link.rows(&PROPOSALS, args![id]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(ProposalLine {
                id: id.to_string(),
                title: row.get(1)?,
                text: row.get(2)?,
                by: row.get(3)?,
                proposed_as: row.get(4)?,
                at: row.get(5)?,
                state: row.get(6)?,
                decided_by: row.get(7)?,
                decided_at: row.get(8)?,
                effect_from: row.get(9)?,
                version: row.get(10)?,
            })
        })
        .collect()
}

/// Enters a proposal.
pub(super) async fn propose(
    tx: &mut Tx,
    _: &dyn Proof,
    body: Uuid,
    (title, text): (&str, &str),
    (by, role): (StaffId, ProposedAs),
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let id = crate::app::new_id();
    tx.run_one(&PROPOSE, args![id, body, title, text, by, role.as_str(), now]).await?;
    Ok(id)
}

/// Decides a proposal, or rejects it when it has no effect.
///
/// # Errors
/// A conflict when it was decided meanwhile.
pub(super) async fn decide(
    tx: &mut Tx,
    _: &Permit,
    (body, id, version): (Uuid, Uuid, i64),
    effect_from: Option<Date>,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    let state = if effect_from.is_some() { "decided" } else { "rejected" };
    let args = args![id, body, version, state, by, now, effect_from];
    if tx.run(&DECIDE, args).await? != 1 {
        return Err(Fault::conflict("stale"));
    }
    Ok(())
}

/// A topic that a body may decide on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RemitLine {
    pub id: String,
    pub topic: String,
    pub from: String,
    pub until: Option<String>,
}

/// What a body may decide on.
pub(super) async fn remit(link: &mut Link, id: Uuid) -> Result<Vec<RemitLine>, DbError> {
    let rows = link.rows(&REMIT, args![id]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(RemitLine {
                id: id.to_string(),
                topic: row.get(1)?,
                from: row.get(2)?,
                until: row.get(3)?,
            })
        })
        .collect()
}

/// Adds a topic to a remit.
pub(super) async fn add_remit(
    tx: &mut Tx,
    _: &dyn Proof,
    body: Uuid,
    topic: &str,
    from: Date,
) -> Result<(), Fault> {
    tx.run_one(&ADD_REMIT, args![crate::app::new_id(), body, topic, from]).await?;
    Ok(())
}

/// Whether a topic is in the remit of a body on a day.
pub(super) async fn in_remit(
    link: &mut Link,
    (body, topic): (Uuid, Uuid),
    on: Date,
) -> Result<bool, DbError> {
    Ok(link.row(&IN_REMIT, args![topic, body, on]).await?.is_some())
}

/// An item of an agenda.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ItemLine {
    pub id: String,
    pub meets_on: String,
    pub title: String,
    /// From contradictory goals.
    pub from_goals: bool,
    pub ending: String,
    pub topic: String,
    pub minutes: String,
    pub version: i64,
}

/// The agenda of a body, the next meetings first.
pub(super) async fn items(link: &mut Link, id: Uuid) -> Result<Vec<ItemLine>, DbError> {
    let rows = link.rows(&ITEMS, args![id]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            let origin: String = row.get(3)?;
            Ok(ItemLine {
                id: id.to_string(),
                meets_on: row.get(1)?,
                title: row.get(2)?,
                from_goals: !origin.is_empty(),
                ending: row.get(4)?,
                topic: row.get(5)?,
                minutes: row.get(6)?,
                version: row.get(7)?,
            })
        })
        .collect()
}

/// Puts an item on an agenda. `origin` names the contradiction it comes from, if it does: there
/// is one item for each.
pub(super) async fn add_item(
    tx: &mut Tx,
    _: &dyn Proof,
    body: Uuid,
    (title, origin): (&str, &str),
    meets_on: Date,
    now: Timestamp,
) -> Result<bool, DbError> {
    if !origin.is_empty() && tx.row(&THERE, args![body, origin]).await?.is_some() {
        return Ok(false);
    }
    let args = args![crate::app::new_id(), body, meets_on, title, origin, now];
    tx.run_one(&ADD_ITEM, args).await?;
    Ok(true)
}

/// How an item ended.
pub(super) struct Ended<'a> {
    pub(super) body: Uuid,
    pub(super) item: Uuid,
    pub(super) version: i64,
    pub(super) ending: Ending,
    pub(super) topic: Option<Uuid>,
    pub(super) minutes: &'a str,
}

/// Hidden where the body has no such item.
pub(super) async fn is_item(link: &mut Link, body: Uuid, id: Uuid) -> Result<(), Fault> {
    link.row(&IS_ITEM, args![id, body]).await?.map(|_| ()).ok_or(Fault::Hidden)
}

/// Hidden where the body has no such proposal.
pub(super) async fn is_proposal(link: &mut Link, body: Uuid, id: Uuid) -> Result<(), Fault> {
    link.row(&IS_PROPOSAL, args![id, body]).await?.map(|_| ()).ok_or(Fault::Hidden)
}

/// Ends an item.
///
/// # Errors
/// A conflict when it was ended meanwhile.
pub(super) async fn end_item(tx: &mut Tx, _: &Permit, it: Ended<'_>) -> Result<(), Fault> {
    let args = args![it.item, it.body, it.version, it.ending.as_str(), it.topic, it.minutes];
    if tx.run(&END_ITEM, args).await? != 1 {
        return Err(Fault::conflict("stale"));
    }
    Ok(())
}

/// The joint bodies on a day.
pub(super) async fn joint_bodies(link: &mut Link, on: Date) -> Result<Vec<Uuid>, DbError> {
    let rows = link.rows(&JOINT_BODIES, args![on]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}
