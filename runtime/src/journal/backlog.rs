//! What is open in a journal, summed up.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Entry, State};

/// The entries of one account in one state that is no end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// Their state.
    pub state: State,
    /// The account that has them; empty where none is chosen.
    pub account: String,
    /// How many there are.
    pub entries: u64,
    /// When the oldest one was accepted.
    pub oldest: Timestamp,
    /// When one of them changed last.
    pub latest: Timestamp,
}

impl Backlog {
    /// Sums up entries; what has ended is left out.
    pub(crate) fn of(entries: impl IntoIterator<Item = Entry>) -> Vec<Self> {
        let mut all: BTreeMap<(State, String), Self> = BTreeMap::new();
        for entry in entries.into_iter().filter(|entry| !entry.state.is_final()) {
            let account = entry.attempts.last().map(|last| last.account.clone()).unwrap_or_default();
            let (oldest, latest) = (entry.accepted_at, entry.changed_at);
            let sum = all.entry((entry.state, account.clone())).or_insert(Self {
                state: entry.state,
                account,
                entries: 0,
                oldest,
                latest,
            });
            sum.entries += 1;
            (sum.oldest, sum.latest) = (sum.oldest.min(oldest), sum.latest.max(latest));
        }
        all.into_values().collect()
    }
}
