//! A city as the makers of people, cases and visits see it: who works where,
//! who serves which district, and how many people live in which area.

use jiff::civil::Date;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::office::{AgencyKind, OfficeSet, Role, StaffMember, Subject, Unit, may_decide};
use onedoor_domain::person::Clearance;
use uuid::Uuid;

use super::PopulationFault;
use super::calendar::number;
use super::random::Random;
use crate::app::id_of;

/// One service of the city.
pub(super) struct Service {
    pub(super) id: Uuid,
    pub(super) principal: Uuid,
    pub(super) kind: AgencyKind,
}

/// One unit.
pub(super) struct Part {
    pub(super) id: Uuid,
    pub(super) service: usize,
    pub(super) office: usize,
    pub(super) last_resort: Option<usize>,
    pub(super) caseworkers: Vec<usize>,
    /// As in the file, for its mandates.
    pub(super) source: Unit,
}

/// One member of staff who is on duty.
pub(super) struct Worker {
    pub(super) id: Uuid,
    pub(super) unit: usize,
    pub(super) clearance: Clearance,
    pub(super) role: Role,
}

/// One office.
pub(super) struct Door {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) manager: Uuid,
    pub(super) district: usize,
    /// Who meets people there: hosts and front workers.
    pub(super) reception: Vec<usize>,
    pub(super) caseworkers: Vec<usize>,
}

/// One district.
pub(super) struct Quarter {
    pub(super) id: Uuid,
    pub(super) office: usize,
    /// For each service, the units that serve it.
    pub(super) units: [Vec<usize>; 3],
    /// For each service, the caseworkers of those units.
    pub(super) carriers: [Vec<usize>; 3],
}

/// One basic unit.
pub(super) struct Area {
    pub(super) code: String,
    pub(super) postcode: String,
    pub(super) district: usize,
}

/// A city. Everything in it points by position.
pub(super) struct City {
    pub(super) services: Vec<Service>,
    pub(super) parts: Vec<Part>,
    pub(super) workers: Vec<Worker>,
    pub(super) doors: Vec<Door>,
    pub(super) quarters: Vec<Quarter>,
    pub(super) areas: Vec<(u64, Area)>,
    /// From this day on units have been as they are.
    pub(super) since: i64,
}

fn at<T>(list: &[T], at: usize) -> Result<&T, PopulationFault> {
    list.get(at).ok_or(PopulationFault::Empty)
}

impl City {
    /// Reads a city out of its file, as it is on a day.
    pub(super) fn new(set: &OfficeSet, today: Date) -> Result<Self, PopulationFault> {
        let mut city = Self {
            services: Vec::new(),
            parts: Vec::new(),
            workers: Vec::new(),
            doors: Vec::new(),
            quarters: Vec::new(),
            areas: Vec::new(),
            since: number(set.units.iter().map(|it| it.valid.from).max().unwrap_or(today))?,
        };
        for kind in AgencyKind::ALL {
            let it = set.agencies.iter().find(|it| it.kind == kind);
            let it = it.ok_or(PopulationFault::Empty)?;
            let principal = id_of("principal", &it.principal);
            city.services.push(Service { id: id_of("agency", &it.code), principal, kind });
        }
        let on_duty: Vec<&StaffMember> = set.staff.iter().filter(|it| it.on_duty).collect();
        for it in &set.units {
            city.parts.push(Part {
                id: id_of("unit", &it.code),
                service: place(&city.services, |s| s.id == id_of("agency", &it.agency))?,
                office: place(&set.offices, |o| o.code == it.office)?,
                last_resort: it
                    .last_resort
                    .as_ref()
                    .and_then(|code| on_duty.iter().position(|s| s.code == *code)),
                caseworkers: caseworkers(set, &on_duty, |unit| unit.code == it.code),
                source: it.clone(),
            });
        }
        for it in &on_duty {
            city.workers.push(Worker {
                id: id_of("staff", &it.code),
                unit: place(&set.units, |u| u.code == it.unit)?,
                clearance: it.clearance,
                role: it.role,
            });
        }
        city.places(set, &on_duty, today)?;
        Ok(city)
    }

    fn places(
        &mut self,
        set: &OfficeSet,
        on_duty: &[&StaffMember],
        today: Date,
    ) -> Result<(), PopulationFault> {
        let first = set.boundary_sets.iter().find(|it| it.valid.holds(today));
        let first = first.ok_or(PopulationFault::Empty)?;
        // Only districts in force on the day: older divisions stay in the file.
        let codes: Vec<&String> = first.units.keys().collect();
        for it in &set.offices {
            let district = it.district.as_ref();
            let own = district.and_then(|code| codes.iter().position(|c| *c == code));
            let reception = self.workers.iter().enumerate().filter(|(_, w)| {
                let here = self.parts.get(w.unit).and_then(|p| set.offices.get(p.office));
                matches!(w.role, Role::Host | Role::FrontWorker)
                    && here.is_some_and(|o| o.code == it.code)
            });
            self.doors.push(Door {
                id: id_of("office", &it.code),
                name: it.name.clone(),
                manager: id_of("staff", &it.manager),
                district: own.unwrap_or(0),
                reception: reception.map(|(at, _)| at).collect(),
                caseworkers: caseworkers(set, on_duty, |unit| unit.office == it.code),
            });
        }
        for code in &codes {
            let district = set.district(code).ok_or(PopulationFault::Empty)?;
            let mut quarter = Quarter {
                id: id_of("district", code),
                office: place(&set.offices, |o| o.code == district.office)?,
                units: Default::default(),
                carriers: Default::default(),
            };
            for (lists, service) in
                quarter.units.iter_mut().zip(&mut quarter.carriers).zip(&self.services)
            {
                self.serving(set, today, code, service.kind, lists)?;
            }
            self.quarters.push(quarter);
        }
        for (n, it) in set.basic_units.iter().enumerate() {
            let district = first.assignments.get(&it.code).ok_or(PopulationFault::Empty)?;
            let district = place(&codes, |code| *code == district)?;
            let area =
                Area { code: it.code.clone(), postcode: format!("70{:02}", 10 + n % 90), district };
            self.areas.push((u64::try_from(it.inhabitants).unwrap_or(0), area));
        }
        Ok(())
    }

    fn serving(
        &self,
        set: &OfficeSet,
        today: Date,
        district: &str,
        kind: AgencyKind,
        (units, carriers): (&mut Vec<usize>, &mut Vec<usize>),
    ) -> Result<(), PopulationFault> {
        let agency = set.agencies.iter().find(|it| it.kind == kind);
        let code = &agency.ok_or(PopulationFault::Empty)?.code;
        let boundaries = set.boundaries(code, today).ok_or(PopulationFault::Empty)?;
        for unit in boundaries.units.get(district).ok_or(PopulationFault::Empty)? {
            units.push(place(&set.units, |u| u.code == *unit)?);
        }
        carriers.extend(self.workers.iter().enumerate().filter_map(|(at, worker)| {
            let here = units.contains(&worker.unit) && worker.role == Role::Caseworker;
            here.then_some(at)
        }));
        Ok(())
    }

    /// The basic unit, and its district, of the `n`-th inhabitant.
    pub(super) fn area_at(&self, mut n: u64) -> Result<(usize, usize), PopulationFault> {
        for (at, (weight, area)) in self.areas.iter().enumerate() {
            match n.checked_sub(*weight) {
                Some(left) => n = left,
                None => return Ok((at, area.district)),
            }
        }
        Err(PopulationFault::Empty)
    }

    pub(super) fn worker(&self, n: usize) -> Result<&Worker, PopulationFault> {
        at(&self.workers, n)
    }

    pub(super) fn part(&self, n: usize) -> Result<&Part, PopulationFault> {
        at(&self.parts, n)
    }

    /// The unit of a worker.
    pub(super) fn part_of(&self, worker: usize) -> Result<&Part, PopulationFault> {
        self.part(self.worker(worker)?.unit)
    }

    /// The service of a worker.
    pub(super) fn service_of(&self, worker: usize) -> Result<&Service, PopulationFault> {
        self.service(self.part_of(worker)?.service)
    }

    pub(super) fn service(&self, n: usize) -> Result<&Service, PopulationFault> {
        at(&self.services, n)
    }

    pub(super) fn door(&self, n: usize) -> Result<&Door, PopulationFault> {
        at(&self.doors, n)
    }

    pub(super) fn quarter(&self, n: usize) -> Result<&Quarter, PopulationFault> {
        at(&self.quarters, n)
    }

    /// The units of a service for a district.
    pub(super) fn units(
        &self,
        district: usize,
        service: usize,
    ) -> Result<&[usize], PopulationFault> {
        at(&self.quarter(district)?.units, service).map(Vec::as_slice)
    }

    /// The caseworkers of a service for a district.
    pub(super) fn carriers(
        &self,
        district: usize,
        service: usize,
    ) -> Result<&[usize], PopulationFault> {
        at(&self.quarter(district)?.carriers, service).map(Vec::as_slice)
    }

    /// The position of the service of a kind.
    pub(super) fn kind(&self, kind: AgencyKind) -> usize {
        self.services.iter().position(|it| it.kind == kind).unwrap_or(0)
    }

    /// Somebody to step in for a worker: of the same unit, or else of the same office.
    pub(super) fn colleague(
        &self,
        random: &mut Random,
        worker: usize,
    ) -> Result<usize, PopulationFault> {
        let own = self.part_of(worker)?;
        let lists = [&own.caseworkers, &self.door(own.office)?.caseworkers];
        let list = lists.into_iter().find(|list| list.iter().any(|it| *it != worker));
        let list = list.ok_or(PopulationFault::Empty)?;
        loop {
            let found = *random.pick(list)?;
            if found != worker {
                return Ok(found);
            }
        }
    }

    /// Two workers who may know a protected person: of the district's own
    /// office as long as there are any.
    pub(super) fn cleared(
        &self,
        district: usize,
        needed: Clearance,
    ) -> Result<(usize, usize), PopulationFault> {
        let office = self.quarter(district)?.office;
        let mut able: Vec<(bool, usize)> = Vec::new();
        for (at, worker) in self.workers.iter().enumerate() {
            if worker.clearance >= needed && worker.role == Role::Caseworker {
                able.push((self.part(worker.unit)?.office != office, at));
            }
        }
        able.sort_unstable();
        match able.as_slice() {
            [(_, first), (_, second), ..] => Ok((*first, *second)),
            _ => Err(PopulationFault::Empty),
        }
    }

    /// The unit that decides on a subject for a district on a day.
    pub(super) fn decides(
        &self,
        district: usize,
        subject: Subject,
        on: Date,
    ) -> Result<Option<&Part>, PopulationFault> {
        for unit in self.units(district, self.kind(subject.usual_agency()))? {
            let part = self.part(*unit)?;
            if may_decide(&part.source, subject, on).is_ok() {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }

    /// The agency of a service, for the rules of the domain.
    pub(super) fn agency(&self, service: usize) -> Result<AgencyId, PopulationFault> {
        Ok(AgencyId(self.service(service)?.id))
    }
}

/// The caseworkers on duty in the units that fit.
fn caseworkers(
    set: &OfficeSet,
    on_duty: &[&StaffMember],
    fits: impl Fn(&Unit) -> bool,
) -> Vec<usize> {
    let all = on_duty
        .iter()
        .enumerate()
        .filter(|(_, it)| it.role == Role::Caseworker && set.unit(&it.unit).is_some_and(&fits));
    all.map(|(at, _)| at).collect()
}

fn place<T>(list: &[T], is: impl Fn(&T) -> bool) -> Result<usize, PopulationFault> {
    list.iter().position(is).ok_or(PopulationFault::Empty)
}
