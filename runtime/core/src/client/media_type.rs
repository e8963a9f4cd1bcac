//! Media types: what a message says that it is, and whether that is what is due.

use bytes::Bytes;
use http::{HeaderMap, header};

use crate::{Reply, Request, Unreadable};

/// What has a body and says its media type: a reply, or a request that a service sends by itself.
pub trait Message {
    /// The headers.
    fn headers(&self) -> &HeaderMap;

    /// The body.
    fn body(&self) -> &Bytes;
}

impl Message for Reply {
    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn body(&self) -> &Bytes {
        self.body()
    }
}

impl Message for Request {
    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn body(&self) -> &Bytes {
        self.body()
    }
}

/// Takes a body as it is.
///
/// # Errors
/// When it is of another media type.
pub fn bytes(of: &impl Message, media_type: &str) -> Result<Bytes, Unreadable> {
    match media_type_of(of.headers()) {
        Some(found) if !may_be(of.headers(), media_type) => {
            Err(Unreadable::new("body", format!("is {found}, where {media_type} is due")))
        }
        _ => Ok(of.body().clone()),
    }
}

/// Whether the body is of a media type under any of its names, or says of none.
pub(super) fn may_be(headers: &HeaderMap, media_type: &str) -> bool {
    let due = usual(media_type);
    media_type_of(headers).map(usual).is_none_or(|found| {
        // Who says that it is bytes says nothing.
        found == "application/octet-stream" || found == due || is_of(headers, media_type)
    })
}

/// A media type by the usual one of its names (for XML, RFC 7303 §9).
fn usual(media_type: &str) -> String {
    let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().replacen("/x-", "/", 1);
    match plain.as_str() {
        "text/xml" => "application/xml".to_owned(),
        "image/jpg" => "image/jpeg".to_owned(),
        "application/jsonl" | "application/jsonlines" | "application/json-lines" => "application/ndjson".to_owned(),
        "binary/octet-stream" => "application/octet-stream".to_owned(),
        _ => plain,
    }
}

/// The media type that a message says, without parameters.
pub(super) fn media_type_of(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    said.split(';').next().map(str::trim).filter(|said| !said.is_empty())
}

/// Whether the body is of a media type: exactly, or of a range such as `image/*`, or for `json` of any JSON. Parameters
/// that are named have to be there, but for the charset.
#[must_use]
pub fn is_of(headers: &HeaderMap, media_type: &str) -> bool {
    let found = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (found, parameters) = found.split_once(';').unwrap_or((found, ""));
    let found = found.trim().to_ascii_lowercase();
    let (media_type, wanted) = media_type.split_once(';').unwrap_or((media_type, ""));
    let media_type = media_type.trim().to_ascii_lowercase();
    let parameter = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_owned())
    };
    let has = |wanted: (String, String)| {
        wanted.0.is_empty() || wanted.0 == "charset" || parameters.split(';').any(|had| parameter(had) == wanted)
    };
    let fits = match media_type.strip_suffix("/*") {
        _ if media_type == "json" => found.ends_with("/json") || found.ends_with("+json"),
        Some("*") => true,
        Some(range) => found.split('/').next() == Some(range),
        None => found == media_type,
    };
    fits && wanted.split(';').map(parameter).all(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_media_types() {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "Application/Problem+JSON; charset=utf-8".parse().unwrap());
        assert!(
            is_of(&headers, "json") && is_of(&headers, "application/problem+json") && is_of(&headers, "application/*")
        );
        assert!(!is_of(&headers, "application/json") && !is_of(&headers, "text/*"));
        assert!(is_of(&headers, "application/problem+json; charset=latin1"));
        headers.insert("content-type", "application/json;Version=\"2\"".parse().unwrap());
        assert!(is_of(&headers, "application/json") && is_of(&headers, "application/json; version=2"));
        assert!(!is_of(&headers, "application/json; version=1"));
        assert!(!is_of(&headers, "application/json; version=3") && is_of(&headers, "Application/JSON; VERSION=2"));
        assert!(!is_of(&HeaderMap::new(), "json") && is_of(&HeaderMap::new(), "*/*"));
    }

    #[test]
    fn bytes_are_taken_under_any_name_of_their_type() {
        let told = |found: &str, due: &str| {
            let mut reply = crate::Reply::default();
            reply.headers_mut().insert("content-type", found.parse().unwrap());
            bytes(&reply, due).is_ok()
        };
        for (found, due) in [
            ("binary/octet-stream", "image/png"),
            ("image/jpeg", "image/jpg"),
            ("application/x-gzip", "application/gzip"),
            ("text/xml; charset=utf-8", "application/xml"),
            ("image/png", "image/*"),
            ("application/jsonl", "application/x-ndjson"),
        ] {
            assert!(told(found, due), "{found} {due}");
        }
        assert!(!told("image/png", "image/jpeg") && !told("text/html", "application/gzip"));
    }
}
