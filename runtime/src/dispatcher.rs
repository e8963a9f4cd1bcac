//! The dispatcher: takes a submission, finds an account for it, and sees it to its end.

mod builder;
mod callback;
mod close;
mod effort;
mod exchange;
mod gate;
mod keep;
mod keys;
mod listen;
mod pace;
mod resolve;
mod resume;
mod settle;
mod spans;
mod watched;
mod work;
mod working;

use std::panic;
use std::sync::Arc;
use std::time::Duration;

use kassa_core::{Date, Violation};
use kassa_providers::uniform::{
    CallbackConfigured, CallbackSettings, CashMovement, Correction, DevicesQuery, DocumentList, ListQuery, Receipt,
    RegisterList, ShiftAction, Slip, Submission,
};
use tokio::time::{Instant, timeout};
use tracing::Instrument;

pub use builder::DispatcherBuilder;
pub use callback::Told;
pub use gate::{Limits, Rate};
pub use pace::Pace;
pub(crate) use pace::retry_after;
pub use resolve::{Doubtful, Ruling};

use crate::account::Account;
use crate::clock::Clock;
use crate::content::Content;
use crate::error::SubmitError;
use crate::explain::Explanation;
use crate::journal::{Accepted, Attempt, Claim, Entry, EntryId, Journal, JournalError, Lease, NewEntry};
use crate::measures;
use crate::outcome::{Outcome, Standing};
use crate::query::{Asker, QueryError};
use crate::route::Route;
use crate::transport::Transport;
use crate::validate::validate;
use close::Closing;
use effort::Effort;
use gate::Gate;
use listen::let_go;
use work::{Fresh, Work};
use working::{Guard, Working};

/// How long before a call has to be answered nothing more is waited for.
const WRITING: Duration = Duration::from_millis(250);

/// Takes submissions, finds accounts for them, and sees them to their end.
///
/// What holds, whatever fails:
///
/// - A submission is in the journal, durable, before a byte of it leaves.
/// - Once a byte may have left to an account, no other account is asked before it is proved that the first one did not
///   register it.
/// - The same key and content give the stored outcome. The work goes on when the caller stops waiting for it.
///
/// It is cheap to clone; clones are one dispatcher. Its methods need a tokio runtime.
#[derive(Debug, Clone)]
pub struct Dispatcher {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    accounts: Vec<Account>,
    routes: Vec<Route>,
    journal: Box<dyn Journal>,
    transport: Box<dyn Transport>,
    clock: Box<dyn Clock>,
    pace: Pace,
    retention: Option<Duration>,
    working: Working,
    /// One for each account, in their order.
    gates: Vec<Gate>,
    closing: Closing,
}

impl Inner {
    /// What stands before an account.
    fn gate(&self, account: &Account) -> &Gate {
        let at = self.accounts.iter().position(|known| known.name == account.name);
        // An account that is worked with is one of the dispatcher's.
        &self.gates[at.unwrap_or_default()]
    }
}

impl Dispatcher {
    /// What a dispatcher is made of.
    #[must_use]
    pub fn builder() -> DispatcherBuilder {
        DispatcherBuilder::default()
    }

    /// Registers a receipt under `key`.
    ///
    /// # Errors
    /// See [`Dispatcher::submit`].
    pub async fn register(&self, key: &str, receipt: Receipt) -> Result<Standing, SubmitError> {
        self.submit(key, Submission::RegisterReceipt(receipt)).await
    }

    /// Puts cash into the drawer.
    ///
    /// # Errors
    /// See [`Dispatcher::submit`].
    pub async fn cash_in(&self, key: &str, movement: CashMovement) -> Result<Standing, SubmitError> {
        self.submit(key, Submission::CashIn(movement)).await
    }

    /// Takes cash from the drawer.
    ///
    /// # Errors
    /// See [`Dispatcher::submit`].
    pub async fn cash_out(&self, key: &str, movement: CashMovement) -> Result<Standing, SubmitError> {
        self.submit(key, Submission::CashOut(movement)).await
    }

    /// Registers a correction receipt.
    ///
    /// # Errors
    /// See [`Dispatcher::submit`].
    pub async fn register_correction(&self, key: &str, correction: Correction) -> Result<Standing, SubmitError> {
        self.submit(key, Submission::RegisterCorrection(correction)).await
    }

    /// Opens a shift.
    ///
    /// # Errors
    /// See [`Dispatcher::submit`].
    pub async fn open_shift(&self, key: &str, action: ShiftAction) -> Result<Standing, SubmitError> {
        self.submit(key, Submission::OpenShift(action)).await
    }

    /// Closes the shift with its report (Z).
    ///
    /// # Errors
    /// See [`Dispatcher::submit`].
    pub async fn close_shift(&self, key: &str, action: ShiftAction) -> Result<Standing, SubmitError> {
        self.submit(key, Submission::CloseShift(action)).await
    }

    /// Prints a report without closing the shift (X).
    ///
    /// # Errors
    /// See [`Dispatcher::submit`].
    pub async fn x_report(&self, key: &str, action: ShiftAction) -> Result<Standing, SubmitError> {
        self.submit(key, Submission::XReport(action)).await
    }

    /// Prints a slip that is no fiscal document.
    ///
    /// # Errors
    /// See [`Dispatcher::submit`].
    pub async fn print_slip(&self, key: &str, slip: Slip) -> Result<Standing, SubmitError> {
        self.submit(key, Submission::PrintSlip(slip)).await
    }

    /// Submits under `key`, and waits until the outcome is final or [`Pace::patience`] ends.
    ///
    /// A key is known for good: with the same content it gives the stored outcome, or goes on with what has not ended.
    ///
    /// # Errors
    /// [`SubmitError`] says for each case whether the submission was accepted.
    pub async fn submit(&self, key: &str, submission: Submission) -> Result<Standing, SubmitError> {
        self.submit_as(key, submission, None).await
    }

    /// Submits under `key`, answers `within` so long, and sends nothing for the first time after that, not even after a
    /// restart: what has not left by then is [`Outcome::NotSent`]. The work goes on by itself, as whenever a caller stops
    /// waiting. A key that was accepted before keeps the deadline that it was accepted with.
    ///
    /// # Errors
    /// See [`Dispatcher::submit`]; [`SubmitError::Late`] when nothing is known in time.
    pub async fn submit_within(
        &self,
        key: &str,
        submission: Submission,
        within: Duration,
    ) -> Result<Standing, SubmitError> {
        let (dispatcher, key, operation) = (self.clone(), key.to_owned(), submission.operation());
        // What comes to its end by then has to be written down yet.
        let sends_within = within.saturating_sub((within / 10).min(WRITING));
        let task = async move { dispatcher.submit_as(&key, submission, Some(sends_within)).await };
        // Whatever it waits for: an answer, or a disk.
        match timeout(within, tokio::spawn(task.in_current_span())).await {
            Ok(result) => result.map_err(|error| SubmitError::Interrupted(ended(error)))?,
            Err(_) => Err(SubmitError::Late).inspect_err(|error| measures::refused(operation, error)),
        }
    }

    async fn submit_as(
        &self,
        key: &str,
        submission: Submission,
        within: Option<Duration>,
    ) -> Result<Standing, SubmitError> {
        let operation = submission.operation();
        let result = if is_key(key) {
            let id = EntryId::of(key);
            let span = spans::submission(&id, "submit");
            self.take(id, submission, within).instrument(span).await
        } else {
            Err(SubmitError::InvalidKey)
        };
        result.inspect_err(|error| measures::refused(operation, error))
    }

    async fn take(
        &self,
        id: EntryId,
        submission: Submission,
        within: Option<Duration>,
    ) -> Result<Standing, SubmitError> {
        if self.inner.closing.is_closed() {
            return Err(SubmitError::Closing);
        }
        let content = Content::of(submission).map_err(|error| {
            SubmitError::Invalid(vec![Violation::new("json", "", format!("cannot be written as JSON: {error}"))])
        })?;
        let (today, until) = (self.today(), within.and_then(|within| Instant::now().checked_add(within)));
        let warnings = match self.inner.journal.find(&id).await.map_err(SubmitError::Journal)? {
            // What was valid when it was accepted is not looked at again: rates and days pass.
            Some(entry) => {
                if let Some(standing) = stored(&entry, &content.hash)? {
                    return Ok(standing);
                }
                entry.warnings
            }
            None => {
                let findings = tracing::debug_span!("validate").in_scope(|| validate(&content.submission, today));
                if !findings.errors.is_empty() {
                    return Err(SubmitError::Invalid(findings.errors));
                }
                findings.warnings
            }
        };
        let guard = self.inner.working.take(&id).ok_or(SubmitError::InProgress)?;
        let patience = within.unwrap_or(self.inner.pace.patience);
        let (hash, submission, at) = (content.hash.clone(), content.json, self.inner.clock.now());
        // A time beyond all times is none.
        let deadline = within.and_then(|within| at.checked_add(within).ok());
        let new = NewEntry { id, hash, submission, warnings, deadline, at };
        let (entry, lease) = match self.inner.journal.accept(new).await.map_err(SubmitError::Journal)? {
            Accepted::New(entry, lease) => {
                measures::accepted(content.submission.operation());
                let fresh = Some(Fresh { submission: content.submission, valid_on: today });
                let effort = Effort::submit(patience, entry.state).until(until);
                return self.drive(entry, lease, guard, effort, fresh).await.map_err(SubmitError::Interrupted);
            }
            Accepted::Known(entry) => {
                if let Some(standing) = stored(&entry, &content.hash)? {
                    self.leave(guard, entry.id);
                    return Ok(standing);
                }
                match self.inner.journal.claim(&entry.id).await.map_err(SubmitError::Interrupted)? {
                    Claim::Granted(entry, lease) => (entry, lease),
                    Claim::Held(_) => {
                        self.leave(guard, entry.id);
                        return Err(SubmitError::InProgress);
                    }
                }
            }
        };
        let effort = Effort::submit(patience, entry.state).until(until);
        self.drive(entry, lease, guard, effort, None).await.map_err(SubmitError::Interrupted)
    }

    /// The outcome of what was submitted under `key`. When it is pending or in doubt, the provider is asked once; where
    /// repeating the request with its key is the only way to ask, that is done. An answer that it is surely not
    /// registered lets the submission go on to another account, as in [`Dispatcher::submit`].
    ///
    /// # Errors
    /// [`SubmitError::UnknownKey`]; [`SubmitError::InProgress`] while the first attempt is under way;
    /// [`SubmitError::Interrupted`] when the journal fails.
    pub async fn status(&self, key: &str) -> Result<Standing, SubmitError> {
        let id = EntryId::of(key);
        let span = spans::submission(&id, "status");
        self.status_of(id).instrument(span).await
    }

    async fn status_of(&self, id: EntryId) -> Result<Standing, SubmitError> {
        let guard = self.inner.working.take(&id);
        let entry = self.inner.journal.find(&id).await.map_err(SubmitError::Interrupted)?;
        let entry = entry.ok_or(SubmitError::UnknownKey)?;
        let Some(guard) = guard else { return as_kept(entry) };
        if entry.state.may_be_registered() {
            return match self.inner.journal.claim(&id).await.map_err(SubmitError::Interrupted)? {
                Claim::Granted(entry, lease) => {
                    let standing = self.drive(entry, lease, guard, Effort::once(), None).await;
                    standing.map_err(SubmitError::Interrupted)
                }
                Claim::Held(entry) => {
                    self.leave(guard, id);
                    as_kept(entry)
                }
            };
        }
        self.leave(guard, id);
        let warnings = entry.warnings;
        if let (true, Some(outcome)) = (entry.state.is_final(), entry.outcome) {
            return Ok(Standing { outcome, warnings });
        }
        Ok(Standing { outcome: waiting(&entry.attempts), warnings })
    }

    /// What would become of `submission` under `key`: every candidate's verdict and the exact request. Nothing is sent
    /// and nothing is kept.
    #[must_use]
    pub fn explain(&self, key: &str, submission: &Submission) -> Explanation {
        let findings = validate(submission, self.today());
        Explanation::new(&self.inner.accounts, &self.inner.routes, key, submission, findings)
    }

    /// The documents that the provider of an account has.
    ///
    /// # Errors
    /// See [`Asker::list`].
    pub async fn list(&self, account: &str, query: &ListQuery) -> Result<DocumentList, QueryError> {
        self.asker(account)?.list(query).await
    }

    /// The registers of an account.
    ///
    /// # Errors
    /// See [`Asker::devices`].
    pub async fn devices(&self, account: &str, query: &DevicesQuery) -> Result<RegisterList, QueryError> {
        self.asker(account)?.devices(query).await
    }

    /// Tells the provider of an account where to send outcomes.
    ///
    /// # Errors
    /// See [`Asker::configure_callback`].
    pub async fn configure_callback(
        &self,
        account: &str,
        settings: &CallbackSettings,
    ) -> Result<CallbackConfigured, QueryError> {
        self.asker(account)?.configure_callback(settings).await
    }

    fn asker(&self, account: &str) -> Result<Asker<'_>, QueryError> {
        let Inner { accounts, transport, clock, pace, .. } = &*self.inner;
        let found = accounts.iter().find(|known| known.name == account);
        let account = found.ok_or_else(|| QueryError::UnknownAccount(account.to_owned()))?;
        Ok(Asker { account, transport: &**transport, clock: &**clock, pace })
    }

    /// Works on an entry in a task of its own, so that a caller who stops waiting does not stop it half way.
    async fn drive(
        &self,
        mut entry: Entry,
        lease: Lease,
        guard: Guard,
        effort: Effort,
        fresh: Option<Fresh>,
    ) -> Result<Standing, JournalError> {
        let warnings = std::mem::take(&mut entry.warnings);
        let inner = Arc::clone(&self.inner);
        let mut work = match fresh {
            Some(fresh) => Work::fresh(inner, entry, lease, effort, guard.ear(), fresh),
            None => Work::new(inner, entry, lease, effort, guard.ear())?,
        };
        let span = tracing::Span::current();
        span.record("operation", work.operation().name());
        let task = async move {
            // It may have ended before the right to work on it was had.
            let result = match work.outcome.clone().filter(|_| work.state.is_final()) {
                Some(outcome) => Ok(Some(outcome)),
                None => work.run().await.map(Some),
            };
            let outcome = let_go(work, guard, result).await;
            let result =
                outcome.and_then(|outcome| outcome.ok_or_else(|| JournalError::Missing("an outcome".to_owned())));
            match &result {
                Ok(outcome) => {
                    span.record("account", outcome.account());
                    span.record("outcome", outcome.name());
                    tracing::info!(outcome = outcome.name(), "done");
                }
                Err(error) => tracing::error!(%error, "the journal failed"),
            }
            result
        };
        let outcome = tokio::spawn(task.in_current_span()).await.map_err(ended)??;
        Ok(Standing { outcome, warnings })
    }

    /// Gives the right to work on an entry back; what was left for it meanwhile is looked at.
    fn leave(&self, guard: Guard, id: EntryId) {
        if let Err((guard, word)) = guard.release() {
            self.follow(guard, id, word, None);
        }
    }

    fn today(&self) -> Date {
        self.inner.clock.today()
    }
}

/// How the entry stands if it has ended; `None` if there is work to do.
fn stored(entry: &Entry, hash: &str) -> Result<Option<Standing>, SubmitError> {
    if entry.hash != hash {
        return Err(SubmitError::Conflict { stored_hash: entry.hash.clone(), given_hash: hash.to_owned() });
    }
    let outcome = entry.outcome.clone().filter(|_| entry.state.is_final());
    Ok(outcome.map(|outcome| Standing { outcome, warnings: entry.warnings.clone() }))
}

/// What is known of a submission that is accepted, and nothing else.
fn waiting(attempts: &[Attempt]) -> Outcome {
    let account = attempts.last().map(|attempt| attempt.account.clone()).unwrap_or_default();
    let about = "It is accepted, and nothing that could be registered has been sent yet; `resume` goes on with it.";
    Outcome::Pending { account, about: about.to_owned() }
}

/// How an entry stands that somebody else works on.
fn as_kept(entry: Entry) -> Result<Standing, SubmitError> {
    let outcome = entry.outcome.ok_or(SubmitError::InProgress)?;
    Ok(Standing { outcome, warnings: entry.warnings })
}

/// Whether `key` is a key: 1 to 64 visible characters of ASCII (FACTS F).
#[must_use]
pub fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A task that has ended otherwise than by itself: a panic goes on in the caller.
fn ended(error: tokio::task::JoinError) -> JournalError {
    if error.is_panic() {
        panic::resume_unwind(error.into_panic());
    }
    JournalError::Unavailable("the runtime is shutting down".to_owned())
}

#[cfg(test)]
mod tests;
