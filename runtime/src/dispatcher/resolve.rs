//! How people end a doubt: what is in doubt, and what somebody has found out of it.

use std::sync::Arc;

use jiff::Timestamp;
use kassa_providers::uniform::{Operation, Registration};
use tracing::Instrument;

use super::effort::Effort;
use super::listen::{Heard, let_go};
use super::work::Work;
use super::{Dispatcher, spans};
use crate::error::ResolveError;
use crate::journal::{AttemptRecord, Claim, EntryId, Fate, JournalError, Resolution, State};
use crate::outcome::{Outcome, Reason, Standing};

/// A submission that may or may not be registered.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubtful {
    /// Its key.
    pub key: String,
    /// What it is.
    pub operation: Operation,
    /// [`State::Held`] when nothing but an operator, or a callback, can end it.
    pub state: State,
    /// The account that may have registered it.
    pub account: String,
    /// The key that the provider was told.
    pub provider_key: String,
    /// The provider's own id of it, if it has said one.
    pub provider_id: Option<String>,
    /// When it was first sent there.
    pub sent_at: Option<Timestamp>,
    /// What is known of it; `None` while its first answer is waited for.
    pub outcome: Option<Outcome>,
}

/// What somebody has found out of a submission that was in doubt.
#[derive(Debug, Clone, PartialEq)]
pub enum Ruling {
    /// It is registered, as a document shows.
    Registered(Box<Registration>),
    /// It is surely not registered.
    Rejected,
}

impl Dispatcher {
    /// Every submission that a provider has been sent and whose end is not known, the oldest first.
    ///
    /// # Errors
    /// When the journal fails.
    pub async fn doubts(&self) -> Result<Vec<Doubtful>, JournalError> {
        let mut doubts = Vec::new();
        for id in self.inner.journal.unfinished().await? {
            let Some(entry) = self.inner.journal.find(&id).await? else { continue };
            let Some(last) = entry.attempts.last().filter(|_| entry.state.may_be_registered()) else { continue };
            doubts.push(Doubtful {
                operation: Work::submission(&entry)?.operation(),
                key: id.key,
                state: entry.state,
                account: last.account.clone(),
                provider_key: last.provider_key.clone(),
                provider_id: last.provider_id.clone(),
                sent_at: last.first_sent_at,
                outcome: entry.outcome,
            });
        }
        Ok(doubts)
    }

    /// Ends a doubt by what somebody has found out: `by` whom, and the `evidence`, are kept with the outcome for good. What
    /// the provider says later and otherwise is a conflict, as with any outcome.
    ///
    /// # Errors
    /// [`ResolveError`] says for each case that nothing has changed.
    pub async fn resolve(&self, key: &str, ruling: Ruling, by: &str, evidence: &str) -> Result<Standing, ResolveError> {
        if by.trim().is_empty() || evidence.trim().is_empty() {
            return Err(ResolveError::NoEvidence);
        }
        let id = EntryId::of(key);
        let span = spans::submission(&id, "resolve");
        self.resolve_as(id, ruling, by, evidence).instrument(span).await
    }

    async fn resolve_as(
        &self,
        id: EntryId,
        ruling: Ruling,
        by: &str,
        evidence: &str,
    ) -> Result<Standing, ResolveError> {
        let guard = self.inner.working.take(&id).ok_or(ResolveError::InProgress)?;
        let (entry, lease) = match self.inner.journal.claim(&id).await {
            Ok(Claim::Granted(entry, lease)) => (entry, lease),
            Ok(Claim::Held(_)) => return Err(ResolveError::InProgress),
            Err(JournalError::Missing(_)) => return Err(ResolveError::UnknownKey),
            Err(error) => return Err(error.into()),
        };
        if entry.is_purged() {
            let state = entry.state;
            self.inner.journal.release(&lease, u32::MAX).await?;
            self.leave(guard, entry.id);
            return Err(ResolveError::NotInDoubt(state));
        }
        let warnings = entry.warnings.clone();
        let mut work = Work::new(Arc::clone(&self.inner), entry, lease, Effort::once(), guard.ear())?;
        let ruled = work.rule(ruling, by, evidence).await;
        let result = match &ruled {
            Ok(outcome) => Ok(Some(outcome.clone())),
            Err(_) => Ok(None),
        };
        let_go(work, guard, result).await?;
        ruled.map(|outcome| Standing { outcome, warnings })
    }

    /// How somebody has ended the doubt about the submission under `key`; `None` where nobody had to.
    ///
    /// # Errors
    /// When the journal fails.
    pub async fn resolution(&self, key: &str) -> Result<Option<Resolution>, JournalError> {
        self.inner.journal.resolution(&EntryId::of(key)).await
    }
}

impl Work {
    /// Keeps a ruling, unless what has come meanwhile has ended the doubt.
    async fn rule(&mut self, ruling: Ruling, by: &str, evidence: &str) -> Result<Outcome, ResolveError> {
        let heard = if self.attempts.is_empty() { None } else { self.listen().await? };
        if matches!(heard, Some(Heard::Ended(_))) || !self.state.may_be_registered() {
            return Err(ResolveError::NotInDoubt(self.state));
        }
        let last = self.attempts.last().ok_or_else(|| JournalError::Missing(format!("{}, attempt 1", self.id.key)))?;
        let (n, account) = (last.n, last.account.clone());
        // It is kept for good, longer than what the buyer told.
        let evidence = self.discreet(evidence.to_owned());
        let (state, fate, outcome) = match ruling {
            Ruling::Registered(registration) => {
                let differences = super::keep::differences(&self.submission, &registration);
                let outcome = Outcome::Registered { account, registration: *registration, differences };
                (State::Registered, Fate::Registered, outcome)
            }
            Ruling::Rejected => {
                let reason = Reason {
                    class: "resolved".to_owned(),
                    code: None,
                    message: Some(evidence.clone()),
                    about: format!("{by} has found out that it is not registered."),
                    next_step: "It is surely not registered, so a new key is safe.".to_owned(),
                };
                (State::Rejected, Fate::Rejected, Outcome::Rejected { account, reason })
            }
        };
        let at = self.inner.clock.now();
        let resolution = Resolution { by: by.to_owned(), evidence, was: self.state, at };
        let attempt = AttemptRecord {
            n,
            fate: Some(fate),
            new_key: false,
            reply: None,
            reason: None,
            provider_id: None,
            accepted: false,
        };
        // What somebody writes down is for the journal.
        tracing::warn!(by, outcome = outcome.name(), "an operator has ended a doubt");
        self.record_as(state, Some(outcome.clone()), Some(attempt), None, Some(resolution)).await?;
        Ok(outcome)
    }
}
