//! The journal in an SQLite file: write-ahead log, full sync, group commit.
//!
//! One thread owns the connection. It takes all commands that wait, runs them in one transaction and answers them after
//! the commit, so that submissions at the same time share one fsync.
//!
//! The file is locked for as long as it is open: entries have no leases yet, and two processes that work on one entry
//! could each send it.

mod callbacks;
mod schema;
mod statements;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::journal::{
    Accepted, Effect, Entry, EntryId, Journal, JournalError, KeptCallback, NewAttempt, NewCallback, NewEntry, Pin,
    Record, State,
};
use writer::Writer;

/// A journal in an SQLite file. The file is released when the journal is dropped.
pub struct SqliteJournal {
    path: PathBuf,
    writer: Writer,
}

impl SqliteJournal {
    /// Opens the journal at `path`; makes it when there is no file. Blocks for as long as that takes.
    ///
    /// # Errors
    /// When the file cannot be read or written, is none of Kassa's, is damaged, was written by a newer Kassa, or is in
    /// use by another process. None of these changes the file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref().to_owned();
        let connection = schema::open(&path)?;
        Ok(Self { path, writer: Writer::start(connection)? })
    }

    /// A journal that forgets: for tests that need many.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Result<Self, JournalError> {
        let connection = schema::in_memory()?;
        Ok(Self { path: PathBuf::new(), writer: Writer::start(connection)? })
    }
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqliteJournal").field(&self.path).finish()
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn accept(&self, entry: NewEntry) -> Result<Accepted, JournalError> {
        self.writer.call(move |connection| statements::accept(connection, &entry)).await
    }

    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError> {
        let id = id.clone();
        self.writer.call(move |connection| statements::find(connection, &id)).await
    }

    async fn pin(&self, id: &EntryId, attempt: NewAttempt) -> Result<Pin, JournalError> {
        let id = id.clone();
        self.writer.call(move |connection| statements::pin(connection, &id, &attempt)).await
    }

    async fn sent(&self, id: &EntryId, n: u32, at: Timestamp) -> Result<(), JournalError> {
        let id = id.clone();
        self.writer.call(move |connection| statements::sent(connection, &id, n, at)).await
    }

    async fn record(&self, id: &EntryId, record: Record) -> Result<(), JournalError> {
        let id = id.clone();
        self.writer.call(move |connection| statements::record(connection, &id, &record)).await
    }

    async fn named(&self, provider_key: &str) -> Result<Option<EntryId>, JournalError> {
        let provider_key = provider_key.to_owned();
        self.writer.call(move |connection| callbacks::named(connection, &provider_key)).await
    }

    async fn hear(&self, id: &EntryId, callback: NewCallback) -> Result<KeptCallback, JournalError> {
        let id = id.clone();
        self.writer.call(move |connection| callbacks::hear(connection, &id, &callback)).await
    }

    async fn callbacks(&self, id: &EntryId) -> Result<Vec<KeptCallback>, JournalError> {
        let id = id.clone();
        self.writer.call(move |connection| callbacks::of_entry(connection, &id)).await
    }

    async fn weigh(&self, id: &EntryId, n: u32, effect: Effect, about: Option<String>) -> Result<(), JournalError> {
        let id = id.clone();
        self.writer.call(move |connection| callbacks::weigh(connection, &id, n, effect, about.as_deref())).await
    }

    async fn unfinished(&self) -> Result<Vec<EntryId>, JournalError> {
        self.writer.call(statements::unfinished).await
    }

    async fn counts(&self) -> Result<Vec<(State, u64)>, JournalError> {
        self.writer.call(statements::counts).await
    }
}

#[cfg(test)]
mod tests;
