//! Visits in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, AppointmentId, CaseId, OfficeId, PersonId, StaffId, VisitId};
use onedoor_domain::reception::{Mode, Need, Outcome, Track, Visit, VisitState, sort};
use uuid::Uuid;

pub use super::earlier::{Earlier, earlier};
pub use super::marks::{mark, marks};
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{
    Key, SITUATION_BODY, SubjectId, VISIT_ACCOUNT, VISIT_ANSWER, VISIT_DECLINED, VISIT_NAME,
    VISIT_PLACE, VISIT_REASON, VISIT_WHAT,
};
use crate::office::store as offices;
use crate::policy::{Cause, Permit, Proof, Warrant};
use crate::walls::{self, Counter, told_here};
use crate::web::Fault;

crate::sql! {
    NEXT_TICKET = "insert into ticket_counter (office_id, day, last) values ($1, $2, 100 + cast($3 as bigint))
        on conflict (office_id, day) do update
            set last = ticket_counter.last + cast($3 as bigint)
        returning last";
    INSERT = "insert into visit (id, office_id, day, ticket, person_id, spoken_name, language,
            needs, account, mode, track, first_track, track_reason, state, arrived_at, called_at,
            closed_at, server_id, outcome, answer, step_what, step_unit_id, step_owner_id,
            step_on, step_place, case_id, appointment_id, meeting_declined, adviser_needed,
            told_again, changed_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, '', 'waiting', $12, null,
            null, null, null, null, null, null, null, null, null, null, null, null, false, $13,
            $12, 1)";
    INSERT_AGENCY = "insert into visit_agency (visit_id, agency_id, took_part)
        values ($1, $2, false) on conflict do nothing";
    TOOK_PART = "insert into visit_agency (visit_id, agency_id, took_part)
        values ($1, $2, $3)
        on conflict (visit_id, agency_id) do update set took_part = excluded.took_part";
    EVENT = "insert into visit_event (visit_id, n, at, kind, actor_id, detail)
        select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5 from visit_event where visit_id = $1";
    EVENTS = "select e.at, e.kind, coalesce(s.name, ''), e.detail from visit_event e
        left join staff s on s.id = e.actor_id where e.visit_id = $1 order by e.n limit 100";
    READ = concat!("select v.id, v.office_id, v.ticket, v.person_id, v.spoken_name, v.language, v.needs,
            v.account, v.mode, v.track, v.first_track, v.track_reason, v.state, v.arrived_at,
            v.called_at, v.closed_at, v.server_id, coalesce(s.name, ''), v.outcome, v.answer,
            v.step_what, coalesce(u.name, ''), coalesce(so.name, ''), v.step_on, v.step_place,
            v.case_id, v.appointment_id, v.meeting_declined, v.told_again, v.version, o.name,
            o.address, o.phone, v.day, coalesce(r.name, ''), k.wrapped, ", told_here!("$2", "$3", "7"), "
        from visit v join office o on o.id = v.office_id
        left join subject_key k on k.subject_id = coalesce(v.person_id, v.id)
        left join staff s on s.id = v.server_id
        left join unit u on u.id = v.step_unit_id
        left join staff so on so.id = v.step_owner_id
        left join shared_case c on c.id = v.case_id left join staff r on r.id = c.responsible_id
        where v.id = $1");
    AGENCIES = "select a.id, a.name, a.kind, v.took_part from visit_agency v
        join agency a on a.id = v.agency_id where v.visit_id = $1 order by a.kind";
    SAVE = "update visit set mode = $3, track = $4, track_reason = $5, state = $6, server_id = $7,
            called_at = coalesce(called_at, $8), changed_at = $9, version = version + 1
        where id = $1 and version = $2 and state <> 'closed'";
    SAVE_PERSON = "update visit set person_id = $3, told_again = $4, changed_at = $5,
            version = version + 1
        where id = $1 and version = $2 and state <> 'closed'";
    SAID = "select spoken_name, account, track_reason from visit where id = $1";
    SITUATION_SAID = "select body from situation where visit_id = $1";
    SITUATION_ANEW = "update situation set body = $2 where visit_id = $1";
    SEAL_ANEW = "update visit set spoken_name = $2, account = $3, track_reason = $4 where id = $1";
    CLOSE = "update visit set state = 'closed', closed_at = $3, outcome = $4, answer = $5,
            step_what = $6, step_unit_id = $7, step_owner_id = $8, step_on = $9, step_place = $10,
            case_id = $11, appointment_id = $12, meeting_declined = $13, adviser_needed = $14,
            server_id = coalesce(server_id, $15), called_at = coalesce(called_at, $3),
            changed_at = $3, version = version + 1
        where id = $1 and version = $2 and state <> 'closed'";
    EARLIER_NEEDS = "select needs from visit where person_id = $1 and arrived_at > $2
        order by arrived_at desc limit 50";
    CHANGED = "select office_id, needs, changed_at from visit where changed_at > $1 order by changed_at limit 5000";
}

/// A new visit, checked.
pub struct Arrival {
    /// Identifier.
    pub id: VisitId,
    /// Who, when known.
    pub person: Option<PersonId>,
    /// The name that was said.
    pub spoken_name: String,
    /// Language.
    pub language: String,
    /// What is needed.
    pub needs: Vec<Need>,
    /// The whole account, told once.
    pub account: String,
    /// By whom.
    pub mode: Mode,
    /// Where to.
    pub track: Track,
    /// The agencies concerned.
    pub agencies: Vec<AgencyId>,
}

/// Under whose key the texts of the permit's visit are sealed: the person's, and
/// of somebody unknown the visit's own.
fn subject(permit: &Permit) -> Result<SubjectId, Fault> {
    Ok(match permit.person() {
        Some(person) => person.into(),
        None => permit.visit()?.into(),
    })
}

/// How far the next ticket lies from the one before: one to three, as chance has it, so that
/// a number that is missing says nothing of somebody who is hidden (REQ-INFO-08).
fn gap() -> i64 {
    i64::try_from(crate::app::new_id().as_u128() % 3).unwrap_or(0) + 1
}

/// Holds the door of an office until the transaction ends: who comes meanwhile waits, and is told when
/// the office is there no more.
///
/// # Errors
/// When the database does not answer.
pub async fn hold_the_door(
    tx: &mut Tx,
    _: &Permit,
    office: OfficeId,
    day: Date,
) -> Result<(), DbError> {
    tx.row(&NEXT_TICKET, args![office, day, 0_i64]).await.map(|_| ())
}

/// Stores an arrival at the permit's office; gives its ticket.
///
/// # Errors
/// When the database refuses.
pub async fn arrive(
    tx: &mut Tx,
    permit: &Permit,
    arrival: &Arrival,
    day: Date,
    now: Timestamp,
) -> Result<i64, Fault> {
    let office = permit.office()?;
    // The counter of tickets is held by who comes and by who closes the office: one waits for the
    // other, and looks after that whether it is still open.
    let ticket: i64 = tx
        .row(&NEXT_TICKET, args![office, day, gap()])
        .await?
        .map(|mut row| row.get(0))
        .transpose()?
        .ok_or_else(|| Fault::Defect("no ticket came back".into()))?;
    if !offices::is_open(tx, office).await? {
        return Err(Fault::conflict("office-ended"));
    }
    if let Some(person) = arrival.person {
        crate::person::together::keep_still(tx, permit, person).await?;
    }
    let told_again = match arrival.person {
        Some(person) => told_again(tx, permit, person, &arrival.needs, now).await?,
        None => 0,
    };
    let key = match arrival.person {
        Some(person) => Key::look_up(tx, permit, person).await?,
        None => Key::make(tx, permit, arrival.id).await?,
    };
    let codes: Vec<&str> = arrival.needs.iter().map(|n| n.as_str()).collect();
    let args = args![
        arrival.id,
        office,
        day,
        ticket,
        arrival.person,
        key.seal(VISIT_NAME, &arrival.spoken_name)?,
        &arrival.language,
        serde_json::json!(codes).to_string(),
        key.seal(VISIT_ACCOUNT, &arrival.account)?,
        arrival.mode.as_str(),
        arrival.track.as_str(),
        now,
        told_again,
    ];
    tx.run_one(permit.opens(&INSERT), args).await?;
    for agency in &arrival.agencies {
        tx.run(permit.opens(&INSERT_AGENCY), args![arrival.id, *agency]).await?;
    }
    Ok(ticket)
}

/// How often the person has told of one of these needs in the last 90 days:
/// the target is once (REQ-FRONT-01).
async fn told_again(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    needs: &[Need],
    now: Timestamp,
) -> Result<i64, DbError> {
    let since = now.as_microsecond() - 90 * 24 * 3600 * 1_000_000;
    let mut count = 0;
    for mut row in link.rows(proof.opens(&EARLIER_NEEDS), args![person, since]).await? {
        let earlier = read_needs(&row.get::<String>(0)?);
        count += i64::from(earlier.iter().any(|need| needs.contains(need)));
    }
    Ok(count)
}

pub(super) fn read_needs(text: &str) -> Vec<Need> {
    let codes: Vec<String> = serde_json::from_str(text).unwrap_or_default();
    codes.iter().filter_map(|code| Need::parse(code)).collect()
}

/// Adds to the history of a visit.
///
/// # Errors
/// When the database refuses.
pub async fn event(
    tx: &mut Tx,
    permit: &Permit,
    visit: VisitId,
    kind: &str,
    actor: Option<Uuid>,
    detail: &serde_json::Value,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run_one(permit.opens(&EVENT), args![visit, now, kind, actor, detail.to_string()]).await
}

/// A line of a visit's history: when, what, who, more.
pub type EventRow = (i64, String, String, serde_json::Value);

/// The history of the permit's visit.
///
/// # Errors
/// When the database does not answer.
pub async fn events(link: &mut Link, permit: &Permit) -> Result<Vec<EventRow>, Fault> {
    let rows = link.rows(permit.opens(&EVENTS), args![permit.visit()?]).await?;
    let read = |mut row: Row| -> Result<EventRow, DbError> {
        let detail: String = row.get(3)?;
        let detail = serde_json::from_str(&detail).unwrap_or_default();
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, detail))
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// A visit as it is read.
pub struct Stored {
    /// As its rules see it; a closed one keeps its outcome in the fields below.
    pub visit: Visit,
    /// Whether it is closed.
    pub closed_at: Option<i64>,
    /// Office.
    pub office: OfficeId,
    /// Office name, address and telephone.
    pub office_name: String,
    /// Address.
    pub office_address: String,
    /// Telephone.
    pub office_phone: String,
    /// Ticket.
    pub ticket: i64,
    /// Day.
    pub day: String,
    /// Who.
    pub person: Option<PersonId>,
    /// The name that was said.
    pub spoken_name: String,
    /// Language.
    pub language: String,
    /// Needs.
    pub needs: Vec<Need>,
    /// The account.
    pub account: String,
    /// When.
    pub arrived_at: Timestamp,
    /// Who serves.
    pub server: Option<StaffId>,
    /// Their name.
    pub server_name: String,
    /// The outcome's code.
    pub outcome: Option<String>,
    /// What was said.
    pub answer: Option<String>,
    /// What happens next.
    pub step_what: Option<String>,
    /// Which unit sees to it.
    pub step_unit: String,
    /// Who sees to it.
    pub step_owner: String,
    /// When.
    pub step_on: Option<String>,
    /// Where.
    pub step_place: Option<String>,
    /// The case.
    pub case: Option<CaseId>,
    /// The responsible caseworker of that case: the person's own adviser.
    pub adviser: String,
    /// The booked time.
    pub appointment: Option<AppointmentId>,
    /// How often told before.
    pub told_again: i64,
    /// Version.
    pub version: i64,
    /// Whether it is the counter's own visitor, or nobody's yet: then everything is told.
    pub own: bool,
}

impl Stored {
    /// Whether everything that was said is told at this counter.
    #[must_use]
    pub fn is_whole(&self, counter: &Counter) -> bool {
        self.needs.iter().all(|need| counter.tells(self.own, *need))
    }

    /// REQ-INFO-01, REQ-INFO-12: the same with what does not cross taken out. One withheld
    /// need takes the whole account, the answer and the step along: they may tell it.
    #[must_use]
    pub fn told_at(mut self, counter: &Counter) -> Self {
        if !self.is_whole(counter) {
            let own = self.own;
            self.needs.retain(|need| counter.tells(own, *need));
            self.account.clear();
            self.visit.track_reason.clear();
            self.answer = None;
            self.step_what = None;
            self.step_place = None;
            self.told_again = 0;
        }
        self
    }

    /// The kinds of agency that it concerns, as bits.
    #[must_use]
    pub fn concerns(&self) -> i64 {
        concerns(&self.needs)
    }
}

/// The kinds of agency that needs point to, as the bits of a [`Counter`].
#[must_use]
pub fn concerns(needs: &[Need]) -> i64 {
    sort(needs).agencies.into_iter().map(walls::bit).sum()
}

/// Reads the permit's visit.
///
/// # Errors
/// [`Fault::Hidden`] when it is not there.
pub async fn read(link: &mut Link, permit: &Permit) -> Result<Stored, Fault> {
    let counter = permit.counter();
    let row =
        link.row(permit.opens(&READ), args![permit.visit()?, counter.agency, counter.me]).await?;
    let mut row = row.ok_or(Fault::Hidden)?;
    let (id, person): (VisitId, Option<PersonId>) = (row.get(0)?, row.get(3)?);
    let subject = person.map_or(SubjectId::from(id), SubjectId::from);
    let key = Key::of(permit, subject, row.get(35)?)?;
    let bad = |what: &str| Fault::Defect(format!("a visit with an unknown {what}"));
    let (mode, track, first): (String, String, String) = (row.get(8)?, row.get(9)?, row.get(10)?);
    let state: String = row.get(12)?;
    let server: Option<StaffId> = row.get(16)?;
    let needs: String = row.get(6)?;
    let closed_at: Option<i64> = row.get(15)?;
    let state = match (state.as_str(), server) {
        ("waiting", _) => VisitState::Waiting,
        ("serving", Some(by)) => VisitState::Serving { by },
        ("closed", _) => VisitState::Closed { outcome: Box::new(Outcome::Left) },
        _ => return Err(bad("state")),
    };
    let visit = Visit {
        id,
        state,
        mode: Mode::parse(&mode).ok_or_else(|| bad("mode"))?,
        track: Track::parse(&track).ok_or_else(|| bad("track"))?,
        first_track: Track::parse(&first).ok_or_else(|| bad("track"))?,
        track_reason: key.open(VISIT_REASON, row.get(11)?)?,
        meeting_declined: key.open_some(VISIT_DECLINED, row.get(27)?)?,
    };
    Ok(Stored {
        visit,
        closed_at,
        office: row.get(1)?,
        office_name: row.get(30)?,
        office_address: row.get(31)?,
        office_phone: row.get(32)?,
        ticket: row.get(2)?,
        day: row.get(33)?,
        person,
        spoken_name: key.open(VISIT_NAME, row.get(4)?)?,
        language: row.get(5)?,
        needs: read_needs(&needs),
        account: key.open(VISIT_ACCOUNT, row.get(7)?)?,
        arrived_at: row.get(13)?,
        server,
        server_name: row.get(17)?,
        outcome: row.get(18)?,
        answer: key.open_some(VISIT_ANSWER, row.get(19)?)?,
        step_what: key.open_some(VISIT_WHAT, row.get(20)?)?,
        step_unit: row.get(21)?,
        step_owner: row.get(22)?,
        step_on: row.get(23)?,
        step_place: key.open_some(VISIT_PLACE, row.get(24)?)?,
        case: row.get(25)?,
        adviser: row.get(34)?,
        appointment: row.get(26)?,
        told_again: row.get(28)?,
        version: row.get(29)?,
        own: row.get(36)?,
    })
}

/// Reads the permit's visit where everything that was said at it is told to the one who asks.
/// What is taken in, offered, promised and booked at a visit tells what it is about.
///
/// # Errors
/// [`Fault::Hidden`] when it is not there, or when some of it does not cross to this counter
/// (REQ-INFO-01).
pub async fn read_whole(link: &mut Link, permit: &Permit) -> Result<Stored, Fault> {
    let stored = read(link, permit).await?;
    if stored.is_whole(permit.counter()) { Ok(stored) } else { Err(Fault::Hidden) }
}

/// The same where it is the counter's own visitor or nobody's yet: the whole situation of somebody
/// is told to those who serve them, whatever else is let through.
///
/// # Errors
/// [`Fault::Hidden`] when it is not there, or is another agency's.
pub async fn read_own(link: &mut Link, permit: &Permit) -> Result<Stored, Fault> {
    let stored = read_whole(link, permit).await?;
    if stored.own { Ok(stored) } else { Err(Fault::Hidden) }
}

/// An agency that a visit concerns: id, name, kind, whether it took part.
pub type AgencyRow = (AgencyId, String, String, bool);

/// The agencies that the permit's visit concerns.
///
/// # Errors
/// When the database does not answer.
pub async fn agencies(link: &mut Link, permit: &Permit) -> Result<Vec<AgencyRow>, Fault> {
    let rows = link.rows(permit.opens(&AGENCIES), args![permit.visit()?]).await?;
    let read = |mut row: Row| -> Result<AgencyRow, DbError> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// Saves an open visit, unless somebody else came first.
///
/// # Errors
/// A conflict when the version has moved on or the visit is closed.
pub async fn save(
    tx: &mut Tx,
    permit: &Permit,
    visit: &Visit,
    version: i64,
    now: Timestamp,
) -> Result<(), Fault> {
    let (state, server) = match &visit.state {
        VisitState::Waiting => ("waiting", None),
        VisitState::Serving { by } => ("serving", Some(*by)),
        VisitState::Closed { .. } => {
            return Err(Fault::Defect("a closed visit is saved by `close`".into()));
        }
    };
    let key = Key::look_up(tx, permit, subject(permit)?).await?;
    let args = args![
        permit.visit()?,
        version,
        visit.mode.as_str(),
        visit.track.as_str(),
        key.seal(VISIT_REASON, &visit.track_reason)?,
        state,
        server,
        server.map(|_| now),
        now,
    ];
    tx.run_one(permit.opens(&SAVE), args).await?;
    Ok(())
}

/// Says who the visitor is. What they said before they were known goes over to
/// their own key.
///
/// # Errors
/// A conflict when the version has moved on or the visit is closed.
pub async fn identify(
    tx: &mut Tx,
    permit: &Permit,
    person: PersonId,
    needs: &[Need],
    version: i64,
    now: Timestamp,
) -> Result<(), Fault> {
    crate::person::together::keep_still(tx, permit, person).await?;
    let again = told_again(tx, permit, person, needs, now).await?;
    let id = permit.visit()?;
    let before = Key::look_up(tx, permit, subject(permit)?).await?;
    let warrant = Warrant::new(Cause::Identification, permit.vault());
    let own = Key::look_up(tx, &warrant, person).await?;
    let mut said = tx.row(permit.opens(&SAID), args![id]).await?.ok_or(Fault::Hidden)?;
    let name = own.seal(VISIT_NAME, &before.open(VISIT_NAME, said.get(0)?)?)?;
    let account = own.seal(VISIT_ACCOUNT, &before.open(VISIT_ACCOUNT, said.get(1)?)?)?;
    let reason = own.seal(VISIT_REASON, &before.open(VISIT_REASON, said.get(2)?)?)?;
    tx.run_one(permit.opens(&SEAL_ANEW), args![id, name, account, reason]).await?;
    if let Some(mut told) = tx.row(permit.opens(&SITUATION_SAID), args![id]).await? {
        let body = own.seal(SITUATION_BODY, &before.open(SITUATION_BODY, told.get(0)?)?)?;
        tx.run_one(permit.opens(&SITUATION_ANEW), args![id, body]).await?;
    }
    tx.run_one(permit.opens(&SAVE_PERSON), args![permit.visit()?, version, person, again, now])
        .await?;
    Ok(())
}

/// What a closed visit is stored with beside its outcome.
#[derive(Default)]
pub struct Ending<'a> {
    /// Whether follow-up by an adviser is needed.
    pub adviser_needed: bool,
    /// The agencies that took part on the spot.
    pub took_part: &'a [AgencyId],
}

/// Ends a visit with what its rules have agreed to.
///
/// # Errors
/// A conflict when the version has moved on or somebody closed it first.
pub async fn close(
    tx: &mut Tx,
    permit: &Permit,
    visit: &Visit,
    ending: &Ending<'_>,
    closer: Option<Uuid>,
    version: i64,
    now: Timestamp,
) -> Result<(), Fault> {
    let VisitState::Closed { outcome } = &visit.state else {
        return Err(Fault::Defect("only a closed visit is stored as closed".into()));
    };
    let step = outcome.step();
    let answer = match outcome.as_ref() {
        Outcome::Clarified { answer, .. } | Outcome::Informed { answer } => Some(answer.clone()),
        Outcome::Outside { whom, .. } => Some(whom.clone()),
        _ => None,
    };
    let case = match outcome.as_ref() {
        Outcome::Case { case, .. } => Some(*case),
        _ => None,
    };
    let appointment = match outcome.as_ref() {
        Outcome::Meeting { appointment, .. } => Some(*appointment),
        _ => None,
    };
    let key = Key::look_up(tx, permit, subject(permit)?).await?;
    let args = args![
        permit.visit()?,
        version,
        now,
        outcome.kind().as_str(),
        key.seal_some(VISIT_ANSWER, answer.as_deref())?,
        key.seal_some(VISIT_WHAT, step.map(|s| s.step.what.as_str()))?,
        step.map(|s| s.unit),
        step.map(|s| s.step.owner),
        step.map(|s| s.step.on),
        key.seal_some(VISIT_PLACE, step.map(|s| s.step.place.as_str()))?,
        case,
        appointment,
        key.seal_some(VISIT_DECLINED, visit.meeting_declined.as_deref())?,
        ending.adviser_needed,
        closer,
    ];
    tx.run_one(permit.opens(&CLOSE), args).await?;
    for agency in ending.took_part {
        tx.run(permit.opens(&TOOK_PART), args![permit.visit()?, *agency, true]).await?;
    }
    Ok(())
}

/// Visits that changed since an instant, with their office, the kinds of agency that they concern
/// and the instant: for screens of other servers.
///
/// # Errors
/// When the database does not answer.
pub async fn changed_since(
    link: &mut Link,
    warrant: &Warrant,
    since: Timestamp,
) -> Result<Vec<(OfficeId, i64, Timestamp)>, DbError> {
    let rows = link.rows(warrant.opens(&CHANGED), args![since]).await?;
    rows.into_iter()
        .map(|mut row| {
            let needs: String = row.get(1)?;
            Ok((row.get(0)?, concerns(&read_needs(&needs)), row.get(2)?))
        })
        .collect()
}
