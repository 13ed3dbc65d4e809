//! Style sheet and script, built into the binary.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

/// Changes with the content.
pub(super) const VERSION: &str = env!("ONEDOOR_ASSETS_VERSION");

static FILES: &[(&str, &str, &[u8])] = &[
    (
        "designsystemet.css",
        "text/css; charset=utf-8",
        include_bytes!(concat!(env!("ONEDOOR_ASSETS"), "/designsystemet.css")),
    ),
    (
        "app.css",
        "text/css; charset=utf-8",
        include_bytes!(concat!(env!("ONEDOOR_ASSETS"), "/app.css")),
    ),
    (
        "live.js",
        "text/javascript; charset=utf-8",
        include_bytes!(concat!(env!("ONEDOOR_ASSETS"), "/live.js")),
    ),
];

/// Serves one file. Its address holds its version, so it may be kept for long.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(file, ..)| *file == name) {
        Some((_, kind, bytes)) => (
            [
                (header::CONTENT_TYPE, *kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            *bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
