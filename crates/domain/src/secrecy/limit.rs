//! How often one worker may ask, so that nobody copies a register page by page.
//! Pure: the time comes in.

use jiff::Timestamp;

/// So many in a minute and so many in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In a minute; also how many at once.
    pub minute: u32,
    /// In an hour.
    pub hour: u32,
}

/// Which of the two was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The minute's.
    Minute,
    /// The hour's.
    Hour,
}

impl Span {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
        }
    }
}

/// A request beyond the rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// Which limit it was.
    pub span: Span,
    /// After how many seconds one more is free.
    pub wait: u64,
    /// Whether this has not been told within the hour: then it is noted.
    pub first: bool,
}

const MINUTE: u64 = 60_000_000;
const HOUR: u64 = 60 * MINUTE;

/// What one asker has left of both. One request costs a span's microseconds, and
/// each microsecond gives back as much as the rate says: whole numbers only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    minute: u64,
    hour: u64,
    at: Timestamp,
    told: Option<Timestamp>,
}

impl Meter {
    /// A full meter.
    #[must_use]
    pub fn full(rate: Rate, now: Timestamp) -> Self {
        Self {
            minute: u64::from(rate.minute) * MINUTE,
            hour: u64::from(rate.hour) * HOUR,
            at: now,
            told: None,
        }
    }

    /// Whether nothing has been asked for an hour: it may be forgotten.
    #[must_use]
    pub fn is_idle(&self, now: Timestamp) -> bool {
        passed(self.at, now) >= HOUR
    }

    /// One request. A clock that goes back gives nothing.
    ///
    /// # Errors
    /// [`Over`] when there is nothing left; nothing is taken then.
    pub fn take(&mut self, rate: Rate, now: Timestamp) -> Result<(), Over> {
        let gone = passed(self.at, now).min(HOUR);
        let (full_minute, full_hour) =
            (u64::from(rate.minute) * MINUTE, u64::from(rate.hour) * HOUR);
        self.minute = self
            .minute
            .saturating_add(gone.saturating_mul(u64::from(rate.minute)))
            .min(full_minute);
        self.hour =
            self.hour.saturating_add(gone.saturating_mul(u64::from(rate.hour))).min(full_hour);
        self.at = self.at.max(now);
        let short = [
            (Span::Hour, HOUR.saturating_sub(self.hour), rate.hour),
            (Span::Minute, MINUTE.saturating_sub(self.minute), rate.minute),
        ]
        .into_iter()
        .find(|(_, missing, _)| *missing > 0);
        let Some((span, missing, rate)) = short else {
            self.minute -= MINUTE;
            self.hour -= HOUR;
            return Ok(());
        };
        let wait = missing.div_ceil(u64::from(rate.max(1))).div_ceil(1_000_000);
        let first = self.told.is_none_or(|told| passed(told, now) >= HOUR);
        if first {
            self.told = Some(now);
        }
        Err(Over { span, wait, first })
    }
}

fn passed(then: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.as_microsecond() - then.as_microsecond()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate { minute: 3, hour: 5 };

    fn start() -> Timestamp {
        "2026-11-23T08:30:00Z".parse().unwrap()
    }

    /// Three at once, then one each twenty seconds, then none but one in twelve
    /// minutes.
    #[test]
    fn a_meter_empties_and_fills() {
        let mut meter = Meter::full(RATE, start());
        let after = |seconds: i64| start() + seconds.seconds();
        for _ in 0..3 {
            assert_eq!(meter.take(RATE, start()), Ok(()));
        }
        let over = meter.take(RATE, start()).unwrap_err();
        assert_eq!(over, Over { span: Span::Minute, wait: 20, first: true });
        assert!(!meter.take(RATE, after(19)).unwrap_err().first, "told once in the hour");
        assert_eq!(meter.take(RATE, after(20)), Ok(()));
        assert_eq!(meter.take(RATE, after(40)), Ok(()));
        let over = meter.take(RATE, after(60)).unwrap_err();
        assert_eq!((over.span, over.wait), (Span::Hour, 660));
        assert_eq!(meter.take(RATE, after(60 + 660)), Ok(()));
        assert!(meter.take(RATE, after(4000)).is_ok() && !meter.is_idle(after(4000)));
        assert!(meter.is_idle(after(8000)));
        let none = Rate { minute: 0, hour: 0 };
        assert!(Meter::full(none, start()).take(none, start()).is_err());
    }

    proptest! {
        /// However the requests fall, no hour lets through more than the hour's
        /// rate twice, and no minute more than the minute's twice.
        #[test]
        fn no_span_lets_more_through(
            gaps in prop::collection::vec(0i64..40_000, 1..300),
            minute in 1u32..20, hour in 1u32..60,
        ) {
            let rate = Rate { minute, hour };
            let mut now = start();
            let mut meter = Meter::full(rate, now);
            let mut passed: Vec<Timestamp> = Vec::new();
            for gap in gaps {
                now += gap.milliseconds();
                match meter.take(rate, now) {
                    Ok(()) => passed.push(now),
                    Err(over) => {
                        let mut later = meter;
                        let then = now + i64::try_from(over.wait).unwrap().seconds();
                        // What it says to wait is enough for the limit that it names.
                        let again = later.take(rate, then);
                        prop_assert!(again.is_ok() || again.unwrap_err().span != over.span);
                    }
                }
            }
            for (at, first) in passed.iter().enumerate() {
                let within = |micros: u64| {
                    passed[at..].iter().filter(|t| super::passed(*first, **t) < micros).count()
                };
                prop_assert!(within(MINUTE) <= 2 * minute as usize);
                prop_assert!(within(HOUR) <= 2 * hour as usize);
            }
        }
    }
}
