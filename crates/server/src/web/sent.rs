//! A file that is given out: to be kept, never to be shown or run by a browser.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::Fault;

/// What a browser may do with a document: nothing.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// The header that says how a file is to be called. A name is told twice: for old readers in
/// letters of ASCII alone, and whole (RFC 6266).
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' })
        .collect();
    let mut whole = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            whole.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// An answer that is a file to be kept.
///
/// # Errors
/// When the name does not fit into a header: a defect, names are cleaned before they are kept.
pub fn file(name: &str, media: &'static str, content: Vec<u8>) -> Result<Response, Fault> {
    let called = HeaderValue::from_str(&disposition(name))
        .map_err(|_| Fault::Defect("a name that does not fit into a header".into()))?;
    let media = if media == "text/plain" { "text/plain; charset=utf-8" } else { media };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, called),
        (header::CONTENT_SECURITY_POLICY, NOTHING),
    ];
    Ok((headers, content).into_response())
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let table = [
            ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
            ("ø 1.pdf", "attachment; filename=\"_ 1.pdf\"; filename*=UTF-8''%C3%B8%201.pdf"),
            ("\"\r\nX: y", "attachment; filename=\"___X_ y\"; filename*=UTF-8''%22%0D%0AX%3A%20y"),
        ];
        for (name, header) in table {
            assert_eq!(disposition(name), header);
        }
    }
}
