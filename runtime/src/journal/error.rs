//! Why a journal cannot do what it is asked.

use super::State;

/// Why a journal cannot do what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// It cannot be read or written now: the disk is full, gone or broken. What was asked is not surely kept.
    #[error("the journal cannot be read or written: {0}")]
    Unavailable(String),
    /// Another process has it in a way that cannot be shared: it is of an earlier version.
    #[error("the journal {0} is in use by a process of an earlier version; end that one first")]
    InUse(String),
    /// It was written by a newer Kassa; nothing in it was touched.
    #[error("the journal has schema version {found}, and this Kassa knows versions up to {known}: use a newer Kassa")]
    Newer {
        /// Its schema version.
        found: i64,
        /// The newest version that is known.
        known: i64,
    },
    /// It is no journal, or is damaged.
    #[error("the journal is damaged, or is none: {0}")]
    Damaged(String),
    /// A state would follow one that it cannot follow. A mistake in the caller.
    #[error("`{key}` is {from} and cannot become {to}")]
    Move {
        /// The key of the entry.
        key: String,
        /// Its state.
        from: State,
        /// The state that cannot follow.
        to: State,
    },
    /// Somebody else has had the right to work on the entry since. Nothing has changed.
    #[error("somebody else works on `{0}`")]
    Fenced(String),
    /// There is no such entry or attempt.
    #[error("the journal has no `{0}`")]
    Missing(String),
}
