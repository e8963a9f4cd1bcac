//! One exchange with a provider, and what it shows.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use kassa_core::{Finding, Means, Repeat, Reply, Request, Secret, Verdict};
use kassa_providers::uniform::{Operation, Registration, StatusQuery};

use super::gate::Health;
use super::work::{LATE, Work};
use crate::account::Account;
use crate::journal::{
    AttemptRecord, Fate, JournalError, KeptCallback, NewExchange, Sent, State, StoredReply, StoredRequest,
};
use crate::login;
use crate::measures::{self, Purpose};
use crate::reason;
use crate::redaction::Redaction;
use crate::transport::{SendError, transmit};

/// How an exchange went.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "nearly every exchange is answered")]
pub(super) enum Exchange {
    /// A whole reply came.
    Answered(Verdict<Registration>, Answer),
    /// No byte left, and why.
    NotConnected(String),
    /// Something may have left, and no whole reply came.
    Lost(String),
}

/// A reply, beside what it proves.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    /// What is kept of it.
    pub(super) reply: Option<StoredReply>,
    /// The pause that it asks for.
    pub(super) retry_after: Option<Duration>,
    /// The callback that told it instead.
    pub(super) told: Option<Told>,
    /// Whether it says that the provider has the submission, though it decides nothing.
    pub(super) accepted: bool,
}

/// A callback, which answers nothing and is kept elsewhere.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// Its number.
    pub(super) n: u32,
    /// Its body.
    pub(super) body: Bytes,
}

impl Answer {
    /// What the callback `kept` tells.
    pub(super) fn told(kept: &KeptCallback) -> Self {
        Self { told: Some(Told { n: kept.n, body: kept.body.clone() }), ..Self::default() }
    }
}

/// A submission that was surely not registered.
#[derive(Debug)]
pub(super) struct Rejection {
    /// Why.
    pub(super) finding: Finding,
    /// The reply that says so.
    pub(super) answer: Answer,
    /// Whether another account may help.
    pub(super) elsewhere: bool,
}

impl Rejection {
    /// A rejection that `finding` tells of.
    pub(super) fn new(finding: Finding, answer: Answer) -> Self {
        Self { elsewhere: finding.class.elsewhere, finding, answer }
    }
}

impl Exchange {
    /// Whether the answer says that the token is not good any more.
    fn ends_token(&self, account: &Account) -> bool {
        let Self::Answered(_, Answer { reply: Some(reply), .. }) = self else { return false };
        login::is_over(account, reply.status)
    }
}

impl Work {
    /// Sends the request of attempt `n`, for the first time or again; once more with a new token if it was rejected for
    /// its token alone.
    pub(super) async fn submit(&mut self, account: &Account, n: u32) -> Result<Exchange, JournalError> {
        let inner = Arc::clone(&self.inner);
        let first = !self.state.may_be_registered();
        let patience = self.effort.patience;
        let room = if first { self.before_it_is_late(patience) } else { patience };
        let _room = match inner.gate(account).enter(first, room).await {
            Ok(room) => room,
            Err(why) => return Ok(Exchange::NotConnected(why)),
        };
        let mut request = self.attempt(n)?.request.restore()?;
        #[cfg(kassa_mutation = "drop_key")]
        if self.attempt(n)?.sends > 0 {
            let fresh = super::keys::later(account.provider.info(), &self.id.key, 50 + self.attempt(n)?.sends);
            request = account.prepare(&fresh, &self.submission).map_err(|it| JournalError::Missing(it.to_string()))?;
        }
        let token = match self.authorize(account, &mut request, None).await {
            Ok(token) => token,
            Err(why) => return Ok(Exchange::NotConnected(why)),
        };
        let exchange = self.submit_once(account, n, request).await?;
        let Exchange::Answered(Verdict::Found(finding), answer) = &exchange else { return Ok(exchange) };
        let Some(token) = token.filter(|_| exchange.ends_token(account)) else { return Ok(exchange) };
        // The mapping says what such an answer proves: only what is surely not registered goes out again for it.
        let mut request = self.attempt(n)?.request.restore()?;
        let may_repeat = finding.class.means == Means::Rejected && !finding.new_key;
        if !may_repeat || self.authorize(account, &mut request, Some(&token)).await.is_err() {
            return Ok(exchange);
        }
        if self.state == State::Sent {
            let record = AttemptRecord {
                n,
                fate: Some(Fate::Rejected),
                new_key: finding.new_key,
                reply: answer.reply.clone(),
                reason: Some(reason::rejected(finding)),
                provider_id: None,
                accepted: false,
            };
            self.record(State::Pinned, None, Some(record), None).await?;
        }
        match self.submit_once(account, n, request).await? {
            // Nothing more has left: what was answered stands.
            Exchange::NotConnected(_) => Ok(exchange),
            again => Ok(again),
        }
    }

    /// Sends the request of attempt `n`, credentials added. That it is about to leave is in the journal before the first
    /// byte.
    async fn submit_once(&mut self, account: &Account, n: u32, request: Request) -> Result<Exchange, JournalError> {
        let provider_key = self.attempt(n)?.provider_key.clone();
        let first = !self.state.may_be_registered();
        self.note_sent(n).await?;
        // The login and the journal may have taken their time.
        if first && self.is_late() {
            return Ok(Exchange::NotConnected(LATE.to_owned()));
        }
        let purpose = if self.attempt(n)?.sends > 1 { Purpose::Repeat } else { Purpose::Submit };
        let submission = Arc::clone(&self.submission);
        let decode = |reply: &Reply| account.provider.decode(&provider_key, &submission, reply);
        Ok(self.exchange(account, n, Sent::Request, request, purpose, decode).await)
    }

    /// What is asked about attempt `n`.
    fn query(&self, n: u32) -> Result<StatusQuery, JournalError> {
        Ok(StatusQuery { operation: self.operation(), provider_id: self.attempt(n)?.provider_id.clone() })
    }

    /// Whether the provider can be asked what became of attempt `n`. Some want an id that they have not said yet.
    pub(super) fn can_ask(
        &self,
        account: &Account,
        n: u32,
        provider_id: Option<&String>,
    ) -> Result<bool, JournalError> {
        let query = StatusQuery { operation: self.operation(), provider_id: provider_id.cloned() };
        let key = &self.attempt(n)?.provider_key;
        Ok(account.supports(Operation::Status).is_ok() && account.provider.status(key, &query).is_ok())
    }

    /// Asks the provider what became of attempt `n`; `None` if it cannot be asked.
    pub(super) async fn ask(&mut self, account: &Account, n: u32) -> Result<Option<Exchange>, JournalError> {
        let query = self.query(n)?;
        let provider_key = self.attempt(n)?.provider_key.clone();
        let Ok(request) = account.provider.status(&provider_key, &query) else { return Ok(None) };
        let inner = Arc::clone(&self.inner);
        let _room = match inner.gate(account).enter(false, self.effort.patience).await {
            Ok(room) => room,
            Err(why) => return Ok(Some(Exchange::NotConnected(why))),
        };
        let mut refused = None;
        loop {
            let (mut request, asked) = (request.clone(), Sent::Question(StoredRequest::of(&request)));
            let token = match self.authorize(account, &mut request, refused.as_ref()).await {
                Ok(token) => token,
                Err(why) => return Ok(Some(Exchange::NotConnected(why))),
            };
            let decode = |reply: &Reply| account.provider.status_reply(&provider_key, &query, reply);
            let exchange = self.exchange(account, n, asked, request, Purpose::Question, decode).await;
            if refused.is_some() || token.is_none() || !exchange.ends_token(account) {
                return Ok(Some(exchange));
            }
            refused = token;
        }
    }

    async fn authorize(
        &self,
        account: &Account,
        request: &mut Request,
        refused: Option<&Secret>,
    ) -> Result<Option<Secret>, String> {
        login::authorize(&*self.inner.transport, &*self.inner.clock, account, request, refused).await
    }

    async fn exchange(
        &mut self,
        account: &Account,
        n: u32,
        sent: Sent,
        request: Request,
        purpose: Purpose,
        decode: impl FnOnce(&Reply) -> Verdict<Registration>,
    ) -> Exchange {
        let inner = Arc::clone(&self.inner);
        let gate = inner.gate(account);
        let began_at = inner.clock.now();
        let result = transmit(&*inner.transport, &*inner.clock, account, request, purpose).await;
        let mut kept = NewExchange {
            attempt: n,
            sent,
            began_at,
            // A clock that is set back meanwhile makes no exchange end before it began.
            ended_at: inner.clock.now().max(began_at),
            answer: Err(String::new()),
            class: None,
            code: None,
        };
        match result {
            Ok((reply, retry_after)) => {
                let verdict = self.classified(account, || decode(&reply));
                kept.answer = Ok(StoredReply::of(&reply));
                if let Verdict::Found(finding) = &verdict {
                    (kept.class, kept.code) = (Some(finding.class.name.to_owned()), finding.code.clone());
                }
                self.exchanges.push(kept);
                gate.learn(health(reply.status(), &verdict), retry_after);
                let answer = Answer { reply: Some(StoredReply::of(&reply)), retry_after, ..Answer::default() };
                Exchange::Answered(verdict, answer)
            }
            Err(error) => {
                gate.learn(Health::Failing, None);
                kept.answer = Err(error.to_string());
                self.exchanges.push(kept);
                match error {
                    SendError::NotConnected(why) => Exchange::NotConnected(why),
                    SendError::Lost(why) => Exchange::Lost(why),
                }
            }
        }
    }
}

impl Work {
    /// What an answer or a callback of `account` proves, less what the buyer told: its words are kept with the outcome
    /// for good.
    pub(super) fn classified(
        &self,
        account: &Account,
        decode: impl FnOnce() -> Verdict<Registration>,
    ) -> Verdict<Registration> {
        let verdict =
            Redaction::of_buyer(&self.submission).clean_verdict(tracing::debug_span!("decode").in_scope(decode));
        match &verdict {
            Verdict::Done(_) => tracing::debug!("a registration"),
            Verdict::Found(finding) => {
                measures::found(account, finding.class.name);
                tracing::debug!(class = finding.class.name, code = finding.code, "no registration");
            }
        }
        verdict
    }
}

/// What an answer says of its account: a service that decides is well, whatever its status.
fn health(status: StatusCode, verdict: &Verdict<Registration>) -> Health {
    let decides = match verdict {
        Verdict::Done(_) => true,
        Verdict::Found(finding) => finding.class.means != Means::Doubt && finding.class.repeat != Repeat::Backoff,
    };
    let troubled = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    if troubled && !decides { Health::Failing } else { Health::Well }
}
