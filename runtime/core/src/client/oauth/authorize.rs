//! Asking a user (RFC 6749 §4.1), and proving that it was asked here (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::utf8_percent_encode;
use ring::digest;
use ring::rand::{SecureRandom as _, SystemRandom};
use subtle::ConstantTimeEq as _;

use super::{App, Endpoints, Refused};
use crate::call::ESCAPED;
use crate::callback::in_query;
use crate::{BaseUrl, BuildError, Secret};

/// A secret of one question to a user, of which the address shows a digest alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pkce(Secret);

impl Pkce {
    /// A new one.
    ///
    /// # Errors
    /// When the system has nothing random.
    pub fn new() -> Result<Self, BuildError> {
        random().map(Self)
    }

    /// One that was kept while the user was asked: 43 to 128 letters, digits and `-._~`.
    #[must_use]
    pub const fn of(verifier: Secret) -> Self {
        Self(verifier)
    }

    /// The secret, to be kept while the user is asked.
    #[must_use]
    pub const fn verifier(&self) -> &Secret {
        &self.0
    }

    /// The digest, of the method `S256`.
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.0.expose().as_bytes()))
    }
}

/// A text that nobody guesses, of 256 bits: for `state`.
///
/// # Errors
/// When the system has nothing random.
pub fn random() -> Result<Secret, BuildError> {
    let mut bytes = [0_u8; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| BuildError::Body("nothing random is to be had".to_owned()))?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
}

impl Endpoints {
    /// The address to send a user to, who comes back to `redirect`. `state` has to be kept until then, and so has `pkce`.
    ///
    /// # Errors
    /// When nobody says where users are asked.
    pub fn authorize(
        &self,
        base: &BaseUrl,
        app: &App,
        redirect: &str,
        scopes: &[&str],
        state: &Secret,
        pkce: Option<&Pkce>,
    ) -> Result<String, BuildError> {
        if self.authorization.is_empty() {
            return Err(BuildError::Url("nobody says where users are asked".to_owned()));
        }
        let mut url = base.join(&self.authorization)?;
        let mut add = |name: &str, value: &str| {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.extend([name, "="]);
            url.extend(utf8_percent_encode(value, ESCAPED));
        };
        add("response_type", "code");
        add("client_id", &app.id);
        add("redirect_uri", redirect);
        if !scopes.is_empty() {
            add("scope", &scopes.join(" "));
        }
        add("state", state.expose());
        if let Some(pkce) = pkce {
            add("code_challenge", &pkce.challenge());
            add("code_challenge_method", "S256");
        }
        Ok(url)
    }
}

/// The code that a user brings back, in the query of the address that they come to.
///
/// # Errors
/// When the user refused, or the answer is none to the question with this `state`.
pub fn code(query: &str, state: &Secret) -> Result<Secret, Refused> {
    let text = |name| in_query(query, name).first().map(|value| String::from_utf8_lossy(value).into_owned());
    let refused = |error: Option<String>| Refused {
        status: 0,
        error,
        description: text("error_description"),
        uri: text("error_uri"),
    };
    let found = text("state").unwrap_or_default();
    if !bool::from(found.as_bytes().ct_eq(state.expose().as_bytes())) {
        return Err(refused(Some("the state is another".to_owned())));
    }
    match (text("error"), text("code").filter(|code| !code.is_empty())) {
        (None, Some(code)) => Ok(Secret::new(code)),
        (error, _) => Err(refused(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_as_the_standard_shows() {
        // RFC 7636, appendix B.
        let pkce = Pkce::of(Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(pkce.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let new = Pkce::new().unwrap();
        assert_eq!(new.verifier().expose().len(), 43);
        assert_ne!(new, Pkce::new().unwrap());
    }

    #[test]
    fn a_user_is_sent_away_and_comes_back() {
        let base = BaseUrl::new("https://example.org/v1").unwrap();
        let (state, app) = (Secret::new("s&t"), App::public("id"));
        let pkce = Pkce::of(Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        let url = Endpoints::new("/authorize?x=1", "", "")
            .authorize(&base, &app, "https://me.example/back", &["a", "b"], &state, Some(&pkce))
            .unwrap();
        assert_eq!(
            url,
            "https://example.org/authorize?x=1&response_type=code&client_id=id&redirect_uri=https%3A%2F%2Fme.example%2Fback\
             &scope=a%20b&state=s%26t&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        );
        assert_eq!(code("code=c%2B1&state=s%26t", &state).unwrap().expose(), "c+1");
        let refused = code("error=access_denied&state=s%26t", &state).unwrap_err();
        assert_eq!(refused.error.as_deref(), Some("access_denied"));
        assert!(code("code=c&state=other", &state).is_err() && code("code=c", &state).is_err());
    }
}
