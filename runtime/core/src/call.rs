//! Requests and replies as plain values: an operation builds the one and reads the other, and does no IO (F5).

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::client::Access;
use crate::{Secret, Unreadable, json};

/// A request that is ready to be sent, or kept.
pub type Request = http::Request<Bytes>;

/// A reply as it was received, body complete.
pub type Reply = http::Response<Bytes>;

/// An operation of a provider's API: typed input to a request, a reply to a typed result.
pub trait Operation {
    /// What it answers, by status.
    type Reply;

    /// Its name in the provider's document.
    const ID: &'static str;

    /// The credentials that it needs.
    const ACCESS: Access = &[];

    /// A server of its own, in place of that of the whole document, or relative to it.
    const SERVER: Option<&'static str> = None;

    /// The request.
    ///
    /// # Errors
    /// When a value cannot stand in a URL or header.
    fn request(&self, base: &BaseUrl) -> Result<Request, BuildError>;

    /// What `reply` says.
    ///
    /// # Errors
    /// When the body is not what the document promises for its status.
    fn read(reply: &Reply) -> Result<Self::Reply, Unreadable>;
}

/// Why a request cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The base URL is not one.
    #[error("base URL {0:?}: {1}")]
    BaseUrl(String, &'static str),
    /// A value cannot stand in a header.
    #[error("header `{0}`: the value has characters that no header may have")]
    Header(String),
    /// The URL is not one, or too long.
    #[error("the URL is not valid: {0}")]
    Url(String),
    /// The body cannot be written.
    #[error("the body cannot be written as JSON: {0}")]
    Body(String),
    /// A value breaks constraints that the document states.
    #[error("a value breaks the document: {0}")]
    Constraint(String),
    /// Credentials are missing.
    #[error("credentials are missing: {0}")]
    Credentials(String),
}

/// Where an API answers: scheme, host and an optional path before the paths of its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads an `https` URL (or `http`, for a host of one's own).
    ///
    /// # Errors
    /// When it is no such URL, or carries credentials, a query or a fragment.
    pub fn new(text: &str) -> Result<Self, BuildError> {
        let error = |why| BuildError::BaseUrl(bare(text), why);
        let uri: Uri = text.parse().map_err(|_| error("not a URL"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(error("has to begin with https:// or http://"));
        }
        if uri.authority().is_none_or(|authority| authority.as_str().contains('@')) {
            return Err(error("may not carry credentials"));
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(error("may have neither query nor fragment"));
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }

    /// The text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What may be shown of a text that is no base URL: no query, and nothing before an `@`, where people put credentials.
fn bare(text: &str) -> String {
    let (before, rest) = match text.rsplit_once('@') {
        Some((before, rest)) => (format!("{}…@", before.find("://").map_or("", |end| &before[..end + 3])), rest),
        None => (String::new(), text),
    };
    match rest.find(['?', '#']) {
        Some(end) => format!("{before}{}…", &rest[..=end]),
        None => before + rest,
    }
}

/// What stays as it is in a path segment or a query value (RFC 3986, unreserved).
pub(crate) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The room that most bodies need.
const BODY: usize = 4096;

/// Puts a request together, piece by piece.
#[derive(Debug)]
pub struct RequestBuilder {
    method: Method,
    url: String,
    query: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Result<Vec<u8>, BuildError>>,
}

impl RequestBuilder {
    /// A request to `base`.
    #[must_use]
    pub fn new(method: Method, base: &BaseUrl) -> Self {
        Self { method, url: base.0.clone(), query: String::new(), headers: Vec::new(), body: None }
    }

    /// Appends literal text of the document's path.
    #[must_use]
    pub fn path(mut self, text: &str) -> Self {
        self.url.push_str(text);
        self
    }

    /// Appends a value to the path, escaped.
    #[must_use]
    pub fn segment(mut self, value: &str) -> Self {
        self.url.extend(utf8_percent_encode(value, ESCAPED));
        self
    }

    /// Adds a query parameter, escaped.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.extend(utf8_percent_encode(name, ESCAPED));
        self.query.push('=');
        self.query.extend(utf8_percent_encode(value, ESCAPED));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json<B: Serialize>(mut self, body: &B) -> Self {
        let mut text = Vec::with_capacity(BODY);
        let written = serde_json::to_writer(&mut text, body);
        self.body = Some(written.map(|()| text).map_err(|error| BuildError::Body(error.to_string())));
        self
    }

    /// The request.
    ///
    /// # Errors
    /// When a piece of it is not valid.
    pub fn build(mut self) -> Result<Request, BuildError> {
        if !self.query.is_empty() {
            self.url.push('?');
            self.url.push_str(&self.query);
        }
        let uri: Uri = self.url.parse().map_err(|_| BuildError::Url(self.url.clone()))?;
        let mut request = http::Request::new(Bytes::new());
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in self.headers {
            let value = HeaderValue::from_str(&value).map_err(|_| BuildError::Header(name.to_owned()))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        if let Some(body) = self.body {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(json::CONTENT_TYPE));
            *request.body_mut() = body?.into();
        }
        Ok(request)
    }
}

/// Whether `path` ends in the path of an operation, in which `{name}` stands for any one segment.
#[must_use]
pub fn is_path(path: &str, of: &str) -> bool {
    let (mut path, mut of) = (path.rsplit('/'), of.rsplit('/'));
    of.all(|due| match path.next() {
        Some(found) => found == due || due.starts_with('{') && due.ends_with('}') && !found.is_empty(),
        None => false,
    } || due.is_empty())
}

/// Puts a secret into a header, marked so that nothing prints it.
///
/// # Errors
/// When the secret has characters that no header may have.
pub fn set_secret_header(request: &mut Request, name: &'static str, value: &str) -> Result<(), BuildError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| BuildError::Header(name.to_owned()))?;
    value.set_sensitive(true);
    request.headers_mut().insert(HeaderName::from_static(name), value);
    Ok(())
}

/// Secrets that stand in a request itself.
#[derive(Debug, Clone, Default)]
struct Noted(Vec<Secret>);

/// Notes that `secret` stands in the request, so that nothing shows it when it comes back.
pub fn note_secret(request: &mut Request, secret: Option<&Secret>) {
    let Some(secret) = secret else { return };
    match request.extensions_mut().get_mut::<Noted>() {
        Some(noted) => noted.0.push(secret.clone()),
        None => _ = request.extensions_mut().insert(Noted(vec![secret.clone()])),
    }
}

/// The secrets that were noted to stand in the request.
pub fn noted_secrets(request: &Request) -> impl Iterator<Item = &Secret> {
    request.extensions().get::<Noted>().into_iter().flat_map(|noted| &noted.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_is_not_its_own() {
        let base = BaseUrl::new("https://example.org/v1/").unwrap();
        let request = RequestBuilder::new(Method::GET, &base)
            .path("/orders/")
            .segment("a/b?c")
            .query("key", "x&y=z +ё")
            .build()
            .unwrap();
        assert_eq!(request.uri(), "https://example.org/v1/orders/a%2Fb%3Fc?key=x%26y%3Dz%20%2B%D1%91");
    }

    #[test]
    fn a_path_is_of_the_operation_that_it_ends_in() {
        assert!(is_path("/v3/shops/a%2Fb/sell", "/shops/{shop}/sell"));
        assert!(is_path("/sell", "/sell"));
        for (path, of) in [("/v3/shops/1/buy", "/shops/{shop}/sell"), ("/shops//sell", "/shops/{shop}/sell")] {
            assert!(!is_path(path, of), "{path}");
        }
        assert!(!is_path("/resell", "/sell"));
        assert!(!is_path("1/sell", "/shops/{shop}/sell"));
    }

    #[test]
    fn refuses_what_is_no_base_url() {
        for text in ["", "example.org", "ftp://example.org", "https://u:p@example.org", "https://e.org/?a=b"] {
            assert!(BaseUrl::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_base_url_is_told_without_its_secrets() {
        for (text, shown) in [
            ("https://shop:hunter2@example.org/v1", "https://…@example.org/v1"),
            ("https://example.org/?token=hunter2", "https://example.org/?…"),
            ("https://example.org/#hunter2", "https://example.org/#…"),
            ("https://shop:hun?hunter2@example.org/?a", "https://…@example.org/?…"),
            ("ftp://hunter2@a@example.org", "ftp://…@example.org"),
            ("example.org", "example.org"),
        ] {
            let error = BaseUrl::new(text).unwrap_err();
            assert!(error.to_string().starts_with(&format!("base URL {shown:?}: ")), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn a_secret_is_not_printed_and_no_header_is_split() {
        let base = BaseUrl::new("https://example.org").unwrap();
        let mut request = RequestBuilder::new(Method::GET, &base).path("/").build().unwrap();
        set_secret_header(&mut request, "authorization", "Bearer hunter2").unwrap();
        assert!(!format!("{request:?}").contains("hunter2"));
        assert!(set_secret_header(&mut request, "authorization", "a\r\nb: c").is_err());
    }
}
