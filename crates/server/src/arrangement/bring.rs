//! From a file to the tables. What is already as the file says is left alone, so that a file can be
//! brought in again. Trying it does the same and keeps nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::{
    Arrangements, Clause, FileFault, FollowTask, Kind, LineFault, Part, TaskRow, owner_on, read,
};
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId};
use onedoor_domain::network::Service;
use onedoor_domain::office::Period;
use uuid::Uuid;

use super::change::{Change, ImportFault};
use super::settle::{knows, settled, written};
use crate::agreement::store::{self as agreements, Terms};
use crate::agreement::{element, places, write_framework};
use crate::app::id_of;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::network;
use crate::policy::Proof;
use crate::routine::tasks;

crate::sql! {
    AGENCY = "select id, name from agency where code = $1";
    STAFF = "select s.id, s.name, u.agency_id, u.office_id from staff s join unit u on u.id = s.unit_id
        where s.code = $1 and s.on_duty";
    OFFICE = "select id, municipality from office where code = $1";
    PLACE = "select 1 from office where municipality = $1 limit 1";
    // Open cases that an agency carries at a place; all of them where none is named.
    PEOPLE = "select count(*) from office o join unit u on u.office_id = o.id
        join shared_case c on c.unit_id = u.id and c.closed_at is null
        where o.municipality = $1 and (cast($2 as text) = '' or u.agency_id = $3)
            and (cast($4 as text) = '' or o.id = $5)";
    FRAMEWORK = "select title, remit, valid_from, valid_until from framework where id = $1";
    ELEMENTS = "select code, part, text from framework_element where framework_id = $1 limit 1000";
}

/// Who brings a file in, and when.
#[derive(Clone, Copy)]
pub(super) struct By {
    pub(super) staff: StaffId,
    pub(super) today: Date,
    pub(super) now: Timestamp,
}

#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: StaffId,
    pub(super) name: String,
    pub(super) agency: AgencyId,
    pub(super) office: OfficeId,
}

/// What the file points at, found or noted as a fault with its line.
pub(super) struct Known<'t> {
    pub(super) tx: &'t mut Tx,
    faults: Vec<LineFault>,
    agencies: BTreeMap<String, Option<(AgencyId, String)>>,
    people: BTreeMap<String, Option<Person>>,
    places: BTreeSet<String>,
}

impl Known<'_> {
    pub(super) fn fault(&mut self, (line, place): (usize, &str), kind: FileFault, value: &str) {
        let (place, value) = (place.to_owned(), value.to_owned());
        self.faults.push(LineFault { line, place, kind, value });
    }

    pub(super) async fn agency(
        &mut self,
        at: (usize, &str),
        code: &str,
    ) -> Result<Option<(AgencyId, String)>, DbError> {
        if !self.agencies.contains_key(code) {
            let row = self.tx.row(&AGENCY, args![code]).await?;
            let found = row.map(|mut row| Ok::<_, DbError>((row.get(0)?, row.get(1)?)));
            self.agencies.insert(code.to_owned(), found.transpose()?);
        }
        let found = self.agencies.get(code).cloned().flatten();
        if found.is_none() {
            self.fault(at, FileFault::UnknownAgency, code);
        }
        Ok(found)
    }

    pub(super) async fn person(
        &mut self,
        at: (usize, &str),
        code: &str,
    ) -> Result<Option<Person>, DbError> {
        if !self.people.contains_key(code) {
            let row = self.tx.row(&STAFF, args![code]).await?;
            let read = |mut row: crate::db::Row| {
                Ok::<_, DbError>(Person {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    agency: row.get(2)?,
                    office: row.get(3)?,
                })
            };
            self.people.insert(code.to_owned(), row.map(read).transpose()?);
        }
        let found = self.people.get(code).cloned().flatten();
        if found.is_none() {
            self.fault(at, FileFault::UnknownStaff, code);
        }
        Ok(found)
    }

    pub(super) async fn place(
        &mut self,
        at: (usize, &str),
        municipality: &str,
    ) -> Result<bool, DbError> {
        if self.places.contains(municipality) {
            return Ok(true);
        }
        if self.tx.row(&PLACE, args![municipality]).await?.is_some() {
            self.places.insert(municipality.to_owned());
            return Ok(true);
        }
        self.fault(at, FileFault::UnknownMunicipality, municipality);
        Ok(false)
    }

    /// An agency in a municipality, where both are known; a fault for each that is not.
    async fn placed(
        &mut self,
        at: (usize, &str),
        municipality: &str,
        agency: &str,
    ) -> Result<Option<(AgencyId, String)>, DbError> {
        let there = self.place(at, municipality).await?;
        Ok(self.agency(at, agency).await?.filter(|_| there))
    }

    /// Those of several agencies that are known; a fault for each that is not.
    pub(super) async fn several(
        &mut self,
        at: (usize, &str),
        codes: &[String],
    ) -> Result<Vec<AgencyId>, DbError> {
        let mut found = Vec::new();
        for code in codes {
            found.extend(self.agency(at, code).await?.map(|(id, _)| id));
        }
        Ok(found)
    }
}

async fn people(
    link: &mut Link,
    proof: &dyn Proof,
    municipality: &str,
    agency: Option<AgencyId>,
    office: Option<OfficeId>,
) -> Result<i64, DbError> {
    let some = |it: bool| if it { "one" } else { "" };
    let nobody = Uuid::nil();
    let args = args![
        municipality,
        some(agency.is_some()),
        agency.map_or(nobody, |it| it.0),
        some(office.is_some()),
        office.map_or(nobody, |it| it.0),
    ];
    Ok(link
        .row(proof.opens(&PEOPLE), args)
        .await?
        .map(|mut row| row.get(0))
        .transpose()?
        .unwrap_or(0))
}

pub(super) fn change(list: &str, what: &str, before: String, after: String, people: i64) -> Change {
    Change { list: list.to_owned(), what: what.to_owned(), before, after, people }
}

/// Reads a file and brings it in inside `tx`.
///
/// # Errors
/// See [`ImportFault`]; the caller drops `tx` then.
pub(super) async fn bring_in(
    tx: &mut Tx,
    proof: &dyn Proof,
    text: &str,
    by: By,
) -> Result<Vec<Change>, ImportFault> {
    let all = read(text).map_err(ImportFault::Lines)?;
    let mut known = Known {
        tx,
        faults: Vec::new(),
        agencies: BTreeMap::new(),
        people: BTreeMap::new(),
        places: BTreeSet::new(),
    };
    let mut changes = Vec::new();
    frameworks(&mut known, proof, &all, &mut changes).await?;
    agreed(&mut known, proof, &all, by, &mut changes).await?;
    contacts(&mut known, proof, &all, by, &mut changes).await?;
    shares(&mut known, proof, &all, by, &mut changes).await?;
    divided(&mut known, proof, &all, by, &mut changes).await?;
    written(&mut known, proof, &all, by, &mut changes).await?;
    settled(&mut known, proof, &all, by, &mut changes).await?;
    knows(&mut known, proof, &all, by, &mut changes).await?;
    let mut faults = known.faults;
    if faults.is_empty() {
        return Ok(changes);
    }
    faults.sort_by(|a, b| (a.line, &a.place).cmp(&(b.line, &b.place)));
    Err(ImportFault::Lines(faults))
}

async fn frameworks(
    known: &mut Known<'_>,
    proof: &dyn Proof,
    all: &Arrangements,
    changes: &mut Vec<Change>,
) -> Result<(), ImportFault> {
    for at in &all.frameworks {
        let it = &at.it;
        let remit = it.remit.join(" ");
        let id = id_of("framework", &it.code);
        let mut before = String::new();
        if let Some(mut row) = known.tx.row(&FRAMEWORK, args![id]).await? {
            let (title, held): (String, String) = (row.get(0)?, row.get(1)?);
            let days: (Date, Option<Date>) = (row.get(2)?, row.get(3)?);
            let words =
                |text: &str| text.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
            let mut elements = BTreeSet::new();
            for mut row in known.tx.rows(&ELEMENTS, args![id]).await? {
                let one: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                elements.insert(one);
            }
            let wanted = it.elements.iter();
            let wanted: BTreeSet<_> =
                wanted.map(|one| (one.code.clone(), one.part.clone(), one.text.clone())).collect();
            if title == it.title
                && words(&held) == words(&remit)
                && days == (it.from, it.until)
                && elements == wanted
            {
                continue;
            }
            before = title;
        }
        let days = (it.from, it.until);
        let id = write_framework(known.tx, proof, (&it.code, &it.title), days, &remit).await?;
        for one in &it.elements {
            let Some(part) = Part::parse(&one.part) else { continue };
            element(known.tx, proof, id, (&one.code, part, &one.text)).await?;
        }
        changes.push(change("frameworks", &it.code, before, it.title.clone(), 0));
    }
    Ok(())
}

async fn agreed(
    known: &mut Known<'_>,
    proof: &dyn Proof,
    all: &Arrangements,
    by: By,
    changes: &mut Vec<Change>,
) -> Result<(), ImportFault> {
    for at in &all.agreements {
        let (it, line) = (&at.it, (at.line, at.place.as_str()));
        let placed = known.place(line, &it.municipality).await?;
        let mut office = None;
        if let Some(code) = &it.office {
            let row = known.tx.row(&OFFICE, args![code]).await?;
            let found = row.map(|mut row| Ok::<_, DbError>((row.get(0)?, row.get::<String>(1)?)));
            match found.transpose()? {
                Some((id, place)) if place == it.municipality => office = Some(id),
                _ => known.fault(line, FileFault::UnknownOffice, code),
            }
        }
        let parties = known.several(line, &it.parties).await?;
        let Some(kind) = Kind::parse(&it.kind).filter(|_| placed) else { continue };
        let terms = Terms {
            kind,
            title: it.title.clone(),
            signed_on: it.signed_on,
            valid: Period { from: it.from, until: it.until },
            review_on: it.review_on,
            purposes: it.purposes.join("\n"),
            clauses: it.clauses.iter().filter_map(|word| Clause::parse(word)).collect(),
            elements: it.elements.iter().cloned().collect(),
            remit: it.remit.iter().filter_map(|word| Service::parse(word)).collect(),
        };
        let id = id_of("agreement", &it.code);
        let versions = agreements::versions(known.tx, proof, id).await?;
        let last = versions.last();
        let held = agreements::party_ids(known.tx, proof, id).await?;
        let wanted: BTreeSet<AgencyId> = parties.iter().copied().collect();
        if let Some(last) = last {
            // Whose agreement it is stays; another place has another agreement.
            if last.municipality != it.municipality || last.office != office {
                known.fault(line, FileFault::Twice, &it.code);
                continue;
            }
            if last.terms == terms && held == wanted {
                continue;
            }
        }
        let before = last.map(|it| it.terms.title.clone()).unwrap_or_default();
        let (who, place) = ((by.staff, by.now), (id, it.municipality.as_str(), office));
        agreements::add(known.tx, proof, place, &parties, who).await?;
        if held != wanted {
            agreements::set_parties(known.tx, proof, id, &parties).await?;
        }
        agreements::add_version(known.tx, proof, id, &terms, who).await?;
        // A service above the minimum comes with the agreement that opens for it.
        if let Some(office) = office {
            for service in terms.remit.iter().filter(|it| it.is_addition()) {
                let days = (it.from, by.today);
                if !network::stand_on(known.tx, office, (*service, id), days).await? {
                    known.fault(line, FileFault::UnknownAgency, service.as_str());
                }
            }
        }
        let count = people(known.tx, proof, &it.municipality, None, office).await?;
        changes.push(change("agreements", &it.code, before, it.title.clone(), count));
    }
    Ok(())
}

async fn contacts(
    known: &mut Known<'_>,
    proof: &dyn Proof,
    all: &Arrangements,
    by: By,
    changes: &mut Vec<Change>,
) -> Result<(), ImportFault> {
    let held = places::contacts(known.tx, proof, "").await?;
    for at in &all.contacts {
        let (it, line) = (&at.it, (at.line, at.place.as_str()));
        let agency = known.placed(line, &it.municipality, &it.agency).await?;
        let staff = known.person(line, &it.staff).await?;
        let deputy = match &it.deputy {
            Some(code) => known.person(line, code).await?,
            None => None,
        };
        let (Some((agency, name)), Some(staff)) = (agency, staff) else { continue };
        let two = [(Some(&staff), Some(&it.staff)), (deputy.as_ref(), it.deputy.as_ref())];
        for (person, code) in two {
            if let (Some(person), Some(code)) = (person, code)
                && person.agency != agency
            {
                known.fault(line, FileFault::OtherAgency, code);
            }
        }
        let own = held.iter().find(|c| c.municipality == it.municipality && c.agency == agency);
        let deputy_id = deputy.as_ref().map(|it| it.id);
        let from = it.from.to_string();
        if own.is_some_and(|c| c.staff == staff.id && c.deputy_id == deputy_id && c.since == from) {
            continue;
        }
        let before = own.map(|c| c.name.clone()).unwrap_or_default();
        let place = (it.municipality.as_str(), agency);
        let when = (it.from, by.staff, by.now);
        places::name_contact(known.tx, proof, place, (staff.id, deputy_id), when).await?;
        let count = people(known.tx, proof, &it.municipality, Some(agency), None).await?;
        let what = format!("{} {name}", it.municipality);
        changes.push(change("contacts", &what, before, staff.name, count));
    }
    Ok(())
}

async fn shares(
    known: &mut Known<'_>,
    proof: &dyn Proof,
    all: &Arrangements,
    by: By,
    changes: &mut Vec<Change>,
) -> Result<(), ImportFault> {
    let held = places::shares(known.tx, proof, "").await?;
    for at in &all.shares {
        let (it, line) = (&at.it, (at.line, at.place.as_str()));
        let agency = known.placed(line, &it.municipality, &it.agency).await?;
        let Some((agency, name)) = agency else { continue };
        let own = held
            .iter()
            .find(|s| s.municipality == it.municipality && s.agency == agency && s.from == it.from);
        if own.is_some_and(|s| s.hundredths == it.hundredths) {
            continue;
        }
        let before = own.map(|s| s.hundredths.to_string()).unwrap_or_default();
        let place = (it.municipality.as_str(), agency);
        let what = (it.from, it.hundredths);
        places::set_share(known.tx, proof, place, what, (by.staff, by.now)).await?;
        let what = format!("{} {name} {}", it.municipality, it.from);
        changes.push(change("shares", &what, before, it.hundredths.to_string(), 0));
    }
    let held = places::past(known.tx, proof, "").await?;
    for at in &all.past {
        let (it, line) = (&at.it, (at.line, at.place.as_str()));
        let [first, second] = &it.agencies;
        let first = known.placed(line, &it.municipality, first).await?;
        let second = known.agency(line, second).await?;
        let (Some((a, one)), Some((b, other))) = (first, second) else { continue };
        let pair = if a < b { (a, b) } else { (b, a) };
        let own = held.iter().find(|p| p.municipality == it.municipality && p.agencies == pair);
        if own.is_some_and(|p| p.since == it.since) {
            continue;
        }
        let before = own.map(|p| p.since.to_string()).unwrap_or_default();
        let place = (it.municipality.as_str(), a, b);
        places::set_past(known.tx, proof, place, it.since, (by.staff, by.now)).await?;
        let what = format!("{} {one}, {other}", it.municipality);
        changes.push(change("past", &what, before, it.since.to_string(), 0));
    }
    Ok(())
}

async fn divided(
    known: &mut Known<'_>,
    proof: &dyn Proof,
    all: &Arrangements,
    by: By,
    changes: &mut Vec<Change>,
) -> Result<(), ImportFault> {
    for at in &all.tasks {
        let (it, line) = (&at.it, (at.line, at.place.as_str()));
        let agency = known.placed(line, &it.municipality, &it.agency).await?;
        let task = FollowTask::parse(&it.task);
        let (Some((agency, name)), Some(task)) = (agency, task) else { continue };
        let rows = tasks::matrix(known.tx, proof, &it.municipality).await?;
        let same =
            rows.iter().any(|row| row.task == task && row.from == it.from && row.agency == agency);
        if same {
            continue;
        }
        // What was due before keeps its answer, but for a place that has agreed nothing yet.
        if it.from < by.today && !rows.is_empty() {
            known.fault(line, FileFault::Past, &it.from.to_string());
            continue;
        }
        let before = owner_on(&rows, task, it.from);
        let mut was = String::new();
        if let Some(before) = before {
            let names = known.agencies.values().flatten();
            was = names.clone().find(|(id, _)| *id == before).map_or(was, |(_, n)| n.clone());
        }
        let new = TaskRow { task, from: it.from, agency };
        let place = (it.municipality.as_str(), rows.as_slice());
        let count = tasks::moves(known.tx, proof, place, new).await?;
        let row = (it.municipality.as_str(), new);
        tasks::set(known.tx, proof, row, (by.staff, by.now)).await?;
        let what = format!("{} {} {}", it.municipality, it.task, it.from);
        changes.push(change("tasks", &what, was, name, count));
    }
    Ok(())
}
