//! Tokens that accounts log in for: kept in memory and nowhere else, renewed before they end.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kassa_core::{Login, Request, Secret, Token};
use tokio::sync::Mutex;

use crate::account::Account;
use crate::clock::Clock;
use crate::measures::Purpose;
use crate::transport::{Transport, transmit};

/// How long before its end a token is renewed, so that it does not end on the way.
const MARGIN: Duration = Duration::from_secs(30);

/// Where the token of an account is kept. Clones are one place: an account logs in once, however many work with it.
#[derive(Clone, Default)]
pub struct TokenSlot(Arc<Slot>);

#[derive(Default)]
struct Slot {
    /// How many logins have ended.
    ended: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Kept>,
    /// Why the last login gave none.
    failure: Option<String>,
}

struct Kept {
    token: Token,
    /// When it is renewed.
    until: Option<Timestamp>,
}

impl fmt::Debug for TokenSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSlot(…)")
    }
}

/// Adds the credentials of the account to `request`, and logs in before that where it takes a token that is not there.
/// Gives the token that was added. `refused` is a token that the provider does not take any more.
///
/// # Errors
/// Why the request cannot be sent; no byte of it has left.
pub(crate) async fn authorize(
    transport: &dyn Transport,
    clock: &dyn Clock,
    account: &Account,
    request: &mut Request,
    refused: Option<&Secret>,
) -> Result<Option<Secret>, String> {
    let denied = |error| format!("the credentials cannot be added: {error}");
    account.provider.authorize(request).map_err(denied)?;
    let Some(login) = account.provider.login().filter(|login| login.is_needed(request)) else { return Ok(None) };
    let token = account.token.get(transport, clock, account, login, refused).await?;
    login.authorize(&token, request).map_err(denied)?;
    Ok(Some(token))
}

/// Whether an answer of this status says that the token is not good any more.
pub(crate) fn is_over(account: &Account, status: u16) -> bool {
    account.provider.login().is_some_and(|login| login.renew_on().contains(&status))
}

impl TokenSlot {
    /// The token, from memory or from a login. One login is under way at a time; whoever waited for one that failed
    /// does not begin another.
    async fn get(
        &self,
        transport: &dyn Transport,
        clock: &dyn Clock,
        account: &Account,
        login: &dyn Login,
        refused: Option<&Secret>,
    ) -> Result<Secret, String> {
        let ended = self.0.ended.load(Ordering::SeqCst);
        let mut state = self.0.state.lock().await;
        let now = clock.now();
        let good = |kept: &&Kept| Some(&kept.token.secret) != refused && kept.until.is_none_or(|until| now < until);
        if let Some(kept) = state.token.as_ref().filter(good) {
            return Ok(kept.token.secret.clone());
        }
        if self.0.ended.load(Ordering::SeqCst) != ended
            && let Some(failure) = &state.failure
        {
            return Err(failure.clone());
        }
        tracing::info!(account = account.name, "logging in");
        let result = log_in(transport, clock, account, login, now).await;
        self.0.ended.fetch_add(1, Ordering::SeqCst);
        match result {
            Ok(token) => {
                let secret = token.secret.clone();
                let until = token.expires.map(|expires| renewal(now, expires));
                *state = State { token: Some(Kept { token, until }), failure: None };
                Ok(secret)
            }
            Err(why) => {
                tracing::warn!(account = account.name, why, "no login");
                *state = State { token: None, failure: Some(why.clone()) };
                Err(why)
            }
        }
    }
}

/// When a token is renewed: somewhat before it ends, and not before a good part of its life is over.
fn renewal(now: Timestamp, expires: Timestamp) -> Timestamp {
    let life = Duration::try_from(expires.duration_since(now)).unwrap_or_default();
    expires.checked_sub(MARGIN.min(life / 4)).unwrap_or(expires)
}

async fn log_in(
    transport: &dyn Transport,
    clock: &dyn Clock,
    account: &Account,
    login: &dyn Login,
    now: Timestamp,
) -> Result<Token, String> {
    let request = login.request().map_err(|error| format!("the login cannot be sent: {error}"))?;
    let (reply, _) = transmit(transport, clock, account, request, Purpose::Login)
        .await
        .map_err(|error| format!("the account cannot log in: {error}"))?;
    login.token(&reply, now).map_err(|misfit| format!("the account cannot log in: {misfit}"))
}
