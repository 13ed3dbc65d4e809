//! Shares of a whole, in per cent.

/// `part` of `whole` in per cent, rounded half up; `None` of nothing.
#[must_use]
pub fn share(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    part.checked_mul(200)?.checked_add(whole)?.checked_div(whole.checked_mul(2)?)
}

/// An agency whose staff fill a building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dominance {
    /// The agency.
    pub agency: String,
    /// Its share of those who sit together, in per cent.
    pub share: i64,
}

/// The agencies whose share of the staff who sit together passes `limit` per cent
/// (REQ-ORG-35). Exactly on the limit does not pass it.
#[must_use]
pub fn dominating(seats: &[(String, i64)], limit: i64) -> Vec<Dominance> {
    let whole = seats.iter().fold(0_i64, |sum, (_, seats)| sum.saturating_add(*seats));
    let mut all: std::collections::BTreeMap<&str, i64> = std::collections::BTreeMap::new();
    for (agency, seats) in seats {
        let sum = all.entry(agency.as_str()).or_default();
        *sum = sum.saturating_add(*seats);
    }
    all.into_iter()
        .filter(|(_, seats)| seats.saturating_mul(100) > limit.saturating_mul(whole))
        .filter_map(|(agency, seats)| {
            Some(Dominance { agency: agency.to_owned(), share: share(seats, whole)? })
        })
        .collect()
}
