//! How much one worker may ask for: far more than a working day needs, far less
//! than a copy of the register. Kept in the memory of each server.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, Method};
use jiff::Timestamp;
use onedoor_domain::secrecy::limit::{Meter, Over, Rate};

use super::fault::Fault;
use crate::app::App;
use crate::config::{Limit, Limits};
use crate::sign_in::Actor;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Searching for a person.
    Search,
    /// Opening a page of a person, a case or a visit, or acting on one.
    Open,
    /// Looking a person up by their number.
    LookUp,
    /// Arriving at a kiosk.
    Kiosk,
    /// Beginning to sign in.
    SignIn,
}

impl Kind {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Open => "open",
            Self::LookUp => "look_up",
            Self::Kiosk => "kiosk",
            Self::SignIn => "sign_in",
        }
    }

    /// What a request is, if it is limited: by its method and path alone, so that
    /// what is there and what is not counts alike.
    #[must_use]
    pub fn of(method: &Method, path: &str, query: Option<&str>) -> Option<Self> {
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        let mut parts = path.split('/').skip(1);
        let (first, second, third) = (parts.next()?, parts.next(), parts.next());
        let fourth = parts.next();
        let one = second.is_some_and(|id| id.len() >= 32);
        // A question about the head is answered by the same handler.
        let reads = *method == Method::GET || *method == Method::HEAD;
        match (first, second, third) {
            ("sign-in", Some("start" | "callback" | "as" | "kiosk"), None) => Some(Self::SignIn),
            ("kiosk", Some("who" | "arrive"), None) if !reads => Some(Self::Kiosk),
            ("persons", Some("search"), None) if !reads => Some(Self::Search),
            ("persons", None, None) | ("reception", Some("check-in"), None) if !reads => {
                Some(Self::LookUp)
            }
            ("visits", _, Some("person")) | ("persons", _, Some("join")) if !reads => {
                Some(Self::LookUp)
            }
            // Each names somebody by a number, and its answer tells whether they are there.
            ("access" | "lists" | "exchange" | "ties", None, None) if !reads => Some(Self::LookUp),
            ("persons", Some(_), Some("representations" | "family"))
                if !reads && fourth.is_none() =>
            {
                Some(Self::LookUp)
            }
            // Whatever is done there: also an act tells what is there, and a form that is not
            // taken shows the page.
            ("persons" | "cases" | "visits", _, _) if one => Some(Self::Open),
            ("reception", Some("check-in"), None) => {
                query.is_some_and(|query| query.contains("person=")).then_some(Self::Open)
            }
            _ => None,
        }
    }
}

/// Whose meter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Asker {
    /// A member of staff, a program of theirs, or an office's kiosks.
    Actor(uuid::Uuid),
    /// An address: of the newer kind, the network that one household has.
    Address(IpAddr),
    /// Nobody whom we can tell apart.
    Anybody,
}

/// So many meters are kept; who comes when all are in use shares one.
const MOST: usize = 50_000;

/// The meters of one server.
#[derive(Debug, Default)]
pub struct Meters(Mutex<HashMap<(Kind, Asker), Meter>>);

impl Meters {
    fn take(&self, kind: Kind, asker: Asker, limit: Limit, now: Timestamp) -> Result<(), Over> {
        let rate = Rate { minute: limit.minute, hour: limit.hour };
        let mut meters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if meters.len() >= MOST && !meters.contains_key(&(kind, asker)) {
            meters.retain(|_, meter| !meter.is_idle(now));
        }
        let full = meters.len() >= MOST && !meters.contains_key(&(kind, asker));
        let asker = if full { Asker::Anybody } else { asker };
        meters.entry((kind, asker)).or_insert_with(|| Meter::full(rate, now)).take(rate, now)
    }
}

/// The address that a request comes from, where it can be believed.
fn address(limits: &Limits, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer?.ip().to_canonical();
    let told = || {
        let name = limits.address_header.as_deref()?;
        // The last one is the proxy's own; those before it anybody can write.
        let last = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    match if peer.is_loopback() { told()? } else { peer }.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            Some(std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
        }
        four => Some(four),
    }
}

/// What of a request is counted.
pub(super) struct Asked {
    kind: Kind,
    address: Option<IpAddr>,
}

impl Asked {
    /// Reads it from a request; nothing when such a request is not limited.
    pub(super) fn of(app: &App, request: &Request) -> Option<Self> {
        let uri = request.uri();
        let kind = Kind::of(request.method(), uri.path(), uri.query())?;
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        Some(Self { kind, address: address(&app.config.limits, peer, request.headers()) })
    }
}

/// Counts a request.
///
/// # Errors
/// [`Fault::TooMany`] when it is one too many.
pub(super) async fn count(
    app: &App,
    actor: Option<&Actor>,
    asked: Option<Asked>,
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(Asked { kind, address }) = asked else { return Ok(()) };
    let limits = &app.config.limits;
    let (asker, limit) = match (kind, actor.and_then(|actor| actor.id)) {
        (Kind::SignIn, _) => match address {
            Some(address) => (Asker::Address(address), limits.sign_in),
            None => (Asker::Anybody, limits.sign_in_all),
        },
        // Who is not signed in is sent away before anything is looked up.
        (_, None) => return Ok(()),
        (kind, Some(id)) => {
            let limit = match kind {
                Kind::Search => limits.search,
                Kind::LookUp => limits.look_up,
                Kind::Kiosk => limits.kiosk,
                Kind::Open | Kind::SignIn => limits.open,
            };
            (Asker::Actor(id), limit)
        }
    };
    let Err(over) = app.meters.take(kind, asker, limit, now) else { return Ok(()) };
    if over.first {
        let bound = match over.span {
            onedoor_domain::secrecy::limit::Span::Minute => limit.minute,
            onedoor_domain::secrecy::limit::Span::Hour => limit.hour,
        };
        // Nobody is named at sign-in, also when somebody else was signed in.
        let actor = actor.filter(|_| kind != Kind::SignIn);
        crate::journal::watch::limit_hit(app, actor, kind.as_str(), over.span, bound, now).await?;
    }
    Err(Fault::TooMany(over.wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_counted_by_what_it_asks() {
        let id = "01934b1e-7b2c-7d3e-8f4a-5b6c7d8e9f00";
        let get = |path: &str| Kind::of(&Method::GET, path, None);
        let post = |path: &str| Kind::of(&Method::POST, path, None);
        assert_eq!(get(&format!("/api/v1/persons/{id}")), Some(Kind::Open));
        assert_eq!(get(&format!("/cases/{id}")), Some(Kind::Open));
        let head = Kind::of(&Method::HEAD, &format!("/persons/{id}/edit"), None);
        assert_eq!(head, Some(Kind::Open));
        assert_eq!(post("/persons/search"), Some(Kind::Search));
        assert_eq!(post("/api/v1/reception/check-in"), Some(Kind::LookUp));
        assert_eq!(post(&format!("/visits/{id}/person")), Some(Kind::LookUp));
        // An act on somebody is as good a way to look as a page.
        assert_eq!(post(&format!("/api/v1/persons/{id}/facts")), Some(Kind::Open));
        assert_eq!(post(&format!("/cases/{id}/handover/refuse")), Some(Kind::Open));
        assert_eq!(post(&format!("/visits/{id}/close")), Some(Kind::Open));
        for path in ["/access", "/api/v1/lists", "/exchange"] {
            assert_eq!(post(path), Some(Kind::LookUp), "{path}");
            assert_eq!(get(path), None, "{path}");
        }
        assert_eq!(post(&format!("/persons/{id}/representations")), Some(Kind::LookUp));
        let confirm = format!("/persons/{id}/representations/{id}/confirm");
        assert_eq!(post(&confirm), Some(Kind::Open));
        assert_eq!(get("/sign-in/start"), Some(Kind::SignIn));
        assert_eq!(get("/sign-in"), None);
        assert_eq!(get("/persons"), None);
        assert_eq!(get("/reception"), None);
        let known = Kind::of(&Method::GET, "/reception/check-in", Some("person=x"));
        assert_eq!(known, Some(Kind::Open));
    }

    #[test]
    fn an_address_is_believed_from_the_proxy_alone() {
        let limits = Limits { address_header: Some("x-forwarded-for".into()), ..Limits::default() };
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.1.1.1, 203.0.113.9".parse().unwrap());
        let from = |peer: &str| address(&limits, peer.parse().ok(), &headers);
        assert_eq!(from("127.0.0.1:9"), "203.0.113.9".parse().ok(), "the proxy's own word");
        assert_eq!(from("198.51.100.7:9"), "198.51.100.7".parse().ok(), "not the caller's");
        assert_eq!(from("[2001:db8:1:2:3:4:5:6]:9"), "2001:db8:1:2::".parse().ok());
        assert_eq!(address(&Limits::default(), "127.0.0.1:9".parse().ok(), &headers), None);
        assert_eq!(address(&limits, None, &headers), None);
    }

    /// However many addresses come, the map is bounded.
    #[test]
    fn the_meters_are_bounded() {
        let meters = Meters::default();
        let now = Timestamp::UNIX_EPOCH;
        let limit = Limit { minute: 5, hour: 5 };
        for n in 0..60_000_u32 {
            let asker = Asker::Address(IpAddr::from(n.to_be_bytes()));
            let _ = meters.take(Kind::SignIn, asker, limit, now);
        }
        assert!(meters.0.lock().unwrap().len() <= MOST + 1);
        let late = Asker::Address(IpAddr::from([255, 0, 0, 1]));
        assert!(meters.take(Kind::SignIn, late, limit, now).is_err(), "they share one");
    }
}
