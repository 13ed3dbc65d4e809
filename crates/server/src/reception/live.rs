//! The live queue: servers tell screens that something changed, never what.
//! A screen then fetches what its user may see.

use std::convert::Infallible;
use std::time::Duration;

use crate::walls::Counter;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use onedoor_domain::ids::OfficeId;
use tokio::sync::{broadcast, watch};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

/// Tells the screens of an office that its queue has changed.
#[derive(Clone)]
pub struct Pulse {
    sender: broadcast::Sender<(OfficeId, i64)>,
    ending: watch::Sender<bool>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { sender: broadcast::channel(1024).0, ending: watch::channel(false).0 }
    }
}

impl Pulse {
    /// Tells it, with the kinds of agency that the changed visit concerns, as bits.
    pub fn beat(&self, office: OfficeId, concerned: i64) {
        // Nobody listening is fine.
        let _ = self.sender.send((office, concerned));
    }

    fn of(
        &self,
        office: OfficeId,
        counter: Counter,
    ) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
        BroadcastStream::new(self.sender.subscribe()).filter_map(move |beat| {
            let tell = match beat {
                Ok((changed, concerned)) => changed == office && counter.hears(concerned),
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
