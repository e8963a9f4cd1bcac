//! One exchange with a provider, and what it shows.

use std::time::Duration;

use bytes::Bytes;
use kassa_core::{Finding, Reply, Request, Verdict};
use kassa_providers::uniform::{Operation, Registration, StatusQuery};

use super::work::Work;
use crate::account::Account;
use crate::journal::{JournalError, StoredReply};
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
    /// The body of a callback, which answers nothing and is kept elsewhere.
    pub(super) told: Option<Bytes>,
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
    /// The callback that says so, where it was one.
    pub(super) callback: Option<u32>,
}

impl Rejection {
    /// A rejection that `finding` tells of.
    pub(super) fn new(finding: Finding, answer: Answer) -> Self {
        Self { elsewhere: finding.class.elsewhere, finding, answer, callback: None }
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

    /// What is asked about attempt `n`.
    fn query(&self, n: u32) -> Result<StatusQuery, JournalError> {
        Ok(StatusQuery { operation: self.operation(), provider_id: self.attempt(n)?.provider_id.clone() })
    }

    /// Whether the provider can be asked what became of attempt `n`. Some want an id that they have not said yet.
    pub(super) fn can_ask(&self, account: &Account, n: u32) -> Result<bool, JournalError> {
        let (query, key) = (self.query(n)?, &self.attempt(n)?.provider_key);
        Ok(account.supports(Operation::Status).is_ok() && account.provider.status(key, &query).is_ok())
    }

    /// Asks the provider what became of attempt `n`; `None` if it cannot be asked.
    pub(super) async fn ask(&self, account: &Account, n: u32) -> Result<Option<Exchange>, JournalError> {
        let query = self.query(n)?;
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
        match transmit(&*self.inner.transport, &*self.inner.clock, account, request).await {
            Ok((reply, retry_after)) => {
                let answer = Answer { reply: Some(StoredReply::of(&reply)), retry_after, told: None };
                Exchange::Answered(decode(&reply), answer)
            }
            Err(SendError::NotConnected(why)) => Exchange::NotConnected(why),
            Err(SendError::Lost(why)) => Exchange::Lost(why),
        }
    }
}
