//! The thread that owns the connection, and group commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::Instant;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::schema::error;
use crate::journal::JournalError;
use crate::measures;

/// How many commands share a transaction at most.
const BATCH: usize = 256;

/// A handle to the thread. Dropping it ends the thread, which closes the file; commands that were given are still run.
pub(super) struct Writer {
    jobs: Option<mpsc::UnboundedSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection) -> Result<Self, JournalError> {
        let (jobs, waiting) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new().name("kassa-journal".to_owned());
        let thread = thread.spawn(move || run(connection, waiting));
        let thread = thread.map_err(|error| JournalError::Unavailable(error.to_string()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Runs `command` and gives its result after the commit. The command is run even if nobody waits for it any more.
    pub(super) async fn change<T, F>(&self, command: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, JournalError> + Send + 'static,
    {
        self.call(command, true).await
    }

    /// The same for a command that changes nothing, and keeps no other process waiting.
    pub(super) async fn read<T, F>(&self, command: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, JournalError> + Send + 'static,
    {
        self.call(command, false).await
    }

    /// The same for a command that may be in no transaction.
    pub(super) async fn alone<F>(&self, command: F) -> Result<(), JournalError>
    where
        F: FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        self.give(Box::new(Alone { command: Some(command), result: None, reply }))?;
        result.await.map_err(|_| gone())?
    }

    fn give(&self, job: Box<dyn Job>) -> Result<(), JournalError> {
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())
    }

    async fn call<T, F>(&self, command: F, changes: bool) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, JournalError> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        self.give(Box::new(Call { command: Some(command), changes, result: None, reply }))?;
        result.await.map_err(|_| gone())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been told to whoever waited.
            let _ = thread.join();
        }
    }
}

fn gone() -> JournalError {
    JournalError::Unavailable("the journal's thread has ended".to_owned())
}

/// Runs commands until every handle is gone.
fn run(mut connection: Connection, mut waiting: mpsc::UnboundedReceiver<Box<dyn Job>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.blocking_recv_many(&mut batch, BATCH) > 0 {
        let changes = batch.iter().filter(|job| job.changes()).count();
        let began = Instant::now();
        let committed = commit(&mut connection, &mut batch);
        if changes > 0 {
            measures::committed(changes, committed.is_ok(), began.elapsed());
        }
        for mut job in batch.drain(..) {
            job.run_alone(&connection);
            job.answer(committed.as_ref().err());
        }
    }
}

/// Runs a batch in one transaction. A command that fails takes back what it did and leaves the others be.
fn commit(connection: &mut Connection, batch: &mut [Box<dyn Job>]) -> Result<(), JournalError> {
    // Whoever begins to read and then wants to write may find that somebody else has written meanwhile.
    let changes = batch.iter().any(|job| job.changes());
    let behavior = if changes { TransactionBehavior::Immediate } else { TransactionBehavior::Deferred };
    let transaction = connection.transaction_with_behavior(behavior).map_err(error)?;
    let run = |sql| transaction.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map_err(error);
    for job in batch {
        if !job.changes() {
            // Whoever asked is told of what fails, and nothing has to be taken back.
            match job.run(&transaction) {
                Err(failed) if transaction.is_autocommit() => return Err(failed),
                Ok(()) | Err(_) => continue,
            }
        }
        run("SAVEPOINT command")?;
        match job.run(&transaction) {
            Ok(()) => {}
            // A full disk, and what else SQLite cannot go on after, has ended the whole transaction already.
            Err(failed) if transaction.is_autocommit() => return Err(failed),
            Err(_) => {
                run("ROLLBACK TO command")?;
            }
        }
        run("RELEASE command")?;
    }
    transaction.commit().map_err(error)
}

/// A command that waits.
trait Job: Send {
    /// Whether it may change something.
    fn changes(&self) -> bool;

    /// Runs it; what it did stays unless it fails.
    fn run(&mut self, connection: &Connection) -> Result<(), JournalError>;

    /// Runs it after the commit, if it may be in no transaction.
    fn run_alone(&mut self, _: &Connection) {}

    /// Answers it, after the commit that may have failed.
    fn answer(self: Box<Self>, failed: Option<&JournalError>);
}

struct Call<T, F> {
    command: Option<F>,
    changes: bool,
    result: Option<Result<T, JournalError>>,
    reply: oneshot::Sender<Result<T, JournalError>>,
}

impl<T, F> Job for Call<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, JournalError> + Send,
{
    fn changes(&self) -> bool {
        self.changes
    }

    fn run(&mut self, connection: &Connection) -> Result<(), JournalError> {
        let Some(command) = self.command.take() else { return Ok(()) };
        // A panic must not take the thread, and with it every other submission, along.
        let result = catch_unwind(AssertUnwindSafe(|| command(connection)))
            .unwrap_or_else(|_| Err(JournalError::Unavailable("a command of the journal panicked".to_owned())));
        let failed = result.as_ref().err().cloned();
        self.result = Some(result);
        failed.map_or(Ok(()), Err)
    }

    fn answer(self: Box<Self>, failed: Option<&JournalError>) {
        let result = match (self.result, failed) {
            // What failed by itself failed for its own reason; what went well is not kept without the commit.
            (Some(Err(error)), _) => Err(error),
            (_, Some(error)) => Err(error.clone()),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(JournalError::Unavailable("the command was not run".to_owned())),
        };
        // Nobody may wait any more.
        let _ = self.reply.send(result);
    }
}

struct Alone<F> {
    command: Option<F>,
    result: Option<rusqlite::Result<()>>,
    reply: oneshot::Sender<Result<(), JournalError>>,
}

impl<F: FnOnce(&Connection) -> rusqlite::Result<()> + Send> Job for Alone<F> {
    fn changes(&self) -> bool {
        false
    }

    fn run(&mut self, _: &Connection) -> Result<(), JournalError> {
        Ok(())
    }

    fn run_alone(&mut self, connection: &Connection) {
        self.result = self.command.take().map(|command| command(connection));
    }

    fn answer(self: Box<Self>, _: Option<&JournalError>) {
        // Nobody may wait any more.
        let _ = self.reply.send(self.result.unwrap_or(Ok(())).map_err(error));
    }
}
