//! Meetings and who sits there, in the database.

use jiff::Timestamp;
use onedoor_domain::booking::MeetBy;
use onedoor_domain::ids::{AgencyId, MeetingId, OfficeId, PersonId, ProviderId, StaffId};
use onedoor_domain::meeting::{
    Attendance, Consequence, DayPart, MeetingKind, Seat, Topic, Towards, Wishes,
};
use onedoor_domain::secrecy::Action;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::{Permit, Proof};
use crate::walls::unbarred;
use crate::web::Fault;

macro_rules! meeting {
    ($($rest:tt)+) => {
        concat!(
            "select m.id, m.kind, m.person_id, m.appointment_id, m.office_id, o.name,
                coalesce(a.name, ''),
                coalesce(r.name, ''), m.room_id, m.room_booking_id, m.meet_by, m.starts_at,
                m.ends_at, m.consequence, m.towards, m.state, m.sequence, m.answer, m.called_by,
                s.name, m.version, o.address
            from meeting m join office o on o.id = m.office_id
            left join agency a on a.id = m.premises_agency_id
            left join room r on r.id = m.room_id join staff s on s.id = m.called_by ",
            $($rest)+
        )
    };
}

crate::sql! {
    READ = meeting!("where m.id = $1");
    OF_PERSON = meeting!("where m.person_id = $1 order by m.starts_at desc, m.id limit 100");
    // What one is invited to from an instant on, of persons that one may see.
    OF_STAFF = meeting!("join meeting_party x on x.meeting_id = m.id and x.staff_id = $1
        left join person p on p.id = m.person_id
        where m.starts_at >= $2 and (m.person_id is null or (", unbarred!("$3", "$1"), "))
        order by m.starts_at, m.id limit 100");
    INSERT = "insert into meeting (id, kind, person_id, series_id, group_id, appointment_id,
            office_id, premises_agency_id, room_id, room_booking_id, meet_by, starts_at, ends_at,
            consequence, towards, state, sequence, answer, called_by, called_at, settled_at,
            version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'called', 0, '',
            $16, $17, null, 1)";
    MOVE = "update meeting set starts_at = $3, ends_at = $4, appointment_id = $5,
            room_booking_id = $6, sequence = sequence + 1, answer = '', version = version + 1
        where id = $1 and version = $2 and state = 'called'";
    CANCEL = "update meeting set state = 'cancelled', settled_at = $3, sequence = sequence + 1,
            version = version + 1
        where id = $1 and version = $2 and state = 'called'";
    HOLD = "update meeting set state = 'held', settled_at = coalesce(settled_at, $3),
            version = version + 1
        where id = $1 and version = $2 and state in ('called', 'held')";
    TOWARDS = "update meeting set towards = $3, version = version + 1
        where id = $1 and version = $2 and state <> 'cancelled'";
    ADD_PARTY = "insert into meeting_party (id, meeting_id, kind, staff_id, agency_id, provider_id,
            attendance, minutes)
        values ($1, $2, $3, $4, $5, $6, '', 0)";
    PARTIES = "select x.id, x.kind, x.staff_id, coalesce(s.name, ''), x.agency_id,
            coalesce(a.name, ''), x.provider_id, coalesce(v.name, ''), coalesce(s.role, ''),
            x.attendance, x.minutes, coalesce(a.kind, '')
        from meeting_party x left join staff s on s.id = x.staff_id
        left join agency a on a.id = x.agency_id left join provider v on v.id = x.provider_id
        where x.meeting_id = $1 order by x.kind, a.name, s.name, x.id limit 100";
    CAME = "update meeting_party set attendance = $3, minutes = $4
        where id = $1 and meeting_id = $2";
    TOPICS = "select topic from meeting_topic where meeting_id = $1 order by topic";
    CLEAR_TOPICS = "delete from meeting_topic where meeting_id = $1";
    ADD_TOPIC = "insert into meeting_topic (meeting_id, topic) values ($1, $2)
        on conflict do nothing";
    WISHES = "select not_on, part, meet_by from meeting_wish where person_id = $1";
    // What insurance was asked to since a matter turned towards its benefits (REQ-MEET-08).
    INVITED_KIND = "select 1 from meeting m join meeting_party x on x.meeting_id = m.id
        join agency a on a.id = x.agency_id
        where m.person_id = $1 and m.state <> 'cancelled' and a.kind = $2 limit 1";
}

/// A meeting.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    pub(super) id: MeetingId,
    pub(super) kind: MeetingKind,
    pub(super) person: Option<PersonId>,
    pub(super) appointment: Option<Uuid>,
    pub(super) office: OfficeId,
    pub(super) office_name: String,
    pub(super) premises_name: String,
    pub(super) room: String,
    pub(super) room_id: Option<Uuid>,
    pub(super) room_booking: Option<Uuid>,
    pub(super) meet_by: MeetBy,
    pub(super) starts: Timestamp,
    pub(super) ends: Timestamp,
    pub(super) consequence: Consequence,
    pub(super) towards: Towards,
    pub(super) state: String,
    pub(super) sequence: i64,
    pub(super) answer: String,
    pub(super) called_by: StaffId,
    pub(super) called_by_name: String,
    pub(super) version: i64,
    pub(super) address: String,
}

impl Meeting {
    /// Whether it is still to come or to be written of.
    pub(super) fn is_called(&self) -> bool {
        self.state == "called"
    }

    /// Quarters of an hour that it takes.
    pub(super) fn quarters(&self) -> i64 {
        (self.ends.as_microsecond() - self.starts.as_microsecond()) / (15 * 60 * 1_000_000)
    }
}

fn unknown(what: &str) -> DbError {
    DbError::Other(format!("a meeting with an unknown {what}"))
}

pub(super) fn meeting(mut row: Row) -> Result<Meeting, DbError> {
    let (kind, meet_by): (String, String) = (row.get(1)?, row.get(10)?);
    let (consequence, towards): (String, String) = (row.get(13)?, row.get(14)?);
    Ok(Meeting {
        id: row.get(0)?,
        kind: MeetingKind::parse(&kind).ok_or_else(|| unknown("kind"))?,
        person: row.get(2)?,
        appointment: row.get(3)?,
        office: row.get(4)?,
        office_name: row.get(5)?,
        premises_name: row.get(6)?,
        room: row.get(7)?,
        room_id: row.get(8)?,
        room_booking: row.get(9)?,
        meet_by: MeetBy::parse(&meet_by).ok_or_else(|| unknown("way"))?,
        starts: row.get(11)?,
        ends: row.get(12)?,
        consequence: Consequence::parse(&consequence).ok_or_else(|| unknown("consequence"))?,
        towards: Towards::parse(&towards).ok_or_else(|| unknown("direction"))?,
        state: row.get(15)?,
        sequence: row.get(16)?,
        answer: row.get(17)?,
        called_by: row.get(18)?,
        called_by_name: row.get(19)?,
        version: row.get(20)?,
        address: row.get(21)?,
    })
}

/// The permit's meeting.
pub(super) async fn read(link: &mut Link, permit: &Permit) -> Result<Meeting, Fault> {
    by_id(link, permit, permit.meeting()?).await
}

/// A meeting; the caller has checked whose it is.
pub(super) async fn by_id(
    link: &mut Link,
    proof: &dyn Proof,
    id: MeetingId,
) -> Result<Meeting, Fault> {
    let row = link.row(proof.opens(&READ), args![id]).await?.ok_or(Fault::Hidden)?;
    Ok(meeting(row)?)
}

/// The meetings about the permit's person, the latest first.
pub(super) async fn of_person(link: &mut Link, permit: &Permit) -> Result<Vec<Meeting>, Fault> {
    let rows = link.rows(permit.opens(&OF_PERSON), args![permit.the_person()?]).await?;
    Ok(rows.into_iter().map(meeting).collect::<Result<_, _>>()?)
}

/// What a member of staff is invited to from an instant on, of persons whom they may see.
pub(super) async fn of_staff(
    link: &mut Link,
    permit: &Permit,
    (staff, lacks): (Option<Uuid>, i64),
    from: Timestamp,
) -> Result<Vec<Meeting>, Fault> {
    let rows = link.rows(permit.opens(&OF_STAFF), args![staff, from, lacks]).await?;
    Ok(rows.into_iter().map(meeting).collect::<Result<_, _>>()?)
}

/// Somebody at the table.
#[derive(Clone, Debug)]
pub(super) struct Party {
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) staff: Option<StaffId>,
    pub(super) staff_name: String,
    pub(super) agency: Option<AgencyId>,
    pub(super) agency_name: String,
    pub(super) provider: Option<ProviderId>,
    pub(super) provider_name: String,
    pub(super) role: String,
    pub(super) attendance: Option<Attendance>,
    pub(super) minutes: i64,
    pub(super) agency_kind: String,
}

impl Party {
    /// The seat that they have, as the rule of the three-way conversation counts it.
    pub(super) fn seat(&self) -> Seat<AgencyId> {
        match (self.kind.as_str(), self.agency, self.role.as_str()) {
            ("person", _, _) => Seat::Person,
            ("staff", Some(agency), "caseworker") => Seat::Caseworker(agency),
            ("staff", Some(agency), _) => Seat::Staff(agency),
            _ => Seat::Other,
        }
    }

    /// The seats of those who came.
    pub(super) fn seats_of_those_who_came(all: &[Self]) -> Vec<Seat<AgencyId>> {
        let came = all.iter().filter(|one| one.attendance == Some(Attendance::Came));
        came.map(Self::seat).collect()
    }
}

/// Who was invited to a meeting.
pub(super) async fn parties(
    link: &mut Link,
    proof: &dyn Proof,
    meeting: MeetingId,
) -> Result<Vec<Party>, DbError> {
    let rows = link.rows(proof.opens(&PARTIES), args![meeting]).await?;
    let read = |mut row: Row| {
        let attendance: String = row.get(9)?;
        Ok(Party {
            id: row.get(0)?,
            kind: row.get(1)?,
            staff: row.get(2)?,
            staff_name: row.get(3)?,
            agency: row.get(4)?,
            agency_name: row.get(5)?,
            provider: row.get(6)?,
            provider_name: row.get(7)?,
            role: row.get(8)?,
            attendance: Attendance::parse(&attendance),
            minutes: row.get(10)?,
            agency_kind: row.get(11)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// A meeting to be called.
pub(super) struct NewMeeting<'a> {
    pub(super) id: MeetingId,
    pub(super) kind: MeetingKind,
    pub(super) person: Option<PersonId>,
    pub(super) series: Option<Uuid>,
    pub(super) group: Option<Uuid>,
    pub(super) appointment: Option<Uuid>,
    pub(super) office: OfficeId,
    pub(super) premises: Option<AgencyId>,
    pub(super) room: Option<Uuid>,
    pub(super) room_booking: Option<Uuid>,
    pub(super) meet_by: MeetBy,
    pub(super) starts: Timestamp,
    pub(super) ends: Timestamp,
    pub(super) consequence: Consequence,
    pub(super) towards: Towards,
    pub(super) staff: &'a [(StaffId, AgencyId)],
    pub(super) providers: &'a [ProviderId],
    pub(super) by: StaffId,
}

/// Calls a meeting with everybody who is invited.
pub(super) async fn call(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewMeeting<'_>,
    now: Timestamp,
) -> Result<(), Fault> {
    debug_assert!(matches!(permit.action(), Action::CallMeeting | Action::ArrangeMeeting));
    add(tx, permit, new, now).await
}

/// The same where the rules call it, and not somebody.
pub(super) async fn add(
    tx: &mut Tx,
    proof: &dyn Proof,
    new: &NewMeeting<'_>,
    now: Timestamp,
) -> Result<(), Fault> {
    let args = args![
        new.id,
        new.kind.as_str(),
        new.person,
        new.series,
        new.group,
        new.appointment,
        new.office,
        new.premises,
        new.room,
        new.room_booking,
        new.meet_by.as_str(),
        new.starts,
        new.ends,
        new.consequence.as_str(),
        new.towards.as_str(),
        new.by,
        now,
    ];
    tx.run_one(proof.opens(&INSERT), args).await?;
    let nobody = (None::<StaffId>, None::<AgencyId>, None::<ProviderId>);
    let mut all = Vec::new();
    if new.person.is_some() {
        all.push(("person", nobody));
    }
    all.extend(new.staff.iter().map(|(s, a)| ("staff", (Some(*s), Some(*a), None))));
    all.extend(new.providers.iter().map(|v| ("provider", (None, None, Some(*v)))));
    for (kind, (staff, agency, provider)) in all {
        let args = args![crate::app::new_id(), new.id, kind, staff, agency, provider];
        tx.run_one(proof.opens(&ADD_PARTY), args).await?;
    }
    Ok(())
}

/// Gives a meeting another time; whoever had answered is asked again.
///
/// # Errors
/// A conflict when somebody has changed it meanwhile.
pub(super) async fn move_to(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (MeetingId, i64),
    (starts, ends): (Timestamp, Timestamp),
    (appointment, room_booking): (Option<Uuid>, Option<Uuid>),
) -> Result<(), Fault> {
    Ok(tx
        .run_one(permit.opens(&MOVE), args![id, version, starts, ends, appointment, room_booking])
        .await?)
}

/// Calls a meeting off.
///
/// # Errors
/// A conflict when somebody has changed it meanwhile.
pub(super) async fn cancel(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (MeetingId, i64),
    now: Timestamp,
) -> Result<(), Fault> {
    Ok(tx.run_one(permit.opens(&CANCEL), args![id, version, now]).await?)
}

/// Notes that a meeting was held; who came may be put right afterwards.
///
/// # Errors
/// A conflict when somebody has changed it meanwhile, or it was called off.
pub(super) async fn hold(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (MeetingId, i64),
    came: &[(Uuid, Attendance, i64)],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run_one(permit.opens(&HOLD), args![id, version, now]).await?;
    for (party, attendance, minutes) in came {
        tx.run_one(permit.opens(&CAME), args![*party, id, attendance.as_str(), *minutes]).await?;
    }
    Ok(())
}

/// Notes where the clarification is heading now (REQ-MEET-08).
///
/// # Errors
/// A conflict when somebody has changed it meanwhile.
pub(super) async fn head(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (MeetingId, i64),
    towards: Towards,
) -> Result<(), Fault> {
    Ok(tx.run_one(permit.opens(&TOWARDS), args![id, version, towards.as_str()]).await?)
}

/// What was talked about, as codes.
pub(super) async fn topics(
    link: &mut Link,
    proof: &dyn Proof,
    meeting: MeetingId,
) -> Result<Vec<Topic>, DbError> {
    let rows = link.rows(proof.opens(&TOPICS), args![meeting]).await?;
    let codes: Vec<String> =
        rows.into_iter().map(|mut row| row.get(0)).collect::<Result<_, _>>()?;
    Ok(codes.iter().filter_map(|code| Topic::parse(code)).collect())
}

/// Tags a meeting with what was talked about, in place of what stood there (REQ-MEET-11).
pub(super) async fn tag(
    tx: &mut Tx,
    permit: &Permit,
    meeting: MeetingId,
    topics: &[Topic],
) -> Result<(), DbError> {
    tx.run(permit.opens(&CLEAR_TOPICS), args![meeting]).await?;
    for topic in topics {
        tx.run(permit.opens(&ADD_TOPIC), args![meeting, topic.as_str()]).await?;
    }
    Ok(())
}

/// What suits the permit's person.
pub(super) async fn wishes(link: &mut Link, permit: &Permit) -> Result<Wishes, DbError> {
    let Some(person) = permit.person() else { return Ok(Wishes::default()) };
    let Some(mut row) = link.row(permit.opens(&WISHES), args![person]).await? else {
        return Ok(Wishes::default());
    };
    let (part, meet_by): (String, String) = (row.get(1)?, row.get(2)?);
    Ok(Wishes {
        not_on: row.get(0)?,
        part: DayPart::parse(&part).unwrap_or(DayPart::Any),
        meet_by: MeetBy::parse(&meet_by),
    })
}

/// Whether an agency of a kind was ever invited to a meeting about the permit's person that was
/// not called off (REQ-MEET-08).
pub(crate) async fn was_invited(
    link: &mut Link,
    permit: &Permit,
    kind: onedoor_domain::office::AgencyKind,
) -> Result<bool, Fault> {
    let args = args![permit.the_person()?, kind.as_str()];
    Ok(link.row(permit.opens(&INVITED_KIND), args).await?.is_some())
}
