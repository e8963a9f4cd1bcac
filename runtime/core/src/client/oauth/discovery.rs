//! Where a provider of OpenID Connect answers.

use std::borrow::Cow;

use http::Method;

use super::super::{CallError, Client, Draft, Fields, Json, Transport, Wire, reply};
use super::Endpoints;
use crate::{BaseUrl, BuildError, Operation, Reply, Request, Unreadable};

/// Asks for the discovery document of OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// Its address, `openIdConnectUrl` of the document.
    pub url: Cow<'static, str>,
}

impl Discovery {
    /// The one at an address.
    #[must_use]
    pub const fn new(url: &'static str) -> Self {
        Self { url: Cow::Borrowed(url) }
    }

    /// Whose discovery document stands at the address: the address without what is well known of it (OpenID Connect
    /// Discovery §4.1, RFC 8414 §3.1). `base` is what a relative address is relative to.
    ///
    /// # Errors
    /// When the address has no part `/.well-known/`, which alone says that.
    pub fn issuer(&self, base: &BaseUrl) -> Result<String, BuildError> {
        let url = base.join(&self.url)?;
        let url = url.split(['?', '#']).next().unwrap_or_default();
        let Some((before, rest)) = url.split_once("/.well-known/") else {
            return Err(BuildError::Url(format!("{url} has no /.well-known/, so it does not say whose it is")));
        };
        let behind = rest.find('/').map_or("", |at| &rest[at..]);
        Ok(format!("{before}{behind}"))
    }
}

impl Operation for Discovery {
    type Reply = Claimed;

    const ID: &'static str = "discovery";

    /// `base` is what a relative address is relative to.
    fn request(&self, base: &BaseUrl) -> Result<Request, BuildError> {
        Draft::at(Method::GET, base.join(&self.url)?).accept("application/json").build()
    }

    fn read(reply: &Reply) -> Result<Claimed, Unreadable> {
        if !reply.status().is_success() {
            return Err(Unreadable::new("", format!("there is none (HTTP {})", reply.status().as_u16())));
        }
        reply::json(reply).map(Claimed)
    }
}

/// What a provider says of itself, and nobody has held against whom was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed(Discovered);

impl Claimed {
    /// The same, if it is of this issuer, letter for letter but for a `/` at the end: else whoever can answer in the place
    /// of a provider could have tokens sent elsewhere (RFC 8414 §3.3, OpenID Connect Discovery §4.3).
    ///
    /// # Errors
    /// When it is of another one.
    pub fn of(self, issuer: &str) -> Result<Discovered, Unreadable> {
        let bare = |text: &str| text.strip_suffix('/').unwrap_or(text).to_owned();
        let found = &self.0.issuer;
        if bare(found) != bare(issuer) {
            return Err(Unreadable::new(
                "issuer",
                format!("is {found:?}, where {issuer:?} was asked: not to be trusted"),
            ));
        }
        Ok(self.0)
    }
}

impl<T: Transport, C> Client<T, C> {
    /// Asks a provider of OpenID Connect where it answers, and holds what it says against whom was asked. Of a provider
    /// that has another name than its address, `call` and [`Claimed::of`] do it.
    ///
    /// # Errors
    /// When it cannot be asked, or answers for somebody else.
    pub async fn discover(&self, discovery: &Discovery) -> Result<Discovered, CallError<T::Error>> {
        let issuer = discovery.issuer(&self.base)?;
        let reply = self.transport.send(discovery.request(&self.base)?).await.map_err(CallError::Transport)?;
        let found = Discovery::read(&reply).and_then(|claimed| claimed.of(&issuer));
        found.map_err(|error| CallError::Unreadable { error, reply: Box::new(reply) })
    }
}

/// What a provider of OpenID Connect says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Discovered {
    /// Who gives the tokens: what `iss` in them has to be.
    pub issuer: String,
    /// Where users are asked.
    pub authorization_endpoint: Option<String>,
    /// Where tokens are given.
    pub token_endpoint: Option<String>,
    /// Where its keys are, of those who look into tokens.
    pub jwks_uri: Option<String>,
    /// The scopes that it knows.
    pub scopes_supported: Option<Vec<String>>,
}

impl Discovered {
    /// Where it answers.
    #[must_use]
    pub fn endpoints(&self) -> Endpoints {
        let place = |text: &Option<String>| Cow::Owned(text.clone().unwrap_or_default());
        Endpoints {
            authorization: place(&self.authorization_endpoint),
            token: place(&self.token_endpoint),
            refresh: Cow::Borrowed(""),
        }
    }
}

impl Wire for Discovered {
    fn to_json(&self) -> Json {
        let mut json = super::super::Object::new();
        json.put("issuer", &self.issuer);
        json.put_some("authorization_endpoint", &self.authorization_endpoint);
        json.put_some("token_endpoint", &self.token_endpoint);
        json.put_some("jwks_uri", &self.jwks_uri);
        json.put_some("scopes_supported", &self.scopes_supported);
        json.into()
    }

    fn from_json(json: Json) -> Result<Self, Unreadable> {
        let mut json = Fields::of(json)?;
        Ok(Self {
            issuer: json.take("issuer")?,
            authorization_endpoint: json.take_some("authorization_endpoint")?,
            token_endpoint: json.take_some("token_endpoint")?,
            jwks_uri: json.take_some("jwks_uri")?,
            scopes_supported: json.take_some("scopes_supported")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_says_where_it_answers() {
        let discovery = Discovery::new("/.well-known/openid-configuration");
        let request = discovery.request(&BaseUrl::new("https://login.example/v1").unwrap()).unwrap();
        assert_eq!(request.uri(), "https://login.example/.well-known/openid-configuration");
        let body = r#"{"issuer":"https://login.example","token_endpoint":"https://login.example/t","claims":[1]}"#;
        let claimed = Discovery::read(&http::Response::new(body.into())).unwrap();
        let found = claimed.of("https://login.example").unwrap();
        assert_eq!(found.endpoints().token, "https://login.example/t");
        let none = http::Response::builder().status(404).body(body.into()).unwrap();
        assert_eq!(Discovery::read(&none).unwrap_err().to_string(), "there is none (HTTP 404)");
    }

    #[test]
    fn a_provider_speaks_for_itself_alone() {
        let base = BaseUrl::new("https://api.example/v1").unwrap();
        for (url, issuer) in [
            ("https://a.example/.well-known/openid-configuration", "https://a.example"),
            ("https://a.example/b/.well-known/openid-configuration?p=1", "https://a.example/b"),
            ("https://a.example/.well-known/oauth-authorization-server/b", "https://a.example/b"),
            ("/.well-known/openid-configuration", "https://api.example"),
        ] {
            assert_eq!(Discovery::new(url).issuer(&base).unwrap(), issuer);
        }
        assert!(Discovery::new("https://a.example/openid.json").issuer(&base).is_err());
        let claimed = |issuer: &str| {
            let body = format!("{{\"issuer\":\"{issuer}\"}}");
            Discovery::read(&http::Response::new(body.into())).unwrap()
        };
        assert!(claimed("https://a.example/").of("https://a.example").is_ok());
        for other in ["https://b.example", "http://a.example", "https://a.example/b", "https://A.example", ""] {
            let error = claimed(other).of("https://a.example").unwrap_err().to_string();
            assert_eq!(
                error,
                format!("issuer: is {other:?}, where \"https://a.example\" was asked: not to be trusted")
            );
        }
    }
}
