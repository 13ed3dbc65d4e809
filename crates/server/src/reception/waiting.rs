//! The queue of a reception in the database: who waits and is served, as far as the walls let
//! cross to a counter, and how the day goes.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, PersonId, VisitId};
use onedoor_domain::reception::{ExpectedWait, Need, expected_wait};
use uuid::Uuid;

use super::store::read_needs;
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN, SubjectId, VISIT_NAME};
use crate::policy::{Permit, Proof};
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::walls::{open_to, told_here};
use crate::web::Fault;

crate::sql! {
    QUEUE = concat!("select v.id, v.ticket, coalesce(p.given_name, ''), coalesce(p.family_name, ''),
            v.spoken_name, v.needs, v.track, v.state, v.arrived_at, v.called_at,
            coalesce(s.name, ''), v.person_id, v.language, v.server_id, k.wrapped, ",
            told_here!("$4", "$3", "7"), "
        from visit v left join person p on p.id = v.person_id
        left join subject_key k on k.subject_id = coalesce(v.person_id, v.id)
        left join staff s on s.id = v.server_id
        where v.office_id = $1 and v.state <> 'closed' and ", open_to!("$2", "$3"), " and ", told_here!("$4", "$3", "$5"), "
        order by v.arrived_at, v.id limit 300");
    // Of another agency, and the person has agreed to something with the asker's, or another
    // agency has recorded a ground: each is judged by itself.
    PERHAPS = concat!("select v.id from visit v join person p on p.id = v.person_id
        where v.office_id = $1 and v.state <> 'closed' and ", unbarred!("$2", "$3"), " and not ", told_here!("$4", "$3", "$5"), " and (
                exists (select 1 from consent c join consent_party cp on cp.consent_id = c.id
                    where c.person_id in (select m.id from person m
                            where m.id = p.id or m.merged_into = p.id)
                        and c.ended_at is null and c.valid_until >= $6
                        and cp.side = 'to' and cp.agency_id = $4)
                or exists (select 1 from claim cl where cl.person_id in (select m.id from person m
                            where m.id = p.id or m.merged_into = p.id)
                        and cl.state = 'held' and cl.valid_until >= $6
                        and cl.to_agency_id = $4))
        order by v.arrived_at, v.id limit 50");
    QUEUED = concat!("select v.id, v.ticket, coalesce(p.given_name, ''), coalesce(p.family_name, ''),
            v.spoken_name, v.needs, v.track, v.state, v.arrived_at, v.called_at,
            coalesce(s.name, ''), v.person_id, v.language, v.server_id, k.wrapped, ",
            told_here!("$3", "$2", "7"), "
        from visit v left join person p on p.id = v.person_id
        left join subject_key k on k.subject_id = coalesce(v.person_id, v.id)
        left join staff s on s.id = v.server_id where v.id = $1");
    // Who waits and is not told of here, as a number alone.
    OTHERS = concat!("select count(*) from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.state = 'waiting' and ", open_to!("$2", "$3"), "
            and not ", told_here!("$4", "$3", "$5"));
    // Who is hidden from the list is hidden from its counts.
    TODAY = concat!("select count(*), sum(case when v.state = 'waiting' then 1 else 0 end),
            sum(case when v.outcome = 'clarified' then 1 else 0 end)
        from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day = $2 and ", open_to!("$3", "$4"), " and ", told_here!("$5", "$4", "$6"));
    WAITING = concat!("select count(*) from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.state = 'waiting' and v.arrived_at < $2 and ",
        open_to!("$3", "$4"));
    SERVING = concat!("select count(*) from visit v left join person p on p.id = v.person_id
        where v.office_id = $1 and v.state = 'serving' and ", open_to!("$2", "$3"));
    SERVED = concat!("select v.closed_at - v.called_at from visit v
        left join person p on p.id = v.person_id where v.office_id = $1 and v.day = $2
            and v.closed_at is not null and v.called_at is not null and ", open_to!("$3", "$4"), "
        order by v.closed_at desc limit 20");
}

/// A visit in the queue.
pub struct QueueRow {
    /// Identifier.
    pub id: VisitId,
    /// Ticket.
    pub ticket: i64,
    /// The registered name, or the one that was said.
    pub name: String,
    /// What is needed, as far as it is told here.
    pub needs: Vec<Need>,
    /// Whether some of it is withheld.
    pub withheld: bool,
    /// Whether it is told of because of a judgement on this one person.
    pub perhaps: bool,
    /// Where to.
    pub track: String,
    /// Whether somebody serves it.
    pub state: String,
    /// Since when.
    pub arrived_at: i64,
    /// Who serves.
    pub server: String,
    /// Who serves, as an identifier.
    pub server_id: Option<Uuid>,
    /// Who it is, for the journal.
    pub person: Option<Uuid>,
    /// Language.
    pub language: String,
}

fn queued(permit: &Permit, mut row: Row) -> Result<QueueRow, DbError> {
    let (id, person): (VisitId, Option<PersonId>) = (row.get(0)?, row.get(11)?);
    let subject = person.map_or(SubjectId::from(id), SubjectId::from);
    let key = Key::of(permit, subject, row.get(14)?)?;
    let given = key.open(PERSON_GIVEN, row.get(2)?)?;
    let family = key.open(PERSON_FAMILY, row.get(3)?)?;
    let spoken = key.open(VISIT_NAME, row.get(4)?)?;
    let registered = format!("{given} {family}").trim().to_owned();
    let (needs, own): (String, bool) = (row.get(5)?, row.get(15)?);
    let mut needs = read_needs(&needs);
    let told = needs.len();
    needs.retain(|need| permit.counter().tells(own, *need));
    Ok(QueueRow {
        id,
        ticket: row.get(1)?,
        name: if registered.is_empty() { spoken } else { registered },
        withheld: needs.len() < told,
        perhaps: false,
        needs,
        track: row.get(6)?,
        state: row.get(7)?,
        arrived_at: row.get(8)?,
        server: row.get(10)?,
        person: person.map(|id| id.0),
        language: row.get(12)?,
        server_id: row.get(13)?,
    })
}

/// The open visits of the permit's office that the walls let cross to this counter, those
/// left out whose person is hidden from `actor` (REQ-INFO-01).
///
/// # Errors
/// When the database does not answer.
pub async fn queue(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<QueueRow>, Fault> {
    let counter = permit.counter();
    let args = args![permit.office()?, actor.lacks(), actor.id, actor.agency, counter.closed()];
    let rows = link.rows(permit.opens(&QUEUE), args).await?;
    Ok(rows.into_iter().map(|row| queued(permit, row)).collect::<Result<_, _>>()?)
}

/// Open visits of other agencies at the permit's office that a consent or a recorded ground
/// may open to this counter; each must be judged by a permit of its own. At most 50.
///
/// # Errors
/// When the database does not answer.
pub async fn perhaps(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    today: Date,
) -> Result<Vec<VisitId>, Fault> {
    let closed = permit.counter().closed();
    if closed == 0 {
        return Ok(Vec::new());
    }
    let args = args![permit.office()?, actor.lacks(), actor.id, actor.agency, closed, today];
    let rows = link.rows(permit.opens(&PERHAPS), args).await?;
    Ok(rows.into_iter().map(|mut row| row.get(0)).collect::<Result<_, DbError>>()?)
}

/// The permit's visit as it stands in the queue.
///
/// # Errors
/// [`Fault::Hidden`] when it is not there.
pub async fn in_queue(link: &mut Link, permit: &Permit) -> Result<QueueRow, Fault> {
    let counter = permit.counter();
    let row =
        link.row(permit.opens(&QUEUED), args![permit.visit()?, counter.me, counter.agency]).await?;
    let row = queued(permit, row.ok_or(Fault::Hidden)?)?;
    Ok(QueueRow { perhaps: true, ..row })
}

/// How many wait at the permit's office of whom this counter is told nothing; those not
/// counted who are hidden from `actor` anyway.
///
/// # Errors
/// When the database does not answer.
pub async fn others(link: &mut Link, permit: &Permit, actor: &Actor) -> Result<i64, Fault> {
    let closed = permit.counter().closed();
    let args = args![permit.office()?, actor.lacks(), actor.id, actor.agency, closed];
    Ok(link
        .row(permit.opens(&OTHERS), args)
        .await?
        .map(|mut row| row.get(0))
        .transpose()?
        .unwrap_or(0))
}

/// How an office's day goes: all, waiting, clarified on the spot.
///
/// # Errors
/// When the database does not answer.
pub async fn today(
    link: &mut Link,
    permit: &Permit,
    day: Date,
    actor: &Actor,
) -> Result<(i64, i64, i64), Fault> {
    let closed = permit.counter().closed();
    let args = args![permit.office()?, day, actor.lacks(), actor.id, actor.agency, closed];
    match link.row(permit.opens(&TODAY), args).await? {
        Some(mut row) => Ok((
            row.get(0)?,
            row.get::<Option<i64>>(1)?.unwrap_or(0),
            row.get::<Option<i64>>(2)?.unwrap_or(0),
        )),
        None => Ok((0, 0, 0)),
    }
}

/// The wait of somebody who arrived at `arrived`, as far as today bears it out. It is
/// reckoned from those who are there for whoever reads it: a wait that is longer than the
/// queue would tell of somebody hidden.
///
/// # Errors
/// When the database does not answer.
pub async fn wait(
    link: &mut Link,
    proof: &dyn Proof,
    office: OfficeId,
    (day, arrived): (Date, Timestamp),
    reader: &Actor,
) -> Result<ExpectedWait, DbError> {
    let (lacks, me) = (reader.lacks(), reader.id);
    let one = |row: Option<Row>| -> Result<i64, DbError> {
        row.map(|mut row| row.get(0)).transpose().map(|n| n.unwrap_or(0))
    };
    let ahead = one(link.row(proof.opens(&WAITING), args![office, arrived, lacks, me]).await?)?;
    let serving = one(link.row(proof.opens(&SERVING), args![office, lacks, me]).await?)?;
    let mut minutes = Vec::new();
    for mut row in link.rows(proof.opens(&SERVED), args![office, day, lacks, me]).await? {
        minutes.push(row.get::<i64>(0)? / 60_000_000);
    }
    let count = |n: i64| usize::try_from(n).unwrap_or(0);
    Ok(expected_wait(count(ahead), &minutes, count(serving)))
}
