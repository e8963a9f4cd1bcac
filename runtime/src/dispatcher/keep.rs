//! What is learned of an entry, kept: in the journal first, and only then in memory.

use kassa_core::{Doubt, Finding};
use kassa_providers::uniform::{Registration, Submission};
use tokio::time::sleep;

use super::exchange::Answer;
use super::work::Work;
use crate::account::Account;
use crate::compare;
use crate::journal::{AttemptRecord, Fate, JournalError, Record, State};
use crate::outcome::Outcome;
use crate::{reason, route};

/// How often a record is tried to be kept. What is known of a receipt is worth waiting for a disk.
const KEEPS: u32 = 3;

impl Work {
    /// Keeps that attempt `n` is registered.
    pub(super) async fn registered(
        &mut self,
        account: &Account,
        n: u32,
        registration: Registration,
        answer: Answer,
    ) -> Result<Outcome, JournalError> {
        let mut differences = differences(&self.submission, &registration);
        let told = answer.told;
        if let Some(said) = answer.reply.as_ref().map(|reply| &reply.body).or(told.as_ref().map(|told| &told.body)) {
            let sent = &self.attempt(n)?.request.body;
            differences.extend(compare::differences(account.provider.info().compared, sent, said));
        }
        let outcome = Outcome::Registered { account: account.name.clone(), registration, differences };
        let fate = Some(Fate::Registered);
        let record = AttemptRecord { n, fate, new_key: false, reply: answer.reply, reason: None, provider_id: None };
        self.record(State::Registered, Some(outcome.clone()), Some(record), told.map(|told| told.n)).await?;
        Ok(outcome)
    }

    /// Keeps that attempt `n` is pending.
    pub(super) async fn pending(
        &mut self,
        account: &Account,
        n: u32,
        finding: &Finding,
        answer: Answer,
    ) -> Result<(), JournalError> {
        let outcome = Outcome::Pending { account: account.name.clone(), about: finding.about.to_owned() };
        let provider_id = finding.provider_id.clone();
        let known = provider_id.is_none() || self.attempt(n)?.provider_id == provider_id;
        if known && answer.told.is_none() && self.state == State::Pending && self.outcome.as_ref() == Some(&outcome) {
            return Ok(());
        }
        let record = AttemptRecord { n, fate: None, new_key: false, reply: answer.reply, reason: None, provider_id };
        self.record(State::Pending, Some(outcome), Some(record), answer.told.map(|told| told.n)).await
    }

    /// Keeps that attempt `n` is in doubt.
    pub(super) async fn doubt(
        &mut self,
        account: &str,
        n: u32,
        finding: &Finding,
        doubt: Doubt,
        answer: Answer,
    ) -> Result<(), JournalError> {
        let reason = reason::in_doubt(finding, doubt);
        let outcome = Outcome::InDoubt { account: account.to_owned(), reason: reason.clone() };
        let provider_id = finding.provider_id.clone();
        let reason = Some(reason);
        let record = AttemptRecord { n, fate: None, new_key: false, reply: answer.reply, reason, provider_id };
        tracing::warn!(account, attempt = n, class = finding.class.name, "in doubt");
        self.record(State::InDoubt, Some(outcome), Some(record), answer.told.map(|told| told.n)).await
    }

    /// Keeps that the request of attempt `n` is about to leave.
    pub(super) async fn note_sent(&mut self, n: u32) -> Result<(), JournalError> {
        let now = self.inner.clock.now();
        self.inner.journal.sent(&self.lease, n, now).await?;
        if self.state == State::Pinned {
            self.state = State::Sent;
        }
        if let Some(attempt) = self.attempts.iter_mut().find(|attempt| attempt.n == n) {
            attempt.sends += 1;
            attempt.first_sent_at.get_or_insert(now);
            attempt.fate = None;
        }
        self.changed_at = self.changed_at.max(now);
        Ok(())
    }

    /// Keeps what is known now, and that `callback` has shown it, if one has.
    pub(super) async fn record(
        &mut self,
        state: State,
        outcome: Option<Outcome>,
        attempt: Option<AttemptRecord>,
        callback: Option<u32>,
    ) -> Result<(), JournalError> {
        let record = Record { state, outcome, attempt, callback, seen: self.seen, at: self.inner.clock.now() };
        let mut tries = 1;
        self.tenure = loop {
            match self.inner.journal.record(&self.lease, record.clone()).await {
                Ok(tenure) => break tenure,
                Err(JournalError::Unavailable(_)) if tries < KEEPS => {}
                Err(error) => return Err(error),
            }
            sleep(self.inner.pace.delay(self.key(), tries)).await;
            tries += 1;
        };
        let Record { state, outcome, attempt, at, .. } = record;
        (self.state, self.outcome) = (state, outcome);
        self.changed_at = self.changed_at.max(at);
        if let Some(shown) = attempt
            && let Some(attempt) = self.attempts.iter_mut().find(|attempt| attempt.n == shown.n)
        {
            (attempt.fate, attempt.new_key, attempt.reason) = (shown.fate, shown.new_key, shown.reason);
            attempt.reply = shown.reply.or(attempt.reply.take());
            attempt.provider_id = shown.provider_id.or(attempt.provider_id.take());
            attempt.accepted |= state == State::Pending;
        }
        Ok(())
    }
}

/// Where the registration differs from what was sent. It is registered all the same.
fn differences(submission: &Submission, registration: &Registration) -> Vec<String> {
    let mut differences = Vec::new();
    if let (Some(registered), Some(sent)) = (registration.total, route::amount(submission))
        && registered != sent
    {
        differences.push(format!("total: {registered} is registered, {sent} was sent"));
    }
    let kind = match submission {
        Submission::RegisterReceipt(receipt) => Some(receipt.kind),
        Submission::RegisterCorrection(correction) => Some(correction.kind),
        _ => None,
    };
    if let (Some(registered), Some(sent)) = (registration.kind, kind)
        && registered != sent
    {
        differences.push(format!("kind: {registered} is registered, {sent} was sent"));
    }
    differences
}
