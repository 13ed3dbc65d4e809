//! Input of an act: a form from a page, or JSON from the API, into one type.

use std::sync::PoisonError;

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as ValueError, MapDeserializer};

use super::desk::{Typed, Visitor};
use super::fault::Fault;

/// The body of a writing request, in either form.
pub struct Input<T>(pub T);

impl<S, T> FromRequest<S> for Input<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase();
        let typed = request.extensions().get::<Visitor>().map(|visitor| visitor.typed.clone());
        let typed = typed.unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            let parts = Multipart::from_request(request, state).await;
            let parts = parts.map_err(|_| Fault::Malformed("form"))?;
            return with_file(parts, &typed).await.map(Input);
        }
        let body =
            Bytes::from_request(request, state).await.map_err(|rejection| {
                match rejection.into_response_status() {
                    413 => Fault::Malformed("too-large"),
                    _ => Fault::Malformed("body"),
                }
            })?;
        if kind.starts_with("application/json") {
            return serde_json::from_slice(&body).map(Input).map_err(|_| Fault::Malformed("json"));
        }
        if kind.starts_with("application/x-www-form-urlencoded") || body.is_empty() {
            // Percent-decoding must give UTF-8: a wrongly encoded name is not
            // stored with question marks in it.
            let decoded = percent_decoded(&body);
            if std::str::from_utf8(&decoded).is_err() {
                return Err(Fault::Malformed("encoding"));
            }
            if let Ok(pairs) = serde_html_form::from_bytes::<Vec<(String, String)>>(&body) {
                keep(&typed, pairs);
            }
            return serde_html_form::from_bytes(&body)
                .map(Input)
                .map_err(|_| Fault::Malformed("form"));
        }
        Err(Fault::Malformed("media-type"))
    }
}

/// Fields that the page puts into a form, and nobody types.
const OF_THE_PAGE: [&str; 4] = ["version", "once", "seen", "sure"];

/// Keeps what somebody typed for as long as the request lasts. A choice from a list of things,
/// which is an identifier, says nothing to whoever reads it again.
fn keep(typed: &Typed, pairs: Vec<(String, String)>) {
    let told = |(name, text): &(String, String)| {
        !OF_THE_PAGE.contains(&name.as_str())
            && !text.trim().is_empty()
            && text.trim().parse::<uuid::Uuid>().is_err()
    };
    let mut all = typed.lock().unwrap_or_else(PoisonError::into_inner);
    all.extend(pairs.into_iter().filter(told));
}

/// The most fields of a form that carries a file.
const FIELDS: usize = 40;

/// A form with a file, as a page sends it. The file comes into the same type as in the API:
/// its content in base64 under the field's name, what it was called under the name with `_name`.
async fn with_file<T: DeserializeOwned>(mut parts: Multipart, typed: &Typed) -> Result<T, Fault> {
    let broken = |error: MultipartError| match error.status().as_u16() {
        413 => Fault::Malformed("too-large"),
        _ => Fault::Malformed("form"),
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    while let Some(field) = parts.next_field().await.map_err(broken)? {
        if pairs.len() >= FIELDS {
            return Err(Fault::Malformed("form"));
        }
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(called) => {
                let content = STANDARD.encode(field.bytes().await.map_err(broken)?);
                pairs.push((format!("{name}_name"), called));
                pairs.push((name, content));
            }
            None => {
                let bytes = field.bytes().await.map_err(broken)?;
                let text = String::from_utf8(bytes.to_vec());
                let text = text.map_err(|_| Fault::Malformed("encoding"))?;
                keep(typed, vec![(name.clone(), text.clone())]);
                pairs.push((name, text));
            }
        }
    }
    let read = MapDeserializer::<_, ValueError>::new(pairs.into_iter());
    T::deserialize(read).map_err(|_| Fault::Malformed("form"))
}

trait IntoStatus {
    fn into_response_status(self) -> u16;
}

impl<R: axum::response::IntoResponse> IntoStatus for R {
    fn into_response_status(self) -> u16 {
        self.into_response().status().as_u16()
    }
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        let pair = if byte == b'%' { rest.clone().next().zip(rest.clone().nth(1)) } else { None };
        let digit = |b: u8| char::from(b).to_digit(16);
        match pair.and_then(|(a, b)| digit(a).zip(digit(b))) {
            Some((a, b)) => {
                out.push(u8::try_from(a * 16 + b).unwrap_or_default());
                rest.nth(1);
            }
            None => out.push(byte),
        }
    }
    out
}
