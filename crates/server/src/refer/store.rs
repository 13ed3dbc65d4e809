//! Referrals in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, CaseId, OfficeId, PersonId, ProviderId, StaffId, UnitId};
use onedoor_domain::need::NeedKind;
use onedoor_domain::refer::{Came, Reason, Receiver, Referral, ReturnReason, State, Steps, Wish};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{
    Key, PERSON_FAMILY, PERSON_GIVEN, REFERRAL_ANSWER, REFERRAL_CONDITIONS, REFERRAL_DECISION,
    REFERRAL_INSTEAD, REFERRAL_NEED, REFERRAL_SAID, REFERRAL_TO,
};
use crate::policy::{Permit, Proof, Warrant};
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::web::Fault;

macro_rules! referral {
    ($rest:literal) => {
        concat!(
            "select r.id, r.receiver, r.from_agency_id, r.from_unit_id, r.to_agency_id,
                r.to_unit_id, r.wish, r.state, r.deadline, r.reason, r.need_kind, r.sent_on,
                r.received_on, r.answered_on, r.came, r.came_on, r.decided_on, r.return_reason,
                r.manager_id, r.version, coalesce(u.name, v.name, ''), coalesce(a.name, ''),
                fu.name, fa.name, s.name, coalesce(b.name, ''), coalesce(a.kind, ''), r.agreed_on,
                r.to_name, r.need, r.conditions, r.answer, r.instead, r.said_by, r.decision
            from referral r join unit fu on fu.id = r.from_unit_id
            join agency fa on fa.id = r.from_agency_id join staff s on s.id = r.sent_by
            left join unit u on u.id = r.to_unit_id left join agency a on a.id = r.to_agency_id
            left join provider v on v.id = r.provider_id
            left join staff b on b.id = r.answered_by ",
            $rest
        )
    };
}

macro_rules! line {
    ($($rest:tt)+) => {
        concat!(
            "select c.id, p.id, p.given_name, p.family_name, k.wrapped, r.id, r.receiver,
                coalesce(u.name, v.name, ''), r.to_name, r.reason, r.need_kind, r.deadline,
                r.state, r.sent_on, r.received_on, r.answered_on, r.came_on, r.decided_on,
                r.return_reason, coalesce(a.kind, ''), r.from_agency_id, fu.name
            from referral r join shared_case c on c.id = r.case_id and c.closed_at is null
            join person p on p.id = c.person_id
            left join subject_key k on k.subject_id = p.id
            join unit fu on fu.id = r.from_unit_id
            left join unit u on u.id = r.to_unit_id left join agency a on a.id = r.to_agency_id
            left join provider v on v.id = r.provider_id where ",
            $($rest)+
        )
    };
}

crate::sql! {
    OF_CASE = referral!("where r.case_id = $1 order by r.sent_at desc, r.id desc limit 100");
    ONE = referral!("where r.id = $1 and r.case_id = $2");
    SEND = "insert into referral (id, case_id, office_id, from_agency_id, from_unit_id, sent_by,
            receiver, to_agency_id, to_unit_id, provider_id, to_name, wish, reason, need_kind, need,
            conditions, ground, rule, agreed_on, sent_on, sent_at, deadline, state, received_on,
            answered_on, answered_by, return_reason, answer, instead, said_by, manager_id, came,
            came_on, decided_on, decision, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, 'sent', null, null, null, '', '', '', '', null, '', null, null,
            '', 1)";
    RECEIVE = "update referral set state = 'received', received_on = $4, said_by = $5,
            version = version + 1
        where id = $1 and version = $2 and case_id = $3 and state = 'sent'";
    ANSWER = "update referral set state = $4, answered_on = $5, answered_by = $6,
            return_reason = $7, answer = $8, instead = $9, said_by = $10, manager_id = $11,
            version = version + 1
        where id = $1 and version = $2 and case_id = $3 and state in ('sent', 'received')";
    SETTLE = "update referral set state = 'settled', version = version + 1
        where id = $1 and version = $2 and case_id = $3 and state in ('expired', 'returned')";
    CAME = "update referral set came = $4, came_on = $5, version = version + 1
        where id = $1 and version = $2 and case_id = $3 and state = 'accepted'";
    DECIDED = "update referral set decided_on = $4, decision = $5, version = version + 1
        where id = $1 and version = $2 and case_id = $3 and state = 'accepted'";
    // What waits for an answer of one's unit.
    TO_UNIT = line!("r.to_unit_id = $1 and r.state in ('sent', 'received') and ",
        unbarred!("$2", "$3"), " order by r.deadline, r.id limit 100");
    // What one's agency at one's office has sent since a day.
    OURS = line!("r.office_id = $1 and r.from_agency_id = $2 and r.sent_on >= $3 and ",
        unbarred!("$4", "$5"), " order by r.sent_on desc, r.id desc limit 500");
    // What nobody answered, or what came back: the joint manager decides.
    OF_MANAGER = line!("r.manager_id = $1 and r.state in ('expired', 'returned') and ",
        unbarred!("$2", "$3"), " order by r.deadline, r.id limit 200");
    DUE = "select r.id, r.case_id, c.person_id, r.deadline, r.version, o.manager_id,
            c.responsible_id
        from referral r join shared_case c on c.id = r.case_id
        join office o on o.id = r.office_id
        where r.deadline < $1 and r.state in ('sent', 'received')
        order by r.deadline, r.id limit 500";
    EXPIRE = "update referral set state = 'expired', answered_on = $3, manager_id = $4,
            version = version + 1
        where id = $1 and version = $2 and state in ('sent', 'received')";
}

/// A referral as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) id: Uuid,
    pub(super) receiver: Receiver,
    pub(super) from: (AgencyId, UnitId),
    pub(super) to_agency: Option<AgencyId>,
    pub(super) rule: Referral<UnitId>,
    pub(super) reason: String,
    pub(super) need_kind: NeedKind,
    pub(super) sent_on: Date,
    pub(super) received_on: Option<Date>,
    pub(super) answered_on: Option<Date>,
    pub(super) came: Option<Came>,
    pub(super) came_on: Option<Date>,
    pub(super) decided_on: Option<Date>,
    pub(super) return_reason: String,
    pub(super) version: i64,
    /// The unit or the provider, or the name that was written down.
    pub(super) to: String,
    pub(super) to_agency_name: String,
    pub(super) from_unit: String,
    pub(super) from_agency: String,
    pub(super) sent_by: String,
    pub(super) answered_by: String,
    pub(super) agreed_on: Option<Date>,
    pub(super) need: String,
    pub(super) conditions: String,
    pub(super) answer: String,
    pub(super) instead: String,
    pub(super) said_by: String,
    pub(super) decision: String,
}

impl Kept {
    /// The days of its steps.
    pub(super) fn steps(&self) -> Steps {
        Steps {
            to: self.receiver,
            state: self.rule.state,
            sent: self.sent_on,
            received: self.received_on,
            answered: self.answered_on,
            came: self.came_on,
            decided: self.decided_on,
        }
    }

    /// Whose the answer is: the agency that was asked, or the sender for one outside.
    pub(super) fn answerer(&self) -> AgencyId {
        self.to_agency.unwrap_or(self.from.0)
    }
}

fn unknown(what: &str) -> DbError {
    DbError::Other(format!("a referral with an unknown {what}"))
}

fn kept(mut row: Row, key: &Key) -> Result<Kept, DbError> {
    let (receiver, wish, state): (String, String, String) = (row.get(1)?, row.get(6)?, row.get(7)?);
    let (need_kind, came): (String, String) = (row.get(10)?, row.get(14)?);
    let from = (row.get(2)?, row.get(3)?);
    let mut open = |column, at: usize| key.open(column, row.get(at)?);
    let written = open(REFERRAL_TO, 28)?;
    let (need, conditions) = (open(REFERRAL_NEED, 29)?, open(REFERRAL_CONDITIONS, 30)?);
    let (answer, instead) = (open(REFERRAL_ANSWER, 31)?, open(REFERRAL_INSTEAD, 32)?);
    let (said_by, decision) = (open(REFERRAL_SAID, 33)?, open(REFERRAL_DECISION, 34)?);
    let named: String = row.get(20)?;
    Ok(Kept {
        id: row.get(0)?,
        receiver: Receiver::parse(&receiver).ok_or_else(|| unknown("receiver"))?,
        from,
        to_agency: row.get(4)?,
        rule: Referral {
            sender: from.1,
            to: row.get(5)?,
            wish: Wish::parse(&wish).ok_or_else(|| unknown("wish"))?,
            state: State::parse(&state).ok_or_else(|| unknown("state"))?,
            deadline: row.get(8)?,
        },
        reason: row.get(9)?,
        need_kind: NeedKind::parse(&need_kind).ok_or_else(|| unknown("need"))?,
        sent_on: row.get(11)?,
        received_on: row.get(12)?,
        answered_on: row.get(13)?,
        came: Came::parse(&came),
        came_on: row.get(15)?,
        decided_on: row.get(16)?,
        return_reason: row.get(17)?,
        version: row.get(19)?,
        to: if named.is_empty() { written } else { named },
        to_agency_name: row.get(21)?,
        from_unit: row.get(22)?,
        from_agency: row.get(23)?,
        sent_by: row.get(24)?,
        answered_by: row.get(25)?,
        agreed_on: row.get(27)?,
        need,
        conditions,
        answer,
        instead,
        said_by,
        decision,
    })
}

/// The referrals of the permit's case, the latest first. The caller shows what is the reader's.
pub(super) async fn of_case(link: &mut Link, permit: &Permit) -> Result<Vec<Kept>, Fault> {
    let rows = link.rows(permit.opens(&OF_CASE), args![permit.case()?]).await?;
    let key = Key::look_up(link, permit, permit.the_person()?).await?;
    Ok(rows.into_iter().map(|row| kept(row, &key)).collect::<Result<_, _>>()?)
}

/// A referral of the permit's case.
///
/// # Errors
/// [`Fault::Hidden`] when there is no such referral.
pub(super) async fn one(link: &mut Link, permit: &Permit, id: Uuid) -> Result<Kept, Fault> {
    let row = link.row(permit.opens(&ONE), args![id, permit.case()?]).await?;
    let key = Key::look_up(link, permit, permit.the_person()?).await?;
    Ok(kept(row.ok_or(Fault::Hidden)?, &key)?)
}

/// A referral to be sent.
pub(super) struct NewReferral<'a> {
    pub(super) office: OfficeId,
    pub(super) from: (AgencyId, UnitId),
    pub(super) by: StaffId,
    pub(super) receiver: Receiver,
    pub(super) unit: Option<(AgencyId, UnitId)>,
    pub(super) provider: Option<ProviderId>,
    pub(super) to_name: &'a str,
    pub(super) wish: Wish,
    pub(super) reason: Reason,
    pub(super) need_kind: NeedKind,
    pub(super) need: &'a str,
    pub(super) conditions: &'a str,
    /// The ground's code and the rule of the pack on which it is told.
    pub(super) ground: (&'a str, &'a str),
    pub(super) agreed_on: Option<Date>,
    pub(super) deadline: Date,
}

/// Sends a referral of the permit's case. Nothing moves by it.
pub(super) async fn send(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewReferral<'_>,
    (today, now): (Date, Timestamp),
) -> Result<Uuid, Fault> {
    let key = Key::look_up(tx, permit, permit.the_person()?).await?;
    let id = crate::app::new_id();
    let args = args![
        id,
        permit.case()?,
        new.office,
        new.from.0,
        new.from.1,
        new.by,
        new.receiver.as_str(),
        new.unit.map(|(agency, _)| agency),
        new.unit.map(|(_, unit)| unit),
        new.provider,
        key.seal(REFERRAL_TO, new.to_name)?,
        new.wish.as_str(),
        new.reason.as_str(),
        new.need_kind.as_str(),
        key.seal(REFERRAL_NEED, new.need)?,
        key.seal(REFERRAL_CONDITIONS, new.conditions)?,
        new.ground.0,
        new.ground.1,
        new.agreed_on,
        today,
        now,
        new.deadline,
    ];
    tx.run_one(permit.opens(&SEND), args).await?;
    Ok(id)
}

/// Notes that the receiver has it.
///
/// # Errors
/// A conflict when somebody came first.
pub(super) async fn receive(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    (on, said_by): (Date, &str),
) -> Result<(), Fault> {
    let key = Key::look_up(tx, permit, permit.the_person()?).await?;
    let said_by = key.seal(REFERRAL_SAID, said_by)?;
    let args = args![id, version, permit.case()?, on, said_by];
    Ok(tx.run_one(permit.opens(&RECEIVE), args).await?)
}

/// How a referral was answered or taken back.
#[derive(Default)]
pub(super) struct Answered<'a> {
    pub(super) reason: Option<ReturnReason>,
    pub(super) answer: &'a str,
    pub(super) instead: &'a str,
    /// Who of a receiver outside the house said so.
    pub(super) said_by: &'a str,
    /// Who decides what nobody took.
    pub(super) manager: Option<StaffId>,
}

/// Keeps an answer.
///
/// # Errors
/// A conflict when somebody came first.
pub(super) async fn answer(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    (state, it): (State, &Answered<'_>),
    (on, by): (Date, StaffId),
) -> Result<(), Fault> {
    let key = Key::look_up(tx, permit, permit.the_person()?).await?;
    let args = args![
        id,
        version,
        permit.case()?,
        state.as_str(),
        on,
        by,
        it.reason.map_or("", ReturnReason::as_str),
        key.seal(REFERRAL_ANSWER, it.answer)?,
        key.seal(REFERRAL_INSTEAD, it.instead)?,
        key.seal(REFERRAL_SAID, it.said_by)?,
        it.manager,
    ];
    Ok(tx.run_one(permit.opens(&ANSWER), args).await?)
}

/// Notes the joint manager's decision on one that came back or that nobody answered.
///
/// # Errors
/// A conflict when somebody came first.
pub(super) async fn settle(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
) -> Result<(), Fault> {
    Ok(tx.run_one(permit.opens(&SETTLE), args![id, version, permit.case()?]).await?)
}

/// Notes whether the person came (REQ-REF-15).
///
/// # Errors
/// A conflict when somebody came first.
pub(super) async fn note_came(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    (came, on): (Came, Date),
) -> Result<(), Fault> {
    let args = args![id, version, permit.case()?, came.as_str(), on];
    Ok(tx.run_one(permit.opens(&CAME), args).await?)
}

/// Notes what was decided.
///
/// # Errors
/// A conflict when somebody came first.
pub(super) async fn note_decided(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (Uuid, i64),
    (on, text): (Date, &str),
) -> Result<(), Fault> {
    let key = Key::look_up(tx, permit, permit.the_person()?).await?;
    let args = args![id, version, permit.case()?, on, key.seal(REFERRAL_DECISION, text)?];
    Ok(tx.run_one(permit.opens(&DECIDED), args).await?)
}

/// A referral in a list.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) case: CaseId,
    pub(super) person: PersonId,
    pub(super) name: String,
    pub(super) to: String,
    pub(super) from_unit: String,
    pub(super) reason: String,
    pub(super) need_kind: String,
    pub(super) deadline: Date,
    pub(super) steps: Steps,
    pub(super) return_reason: String,
    /// The kind of agency that it went to; empty outside.
    pub(super) kind: String,
    pub(super) from: AgencyId,
}

fn line(permit: &Permit, mut row: Row) -> Result<Listed, DbError> {
    let person: PersonId = row.get(1)?;
    let key = Key::of(permit, person, row.get(4)?)?;
    let given = key.open(PERSON_GIVEN, row.get(2)?)?;
    let family = key.open(PERSON_FAMILY, row.get(3)?)?;
    let written = key.open(REFERRAL_TO, row.get(8)?)?;
    let (receiver, named, state): (String, String, String) =
        (row.get(6)?, row.get(7)?, row.get(12)?);
    Ok(Listed {
        case: row.get(0)?,
        person,
        name: format!("{given} {family}").trim().to_owned(),
        to: if named.is_empty() { written } else { named },
        reason: row.get(9)?,
        need_kind: row.get(10)?,
        deadline: row.get(11)?,
        steps: Steps {
            to: Receiver::parse(&receiver).ok_or_else(|| unknown("receiver"))?,
            state: State::parse(&state).ok_or_else(|| unknown("state"))?,
            sent: row.get(13)?,
            received: row.get(14)?,
            answered: row.get(15)?,
            came: row.get(16)?,
            decided: row.get(17)?,
        },
        return_reason: row.get(18)?,
        kind: row.get(19)?,
        from: row.get(20)?,
        from_unit: row.get(21)?,
    })
}

fn lines(permit: &Permit, rows: Vec<Row>) -> Result<Vec<Listed>, Fault> {
    Ok(rows.into_iter().map(|row| line(permit, row)).collect::<Result<_, _>>()?)
}

/// What waits for an answer of the reader's unit.
pub(super) async fn to_unit(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<Listed>, Fault> {
    let args = args![actor.unit, actor.lacks(), actor.id];
    lines(permit, link.rows(permit.opens(&TO_UNIT), args).await?)
}

/// What the reader's agency at the reader's office has sent since a day, the latest first.
pub(super) async fn ours(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    since: Date,
) -> Result<Vec<Listed>, Fault> {
    let args = args![actor.office, actor.agency, since, actor.lacks(), actor.id];
    lines(permit, link.rows(permit.opens(&OURS), args).await?)
}

/// What lies with the reader as joint manager: nobody answered, or it came back.
pub(super) async fn of_manager(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<Listed>, Fault> {
    let args = args![actor.id, actor.lacks(), actor.id];
    lines(permit, link.rows(permit.opens(&OF_MANAGER), args).await?)
}

/// A referral whose day has passed.
pub(super) struct Due {
    pub(super) id: Uuid,
    pub(super) case: CaseId,
    pub(super) person: PersonId,
    pub(super) deadline: Date,
    pub(super) version: i64,
    /// The joint manager of the sender's office; where there is none, who answers for the case.
    pub(super) manager: StaffId,
}

/// Referrals that nobody answered until their day.
pub(super) async fn due(
    link: &mut Link,
    warrant: &Warrant,
    today: Date,
) -> Result<Vec<Due>, DbError> {
    let read = |mut row: Row| {
        let (manager, responsible): (Option<StaffId>, StaffId) = (row.get(5)?, row.get(6)?);
        Ok(Due {
            id: row.get(0)?,
            case: row.get(1)?,
            person: row.get(2)?,
            deadline: row.get(3)?,
            version: row.get(4)?,
            manager: manager.unwrap_or(responsible),
        })
    };
    link.rows(warrant.opens(&DUE), args![today]).await?.into_iter().map(read).collect()
}

/// Gives one to the joint manager. Of several servers one does it.
pub(super) async fn expire(
    tx: &mut Tx,
    proof: &dyn Proof,
    due: &Due,
    today: Date,
) -> Result<u64, DbError> {
    tx.run(proof.opens(&EXPIRE), args![due.id, due.version, today, due.manager]).await
}
