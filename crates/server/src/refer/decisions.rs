//! The joint decision that agencies owe whom they have sent back and forth twice: made once for each
//! time that the count reaches the alarm, with a meeting at the first time that both have free
//! (REQ-REF-03).

use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::case::SHUTTLE_ALARM;
use onedoor_domain::ids::{AgencyId, CaseId, MeetingId, OfficeId, PersonId, StaffId};
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN};
use crate::meeting::{Together, call_together};
use crate::office::store as offices;
use crate::policy::{Permit, Warrant};
use crate::sign_in::Actor;
use crate::walls::{Acting, acting, unbarred};
use crate::web::Fault;

/// Days within which those who owe the decision are to meet.
const DAYS: i64 = 14;

crate::sql! {
    // Open cases at the alarm for which no decision was asked at this count. The number is the
    // domain's alarm, so that the index serves; the round asks no more than it.
    SHUTTLED = "select c.id, c.person_id, c.shuttles, u.office_id, c.responsible_id, c.agency_id,
            o.manager_id
        from shared_case c join unit u on u.id = c.unit_id join office o on o.id = u.office_id
        where c.closed_at is null and c.shuttles >= 2 and not exists (
            select 1 from joint_decision d where d.case_id = c.id and d.shuttles = c.shuttles)
        order by c.shuttles, c.id limit 200";
    // Who of the other agency had it last.
    BEFORE = "select h.asked_by from handover h where h.case_id = $1 and h.state = 'accepted'
            and h.from_agency_id <> $2 order by h.answered_at desc, h.id desc limit 1";
    MAKE = "insert into joint_decision (id, case_id, shuttles, office_id, holder_id, sender_id,
            manager_id, made_at, call_by, meeting_id, why_none)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing";
    OF_CASE = "select d.shuttles, d.call_by, d.meeting_id, d.why_none, s.name,
            coalesce(t.name, '')
        from joint_decision d join staff s on s.id = d.holder_id
        left join staff t on t.id = d.sender_id
        where d.case_id = $1 order by d.shuttles desc limit 20";
    MINE = concat!("select d.shuttles, d.call_by, d.meeting_id, d.why_none, s.name,
            coalesce(t.name, ''), c.id, p.id, p.given_name, p.family_name, k.wrapped
        from joint_decision d join shared_case c on c.id = d.case_id and c.closed_at is null
        join person p on p.id = c.person_id left join subject_key k on k.subject_id = p.id
        join staff s on s.id = d.holder_id left join staff t on t.id = d.sender_id
        where d.office_id = $1 and d.call_by >= $2
            and (d.holder_id = $3 or d.manager_id = $3 or c.responsible_id = $3)
            and ", unbarred!("$4", "$3"), "
        order by d.call_by, d.id limit 100");
}

/// A joint decision that is owed.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct DecisionLine {
    /// The case; empty on its own page.
    pub(crate) case: String,
    pub(crate) name: String,
    pub(crate) shuttles: i64,
    /// The day by which they are to meet.
    pub(crate) call_by: String,
    /// The meeting that was called by itself.
    pub(crate) meeting: String,
    /// Why none was called: a code.
    pub(crate) why_none: String,
    /// Who answers for the case.
    pub(crate) holder: String,
    /// Who of the other agency had it last.
    pub(crate) sender: String,
    #[serde(skip)]
    pub(crate) person: Option<Uuid>,
}

fn decision(row: &mut Row) -> Result<DecisionLine, DbError> {
    let meeting: Option<Uuid> = row.get(2)?;
    Ok(DecisionLine {
        shuttles: row.get(0)?,
        call_by: row.get(1)?,
        meeting: meeting.map(|id| id.to_string()).unwrap_or_default(),
        why_none: row.get(3)?,
        holder: row.get(4)?,
        sender: row.get(5)?,
        ..DecisionLine::default()
    })
}

/// The joint decisions of the permit's case.
pub(super) async fn of_case(link: &mut Link, permit: &Permit) -> Result<Vec<DecisionLine>, Fault> {
    let rows = link.rows(permit.opens(&OF_CASE), args![permit.case()?]).await?;
    Ok(rows.into_iter().map(|mut row| decision(&mut row)).collect::<Result<_, _>>()?)
}

/// Those that the reader owes, or sees to as joint manager.
pub(super) async fn mine(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    since: Date,
) -> Result<Vec<DecisionLine>, Fault> {
    let args = args![actor.office, since, actor.id, actor.lacks()];
    let read = |mut row: Row| {
        let (case, person): (Uuid, Uuid) = (row.get(6)?, row.get(7)?);
        let key = Key::of(permit, person, row.get(10)?)?;
        let given = key.open(PERSON_GIVEN, row.get(8)?)?;
        let family = key.open(PERSON_FAMILY, row.get(9)?)?;
        Ok(DecisionLine {
            case: case.to_string(),
            name: format!("{given} {family}").trim().to_owned(),
            person: Some(person),
            ..decision(&mut row)?
        })
    };
    let rows = link.rows(permit.opens(&MINE), args).await?;
    Ok(rows.into_iter().map(read).collect::<Result<_, DbError>>()?)
}

/// A case at the alarm.
pub(super) struct Shuttled {
    case: CaseId,
    person: PersonId,
    shuttles: i64,
    office: OfficeId,
    holder: StaffId,
    agency: AgencyId,
    manager: Option<StaffId>,
}

/// Cases at the alarm for which nothing was asked yet.
pub(super) async fn shuttled(link: &mut Link, warrant: &Warrant) -> Result<Vec<Shuttled>, DbError> {
    let read = |mut row: Row| {
        Ok(Shuttled {
            case: row.get(0)?,
            person: row.get(1)?,
            shuttles: row.get(2)?,
            office: row.get(3)?,
            holder: row.get(4)?,
            agency: row.get(5)?,
            manager: row.get(6)?,
        })
    };
    let rows = link.rows(warrant.opens(&SHUTTLED), &[]).await?;
    let all: Vec<Shuttled> = rows.into_iter().map(read).collect::<Result<_, DbError>>()?;
    let alarm = i64::from(SHUTTLE_ALARM);
    Ok(all.into_iter().filter(|one| one.shuttles >= alarm).collect())
}

/// Who of the other agency had the case last and is still there.
async fn before(
    link: &mut Link,
    warrant: &Warrant,
    it: &Shuttled,
) -> Result<Option<(StaffId, AgencyId)>, DbError> {
    let Some(mut row) = link.row(warrant.opens(&BEFORE), args![it.case, it.agency]).await? else {
        return Ok(None);
    };
    let known = offices::worker(link, row.get(0)?).await?;
    let known = known.filter(|known| known.worker.on_duty && known.worker.agency != it.agency);
    Ok(known.map(|known| (known.worker.id, known.worker.agency)))
}

/// Asks for the joint decision, with a meeting where both have a time and the walls let the other
/// know of the case; the row says why where there is none. Gives whether it was not there before.
pub(super) async fn make(app: &App, warrant: &Warrant, it: &Shuttled) -> Result<bool, Fault> {
    let call_by = app.today().checked_add(DAYS.days()).unwrap_or(app.today());
    let mut tx = app.db.begin().await?;
    let sender = before(&mut tx, warrant, it).await?;
    let mut why = "";
    let mut called: Option<MeetingId> = None;
    match sender {
        None => why = "nobody",
        Some((staff, _)) => {
            let told = acting(app, &mut tx, warrant, (staff, it.person), it.agency).await?;
            if told == Acting::Closed {
                why = "walls";
            }
        }
    }
    if let (Some(sender), true) = (sender, why.is_empty()) {
        let together = Together {
            person: it.person,
            office: it.office,
            holder: (it.holder, it.agency),
            other: sender,
            until: call_by,
        };
        called = call_together(app, &mut tx, warrant, &together).await?;
        if called.is_none() {
            why = "no_time";
        }
    }
    let args = args![
        crate::app::new_id(),
        it.case,
        it.shuttles,
        it.office,
        it.holder,
        sender.map(|(staff, _)| staff),
        it.manager,
        app.now(),
        call_by,
        called,
        why,
    ];
    if tx.run(warrant.opens(&MAKE), args).await? == 0 {
        return Ok(false);
    }
    let whose = (it.case, it.person);
    super::round::note(app, &mut tx, warrant, whose, (Action::CallMeeting, "joint_decision"))
        .await?;
    tx.commit().await?;
    Ok(true)
}
