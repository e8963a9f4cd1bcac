//! What callbacks that are kept say of an entry, and what follows: each is weighed once.

use std::sync::Arc;
use std::time::Duration;

use kassa_core::{Finding, Means, Repeat, Request, Verdict};
use kassa_providers::uniform::{Operation, Registration};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::effort::Effort;
use super::exchange::{Answer, Rejection};
use super::work::{Found, Work};
use super::working::{Guard, Word};
use crate::account::Account;
use crate::journal::{Effect, Fate, JournalError, KeptCallback, State, Tenure};
use crate::measures;
use crate::outcome::Outcome;

/// What callbacks have shown of an entry that was open.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one at a time, and soon taken apart")]
pub(super) enum Heard {
    /// How it ended.
    Ended(Outcome),
    /// The request of the last attempt is surely not registered.
    Rejected(Rejection),
    /// Something has happened that the provider is better asked about.
    Ask,
}

/// What one callback does.
#[allow(clippy::large_enum_variant, reason = "one at a time, and soon taken apart")]
enum Weight {
    /// This, which is kept with it.
    Does(Effect, Option<String>),
    /// It moves the entry to its end.
    Ends(Registration),
    /// It rejects the last attempt.
    Rejects(Finding),
    /// It says that the last attempt failed, and a repeat of it may still be processed.
    Asks,
    /// It moves the entry, and ends nothing.
    Moves(Finding),
    /// What it does depends on what becomes of a later attempt.
    Waits,
}

impl Work {
    /// Weighs the callbacks that are kept and not weighed yet.
    pub(super) async fn listen(&mut self) -> Result<Option<Heard>, JournalError> {
        let mut heard = None;
        self.waits = false;
        for kept in self.inner.journal.callbacks(&self.id).await? {
            self.seen = kept.n;
            if kept.effect.is_some() || !kept.verified {
                continue;
            }
            let n = kept.attempt;
            let name = self.attempt(n)?.account.clone();
            let Some(account) = self.inner.accounts.iter().find(|account| account.name == name).cloned() else {
                tracing::warn!(account = name, "a callback waits for an account that is not configured any more");
                continue;
            };
            match self.weight(&account, &kept)? {
                Weight::Does(effect, about) => {
                    if let Some(about) = &about {
                        tracing::error!(account = name, attempt = n, about, "a callback contradicts what is known");
                    }
                    self.weighed(kept.n, effect, about).await;
                }
                Weight::Ends(registration) => {
                    let outcome = self.registered(&account, n, registration, Answer::told(&kept)).await?;
                    heard = Some(Heard::Ended(outcome));
                }
                Weight::Moves(finding) if finding.class.means == Means::Pending => {
                    self.pending(&account, n, &finding, Answer::told(&kept)).await?;
                }
                Weight::Moves(finding) => {
                    self.doubt(Ok(&account), n, &finding, Answer::told(&kept)).await?;
                }
                // Weighed when the rejection is kept; a registration that is told of as well comes before it.
                Weight::Rejects(finding) if heard.is_none() => {
                    heard = Some(Heard::Rejected(Rejection::new(finding, Answer::told(&kept))));
                }
                Weight::Asks => {
                    self.weighed(kept.n, Effect::Nothing, None).await;
                    heard = heard.or(Some(Heard::Ask));
                }
                Weight::Rejects(_) => {}
                Weight::Waits => {
                    self.waits = true;
                    tracing::error!(
                        account = name,
                        attempt = n,
                        "a callback tells of a registration before the last attempt"
                    );
                }
            }
        }
        Ok(heard)
    }

    /// What a callback does to the entry as it stands.
    fn weight(&self, account: &Account, kept: &KeptCallback) -> Result<Weight, JournalError> {
        let attempt = self.attempt(kept.attempt)?;
        let is_last = self.attempts.last().is_some_and(|last| last.n == attempt.n);
        let is_live = is_last && self.state.may_be_registered();
        let request = Request::new(kept.body.clone());
        let key = &attempt.provider_key;
        let decode = || account.provider.callback_verdict(&kept.callback, key, self.operation(), &request);
        let finding = match self.classified(account, decode) {
            Verdict::Done(registration) => {
                let conflict = |about: String| Weight::Does(Effect::Conflict, Some(about));
                return Ok(match (self.state, &self.outcome) {
                    (State::Registered, Some(Outcome::Registered { account: holder, registration: known, .. })) => {
                        match difference(known, &registration) {
                            _ if *holder != account.name || attempt.fate != Some(Fate::Registered) => conflict(
                                format!("`{key}` is registered by {}, and {holder} has registered it", account.name),
                            ),
                            Some(difference) => conflict(difference),
                            None => Weight::Does(Effect::Same, None),
                        }
                    }
                    (state, _) if state.is_final() => {
                        conflict(format!("`{key}` is registered by {}, and it has ended as {state}", account.name))
                    }
                    _ if attempt.sends == 0 => {
                        conflict(format!("`{key}` is registered by {}, and was never sent there", account.name))
                    }
                    (State::Pinned, _) => Weight::Ends(registration),
                    _ if is_live => Weight::Ends(registration),
                    _ => Weight::Waits,
                });
            }
            Verdict::Found(finding) => finding,
        };
        Ok(match finding.class.means {
            // What is said at the door says nothing of the key, as in an answer.
            Means::Rejected if !finding.new_key => Weight::Does(Effect::Nothing, None),
            // Of several requests under one key, a later one may still be processed after an earlier one has failed (SC9).
            Means::Rejected if is_live && attempt.sends > 1 && account.supports(Operation::Status).is_ok() => {
                Weight::Asks
            }
            Means::Rejected if is_live => Weight::Rejects(finding),
            Means::Rejected if attempt.fate == Some(Fate::Registered) => {
                let about = format!("`{key}` is told to have failed, and {} has registered it", account.name);
                Weight::Does(Effect::Conflict, Some(about))
            }
            Means::Rejected if attempt.fate == Some(Fate::Rejected) => Weight::Does(Effect::Same, None),
            Means::Pending if is_live && self.state != State::Pending => Weight::Moves(finding),
            Means::Doubt if is_live && (finding.class.repeat == Repeat::Never || self.state == State::Pending) => {
                Weight::Moves(finding)
            }
            _ => Weight::Does(Effect::Nothing, None),
        })
    }

    /// Keeps what a callback did that moves nothing. It is weighed again if this is not kept.
    pub(super) async fn weighed(&self, n: u32, effect: Effect, about: Option<String>) {
        measures::weighed(effect);
        tracing::info!(callback = n, effect = effect.name(), "weighed");
        if let Err(error) = self.inner.journal.weigh(&self.id, n, effect, about).await {
            tracing::warn!(%error, callback = n, "what a callback did is not kept");
        }
    }

    /// What callbacks have shown since the last time, of a submission that has been sent. They may have come to another
    /// process, which leaves no word here.
    pub(super) async fn news(&mut self) -> Result<Option<Heard>, JournalError> {
        let sent = self.attempts.iter().any(|attempt| attempt.sends > 0);
        if self.ear.callback() || sent { self.listen().await } else { Ok(None) }
    }

    /// Gives the right to work on the entry back, unless a callback waits.
    async fn let_go(&mut self) -> Tenure {
        if self.tenure == Tenure::Lasts {
            self.tenure = match self.inner.journal.release(&self.lease, self.seen).await {
                Ok(tenure) => tenure,
                // Kept by a journal that is well again: whoever claims it through the same handle gets it.
                Err(error) => {
                    tracing::warn!(%error, "the right to work on an entry is not given back");
                    Tenure::Over
                }
            };
        }
        self.tenure
    }

    /// Sleeps, and gives up sleeping when a callback comes or the dispatcher is closed.
    pub(super) async fn pause(&self, pause: Duration) {
        tokio::select! {
            () = sleep(pause) => {}
            () = self.ear.wait() => {}
            () = self.inner.closing.wait() => {}
        }
    }

    /// Looks at what a callback says, tells what became of it, and goes on where that leads on.
    pub(super) async fn follow(
        &mut self,
        word: Word,
        told: Option<oneshot::Sender<Option<Outcome>>>,
    ) -> Result<Option<Outcome>, JournalError> {
        let heard = match word {
            Word::Callback => self.listen().await?,
            Word::Rumour if self.state.may_be_registered() => Some(Heard::Ask),
            Word::Rumour => None,
        };
        let ended = match &heard {
            Some(Heard::Ended(outcome)) => Some(outcome.clone()),
            _ => self.outcome.clone(),
        };
        if let Some(told) = told {
            // Whoever asked may have gone.
            let _ = told.send(ended.clone());
        }
        match (word, heard) {
            (_, None | Some(Heard::Ended(_))) => Ok(ended),
            (Word::Callback, Some(Heard::Rejected(_) | Heard::Ask)) => {
                self.effort = Effort::submit(self.inner.pace.patience, self.state);
                self.run().await.map(Some)
            }
            (Word::Rumour, Some(_)) => {
                // However many rumours come, the provider is asked once in a while.
                self.pause(self.inner.pace.first_delay).await;
                self.effort = Effort::once();
                self.run().await.map(Some)
            }
        }
    }

    /// What [`Work::settle`] takes for the end of an attempt.
    pub(super) fn found(heard: Option<Heard>) -> Option<Found> {
        match heard? {
            Heard::Ended(outcome) => Some(Found::Ended(outcome)),
            Heard::Rejected(rejection) => Some(Found::Rejected(rejection)),
            Heard::Ask => None,
        }
    }
}

/// Looks at all that is left for an entry, until nothing is, and gives the right to work on it back. What was known
/// before is `result`.
pub(super) async fn let_go(
    mut work: Work,
    mut guard: Guard,
    mut result: Result<Option<Outcome>, JournalError>,
) -> Result<Option<Outcome>, JournalError> {
    loop {
        let word = match guard.release() {
            Err((again, word)) => {
                guard = again;
                word
            }
            Ok(()) => match work.let_go().await {
                Tenure::Over => return result,
                // It came to another process, which leaves no word here.
                Tenure::Lasts => match work.inner.working.take(&work.id) {
                    Some(again) => {
                        work.ear = again.ear();
                        guard = again;
                        Word::Callback
                    }
                    None => return result,
                },
            },
        };
        // A journal that fails is asked again by `resume`; what is kept in it waits.
        let Ok(known) = result else { return result };
        result = work.follow(word, None).await.map(|found| found.or(known));
    }
}

/// Where two registrations of one submission are not the same document.
fn difference(known: &Registration, told: &Registration) -> Option<String> {
    let number = |name: &str, known: Option<i64>, told: Option<i64>| match (known, told) {
        (Some(known), Some(told)) if known != told => Some(format!("{name}: {known} is registered, {told} is told")),
        _ => None,
    };
    number("document_number", known.document_number, told.document_number)
        .or_else(|| number("fiscal_sign", known.fiscal_sign, told.fiscal_sign))
        .or_else(|| match (&known.fn_serial, &told.fn_serial) {
            (Some(known), Some(told)) if known != told => {
                Some(format!("fn_serial: {known} is registered, {told} is told"))
            }
            _ => None,
        })
        .or_else(|| match (known.total, told.total) {
            (Some(known), Some(told)) if known != told => Some(format!("total: {known} is registered, {told} is told")),
            _ => None,
        })
}

/// Shared by whoever works on an entry and whoever leaves word.
pub(super) type SharedEar = Arc<super::working::Ear>;
