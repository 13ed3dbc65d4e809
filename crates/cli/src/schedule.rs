//! When people come on a morning, and how long each part of their visit lasts: by chance, and the
//! same every time.

use std::time::Duration;

use crate::morning::Plan;

/// Seconds that somebody waits, and is talked with.
pub(crate) const WAIT: (u64, u64) = (30, 90);
pub(crate) const TALK: (u64, u64) = (60, 180);
/// Before it is measured, the rooms fill: the longest visit from door to door.
pub(crate) const WARM_UP: Duration = Duration::from_secs(WAIT.1 + TALK.1);
/// Chance that gives the same morning every time.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Less than `of`.
    fn below(&mut self, of: u64) -> u64 {
        self.next() % of.max(1)
    }

    /// Somewhere between two numbers of seconds, to the millisecond.
    pub(crate) fn between(&mut self, (from, until): (u64, u64)) -> Duration {
        Duration::from_millis(from * 1000 + self.below((until - from) * 1000))
    }

    /// The time until the next of those who come one by one at such a rate, in seconds.
    fn gap(&mut self, rate: f64) -> Duration {
        let open = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        Duration::from_secs_f64(-(1.0 - open).ln() / rate)
    }
}

/// A visit that is to come: when, where, and how long each part lasts.
pub(crate) struct Coming {
    pub(crate) at: Duration,
    pub(crate) reception: usize,
    pub(crate) wait: Duration,
    pub(crate) talk: Duration,
}

/// The visits of the warm-up and of the time that is measured, in the order in which they come.
pub(crate) fn schedule(plan: &Plan, chance: &mut Chance) -> Vec<Coming> {
    let rate = plan.visits as f64 / 3600.0;
    let end = WARM_UP + Duration::from_secs(plan.minutes * 60);
    let mut all = Vec::new();
    let mut at = chance.gap(rate);
    while at < end {
        let reception = usize::try_from(chance.below(plan.offices)).unwrap_or(0);
        let (wait, talk) = (chance.between(WAIT), chance.between(TALK));
        all.push(Coming { at, reception, wait, talk });
        at += chance.gap(rate);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan { offices: 500, visits: 60_000, minutes: 60, screens: 2000, waiting: 200 }
    }

    /// REQ-MISC-05: the replay has 60,000 visits in the hour that is measured, spread over 500
    /// receptions, and is the same every time.
    #[test]
    fn a_morning_has_its_visits_everywhere() {
        let all = schedule(&plan(), &mut Chance(2004));
        let again = schedule(&plan(), &mut Chance(2004));
        assert!(all.iter().zip(&again).all(|(a, b)| (a.at, a.wait) == (b.at, b.wait)));
        let measured = all.iter().filter(|it| it.at >= WARM_UP).count();
        assert!((59_000..61_000).contains(&measured), "{measured}");
        let mut at = vec![0_u32; 500];
        for coming in &all {
            at[coming.reception] += 1;
        }
        assert!(at.iter().all(|count| (60..220).contains(count)), "{at:?}");
        assert!(all.windows(2).all(|pair| pair[0].at <= pair[1].at));
    }
}
