//! Booked times and what became of them (REQ-REF-15, REQ-FRONT-20, REQ-FRONT-24).
//!
//! A booking is a promise of two: the office keeps the time free, the person comes. What became of
//! it is always known afterwards. Finding a time that colleagues have free is `meeting`.

use crate::codes::codes;

codes! {
    /// How far a booking has come.
    BookingState {
        /// The time is to come.
        Booked = "booked",
        /// The person came.
        Came = "came",
        /// The person did not come.
        Absent = "absent",
        /// It was moved to another time.
        Moved = "moved",
        /// It was taken away before its time.
        Cancelled = "cancelled",
    }
}

codes! {
    /// How the time was booked.
    BookedBy {
        /// By the person, on their own page.
        Net = "net",
        /// By telephone.
        Phone = "phone",
        /// At the desk.
        Desk = "desk",
        /// At another agency, while the person sat there.
        Agency = "agency",
        /// As a joint meeting.
        Meeting = "meeting",
    }
}

codes! {
    /// How they meet.
    MeetBy {
        /// At the office.
        Office = "office",
        /// By telephone.
        Phone = "phone",
        /// By picture and sound.
        Video = "video",
    }
}

/// Why a booking did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookingFault {
    /// Its time is over: it is only noted whether the person came.
    #[error("the time is over")]
    Over,
    /// Its time has not come: nobody can have been absent.
    #[error("the time has not come")]
    NotYet,
    /// It was moved or taken away.
    #[error("the booking is no longer there")]
    Gone,
}

impl BookingFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Over => "booking-over",
            Self::NotYet => "booking-not-yet",
            Self::Gone => "booking-gone",
        }
    }
}

/// How far the time of a booking is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// It is on a later day.
    Later,
    /// It is today, and has not begun.
    Today,
    /// It has begun, or is over.
    Begun,
}

impl BookingState {
    /// Goes to `to` when its time is so far off.
    ///
    /// # Errors
    /// See [`BookingFault`]. What was noted as not come may be put right, and the other way.
    /// Whoever has not come yet may come before the hour, but not before the day.
    pub fn go(self, to: Self, moment: Moment) -> Result<Self, BookingFault> {
        let begun = moment == Moment::Begun;
        match (self, to) {
            (Self::Booked, Self::Came) if moment == Moment::Later => Err(BookingFault::NotYet),
            (Self::Moved | Self::Cancelled, _) => Err(BookingFault::Gone),
            (Self::Booked, Self::Moved | Self::Cancelled) if begun => Err(BookingFault::Over),
            (Self::Booked | Self::Came, Self::Absent) if !begun => Err(BookingFault::NotYet),
            (Self::Came | Self::Absent, Self::Came | Self::Absent) => Ok(to),
            (Self::Booked, _) => Ok(to),
            (Self::Came | Self::Absent, _) => Err(BookingFault::Over),
        }
    }

    /// What a booking whose time is over has become, by whether the person was seen: never
    /// nothing (REQ-REF-15).
    #[must_use]
    pub fn after(self, seen: bool) -> Self {
        match self {
            Self::Booked if seen => Self::Came,
            Self::Booked => Self::Absent,
            other => other,
        }
    }
}

/// How many booked persons an office takes at once: a third of its front workers, at least one, so
/// that the queue goes on beside them.
#[must_use]
pub fn places(front_workers: i64) -> i64 {
    (front_workers / 3).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn state() -> impl Strategy<Value = BookingState> {
        (0..BookingState::ALL.len()).prop_map(|n| BookingState::ALL[n])
    }

    proptest! {
        /// REQ-REF-15: whatever is done with a booking, once its time is over it has come, has not
        /// come, was moved, or was taken away before; and what was moved never comes back.
        #[test]
        fn a_past_booking_has_an_outcome(
            acts in prop::collection::vec((state(), 0_u8..3), 0..12),
            seen in any::<bool>(),
        ) {
            let (mut now, mut moment) = (BookingState::Booked, Moment::Later);
            for (to, time_goes) in acts {
                moment = match (moment, time_goes) {
                    (it, 0) => it,
                    (Moment::Later, 1) => Moment::Today,
                    _ => Moment::Begun,
                };
                let before = now;
                if let Ok(next) = now.go(to, moment) {
                    now = next;
                }
                prop_assert!(now != BookingState::Came || moment > Moment::Later);
                if matches!(before, BookingState::Moved | BookingState::Cancelled) {
                    prop_assert_eq!(now, before);
                }
                let begun = moment == Moment::Begun;
                prop_assert!(now != BookingState::Absent || begun || before == now);
            }
            prop_assert_ne!(now.after(seen), BookingState::Booked);
        }
    }

    #[test]
    fn an_office_keeps_people_for_the_queue() {
        for (workers, most) in [(0, 1), (2, 1), (6, 2), (10, 3)] {
            assert_eq!(places(workers), most);
        }
    }
}
