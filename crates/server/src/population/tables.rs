//! The tables that are filled, and the rows on their way to the loader.

use crate::db::DbError;
use crate::db::bulk::{Cell, Feed, Rows, Table};
use crate::keys::{Key, Vault, Wrapped};
use crate::policy::{Cause, Warrant};

/// Rows go to the loader in parcels of about this many bytes.
const PARCEL: usize = 1 << 20;

/// A row: `cells![id, name, None::<i64>]`.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { &[$($crate::db::bulk::Cell::from($value)),*] };
}
pub(super) use cells;

macro_rules! tables {
    ($($table:ident: $($column:ident)*;)*) => {
        /// Every table that is filled; those that are pointed at come first.
        pub(super) static TABLES: &[&Table] =
            &[$(&Table { name: stringify!($table), columns: &[$(stringify!($column)),*] }),*];

        /// Rows that have been made and not yet handed over.
        pub(super) struct Out {
            feed: Feed,
            $(pub(super) $table: Rows,)*
        }

        impl Out {
            pub(super) fn new(feed: Feed) -> Self {
                Self {
                    feed,
                    $($table: Rows::new(&Table {
                        name: stringify!($table),
                        columns: &[$(stringify!($column)),*],
                    }),)*
                }
            }

            /// Hands over what has grown to `least` bytes.
            fn hand_over(&mut self, least: usize) -> Result<(), DbError> {
                $(if self.$table.bytes().len() >= least {
                    self.feed.put(self.$table.take())?;
                })*
                Ok(())
            }
        }
    };
}

tables! {
    principal: id code name kind;
    agency: id code name kind principal_id;
    office: id code name address postcode phone manager_id municipality;
    opening: office_id weekday opens closes;
    unit: id code name agency_id office_id kind last_resort_id valid_from valid_until;
    mandate: unit_id subject valid_from valid_until;
    basic_unit: code name municipality inhabitants;
    district: id code name office_id;
    boundary: agency_id basic_unit valid_from valid_until district_id;
    district_unit: agency_id district_id valid_from valid_until place unit_id;
    staff: id code name email subject unit_id role clearance on_duty marks;
    subject_key: subject_id slot generation wrapped;
    person: id given_name family_name born_on language phone email address postcode basic_unit
        protection guard source received_on version;
    person_identifier: person_id number kind held sealed;
    person_agency: person_id agency_id since;
    person_name: agency_id key person_id;
    shared_case: id person_id summary responsible_id deputy_id agency_id unit_id on_duty step_what
        step_owner_id step_on step_place opened_at handovers shuttles forced_changes last_resort
        version;
    case_agency: case_id agency_id since;
    case_event: case_id n at kind actor_id detail;
    handover: id case_id asked_by from_agency_id to_agency_id to_unit_id to_staff_id reason need
        asked_at deadline state answered_at answered_by answer_reason alternative manager_id
        version;
    appointment: id person_id office_id place starts_at ends_at subject;
    booking: id office_id starts_at ends_at person_id spoken_name phone needs language access
        meet_by booked_by appointment_id made_at state settled_at version;
    calendar_slot: staff_id starts_at appointment_id;
    ticket_counter: office_id day last;
    visit: id office_id day ticket person_id spoken_name language needs account mode track
        first_track track_reason state arrived_at called_at closed_at server_id outcome answer
        step_what step_unit_id step_owner_id step_on step_place case_id appointment_id
        meeting_declined adviser_needed told_again changed_at version;
    visit_agency: visit_id agency_id took_part;
    visit_event: visit_id n at kind actor_id detail;
    route: visit_id agency_id subject unit_id district_id away at;
    ruling: id person_id visit_id case_id subject kind text staff_id unit_id agency_id
        principal_id at act section;
}

impl Out {
    /// Hands over full parcels.
    pub(super) fn full(&mut self) -> Result<(), DbError> {
        self.hand_over(PARCEL)
    }

    /// Hands over whatever is there.
    pub(super) fn rest(&mut self) -> Result<(), DbError> {
        self.hand_over(1)
    }
}

/// Makes the keys of people and visits.
pub(super) struct Keys {
    warrant: Warrant,
    generations: Vec<i64>,
}

impl Keys {
    pub(super) fn new(vault: &Vault) -> Self {
        let warrant = Warrant::new(Cause::Population, vault);
        Self { warrant, generations: vault.newest() }
    }

    pub(super) fn vault(&self) -> &Vault {
        use crate::policy::Proof;
        self.warrant.vault()
    }

    /// A new key, and its row, which [`put_key`] writes.
    pub(super) fn make(&self, subject: uuid::Uuid) -> Result<(Key, Wrapped), DbError> {
        Key::fresh(&self.warrant, subject, |slot| {
            usize::try_from(slot).ok().and_then(|slot| self.generations.get(slot)).copied()
        })
    }
}

/// Writes the row of a key.
pub(super) fn put_key(out: &mut Out, subject: uuid::Uuid, key: &Wrapped) -> Result<(), DbError> {
    let row = cells![subject, key.slot, key.generation, key.bytes.as_slice()];
    out.subject_key.push(row)
}

/// Rows that are made in another order than that of their key and wait here,
/// packed, to be put in order: a tree grows several times faster that way.
#[derive(Default)]
pub(super) struct Waiting {
    rows: Option<Rows>,
    index: Vec<(u64, u64, u32, u32)>,
}

impl Waiting {
    /// Adds a row of the table that `like` is of. `key` holds the first bytes
    /// of its key; rows that share them stay as they came.
    pub(super) fn push(
        &mut self,
        like: &Rows,
        key: (u64, u64),
        cells: &[Cell<'_>],
    ) -> Result<(), DbError> {
        let rows = self.rows.get_or_insert_with(|| like.like());
        let from = offset(rows)?;
        rows.push(cells)?;
        self.index.push((key.0, key.1, from, offset(rows)?));
        Ok(())
    }

    /// Puts the rows in order and hands them over through `pick`.
    pub(super) fn flush(
        mut self,
        out: &mut Out,
        pick: impl Fn(&mut Out) -> &mut Rows,
    ) -> Result<(), DbError> {
        self.index.sort_unstable();
        let Some(rows) = self.rows else { return Ok(()) };
        for (_, _, from, to) in self.index {
            let row = rows.bytes().get(from as usize..to as usize).unwrap_or_default();
            let target = pick(out);
            target.push_packed(row);
            if target.bytes().len() >= PARCEL {
                out.full()?;
            }
        }
        out.full()
    }
}

fn offset(rows: &Rows) -> Result<u32, DbError> {
    u32::try_from(rows.bytes().len()).map_err(|_| DbError::Other("too many rows to order".into()))
}

/// The first sixteen bytes of a key that begins with an identifier.
pub(super) fn key_of(id: uuid::Uuid) -> (u64, u64) {
    id.as_u64_pair()
}

/// The first bytes of a name's key: four of the agency, twelve of the text.
pub(super) fn name_key(agency: uuid::Uuid, text: &str) -> (u64, u64) {
    let mut bytes = [0; 16];
    let from = agency.as_bytes().iter().take(4).chain(text.as_bytes());
    bytes.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    uuid::Uuid::from_bytes(bytes).as_u64_pair()
}
