//! For machines that look after the server, and the language switch.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{StatusCode, header};
use onedoor_domain::person::Language;
use serde::Deserialize;

use super::desk::text;
use super::edge::LANGUAGE_COOKIE;
use crate::app::App;
use crate::db::Pending;

/// The process runs.
pub(super) async fn alive() -> Response {
    text(StatusCode::OK, "alive\n")
}

/// The process can serve: the database answers and its schema fits.
pub(super) async fn ready(State(app): State<App>) -> Response {
    match app.db.pending().await {
        Ok(Pending::Nothing) => text(StatusCode::OK, "ready\n"),
        Ok(_) => text(StatusCode::SERVICE_UNAVAILABLE, "the schema does not fit\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            text(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

/// Prometheus metrics, without anything personal.
pub(super) async fn metrics(State(app): State<App>) -> Response {
    match &app.metrics {
        Some(handle) => {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render())
                .into_response()
        }
        None => text(StatusCode::SERVICE_UNAVAILABLE, "no recorder in this process\n"),
    }
}

#[derive(Deserialize)]
pub(super) struct Choice {
    to: String,
    #[serde(default)]
    back: String,
}

/// Remembers a language for a year and goes back to where the person was.
pub(super) async fn language(Query(choice): Query<Choice>) -> Response {
    let back = super::edge::own_path(&choice.back);
    match choice.to.parse::<Language>() {
        Ok(language) => {
            let cookie = format!(
                "{LANGUAGE_COOKIE}={language}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
            );
            ([(header::SET_COOKIE, cookie)], Redirect::to(back)).into_response()
        }
        Err(_) => Redirect::to(back).into_response(),
    }
}
