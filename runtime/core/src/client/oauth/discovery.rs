//! Where a provider of OpenID Connect answers.

use std::borrow::Cow;

use http::Method;

use super::super::{Draft, Fields, Json, Wire, reply};
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
}

impl Operation for Discovery {
    type Reply = Discovered;

    const ID: &'static str = "discovery";

    /// `base` is what a relative address is relative to.
    fn request(&self, base: &BaseUrl) -> Result<Request, BuildError> {
        Draft::at(Method::GET, base.join(&self.url)?).accept("application/json").build()
    }

    fn read(reply: &Reply) -> Result<Discovered, Unreadable> {
        if !reply.status().is_success() {
            return Err(Unreadable::new("", format!("there is none (HTTP {})", reply.status().as_u16())));
        }
        reply::json(reply)
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
        let found = Discovery::read(&http::Response::new(body.into())).unwrap();
        assert_eq!(found.endpoints().token, "https://login.example/t");
        let none = http::Response::builder().status(404).body(body.into()).unwrap();
        assert_eq!(Discovery::read(&none).unwrap_err().to_string(), "there is none (HTTP 404)");
    }
}
