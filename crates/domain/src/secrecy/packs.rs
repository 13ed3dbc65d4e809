//! The packs that ship with the program, and the choice among them.

use jiff::civil::Date;

use super::pack::{Pack, PackFault};
use crate::person::Country;

/// Every pack that ships: its code and its text.
pub const SHIPPED: [(&str, &str); 4] = [
    ("no-2004", include_str!("../../packs/no_2004.toml")),
    ("no-2022", include_str!("../../packs/no_2022.toml")),
    ("se-2008", include_str!("../../packs/se_2008.toml")),
    ("se-2022", include_str!("../../packs/se_2022.toml")),
];

/// Reads every pack that ships, in their order.
///
/// # Errors
/// The faults of the first faulty one.
pub fn shipped() -> Result<Vec<Pack>, Vec<PackFault>> {
    SHIPPED.iter().map(|(_, text)| Pack::read(text)).collect()
}

/// The law of a country on a day (REQ-INFO-04). `None` is a day for which there is no pack:
/// then nothing may cross.
#[must_use]
pub fn choose(packs: &[Pack], country: Country, day: Date) -> Option<&Pack> {
    packs
        .iter()
        .filter(|pack| pack.country() == country && pack.holds_on(day))
        .max_by_key(|pack| (pack.valid_from(), pack.version()))
}

/// A pack by its code; an office may be set to one by name.
#[must_use]
pub fn by_code<'p>(packs: &'p [Pack], code: &str) -> Option<&'p Pack> {
    packs.iter().filter(|pack| pack.code() == code).max_by_key(|pack| pack.version())
}
