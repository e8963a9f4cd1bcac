//! A token while it is good.

use jiff::{SignedDuration, Timestamp};

use super::super::{CallError, Client, Transport};
use super::{Grant, Refused, Token, TokenReply, TokenRequest};
use crate::{Operation, Secret};

/// Keeps a token, and knows how to ask for the next one. It is told the time, and does no IO: [`Keeper::due`] says what to
/// send, and [`Keeper::take`] reads the answer. [`Client::token`] does both.
#[derive(Debug, Clone)]
pub struct Keeper {
    request: TokenRequest,
    /// How long before its end a token is renewed.
    margin: SignedDuration,
    token: Option<(Secret, Option<Timestamp>)>,
    refresh: Option<Secret>,
    /// A code was shown, and is good for nothing any more.
    spent: bool,
}

/// How long before its end a token is renewed, unless somebody says otherwise.
const MARGIN: SignedDuration = SignedDuration::from_secs(30);

impl Keeper {
    /// Keeps what `request` asks for.
    #[must_use]
    pub const fn new(request: TokenRequest) -> Self {
        Self { request, margin: MARGIN, token: None, refresh: None, spent: false }
    }

    /// Renews tokens so long before their end, in place of 30 seconds.
    #[must_use]
    pub const fn with_margin(mut self, margin: SignedDuration) -> Self {
        self.margin = margin;
        self
    }

    /// The token, if it is good for longer than the margin. One whose end nobody told is good until [`Keeper::forget`].
    #[must_use]
    pub fn token(&self, now: Timestamp) -> Option<&Secret> {
        let (token, until) = self.token.as_ref()?;
        let good = until.is_none_or(|until| until.duration_since(now) > self.margin);
        good.then_some(token)
    }

    /// The token is not good any more: what a 401 says.
    pub fn forget(&mut self) {
        self.token = None;
    }

    /// What refreshes the token, to be kept where secrets are; [`super::Endpoints::refresh`] goes on with it.
    #[must_use]
    pub const fn refresh(&self) -> Option<&Secret> {
        self.refresh.as_ref()
    }

    /// The request for the next token: with the refresh token if there is one. `None` if a user has to be asked again.
    #[must_use]
    pub fn due(&self) -> Option<TokenRequest> {
        match &self.refresh {
            Some(token) => Some(TokenRequest { grant: Grant::Refresh(token.clone()), ..self.request.clone() }),
            None => (!self.spent).then(|| self.request.clone()),
        }
    }

    /// Takes the answer to [`Keeper::due`], which was asked at `now`. A refresh token that is refused is not shown again.
    ///
    /// # Errors
    /// When no token was given.
    pub fn take(&mut self, reply: TokenReply, now: Timestamp) -> Result<Secret, Refused> {
        let refreshed = self.refresh.is_some();
        let Token { access, expires_in, refresh, .. } = match reply {
            TokenReply::Given(token) => token,
            TokenReply::Refused(refused) => {
                // What the server cannot do now it may do later; what it will not do it never will.
                if (400..500).contains(&refused.status) && refused.status != 429 {
                    self.refresh = None;
                    self.spent |= !refreshed && !self.is_lasting();
                }
                return Err(refused);
            }
        };
        let seconds = expires_in.and_then(|seconds| i64::try_from(seconds).ok());
        let until = seconds.and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok());
        self.token = Some((access.clone(), until));
        self.refresh = refresh.or(self.refresh.take());
        self.spent |= !self.is_lasting();
        Ok(access)
    }

    /// Whether the first request can be sent again.
    const fn is_lasting(&self) -> bool {
        matches!(self.request.grant, Grant::ClientCredentials | Grant::Password { .. })
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError<E> {
    /// The server cannot be asked.
    #[error(transparent)]
    Call(#[from] CallError<E>),
    /// It gives none.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A user has to be asked again.
    #[error("the token has ended, and only a user can give another")]
    Ended,
}

impl<T: Transport, C> Client<T, C> {
    /// The token that `keeper` keeps, renewed if it ends soon: to be put into the credentials.
    ///
    /// # Errors
    /// When the authorisation server cannot be asked, or gives none.
    pub async fn token(&self, keeper: &mut Keeper, now: Timestamp) -> Result<Secret, TokenError<T::Error>> {
        if let Some(token) = keeper.token(now) {
            return Ok(token.clone());
        }
        let had_refresh = keeper.refresh.is_some();
        match self.ask(keeper, now).await {
            // The refresh token has ended, and the first request may still be good.
            Err(TokenError::Refused(_)) if had_refresh && keeper.refresh.is_none() && !keeper.spent => {
                self.ask(keeper, now).await
            }
            other => other,
        }
    }

    async fn ask(&self, keeper: &mut Keeper, now: Timestamp) -> Result<Secret, TokenError<T::Error>> {
        let due = keeper.due().ok_or(TokenError::Ended)?;
        let request = due.request(&self.base).map_err(CallError::Build)?;
        let reply = self.transport.send(request).await.map_err(CallError::Transport)?;
        let reply =
            TokenRequest::read(&reply).map_err(|error| CallError::Unreadable { error, reply: Box::default() })?;
        Ok(keeper.take(reply, now)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{App, Endpoints};
    use super::*;

    fn given(access: &str, expires_in: Option<u64>, refresh: Option<&str>) -> TokenReply {
        let refresh = refresh.map(Secret::new);
        TokenReply::Given(Token { access: Secret::new(access), expires_in, refresh, scopes: None, id: None })
    }

    fn refused(status: u16) -> TokenReply {
        TokenReply::Refused(Refused { status, error: None, description: None, uri: None })
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn grants(keeper: &Keeper) -> Option<Grant> {
        keeper.due().map(|due| due.grant)
    }

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        let app = App::new("id", Secret::new("s"));
        let mut keeper = Keeper::new(Endpoints::default().client_credentials(app, &[]));
        assert_eq!((keeper.token(at(0)), grants(&keeper)), (None, Some(Grant::ClientCredentials)));
        keeper.take(given("a", Some(60), Some("r")), at(0)).unwrap();
        assert_eq!(keeper.token(at(29)).unwrap().expose(), "a");
        assert_eq!(keeper.token(at(30)), None);
        assert_eq!(grants(&keeper), Some(Grant::Refresh(Secret::new("r"))));
        // A server that fails does not end the refresh token; one that refuses it does.
        assert!(keeper.take(refused(503), at(30)).is_err());
        assert_eq!(grants(&keeper), Some(Grant::Refresh(Secret::new("r"))));
        assert!(keeper.take(refused(400), at(30)).is_err());
        assert_eq!(grants(&keeper), Some(Grant::ClientCredentials));
        keeper.take(given("b", None, None), at(31)).unwrap();
        assert_eq!(keeper.token(at(1_000_000)).unwrap().expose(), "b");
        keeper.forget();
        assert_eq!(keeper.token(at(31)), None);
        assert!(!format!("{keeper:?}").contains("\"s\""));
    }

    #[test]
    fn a_code_is_shown_once() {
        let code = Secret::new("c");
        let request = Endpoints::default().exchange(App::public("id"), code, "https://me.example", None);
        let mut keeper = Keeper::new(request).with_margin(SignedDuration::ZERO);
        keeper.take(given("a", Some(60), Some("r")), at(0)).unwrap();
        // The server keeps the refresh token if it names no other.
        keeper.take(given("b", Some(60), None), at(60)).unwrap();
        assert_eq!(keeper.refresh(), Some(&Secret::new("r")));
        assert!(keeper.take(refused(400), at(120)).is_err());
        assert_eq!((keeper.token(at(120)), grants(&keeper)), (None, None));
    }
}
