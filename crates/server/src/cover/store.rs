//! Everything in an office that depends on somebody, gathered in a handful of statements.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::cover::{Depends, Matter};
use onedoor_domain::ids::{OfficeId, StaffId};
use onedoor_domain::person::Clearance;
use onedoor_domain::secrecy::{Action, Group};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Value};
use crate::policy::Permit;

crate::sql! {
    CASES = "select c.responsible_id, c.deputy_id, count(*) from unit u
        join shared_case c on c.unit_id = u.id and c.closed_at is null
        where u.office_id = $1 group by c.responsible_id, c.deputy_id limit 20000";
    // Where the deputy may not reach: something lies over the person, or there is a tie.
    GUARDED = "select c.responsible_id, c.deputy_id, p.guard, d.clearance, d.marks,
            exists (select 1 from staff_tie t where t.person_id = c.person_id
                and t.staff_id = c.deputy_id and t.ended_at is null)
        from unit u join shared_case c on c.unit_id = u.id and c.closed_at is null
        join person p on p.id = c.person_id join staff d on d.id = c.deputy_id
        where u.office_id = $1 and (p.guard <> 0 or exists (select 1 from staff_tie t
            where t.person_id = c.person_id and t.staff_id = c.deputy_id and t.ended_at is null))
        limit 20000";
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
    MEETINGS = "select distinct c.appointment_id, s.id, m.id, x.responsible_id, x.deputy_id
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

pub(super) fn lacks(row: &mut Row, at: usize) -> Result<i64, DbError> {
    let (clearance, marks): (String, String) = (row.get(at)?, row.get(at + 1)?);
    let shielded = marks.split(' ').any(|mark| mark == Group::Shielded.as_str());
    Ok(Clearance::parse(&clearance).unwrap_or_default().lacks(shielded))
}

fn one(matter: Matter, holder: StaffId, covers: Vec<StaffId>, count: i64) -> Depends {
    Depends { matter, holder, covers, count }
}

/// Everything of an office that depends on somebody on a day, from its first instant to the next
/// day's.
pub(super) async fn gather(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    (on, instants): (Date, [Timestamp; 2]),
) -> Result<Vec<Depends>, DbError> {
    debug_assert_eq!(permit.action(), Action::ReadCover);
    let mut all = cases(link, permit, office).await?;
    for mut row in link.rows(&STEPS, args![office]).await? {
        let holder: StaffId = row.get(0)?;
        let covers: Vec<StaffId> = [row.get(1)?, row.get(2)?].into();
        let covers = covers.into_iter().filter(|who| *who != holder).collect();
        all.push(one(Matter::Step, holder, covers, row.get(3)?));
    }
    // Who was asked by name answers alone.
    for mut row in link.rows(&ASKED, args![office]).await? {
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
    meetings(link, office, instants, &mut all).await?;
    alone(link, office, on, &mut all).await?;
    Ok(all)
}

async fn cases(link: &mut Link, _: &Permit, office: OfficeId) -> Result<Vec<Depends>, DbError> {
    let mut open: BTreeMap<(StaffId, StaffId), i64> = BTreeMap::new();
    for mut row in link.rows(&CASES, args![office]).await? {
        open.insert((row.get(0)?, row.get(1)?), row.get(2)?);
    }
    let mut closed: BTreeMap<StaffId, i64> = BTreeMap::new();
    for mut row in link.rows(&GUARDED, args![office]).await? {
        let (holder, deputy): (StaffId, StaffId) = (row.get(0)?, row.get(1)?);
        let guard: i64 = row.get(2)?;
        let tied: bool = row.get(5)?;
        if tied || guard & lacks(&mut row, 3)? != 0 {
            *closed.entry(holder).or_default() += 1;
            *open.entry((holder, deputy)).or_default() -= 1;
        }
    }
    let open = open
        .into_iter()
        .map(|((holder, deputy), count)| one(Matter::Case, holder, vec![deputy], count));
    let closed =
        closed.into_iter().map(|(holder, count)| one(Matter::Case, holder, Vec::new(), count));
    Ok(open.chain(closed).collect())
}

/// The meetings of a day. Whoever else of the agency sits there holds it, and so may those who
/// share the person's case.
async fn meetings(
    link: &mut Link,
    office: OfficeId,
    [starts, ends]: [Timestamp; 2],
    all: &mut Vec<Depends>,
) -> Result<(), DbError> {
    let mut held: BTreeMap<(Uuid, StaffId), BTreeSet<StaffId>> = BTreeMap::new();
    for mut row in link.rows(&MEETINGS, args![office, starts, ends]).await? {
        let (meeting, holder): (Uuid, StaffId) = (row.get(0)?, row.get(1)?);
        let beside: [Option<StaffId>; 3] = [row.get(2)?, row.get(3)?, row.get(4)?];
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
