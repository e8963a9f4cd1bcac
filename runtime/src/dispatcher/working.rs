//! The keys that are being worked on: no two tasks of a process may send one submission. Whoever comes while a key is
//! being worked on leaves word.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::journal::EntryId;

/// The entries that are being worked on, each with the ear of whoever does.
#[derive(Debug, Clone, Default)]
pub(super) struct Working(Arc<Ears>);

#[derive(Debug, Default)]
struct Ears {
    ears: Mutex<HashMap<EntryId, Arc<Ear>>>,
    /// Rings when the last one is gone.
    none: Notify,
}

/// What is to be looked at, the more urgent one last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    /// Somebody says that something has happened, and may be anybody: the provider may be asked.
    Rumour = 1,
    /// A callback that may be believed is kept.
    Callback = 2,
}

/// Where word is left for whoever works on an entry.
#[derive(Debug, Default)]
pub(super) struct Ear {
    word: AtomicU8,
    bell: Notify,
}

impl Ear {
    fn leave(&self, word: Word) {
        self.word.fetch_max(word as u8, Ordering::SeqCst);
        if word == Word::Callback {
            self.bell.notify_one();
        }
    }

    /// The most urgent word since the last time.
    fn take(&self) -> Option<Word> {
        match self.word.swap(0, Ordering::SeqCst) {
            2 => Some(Word::Callback),
            1 => Some(Word::Rumour),
            _ => None,
        }
    }

    /// Whether a callback is kept that was not looked at.
    pub(super) fn callback(&self) -> bool {
        self.word.compare_exchange(Word::Callback as u8, 0, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Waits until a callback is kept.
    pub(super) async fn wait(&self) {
        while self.word.load(Ordering::SeqCst) != Word::Callback as u8 {
            self.bell.notified().await;
        }
    }
}

impl Ears {
    fn lock(&self) -> MutexGuard<'_, HashMap<EntryId, Arc<Ear>>> {
        self.ears.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove(&self, ears: &mut HashMap<EntryId, Arc<Ear>>, id: &EntryId) {
        ears.remove(id);
        if ears.is_empty() {
            self.none.notify_waiters();
        }
    }
}

impl Working {
    /// How many entries are being worked on.
    pub(super) fn count(&self) -> usize {
        self.0.lock().len()
    }

    /// Waits until no entry is being worked on.
    pub(super) async fn wait_for_none(&self) {
        loop {
            let rung = self.0.none.notified();
            tokio::pin!(rung);
            rung.as_mut().enable();
            if self.count() == 0 {
                return;
            }
            rung.await;
        }
    }

    /// The right to work on `id`, unless somebody has it.
    pub(super) fn take(&self, id: &EntryId) -> Option<Guard> {
        self.take_or(id, |_| {})
    }

    /// The right to work on `id`; or word is left for who has it.
    pub(super) fn take_or_leave(&self, id: &EntryId, word: Word) -> Option<Guard> {
        self.take_or(id, |ear| ear.leave(word))
    }

    fn take_or(&self, id: &EntryId, busy: impl FnOnce(&Ear)) -> Option<Guard> {
        let mut working = self.0.lock();
        if let Some(ear) = working.get(id) {
            busy(ear);
            return None;
        }
        let ear = Arc::new(Ear::default());
        working.insert(id.clone(), ear.clone());
        Some(Guard { working: self.clone(), id: id.clone(), ear, held: true })
    }
}

/// The right to work on an entry, given back when dropped.
#[derive(Debug)]
pub(super) struct Guard {
    working: Working,
    id: EntryId,
    ear: Arc<Ear>,
    held: bool,
}

impl Guard {
    /// Where word is left.
    pub(super) fn ear(&self) -> Arc<Ear> {
        self.ear.clone()
    }

    /// Gives the right back, unless word was left that nobody has looked at: nobody else will.
    pub(super) fn release(mut self) -> Result<(), (Self, Word)> {
        let working = self.working.clone();
        let mut ears = working.0.lock();
        if let Some(word) = self.ear.take() {
            return Err((self, word));
        }
        working.0.remove(&mut ears, &self.id);
        self.held = false;
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.held {
            let ears = &self.working.0;
            ears.remove(&mut ears.lock(), &self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn word_that_is_left_is_not_lost() {
        let (working, id) = (Working::default(), EntryId::of("k"));
        let guard = working.take(&id).unwrap();
        assert!(working.take(&id).is_none() && working.take(&EntryId::of("l")).is_some());
        assert!(working.take_or_leave(&id, Word::Rumour).is_none());
        assert!(!guard.ear().callback());
        assert!(working.take_or_leave(&id, Word::Callback).is_none());
        assert!(working.take_or_leave(&id, Word::Rumour).is_none());
        guard.ear().wait().await;
        let (guard, word) = guard.release().unwrap_err();
        assert_eq!(word, Word::Callback);
        assert!(working.take(&id).is_none());
        assert!(working.take_or_leave(&id, Word::Callback).is_none());
        assert!(guard.ear().callback() && !guard.ear().callback());
        assert!(guard.release().is_ok());
        drop(working.take_or_leave(&id, Word::Callback).unwrap());
        assert!(working.take(&id).is_some());
    }
}
