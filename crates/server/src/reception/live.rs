//! The live queue: servers tell screens that something changed, never what.
//! A screen then fetches what its user may see.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use jiff::Timestamp;
use onedoor_domain::ids::OfficeId;
use tokio::sync::{broadcast, watch};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

use crate::walls::Counter;

/// Beats that a screen may be behind before it looks anew without counting them.
const BEHIND: usize = 32;
/// Own changes that are remembered: more than a busy server makes between two looks at what
/// other servers have changed.
const REMEMBERED: usize = 4096;

/// Tells the screens of an office that its queue has changed. Every office has a channel of its
/// own: what happens at one wakes nobody at the others.
#[derive(Clone)]
pub struct Pulse {
    offices: Arc<Mutex<HashMap<OfficeId, broadcast::Sender<i64>>>>,
    /// Own changes, with the microsecond that the database keeps of them.
    own: Arc<Mutex<VecDeque<(OfficeId, i64)>>>,
    ending: watch::Sender<bool>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { offices: Arc::default(), own: Arc::default(), ending: watch::channel(false).0 }
    }
}

/// Nothing is half done where a thread ended with the lock: each change is one call.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pulse {
    /// Tells of a change that this server has committed, with the kinds of agency that the changed
    /// visit concerns, as bits, and the instant that the visit carries for it.
    pub fn beat(&self, office: OfficeId, concerned: i64, at: Timestamp) {
        let mut own = held(&self.own);
        if own.len() == REMEMBERED {
            own.pop_front();
        }
        own.push_back((office, at.as_microsecond()));
        drop(own);
        self.tell(office, concerned);
    }

    /// Tells of changes that were read from the database: this server's own were told when they
    /// happened.
    pub fn beat_others(&self, changed: impl IntoIterator<Item = (OfficeId, i64, Timestamp)>) {
        for (office, concerned, at) in changed {
            if !held(&self.own).contains(&(office, at.as_microsecond())) {
                self.tell(office, concerned);
            }
        }
    }

    fn tell(&self, office: OfficeId, concerned: i64) {
        let mut offices = held(&self.offices);
        if let Some(sender) = offices.get(&office)
            && sender.send(concerned).is_err()
        {
            // Nobody listens any more.
            offices.remove(&office);
        }
    }

    fn subscribe(&self, office: OfficeId) -> broadcast::Receiver<i64> {
        let mut offices = held(&self.offices);
        offices.entry(office).or_insert_with(|| broadcast::channel(BEHIND).0).subscribe()
    }

    fn of(
        &self,
        office: OfficeId,
        counter: Counter,
    ) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
        BroadcastStream::new(self.subscribe(office)).filter_map(move |beat| {
            let tell = match beat {
                Ok(concerned) => counter.hears(concerned),
                // A screen that fell behind looks anew: it may have missed its own.
                Err(BroadcastStreamRecvError::Lagged(_)) => true,
            };
            async move { tell.then(|| Ok(Event::default().event("pulse").data("1"))) }
        })
    }

    /// Ends every stream: a server that stops would wait for them for ever.
    pub fn end(&self) {
        self.ending.send_replace(true);
    }

    /// REQ-INFO-01: the stream for a screen of `office`. That a visitor of an agency came of
    /// whom this counter is told nothing moves nothing here either.
    #[must_use]
    pub fn stream(&self, office: OfficeId, counter: Counter) -> Response {
        let alive = KeepAlive::new().interval(Duration::from_secs(15));
        let mut ending = self.ending.subscribe();
        let ended = async move {
            // An error means that the server itself is gone.
            let _ = ending.wait_for(|ending| *ending).await;
        };
        let stream = self.of(office, counter).take_until(Box::pin(ended));
        Sse::new(stream).keep_alive(alive).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office(n: u128) -> OfficeId {
        OfficeId(uuid::Uuid::from_u128(n))
    }

    /// REQ-MISC-05: what this server changed is told once, what another changed is told too, and
    /// no other office is woken.
    #[test]
    fn a_change_is_told_once_and_at_its_office() {
        let pulse = Pulse::default();
        let (mut here, mut there) = (pulse.subscribe(office(1)), pulse.subscribe(office(2)));
        let at = Timestamp::from_microsecond(1).unwrap();
        let later = Timestamp::from_microsecond(2).unwrap();
        pulse.beat(office(1), 4, at);
        assert_eq!(here.try_recv(), Ok(4));
        pulse.beat_others([(office(1), 4, at), (office(1), 2, later)]);
        assert_eq!(here.try_recv(), Ok(2));
        assert!(here.try_recv().is_err());
        assert!(there.try_recv().is_err());
    }

    /// A channel goes with the last screen of its office.
    #[test]
    fn nobody_listening_leaves_nothing_behind() {
        let pulse = Pulse::default();
        drop(pulse.subscribe(office(1)));
        pulse.beat(office(1), 0, Timestamp::UNIX_EPOCH);
        assert!(held(&pulse.offices).is_empty());
        for n in 0..REMEMBERED + 10 {
            pulse.beat(
                office(2),
                0,
                Timestamp::from_microsecond(i64::try_from(n).unwrap()).unwrap(),
            );
        }
        assert_eq!(held(&pulse.own).len(), REMEMBERED);
    }
}
