//! The keys that are being worked on: no two tasks of a process may send one submission.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::journal::EntryId;

/// The entries that are being worked on.
#[derive(Debug, Clone, Default)]
pub(super) struct Working(Arc<Mutex<HashSet<EntryId>>>);

impl Working {
    /// The right to work on `id`, unless somebody has it.
    pub(super) fn take(&self, id: &EntryId) -> Option<Guard> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
        taken.then(|| Guard { working: self.clone(), id: id.clone() })
    }
}

/// The right to work on an entry, given back when dropped.
#[derive(Debug)]
pub(super) struct Guard {
    working: Working,
    id: EntryId,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.working.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
