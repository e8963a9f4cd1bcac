//! What is kept of a callback.

use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;

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

// Bodies hold what buyers told in confidence: what is printed by mistake shows how long they are and no more.

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
