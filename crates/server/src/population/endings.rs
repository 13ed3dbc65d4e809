//! How visits end: with an answer, a next step, a meeting, or somebody leaving.

use onedoor_domain::office::{AgencyKind, Role};
use onedoor_domain::reception::{Need, Track, sort};
use uuid::Uuid;

use super::PopulationFault;
use super::calendar::{Calendar, HOUR, MINUTE, id_at, workday_after};
use super::city::Door;
use super::random::Random;
use super::tables::{Out, cells};
use super::texts::{ANSWERS, DECLINED, OUTSIDE, STEPS};
use super::visits::{Coming, Guest, Progress, Visits};
use crate::keys::{APPOINTMENT_PLACE, BOOKING_NAME, BOOKING_PHONE};

/// A visit as far as its end depends on it.
pub(super) struct Scene<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) coming: &'a Coming<'a>,
    pub(super) needs: &'a [Need],
    pub(super) track: Track,
}

/// What a person leaves with.
pub(super) struct Step {
    pub(super) what: &'static str,
    pub(super) unit: Uuid,
    pub(super) owner: Uuid,
    pub(super) on: i64,
    pub(super) place: String,
}

/// A visit's own columns, as far as they are decided bit by bit.
#[derive(Default)]
pub(super) struct Parts {
    /// How the person came in.
    pub(super) came: &'static str,
    /// Who did the work so far.
    pub(super) mode: &'static str,
    pub(super) called: Option<i64>,
    pub(super) closed: Option<i64>,
    pub(super) server: Option<Uuid>,
    pub(super) outcome: Option<&'static str>,
    pub(super) answer: Option<&'static str>,
    pub(super) step: Option<Step>,
    pub(super) case: Option<Uuid>,
    pub(super) appointment: Option<Uuid>,
    pub(super) declined: Option<&'static str>,
    pub(super) took_part: Vec<AgencyKind>,
    /// Whether it can come to a decision, which belongs somewhere.
    pub(super) routed: bool,
}

impl Visits<'_> {
    /// Decides how far the visit has come and how it ended.
    pub(super) fn parts(
        &mut self,
        random: &mut Random,
        out: &mut Out,
        scene: &Scene<'_>,
    ) -> Result<Parts, PopulationFault> {
        let Scene { coming, track, .. } = *scene;
        let alone = random.chance(600);
        let came = if alone { "self_service" } else { "host" };
        let mut parts = Parts { came, mode: came, ..Parts::default() };
        let (called, closed) = match coming.progress {
            Progress::Waiting => return Ok(parts),
            Progress::Serving { called } => (called, None),
            Progress::Closed { called, closed } => (called, Some(closed)),
        };
        parts.closed = closed;
        if closed.is_some() && random.chance(45) {
            parts.outcome = Some("left");
            return Ok(parts);
        }
        if closed.is_some() && alone && track != Track::JointMeeting && random.chance(180) {
            // Found it out at the kiosk and needed nobody.
            parts.outcome = Some("informed");
            parts.answer = Some(random.pick(ANSWERS)?);
            return Ok(parts);
        }
        let server = coming.city.worker(coming.server)?;
        parts.called = Some(called);
        parts.server = Some(server.id);
        parts.mode = match (server.role, track) {
            (Role::Host, _) => "host",
            (_, Track::Desk) => "desk",
            _ => "common_area",
        };
        if let Some(closed) = closed {
            self.end(random, out, scene, closed, &mut parts)?;
        }
        Ok(parts)
    }

    fn end(
        &mut self,
        random: &mut Random,
        out: &mut Out,
        scene: &Scene<'_>,
        closed: i64,
        parts: &mut Parts,
    ) -> Result<(), PopulationFault> {
        let Scene { calendar, coming, needs, track } = *scene;
        let person = coming.guest;
        let case = coming.guest.and_then(|it| it.case.as_ref());
        let joint = track == Track::JointMeeting;
        if let (true, Some(person)) = (joint && random.chance(700), person) {
            parts.outcome = Some("meeting");
            let (id, step) = self.meeting(random, out, scene, person, closed)?;
            parts.appointment = Some(id);
            parts.step = Some(step);
            parts.routed = true;
            return Ok(());
        }
        if joint {
            parts.declined = Some(random.pick(DECLINED)?);
        }
        let today = calendar.day_of(closed)?;
        let day = workday_after(today + random.between(1, 21));
        let own = coming.city.service_of(coming.server)?.kind;
        // Nothing can be promised to somebody without a name.
        let nameless = coming.guest.is_none() && coming.said.is_empty();
        match (random.below(if nameless { 64 } else { 100 }), case) {
            (0..34, _) => {
                parts.outcome = Some("clarified");
                parts.answer = Some(random.pick(ANSWERS)?);
                parts.took_part = sort(needs).agencies.into_iter().collect();
                if parts.took_part.is_empty() {
                    parts.took_part.push(own);
                }
            }
            (34..64, _) => {
                parts.outcome = Some("informed");
                parts.answer = Some(random.pick(ANSWERS)?);
            }
            (64..82, Some(case)) => {
                parts.outcome = Some("case");
                parts.case = Some(case.id);
                parts.step = Some(Step {
                    what: case.what,
                    unit: case.unit,
                    owner: case.owner,
                    on: day,
                    place: case.place.to_owned(),
                });
            }
            (82..88, _) => {
                parts.outcome = Some("outside");
                parts.answer = Some(random.pick(OUTSIDE)?);
                parts.step = Some(followed(random, scene, day)?);
            }
            _ => {
                parts.outcome = Some("next_step");
                parts.step = Some(followed(random, scene, day)?);
                parts.routed = true;
            }
        }
        Ok(())
    }

    /// Books an hour with two workers of different agencies.
    fn meeting(
        &mut self,
        random: &mut Random,
        out: &mut Out,
        scene: &Scene<'_>,
        person: &Guest,
        closed: i64,
    ) -> Result<(Uuid, Step), PopulationFault> {
        let Scene { calendar, coming, .. } = *scene;
        let city = coming.city;
        let door = city.door(coming.office)?;
        let id = id_at(random, closed);
        let day = workday_after(calendar.day_of(closed)? + random.between(2, 12));
        let [first, second] = {
            let social = city.carriers(home(coming)?, city.kind(AgencyKind::Social))?;
            let work = city.carriers(home(coming)?, city.kind(AgencyKind::Employment))?;
            [*random.pick(social)?, *random.pick(work)?]
        };
        let mut starts = calendar.instant(day, random.between(9, 13) * HOUR)?;
        let staff = [city.worker(first)?.id, city.worker(second)?.id];
        // A quarter that one of them has taken moves the meeting on by an hour.
        while staff.iter().any(|it| self.slots.contains(&(*it, starts))) {
            starts += HOUR;
        }
        let place = format!("Møterom {}, {}", random.between(1, 3), door.name);
        out.appointment.push(cells![
            id,
            person.id,
            door.id,
            &person.key.seal(APPOINTMENT_PLACE, &place)?,
            starts,
            starts + HOUR,
            "Felles møte"
        ])?;
        // What became of a time that is over is known; one in eight did not come.
        let settled = Some(starts + HOUR).filter(|over| *over <= calendar.now);
        let state = match settled {
            None => "booked",
            Some(_) if id.as_u128().is_multiple_of(8) => "absent",
            Some(_) => "came",
        };
        out.booking.push(cells![
            id,
            door.id,
            starts,
            starts + HOUR,
            person.id,
            &person.key.seal(BOOKING_NAME, "")?,
            &person.key.seal(BOOKING_PHONE, "")?,
            "[]",
            "nb",
            "",
            "office",
            "meeting",
            id,
            closed,
            state,
            settled,
            1
        ])?;
        for it in staff {
            for quarter in 0..4 {
                let at = starts + quarter * 15 * MINUTE;
                self.slots.insert((it, at));
                out.calendar_slot.push(cells![it, at, id])?;
            }
        }
        let (unit, on) = (city.part_of(first)?.id, calendar.day_of(starts)?);
        let owner = city.worker(first)?.id;
        Ok((id, Step { what: "Felles møte", unit, owner, on, place }))
    }
}

/// A step that a worker of the person's own district sees to.
fn followed(random: &mut Random, scene: &Scene<'_>, on: i64) -> Result<Step, PopulationFault> {
    let Scene { coming, needs, .. } = *scene;
    let own = coming.city.service_of(coming.server)?.kind;
    let kind = needs.iter().find_map(|it| it.agencies().first()).copied().unwrap_or(own);
    let service = coming.city.kind(kind);
    let worker = *random.pick(coming.city.carriers(home(coming)?, service)?)?;
    let (what, place) = *random.pick(STEPS)?;
    let (unit, owner) = (coming.city.part_of(worker)?.id, coming.city.worker(worker)?.id);
    Ok(Step { what, unit, owner, on, place: place.to_owned() })
}

/// The district that somebody belongs to; the office's own where nobody knows.
pub(super) fn home(coming: &Coming<'_>) -> Result<usize, PopulationFault> {
    let door: &Door = coming.city.door(coming.office)?;
    Ok(coming.guest.map_or(door.district, |it| it.district))
}
