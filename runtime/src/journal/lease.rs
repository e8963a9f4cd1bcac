//! The right to work on an entry.

use super::{Entry, EntryId};

/// The right to work on an entry, which one owner has at a time. What moves the entry shows it, and is refused when
/// somebody else has had the right since ([`super::JournalError::Fenced`]): whoever lost it without knowing can do no
/// harm.
///
/// No clock decides when it ends. It ends when it is given back, or when the store knows that its owner is gone: an
/// SQLite file by a lock that the system takes from a process that ends, a server by a connection that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Of which entry.
    pub id: EntryId,
    /// Grows with every lease of the entry.
    pub fence: u64,
}

/// What [`super::Journal::claim`] found.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "one at a time, and soon taken apart")]
pub enum Claim {
    /// Whoever asked may work on the entry, which is as it was left.
    Granted(Entry, Lease),
    /// Somebody who is alive works on it.
    Held(Entry),
}

/// Whether a lease is over after a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenure {
    /// It goes on: there is something left to do.
    Lasts,
    /// It is over.
    Over,
}
