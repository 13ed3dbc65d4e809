//! Cases and hand-overs in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::case::{
    Answer, Ask, Asked, CloseReason, HandoverReason, NextStep, OpenCase, Worker, shuttles,
};
use onedoor_domain::ids::{AgencyId, CaseId, HandoverId, OfficeId, PersonId, StaffId};
use uuid::Uuid;

use super::history;
use crate::args;
use crate::db::{DbError, Link, Row, Tx, Value};
use crate::keys::{
    CASE_PLACE, CASE_SUMMARY, CASE_WHAT, HANDOVER_ALTERNATIVE, HANDOVER_NEED, HANDOVER_REASON, Key,
};
use crate::policy::{Permit, Proof, Warrant};
use crate::web::Fault;

crate::sql! {
    READ = "select c.id, c.person_id, c.summary, c.step_what, c.step_owner_id, c.step_on,
            c.step_place, c.opened_at, c.closed_at, c.close_reason, c.handovers, c.shuttles,
            c.forced_changes, c.last_resort, c.version,
            r.id, r.unit_id, ru.agency_id, r.on_duty, r.name, ru.name, ru.office_id,
            d.id, d.unit_id, du.agency_id, d.on_duty, d.name, du.name,
            coalesce(s.name, ''), a.name, k.wrapped
        from shared_case c
        join staff r on r.id = c.responsible_id join unit ru on ru.id = r.unit_id
        join staff d on d.id = c.deputy_id join unit du on du.id = d.unit_id
        left join staff s on s.id = c.step_owner_id
        join agency a on a.id = c.agency_id
        left join subject_key k on k.subject_id = c.person_id
        where c.id = $1";
    ASKED = "select id, asked_by, from_agency_id, to_agency_id, to_unit_id, to_staff_id, reason,
            need, deadline
        from handover where case_id = $1 and state = 'asked'";
    CHAIN = "select to_agency_id from handover
        where case_id = $1 and state = 'accepted' order by answered_at, id";
    ORIGIN = "select from_agency_id from handover where case_id = $1
        order by asked_at, id limit 1";
    INSERT = "insert into shared_case (id, person_id, summary, responsible_id, deputy_id,
            agency_id, unit_id, on_duty, step_what, step_owner_id, step_on, step_place,
            opened_at, closed_at, close_reason, handovers, shuttles, forced_changes,
            last_resort, version, apart_id)
        values ($1, $2, $3, $4, $5, $6, $7, true, $8, $9, $10, $11, $12, null, null, 0, 0, 0,
            false, 1, $13)";
    UPDATE = "update shared_case set responsible_id = $3, deputy_id = $4, agency_id = $5,
            unit_id = $6, step_what = $7, step_owner_id = $8, step_on = $9, step_place = $10,
            handovers = $11, shuttles = $12, forced_changes = $13, last_resort = $14,
            version = version + 1
        where id = $1 and version = $2 and closed_at is null";
    CLOSE = "update shared_case set closed_at = $3, close_reason = $4, on_duty = null,
            version = version + 1
        where id = $1 and version = $2 and closed_at is null";
    ADD_AGENCY = "insert into case_agency (case_id, agency_id, since) values ($1, $2, $3)
        on conflict do nothing";
    AGENCIES = "select a.name from case_agency c join agency a on a.id = c.agency_id
        where c.case_id = $1 order by a.kind";
    INSERT_HANDOVER = "insert into handover (id, case_id, asked_by, from_agency_id,
            to_agency_id, to_unit_id, to_staff_id, reason, need, asked_at, deadline, state,
            answered_at, answered_by, answer_reason, alternative, manager_id, version, order_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'asked', null, null, null, null,
            null, 1, $12)";
    ANSWER = "update handover set state = $2, answered_at = $3, answered_by = $4,
            answer_reason = $5, alternative = $6, manager_id = $7, version = version + 1
        where id = $1 and state = 'asked'";
    ABOUT = "select c.person_id from handover h join shared_case c on c.id = h.case_id
        where h.id = $1";
    SETTLE = "update handover set state = 'settled', version = version + 1
        where case_id = $1 and state in ('refused', 'expired')";
    DUE = "select case_id from handover where state = 'asked' and deadline < $1
        order by deadline limit 200";
    // Cases where every other kind of agency that is at the office today has said no, or nothing,
    // and the last deadline has come. What still waits for a yes of another kind is not among
    // them, so that it keeps no other case from its turn (REQ-REF-08).
    LAST_RESORT = "select h.case_id from handover h join shared_case c on c.id = h.case_id
        join unit n on n.id = c.unit_id join agency m on m.id = c.agency_id
        where h.state in ('refused', 'expired') and h.deadline <= $1
            and c.closed_at is null and not c.last_resort and h.case_id > $2
            and not exists (select 1 from handover w
                where w.case_id = h.case_id and w.state = 'asked')
            and not exists (select 1 from unit u join agency a on a.id = u.agency_id
                where u.office_id = n.office_id and a.kind <> m.kind and u.valid_from <= $1
                    and (u.valid_until is null or u.valid_until > $1)
                    and not exists (select 1 from handover r join agency s on s.id = r.to_agency_id
                        where r.case_id = h.case_id and r.state in ('refused', 'expired')
                            and s.kind = a.kind))
        group by h.case_id order by h.case_id limit 200";
    REFUSED_BY = "select distinct a.kind from handover h join agency a on a.id = h.to_agency_id
        where h.case_id = $1 and h.state in ('refused', 'expired')";
    KINDS_AT = "select distinct a.kind from unit u join agency a on a.id = u.agency_id
        where u.office_id = $1 and u.valid_from <= $2
            and (u.valid_until is null or u.valid_until > $2)";
    KIND_OF = "select kind from agency where id = $1";
    CARRIER = "select agency_id from shared_case where id = $1 and person_id = $2";
    OPEN_OF = "select id, person_id, agency_id, apart_id from shared_case
        where person_id in (select id from person where id = $1 or merged_into = $1)
            and closed_at is null
        order by opened_at, id limit 20";
}

/// A case as it is read, with the names that a page shows.
pub struct Stored {
    /// The case with its three.
    pub case: OpenCase,
    /// When it ended and why.
    pub closed: Option<(Timestamp, String)>,
    /// Its version.
    pub version: i64,
    /// What it is about.
    pub summary: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The responsible worker's name.
    pub responsible_name: String,
    /// The responsible worker's unit.
    pub responsible_unit: String,
    /// The office of that unit.
    pub office: OfficeId,
    /// The deputy's name.
    pub deputy_name: String,
    /// The deputy's unit.
    pub deputy_unit: String,
    /// The name of who owns the next step.
    pub step_owner_name: String,
    /// The responsible agency's name.
    pub agency_name: String,
    /// Shuttles so far.
    pub shuttles: i64,
}

fn worker(row: &mut Row, at: usize) -> Result<Worker, DbError> {
    Ok(Worker {
        id: row.get(at)?,
        unit: row.get(at + 1)?,
        agency: row.get(at + 2)?,
        on_duty: row.get(at + 3)?,
    })
}

fn count(row: &mut Row, at: usize) -> Result<u32, DbError> {
    let n: i64 = row.get(at)?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Reads the permit's case.
///
/// # Errors
/// [`Fault::Hidden`] when it is not there.
pub async fn read(link: &mut Link, permit: &Permit) -> Result<Stored, Fault> {
    load(link, permit, permit.case()?).await?.ok_or(Fault::Hidden)
}

pub(super) async fn load(
    link: &mut Link,
    proof: &dyn Proof,
    id: CaseId,
) -> Result<Option<Stored>, DbError> {
    let Some(mut row) = link.row(proof.opens(&READ), args![id]).await? else { return Ok(None) };
    let person: PersonId = row.get(1)?;
    let key = Key::of(proof, person, row.get(30)?)?;
    let responsible = worker(&mut row, 15)?;
    let deputy = worker(&mut row, 22)?;
    let step = NextStep {
        what: key.open_some(CASE_WHAT, row.get(3)?)?.unwrap_or_default(),
        owner: row.get::<Option<StaffId>>(4)?.unwrap_or(responsible.id),
        on: row.get::<Option<Date>>(5)?.unwrap_or_default(),
        place: key.open_some(CASE_PLACE, row.get(6)?)?.unwrap_or_default(),
    };
    let closed_at: Option<Timestamp> = row.get(8)?;
    let reason: Option<String> = row.get(9)?;
    let handovers = count(&mut row, 10)?;
    // Most cases have never moved: their chain is where they are.
    let chain = if handovers == 0 {
        vec![responsible.agency]
    } else {
        chain(link, proof, id, responsible.agency).await?
    };
    let case = OpenCase {
        id: row.get(0)?,
        person,
        responsible,
        deputy,
        step,
        asked: asked(link, proof, &key, id).await?,
        chain,
        handovers,
        forced_changes: count(&mut row, 12)?,
        last_resort: row.get(13)?,
    };
    Ok(Some(Stored {
        case,
        closed: closed_at.map(|at| (at, reason.unwrap_or_default())),
        version: row.get(14)?,
        summary: key.open(CASE_SUMMARY, row.get(2)?)?,
        opened_at: row.get(7)?,
        responsible_name: row.get(19)?,
        responsible_unit: row.get(20)?,
        office: row.get(21)?,
        deputy_name: row.get(26)?,
        deputy_unit: row.get(27)?,
        step_owner_name: row.get(28)?,
        agency_name: row.get(29)?,
        shuttles: row.get(11)?,
    }))
}

/// Agencies in the order in which they were responsible.
async fn chain(
    link: &mut Link,
    proof: &dyn Proof,
    id: CaseId,
    now: AgencyId,
) -> Result<Vec<AgencyId>, DbError> {
    let mut chain = Vec::new();
    // A case that fell to the municipality left its first agency without anybody
    // accepting: the first question tells where it began.
    if let Some(mut row) = link.row(proof.opens(&ORIGIN), args![id]).await? {
        chain.push(row.get(0)?);
    }
    for mut row in link.rows(proof.opens(&CHAIN), args![id]).await? {
        chain.push(row.get(0)?);
    }
    if chain.last() != Some(&now) {
        chain.push(now);
    }
    Ok(chain)
}

async fn asked(
    link: &mut Link,
    proof: &dyn Proof,
    key: &Key,
    id: CaseId,
) -> Result<Option<Asked>, DbError> {
    let Some(mut row) = link.row(proof.opens(&ASKED), args![id]).await? else { return Ok(None) };
    let reason: String = row.get(6)?;
    let reason = HandoverReason::parse(&reason)
        .ok_or_else(|| DbError::Other(format!("`{reason}` is no reason for a hand-over")))?;
    Ok(Some(Asked {
        ask: Ask {
            id: row.get(0)?,
            by: row.get(1)?,
            to_agency: row.get(3)?,
            to_unit: row.get(4)?,
            to_staff: row.get(5)?,
            reason,
            need: key.open(HANDOVER_NEED, row.get(7)?)?,
            deadline: row.get(8)?,
        },
        from_agency: row.get(2)?,
    }))
}

/// Stores a new case. The schema refuses a second open one, and one without
/// its three.
///
/// # Errors
/// A conflict when the person has an open case.
pub async fn insert(
    tx: &mut Tx,
    permit: &Permit,
    case: &OpenCase,
    (summary, apart): (&str, Option<AgencyId>),
    now: Timestamp,
) -> Result<(), Fault> {
    if permit.person() != Some(case.person) {
        return Err(Fault::Defect("the permit is for another person".into()));
    }
    crate::person::together::keep_still(tx, permit, case.person).await?;
    let key = Key::look_up(tx, permit, case.person).await?;
    let args = args![
        case.id,
        case.person,
        key.seal(CASE_SUMMARY, summary)?,
        case.responsible.id,
        case.deputy.id,
        case.responsible.agency,
        case.responsible.unit,
        key.seal(CASE_WHAT, &case.step.what)?,
        case.step.owner,
        case.step.on,
        key.seal(CASE_PLACE, &case.step.place)?,
        now,
        apart,
    ];
    tx.run_one(permit.opens(&INSERT), args).await?;
    tx.run(permit.opens(&ADD_AGENCY), args![case.id, case.responsible.agency, now]).await?;
    Ok(())
}

/// Saves what became of a case, unless somebody else came first.
///
/// # Errors
/// A conflict when the version has moved on.
pub async fn save(
    tx: &mut Tx,
    permit: &Permit,
    case: &OpenCase,
    version: i64,
    now: Timestamp,
) -> Result<(), Fault> {
    if permit.case()? != case.id {
        return Err(Fault::Defect("the permit is for another case".into()));
    }
    save_case(tx, permit, case, version, now).await
}

pub(super) async fn save_case(
    tx: &mut Tx,
    proof: &dyn Proof,
    case: &OpenCase,
    version: i64,
    now: Timestamp,
) -> Result<(), Fault> {
    let key = Key::look_up(tx, proof, case.person).await?;
    let args = args![
        case.id,
        version,
        case.responsible.id,
        case.deputy.id,
        case.responsible.agency,
        case.responsible.unit,
        key.seal(CASE_WHAT, &case.step.what)?,
        case.step.owner,
        case.step.on,
        key.seal(CASE_PLACE, &case.step.place)?,
        i64::from(case.handovers),
        i64::from(shuttles(&case.chain)),
        i64::from(case.forced_changes),
        case.last_resort,
    ];
    tx.run_one(proof.opens(&UPDATE), args).await?;
    tx.run(proof.opens(&ADD_AGENCY), args![case.id, case.responsible.agency, now]).await?;
    Ok(())
}

/// Ends a case.
///
/// # Errors
/// A conflict when the version has moved on.
pub async fn close(
    tx: &mut Tx,
    permit: &Permit,
    reason: CloseReason,
    version: i64,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run_one(permit.opens(&CLOSE), args![permit.case()?, version, now, reason.as_str()]).await?;
    Ok(())
}

/// Gives an agency a part in a case.
///
/// # Errors
/// When the database refuses.
pub async fn add_agency(
    tx: &mut Tx,
    permit: &Permit,
    case: CaseId,
    agency: AgencyId,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(permit.opens(&ADD_AGENCY), args![case, agency, now]).await.map(|_| ())
}

/// The agencies with a part in the permit's case.
///
/// # Errors
/// When the database does not answer.
pub async fn agencies(link: &mut Link, permit: &Permit) -> Result<Vec<String>, Fault> {
    let rows = link.rows(permit.opens(&AGENCIES), args![permit.case()?]).await?;
    Ok(rows.into_iter().map(|mut row| row.get(0)).collect::<Result<_, _>>()?)
}

/// Stores a hand-over that was asked for.
///
/// # Errors
/// A conflict when one waits already.
pub async fn insert_handover(
    tx: &mut Tx,
    permit: &Permit,
    case: CaseId,
    asked: &Asked,
    now: Timestamp,
) -> Result<(), Fault> {
    let person = permit.the_person()?;
    add_handover(tx, permit, (case, person), asked, None, now).await
}

/// Stores a hand-over, of an order where there is one.
pub(super) async fn add_handover(
    tx: &mut Tx,
    proof: &dyn Proof,
    (case, person): (CaseId, PersonId),
    asked: &Asked,
    order: Option<Uuid>,
    now: Timestamp,
) -> Result<(), Fault> {
    let ask = &asked.ask;
    let key = Key::look_up(tx, proof, person).await?;
    let args = args![
        ask.id,
        case,
        ask.by,
        asked.from_agency,
        ask.to_agency,
        ask.to_unit,
        ask.to_staff,
        ask.reason.as_str(),
        key.seal(HANDOVER_NEED, &ask.need)?,
        now,
        ask.deadline,
        order,
    ];
    match tx.run_one(proof.opens(&INSERT_HANDOVER), args).await {
        Err(DbError::Unique { .. }) => Err(Fault::conflict("case-already-asked")),
        other => Ok(other?),
    }
}

/// Stores how a hand-over ended. `manager` gets the question when nobody took it.
///
/// # Errors
/// A conflict when it was answered meanwhile.
pub async fn answer(
    tx: &mut Tx,
    proof: &dyn Proof,
    id: HandoverId,
    answer: &Answer,
    by: Option<StaffId>,
    manager: Option<StaffId>,
    now: Timestamp,
) -> Result<(), Fault> {
    let (state, reason, alternative): (&str, Value, Value) = match answer {
        Answer::Accepted => ("accepted", Value::Null, Value::Null),
        Answer::Refused { reason, alternative } => {
            let about = tx
                .row(proof.opens(&ABOUT), args![id])
                .await?
                .map(|mut row| row.get(0))
                .transpose()?;
            let person: PersonId = about.ok_or(Fault::Hidden)?;
            let key = Key::look_up(tx, proof, person).await?;
            let reason = key.seal(HANDOVER_REASON, reason)?;
            let alternative = key.seal(HANDOVER_ALTERNATIVE, alternative)?;
            ("refused", reason.into(), alternative.into())
        }
        Answer::Expired => ("expired", Value::Null, Value::Null),
        Answer::Withdrawn => ("withdrawn", Value::Null, Value::Null),
    };
    let args = args![id, state, now, by, reason, alternative, manager];
    tx.run_one(proof.opens(&ANSWER), args).await?;
    Ok(())
}

/// Marks refused and expired hand-overs of the permit's case as decided on.
///
/// # Errors
/// When the database refuses.
pub async fn settle(tx: &mut Tx, permit: &Permit) -> Result<u64, Fault> {
    Ok(tx.run(permit.opens(&SETTLE), args![permit.case()?]).await?)
}

/// An open case of a person, before anybody is told of it.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    /// The case.
    pub id: CaseId,
    /// The record that it is on: the person's, or one that was joined to it.
    pub person: PersonId,
    /// The agency that carries it.
    pub carrier: AgencyId,
    /// The agency that opened it for itself, beside a case that it may not know of.
    pub apart: Option<AgencyId>,
}

/// The open cases of the permit's person: the caller decides what to tell.
///
/// # Errors
/// When the database does not answer.
pub async fn open_of(link: &mut Link, permit: &Permit) -> Result<Vec<Open>, Fault> {
    let rows = link.rows(permit.opens(&OPEN_OF), args![permit.the_person()?]).await?;
    let read = |mut row: Row| -> Result<Open, DbError> {
        let (id, person) = (row.get(0)?, row.get(1)?);
        Ok(Open { id, person, carrier: row.get(2)?, apart: row.get(3)? })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// The agency that carries a case of the permit's person.
///
/// # Errors
/// [`Fault::Hidden`] when there is no such case of theirs.
pub async fn carrier(link: &mut Link, permit: &Permit, case: CaseId) -> Result<AgencyId, Fault> {
    let row = link.row(permit.opens(&CARRIER), args![case, permit.the_person()?]).await?;
    Ok(row.ok_or(Fault::Hidden)?.get(0)?)
}

/// What the deadlines need: cases by warrant, because nobody asks. Only the
/// `deadlines` module may use this.
pub(super) struct Unattended;

impl Unattended {
    /// Cases whose hand-over is past its deadline.
    pub(super) async fn due(
        link: &mut Link,
        warrant: &Warrant,
        today: Date,
    ) -> Result<Vec<CaseId>, DbError> {
        let rows = link.rows(warrant.opens(&DUE), args![today]).await?;
        rows.into_iter().map(|mut row| row.get(0)).collect()
    }

    /// The next cases, after one, that may fall to the municipality.
    pub(super) async fn unwanted(
        link: &mut Link,
        warrant: &Warrant,
        (today, after): (Date, CaseId),
    ) -> Result<Vec<CaseId>, DbError> {
        let rows = link.rows(warrant.opens(&LAST_RESORT), args![today, after]).await?;
        rows.into_iter().map(|mut row| row.get(0)).collect()
    }

    /// Whether every other kind of agency that is at the case's office today has refused.
    pub(super) async fn all_refused(
        link: &mut Link,
        warrant: &Warrant,
        stored: &Stored,
        today: Date,
    ) -> Result<bool, DbError> {
        let text = |rows: Vec<Row>| -> Result<Vec<String>, DbError> {
            rows.into_iter().map(|mut row| row.get(0)).collect()
        };
        let refused = text(link.rows(warrant.opens(&REFUSED_BY), args![stored.case.id]).await?)?;
        let there = text(link.rows(&KINDS_AT, args![stored.office, today]).await?)?;
        let own = text(link.rows(&KIND_OF, args![stored.case.responsible.agency]).await?)?;
        Ok(there.iter().all(|kind| own.contains(kind) || refused.contains(kind)))
    }

    /// Marks what stood open as decided: the law has decided it.
    pub(super) async fn settle(tx: &mut Tx, warrant: &Warrant, id: CaseId) -> Result<(), DbError> {
        tx.run(warrant.opens(&SETTLE), args![id]).await.map(|_| ())
    }

    pub(super) async fn load(
        link: &mut Link,
        warrant: &Warrant,
        id: CaseId,
    ) -> Result<Option<Stored>, DbError> {
        load(link, warrant, id).await
    }

    /// Adds to the history of a case what the law has done.
    pub(super) async fn event(
        tx: &mut Tx,
        warrant: &Warrant,
        case: &OpenCase,
        kind: &str,
        detail: &serde_json::Value,
        now: Timestamp,
    ) -> Result<(), DbError> {
        history::add_event(tx, warrant, (case.id, case.person), kind, None, detail, now).await
    }

    pub(super) async fn save(
        tx: &mut Tx,
        warrant: &Warrant,
        case: &OpenCase,
        version: i64,
        now: Timestamp,
    ) -> Result<(), Fault> {
        save_case(tx, warrant, case, version, now).await
    }
}
