//! What is kept of a submission and its attempts.

use std::fmt;

use jiff::Timestamp;
use kassa_core::Violation;

use super::{Lease, NewExchange, State, StoredReply, StoredRequest};
use crate::outcome::{Outcome, Reason};

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
    /// After which nothing of it may be sent for the first time.
    pub deadline: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
}

/// What [`super::Journal::accept`] found.
#[derive(Debug, Clone)]
pub enum Accepted {
    /// The key is new; the entry is kept, and whoever submitted it may work on it.
    New(Entry, Lease),
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
    /// What is submitted, JSON; empty when it has been purged.
    pub submission: String,
    /// What looked wrong with it when it was accepted.
    pub warnings: Vec<Violation>,
    /// How far it has come.
    pub state: State,
    /// What is known of its outcome.
    pub outcome: Option<Outcome>,
    /// Its attempts, the first one first.
    pub attempts: Vec<Attempt>,
    /// After which nothing of it may be sent for the first time.
    pub deadline: Option<Timestamp>,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
}

impl Entry {
    /// Whether what was submitted, sent and answered has been taken away, as happens to what ended long ago.
    #[must_use]
    pub fn is_purged(&self) -> bool {
        self.submission.is_empty()
    }
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

/// What [`super::Journal::pin`] did.
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
    /// What was exchanged since the last record.
    pub exchanges: Vec<NewExchange>,
    /// The number of the callback that has shown it: [`super::Effect::Moved`].
    pub callback: Option<u32>,
    /// Who has found it out, where it was somebody: the entry ends with it.
    pub resolution: Option<Resolution>,
    /// The number of the last callback that was looked at, 0 for none.
    pub seen: u32,
    /// When.
    pub at: Timestamp,
}

/// How somebody has ended a doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Who.
    pub by: String,
    /// What shows it.
    pub evidence: String,
    /// How far the entry had come.
    pub was: State,
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
    /// Whether the provider says that it has it; `false` leaves what it said before.
    pub accepted: bool,
}

// Bodies hold what buyers told in confidence: what is printed by mistake shows how long they are and no more.

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
