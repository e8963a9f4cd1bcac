//! Tokens of OAuth 2 (RFC 6749) and OpenID Connect: where they come from, how they are asked for, and when a new one is due.
//!
//! Nothing here does IO. [`TokenRequest`] and [`Discovery`] are operations like any other, and [`Keeper`] is told the time.

mod authorize;
mod discovery;
mod keeper;
mod token;

use std::borrow::Cow;

use super::access::Access;
use crate::Secret;

pub use authorize::{Pkce, code, random};
pub use discovery::{Claimed, Discovered, Discovery};
pub use keeper::{Keeper, TokenError};
pub use token::{Grant, Refused, Token, TokenReply, TokenRequest};

/// What asks for tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Its id.
    pub id: String,
    /// Its secret; `None` of an app that cannot keep one.
    pub secret: Option<Secret>,
    /// Whether id and secret stand in the body, for servers that do not take them as basic auth (RFC 6749 §2.3.1).
    pub in_body: bool,
}

impl App {
    /// An app with a secret, shown by basic auth.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: Secret) -> Self {
        Self { id: id.into(), secret: Some(secret), in_body: false }
    }

    /// An app that cannot keep a secret: one on a user's device.
    #[must_use]
    pub fn public(id: impl Into<String>) -> Self {
        Self { id: id.into(), secret: None, in_body: true }
    }
}

/// Where an authorisation server answers: addresses, or what is relative to that of the service; empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endpoints {
    /// Where users are asked.
    pub authorization: Cow<'static, str>,
    /// Where tokens are given.
    pub token: Cow<'static, str>,
    /// Where they are renewed, if that is elsewhere.
    pub refresh: Cow<'static, str>,
}

impl Endpoints {
    /// Those that a document states.
    #[must_use]
    pub const fn new(authorization: &'static str, token: &'static str, refresh: &'static str) -> Self {
        Self {
            authorization: Cow::Borrowed(authorization),
            token: Cow::Borrowed(token),
            refresh: Cow::Borrowed(refresh),
        }
    }

    /// Asks for a token by client credentials (RFC 6749 §4.4).
    #[must_use]
    pub fn client_credentials(&self, app: App, scopes: &[&str]) -> TokenRequest {
        self.request(app, Grant::ClientCredentials, scopes)
    }

    /// Asks for a token by a user's name and password (RFC 6749 §4.3): for services that know no better way.
    #[must_use]
    pub fn password(&self, app: App, user: impl Into<String>, password: Secret, scopes: &[&str]) -> TokenRequest {
        self.request(app, Grant::Password { user: user.into(), password }, scopes)
    }

    /// Asks for a token with the code that a user brought back (RFC 6749 §4.1.3). `redirect` is the address that the user
    /// was sent back to.
    #[must_use]
    pub fn exchange(&self, app: App, code: Secret, redirect: impl Into<String>, pkce: Option<Pkce>) -> TokenRequest {
        self.request(app, Grant::Code { code, redirect: redirect.into(), pkce }, &[])
    }

    /// Asks for a token with a refresh token (RFC 6749 §6).
    #[must_use]
    pub fn refresh(&self, app: App, token: Secret) -> TokenRequest {
        self.request(app, Grant::Refresh(token), &[])
    }

    fn request(&self, app: App, grant: Grant, scopes: &[&str]) -> TokenRequest {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        TokenRequest { endpoints: self.clone(), app, grant, scopes, more: Vec::new() }
    }
}

/// The scopes of the scheme `name` that operations need, each once: `scopes("oauth", &[ListPets::ACCESS, AddPet::ACCESS])`.
#[must_use]
pub fn scopes(name: &str, of: &[Access]) -> Vec<&'static str> {
    let schemes = of.iter().flat_map(|access| access.iter().copied().flatten()).filter(|scheme| scheme.name == name);
    let mut all: Vec<&str> = schemes.flat_map(|scheme| scheme.scopes.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}
