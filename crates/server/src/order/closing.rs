//! Offices that close or merge, in the database. A merge takes the units over with everybody in
//! them, so nobody loses their worker. A closing asks for every case first, and ends when nothing
//! depends on the office any more.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::booking::places;
use onedoor_domain::cover::Closing;
use onedoor_domain::ids::{OfficeId, StaffId, UnitId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::office::{access, store as offices};
use crate::policy::{Permit, Proof, Warrant};
use crate::reception::store as visits;

crate::sql! {
    // Each unit with what it carries, and the unit of the same agency that would take it.
    UNITS = "select u.id, u.name,
            (select count(*) from shared_case c where c.unit_id = u.id and c.closed_at is null),
            (select t.id from unit t where t.office_id = $2 and t.agency_id = u.agency_id
                and t.valid_from <= $3 and (t.valid_until is null or t.valid_until > $3)
                order by case when t.kind = u.kind then 0 else 1 end, t.code limit 1),
            (select t.name from unit t where t.office_id = $2 and t.agency_id = u.agency_id
                and t.valid_from <= $3 and (t.valid_until is null or t.valid_until > $3)
                order by case when t.kind = u.kind then 0 else 1 end, t.code limit 1)
        from unit u where u.office_id = $1
            and (u.valid_until is null or u.valid_until > $3) order by u.code limit 300";
    OPEN_VISITS = "select count(*) from visit where office_id = $1 and state <> 'closed'";
    // Meetings to come in which somebody of the office sits.
    MEETINGS = "select count(distinct c.appointment_id) from unit u
        join staff s on s.unit_id = u.id
        join calendar_slot c on c.staff_id = s.id and c.starts_at >= $2 where u.office_id = $1";
    APPOINTMENTS = "select count(*) from appointment where office_id = $1 and starts_at >= $2";
    // Cases carried elsewhere that lean on somebody of the office.
    LEANING = "select count(*) from unit u join staff s on s.unit_id = u.id
        join shared_case c on c.deputy_id = s.id and c.closed_at is null
        join unit v on v.id = c.unit_id where u.office_id = $1 and v.office_id <> $1";
    DEPENDING = "select
        (select count(*) from unit u join shared_case c on c.unit_id = u.id
            and c.closed_at is null where u.office_id = $1)
        + (select count(*) from unit u join staff s on s.unit_id = u.id
            join shared_case c on c.deputy_id = s.id and c.closed_at is null
            where u.office_id = $1)
        + (select count(*) from unit u join staff s on s.unit_id = u.id
            join shared_case c on c.step_owner_id = s.id and c.closed_at is null
            where u.office_id = $1)
        + (select count(*) from unit u join unit_task t on t.unit_id = u.id and t.state <> 'done'
            where u.office_id = $1 and not exists (select 1 from handover_order o
                where o.from_unit_id = u.id and o.closing_id is not null))
        + (select count(*) from unit u join escalation e on e.unit_id = u.id
            and e.returned_at is null and e.decided_at is null
            where u.office_id = $1 and not exists (select 1 from handover_order o
                where o.from_unit_id = u.id and o.closing_id is not null))
        + (select count(*) from unit u join handover h on h.to_unit_id = u.id
            and h.state = 'asked' where u.office_id = $1)
        + (select count(distinct c.appointment_id) from unit u join staff s on s.unit_id = u.id
            join calendar_slot c on c.staff_id = s.id and c.starts_at >= $2
            where u.office_id = $1)";
    STAFF = "select s.id from unit u join staff s on s.unit_id = u.id where u.office_id = $1
        limit 5000";
    CONTACTS = "select count(*) from unit u join staff s on s.unit_id = u.id
        join contact_person p on p.staff_id = s.id and p.last_day is null where u.office_id = $1";
    INSERT = "insert into office_closing (id, office_id, into_office_id, kind, ordered_by,
            ordered_at, done_at) values ($1, $2, $3, $4, $5, $6, $7)";
    LIST = "select x.id, o.name, t.name, x.kind, x.ordered_at, x.done_at,
            (select count(*) from unit u join shared_case c on c.unit_id = u.id
                and c.closed_at is null where u.office_id = x.office_id)
        from office_closing x join office o on o.id = x.office_id
        join office t on t.id = x.into_office_id
        order by x.ordered_at desc limit 100";
    READ = "select office_id, into_office_id from office_closing
        where id = $1 and kind = 'close' and done_at is null";
    DONE = "update office_closing set done_at = $2 where id = $1 and done_at is null";
    MOVE_UNITS = "update unit set office_id = $2 where office_id = $1";
    MOVE_DISTRICTS = "update district set office_id = $2 where office_id = $1";
    MOVE_APPOINTMENTS = "update appointment set office_id = $2
        where office_id = $1 and starts_at >= $3";
    // Booked times go along too, each to a place of its own.
    BOOKED = "select id, starts_at, person_id, place_no from booking
        where office_id = $1 and state = 'booked' and ends_at > $2 order by starts_at, id";
    MOVE_BOOKING = "update booking set office_id = $2, place_no = $3, version = version + 1
        where id = $1";
    FRONT_WORKERS = "select count(*) from unit u join staff s on s.unit_id = u.id
        where u.office_id = $1 and s.role = 'front_worker' and s.on_duty";
    END_OFFICE = "update office set ended_on = $2 where id = $1";
    END_KIOSK_TOKENS = "update token set revoked_at = $2
        where office_id = $1 and kind = 'kiosk' and revoked_at is null";
    END_KIOSKS = "delete from session where actor_kind = 'kiosk' and actor_id = $1";
    OPEN_CLOSINGS = "select id from office_closing where kind = 'close' and done_at is null
        order by ordered_at limit 100";
    ORDERED = "select office_id, ordered_by from office_closing where id = $1";
    MOVE_ESCALATIONS = "update escalation set
            unit_id = (select o.to_unit_id from handover_order o
                where o.closing_id = $1 and o.from_unit_id = escalation.unit_id)
        where returned_at is null and decided_at is null and unit_id in (
            select o.from_unit_id from handover_order o where o.closing_id = $1)";
    // What belongs to the place and not to a unit. A name that is taken gets the office's behind it.
    PLACE = "select
        (select count(*) from room where office_id = $1 and ended_on is null),
        (select count(*) from lease where office_id = $1 and expires_on >= $2),
        (select count(*) from inventory_line where office_id = $1
            and (valid_until is null or valid_until > $2)),
        (select count(*) from room r join room_booking b on b.room_id = r.id
            and b.cancelled_at is null and b.ends_at > $3 where r.office_id = $1)";
    ROOMS = "select r.id, r.name, o.name from room r join office o on o.id = r.office_id
        where r.office_id = $1 order by r.name limit 1000";
    // Rooms end with their office, and nobody keeps a time in them.
    FREE_ROOMS = "delete from room_slot where booking_id in (
        select b.id from room r join room_booking b on b.room_id = r.id
            and b.cancelled_at is null and b.ends_at > $2 where r.office_id = $1)";
    CANCEL_ROOMS = "update room_booking set cancelled_at = $2
        where cancelled_at is null and ends_at > $2
            and room_id in (select r.id from room r where r.office_id = $1)";
    END_ROOMS = "update room set ended_on = $2 where office_id = $1 and ended_on is null";
    MOVE_ROOM = "update room set office_id = $2, name = $3 where id = $1";
    MOVE_LEASES = "update lease set office_id = $2 where office_id = $1 and expires_on >= $3";
    MOVE_HOURS = "update visiting_hours set office_id = $2
        where office_id = $1 and (valid_until is null or valid_until > $3)";
    // Hours in the office, and hours of its units elsewhere; what has not begun never does.
    END_HOURS = "update visiting_hours set valid_until = $2
        where (office_id = $1 or unit_id in (select id from unit where office_id = $1))
            and valid_from < $2 and (valid_until is null or valid_until > $2)";
    DROP_HOURS = "delete from visiting_hours
        where (office_id = $1 or unit_id in (select id from unit where office_id = $1))
            and valid_from >= $2";
    MOVE_SEATS = "insert into seat_plan (office_id, unit_id, seats, joint_tasks)
        select o.id, p.unit_id, p.seats, p.joint_tasks
        from seat_plan p join office o on o.id = $2 where p.office_id = $1
        on conflict do nothing";
    CLEAR_SEATS = "delete from seat_plan where office_id = $1";
    MOVE_TEAMS = "update project_team set office_id = $2
        where office_id = $1 and (last_day is null or last_day >= $3)";
    // What is offered ends in one building and begins in the other, so that it can be read back.
    OFFERS = "select id from inventory_line where office_id = $1 and valid_from < $2
        and (valid_until is null or valid_until > $2) limit 5000";
    GO_ON = "insert into inventory_line (id, office_id, service, unit_id, decided_by, inside,
            partner, address, route, terms, agreement_id, valid_from, valid_until)
        select $2, o.id, l.service, l.unit_id, l.decided_by, l.inside, l.partner, l.address,
            l.route, l.terms, l.agreement_id, $4, l.valid_until
        from inventory_line l join office o on o.id = $3
        where l.id = $1 and not exists (select 1 from inventory_line n
            where n.office_id = $3 and n.service = l.service and n.unit_id = l.unit_id
                and n.valid_from <= $4 and (n.valid_until is null or n.valid_until > $4))";
    END_OFFERS = "update inventory_line set valid_until = $2 where office_id = $1
        and valid_from < $2 and (valid_until is null or valid_until > $2)";
    MOVE_OFFERS = "update inventory_line set office_id = $2
        where office_id = $1 and valid_from >= $3";
    DROP_OFFERS = "delete from inventory_line where office_id = $1 and valid_from >= $2";
    // A unit that would have begun later never does.
    END_UNITS = "update unit set valid_until = case when valid_from < $2 then $2 else valid_from end
        where office_id = $1 and (valid_until is null or valid_until > $2)";
    OFF_DUTY = "update staff set on_duty = (1 = 0) where id = $1";
    END_CONTACTS = "update contact_person set last_day = $2 where staff_id = $1
        and last_day is null";
    // What other units have sent a unit goes on at the one that took over.
    MOVE_TASKS = "update unit_task set version = version + 1,
            unit_id = (select o.to_unit_id from handover_order o
                where o.closing_id = $1 and o.from_unit_id = unit_task.unit_id)
        where state <> 'done' and unit_id in (select o.from_unit_id from handover_order o
            where o.closing_id = $1)";
    // From today on the districts are served by the units that took over.
    SERVED_BY = "insert into district_unit
            (agency_id, district_id, valid_from, valid_until, place, unit_id)
        select x.agency_id, x.district_id, $2, x.valid_until, x.place, o.to_unit_id
        from handover_order o join district_unit x on x.unit_id = o.from_unit_id
        where o.closing_id = $1 and x.valid_from < $2
            and (x.valid_until is null or x.valid_until > $2)
        on conflict do nothing";
    SERVED_UNTIL = "update district_unit set valid_until = $2
        where valid_from < $2 and (valid_until is null or valid_until > $2)
            and unit_id in (select from_unit_id from handover_order where closing_id = $1)";
    // What begins later begins with the unit that took over (REQ-ORG-14).
    SERVED_LATER = "update district_unit set
            unit_id = (select o.to_unit_id from handover_order o
                where o.closing_id = $1 and o.from_unit_id = district_unit.unit_id)
        where valid_from >= $2
            and unit_id in (select from_unit_id from handover_order where closing_id = $1)";
}

/// A unit of an office that goes.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) id: UnitId,
    pub(super) name: String,
    pub(super) cases: i64,
    pub(super) to: Option<(UnitId, String)>,
}

/// The units of an office, what they carry, and who would take it in another.
pub(super) async fn units(
    link: &mut Link,
    permit: &Permit,
    (office, into): (OfficeId, OfficeId),
    today: Date,
) -> Result<Vec<Unit>, DbError> {
    let rows = link.rows(permit.opens(&UNITS), args![office, into, today]).await?;
    rows.into_iter()
        .map(|mut row| {
            let (to, name): (Option<UnitId>, Option<String>) = (row.get(3)?, row.get(4)?);
            Ok(Unit { id: row.get(0)?, name: row.get(1)?, cases: row.get(2)?, to: to.zip(name) })
        })
        .collect()
}

/// What else hangs on an office.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hangs {
    pub(super) open_visits: i64,
    pub(super) appointments: i64,
    pub(super) leaning: i64,
    pub(super) staff: i64,
    pub(super) contacts: i64,
    /// Meetings to come of the people of the office.
    pub(super) meetings: i64,
    /// Rooms, leases that run, services offered, and times booked in the rooms.
    pub(super) place: [i64; 4],
}

/// The booked times of an office that goes, each with its place in the other one.
#[derive(Clone, Debug, Default)]
pub(super) struct Booked {
    /// Each time, whose it is, and the place that it gets; none for an hour of colleagues.
    pub(super) moves: Vec<(Uuid, Option<Uuid>, Option<i64>)>,
    /// How many come to a time at which the other office has no place left: they are met all the
    /// same, and the office is told beforehand.
    pub(super) crowded: i64,
}

/// Finds the places of booked times in the office that takes over.
pub(super) async fn booked(
    link: &mut Link,
    permit: &Permit,
    (office, into, kind): (OfficeId, OfficeId, Closing),
    now: Timestamp,
) -> Result<Booked, DbError> {
    let mut most = 0;
    for (one, comes) in [(into, true), (office, kind == Closing::Merge)] {
        if let Some(mut row) = link.row(&FRONT_WORKERS, args![one]).await?
            && comes
        {
            most += row.get::<i64>(0)?;
        }
    }
    let most = places(most);
    let mut taken: BTreeSet<(i64, i64)> = BTreeSet::new();
    for mut row in link.rows(permit.opens(&BOOKED), args![into, now]).await? {
        let (at, place): (i64, Option<i64>) = (row.get(1)?, row.get(3)?);
        taken.extend(place.map(|place| (at, place)));
    }
    let mut booked = Booked::default();
    for mut row in link.rows(permit.opens(&BOOKED), args![office, now]).await? {
        let (at, place): (i64, Option<i64>) = (row.get(1)?, row.get(3)?);
        let place = place.and_then(|_| (1..).find(|place| !taken.contains(&(at, *place))));
        if let Some(place) = place {
            taken.insert((at, place));
            booked.crowded += i64::from(place > most);
        }
        booked.moves.push((row.get(0)?, row.get(2)?, place));
    }
    Ok(booked)
}

/// How the agencies could be reached before the office went stays beside how they are then.
async fn keep_access(
    tx: &mut Tx,
    (office, into): (OfficeId, OfficeId),
    today: Date,
) -> Result<(), DbError> {
    for one in [office, into] {
        if let Some(municipality) = offices::municipality(tx, one).await? {
            access::keep(tx, &municipality, today).await?;
        }
    }
    Ok(())
}

/// The office is there no more: nobody books or checks in, and its kiosks are shut.
async fn end_office(
    tx: &mut Tx,
    permit: &Permit,
    (office, into): (OfficeId, OfficeId),
    booked: &Booked,
    (today, now): (Date, Timestamp),
) -> Result<(), DbError> {
    for (id, _, place) in &booked.moves {
        tx.run_one(permit.opens(&MOVE_BOOKING), args![*id, into, *place]).await?;
    }
    tx.run(&END_KIOSK_TOKENS, args![office, now]).await?;
    tx.run(permit.opens(&END_KIOSKS), args![office]).await?;
    tx.run_one(&END_OFFICE, args![office, today]).await
}

/// Holds two offices and the door of the first, so that nobody comes to it or books there between the
/// look at what depends on it and its end. Always in one order, so that nobody waits for good.
pub(super) async fn hold(
    tx: &mut Tx,
    permit: &Permit,
    [office, into]: [Option<OfficeId>; 2],
    today: Date,
) -> Result<(), DbError> {
    if let Some(office) = office
        && offices::is_open(tx, office).await?
    {
        visits::hold_the_door(tx, permit, office, today).await?;
    }
    let mut both: Vec<OfficeId> = office.into_iter().chain(into).collect();
    both.sort_unstable();
    for office in both {
        offices::keep_still(tx, office).await?;
    }
    Ok(())
}

pub(super) async fn hangs(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    (today, now): (Date, Timestamp),
) -> Result<Hangs, DbError> {
    let mut counts = [0_i64; 5];
    let asked = [
        link.row(permit.opens(&OPEN_VISITS), args![office]).await?,
        link.row(permit.opens(&APPOINTMENTS), args![office, now]).await?,
        link.row(permit.opens(&LEANING), args![office]).await?,
        link.row(&CONTACTS, args![office]).await?,
        link.row(permit.opens(&MEETINGS), args![office, now]).await?,
    ];
    for (count, row) in counts.iter_mut().zip(asked) {
        *count = row.map(|mut row| row.get(0)).transpose()?.unwrap_or(0);
    }
    let [open_visits, appointments, leaning, contacts, meetings] = counts;
    let staff = i64::try_from(staff(link, permit, office).await?.len()).unwrap_or(i64::MAX);
    let mut place = [0_i64; 4];
    if let Some(mut row) = link.row(&PLACE, args![office, today, now]).await? {
        place = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
    }
    Ok(Hangs { open_visits, appointments, leaning, staff, contacts, meetings, place })
}

/// Takes the rooms of an office along. A name that is taken at the other one gets the office's name
/// behind it, so that everybody finds the room they booked.
async fn move_rooms(tx: &mut Tx, office: OfficeId, into: OfficeId) -> Result<(), DbError> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for mut row in tx.rows(&ROOMS, args![into]).await? {
        taken.insert(row.get(1)?);
    }
    for mut row in tx.rows(&ROOMS, args![office]).await? {
        let id: Uuid = row.get(0)?;
        let (name, from): (String, String) = (row.get(1)?, row.get(2)?);
        let mut now = name.clone();
        let mut more = 1;
        while !taken.insert(now.clone()) {
            now = if more == 1 {
                format!("{name} ({from})")
            } else {
                format!("{name} ({from} {more})")
            };
            more += 1;
        }
        tx.run_one(&MOVE_ROOM, args![id, into, now]).await?;
    }
    Ok(())
}

/// Everybody who works in an office.
pub(super) async fn staff(
    link: &mut Link,
    _: &dyn Proof,
    office: OfficeId,
) -> Result<Vec<StaffId>, DbError> {
    let rows = link.rows(&STAFF, args![office]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

/// How much still depends on an office and its people: open cases, tasks, questions, and the
/// meetings that people come to.
pub(super) async fn depending(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    now: Timestamp,
) -> Result<i64, DbError> {
    let row = link.row(permit.opens(&DEPENDING), args![office, now]).await?;
    Ok(row.map(|mut row| row.get(0)).transpose()?.unwrap_or(0))
}

/// Stores that an office goes.
pub(super) async fn insert(
    tx: &mut Tx,
    _: &Permit,
    (office, into, kind): (OfficeId, OfficeId, Closing),
    by: StaffId,
    now: Timestamp,
) -> Result<Uuid, DbError> {
    let id = crate::app::new_id();
    let done = (kind == Closing::Merge).then_some(now);
    tx.run_one(&INSERT, args![id, office, into, kind.as_str(), by, now, done]).await?;
    Ok(id)
}

/// Takes the units of an office into another, with their people, cases, districts and booked times,
/// and what belongs to the place: rooms with their bookings, leases that run, what is offered there,
/// visiting hours, seats and teams (REQ-ORG-17, REQ-ORG-36, REQ-ORG-37).
pub(super) async fn merge(
    tx: &mut Tx,
    permit: &Permit,
    (office, into): (OfficeId, OfficeId),
    booked: &Booked,
    (today, now): (Date, Timestamp),
) -> Result<(), DbError> {
    keep_access(tx, (office, into), today).await?;
    tx.run(&MOVE_UNITS, args![office, into]).await?;
    offices::questions_to_leader(tx, into).await?;
    tx.run(&MOVE_DISTRICTS, args![office, into]).await?;
    tx.run(permit.opens(&MOVE_APPOINTMENTS), args![office, into, now]).await?;
    move_rooms(tx, office, into).await?;
    tx.run(&MOVE_LEASES, args![office, into, today]).await?;
    tx.run(&MOVE_HOURS, args![office, into, today]).await?;
    tx.run(&MOVE_SEATS, args![office, into]).await?;
    tx.run(&CLEAR_SEATS, args![office]).await?;
    tx.run(&MOVE_TEAMS, args![office, into, today]).await?;
    for mut row in tx.rows(&OFFERS, args![office, today]).await? {
        let line: Uuid = row.get(0)?;
        tx.run(&GO_ON, args![line, crate::app::new_id(), into, today]).await?;
    }
    tx.run(&END_OFFERS, args![office, today]).await?;
    tx.run(&MOVE_OFFERS, args![office, into, today]).await?;
    end_office(tx, permit, (office, into), booked, (today, now)).await
}

/// The offices of a closing that has not ended.
pub(super) async fn read(
    link: &mut Link,
    _: &Permit,
    id: Uuid,
) -> Result<Option<(OfficeId, OfficeId)>, DbError> {
    let row = link.row(&READ, args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Ends a closing: nothing depends on the office any more.
pub(super) async fn complete(
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
    (office, into): (OfficeId, OfficeId),
    booked: &Booked,
    (today, now): (Date, Timestamp),
) -> Result<(), DbError> {
    keep_access(tx, (office, into), today).await?;
    for staff in staff(tx, permit, office).await? {
        tx.run(&END_CONTACTS, args![staff, today]).await?;
        tx.run(&OFF_DUTY, args![staff]).await?;
    }
    tx.run(permit.opens(&MOVE_TASKS), args![id]).await?;
    tx.run(permit.opens(&MOVE_ESCALATIONS), args![id]).await?;
    tx.run(&SERVED_BY, args![id, today]).await?;
    tx.run(&SERVED_UNTIL, args![id, today]).await?;
    tx.run(&SERVED_LATER, args![id, today]).await?;
    tx.run(&END_UNITS, args![office, today]).await?;
    tx.run(&MOVE_DISTRICTS, args![office, into]).await?;
    tx.run(permit.opens(&MOVE_APPOINTMENTS), args![office, into, now]).await?;
    end_office(tx, permit, (office, into), booked, (today, now)).await?;
    tx.run(&FREE_ROOMS, args![office, now]).await?;
    tx.run(&CANCEL_ROOMS, args![office, now]).await?;
    tx.run(&END_ROOMS, args![office, today]).await?;
    // A lease runs on after the door is shut: whoever takes over gives notice of it.
    tx.run(&MOVE_LEASES, args![office, into, today]).await?;
    tx.run(&END_OFFERS, args![office, today]).await?;
    tx.run(&DROP_OFFERS, args![office, today]).await?;
    tx.run(&END_HOURS, args![office, today]).await?;
    tx.run(&DROP_HOURS, args![office, today]).await?;
    tx.run_one(&DONE, args![id, now]).await
}

/// The closings that have not ended.
pub(super) async fn open(link: &mut Link, _: &Warrant) -> Result<Vec<Uuid>, DbError> {
    let rows = link.rows(&OPEN_CLOSINGS, &[]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

/// The office of a closing, and who ordered it.
pub(super) async fn ordered(
    link: &mut Link,
    _: &Warrant,
    id: Uuid,
) -> Result<Option<(OfficeId, StaffId)>, DbError> {
    let row = link.row(&ORDERED, args![id]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// An office that goes or has gone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClosingLine {
    /// Its identifier.
    pub id: String,
    /// The office.
    pub office: String,
    /// The one that takes over.
    pub into: String,
    /// `merge` or `close`.
    pub kind: String,
    /// When it was ordered.
    pub ordered_at: i64,
    /// When it was done.
    pub done_at: Option<i64>,
    /// Open cases that its units still carry.
    pub cases: i64,
}

/// The closings, latest first.
pub(super) async fn list(link: &mut Link, permit: &Permit) -> Result<Vec<ClosingLine>, DbError> {
    let rows = link.rows(permit.opens(&LIST), &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(ClosingLine {
                id: id.to_string(),
                office: row.get(1)?,
                into: row.get(2)?,
                kind: row.get(3)?,
                ordered_at: row.get(4)?,
                done_at: row.get(5)?,
                cases: row.get(6)?,
            })
        })
        .collect()
}
