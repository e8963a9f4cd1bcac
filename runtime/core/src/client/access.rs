//! Credentials: which of them an operation needs, and where they go.

use http::{HeaderName, HeaderValue, header};

use crate::{BuildError, Request, Secret, auth};

/// What an operation needs to be allowed: alternatives, of each of which every scheme has to be satisfied. None at all,
/// or an empty alternative, is open to everybody.
pub type Access = &'static [&'static [Scheme]];

/// A security scheme that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// Its name in the document.
    pub name: &'static str,
    /// The scopes that a token has to have.
    pub scopes: &'static [&'static str],
}

/// The credentials of a service.
pub trait Credentials {
    /// Adds what the scheme `name` asks for; `false` when there is nothing to add.
    ///
    /// # Errors
    /// When a credential cannot stand in a request.
    fn apply(&self, name: &str, request: &mut Request) -> Result<bool, BuildError>;
}

/// For services that ask for none.
impl Credentials for () {
    fn apply(&self, _: &str, _: &mut Request) -> Result<bool, BuildError> {
        Ok(false)
    }
}

/// Which scheme set a header of a request.
#[derive(Debug, Clone, Default)]
struct Shown(Vec<(HeaderName, &'static str)>);

/// Adds the credentials of the first alternative that can be satisfied. A header that shows a credential already is left
/// to it: only the scheme that set it may renew it.
///
/// # Errors
/// When no alternative can be satisfied: says what each needs.
pub fn authorize(access: Access, credentials: &impl Credentials, request: &mut Request) -> Result<(), BuildError> {
    let mut missing = Vec::new();
    for alternative in access.iter().filter(|alternative| !alternative.is_empty()) {
        let mut tried = clone(request);
        let mut shown = request.extensions().get::<Shown>().cloned().unwrap_or_default();
        let (mut satisfied, mut lost) = (true, None);
        for scheme in *alternative {
            let before = tried.headers().clone();
            satisfied &= credentials.apply(scheme.name, &mut tried)?;
            for (name, _) in tried.headers().iter().filter(|(name, value)| before.get(*name) != Some(value)) {
                let by = shown.0.iter().find(|(had, _)| had == name).map(|(_, scheme)| *scheme);
                // Cookies stand beside each other; in any other header the last would hide the one before.
                if before.contains_key(name) && by != Some(scheme.name) && name != header::COOKIE {
                    lost = Some(name.clone());
                }
                if by.is_none() {
                    shown.0.push((name.clone(), scheme.name));
                }
            }
        }
        let names = alternative.iter().map(|scheme| scheme.name).collect::<Vec<_>>().join(" and ");
        match lost {
            None if satisfied => {
                tried.extensions_mut().insert(shown);
                *request = tried;
                return Ok(());
            }
            Some(header) if satisfied && request.headers().contains_key(&header) => {
                missing.push(format!("{names}, as the header `{header}` shows another already"));
            }
            Some(header) if satisfied => missing.push(format!("{names} in one, as the header `{header}` shows one")),
            _ => missing.push(names),
        }
    }
    if missing.is_empty() || access.iter().any(|alternative| alternative.is_empty()) {
        return Ok(());
    }
    Err(BuildError::Credentials(missing.join(", or ")))
}

fn clone(request: &Request) -> Request {
    let mut copy = http::Request::new(request.body().clone());
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    copy.headers_mut().clone_from(request.headers());
    copy.extensions_mut().clone_from(request.extensions());
    copy
}

/// A user and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basic {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// A key in a header.
///
/// # Errors
/// When it has characters that no header may have.
pub fn key_in_header(name: &'static str, key: Option<&Secret>, request: &mut Request) -> Result<bool, BuildError> {
    let Some(key) = key else { return Ok(false) };
    set_header(name, key.expose(), request)?;
    Ok(true)
}

/// A key in the query.
///
/// # Errors
/// When the URL becomes too long.
pub fn key_in_query(name: &'static str, key: Option<&Secret>, request: &mut Request) -> Result<bool, BuildError> {
    let Some(key) = key else { return Ok(false) };
    auth::set_secret_query(request, name, key)?;
    Ok(true)
}

/// A key in a cookie, as it is: not every server decodes what stands there.
///
/// # Errors
/// When it has characters that no cookie may have.
pub fn key_in_cookie(name: &'static str, key: Option<&Secret>, request: &mut Request) -> Result<bool, BuildError> {
    let Some(key) = key else { return Ok(false) };
    auth::set_secret_cookie(request, name, key)?;
    Ok(true)
}

/// A token, as `Authorization: Bearer …`, or of another scheme of HTTP.
///
/// # Errors
/// When it has characters that no header may have.
pub fn token(scheme: &str, token: Option<&Secret>, request: &mut Request) -> Result<bool, BuildError> {
    let Some(token) = token else { return Ok(false) };
    set_header(header::AUTHORIZATION.as_str(), &format!("{scheme} {}", token.expose()), request)?;
    Ok(true)
}

/// User and password, as `Authorization: Basic …`.
///
/// # Errors
/// When the user has a colon.
pub fn basic(of: Option<&Basic>, request: &mut Request) -> Result<bool, BuildError> {
    let Some(of) = of else { return Ok(false) };
    set_header(header::AUTHORIZATION.as_str(), &auth::basic(&of.user, of.password.expose())?, request)?;
    Ok(true)
}

fn set_header(name: &str, value: &str, request: &mut Request) -> Result<(), BuildError> {
    let error = || BuildError::Header(name.to_owned());
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| error())?;
    let mut value = HeaderValue::from_str(value).map_err(|_| error())?;
    value.set_sensitive(true);
    request.headers_mut().insert(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    struct Mine {
        key: Option<Secret>,
        user: Option<Basic>,
    }

    impl Credentials for Mine {
        fn apply(&self, name: &str, request: &mut Request) -> Result<bool, BuildError> {
            match name {
                "key" => key_in_query("k", self.key.as_ref(), request),
                "user" => basic(self.user.as_ref(), request),
                _ => Ok(false),
            }
        }
    }

    const KEY: Scheme = Scheme { name: "key", scopes: &[] };
    const USER: Scheme = Scheme { name: "user", scopes: &[] };

    #[test]
    fn takes_the_first_alternative_that_can_be_satisfied() {
        let mut request = http::Request::builder().uri("https://example.org/a?b=c").body(Bytes::new()).unwrap();
        let user = Some(Basic { user: "u".to_owned(), password: Secret::new("p") });
        let mine = Mine { key: Some(Secret::new("x y")), user: None };
        assert!(authorize(&[&[KEY, USER], &[USER]], &mine, &mut request).is_err());
        assert_eq!(request.uri(), "https://example.org/a?b=c");
        authorize(&[&[]], &mine, &mut request).unwrap();
        authorize(&[&[USER], &[KEY]], &mine, &mut request).unwrap();
        assert_eq!(request.uri(), "https://example.org/a?b=c&k=x%20y");
        authorize(&[&[KEY, USER]], &Mine { user, ..mine }, &mut request).unwrap();
        assert_eq!(request.headers()["authorization"], "Basic dTpw");
    }

    #[test]
    fn no_credential_hides_another() {
        struct Shown;
        impl Credentials for Shown {
            fn apply(&self, name: &str, request: &mut Request) -> Result<bool, BuildError> {
                match name {
                    "cookie" => key_in_cookie("a", Some(&Secret::new("1")), request),
                    "session" => key_in_cookie("b", Some(&Secret::new("2")), request),
                    name => token("Bearer", Some(&Secret::new(name)), request),
                }
            }
        }
        const ONE: Scheme = Scheme { name: "one", scopes: &[] };
        const TWO: Scheme = Scheme { name: "two", scopes: &[] };
        const COOKIE: Scheme = Scheme { name: "cookie", scopes: &[] };
        const SESSION: Scheme = Scheme { name: "session", scopes: &[] };
        let mut request = Request::new(Bytes::new());
        let error = authorize(&[&[ONE, TWO]], &Shown, &mut request).unwrap_err().to_string();
        assert_eq!(error, "credentials are missing: one and two in one, as the header `authorization` shows one");
        assert!(request.headers().is_empty());
        authorize(&[&[ONE, TWO], &[ONE, ONE, COOKIE, SESSION]], &Shown, &mut request).unwrap();
        assert_eq!(
            (&request.headers()["authorization"], &request.headers()["cookie"]),
            (&"Bearer one".parse().unwrap(), &"a=1; b=2".parse().unwrap())
        );
    }

    #[test]
    fn only_the_scheme_that_showed_a_credential_renews_it() {
        struct Tokens(&'static str);
        impl Credentials for Tokens {
            fn apply(&self, name: &str, request: &mut Request) -> Result<bool, BuildError> {
                match name {
                    "key" => key_in_header("x-key", Some(&Secret::new("k")), request),
                    name => token(name, Some(&Secret::new(self.0)), request),
                }
            }
        }
        const BEARER: Scheme = Scheme { name: "Bearer", scopes: &[] };
        const TOKEN: Scheme = Scheme { name: "Token", scopes: &[] };
        let mut request = Request::new(Bytes::new());
        authorize(&[&[BEARER]], &Tokens("1"), &mut request).unwrap();
        authorize(&[&[BEARER]], &Tokens("2"), &mut request).unwrap();
        assert_eq!(request.headers()["authorization"], "Bearer 2");
        let error = authorize(&[&[TOKEN]], &Tokens("3"), &mut request).unwrap_err().to_string();
        assert_eq!(error, "credentials are missing: Token, as the header `authorization` shows another already");
        // Nor is one that somebody else set replaced; another alternative may do, or none be asked for.
        request = Request::new(Bytes::new());
        request.headers_mut().insert("authorization", HeaderValue::from_static("Own x"));
        assert!(authorize(&[&[BEARER]], &Tokens("1"), &mut request).is_err());
        authorize(&[&[BEARER], &[]], &Tokens("1"), &mut request).unwrap();
        assert!(!request.headers().contains_key("x-key"));
        authorize(&[&[BEARER], &[KEY]], &Tokens("1"), &mut request).unwrap();
        assert!(request.headers()["authorization"] == "Own x" && request.headers()["x-key"] == "k");
    }
}
