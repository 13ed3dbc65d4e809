//! The office files of many municipalities, read together: all of them or none.
//!
//! Each file is one municipality. A state agency is the same in all of them, and a unit of it in
//! one municipality may serve another that has no office of that agency (REQ-ORG-15,
//! REQ-ORG-16, REQ-ORG-28): a boundary set may name units of any file of the folder, and a district
//! an office of any.

use std::collections::BTreeMap;
use std::fmt;

use super::check_area::Guests;
use super::fault::{Fault, FaultKind, Notes};
use super::shape::Draft;
use super::{check, check_area, complete, draft_of};
use crate::office::organisation::{Agency, Principal, Unit};
use crate::office::set::OfficeSet;

/// A file of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedFile<'a> {
    /// Its name, as faults tell it.
    pub name: &'a str,
    /// What stands in it.
    pub text: &'a str,
}

/// A fault and the file it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// The file's name.
    pub file: String,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.fault)
    }
}

/// Reads office files that belong together.
///
/// # Errors
///
/// Every fault of every file, file by file; nothing is used of a folder with a fault.
pub fn read_folder(files: &[NamedFile<'_>]) -> Result<Vec<OfficeSet>, Vec<FileFault>> {
    let mut read: Vec<(Notes, Option<Draft>)> = Vec::new();
    for file in files {
        let mut notes = Notes::new(file.text);
        let draft = draft_of(file.text, &mut notes);
        read.push((notes, draft));
    }
    let drafts =
        || read.iter().enumerate().filter_map(|(at, (_, draft))| Some((at, &draft.as_ref()?.set)));
    let units: Vec<(usize, Unit)> =
        drafts().flat_map(|(at, set)| set.units.iter().map(move |it| (at, it.clone()))).collect();
    let offices: Vec<(usize, String)> = drafts()
        .flat_map(|(at, set)| set.offices.iter().map(move |it| (at, it.code.clone())))
        .collect();
    let mut seen = Seen::default();
    for (at, (notes, draft)) in read.iter_mut().enumerate() {
        let Some(draft) = draft else { continue };
        let guests = Guests { units: of_others(&units, at), offices: of_others(&offices, at) };
        check::organisation(draft, notes);
        check_area::areas(draft, &guests, notes);
        let name = files.get(at).map_or("", |file| file.name);
        seen.compare(name, &draft.set, notes);
    }
    let mut faults = Vec::new();
    let mut sets = Vec::new();
    for (file, (notes, draft)) in files.iter().zip(read) {
        let found = notes.into_faults();
        faults
            .extend(found.into_iter().map(|fault| FileFault { file: file.name.to_owned(), fault }));
        sets.extend(draft.map(complete));
    }
    if faults.is_empty() { Ok(sets) } else { Err(faults) }
}

/// What the other files of the folder have.
fn of_others<T: Clone>(all: &[(usize, T)], at: usize) -> Vec<T> {
    all.iter().filter(|(of, _)| *of != at).map(|(_, it)| it.clone()).collect()
}

/// What earlier files of the folder have named, and which file it was.
#[derive(Default)]
struct Seen {
    codes: BTreeMap<(&'static str, String), String>,
    employers: BTreeMap<String, (String, String)>,
    agencies: BTreeMap<String, Agency>,
    principals: BTreeMap<String, Principal>,
}

impl Seen {
    fn compare(&mut self, file: &str, set: &OfficeSet, notes: &mut Notes) {
        self.once(file, "municipality", "municipality".into(), &set.municipality, notes);
        let lists: [(&'static str, Vec<&str>); 5] = [
            ("offices", set.offices.iter().map(|it| it.code.as_str()).collect()),
            ("units", set.units.iter().map(|it| it.code.as_str()).collect()),
            ("districts", set.districts.iter().map(|it| it.code.as_str()).collect()),
            ("basic_units", set.basic_units.iter().map(|it| it.code.as_str()).collect()),
            ("boundary_sets", set.boundary_sets.iter().map(|it| it.code.as_str()).collect()),
        ];
        for (list, codes) in lists {
            for (at, code) in codes.into_iter().enumerate() {
                self.once(file, list, format!("{list}[{at}].code"), code, notes);
            }
        }
        self.staff(file, set, notes);
        self.shared(set, notes);
    }

    fn once(
        &mut self,
        file: &str,
        list: &'static str,
        place: String,
        code: &str,
        notes: &mut Notes,
    ) {
        if code.is_empty() || notes.is_faulty(&place) {
            return;
        }
        let first =
            self.codes.entry((list, code.to_owned())).or_insert_with(|| file.to_owned()).clone();
        if first != file {
            notes.fault(&place, FaultKind::TakenElsewhere, &format!("{code}, {first}"));
        }
    }

    /// One person has one employer, in all files together (REQ-ORG-46).
    fn staff(&mut self, file: &str, set: &OfficeSet, notes: &mut Notes) {
        for (at, person) in set.staff.iter().enumerate() {
            let Some(agency) = set.agency_of(&person.unit) else { continue };
            let subject = person.subject.clone().unwrap_or_default();
            for (field, value) in [
                ("code", person.code.clone()),
                ("email", person.email.to_lowercase()),
                ("subject", subject),
            ] {
                let place = format!("staff[{at}].{field}");
                if value.is_empty() || notes.is_faulty(&place) {
                    continue;
                }
                let here = (file.to_owned(), agency.code.clone());
                let first = self.employers.entry(format!("{field} {value}")).or_insert(here);
                if first.1 != agency.code {
                    let told = format!("{value}, {}", first.0);
                    notes.fault(&place, FaultKind::StaffInTwoAgencies, &told);
                } else if first.0 != file {
                    notes.fault(
                        &place,
                        FaultKind::TakenElsewhere,
                        &format!("{value}, {}", first.0),
                    );
                }
            }
        }
    }

    /// What several files share, they tell alike.
    fn shared(&mut self, set: &OfficeSet, notes: &mut Notes) {
        for (at, agency) in set.agencies.iter().enumerate() {
            let first =
                self.agencies.entry(agency.code.clone()).or_insert_with(|| agency.clone()).clone();
            if first != *agency && !agency.code.is_empty() {
                let place = format!("agencies[{at}].code");
                notes.fault(&place, FaultKind::AgencyDiffers, &agency.code);
            }
        }
        for (at, principal) in set.principals.iter().enumerate() {
            let first = self
                .principals
                .entry(principal.code.clone())
                .or_insert_with(|| principal.clone())
                .clone();
            if first != *principal && !principal.code.is_empty() {
                let place = format!("principals[{at}].code");
                notes.fault(&place, FaultKind::AgencyDiffers, &principal.code);
            }
        }
    }
}
