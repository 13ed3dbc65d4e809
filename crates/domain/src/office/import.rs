//! Reads the organisation of one municipality from a file: all of it or none of it.
//!
//! The format is told in `docs/office-import.md`. Every fault is reported with its line, so
//! that a file can be put right in one go. A file that is not even TOML gets its syntax faults
//! only, since the rest of it cannot be trusted to mean what it seems to.

use toml::de::DeTable;

mod check;
mod check_area;
mod entry;
mod fault;
mod folder;
mod shape;

pub use fault::{Fault, FaultKind};
pub use folder::{FileFault, NamedFile, read_folder};

use super::boundary::BoundarySet;
use super::set::OfficeSet;
use fault::Notes;
use shape::Draft;

/// Most bytes a file may have.
pub const MAX_BYTES: usize = 5_000_000;

/// Most characters a text in the file may have.
pub const MAX_TEXT: usize = 200;

/// Reads an office file.
///
/// # Errors
///
/// Every fault of the file, in the order of its lines; nothing of a faulty file is used.
pub fn read(text: &str) -> Result<OfficeSet, Vec<Fault>> {
    let mut notes = Notes::new(text);
    let Some(draft) = draft_of(text, &mut notes) else { return Err(notes.into_faults()) };
    check::organisation(&draft, &mut notes);
    check_area::areas(&draft, &check_area::Guests::default(), &mut notes);
    let faults = notes.into_faults();
    if faults.is_empty() { Ok(complete(draft)) } else { Err(faults) }
}

/// Reads the records; `None` when the file is too large or no TOML.
fn draft_of(text: &str, notes: &mut Notes) -> Option<Draft> {
    if text.len() > MAX_BYTES {
        notes.fault("", FaultKind::TooLarge, &text.len().to_string());
        return None;
    }
    let (tree, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let at = error.span().map_or(0, |it| it.start);
            notes.fault_at(at, FaultKind::Syntax, error.message());
        }
        return None;
    }
    Some(shape::draft(tree.get_ref(), notes))
}

/// Gives each boundary set its own copy of the division it goes by.
fn complete(draft: Draft) -> OfficeSet {
    let Draft { mut set, divisions, boundaries } = draft;
    for plan in boundaries {
        let division = divisions.iter().find(|it| it.code == plan.division);
        let assignments = division
            .into_iter()
            .flat_map(|it| &it.districts)
            .flat_map(|(district, basic)| basic.iter().map(|it| (it.clone(), district.clone())))
            .collect();
        set.boundary_sets.push(BoundarySet {
            code: plan.code,
            agency: plan.agency,
            valid: plan.valid,
            assignments,
            units: plan.units.into_iter().collect(),
        });
    }
    set
}
