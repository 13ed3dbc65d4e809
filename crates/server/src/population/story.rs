//! What happened in a case, told in the order of time.

use onedoor_domain::case::HandoverReason;
use onedoor_domain::office::{AgencyKind, Role, Subject};
use onedoor_domain::person::Clearance;
use uuid::Uuid;

use super::PopulationFault;
use super::calendar::{Calendar, DAY, HOUR, MINUTE, office_hours, workday_before};
use super::city::City;
use super::random::Random;
use super::texts::{HANDED_NEEDS, REFUSALS};

/// Something that happened.
pub(super) struct Event {
    pub(super) at: i64,
    pub(super) kind: &'static str,
    pub(super) actor: Option<Uuid>,
    pub(super) detail: String,
}

/// A hand-over that was asked for.
pub(super) struct Asked {
    pub(super) by: usize,
    pub(super) to_unit: usize,
    pub(super) to_staff: Option<usize>,
    pub(super) reason: HandoverReason,
    pub(super) need: &'static str,
    pub(super) at: i64,
    pub(super) deadline: i64,
    pub(super) end: End,
}

/// How it ended.
pub(super) enum End {
    Waiting,
    Accepted { by: usize, at: i64 },
    Refused { by: usize, at: i64, reason: &'static str, instead: &'static str, settled: bool },
    Expired { at: i64 },
}

/// A case's story so far.
pub(super) struct Story<'a> {
    random: &'a mut Random,
    calendar: &'a Calendar,
    city: &'a City,
    district: usize,
    /// No event is later than the office hours of this day.
    latest: i64,
    clock: i64,
    pub(super) events: Vec<Event>,
    pub(super) asked: Vec<Asked>,
    pub(super) responsible: usize,
    pub(super) deputy: usize,
    /// Services in the order in which they were responsible, each since when.
    pub(super) chain: Vec<(usize, i64)>,
    pub(super) handovers: i64,
    pub(super) forced: i64,
    pub(super) last_resort: bool,
}

/// The weights of the services among those who open a case.
const OPENERS: &[(u64, AgencyKind)] =
    &[(38, AgencyKind::Employment), (20, AgencyKind::Insurance), (42, AgencyKind::Social)];

impl<'a> Story<'a> {
    /// Opens the case.
    pub(super) fn open(
        random: &'a mut Random,
        calendar: &'a Calendar,
        city: &'a City,
        who: (usize, Clearance),
        opened: i64,
        latest: i64,
    ) -> Result<Self, PopulationFault> {
        let (district, needed) = who;
        let (responsible, deputy) = if needed == Clearance::None {
            let service = city.kind(*random.weighed(OPENERS)?);
            let first = *random.pick(city.carriers(district, service)?)?;
            (first, city.colleague(random, first)?)
        } else {
            city.cleared(district, needed)?
        };
        let mut story = Self {
            random,
            calendar,
            city,
            district,
            latest,
            clock: opened,
            events: Vec::with_capacity(8),
            asked: Vec::new(),
            responsible,
            deputy,
            chain: vec![(city.part_of(responsible)?.service, opened)],
            handovers: 0,
            forced: 0,
            last_resort: false,
        };
        story.note("opened", responsible, "{}".to_owned())?;
        Ok(story)
    }

    /// The generator, for those who steer the story.
    pub(super) fn random(&mut self) -> &mut Random {
        self.random
    }

    /// The service that is responsible now.
    pub(super) fn service(&self) -> Result<usize, PopulationFault> {
        Ok(self.city.part_of(self.responsible)?.service)
    }

    fn note(
        &mut self,
        kind: &'static str,
        by: usize,
        detail: String,
    ) -> Result<(), PopulationFault> {
        let actor = Some(self.city.worker(by)?.id);
        self.events.push(Event { at: self.clock, kind, actor, detail });
        Ok(())
    }

    /// The day on which the story stands.
    pub(super) fn day(&self) -> i64 {
        self.clock.div_euclid(DAY)
    }

    /// Goes on to the office hours of a day, or a little later when it is there.
    fn go_to(&mut self, day: i64) {
        let wanted = office_hours(self.random, workday_before(day));
        let next = self.clock + self.random.between(MINUTE, 20 * MINUTE);
        self.clock = wanted.max(next);
    }

    /// Some day between where the story stands and its end.
    fn some_day(&mut self) -> i64 {
        let from = self.day().max(self.city.since);
        self.random.between(from, (from + 200).min(self.latest).max(from))
    }

    /// Whether there is room for units to have acted on something.
    fn has_room(&self) -> bool {
        self.day().max(self.city.since) + 3 < self.latest
    }

    /// Sets a next step, told by `what` and `on`, as it stands then.
    pub(super) fn step(&mut self, what: &str, on: i64) -> Result<(), PopulationFault> {
        let on = self.calendar.text(on)?;
        let detail = format!("{{\"what\":\"{what}\",\"on\":\"{on}\"}}");
        let by = if self.random.chance(120) { self.deputy } else { self.responsible };
        self.note("step", by, detail)
    }

    /// Goes on to shortly before the end and sets the step that holds now.
    pub(super) fn last_step(&mut self, what: &str, on: i64) -> Result<(), PopulationFault> {
        let back = (self.latest - self.day()).clamp(0, 60);
        let day = self.latest - self.random.between(0, back);
        self.go_to(day);
        self.step(what, on)
    }

    /// Names another deputy.
    pub(super) fn another_deputy(&mut self) -> Result<(), PopulationFault> {
        let deputy = self.city.colleague(self.random, self.responsible)?;
        if !self.has_room() || deputy == self.deputy {
            return Ok(());
        }
        let day = self.some_day();
        self.go_to(day);
        self.deputy = deputy;
        self.note("deputy", self.responsible, "{}".to_owned())
    }

    /// The scheme changes and the worker stays: the rule (REQ-REF-09).
    pub(super) fn another_scheme(&mut self) -> Result<(), PopulationFault> {
        if !self.has_room() {
            return Ok(());
        }
        let day = self.some_day();
        self.go_to(day);
        self.scheme()
    }

    fn scheme(&mut self) -> Result<(), PopulationFault> {
        let to = self.random.pick(&Subject::ALL)?.as_str();
        self.note("scheme", self.responsible, format!("{{\"to\":\"{to}\"}}"))
    }

    /// Another service than the one responsible.
    pub(super) fn other_service(&mut self) -> Result<usize, PopulationFault> {
        let own = self.service()?;
        let count = self.city.services.len();
        let step = 1 + usize::try_from(self.random.below(2)).unwrap_or(0);
        Ok((own + step) % count.max(1))
    }

    /// Asks on the day where the story stands; gives back who was asked.
    fn ask(
        &mut self,
        service: usize,
        reason: HandoverReason,
        days: i64,
    ) -> Result<(usize, Asked), PopulationFault> {
        let own = self.service()?;
        let (to, named) = if service == own {
            (self.city.colleague(self.random, self.responsible)?, true)
        } else {
            let named = self.random.chance(200);
            (*self.random.pick(self.city.carriers(self.district, service)?)?, named)
        };
        let unit = self.city.part_of(to)?;
        let detail = format!("{{\"to_unit\":\"{}\",\"reason\":\"{}\"}}", unit.id, reason.as_str());
        self.note("handover_asked", self.responsible, detail)?;
        let asked = Asked {
            by: self.responsible,
            to_unit: self.city.worker(to)?.unit,
            to_staff: named.then_some(to),
            reason,
            need: self.random.pick(HANDED_NEEDS)?,
            at: self.clock,
            deadline: self.day() + days,
            end: End::Waiting,
        };
        Ok((to, asked))
    }

    /// The case moves to another worker, who said yes.
    pub(super) fn moves(&mut self, service: usize) -> Result<(), PopulationFault> {
        use HandoverReason::{Competence, Mandate, PersonAsks, SchemeChange, WorkerLeaves};
        if !self.has_room() {
            return Ok(());
        }
        let day = self.some_day().min(self.latest - 3);
        self.go_to(day);
        let own = self.service()?;
        let reasons: &[HandoverReason] = if service == own {
            &[WorkerLeaves, WorkerLeaves, PersonAsks]
        } else {
            &[Mandate, SchemeChange, Competence, Competence]
        };
        let reason = *self.random.pick(reasons)?;
        if reason == SchemeChange {
            self.scheme()?;
            self.clock += MINUTE;
            self.forced += 1;
        }
        let days = self.random.between(5, 10);
        let (to, mut asked) = self.ask(service, reason, days)?;
        let answer = self.day() + self.random.between(0, 4);
        self.go_to(answer.min(self.latest));
        asked.end = End::Accepted { by: to, at: self.clock };
        self.asked.push(asked);
        self.note("handover_accepted", to, "{}".to_owned())?;
        self.take_over(to, service)?;
        Ok(())
    }

    fn take_over(&mut self, to: usize, service: usize) -> Result<(), PopulationFault> {
        let former = std::mem::replace(&mut self.responsible, to);
        let same_unit = self.city.worker(former)?.unit == self.city.worker(to)?.unit;
        if to == self.deputy && same_unit {
            self.deputy = former;
        } else if to == self.deputy || !same_unit {
            self.deputy = self.city.colleague(self.random, to)?;
        }
        self.handovers += 1;
        if self.chain.last().is_none_or(|(last, _)| *last != service) {
            self.chain.push((service, self.clock));
        }
        Ok(())
    }

    /// Another service says no, with a reason and what to do instead.
    pub(super) fn refused(&mut self, service: usize, settled: bool) -> Result<(), PopulationFault> {
        if !self.has_room() {
            return Ok(());
        }
        // What the manager has not decided yet is a few days old at most.
        let day = if settled { self.some_day() } else { self.latest - self.random.between(3, 8) };
        self.go_to(day.min(self.latest - 3));
        let days = self.random.between(5, 10);
        let (to, mut asked) = self.ask(service, HandoverReason::Competence, days)?;
        let answer = self.day() + self.random.between(0, 3);
        self.go_to(answer.min(self.latest));
        let (reason, instead) = *self.random.pick(REFUSALS)?;
        asked.end = End::Refused { by: to, at: self.clock, reason, instead, settled };
        self.asked.push(asked);
        self.note("handover_refused", to, format!("{{\"alternative\":\"{instead}\"}}"))
    }

    /// The joint manager has decided after the refusal before.
    pub(super) fn settled(&mut self) -> Result<(), PopulationFault> {
        if self.asked.is_empty() {
            return Ok(());
        }
        let day = self.day() + self.random.between(0, 2);
        self.go_to(day.min(self.latest));
        let office = self.city.part_of(self.responsible)?.office;
        let actor = Some(self.city.door(office)?.manager);
        let detail = "{}".to_owned();
        self.events.push(Event { at: self.clock, kind: "settled", actor, detail });
        Ok(())
    }

    /// Asked in the last days, and nobody has answered yet.
    pub(super) fn waits(&mut self, service: usize) -> Result<(), PopulationFault> {
        if !self.has_room() {
            return Ok(());
        }
        let day = self.latest - self.random.between(0, 6);
        self.go_to(day);
        let days = self.calendar.today - self.day() + self.random.between(1, 7);
        let (_, asked) = self.ask(service, HandoverReason::Mandate, days)?;
        self.asked.push(asked);
        Ok(())
    }

    /// Asked, and not answered in time: now the joint manager decides.
    pub(super) fn expires(&mut self, service: usize) -> Result<(), PopulationFault> {
        if !self.has_room() || self.day() > self.calendar.today - 12 {
            return Ok(());
        }
        let day = self.calendar.today - self.random.between(9, 11);
        self.go_to(day);
        let days = self.random.between(3, 5);
        let (to, mut asked) = self.ask(service, HandoverReason::Mandate, days)?;
        // The night after the last day.
        let at = (asked.deadline + 1) * DAY + HOUR;
        self.clock = at;
        asked.end = End::Expired { at };
        self.asked.push(asked);
        let detail = format!("{{\"to_unit\":\"{}\"}}", self.city.part_of(to)?.id);
        self.events.push(Event { at, kind: "handover_expired", actor: None, detail });
        Ok(())
    }

    /// Nobody accepts: the municipality's worker for that takes it (REQ-REF-08).
    pub(super) fn falls_to_municipality(&mut self) -> Result<(), PopulationFault> {
        let social = self.city.kind(AgencyKind::Social);
        let units = self.city.units(self.district, social)?;
        let parts = units.iter().filter_map(|unit| self.city.parts.get(*unit));
        let Some(holder) = parts.filter_map(|part| part.last_resort).next() else {
            return Ok(());
        };
        let fits = self.city.worker(holder)?.role == Role::Caseworker;
        if !fits || holder == self.responsible || self.day() + 60 > self.latest {
            return Ok(());
        }
        let own = self.service()?;
        for service in (0..self.city.services.len()).filter(|service| *service != own) {
            self.refused(service, true)?;
        }
        self.go_to(self.day().min(self.latest));
        self.take_over(holder, social)?;
        self.last_resort = true;
        let detail = "{}".to_owned();
        self.events.push(Event { at: self.clock, kind: "last_resort", actor: None, detail });
        Ok(())
    }
}
