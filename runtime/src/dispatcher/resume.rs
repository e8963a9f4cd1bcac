//! What was left open is gone on with, and told.

use std::sync::Arc;

use tokio::task::JoinSet;
use tracing::Instrument;

use super::effort::Effort;
use super::gate::Gate;
use super::listen::let_go;
use super::work::Work;
use super::working::Word;
use super::{Dispatcher, ended, spans};
use crate::journal::{Claim, EntryId, JournalError};
use crate::measures;
use crate::outcome::Standing;

/// How many submissions [`Dispatcher::resume`] works on at a time.
const RESUMED_AT_ONCE: usize = 16;

impl Dispatcher {
    /// Goes on with everything that has not ended, and tells what became of it: what is pending or in doubt is asked
    /// for, what was accepted and not sent is sent. What this dispatcher is working on already is left out. The content of
    /// what ended longer ago than the [retention](super::DispatcherBuilder::retention) is taken away, and what is open then
    /// is told to the measures, as by [`Dispatcher::observe`].
    ///
    /// # Errors
    /// When the journal fails; nothing is lost by it.
    pub async fn resume(&self) -> Result<Vec<(String, Standing)>, JournalError> {
        let mut waiting = self.inner.journal.unfinished().await?.into_iter().enumerate();
        let (mut tasks, mut standings, mut failed) = (JoinSet::new(), Vec::new(), None);
        loop {
            while tasks.len() < RESUMED_AT_ONCE && !self.inner.closing.is_closed() {
                let Some((n, id)) = waiting.next() else { break };
                let dispatcher = self.clone();
                let span = spans::submission(&id, "resume");
                tasks.spawn(async move { (n, id.key.clone(), dispatcher.resume_one(id).await) }.instrument(span));
            }
            let Some(done) = tasks.join_next().await else { break };
            match done {
                Ok((n, key, Ok(Some(standing)))) => standings.push((n, key, standing)),
                Ok((_, _, Ok(None))) => {}
                // The others are not stopped half way for it.
                Ok((_, _, Err(error))) => failed = Some(error),
                Err(error) => failed = Some(ended(error)),
            }
        }
        if let Some(retention) = self.inner.retention
            && let Ok(before) = self.inner.clock.now().checked_sub(retention)
        {
            failed = self.inner.journal.purge(before).await.err().or(failed);
        }
        standings.sort_unstable_by_key(|(n, _, _)| *n);
        let observed = self.observe().await;
        let failed = failed.or(observed.err());
        failed.map_or_else(|| Ok(standings.into_iter().map(|(_, key, standing)| (key, standing)).collect()), Err)
    }

    async fn resume_one(&self, id: EntryId) -> Result<Option<Standing>, JournalError> {
        let Some(guard) = self.inner.working.take(&id) else { return Ok(None) };
        let Claim::Granted(entry, lease) = self.inner.journal.claim(&id).await? else {
            self.leave(guard, id);
            return Ok(None);
        };
        if entry.state.is_final() {
            // A callback is kept that nobody has weighed.
            let mut work = Work::new(Arc::clone(&self.inner), entry, lease, Effort::once(), guard.ear())?;
            let result = work.follow(Word::Callback, None).await;
            return let_go(work, guard, result).await.map(|_| None);
        }
        self.drive(entry, lease, guard, Effort::resume(&self.inner.pace), None).await.map(Some)
    }

    /// Tells the measures what is open in the journal, how old the oldest of it is, and which accounts rest. It is read
    /// from the journal, so it is true after a restart, and the same from every process that shares the journal. Call it
    /// when measures are asked for, or every few seconds: it costs one query over what is open.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn observe(&self) -> Result<(), JournalError> {
        let backlog = self.inner.journal.backlog().await?;
        let accounts = self.inner.accounts.iter().map(|account| account.name.as_str());
        measures::open(&backlog, accounts, self.inner.clock.now());
        self.inner.gates.iter().for_each(Gate::observe);
        Ok(())
    }
}
