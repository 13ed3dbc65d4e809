//! Input of an act: a form from a page, or JSON from the API, into one type.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

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
            return serde_html_form::from_bytes(&body)
                .map(Input)
                .map_err(|_| Fault::Malformed("form"));
        }
        Err(Fault::Malformed("media-type"))
    }
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
