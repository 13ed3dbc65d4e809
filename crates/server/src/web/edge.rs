//! The edge: finds out who comes, writes the journal before the answer leaves,
//! and gives every fault its face.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use onedoor_domain::person::Language;
use serde::Serialize;

use super::desk::{Crossings, Entries, Face, IDEMPOTENCY_KEY, Typed, Visitor};
use super::fault::{Fault, FieldFault};
use super::limits;
use crate::app::App;
use crate::policy::{Cause, Warrant};
use crate::sign_in::{self, Actor};
use crate::walls::crossing;
use crate::words::Words;

/// The cookie that remembers a language.
pub const LANGUAGE_COOKIE: &str = "od_language";

/// The value of a cookie, if the request has it.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn language(headers: &HeaderMap) -> Language {
    if let Some(chosen) = cookie(headers, LANGUAGE_COOKIE).and_then(|code| code.parse().ok()) {
        return chosen;
    }
    let accepted =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accepted
        .split(',')
        .filter_map(|part| part.split([';', '-']).next())
        .find_map(|tag| match tag.trim() {
            "nb" | "no" => Some(Language::Nb),
            "nn" => Some(Language::Nn),
            "sv" => Some(Language::Sv),
            "en" => Some(Language::En),
            _ => None,
        })
        .unwrap_or_default()
}

fn query_value<'a>(query: Option<&'a str>, name: &str) -> Option<&'a str> {
    query?.split('&').filter_map(|pair| pair.split_once('=')).find_map(|(key, value)| {
        let plain = value.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        (key == name && plain).then_some(value)
    })
}

/// The outermost layer of our own.
pub(super) async fn edge(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let face = if request.uri().path().starts_with("/api/") { Face::Api } else { Face::Page };
    let entries = Entries::default();
    let crossings = Crossings::default();
    let now = app.now();
    let visitor = Visitor {
        actor: None,
        words: Words::new(language(request.headers())),
        face,
        now,
        path: request.uri().path().to_owned(),
        home: if *request.method() == Method::GET {
            request.uri().path().to_owned()
        } else {
            back(request.uri().path())
        },
        done: query_value(request.uri().query(), "done").map(str::to_owned),
        idempotency: request
            .headers()
            .get(&IDEMPOTENCY_KEY)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        entries: Arc::clone(&entries),
        crossings: Arc::clone(&crossings),
        typed: Typed::default(),
        app: app.clone(),
    };
    let method = request.method().clone();
    let mut visitor = visitor;
    // What machines ask must answer while the database is away.
    let for_machines = matches!(visitor.path.as_str(), "/health" | "/ready" | "/metrics");
    if !visitor.path.starts_with("/assets/") && !for_machines {
        match sign_in::actor(&app, request.headers(), face, now).await {
            Ok(actor) => visitor.actor = actor,
            Err(fault) => return dress(&visitor, &method, &fault),
        }
        let asked = limits::Asked::of(&app, &request);
        let counted = limits::count(&app, visitor.actor.as_ref(), asked, now).await;
        if let Err(fault) = counted {
            return dress(&visitor, &method, &fault);
        }
    }
    request.extensions_mut().insert(visitor.clone());
    let response = next.run(request).await;
    let kept = keep(&app, visitor.actor.as_ref(), (&entries, &crossings), now).await;
    match kept {
        Ok(()) => finish(&visitor, &method, response),
        Err(fault) => dress(&visitor, &method, &fault),
    }
}

/// Writes what reading has earned, and what crossed by it. If it cannot be written, nothing was
/// read: also where a consent that it stood on was taken back meanwhile.
async fn keep(
    app: &App,
    actor: Option<&Actor>,
    (entries, crossings): (&Entries, &Crossings),
    now: jiff::Timestamp,
) -> Result<(), Fault> {
    let entries = {
        let mut entries = entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        std::mem::take(&mut *entries)
    };
    let crossings = {
        let mut all = crossings.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        std::mem::take(&mut *all)
    };
    let (Some(actor), false) = (actor, entries.is_empty()) else { return Ok(()) };
    let mut tx = app.db.begin().await?;
    let warrant = Warrant::new(Cause::Register, &app.vault);
    crossing::write(&mut tx, &warrant, &crossings, now).await?;
    app.journal.append(&mut tx, actor, now, &entries).await?;
    tx.commit().await?;
    Ok(())
}

fn finish(visitor: &Visitor, method: &Method, response: Response) -> Response {
    if let Some(fault) = response.extensions().get::<Arc<Fault>>() {
        let fault = Arc::clone(fault);
        return dress(visitor, method, &fault);
    }
    let undressed = match response.status() {
        StatusCode::NOT_FOUND => Some(Fault::Hidden),
        StatusCode::FORBIDDEN => Some(Fault::CrossSite),
        StatusCode::METHOD_NOT_ALLOWED => Some(Fault::Malformed("method")),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Fault::Malformed("too-large")),
        StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Some(Fault::Malformed("request"))
        }
        _ => None,
    };
    let mut response = match undressed {
        Some(_) if visitor.path.starts_with("/assets/") => response,
        Some(fault) => return dress(visitor, method, &fault),
        None => response,
    };
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        // Pages and answers hold personal data: no copy stays in a browser.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, in the caller's language.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// What to do about it, in the caller's language.
    pub detail: String,
    /// Fields that were not taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// What a conflict shows of how it is now: the circle that items would wait in, or a text as
    /// somebody else has left it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<ProblemTold>,
}

/// One thing that a conflict tells.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemTold {
    /// Its stable name.
    pub name: String,
    /// What it is.
    pub text: String,
}

/// A field in a problem document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemField {
    /// Where in the body, as a JSON pointer.
    pub pointer: String,
    /// The stable code.
    pub code: String,
    /// What is wrong, in the caller's language.
    pub detail: String,
}

/// The page that shows a fault.
#[derive(Serialize)]
pub(super) struct FaultPage {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) advice: String,
    pub(super) faults: Vec<(String, String)>,
    pub(super) sent: Vec<(String, String)>,
    pub(super) back: String,
}

crate::page!(FaultPage, "web/pages/fault.html");

fn text_for(words: Words, family: &str, code: &str) -> String {
    let key = format!("{family}-{code}");
    if words.has(&key) { words.t(&key) } else { words.t(&format!("{family}-other")) }.into_owned()
}

/// What was sent and came too late, each under its name: what the act itself shows beside how it
/// is now, and every other field that somebody typed.
fn sent(words: Words, told: &[(String, String)], typed: &Typed) -> Vec<(String, String)> {
    let typed = typed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let more = typed.iter().filter(|(name, _)| !told.iter().any(|(there, _)| there == name));
    told.iter()
        .chain(more)
        .map(|(name, text)| {
            let key = format!("sent-{name}");
            let label = if words.has(&key) { key.as_str() } else { "conflict-typed" };
            (words.t(label).into_owned(), text.clone())
        })
        .collect()
}

fn dress(visitor: &Visitor, method: &Method, fault: &Fault) -> Response {
    if let Fault::Defect(text) = fault {
        tracing::error!(fault = text, path = route_of(&visitor.path), "a defect");
    }
    let words = visitor.words;
    let status = fault.status();
    let code = fault.code();
    let title = text_for(words, "fault-title", code);
    let advice = text_for(words, "fault-advice", code);
    let fields: &[FieldFault] = if let Fault::Fields(fields) = fault { fields } else { &[] };
    let mut response = match visitor.face {
        Face::Api => {
            let problem = Problem {
                kind: format!("/problems/{code}"),
                title,
                status: status.as_u16(),
                code: code.to_owned(),
                detail: advice,
                errors: fields
                    .iter()
                    .map(|fault| ProblemField {
                        pointer: format!("/{}", fault.field),
                        code: fault.code.clone(),
                        detail: text_for(words, "fault", &fault.code),
                    })
                    .collect(),
                told: if let Fault::Conflict(_, told) = fault {
                    told.iter()
                        .map(|(name, text)| ProblemTold { name: name.clone(), text: text.clone() })
                        .collect()
                } else {
                    Vec::new()
                },
            };
            let mut response = (status, axum::Json(problem)).into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
            response
        }
        Face::Page if matches!(fault, Fault::SignIn) => {
            let next = if *method == Method::GET { visitor.path.as_str() } else { "/" };
            return Redirect::to(&format!("/sign-in?next={next}")).into_response();
        }
        Face::Page => {
            let page = FaultPage {
                code: code.to_owned(),
                title,
                advice,
                faults: fields
                    .iter()
                    .map(|f| (f.field.clone(), text_for(words, "fault", &f.code)))
                    .collect(),
                sent: if let Fault::Conflict(_, told) = fault {
                    sent(words, told, &visitor.typed)
                } else {
                    Vec::new()
                },
                back: back(&visitor.path),
            };
            match super::Page::html(&page, &visitor.frame()) {
                Ok(html) => (status, axum::response::Html(html)).into_response(),
                Err(error) => {
                    tracing::error!(%error, "the fault page itself failed");
                    (status, Body::from("Onedoor")).into_response()
                }
            }
        }
    };
    let wait = match fault {
        Fault::Away => Some(5),
        Fault::TooMany(seconds) => Some(*seconds),
        _ => None,
    };
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A path of our own that a browser may be sent to, or the start. Control
/// characters are refused: browsers leave a tab out, and `/<tab>/host` would
/// then be another site.
#[must_use]
pub fn own_path(path: &str) -> &str {
    let fits = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if fits { path } else { "/" }
}

/// The page that an act belongs to: its path without the last word.
fn back(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((before, _)) if before.len() > 1 => before.to_owned(),
        _ => "/".to_owned(),
    }
}

/// A path for logs and metrics: identifiers are left out.
#[must_use]
pub(super) fn route_of(path: &str) -> String {
    path.split('/')
        .map(|part| if part.len() >= 32 { "{id}" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// Counts requests and measures their time, without anything personal.
pub(super) async fn measure(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let matched = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or("unmatched".to_owned(), |path| path.as_str().to_owned());
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let labels = [
        ("method", method.to_string()),
        ("route", matched.clone()),
        ("status", status.to_string()),
    ];
    metrics::counter!("onedoor_requests_total", &labels).increment(1);
    metrics::histogram!("onedoor_request_seconds", "route" => matched.clone())
        .record(started.elapsed().as_secs_f64());
    if status >= 500 {
        tracing::warn!(%method, route = matched, status, "answered with a server fault");
    } else {
        tracing::debug!(%method, route = matched, status, "answered");
    }
    response
}
