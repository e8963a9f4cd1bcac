//! The journal of a dispatcher, watched: how long each command takes, and where on the way of a receipt.

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::time::Instant;
use tracing::Instrument;

use crate::journal::{
    Accepted, Backlog, Claim, Effect, Entry, EntryId, Journal, JournalError, KeptCallback, KeptExchange, Lease,
    NewAttempt, NewCallback, NewEntry, NewExchange, Pin, Record, Resolution, State, Tenure,
};
use crate::measures;

/// A journal whose commands are measured. What is in them is told nowhere.
#[derive(Debug)]
pub(super) struct Watched(Box<dyn Journal>);

impl Watched {
    pub(super) fn new(journal: Box<dyn Journal>) -> Self {
        Self(journal)
    }
}

/// Runs a command of the journal.
async fn watch<T>(
    command: &'static str,
    run: impl Future<Output = Result<T, JournalError>> + Send,
) -> Result<T, JournalError> {
    let began = Instant::now();
    let result = run.instrument(tracing::debug_span!("journal", command)).await;
    measures::commanded(command, result.is_ok(), began.elapsed());
    result
}

#[async_trait]
impl Journal for Watched {
    async fn accept(&self, entry: NewEntry) -> Result<Accepted, JournalError> {
        watch("accept", self.0.accept(entry)).await
    }

    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError> {
        watch("find", self.0.find(id)).await
    }

    async fn claim(&self, id: &EntryId) -> Result<Claim, JournalError> {
        watch("claim", self.0.claim(id)).await
    }

    async fn release(&self, lease: &Lease, seen: u32) -> Result<Tenure, JournalError> {
        watch("release", self.0.release(lease, seen)).await
    }

    async fn pin(&self, lease: &Lease, attempt: NewAttempt) -> Result<Pin, JournalError> {
        watch("pin", self.0.pin(lease, attempt)).await
    }

    async fn sent(&self, lease: &Lease, n: u32, at: Timestamp) -> Result<(), JournalError> {
        watch("sent", self.0.sent(lease, n, at)).await
    }

    async fn record(&self, lease: &Lease, record: Record) -> Result<Tenure, JournalError> {
        watch("record", self.0.record(lease, record)).await
    }

    async fn exchanged(&self, lease: &Lease, exchanges: Vec<NewExchange>) -> Result<(), JournalError> {
        watch("exchanged", self.0.exchanged(lease, exchanges)).await
    }

    async fn exchanges(&self, id: &EntryId) -> Result<Vec<KeptExchange>, JournalError> {
        watch("exchanges", self.0.exchanges(id)).await
    }

    async fn named(&self, provider_key: &str) -> Result<Option<EntryId>, JournalError> {
        watch("named", self.0.named(provider_key)).await
    }

    async fn hear(&self, id: &EntryId, callback: NewCallback) -> Result<KeptCallback, JournalError> {
        watch("hear", self.0.hear(id, callback)).await
    }

    async fn callbacks(&self, id: &EntryId) -> Result<Vec<KeptCallback>, JournalError> {
        watch("callbacks", self.0.callbacks(id)).await
    }

    async fn weigh(&self, id: &EntryId, n: u32, effect: Effect, about: Option<String>) -> Result<(), JournalError> {
        watch("weigh", self.0.weigh(id, n, effect, about)).await
    }

    async fn resolution(&self, id: &EntryId) -> Result<Option<Resolution>, JournalError> {
        watch("resolution", self.0.resolution(id)).await
    }

    async fn unfinished(&self) -> Result<Vec<EntryId>, JournalError> {
        watch("unfinished", self.0.unfinished()).await
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, JournalError> {
        watch("purge", self.0.purge(before)).await
    }

    async fn counts(&self) -> Result<Vec<(State, u64)>, JournalError> {
        watch("counts", self.0.counts()).await
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, JournalError> {
        watch("backlog", self.0.backlog()).await
    }
}
