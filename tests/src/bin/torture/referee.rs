//! Who works on what, noted beside the journal and without it: by locks of files, which the system takes from a process
//! that ends. So what the leases of the journal promise is seen from outside.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::wire::{Said, say};

/// What this process has been given the right to work on.
#[derive(Debug)]
pub(crate) struct Referee {
    folder: PathBuf,
    /// By number: the fence of the last lease, and the lock.
    held: Mutex<HashMap<u32, (u64, File)>>,
}

impl Referee {
    pub(crate) fn new(folder: PathBuf) -> Referee {
        Referee { folder, held: Mutex::default() }
    }

    /// A lease was given here: tells it if another process holds one.
    pub(crate) fn given(&self, n: u32, fence: u64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, _)) = held.get_mut(&n) {
            *known = fence.max(*known);
            return;
        }
        let file = File::create(self.folder.join(n.to_string())).expect("the folder of the torture can be written");
        match file.try_lock() {
            Ok(()) => _ = held.insert(n, (fence, file)),
            Err(TryLockError::WouldBlock) => say(&Said::Both(n)),
            Err(TryLockError::Error(error)) => say(&Said::Failed(format!("a lock of the referee: {error}"))),
        }
    }

    /// A lease is about to end here, if it is the last one.
    pub(crate) fn ends(&self, n: u32, fence: u64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.get(&n).is_some_and(|(known, _)| *known == fence) {
            held.remove(&n);
        }
    }
}
