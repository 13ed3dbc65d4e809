//! The live queue: servers tell screens that something changed, never what.
//! A screen then fetches what its user may see.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use onedoor_domain::ids::OfficeId;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

/// Tells the screens of an office that its queue has changed.
#[derive(Clone)]
pub struct Pulse {
    sender: broadcast::Sender<OfficeId>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { sender: broadcast::channel(1024).0 }
    }
}

impl Pulse {
    /// Tells it.
    pub fn beat(&self, office: OfficeId) {
        // Nobody listening is fine.
        let _ = self.sender.send(office);
    }

    fn of(&self, office: OfficeId) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
        BroadcastStream::new(self.sender.subscribe()).filter_map(move |beat| {
            let tell = match beat {
                Ok(changed) => changed == office,
                // A screen that fell behind looks anew: it may have missed its own.
                Err(BroadcastStreamRecvError::Lagged(_)) => true,
            };
            async move { tell.then(|| Ok(Event::default().event("pulse").data("1"))) }
        })
    }

    /// The stream for a screen of `office`.
    #[must_use]
    pub fn stream(&self, office: OfficeId) -> Response {
        let alive = KeepAlive::new().interval(Duration::from_secs(15));
        Sse::new(self.of(office)).keep_alive(alive).into_response()
    }
}
