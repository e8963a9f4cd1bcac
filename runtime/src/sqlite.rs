//! The journal in an SQLite file: write-ahead log, full sync, group commit.
//!
//! One thread owns the connection. It takes all commands that wait, runs them in one transaction and answers them after
//! the commit, so that submissions at the same time share one fsync.
//!
//! Processes of one machine may share a file: each entry is worked on by the one that has its lease, and a lease of a
//! process that has ended is free.

mod callbacks;
mod exchanges;
mod export;
mod leases;
mod owners;
mod schema;
mod statements;
mod upkeep;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::journal::{
    Accepted, Backlog, Claim, Effect, Entry, EntryId, Journal, JournalError, KeptCallback, KeptExchange, Lease,
    NewAttempt, NewCallback, NewEntry, NewExchange, Pin, Record, Resolution, State, Tenure,
};
pub use export::Exported;
use owners::Owners;
pub use upkeep::{Compacted, Verified};
use writer::Writer;

/// A journal in an SQLite file. The file is released when the journal is dropped.
pub struct SqliteJournal {
    path: PathBuf,
    writer: Writer,
    /// Dropped after the thread has ended: until then, we are alive.
    owners: Arc<Owners>,
}

impl SqliteJournal {
    /// Opens the journal at `path`; makes it when there is no file. Blocks for as long as that takes.
    ///
    /// # Errors
    /// When the file cannot be read or written, is none of Kassa's, is damaged, was written by a newer Kassa, or is in use
    /// by a process of an earlier version. None of these changes the file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref().to_owned();
        let (connection, owners) = schema::open(&path, schema::BUSY)?;
        Ok(Self { path, writer: Writer::start(connection)?, owners: Arc::new(owners) })
    }

    /// A journal that forgets: for tests that need many.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Result<Self, JournalError> {
        let connection = schema::in_memory()?;
        Ok(Self { path: PathBuf::new(), writer: Writer::start(connection)?, owners: Arc::new(Owners::alone()) })
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
        let own = self.owners.own();
        self.writer.change(move |connection| statements::accept(connection, own, entry)).await
    }

    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError> {
        let id = id.clone();
        self.writer.read(move |connection| statements::find(connection, &id)).await
    }

    async fn claim(&self, id: &EntryId) -> Result<Claim, JournalError> {
        let (id, owners) = (id.clone(), self.owners.clone());
        self.writer.change(move |connection| leases::claim(connection, &owners, &id)).await
    }

    async fn release(&self, lease: &Lease, seen: u32) -> Result<Tenure, JournalError> {
        let (lease, own) = (lease.clone(), self.owners.own());
        self.writer.change(move |connection| leases::release(connection, own, &lease, seen)).await
    }

    async fn pin(&self, lease: &Lease, attempt: NewAttempt) -> Result<Pin, JournalError> {
        let (lease, own) = (lease.clone(), self.owners.own());
        self.writer.change(move |connection| statements::pin(connection, own, &lease, &attempt)).await
    }

    async fn sent(&self, lease: &Lease, n: u32, at: Timestamp) -> Result<(), JournalError> {
        let (lease, own) = (lease.clone(), self.owners.own());
        self.writer.change(move |connection| statements::sent(connection, own, &lease, n, at)).await
    }

    async fn record(&self, lease: &Lease, record: Record) -> Result<Tenure, JournalError> {
        let (lease, own) = (lease.clone(), self.owners.own());
        self.writer.change(move |connection| statements::record(connection, own, &lease, &record)).await
    }

    async fn exchanged(&self, lease: &Lease, exchanges: Vec<NewExchange>) -> Result<(), JournalError> {
        let (lease, own) = (lease.clone(), self.owners.own());
        self.writer.change(move |connection| statements::exchanged(connection, own, &lease, &exchanges)).await
    }

    async fn exchanges(&self, id: &EntryId) -> Result<Vec<KeptExchange>, JournalError> {
        let id = id.clone();
        self.writer.read(move |connection| exchanges::of_entry(connection, &id)).await
    }

    async fn named(&self, provider_key: &str) -> Result<Option<EntryId>, JournalError> {
        let provider_key = provider_key.to_owned();
        self.writer.read(move |connection| callbacks::named(connection, &provider_key)).await
    }

    async fn hear(&self, id: &EntryId, callback: NewCallback) -> Result<KeptCallback, JournalError> {
        let id = id.clone();
        self.writer.change(move |connection| callbacks::hear(connection, &id, &callback)).await
    }

    async fn callbacks(&self, id: &EntryId) -> Result<Vec<KeptCallback>, JournalError> {
        let id = id.clone();
        self.writer.read(move |connection| callbacks::of_entry(connection, &id)).await
    }

    async fn weigh(&self, id: &EntryId, n: u32, effect: Effect, about: Option<String>) -> Result<(), JournalError> {
        let id = id.clone();
        self.writer.change(move |connection| callbacks::weigh(connection, &id, n, effect, about.as_deref())).await
    }

    async fn resolution(&self, id: &EntryId) -> Result<Option<Resolution>, JournalError> {
        let id = id.clone();
        self.writer.read(move |connection| statements::resolution(connection, &id)).await
    }

    async fn unfinished(&self) -> Result<Vec<EntryId>, JournalError> {
        self.writer.read(statements::unfinished).await
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, JournalError> {
        let mut purged = 0;
        // Whoever only looks keeps no other process waiting.
        while !self.writer.read(move |connection| upkeep::ended(connection, before)).await?.is_empty() {
            purged += self.writer.change(move |connection| upkeep::purge(connection, before)).await?;
        }
        Ok(purged)
    }

    async fn counts(&self) -> Result<Vec<(State, u64)>, JournalError> {
        self.writer.read(statements::counts).await
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, JournalError> {
        self.writer.read(statements::backlog).await
    }
}

#[cfg(test)]
mod tests;
