//! Asking for a token.

use http::{HeaderValue, Method, header};
use percent_encoding::utf8_percent_encode;

use super::super::{Draft, Json, Object};
use super::{App, Endpoints, Pkce};
use crate::call::{ESCAPED, note_secret};
use crate::{BaseUrl, BuildError, Operation, Reply, Request, Secret, Unreadable, auth};

/// By what right a token is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// The app's own.
    ClientCredentials,
    /// A refresh token.
    Refresh(Secret),
    /// A code that a user brought back.
    Code {
        /// The code.
        code: Secret,
        /// The address that the user was sent back to.
        redirect: String,
        /// What proves that it was asked for here.
        pkce: Option<Pkce>,
    },
    /// A user's name and password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
}

/// Asks for a token. The request holds credentials: it is to be sent, and never kept or shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// Where.
    pub endpoints: Endpoints,
    /// For whom.
    pub app: App,
    /// By what right.
    pub grant: Grant,
    /// What the token is to allow; what the server thinks right, if none is named.
    pub scopes: Vec<String>,
    /// Parameters of the server's own, such as `audience`.
    pub more: Vec<(String, Secret)>,
}

impl TokenRequest {
    /// Adds a parameter of the server's own.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.more.push((name.into(), Secret::new(value)));
        self
    }

    fn form(&self) -> Object {
        let mut form = Object::new();
        let mut put = |name: &str, value: &str| form.set(name, Json::from(value));
        match &self.grant {
            Grant::ClientCredentials => put("grant_type", "client_credentials"),
            Grant::Refresh(token) => {
                put("grant_type", "refresh_token");
                put("refresh_token", token.expose());
            }
            Grant::Code { code, redirect, pkce } => {
                put("grant_type", "authorization_code");
                put("code", code.expose());
                put("redirect_uri", redirect);
                pkce.iter().for_each(|pkce| put("code_verifier", pkce.verifier().expose()));
            }
            Grant::Password { user, password } => {
                put("grant_type", "password");
                put("username", user);
                put("password", password.expose());
            }
        }
        if !self.scopes.is_empty() {
            put("scope", &self.scopes.join(" "));
        }
        if self.app.in_body {
            put("client_id", &self.app.id);
            self.app.secret.iter().for_each(|secret| put("client_secret", secret.expose()));
        }
        self.more.iter().for_each(|(name, value)| put(name, value.expose()));
        form
    }
}

impl Operation for TokenRequest {
    type Reply = TokenReply;

    const ID: &'static str = "token";

    /// `base` is what relative addresses are relative to.
    fn request(&self, base: &BaseUrl) -> Result<Request, BuildError> {
        let Endpoints { token, refresh, .. } = &self.endpoints;
        let place = if matches!(self.grant, Grant::Refresh(_)) && !refresh.is_empty() { refresh } else { token };
        if place.is_empty() {
            return Err(BuildError::Url("nobody says where tokens are given".to_owned()));
        }
        let draft = Draft::at(Method::POST, base.join(place)?).accept("application/json").form(&self.form(), &[]);
        let mut request = draft.build()?;
        if !self.app.in_body {
            let escaped = |text: &str| utf8_percent_encode(text, ESCAPED).to_string();
            let secret = self.app.secret.as_ref().map_or("", Secret::expose);
            let value = auth::basic(&escaped(&self.app.id), &escaped(secret))?;
            let mut value =
                HeaderValue::from_str(&value).map_err(|_| BuildError::Header("authorization".to_owned()))?;
            value.set_sensitive(true);
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        let grant = match &self.grant {
            Grant::ClientCredentials => None,
            Grant::Refresh(secret) | Grant::Code { code: secret, .. } | Grant::Password { password: secret, .. } => {
                Some(secret)
            }
        };
        for secret in self.app.secret.iter().chain(grant).chain(self.more.iter().map(|(_, value)| value)) {
            note_secret(&mut request, Some(secret));
        }
        Ok(request)
    }

    /// Never an error, which would show a reply with a token in it.
    fn read(reply: &Reply) -> Result<TokenReply, Unreadable> {
        let status = reply.status();
        let json = Json::parse(reply.body()).unwrap_or_default();
        let given = if status.is_success() { token(&json) } else { None };
        Ok(given.map_or_else(|| TokenReply::Refused(Refused::of(status.as_u16(), &json)), TokenReply::Given))
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenReply {
    /// A token.
    Given(Token),
    /// None.
    Refused(Refused),
}

/// A token (RFC 6749 §5.1). `Debug` shows no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What is shown to the service.
    pub access: Secret,
    /// How many seconds it is good for, if that is said.
    pub expires_in: Option<u64>,
    /// What gives the next one.
    pub refresh: Option<Secret>,
    /// What it allows, where that is not what was asked for.
    pub scopes: Option<Vec<String>>,
    /// Who the user is, of OpenID Connect: not looked into, and not verified.
    pub id: Option<Secret>,
}

fn token(json: &Json) -> Option<Token> {
    let secret = |key| json.tag(key).filter(|text| !text.is_empty()).map(Secret::new);
    // Some servers write the number as a text.
    let expires_in = match json.get("expires_in") {
        Some(Json::Number(number)) => number.as_str().split('.').next().unwrap_or_default().parse().ok(),
        Some(Json::Text(text)) => text.parse().ok(),
        _ => None,
    };
    Some(Token {
        access: secret("access_token")?,
        expires_in,
        refresh: secret("refresh_token"),
        scopes: json.tag("scope").map(|text| text.split_whitespace().map(str::to_owned).collect()),
        id: secret("id_token"),
    })
}

/// Why there is no token (RFC 6749 §5.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no token is given (HTTP {status}): {}{}", error.as_deref().unwrap_or("nobody says why"), told(description))]
pub struct Refused {
    /// The status; 0 of a user's answer, which has none.
    pub status: u16,
    /// The reason, as programs know it: `invalid_client`, `invalid_grant`, …
    pub error: Option<String>,
    /// The reason for people.
    pub description: Option<String>,
    /// A page about it.
    pub uri: Option<String>,
}

fn told(description: &Option<String>) -> String {
    description.as_ref().map_or_else(String::new, |text| format!(", {text}"))
}

impl Refused {
    fn of(status: u16, json: &Json) -> Self {
        let text = |key| json.tag(key).map(|text: &str| text.chars().take(300).collect());
        Self { status, error: text("error"), description: text("error_description"), uri: text("error_uri") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> App {
        App::new("my app", Secret::new("s:ecret"))
    }

    fn read(status: u16, body: &'static str) -> TokenReply {
        let reply = http::Response::builder().status(status).body(body.into()).unwrap();
        TokenRequest::read(&reply).unwrap()
    }

    #[test]
    fn each_grant_is_asked_for_in_its_way() {
        let base = BaseUrl::new("https://example.org/v1").unwrap();
        let endpoints = Endpoints::new("", "https://login.example/token/?p=1", "/refresh");
        let sent = |request: TokenRequest| {
            let request = request.request(&base).unwrap();
            (request.uri().to_string(), String::from_utf8(request.body().to_vec()).unwrap(), request)
        };
        let (uri, body, request) = sent(endpoints.client_credentials(app(), &["a", "b"]).with("audience", "x y"));
        assert_eq!(uri, "https://login.example/token/?p=1");
        assert_eq!(body, "grant_type=client_credentials&scope=a%20b&audience=x%20y");
        assert_eq!(request.headers()["authorization"], "Basic bXklMjBhcHA6cyUzQWVjcmV0");
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        assert!(!format!("{request:?}").contains("bXkl"));

        let (uri, body, request) = sent(endpoints.refresh(App { in_body: true, ..app() }, Secret::new("r")));
        assert_eq!(uri, "https://example.org/refresh");
        assert_eq!(body, "grant_type=refresh_token&refresh_token=r&client_id=my%20app&client_secret=s%3Aecret");
        assert!(request.headers().get("authorization").is_none());

        let pkce = Pkce::of(Secret::new("v".repeat(43)));
        let (_, body, _) =
            sent(endpoints.exchange(App::public("id"), Secret::new("c"), "https://me.example/back", Some(pkce)));
        assert_eq!(
            body,
            format!(
                "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fme.example%2Fback&code_verifier={}&client_id=id",
                "v".repeat(43)
            )
        );
        let (_, body, _) = sent(endpoints.password(app(), "u", Secret::new("p&"), &[]));
        assert_eq!(body, "grant_type=password&username=u&password=p%26");
        assert!(Endpoints::default().client_credentials(app(), &[]).request(&base).is_err());
    }

    #[test]
    fn tokens_and_refusals_are_read_and_not_shown() {
        let TokenReply::Given(token) = read(
            200,
            r#"{"access_token":"hunter2","token_type":"bearer","expires_in":"60","refresh_token":"r","scope":"a b","more":1}"#,
        ) else {
            panic!()
        };
        assert_eq!((token.access.expose(), token.expires_in), ("hunter2", Some(60)));
        assert_eq!(token.scopes.as_deref(), Some(&["a".to_owned(), "b".to_owned()][..]));
        assert!(!format!("{token:?}").contains("hunter2"));
        let TokenReply::Refused(refused) = read(400, r#"{"error":"invalid_grant","error_description":"too old"}"#)
        else {
            panic!()
        };
        assert_eq!(refused.to_string(), "no token is given (HTTP 400): invalid_grant, too old");
        for (status, body) in [(200, "{}"), (502, "<html>"), (200, r#"{"access_token":""}"#)] {
            let TokenReply::Refused(refused) = read(status, body) else { panic!() };
            assert_eq!(refused.to_string(), format!("no token is given (HTTP {status}): nobody says why"));
        }
    }
}
