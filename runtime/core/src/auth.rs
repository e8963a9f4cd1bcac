//! Credentials that are more than a text in a header: basic auth, keys in the query or a cookie, signatures over the
//! body, and tokens that a login call gives.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Uri, header};
use jiff::Timestamp;
use percent_encoding::utf8_percent_encode;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::{hmac, signature};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::value::RawValue;

use crate::call::{ESCAPED, note_secret};
use crate::callback::in_query;
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
        return Err(BuildError::Credentials("the user of basic may have no colon, which would end it".to_owned()));
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

/// Whether a text is an address that a secret can be added to as the query parameter `name`; `setting` holds it.
///
/// # Errors
/// When it has that parameter already, or a fragment, before which no query would be seen. The message shows nothing of it.
pub fn bare_address(address: &str, name: &str, setting: &str) -> Result<(), Misfit> {
    if address.contains('#') {
        return Err(Misfit::new("has a fragment (`#…`), which nobody who calls an address sends"));
    }
    if has_parameter(address, name) {
        return Err(Misfit::new(format!(
            "has the query parameter `{name}`, and is kept and shown: leave that out, the setting `{setting}` is added when a request is sent"
        )));
    }
    Ok(())
}

fn has_parameter(address: &str, name: &str) -> bool {
    address.split_once('?').is_some_and(|(_, query)| !in_query(query, name).is_empty())
}

/// The body of a request as it may be shown, where secrets stand in the one that is sent.
#[derive(Clone)]
struct Shown(Bytes);

/// Adds a secret to the query of the address that stands at `path` in the body, if one does: names from the body down.
/// Everything else in the body stays as it is, byte for byte, and so does an address that has this parameter.
///
/// # Errors
/// When the body is no JSON, or has something else there.
pub fn add_to_address(request: &mut Request, path: &[&str], name: &str, secret: &Secret) -> Result<(), BuildError> {
    let escaped = Secret::new(utf8_percent_encode(secret.expose(), ESCAPED).to_string());
    let sent = with_parameter(request.body(), path, name, escaped.expose())?;
    let shown = request.extensions().get::<Shown>().map_or(request.body(), |Shown(body)| body);
    let shown = with_parameter(shown, path, name, "***")?;
    let (Some(sent), Some(shown)) = (sent, shown) else { return Ok(()) };
    *request.body_mut() = sent;
    request.extensions_mut().insert(Shown(shown));
    note_secret(request, Some(secret));
    note_secret(request, Some(&escaped));
    Ok(())
}

/// A body in which the address at `path` has one more parameter; `None` if there is none, or it has that already.
fn with_parameter(body: &Bytes, path: &[&str], name: &str, value: &str) -> Result<Option<Bytes>, BuildError> {
    let error = |error: serde_json::Error| BuildError::Body(format!("at `{}`: {error}", path.join(".")));
    let text = std::str::from_utf8(body).map_err(|error| BuildError::Body(error.to_string()))?;
    let mut at: &RawValue = serde_json::from_str(text).map_err(error)?;
    for name in path {
        let fields: Option<HashMap<String, &RawValue>> = serde_json::from_str(at.get()).map_err(error)?;
        match fields.and_then(|fields| fields.get(*name).copied()) {
            Some(value) => at = value,
            None => return Ok(None),
        }
    }
    let address: Option<String> = serde_json::from_str(at.get()).map_err(error)?;
    let Some(address) = address.filter(|address| !has_parameter(address, name)) else { return Ok(None) };
    let mark = match address.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    let address = format!("{address}{mark}{}={value}", utf8_percent_encode(name, ESCAPED));
    let address = serde_json::to_string(&address).map_err(error)?;
    // What was read is a piece of the text: everything around it is kept.
    let before = at.get().as_ptr().addr() - text.as_ptr().addr();
    let after = before + at.get().len();
    Ok(Some([&text[..before], &address, &text[after..]].concat().into()))
}

/// Takes noted secrets out of a request that is to be shown and not to be sent.
pub fn hide(request: &mut Request) {
    if let Some(Shown(body)) = request.extensions_mut().remove() {
        *request.body_mut() = body;
    }
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

    fn posted(body: &'static str) -> Request {
        let mut request = request();
        *request.body_mut() = body.into();
        request
    }

    const TO: &[&str] = &["a", "to"];

    #[test]
    fn an_address_gets_its_secret_and_nothing_else_changes() {
        let body =
            r#"{"n": 1.10,"to":"x","a":{"b":9007199254740993.0, "to":"https:\/\/e.org","c":[1e2,"\u0041"]}, "d":null}"#;
        let mut sent = posted(body);
        add_to_address(&mut sent, TO, "to ken", &Secret::new("a&b=c +/ё")).unwrap();
        let due = |value: &str| body.replace(r"https:\/\/e.org", &format!("https://e.org?to%20ken={value}"));
        assert_eq!(sent.body(), &due("a%26b%3Dc%20%2B%2F%D1%91"));
        // What is sent again is the same, and a callback that comes to it is believed.
        let once = sent.body().clone();
        add_to_address(&mut sent, TO, "to ken", &Secret::new("another")).unwrap();
        assert_eq!(sent.body(), &once);
        let query = once.split(|byte| *byte == b'?').nth(1).unwrap().split(|byte| *byte == b'"').next().unwrap();
        assert_eq!(in_query(std::str::from_utf8(query).unwrap(), "to ken"), ["a&b=c +/ё".as_bytes()]);
        hide(&mut sent);
        assert_eq!(sent.body(), &due("***"));
    }

    #[test]
    fn an_address_keeps_the_query_that_it_has() {
        let added = |address: &str| {
            let mut sent = posted("");
            *sent.body_mut() = format!(r#"{{"to":"{address}"}}"#).into();
            add_to_address(&mut sent, &["to"], "token", &Secret::new("1")).unwrap();
            String::from_utf8(sent.body().to_vec()).unwrap()
        };
        for (address, due) in [
            ("https://e.org/", "https://e.org/?token=1"),
            ("https://e.org/?", "https://e.org/?token=1"),
            ("https://e.org/?a=b", "https://e.org/?a=b&token=1"),
            ("https://e.org/?a=b&", "https://e.org/?a=b&token=1"),
            ("https://e.org/?tokens=b", "https://e.org/?tokens=b&token=1"),
        ] {
            assert_eq!(added(address), format!(r#"{{"to":"{due}"}}"#));
        }
    }

    #[test]
    fn where_no_address_is_nothing_is_added() {
        for body in [r#"{"a":null}"#, r#"{"a":{"to":null}}"#, r#"{"a":{}}"#, r#"{"to":"https://e.org"}"#] {
            let mut sent = posted(body);
            add_to_address(&mut sent, TO, "token", &Secret::new("hunter2")).unwrap();
            assert_eq!(sent.body(), body);
        }
        for body in ["", "{", r#"{"a":[]}"#, r#"{"a":{"to":1}}"#] {
            let error = add_to_address(&mut posted(body), TO, "token", &Secret::new("hunter2")).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn an_address_that_has_its_secret_already_is_refused_without_it() {
        for address in
            ["https://e.org/?token=hunter2", "https://e.org/?a=b&tok%65n=hunter2", "e.org/?token", "e.org/#hunter2"]
        {
            let error = bare_address(address, "token", "secret").unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        for address in ["https://e.org/", "https://e.org/?tokens=1&a=token", "https://e.org/token=1"] {
            bare_address(address, "token", "secret").unwrap();
        }
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
