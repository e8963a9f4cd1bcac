//! The functions that record, one for each thing that happens.

use std::time::Duration;

use jiff::Timestamp;
use kassa_core::Reply;
use kassa_providers::uniform::Operation;
use metrics::SharedString;

use super::*;
use crate::account::Account;
use crate::error::SubmitError;
use crate::journal::{Backlog, Effect, State};
use crate::transport::SendError;

/// What an exchange is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To submit something.
    Submit,
    /// To submit it again, under the same key.
    Repeat,
    /// To ask what became of it.
    Question,
    /// To get a token.
    Login,
    /// To ask for something that is not journaled.
    Query,
}

impl Purpose {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Repeat => "repeat",
            Self::Question => "question",
            Self::Login => "login",
            Self::Query => "query",
        }
    }
}

/// What keeps a request from beginning at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delay {
    /// The account rests.
    Rest,
    /// As many as may be are under way.
    AtOnce,
    /// The provider has asked for a pause.
    RetryAfter,
    /// As many as may be were sent.
    Rate,
}

fn name(account: &str) -> SharedString {
    SharedString::from(if account.is_empty() { NO_ACCOUNT.to_owned() } else { account.to_owned() })
}

fn word(word: &'static str) -> SharedString {
    SharedString::const_str(word)
}

fn provider(account: &Account) -> SharedString {
    word(account.provider.info().name)
}

/// A submission is new in the journal.
pub(crate) fn accepted(operation: Operation) {
    ACCEPTED.count([word(operation.name())]);
}

/// A call to submit has no outcome.
pub(crate) fn refused(operation: Operation, error: &SubmitError) {
    let why = match error {
        SubmitError::Invalid(_) => "invalid",
        SubmitError::InvalidKey => "invalid_key",
        SubmitError::Conflict { .. } => "conflict",
        SubmitError::Closing => "closing",
        SubmitError::Late => "late",
        SubmitError::InProgress => "in_progress",
        SubmitError::Journal(_) => "journal",
        SubmitError::Interrupted(_) => "interrupted",
        SubmitError::UnknownKey => "unknown_key",
    };
    REFUSED.count([word(operation.name()), word(why)]);
}

/// A submission that was accepted at some time has come from one state to another; `account` has it, or had it last.
pub(crate) fn moved(
    account: Option<&Account>,
    operation: Operation,
    states: (State, State),
    times: (Timestamp, Timestamp),
) {
    let (from, to) = states;
    if from == to || matches!(to, State::Accepted | State::Pinned | State::Sent) {
        return;
    }
    let (outcome, operation) = (word(to.name()), word(operation.name()));
    let (account, provider) = match account {
        Some(account) => (name(&account.name), provider(account)),
        None => (word(NO_ACCOUNT), word(NO_ACCOUNT)),
    };
    OUTCOMES.count([account, provider, operation.clone(), outcome.clone()]);
    if to.is_final() {
        SUBMISSION.note([operation, outcome], between(times.0, times.1));
    }
}

/// From one moment to another; a clock that was set back makes it nothing, and never less.
fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// A request was made for an account, and kept.
pub(crate) fn attempted(account: &Account, operation: Operation) {
    ATTEMPTS.count([name(&account.name), provider(account), word(operation.name())]);
}

/// An exchange that is under way, until it is dropped.
pub(crate) struct UnderWay(SharedString);

impl UnderWay {
    pub(crate) fn begin(account: &Account) -> Self {
        let account = name(&account.name);
        UNDER_WAY.change([account.clone()], 1);
        Self(account)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.change([self.0.clone()], -1);
    }
}

/// An exchange has ended.
pub(crate) fn exchanged(account: &Account, purpose: Purpose, sent: &Result<Reply, SendError>, took: Duration) {
    let result = match sent {
        Ok(reply) => match reply.status().as_u16() {
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        },
        Err(SendError::NotConnected(_)) => "not_connected",
        Err(SendError::Lost(_)) => "lost",
    };
    let (account, provider, purpose) = (name(&account.name), provider(account), word(purpose.name()));
    EXCHANGES.count([account.clone(), provider.clone(), purpose.clone(), word(result)]);
    EXCHANGE.note([account, provider, purpose], took);
}

/// An answer was no registration.
pub(crate) fn found(account: &Account, class: &'static str) {
    FINDINGS.count([name(&account.name), provider(account), word(class)]);
}

/// Whether an account rests now.
pub(crate) fn resting(account: &str, rests: bool) {
    RESTING.set([name(account)], u8::from(rests));
}

/// An account was given a rest.
pub(crate) fn rested(account: &str) {
    RESTS.count([name(account)]);
}

/// A request did not begin at once.
pub(crate) fn delayed(account: &str, why: Delay) {
    let why = match why {
        Delay::Rest => "rest",
        Delay::AtOnce => "at_once",
        Delay::RetryAfter => "retry_after",
        Delay::Rate => "rate",
    };
    DELAYS.count([name(account), word(why)]);
}

/// An answer asked for a pause.
pub(crate) fn paused(account: &str) {
    PAUSES.count([name(account)]);
}

/// A request came as a callback to an account that there is.
pub(crate) fn called_back(account: &Account, result: &'static str) {
    CALLBACKS.count([name(&account.name), word(result)]);
}

/// A callback was weighed.
pub(crate) fn weighed(effect: Effect) {
    EFFECTS.count([word(effect.name())]);
}

/// What is open in the journal, at a time that is now. What is not said of `accounts` is nothing; what is said of others
/// is told of [`NO_ACCOUNT`].
pub(crate) fn open<'a>(backlog: &[Backlog], accounts: impl Iterator<Item = &'a str>, now: Timestamp) {
    let known: Vec<&str> = accounts.collect();
    let told = |backlog: &Backlog| known.iter().find(|name| **name == backlog.account).copied().unwrap_or(NO_ACCOUNT);
    for account in known.iter().copied().chain([NO_ACCOUNT]) {
        for (count, oldest, states) in [
            (&PENDING, &PENDING_OLDEST, &[State::Pending][..]),
            (&IN_DOUBT, &IN_DOUBT_OLDEST, &[State::InDoubt]),
            (&HELD, &HELD_OLDEST, &[State::Held]),
            (&UNANSWERED, &UNANSWERED_OLDEST, &[State::Accepted, State::Pinned, State::Sent]),
        ] {
            let of_these = || backlog.iter().filter(|of| told(of) == account && states.contains(&of.state));
            let entries: u64 = of_these().map(|of| of.entries).sum();
            // A clock that was set back makes nothing younger than the journal shows it to be.
            let age = of_these().map(|of| between(of.oldest, of.latest.max(now))).max().unwrap_or_default();
            count.set([name(account)], u32::try_from(entries).unwrap_or(u32::MAX));
            oldest.set([name(account)], age);
        }
    }
}

/// The dispatcher has waited for a command of the journal.
pub(crate) fn commanded(command: &'static str, succeeded: bool, took: Duration) {
    JOURNAL.note([word(command), word(if succeeded { "ok" } else { "error" })], took);
}

/// So many commands shared a commit.
pub(crate) fn committed(commands: usize, succeeded: bool, took: Duration) {
    if !succeeded {
        return COMMITS_FAILED.count([]);
    }
    COMMIT.note([], took);
    COMMIT_SIZE.note([], u32::try_from(commands).unwrap_or(u32::MAX));
}

#[cfg(test)]
mod tests {
    use metrics_util::debugging::{DebugValue, DebuggingRecorder};

    use super::*;

    /// What was told, each as `name labels = value`.
    fn told(record: impl FnOnce()) -> Vec<String> {
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        metrics::with_local_recorder(&recorder, record);
        let mut all: Vec<_> = snapshotter
            .snapshot()
            .into_vec()
            .into_iter()
            .map(|(key, _, _, value)| {
                let labels: String = key.key().labels().map(|label| format!(" {}", label.value())).collect();
                let value = match value {
                    DebugValue::Gauge(value) => value.to_string(),
                    DebugValue::Counter(count) => count.to_string(),
                    DebugValue::Histogram(values) => values[0].to_string(),
                };
                format!("{}{labels} = {value}", key.key().name())
            })
            .collect();
        all.sort_unstable();
        all
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn backlog(state: State, account: &str, entries: u64, oldest: i64, latest: i64) -> Backlog {
        Backlog { state, account: account.to_owned(), entries, oldest: at(oldest), latest: at(latest) }
    }

    #[test]
    fn what_is_open_is_told_of_every_account_and_what_is_not_is_nothing() {
        let backlog = [
            backlog(State::InDoubt, "a", 2, 100, 150),
            backlog(State::Held, "gone", 1, 40, 40),
            backlog(State::Pinned, "a", 1, 110, 110),
            backlog(State::Sent, "a", 3, 120, 190),
        ];
        let told = told(|| open(&backlog, ["a", "b"].into_iter(), at(200)));
        for due in [
            "kassa_in_doubt a = 2",
            "kassa_in_doubt_oldest_seconds a = 100",
            "kassa_held a = 0",
            "kassa_held none = 1",
            "kassa_held_oldest_seconds none = 160",
            "kassa_unanswered a = 4",
            "kassa_unanswered_oldest_seconds a = 90",
            "kassa_pending b = 0",
            "kassa_pending_oldest_seconds b = 0",
        ] {
            assert!(told.iter().any(|told| told == due), "{due} is told: {told:#?}");
        }
        assert_eq!(told.len(), 3 * 8);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_younger() {
        let backlog = [backlog(State::InDoubt, "a", 1, 100, 150)];
        let told = told(|| open(&backlog, ["a"].into_iter(), at(20)));
        assert!(told.contains(&"kassa_in_doubt_oldest_seconds a = 50".to_owned()), "{told:?}");
        let told = self::told(|| {
            moved(None, Operation::CashIn, (State::Accepted, State::NotSent), (at(100), at(20)));
        });
        assert!(told.contains(&"kassa_submission_duration_seconds cash_in not_sent = 0".to_owned()), "{told:?}");
    }

    #[test]
    fn a_commit_that_failed_is_counted_and_not_timed() {
        let told = told(|| committed(7, false, Duration::from_secs(1)));
        assert_eq!(told, ["kassa_journal_commits_failed_total = 1"]);
    }

    #[test]
    fn a_state_is_counted_when_it_is_entered() {
        let told = told(|| {
            for states in [
                (State::Sent, State::InDoubt),
                (State::InDoubt, State::InDoubt),
                (State::InDoubt, State::Pinned),
                (State::Pinned, State::Sent),
                (State::Sent, State::InDoubt),
            ] {
                moved(None, Operation::CashIn, states, (at(0), at(1)));
            }
        });
        assert_eq!(told, ["kassa_outcomes_total none none cash_in in_doubt = 2"]);
    }
}
