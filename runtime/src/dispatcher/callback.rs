//! Callbacks: what a provider tells by itself. Each is verified, kept, and only then answered; what it says moves the
//! entry once, in whatever order it comes.

use std::sync::Arc;

use http::StatusCode;
use kassa_core::callback::{answer, first};
use kassa_core::{CallbackRefusal, Notice, Reply, Request, Trust};
use kassa_providers::uniform::Operation;
use tokio::sync::oneshot;
use tracing::Instrument;

use super::effort::Effort;
use super::listen::let_go;
use super::work::Work;
use super::working::{Guard, Word};
use super::{Dispatcher, spans};
use crate::account::Account;
use crate::error::CallbackError;
use crate::journal::{Attempt, Claim, Entry, EntryId, JournalError, KeptCallback, NewCallback};
use crate::measures;
use crate::outcome::Outcome;
use crate::redaction::Redaction;
use crate::transport::REPLY_LIMIT;

/// How many callbacks of unknown origin are kept of an entry.
const RUMOURS: usize = 16;

/// What a callback was about: an extension of the answer to it, for the service that passes it on.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The key of the submission.
    pub key: String,
    /// What is known of its outcome now; `None` while it is being worked on: ask for its status later.
    pub outcome: Option<Outcome>,
}

impl Dispatcher {
    /// Takes a request that came to the address which `account` gave to its provider, and gives the answer to it.
    ///
    /// What cannot prove where it comes from is answered with 401 and teaches nothing. What can is in the journal before
    /// it is answered as the provider expects, so none has to come twice; and it may come twice, late, before the answer
    /// to the request itself, or of an attempt that is over. It is weighed once:
    ///
    /// - It ends a submission that is open, as an answer to its request would.
    /// - What has ended stays as it is. A callback that says otherwise is a [`crate::journal::Effect::Conflict`]: it is
    ///   kept, logged as an error, and shown by [`Dispatcher::callbacks`].
    /// - Of a key that is nobody's, or another account's, it is answered as received, since no repeat would help.
    ///
    /// Where the provider gives no means to verify, nothing is believed: its status is asked for, or the callback is kept
    /// for an operator. The answer never tells more than "received", and never waits for a provider.
    ///
    /// The answer has [`Told`] as an extension when the callback was about a submission of this journal.
    ///
    /// # Errors
    /// When there is no such account, its provider calls nobody back, or the journal fails. [`CallbackError::answer`] is
    /// then the answer.
    pub async fn callback(&self, account: &str, request: Request) -> Result<Reply, CallbackError> {
        let span =
            tracing::info_span!("callback", account, callback = tracing::field::Empty, key = tracing::field::Empty);
        self.hear(account, request).instrument(span).await
    }

    /// The callbacks that are kept of what was submitted under `key`, the first one first.
    ///
    /// # Errors
    /// When the journal fails.
    pub async fn callbacks(&self, key: &str) -> Result<Vec<KeptCallback>, JournalError> {
        self.inner.journal.callbacks(&EntryId::of(key)).await
    }

    async fn hear(&self, account: &str, request: Request) -> Result<Reply, CallbackError> {
        let known = self.inner.accounts.iter().find(|known| known.name == account);
        let account = known.ok_or_else(|| CallbackError::UnknownAccount(account.to_owned()))?;
        if request.body().len() > REPLY_LIMIT {
            tracing::warn!("a callback is too long");
            measures::called_back(account, "unread");
            return Ok(answer(StatusCode::PAYLOAD_TOO_LARGE));
        }
        let notice = match account.provider.callback(&request) {
            Ok(notice) => notice,
            Err(refusal) => return refused(account, &refusal),
        };
        let span = tracing::Span::current();
        span.record("callback", notice.callback);
        let Some(key) = notice.key.as_deref() else {
            tracing::info!("a callback names no key: it is about nothing of ours");
            measures::called_back(account, "stale");
            return Ok(notice.answer);
        };
        let addressed = self.addressed(account, &request, &notice, key).await;
        let Some((entry, attempt)) = addressed.inspect_err(|_| measures::called_back(account, "failed"))? else {
            measures::called_back(account, "stale");
            return Ok(notice.answer);
        };
        span.record("key", entry.id.key.as_str());
        let new = self.kept(account, &attempt, &notice, request);
        let (heard, result) = match notice.trust {
            Trust::Verified => (self.believe(entry.id.clone(), &attempt, new).await, "accepted"),
            Trust::Unverified(why) => {
                tracing::info!(why, "a callback cannot be verified");
                (self.doubt(&entry, new).await.map(|()| entry.outcome), "unverified")
            }
        };
        measures::called_back(account, if heard.is_ok() { result } else { "failed" });
        let outcome = heard?;
        let mut answer = notice.answer;
        answer.extensions_mut().insert(Told { key: entry.id.key, outcome });
        Ok(answer)
    }

    /// The entry and the attempt whose key a callback names.
    async fn addressed(
        &self,
        account: &Account,
        request: &Request,
        notice: &Notice,
        key: &str,
    ) -> Result<Option<(Entry, Attempt)>, CallbackError> {
        let mut found = None;
        // A UUID is the same in either case.
        for spelling in [key.to_owned(), key.to_ascii_lowercase(), key.to_ascii_uppercase()] {
            if found.is_none() && (spelling == key || account.provider.info().uuid_keys) {
                found = self.inner.journal.named(&spelling).await?;
            }
        }
        let Some(id) = found else {
            tracing::info!("a callback names a key of nobody's");
            return Ok(None);
        };
        let Some(entry) = self.inner.journal.find(&id).await? else { return Ok(None) };
        if entry.is_purged() {
            tracing::warn!(submission = id.key, "a callback is about what has ended so long ago that it is not kept");
            return Ok(None);
        }
        let mut attempts: Vec<&Attempt> =
            entry.attempts.iter().filter(|attempt| attempt.provider_key.eq_ignore_ascii_case(key)).collect();
        // The last one at the account itself, or else at another that the callback proves itself to as well: several
        // registers of one shop are several accounts, and the shop has one address for callbacks.
        attempts.sort_by_key(|attempt| (attempt.account == account.name, attempt.n));
        let meant = attempts.into_iter().rev().find(|attempt| {
            attempt.account == account.name
                || self.inner.accounts.iter().any(|other| {
                    other.name == attempt.account
                        && other.provider.info().name == account.provider.info().name
                        && first([other.provider.callback(request)]).is_ok_and(|other| other.trust == notice.trust)
                })
        });
        let Some(attempt) = meant.cloned() else {
            tracing::warn!(submission = id.key, "a callback names a key of another account");
            return Ok(None);
        };
        Ok(Some((entry, attempt)))
    }

    /// Keeps a callback that may be believed, and sees to it that it is weighed. What is known then.
    async fn believe(
        &self,
        id: EntryId,
        attempt: &Attempt,
        new: NewCallback,
    ) -> Result<Option<Outcome>, CallbackError> {
        let kept = self.inner.journal.hear(&id, new).await?;
        tracing::info!(attempt = attempt.n, n = kept.n, times = kept.times, "heard");
        let Some(guard) = self.inner.working.take_or_leave(&id, Word::Callback) else { return Ok(None) };
        let (told, heard) = oneshot::channel();
        self.follow(guard, id, Word::Callback, Some(told));
        // Dropped when the journal failed; then `resume` looks at it again.
        Ok(heard.await.unwrap_or_default())
    }

    /// Lets the provider be asked about what a callback says that anybody may have sent; keeps it for people where
    /// nobody can be asked.
    async fn doubt(&self, entry: &Entry, new: NewCallback) -> Result<(), CallbackError> {
        if !entry.state.may_be_registered() {
            return Ok(());
        }
        let last = entry.attempts.last().map(|last| last.account.as_str());
        let account = self.inner.accounts.iter().find(|account| Some(account.name.as_str()) == last);
        if account.is_some_and(|account| account.supports(Operation::Status).is_ok()) {
            if let Some(guard) = self.inner.working.take_or_leave(&entry.id, Word::Rumour) {
                self.follow(guard, entry.id.clone(), Word::Rumour, None);
            }
            return Ok(());
        }
        let rumours = self.inner.journal.callbacks(&entry.id).await?;
        if rumours.iter().filter(|kept| !kept.verified).count() >= RUMOURS {
            tracing::warn!("so many callbacks of unknown origin are kept that this one is not");
            return Ok(());
        }
        self.inner.journal.hear(&entry.id, new).await?;
        Ok(())
    }

    /// A callback as it is kept: a provider that repeats what the account gave it does not get that into a journal.
    fn kept(&self, account: &Account, attempt: &Attempt, notice: &Notice, request: Request) -> NewCallback {
        let body = request.into_body();
        NewCallback {
            attempt: attempt.n,
            callback: notice.callback.to_owned(),
            verified: notice.trust == Trust::Verified,
            body: Redaction::of_secrets(account, []).clean(&body).map_or(body, Into::into),
            at: self.inner.clock.now(),
        }
    }

    /// Looks at what was left for an entry, in a task of its own: whoever sent the callback is not kept waiting.
    pub(super) fn follow(&self, guard: Guard, id: EntryId, word: Word, told: Option<oneshot::Sender<Option<Outcome>>>) {
        let inner = Arc::clone(&self.inner);
        let span = spans::submission(&id, "callback");
        let task = async move {
            let result = async {
                // Read anew: it may have moved before the right to work on it was had. Whoever has it looks at callbacks
                // before it is given back.
                let Claim::Granted(entry, lease) = inner.journal.claim(&id).await? else { return Ok(()) };
                let mut work = Work::new(Arc::clone(&inner), entry, lease, Effort::once(), guard.ear())?;
                let result = work.follow(word, told).await;
                let_go(work, guard, result).await.map(|_| ())
            };
            if let Err(error) = result.await {
                tracing::error!(%error, "the journal failed");
            }
        };
        tokio::spawn(task.instrument(span));
    }
}

/// What is answered to a request of which nothing is learned.
fn refused(account: &Account, refusal: &CallbackRefusal) -> Result<Reply, CallbackError> {
    let (status, result) = match refusal {
        CallbackRefusal::NotOffered => return Err(CallbackError::NotOffered(account.name.clone())),
        CallbackRefusal::Method => (StatusCode::METHOD_NOT_ALLOWED, "unread"),
        // The provider may try again when the account is mended.
        CallbackRefusal::Unconfigured(_) => (StatusCode::SERVICE_UNAVAILABLE, "unconfigured"),
        CallbackRefusal::Forged { .. } => (StatusCode::UNAUTHORIZED, "forged"),
        CallbackRefusal::Unreadable(_) => (StatusCode::BAD_REQUEST, "unread"),
    };
    // What cannot be read may be quoted, and tell of a buyer: the place is enough.
    let why = match refusal {
        CallbackRefusal::Unreadable(unreadable) => format!("`{}` is not what the document promises", unreadable.place),
        refusal => refusal.to_string(),
    };
    measures::called_back(account, result);
    tracing::warn!(why, status = status.as_u16(), "nothing is learned from a callback");
    Ok(answer(status))
}
