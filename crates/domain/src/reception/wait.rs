//! An honest expected wait: said only when today's visits bear it out.

/// What a person may be told about the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedWait {
    /// Nobody is ahead.
    Now,
    /// Between these many minutes, rounded to five.
    Between(i64, i64),
    /// Too little has been served today to say, or nobody is serving.
    Unknown,
}

/// Fewer served visits than this say nothing about the next one.
const ENOUGH: usize = 3;

/// Estimates the wait of someone with `ahead` people in front, from the
/// minutes that today's latest visits were in service and the number of
/// people `serving` now. The range spans the middle half of those times.
#[must_use]
pub fn expected_wait(ahead: usize, served_minutes: &[i64], serving: usize) -> ExpectedWait {
    if ahead == 0 && serving > 0 {
        return ExpectedWait::Now;
    }
    if served_minutes.len() < ENOUGH || serving == 0 {
        return ExpectedWait::Unknown;
    }
    let mut sorted = served_minutes.to_vec();
    sorted.sort_unstable();
    let at = |share: usize| sorted.get(sorted.len() * share / 4).copied().unwrap_or(0).max(1);
    let rounds = i64::try_from(ahead.div_ceil(serving)).unwrap_or(i64::MAX / 1000);
    let five = |minutes: i64| (minutes + 4) / 5 * 5;
    let low = five(rounds.saturating_mul(at(1)));
    ExpectedWait::Between(low, five(rounds.saturating_mul(at(3))).max(low))
}
