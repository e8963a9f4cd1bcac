//! How a pending submission, or a doubt, comes to its end: by asking, or by repeating the same request with its key.

use std::time::Duration;

use kassa_core::{Doubt, ErrorClass, Finding, Means, Repeat, Verdict};
use kassa_providers::uniform::error_class;
use tokio::time::{Instant, timeout};

use super::exchange::{Answer, Exchange, Rejection};
use super::work::{Found, Work};
use crate::account::Account;
use crate::journal::{JournalError, State};
use crate::reason;

/// How long a key is taken to be remembered where no document says so: longer than anybody waits for a receipt, and
/// shorter than anything is thrown away after.
const UNSTATED_RETENTION: Duration = Duration::from_secs(24 * 3600);

/// How long an answer that decided nothing is taken to be remembered at most: services keep what went well for long, and
/// of what did not only the register may know (B.3, D.3).
const ANSWERED_RETENTION: Duration = Duration::from_secs(3600);

/// What a question or a repeat has shown.
#[allow(clippy::large_enum_variant, reason = "one at a time, and soon taken apart")]
enum Shown {
    /// How it ended.
    Ended(Found),
    /// Nothing new; the provider may have asked for a pause.
    Open(Option<Duration>),
    /// The provider does not have it, as this finding says.
    NotThere(Finding, Answer),
}

impl Work {
    /// Goes on with attempt `n`, which may be registered, until it ends or patience does.
    pub(super) async fn settle(&mut self, account: &Account, n: u32) -> Result<Found, JournalError> {
        if let Some(found) = Self::found(self.listen().await?) {
            return Ok(found);
        }
        if self.state == State::Held && !(self.effort.awaits && account.provider.awaits_callbacks()) {
            return Ok(Found::Ended(self.outcome(account)));
        }
        // It was not so when it was left: time passes, and configuration changes.
        if self.state == State::InDoubt
            && self.is_for_people(account, n, self.class_of(n)?, self.attempt(n)?.provider_id.as_ref())?
        {
            return self.hold(account, n).await.map(Found::Ended);
        }
        let began = Instant::now();
        let doubt = account.doubt();
        let patience = self.effort.for_doubt(doubt, &self.inner.pace);
        // When the last request left, as far as this process can swear to. A clock on the wall may jump.
        let mut quiet_since = began;
        let (mut repeats, mut asked_to_wait, mut told, mut missed) = (0, None, false, false);
        for round in 1..=self.effort.rounds {
            if self.inner.closing.is_closed() {
                break;
            }
            let asks = self.state != State::Held && self.can_ask(account, n, self.attempt(n)?.provider_id.as_ref())?;
            let may_repeat = self.may_repeat(doubt, asks, n, repeats)?;
            if !asks && !may_repeat {
                if self.callback_comes(account, patience.saturating_sub(began.elapsed())).await {
                    if let Some(found) = Self::found(self.news().await?) {
                        return Ok(found);
                    }
                    continue;
                }
                break;
            }
            if round > 1 || !self.effort.at_once {
                let pause = self.inner.pace.delay(self.key(), round).max(asked_to_wait.take().unwrap_or_default());
                if began.elapsed() + pause > patience {
                    break;
                }
                self.pause(pause).await;
                if self.inner.closing.is_closed() {
                    break;
                }
            }
            if let Some(found) = Self::found(self.news().await?) {
                return Ok(found);
            }
            let mut repeat = !asks;
            if asks {
                let missed_before = std::mem::take(&mut missed);
                match self.ask_once(account, n).await? {
                    // Of several requests under one key, a later one may still be processed after an earlier one has
                    // failed (SC9): what a question tells of a rejection is believed the second time.
                    Shown::Ended(Found::Rejected(_))
                        if !told && (self.effort.rounds > 1 || self.attempt(n)?.sends > 1) =>
                    {
                        told = true;
                    }
                    Shown::Ended(found) => return Ok(found),
                    Shown::Open(pause) => asked_to_wait = pause,
                    // The provider answers a key that it knows as the first time, so this registers once at most.
                    Shown::NotThere(..) if may_repeat => repeat = true,
                    // What the provider had once taken was there: that it is not found any more proves nothing.
                    Shown::NotThere(_, answer) if self.attempt(n)?.accepted => {
                        self.learn_doubt(account, n, &reason::gone(), answer).await?;
                    }
                    Shown::NotThere(finding, answer) => match doubt {
                        Doubt::Locatable { visible_after: Some(visible_after) }
                            if quiet_since.elapsed() >= visible_after =>
                        {
                            if missed_before {
                                let finding = reason::not_there(&finding);
                                return Ok(Found::Rejected(Rejection {
                                    elsewhere: true,
                                    ..Rejection::new(finding, answer)
                                }));
                            }
                            missed = true;
                        }
                        Doubt::Keyed { .. } | Doubt::Locatable { .. } | Doubt::Blind => {}
                    },
                }
            }
            if repeat && !told {
                repeats += 1;
                match self.repeat_once(account, n).await? {
                    Shown::Ended(found) => return Ok(found),
                    Shown::Open(pause) => asked_to_wait = pause,
                    Shown::NotThere(..) => {}
                }
                quiet_since = Instant::now();
            }
        }
        Ok(Found::Ended(self.outcome(account)))
    }

    /// Whether a callback comes within `patience`, where it may come at all and be believed.
    async fn callback_comes(&self, account: &Account, patience: Duration) -> bool {
        let awaits = self.effort.awaits && account.provider.awaits_callbacks();
        // One that came to another process leaves no word here: the journal is looked at once in a while.
        let turn = patience.min(self.inner.pace.max_delay);
        let rung = async {
            tokio::select! {
                () = self.ear.wait() => {}
                () = self.inner.closing.wait() => {}
            }
        };
        awaits && !patience.is_zero() && (timeout(turn, rung).await.is_ok() || turn < patience)
    }

    /// The class of what is known of attempt `n`.
    fn class_of(&self, n: u32) -> Result<&'static ErrorClass, JournalError> {
        let reason = self.attempt(n)?.reason.as_ref();
        Ok(reason.and_then(|reason| error_class::by_name(&reason.class)).unwrap_or(&error_class::OUTCOME_UNKNOWN))
    }

    /// Whether nothing that Kassa may do can tell how attempt `n` ended, after an answer of this class.
    pub(super) fn is_for_people(
        &self,
        account: &Account,
        n: u32,
        class: &ErrorClass,
        provider_id: Option<&String>,
    ) -> Result<bool, JournalError> {
        if class.means == Means::Doubt && class.repeat == Repeat::Never {
            return Ok(true);
        }
        if self.can_ask(account, n, provider_id)? {
            return Ok(false);
        }
        Ok(match account.doubt() {
            Doubt::Keyed { retention } => !self.is_remembered(retention, n)?,
            Doubt::Locatable { .. } | Doubt::Blind => true,
        })
    }

    /// Whether the request of attempt `n` may be sent again: only where the provider knows it by its key, and only while
    /// it surely still does.
    fn may_repeat(&self, doubt: Doubt, asks: bool, n: u32, repeats: u32) -> Result<bool, JournalError> {
        let Doubt::Keyed { retention } = doubt else { return Ok(false) };
        if self.state == State::Held {
            return Ok(false);
        }
        // Where repeating is the only way to ask, a submission that is being processed is asked for with patience.
        if (asks || self.state != State::Pending) && repeats + 1 >= self.inner.pace.attempts {
            return Ok(false);
        }
        self.is_remembered(retention, n)
    }

    /// Whether a provider that remembers keys for so long still remembers that of attempt `n`.
    fn is_remembered(&self, retention: Option<Duration>, n: u32) -> Result<bool, JournalError> {
        let Some(first) = self.attempt(n)?.first_sent_at else { return Ok(true) };
        let retention = retention.unwrap_or(UNSTATED_RETENTION);
        let attempt = self.attempt(n)?;
        let answered = attempt.reply.as_ref().is_some_and(|reply| (200..300).contains(&reply.status));
        let retention =
            if answered && attempt.reason.is_some() { retention.min(ANSWERED_RETENTION) } else { retention };
        // A clock that went backwards makes nothing younger than its entry is known to be.
        let age = self.inner.clock.now().max(self.changed_at).duration_since(first);
        Ok(Duration::try_from(age).is_ok_and(|age| age < retention))
    }

    /// Asks the provider once.
    async fn ask_once(&mut self, account: &Account, n: u32) -> Result<Shown, JournalError> {
        let Some(exchange) = self.ask(account, n).await? else { return Ok(Shown::Open(None)) };
        let shown = self.weigh(account, n, exchange).await?;
        self.keep_exchanges().await?;
        Ok(shown)
    }

    /// Sends the same request once more.
    async fn repeat_once(&mut self, account: &Account, n: u32) -> Result<Shown, JournalError> {
        let exchange = self.submit(account, n).await?;
        let shown = self.weigh(account, n, exchange).await?;
        self.keep_exchanges().await?;
        Ok(shown)
    }

    /// What an exchange shows of a submission that left before it.
    async fn weigh(&mut self, account: &Account, n: u32, exchange: Exchange) -> Result<Shown, JournalError> {
        let (verdict, answer) = match exchange {
            Exchange::Answered(verdict, answer) => (verdict, answer),
            // Of the question or the repeat; it says nothing of what left before.
            Exchange::NotConnected(why) | Exchange::Lost(why) => {
                tracing::debug!(account = account.name, attempt = n, why, "no answer");
                return Ok(Shown::Open(None));
            }
        };
        let finding = match verdict {
            Verdict::Done(registration) => {
                return Ok(Shown::Ended(Found::Ended(self.registered(account, n, registration, answer).await?)));
            }
            Verdict::Found(finding) => finding,
        };
        match finding.class.means {
            Means::Rejected if speaks_of_the_key(&finding) => {
                Ok(Shown::Ended(Found::Rejected(Rejection::new(finding, answer))))
            }
            Means::Rejected => {
                tracing::debug!(account = account.name, attempt = n, class = finding.class.name, "not let in");
                Ok(Shown::Open(answer.retry_after))
            }
            Means::Pending => {
                let pause = answer.retry_after;
                self.pending(account, n, &finding, answer).await?;
                Ok(Shown::Open(pause))
            }
            Means::Doubt if finding.class.name == error_class::NOT_FOUND.name => Ok(Shown::NotThere(finding, answer)),
            Means::Doubt if finding.class.repeat == Repeat::Never => {
                self.doubt(Ok(account), n, &finding, answer).await?;
                Ok(Shown::Ended(Found::Ended(self.outcome(account))))
            }
            Means::Doubt => {
                let pause = answer.retry_after;
                // The provider speaks of it, and decides nothing. A server that fails speaks of itself.
                if answer.reply.as_ref().is_some_and(|reply| (200..300).contains(&reply.status)) {
                    let accepted = finding.about != Finding::UNREADABLE;
                    self.learn_doubt(account, n, &finding, Answer { accepted, ..answer }).await?;
                }
                Ok(Shown::Open(pause))
            }
        }
    }

    /// Keeps a doubt that an answer tells of, unless it is the one that is known.
    async fn learn_doubt(
        &mut self,
        account: &Account,
        n: u32,
        finding: &Finding,
        answer: Answer,
    ) -> Result<(), JournalError> {
        let known = self.attempt(n)?.reason.as_ref();
        let same = known.is_some_and(|known| {
            (known.class.as_str(), known.about.as_str(), &known.code)
                == (finding.class.name, finding.about, &finding.code)
        });
        if self.state == State::InDoubt && same {
            return Ok(());
        }
        self.doubt(Ok(account), n, finding, answer).await
    }
}

/// Whether a rejection tells how an earlier request under the same key ended, and not just that this question or repeat
/// was not let in.
///
/// A revoked token, a rate limit, a register that cannot be woken, or "duplicate" as a plain error are all said at the
/// door, while the earlier request may be registered. Only what the provider remembers of the key tells of the key, and
/// the mapping marks that: `new_key`.
fn speaks_of_the_key(finding: &Finding) -> bool {
    finding.new_key
}
