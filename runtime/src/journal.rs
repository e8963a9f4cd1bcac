//! The journal: every submission is in it before a byte leaves, and what it says survives a crash (F7).
//!
//! A journal is a store and decides nothing; that is the dispatcher's part. Each method is one transaction, durable when
//! it returns. Nothing here assumes one process or one machine: several may share a journal, and an entry is moved only
//! by whoever has its [`Lease`].

mod backlog;
mod callback;
mod entry;
mod error;
mod exchange;
mod lease;
mod stored;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

pub use crate::state::State;
pub use backlog::Backlog;
pub use callback::{Effect, KeptCallback, NewCallback};
pub use entry::{
    Accepted, Attempt, AttemptRecord, Entry, EntryId, Fate, NewAttempt, NewEntry, Pin, Record, Resolution,
};
pub use error::JournalError;
pub use exchange::{KeptExchange, NewExchange, Sent};
pub use lease::{Claim, Lease, Tenure};
pub use stored::{StoredReply, StoredRequest};

/// Where submissions are kept.
#[async_trait]
pub trait Journal: fmt::Debug + Send + Sync {
    /// Keeps a new submission in [`State::Accepted`], with the right to work on it, unless its key is there already.
    ///
    /// # Errors
    /// When it is not surely kept: then it was not accepted.
    async fn accept(&self, entry: NewEntry) -> Result<Accepted, JournalError>;

    /// The entry `id`.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError>;

    /// Asks for the right to work on the entry. Whoever asks again, through the same handle, gets it anew: the lease that
    /// it had is void.
    ///
    /// # Errors
    /// [`JournalError::Missing`] if there is no such entry; when it is not surely kept.
    async fn claim(&self, id: &EntryId) -> Result<Claim, JournalError>;

    /// Gives the right back, unless a callback that may be believed waits behind number `seen`: nobody else would look at
    /// it.
    ///
    /// # Errors
    /// When it is not surely kept.
    async fn release(&self, lease: &Lease, seen: u32) -> Result<Tenure, JournalError>;

    /// Pins the entry to an account and keeps the request: [`State::Pinned`]. No two entries may have the same provider
    /// key, at whatever account: a provider answers a known key with what it remembers of it, and would answer for
    /// another receipt.
    ///
    /// # Errors
    /// When it is not surely kept.
    async fn pin(&self, lease: &Lease, attempt: NewAttempt) -> Result<Pin, JournalError>;

    /// Notes that the request of attempt `n` is about to leave. A pinned entry becomes [`State::Sent`]; one that is
    /// pending or in doubt stays so, since this is a repeat.
    ///
    /// # Errors
    /// When it is not surely kept: then nothing may be sent.
    async fn sent(&self, lease: &Lease, n: u32, at: Timestamp) -> Result<(), JournalError>;

    /// Keeps what an exchange has shown, and the state that follows. The right to work on an entry that has ended is given
    /// back with it, as by [`Journal::release`].
    ///
    /// # Errors
    /// When it is not surely kept. Keeping the same again is none.
    async fn record(&self, lease: &Lease, record: Record) -> Result<Tenure, JournalError>;

    /// Keeps exchanges that have shown nothing new; what shows something is kept with it, by [`Journal::record`].
    ///
    /// # Errors
    /// When it is not surely kept.
    async fn exchanged(&self, lease: &Lease, exchanges: Vec<NewExchange>) -> Result<(), JournalError>;

    /// The exchanges about the entry, the first one first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn exchanges(&self, id: &EntryId) -> Result<Vec<KeptExchange>, JournalError>;

    /// The entry of which some attempt told a provider this key, at whatever account.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn named(&self, provider_key: &str) -> Result<Option<EntryId>, JournalError>;

    /// Keeps a callback that speaks of an attempt of the entry, and moves nothing. One that says the same, byte for byte,
    /// as one that is kept of the same attempt is counted with that. One that is not verified is
    /// [`Effect::Unverified`] from the start.
    ///
    /// # Errors
    /// When it is not surely kept: then it may not be answered as received.
    async fn hear(&self, id: &EntryId, callback: NewCallback) -> Result<KeptCallback, JournalError>;

    /// The callbacks of the entry, the first one first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn callbacks(&self, id: &EntryId) -> Result<Vec<KeptCallback>, JournalError>;

    /// Notes what callback `n` of the entry did, once and for all; noting the same again changes nothing.
    ///
    /// # Errors
    /// When it is not surely kept.
    async fn weigh(&self, id: &EntryId, n: u32, effect: Effect, about: Option<String>) -> Result<(), JournalError>;

    /// How somebody has ended the doubt about the entry, if somebody has.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn resolution(&self, id: &EntryId) -> Result<Option<Resolution>, JournalError>;

    /// Every entry that has not ended, or has a callback that may be believed and is not weighed; oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn unfinished(&self) -> Result<Vec<EntryId>, JournalError>;

    /// Takes the content (what was submitted, sent and answered, and with it what buyers told) of entries that ended before
    /// `before`. Keys, hashes and outcomes stay: a key is known for good. Of how many entries it was taken.
    ///
    /// # Errors
    /// When it is not surely taken.
    async fn purge(&self, before: Timestamp) -> Result<u64, JournalError>;

    /// How many entries are in each state; states without entries are left out.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn counts(&self) -> Result<Vec<(State, u64)>, JournalError>;

    /// What is open, summed up by state and account. A store does it with one cheap query, since it is asked for as often
    /// as somebody looks at the measures; here it is done with what every store has.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn backlog(&self) -> Result<Vec<Backlog>, JournalError> {
        let mut open = Vec::new();
        for id in self.unfinished().await? {
            open.extend(self.find(&id).await?);
        }
        Ok(Backlog::of(open))
    }
}

/// A journal that somebody else holds too.
#[async_trait]
impl<J: Journal + ?Sized> Journal for Arc<J> {
    async fn accept(&self, entry: NewEntry) -> Result<Accepted, JournalError> {
        (**self).accept(entry).await
    }

    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError> {
        (**self).find(id).await
    }

    async fn claim(&self, id: &EntryId) -> Result<Claim, JournalError> {
        (**self).claim(id).await
    }

    async fn release(&self, lease: &Lease, seen: u32) -> Result<Tenure, JournalError> {
        (**self).release(lease, seen).await
    }

    async fn pin(&self, lease: &Lease, attempt: NewAttempt) -> Result<Pin, JournalError> {
        (**self).pin(lease, attempt).await
    }

    async fn sent(&self, lease: &Lease, n: u32, at: Timestamp) -> Result<(), JournalError> {
        (**self).sent(lease, n, at).await
    }

    async fn record(&self, lease: &Lease, record: Record) -> Result<Tenure, JournalError> {
        (**self).record(lease, record).await
    }

    async fn exchanged(&self, lease: &Lease, exchanges: Vec<NewExchange>) -> Result<(), JournalError> {
        (**self).exchanged(lease, exchanges).await
    }

    async fn exchanges(&self, id: &EntryId) -> Result<Vec<KeptExchange>, JournalError> {
        (**self).exchanges(id).await
    }

    async fn named(&self, provider_key: &str) -> Result<Option<EntryId>, JournalError> {
        (**self).named(provider_key).await
    }

    async fn hear(&self, id: &EntryId, callback: NewCallback) -> Result<KeptCallback, JournalError> {
        (**self).hear(id, callback).await
    }

    async fn callbacks(&self, id: &EntryId) -> Result<Vec<KeptCallback>, JournalError> {
        (**self).callbacks(id).await
    }

    async fn weigh(&self, id: &EntryId, n: u32, effect: Effect, about: Option<String>) -> Result<(), JournalError> {
        (**self).weigh(id, n, effect, about).await
    }

    async fn resolution(&self, id: &EntryId) -> Result<Option<Resolution>, JournalError> {
        (**self).resolution(id).await
    }

    async fn unfinished(&self) -> Result<Vec<EntryId>, JournalError> {
        (**self).unfinished().await
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, JournalError> {
        (**self).purge(before).await
    }

    async fn counts(&self) -> Result<Vec<(State, u64)>, JournalError> {
        (**self).counts().await
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, JournalError> {
        (**self).backlog().await
    }
}
