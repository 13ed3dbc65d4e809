//! Everything in an office that depends on somebody, gathered in a handful of statements.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::cover::{Depends, Matter};
use onedoor_domain::ids::{CaseId, OfficeId, StaffId};
use onedoor_domain::secrecy::Action;
use uuid::Uuid;

use super::deputies::{self, Closed};
use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Value};
use crate::policy::{Permit, Proof};

crate::sql! {
    CASES = "select c.responsible_id, c.deputy_id, count(*) from unit u
        join shared_case c on c.unit_id = u.id and c.closed_at is null
        where u.office_id = $1 group by c.responsible_id, c.deputy_id limit 20000";
    STEPS = "select s.id, c.responsible_id, c.deputy_id, count(*) from unit u
        join staff s on s.unit_id = u.id
        join shared_case c on c.step_owner_id = s.id and c.closed_at is null
        where u.office_id = $1 and c.responsible_id <> s.id
        group by s.id, c.responsible_id, c.deputy_id limit 20000";
    ASKED = "select h.to_staff_id, count(*) from unit u
        join handover h on h.to_unit_id = u.id and h.state = 'asked'
        where u.office_id = $1 and h.to_staff_id is not null
        group by h.to_staff_id limit 2000";
    CONTACTS = "select p.staff_id, p.deputy_id from unit u join staff s on s.unit_id = u.id
        join contact_person p on p.staff_id = s.id and p.last_day is null
        where u.office_id = $1 limit 2000";
    COORDINATOR = "select x.coordinator_id, x.deputy_id from office_structure x
        where x.office_id = $1 and x.first_day <= $2 and x.coordinator_id is not null
        order by x.first_day desc limit 1";
    MANAGER = "select o.manager_id, e.deputy_id from office o
        left join staff_deputy e on e.staff_id = o.manager_id
        where o.id = $1 and o.manager_id is not null";
    LAST_RESORT = "select u.last_resort_id, e.deputy_id from unit u
        left join staff_deputy e on e.staff_id = u.last_resort_id
        where u.office_id = $1 and u.last_resort_id is not null limit 100";
    TEAMS = "select m.team_id, m.staff_id, u.agency_id from project_team t
        join team_member m on m.team_id = t.id
        join staff s on s.id = m.staff_id and s.on_duty
        join unit u on u.id = s.unit_id
        where t.office_id = $1 and t.first_day <= $2 and (t.last_day is null or t.last_day >= $2)
            and m.first_day <= $2 and (m.last_day is null or m.last_day >= $2) limit 5000";
    // A meeting, who sits in it, and who shares the case of the person it is with.
    MEETINGS = "select distinct c.appointment_id, s.id, m.id, x.responsible_id, x.deputy_id, x.id
        from unit u join staff s on s.unit_id = u.id
        join calendar_slot c on c.staff_id = s.id and c.starts_at >= $2 and c.starts_at < $3
        join appointment a on a.id = c.appointment_id
        join calendar_slot k on k.appointment_id = a.id
        join staff m on m.id = k.staff_id join unit v on v.id = m.unit_id
            and v.agency_id = u.agency_id
        left join shared_case x on x.person_id = a.person_id and x.closed_at is null
        where u.office_id = $1 limit 20000";
    ROLES = "select s.role, s.id from unit u join staff s on s.unit_id = u.id
        where u.office_id = $1 and s.on_duty
            and s.role in ('host', 'administrator', 'privacy_owner') limit 2000";
    CARRIERS = "select s.unit_id, s.id from unit u join staff s on s.unit_id = u.id
        where u.office_id = $1 and s.on_duty
            and s.role in ('front_worker', 'caseworker', 'joint_manager')
            and (u.valid_until is null or u.valid_until > $2) limit 5000";
}

/// Cases whose deputy may not act.
type Cases = BTreeMap<CaseId, Closed>;

fn one(matter: Matter, holder: StaffId, covers: Vec<StaffId>, count: i64) -> Depends {
    Depends { matter, holder, covers, count }
}

/// Everything of an office that depends on somebody on a day, from its first instant to the next
/// day's.
pub(super) async fn gather(
    app: &App,
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    (on, instants): (Date, [Timestamp; 2]),
) -> Result<Vec<Depends>, DbError> {
    debug_assert_eq!(permit.action(), Action::ReadCover);
    let closed = deputies::closed(app, link, permit, office, instants).await?;
    let mut all = cases(link, permit, office, &closed).await?;
    steps(link, permit, office, &closed, &mut all).await?;
    // Who was asked by name answers alone.
    for mut row in link.rows(permit.opens(&ASKED), args![office]).await? {
        all.push(one(Matter::Handover, row.get(0)?, Vec::new(), row.get(1)?));
    }
    for (matter, statement, args) in [
        (Matter::Contact, &CONTACTS, vec![Value::from(office)]),
        (Matter::Coordinator, &COORDINATOR, vec![Value::from(office), Value::from(on)]),
        (Matter::Manager, &MANAGER, vec![Value::from(office)]),
        (Matter::LastResort, &LAST_RESORT, vec![Value::from(office)]),
    ] {
        for mut row in link.rows(statement, &args).await? {
            let deputy: Option<StaffId> = row.get(1)?;
            all.push(one(matter, row.get(0)?, deputy.into_iter().collect(), 1));
        }
    }
    meetings(link, permit, office, instants, &closed, &mut all).await?;
    alone(link, office, on, &mut all).await?;
    Ok(all)
}

/// The cases that an office carries. A deputy who may not act covers none.
async fn cases(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    closed: &Cases,
) -> Result<Vec<Depends>, DbError> {
    let mut open: BTreeMap<(StaffId, StaffId), i64> = BTreeMap::new();
    for mut row in link.rows(permit.opens(&CASES), args![office]).await? {
        open.insert((row.get(0)?, row.get(1)?), row.get(2)?);
    }
    let mut alone: BTreeMap<StaffId, i64> = BTreeMap::new();
    for it in closed.values().filter(|it| it.carried) {
        *alone.entry(it.responsible).or_default() += 1;
        *open.entry((it.responsible, it.deputy)).or_default() -= 1;
    }
    let open = open
        .into_iter()
        .map(|((holder, deputy), count)| one(Matter::Case, holder, vec![deputy], count));
    let alone =
        alone.into_iter().map(|(holder, count)| one(Matter::Case, holder, Vec::new(), count));
    Ok(open.chain(alone).collect())
}

/// Steps in others' cases: whoever answers for the case covers them, and so does a deputy who may.
async fn steps(
    link: &mut Link,
    proof: &dyn Proof,
    office: OfficeId,
    closed: &Cases,
    all: &mut Vec<Depends>,
) -> Result<(), DbError> {
    let mut counts: BTreeMap<(StaffId, Vec<StaffId>), i64> = BTreeMap::new();
    let others = |holder: StaffId, two: &[StaffId]| -> Vec<StaffId> {
        two.iter().copied().filter(|who| *who != holder).collect()
    };
    let mut there: BTreeSet<StaffId> = BTreeSet::new();
    for mut row in link.rows(proof.opens(&STEPS), args![office]).await? {
        let holder: StaffId = row.get(0)?;
        let two: [StaffId; 2] = [row.get(1)?, row.get(2)?];
        there.insert(holder);
        *counts.entry((holder, others(holder, &two))).or_default() += row.get::<i64>(3)?;
    }
    for it in closed.values() {
        let Some(holder) = it.step_owner else { continue };
        if holder == it.responsible || !there.contains(&holder) {
            continue;
        }
        let two = [it.responsible, it.deputy];
        *counts.entry((holder, others(holder, &two))).or_default() -= 1;
        *counts.entry((holder, vec![it.responsible])).or_default() += 1;
    }
    let steps = counts.into_iter();
    all.extend(steps.map(|((holder, covers), n)| one(Matter::Step, holder, covers, n)));
    Ok(())
}

/// The meetings of a day. Whoever else of the agency sits there holds it, and so may those who
/// share the person's case.
async fn meetings(
    link: &mut Link,
    proof: &dyn Proof,
    office: OfficeId,
    [starts, ends]: [Timestamp; 2],
    closed: &Cases,
    all: &mut Vec<Depends>,
) -> Result<(), DbError> {
    let mut held: BTreeMap<(Uuid, StaffId), BTreeSet<StaffId>> = BTreeMap::new();
    for mut row in link.rows(proof.opens(&MEETINGS), args![office, starts, ends]).await? {
        let (meeting, holder): (Uuid, StaffId) = (row.get(0)?, row.get(1)?);
        let mut beside: [Option<StaffId>; 3] = [row.get(2)?, row.get(3)?, row.get(4)?];
        let case: Option<CaseId> = row.get(5)?;
        if case.is_some_and(|case| closed.contains_key(&case)) {
            let [.., deputy] = &mut beside;
            *deputy = None;
        }
        let covers = held.entry((meeting, holder)).or_default();
        covers.extend(beside.into_iter().flatten().filter(|who| *who != holder));
    }
    for ((_, holder), covers) in held {
        all.push(one(Matter::Meeting, holder, covers.into_iter().collect(), 1));
    }
    Ok(())
}

/// Those who are the only ones of their agency in a team, of their unit, or of their role.
async fn alone(
    link: &mut Link,
    office: OfficeId,
    on: Date,
    all: &mut Vec<Depends>,
) -> Result<(), DbError> {
    let mut groups: BTreeMap<(Matter, Uuid, Uuid), Vec<StaffId>> = BTreeMap::new();
    for mut row in link.rows(&TEAMS, args![office, on]).await? {
        let (team, staff, agency): (Uuid, StaffId, Uuid) = (row.get(0)?, row.get(1)?, row.get(2)?);
        groups.entry((Matter::Team, team, agency)).or_default().push(staff);
    }
    for mut row in link.rows(&CARRIERS, args![office, on]).await? {
        let (unit, staff): (Uuid, StaffId) = (row.get(0)?, row.get(1)?);
        groups.entry((Matter::Unit, unit, unit)).or_default().push(staff);
    }
    for mut row in link.rows(&ROLES, args![office]).await? {
        let (role, staff): (String, StaffId) = (row.get(0)?, row.get(1)?);
        let role = crate::app::id_of("role", &role);
        groups.entry((Matter::Role, role, role)).or_default().push(staff);
    }
    for ((matter, ..), people) in groups {
        // With more than a few there is always somebody: it would only make the list long.
        if people.len() > FEW {
            continue;
        }
        for holder in &people {
            let covers = people.iter().copied().filter(|who| who != holder).collect();
            all.push(one(matter, *holder, covers, 1));
        }
    }
    Ok(())
}

/// So many in a unit or team depend on one another.
const FEW: usize = 4;
