//! Requests and answers as they are kept.

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri};
use kassa_core::{Reply, Request};

use super::JournalError;

/// A request as it is kept: without credentials, which are added anew each time it is sent (F10).
#[derive(Clone, PartialEq, Eq)]
pub struct StoredRequest {
    /// Its method.
    pub method: String,
    /// Its address.
    pub uri: String,
    /// Its headers, `name: value` each; none that is marked as sensitive.
    pub headers: Vec<u8>,
    /// Its body.
    pub body: Bytes,
}

impl StoredRequest {
    /// `request` as it is kept.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let mut headers = Vec::new();
        for (name, value) in request.headers().iter().filter(|(_, value)| !value.is_sensitive()) {
            headers.extend_from_slice(name.as_str().as_bytes());
            headers.extend_from_slice(b": ");
            headers.extend_from_slice(value.as_bytes());
            headers.push(b'\n');
        }
        let method = request.method().as_str().to_owned();
        Self { method, uri: request.uri().to_string(), headers, body: request.body().clone() }
    }

    /// The request again.
    ///
    /// # Errors
    /// When what is kept is no request.
    pub fn restore(&self) -> Result<Request, JournalError> {
        let damaged = |what: &str| JournalError::Damaged(format!("a request is kept with {what}"));
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = Method::from_bytes(self.method.as_bytes()).map_err(|_| damaged("a broken method"))?;
        *request.uri_mut() = self.uri.parse::<Uri>().map_err(|_| damaged("a broken address"))?;
        for line in self.headers.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let at = line.windows(2).position(|pair| pair == b": ").ok_or_else(|| damaged("a broken header"))?;
            let name = HeaderName::from_bytes(&line[..at]).map_err(|_| damaged("a broken header name"))?;
            let value = HeaderValue::from_bytes(&line[at + 2..]).map_err(|_| damaged("a broken header value"))?;
            request.headers_mut().append(name, value);
        }
        Ok(request)
    }
}

/// An answer as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredReply {
    /// Its HTTP status.
    pub status: u16,
    /// Its body.
    pub body: Bytes,
}

impl StoredReply {
    /// `reply` as it is kept.
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        Self { status: reply.status().as_u16(), body: reply.body().clone() }
    }
}

// Bodies hold what buyers told in confidence: what is printed by mistake shows how long they are and no more.

impl fmt::Debug for StoredRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredRequest({} with {} bytes)", self.method, self.body.len())
    }
}

impl fmt::Debug for StoredReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredReply(HTTP {} with {} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kassa_core::call::{RequestBuilder, set_secret_header};
    use kassa_core::{BaseUrl, call};

    #[test]
    fn a_request_is_kept_byte_for_byte_and_without_credentials() {
        let base = BaseUrl::new("https://example.org/v1").unwrap();
        let bare =
            call::RequestBuilder::new(Method::POST, &base).path("/a").query("k", "é: x").header("x-a", "b: c").json(&7);
        let bare = bare.build().unwrap();
        let mut authorized = bare.clone();
        set_secret_header(&mut authorized, "authorization", "Bearer hunter2").unwrap();
        let stored = StoredRequest::of(&authorized);
        assert!(!String::from_utf8_lossy(&stored.headers).contains("hunter2"));
        assert!(!format!("{stored:?}").contains("example"));
        let restored = stored.restore().unwrap();
        assert_eq!((restored.method(), restored.uri()), (bare.method(), bare.uri()));
        assert_eq!((restored.headers(), restored.body()), (bare.headers(), bare.body()));
        let get = RequestBuilder::new(Method::GET, &base).build().unwrap();
        assert_eq!(StoredRequest::of(&get).restore().unwrap().body(), get.body());
    }

    #[test]
    fn what_is_no_request_is_damage() {
        let whole =
            StoredRequest { method: "GET".into(), uri: "https://e.org/".into(), headers: vec![], body: Bytes::new() };
        assert!(whole.restore().is_ok());
        for broken in [
            StoredRequest { method: "G T".into(), ..whole.clone() },
            StoredRequest { uri: "https://".into(), ..whole.clone() },
            StoredRequest { headers: b"nocolon\n".to_vec(), ..whole },
        ] {
            assert!(matches!(broken.restore(), Err(JournalError::Damaged(_))));
        }
    }
}
