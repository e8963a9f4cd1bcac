//! The work on one entry: from where the journal says it stands to an outcome, one durable step at a time.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kassa_core::{Date, Means, Repeat, Verdict};
use kassa_providers::uniform::{Operation, Submission, error_class};
use tokio::time::Instant;
use tracing::Instrument;

use super::effort::Effort;
use super::exchange::{Answer, Exchange, Rejection};
use super::keys::later;
use super::listen::{Heard, SharedEar};
use super::{Inner, spans};
use crate::account::Account;
use crate::content::Content;
use crate::journal::{
    Attempt, AttemptRecord, Entry, EntryId, Fate, JournalError, Lease, NewAttempt, NewExchange, Pin, State,
    StoredRequest, Tenure,
};
use crate::measures;
use crate::outcome::{Outcome, PassedOver};
use crate::reason;
use crate::redaction::Redaction;
use crate::validate::validate;

/// Why nothing is sent after the deadline of a submission.
pub(super) const LATE: &str = "the time in which it was to be sent is over";

/// How many provider keys are tried when others have them.
const KEYS: u32 = 100;

/// What was submitted just now, and needs not be read from the journal.
#[derive(Debug)]
pub(super) struct Fresh {
    pub(super) submission: Submission,
    /// The day on which it was looked at and found valid.
    pub(super) valid_on: Date,
}

/// How an attempt came out.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one at a time, and soon taken apart")]
pub(super) enum Found {
    /// With this outcome, final or not.
    Ended(Outcome),
    /// It is surely not registered.
    Rejected(Rejection),
}

/// Where an attempt begins.
enum Step {
    /// With a request that is not made yet.
    Pin,
    /// By sending the request of this attempt.
    Send(u32),
    /// By settling this attempt, which may be registered.
    Settle(u32),
}

/// What follows a rejection.
enum Next {
    /// The same account, after a pause.
    Again(Duration),
    /// Another account.
    Elsewhere,
    /// Nothing.
    End,
}

/// The work on one entry. It holds what the journal holds, and changes it only after the journal has.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) inner: Arc<Inner>,
    pub(super) submission: Arc<Submission>,
    /// The day on which it is known to be valid.
    valid_on: Option<Date>,
    pub(super) state: State,
    pub(super) effort: Effort,
    pub(super) accepted_at: Timestamp,
    pub(super) changed_at: Timestamp,
    /// When nothing of it may be sent for the first time any more. A clock that jumps while it is worked on changes nothing.
    deadline: Option<Instant>,
    pub(super) id: EntryId,
    pub(super) attempts: Vec<Attempt>,
    pub(super) outcome: Option<Outcome>,
    /// The right to work on it.
    pub(super) lease: Lease,
    /// Whether that right goes on.
    pub(super) tenure: Tenure,
    /// The number of the last callback that was looked at.
    pub(super) seen: u32,
    /// What was exchanged, and is not kept yet.
    pub(super) exchanges: Vec<NewExchange>,
    /// Where word of callbacks is left meanwhile.
    pub(super) ear: SharedEar,
    /// Whether a callback is kept that tells of an attempt which is over, and waits for the end of the last one.
    pub(super) waits: bool,
    passed_over: Vec<PassedOver>,
}

impl Work {
    /// The work on `entry`.
    pub(super) fn new(
        inner: Arc<Inner>,
        entry: Entry,
        lease: Lease,
        effort: Effort,
        ear: SharedEar,
    ) -> Result<Self, JournalError> {
        let submission = Self::submission(&entry)?;
        Ok(Self::of(inner, entry, lease, effort, ear, submission, None))
    }

    /// The work on `entry`, whose submission is at hand.
    pub(super) fn fresh(
        inner: Arc<Inner>,
        entry: Entry,
        lease: Lease,
        effort: Effort,
        ear: SharedEar,
        fresh: Fresh,
    ) -> Self {
        Self::of(inner, entry, lease, effort, ear, fresh.submission, Some(fresh.valid_on))
    }

    fn of(
        inner: Arc<Inner>,
        entry: Entry,
        lease: Lease,
        effort: Effort,
        ear: SharedEar,
        submission: Submission,
        valid_on: Option<Date>,
    ) -> Self {
        let Entry { id, state, outcome, attempts, accepted_at, changed_at, deadline, .. } = entry;
        // A clock that went backwards gives no time back.
        let now = inner.clock.now().max(changed_at);
        let left = |deadline: Timestamp| Duration::try_from(deadline.duration_since(now)).unwrap_or_default();
        let deadline = deadline.and_then(|deadline| Instant::now().checked_add(left(deadline)));
        Self {
            inner,
            submission: Arc::new(submission),
            valid_on,
            state,
            effort,
            accepted_at,
            changed_at,
            deadline,
            id,
            attempts,
            outcome,
            lease,
            tenure: Tenure::Lasts,
            seen: 0,
            exchanges: Vec::new(),
            ear,
            waits: false,
            passed_over: Vec::new(),
        }
    }

    /// What `entry` submits.
    pub(super) fn submission(entry: &Entry) -> Result<Submission, JournalError> {
        Content::read(&entry.submission)
            .map_err(|error| JournalError::Damaged(format!("the submission `{}`: {error}", entry.id.key)))
    }

    /// The key.
    pub(super) fn key(&self) -> &str {
        &self.id.key
    }

    /// What is submitted.
    pub(super) fn operation(&self) -> Operation {
        self.submission.operation()
    }

    /// Attempt `n`.
    pub(super) fn attempt(&self, n: u32) -> Result<&Attempt, JournalError> {
        let found = self.attempts.iter().find(|attempt| attempt.n == n);
        found.ok_or_else(|| JournalError::Missing(format!("{}, attempt {n}", self.id.key)))
    }

    /// A text about the submission that is kept and shown, less what the buyer told.
    pub(super) fn discreet(&self, text: String) -> String {
        Redaction::of_buyer(&self.submission).clean_text(text)
    }

    /// What is known of the outcome, for a submission that `account` has.
    pub(super) fn outcome(&self, account: &Account) -> Outcome {
        self.outcome.clone().unwrap_or_else(|| Outcome::InDoubt {
            account: account.name.clone(),
            reason: reason::in_doubt(&reason::interrupted(), account.doubt(), self.state == State::Held),
        })
    }

    /// Works until there is an outcome, final or not.
    pub(super) async fn run(&mut self) -> Result<Outcome, JournalError> {
        // What came while nobody worked on it.
        if !self.attempts.is_empty()
            && let Some(Heard::Ended(outcome)) = self.listen().await?
        {
            return Ok(outcome);
        }
        if self.state.may_be_registered() {
            let last =
                self.attempts.last().ok_or_else(|| JournalError::Missing(format!("{}, attempt 1", self.id.key)))?;
            let (n, name) = (last.n, last.account.clone());
            let account = self.inner.accounts.iter().find(|account| account.name == name).cloned();
            if self.state == State::Sent {
                // Nobody works on it, and its answer is not kept: whoever sent it has ended.
                let account = account.as_ref().ok_or(name.as_str());
                self.doubt(account, n, &reason::interrupted(), Answer::default()).await?;
            }
            match account {
                Some(account) => {
                    if let Some(outcome) = self.try_account(&account, Step::Settle(n)).await? {
                        return Ok(outcome);
                    }
                }
                None => {
                    // Nobody but this account can be asked, and no other one may be.
                    tracing::warn!(account = name, "the account is not configured any more");
                    return self
                        .outcome
                        .clone()
                        .ok_or_else(|| JournalError::Missing(format!("{}, outcome", self.id.key)));
                }
            }
        }
        // Rates end and begin: what was accepted on one day and is sent on another has to be right on both.
        let today = self.inner.clock.today();
        if self.valid_on != Some(today)
            && let Some(ended) = validate(&self.submission, today).errors.into_iter().next()
        {
            self.passed_over.push(PassedOver { account: String::new(), reason: self.discreet(ended.to_string()) });
            return self.give_up().await;
        }
        let inner = Arc::clone(&self.inner);
        for account in self.candidates(&inner) {
            if self.is_spent(account) {
                continue;
            }
            if let Some(outcome) = self.try_account(account, Step::Pin).await? {
                return Ok(outcome);
            }
            if !self.may_move() {
                break;
            }
        }
        self.give_up().await
    }

    /// Whether another account may be tried: cash that is meant for one drawer is not put into another, and a shift is
    /// that of one register.
    fn may_move(&self) -> bool {
        matches!(*self.submission, Submission::RegisterReceipt(_) | Submission::RegisterCorrection(_))
            || self.attempts.is_empty()
    }

    /// The accounts of the first route that fits, in the order in which they are tried.
    fn candidates<'i>(&mut self, inner: &'i Inner) -> Vec<&'i Account> {
        let _span = tracing::debug_span!("route").entered();
        for route in &inner.routes {
            match route.matches.fits(&self.submission) {
                Ok(()) => {
                    let named = route.choice.order(&self.id.key).into_iter();
                    let known = |name| inner.accounts.iter().find(|account| account.name == name);
                    tracing::debug!(route = route.name, "fits");
                    return named.filter_map(known).collect();
                }
                Err(why) => self.passed_over.extend(route.choice.accounts().map(|account| PassedOver {
                    account: account.to_owned(),
                    reason: format!("route `{}`: {why}", route.name),
                })),
            }
        }
        Vec::new()
    }

    /// Whether the account has rejected the submission for good. What a pause may cure is tried again.
    fn is_spent(&self, account: &Account) -> bool {
        self.attempts.iter().any(|attempt| {
            let class = attempt.reason.as_ref().and_then(|reason| error_class::by_name(&reason.class));
            attempt.account == account.name
                && attempt.fate == Some(Fate::Rejected)
                && class.is_none_or(|class| class.repeat != Repeat::Backoff)
        })
    }

    /// Tries an account until there is an outcome; `None` if another account may be tried.
    async fn try_account(&mut self, account: &Account, mut step: Step) -> Result<Option<Outcome>, JournalError> {
        let mut sends = 0;
        loop {
            // Before anything more is sent: what was rejected may be told to be registered all the same.
            if self.state == State::Pinned
                && let Some(Heard::Ended(outcome)) = self.news().await?
            {
                return Ok(Some(outcome));
            }
            let (n, found) = match step {
                // What has not left goes out with the next dispatcher.
                Step::Pin | Step::Send(_) if self.inner.closing.is_closed() => {
                    return Ok(Some(super::waiting(&self.attempts)));
                }
                Step::Pin | Step::Send(_) if self.is_late() => {
                    self.passed_over.push(PassedOver { account: account.name.clone(), reason: LATE.to_owned() });
                    return self.give_up().await.map(Some);
                }
                Step::Pin => match self.pin(account).await? {
                    Ok(n) => {
                        step = Step::Send(n);
                        continue;
                    }
                    Err(reason) => {
                        tracing::info!(account = account.name, "passed over");
                        self.passed_over.push(PassedOver { account: account.name.clone(), reason });
                        return Ok(None);
                    }
                },
                Step::Send(n) => {
                    sends += 1;
                    let span = spans::attempt(account, self.attempt(n)?);
                    match self.send(account, n).instrument(span).await? {
                        Some(found) => (n, found),
                        None => return Ok(None),
                    }
                }
                Step::Settle(n) => {
                    let span = spans::attempt(account, self.attempt(n)?);
                    (n, self.settle(account, n).instrument(span).await?)
                }
            };
            let rejection = match found {
                Found::Ended(outcome) => return Ok(Some(outcome)),
                Found::Rejected(rejection) => rejection,
            };
            if let Some(Heard::Ended(outcome)) = self.news().await? {
                return Ok(Some(outcome));
            }
            let next = self.after(account, &rejection, sends);
            let reason = reason::rejected(&rejection.finding);
            let new_key = rejection.finding.new_key;
            let record = AttemptRecord {
                n,
                fate: Some(Fate::Rejected),
                new_key,
                reply: rejection.answer.reply,
                reason: Some(reason.clone()),
                provider_id: None,
                accepted: false,
            };
            tracing::info!(account = account.name, attempt = n, class = reason.class, "rejected");
            let (state, outcome) = match next {
                Next::End if !self.waits => {
                    (State::Rejected, Some(Outcome::Rejected { account: account.name.clone(), reason }))
                }
                _ => (State::Pinned, None),
            };
            let callback = rejection.answer.told.map(|told| told.n);
            self.record(state, outcome.clone(), Some(record), callback).await?;
            // Nothing is at a provider now, so what was told of an earlier attempt counts.
            if self.waits
                && let Some(Heard::Ended(outcome)) = self.listen().await?
            {
                return Ok(Some(outcome));
            }
            match next {
                Next::End if outcome.is_none() => return self.give_up().await.map(Some),
                Next::End => return Ok(outcome),
                Next::Elsewhere => return Ok(None),
                Next::Again(pause) => {
                    self.pause(pause).await;
                    step = if new_key { Step::Pin } else { Step::Send(n) };
                }
            }
        }
    }

    /// Whether the time in which it may be sent is over.
    pub(super) fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }

    /// How long it may wait before it is sent for the first time, if that is `patience` at most.
    pub(super) fn before_it_is_late(&self, patience: Duration) -> Duration {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        left.map_or(patience, |left| left.min(patience))
    }

    /// What follows a rejection after `sends` sends to its account.
    fn after(&self, account: &Account, rejection: &Rejection, sends: u32) -> Next {
        let pace = &self.inner.pace;
        let pause = pace.delay(self.key(), sends.max(1)).max(rejection.answer.retry_after.unwrap_or_default());
        let may_cure = rejection.finding.class.repeat == Repeat::Backoff && sends < pace.attempts;
        if may_cure && pause <= self.before_it_is_late(pace.patience) && self.inner.gate(account).may_repeat() {
            Next::Again(pause)
        } else if rejection.elsewhere {
            Next::Elsewhere
        } else {
            Next::End
        }
    }

    /// Makes the request for an account and keeps it, under a provider key that nobody else has. `Err` if the account
    /// cannot take the submission.
    async fn pin(&mut self, account: &Account) -> Result<Result<u32, String>, JournalError> {
        for n in 1..=KEYS {
            let Some(provider_key) = self.provider_key(account, n) else { continue };
            let encode = || account.prepare(&provider_key, &self.submission);
            let request = match tracing::debug_span!("encode", account = account.name).in_scope(encode) {
                Ok(request) => StoredRequest::of(&request),
                Err(refusal) => return Ok(Err(self.discreet(refusal.to_string()))),
            };
            let new = NewAttempt {
                account: account.name.clone(),
                provider_key: provider_key.clone(),
                request: request.clone(),
                at: self.inner.clock.now(),
            };
            let Pin::Pinned(n) = self.inner.journal.pin(&self.lease, new).await? else { continue };
            measures::attempted(account, self.operation());
            self.state = State::Pinned;
            self.outcome = None;
            self.attempts.push(Attempt {
                n,
                account: account.name.clone(),
                provider_key,
                request,
                sends: 0,
                first_sent_at: None,
                fate: None,
                new_key: false,
                reply: None,
                reason: None,
                provider_id: None,
                accepted: false,
            });
            return Ok(Ok(n));
        }
        Ok(Err(format!("every one of {KEYS} provider keys belongs to another submission")))
    }

    /// The key number `n` that the provider may be told: the first is the submission's own, a later one is that with a
    /// number, or another UUID that follows from both. `None` for one under which an attempt was rejected in a way that the
    /// provider remembers.
    fn provider_key(&self, account: &Account, n: u32) -> Option<String> {
        let info = account.provider.info();
        let key = if n == 1 { self.id.key.clone() } else { later(info, &self.id.key, n) };
        let remembers = |attempt: &Attempt| {
            let known = self.inner.accounts.iter().find(|known| known.name == attempt.account);
            // An account that is not configured any more may have been at the same provider.
            attempt.new_key && known.is_none_or(|known| known.provider.info().name == info.name)
        };
        let used = self.attempts.iter().any(|attempt| attempt.provider_key == key && remembers(attempt));
        (!used).then_some(key)
    }

    /// Sends the request of attempt `n`, whose earlier sends were all surely not registered; `None` if no byte left.
    async fn send(&mut self, account: &Account, n: u32) -> Result<Option<Found>, JournalError> {
        let exchange = self.submit(account, n).await?;
        #[cfg(kassa_mutation = "failover_on_timeout")]
        let exchange = match exchange {
            Exchange::Lost(why) => Exchange::NotConnected(why),
            other => other,
        };
        let (verdict, answer) = match exchange {
            Exchange::NotConnected(why) => {
                tracing::info!(account = account.name, attempt = n, why, "not connected");
                // What was sent and rejected before stays rejected.
                let Attempt { new_key, reason, .. } = self.attempt(n)?.clone();
                let fate = Some(if reason.is_some() { Fate::Rejected } else { Fate::NotSent });
                let record =
                    AttemptRecord { n, fate, new_key, reply: None, reason, provider_id: None, accepted: false };
                self.record(State::Pinned, None, Some(record), None).await?;
                self.passed_over.push(PassedOver { account: account.name.clone(), reason: why });
                return Ok(None);
            }
            Exchange::Lost(why) => (Verdict::Found(reason::lost(why)), Answer::default()),
            Exchange::Answered(verdict, answer) => (verdict, answer),
        };
        #[cfg(kassa_mutation = "retry_5xx")]
        if answer.reply.as_ref().is_some_and(|reply| reply.status >= 500)
            && let Verdict::Found(finding) = verdict
        {
            return Ok(Some(Found::Rejected(Rejection { elsewhere: true, finding, answer })));
        }
        let finding = match verdict {
            Verdict::Done(registration) => {
                return Ok(Some(Found::Ended(self.registered(account, n, registration, answer).await?)));
            }
            Verdict::Found(finding) => finding,
        };
        match finding.class.means {
            Means::Rejected => return Ok(Some(Found::Rejected(Rejection::new(finding, answer)))),
            Means::Pending => self.pending(account, n, &finding, answer).await?,
            Means::Doubt => {
                self.doubt(Ok(account), n, &finding, answer).await?;
            }
        }
        self.settle(account, n).await.map(Some)
    }

    /// Keeps that no account is left.
    async fn give_up(&mut self) -> Result<Outcome, JournalError> {
        let rejected = self.attempts.iter().rev().find(|attempt| attempt.fate == Some(Fate::Rejected));
        let (state, outcome) = match rejected.and_then(|attempt| Some((&attempt.account, attempt.reason.clone()?))) {
            Some((account, reason)) => (State::Rejected, Outcome::Rejected { account: account.clone(), reason }),
            None => {
                let passed_over = std::mem::take(&mut self.passed_over);
                (State::NotSent, Outcome::NotSent { passed_over })
            }
        };
        self.record(state, Some(outcome.clone()), None, None).await?;
        Ok(outcome)
    }
}
