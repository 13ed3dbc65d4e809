//! Which cases are hidden from whom of those who carry them, in the database.

use std::collections::BTreeMap;

use jiff::civil::Date;
use onedoor_domain::case::{InSight, Sight, Worker};
use onedoor_domain::ids::{CaseId, OfficeId, StaffId, UnitId};
use uuid::Uuid;

use super::store::Stored;
use crate::app::App;
use crate::args;
use crate::db::{DbError, Link};
use crate::person::store::{guard, tied};
use crate::policy::{Permit, Proof, Warrant};
use crate::sign_in::Actor;
use crate::walls::{Acting, acting, lacks};
use crate::web::Fault;

crate::sql! {
    // Open cases of people over whom something lies, with what their three are marked for.
    HIDDEN = "select p.id, c.id, p.guard, r.clearance, r.marks, d.clearance, d.marks, s.clearance,
            s.marks
        from person p join shared_case c on c.person_id = p.id and c.closed_at is null
        join staff r on r.id = c.responsible_id join staff d on d.id = c.deputy_id
        join staff s on s.id = coalesce(c.step_owner_id, c.responsible_id)
        where p.guard <> 0 and p.id >= $1 and (p.id > $1 or c.id > $2)
        order by p.id, c.id limit $3";
    // Open cases of which one of the three has a tie to the person.
    TIED = "select distinct c.id from staff_tie t cross join shared_case c
        where t.ended_at is null and c.person_id = t.person_id and c.closed_at is null
            and t.staff_id in (c.responsible_id, c.deputy_id, c.step_owner_id) limit 1000";
    MARKS = "select id, clearance, marks from staff where id in ($1, $2, $3, $4)";
    OF_UNIT = "select id, clearance, marks from staff where unit_id = $1 and on_duty
        and role in ('front_worker', 'caseworker', 'joint_manager') limit 500";
    // Of the same agency in the same municipality, the nearest first and who has least to do.
    NEAREST = "select s.id, s.unit_id, u.agency_id, s.on_duty, s.clearance, s.marks
        from unit x join office y on y.id = x.office_id
        join office o on o.municipality = y.municipality
        join unit u on u.office_id = o.id and u.agency_id = x.agency_id
        join staff s on s.unit_id = u.id
        where x.id = $1 and s.on_duty
            and s.role in ('front_worker', 'caseworker', 'joint_manager')
            and (not $2 or s.clearance <> 'none' or s.marks like '%shielded%')
            and not exists (select 1 from absence b where b.staff_id = s.id
                and b.withdrawn_at is null and b.first_day <= $3
                and (b.last_day is null or b.last_day >= $3))
        order by case s.role when 'joint_manager' then 1 else 0 end,
            case when u.id = x.id then 0 when o.id = y.id then 1 else 2 end,
            (select count(*) from shared_case c where c.responsible_id = s.id
                and c.closed_at is null),
            s.code limit 100";
    IN_VAIN = "select to_staff_id from handover where case_id = $1 and to_staff_id is not null
        and state in ('refused', 'expired', 'settled')";
    // Whoever is hidden from the manager, with nobody asked: that there is one, and not who.
    STUCK = "select p.guard, s.clearance, s.marks, exists (select 1 from staff_tie t
                where t.person_id = p.id and t.staff_id = s.id and t.ended_at is null)
        from unit u join shared_case c on c.unit_id = u.id and c.closed_at is null
        join person p on p.id = c.person_id join staff s on s.id = c.responsible_id
        where u.office_id = $1 and (p.guard & $2) <> 0 and not exists (
            select 1 from handover h where h.case_id = c.id and h.state = 'asked') limit 2000";
}

/// Cases that are read at once.
const PAGE: i64 = 500;

/// Open cases that one of their three may not see.
pub(super) async fn out_of_sight(
    link: &mut Link,
    warrant: &Warrant,
) -> Result<Vec<CaseId>, DbError> {
    let mut found: Vec<CaseId> = Vec::new();
    let mut after = (Uuid::nil(), Uuid::nil());
    loop {
        let rows = link.rows(warrant.opens(&HIDDEN), args![after.0, after.1, PAGE]).await?;
        let whole = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        for mut row in rows {
            after = (row.get(0)?, row.get(1)?);
            let guard: i64 = row.get(2)?;
            let lacking = lacks(&mut row, 3)? | lacks(&mut row, 5)? | lacks(&mut row, 7)?;
            if guard & lacking != 0 {
                found.push(CaseId(after.1));
            }
        }
        if whole {
            break;
        }
    }
    for mut row in link.rows(warrant.opens(&TIED), &[]).await? {
        found.push(row.get(0)?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

async fn workers(
    link: &mut Link,
    proof: &dyn Proof,
    unit: UnitId,
    guarded: bool,
    today: Date,
) -> Result<Vec<(Worker, i64)>, DbError> {
    let rows = link.rows(proof.opens(&NEAREST), args![unit, guarded, today]).await?;
    rows.into_iter()
        .map(|mut row| {
            let worker = Worker {
                id: row.get(0)?,
                unit: row.get(1)?,
                agency: row.get(2)?,
                on_duty: row.get(3)?,
            };
            Ok((worker, lacks(&mut row, 4)?))
        })
        .collect()
}

/// What is to be done about one case, as things stand.
pub(super) async fn mended(
    app: &App,
    link: &mut Link,
    warrant: &Warrant,
    stored: &Stored,
) -> Result<Option<InSight>, Fault> {
    let case = &stored.case;
    let person = case.person;
    let guard = guard(link, warrant, person).await?;
    let tied = tied(link, warrant, person).await?;
    let nearest = workers(link, warrant, case.responsible.unit, guard != 0, app.today()).await?;
    let asked = case.asked.as_ref().map(|asked| &asked.ask);
    let named = asked.and_then(|ask| ask.to_staff).unwrap_or(case.responsible.id);
    let three = args![case.responsible.id, case.deputy.id, case.step.owner, named];
    let mut lacking: BTreeMap<StaffId, i64> = BTreeMap::new();
    for mut row in link.rows(&MARKS, three).await? {
        lacking.insert(row.get(0)?, lacks(&mut row, 1)?);
    }
    lacking.extend(nearest.iter().map(|(worker, lacks)| (worker.id, *lacks)));
    let mut unit = Vec::new();
    if let Some(ask) = asked.filter(|ask| ask.to_staff.is_none()) {
        for mut row in link.rows(&OF_UNIT, args![ask.to_unit]).await? {
            let id: StaffId = row.get(0)?;
            lacking.insert(id, lacks(&mut row, 1)?);
            unit.push(id);
        }
    }
    let mut in_vain = Vec::new();
    for mut row in link.rows(warrant.opens(&IN_VAIN), args![case.id]).await? {
        in_vain.push(row.get(0)?);
    }
    let carrier = case.responsible.agency;
    let mut kept_out = Vec::new();
    if case.deputy.agency != carrier {
        let whom = (case.deputy.id, person);
        if acting(app, link, warrant, whom, carrier).await? == Acting::Closed {
            kept_out.push(case.deputy.id);
        }
    }
    let sees = |who: StaffId| {
        lacking.get(&who).is_some_and(|lacks| guard & lacks == 0)
            && !tied.contains(&who)
            && !kept_out.contains(&who)
    };
    let answers = match asked {
        Some(ask) if ask.to_staff.is_none() => unit.iter().copied().find(|who| sees(*who)),
        Some(_) => Some(named).filter(|who| sees(*who)),
        None => None,
    };
    let answerable = match (answers, asked) {
        (Some(who), Some(ask)) if ask.to_agency != carrier => {
            acting(app, link, warrant, (who, person), carrier).await? != Acting::Closed
        }
        (answers, _) => answers.is_some(),
    };
    let others: Vec<Worker> = nearest.iter().map(|(worker, _)| *worker).collect();
    let sight = Sight { sees: &sees, answerable, others: &others, in_vain: &in_vain };
    Ok(case.clone().in_sight(&sight))
}

/// Whether an office has a case that its worker may not see and nobody is asked for, of somebody
/// whom the reader may not see either: that somebody must be cleared for it. It tells that there
/// is one, and of nobody.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn stuck(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    office: OfficeId,
) -> Result<bool, DbError> {
    for mut row in link.rows(permit.opens(&STUCK), args![office, actor.lacks()]).await? {
        let (guard, tied): (i64, bool) = (row.get(0)?, row.get(3)?);
        if tied || guard & lacks(&mut row, 1)? != 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
