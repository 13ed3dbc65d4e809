//! Open cases with their three, their history, and what was decided on the way.

use onedoor_domain::case::shuttles;
use onedoor_domain::office::{Catalogue, may_decide};
use onedoor_domain::person::{Clearance, Country};
use uuid::Uuid;

use super::PopulationFault;
use super::calendar::{Calendar, DAY, Rising, id_at, office_hours, workday_after, workday_before};
use super::city::City;
use super::people::Person;
use super::random::Random;
use super::story::{Asked, End, Story};
use super::tables::{Out, Waiting, cells, key_of};
use super::texts::{DECISIONS, GUIDANCE, STEPS, SUMMARIES};
use crate::keys::{
    CASE_EVENT, CASE_PLACE, CASE_SUMMARY, CASE_WHAT, HANDOVER_ALTERNATIVE, HANDOVER_NEED,
    HANDOVER_REASON, Key, RULING_TEXT,
};

/// The oldest case was opened this many days ago.
const OLDEST: f64 = 1459.0;

/// A case as visits need to know it.
#[derive(Clone)]
pub(super) struct Carried {
    pub(super) id: Uuid,
    pub(super) unit: Uuid,
    pub(super) owner: Uuid,
    pub(super) what: &'static str,
    pub(super) place: &'static str,
}

/// Makes cases and their rows.
#[derive(Default)]
pub(super) struct Cases {
    ids: Rising,
    handed: Waiting,
    rulings: Waiting,
    pub(super) made: u64,
    pub(super) handovers: u64,
    pub(super) ruled: u64,
}

/// When the case at `share` of all, the oldest first, was opened. Most cases
/// are young, and a few have lasted for years.
pub(super) fn opened_at(calendar: &Calendar, share: f64) -> i64 {
    // Products only: a power from the C library may differ between machines.
    let rest = 1.0 - share;
    let back = 1.0 + OLDEST * rest * rest * (0.8 + 0.2 * rest);
    let days = back.floor();
    let day = workday_before(calendar.today - days as i64);
    // The part of the day keeps cases of one day in the order of their keys.
    day * DAY + 7 * DAY / 24 + ((1.0 - (back - days)) * (DAY / 3) as f64) as i64
}

/// The next step that holds now: what, where, on which day, and how late it is.
struct Next {
    what: &'static str,
    place: &'static str,
    on: i64,
    late: i64,
}

fn next_step(random: &mut Random, calendar: &Calendar, age: i64) -> Result<Next, PopulationFault> {
    let (what, place) = *random.pick(STEPS)?;
    let today = calendar.today;
    let roll = random.below(1000);
    let late = match roll {
        0..45 if age > 40 => 1 + (random.fraction() * random.fraction() * 20.0) as i64,
        _ => 0,
    };
    let on = match roll {
        _ if late > 0 => today - late,
        45..75 => today,
        _ => {
            let share = random.fraction();
            workday_after(today + 1 + (share * (0.6 + 0.4 * share) * 58.0) as i64)
        }
    };
    Ok(Next { what, place, on, late })
}

impl Cases {
    /// Makes the case of a person, opened at an instant; writes all but the
    /// person. Gives the agencies that know the person through it, too.
    pub(super) fn make(
        &mut self,
        random: &mut Random,
        calendar: &Calendar,
        city: &City,
        out: &mut Out,
        person: &Person,
        opened: i64,
    ) -> Result<(Carried, Vec<(Uuid, i64)>), PopulationFault> {
        let age = calendar.today - opened.div_euclid(DAY);
        let next = next_step(random, calendar, age)?;
        let latest = calendar.today - 1 - next.late;
        let id = self.ids.next(random, opened);
        let who = (person.district, person.clearance());
        let mut story = Story::open(random, calendar, city, who, opened, latest)?;
        live(&mut story, &next, age, person.clearance() == Clearance::None)?;
        let Story {
            events, asked, responsible, deputy, chain, handovers, forced, last_resort, ..
        } = story;
        let summary = *random.pick(SUMMARIES)?;
        let owner = city.worker(if random.chance(100) { deputy } else { responsible })?.id;
        let unit = city.part_of(responsible)?;
        let mut agencies = Vec::with_capacity(chain.len());
        for (service, _) in &chain {
            agencies.push(city.agency(*service)?);
        }
        let key = &person.key;
        out.shared_case.push(cells![
            id,
            person.id,
            &key.seal(CASE_SUMMARY, summary)?,
            city.worker(responsible)?.id,
            city.worker(deputy)?.id,
            city.service(unit.service)?.id,
            unit.id,
            true,
            &key.seal(CASE_WHAT, next.what)?,
            owner,
            calendar.text(next.on)?,
            &key.seal(CASE_PLACE, next.place)?,
            opened,
            handovers,
            i64::from(shuttles(&agencies)),
            forced,
            last_resort,
            i64::try_from(events.len()).unwrap_or(1),
        ])?;
        for (n, event) in (1_i64..).zip(&events) {
            let detail = if event.detail == "{}" { "" } else { event.detail.as_str() };
            let detail = key.seal(CASE_EVENT, detail)?;
            let row = cells![id, n, event.at, event.kind, event.actor, &detail];
            out.case_event.push(row)?;
        }
        for it in &asked {
            self.hand(random, calendar, city, out, (id, key), it)?;
        }
        let known = known(random, city, out, id, &chain)?;
        if random.chance(240) {
            // Since when the responsible worker has had it.
            let taken =
                events.iter().rfind(|it| matches!(it.kind, "handover_accepted" | "last_resort"));
            let since = taken.map_or(opened, |it| it.at);
            self.rule(random, calendar, city, out, (person, id), responsible, since)?;
        }
        self.made += 1;
        let carried = Carried { id, unit: unit.id, owner, what: next.what, place: next.place };
        Ok((carried, known))
    }

    fn hand(
        &mut self,
        random: &mut Random,
        calendar: &Calendar,
        city: &City,
        out: &Out,
        (case, key): (Uuid, &Key),
        it: &Asked,
    ) -> Result<(), PopulationFault> {
        let from = city.part_of(it.by)?;
        let to = city.part(it.to_unit)?;
        let manager = city.door(from.office)?.manager;
        let staff = |at: usize| city.worker(at).map(|worker| worker.id);
        let (state, at, by, why, managed) = match &it.end {
            End::Waiting => ("asked", None, None, None, false),
            End::Accepted { by, at } => ("accepted", Some(*at), Some(staff(*by)?), None, false),
            End::Refused { by, at, reason, instead, settled } => {
                let state = if *settled { "settled" } else { "refused" };
                (state, Some(*at), Some(staff(*by)?), Some((*reason, *instead)), true)
            }
            End::Expired { at } => ("expired", Some(*at), None, None, true),
        };
        let id = id_at(random, it.at);
        let need = key.seal(HANDOVER_NEED, it.need)?;
        let reason = key.seal_some(HANDOVER_REASON, why.map(|(reason, _)| reason))?;
        let instead = key.seal_some(HANDOVER_ALTERNATIVE, why.map(|(_, instead)| instead))?;
        let row = cells![
            id,
            case,
            staff(it.by)?,
            city.service(from.service)?.id,
            city.service(to.service)?.id,
            to.id,
            it.to_staff.map(staff).transpose()?,
            it.reason.as_str(),
            &need,
            it.at,
            calendar.text(it.deadline)?,
            state,
            at,
            by,
            reason.as_deref(),
            instead.as_deref(),
            managed.then_some(manager),
            if state == "asked" { 1_i64 } else { 2 },
        ];
        self.handovers += 1;
        Ok(self.handed.push(&out.handover, key_of(id), row)?)
    }

    /// A decision or guidance by the responsible worker, on something that the
    /// unit may decide on that day.
    #[expect(clippy::too_many_arguments, reason = "one row needs all of them")]
    fn rule(
        &mut self,
        random: &mut Random,
        calendar: &Calendar,
        city: &City,
        out: &Out,
        (person, case): (&Person, Uuid),
        worker: usize,
        since: i64,
    ) -> Result<(), PopulationFault> {
        let unit = city.part_of(worker)?;
        let Some(held) = random.pick(&unit.source.mandates).ok() else { return Ok(()) };
        let from = (since.div_euclid(DAY) + 1).max(city.since);
        let day = workday_before(random.between(from, calendar.today - 1));
        let on = calendar.date(day)?;
        if day < from
            || day >= calendar.today
            || may_decide(&unit.source, held.subject, on).is_err()
        {
            return Ok(());
        }
        let at = office_hours(random, day);
        let id = id_at(random, at);
        let decides = random.chance(600);
        // The made-up city is a Norwegian one; a decision cites an act of its own unit.
        let acts = Catalogue::of(Country::No).acts.iter();
        let agency = held.subject.usual_agency();
        let act = acts.filter(|_| decides).find(|act| {
            act.is_for(agency, &[held.subject], on)
                && (act.subjects.is_empty() || act.subjects.contains(&held.subject))
        });
        let service = city.service(unit.service)?;
        let text = *random.pick(if decides { DECISIONS } else { GUIDANCE })?;
        let text = person.key.seal(RULING_TEXT, text)?;
        let row = cells![
            id,
            person.id,
            None::<Uuid>,
            case,
            held.subject.as_str(),
            if decides { "decision" } else { "guidance" },
            &text,
            city.worker(worker)?.id,
            unit.id,
            service.id,
            service.principal,
            at,
            act.map(|act| act.code.as_str()),
            act.and_then(|act| act.sections.first()).map(String::as_str),
        ];
        self.ruled += 1;
        Ok(self.rulings.push(&out.ruling, key_of(id), row)?)
    }

    /// Writes what had to wait for its order.
    pub(super) fn flush(self, out: &mut Out) -> Result<(), PopulationFault> {
        self.handed.flush(out, |out| &mut out.handover)?;
        Ok(self.rulings.flush(out, |out| &mut out.ruling)?)
    }
}

/// Lets the case live from its first step to its present one.
fn live(story: &mut Story<'_>, next: &Next, age: i64, open: bool) -> Result<(), PopulationFault> {
    if age <= 10 {
        return story.step(next.what, next.on);
    }
    let first = *story.random().pick(STEPS)?;
    let on = workday_after(story.day() + story.random().between(5, 25));
    story.step(first.0, on)?;
    if !open {
        // A protected person's case stays with those who are cleared.
        return story.last_step(next.what, next.on);
    }
    let roll = story.random().below(1000);
    match roll {
        0..6 if age > 120 => {
            let (own, other) = (story.service()?, story.other_service()?);
            for service in [other, own, other] {
                story.moves(service)?;
            }
        }
        6..10 if age > 120 => story.falls_to_municipality()?,
        10..210 => {
            for _ in 0..if roll < 60 { 2 } else { 1 } {
                let stays = story.random().chance(400);
                let to = if stays { story.service()? } else { story.other_service()? };
                story.moves(to)?;
            }
        }
        210..245 => {
            let to = story.other_service()?;
            story.refused(to, true)?;
            story.settled()?;
        }
        245..320 => story.another_deputy()?,
        320..380 => story.another_scheme()?,
        _ => {}
    }
    story.last_step(next.what, next.on)?;
    if next.late > 0 {
        return Ok(());
    }
    let roll = story.random().below(1000);
    let to = story.other_service()?;
    match roll {
        0..25 => story.waits(to),
        25..31 => story.refused(to, false),
        31..36 => story.expires(to),
        _ => Ok(()),
    }
}

/// The agencies with a part in the case, and all that know the person.
fn known(
    random: &mut Random,
    city: &City,
    out: &mut Out,
    case: Uuid,
    chain: &[(usize, i64)],
) -> Result<Vec<(Uuid, i64)>, PopulationFault> {
    let mut seen: Vec<usize> = Vec::with_capacity(3);
    let mut known = Vec::with_capacity(3);
    for (service, since) in chain {
        if !seen.contains(service) {
            seen.push(*service);
            let agency = city.service(*service)?.id;
            out.case_agency.push(cells![case, agency, *since])?;
            known.push((agency, since.div_euclid(DAY)));
        }
    }
    let opened = chain.first().map_or(0, |(_, since)| *since);
    for service in 0..city.services.len() {
        if !seen.contains(&service) && random.chance(330) {
            let agency = city.service(service)?.id;
            let since = opened.div_euclid(DAY) - random.between(0, 300);
            known.push((agency, since));
            if random.chance(450) {
                out.case_agency.push(cells![case, agency, opened])?;
            }
        }
    }
    Ok(known)
}
