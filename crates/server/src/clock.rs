//! The one place where time comes from.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Tells the time: the machine's, or one that a test sets.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// Set by hand, in microseconds.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub fn set_to(at: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// Now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Set(at) => {
                Timestamp::from_microsecond(at.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a set clock. A system clock stays as it is.
    pub fn move_to(&self, to: Timestamp) {
        if let Self::Set(at) = self {
            at.store(to.as_microsecond(), Ordering::SeqCst);
        }
    }
}
