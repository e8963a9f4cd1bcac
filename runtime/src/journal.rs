//! The journal: every submission is in it before a byte leaves, and what it says survives a crash (F7).
//!
//! A journal is a store and decides nothing; that is the dispatcher's part. Each method is one transaction, durable when
//! it returns. Nothing here assumes one process or one machine.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri};
use jiff::Timestamp;
use kassa_core::{Reply, Request, Violation};

use crate::outcome::{Outcome, Reason};
pub use crate::state::State;

/// Where submissions are kept.
#[async_trait]
pub trait Journal: fmt::Debug + Send + Sync {
    /// Keeps a new submission in [`State::Accepted`], unless its key is there already.
    ///
    /// # Errors
    /// When it is not surely kept: then it was not accepted.
    async fn accept(&self, entry: NewEntry) -> Result<Accepted, JournalError>;

    /// The entry `id`.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError>;

    /// Pins the entry to an account and keeps the request: [`State::Pinned`]. No two entries may have the same provider
    /// key, at whatever account: a provider answers a known key with what it remembers of it, and would answer for
    /// another receipt.
    ///
    /// # Errors
    /// When it is not surely kept.
    async fn pin(&self, id: &EntryId, attempt: NewAttempt) -> Result<Pin, JournalError>;

    /// Notes that the request of attempt `n` is about to leave. A pinned entry becomes [`State::Sent`]; one that is
    /// pending or in doubt stays so, since this is a repeat.
    ///
    /// # Errors
    /// When it is not surely kept: then nothing may be sent.
    async fn sent(&self, id: &EntryId, n: u32, at: Timestamp) -> Result<(), JournalError>;

    /// Keeps what an exchange has shown, and the state that follows.
    ///
    /// # Errors
    /// When it is not surely kept. Keeping the same again is none.
    async fn record(&self, id: &EntryId, record: Record) -> Result<(), JournalError>;

    /// The entry of which some attempt told a provider this key, at whatever account.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn named(&self, provider_key: &str) -> Result<Option<EntryId>, JournalError>;

    /// Keeps a callback that speaks of an attempt of the entry, and moves nothing. One that says the same, byte for byte,
    /// as one that is kept of the same attempt is counted with that.
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

    /// Every entry that has not ended, or has a callback that may be believed and is not weighed; oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn unfinished(&self) -> Result<Vec<EntryId>, JournalError>;

    /// How many entries are in each state; states without entries are left out.
    ///
    /// # Errors
    /// When the journal cannot be read.
    async fn counts(&self) -> Result<Vec<(State, u64)>, JournalError>;
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

    async fn pin(&self, id: &EntryId, attempt: NewAttempt) -> Result<Pin, JournalError> {
        (**self).pin(id, attempt).await
    }

    async fn sent(&self, id: &EntryId, n: u32, at: Timestamp) -> Result<(), JournalError> {
        (**self).sent(id, n, at).await
    }

    async fn record(&self, id: &EntryId, record: Record) -> Result<(), JournalError> {
        (**self).record(id, record).await
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

    async fn unfinished(&self) -> Result<Vec<EntryId>, JournalError> {
        (**self).unfinished().await
    }

    async fn counts(&self) -> Result<Vec<(State, u64)>, JournalError> {
        (**self).counts().await
    }
}

/// Which entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId {
    /// Whose key it is; empty where one journal serves one service.
    pub tenant: String,
    /// The key of the submission, unique for the tenant.
    pub key: String,
}

impl EntryId {
    /// The entry of `key`, in a journal that serves one service.
    #[must_use]
    pub fn of(key: impl Into<String>) -> Self {
        Self { tenant: String::new(), key: key.into() }
    }
}

/// A submission to be accepted.
#[derive(Clone)]
pub struct NewEntry {
    /// Its id.
    pub id: EntryId,
    /// Hash of what is submitted.
    pub hash: String,
    /// What is submitted, JSON.
    pub submission: String,
    /// What looks wrong with it, and stops nothing.
    pub warnings: Vec<Violation>,
    /// When.
    pub at: Timestamp,
}

/// What [`Journal::accept`] found.
#[derive(Debug, Clone)]
pub enum Accepted {
    /// The key is new; the entry is kept.
    New(Entry),
    /// The key was there before, with this entry; nothing has changed.
    Known(Entry),
}

/// A submission as it is kept.
#[derive(Clone)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Hash of what is submitted.
    pub hash: String,
    /// What is submitted, JSON.
    pub submission: String,
    /// What looked wrong with it when it was accepted.
    pub warnings: Vec<Violation>,
    /// How far it has come.
    pub state: State,
    /// What is known of its outcome.
    pub outcome: Option<Outcome>,
    /// Its attempts, the first one first.
    pub attempts: Vec<Attempt>,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
}

/// An attempt to be made.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// The account.
    pub account: String,
    /// The key that the provider is told.
    pub provider_key: String,
    /// The request, without credentials.
    pub request: StoredRequest,
    /// When.
    pub at: Timestamp,
}

/// What [`Journal::pin`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// It kept the attempt under this number.
    Pinned(u32),
    /// Another entry has the provider key; nothing has changed.
    KeyTaken,
}

/// One request to one account under one provider key, sent once or repeated.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its number within the entry, from 1.
    pub n: u32,
    /// The account.
    pub account: String,
    /// The key that the provider was told.
    pub provider_key: String,
    /// The request, without credentials.
    pub request: StoredRequest,
    /// How often it was sent, or begun to be.
    pub sends: u32,
    /// When it was sent first.
    pub first_sent_at: Option<Timestamp>,
    /// How it ended; `None` while nobody knows, or before it was sent.
    pub fate: Option<Fate>,
    /// Whether a later attempt needs another provider key.
    pub new_key: bool,
    /// What was answered last.
    pub reply: Option<StoredReply>,
    /// What the answer means, unless it is a registration.
    pub reason: Option<Reason>,
    /// The provider's own id of it, if it has said one before it decided.
    pub provider_id: Option<String>,
    /// Whether the provider has ever said that it took it. That it cannot find it later proves nothing then.
    pub accepted: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was registered.
    Registered,
    /// It was surely not registered.
    Rejected,
    /// No byte of it left.
    NotSent,
}

impl Fate {
    const ALL: [Self; 3] = [Self::Registered, Self::Rejected, Self::NotSent];

    /// Its name, as the journal keeps it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Rejected => "rejected",
            Self::NotSent => "not_sent",
        }
    }

    /// The fate of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.name() == name)
    }
}

/// What an exchange, or the end of all of them, has shown.
#[derive(Debug, Clone)]
pub struct Record {
    /// What follows.
    pub state: State,
    /// What is known of the outcome now; `None` for an entry that goes back to [`State::Pinned`].
    pub outcome: Option<Outcome>,
    /// What it says of an attempt.
    pub attempt: Option<AttemptRecord>,
    /// The number of the callback that has shown it: [`Effect::Moved`].
    pub callback: Option<u32>,
    /// When.
    pub at: Timestamp,
}

/// What an exchange has shown of its attempt.
#[derive(Debug, Clone)]
pub struct AttemptRecord {
    /// The number of the attempt.
    pub n: u32,
    /// How it ended, if it has.
    pub fate: Option<Fate>,
    /// Whether a later attempt needs another provider key.
    pub new_key: bool,
    /// What was answered; `None` leaves what was answered before.
    pub reply: Option<StoredReply>,
    /// What it means.
    pub reason: Option<Reason>,
    /// The provider's own id of it; `None` leaves what it said before.
    pub provider_id: Option<String>,
}

/// A callback to be kept.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCallback {
    /// The number of the attempt that it speaks of.
    pub attempt: u32,
    /// Its name in the provider's document.
    pub callback: String,
    /// Whether it proved where it comes from. What did not is never believed.
    pub verified: bool,
    /// Its body. What proved its origin stood elsewhere, and is not kept.
    pub body: Bytes,
    /// When it came.
    pub at: Timestamp,
}

/// A callback as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptCallback {
    /// Its number within the entry, from 1.
    pub n: u32,
    /// The number of the attempt that it speaks of.
    pub attempt: u32,
    /// Its name in the provider's document.
    pub callback: String,
    /// Whether it proved where it comes from.
    pub verified: bool,
    /// Its body.
    pub body: Bytes,
    /// How often it came.
    pub times: u32,
    /// When it came first.
    pub came_at: Timestamp,
    /// What it did; `None` while that is not decided.
    pub effect: Option<Effect>,
    /// What it contradicts, when it is a conflict.
    pub about: Option<String>,
}

/// What a callback did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The entry moved.
    Moved,
    /// It said what was known.
    Same,
    /// It proved nothing that could move the entry.
    Nothing,
    /// It said something else than what the entry has ended with. The entry stays as it is.
    Conflict,
    /// Nobody can tell who sent it, so it is kept for people alone.
    Unverified,
}

impl Effect {
    const ALL: [Self; 5] = [Self::Moved, Self::Same, Self::Nothing, Self::Conflict, Self::Unverified];

    /// Its name, as the journal keeps it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Same => "same",
            Self::Nothing => "nothing",
            Self::Conflict => "conflict",
            Self::Unverified => "unverified",
        }
    }

    /// The effect of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.name() == name)
    }
}

/// A request as it is kept: without credentials, which are added anew each time it is sent (F10).
#[derive(Clone, PartialEq, Eq)]
pub struct StoredRequest {
    /// Its method.
    pub method: String,
    /// Its address.
    pub uri: String,
    /// Its headers, `name: value` each; none that is marked as sensitive.
    pub headers: Vec<u8>,
    /// Its body.
    pub body: Bytes,
}

impl StoredRequest {
    /// `request` as it is kept.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let mut headers = Vec::new();
        for (name, value) in request.headers().iter().filter(|(_, value)| !value.is_sensitive()) {
            headers.extend_from_slice(name.as_str().as_bytes());
            headers.extend_from_slice(b": ");
            headers.extend_from_slice(value.as_bytes());
            headers.push(b'\n');
        }
        let method = request.method().as_str().to_owned();
        Self { method, uri: request.uri().to_string(), headers, body: request.body().clone() }
    }

    /// The request again.
    ///
    /// # Errors
    /// When what is kept is no request.
    pub fn restore(&self) -> Result<Request, JournalError> {
        let damaged = |what: &str| JournalError::Damaged(format!("a request is kept with {what}"));
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = Method::from_bytes(self.method.as_bytes()).map_err(|_| damaged("a broken method"))?;
        *request.uri_mut() = self.uri.parse::<Uri>().map_err(|_| damaged("a broken address"))?;
        for line in self.headers.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let at = line.windows(2).position(|pair| pair == b": ").ok_or_else(|| damaged("a broken header"))?;
            let name = HeaderName::from_bytes(&line[..at]).map_err(|_| damaged("a broken header name"))?;
            let value = HeaderValue::from_bytes(&line[at + 2..]).map_err(|_| damaged("a broken header value"))?;
            request.headers_mut().append(name, value);
        }
        Ok(request)
    }
}

/// An answer as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredReply {
    /// Its HTTP status.
    pub status: u16,
    /// Its body.
    pub body: Bytes,
}

impl StoredReply {
    /// `reply` as it is kept.
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        Self { status: reply.status().as_u16(), body: reply.body().clone() }
    }
}

// Bodies hold what buyers told in confidence: what is printed by mistake shows how long they are and no more.

impl fmt::Debug for StoredRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredRequest({} with {} bytes)", self.method, self.body.len())
    }
}

impl fmt::Debug for StoredReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredReply(HTTP {} with {} bytes)", self.status, self.body.len())
    }
}

impl fmt::Debug for NewCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewCallback({} of attempt {} with {} bytes)", self.callback, self.attempt, self.body.len())
    }
}

impl fmt::Debug for KeptCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptCallback")
            .field("n", &self.n)
            .field("attempt", &self.attempt)
            .field("callback", &self.callback)
            .field("verified", &self.verified)
            .field("bytes", &self.body.len())
            .field("times", &self.times)
            .field("effect", &self.effect)
            .field("about", &self.about)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry").field("id", &self.id).field("hash", &self.hash).finish_non_exhaustive()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// Why a journal cannot do what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// It cannot be read or written now: the disk is full, gone or broken. What was asked is not surely kept.
    #[error("the journal cannot be read or written: {0}")]
    Unavailable(String),
    /// Another process has it.
    #[error("the journal {0} is in use by another process; end that one first")]
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
    /// A state would follow one that it cannot follow. A mistake in the caller, or two processes at work on one entry.
    #[error("`{key}` is {from} and cannot become {to}")]
    Move {
        /// The key of the entry.
        key: String,
        /// Its state.
        from: State,
        /// The state that cannot follow.
        to: State,
    },
    /// There is no such entry or attempt.
    #[error("the journal has no `{0}`")]
    Missing(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use kassa_core::call::{RequestBuilder, set_secret_header};
    use kassa_core::{BaseUrl, call};

    #[test]
    fn a_request_is_kept_byte_for_byte_and_without_credentials() {
        let base = BaseUrl::new("https://example.org/v1").unwrap();
        let bare =
            call::RequestBuilder::new(Method::POST, &base).path("/a").query("k", "é: x").header("x-a", "b: c").json(&7);
        let bare = bare.build().unwrap();
        let mut authorized = bare.clone();
        set_secret_header(&mut authorized, "authorization", "Bearer hunter2").unwrap();
        let stored = StoredRequest::of(&authorized);
        assert!(!String::from_utf8_lossy(&stored.headers).contains("hunter2"));
        assert!(!format!("{stored:?}").contains("example"));
        let restored = stored.restore().unwrap();
        assert_eq!((restored.method(), restored.uri()), (bare.method(), bare.uri()));
        assert_eq!((restored.headers(), restored.body()), (bare.headers(), bare.body()));
        let get = RequestBuilder::new(Method::GET, &base).build().unwrap();
        assert_eq!(StoredRequest::of(&get).restore().unwrap().body(), get.body());
    }

    #[test]
    fn what_is_no_request_is_damage() {
        let whole =
            StoredRequest { method: "GET".into(), uri: "https://e.org/".into(), headers: vec![], body: Bytes::new() };
        assert!(whole.restore().is_ok());
        for broken in [
            StoredRequest { method: "G T".into(), ..whole.clone() },
            StoredRequest { uri: "https://".into(), ..whole.clone() },
            StoredRequest { headers: b"nocolon\n".to_vec(), ..whole },
        ] {
            assert!(matches!(broken.restore(), Err(JournalError::Damaged(_))));
        }
    }
}
