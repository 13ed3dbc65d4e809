//! Sendings and what was told about them, in the database.

use jiff::Timestamp;
use onedoor_domain::case::Told;
use onedoor_domain::ids::{AgencyId, AppointmentId, OfficeId, PersonId, StaffId, UnitId, VisitId};
use onedoor_domain::secrecy::{Action, Category, Purpose, Verdict};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN};
use crate::policy::{Permit, Proof};
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::walls::{self, Crossed, Held, Passage, Standing};
use crate::web::Fault;

crate::sql! {
    LOOKED = "select looked_until from sending_mark where id = 1";
    SET_LOOKED = "update sending_mark set looked_until = $1 where id = 1";
    // Visits that ended lately with a step or a meeting.
    ENDED = "select v.id, v.person_id, v.server_id, f.agency_id, v.step_unit_id, u.agency_id,
            u.office_id, v.step_on, v.appointment_id, a.ends_at, v.closed_at, v.changed_at
        from visit v join staff s on s.id = v.server_id join unit f on f.id = s.unit_id
        join unit u on u.id = v.step_unit_id
        left join appointment a on a.id = v.appointment_id
        where v.changed_at > $1 and v.state = 'closed' and v.person_id is not null
            and v.outcome in ('next_step', 'meeting', 'case')
        order by v.changed_at limit 5000";
    // Whoever of another agency takes part in a meeting is somebody the person was sent to.
    MET_BY = "select u.id, u.agency_id, u.office_id from calendar_slot c
        join staff s on s.id = c.staff_id join unit u on u.id = s.unit_id
        where c.appointment_id = $1 and u.agency_id <> $2 order by u.agency_id, u.id limit 1";
    SEND = "insert into sending (id, person_id, visit_id, appointment_id, from_staff_id,
            from_agency_id, to_agency_id, to_unit_id, to_office_id, sent_at, due_at, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting')
        on conflict (visit_id) do nothing";
    ARRIVED = "select distinct s.id from visit v cross join sending s
        where s.person_id = v.person_id and s.state = 'waiting'
            and v.changed_at > $1 and v.arrived_at > s.sent_at limit 5000";
    DUE = "select id from sending where state = 'waiting' and due_at <= $1
        order by due_at limit 500";
    READ = "select person_id, visit_id, appointment_id, from_staff_id, from_agency_id,
            to_agency_id, to_office_id, sent_at, due_at
        from sending where id = $1 and state = 'waiting'";
    CAME = "select 1 from visit v where v.person_id = $1 and v.office_id = $2
            and v.arrived_at > $3 and v.arrived_at < $4
            and exists (select 1 from visit_agency a
                where a.visit_id = v.id and a.agency_id = $5)
        limit 1";
    // To a meeting one comes on its day, whatever one says at the door.
    CAME_TO_MEETING = "select 1 from visit v join appointment a on a.id = $5
        where v.person_id = $1 and v.office_id = a.office_id and v.office_id = $2
            and v.arrived_at > $3 and v.arrived_at < $4
            and v.arrived_at > a.starts_at - 14400000000
        limit 1";
    SHARED = "select 1 from shared_case c
        join case_agency a on a.case_id = c.id and a.agency_id = $2
        join case_agency b on b.case_id = c.id and b.agency_id = $3
        where c.person_id = $1 and c.closed_at is null limit 1";
    TOLD = "update sending set state = 'told' where id = $1 and state = 'waiting'";
    TELL = "insert into feedback (sending_id, staff_id, person_id, told, at, seen_at)
        values ($1, $2, $3, $4, $5, null)";
    FOR_WORKER = concat!("select f.sending_id, f.person_id, p.given_name, p.family_name, u.name, f.told,
            f.at, s.due_at, k.wrapped
        from feedback f join sending s on s.id = f.sending_id
        join person p on p.id = f.person_id join unit u on u.id = s.to_unit_id
        left join subject_key k on k.subject_id = p.id
        where f.staff_id = $1 and f.seen_at is null and ", unbarred!("$2", "$1"), "
        order by f.at desc limit 100");
    SEEN = "update feedback set seen_at = $3
        where sending_id = $1 and staff_id = $2 and seen_at is null";
}

/// The most ended visits that one round looks through; the next goes on from there.
pub(super) const MOST: usize = 5000;

/// Up to when ended visits have been looked through.
pub(super) async fn looked_until(link: &mut Link, _: &dyn Proof) -> Result<i64, DbError> {
    match link.row(&LOOKED, &[]).await? {
        Some(mut row) => row.get(0),
        None => Ok(0),
    }
}

/// Notes it.
pub(super) async fn set_looked(tx: &mut Tx, _: &dyn Proof, until: i64) -> Result<(), DbError> {
    tx.run(&SET_LOOKED, args![until]).await.map(|_| ())
}

/// A visit that ended with something to come for.
pub(super) struct Ended {
    pub(super) visit: VisitId,
    pub(super) person: PersonId,
    pub(super) by: StaffId,
    pub(super) from: AgencyId,
    pub(super) unit: UnitId,
    pub(super) to: AgencyId,
    pub(super) office: OfficeId,
    pub(super) on: Option<String>,
    pub(super) appointment: Option<AppointmentId>,
    pub(super) ends_at: Option<Timestamp>,
    pub(super) closed_at: Timestamp,
    pub(super) changed_at: i64,
}

/// Visits that ended after an instant with something to come for.
pub(super) async fn ended(
    link: &mut Link,
    proof: &dyn Proof,
    since: i64,
) -> Result<Vec<Ended>, DbError> {
    let read = |mut row: Row| {
        Ok(Ended {
            visit: row.get(0)?,
            person: row.get(1)?,
            by: row.get(2)?,
            from: row.get(3)?,
            unit: row.get(4)?,
            to: row.get(5)?,
            office: row.get(6)?,
            on: row.get(7)?,
            appointment: row.get(8)?,
            ends_at: row.get(9)?,
            closed_at: row.get(10)?,
            changed_at: row.get(11)?,
        })
    };
    link.rows(proof.opens(&ENDED), args![since]).await?.into_iter().map(read).collect()
}

/// The unit of another agency that takes part in a meeting.
pub(super) async fn met_by(
    link: &mut Link,
    proof: &dyn Proof,
    appointment: AppointmentId,
    from: AgencyId,
) -> Result<Option<(UnitId, AgencyId, OfficeId)>, DbError> {
    let row = link.row(proof.opens(&MET_BY), args![appointment, from]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// Keeps a sending; one for each visit.
pub(super) async fn send(
    tx: &mut Tx,
    proof: &dyn Proof,
    ended: &Ended,
    (unit, agency, office): (UnitId, AgencyId, OfficeId),
    due: Timestamp,
) -> Result<bool, DbError> {
    let args = args![
        crate::app::new_id(),
        ended.person,
        ended.visit,
        ended.appointment,
        ended.by,
        ended.from,
        agency,
        unit,
        office,
        ended.closed_at,
        due,
    ];
    Ok(tx.run(proof.opens(&SEND), args).await? == 1)
}

/// Sendings that may be told now: the person has been at some reception lately, or the time is
/// over.
pub(super) async fn candidates(
    link: &mut Link,
    proof: &dyn Proof,
    since: i64,
    now: Timestamp,
) -> Result<Vec<Uuid>, DbError> {
    let mut ids = Vec::new();
    for mut row in link.rows(proof.opens(&ARRIVED), args![since]).await? {
        ids.push(row.get(0)?);
    }
    for mut row in link.rows(proof.opens(&DUE), args![now]).await? {
        ids.push(row.get(0)?);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// A person sent from one agency to another, of whom nothing has been told yet.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// Who was sent.
    pub person: PersonId,
    /// The visit at which they were sent.
    pub visit: VisitId,
    /// The booked time, where there is one.
    pub appointment: Option<AppointmentId>,
    /// Who sent them.
    pub by: StaffId,
    /// From which agency.
    pub from: AgencyId,
    /// To which agency.
    pub to: AgencyId,
    /// To which office.
    pub office: OfficeId,
    /// When they were sent.
    pub sent_at: Timestamp,
    /// The end of the time that was given.
    pub due_at: Timestamp,
}

/// A sending of which nothing has been told yet.
pub(super) async fn read(
    link: &mut Link,
    proof: &dyn Proof,
    id: Uuid,
) -> Result<Option<Sending>, DbError> {
    let row = link.row(proof.opens(&READ), args![id]).await?;
    row.map(|mut row| {
        Ok(Sending {
            person: row.get(0)?,
            visit: row.get(1)?,
            appointment: row.get(2)?,
            by: row.get(3)?,
            from: row.get(4)?,
            to: row.get(5)?,
            office: row.get(6)?,
            sent_at: row.get(7)?,
            due_at: row.get(8)?,
        })
    })
    .transpose()
}

/// Whether the person has come in time.
pub(super) async fn came(
    link: &mut Link,
    proof: &dyn Proof,
    sending: &Sending,
) -> Result<bool, DbError> {
    let Sending { person, office, sent_at, due_at, to, .. } = *sending;
    let row = match sending.appointment {
        Some(id) => {
            link.row(proof.opens(&CAME_TO_MEETING), args![person, office, sent_at, due_at, id])
                .await?
        }
        None => link.row(proof.opens(&CAME), args![person, office, sent_at, due_at, to]).await?,
    };
    Ok(row.is_some())
}

/// Whether the walls let the sender know if the person came (REQ-INFO-01, REQ-INFO-11): that
/// somebody was at another agency is of its case. It is yes only where a rule lets that cross to
/// the very worker who sent them, and either both agencies take part in the person's open shared
/// case or it stands on a consent or a recorded necessity. Everything else gets the neutral answer.
/// Gives back what crosses when the sender is told.
///
/// # Errors
/// When the database does not answer.
pub async fn may_tell(
    app: &App,
    link: &mut Link,
    proof: &dyn Proof,
    sending: &Sending,
) -> Result<Option<Passage>, DbError> {
    let Sending { person, from, to, by, .. } = *sending;
    let Some(standing) = Standing::of_told(app, link, proof, by, person).await? else {
        return Ok(None);
    };
    // Whoever has moved to another agency since is no longer the one who sent them.
    if standing.receiver() != from {
        return Ok(None);
    }
    let Some(giver) = walls::giver_of(link, to, standing.office()).await? else {
        return Ok(None);
    };
    let (purpose, category) = (Purpose::Coordination, Category::Case);
    let Some(Verdict::Permit(ground)) = standing.judge(&giver, purpose, category, Held::default())
    else {
        return Ok(None);
    };
    let stands = ground.consent.is_some() || ground.necessity.is_some();
    if !stands && link.row(proof.opens(&SHARED), args![person, from, to]).await?.is_none() {
        return Ok(None);
    }
    let crossed = Crossed { giver: giver.id, category, ground, rows: 1 };
    Ok(Some(Passage::of(&standing, purpose, crossed)))
}

/// Tells the sender. False when somebody else has told meanwhile.
pub(super) async fn tell(
    tx: &mut Tx,
    proof: &dyn Proof,
    id: Uuid,
    sending: &Sending,
    told: Told,
    now: Timestamp,
) -> Result<bool, DbError> {
    if tx.run(proof.opens(&TOLD), args![id]).await? != 1 {
        return Ok(false);
    }
    tx.run_one(proof.opens(&TELL), args![id, sending.by, sending.person, told.as_str(), now])
        .await?;
    Ok(true)
}

/// What a worker is told about somebody whom they sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackLine {
    /// Its identifier.
    pub id: String,
    /// Who was sent.
    pub name: String,
    /// To which unit.
    pub unit: String,
    /// `came`, `absent` or `no_answer`.
    pub told: String,
    /// When it was told, in microseconds.
    pub at: i64,
    /// The end of the time that was given, in microseconds.
    pub due_at: i64,
    /// The person's identifier, for the journal.
    #[serde(skip)]
    pub person: Uuid,
}

/// What a worker has not seen yet.
///
/// # Errors
/// When the database does not answer.
pub async fn for_worker(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<FeedbackLine>, DbError> {
    debug_assert_eq!(permit.action(), Action::ReadDay);
    let rows = link.rows(permit.opens(&FOR_WORKER), args![actor.id, actor.lacks()]).await?;
    let read = |mut row: Row| {
        let (id, person): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
        let key = Key::of(permit, person, row.get(8)?)?;
        let given = key.open(PERSON_GIVEN, row.get(2)?)?;
        let family = key.open(PERSON_FAMILY, row.get(3)?)?;
        Ok(FeedbackLine {
            id: id.to_string(),
            name: format!("{given} {family}").trim().to_owned(),
            unit: row.get(4)?,
            told: row.get(5)?,
            at: row.get(6)?,
            due_at: row.get(7)?,
            person,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Takes a line off the worker's own list.
///
/// # Errors
/// The absent look, when it is not theirs or not there any more.
pub(super) async fn seen(
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.action(), Action::ReadDay);
    match tx.run(permit.opens(&SEEN), args![id, by, now]).await? {
        1 => Ok(()),
        _ => Err(Fault::Hidden),
    }
}
