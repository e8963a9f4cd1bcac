//! What is learned of an entry, kept: in the journal first, and only then in memory.

use jiff::Timestamp;
use kassa_core::{Doubt, Finding};
use kassa_providers::uniform::{Registration, Submission};
use tokio::time::sleep;

use super::exchange::Answer;
use super::work::Work;
use crate::account::Account;
use crate::compare;
use crate::journal::{AttemptRecord, Effect, Fate, JournalError, Record, Resolution, State};
use crate::measures;
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
            let told = compare::differences(account.provider.info().compared, sent, said);
            differences.extend(told.into_iter().map(|text| self.discreet(text)));
        }
        let outcome = Outcome::Registered { account: account.name.clone(), registration, differences };
        let fate = Some(Fate::Registered);
        let record = AttemptRecord {
            n,
            fate,
            new_key: false,
            reply: answer.reply,
            reason: None,
            provider_id: None,
            accepted: false,
        };
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
        let record = AttemptRecord {
            n,
            fate: None,
            new_key: false,
            reply: answer.reply,
            reason: None,
            provider_id,
            accepted: true,
        };
        self.record(State::Pending, Some(outcome), Some(record), answer.told.map(|told| told.n)).await
    }

    /// Keeps that attempt `n`, at `account`, is in doubt; or is held, where nothing that Kassa may do can tell. An account
    /// that is not configured any more may be again.
    pub(super) async fn doubt(
        &mut self,
        account: Result<&Account, &str>,
        n: u32,
        finding: &Finding,
        answer: Answer,
    ) -> Result<(), JournalError> {
        let provider_id = finding.provider_id.clone().or(self.attempt(n)?.provider_id.clone());
        let (name, held, doubt) = match account {
            Ok(account) => {
                let held = self.is_for_people(account, n, finding.class, provider_id.as_ref())?;
                (account.name.as_str(), held, account.doubt())
            }
            Err(name) => (name, false, Doubt::Blind),
        };
        let reason = reason::in_doubt(finding, doubt, held);
        let outcome = Outcome::InDoubt { account: name.to_owned(), reason: reason.clone() };
        let reason = Some(reason);
        let record = AttemptRecord {
            n,
            fate: None,
            new_key: false,
            reply: answer.reply,
            reason,
            provider_id,
            accepted: answer.accepted,
        };
        tracing::warn!(account = name, attempt = n, class = finding.class.name, held, "in doubt");
        let state = if held { State::Held } else { State::InDoubt };
        self.record(state, Some(outcome), Some(record), answer.told.map(|told| told.n)).await
    }

    /// Keeps that attempt `n`, which is in doubt, has become one for people.
    pub(super) async fn hold(&mut self, account: &Account, n: u32) -> Result<Outcome, JournalError> {
        let Outcome::InDoubt { account: name, reason } = self.outcome(account) else {
            return Err(JournalError::Damaged(format!("`{}` is in doubt, and its outcome says otherwise", self.key())));
        };
        let reason = reason::held(reason);
        let outcome = Outcome::InDoubt { account: name, reason: reason.clone() };
        let (reason, provider_id) = (Some(reason), None);
        let record = AttemptRecord { n, fate: None, new_key: false, reply: None, reason, provider_id, accepted: false };
        self.record(State::Held, Some(outcome.clone()), Some(record), None).await?;
        Ok(outcome)
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

    /// Keeps what was exchanged and has shown nothing that had to be kept.
    pub(super) async fn keep_exchanges(&mut self) -> Result<(), JournalError> {
        if self.exchanges.is_empty() {
            return Ok(());
        }
        let exchanges = std::mem::take(&mut self.exchanges);
        self.inner.journal.exchanged(&self.lease, exchanges).await
    }

    /// Keeps what is known now, and that `callback` has shown it, if one has.
    pub(super) async fn record(
        &mut self,
        state: State,
        outcome: Option<Outcome>,
        attempt: Option<AttemptRecord>,
        callback: Option<u32>,
    ) -> Result<(), JournalError> {
        self.record_as(state, outcome, attempt, callback, None).await
    }

    /// The same, and who has found it out.
    pub(super) async fn record_as(
        &mut self,
        state: State,
        outcome: Option<Outcome>,
        attempt: Option<AttemptRecord>,
        callback: Option<u32>,
        resolution: Option<Resolution>,
    ) -> Result<(), JournalError> {
        let (seen, at) = (self.seen, self.inner.clock.now());
        let exchanges = std::mem::take(&mut self.exchanges);
        let record = Record { state, outcome, attempt, exchanges, callback, resolution, seen, at };
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
        let Record { state, outcome, attempt, callback, at, .. } = record;
        self.measure(state, outcome.as_ref(), callback, at);
        (self.state, self.outcome) = (state, outcome);
        self.changed_at = self.changed_at.max(at);
        if let Some(shown) = attempt
            && let Some(attempt) = self.attempts.iter_mut().find(|attempt| attempt.n == shown.n)
        {
            (attempt.fate, attempt.new_key, attempt.reason) = (shown.fate, shown.new_key, shown.reason);
            attempt.reply = shown.reply.or(attempt.reply.take());
            attempt.provider_id = shown.provider_id.or(attempt.provider_id.take());
            attempt.accepted |= shown.accepted;
        }
        Ok(())
    }
}

impl Work {
    /// Measures what was kept, before it is known here.
    fn measure(&self, state: State, outcome: Option<&Outcome>, callback: Option<u32>, at: Timestamp) {
        let name = outcome.and_then(Outcome::account);
        let account = self.inner.accounts.iter().find(|account| Some(account.name.as_str()) == name);
        measures::moved(account, self.operation(), (self.state, state), (self.accepted_at, at));
        if callback.is_some() {
            measures::weighed(Effect::Moved);
        }
    }
}

/// Where the registration differs from what was sent. It is registered all the same.
pub(super) fn differences(submission: &Submission, registration: &Registration) -> Vec<String> {
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
