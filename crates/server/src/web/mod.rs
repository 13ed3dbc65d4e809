//! How requests come in and answers go out.

mod assets;
mod desk;
mod edge;
mod fault;
mod frame;
mod health;
mod input;
mod limits;
pub mod more;
mod once;
mod openapi;
mod routes;
pub mod sent;
pub mod validate;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use http::{HeaderName, HeaderValue, StatusCode, header};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub use desk::{Desk, Done, Face, Lobby, Own};
pub use edge::{LANGUAGE_COOKIE, Problem, cookie, own_path};
pub use fault::{Fault, FieldFault, Reply, fault_on};
pub use frame::{Frame, Page};
pub use input::Input;
pub use limits::{Kind, Meters};
pub use once::{Once, STATEMENTS, forget};
pub use openapi::document;
pub use routes::{Door, Route, Routes};

use crate::app::App;

/// No request body is larger than this, in bytes; an office import is the largest.
const LARGEST_BODY: usize = 5 * 1024 * 1024;
/// No request takes longer.
const LONGEST: Duration = Duration::from_secs(30);

/// What a browser may load and do: our own files, no inline script or style.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// Everything the server answers to, in its layers. Only what must know which route it is lies round
/// each route; the rest lies once round them all.
pub fn router(app: &App, routes: Routes) -> Router {
    let csrf = match &app.config.public_url {
        Some(url) => CsrfLayer::new().add_trusted_origin(url).unwrap_or_default(),
        None => CsrfLayer::new(),
    };
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    let lasting = fixed(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    // Nobody asks for it on most days.
    let (list, made) = (routes.list, OnceLock::new());
    let described = Arc::new(move || made.get_or_init(|| document(&list)).clone());
    let inner = routes
        .router
        .route("/assets/{name}", get(assets::asset))
        .route("/health", get(health::alive))
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/language", axum::routing::post(health::language))
        .route("/api/v1/openapi.json", get(move || async move { axum::Json(described()) }))
        .layer(axum::middleware::from_fn(edge::measure))
        .with_state(app.clone());
    let whole = ServiceBuilder::new()
        .option_layer(app.config.is_off_loopback().then_some(lasting))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // A document that is given out brings a narrower one along.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_SECURITY_POLICY),
        ))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(axum::middleware::from_fn_with_state(app.clone(), edge::edge))
        .layer(csrf)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .service(inner);
    Router::new().fallback_service(whole)
}
