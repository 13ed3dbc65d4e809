//! How a count of people is told to those who may not see whom it counts.

/// A count in whole steps of `least`, and nothing below it. Few and none read the same, and
/// one more or less does not show: who registers somebody cannot read from the count before
/// and after what another agency knows of them (REQ-INFO-01, REQ-INFO-10).
#[must_use]
pub fn in_steps(count: i64, least: i64) -> Option<i64> {
    let step = least.max(1);
    let told = count - count.rem_euclid(step);
    (told >= step).then_some(told)
}

#[cfg(test)]
mod tests {
    use super::in_steps;

    /// REQ-INFO-10: below the smallest count nothing is told, and above it whole steps.
    #[test]
    fn counts_are_told_in_steps() {
        let table = [
            (0, 5, None),
            (4, 5, None),
            (5, 5, Some(5)),
            (9, 5, Some(5)),
            (10, 5, Some(10)),
            (-3, 5, None),
            (3, 1, Some(3)),
            (0, 1, None),
            (3, 0, Some(3)),
        ];
        for (count, least, told) in table {
            assert_eq!(in_steps(count, least), told, "{count} by {least}");
        }
    }
}
