//! A journal in memory, so that what the dispatcher itself costs can be told from what a disk costs. It keeps every
//! promise of a journal but the one that matters, and forgets what has ended: no service may have it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use kassa::journal::{
    Accepted, Attempt, Claim, Effect, Entry, EntryId, KeptCallback, KeptExchange, Lease, NewAttempt, NewCallback,
    NewEntry, NewExchange, Pin, Record, Resolution, State, Tenure,
};
use kassa::{Journal, JournalError};

/// A journal in memory.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<HashMap<EntryId, Kept>>);

#[derive(Debug)]
struct Kept {
    entry: Entry,
    fence: u64,
    held: bool,
    callbacks: Vec<KeptCallback>,
    exchanges: Vec<KeptExchange>,
    resolution: Option<Resolution>,
}

impl Kept {
    fn lease(&self) -> Lease {
        Lease { id: self.entry.id.clone(), fence: self.fence }
    }

    fn become_(&mut self, state: State) -> Result<(), JournalError> {
        let from = self.entry.state;
        if !from.may_become(state) {
            return Err(JournalError::Move { key: self.entry.id.key.clone(), from, to: state });
        }
        self.entry.state = state;
        Ok(())
    }

    fn attempt(&mut self, n: u32) -> Result<&mut Attempt, JournalError> {
        let found = self.entry.attempts.iter_mut().find(|attempt| attempt.n == n);
        found.ok_or_else(|| JournalError::Missing(format!("{}, attempt {n}", self.entry.id.key)))
    }

    fn add(&mut self, exchanges: Vec<NewExchange>) {
        for exchange in exchanges {
            let n = u32::try_from(self.exchanges.len()).unwrap_or(u32::MAX) + 1;
            self.exchanges.push(KeptExchange { n, exchange, times: 1 });
        }
    }

    fn waits(&self, seen: u32) -> bool {
        self.callbacks.iter().any(|kept| kept.verified && kept.effect.is_none() && kept.n > seen)
    }
}

impl MemoryJournal {
    fn lock(&self) -> MutexGuard<'_, HashMap<EntryId, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, id: &EntryId, act: impl FnOnce(&mut Kept) -> Result<T, JournalError>) -> Result<T, JournalError> {
        act(self.lock().get_mut(id).ok_or_else(|| JournalError::Missing(id.key.clone()))?)
    }

    fn leased<T>(
        &self,
        lease: &Lease,
        act: impl FnOnce(&mut Kept) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        self.with(&lease.id, |kept| match kept.held && kept.fence == lease.fence {
            true => act(kept),
            false => Err(JournalError::Fenced(lease.id.key.clone())),
        })
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn accept(&self, new: NewEntry) -> Result<Accepted, JournalError> {
        let mut entries = self.lock();
        if let Some(kept) = entries.get(&new.id) {
            return Ok(Accepted::Known(kept.entry.clone()));
        }
        let NewEntry { id, hash, submission, warnings, deadline, at } = new;
        let entry = Entry {
            id: id.clone(),
            hash,
            submission,
            warnings,
            state: State::Accepted,
            outcome: None,
            attempts: Vec::new(),
            deadline,
            accepted_at: at,
            changed_at: at,
        };
        let (callbacks, exchanges) = (Vec::new(), Vec::new());
        let kept = Kept { entry: entry.clone(), fence: 1, held: true, callbacks, exchanges, resolution: None };
        let lease = kept.lease();
        entries.insert(id, kept);
        Ok(Accepted::New(entry, lease))
    }

    async fn find(&self, id: &EntryId) -> Result<Option<Entry>, JournalError> {
        Ok(self.lock().get(id).map(|kept| kept.entry.clone()))
    }

    async fn claim(&self, id: &EntryId) -> Result<Claim, JournalError> {
        self.with(id, |kept| {
            kept.fence += 1;
            kept.held = true;
            Ok(Claim::Granted(kept.entry.clone(), kept.lease()))
        })
    }

    async fn release(&self, lease: &Lease, seen: u32) -> Result<Tenure, JournalError> {
        self.with(&lease.id, |kept| {
            if kept.waits(seen) {
                return Ok(Tenure::Lasts);
            }
            kept.held = false;
            Ok(Tenure::Over)
        })
    }

    async fn pin(&self, lease: &Lease, new: NewAttempt) -> Result<Pin, JournalError> {
        self.leased(lease, |kept| {
            kept.become_(State::Pinned)?;
            kept.entry.outcome = None;
            kept.entry.changed_at = new.at;
            let n = u32::try_from(kept.entry.attempts.len()).unwrap_or(u32::MAX) + 1;
            let NewAttempt { account, provider_key, request, at: _ } = new;
            kept.entry.attempts.push(Attempt {
                n,
                account,
                provider_key,
                request,
                sends: 0,
                first_sent_at: None,
                fate: None,
                new_key: false,
                reply: None,
                reason: None,
                provider_id: None,
                accepted: false,
            });
            Ok(Pin::Pinned(n))
        })
    }

    async fn sent(&self, lease: &Lease, n: u32, at: Timestamp) -> Result<(), JournalError> {
        self.leased(lease, |kept| {
            if !matches!(kept.entry.state, State::Pending | State::InDoubt | State::Held) {
                kept.become_(State::Sent)?;
            }
            kept.entry.changed_at = at;
            let attempt = kept.attempt(n)?;
            attempt.sends += 1;
            attempt.fate = None;
            attempt.first_sent_at.get_or_insert(at);
            Ok(())
        })
    }

    async fn record(&self, lease: &Lease, record: Record) -> Result<Tenure, JournalError> {
        let ends = record.state.is_final();
        let tenure = self.leased(lease, |kept| {
            kept.become_(record.state)?;
            kept.entry.outcome = record.outcome;
            kept.entry.changed_at = record.at;
            kept.resolution = record.resolution.or(kept.resolution.take());
            kept.add(record.exchanges);
            if let Some(n) = record.callback {
                weigh(kept, n, Effect::Moved, None)?;
            }
            if let Some(shown) = record.attempt {
                let attempt = kept.attempt(shown.n)?;
                attempt.fate = shown.fate;
                attempt.new_key = shown.new_key;
                attempt.reply = shown.reply.or(attempt.reply.take());
                attempt.reason = shown.reason;
                attempt.provider_id = shown.provider_id.or(attempt.provider_id.take());
                attempt.accepted |= shown.accepted;
            }
            kept.held = !ends || kept.waits(record.seen);
            Ok(if kept.held { Tenure::Lasts } else { Tenure::Over })
        })?;
        if tenure == Tenure::Over {
            self.lock().remove(&lease.id);
        }
        Ok(tenure)
    }

    async fn exchanged(&self, lease: &Lease, exchanges: Vec<NewExchange>) -> Result<(), JournalError> {
        self.leased(lease, |kept| {
            kept.add(exchanges);
            Ok(())
        })
    }

    async fn exchanges(&self, id: &EntryId) -> Result<Vec<KeptExchange>, JournalError> {
        self.with(id, |kept| Ok(kept.exchanges.clone()))
    }

    async fn named(&self, provider_key: &str) -> Result<Option<EntryId>, JournalError> {
        let entries = self.lock();
        let has = |kept: &&Kept| kept.entry.attempts.iter().any(|attempt| attempt.provider_key == provider_key);
        Ok(entries.values().find(has).map(|kept| kept.entry.id.clone()))
    }

    async fn hear(&self, id: &EntryId, new: NewCallback) -> Result<KeptCallback, JournalError> {
        self.with(id, |kept| {
            let n = u32::try_from(kept.callbacks.len()).unwrap_or(u32::MAX) + 1;
            let NewCallback { attempt, callback, verified, body, at } = new;
            let effect = (!verified).then_some(Effect::Unverified);
            let heard =
                KeptCallback { n, attempt, callback, verified, body, times: 1, came_at: at, effect, about: None };
            kept.callbacks.push(heard.clone());
            Ok(heard)
        })
    }

    async fn callbacks(&self, id: &EntryId) -> Result<Vec<KeptCallback>, JournalError> {
        self.with(id, |kept| Ok(kept.callbacks.clone()))
    }

    async fn weigh(&self, id: &EntryId, n: u32, effect: Effect, about: Option<String>) -> Result<(), JournalError> {
        self.with(id, |kept| weigh(kept, n, effect, about))
    }

    async fn resolution(&self, id: &EntryId) -> Result<Option<Resolution>, JournalError> {
        self.with(id, |kept| Ok(kept.resolution.clone()))
    }

    async fn unfinished(&self) -> Result<Vec<EntryId>, JournalError> {
        let mut open: Vec<_> =
            self.lock().values().map(|kept| (kept.entry.accepted_at, kept.entry.id.clone())).collect();
        open.sort();
        Ok(open.into_iter().map(|(_, id)| id).collect())
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, JournalError> {
        let mut purged = 0;
        for Kept { entry, callbacks, exchanges, .. } in self.lock().values_mut() {
            if entry.state.is_final() && entry.changed_at < before && !entry.is_purged() {
                entry.submission.clear();
                for attempt in &mut entry.attempts {
                    (attempt.request.body, attempt.reply) = (Default::default(), None);
                }
                callbacks.clear();
                exchanges.clear();
                purged += 1;
            }
        }
        Ok(purged)
    }

    async fn counts(&self) -> Result<Vec<(State, u64)>, JournalError> {
        let mut counts = std::collections::BTreeMap::new();
        for kept in self.lock().values() {
            *counts.entry(kept.entry.state).or_insert(0) += 1;
        }
        Ok(counts.into_iter().collect())
    }
}

fn weigh(kept: &mut Kept, n: u32, effect: Effect, about: Option<String>) -> Result<(), JournalError> {
    let found = kept.callbacks.iter_mut().find(|kept| kept.n == n);
    let callback = found.ok_or_else(|| JournalError::Missing(format!("{}, callback {n}", kept.entry.id.key)))?;
    (callback.effect, callback.about) = (Some(effect), about);
    Ok(())
}
