//! Credentials that are more than a text in a header: basic auth, keys in the query or a cookie, signatures over the
//! body, and tokens that a login call gives.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, Uri, header};
use jiff::Timestamp;
use percent_encoding::utf8_percent_encode;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::{hmac, signature};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use crate::call::{ESCAPED, note_secret};
use crate::{BaseUrl, BuildError, DateTime, Misfit, Offset, Reply, Request, Secret, json};

/// A call that gives a token, without which a provider answers nothing. Whoever sends it keeps the token in memory and
/// nowhere else.
pub trait Login: fmt::Debug + Send + Sync {
    /// The request. It holds credentials: to be sent, and never kept or shown.
    ///
    /// # Errors
    /// When a credential cannot stand in it.
    fn request(&self) -> Result<Request, BuildError>;

    /// The token that a reply gives; `now` is when the login was sent.
    ///
    /// # Errors
    /// When it gives none: what the provider says instead.
    fn token(&self, reply: &Reply, now: Timestamp) -> Result<Token, Misfit>;

    /// Whether a request is one that takes the token.
    fn is_needed(&self, request: &Request) -> bool;

    /// Adds the token to a request. What comes out is to be sent and never kept.
    ///
    /// # Errors
    /// When the token cannot stand in it.
    fn authorize(&self, token: &Secret, request: &mut Request) -> Result<(), BuildError>;

    /// The statuses by which the provider says of a request that its token is not good any more.
    fn renew_on(&self) -> &'static [u16];
}

/// A token. `Debug` shows no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub secret: Secret,
    /// Until when it is good; `None` until the provider says otherwise.
    pub expires: Option<Timestamp>,
}

impl Token {
    /// The token that stands in a reply. An empty text is none.
    ///
    /// # Errors
    /// When there is none: `message` in the provider's words. No other part of the reply is told, since a token that
    /// could not be read may stand in it.
    pub fn given(
        token: Option<&str>,
        expires: Option<Timestamp>,
        message: Option<String>,
        reply: &Reply,
    ) -> Result<Self, Misfit> {
        match token.filter(|token| !token.is_empty()) {
            Some(token) => Ok(Self { secret: Secret::new(token), expires }),
            None => Err(refused(reply, message)),
        }
    }
}

/// Why a reply to a login gives no token.
#[must_use]
pub fn refused(reply: &Reply, message: Option<String>) -> Misfit {
    let status = reply.status();
    // What is no success has no token in it.
    let words = message.or_else(|| if status.is_success() { None } else { json::excerpt(reply) });
    Misfit::new(match words {
        Some(words) => format!("the login is answered with HTTP {}: {words}", status.as_u16()),
        None => format!("the login is answered with HTTP {} and no token", status.as_u16()),
    })
}

/// `seconds` after `now`.
#[must_use]
pub fn after(now: Timestamp, seconds: i64) -> Option<Timestamp> {
    now.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
}

/// So many seconds after the beginning of 1970.
#[must_use]
pub fn unix(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

/// The time that a text states; `otherwise` is the offset of one that states none.
#[must_use]
pub fn at(text: &DateTime, otherwise: Option<Offset>) -> Option<Timestamp> {
    let moment = text.moment(otherwise).ok()?;
    moment.offset?.to_timestamp(moment.local).ok()
}

/// The value of `Authorization` for basic auth (RFC 7617).
///
/// # Errors
/// When the user has a colon, which would end it.
pub fn basic(user: &str, password: &str) -> Result<String, BuildError> {
    if user.contains(':') {
        return Err(BuildError::Header("authorization".to_owned()));
    }
    Ok(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

/// Puts a secret into a header whose name the account states.
///
/// # Errors
/// When name or secret have characters that no header may have.
pub fn set_own_header(request: &mut Request, name: &str, secret: &Secret) -> Result<(), BuildError> {
    let error = || BuildError::Header(name.to_owned());
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| error())?;
    let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| error())?;
    value.set_sensitive(true);
    request.headers_mut().insert(header, value);
    Ok(())
}

/// Whether `name` can be the name of a header.
#[must_use]
pub fn is_header_name(name: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok()
}

/// Adds a secret to the query.
///
/// # Errors
/// When the URL becomes too long.
pub fn set_secret_query(request: &mut Request, name: &str, secret: &Secret) -> Result<(), BuildError> {
    let escaped = utf8_percent_encode(secret.expose(), ESCAPED).to_string();
    let mark = if request.uri().query().is_some() { '&' } else { '?' };
    let url = format!("{}{mark}{}={escaped}", request.uri(), utf8_percent_encode(name, ESCAPED));
    *request.uri_mut() = url.parse().map_err(|_| BuildError::Url(format!("with `{name}` it is too long")))?;
    note_secret(request, Some(secret));
    note_secret(request, Some(&Secret::new(escaped)));
    Ok(())
}

/// Adds a cookie with a secret.
///
/// # Errors
/// When the secret has characters that no cookie may have.
pub fn set_secret_cookie(request: &mut Request, name: &str, secret: &Secret) -> Result<(), BuildError> {
    let error = || BuildError::Header("cookie".to_owned());
    if secret.expose().contains([';', ',', ' ', '"', '\\']) {
        return Err(error());
    }
    let before = request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok());
    let before = before.map(|value| format!("{value}; ")).unwrap_or_default();
    let value = format!("{before}{name}={}", secret.expose());
    let mut value = HeaderValue::from_str(&value).map_err(|_| error())?;
    value.set_sensitive(true);
    request.headers_mut().insert(header::COOKIE, value);
    note_secret(request, Some(secret));
    Ok(())
}

/// Takes noted secrets out of the URL of a request that is to be shown and not to be sent.
pub fn hide(request: &mut Request) {
    let mut url = request.uri().to_string();
    for secret in crate::call::noted_secrets(request) {
        url = url.replace(secret.expose(), "***");
    }
    let url: Result<Uri, _> = url.parse();
    *request.uri_mut() = url.unwrap_or_default();
    request.extensions_mut().clear();
}

/// Whether a request is one to this operation of a document: a method and a path with `{parameters}`.
#[must_use]
pub fn is_for(request: &Request, base: &BaseUrl, method: &str, path: &str) -> bool {
    let url = request.uri().to_string();
    let Some(below) = url.strip_prefix(base.as_str()) else { return false };
    let below = below.split('?').next().unwrap_or_default();
    let fits = |(given, named): (&str, &str)| given == named || named.contains('{') && !given.is_empty();
    request.method().as_str() == method
        && below.split('/').count() == path.split('/').count()
        && below.split('/').zip(path.split('/')).all(fits)
}

/// HMAC with SHA-256 over the bytes of a body.
#[must_use]
pub fn hmac_sha256(key: &Secret, body: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes());
    hmac::sign(&key, body).as_ref().to_vec()
}

/// A private key that signs with RSA and SHA-256 (PKCS #1 v1.5). `Debug` shows no part of it.
#[derive(Clone)]
pub struct RsaKey(Arc<KeyPair>);

impl RsaKey {
    /// Reads a key in PEM: PKCS #8 (`BEGIN PRIVATE KEY`) or PKCS #1 (`BEGIN RSA PRIVATE KEY`), of 2048 bits or more.
    ///
    /// # Errors
    /// When it is no such key. The message says nothing of what it holds.
    pub fn read(pem: &Secret) -> Result<Self, Misfit> {
        let key = PrivateKeyDer::from_pem_slice(pem.expose().as_bytes())
            .map_err(|_| Misfit::new("is no private key in PEM, or is encrypted"))?;
        let pair = match &key {
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(Misfit::new("is no RSA key")),
        };
        let pair = pair.map_err(|_| Misfit::new("is no RSA key of 2048 bits or more"))?;
        Ok(Self(Arc::new(pair)))
    }

    /// Signs the bytes of a body.
    ///
    /// # Errors
    /// When the machine has no randomness to hide the key's timing behind.
    pub fn sign(&self, body: &[u8]) -> Result<Vec<u8>, BuildError> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), body, &mut signature)
            .map_err(|_| BuildError::Body("it cannot be signed".to_owned()))?;
        Ok(signature)
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaKey(…)")
    }
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes as Base64 with padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::RequestBuilder;
    use http::Method;

    fn request() -> Request {
        let base = BaseUrl::new("https://example.org/v1").unwrap();
        RequestBuilder::new(Method::GET, &base).path("/orders/").segment("a/b").build().unwrap()
    }

    /// RFC 4231, test case 2; RFC 7617, section 2.
    #[test]
    fn signs_and_encodes_as_the_standards_show() {
        let tag = hmac_sha256(&Secret::new("Jefe"), b"what do ya want for nothing?");
        assert_eq!(hex(&tag), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_eq!(base64(&tag[..4]), "W9zBRg==");
        assert_eq!(basic("Aladdin", "open sesame").unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(basic("a:b", "c").is_err());
    }

    #[test]
    fn what_is_no_key_is_told_without_it() {
        for text in ["hunter2", "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----\n"] {
            let error = RsaKey::read(&Secret::new(text)).unwrap_err().to_string();
            assert!(!error.contains("hunter2") && !error.contains("aHVudGVyMg"), "{error}");
        }
    }

    #[test]
    fn a_key_in_the_query_is_escaped_and_hidden() {
        let mut sent = request();
        set_secret_query(&mut sent, "api key", &Secret::new("a&b=c")).unwrap();
        set_secret_query(&mut sent, "other", &Secret::new("hunter2")).unwrap();
        assert_eq!(sent.uri(), "https://example.org/v1/orders/a%2Fb?api%20key=a%26b%3Dc&other=hunter2");
        hide(&mut sent);
        assert_eq!(sent.uri(), "https://example.org/v1/orders/a%2Fb?api%20key=***&other=***");
    }

    #[test]
    fn cookies_stand_in_one_header_and_none_ends_another() {
        let mut sent = request();
        set_secret_cookie(&mut sent, "a", &Secret::new("1")).unwrap();
        set_secret_cookie(&mut sent, "b", &Secret::new("2")).unwrap();
        assert_eq!(sent.headers()["cookie"], "a=1; b=2");
        assert!(!format!("{sent:?}").contains("a=1"));
        assert!(set_secret_cookie(&mut sent, "c", &Secret::new("3; d=4")).is_err());
        assert!(set_own_header(&mut sent, "X Header", &Secret::new("1")).is_err() && !is_header_name("X Header"));
    }

    #[test]
    fn a_request_is_for_one_operation() {
        let base = BaseUrl::new("https://example.org/v1").unwrap();
        let is = |method, path| is_for(&request(), &base, method, path);
        assert!(is("GET", "/orders/{id}"));
        assert!(!is("POST", "/orders/{id}") && !is("GET", "/orders") && !is("GET", "/orders/{id}/items"));
        assert!(!is("GET", "/receipts/{id}"));
    }

    #[test]
    fn a_token_is_good_as_long_as_it_is_said() {
        let now: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(after(now, 90).unwrap().to_string(), "2030-01-01T00:01:30Z");
        assert_eq!(unix(0).unwrap(), Timestamp::UNIX_EPOCH);
        let at = |text, otherwise| at(&DateTime::new(text), otherwise);
        let three = Offset::constant(3);
        assert_eq!(at("2030-01-01T03:00:00", Some(three)), Some(now));
        assert_eq!(at("2030-01-01T00:00:00Z", Some(three)), Some(now));
        assert_eq!(at("2030-01-01T00:00:00", None), None);
        assert_eq!(after(now, i64::MAX), None);
    }

    #[test]
    fn a_refused_login_shows_no_token() {
        let mut reply = Reply::new(r#"{"tokn":"hunter2"}"#.into());
        let error = Token::given(None, None, None, &reply).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
        *reply.status_mut() = http::StatusCode::FORBIDDEN;
        *reply.body_mut() = r#"{"why":"wrong password"}"#.into();
        let error = Token::given(None, None, None, &reply).unwrap_err().to_string();
        assert!(error.contains("HTTP 403") && error.contains("wrong password"), "{error}");
    }
}
