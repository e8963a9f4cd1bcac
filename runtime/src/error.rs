//! Why a submission has no outcome, and why a dispatcher cannot be made.

use http::StatusCode;
use kassa_core::{Reply, Violation};

use crate::journal::{JournalError, State};

/// Why there is no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// It breaks rules of the uniform model. It was not accepted: mend it and submit it again, under the same key if
    /// you like.
    #[error("not accepted: {}", list(.0))]
    Invalid(Vec<Violation>),
    /// The key is no key.
    #[error("not accepted: a key has 1 to 64 characters, each a visible one of ASCII")]
    InvalidKey,
    /// The key was submitted before, with other content. It was not accepted: another submission needs another key.
    #[error(
        "not accepted: the key has other content already (its hash is {stored_hash}, the given one's {given_hash})"
    )]
    Conflict {
        /// Hash of what was submitted first.
        stored_hash: String,
        /// Hash of what was submitted now.
        given_hash: String,
    },
    /// The dispatcher is being closed. It was not accepted: submit it to the next one.
    #[error("not accepted: the dispatcher is being closed")]
    Closing,
    /// The key is being worked on right now.
    #[error("the key is being worked on; ask for its status later")]
    InProgress,
    /// The time that it was given is over, and what became of it is not known yet. What has not been sent will not be; what
    /// has been may be registered: ask for its status.
    #[error("the time is over, and no answer has come: it may be registered; ask for its status")]
    Late,
    /// The journal failed before the submission was surely kept: it was not accepted, and nothing was sent. Submit it
    /// again under the same key.
    #[error("not accepted: {0}")]
    Journal(JournalError),
    /// The submission is in the journal, and the journal failed later. What became of it is not said, and may be
    /// anything: ask for its status, or submit it again under the same key, when the journal is well.
    #[error("accepted, and its outcome is not kept: {0}")]
    Interrupted(JournalError),
    /// There is no submission of this key.
    #[error("there is no submission of this key")]
    UnknownKey,
}

/// Why a doubt is not ended. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// There is no submission of this key.
    #[error("there is no submission of this key")]
    UnknownKey,
    /// It is being worked on right now: wait until that ends.
    #[error("the key is being worked on; look at it again later")]
    InProgress,
    /// It has ended, or nothing of it has been sent: there is nothing to resolve.
    #[error("it is {0}, and not in doubt")]
    NotInDoubt(State),
    /// Nobody is named, or nothing shows it.
    #[error("a doubt is ended by somebody, and by evidence: name both")]
    NoEvidence,
    /// The journal failed: whether it is kept is known when it is asked for again.
    #[error("not surely kept: {0}")]
    Journal(#[from] JournalError),
}

/// Why a request that came as a callback is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// There is no such account.
    #[error("there is no account `{0}`")]
    UnknownAccount(String),
    /// The provider of this account calls nobody back.
    #[error("the provider of the account `{0}` calls nobody back")]
    NotOffered(String),
    /// It is not surely kept. The provider has to send it again.
    #[error("the callback is not kept: {0}")]
    Journal(#[from] JournalError),
}

impl CallbackError {
    /// What is answered then: 404, or 503 where it may be sent again.
    #[must_use]
    pub fn answer(&self) -> Reply {
        kassa_core::callback::answer(match self {
            Self::UnknownAccount(_) | Self::NotOffered(_) => StatusCode::NOT_FOUND,
            Self::Journal(_) => StatusCode::SERVICE_UNAVAILABLE,
        })
    }
}

/// Why a dispatcher cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// There is no journal.
    #[error("a dispatcher needs a journal")]
    NoJournal,
    /// There are no accounts.
    #[error("a dispatcher needs an account")]
    NoAccount,
    /// Two accounts have one name.
    #[error("there are two accounts named `{0}`")]
    DuplicateAccount(String),
    /// A route names an account that is not there.
    #[error("route `{route}` names the account `{account}`, which is not there")]
    UnknownAccount {
        /// The route.
        route: String,
        /// The account that it names.
        account: String,
    },
    /// An account cannot be reached the way it is configured.
    #[error("account `{account}`: {problem}")]
    Account {
        /// The account.
        account: String,
        /// What is wrong.
        problem: String,
    },
}

fn list(violations: &[Violation]) -> String {
    violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
