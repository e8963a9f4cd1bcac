//! One exchange with a provider, and what it shows.

use std::time::Duration;

use kassa_core::{Finding, Reply, Request, Verdict};
use kassa_providers::uniform::{Registration, StatusQuery};

use super::pace::retry_after;
use super::work::Work;
use crate::account::Account;
use crate::journal::{JournalError, StoredReply};
use crate::transport::SendError;

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

impl Work {
    /// Sends the request of attempt `n`, for the first time or again. That it is about to leave is in the journal before
    /// the first byte.
    pub(super) async fn submit(&mut self, account: &Account, n: u32) -> Result<Exchange, JournalError> {
        let attempt = self.attempt(n)?;
        let provider_key = attempt.provider_key.clone();
        let mut request = attempt.request.restore()?;
        if let Err(error) = account.provider.authorize(&mut request) {
            return Ok(Exchange::NotConnected(format!("the credentials cannot be added: {error}")));
        }
        self.note_sent(n).await?;
        tracing::info!(account = account.name, attempt = n, "sending");
        let provider = &account.provider;
        let submission = self.submission.clone();
        Ok(self.exchange(account, request, |reply| provider.decode(&provider_key, &submission, reply)).await)
    }

    /// Asks the provider what became of attempt `n`; `None` if it cannot be asked.
    pub(super) async fn ask(&self, account: &Account, n: u32) -> Result<Option<Exchange>, JournalError> {
        let query = StatusQuery { operation: self.operation() };
        let provider_key = self.attempt(n)?.provider_key.clone();
        let Ok(mut request) = account.provider.status(&provider_key, &query) else { return Ok(None) };
        if let Err(error) = account.provider.authorize(&mut request) {
            return Ok(Some(Exchange::NotConnected(format!("the credentials cannot be added: {error}"))));
        }
        tracing::debug!(account = account.name, attempt = n, "asking");
        let provider = &account.provider;
        Ok(Some(self.exchange(account, request, |reply| provider.status_reply(&provider_key, &query, reply)).await))
    }

    async fn exchange(
        &self,
        account: &Account,
        request: Request,
        decode: impl FnOnce(&Reply) -> Verdict<Registration>,
    ) -> Exchange {
        let secrets = secrets(&request);
        match self.inner.transport.send(account, request).await {
            Ok(reply) => {
                let reply = without(reply, &secrets);
                let retry_after = retry_after(reply.headers(), self.inner.clock.now());
                Exchange::Answered(decode(&reply), Answer { reply: Some(StoredReply::of(&reply)), retry_after })
            }
            Err(SendError::NotConnected(why)) => Exchange::NotConnected(why),
            Err(SendError::Lost(why)) => Exchange::Lost(why),
        }
    }
}

/// The credentials of a request: the values of its sensitive headers, and of each the last word (`Bearer …`).
fn secrets(request: &Request) -> Vec<Vec<u8>> {
    let values = request.headers().values().filter(|value| value.is_sensitive()).map(|value| value.as_bytes());
    values
        .map(|value| value.rsplit(|byte| *byte == b' ').next().unwrap_or(value).to_vec())
        .filter(|secret| !secret.is_empty())
        .collect()
}

/// A reply as it may be kept and shown: a provider that repeats our credentials does not get them into a journal.
fn without(reply: Reply, secrets: &[Vec<u8>]) -> Reply {
    let (parts, body) = reply.into_parts();
    let holds = |body: &[u8], secret: &[u8]| body.windows(secret.len()).any(|window| window == secret);
    if !secrets.iter().any(|secret| holds(&body, secret)) {
        return Reply::from_parts(parts, body);
    }
    let mut clean = Vec::with_capacity(body.len());
    let mut rest = &body[..];
    while let Some(byte) = rest.first() {
        match secrets.iter().find(|secret| rest.starts_with(secret)) {
            Some(secret) => {
                clean.extend_from_slice(b"<secret>");
                rest = &rest[secret.len()..];
            }
            None => {
                clean.push(*byte);
                rest = &rest[1..];
            }
        }
    }
    Reply::from_parts(parts, clean.into())
}
