//! Visits: who came, what for, how it was sorted and how it ended.

use std::collections::{HashMap, HashSet};

use onedoor_domain::reception::{Need, Sorting, Track, sort};
use uuid::Uuid;

use super::PopulationFault;
use super::calendar::{Calendar, MINUTE, id_at};
use super::cases::Carried;
use super::city::City;
use super::endings::{Parts, Scene, home};
use super::random::Random;
use super::tables::{Keys, Out, cells, put_key};
use super::texts::{ACCOUNTS, CORRECTIONS};
use crate::keys::{
    Key, VISIT_ACCOUNT, VISIT_ANSWER, VISIT_DECLINED, VISIT_NAME, VISIT_PLACE, VISIT_REASON,
    VISIT_WHAT,
};

/// What people come with, by weight.
const NEEDS: &[(u64, &[Need])] = &[
    (14, &[Need::Work]),
    (13, &[Need::Income]),
    (9, &[Need::Letter]),
    (8, &[Need::Illness]),
    (8, &[Need::Work, Need::Income]),
    (6, &[Need::Housing]),
    (6, &[Need::Other]),
    (5, &[Need::Debt]),
    (5, &[Need::Family]),
    (5, &[Need::Income, Need::Housing]),
    (5, &[Need::Training]),
    (4, &[Need::Work, Need::Illness]),
    (4, &[Need::Work, Need::Illness, Need::Income]),
    (3, &[Need::Income, Need::Debt, Need::Housing]),
    (3, &[Need::Disability]),
    (2, &[Need::Work, Need::Family]),
];

/// Somebody whom a reception may meet.
#[derive(Clone)]
pub(super) struct Guest {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) key: Key,
    pub(super) language: &'static str,
    pub(super) district: usize,
    pub(super) case: Option<Carried>,
}

/// How far a visit has come, in instants.
#[derive(Clone, Copy)]
pub(super) enum Progress {
    Waiting,
    Serving { called: i64 },
    Closed { called: i64, closed: i64 },
}

/// A visit to make.
pub(super) struct Coming<'a> {
    pub(super) city: &'a City,
    pub(super) office: usize,
    pub(super) arrived: i64,
    pub(super) progress: Progress,
    /// Who it is, where the reception has found out.
    pub(super) guest: Option<&'a Guest>,
    /// The name said at the desk; empty when none was.
    pub(super) said: &'a str,
    /// Who serves, where it has come so far.
    pub(super) server: usize,
}

/// Makes visits and their rows, in the order of arrival.
pub(super) struct Visits<'a> {
    keys: &'a Keys,
    tickets: HashMap<(Uuid, i64), i64>,
    /// Quarters of an hour that somebody has taken.
    pub(super) slots: HashSet<(Uuid, i64)>,
    pub(super) made: u64,
}

/// The first ticket of a day.
const FIRST_TICKET: i64 = 101;

impl<'a> Visits<'a> {
    pub(super) fn new(keys: &'a Keys) -> Self {
        Self { keys, tickets: HashMap::new(), slots: HashSet::new(), made: 0 }
    }

    /// The key of a visit: the person's, or its own where nobody knows who it is.
    fn key(&self, out: &mut Out, coming: &Coming<'_>, id: Uuid) -> Result<Key, PopulationFault> {
        if let Some(guest) = coming.guest {
            return Ok(guest.key.clone());
        }
        let (key, wrapped) = self.keys.make(id)?;
        put_key(out, id, &wrapped)?;
        Ok(key)
    }

    /// Makes one visit.
    pub(super) fn make(
        &mut self,
        random: &mut Random,
        calendar: &Calendar,
        out: &mut Out,
        coming: &Coming<'_>,
    ) -> Result<(), PopulationFault> {
        let id = id_at(random, coming.arrived);
        let needs = *random.weighed(NEEDS)?;
        let sorting = sort(needs);
        let corrected = random.chance(130) && !matches!(coming.progress, Progress::Waiting);
        let other = *random.pick(&Track::ALL)?;
        let track = if corrected { other } else { sorting.track };
        let corrected = track != sorting.track;
        let scene = Scene { calendar, coming, needs, track };
        let parts = self.parts(random, out, &scene)?;
        let door = coming.city.door(coming.office)?;
        let day = calendar.day_of(coming.arrived)?;
        let ticket = self.tickets.entry((door.id, day)).or_insert(FIRST_TICKET - 1);
        *ticket += 1;
        let ticket = *ticket;
        let reason = if corrected { *random.pick(CORRECTIONS)? } else { "" };
        let events = put_events(
            random,
            out,
            coming,
            &parts,
            id,
            corrected.then_some((sorting.track, track)),
        )?;
        let changed = parts.closed.or(parts.called).unwrap_or(coming.arrived);
        let list: Vec<String> = needs.iter().map(|it| format!("\"{}\"", it.as_str())).collect();
        let step = parts.step.as_ref();
        let step_day = step.map(|it| calendar.text(it.on)).transpose()?;
        let key = self.key(out, coming, id)?;
        let seal = |column, text: Option<&str>| key.seal_some(column, text);
        out.visit.push(cells![
            id,
            door.id,
            calendar.text(day)?,
            ticket,
            coming.guest.map(|it| it.id),
            &key.seal(VISIT_NAME, coming.said)?,
            coming.guest.map_or("nb", |it| it.language),
            &format!("[{}]", list.join(",")),
            &key.seal(VISIT_ACCOUNT, account(random, needs))?,
            parts.mode,
            track.as_str(),
            sorting.track.as_str(),
            &key.seal(VISIT_REASON, reason)?,
            state(coming),
            coming.arrived,
            parts.called,
            parts.closed,
            parts.server,
            parts.outcome,
            seal(VISIT_ANSWER, parts.answer)?.as_deref(),
            seal(VISIT_WHAT, step.map(|it| it.what))?.as_deref(),
            step.map(|it| it.unit),
            step.map(|it| it.owner),
            step_day,
            seal(VISIT_PLACE, step.map(|it| it.place.as_str()))?.as_deref(),
            parts.case,
            parts.appointment,
            seal(VISIT_DECLINED, parts.declined)?.as_deref(),
            random.chance(90),
            i64::from(random.chance(150)),
            changed,
            events,
        ])?;
        self.made += 1;
        put_agencies(out, coming, &parts, &sorting, id)?;
        if parts.routed {
            route(calendar, out, coming, needs, id, changed)?;
        }
        Ok(())
    }

    /// Writes the last ticket of every office and day.
    pub(super) fn flush(self, calendar: &Calendar, out: &mut Out) -> Result<(), PopulationFault> {
        let mut all: Vec<_> = self.tickets.into_iter().collect();
        all.sort_unstable();
        for ((office, day), last) in all {
            out.ticket_counter.push(cells![office, calendar.text(day)?, last])?;
        }
        Ok(())
    }
}

fn state(coming: &Coming<'_>) -> &'static str {
    match coming.progress {
        Progress::Waiting => "waiting",
        Progress::Serving { .. } => "serving",
        Progress::Closed { .. } => "closed",
    }
}

fn account(random: &mut Random, needs: &[Need]) -> &'static str {
    let first = needs.first().and_then(|need| Need::ALL.iter().position(|it| it == need));
    let known = first.and_then(|at| ACCOUNTS.get(at)).copied().unwrap_or_default();
    if random.chance(450) { known } else { "" }
}

/// Writes what happened; gives back how much it was.
fn put_events(
    random: &mut Random,
    out: &mut Out,
    coming: &Coming<'_>,
    parts: &Parts,
    id: Uuid,
    corrected: Option<(Track, Track)>,
) -> Result<i64, PopulationFault> {
    let mut n = 1;
    let mode = |mode: &str| format!("{{\"mode\":\"{mode}\"}}");
    let (first, now) = (mode(parts.came), mode(parts.mode));
    out.visit_event.push(cells![id, n, coming.arrived, "arrived", None::<Uuid>, &first])?;
    if let Some(called) = parts.called {
        n += 1;
        out.visit_event.push(cells![id, n, called, "called", parts.server, &now])?;
        if let Some((from, to)) = corrected {
            n += 1;
            let end = parts.closed.unwrap_or(called);
            let at = random.between(called, end.min(called + 3 * MINUTE));
            let detail = format!("{{\"from\":\"{}\",\"to\":\"{}\"}}", from.as_str(), to.as_str());
            out.visit_event.push(cells![id, n, at, "sorted", parts.server, &detail])?;
        }
    }
    if let (Some(closed), Some(outcome)) = (parts.closed, parts.outcome) {
        n += 1;
        let detail = format!("{{\"outcome\":\"{outcome}\"}}");
        let by = match parts.server {
            Some(server) => server,
            // Whoever noticed that the person had gone or was done.
            None => coming.city.worker(coming.server)?.id,
        };
        out.visit_event.push(cells![id, n, closed, "closed", by, &detail])?;
    }
    Ok(n)
}

/// Writes which agencies the visit concerns, and which of them took part.
fn put_agencies(
    out: &mut Out,
    coming: &Coming<'_>,
    parts: &Parts,
    sorting: &Sorting,
    id: Uuid,
) -> Result<(), PopulationFault> {
    for service in &coming.city.services {
        let part = parts.took_part.contains(&service.kind);
        if part || sorting.agencies.contains(&service.kind) {
            out.visit_agency.push(cells![id, service.id, part])?;
        }
    }
    Ok(())
}

/// Writes where decisions belong: with the home district, wherever the person came.
fn route(
    calendar: &Calendar,
    out: &mut Out,
    coming: &Coming<'_>,
    needs: &[Need],
    id: Uuid,
    at: i64,
) -> Result<(), PopulationFault> {
    let home = home(coming)?;
    let on = calendar.date(calendar.day_of(at)?)?;
    let away = home != coming.city.door(coming.office)?.district;
    let mut subjects: Vec<_> = needs.iter().filter_map(|need| need.subject()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    for subject in subjects {
        if let Some(unit) = coming.city.decides(home, subject, on)? {
            let agency = coming.city.service(unit.service)?.id;
            let district = coming.city.quarter(home)?.id;
            out.route.push(cells![id, agency, subject.as_str(), unit.id, district, away, at])?;
        }
    }
    Ok(())
}
