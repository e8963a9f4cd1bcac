//! What is kept of each exchange with a provider.

use std::fmt;

use jiff::Timestamp;

use super::{StoredReply, StoredRequest};

/// What was sent for an attempt, and what came of it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewExchange {
    /// The number of the attempt.
    pub attempt: u32,
    /// What was sent.
    pub sent: Sent,
    /// When that was about to leave.
    pub began_at: Timestamp,
    /// When it was answered, or given up.
    pub ended_at: Timestamp,
    /// What was answered, without credentials; or why nothing was.
    pub answer: Result<StoredReply, String>,
    /// The error class of it; `None` for a registration.
    pub class: Option<String>,
    /// The provider's own code.
    pub code: Option<String>,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The request of the attempt, for the first time or again.
    Request,
    /// A question about it, without credentials.
    Question(StoredRequest),
}

/// An exchange as it is kept. One that went just as the one before it is counted with that.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptExchange {
    /// Its number within the entry, from 1.
    pub n: u32,
    /// The first one that went so; [`NewExchange::ended_at`] is that of the last one.
    pub exchange: NewExchange,
    /// How many in a row went so.
    pub times: u32,
}

impl Sent {
    /// Its name, as the journal keeps it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Question(_) => "question",
        }
    }
}

// Bodies hold what buyers told in confidence: what is printed by mistake shows how long they are and no more.

impl fmt::Debug for NewExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewExchange")
            .field("attempt", &self.attempt)
            .field("sent", &self.sent)
            .field("answer", &self.answer)
            .field("class", &self.class)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for KeptExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptExchange")
            .field("n", &self.n)
            .field("exchange", &self.exchange)
            .field("times", &self.times)
            .finish()
    }
}
